"""An import that is killed leaves the database as it was, and nothing of the file anywhere."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ledger import disagreements
from tests.team import Team, sales

SCRIPT = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo
from pipeboard.exchange.reading import open_import
from pipeboard.store.projecting import carrying, staging
from tests.team import Team

file, database, instant = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
Stage = staging.StagedChanges if database.startswith("/") else carrying.CarriedStage
whole = getattr(Stage, instant)

def dying(self, *arguments):
    if instant != "write":
        whole(self, *arguments)
    else:
        copy, self.copied = self._copy, 0
        def copying(*more):
            copy(*more)
            self.copied += 1
            if self.copied == 2:
                os.kill(os.getpid(), signal.SIGKILL)
        self._copy = copying
        whole(self, *arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(Stage, instant, dying)
ana = Team(database).rep("ana")
with open_import(file, currency="EUR", zone=ZoneInfo("UTC"), today=date(2026, 11, 23)) as reading:
    ana.import_rows(reading, ana.pipeline("Sales"), file.name)
"""


@pytest.mark.parametrize("instant", ["add", "outdated", "write"])
def test_a_killed_import_leaves_nothing(team: Team, tmp_path: Path, instant: str) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(
        "id,deal name,stage\n" + "".join(f"{n},Deal {n},Proposal\n" for n in range(1_500))
    )
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(file), str(team.place), instant],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "TMPDIR": str(temporary)},
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    bo = team.rep("bo")
    assert bo.reader.board(bo.lens(sales(bo))).total == 0
    assert bo.reader.history.commands() == ()
    assert list(temporary.iterdir()) == []
    bo.add("Lumen Oy: pilot 4k", pipeline=sales(bo))
    assert disagreements(team.place) == []
