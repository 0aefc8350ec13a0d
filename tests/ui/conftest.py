"""A board for every test, copied from one that is made once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from textual import _wait

from pipeboard.demo import SETTINGS, build
from pipeboard.store import Store
from tests.team import NOW

# How long a pilot looks at whether the program idles, and how little it then may have worked: far
# less than what Textual takes, since it looks three times for each key that is pressed.
_wait.SLEEP_GRANULARITY = 0.003
_wait.SLEEP_IDLE = 0.00015


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
