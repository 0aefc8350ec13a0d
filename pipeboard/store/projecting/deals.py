"""The rows of deals, each written only over the version that was decided on."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Sequence

from pipeboard.domain.counts import in_figures
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import Event, to_json
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold
from pipeboard.store.database import Database
from pipeboard.store.dialect import is_taken
from pipeboard.store.reading.setup import rep_row
from pipeboard.store.rows import row_from_deal
from pipeboard.store.sql import VALUE_BYTES, index_key

# What a command did to one deal, as it is to be stored.


@dataclass(frozen=True, slots=True)
class Change:
    """A deal before a command (None: it begins), after it, and the events in between.

    `told` names the command of each event where a whole history is stored at once.
    """

    before: Deal | None
    after: Deal
    events: tuple[Event, ...]
    told: tuple[str, ...] = ()

    def differs(self, field: str) -> bool:
        """Whether the deal has another value in that field than before."""
        return self.before is None or getattr(self.before, field) != getattr(self.after, field)


def write_deals(database: Database, changes: Sequence[Change], at_us: int) -> None:
    """New rows, and in old ones the columns that differ.

    Raises `Conflict` when a row is no longer at the version that was decided on, or when another
    deal has the same external id.
    """
    try:
        _write(database, changes, at_us)
    except sqlite3.IntegrityError as error:
        check_taken(error)
        raise


def check_taken(error: sqlite3.IntegrityError) -> None:
    """`Conflict` where what was not taken is another deal with the same external id."""
    if is_taken(error, "external_id"):
        raise Conflict(
            "Another deal with the same external id is there already.",
            hint="It came in a second time: look for it, and keep one of the two.",
        ) from error


def _write(database: Database, changes: Sequence[Change], at_us: int) -> None:
    new = [
        row_from_deal(change.after, micros(change.events[-1].at) if change.told else at_us)
        for change in changes
        if change.before is None
    ]
    database.insert("deal", new)
    updates: dict[tuple[str, ...], list[dict[str, object]]] = defaultdict(list)
    for change in changes:
        if change.before is None:
            continue
        after, before = row_from_deal(change.after, at_us), row_from_deal(change.before, 0)
        values = {name: value for name, value in after.items() if before[name] != value}
        key = {"deal_id": change.after.id, "decided_on": change.before.version}
        updates[tuple(values)].append(values | key)
    for columns, rows in updates.items():
        _update(database, columns, rows)


def _update(database: Database, columns: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
    """The same columns of several deals in one statement."""
    setting = ", ".join(f"{name} = :{name}" for name in columns)

    def check(found: int) -> None:
        if found == len(rows):
            return
        names = ", ".join(f"D-{row['deal_id']}" for row in rows[:3])
        more = f" or another of {in_figures(len(rows))} deals" if len(rows) > 3 else ""
        raise Conflict(
            f"{names}{more} was changed by somebody else meanwhile.",
            hint="Look at it again, then repeat.",
        )

    database.change_each(
        f"UPDATE deal SET {setting} WHERE id = :deal_id AND version = :decided_on", rows, check
    )


# What deals are found by besides their own rows: tags, custom fields, people; and the reps.


def _tag_rows(deal: Deal) -> list[dict[str, object]]:
    return [{"deal_id": deal.id, "tag": tag} for tag in deal.tags]


def _field_rows(deal: Deal) -> list[dict[str, object]]:
    return [
        {
            "deal_id": deal.id,
            "name": name,
            "value": value,
            "folded": index_key(fold(value), VALUE_BYTES),
        }
        for name, value in deal.fields.items()
    ]


def _contact_rows(deal: Deal) -> list[dict[str, object]]:
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


def _ask_rows(deal: Deal) -> list[dict[str, object]]:
    return [
        {"deal_id": deal.id, "rep": rep, "due": to_json(ask.due)} for rep, ask in deal.asks.items()
    ]


FINDABLE: tuple[tuple[str, str, Callable[[Deal], list[dict[str, object]]]], ...] = (
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
    new = [rep_row(Rep(owner)) for owner in sorted(owners)]
    database.insert("rep", new, otherwise="ON CONFLICT (name) DO NOTHING")


# The totals of each stage, kept with every change.

Total = tuple[int, str, str]
"""Stage, owner, currency."""

Amounts = tuple[int, int, int, int]
"""Deals, value, value at the stage's probability, value x basis points by hand."""


def contributed(
    stage_id: int, owner: str, currency: str | None, minor: int | None, bp: int | None
) -> tuple[Total, Amounts]:
    """What a deal in work adds to the totals of its stage."""
    if minor is None:
        return (stage_id, owner, ""), (1, 0, 0, 0)
    by_hand = (0, minor * bp) if bp is not None else (minor, 0)
    return (stage_id, owner, currency or ""), (1, minor, *by_hand)


def _contribution(deal: Deal) -> tuple[Total, Amounts] | None:
    if deal.removed or deal.archived_at is not None:
        return None
    minor, currency = (deal.value.minor, deal.value.currency) if deal.value else (None, None)
    return contributed(deal.stage_id, deal.owner, currency, minor, deal.probability_bp)


def add_totals(database: Database, changes: Sequence[Change]) -> None:
    """Adds to the totals what the changes took from one stage and brought to another."""
    deltas: dict[Total, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    before = ((change.before, -1) for change in changes if change.before is not None)
    for deal, factor in (*before, *((change.after, 1) for change in changes)):
        added = _contribution(deal)
        if added is not None:
            key, amounts = added
            row = deltas[key]
            for place, amount in enumerate(amounts):
                row[place] += factor * amount
    rows = [
        {"stage": s, "owner": o, "currency": c, "n": n, "v": v, "p": p, "h": h}
        for (s, o, c), (n, v, p, h) in deltas.items()
        if (n, v, p, h) != (0, 0, 0, 0)
    ]
    database.change_each(ADD_TOTAL, rows)


ADD_TOTALS = (
    "INSERT INTO stage_total"
    " (stage_id, owner, currency, deals, value_minor, stage_minor, hand_minor_bp) {rows}"
    " ON CONFLICT (stage_id, owner, currency) DO UPDATE SET"
    " deals = stage_total.deals + excluded.deals,"
    " value_minor = stage_total.value_minor + excluded.value_minor,"
    " stage_minor = stage_total.stage_minor + excluded.stage_minor,"
    " hand_minor_bp = stage_total.hand_minor_bp + excluded.hand_minor_bp"
)
ADD_TOTAL = ADD_TOTALS.format(rows="VALUES (:stage, :owner, :currency, :n, :v, :p, :h)")
