"""The work on a deal: answers, interactions, and what goes on after its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain import cadence
from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Contact, Loss, NextStep, Status
from pipeboard.domain.errors import BadInput, Conflict, GateNotMet, NotFound, Refused
from pipeboard.domain.events import value_of
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import MEDDICC, template
from pipeboard.workspace import new_deals
from pipeboard.workspace.execution import _replaced
from pipeboard.workspace.new_deals import win_with_sequels
from tests.ledger import disagreements
from tests.team import LEAD, NEEDS, QUALIFICATION, TODAY, Team, add, now_of, qualify
from tests.verbs import Workspace


@pytest.mark.parametrize(
    ("name", "key"), [("Bob", "bob"), ('"Élodie Roux"', "elodie_roux"), ("🙂", "person")]
)
def test_a_person_of_a_line_has_a_key_to_be_named_by(name: str, key: str, ana: Workspace) -> None:
    (deal,) = add(ana, f"Lumen Oy: pilot contact:{name}").contacts.items()
    assert deal == (key, Contact(name.strip('"')))


def test_whoever_replaces_an_answer_is_told_what_it_said(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    bo.answer([deal.id], "need", "Stops twice a day", 3)
    receipt = ana.answer([deal.id], "need", "Scrap rate of 9 %", 4)
    assert receipt.summary == "Answered Need of Lumen Oy."
    assert receipt.notes == (
        "bo's answer of 23 Nov stays in the history: 'Stops twice a day' (3/4).",
    )
    bo.answer([deal.id], "trigger", "An audit")
    (unrated,) = ana.answer([deal.id], "trigger", "A loss").notes
    assert unrated.endswith("stays in the history: 'An audit'.")
    assert ana.answer([deal.id], "trigger", "A new boss").notes == ()  # that was my own
    told = (entry.event.after for entry in ana.reader.history.entries(deal.id))
    texts = [value_of(after, "answers.need", Answer) for after in told]
    assert [answer.text for answer in texts if answer] == ["Scrap rate of 9 %", "Stops twice a day"]
    assert disagreements(team.place) == []


@pytest.mark.parametrize(
    ("present", "told"),
    [
        (None, ""),
        (Answer("", by="bo"), ""),
        (Answer("Yes", by="ana"), ""),
        (Answer("Yes", by=""), ""),
        (Answer("Yes", by="bo"), "bo's answer stays in the history: 'Yes'."),
        (Answer("", 0, by="bo"), "bo's answer stays in the history: no words (0/4)."),
        (
            Answer("Yes", 4, "", "bo", datetime(2026, 10, 20, 9, tzinfo=UTC)),
            "bo's answer of 20 Oct stays in the history: 'Yes' (4/4).",
        ),
        (
            Answer("Yes", by="bo", at=datetime(2026, 11, 22, 23, 30, tzinfo=UTC)),
            "bo's answer of 23 Nov stays in the history: 'Yes'.",
        ),
    ],
)
def test_of_an_answer_that_gives_way_it_is_told_whose_it_was_unless_nobody_elses(
    present: Answer | None, told: str, ana: Workspace
) -> None:
    deal = replace(add(ana), answers={} if present is None else {"need": present})
    assert _replaced(ana, deal, "need") == told
    assert _replaced(ana, deal, "no such question") == ""


def test_an_answer_taken_back_is_unknown_again_and_kept_in_the_history(ana: Workspace) -> None:
    deal = add(ana)
    ana.answer([deal.id], "need", "", 0)
    assert now_of(ana, deal.id).answers["need"].rating == 0
    ana.take_answer_back(deal.id, "need")
    assert "need" not in now_of(ana, deal.id).answers
    assert [entry.event.kind for entry in ana.reader.history.entries(deal.id)][:2] == [
        "answered"
    ] * 2


def test_what_a_gate_asks_is_answered_by_any_question_set(ana: Workspace) -> None:
    saved = ana.save_pipeline(
        template(
            "needs", pipeline_name="Enterprise", currency="EUR", first_stage_id=0, questions=MEDDICC
        )
    )
    qualification = saved.find_stage("Lead Qualification").id
    (deal,) = ana.add("Acme: press 9k", pipeline=saved, stage_id=qualification).deals
    lacking = [
        lack.text
        for _, found in ana.gate([deal.id], saved.find_stage("Needs").id)
        for lack in found
    ]
    assert lacking == [
        "Metrics is unanswered",
        "Decision process is unanswered",
        "Economic buyer is unanswered",
    ]
    for question in ("metrics", "decision_process", "economic_buyer"):
        ana.answer([deal.id], question, "Told")
    assert ana.step([deal.id], 1).deals[0].stage_id == saved.find_stage("Needs").id


def test_only_what_goes_out_after_a_proposal_follows_up_on_it(ana: Workspace, team: Team) -> None:
    deal = add(ana)
    ana.log_touch([deal.id], "email", "out", quote=True)
    earlier = team.clock.now - timedelta(days=2)
    assert ana.log_touch([deal.id], "call", "out", at=earlier).notes == ()
    team.clock.wait(days=2)
    assert ana.log_touch([deal.id], "call", "in").notes == ()
    assert ana.log_touch([deal.id], "call", "out").notes == (
        "Follow-up 1 of 5 since the proposal.",
    )
    team.clock.wait(days=2)
    assert ana.log_touch([deal.id], "email", "out", quote=True).notes == ()


def test_a_proposal_counts_its_follow_ups(ana: Workspace, team: Team) -> None:
    deal = add(ana)
    sent = ana.log_touch([deal.id], "email", "out", "offer of 40k", quote=True)
    assert sent.notes == ()
    assert now_of(ana, deal.id).quote_sent_at == team.clock.now
    for day in (1, 2):
        team.clock.wait(days=2)
        receipt = ana.log_touch([deal.id], "call", "out", "not there")
        assert receipt.notes == (f"Follow-up {day} of 5 since the proposal.",)
    for _ in range(3):
        ana.undo()
    assert now_of(ana, deal.id).quote_sent_at is None


def test_a_proposal_does_not_come_in(ana: Workspace) -> None:
    deal = add(ana)
    with pytest.raises(BadInput, match="goes out"):
        ana.log_touch([deal.id], "email", "in", quote=True)


def test_a_trial_close_stands_on_the_deal(ana: Workspace) -> None:
    deal = add(ana)
    ana.log_touch([deal.id], "call", "out", "would start in May", trial_close="conditional")
    assert now_of(ana, deal.id).trial_close == "conditional"
    with pytest.raises(BadInput, match="yes, no or conditional"):
        ana.log_touch([deal.id], "call", "out", trial_close="maybe")


def test_two_contacts_in_a_day_are_too_many(ana: Workspace, team: Team) -> None:
    deal = add(ana)
    ana.log_touch([deal.id], "call", "out")
    team.clock.wait(hours=3)
    assert ana.log_touch([deal.id], "email", "out").notes == (
        "Lumen Oy was last contacted 3 h before: fewer than 24.",
    )
    assert ana.log_touch([deal.id], "email", "in").notes == ()


def test_a_bulk_gate_says_of_each_deal_what_it_lacks(ana: Workspace) -> None:
    ready, raw = add(ana, stage=QUALIFICATION), add(ana, "Acme: press 1k", stage=QUALIFICATION)
    qualify(ana, ready.id)
    with pytest.raises(GateNotMet) as refused:
        ana.move([ready.id, raw.id], NEEDS)
    assert [f"D-{part.deal_id}" for part in refused.value.parts] == [raw.ref]


def test_a_lost_deal_comes_back_once_on_its_day(ana: Workspace, bo: Workspace, team: Team) -> None:
    deal = add(ana, "Lumen Oy: packaging pilot 40k +nordic source:referral", QUALIFICATION)
    ana.lose([deal.id], Loss("timing", "budget in spring", recycle_on=date(2026, 12, 1)))
    assert bo.recycle().deals == ()
    team.clock.wait(days=8)
    (back,) = bo.recycle(dry_run=True).deals
    assert now_of(bo, deal.id).status is Status.LOST
    (back,) = bo.recycle().deals
    assert (back.name, back.stage_id, back.owner, back.tags) == (
        "Lumen Oy",
        LEAD,
        "ana",
        ("nordic",),
    )
    assert back.contact_reason == "back from D-1, lost: timing"
    assert back.next_step == NextStep("try again", date(2026, 12, 1))
    assert ana.recycle().deals == bo.recycle().deals == ()
    assert disagreements(team.place) == []


def test_nobody_undoes_what_the_calendar_brought_back(ana: Workspace, team: Team) -> None:
    deal = add(ana)
    ana.lose([deal.id], Loss("timing", recycle_on=date(2026, 12, 1)))
    team.clock.wait(days=9)
    (back,) = ana.recycle(by_itself=True).deals
    assert ana.undo().deals[0].id == deal.id
    assert not now_of(ana, back.id).removed


def test_whoever_brings_lost_deals_back_takes_that_back(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    ana.lose([deal.id], Loss("timing", recycle_on=date(2026, 12, 1)))
    team.clock.wait(days=9)
    (back,) = bo.recycle(token="today").deals
    assert bo.undo().summary.startswith("Undid: Came back as leads: ")
    assert now_of(bo, back.id).removed
    assert now_of(ana, deal.id).status is Status.LOST
    assert bo.redo().deals[0].id == back.id
    assert ana.recycle().deals == ()


def test_a_won_customer_is_asked_how_it_goes_two_weeks_later(ana: Workspace) -> None:
    deal = add(ana)
    ana.win([deal.id], override="signed at the fair")
    (lead,) = ana.follow_up(deal.id).deals
    assert lead.next_step == NextStep("ask how it goes", date(2026, 12, 7))
    assert (lead.account, lead.title, lead.value) == ("Lumen Oy", "next order", None)
    assert now_of(ana, lead.id).recycled_from == deal.id
    ana.undo()
    assert now_of(ana, lead.id).removed


def test_only_who_gives_a_deal_away_hears_that_its_new_owner_is_not_there(ana: Workspace) -> None:
    deal = add(ana)
    ana.change_rep(Rep("bo", active=False))
    assert ana.assign([deal.id], "bo").notes == ("bo is not active.",)
    assert ana.set_fields([deal.id], ["value=9k"]).notes == ()


def test_a_follow_up_is_due_when_it_is_said(ana: Workspace) -> None:
    deal = add(ana)
    ana.win([deal.id], override="signed")
    (lead,) = ana.follow_up(deal.id, TODAY + timedelta(days=5)).deals
    assert lead.next_step == NextStep("ask how it goes", TODAY + timedelta(days=5))


def test_only_a_won_deal_has_a_follow_up(ana: Workspace) -> None:
    with pytest.raises(Refused, match="is not won"):
        ana.follow_up(add(ana).id)
    with pytest.raises(NotFound):
        ana.follow_up(99)


def test_another_day_leaves_each_deal_its_words(ana: Workspace) -> None:
    first, second, third = (add(ana) for _ in range(3))
    ana.plan([first.id], "fri ask Rita")
    ana.plan([second.id], "send the drawing")
    ids = [first.id, second.id, third.id]
    due = date(2027, 1, 4)
    receipt = ana.reschedule(ids, due, "call them")
    assert [now_of(ana, deal_id).next_step for deal_id in ids] == [
        NextStep("ask Rita", due),
        NextStep("send the drawing", due),
        NextStep("call them", due),
    ]
    assert receipt.summary.endswith("› next steps 4 Jan.")


def test_a_note_that_was_rewritten_meanwhile_is_not_rewritten_unseen(ana: Workspace) -> None:
    deal = add(ana)
    ana.add_note([deal.id], "first")
    (note,) = ana.reader.history.notes(deal.id)
    ana.edit_note(deal.id, note.id, "second", before="first")
    with pytest.raises(Conflict) as met:
        ana.edit_note(deal.id, note.id, "third", before="first")
    assert met.value.details["theirs"] == "second"
    assert ana.reader.history.notes(deal.id)[0].text == "second"


def test_a_win_with_its_sequel_is_done_whole_or_not_at_all(
    ana: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    deals = [add(ana).id, add(ana, "Acme: press 1k").id]
    due = TODAY + timedelta(days=14)
    with monkeypatch.context() as patch:
        patch.setattr(new_deals, "sequel", _refusing(2))
        with pytest.raises(Refused, match="no room"):
            win_with_sequels(ana, c.Win(override="signed"), deals, due)
    assert all(now_of(ana, deal_id).is_open for deal_id in deals)
    first = win_with_sequels(ana, c.Win(override="signed"), deals, due, token="t")
    again = win_with_sequels(ana, c.Win(override="signed"), deals, due, token="t")
    assert [deal.id for deal in again.deals] == [deal.id for deal in first.deals] == [1, 2, 3, 4]
    assert len(ana.reader.history.commands()) == 3
    ana.undo()
    assert all(deal.removed for deal in ana.reader.deals([3, 4]).values())
    assert all(now_of(ana, deal_id).is_open for deal_id in deals)


def _refusing(number: int) -> Callable[..., c.Create]:
    """A sequel that is refused the second time."""
    calls = iter(range(1, 9))

    def refuse(*given: Any) -> c.Create:
        if next(calls) == number:
            raise Refused("There is no room.")
        return cadence.sequel(*given)

    return refuse


def test_a_win_with_its_sequel_goes_over_no_change_of_somebody_else(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    bo.step([deal.id], 1)
    with pytest.raises(Conflict, match="bo moved D-1"):
        win_with_sequels(
            ana, c.Win(override="signed"), [deal.id], TODAY, seen={deal.id: deal.version}
        )
    assert ana.reader.known_deals().count() == 1
