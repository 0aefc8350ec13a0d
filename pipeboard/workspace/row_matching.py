"""A row that came before: what the file says anew, what was changed here, and what both changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Literal, NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Contact, Deal, Loss, NextStep, Status
from pipeboard.domain.events import instant_to_json
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.row_commands import PLAIN, contacts_of, digest, loss_of, next_step_of

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.exchange.side_files import SideTable


Match = Literal["update", "skip", "new"]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the person decided beforehand.

    `match` says what happens to rows that are known: brought up to date, left alone, or taken as
    new deals. `prefer_file` settles what both sides changed. `source` names where ids are from.
    `recipe` is kept under the name of its source, for the next file of it. `new_reps`: whoever the
    file is the first to name becomes a rep. `side` adds the fields of a second file to its rows,
    and to deals that stand in none where it `joins_here`.
    """

    match: Match = "update"
    prefer_file: bool = False
    override: str = ""
    source: str = ""
    recipe: tuple[str, str] | None = None
    new_reps: bool = False
    side: SideTable | None = None
    joins_here: bool = False


_PLAIN = ("title", *PLAIN)
_plain_of = attrgetter(*_PLAIN)
_PARTS = ("entered", "answers", "terms", "checklist", "touches")
_parts_of = attrgetter(*_PARTS)
_COURSE = ("stage", "outcome", "archived")
NOT_FOLLOWED = ("entered", "answers", "terms", "checklist", "touches", "snoozed_until")
"""What happened once and is not rewritten by a later file; a report says where it differs."""
CORRECTED = ("created_at", "closed_at", "loss")
"""What happened once as well, and a later file may know better, unless it was said here."""
_OF_CLOSING = frozenset(("closed_at", "loss"))
"""What comes with an outcome that the deal takes, and is of no use to one that is not closed."""
_OF_OPEN = {"expected_close", "probability_bp", "category", "stage", "next_step"}
"""What a row says of an open deal alone: the date of a closed one is that of its closing."""
OF_OPEN_WORK = ("stage", "next_step")
"""What waits until a deal is open again."""
_LONGEST_TEXT = 40


def _outcome_first(name: str) -> tuple[bool, str]:
    """The order in which fields are compared and told, the same for the same file."""
    return name != "outcome", name


Said = dict[str, str]
"""What a row says of each field, as a short text that tells one value from another."""


def said_by(row: DealRow, owner: str | None) -> Said:
    """What a row says, by field; what it does not speak of stays away."""
    return {
        name: value if type(value) is str and len(value) <= _LONGEST_TEXT else _short(value)
        for name, value in _values(row, owner).items()
        if value or (value is not None and value == 0)
    }


def _values(row: DealRow, owner: str | None) -> dict[str, FieldValue]:
    """The values of a settled row by field, in the types of the domain."""
    plain = zip(_PLAIN, _plain_of(row), strict=True)
    found: dict[str, FieldValue] = {name: value for name, value in plain if value is not None}
    if row.others:
        found |= row.others
    found["tags"], found["owner"], found["category"] = row.tags, owner, row.forecast_category
    if row.next_text or row.next_due:
        found["next_step"] = next_step_of(row)
    if row.contacts:
        found |= {f"contacts.{key}": person for key, person in contacts_of(row).items()}
    found["stage"] = fold(row.stage) if row.stage else None
    found["outcome"], found["archived"] = row.outcome, "yes" if row.archived else None
    for name, value in row.fields.items():
        found[f"fields.{name}"] = value
    for note in row.notes:
        found[f"notes.{digest(note.text)}"] = note.text
    found["created_at"], found["closed_at"] = row.created_at, row.closed_at
    found["snoozed_until"] = row.snoozed_until
    if row.outcome == "lost" and (row.lost_reason or row.lost_category or row.competitor):
        found["loss"] = loss_of(row)
    parts = _parts_of(row)
    if any(parts):
        found |= {name: repr(part) for name, part in zip(_PARTS, parts, strict=True) if part}
    return found


def _short(value: object) -> str:
    text = text_of(value)
    return text if len(text) <= _LONGEST_TEXT else f"#{digest(text)}"


