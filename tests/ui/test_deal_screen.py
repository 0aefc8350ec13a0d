"""The screen of one deal: tabs, items edited in place, both answers shown when two give one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path

import pytest

from pipeboard.domain.deal import Answer, Contact, Loss, NextStep, Note, Status, Term
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.events import value_of
from pipeboard.domain.text import printable
from pipeboard.ui.draw.notes import CHECK
from pipeboard.ui.last_view import Choices
from pipeboard.ui.screens import board as board_screen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.terminal.width import cell_width
from tests.team import QUALIFICATION, Team, add, qualify
from tests.ui.desk import Desk, desk
from tests.ui.overlays import HOSTILE
from tests.walk import told


@pytest.fixture
def team(tmp_path: Path) -> Team:
    """A database with one deal, D-1 Lumen Oy, in Lead Qualification."""
    team = Team.make(tmp_path / "team.db")
    add(team.rep("ana"), stage=QUALIFICATION)
    return team


@asynccontextmanager
async def deal_of(team: Team, **options: object) -> AsyncIterator[Desk]:
    """The screen of D-1."""
    async with desk(team.path, **options) as board:  # type: ignore[arg-type]
        await board.press("2", "enter")
        if not isinstance(board.app.screen, DealScreen):
            await board.press("enter")
        yield board
    team.close()


def screen_of(board: Desk) -> DealScreen:
    (screen,) = (s for s in board.app.screen_stack if isinstance(s, DealScreen))
    return screen


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (44, 20), (40, 12)])
async def test_every_tab_shows_itself_by_its_number_and_by_l(
    team: Team, size: tuple[int, int]
) -> None:
    async with deal_of(team, size=size) as board:
        for number, name in enumerate(
            ("Overview", "Questions", "Notes", "Timeline", "People", "Terms"), 1
        ):
            await board.press(str(number))
            assert f"[{number} {name}" in board.lines()[3]
        await board.press("l")
        assert "[1 Overview" in board.lines()[3]
        await board.press("h")
        assert "[6 Terms" in board.lines()[3]


async def test_the_head_says_what_it_is_where_it_stands_and_what_is_next(team: Team) -> None:
    team.rep("ana").plan([1], "3dec call Mika")
    async with deal_of(team) as board:
        name, money, step = board.lines()[:3]
        assert name.split() == ["D-1", "Lumen", "Oy", "/", "packaging", "pilot", "Lead",
                                "Qualification", "2/6", "0d/14"]  # fmt: skip
        assert money.strip() == "€40,000 · 15% · wtd €6,000 · @ana"
        assert step.strip() == "› NEXT  3 Dec  call Mika"


async def test_a_question_shows_why_it_is_asked_and_the_stage_that_needs_it(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("2")
        assert board.shows("needed: Needs Assessment")
        assert board.shows("Why: No problem, no purchase")
        await board.press("j", "j", "j")
        assert board.shows("By when do you look to have it in place?")


async def test_enter_answers_the_question_under_the_cursor(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("2", "j", "enter")
        await board.type("audit in May")
        await board.press("tab", "tab", "down")
        await board.type("their letter")
        await board.press("enter")
        answer = board.stored(1).answers["trigger"]
        assert (answer.text, answer.rating, answer.evidence) == ("audit in May", 1, "their letter")
        assert board.shows("1/4")
        assert "2 Questions 1/7" in board.lines()[3]


async def test_unknown_is_not_zero(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("2", "enter")
        await board.type("they would not say")
        await board.press("enter")
        assert board.stored(1).answers["need"].rating is None
        await board.press("space", "0")
        assert board.stored(1).answers["need"].rating == 0
        await board.press("space", "u")
        assert board.stored(1).answers["need"].rating is None


async def test_the_interview_goes_on_by_itself_and_passes_over_what_is_unknown(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("Q")
        assert board.shows("1/7  Need")
        await board.type("Scrap rate")
        await board.press("enter")
        assert board.shows("2/7  Trigger")
        await board.press("enter")
        assert board.shows("3/7  Consequence")
        await board.press("escape")
        assert set(board.stored(1).answers) == {"need"}
        assert board.status == "1 of 7 questions of Lumen Oy is answered."
        await board.press("Q")
        assert board.shows("2/7  Trigger")


async def test_escape_keeps_an_answer_until_somebody_lets_go_of_it(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("Q")
        await board.type("half an ans")
        await board.press("escape", "Q")
        assert board.shows("half an ans")
        assert board.shows("Kept from 10:00; ^r clears it.")
        await board.type("wer")
        await board.press("ctrl+r", "escape")
        assert board.stored(1).answers == {}
        await board.press("Q")
        assert not board.shows("half an answer")


async def test_a_long_answer_is_written_in_the_editor_and_keeps_its_lines(team: Team) -> None:
    choices = Choices(edit=lambda text: f"{text}\nSecond line\nThird line\n")
    async with deal_of(team, choices=choices) as board:
        board.app.suspend = nullcontext  # type: ignore
        await board.press("2", "enter")
        await board.type("First line")
        await board.press("ctrl+g")
        assert board.shows("Third line")
        await board.press("enter")
        assert board.stored(1).answers["need"].text == "First line\nSecond line\nThird line"


async def test_two_who_answer_one_question_are_shown_both_answers(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("2", "enter")
        await board.type("Nobody has asked")
        team.rep("bo").answer([1], "need", "Stops twice a day", 3)
        await board.press("enter")
        assert board.shows("bo changed need of Lumen Oy at 10:00")
        assert board.shows("Stops twice a day")
        assert board.shows("Nobody has asked")
        await board.press("m")
        assert board.stored(1).answers["need"].text == "Nobody has asked"
        entries = board.workspace.reader.history.entries(1)
        told = [value_of(entry.event.after, "answers.need", Answer) for entry in entries]
        assert [answer.text for answer in told if answer] == [
            "Nobody has asked",
            "Stops twice a day",
        ]


@pytest.mark.parametrize(
    ("key", "answer", "notes"),
    [
        ("b", "Stops twice a day\nNobody has asked", []),
        ("t", "Stops twice a day", ["Need, answered at the same time: Nobody has asked"]),
    ],
)
async def test_whichever_answer_stands_no_word_of_the_other_is_lost(
    team: Team, key: str, answer: str, notes: list[str]
) -> None:
    async with deal_of(team) as board:
        await board.press("2", "enter")
        await board.type("Nobody has asked")
        team.rep("bo").answer([1], "need", "Stops twice a day", 3)
        await board.press("enter", key)
        assert board.stored(1).answers["need"].text == answer
        assert [note.text for note in board.workspace.reader.history.notes(1)] == notes


async def test_an_answer_that_is_not_settled_stays_a_draft(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("2", "enter")
        await board.type("Nobody has asked")
        team.rep("bo").answer([1], "need", "Stops twice a day", 3)
        await board.press("enter", "escape")
        assert "kept as a draft" in board.status
        await board.press("enter")
        assert board.shows("Nobody has asked")
        assert board.shows("Kept from 10:00")


async def test_what_somebody_else_changes_is_shown_and_said(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("3")
        team.rep("bo").add_note([1], "Called them")
        await board.until(lambda: board.shows("Called them"))
        assert board.status == "changed by @bo 10:00"


async def test_an_address_that_is_none_is_said_to_be_in_the_form(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("5", "a")
        await board.type("Outi Salo")
        await board.press("up")
        await board.type("notamail")
        await board.press("ctrl+s")
        assert board.shows("'notamail' is no e-mail address.")
        assert not board.stored(1).contacts
        await board.type("@lumen.example")
        await board.press("ctrl+s")
        assert board.stored(1).contacts["outi_salo"].email == "notamail@lumen.example"


async def test_a_person_is_added_changed_and_taken_away(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("5")
        assert board.shows("no decision-maker named")
        await board.press("a")
        await board.type("Outi Salo")
        await board.press("enter", "d", "enter")
        await board.type("CFO")
        await board.press("ctrl+s")
        assert board.stored(1).contacts == {
            "outi_salo": Contact("Outi Salo", "decision_maker", title="CFO")
        }
        assert not board.shows("no decision-maker named")
        await board.press("enter", "down", "c", "ctrl+s")
        assert board.stored(1).contacts["outi_salo"].role == "champion"
        await board.press("D")
        assert board.stored(1).contacts == {}
        await board.press("u")
        assert "outi_salo" in board.stored(1).contacts


async def test_two_people_of_one_name_are_two_people(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("5")
        for _ in range(2):
            await board.press("a")
            await board.type("Kim Lee")
            await board.press("ctrl+s")
        assert len(board.stored(1).contacts) == 2


async def test_ones_own_note_is_rewritten_and_anothers_is_not(team: Team) -> None:
    team.rep("bo").add_note([1], "Bo was here")
    async with deal_of(team) as board:
        await board.press("3")
        assert "↵ Edit" not in board.lines()[-1]
        await board.press("enter")
        assert board.status == "The note is bo's; n adds one of your own."
        await board.press("n")
        await board.type("mine")
        await board.press("enter")
        mine = next(n for n in board.workspace.reader.history.notes(1) if n.author == "ana")
        await _cursor_on(board, mine)
        assert "↵ Edit" in board.lines()[-1]
        await board.press("enter")
        await board.type(" too")
        await board.press("ctrl+s")
        assert {n.text for n in board.workspace.reader.history.notes(1)} == {
            "Bo was here",
            "mine too",
        }
        kinds = [e.event.kind for e in board.workspace.reader.history.entries(1)]
        assert kinds[0] == "note_edited"


async def _cursor_on(board: Desk, note: Note) -> None:
    await board.press("home")
    while screen_of(board).item_key != note.id:
        await board.press("j")


async def test_the_timeline_is_filtered_and_its_events_open(team: Team) -> None:
    ana = team.rep("ana")
    ana.set_fields([1], ["value=50k"])
    ana.answer([1], "need", "Scrap", 3)
    async with deal_of(team) as board:
        await board.press("/")
        await board.type("VALUE")
        await board.press("enter")
        lines = [line for line in board.lines() if "@ana" in line and ":" in line]
        assert board.shows("value €40,000 → €50,000")
        assert not any("Scrap" in line for line in lines)
        await board.press("enter")
        assert board.shows("value was  €40,000")
        assert board.shows("value is  €50,000")
        await board.press("escape")
        assert board.shows("Need: Scrap (3/4)")
        await board.press("escape")
        assert board.app.screen is board.board


async def test_a_checklist_item_is_ticked_where_it_stands(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("j", "space")
        assert board.stored(1).is_checked(QUALIFICATION, "Ask the seven questions")
        assert board.shows("✓ Ask the seven questions")
        await board.press("space")
        assert board.stored(1).checklist == {}


async def test_space_ticks_what_can_be_ticked_and_of_all_else_says_what_it_is_for(
    team: Team,
) -> None:
    async with deal_of(team) as board:
        screen, seen = screen_of(board), set()
        while screen.item_key not in seen:
            seen.add(key := screen.item_key)
            before, is_item = board.stored(1).checklist, key.startswith(CHECK)
            assert ("Tick" in board.lines()[-1]) is is_item
            await board.press("space")
            assert (board.stored(1).checklist != before) is is_item
            if not is_item:
                assert board.status == "space ticks the checklist on 1 and rates answers on 2."
            await board.press("j")
        assert {key.startswith(CHECK) for key in seen} == {True, False}


async def test_the_score_is_explained_line_by_line(team: Team) -> None:
    ana = team.rep("ana")
    for question, rating in (("need", 4), ("timeline", 2)):
        ana.answer([1], question, "Told", rating)
    async with deal_of(team, size=(80, 40)) as board:
        assert board.shows("Score  33 to 93 of 100 (40% known)")
        assert board.shows("need      ●●●●    25/25  Need 4/4")
        assert board.shows("timeline  ●●○○   7.5/15  Timeline 2/4")
        assert board.shows("budget             ?/25  no rated answer")


async def test_a_gate_is_answered_where_it_stands(team: Team) -> None:
    async with deal_of(team) as board:
        assert board.shows("Needs Assessment asks: Need is unanswered")
        await board.press("enter", "2")
        assert board.shows("Timeline")
        await board.press("escape", "escape")
        assert board.stored(1).stage_id == QUALIFICATION


async def test_an_override_is_logged_with_its_reason(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("L", "o")
        await board.type("signed at the fair")
        await board.press("enter", "4")
        assert "override: signed at the fair" in told(board.workspace, board.stored(1))[-1]
        assert board.stored(1).stage_id != QUALIFICATION


async def test_the_board_settles_two_answers_as_well(team: Team) -> None:
    async with desk(team.path) as board:
        await board.press("2", "Q")
        await board.type("Nobody has asked")
        team.rep("bo").answer([1], "need", "Stops twice a day", 3)
        await board.press("enter", "m", "escape")
        assert board.stored(1).answers["need"].text == "Nobody has asked"
    team.close()


async def test_a_lost_deal_is_back_on_the_board_on_its_day(team: Team) -> None:
    team.clock.wait(days=-30)
    lost = Loss("timing", recycle_on=date(2026, 11, 20))
    team.rep("ana").lose([1], lost)
    team.clock.wait(days=30)
    async with desk(team.path) as board:
        await board.until(lambda: board.status == "Came back as leads: Lumen Oy.")
        assert board.card.name == "Lumen Oy"
        assert board.deal.recycled_from == 1
    team.close()


async def test_a_board_to_read_only_brings_no_lost_deal_back(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def usual_days(_: object) -> tuple[()]:
        asked.append("days")
        return ()

    monkeypatch.setattr(board_screen, "_usual_days", usual_days)
    monkeypatch.setattr(board_screen, "_recycled", lambda _: asked.append("to bring back"))
    async with desk(team.path, read_only=True) as board:
        await board.until(lambda: asked)
        await board.settle()
        assert asked == ["days"]
    team.close()


async def test_the_playbook_is_at_hand_and_ticks_the_checklist(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("b")
        assert board.shows(
            "To leave it  Need answered, Timeline answered, Authority and budget answered"
        )
        await board.press("2")
        assert board.shows("2 ✓ Name who signs")
        await board.press("escape")
        assert board.stored(1).is_checked(QUALIFICATION, "Name who signs")


async def test_a_stage_without_deals_has_its_playbook_too(team: Team) -> None:
    async with desk(team.path) as board:
        await board.press("4", "b")
        assert board.shows("Send it in a call, not before.")
        await board.press("1")
        assert board.shows("1 does nothing here")
    team.close()


async def test_of_many_deals_the_gate_says_which_pass_before_anything_moves(team: Team) -> None:
    ana = team.rep("ana")
    ready = add(ana, "Acme: press 1k", stage=QUALIFICATION)
    qualify(ana, ready.id)
    async with desk(team.path) as board:
        await board.press("2", "*", "L")
        assert board.shows("1 of 2 deals is held up; nothing has moved yet.")
        assert board.shows("Lumen Oy: Need is unanswered")
        assert board.stored(ready.id).stage_id == QUALIFICATION
        await board.press("p")
        assert board.stored(ready.id).stage_id != QUALIFICATION
        assert board.stored(1).stage_id == QUALIFICATION
    team.close()


async def test_many_deals_are_answered_one_after_another_and_then_move(team: Team) -> None:
    add(team.rep("ana"), "Acme: press 1k", stage=QUALIFICATION)
    async with desk(team.path) as board:
        await board.press("2", "*", "L", "a")
        for number in range(6):
            assert board.shows(f"{number + 1} of 6  "), "of those that are asked"
            await board.type("yes")
            await board.press("enter")
        assert {board.stored(deal_id).stage_id for deal_id in (1, 2)} == {QUALIFICATION + 1}
    team.close()


async def test_losing_at_the_gate_loses_the_deals_that_it_holds_up(team: Team) -> None:
    ana = team.rep("ana")
    ready = add(ana, "Acme: press 1k", stage=QUALIFICATION)
    qualify(ana, ready.id)
    async with desk(team.path) as board:
        await board.press("2", "*", "L", "x", "enter", "enter", "enter")
        assert board.stored(1).status is Status.LOST
        assert board.stored(ready.id).status is Status.OPEN
    team.close()


async def test_a_day_alone_takes_the_usual_step_of_the_stage(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("t")
        await board.type("thu")
        assert board.shows("qualification call (as usual in this stage)")
        await board.press("enter")
        assert board.stored(1).next_step == NextStep("qualification call", date(2026, 11, 26))


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_text_is_text_on_every_tab(team: Team, name: str) -> None:
    ana, text = team.rep("ana"), HOSTILE[name].encode("utf-8", "replace").decode()
    ana.add_note([1], text)
    ana.answer([1], "need", text, 3, text)
    # Some of it is refused on the way in, which is as well.
    with suppress(PipeboardError):
        ana.set_contact(1, Contact(text[:200], "champion", text[:90], "", text[:90]))
    with suppress(PipeboardError):
        ana.set_term(1, Term(text[:200], text[:90], text[:90]))
    async with deal_of(team) as board:
        for number in "123456":
            await board.press(number)
            for line in board.lines():
                assert line == printable(line)
                assert cell_width(line) <= 80


async def test_brackets_lead_to_the_next_deal_and_back_within_the_stage(team: Team) -> None:
    add(team.rep("ana"), "Mosaic", stage=QUALIFICATION)
    async with deal_of(team) as board:
        screen = screen_of(board)
        first = screen.deal_id
        step = "]" if board.state.view.cursor[1] == 0 else "["
        await board.press(step)
        assert screen.deal_id != first
        assert screen.record.deal.id == screen.deal_id == board.card.id
        await board.press(step)
        assert "deal in 'Lead Qualification'" in board.status
        await board.press("[" if step == "]" else "]")
        assert screen.deal_id == first


async def test_an_archived_deal_is_not_called_lost(team: Team) -> None:
    async with deal_of(team) as board:
        await board.press("d", "d")
        await board.until(lambda: board.shows("archived"))
        assert not board.shows("Lost")


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (59, 30)])
async def test_a_narrow_screen_names_the_company_whole_and_the_way_back(
    team: Team, size: tuple[int, int]
) -> None:
    async with deal_of(team, size=size) as board:
        assert "Lumen Oy" in board.lines()[0]
        assert "Lead Qualification" not in board.lines()[0]
        assert "Lead Qualification" in board.lines()[1]
        assert "q Back" in board.lines()[-1]
