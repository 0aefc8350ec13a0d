"""A board for every test, copied from one that is made once; and a team without a screen."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.demo import SETTINGS, build
from pipeboard.store import Store
from tests.team import NOW, QUALIFICATION, Team, add
from tests.ui.desk import idle
from tests.ui.script import Desk
from tests.verbs import Workspace


@pytest.fixture(scope="session", autouse=True)
def quick_pilots() -> Iterator[None]:
    """Pilots that wait no longer than there is something to wait for."""
    with pytest.MonkeyPatch.context() as patched:
        for module in ("app", "pilot"):
            patched.setattr(f"textual.{module}.wait_for_idle", idle)
        yield


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo of a team of three with thirty deals, closed."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    store = Store.create(str(path), SETTINGS)
    build(store, deals=30, seed=1, now=NOW, me="ana")
    store.close()
    return path


@pytest.fixture
def demo(made_up: Path, tmp_path: Path) -> Path:
    """The path of a demo that is this test's own."""
    return Path(shutil.copy(made_up, tmp_path / "demo.db"))


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    """A team on a file, with two deals of ana."""
    made = Team.make(tmp_path / "sales.db")
    ana = made.rep("ana")
    for line in ("Lumen Oy: packaging pilot 40k @ana", "Borealis: line two 10k @ana"):
        add(ana, line, stage=QUALIFICATION)
    yield made
    made.close()


@pytest.fixture
def desk(team: Team, tmp_path: Path) -> Desk:
    """Where an action of ana is about the first of them."""
    return Desk(team.rep("ana"), [1], tmp_path / "drafts")


@pytest.fixture
def bo(team: Team) -> Workspace:
    return team.rep("bo")
