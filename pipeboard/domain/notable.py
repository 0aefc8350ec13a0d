"""What of a deal's history is unlike the plan, for a meeting to speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import format_date, local_date
from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.deal_record import Entry
from pipeboard.domain.events import IMPORTED, Event, Kind, value_of
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category, Pipeline

if TYPE_CHECKING:
    from pipeboard.domain.deal import Values

_UNSUPPORTED = "called a commit without evidence"


@dataclass(frozen=True, slots=True)
class Notable:
    """Something that happened to a deal since the last review and should be spoken of."""

    deal_id: int
    by: str
    what: str


def exceptions(
    entries: Iterable[Entry], pipeline: Pipeline, supported: Collection[int], zone: ZoneInfo
) -> Iterator[Notable]:
    """Close dates pushed, closings on another day, values lowered, moves back, gates passed with
    a reason, and commits without evidence (`supported` has it); taken back ones left out.

    Entries as they happened. A field is told of as it was before the first and after the last of
    them: what came back meanwhile is no matter for a meeting.
    """
    standing = [entry for entry in entries if entry.stands]
    changes: defaultdict[tuple[int, str], list[Event]] = defaultdict(list)
    for entry in standing:
        begins = entry.event.kind is Kind.CREATED
        for name in ("category",) if begins else entry.event.after:
            changes[entry.deal_id, name].append(entry.event)
    for entry in standing:
        told = [*_of_a_move(entry, pipeline)]
        for name in entry.event.after:
            of_field = changes.get((entry.deal_id, name))
            if of_field and of_field[-1] is entry.event:
                told += _of_a_field(name, of_field[0].before, entry.event.after, zone)
        for what in told:
            if what != _UNSUPPORTED or entry.deal_id not in supported:
                yield Notable(entry.deal_id, entry.who, what)


def _of_a_field(name: str, before: Values, after: Values, zone: ZoneInfo) -> Iterator[str]:
    if name == "category" and after[name] == Category.COMMIT:
        yield _UNSUPPORTED
    if name == "expected_close":
        was, then = (value_of(values, name, date) for values in (before, after))
        if was is not None and (then is None or then > was):
            later = format_date(then) if then else "none"
            yield f"close date pushed from {format_date(was)} to {later}"
    if name == "closed_at" and before.get("entry_precision") != UNKNOWN:
        ends = [value_of(values, name, datetime) for values in (before, after)]
        days = [format_date(local_date(at, zone)) for at in ends if at is not None]
        if len(set(days)) > 1:
            yield f"closing corrected from {days[0]} to {days[1]}"
    if name == "value":
        old, new = (value_of(values, name, Money) for values in (before, after))
        if old and (new is None or (new.currency == old.currency and new.minor < old.minor)):
            yield f"value down from {old} to {new or 'none'}"


def _of_a_move(entry: Entry, pipeline: Pipeline) -> Iterator[str]:
    event = entry.event
    if event.kind is Kind.MOVED:
        by_id = {stage.id: stage for stage in pipeline.stages}
        stages = (value_of(values, "stage_id", int) or 0 for values in (event.before, event.after))
        left, entered = map(by_id.get, stages)
        if left and entered and pipeline.position(entered.id) < pipeline.position(left.id):
            yield f"moved back from {left.name} to {entered.name}"
    missing, reason = event.facts.get("missing"), str(event.facts.get("override"))
    passed_elsewhere = entry.verb == "import" and reason.startswith(IMPORTED)
    if missing and event.kind is not Kind.CREATED and not passed_elsewhere:
        yield f"gate passed: {reason} (missing {', '.join(missing)})"
