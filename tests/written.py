"""Files beside tests that hold what was written down, to be compared with what is made now."""

from __future__ import annotations

import os
from collections.abc import Iterable
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import pytest

_SHOWN = 60


def check_written(file: Path, lines: Iterable[str]) -> None:
    """The lines are those of the file; `PIPEBOARD_REDRAW=1` writes them into it before."""
    now = list(lines)
    if os.environ.get("PIPEBOARD_REDRAW"):
        file.write_text("".join(f"{line}\n" for line in now), encoding="utf-8")
    before = file.read_text(encoding="utf-8").splitlines()
    if now != before:
        told = islice(unified_diff(before, now, "written down", "made now", "", "", 0, ""), _SHOWN)
        pytest.fail(
            f"{file.name} says something else. Where the change is meant, PIPEBOARD_REDRAW=1 writes"
            " it anew: look at the difference before it is committed.\n" + "\n".join(told)
        )
