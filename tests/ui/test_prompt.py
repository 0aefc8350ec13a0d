from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from textual.events import Paste

from pipeboard.domain.dates import parse_date
from pipeboard.ui.draw.line import text_of, whole
from pipeboard.ui.overlays import presets
from pipeboard.ui.overlays import prompt as module
from pipeboard.ui.overlays.draft import TypedValues
from pipeboard.ui.overlays.prompt import (
    Feedback,
    InEditor,
    Live,
    Prompt,
    StepWords,
    day,
    money,
    next_step,
    percent,
    quick_add,
)
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


@pytest.mark.parametrize(
    ("live", "typed", "last", "meant"),
    [
        (percent(), "15", "0", "15%"),
        (day(date(2026, 11, 24)), "3dec", "x", "Thu 3 Dec 2026"),
        (next_step(date(2026, 11, 24)), "3dec", "2", "Thu 3 Dec 2026"),
        (money("EUR"), "40k", "x", "€40,000"),
    ],
)
async def test_what_a_part_of_a_value_means_is_not_said_of_what_is_no_value(
    live: Live, typed: str, last: str, meant: str
) -> None:
    async with opened(Prompt("Value", live=live)) as stage:
        await stage.type(typed)
        assert stage.shows(meant)
        await stage.type(last)
        assert not stage.shows(meant)
        await stage.press("backspace")
        assert stage.shows(meant)


async def test_what_is_understood_of_a_new_deal_stays_while_a_part_is_typed() -> None:
    live = quick_add(date(2026, 11, 24), "EUR", lambda _: "")
    async with opened(Prompt("Add", live=live)) as stage:
        await stage.type("Lumen: pilot close")
        assert stage.shows("title pilot close")
        await stage.type(":19")
        assert stage.shows("company Lumen") and not stage.shows("title pilot close")


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
    async with opened(Prompt("Next step", presets=lambda: DAYS, live=in_capitals)) as stage:
        assert stage.shows("1 today   w 1w")
        await stage.type("1")
        assert stage.shows("TODAY")
        await stage.type(" call Bob")
        assert not stage.shows("1 today")
        await stage.press("enter")
        assert stage.answer == "today call Bob"


async def test_a_preset_alone_is_accepted_as_its_text() -> None:
    async with opened(Prompt("Next step", presets=lambda: DAYS)) as stage:
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
        presets=lambda: [("1", text)],
        verb=text,
    )
    async with opened(prompt, size=(width, 24), folder=tmp_path) as stage:
        assert is_harmless(stage, width)
        await stage.press("enter")
        assert is_harmless(stage, width)
        await stage.press("ctrl+e", "ctrl+u")
        assert is_harmless(stage, width)
        assert stage.is_open


def test_a_preset_is_written_out_once_and_given_back_for_good() -> None:
    keys = presets.Presets(DAYS)
    assert keys.written("w") == "w"
    assert keys.written("w ") == "1w "
    assert keys.written("1w c") == "1w c"
    again = presets.Presets(DAYS)
    assert again.written("w ") == "1w "
    # A backspace behind it: the key itself was meant, and stays.
    assert again.written("1w") == "w "
    assert again.written("w ") == "w "
    assert again.written("w e") == "w e"
    assert [keys.meant(text) for text in ("w", " w ", "we", "")] == ["1w", "1w", "we", ""]
    shown = {text: bool(keys.line(text)) for text in ("", "w", " 1 ", "wed", "w c")}
    assert shown == {"": True, "w": True, " 1 ": True, "wed": False, "w c": False}


async def test_a_text_that_came_back_is_gone_on_with_wherever_it_was_typed(tmp_path: Path) -> None:
    line = Prompt("Filter", draft_key="filter", offers=False, value="old")
    line.draft.hand("value>5", "That is no amount.")
    async with opened(line, folder=tmp_path) as stage:
        assert stage.shows("That is no amount.")
        await stage.type("k")
        await stage.press("enter")
        assert stage.answer == "value>5k"