def text_of(value: object) -> str:
    """A value as one line of text, the same for the same value and for no other."""
    return "" if value is None else _TEXTS.get(type(value), str)(value)


def _contact_text(contact: Contact) -> str:
    parts = (contact.name, contact.role, contact.email, contact.phone, contact.title)
    return ", ".join(filter(None, parts))


_TEXTS: Mapping[type, Callable[..., str]] = {
    Money: lambda money: format_money(money, style="code"),
    datetime: instant_to_json,
    date: date.isoformat,
    tuple: lambda words: "; ".join(map(str, words)),
    NextStep: lambda step: f"{step.due or ''} {step.text}".strip(),
    Contact: _contact_text,
    Loss: repr,
}


@dataclass(slots=True)
class Merge:
    """What a known deal takes from a row.

    `take` are new values by field ("" in `emptied`), `base` what the row is remembered to say,
    `conflicts` field, our text and theirs where both sides changed it, `not_followed` field, our
    value and theirs of what stays as it is.
    """

    take: dict[str, FieldValue] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)
    base: Said = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    not_followed: list[tuple[str, FieldValue, FieldValue]] = field(default_factory=list)

    @property
    def reopens(self) -> bool:
        """Whether the deal is closed here and the row takes it back to work."""
        return self.take.get("outcome") == "open"

    def keeps_closed(self, deal: Deal) -> bool:
        """Whether the deal was won or lost here and stays so."""
        return deal.outcome is not Status.OPEN and "outcome" not in self.take

    def leave(self, names: Iterable[str], remembered: Mapping[str, str]) -> bool:
        """Takes nothing for these fields, and remembers what it did; whether there was anything."""
        left = [name for name in names if name in self.take or name in self.emptied]
        for name in left:
            self.take.pop(name, None)
            _forget(self, name, remembered.get(name, ""))
        self.emptied = [name for name in self.emptied if name not in left]
        return bool(left)


