"""What each key asks, and what comes of the answers: on a database, without a screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.board import Sort
from pipeboard.domain.cadence import POST_SALE
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import Contact, Loss, NextStep, Status, Term
from pipeboard.domain.errors import GateNotMet, NotFound, Refused
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category
from pipeboard.domain.queue import Load
from pipeboard.ui.actions import closing, daily, fields, items, review, selection, stages
from pipeboard.ui.draw.line import Glyphs, text_of
from pipeboard.ui.execute import execute
from pipeboard.ui.key_table import DEAL, DealTab
from pipeboard.ui.overlays.gate_sheet import GateAnswer, WayOn
from pipeboard.ui.overlays.menu import MenuChoice
from pipeboard.ui.overlays.question import Given
from tests.team import LEAD, NEEDS, QUALIFICATION, TODAY, Team, add, qualify, sales
from tests.ui.script import DealDesk, Desk

SOON = TODAY + timedelta(days=7)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """At a deal of ana's in the second stage, with another beside it."""
    team = Team.make(tmp_path / "sales.db")
    ana = team.rep("ana")
    for line in ("Lumen Oy: packaging pilot 40k @ana", "Borealis: line two 10k @ana"):
        add(ana, line, stage=QUALIFICATION)
    yield Desk(ana, [1], tmp_path / "drafts")
    team.close()


def with_stages(desk: Desk, **facts: Any) -> None:
    """Other facts for all open stages of the pipeline."""
    pipeline = sales(desk.workspace)
    changed = tuple(replace(one, **facts) if one.is_open else one for one in pipeline.stages)
    desk.workspace.save_pipeline(replace(pipeline, stages=changed))


def choices(desk: Desk) -> dict[str, str]:
    """The keys of the last menu with their labels and marks."""
    return {
        one.key: f"{one.label} {one.mark}".strip()
        for one in desk.overlays[-1]._choices
        if one.enabled
    }


# Won and lost.


async def test_a_win_asks_at_what_value_and_begins_with_the_one_there_is(desk: Desk) -> None:
    with_stages(desk, criteria=())
    desk.begin("35k")
    await desk.do(closing.win)
    assert desk.asked == ["Won Lumen Oy at"]
    assert desk.overlays[0]._first_value == "40000 EUR"
    assert (desk.stored().status, desk.stored().value) == (Status.WON, Money(3_500_000, "EUR"))
    assert [what[0] for what in desk.performed] == ["closing.offer_follow_up"]
    # Once more it is about the day, which leads to nothing else.
    desk.begin(lambda prompt: text_of(prompt._live("20 dec").lines[0]) and "today")
    await desk.do(closing.win)
    assert desk.asked == ["Lumen Oy was won on 23 Nov. Really on"]
    assert text_of(desk.overlays[0]._live("20 dec").lines[0]).endswith("20 Dec 2025")
    assert desk.performed == []


async def test_several_wins_ask_nothing_and_offer_nothing(desk: Desk) -> None:
    with_stages(desk, criteria=())
    desk.begin(ids=[1, 2])
    await desk.do(closing.win)
    assert desk.stored(2).status is Status.WON and desk.stored().value == Money(4_000_000, "EUR")
    assert desk.performed == []


async def test_a_lost_deal_is_not_won(desk: Desk) -> None:
    desk.workspace.lose([1], Loss("price"))
    desk.begin()
    with pytest.raises(Refused):
        await desk.do(closing.win)
    assert desk.asked == []


@pytest.mark.parametrize(
    ("answers", "due"),
    [
        (["y"], TODAY + timedelta(days=POST_SALE.days)),
        (["d", "3 dec"], date(2026, 12, 3)),
        (["d", None], None),
        (["n"], None),
        ([None], None),
    ],
)
async def test_after_a_win_somebody_asks_how_it_goes_where_it_is_wanted(
    desk: Desk, answers: list[str | None], due: date | None
) -> None:
    desk.workspace.win([1], override="agreed")
    desk.begin(*answers)
    await desk.do(closing.offer_follow_up, desk.stored())
    made = [deal for receipt in desk.receipts for deal in receipt.deals if deal.id > 2]
    assert [deal.next_step.due for deal in made if deal.next_step] == ([due] if due else [])
    assert [f"It is {deal.ref}." in desk.said[-1] for deal in made] == [True] * len(made)


_AGAIN = "Try Lumen Oy again on (empty: never)"
MORE = {
    "competitor": "To which competitor is Lumen Oy lost?",
    "disqualified": _AGAIN,
    "timing": _AGAIN,
    "no-decision": _AGAIN,
    "unresponsive": _AGAIN,
}
"""What else is asked where somebody tells more of why a deal is lost."""


async def test_of_each_reason_it_is_asked_what_else_is_to_be_known(desk: Desk) -> None:
    categories = desk.workspace.settings.loss_categories
    assert {*MORE} < {*categories}
    for category in categories:
        further = [MORE[category]] if category in MORE else []
        words = ["Acme" if "competitor" in each else "1 mar" for each in further]
        desk.begin(closing._TELL_MORE, category, "too dear", *words)
        await desk.do(closing.lose)
        assert desk.asked == [
            "Why is Lumen Oy lost?",
            "Why is Lumen Oy lost? Tell more of",
            f"Lumen Oy lost: {category}. In your words",
            *further,
        ]
        loss = Loss(
            category,
            "too dear",
            "Acme" if "Acme" in words else "",
            date(2027, 3, 1) if "1 mar" in words else None,
        )
        assert desk.stored().loss == loss
        desk.workspace.reopen([1])


