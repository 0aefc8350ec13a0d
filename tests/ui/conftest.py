"""A board for every test, copied from one that is made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeboard.demo import SETTINGS, build
from pipeboard.store import Store
from tests.team import NOW


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
