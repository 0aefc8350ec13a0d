"""Inks: how text is coloured, and the SGR codes for it, without importing Rich or Textual."""

from __future__ import annotations

import colorsys
import os
import sys
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from enum import IntEnum
from functools import lru_cache
from math import sqrt
from pathlib import Path
from typing import Final, NamedTuple, TextIO

from pipeboard.domain.lazy_dataclass import dataclass

# Facts of the terminal: whether there is one, its size, its colours, its encoding.

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


class ColorDepth(IntEnum):
    """How many colours the terminal is given."""

    NONE = 0
    STANDARD = 16
    EIGHT_BIT = 256
    TRUECOLOR = 1 << 24


_HUES: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ANSI_NAMES: Final = (*_HUES, *(f"bright_{hue}" for hue in _HUES))

# The sixteen colours as a VGA card shows them: what Rich compares with.
_STANDARD_PALETTE: Final = (
    (0, 0, 0),
    (170, 0, 0),
    (0, 170, 0),
    (170, 85, 0),
    (0, 0, 170),
    (170, 0, 170),
    (0, 170, 170),
    (170, 170, 170),
    (85, 85, 85),
    (255, 85, 85),
    (85, 255, 85),
    (255, 255, 85),
    (85, 85, 255),
    (255, 85, 255),
    (85, 255, 255),
    (255, 255, 255),
)

_DEPTH_BY_TERM_SUFFIX: Final = {
    "kitty": ColorDepth.EIGHT_BIT,
    "256color": ColorDepth.EIGHT_BIT,
}
_DEPTH_BY_OVERRIDE: Final = {
    "standard": ColorDepth.STANDARD,
    "256": ColorDepth.EIGHT_BIT,
    "truecolor": ColorDepth.TRUECOLOR,
}


@dataclass(frozen=True, slots=True)
class Ink:
    """The look of a run of text.

    A colour is `#rrggbb`, one of `ANSI_NAMES`, or `None` for the terminal's own.
    """

    fg: str | None = None
    bg: str | None = None
    bold: bool = False
    reverse: bool = False


class Pen(NamedTuple):
    """An `Ink` as a terminal keeps it: two runs of SGR parameters and Rich's attribute bits.

    A colour is `""` where the terminal uses its own. Bit n of `attributes` is the n-th word of
    `rich.style.Style`: bold, dim, italic, underline, blink, blink2, reverse, conceal, strike,
    underline2, frame, encircle, overline.
    """

    fg: str
    bg: str
    attributes: int


PLAIN: Final = Pen("", "", 0)

ATTRIBUTE_CODES: Final = (
    "1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "51", "52", "53",
)  # fmt: skip


def color_depth(environ: Mapping[str, str]) -> ColorDepth:
    """The depth that Rich and Textual choose under the same environment.

    An empty `NO_COLOR` counts as unset, as no-color.org says (`session.tidy_environment` makes
    Textual agree).
    """
    term = environ.get("TERM", "").strip().lower()
    if environ.get("NO_COLOR") or term in {"dumb", "unknown"}:
        return ColorDepth.NONE
    forced = _DEPTH_BY_OVERRIDE.get(environ.get("TEXTUAL_COLOR_SYSTEM", ""))
    if forced is not None:
        return forced
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return ColorDepth.TRUECOLOR
    return _DEPTH_BY_TERM_SUFFIX.get(term.rpartition("-")[2], ColorDepth.STANDARD)


@lru_cache(maxsize=4096)
def pen_of(ink: Ink, depth: ColorDepth) -> Pen:
    """The pen that writes in this ink at this colour depth.

    Raises `ValueError` for a colour that is neither `#rrggbb` nor in `ANSI_NAMES`.
    """
    return Pen(
        color_codes(ink.fg, depth, foreground=True),
        color_codes(ink.bg, depth, foreground=False),
        ink.bold | ink.reverse << 6,
    )


@lru_cache(maxsize=4096)
def color_codes(color: str | None, depth: ColorDepth, *, foreground: bool) -> str:
    """SGR parameters of one colour; `""` for the terminal's own or where there is no colour."""
    if color is None or depth is ColorDepth.NONE:
        return ""
    if color in ANSI_NAMES:
        return _standard(ANSI_NAMES.index(color), foreground)
    rgb = _rgb(color)
    if depth is ColorDepth.STANDARD:
        return _standard(_nearest_standard(rgb), foreground)
    selector = "38" if foreground else "48"
    if depth is ColorDepth.EIGHT_BIT:
        return f"{selector};5;{eight_bit(rgb)}"
    return f"{selector};2;{rgb[0]};{rgb[1]};{rgb[2]}"


