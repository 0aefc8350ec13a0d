"""What a person says about how a file is to be read, and the rules for its cells that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import DecimalMark
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import fold, quoted, slug
from pipeboard.exchange.columns import Matching
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.outcomes import StageWords
from pipeboard.exchange.reading_rules import ReadingRules
from pipeboard.exchange.tables import Table
from pipeboard.exchange.value_maps import read_value_maps


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What a person says about how a file is to be read; all of it can be found out or assumed.

    `stages` are `OLD=NEW`, `values` `COLUMN:OLD=NEW`, `constants` `FIELD=VALUE`, `key` columns
    that a row is known by. `open_stages`, `won` and `lost` are the pipeline's names. A person who
    `still_asks` what the columns are is shown a file also where none of them is a name yet.
    """

    overrides: Sequence[str] = ()
    stages: Sequence[str] = ()
    values: Sequence[str] = ()
    constants: Sequence[str] = ()
    key: Sequence[str] = ()
    dates: str | None = None
    decimal: DecimalMark | None = None
    encoding: str | None = None
    sheet: str | None = None
    open_stages: Sequence[str] = ()
    won: str = ""
    lost: str = ""
    strict: bool = False
    lost_zero_is_unknown: bool = False
    still_asks: bool = False


NO_OPTIONS = ReadOptions()


def rules_of(
    options: ReadOptions, currency: str, table: Table, layout: Layout, matching: Matching
) -> ReadingRules:
    """The rules for the cells of a table; BadInput for a choice that cannot be."""
    by_tool = _by_column(layout, table.header)
    stage_words = {
        word: meaning
        for column, words in by_tool.items()
        if matching.targets[column] == "stage"
        for word, meaning in words.items()
    }
    maps = read_value_maps(options.stages, options.values, table.header, matching.targets)
    values = {**by_tool, **maps.values}
    constants = dict(_constant(text) for text in options.constants)
    folded = StageWords(
        {**stage_words, **maps.stages},
        frozenset(map(fold, options.open_stages)),
        fold(options.won),
        fold(options.lost),
    )
    return ReadingRules(
        currency,
        options.decimal,
        folded,
        values,
        constants,
        options.strict,
        options.lost_zero_is_unknown,
    )


def _by_column(layout: Layout, header: Sequence[str]) -> dict[str, Mapping[str, str]]:
    return {column: layout.values[column] for column in header if column in layout.values}


_CONSTANT_FIELDS = ("stage", "owner", "source", "status", "currency", "account", "title")


def _constant(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    name = name.strip().casefold()
    if not equals or name not in _CONSTANT_FIELDS or not value.strip():
        raise BadInput(
            f"{quoted(text)} sets nothing",
            hint=f"Write FIELD=VALUE with one of {', '.join(_CONSTANT_FIELDS)}.",
        )
    return name, value.strip()


def key_columns(names: Sequence[str], header: Sequence[str]) -> tuple[int, ...]:
    """The columns that a row is known by; BadInput for one that is not there."""
    places = []
    for name in names:
        same = [at for at, column in enumerate(header) if slug(column) == slug(name)]
        if len(same) != 1:
            raise BadInput(
                f"There is no column {quoted(name)}",
                hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
            )
        places.append(same[0])
    return tuple(places)
