from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.events import Paste

from pipeboard.ui.draw.line import whole
from pipeboard.ui.overlays.prompt import Feedback, InEditor, Prompt, quick_add
from pipeboard.ui.terminal.drafts import Drafts
from pipeboard.ui.widgets.line_input import LONGEST_LINE
from tests.ui.overlays import HOSTILE, Stage, is_harmless, opened

DAYS = (("1", "today"), ("w", "1w"))


def in_capitals(text: str) -> Feedback:
    """Understands everything but numbers."""
    if text.isdigit():
        why = f"{text} is a number."
        return Feedback(((whole(why, "input.error"),),), False, why)
    return Feedback(((whole(text.upper() or "(nothing)", "input.chip"),),), True)


async def paste(stage: Stage, text: str) -> None:
    stage.pilot.app.post_message(Paste(text))
    await stage.pilot.pause()
    await stage.pilot.pause()


async def test_enter_accepts_what_is_typed() -> None:
    async with opened(Prompt("Note on Lumen Oy")) as stage:
        await stage.type("call > mail")
        await stage.press("enter")
        assert stage.answer == "call > mail"


async def test_escape_cancels_whatever_is_typed() -> None:
    async with opened(Prompt("Note", value="old")) as stage:
        await stage.type(" and new")
        await stage.press("escape")
        assert stage.answer is None


async def test_what_is_understood_is_told_while_typing() -> None:
    async with opened(Prompt("Add", live=in_capitals)) as stage:
        assert stage.shows("(nothing)")
        await stage.type("lumen")
        assert stage.shows("LUMEN")


async def test_what_cannot_be_read_is_not_accepted_and_says_why() -> None:
    async with opened(Prompt("Value", live=in_capitals)) as stage:
        await stage.type("42")
        await stage.press("enter")
        assert stage.is_open
        assert stage.last_line == "It cannot be taken like this; Esc cancels."
        assert sum("42 is a number." in line for line in stage.lines()) == 1, "it is said once"
        await stage.type("k")
        assert "Save" in stage.last_line
        await stage.press("enter")
        assert stage.answer == "42k"


async def test_what_an_empty_line_means_is_not_said_of_what_is_typed() -> None:
    async with opened(Prompt("Value", live=in_capitals)) as stage:
        assert stage.shows("(nothing)")
        await stage.type("4")
        assert not stage.shows("(nothing)") and not stage.shows("4 is a number.")


async def test_a_paste_is_judged_at_once() -> None:
    async with opened(Prompt("Value", live=in_capitals)) as stage:
        await paste(stage, "42")
        assert stage.shows("42 is a number.")
        await stage.type("1")
        assert not stage.shows("421 is a number.")


async def test_a_line_that_was_emptied_tells_nothing_of_what_stood_in_it() -> None:
    live = quick_add(date(2026, 11, 24), "EUR", lambda _: "")
    async with opened(Prompt("Add", live=live)) as stage:
        await stage.type("c")
        assert stage.shows("title c")
        await stage.press("backspace")
        assert not stage.shows("title c") and stage.shows("Company: title 40k")


async def test_nothing_is_accepted_only_where_it_means_something() -> None:
    async with opened(Prompt("Note")) as stage:
        await stage.press("enter")
        assert stage.last_line == "Nothing is typed yet; Esc cancels."
    async with opened(Prompt("Close date", accept_empty=True)) as stage:
        await stage.press("enter")
        assert stage.answer == ""


async def test_a_value_can_be_gone_on_with_or_typed_over() -> None:
    async with opened(Prompt("Title", value="Lumen")) as stage:
        await stage.press("end", "s", "enter")
        assert stage.answer == "Lumens"
    async with opened(Prompt("Value", value="40k")) as stage:
        await stage.type("5")
        await stage.press("enter")
        assert stage.answer == "5"


async def test_readline_keys_work() -> None:
    async with opened(Prompt("Title", value="one two three")) as stage:
        await stage.press("end", "ctrl+w", "ctrl+a", "X", "ctrl+e", "Y")
        await stage.press("enter")
        assert stage.answer == "Xone two Y"


async def test_every_text_is_told_to_the_board() -> None:
    told: list[str] = []
    async with opened(Prompt("/", on_change=told.append)) as stage:
        await stage.type("ab")
    assert told[0] == ""
    assert told[-1] == "ab"


async def test_a_preset_is_offered_and_written_out() -> None:
    async with opened(Prompt("Next step", presets=DAYS, live=in_capitals)) as stage:
        assert stage.shows("1 today   w 1w")
        await stage.type("1")
        assert stage.shows("TODAY")
        await stage.type(" call Bob")
        assert not stage.shows("1 today")
        await stage.press("enter")
        assert stage.answer == "today call Bob"


