"""The weekly review: what changed unlike the plan, which deals to talk about, where it is stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypeAlias, TypedDict, get_args

from pipeboard.domain.criteria import About
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics.basis import touched
from pipeboard.domain.periods import last_weeks
from pipeboard.domain.queue import Queued, Tier, closes_soon, lacks_to_close

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.hygiene import Alike, Fault
    from pipeboard.domain.metrics import Report
    from pipeboard.domain.metrics.basis import Basis
    from pipeboard.domain.metrics.result import Number
    from pipeboard.domain.metrics.rules import Group
    from pipeboard.domain.metrics.waterfall import Waterfall
    from pipeboard.domain.notable import Notable
    from pipeboard.domain.pipeline import Pipeline

NUMBERS: Mapping[str, str] = MappingProxyType(
    {
        "target": "Target",
        "won_value": "Won",
        "forecast_commit": "Commit",
        "forecast_best": "Best",
        "forecast_weighted": "Weighted",
        "forecast_measured": "Measured",
        "coverage": "Coverage",
        "coverage_required": "Coverage needed",
        "rose_tint": "Rose tint",
    }
)
"""The numbers of a review by their names in `metrics`."""
RepNumber: TypeAlias = Literal[
    "won_value", "forecast_commit", "forecast_weighted", "forecast_measured", "rose_tint"
]
NUMBERS_OF_REPS: tuple[RepNumber, ...] = get_args(RepNumber)
TO_DISCUSS = 10
TREND_WEEKS = 6
NEW_WEEKS = 4
MOST_ASKED = 3
_RISKY = frozenset((Tier.OVERDUE, Tier.NO_NEXT_STEP, Tier.STALLED, Tier.CLOSING))
_WEEK_US = 7 * 86_400_000_000


@dataclass(frozen=True, slots=True)
class Subject:
    """A deal to talk about: its value in the pipeline's currency, what is at risk, and what to
    ask."""

    queued: Queued
    value: Number
    risks: tuple[str, ...]
    agenda: tuple[str, ...]

    @property
    def weight(self) -> Number:
        """Value x risk: the more warnings, the more of the value is in doubt."""
        return self.value * len(self.risks)


def to_discuss(
    queue: Iterable[Queued],
    values: Mapping[int, Number],
    pushes: Mapping[int, int],
    pipeline: Pipeline,
    today: date,
) -> tuple[Subject, ...]:
    """The deals with the most value at risk; `pushes` tells how often a close date was moved."""
    subjects = []
    for one in queue:
        risks = [reason.text for reason in one.place.reasons if reason.tier in _RISKY]
        if pushes.get(one.deal.id, 0) > 1:
            risks.append(f"close date pushed {pushes[one.deal.id]} times")
        value = values.get(one.deal.id)
        if risks and value:
            subjects.append(Subject(one, value, tuple(risks), ()))
    subjects.sort(key=lambda subject: (-subject.weight, subject.queued.deal.id))
    return tuple(
        replace(subject, agenda=agenda(subject.queued.deal, pipeline, today))
        for subject in subjects[:TO_DISCUSS]
    )


def agenda(deal: Deal, pipeline: Pipeline, today: date) -> tuple[str, ...]:
    """What to talk about: the first open questions as they are asked, and what the gates lack
    that neither these nor the deal's risks say already."""
    answered = deal.answered(pipeline)
    asked = [one for one in pipeline.questions if one not in answered][:MOST_ASKED]
    # The risks name the next step, and before the close date all the rest.
    said = {(About.NEXT_STEP, "")} | {
        (about, one.key) for about in (About.ANSWER, About.RATING) for one in asked
    }
    lacking = () if closes_soon(deal, today) else lacks_to_close(deal, pipeline, today)
    left = [one.text for one in lacking if (one.criterion.about, one.criterion.subject) not in said]
    return (*(one.ask for one in asked), *(f"missing: {lack}" for lack in left[:MOST_ASKED]))


def named_in(words: str) -> tuple[str, str]:
    """A decision without the rep that it names (`@bo`, as its first or last word), and the rep."""
    parts = words.split()
    for place in (-1, 0):
        if len(parts) > 1 and len(parts[place]) > 1 and parts[place].startswith("@"):
            return " ".join(parts[:-1] if place else parts[1:]), parts[place][1:]
    return words, ""


