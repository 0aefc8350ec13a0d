"""The seat: who acts, by which clock, on which store, and whether it is the same file still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.people import Actor

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from pipeboard.domain.roles import Rights
    from pipeboard.store import Store
    from pipeboard.store.locating import Place


OPEN_ANEW = -1
"""How a session ends that another is to follow, on the file that stands in the place of its own."""


class SameFile:
    """Notices when there is another file under the path that was opened, or none any more."""

    def __init__(self, location: Place) -> None:
        self.location = location
        self._opened = location.mark

    def check(self) -> None:
        """Raises DatabaseError where it is not the file that was opened; costs microseconds."""
        now = self.location.mark
        if now == self._opened:
            return
        if now is None:
            raise DatabaseError(
                "The database file was deleted or renamed; nothing more is stored.",
                hint="^q quits.",
                details={"reason": "deleted"},
            )
        raise DatabaseError(
            "The file was replaced by another; nothing more is stored.",
            hint="R opens it.",
            details={"reason": "replaced"},
        )


@dataclass(frozen=True)
class Seat:
    """Who acts, by which clock, on which store, with which folder for what is kept.

    `first_words` is what the opening of the database had to say; `may_write` is False where the
    file is another's; `rights` is what their role allows; `begin` is the action that is done at
    once, and what it is given.
    """

    actor: Actor
    clock: Callable[[], datetime]
    store: Store
    file: SameFile
    folder: Path
    first_words: str = ""
    may_write: bool = True
    rights: Rights | None = None
    begin: tuple[object, ...] = ()

    @property
    def me(self) -> str:
        """The rep that acts."""
        return self.actor.rep

    @property
    def eyes(self) -> str:
        """Whose private fields the screens show: one's own, or everybody's."""
        return self.rights.eyes if self.rights is not None else self.me

    def today(self, zone: ZoneInfo) -> date:
        """The date there, by the clock."""
        return self.clock().astimezone(zone).date()
