"""What deals refuse before anybody has typed a word for it: asked by screens, changing nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import NotFound, PipeboardError, Refused, SoAlready
from pipeboard.domain.roles import NotAllowed
from pipeboard.domain.settings import Rep
from pipeboard.workspace.execution import check_allowed
from tests.team import CLOSING, LEAD, NEEDS, QUALIFICATION, WON, Team, add
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is refused does not depend on it."""
    return team_on_a_file


@pytest.fixture
def deals(ana: Workspace) -> dict[str, int]:
    """One deal in each state."""
    stages = {"lead": LEAD, "gated": QUALIFICATION, "last": CLOSING}
    ids = {name: add(ana, f"{name}: pilot @ana", stage).id for name, stage in stages.items()}
    for name in ("won", "lost", "archived", "shelved"):
        ids[name] = add(ana, f"{name}: pilot @ana").id
    ana.win([ids["won"]], override="signed")
    ana.lose([ids["lost"]], Loss("price"))
    ana.archive([ids["archived"], ids["shelved"]])
    return ids


MOVE, WIN, LOSE, ARCHIVE = c.Move(NEEDS), c.Win(), c.Lose(Loss("")), c.Archive()


@pytest.mark.parametrize(
    ("command", "asked", "error", "why"),
    [
        (MOVE, "gated", None, ""),
        (MOVE, "lead", None, ""),
        (c.Move(LEAD), "lead", SoAlready, "D-1 lead is already in Lead Generation."),
        (c.Move(WON), "lead", Refused, "Won is an outcome, not a step."),
        (MOVE, "won", Refused, "D-4 won is won"),
        (MOVE, "archived", Refused, "D-6 archived is archived"),
        (c.Step(1), "last", Refused, "Closing is the last stage"),
        (WIN, "lead", None, ""),
        (WIN, "won", SoAlready, "won"),
        (LOSE, "lead", None, ""),
        (c.Lose(Loss("price")), "lost", SoAlready, "already lost"),
        (ARCHIVE, "archived", SoAlready, "archived already"),
        (c.SetFields(()), "lead", None, ""),
        (c.Plan(""), "lead", None, ""),
        (c.Move(LEAD), "lead gated", None, ""),
        (ARCHIVE, "archived lead", None, ""),
        (ARCHIVE, "archived shelved", SoAlready, "all 2 deals are so already"),
        (MOVE, "gated won", Refused, "Nothing was changed: 1 of 2 deals refuses. D-4 won is won"),
        (MOVE, "won lost gated", Refused, "Nothing was changed: 2 of 3 deals refuse."),
        (c.Move(LEAD), "lead archived", Refused, "Nothing was changed: 1 of 2 deals refuses."),
    ],
)
def test_deals_refuse_what_no_word_can_make_good(
    command: c.Command,
    asked: str,
    error: type[PipeboardError] | None,
    why: str,
    ana: Workspace,
    deals: dict[str, int],
) -> None:
    before = ana.reader.history.commands(limit=1)
    ids = [deals[name] for name in asked.split()]
    if error is None:
        check_allowed(ana, command, ids)
    else:
        with pytest.raises(error) as refused:
            check_allowed(ana, command, ids)
        assert type(refused.value) is error
        assert why in refused.value.message
    assert ana.reader.history.commands(limit=1) == before


def test_a_deal_that_is_not_there_is_told_so(ana: Workspace) -> None:
    with pytest.raises(NotFound):
        check_allowed(ana, MOVE, [99])


@pytest.mark.parametrize("role", ["viewer", "rep", "manager"])
@pytest.mark.parametrize("asked", ["lead", "gated lead"])
def test_who_may_not_change_a_deal_hears_it_before_they_type(
    role: str, asked: str, ana: Workspace, bo: Workspace, deals: dict[str, int]
) -> None:
    ana.change_rep(Rep("bo", role=role))
    ana.save_settings(replace(ana.settings, reps_edit_own=True))
    ids = [deals[name] for name in asked.split()]
    check_allowed(ana, MOVE, ids)
    if role == "manager":
        check_allowed(bo, MOVE, ids)
        return
    with pytest.raises(NotAllowed, match=r"is a viewer here|reps change their own deals only"):
        check_allowed(bo, MOVE, ids)