@dataclass(frozen=True, slots=True)
class SalesTrap:
    """Whether enough that is new comes in: qualified value a week of late, what the target needs a
    week (None without a target), and the touches of the time on new deals and on older ones.
    `new` are the deals that came in, `touched` those that somebody was in touch on (ids)."""

    new_value_a_week: Number
    needed_a_week: Number | None
    touches_on_new: int
    touches: int
    new: Collection[int] = ()
    touched: Collection[int] = ()


def sales_trap(basis: Basis, target: Number | None, coverage: Number | None) -> SalesTrap:
    """The trap that a quarter of closing digs for the next one: a target needs `coverage` times its
    value as qualified pipeline over the weeks of its period."""
    since = basis.now - NEW_WEEKS * _WEEK_US
    new = [deal for at, deal in basis.deals.qualified if since < at <= basis.now]
    weeks = Fraction((basis.period.end - basis.period.start).days, 7)
    needed = None if target is None or not coverage or not weeks else target * coverage / weeks
    made = [
        (at, deal) for at, kind, deal in touched(basis, since + 1, basis.now + 1) if _goes_out(kind)
    ]
    return SalesTrap(
        Fraction(basis.tally(new).amount) / NEW_WEEKS,
        needed,
        sum(deal.is_dated and deal.created_at > since for _, deal in made),
        len(made),
        {deal.id for deal in new},
        {deal.id for _, deal in made},
    )


def _goes_out(kind: str) -> bool:
    return kind.endswith(" out")


@dataclass(frozen=True, slots=True)
class TouchWeek:
    """How often reps were in touch in a week, how often buyers answered, and on which deals."""

    start: date
    out: int
    replies: int
    deals: Collection[int] = ()


def trend(basis: Basis) -> Sequence[TouchWeek]:
    """The last weeks, oldest first, the running one last."""
    starts = last_weeks(basis.today, TREND_WEEKS, basis.rules.settings.week_start)
    bounds = [basis.calendar.start(day) for day in starts] + [basis.now + 1]
    weeks = []
    for day, first, after in zip(starts, bounds, bounds[1:], strict=False):
        made = [(kind, deal.id) for _, kind, deal in touched(basis, first, after)]
        out = sum(_goes_out(kind) for kind, _ in made)
        replies = sum(kind.endswith(" in") for kind, _ in made)
        weeks.append(TouchWeek(day, out, replies, {one for _, one in made}))
    return weeks


@dataclass(frozen=True, slots=True)
class Objection:
    """What buyers had against it, how often in which stage (by id), and on which deals."""

    tag: str
    stages: Mapping[int, int]
    deals: Collection[int] = ()


def objections(basis: Basis, raised: Iterable[tuple[int, str, int]]) -> tuple[Objection, ...]:
    """The objections of a time, the most frequent first; each by the stage that the deal was in."""
    by_tag: dict[str, Counter[int]] = {}
    raised_on: dict[str, set[int]] = {}
    deals = {deal.id: deal for deal in basis.deals.created}
    for deal_id, tag, us in raised:
        deal = deals.get(deal_id)
        stage_id = None if deal is None else deal.stage_at(us - 1)
        if stage_id is not None:
            by_tag.setdefault(tag, Counter())[stage_id] += 1
            raised_on.setdefault(tag, set()).add(deal_id)
    found = (Objection(tag, stages, raised_on[tag]) for tag, stages in by_tag.items())
    return tuple(sorted(found, key=lambda one: (-sum(one.stages.values()), one.tag)))


@dataclass(frozen=True, slots=True)
class Variant:
    """A way of asking: on how many deals it was tried, how many answered, are closed and won."""

    tag: str
    deals: int
    answered: int
    closed: int
    won: int


