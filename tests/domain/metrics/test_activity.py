"""What was done, by whom, and how soon; why deals were lost; whether the process was kept."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics import conversion
from pipeboard.domain.metrics.basis import touched
from pipeboard.domain.metrics.folding import Fact
from pipeboard.domain.metrics.outcomes import loss_reasons
from pipeboard.domain.metrics.process import (
    adherence,
    adherence_rate,
    advances,
    first_response,
    quotes_sent,
    touches,
    waiting,
)
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.rules import by_owner, by_stage
from pipeboard.domain.metrics.velocity import weeks
from pipeboard.domain.review import sales_trap
from tests.domain.metrics.log import (
    BEGIN,
    LEAD,
    LOST,
    NEGOTIATE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    WON,
    Log,
    at,
    ids,
    period,
)

JANUARY = period("2026-01")
STAGE_OF = {"won": WON, "lost": LOST}


def test_the_first_response_is_the_first_touch_from_our_side() -> None:
    log = Log()
    slow, quick, silent = (log.add(1) for _ in range(3))
    log.say(slow, 1.5, "touch", what="email in")
    log.say(slow, 2, "touch", what="call out")
    log.say(quick, 1.25, "touch", what="call out")
    basis = log.basis(3, JANUARY)
    response = first_response(basis)
    assert (response.value, response.n, response.num_ids) == (24, 3, (slow, quick))
    assert [(deal.id, hours) for deal, hours in waiting(basis)] == [(silent, Fraction(48))]


def test_who_has_waited_longest_comes_first_and_then_by_number() -> None:
    log = Log()
    late, early, other = log.add(3), log.add(1), log.add(1)
    assert [deal.id for deal, _ in waiting(log.basis(9))] == [early, other, late]


@pytest.mark.parametrize("end", ["lost", "won", "archived"])
def test_what_is_said_after_a_deal_ended_was_no_answer(end: str) -> None:
    log = Log()
    deal = log.add(1)
    log.facts.append(Fact(deal, micros(at(2)), end, STAGE_OF.get(end)))
    log.say(deal, 3, "touch", what="call out")
    response = first_response(log.basis(9, JANUARY))
    assert (response.value, response.n, response.num_ids) == (None, 1, ())


def test_a_deal_without_a_created_date_waits_nobody_knows_how_long_and_is_no_new_deal() -> None:
    log = Log()
    undated, dated = log.add(1), log.add(2)
    log.facts[0] = log.facts[0]._replace(known="unknown")
    assert [(deal.id, hours) for deal, hours in waiting(log.basis(3))] == [
        (dated, 24),
        (undated, None),
    ]
    for deal in (undated, dated):
        log.say(deal, 3, "touch", what="call out")
    log.facts.sort(key=lambda fact: fact.deal_id)
    (ana,) = touches(log.basis(9, JANUARY))
    assert (ana.total, ana.on_new) == (2, 1)
    assert sales_trap(log.basis(9, JANUARY), None, None).touches_on_new == 1


@pytest.mark.parametrize(("day", "hours"), [(1.75, 0), (2.01, 24), (3.9, 48)])
def test_a_deal_of_a_day_without_a_time_is_answered_within_whole_days(
    day: float, hours: int
) -> None:
    log = Log()
    deal = log.add(1)
    log.facts[-1] = log.facts[-1]._replace(known="day")
    log.say(deal, day, "touch", what="call out")
    assert first_response(log.basis(9, JANUARY)).value == hours


def test_to_come_back_to_the_same_stage_is_no_advance() -> None:
    log = Log()
    deal = log.add(0, LEAD)
    log.reopen(deal, 1, LEAD)
    assert adherence_rate(log.basis(9)).den in (None, 0)


def test_of_two_advances_at_one_instant_each_has_met_its_own_criteria_or_not() -> None:
    log = Log()
    deal = log.add(0, LEAD)
    log.move(deal, 1, QUALIFY, override=True)
    log.move(deal, 1, PROPOSAL)
    rate = adherence_rate(log.basis(9))
    assert (rate.value, rate.num, rate.den) == (Fraction(1, 2), 1, 2)


def test_what_is_said_at_the_instant_of_the_end_is_an_answer() -> None:
    log = Log()
    deal = log.add(1)
    log.say(deal, 2, "touch", what="call out")
    log.lose(deal, 2)
    assert first_response(log.basis(9, JANUARY)).value == 24


@pytest.mark.parametrize(("day", "sent"), [(1.999, 0), (2, 1)])
def test_a_quote_is_sent_from_its_instant_on(day: float, sent: int) -> None:
    log = Log()
    log.add(1)
    log.facts[-1] = log.facts[-1]._replace(quoted_at=micros(at(2)))
    assert quotes_sent(log.basis(day, JANUARY)).value == sent


def test_a_deal_with_two_quotes_counts_once_for_whose_it_was_at_the_first() -> None:
    log = Log()
    deal = log.add(1)
    log.quote(deal, 2)
    log.owner(deal, 3, "bo")
    log.quote(deal, 4)
    groups = Report(log.basis(9, JANUARY)).groups(by_owner(UTC_RULES))
    assert {name: report.metric("quotes_sent").value for name, report in groups.items()} == {
        "ana": 1,
        "bo": 0,
    }


def test_without_any_response_there_is_no_median() -> None:
    log = Log()
    assert first_response(log.basis(3)).reason == "no deals created"
    log.add()
    assert (first_response(log.basis(3)).reason or "").startswith("not reached")


def test_those_that_still_wait_hold_the_median_back() -> None:
    log = Log()
    for _ in range(2):
        log.say(log.add(0), 0.25, "touch", what="call out")
    for _ in range(8):
        log.add(0)
    assert first_response(log.basis(9, JANUARY)).value is None
    for deal in range(3, 7):
        log.say(deal, 5, "touch", what="call out")
    assert first_response(log.basis(9, JANUARY)).value == 5 * 24


def test_touches_are_the_owners_of_that_day_and_tell_new_deals_from_old() -> None:
    log = Log()
    old, new = log.add(0, owner="ana"), log.add(32, owner="ana")
    log.say(old, 33, "touch", what="call out")
    log.owner(old, 34, "bo")
    log.say(old, 35, "touch", what="call out")
    log.say(new, 35, "touch", what="email in")
    log.say(new, 1, "touch", what="email in")
    found = touches(log.basis(40, period("2026-02")))
    assert [(rep.owner, rep.total, rep.on_new) for rep in found] == [("ana", 2, 1), ("bo", 1, 0)]
    assert found[0].by_kind == {"call out": 1, "email in": 1}


def test_the_busiest_are_told_first_and_equals_by_name() -> None:
    log = Log()
    for owner, times in (("ana", 1), ("cy", 2), ("bo", 2)):
        for _ in range(times):
            log.say(log.add(0, owner=owner), 1, "touch", what="call out")
    assert [rep.owner for rep in touches(log.basis(9))] == ["bo", "cy", "ana"]


def test_touches_of_nobodys_deals_are_of_nobody_and_stand_first_among_equals() -> None:
    log = Log()
    for owner in ("ana", ""):
        log.say(log.add(0, owner=owner), 1, "touch", what="call out")
    assert [(rep.owner, rep.total) for rep in touches(log.basis(9))] == [(None, 1), ("ana", 1)]


def test_quotes_are_counted_on_the_day_they_were_sent() -> None:
    log = Log()
    sent, later = log.add(0), log.add(0, owner="bo")
    log.quote(sent, 5)
    log.quote(sent, 45)
    log.quote(later, 40)
    basis = log.basis(50, JANUARY)
    assert quotes_sent(basis).num_ids == (sent,)
    assert quotes_sent(basis.only(by_owner(UTC_RULES), "bo")).value == 0


def test_losses_by_reason_with_their_value_and_stage() -> None:
    log = Log()
    for stage, category, value in (
        (LEAD, "timing", 10),
        (PROPOSAL, "price", 20),
        (PROPOSAL, "price", None),
    ):
        log.lose(log.add(0, stage, value=value), 5, category)
    price, timing = loss_reasons(log.basis(9))
    assert (price.category, len(price.deals), price.value.value) == ("price", 2, 20)
    assert price.stages == {PROPOSAL: 2}
    assert (timing.category, timing.value.value) == ("timing", 10)


def test_adherence_is_the_share_of_advances_without_an_override() -> None:
    log = Log()
    deal = log.add(0, owner="ana")
    log.move(deal, 1, QUALIFY)
    log.move(deal, 2, PROPOSAL, override=True)
    log.move(deal, 3, LEAD)
    log.owner(deal, 4, "bo")
    log.move(deal, 5, NEGOTIATE)
    log.win(deal, 6)
    basis = log.basis(9)
    assert {rep.owner: rep.rate.value for rep in adherence(basis)} == {
        "ana": Fraction(1, 2),
        "bo": 1,
    }
    assert adherence_rate(basis).value == Fraction(3, 4)
    assert adherence_rate(Log().basis(9)).reason == "no advances"


def test_adherence_is_told_by_name_and_of_nobodys_deals_last() -> None:
    log = Log()
    for owner in ("", "bo", "ana"):
        log.move(log.add(0, owner=owner), 1, QUALIFY)
    assert [rep.owner for rep in adherence(log.basis(9))] == ["ana", "bo", None]


def test_a_touch_of_a_deal_that_closed_before_it_in_the_period_counts_once() -> None:
    log = Log()
    deal = log.add(0)
    log.win(deal, 5)
    log.say(deal, 6, "touch", what="call out")
    for label in ("all", "2026-01"):
        assert [rep.total for rep in touches(log.basis(9, period(label)))] == [1]


@pytest.mark.parametrize("end", ["once", "twice", "sometime"])
def test_a_touch_after_a_deal_closed_before_the_period_counts_once(end: str) -> None:
    log = Log()
    deal = log.add(0)
    log.win(deal, 5)
    if end == "twice":
        log.reopen(deal, 8, LEAD)
        log.win(deal, 10)
    elif end == "sometime":
        log.forget_when(deal)
    log.say(deal, 40, "touch", what="call out")
    assert [rep.total for rep in touches(log.basis(50, period("2026-02")))] == [1]


@pytest.mark.parametrize(("end", "begins"), [(12, 5), (13, 12), (14, 12)])
def test_the_weeks_of_a_past_period_end_with_that_of_its_last_day(end: int, begins: int) -> None:
    past = period(f"2026-01-01..2026-01-{end}")
    assert str(weeks(Log().basis(60, past))[-1].start) == f"2026-01-{begins:02}"


def test_thirteen_weeks_end_with_the_running_one() -> None:
    log = Log()
    log.win(log.add(0, value=7), 5)
    log.path(LEAD, LOST, begin=11)
    found = weeks(log.basis(12))
    assert len(found) == 13
    last, before = found[-1], found[-2]
    assert (str(last.start), last.partial, last.created.value) == ("2026-01-12", True, 1)
    assert (str(before.start), before.partial, before.won.value) == ("2026-01-05", False, 7)
    assert ids(found[-3].created.numerator) == [1]
    assert BEGIN.year == 2026


@pytest.mark.parametrize(
    ("day", "partial"),
    [(10.999, [False, True]), (11, [False, True]), (11.001, [False, True])],
)
def test_a_week_is_full_from_the_first_instant_of_the_next_one(
    day: float, partial: list[bool]
) -> None:
    found = weeks(Log().basis(day))
    assert [week.partial for week in found[-2:]] == partial
    assert not any(week.partial for week in found[:-1])


def test_what_is_done_on_the_first_instant_of_a_period_is_done_in_it() -> None:
    log = Log()
    deal = log.add(0)
    for day, what in ((31, "call out"), (58.9, "email in"), (59, "call in")):
        log.say(deal, day, "touch", what=what)
    log.move(deal, 31, QUALIFY)
    log.move(deal, 59, PROPOSAL)
    basis = log.basis(70, period("2026-02"))
    (ana,) = touches(basis)
    assert (dict(ana.by_kind), ana.on_new) == ({"call out": 1, "email in": 1}, 0)
    assert adherence_rate(basis).den == 1


def test_what_is_done_as_a_deal_closes_on_the_first_instant_of_a_period_is_done_in_it() -> None:
    log = Log()
    deal = log.add(0, QUALIFY)
    log.say(deal, 31, "touch", what="call out")
    log.win(deal, 31)
    for label, done in (("2026-01", 0), ("2026-02", 1)):
        basis = log.basis(70, period(label))
        assert [found.total for found in touches(basis)] == [1] * done
        assert adherence_rate(basis).num_ids == (deal,) * done
        assert conversion.skipped(basis)[PROPOSAL].den == (1 if done else None)


def test_a_gate_that_was_passed_elsewhere_is_no_advance_of_anybody_here() -> None:
    log = Log()
    moved, won = log.add(0), log.add(0)
    log._put(moved, 1, "moved", QUALIFY, detail="elsewhere")
    log._put(won, 1, "won", WON, detail="elsewhere")
    assert adherence_rate(log.basis(9)).reason == "no advances"
    log.move(moved, 2, PROPOSAL, override=True)
    rate = adherence_rate(log.basis(9))
    assert (rate.num, rate.den) == (0, 1)


def test_what_happened_while_a_deal_was_anothers_is_theirs() -> None:
    log = Log()
    deal = log.add(1)
    log.say(deal, 5, "touch", what="call out")
    log.move(deal, 6, QUALIFY)
    log.owner(deal, 10, "bo")
    log.say(deal, 12, "touch", what="email out")
    whole = Report(log.basis(20, JANUARY))
    found = {}
    for name in ("ana", "bo", "cy"):
        part = whole.only(by_owner(UTC_RULES), name)
        kinds = [(one.owner, dict(one.by_kind)) for one in touches(part.basis)]
        found[name] = kinds, [*part.groups(by_stage(UTC_RULES))]
    assert found == {
        "ana": ([("ana", {"call out": 1})], ["Lead", "Qualify"]),
        "bo": ([("bo", {"email out": 1})], ["Qualify"]),
        "cy": ([], []),
    }


@pytest.mark.parametrize(
    ("steps", "then", "days"),
    [
        ((LEAD,), None, []),
        ((LEAD, QUALIFY), None, [1]),
        ((LEAD, QUALIFY, LEAD, QUALIFY), None, [1, 3]),
        ((QUALIFY, LEAD), None, []),
        ((LEAD, WON), None, [1]),
        ((LEAD, LOST), None, []),
        ((LEAD, LOST), LEAD, []),
        ((LEAD, LOST), NEGOTIATE, []),
        ((LEAD, WON), NEGOTIATE, [1]),
        ((LEAD, PROPOSAL, WON), PROPOSAL, [1, 2]),
    ],
)
def test_a_deal_goes_forwards_into_later_stages_and_to_its_win_not_by_coming_back(
    steps: tuple[int, ...], then: int | None, days: list[int]
) -> None:
    log = Log()
    deal = log.path(*steps)
    if then is not None:
        log.reopen(deal, 9, then)
    found = advances(log.basis(20, JANUARY))
    assert [one.at for one in found] == [micros(at(day)) for day in days]
    assert all(one.is_clean for one in found)
    assert advances(log.basis(20, period("2026-02"))) == []


def test_touches_are_the_same_whatever_was_asked_before() -> None:
    log = Log()
    closed, open_ = log.add(0), log.add(0)
    log.win(closed, 10)
    for deal, day in ((closed, 5), (closed, 20), (open_, 20), (closed, 30)):
        log.say(deal, day, "touch", what="call out")
    wanted = {(0, 8): 1, (15, 25): 2, (25, 40): 1, (0, 40): 4}
    for order in (list(wanted), list(wanted)[::-1]):
        basis = log.basis(40)
        counted = {
            days: sum(1 for _ in touched(basis, *(micros(at(day)) for day in days)))
            for days in order
        }
        assert counted == wanted
