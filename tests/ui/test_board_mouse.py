"""The mouse on the board; and what leaves it by the clipboard."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

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


async def test_where_there_are_no_templates_it_is_said_where_to_put_them(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("Y")
        assert "'pipeboard template' says where" in board.status


async def test_a_letter_that_lacks_a_word_says_which(demo: Path) -> None:
    letters = {"offer": lambda: "Dear {{field.nickname}}"}
    async with desk(demo, choices=Choices(letters=lambda: letters)) as board:
        await board.press("Y", "enter")
        assert "has no field.nickname" in board.status and not board.is_asking
