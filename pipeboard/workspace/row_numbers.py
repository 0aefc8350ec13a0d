"""The numbers that new deals of a file get here, and what rows say by the numbers of others."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.row_commands import number_of


class RowNumbers:
    """The numbers of the new deals of one file, from 1.

    `keeps` tells that it is one of ours and comes where there never was a deal: its numbers are
    those here then. `again` goes through all rows of the file: asked for once, where a row names
    the number of another deal.
    """

    def __init__(self, again: Callable[[], Iterable[object]], *, keeps: bool) -> None:
        self._again, self._keeps = again, keeps
        self._highest = 0
        self._given: set[int] = set()
        self._in_file: set[int] | None = None

    def next(self, row: DealRow) -> int:
        """The number of a new deal; our own files bring theirs along."""
        wanted = number_of(row.ref) if self._keeps else None
        number = wanted if wanted and wanted not in self._given else self._highest + 1
        if self._keeps:
            self._given.add(number)
        self._highest = max(self._highest, number)
        return number

    def settle_links(self, row: DealRow) -> None:
        """Takes away what a row says of deals that have another number here, or none."""
        if not self._is_known(row.recycled_from):
            row.recycled_from = None
            row.remarks = (*row.remarks, "back_elsewhere")
        if not self._is_known(row.merged_into):
            row.merged_into, row.archived = None, True
            row.remarks = (*row.remarks, "merged_elsewhere")

    def _is_known(self, ref: str | None) -> bool:
        number = number_of(ref)
        return number is None or (self._keeps and number in self._of_file())

    def _of_file(self) -> set[int]:
        if self._in_file is None:
            rows = (row for row in self._again() if isinstance(row, DealRow))
            self._in_file = {number for row in rows if (number := number_of(row.ref))}
        return self._in_file
