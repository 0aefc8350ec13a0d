"""What several questions are asked for is of one moment, whoever changes something between two."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.people import Actor
from pipeboard.store.database import Database
from pipeboard.store.reading.listing import Listing
from pipeboard.ui.last_view import Choices
from pipeboard.ui.launch import first_state
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.workspace.review import gather
from pipeboard.workspace.triage import Triage
from tests.team import NOW, SETTINGS, TODAY, Team, add, sales
from tests.verbs import Workspace

LISTING = Listing(TODAY, SETTINGS.zone, me="ana", owner="ana")
Look = Callable[[], object]


def _board(ana: Workspace) -> Any:
    return first_state(ana.store, lambda: NOW, Actor("ana"), Choices(), {})


def _a_hygiene_screen(ana: Workspace) -> Look:
    screen = HygieneScreen(_board(ana), sales(ana))
    return lambda: screen._read(screen.view)


def _a_review(ana: Workspace) -> Look:
    pipeline = sales(ana)
    return lambda: gather(ana, pipeline)


LOOKS: dict[str, Callable[[Workspace], Look]] = {
    "board": lambda ana: _board(ana).load,
    "queue": lambda ana: Triage(ana.reader, LISTING, eyes="ana").load,
    "hygiene": _a_hygiene_screen,
    "review": _a_review,
    "a deal": lambda ana: lambda: ana.reader.record(1, "ana"),
    "a list": lambda ana: lambda: list(ana.reader.select(LISTING).deals),
}


@pytest.fixture
def ana(tmp_path: Path) -> Iterator[Workspace]:
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    for name in ("Lumen", "Acme"):
        add(ana, f"{name}: pilot 1k @ana")
    yield ana
    team.close()


@pytest.mark.parametrize("what", LOOKS)
def test_what_is_shown_together_is_asked_in_one_transaction(
    what: str, ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = LOOKS[what](ana)
    apart: list[str] = []
    within: list[str] = []
    answer = Database._answer

    def heard(self: Database, sql: str, values: Any, made: Any) -> Any:
        if not sql.startswith("PRAGMA"):
            (within if self.driver.in_transaction else apart).append(sql)
        return answer(self, sql, values, made)

    ana.set_fields([1], ["value=2k"])  # what is remembered of the state before is asked anew
    monkeypatch.setattr(Database, "_answer", heard)
    look()
    assert len(within) > 1 and apart == []
