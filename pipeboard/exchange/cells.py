"""Cells that a spreadsheet would run as a formula: made harmless, and taken back."""

from __future__ import annotations

import re

# What a spreadsheet may skip before it looks for a formula, then what starts one.
_STARTS_FORMULA = re.compile(r"[ \xa0\ufeff\u200b-\u200f\u2060]*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)*%?", re.ASCII)


def defuse(cell: str) -> str:
    """The cell with a `'` in front where a spreadsheet would run it; numbers stay numbers.

    A cell that already reads like a defused one gets a second `'`, so that `undefuse` takes back
    exactly what was added (the prefix that OWASP's page on CSV injection names).
    """
    body = cell.lstrip("'")
    if not _STARTS_FORMULA.match(body):
        return cell
    return cell if cell == body and _NUMBER.fullmatch(cell) else f"'{cell}"


def undefuse(cell: str) -> str:
    """The cell before `defuse`."""
    if cell[:1] == "'" and _STARTS_FORMULA.match(cell.lstrip("'")):
        return cell[1:]
    return cell
