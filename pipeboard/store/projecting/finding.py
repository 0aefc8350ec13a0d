"""What deals are found by besides their own rows: tags, custom fields, people; and the reps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import to_json
from pipeboard.domain.text import fold
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change
from pipeboard.store.sql import VALUE_BYTES, index_key


def _tag_rows(deal: Deal) -> list[dict[str, Any]]:
    return [{"deal_id": deal.id, "tag": tag} for tag in deal.tags]


def _field_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {
            "deal_id": deal.id,
            "name": name,
            "value": value,
            "folded": index_key(fold(value), VALUE_BYTES),
        }
        for name, value in deal.fields.items()
    ]


def _contact_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {
            "deal_id": deal.id,
            "key": key,
            "name": contact.name,
            "role": contact.role,
            "email": contact.email,
            "phone": contact.phone,
            "title": contact.title,
        }
        for key, contact in deal.contacts.items()
    ]


def _ask_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {"deal_id": deal.id, "rep": rep, "due": to_json(ask.due)} for rep, ask in deal.asks.items()
    ]


FINDABLE: tuple[tuple[str, str, Callable[[Deal], list[dict[str, Any]]]], ...] = (
    ("tags", "deal_tag", _tag_rows),
    ("fields", "deal_field", _field_rows),
    ("contacts", "contact", _contact_rows),
    ("asks", "deal_ask", _ask_rows),
)


def write_findables(database: Database, changes: Sequence[Change]) -> None:
    """Tags, custom fields and people: written anew for the deals where they changed."""
    for field, table, rows_of in FINDABLE:
        touched = [change for change in changes if change.differs(field)]
        old = [{"id": change.after.id} for change in touched if change.before is not None]
        database.change_each(f"DELETE FROM {table} WHERE deal_id = :id", old)
        database.insert(table, [row for change in touched for row in rows_of(change.after)])


def write_owners(database: Database, changes: Sequence[Change]) -> None:
    """Whoever owns a deal for the first time becomes a rep."""
    owners = {c.after.owner for c in changes if c.after.owner and c.differs("owner")}
    database.insert(
        "rep",
        [
            {"name": owner, "display_name": "", "team": "", "active": True}
            for owner in sorted(owners)
        ],
        otherwise="ON CONFLICT (name) DO NOTHING",
    )
