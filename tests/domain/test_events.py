"""Events: taken back exactly, replayed exactly, and read from their JSON exactly."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain import commands as c
from pipeboard.domain.dates import instant, micros
from pipeboard.domain.deal import (
    DIRECTIONS,
    LOSS_CATEGORIES,
    TOUCH_TYPES,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
)
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import GateNotMet, PipeboardError
from pipeboard.domain.events import (
    Event,
    Kind,
    event_from_json,
    evolve,
    instant_to_json,
    inverse,
    replay,
    to_json,
)
from pipeboard.domain.money import Money
from pipeboard.store.projecting.events import event_text
from pipeboard.store.rows import deal_from_row, row_from_deal
from tests.domain.deciding_cases import NOW, SALES, TODAY, context, new

MICRO = timedelta(microseconds=1)
words = st.text(max_size=12)
keys = st.sampled_from(["a", "b b", "ö", "x.y", "1"])
days = st.dates(date(2020, 1, 1), date(2035, 12, 31))
ahead = st.integers(-3, 400).map(lambda n: TODAY + timedelta(days=n))
instants = st.integers(0, 10**14).map(lambda us: datetime(2020, 1, 1, tzinfo=UTC) + us * MICRO)
money = st.builds(Money, st.integers(0, 10**12), st.sampled_from(["EUR", "JPY", "BHD"]))
stage_ids = st.sampled_from([stage.id for stage in SALES.stages])
ratings = st.none() | st.integers(0, 4)
losses = st.builds(Loss, st.sampled_from(LOSS_CATEGORIES), words, words, st.none() | ahead)
contacts = st.builds(Contact, words, st.sampled_from(["champion", "user"]), words, words, words)
overrides = st.sampled_from(["", "as agreed", "signed, really"])
fields: Mapping[str, st.SearchStrategy[Any]] = {
    "account": words,
    "value": st.none() | money,
    "owner": words,
    "source": words,
    "expected_close": st.none() | days,
    "probability_bp": st.none() | st.integers(0, 10_000),
    "category": st.sampled_from([None, "commit", "best"]),
    "tags": st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple),
    "competitors": st.lists(words, max_size=2).map(tuple),
    "links": st.lists(words, max_size=2).map(tuple),
    "offer_expires_on": st.none() | days,
    "quote_sent_at": st.none() | instants,
    "floor_value": st.none() | money,
    "trial_close": words,
    "external_id": st.none() | words,
    "fields.size": words,
    "fields.x.y": words,
}
edits = st.fixed_dictionaries({}, optional=dict(fields)).map(c.Edit)
commands: st.SearchStrategy[c.Command] = st.one_of(
    edits,
    st.builds(c.Move, stage_ids, overrides),
    st.builds(c.Win, st.none() | money, st.none() | ahead, overrides),
    st.builds(c.Lose, losses, st.none() | ahead),
    st.builds(c.Reopen, st.none() | stage_ids, overrides),
    st.builds(c.TagWith, st.just(("a", "z")), st.sampled_from([("a",), ()])),
    st.builds(c.Rank, st.integers(-(2**60), 2**60)),
    st.builds(c.SetNextStep, words, st.none() | ahead),
    st.builds(c.CompleteNextStep, words),
    st.builds(c.Snooze, st.none() | ahead, words),
    st.builds(
        c.AnswerQuestion,
        st.sampled_from(["need", "fit", "2"]),
        st.none() | st.builds(Answer, words, ratings, words),
    ),
    st.builds(c.SetContact, keys, st.none() | contacts),
    st.builds(c.SetTerm, keys, st.none() | st.builds(Term, words, words, words, words)),
    st.builds(c.Assign, words, words),
    st.builds(c.Reschedule, days, words),
    st.builds(c.Check, st.just(1), st.sampled_from(SALES.stages[0].checklist), st.booleans()),
    st.builds(c.AddNote, words),
    st.builds(c.EditNote, st.just("n"), words),
    st.builds(c.Plan, words),
    st.builds(c.SetFields, st.tuples(st.just("source=web"))),
    st.builds(
        c.LogTouch,
        st.sampled_from(TOUCH_TYPES),
        st.sampled_from(DIRECTIONS),
        words,
        st.none() | instants,
    ),
    st.just(c.Archive()),
    st.just(c.Unarchive()),
    st.just(c.MergeInto(9)),
)
beginnings = st.builds(
    c.Create,
    st.just("Pilot"),
    st.sampled_from([stage.id for stage in SALES.open_stages]),
    st.fixed_dictionaries(
        {},
        optional={
            "value": money,
            "owner": words,
            "probability_bp": st.integers(0, 10_000),
            "contacts": st.dictionaries(keys, st.builds(Contact, st.just("Bob"))),
            "answers": st.dictionaries(keys, st.builds(Answer, st.just("So"), ratings)),
            "fields": st.dictionaries(keys, words),
            "next_step": st.builds(NextStep, words, st.none() | ahead),
        },
    ),
)

NOTE = Note("n", "Old", "ana", NOW)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """The events of a deal to which random things were done, one after another."""
    events = decide(draw(beginnings), None, context())
    deal = replay(events, 1)
    for number, command in enumerate(draw(st.lists(commands, max_size=8))):
        with suppress(PipeboardError):
            for event in decide(
                command, deal, context(NOW + timedelta(days=number), notes=lambda _: (NOTE,))
            ):
                deal = evolve(deal, event)
                events.append(event)
    return events


def unversioned(deal: Deal) -> Deal:
    return replace(deal, version=0)


@given(histories())
def test_the_inverse_of_every_event_restores_the_deal_exactly(events: list[Event]) -> None:
    deal = evolve(None, events[0], 1)
    for event in events[1:]:
        after = evolve(deal, event)
        assert unversioned(evolve(after, inverse(event))) == unversioned(deal)
        assert inverse(inverse(event)) == event
        deal = after


@given(histories())
def test_taking_back_a_beginning_removes_the_deal_and_putting_it_again_restores_it(
    events: list[Event],
) -> None:
    deal = evolve(None, events[0], 1)
    gone = evolve(deal, inverse(events[0]))
    assert gone.removed
    assert unversioned(evolve(gone, events[0])) == unversioned(deal)


@given(histories())
def test_an_event_reads_back_from_its_json_exactly(events: list[Event]) -> None:
    for event in (*events, *map(inverse, events)):
        data = json.loads(event_text(event))
        assert event_from_json(event.kind, event.at, data, undoes=event.undoes) == event


@given(histories())
def test_a_deal_reads_back_from_its_row_and_its_log_exactly(events: list[Event]) -> None:
    deal = replay(events, 1)
    assert deal_from_row(row_from_deal(deal, 0)) == deal
    assert deal.version == len(events)


@given(histories())
def test_a_whole_history_can_be_reverted_and_put_again(events: list[Event]) -> None:
    later = context(NOW + timedelta(days=30))
    deal = replay(events, 1)
    back = decide(c.Revert(tuple(events[1:])), deal, later)
    undone = deal
    for event in back:
        assert event.undoes
        undone = evolve(undone, event)
    assert unversioned(undone) == unversioned(evolve(None, events[0], 1))
    with suppress(GateNotMet):  # a next step that lay ahead then may lie behind now
        again = undone
        for event in decide(c.Revert(tuple(back)), undone, later):
            again = evolve(again, event)
        assert unversioned(again) == unversioned(deal)


@given(st.integers(-(10**15), 10**16))
def test_microseconds_and_instants_are_the_same_thing(us: int) -> None:
    assert micros(instant(us)) == us


def test_an_event_names_the_fields_that_it_changes() -> None:
    (event,) = decide(c.Edit({"account": "A", "title": "Lumen Oy pilot"}), new(), context())
    assert event.changed == {"account"}
    assert Event(Kind.EDITED, NOW, {"source": "web"}, {"account": "A"}).changed == {
        "source", "account",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("next_step", NextStep("call", date(2026, 12, 3), "2w")),
        ("next_step", NextStep("call")),
        ("loss", Loss("price", "too dear", "Acme", date(2027, 5, 3), "budget")),
        ("answers.need", Answer("yes", 0, "a mail", "ana", NOW)),
        ("answers.need", Answer("", 4)),
        ("asks.bo", Ask("ring", "ana", date(2026, 12, 3))),
        ("contacts.mika", Contact("Mika", "champion", "m@x.example", "+358", "CFO")),
        ("terms.pay", Term("payment", "30 d", "60 d", "45 d")),
    ],
)
def test_every_part_of_a_value_reads_back_from_its_json(name: str, value: Any) -> None:
    event = Event(Kind.EDITED, NOW, {name: None}, {name: value})
    data = json.loads(event_text(event))
    assert event_from_json(event.kind, NOW, data, undoes=False) == event


def test_a_history_without_events_is_no_deal() -> None:
    with pytest.raises(ValueError, match="without events"):
        replay([], 1)
    with pytest.raises(ValueError, match="needs the id"):
        evolve(None, Event(Kind.CREATED, NOW))


def test_an_instant_is_written_in_its_own_zone_also_where_it_is_that_of_another() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    for at in (NOW, NOW.astimezone(berlin), NOW, NOW.astimezone(berlin)):
        assert instant_to_json(at) == at.isoformat()


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None), ("a", "a"), (7, 7), (0, 0), (True, True), (1.5, 1.5),
        (date(2026, 12, 1), "2026-12-01"),
        (datetime(2026, 12, 1, 9, tzinfo=UTC), "2026-12-01T09:00:00+00:00"),
        (Money(5, "EUR"), {"amount_minor": 5, "currency": "EUR"}),
        (("a", "b"), ["a", "b"]), ([date(2026, 12, 1)], ["2026-12-01"]), ((), []),
        ({"a": Money(5, "EUR")}, {"a": {"amount_minor": 5, "currency": "EUR"}}), ({}, {}),
        (Status.WON, "won"), (NextStep("call", date(2026, 12, 1)),
                              {"text": "call", "due": "2026-12-01"}),
    ],
)  # fmt: skip
def test_a_value_is_kept_as_json_by_its_kind(value: object, kept: object) -> None:
    assert to_json(value) == kept
    assert type(to_json(value)) is type(kept)
