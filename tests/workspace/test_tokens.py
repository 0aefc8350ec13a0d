"""Tokens: a script that repeats a command, since the answer got lost, does it once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from pipeboard.domain.commands import Win
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import SEEN, Rep
from pipeboard.workspace.new_deals import win_with_sequels
from pipeboard.workspace.recording import Receipt
from tests.ledger import disagreements
from tests.team import Team, add, sales
from tests.verbs import Workspace
from tests.workspace.test_truth import AFTER, ALL, DOES, Scene, begin


@pytest.fixture
def scene(ana: Workspace, bo: Workspace) -> Scene:
    return Scene(ana, bo, add(ana).id, add(ana, "Acme: press 1k @bo").id)


def with_token(scene: Scene, name: str, act: Callable[[Scene], Receipt]) -> Receipt:
    """The use case, called with the token of this test."""
    method = getattr(scene.ana, name)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(scene.ana, name, lambda *a, **k: method(*a, **k, token="nightly-1"))
        return act(scene)


@pytest.mark.parametrize("name", ALL)
def test_a_command_that_comes_again_is_done_once(name: str, scene: Scene, team: Team) -> None:
    act = begin(scene, name)
    first = with_token(scene, name, act)
    when = f"{team.clock():%d %b} 10:00"
    team.clock.wait(minutes=5)
    state = scene.ana.reader.history.entries(), scene.ana.reader.history.commands()
    act = DOES[name] if name in DOES else AFTER[name][1]
    if name == "edit_note":
        act = _same_note
    again = with_token(scene, name, act)
    assert first.command_id == again.command_id == "nightly-1"
    assert [deal.id for deal in again.deals] == [deal.id for deal in first.deals]
    assert again.summary.removeprefix("Redid: ") == first.summary.removeprefix("Redid: ")
    assert again.notes[-1].startswith(f"This was done already, on {when}")
    assert (scene.ana.reader.history.entries(), scene.ana.reader.history.commands()) == state
    assert disagreements(team.place) == []


def _same_note(scene: Scene) -> Receipt:
    return scene.ana.edit_note(scene.deal, scene.ana.reader.history.notes(scene.deal)[0].id, "New")


AGREED: dict[str, Callable[[Workspace, str], object]] = {
    "pipeline": lambda ws, token: ws.change_pipeline(
        sales(ws).__class__(0, "Renewals", "EUR", sales(ws).stages, sales(ws).questions),
        token=token,
    ),
    "rep": lambda ws, token: ws.change_rep(Rep("dee"), token=token),
    "target": lambda ws, token: ws.set_target(sales(ws), "2026Q4", "1k", token=token),
    "fx": lambda ws, token: ws.set_rate("USD", "0.9", token=token),
    "filter": lambda ws, token: ws.save_filter("mine", "open", token=token),
}


@pytest.mark.parametrize("verb", AGREED)
def test_what_is_agreed_again_is_agreed_once(verb: str, ana: Workspace) -> None:
    AGREED[verb](ana, "t-1")
    AGREED[verb](ana, "t-1")
    assert [did.verb for did in ana.reader.history.commands()] == [verb]


def test_a_token_stands_for_one_command_of_one_person(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    ana.tag([deal.id], ["x"], token="t-1")
    with pytest.raises(Refused, match="The token 't-1' was used already: Tagged Lumen Oy"):
        ana.step([deal.id], 1, token="t-1")
    with pytest.raises(Refused, match="was used already"):
        bo.tag([deal.id], ["x"], token="t-1")


def test_a_token_of_what_is_not_shown_is_refused_without_what_it_did(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k @ana")
    ana.change_rep(Rep("bo", role="rep"))
    ana.save_settings(replace(ana.settings, reps_see=SEEN.index("own")))
    ana.tag([deal.id], ["x"], token="t-1")
    with pytest.raises(Refused) as refused:
        bo.add("Acme: press", pipeline=sales(bo), token="t-1")
    assert refused.value.message == "The token 't-1' was used already."


def test_a_token_whose_command_was_refused_is_free(ana: Workspace) -> None:
    deal = add(ana)
    with pytest.raises(Refused):
        ana.step([deal.id], -1, token="t-1")
    assert ana.step([deal.id], 1, token="t-1").command_id == "t-1"


def test_a_batch_that_a_script_repeated_is_undone_as_one(ana: Workspace) -> None:
    ids = [add(ana).id, add(ana, "Acme: press 1k").id]
    for _ in range(3):
        ana.step(ids, 1, token="batch")
    ana.undo()
    assert {deal.stage_id for deal in ana.reader.deals(ids).values()} == {1}


def test_several_lines_become_deals_all_or_none_and_once_for_a_token(ana: Workspace) -> None:
    lines = {1: "Acme: press 1k", 3: "Borealis: kiln 2k"}
    with pytest.raises(BadInput) as refused:
        ana.add_all({**lines, 4: "  "}, pipeline=sales(ana))
    assert refused.value.message.startswith("Line 4: ")
    assert refused.value.details["line"] == 4
    assert ana.reader.history.entries() == ()
    for _ in range(2):
        receipt = ana.add_all(lines, pipeline=sales(ana), token="list-1")
        assert [deal.ref for deal in receipt.deals] == ["D-1", "D-2"]
    assert len(ana.undo_list()) == 1
    ana.undo()
    assert all(deal.removed for deal in ana.reader.deals([1, 2]).values())


def test_a_token_whose_command_was_undone_is_refused_until_it_is_redone(ana: Workspace) -> None:
    line = "Lumen Oy: pilot 40k"
    ana.add(line, pipeline=sales(ana), token="t-1")
    ana.undo()
    with pytest.raises(Refused, match=r"on 23 Nov 10:00, and undone since: Added Lumen") as refused:
        ana.add(line, pipeline=sales(ana), token="t-1")
    assert refused.value.hint == "Take another token to do it again."
    ana.redo()
    assert [deal.ref for deal in ana.add(line, pipeline=sales(ana), token="t-1").deals] == ["D-1"]


def test_a_token_of_other_deals_is_refused(ana: Workspace) -> None:
    ids = [add(ana).id, add(ana, "Acme: press 1k").id]
    ana.tag(ids, ["x"], token="t-1")
    with pytest.raises(Refused, match="was used already, for something else: Tagged"):
        ana.tag(ids[:1], ["x"], token="t-1")
    assert ana.tag(ids, ["x"], token="t-1").command_id == "t-1"


@pytest.mark.parametrize("other", ["Acme: kiln 1k", "Borealis: press 1k"])
def test_a_token_of_a_line_that_names_another_deal_is_refused(ana: Workspace, other: str) -> None:
    for _ in range(2):
        ana.add("Acme: press 1k", pipeline=sales(ana), token="t-1")
        ana.add_all({1: "Acme: press 1k"}, pipeline=sales(ana), token="t-2")
    with pytest.raises(Refused, match="for something else: Added"):
        ana.add(other, pipeline=sales(ana), token="t-1")
    with pytest.raises(Refused, match="for something else: Added"):
        ana.add_all({1: other}, pipeline=sales(ana), token="t-2")


def test_a_win_with_what_follows_may_be_repeated(ana: Workspace) -> None:
    deal, due = add(ana).id, date(2027, 1, 4)
    won = Win(override="signed")
    first = win_with_sequels(ana, won, [deal], due, token="t-1")
    again = win_with_sequels(ana, won, [deal], due, token="t-1")
    assert [one.id for one in again.deals] == [one.id for one in first.deals]
    assert len(again.deals) == 2
