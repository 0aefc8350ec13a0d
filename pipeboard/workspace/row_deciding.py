"""Deciding what follows from the rows of a file, chunk by chunk, from short looks at the deals."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from itertools import islice
from shlex import quote
from typing import TYPE_CHECKING, NamedTuple

from pipeboard.domain import commands as c
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.deal_record import may_see
from pipeboard.domain.deciding import begin, decide
from pipeboard.domain.errors import Ambiguous, PipeboardError, Refused
from pipeboard.domain.events import Event, evolve_all
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.text import fold
from pipeboard.exchange.fields import ENTERED
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.store.projecting.deals import Change
from pipeboard.workspace.execution import change_of
from pipeboard.workspace.import_report import Differing, ImportReport
from pipeboard.workspace.row_changes import RowCourse
from pipeboard.workspace.row_commands import (
    RowIdentity,
    RowRules,
    keep_currency,
    settle,
    take_over,
)
from pipeboard.workspace.row_doubles import Doubles, differing_columns
from pipeboard.workspace.row_matching import (
    CORRECTED,
    EVERYTHING,
    KNOWN,
    OF_OPEN_WORK,
    ImportOptions,
    Merge,
    Said,
    ThreeWay,
    is_spoken,
    said_by,
)
from pipeboard.workspace.row_numbers import RowNumbers
from pipeboard.workspace.row_recognising import Goals, Namesakes, Owners, Recognised, Recogniser

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading
    from pipeboard.store.reading import Reader

_STRANGE_ENOUGH = 0.5
_PORTION = 1_000
NO_LINE = 0
"""Where a deal stands that is in no row of the file."""


class _Place(NamedTuple):
    """How rows are read and compared in one pipeline."""

    rules: RowRules
    three_way: ThreeWay

    @property
    def pipeline(self) -> Pipeline:
        return self.three_way.pipeline


class RowDecider:
    """Decides the rows of one file; `report` tells what came of it so far."""

    def __init__(
        self,
        reader: Reader,
        context: c.Context,
        origin: str,
        reading: Reading,
        options: ImportOptions,
        beside: Sequence[Pipeline] = (),
    ) -> None:
        """Rows that name a pipeline `beside` that of the context go there."""
        pipeline, self.options = context.pipeline, options
        self.pipeline = pipeline
        self.source = options.source or reading.source
        self.report = ImportReport(before=reader.known_deals().standing())
        self._reader = reader
        self._context = context
        self._rules = RowRules(pipeline, origin, context.actor, context.at)
        self._known = reader.known_deals()
        ids = (pipeline.id, *(one.id for one in beside))
        goals = Goals(ids, lambda row: self._place_of_new(row).pipeline.id)
        self._recogniser = Recogniser(
            self._known, goals, self.source, reading.again, self._says, reading.knows_by_number
        )
        spoken = frozenset(reading.spoken)
        three_way = ThreeWay(
            pipeline,
            context.zone,
            lambda deal, text: text in self._known.notes(deal.id),
            partial(is_spoken, spoken),
            prefer_file=options.prefer_file,
        )
        self._places = {pipeline.id: _Place(self._rules, three_way)}
        self._named = {fold(one.name): self._place_in(one) for one in beside}
        self._pipelines = {known.id: known for known in reader.pipelines()}
        self._owners = Owners(reader.reps(), self.report)
        self._doubles = Doubles(reading.again)
        self._columns = {target: column for column, target in reading.mapping.items()}
        tells_titles = "title" in reading.mapping.values()
        self._namesakes = Namesakes(self._known, goals) if tells_titles else None
        keeps = reading.tool == "pipeboard" and not self._known.count()
        self._numbers = RowNumbers(reading.again, keeps=keeps)
        self._met: set[int] = set()
        self._strange = self._recognised = 0

    def decide(
        self, rows: Sequence[DealRow | Rejected], *, again: bool = False
    ) -> list[tuple[int, Change]]:
        """Line and change of each row that leads to one; the rest is told in the report."""
        self.report.reject(row for row in rows if isinstance(row, Rejected))
        deals = [row for row in rows if isinstance(row, DealRow)]
        if not again:
            deals = [row for row in deals if self._is_first(row) and self._has_owner(row)]
        for row in deals:
            self._join(row, again=again)
            settle(row)
        found = self._recogniser.recognise(deals)
        known = [one.deal.id for one in found if one.deal is not None]
        self._come_after(known)
        self._met.update(known)
        decided, report = [], self.report
        counted = report.by_name, report.elsewhere, report.emptied.copy()
        for row, one in zip(deals, found, strict=True):
            try:
                change = self._change(row, one)
            except PipeboardError as error:
                field = str(error.details.get("column", ""))
                value = str(error.details.get("value", "")) or row.raw.get(field, "")
                column = self._column_of(field, value, row)
                cell = row.raw.get(column, "")
                told = cell if fold(cell).strip() == fold(value) else value
                rejected = _rejected(row, column, told, error.message)
                if field == "stage":
                    unknown = self._place_of_new(row).rules.unknown_stages(row)
                    rejected = replace(rejected, stages=unknown)
                self.report.reject([rejected])
                continue
            if not again:
                place = self._place_of_new(row)
                first = place.pipeline.open_stages[0]
                self.report.count_deal(row, place.rules.called(row.stage or first.name))
            if change is not None:
                decided.append((row.line, change))
        if again:  # of each row that was counted before
            report.by_name, report.elsewhere, report.emptied = counted
        return decided

    def _join(self, row: DealRow, *, again: bool) -> None:
        """Adds to a row what the second file says of it, and the row itself does not."""
        side = self.options.side
        if side is None or (key := side.key_of(row)) not in side.lines:
            return
        added, own = side.added_to(row), row.fields
        row.fields = {**added, **own}
        if any(own.get(name, text) != text for name, text in added.items()):
            row.remarks = (*row.remarks, "joined_otherwise")
        if not again:
            self.report.joined += 1
            self.report.keys_met.add(key)

    def join_here(self, ids: Collection[int] = ()) -> Iterator[list[tuple[int, Change]]]:
        """What the second file says of deals that stand in no row, of all or of some, in portions;
        none of them has a line."""
        side = self.options.side
        if side is None or not self.options.joins_here:
            return
        today, me = self._context.today, self._context.actor
        every = self._known.numbered(ids).values() if ids else self._reader.each(today=today, me=me)
        deals = (deal for deal in every if deal.id not in self._met)
        while portion := list(islice(deals, _PORTION)):
            wanted = [(deal, changes) for deal in portion if (changes := side.changes_of(deal))]
            self.report.keys_met.update(
                key for deal in portion if (key := side.key_of(deal)) in side.lines
            )
            self._come_after([deal.id for deal, _ in wanted])
            decided = [(deal, self._edited(deal, changes)) for deal, changes in wanted]
            changed = [change_of(deal, events) for deal, events in decided if events]
            self.report.joined_here += len(changed)
            yield [(NO_LINE, change) for change in changed]

    def _edited(self, deal: Deal, changes: Mapping[str, str]) -> list[Event]:
        context = replace(self._context, pipeline=self._place_of(deal).pipeline)
        return decide(c.Edit(changes), deal, context)

    def forget(self, deal_id: int, line: int) -> None:
        """Takes back what was counted and told of a deal, for it is to be decided anew."""
        self.report.forget(line)
        self._recogniser.forget(deal_id)
        if line == NO_LINE:
            self.report.joined_here -= 1
        elif deal_id < 0:
            self.report.created -= 1
        else:
            self.report.updated -= 1

    def check_identities(self) -> None:
        """`Refused` when most ids that are known belong to deals of other names here: the file
        comes from somewhere else than the ids that it shares."""
        self.report.absent = self._recogniser.absent()
        if self.options.source:  # the person says so
            return
        if self._strange and self._strange > _STRANGE_ENOUGH * self._recognised:
            raise Refused(
                f"{in_figures(self._strange)} of {how_many(self._recognised, 'known id')} of this "
                f"file {'names another deal' if self._strange == 1 else 'name other deals'} here: "
                f"it seems to come from another place than {self.source}.",
                hint="Say where its ids are from with --source NAME, or take all rows as new "
                f"deals with --match new. To update them nevertheless: "
                f"--source {quote(self.source)}",
            )

    @property
    def at(self) -> datetime:
        """When the file comes in, by the clock; after the last change of every deal it changes."""
        return self._context.at

    def _come_after(self, ids: Sequence[int]) -> None:
        later = self._known.instant_after(self._context.at, ids)
        if later != self._context.at:
            self._context = replace(self._context, at=later)

    def _column_of(self, field: str, value: str, row: DealRow) -> str:
        """The column of the file that says a field of a row; of a stage that the deal went through
        the one with the day of that."""
        passed = f"{ENTERED}{value}" if field == "stage" and value != row.stage else ""
        return self._columns.get(passed) or self._columns.get(field, field)

    def _has_owner(self, row: DealRow) -> bool:
        """Whether it can be told whose it is; a row that could be two people's is rejected."""
        try:
            self._owners.rep(row.owner)
        except Ambiguous as error:
            column = self._column_of("owner", "", row)
            self.report.reject([_rejected(row, column, row.owner or "", error.message)])
            return False
        return True

    def _is_first(self, row: DealRow) -> bool:
        """Whether its deal did not stand in the file before."""
        if (first := self._doubles.first(row)) is None:
            return True
        name, one = ("external_id", "id") if row.external_id else ("ref", "deal")
        columns = differing_columns(row, first)
        if not columns:
            self.report.unchanged += 1
            self.report.remark("said_before", row.line)
            return False
        reason = (
            f"the {one} stands twice in the file, first on line {first.line}, with other cells in "
            f"{columns}"
        )
        column = self._column_of(name, "", row)
        self.report.reject([_rejected(row, column, row.external_id or row.ref or "", reason)])
        return False

    def _says(self, row: DealRow) -> Said:
        return said_by(row, self._owners.rep(row.owner))

    def _change(self, row: DealRow, one: Recognised) -> Change | None:
        match = self.options.match
        if one.ambiguous and match != "new":
            reason = "account and title are those of several deals"
            self.report.ambiguous.append(_rejected(row, "", "", reason))
            return None
        if one.deal is None and self._recogniser.by_number:
            raise Refused(
                "there is no deal of this number here, and the row has no title to make one of",
                details={"column": "ref", "value": row.ref},
            )
        if one.deal is None or match == "new":
            self.report.elsewhere += one.elsewhere
            if one.numbered and not one.deal:
                row.remarks = (*row.remarks, "numbered_otherwise")
            return self._take_over(row, taken=one.deal is not None)
        if not self._known.shows(one.deal.id):
            raise Refused("the row is about a deal that you may not see")
        if one.deal.merged_into is not None:
            row.remarks = (*row.remarks, "merged_here")
            self.report.unchanged += 1
            return None
        self._recognised += 1
        self._strange += one.strange
        self.report.by_name += one.by_name
        if match == "skip":
            self.report.skipped += 1
            return None
        return self._update(row, one.deal)

    def _take_over(self, row: DealRow, *, taken: bool) -> Change:
        if self._namesakes and self._namesakes.has(row):
            row.remarks = (*row.remarks, "named_as_another")
        source = self.source if row.external_source is None else row.external_source
        said = {} if row.ref else self._says(row)
        if taken and row.external_id:
            source = f"{source} {self._context.at:%Y-%m-%d %H:%M:%S}"
        identity = RowIdentity(row.external_id, source, said)
        self._numbers.settle_links(row)
        place, context = self._place_of_new(row), self._context
        if place.pipeline is not context.pipeline:
            context = replace(context, pipeline=place.pipeline)
        command = take_over(row, identity, self._owners.rep(row.owner), place.rules)
        events, deal = begin(command, context, -self._numbers.next(row))
        self.report.created += 1
        return Change(None, deal, tuple(events))

    def _shown(self, name: str, text: str, deal: Deal) -> str:
        """What the report says of a field; not what only the owner of the deal is shown."""
        return text if may_see(name, deal.owner, self._context.actor) else "(the owner's own)"

    def _in_words(self, value: FieldValue) -> str:
        """A value of what an import leaves as it is; "" for a history, which is no one line."""
        match value:
            case datetime():
                return value.astimezone(self._context.zone).isoformat(" ", "minutes")[:16]
            case Loss():
                return ", ".join(filter(None, (value.category, value.reason, value.competitor)))
            case date():
                return value.isoformat()
        return ""

    def _update(self, row: DealRow, deal: Deal) -> Change | None:
        """What the row says now that it did not say before, decided one command after another."""
        owner = self._owners.rep(row.owner) or None
        keep_currency(row, deal)
        place = self._place_of(deal)
        merge = place.three_way.merge(row, owner, deal, self._touched(row, deal))
        if deal.archived_at is not None and merge.leave(_OF_WORK, deal.imported):
            row.remarks = (*row.remarks, "archived_here")
        elif merge.keeps_closed(deal) and merge.leave(OF_OPEN_WORK, deal.imported):
            row.remarks = (*row.remarks, "closed_here")
        self.report.differ(
            Differing(row.line, deal.ref, name, self._shown(name, ours, deal), theirs, "ours")
            for name, ours, theirs in merge.conflicts
        )
        for name, ours, theirs in merge.not_followed:
            self._leave(row, deal, name, ours, theirs)
        if self._named and row.pipeline and fold(row.pipeline) != fold(place.pipeline.name):
            both = place.pipeline.name, row.pipeline
            self.report.leave(Differing(row.line, deal.ref, "pipeline", *both, "ours"))
        self.report.emptied.update(merge.emptied)
        events, after = self._decided(row, deal, place, merge)
        if self._closed_later(row, merge, after):
            row.remarks = (*row.remarks, "closed_before_entered")
        if not any(event.changed - {"imported"} or "note" in event.facts for event in events):
            self.report.unchanged += 1
            return None
        self.report.updated += 1
        return Change(deal, after, tuple(events))

    def _decided(
        self, row: DealRow, deal: Deal, place: _Place, merge: Merge
    ) -> tuple[list[Event], Deal]:
        """What follows from what the deal takes, and the deal after it."""
        events: list[Event] = []
        after = deal
        course = RowCourse(row, deal, place.rules, self._context.at, self.options.override)
        for command, at in course.commands(merge):
            context = self._context
            if at is not None or place.pipeline is not context.pipeline:
                context = replace(context, at=at or context.at, pipeline=place.pipeline)
            try:
                found = decide(command, after, context)
            except Refused:
                if not isinstance(command, c.Correct):
                    raise
                # What cannot have been so is told like what was said here.
                for name in CORRECTED:
                    if (theirs := getattr(command, name)) is not None:
                        self._leave(row, deal, name, KNOWN[name](deal), theirs)
                continue
            events += found
            after = evolve_all(after, found) if found else after
        return events, after

    def _leave(
        self, row: DealRow, deal: Deal, name: str, ours: FieldValue, theirs: FieldValue
    ) -> None:
        """Tells what the row says otherwise and the deal does not take."""
        both = self._in_words(ours), self._in_words(theirs)
        self.report.leave(Differing(row.line, deal.ref, name, *both, "ours"))

    def _closed_later(self, row: DealRow, merge: Merge, after: Deal) -> bool:
        """Whether the row closes the deal on a day on which it was not yet where it stands here."""
        if row.closed_at is None or after.closed_at is None or "outcome" not in merge.take:
            return False
        zone = self._context.zone
        return local_date(row.closed_at, zone) < local_date(after.closed_at, zone)

    def _place_of_new(self, row: DealRow) -> _Place:
        """Where a new deal goes: the pipeline that it names, where the file is split by that."""
        main = self._places[self.pipeline.id]
        return self._named.get(fold(row.pipeline or ""), main) if self._named else main

    def _place_of(self, deal: Deal) -> _Place:
        """Where a known deal is changed: in its own pipeline, whichever the file goes into."""
        known = self._places.get(deal.pipeline_id)
        return known or self._place_in(self._pipelines[deal.pipeline_id])

    def _place_in(self, pipeline: Pipeline) -> _Place:
        rules, three_way = self._places[self.pipeline.id]
        place = self._places[pipeline.id] = _Place(
            RowRules(pipeline, rules.origin, self._context.actor, self._context.at),
            replace(three_way, pipeline=pipeline),
        )
        return place

    def _touched(self, row: DealRow, deal: Deal) -> Callable[[], frozenset[str]] | None:
        """How to find out what was changed here, where nobody knows what a file last said."""
        if row.ref:
            since = deal.version if row.version is None else row.version
            return partial(self._known.touched_here, deal.id, since)
        if deal.imported:
            return None
        if deal.imported_as:
            return partial(self._known.touched_here, deal.id)
        return frozenset if deal.external_id else lambda: EVERYTHING


_OF_WORK = ("outcome", *OF_OPEN_WORK)
"""What nobody changes of a deal in the archive."""


def _rejected(row: DealRow, column: str, value: str, reason: str) -> Rejected:
    return Rejected(row.line, column, value, reason.rstrip("."), row.raw)
