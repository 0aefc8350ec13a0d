"""How long deals usually stay in a stage, as the heads of the board say it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.store.reading.board import LEAST
from tests.team import LEAD, NEEDS, QUALIFICATION, Team, add, sales
from tests.verbs import Workspace


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team.make(tmp_path / "team.db")
    yield team
    team.close()


def usual(workspace: Workspace) -> dict[int, int]:
    return dict(workspace.reader.numbers.usual_days(sales(workspace).id))


def test_the_median_of_the_stays_that_are_over(team: Team) -> None:
    ana = team.rep("ana")
    deals = [add(ana, f"Firm {number}: pilot").id for number in range(LEAST)]
    for days, place in enumerate((2, 0, 4, 1, 3), 1):
        team.clock.wait(days=days)
        ana.move([deals[place]], QUALIFICATION, override="test")
    assert usual(ana) == {LEAD: 6}  # of 1, 3, 6, 10 and 15
    one_more = add(ana, "Firm 9: pilot").id
    team.clock.wait(days=8)
    ana.move([one_more], QUALIFICATION, override="test")
    assert usual(ana) == {LEAD: 7}


def test_a_stage_that_few_have_left_says_nothing(team: Team) -> None:
    ana = team.rep("ana")
    for number in range(LEAST - 1):
        ana.move([add(ana, f"Firm {number}: pilot").id], QUALIFICATION, override="test")
    assert usual(ana) == {}


def test_a_move_that_was_taken_back_is_no_end_of_a_stay(team: Team) -> None:
    ana = team.rep("ana")
    deals = [add(ana, f"Firm {number}: pilot").id for number in range(LEAST)]
    team.clock.wait(days=3)
    ana.move(deals, NEEDS, override="test")
    ana.undo()
    assert usual(ana) == {}
    team.clock.wait(days=4)
    ana.move(deals, QUALIFICATION, override="test")
    assert usual(ana) == {LEAD: 7}