@dataclass(frozen=True, slots=True)
class WeeklyReview:
    """Everything that a review looks at, as of an instant, since another."""

    pipeline: Pipeline
    since: datetime
    at: datetime
    report: Report
    reps: Mapping[Group, Report]
    faults: Mapping[Fault, Mapping[str, int]]
    alike: Sequence[Alike]
    dead: Sequence[int]
    changes: Waterfall
    notable: Sequence[Notable]
    subjects: Sequence[Subject]
    trap: SalesTrap
    weeks: Sequence[TouchWeek]
    decisions: Sequence[ReviewDecision]
    objections: Sequence[Objection]
    variants: Sequence[Variant]
    names: Mapping[int, str]

    @property
    def untidy(self) -> set[int]:
        """The deals that the preflight names."""
        return {*self.dead, *(one for pair in self.alike for one in (pair.keep_id, pair.other_id))}

    def deals_behind(self) -> Mapping[str, frozenset[int]]:
        """The deals behind each number, by the names of the document: `number.won_value`,
        `rep.ana`, `changes.lost`, `flow.bottleneck`, `week.2026-11-16`, `objection.price`."""
        report, trap = self.report, self.trap
        found: dict[str, Collection[int]] = {
            f"number.{name}": report.metric(name).num_ids for name in NUMBERS
        }
        for rep, part in self.reps.items():
            metrics = (part.metric(name) for name in ("won_value", "forecast_weighted"))
            found[f"rep.{rep}"] = {one for metric in metrics for one in metric.num_ids}
        for name, line in self.changes.lines.items():
            found[f"changes.{name}"] = [deal.id for deal in line.deals]
        if report.bottleneck is not None:
            found["flow.bottleneck"] = [deal.id for deal in report.bottleneck.overstay.deals]
        velocity = report.metric("lead_velocity_rate")
        found["flow.lead_velocity"] = {*velocity.num_ids, *velocity.den_ids}
        found |= {"flow.new": trap.new, "flow.touches": trap.touched}
        found |= {f"week.{week.start.isoformat()}": week.deals for week in self.weeks}
        found |= {f"objection.{one.tag}": one.deals for one in self.objections}
        return {name: frozenset(ids) for name, ids in found.items()}


# The document of a review, as it is kept and read again: money in minor units, days ISO 8601.


class ReviewDecision(TypedDict):
    """What was decided on a deal, as a review keeps it: by whom, by which day (ISO 8601), and
    whether it is done."""

    ref: str
    deal: str
    owner: str
    text: str
    due: str | None
    done: bool


class NumberDocument(TypedDict):
    """A number: its value, or the reason why there is none."""

    value: int | float | None
    unit: str
    reason: str | None


class _PreflightParts(TypedDict):
    faults: dict[str, dict[str, int]]
    duplicates: list[dict[Literal["keep", "other", "why"], str]]
    dead: list[str]


class Preflight(_PreflightParts, total=False):
    """What of the data is to be mended: faults by owner, doubled deals, deals to give up, and what
    these are called; reviews of older versions have no names."""

    names: dict[str, str]


def called(ref: str, data: Preflight) -> str:
    """A deal of the preflight by its id and its name."""
    return f"{ref} {data.get('names', {}).get(ref, '')}".rstrip()


class RepNumbers(TypedDict):
    """The numbers of one rep."""

    rep: str | None
    won_value: NumberDocument
    forecast_commit: NumberDocument
    forecast_weighted: NumberDocument
    forecast_measured: NumberDocument
    rose_tint: NumberDocument


class SubjectDocument(TypedDict):
    """A deal to talk about."""

    ref: str
    deal: str
    title: str
    owner: str | None
    value: int
    risks: list[str]
    agenda: list[str]


class FlowDocument(TypedDict):
    """Where deals are held up, and whether enough new ones come in."""

    bottleneck: str | None
    hint: str | None
    lead_velocity: NumberDocument
    new_value_a_week: int
    needed_a_week: int | None
    touches_on_new: int
    touches: int


class ChangeDocument(TypedDict):
    """A line of why the pipeline changed; the value is None where no amount of it has a rate."""

    deals: int
    value: int | None


class WeekDocument(TypedDict):
    """The touches of a week, by its Monday."""

    week: str
    touches: int
    replies: int


class ObjectionDocument(TypedDict):
    """How often an objection was raised, by stage."""

    objection: str
    stages: dict[str, int]


class VariantDocument(TypedDict):
    """What came of one way of asking."""

    variant: str
    deals: int
    answered: int
    closed: int
    won: int


class _ReviewParts(TypedDict):
    pipeline: str
    currency: str
    zone: str
    since: str
    at: str
    period: str
    preflight: Preflight
    number: dict[str, NumberDocument]
    readings: list[str]
    reps: list[RepNumbers]
    changes: dict[str, ChangeDocument]
    exceptions: list[dict[Literal["ref", "deal", "by", "what"], str]]
    discuss: list[SubjectDocument]
    flow: FlowDocument
    trend: list[WeekDocument]
    objections: list[ObjectionDocument]
    variants: list[VariantDocument]
    decisions: list[ReviewDecision]


class ReviewDocument(_ReviewParts, total=False):
    """A review as it is kept, `discussed` being the deals that were spoken of."""

    discussed: list[str]
