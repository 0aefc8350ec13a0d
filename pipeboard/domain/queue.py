"""The day's queue: every open deal that needs its rep today, why, and in which order.

The invariant: an open deal has a future next step, or sleeps until a day to come, or has a place
in the queue. It leaves the queue only by what restores this, or by being closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import IntEnum
from fractions import Fraction
from operator import attrgetter
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.domain import hygiene
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.criteria import About, Unmet, unmet
from pipeboard.domain.deal import CHANNEL_OF, Deal, channel_of
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.money import Money, Rates, half_up
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.signs import stalled_reasons

CLOSING_DAYS = 14
OFFER_DAYS = 3
PRIOR_STRENGTH = 10
"""As many closed deals as the stage's own probability counts for (`DEFINITIONS.md`, Worth)."""


class Tier(IntEnum):
    """How urgent a deal is; each stands in the highest of its tiers alone."""

    OVERDUE = 1
    TODAY = 2
    NEW = 3
    NO_NEXT_STEP = 4
    STALLED = 5
    CLOSING = 6
    HYGIENE = 7


NOTHING_MATCHES = "No deal that needs somebody matches the filter."

TIER_NAMES: Mapping[Tier, str] = MappingProxyType(
    {
        Tier.OVERDUE: "overdue",
        Tier.TODAY: "due today",
        Tier.NEW: "woke or new",
        Tier.NO_NEXT_STEP: "no next step",
        Tier.STALLED: "stalled though planned",
        Tier.CLOSING: "closing, offer or close date",
        Tier.HYGIENE: "data to complete",
    }
)
Worths = Mapping[tuple[int, str], float]
"""What one minor unit is worth, by stage and currency: the chance to win times the rate."""

NO_WORTHS: Worths = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Day:
    """What the queue is made by: the local day, whose it is (None: everybody's), who is away,
    what money is worth by stage, and which sources lead in or out."""

    today: date
    zone: ZoneInfo
    rep: str | None = None
    away: frozenset[str] = frozenset()
    worths: Worths = field(default_factory=lambda: NO_WORTHS)
    channels: Mapping[str, str] = field(default_factory=lambda: CHANNEL_OF)


class Reason(NamedTuple):
    """Why a deal is in the queue, and the tier that this alone would give it."""

    tier: Tier
    text: str


