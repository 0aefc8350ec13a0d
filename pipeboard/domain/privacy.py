"""What of a deal is its owner's own: shown to them alone, wherever deals are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.events import Event

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values

PRIVATE = frozenset(field.name for field in FIELDS if field.private)
"""Fields of the owner alone. Backups of the whole database hold them, as the database does."""


def may_see(name: str, owner: str, me: str) -> bool:
    """Whether `me` is shown the field `name` of a deal of `owner`, which
    everybody is where nobody owns it."""
    return name not in PRIVATE or owner in ("", me)


def deal_seen_by(deal: Deal, me: str) -> Deal:
    """The deal without what `me` is not shown."""
    hidden = [name for name in PRIVATE if getattr(deal, name) is not None]
    if not hidden or all(may_see(name, deal.owner, me) for name in hidden):
        return deal
    emptied: dict[str, Any] = dict.fromkeys(hidden)
    return replace(deal, **emptied)


def event_seen_by(event: Event, owner: str, me: str) -> Event:
    """The event without the values that `me` is not shown; its facts say which fields those are."""
    said = _imported(event.after) or _imported(event.before)
    private = (event.changed | frozenset(said)) & PRIVATE
    hidden = sorted(name for name in private if not may_see(name, owner, me))
    if not hidden:
        return event
    return replace(
        event,
        before=_without(event.before),
        after=_without(event.after),
        facts={**event.facts, "private": hidden},
    )


def _imported(values: Values) -> Mapping[str, str]:
    said = values.get("imported")
    return {name: str(text) for name, text in said.items()} if isinstance(said, Mapping) else {}


def _without(values: Values) -> Values:
    """Also without what a file said of them."""
    shown: dict[str, FieldValue] = {
        name: value for name, value in values.items() if name not in PRIVATE
    }
    if said := _imported(values):
        shown["imported"] = {name: text for name, text in said.items() if name not in PRIVATE}
    return shown
