"""A walk through the queue, a deal at a time."""

from __future__ import annotations

import pytest

from pipeboard.domain.queue import Effort, Round, Tier


def test_what_is_handled_leaves_and_what_is_skipped_comes_again_once_at_the_end() -> None:
    walk = Round([1, 2, 3])
    assert walk.current == 1
    walk.go_on(handled=False)
    assert (walk.current, walk.ids, walk.skipped, walk.handled) == (2, [2, 3, 1], [1], [])
    walk.go_on(handled=True)
    walk.go_on(handled=True)
    assert walk.summary("") == "2 handled; 1 skipped."
    walk.go_on(handled=False)
    assert walk.current is None
    assert (walk.ids, walk.passed) == ([], [1, 2, 3, 1])
    assert walk.summary("Thu 3 Dec") == "2 handled, next due Thu 3 Dec; 1 skipped."


def test_what_is_handled_the_second_time_is_no_longer_skipped() -> None:
    walk = Round([1, 2])
    for handled in (False, True, True):
        walk.go_on(handled=handled)
    assert (walk.skipped, walk.handled) == ([], [2, 1])
    assert walk.summary("") == "2 handled; 0 skipped."


def test_back_goes_to_the_deal_before_as_if_nothing_had_been_done_with_it() -> None:
    walk = Round([1, 2, 3])
    walk.back()
    assert walk == Round([1, 2, 3])
    walk.go_on(handled=True)
    walk.go_on(handled=False)
    walk.back()
    assert walk == Round([2, 3], handled=[1], passed=[1])
    walk.back()
    assert walk == Round([1, 2, 3])


def test_a_deal_is_brought_back_from_wherever_it_is() -> None:
    walk = Round([3, 2], handled=[1, 4], skipped=[2], passed=[1, 4, 2])
    walk.bring_back(2)
    assert walk == Round([2, 3], handled=[1, 4], passed=[1, 4, 2])
    walk.bring_back(4)
    assert walk == Round([4, 2, 3], handled=[1], passed=[1, 4, 2])
    walk.put_first(3)
    assert walk == Round([3, 4, 2], handled=[1], passed=[1, 4, 2])


def test_a_copy_goes_its_own_way() -> None:
    walk = Round([1, 2, 3], handled=[4], skipped=[3], passed=[4, 3])
    other = walk.copy()
    assert other == walk
    other.go_on(handled=True)
    other.go_on(handled=False)
    assert walk == Round([1, 2, 3], handled=[4], skipped=[3], passed=[4, 3])


def test_a_round_follows_the_queue_as_it_is_now() -> None:
    walk = Round([2, 3, 1], handled=[5], skipped=[1], passed=[5, 1])
    walk.follow([6, 5, 3, 1])
    assert walk.ids == [6, 3, 1]  # 2 left, 6 is new, 5 was handled, and the skipped comes last
    walk.follow([6, 3])
    assert (walk.ids, walk.skipped) == ([6, 3], [1])
    walk.follow([1, 3, 6])
    assert walk.ids == [3, 6]  # left out once, the skipped does not come again


def test_time_without_a_key_for_over_five_minutes_is_a_pause_and_no_part_of_it_counts() -> None:
    effort = Effort()
    for at in (100.0, 130.0, 430.0, 731.0, 791.0, 790.0):  # the last came late, or a clock erred
        effort.hear(at)
    assert (effort.used_s, effort.pauses) == (30 + 300 + 60, 1)


@pytest.mark.parametrize(
    ("used_s", "pauses", "touched", "said"),
    [
        (0, 0, (), ""),
        (29, 0, (), ""),
        (29, 0, (1,), " This sitting: under a minute, 1 touch: 1 overdue."),
        (61, 0, (), " This sitting: 1 minute, no touch."),
        (
            570,
            2,
            (1, 2, 1, 3, 9),  # 9 was never looked at
            " This sitting: 10 minutes without 2 pauses of over 5, 4 touches: 2 overdue,"
            " 2 stalled though planned.",
        ),
    ],
)
def test_a_sitting_tells_its_minutes_and_its_touches_by_tier(
    used_s: float, pauses: int, touched: tuple[int, ...], said: str
) -> None:
    met = {1: Tier.OVERDUE, 2: Tier.STALLED, 3: Tier.STALLED}
    assert Effort(used_s, pauses, met=met).told(touched) == said
