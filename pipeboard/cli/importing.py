"""The verb that takes deals over from a file: import."""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from pipeboard import outlet
from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.failures import DONE, REFUSED
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import from_stage_names
from pipeboard.domain.text import fold, quoted

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.rows import Rejected
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.importing import ImportReport

_PATIENCE = 1.0  # seconds without a progress bar


def _import_arguments(parser: Parser) -> None:
    add = parser.add_argument
    add("file", metavar="FILE", help="the file, or - for stdin")
    add("--from", dest="tool", default="auto", metavar="TOOL", help="the tool that wrote it")
    add(
        "--map",
        action="append",
        default=[],
        metavar="COLUMN=FIELD",
        help="what a column is: a field, field.NAME, entered:STAGE or - (left out)",
    )
    add("--into", metavar="PIPELINE", help="the pipeline, else the one of -p, else the first")
    add("--stages", metavar="A,B,C", help="make the pipeline of --into with these stages")
    add("--dates", metavar="ORDER", help="dmy or mdy, for dates such as 03/04/2026")
    add("--skip-bad", action="store_true", help="write the good rows, put the others into a file")
    add("--override", metavar="REASON", default="", help="pass the gates where a row moves a deal")
    parser.add_json()


def import_file(call: Call) -> int:
    """Every deal of the file, or what it would do."""
    from pipeboard.exchange.reading import open_import
    from pipeboard.workspace.importing import RowsRejected

    asked = call.arguments
    with _place(call) as (workspace, pipeline):
        settings = workspace.settings
        reading = open_import(
            asked.file,
            from_=asked.tool,
            overrides=asked.map,
            currency=pipeline.currency,
            zone=settings.zone,
            today=workspace.today,
            dates=asked.dates,
        )
        with reading, _progress(call) as progress:
            try:
                report = workspace.import_rows(
                    reading,
                    pipeline,
                    Path(asked.file).name if asked.file != "-" else "stdin",
                    skip_bad=asked.skip_bad,
                    dry_run=asked.dry_run,
                    override=asked.override,
                    progress=progress,
                )
            except RowsRejected as error:
                if not asked.dry_run:
                    error.report.created = error.report.updated = 0
                _tell(call, reading, error.report)
                call.out.say(error.message, error.hint)
                return REFUSED
    _tell(call, reading, report)
    if report.rejected and asked.skip_bad and not asked.dry_run:
        call.out.say(f"Rejected rows are in {_write_rejected(asked.file, reading, report)}.")
    return DONE


@contextmanager
def _place(call: Call) -> Iterator[tuple[Workspace, Pipeline]]:
    """The workspace and the pipeline that the rows go into; a new pipeline is saved with them.

    A dry run without a workspace is rehearsed in a temporary one.
    """
    from pipeboard.cli.beginning import is_made, open_or_make

    name = call.arguments.into or call.arguments.pipeline
    names = _stage_names(call)
    made = is_made(call)
    if not made:
        _expect_something_to_make(call)
    if call.arguments.dry_run and names and not made:
        with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
            workspace = _rehearsal(call, Path(folder))
            yield workspace, _new_pipeline(workspace, name, names)
        return
    workspace = open_or_make(call, template_name=None) if names else open_or_make(call)
    if not names:
        yield workspace, workspace.pipeline(name)
        return
    pipeline = _known(workspace, name) or _new_pipeline(workspace, name, names)
    for stage in names:
        _require_stage(pipeline, stage)
    yield workspace, pipeline


def _expect_something_to_make(call: Call) -> None:
    """No workspace is made for a file that is not there, or a pipeline that nobody describes."""
    asked = call.arguments
    if asked.file != "-" and not Path(asked.file).exists():
        raise NotFound(f"There is no file {asked.file}.", hint="Check its name and folder.")
    if asked.into and asked.stages is None:
        raise NotFound(
            f"There is no pipeline {quoted(asked.into)} yet.",
            hint="Say what its stages are: --stages A,B,C.",
        )


def _stage_names(call: Call) -> tuple[str, ...]:
    from pipeboard.cli.pipelines import split_names

    if call.arguments.stages is None:
        return ()
    if not call.arguments.into:
        raise BadInput("--stages makes the pipeline that --into names.", hint="Add --into NAME.")
    return split_names(call.arguments.stages)


