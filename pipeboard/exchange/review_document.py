"""A review as JSON, as it is kept, and what it says, as Markdown for a mail and as a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, cast
from zoneinfo import ZoneInfo

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import local_date
from pipeboard.domain.hygiene import LABELS, Fault
from pipeboard.domain.locales import written
from pipeboard.domain.metrics.readings import (
    loss_reading,
    movement_reading,
    stuck_reading,
    target_reading,
)
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.waterfall import GOING
from pipeboard.domain.metrics.wording import Wording, percent
from pipeboard.domain.money import half_up
from pipeboard.domain.people import rep_name
from pipeboard.domain.review import NUMBERS, NUMBERS_OF_REPS, called
from pipeboard.domain.text import few
from pipeboard.exchange.metrics_document import amount, metric_document
from pipeboard.exchange.metrics_tables import Figure
from pipeboard.exchange.page import (
    Grid,
    PageRow,
    PageSection,
    Part,
    Point,
    html_of,
    markdown,
    page,
    words_of,
)

if TYPE_CHECKING:
    from pipeboard.domain.metrics import Report
    from pipeboard.domain.review import (
        FlowDocument,
        NumberDocument,
        ObjectionDocument,
        Preflight,
        RepNumbers,
        ReviewDecision,
        ReviewDocument,
        Subject,
        SubjectDocument,
        VariantDocument,
        WeekDocument,
        WeeklyReview,
    )

_READINGS = (target_reading, stuck_reading, movement_reading, loss_reading)
"""What is said of the number."""


def review_document(review: WeeklyReview) -> ReviewDocument:
    """Everything that the review says, in values that stay true when it is read again."""
    report, trap = review.report, review.trap
    flow, unknown = review.changes.whole(), review.changes.reason is not None
    bottleneck = report.bottleneck
    say = Wording(report.basis.rules.currency)
    return {
        "pipeline": review.pipeline.name,
        "currency": report.basis.rules.currency,
        "zone": report.basis.rules.zone.key,
        "since": review.since.isoformat(),
        "at": review.at.isoformat(),
        "period": report.basis.period.label,
        "preflight": {
            "faults": {str(fault): dict(owners) for fault, owners in review.faults.items()},
            "duplicates": [
                {"keep": f"D-{pair.keep_id}", "other": f"D-{pair.other_id}", "why": pair.reason}
                for pair in review.alike
            ],
            "dead": [f"D-{one}" for one in review.dead],
            "names": {f"D-{one}": review.names[one] for one in sorted(review.untidy)},
        },
        "number": {name: _number_document(report, name) for name in NUMBERS},
        "readings": [said for reading in _READINGS if (said := reading(report, say))],
        "reps": [_rep_numbers(rep, part) for rep, part in review.reps.items()],
        "changes": {
            name: {"deals": len(line.deals), "value": None if unknown else flow[name]}
            for name, line in review.changes.lines.items()
        },
        "exceptions": [
            {"ref": f"D-{one.deal_id}", "deal": review.names[one.deal_id], "by": one.by,
             "what": one.what}
            for one in review.notable
        ],
        "discuss": [_subject(subject) for subject in review.subjects],
        "flow": {
            "bottleneck": bottleneck.stage.name if bottleneck else None,
            "hint": bottleneck.hint if bottleneck else None,
            "lead_velocity": _number_document(report, "lead_velocity_rate"),
            "new_value_a_week": half_up(Fraction(trap.new_value_a_week)),
            "needed_a_week": amount(trap.needed_a_week),
            "touches_on_new": trap.touches_on_new,
            "touches": trap.touches,
        },
        "trend": [
            {"week": week.start.isoformat(), "touches": week.out, "replies": week.replies}
            for week in review.weeks
        ],
        "objections": [
            {"objection": one.tag, "stages": {review.pipeline.stage(stage_id).name: count
                                              for stage_id, count in one.stages.items()}}
            for one in review.objections
        ],
        "variants": [
            {"variant": one.tag, "deals": one.deals, "answered": one.answered,
             "closed": one.closed, "won": one.won}
            for one in review.variants
        ],
        "decisions": list(review.decisions),
    }  # fmt: skip


def _rep_numbers(rep: str | None, report: Report) -> RepNumbers:
    numbers = {name: _number_document(report, name) for name in NUMBERS_OF_REPS}
    return cast("RepNumbers", {"rep": rep, **numbers})


def _number_document(report: Report, name: str) -> NumberDocument:
    return cast("NumberDocument", metric_document(report.metric(name)))


def _subject(subject: Subject) -> SubjectDocument:
    deal = subject.queued.deal
    return {
        "ref": deal.ref,
        "deal": deal.name,
        "title": deal.title,
        "owner": deal.owner or None,
        "value": half_up(Fraction(subject.value)),
        "risks": list(subject.risks),
        "agenda": list(subject.agenda),
    }


# What a review says: Markdown for a mail and a page for a browser are made of the same.


def _title(document: ReviewDocument) -> str:
    """Of what the review is, and when it was."""
    return f"Review of {document['pipeline']}, {_day(document['at'], ZoneInfo(document['zone']))}"


def _body(document: ReviewDocument) -> Iterator[Part | PageSection]:
    say = Wording(document["currency"], manner=written())
    began = _day(document["since"], ZoneInfo(document["zone"]))
    yield f"Since {began}; the number is that of {document['period']}."
    yield PageSection("Before we begin", [_preflight(document["preflight"])])
    yield PageSection("The number", _number(document, say))
    yield PageSection(f"What changed since {began}", _changes(document, say))
    subjects = [_to_discuss(one, say) for one in document["discuss"]]
    nothing = "No deal of value is at risk."
    yield PageSection("Deals to discuss", [subjects or nothing], numbered=True)
    yield PageSection("Flow", [_flow(document["flow"], say)])
    yield PageSection("Touches and replies", [_trend(document["trend"])])
    if document["objections"]:
        yield PageSection("Objections", [[_objection(one) for one in document["objections"]]])
    if document["variants"]:
        yield PageSection("Ways of asking", [_variants(document["variants"])])
    decided = [_decided(one) for one in document["decisions"]]
    yield PageSection("Decided", [decided or "Nothing was decided since then."])


_MOST_OWNERS = 5


def _preflight(document: Preflight) -> list[Point] | str:
    found: list[Point] = []
    for name, owners in document["faults"].items():
        if owners:
            count, whose = in_figures(sum(owners.values())), whose_most(owners, ", ")
            found.append(Point(f"{LABELS[Fault(name)]}: {count} ({whose})"))
    pairs = document["duplicates"]
    found += [Point(why_alike(pair, document)) for pair in pairs[:5]]
    if (more := len(pairs) - 5) > 0:
        found.append(Point(f"and {how_many(more, 'more pair')} of deals that may be one"))
    if dead := document["dead"]:
        named = few([called(ref, document) for ref in dead], 10)
        found.append(Point(f"{how_many(len(dead), 'deal')} may be given up: {named}"))
    return found or "The data is in order."


def whose_most(owners: Mapping[str, int], mark: str) -> str:
    """Whose they are, of whom there are most first: a line for teams of any size."""
    counted = sorted(owners.items(), key=lambda one: -one[1])
    return few([f"{rep_name(rep)} {in_figures(n)}" for rep, n in counted], _MOST_OWNERS, mark)


def why_alike(pair: Mapping[Literal["keep", "other", "why"], str], data: Preflight) -> str:
    """Which deal may be which other one, and why."""
    return f"{called(pair['other'], data)} may be {called(pair['keep'], data)}: {pair['why']}"


def _number(document: ReviewDocument, say: Wording) -> Iterator[Part]:
    numbers = document["number"]
    now = [PageRow(NUMBERS[name], (said_number(numbers[name], say),)) for name in NUMBERS]
    yield Grid(("now",), now)
    yield [Point(sentence) for sentence in document["readings"] if sentence]
    reps = [
        PageRow(
            rep_name(row["rep"]),
            [said_number(row[name], say) for name in NUMBERS_OF_REPS],
            int(row["won_value"]["value"] or 0),
        )
        for row in document["reps"]
    ]
    if reps:
        yield Grid([NUMBERS[name].lower() for name in NUMBERS_OF_REPS], reps)


def _changes(document: ReviewDocument, say: Wording) -> Iterator[Part]:
    rows = [
        PageRow(
            name.replace("_", " "),
            (in_figures(line["deals"]), words_of(Figure(line["value"], goes=name in GOING), say)),
            int(line["value"] or 0),
            gone=name in GOING,
        )
        for name, line in document["changes"].items()
        if line["deals"] or name in ("start", "end")
    ]
    yield Grid(("deals", "value"), rows)
    if document["exceptions"]:
        yield [
            Point(f"{one['ref']} {one['deal']}: {one['what']} (@{one['by']})")
            for one in document["exceptions"]
        ]


def _to_discuss(one: SubjectDocument, say: Wording) -> Point:
    whose = f", {rep_name(one['owner'])}" if one["owner"] else ""
    risks = f"at risk: {', '.join(one['risks'])}"
    return Point(
        f", {say.money(one['value'])}{whose}",
        f"{one['ref']} {one['deal']}",
        (risks, *one["agenda"]),
    )


def _flow(flow: FlowDocument, say: Wording) -> list[Point]:
    hint = f": {flow['hint']}" if flow["hint"] else ""
    needed = flow["needed_a_week"]
    against = "no target says what it takes"
    if needed is not None:
        against = f"the target needs {say.money(needed)}"
    said = [
        f"Bottleneck: {flow['bottleneck'] or 'none'}{hint}",
        f"Qualified leads grow by {said_number(flow['lead_velocity'], say)}.",
        f"New qualified value a week: {say.money(flow['new_value_a_week'])}; {against}.",
    ]
    if flow["touches"]:
        share = percent(Fraction(flow["touches_on_new"], flow["touches"]))
        touches = how_many(flow["touches"], "touch", "touches")
        said.append(f"{share} of {touches} went to new deals.")
    return list(map(Point, said))


def _trend(weeks: Sequence[WeekDocument]) -> Grid:
    rows = [
        PageRow(
            week["week"],
            (in_figures(week["touches"]), in_figures(week["replies"])),
            int(week["touches"]),
        )
        for week in weeks
    ]
    return Grid(("touches", "replies"), rows)


def _objection(one: ObjectionDocument) -> Point:
    stages = ", ".join(f"{stage} {in_figures(count)}" for stage, count in one["stages"].items())
    return Point(f"{one['objection']}: {in_figures(sum(one['stages'].values()))} ({stages})")


def _variants(found: Sequence[VariantDocument]) -> Grid:
    rows = [
        PageRow(
            one["variant"],
            [
                in_figures(count)
                for count in (one["deals"], one["answered"], one["closed"], one["won"])
            ],
        )
        for one in found
    ]
    return Grid(("deals", "answered", "closed", "won"), rows)


def _decided(one: ReviewDecision) -> Point:
    due = f" by {written().date(date.fromisoformat(one['due']))}" if one["due"] else ""
    text = f"{one['ref']} {one['deal']}: {one['text']} ({rep_name(one['owner'])}{due})"
    return Point(text, done=bool(one["done"]))


def said_number(document: NumberDocument, say: Wording) -> str:
    """A number of a review in words, or why there is none."""
    value = document["value"]
    unit = Unit(document["unit"])
    found = None if value is None else Fraction(value).limit_denominator(10**9)
    return say.explained(Metric(found, unit, reason=document["reason"]))


def _day(text: str, zone: ZoneInfo) -> str:
    return written().date(local_date(datetime.fromisoformat(text), zone))


def review_markdown(document: ReviewDocument) -> str:
    """A review, new or kept, as Markdown that reads well in a mail."""
    return markdown(_title(document), _body(document))


def review_page(document: ReviewDocument) -> Iterator[str]:
    """A review, new or kept, as one HTML page."""
    return page(_title(document), map(html_of, _body(document)))
