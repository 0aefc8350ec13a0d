"""What happened, read back: notes, touches, events and commands."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import Event, Kind, change_to, evolve, inverse
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.writing import Done
from tests.store.made_up import NOW, created, deal, store_with

NOTE = {"id": "n1", "text": "first words", "author": "ana", "at": NOW.isoformat()}
CALL = {"id": "t1", "type": "call", "direction": "out", "outcome": "no answer", "by": "ana"}


def _later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_with(tmp_path / "deals.db", [deal(1), deal(2)])
    yield made
    made.close()


def _did(store: Store, name: str, hours: int, event: Event, **about: str) -> Deal:
    before = store.reader.deal(1)
    assert before is not None
    done = Done(name, _later(hours), "ana", "", "edit", f"Did {name}.", **about)
    after = evolve(before, event)
    store.write(lambda writer: writer.record(done, [Change(before, after, (event,))]))
    return after


def test_notes_and_touches_come_newest_first(store: Store) -> None:
    for number, words in ((1, "first"), (2, "second")):
        note = {**NOTE, "id": f"n{number}", "text": words, "at": _later(number).isoformat()}
        at = _later(number)
        _did(store, f"c{number}n", number, Event(Kind.NOTE, at, facts={"note": note}))
        touch = {**CALL, "id": f"t{number}", "outcome": words, "at": _later(number).isoformat()}
        _did(store, f"c{number}t", number, Event(Kind.TOUCH, at, facts={"touch": touch}))
    assert [(note.text, note.author) for note in store.reader.history.notes(1)] == [
        ("second", "ana"),
        ("first", "ana"),
    ]
    assert [
        (touch.type, touch.direction, touch.outcome) for touch in store.reader.history.touches(1)
    ] == [
        ("call", "out", "second"),
        ("call", "out", "first"),
    ]
    assert store.reader.history.notes(2) == ()
    assert store.reader.history.touches(2) == ()


def test_a_note_that_was_undone_is_gone(store: Store) -> None:
    event = Event(Kind.NOTE, NOW, facts={"note": NOTE})
    _did(store, "c2", 1, event)
    _did(store, "c3", 2, inverse(event), undoes="c2")
    assert store.reader.history.notes(1) == ()


def test_entries_come_newest_first_by_pages(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.OWNER, _later(1), {"owner": "bo"})
    _did(store, "c2", 1, event)
    everything = store.reader.history.entries()
    assert [entry.command_id for entry in everything] == ["c2", "c1", "c1"]
    assert everything[0].event == event
    assert (everything[0].version, everything[0].recorded_at) == (2, _later(1))
    assert [entry.deal_id for entry in store.reader.history.entries(2)] == [2]
    assert store.reader.history.entries(since=_later(1)) == everything[:1]
    first = store.reader.history.entries(limit=2)
    assert first + store.reader.history.entries(limit=2, before=first[-1].seq) == everything


def test_entries_of_an_undone_command_say_so(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.OWNER, _later(1), {"owner": "bo"})
    _did(store, "c2", 1, event)
    _did(store, "c3", 2, inverse(event), undoes="c2")
    store.write(lambda writer: writer.mark("c2", undone=True))
    assert [(entry.command_id, entry.undone) for entry in store.reader.history.entries(1)] == [
        ("c3", False),
        ("c2", True),
        ("c1", False),
    ]


def test_commands_say_who_did_what(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    _did(store, "c2", 1, change_to(before, Kind.OWNER, _later(1), {"owner": "bo"}))
    newest, first = store.reader.history.commands()
    assert (newest.id, newest.summary, newest.actor, newest.at) == (
        "c2",
        "Did c2.",
        "ana",
        _later(1),
    )
    assert first.verb == "import"
    assert store.reader.history.commands("bo") == ()
    assert store.reader.history.commands("ana", 1) == (newest,)


def test_a_sheet_holds_everything_of_a_deal(store: Store) -> None:
    _did(store, "c2", 1, Event(Kind.NOTE, NOW, facts={"note": NOTE}))
    record = store.reader.record(1, EVERYBODYS)
    assert record is not None
    assert record.deal == store.reader.deal(1)
    assert record.pipeline.name == "New business"
    assert [note.text for note in record.notes] == ["first words"]
    assert [entry.event.kind for entry in record.entries] == [Kind.NOTE, Kind.CREATED]
    assert store.reader.record(99, EVERYBODYS) is None


def test_a_snapshot_shows_one_moment_to_several_questions(store: Store) -> None:
    with store.reader.snapshot(), store.reader.snapshot():
        assert store.reader.deal(1) is not None
        assert len(store.reader.history.entries()) == 2


def test_every_version_of_an_answer_says_since_when_and_until_when_it_stood(store: Store) -> None:
    elsewhere = Answer("yes", 3, by="bo", at=_later(-9))
    for hours, given in ((1, Answer("no")), (2, elsewhere), (3, Answer("maybe", 1)), (4, None)):
        before = store.reader.deal(1)
        assert before is not None
        at = _later(hours)
        _did(
            store, f"a{hours}", hours, change_to(before, Kind.ANSWERED, at, {"answers.need": given})
        )
    rows = store.reader.whole().database.records(
        "select version, text, rating, at, replaced_at from answer where deal_id = 1"
        " order by version"
    )
    instants = [(0, ""), *((micros(_later(hours)), f"h{hours}") for hours in (-9, 1, 2, 3, 4))]
    names = dict(instants)
    assert [(v, text, rating, names[at], names[until]) for v, text, rating, at, until in rows] == [
        (1, "no", None, "h1", "h2"),
        (2, "yes", 3, "h-9", "h3"),
        (3, "maybe", 1, "h3", "h4"),
    ]


def test_what_came_before_a_way_of_asking_is_no_answer_to_it(store: Store) -> None:
    def touched(hours: int, direction: str, variant: str = "") -> None:
        said = {**CALL, "id": f"t{hours}", "direction": direction, "at": _later(hours).isoformat()}
        event = Event(Kind.TOUCH, _later(hours), facts={"touch": {**said, "variant": variant}})
        _did(store, f"t{hours}", hours, event)

    touched(1, "in")
    touched(2, "out", "short")
    assert store.reader.numbers.variants(1) == [("short", 1, 0, 0, 0)]
    touched(3, "in")
    assert store.reader.numbers.variants(1) == [("short", 1, 1, 0, 0)]


def test_a_touch_that_was_taken_back_is_counted_as_no_objection_and_no_way_of_asking(
    store: Store,
) -> None:
    def counted() -> tuple[object, object]:
        numbers = store.reader.numbers
        return numbers.variants(1), numbers.objections(1, NOW, _later(9))

    said = {**CALL, "at": _later(1).isoformat(), "objection": "price", "variant": "short"}
    touch = Event(Kind.TOUCH, _later(1), facts={"touch": said})
    _did(store, "c2", 1, touch)
    assert counted() == ([("short", 1, 0, 0, 0)], [(1, "price", micros(_later(1)))])
    answered = {**CALL, "id": "t2", "direction": "in", "at": _later(2).isoformat()}
    reply = Event(Kind.TOUCH, _later(2), facts={"touch": answered})
    _did(store, "c3", 2, reply)
    assert counted()[0] == [("short", 1, 1, 0, 0)]
    _did(store, "c4", 3, inverse(reply), undoes="c3")
    assert counted()[0] == [("short", 1, 0, 0, 0)]
    _did(store, "c5", 4, inverse(touch), undoes="c2")
    assert counted() == ([], [])


def test_whoever_owns_a_deal_for_the_first_time_is_a_rep_and_stays_what_they_were(
    store: Store,
) -> None:
    store.write(lambda writer: writer.save_rep(Rep("ana", "Ana", "north")))
    for name, owner in (("c2", "bo"), ("c3", "ana"), ("c4", "")):
        before = store.reader.deal(1)
        assert before is not None
        _did(store, name, 1, change_to(before, Kind.OWNER, _later(1), {"owner": owner}))
    assert store.reader.reps() == (Rep("ana", "Ana", "north"), Rep("bo"))


def test_a_second_deal_of_one_id_elsewhere_is_refused_in_words(store: Store) -> None:
    one, other = (created(deal(n, external_id="X1", external_source="crm")) for n in (8, 9))
    done = Done("c8", NOW, "ana", "", "import", "Imported.")
    store.write(lambda writer: writer.record(done, [one]))
    with pytest.raises(Conflict, match="same external id is there already") as refused:
        store.write(lambda writer: writer.record(replace(done, id="c9"), [other]))
    assert "keep one of the two" in refused.value.hint
    assert store.reader.deal(9) is None
