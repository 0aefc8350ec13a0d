"""Undo and redo: whole commands, only one's own, and never over somebody else's change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from pipeboard.domain.agreements import Topic
from pipeboard.domain.commands import Rank
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import Contact, Deal, Loss, Status, Term
from pipeboard.domain.errors import Conflict, GateNotMet, NotFound, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.settings import SEEN, Rep
from pipeboard.domain.timeline import without_cancelled
from pipeboard.store.writing import Done
from pipeboard.workspace.recording import Receipt
from tests.ledger import disagreements
from tests.team import LEAD, NEEDS, PROPOSAL, QUALIFICATION, Team, add, now_of, qualify, sales
from tests.verbs import Workspace


def state(workspace: Workspace, deal_id: int) -> Deal:
    """The deal apart from its version, which only ever grows."""
    return replace(now_of(workspace, deal_id), version=0)


def test_undo_takes_a_move_back_and_redo_puts_it_again(ana: Workspace) -> None:
    deal = add(ana)
    before = state(ana, deal.id)
    ana.step([deal.id], 1)
    after = state(ana, deal.id)
    assert (
        ana.undo().summary == "Undid: Moved Lumen Oy to Lead Qualification (from Lead Generation)."
    )
    assert state(ana, deal.id) == before
    assert (
        ana.redo().summary == "Redid: Moved Lumen Oy to Lead Qualification (from Lead Generation)."
    )
    assert state(ana, deal.id) == after


def test_a_redone_deal_is_won_on_the_day_on_which_it_was_won(ana: Workspace, team: Team) -> None:
    deal = add(ana)
    ana.win([deal.id], override="by handshake")
    won = state(ana, deal.id)
    team.clock.wait(days=40)
    ana.undo()
    team.clock.wait(days=3)
    ana.redo()
    assert state(ana, deal.id) == won


@pytest.mark.parametrize(
    ("changed", "head", "more"),
    [
        (1, "A deal stays as it is:", []),
        (3, "3 deals stay:", []),
        (5, "5 deals stay:", []),
        (7, "7 deals stay:", ["And 2 more."]),
    ],
)
def test_deals_that_stay_as_they_are_are_named_up_to_five_and_counted(
    changed: int, head: str, more: list[str], ana: Workspace, bo: Workspace
) -> None:
    deals = [add(ana, f"Company {n}: pilot {n}k") for n in range(1, 9)]
    ana.step([deal.id for deal in deals], 1)
    bo.step([deal.id for deal in deals[:changed]], -1)
    first, *named = ana.undo(rest=True).notes
    assert first == head
    assert [note[:17] for note in named[:5]] == [
        f"bo changed {deal.ref} Co" for deal in deals[: min(changed, 5)]
    ]
    assert named[min(changed, 5) :] == more


def test_only_what_one_did_oneself_is_undone_by_name(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    moved = ana.step([deal.id], 1)
    for which in (moved.command_id, "nothing-of-this-name"):
        with pytest.raises(Refused, match="Only what you did yourself is taken back"):
            bo.undo(which=which)
    ana.undo(which=moved.command_id)
    with pytest.raises(Refused, match="was taken back already"):
        ana.undo(which=moved.command_id)


def test_a_bulk_command_is_undone_as_a_whole(ana: Workspace, team: Team) -> None:
    deals = [add(ana, f"Company {n}: pilot {n}k") for n in range(1, 6)]
    ana.step([deal.id for deal in deals], 1)
    receipt = ana.undo()
    assert len(receipt.deals) == 5
    assert {now_of(ana, deal.id).stage_id for deal in deals} == {LEAD}
    ana.redo()
    assert {now_of(ana, deal.id).stage_id for deal in deals} == {QUALIFICATION}
    assert disagreements(team.place) == []


def test_undo_of_an_added_deal_makes_it_disappear_and_redo_brings_it_back(ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k #pilot")
    lens = ana.lens(sales(ana))
    ana.undo()
    assert ana.reader.board(lens).total == 0
    assert ana.reader.find("lumen") == ()
    with pytest.raises(Exception, match="There is no deal"):
        ana.find_deal(deal.ref)
    ana.redo()
    assert ana.reader.board(lens).total == 1
    assert now_of(ana, deal.id).value == Money(4_000_000, "EUR")
    assert [found.deal_id for found in ana.reader.find("lumen")] == [deal.id]


def test_undo_goes_back_command_by_command_and_redo_forwards_again(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    states = [state(ana, deal.id)]
    for account in ("One", "Two", "Three", "Four"):
        ana.edit([deal.id], {"account": account})
        states.append(state(ana, deal.id))
    for expected in reversed(states[:-1]):
        ana.undo()
        assert state(ana, deal.id) == expected
    for expected in states[1:]:
        ana.redo()
        assert state(ana, deal.id) == expected
    with pytest.raises(Refused, match="nothing to redo"):
        ana.redo()
    assert disagreements(team.place) == []


def test_an_undone_redo_can_be_redone(ana: Workspace) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Other"})
    for _ in range(3):
        ana.undo()
        assert now_of(ana, deal.id).account == "Lumen Oy"
        ana.redo()
        assert now_of(ana, deal.id).account == "Other"
    ana.undo()
    ana.undo()
    assert now_of(ana, deal.id).removed


def test_a_new_command_clears_what_could_be_redone(ana: Workspace) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Other"})
    ana.undo()
    ana.edit([deal.id], {"source": "web"})
    with pytest.raises(Refused, match="nothing to redo"):
        ana.redo()


def test_with_nothing_done_there_is_nothing_to_undo(ana: Workspace, bo: Workspace) -> None:
    add(bo)
    with pytest.raises(Refused, match="nothing of yours to undo"):
        ana.undo()


def test_undo_takes_back_my_own_last_command_and_not_the_last_of_all(
    ana: Workspace, bo: Workspace
) -> None:
    mine, theirs = add(ana), add(bo, "Acme: press")
    ana.edit([mine.id], {"account": "Mine"})
    bo.edit([theirs.id], {"account": "Theirs"})
    ana.undo()
    assert now_of(ana, mine.id).account == "Lumen Oy"
    assert now_of(ana, theirs.id).account == "Theirs"


def test_undo_is_refused_with_the_difference_when_somebody_changed_the_deal(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    team.clock.wait(minutes=5)
    bo.edit([deal.id], {"value": Money(100, "EUR")})
    with pytest.raises(Conflict) as refused:
        ana.undo()
    assert "bo changed D-1 Mine at 23 Nov 10:05" in refused.value.message
    assert "(value)" in refused.value.message
    assert refused.value.details["by"] == "bo"
    assert refused.value.details["fields"] == ["value"]
    assert now_of(ana, deal.id).account == "Mine"


SINCE: dict[str, tuple[Callable[[Workspace, int], object], str]] = {
    "a field": (lambda bo, one: bo.edit([one], {"value": Money(100, "EUR")}), "(value)"),
    "a note": (lambda bo, one: bo.add_note([one], "hello"), "(a note)"),
    "a call": (lambda bo, one: bo.log_touch([one], "call"), "(an interaction)"),
    "a place": (lambda bo, one: bo.execute(Rank(-1), [one]), "(its place in the column)"),
}


@pytest.mark.parametrize("what", SINCE)
def test_what_somebody_has_done_since_is_said_in_plain_words(
    ana: Workspace, bo: Workspace, what: str
) -> None:
    add(ana, "Acme: press")
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    do, told = SINCE[what]
    do(bo, deal.id)
    with pytest.raises(Conflict) as refused:
        ana.undo()
    assert told in refused.value.message


@pytest.mark.parametrize("changed", [1, 2])
def test_only_where_some_deals_stand_as_they_were_is_the_rest_offered(
    ana: Workspace, bo: Workspace, changed: int
) -> None:
    deals = [add(ana).id, add(ana, "Acme: press").id]
    ana.edit(deals, {"account": "Mine"})
    bo.edit(deals[:changed], {"source": "web"})
    with pytest.raises(Conflict) as refused:
        ana.undo()
    assert ("undo --rest" in str(refused.value.hint)) is (changed < len(deals))
    assert ("2 of its 2 deals" in refused.value.message) is (changed == 2)


def test_what_follows_a_move_is_not_named_as_changed(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    team.clock.wait(minutes=5)
    bo.step([deal.id], 1)
    with pytest.raises(Conflict) as refused:
        ana.undo()
    fields = str(refused.value.details["fields"])
    assert "stage_id" in fields and "rank" not in fields


def test_a_bulk_undo_is_refused_whole_when_one_of_its_deals_was_changed(
    ana: Workspace, bo: Workspace
) -> None:
    first, second = add(ana), add(ana, "Acme: press")
    ana.step([first.id, second.id], 1)
    bo.edit([second.id], {"account": "Acme Inc"})
    with pytest.raises(Conflict, match="bo changed D-2"):
        ana.undo()
    assert now_of(ana, first.id).stage_id == QUALIFICATION


def test_undo_works_again_once_the_other_change_was_undone(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    bo.edit([deal.id], {"value": Money(100, "EUR")})
    bo.undo()
    ana.undo()
    assert now_of(ana, deal.id).account == "Lumen Oy"


def test_undo_is_refused_after_somebody_undid_and_redid(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    bo.edit([deal.id], {"value": Money(100, "EUR")})
    bo.undo()
    bo.redo()
    with pytest.raises(Conflict, match="bo changed"):
        ana.undo()


def test_a_deal_past_a_gate_by_override_comes_back_by_redo_with_its_reason(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    ana.move([deal.id], NEEDS, override="signed already")
    ana.undo()
    ana.redo()
    last = ana.reader.history.entries(deal.id, limit=1)[0]
    assert last.event.facts["override"] == "signed already"
    assert now_of(ana, deal.id).stage_id == NEEDS


def test_redo_is_refused_when_the_gate_was_tightened_meanwhile(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    ana.step([deal.id], 1)
    ana.undo()
    pipeline = sales(ana)
    first = replace(pipeline.stages[0], criteria=(parse_criterion("source"),))
    bo.save_pipeline(replace(pipeline, stages=(first, *pipeline.stages[1:])))
    with pytest.raises(GateNotMet, match="source is empty"):
        ana.redo()


def test_every_kind_of_command_can_be_undone_and_redone(ana: Workspace, team: Team) -> None:
    deal, other = add(ana, stage=PROPOSAL), add(ana, "Twin: same 10k #other")
    commands: list[Callable[[], Receipt]] = [
        lambda: ana.set_fields([deal.id], ["value=50k", "p=60", "category=commit", "fields.a=b"]),
        lambda: ana.assign([deal.id], "bo", new_rep=True),
        lambda: ana.tag([deal.id], ["big", "nordic"]),
        lambda: ana.tag([deal.id], [], ["big"]),
        lambda: ana.plan([deal.id], "1dec call Bob"),
        lambda: ana.complete_next_step([deal.id], "voicemail"),
        lambda: ana.snooze([deal.id], date(2026, 12, 24), "holidays"),
        lambda: ana.answer([deal.id], "need", "They stop twice a day.", 4, "Mail of Monday"),
        lambda: ana.answer([deal.id], "need", "Three times.", None),
        lambda: ana.set_contact(deal.id, Contact("Bob", "champion", "bob@lumen.example")),
        lambda: ana.set_contact(deal.id, None, "bob"),
        lambda: ana.set_term(deal.id, Term("Payment", "30 days")),
        lambda: ana.check(deal.id, PROPOSAL, "Problem"),
        lambda: ana.check(deal.id, PROPOSAL, "Problem", done=False),
        lambda: ana.add_note([deal.id], "Met at the fair"),
        lambda: ana.log_touch([deal.id], "call", "out", "voicemail"),
        lambda: ana.log_touch([deal.id], "email", "in", "yes"),
        lambda: ana.step([deal.id], -1),
        lambda: ana.win([deal.id], value=Money(9, "EUR"), override="signed on paper"),
        lambda: ana.reopen([deal.id]),
        lambda: ana.lose([deal.id], Loss("price", "too dear")),
        lambda: ana.archive([deal.id]),
        lambda: ana.unarchive([deal.id]),
        lambda: ana.reopen([deal.id]),
        lambda: ana.merge(deal.id, [other.id]),
    ]
    for command in commands:
        team.clock.wait(hours=1)
        ids = (deal.id, other.id)
        before = [state(ana, deal_id) for deal_id in ids]
        beside = [(ana.reader.history.notes(i), ana.reader.history.touches(i)) for i in ids]
        receipt = command()
        after = [state(ana, deal_id) for deal_id in ids]
        ana.undo()
        assert [state(ana, deal_id) for deal_id in ids] == before, receipt.summary
        assert [(ana.reader.history.notes(i), ana.reader.history.touches(i)) for i in ids] == beside
        ana.redo()
        assert [state(ana, deal_id) for deal_id in ids] == after, receipt.summary
    assert disagreements(team.place) == []


def test_an_edited_note_gets_its_old_words_back(ana: Workspace) -> None:
    deal = add(ana)
    ana.add_note([deal.id], "Old words")
    (note,) = ana.reader.history.notes(deal.id)
    ana.edit_note(deal.id, note.id, "New words")
    ana.undo()
    assert ana.reader.history.notes(deal.id)[0].text == "Old words"
    ana.redo()
    assert ana.reader.history.notes(deal.id)[0].text == "New words"


def test_the_list_of_what_can_be_undone_is_newest_first(ana: Workspace) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "One"})
    ana.edit([deal.id], {"account": "Two"})
    ana.undo()
    assert [did.summary for did in ana.undo_list()] == [
        "Set company of One: Lumen Oy → One.",
        "Added Lumen Oy to Lead Generation.",
    ]


def test_a_tried_undo_changes_nothing(ana: Workspace) -> None:
    deal = add(ana)
    ana.step([deal.id], 1)
    ana.undo(dry_run=True)
    assert now_of(ana, deal.id).stage_id == QUALIFICATION
    assert now_of(ana, deal.id).version == 2


def test_undoing_a_qualifying_move_takes_the_qualification_back(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    qualify(ana, deal.id)
    ana.step([deal.id], 1)
    assert now_of(ana, deal.id).qualified_at is not None
    ana.undo()
    assert now_of(ana, deal.id).qualified_at is None
    assert now_of(ana, deal.id).status is Status.OPEN


def test_any_command_of_mine_that_stands_is_undone_by_its_id(ana: Workspace) -> None:
    deal, other = add(ana), add(ana, "Acme: pilot 5k")
    first = ana.step([deal.id], 1)
    ana.step([other.id], 1)
    assert ana.undo(which=first.command_id).command_id
    assert now_of(ana, deal.id).stage_id == LEAD
    assert now_of(ana, other.id).stage_id == QUALIFICATION
    with pytest.raises(Refused, match="taken back already"):
        ana.undo(which=first.command_id)


def test_what_somebody_else_did_is_not_mine_to_undo_by_its_id(
    ana: Workspace, bo: Workspace
) -> None:
    theirs = bo.step([add(ana).id], 1)
    with pytest.raises(Refused, match="did yourself"):
        ana.undo(which=theirs.command_id)


@pytest.mark.parametrize(
    ("assignment", "told"),
    [
        ("value=12k", "Set value of Lumen Oy: €40,000 → €12,000."),
        ("close=19dec", "Set close date of Lumen Oy: nothing → 19 Dec."),
        ("floor_value=30k", "Set lowest value of Lumen Oy."),
    ],
)
def test_a_change_says_from_what_to_what_but_nothing_of_the_owners_own(
    assignment: str, told: str, ana: Workspace
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    assert ana.set_fields([deal.id], [assignment]).summary == told


def test_a_gate_that_was_passed_with_a_reason_says_what_of_it_was_missing(ana: Workspace) -> None:
    receipt = ana.step([add(ana).id], 2, override="their board has decided")
    assert any(note.endswith("overridden, logged.") for note in receipt.notes)


def test_what_came_to_nothing_is_left_out_of_what_stands(ana: Workspace) -> None:
    deal = add(ana)

    def standing() -> list[str]:
        return [entry.verb for entry in without_cancelled(ana.record(deal.id).entries)]

    ana.step([deal.id], 1)
    ana.add_note([deal.id], "They want it")
    ana.undo()
    assert standing() == ["move", "add"]
    ana.redo()
    assert standing() == ["note", "move", "add"]
    ana.undo()
    ana.undo()
    assert standing() == ["add"]


@pytest.mark.parametrize("rest", [False, True])
def test_where_every_deal_was_changed_since_there_is_no_rest_to_take_back(
    rest: bool, ana: Workspace, bo: Workspace
) -> None:
    deals = [add(ana).id, add(ana, "Acme: press 1k").id]
    ana.tag(deals, ["big"])
    bo.tag(deals, ["seen"])
    with pytest.raises(Conflict, match="2 of its 2 deals have been changed since") as refused:
        ana.undo(rest=rest)
    assert "--rest" not in refused.value.hint
    assert now_of(ana, deals[0]).tags == ("big", "seen")


def test_who_changed_a_deal_last_is_told_with_all_fields_that_were_changed_since(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana)
    ana.edit([deal.id], {"account": "Mine"})
    for name, changes, minutes in (("bo", {"source": "web"}, 5), ("cy", {"account": "His"}, 9)):
        team.clock.wait(minutes=minutes)
        team.rep(name).edit([deal.id], changes)
    with pytest.raises(Conflict) as refused:
        ana.undo()
    error = refused.value
    assert "cy changed D-1 His at 23 Nov 10:14 after you (company, source)." in error.message
    assert error.details == {
        "deal": "D-1",
        "by": "cy",
        "at": "2026-11-23T09:14:00+00:00",
        "fields": ["account", "source"],
        "deals": ["D-1"],
    }
    assert error.hint == "See what changed: pipeboard history D-1"


@pytest.mark.parametrize(
    ("changed", "more", "others"),
    [
        (1, "", ". Undo the others: pipeboard undo --rest"),
        (
            2,
            " 2 of its 3 deals have been changed since.",
            ". Undo the others: pipeboard undo --rest",
        ),
        (3, " 3 of its 3 deals have been changed since.", ""),
    ],
)
def test_of_several_deals_the_first_that_was_changed_is_told_and_how_many_are(
    changed: int, more: str, others: str, ana: Workspace, bo: Workspace
) -> None:
    deals = [add(ana, f"Company {n}: pilot").id for n in range(1, 4)]
    ana.tag(deals, ["big"])
    bo.edit(deals[:changed], {"source": "web"})
    with pytest.raises(Conflict) as refused:
        ana.undo()
    told = "bo changed D-1 Company 1 at 23 Nov 10:00 after you (source)."
    assert refused.value.message.endswith(f": {told}{more}")
    assert refused.value.hint == f"See what changed: pipeboard history D-1{others}"
    assert refused.value.details["deals"] == [f"D-{one}" for one in deals[:changed]]


def test_what_is_taken_back_and_put_again_says_whose_it_was_and_when(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    done = ana.step([deal.id], 1)
    team.clock.wait(days=1, hours=2)
    undone = ana.undo()
    assert (undone.verb, undone.about, undone.undoes) == (
        "undo", "ana, 23 Nov 10:00", done.command_id,
    )  # fmt: skip
    team.clock.wait(hours=1)
    redone = ana.redo()
    assert (redone.verb, redone.about, redone.undoes) == ("redo", "ana, 23 Nov 10:00", None)
    assert redone.summary == f"Redid: {done.summary}"
    assert [did.verb for did in ana.undo_list()] == ["move", "add"]


def test_what_was_agreed_is_told_by_an_undo_and_not_again_by_its_redo(ana: Workspace) -> None:
    ana.set_rate("USD", "0.9")
    assert [one.topic for one in ana.undo().agreements] == [Topic.RATE]
    assert ana.redo().agreements == ()


@pytest.mark.parametrize(("limit", "named"), [(1, [4]), (2, [4, 3]), (20, [4, 3, 2, 1, 0])])
def test_the_list_of_what_can_be_undone_is_as_long_as_it_is_asked_for(
    limit: int, named: list[int], ana: Workspace
) -> None:
    for number in range(5):
        add(ana, f"Company {number}: pilot")
    assert [did.summary for did in ana.undo_list(limit)] == [
        f"Added Company {number} to Lead Generation." for number in named
    ]


def test_who_changed_an_agreement_since_is_told_and_not_who_changed_another(
    team: Team, ana: Workspace, bo: Workspace
) -> None:
    ana.set_rate("USD", "0.9")
    team.clock.wait(minutes=5)
    bo.set_rate("USD", "0.8")
    team.clock.wait(minutes=5)
    team.rep("cy").set_rate("CHF", "1.1")
    with pytest.raises(Conflict) as refused:
        ana.undo()
    error = refused.value
    assert error.message.endswith(
        "bo changed the rate of USD from 2026-11-23 at 23 Nov 10:05 after you"
        " (numerator, denominator)."
    )
    assert error.hint == "See what changed: pipeboard history"
    assert error.details["by"] == "bo"
    assert error.details["at"] == "2026-11-23T09:05:00+00:00"
    assert error.details["fields"] == ["numerator", "denominator"]


def test_a_command_of_mine_is_taken_back_by_its_id_with_what_it_agreed(ana: Workspace) -> None:
    first = ana.set_rate("USD", "0.9")
    ana.set_rate("CHF", "1.1")
    ana.undo(which=first.command_id)
    assert [str(one.agreement.key[0]) for one in ana.reader.agreements.entries()][:1] == ["USD"]
    assert ana.reader.agreements.contents(Topic.RATE, ("USD", "2026-11-23")) is None
    assert ana.reader.agreements.contents(Topic.RATE, ("CHF", "2026-11-23")) is not None


def test_a_redo_is_refused_whole_where_one_of_its_deals_was_changed_since(
    ana: Workspace, bo: Workspace
) -> None:
    deals = [add(ana).id, add(ana, "Acme: press").id]
    ana.tag(deals, ["big"])
    ana.undo()
    bo.tag(deals[:1], ["seen"])
    with pytest.raises(Conflict, match="Can't redo 'Tagged 2 deals") as refused:
        ana.redo()
    assert refused.value.details["deals"] == ["D-1"]
    assert now_of(ana, deals[1]).tags == ()


def test_what_takes_a_change_of_a_pipeline_back_says_from_which_version_on(
    ana: Workspace, bo: Workspace
) -> None:
    ana.save_pipeline(replace(sales(ana), name="Deals"))
    bo.save_pipeline(replace(bo.pipeline("Deals"), currency="USD"))
    bo.undo()
    ana.undo()
    last = ana.reader.agreements.entries()[0].agreement
    assert last.before is not None and last.after is not None
    assert (last.before["name"], last.before["version"]) == ("Deals", 4)
    assert (last.after["name"], last.after["version"]) == ("Sales", 5)


def test_a_command_of_which_nothing_is_known_cannot_be_taken_back(ana: Workspace) -> None:
    add(ana)
    done = Done("c-old", ana.now(), "ana", "", "tidy", "Tidied up.")
    ana.store.write(lambda writer: writer.record(done, ()))
    with pytest.raises(Refused) as refused:
        ana.undo(which="c-old")
    assert refused.value.message == "Can't undo 'Tidied up.': it cannot be taken back."
    assert refused.value.hint == "What came before it can be changed back by hand."


def test_what_one_did_on_a_deal_that_one_is_shown_no_more_stays(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana, "Acme: press @bo")
    ana.change_rep(Rep("bo", role="rep"))
    done = bo.tag([deal.id], ["hot"])
    ana.edit([deal.id], {"owner": "ana"})
    ana.save_settings(replace(ana.settings, reps_see=SEEN.index("own")))
    for which in ("", done.command_id):
        with pytest.raises(NotFound, match=r"^There is no deal D-1 that you may see\.$"):
            bo.undo(which=which)
    assert now_of(ana, deal.id).tags == ("hot",)


def test_people_who_share_an_account_each_take_back_and_put_again_what_they_did(
    team: Team,
) -> None:
    account = team.rep("box")
    for_ana, for_bo = team.rep("box", "ana"), team.rep("box", "bo")
    mine, theirs = add(for_ana, "Lumen Oy"), add(for_bo, "Borealis AS")
    for_ana.step([mine.id], 1)
    for_bo.step([theirs.id], 1)
    assert [did.verb for did in for_ana.undo_list()] == ["move", "add"]
    assert "Lumen Oy" in for_ana.undo().summary
    for_bo.add_note([theirs.id], "They called.")
    assert "Lumen Oy" in for_ana.redo().summary
    with pytest.raises(Refused, match="Only what you did yourself"):
        for_ana.undo(which=for_bo.undo_list()[0].id)
    assert "Lumen Oy" in account.undo().summary  # the account has done it all
    for_ana.undo()
    with pytest.raises(Refused, match="nothing of yours"):
        for_ana.undo()
    assert [did.verb for did in for_bo.undo_list()] == ["note", "move", "add"]
