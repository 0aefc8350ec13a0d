"""What one deal went through up to an instant, small enough to hold a hundred thousand of them."""

from __future__ import annotations

from typing import Final, TypeVar

from pipeboard.domain.deal import UNKNOWN

T = TypeVar("T")

WON, LOST = -1, -2

BY_DAY: Final = "day"
"""An instant of which only the local day is known."""

Places = tuple[int, ...]
"""Every stage that a deal entered, `WON` and `LOST` among them."""

Vague = tuple[tuple[int, str], ...]
"""Which of the places a deal came to nobody knows when, or by their day only."""


class DealHistory:
    """A deal as its events left it, with the changes that lead back to any earlier instant.

    Instants are microseconds since 1970 UTC, days are ISO 8601 text (which orders as dates do),
    money is minor units and currency. `places` holds every stage entered, and `WON` and `LOST`
    where the deal was closed, `entered_at` when each of them was, the first of them with the deal;
    `arrived_at` is the same but where the deal came to its first stage later than it was created
    (where it stood before nobody knows), `overridden` which of them it came to past a gate,
    `elsewhere` to which it did so before it came in.
    `touch_kinds` and `touched_at` are as long as each other too. Deals that went through the same
    share one tuple of `places`. The `..._changes` hold, in the order of the log, when a value
    changed and what it was before. `created_by` and `closed_by` say how exactly these instants
    are known (`BY_DAY`, `UNKNOWN`), `vague` the same of every place that is not known to the
    instant. Written by `folding`, only read afterwards.
    """

    __slots__ = (
        "archived",
        "archived_changes",
        "arrived_at",
        "bp",
        "bp_changes",
        "category",
        "category_changes",
        "close",
        "close_changes",
        "closed_at",
        "closed_by",
        "competitor",
        "created_at",
        "created_by",
        "currency",
        "elsewhere",
        "entered_at",
        "first_currency",
        "first_minor",
        "first_outbound_at",
        "id",
        "last_touch_at",
        "loss",
        "merged_at",
        "minor",
        "next_due",
        "outbound_since_reply",
        "outcome",
        "overridden",
        "owner",
        "owner_changes",
        "places",
        "pushed_at",
        "quoted_at",
        "reopened",
        "snoozed_until",
        "snoozes",
        "touch_kinds",
        "touched_at",
        "vague",
        "value_changes",
    )

    def __init__(
        self,
        deal_id: int,
        at: int,
        stage_id: int,
        minor: int | None,
        currency: str | None,
        close: str | None,
        owner: str,
    ) -> None:
        self.id = deal_id
        self.created_at = at
        self.entered_at: tuple[int, ...] = (at,)
        self.arrived_at: tuple[int, ...] = self.entered_at
        self.places: Places = (stage_id,)
        self.outcome = 0
        self.created_by = ""
        self.vague: Vague = ()
        self.closed_at: int | None = None
        self.closed_by = ""
        self.loss: str | None = None
        self.competitor = ""
        self.reopened = 0
        self.overridden: tuple[int, ...] = ()
        self.elsewhere: tuple[int, ...] = ()
        self.minor = self.first_minor = minor
        self.currency = self.first_currency = currency
        self.value_changes: tuple[tuple[int, tuple[int | None, str | None]], ...] = ()
        self.owner = owner
        self.owner_changes: tuple[tuple[int, str], ...] = ()
        self.close = close
        self.close_changes: tuple[tuple[int, str | None], ...] = ()
        self.pushed_at: tuple[int, ...] = ()
        self.bp: int | None = None
        self.bp_changes: tuple[tuple[int, int | None], ...] = ()
        self.category: str | None = None
        self.category_changes: tuple[tuple[int, str | None], ...] = ()
        self.quoted_at: tuple[int, ...] = ()
        self.next_due: str | None = None
        self.snoozed_until: str | None = None
        self.snoozes: tuple[tuple[int, str | None], ...] = ()
        self.touched_at: tuple[int, ...] = ()
        self.touch_kinds: tuple[str, ...] = ()
        self.first_outbound_at: int | None = None
        self.last_touch_at: int | None = None
        self.outbound_since_reply = 0
        self.archived = False
        self.merged_at: int | None = None
        self.archived_changes: tuple[tuple[int, bool], ...] = ()

    def __repr__(self) -> str:
        return f"DealHistory({self.id})"

    @property
    def counts(self) -> bool:
        """In the population of every number: not merged away, nor lost as invalid. An archived deal
        keeps its place in what has happened."""
        return self.merged_at is None and self.loss != "invalid"

    @property
    def is_open(self) -> bool:
        """Stands open on the board now."""
        return self.closed_at is None and not self.archived and self.merged_at is None

    @property
    def is_dated(self) -> bool:
        """Whether it is known when the deal was created."""
        return self.created_by != UNKNOWN

    @property
    def is_close_dated(self) -> bool:
        """Whether it is known when the deal was closed, if it was."""
        return self.closed_by != UNKNOWN

    def known_by(self, place: int) -> str:
        """How exactly it is known when the deal came to a place of its path: "" to the instant."""
        for vague, how in self.vague:  # asked of each stay of each deal, and nearly all are known
            if vague == place:
                return how
        return ""

    @property
    def stage_id(self) -> int:
        """The open stage that the deal is in, or was closed from."""
        last = self.places[-1]
        return last if last >= 0 else next(s for s in reversed(self.places) if s >= 0)

    @property
    def visit_began_at(self) -> int:
        """When the present stage was entered, or the deal closed."""
        return self.arrived_at[-1]

    def place_at(self, us: int) -> int | None:
        """The stage (or `WON`, `LOST`) at an instant; None before the deal began."""
        for place in range(len(self.places) - 1, -1, -1):
            if self.entered_at[place] <= us:
                return self.places[place]
        return None

    def stage_at(self, us: int) -> int | None:
        """The last open stage entered by an instant; None before the deal began."""
        for place in range(len(self.places) - 1, -1, -1):
            if self.entered_at[place] <= us and self.places[place] >= 0:
                return self.places[place]
        return None

    def is_open_at(self, us: int) -> bool:
        """Begun, neither closed nor archived at an instant; never of a deal that nobody knows the
        closing date of."""
        if self.closed_by == UNKNOWN:
            return False
        if not (self.reopened or self.archived_changes):  # nearly always, and much quicker
            return self.created_at <= us and (self.closed_at is None or self.closed_at > us)
        place = self.place_at(us)
        return place is not None and place >= 0 and not self.archived_at(us)

    def value_at(self, us: int) -> tuple[int | None, str | None]:
        """Minor units and currency at an instant; none before the deal began."""
        if us < self.created_at:
            return None, None
        now = (self.minor, self.currency)
        return _as_it_was(now, self.value_changes, us) if self.value_changes else now

    def owner_at(self, us: int) -> str:
        """Whose deal it was at an instant."""
        changes = self.owner_changes
        return _as_it_was(self.owner, changes, us) if changes else self.owner

    def close_at(self, us: int) -> str | None:
        """The expected close date as it stood at an instant."""
        changes = self.close_changes
        return _as_it_was(self.close, changes, us) if changes else self.close

    def bp_at(self, us: int) -> int | None:
        """The probability by hand at an instant, in basis points."""
        return _as_it_was(self.bp, self.bp_changes, us) if self.bp_changes else self.bp

    def category_at(self, us: int) -> str | None:
        """The rep's forecast category at an instant."""
        changes = self.category_changes
        return _as_it_was(self.category, changes, us) if changes else self.category

    def archived_at(self, us: int) -> bool:
        """Whether the deal was archived, or merged into another, at an instant."""
        changes = self.archived_changes
        return _as_it_was(self.archived, changes, us) if changes else self.archived


def _as_it_was(now: T, changes: tuple[tuple[int, T], ...], us: int) -> T:
    """Goes back from the present value over every change after the instant."""
    for at, before in reversed(changes):
        if at <= us:
            break
        now = before
    return now
