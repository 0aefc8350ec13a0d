"""The fields of a deal as a person would type them."""

from __future__ import annotations

from datetime import date

from pipeboard.domain.deal import Answer, Contact, Deal, NextStep, Term
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.percent import format_percent
from pipeboard.ui.draw.questions import rating_words


def field_text(deal: Deal, name: str) -> str:
    """A field of a deal as a person would type it."""
    if name == "probability":
        bp = deal.probability_bp
        return "" if bp is None else format_percent(bp)
    return value_text(getattr(deal, name))


def field_value_text(name: str, value: object) -> str:
    """A value of the field that is stored under that name, as a person would type it."""
    if name.endswith("_bp") and isinstance(value, int):
        return f"{format_percent(value)} %"
    return value_text(value)


def value_text(value: object) -> str:
    """A value of a deal as a person would type it, or say it where it is made of several."""
    match value:
        case NextStep():
            return f"{value.due.isoformat()} {value.text}" if value.due else value.text
        case Answer():
            return f"{value.text}   {rating_words(value.rating)}"
        case Contact():
            parts = (value.name, value.role, value.title, value.phone, value.email)
            return ", ".join(part for part in parts if part)
        case Term():
            return f"{value.item}: we {value.ours}, they {value.theirs}, agreed {value.agreed}"
        case None:
            return ""
        case Money():
            return format_money(value, style="code")
        case date():
            return value.isoformat()
        case tuple():
            return ", ".join(value)
        case _:
            return str(value)