async def test_why_a_text_came_back_is_seen_on_a_low_screen() -> None:
    line = Prompt("Add", draft_key="add", live=lambda text: Feedback(
        tuple((whole(f"line {n}", "text"),) for n in range(9)), True))  # fmt: skip
    line.draft.hand("x", "It is too much.")
    async with opened(line, size=(80, 8)) as stage:
        assert stage.shows("It is too much.")


async def test_blanks_are_nothing_typed() -> None:
    async with opened(Prompt("Note")) as stage:
        await stage.type("  ")
        await stage.press("enter")
        assert stage.last_line == "Nothing is typed yet; Esc cancels."


async def test_what_stands_there_already_is_no_suggestion_and_no_draft(tmp_path: Path) -> None:
    line = Prompt("To whom", value="Acme", suggestions=("Acme", "Acmesoft"), draft_key="whom")
    async with opened(line, folder=tmp_path) as stage:
        assert "⇥ Acmesoft" in stage.last_line
        line.keep_draft()
        assert Drafts(tmp_path).load("whom") is None


def told(feedback: Feedback) -> str:
    return "\n".join(text_of(line) for line in feedback.lines)


@pytest.mark.parametrize(
    ("present", "typed", "said"),
    [
        ("", "7k", "€7,000"),
        ("40k", "42k", "€42,000   +€2,000 against €40,000"),
        ("40k", "38k", "€38,000   −€2,000 against €40,000"),
        ("40k", "40000", "€40,000"),
        ("40k", "7k CHF", "CHF 7,000"),
        ("40k", "", "no value"),
    ],
)
def test_an_amount_says_how_much_it_changes(present: str, typed: str, said: str) -> None:
    assert told(module.money("EUR", present)(typed)) == said


@pytest.mark.parametrize(
    ("words", "typed", "said"),
    [
        (StepWords(), "3dec call", "Thu 3 Dec 2026   call"),
        (StepWords(), "call", "no day   call"),
        (StepWords(), "3dec", "Thu 3 Dec 2026"),
        (StepWords("write"), "3dec", "Thu 3 Dec 2026   write (its words as they are)"),
        (StepWords("", "demo"), "3dec", "Thu 3 Dec 2026   demo (as usual in this stage)"),
        (StepWords("", "demo", 2), "3dec", "Thu 3 Dec 2026   each keeps its words"),
        (StepWords(), "3dec call every 1w", "Thu 3 Dec 2026, every 1w   call"),
        (StepWords(), "", "nothing is typed yet"),
        (StepWords(), "-", "it stays without a next step"),
        (StepWords("write"), "", "- clears the next step"),
        (StepWords("write"), " - ", "clears the next step"),
        (StepWords("", "", 2), "", "- clears the next step"),
        (StepWords("", "", 2), "-", "clears the next step"),
    ],
)
def test_a_next_step_says_what_becomes_of_its_words(
    words: StepWords, typed: str, said: str
) -> None:
    live = module.next_step(date(2026, 11, 23), words)
    assert told(live(typed)) == said


@pytest.mark.parametrize("day", ["", "thu ", "2w "])
def test_what_a_step_has_no_room_for_is_told_while_it_is_typed(day: str) -> None:
    live = module.next_step(date(2026, 11, 23))
    assert live(day + "x" * 300).ok
    told = live(f"{day}{'x' * 301} every 1w")
    assert not told.ok
    assert told.why.startswith("The next step is too long: 301 characters, and 300 is the most.")


def test_a_day_is_one_to_come() -> None:
    today = date(2026, 11, 23)
    assert told(module.day(today)("20nov")).endswith("20 Nov 2027")
    assert told(module.percent()("60")) == "60%"
    assert told(module.percent()("")) == "the stage's own"


