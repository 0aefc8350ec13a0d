"""The mouse on the board; and what leaves it by the clipboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from textual.events import Key, MouseDown, MouseUp

from pipeboard.domain.commands import Archive
from pipeboard.ui.draw.layout import card_region, layout
from pipeboard.ui.last_view import Choices
from pipeboard.ui.widgets.page import BoardCanvas
from tests.ui.desk import Desk, desk


def _cell(board: Desk, column: int, row: int) -> tuple[int, int]:
    """A cell of a card that is on the screen."""
    slot = layout(board.state.view).slot(column)
    assert slot is not None
    region = card_region(board.state.view, slot, row)
    return region.x + 4, region.y


async def test_a_click_selects_and_a_second_one_opens(demo: Path) -> None:
    async with desk(demo) as board:
        await board.pilot.click(BoardCanvas, offset=_cell(board, 1, 1))
        await board.settle()
        assert board.state.view.cursor == (1, 1)
        await board.pilot.click(BoardCanvas, offset=_cell(board, 1, 1), times=2)
        await board.settle()
        assert board.is_asking


async def test_a_card_is_dragged_to_another_stage(demo: Path) -> None:
    async with desk(demo) as board:
        card = board.state.view.card(1, 0)
        assert card is not None
        await board.pilot.mouse_down(BoardCanvas, offset=_cell(board, 1, 0))
        await board.pilot.mouse_up(BoardCanvas, offset=_cell(board, 0, 0))
        await board.settle()
        assert board.stored(card.id).stage_id == board.state.board.columns[0].stage.id


def told(board: Desk, kind: type[MouseDown | MouseUp], at: tuple[int, int], button: int) -> None:
    """A button, as the terminal tells of it: the program makes a click of it or not."""
    x, y = at
    board.app.post_message(
        kind(
            None,
            x=x,
            y=y,
            delta_x=0,
            delta_y=0,
            button=button,
            shift=False,
            meta=False,
            ctrl=False,
            screen_x=x,
            screen_y=y,
        )
    )


async def pointed(board: Desk, kind: type[MouseDown | MouseUp], at: tuple[int, int]) -> None:
    """The left button, and all that follows."""
    told(board, kind, at, 1)
    await board.settle()


async def clicked(board: Desk, *places: tuple[int, int], button: int = 1) -> None:
    """Clicks that come all at once, as from a fast hand or over a slow line."""
    for at in places:
        told(board, MouseDown, at, button)
        told(board, MouseUp, at, button)
    await board.settle()


def _place(board: Desk, text: str) -> tuple[int, int]:
    """The cell where a text stands, looked for from the lowest line."""
    lines = board.lines()
    y = next(y for y in range(len(lines) - 1, -1, -1) if text in lines[y])
    return lines[y].index(text), y


async def test_a_card_that_is_clicked_twice_or_more_is_opened_once(demo: Path) -> None:
    async with desk(demo) as board:
        for row, times in enumerate((2, 3, 4)):
            await clicked(board, *[_cell(board, 1, row)] * times)
            assert len(board.app.screen_stack) == 2
            await board.press("escape")
            assert not board.is_asking


async def test_a_choice_of_a_menu_that_is_clicked_twice_is_made_once(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("m")
        await clicked(board, *[_place(board, "Lost…")] * 2)
        assert board.shows("Why is ") and len(board.app.screen_stack) == 2
        await board.press("escape")
        assert board.app.net.bugs == [] and not board.is_asking


async def test_clicks_on_two_choices_that_come_at_once_make_the_first(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press("m")
        await clicked(board, _place(board, "Lost…"), _place(board, "Archive"))
        assert board.shows("Why is ") and board.app.net.bugs == []
        assert board.stored(before.id) == before


async def test_a_click_behind_one_that_asks_means_no_other_deal(demo: Path) -> None:
    async with desk(demo) as board:
        name, other = board.deal.account, _cell(board, 1, 1)
        await clicked(board, _place(board, "Next step"), other)
        assert board.shows(name) and board.is_asking
        await board.press("escape")
        assert board.deal.account == name


async def test_keys_and_clicks_that_come_at_once_are_heard_in_their_order(demo: Path) -> None:
    async with desk(demo) as board:
        first, at = board.deal.account, _cell(board, 1, 1)
        other = board.state.view.card(1, 1)
        assert other is not None
        board.app.post_message(Key("x", "x"))
        await clicked(board, at)
        assert board.shows(f"Why is {first} lost?")
        await board.press("escape")
        told(board, MouseDown, at, 1)
        told(board, MouseUp, at, 1)
        await board.burst("x")
        assert board.shows(f"Why is {other.name} lost?")


async def test_a_hint_that_is_clicked_twice_asks_once(demo: Path) -> None:
    async with desk(demo) as board:
        for hint in ("Add", "Open", "Move…", "Next step", "Note", "Filter", "Find", "Help"):
            await clicked(board, *[_place(board, hint)] * 2)
            assert len(board.app.screen_stack) == 2
            await board.press("escape")
            assert not board.is_asking


async def test_only_the_left_button_clicks(demo: Path) -> None:
    async with desk(demo) as board:
        cursor = board.state.view.cursor
        for button in (2, 3):
            await clicked(board, _cell(board, 1, 1), _place(board, "Help"), button=button)
        assert board.state.view.cursor == cursor and not board.is_asking


async def test_a_card_that_is_let_go_on_another_is_the_one_that_moves(demo: Path) -> None:
    async with desk(demo) as board:
        dragged, below = board.state.view.card(1, 0), board.state.view.card(0, 0)
        assert dragged is not None and below is not None
        await pointed(board, MouseDown, _cell(board, 1, 0))
        await pointed(board, MouseUp, _cell(board, 0, 0))
        first = board.state.board.columns[0].stage.id
        assert board.stored(dragged.id).stage_id == first
        assert board.workspace.reader.history.commands(limit=1)[0].summary.startswith("Moved")
        assert board.stored(below.id).version == below.version


async def test_what_is_let_go_elsewhere_than_it_was_pressed_is_no_click(demo: Path) -> None:
    async with desk(demo) as board:
        cursor = board.state.view.cursor
        for end in (_cell(board, 1, 0), (2, 23), (0, 0)):  # a card beside it, a hint, the title
            await pointed(board, MouseDown, _cell(board, 1, 1))
            await pointed(board, MouseUp, end)
            assert not board.is_asking and board.state.view.cursor == cursor
        x, y = _cell(board, 1, 1)
        await pointed(board, MouseDown, (x, y))
        await pointed(board, MouseUp, (x + 1, y))  # a hand that slips by a cell
        assert board.state.view.cursor == (1, 1)


async def test_a_deal_that_has_gone_from_under_the_pointer_takes_nobody_with_it(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        dragged, behind = board.state.view.card(1, 0), board.state.view.card(1, 1)
        assert dragged is not None and behind is not None
        await pointed(board, MouseDown, _cell(board, 1, 0))
        await board.app.write_queue.ask(lambda w: w.execute(Archive(), [dragged.id]))
        board.board.reload()
        await board.settle()
        await pointed(board, MouseUp, _cell(board, 0, 0))
        assert "another deal has come to stand there" in board.status
        assert board.stored(behind.id).stage_id == behind.stage_id


async def test_a_click_on_a_hint_is_its_key(demo: Path) -> None:
    async with desk(demo) as board:
        x = board.lines()[-1].index("Help")
        await board.pilot.click(BoardCanvas, offset=(x, 23))
        await board.settle()
        assert board.shows("Help: Board")


async def test_a_click_on_a_count_in_the_title_shows_the_deals_that_it_counts(demo: Path) -> None:
    async with desk(demo) as board:
        title = board.lines()[0]
        x = next(at for at, sign in enumerate(title) if sign == "?" and title[at + 1].isdigit())
        await board.pilot.click(BoardCanvas, offset=(x, 0))
        await board.settle()
        assert board.state.view.filter_text.startswith("open next:none")


async def test_a_deal_is_copied_by_the_command_of_the_configuration(
    demo: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "clipboard"
    command = f"{sys.executable} -c \"import sys; open('{taken}','w').write(sys.stdin.read())\""
    async with desk(demo, choices=Choices(copy_command=command)) as board:
        await board.press("y", "l")
        assert taken.read_text().startswith(board.card.ref)
        await board.press("y", "m")
        assert taken.read_text().startswith("# ")
        await board.press("y", "i")
        assert taken.read_text() == board.card.ref
        await board.press("y", "y")
        assert board.shows(board.card.ref)


async def test_without_a_command_it_goes_to_the_terminal_and_can_be_shown(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMUX", raising=False)
    async with desk(demo, choices=Choices(copy_command="/no/such/command")) as board:
        await board.press("y", "i")
        assert board.app.clipboard == board.card.ref
        assert "y y" in board.status


async def test_a_letter_has_the_words_of_the_deal_in_it_and_goes_to_the_clipboard(
    demo: Path, tmp_path: Path
) -> None:
    taken = tmp_path / "clipboard"
    command = f"{sys.executable} -c \"import sys; open('{taken}','w').write(sys.stdin.read())\""
    letters = {"offer": lambda: "Subject: For {{company}}\n\nDear {{company}}"}
    choices = Choices(copy_command=command, letters=lambda: letters)
    async with desk(demo, choices=choices) as board:
        name = board.deal.account
        await board.press("Y", "enter")
        assert board.shows(f"Dear {name}")
        await board.press("c")
        await board.until(taken.exists)
        await board.settle()
        assert taken.read_text().strip() == f"Subject: For {name}\n\nDear {name}"


async def test_a_note_begins_with_a_template_and_is_stored_as_it_was_left(demo: Path) -> None:
    letters = {"needs": lambda: "Subject: no part of it\n\nPain of {{company}}:"}
    async with desk(demo, choices=Choices(letters=lambda: letters)) as board:
        deal = board.deal
        await board.press("Y", "enter", "n")
        await board.until(lambda: board.shows(f"Pain of {deal.account}:"))
        await board.press(*" scrap", "ctrl+s")
        await board.until(lambda: not board.is_asking)
        notes = board.state.reader.history.notes(deal.id)
        assert notes[0].text == f"Pain of {deal.account}: scrap"


async def test_where_there_are_no_templates_it_is_said_where_to_put_them(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("Y")
        assert "'pipeboard template' says where" in board.status


async def test_a_letter_that_lacks_a_word_says_which(demo: Path) -> None:
    letters = {"offer": lambda: "Dear {{field.nickname}}"}
    async with desk(demo, choices=Choices(letters=lambda: letters)) as board:
        await board.press("Y", "enter")
        assert "has no field.nickname" in board.status and not board.is_asking
