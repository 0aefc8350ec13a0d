"""Everything that reads the database, in plain SQL over the driver."""

from __future__ import annotations

from pipeboard.store.reading.reader import Reader

__all__ = ["Reader"]
