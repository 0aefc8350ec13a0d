"""The parts of a deal that several cells make together: people, notes, tags, the rep's own word."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from pipeboard.exchange.rows import Outcome, RowContact, RowNote
from pipeboard.exchange.values import read_category

Findings = dict[str, Any]
_PERSON = ("contact_name", "contact_role", "contact_email", "contact_phone")
_PEOPLE = {*_PERSON, "contacts"}


def _own_probability(found: Findings, outcome: Outcome | None) -> int | None:
    """A closed deal of another tool has the probability 0 or 100 of its outcome, not its own."""
    if found.get("probability_source") == "stage":
        return None
    own: int | None = found.get("probability_bp")
    if own is None and outcome in {None, "open"}:
        return found.get("probability")
    return own


def _own_category(found: Findings) -> str | None:
    if found.get("forecast_category_source") == "stage" or "forecast_category" not in found:
        return None
    return read_category(found["forecast_category"])


def rarer_parts(found: Findings, outcome: Outcome | None) -> dict[str, Any]:
    """What most files have no columns for."""
    notes = (RowNote(text) for text in found.get("note", ()))
    others = {
        "tags": tuple(dict.fromkeys(tag for tags in found.get("tags", ()) for tag in tags)),
        "notes": (*notes, *found.get("notes", ())),
        "contacts": () if _PEOPLE.isdisjoint(found) else _contacts(found),
        "probability_bp": _own_probability(found, outcome),
        "forecast_category": _own_category(found),
    }
    return others


def _contacts(found: Findings) -> tuple[RowContact, ...]:
    """The people of a row; several names, addresses and numbers in a cell stand between `;`."""
    cells = [[part.strip() for part in found.get(name, "").split(";")] for name in _PERSON]
    people = (
        RowContact(name or email or phone, role or None, email or None, phone or None)
        for name, role, email, phone in zip_longest(*cells, fillvalue="")
        if name or email or phone
    )
    return (*people, *found.get("contacts", ()))