@pytest.mark.parametrize("given", [0, 1, 2, 3])
async def test_a_loss_that_is_left_half_told_is_none(desk: Desk, given: int) -> None:
    answers = [closing._TELL_MORE, "timing", "too dear", "1 mar"][:given]
    desk.begin(*answers, None)
    await desk.do(closing.lose)
    assert desk.stored().is_open
    assert any("is kept as a draft" in said for said in desk.said) is (given == 3)


async def test_of_a_lost_deal_the_day_can_be_put_right_and_of_another_not(desk: Desk) -> None:
    desk.workspace.lose([1], Loss("price", "too dear"))
    desk.begin(closing._ANOTHER_DAY, "today")
    await desk.do(closing.lose)
    assert desk.stored().loss == Loss("price", "too dear")
    assert desk.asked[1] == "Lumen Oy was lost on 23 Nov. Really on"
    desk.begin(None, ids=[2])
    await desk.do(closing.lose)
    assert closing._ANOTHER_DAY not in [one.id for one in desk.overlays[0]._find("")]
    desk.begin(None, ids=[1, 2])
    desk.workspace.reopen([1])
    await desk.do(closing.lose)
    assert desk.asked == ["Why are 2 deals lost?"]


async def test_of_a_lost_deal_without_a_reason_no_other_day_is_offered(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def closed(*_: Any) -> Any:
        return SimpleNamespace(loss=None)

    monkeypatch.setattr(closing, "_closed", closed)
    desk.begin(None)
    await desk.do(closing.lose)
    assert closing._ANOTHER_DAY not in [one.id for one in desk.overlays[0]._find("")]


# From stage to stage.


async def test_the_menu_of_stages_says_where_a_deal_is_and_what_it_lacks(desk: Desk) -> None:
    pipeline = sales(desk.workspace)
    retired = tuple(replace(one, retired=one.id == NEEDS) for one in pipeline.stages)
    desk.workspace.save_pipeline(replace(pipeline, stages=retired))
    desk.begin(None)
    await desk.do(stages.move)
    offered = choices(desk)
    assert offered["2"].endswith(" here")
    assert pipeline.stage(NEEDS).name not in " ".join(offered.values())
    assert [*offered] == ["1", "2", "3", "4", "5", "w", "l", "d"]
    assert "asks" in offered["w"] and offered["d"] == "Archive"
    # Of what is closed nothing is asked, and several have no one place.
    lost: c.Command = c.Lose(Loss("price"))
    for command, back, ids in ((lost, c.Reopen(), [1]), (c.Archive(), c.Unarchive(), [1]),
                               (c.AddNote("x"), c.AddNote("y"), [1, 2])):  # fmt: skip
        desk.workspace.execute(command, [1])
        desk.begin(None, ids=ids)
        await desk.do(stages.move)
        marks = {one.mark for one in desk.overlays[-1]._choices}
        assert not any("asks" in mark for mark in marks)
        assert ("here" in marks) is (command == c.Archive())
        desk.workspace.execute(back, [1])


async def test_the_menu_of_stages_is_not_opened_where_nothing_can_be_chosen(desk: Desk) -> None:
    desk.workspace.win([2], override="agreed")
    desk.begin("w", ids=[2])  # once more: on another day
    await desk.do(stages.move)
    assert desk.performed == [("board.win",)]
    desk.workspace.reopen([2])
    desk.workspace.merge(1, [2])
    for action in (stages.move, stages.archive):
        desk.begin(ids=[2])
        with pytest.raises(Refused):
            await desk.do(action)
        assert desk.asked == []


async def test_the_menu_of_stages_leads_where_it_says(desk: Desk) -> None:
    desk.begin("1")
    await desk.do(stages.move)
    assert desk.stored().stage_id == LEAD
    for key, leads in (("w", "board.win"), ("l", "board.lose")):
        desk.begin(key)
        await desk.do(stages.move)
        assert desk.performed == [(leads,)]
    desk.begin("d")
    await desk.do(stages.move)
    assert desk.stored().status is Status.ARCHIVED
    desk.begin("d")
    await desk.do(stages.move)
    assert desk.stored().is_open
    desk.workspace.lose([1], Loss("price"))
    desk.begin("r")
    await desk.do(stages.move)
    assert desk.stored().is_open


@pytest.mark.parametrize("count", [1, 9, 10, 14])
async def test_every_stage_can_be_chosen_however_many_there_are(desk: Desk, count: int) -> None:
    every = [MenuChoice(str(number), f"Stage {number}") for number in range(1, count + 1)]
    for number in range(1, count + 1):
        chosen = str(number)
        desk.begin(*([chosen] if number <= 9 else [selection._FURTHER, chosen]))
        assert await desk.do(selection.ask_with_stages, "Move to", every) == chosen
    desk.begin(*([selection._FURTHER, None] if count > 9 else [None]))
    assert await desk.do(selection.ask_with_stages, "Move to", every) is None


async def test_a_card_let_go_on_an_outcome_is_asked_about(desk: Desk) -> None:
    pipeline = sales(desk.workspace)
    for stage, key in ((pipeline.won, "board.win"), (pipeline.lost, "board.lose")):
        desk.begin()
        await desk.do(stages.move_to, stage)
        assert desk.performed == [(key,)]
    desk.begin()
    await desk.do(stages.move_to, pipeline.stage(LEAD))
    assert desk.stored().stage_id == LEAD


async def test_the_key_of_the_archive_goes_both_ways(desk: Desk) -> None:
    desk.begin("d")
    await desk.do(stages.archive)
    assert desk.asked == ["Archive Lumen Oy?"]
    # One of two is in the archive: the other one goes there.
    desk.begin(None, ids=[1, 2])
    await desk.do(stages.archive)
    assert desk.asked == ["Archive 2 deals?"]
    # Somebody has put it there since it was shown.
    desk.shown[1] = replace(desk.stored(), archived_at=None)
    desk.version = -1
    desk.begin("d", ids=[1])
    await desk.do(stages.archive)
    assert desk.asked == ["Bring Lumen Oy back from the archive?"]
    assert desk.stored().is_open


async def at_gate(desk: Desk, *answers: object, ids: tuple[int, ...] = (1,)) -> None:
    """A step on that a gate refuses, and then what is answered at its sheet."""
    desk.begin(ids=ids)
    await desk.do(execute, c.Step(1))
    ((does, gate, change),) = desk.performed
    assert does == "stages.open_gate" and isinstance(gate, GateNotMet)
    desk.begin(*answers, ids=ids)
    await desk.do(stages.open_gate, gate, change)


async def test_a_gate_is_passed_for_a_reason_or_says_that_nothing_moved(desk: Desk) -> None:
    await at_gate(desk, None)
    assert desk.said[-1].startswith("D-1 Lumen Oy is not moved to Needs Assessment: ")
    await at_gate(desk, None, ids=(1, 2))
    assert desk.said[-1] == "2 of 2 deals are held up; nothing has moved."
    await at_gate(desk, GateAnswer(WayOn.OVERRIDE, reason="agreed by phone"))
    assert desk.stored().stage_id == NEEDS


async def test_what_a_gate_lacks_is_asked_from_the_chosen_thing_on(desk: Desk) -> None:
    answers = [Given("so", "", 3)] * 3
    await at_gate(desk, GateAnswer(WayOn.ANSWER, 1), *answers)
    places = [overlay._place for overlay in desk.overlays[1:]]
    assert places == ["1 of 3", "2 of 3", "3 of 3"]
    asked = [overlay._question.key for overlay in desk.overlays[1:]]
    assert asked == ["timeline", "authority", "need"]
    assert desk.stored().stage_id == NEEDS


async def test_a_gate_that_is_left_half_answered_moves_nothing(desk: Desk) -> None:
    await at_gate(desk, GateAnswer(WayOn.ANSWER), Given("so", "", 3), None)
    assert desk.stored().stage_id == QUALIFICATION
    assert {*desk.stored().answers} == {"need"}


async def test_of_several_deals_the_others_pass_or_the_held_ones_are_lost(desk: Desk) -> None:
    qualify(desk.workspace, 2)
    await at_gate(desk, GateAnswer(WayOn.OTHERS), ids=(1, 2))
    assert desk.overlays[0]._passing == 1
    assert desk.asked == ["1 deal"]
    assert desk.overlays[0]._message == "1 of 2 deals is held up; nothing has moved yet."
    assert [desk.stored(one).stage_id for one in (1, 2)] == [QUALIFICATION, NEEDS]
    # What was done to some of them is not what `.` is to do to others.
    assert isinstance(desk.program.last_change, str)
    desk.workspace.move([2], QUALIFICATION)
    await at_gate(desk, GateAnswer(WayOn.LOSE), "price", ids=(1, 2))
    assert [desk.stored(one).status for one in (1, 2)] == [Status.LOST, Status.OPEN]


async def test_several_deals_are_answered_one_after_another_and_move_together(desk: Desk) -> None:
    await at_gate(desk, GateAnswer(WayOn.ANSWER, 1), *[Given("so", "", 3)] * 6, ids=(1, 2))
    assert [overlay._place for overlay in desk.overlays[1:]] == [f"{n} of 6" for n in range(1, 7)]
    assert [overlay._title.split(" · ")[1] for overlay in desk.overlays[1:4]] == ["Borealis"] * 3
    assert [desk.stored(one).stage_id for one in (1, 2)] == [NEEDS, NEEDS]


@pytest.mark.parametrize(
    ("asks", "answers", "met"),
    [
        ("source", ["event"], lambda deal: deal.source == "event"),
        (
            "answers >= 2",
            [Given("a", "", 1), Given("b", "", 2)],
            lambda deal: len(deal.answers) == 2,
        ),
        ("answers >= 2", [Given("a", "", 1), None], lambda deal: len(deal.answers) == 1),
        ("answer need", [Given("a", "", 1)], lambda deal: "need" in deal.answers),
        ("rating need >= 2", [Given("a", "", 3)], lambda deal: deal.answers["need"].rating == 3),
        ("contact champion", ["Mika"], lambda deal: deal.contacts["mika"].role == "champion"),
        ("next step", ["thu call"], lambda deal: deal.next_step is not None),
        ("checklist", ["y", "y"], lambda deal: len(deal.checklist) == 2),
        ("checklist", ["y", "n"], lambda deal: len(deal.checklist) == 1),
        ("checklist", ["n"], lambda deal: not deal.checklist),
    ],
)
async def test_each_thing_that_a_gate_asks_is_asked_in_its_way(
    desk: Desk, asks: str, answers: list[object], met: Any
) -> None:
    with_stages(
        desk, criteria=(parse_criterion(asks),), checklist=("Sheet sent", "Reference named")
    )
    desk.workspace.set_fields([1], ["source="])
    await at_gate(desk, GateAnswer(WayOn.ANSWER), *answers)
    assert met(desk.stored())
    is_left = answers[-1] in (None, "n")
    assert desk.stored().stage_id == (QUALIFICATION if is_left else NEEDS)


async def test_what_is_done_already_is_not_asked_again(desk: Desk) -> None:
    with_stages(desk, checklist=("Sheet sent", "Reference named"))
    desk.workspace.check(1, QUALIFICATION, "Sheet sent")
    desk.begin("y")
    assert await desk.do(stages._tick, 1)
    assert desk.asked == ["Lumen Oy: Reference named"]
    desk.workspace.answer([1], "need", "so", 3)
    first, second = sales(desk.workspace).questions[:2]
    desk.begin(Given("so", "", 3))
    assert await desk.do(stages.answer_some, 1, 2)
    assert desk.overlays[0]._question.key == (second if first.key == "need" else first).key


async def test_somebody_who_is_known_gets_another_part_and_keeps_the_rest(desk: Desk) -> None:
    mika = Contact("Mika", "user", "mika@x.example", "+1 2", "Plant manager")
    for name in ("Mika", "mika"):
        desk.workspace.set_contact(1, mika, "m")
        desk.begin(name)
        assert await desk.do(stages.name_contact, 1, "champion")
        assert desk.stored().contacts == {"m": replace(mika, role="champion")}


async def test_somebody_whose_name_is_spelled_otherwise_is_somebody_else(desk: Desk) -> None:
    first = Contact("Jo Li", "user", "jo@x.example")
    desk.workspace.set_contact(1, first)
    desk.begin("Jo-Li")
    assert await desk.do(stages.name_contact, 1, "champion")
    assert list(desk.stored().contacts.values()) == [first, Contact("Jo-Li", "champion")]


# The daily work.


@pytest.mark.parametrize(
    ("answers", "kind", "direction", "quote", "trial"),
    [
        (["c", "o"], "call", "out", False, ""),
        (["c", "i"], "call", "in", False, ""),
        (["e", "i"], "email", "in", False, ""),
        (["m", "o"], "meeting", "out", False, ""),
        (["d", "o"], "demo", "out", False, ""),
        (["x", "i"], "message", "in", False, ""),
        (["p"], "email", "out", True, ""),
        (["k", "y"], "call", "out", False, "yes"),
        (["k", "n"], "call", "out", False, "no"),
        (["k", "c"], "call", "out", False, "conditional"),
    ],
)
async def test_an_interaction_is_logged_as_it_was(
    desk: Desk, answers: list[str], kind: str, direction: str, quote: bool, trial: str
) -> None:
    desk.begin(*answers, "they think", "thu call")
    await desk.do(daily.interaction)
    (touch, *_) = desk.workspace.record(1).touches
    assert (touch.type, touch.direction, touch.outcome) == (kind, direction, "they think")
    deal = desk.stored()
    assert ((deal.quote_sent_at is not None), deal.trial_close) == (quote, trial)
    # What was done is followed by what is next.
    assert deal.next_step is not None and deal.next_step.text == "call"


@pytest.mark.parametrize("answers", [[None], ["c", None], ["k", None], ["c", "o", None]])
async def test_an_interaction_that_is_left_half_told_is_none(
    desk: Desk, answers: list[str | None]
) -> None:
    desk.begin(*answers)
    await desk.do(daily.interaction)
    assert desk.receipts == [] and desk.workspace.record(1).touches == ()


@pytest.mark.parametrize(
    ("answers", "until"),
    [
        (["1"], TODAY + timedelta(days=1)),
        (["3"], TODAY + timedelta(days=3)),
        (["w"], TODAY + timedelta(days=7)),
        (["m"], date(2026, 12, 23)),
        (["d", "4 jan"], date(2027, 1, 4)),
    ],
)
async def test_a_deal_sleeps_until_the_day_of_the_key_and_is_woken(
    desk: Desk, answers: list[str], until: date
) -> None:
    desk.begin(*answers)
    await desk.do(daily.snooze)
    assert desk.stored().snoozed_until == until
    desk.begin("0")
    await desk.do(daily.snooze)
    assert desk.stored().snoozed_until is None


async def test_a_step_that_is_done_asks_for_the_next_unless_that_is_known(desk: Desk) -> None:
    desk.workspace.set_next_step([1], "call", SOON)
    desk.begin("mon write")
    await desk.do(daily.done)
    assert desk.asked == ["Next step of Lumen Oy"]
    desk.workspace.execute(c.Plan("fri call every 1w"), [1])
    desk.begin()
    await desk.do(daily.done)
    assert desk.asked == [] and desk.stored().next_step is not None


async def test_what_putting_off_is_about_depends_on_the_step_there_is(desk: Desk) -> None:
    suggested = sales(desk.workspace).stage(QUALIFICATION).next_step
    desk.begin("1")
    await desk.do(daily.put_off)
    assert desk.asked == [f"Lumen Oy has no next step yet: plan '{suggested}' for"]
    desk.begin(None)
    await desk.do(daily.put_off)
    assert desk.asked == ["Put off the next step of Lumen Oy to"]
    desk.begin(None, ids=[1, 2])
    await desk.do(daily.put_off)
    assert desk.asked == ["Next step of 2 deals on"]
    desk.begin("d", "thu", ids=[1])
    await desk.do(daily.put_off)
    assert desk.stored().next_step == NextStep(suggested, date(2026, 11, 26))


async def test_what_was_called_today_before_midnight_is_today_after_it(desk: Desk) -> None:
    def sleeps_over(menu: Any) -> str:
        desk.today += timedelta(days=1)
        return str(menu._choices[0].key)

    desk.begin(sleeps_over)
    await desk.do(daily.put_off)
    step = desk.stored().next_step
    assert step is not None and step.due == TODAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("action", "before", "typed"),
    [
        (daily.next_step, [], "tomorrow call"),
        (daily.snooze, ["d"], "tomorrow"),
        (fields.close_date, [], "tomorrow"),
        (selection.add, [], "Cirrus: presses 9k close:tomorrow"),
        (review._decide, [], "tomorrow call"),
        (closing.lose, [closing._TELL_MORE, "timing", "too early"], "tomorrow"),
    ],
)
async def test_a_line_that_stands_open_over_midnight_tells_the_days_that_are_meant_then(
    desk: Desk, action: Any, before: list[str], typed: str
) -> None:
    told: list[str] = []

    def reads(line: Any) -> None:
        told.append(text_of(line._live(typed).lines[0]))

    def sleeps_over(line: Any) -> None:
        reads(line)
        desk.today += timedelta(days=1)
        reads(line)

    for leaves in (sleeps_over, reads):
        desk.begin(*before, leaves)
        await desk.do(action)
    evening, night, morning = told
    assert evening != night == morning


