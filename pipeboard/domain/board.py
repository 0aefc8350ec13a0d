"""The board as a frozen value: columns with their totals, and the cards that a screen shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.domain.lazy_dataclass import dataclass, field

if TYPE_CHECKING:
    from pipeboard.domain.deal import Status
    from pipeboard.domain.filter_nodes import Filter
    from pipeboard.domain.money import Money
    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.domain.signs import Sign


class Sort(StrEnum):
    """What orders the cards of a column; closed columns by hand are newest outcome first.

    NEEDS is the order of the queue, then of the next steps.
    """

    MANUAL = "manual"
    VALUE = "value"
    NEXT_STEP = "next"
    AGE = "age"
    CLOSE = "close"
    NAME = "name"
    NEEDS = "needs"
    UPDATED = "updated"
    WARM = "warmth"


SORTS = tuple(sort.value for sort in Sort)


@dataclass(frozen=True, slots=True)
class Lens:
    """Which deals of a pipeline are looked at, and in which order.

    `owner` narrows to one rep (None: everyone), `me` is who `owner:me` means in `filter`. Sums
    are converted to `currency` where a rate is known ("": each currency by itself).
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
    currency: str = ""


def usual_sort(lens: Lens) -> Sort:
    """The order where nobody has chosen one: one's own deals by what needs one first."""
    return Sort.NEEDS if lens.owner == lens.me else Sort.MANUAL


@dataclass(frozen=True, slots=True)
class Card:
    """What a card says of one deal; all days are local.

    `days_in_stage` counts from entry; where nobody knows when that was (`entry_known`), from when
    the deal came here, so that it is that many or more. `closed_on` is None where it is unknown.
    """

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
    days_untouched: int
    over_limit: bool
    probability_bp: int | None
    probability_by_hand: bool
    answered: int
    expected_close: date | None
    closed_on: date | None
    snoozed_until: date | None
    rank: int
    loss: str = ""
    """Why it was lost, as its category."""
    entry_known: bool = True

    @property
    def ref(self) -> str:
        return f"D-{self.id}"

    @property
    def name(self) -> str:
        return self.account or self.title

    @property
    def subject(self) -> str:
        """Which deal of its company it is; empty where the name says so already."""
        return self.title if self.account and self.title != self.account else ""

    def is_snoozed(self, today: date) -> bool:
        return self.snoozed_until is not None and self.snoozed_until > today


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board with what all its deals under the lens come to.

    `sums` and `weighted` hold one amount a currency, largest count of deals first; deals without
    a value are in `count` only, deals without any probability are not in `weighted`. Some
    amounts `is_converted` to the currency of the lens: at today's rate, closed ones at that of the
    day they closed.
    """

    stage: Stage
    count: int = 0
    sums: tuple[Money, ...] = ()
    weighted: tuple[Money, ...] = ()
    is_converted: bool = False


@dataclass(frozen=True, slots=True)
class Signs:
    """How many open deals under the lens carry each sign (each deal counts once)."""

    overdue: int = 0
    no_next_step: int = 0
    stalled: int = 0

    @staticmethod
    def total(parts: Iterable[Signs]) -> Signs:
        """The signs of several stages together."""
        parts = tuple(parts)
        return Signs(
            sum(part.overdue for part in parts),
            sum(part.no_next_step for part in parts),
            sum(part.stalled for part in parts),
        )


@dataclass(frozen=True)
class Board:
    """A pipeline under a lens: columns in the order of its stages (retired empty ones left out).

    `matching` and `total` count the deals in open stages with and without the lens's filter.
    `stage_signs` has the stages in which a deal carries a sign; None while nobody has counted.
    `everyone` says whose deals there are where the lens is nobody's in particular.
    """

    pipeline: Pipeline
    lens: Lens
    columns: tuple[Column, ...]
    open_count: int = 0
    open_sums: tuple[Money, ...] = ()
    open_weighted: tuple[Money, ...] = ()
    matching: int = 0
    total: int = 0
    stage_signs: Mapping[int, Signs] | None = None
    owners: tuple[str, ...] = field(default=())
    everyone: str = "everyone"

    @property
    def signs(self) -> Signs | None:
        """The signs of the whole board; None while nobody has counted them."""
        return None if self.stage_signs is None else Signs.total(self.stage_signs.values())

    @property
    def is_converted(self) -> bool:
        """Whether the open sums hold amounts of other currencies."""
        return any(column.is_converted for column in self.columns if column.stage.is_open)

    def column(self, stage_id: int) -> Column:
        """The column of a stage; `KeyError` when the board has none."""
        for column in self.columns:
            if column.stage.id == stage_id:
                return column
        raise KeyError(stage_id)
