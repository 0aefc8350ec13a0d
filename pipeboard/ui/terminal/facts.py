"""Facts of the terminal: whether there is one, its size, its colours, its encoding."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

# Terminals that give erased cells the current background. GNU screen and tmux, which name
# themselves `screen` and `tmux`, need not.
_ERASING_IN_COLOUR = ("xterm", "kitty", "alacritty", "foot", "linux", "wezterm", "rxvt", "st-")


def can_run_tui(environ: Mapping[str, str] = os.environ) -> str | None:
    """Why there can be no screens here, in words that end a sentence; None where they can be.

    Textual reads stdin and draws on stderr: both must be a terminal, stdout may be a pipe.
    """
    for stream, name in ((sys.__stdin__, "standard input"), (sys.__stderr__, "standard error")):
        if not _is_terminal(stream):
            return f"{name} is not a terminal"
    term = environ.get("TERM", "").strip()
    if not term:
        return "TERM is not set, so nobody knows what this terminal can do"
    if term.lower() in {"dumb", "unknown"}:
        return f"this terminal cannot place text on the screen (TERM={term})"
    return None


def terminal_size() -> tuple[int, int]:
    """Columns and lines of the terminal that is drawn on; 80 by 24 where nobody can say.

    Textual asks stdout, which is a pipe in `$(pipeboard pick)`.
    """
    if sys.__stderr__ is not None and _is_terminal(sys.__stderr__):
        # It may be gone since it was looked at.
        with suppress(OSError):
            size = os.get_terminal_size(sys.__stderr__.fileno())
            if size.columns and size.lines:
                return size.columns, size.lines
    # Needed almost never, and 3 ms of every start.
    import shutil

    fallback = shutil.get_terminal_size()
    return fallback.columns, fallback.lines


def terminal_encoding() -> str:
    """The encoding that the terminal is written in."""
    return (sys.__stderr__.encoding if sys.__stderr__ is not None else None) or "utf-8"


def erases_in_colour(environ: Mapping[str, str] = os.environ) -> bool:
    """Does erasing to the end of a line fill it with the current background?"""
    return environ.get("TERM", "").startswith(_ERASING_IN_COLOUR) and "STY" not in environ


ASK_BACKGROUND = "\x1b]11;?\x1b\\"
"""Asks for the colour of the background; a terminal that does not know the question is silent."""


def told_light(answer: str) -> bool | None:
    """Whether that answer names a light background; None where it names none."""
    number, _, color = answer.strip("\x1b]\\\x07").partition(";")
    parts = color.removeprefix("rgba:").removeprefix("rgb:").split("/")[:3]
    if number != "11" or len(parts) != 3:
        return None
    try:
        red, green, blue = (int(part, 16) / int("f" * len(part), 16) for part in parts)
    except ValueError:
        return None
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def background(setting: str, environ: Mapping[str, str], folder: Path) -> str:
    """The theme for a setting: with `auto` the one for the background that the environment names
    or the terminal told the last time, else `dark`."""
    if setting != "auto":
        return setting
    number = environ.get("COLORFGBG", "").rpartition(";")[2]
    if number.isdecimal():
        return "light" if int(number) == 7 or int(number) > 8 else "dark"
    try:
        told = (folder / _TOLD).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return "dark"
    return "light" if told == "light" else "dark"


def keep_background(folder: Path, name: str) -> None:
    """Remembers what the terminal told, so that the next first frame is right at once."""
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _TOLD).write_text(name, encoding="utf-8")


_TOLD = "background"


def tidy_environment(environ: MutableMapping[str, str] = os.environ) -> None:
    """Unset an empty `NO_COLOR`, which means nothing by no-color.org and much to Textual.

    To be called before Textual's `App` is made.
    """
    if environ.get("NO_COLOR") == "":
        del environ["NO_COLOR"]


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        # Closed by somebody before us.
        return False
