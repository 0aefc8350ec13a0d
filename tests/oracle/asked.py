"""What is asked for: deals, an instant, a period, and whose part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from pipeboard.domain.money import exponent
from pipeboard.domain.pipeline import Pipeline, Stage
from tests.oracle.log import LOST, WON, Told

DAY = 86_400_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Whose = Callable[[Told, int], Any]


def half_up(value: Fraction | int) -> int:
    return (2 * Fraction(value) + 1) // 2


@dataclass
class Asked:
    """`event` and `standing` name the group of something at an instant; `group` is the one that is
    asked for, with `everyone` asking for all. `scope` says what the groups are: `owner`, `team`,
    or a `part` of the deals that nobody has a target for. `ended` is the same at the end of a
    period that is over."""

    deals: list[Told]
    now: int
    first: date
    after: date
    zone: ZoneInfo
    pipeline: Pipeline
    rates: Mapping[str, list[tuple[date, Fraction]]]
    targets: list[tuple[str, str, int]] = field(default_factory=list)
    event: Whose = lambda deal, us: "everyone"
    standing: Whose = lambda deal, us: "everyone"
    group: Any = "everyone"
    scope: str = ""
    teams: Mapping[str, str] = field(default_factory=dict)
    calls_told: Mapping[tuple[str, str], list[tuple[int, int | None]]] = field(default_factory=dict)
    chances_over: list[Told] = field(default_factory=list)
    stage_bp: Mapping[int, tuple[tuple[int, int | None], ...]] = field(default_factory=dict)
    ended: Asked | None = None

    def us(self, day: date) -> int:
        local = datetime.combine(day, time(), self.zone).astimezone(UTC)
        since = local - EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000

    def day(self, us: int) -> date:
        return (EPOCH + timedelta(microseconds=us)).astimezone(self.zone).date()

    @property
    def start(self) -> int:
        return self.us(self.first)

    @property
    def end(self) -> int:
        return self.us(self.after)

    @property
    def today(self) -> date:
        return self.day(self.now)

    def holds(self, us: int) -> bool:
        return self.start <= us < self.end

    def due(self, day: str | None) -> bool:
        return day is not None and self.first.isoformat() <= day < self.after.isoformat()

    def mine(self, deal: Told, us: int) -> bool:
        return bool(self.event(deal, us) == self.group)

    def stands(self, deal: Told, us: int) -> bool:
        return bool(self.standing(deal, us) == self.group)

    @property
    def calls(self) -> dict[tuple[str, str], int]:
        """What each rep called for each period, as it stands."""
        last = {about: said[-1][1] for about, said in self.calls_told.items()}
        return {about: amount for about, amount in last.items() if amount is not None}

    # Deals.

    @property
    def counted(self) -> list[Told]:
        return [deal for deal in self.deals if deal.counts]

    @property
    def open(self) -> list[Told]:
        return [d for d in self.counted if d.is_open(self.now) and self.stands(d, self.now)]

    @property
    def created(self) -> list[Told]:
        return [
            d for d in self.counted if d.dated and self.holds(d.created) and self.mine(d, d.created)
        ]

    def closed_between(self, start: int, end: int) -> list[Told]:
        return [
            d
            for d in self.counted
            if d.closed is not None and start <= d.closed < end and self.mine(d, d.closed)
        ]

    @property
    def closed(self) -> list[Told]:
        return self.closed_between(self.start, self.end)

    @property
    def won(self) -> list[Told]:
        return [d for d in self.closed if d.outcome == WON]

    @property
    def lost(self) -> list[Told]:
        return [d for d in self.closed if d.outcome == LOST]

    @property
    def closing(self) -> list[Told]:
        return [d for d in self.open if self.due(d.at("expected_close", self.now))]

    # Money.

    def rate(self, currency: str, day: date) -> Fraction | None:
        if currency == "EUR":
            return Fraction(1)
        known = [rate for since, rate in self.rates.get(currency, ()) if since <= day]
        return Fraction(known[-1]) if known else None

    def converted(self, value: Any, day: date) -> Fraction | None:
        """A stored value in the pipeline's currency; None without a rate."""
        own = self.pipeline.currency
        if value["currency"] == own:
            return Fraction(value["amount_minor"])
        source, target = self.rate(value["currency"], day), self.rate(own, day)
        if source is None or target is None:
            return None
        shift = Fraction(10) ** (exponent(own) - exponent(value["currency"]))
        return Fraction(value["amount_minor"]) * source / target * shift

    def worth(self, deal: Told) -> tuple[Fraction | None, str]:
        """What a deal is worth now, or why nobody knows."""
        value = deal.at("value", self.now)
        if value is None:
            return None, "no value"
        day = self.today if deal.closed is None else self.day(deal.closed)
        found = self.converted(value, day)
        return found, "" if found is not None else "no rate"

    def total(self, deals: Iterable[Told]) -> tuple[Fraction, int, dict[str, int]]:
        """The sum of what is known, of how many deals, and why the others are not in it."""
        total, known, excluded = Fraction(0), 0, dict[str, int]()
        for deal in deals:
            worth, why = self.worth(deal)
            if worth is None:
                excluded[why] = excluded.get(why, 0) + 1
            else:
                total, known = total + worth, known + 1
        return total, known, excluded

    def sum(self, deals: Iterable[Told]) -> Fraction | None:
        """The sum; None where it is not whole, or of nothing but unknown values."""
        total, known, excluded = self.total(deals)
        return None if "no rate" in excluded or (excluded and not known) else total

    # The rules.

    @property
    def stages(self) -> list[Any]:
        return [stage for stage in self.pipeline.stages if stage.is_open]

    def rank(self, place: Any) -> int:
        ids = [stage.id for stage in self.stages]
        return len(ids) if place == WON else -1 if place == LOST else ids.index(place)

    def qualified_at(self, deal: Told) -> int | None:
        return self._reached(deal, [s for s in self.stages if s.qualified])

    def marketing_at(self, deal: Told) -> int | None:
        return self._reached(deal, [s for s in self.stages if s.marketing_qualified])

    def _reached(self, deal: Told, flagged: Sequence[Stage]) -> int | None:
        first = next((self.rank(s.id) for s in flagged), None)
        if first is None:
            return None
        for step, (at, place) in enumerate(deal.path):
            if self.rank(place) >= first:
                return at if step or deal.dated else None
        return None

    def table_bp(self, stage_id: int) -> int | None:
        bp: int | None = next(s.probability_bp for s in self.stages if s.id == stage_id)
        return bp

    def chance_bp(self, stage_id: int, us: int) -> int | None:
        """The stage's probability at an instant; its first before it had any."""
        known = self.stage_bp[stage_id]
        return [bp for since, bp in known if since <= us or since == known[0][0]][-1]

    def snoozed_until(self, deal: Told) -> str | None:
        """Until which day a deal is parked: a plan or a close wakes it."""
        until: str | None = deal.at("snoozed_until", self.now)
        return until
