"""Time in stage counts those still there, and the bottleneck is where deals stand too long."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics.chances import stay_at
from pipeboard.domain.metrics.cycle import cycle_median, cycle_since_qualified
from pipeboard.domain.metrics.deals import Deals
from pipeboard.domain.metrics.folding import fold_deals
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.time_in_stage import (
    ages,
    bottleneck,
    by_age,
    dead_candidates,
    dwell,
    expected_days,
    last_touch_at,
    of_unknown_age,
    overstay_by_stage,
    single_contact,
    stalled,
    stalled_by_stage,
)
from pipeboard.domain.pipeline import Stage
from tests.domain.metrics.log import (
    BERLIN_RULES,
    LEAD,
    NEGOTIATE,
    PIPELINE,
    PROPOSAL,
    QUALIFY,
    UTC_RULES,
    Log,
    at,
    ids,
    period,
)

LEADS = PIPELINE.stage(LEAD)


def test_stays_that_go_on_make_the_median_longer() -> None:
    log = Log()
    for span in (5, 7, 9):
        log.move(log.add(0), span, QUALIFY)
    for age in (20, 25, 40):
        log.add(40 - age)
    found = dwell(log.basis(40), LEADS)
    assert (found.km_median.value, found.median.value) == (9, 7)
    assert (found.p80.value, found.p90.value, found.over, found.running) == (9, 9, 3, 3)


def test_a_stay_ends_unseen_when_the_deal_is_put_away() -> None:
    log = Log()
    for span in (5, 7, 9):
        log.move(log.add(0), span, QUALIFY)
    for _ in range(3):
        log.say(log.add(0), 6, "archived")
    # Five at risk in 5 days, of the three that are left then all go on: 5/6 x 1/2.
    assert dwell(log.basis(40), LEADS).km_median.value == 7


def test_a_day_without_a_time_makes_a_stay_of_whole_days() -> None:
    log = Log()
    log.lose(log.add(84.25), 89.75)  # the 26th to the 31st of March; the clock went on on the 29th
    log.add(84.25)
    log.facts = [fact._replace(known="day") for fact in log.facts]
    found = dwell(log.basis(90, rules=BERLIN_RULES), LEADS)
    assert (found.median.value, found.km_median.value) == (5, 5)


def test_without_entries_or_exits_there_is_no_median() -> None:
    log = Log()
    log.add(0)
    assert dwell(log.basis(9), LEADS).median.reason == "nobody has left it yet"
    assert dwell(log.basis(9), LEADS).km_median.reason == "not reached"
    assert dwell(log.basis(9), PIPELINE.stage(QUALIFY)).km_median.reason == "no entries"


def test_each_stay_counts() -> None:
    log = Log()
    deal = log.add(0)
    log.move(deal, 2, QUALIFY)
    log.move(deal, 3, LEAD)
    basis = log.basis(10)
    assert (dwell(basis, LEADS).over, dwell(basis, LEADS).running) == (1, 1)


def test_closing_ends_a_stay() -> None:
    log = Log()
    log.lose(log.add(0), 4)
    assert dwell(log.basis(9), LEADS).median.value == 4


def test_a_stage_without_a_limit_takes_its_usual_stay_once_ten_are_over() -> None:
    log = Log()
    for _ in range(9):
        log.move(log.add(0, PROPOSAL), 6, NEGOTIATE)
    assert PROPOSAL not in expected_days(log.basis(9))
    log.move(log.add(0, PROPOSAL), 6, NEGOTIATE)
    assert expected_days(log.basis(9)) == {LEAD: 7, QUALIFY: 14, PROPOSAL: 6}


def test_what_is_usual_of_a_rep_s_deals_is_what_is_of_everybodys() -> None:
    log = Log()
    for owner, day in (("ana", 2), ("bo", 6)):
        for _ in range(10):
            log.move(log.add(0, PROPOSAL, owner=owner), day, NEGOTIATE)
    for part in log.basis(9).split(by_owner(UTC_RULES)).values():
        assert expected_days(part)[PROPOSAL] == 2


def test_the_bottleneck_has_the_most_days_beyond_the_expected() -> None:
    log = Log()
    slow = [log.add(0, LEAD), log.add(5, LEAD)]
    log.add(0, QUALIFY)
    parked = log.add(0, LEAD)
    log.say(parked, 1, "snoozed", on="2026-06-01")
    basis = log.basis(20)
    assert [int(stage.deal_days) for stage in overstay_by_stage(basis)] == [13 + 8, 6, 0, 0]
    found = bottleneck(basis)
    assert found is not None
    assert (found.stage.name, ids(found.overstay.deals), found.expected) == ("Lead", slow, 7)
    assert found.hint.startswith("Look at where leads come from")


def test_the_earlier_stage_is_the_bottleneck_on_a_tie_and_none_without_overstay() -> None:
    log = Log()
    log.add(7, LEAD)
    log.add(0, QUALIFY)
    found = bottleneck(log.basis(20))
    assert found is not None and found.stage.name == "Lead"
    assert bottleneck(log.basis(14)) is None


def test_a_parked_deal_is_awake_on_its_day_and_late_on_the_day_after_its_limit() -> None:
    log = Log()
    deal = log.add(0, LEAD)
    log.say(deal, 1, "snoozed", on="2026-01-09")
    assert [age.snoozed for day in (7, 8) for age in ages(log.basis(day))] == [True, False]
    unparked = Log()
    unparked.add(0, LEAD)
    for day, late in ((7, []), (8, [1])):
        basis = unparked.basis(day)
        assert ids(overstay_by_stage(basis)[0].deals) == late
        assert bool(bottleneck(basis)) is bool(late)


@pytest.mark.parametrize(
    ("place", "of", "hint"),
    [
        (0, 4, "Look at where leads come from, and at the first pitch."),
        (1, 4, "Look at how leads are qualified before they get here."),
        (2, 4, "Look at terms, and at who has to approve."),
        (3, 4, "Look at terms, and at who has to approve."),
        (0, 7, "Look at where leads come from, and at the first pitch."),
        (3, 7, "Look at how leads are qualified before they get here."),
        (4, 7, "Look at terms, and at who has to approve."),
        (0, 1, "Look at where leads come from, and at the first pitch."),
    ],
)
def test_where_to_look_is_told_by_how_far_along_the_bottleneck_is(
    place: int, of: int, hint: str
) -> None:
    """The first stage, those before two thirds of the way, and those behind them."""
    steps = [Stage(10 + n, f"Step {n}", expected_days=7) for n in range(of)]
    stages = (*steps, *(stage for stage in PIPELINE.stages if not stage.is_open))
    rules = replace(UTC_RULES, pipeline=replace(PIPELINE, stages=stages))
    log = Log()
    log.add(0, stages[place].id)
    found = bottleneck(log.basis(9, rules=rules))
    assert found is not None
    assert (found.stage.id, found.hint) == (stages[place].id, hint)


@pytest.mark.parametrize(
    ("first", "then", "is_touched"), [(LEAD, QUALIFY, True), (QUALIFY, LEAD, False)]
)
def test_an_advance_is_a_touch_and_a_step_back_is_none(
    first: int, then: int, is_touched: bool
) -> None:
    log = Log()
    deal = log.add(0, first)
    log.move(deal, 8, then)
    basis = log.basis(9)
    assert last_touch_at(basis.deals.open[0], basis) == micros(at(8 if is_touched else 0))
    log.say(deal, 8.5, "touch", what="call out")
    basis = log.basis(9)
    assert last_touch_at(basis.deals.open[0], basis) == micros(at(8.5))


def test_parked_deals_are_not_stalled_and_a_dated_plan_stops_the_idle_clock_only() -> None:
    log = Log()
    idle, planned, called, parked, overstaying = (log.add(0) for _ in range(5))
    log.say(planned, 1, "next_step", on="2026-01-08")
    log.say(called, 5, "touch", what="call out")
    log.say(parked, 1, "snoozed", on="2026-06-01")
    basis = log.basis(6)
    assert ids(stalled(basis)) == [idle, overstaying]
    log.say(overstaying, 7, "touch", what="call out")
    log.say(overstaying, 7, "next_step", on="2026-01-10")
    assert overstaying in ids(stalled(log.basis(8)))
    assert stalled_by_stage(basis)[LEAD] == 2


def test_an_advance_is_a_touch_and_a_move_back_is_none() -> None:
    log = Log()
    advanced = log.add(0)
    log.move(advanced, 6, QUALIFY)
    back = log.add(0, QUALIFY)
    log.move(back, 6, LEAD)
    assert ids(stalled(log.basis(7))) == [back]


def test_a_step_that_was_done_is_a_touch_and_one_that_was_put_off_is_none() -> None:
    log = Log()
    done, put_off = log.add(0), log.add(0)
    for deal in (done, put_off):
        log.say(deal, 1, "next_step", on="2026-01-05")
    log.say(done, 5, "step_done")
    log.say(put_off, 5, "next_step")
    assert ids(stalled(log.basis(6))) == [put_off]


def test_silence_after_many_touches_makes_a_dead_candidate() -> None:
    log = Log()
    silent, answered, planned, parked = (log.add(0) for _ in range(4))
    for deal in (silent, answered, planned, parked):
        for day in range(5):
            log.say(deal, day, "touch", what="email out")
    log.say(answered, 4, "touch", what="email in")
    log.say(planned, 4, "next_step", on="2026-03-01")
    log.say(parked, 4, "snoozed", on="2026-03-01")
    assert ids(dead_candidates(log.basis(14))) == []
    assert ids(dead_candidates(log.basis(15))) == [silent]


def test_open_deals_by_their_days_in_stage() -> None:
    log = Log()
    for day in (30, 23, 22, 15, 0):
        log.add(day)
    assert [len(band.deals) for band in by_age(log.basis(30))] == [2, 1, 2, 0]
    assert [len(band.deals) for band in by_age(log.basis(31))] == [1, 2, 1, 1]


def test_only_stays_that_began_in_the_period_are_looked_at() -> None:
    log = Log()
    log.move(log.add(0), 40, QUALIFY)
    log.move(log.add(32), 40, QUALIFY)
    found = dwell(log.basis(60, period("2026-02"), rules=replace(UTC_RULES)), LEADS)
    assert (found.over, found.median.value) == (1, Fraction(8))


def test_of_a_deal_that_nobody_knows_the_beginning_of_the_time_in_its_stage_is_unknown() -> None:
    log = Log()
    undated = log.add(0)
    log.forget_when(undated)
    moved = log.add(0)
    log.forget_when(moved)
    log.move(moved, 20, QUALIFY)
    known = log.add(0)
    basis = log.basis(40)
    by_deal = {age.deal.id: age for age in ages(basis)}
    assert {one: age.days_in_stage for one, age in by_deal.items()} == {
        undated: None, moved: 20, known: 40,
    }  # fmt: skip
    assert not by_deal[undated].overstays and by_deal[known].overstays
    assert ids(of_unknown_age(basis)) == [undated]


def test_of_a_deal_that_closed_nobody_knows_when_only_the_last_stay_is_unknown() -> None:
    log = Log()
    deal = log.add(0)
    log.move(deal, 5, QUALIFY)
    log.lose(deal, 9)
    log.forget_when(deal)
    basis = log.basis(40)
    lead, qualify = (dwell(basis, PIPELINE.stage(one)) for one in (LEAD, QUALIFY))
    assert (lead.over, lead.running, lead.median.value) == (1, 0, 5)
    assert (qualify.over, qualify.running, qualify.median.value) == (0, 0, None)


def test_a_deal_that_came_back_has_no_plan_from_before() -> None:
    log = Log()
    deal = log.add(0)
    log.say(deal, 1, "next_step", on="2026-03-01")
    log.lose(deal, 2)
    log.reopen(deal, 3, LEAD)
    assert ids(stalled(log.basis(9))) == [deal]


def test_a_deal_with_one_person_alone_is_counted_once_it_is_qualified() -> None:
    log = Log()
    log.add(0)
    alone, known = log.add(0, PROPOSAL), log.add(0, PROPOSAL)
    basis = replace(log.basis(9), well_known=frozenset((known,)))
    found = single_contact(basis)
    assert (found.value, ids(found.numerator)) == (Fraction(1, 2), [alone])
    assert single_contact(Log().basis(9)).reason == "no open deal is past qualification"


def test_a_stay_begins_when_the_deal_came_to_its_first_stage_and_its_cycle_when_it_was_made() -> (
    None
):
    log = Log()
    deal = log.add(0, PROPOSAL, value=100)
    log.facts[-1] = log.facts[-1]._replace(entered_at=micros(at(6)))
    log.move(deal, 10, NEGOTIATE)
    log.win(deal, 12)
    basis = log.basis(12)
    (stay,) = basis.visits[PROPOSAL]
    assert dwell(basis, PIPELINE.stage(PROPOSAL)).median.value == 4
    assert (cycle_median(basis).value, cycle_since_qualified(basis).value) == (12, 6)
    assert stay[1:] == (0, True)
    assert [when for when, _ in basis.deals.qualified] == [micros(at(6))]


def test_nobody_knows_for_how_long_a_deal_stands_in_a_stage_that_it_has_yet_to_come_to() -> None:
    log = Log()
    log.add(0, PROPOSAL, value=100)
    log.facts[-1] = log.facts[-1]._replace(entered_at=micros(at(6)))

    def age(day: float) -> tuple[int | None, int | None]:
        (deal,) = fold_until(log, day)
        _, stage, band = stay_at(deal, micros(at(day)))
        assert stage == PROPOSAL
        basis = log.basis(20)
        (whole,) = basis.deals.open
        assert stay_at(whole, micros(at(day)))[2] == band
        (found,) = ages(replace(basis, deals=Deals.of([deal], basis.rules), as_of=at(day)))
        return band, found.days_in_stage

    assert [age(day) for day in (3, 6, 13)] == [(None, None), (0, 0), (1, 7)]


def fold_until(log: Log, day: float) -> list[DealHistory]:
    return fold_deals([(1, [fact[1:] for fact in log.facts])], micros(at(day)))