def test_a_new_deal_is_told_part_by_part() -> None:
    live = quick_add(
        date(2026, 11, 23),
        "EUR",
        lambda company: f"open with {company}" if company == "Lumen" else "",
        lambda name: "a new rep" if name == "@zoe" else "",
    )
    first, double = live("Lumen: pilot 40k @zoe +warm").lines
    assert text_of(first).split("   ")[:3] == ["company Lumen", "title pilot", "value €40,000"]
    assert "owner @zoe a new rep" in text_of(first)
    assert text_of(double) == "! open with Lumen"
    assert len(live("Nova: pilot @bo").lines) == 1
    assert text_of(first).endswith("+ source: reason:")  # where it came from, and why
    told = text_of(live('Nova: pilot source:web reason:"saw us"').lines[0])
    assert "+ " not in told
    assert not live(" ").ok
    bad = live("Nova: pilot close:never")
    assert not bad.ok and bad.why and text_of(bad.lines[0]) == bad.why


async def test_what_was_kept_or_typed_before_is_gone_back_to_the_newest_first(
    tmp_path: Path,
) -> None:
    for at, text in enumerate(("oldest", "old", "older")):
        drafts = Drafts(tmp_path, now=iter([datetime(2026, 11, 20 + at, tzinfo=UTC)]).__next__)
        drafts.save("add", text, "Add")
    line = Prompt("Add", draft_key="add")
    async with opened(line, folder=tmp_path) as stage:
        assert line.text == "older"
        await stage.press("ctrl+u")
        line.keep_draft()
        seen = []
        for _ in range(4):
            await stage.press("up")
            seen.append(line.text)
        # The text that was cleared comes first, then those of before; there is no fourth.
        assert seen == ["older", "old", "oldest", "oldest"]
        assert stage.last_line == "There is nothing further here."
        await stage.press("down", "down", "down")
        assert line.text == ""


async def test_a_disk_that_takes_no_draft_is_complained_of_once(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    line = Prompt("Add", draft_key="add")
    async with opened(line, folder=file) as stage:
        await stage.type("half")
        complaints: list[str] = []
        line.draft._complain = complaints.append
        for _ in range(2):
            line.keep_draft()
        assert len(complaints) == 1
        assert line.draft.has_failed and line.has_changes


async def test_a_text_that_was_emptied_is_kept_no_longer(tmp_path: Path) -> None:
    Drafts(tmp_path).save("add", "half", "Add")
    line = Prompt("Add", draft_key="add")
    async with opened(line, folder=tmp_path) as stage:
        await stage.press("ctrl+u")
        line.keep_draft()
        assert Drafts(tmp_path).all() == {}


async def test_what_was_kept_of_another_form_is_no_field_of_this_one() -> None:
    values = TypedValues({"a": "1", "b": "2"})
    values.take_up('{"a": "x", "gone": "y", "b": 3}')
    assert (values.now, values.changed) == ({"a": "x", "b": "2"}, {"a": "x"})
    values.start_anew()
    assert values.changed == {}
    values.start_anew()
    assert values.changed == {"a": "x"}
    values.take_up("no JSON")
    assert values.changed == {"a": "x"}


async def test_keys_stand_for_the_texts_of_the_day_on_which_they_are_pressed() -> None:
    days = [("1", "today"), ("2", "tomorrow")]
    line = Prompt("Next step", presets=lambda: days, live=in_capitals)
    async with opened(line) as stage:
        await stage.press("2")
        assert stage.shows("TOMORROW")
        days[1] = ("2", "mon")
        line.understand_anew()
        await stage.pilot.pause()
        assert stage.shows("MON") and stage.shows("2 mon")
        await stage.press("enter")
        assert stage.answer == "mon"


def test_a_day_that_is_put_into_a_line_is_read_back_as_that_day() -> None:
    for today in (date(2026, 11, 23) + timedelta(days=days) for days in range(7)):
        for each in (today + timedelta(days=days) for days in range(1, 500)):
            assert parse_date(presets._typed(each, today).strip(), today) == each
