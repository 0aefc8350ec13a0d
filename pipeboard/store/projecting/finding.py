"""What deals are found by: tags, custom fields, people, and the words of their text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import text
from sqlmodel import Session, SQLModel

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import Kind
from pipeboard.domain.text import fold
from pipeboard.store import tables as t
from pipeboard.store.projecting.change import Change, insert_rows


def _tag_rows(deal: Deal) -> list[dict[str, Any]]:
    return [{"deal_id": deal.id, "tag": tag} for tag in deal.tags]


def _field_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {"deal_id": deal.id, "name": name, "value": value, "folded": fold(value)}
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


_FINDABLE: tuple[tuple[str, type[SQLModel], Callable[[Deal], list[dict[str, Any]]]], ...] = (
    ("tags", t.DealTag, _tag_rows),
    ("fields", t.DealField, _field_rows),
    ("contacts", t.ContactRow, _contact_rows),
)


def write_findables(session: Session, changes: Sequence[Change]) -> None:
    """Tags, custom fields and people: written anew for the deals where they changed."""
    for field, table, rows_of in _FINDABLE:
        touched = [change for change in changes if change.differs(field)]
        old = [{"id": change.after.id} for change in touched if change.before is not None]
        if old:
            session.execute(text(f"DELETE FROM {table.__tablename__} WHERE deal_id = :id"), old)
        insert_rows(session, table, [row for change in touched for row in rows_of(change.after)])


def write_search(session: Session, changes: Sequence[Change]) -> None:
    new = []
    for change in changes:
        noted = [e for e in change.events if e.kind in (Kind.NOTE, Kind.NOTE_EDITED)]
        if change.before is None:
            notes = [str(event.facts["note"]["text"]) for event in noted]
            new.append({"deal_id": change.after.id, "folded": _folded(change.after, notes)})
        elif noted or any(map(change.differs, ("title", "account", "contacts"))):
            rows = session.execute(
                text("SELECT text FROM note WHERE deal_id = :id AND NOT removed ORDER BY at, id"),
                {"id": change.after.id},
            )
            session.execute(
                text("UPDATE deal_search SET folded = :folded WHERE deal_id = :id"),
                {"id": change.after.id, "folded": _folded(change.after, [row[0] for row in rows])},
            )
    insert_rows(session, t.DealSearch, new)


def _folded(deal: Deal, notes: Sequence[str]) -> str:
    people = [f"{person.name} {person.email}" for person in deal.contacts.values()]
    return "\n".join(fold(part) for part in (deal.title, deal.account, *people, *notes) if part)


def write_owners(session: Session, changes: Sequence[Change]) -> None:
    """Whoever owns a deal for the first time becomes a rep."""
    owners = {c.after.owner for c in changes if c.after.owner and c.differs("owner")}
    if owners:
        session.execute(
            text(
                "INSERT INTO rep (name, display_name, team, active) VALUES (:name, '', '', true)"
                " ON CONFLICT (name) DO NOTHING"
            ),
            [{"name": owner} for owner in sorted(owners)],
        )
