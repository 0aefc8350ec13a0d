"""What an import has to say: in words for a person, as one document for a script."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeboard.cli.call import Call
from pipeboard.workspace.import_sentences import (
    conflicts_told,
    counts_told,
    meaning_told,
    rejects_told,
    remarks_told,
)

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading
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
        + ", ".join(f"{name} ({count:,})" for name, count in unknown.most_common(12))
        + ".",
        "To make a pipeline with the file's own stages: "
        f"pipeboard import {file} --into NAME --stages auto",
        f"To put them into stages of {pipeline.name}, or say that they are won or lost (=won, "
        f"=lost): pipeboard import {file} {renamed}",
    ]


def _document(reading: Reading, report: ImportReport, warnings: Sequence[str]) -> Mapping[str, Any]:
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
        "new_owners": list(report.new_owners),
        "before": report.before,
        "after": report.before + report.created,
        "answers": {name: answer or None for name, answer in reading.answers().items()},
        "warnings": list(warnings),
        "mapping": dict(reading.mapping),
        "command_id": report.command_id or None,
    }
