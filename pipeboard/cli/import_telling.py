"""What an import has to say: in words for a person, as one document for a script."""

from __future__ import annotations

import shlex
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.import_flags import AUTO, typed_recipe
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.locales import in_figures
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import TEMPLATES, from_stage_names, template
from pipeboard.domain.text import fold, quoted
from pipeboard.exchange.reading import has_pipelines
from pipeboard.workspace.configuration import change_pipeline
from pipeboard.workspace.finding import find_pipeline
from pipeboard.workspace.import_report import (
    conflicts_told,
    counts_told,
    meaning_told,
    rejects_told,
    remarks_told,
)

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.recipe import Recipe
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.import_rows import ImportReport


_CONSTANT = "always "


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
    for line in meaning_told(report):
        call.out.line(line)
    if report.keys_met:
        rows, others = in_figures(report.joined), in_figures(report.joined_here)
        call.out.line(f"Joined: {rows} rows of the file, {others} deals here that stand in none.")
    lacking = [name for name, answer in reading.answers().items() if not answer]
    if lacking and report.read:
        call.out.line(f"Not in the file: {', '.join(lacking)}.")
    call.out.say(*way_out(call, report, pipeline))


def _tell_mapping(call: Call, reading: Reading) -> None:
    delimiter = f", delimiter {reading.delimiter!r}" if reading.delimiter else ""
    call.out.line(f"{reading.format} of {reading.tool}, {reading.encoding}{delimiter}")
    for name, answer in reading.answers().items():
        is_column = answer and not answer.startswith(_CONSTANT)
        said = f"column '{answer}'" if is_column else answer or "not in the file"
        call.out.line(f"  {name:<8} {said}")
    for column, target in reading.mapping.items():
        call.out.line(f"  {column} -> {target}")


def way_out(call: Call, report: ImportReport, pipeline: Pipeline) -> list[str]:
    """The command to type where stages of the file are not those of the pipeline."""
    unknown = Counter(row.value for row in report.rejected if row.column == "stage" and row.value)
    if not unknown:
        return []
    asked = call.arguments
    file = shlex.quote(asked.file)
    first = pipeline.open_stages[0].name
    renamed = " ".join(f"--stage {shlex.quote(f'{name}={first}')}" for name in list(unknown)[:4])
    return [
        f"The file has {len(unknown)} stages that {pipeline.name} does not have: "
        + ", ".join(f"{name} ({in_figures(count)})" for name, count in unknown.most_common(12))
        + ".",
        "To make a pipeline with the file's own stages: "
        f"pipeboard import {file} --into NAME --stages auto",
        f"To put them into stages of {pipeline.name}, or say that they are won or lost (=won, "
        f"=lost): pipeboard import {file} {renamed}",
    ]


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
        "conflicts": [
            {
                "line": one.line,
                "deal": one.deal,
                "field": one.field,
                "ours": one.ours,
                "theirs": one.theirs,
                "kept": one.kept,
            }
            for one in report.conflicts
        ],
        "ambiguous": [row.line for row in report.ambiguous],
        "matched_by_name": report.by_name,
        "known_elsewhere": report.elsewhere,
        "not_followed": dict(report.not_followed),
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


# Where the rows of a file go: the workspace, and a pipeline that is there or is to be made.


@contextmanager
def place_of(call: Call, path: Path) -> Iterator[tuple[Workspace, Pipeline | None]]:
    """The workspace, and the pipeline that the rows go into; None for such as are to be made.

    A dry run without a workspace is rehearsed in a temporary one.
    """
    from pipeboard.cli.setup import is_made, open_or_make

    asked = call.arguments
    name = asked.into or asked.pipeline
    if asked.stages is not None and not asked.into:
        raise BadInput("--stages makes the pipeline that --into names.", hint="Add --into NAME.")
    made = is_made(call)
    if not made:
        _expect_something_to_make(call)
    is_bare = asked.stages is not None or (not made and _brings_pipelines(call, path))
    if asked.dry_run and not made:
        with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
            workspace = rehearsal(call, Path(folder), is_bare=is_bare)
            yield workspace, None if is_bare else find_pipeline(workspace)
        return
    workspace = open_or_make(call, template_name=None) if is_bare else open_or_make(call)
    if asked.stages is not None:
        yield workspace, _known(workspace, name, asked.stages)
    else:
        yield workspace, None if is_bare else find_pipeline(workspace, name)


def _expect_something_to_make(call: Call) -> None:
    """No workspace is made for a file that is not there, or a pipeline that nobody describes."""
    asked = call.arguments
    if asked.file != "-" and not Path(asked.file).exists():
        raise NotFound(f"There is no file {asked.file}.", hint="Check its name and folder.")
    if asked.into and asked.stages is None:
        raise NotFound(
            f"There is no pipeline {quoted(asked.into)} yet.",
            hint="Say what its stages are: --stages A,B,C, or --stages auto.",
        )


