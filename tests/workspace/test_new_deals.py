"""New deals from lines: where they go, whose they are, in which currency, and what is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeboard.domain.deal import Contact, Deal, Loss, NextStep
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Rep
from pipeboard.workspace.recording import Receipt
from tests.team import LEAD, PROPOSAL, QUALIFICATION, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: nothing of this depends on it."""
    return team_on_a_file


def only(receipt: Receipt) -> Deal:
    (deal,) = receipt.deals
    return deal


@pytest.mark.parametrize(
    ("line", "stage", "there"),
    [
        ("Acme: press", None, LEAD),
        ("Acme: press", PROPOSAL, PROPOSAL),
        ("Acme: press stage:Qualification", None, QUALIFICATION),
        ("Acme: press stage:Qualification", PROPOSAL, QUALIFICATION),
    ],
)
def test_a_deal_goes_where_its_line_says_else_where_the_cursor_is_else_to_the_first_stage(
    line: str, stage: int | None, there: int, ana: Workspace
) -> None:
    made = ana.add(line, pipeline=sales(ana), stage_id=stage)
    assert only(made).stage_id == there
    assert made.summary == f"Added Acme to {sales(ana).stage(there).name}."


def test_an_amount_is_in_the_currency_that_the_pipeline_has_by_now(ana: Workspace) -> None:
    seen = sales(ana)
    ana.change_pipeline(replace(seen, currency="USD"))
    assert only(ana.add("Acme: press 9k", pipeline=seen)).value == Money(900_000, "USD")
    (deal,) = ana.add_all({1: "Lumen: press 8k"}, pipeline=seen).deals
    assert deal.value == Money(800_000, "USD")


@pytest.mark.parametrize(
    ("line", "owner", "notes"),
    [
        ("Acme: press", "ana", ()),
        ("Acme: press @bo", "bo", ("Bo Holt is not active.",)),
        ("Acme: press @cy", "cy", ()),
        ("Acme: press @none", "", ()),
        ("Acme: press @zed", "zed", ("@zed is a new rep.",)),
    ],
)
def test_a_deal_is_whose_its_line_says_else_of_who_adds_it(
    line: str, owner: str, notes: tuple[str, ...], ana: Workspace
) -> None:
    ana.save_rep(Rep("bo", "Bo Holt", active=False))
    made = ana.add(line, pipeline=sales(ana), new_rep=True)
    assert (only(made).owner, made.notes) == (owner, notes)
    (deal,) = ana.add_all({7: line}, pipeline=sales(ana), new_rep=True).deals
    assert deal.owner == owner


def test_an_owner_whom_nobody_knows_is_refused_with_the_number_of_the_line(ana: Workspace) -> None:
    ana.save_rep(Rep("dora"))
    with pytest.raises(NotFound, match=r"^There is no rep 'zed'"):
        ana.add("Acme: press @zed", pipeline=sales(ana))
    with pytest.raises(NotFound) as refused:
        ana.add_all({1: "Lumen: one", 4: "Acme: press @zed"}, pipeline=sales(ana))
    assert refused.value.message == "Line 4: There is no rep 'zed'."
    assert (refused.value.details["line"], refused.value.details["rep"]) == (4, "zed")
    assert ana.reader.known_deals().count() == 0
    with pytest.raises(BadInput) as untitled:
        ana.add_all({2: "9k @ana"}, pipeline=sales(ana))
    assert untitled.value.message == "Line 2: The deal has no title yet."


def test_of_several_lines_one_sentence_tells_all_and_each_note_stands_once(ana: Workspace) -> None:
    lines = {
        1: "Acme: press @zed", 3: "Lumen: kiln @zed stage:Proposal", 4: "Sol: roof", 5: "Nova: x",
    }  # fmt: skip
    made = ana.add_all(lines, pipeline=sales(ana), new_rep=True)
    assert (
        made.summary == "Added 4 deals (Acme, Lumen, Sol and 1 more) to Lead Generation, Proposal."
    )
    assert [deal.name for deal in made.deals] == ["Acme", "Lumen", "Sol", "Nova"]
    assert made.notes == ("@zed is a new rep.", "3 criteria overridden, logged.")
    ana.undo()
    assert ana.reader.known_deals().standing() == 0