async def test_a_preset_alone_is_accepted_as_its_text() -> None:
    async with opened(Prompt("Next step", presets=DAYS)) as stage:
        await stage.press("w", "enter")
        assert stage.answer == "1w"


async def test_tab_takes_the_suggestion() -> None:
    async with opened(Prompt("Competitor", suggestions=["Acmesoft"])) as stage:
        await stage.type("acm")
        assert "⇥ Acmesoft" in stage.last_line
        await stage.press("tab", "enter")
        assert stage.answer == "Acmesoft"


async def test_the_editor_gets_what_is_typed_where_there_is_one() -> None:
    async with opened(Prompt("Note", longer=True)) as stage:
        await stage.type("long")
        await stage.press("ctrl+g")
        assert isinstance(stage.answer, InEditor)
        assert stage.answer == "long"
    async with opened(Prompt("Value")) as stage:
        await stage.press("ctrl+g")
        assert stage.is_open
        assert "no editor" in stage.last_line


async def test_an_unfinished_text_is_kept_and_offered_again(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    async with opened(Prompt("Add", draft_key="add"), folder=tmp_path) as stage:
        await stage.type("Lumen Oy: pilot")
        await stage.until(lambda: drafts.load("add") == "Lumen Oy: pilot")
    async with opened(Prompt("Add", draft_key="add"), folder=tmp_path) as stage:
        assert stage.shows("Lumen Oy: pilot")
        assert stage.shows("Kept from ")
        await stage.press("end", "2", "enter")
        assert stage.answer == "Lumen Oy: pilot2"
    assert drafts.load("add") == "Lumen Oy: pilot2", "it is not stored yet"


async def test_leaving_by_force_writes_down_what_is_typed(tmp_path: Path) -> None:
    prompt = Prompt("Add", draft_key="add")
    async with opened(prompt, folder=tmp_path) as stage:
        await stage.type("half")
        prompt.keep_draft()
        assert Drafts(tmp_path).load("add") == "half"
        await stage.press("ctrl+u", "escape")
    assert Drafts(tmp_path).load("add") is None


async def test_a_disk_that_takes_no_draft_is_complained_of(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    prompt = Prompt("Add", draft_key="add")
    async with opened(prompt, folder=file) as stage:
        await stage.type("half")
        prompt.keep_draft()
        await stage.pilot.pause()
        assert stage.last_line.startswith("What you type cannot be kept:")


async def test_a_paste_of_several_lines_becomes_one() -> None:
    async with opened(Prompt("Note")) as stage:
        await paste(stage, "one\r\ntwo\tthree\x1b[31m\n")
        await stage.press("enter")
        assert stage.answer == "one two three[31m"


async def test_a_paste_that_is_too_long_is_cut_and_says_so() -> None:
    async with opened(Prompt("Note")) as stage:
        await paste(stage, "x" * (LONGEST_LINE + 1))
        assert stage.last_line == "1 character did not fit and was left out: 20,000 is the most."


async def test_feedback_too_wide_for_the_terminal_is_folded() -> None:
    chips = Feedback(
        ((whole("company Lumen Oy", "text"), ("   ", "text"), whole("y" * 20, "text")),), True
    )
    async with opened(Prompt("Add", live=lambda _: chips), size=(40, 12)) as stage:
        assert stage.shows("company Lumen Oy")
        assert stage.shows("y" * 20)


async def test_the_overlay_does_not_shrink_while_somebody_types() -> None:
    def live(text: str) -> Feedback:
        return Feedback(
            (whole("line", "text"),) and (((whole("line", "text")),),) * (3 - len(text)), True
        )

    async with opened(Prompt("Add", live=live)) as stage:
        top = next(y for y, line in enumerate(stage.lines()) if "Add" in line)
        await stage.type("ab")
        assert "Add" in stage.lines()[top]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_text_stays_text(text: str, width: int, tmp_path: Path) -> None:
    prompt = Prompt(
        text,
        value=text,
        live=lambda typed: Feedback(((whole(text, "text"),),), False, text),
        placeholder=text,
        suggestions=[text],
        presets=[("1", text)],
        verb=text,
    )
    async with opened(prompt, size=(width, 24), folder=tmp_path) as stage:
        assert is_harmless(stage, width)
        await stage.press("enter")
        assert is_harmless(stage, width)
        await stage.press("ctrl+e", "ctrl+u")
        assert is_harmless(stage, width)
        assert stage.is_open
