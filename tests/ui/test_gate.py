from __future__ import annotations

import pytest

from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.gate_sheet import GateAnswer, GateSheet, WayOn
from tests.ui.overlays import HOSTILE, is_harmless, opened

MISSING = ("Authority is unanswered", "no decision-maker named")


def sheet() -> GateSheet:
    return GateSheet("Lumen Oy", "Before Demo:", MISSING)


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("a", GateAnswer(WayOn.ANSWER)),
        ("enter", GateAnswer(WayOn.ANSWER)),
        ("2", GateAnswer(WayOn.ANSWER, 1)),
        ("x", GateAnswer(WayOn.LOSE)),
        ("escape", None),
    ],
)
async def test_a_key_takes_a_way_out(key: str, answer: GateAnswer | None) -> None:
    async with opened(sheet()) as stage:
        await stage.press(key)
        assert stage.answer == answer


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_the_sheet_tells_what_is_missing_and_the_three_ways(size: tuple[int, int]) -> None:
    async with opened(sheet(), size=size) as stage:
        for text in ("Lumen Oy", "Before Demo:", *MISSING, "a answer", "x lose", "o override"):
            assert stage.shows(text)


async def test_an_override_asks_for_its_reason() -> None:
    async with opened(sheet()) as stage:
        await stage.press("o")
        await stage.type("no")
        await stage.press("enter")
        assert stage.last_line == "An override needs a reason of 3 characters or more."
        await stage.press("backspace", "backspace")
        await stage.type(" signed already ")
        await stage.press("enter")
        assert stage.answer == GateAnswer(WayOn.OVERRIDE, reason="signed already")


async def test_escape_in_the_reason_goes_back_to_the_three_ways() -> None:
    async with opened(sheet()) as stage:
        await stage.press("o", "h", "escape")
        assert stage.is_open
        await stage.press("x")
        assert stage.answer == GateAnswer(WayOn.LOSE)


@pytest.mark.parametrize("key", ["z", "3", "0"])
async def test_another_key_says_that_it_is_no_way_out(key: str) -> None:
    async with opened(sheet()) as stage:
        await stage.press(key)
        assert stage.last_line.startswith(f"{key} is none of the three ways")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_hostile_text_stays_text_and_leaves_the_ways_in_sight(
    text: str, size: tuple[int, int]
) -> None:
    async with opened(GateSheet(text, text, [text]), size=size) as stage:
        await stage.press("o")
        assert is_harmless(stage, size[0])
        assert stage.shows("o override")


async def test_of_many_deals_those_that_pass_may_go_on() -> None:
    many = GateSheet("2 deals", "2 of 5 are held up.", MISSING, held=2, passing=3)
    async with opened(many) as stage:
        assert stage.shows("p move the 3 that pass; these stay")
        await stage.press("p")
        assert stage.answer == GateAnswer(WayOn.OTHERS)


@pytest.mark.parametrize(
    ("held", "passing", "lose", "go_on"),
    [
        (1, 0, "x lose the deal, with its reason", ""),
        (1, 1, "x lose the deal, with its reason", "p move the 1 that passes; this one stays"),
        (2, 1, "x lose these 2 deals, with a reason", "p move the 1 that passes; these stay"),
        (1, 2, "x lose the deal, with its reason", "p move the 2 that pass; this one stays"),
    ],
)
def test_the_ways_speak_of_as_many_deals_as_there_are(
    held: int, passing: int, lose: str, go_on: str
) -> None:
    drawn = GateSheet("Deals", "Held up.", MISSING, held=held, passing=passing).draw(80, 24).above
    told = [text_of(line).strip() for line in drawn]
    assert lose in told
    assert [line for line in told if line.startswith("p ")] == [go_on] * bool(go_on)


async def test_nothing_passes_where_every_deal_is_held_up() -> None:
    async with opened(sheet()) as stage:
        await stage.press("p")
        assert stage.is_open


async def test_a_long_list_of_what_is_missing_leaves_room_for_the_ways_out() -> None:
    many = tuple(f"Company {number}: Need is unanswered" for number in range(40))
    async with opened(GateSheet("40 deals", "held up", many, passing=2), size=(80, 16)) as stage:
        for text in ("… and 32 more", "a answer", "x lose", "o override", "p move the 2"):
            assert stage.shows(text), stage.lines()


@pytest.mark.parametrize(("count", "numbers"), [(1, 0), (2, 2), (9, 9), (11, 9)])
async def test_things_that_are_missing_have_the_digits_that_answer_them(
    count: int, numbers: int
) -> None:
    missing = tuple(f"Thing {n} is open" for n in range(1, count + 1))
    async with opened(GateSheet("Lumen Oy", "Before Demo:", missing), size=(80, 40)) as stage:
        shown = [line.split() for line in stage.lines() if "Thing" in line]
        assert [line[0] for line in shown] == [
            *(str(n) for n in range(1, numbers + 1)), *["?"] * (count - numbers)
        ]  # fmt: skip
        await stage.press(str(min(count, 9)))
        assert stage.answer == GateAnswer(WayOn.ANSWER, min(count, 9) - 1)


async def test_a_reason_of_just_enough_letters_is_one() -> None:
    async with opened(sheet()) as stage:
        await stage.press("o", *"yes", "enter")
        assert stage.answer == GateAnswer(WayOn.OVERRIDE, reason="yes")


async def test_a_reason_that_came_back_is_gone_on_with_at_once() -> None:
    again = GateSheet("Lumen Oy", "Before Demo:", MISSING, draft_key="override:1")
    again.draft.hand("signed", "It is held.")
    async with opened(again) as stage:
        await stage.press("enter")
        assert stage.answer == GateAnswer(WayOn.OVERRIDE, reason="signed")


@pytest.mark.parametrize("count", [1, 2, 5, 12])
def test_what_is_missing_is_told_or_counted_however_low_the_screen_is(count: int) -> None:
    missing = [f"thing {number}." for number in range(count)]
    for height in range(7, 30):
        drawn = GateSheet("Lumen Oy", "Before Demo:", missing).draw(80, height).above
        texts = [text_of(line).strip() for line in drawn]
        shown = [text for text in texts if text.endswith(tuple(missing))]
        counted = [int(text.split()[2]) for text in texts if text.endswith(" more")]
        assert len(shown) + sum(counted) == count
        # Where there is room for the line that counts the rest, one more has that room.
        assert 1 not in counted and len(counted) <= 1
        assert all(any(way in text for text in texts) for way in ("answer", "lose", "override"))
