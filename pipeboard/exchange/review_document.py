"""A review as JSON, as it is kept, and as Markdown of that, as it goes into a mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import format_date, local_date
from pipeboard.domain.hygiene import LABELS, Fault
from pipeboard.domain.metrics.readings import loss_reading, stuck_reading, target_reading
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.waterfall import GOING
from pipeboard.domain.metrics.wording import Wording, counted, percent
from pipeboard.domain.review import NUMBERS, NUMBERS_OF_REPS
from pipeboard.exchange.deal_text import escaped
from pipeboard.exchange.metrics_document import Document, amount, metric_document

if TYPE_CHECKING:
    from pipeboard.domain.review import Subject, WeeklyReview


def review_document(review: WeeklyReview) -> Document:
    """Everything that the review says, in values that stay true when it is read again."""
    report, trap = review.report, review.trap
    flow = review.changes.whole()
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
        },
        "number": {name: metric_document(report.metric(name)) for name in NUMBERS},
        "readings": [target_reading(report, say), stuck_reading(report, say),
                     loss_reading(report, say)],
        "reps": [
            {"rep": rep, **{name: metric_document(part.metric(name)) for name in NUMBERS_OF_REPS}}
            for rep, part in review.reps.items()
        ],
        "changes": {
            name: {"deals": len(line.deals), "value": flow[name]}
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
            "lead_velocity": metric_document(report.metric("lead_velocity_rate")),
            "new_value_a_week": amount(trap.new_value_a_week),
            "needed_a_week": amount(trap.needed_a_week),
            "touches_on_new": trap.touches_on_new,
            "touches": trap.touches,
        },
        "trend": [
            {"week": week.monday.isoformat(), "touches": week.out, "replies": week.replies}
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
        "decisions": [dict(decision) for decision in review.decisions],
    }  # fmt: skip


def _subject(subject: Subject) -> Document:
    deal = subject.queued.deal
    return {
        "ref": deal.ref,
        "deal": deal.name,
        "title": deal.title,
        "owner": deal.owner or None,
        "value": amount(subject.value),
        "risks": list(subject.risks),
        "agenda": list(subject.agenda),
    }


def review_markdown(document: Mapping[str, Any]) -> str:
    """A review, new or kept, as Markdown that reads well in a mail."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    say = Wording(document["currency"])
    zone = ZoneInfo(document["zone"])
    began, at = (_day(document[name], zone) for name in ("since", "at"))
    yield f"# Review of {escaped(document['pipeline'])}, {at}"
    yield ""
    yield f"Since {began}; the number is that of {document['period']}."
    yield from _section("Before we begin", _preflight(document["preflight"]))
    yield from _section("The number", _number(document, say))
    yield from _section(f"What changed since {began}", _changes(document, say))
    yield from _section("Deals to discuss", _discuss(document["discuss"], say))
    yield from _section("Flow", _flow(document["flow"], say))
    yield from _section("Touches and replies", _trend(document["trend"]))
    if document["objections"]:
        yield from _section("Objections", _objections(document["objections"]))
    if document["variants"]:
        yield from _section("Ways of asking", _variants(document["variants"]))
    yield from _section("Decided", _decided(document["decisions"]))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "")
    yield from lines


def _preflight(document: Mapping[str, Any]) -> Iterator[str]:
    said = False
    for name, owners in document["faults"].items():
        if owners:
            said = True
            whose = ", ".join(f"{_rep(rep)} {count}" for rep, count in owners.items())
            yield f"- {LABELS[Fault(name)]}: {sum(owners.values())} ({whose})"
    for pair in document["duplicates"][:5]:
        said = True
        yield f"- {pair['other']} may be {pair['keep']}: {escaped(pair['why'])}"
    if document["dead"]:
        said = True
        yield f"- {counted(len(document['dead']), 'deal')} may be given up: " + ", ".join(
            document["dead"][:10]
        )
    if not said:
        yield "The data is in order."


