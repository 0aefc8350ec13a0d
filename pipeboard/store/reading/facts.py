"""What numbers are made of: the events up to an instant, and the configuration beside them."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from pipeboard.domain.dates import micros
from pipeboard.domain.events import KEYED_FIELDS
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.folding import Told, fold_deals
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.store.database import Database, Row, RowTuple
from pipeboard.store.projecting.facts import fact_text, log_of, standing
from pipeboard.store.sql import TRUE, Sql, among, either, every, one_of
from pipeboard.store.troubles import readable

DEALS_AT_ONCE = 1_000


Watch = Callable[[float], None]
"""Hears which share has been read so far; what it raises ends the reading."""


def read_histories(
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    ids: Collection[int] | None = None,
    watch: Watch | None = None,
) -> list[DealHistory]:
    """What every deal of a pipeline (or those with these ids) went through up to an instant."""
    with collecting_later(), readable("the history of the deals"):
        return fold_deals(read_facts(database, pipeline_id, as_of, ids, watch), micros(as_of))


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
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    kept: list[KnownHistories],
    watch: Watch | None = None,
) -> Sequence[DealHistory]:
    """The histories at an instant. Of what is `kept`, only the deals with events recorded since are
    read again; what is found is kept in its place."""
    us, seq = micros(as_of), database.number("select coalesce(max(seq), 0) from event")
    command = database.number("select coalesce(max(seq), 0) from command")
    known = next((one for one in kept if _serves(database, one, pipeline_id, us)), None)
    if known is None:
        found = read_histories(database, pipeline_id, as_of, watch=watch)
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
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    ids: Collection[int] | None = None,
    watch: Watch | None = None,
) -> Iterator[tuple[int, Sequence[Told]]]:
    """The deals, each with what numbers ask of its events (`standing` at an instant) in the order
    of the log; what comes after the instant may be among it.

    Some deals are read at a time: no lock is held in between, and little memory.
    """
    us, read = micros(as_of), 0
    brought = _brought_later(database, us)
    total = database.number("select count(*) from deal_facts") if watch else 0
    for rows in _portions(database, pipeline_id, ids):
        read += len(rows)
        if watch is not None:
            watch(min(1.0, read / max(total, 1)))
        later = [i for i, holds_from, _ in rows if holds_from > us or i in brought]
        then = _as_they_were(database, later, us) if later else {}
        texts = [then.get(deal_id, facts) for deal_id, _, facts in rows]
        # Every text begins with the comma that its next fact would be added with.
        told = json.loads(f"[[0{'],[0'.join(texts)}]]")
        for (deal_id, _, _), facts in zip(rows, told, strict=True):
            del facts[0]
            yield deal_id, facts


def _as_they_were(database: Database, ids: Collection[int], us: int) -> Mapping[int, str]:
    """The facts of deals of which something was taken back, put again or put right later."""
    facts = dict.fromkeys(ids, "")
    for event in _standing_of(database, ids, us):
        facts[event["deal_id"]] += fact_text(event)
    return facts


def read_standing(
    database: Database,
    pipeline_id: int,
    as_of: datetime,
    ids: Collection[int],
    chosen: Sql = TRUE,
) -> Iterator[Row]:
    """The events of some deals (those that are chosen) that stood at an instant, deal by deal, in
    the order of the log."""
    us = micros(as_of)
    brought = _brought_later(database, us)
    for rows in _portions(database, pipeline_id, ids):
        back = {deal_id for deal_id, holds_from, _ in rows if holds_from or deal_id in brought}
        deals = among("deal_id", (deal_id for deal_id, _, _ in rows))
        by_then = either((Sql("at <= ?", (us,)), among("deal_id", back)))
        wanted = every((deals, chosen, by_then, Sql("not undoes")))
        stood = {row["seq"]: row for row in _standing_of(database, back, us)}
        for row in database.rows(
            f"select deal_id, seq, at, kind, data from event where {wanted.text}"
            " order by deal_id, version",
            wanted.values,
        ):
            if row["deal_id"] not in back:
                yield row
            elif row["seq"] in stood:
                yield stood[row["seq"]]


def _brought_later(database: Database, us: int) -> set[int]:
    """The deals that others came into by a merge that was recorded after an instant."""
    last = "select coalesce((select at from command order by seq desc limit 1), 0)"
    if database.number(last) <= us:
        return set()
    # By way of the few merges: of a join with them, SQLite goes through all events.
    return set(
        database.column(
            "select deal_id from event where kind = 'absorbed'"
            " and command_id in (select id from command where verb = 'merge' and at > ?)",
            (us,),
        )
    )


def _standing_of(database: Database, ids: Collection[int], us: int) -> Iterator[Row]:
    """The events that stood at an instant, of deals of which something was taken back or put
    right, or that others came into."""
    for _, events in groupby(log_of(database, ids), key=itemgetter("deal_id")):
        yield from standing(list(events), us)


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
    for row in read_standing(database, pipeline_id, as_of, ids, one_of("kind", kinds)):
        fields = found.setdefault(
            row["deal_id"], {name: {} if name in KEYED_FIELDS else None for name in names}
        )
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


def _portions(
    database: Database, pipeline_id: int, ids: Collection[int] | None
) -> Iterator[list[RowTuple]]:
    """Some rows of facts at a time, of all deals of a pipeline or of those with these ids: deal,
    since when they hold, facts."""
    asked = "select deal_id, holds_from, facts from deal_facts where pipeline_id = ?"
    if ids is not None:
        remaining = iter(sorted(ids))
        while chunk := list(islice(remaining, DEALS_AT_ONCE)):
            some = among("deal_id", chunk).text
            if rows := database.records(f"{asked} and {some} order by deal_id", (pipeline_id,)):
                yield rows
        return
    last = 0
    while rows := database.records(
        f"{asked} and deal_id > ? order by deal_id limit ?", (pipeline_id, last, DEALS_AT_ONCE)
    ):
        yield rows
        last = rows[-1][0]


_FELT = 50_000  # values that take 20 ms to be gone through


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
            # Nothing that is frozen is collected any more, the screens of this moment included: a
            # board would grow with each look at its numbers.
            if gc.get_count()[0] > _FELT:
                gc.freeze()
            gc.enable()
