from __future__ import annotations

import pytest

from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.overlay import upper_edge
from tests.ui.overlays import HOSTILE, is_harmless, opened

STAGES = ("Lead", "Qualify", "Demo", "Proposal", "Negotiate", "Pilot", "Legal", "Board", "Signing")


def move_menu() -> Menu:
    return Menu(
        "Move 2 marked to",
        [
            *(MenuChoice(str(number), name) for number, name in enumerate(STAGES, 1)),
            MenuChoice("w", "Won", enabled=False, why="A deal is won from the board."),
            MenuChoice("slash", "by name"),
        ],
        note="Authority is unanswered on 1.",
    )


@pytest.mark.parametrize(("pressed", "chosen"), [("3", "3"), ("slash", "slash"), ("escape", None)])
async def test_a_key_dismisses_the_menu_with_itself(pressed: str, chosen: str | None) -> None:
    async with opened(move_menu()) as stage:
        await stage.press(pressed)
        assert stage.answer == chosen


async def test_a_choice_that_cannot_be_taken_says_why() -> None:
    async with opened(move_menu()) as stage:
        await stage.press("w")
        assert stage.is_open
        assert stage.last_line == "A deal is won from the board."


async def test_a_key_without_meaning_is_named_and_the_next_one_counts() -> None:
    async with opened(move_menu()) as stage:
        await stage.press("Z")
        assert stage.last_line == "Z does nothing here; Esc cancels."
        await stage.press("down")
        assert stage.last_line == "down does nothing here; Esc cancels."
        await stage.press("1")
        assert stage.answer == "1"


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_every_choice_is_seen_on_every_terminal(size: tuple[int, int]) -> None:
    async with opened(move_menu(), size=size) as stage:
        for number, name in enumerate(STAGES, 1):
            assert stage.shows(f"{number} {name}")
        assert stage.shows("/ by name")
        assert stage.shows("Authority is unanswered on 1.")


async def test_a_row_that_just_fits_is_not_cut() -> None:
    labels = ("CSV, a line for each number", "Markdown", "SVG, as it stands on the screen")
    menu = Menu("Export", [MenuChoice(label[0].lower(), label) for label in labels])
    async with opened(menu, size=(80, 24)) as stage:
        assert stage.shows("c CSV, a line for each number   m Markdown")
        assert stage.shows(labels[-1])


async def test_a_menu_without_a_choice_only_tells() -> None:
    async with opened(Menu("There is no file.", (), note="Look for it.")) as stage:
        assert stage.shows("There is no file.") and stage.shows("Look for it.")


async def test_more_choices_than_lines_are_cut_in_width_but_never_left_out() -> None:
    choices = [MenuChoice(chr(97 + n), f"a stage with a long name, {n}") for n in range(26)]
    async with opened(Menu("Move to", choices), size=(40, 12)) as stage:
        for choice in choices:
            assert stage.shows(f"{choice.key} a s")


async def test_a_click_on_a_choice_takes_it() -> None:
    async with opened(move_menu()) as stage:
        row = next(y for y, line in enumerate(stage.lines()) if "3 Demo" in line)
        await stage.pilot.click(offset=(stage.lines()[row].index("3 Demo") + 2, row))
        assert stage.answer == "3"


async def test_a_click_beside_the_choices_does_nothing() -> None:
    async with opened(move_menu()) as stage:
        await stage.pilot.click(offset=(5, 2))
        assert stage.is_open


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_names_stay_text(text: str, width: int) -> None:
    menu = Menu(
        text, [MenuChoice("1", text, mark=text), MenuChoice("2", text, False, text)], note=text
    )
    async with opened(menu, size=(width, 24)) as stage:
        await stage.press("2")
        assert is_harmless(stage, width)
        await stage.press("1")
        assert stage.answer == "1"


def test_where_a_choice_is_cut_what_stands_beside_it_is_whole() -> None:
    stages = [MenuChoice(str(n), "Technical evaluation", mark="asks 2") for n in range(1, 8)]
    rows = [text_of(line) for line in Menu("Move to", stages).draw(40, 8).above[1:]]
    assert sum(row.count("asks 2") for row in rows) == len(stages)
    assert sum(row.count("…") for row in rows) == len(stages)


@pytest.mark.parametrize("width", [80, 40])
def test_a_title_of_more_than_three_lines_says_that_it_is_cut(width: int) -> None:
    lines = [text_of(line).strip() for line in upper_edge("Acme and others " * 30, width)]
    assert len(lines) == 3 and lines[-1].endswith("…")
