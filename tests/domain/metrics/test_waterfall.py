"""The waterfall balances for any history, and each deal is in its one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.outcomes import won_value
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.waterfall import (
    COMING,
    GOING,
    Waterfall,
    waterfall,
    waterfall_of_days,
    waterfall_since,
)
from pipeboard.domain.money import Rates
from tests.domain.metrics.log import (
    BERLIN_RULES,
    LEAD,
    UTC_RULES,
    Log,
    at,
    ids,
    off_by,
    period,
)
from tests.domain.metrics.made_up import OWNERS, SPAN, logs
from tests.domain.metrics.test_money import CONVERTED

QUARTER = period("2026Q1")
FEBRUARY = period("2026-02")
DUE, LATER = "2026-02-20", "2026-03-05"


def amounts(flow: Waterfall) -> dict[str, int | Fraction]:
    """The lines that are not 0."""
    lines = {"start": flow.start, "end": flow.end, **flow.coming, **flow.going}
    return {name: line.amount for name, line in lines.items() if line.amount}


def test_a_month_with_one_deal_of_each_kind() -> None:
    log = Log()
    for value in (100, 50, 60, 80, 20):
        log.add(0, value=value, close=DUE)
    pulled = log.add(0, value=30, close=LATER)
    log.value(1, 40, 120)
    log.value(2, 40, 40)
    log.add(40, value=70, close=DUE)
    log.close(pulled, 40, DUE)
    log.win(3, 40)
    log.lose(4, 40)
    log.close(5, 40, LATER)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {
        "start": 310,
        "end": 260,
        "created": 70,
        "pulled_in": 30,
        "increased": 20,
        "decreased": 10,
        "won": 60,
        "lost": 80,
        "pushed_out": 20,
    }
    assert off_by(flow) == 0


def test_both_ends_are_told_at_the_rate_of_the_last_day() -> None:
    log = Log()
    log.add(1, value=100, currency="USD", close=DUE)
    flow = waterfall_since(log.basis(20, QUARTER, rules=CONVERTED), micros(at(5)))
    assert amounts(flow) == {"start": 80, "end": 80}


@pytest.mark.parametrize(("day", "line"), [(40, "created"), (31 - 1 / 86_400_000_000, "start")])
def test_a_deal_of_this_instant_is_there(day: float, line: str) -> None:
    log = Log()
    log.add(0, value=100, close=DUE)
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(day)))
    assert amounts(waterfall(log.basis(40, FEBRUARY))) == {line: 100, "end": 100}


def test_a_win_from_before_the_period_is_none_of_it_and_no_loss() -> None:
    log = Log()
    log.win(log.add(0, value=100, close=DUE), 27)
    flow = waterfall_since(log.basis(40, FEBRUARY), micros(at(24)))
    assert amounts(flow) == {"start": 100, "transferred_out": 100}


def test_a_win_that_was_merged_away_is_no_win_and_goes_out_as_removed() -> None:
    log = Log()
    for value in (100, 50):
        deal = log.add(0, value=value, close=DUE)
        log.win(deal, 40)
    log.say(2, 41, "merged")
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {"start": 150, "won": 100, "removed": 50}
    assert off_by(flow) == 0


def test_what_was_lost_taken_up_again_and_lost_once_more_was_no_loss_of_the_period() -> None:
    log = Log()
    deal = log.add(0, value=50, close=DUE)
    log.lose(deal, 40)
    assert amounts(waterfall(log.basis(58, FEBRUARY))) == {"start": 50, "lost": 50}
    log.reopen(deal, 65, LEAD)
    log.lose(deal, 70)
    assert amounts(waterfall(log.basis(80, FEBRUARY))) == {"start": 50, "reopened_later": 50}


def test_what_comes_back_and_what_is_taken_out() -> None:
    log = Log()
    reopened, archived, invalid = (log.add(0, value=10, close=DUE) for _ in range(3))
    log.lose(reopened, 5)
    log.reopen(reopened, 40, LEAD)
    log.say(archived, 40, "archived")
    log.lose(invalid, 40, "invalid")
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {"start": 20, "end": 10, "reopened": 10, "removed": 20}


@pytest.mark.parametrize(("merged", "line"), [(45, "removed"), (70, "pushed_out")])
def test_a_deal_that_is_merged_later_went_where_it_went_then(merged: float, line: str) -> None:
    log = Log()
    deal = log.add(0, value=10, close=DUE)
    log.close(deal, 40, LATER)
    log.say(deal, merged, "merged")
    assert amounts(waterfall(log.basis(90, FEBRUARY))) == {"start": 10, line: 10}


def test_what_was_lost_goes_as_lost_though_it_is_put_away_later() -> None:
    log = Log()
    deal = log.add(0, value=50, close=DUE)
    log.lose(deal, 40)
    log.say(deal, 45, "archived")
    assert amounts(waterfall(log.basis(90, FEBRUARY))) == {"start": 50, "lost": 50}


def test_a_deal_is_without_a_value_where_it_had_none_at_either_end() -> None:
    log = Log()
    for value in (None, None, 10):
        log.add(0, value=value, close=DUE)
    log.value(2, 40, 20)
    log.value(3, 40, None)
    assert waterfall(log.basis(50, FEBRUARY)).excluded == {"no value": 1}


def test_a_win_without_a_value_lacks_a_value_and_no_rate() -> None:
    log = Log()
    log.win(log.add(0, value=None, close=DUE), 40)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert (amounts(flow), flow.excluded) == ({}, {"no value": 1})
    assert ids(flow.going["won"].deals) == [1]


def test_a_win_goes_at_what_it_brought() -> None:
    log = Log()
    log.win(log.add(0, value=100, close=DUE), 40, 90)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {"start": 100, "decreased": 10, "won": 90}
    assert flow.won_above.amount == -10


def test_what_came_and_was_won_in_between_has_its_line() -> None:
    log = Log()
    log.win(log.add(35, value=100, close=DUE), 40)
    log.lose(log.add(35, value=30), 40)
    log.lose(log.add(35, value=7), 40, "invalid")
    log.lose(log.add(35, value=9, currency="USD"), 40)  # there is no rate for it
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {"won_from_outside": 100, "won": 100}
    assert (flow.created_and_won.amount, flow.created_and_lost.amount) == (100, 30)
    assert flow.excluded == {"no rate": 1}


@pytest.mark.parametrize(("day", "created"), [(31, True), (31 - 1e-6, False)])
def test_what_began_in_the_first_instant_was_created_in_the_period(
    day: float, created: bool
) -> None:
    log = Log()
    log.win(log.add(day, value=100, close=DUE), 40)
    log.lose(log.add(day, value=30, close=DUE), 40)
    log.add(day, value=7, close=DUE)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert (flow.created_and_won.amount, flow.created_and_lost.amount) == (
        (100, 30) if created else (0, 0)
    )
    assert flow.coming["created"].amount == (7 if created else 0)
    assert flow.start.amount == (0 if created else 137)


def test_a_deal_that_changed_hands_is_transferred() -> None:
    log = Log()
    deal = log.add(0, value=10, close=DUE, owner="ana")
    log.owner(deal, 40, "bo")
    basis = log.basis(50, FEBRUARY)
    ana, bo = (waterfall(basis.only(by_owner(UTC_RULES), owner)) for owner in ("ana", "bo"))
    assert amounts(ana) == {"start": 10, "transferred_out": 10}
    assert amounts(bo) == {"end": 10, "transferred_in": 10}
    assert amounts(waterfall(basis)) == {"start": 10, "end": 10}


def test_an_event_at_the_first_instant_of_the_period_belongs_to_it() -> None:
    log = Log()
    log.add(31, value=10, close=DUE)
    assert amounts(waterfall(log.basis(50, FEBRUARY))) == {"end": 10, "created": 10}


def test_a_past_period_is_seen_as_it_ended() -> None:
    log = Log()
    deal = log.add(0, value=10, close=DUE)
    log.value(deal, 70, 99)
    log.win(deal, 80)
    assert amounts(waterfall(log.basis(90, FEBRUARY))) == {"start": 10, "end": 10}


def test_deals_without_a_rate_are_left_out_of_every_line() -> None:
    log = Log()
    deal = log.add(0, value=10, close=DUE, currency="USD")
    log.add(0, close=DUE)
    log.value(deal, 40, 20)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {}
    assert flow.excluded == {"no rate": 1, "no value": 1}
    assert flow.reason == "no rate"
    log.add(0, value=5, close=DUE)
    assert waterfall(log.basis(50, FEBRUARY)).reason is None
    assert waterfall(Log().basis(50, FEBRUARY)).reason is None


def test_of_what_nobody_knows_the_closing_of_only_what_counts_is_left_out_and_told() -> None:
    log = Log()
    for category in ("price", "invalid", "timing"):
        deal = log.add(0, value=10, close=DUE)
        log.lose(deal, 40, category)
        log.forget_when(deal)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert (amounts(flow), flow.excluded) == ({}, {"no closing date": 2})


def test_a_rate_is_asked_only_for_what_stands_in_a_line() -> None:
    log = Log()
    won, new = (log.add(0, value=10, close="2026-01-20", currency="USD") for _ in range(2))
    log.win(won, 40, 30)
    log.value(new, 41, 20)
    log.close(new, 42, DUE)
    flow = waterfall(log.basis(50, FEBRUARY))
    assert amounts(flow) == {"won_from_outside": 30, "won": 30, "pulled_in": 20, "end": 20}
    assert flow.excluded == {}


@given(logs(), st.integers(1, SPAN + 30), st.sampled_from(("2026Q1", "2026-02", "2026-04", "all")))
def test_it_balances_for_any_history(log: Log, day: int, label: str) -> None:
    for rules in (UTC_RULES, BERLIN_RULES):
        flow = waterfall(log.basis(day, period(label), rules=rules))
        assert off_by(flow) == 0
        one_line = [*flow.coming.values(), *flow.going.values()]
        moves = {**flow.coming, **flow.going}
        listed = [
            deal
            for name, line in moves.items()
            if name not in ("increased", "decreased", "won_from_outside")
            for deal in ids(line.deals)
        ]
        assert len(listed) == len(set(listed))
        assert all(line.amount >= 0 for line in one_line)


@given(logs(), st.integers(1, SPAN + 30), st.sampled_from(("2026Q1", "2026-02", "2026-04", "all")))
def test_what_was_won_is_what_the_ledger_says(log: Log, day: int, label: str) -> None:
    basis = log.basis(day, period(label))
    for part in (basis, *basis.split(by_owner(UTC_RULES)).values()):
        won = won_value(part)
        if won.value is not None:
            assert waterfall(part).going["won"].amount == won.value


@given(logs(), st.integers(1, SPAN), st.integers(0, SPAN))
def test_it_balances_between_any_two_instants(log: Log, day: int, since: int) -> None:
    flow = waterfall_since(log.basis(day, period("2026Q1")), micros(at(since)))
    amounts = flow.whole()
    came, went = (sum(amounts[name] for name in side) for side in (COMING, GOING))
    assert off_by(flow) == amounts["start"] + came - went - amounts["end"] == 0


def test_whole_cents_still_balance() -> None:
    log = Log()
    for currency in ("USD", "USD", "EUR"):
        log.add(0, value=101, close=DUE, currency=currency)
    log.value(2, 40, 55, "USD")
    log.lose(1, 40)
    rates = Rates("EUR", {"USD": ((date(2026, 1, 1), Fraction(1, 3)),)})
    flow = waterfall(log.basis(50, FEBRUARY, rules=replace(UTC_RULES, rates=rates)))
    whole = flow.whole()
    assert all(isinstance(amount, int) for amount in whole.values())
    assert whole["start"] - whole["decreased"] - whole["lost"] == whole["end"]


@given(logs(), st.integers(1, SPAN), st.sampled_from(("2026Q1", "2026-02")))
def test_the_reps_waterfalls_add_up_to_everybodys(log: Log, day: int, label: str) -> None:
    basis = log.basis(day, period(label))
    parts = [waterfall(basis.only(by_owner(UTC_RULES), owner)) for owner in OWNERS]
    whole = waterfall(basis)
    assert all(off_by(part) == 0 for part in parts)
    for line in ("start", "end"):
        assert sum(getattr(part, line).amount for part in parts) == getattr(whole, line).amount
    moved = [
        sum(side[name].amount for side in sides)
        for sides, name in (
            ([part.coming for part in parts], "transferred_in"),
            ([part.going for part in parts], "transferred_out"),
        )
    ]
    changes = [
        sum(part.coming["increased"].amount - part.going["decreased"].amount for part in parts),
        whole.coming["increased"].amount - whole.going["decreased"].amount,
    ]
    assert moved[0] - moved[1] + changes[0] == changes[1]
    assert sum(part.going["lost"].amount for part in parts) == whole.going["lost"].amount


def test_a_deal_handed_over_and_then_lost_is_in_both_reps_ledgers() -> None:
    log = Log()
    deal = log.add(0, value=100, close=DUE, owner=OWNERS[0])
    log.owner(deal, 35, OWNERS[1])
    log.lose(deal, 40)
    basis = log.basis(50, FEBRUARY)
    gave, took = (waterfall(basis.only(by_owner(UTC_RULES), owner)) for owner in OWNERS[:2])
    assert amounts(gave) == {"start": 100, "transferred_out": 100}
    assert amounts(took) == {"transferred_in": 100, "lost": 100}
    assert amounts(waterfall(basis)) == {"start": 100, "lost": 100}


def test_a_change_at_the_first_instant_after_the_days_asked_for_is_not_in_them() -> None:
    log = Log()
    deal = log.add(0, value=100, close=DUE)
    for day, value in ((35, 130), (40, 150)):
        log.value(deal, day, value)
    basis = log.basis(50, FEBRUARY)
    first, after = date(2026, 2, 1), date(2026, 2, 10)
    assert at(40).date() == after
    assert waterfall_of_days(basis, first, after).coming["increased"].amount == 30
    assert waterfall_of_days(basis, first).coming["increased"].amount == 50
    assert waterfall_of_days(basis, first, after).end.amount == 130


def test_what_rounding_leaves_over_goes_to_the_largest_line_but_the_wins() -> None:
    flow = Waterfall(0, 1)
    half = Fraction(1, 2)
    for line, amount in (
        (flow.start, 10 + half), (flow.coming["created"], 3 + half), (flow.coming["increased"], 7),
        (flow.going["won"], 20), (flow.end, 1),
    ):  # fmt: skip
        line.amount = amount
    whole = flow.whole()
    assert {name: amount for name, amount in whole.items() if amount} == {
        "start": 11, "created": 4, "increased": 6, "won": 20, "end": 1
    }  # fmt: skip


def test_what_rounding_leaves_over_goes_to_the_start_where_every_other_line_is_0() -> None:
    flow = Waterfall(0, 1)
    flow.start.amount, flow.coming["increased"].amount = Fraction(2, 5), Fraction(1, 10)
    flow.end.amount = Fraction(1, 2)
    assert {name: amount for name, amount in flow.whole().items() if amount} == {
        "start": 1, "end": 1
    }  # fmt: skip


@pytest.mark.parametrize("how", ["invalid", "merged"])
def test_a_deal_handed_over_and_then_taken_out_of_every_number_was_no_loss_of_whoever_took_it(
    how: str,
) -> None:
    log = Log()
    deal = log.add(0, value=100, close=DUE, owner="ana")
    log.owner(deal, 35, "bo")
    log.lose(deal, 40, "invalid" if how == "invalid" else "price")
    if how == "merged":
        log.say(deal, 45, "merged")
    basis = log.basis(50, FEBRUARY)
    gave, took = (waterfall(basis.only(by_owner(UTC_RULES), owner)) for owner in ("ana", "bo"))
    assert amounts(gave) == amounts(waterfall(basis)) == {"start": 100, "removed": 100}
    assert amounts(took) == {}


@pytest.mark.parametrize(("us", "lines"), [
    (-1, {"start": 1_111, "won": 1_000, "lost": 100, "pushed_out": 10, "removed": 1}),
    (0, {"start": 1_111, "end": 1_111}),
])  # fmt: skip
def test_what_happens_in_the_last_instant_of_the_days_is_in_them(
    us: int, lines: dict[str, int]
) -> None:
    log = Log()
    won, lost, pushed, gone = (log.add(0, value=value, close=DUE) for value in (1_000, 100, 10, 1))
    log.win(won, 40)
    log.lose(lost, 40)
    log.close(pushed, 40, LATER)
    log.say(gone, 40, "archived")
    until = micros(at(40)) - us
    flow = waterfall_since(log.basis(50, FEBRUARY), micros(at(35)), until)
    assert amounts(flow) == lines


def test_what_stays_as_it_was_is_in_no_line_of_changes() -> None:
    log = Log()
    log.add(0, value=100, close=DUE)
    won = log.add(0, value=50, close=DUE)
    log.win(won, 40)
    flow = waterfall(log.basis(50, FEBRUARY))
    behind = {name: ids(line.deals) for name, line in flow.lines.items() if line.deals}
    assert behind == {"start": [1, 2], "won": [2], "end": [1]}
    assert flow.won_above.deals == []


@pytest.mark.parametrize(("us", "line"), [(0, "pulled_in"), (1, "created")])
def test_a_deal_that_began_just_before_the_days_was_not_created_in_them(us: int, line: str) -> None:
    log = Log()
    deal = log.add(0, value=10)
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(31)) - 1 + us)
    log.close(deal, 40, DUE)
    assert amounts(waterfall(log.basis(50, FEBRUARY))) == {line: 10, "end": 10}


@pytest.mark.parametrize(("us", "amount"), [(-1, 0), (0, 30)])
def test_what_began_before_the_first_instant_was_not_created_and_lost_in_the_period(
    us: int, amount: int
) -> None:
    log = Log()
    deal = log.add(0, value=30)
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(31)) + us)
    log.lose(deal, 40)
    assert waterfall(log.basis(50, FEBRUARY)).created_and_lost.amount == amount


def test_a_deal_handed_over_and_then_won_comes_in_from_the_other_rep() -> None:
    log = Log()
    deal = log.add(0, value=100, close=DUE, owner="ana")
    log.owner(deal, 35, "bo")
    log.win(deal, 40, 120)
    basis = log.basis(50, FEBRUARY)
    gave, took = (waterfall(basis.only(by_owner(UTC_RULES), owner)) for owner in ("ana", "bo"))
    assert amounts(gave) == {"start": 100, "transferred_out": 100}
    assert amounts(took) == {"transferred_in": 100, "increased": 20, "won": 120}
    assert (gave.won_above.amount, took.won_above.amount) == (0, 20)


def test_what_was_created_and_lost_is_beside_the_ledger_of_whoever_lost_it() -> None:
    log = Log()
    for value, handed in ((30, False), (50, True)):
        deal = log.add(35, value=value, owner="ana")
        if handed:
            log.owner(deal, 38, "bo")
        log.lose(deal, 40)
    basis = log.basis(50, FEBRUARY)
    lost = {
        owner: waterfall(basis.only(by_owner(UTC_RULES), owner)).created_and_lost.amount
        for owner in ("ana", "bo", "cy")
    }
    assert lost == {"ana": 30, "bo": 50, "cy": 0}
    assert waterfall(basis).created_and_lost.amount == 80


@pytest.mark.parametrize(("us", "line"), [(-1, "start"), (0, "created"), (1, "created")])
def test_a_ledger_begins_just_before_the_instant_that_is_asked_for(us: int, line: str) -> None:
    log = Log()
    log.add(0, value=10, close=DUE)
    log.facts[-1] = log.facts[-1]._replace(at=micros(at(35)) + us)
    flow = waterfall_since(log.basis(50, FEBRUARY), micros(at(35)))
    assert amounts(flow) == {line: 10, "end": 10}
