"""What a first frame must not wait for."""

from __future__ import annotations

import subprocess
import sys

SLOW = ("sqlmodel", "sqlalchemy", "textual", "rich", "rapidfuzz", "difflib")


def test_reading_the_board_imports_nothing_slow() -> None:
    asked = "import sys, pipeboard.store.reading; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert not {name.partition(".")[0] for name in loaded.stdout.split()} & set(SLOW)


def test_writing_imports_nothing_slow_either() -> None:
    asked = (
        "import sys, pipeboard.store.writing, pipeboard.store.engine, pipeboard.store.whole,"
        " pipeboard.store.whole; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True
    )
    assert not {name.partition(".")[0] for name in loaded.stdout.split()} & set(SLOW)
