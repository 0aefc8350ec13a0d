"""The fields of a deal as a person would type them."""

from __future__ import annotations

from datetime import date

from pipeboard.domain.deal import Deal
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.percent import format_percent


def field_text(deal: Deal, name: str) -> str:
    """A field of a deal as a person would type it."""
    if name == "probability":
        bp = deal.probability_bp
        return "" if bp is None else format_percent(bp)
    value = getattr(deal, name)
    match value:
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
