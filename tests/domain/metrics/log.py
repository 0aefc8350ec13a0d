"""A log of made-up deals for tests of numbers: short to write, exact to the microsecond."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import attrgetter, itemgetter
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import FOREVER, micros
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.folding import Fact, fold_deals
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Number
from pipeboard.domain.metrics.rules import MetricRules
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.pipeline import Category, Pipeline, Stage, StageKind
from pipeboard.domain.settings import Settings

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
LEAD, QUALIFY, PROPOSAL, NEGOTIATE, WON, LOST = 1, 2, 3, 4, 5, 6

PIPELINE = Pipeline(
    1,
    "Sales",
    "EUR",
    (
        Stage(LEAD, "Lead", probability_bp=1_000, expected_days=7, idle_days=5),
        Stage(QUALIFY, "Qualify", probability_bp=3_000, expected_days=14, idle_days=7),
        Stage(PROPOSAL, "Proposal", probability_bp=5_000, qualified=True, category=Category.BEST),
        Stage(NEGOTIATE, "Negotiate", probability_bp=8_000, category=Category.COMMIT),
        Stage(WON, "Won", StageKind.WON, 10_000),
        Stage(LOST, "Lost", StageKind.LOST, 0),
    ),
)
UTC_RULES = MetricRules(PIPELINE, Settings(currency="EUR", zone_name="UTC"))
BERLIN_RULES = MetricRules(PIPELINE, Settings(currency="EUR", zone_name="Europe/Berlin"))
ALL = parse_period("all", date(2026, 1, 1))


def fold(facts: Iterable[Fact], until: int = FOREVER) -> list[DealHistory]:
    """The histories that facts lead to; the facts of a deal stand together, in the log's order."""
    deals = groupby(facts, key=itemgetter(0))
    return fold_deals(((deal_id, [fact[1:] for fact in own]) for deal_id, own in deals), until)


def at(day: float) -> datetime:
    """The instant so many days after the beginning of 2026."""
    return BEGIN + timedelta(days=day)


def period(text: str) -> Period:
    return parse_period(text, date(2026, 1, 1))


@dataclass
class Log:
    """Facts in the order in which they were recorded."""

    facts: list[Fact] = field(default_factory=list)
    _last: int = 0

    def add(
        self,
        day: float = 0,
        stage: int = LEAD,
        *,
        value: int | None = None,
        currency: str = "EUR",
        close: str | None = None,
        owner: str = "ana",
    ) -> int:
        """A new deal; its id."""
        self._last += 1
        money = None if value is None else currency
        self._put(self._last, day, "created", stage, value, money, close, owner)
        return self._last

    def move(self, deal: int, day: float, stage: int, *, override: bool = False) -> None:
        self._put(deal, day, "moved", stage, detail="override" if override else None)

    def win(self, deal: int, day: float, value: int | None = None, currency: str = "EUR") -> None:
        self._put(deal, day, "won", WON, value, None if value is None else currency)

    def lose(self, deal: int, day: float, category: str = "price") -> None:
        self._put(deal, day, "lost", LOST, detail=category)

    def forget_when(self, deal: int) -> None:
        """Nobody knows when the last that happened to the deal did: it was closed, or made."""
        place = max(n for n, fact in enumerate(self.facts) if fact.deal_id == deal)
        self.facts[place] = self.facts[place]._replace(known="unknown")

    def reopen(self, deal: int, day: float, stage: int) -> None:
        self._put(deal, day, "reopened", stage)

    def value(self, deal: int, day: float, value: int | None, currency: str = "EUR") -> None:
        self._put(deal, day, "value", None, value, None if value is None else currency)

    def close(self, deal: int, day: float, close: str | None) -> None:
        self._put(deal, day, "expected_close", on=close)

    def owner(self, deal: int, day: float, owner: str) -> None:
        self._put(deal, day, "owner", detail=owner)

    def probability(self, deal: int, day: float, bp: int | None) -> None:
        self._put(deal, day, "probability", minor=bp)

    def say(self, deal: int, day: float, kind: str, on: str | None = None, what: str = "") -> None:
        """Any other event: `touch`, `next_step`, `snoozed`, `category`, `archived`…"""
        self._put(deal, day, kind, on=on, detail=what or None)

    def quote(self, deal: int, day: float) -> None:
        """A touch with which a quote was sent."""
        us = micros(at(day))
        self.facts.append(Fact(deal, us, "touch", detail="email out", quoted_at=us))

    def path(self, *steps: int, begin: float = 0) -> int:
        """A deal that enters a stage (or outcome) a day."""
        deal = self.add(begin, steps[0])
        for day, step in enumerate(steps[1:], 1):
            if step == WON:
                self.win(deal, begin + day)
            elif step == LOST:
                self.lose(deal, begin + day)
            else:
                self.move(deal, begin + day, step)
        return deal

    def _put(
        self,
        deal: int,
        day: float,
        kind: str,
        stage: int | None = None,
        minor: int | None = None,
        currency: str | None = None,
        on: str | None = None,
        detail: str | None = None,
    ) -> None:
        self.facts.append(Fact(deal, micros(at(day)), kind, stage, minor, currency, on, detail))

    def histories(self, now: datetime | None = None) -> list[DealHistory]:
        """What the facts lead to, those up to an instant."""
        told = sorted(self.facts, key=attrgetter("deal_id"))
        return fold(told, FOREVER if now is None else micros(now))

    def basis(
        self,
        day: float,
        over: Period = ALL,
        *,
        rules: MetricRules = UTC_RULES,
        now: datetime | None = None,
    ) -> Basis:
        """What numbers are taken over, so many days after the beginning of 2026."""
        now = now or at(day)
        return Basis.over(self.histories(now), rules, now, over)


def ids(deals: Iterable[DealHistory]) -> list[int]:
    return [deal.id for deal in deals]


def off_by(flow: Waterfall) -> Number:
    """What the ledger of a waterfall does not add up by: 0."""
    came = sum(line.amount for line in flow.coming.values())
    went = sum(line.amount for line in flow.going.values())
    return flow.start.amount + came - went - flow.end.amount
