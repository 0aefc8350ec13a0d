"""pipeboard's own files: the columns of its CSV, which are the keys of its JSON laid flat."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from pipeboard.domain.deal_fields import fields_beside
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.text import quoted
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.tables import without_surrogates

FIELD_PREFIX = "fields."

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "lost.category": "lost_category",
        "lost.reason": "lost_reason",
        "lost.competitor": "competitor",
        "lost.recycle_on": "recycle_on",
        "lost.objection": "lost_objection",
        "next_step.text": "next_text",
        "next_step.due": "next_due",
        "next_step.every": "next_every",
        "precision.created_at": "created_precision",
        "precision.closed_at": "closed_precision",
    }
)
"""Our own columns whose names differ from those of the fields that they are."""

_IN_ORDER = (
    "ref", "external_id", "external_source", "title", "account", "pipeline", "stage", "status",
    "value", "currency",
    "owner", "source", "source_detail", "contact_reason", "tags", "probability_bp",
    "probability_source", "forecast_category", "forecast_category_source", "created_at",
    "stage_entered_at", "expected_close", "closed_at", "lost.category", "lost.reason",
    "lost.competitor", "lost.recycle_on", "lost.objection", "next_step.text", "next_step.due",
    "next_step.every", "snoozed_until", "snooze_reason", "trial_close", "quote_sent_at",
    "offer_expires_on", "floor_value", "competitors", "links", "contacts", "answers", "notes",
    "touches", "entered", "terms", "checklist", "precision.created_at", "precision.closed_at",
)  # fmt: skip
COLUMNS = (*_IN_ORDER, *(field.column for field in fields_beside(_IN_ORDER)))
"""What an export writes and an import takes back, in order, before the `fields.NAME` columns."""

DERIVED = (
    "id", "last_touch_at", "days_in_stage", "idle_days", "stalled", "qualification.answered",
    "qualification.total", "qualification.missing", "score.low", "score.high", "score.known",
    "timeline",
)  # fmt: skip
"""What is computed anew, and so left out on the way in."""

_MONEY = {"amount_minor", "currency"}
_CUTTING = frozenset(',;["|\n')
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _OwnLayout(Layout):
    def target(self, column: str) -> str | None:
        if column.startswith(FIELD_PREFIX) and len(column) > len(FIELD_PREFIX):
            return CUSTOM + column[len(FIELD_PREFIX) :]
        return super().target(column)


OURS = _OwnLayout(
    name="pipeboard",
    columns={column: ALIASES.get(column, column) for column in (*COLUMNS, "version")}
    | dict.fromkeys(DERIVED, LEFT_OUT),
    marks=frozenset(
        column
        for column in (*COLUMNS, *DERIVED)
        if "." in column or column.endswith(("_bp", "_source"))
    ),
    closes_in_stage=True,
    status_decides=True,
    is_ours=True,
)


def flatten(deal: Mapping[str, Any]) -> dict[str, str]:
    """The cells of a deal, by column, from its JSON form (`cli.md` section 4).

    Objects become dotted columns, money a decimal number, lists of names `a; b`, other lists JSON.
    What is null stays away. Export and import use this one way through. Raises BadInput for money
    that is none.
    """
    cells = {column: without_surrogates(_cell(value)) for column, value in _parts(deal)}
    if _is_money(deal.get("value")):
        cells["value"] = cells["value"].partition(" ")[0]
    return {column: cell for column, cell in cells.items() if cell}


def columns_of(deal: Mapping[str, Any]) -> Iterator[str]:
    """The columns that `flatten` gives cells to, without making the cells."""
    return (column for column, _ in _parts(deal))


def _parts(deal: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in deal.items():
        if value is None:
            continue
        if key == "value" and _is_money(value):
            yield "currency", value["currency"]
            yield "value", value
        elif key != "checklist" and isinstance(value, dict) and not _is_money(value):
            for name, part in value.items():
                if part is not None:
                    yield without_surrogates(f"{key}.{name}"), part
        else:
            yield without_surrogates(key), value


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return join_words(value)
    return _money(value) if _is_money(value) else _json(value)


def join_words(words: Iterable[str]) -> str:
    """Several names in one cell: `a; b`, or a JSON list where a name would be cut in two."""
    names = list(words)
    plain = all(name and not set(name) & _CUTTING and name == name.strip() for name in names)
    return "; ".join(names) if plain else _json(names)


def _json(value: Any) -> str:
    return _encode(value) if value or isinstance(value, int) else ""


def _is_money(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == _MONEY


def _money(value: Mapping[str, Any]) -> str:
    minor, currency = value["amount_minor"], value["currency"]
    if type(minor) is not int or not isinstance(currency, str):
        raise BadInput(f"{quoted(str(value))} is not an amount of money")
    return format_money(Money(minor, currency), style="code")