async def test_a_day_alone_keeps_the_words_and_a_day_that_comes_again_is_a_plan(desk: Desk) -> None:
    desk.workspace.set_next_step([1], "call", SOON)
    desk.begin("thu")
    await desk.do(daily.next_step)
    assert desk.overlays[0]._live("thu").lines[0][0][0].endswith("call (its words as they are)")
    assert desk.stored().next_step == NextStep("call", date(2026, 11, 26))
    desk.begin("thu every 1w")
    await desk.do(daily.next_step)
    step = desk.stored().next_step
    assert step is not None and step.every == "1w"
    desk.workspace.set_next_step([1], "call", SOON)
    desk.workspace.set_next_step([2], "write", SOON)
    desk.begin(None, ids=[1, 2])
    await desk.do(daily.next_step)
    assert desk.overlays[0]._live("thu").lines[0][0][0].endswith("each keeps its words")


async def test_what_is_usual_is_suggested_where_the_deals_agree_on_it(desk: Desk) -> None:
    usual = sales(desk.workspace).stage(QUALIFICATION).next_step
    both = await daily.deals_now(desk, [1, 2])  # type: ignore[arg-type]
    assert usual and await daily.usual_step(desk, both) == usual  # type: ignore[arg-type]
    desk.workspace.move([2], LEAD)
    both = await daily.deals_now(desk, [1, 2])  # type: ignore[arg-type]
    assert await daily.usual_step(desk, both) == ""  # type: ignore[arg-type]


