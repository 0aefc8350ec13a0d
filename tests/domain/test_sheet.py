"""What is an owner's own stays with them: of a deal, of its events, of the log, in a merge."""

from __future__ import annotations

import json
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import NextStep, custom_key
from pipeboard.domain.deal_record import (
    EVERYBODYS,
    DealRecord,
    Entry,
    LoggedEvent,
    below_floor,
    deal_seen_by,
    event_seen_by,
)
from pipeboard.domain.money import Money
from pipeboard.exchange.json_documents import history_entry
from pipeboard.store.projecting.events import event_text
from tests.domain.deciding_cases import NOW, SALES, do, events_of, new

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeboard.domain.deal import Deal, FieldValue
    from pipeboard.domain.events import Event, EventData

FLOOR, LOWER = Money(31_337_00, "EUR"), Money(30_000_00, "EUR")
EYES = {"ana": True, EVERYBODYS: True, "bo": False, "": False}
"""Who is shown what ana keeps to herself."""


def deal_of(owner: str) -> Deal:
    return new(owner=owner, floor_value=FLOOR)


def lowered(**more: FieldValue) -> Event:
    (event,) = events_of(deal_of("ana"), c.Edit({"floor_value": LOWER, **more}))
    return event


SAID = MappingProxyType({"title": "Pilot", "floor_value": str(FLOOR)})


def imported() -> Event:
    """What a file said of a deal and of its floor, which stands in no field of the event."""
    (event,) = events_of(deal_of("ana"), c.Edit({"imported": SAID}))
    return event


def imported_before() -> Event:
    """As before, where a later file says nothing of it any more."""
    deal = replace(deal_of("ana"), imported=SAID)
    (event,) = events_of(deal, c.Edit({"imported": {}}))
    return event


def logged(event: Event, owner: str = "ana") -> LoggedEvent:
    data = json.loads(event_text(event))
    kind = str(event.kind)
    return LoggedEvent(1, 1, 0, kind, False, data, True, "c1", "set", "ana", "", 0, False, owner)


@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_a_deal_shows_its_floor_to_its_owner_and_to_the_eyes_of_everybody(
    me: str, is_shown: bool
) -> None:
    seen = deal_seen_by(deal_of("ana"), me)
    assert seen.floor_value == (FLOOR if is_shown else None)
    assert seen.title == deal_of("ana").title


@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_a_sheet_shows_a_floor_neither_as_it_is_nor_as_it_was(me: str, is_shown: bool) -> None:
    """The deal and each of its events, also as they are handed on."""
    event = lowered()
    entry = Entry(1, 1, 2, event, "c1", "set", "ana", "", event.at)
    sheet = DealRecord(deal_of("ana"), SALES, (), (), (entry,)).seen_by(me)
    assert (sheet.deal.floor_value == FLOOR) is is_shown
    assert sheet.deal.title == "Lumen Oy pilot"
    (shown,) = sheet.entries
    assert (shown.event.after.get("floor_value") == LOWER) is is_shown
    assert (shown.event.before.get("floor_value") == FLOOR) is is_shown
    assert shown.event.facts.get("private") == (None if is_shown else ["floor_value"])
    handed_on = history_entry(logged(event), me)["data"]
    assert (str(LOWER.minor) in json.dumps(handed_on)) is is_shown


def test_what_nobody_owns_everybody_is_shown() -> None:
    assert deal_seen_by(deal_of(""), "bo").floor_value == FLOOR


@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_an_event_shows_neither_the_old_floor_nor_the_new_one(me: str, is_shown: bool) -> None:
    seen = event_seen_by(lowered(), "ana", me)
    assert ("floor_value" in seen.before, "floor_value" in seen.after) == (is_shown, is_shown)
    assert list(seen.facts.get("private", [])) == ([] if is_shown else ["floor_value"])


@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
@pytest.mark.parametrize("side", ["before", "after"])
def test_a_change_that_begins_or_ends_with_a_floor_shows_it_to_nobody_else_either(
    side: str, me: str, is_shown: bool
) -> None:
    other = "after" if side == "before" else "before"
    event = replace(lowered(), **{other: {}})  # type: ignore[arg-type]
    seen = event_seen_by(event, "ana", me)
    assert ("floor_value" in getattr(seen, side)) is is_shown
    assert list(seen.facts.get("private", [])) == ([] if is_shown else ["floor_value"])


