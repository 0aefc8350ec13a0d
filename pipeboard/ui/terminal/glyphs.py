"""Text as the cells it fills on the screen, harmless and measured, each kind of cell made once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pipeboard.domain.text import printable
from pipeboard.ui.terminal.ink import PLAIN, Pen
from pipeboard.ui.terminal.pen import blank_pen
from pipeboard.ui.terminal.width import cell_width, clusters, is_narrow

# Ideographs and syllables that every terminal gives two cells. About emoji they disagree.
_SURELY_WIDE: Final = (
    (0x1100, 0x115F),
    (0x2E80, 0x303E),
    (0x3041, 0x4DBF),
    (0x4E00, 0xA4CF),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFF01, 0xFF60),
    (0x20000, 0x3FFFD),
)
_MOST_KEPT: Final = 16_384


@dataclass(frozen=True, slots=True, eq=False)
class ShownCell:
    """One sign on the screen, compared by identity: `CellGlyphs` gives equal signs one object.

    `reach` is how many cells a terminal may draw on: more than `width` where terminals disagree
    (a joined emoji), and then the cursor is not where it should be afterwards.
    """

    text: str
    pen: Pen
    width: int = 1
    reach: int = 1
    is_blank: bool = False

    @property
    def is_certain(self) -> bool:
        """Do all terminals agree how far this sign moves the cursor?"""
        return self.reach == self.width


# Stands in the second cell of a wide sign.
HALF: Final = ShownCell("", PLAIN)


class CellGlyphs:
    """Makes cells of text for one terminal, whose `encoding` decides what can be shown at all."""

    def __init__(self, encoding: str = "utf-8") -> None:
        self._encoding = "" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
        self._cells_of_text: dict[tuple[str, Pen], tuple[ShownCell, ...]] = {}
        self._cell_of_sign: dict[tuple[str, Pen], ShownCell] = {}

    def cells(self, text: str, pen: Pen) -> tuple[ShownCell, ...]:
        """As many cells as Textual believes `text` to take, whatever is hidden in it.

        A character that is not safe to print is dropped, one that the terminal's encoding lacks
        becomes `?`.
        """
        known = self._cells_of_text.get((text, pen))
        if known is None:
            self._bound_memory()
            known = self._cells_of_text[text, pen] = self._measured(text, pen)
        return known

    def blank(self, pen: Pen) -> ShownCell:
        """A blank on the background of `pen`."""
        return self._cell(" ", pen, 1)

    def _measured(self, text: str, pen: Pen) -> tuple[ShownCell, ...]:
        if is_narrow(text) and not self._encoding:
            return tuple([self._cell(character, pen, 1) for character in text])
        cells: list[ShownCell] = []
        width = cell_width(text)
        for sign, size in clusters(printable(text)):
            if size == 0 or len(cells) + size > width:
                continue
            shown = self._encodable(sign, size)
            if shown != sign:
                cells += [self._cell(character, pen, 1) for character in shown]
            else:
                cells += [self._cell(sign, pen, size), *[HALF] * (size - 1)]
        return (*cells, *[self.blank(pen)] * (width - len(cells)))

    def _encodable(self, sign: str, width: int) -> str:
        if not self._encoding:
            return sign
        try:
            sign.encode(self._encoding)
        except UnicodeEncodeError:
            return "?" * width
        return sign

    def _cell(self, sign: str, pen: Pen, width: int) -> ShownCell:
        is_blank = sign == " "
        if is_blank:
            pen = blank_pen(pen)
        cell = self._cell_of_sign.get((sign, pen))
        if cell is None:
            cell = ShownCell(sign, pen, width, _reach(sign, width), is_blank)
            self._cell_of_sign[sign, pen] = cell
        return cell

    def _bound_memory(self) -> None:
        # Losing the identity of cells costs bytes, once, and nothing else.
        if len(self._cells_of_text) > _MOST_KEPT:
            self._cells_of_text.clear()
        if len(self._cell_of_sign) > _MOST_KEPT:
            self._cell_of_sign.clear()
            self._cells_of_text.clear()


def _reach(sign: str, width: int) -> int:
    """Cells that the sign takes on a terminal that knows least about it, always two for emoji."""
    if is_narrow(sign) or (
        len(sign) == 1 and (width == 1 or any(a <= ord(sign) <= b for a, b in _SURELY_WIDE))
    ):
        return width
    return 1 + max(width, sum(max(1, cell_width(character)) for character in sign))
