"""Our own ink must look, code for code, as Rich and Textual would paint it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from pipeboard.ui.terminal.ink import (
    ANSI_NAMES,
    ATTRIBUTE_CODES,
    ColorDepth,
    Ink,
    color_depth,
    pen_of,
)

SYSTEMS = {
    ColorDepth.STANDARD: ColorSystem.STANDARD,
    ColorDepth.EIGHT_BIT: ColorSystem.EIGHT_BIT,
    ColorDepth.TRUECOLOR: ColorSystem.TRUECOLOR,
}
COLORS = st.one_of(
    st.none(),
    st.sampled_from(ANSI_NAMES),
    st.integers(0, 0xFFFFFF).map("#{:06x}".format),
    st.integers(0, 255).map(lambda grey: f"#{grey:02x}{grey:02x}{grey:02x}"),
)
INKS = st.builds(
    Ink,
    fg=COLORS,
    bg=COLORS,
    bold=st.booleans(),
    reverse=st.booleans(),
)


@given(ink=INKS, depth=st.sampled_from(sorted(SYSTEMS)))
def test_every_ink_gives_the_codes_that_textual_gives(ink: Ink, depth: ColorDepth) -> None:
    style = Style(
        color=ink.fg,
        bgcolor=ink.bg,
        bold=ink.bold,
        reverse=ink.reverse,
    )
    pen = pen_of(ink, depth)
    codes = [code for bit, code in enumerate(ATTRIBUTE_CODES) if pen.attributes >> bit & 1]
    codes += filter(None, (pen.fg, pen.bg))
    assert ";".join(codes) == Strip.render_ansi(style, SYSTEMS[depth])


@given(ink=INKS)
def test_without_colour_the_attributes_stay(ink: Ink) -> None:
    pen = pen_of(ink, ColorDepth.NONE)
    assert (pen.fg, pen.bg) == ("", "")
    assert pen.attributes == pen_of(ink, ColorDepth.TRUECOLOR).attributes


@pytest.mark.parametrize("colorterm", [None, "truecolor", " 24Bit ", "yes"])
@pytest.mark.parametrize(
    "term", ["xterm", "xterm-256color", "xterm-kitty", "linux", "screen-16color", "dumb", "UNKNOWN"]
)
@pytest.mark.parametrize("forced", [None, "auto", "standard", "256", "truecolor"])
def test_the_depth_is_the_one_that_rich_detects(
    colorterm: str | None, term: str, forced: str | None
) -> None:
    variables = {"COLORTERM": colorterm, "TERM": term, "TEXTUAL_COLOR_SYSTEM": forced}
    environ = {name: value for name, value in variables.items() if value is not None}
    if term.lower() in {"dumb", "unknown"}:
        assert color_depth(environ) is ColorDepth.NONE
        return
    console = Console(force_terminal=True, _environ=environ, color_system=forced or "auto")  # type: ignore[arg-type]
    names = {"standard": ColorDepth.STANDARD, "256": ColorDepth.EIGHT_BIT}
    assert color_depth(environ) is names.get(str(console.color_system), ColorDepth.TRUECOLOR)


def test_no_color_means_none_and_an_empty_one_means_nothing() -> None:
    assert color_depth({"TERM": "xterm-256color", "NO_COLOR": "1"}) is ColorDepth.NONE
    assert color_depth({"TERM": "xterm-256color", "NO_COLOR": ""}) is ColorDepth.EIGHT_BIT


def test_a_colour_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="mauve"):
        pen_of(Ink(fg="mauve"), ColorDepth.TRUECOLOR)


@pytest.mark.parametrize("module", ["ink", "width"])
def test_the_first_frame_needs_neither_rich_nor_textual(module: str) -> None:
    code = (
        f"import sys, pipeboard.ui.terminal.{module};"
        "print([name for name in ('rich', 'textual', 'sqlmodel') if name in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
