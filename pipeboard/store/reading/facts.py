"""What numbers are made of: the events up to an instant, and the configuration beside them."""

from __future__ import annotations

import gc
import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import Any

from pipeboard.domain.events import KEYED_FIELDS, micros
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.folding import KINDS, Fact, fold
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.store.database import Database, Row
from pipeboard.store.sql import TRUE, Sql, among, every, negated, one_of
from pipeboard.store.troubles import readable

DEALS_AT_ONCE = 1_000
COMMANDS_AT_ONCE = 500

_QUOTES = "kind in ('created', 'touch', 'edited') and data like '%\"quote_sent_at\":\"%'"
_SAID = (
    f"case when {_QUOTES} or kind = 'merged'"
    " or (kind = 'lost' and (loss_category = 'other' or data like '%\"competitor\":\"%'))"
    " or (kind in ('created', 'won', 'lost') and data like '%\"precision\":\"%')"
    " then data end as said"
)
"""The whole event only where numbers ask for more of it than its columns say."""
_DETAIL = (
    "case kind when 'touch' then touch_type || ' ' || touch_direction"
    " when 'lost' then loss_category when 'category' then category"
    " when 'next_step' then case when has_step then 'step' end"
    " else case when overrides then 'override' else owner end end as detail"
)
"""The one word that a `Fact` says besides stage, money and day."""
_COLUMNS = (
    "deal_id, at, kind, stage_id, coalesce(probability_bp, value_minor) as minor, currency,"
    f" on_date, {_DETAIL}, {_SAID}"
)
_COUNTED = Sql(f"kind <> 'edited' or ({_QUOTES})")


def read_histories(
    database: Database, pipeline_id: int, as_of: datetime, ids: Collection[int] | None = None
) -> list[DealHistory]:
    """What every deal of a pipeline (or those with these ids) went through up to an instant."""
    with collecting_later(), readable("the history of the deals"):
        return fold(read_facts(database, pipeline_id, as_of, ids))


KEPT = 3
"""Instants that histories are known at: now, and the ends of two periods."""


@dataclass(frozen=True, slots=True)
class KnownHistories:
    """What the deals of a pipeline went through up to an instant; the last event and the last
    command that there were then."""

    pipeline_id: int
    us: int
    seq: int
    command: int
    histories: list[DealHistory]


def read_known(
    database: Database, pipeline_id: int, as_of: datetime, kept: list[KnownHistories]
) -> Sequence[DealHistory]:
    """The histories at an instant. Of what is `kept`, only the deals with events recorded since are
    read again; what is found is kept in its place."""
    us, seq = micros(as_of), database.number("select coalesce(max(seq), 0) from event")
    command = database.number("select coalesce(max(seq), 0) from command")
    known = next((one for one in kept if _serves(database, one, pipeline_id, us)), None)
    if known is None:
        found = read_histories(database, pipeline_id, as_of)
    else:
        kept.remove(known)
        changed = set(database.column("select deal_id from event where seq > ?", (known.seq,)))
        found = [one for one in known.histories if one.id not in changed]
        found += read_histories(database, pipeline_id, as_of, changed)
        found.sort(key=lambda one: one.id)
    kept.insert(0, KnownHistories(pipeline_id, us, seq, command, found))
    del kept[KEPT:]
    return found


def _serves(database: Database, known: KnownHistories, pipeline_id: int, us: int) -> bool:
    """Whether only what has been recorded since differs at an instant: it is the same one, or a
    later one that nothing was to come before."""
    if known.pipeline_id != pipeline_id or known.us >= us:
        return known.pipeline_id == pipeline_id and known.us == us
    return not database.number(
        "select (select coalesce(max(at), 0) from event where seq <= ?) > ?"
        " or (select coalesce(max(at), 0) from command where seq <= ?) > ?",
        (known.seq, known.us, known.command, known.us),
    )


def read_facts(
    database: Database, pipeline_id: int, as_of: datetime, ids: Collection[int] | None = None
) -> Iterator[Fact]:
    """The events that took effect up to an instant, deal by deal, in the order of the log.

    A command that had been undone by then never happened; redone, it happened when it first did,
    so that the undo, the redo and their events are left out. What was recorded after the instant
    with an earlier effect counts unless it has been undone since.

    Some deals are read at a time: no lock is held in between, and little memory.
    """
    us = micros(as_of)
    wanted = every((one_of("kind", KINDS), _COUNTED, Sql("at <= ?", (us,)), Sql("not undoes")))
    left_out = _left_out(database, us)
    for deals, numbers in _portions(database, pipeline_id, ids):
        taken = among("seq", (seq for n in numbers for seq in left_out.get(n, ())))
        rows = every((deals, wanted, negated(taken)))
        found = database.rows(
            f"select {_COLUMNS} from event where {rows.text} order by deal_id, version", rows.values
        )
        yield from map(Fact._make, found)