@dataclass(frozen=True, slots=True)
class Position:
    """A deal's place in the queue: its tier and all reasons, the gravest first."""

    tier: Tier
    reasons: tuple[Reason, ...]

    def __str__(self) -> str:
        return ", ".join(reason.text for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class Queued:
    """A deal in the queue; `worth` is its value by the measured chance, in minor units of the
    workspace's currency, None where that is not known."""

    deal: Deal
    place: Position
    worth: float | None

    @property
    def worth_minor(self) -> int | None:
        """The worth in whole minor units, half a one rounded up as in every amount."""
        return None if self.worth is None else half_up(Fraction(self.worth))


@dataclass(frozen=True, slots=True)
class Load:
    """What a rep has on hand: open deals, those overdue, those stalled, and what all are worth in
    the workspace's currency, None where none has an amount; `unpriced` deals have one for which
    there is no rate."""

    name: str
    open: int = 0
    overdue: int = 0
    stalled: int = 0
    value: Money | None = None
    unpriced: int = 0

    def with_more(
        self, deals: int, overdue: int, stalled: int, worth: Money | None = None, unpriced: int = 0
    ) -> Load:
        """The load with further deals, worth so much together; None where none has an amount."""
        value = self.value
        if worth is not None:
            value = worth if value is None else replace(value, minor=value.minor + worth.minor)
        counts = (self.open + deals, self.overdue + overdue, self.stalled + stalled)
        return Load(self.name, *counts, value, self.unpriced + unpriced)


def place(deal: Deal, pipeline: Pipeline, day: Day) -> Position | None:
    """Where a deal stands in the queue of a day; None where nothing is to be done."""
    if not deal.is_open or deal.is_snoozed(day.today):
        return None
    found = tuple(_reasons(deal, pipeline, day))
    return Position(found[0].tier, found) if found else None


UNPLANNED = frozenset((Tier.OVERDUE, Tier.TODAY, Tier.NO_NEXT_STEP))


def is_unplanned(place: Position) -> bool:
    """Has the deal, which is awake, no next step to come?"""
    return any(reason.tier in UNPLANNED for reason in place.reasons)


def is_handled(before: Queued | None, now: Queued | None, *, planned: bool) -> bool:
    """May somebody who has done something on a deal go on to the next? Once nothing is to be done
    any more, or it is in another's hands; or it has a next step to come, and that was `planned` or
    found good, or a reason is gone."""
    if now is None or (before is not None and now.deal.owner != before.deal.owner):
        return True
    if is_unplanned(now.place) or (now.place.tier is Tier.NEW and not planned):
        return False
    if before is None:
        return planned
    is_new = before.deal.next_step != now.deal.next_step
    return planned or is_new or not set(before.place.reasons) <= set(now.place.reasons)


LATER, ASLEEP = 8, 9
"""Where the deals that are in no tier come behind those that are: planned ahead or closed, and
those that sleep."""


def worth(deal: Deal, day: Day) -> float | None:
    """The deal's value by the measured chance of its stage."""
    value = deal.value
    weight = None if value is None else day.worths.get((deal.stage_id, value.currency))
    return None if value is None or weight is None else value.minor * weight


def waiting(deal: Deal, pipeline: Pipeline, day: Day) -> Queued | None:
    """The deal with its place in the queue; None where it has none."""
    found = place(deal, pipeline, day)
    return None if found is None else Queued(deal, found, worth(deal, day))


def measured_chance(won: int, closed: int, stated_bp: int | None) -> Fraction | None:
    """The chance to win of a stage: of the deals lately closed that were in it, drawn towards what
    the stage says while they are few."""
    if stated_bp is None:
        return Fraction(won, closed) if closed else None
    prior = Fraction(stated_bp, 10_000)
    return (won + PRIOR_STRENGTH * prior) / (closed + PRIOR_STRENGTH)


def worths(
    chances: Mapping[int, Fraction | None], currencies: Iterable[str], rates: Rates, today: date
) -> Worths:
    """What one minor unit is worth in each stage, for each currency that has a rate."""
    found: dict[tuple[int, str], float] = {}
    for currency in currencies:
        unit = rates.convert(1, currency, rates.base, today)
        for stage_id, chance in chances.items():
            if unit is not None and chance is not None:
                found[stage_id, currency] = float(unit * chance)
    return MappingProxyType(found)


def lacks_to_close(deal: Deal, pipeline: Pipeline, today: date) -> tuple[Unmet, ...]:
    """What the gates still ask of a deal before it is won."""
    return unmet(deal, pipeline, pipeline.won.id, today)


def closes_soon(deal: Deal, today: date) -> bool:
    """Is it the time to say what a deal lacks before its close date?"""
    close = deal.expected_close
    return close is not None and today <= close <= today + timedelta(days=CLOSING_DAYS)


def is_new_inbound(deal: Deal, channels: Mapping[str, str] = CHANNEL_OF) -> bool:
    """A lead that came to us, and that nobody has answered or planned anything for."""
    is_in = channel_of(deal.source, channels) == "in"
    return is_in and deal.last_touch_at is None and deal.next_step is None


def _reasons(deal: Deal, pipeline: Pipeline, day: Day) -> Iterator[Reason]:
    """Every reason with the tier it stands for, in the order of the tiers; of somebody else's deal
    only what is asked of whose day it is."""
    asked = list(_asked(deal, day))
    if day.rep is not None and deal.owner != day.rep:
        yield from sorted(asked)
        return
    own = _own_reasons(deal, pipeline, day)
    yield from sorted([*asked, *own], key=attrgetter("tier")) if asked else own


def _asked(deal: Deal, day: Day) -> Iterator[Reason]:
    """What reps ask of one another on the deal, from the day on that it is due."""
    for rep, ask in deal.asks.items():
        if day.rep not in (None, rep) or (ask.due is not None and ask.due > day.today):
            continue
        whom = "" if day.rep else f"@{rep}: "
        text = f"{whom}@{ask.by} asks: {ask.text}"
        if ask.due is not None and ask.due < day.today:
            yield Reason(Tier.OVERDUE, f"{text} (overdue {(day.today - ask.due).days}d)")
        else:
            yield Reason(Tier.TODAY if ask.due else Tier.NEW, text)


def _own_reasons(deal: Deal, pipeline: Pipeline, day: Day) -> Iterator[Reason]:
    """Every reason but what reps ask of one another."""
    today, step = day.today, deal.next_step
    due = step.due if step else None
    if due is not None and due < today:
        yield Reason(Tier.OVERDUE, f"next step overdue {(today - due).days}d")
    if due == today:
        yield Reason(Tier.TODAY, "next step due today")
    yield from (Reason(Tier.NEW, text) for text in _news(deal, day))
    if due is None:
        yield Reason(Tier.NO_NEXT_STEP, "the next step has no day" if step else "no next step")
    for text in stalled_reasons(deal, pipeline, today, day.zone):
        if text.startswith(("overstay", "idle")):
            yield Reason(Tier.STALLED, text)
    yield from (Reason(Tier.CLOSING, text) for text in _closing(deal, pipeline, today))
    for fault in hygiene.faults(deal, pipeline, today, day.away):
        if fault not in hygiene.ELSEWHERE:
            yield Reason(Tier.HYGIENE, hygiene.LABELS[fault])


def _news(deal: Deal, day: Day) -> Iterator[str]:
    if deal.has_woken(day.today):
        yield f"woke: {deal.snooze_reason}" if deal.snooze_reason else "woke from its snooze"
    if deal.given_by:
        yield f"new from @{deal.given_by}"
    if is_new_inbound(deal, day.channels):
        yield f"new inbound lead ({deal.source})"


def _closing(deal: Deal, pipeline: Pipeline, today: date) -> Iterator[str]:
    close, offer = deal.expected_close, deal.offer_expires_on
    if close is not None and close < today:
        yield f"close date passed {(today - close).days}d ago"
    elif close is not None and (lacking := _lacking_soon(deal, pipeline, today)):
        # A step that is lacking or overdue is a reason of its own: said once is enough.
        rest = [lack.text for lack in lacking if lack.criterion.about is not About.NEXT_STEP]
        when = _ahead(close, today)
        yield f"closes {when}, lacking: {', '.join(rest)}" if rest else f"closes {when}"
    if offer is not None and offer < today:
        yield f"offer expired {(today - offer).days}d ago"
    elif offer is not None and offer <= today + timedelta(days=OFFER_DAYS):
        yield f"offer expires {_ahead(offer, today)}"


def _lacking_soon(deal: Deal, pipeline: Pipeline, today: date) -> tuple[Unmet, ...]:
    return lacks_to_close(deal, pipeline, today) if closes_soon(deal, today) else ()


def _ahead(day: date, today: date) -> str:
    return "today" if day == today else f"in {(day - today).days}d"


IDLE_S = 300
TOUCHES = frozenset(("log", "note", "done"))
"""The verbs by which somebody works on a deal: an interaction, a note, a step that is done."""


@dataclass(slots=True)
class Effort:
    """What one sitting of triage takes: the seconds in which keys were pressed, and what was done.

    A gap of more than five minutes without a key is a pause, and no part of it counts. `did` are
    the ids of commands, `met` has the tier in which each deal was when it was first looked at.
    """

    used_s: float = 0
    pauses: int = 0
    did: set[str] = field(default_factory=set)
    met: dict[int, Tier] = field(default_factory=dict)
    last_at: float | None = None

    def hear(self, at: float) -> None:
        """A key, in seconds by a clock that never goes back."""
        gap = 0 if self.last_at is None else max(0, at - self.last_at)
        if gap > IDLE_S:
            self.pauses += 1
        else:
            self.used_s += gap
        self.last_at = at

    def told(self, touched: Iterable[int]) -> str:
        """` This sitting: 9 minutes, 11 touches: 6 overdue, 5 due today.` of the deals that were
        `touched`, one for each touch; "" where there was next to nothing."""
        counts = Counter(self.met[one] for one in touched if one in self.met)
        minutes = int(self.used_s / 60 + 0.5)
        if not counts and not minutes:
            return ""
        time = how_many(minutes, "minute") if minutes else "under a minute"
        if self.pauses:
            time += f" without {how_many(self.pauses, 'pause')} of over {IDLE_S // 60}"
        touches = how_many(counts.total(), "touch", "touches") if counts else "no touch"
        by_tier = [
            f"{in_figures(counts[tier])} {TIER_NAMES[tier]}" for tier in Tier if counts[tier]
        ]
        parts = filter(None, (f"{time}, {touches}", ", ".join(by_tier)))
        return f" This sitting: {': '.join(parts)}."


@dataclass(slots=True)
class Round:
    """A walk through the queue, a deal at a time: what was done is counted, what was skipped
    comes again at the end, and back goes to the deal before."""

    ids: list[int]
    handled: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)
    passed: list[int] = field(default_factory=list)

    @property
    def current(self) -> int | None:
        """The deal to look at; None at the end."""
        return self.ids[0] if self.ids else None

    def go_on(self, *, handled: bool) -> None:
        """To the next deal; one that is skipped goes to the end the first time."""
        one = self.ids.pop(0)
        self.passed.append(one)
        if handled:
            self.handled.append(one)
            self.skipped = [other for other in self.skipped if other != one]
        elif one not in self.skipped:
            self.skipped.append(one)
            self.ids.append(one)

    def back(self) -> None:
        """To the deal before, if there is one."""
        if self.passed:
            self.bring_back(self.passed.pop())

    def bring_back(self, one: int) -> None:
        """To a deal that was handled or skipped, as if it had not been."""
        self.put_first(one)
        for done in (self.handled, self.skipped):
            if one in done:
                done.remove(one)

    def put_first(self, one: int) -> None:
        """That deal is looked at, and then the others in their order."""
        self.ids = [one, *(other for other in self.ids if other != one)]

    def copy(self) -> Round:
        """A round that goes its own way from here."""
        return Round(*map(list, (self.ids, self.handled, self.skipped, self.passed)))

    def follow(self, queue: Iterable[int]) -> None:
        """The queue as it is now: what left it is left out, what is new comes in its place before
        those that were skipped."""
        now = list(queue)
        known = {*self.handled, *self.skipped}
        there = set(now)
        skipped = [one for one in self.skipped if one in self.ids and one in there]
        self.ids = [one for one in now if one not in known] + skipped

    def summary(self, next_due: str) -> str:
        """What came of it: `12 handled, next due Thu 3 Dec; 2 skipped`."""
        left = len([one for one in self.skipped if one not in self.handled])
        due = f", next due {next_due}" if next_due else ""
        handled = in_figures(len(set(self.handled)))
        return f"{handled} handled{due}; {in_figures(left)} skipped."