async def test_of_what_is_closed_no_next_step_is_asked(desk: Desk) -> None:
    desk.workspace.lose([2], Loss("price"))
    desk.begin(ids=[1, 2])
    assert await desk.do(daily.ask_next_step) is False


async def test_a_note_of_several_lines_goes_on_in_a_box_and_an_empty_one_is_none(
    desk: Desk,
) -> None:
    desk.drafts.save("note:1", "first\nsecond", "Note")
    desk.begin("first\nsecond\nthird")
    await desk.do(daily.note)
    assert type(desk.overlays[0]).__name__ == "TextScreen"
    assert desk.workspace.record(1).notes[0].text == "first\nsecond\nthird"
    desk.begin("  ")
    await desk.do(daily.write_note)
    assert desk.receipts == []


# What a deal says.


@pytest.mark.parametrize(
    ("key", "category"),
    [("o", Category.OMITTED), ("p", Category.PIPELINE), ("b", Category.BEST),
     ("c", Category.COMMIT), ("s", None)],
)  # fmt: skip
async def test_each_category_has_its_key(desk: Desk, key: str, category: Category | None) -> None:
    desk.workspace.set_fields([1], ["category=best" if key != "b" else "category=commit"])
    desk.begin(key)
    await desk.do(fields.category)
    assert desk.stored().category == category


