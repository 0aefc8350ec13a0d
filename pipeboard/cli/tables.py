"""Plain tables for people: aligned by cells, streamed, safe to print."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING

from pipeboard.cli.output import BOLD, Output, Styled, terminal_width
from pipeboard.domain.phrases import named
from pipeboard.domain.text import printable
from pipeboard.ui.terminal.width import cell_width, fit

if TYPE_CHECKING:
    from pipeboard.cli.call import Call

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
        self._headings = tuple(map(named, headings))
        self._right = frozenset(right)
        self._elastic = tuple(elastic)

    def write(self, out: Output, rows: Iterable[Sequence[Cell]]) -> bool:
        """The heading and every row; without any row, nothing. Whether there was one."""
        remaining: Iterator[Sequence[Cell]] = iter(rows)
        sample = list(islice(remaining, _SAMPLE))
        if not sample:
            return False
        room = terminal_width()
        widths = self._widths([self._headings, *sample], room)
        cut = self._elastic if room else ()
        out.line(*self._line([(heading, BOLD) for heading in self._headings], widths, cut))
        for row in chain(sample, remaining):
            out.line(*self._line(row, widths, cut))
        return True

    def _widths(self, rows: Sequence[Sequence[Cell]], room: int | None) -> list[int]:
        widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
        over = sum(widths) + len(_GAP) * (len(widths) - 1) - room if room else 0
        for _ in range(over):
            widest = max(self._elastic, key=widths.__getitem__, default=None)
            if widest is None or widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths

    def _line(
        self, row: Sequence[Cell], widths: Sequence[int], cut: Collection[int]
    ) -> Iterator[Cell]:
        last = len(row) - 1
        for index, cell in enumerate(row):
            text, style = (cell, "") if isinstance(cell, str) else cell
            text = printable(text)
            width = cell_width(text)
            if index in cut and width > widths[index]:
                text, width = fit(text, widths[index]).rstrip(), widths[index]
            space = " " * max(widths[index] - width, 0)
            if index in self._right:
                yield space
            yield (text, style)
            if index != last:
                yield (_GAP if index in self._right else space + _GAP)


def tell(
    call: Call,
    document: Mapping[str, object],
    table: Table,
    rows: Iterable[Sequence[Cell]],
    empty: str = "",
) -> int:
    """A list as the JSON document that scripts ask for, or as a table for people, who are told
    what to do where it is `empty`; the exit code."""
    if call.arguments.json:
        call.out.document(document)
    elif not table.write(call.out, rows):
        call.out.say(empty)
    return 0


def _width(cell: Cell) -> int:
    return cell_width(printable(cell if isinstance(cell, str) else cell[0]))
