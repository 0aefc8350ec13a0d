"""The days and counts from which on something is said of a deal: on the last day it is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import hours_too_soon, next_time
from pipeboard.domain.deal import Answer, Deal, NextStep
from pipeboard.domain.hygiene import Fault, faults, norm
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Factor
from pipeboard.domain.queue import (
    CLOSING_DAYS,
    OFFER_DAYS,
    Day,
    Tier,
    is_new_inbound,
    measured_chance,
    place,
)
from pipeboard.domain.score import score
from pipeboard.domain.signs import SILENT_TOUCHES, dead_evidence, stalled_reasons
from tests.domain.deciding_cases import BERLIN, LEAD, NEEDS, NOW, SALES, TODAY, do, new

DAY = timedelta(days=1)
STAGE = replace(SALES.stage(LEAD), expected_days=10, idle_days=4)
PIPELINE = replace(SALES, stages=(STAGE, *SALES.stages[1:]))


def begun(days_ago: int, **fields: Any) -> Deal:
    return new(LEAD, NOW - days_ago * DAY, **fields)


def stalled(deal: Deal, today: date = TODAY) -> list[str]:
    return [text.split()[0] for text in stalled_reasons(deal, PIPELINE, today, BERLIN)]


@pytest.mark.parametrize(("days", "expected"), [(10, ["idle"]), (11, ["overstay", "idle"])])
def test_a_deal_overstays_from_the_day_after_its_last_one(days: int, expected: list[str]) -> None:
    assert stalled(begun(days)) == expected


@pytest.mark.parametrize(("days", "expected"), [(4, []), (5, ["idle"])])
def test_a_deal_idles_from_the_day_after_its_last_one(days: int, expected: list[str]) -> None:
    assert stalled(begun(days)) == expected


@pytest.mark.parametrize(("ahead", "is_planned"), [(-1, False), (0, True), (4, True), (5, False)])
def test_a_step_within_the_idle_days_keeps_a_deal_from_idling(ahead: int, is_planned: bool) -> None:
    deal = begun(5, next_step=NextStep("call", TODAY + ahead * DAY))
    assert ("idle" in stalled(deal)) is not is_planned


def test_a_deal_that_nobody_touched_is_as_old_as_it_is_though_it_moved() -> None:
    moved = do(begun(9), c.Move(NEEDS, "because so"), NOW - 9 * DAY)
    assert stalled(replace(moved, stage_id=LEAD, stage_entered_at=NOW, last_touch_at=None)) == [
        "idle"
    ]


@pytest.mark.parametrize(
    ("days", "asked", "is_dead"),
    [(9, SILENT_TOUCHES, True), (8, SILENT_TOUCHES, False), (9, SILENT_TOUCHES - 1, False)],
)
def test_a_deal_may_be_given_up_after_twice_the_idle_days_and_enough_silence(
    days: int, asked: int, is_dead: bool
) -> None:
    deal = replace(begun(days), outbound_since_reply=asked)
    assert bool(dead_evidence(deal, PIPELINE, TODAY, BERLIN)) is is_dead


def answers(number: int) -> dict[str, Answer]:
    return {question.key: Answer("yes") for question in SALES.questions[:number]}


def closing(**fields: Any) -> bool:
    found = place(new(**fields), PIPELINE, Day(TODAY, BERLIN))
    assert found is not None
    return Tier.CLOSING in [reason.tier for reason in found.reasons]


@pytest.mark.parametrize(("past", "is_said"), [(0, True), (1, False)])
def test_the_queue_looks_so_far_ahead(past: int, is_said: bool) -> None:
    assert closing(offer_expires_on=TODAY + (OFFER_DAYS + past) * DAY) is is_said
    assert closing(expected_close=TODAY + (CLOSING_DAYS + past) * DAY) is is_said


def test_few_closed_deals_move_a_chance_a_little_from_what_the_stage_says() -> None:
    assert measured_chance(0, 0, 5_000) == 0.5
    assert 0.5 < (measured_chance(1, 1, 5_000) or 0) < 0.6
    assert measured_chance(1, 1, None) == 1
    assert measured_chance(0, 0, None) is None


@pytest.mark.parametrize(
    ("fields", "is_new"),
    [
        ({"source": "web"}, True),
        ({"source": "cold-call"}, False),
        ({"source": ""}, False),
        ({"source": "web", "next_step": NextStep("call", TODAY)}, False),
    ],
)
def test_a_lead_is_new_inbound_until_somebody_plans_or_answers(
    fields: dict[str, Any], is_new: bool
) -> None:
    assert is_new_inbound(new(**fields)) is is_new
    assert not is_new_inbound(do(new(**fields), c.LogTouch("call", "out")))


@pytest.mark.parametrize(("close", "is_passed"), [(TODAY - DAY, True), (TODAY, False)])
def test_a_close_date_has_passed_from_the_day_after_on(close: date, is_passed: bool) -> None:
    found = faults(new(expected_close=close), PIPELINE, TODAY, ())
    assert (Fault.CLOSE_PASSED in found) is is_passed


def test_a_deal_has_answers_enough_with_as_many_as_the_norm_asks() -> None:
    asked, stage = norm(SALES).answers, min(norm(SALES).qualified)
    for number, is_short in ((asked - 1, True), (asked, False)):
        deal = new(stage, answers=answers(number))
        assert (Fault.ANSWERS in faults(deal, SALES, TODAY, ())) is is_short


def test_a_deal_of_somebody_away_has_no_owner_at_work() -> None:
    assert Fault.OWNER in faults(new(owner="bo"), SALES, TODAY, ("bo",))
    assert Fault.OWNER not in faults(new(owner="bo"), SALES, TODAY, ("ana",))


@pytest.mark.parametrize(
    ("due", "again"),
    [(TODAY - 7 * DAY, TODAY + 7 * DAY), (TODAY - 6 * DAY, TODAY + DAY), (None, TODAY + 7 * DAY)],
)
def test_a_step_that_recurs_comes_again_on_a_day_to_come(due: date | None, again: date) -> None:
    step = next_time(NextStep("call", due, "1w"), TODAY)
    assert step is not None
    assert step.due == again


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(timedelta(hours=24), None), (timedelta(hours=23, minutes=59), 23), (timedelta(0), 0)],
)
def test_it_is_too_soon_until_the_hours_are_over(ago: timedelta, expected: int | None) -> None:
    assert hours_too_soon(replace(new(), last_outbound_at=NOW - ago), NOW, 24) == expected


def scored(out: datetime | None, came: datetime | None, **fields: Any) -> tuple[int, int] | None:
    deal = replace(new(**fields), last_outbound_at=out, last_reply_at=came)
    found = score(deal, PIPELINE, TODAY, BERLIN)
    return None if found is None else (found.low, found.high)


def test_a_word_each_way_counts_until_the_last_idle_day() -> None:
    last, before = NOW - 4 * DAY, NOW - 5 * DAY
    assert scored(last, last) == (4, 89)
    assert scored(before, last) is None
    assert scored(last, before) is None
    assert scored(last, None) is None


def test_what_is_unknown_lies_between_nothing_and_everything() -> None:
    assert scored(None, None) is None
    low, high = scored(None, None, trial_close="yes") or (0, 0)
    assert 0 < low < high < 100


def test_more_signs_of_interest_than_a_rating_has_points_are_worth_no_more() -> None:
    keen = tuple(replace(one, proves=(Factor.INTEREST,)) for one in SALES.questions)
    deal = replace(new(answers=answers(5), trial_close="yes"), last_outbound_at=NOW)
    found = score(deal, replace(PIPELINE, questions=keen), TODAY, BERLIN)
    assert found is not None
    assert (found.low, found.high) == (15, 100)