async def test_a_line_for_deals_that_differ_is_empty_and_empties_nothing(desk: Desk) -> None:
    desk.begin(None, ids=[1, 2])
    await desk.do(fields.value)
    line = desk.overlays[0]
    assert (line._first_value, line._accept_empty) == ("", False)
    assert "they differ" in text_of(line._live("").lines[0])
    desk.workspace.set_fields([2], ["value=40k"])
    desk.begin("", ids=[1, 2])
    await desk.do(fields.value)
    assert desk.overlays[0]._first_value == "40000 EUR"
    assert text_of(desk.overlays[0]._live("42k").lines[0]).endswith("+€2,000 against €40,000")
    assert [desk.stored(one).value for one in (1, 2)] == [None, None]


@pytest.mark.parametrize(
    ("asks", "typed", "field", "told"),
    [
        (fields.value, "value=40k", "value", "no value"),
        (fields.close_date, "close=19dec", "expected_close", "no date"),
        (fields.probability, "probability=60", "probability_bp", "the stage's own"),
    ],
)
async def test_none_empties_what_a_line_asks_for_of_one_deal_and_of_several(
    desk: Desk, asks: Any, typed: str, field: str, told: str
) -> None:
    for ids, word in (([1], "none"), ([1, 2], " None ")):
        desk.workspace.set_fields([1], [typed])
        assert getattr(desk.stored(1), field) is not None
        desk.begin(word, ids=ids)
        await desk.do(asks)
        assert text_of(desk.overlays[0]._live(word).lines[0]) == told
        assert [getattr(desk.stored(one), field) for one in ids] == [None] * len(ids)


