"""A screen as cells, and the bytes that a careful program would have sent to change one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import pyte

# What pyte would print or take for something else: strings, queries, private sequences.
_SKIPPED = re.compile(
    rb"\x1b[P\]_^X].*?(?:\x07|\x1b\\)|\x1b\[[<=>][0-9;]*[a-zA-Z]|\x1b\[\??[0-9;]*\$p", re.DOTALL
)
_UNFINISHED = re.compile(rb"\x1b(?:[P\]_^X][^\x07]*|\[?[<=>?]?[0-9;:$]*)\Z", re.DOTALL)
_NAMED = {
    name: number
    for number, name in enumerate(
        ["black", "red", "green", "brown", "blue", "magenta", "cyan", "white"]
    )
}


class Style(NamedTuple):
    """How a cell is painted: colours as the parameters that set them, and the codes switched on."""

    foreground: str = ""
    background: str = ""
    codes: tuple[str, ...] = ()


class Cell(NamedTuple):
    """One character on the screen."""

    text: str = " "
    style: Style = Style()


Grid = tuple[tuple[Cell, ...], ...]
PLAIN = Style()


class Screen:
    """What the bytes of a program leave on a terminal."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._screen = pyte.Screen(width, height)
        self._stream = pyte.ByteStream(self._screen)
        self._rest = b""

    def feed(self, data: bytes) -> None:
        """Takes in what the program wrote; a sequence cut in two waits for its end."""
        data = self._rest + data
        cut = _UNFINISHED.search(data)
        self._rest = data[cut.start() :] if cut else b""
        whole = data[: cut.start()] if cut else data
        self._stream.feed(_SKIPPED.sub(b"", whole))

    def text(self) -> str:
        """The rows as text."""
        return "\n".join(line.replace("\0", "") for line in self._screen.display)

    def cursor(self) -> tuple[int, int]:
        """Row and column of the cursor, from 1."""
        return self._screen.cursor.y + 1, min(self._screen.cursor.x, self.width - 1) + 1

    def grid(self) -> Grid:
        """Every cell as it is now."""
        buffer = self._screen.buffer
        return tuple(
            tuple(_cell(buffer[y][x]) for x in range(self.width)) for y in range(self.height)
        )


def _cell(char: Any) -> Cell:
    codes = tuple(
        code
        for code, on in (
            ("1", char.bold),
            ("3", char.italics),
            ("4", char.underscore),
            ("5", char.blink),
            ("7", char.reverse),
            ("9", char.strikethrough),
        )
        if on
    )
    return Cell(char.data, Style(_colour(char.fg, "3"), _colour(char.bg, "4"), codes))


@lru_cache(maxsize=4096)
def _colour(name: str, place: str) -> str:
    """The parameters of the sequence that sets a colour; empty for the terminal's own."""
    if name == "default":
        return ""
    bright = name.removeprefix("bright")
    if bright in _NAMED:
        group = place if bright == name else {"3": "9", "4": "10"}[place]
        return f"{group}{_NAMED[bright]}"
    red, green, blue = (int(name[at : at + 2], 16) for at in (0, 2, 4))
    return f"{place}8;2;{red};{green};{blue}"


def ideal_bytes(before: Grid, after: Grid) -> int:
    """Bytes of an encoder that sends only cells that changed, with the shortest moves and colours.

    A gap is written through where that is shorter than jumping over it. A yardstick, no proof: a
    program that erases to the end of a line or repeats a letter can stay below.
    """
    total, pen = 0, PLAIN
    for y, (old, new) in enumerate(zip(before, after, strict=True)):
        at: int | None = None
        for x in _changed(old, new):
            jump, pen_then = _jump(new, at, x, y, pen)
            total += jump + _steps(pen_then, new[x].style) + len(new[x].text.encode())
            pen, at = new[x].style, x + 1
    return total + _steps(pen, PLAIN)


def _changed(old: Sequence[Cell], new: Sequence[Cell]) -> Iterator[int]:
    return (x for x, (was, now) in enumerate(zip(old, new, strict=True)) if was != now)


def _jump(row: Sequence[Cell], at: int | None, x: int, y: int, pen: Style) -> tuple[int, Style]:
    """Bytes to get from column `at` (None: from elsewhere) to `x`, and the pen on arrival."""
    if at == x:
        return 0, pen
    there = len(f"\x1b[{y + 1};{x + 1}H") if x else len(f"\x1b[{y + 1}H")
    if at is None:
        return there, pen
    there = min(there, len(f"\x1b[{x - at}C") if x - at > 1 else 3)
    through, last = 0, pen
    for style, cells in groupby(row[at:x], key=lambda cell: cell.style):
        through += _steps(last, style) + sum(len(cell.text.encode()) for cell in cells)
        last = style
    if through + _steps(last, row[x].style) <= there + _steps(pen, row[x].style):
        return through, last
    return there, pen


@lru_cache(maxsize=65536)
def _steps(old: Style, new: Style) -> int:
    """Bytes of the shortest sequence that turns one style into another: a step or a new start."""
    if old == new:
        return 0
    ended = [{"1": "22"}.get(code, f"2{code}") for code in old.codes if code not in new.codes]
    step = [*ended, *(code for code in new.codes if code not in old.codes)]
    if old.foreground != new.foreground:
        step.append(new.foreground or "39")
    if old.background != new.background:
        step.append(new.background or "49")
    start = [*new.codes, *filter(None, (new.foreground, new.background))]
    anew = len("\x1b[0;") + len(";".join(start)) + 1 if start else len("\x1b[m")
    return min(len("\x1b[") + len(";".join(step)) + 1, anew)
