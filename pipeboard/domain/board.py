"""The board as a frozen value: columns with their totals, and the cards that a screen shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from pipeboard.domain.attention import Sign
    from pipeboard.domain.deal import Status
    from pipeboard.domain.filter import Filter
    from pipeboard.domain.money import Money
    from pipeboard.domain.pipeline import Pipeline, Stage


class Sort(StrEnum):
    """What orders the cards of a column; closed columns by hand are newest outcome first."""

    MANUAL = "manual"
    VALUE = "value"
    NEXT_STEP = "next"
    AGE = "age"
    CLOSE = "close"
    NAME = "name"
    UPDATED = "updated"


@dataclass(frozen=True, slots=True)
class Lens:
    """Which deals of a pipeline are looked at, and in which order.

    `owner` narrows to one rep (None: everyone), `me` is who `owner:me` means in `filter`.
    Two equal lenses on an unchanged database show the same cards.
    """

    pipeline_id: int
    today: date
    zone: ZoneInfo
    me: str = ""
    owner: str | None = None
    filter: Filter | None = None
    sort: Sort = Sort.MANUAL
    reverse: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says of one deal; all days are local, `days_in_stage` counts from entry."""

    id: int
    version: int
    stage_id: int
    title: str
    account: str
    owner: str
    status: Status
    value: Money | None
    sign: Sign
    next_text: str
    next_due: date | None
    days_in_stage: int
    over_limit: bool
    probability_bp: int | None
    probability_by_hand: bool
    answered: int
    expected_close: date | None
    closed_on: date | None
    snoozed_until: date | None
    rank: int

    @property
    def ref(self) -> str:
        return f"D-{self.id}"

    @property
    def name(self) -> str:
        return self.account or self.title


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board with what all its deals under the lens come to.

    `sums` and `weighted` hold one amount a currency, largest count of deals first; deals without
    a value are in `count` only, deals without any probability are not in `weighted`.
    """

    stage: Stage
    count: int = 0
    sums: tuple[Money, ...] = ()
    weighted: tuple[Money, ...] = ()


@dataclass(frozen=True, slots=True)
class Signs:
    """How many open deals under the lens carry each sign (each deal counts once)."""

    overdue: int = 0
    no_next_step: int = 0
    stalled: int = 0


@dataclass(frozen=True)
class Board:
    """A pipeline under a lens: columns in the order of its stages (retired empty ones left out).

    `matching` and `total` count the deals in open stages with and without the lens's filter.
    """

    pipeline: Pipeline
    lens: Lens
    columns: tuple[Column, ...]
    open_count: int = 0
    open_sums: tuple[Money, ...] = ()
    open_weighted: tuple[Money, ...] = ()
    matching: int = 0
    total: int = 0
    signs: Signs | None = None
    owners: tuple[str, ...] = field(default=())

    def column(self, stage_id: int) -> Column:
        """The column of a stage; `KeyError` when the board has none."""
        for column in self.columns:
            if column.stage.id == stage_id:
                return column
        raise KeyError(stage_id)
