"""The file of rows that did not come in: made sure of first, never in another file's place."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.domain.errors import BadInput

if TYPE_CHECKING:
    from pipeboard.exchange.reading import Reading
    from pipeboard.exchange.rows import Rejected

_MOST_NUMBERS = 1_000


class RejectedFile:
    """A new file beside the imported one, readable by its owner alone.

    It is made before anything is imported, so that no row can end nowhere, and taken away again
    when all rows came in. Raises BadInput where it cannot be made.
    """

    def __init__(self, imported: str) -> None:
        wanted = Path(f"{'stdin' if imported == '-' else imported}.rejected.csv")
        self._descriptor: int | None
        self.path, self._descriptor = _new_file(wanted)

    def write(self, reading: Reading, rejected: Sequence[Rejected]) -> None:
        """The rows as they stood, each with its reason."""
        from pipeboard.exchange.cells import defuse
        from pipeboard.exchange.tables import REASON, next_free

        columns = _columns(reading.header, rejected)
        descriptor, self._descriptor = self._descriptor, None
        assert descriptor is not None
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, delimiter=reading.delimiter or ",")
            writer.writerow([*columns, next_free(REASON, set(columns))])
            for row in rejected:
                cells = [defuse(row.raw.get(column, "")) for column in columns]
                writer.writerow([*cells, row.reason])

    def drop(self) -> None:
        """Takes the file away again if nothing was written into it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
            self.path.unlink(missing_ok=True)


def _new_file(wanted: Path) -> tuple[Path, int]:
    path = wanted
    for number in range(2, _MOST_NUMBERS):
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
            return path, os.open(path, flags, 0o600)
        except FileExistsError:
            path = wanted.with_name(f"{wanted.name.removesuffix('.csv')}-{number}.csv")
        except OSError as error:
            raise BadInput(
                f"The file for rejected rows, {wanted}, cannot be made: {error.strerror}.",
                hint="Nothing was imported: copy the file into a folder that you can write to.",
            ) from error
    raise BadInput(
        f"There are too many files called {wanted.name}.", hint="Take some of them away."
    )


def _columns(header: Sequence[str], rejected: Sequence[Rejected]) -> list[str]:
    further = (column for row in rejected for column in row.raw)
    return list(dict.fromkeys((*header, *further)))
