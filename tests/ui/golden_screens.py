"""Screens as they are meant to look, kept as text files that a person can read.

`PIPEBOARD_REDRAW=1` writes the files anew; look at the difference before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeboard.ui.draw.line import Line, text_of
from tests.written import check_written

_FOLDER = Path(__file__).with_name("golden")


def assert_looks_like(name: str, lines: Iterable[Line]) -> None:
    """The lines are those of `golden/NAME.txt`; blanks at their ends are not compared."""
    check_written(_FOLDER / f"{name}.txt", (text_of(line).rstrip() for line in lines))


def with_roles(lines: Iterable[Line]) -> list[Line]:
    """The lines, each with the roles in it that are not plain at its end: what is seen of a sign, a
    bar or a day that has passed is its colour."""
    told: list[Line] = []
    for line in lines:
        roles = dict.fromkeys(role for text, role in line if text.strip() and role != "text")
        beside = f"   <{' '.join(roles)}>" if roles else ""
        told.append(((f"{text_of(line).rstrip()}{beside}", "text"),))
    return told
