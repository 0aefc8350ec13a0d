"""Changes that a key asks for: what is said, kept, asked again, and settled with others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import BadInput, Conflict, DatabaseError, GivenUp, PipeboardError
from pipeboard.domain.money import Money
from pipeboard.ui import host
from pipeboard.ui.actions import daily, fields, review, stages
from pipeboard.ui.execute import (
    Questions,
    ask_until_stored,
    execute,
    show_at_last,
    tell,
    until_stored,
)
from pipeboard.ui.host import AddDeal, Change, Outcome, target_names
from pipeboard.ui.key_table import ALL, BOARD
from pipeboard.ui.keys import Key, rebound
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.overlays.question import Given
from pipeboard.ui.write_queue import TURN, Turn
from tests.team import LEAD, NEEDS, TODAY, Team, sales
from tests.ui.script import Desk
from tests.verbs import Workspace

# What is said, and what is kept of it.


async def test_what_was_stored_is_said_with_what_is_to_be_known_of_it(desk: Desk) -> None:
    screen: Any = desk
    with desk.turn() as turn:
        receipt = desk.workspace.add_note([1], "One.")
        await tell(screen, receipt)
        assert (desk.said[-1], desk.roles[-1]) == (f"{receipt.summary} u undo", "status.ok")
        # That version is what has been seen from here on.
        assert turn.targets is not None and turn.targets[1][1] == desk.stored().version
        await tell(screen, replace(receipt, notes=("Look at it.",), about="as Bo"))
        assert desk.said[-1] == f"{receipt.summary} (as Bo) Look at it. u undo"
        assert desk.roles[-1] == "status.warn"
        for verb in ("undo", "redo"):
            await tell(screen, replace(receipt, verb=verb))
            assert "u undo" not in desk.said[-1]
        for verb in ("add", "follow up"):
            await tell(screen, replace(receipt, verb=verb))
            assert f"It is {desk.stored().ref}." in desk.said[-1]


async def test_what_cannot_be_shown_now_is_shown_by_the_next_look(desk: Desk) -> None:
    def fails() -> None:
        raise DatabaseError("It is gone.")

    await show_at_last(desk, fails)  # type: ignore[arg-type]
    assert desk.reads_again


async def test_the_last_change_is_repeated_unless_it_was_made_for_one_deal(desk: Desk) -> None:
    change = c.AddNote("One.")
    await desk.do(execute, change)
    assert desk.program.last_change == change
    await desk.do(execute, lambda workspace, ids, seen: workspace.undo())
    assert desk.program.last_change == change
    await desk.do(execute, lambda workspace, ids, seen: workspace.add_note(ids, "Two."))
    assert desk.program.last_change == "Noted on Lumen Oy."


async def test_one_win_offers_to_ask_how_it_goes_and_leaves_no_amount_behind(
    desk: Desk, team: Team
) -> None:
    team.clock.wait(days=3)
    desk.drafts.save("won:1", "35k")
    won = c.Win(override="agreed")
    await desk.do(execute, won)
    assert desk.drafts.all() == {}
    assert [does for does, *_ in desk.performed] == ["closing.offer_follow_up"]
    day_before = c.Win(on=TODAY + timedelta(days=1))
    for change, ids in ((day_before, [1]), (c.Reopen(), [1]), (won, [1, 2])):
        desk.begin(ids=ids)
        await desk.do(execute, change)
        assert desk.performed == [] and desk.receipts[-1].deals


async def test_without_a_deal_nothing_is_changed(desk: Desk) -> None:
    desk.ids = ()
    assert not await desk.do(execute, c.AddNote("One."))
    assert desk.said == ["No deal is selected here."]


@pytest.mark.parametrize(
    ("typed", "key", "owner", "reps"),
    [
        ("anna", "m", "ana", 3),
        ("anna", "y", "anna", 4),
        ("anna", None, "cy", 3),
    ],
)
async def test_an_owner_whom_nobody_knows_is_asked_about(
    desk: Desk, typed: str, key: str | None, owner: str, reps: int
) -> None:
    desk.workspace.assign([1], "cy")
    desk.begin(key)
    came = await desk.do(execute, c.Assign(typed))
    assert (desk.stored().owner, len(desk.workspace.reader.reps())) == (owner, reps)
    assert bool(came) is bool(key)
    assert desk.asked == [f"There is no rep @{typed}."]


async def test_a_change_that_meets_another_is_shown_as_it_stands_now(
    desk: Desk, bo: Workspace
) -> None:
    async def meets(_: object) -> Outcome:
        bo.edit([1], {"value": Money(900_000, "EUR")})
        return await execute(desk, c.Edit({"value": None}))  # type: ignore[arg-type]

    came = await desk.do(meets)
    assert came.error is not None and desk.reloaded == 1


# Asked until it is stored.


def line(label: str, **more: Any) -> Any:
    return lambda: Prompt(label, draft_key="value:1", **more)


async def test_a_line_that_is_left_is_kept_and_said_to_be(desk: Desk) -> None:
    async def refuses(typed: str) -> Outcome:
        return Outcome(error=BadInput("It is too much.", hint="Type less."))

    desk.begin("7k", "8k", None)
    await desk.do(ask_until_stored, line("Value"), refuses)
    assert desk.asked == ["Value"] * 3
    # It comes back with what was typed, and why.
    assert [overlay.draft.handed for overlay in desk.overlays] == ["", "7k", "8k"]
    assert [overlay.draft.why for overlay in desk.overlays][1:] == [
        "It is too much. Type less."
    ] * 2
    assert desk.said == ["What you typed is kept as a draft; the same key brings it back."]


async def test_what_fails_after_something_was_typed_asks_again_and_else_is_told(desk: Desk) -> None:
    async def fails(typed: str) -> Outcome:
        raise BadInput("It is too much.")

    desk.begin("7k", None)
    await desk.do(ask_until_stored, line("Value"), fails)
    assert len(desk.asked) == 2

    async def only_chosen(questions: Questions) -> Outcome:
        raise BadInput("It is too much.")

    with pytest.raises(BadInput):
        await desk.do(until_stored, only_chosen)

    tried: list[str] = []

    async def refused(questions: Questions) -> Outcome:
        tried.append("once")
        return Outcome(error=BadInput("It is too much.") if len(tried) < 3 else None)

    desk.begin()
    assert (await desk.do(until_stored, refused)).error is not None
    assert tried == ["once"]


@pytest.mark.parametrize(
    "error",
    [
        GivenUp("Given up: nothing was stored."),
        # What is refused as the deal stands now: no other answer helps.
        Conflict("Given up: nothing was stored.", details={"refused": "It is won."}),
    ],
)
async def test_who_gives_up_is_not_asked_again(desk: Desk, error: PipeboardError) -> None:
    async def given_up(typed: str) -> Outcome:
        return Outcome(error=error)

    desk.begin("7k")
    await desk.do(ask_until_stored, line("Value"), given_up)
    assert desk.said == [
        "Given up: nothing was stored. What you typed is kept as a draft, under the same key."
    ]


async def test_a_gate_has_its_own_ways_on(desk: Desk) -> None:
    async def step(typed: str) -> Outcome:
        return await execute(desk, c.Step(1))  # type: ignore[arg-type]

    desk.begin("7k")
    await desk.do(ask_until_stored, line("Value"), step)
    assert len(desk.asked) == 1 and desk.performed[0][0] == "stages.open_gate"


# What somebody else has stored meanwhile.


def meanwhile(bo: Workspace, answer: object, **changes: Any) -> Any:
    """An answer that is given after bo has changed something."""

    def answered(_: object) -> object:
        bo.edit([1], changes)
        return answer

    return answered


@pytest.mark.parametrize(
    ("side", "value", "kept"), [("m", 700_000, False), ("t", 900_000, True), (None, 900_000, True)]
)
async def test_of_two_values_the_one_that_is_chosen_stands(
    desk: Desk, bo: Workspace, side: str | None, value: int, kept: bool
) -> None:
    desk.begin(meanwhile(bo, "7k", value=Money(900_000, "EUR")), side)
    await desk.do(fields.value)
    assert desk.asked[1] == "bo changed value of Lumen Oy at 10:00"
    assert desk.overlays[1]._sides == (("@bo at 10:00", "€9,000"), ("you", "€7,000"))
    assert desk.stored().value == Money(value, "EUR")
    assert bool(desk.drafts.all()) is kept
    said = "Nothing is stored. What you typed is kept as a draft, under the same key."
    assert (desk.said[-1] == said) is kept


@pytest.mark.parametrize(
    ("key", "typed", "kind"),
    [
        (daily.note, "They called.", "note"),
        (fields.value, "7k", "value"),
        (daily.next_step, "thu call", "next"),
        (fields.tags, "fair", "tags"),
    ],
)
@pytest.mark.parametrize("before", ["", "Kept before."])
async def test_what_was_typed_for_a_deal_that_is_merged_away_is_kept_for_the_one_that_stays(
    desk: Desk, bo: Workspace, key: Callable[..., Any], typed: str, kind: str, before: str
) -> None:
    def answered(_: object) -> str:
        bo.merge(2, [1])
        return typed

    if before:
        desk.drafts.save(f"{kind}:2", before)
    desk.begin(answered)
    await desk.do(key)
    assert desk.said[-1].startswith("bo merged D-1 Lumen Oy into D-2 at 10:00.")
    assert desk.said[-1].endswith("What you typed is kept as a draft of D-2, under the same key.")
    assert desk.drafts.all() == {f"{kind}:2": typed}
    # What was kept there already can be gone back to.
    assert desk.drafts.lines(kind) == ((before, typed) if before else (typed,))


@pytest.mark.parametrize("key", [daily.next_step, review._decide])
@pytest.mark.parametrize(
    ("side", "stands"), [("b", "call; write"), ("m", "call"), ("t", "write"), (None, "write")]
)
async def test_two_next_steps_can_both_stand(
    desk: Desk, bo: Workspace, key: Callable[..., Any], side: str | None, stands: str
) -> None:
    def answered(_: object) -> str:
        bo.set_next_step([1], "write", TODAY)
        return "thu call"

    desk.begin(answered, side)
    await desk.do(key)
    assert desk.asked[1].startswith("bo changed next step of Lumen Oy")
    step = desk.stored().next_step
    assert step is not None and step.text == stands


async def test_two_rewritings_of_a_note_stand_under_one_another(desk: Desk) -> None:
    ana = desk.workspace
    ana.add_note([1], "One.")
    (note,) = ana.record(1).notes

    def answered(_: object) -> str:
        ana.execute(c.EditNote(note.id, "Theirs.", "One."), [1])
        return "Mine."

    desk.begin(answered, "b")
    await desk.do(daily.rewrite_note, desk.stored(), note.id, "One.")
    assert ana.record(1).notes[0].text == "Theirs.\n\nMine."


@pytest.mark.parametrize(
    ("answers", "value", "source"),
    [
        (["m"], 700_000, "event"),
        (["t"], 900_000, "event"),
        (["f", {"value": "8k", "source": "referral"}], 800_000, "referral"),
    ],
)
async def test_of_a_form_only_the_field_that_both_changed_is_settled(
    desk: Desk, bo: Workspace, answers: list[Any], value: int, source: str
) -> None:
    typed = {"value": "7k", "source": "event"}
    desk.begin(meanwhile(bo, typed, value=Money(900_000, "EUR")), *answers)
    await desk.do(fields.edit)
    assert desk.stored().value == Money(value, "EUR")
    assert desk.stored().source == source
    assert desk.overlays[1]._sides[1] == ("you", "value: €7,000")
    if len(answers) > 1:
        assert desk.overlays[2]._theirs == {"value": "@bo at 10:00: €9,000"}


async def test_an_answer_goes_into_a_note_where_theirs_stands(desk: Desk, bo: Workspace) -> None:
    question = sales(desk.workspace).questions[0]

    def answered(overlay: Any) -> Given:
        bo.answer([1], question.key, "theirs", 2)
        overlay.draft._text = lambda: "mine"
        return Given("mine", "", 3)

    desk.begin(answered, "t")
    await desk.do(fields.ask_question, 1, question)
    assert desk.stored().answers[question.key].text == "theirs"
    assert "mine" in desk.workspace.record(1).notes[0].text
    assert desk.drafts.all() == {}


# What a change is, and whom it is about.


@pytest.mark.parametrize(
    ("change", "is_passed"),
    [(c.Move(NEEDS), True), (c.Step(1), True), (c.Win(), True), (c.Reopen(), True),
     (c.Archive(), False), (c.AddNote("x"), False)],
)  # fmt: skip
def test_a_reason_takes_a_change_through_a_gate(change: Any, is_passed: bool) -> None:
    assert (getattr(host.overridden(change, "agreed"), "override", "") == "agreed") is is_passed


def test_a_change_may_give_a_deal_to_somebody_new_or_to_who_was_meant(desk: Desk) -> None:
    pipeline = sales(desk.workspace)
    changes: dict[Change, Change] = {
        c.Assign("boo", "note"): c.Assign("bo", "note"),
        c.SetFields(("owner=boo", "value=7k")): c.SetFields(("value=7k", "owner=bo")),
        AddDeal("Nova @boo 5k @boos", pipeline, 1): AddDeal("Nova @bo 5k @boos", pipeline, 1),
        AddDeal("Nova owner:boo", pipeline, 1): AddDeal("Nova owner:bo", pipeline, 1),
    }
    for change, corrected in changes.items():
        assert host.with_owner(change, "boo", "bo") == corrected
        made: Any = host.with_new_rep(change)
        assert made is not None and made.new_rep
    edit = c.Edit({"owner": "boo", "value": None})
    assert host.with_owner(edit, "boo", "bo") == c.Edit({"owner": "bo", "value": None})
    assert getattr(host.with_new_rep(edit), "new_rep", False)
    assert host.with_owner(c.Archive(), "boo", "bo") is None is host.with_new_rep(c.Archive())


def test_deals_are_known_to_be_open_only_where_they_are_shown_as_they_stand(
    desk: Desk, bo: Workspace
) -> None:
    screen: Any = desk
    assert host.are_open(screen, [1, 2])
    desk.version = desk.state.reader.data_version()
    assert host.are_open(screen, [1, 2])
    bo.add_note([2], "One.")
    assert not host.are_open(screen, [1, 2])
    desk.version = None
    desk.program.seat.rights = SimpleNamespace(may_change=lambda owner: owner != "ana")
    assert not host.are_open(screen, [1, 2])
    desk.program.seat.rights = None
    desk.workspace.archive([2])
    assert not host.are_open(screen, [1, 2])


async def test_a_deal_that_is_shown_as_it_was_is_read_again(desk: Desk) -> None:
    screen: Any = desk
    desk.shown[1] = replace(desk.stored(), title="As it was")
    assert (await host.deal_shown(screen, 1)) == desk.shown[1]
    desk.version = -1
    assert (await host.deal_shown(screen, 1)) == desk.stored()


def test_what_is_meant_is_named(desk: Desk) -> None:
    screen: Any = desk
    assert host.target_names(screen, [1]) == "Lumen Oy"
    assert host.target_names(screen, [1, 2]) == "2 deals"
    desk.at_hand = lambda deal_id: None  # type: ignore[method-assign, assignment, return-value]
    assert host.target_names(screen, [1]) == "D-1"


def test_an_amount_is_in_the_currency_of_the_deal(desk: Desk) -> None:
    screen: Any = desk
    desk.workspace.edit([1], {"value": Money(100, "CHF")})
    assert [host.typed_currency(screen, ids) for ids in ([1], [2], [1, 2])] == ["CHF", "EUR", "EUR"]


def test_a_key_is_meant_as_often_as_was_counted(desk: Desk) -> None:
    screen: Any = desk
    desk.count = 7
    assert [host.take_count(screen), host.take_count(screen)] == [7, 1]


@pytest.mark.parametrize(("reason", "leaves"), [("replaced", True), ("deleted", False)])
def test_a_file_in_the_place_of_another_is_opened(desk: Desk, reason: str, leaves: bool) -> None:
    def check() -> None:
        raise DatabaseError("It is another.", details={"reason": reason})

    screen: Any = desk
    left: list[int] = []
    desk.program.seat.file = SimpleNamespace(check=check)
    desk.program.leave = left.append
    assert host.opens_anew(screen) is leaves
    assert bool(left) is leaves


@pytest.mark.parametrize(
    ("key", "of_deals", "may_ask"),
    [("board.note", True, True), ("board.advance", True, False), ("board.mine", False, True),
     ("deal.edit_item", True, True), ("board.undo", False, False)],
)  # fmt: skip
def test_a_turn_knows_what_it_is_about(desk: Desk, key: str, of_deals: bool, may_ask: bool) -> None:
    screen: Any = desk
    known: Key = ALL[key]
    turn = host.turn_for(screen, known)
    assert (turn.what, turn.of_deals) == (known.label, of_deals)
    assert turn.may_ask is may_ask
    assert host.turn_for(screen, None).targets is None
    # What another begins on the same screen is about the same deals.
    before, other = Turn(screen, ""), Turn(object(), "")
    before.targets = other.targets = ((2,), {2: 1})
    for turn, targets in ((before, before.targets), (other, None)):
        token = TURN.set(turn)
        assert host.turn_for(screen, known).targets == targets
        TURN.reset(token)


async def test_what_is_busy_is_begun_anew_until_it_has_asked_something(desk: Desk) -> None:
    async def pause() -> None:
        tried.append("pause")

    async def action() -> None:
        tried.append("try")
        turn.has_begun = asks
        if len(tried) < 4:
            raise DatabaseError("Held.", details={"reason": "locked"})

    async def go_on() -> None:
        tried.append("on")

    screen: Any = desk
    desk.program.key_queue.pause = pause
    desk.program.waiting = SimpleNamespace(end=lambda turn: tried.append("end"))
    desk.go_on, desk.keep = go_on, lambda: None  # type: ignore[attr-defined]
    tried: list[str] = []
    wanted = {False: ["try", "pause", "try", "pause", "try", "on", "end"], True: ["try", "end"]}
    for asks in wanted:
        tried.clear()
        turn = Turn(screen, "")
        turn.targets = desk.targets()
        token = TURN.set(turn)
        await host.queued_action(screen, turn, action)
        TURN.reset(token)
        assert tried == wanted[asks]
    assert desk.said == ["Held."]


async def test_what_a_refusal_says_is_left_to_who_called(desk: Desk) -> None:
    desk.workspace.lose([1], Loss("price"))
    with pytest.raises(PipeboardError):
        await desk.do(daily.next_step)
    assert desk.asked == []
    desk.begin(ids=[2])
    await desk.do(stages.back)
    assert desk.stored(2).stage_id == LEAD


@pytest.mark.parametrize(
    ("ids", "named"), [([9], "D-9"), ([1], "Lumen Oy"), ([1, 9], "2 deals"), ([], "0 deals")]
)
def test_deals_are_named_by_what_is_known_of_them(ids: list[int], named: str) -> None:
    screen: Any = SimpleNamespace(at_hand={1: SimpleNamespace(name="Lumen Oy")}.get)
    assert target_names(screen, ids) == named


async def test_what_takes_it_back_is_told_with_the_key_of_the_person(desk: Desk) -> None:
    for keymap, told in (({}, "u undo"), ({"board.undo": "W"}, "W undo")):
        desk.keys = rebound(BOARD, keymap)
        desk.begin()
        await desk.do(execute, c.TagWith((told[0],), ()))
        assert desk.said[-1].endswith(told)
