"""What numbers ask of the events of a deal, kept in one row a deal: written with its events, and
made again from the log where a command is taken back or put again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import get_args

from pipeboard.domain.commands import Precision
from pipeboard.domain.corrections import in_their_places
from pipeboard.domain.dates import FOREVER, micros
from pipeboard.domain.events import IMPORTED, Kind
from pipeboard.store.database import Database, Row, RowTuple
from pipeboard.store.projecting.deals import Change
from pipeboard.store.projecting.events import event_text, read_beside
from pipeboard.store.rows import as_json, event_from_row
from pipeboard.store.sql import among
from pipeboard.store.troubles import UNREADABLE

LOG = (
    "SELECT event.*, deal.pipeline_id, command.at AS recorded_at, command.undoes AS takes_back,"
    " command.redoes AS puts_again FROM event JOIN deal ON deal.id = event.deal_id"
    " JOIN command ON command.id = event.command_id"
    " WHERE {deals} ORDER BY event.deal_id, event.version"
)
"""The events of some deals, each with the command that it is of."""
ADDED = "ON CONFLICT (deal_id) DO UPDATE SET facts = deal_facts.facts || excluded.facts"
"""What has happened to a deal goes on behind what had."""
_IN_ITS_PLACE = (
    "ON CONFLICT (deal_id) DO UPDATE SET facts = excluded.facts, holds_from = excluded.holds_from"
)


def write_facts(
    database: Database, changes: Sequence[Change], events: Iterable[Row], *, anew: bool
) -> None:
    """Adds what has happened; `anew` where that took back what had happened, or put it again. What
    is known better goes into what was told before."""
    if anew or any(map(is_corrected, changes)):
        write_facts_anew(database, [change.after.id for change in changes])
    else:
        database.insert("deal_facts", facts_rows(changes, events), otherwise=ADDED)


def write_facts_anew(database: Database, ids: Sequence[int]) -> None:
    """Tells of some deals what their whole log makes of them."""
    for start in range(0, len(ids), _AT_ONCE):
        rows = list(facts_from_log(log_of(database, ids[start : start + _AT_ONCE])))
        database.insert("deal_facts", rows, otherwise=_IN_ITS_PLACE)


_AT_ONCE = 1_000


def is_corrected(change: Change) -> bool:
    """Whether something is known better with it that was told before."""
    return any(event.kind is Kind.CORRECTED for event in change.events)


def facts_rows(changes: Sequence[Change], events: Iterable[Row]) -> list[dict[str, object]]:
    """The facts of new events, in the order of each deal's; none of deals without any."""
    told = dict.fromkeys([change.after.id for change in changes], "")
    for event in events:
        told[event["deal_id"]] += fact_text(event)
    deals = [change.after for change in changes]
    return [_row(deal.id, deal.pipeline_id, facts) for deal in deals if (facts := told[deal.id])]


def _row(deal_id: int, pipeline_id: int, facts: str, holds_from: int = 0) -> dict[str, object]:
    return {
        "deal_id": deal_id,
        "pipeline_id": pipeline_id,
        "holds_from": holds_from,
        "facts": facts,
    }


def log_of(database: Database, ids: Iterable[int]) -> list[Row]:
    """The events of some deals with their commands, deal by deal."""
    return database.rows(LOG.format(deals=among("event.deal_id", ids).text))


def facts_from_log(rows: Iterable[Row]) -> Iterator[dict[str, object]]:
    """The rows of deals as their whole log makes them."""
    for deal_id, events in groupby(rows, key=itemgetter("deal_id")):
        own = list(events)
        facts = "".join(map(fact_text, standing(own)))
        back = [row["recorded_at"] for row in own if _looks_back(row)]
        yield _row(deal_id, own[0]["pipeline_id"], facts, max(back, default=0))


def _looks_back(row: Row) -> bool:
    """Whether an event is about earlier ones."""
    return bool(row["takes_back"] or row["puts_again"] or row["kind"] == Kind.CORRECTED)


def strayed_facts(log: Iterable[Row], stored: set[RowTuple]) -> set[int]:
    """The deals of which numbers are told otherwise than their log says, or whose log cannot be
    read."""
    made: set[RowTuple] = set()
    unreadable: set[int] = set()
    for deal_id, own in groupby(log, key=itemgetter("deal_id")):
        try:
            made.update(tuple(row.values()) for row in facts_from_log(own))
        except UNREADABLE:
            unreadable.add(deal_id)
    return unreadable | {row[0] for row in made ^ stored}


def stored_facts(database: Database, ids: Sequence[int]) -> set[RowTuple]:
    """The rows of facts of some deals, as they are stored."""
    return set(
        database.records(
            "SELECT deal_id, pipeline_id, holds_from, facts FROM deal_facts"
            f" WHERE {among('deal_id', ids).text}"
        )
    )


def standing(rows: Sequence[Row], us: int = FOREVER) -> list[Row]:
    """Of all events of a deal those that had taken effect by an instant, in their order.

    A command that had been undone by then never happened; redone, it happened when it first did,
    so that the undo, the redo and their events are left out. What was recorded after the instant
    with an earlier effect counts unless it has been undone since, and so does what is known better
    since; but not what a merge brought: until then it is told of the deal that it came from.
    """
    recorded = {row["command_id"]: row["recorded_at"] for row in rows}
    first: dict[str, str] = {}
    undone: Counter[str] = Counter()
    for command_id, events in groupby(rows, key=itemgetter("command_id")):
        row = next(events)
        about: str | None = row["takes_back"] or row["puts_again"]
        if about is None:
            continue
        # A redo names the command that it puts again, which may be a redo itself.
        command = first.get(about, about)
        if row["puts_again"] is not None:
            first[command_id] = command
        if row["recorded_at"] <= us or recorded.get(command, 0) > us:
            undone[command] += 1 if row["puts_again"] is None else -1
    stood = [
        row
        for row in rows
        if not row["undoes"] and row["command_id"] not in first and undone[row["command_id"]] <= 0
    ]
    merges = {row["command_id"] for row in stood if row["kind"] == Kind.ABSORBED}
    if merges:
        stood = [r for r in stood if r["command_id"] not in merges or r["recorded_at"] <= us]
    return [row for row in _as_corrected(stood) if row["at"] <= us]


