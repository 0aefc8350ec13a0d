from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, GivenUp, PipeboardError
from pipeboard.ui.draw.line import text_of, whole
from pipeboard.ui.overlays.menu import Option, Picker, narrowed
from tests.ui.overlays import HOSTILE, is_harmless, opened

REASONS = [Option(name, name) for name in ("price", "no decision", "competitor", "timing")]
DEALS = [Option(str(n), f"D-{n}  Firm {n} / Deal {n % 7}", "Lead") for n in range(5_000)]


async def test_enter_takes_the_option_under_the_cursor() -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        await stage.press("down", "down", "enter")
        assert stage.answer == "competitor"


async def test_what_stands_at_the_right_takes_what_the_name_leaves() -> None:
    about = "the month that the business year begins with"
    async with opened(Picker("Which", [Option("a", "fiscal", about)]), size=(60, 20)) as stage:
        assert stage.shows(about)
    async with opened(Picker("Which", [Option("a", "x" * 60, about)]), size=(60, 20)) as stage:
        assert stage.shows("x" * 20) and stage.shows("the month that")


@pytest.mark.parametrize("keys", [("down",) * 9, ("pagedown",), ("ctrl+n",) * 3])
async def test_the_cursor_stops_at_the_end(keys: tuple[str, ...]) -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        await stage.press(*keys, "enter")
        assert stage.answer == "timing"


async def test_escape_takes_nothing() -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        await stage.press("escape")
        assert stage.answer is None


@pytest.mark.parametrize(("digit", "chosen"), [("1", "price"), ("3", "competitor")])
async def test_a_digit_chooses_at_once(digit: str, chosen: str) -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        assert stage.shows(f"{digit} {chosen}")
        await stage.press(digit)
        assert stage.answer == chosen


async def test_a_digit_that_stands_for_nothing_says_so() -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        await stage.press("9")
        assert stage.last_line == "There is no 9 here."
        await stage.press("enter")
        assert stage.answer == "price"


async def test_a_digit_is_searched_for_where_options_are_found_by_typing() -> None:
    async with opened(Picker("Find", lambda text: [Option(text, f"found by {text}")])) as stage:
        await stage.press("4", "2", "enter")
        assert stage.answer == "42"


async def test_the_cursor_begins_on_what_is_chosen() -> None:
    async with opened(Picker("Owner", REASONS, chosen="timing")) as stage:
        await stage.press("enter")
        assert stage.answer == "timing"


async def test_typing_narrows_and_the_first_that_is_left_is_taken() -> None:
    async with opened(Picker("Owner", REASONS)) as stage:
        await stage.type("ti")
        assert stage.shows("timing")
        assert stage.shows("competitor")
        assert not stage.shows("price")
        await stage.press("enter")
        assert stage.answer == "timing"


async def test_nothing_that_matches_is_said_and_cannot_be_taken() -> None:
    async with opened(Picker("Owner", REASONS)) as stage:
        await stage.type("zz")
        assert stage.shows("nothing matches")
        await stage.press("enter")
        assert stage.last_line.startswith("Nothing matches")
        await stage.press("ctrl+u", "enter")
        assert stage.answer == "price"


async def test_a_search_that_waits_for_a_text_says_so() -> None:
    async with opened(Picker("Find", lambda text: REASONS if text else ())) as stage:
        assert stage.shows("type what to look for")
        await stage.type("x")
        assert stage.shows("price")


async def test_thousands_of_options_scroll_with_the_cursor() -> None:
    async with opened(Picker("Find", DEALS)) as stage:
        assert stage.shows("1 of 5,000")
        await stage.press("pagedown", "pagedown", "up")
        place = next(line for line in stage.lines() if "of 5,000" in line)
        row = int(place.split(" of ")[0].split()[-1])
        assert stage.shows(f"▌   D-{row - 1} ")
        await stage.press("enter")
        assert stage.answer == str(row - 1)


async def test_a_click_takes_an_option_and_the_wheel_moves() -> None:
    async with opened(Picker("Why lost?", REASONS)) as stage:
        row = next(y for y, line in enumerate(stage.lines()) if "competitor" in line)
        await stage.pilot.click(offset=(10, row))
        assert stage.answer == "competitor"


def test_options_are_narrowed_by_every_word_without_case_and_accents() -> None:
    options = [Option("1", "Ångström AB", "Lead"), Option("2", "Lead Angst", "Won")]
    find = narrowed(options)
    assert [option.id for option in find("ANG")] == ["1", "2"]
    assert [option.id for option in find("lead ang")] == ["2", "1"]
    assert [option.id for option in find("won angs")] == ["2"]
    assert find("  ") == options


