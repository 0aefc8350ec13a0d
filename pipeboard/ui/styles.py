"""From drawn lines to what Textual shows: roles become Rich styles, lines become strips."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from pipeboard.ui.draw.line import Line
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.terminal.ink import Ink


@lru_cache(maxsize=512)
def style_of_ink(ink: Ink) -> Style:
    """The Rich style of an ink."""
    return Style(
        color=ink.fg,
        bgcolor=ink.bg,
        bold=ink.bold or None,
        dim=ink.dim or None,
        italic=ink.italic or None,
        underline=ink.underline or None,
        reverse=ink.reverse or None,
    )


def style_of(role: Role, theme: Theme) -> Style:
    """The Rich style of a role in a theme."""
    return style_of_ink(theme.ink(role))


def strip_of(line: Line, theme: Theme) -> Strip:
    """A drawn line as a strip; its text has been made safe when it was drawn."""
    return Strip([Segment(text, style_of_ink(theme.ink(role))) for text, role in line])
