"""Notes, the timeline, people and terms of a deal, as items of its screen."""

from __future__ import annotations

from collections.abc import Collection

from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Answer, Contact, Deal, Term
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money
from pipeboard.domain.sheet import DealRecord, Entry
from pipeboard.domain.text import fold
from pipeboard.domain.timeline import describe, without_cancelled
from pipeboard.ui.draw.facts import PaneStyle, calendar_day, flow, paragraph
from pipeboard.ui.draw.line import DOT, OPEN, YES, Line, Span, blank, full_money, left, whole
from pipeboard.ui.draw.pane import entry_lines, names_width, note_lines, who
from pipeboard.ui.draw.questions import GUTTER, Item
from pipeboard.ui.terminal.width import cell_width


def note_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each note as it was written, under its id."""
    inner = _inner(style)
    names = names_width([note.author for note in record.notes])
    return tuple(Item(note.id, tuple(note_lines(note, names, inner))) for note in record.notes)


FOLD = 0
"""Stands for the events that came to nothing, where `seq` stands for one."""


def timeline_items(
    record: DealRecord, style: PaneStyle, wanted: str = "", opened: Collection[int] = ()
) -> tuple[Item, ...]:
    """Each event in words under its `seq`: those that hold every word that is `wanted`, case and
    accents aside. Those `opened` show each value as it was before and after; what was taken back
    again is folded into one line, until that is opened or something is wanted."""
    inner, words = _inner(style), fold(wanted).split()
    names = names_width([who(entry) for entry in record.entries])
    items = []
    standing = without_cancelled(record.entries)
    folded = 0 if words or FOLD in opened else len(record.entries) - len(standing)
    for entry in standing if folded else record.entries:
        said = describe(
            entry.event, (record.pipeline,), today=style.today, zone=style.zone, manner=written()
        )
        whose = fold(f"{said} @{who(entry)} {entry.event.kind} {style.day(entry.event.at)}")
        if all(word in whose for word in words):
            lines = entry_lines(entry, said, names, inner)
            if entry.seq in opened:
                lines += _in_full(entry, inner)
            items.append(Item(str(entry.seq), tuple(lines)))
    if folded:
        told = f"{folded} changes were taken back again"
        items.append(Item(str(FOLD), ((whole(told, "text.dim"),),)))
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


def _value(value: object) -> str:
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


_NAME, _ROLE, _ITEM = 24, 15, 20


def people_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each person with their part and how to reach them, deciders first."""
    contacts = record.deal.contacts
    order = sorted(contacts, key=lambda key: (ROLES.index(contacts[key].role), contacts[key].name))
    wide = min(_NAME, max((cell_width(c.name) for c in contacts.values()), default=0))
    return tuple(Item(key, tuple(_person(contacts[key], wide, style))) for key in order)


def _person(contact: Contact, wide: int, style: PaneStyle) -> list[Line]:
    decides = contact.role == "decision_maker"
    start: Line = (
        left(contact.name, max(1, wide), "text.strong"),
        blank(2),
        left(contact.role.replace("_", " "), _ROLE, "pane.yes" if decides else "pane.label"),
        blank(1),
    )
    reach = f" {DOT} ".join(filter(None, (contact.title, contact.phone, contact.email)))
    return paragraph(start, reach, "text", style.width - GUTTER)


def people_note(deal: Deal) -> Line:
    """Says when nobody who decides is known."""
    if any(contact.role == "decision_maker" for contact in deal.contacts.values()):
        return ()
    return (blank(GUTTER), ("? no decision-maker named", "pane.unknown"))


def term_items(record: DealRecord, style: PaneStyle) -> tuple[Item, ...]:
    """Each term with both positions, and what was agreed."""
    return tuple(Item(key, tuple(_term(term, style))) for key, term in record.deal.terms.items())


def _term(term: Term, style: PaneStyle) -> list[Line]:
    mark: Span = (f"{YES} ", "pane.yes") if term.agreed else (f"{OPEN} ", "pane.label")
    start: Line = (mark, left(term.item, _ITEM, "text.strong"), blank(1))
    sides = (("we", term.ours), ("they", term.theirs), ("agreed", term.agreed))
    said = f" {DOT} ".join(f"{who}: {what}" for who, what in sides if what)
    return paragraph(start, said or "open", "text", style.width - GUTTER)


def terms_note(record: DealRecord, style: PaneStyle) -> list[Line]:
    """What frames a negotiation: proposal and offer, rivals, and, for the owner, the floor."""
    deal = record.deal
    facts = {
        "proposal sent": style.day(deal.quote_sent_at) if deal.quote_sent_at else "",
        "offer expires": (
            calendar_day(deal.offer_expires_on, style.today) if deal.offer_expires_on else ""
        ),
        "competitors": ", ".join(deal.competitors),
        "not below": _floor_words(deal, style),
    }
    chips: list[Line] = [
        ((f"{label} ", "pane.label"), whole(text, "text")) for label, text in facts.items() if text
    ]
    return [(blank(GUTTER), *line) for line in flow(chips, style.width - GUTTER)] if chips else []


def _floor_words(deal: Deal, style: PaneStyle) -> str:
    """The least that the owner would take, with a warning below it."""
    if deal.floor_value is None:
        return ""
    words = full_money(deal.floor_value, style.glyphs)
    value = deal.value
    same = value is not None and value.currency == deal.floor_value.currency
    below = same and value is not None and value.minor < deal.floor_value.minor
    return f"{words} (! the value is below it)" if below else words