async def test_a_search_that_fails_says_why() -> None:
    def find(text: str) -> Sequence[Option]:
        if text:
            raise BadInput("That cannot be looked for.")
        return REASONS

    async with opened(Picker("Find", find)) as stage:
        await stage.type("x")
        assert stage.last_line == "That cannot be looked for."


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_options_stay_text(text: str, width: int) -> None:
    options = [Option("1", text, text), Option("2", (whole(text, "card.name"),), text)]
    async with opened(Picker(text, options, verb=text), size=(width, 24)) as stage:
        assert is_harmless(stage, width)
        await stage.press("enter")
        assert stage.answer == "1"


def test_what_begins_with_all_that_is_typed_comes_before_what_begins_with_its_first_word() -> None:
    find = narrowed([Option("u", "Undo", "undo my last change"), Option("l", "Undo list", "all")])
    assert [option.id for option in find("undo l")] == ["l", "u"]


def test_each_option_is_found_once_what_it_begins_with_before_what_is_in_it() -> None:
    names = ("Molo", "Lumilo", "A lumen", "Lumen Oy", "Lx ux mx")
    find = narrowed([Option(name, name) for name in names], lambda text: Option("new", text))
    assert [option.id for option in find("lum")] == [
        "Lumilo", "Lumen Oy", "A lumen", "Lx ux mx", "new"
    ]  # fmt: skip
    assert [option.id for option in find("")] == [*names]


async def test_the_last_digit_chooses_too_and_only_while_nothing_is_typed() -> None:
    async with opened(Picker("Owner", REASONS)) as stage:
        await stage.press(str(len(REASONS)))
        assert stage.answer == REASONS[-1].id


async def test_a_list_that_gets_shorter_keeps_its_place() -> None:
    async with opened(Picker("Owner", REASONS)) as stage:
        first = next(y for y, line in enumerate(stage.lines()) if "Owner" in line)
        await stage.type("ti")
        assert next(y for y, line in enumerate(stage.lines()) if "Owner" in line) == first


async def test_a_page_of_a_list_leaves_a_line_of_the_one_before() -> None:
    async with opened(Picker("Find", DEALS), size=(80, 23)) as stage:
        rows = sum("D-" in line for line in stage.lines())
        await stage.press("pagedown", "enter")
        assert stage.answer == DEALS[rows - 1].id


def test_what_holds_the_letters_closest_together_comes_first() -> None:
    find = narrowed([Option(name, name) for name in ("L--m--l--o", "L-mlo", "lm--lo")])
    assert [option.id for option in find("lmlo")] == ["L-mlo", "lm--lo", "L--m--l--o"]


async def test_a_digit_that_is_left_of_a_search_chooses_nothing() -> None:
    async with opened(Picker("Owner", REASONS)) as stage:
        await stage.press("x", "1", "home", "delete")
        assert stage.is_open
        assert stage.shows("nothing matches")


@pytest.mark.parametrize("count", [0, 1, 11, 12, 13, 40, 5_000])
def test_the_place_in_a_list_is_told_where_not_all_of_it_is_seen(count: int) -> None:
    picker = Waiting()
    picker._show(DEALS[:count])
    panel = picker.draw(80, 20)
    shown = sum("D-" in text_of(line) for line in panel.below)
    assert shown == min(count, 12)
    told = f"1 of {count:,}" in text_of(panel.above[0])
    assert told is (shown < count)


# A search that waits for the database, and what was pressed meanwhile.


class Waiting(Picker):
    """A list without a screen, whose search waits for somebody else."""

    text = ""

    def __init__(self) -> None:
        super().__init__("Find", lambda _: REASONS)
        self.taken: list[str | None] = []
        self.said: list[str] = []
        self.held = 0
        self._show(REASONS)

    def leave(self, answer: str | None) -> None:
        self.taken.append(answer)

    def refuse(self, why: str) -> None:
        self.said.append(why)

    def redraw(self) -> None:
        """Nothing is drawn."""

    async def search(
        self, *presses: Callable[[], None], ends: PipeboardError | None = None
    ) -> None:
        """Looks for something, while these keys are pressed and until it is found or given up."""

        async def pause() -> None:
            for press in presses:
                press()
            if ends is not None:
                raise ends

        self._searches.begin(self.queue)
        await self._search_at_last(pause)

    @property
    def queue(self) -> Any:
        def count(step: int) -> None:
            self.held += step

        return SimpleNamespace(acts=lambda: count(1), has_acted=lambda: count(-1), pause=None)


async def test_what_is_pressed_behind_a_search_is_done_once_it_has_found() -> None:
    finds = Waiting()
    await finds.search(lambda: finds.action_go(2), finds.action_choose)
    assert (finds.taken, finds.held) == ([REASONS[2].id], 0)


async def test_what_is_pressed_behind_a_search_that_fails_is_never_done() -> None:
    finds = Waiting()
    await finds.search(lambda: finds.action_go(2), finds.action_choose, ends=GivenUp("Given up."))
    assert finds.said[-1] == "Given up. The list is as it was."
    assert (finds.taken, finds.held) == ([], 0)
    await finds.search()
    assert finds.taken == []
    finds.action_choose()
    assert finds.taken == [REASONS[0].id]
