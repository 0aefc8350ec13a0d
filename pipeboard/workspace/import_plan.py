"""A planned import: how a file is read and where its deals go, looked at, changed, carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from pipeboard.domain.errors import BadInput, Conflict, PipeboardError, Refused
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.money import currency_code
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import from_stage_names
from pipeboard.domain.text import fold
from pipeboard.exchange.deal_files import is_whole
from pipeboard.exchange.reading import Reading, find_source, open_import
from pipeboard.exchange.recipe import Recipe, Survey, read_options, recipe_from_json, survey
from pipeboard.exchange.row_stream import stages_in_order
from pipeboard.exchange.rows import DealRow
from pipeboard.exchange.side_files import SideFile, SideTable, side_of
from pipeboard.exchange.words.languages import closing_outcome
from pipeboard.workspace import Workspace
from pipeboard.workspace.finding import find_pipeline
from pipeboard.workspace.import_report import ImportReport, RejectedFile, remarks_told
from pipeboard.workspace.import_rows import Progress, import_rows
from pipeboard.workspace.row_matching import ImportOptions, Match

NO_STAGE: Final = "Open"
"""The stage of open deals of a file that names none to work in."""
NO_RECIPE: Final = Recipe()
_MOST_PIPELINES: Final = 20
_Stamp = tuple[int, int]


# How a file is read: for every way into an import.


def last_recipe(workspace: Workspace, path: Path, typed: Recipe) -> tuple[str, Recipe] | None:
    """The source of a file, and how files of it were read last time; None where none was."""
    source = _source_of(path, typed)
    kept = workspace.reader.known_deals().recipe(source) if source else None
    return None if kept is None else (source, recipe_from_json(kept, "the last recipe"))


def open_reading(
    workspace: Workspace,
    path: Path,
    recipe: Recipe,
    pipeline: Pipeline | None,
    *,
    strict: bool = False,
    splits: bool = False,
    still_asks: bool = False,
) -> Reading:
    """The file, read by a recipe; its stages are those of `pipeline` where there is one yet. With
    `splits` its rows go into the pipelines that they name."""
    settings = workspace.settings
    default = pipeline.currency if pipeline else settings.currency
    options = read_options(recipe, pipeline)
    return open_import(
        path,
        from_=recipe.tool,
        currency=currency_code(recipe.currency) if recipe.currency else default,
        zone=settings.zone,
        today=workspace.today,
        options=replace(options, strict=strict, splits=splits, still_asks=still_asks),
    )


def stages_of(reading: Reading) -> tuple[str, ...]:
    """The stages that a file names, in the order of its deals, those that close too; `NO_STAGE`
    where it names none. Raises BadInput for a file without deals."""
    if next(reading.rows(), None) is None:
        raise BadInput("The file holds no deals.", hint="Export it again.")
    return tuple(stages_in_order(reading.rows())) or (NO_STAGE,)


def pipelines_of_source(workspace: Workspace, path: Path, recipe: Recipe) -> tuple[Pipeline, ...]:
    """Where deals go of which nobody says where: those that are known stay where they are, new ones
    go where most of the same source are; without any of it, all into the first pipeline."""
    deals, pipelines = workspace.reader.known_deals(), workspace.reader.pipelines()
    source = _source_of(path, recipe)
    counts = {one.id: deals.of_source(source, one.id) if source else 0 for one in pipelines}
    known = sorted(filter(lambda one: counts[one.id], pipelines), key=lambda one: -counts[one.id])
    return tuple(known) or (find_pipeline(workspace),)


def _source_of(path: Path, recipe: Recipe) -> str:
    return recipe.source or find_source(path, recipe.tool, recipe.encoding, recipe.sheet)


def named_pipelines(
    workspace: Workspace, path: Path, recipe: Recipe, *, strict: bool = False
) -> tuple[Pipeline, ...]:
    """The pipelines that the rows of a file name: those that are there, and the others to be made
    of the stages of their rows.

    None where a file of another tool names one that nothing of it came into before, or so many that
    they are something else; where there are no deals yet, if one is there without the stages; where
    there are, unless all are there or several had deals of its source before.
    """
    deals = workspace.reader.known_deals()
    is_first = not deals.count()
    known = {fold(one.name): one for one in workspace.reader.pipelines()}
    with open_reading(
        workspace, path, recipe, None, strict=strict, splits=True, still_asks=True
    ) as reading:
        if "pipeline" not in reading.mapping.values():
            return ()
        rows = (row for row in reading.again() if isinstance(row, DealRow) and row.pipeline)
        names = {fold(row.pipeline or ""): row.pipeline or "" for row in rows}
        source = recipe.source or reading.source
        there = [known[key].id for key in names.keys() & known.keys()]
        came_into = sum(deals.of_source(source, one) > 0 for one in there)
        is_split = len(names) > 1 or came_into or reading.tool == "pipeboard"
        if not is_split or len(names) > _MOST_PIPELINES:
            return ()
        if not is_first and len(there) < len(names) and came_into <= 1:
            return ()
        found, currency = [], workspace.settings.currency
        for key, name in names.items():
            rows = (row for row in reading.again() if isinstance(row, DealRow))
            wanted = _open_stages(row for row in rows if fold(row.pipeline or "") == key)
            if (one := known.get(key)) is not None:
                stages = {fold(stage.name) for stage in one.open_stages}
                if is_first and not stages.issuperset(map(fold, wanted)):
                    return ()
                found.append(one)
            else:
                found.append(from_stage_names(wanted, pipeline_name=name, currency=currency))
    return tuple(found)


def _open_stages(rows: Iterable[object]) -> tuple[str, ...]:
    """The stages to work in that rows name, `NO_STAGE` where they name none."""
    named = stages_in_order(rows)
    return tuple(name for name in named if not closing_outcome(name)) or (NO_STAGE,)


# A plan, and what would come of it.


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a person has chosen for a file.

    The deals go into the pipeline of that name; where there is no name, into those that they name
    themselves, else where deals of their source are. One that `is_new` is made of the file's own
    stages. `forgets` how files of its source were read before.
    """

    path: Path
    recipe: Recipe = NO_RECIPE
    pipeline: str = ""
    is_new: bool = False
    forgets: bool = False
    match: Match = "update"
    prefers_file: bool = False
    skips_bad: bool = False
    override: str = ""
    new_reps: bool = False


