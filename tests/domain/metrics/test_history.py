"""A deal as it stood at an instant: a change counts from its own instant on, and not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.metrics.folding import Fact, fold_deals
from pipeboard.domain.metrics.history import LOST as LOST_PLACE
from pipeboard.domain.metrics.history import WON as WON_PLACE
from pipeboard.domain.metrics.history import DealHistory
from tests.domain.metrics.log import LEAD, PROPOSAL, QUALIFY, Log, at

TICK = 1
"""The microsecond before a change."""


def us(day: float) -> int:
    return micros(at(day))


def history(change: Callable[[Log, int], None]) -> DealHistory:
    """A deal that began on day 1 and was changed on day 2, and back on day 4."""
    log = Log()
    deal = log.add(1, LEAD, value=100, close="2026-03-01", owner="ana")
    change(log, deal)
    (made,) = log.histories()
    return made


def changed(log: Log, deal: int) -> None:
    for day, minor, on, owner, bp, category in (
        (2, 900, "2026-04-01", "bo", 7_000, "commit"),
        (4, None, None, "", None, None),
    ):
        log.value(deal, day, minor, "USD")
        log.close(deal, day, on)
        log.owner(deal, day, owner)
        log.probability(deal, day, bp)
        log.say(deal, day, "category", what=category or "")


VALUES: dict[str, tuple[object, object, object]] = {
    "value_at": ((100, "EUR"), (900, "USD"), (None, None)),
    "close_at": ("2026-03-01", "2026-04-01", None),
    "owner_at": ("ana", "bo", ""),
    "bp_at": (None, 7_000, None),
    "category_at": (None, "commit", None),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_what_it_was_at_the_instant(name: str) -> None:
    first, second, last = VALUES[name]
    read = getattr(history(changed), name)
    assert [read(us(day)) for day in (1, 1.5)] == [first, first]
    assert [read(us(2) - TICK), read(us(2)), read(us(3))] == [first, second, second]
    assert [read(us(4) - TICK), read(us(4)), read(us(9))] == [second, last, last]


def test_before_a_deal_began_it_was_worth_nothing_and_stood_nowhere() -> None:
    deal = history(changed)
    before = us(1) - TICK
    assert deal.value_at(before) == (None, None)
    assert (deal.place_at(before), deal.stage_at(before)) == (None, None)
    assert not deal.is_open_at(before)
    assert deal.is_open_at(us(1))


def test_a_place_is_entered_at_its_instant_and_the_stage_stays_behind_an_outcome() -> None:
    def led_back(log: Log, one: int) -> None:
        log.move(one, 2, QUALIFY)
        log.lose(one, 3)
        log.reopen(one, 5, PROPOSAL)

    deal = history(led_back)
    at_days = (1, 2, 3, 4, 5)
    assert [deal.place_at(us(day)) for day in at_days] == [
        LEAD, QUALIFY, LOST_PLACE, LOST_PLACE, PROPOSAL,
    ]  # fmt: skip
    assert [deal.stage_at(us(day)) for day in at_days] == [
        LEAD, QUALIFY, QUALIFY, QUALIFY, PROPOSAL,
    ]  # fmt: skip
    assert [deal.place_at(us(day) - TICK) for day in at_days] == [
        None, LEAD, QUALIFY, LOST_PLACE, LOST_PLACE,
    ]  # fmt: skip
    assert [deal.is_open_at(us(day)) for day in at_days] == [True, True, False, False, True]
    assert deal.is_open_at(us(3) - TICK)


def test_a_closed_deal_is_open_up_to_the_instant_before() -> None:
    deal = history(lambda log, one: log.win(one, 3))
    assert deal.is_open_at(us(3) - TICK)
    assert not deal.is_open_at(us(3))
    assert (deal.places[-1], deal.stage_id, deal.visit_began_at) == (WON_PLACE, LEAD, us(3))


def test_an_archived_deal_is_not_open_while_it_lies_there() -> None:
    def shelved(log: Log, one: int) -> None:
        log.say(one, 2, "archived")
        log.say(one, 4, "unarchived")

    deal = history(shelved)
    asked = (us(2) - TICK, us(2), us(4) - TICK, us(4))
    assert [deal.is_open_at(when) for when in asked] == [True, False, False, True]
    assert [deal.archived_at(when) for when in asked] == [False, True, True, False]


def test_what_nobody_knows_the_closing_of_was_open_at_no_instant() -> None:
    def closed(log: Log, one: int) -> None:
        log.win(one, 3)
        log.forget_when(one)

    deal = history(closed)
    assert not any(deal.is_open_at(us(day)) for day in (1, 2, 3, 9))
    assert not deal.is_close_dated


@pytest.mark.parametrize("known", [None, "day"])
def test_a_deal_that_came_to_its_first_stage_later_is_there_since_then(known: str | None) -> None:
    created = Fact(7, us(1), "created", LEAD, known=known, entered_at=us(3))
    facts: Any = [created[1:], (us(5), "moved", QUALIFY)]
    (deal,) = fold_deals([(7, facts)])
    assert (deal.created_at, deal.entered_at, deal.arrived_at) == (
        us(1), (us(1), us(5)), (us(3), us(5)),
    )  # fmt: skip
    (deal,) = fold_deals([(7, facts)], us(3))
    assert (deal.arrived_at, deal.visit_began_at) == ((us(3),), us(3))
    (deal,) = fold_deals([(7, facts)], us(3) - TICK)
    assert deal.known_by(0) == UNKNOWN  # since when it stands there is not said yet


def test_a_deal_of_unknown_beginning_was_there_when_it_closed() -> None:
    """A file may tell of a closing after one that told of no day at all."""
    created = Fact(7, us(9), "created", LEAD, known=UNKNOWN)
    facts: Any = [created[1:], (us(4), "won", WON_PLACE), (us(12), "reopened", LEAD)]
    for until in (us(4), us(9), us(11)):
        (deal,) = fold_deals([(7, facts)], until)
        assert (deal.created_at, deal.closed_at, deal.entered_at) == (us(4), us(4), (us(4),) * 2)
        assert deal.arrived_at == deal.entered_at
    assert fold_deals([(7, facts)], us(4) - TICK) == []
    (deal,) = fold_deals([(7, facts)])
    assert (deal.outcome, deal.created_at) == (0, us(4))
    known: Any = [created._replace(known=None)[1:], *facts[1:]]
    assert fold_deals([(7, known)], us(8)) == []
    assert fold_deals([(7, [created[1:]])], us(8)) == []


def test_nobody_knows_the_beginning_from_a_closing_of_no_day_either() -> None:
    created = Fact(7, us(9), "created", LEAD, known=UNKNOWN)
    lost = Fact(7, us(4), "lost", LOST_PLACE, known=UNKNOWN)
    facts: Any = [created[1:], lost[1:]]
    (deal,) = fold_deals([(7, facts)])
    assert (deal.created_at, deal.entered_at[0]) == (us(9), us(9))


@pytest.mark.parametrize(
    ("day", "what", "parked"),
    [("2026-01-20", "", False), (None, "call", False), (None, "", True)],
)
def test_a_plan_of_either_kind_wakes_a_deal_and_one_taken_back_does_not(
    day: str | None, what: str, parked: bool
) -> None:
    log = Log()
    deal = log.add(0)
    log.say(deal, 1, "snoozed", on="2026-02-01")
    log.say(deal, 2, "next_step", on=day, what=what)
    (history,) = log.histories()
    assert (history.snoozed_until is not None) is parked
    assert history.next_due == day


@pytest.mark.parametrize("following", ["2026-01-20", None])
def test_after_a_step_is_done_the_following_one_is_due(following: str | None) -> None:
    log = Log()
    deal = log.add(0)
    log.say(deal, 1, "next_step", on="2026-01-09", what="call")
    log.say(deal, 2, "step_done", on=following)
    (history,) = log.histories()
    assert history.next_due == following


@pytest.mark.parametrize(
    ("said", "first_out", "last", "unanswered"),
    [
        (((2, "call out"), (4, "call out")), 2, 4, 2),
        (((4, "call out"), (2, "email out")), 2, 4, 2),
        (((4, "call out"), (2, "email out"), (3, "call out")), 2, 4, 3),
        (((2, "call in"), (4, "call out")), 4, 4, 1),
        (((4, "call out"), (2, "call in")), 4, 4, 0),
        (((2, "meeting in"),), None, 2, 0),
        (((2, "call in"), (3, "handover ")), None, 2, 0),
    ],
)
def test_touches_that_are_told_late_stand_where_they_happened(
    said: tuple[tuple[int, str], ...], first_out: int | None, last: int, unanswered: int
) -> None:
    log = Log()
    deal = log.add(1)
    for day, what in said:
        log.say(deal, day, "touch", what=what)
    (history,) = log.histories()
    assert history.first_outbound_at == (None if first_out is None else us(first_out))
    assert history.last_touch_at == us(last)
    assert history.outbound_since_reply == unanswered


def test_a_deal_that_was_reopened_has_nothing_left_of_its_end() -> None:
    log = Log()
    deal = log.add(0)
    log.say(deal, 1, "next_step", on="2026-02-01", what="call")
    log.lose(deal, 2, "invalid")
    log.facts[-1] = log.facts[-1]._replace(competitor="Kestrel", known=UNKNOWN)
    log.reopen(deal, 5, LEAD)
    (history,) = log.histories()
    assert (history.loss, history.competitor, history.next_due) == (None, "", None)
    assert history.counts and history.is_open and history.is_close_dated


def test_a_deal_whose_beginning_was_taken_back_is_none() -> None:
    facts: Any = [(us(2), "moved", QUALIFY), (us(3), "touch"), (us(4), "won", -1)]
    assert fold_deals([(7, facts)]) == []


def test_what_is_told_up_to_an_instant_is_told_at_that_instant_too() -> None:
    facts: Any = [(us(1), "created", LEAD), (us(2), "moved", QUALIFY), (us(3), "won", -1)]
    for until, places in (
        (us(2) - TICK, (LEAD,)),
        (us(2), (LEAD, QUALIFY)),
        (us(3), (LEAD, QUALIFY, WON_PLACE)),
    ):
        (deal,) = fold_deals([(7, facts)], until)
        assert deal.places == places
    assert fold_deals([(7, facts)], us(1) - TICK) == []


def test_a_fact_may_end_with_the_last_that_it_tells() -> None:
    """What follows is nothing: each kind, as short as it can be."""
    told: list[tuple[Any, ...]] = [
        (0, "created", 1), (1, "value"), (2, "expected_close"), (3, "owner"), (4, "probability"),
        (5, "category"), (6, "next_step"), (7, "snoozed"), (8, "touch"), (9, "step_done"),
        (10, "moved", 2), (11, "lost", 6),
    ]  # fmt: skip
    for length in range(3, 12):
        padded = [(*fact, *(None,) * (length - len(fact))) for fact in told]
        (deal,) = fold_deals([(1, padded)])
        (plain,) = fold_deals([(1, told)])
        assert {name: getattr(deal, name) for name in deal.__slots__} == {
            name: getattr(plain, name) for name in plain.__slots__
        }
