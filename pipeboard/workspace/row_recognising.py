"""Which deal of ours a row of a file is: by its id in its tool, else by a name without double; and
which rep its owner is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.people import match_rep, rep_like, ways_to_write, without_address
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.import_report import ImportReport
from pipeboard.workspace.row_commands import number_of
from pipeboard.workspace.row_matching import Said, same_row

if TYPE_CHECKING:
    from pipeboard.store.reading.finding import KnownDeals

_Name = tuple[int, str, str]
"""A pipeline, and the account and the title of a deal in it."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What is known of a row: the deal that it is, if any, and how sure that is.

    `ambiguous` rows share their name with others and are no certain deal; `elsewhere` says that
    the id is known from another source or in another pipeline, `strange` that the deal of that
    id has another title and another account, `numbered` that so has the deal of its number.
    """

    deal: Deal | None = None
    strange: bool = False
    by_name: bool = False
    ambiguous: bool = False
    elsewhere: bool = False
    numbered: bool = False


_UNKNOWN, _ELSEWHERE = Recognised(), Recognised(elsewhere=True)
_NUMBERED = Recognised(numbered=True)
_PORTION = 1_000


@dataclass(frozen=True, slots=True)
class Goals:
    """The pipelines that a file goes into, by their ids, and into which of them a row would."""

    pipeline_ids: tuple[int, ...]
    of: Callable[[DealRow], int]

    def name(self, row: DealRow) -> _Name:
        """What the deal of a row is called, and where."""
        return self.of(row), fold(row.account or ""), fold(row.title)

    def named(self, known: KnownDeals) -> Iterator[tuple[_Name, int]]:
        """What the deals that are there are called, with their numbers."""
        for pipeline_id in self.pipeline_ids:
            for one in known.named(pipeline_id):
                yield (pipeline_id, fold(one.account), fold(one.title)), one.deal_id


@dataclass(slots=True)
class Recogniser:
    """Recognises the rows of one file.

    `again` goes through all rows of the file: asked for once, when a row has no id and there are
    deals that it could be. `says` is what a row says, to tell rows of one name apart. `by_number`
    says that rows have no other name than the numbers of the deals here.
    """

    known: KnownDeals
    goals: Goals
    source: str
    again: Callable[[], Iterable[object]]
    says: Callable[[DealRow], Said]
    by_number: bool = False
    _names: dict[_Name, list[int]] | None = None
    _in_file: dict[_Name, int] = field(default_factory=dict)
    _taken: set[int] = field(default_factory=set)
    _is_from_here: bool | None = None
    _met: int = 0

    def recognise(self, rows: Sequence[DealRow]) -> list[Recognised]:
        """What each row is, in their order."""
        by_id = self._with_ids([row.external_id for row in rows if row.external_id])
        by_ref = self._by_ref(rows)
        found: list[Recognised] = []
        nameless: list[int] = []
        for place, row in enumerate(rows):
            one = self._by_id(row, by_id.get(row.external_id or "", ()))
            if one.deal is None and (numbered := by_ref.get(row.line)) is not None:
                one = numbered if numbered.deal or not row.external_id else one
            if not row.external_id and not row.ref:
                nameless.append(place)
            if (deal := one.deal) is not None and deal.id in self._taken:
                one = Recognised(ambiguous=True)  # by an id that is written in two ways
            elif deal is not None:
                self._taken.add(deal.id)
            found.append(one)
        if nameless:
            self._by_names(rows, nameless, found)
        return found

    def _with_ids(self, ids: Sequence[str]) -> Mapping[str, Sequence[Deal]]:
        """The deals by the ids of rows, however the tool wrote them when they came before."""
        found = self.known.with_ids(ids)
        others = {one: _also_written(one) for one in ids if one not in found}
        if written := [other for other in others.values() if other]:
            known = self.known.with_ids(written)
            found = {
                **found,
                **{one: known[other] for one, other in others.items() if other in known},
            }
        return found

    def forget(self, deal_id: int) -> None:
        """A row that was this deal is looked at anew."""
        self._taken.discard(deal_id)

    def absent(self) -> int:
        """How many deals of the source, some of which came again, stand in no row."""
        if not self._met or not self.source:
            return 0
        came = [self.known.of_source(self.source, one) for one in self.goals.pipeline_ids]
        return sum(came) - self._met

    def _by_id(self, row: DealRow, deals: Sequence[Deal]) -> Recognised:
        if not deals:
            return _UNKNOWN
        source = row.external_source if row.external_source is not None else self.source
        here = [
            deal
            for deal in deals
            if deal.pipeline_id in self.goals.pipeline_ids and _may_be_its_id(row, deal)
        ]
        here.sort(key=lambda deal: deal.pipeline_id != self.goals.of(row))
        for deal in here:
            if deal.external_source == source:
                self._met += source == self.source
                return Recognised(deal, strange=not _is_about(row, deal))
        for deal in here:
            if not deal.external_source and _is_about(row, deal):
                return Recognised(deal)
        return _ELSEWHERE

    def _by_ref(self, rows: Sequence[DealRow]) -> Mapping[int, Recognised]:
        """What rows are by the number that they have in this very database, by line."""
        found: dict[int, Recognised] = {}
        for row, deal in self._numbered(rows):
            undated = row.created_at is None
            if self.by_number or _is_its_number(row, deal) or (undated and self._comes_from_here()):
                found[row.line] = Recognised(deal)
            else:
                found[row.line] = _NUMBERED
        return found

    def _numbered(self, rows: Iterable[DealRow]) -> Iterator[tuple[DealRow, Deal]]:
        """The rows that name a number, each with the deal that has it here."""
        refs = {row.line: number for row in rows if (number := number_of(row.ref))}
        found = self.known.numbered(set(refs.values())) if refs else {}
        for row in rows:
            deal = found.get(refs.get(row.line, 0))
            if deal is not None and not deal.removed:
                yield row, deal

    def _comes_from_here(self) -> bool:
        """Whether most rows of the file are about the deals that have their numbers here."""
        if self._is_from_here is None:
            are = Counter[bool]()
            rows = (row for row in self.again() if isinstance(row, DealRow) and row.ref)
            while portion := list(islice(rows, _PORTION)):
                are.update(_is_its_number(row, deal) for row, deal in self._numbered(portion))
            self._is_from_here = are[True] > are[False]
        return self._is_from_here

    def _by_names(
        self, rows: Sequence[DealRow], places: Sequence[int], found: list[Recognised]
    ) -> None:
        """Rows without an id: certain only where the name stands once on both sides."""
        names = self._known_names()
        if not names:
            return
        if not self._in_file:
            self._count_names()
        asked = {place: names.get(self.goals.name(rows[place]), []) for place in places}
        deals = self.known.numbered({one for ids in asked.values() for one in ids})
        for place, ids in asked.items():
            if ids:
                candidates = [deals[one] for one in ids if one not in self._taken]
                found[place] = self._choose(rows[place], candidates, len(ids))
                if (deal := found[place].deal) is not None:
                    self._taken.add(deal.id)

    def _choose(self, row: DealRow, candidates: Sequence[Deal], known: int) -> Recognised:
        if known == 1 and candidates and self._in_file.get(self.goals.name(row)) == 1:
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
            for name, deal_id in self.goals.named(self.known):
                self._names[name].append(deal_id)
        return self._names

    def _count_names(self) -> None:
        for row in self.again():
            if isinstance(row, DealRow) and not row.external_id and not row.ref:
                name = self.goals.name(row)
                self._in_file[name] = self._in_file.get(name, 0) + 1


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT_ID = re.compile(r"[0-9A-Za-z]{15}", re.ASCII)
_NUMBER_ID = re.compile(r"(\d+)(\.0)?", re.ASCII)
_TELLING = 4
"""Figures of a number that hardly two tools give to different deals."""


def _also_written(one: str) -> str:
    """The id as the same tool writes it elsewhere, "" where there is one way: reports of Salesforce
    leave out the last three of 18 letters, which tell capitals; data frames write `1234.0`."""
    if found := _NUMBER_ID.fullmatch(one):
        return found[1] if found[2] else f"{one}.0"
    short = one[:15]
    if len(one) not in (15, 18) or not _SHORT_ID.fullmatch(short):
        return ""
    parts = (short[at : at + 5] for at in range(0, 15, 5))
    whole = short + "".join(
        _LETTERS[sum(1 << place for place, char in enumerate(part) if "A" <= char <= "Z")]
        for part in parts
    )
    return whole if len(one) == 15 else (short if whole == one else "")


def _may_be_its_id(row: DealRow, deal: Deal) -> bool:
    """Whether a row may be of the deal whose id it names, also where a short number is written in
    another way: that is one of many things then, unless the deals are called alike."""
    one, other = row.external_id or "", deal.external_id or ""
    short = min(one.partition(".")[0], other.partition(".")[0], key=len)
    return one == other or len(short) >= _TELLING or _is_about(row, deal)


def _is_its_number(row: DealRow, deal: Deal) -> bool:
    """Whether a row with the number of a deal comes from here: it tells when that began, or, where
    it tells no day, as lists with fewer columns do, the name too."""
    if row.created_at is None:
        return _is_about(row, deal)
    return row.created_at == deal.created_at or _is_named(row, deal)


def _is_named(row: DealRow, deal: Deal) -> bool:
    """Whether a row has both the title and the account of a deal."""
    return (fold(row.title), fold(row.account or "")) == (fold(deal.title), fold(deal.account))


def _is_about(row: DealRow, deal: Deal) -> bool:
    """Whether a deal whose id comes from nobody knows where is the one that a row speaks of."""
    account = fold(row.account or "")
    return fold(row.title) == fold(deal.title) or bool(account and account == fold(deal.account))


@dataclass(slots=True)
class Namesakes:
    """Tells whether a new row has the account and title of a deal here or of an earlier row; names
    are remembered by a mark that two could share."""

    known: KnownDeals
    goals: Goals
    _marks: set[int] | None = None

    def has(self, row: DealRow) -> bool:
        """Whether the row is called like another, which it joins."""
        if row.ref or not row.account:
            return False
        if self._marks is None:
            self._marks = {hash(name) for name, _ in self.goals.named(self.known)}
        mark = hash(self.goals.name(row))
        is_there = mark in self._marks
        self._marks.add(mark)
        return is_there


class Owners:
    """Which rep each owner in one file is, also one whom it is the first to name; the report tells
    who is new."""

    def __init__(self, reps: Sequence[Rep], report: ImportReport) -> None:
        self._reps, self._report = reps, report
        self._new: dict[str, str] = {}
        self._met: dict[str, str] = {}

    def rep(self, name: str | None) -> str:
        """The rep of that name, "" of none; raises Ambiguous where it could be two people's."""
        if not name:
            return ""
        if name not in self._met:
            self._met[name] = self._known(name) or self._named_first(name)
        return self._met[name]

    def _known(self, name: str) -> str | None:
        try:
            return match_rep(name, self._reps).name
        except Ambiguous:
            raise
        except NotFound:
            return None

    def _named_first(self, name: str) -> str:
        ways = ways_to_write(name)
        if met := ways & self._new.keys():
            return self._new[min(met)]
        new = without_address(name)
        self._new |= dict.fromkeys(ways, new)
        self._report.new_owners.append(new)
        if near := rep_like(new, self._reps):
            self._report.near_owners[new] = near
        return new
