"""Win rates count what is closed, as it stands, on the day it closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.outcomes import (
    RateDifference,
    competitors,
    lost_count,
    lost_value,
    win_rate,
    win_rate_by_value,
    win_rate_competitive,
    win_rate_of_cohort,
    win_rate_pessimistic,
    won_count,
    won_value,
)
from pipeboard.domain.metrics.result import Metric
from pipeboard.domain.metrics.rules import by_owner
from tests.domain.metrics.log import (
    BERLIN_RULES,
    LEAD,
    UTC_RULES,
    Log,
    ids,
    period,
)


def closed(log: Log, day: float, *, won: list[int | None], lost: list[int | None]) -> None:
    for value in won:
        log.win(log.add(0, value=value), day)
    for value in lost:
        log.lose(log.add(0, value=value), day)


def test_the_rate_by_count_and_by_value_may_differ() -> None:
    log = Log()
    closed(log, 5, won=[10_000, 20_000, 30_000], lost=[15_000, 45_000])
    basis = log.basis(9)
    assert win_rate(basis).value == Fraction(3, 5)
    assert (round(win_rate(basis).low or 0, 4), round(win_rate(basis).high or 0, 4)) == (
        0.2307,
        0.8824,
    )
    assert win_rate_by_value(basis).value == Fraction(1, 2)


def test_without_closed_deals_there_is_no_rate() -> None:
    log = Log()
    log.add()
    for rate in (win_rate, win_rate_by_value, win_rate_competitive):
        assert (rate(log.basis(9)).value, rate(log.basis(9)).reason) == (None, "no closed deals")


def test_deals_without_a_value_are_left_out_of_the_rate_by_value() -> None:
    log = Log()
    closed(log, 5, won=[100, None], lost=[300])
    rate = win_rate_by_value(log.basis(9))
    assert (rate.value, rate.excluded) == (Fraction(1, 4), {"no value": 1})


@pytest.mark.parametrize("currency", ["EUR", "USD"])
def test_where_no_win_or_no_loss_has_a_worth_there_is_no_rate_by_value(currency: str) -> None:
    for value, other in ((None, 300), (300, None)):
        log = Log()
        for end, worth in ((log.win, value), (log.lose, other)):
            of = currency if worth is None else "EUR"
            amount = 50 if worth is None and currency == "USD" else worth
            end(log.add(0, value=amount, currency=of), 5)
        rate = win_rate_by_value(log.basis(9))
        whose = "won" if value is None else "lost"
        expected = f"no {whose} deal has a value" if currency == "EUR" else "no rate for USD"
        assert (rate.value, rate.reason) == (None, expected)


def test_a_win_counts_at_its_final_value() -> None:
    log = Log()
    log.win(log.add(0, value=100), 5, 60)
    log.lose(log.add(0, value=40), 5)
    assert win_rate_by_value(log.basis(9)).value == Fraction(60, 100)


def test_only_losses_to_somebody_or_on_price_are_competitive() -> None:
    log = Log()
    log.win(log.add(), 5)
    for category in ("competitor", "price", "no-decision", "timing"):
        log.lose(log.add(), 5, category)
    assert win_rate_competitive(log.basis(9)).value == Fraction(1, 3)


def test_only_invalid_and_merged_deals_leave_the_rate() -> None:
    log = Log()
    log.win(log.add(), 5)
    log.lose(log.add(), 5, "invalid")
    archived = log.add()
    log.lose(archived, 5)
    log.say(archived, 6, "archived")
    merged = log.add()
    log.say(merged, 6, "merged")
    assert win_rate(log.basis(9)).den == 2
    assert lost_count(log.basis(9)).excluded == {"invalid": 1}
    assert win_rate(log.basis(5.5)).den == 2
    log.lose(lost := log.add(), 5)
    log.say(lost, 6, "merged")
    left_out = {"invalid": 1, "merged into another deal": 1}
    assert lost_count(log.basis(9)).excluded == left_out


def test_wins_alone_say_nothing_about_losing() -> None:
    log = Log()
    log.win(log.add(), 5)
    assert win_rate(log.basis(9)).reason == "no loss was ever recorded"
    log.lose(log.add(), 40)
    assert win_rate(log.basis(9, period("2026-01"))).value is None
    assert win_rate(log.basis(60, period("2026-01"))).value == 1


def test_a_loss_without_a_reason_may_have_been_to_a_competitor() -> None:
    log = Log()
    log.win(log.add(), 5)
    log.lose(log.add(), 5, "")
    rate = win_rate_competitive(log.basis(9))
    assert (rate.value, rate.reason) == (None, "no loss has a reason")
    assert rate.excluded == {"loss without a reason": 1}
    log.lose(log.add(), 5, "price")
    rate = win_rate_competitive(log.basis(9))
    assert (rate.value, rate.excluded) == (Fraction(1, 2), {"loss without a reason": 1})


def test_a_loss_worth_nothing_makes_no_win_rate_by_value() -> None:
    log = Log()
    log.win(log.add(0, value=100), 5)
    log.lose(log.add(0, value=0), 5)
    rate = win_rate_by_value(log.basis(9))
    assert (rate.value, rate.reason) == (None, "no lost deal has a value")
    assert rate.excluded == {"loss without a value": 1}


def test_an_archived_win_keeps_its_place() -> None:
    log = Log()
    won = log.add(0, value=100)
    log.win(won, 5)
    log.say(won, 40, "archived")
    merged = log.add(0, value=7)
    log.win(merged, 5)
    log.say(merged, 41, "merged")
    found = won_value(log.basis(60, period("2026-01")))
    assert (found.value, found.excluded) == (100, {"merged into another deal": 1})


def test_a_cohort_waits_for_its_open_deals() -> None:
    log = Log()
    log.win(log.add(0), 50)
    log.lose(log.add(0), 3)
    log.add(0)
    log.add(40)
    rate = win_rate_of_cohort(log.basis(60, period("2026-01")))
    assert (rate.value, rate.pending) == (Fraction(1, 3), 1)
    assert rate.bounds == (Fraction(1, 3), Fraction(2, 3))
    log.say(3, 55, "archived")  # nobody knows yet what would have come of it
    assert win_rate_of_cohort(log.basis(60, period("2026-01"))).pending == 1


def test_the_worst_case_loses_what_is_older_than_nine_of_ten_wins() -> None:
    log = Log()
    log.win(log.add(0), 10)
    log.add(0)
    log.add(35)
    rate = win_rate_pessimistic(log.basis(40))
    assert (rate.value, ids(rate.denominator)) == (Fraction(1, 2), [1, 2])


def test_the_worst_case_of_a_past_period_is_no_better_than_its_win_rate() -> None:
    log = Log()
    reopened, lost, other, late = (log.add(0) for _ in range(4))
    log.win(reopened, 5)
    log.lose(lost, 6)
    log.win(log.add(0), 10)
    log.reopen(reopened, 40, LEAD)
    log.lose(other, 45)
    log.win(late, 50)
    ended, now = log.basis(31, period("2026-01")), log.basis(60, period("2026-01"))
    rate = win_rate_pessimistic(now.during(now.period, ended))
    # Of January one win and one loss are left; two deals were open at its end.
    assert (win_rate(now).value, rate.value) == (Fraction(1, 2), Fraction(1, 4))


def test_a_win_in_the_first_minutes_of_april_in_berlin_is_not_of_march() -> None:
    log = Log()
    now = datetime(2026, 4, 2, tzinfo=UTC)
    log.win(
        log.add(),
        (
            datetime(2026, 3, 31, 22, 30, tzinfo=UTC) - datetime(2026, 1, 1, tzinfo=UTC)
        ).total_seconds()
        / 86_400,
    )
    for month, won in (("2026-03", 0), ("2026-04", 1)):
        assert len(log.basis(0, period(month), rules=BERLIN_RULES, now=now).won) == won


@pytest.mark.parametrize(
    ("day", "month", "won", "lost"),
    [(58, "2026-01", 0, 0), (58, "2026-02", 0, 1), (6, "2026-01", 1, 0)],
)
def test_the_latest_outcome_counts_and_earlier_instants_keep_theirs(
    day: int, month: str, won: int, lost: int
) -> None:
    log = Log()
    deal = log.add(0)
    log.win(deal, 4)
    log.reopen(deal, 9, LEAD)
    log.lose(deal, 33)
    basis = log.basis(day, period(month))
    assert (len(basis.won), len(basis.lost)) == (won, lost)


def test_a_period_ends_before_the_first_instant_of_the_next() -> None:
    log = Log()
    begin = (date(2026, 4, 1) - date(2026, 1, 1)).days
    in_time, too_late = (log.add(0, value=10) for _ in range(2))
    log.win(in_time, begin - 1e-6)
    log.win(too_late, begin)
    assert ids(log.basis(begin + 9, period("2026Q1")).won) == [in_time]
    assert ids(log.basis(begin + 9, period("2026Q2")).won) == [too_late]


def test_competitors_are_told_by_whom_most_was_lost_to_and_then_by_name() -> None:
    log = Log()
    for name, value in (("Cern", 1), ("Bolt", 10), ("Dole", 5), (None, 7), ("Dole", 6)):
        deal = log.add(0, value=value)
        log.lose(deal, 5)
        log.facts[-1] = log.facts[-1]._replace(competitor=name)
    reopened = log.add(0)
    log.lose(reopened, 5)
    log.facts[-1] = log.facts[-1]._replace(competitor="Gone")
    log.reopen(reopened, 6, LEAD)
    rivals = competitors(log.basis(9))
    assert [(rival.competitor, len(rival.deals), rival.value.value) for rival in rivals] == [
        ("Dole", 2, 11),
        ("Bolt", 1, 10),
        ("Cern", 1, 1),
    ]


@pytest.mark.parametrize(
    "rate", [win_rate, win_rate_by_value, win_rate_competitive, win_rate_pessimistic]
)
def test_who_lost_nothing_has_a_rate_where_others_record_their_losses(
    rate: Callable[[Basis], Metric],
) -> None:
    log = Log()
    log.win(log.add(0, value=100, owner="bo"), 5)
    assert rate(log.basis(9)).reason == "no loss was ever recorded"
    log.lose(log.add(0, value=300), 5)
    part = log.basis(9).only(by_owner(UTC_RULES), "bo")
    assert (rate(part).value, rate(part).reason) == (1, None)


@pytest.mark.parametrize(
    ("won", "lost", "reason"),
    [
        ((None, "EUR"), (None, "EUR"), "no closed deal has a value"),
        ((5, "USD"), (None, "EUR"), "no rate for USD"),
        ((None, "EUR"), (5, "USD"), "no rate for USD"),
        ((5, "USD"), (5, "CHF"), "no rate for USD"),
    ],
)
def test_where_nothing_closed_has_a_known_worth_it_is_said_what_is_missing(
    won: tuple[int | None, str], lost: tuple[int | None, str], reason: str
) -> None:
    log = Log()
    for end, (value, currency) in ((log.win, won), (log.lose, lost)):
        end(log.add(0, value=value, currency=currency), 5)
    rate = win_rate_by_value(log.basis(9))
    assert (rate.value, rate.reason) == (None, reason)


@pytest.mark.parametrize(
    ("own", "others", "is_higher"),
    [
        ((1, 3), (1, 4), True),
        ((1, 4), (1, 3), False),
        ((1, 4), (2, 8), False),
        ((0, 3), (0, 4), False),
    ],
)
def test_a_rate_is_higher_than_that_of_the_others_by_its_share(
    own: tuple[int, int], others: tuple[int, int], is_higher: bool
) -> None:
    assert RateDifference("ana", *own, *others).is_higher is is_higher


@pytest.mark.parametrize(
    ("won", "lost", "excluded"),
    [
        ((None,), (None,), {"no value": 2}),
        ((None, None), (None,), {"no value": 3}),
        ((), (None, None), {"no value": 2}),
        ((None,), (), {"no value": 1}),
        ((None,), (None, 0, 0), {"no value": 2, "loss without a value": 2}),
    ],
)
def test_what_says_nothing_of_its_worth_is_counted_on_either_side(
    won: tuple[int | None, ...], lost: tuple[int | None, ...], excluded: dict[str, int]
) -> None:
    log = Log()
    closed(log, 5, won=[100, *won], lost=[300, *lost])
    rate = win_rate_by_value(log.basis(9))
    assert (rate.num, rate.den, rate.excluded) == (100, 400, excluded)


def test_a_number_of_an_outcome_counts_what_was_left_out_of_that_outcome() -> None:
    log = Log()
    for end, merged, unknown in ((log.win, 2, 1), (log.lose, 1, 3)):
        for place in range(1 + merged + unknown):
            deal = log.add(0, value=10)
            end(deal, 5)
            if 0 < place <= unknown:
                log.forget_when(deal)
            elif place:
                log.say(deal, 6, "merged")
    log.lose(log.add(0, value=10), 5, "invalid")
    basis = log.basis(9)
    merged_away, closed_sometime = "merged into another deal", "no closing date"
    for metric in (won_count(basis), won_value(basis)):
        assert metric.excluded == {merged_away: 2, closed_sometime: 1}
    for metric in (lost_count(basis), lost_value(basis)):
        assert metric.excluded == {merged_away: 1, "invalid": 1, closed_sometime: 3}
