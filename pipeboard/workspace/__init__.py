"""The use cases: one method for each thing that a person can do, for screens and scripts alike."""

from __future__ import annotations

from pipeboard.domain.actor import Actor
from pipeboard.workspace.adding import Adding
from pipeboard.workspace.desk import Receipt, Seen
from pipeboard.workspace.finding import Finding
from pipeboard.workspace.importing import Importing
from pipeboard.workspace.joining import Joining
from pipeboard.workspace.moves import Moves
from pipeboard.workspace.numbers import Numbers
from pipeboard.workspace.returning import Returning
from pipeboard.workspace.undoing import Undoing
from pipeboard.workspace.work import Work


class Workspace(Adding, Moves, Work, Returning, Undoing, Finding, Importing, Joining, Numbers):
    """A team's deals, as one rep works with them."""


__all__ = ["Actor", "Receipt", "Seen", "Workspace"]