async def test_tags_are_put_on_and_taken_off_however_they_are_parted(desk: Desk) -> None:
    desk.begin("+warm, vip")
    await desk.do(fields.tags)
    assert {*desk.stored().tags} == {"warm", "vip"}
    desk.begin("-vip +cold")
    await desk.do(fields.tags)
    assert {*desk.stored().tags} == {"warm", "cold"}
    desk.begin("-cold, +eu -warm")
    await desk.do(fields.tags)
    assert {*desk.stored().tags} == {"eu"}
    desk.begin("+")
    await desk.do(fields.tags)
    assert desk.receipts == []


async def test_a_deal_is_given_with_a_note_or_not_at_all(desk: Desk) -> None:
    desk.begin(fields._WITH_NOTE, "bo", None)
    await desk.do(fields.owner)
    assert desk.stored().owner == "ana"
    desk.begin(fields._WITH_NOTE, "bo", "knows the CFO")
    await desk.do(fields.owner)
    assert desk.stored().owner == "bo"
    assert "knows the CFO" in str(desk.workspace.record(1).touches)
    desk.begin("cy")
    await desk.do(fields.owner)
    assert desk.stored().owner == "cy"


async def test_who_is_no_rep_yet_may_take_a_deal_themselves(desk: Desk) -> None:
    desk.begin(None)
    desk.program.me = "zoe"
    await desk.do(fields.owner)
    *_, last, with_note = desk.overlays[0]._find("")
    assert (last.id, last.right, with_note.id) == ("zoe", "you", fields._WITH_NOTE)
    desk.begin(None)
    desk.program.me = "ana"
    await desk.do(fields.owner)
    assert [one.id for one in desk.overlays[0]._find("")].count("ana") == 1


async def test_who_gets_a_deal_is_told_apart_from_who_is_unknown(desk: Desk) -> None:
    desk.begin(None)
    await desk.do(fields.owner)
    picker = desk.overlays[0]
    (new,) = (one for one in picker._find("dora") if one.id == "dora")
    assert (new.line, bool(new.right)) == ("@dora", True)
    assert [one.id for one in picker._find("ana")] == ["ana"]
    assert [one.id for one in picker._find("me")] == []


def test_what_each_rep_has_on_hand_stands_in_columns() -> None:
    loads = [
        Load("ana", 12, 3, 1, Money(4_000_000, "EUR"), 2),
        Load("bo", 1, 0, 10, None, 1),
        Load("cy"),
    ]
    assert [note.rstrip() for note in fields._on_hand(loads, Glyphs.UNICODE)] == [
        "12 open  3 overdue   1 stalled  €40k + 2 without a rate",
        " 1 open  0 overdue  10 stalled         1 without a rate",
        " 0 open  0 overdue   0 stalled",
    ]


async def test_a_question_is_asked_as_it_is_now_and_not_where_it_was_taken_away(
    desk: Desk,
) -> None:
    first = sales(desk.workspace).questions[0]
    desk.begin(Given("so", "", 3))
    assert await desk.do(fields.ask_question, 1, replace(first, ask="As it was?"))
    assert desk.overlays[0]._question == first
    desk.begin()
    with pytest.raises(NotFound, match="asks no more for Weather"):
        await desk.do(fields.ask_question, 1, replace(first, key="weather", label="Weather"))


async def test_the_interview_asks_what_is_open_and_at_last_all_once_more(desk: Desk) -> None:
    questions = sales(desk.workspace).questions
    desk.workspace.answer([1], questions[0].key, "so", 3)
    desk.begin(*[Given("so", "", 3)] * (len(questions) - 1))
    await desk.do(fields.interview)
    asked = [overlay._question.key for overlay in desk.overlays]
    assert asked == [question.key for question in questions[1:]]
    assert (
        desk.said[-1] == f"{len(questions)} of {len(questions)} questions of Lumen Oy are answered."
    )
    desk.begin(Given("", "", None), None)
    await desk.do(fields.interview)
    assert [overlay._question.key for overlay in desk.overlays] == [
        question.key for question in questions[:2]
    ]
    assert desk.receipts == []


# What is under the cursor on the screen of one deal.


@pytest.fixture
def deal(desk: Desk, tmp_path: Path) -> DealDesk:
    made = DealDesk(desk.workspace, [1], tmp_path / "drafts")
    made.keys = DEAL
    return made


