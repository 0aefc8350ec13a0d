"""A widget that shows drawn lines, and what it finds out about the app that it is shown in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.app import App
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from pipeboard.ui.draw.glyphs import Glyphs, spelled
from pipeboard.ui.draw.line import Line, exactly
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.palette import theme as named_theme
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


def theme_of(app: App[object]) -> Theme:
    """The theme that the app has chosen, `app.theme_inks`; dark where it has not."""
    theme = getattr(app, "theme_inks", None)
    return theme if isinstance(theme, Theme) else named_theme("dark")


def glyphs_of(app: App[object]) -> Glyphs:
    """The signs that the app's terminal knows, `app.glyphs`."""
    glyphs = getattr(app, "glyphs", None)
    return glyphs if isinstance(glyphs, Glyphs) else Glyphs.UNICODE


@under_net
class Lines(Widget):
    """As many lines high as it is given lines; draws those again that have changed."""

    DEFAULT_CSS = "Lines { width: 1fr; height: 0; }"
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._drawn: tuple[Line, ...] = ()

    def show(self, lines: Iterable[Line]) -> None:
        """Other lines, cut or padded to the width of the widget when they are drawn."""
        before, self._drawn = self._drawn, tuple(lines)
        if len(before) != len(self._drawn):
            self.styles.height = len(self._drawn)
            self.refresh()
            return
        changed = [
            Region(0, y, self.size.width, 1)
            for y, (old, new) in enumerate(zip(before, self._drawn, strict=True))
            if old != new
        ]
        if changed:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if y >= len(self._drawn):
            return Strip.blank(self.size.width)
        line = exactly(self._drawn[y], self.size.width)
        return strip_of(spelled(line, glyphs_of(self.app)), theme_of(self.app))
