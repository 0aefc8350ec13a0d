"""Use cases: deals out of a file, all in one command."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.events import Event, evolve, numbered
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.workspace.edits import Edits
from pipeboard.workspace.setting_up import SettingUp
from pipeboard.workspace.taking_over import fingerprint, key_of, rules_for, take_over

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.store.projecting import Change
    from pipeboard.store.writing import Writer

CHUNK = 1_000
MOST_REJECTED = 10_000


class RowsRejected(BadInput):
    """Rows of a file that are no deals; nothing was written. `report` names them."""

    code = "rejected_rows"

    def __init__(self, report: ImportReport) -> None:
        count = len(report.rejected)
        super().__init__(
            f"Nothing was imported: {count} of {report.read} rows are rejected.",
            hint="Mend them, or leave them out with --skip-bad.",
        )
        self.report = report


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with a dry run would do."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    command_id: str = ""


class Importing(Edits, SettingUp):
    """Files of other tools, and our own."""

    def import_rows(
        self,
        reading: Reading,
        pipeline: Pipeline,
        origin: str,
        *,
        skip_bad: bool = False,
        dry_run: bool = False,
        override: str = "",
        progress: Callable[[int, float], None] | None = None,
    ) -> ImportReport:
        """Every deal of a file, new or changed since it was last imported, as one command.

        A `pipeline` that is new (id 0) is made in the same transaction. `origin` names the file
        in the history. Without `skip_bad` a rejected row raises
        `RowsRejected` and nothing is written. A change that moves a known deal passes the gate
        as any move does, with `override` as its reason. `progress` gets rows and share read.
        """

        def work(writer: Writer) -> ImportReport:
            known = pipeline if pipeline.id else self.store_pipeline(writer, pipeline)
            return _Import(self, writer, known, origin, override).run(
                reading, skip_bad=skip_bad, dry_run=dry_run, progress=progress
            )

        if dry_run:
            try:
                self.store.write(lambda writer: _roll_back(work(writer)))
            except _RolledBack as rolled:
                return rolled.report
        return self.store.write(work)


class _RolledBack(Exception):
    def __init__(self, report: ImportReport) -> None:
        super().__init__()
        self.report = report


def _roll_back(report: ImportReport) -> None:
    raise _RolledBack(report)


class _Import:
    """One import within its transaction."""

    def __init__(
        self, desk: Edits, writer: Writer, pipeline: Pipeline, origin: str, override: str
    ) -> None:
        settings = desk.settings
        self.desk, self.writer, self.origin, self.override = desk, writer, origin, override
        self.context = c.Context(
            pipeline, desk.now(), settings.zone, desk.me, settings.loss_categories
        )
        self.rules = rules_for(pipeline, origin, desk.me, desk.now())
        self.report = ImportReport()
        self.seen: dict[str, int] = {}
        self.keys: set[str] = set()
        self.owners = {fold(rep.name): rep.name for rep in desk.reader.reps()}

    def run(
        self,
        reading: Reading,
        *,
        skip_bad: bool,
        dry_run: bool,
        progress: Callable[[int, float], None] | None,
    ) -> ImportReport:
        """Reads, decides and writes chunk by chunk, so that memory does not grow with the file."""
        command_id = str(uuid.uuid4())
        done = self.desk._done(command_id, self.context.at, "import", f"Imported {self.origin}.")
        begun = False
        for rows in _chunks(reading.rows()):
            changes = self._decide(rows)
            writes = changes and (skip_bad or not self.report.rejected)
            if writes:
                self._number(changes)
                if not begun:
                    self.writer.begin_command(done)
                    begun = True
                self.writer.add(done, changes)
            if progress is not None:
                progress(self.report.read, reading.share_read())
        if self.report.rejected and not skip_bad:
            raise RowsRejected(self.report)
        if begun:
            count = self.report.created + self.report.updated
            self.writer.summarise(command_id, f"Imported {count:,} deals from {self.origin}.")
            self.report.command_id = "" if dry_run else command_id
        return self.report

    def _decide(self, rows: Sequence[DealRow | Rejected]) -> list[Change]:
        """The changes that follow from a chunk; what cannot be is noted in the report."""
        self.report.read += len(rows)
        deals = [row for row in rows if isinstance(row, DealRow)]
        self._reject(row for row in rows if isinstance(row, Rejected))
        keys = [key_of(row, self.seen) for row in deals]
        known = self.writer.deals_by_external_id(keys)
        known |= self._known_by_ref(deals, keys, known)
        changes: list[Change] = []
        for row, key in zip(deals, keys, strict=True):
            if key in self.keys:
                self._reject(
                    [_rejected(row, "external_id", key, "the id stands twice in the file")]
                )
                continue
            self.keys.add(key)
            try:
                change = self._change(row, key, known.get(key))
            except PipeboardError as error:
                column = str(error.details.get("column", ""))
                value = row.raw.get(column, "") or str(error.details.get("value", ""))
                self._reject([_rejected(row, column, value, error.message)])
                continue
            if change is None:
                self.report.unchanged += 1
            else:
                changes.append(change)
        return changes

    def _known_by_ref(
        self, rows: Sequence[DealRow], keys: Sequence[str], known: Mapping[str, Deal]
    ) -> dict[str, Deal]:
        """Deals of this very database that come back from an export of it."""
        refs = {
            int(row.ref.removeprefix("D-")): (key, row)
            for row, key in zip(rows, keys, strict=True)
            if row.ref and key not in known and row.ref.removeprefix("D-").isdigit()
        }
        found = self.writer.deals(refs)
        return {
            key: deal
            for deal_id, (key, row) in refs.items()
            if (deal := found.get(deal_id)) is not None
            and not deal.removed
            and deal.created_at == row.created_at
        }

    def _change(self, row: DealRow, key: str, deal: Deal | None) -> Change | None:
        mark = fingerprint(row)
        if deal is None:
            command = take_over(row, key, mark, self._owner(row.owner), self.rules)
            events = decide(command, None, self.context)
            self.report.created += 1
            return _changed(None, events)
        if deal.imported_as == mark:
            return None
        events = self._update(row, mark, deal)
        if not any(event.changed - {"imported_as"} for event in events):
            return None
        self.report.updated += 1
        return _changed(deal, events)

    def _update(self, row: DealRow, mark: str, deal: Deal) -> list[Event]:
        """What the row says now that it did not say before, decided one command after another."""
        events: list[Event] = []
        owner = self._owner(row.owner) if row.owner else None
        for command in self.rules.updates(row, deal, mark, owner, self.override):
            decided = decide(command, deal, self.context)
            for event in decided:
                deal = evolve(deal, event)
            events += decided
        return events

    def _owner(self, name: str | None) -> str:
        if not name:
            return ""
        return self.owners.setdefault(fold(name), name)

    def _number(self, changes: list[Change]) -> None:
        """Gives new deals their ids."""
        from pipeboard.store.projecting import Change

        new = [place for place, change in enumerate(changes) if change.before is None]
        for place, deal_id in zip(new, self.writer.numbers("deal", len(new)), strict=True):
            change = changes[place]
            changes[place] = Change(None, numbered(change.after, deal_id), change.events)

    def _reject(self, rows: Iterator[Rejected] | Sequence[Rejected]) -> None:
        self.report.rejected.extend(rows)
        if len(self.report.rejected) > MOST_REJECTED:
            raise RowsRejected(self.report)


def _chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _changed(before: Deal | None, events: Sequence[Event]) -> Change:
    from pipeboard.store.projecting import Change

    deal = before
    for event in events:
        deal = evolve(deal, event, 0)
    assert deal is not None
    return Change(before, deal, tuple(events))


def _rejected(row: DealRow, column: str, value: str, reason: str) -> Rejected:
    return Rejected(row.line, column, value, reason.rstrip("."), row.raw)
