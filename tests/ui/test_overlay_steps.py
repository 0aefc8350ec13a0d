"""What lines, forms and gates take, drop and leave room for, without a terminal."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest
from textual.events import Paste

from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.form import _check
from pipeboard.ui.overlays.gate_sheet import GateSheet
from pipeboard.ui.overlays.prompt import Longer, Prompt
from pipeboard.ui.overlays.question import QuestionCard
from pipeboard.ui.widgets import line_input
from pipeboard.ui.widgets.line_input import LineInput


@pytest.mark.parametrize(
    ("height", "kept", "is_typing", "lines"),
    [
        (14, 0, False, ["gate", "message", "message", "1", "2", "ways"]),
        (9, 0, False, ["gate", "message", "1", "2", "ways"]),
        (8, 0, False, ["gate", "1", "2", "ways"]),
        (7, 0, False, ["gate", "more", "ways"]),
        (10, 0, True, ["gate", "message", "1", "2", "ways"]),
        (9, 0, True, ["gate", "1", "2", "ways"]),
        (9, 3, True, ["gate", "1", "2", "ways", "kept"]),
        (20, 3, True, ["gate", "message", "message", "1", "2", "ways", "kept", "kept", "kept"]),
    ],
)
def test_on_a_low_screen_a_gate_keeps_its_ways_out_then_what_is_missing(
    height: int, kept: int, is_typing: bool, lines: list[str]
) -> None:
    sheet: Any = GateSheet("Lumen Oy", "message " * 10, ["a next step", "an authority"])
    sheet.is_typing = is_typing
    sheet.draft = SimpleNamespace(said=lambda width: [(("kept", "text"),)] * kept)
    panel = sheet.draw(60, height)
    shown: list[str] = []
    for line in (*panel.above, *panel.below):
        text = text_of(line)
        words = ("gate", "message", "more", "kept")
        name = next((word for word in words if f"{word} " in f"{text.split('…')[-1]} "), None)
        if name is None and text.strip()[:1] in "axo" and text.strip()[1:2] == " ":
            name = "ways"
        if name is None and text.strip()[:1].isdigit():
            name = text.strip()[0]
        if name and not (name == "ways" and shown[-1] == "ways"):
            shown.append(name)
    assert shown == lines
    assert len(panel.above) + len(panel.below) + 1 + is_typing <= height
    hinted = [label for _, label in panel.hints]
    assert hinted == (["Override", "Back"] if is_typing else ["Answer", "Cancel"])


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("title", "Pilot", None),
        ("title", "  ", "A deal needs a title."),
        ("owner", " ", None),
        ("value", " 40k ", None),
        ("value", "many", "amount"),
        ("expected_close", "31 feb", "31 feb"),
    ],
)
def test_a_field_says_why_it_cannot_be_taken(name: str, text: str, why: str | None) -> None:
    told = _check(name, date(2026, 11, 23), "EUR")(text)
    assert told is None if why is None else told is not None and why in told


@pytest.mark.parametrize(
    ("before", "selected", "takes_more", "pasted", "line", "told"),
    [
        ("call ", (5, 5), False, "Mika", "call Mika", None),
        ("call Zoe", (5, 8), False, "Mika", "call Mika", None),
        ("call Zoe", (8, 5), False, "Mika", "call Mika", None),
        ("", (0, 0), False, "\na\n\n b\tc \n", "a b c", ("Joined", 2)),
        ("", (0, 0), False, "\n one \n", "one", None),
        ("12345678", (8, 8), False, "9abc", "123456789a", ("TooLong", 2)),
        ("12345678", (2, 8), False, "9abc", "129abc", None),
        ("12345678", (0, 8), False, "1234567890x", "1234567890", ("TooLong", 1)),
        ("ab", (1, 1), True, "\nx\ny\n", "ab", ("Longer", "ax\nyb")),
        ("ab", (1, 1), True, "x", "axb", None),
        ("12345678", (8, 8), True, "9abc", "12345678", ("Longer", "123456789abc")),
        ("", (0, 0), False, "\x1b[31mred\u202e", "[31mred", None),
    ],
)
def test_what_is_pasted_becomes_one_line_as_far_as_there_is_room(
    before: str,
    selected: tuple[int, int],
    takes_more: bool,
    pasted: str,
    line: str,
    told: tuple[str, object] | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(line_input, "LONGEST_LINE", 10)
    posted: list[Any] = []
    box: Any = SimpleNamespace(
        value=before,
        selection=selected,
        takes_more=takes_more,
        pasted="",
        post_message=posted.append,
        Longer=LineInput.Longer,
        TooLong=LineInput.TooLong,
        Joined=LineInput.Joined,
    )

    def replace(text: str, start: int, end: int) -> None:
        box.value = box.value[:start] + text + box.value[end:]

    box.replace = replace
    LineInput._on_paste(box, Paste(pasted))
    assert box.value == line
    assert box.pasted == ("" if told and told[0] == "Longer" else line)
    said = [(type(one).__name__, next(iter(vars_of(one)))) for one in posted]
    assert said == ([told] if told else [])


@pytest.mark.parametrize("kind", [Prompt, QuestionCard])
def test_what_is_too_long_for_a_line_goes_on_without_what_steers_a_terminal(kind: Any) -> None:
    given: list[str] = []
    asking: Any = SimpleNamespace(leave=given.append, _take=given.append)
    kind.on_line_input_longer(asking, LineInput.Longer("\x1b[31mred\u202e\n\tb\r\nc"))
    assert given == ["[31mred\n    b\nc"]


def vars_of(message: Any) -> list[object]:
    """What a message of a line says: a text, or how many."""
    return [getattr(message, name) for name in ("text", "cut", "lines") if hasattr(message, name)]


def test_a_line_begins_with_one_line_of_what_stands_there() -> None:
    assert Prompt("Value", value="a\nb\tc")._first_value == "a b c"


@pytest.mark.parametrize(
    ("set_to", "stands"),
    [("a\nb\tc", "a b c"), ("\x1b[31mred\u202e", "[31mred"), ("a\x00\x9b2J", "a2J")],
)
def test_whoever_sets_a_line_it_holds_what_can_be_printed(set_to: str, stands: str) -> None:
    assert LineInput().validate_value(set_to) == stands == line_input.one_line(set_to)


@pytest.mark.parametrize(
    ("typed", "accept_empty", "feedback", "does"),
    [
        ("fri", False, (True, ""), "Friday"),
        ("", False, (True, ""), "Nothing is typed yet; Esc cancels."),
        (" ", True, (True, ""), " "),
        ("x", False, (False, "No day."), "No day."),
        ("x", False, (False, ""), "It cannot be taken like this; Esc cancels."),
        ("x", False, (False, "seen"), "It cannot be taken like this; Esc cancels."),
    ],
)
def test_a_line_is_left_with_what_it_means_or_says_why_not(
    typed: str, accept_empty: bool, feedback: tuple[bool, str], does: str
) -> None:
    done: list[str] = []
    is_ok, why = feedback
    lines = ((("it is seen here", "text"),),)
    line: Any = SimpleNamespace(
        text=typed,
        _presets=SimpleNamespace(meant=lambda text: {"fri": "Friday"}.get(text, text)),
        _understand=lambda: done.append("understood"),
        _accept_empty=accept_empty,
        _feedback=SimpleNamespace(ok=is_ok, why=why, lines=lines),
        refuse=done.append,
        leave=done.append,
    )
    Prompt.action_save(line)
    assert done == ["understood", does]


@pytest.mark.parametrize(
    ("first", "typed", "longer", "kept"),
    [("a", "a", None, ""), ("a", "b", None, "b"), ("a", "a", Longer("a\nb"), "a\nb")],
)
def test_of_a_line_what_was_changed_is_kept(
    first: str, typed: str, longer: Longer | None, kept: str
) -> None:
    line: Any = SimpleNamespace(text=typed, _first_value=first, _longer=longer)
    assert Prompt._unfinished(line) == kept


@pytest.mark.parametrize(
    ("typed", "completion"),
    [("", ""), ("r", "referral"), ("REF", "referral"), ("referral", "referrals"), ("x", "")],
)
def test_the_first_word_that_begins_so_is_suggested(typed: str, completion: str) -> None:
    line: Any = SimpleNamespace(text=typed, _suggestions=("email", "referral", "referrals"))
    assert Prompt._completion(line) == completion


@pytest.mark.parametrize(
    ("place", "step", "comes_to", "line"),
    [
        (0, -1, -1, "last"),
        (-1, -1, -2, "first"),
        (-2, -1, -2, None),
        (-1, 1, 0, "typed"),
        (0, 1, 0, None),
    ],
)
def test_what_was_typed_before_is_gone_through_and_back(
    place: int, step: int, comes_to: int, line: str | None
) -> None:
    written: list[str] = []
    said: list[str] = []
    prompt: Any = SimpleNamespace(
        text="typed",
        draft=SimpleNamespace(lines=lambda: ("first", "typed", "last")),
        line=SimpleNamespace(write=written.append),
        refuse=said.append,
        _place=place,
        _aside="typed",
    )
    Prompt.action_earlier(prompt, step)
    assert (prompt._place, written) == (comes_to, [] if line is None else [line])
    assert said == (["There is nothing further here."] if line is None else [])
