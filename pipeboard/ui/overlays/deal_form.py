"""The edit form of a deal: which fields it has, what they hold, and how each is checked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.fields import parse_field
from pipeboard.domain.pipeline import Category, Pipeline
from pipeboard.domain.privacy import may_see
from pipeboard.domain.settings import Settings
from pipeboard.ui.draw.deal_text import field_text
from pipeboard.ui.overlays.form import FormField


def deal_form(
    deal: Deal, pipeline: Pipeline, today: date, settings: Settings, me: str
) -> tuple[str, list[FormField]]:
    """Title and fields of the form for one deal; custom fields come last.

    What is the owner's own is in nobody else's form.
    """
    choices = {
        "category": ("", *(str(category) for category in Category)),
        "source": ("", *settings.sources),
    }
    fields = [
        FormField(
            field.typed,
            field.label,
            field_text(deal, field.typed),
            choices=choices.get(field.name, ()),
            check=_check(field.typed, today, settings.currency),
        )
        for field in FIELDS
        if field.label and may_see(field.name, deal.owner, me)
    ]
    fields += [
        FormField(f"fields.{name}", name, value) for name, value in sorted(deal.fields.items())
    ]
    return f"{deal.ref}  {deal.name}", fields


def _check(name: str, today: date, currency: str) -> Callable[[str], str | None]:
    def check(text: str) -> str | None:
        try:
            parse_field(name, text.strip(), today, currency)
        except PipeboardError as error:
            return error.message
        return "A deal needs a title." if name == "title" and not text.strip() else None

    return check
