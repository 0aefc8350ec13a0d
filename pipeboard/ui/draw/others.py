"""The people of a deal and the terms that are negotiated as lists, an item for each."""

from __future__ import annotations

from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import Contact, Deal, Term
from pipeboard.domain.privacy import may_see
from pipeboard.domain.sheet import Sheet
from pipeboard.ui.draw.glyphs import DOT, OPEN, YES, full_money
from pipeboard.ui.draw.items import GUTTER, Item
from pipeboard.ui.draw.line import Line, Span, blank, left, whole
from pipeboard.ui.draw.section import PaneStyle, calendar_day, flow, paragraph
from pipeboard.ui.terminal.width import cell_width

_NAME, _ROLE, _ITEM = 24, 15, 20


def people_items(sheet: Sheet, style: PaneStyle) -> tuple[Item, ...]:
    """Each person with their part and how to reach them, deciders first."""
    contacts = sheet.deal.contacts
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


def term_items(sheet: Sheet, style: PaneStyle) -> tuple[Item, ...]:
    """Each term with both positions, and what was agreed."""
    return tuple(Item(key, tuple(_term(term, style))) for key, term in sheet.deal.terms.items())


def _term(term: Term, style: PaneStyle) -> list[Line]:
    mark: Span = (f"{YES} ", "pane.yes") if term.agreed else (f"{OPEN} ", "pane.label")
    start: Line = (mark, left(term.item, _ITEM, "text.strong"), blank(1))
    sides = (("we", term.ours), ("they", term.theirs), ("agreed", term.agreed))
    said = f" {DOT} ".join(f"{who}: {what}" for who, what in sides if what)
    return paragraph(start, said or "open", "text", style.width - GUTTER)


def terms_note(sheet: Sheet, style: PaneStyle, me: str) -> list[Line]:
    """What frames a negotiation: proposal and offer, rivals, and, for the owner, the floor."""
    deal = sheet.deal
    facts = {
        "proposal sent": style.day(deal.quote_sent_at) if deal.quote_sent_at else "",
        "offer expires": (
            calendar_day(deal.offer_expires_on, style.today) if deal.offer_expires_on else ""
        ),
        "competitors": ", ".join(deal.competitors),
        "not below": floor_words(deal, style, me),
    }
    chips: list[Line] = [
        ((f"{label} ", "pane.label"), whole(text, "text")) for label, text in facts.items() if text
    ]
    return [(blank(GUTTER), *line) for line in flow(chips, style.width - GUTTER)] if chips else []


def floor_words(deal: Deal, style: PaneStyle, me: str) -> str:
    """The least that the owner would take, told to nobody else; with a warning below it."""
    if deal.floor_value is None or not may_see("floor_value", deal.owner, me):
        return ""
    words = full_money(deal.floor_value, style.glyphs)
    value = deal.value
    same = value is not None and value.currency == deal.floor_value.currency
    below = same and value is not None and value.minor < deal.floor_value.minor
    return f"{words} (! the value is below it)" if below else words