@dataclass(frozen=True, slots=True)
class FileSeen:
    """A file as its plan reads it, and what would come of it.

    `recipe` is the plan's over the last one of this source, `last` in words what was taken from
    that. Rows go into `pipeline`, but for those that name one `beside` it. `mapping` is the target
    of each column, `answers` as `Reading.answers`. `lacking` says why nothing can be imported yet.
    `stamps` tell whether it, or the second file that is joined, has changed since.
    """

    plan: ImportPlan
    recipe: Recipe
    last: str
    pipeline: Pipeline
    format: str
    tool: str
    encoding: str
    delimiter: str
    header: tuple[str, ...]
    mapping: Mapping[str, str]
    answers: Mapping[str, str]
    currency: str
    assumed: int
    survey: Survey
    remarks: tuple[str, ...]
    stamps: Mapping[Path, _Stamp]
    beside: tuple[Pipeline, ...] = ()
    splits: bool = False
    report: ImportReport = field(default_factory=ImportReport)
    lacking: str = ""
    side: SideTable | None = None

    @property
    def side_file(self) -> SideFile | None:
        """The second file that is joined."""
        return side_of(self.recipe)

    @property
    def unknown_words(self) -> int:
        """How many words say nothing here: no outcome, and no stage of the pipeline."""
        return sum(not self.is_known(word.becomes) for word in self.survey.words)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages to work in of all pipelines that rows go into, each once."""
        every = (stage.name for one in (self.pipeline, *self.beside) for stage in one.open_stages)
        return tuple(dict.fromkeys(every))

    def is_known(self, becomes: str | None) -> bool:
        """Whether what a word comes to is there: an outcome, or a stage."""
        if becomes is None:
            return False
        is_stage = fold(becomes) in map(fold, self.stages)
        return is_stage or becomes[:1] == "=" or becomes == "archived"


def look_at(
    workspace: Workspace,
    plan: ImportPlan,
    heard: Progress,
    surveyed: Callable[[FileSeen], None] = lambda seen: None,
) -> FileSeen:
    """Reads the file to its end and rehearses its import; nothing is written, nobody waits.

    `surveyed` gets what is known before the rehearsal. `heard` gets rows and the share read, and
    may raise to stop it. Raises NotFound or BadInput for a file that cannot be understood at all.
    """
    if is_whole(plan.path):
        raise BadInput(
            f"{plan.path.name} is a whole workspace, not a file of deals.",
            hint="Make a database of it: pipeboard import FILE --db NEW.db",
        )
    if plan.is_new and any(
        fold(p.name) == fold(plan.pipeline) for p in workspace.reader.pipelines()
    ):
        plan = replace(plan, is_new=False)
    recipe, last, remarks = _recipe_of(workspace, plan)
    named = () if plan.pipeline else named_pipelines(workspace, plan.path, recipe)
    pipeline, *beside = named or _pipelines_of(workspace, plan, recipe)
    splits = bool(named or beside)
    stamps = _stamps(plan.path, recipe)
    read_with = None if splits else pipeline
    with (
        _readable(plan.path),
        open_reading(
            workspace, plan.path, recipe, read_with, splits=splits, still_asks=True
        ) as reading,
    ):
        seen = FileSeen(
            plan,
            recipe,
            last,
            pipeline,
            reading.format,
            reading.tool,
            reading.encoding,
            reading.delimiter or "",
            reading.header,
            reading.mapping,
            reading.answers(),
            reading.rules.currency,
            0,
            survey(reading, heard),
            (*remarks, *reading.warnings),
            stamps,
            tuple(beside),
            splits,
            lacking=_lacking(reading),
        )
        surveyed(seen)
        return _rehearse(workspace, seen, reading, remarks, heard)


def _rehearse(
    workspace: Workspace,
    seen: FileSeen,
    reading: Reading,
    remarks: Sequence[str],
    heard: Progress,
) -> FileSeen:
    """What is seen of a file, with what would come of it."""
    report, lacking, side = ImportReport(), seen.lacking, None
    if not lacking:
        try:
            side = seen.side_file.open() if seen.side_file else None
            seen = replace(seen, side=side)
            report = import_rows(
                workspace,
                reading,
                seen.pipeline,
                seen.plan.path.name,
                _options(seen, reading),
                beside=seen.beside,
                skip_bad=True,
                dry_run=True,
                progress=heard,
            )
        except PipeboardError as error:
            if error.code in ("database", "given_up"):
                raise
            lacking = f"{error.message} {error.hint}".strip()
    doubts = side.doubts(len(report.keys_met)) if side else ()
    told = (*remarks, *reading.warnings, *reading.remarks(), *remarks_told(report), *doubts)
    return replace(
        seen,
        report=report,
        lacking=lacking,
        remarks=told,
        assumed=reading.tally.assumed_currency,
    )


def _recipe_of(workspace: Workspace, plan: ImportPlan) -> tuple[Recipe, str, tuple[str, ...]]:
    """The recipe in effect, what of it is from last time, and a remark where that does not fit."""
    found = None if plan.forgets else last_recipe(workspace, plan.path, plan.recipe)
    if found is None:
        return plan.recipe, "", ()
    _, last = found
    recipe = last.under(plan.recipe)
    try:
        open_reading(workspace, plan.path, recipe, None, still_asks=True).close()
    except BadInput as error:
        remark = f"What was chosen last time does not fit this file: {error.message}."
        return plan.recipe, "", (remark,)
    return recipe, last.in_words(), ()


def _pipelines_of(workspace: Workspace, plan: ImportPlan, recipe: Recipe) -> tuple[Pipeline, ...]:
    if not plan.pipeline:
        return pipelines_of_source(workspace, plan.path, recipe)
    if not plan.is_new:
        return (find_pipeline(workspace, plan.pipeline),)
    with open_reading(workspace, plan.path, recipe, None, still_asks=True) as reading:
        names = _open_stages(reading.rows())
    currency = workspace.settings.currency
    return (from_stage_names(names, pipeline_name=plan.pipeline, currency=currency),)


def _lacking(reading: Reading) -> str:
    """What must be said before anything can be imported."""
    if not reading.tells_names:
        return "No column says what the deals are called: choose the one that is the title."
    if not reading.tells_stages:
        return "No column says in which stage the deals are: choose one, or a stage for all."
    return ""


def _options(seen: FileSeen, reading: Reading) -> ImportOptions:
    plan, recipe = seen.plan, seen.recipe
    return ImportOptions(
        match=plan.match,
        prefer_file=plan.prefers_file,
        override=plan.override,
        source=recipe.source,
        recipe=recipe.kept(reading.source, forgets=plan.forgets),
        new_reps=plan.new_reps,
        side=seen.side,
        joins_here=bool(seen.side_file and seen.side_file.everywhere),
    )


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """Says in a sentence what keeps a file from being read to its end."""
    try:
        yield
    except OSError as error:
        raise BadInput(
            f"{path} can no longer be read: {error.strerror or error}.",
            hint="Nothing was imported.",
        ) from error


def _stamps(path: Path, recipe: Recipe) -> dict[Path, _Stamp]:
    try:
        stamps = {path: _stamp(path)}
    except OSError as error:
        raise BadInput(f"{path} cannot be looked at: {error.strerror}.") from error
    if (side := side_of(recipe)) is not None:
        with suppress(OSError):  # what is wrong with it is said when it is read
            stamps[side.path] = _stamp(side.path)
    return stamps


def _stamp(path: Path) -> _Stamp:
    found = path.stat()
    return found.st_mtime_ns, found.st_size


# Carried out.


@dataclass(frozen=True, slots=True)
class Imported:
    """What came in, into which pipeline, and the file of the rows that did not."""

    report: ImportReport
    pipeline: str
    rejected: Path | None = None


def carry_out(workspace: Workspace, seen: FileSeen, heard: Progress) -> Imported:
    """Imports the file as it was looked at; all of it in one command, or nothing.

    `heard` may raise to stop it as long as nothing is stored. Raises Conflict for a file that was
    changed since, `RowsRejected` where rows are rejected that the plan does not skip.
    """
    plan, path = seen.plan, seen.plan.path
    if seen.lacking:
        raise Refused(seen.lacking)
    for file, stamp in _stamps(path, seen.recipe).items():
        if stamp != seen.stamps.get(file):
            raise Conflict(
                f"{file.name} has changed since it was looked at.", hint="Nothing was imported."
            )
    if seen.side_file is not None:
        seen = replace(seen, side=seen.side_file.open())
    pipeline, *beside = (
        workspace.pipeline_now(one.id) if one.id else one for one in (seen.pipeline, *seen.beside)
    )
    read_with = None if seen.splits else pipeline
    with (
        _readable(path),
        open_reading(workspace, path, seen.recipe, read_with, splits=seen.splits) as reading,
    ):
        rejected = RejectedFile(str(path)) if plan.skips_bad else None
        report = import_rows(
            workspace,
            reading,
            pipeline,
            path.name,
            _options(seen, reading),
            beside=beside,
            skip_bad=plan.skips_bad,
            progress=heard,
        )
        kept = rejected is not None and rejected.keep(reading, report)
    return Imported(report, pipeline.name, rejected.path if rejected and kept else None)
