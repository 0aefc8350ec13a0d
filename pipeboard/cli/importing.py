"""The verb that takes deals over from a file: import."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE, REFUSED
from pipeboard.cli.import_flags import import_arguments, recipe_for, save_recipe
from pipeboard.cli.import_telling import place_of, targets_of, tell, way_out
from pipeboard.cli.output import progress_told
from pipeboard.cli.verbs import takes_all, verb
from pipeboard.domain.errors import Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import in_figures
from pipeboard.domain.pipeline import Pipeline
from pipeboard.workspace.finding import find_pipeline

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.import_rows import ImportOptions, ImportReport


@verb(
    "import",
    "FILE",
    "pipeboard import deals.csv --dry-run",
    "pipeboard import deals.csv --into Hardware --stages Lead,Proposal,Order",
)
@takes_all(import_arguments)
def import_file(call: Call) -> int:
    """Every deal of the file, or what it would do; a whole workspace, or a file to join."""
    asked = call.arguments
    with ExitStack() as resources:
        path = Path(asked.file)
        if asked.file == "-":
            from pipeboard.exchange.reading import local_copy

            path = local_copy("-", None, resources)
        if asked.join:
            return join_file(call, path)
        from pipeboard.exchange.deal_files import is_whole

        if is_whole(path):
            return _restore(call, path)
        return _import_deals(call, path, resources)


def _import_deals(call: Call, path: Path, resources: ExitStack) -> int:
    from pipeboard.workspace.import_plan import open_reading
    from pipeboard.workspace.import_report import RejectedFile
    from pipeboard.workspace.import_rows import RowsRejected

    asked = call.arguments
    workspace, known = resources.enter_context(place_of(call, path))
    recipe = recipe_for(call, workspace, path)
    pipelines, splits = targets_of(call, workspace, path, recipe, known)
    pipeline = pipelines[0]
    read_with = None if splits else pipeline
    reading = resources.enter_context(
        open_reading(workspace, path, recipe, read_with, strict=asked.strict, splits=splits)
    )
    _expect_answers(call, reading)
    rejected = None if asked.dry_run or not asked.skip_bad else RejectedFile(asked.file)
    if rejected is not None:
        resources.callback(rejected.drop)
    try:
        report = _import(call, workspace, reading, pipelines, recipe)
    except RowsRejected as error:
        tell(call, reading, error.report, pipeline)
        call.out.say(error.message)
        if not way_out(call, error.report, pipeline):
            call.out.say(error.hint)
        return REFUSED
    tell(call, reading, report, pipeline)
    if rejected is not None and rejected.keep(reading, report):
        call.out.say(f"Rejected rows are in {rejected.path}.")
    return DONE


def _restore(call: Call, path: Path) -> int:
    """A whole workspace out of a file; only where there is none yet, or an empty one."""
    from pipeboard.cli.setup import is_made, make_workspace
    from pipeboard.exchange.deal_files import read_whole
    from pipeboard.workspace.configuration import check_empty, take_whole

    read_whole(path)  # before a database is made for it
    made = is_made(call)
    if made:
        check_empty(call.workspace, path)
    if call.arguments.dry_run:
        call.out.say("Would be: a workspace made of the file.")
        return DONE
    workspace = call.workspace if made else make_workspace(call, template_name=None)
    call.out.say(f"{in_figures(take_whole(workspace, path))} deals and all around them are here.")
    return DONE


def _import(
    call: Call,
    workspace: Workspace,
    reading: Reading,
    pipelines: Sequence[Pipeline],
    recipe: Recipe,
) -> ImportReport:
    from pipeboard.workspace.import_rows import import_rows

    asked = call.arguments
    origin = Path(asked.file).name if asked.file != "-" else "stdin"
    options = _options(call, reading, recipe)

    def work(new_reps: bool) -> ImportReport:
        with progress_told(call.out) as progress:
            return import_rows(
                workspace,
                reading,
                pipelines[0],
                origin,
                replace(options, new_reps=new_reps),
                beside=pipelines[1:],
                skip_bad=asked.skip_bad,
                **call.once,
                progress=progress,
            )

    return call.for_owner(work)


def _options(call: Call, reading: Reading, recipe: Recipe) -> ImportOptions:
    from pipeboard.exchange.side_files import side_of
    from pipeboard.workspace.import_rows import ImportOptions

    asked = call.arguments
    if asked.save_recipe:
        save_recipe(call, recipe)
    kept = (reading.source, recipe.to_json()) if recipe and reading.source else None
    side = side_of(recipe)
    return ImportOptions(
        match=asked.match,
        prefer_file=asked.prefer == "file",
        override=asked.override,
        source=recipe.source,
        recipe=kept,
        side=side.open() if side else None,
        joins_here=bool(side and side.everywhere),
    )


def _expect_answers(call: Call, reading: Reading) -> None:
    """`Refused`, with the command to type, where nothing says in which stage deals are."""
    if reading.tells_stages:
        return
    answers = reading.answers()
    columns = ", ".join(reading.header)
    lacking = [name for name, answer in answers.items() if not answer]
    raise Refused(
        f"No column of {Path(call.arguments.file).name} says in which stage its deals are "
        f"(not found: {', '.join(lacking)}).",
        hint="Name it with --map 'COLUMN=stage', or put all deals into one stage with "
        f"--set stage=NAME. Columns: {columns}.",
    )


# import --join: a second file that says more of the reps, products or accounts of deals.


def join_file(call: Call, path: Path) -> int:
    """Puts the other columns of the file on the deals that have the key of their line."""
    from pipeboard.exchange.reading import ReadOptions
    from pipeboard.exchange.side_files import open_side_table
    from pipeboard.workspace.import_rows import join

    asked = call.arguments
    options = ReadOptions(encoding=asked.encoding or None, sheet=asked.sheet or None)
    table = open_side_table(path, asked.join, asked.map, options)
    name = asked.into or asked.pipeline
    pipeline_id = find_pipeline(call.workspace, name).id if name else None
    joined = join(call.workspace, table, path.name, pipeline_id, **call.once)
    call.out.say(*filter(None, (joined.said_before, *table.doubts(joined.met))))
    if asked.json:
        call.out.document(
            {
                "read": joined.lines,
                "matched": joined.met,
                "updated": joined.deals,
                "reps": joined.reps,
                "mapping": dict(table.targets),
                "command_id": joined.command_id or None,
            }
        )
        return DONE
    begin = "Would be: " if asked.dry_run else ""
    call.out.line(
        f"{begin}{in_figures(joined.lines)} lines read, {in_figures(joined.met)} meet a deal by "
        f"{table.field}, {in_figures(joined.deals)} deals updated, "
        f"{in_figures(joined.reps)} teams set."
    )
    return DONE
