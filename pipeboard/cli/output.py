"""What a verb prints: data on stdout, messages on stderr, colours where they are wanted."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import islice
from time import monotonic
from typing import Protocol, TextIO

from pipeboard import outlet
from pipeboard.domain.counts import in_figures
from pipeboard.domain.json_data import encoder

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
    outlet.json_text(f'{{"schema": 1, "{key}": [')
    remaining, separator = iter(documents), "\n"
    while page := ",\n".join(map(as_json, islice(remaining, _PAGE))):
        outlet.json_text(separator + page)
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
