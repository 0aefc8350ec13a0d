"""What an import did, or would do, in sentences: the same on every screen and in every script."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeboard.domain.money import Money, format_money
from pipeboard.domain.text import quoted
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tally import REMARKS
from pipeboard.workspace.import_report import ImportReport

_MOST_LINES = 8
_MOST_GROUPS = 20
_MOST_CONFLICTS = 10


def counts_told(report: ImportReport) -> str:
    """How many rows came to what."""
    counts = (
        f"{report.read:,} rows read, {report.created:,} created, {report.updated:,} updated,"
        f" {report.unchanged:,} unchanged, {report.rejected_count:,} rejected"
    )
    skipped = f", {report.skipped:,} known and left alone" if report.skipped else ""
    return f"{counts}{skipped}."


def meaning_told(
    report: ImportReport, spell: Callable[[Money], str] = format_money
) -> Iterator[str]:
    """Where the deals stand and what they are worth, amounts as `spell` writes them."""
    if not report.stages:
        return
    stages = ", ".join(f"{name} {count:,}" for name, count in report.stages.most_common())
    yield f"Deals in the file: {stages}."
    sums = "; ".join(
        f"{outcome} {', '.join(map(spell, amounts))}" for outcome, amounts in report.amounts.items()
    )
    if sums:
        yield f"Worth: {sums}."
    if report.new_owners:
        named = ", ".join(report.new_owners[:10])
        more = f" and {len(report.new_owners) - 10} more" if len(report.new_owners) > 10 else ""
        yield f"New owners: {named}{more}."
    yield f"Deals here: {report.before:,} before, {report.before + report.created:,} after."


def remarks_told(report: ImportReport) -> Iterator[str]:
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


def conflicts_told(report: ImportReport) -> Iterator[str]:
    """Fields that the file and somebody here have changed, the first of them by name."""
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


def rejects_told(rejected: Sequence[Rejected]) -> Iterator[str]:
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


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _lines(lines: Sequence[int], count: int | None = None) -> str:
    count = len(lines) if count is None else count
    shown = ", ".join(map(str, lines[:_MOST_LINES]))
    more = f" and {count - _MOST_LINES:,} more" if count > _MOST_LINES else ""
    return f"line{'s' if len(lines) > 1 else ''} {shown}{more}"
