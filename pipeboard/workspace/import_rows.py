"""Import of the rows of a file: all of its deals in one command.

An import decides without any lock, from short looks at the database, and puts what follows beside
it. Then one short transaction checks that what it rested on still holds, and brings all of it in.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain, count, islice
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.commands import Context
from pipeboard.domain.counts import how_many, in_english
from pipeboard.domain.dates import micros
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.people import no_such_reps, unsure_reps
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.pipeline_rules import check_pipeline, clean_pipeline
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold, printable
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.exchange.side_files import TEAM, SideTable
from pipeboard.store.reading.facts import collecting_later
from pipeboard.store.reading.setup import pipeline_data
from pipeboard.workspace.configuration import rep_agreed
from pipeboard.workspace.execution import decide_all
from pipeboard.workspace.import_report import ImportReport, RowsRejected
from pipeboard.workspace.recording import check_role, command_done, record, retried
from pipeboard.workspace.row_deciding import NO_LINE, RowDecider
from pipeboard.workspace.row_matching import ImportOptions
from pipeboard.workspace.service import NOTHING_SEEN, Service, in_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from pipeboard.exchange.reading import Reading
    from pipeboard.store import Staging
    from pipeboard.store.projecting import Change
    from pipeboard.store.projecting.carrying import CarriedStage
    from pipeboard.store.projecting.staging import StagedChanges


CHUNK = 1_000
MOST_ATTEMPTS = 8
_NO_OPTIONS = ImportOptions()

Progress = Callable[[int, float], None]


class _Outdated(Exception):
    """What was decided on has changed meanwhile: these deals, by their numbers on the stage."""

    def __init__(self, ids: Sequence[int]) -> None:
        super().__init__()
        self.ids = frozenset(ids)


def import_rows(
    service: Service,
    reading: Reading,
    pipeline: Pipeline,
    origin: str,
    options: ImportOptions = _NO_OPTIONS,
    *,
    beside: Sequence[Pipeline] = (),
    skip_bad: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
    token: str = "",
) -> ImportReport:
    """Every deal of a file, new or changed since it was last imported, as one command.

    A `pipeline` that is new (id 0) is made in the same transaction, rows that name a pipeline
    `beside` the first go there. `origin` names the file in the history. A new owner in a team is
    `NotFound` without a yes (`options.new_reps`), and nothing is written. Without `skip_bad` a
    rejected row raises `RowsRejected` and nothing is written. A change that moves a known deal
    passes the gate as any move does, with `options.override` as its reason. `progress` gets rows
    and share read. A dry run takes no lock. Under the `token` of an import that is stored already
    nothing is done again.
    """
    if (done := retried(service, token, "import")) is not None:
        return ImportReport(command_id=done.command_id, said_before=done.notes[0])
    check_role(service, "import")
    pipelines = (pipeline, *beside)
    run = _Import(service, reading, pipelines, origin, options, skip_bad=skip_bad, token=token)
    with collecting_later():
        return run.rehearse(progress) if dry_run else run.carry_out(progress)


def check_owners(report: ImportReport, *, new_reps: bool) -> None:
    """`NotFound` where the file names owners who become reps by nothing but a yes."""
    if report.unsure_owners and not new_reps:
        raise no_such_reps(report.unsure_owners, report.near_owners)


class _Import:
    """One import of one file."""

    def __init__(
        self,
        service: Service,
        reading: Reading,
        pipelines: Sequence[Pipeline],
        origin: str,
        options: ImportOptions,
        *,
        skip_bad: bool,
        token: str,
    ) -> None:
        self.service, self.reading, self.options = service, reading, options
        self.origin = printable(origin)  # a name of a file may hold bytes that are no text
        self.pipelines, self.skip_bad = pipelines, skip_bad
        self.new = tuple(pipeline for pipeline in pipelines if not pipeline.id)
        self.command_id, self.at = token or str(uuid.uuid4()), service.now()

    def rehearse(self, progress: Progress | None) -> ImportReport:
        """What would be done; nothing is written, and nobody waits."""
        decider = self._decider(_with_made_up_ids(self.pipelines))
        for rows in self._chunks(decider.report, progress):
            decider.decide(rows)
        for _ in decider.join_here():
            pass
        self._check(decider)
        return decider.report

    def carry_out(self, progress: Progress | None) -> ImportReport:
        """Decides, puts aside, and brings in."""
        pipelines = [one if one.id else self._reserve(one) for one in self.pipelines]
        with ExitStack() as resources:
            staging: Staging | None = None
            decider = self._decider(pipelines)
            by_rows = map(decider.decide, self._chunks(decider.report, progress))
            for decided in chain(by_rows, decider.join_here()):
                if decider.report.rejected and not self.skip_bad:
                    continue
                if staging is None and decided:
                    staging = resources.enter_context(self.service.store.staging())
                if staging is not None and decided:
                    self._put_aside(staging, decider, decided)
            self._check(decider)
            check_owners(decider.report, new_reps=self.options.new_reps)
            if staging is not None:
                self.service.store.keep_copy_before_import(self.at)
                self._bring_in(staging, decider, pipelines)
            elif self.new or decider.report.teams:
                # None of the rows led to a deal: new pipelines and teams alone.
                self.service.transact(lambda: self._record(0, self.at, self._save_new(pipelines)))
                decider.report.command_id = self.command_id
            if staging is None:
                self._keep_choices()
        return decider.report

    def _decider(self, pipelines: Sequence[Pipeline]) -> RowDecider:
        service, (first, *beside) = self.service, pipelines
        settings = service.settings
        context = Context(
            first,
            self.at,
            settings.zone,
            service.me,
            settings.loss_categories,
            service.actor.label,
            service.today,
            course=service.reader.history.course,
        )
        decider = RowDecider(
            service.reader, context, self.origin, self.reading, self.options, beside
        )
        decider.report.new_pipelines = list(self.new)
        return decider

    def _chunks(
        self, report: ImportReport, progress: Progress | None
    ) -> Iterator[list[DealRow | Rejected]]:
        rows = self.reading.rows()
        while chunk := list(islice(rows, CHUNK)):
            report.read += len(chunk)
            yield chunk
            if progress is not None:
                progress(report.read, self.reading.share_read())

    def _check(self, decider: RowDecider) -> None:
        report = decider.report
        if report.rejected and not self.skip_bad:
            raise RowsRejected(report)
        decider.check_identities()
        report.unsure_owners = unsure_reps(
            report.new_owners, self.service.reader.reps(), is_set_up=self.service.is_set_up
        )
        report.teams = [rep.name for rep in self._teamed(report.new_owners)]

    def _put_aside(
        self, staging: Staging, decider: RowDecider, decided: Sequence[tuple[int, Change]]
    ) -> None:
        lines = [line for line, _ in decided]
        changes = [change for _, change in decided]
        check_role(self.service, "import", changes)
        staging.stage.add(changes, lines, self.command_id, micros(decider.at))

    def _bring_in(
        self, staging: Staging, decider: RowDecider, pipelines: Sequence[Pipeline]
    ) -> None:
        """Stores what was put aside; what somebody changed meanwhile is decided anew before."""
        for _ in range(MOST_ATTEMPTS):
            staging.stage.sum_up()
            try:
                self.service.transact(
                    lambda: self._store(staging, decider, pipelines), through=staging
                )
            except _Outdated as outdated:
                self._decide_again(staging, decider, outdated.ids)
            else:
                decider.report.command_id = self.command_id
                return
        raise Conflict(
            "The deals of this file keep being changed by others while it comes in.",
            hint="Nothing was imported: try again in a quieter moment.",
        )

    def _store(self, staging: Staging, decider: RowDecider, pipelines: Sequence[Pipeline]) -> None:
        if retried(self.service, self.command_id, "import") is not None:
            return
        made = self._save_new(pipelines)
        for known in (one for one in self.pipelines if one.id):
            if self.service.pipeline_now(known.id).version != known.version:
                raise Conflict(
                    f"{known.name} was changed while the file was being read.",
                    hint="Nothing was imported: import it again.",
                )
        if outdated := staging.stage.outdated():
            raise _Outdated(outdated)
        report = decider.report
        deals = report.created + report.updated + report.joined_here
        self._record(deals, decider.at, made, staging.stage)
        if self.options.recipe is not None:
            self.service.transaction.writer.save_recipe(*self.options.recipe)

    def _keep_choices(self) -> None:
        """How the file was read, for the next one, where none of its deals changed."""
        if self.options.recipe is None:
            return
        source, recipe = self.options.recipe
        if self.service.reader.known_deals().recipe(source) != recipe:
            check_role(self.service, "import")
            self.service.transact(
                lambda: self.service.transaction.writer.save_recipe(source, recipe)
            )

    def _record(
        self,
        deals: int,
        at: datetime,
        made: Sequence[Agreement],
        stage: StagedChanges | CarriedStage | None = None,
    ) -> None:
        """The command, what was put aside, and what is agreed with it."""
        service, writer = self.service, self.service.transaction.writer
        reps = self._reps_agreed(() if stage is None else stage.new_owners())
        check_role(service, "import", agreements=(*made, *reps))
        summary = f"Imported {how_many(deals, 'deal', figures=in_english)} from {self.origin}."
        writer.begin_command(command_done(service, self.command_id, at, "import", summary))
        if stage is not None:
            writer.add_staged(stage)
        for agreement in reps:
            writer.agree(agreement, at, service.actor.label)
        writer.record_agreements(self.command_id, (*made, *reps))

    def _decide_again(
        self,
        staging: Staging,
        decider: RowDecider,
        ids: frozenset[int],
    ) -> None:
        places = dict(zip(ids, staging.stage.take_back(list(ids)), strict=True))
        for deal_id, line in places.items():
            decider.forget(deal_id, line)
        wanted = set(places.values())
        rows = [
            row for row in self.reading.again() if isinstance(row, DealRow) and row.line in wanted
        ]
        alone = [deal_id for deal_id, line in places.items() if line == NO_LINE]
        joined = decider.join_here(alone) if alone else ()
        for decided in (decider.decide(rows, again=True), *joined):
            if decided:
                self._put_aside(staging, decider, decided)
        if decider.report.rejected and not self.skip_bad:
            raise RowsRejected(decider.report)

    def _reserve(self, pipeline: Pipeline) -> Pipeline:
        """A new pipeline under numbers of its own; there is nothing of it in the database yet."""
        wanted, store = clean_pipeline(pipeline), self.service.store
        check_pipeline(wanted, self.service.reader.pipelines())
        numbers = iter(store.reserve("stage", len(wanted.stages)))
        stages = tuple(replace(stage, id=next(numbers)) for stage in wanted.stages)
        return replace(wanted, id=store.reserve("pipeline", 1)[0], stages=stages, version=1)

    def _teamed(self, new_owners: Iterable[str]) -> list[Rep]:
        """The reps whom a joined file puts into another team, those too who are new."""
        table, known = self.options.side, self.service.reader.reps()
        names = {rep.name for rep in known}
        new = (Rep(name) for name in new_owners if name not in names)
        return _in_teams((*known, *new), table) if table is not None else []

    def _reps_agreed(self, new_owners: Sequence[str]) -> list[Agreement]:
        """Those whom the file is the first to name, and those who come into another team."""
        reps = {name: Rep(name) for name in new_owners}
        reps |= {rep.name: rep for rep in self._teamed(new_owners)}
        return [one for rep in reps.values() for one in rep_agreed(self.service, rep)]

    def _save_new(self, pipelines: Sequence[Pipeline]) -> list[Agreement]:
        both = zip(self.pipelines, pipelines, strict=True)
        return [self._save_pipeline(made) for wanted, made in both if not wanted.id]

    def _save_pipeline(self, pipeline: Pipeline) -> Agreement:
        if any(
            fold(known.name) == fold(pipeline.name) for known in self.service.reader.pipelines()
        ):
            raise Refused(
                f"There is a pipeline '{pipeline.name}' by now.",
                hint="Nothing was imported: import it again, without --stages.",
            )
        self.service.transaction.writer.save_pipeline(pipeline, self.at, self.service.actor.label)
        return Agreement(Topic.PIPELINE, (pipeline.id,), None, pipeline_data(pipeline))


def _with_made_up_ids(pipelines: Sequence[Pipeline]) -> list[Pipeline]:
    """Pipelines to rehearse with; the numbers of new ones mean nothing outside."""
    fresh = count(-1, -1)

    def numbered(pipeline: Pipeline) -> Pipeline:
        stages = tuple(replace(stage, id=next(fresh)) for stage in pipeline.stages)
        return replace(pipeline, id=next(fresh), stages=stages)

    return [one if one.id else numbered(one) for one in pipelines]


# Joining: what a second file says of reps, products or accounts, put on deals that name them.


@dataclass(frozen=True, slots=True)
class Joined:
    """How many lines met a deal, how many deals were changed, and whose teams were set.

    `said_before` tells that all of it was done before, under the same token.
    """

    lines: int
    met: int
    deals: int
    reps: int
    command_id: str
    said_before: str = ""


@in_transaction
def join(
    service: Service,
    table: SideTable,
    origin: str,
    pipeline_id: int | None,
    *,
    dry_run: bool = False,
    token: str = "",
) -> Joined:
    """Puts the columns of each line on the deals that have its key, and its team on the rep, as one
    command."""
    if (done := retried(service, token, "import")) is not None:
        return Joined(0, 0, 0, 0, done.command_id, done.notes[0])
    met: set[str] = set()
    wanted: dict[int, Mapping[str, str]] = {}
    for deal in service.reader.each(today=service.today, me=service.me, pipeline_id=pipeline_id):
        if (key := table.key_of(deal)) in table.lines:
            met.add(key)
            if changes := table.changes_of(deal):
                wanted[deal.id] = changes
    reps = _in_teams(service.reader.reps(), table)
    teams = tuple(one for rep in reps for one in rep_agreed(service, rep))
    found = decide_all(
        service, service.load(list(wanted)), lambda deal: c.Edit(wanted[deal.id]), NOTHING_SEEN
    )
    if not found.changes and not teams:
        return Joined(len(table.lines), len(met), 0, 0, "")
    changed = how_many(len(found.changes), "deal", figures=in_english)
    summary = f"Joined {origin} to {changed}."
    decided = replace(found, summary=summary, agreements=teams)
    receipt = record(service, "import", decided, dry_run=dry_run, token=token)
    return Joined(len(table.lines), len(met), len(receipt.deals), len(reps), receipt.command_id)


def _in_teams(reps: Iterable[Rep], table: SideTable) -> list[Rep]:
    """The reps whose team is another by their line, as they are to be."""
    lines = table.lines if table.field == "owner" else {}
    return [
        replace(rep, team=line[TEAM])
        for rep in reps
        if (line := lines.get(fold(rep.name))) and line.get(TEAM, rep.team) != rep.team
    ]
