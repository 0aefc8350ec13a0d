"""pipeboard's own files: the columns of its CSV, which are the keys of its JSON laid flat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from pipeboard.domain.money import Money, format_money
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT
from pipeboard.exchange.layouts.layout import Layout

FIELD_PREFIX = "fields."

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "lost.category": "lost_category",
        "lost.reason": "lost_reason",
        "lost.competitor": "competitor",
        "lost.recycle_on": "recycle_on",
        "next_step.text": "next_text",
        "next_step.due": "next_due",
    }
)
"""Our own columns whose names differ from those of the fields that they are."""

COLUMNS = (
    "ref", "external_id", "title", "account", "pipeline", "stage", "status", "value", "currency",
    "owner", "source", "source_detail", "contact_reason", "tags", "probability_bp",
    "probability_source", "forecast_category", "forecast_category_source", "created_at",
    "stage_entered_at", "expected_close", "closed_at", "lost.category", "lost.reason",
    "lost.competitor", "lost.recycle_on", "next_step.text", "next_step.due", "snoozed_until",
    "snooze_reason", "trial_close", "quote_sent_at", "offer_expires_on", "floor_value",
    "competitors", "links", "contacts", "answers", "notes", "touches", "entered", "terms",
    "checklist",
)  # fmt: skip
"""What an export writes and an import takes back, in order, before the `fields.NAME` columns."""

DERIVED = (
    "id", "last_touch_at", "days_in_stage", "idle_days", "stalled", "qualification.answered",
    "qualification.total", "qualification.missing", "score.low", "score.high", "score.known",
    "timeline", "version",
)  # fmt: skip
"""What is computed anew, and so left out on the way in."""


class _OwnLayout(Layout):
    def target(self, column: str) -> str | None:
        if column.startswith(FIELD_PREFIX) and len(column) > len(FIELD_PREFIX):
            return CUSTOM + column[len(FIELD_PREFIX) :]
        return super().target(column)


LAYOUT = _OwnLayout(
    name="pipeboard",
    columns={column: ALIASES.get(column, column) for column in COLUMNS}
    | dict.fromkeys(DERIVED, LEFT_OUT),
    marks=frozenset(column for column in (*COLUMNS, *DERIVED) if "." in column or "_bp" in column),
    closes_in_stage=True,
)


def flatten(deal: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a deal, by column, from its JSON form (`cli.md` section 4).

    Objects become dotted columns, money a decimal number, lists of names `a; b`, other lists JSON.
    What is null stays away. Export and import use this one way through.
    """
    cells: dict[str, str] = {}
    for key, value in deal.items():
        if key == "fields":
            cells.update((FIELD_PREFIX + name, str(text)) for name, text in value.items())
        elif key == "value" and _is_money(value):
            cells["value"], _, cells["currency"] = _money(value).partition(" ")
        elif key == "checklist":
            cells[key] = _json(value)
        elif isinstance(value, Mapping) and not _is_money(value):
            cells.update(
                (f"{key}.{inner}", _cell(part)) for inner, part in value.items() if part is not None
            )
        elif value is not None:
            cells[key] = _cell(value)
    return {column: cell for column, cell in cells.items() if cell}


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if _is_money(value):
        return _money(value)
    if isinstance(value, list | tuple):
        return join_words(value) if all(isinstance(v, str) for v in value) else _json(value)
    return _json(value)


def join_words(words: Iterable[str]) -> str:
    """Several names in one cell: `a; b`, or a JSON list where a name would be cut in two."""
    names = list(words)
    plain = all(name and not set(name) & set(',;["') and name == name.strip() for name in names)
    return "; ".join(names) if plain else _json(names)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _is_money(value: Any) -> bool:
    return isinstance(value, Mapping) and value.keys() == {"amount_minor", "currency"}


def _money(value: Mapping[str, Any]) -> str:
    return format_money(Money(int(value["amount_minor"]), str(value["currency"])), style="code")
