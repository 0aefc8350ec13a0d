"""Notes and the timeline of a deal as lists, an item for each."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pipeboard.domain.deal import Answer
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.money import Money
from pipeboard.domain.sheet import Entry, Sheet
from pipeboard.domain.text import fold
from pipeboard.domain.timeline import describe
from pipeboard.ui.draw.items import GUTTER, Item
from pipeboard.ui.draw.line import Line, blank, whole
from pipeboard.ui.draw.section import PaneStyle, paragraph
from pipeboard.ui.draw.timeline import entry_lines, names_width, note_lines, who


def note_items(sheet: Sheet, style: PaneStyle) -> tuple[Item, ...]:
    """Each note as it was written, under its id."""
    inner = _inner(style)
    names = names_width([note.author for note in sheet.notes])
    return tuple(Item(note.id, tuple(note_lines(note, names, inner))) for note in sheet.notes)


def timeline_items(
    sheet: Sheet, style: PaneStyle, wanted: str = "", opened: Collection[int] = ()
) -> tuple[Item, ...]:
    """Each event in words under its `seq`: those that hold every word that is `wanted`, case and
    accents aside. Those `opened` show each value as it was before and after."""
    inner, words = _inner(style), fold(wanted).split()
    names = names_width([who(entry) for entry in sheet.entries])
    items = []
    for entry in sheet.entries:
        said = describe(entry.event, (sheet.pipeline,), today=style.today, zone=style.zone)
        whose = fold(f"{said} @{who(entry)} {entry.event.kind} {style.day(entry.event.at)}")
        if all(word in whose for word in words):
            lines = entry_lines(entry, said, names, inner)
            if entry.seq in opened:
                lines += _in_full(entry, inner)
            items.append(Item(str(entry.seq), tuple(lines)))
    return tuple(items)


def _inner(style: PaneStyle) -> PaneStyle:
    return PaneStyle(style.width - GUTTER, style.today, style.zone, style.glyphs)


def _in_full(entry: Entry, style: PaneStyle) -> list[Line]:
    event = entry.event
    lines: list[Line] = []
    for name in sorted(event.changed):
        if name not in _UNTOLD:
            for label, side in (("was", event.before), ("is", event.after)):
                start: Line = (blank(4), whole(f"{name} {label}  ", "pane.label"))
                lines += paragraph(start, _value(side.get(name)), "text", style.width)
    for said in _said_in_full(event):
        lines += paragraph((blank(4),), said, "text", style.width)
    return lines


_UNTOLD = frozenset(
    ("rank", "last_touch_at", "last_outbound_at", "last_reply_at", "outbound_since_reply",
     "stage_id", "stage_entered_at", "removed", "pipeline_id", "outcome")
)  # fmt: skip


def _value(value: Any) -> str:
    match value:
        case None | "" | ():
            return "nothing"
        case Answer():
            rating = "unknown" if value.rating is None else f"{value.rating}/4"
            evidence = f"; evidence: {value.evidence}" if value.evidence else ""
            return f"{value.text or 'no words'} ({rating}){evidence}"
        case Money():
            return str(value)
        case _:
            plain = to_json(value)
            if isinstance(plain, dict):
                return ", ".join(f"{name} {item}" for name, item in plain.items())
            return str(value if isinstance(plain, dict | list) else plain)


def _said_in_full(event: Event) -> list[str]:
    """Words that no field holds: of notes and interactions."""
    facts = event.facts
    note, touch = facts.get("note"), facts.get("touch")
    texts = [
        note.get("text") if isinstance(note, dict) else None,
        touch.get("outcome") if isinstance(touch, dict) else None,
        f"was: {facts['old']}" if "old" in facts else None,
        f"is: {facts['new']}" if "new" in facts else None,
    ]
    return [line for text in texts if text for line in str(text).split("\n")]
