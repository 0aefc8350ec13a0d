"""The fields of a deal as a person names and types them: `value=40k`, `close=19dec`, `p=60`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from pipeboard.domain.dates import parse_date
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import parse_money
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.percent import parse_percent
from pipeboard.domain.text import quoted

ALIASES = {
    "close": "expected_close",
    "p": "probability",
    "reason": "contact_reason",
    "company": "account",
    "forecast_category": "category",
    "offer_expires": "offer_expires_on",
    "floor": "floor_value",
}
_TEXTS = (
    "title",
    "account",
    "owner",
    "source",
    "source_detail",
    "contact_reason",
    "category",
    "trial_close",
    "external_id",
)
_LISTS = ("tags", "competitors", "links")
_DATES = ("expected_close", "offer_expires_on")
_AMOUNTS = ("value", "floor_value")
SETTABLE = (*_TEXTS, *_AMOUNTS, *_DATES, "probability", *_LISTS)


def parse_assignment(text: str, today: date, currency: str) -> tuple[str, Any]:
    """Field and value of `field=value`; an empty value empties the field.

    `BadInput` names an unknown field or a value that cannot be read.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput(
            f"{quoted(text)} sets nothing.", hint="Write field=value, such as value=40k."
        )
    return parse_field(name.strip(), value.strip(), today, currency)


def parse_field(name: str, text: str, today: date, currency: str) -> tuple[str, Any]:
    """The field that `name` means and the domain value that `text` means for it."""
    for prefix in ("fields.", "field."):
        if name.startswith(prefix) and len(name) > len(prefix):
            return f"fields.{name.removeprefix(prefix)}", text
    field = ALIASES.get(name.lower(), name.lower())
    if field not in SETTABLE:
        raise BadInput(
            f"No field {quoted(name)}.",
            hint=did_you_mean(name, [*SETTABLE, *ALIASES])
            or f"There are: {', '.join(SETTABLE)}, and fields.NAME.",
        )
    if field == "probability":
        return "probability_bp", parse_percent(text) if text else None
    return field, _reader(field, today, currency)(text)


def _reader(field: str, today: date, currency: str) -> Callable[[str], Any]:
    if field in _AMOUNTS:
        return lambda text: parse_money(text, currency) if text else None
    if field in _DATES:
        return lambda text: parse_date(text, today) if text else None
    if field in _LISTS:
        return lambda text: tuple(part.strip() for part in text.split(",") if part.strip())
    return lambda text: text or None
