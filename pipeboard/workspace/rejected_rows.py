"""The file of rows that did not come in: made sure of first, never in another file's place."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.domain.errors import BadInput

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.rows import Rejected
    from pipeboard.workspace.import_report import ImportReport


class RejectedFile:
    """A new file beside the imported one, readable by its owner alone.

    It is made before anything is imported, so that no row can end nowhere, and taken away again
    when all rows came in. Raises BadInput where it cannot be made.
    """

    def __init__(self, imported: str) -> None:
        wanted = Path(f"{'stdin' if imported == '-' else imported}.rejected.csv")
        try:
            self.path = outlet.write_file(wanted, ())
        except BadInput as error:
            raise BadInput(
                f"The file for rejected rows: {error.message}",
                hint="Nothing was imported: copy the file into a folder that you can write to.",
            ) from error
        self._is_written = False

    def write(self, reading: Reading, rejected: Sequence[Rejected]) -> None:
        """The rows as they stood, each with its reason."""
        from pipeboard.exchange.cells import defuse
        from pipeboard.exchange.tables import REASON, next_free

        columns = _columns(reading.header, rejected)
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=reading.delimiter or ",")
        writer.writerow([*columns, next_free(REASON, set(columns))])
        for row in rejected:
            cells = [defuse(row.raw.get(column, "")) for column in columns]
            writer.writerow([*cells, row.reason])
        outlet.write_file(self.path, [out.getvalue()], force=True)
        self._is_written = True

    def keep(self, reading: Reading, report: ImportReport) -> bool:
        """Every row that did not come in, in the order of the file; False where all did."""
        rows = sorted((*report.rejected, *report.ambiguous), key=lambda row: row.line)
        if rows:
            self.write(reading, rows)
        return bool(rows)

    def drop(self) -> None:
        """Takes the file away again if nothing was written into it."""
        if not self._is_written:
            self.path.unlink(missing_ok=True)


def _columns(header: Sequence[str], rejected: Sequence[Rejected]) -> list[str]:
    further = (column for row in rejected for column in row.raw)
    return list(dict.fromkeys((*header, *further)))
