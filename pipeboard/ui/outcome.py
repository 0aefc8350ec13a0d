"""The outcome of a change: its receipt, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeboard.domain.errors import DatabaseError, PipeboardError

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a change that was asked for; true where it is stored.

    Neither receipt nor error means that there was nothing to ask for: no deal is selected.
    """

    receipt: Receipt | None = None
    error: PipeboardError | None = None

    def __bool__(self) -> bool:
        return self.receipt is not None

    @property
    def is_lost(self) -> bool:
        """Did it fail for a reason that has nothing to do with what was asked (a busy database)?"""
        return isinstance(self.error, DatabaseError)