def _splits(call: Call, path: Path) -> bool:
    """Whether each row of the file says itself where it goes, and the person does not."""
    asked, typed = call.arguments, typed_recipe(call)
    if asked.into or asked.pipeline or asked.stages is not None:
        return False
    return has_pipelines(path, typed.tool, typed.encoding, typed.sheet)


def _brings_pipelines(call: Call, path: Path) -> bool:
    """Whether a new workspace needs none but the pipelines that the file names."""
    from pipeboard.workspace.import_plan import named_pipelines

    if not _splits(call, path):
        return False
    with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
        workspace = rehearsal(call, Path(folder))
        return not any(one.id for one in named_pipelines(workspace, path, typed_recipe(call)))


def targets_of(
    call: Call, workspace: Workspace, path: Path, recipe: Recipe, known: Pipeline | None
) -> tuple[tuple[Pipeline, ...], bool]:
    """The pipelines that the rows go into, and whether each row goes into the one that it names."""
    from pipeboard.workspace.import_plan import named_pipelines

    asked = call.arguments
    if _splits(call, path):
        if named := named_pipelines(workspace, path, recipe, strict=asked.strict):
            return named, True
        if known is None and not workspace.reader.pipelines():
            change_pipeline(workspace, _first_pipeline(workspace.settings.currency))
        return (known or find_pipeline(workspace),), False
    return (known or _pipeline_to_make(call, workspace, path, recipe),), False


def _first_pipeline(currency: str) -> Pipeline:
    return template(TEMPLATES[0], pipeline_name="New business", currency=currency)


def _pipeline_to_make(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> Pipeline:
    """The pipeline that --into and --stages describe, not stored yet."""
    names = _stage_names(call, workspace, path, recipe)
    return from_stage_names(
        names, pipeline_name=call.arguments.into, currency=workspace.settings.currency
    )


def _stage_names(call: Call, workspace: Workspace, path: Path, recipe: Recipe) -> tuple[str, ...]:
    """The open stages that are wanted; what means won or lost is there anyway."""
    from pipeboard.cli.pipelines import split_names
    from pipeboard.exchange.history import closing_outcome

    text: str = call.arguments.stages
    if text.strip().casefold() == AUTO:
        from pipeboard.workspace.import_plan import NO_STAGE, open_reading, stages_of

        with open_reading(workspace, path, recipe, None, strict=call.arguments.strict) as reading:
            names = stages_of(reading)
        if names == (NO_STAGE,):
            call.out.say("No stage to work in is named: open deals go into a stage called Open.")
    else:
        names = split_names(text.replace(";", ",")) and _named_stages(text, with_closing=True)
    closing = [name for name in names if closing_outcome(name)]
    if closing:
        call.out.say(f"{', '.join(closing)}: every pipeline ends so, no stage is made for it.")
    names = tuple(name for name in names if name not in closing)
    if not names:
        raise Refused(
            "No stage to work in is named: all deals of the file are won or lost.",
            hint="Name one at least: --stages Lead",
        )
    return names


def _named_stages(text: str, *, with_closing: bool = False) -> tuple[str, ...]:
    """The stages in `A,B,C` or, where names hold commas, `A; B, C`; none for auto."""
    from pipeboard.exchange.history import closing_outcome

    if text.strip().casefold() == AUTO:
        return ()
    names = (name.strip() for name in text.split(";" if ";" in text else ","))
    return tuple(name for name in names if name and (with_closing or not closing_outcome(name)))


def _known(workspace: Workspace, name: str, stages: str) -> Pipeline | None:
    """The pipeline that is there already; `Refused` when it has not all stages that are named."""
    same = (p for p in workspace.reader.pipelines() if fold(p.name) == fold(name))
    found = next(same, None)
    if found is not None:
        for stage in _named_stages(stages):
            if not any(fold(stage) == fold(known.name) for known in found.open_stages):
                raise Refused(
                    f"{found.name} is there already and has no stage {quoted(stage)}.",
                    hint="Leave --stages out, or import --into another name.",
                )
    return found


def rehearsal(call: Call, folder: Path, currency: str = "", *, is_bare: bool = False) -> Workspace:
    """A workspace to plan in, of which nothing stays; with a currency as it would be made here."""
    from pipeboard.cli.config import system_zone
    from pipeboard.domain.settings import Settings
    from pipeboard.store import Store

    settings = Settings()
    if currency:
        settings = Settings(currency=currency, zone_name=system_zone(call.environ))
    workspace = call.workspace_on(Store.create(str(folder / "rehearsal.db"), settings))
    if not is_bare:
        change_pipeline(workspace, _first_pipeline(settings.currency))
    return workspace
