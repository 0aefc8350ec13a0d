"""The fields of a deal as a person names and types them: `value=40k`, `close=19dec`, `p=60`."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.deal_fields import BY_NAME, BY_TYPED, FIELDS
from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import quoted

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


def parse_assignment(text: str, today: date, currency: str) -> tuple[str, FieldValue]:
    """Field and value of `field=value`; an empty value empties the field.

    `BadInput` names an unknown field or a value that cannot be read.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput(
            f"{quoted(text)} sets nothing.", hint="Write field=value, such as value=40k."
        )
    return parse_field(name.strip(), value.strip(), today, currency)


def parse_field(name: str, text: str, today: date, currency: str) -> tuple[str, FieldValue]:
    """The field that `name` means and the domain value that `text` means for it."""
    known = named_field(name)
    if known.startswith("fields."):
        return known, text
    return known, BY_NAME[known].read(text, today, currency)


def named_field(name: str) -> str:
    """The field of a deal that `name` means, or `fields.NAME`; `BadInput` where none is meant."""
    for prefix in ("fields.", "field."):
        if name.startswith(prefix) and len(name) > len(prefix):
            return f"fields.{name.removeprefix(prefix)}"
    field = BY_TYPED.get(name.lower())
    if field is None:
        known = [field.typed for field in FIELDS if field.typed]
        raise BadInput(
            f"No field {quoted(name)}.",
            hint=did_you_mean(name, list(BY_TYPED))
            or f"There are: {', '.join(known)}, and fields.NAME.",
        )
    return field.name
