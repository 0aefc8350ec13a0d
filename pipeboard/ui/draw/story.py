"""What happened on a deal: notes, interactions and its timeline, newest first."""

from __future__ import annotations

from pipeboard.domain.sheet import Entry, Sheet
from pipeboard.domain.text import printable
from pipeboard.domain.timeline import describe
from pipeboard.ui.draw.line import Line, Span, left
from pipeboard.ui.draw.section import PaneStyle, Section, paragraph
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width

_WIDEST_NAME = 12


def notes(sheet: Sheet, style: PaneStyle) -> Section:
    """Notes as they were written, lines kept."""
    lines: list[Line] = []
    names = _names_width([note.author for note in sheet.notes])
    for note in sheet.notes:
        start = _start(style.day(note.at), note.author, names, 6)
        first, *rest = note.text.split("\n")
        lines += paragraph(start, first, "text", style.width)
        for line in rest:
            lines += paragraph(
                ((" " * sum(cell_width(t) for t, _ in start), "text"),), line, "text", style.width
            )
    return Section("Notes", str(len(sheet.notes)), tuple(lines))


def touches(sheet: Sheet, style: PaneStyle) -> Section:
    """Interactions with the buyer."""
    lines: list[Line] = []
    names = _names_width([touch.by for touch in sheet.touches])
    for touch in sheet.touches:
        start = _start(style.day_and_time(touch.at), touch.by, names, 12)
        text = f"{touch.type} {touch.direction}" + (f": {touch.outcome}" if touch.outcome else "")
        lines += paragraph(start, text, "text", style.width)
    return Section("Interactions", str(len(sheet.touches)), tuple(lines))


def timeline(sheet: Sheet, style: PaneStyle) -> Section:
    """Every change with who made it; what was taken back later is dim and says so."""
    lines: list[Line] = []
    names = _names_width([_who(entry) for entry in sheet.entries])
    for entry in sheet.entries:
        start = _start(style.day_and_time(entry.event.at), _who(entry), names, 12)
        text = describe(entry.event, (sheet.pipeline,), today=style.today, zone=style.zone)
        role: Role = "pane.label" if entry.undone else "text"
        undone = "  (undone)" if entry.undone else ""
        lines += paragraph(start, f"{text}{undone}", role, style.width)
    return Section("Timeline", str(len(sheet.entries)), tuple(lines))


def _who(entry: Entry) -> str:
    return f"{entry.actor} for {entry.acting_as}" if entry.acting_as else entry.actor


def _names_width(names: list[str]) -> int:
    return min(_WIDEST_NAME, 1 + max((cell_width(printable(name)) for name in names), default=0))


def _start(when: str, name: str, names: int, times: int) -> tuple[Span, ...]:
    """When and who, each in a field of its own."""
    return (
        (f" {when:>{times}} ", "pane.time"),
        left(f"@{name}", names, "pane.who"),
        ("  ", "text"),
    )
