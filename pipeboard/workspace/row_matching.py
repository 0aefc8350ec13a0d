"""A row that came before: what the file says anew, what was changed here, and what both changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Literal

from pipeboard.domain.deal import Contact, Deal, NextStep
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
    from pipeboard.store.reading.finding import KnownDeals


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
NOT_FOLLOWED = ("created_at", "closed_at", "loss", "entered", "answers", "terms", "checklist",
                "touches", "snoozed_until")  # fmt: skip
"""What happened once and is not rewritten by a later file; a report says where it differs."""
_OF_COURSE = frozenset(("closed_at", "loss"))
"""Of these what comes with an outcome that the deal takes."""
_OF_OPEN = {"expected_close", "probability_bp", "category"}
"""What a row says of an open deal alone: the date of a closed one is that of its closing."""
_LONGEST_TEXT = 40

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
        found["loss"] = repr(loss_of(row))
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
}


@dataclass(slots=True)
class Merge:
    """What a known deal takes from a row.

    `take` are new values by field ("" in `emptied`), `base` what the row is remembered to say,
    `conflicts` field, our text and theirs where both sides changed it.
    """

    take: dict[str, FieldValue] = field(default_factory=dict)
    emptied: list[str] = field(default_factory=list)
    base: Said = field(default_factory=dict)
    conflicts: list[tuple[str, str, str]] = field(default_factory=list)
    not_followed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ThreeWay:
    """Compares a deal, what was last said of it, and what is said now.

    `is_noted` tells whether a deal has a note of these words, `spoken` whether the file has a
    column for a field at all: what an absent column said before still holds. `prefer_file` takes
    the file's value where both sides changed one.
    """

    pipeline: Pipeline
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
        for name in dict.fromkeys((*says, *remembered)):
            new, old = says.get(name, ""), remembered.get(name, "")
            if not new and (not self.spoken(name) or (closes and name in _OF_OPEN)):
                continue
            if new == old and (touched is None or not new):
                continue
            self._field(name, values.get(name), new, old, deal, touched, found)
        followed = _OF_COURSE if "outcome" in found.take else frozenset()
        if not deal.closed_at and not found.take.keys().isdisjoint(("stage", "outcome")):
            followed |= {"entered"}
        found.not_followed = [name for name in found.not_followed if name not in followed]
        return found

    def _field(
        self,
        name: str,
        value: FieldValue,
        new: str,
        old: str,
        deal: Deal,
        touched: Callable[[], frozenset[str]] | None,
        found: Merge,
    ) -> None:
        if name in NOT_FOLLOWED:
            if touched is None:
                found.not_followed.append(name)
            _forget(found, name, new)
            return
        ours = self._ours(name, deal)
        is_gone_note = name.startswith("notes.") and not new
        if ours == new or is_gone_note or self._is_there(name, value, deal):
            _forget(found, name, new)
            return
        here = ours != old if touched is None else _stem(name) in touched() and bool(ours)
        if here and not self.prefer_file:
            found.conflicts.append((name, ours, text_of(value)))
            _forget(found, name, old)
            return
        if new:
            found.take[name] = value
        elif name not in ("title", *_COURSE):
            found.emptied.append(name)
        _forget(found, name, new)

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


# Which deal of ours a row of a file is: by its id in its tool, else by a name without double.

_Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Recognised:
    """What is known of a row: the deal that it is, if any, and how sure that is.

    `ambiguous` rows share their name with others and are no certain deal; `elsewhere` says that
    the id is known from another source or in another pipeline, `strange` that the deal of that
    id has another title and another account.
    """

    deal: Deal | None = None
    strange: bool = False
    by_name: bool = False
    ambiguous: bool = False
    elsewhere: bool = False


_UNKNOWN, _ELSEWHERE = Recognised(), Recognised(elsewhere=True)


@dataclass(slots=True)
class Recogniser:
    """Recognises the rows of one file that goes into one pipeline.

    `again` goes through all rows of the file: asked for once, when a row has no id and there are
    deals that it could be. `says` is what a row says, to tell rows of one name apart.
    """

    known: KnownDeals
    pipeline_id: int
    source: str
    again: Callable[[], Iterable[object]]
    says: Callable[[DealRow], Said]
    _names: dict[_Name, list[int]] | None = None
    _in_file: dict[_Name, int] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)
    _met: int = 0

    def recognise(self, rows: Sequence[DealRow]) -> list[Recognised]:
        """What each row is, in their order."""
        by_id = self.known.with_ids(row.external_id for row in rows if row.external_id)
        by_ref = self._by_ref(rows)
        found: list[Recognised] = []
        nameless: list[int] = []
        for place, row in enumerate(rows):
            one = self._by_id(row, by_id.get(row.external_id or "", ()))
            if one.deal is None and (deal := by_ref.get(row.line)) is not None:
                one = Recognised(deal)
            if one.deal is None and not row.external_id and not row.ref:
                nameless.append(place)
            found.append(one)
        if nameless:
            self._by_names(rows, nameless, found)
        return found

    def absent(self) -> int:
        """How many deals of the source, some of which came again, stand in no row."""
        if not self._met or not self.source:
            return 0
        return self.known.of_source(self.source, self.pipeline_id) - self._met

    def _by_id(self, row: DealRow, deals: Sequence[Deal]) -> Recognised:
        if not deals:
            return _UNKNOWN
        source = row.external_source if row.external_source is not None else self.source
        here = [deal for deal in deals if deal.pipeline_id == self.pipeline_id]
        for deal in here:
            if deal.external_source == source:
                self._met += source == self.source
                return Recognised(deal, strange=not _is_about(row, deal))
        for deal in here:
            if not deal.external_source and _is_about(row, deal):
                return Recognised(deal)
        return _ELSEWHERE

    def _by_ref(self, rows: Sequence[DealRow]) -> Mapping[int, Deal]:
        """Deals of this very database that come back from an export of it, by line."""
        refs = {
            int(row.ref.removeprefix("D-")): row
            for row in rows
            if row.ref and row.ref.removeprefix("D-").isdigit()
        }
        if not refs:
            return {}
        found = self.known.numbered(refs)
        return {
            row.line: deal
            for deal_id, row in refs.items()
            if (deal := found.get(deal_id)) is not None
            and not deal.removed
            and deal.created_at == row.created_at
        }

    def _by_names(
        self, rows: Sequence[DealRow], places: Sequence[int], found: list[Recognised]
    ) -> None:
        """Rows without an id: certain only where the name stands once on both sides."""
        names = self._known_names()
        if not names:
            return
        if not self._in_file:
            self._count_names()
        asked = {place: names.get(_name_of(rows[place]), []) for place in places}
        deals = self.known.numbered({one for ids in asked.values() for one in ids})
        for place, ids in asked.items():
            if ids:
                candidates = [deals[one] for one in ids if one not in self._taken]
                found[place] = self._choose(rows[place], candidates, len(ids))
                if (deal := found[place].deal) is not None:
                    self._taken.add(deal.id)

    def _choose(self, row: DealRow, candidates: Sequence[Deal], known: int) -> Recognised:
        if known == 1 and candidates and self._in_file.get(_name_of(row)) == 1:
            return Recognised(candidates[0], by_name=True)
        says = self.says(row)
        same = [deal for deal in candidates if same_row(deal, says)]
        if same:
            return Recognised(same[0], by_name=True)
        begun = [deal for deal in candidates if row.created_at == deal.created_at]
        if row.created_at is not None and len(begun) == 1:
            return Recognised(begun[0], by_name=True)
        return Recognised(ambiguous=True)

    def _known_names(self) -> dict[_Name, list[int]]:
        if self._names is None:
            self._names = defaultdict(list)
            for named in self.known.named(self.pipeline_id):
                self._names[fold(named.account), fold(named.title)].append(named.deal_id)
        return self._names

    def _count_names(self) -> None:
        for row in self.again():
            if isinstance(row, DealRow) and not row.external_id and not row.ref:
                name = _name_of(row)
                self._in_file[name] = self._in_file.get(name, 0) + 1


def _name_of(row: DealRow) -> _Name:
    return fold(row.account or ""), fold(row.title)


def _is_about(row: DealRow, deal: Deal) -> bool:
    """Whether a deal whose id comes from nobody knows where is the one that a row speaks of."""
    account = fold(row.account or "")
    return fold(row.title) == fold(deal.title) or bool(account and account == fold(deal.account))


@dataclass(slots=True)
class Namesakes:
    """Tells whether a new row has the account and title of a deal here or of an earlier row; names
    are remembered by a mark that two could share."""

    known: KnownDeals
    pipeline_id: int
    _marks: set[int] | None = None

    def has(self, row: DealRow) -> bool:
        """Whether the row is called like another, which it joins."""
        if row.ref or not row.account:
            return False
        if self._marks is None:
            here = self.known.named(self.pipeline_id)
            self._marks = {hash((fold(one.account), fold(one.title))) for one in here}
        mark = hash(_name_of(row))
        is_there = mark in self._marks
        self._marks.add(mark)
        return is_there
