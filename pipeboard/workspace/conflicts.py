"""Conflicts: what somebody else did to a deal since a person looked at it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import NOTHING, Deal, Status
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.deal_record import Entry, may_see
from pipeboard.domain.deciding.edits import beside_others
from pipeboard.domain.errors import Conflict, Difference, GateNotMet, Refused
from pipeboard.domain.events import Event, Kind, read, value_of
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.timeline import field_label, field_text

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values
    from pipeboard.workspace.service import Seen, Service

FOLLOWING = frozenset(
    (
        "rank",
        "last_touch_at",
        "last_outbound_at",
        "last_reply_at",
        "outbound_since_reply",
        "given_by",
        *(field.name for field in FIELDS if field.remembered),
    )
)
"""Fields that follow from others and never stand against somebody else's change."""

_STANDING = frozenset(("stage_id", "outcome", "archived_at", "merged_into"))
"""Where a deal stands: whoever is refused after somebody else changed that is told of it first."""

_WITH_AN_INSTANT = frozenset(
    ("stage_entered_at", "entry_precision", "created_precision", "qualified_at", "rank")
)
_MOVES_ALONG: Mapping[str, frozenset[str]] = {
    "stage_id": _WITH_AN_INSTANT - {"rank"} | {"closed_at", "closed_from"},
    "closed_at": _WITH_AN_INSTANT,
    "created_at": _WITH_AN_INSTANT,
}
"""What moves along with a field and need not be named beside it."""

_SETS = frozenset(field.name for field in FIELDS if field.kind.is_set)
"""Lists in which what two people put in and take out stands side by side."""

_RESTS_ON: Mapping[type, frozenset[str]] = {
    c.Step: _STANDING,
    c.Rank: _STANDING | {"rank"},
}
"""What a command that is meant relatively rests on: it means something else once that changed."""


def to_name(names: Collection[str]) -> list[str]:
    """Of fields that were changed those that a person is told of."""
    along = frozenset[str]().union(*(_MOVES_ALONG.get(name, ()) for name in names))
    return sorted(set(names) - along)