class _Cell(NamedTuple):
    """A field, its value by the row, and what that and the last row of the deal say in short."""

    name: str
    value: FieldValue
    new: str
    old: str


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """Compares a deal, what was last said of it, and what is said now.

    Instants are the same where their days are in the `zone`. `is_noted` tells whether a deal has a
    note of these words, `spoken` whether the file has a column for a field at all: what an absent
    column said before still holds. `prefer_file` takes the file's value where both sides changed
    one.
    """

    pipeline: Pipeline
    zone: ZoneInfo
    is_noted: Callable[[Deal, str], bool]
    spoken: Callable[[str], bool]
    prefer_file: bool = False

    def merge(
        self,
        row: DealRow,
        owner: str | None,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None = None,
    ) -> Merge:
        """What the deal takes from the row.

        `touched` tells which fields were changed here, for a deal of which nobody knows what a
        file last said.
        """
        says = said_by(row, owner)
        values = _values(row, owner)
        remembered = {} if row.ref else deal.imported
        found = Merge(base=dict(remembered) | says)
        closes = row.outcome in ("won", "lost")
        for name in sorted({*says, *remembered}, key=_outcome_first):
            new, old = says.get(name, ""), remembered.get(name, "")
            if name == "next_step" and found.reopens:
                old = ""  # it went as the deal closed
                _forget(found, name, new)
            if (not new and not self.spoken(name)) or (closes and name in _OF_OPEN):
                continue
            if name == "title" and row.ref and not self.spoken(name):
                continue  # made of what the row does say
            if new == old and (touched is None or not new):
                continue
            self._field(_Cell(name, values.get(name), new, old), deal, touched, found)
        followed: frozenset[str] = frozenset()
        if "outcome" in found.take:
            followed = _OF_CLOSING
            for name in followed:
                found.take.pop(name, None)
                _forget(found, name, says.get(name, ""))  # what was said of another end is over
        if not deal.closed_at and not found.take.keys().isdisjoint(("stage", "outcome")):
            followed |= {"entered"}
        found.not_followed = [one for one in found.not_followed if one[0] not in followed]
        return found

    def _field(
        self,
        cell: _Cell,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None,
        found: Merge,
    ) -> None:
        name, value, new, old = cell
        if name in NOT_FOLLOWED:
            if touched is None:
                found.not_followed.append((name, getattr(deal, name, None), value))
            _forget(found, name, new)
            return
        if name in CORRECTED:
            self._correction(cell, deal, touched, found)
            return
        ours = self._ours(name, deal)
        is_gone_note = name.startswith("notes.") and not new
        if ours == new or is_gone_note or self._is_there(name, value, deal):
            _forget(found, name, new)
            return
        if touched is not None:
            here = _stem(name) in touched() and bool(ours)
        else:
            # Of a deal that came in closed no file ever said from which stage.
            is_nobodys = name == "stage" and not old and found.reopens
            here = ours != old and not is_nobodys
        if here and not self.prefer_file:
            found.conflicts.append((name, ours, text_of(value)))
            _forget(found, name, old)
            return
        if new:
            found.take[name] = value
        elif name not in ("title", *_COURSE):
            found.emptied.append(name)
        _forget(found, name, new)

    def _correction(
        self,
        cell: _Cell,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None,
        found: Merge,
    ) -> None:
        """What the file knows better of when the deal began, or of how it closed."""
        name, value, new, old = cell
        ours = KNOWN[name](deal)
        _forget(found, name, new)
        if self._told(ours) == self._told(value) or (
            name in _OF_CLOSING and deal.closed_at is None
        ):
            return
        before = datetime.fromisoformat(old) if old and name != "loss" else old
        if touched is not None:
            here = name in touched()
        elif name == "loss":
            here = _short(ours) != (old or _LOST_FOR_NOTHING_SAID)
        else:
            here = self._told(ours) != self._told(before or None)
        if not new or (here and not self.prefer_file):
            if touched is None:
                found.not_followed.append((name, ours, value))
        else:
            found.take[name] = value

    def _told(self, value: FieldValue) -> FieldValue:
        """What tells one such value from another: of instants their local day."""
        return local_date(value, self.zone) if isinstance(value, datetime) else value

    def _is_there(self, name: str, value: object, deal: Deal) -> bool:
        """Whether a note or a person of the row is known, under whatever key."""
        if name.startswith("notes."):
            return self.is_noted(deal, str(value))
        return name.startswith("contacts.") and value in deal.contacts.values()

    def _ours(self, name: str, deal: Deal) -> str:
        """What the deal says here, in the same words."""
        whole, dot, key = name.partition(".")
        match whole:
            case "stage":
                stage_id = deal.closed_from if deal.closed_from else deal.stage_id
                return fold(self.pipeline.stage(stage_id).name)
            case "outcome":
                return str(deal.outcome)
            case "archived":
                return "yes" if deal.archived_at else ""
            case "notes":
                return ""
        value = getattr(deal, whole)
        return _short(value.get(key) if dot else value)


_LOST_FOR_NOTHING_SAID = _short(Loss("other"))
KNOWN: Mapping[str, Callable[[Deal], FieldValue]] = {
    "created_at": attrgetter("known_created_at"),
    "closed_at": attrgetter("known_closed_at"),
    "loss": attrgetter("loss"),
}
"""What a deal knows of what may be corrected."""


def _stem(name: str) -> str:
    """The field that an event would name."""
    return {"stage": "stage_id", "archived": "archived_at"}.get(name, name)


def _forget(found: Merge, name: str, said: str) -> None:
    """What is remembered of a field from now on."""
    if said:
        found.base[name] = said
    else:
        found.base.pop(name, None)


def same_row(deal: Deal, says: Mapping[str, str]) -> bool:
    """Whether a row says of every field what the last row of this deal did."""
    return bool(deal.imported) and dict(deal.imported) == says


class _Everything(frozenset[str]):
    """All fields there are: what a person typed, where no import ever said anything."""

    def __contains__(self, name: object) -> bool:
        return True


EVERYTHING = _Everything()


def is_spoken(spoken: frozenset[str], name: str) -> bool:
    """Whether the file has a column for a field of a deal."""
    whole = name.partition(".")[0]
    if whole == "fields":
        return name in spoken
    return whole in spoken