def eight_bit(rgb: tuple[int, int, int]) -> int:
    """The number, in the palette of 256, that stands in for a colour.

    Same rule as `rich.color.Color.downgrade`: below 15 % saturation one of 24 greys, else the
    nearest corner of the 6x6x6 cube, channel by channel.
    """
    red, green, blue = rgb
    _hue, lightness, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    if saturation < 0.15:
        grey = round(lightness * 25.0)
        return {0: 16, 25: 231}.get(grey, 231 + grey)
    return 16 + 36 * _cube_step(red) + 6 * _cube_step(green) + _cube_step(blue)


def _cube_step(channel: int) -> int:
    return round(channel / 95 if channel < 95 else 1 + (channel - 95) / 40)


def _rgb(color: str) -> tuple[int, int, int]:
    if len(color) != 7 or color[0] != "#":
        raise ValueError(f"{color!r} is neither #rrggbb nor one of {', '.join(ANSI_NAMES)}")
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _standard(number: int, foreground: bool) -> str:
    base = 30 if foreground else 40
    return str(base + number if number < 8 else base + 60 + number - 8)


def _nearest_standard(rgb: tuple[int, int, int]) -> int:
    red, green, blue = rgb

    def distance(number: int) -> float:
        # "redmean", as in `rich.palette.Palette.match`: the eye weighs red and blue by how red
        # the two colours are.
        other_red, other_green, other_blue = _STANDARD_PALETTE[number]
        mean_red = (red + other_red) // 2
        dr, dg, db = red - other_red, green - other_green, blue - other_blue
        return sqrt(
            (((512 + mean_red) * dr * dr) >> 8) + 4 * dg * dg + (((767 - mean_red) * db * db) >> 8)
        )

    return min(range(16), key=distance)


# Changing from one pen to the next with the fewest bytes.

# The code that ends each attribute of `Pen.attributes`; some end two at once.
_ENDING_CODES: Final = (
    "22", "22", "23", "24", "25", "25", "27", "28", "29", "24", "54", "54", "55",
)  # fmt: skip

# Attributes that can be seen on a blank: underline, blinking, reverse, strike, frames, overline.
_SHOW_ON_BLANK: Final = 0b1_1111_0111_1000


@lru_cache(maxsize=8192)
def change(old: Pen, new: Pen) -> str:
    """The escape sequence that turns pen `old` into `new`: the shorter of a step and a restart."""
    if old == new:
        return ""
    if new == PLAIN:
        return "\x1b[m"
    step = _sequence([*_attribute_steps(old, new), *_color_steps(old, new)])
    restart = _sequence(["0", *_attribute_steps(PLAIN, new), *_color_steps(PLAIN, new)])
    return min(step, restart, key=len)


@lru_cache(maxsize=1024)
def blank_pen(pen: Pen) -> Pen:
    """The one pen that stands for all those that look the same on a blank."""
    return pen if pen.attributes & _SHOW_ON_BLANK else Pen("", pen.bg, 0)


def writes_blank(pen: Pen, blank: Pen) -> bool:
    """Does a blank written with `pen` look as if written with `blank`, a pen of `blank_pen`?"""
    return pen == blank or (pen.bg == blank.bg and blank_pen(pen) == blank)


@lru_cache(maxsize=1024)
def nearest_for_blank(pen: Pen, blank: Pen) -> Pen:
    """The pen closest to `pen` whose blanks look like those of `blank`, a pen of `blank_pen`."""
    if writes_blank(pen, blank):
        return pen
    if (pen.attributes | blank.attributes) & _SHOW_ON_BLANK:
        return blank
    return Pen(pen.fg, blank.bg, pen.attributes)


def _attribute_steps(old: Pen, new: Pen) -> list[str]:
    kept = old.attributes & new.attributes
    lost = old.attributes & ~new.attributes
    endings = {code for bit, code in enumerate(_ENDING_CODES) if lost >> bit & 1}
    for bit, code in enumerate(_ENDING_CODES):
        if code in endings:
            kept &= ~(1 << bit)
    begun = new.attributes & ~kept
    return [
        *sorted(endings),
        *(code for bit, code in enumerate(ATTRIBUTE_CODES) if begun >> bit & 1),
    ]


def _color_steps(old: Pen, new: Pen) -> list[str]:
    steps = []
    if old.fg != new.fg:
        steps.append(new.fg or "39")
    if old.bg != new.bg:
        steps.append(new.bg or "49")
    return steps


def _sequence(codes: list[str]) -> str:
    return f"\x1b[{';'.join(codes)}m"
