"""Keys that change deals, on the real board: each with what the database holds afterwards."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import cast

import pytest

from pipeboard.domain.criteria import unmet
from pipeboard.domain.deal import Deal, Loss, Status
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import from_stage_names
from pipeboard.store import Store
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.workspace.configuration import choose_setting
from tests.team import NOW
from tests.ui.desk import Desk, desk
from tests.verbs import Workspace

TODAY = date(2026, 11, 23)


async def test_adding_shows_what_is_understood_and_puts_the_deal_into_the_stage(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("2", "a")
        await board.type("Nova Oy: pilot line 40k +warm")
        assert board.shows("company Nova Oy")
        assert board.shows("+warm")
        await board.press("enter")
        assert (board.card.account, board.deal.title) == ("Nova Oy", "pilot line")
        assert board.state.view.cursor[0] == 1
        assert f"It is {board.card.ref}." in board.status
        assert "not said" not in board.status
        assert "u undo" in board.lines()[-2]


async def test_where_a_new_deal_came_from_is_asked_where_the_team_requires_it(demo: Path) -> None:
    with closing(Store.open(str(demo))) as store:
        choose_setting(Workspace(store, lambda: NOW, Actor("bo")), "lead-source", "required")
    async with desk(demo) as board:
        known = len(board.workspace.reader.deals(range(1, 300)))
        await board.press("a", *"Nova: one", "enter", "escape")
        assert len(board.workspace.reader.deals(range(1, 300))) == known
        await board.press("a", "enter", "enter")
        assert (board.card.account, board.deal.source) == ("Nova", "")
        await board.press("a", *"Nova: by word", "enter", *"refer", "enter")
        assert board.deal.source == "referral"
        await board.press("a", *"Nova: two source:web", "enter")
        assert (board.deal.title, board.deal.source) == ("two", "web")


async def test_adding_warns_of_an_open_deal_with_the_same_company(demo: Path) -> None:
    async with desk(demo) as board:
        known = board.card.account
        await board.press("a")
        await board.type(f"{known}: another 5k")
        assert board.shows(f"! open with {known}")


async def test_moving_back_and_undoing_it(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        deal_id, stage = board.card.id, board.card.stage_id
        await board.press("H")
        assert board.stored(deal_id).stage_id != stage
        assert board.card.id == deal_id
        await board.press("u")
        assert board.stored(deal_id).stage_id == stage
        await board.press("U")
        assert board.stored(deal_id).stage_id != stage


async def test_there_is_nowhere_to_go_before_the_first_stage(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("H")
        assert "first stage" in board.status


async def test_a_gate_lets_nothing_through_without_a_logged_reason(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("2")
        deal_id, stage = board.card.id, board.card.stage_id
        await board.press("L")
        assert board.is_asking
        assert board.shows("override")
        await board.press("escape")
        assert board.stored(deal_id).stage_id == stage
        await board.press("L", "o")
        await board.type("their CFO called")
        await board.press("enter")
        assert board.stored(deal_id).stage_id != stage
        entries = board.workspace.reader.history.entries(deal_id, limit=3)
        assert any("their CFO called" in str(entry.event) for entry in entries)


async def test_the_order_by_hand(demo: Path) -> None:
    async with desk(demo) as board:
        first = board.card.id
        await board.press("J")
        assert board.state.view.cursor == (0, 1)
        assert board.card.id == first
        await board.press("K")
        assert (board.state.view.cursor, board.card.id) == ((0, 0), first)


async def test_winning_asks_for_the_final_value(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("g", "5")
        deal_id = board.card.id
        await board.press("w", "ctrl+u")
        await board.type("12k")
        await board.press("enter")
        if board.is_asking:
            await board.press("o")
            await board.type("signed already")
            await board.press("enter")
        await board.until(lambda: board.stored(deal_id).status is Status.WON)
        value = board.stored(deal_id).value
        assert value is not None
        assert value.minor == 1_200_000


@pytest.mark.parametrize("several", [False, True])
async def test_after_one_win_it_is_offered_to_ask_how_it_goes_and_after_several_not(
    several: bool, demo: Path
) -> None:
    async with desk(demo) as board:
        await board.press("g", "5", *(["space", "space"] if several else []))
        won = board.state.view.marks or {board.card.id}
        await board.press("w", *([] if several else ["enter"]))
        if not board.shows("how it goes") and board.is_asking:
            await board.press("o")
            await board.type("signed already")
            await board.press("enter")
        await board.until(lambda: all(board.stored(one).status is Status.WON for one in won))
        assert (len(won), board.is_asking) == ((2, False) if several else (1, True))
        assert board.shows("how it goes") is not several


async def test_losing_asks_why(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("x", *"more", "enter", "enter")
        await board.type("too dear")
        await board.press("enter")
        while board.is_asking:
            await board.press("enter")
        deal = board.stored(deal_id)
        assert deal.status is Status.LOST
        assert deal.loss is not None
        assert deal.loss.reason == "too dear"


async def test_a_reason_alone_is_enough_to_lose_a_deal(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("x", "2")
        deal, name = board.stored(deal_id), board.workspace.settings.loss_categories[1]
        assert deal.status is Status.LOST and deal.loss == Loss(name)
        assert not board.is_asking and name in board.status


async def test_archiving_and_bringing_back(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("d")
        assert board.shows(f"Archive {board.card.name}?")
        assert board.stored(deal_id).archived_at is None
        await board.press("d")
        assert board.stored(deal_id).archived_at is not None
        await board.press("u")
        assert board.stored(deal_id).archived_at is None
        assert board.card.id == deal_id


async def test_archiving_several_asks_once_and_esc_keeps_them(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("space", "space", "d")
        assert board.shows("Archive 2 deals?")
        await board.press("escape")
        assert board.state.view.marks
        await board.press("d", "d")
        assert "2 deals" in board.status


async def test_a_choice_of_the_move_menu_archives_without_another_question(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("m", "d")
        assert board.stored(deal_id).archived_at is not None


async def test_a_key_behind_the_esc_that_leaves_a_menu_archives_nothing(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("m", "escape", "d")
        assert board.stored(deal_id).archived_at is None
        assert board.is_asking


async def test_a_next_step_by_a_preset_and_in_words(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("t")
        await board.type("2 call Mika")
        await board.press("enter")
        step = board.deal.next_step
        assert step is not None
        assert (step.text, step.due) == ("call Mika", date(2026, 11, 24))


async def test_a_note_and_a_call_that_asks_for_the_next_step(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("n")
        await board.type("wants a reference")
        await board.press("enter", "i", "c", "o")
        await board.type("reached Mika")
        await board.press("enter")
        assert board.is_asking
        await board.type("1 send it")
        await board.press("enter")
        assert board.workspace.reader.history.notes(deal_id)[0].text == "wants a reference"
        assert board.workspace.reader.history.touches(deal_id)[0].outcome == "reached Mika"
        step = board.stored(deal_id).next_step
        assert step is not None
        assert step.due == TODAY


async def test_value_close_date_probability_category_tags_and_owner_by_their_keys(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("$", "ctrl+u")
        await board.type("12.5k")
        await board.press("enter", "c", "ctrl+u")
        await board.type("19dec")
        await board.press("enter", "%", "ctrl+u")
        await board.type("65")
        await board.press("enter", "C", "b", "#")
        await board.type("hot")
        await board.press("enter", "o")
        await board.type("mara")
        await board.press("enter")
        deal = board.deal
        assert deal.value is not None
        assert deal.value.minor == 1_250_000
        assert deal.expected_close == date(2026, 12, 19)
        assert deal.probability_bp == 6_500
        assert str(deal.category) == "best"
        assert "hot" in deal.tags
        assert deal.owner == "mara"


async def test_what_cannot_be_read_is_not_taken(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal.value
        await board.press("$", "ctrl+u")
        await board.type("plenty")
        await board.press("enter")
        assert board.is_asking
        await board.press("escape")
        assert board.deal.value == before


async def test_snoozing_until_a_day_and_waking(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("z", "w")
        assert board.deal.snoozed_until == date(2026, 11, 30)
        await board.press("z", "0")
        assert board.deal.snoozed_until is None


async def test_the_form_saves_what_was_changed(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("e")
        assert board.shows("Company")
        await board.press("down", "ctrl+u")
        await board.type("Renamed GmbH")
        await board.press("ctrl+s")
        assert board.deal.account == "Renamed GmbH"


async def test_marked_deals_change_together_and_one_undo_takes_all_back(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("space", "space")
        marks = board.state.view.marks
        owners = {deal_id: board.stored(deal_id).owner for deal_id in marks}
        await board.press("o")
        await board.type("jonas")
        await board.press("enter")
        assert {board.stored(deal_id).owner for deal_id in marks} == {"jonas"}
        assert not board.state.view.marks
        await board.press("u")
        assert {deal_id: board.stored(deal_id).owner for deal_id in marks} == owners


async def test_a_deal_is_given_away_with_a_note_that_its_next_owner_finds(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press("o")
        assert board.shows(" open ") and board.shows(" overdue ") and board.shows(" stalled")
        await board.type("note")
        await board.press("enter")
        await board.type("jonas")
        await board.press("enter")
        await board.type("The CFO decides")
        await board.press("enter")
        after = board.stored(before.id)
        assert (after.owner, after.given_by) == ("jonas", "ana")
        touches = board.workspace.reader.history.touches(before.id)
        assert any("The CFO decides" in touch.outcome for touch in touches)


async def test_what_each_rep_has_to_do_stands_under_one_another(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("o")
        rows = [line for line in board.lines() if " stalled" in line]
        assert len(rows) == 3
        for word in (" open ", " overdue ", " stalled"):
            assert len({row.index(word) for row in rows}) == 1, rows


async def test_a_range_and_all_of_a_column_can_be_marked(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("V", "j", "j", "V")
        assert len(board.state.view.marks) == 3
        await board.press("*")
        assert len(board.state.view.marks) == board.state.board.columns[0].count
        await board.press("*")
        assert not board.state.view.marks


async def test_the_last_change_is_repeated_on_another_deal(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press(".")
        assert "Nothing to repeat" in board.status
        await board.press("$", "ctrl+u")
        await board.type("7k")
        await board.press("enter", "j", ".")
        value = board.deal.value
        assert value is not None
        assert value.minor == 700_000


async def test_a_place_in_the_column_is_not_repeated_where_cards_are_sorted(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("J")
        assert board.status.startswith("Moved ")
        await board.press("s", "v", ".")
        assert "in its column' is not repeated" in board.status


async def test_a_call_is_logged_again_and_what_is_not_repeated_hides_nothing_older(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("i", "c", "o", *"busy", "enter", "escape")
        await board.press("j", ".")
        touch = board.workspace.reader.history.touches(board.card.id)[0]
        assert (touch.type, touch.direction, touch.outcome) == ("call", "out", "busy")
        await board.press("a", *"Lumen: a", "enter", ".")
        assert "Added" in board.status and "is not repeated" in board.status


async def test_a_question_is_about_the_deal_it_was_asked_for(demo: Path) -> None:
    """Somebody else archives the deal while its note is typed: the note goes to no other deal."""
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("$", "ctrl+u")
        await board.type("9k")
        before = board.state.board
        other = _bo(demo)
        other.archive([deal_id])
        other.store.close()
        await board.until(lambda: board.state.board is not before)
        neighbour = board.card.id
        value = board.stored(neighbour).value
        await board.press("enter")
        assert board.stored(neighbour).value == value


def _bo(path: Path) -> Workspace:
    return Workspace(Store.open(str(path)), lambda: NOW, Actor("bo"))


async def test_the_step_is_done_as_planned_by_one_key_that_asks_what_is_next(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        before = board.deal
        assert before.next_step is not None
        await board.press("N")
        assert board.is_asking
        assert board.shows("Next step of")
        await board.type("fri send the offer")
        await board.press("enter")
        after = board.stored(deal_id)
        assert after.next_step is not None
        assert after.next_step.text == "send the offer"
        assert after.last_touch_at is not None
        assert before.last_touch_at != after.last_touch_at


async def test_why_a_deal_is_parked_stands_behind_the_day(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("z", "d")
        await board.type("2w on holiday")
        assert board.shows("Mon 7 Dec 2026   on holiday")
        await board.press("enter")
        deal = board.stored(deal_id)
        assert (deal.snoozed_until, deal.snooze_reason) == (date(2026, 12, 7), "on holiday")
        await board.press("z", "d")
        await board.type("on holiday")
        await board.press("enter")
        assert board.is_asking and board.stored(deal_id) == deal


async def test_a_step_that_comes_again_asks_for_no_other_once_it_is_done(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press("t")
        await board.type("fri call Bob every 2w")
        await board.press("enter")
        await board.press("N")
        assert not board.is_asking
        assert "again 11 Dec" in board.status
        again = board.stored(deal_id).next_step
        assert again is not None
        assert (again.text, again.every) == ("call Bob", "2w")


async def test_what_is_older_than_the_session_is_undone_only_when_it_is_asked_for_twice(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        last = board.workspace.reader.history.undoable(Actor("ana"))
        assert last is not None
        await board.press("u")
        assert board.is_asking
        assert board.shows("u undoes it")
        await board.press("escape")
        assert board.workspace.reader.history.undoable(Actor("ana")) == last
        await board.press("u", "u")
        assert board.workspace.reader.history.undoable(Actor("ana")) != last
        assert "Undid" in board.status


async def test_what_this_session_did_is_undone_at_once(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press("$", *"4711", "enter", "u")
        assert not board.is_asking
        assert board.stored(before.id).value == before.value


async def test_one_of_my_changes_is_chosen_from_the_list_and_taken_back(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press("$", *"4711", "enter", "j", "n", *"call", "enter")
        await board.press(":")
        await board.type("undo list")
        await board.press("enter")
        assert board.shows("1 Noted on")
        await board.press("2")
        assert board.stored(before.id).value == before.value
        assert "Undid: Set value" in board.status


SHEETS = ("t", "n", "i", "ic", "ik", "ico", "z", "zd", "e", "o", "$", "c", "C", "%", "#", "w")


@pytest.mark.parametrize("keys", [*SHEETS, *"xdmyQbN"])
async def test_every_sheet_says_which_deal_it_is_about(keys: str, demo: Path) -> None:
    async with desk(demo) as board:
        name = board.card.name
        below = len(board.lines())
        await board.press(*keys)
        assert board.is_asking
        edge = next(y for y, line in enumerate(board.lines()) if line.startswith("─"))
        assert any(name in line for line in board.lines()[edge:below])


@pytest.mark.parametrize("way", [(), ("g", "h")], ids=["board", "hygiene"])
@pytest.mark.parametrize("keys", [*SHEETS, *"xdmyQbN"])
async def test_every_sheet_is_about_the_marked_deal_wherever_the_cursor_stands(
    keys: str, way: tuple[str, ...], demo: Path
) -> None:
    async with desk(demo) as board:
        await board.press(*way)
        shown = cast(LiveScreen, board.app.screen)
        if keys == "b" and way:
            assert all(key.action != "playbook" for key in shown.keys)
            return
        (marked,), _ = shown.targets()
        await board.press("space")
        assert shown.targets()[0] == (marked,)
        await board.press(*keys)
        lines = board.lines()
        edge = next(y for y, line in enumerate(lines) if line.startswith("─ "))
        assert any(board.stored(marked).name in line for line in lines[edge:])


@pytest.mark.parametrize("way", [(), ("g", "h")], ids=["board", "hygiene"])
@pytest.mark.parametrize("key", ["$", "c", "%"])
async def test_a_line_begins_with_what_the_marked_deal_has_not_the_one_under_the_cursor(
    key: str, way: tuple[str, ...], demo: Path
) -> None:
    async with desk(demo) as board:
        await board.press(*way)
        shown = cast(LiveScreen, board.app.screen)
        (marked,), _ = shown.targets()
        before = board.stored(marked)
        await board.press("space", key, "enter")
        after = board.stored(marked)
        assert (after.value, after.expected_close) == (before.value, before.expected_close)
        assert after.probability_bp == before.probability_bp


async def test_a_line_for_several_deals_begins_with_what_all_of_them_have(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("4", "space", "space", "$")
        values = {board.stored(deal_id).value for deal_id in board.state.view.marks}
        assert len(values) == 2
        assert board.shows("Value of 2 deals")
        assert board.shows("they differ")
        assert not any("EUR" in line for line in board.lines()[-3:])
        await board.press("enter")
        assert board.shows("Nothing is typed yet")
        assert {board.stored(deal_id).value for deal_id in board.state.view.marks} == values
        await board.type("7k")
        await board.press("enter", "home", "space", "space", "$")
        assert board.shows("› 7000 EUR")


async def test_a_value_that_is_cleared_is_said_to_be_none_and_a_won_one_to_stay(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("$")
        await board.type("7k")
        await board.press("enter", "w", "ctrl+u")
        assert board.shows("as it is")
        await board.press("escape", "escape", "$", "ctrl+u")
        assert not board.shows("as it is")
        assert board.shows("no value")
        await board.press("enter")
        assert board.deal.value is None


@pytest.mark.parametrize(
    "way", [(), ("enter",), ("T",), ("g", "h")], ids=["board", "deal", "triage", "hygiene"]
)
async def test_the_move_menu_says_where_the_deal_is_and_how_much_the_gate_asks(
    way: tuple[str, ...], demo: Path
) -> None:
    async with desk(demo) as board:
        await board.press(*way)
        for _ in range(4):
            shown = cast(LiveScreen, board.app.screen)
            (deal_id,), _ = shown.targets()
            deal, pipeline = board.stored(deal_id), shown.pipeline()
            await board.press("m")
            told = " ".join(board.lines())
            for stage in (*pipeline.open_stages, pipeline.won):
                asked = len(unmet(deal, pipeline, stage.id, TODAY))
                mark = r" asks (\d+)" if asked else "(?! asks| here)"
                mark = " here" if stage.id == deal.stage_id else mark
                found = re.search(rf"[\dw] {stage.name}{mark}", told)
                assert found, (stage.name, asked, told)
                assert not asked or stage.id == deal.stage_id or found[1] == str(asked)
            await board.press("r")
            assert board.shows(f"{deal.name} is open already")
            assert board.is_asking
            await board.press("escape", *("j" if way != ("enter",) else "]"))


async def test_a_stage_beyond_the_ninth_is_chosen_from_a_list(demo: Path) -> None:
    names = [f"Step {letter}" for letter in "ABCDEFGHIJKL"]
    store = Store.open(str(demo))
    workspace = Workspace(store, lambda: NOW, Actor("ana"))
    long = workspace.save_pipeline(
        from_stage_names(tuple(names), pipeline_name="Long", currency="EUR")
    )
    deal_id = workspace.add("Acme: a deal", pipeline=long).deals[0].id
    store.close()
    async with desk(demo) as board:
        assert board.state.board.pipeline.name == "Long"
        await board.press("m")
        menu = board.lines()[-7:]
        assert not any("Step J" in line for line in menu)
        await board.press("o")
        assert board.shows("Step L")
        await board.type("step k")
        await board.press("enter")
        assert board.state.board.pipeline.stage(board.stored(deal_id).stage_id).name == "Step K"
        await board.press("g", "o")
        await board.type("step l")
        await board.press("enter")
        assert board.board.stage_shown().name == "Step L"


@pytest.mark.parametrize("keys", [("d", "d"), ("w",), ("x",)], ids=["archived", "won", "lost"])
async def test_who_closes_a_deal_goes_on_with_its_neighbour_and_comes_back_by_undo(
    demo: Path, keys: tuple[str, ...]
) -> None:
    async with desk(demo) as board:
        await board.press("4", "j")
        here, deal, view = board.state.view.cursor, board.card, board.state.view
        await board.press(*keys)
        for _ in range(6):
            if board.card.id != deal.id:
                break
            await board.press("enter")
        if keys == ("w",):
            await board.press("n")
        assert board.card.id != deal.id
        assert board.state.view.cursor == here
        assert board.state.view.first_column == view.first_column
        await board.press("u")
        await board.until(lambda: board.card.id == deal.id)
        assert (board.state.view.cursor, board.state.view.tops) == (view.cursor, view.tops)


async def test_undo_brings_back_the_view_from_which_a_deal_was_moved_on(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("4")
        before = board.state.view
        await board.press("m", "1")
        await board.until(lambda: board.state.view.cursor[0] == 0)
        await board.press("u")
        await board.until(lambda: board.state.view.cursor == before.cursor)
        assert board.state.view.first_column == before.first_column


def a_closed_deal(demo: Path, outcome: Status) -> Deal:
    """A deal that stood in its stage for a week and was closed today."""
    with closing(Store.open(str(demo))) as store:
        workspace = Workspace(store, lambda: NOW, Actor("ana"))
        deal = next(
            deal
            for deal in workspace.reader.each(today=TODAY)
            if deal.is_open and deal.stage_entered_at < NOW - timedelta(days=7)
        )
        if outcome is Status.WON:
            (deal,) = workspace.win([deal.id], override="signed").deals
        else:
            (deal,) = workspace.lose([deal.id], Loss("price", "too dear")).deals
    return deal


async def go_to(board: Desk, deal: Deal) -> None:
    board.board.perform("navigation.go_to_deal", deal.id)
    await board.settle()
    assert board.card.id == deal.id


async def test_a_won_deal_is_put_on_another_day_and_back(demo: Path) -> None:
    deal = a_closed_deal(demo, Status.WON)
    async with desk(demo) as board:
        await go_to(board, deal)
        await board.press("w")
        assert board.shows(f"{deal.name} was won on 23 Nov. Really on")
        assert board.shows("nothing is typed yet")  # a day that is needed is none that is "no date"
        await board.type("tomorrow ")
        assert board.shows("lies ahead")
        await board.press("enter")
        assert board.shows("lies ahead") and board.is_asking
        await board.press("ctrl+u")
        await board.type("fri")
        assert board.shows("20 Nov")
        await board.press("enter")
        assert not board.is_asking  # nobody is asked again how it went on
        assert board.status.startswith(f"Corrected {deal.name}: won on Fri 20 Nov 2026.")
        assert str(board.stored(deal.id).closed_at)[:10] == "2026-11-20"
        await board.press("u")
        assert board.stored(deal.id).closed_at == deal.closed_at


async def test_of_a_lost_deal_the_reason_or_the_day_is_put_right(demo: Path) -> None:
    deal = a_closed_deal(demo, Status.LOST)
    async with desk(demo) as board:
        await go_to(board, deal)
        await board.press("x")
        assert board.shows("it was lost on 23 Nov")
        await board.press("1")
        known = board.workspace.settings.loss_categories[0]
        assert board.stored(deal.id).loss == Loss(known, "too dear")
        await board.press("x")
        await board.type("another day")
        await board.press("enter")
        assert board.shows(f"{deal.name} was lost on 23 Nov. Really on")
        await board.type("fri")
        await board.press("enter")
        stored = board.stored(deal.id)
        assert (str(stored.closed_at)[:10], stored.loss) == ("2026-11-20", Loss(known, "too dear"))


async def test_a_day_before_the_deal_came_there_is_refused_and_stays_typed(demo: Path) -> None:
    deal = a_closed_deal(demo, Status.WON)
    async with desk(demo) as board:
        await go_to(board, deal)
        await board.press("w")
        await board.type("1 jan 2020")
        await board.press("enter")
        assert board.is_asking and board.shows("so it cannot have")
        await board.press("ctrl+u")
        await board.type("today")
        await board.press("enter")
        assert f"{deal.name} is already won" in board.status
        assert board.stored(deal.id).version == deal.version
