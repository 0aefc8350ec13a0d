"""A deal with everything around it, as the detail pane and `show` present it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pipeboard.domain.dates import instant
from pipeboard.domain.deal import UNKNOWN, Deal, Note, Touch
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.events import NO_FACTS, Event, EventData, Kind
from pipeboard.domain.lazy_dataclass import dataclass, replace, with_values
from pipeboard.domain.people import named
from pipeboard.domain.pipeline import Pipeline, Stage

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.domain.json_data import Json


if TYPE_CHECKING:
    V = TypeVar("V", FieldValue, Json)

# What of a deal is its owner's own: shown to them alone, wherever deals are shown.

PRIVATE = frozenset(field.name for field in FIELDS if field.private)
"""Fields of the owner alone. Backups of the whole database hold them, as the database does."""
EVERYBODYS = "*"
"""The eyes of somebody who is shown what deals keep for their owners (`Rights.eyes`)."""


def may_see(name: str, owner: str, me: str) -> bool:
    """Whether `me` is shown the field `name` of a deal of `owner`, which everybody is where nobody
    owns it, and somebody with the eyes of everybody always."""
    return name not in PRIVATE or owner in ("", me) or me == EVERYBODYS


def deal_seen_by(deal: Deal, me: str) -> Deal:
    """The deal without what `me` is not shown."""
    hidden = [name for name in PRIVATE if getattr(deal, name) is not None]
    if not hidden or all(may_see(name, deal.owner, me) for name in hidden):
        return deal
    return with_values(deal, dict.fromkeys(hidden))


def below_floor(changes: Iterable[tuple[Deal, Deal]], eyes: Callable[[], str]) -> Iterator[str]:
    """What is said of deals that a change of their value, or of the least that their owners would
    take, leaves below it: to those alone who are shown that."""
    for before, deal in changes:
        stays = (before.value, before.floor_value) == (deal.value, deal.floor_value)
        if deal.is_below_floor and not stays and may_see("floor_value", deal.owner, eyes()):
            yield f"{deal.name} is below its lowest value, {deal.floor_value}."


def event_seen_by(event: Event, owner: str, me: str) -> Event:
    """The event without the values that `me` is not shown; its facts say which fields those are."""
    hidden = _hidden(event.before, event.after, owner, me)
    if not hidden:
        return event
    return replace(
        event,
        before=_without(event.before),
        after=_without(event.after),
        facts={**event.facts, "private": hidden},
    )


def _hidden(before: Mapping[str, V], after: Mapping[str, V], owner: str, me: str) -> list[str]:
    """The fields of a change that `me` is not shown."""
    if owner in ("", me) or me == EVERYBODYS or (_is_plain(before) and _is_plain(after)):
        return []
    said = _imported(after) or _imported(before)
    private = (before.keys() | after.keys() | said.keys()) & PRIVATE
    return sorted(name for name in private if not may_see(name, owner, me))


def _is_plain(values: Mapping[str, V]) -> bool:
    """Whether nothing of it can be the owner's own: nearly always."""
    return "imported" not in values and PRIVATE.isdisjoint(values)


def _imported(values: Mapping[str, V]) -> Mapping[str, str]:
    said = values.get("imported")
    return {name: str(text) for name, text in said.items()} if isinstance(said, Mapping) else {}


def _without(values: Mapping[str, V]) -> dict[str, V]:
    """Also without what a file said of them."""
    shown = {name: value for name, value in values.items() if name not in PRIVATE}
    if said := _imported(values):
        shown["imported"] = {name: text for name, text in said.items() if name not in PRIVATE}
    return shown


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded event: who did it, for whom, in which command, and when it was recorded.

    `seq` orders all events of the database; `undone` says that a later command took it back.
    """

    seq: int
    deal_id: int
    version: int
    event: Event
    command_id: str
    verb: str
    actor: str
    acting_as: str
    recorded_at: datetime
    undone: bool = False

    @property
    def stands(self) -> bool:
        """Whether it was neither taken back nor takes anything back itself."""
        return not (self.undone or self.event.undoes)

    @property
    def who(self) -> str:
        """Who did it, and for whom if for somebody else: `ana (for bo)`."""
        return named(self.actor, self.acting_as)

    def seen_by(self, me: str, owner: str) -> Entry:
        """The event without what `me` is not shown of a deal of `owner`."""
        event = event_seen_by(self.event, owner, me)
        return self if event is self.event else replace(self, event=event)


def _happened(entry: Entry) -> tuple[bool, datetime, int]:
    event = entry.event
    is_undated = event.kind is Kind.CREATED and event.facts.get("precision") == UNKNOWN
    return (not is_undated or event.undoes, event.at, entry.seq)


class LoggedEvent(NamedTuple):
    """A recorded event as the log keeps it, for whoever hands it on: `data` is what it says, as
    JSON, instants are microseconds since 1970 UTC, `owner` is whose deal it is now. `may_be_blank`
    says whether a text in `data` may be empty, which few are."""

    seq: int
    deal_id: int
    at: int
    kind: str
    undoes: bool
    data: EventData
    may_be_blank: bool
    command_id: str
    verb: str
    actor: str
    acting_as: str
    recorded_us: int
    undone: bool
    owner: str

    @property
    def recorded_at(self) -> datetime:
        return instant(self.recorded_us)

    def seen_by(self, me: str) -> EventData:
        """`data` without what `me` is not shown."""
        before, after = self.data.get("before", {}), self.data.get("after", {})
        hidden = _hidden(before, after, self.owner, me)
        if not hidden:
            return self.data
        shown: EventData = {"facts": {**self.data.get("facts", NO_FACTS), "private": hidden}}
        if after := _without(after):
            shown = {"after": after, **shown}
        if before := _without(before):
            shown = {"before": before, **shown}
        return shown


@dataclass(frozen=True)
class DealRecord:
    """A deal, its pipeline, notes and touches newest first, and its events newest first."""

    deal: Deal
    pipeline: Pipeline
    notes: tuple[Note, ...]
    touches: tuple[Touch, ...]
    entries: tuple[Entry, ...]

    @property
    def stage(self) -> Stage:
        """The stage that the deal stands in, open or not."""
        return self.pipeline.stage(self.deal.stage_id)

    @property
    def mql_at(self) -> datetime | None:
        """When the deal first entered a stage that makes an MQL of it, or one behind that; None
        where it never did, or nobody knows when."""
        stages = self.pipeline.marketing_qualifying
        entered = (entry.event for entry in self.entries if entry.stands)
        found = [event for event in entered if event.after.get("stage_id") in stages]
        first = min(found, key=lambda event: event.at, default=None)
        return None if first is None or first.facts.get("precision") == UNKNOWN else first.at

    @property
    def timeline(self) -> tuple[Entry, ...]:
        """The events by when they happened, latest first: what comes in with a file, or is told
        later, is of an earlier day. Of one instant the last that was recorded comes first, and
        nothing comes before a beginning of which nobody knows the day."""
        return tuple(sorted(self.entries, key=_happened, reverse=True))

    def seen_by(self, me: str) -> DealRecord:
        """The record without what only the owner of the deal is shown."""
        deal = deal_seen_by(self.deal, me)
        entries = tuple(entry.seen_by(me, self.deal.owner) for entry in self.entries)
        return replace(self, deal=deal, entries=entries)
