"""Two reps at one deal: what goes on top, and what somebody must look at first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest

from pipeboard.domain import deal_fields
from pipeboard.domain.deal import Contact, Loss
from pipeboard.domain.errors import Conflict
from pipeboard.domain.money import Money
from pipeboard.workspace.conflicts import FOLLOWING, to_name
from pipeboard.workspace.recording import Receipt
from tests.team import NEEDS, PROPOSAL, QUALIFICATION, Team, add, now_of, qualify
from tests.verbs import Workspace

Act = Callable[[Workspace, int, Mapping[int, int]], Receipt]


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


def test_who_works_on_a_deal_that_was_merged_meanwhile_is_told_into_which(
    ana: Workspace, bo: Workspace
) -> None:
    deal, keep = add(ana), add(ana, "Lumen Oy: the same")
    bo.merge(keep.id, [deal.id])
    with pytest.raises(Conflict) as refused:
        ana.set_fields([deal.id], ["value=45k"], seen={deal.id: deal.version})
    assert refused.value.message == f"bo merged D-1 Lumen Oy into {keep.ref} at 10:00."
    assert refused.value.hint == f"Work on {keep.ref} instead."


def test_what_is_the_owners_own_is_told_to_nobody_else_in_a_conflict(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k @ana")
    ana.edit([deal.id], {"floor_value": Money(3_000_000, "EUR")})
    for rep, before, theirs in ((bo, "", ""), (ana, "", "€30,000")):
        with pytest.raises(Conflict) as refused:
            rep.edit(
                [deal.id], {"floor_value": Money(2_000_000, "EUR")}, seen={deal.id: deal.version}
            )
        (difference,) = refused.value.differences
        assert (difference.before, difference.theirs) == (before, theirs)
        assert difference.mine == "€20,000"


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
        "version": 2,
        "values": [
            {
                "field": "value",
                "label": "value",
                "before": "€40,000",
                "theirs": "€50,000",
                "mine": "€45,000",
            }
        ],
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
    with pytest.raises(Conflict, match="bo moved D-1 Lumen Oy to Needs Assessment at 10:00"):
        ana.step([deal.id], -1, seen=seen)


def test_what_i_put_in_order_myself_is_no_conflict(ana: Workspace) -> None:
    deal = add(ana)
    add(ana, "Acme: press 1k")
    ana.reorder(deal.id, 1, ana.lens(ana.pipeline()))
    ana.reorder(deal.id, -1, ana.lens(ana.pipeline()), seen={deal.id: deal.version})


def test_a_step_that_somebody_else_has_done_is_theirs_not_missing(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    ana.plan([deal.id], "1dec mail")
    seen = {deal.id: now_of(ana, deal.id).version}
    bo.complete_next_step([deal.id])
    with pytest.raises(Conflict, match="bo changed D-1 Lumen Oy at 10:00: next step"):
        ana.complete_next_step([deal.id], seen=seen)


def test_several_fields_of_a_conflict_are_named_in_order(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    changed = ("value=50k", "title=Big line", "category=best", "contact_reason=fair", "source=web")
    bo.set_fields([deal.id], changed)
    with pytest.raises(Conflict) as refused:
        ana.set_fields(
            [deal.id],
            ["value=45k", "title=Line", "category=commit", "contact_reason=ad", "source=fair"],
            seen={deal.id: 1},
        )
    fields = [difference.field for difference in refused.value.differences]
    assert len(fields) > 3
    assert fields == sorted(fields)


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
    with pytest.raises(Conflict, match="the answer to"):
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


def test_a_move_that_somebody_took_back_is_told_as_a_change_and_not_as_their_move(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    seen = bo.step([deal.id], 1).deals[0].version
    bo.undo()
    with pytest.raises(Conflict) as refused:
        ana.step([deal.id], 1, seen={deal.id: seen})
    assert "bo changed D-1 Lumen Oy at 10:00: " in refused.value.message
    assert "moved" not in refused.value.message


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
    assert {note.text for note in ana.reader.history.notes(deal.id)} == {"One", "Two"}


def test_a_stale_step_meets_the_conflict_before_the_gate(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    seen = {deal.id: deal.version}
    bo.step([deal.id], 1)
    with pytest.raises(Conflict) as refused:
        ana.step([deal.id], 1, seen=seen)
    assert refused.value.message == "bo moved D-1 Lumen Oy to Lead Qualification at 10:00."
    (difference,) = refused.value.differences
    assert (difference.before, difference.theirs) == ("Lead Generation", "Lead Qualification")


STALE: dict[str, Act] = {
    "step": lambda ws, deal, seen: ws.step([deal], 1, seen=seen),
    "back": lambda ws, deal, seen: ws.step([deal], -1, seen=seen),
    "move": lambda ws, deal, seen: ws.move([deal], PROPOSAL, seen=seen),
    "win": lambda ws, deal, seen: ws.win([deal], value=Money(1, "EUR"), seen=seen),
    "lose": lambda ws, deal, seen: ws.lose([deal], Loss("price"), seen=seen),
    "plan": lambda ws, deal, seen: ws.plan([deal], "call", seen=seen),
    "done": lambda ws, deal, seen: ws.complete_next_step([deal], seen=seen),
    "snooze": lambda ws, deal, seen: ws.snooze([deal], date(2026, 12, 1), seen=seen),
    "reorder": lambda ws, deal, seen: ws.reorder(deal, 1, ws.lens(ws.pipeline()), seen=seen),
}


@pytest.mark.parametrize("name", STALE)
def test_whoever_is_too_late_is_told_who_closed_the_deal_not_what_it_refuses(
    name: str, ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    add(ana, "Acme: press 1k")
    ana.plan([deal.id], "1dec mail")
    seen = {deal.id: now_of(ana, deal.id).version}
    if name == "reorder":
        bo.reorder(deal.id, 1, bo.lens(bo.pipeline()))
        with pytest.raises(Conflict, match="bo changed D-1 Lumen Oy at 10:00: rank"):
            ana.reorder(deal.id, -1, ana.lens(ana.pipeline()), seen=seen)
        return
    bo.win([deal.id], override="signed")
    with pytest.raises(Conflict, match="bo marked D-1 Lumen Oy as won at 10:00"):
        STALE[name](ana, deal.id, seen)


def test_two_who_closed_a_deal_differ_in_where_it_stands_alone(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    bo.lose([deal.id], Loss("price"))
    with pytest.raises(Conflict) as refused:
        ana.win([deal.id], override="signed", seen={deal.id: deal.version})
    told = [(one.label, one.theirs, one.mine) for one in refused.value.differences]
    assert told == [("stage", "lost", "")]


def test_a_conflict_gives_the_versions_of_now_to_repeat_on_top(
    ana: Workspace, bo: Workspace
) -> None:
    first, second = add(ana), add(ana, "Acme: press 1k")
    seen = {first.id: 1, second.id: 1}
    bo.set_fields([first.id, second.id], ["value=50k"])
    with pytest.raises(Conflict) as refused:
        ana.set_fields([first.id, second.id], ["value=45k"], seen=seen)
    assert [part.differences[0].mine for part in refused.value.parts] == ["€45,000", "€45,000"]
    ana.set_fields([first.id, second.id], ["value=45k"], seen=refused.value.seen)
    assert now_of(ana, second.id).value == Money(4_500_000, "EUR")


FIELDS: dict[str, tuple[Act, str, str]] = {
    "next step": (
        lambda ws, deal, seen: ws.plan([deal], f"{2 if seen else 1}dec call", seen=seen),
        "1 Dec call",
        "2 Dec call",
    ),
    "owner": (
        lambda ws, deal, seen: ws.assign([deal], "cy" if seen else "bo", seen=seen),
        "bo",
        "cy",
    ),
    "close date": (
        lambda ws, deal, seen: ws.set_fields(
            [deal], [f"close=2026-12-{20 if seen else 19}"], seen=seen
        ),
        "19 Dec",
        "20 Dec",
    ),
    "probability": (
        lambda ws, deal, seen: ws.set_fields([deal], [f"p={60 if seen else 50}"], seen=seen),
        "50%",
        "60%",
    ),
    "person bob": (
        lambda ws, deal, seen: ws.set_contact(
            deal, Contact("Bob", "champion" if seen else "user"), "bob", seen=seen
        ),
        "Bob, user",
        "Bob, champion",
    ),
    "size": (
        lambda ws, deal, seen: ws.set_fields(
            [deal], [f"fields.size={9 if seen else 8}"], seen=seen
        ),
        "8",
        "9",
    ),
    "snoozed until": (
        lambda ws, deal, seen: ws.snooze([deal], date(2026, 12, 2 if seen else 1), seen=seen),
        "1 Dec",
        "2 Dec",
    ),
}


BEFORE = {"owner": "ana", "probability": "the stage's"}


@pytest.mark.parametrize("label", FIELDS)
def test_a_conflict_tells_their_value_and_mine_as_people_read_them(
    label: str, ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    act, theirs, mine = FIELDS[label]
    act(bo, deal.id, {})
    with pytest.raises(Conflict) as refused:
        act(ana, deal.id, {deal.id: deal.version})
    told = next(one for one in refused.value.differences if one.label == label)
    assert (told.theirs, told.mine) == (theirs, mine)


@pytest.mark.parametrize("label", FIELDS)
def test_a_conflict_after_several_changes_tells_what_was_seen_and_what_stands_now(
    label: str, ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    act, theirs, _ = FIELDS[label]
    act(bo, deal.id, {deal.id: deal.version})
    act(bo, deal.id, {})
    with pytest.raises(Conflict) as refused:
        act(ana, deal.id, {deal.id: deal.version})
    told = next(one for one in refused.value.differences if one.label == label)
    assert (told.before, told.theirs) == (BEFORE.get(label, ""), theirs)


def test_what_is_so_already_is_not_said_to_be_set_on_top(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    bo.set_fields([deal.id], ["value=50k"])
    receipt = ana.set_fields([deal.id], ["value=50k"], seen={deal.id: 1})
    assert (receipt.summary, receipt.notes) == ("Nothing to change: it is so already.", ())


BULK: dict[str, Callable[[Workspace, Sequence[int]], Receipt]] = {
    "move": lambda ws, ids: ws.move(ids, QUALIFICATION),
    "won": lambda ws, ids: ws.win(ids, override="signed"),
    "lost": lambda ws, ids: ws.lose(ids, Loss("price")),
    "archive": lambda ws, ids: ws.archive(ids),
    "snooze": lambda ws, ids: ws.snooze(ids, date(2026, 12, 1)),
    "assign": lambda ws, ids: ws.assign(ids, "bo"),
    "tag": lambda ws, ids: ws.tag(ids, ["big"]),
    "set": lambda ws, ids: ws.set_fields(ids, ["source=web"]),
    "next": lambda ws, ids: ws.plan(ids, "1dec call"),
}


@pytest.mark.parametrize("verb", BULK)
def test_deals_that_are_so_already_keep_nobody_from_the_others(verb: str, ana: Workspace) -> None:
    first, second = add(ana), add(ana, "Acme: press 1k")
    BULK[verb](ana, [first.id])
    receipt = BULK[verb](ana, [first.id, second.id])
    assert [deal.id for deal in receipt.deals] == [second.id]
    assert "1 of 2 was so already: Lumen Oy." in receipt.notes
    again = BULK[verb](ana, [first.id, second.id])
    assert (again.command_id, again.summary) == (
        "",
        "Nothing to change: all 2 deals are so already.",
    )


def test_one_deal_that_is_so_already_is_no_refusal(ana: Workspace) -> None:
    deal = add(ana)
    receipt = ana.move([deal.id], deal.stage_id)
    assert receipt.summary == "D-1 Lumen Oy is already in Lead Generation."


LISTS = tuple(field.name for field in deal_fields.FIELDS if field.kind.is_set)


@pytest.mark.parametrize("name", LISTS)
@pytest.mark.parametrize(
    ("before", "theirs", "mine", "both"),
    [
        ("a", "a,b", "a,c", {"a", "b", "c"}),
        ("a,b", "b", "a,b,c", {"b", "c"}),
        ("a,b", "a", "b", set()),
        ("", "b", "b", {"b"}),
        ("a", "a,b a,b,d", "a,c", {"a", "b", "c", "d"}),
        ("a,b", "b b,d", "a,b,c", {"b", "c", "d"}),
        ("a", "a,b a", "a,c", {"a", "c"}),
    ],
)
def test_what_two_people_put_into_a_list_stands_side_by_side(
    ana: Workspace, bo: Workspace, name: str, before: str, theirs: str, mine: str, both: set[str]
) -> None:
    deal_id = add(ana).id
    ana.set_fields([deal_id], [f"{name}={before}"])
    seen = {deal_id: now_of(ana, deal_id).version}
    for then in theirs.split() or [""]:
        bo.set_fields([deal_id], [f"{name}={then}"])
    ana.set_fields([deal_id], [f"{name}={mine}"], seen=seen)
    assert set(getattr(now_of(ana, deal_id), name)) == both


def test_tags_of_two_people_are_put_on_and_taken_off_side_by_side(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana, "Lumen Oy: pilot +old")
    bo.tag([deal.id], ["theirs"])
    receipt = ana.tag([deal.id], ["mine"], ["old"], seen={deal.id: deal.version})
    assert receipt.deals[0].tags == ("mine", "theirs")
    assert receipt.notes == ("Set on top of a change by bo at 10:00.",)


ALONG = ("stage_entered_at", "entry_precision", "created_precision", "qualified_at")


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("stage_id", ("closed_at", "closed_from")),
        ("closed_at", ("rank",)),
        ("created_at", ("rank",)),
    ],
)
def test_what_moves_along_with_a_field_is_not_named_beside_it(
    field: str, more: tuple[str, ...]
) -> None:
    assert to_name([field, *ALONG, *more]) == [field]
    assert to_name([*ALONG, "value"]) == sorted([*ALONG, "value"])


def test_what_follows_from_other_fields_stands_against_nobody() -> None:
    assert {
        "rank", "last_touch_at", "last_outbound_at", "last_reply_at", "outbound_since_reply",
        "given_by", "external_source", "imported", "imported_as",
    } == FOLLOWING  # fmt: skip
