"""The verb that takes deals over from a file: import."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE, REFUSED
from pipeboard.cli.import_flags import (
    expect_no_more,
    import_arguments,
    place_of,
    recipe_for,
    save_recipe,
    targets_of,
)
from pipeboard.cli.output import progress_told
from pipeboard.cli.setup import is_made, make_workspace
from pipeboard.cli.verbs import takes_all, verb
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import few, fold, nearest
from pipeboard.exchange.deal_files import is_whole, read_whole
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.local_files import is_piped, local_copy
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import ALWAYS
from pipeboard.exchange.side_files import open_side_table, side_of
from pipeboard.workspace.configuration import check_empty, take_whole
from pipeboard.workspace.finding import find_pipeline
from pipeboard.workspace.import_plan import open_reading
from pipeboard.workspace.import_report import (
    Differing,
    ImportReport,
    RejectedFile,
    RowsRejected,
    conflicts_told,
    counts_told,
    meaning_told,
    rejects_told,
    remarks_told,
)
from pipeboard.workspace.import_rows import check_owners, import_rows, join
from pipeboard.workspace.row_matching import ImportOptions

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace


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
        path = local_copy(asked.file, resources)
        if asked.join:
            return join_file(call, path)

        if is_whole(path):
            return _restore(call, path)
        return _import_deals(call, path, resources)


def _import_deals(call: Call, path: Path, resources: ExitStack) -> int:
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
    rejected = None if asked.dry_run or not asked.skip_bad else RejectedFile(_called(asked.file))
    try:
        report = _import(call, workspace, reading, pipelines, recipe)
    except RowsRejected as error:
        tell(call, reading, error.report, pipeline)
        call.out.say(error.message)
        if not way_out(call, error.report, pipeline, reading):
            call.out.say(error.hint)
        return REFUSED
    tell(call, reading, report, pipeline)
    if asked.dry_run and (asked.yes or not call.may_ask):  # it ends as the import would
        call.for_owner(lambda new_reps: check_owners(report, new_reps=new_reps))
    if rejected is not None and rejected.keep(reading, report):
        call.out.say(f"Rejected rows are in {rejected.path}.")
    return DONE


def _called(file: str) -> str:
    """The file as people know it; what comes through a pipe has no place that is kept."""
    return "stdin" if is_piped(file) else file


def _restore(call: Call, path: Path) -> int:
    """A whole workspace out of a file; only where there is none yet, or an empty one."""
    expect_no_more(call, "A whole workspace")
    read_whole(path)  # before a database is made for it
    made = is_made(call)
    if made:
        check_empty(call.workspace, path)
    if call.arguments.dry_run:
        call.out.say("Would be: a workspace made of the file.")
        return DONE
    workspace = call.workspace if made else make_workspace(call, template_name=None)
    deals = ("deal and all around it is", "deals and all around them are")
    call.out.say(f"{how_many(take_whole(workspace, path), *deals)} here.")
    return DONE


def _import(
    call: Call,
    workspace: Workspace,
    reading: Reading,
    pipelines: Sequence[Pipeline],
    recipe: Recipe,
) -> ImportReport:
    asked = call.arguments
    origin = Path(_called(asked.file)).name
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
    asked = call.arguments
    if asked.save_recipe:
        save_recipe(call, recipe)
    side = side_of(recipe)
    return ImportOptions(
        match=asked.match,
        prefer_file=asked.prefer == "file",
        override=asked.override,
        source=recipe.source,
        recipe=recipe.kept(reading.source, forgets=asked.fresh),
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
        f"No column of {Path(_called(call.arguments.file)).name} says in which stage its deals are "
        f"(not found: {', '.join(lacking)}).",
        hint="Name it with --map 'COLUMN=stage', or put all deals into one stage with "
        f"--set stage=NAME. Columns: {columns}.",
    )


# What an import has to say: in words for a person, as one document for a script.


def tell(call: Call, reading: Reading, report: ImportReport, pipeline: Pipeline) -> None:
    """The report: on stdout, with what should be looked at on stderr; JSON where it is wanted."""
    if report.said_before:
        call.out.say(report.said_before)
    report.rejected.sort(key=lambda row: row.line)
    warnings = [*reading.warnings, *reading.remarks(), *remarks_told(report)]
    if call.arguments.json:
        call.out.document(_document(reading, report, warnings))
        return
    call.out.say(*warnings)
    if call.arguments.dry_run or call.arguments.verbose:
        _tell_mapping(call, reading)
    for line in conflicts_told(report):
        call.out.line(line)
    for line in rejects_told(report.rejected):
        call.out.line(line)
    begin = "Would be: " if call.arguments.dry_run else ""
    call.out.line(f"{begin}{counts_told(report)}")
    for line in meaning_told(report, written().money):
        call.out.line(line)
    if report.keys_met:
        rows, others = how_many(report.joined, "row"), how_many(report.joined_here, "deal")
        call.out.line(f"Joined: {rows} of the file, {others} here in none of its rows.")
    lacking = [name for name, answer in reading.answers().items() if not answer]
    if lacking and report.read:
        call.out.line(f"Not in the file: {', '.join(lacking)}.")
    call.out.say(*way_out(call, report, pipeline, reading))


def _tell_mapping(call: Call, reading: Reading) -> None:
    delimiter = f", delimiter {reading.delimiter!r}" if reading.delimiter else ""

    of = "" if reading.tool == GENERIC.name else f" of {reading.tool}"
    call.out.line(f"{reading.format}{of}, {reading.encoding}{delimiter}")
    for name, answer in reading.answers().items():
        is_column = answer and not answer.startswith(ALWAYS)
        said = f"column '{answer}'" if is_column else answer or "not in the file"
        call.out.line(f"  {name:<8} {said}")
    for column, target in reading.mapping.items():
        call.out.line(f"  {column} -> {target}")


def way_out(call: Call, report: ImportReport, pipeline: Pipeline, reading: Reading) -> list[str]:
    """The commands to type where stages of the file are not those of the pipeline, or where words
    of a status say nothing."""
    said = dict.fromkeys(
        f"{row.column}:{row.value}==lost"
        for row in report.rejected
        if reading.mapping.get(row.column) == "status" and row.value
    )
    words = [part for word in list(said)[:4] for part in ("--value", word)]
    ways = [f"To say what they mean (=won, =lost, =open): {_again(call, *words)}"]
    told, *of_stages = _ways_of_stages(report, pipeline, call) or [""]
    others = _with_all_stages(report, pipeline, call) if told else ()
    return [*filter(None, [told]), *others, *of_stages, *(ways if said else ())]


def _with_all_stages(report: ImportReport, pipeline: Pipeline, call: Call) -> Iterator[str]:
    """The other pipelines that have every stage of the file, with the command to type."""
    unknown = (name for row in report.rejected for name in row.stages)
    wanted = {fold(name) for name in (*unknown, *report.stages)} - {"won", "lost", "archived"}
    for one in call.workspace.reader.pipelines() if is_made(call) else ():
        if one.id != pipeline.id and wanted <= {fold(stage.name) for stage in one.open_stages}:
            again = _again(call, "--into", one.name, without=_GOES_INTO)
            yield f"{one.name} has all of them: {again}"


def _ways_of_stages(report: ImportReport, pipeline: Pipeline, call: Call) -> list[str]:
    unknown = Counter(name for row in report.rejected for name in row.stages)
    if not unknown:
        return []
    names = [stage.name for stage in pipeline.open_stages]
    listed = [name for name, _ in unknown.most_common(12)]
    meant = (f"{name}={nearest(name, names) or names[0]}" for name in listed)
    renamed = [part for one in meant for part in ("--stage", one)]
    told = few([f"{name} ({in_figures(unknown[name])})" for name, _ in unknown.most_common()], 12)
    elsewhere = _again(call, "--into", "NAME", "--stages", "auto", without=_GOES_INTO)
    return [
        f"The file has stages that {pipeline.name} does not have: {told}.",
        f"To make a pipeline with the file's own stages: {elsewhere}",
        f"To put them into stages of {pipeline.name}, or say that they are won or lost (=won, "
        f"=lost): {_again(call, *renamed)}",
    ]


_GOES_INTO = ("--into", "--stages", "-p", "--pipeline")


def _again(call: Call, *more: str, without: Sequence[str] = ()) -> str:
    """The same command line with more flags, and without some that take a value; without its token
    too, as a part may have come in under that."""
    words, kept, gone = iter(call.typed), list[str](), ("--token", *without)
    for word in words:
        if word in gone:
            next(words, None)
        elif word.partition("=")[0] not in gone and word[:2] not in gone:
            kept.append(word)
    end = kept.index("--") if "--" in kept else len(kept)
    return f"pipeboard import {shlex.join((*kept[:end], *more, *kept[end:]))}"


def _differing(one: Differing) -> dict[str, object]:
    names = ("line", "deal", "field", "ours", "theirs", "kept")
    return {name: getattr(one, name) for name in names}


def _document(
    reading: Reading, report: ImportReport, warnings: Sequence[str]
) -> Mapping[str, object]:
    return {
        "format": reading.format,
        "tool": reading.tool,
        "source": reading.source,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "read": report.read,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "skipped": report.skipped,
        "rejected": [
            {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason}
            for row in report.rejected
        ],
        "conflicts": [_differing(one) for one in report.conflicts],
        "ambiguous": [row.line for row in report.ambiguous],
        "matched_by_name": report.by_name,
        "known_elsewhere": report.elsewhere,
        "not_followed": dict(report.not_followed),
        "left": [_differing(one) for one in report.left],
        "emptied": dict(report.emptied),
        "remarks": {name: list(lines) for name, lines in report.remarks.items()},
        "stages": dict(report.stages),
        "amounts": {
            outcome: {money.currency: money.minor for money in amounts}
            for outcome, amounts in report.amounts.items()
        },
        "joined": report.joined,
        "joined_here": report.joined_here,
        "new_owners": list(report.new_owners),
        "new_pipelines": [made.name for made in report.new_pipelines],
        "before": report.before,
        "after": report.before + report.created,
        "answers": {name: answer or None for name, answer in reading.answers().items()},
        "warnings": list(warnings),
        "mapping": dict(reading.mapping),
        "command_id": report.command_id or None,
    }


# import --join: a second file that says more of the reps, products or accounts of deals.


def join_file(call: Call, path: Path) -> int:
    """Puts the other columns of the file on the deals that have the key of their line."""
    asked = call.arguments
    expect_no_more(call, "--join", ("map", "encoding", "sheet"))
    options = ReadOptions(encoding=asked.encoding or None, sheet=asked.sheet or None)
    table = open_side_table(path, asked.join, asked.map, options)
    name = asked.into or asked.pipeline
    pipeline_id = find_pipeline(call.workspace, name).id if name else None
    joined = join(call.workspace, table, path.name, pipeline_id, **call.once)
    call.out.say(*([joined.said_before] if joined.said_before else table.doubts(joined.met)))
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
        f"{begin}{how_many(joined.lines, 'line')} read, "
        f"{how_many(joined.met, 'meets a deal', 'meet a deal')} by {table.field}, "
        f"{how_many(joined.deals, 'deal')} updated, "
        f"{how_many(joined.reps, 'team')} set."
    )
    return DONE
