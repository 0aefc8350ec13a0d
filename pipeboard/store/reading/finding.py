"""Finding a deal by what somebody remembers of it: its name, its company, a person, its number."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold, spelled_by
from pipeboard.store.database import CHUNK, Database, Row
from pipeboard.store.dialect import listed
from pipeboard.store.reading.deals import called, instant_after, read_deals
from pipeboard.store.rows import DEALS, event_from_row, stored_deal
from pipeboard.store.sql import TRUE, Sql, among, begins_with, contains, either, every
from pipeboard.store.troubles import readable

ALIKE = 75.0
"""Of 100: a name with a letter wrong stays above, another name below."""

_REF = re.compile(r"(?:d-)?([0-9]{1,15})")
_MOST_LOOKED_AT = 3_000
_MOST_RANKED = 500
_LONGEST = 300
_MOST_LETTERS = 12
_MOST_SPELLED = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A deal that was found."""

    deal_id: int
    name: str
    title: str
    stage_name: str
    status: Status
    value: Money | None
    owner: str

    @property
    def ref(self) -> str:
        return f"D-{self.deal_id}"


def find(
    database: Database,
    pipelines: Mapping[int, Pipeline],
    text: str,
    *,
    limit: int = 50,
    pipeline_id: int | None = None,
) -> tuple[Found, ...]:
    """The live deals whose name, company or people are most like `text`, the best first.

    The deal of that number stands before all, then names that begin so; of what is equally alike,
    open deals stand first. Where no name holds the text as it stands, its letters may be the first
    ones of syllables, in their order (`lmlo` for Lumello), or some of them wrong. Deals of which
    only something written about them holds it stand last.
    """
    wanted = fold(text[:_LONGEST])
    if not wanted:
        return ()
    within = [pipelines[pipeline_id]] if pipeline_id is not None else pipelines.values()
    # Stages are named even when all are meant, since the index begins with the stage.
    stages = among("deal.stage_id", (stage.id for each in within for stage in each.stages))
    search = _Search(database, pipelines, wanted, every((stages, Sql("deal.live"))))
    holds = every(called(database, word) for word in wanted.split())
    named, written = search.ranked(holds)
    if not named:
        named = [*search.spelled(), *search.ranked(_nearly(database, wanted))[0]]
    found = {hit.deal_id: hit for hit in (*search.numbered(), *named, *written)}
    return tuple(found.values())[:limit]


@readable("the names of the deals")
def named(
    database: Database, text: str, *, pipeline_id: int | None = None, limit: int | None = None
) -> tuple[Deal, ...]:
    """The deals whose title or account holds `text`; only those that it names wholly, if any.

    Archived deals are meant only where no live one is.
    """
    wanted = fold(text[:_LONGEST])
    if not wanted:
        return ()
    where = TRUE if pipeline_id is None else Sql("deal.pipeline_id = ?", (pipeline_id,))
    hits = every((where, called(database, wanted)))
    # Two questions, since each kind has an index of its own that holds the words.
    ids = [
        deal_id
        for shelf, along in (
            ("deal.live", " order by deal.stage_id, deal.value_currency, deal.probability_bp"),
            ("not deal.live and not deal.removed", ""),
        )
        for deal_id in database.column(
            f"select deal.id from deal where {shelf} and {hits.text}{along}", hits.values
        )
    ]
    rows = database.rows(
        "select deal.id, deal.title, deal.account, deal.live from deal"
        f" where {among('deal.id', ids).text} order by deal.id"
    )
    held = [row for row in rows if any(wanted in name for name in _names(row))]
    held = [row for row in held if wanted in _names(row)] or held
    held = [row for row in held if row["live"]] or held
    return tuple(read_deals(database, (row["id"] for row in held[:limit])).values())


def _names(row: Row) -> tuple[str, str]:
    return fold(row["title"]), fold(row["account"])


def _span(letters: str, row: Row) -> int | None:
    spans = (spelled_by(letters, name) for name in _names(row))
    return min((span for span in spans if span is not None), default=None)


def _nearly(database: Database, wanted: str) -> Sql:
    """Holds half of one of the longest words: one wrong letter leaves the other half as it is."""
    longest = sorted(wanted.split(), key=len, reverse=True)[:2]
    halves = [half for word in longest for half in _halves(word)]
    return either(called(database, half) for half in halves)


