"""What reaches the terminal: Textual's screens, cell for cell, and nothing hidden in the data."""

from __future__ import annotations

import re

import pytest

from tests.ui.pseudo_terminal import PseudoTerminal

DEMO = "tests/ui/terminal_hostile_demo.py"
OURS = re.compile(
    rb"\x1b\[[0-9;]*[HCmK]"  # moves, colours, erasing
    rb"|\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1015|1049|2004|2026|2048)[hl]"
    rb"|\x1b\[\?20(?:26|48)\$p|\x1b\[>[0-9]+u|\x1b\[<u|\r\r?\n"
    rb"|\x1b\]22;default\x07"  # Textual's shape of the mouse pointer
)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\U000e0041]")


def walk(terminal: PseudoTerminal) -> None:
    """Look at everything that the demo can show."""
    terminal.wait_for_text("the end")
    for key, shown in (("m", "╭"), ("\x1b[27u", ""), ("\x1b[6~", ""), ("\x1b[6~", ""), ("n", "")):
        before = len(terminal.raw)
        terminal.type(key)
        terminal.wait_for(lambda since=before: len(terminal.raw) > since, f"an answer to {key!r}")  # type: ignore[misc]
        terminal.wait_for_text(shown)
    terminal.wait_for(lambda: "▌" in terminal.lines()[-2], "the whole toast")


@pytest.mark.parametrize("words", [(), ("fallback",)])
def test_no_sequence_of_the_data_reaches_the_terminal(words: tuple[str, ...]) -> None:
    with PseudoTerminal([DEMO, *words], width=100, height=40) as terminal:
        walk(terminal)
        terminal.type("q")
        assert terminal.wait_for_end() == 0
        written = OURS.sub(b"", terminal.raw).replace(b"\b\b", b"").decode()
        assert CONTROL.findall(written) == []
        assert "owned" in written
        assert "[/b] [@click=app.quit]x[/]" in written


def test_the_screen_is_the_one_that_textual_alone_draws() -> None:
    with (
        PseudoTerminal([DEMO], width=100, height=40) as ours,
        PseudoTerminal([DEMO, "fallback"], width=100, height=40) as textual,
    ):
        walk(ours)
        walk(textual)

        def are_alike() -> bool:
            textual.read_for(0.02)  # either may still be scrolling
            return ours.lines() == textual.lines()

        ours.wait_for(are_alike, "the screen that Textual draws")


def test_only_a_frame_that_can_be_seen_half_drawn_is_synchronised() -> None:
    with PseudoTerminal([DEMO], width=100, height=40) as terminal:
        terminal.wait_for_text("the end")
        terminal.type("\x1b[?2026;2$y")
        terminal.type("m")
        terminal.wait_for_bytes(b"\x1b[?2026l")
        terminal.type("\x1b[27u")
        terminal.wait_for(lambda: "╭" not in "".join(terminal.lines()), "the dialog closed")
        before = len(terminal.raw)
        terminal.type("n")
        terminal.wait_for(lambda: "▌" in terminal.lines()[-2], "the whole toast")
        assert b"\x1b[?2026h" not in terminal.raw[before:]
