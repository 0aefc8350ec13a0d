"""Processes that die at any moment and processes that write at once: nothing lost, nothing in part.

With PIPEBOARD_THOROUGH set there are many more of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from pipeboard.store import Store
from tests.ledger import disagreements, recorded
from tests.team import Team, add

ROOT = Path(__file__).parents[2]
THOROUGH = bool(os.environ.get("PIPEBOARD_THOROUGH"))
KILLS = 150 if THOROUGH else 4
WRITERS, WRITES = (16, 100) if THOROUGH else (4, 12)
DEALS = 5

WORKING = """
import sys
from datetime import UTC, datetime
from pipeboard.store import Store
from pipeboard.workspace import Actor
from tests.verbs import Workspace

path, name, most = sys.argv[1], sys.argv[2], int(sys.argv[3])
at = lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
workspace = Workspace(Store.open(path), at, Actor(name))
for number in range(most):
    receipt = workspace.set_fields([1, 2, 3, 4, 5], [f"value={number + 1}", f"fields.by={name}"])
    print(receipt.command_id, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    team = Team.make(tmp_path / "team.db")
    ana = team.rep("ana")
    for number in range(DEALS):
        add(ana, f"Company {number}: pilot")
    team.close()
    return tmp_path / "team.db"


def working(path: Path, name: str, most: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WORKING, str(path), name, str(most)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    )


def events_of_acknowledged(path: Path, acknowledged: list[str]) -> Counter[int]:
    """How many of the acknowledged commands have how many events in the database."""
    stored = recorded(path)
    return Counter(stored.get(command_id, 0) for command_id in acknowledged)


def test_whatever_a_killed_process_had_acknowledged_is_there_and_nothing_is_there_in_part(
    path: Path,
) -> None:
    random, acknowledged = Random(7), []
    for number in range(KILLS):
        process = working(path, f"rep{number}", 10_000)
        assert process.stdout is not None
        some = range(random.randrange(1, 12))
        acknowledged += [process.stdout.readline().strip() for _ in some]
        process.send_signal(signal.SIGKILL)
        acknowledged += process.communicate()[0].split()
        Store.open(str(path)).close()  # whoever opens next takes half a commit back
        assert disagreements(path) == []
    whole = {command_id for command_id in acknowledged if len(command_id) == 36}
    assert len(whole) >= KILLS
    assert set(events_of_acknowledged(path, sorted(whole))) <= {DEALS, 2 * DEALS}
    sizes = Counter(recorded(path).values())
    assert set(sizes) <= {1, DEALS, 2 * DEALS}


def test_several_processes_that_write_at_once_lose_nothing_and_see_no_error(path: Path) -> None:
    processes = [working(path, f"rep{number}", WRITES) for number in range(WRITERS)]
    said = [process.communicate() for process in processes]
    assert [error for _, error in said] == [""] * WRITERS
    acknowledged = [command_id for out, _ in said for command_id in out.split()]
    assert len(acknowledged) == WRITERS * WRITES
    assert 0 not in events_of_acknowledged(path, acknowledged)
    assert disagreements(path) == []
    with closing(Store.open(str(path))) as store:
        assert len(store.reader.history.commands()) == len(acknowledged) + DEALS
