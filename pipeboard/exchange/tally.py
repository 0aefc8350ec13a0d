"""What was noticed while the rows of a file were read, counted by column, to be told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeboard.domain.text import quoted

REMARKS = {
    "status_against_stage": "status and stage contradict each other; a stage that closes counts",
    "deleted": "marked as deleted: archived",
    "closed_before_created": "closed before being created: taken to begin at the closing, with the "
    "file's created date kept as a field",
    "closed_in_future": "closed on a day to come: taken as closed today, with the file's date kept "
    "as a field",
    "created_in_future": "created on a day to come: taken to begin today, with the file's date "
    "kept as a field",
    "no_closing_date": "won or lost without a date: taken as closed at this import",
    "closed_as_expected": "won or lost without a date: the day on which that was expected counts",
    "no_stage": "without a stage: put into the first one",
    "lost_at_zero": "lost with an amount of 0, which counts as 0; if it means unknown, say "
    "--lost-zero unknown",
}
"""What is odd about a row, in words that stand behind a number of rows and a colon."""


@dataclass(slots=True)
class Unread:
    """Cells of a column that could not be read as what the column is."""

    count: int = 0
    example: str = ""
    reason: str = ""


@dataclass(slots=True)
class CellTally:
    """Counts of one pass through a file."""

    unread: dict[str, Unread] = field(default_factory=dict)
    blanks: Counter[str] = field(default_factory=Counter)
    assumed_currency: int = 0
    beside: int = 0
    footers: list[str] = field(default_factory=list)
    repeated_headers: int = 0
    group_lines: int = 0
    pipelines: Counter[str] = field(default_factory=Counter)

    def cannot_read(self, column: str, cell: str, reason: str) -> None:
        """A cell that stays as it stands, in a custom field."""
        found = self.unread.setdefault(column, Unread(0, cell, reason))
        found.count += 1

    def sentences(self, currency: str) -> Iterator[str]:
        """What a person should know, a sentence each."""
        for column, unread in self.unread.items():
            yield (
                f"{_many(unread.count, 'cell')} of '{column}' could not be read and "
                f"{'is' if unread.count == 1 else 'are'} kept as text: {unread.reason.rstrip('.')}."
            )
        if self.assumed_currency:
            yield (
                f"{_many(self.assumed_currency, 'amount')} without a currency taken as {currency}; "
                "say --currency CODE if that is wrong."
            )
        if self.blanks:
            named = ", ".join(f"'{column}' {count:,}" for column, count in self.blanks.items())
            yield f"Cells that say there is no value were left out: {named}."
        if self.footers:
            yield (
                f"{_many(len(self.footers), 'line')} below the last deal left out: "
                f"{quoted(self.footers[0])}{' and more' if len(self.footers) > 1 else ''}."
            )
        if self.repeated_headers:
            yield f"{_many(self.repeated_headers, 'repeated header line')} left out."
        if self.group_lines:
            yield f"{_many(self.group_lines, 'line')} with titles or sums of groups left out."
        if self.beside:
            yield f"{_many(self.beside, 'line')} read as going on with the deal above."
        if len(self.pipelines) > 1:
            named = ", ".join(f"{name} {count:,}" for name, count in self.pipelines.most_common(6))
            yield (
                f"The file has deals of {len(self.pipelines)} pipelines ({named}); all go into one "
                "here, and the file's is kept as a field."
            )


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