def _as_corrected(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows as `as_corrected` has their events: what is known now was so then."""
    if not any(row["kind"] == Kind.CORRECTED for row in rows):
        return rows
    placed = zip(rows, in_their_places(map(event_from_row, rows)), strict=True)
    return [
        {**row, **read_beside(event), "data": event_text(event)}
        for row, event in placed
        if event is not None
    ]


# One event, as numbers are told of it: the fields of a `Fact` behind the deal's, as JSON.


def fact_text(event: Row) -> str:
    """`,[at,"moved",stage]`, without what is null at its end; "" for what no number asks."""
    fact = fact_values(event)
    return "" if fact is None else f",{as_json(fact)}"


def fact_values(event: Row) -> list[object] | None:
    """At, kind, stage, money or basis points, currency, day, the one word that the kind says
    besides, how exactly the instant is known, when a quote was sent, the competitor, when its first
    stage was entered."""
    kind = event["kind"]
    if kind not in KINDS:
        return None
    bp, data = event["probability_bp"], event["data"]
    minor = event["value_minor"] if bp is None else bp
    precision = _precision(data) if kind in _DATED else None
    quoted = competitor = None
    # Whether numbers ask of the event what stands in no column.
    if kind in _MARKS and _MARKS[kind] in data:
        after = json.loads(data).get("after", {})
        if kind in _QUOTING and (sent_at := after.get("quote_sent_at")):
            quoted = micros(datetime.fromisoformat(sent_at))
        if kind == _LOST and after.get("loss"):
            competitor = after["loss"].get("competitor") or None
    if quoted is None and kind == _EDITED:
        return None
    word = _WORDS[kind](event) if kind in _WORDS else _word(event)
    at, stage_id, currency = event["at"], event["stage_id"], event["currency"]
    fact = [at, kind, stage_id, minor, currency, event["on_date"], word, precision]
    since = entered_at(at, data) if kind == _CREATED else None
    if not quoted is competitor is since is None:
        fact += [quoted, competitor, since]
    while fact[-1] is None:
        fact.pop()
    return fact


KINDS = frozenset(Kind) - {
    Kind.TAGGED,
    Kind.RANKED,
    Kind.ANSWERED,
    Kind.CONTACT,
    Kind.TERM,
    Kind.CHECKED,
    Kind.NOTE,
    Kind.NOTE_EDITED,
    Kind.ASKED,
    Kind.ABSORBED,
    Kind.CORRECTED,
}
"""The kinds of events that numbers rest on."""
_QUOTING = frozenset((Kind.CREATED, Kind.TOUCH, Kind.EDITED))
_DATED = frozenset((Kind.CREATED, Kind.WON, Kind.LOST))
_CREATED, _EDITED, _LOST = Kind.CREATED, Kind.EDITED, Kind.LOST
_MARKS = {**dict.fromkeys(_QUOTING, '"quote_sent_at":"'), _LOST: '"competitor":"'}
"""By kinds that may say more than their columns: what then stands in their data."""
_PRECISE = '"precision":"'
_PRECISIONS = {f'{_PRECISE}{word}"}}}}': word for word in get_args(Precision) if word}


def _precision(data: str) -> str | None:
    """How exactly the instant of an event is known, which stands last in its data."""
    if _PRECISE not in data:
        return None
    for end, word in _PRECISIONS.items():
        if data.endswith(end):
            return str(word)
    found: str | None = json.loads(data).get("facts", {}).get("precision")
    return found


_ENTERED = '"stage_entered_at":"'


def entered_at(at: int, data: str) -> int | None:
    """When a new deal came to its first stage, where that was after it was created: what was
    imported may have stood elsewhere before."""
    since = data.partition(_ENTERED)[2].partition('"')[0]
    us = micros(datetime.fromisoformat(since)) if since else at
    return us if us > at else None


def _word_of_touch(event: Row) -> str | None:
    way, direction = event["touch_type"], event["touch_direction"]
    return None if way is None or direction is None else f"{way} {direction}"


def _word_of_loss(event: Row) -> str | None:
    if event["loss_category"] == "other" and '"reason":"' not in event["data"]:
        return None  # nobody said why
    return _word(event)


_WORDS: Mapping[str, Callable[[Row], str | None]] = {
    Kind.TOUCH: _word_of_touch,
    Kind.LOST: _word_of_loss,
}


PASSED_ELSEWHERE = f'"override":"{IMPORTED}'
"""What the data of an event say of a gate that an import passed: nobody here was asked."""


def _word(event: Row) -> str | None:
    """What a kind says besides: an owner, a category, a touch, why it was lost, a gate passed."""
    if event["has_step"]:
        return "step"
    if event["overrides"]:
        return "elsewhere" if PASSED_ELSEWHERE in event["data"] else "override"
    named: str | None = event["owner"] or event["category"] or event["loss_category"]
    return named
