"""What an import has to say: in words for a person, as one document for a script."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pipeboard.cli.call import Call
from pipeboard.domain.money import format_money
from pipeboard.domain.text import quoted
from pipeboard.exchange.tally import REMARKS

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.rows import Rejected
    from pipeboard.workspace.import_rows import ImportReport

_MOST_LINES = 8
_MOST_GROUPS = 20
_MOST_CONFLICTS = 10
_CONSTANT = "always "


def tell(call: Call, reading: Reading, report: ImportReport, pipeline: Pipeline) -> None:
    """The report: on stdout, with what should be looked at on stderr; JSON where it is wanted."""
    if report.said_before:
        call.out.say(report.said_before)
    report.rejected.sort(key=lambda row: row.line)
    warnings = [*reading.warnings, *reading.remarks(), *_sentences(report)]
    if call.arguments.json:
        call.out.document(_document(reading, report, warnings))
        return
    call.out.say(*warnings)
    if call.arguments.dry_run or call.arguments.verbose:
        _tell_mapping(call, reading)
    for line in _conflicts(report):
        call.out.line(line)
    for line in _rejects(report.rejected):
        call.out.line(line)
    begin = "Would be: " if call.arguments.dry_run else ""
    call.out.line(f"{begin}{_counts(report)}")
    for line in _meaning(report):
        call.out.line(line)
    lacking = [name for name, answer in reading.answers().items() if not answer]
    if lacking and report.read:
        call.out.line(f"Not in the file: {', '.join(lacking)}.")
    call.out.say(*way_out(call, report, pipeline))


def _counts(report: ImportReport) -> str:
    counts = (
        f"{report.read:,} rows read, {report.created:,} created, {report.updated:,} updated,"
        f" {report.unchanged:,} unchanged, {report.rejected_count:,} rejected"
    )
    skipped = f", {report.skipped:,} known and left alone" if report.skipped else ""
    return f"{counts}{skipped}."


def _tell_mapping(call: Call, reading: Reading) -> None:
    delimiter = f", delimiter {reading.delimiter!r}" if reading.delimiter else ""
    call.out.line(f"{reading.format} of {reading.tool}, {reading.encoding}{delimiter}")
    for name, answer in reading.answers().items():
        is_column = answer and not answer.startswith(_CONSTANT)
        said = f"column '{answer}'" if is_column else answer or "not in the file"
        call.out.line(f"  {name:<8} {said}")
    for column, target in reading.mapping.items():
        call.out.line(f"  {column} -> {target}")


def _meaning(report: ImportReport) -> Iterator[str]:
    """Where the deals stand and what they are worth."""
    if not report.stages:
        return
    stages = ", ".join(f"{name} {count:,}" for name, count in report.stages.most_common())
    yield f"Deals in the file: {stages}."
    sums = "; ".join(
        f"{outcome} {', '.join(format_money(money) for money in amounts)}"
        for outcome, amounts in report.amounts.items()
    )
    if sums:
        yield f"Worth: {sums}."
    if report.new_owners:
        named = ", ".join(report.new_owners[:10])
        more = f" and {len(report.new_owners) - 10} more" if len(report.new_owners) > 10 else ""
        yield f"New owners: {named}{more}."
    yield f"Deals here: {report.before:,} before, {report.before + report.created:,} after."


def _sentences(report: ImportReport) -> Iterator[str]:
    """What is odd or was left as it is, a sentence each."""
    for remark, lines in report.remarks.items():
        count = report.remark_counts[remark]
        yield f"{_rows(count)}: {REMARKS[remark]} ({_lines(lines, count)})."
    if report.by_name:
        yield f"{report.by_name:,} rows have no id and were known by account and title."
    if report.ambiguous:
        where = _lines([row.line for row in report.ambiguous])
        yield (
            f"{len(report.ambiguous):,} rows share account and title with others, so that nobody "
            f"can tell which deal they are ({where}): they were left out. Name columns that tell "
            "them apart with --key COLUMN,COLUMN, or take them as new deals with --match new."
        )
    if report.elsewhere:
        yield (
            f"{report.elsewhere:,} ids are known from another source or in another pipeline; the "
            "rows are deals of their own here."
        )
    if report.not_followed:
        named = ", ".join(f"{name} {count:,}" for name, count in report.not_followed.items())
        yield f"What a later file says anew and an import leaves as it was, by rows: {named}."
    if report.emptied:
        named = ", ".join(f"{name} {count:,}" for name, count in report.emptied.items())
        yield f"Cells that the file has emptied since were emptied here: {named}."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _lines(lines: Sequence[int], count: int | None = None) -> str:
    count = len(lines) if count is None else count
    shown = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {count - _MOST_LINES:,} more" if count > _MOST_LINES else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"


def _conflicts(report: ImportReport) -> Iterator[str]:
    if not report.conflict_count:
        return
    yield (
        f"{report.conflict_count:,} fields were changed in the file and here; ours were kept. To "
        "take the file's: --prefer file."
    )
    for one in report.conflicts[:_MOST_CONFLICTS]:
        yield (
            f"  line {one.line}, {one.deal}, {one.field}: here {quoted(one.ours)}, "
            f"in the file {quoted(one.theirs)}"
        )
    if report.conflict_count > _MOST_CONFLICTS:
        yield f"  and {report.conflict_count - _MOST_CONFLICTS:,} more"


def _rejects(rejected: Sequence[Rejected]) -> Iterator[str]:
    """Rows that did not come in, those of one reason together."""
    groups: dict[tuple[str, str, str], list[int]] = {}
    for row in rejected:
        groups.setdefault((row.column, row.value, row.reason), []).append(row.line)
    for (column, value, reason), lines in list(groups.items())[:_MOST_GROUPS]:
        cell = f" {column}: {quoted(value)}" if column else ""
        if len(lines) == 1:
            yield f"line {lines[0]}:{cell} {reason}"
        else:
            yield f"{len(lines):,} rows:{cell} {reason} ({_lines(lines)})"
    if len(groups) > _MOST_GROUPS:
        yield f"and {len(groups) - _MOST_GROUPS:,} more reasons"


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
