"""What a command did to one deal, as it is to be stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session, SQLModel

from pipeboard.domain.deal import Deal
from pipeboard.domain.events import Event


@dataclass(frozen=True, slots=True)
class Change:
    """A deal before a command (None: it begins), after it, and the events in between.

    `told` names the command of each event where a whole history is stored at once.
    """

    before: Deal | None
    after: Deal
    events: tuple[Event, ...]
    told: tuple[str, ...] = ()

    def differs(self, field: str) -> bool:
        """Whether the deal has another value in that field than before."""
        return self.before is None or getattr(self.before, field) != getattr(self.after, field)


def insert_rows(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """New rows in one statement, which the driver takes as they are: the values need no conversion,
    and SQLAlchemy would spend longer on each row than the database."""
    if not rows:
        return
    connection = session.connection()
    statement = insert(table.__table__).compile(  # type: ignore[attr-defined]
        dialect=connection.dialect, column_keys=list(rows[0])
    )
    values_of = itemgetter(*(statement.positiontup or rows[0]))
    connection.exec_driver_sql(str(statement), [values_of(row) for row in rows])
