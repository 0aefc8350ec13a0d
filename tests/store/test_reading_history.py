"""What happened, read back: notes, touches, events and commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer, Deal, Loss, Status
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import IMPORTED, Event, EventFacts, Kind, change_to, evolve, inverse
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.sql import Audit
from pipeboard.store.writing import Done, Writer
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


def _renamed(store: Store, name: str, hours: int) -> None:
    before = store.reader.deal(1)
    assert before is not None
    _did(store, name, hours, change_to(before, Kind.EDITED, _later(hours), {"title": name}))


def test_what_was_recorded_since_an_instant_is_found_though_the_clock_went_back(
    store: Store,
) -> None:
    for name, hours in (("early", 1), ("ahead", 9), ("back", 3), ("again", 5)):
        _renamed(store, name, hours)
    entries = store.reader.history.entries
    assert [entry.command_id for entry in entries(since=_later(4))] == ["again", "ahead"]
    assert [entry.command_id for entry in entries(since=_later(4), before=5)] == ["ahead"]
    assert [entry.command_id for entry in entries(1, _later(3), 1)] == ["again"]
    assert entries(since=_later(10)) == ()


def test_what_was_recorded_since_an_instant_is_found_behind_much_that_changed_no_deal(
    store: Store,
) -> None:
    for number in range(150):
        done = Done(f"s{number}", _later(1), "ana", "", "setting", "Set something.")
        store.write(partial(Writer.record, done=done, changes=[]))
    _renamed(store, "late", 2)
    assert [entry.command_id for entry in store.reader.history.entries(since=_later(2))] == ["late"]


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
    assert store.reader.history.commands(Actor("bo")) == ()
    assert store.reader.history.commands(Actor("ana"), 1) == (newest,)


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


# What was done, by whom, and what of it can be taken back.

WORK = (
    ("a1", "ana", ""), ("b1", "bo", ""), ("a2", "ana", ""), ("b2", "bo", "undoes=b1"),
    ("a3", "ana", "undoes=a2"),
)  # fmt: skip
"""Commands of two reps by their ids, and what each takes back."""


def _work(store: Store, *commands: tuple[str, str, str]) -> None:
    """Each of them gives the first deal another source, or takes that back."""
    for name, actor, about in commands:
        before = store.reader.deal(1)
        assert before is not None
        how, _, other = about.partition("=")
        event = change_to(before, Kind.EDITED, NOW, {"source": name})
        event = replace(event, undoes=how == "undoes")
        change = Change(before, evolve(before, event), (event,))
        done = Done(name, NOW, actor, "", "set", f"Did {name}.", **({how: other} if how else {}))

        def work(writer: Any, done: Done = done, change: Change = change) -> None:
            writer.record(done, [change])
            if done.undoes:
                writer.mark(done.undoes, undone=True)

        store.write(work)


@pytest.mark.parametrize(
    ("done", "undoable", "redoable"),
    [
        (0, {"ana": "c1", "bo": None}, {"ana": None, "bo": None}),
        (1, {"ana": "a1", "bo": None}, {"ana": None, "bo": None}),
        (3, {"ana": "a2", "bo": "b1"}, {"ana": None, "bo": None}),
        (4, {"ana": "a2", "bo": None}, {"ana": None, "bo": ("b2", "b1")}),
        (5, {"ana": "a1", "bo": None}, {"ana": ("a3", "a2"), "bo": ("b2", "b1")}),
    ],
)
def test_what_can_be_taken_back_or_put_again_is_ones_own_last_that_stands(
    done: int,
    undoable: dict[str, str | None],
    redoable: dict[str, tuple[str, str] | None],
    store: Store,
) -> None:
    _work(store, *WORK[:done])
    history = store.reader.history
    for actor in ("ana", "bo"):
        last, again = history.undoable(Actor(actor)), history.redoable(Actor(actor))
        assert (last and last.id) == undoable[actor]
        assert (again and (again[0].id, again[1].id)) == redoable[actor]


@pytest.mark.parametrize(
    ("since", "redoable"),
    [
        ((), ("a3", "a2")),
        ((("b3", "bo", ""),), ("a3", "a2")),
        ((("a4", "ana", ""),), None),
        ((("a4", "ana", "undoes=a1"),), ("a4", "a1")),
        ((("a4", "ana", "undoes=a1"), ("a5", "ana", "redoes=a1")), ("a4", "a1")),
        ((("a4", "ana", "redoes=a2"),), ("a3", "a2")),
        ((("a4", "ana", "undoes=a3"),), ("a4", "a3")),
    ],
)
def test_whoever_does_something_else_has_nothing_to_put_again(
    since: tuple[tuple[str, str, str], ...], redoable: tuple[str, str] | None, store: Store
) -> None:
    _work(store, *WORK, *since)
    again = store.reader.history.redoable(Actor("ana"))
    assert (again and (again[0].id, again[1].id)) == redoable


def test_a_command_is_found_by_its_id_with_what_it_is_about(store: Store) -> None:
    _work(store, *WORK, ("a4", "ana", "redoes=a2"))
    history = store.reader.history
    found = {one.id: one for one in history.commands()}
    assert [one.id for one in history.commands(Actor("bo"))] == ["b2", "b1"]
    assert [one.id for one in history.commands(limit=2)] == ["a4", "a3"]
    for name in found:
        assert history.command(name) == found[name]
    assert history.command("b9") is None
    assert (found["b2"].undoes, found["b2"].redoes, found["b2"].undone) == ("b1", None, False)
    assert (found["b1"].undoes, found["b1"].redoes, found["b1"].undone) == (None, None, True)
    assert (found["a4"].undoes, found["a4"].redoes, found["a4"].seq) == (None, "a2", 7)


def test_the_events_of_a_command_come_by_deal_each_with_its_version(store: Store) -> None:
    one, two = store.reader.deal(1), store.reader.deal(2)
    assert one is not None and two is not None
    owner = change_to(one, Kind.OWNER, NOW, {"owner": "bo"})
    value = change_to(evolve(one, owner), Kind.VALUE, NOW, {"value": Money(5, "EUR")})
    other = change_to(two, Kind.OWNER, NOW, {"owner": "cy"})
    changes = [
        Change(one, evolve(evolve(one, owner), value), (owner, value)),
        Change(two, evolve(two, other), (other,)),
    ]
    done = Done("c2", NOW, "ana", "", "set", "Set.")
    store.write(lambda writer: writer.record(done, changes))
    history = store.reader.history
    assert history.events_of("c2") == {1: [(2, owner), (3, value)], 2: [(2, other)]}
    assert {deal: [version for version, _ in said] for deal, said in
            history.events_of("c1").items()} == {1: [1], 2: [1]}  # fmt: skip
    assert history.events_of("c9") == {}
    for version, kinds in ((0, "created owner value"), (1, "owner value"), (2, "value"), (3, "")):
        stand = history.standing_since(1, version)
        assert " ".join(entry.event.kind for entry in stand) == kinds
    assert [entry.version for entry in history.standing_since(2, 1)] == [2]


def test_the_log_says_of_each_event_its_command_and_the_owner_of_its_deal(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.OWNER, _later(1), {"owner": "bo"})
    _did(store, "c2", 2, event)
    newest, *others = store.reader.history.log()
    assert (newest.seq, newest.deal_id, newest.at, newest.kind) == (
        3,
        1,
        micros(_later(1)),
        "owner",
    )
    assert (newest.undoes, newest.command_id, newest.verb) == (False, "c2", "edit")
    assert (newest.actor, newest.acting_as, newest.owner) == ("ana", "", "bo")
    assert (newest.recorded_at, bool(newest.undone)) == (_later(2), False)
    assert newest.data["after"] == {"owner": "bo"}
    assert [(one.seq, one.deal_id, one.owner) for one in others] == [(2, 2, ""), (1, 1, "bo")]
    history = store.reader.history
    assert [one.seq for one in history.log(1)] == [3, 1]
    assert [one.seq for one in history.log(since=_later(2))] == [3]
    assert [one.seq for one in history.log(before=3, limit=1)] == [2]


# What people objected to, and which ways of asking were answered.


def _touched(touch_id: str, hours: int, **said: str) -> Event:
    at = _later(hours)
    facts = {**CALL, "id": touch_id, "at": at.isoformat(), "objection": "", "variant": "", **said}
    return Event(Kind.TOUCH, at, facts={"touch": facts})


def _with(one: Deal, *events: Event) -> Change:
    made = created(one)
    after = made.after
    for event in events:
        after = evolve(after, event)
    return Change(None, after, (*made.events, *events))


def _lost(number: int, hours: int, objection: str = "dear", **more: Any) -> Change:
    loss = Loss("price", "", "", None, objection)
    at = _later(hours)
    ended = {"outcome": Status.LOST, "closed_at": at, "loss": loss}
    return created(deal(number, **{"stage_id": 8, **ended, **more}))


def _filled(path: Path, *changes: Change) -> Store:
    made = store_with(path, [])
    done = Done("c2", NOW, "ana", "", "import", "Imported.")
    made.write(lambda writer: writer.record(done, changes))
    return made


def test_objections_are_of_the_touches_and_losses_of_a_time_in_a_pipeline(tmp_path: Path) -> None:
    elsewhere: dict[str, Any] = {"pipeline_id": 2, "stage_id": 30}
    changes = [
        _with(deal(1), _touched("t1", 1, objection="early"), _touched("t2", 2, objection="price"),
              _touched("t3", 3), _touched("t9", 9, objection="late")),
        _with(deal(2, **elsewhere), _touched("t4", 3, objection="other pipeline")),
        _with(deal(3, archived_at=NOW), _touched("t5", 3, objection="put away")),
        _with(deal(4, removed=True), _touched("t6", 3, objection="taken back")),
        _with(deal(30), _touched("t7", 8, objection="slow"),
              _touched("t8", 8, objection="slow")),
        _lost(11, 1), _lost(12, 2), _lost(13, 8, "scope"), _lost(14, 9), _lost(15, 3, ""),
        _lost(16, 3, pipeline_id=2, stage_id=32), _lost(17, 3, archived_at=NOW),
        _lost(18, 3, removed=True), _lost(19, 3, entry_precision="unknown"),
        _lost(20, 3, "timing", entry_precision="day"),
    ]  # fmt: skip
    with closing(_filled(tmp_path / "deals.db", *changes)) as made:
        numbers = made.reader.numbers
        at = {hours: micros(_later(hours)) for hours in (1, 2, 3, 8, 9)}
        assert numbers.objections(1, _later(2), _later(9)) == [
            (1, "price", at[2]), (12, "dear", at[2]), (20, "timing", at[3]), (13, "scope", at[8]),
            (30, "slow", at[8]), (30, "slow", at[8]),
        ]  # fmt: skip
        assert numbers.objections(2, NOW, _later(9)) == [
            (2, "other pipeline", at[3]), (16, "dear", at[3]),
        ]  # fmt: skip
        assert numbers.objections(1, _later(8), _later(8)) == []


def test_each_way_of_asking_is_counted_by_deals_answers_and_outcomes(tmp_path: Path) -> None:
    def asked(number: int, variant: str, *answered: str, **more: Any) -> Change:
        events = [_touched(f"o{number}", 1, variant=variant),
                  _touched(f"p{number}", 2, variant=variant)]  # fmt: skip
        events += [_touched(f"{way}{number}", 3, direction=way) for way in answered]
        return _with(deal(number, **more), *events)

    won: dict[str, Any] = {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW}
    lost: dict[str, Any] = {**won, "stage_id": 8, "outcome": Status.LOST, "loss": Loss("price")}
    changes = [
        asked(1, "short"),
        asked(2, "short", "in"),
        asked(3, "short", "out"),
        asked(4, "short", "in", **won),
        asked(5, "short", **lost),
        asked(6, "long", "in"),
        asked(7, "long", archived_at=NOW),
        asked(8, "long", pipeline_id=2, stage_id=30),
        asked(9, "", "in", **won),
        asked(10, "alone", "in", removed=True),
    ]
    with closing(_filled(tmp_path / "deals.db", *changes)) as made:
        numbers = made.reader.numbers
        assert numbers.variants(1) == [("long", 1, 1, 0, 0), ("short", 5, 2, 2, 1)]
        assert numbers.variants(2) == [("long", 1, 0, 0, 0)]
        assert numbers.variants(3) == []


def test_notes_and_touches_of_one_instant_come_in_an_order_of_their_own(tmp_path: Path) -> None:
    said = (("n1", "b", "ana"), ("n2", "a", "bo"), ("n3", "c", "ana"), ("n4", "c", "ana"))
    notes = [
        Event(Kind.NOTE, NOW, facts={"note": {"id": name, "text": text, "author": author,
                                              "at": NOW.isoformat()}})
        for name, text, author in said
    ]  # fmt: skip
    plain = {"type": "call", "direction": "out", "outcome": "", "by": ""}
    each: list[dict[str, str]] = [
        plain, {"type": "email"}, {"direction": "in"}, {"outcome": "x"}, {"by": "bo"},
        {"objection": "y"}, {"variant": "z"}, plain,
    ]  # fmt: skip
    touches = [_touched(f"t{place}", 0, **(plain | one)) for place, one in enumerate(each)]
    with closing(_filled(tmp_path / "deals.db", _with(deal(1), *notes, *touches))) as made:
        history = made.reader.history
        assert [(note.id, note.author, note.text) for note in history.notes(1)] == [
            ("n2", "bo", "a"), ("n4", "ana", "c"), ("n3", "ana", "c"), ("n1", "ana", "b"),
        ]  # fmt: skip
        assert [touch.id for touch in history.touches(1)] == [
            "t1", "t3", "t4", "t5", "t6", "t7", "t0", "t2",
        ]  # fmt: skip


def test_the_answers_of_one_deal_to_one_question_are_replaced_and_no_others(store: Store) -> None:
    for number in (1, 2):
        for hours, given in ((1, Answer("first")), (2, Answer("second"))):
            before = store.reader.deal(number)
            assert before is not None
            values = {f"answers.{question}": given for question in ("need", "budget")}
            if hours == 2:
                values = {"answers.need": given} if number == 1 else {}
            if not values:
                continue
            event = change_to(before, Kind.ANSWERED, _later(hours), values)
            change = Change(before, evolve(before, event), (event,))
            done = Done(f"a{number}{hours}", _later(hours), "ana", "", "answer", "Answered.")
            store.write(partial(Writer.record, done=done, changes=[change]))
    rows = store.reader.whole().database.records(
        "select deal_id, question, version, text, replaced_at is null from answer"
        " order by deal_id, question, version"
    )
    assert rows == [
        (1, "budget", 1, "first", 1), (1, "need", 1, "first", 0), (1, "need", 2, "second", 1),
        (2, "budget", 1, "first", 1), (2, "need", 1, "first", 1),
    ]  # fmt: skip


def test_a_note_that_is_edited_is_that_one_and_no_other(store: Store) -> None:
    for number in (1, 2):
        note = {**NOTE, "id": f"n{number}"}
        _did(store, f"c{number}n", number, Event(Kind.NOTE, _later(number), facts={"note": note}))
    edit = Event(
        Kind.NOTE_EDITED, _later(3), facts={"id": "n1", "old": "first words", "new": "Other ones"}
    )
    _did(store, "c3", 3, edit)
    asked = "select id, text, folded, edited_at from note order by id"
    database = store.reader.whole().database
    plain = ("n2", "first words", "first words", None)
    assert database.records(asked) == [("n1", "Other ones", "other ones", micros(_later(3))), plain]
    _did(store, "c4", 4, inverse(edit), undoes="c3")
    assert [row[:3] for row in database.records(asked)] == [
        ("n1", "first words", "first words"), plain[:3],
    ]  # fmt: skip


def test_a_touch_that_was_taken_back_is_none_of_a_deal_and_comes_back_with_it(store: Store) -> None:
    touch = _touched("t1", 1, outcome="no answer")
    _did(store, "c2", 1, touch)
    _did(store, "c3", 2, _touched("t2", 2))
    _did(store, "c4", 3, inverse(touch), undoes="c2")
    assert [one.id for one in store.reader.history.touches(1)] == ["t2"]
    _did(store, "c5", 4, touch, redoes="c2")
    assert [one.id for one in store.reader.history.touches(1)] == ["t2", "t1"]


def test_a_review_is_asked_of_what_changed_in_its_pipeline_and_matters(tmp_path: Path) -> None:
    def one(
        number: int, kind: Kind, values: dict[str, Any], facts: EventFacts | None = None
    ) -> Change:
        made = created(deal(number, **(ELSEWHERE if number > 20 else {})))
        event = replace(change_to(made.after, kind, _later(1), values), facts=facts or {})
        return Change(None, evolve(made.after, event), (*made.events, event))

    changes = [
        one(1, Kind.EXPECTED_CLOSE, {"expected_close": NOW.date()}),
        one(2, Kind.VALUE, {"value": Money(5, "EUR")}),
        one(3, Kind.CATEGORY, {"category": "best"}),
        one(4, Kind.MOVED, {"stage_id": 2}),
        one(5, Kind.CORRECTED, {"created_at": NOW}),
        one(6, Kind.OWNER, {"owner": "bo"}),
        one(7, Kind.EDITED, {"source": "web"}),
        one(8, Kind.WON, {"source": "web"}, {"missing": ["x"]}),
        one(9, Kind.EDITED, {"category": "commit"}),
        one(21, Kind.VALUE, {"value": Money(5, "EUR")}),
        created(deal(10, category="commit")),
        created(deal(11)),
    ]
    with closing(_filled(tmp_path / "deals.db", *changes)) as made:
        _did(made, "d1", 2, change_to(_deal_1(made), Kind.EDITED, NOW, {"source": "x"}))
        before = _deal_1(made)
        event = change_to(before, Kind.EDITED, NOW, {"source": "y"})
        done = Done("d2", _later(3), "ana", "", "decide", "Decided.")
        change = Change(before, evolve(before, event), (event,))
        made.write(partial(Writer.record, done=done, changes=[change]))
        asked = {
            pipeline: [
                (entry.deal_id, entry.event.kind.value)
                for entry in made.reader.history.entries(audit=Audit(reviewed=pipeline))
            ]
            for pipeline in (1, 2, 3)
        }
    assert sorted(asked[1]) == sorted([
        (1, "expected_close"), (2, "value"), (3, "category"), (4, "moved"), (5, "corrected"),
        (8, "won"), (9, "edited"), (10, "created"), (1, "edited"),
    ])  # fmt: skip
    assert asked[2] == [(21, "value")]
    assert asked[3] == []


ELSEWHERE: dict[str, Any] = {"pipeline_id": 2, "stage_id": 30}


def _deal_1(store: Store) -> Deal:
    found = store.reader.deal(1)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("audit", "names"),
    [
        (Audit(), "c4 c3 c2 c1 c1"),
        (Audit(by="ana"), "c4 c3 c1 c1"),
        (Audit(by="bo"), "c3 c2"),
        (Audit(verb="set"), "c3 c2"),
        (Audit(overrides=True), "c4"),
        (Audit(for_others=True), "c3"),
        (Audit(undone=True), "c2"),
        (Audit(by="bo", undone=True), "c2"),
        (Audit(by="ana", undone=True), ""),
    ],
)
def test_the_log_is_searched_by_who_did_what_with_which_marks(
    audit: Audit, names: str, store: Store
) -> None:
    imported: EventFacts = {"missing": ["x"], "override": f"{IMPORTED} from x"}
    passed: EventFacts = {"missing": ["x"], "override": "agreed"}
    nothing: EventFacts = {}
    for name, actor, acting_as, verb, facts in (
        ("c2", "bo", "", "set", nothing), ("c3", "bo", "ana", "set", nothing),
        ("c4", "ana", "", "move", passed),
        ("c5", "cy", "", "import", imported),
    ):  # fmt: skip
        before = _deal_1(store)
        event = replace(change_to(before, Kind.MOVED, NOW, {"source": name}), facts=facts)
        change = Change(before, evolve(before, event), (event,))
        done = Done(name, NOW, actor, acting_as, verb, "Did.")
        store.write(partial(Writer.record, done=done, changes=[change]))
    store.write(lambda writer: writer.mark("c2", undone=True))
    found = [one.command_id for one in store.reader.history.entries(audit=audit)]
    assert [name for name in found if name != "c5"] == names.split()
    assert ("c5" in found) is (audit == Audit())
    logged = [one.command_id for one in store.reader.history.log(audit=audit)]
    assert logged == found


def test_an_undo_that_was_put_again_is_none_to_put_again_and_the_one_before_it_is(
    store: Store,
) -> None:
    _work(store, *WORK, ("a4", "ana", "undoes=a1"), ("a5", "ana", "redoes=a1"))
    store.write(lambda writer: writer.mark("a4", undone=True))
    again = store.reader.history.redoable(Actor("ana"))
    assert again is not None and (again[0].id, again[1].id) == ("a3", "a2")
    store.write(lambda writer: writer.mark("a3", undone=True))
    assert store.reader.history.redoable(Actor("ana")) is None