def test_the_tabs_go_round(deal: DealDesk) -> None:
    screen: Any = deal
    for step, first, then in (
        (-1, DealTab.OVERVIEW, DealTab.TERMS),
        (-1, DealTab.QUESTIONS, DealTab.OVERVIEW),
        (1, DealTab.TERMS, DealTab.OVERVIEW),
        (1, DealTab.OVERVIEW, DealTab.QUESTIONS),
    ):
        deal.tab = first
        items.tab_beside(screen, step)
        assert deal.tab is then
    items.tab(screen, 4)
    assert deal.tab is DealTab.TIMELINE


async def test_what_is_under_the_cursor_is_taken_away_where_it_can_be(deal: DealDesk) -> None:
    ana = deal.workspace
    ana.set_contact(1, Contact("Mika"), "m")
    ana.answer([1], "need", "so", 3)
    deal.at(DealTab.QUESTIONS, "need")
    await deal.do(items.remove_item)
    assert "need" not in deal.stored().answers
    await deal.do(items.remove_item)
    assert deal.said[-1] == "This question has no answer."
    deal.at(DealTab.PEOPLE, "m")
    await deal.do(items.remove_item)
    assert "m" not in deal.stored().contacts
    for tab in (DealTab.OVERVIEW, DealTab.NOTES, DealTab.TIMELINE):
        deal.at(tab, "1")
        await deal.do(items.remove_item)
        assert deal.said == ["Nothing here can be taken away."]


@pytest.mark.parametrize(
    ("tab", "key", "action"),
    [
        (DealTab.PEOPLE, "", items.add_item),
        (DealTab.PEOPLE, "m", items.edit_item),
        (DealTab.TERMS, "", items.add_item),
        (DealTab.QUESTIONS, "need", items.tick),
    ],
)
async def test_nothing_is_asked_about_a_deal_that_is_not_ones_own_to_change(
    deal: DealDesk, tab: DealTab, key: str, action: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check_allowed(host: Any, ids: Any, command: Any) -> None:
        assert (host, ids, command) == (deal, [1], fields.any_change)
        raise Refused("It is bo's.")

    monkeypatch.setattr(items, "check_allowed", check_allowed)
    deal.workspace.set_contact(1, Contact("Mika"), "m")
    deal.at(tab, key)
    with pytest.raises(Refused, match="bo's"):
        await deal.do(action)
    assert deal.asked == []


async def test_a_rating_changes_nothing_but_itself(deal: DealDesk) -> None:
    deal.workspace.answer([1], "need", "so", 3, "their mail")
    deal.at(DealTab.QUESTIONS, "need", "1")
    await deal.do(items.tick)
    assert [one.mark for one in deal.overlays[0]._choices] == ["", "", "", "*", "", ""]
    rated = deal.stored().answers["need"]
    assert (rated.text, rated.rating, rated.evidence) == ("so", 1, "their mail")
    deal.at(DealTab.QUESTIONS, "need", "u")
    await deal.do(items.tick)
    rated = deal.stored().answers["need"]
    assert (rated.text, rated.rating, rated.evidence) == ("so", None, "their mail")
    deal.at(DealTab.QUESTIONS, "need", None)
    await deal.do(items.tick)
    assert [one.mark for one in deal.overlays[0]._choices] == [""] * 5 + ["*"]


async def test_a_deal_that_is_ready_is_told_the_key_that_takes_it_on(deal: DealDesk) -> None:
    qualify(deal.workspace, 1)
    deal.at(DealTab.OVERVIEW, "gate")
    await deal.do(items.edit_item)
    assert deal.said[-1].startswith("Nothing holds it up: L takes it to ")
    with_stages(deal, criteria=())
    deal.workspace.move([1], sales(deal.workspace).open_stages[-1].id)
    deal.at(DealTab.OVERVIEW, "gate")
    await deal.do(items.edit_item)
    assert deal.said[-1] == "Nothing holds it up: w takes it to Won."


async def test_the_gate_before_a_win_wins(deal: DealDesk) -> None:
    last = sales(deal.workspace).open_stages[-1]
    for stage, change in ((QUALIFICATION, c.Move), (last.id, c.Win)):
        deal.workspace.move([1], stage, override="agreed")
        with_stages(deal, criteria=(parse_criterion("next step"),))
        deal.at(DealTab.OVERVIEW, "gate")
        await deal.do(items.edit_item)
        ((does, gate, wanted),) = deal.performed
        assert does == "stages.open_gate" and isinstance(wanted, change)
        assert isinstance(gate, GateNotMet) and gate.deal_id == 1


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (1, "That was the last deal in"),
        (-1, "That was the first deal in"),
    ],
)
async def test_beside_the_last_deal_of_a_stage_there_is_none(
    deal: DealDesk, step: int, said: str
) -> None:
    state = deal.state
    state.card, state.move_cursor = SimpleNamespace(id=1), lambda columns, rows: None
    state.go_to_deal = lambda deal_id: deal_id == 1
    await deal.do(items.deal_beside, step)
    assert deal.said == [f"{said} '{deal.stage_shown().name}'."]
    state.go_to_deal = lambda deal_id: False
    with pytest.raises(NotFound):
        await deal.do(items.deal_beside, step)


async def test_anothers_note_is_not_rewritten(deal: DealDesk) -> None:
    deal.workspace.add_note([1], "One.")
    (note,) = deal.record.notes
    deal.at(DealTab.NOTES, note.id, "Two.")
    await deal.do(items.edit_item)
    assert deal.record.notes[0].text == "Two."
    deal.program.me = "bo"
    deal.at(DealTab.NOTES, note.id)
    await deal.do(items.edit_item)
    assert deal.said == ["The note is ana's; n adds one of your own."]


