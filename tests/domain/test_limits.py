"""The days and counts from which on something is said of a deal: on the last day it is not."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import (
    PERSISTENCE,
    POST_SALE,
    PRESETS,
    follow_up_days,
    follow_ups,
    hours_too_soon,
    known_time,
    next_time,
    on_working_day,
    parse_step,
    sequel,
)
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import (
    UNKNOWN,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Status,
    Touch,
    channel_of,
)
from pipeboard.domain.errors import BadInput
from pipeboard.domain.hygiene import GROUPS, LABELS, Fault, company, faults, norm
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money, Rates
from pipeboard.domain.pipeline import Factor
from pipeboard.domain.queue import (
    TIER_NAMES,
    Day,
    Load,
    Position,
    Queued,
    Reason,
    Tier,
    is_handled,
    is_new_inbound,
    is_unplanned,
    measured_chance,
    place,
    worth,
    worths,
)
from pipeboard.domain.score import (
    FactorScore,
    Readiness,
    Warmth,
    fresh_since,
    score,
    standing,
    warmth,
)
from pipeboard.domain.signs import (
    DealClocks,
    Sign,
    clocks,
    days_in_stage,
    dead_evidence,
    idle_days,
    limits,
    sign,
    stalled_reasons,
)
from tests.domain.deciding_cases import BERLIN, LEAD, NEEDS, NOW, PROPOSAL, SALES, TODAY, do, new

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


@pytest.mark.parametrize(("days", "expected"), [(0, []), (1, ["overstay", "idle"])])
def test_a_limit_of_no_days_is_one(days: int, expected: list[str]) -> None:
    hasty = replace(PIPELINE, stages=(replace(STAGE, expected_days=0, idle_days=0),))
    reasons = stalled_reasons(begun(days), hasty, TODAY, BERLIN)
    assert [text.split()[0] for text in reasons] == expected


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
    [(9, 5, True), (8, 5, False), (9, 4, False)],
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
    assert closing(offer_expires_on=TODAY + (3 + past) * DAY) is is_said
    assert closing(expected_close=TODAY + (14 + past) * DAY) is is_said


def test_few_closed_deals_move_a_chance_a_little_from_what_the_stage_says() -> None:
    assert measured_chance(0, 0, 5_000) == 0.5
    assert measured_chance(3, 5, 3_000) == Fraction(2, 5)
    assert 0.5 < (measured_chance(1, 1, 5_000) or 0) < 0.6
    assert measured_chance(1, 1, None) == 1
    assert measured_chance(0, 0, None) is None


CHANNELS_OF = {
    "referral": "in", "inbound": "in", "web": "in", "event": "in", "partner": "in",
    "advertising": "in", "cold-call": "out", "email": "out", "social": "out", "outbound": "out",
    " Web ": "in", "Lumen": "",
}  # fmt: skip


def test_how_a_deal_came_is_told_by_its_source() -> None:
    assert {source: channel_of(source) for source in CHANNELS_OF} == CHANNELS_OF


@pytest.mark.parametrize(
    ("fields", "is_new"),
    [
        ({"source": "web"}, True),
        ({"source": "cold-call"}, False),
        ({"source": ""}, False),
        *(({"source": source}, way == "in") for source, way in CHANNELS_OF.items()),
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


@pytest.mark.parametrize(
    ("came", "touched", "found"),
    [
        (None, None, None),
        (None, 4, Warmth.COOLING),
        (None, 5, Warmth.COLD),
        (4, 4, Warmth.WARM),
        (5, 4, Warmth.COOLING),
        (5, 5, Warmth.COLD),
    ],
)
def test_a_deal_is_warm_as_long_as_their_last_word_is_fresh(
    came: int | None, touched: int | None, found: Warmth | None
) -> None:
    reply, touch = (None if ago is None else NOW - ago * DAY for ago in (came, touched))
    deal = replace(new(), last_reply_at=reply, last_touch_at=touch)
    assert warmth(deal, PIPELINE, TODAY, BERLIN) is found
    lost = replace(deal, outcome=Status.LOST, closed_at=NOW)
    assert warmth(lost, PIPELINE, TODAY, BERLIN) is None


def test_interested_qualified_and_ready_are_three_things() -> None:
    def stands(**fields: Any) -> Readiness:
        return standing(new(**fields), PIPELINE, TODAY, BERLIN)

    qualified = next(s.id for s in PIPELINE.open_stages if PIPELINE.is_qualified_at(s.id))
    answers = {key: Answer("they said so") for key in ("timeline", "authority")}
    people = {"p": Contact("Ida", "decision_maker")}
    unrated = {"stake": Answer("no word of it", 0)}
    assert stands(stage_id=LEAD) == (None, False, False)
    assert stands(stage_id=LEAD, answers=unrated) == (False, False, False)
    assert stands(stage_id=LEAD, trial_close="yes") == (True, False, False)
    assert stands(stage_id=qualified) == (None, True, False)
    assert stands(stage_id=qualified, answers=answers) == (None, True, False)
    assert stands(stage_id=LEAD, answers=answers, contacts=people) == (None, False, True)


def test_an_answer_that_proves_two_factors_is_rated_for_both() -> None:
    deal = replace(new(), answers={"authority": Answer("she signs", 4)})
    found = score(deal, PIPELINE, TODAY, BERLIN)
    assert found is not None
    rated = {one.factor for one in found.factors if one.rating is not None}
    assert rated == {Factor.AUTHORITY, Factor.BUDGET}
    assert (found.low, found.known) == (45, 45)


@pytest.mark.parametrize(("idle", "days"), [(None, 14), (0, 0), (30, 30)])
def test_a_word_is_fresh_for_as_long_as_a_deal_may_be_silent(idle: int | None, days: int) -> None:
    assert fresh_since(replace(STAGE, idle_days=idle), TODAY) == TODAY - days * DAY


@pytest.mark.parametrize(
    ("rating", "text"),
    [
        (None, "?"),
        (Fraction(0), "0"),
        (Fraction(4), "15"),
        (Fraction(2), "7.5"),
        (Fraction(1), "3.8"),
        (Fraction(8, 3), "10"),
    ],
)
def test_the_points_of_a_factor_are_written_to_a_tenth(rating: Fraction | None, text: str) -> None:
    assert FactorScore(Factor.TIMELINE, rating, 15, "").points_text == text


@pytest.mark.parametrize(("ago", "is_fresh"), [(14, True), (15, False)])
def test_where_a_stage_says_nothing_of_silence_a_word_counts_for_two_weeks(
    ago: int, is_fresh: bool
) -> None:
    stage = replace(STAGE, idle_days=None)
    pipeline = replace(SALES, stages=(stage, *SALES.stages[1:]))
    said = NOW - ago * DAY
    deal = replace(new(LEAD), last_outbound_at=said, last_reply_at=said)
    assert (score(deal, pipeline, TODAY, BERLIN) is not None) is is_fresh


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


def proved(*ratings: tuple[Factor, int | None], **fields: Any) -> tuple[int, int] | None:
    """The score of a deal with one question a rating, each of which proves that factor."""
    asked = tuple(
        replace(SALES.questions[0], key=f"q{place}", proves=(factor,))
        for place, (factor, _) in enumerate(ratings)
    )
    given = {f"q{place}": Answer("so", rating) for place, (_, rating) in enumerate(ratings)}
    found = score(new(answers=given, **fields), replace(PIPELINE, questions=asked), TODAY, BERLIN)
    return None if found is None else (found.low, found.high)


@pytest.mark.parametrize(
    ("factor", "weight"),
    [
        (Factor.BUDGET, 25),
        (Factor.AUTHORITY, 20),
        (Factor.NEED, 25),
        (Factor.TIMELINE, 15),
        (Factor.INTEREST, 15),
    ],
)
def test_each_factor_weighs_what_it_does(factor: Factor, weight: int) -> None:
    assert proved((factor, 4)) == (weight, 100)
    assert proved((factor, 0)) == (0, 100 - weight)


@pytest.mark.parametrize(
    ("ratings", "fields", "expected"),
    [
        ([(Factor.NEED, 1), (Factor.NEED, 2)], {}, (9, 84)),  # 25 x 1.5 / 4 = 9.4
        ([(Factor.NEED, 2)], {}, (13, 88)),  # 12.5 halves up
        ([(Factor.FIT, None)], {}, (4, 89)),  # 15 / 4
        ([(Factor.INTEREST, None)], {}, (4, 89)),
        ([(Factor.INTEREST, None), (Factor.FIT, None)], {"trial_close": "yes"}, (11, 96)),
        ([(Factor.INTEREST, 1), (Factor.FIT, None)], {"trial_close": "yes"}, (4, 89)),  # as rated
        ([], {"trial_close": "yes"}, (4, 89)),
        ([], {"trial_close": "conditional"}, None),
        ([], {"trial_close": "no"}, None),
    ],
)
def test_a_score_is_the_mean_of_what_is_rated_or_a_point_for_each_sign_of_interest(
    ratings: list[tuple[Factor, int | None]],
    fields: dict[str, Any],
    expected: tuple[int, int] | None,
) -> None:
    assert proved(*ratings, **fields) == expected


# The queue: each reason in its words, and the tier that it gives.

REASONS: tuple[tuple[dict[str, Any], Tier, str], ...] = (
    ({"next_step": NextStep("call", TODAY - DAY)}, Tier.OVERDUE, "next step overdue 1d"),
    ({"next_step": NextStep("call", TODAY)}, Tier.TODAY, "next step due today"),
    ({"next_step": NextStep("call")}, Tier.NO_NEXT_STEP, "the next step has no day"),
    ({"next_step": None}, Tier.NO_NEXT_STEP, "no next step"),
    ({"snoozed_until": TODAY}, Tier.NEW, "woke from its snooze"),
    ({"snoozed_until": TODAY, "snooze_reason": "budget"}, Tier.NEW, "woke: budget"),
    ({"given_by": "bo"}, Tier.NEW, "new from @bo"),
    ({"source": "web", "next_step": None}, Tier.NEW, "new inbound lead (web)"),
    ({"stage_entered_at": NOW - 11 * DAY}, Tier.STALLED, "overstay 11/10d"),
    ({"created_at": NOW - 5 * DAY}, Tier.STALLED, "idle 5/4d"),
    ({"expected_close": TODAY - DAY}, Tier.CLOSING, "close date passed 1d ago"),
    ({"offer_expires_on": TODAY - DAY}, Tier.CLOSING, "offer expired 1d ago"),
    ({"offer_expires_on": TODAY}, Tier.CLOSING, "offer expires today"),
    ({"offer_expires_on": TODAY + 3 * DAY}, Tier.CLOSING, "offer expires in 3d"),
    ({"source": ""}, Tier.HYGIENE, "no source"),
    ({"owner": ""}, Tier.HYGIENE, "owner away or none"),
)
FINE: dict[str, Any] = {
    "source": "email",
    "owner": "ana",
    "next_step": NextStep("call", TODAY + 9 * DAY),
}
"""Nothing is to be done on such a deal."""


@pytest.mark.parametrize(("fields", "tier", "text"), REASONS, ids=[text for *_, text in REASONS])
def test_each_reason_alone_gives_a_deal_its_tier(
    fields: dict[str, Any], tier: Tier, text: str
) -> None:
    deal = replace(new(LEAD), **FINE | {"created_at": NOW} | fields)
    found = place(deal, PIPELINE, Day(TODAY, BERLIN))
    assert found is not None
    said = [reason for reason in found.reasons if reason.text == text]
    assert [reason.tier for reason in said] == [tier]
    others = {reason.tier for reason in found.reasons} - {tier}
    assert found.tier == min({tier, *others})
    assert others <= {Tier.NO_NEXT_STEP}


def told(deal: Deal, rep: str | None = None) -> list[str]:
    found = place(deal, PIPELINE, Day(TODAY, BERLIN, rep))
    return [] if found is None else [reason.text for reason in found.reasons]


def test_all_that_is_news_of_a_deal_is_told() -> None:
    deal = replace(
        new(LEAD), **FINE | {"next_step": None, "source": "web", "given_by": "bo"},
        snoozed_until=TODAY, snooze_reason="budget",
    )  # fmt: skip
    assert told(deal) == [
        "woke: budget", "new from @bo", "new inbound lead (web)", "no next step",
    ]  # fmt: skip


def test_what_is_asked_stands_among_the_reasons_of_its_tier_and_these_stay_in_their_order() -> None:
    deal = replace(
        new(NEEDS), owner="ana", source="", next_step=NextStep("call", TODAY),
        asks={"ana": Ask("look", "bo", TODAY)},
    )  # fmt: skip
    assert told(deal, "ana") == [
        "@bo asks: look", "next step due today", "no value", "no close date", "no source",
        "no contact", "too few answers",
    ]  # fmt: skip


def test_every_tier_has_its_number_and_its_name() -> None:
    assert [*Tier] == [1, 2, 3, 4, 5, 6, 7]
    assert [*TIER_NAMES] == [*Tier]
    assert [*LABELS] == [*Fault]


def test_nothing_is_to_be_done_on_a_deal_that_is_fine_closed_or_asleep() -> None:
    fine, day = replace(new(LEAD), **FINE), Day(TODAY, BERLIN)
    assert place(fine, PIPELINE, day) is None
    overdue = replace(fine, next_step=NextStep("call", TODAY - DAY))
    assert place(overdue, PIPELINE, day) is not None
    assert place(replace(overdue, snoozed_until=TODAY + DAY), PIPELINE, day) is None
    assert place(do(overdue, c.Lose(Loss("price"))), PIPELINE, day) is None
    assert place(do(overdue, c.Archive()), PIPELINE, day) is None


def test_a_close_within_the_days_is_said_only_where_something_lacks() -> None:
    close = TODAY + 14 * DAY
    asking = replace(STAGE, criteria=(parse_criterion("account"),))
    gated = replace(SALES, stages=(asking, *(replace(s, criteria=()) for s in SALES.stages[1:])))
    day = Day(TODAY, BERLIN)
    deal = replace(new(LEAD), **FINE, expected_close=close)
    found = place(deal, gated, day)
    assert found is not None
    assert str(found) == "closes in 14d, lacking: company is empty"
    assert place(replace(deal, account="Lumen"), gated, day) is None
    assert place(replace(deal, expected_close=close + DAY), gated, day) is None
    assert str(place(replace(deal, expected_close=TODAY), gated, day)) == (
        "closes today, lacking: company is empty"
    )


@pytest.mark.parametrize("step", [None, NextStep("call", None), NextStep("call", TODAY - DAY)])
@pytest.mark.parametrize("criteria", ["next step", "next step, account"])
def test_a_lacking_step_is_said_once(step: NextStep | None, criteria: str) -> None:
    gate = tuple(parse_criterion(line) for line in criteria.split(", "))
    asking = replace(STAGE, criteria=gate)
    gated = replace(SALES, stages=(asking, *(replace(s, criteria=()) for s in SALES.stages[1:])))
    deal = replace(new(LEAD), **{**FINE, "next_step": step}, expected_close=TODAY + 4 * DAY)
    found = place(deal, gated, Day(TODAY, BERLIN))
    assert found is not None
    said = [reason.text for reason in found.reasons]
    assert sum("step" in text for text in said) == 1
    lacks = ", lacking: company is empty" if "account" in criteria else ""
    assert f"closes in 4d{lacks}" in said


@pytest.mark.parametrize(
    ("rep", "due", "expected"),
    [
        ("bo", None, [(Tier.NEW, "@ana asks: price?")]),
        ("bo", TODAY, [(Tier.TODAY, "@ana asks: price?")]),
        ("bo", TODAY - DAY, [(Tier.OVERDUE, "@ana asks: price? (overdue 1d)")]),
        ("bo", TODAY + DAY, []),
        ("cy", None, []),
        (None, None, [(Tier.NEW, "@bo: @ana asks: price?")]),
    ],
)
def test_what_is_asked_of_a_rep_is_in_their_day_from_the_day_it_is_due(
    rep: str | None, due: date | None, expected: list[tuple[Tier, str]]
) -> None:
    deal = replace(new(LEAD), **FINE, asks={"bo": Ask("price?", "ana", due)})
    found = place(deal, PIPELINE, Day(TODAY, BERLIN, rep))
    assert [tuple(reason) for reason in (found.reasons if found else ())] == expected


@pytest.mark.parametrize("owner", ["ana", ""])
def test_of_a_deal_that_is_not_theirs_only_what_is_asked_is_in_the_day_of_a_rep(owner: str) -> None:
    late = NextStep("call", TODAY - DAY)
    overdue = replace(new(LEAD), **FINE | {"owner": owner, "next_step": late})
    assert place(overdue, PIPELINE, Day(TODAY, BERLIN, "bo")) is None
    asked = replace(overdue, asks={"bo": Ask("price?", "ana")})
    found = place(asked, PIPELINE, Day(TODAY, BERLIN, "bo"))
    assert found is not None
    assert [reason.tier for reason in found.reasons] == [Tier.NEW]
    whole = place(asked, PIPELINE, Day(TODAY, BERLIN))
    assert whole is not None
    assert [reason.tier for reason in whole.reasons][:2] == [Tier.OVERDUE, Tier.NEW]


def queued(owner: str = "ana", step: NextStep | None = None, *reasons: Reason) -> Queued:
    deal = replace(new(LEAD), **FINE | {"owner": owner, "next_step": step})
    return Queued(deal, Position(min(one.tier for one in reasons), reasons), None)


NO_STEP, NEWS = Reason(Tier.NO_NEXT_STEP, "no next step"), Reason(Tier.NEW, "woke")
CLOSE, LACK = Reason(Tier.CLOSING, "close date passed"), Reason(Tier.HYGIENE, "no source")
AHEAD = NextStep("call", TODAY + DAY)


@pytest.mark.parametrize(
    ("before", "now", "planned", "is_over"),
    [
        (queued("ana", AHEAD, CLOSE), None, False, True),
        (queued("ana", None, NO_STEP), queued("bo", None, NO_STEP), False, True),
        (queued("ana", None, NO_STEP, LACK), queued("ana", None, NO_STEP), True, False),
        (queued("ana", AHEAD, NEWS, LACK), queued("ana", AHEAD, NEWS), False, False),
        (queued("ana", AHEAD, NEWS), queued("ana", AHEAD, NEWS), True, True),
        (queued("ana", AHEAD, CLOSE, LACK), queued("ana", AHEAD, CLOSE), False, True),
        (queued("ana", AHEAD, CLOSE), queued("ana", AHEAD, CLOSE), False, False),
        (queued("ana", AHEAD, CLOSE), queued("ana", AHEAD, CLOSE), True, True),
        (queued("ana", None, CLOSE), queued("ana", AHEAD, CLOSE), False, True),
        (None, queued("ana", AHEAD, CLOSE), False, False),
        (None, queued("ana", AHEAD, CLOSE), True, True),
    ],
)
def test_a_deal_is_left_once_it_is_planned_given_away_or_a_reason_is_gone(
    before: Queued | None, now: Queued | None, planned: bool, is_over: bool
) -> None:
    assert is_handled(before, now, planned=planned) is is_over


def test_a_deal_is_worth_its_value_by_the_chance_of_its_stage_or_nobody_knows() -> None:
    day = Day(TODAY, BERLIN, worths={(LEAD, "EUR"): 0.25})
    assert worth(new(LEAD, value=Money(400, "EUR")), day) == 100
    assert worth(new(LEAD, value=Money(400, "USD")), day) is None
    assert worth(new(LEAD), day) is None
    chances = {LEAD: Fraction(1, 4), NEEDS: None, PROPOSAL: Fraction(0)}
    rates = Rates(
        "EUR",
        {"JPY": ((TODAY, Fraction(1, 160)), (TODAY + timedelta(days=1), Fraction(1)))},
    )
    assert worths(chances, ("EUR", "JPY", "USD"), rates, TODAY) == {
        (LEAD, "EUR"): 0.25,
        (PROPOSAL, "EUR"): 0,
        (LEAD, "JPY"): float(Fraction(100, 160) / 4),  # a yen has no cents
        (PROPOSAL, "JPY"): 0,
    }


@pytest.mark.parametrize("tier", Tier)
def test_a_deal_is_unplanned_without_a_step_to_come(tier: Tier) -> None:
    reasons = (Reason(Tier.CLOSING, "x"), Reason(tier, "y"))
    is_so = tier in (Tier.OVERDUE, Tier.TODAY, Tier.NO_NEXT_STEP)
    assert is_unplanned(Position(tier, reasons)) is is_so


def test_what_has_no_rate_is_counted_and_not_summed() -> None:
    load = Load("ana", value=Money(5, "EUR")).with_more(2, 1, 1, Money(20, "EUR"))
    assert load.with_more(3, 0, 1, unpriced=3) == Load("ana", 5, 1, 2, Money(25, "EUR"), 3)
    assert Load("ana").with_more(1, 0, 0).value is None
    assert Load("ana").with_more(1, 0, 0, Money(7, "EUR")).value == Money(7, "EUR")


# The sign of a card: the gravest alone.


@pytest.mark.parametrize(
    ("due", "entered", "more", "expected"),
    [
        (TODAY - DAY, 0, {}, Sign.OVERDUE),
        (TODAY, 0, {}, Sign.NONE),
        (TODAY - DAY, 0, {"snoozed": True}, Sign.NONE),
        (None, 0, {}, Sign.NO_NEXT_STEP),
        (None, 0, {"snoozed": True}, Sign.NONE),
        (TODAY, 11, {}, Sign.STALLED),
        (TODAY, 10, {}, Sign.NONE),
        (TODAY - DAY, 11, {}, Sign.OVERDUE),
        (None, 5, {}, Sign.NO_NEXT_STEP),
        (TODAY + 9 * DAY, 5, {}, Sign.STALLED),
    ],
)
def test_a_card_bears_its_gravest_sign(
    due: date | None, entered: int, more: dict[str, bool], expected: Sign
) -> None:
    began = TODAY - entered * DAY
    said = {"snoozed": False} | more
    assert sign(DealClocks(began, began, due, None), limits(STAGE, TODAY), **said) is expected


def test_a_stage_without_limits_stalls_nothing() -> None:
    free = replace(
        SALES, stages=(replace(STAGE, expected_days=None, idle_days=None), *SALES.stages[1:])
    )
    deal = begun(400)
    assert stalled_reasons(deal, free, TODAY, BERLIN) == ()
    assert dead_evidence(replace(deal, outbound_since_reply=9), free, TODAY, BERLIN) == ()


def test_what_is_closed_or_asleep_neither_stalls_nor_may_be_given_up() -> None:
    dead = replace(begun(40), outbound_since_reply=5)
    assert stalled(dead)
    assert dead_evidence(dead, PIPELINE, TODAY, BERLIN)
    for other in (do(dead, c.Lose(Loss("price"))), replace(dead, snoozed_until=TODAY + DAY)):
        assert stalled(other) == []
        assert dead_evidence(other, PIPELINE, TODAY, BERLIN) == ()


def test_where_nothing_is_said_of_silence_nobody_gives_a_deal_up() -> None:
    patient = replace(PIPELINE, stages=(replace(STAGE, idle_days=None), *SALES.stages[1:]))
    dead = replace(begun(40), outbound_since_reply=5)
    assert stalled_reasons(dead, patient, TODAY, BERLIN) == ("overstay 40/10d",)
    assert dead_evidence(dead, patient, TODAY, BERLIN) == ()


def test_the_clocks_of_a_deal_run_from_its_last_touch() -> None:
    deal = replace(begun(9, next_step=NextStep("call", TODAY)), last_touch_at=NOW - 2 * DAY)
    assert clocks(deal, BERLIN) == DealClocks(TODAY - 9 * DAY, TODAY - 2 * DAY, TODAY, None)
    assert (days_in_stage(deal, TODAY, BERLIN), idle_days(deal, TODAY, BERLIN)) == (9, 2)


def test_of_a_day_that_nobody_knows_no_days_are_counted() -> None:
    deal = replace(begun(9), created_precision=UNKNOWN, entry_precision=UNKNOWN)
    assert days_in_stage(deal, TODAY, BERLIN) is None
    assert idle_days(deal, TODAY, BERLIN) is None
    assert idle_days(replace(deal, last_touch_at=NOW - 2 * DAY), TODAY, BERLIN) == 2
    began = replace(deal, created_precision="day", stage_entered_at=NOW - 3 * DAY)
    assert idle_days(began, TODAY, BERLIN) == 9
    known = replace(began, entry_precision="")
    assert days_in_stage(known, TODAY, BERLIN) == 3


def test_the_reasons_of_a_stalled_deal_name_a_step_and_a_close_that_have_passed() -> None:
    deal = begun(11, next_step=NextStep("call", TODAY - DAY), expected_close=TODAY - DAY)
    assert stalled_reasons(deal, PIPELINE, TODAY, BERLIN) == (
        "overstay 11/10d", "idle 11/4d", "next step overdue 1d", "close date passed",
    )  # fmt: skip
    today = replace(deal, next_step=NextStep("call", TODAY), expected_close=TODAY)
    assert stalled(today) == ["overstay"]
    assert dead_evidence(replace(deal, outbound_since_reply=9), PIPELINE, TODAY, BERLIN) == ()
    silent = replace(begun(11), outbound_since_reply=5)
    for step in (None, NextStep("call")):  # a step without a day is none
        assert dead_evidence(replace(silent, next_step=step), PIPELINE, TODAY, BERLIN) == (
            f"untouched for 11 days, twice what {STAGE.name} allows",
            "5 times asked without an answer", "no next step", "overstay 11/10d",
        )  # fmt: skip


# The data of a deal: what is asked of a lead, and of a deal from the first qualified stage on.

QUALIFIED = min(norm(SALES).qualified)
WHOLE: dict[str, Any] = {
    "value": Money(1, "EUR"), "expected_close": TODAY, "source": "web", "owner": "ana",
    "contacts": {"mika": Contact("Mika", "decision_maker")}, "next_step": NextStep("call", TODAY),
    "answers": answers(norm(SALES).answers),
}  # fmt: skip
LACKS: dict[Fault, tuple[dict[str, Any], bool]] = {
    Fault.VALUE: ({"value": None}, True),
    Fault.CLOSE_DATE: ({"expected_close": None}, True),
    Fault.CLOSE_PASSED: ({"expected_close": TODAY - DAY}, False),
    Fault.SOURCE: ({"source": ""}, False),
    Fault.CONTACT: ({"contacts": {}}, True),
    Fault.DECISION_MAKER: ({"contacts": {"mika": Contact("Mika", "champion")}}, True),
    Fault.ANSWERS: ({"answers": {}}, True),
    Fault.OWNER: ({"owner": ""}, False),
    Fault.NEXT_STEP: ({"next_step": NextStep("call")}, False),
}


def test_a_deal_with_all_of_its_data_has_no_fault_and_every_fault_is_tried() -> None:
    assert faults(replace(new(QUALIFIED), **WHOLE), SALES, TODAY, ()) == ()
    assert tuple(LACKS) == tuple(Fault)


@pytest.mark.parametrize("fault", LACKS)
def test_what_a_deal_lacks_is_one_fault_and_a_lead_may_lack_more(fault: Fault) -> None:
    fields, is_of_qualified = LACKS[fault]
    deal = replace(new(QUALIFIED), **WHOLE | fields)
    assert faults(deal, SALES, TODAY, ()) == (fault,)
    lead = faults(replace(deal, stage_id=LEAD), SALES, TODAY, ())
    assert lead == (() if is_of_qualified else (fault,))


def test_a_deal_is_held_against_the_norm_from_the_first_qualified_stage_on() -> None:
    stages = tuple(replace(stage, qualified=stage.id == NEEDS) for stage in SALES.stages)
    found = norm(replace(SALES, stages=stages)).qualified
    assert (LEAD in found, NEEDS in found, PROPOSAL in found) == (False, True, True)


def test_a_norm_is_the_most_answers_that_a_stage_asks_or_half_of_the_questions() -> None:
    half = replace(SALES, stages=tuple(replace(stage, criteria=()) for stage in SALES.stages))
    assert norm(half).answers == (len(SALES.questions) + 1) // 2
    asks = [parse_criterion(f"answers >= {number}") for number in (2, 5, 3)]
    stages = [replace(s, criteria=(one,)) for s, one in zip(half.stages, asks, strict=False)]
    assert norm(replace(half, stages=(*stages, *half.stages[3:]))).answers == 5


FORMS = (
    "ab ag as bv co company corp corporation gmbh inc kft kg limited llc ltd nv oy oyj plc sa sarl "
    "sas sl spa srl"
)


@pytest.mark.parametrize("form", FORMS.split())
def test_every_legal_form_is_no_part_of_a_name(form: str) -> None:
    for name in (f"Lumen {form}", f"LUMEN {form.upper()}.", f"Lumen, {form}"):
        assert company(name) == "lumen"


@pytest.mark.parametrize(
    ("name", "known"),
    [("Lumen Oy", "lumen"), ("Lumen, Inc.", "lumen"), ("S.A.", "s.a."), ("Ab Oy Kiln", "kiln")],
)
def test_a_company_is_known_without_its_legal_form(name: str, known: str) -> None:
    assert company(name) == known


# Getting in touch again.


@pytest.mark.parametrize(
    ("text", "kept"),
    [("2w", "2w"), ("w", "1w"), ("2 weeks", "2w"), ("104w", "104w"), ("105w", ""), ("0d", ""),
     ("365d", "365d"), ("366d", ""), ("24m", "24m"), ("25m", ""), ("soon", "")],
)  # fmt: skip
def test_a_time_to_do_something_again_after_has_a_shortest_and_a_longest(
    text: str, kept: str
) -> None:
    assert known_time(text) == kept


def test_the_days_of_follow_ups_are_working_days() -> None:
    friday = date(2026, 11, 27)
    assert on_working_day(friday) == friday
    assert on_working_day(friday + DAY) == on_working_day(friday + 2 * DAY) == friday + 3 * DAY
    assert [day.isoformat() for day in follow_up_days(friday)] == [
        "2026-11-27", "2026-11-30", "2026-12-02", "2026-12-04", "2026-12-11", "2026-12-28",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("direction", "minutes", "count"), [("out", 1, 1), ("out", 0, 0), ("in", 1, 0)]
)
def test_follow_ups_are_what_went_out_after_the_proposal(
    direction: str, minutes: int, count: int
) -> None:
    touch = Touch("1", "call", direction, "", "ana", NOW + timedelta(minutes=minutes))
    assert follow_ups(NOW, [touch]) == count


def test_the_days_of_follow_ups_are_today_two_working_days_and_the_longer_times() -> None:
    assert [(day - TODAY).days for day in follow_up_days(TODAY)] == [0, 1, 3, 7, 14, 30]


@pytest.mark.parametrize(
    ("typed", "step"),
    [
        ("thu call Bob every 2w", NextStep("call Bob", TODAY + 3 * DAY, "2w")),
        ("call Bob every 2w", NextStep("call Bob", TODAY + 14 * DAY, "2w")),
        ("every 2w call Bob", NextStep("call Bob", TODAY + 14 * DAY, "2w")),
        ("every week, thu call Bob", NextStep("call Bob", TODAY + 3 * DAY, "1w")),
        ("thu every 2w call Bob", NextStep("call Bob", TODAY + 3 * DAY, "2w")),
        ("every meeting prep", NextStep("every meeting prep")),
        ("call Bob, every month", NextStep("call Bob", date(2026, 12, 23), "1m")),
        ("every 10 days", NextStep("", TODAY + 10 * DAY, "10d")),
        ("fri  call   Bob", NextStep("call Bob", TODAY + 4 * DAY)),
        ("call every Bob", NextStep("call every Bob")),
    ],
)
def test_a_step_is_typed_with_its_day_first_and_its_rhythm_last(typed: str, step: NextStep) -> None:
    assert parse_step(typed, TODAY) == step


def test_a_rhythm_that_is_too_long_is_refused() -> None:
    with pytest.raises(BadInput, match="every 105w"):
        parse_step("call Bob every 105w", TODAY)


def test_once_is_once_and_a_rhythm_goes_on_from_its_own_day() -> None:
    assert next_time(NextStep("call", TODAY), TODAY) is None
    monthly = next_time(NextStep("call", date(2026, 10, 31), "1m"), TODAY)
    assert monthly == NextStep("call", date(2026, 11, 30), "1m")


@pytest.mark.parametrize("loss", [None, Loss("price", "too dear", "Acme")])
def test_a_deal_that_comes_back_takes_along_who_and_where_from_and_no_answers(
    loss: Loss | None,
) -> None:
    fields: dict[str, Any] = {
        "account": "Lumen", "owner": "ana", "source": "event", "source_detail": "fair",
        "tags": ("hot",), "links": ("https://a.example",), "fields": {"a": "b"},
        "contacts": {"mika": Contact("Mika")}, "competitors": ("Acme",),
    }  # fmt: skip
    gone: dict[str, Any] = {
        "answers": {"need": Answer("yes", 3)}, "snooze_reason": "x", "probability_bp": 5_000,
        "category": "commit", "trial_close": "yes",
        "external_id": "E", "floor_value": Money(1, "EUR"), "quote_sent_at": NOW,
        "expected_close": TODAY, "offer_expires_on": TODAY, "imported": {"a": "b"},
    }  # fmt: skip
    old = replace(
        new(), id=7, value=Money(5_00, "EUR"), contact_reason="case", loss=loss, **fields, **gone
    )
    again = sequel(old, PIPELINE, "Pilot again", "call", TODAY + DAY)
    given = {name: value for name, value in again.fields.items() if value not in (None, "", ())}
    assert {name: given[name] for name in fields} == fields
    assert not set(gone) & set(given)
    expected = {"recycled_from", "next_step", *fields}
    expected |= {"value", "contact_reason"} if loss else {"contact_reason"}
    assert set(given) == expected
    if loss:
        assert given["contact_reason"] == "back from D-7, lost: price"
        assert given["value"] == Money(5_00, "EUR")
    else:
        assert given["contact_reason"] == "customer since D-7"
    assert (given["recycled_from"], given["next_step"]) == (7, NextStep("call", TODAY + DAY))
    assert (again.title, again.stage_id) == ("Pilot again", LEAD)


def test_what_a_tier_and_a_fault_are_called() -> None:
    assert [TIER_NAMES[tier] for tier in Tier] == [
        "overdue", "due today", "woke or new", "no next step", "stalled though planned",
        "closing, offer or close date", "data to complete",
    ]  # fmt: skip
    assert dict(GROUPS) == {
        "value": "no value", "close_date": "no close date", "close_passed": "close date passed",
        "source": "no source", "contact": "no contact", "decision_maker": "no decision-maker",
        "answers": "too few answers", "owner": "owner away or none",
        "next_step": "no next step", "duplicates": "duplicates", "dead": "may be given up",
    }  # fmt: skip
    assert {str(fault): label for fault, label in LABELS.items()} == {
        name: label for name, label in GROUPS.items() if name not in ("duplicates", "dead")
    }


def test_only_what_stands_in_a_higher_tier_already_is_no_data_to_complete() -> None:
    deal = replace(new(NEEDS), owner="", expected_close=TODAY - DAY)
    found = place(deal, SALES, Day(TODAY, BERLIN))
    assert found is not None
    data = [reason.text for reason in found.reasons if reason.tier is Tier.HYGIENE]
    assert data == ["no value", "no source", "no contact", "too few answers", "owner away or none"]


def test_a_lead_is_followed_up_five_times_and_a_customer_asked_after_two_weeks() -> None:
    assert (5, timedelta(days=14)) == (PERSISTENCE, POST_SALE)
    assert PRESETS == (2, 4, 7, 14, 30)


def test_what_stalls_a_deal_is_told_once_beside_what_is_overdue() -> None:
    late = {"next_step": NextStep("call", TODAY - DAY), "expected_close": TODAY - DAY}
    assert told(begun(11, owner="ana", source="email", **late)) == [
        "next step overdue 1d", "overstay 11/10d", "idle 11/4d", "close date passed 1d ago",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("exactly", "minor"), [(None, None), (0.5, 1), (1.5, 2), (2.5, 3), (2.49, 2), (6172.5, 6173)]
)
def test_half_a_minor_unit_of_what_a_deal_is_worth_goes_up(
    exactly: float | None, minor: int | None
) -> None:
    late = queued("ana", None, Reason(Tier.OVERDUE, "late"))
    assert replace(late, worth=exactly).worth_minor == minor
