"""Cells of the terminal, and the fewest bytes that turn them into the next frame."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable
from pipeboard.ui.terminal.ink import PLAIN, Pen, blank_pen, change, nearest_for_blank, writes_blank
from pipeboard.ui.terminal.width import cell_width, clusters, is_narrow, is_spacing

# Text as the cells it fills on the screen, harmless and measured, each kind of cell made once.

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
        len(sign) == 1
        and (
            any(a <= ord(sign) <= b for a, b in _SURELY_WIDE) if width > 1 else not is_spacing(sign)
        )
    ):
        return width
    return 1 + max(width, sum(max(1, cell_width(character)) for character in sign))


Piece = tuple[int, int, str, Pen]
Row = list[ShownCell | None]

_WIDEST_GAP_WRITTEN: Final = 8
_ERASING: Final = "\x1b[K"
_UNKNOWN: Final = -1


class Screenful:
    """The cells that a terminal shows, and the writer of what has to change.

    `erases_in_colour` says that the terminal gives erased cells the current background
    (`facts.erases_in_colour`); `encoding` is the one that the bytes will be written in.
    """

    def __init__(
        self, width: int, height: int, *, erases_in_colour: bool = False, encoding: str = "utf-8"
    ) -> None:
        self._glyphs = CellGlyphs(encoding)
        self._erases_in_colour = erases_in_colour
        self._out: list[str] = []
        self._pen = PLAIN
        self.resize(width, height)

    def resize(self, width: int, height: int) -> None:
        """The terminal has so many cells now, and nobody knows what is in them."""
        self.width, self.height = width, height
        self.forget()

    def forget(self) -> None:
        """Somebody else wrote to the terminal: every cell has to be sent again."""
        self._shown: list[Row] = [[None] * self.width for _ in range(self.height)]
        self._x = self._y = _UNKNOWN

    def cleared(self) -> None:
        """The terminal was erased in its own colours."""
        blank = self._glyphs.blank(PLAIN)
        self._shown = [[blank] * self.width for _ in range(self.height)]
        self._x = self._y = _UNKNOWN

    def frame(self, pieces: Iterable[Piece]) -> str:
        """What to send so that the pieces `(x, y, text, pen)` are on the screen, pen put back.

        Cells count from 0 at the top left; what does not fit on the screen is cut off. Cells that
        no piece covers stay as they are.
        """
        self._out.clear()
        self._pen = PLAIN
        for y, wanted in sorted(self._staged(pieces).items()):
            if wanted != self._shown[y]:
                self._write_row(y, wanted)
        if self._pen != PLAIN:
            self._out.append(change(self._pen, PLAIN))
        return "".join(self._out)

    def move_cursor(self, x: int, y: int) -> str:
        """What to send so that the cursor is at a cell, for those who look at it: input methods."""
        if (x, y) == (self._x, self._y):
            return ""
        self._x, self._y = x, y
        return _address(x, y)

    def rows(self) -> list[list[tuple[str, Pen]]]:
        """The signs that the terminal shows, row by row; a cell nobody knows is left out."""
        return [[(cell.text, cell.pen) for cell in row if cell] for row in self._shown]

    def _staged(self, pieces: Iterable[Piece]) -> dict[int, Row]:
        rows: dict[int, Row] = {}
        for x, y, text, pen in pieces:
            if not 0 <= y < self.height:
                continue
            if (row := rows.get(y)) is None:
                row = rows[y] = self._shown[y].copy()
            self._lay(row, x, self._glyphs.cells(text, pen))
        return rows

    def _lay(self, row: Row, x: int, cells: tuple[ShownCell, ...]) -> None:
        if x < 0 or x + len(cells) > self.width:
            cells = cells[max(0, -x) : max(0, self.width - x)]
            x = max(0, x)
        if not cells:
            return
        end = x + len(cells)
        row[x:end] = cells
        # A wide sign cut in two, here or by what lay there before, leaves a blank.
        if cells[0] is HALF:
            row[x] = self._glyphs.blank(PLAIN)
        elif x and (before := row[x - 1]) and before.width == 2:
            row[x - 1] = self._glyphs.blank(before.pen)
        if cells[-1].width == 2:
            row[end - 1] = self._glyphs.blank(cells[-1].pen)
        if end < self.width and row[end] is HALF:
            row[end] = self._glyphs.blank(cells[-1].pen)

    def _write_row(self, y: int, wanted: Row) -> None:
        shown = self._shown[y]
        self._shown[y] = wanted
        end, tail = self._erasable_tail(wanted, shown)
        x = 0
        while x < end:
            cell = wanted[x]
            if cell is shown[x] or cell is None or cell is HALF:
                x += 1
            else:
                self._move(x, y, wanted)
                x = self._write_run(x, end, wanted, shown)
        if tail is not None:
            self._move(end, y, wanted)
            self._ink(tail, end, end, wanted, shown)
            self._out.append(_ERASING)

    def _erasable_tail(self, wanted: Row, shown: Row) -> tuple[int, ShownCell | None]:
        """Where to erase to the end of the line, and as which blank; else the width and None."""
        blank = wanted[-1]
        if blank is None or not blank.is_blank or not self._erases(blank.pen):
            return self.width, None
        start = self.width
        while start and wanted[start - 1] is blank:
            start -= 1
        changed = [x for x in range(start, self.width) if shown[x] is not blank]
        if len(changed) <= len(_ERASING):
            return self.width, None
        return changed[0], blank

    def _erases(self, pen: Pen) -> bool:
        return not pen.attributes and (not pen.bg or self._erases_in_colour)

    def _write_run(self, x: int, end: int, wanted: Row, shown: Row) -> int:
        """Write changed cells from `x` up to the first that is right, and say where that is."""
        out = self._out
        while x < end and (cell := wanted[x]) is not None and cell is not shown[x]:
            if cell is HALF:
                break
            if cell.pen is not self._pen:
                self._ink(cell, x, end, wanted, shown)
            if not cell.is_certain:
                return self._write_uncertain(cell, x, shown)
            out.append(cell.text)
            x += cell.width
        # Behind the last column the cursor waits to wrap, or not.
        self._x = x if x < self.width else _UNKNOWN
        return x

    def _write_uncertain(self, cell: ShownCell, x: int, shown: Row) -> int:
        # A terminal may draw the sign in fewer cells than it is due, so they are blanked before,
        # or in more, so what it may have drawn on is written again.
        if cell.width > 1:
            self._out.append(" " * cell.width + "\b" * cell.width)
        self._out.append(cell.text)
        end = x + cell.width
        smeared = min(x + cell.reach, self.width)
        shown[end:smeared] = [None] * (smeared - end)
        self._x = _UNKNOWN
        return end

    def _ink(self, cell: ShownCell, x: int, end: int, wanted: Row, shown: Row) -> None:
        pen = cell.pen
        if cell.is_blank:
            if writes_blank(self._pen, pen):
                return
            pen = self._pen_after_blanks(x, end, wanted, shown) or pen
            if not writes_blank(pen, cell.pen):
                pen = nearest_for_blank(self._pen, cell.pen)
        self._out.append(change(self._pen, pen))
        self._pen = pen

    def _pen_after_blanks(self, x: int, end: int, wanted: Row, shown: Row) -> Pen | None:
        """The pen that the run at `x` goes on with: taking it up now saves a sequence."""
        while x < end and (cell := wanted[x]) is not None and cell is not shown[x]:
            if not cell.is_blank:
                return cell.pen
            x += 1
        return None

    def _move(self, x: int, y: int, wanted: Row) -> None:
        if (x, y) == (self._x, self._y):
            return
        jump = _address(x, y)
        if self._x != _UNKNOWN:
            if y == self._y and self._x < x:
                jump = _forward(x - self._x)  # shorter than any address
                if self._write_gap(x, wanted, len(jump)):
                    self._x = x
                    return
            elif x == 0 and y == self._y + 1:
                jump = "\r\n"
        self._out.append(jump)
        self._x, self._y = x, y

    def _write_gap(self, x: int, wanted: Row, jump_bytes: int) -> bool:
        """Reach column `x` by writing the cells before it again, where that is not longer."""
        if x - self._x > _WIDEST_GAP_WRITTEN:
            return False
        pen = self._pen
        pieces: list[str] = []
        for cell in wanted[self._x : x]:
            if cell is None or cell is HALF or not cell.is_certain:
                return False
            fitting = nearest_for_blank(pen, cell.pen) if cell.is_blank else cell.pen
            pieces += [change(pen, fitting), cell.text]
            pen = fitting
        target = wanted[x]
        if target is None:
            return False
        text = "".join(pieces)
        if len(text.encode()) + _ink_bytes(pen, target) > jump_bytes + _ink_bytes(
            self._pen, target
        ):
            return False
        self._out.append(text)
        self._pen = pen
        return True


def _ink_bytes(pen: Pen, cell: ShownCell) -> int:
    return len(change(pen, nearest_for_blank(pen, cell.pen) if cell.is_blank else cell.pen))


def _address(x: int, y: int) -> str:
    if x:
        return f"\x1b[{y + 1};{x + 1}H"
    return f"\x1b[{y + 1}H" if y else "\x1b[H"


def _forward(cells: int) -> str:
    return "\x1b[C" if cells == 1 else f"\x1b[{cells}C"