async def test_an_event_opens_and_closes(deal: DealDesk) -> None:
    for opened in ({7}, set()):
        deal.at(DealTab.TIMELINE, "7")
        await deal.do(items.edit_item)
        assert deal.opened == opened


async def test_a_search_that_is_left_leaves_what_was_searched_before(deal: DealDesk) -> None:
    deal.at(DealTab.OVERVIEW, "", "moved")
    await deal.do(items.search)
    assert (deal.wanted, deal.tab) == ("moved", DealTab.TIMELINE)
    deal.at(DealTab.TIMELINE, "", None)
    await deal.do(items.search)
    assert deal.wanted == "moved"


FORMS: dict[DealTab, tuple[Contact | Term, dict[str, str]]] = {
    DealTab.PEOPLE: (Contact("Mika", "user", "mika@x.example", "+1 2", "Plant manager"),
                     {"name": "", "email": "nobody"}),
    DealTab.TERMS: (Term("Payment", "30 days", "60 days", "45 days"), {"item": ""}),
}  # fmt: skip
"""What can be edited on a tab, and what its form does not take."""


@pytest.mark.parametrize("tab", FORMS)
async def test_a_form_has_a_row_for_each_part_and_keeps_those_that_are_not_changed(
    deal: DealDesk, tab: DealTab
) -> None:
    whole, refused = FORMS[tab]
    if isinstance(whole, Contact):
        deal.workspace.set_contact(1, whole, "key")
    else:
        deal.workspace.set_term(1, whole, "key")
    parts = {name: str(text) for name, text in asdict(whole).items()}
    for name in parts:
        changed = {name: "champion" if name == "role" else f"{parts[name]}x"}
        deal.at(tab, "key", lambda form, changed=changed: changed)
        await deal.do(items.edit_item)
        parts |= changed
        stored = deal.stored()
        assert asdict((stored.contacts or stored.terms)["key"]) == parts
    (form,) = deal.overlays
    rows = {row.name: row for row in form._fields}
    assert {*rows} == {*parts}
    assert all(rows[name].check(text) for name, text in refused.items())
    assert not any(row.check and row.check(parts[name]) for name, row in rows.items())


async def test_an_address_that_came_so_may_stay_and_another_is_checked(deal: DealDesk) -> None:
    check = items._email_beside("odd address")
    assert check("odd address") is None
    assert check("another odd one")
    assert check("a@b.example") is None


@pytest.mark.parametrize("name", ["Payment", "payment?"])
async def test_a_new_term_takes_the_place_of_none_that_is_there(deal: DealDesk, name: str) -> None:
    payment = Term("Payment", "30 days", "60 days", "45 days")
    deal.workspace.set_term(1, payment)
    deal.at(DealTab.TERMS, "", {"item": name, "ours": "bank"})
    await deal.do(items.add_item)
    assert list(deal.stored().terms.values()) == [payment, Term(name, "bank")]


async def test_a_new_person_takes_the_place_of_nobody_who_is_there(deal: DealDesk) -> None:
    mika = Contact("Mika", "user", "mika@x.example")
    deal.workspace.set_contact(1, mika)
    deal.at(DealTab.PEOPLE, "", {"name": "Mika"})
    await deal.do(items.add_item)
    assert list(deal.stored().contacts.values()) == [mika, Contact("Mika")]


# Many at once.


async def test_a_new_deal_stands_where_the_cursor_is_or_in_the_first_open_stage(desk: Desk) -> None:
    for column, stage in ((2, NEEDS), (7, LEAD)):
        desk.state.view.cursor = (column, 0)
        desk.begin("Nova: pilot 5k")
        await desk.do(selection.add)
        ((added,),) = ([*receipt.deals] for receipt in desk.receipts)
        assert added.stage_id == stage
        lacks = "3 criteria overridden, logged. " if stage == NEEDS else ""
        assert desk.said[-1].endswith(f"It is {added.ref}. {lacks}u undo")


async def test_a_change_of_another_session_is_asked_about_before_it_is_taken_back(
    desk: Desk,
) -> None:
    desk.workspace.set_fields([1], ["value=7k"])
    desk.begin(None)
    await desk.do(selection.undo)
    assert len(desk.asked) == 1 and desk.stored().value == Money(700_000, "EUR")
    desk.begin("u")
    await desk.do(selection.undo)
    assert desk.stored().value == Money(4_000_000, "EUR")
    assert "u undo" not in desk.said[-1]
    desk.begin()
    await desk.do(selection.redo)
    assert "u undo" not in desk.said[-1]


async def test_what_is_older_and_of_the_session_is_told_apart(desk: Desk) -> None:
    desk.begin("7k")
    await desk.do(fields.value)
    desk.begin()
    await desk.do(selection.undo)
    assert desk.stored().value == Money(4_000_000, "EUR")


async def test_cards_that_are_sorted_have_no_order_by_hand(desk: Desk) -> None:
    for sort in Sort:
        desk.state.lens = SimpleNamespace(sort=sort)
        desk.state.card = None
        desk.begin()
        await desk.do(selection.order_down)
        assert desk.said == [
            "No deal is selected here."
            if sort is Sort.MANUAL
            else "The cards are sorted; s m orders them by hand."
        ]
