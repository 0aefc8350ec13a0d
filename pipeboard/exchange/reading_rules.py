"""What a person says about the cells of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeboard.domain.money import DecimalMark
from pipeboard.exchange.outcomes import StageWords


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """What the person says about the cells of a file.

    `currency` is what amounts are in that name none, `decimal` their decimal mark. `words` are
    what stages are called, `values` other words for cells, by column and folded cell. `constants`
    stand in every row for fields that it does not fill. With `strict` a cell that cannot be read
    rejects its row. `lost_zero_is_unknown` takes an amount of 0 on a lost deal for none.
    """

    currency: str
    decimal: DecimalMark | None = None
    words: StageWords = field(default_factory=StageWords)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    strict: bool = False
    lost_zero_is_unknown: bool = False
