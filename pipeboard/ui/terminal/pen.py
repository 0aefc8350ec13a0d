"""Changing from one pen to the next with the fewest bytes."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from pipeboard.ui.terminal.ink import ATTRIBUTE_CODES, PLAIN, Pen

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
