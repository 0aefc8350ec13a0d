"""Timeline of a deal: notes, interactions and events, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain.deal import Note
from pipeboard.domain.sheet import Entry, Sheet
from pipeboard.domain.text import printable
from pipeboard.domain.timeline import describe
from pipeboard.ui.draw.line import Line, Span, blank, left, width_of
from pipeboard.ui.draw.section import PaneStyle, Section, paragraph
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

_WIDEST_NAME = 12


def notes(sheet: Sheet, style: PaneStyle, most: int | None = None) -> Section:
    """Notes as they were written, lines kept; of many, the latest."""
    shown = sheet.notes[:most]
    names = names_width([note.author for note in shown])
    lines = [line for note in shown for line in note_lines(note, names, style)]
    return Section("Notes", str(len(sheet.notes)), tuple(lines))


def note_lines(note: Note, names: int, style: PaneStyle) -> list[Line]:
    """A note behind its day and author, who is given `names` cells."""
    start = _start(style.day(note.at), note.author, names, 6)
    first, *rest = note.text.split("\n")
    lines = paragraph(start, first, "text", style.width)
    under = blank(width_of(start))
    for line in rest:
        lines += paragraph((under,), line, "text", style.width)
    return lines


def touches(sheet: Sheet, style: PaneStyle, most: int | None = None) -> Section:
    """Interactions with the buyer; of many, the latest."""
    lines: list[Line] = []
    shown = sheet.touches[:most]
    names = names_width([touch.by for touch in shown])
    for touch in shown:
        start = _start(style.day_and_time(touch.at), touch.by, names, 12)
        text = f"{touch.type} {touch.direction}" + (f": {touch.outcome}" if touch.outcome else "")
        lines += paragraph(start, text, "text", style.width)
    return Section("Interactions", str(len(sheet.touches)), tuple(lines))


def timeline(sheet: Sheet, style: PaneStyle) -> Section:
    """Every change with who made it; what was taken back later is dim and says so."""
    lines: list[Line] = []
    names = names_width([who(entry) for entry in sheet.entries])
    for entry in sheet.entries:
        said = describe(entry.event, (sheet.pipeline,), today=style.today, zone=style.zone)
        lines += entry_lines(entry, said, names, style)
    return Section("Timeline", str(len(sheet.entries)), tuple(lines))


def entry_lines(entry: Entry, said: str, names: int, style: PaneStyle) -> list[Line]:
    """An event in words behind its instant and who did it, who is given `names` cells."""
    start = _start(style.day_and_time(entry.event.at), who(entry), names, 12)
    role: Role = "pane.label" if entry.undone else "text"
    return paragraph(start, f"{said}  (undone)" if entry.undone else said, role, style.width)


def who(entry: Entry) -> str:
    """Who did it, and for whom."""
    return entry.who


def names_width(names: Sequence[str]) -> int:
    """Cells for the widest of the names with its sigil, within reason."""
    return min(_WIDEST_NAME, 1 + max((cell_width(printable(name)) for name in names), default=0))


def _start(when: str, name: str, names: int, times: int) -> tuple[Span, ...]:
    """When and who, each in a field of its own."""
    return (
        (f" {when:>{times}} ", "pane.time"),
        left(f"@{name}", names, "pane.who"),
        ("  ", "text"),
    )
