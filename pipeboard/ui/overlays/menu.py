"""A menu: the keys that may come next, each with what it does."""

from __future__ import annotations

from collections.abc import Sequence

from textual.events import Click, Key

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.draw.line import Hint, Line, Span, blank, exactly, whole, width_of
from pipeboard.ui.keys import name_of
from pipeboard.ui.overlays.overlay import CANCEL, Overlay, Panel, indented, key_shown, upper_edge

_GAP = 3


@dataclass(frozen=True, slots=True)
class MenuChoice:
    """A key of a menu, in Textual's name or as the character itself.

    A choice that is not `enabled` says `why`; `mark` stands behind the label (what is chosen now).
    """

    key: str
    label: str
    enabled: bool = True
    why: str = ""
    mark: str = ""


class Menu(Overlay[str]):
    """Dismisses with the key of a choice, or with None; `leaving` says what Esc does."""

    def __init__(
        self, title: str, choices: Sequence[MenuChoice], *, note: str = "", leaving: Hint = CANCEL
    ) -> None:
        super().__init__()
        self._leaving = leaving
        self._heading = title
        self._choices = tuple(choices)
        self._note = note
        self._first_row = 1
        self._grid: list[list[tuple[MenuChoice, Line]]] = []

    def draw(self, width: int, height: int) -> Panel:
        note = indented(self._note, width) if self._note else []
        edge = upper_edge(self._heading, width)
        cells = [(choice, _cell(choice)) for choice in self._choices]
        self._first_row = len(edge)
        self._grid = _grid(cells, width - 2, max(1, height - len(edge) - len(note) - 2))
        rows = [(blank(2), *(span for _, cell in row for span in cell)) for row in self._grid]
        return Panel((*edge, *rows, *note), (self._leaving,))

    def take_key(self, event: Key) -> None:
        for choice in self._choices:
            if choice.key in (event.key, event.character):
                event.stop()
                self._choose(choice)
                return
        if event.is_printable or event.key in ("enter", "up", "down", "left", "right"):
            event.stop()
            self.refuse(f"{key_shown(event)} does nothing here; Esc cancels.")

    def on_click(self, event: Click) -> None:
        y = event.screen_y - self._above.region.y - self._first_row
        if not 0 <= y < len(self._grid):
            return
        x = event.screen_x - 2
        for choice, cell in self._grid[y]:
            if 0 <= x < width_of(cell):
                self._choose(choice)
                return
            x -= width_of(cell)

    def _choose(self, choice: MenuChoice) -> None:
        if choice.enabled:
            self.leave(choice.key)
        else:
            self.refuse(choice.why or f"{choice.label} cannot be done here.")


def _cell(choice: MenuChoice) -> Line:
    key = whole(name_of(choice.key), "input.label" if choice.enabled else "text.dim")
    label = whole(f" {choice.label}", "text" if choice.enabled else "text.dim")
    mark: tuple[Span, ...] = (whole(f" {choice.mark}", "pane.tag"),) if choice.mark else ()
    return (key, label, *mark)


def _grid(
    cells: Sequence[tuple[MenuChoice, Line]], width: int, most_rows: int
) -> list[list[tuple[MenuChoice, Line]]]:
    """The cells in one row where they fit, else in columns of equal width, of no more than
    `most_rows` rows: then labels are cut."""
    sizes = [width_of(cell) + _GAP for _, cell in cells]
    if sum(sizes) <= width + _GAP:
        return [
            [
                (choice, exactly(cell, size))
                for (choice, cell), size in zip(cells, sizes, strict=True)
            ]
        ]
    columns = max(1, width // max(sizes), -(-len(cells) // most_rows))
    each = width // columns
    fitted = [(choice, (*exactly(cell, each - _GAP), blank(_GAP))) for choice, cell in cells]
    return [fitted[at : at + columns] for at in range(0, len(fitted), columns)]