@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_what_a_file_said_of_a_floor_is_kept_from_the_same_people(me: str, is_shown: bool) -> None:
    seen = event_seen_by(imported(), "ana", me)
    said = seen.after["imported"]
    assert isinstance(said, MappingProxyType | dict)
    assert ("floor_value" in said, "title" in said) == (is_shown, True)


@pytest.mark.parametrize(
    "event",
    [lowered(), imported(), imported_before(), lowered(source="web", title="Trial")],
    ids=["edited", "imported", "imported before", "edited with more"],
)
@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_the_log_shows_no_more_than_the_event(me: str, is_shown: bool, event: Event) -> None:
    data: EventData = logged(event).seen_by(me)
    assert ("floor_value" in str({**data, "facts": {}})) is is_shown
    assert data.get("facts", {}).get("private", []) == ([] if is_shown else ["floor_value"])
    assert data == json.loads(event_text(event_seen_by(event, "ana", me)))


@pytest.mark.parametrize(("owner", "expected"), [("ana", FLOOR), ("bo", None), ("", FLOOR)])
def test_a_merge_takes_a_floor_along_only_where_its_owner_goes_on_to_see_it(
    owner: str, expected: Money | None
) -> None:
    other = c.Absorbed(deal_of("ana"), (), ())
    kept = do(new(owner=owner), c.Absorb((other,)))
    assert kept.floor_value == expected


@pytest.mark.parametrize(
    ("change", "is_told"),
    [
        ({"value": Money(31_336_99, "EUR")}, True),
        ({"value": FLOOR}, False),
        ({"value": Money(1, "USD")}, False),
        ({"value": None}, False),
        ({"source": "web"}, False),
        ({"floor_value": Money(99_999_99, "EUR")}, True),
        ({"floor_value": LOWER}, False),
    ],
)
@pytest.mark.parametrize(("me", "is_shown"), EYES.items())
def test_a_value_below_the_lowest_is_told_to_those_who_are_shown_that(
    me: str, is_shown: bool, change: Mapping[str, FieldValue], is_told: bool
) -> None:
    before = replace(deal_of("ana"), value=Money(40_000_00, "EUR"))
    after = do(before, c.Edit(change))
    said = list(below_floor([(before, after)], lambda: me))
    assert bool(said) is (is_told and is_shown)
    under = replace(before, value=LOWER)
    assert not list(below_floor([(under, do(under, c.Edit({"source": "web"})))], lambda: me))


@pytest.mark.parametrize(("undone", "undoes"), [(False, False), (True, False), (False, True)])
def test_an_event_stands_that_is_neither_taken_back_nor_takes_back(
    undone: bool, undoes: bool
) -> None:
    event = replace(lowered(), undoes=undoes)
    entry = Entry(1, 1, 1, event, "c1", "set", "ana", "", NOW, undone)
    assert entry.stands is not (undone or undoes)


def test_a_field_of_ones_own_is_found_as_it_is_written_before_any_that_is_like_it() -> None:
    fields = {"Café": "1", "cafe": "2"}
    deal = replace(new(), fields=fields)
    assert [deal.custom(name) for name in (*fields, "CAFÉ", "tea")] == ["1", "2", "1", ""]
    assert custom_key({}, "Tea") == custom_key(fields, "Tea") == "Tea"


@pytest.mark.parametrize(("said", "chance"), [(None, 500), (0, 0), (10_000, 10_000)])
def test_the_chance_of_a_deal_is_the_reps_word_also_where_that_is_none(
    said: int | None, chance: int
) -> None:
    assert replace(new(), probability_bp=said).effective_probability_bp(SALES) == chance


def test_an_amount_without_a_currency_is_in_that_of_the_value_also_where_it_is_nothing() -> None:
    assert new().currency_in(SALES) == "EUR"
    assert replace(new(), value=Money(0, "USD")).currency_in(SALES) == "USD"


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (NextStep("call Bob"), "call Bob"),
        (NextStep("call Bob", None, "2w"), "call Bob every 2w"),
        (NextStep("", None, "2w"), "every 2w"),
    ],
)
def test_a_step_says_how_often_it_comes_again(step: NextStep, words: str) -> None:
    assert step.words == words
