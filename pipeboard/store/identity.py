"""Which database it is: the file that was opened, and the id that it holds.

The file under a path may be replaced, deleted, cut short or written over while it is open. What
is held open then is a file that nobody else sees, or another team's deals under the same numbers.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass

from pipeboard.domain.errors import DatabaseError
from pipeboard.store.locating import Location, check_names
from pipeboard.store.schema import SCHEMA, check_schema
from pipeboard.store.troubles import replaced, told

ID = "SELECT id FROM workspace"
_ID_AND_SCHEMA = f"SELECT ({ID}), (SELECT value FROM counter WHERE name = 'schema')"


@dataclass(frozen=True, slots=True)
class Identity:
    """A database as it was when it was opened: `device` and `inode` of its file, and its own id.

    A copy and a restored backup have the same id in another file.
    """

    location: Location
    device: int
    inode: int
    database_id: str

    def check_file(self) -> os.stat_result:
        """What the system says of the file; `DatabaseError` when it is not the one that was opened.

        One `stat`, which costs microseconds and drops no lock.
        """
        found = stat_of(self.location)
        if found is None or (found.st_dev, found.st_ino) != (self.device, self.inode):
            raise replaced(self.location, is_gone=found is None)
        check_names(self.location, found)
        if not found.st_size:
            raise DatabaseError(
                f"{self.location} was emptied since it was opened.",
                hint="Nothing was written. Bring back a backup, and open it again.",
                details={"reason": "truncated"},
            )
        return found

    def check_contents(self, connection: sqlite3.Connection) -> None:
        """`DatabaseError` when a connection leads to another database or another schema than were
        opened; within a transaction, so that it holds until the commit."""
        with told(self.location):
            try:
                found = tuple(connection.execute(_ID_AND_SCHEMA).fetchone())
            except sqlite3.OperationalError as error:
                if "no such table" not in str(error):
                    raise
                found = ("", 0)  # another program's, or ours of an older schema
        if isinstance(found[1], int):
            check_schema(found[1])
        if found != (self.database_id, SCHEMA):
            raise DatabaseError(
                f"Another database was put in the place of {self.location} since it was opened.",
                hint="Nothing was written. Leave and open it again to work with what is there now.",
                details={"reason": "replaced"},
            )


def stat_of(location: Location) -> os.stat_result | None:
    """What the system says of a file, None when it is not there; `DatabaseError` when it does not
    say."""
    try:
        return location.path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise DatabaseError(
            f"{location} cannot be looked at: {error.strerror}.",
            hint="Look at the rights of its folders.",
            details={"reason": "unreachable"},
        ) from error
