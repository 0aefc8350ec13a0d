"""The workspace: a team's deals as one rep works with them, for screens and scripts alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain.people import Actor
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service

if TYPE_CHECKING:
    from pipeboard.domain.commands import Command
    from pipeboard.workspace.recording import Once, Receipt


class Workspace(Service):
    """A service that carries out commands.

    What is more than one command is a function over it, in a module of this package that is
    imported by who calls it: looking costs nothing of what changing needs.
    """

    def execute(
        self,
        command: Command,
        ids: Sequence[int],
        *,
        seen: Seen = NOTHING_SEEN,
        **once: Unpack[Once],
    ) -> Receipt:
        """What `command` does to these deals: all of it is stored, or nothing."""
        from pipeboard.workspace.execution import execute

        return execute(self, command, ids, seen=seen, **once)


__all__ = ["Actor", "Seen", "Workspace"]
