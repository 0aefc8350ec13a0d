"""Texts that try to break a line of the screen."""

from __future__ import annotations

from hypothesis import strategies as st

HOSTILE = (
    "",
    " ",
    "[bold red]Acme[/]",
    "[@click=app.quit]free[/]",
    "\x1b[2J\x1b[31mred\x07",
    "\x9b2Jred",
    "line\nbreak\ttab\r",
    "\u202egnihtyna",
    "日本語株式会社",
    "👩\u200d💻 👨\u200d👩\u200d👧 🇫🇮🇫🇮",
    "\ufe0f\u200d♥\ufe0f",
    "e\u0301" * 40,
    "\u0301\u0301\u0301x",
    "Z\u0351\u036b\u0343a\u0300\u0301\u0302l\u0334g\u0321o",
    "\ud800broken",
    "x" * 10_000,
    "日" * 5_000,
    "a" + "\u0301" * 3_000,
)

TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=60),
    st.lists(st.sampled_from(HOSTILE[:15]), max_size=4).map("".join),
)