def read_standing(
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    ids: Collection[int],
    kinds: Collection[str] | None = None,
) -> Iterator[Row]:
    """Every event of some deals (of some kinds) that stood at an instant, deal by deal, in the
    order of the log."""
    us = micros(as_of)
    chosen = TRUE if kinds is None else one_of("kind", kinds)
    wanted = every((chosen, Sql("at <= ?", (us,)), Sql("not undoes")))
    left_out = _left_out(database, us)
    for deals, numbers in _portions(database, pipeline_id, ids):
        taken = among("seq", (seq for n in numbers for seq in left_out.get(n, ())))
        rows = every((deals, wanted, negated(taken)))
        yield from database.rows(
            f"select deal_id, at, kind, data from event where {rows.text}"
            " order by deal_id, version",
            rows.values,
        )


def read_fields(
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    ids: Collection[int],
    kinds: Collection[str],
    names: Collection[str],
) -> Mapping[int, Row]:
    """Fields of some deals as JSON, as they stood at an instant: what events of some kinds made of
    them. A field of entries (`answers`) is a mapping, any other is None where it was never set."""
    found: dict[int, dict[str, Any]] = {}
    for row in read_standing(database, pipeline_id, as_of, ids, kinds):
        fields = found.setdefault(row["deal_id"], {name: _empty(name) for name in names})
        for name, value in json.loads(row["data"]).get("after", {}).items():
            whole, dot, key = name.partition(".")
            if whole not in fields:
                continue
            if not dot:
                fields[whole] = value
            elif value is None:
                fields[whole].pop(key, None)
            else:
                fields[whole][key] = value
    return found


def _empty(name: str) -> object:
    return {} if name in KEYED_FIELDS else None


def _portions(
    database: Database, pipeline_id: int, ids: Collection[int] | None
) -> Iterator[tuple[Sql, Sequence[int]]]:
    """Conditions that each let some deals of the pipeline through, and the ids they may have."""
    if ids is not None:
        remaining = iter(sorted(ids))
        while chunk := list(islice(remaining, DEALS_AT_ONCE)):
            yield _in_pipeline(pipeline_id, among("id", chunk)), chunk
        return
    last = 0
    while numbers := database.column(
        "select id from deal where pipeline_id = ? and id > ? order by id limit ?",
        (pipeline_id, last, DEALS_AT_ONCE),
    ):
        within = Sql("id between ? and ?", (numbers[0], numbers[-1]))
        yield _in_pipeline(pipeline_id, within), numbers
        last = numbers[-1]


def _in_pipeline(pipeline_id: int, deals: Sql) -> Sql:
    return Sql(
        f"deal_id in (select id from deal where pipeline_id = ? and ({deals.text}))",
        (pipeline_id, *deals.values),
    )


def _left_out(database: Database, us: int) -> Mapping[int, Sequence[int]]:
    """The events, by deal, of commands that do not stand at an instant, and of redos."""
    events: dict[int, list[int]] = defaultdict(list)
    remaining = iter(_commands_left_out(database, us))
    while chunk := list(islice(remaining, COMMANDS_AT_ONCE)):
        theirs = one_of("command_id", chunk)
        for row in database.rows(
            f"select deal_id, seq from event where {theirs.text}", theirs.values
        ):
            events[row["deal_id"]].append(row["seq"])
    return events


def _commands_left_out(database: Database, us: int) -> Iterable[str]:
    """Redos, and what was undone more often than redone up to the instant.

    A redo names the command that it puts again, which may be a redo itself: all of them speak of
    the command that was there first.
    """
    first: dict[str, tuple[str, int]] = {}
    undone: Counter[str] = Counter()
    rows = database.rows(
        "select later.id, later.at, later.undoes, later.redoes, done.at as done_at"
        " from command as later join command as done"
        " on done.id = coalesce(later.undoes, later.redoes)"
        " where later.undoes is not null or later.redoes is not null order by later.seq"
    )
    for row in rows:
        about = row["undoes"] or row["redoes"]
        command, done_at = first.get(about, (about, row["done_at"]))
        if row["redoes"] is not None:
            first[row["id"]] = (command, done_at)
        if row["at"] <= us or done_at > us:
            undone[command] += 1 if row["redoes"] is None else -1
    return [*first, *(command for command, times in undone.items() if times > 0)]


@contextmanager
def collecting_later() -> Iterator[None]:
    """Postpones garbage collection: half a million small values without a cycle among them would
    otherwise be gone through again and again, which takes as long as making them. Nor does the
    first collection afterwards look at them: half a second in which no key would be answered."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()
