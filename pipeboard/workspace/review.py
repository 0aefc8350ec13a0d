"""The weekly review: gathered from queue, numbers and log; kept with its day; read again as it was.

A review that was held is an agreement in the log. The next one starts where it ended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from shlex import quote
from typing import TYPE_CHECKING, Unpack, cast

from pipeboard.domain import review as rules
from pipeboard.domain.agreements import Contents, Topic
from pipeboard.domain.cadence import parse_step
from pipeboard.domain.commands import AskRep, SetNextStep
from pipeboard.domain.dates import format_date, local_date, micros
from pipeboard.domain.deal import Ask, Deal, NextStep
from pipeboard.domain.deciding import sentence_of
from pipeboard.domain.deciding.rules import Telling
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.waterfall import most_pushed, waterfall_since
from pipeboard.domain.notable import exceptions
from pipeboard.domain.people import match_owner
from pipeboard.domain.pipeline import Pipeline
from pipeboard.exchange.review_document import review_document
from pipeboard.store.sql import Audit
from pipeboard.workspace.execution import carry_out
from pipeboard.workspace.finding import typed_period
from pipeboard.workspace.recording import Once, Receipt, agree, as_command
from pipeboard.workspace.reports import ReportQuery, groups_of, report_of
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service
from pipeboard.workspace.triage import day_of

if TYPE_CHECKING:
    from pipeboard.domain.deal_record import Entry
    from pipeboard.domain.review import ReviewDocument
    from pipeboard.store.reading import Reader
    from pipeboard.store.reading.facts import Watch

A_WEEK = timedelta(days=7)
MOST_ENTRIES = 20_000


@dataclass(frozen=True, slots=True)
class Held:
    """A review that was held: when, and its document as it was then."""

    at: datetime
    contents: ReviewDocument


def review(
    service: Service,
    pipeline: Pipeline,
    since: datetime | None = None,
    watch: Watch | None = None,
) -> rules.WeeklyReview:
    """The review of a pipeline now, since an instant, or where the last one ended (else a week);
    `watch` hears how much of the numbers has been read."""
    now = service.now()
    began = since or last_review_at(service, pipeline) or now - A_WEEK
    if began > now:
        raise BadInput("A review looks back.", hint="Name a day until today.")
    day = day_of(service, pipeline)
    period = typed_period(service, "this-quarter", at=now)
    report = report_of(service, ReportQuery(pipeline, period, now), watch)
    basis = report.basis
    entries = [
        entry
        for entry in _spoken_of(service.reader, pipeline, began)
        if entry.recorded_at <= now and not _came_with_a_file(entry, began)
    ]
    commits = [e.deal_id for e in entries if e.event.after.get("category")]
    supported, _ = service.reader.numbers.evidence(pipeline, now, commits)
    values = {d.id: v for d in basis.deals.open if (v := basis.tally([d]).whole) is not None}
    pushes = {deal.id: times for deal, times in most_pushed(basis)}
    subjects = rules.to_discuss(day.queue(), values, pushes, pipeline, service.today)
    notable = tuple(exceptions(reversed(entries), pipeline, supported, service.settings.zone))
    decided = [entry for entry in entries if entry.verb == "decide"]
    alike, dead = day.alike(), day.dead()
    shown = {one.deal_id for one in notable}
    shown.update(one for pair in alike for one in (pair.keep_id, pair.other_id))
    deals = service.reader.deals(shown.union(entry.deal_id for entry in decided))
    raised = (period.instants(service.settings.zone)[0], now + timedelta.resolution)
    return rules.WeeklyReview(
        pipeline,
        began,
        now,
        report,
        groups_of(service, report, "owner"),
        day.fault_counts(),
        alike,
        [deal.id for deal in dead],
        waterfall_since(basis, micros(began)),
        notable,
        subjects,
        rules.sales_trap(basis, report.coverage.target.value, report.coverage.needed),
        rules.trend(basis),
        _decisions(decided, deals),
        rules.objections(basis, service.reader.numbers.objections(pipeline.id, *raised)),
        tuple(rules.Variant(*one) for one in service.reader.numbers.variants(pipeline.id)),
        {deal.id: deal.name for deal in (*deals.values(), *dead)},
    )


@dataclass(frozen=True, slots=True)
class Gathered:
    """A review as it is shown and kept: its document, the deals behind its numbers, and the
    documents of those that were held before, the last one first."""

    document: ReviewDocument
    at: datetime
    behind: Mapping[str, frozenset[int]]
    held: tuple[Held, ...]


def gather(
    service: Service,
    pipeline: Pipeline,
    since: datetime | None = None,
    watch: Watch | None = None,
) -> Gathered:
    """The review of a pipeline now, with all that a screen shows of it."""

    def look() -> Gathered:
        found = review(service, pipeline, since, watch)
        held = held_reviews(service, pipeline)
        return Gathered(review_document(found), found.at, found.deals_behind(), held)

    return service.look(look)


def last_review_at(service: Service, pipeline: Pipeline) -> datetime | None:
    """When the last review of a pipeline was held, by the clock as it stands: it may have been set
    back since."""
    now = service.now()
    return next((one.at for one in held_reviews(service, pipeline) if one.at <= now), None)


def held_reviews(service: Service, pipeline: Pipeline) -> tuple[Held, ...]:
    """The reviews that were held, the last one first, each as it was then."""
    found = service.reader.agreements.standing(Topic.REVIEW)
    held = [
        Held(datetime.fromisoformat(str(at)), cast("ReviewDocument", contents))
        for (pipeline_id, at), contents in found
        if pipeline_id == pipeline.id
    ]
    return tuple(sorted(held, key=lambda one: one.at, reverse=True))


def held_on(service: Service, pipeline: Pipeline, day: date) -> Held:
    """The last review that was held on a day; NotFound when there was none."""
    zone = service.settings.zone
    reviews = held_reviews(service, pipeline)
    for held in reviews:
        if local_date(held.at, zone) == day:
            return held
    days = ", ".join(local_date(held.at, zone).isoformat() for held in reviews[:5])
    raise NotFound(
        f"No review of {pipeline.name} was held on {day}.",
        hint=f"There are reviews of {days}."
        if days
        else f"Hold one: pipeboard review --hold -p {quote(pipeline.name)}",
    )


@as_command("review")
def hold(
    service: Service,
    pipeline: Pipeline,
    document: ReviewDocument,
    *,
    at: datetime,
    **once: Unpack[Once],
) -> Receipt:
    """Keeps a review as it was; the next one starts at its instant."""
    day = format_date(local_date(at, service.settings.zone))
    key = (service.pipeline_now(pipeline.id).id, at.isoformat())
    summary = f"Held the review of {pipeline.name}, {day}."
    kept = cast("Contents", document)
    return agree(service, "review", summary, Topic.REVIEW, key, kept, **once)


@as_command("decide")
def decide(
    service: Service,
    deal_id: int,
    words: str,
    owner: str = "",
    *,
    seen: Seen = NOTHING_SEEN,
    **once: Unpack[Once],
) -> Receipt:
    """What was decided on a deal, with its day: the next step of its owner, or what another rep is
    asked to do (`thu send the offer`, `thu send the offer @bo`). `Conflict` where somebody planned
    another step after the version that was `seen`."""
    (deal,) = service.load([deal_id])
    words, named = rules.named_in(words)
    owner = owner or named
    step = parse_step(words, service.today)
    if not step.text:
        raise BadInput("What was decided?", hint='For example: "thu send the offer"')
    rep = match_owner(owner, service.reader.reps(), service.me) if owner else deal.owner
    if rep in ("", deal.owner):
        command: AskRep | SetNextStep = SetNextStep(step.text, step.due, step.every)
    else:
        command = AskRep(rep, step.text, step.due)
    pipelines, today = service.reader.pipelines(), service.today
    return carry_out(
        service,
        "decide",
        [deal_id],
        lambda _: command,
        lambda deals: sentence_of(command, Telling(deals, pipelines, today)),
        seen=seen,
        **once,
    )


def decisions_since(
    reader: Reader, pipeline: Pipeline, since: datetime
) -> list[rules.ReviewDecision]:
    """What was decided at and after the last review, and what became of it."""
    found = [e for e in _spoken_of(reader, pipeline, since) if e.verb == "decide"]
    return _decisions(found, reader.deals({entry.deal_id for entry in found}))


def _spoken_of(reader: Reader, pipeline: Pipeline, since: datetime) -> Sequence[Entry]:
    """What a review may speak of that was recorded since an instant, newest first."""
    return reader.history.entries(
        since=since, limit=MOST_ENTRIES, audit=Audit(reviewed=pipeline.id)
    )


def _came_with_a_file(entry: Entry, began: datetime) -> bool:
    """Whether something is of an earlier time, and only was imported since; what somebody enters
    late is news."""
    return entry.verb == "import" and entry.event.at < began


def _decisions(entries: Sequence[Entry], deals: Mapping[int, Deal]) -> list[rules.ReviewDecision]:
    """What was decided on deals, by the events of that, the oldest first."""
    found = [entry for entry in entries if entry.stands]
    decisions: list[rules.ReviewDecision] = []
    for entry in reversed(found):
        deal = deals[entry.deal_id]
        for name, value in entry.event.after.items():
            if isinstance(value, NextStep):
                done, rep = deal.next_step != value, deal.owner
            elif isinstance(value, Ask):
                rep = name.removeprefix("asks.")
                done = deal.asks.get(rep) != value
            else:
                continue
            decisions.append(
                {
                    "ref": deal.ref,
                    "deal": deal.name,
                    "owner": rep,
                    "text": value.text,
                    "due": value.due.isoformat() if value.due else None,
                    "done": done,
                }
            )
    return decisions