def _known(workspace: Workspace, name: str) -> Pipeline | None:
    same = (p for p in workspace.pipelines() if fold(p.name) == fold(name))
    return next(same, None)


def _new_pipeline(workspace: Workspace, name: str, names: tuple[str, ...]) -> Pipeline:
    return from_stage_names(names, pipeline_name=name, currency=workspace.settings.currency)


def _require_stage(pipeline: Pipeline, name: str) -> None:
    if not any(fold(stage.name) == fold(name) for stage in pipeline.open_stages):
        raise Refused(
            f"{pipeline.name} is there already and has no stage {quoted(name)}.",
            hint="Leave --stages out, or import --into another name.",
        )


def _rehearsal(call: Call, folder: Path) -> Workspace:
    from pipeboard.domain.settings import Settings
    from pipeboard.store import Store

    return call.workspace_on(Store.create(str(folder / "rehearsal.db"), Settings()))


@contextmanager
def _progress(call: Call) -> Iterator[Callable[[int, float], None] | None]:
    """A line on stderr that counts, for a person, once it takes long."""
    if call.arguments.quiet or not sys.stderr.isatty():
        yield None
        return
    began = monotonic()
    shown = False

    def show(rows: int, share: float) -> None:
        nonlocal shown
        if monotonic() - began > _PATIENCE:
            shown = True
            filled = int(20 * share)
            bar = f"[{'#' * filled}{' ' * (20 - filled)}]"
            outlet.overwrite(f"{bar} {rows:,} rows")

    try:
        yield show
    finally:
        if shown:
            outlet.wipe()


def _tell(call: Call, reading: Reading, report: ImportReport) -> None:
    report.rejected.sort(key=lambda row: row.line)
    if call.arguments.json:
        call.out.document(_document(reading, report))
        return
    call.out.say(*reading.warnings)
    if call.arguments.dry_run or call.arguments.verbose:
        delimiter = f", delimiter {reading.delimiter!r}" if reading.delimiter else ""
        call.out.line(f"{reading.format} of {reading.tool}, {reading.encoding}{delimiter}")
        for column, target in reading.mapping.items():
            call.out.line(f"  {column} -> {target}")
    for row in report.rejected:
        column = f" {row.column}: {quoted(row.value)}" if row.column else ""
        call.out.line(f"line {row.line}:{column} {row.reason}")
    begin = "Would be: " if call.arguments.dry_run else ""
    call.out.line(
        f"{begin}{report.read:,} rows read, {report.created:,} created, {report.updated:,} updated,"
        f" {report.unchanged:,} unchanged, {len(report.rejected):,} rejected."
    )


def _document(reading: Reading, report: ImportReport) -> dict[str, Any]:
    return {
        "format": reading.format,
        "tool": reading.tool,
        "encoding": reading.encoding,
        "delimiter": reading.delimiter,
        "read": report.read,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "rejected": [
            {"line": row.line, "column": row.column, "value": row.value, "reason": row.reason}
            for row in report.rejected
        ],
        "warnings": list(reading.warnings),
        "mapping": dict(reading.mapping),
        "command_id": report.command_id or None,
    }


def _write_rejected(file: str, reading: Reading, report: ImportReport) -> Path:
    """The rejected rows as they stood, with the reason, where only we can read them."""
    from pipeboard.exchange.cells import defuse

    path = Path(f"{'stdin' if file == '-' else file}.rejected.csv")
    columns = _columns(reading.header, report.rejected)
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=reading.delimiter or ",")
    writer.writerow([*columns, "reason"])
    for row in report.rejected:
        cells = [defuse(row.raw.get(column, "")) for column in columns]
        writer.writerow([*cells, row.reason])
    return outlet.write_file(path, [out.getvalue()])


def _columns(header: Sequence[str], rejected: Sequence[Rejected]) -> list[str]:
    further = (column for row in rejected for column in row.raw)
    return list(dict.fromkeys((*header, *further)))


VERBS = {"import": Verb("FILE", _import_arguments, import_file)}
