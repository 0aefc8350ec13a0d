"""What an import did, or would do: counts, sums, and everything that a person should look at."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money
from pipeboard.exchange.rows import DealRow, Rejected

MOST_LISTED = 10_000
MOST_LINES = 1_000
"""Rows that a report names one by one; what comes after them is counted."""


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that the file and somebody here changed since the last import; `kept` says whose
    value stands."""

    line: int
    deal: str
    field: str
    ours: str
    theirs: str
    kept: str


@dataclass(slots=True)
class ImportReport:
    """What an import did, or with a dry run would do.

    `stages` counts deals by stage or outcome, `sums` their values by outcome and currency in minor
    units. `remarks` are the first lines of the file by what is odd in them and
    `remark_counts` how many there are, `not_followed` counts by
    field what a file says anew and an import leaves as it is. `ambiguous` are rows whose deal
    cannot be told from others of the same name. `elsewhere` counts ids that are known from another
    source or in another pipeline, where the rows became deals of their own. `said_before`
    tells that all of it was done before, under the same token, and when.
    """

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    by_name: int = 0
    elsewhere: int = 0
    before: int = 0
    rejected: list[Rejected] = field(default_factory=list)
    rejected_count: int = 0
    conflicts: list[Differing] = field(default_factory=list)
    conflict_count: int = 0
    ambiguous: list[Rejected] = field(default_factory=list)
    emptied: Counter[str] = field(default_factory=Counter)
    not_followed: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    sums: Counter[tuple[str, str]] = field(default_factory=Counter)
    new_owners: list[str] = field(default_factory=list)
    remarks: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    remark_counts: Counter[str] = field(default_factory=Counter)
    command_id: str = ""
    said_before: str = ""

    def reject(self, rows: Iterable[Rejected]) -> None:
        """Rows that did not come in."""
        for row in rows:
            self.rejected_count += 1
            self.rejected.append(row)

    def differ(self, found: Iterable[Differing]) -> None:
        """Fields that were changed on both sides."""
        for one in found:
            self.conflict_count += 1
            if len(self.conflicts) < MOST_LISTED:
                self.conflicts.append(one)

    def count_deal(self, row: DealRow, stage: str) -> None:
        """A row that is a deal: where it stands, what it is worth, what is odd about it."""
        outcome = row.outcome or "open"
        self.stages[stage if outcome == "open" else outcome] += 1
        if row.value is not None:
            self.sums[outcome, row.value.currency] += row.value.minor
        for remark in row.remarks:
            self.remark_counts[remark] += 1
            if len(self.remarks[remark]) < MOST_LINES:
                self.remarks[remark].append(row.line)

    @property
    def amounts(self) -> Mapping[str, list[Money]]:
        """The sums by outcome, one for each currency."""
        found: dict[str, list[Money]] = {}
        for (outcome, currency), minor in sorted(self.sums.items()):
            found.setdefault(outcome, []).append(Money(minor, currency))
        return found


class RowsRejected(BadInput):
    """Rows of a file that are no deals; nothing was written. `report` names them."""

    code = "rejected_rows"

    def __init__(self, report: ImportReport) -> None:
        super().__init__(
            f"Nothing was imported: {report.rejected_count:,} of {report.read:,} rows are "
            "rejected.",
            hint="Mend them, or leave them out with --skip-bad.",
        )
        self.report = report
