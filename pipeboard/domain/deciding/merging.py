"""Deciding how deals that are the same one become one: what goes along, and what must be asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.dates import format_date, local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.deciding import edits, work
from pipeboard.domain.deciding.rules import rule
from pipeboard.domain.errors import Refused
from pipeboard.domain.events import Event, EventFacts, Kind, change_to, evolve
from pipeboard.domain.privacy import may_see

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values

_CARRIED_ENTRIES = {
    "answers": Kind.ANSWERED,
    "contacts": Kind.CONTACT,
    "terms": Kind.TERM,
    "checklist": Kind.CHECKED,
    "asks": Kind.ASKED,
}


@rule(c.MergeInto)
def merge_into(command: c.MergeInto, deal: Deal, context: c.Context) -> list[Event]:
    """This deal ends in another one, archived, and says in which."""
    if command.kept_id == deal.id:
        raise Refused(f"{deal.ref} cannot be merged into itself.")
    if deal.closed_at is not None and not command.closed:
        on = format_date(local_date(deal.closed_at, context.zone))
        value = f" with {deal.value}" if deal.value else ""
        raise Refused(
            f"{deal.ref} {deal.name} was {deal.outcome}{value} on {on}: merged, it leaves the "
            "numbers of that time.",
            hint=f"Keep {deal.ref} and merge the other into it, or say --yes-closed.",
            details={"deal": deal.ref, "reason": "closed"},
        )
    after: Values = {"merged_into": command.kept_id, "archived_at": deal.archived_at or context.at}
    return [change_to(deal, Kind.MERGED, context.at, after)]


@rule(c.Absorb)
def absorb(command: c.Absorb, deal: Deal, context: c.Context) -> list[Event]:
    """What the others know and this deal does not; their notes and touches at their own dates.

    Where both know something, this deal's stands; the other's stays in its own history.
    """
    others = [other.deal for other in command.others]
    facts: EventFacts = {"merged": [other.id for other in others]}
    filling = _filling(deal, others)
    events = [Event(Kind.ABSORBED, context.at, facts=facts)]
    if filling:
        events += edits.changed_fields(filling, deal, context)
    for whole, kind in _CARRIED_ENTRIES.items():
        if entries := _entries(whole, deal, others):
            events.append(change_to(deal, kind, context.at, entries))
    step = next((other.next_step for other in others if other.next_step), None)
    if deal.is_open and deal.next_step is None and step is not None:
        events.append(change_to(deal, Kind.NEXT_STEP, context.at, {"next_step": step}))
    grown = deal
    for event in events:
        grown = evolve(grown, event)
    for other in command.others:
        for note in other.notes:
            events.append(work.noted(note))
            grown = evolve(grown, events[-1])
        for touch in other.touches:
            events.append(work.logged(touch, grown, context))
            grown = evolve(grown, events[-1])
    return events


def _filling(keep: Deal, others: Sequence[Deal]) -> dict[str, FieldValue]:
    """The plain fields that the others know and the kept deal does not; of what is an owner's own,
    only what its owner goes on to see."""
    owner = keep.owner or next((deal.owner for deal in others if deal.owner), "")
    filling: dict[str, FieldValue] = {}
    for field in FIELDS:
        name = field.name
        if name == "tags":
            tags = {tag for deal in (keep, *others) for tag in deal.tags}
            filling["tags"] = tuple(sorted(tags))
        elif field.merged and getattr(keep, name) in (None, "", ()):
            known = (getattr(deal, name) for deal in others if may_see(name, deal.owner, owner))
            found = next((value for value in known if value not in (None, "", ())), None)
            if found is not None:
                filling[name] = found
    for deal in others:
        for name, value in deal.fields.items():
            if name not in keep.fields:
                filling.setdefault(f"fields.{name}", value)
    return filling


def _entries(whole: str, keep: Deal, others: Sequence[Deal]) -> Values:
    """Answers, people, terms or ticks that the kept deal has none of under that key.

    Somebody else under the key of a person of the kept deal gets a key of their own.
    """
    found: dict[str, FieldValue] = {}
    have = dict(getattr(keep, whole))
    for deal in others:
        for key, entry in getattr(deal, whole).items():
            place = key
            if whole == "contacts" and key in have and have[key].name != entry.name:
                while place in have:
                    place += "_"
            if place not in have:
                have[place] = entry
                found[f"{whole}.{place}"] = entry
    return found
