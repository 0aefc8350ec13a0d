"""Probabilities as people write them, in percent, and as they are kept, in basis points."""

from __future__ import annotations

import re

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted

_PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?\s*%?")


def parse_percent(text: str) -> int:
    """Basis points (0..10000) of `60`, `60%` or `62.5`. Raises BadInput for anything else."""
    found = _PERCENT.fullmatch(text.strip())
    if found:
        basis_points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
        if basis_points <= 10_000:
            return basis_points
    raise BadInput(
        f"{quoted(text)} is not a percentage from 0 to 100", hint="Write it like 60 or 62.5."
    )


def format_percent(basis_points: int) -> str:
    """`60` for 6000, `62.5` for 6250: what `parse_percent` reads back exactly."""
    whole, rest = divmod(basis_points, 100)
    return f"{whole}.{rest:02}".rstrip("0") if rest else str(whole)
