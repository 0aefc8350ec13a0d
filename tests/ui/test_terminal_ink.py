"""Our own ink must look, code for code, as Rich and Textual would paint it."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color, ColorSystem
from rich.console import Console
from rich.style import Style
from textual.strip import Strip

from pipeboard.ui.terminal.ink import (
    ANSI_NAMES,
    ATTRIBUTE_CODES,
    PLAIN,
    ColorDepth,
    Ink,
    Pen,
    _rgb,
    background,
    blank_pen,
    can_run_tui,
    color_depth,
    eight_bit,
    erases_in_colour,
    nearest_for_blank,
    pen_of,
    told_light,
    writes_blank,
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


@pytest.mark.parametrize("term", ["xterm-256color", "kitty", "alacritty", "foot", "foot-extra",
                                  "linux", "wezterm", "rxvt-unicode", "st-256color"])  # fmt: skip
def test_erasing_in_colour_is_trusted_where_a_terminal_does_it_itself(term: str) -> None:
    assert erases_in_colour({"TERM": term})
    assert not erases_in_colour({"TERM": term, "STY": "1234.pts-0"})
    assert not any(erases_in_colour({"TERM": other}) for other in ("screen", "tmux-256color", ""))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("term", "why"),
    [
        ("xterm", None),
        ("", "TERM is not set"),
        ("dumb", "(TERM=dumb)"),
        ("Unknown", "(TERM=Unknown)"),
    ],
)
def test_why_there_can_be_no_screens_is_said(
    term: str, why: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "__stdin__", Terminal())
    monkeypatch.setattr(sys, "__stderr__", Terminal())
    found = can_run_tui({"TERM": term})
    assert found is None if why is None else found is not None and why in found
    for stream, name in (("__stderr__", "standard error"), ("__stdin__", "standard input")):
        monkeypatch.setattr(sys, stream, io.StringIO())
        assert can_run_tui({"TERM": "xterm"}) == f"{name} is not a terminal"


@pytest.mark.parametrize(
    ("number", "theme"),
    [("0", "dark"), ("6", "dark"), ("7", "light"), ("8", "dark"), ("9", "light"), ("15", "light"),
     ("15;0", "dark"), ("0;default;15", "light"), ("default", "dark")],
)  # fmt: skip
def test_the_theme_is_for_the_background_that_the_environment_names(
    number: str, theme: str, tmp_path: Path
) -> None:
    assert background("auto", {"COLORFGBG": number}, tmp_path) == theme
    assert background("light", {"COLORFGBG": "0"}, tmp_path) == "light"


@pytest.mark.parametrize(
    ("color", "is_light"),
    [("rgb:8080/8080/8080", True), ("rgb:7f7f/7f7f/7f7f", False), ("rgba:ff/ff/ff/ff", True),
     ("rgb:00/ff/00", True), ("rgb:ff/00/00", False), ("rgb:00/00/ff", False), ("none", None)],
)  # fmt: skip
def test_a_background_is_light_as_the_eye_sees_it(color: str, is_light: bool | None) -> None:
    assert told_light(f"\x1b]11;{color}\x1b\\") is is_light
    assert told_light(f"\x1b]10;{color}\x1b\\") is None


def test_greys_have_their_own_places_in_the_palette() -> None:
    greys = {grey: eight_bit((grey,) * 3) for grey in (0, 8, 128, 240, 255)}
    assert greys == {0: 16, 8: 232, 128: 244, 240: 255, 255: 231}
    assert eight_bit((255, 0, 0)) == 196


REVERSED, UNDERLINED = 1 << 6, 1 << 3


def test_a_blank_looks_as_its_background_unless_something_is_seen_on_it() -> None:
    assert blank_pen(Pen("31", "44", 1)) == Pen("", "44", 0)
    for seen in (REVERSED, UNDERLINED):
        pen = Pen("31", "44", seen)
        assert blank_pen(pen) == pen
        assert not writes_blank(pen, PLAIN)
        assert nearest_for_blank(pen, PLAIN) == PLAIN
        # A blank of its own look is written with no other pen either.
        assert nearest_for_blank(Pen("32", "", 0), pen) == pen
    assert writes_blank(Pen("31", "44", 1), Pen("", "44", 0))
    assert nearest_for_blank(Pen("31", "", 1), Pen("", "44", 0)) == Pen("31", "44", 1)


def test_a_reversed_ink_is_written_reversed() -> None:
    assert pen_of(Ink(reverse=True), ColorDepth.NONE) == Pen("", "", REVERSED)
    assert pen_of(Ink(bold=True), ColorDepth.NONE) == Pen("", "", 1)


@pytest.mark.parametrize(
    "rgb", [(120, 128, 136), (115, 128, 141), (110, 128, 146), (108, 128, 149), (100, 128, 160)]
)
def test_pale_colours_are_greys_where_rich_says_so(rgb: tuple[int, int, int]) -> None:
    color = Color.from_rgb(*rgb).downgrade(ColorSystem.EIGHT_BIT)
    assert eight_bit(rgb) == color.number


@pytest.mark.parametrize(
    ("color", "rgb"),
    [("#0a10ff", (10, 16, 255)), ("#FFFFFF", (255, 255, 255)), ("0a10ff7", None),
     ("#0a10f", None), ("#0a10ff0", None), ("teal", None), ("", None)],
)  # fmt: skip
def test_a_colour_is_six_digits_behind_its_sign(
    color: str, rgb: tuple[int, int, int] | None
) -> None:
    if rgb is None:
        with pytest.raises(ValueError, match="neither #rrggbb nor one of"):
            _rgb(color)
    else:
        assert _rgb(color) == rgb
