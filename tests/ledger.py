"""Checks a database from outside: does every row follow from the log of events?"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from pipeboard.domain.dates import instant
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.events import Event, Kind, event_from_json, replay
from pipeboard.domain.text import fold
from pipeboard.store.locating import Server
from pipeboard.store.postgres import ServerConnection
from pipeboard.store.rows import row_from_deal

Row = Mapping[str, Any]


@contextmanager
def asked(place: Path | str, mode: str = "ro") -> Iterator[Any]:
    """A connection to the database under a path or URL, whose statements both engines take."""
    if isinstance(place, str) and place.startswith("postgresql:"):
        made: Any = ServerConnection(Server(place), read_only=mode == "ro", wait_ms=5_000)
    else:
        made = sqlite3.connect(f"file:{place}?mode={mode}", uri=True, isolation_level=None)
        made.row_factory = sqlite3.Row
    with closing(made) as connection:
        yield connection


def disagreements(place: Path | str) -> list[str]:
    """What in the database does not follow from its events; empty when all of it does."""
    with asked(place) as connection:
        connection.execute("BEGIN")
        return list(_Check(connection).run())


class _Check:
    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.events: dict[int, list[Event]] = defaultdict(list)
        self.versions: dict[int, list[int]] = defaultdict(list)
        for row in self.rows("SELECT * FROM event ORDER BY deal_id, version"):
            at, data = instant(row["at"]), json.loads(row["data"])
            event = event_from_json(row["kind"], at, data, undoes=bool(row["undoes"]))
            self.events[row["deal_id"]].append(event)
            self.versions[row["deal_id"]].append(row["version"])

    def rows(self, sql: str) -> list[Row]:
        return [dict(row) for row in self.connection.execute(sql)]

    def run(self) -> Iterator[str]:
        yield from (f"integrity: {row}" for row in self._integrity())
        deals = {deal_id: replay(events, deal_id) for deal_id, events in self.events.items()}
        for deal_id, versions in self.versions.items():
            if versions != list(range(1, len(versions) + 1)):
                yield f"D-{deal_id}: versions {versions}"
        stored = {row["id"]: row for row in self.rows("SELECT * FROM deal")}
        yield from _differ("deal", {i: _row(deal) for i, deal in deals.items()}, stored)
        yield from self._beside(deals.values())
        yield from _differ("stage_total", _totals(deals.values()), self._stored_totals())

    def _integrity(self) -> list[str]:
        said: list[str] = []
        orphans: list[Any] = []
        if isinstance(self.connection, sqlite3.Connection):
            said = [row[0] for row in self.connection.execute("PRAGMA integrity_check")]
            orphans = self.connection.execute("PRAGMA foreign_key_check").fetchall()
        unknown = self.rows(
            "SELECT seq FROM event WHERE command_id NOT IN (SELECT id FROM command)"
        )
        return [line for line in said if line != "ok"] + [
            str(dict(row)) for row in (*orphans, *unknown)
        ]

    def _beside(self, deals: Iterable[Deal]) -> Iterator[str]:
        deals = list(deals)
        yield from _bags(
            "deal_tag",
            ((deal.id, tag) for deal in deals for tag in deal.tags),
            self._tuples("SELECT deal_id, tag FROM deal_tag"),
        )
        yield from _bags(
            "deal_field",
            ((d.id, name, value, fold(value)) for d in deals for name, value in d.fields.items()),
            self._tuples("SELECT deal_id, name, value, folded FROM deal_field"),
        )
        yield from _bags(
            "contact",
            (
                (d.id, key, who.name, who.role, who.email, who.phone, who.title)
                for d in deals
                for key, who in d.contacts.items()
            ),
            self._tuples("SELECT deal_id, key, name, role, email, phone, title FROM contact"),
        )
        yield from self._answers(deals)
        notes = {deal.id: _notes(self.events[deal.id]) for deal in deals}
        yield from _bags(
            "note",
            ((d, note, text) for d, found in notes.items() for note, text in found.items()),
            self._tuples("SELECT deal_id, id, text FROM note WHERE NOT removed"),
        )
        yield from _bags(
            "touch",
            ((deal.id, touch) for deal in deals for touch in _touches(self.events[deal.id])),
            self._tuples("SELECT deal_id, id FROM touch WHERE NOT removed"),
        )
        yield from _bags(
            "searched",
            ((deal.id, line) for deal in deals for line in _searched(deal, notes[deal.id])),
            (
                (row["id"], line)
                for row in (
                    *self.rows("SELECT * FROM deal"),
                    *self.rows("SELECT deal_id AS id, folded FROM note WHERE NOT removed"),
                )
                for line in (row.get("folded_whole") or row["folded"]).split("\n")
            ),
        )

    def _answers(self, deals: Iterable[Deal]) -> Iterator[str]:
        yield from _bags(
            "present answer",
            (
                (d.id, key, answer.text, answer.rating, answer.evidence)
                for d in deals
                for key, answer in d.answers.items()
            ),
            self._tuples(
                "SELECT deal_id, question, text, rating, evidence FROM answer"
                " WHERE replaced_at IS NULL"
            ),
        )
        yield from _bags(
            "answer",
            (
                (deal_id, question, version)
                for deal_id, events in self.events.items()
                for question, times in _times_answered(events).items()
                for version in range(1, times + 1)
            ),
            self._tuples("SELECT deal_id, question, version FROM answer"),
        )

    def _tuples(self, sql: str) -> Iterator[tuple[Any, ...]]:
        return (tuple(row) for row in self.connection.execute(sql))

    def _stored_totals(self) -> dict[Any, Row]:
        return {
            (row["stage_id"], row["owner"], row["currency"]): row
            for row in self.rows("SELECT * FROM stage_total")
            if (row["deals"], row["value_minor"], row["stage_minor"], row["hand_minor_bp"])
            != (0, 0, 0, 0)
        }


def _row(deal: Deal) -> Row:
    row = row_from_deal(deal, 0)
    del row["updated_at"]
    return row | {"doc": json.loads(str(row["doc"]))}


def _differ(name: str, wanted: Mapping[Any, Row], found: Mapping[Any, Row]) -> Iterator[str]:
    for key in sorted({*wanted, *found}, key=str):
        here, there = wanted.get(key), found.get(key)
        if here is None or there is None:
            yield f"{name} {key}: replayed {here}, stored {there}"
            continue
        for column, value in here.items():
            if column not in there:
                continue  # in a database of an older schema
            stored = json.loads(there[column]) if column == "doc" else there[column]
            if stored != value:
                yield f"{name} {key}: {column} is {value!r} replayed, {stored!r} stored"


def _bags(name: str, wanted: Iterable[Any], found: Iterable[Any]) -> Iterator[str]:
    here, there = Counter(wanted), Counter(found)
    if here != there:
        yield f"{name}: {here - there} only replayed, {there - here} only stored"


def _times_answered(events: Iterable[Event]) -> Counter[str]:
    times: Counter[str] = Counter()
    for event in events:
        for name, value in event.after.items():
            if name == "answers" and isinstance(value, Mapping):
                times.update(dict.fromkeys(value, 1))
            elif name.startswith("answers.") and isinstance(value, Answer):
                times[name.removeprefix("answers.")] += 1
    return times


def _notes(events: Iterable[Event]) -> dict[str, str]:
    notes: dict[str, str] = {}
    for event in events:
        if event.kind is Kind.NOTE and event.undoes:
            del notes[event.facts["note"]["id"]]
        elif event.kind is Kind.NOTE:
            notes[event.facts["note"]["id"]] = event.facts["note"]["text"]
        elif event.kind is Kind.NOTE_EDITED:
            notes[event.facts["id"]] = event.facts["old" if event.undoes else "new"]
    return notes


def _touches(events: Iterable[Event]) -> set[str]:
    touches: set[str] = set()
    for event in events:
        if event.kind is Kind.TOUCH:
            change = touches.discard if event.undoes else touches.add
            change(event.facts["touch"]["id"])
    return touches


def _searched(deal: Deal, notes: Mapping[str, str]) -> list[str]:
    people = [f"{who.name} {who.email}" for who in deal.contacts.values()]
    loss = (deal.loss.competitor, deal.loss.reason) if deal.loss else ()
    about = (deal.contact_reason, deal.source_detail, deal.snooze_reason, *deal.competitors, *loss)
    texts = (deal.title, deal.account, *people, *about, *notes.values())
    return [fold(text) for text in texts if text]


def _totals(deals: Iterable[Deal]) -> dict[Any, Row]:
    totals: dict[Any, Counter[str]] = defaultdict(Counter)
    for deal in deals:
        if deal.removed or deal.archived_at is not None:
            continue
        value, bp = deal.value, deal.probability_bp
        total = totals[deal.stage_id, deal.owner, value.currency if value else ""]
        total["deals"] += 1
        if value is not None:
            total["value_minor"] += value.minor
            total["stage_minor"] += value.minor if bp is None else 0
            total["hand_minor_bp"] += 0 if bp is None else value.minor * bp
    columns = ("deals", "value_minor", "stage_minor", "hand_minor_bp")
    return {key: {column: total[column] for column in columns} for key, total in totals.items()}


def recorded(place: Path | str) -> dict[str, int]:
    """How many events each recorded command has."""
    with asked(place) as connection:
        return dict(
            connection.execute(
                "SELECT command.id, count(event.seq) FROM command"
                " LEFT JOIN event ON event.command_id = command.id GROUP BY command.id"
            )
        )