def test_without_a_line_nothing_is_added(ana: Workspace) -> None:
    made = ana.add_all({}, pipeline=sales(ana))
    assert (made.command_id, made.summary) == ("", "Nothing was read, so nothing was added.")
    assert not ana.reader.history.commands()


def test_a_line_brings_its_step_and_its_person_along(ana: Workspace) -> None:
    deal = only(ana.add('Acme: press contact:"Mika Laine" next:"1dec call"', pipeline=sales(ana)))
    assert deal.contacts == {"mika_laine": Contact("Mika Laine")}
    assert deal.next_step == NextStep("call", TODAY + timedelta(days=8))


@pytest.mark.parametrize(("days", "comes"), [(7, False), (8, True), (9, True)])
def test_a_lost_deal_comes_back_from_the_day_on_that_was_named(
    days: int, comes: bool, ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    ana.lose([deal.id], Loss("timing", recycle_on=TODAY + timedelta(days=8)))
    team.clock.wait(days=days)
    back = ana.recycle()
    if not comes:
        assert (back.deals, back.summary) == ((), "No lost deal is due to come back.")
        return
    assert back.summary == "Came back as leads: Lumen Oy."
    assert only(back).next_step == NextStep("try again", TODAY + timedelta(days=days))
    assert now_of(ana, only(back).id).recycled_from == deal.id


def test_what_the_sequel_of_a_win_is_called_is_told(ana: Workspace) -> None:
    deal = add(ana)
    ana.win([deal.id], override="signed")
    made = ana.follow_up(deal.id)
    assert made.summary == f"Added Lumen Oy to follow up on {deal.ref}."
    assert only(made).stage_id == LEAD


def test_only_a_won_deal_is_followed_up(ana: Workspace) -> None:
    deal = add(ana)
    with pytest.raises(Refused) as refused:
        ana.follow_up(deal.id)
    assert refused.value.message == "D-1 Lumen Oy is not won."
    assert refused.value.hint == "Set a next step instead."
    ana.win([deal.id], override="signed")
    for due, step in ((None, TODAY + timedelta(days=14)), (TODAY, TODAY)):
        assert only(ana.follow_up(deal.id, due)).next_step == NextStep("ask how it goes", step)


def test_who_is_new_with_one_line_is_known_to_the_next(ana: Workspace) -> None:
    lines = {1: "Acme: press @zed", 2: "Lumen: kiln @ZED", 3: "Sol: roof @zed"}
    made = ana.add_all(lines, pipeline=sales(ana), new_rep=True)
    assert [deal.owner for deal in made.deals] == ["zed"] * 3
    assert [rep.name for rep in ana.reader.reps()] == ["ana", "bo", "cy", "zed"]


@pytest.mark.parametrize(
    ("tui", "title", "tags", "step"),
    [
        (True, "press", ("hot",), NextStep("call Mika", TODAY + timedelta(days=10))),
        (False, "press #hot > 3dec call Mika", (), None),
    ],
)
def test_on_the_board_a_line_has_shorter_signs_for_tags_and_the_next_step(
    tui: bool, title: str, tags: tuple[str, ...], step: NextStep | None, ana: Workspace
) -> None:
    line = "Acme: press #hot > 3dec call Mika"
    deal = only(ana.add(line, pipeline=sales(ana), tui=tui))
    assert (deal.title, deal.tags, deal.next_step) == (title, tags, step)


@pytest.mark.parametrize("token", ["", "t1"])
def test_where_no_lost_deal_is_due_nothing_is_stored_and_no_token_is_taken(
    token: str, ana: Workspace
) -> None:
    add(ana)
    before = len(ana.reader.history.commands())
    told = ana.recycle(token=token)
    assert (told.command_id, told.summary) == ("", "No lost deal is due to come back.")
    assert len(ana.reader.history.commands()) == before
    if token:
        assert ana.tag([1], ["hot"], token=token).command_id == token