@dataclass(frozen=True)
class Unseen:
    """What was done to a deal since somebody looked at it, and how it reads."""

    service: Service
    deal: Deal
    entries: Sequence[Entry] = ()

    def stop_relative(self, command: c.Command) -> None:
        """Raises `Conflict` when somebody else changed what the command starts from."""
        rests_on = _RESTS_ON.get(type(command))
        others = [entry for entry in self.entries if not self.service.actor.did(entry)]
        if rests_on and others:
            theirs = replace(self, entries=others)
            if names := theirs._changed(rests_on):
                raise theirs.conflict(names)

    def side_by_side(self, command: c.Command, events: Sequence[Event]) -> list[Event]:
        """The events with the lists that others changed too as both sides want them. `Conflict`
        for what was meant to close the deal, where somebody else has closed it since."""
        closes = isinstance(command, c.Win | c.Lose) and self.deal.closed_at is not None
        if closes and (closed := self._changed(frozenset(("outcome",)))):
            raise self.conflict(closed)
        lists = self._changed(_SETS)
        if not lists or not isinstance(command, c.Edit | c.SetFields):
            return list(events)
        bases = {n: value_of(self._first_of(n).before, n, tuple) or () for n in lists}
        merged = (beside_others(event, bases, self.deal) for event in events)
        return [event for event in merged if event.changed]

    def explain(self, refused: Refused, command: c.Command) -> None:
        """Raises `Conflict` when the refusal only comes of what somebody else did."""
        matters = _STANDING if isinstance(refused, GateNotMet) else _STANDING | {"next_step"}
        names = self._changed(matters)
        if names:
            wanted = {"stage_id": command.stage_id} if isinstance(command, c.Move) else NOTHING
            # A gate has ways on; whoever repeats anything else is refused again.
            raise self.conflict(names, wanted, None if isinstance(refused, GateNotMet) else refused)

    def remark(self, events: Sequence[Event]) -> list[str]:
        """A remark when the events go on top of other changes; `Conflict` when over them."""
        if not events or not self.entries:
            return []
        mine: dict[str, FieldValue] = {}
        for event in events:
            mine |= dict.fromkeys(event.before) | dict(event.after)
        mine = {name: value for name, value in mine.items() if not name.startswith("asks.")}
        if not mine:  # a note, and what it asks, stands beside what others change
            return []
        names = self._changed(frozenset(mine) - FOLLOWING - _SETS)
        if names:
            raise self.conflict(names, mine)
        last = self.entries[-1]
        return [f"Set on top of a change by {last.who} {self._when(last.recorded_at)}."]

    def conflict(
        self, names: frozenset[str], mine: Values = NOTHING, refused: Refused | None = None
    ) -> Conflict:
        """The refusal that tells who set which fields, when, and to what; `refused` is what the
        deal as it stands now says."""
        shown = to_name(names)
        if "stage_id" in shown and "outcome" in shown:
            shown.remove("outcome")
        last = next(entry for entry in reversed(self.entries) if entry.event.changed & names)
        return Conflict(
            self._sentence(last, shown),
            hint=(refused and refused.hint) or "Look at it as it is now, then repeat.",
            way=refused.way if refused else None,
            details={
                **(refused.details if refused else {}),
                "deal": self.deal.ref,
                "by": last.who,
                "at": last.recorded_at.isoformat(),
                "version": self.deal.version,
                **({"refused": refused.message} if refused else {}),
            },
            differences=tuple(self._difference(name, mine) for name in shown),
            seen={self.deal.id: self.deal.version},
        )

    def _sentence(self, last: Entry, shown: Sequence[str]) -> str:
        named, when = f"{self.deal.ref} {self.deal.name}", self._when(last.recorded_at)
        kind = None if last.event.undoes else last.event.kind
        match kind:
            case Kind.MOVED | Kind.REOPENED:
                stage = self._text("stage_id", self.deal.stage_id)
                to = "to" if kind is Kind.MOVED else "in"
                return f"{last.who} {kind} {named} {to} {stage} {when}."
            case Kind.WON | Kind.LOST:
                return f"{last.who} marked {named} as {kind} {when}."
            case Kind.ARCHIVED | Kind.UNARCHIVED:
                return f"{last.who} {kind} {named} {when}."
            case Kind.MERGED if self.deal.merged_into is not None:
                return f"{last.who} merged {named} into D-{self.deal.merged_into} {when}."
            case _:
                labels = ", ".join(map(self._label, shown))
                return f"{last.who} changed {named} {when}: {labels}."

    def _difference(self, name: str, mine: Values) -> Difference:
        before = theirs = ""
        if may_see(name, self.deal.owner, self.service.rights.eyes):
            before = self._text(name, self._first_of(name).before.get(name))
            theirs = self._stands(name, read(self.deal, name), self.deal.outcome)
        wanted = self._stands(name, mine[name], mine.get("outcome")) if name in mine else ""
        return Difference(name, self._label(name), before, theirs, wanted)

    def _stands(self, name: str, value: FieldValue, outcome: FieldValue) -> str:
        """The text of a value; where a deal stands that has ended is how, whatever its stage is
        called."""
        has_ended = outcome in (Status.WON, Status.LOST)
        return str(outcome) if name == "stage_id" and has_ended else self._text(name, value)

    def _first_of(self, name: str) -> Event:
        """The first change of a field since."""
        return next(entry.event for entry in self.entries if name in entry.event.changed)

    def _label(self, name: str) -> str:
        return field_label(name, self.service.reader.pipelines())

    def _text(self, name: str, value: FieldValue) -> str:
        service = self.service
        pipelines, zone = service.reader.pipelines(), service.settings.zone
        return field_text(name, value, pipelines, today=service.today, zone=zone)

    def _changed(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the fields that somebody changed."""
        changed = frozenset().union(*(entry.event.changed for entry in self.entries))
        return changed & frozenset(names)

    def _when(self, at: datetime) -> str:
        local = at.astimezone(self.service.settings.zone)
        if local.date() == self.service.today:
            return f"at {local:%H:%M}"
        day = written().calendar_day(local.date(), self.service.today)
        return f"on {day} at {local:%H:%M}"


def unseen_changes(service: Service, deal: Deal, seen: Seen) -> Unseen:
    """What was done to the deal after the version that was seen, and stands."""
    version = seen.get(deal.id, deal.version)
    if version >= deal.version:
        return Unseen(service, deal)
    return Unseen(service, deal, service.reader.history.standing_since(deal.id, version))