def _number(document: Mapping[str, Any], say: Wording) -> Iterator[str]:
    yield from _table(
        ("", "now"),
        ((label, said_number(document["number"][name], say)) for name, label in NUMBERS.items()),
    )
    yield ""
    yield from (f"- {escaped(sentence)}" for sentence in document["readings"] if sentence)
    if document["reps"]:
        yield ""
        heads = ("rep", *(NUMBERS[name].lower() for name in NUMBERS_OF_REPS))
        rows = (
            (_rep(row["rep"] or ""), *(said_number(row[name], say) for name in NUMBERS_OF_REPS))
            for row in document["reps"]
        )
        yield from _table(heads, rows)


def _changes(document: Mapping[str, Any], say: Wording) -> Iterator[str]:
    lines = document["changes"]
    rows = (
        (
            name.replace("_", " "),
            str(line["deals"]),
            f"{'-' if name in GOING and line['value'] else ''}{say.money(line['value'])}",
        )
        for name, line in lines.items()
        if line["deals"] or name in ("start", "end")
    )
    yield from _table(("", "deals", "value"), rows)
    if document["exceptions"]:
        yield ""
    for one in document["exceptions"]:
        yield f"- {one['ref']} {escaped(one['deal'])}: {escaped(one['what'])} (@{one['by']})"


def _discuss(subjects: Sequence[Mapping[str, Any]], say: Wording) -> Iterator[str]:
    if not subjects:
        yield "No deal of value is at risk."
    for place, one in enumerate(subjects, 1):
        whose = f", {_rep(one['owner'])}" if one["owner"] else ""
        yield f"{place}. **{one['ref']} {escaped(one['deal'])}**, {say.money(one['value'])}{whose}"
        yield f"   - at risk: {escaped(', '.join(one['risks']))}"
        yield from (f"   - {escaped(line)}" for line in one["agenda"])


def _flow(flow: Mapping[str, Any], say: Wording) -> Iterator[str]:
    hint = f": {flow['hint']}" if flow["hint"] else ""
    yield f"- Bottleneck: {escaped((flow['bottleneck'] or 'none') + hint)}"
    yield f"- Qualified leads grow by {said_number(flow['lead_velocity'], say)}."
    needed = flow["needed_a_week"]
    against = "no target says what it takes"
    if needed is not None:
        against = f"the target needs {say.money(needed)}"
    yield f"- New qualified value a week: {say.money(flow['new_value_a_week'])}; {against}."
    if flow["touches"]:
        share = percent(Fraction(flow["touches_on_new"], flow["touches"]))
        yield f"- {share} of {counted(flow['touches'], 'touch', 'touches')} went to new deals."


def _trend(weeks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = ((week["week"], str(week["touches"]), str(week["replies"])) for week in weeks)
    yield from _table(("week of", "touches", "replies"), rows)


def _objections(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in found:
        stages = ", ".join(f"{stage} {count}" for stage, count in one["stages"].items())
        yield f"- {escaped(one['objection'])}: {sum(one['stages'].values())} ({escaped(stages)})"


def _variants(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = (
        (one["variant"], *(str(one[name]) for name in ("deals", "answered", "closed", "won")))
        for one in found
    )
    yield from _table(("", "deals", "answered", "closed", "won"), rows)


def _decided(decisions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not decisions:
        yield "Nothing was decided since then."
    for one in decisions:
        due = f" by {format_date(date.fromisoformat(one['due']))}" if one["due"] else ""
        done = "x" if one["done"] else " "
        yield (
            f"- [{done}] {one['ref']} {escaped(one['deal'])}: {escaped(one['text'])}"
            f" ({_rep(one['owner'])}{due})"
        )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|---|{'---:|' * (len(heads) - 1)}"
    yield from (f"| {' | '.join(map(escaped, row))} |" for row in rows)


def said_number(document: Mapping[str, Any], say: Wording) -> str:
    """A number of a review in words, or why there is none."""
    value = document["value"]
    unit = Unit(document["unit"])
    found = None if value is None else Fraction(value).limit_denominator(10**9)
    return say.explained(Metric(found, unit, reason=document["reason"]))


def _rep(name: str) -> str:
    return f"@{name}" if name else "nobody"


def _day(text: str, zone: ZoneInfo) -> str:
    return format_date(local_date(datetime.fromisoformat(text), zone))
