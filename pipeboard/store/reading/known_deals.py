"""What is known here of the deals that a file speaks of: by their ids elsewhere, by their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from pipeboard.domain.deal import Deal
from pipeboard.store.database import CHUNK, Database
from pipeboard.store.dialect import listed
from pipeboard.store.reading.deals import instant_after, read_deals
from pipeboard.store.rows import DEALS, event_from_row, stored_deal


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