def _halves(word: str) -> tuple[str, ...]:
    half = max(3, len(word) // 2)
    return (word[:half], word[-half:]) if len(word) > half else (word,)


class _Search:
    """One search for a folded text among the deals that are `allowed`."""

    def __init__(
        self,
        database: Database,
        pipelines: Mapping[int, Pipeline],
        wanted: str,
        allowed: Sql,
    ) -> None:
        self._database = database
        self._pipelines = pipelines
        self._wanted = wanted
        self._allowed = allowed

    @readable("the names of the deals")
    def numbered(self) -> list[Found]:
        """The deal with the number that was typed, if it was one."""
        number = _REF.fullmatch(self._wanted)
        rows = self._rows([int(number[1])]) if number else []
        return [self._found(row) for row in rows]

    @readable("the names of the deals")
    def ranked(self, condition: Sql) -> tuple[list[Found], list[Found]]:
        """The deals that a condition finds: those with a name like the text, the most alike first,
        and the others."""
        rows = self._rows(self._worth_ranking(condition))
        people = self._people([row["id"] for row in rows])
        likeness = _likeness(self._wanted)
        scored = [(max(map(likeness, _called(row, people))), row) for row in rows]
        scored.sort(key=lambda hit: (-round(hit[0]), hit[1]["outcome"] != "open", hit[1]["id"]))
        alike = [self._found(row) for score, row in scored if score >= ALIKE]
        return alike, [self._found(row) for score, row in scored if score < ALIKE]

    @readable("the names of the deals")
    def spelled(self) -> list[Found]:
        """The deals whose company or title has the letters in their order, the closest first."""
        if not self._wanted.isalnum() or len(self._wanted) > _MOST_LETTERS:
            return []
        in_order = Sql("deal.folded like ?", (f"%{'%'.join(self._wanted)}%",))
        rows = self._rows([row["id"] for row in self._in_search(in_order)])
        spans = [(span, row) for row in rows if (span := _span(self._wanted, row)) is not None]
        spans.sort(key=lambda pair: (pair[0], pair[1]["outcome"] != "open", pair[1]["id"]))
        return [self._found(row) for _, row in spans[:_MOST_SPELLED]]

    def _worth_ranking(self, condition: Sql) -> list[int]:
        """The deals to look at closely, where more are found than can be while somebody types.

        The name stands first among the lines that are searched, then come the title and people, so
        the earlier a text occurs there, the likelier it is a name.
        """
        rows = self._in_search(condition)
        if len(rows) == _MOST_LOOKED_AT:
            begins = either(
                (
                    contains("deal.folded", f"\n{self._wanted}"),
                    begins_with("deal.folded", self._wanted),
                )
            )
            rows += self._in_search(begins)
        places = {row["id"]: row["folded"].find(self._wanted) for row in rows}
        ordered = sorted(places, key=lambda deal_id: (places[deal_id] < 0, places[deal_id]))
        return ordered[:_MOST_RANKED]

    def _in_search(self, condition: Sql) -> list[Row]:
        wanted = every((self._allowed, condition))
        return self._database.rows(
            f"select deal.id, deal.folded from deal where {wanted.text} limit {_MOST_LOOKED_AT}",
            wanted.values,
        )

    def _rows(self, ids: Iterable[int]) -> list[Row]:
        wanted = every((among("deal.id", ids), self._allowed))
        return self._database.rows(
            "select id, pipeline_id, stage_id, title, account, owner, outcome, value_minor,"
            f" value_currency from deal where {wanted.text}",
            wanted.values,
        )

    def _people(self, ids: Iterable[int]) -> dict[int, list[str]]:
        people: dict[int, list[str]] = {}
        of_these = among("deal_id", ids).text
        for row in self._database.rows(f"select deal_id, name from contact where {of_these}"):
            people.setdefault(row["deal_id"], []).append(fold(row["name"]))
        return people

    def _found(self, row: Row) -> Found:
        minor = row["value_minor"]
        return Found(
            row["id"],
            row["account"] or row["title"],
            row["title"],
            self._pipelines[row["pipeline_id"]].stage(row["stage_id"]).name,
            Status(row["outcome"]),
            None if minor is None else Money(minor, row["value_currency"]),
            row["owner"],
        )


def _called(row: Row, people: Mapping[int, list[str]]) -> list[str]:
    """Everything that a deal may be remembered by, folded."""
    title, account = _names(row)
    return [title, account, f"{account} {title}", *people.get(row["id"], ())]


def _likeness(wanted: str) -> Callable[[str], float]:
    """How much a name is like `wanted`, 0 to 100: beginning so, holding it, or being similar."""
    from rapidfuzz import fuzz  # takes longer to import than the board to appear

    def likeness(name: str) -> float:
        if name.startswith(wanted):
            return 100.0
        if wanted in name:
            return 97.0 if f" {wanted}" in name else 94.0
        return min(93.0, max(fuzz.WRatio(wanted, name), fuzz.partial_ratio(wanted, name)))

    return likeness


# What is known here of the deals that a file speaks of: by their ids elsewhere, by their names.


class Named(NamedTuple):
    """A deal by what people call it."""

    deal_id: int
    account: str
    title: str


class KnownDeals:
    """Short questions, so that nobody who writes waits for them."""

    def __init__(self, database: Database, whole: Database) -> None:
        self._database, self._whole = database, whole

    def with_ids(self, ids: Iterable[str]) -> Mapping[str, Sequence[Deal]]:
        """The deals that carry these ids of other tools, whichever tool and pipeline; also those
        that are not shown, since no other may take their ids."""
        wanted = list(dict.fromkeys(ids))
        found: dict[str, list[Deal]] = defaultdict(list)
        for start in range(0, len(wanted), CHUNK):
            some = listed("external_id", wanted[start : start + CHUNK])
            for row in self._whole.rows(
                f"{DEALS} where not deal.removed and {some.text}", some.values
            ):
                found[row["external_id"]].append(stored_deal(row))
        return found

    def shows(self, deal_id: int) -> bool:
        """Whether whoever asks may see a deal."""
        return bool(self._database.rows("select 1 from deal where id = ?", (deal_id,)))

    def numbered(self, ids: Iterable[int]) -> dict[int, Deal]:
        """The deals with these numbers."""
        return read_deals(self._database, ids)

    def instant_after(self, clock: datetime, ids: Sequence[int]) -> datetime:
        """The instant to change these deals at; later than `clock` where that was set back."""
        return instant_after(self._database, clock, ids)

    def named(self, pipeline_id: int) -> Iterator[Named]:
        """Every deal of a pipeline by its names."""
        rows = self._database.records(
            "select id, account, title from deal where pipeline_id = ? and not removed order by id",
            (pipeline_id,),
        )
        return map(Named._make, rows)

    def count(self) -> int:
        """How many deals there have ever been."""
        return self._database.number("select count(*) from deal")

    def standing(self) -> int:
        """How many deals there are; those that were taken back are none."""
        return self._database.number("select count(*) from deal where not removed")

    def of_source(self, source: str, pipeline_id: int) -> int:
        """How many deals of a pipeline carry ids of that source."""
        return self._database.number(
            "select count(*) from deal where not removed and external_id is not null"
            " and external_source = ? and pipeline_id = ?",
            (source, pipeline_id),
        )

    def touched_here(self, deal_id: int, since: int = 0) -> frozenset[str]:
        """The fields that people changed here after that version, imports left out."""
        rows = self._database.rows(
            "select event.deal_id, event.kind, event.at, event.undoes, event.data from event"
            " join command on command.id = event.command_id"
            " where event.deal_id = ? and event.version > ? and command.verb <> 'import'",
            (deal_id, since),
        )
        return frozenset(name for event in map(event_from_row, rows) for name in event.changed)

    def notes(self, deal_id: int) -> frozenset[str]:
        """The texts of the notes that stand on a deal."""
        rows = self._database.column(
            "select text from note where deal_id = ? and not removed", (deal_id,)
        )
        return frozenset(rows)

    def recipe(self, source: str) -> str | None:
        """How files of that source were last read."""
        found = self._database.record(
            "select recipe from import_recipe where source = ?", (source,)
        )
        return found[0] if found else None
