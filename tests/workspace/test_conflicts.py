"""Two reps at one deal: what goes on top, and what somebody must look at first."""

from __future__ import annotations

from datetime import date

import pytest

from pipeboard.domain.errors import Conflict
from pipeboard.domain.money import Money
from pipeboard.workspace import Workspace
from tests.team import NEEDS, QUALIFICATION, Team, add, now_of, qualify


def test_a_change_of_another_field_goes_on_top_and_says_so(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    bo.edit([deal.id], {"value": Money(5_000_000, "EUR")})
    team.clock.wait(hours=1)
    receipt = ana.edit([deal.id], {"source": "web"}, seen={deal.id: deal.version})
    assert receipt.notes == ("Set on top of a change by bo at 10:00.",)
    after = now_of(ana, deal.id)
    assert (after.value, after.source) == (Money(5_000_000, "EUR"), "web")


def test_a_change_of_the_same_field_is_a_conflict_that_says_who_what_and_when(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    team.clock.wait(minutes=41)
    bo.set_fields([deal.id], ["value=50k"])
    with pytest.raises(Conflict) as refused:
        ana.set_fields([deal.id], ["value=45k", "source=web"], seen={deal.id: deal.version})
    assert refused.value.message == "bo changed D-1 Lumen Oy at 10:41: value."
    assert refused.value.details == {
        "deal": "D-1",
        "by": "bo",
        "at": "2026-11-23T09:41:00+00:00",
        "fields": ["value"],
    }
    assert now_of(ana, deal.id).source == ""


def test_after_a_look_at_the_deal_as_it_is_now_the_change_goes_through(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    changed = bo.set_fields([deal.id], ["value=50k"]).deals[0]
    receipt = ana.set_fields([deal.id], ["value=45k"], seen={deal.id: changed.version})
    assert receipt.notes == ()
    assert now_of(ana, deal.id).value == Money(4_500_000, "EUR")


def test_without_a_seen_version_a_script_changes_the_deal_as_it_is(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    bo.set_fields([deal.id], ["value=50k"])
    ana.set_fields([deal.id], ["value=45k"])
    assert now_of(ana, deal.id).value == Money(4_500_000, "EUR")


def test_two_moves_of_one_deal_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    qualify(ana, deal.id)
    seen = {deal.id: now_of(ana, deal.id).version}
    bo.move([deal.id], NEEDS)
    with pytest.raises(Conflict, match="stage id"):
        ana.step([deal.id], -1, seen=seen)


def test_one_conflict_stops_a_whole_bulk(ana: Workspace, bo: Workspace) -> None:
    first, second = add(ana), add(ana, "Acme: press 1k")
    bo.assign([second.id], "bo", new_rep=True)
    seen = {first.id: 1, second.id: 1}
    with pytest.raises(Exception, match="Nothing was changed: 1 of 2"):
        ana.assign([first.id, second.id], "cy", new_rep=True, seen=seen)
    assert now_of(ana, first.id).owner == "ana"


def test_two_calls_with_one_buyer_are_no_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    bo.log_touch([deal.id], "call", "out", "voicemail")
    receipt = ana.log_touch([deal.id], "call", "out", "spoke", seen={deal.id: 1})
    assert any("on top of a change by bo" in note for note in receipt.notes)
    assert now_of(ana, deal.id).outbound_since_reply == 2


def test_two_answers_to_different_questions_are_no_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    bo.answer([deal.id], "need", "Stops twice a day")
    ana.answer([deal.id], "timeline", "Before the summer", seen={deal.id: 1})
    assert set(now_of(ana, deal.id).answers) == {"need", "timeline"}
    with pytest.raises(Conflict, match=r"answers\.need"):
        ana.answer([deal.id], "need", "Another", seen={deal.id: 1})


def test_what_somebody_did_and_took_back_is_no_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    bo.set_fields([deal.id], ["value=50k"])
    bo.undo()
    assert ana.set_fields([deal.id], ["value=45k"], seen={deal.id: 1}).notes == ()


def test_what_somebody_took_back_under_my_eyes_is_a_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    seen = bo.set_fields([deal.id], ["value=50k"]).deals[0]
    bo.undo()
    with pytest.raises(Conflict, match="value"):
        ana.set_fields([deal.id], ["value=45k"], seen={deal.id: seen.version})


def test_what_somebody_put_again_after_i_looked_is_a_conflict(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    bo.plan([deal.id], "1dec call")
    bo.undo()
    seen = now_of(ana, deal.id).version
    bo.redo()
    with pytest.raises(Conflict, match="next step"):
        ana.set_next_step([deal.id], "mail", date(2026, 12, 2), seen={deal.id: seen})


def test_a_note_never_conflicts(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    bo.add_note([deal.id], "One")
    ana.add_note([deal.id], "Two")
    assert {note.text for note in ana.reader.notes(deal.id)} == {"One", "Two"}
