"""A team for every test, copied from one that is made once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ENGINES
from tests.postgres import Databases
from tests.team import Team
from tests.verbs import Workspace


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the pipeline Sales and nothing in it, closed."""
    path = tmp_path_factory.mktemp("blank") / "team.db"
    Team.make(path).close()
    return path


@pytest.fixture
def team_on_a_file(blank: Path, tmp_path: Path) -> Iterator[Team]:
    """A team on the one engine, for what does not depend on it."""
    path = tmp_path / "team.db"
    shutil.copy(blank, path)
    team = Team(path)
    yield team
    team.close()


@pytest.fixture(params=ENGINES)
def team(request: pytest.FixtureRequest) -> Iterator[Team]:
    if request.param == "sqlite":
        yield request.getfixturevalue("team_on_a_file")
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    team = Team(databases.kept("team", lambda url: Team.make(url).close()))
    yield team
    team.close()


@pytest.fixture
def ana(team: Team) -> Workspace:
    return team.rep("ana")


@pytest.fixture
def bo(team: Team) -> Workspace:
    return team.rep("bo")
