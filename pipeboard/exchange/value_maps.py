"""Other words for the values of a file, as a person gives them: stages, and cells of any column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import fold, quoted, slug
from pipeboard.exchange.outcomes import MEANINGS


@dataclass(frozen=True, slots=True)
class ValueMaps:
    """`stages` by folded name, `values` by column and folded cell."""

    stages: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]


def read_value_maps(
    stages: Sequence[str],
    values: Sequence[str],
    header: Sequence[str],
    targets: Mapping[str, str],
) -> ValueMaps:
    """The maps of `OLD=NEW` and `COLUMN:OLD=NEW`; a map of the stage's column speaks of stages.

    NEW is another value, or `=won`, `=lost`, `=open`, `=-` (none). Raises BadInput for a column
    that is not there and for what maps nothing.
    """
    by_stage = dict(_pair(text, "--stage 'OLD=NEW'") for text in stages)
    by_column: dict[str, dict[str, str]] = {}
    for text in values:
        column, pair = _column_of(text, header)
        old, new = _pair(pair, "--value 'COLUMN:OLD=NEW'")
        if targets[column] == "stage":
            by_stage[old] = new
        else:
            by_column.setdefault(column, {})[old] = new
    return ValueMaps(by_stage, by_column)


def _pair(text: str, example: str) -> tuple[str, str]:
    """The old value, folded, and the new one; `=won` and its like begin with a second `=`."""
    old, equals, new = text.partition("=")
    new = new.strip()
    meaning = new.casefold()
    if not equals or not old.strip() or not new:
        raise BadInput(f"{quoted(text)} maps nothing", hint=f"Write {example}.")
    if meaning in MEANINGS or f"={meaning}" in MEANINGS[:2]:
        new = meaning if meaning in MEANINGS else f"={meaning}"
    elif new == "-":
        new = "=-"
    return fold(old), new


def _column_of(text: str, header: Sequence[str]) -> tuple[str, str]:
    for cut, char in enumerate(text):
        if char == ":":
            same = [name for name in header if slug(name) == slug(text[:cut])]
            if len(same) == 1:
                return same[0], text[cut + 1 :]
    name = text.partition(":")[0]
    raise BadInput(
        f"There is no column {quoted(name)}",
        hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
    )
