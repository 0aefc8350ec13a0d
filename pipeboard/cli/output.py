"""What a verb prints: data on stdout, messages on stderr, colours where they are wanted."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import chain, islice
from time import monotonic
from typing import Protocol, TextIO

from pipeboard import outlet
from pipeboard.domain.json_data import encoder
from pipeboard.domain.locales import in_figures
from pipeboard.domain.text import printable
from pipeboard.ui.terminal.width import cell_width, fit

BOLD, DIM, RED, YELLOW, GREEN, BLUE = "1", "2", "31", "33", "32", "34"

Styled = tuple[str, str]
"""A text and how it looks: one of the codes above, or "" for plain."""

_PAGE = 200
_PATIENCE_S = 1.0  # without a line of progress
_UNSAFE_IN_JSON = re.compile(r"[^\x20-\x7e\n]")


class Output:
    """Where data and messages of one call go."""

    def __init__(self, *, quiet: bool, color: str, environ: Mapping[str, str]) -> None:
        self.is_quiet = quiet
        self.is_colored = wants_color(color, environ, sys.stdout)

    def line(self, *parts: str | Styled) -> None:
        """One line of data."""
        whole = [(part, "") if isinstance(part, str) else part for part in parts]
        outlet.styled((text, style if self.is_colored else "") for text, style in whole)

    def text(self, text: str) -> None:
        """Lines of data."""
        outlet.data(text)

    def document(self, document: Mapping[str, object]) -> None:
        """One JSON document, with the version of its schema in front."""
        outlet.data(as_json({"schema": 1, **document}, indent=2))

    def say(self, *messages: str) -> None:
        """Messages for the person, each a line or more."""
        for message in messages:
            if message and not self.is_quiet:
                outlet.message(message)


class Progress(Protocol):
    """Told how many of what are done, and which share of all that is."""

    def __call__(self, count: int, share: float, of: str = "rows") -> None: ...


@contextmanager
def progress_told(out: Output) -> Iterator[Progress]:
    """A line on stderr that counts, for a person, once it takes long; taken away where all is
    done."""
    is_told = not out.is_quiet and sys.stderr.isatty()
    began, shown = monotonic(), False

    def show(count: int, share: float, of: str = "rows") -> None:
        nonlocal shown
        if is_told and share < 1.0 and monotonic() - began > _PATIENCE_S:
            shown = True
            filled = int(20 * share)
            outlet.overwrite(f"[{'#' * filled}{' ' * (20 - filled)}] {in_figures(count)} {of}")
        elif shown:
            shown = False
            outlet.wipe()

    try:
        yield show
    finally:
        if shown:
            outlet.wipe()


def wants_color(choice: str, environ: Mapping[str, str], stream: TextIO) -> bool:
    """Whether to colour: what `--color` says, then NO_COLOR, FORCE_COLOR, TERM and the terminal."""
    if choice != "auto":
        return choice == "always"
    if environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return environ.get("TERM", "dumb") != "dumb" and stream.isatty()


def as_json(value: object, *, indent: int | None = None) -> str:
    """The value as JSON in which no character can steer a terminal, yet none is lost."""
    return harmless(_encoder(sys.stdout.encoding or "", indent)(value))


@cache
def _encoder(encoding: str, indent: int | None) -> Callable[[object], str]:
    is_utf8 = encoding.lower().replace("-", "") == "utf8"
    if indent is None:
        return encoder(", ", ": ", is_ascii=not is_utf8)
    return json.JSONEncoder(ensure_ascii=not is_utf8, indent=indent, allow_nan=False).encode


def harmless(text: str) -> str:
    """JSON text with the characters escaped that are not safe to print."""
    if text.isprintable():
        return text
    return _UNSAFE_IN_JSON.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if char.isprintable():
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def write_stream_of_documents(key: str, documents: Iterable[Mapping[str, object]]) -> None:
    """`{"schema": 1, KEY: [...]}` on stdout, one document a line, no more kept than a page."""
    outlet.data(f'{{"schema": 1, "{key}": [', end="")
    remaining, separator = iter(documents), "\n"
    while page := ",\n".join(map(as_json, islice(remaining, _PAGE))):
        outlet.data(separator + page, end="")
        separator = ",\n"
    outlet.data("]}" if separator == "\n" else "\n]}")


def terminal_width() -> int | None:
    """The columns of the terminal that data goes to, None when it goes elsewhere."""
    if not sys.stdout.isatty():
        return None
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or None
    except (OSError, ValueError):
        return None


# Plain tables for people: aligned by cells, streamed, safe to print.

_SAMPLE = 500
_GAP = "  "
_NARROWEST = 8

Cell = str | Styled


class Table:
    """Columns under headings; those in `right` stand flush right, those in `elastic` may be cut.

    Widths follow the first 500 rows, so that a long list starts at once and is never held. Only on
    a terminal, and only in elastic columns, is a text cut.
    """

    def __init__(
        self, headings: Sequence[str], *, right: Iterable[int] = (), elastic: Iterable[int] = ()
    ) -> None:
        self._headings = headings
        self._right = frozenset(right)
        self._elastic = tuple(elastic)

    def write(self, out: Output, rows: Iterable[Sequence[Cell]]) -> None:
        """The heading and every row; without any row, nothing."""
        remaining: Iterator[Sequence[Cell]] = iter(rows)
        sample = list(islice(remaining, _SAMPLE))
        if not sample:
            return
        widths = self._widths([self._headings, *sample])
        out.line(*self._line([(heading, BOLD) for heading in self._headings], widths))
        for row in chain(sample, remaining):
            out.line(*self._line(row, widths))

    def _widths(self, rows: Sequence[Sequence[Cell]]) -> list[int]:
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        room = terminal_width()
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - room if room else 0
        for _ in range(over):
            widest = max(self._elastic, key=widths.__getitem__, default=None)
            if widest is None or widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths

    def _line(self, row: Sequence[Cell], widths: Sequence[int]) -> Iterator[Cell]:
        last = len(row) - 1
        for index, cell in enumerate(row):
            text, style = (cell, "") if isinstance(cell, str) else cell
            text = printable(text)
            width = cell_width(text)
            if index in self._elastic and width > widths[index]:
                text, width = fit(text, widths[index]).rstrip(), widths[index]
            space = " " * max(widths[index] - width, 0)
            if index in self._right:
                yield space
            yield (text, style)
            if index != last:
                yield (_GAP if index in self._right else space + _GAP)


def _width(cell: Cell) -> int:
    return cell_width(printable(cell if isinstance(cell, str) else cell[0]))
