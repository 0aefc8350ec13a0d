"""A file to choose: its path is typed, Tab completes it, what fits is listed under the line."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from textual import work
from textual.binding import Binding
from textual.events import Click
from textual.worker import get_current_worker

from pipeboard.domain.counts import in_figures
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.draw.line import BAR, Line, Span, blank, spread, whole
from pipeboard.ui.overlays.overlay import CANCEL, Panel, TypingOverlay, heading
from pipeboard.ui.widgets.line_input import LineInput

_LABEL: Final[Line] = ((" › ", "input.label"),)
_IMPORTABLE: Final = {
    ".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods",
}  # fmt: skip
_MOST: Final = 500


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A file or a folder that fits what is typed: how it is typed in full, and its size."""

    typed: str
    is_folder: bool = False
    beside: str = ""
    is_recent: bool = False

    @property
    def name(self) -> str:
        """The last part of the path, which tells it from others."""
        return f"{Path(self.typed).name}/" if self.is_folder else Path(self.typed).name


@dataclass(frozen=True, slots=True)
class FileListing:
    """What fits a text, and why nothing can be listed."""

    entries: tuple[FileEntry, ...]
    why: str = ""


def list_files(text: str, folder: Path, recent: Sequence[str]) -> FileListing:
    """What a path can go on with: folders, then files, those that can be imported first; without
    a text the recent files before those of the folder. May take long where a disk does."""
    head, slash, tail = text.rpartition("/")
    base = folder / os.path.expanduser(head + slash)
    try:
        with os.scandir(base) as found:
            fitting = [one for one in found if _fits(one.name, tail)][:_MOST]
            entries = sorted(((_rank(one, tail), one) for one in fitting), key=lambda pair: pair[0])
            named = [_entry(one, head + slash) for _, one in entries]
    except OSError as error:
        return FileListing((), f"{base} cannot be looked into: {error.strerror}.")
    first = (
        [FileEntry(path, beside="recent", is_recent=True) for path in recent] if not text else []
    )
    return FileListing((*first, *named))


def _fits(name: str, tail: str) -> bool:
    if name.startswith(".") and not tail.startswith("."):
        return False
    return name.casefold().startswith(tail.casefold())


def _rank(entry: os.DirEntry[str], tail: str) -> tuple[bool, int, str]:
    is_importable = Path(entry.name).suffix.lower() in _IMPORTABLE
    kind = 0 if _is_folder(entry) else 1 if is_importable else 2
    return entry.name != tail, kind, entry.name.casefold()


def _entry(entry: os.DirEntry[str], before: str) -> FileEntry:
    if _is_folder(entry):
        return FileEntry(f"{before}{entry.name}/", is_folder=True)
    try:
        return FileEntry(before + entry.name, beside=_size(entry.stat().st_size))
    except OSError:
        return FileEntry(before + entry.name)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _size(size: int) -> str:
    return f"{in_figures(size)} bytes" if size < 10_000 else f"{in_figures(size // 1_000)} kB"


class FilePicker(TypingOverlay[str]):
    """Dismisses with a path, or with None. Folders are listed in a thread of their own."""

    BINDINGS = [  # noqa: RUF012 - as Textual's own documentation writes it
        Binding("escape", "cancel", show=False),
        Binding("enter", "choose", show=False),
        Binding("tab", "complete", show=False),
        Binding("up,ctrl+p", "go(-1)", show=False),
        Binding("down,ctrl+n", "go(1)", show=False),
    ]

    def __init__(self, title: str, folder: Path, recent: Sequence[str] = ()) -> None:
        super().__init__(LineInput(placeholder="a path; ~ is your home"))
        self._heading = title
        self._folder = folder
        self._recent = tuple(recent)
        self._listing = FileListing(())
        self._listed: str | None = None
        self._cursor = self._rows = 0
        self._behind: list[Callable[[], None]] = []
        """Keys that came before the folder was listed."""

    def prepare(self) -> None:
        self._list("")

    def draw(self, width: int, height: int) -> Panel:
        entries = self._listing.entries
        self._rows = max(self._rows, 1, min(len(entries), height * 3 // 4 - 3))
        top = max(0, self._cursor - self._rows + 1)
        rows = [
            _row(entry, top + y == self._cursor, width)
            for y, entry in enumerate(entries[top : top + self._rows])
        ]
        if not rows:
            said = self._listing.why or ("nothing begins so" if self._is_listed else "looking…")
            rows = [(blank(3), whole(said, "empty"))]
        rows += [()] * (self._rows - len(rows))
        hints = [("↵", "Choose"), ("⇥", "Complete"), ("↑↓", "Move"), CANCEL]
        title = heading(f"{self._heading} · {self._folder}", width)
        return Panel((title,), hints, rows, _LABEL)

    @property
    def _is_listed(self) -> bool:
        return self._listed == self.text

    def on_input_changed(self) -> None:
        self._list(self.text)

    def on_input_submitted(self) -> None:
        self.action_choose()

    def on_click(self, event: Click) -> None:
        row = event.screen_y - self._below.region.y
        if 0 <= row < min(self._rows, len(self._listing.entries)):
            self._cursor = max(0, self._cursor - self._rows + 1) + row
            self.action_choose()

    def roll(self, lines: int) -> None:
        self.action_go(lines)

    def action_choose(self) -> None:
        """The file under the cursor; into a folder."""
        if not self._is_listed:
            self._behind.append(self.action_choose)
        elif not self._listing.entries:
            self.refuse(self._listing.why or f"There is no file {self.text}; Esc cancels.")
        else:
            entry = self._listing.entries[self._cursor]
            if entry.is_folder:
                self.line.write(entry.typed)
            else:
                self.leave(str(self._folder / Path(entry.typed).expanduser()))

    def action_complete(self) -> None:
        """As much of the path as is clear."""
        if not self._is_listed:
            self._behind.append(self.action_complete)
            return
        common = _begun_alike(
            [entry.typed for entry in self._listing.entries if not entry.is_recent]
        )
        if len(common) > len(self.text):
            self.line.write(common)
        elif self._listing.entries:
            self.line.write(self._listing.entries[self._cursor].typed)

    def action_go(self, places: int) -> None:
        """The cursor so many lines down."""
        self._cursor = max(0, min(self._cursor + places, len(self._listing.entries) - 1))
        self.redraw()

    @work(thread=True, exclusive=True)
    def _list(self, text: str) -> None:
        listing = list_files(text, self._folder, self._recent)
        if not get_current_worker().is_cancelled:
            self.app.call_from_thread(self._show, text, listing)

    def _show(self, text: str, listing: FileListing) -> None:
        if text != self.text:
            return
        self._listing, self._listed, self._cursor = listing, text, 0
        self.redraw()
        behind, self._behind = self._behind, []
        for act in behind:
            act()


def _begun_alike(texts: Sequence[str]) -> str:
    """What all of the texts begin with."""
    first, last = min(texts, default=""), max(texts, default="")
    same = (at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: next(same, min(len(first), len(last)))]


def _row(entry: FileEntry, is_current: bool, width: int) -> Line:
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    shown = entry.typed if entry.is_recent else entry.name
    name = whole(shown, "cursor.name" if is_current else "card.name")
    end: Line = (blank(1), whole(entry.beside, "text.dim"), blank(1)) if entry.beside else ()
    return spread((blank(1), mark, blank(1), name), end, width)
