"""How made-up deals stand: what a small team's hand holds, and the shares of many."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from random import Random

import pytest

from pipeboard.demo.diary import (
    CLOSING,
    FIRST,
    HAND,
    NEEDS,
    NEGOTIATION,
    TWO_YEARS,
    Ending,
    Fate,
    Health,
    age,
    any_fate,
    hand,
    path,
)
from pipeboard.domain.templates import template

COUNT = 4_000
STAGES = template("needs", pipeline_name="Sales", currency="EUR", first_stage_id=1).open_stages


@pytest.fixture(scope="module")
def many() -> list[Fate]:
    rng = Random(7)
    return [any_fate(rng) for _ in range(COUNT)]


def ended(fates: list[Fate], ending: Ending) -> list[Fate]:
    return [fate for fate in fates if fate.ending is ending]


def test_most_of_many_have_ended_and_more_were_lost_than_won(many: list[Fate]) -> None:
    counts = Counter(fate.ending for fate in many)
    assert counts[Ending.OPEN] == pytest.approx(0.30 * COUNT, rel=0.1)
    closed = COUNT - counts[Ending.OPEN]
    assert counts[Ending.WON] == pytest.approx(0.27 * closed, rel=0.1)


def test_deals_are_won_at_the_end_and_mostly_in_the_last_stage(many: list[Fate]) -> None:
    stages = Counter(fate.stage for fate in ended(many, Ending.WON))
    assert set(stages) == {NEGOTIATION, CLOSING}
    assert stages[CLOSING] == pytest.approx(0.75 * stages.total(), rel=0.1)


@pytest.mark.parametrize("ending", [Ending.OPEN, Ending.LOST])
def test_the_later_a_stage_the_fewer_deals_stand_in_it_or_are_lost_from_it(
    many: list[Fate], ending: Ending
) -> None:
    stages = Counter(fate.stage for fate in ended(many, ending))
    counts = [stages[stage] for stage in range(FIRST, CLOSING + 1)]
    assert all(counts)
    # From one stage to the next chance may have it otherwise.
    assert all(earlier > later for earlier, later in zip(counts, counts[2:], strict=False))


def test_deals_ended_within_two_years_and_more_of_them_lately(many: list[Fate]) -> None:
    ago = [fate.days_ago for fate in many if fate.ending is not Ending.OPEN]
    assert all(0 <= days <= TWO_YEARS for days in ago)
    assert max(ago) > 0.95 * TWO_YEARS and min(ago) < 0.01 * TWO_YEARS
    lately = sum(days < TWO_YEARS / 2 for days in ago) / len(ago)
    assert lately == pytest.approx(0.6, abs=0.03)
    assert {fate.days_ago for fate in ended(many, Ending.OPEN)} == {0.0}


def test_open_deals_fare_in_every_way_and_most_of_them_well(many: list[Fate]) -> None:
    opened = ended(many, Ending.OPEN)
    healths = Counter(fate.health for fate in opened)
    assert set(healths) == set(Health)
    assert healths.most_common(1)[0][0] is Health.WELL
    assert healths[Health.WELL] == pytest.approx(0.6 * len(opened), rel=0.1)
    assert {fate.health for fate in many if fate.ending is not Ending.OPEN} == {Health.WELL}


def test_what_came_back_is_well_and_further_than_the_first_stage(many: list[Fate]) -> None:
    back = [fate for fate in many if fate.came_back]
    assert back
    assert {(fate.ending, fate.health) for fate in back} == {(Ending.OPEN, Health.WELL)}
    assert min(fate.stage for fate in back) > FIRST


@pytest.mark.parametrize("days", [0, 4, 5, 40, 91])
@pytest.mark.parametrize("seed", range(5))
def test_a_hand_holds_the_same_deals_in_any_order(days: int, seed: int) -> None:
    fates = hand(Random(seed), days)
    assert len(fates) == HAND == 20
    assert Counter(fate.ending for fate in fates) == {
        Ending.OPEN: 13, Ending.WON: 2, Ending.LOST: 5,
    }  # fmt: skip
    assert sorted(fate.stage for fate in ended(fates, Ending.WON)) == [NEGOTIATION, CLOSING]
    assert sorted(fate.stage for fate in ended(fates, Ending.LOST)) == [0, 1, 2, 3, 4]
    healths = Counter(fate.health for fate in ended(fates, Ending.OPEN))
    assert healths[Health.OVERDUE] == 3 and healths[Health.WELL] == 4
    assert healths[Health.OVERSTAYS] + healths[Health.IDLES] == 3
    assert sum(fate.came_back for fate in fates) <= 1
    assert all(fate.health is Health.WELL and fate.stage for fate in fates if fate.came_back)


@pytest.mark.parametrize("days", [5, 40, 91])
def test_the_outcomes_of_a_hand_lie_in_this_quarter_and_the_one_before(days: int) -> None:
    for seed in range(10):
        ago = [fate.days_ago for fate in hand(Random(seed), days) if fate.ending is not Ending.OPEN]
        assert sum(1 <= one <= days for one in ago) == 4
        assert sum(days <= one <= days + 88 for one in ago) == 3


def test_a_quarter_that_has_just_begun_holds_no_outcomes_yet() -> None:
    closed = [fate for fate in hand(Random(1), 4) if fate.ending is not Ending.OPEN]
    assert all(4 <= fate.days_ago <= 92 for fate in closed)


@pytest.mark.parametrize("stage", range(FIRST, CLOSING + 1))
@pytest.mark.parametrize("health", Health)
def test_the_age_of_an_open_deal_gives_the_sign_that_it_bears(health: Health, stage: int) -> None:
    expected, idle = STAGES[stage].expected_days or 14, STAGES[stage].idle_days or 7
    rng = Random(1)
    ages = [age(Fate(Ending.OPEN, stage, health), STAGES[stage], rng) for _ in range(50)]
    if health is Health.OVERSTAYS:
        assert min(ages) > expected
    elif health is Health.DEAD:
        assert min(ages) > 2 * idle
    elif health is Health.IDLES:
        assert min(ages) > idle and (stage == CLOSING or max(ages) < max(expected, idle + 6))
    elif health is not Health.OVERDUE:
        assert max(ages) < expected


@pytest.mark.parametrize("ending", Ending)
@pytest.mark.parametrize("stage", [FIRST, NEEDS, CLOSING])
def test_a_path_leads_to_where_the_deal_stands_without_a_gap(stage: int, ending: Ending) -> None:
    for seed in range(30):
        fate = Fate(ending, stage, days_ago=0.0 if ending is Ending.OPEN else 20.0)
        visits = path(fate, STAGES, Random(seed))
        assert visits[-1].place == stage
        assert (visits[-1].ends == 0) == (ending is Ending.OPEN)
        assert all(one.begins > one.ends for one in visits)
        assert all(one.ends == other.begins for one, other in pairwise(visits))
        assert not any(one.came_back for one in visits)


def test_a_deal_that_came_back_was_away_for_some_weeks_and_in_that_stage_before() -> None:
    for seed in range(30):
        fate = Fate(Ending.OPEN, NEEDS, came_back=True)
        *before, away, last = path(fate, STAGES, Random(seed))
        assert (away.place, last.place) == (NEEDS, NEEDS)
        assert (last.came_back, away.came_back) == (True, False)
        assert away.ends > last.begins
        assert all(one.ends == other.begins for one, other in pairwise([*before, away]))
