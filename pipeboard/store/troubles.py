"""What can go wrong with a database, from the driver's error to a sentence with its cause and what
to do next."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.text import printable
from pipeboard.store.dialect import ServerTrouble, is_busy
from pipeboard.store.locating import HOW_URLS_ARE, Location, Place, Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pipeboard.store.holders import Wanting

RECOVERED = "The last change was cut off and has been taken back."
# What values that nobody of ours has written raise where a value of the domain is made of them.
UNREADABLE = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)


@contextlib.contextmanager
def translate_errors(location: Place, wanting: Wanting = "read") -> Iterator[None]:
    """Turns the driver's errors into one sentence with the cause and what to do next."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise as_database_error(error, location, wanting) from error
    except UnicodeDecodeError as error:  # of the driver, where SQLite's complaint quotes bytes
        raise damaged("its structure", error) from error


@contextlib.contextmanager
def readable(what: str) -> Iterator[None]:
    """Turns what damaged contents raise into a sentence that says what cannot be read."""
    try:
        yield
    except UNREADABLE as error:
        raise damaged(what, error) from error


def of_deal(deal_id: object, error: BaseException) -> DatabaseError:
    """Damaged contents of one deal, which the sentence names."""
    ref = f"D-{deal_id}"
    return damaged(f"the deal {printable(ref)}", error, deal=ref)


def damaged(what: str, error: BaseException, **details: str) -> DatabaseError:
    """Contents of the database that cannot be what this program has written."""
    return DatabaseError(
        f"The database is damaged: {what} cannot be read ({type(error).__name__}).",
        hint="Bring back a backup; nothing was changed.",
        details={"reason": "damaged", **details},
    )


def is_cut_off(error: BaseException) -> bool:
    """Whether a change that was cut off must be taken back before anything can be read."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code in (
        sqlite3.SQLITE_READONLY_ROLLBACK,
        sqlite3.SQLITE_READONLY_RECOVERY,
        sqlite3.SQLITE_READONLY_CANTINIT,
    )


def is_no_text(error: BaseException) -> bool:
    """Whether a text in the database holds bytes that are no text."""
    return str(error).startswith("Could not decode to UTF-8")


def cut_off(location: Location, *, read_only: bool) -> DatabaseError:
    """Why a database cannot be looked at whose last change must be taken back first."""
    if read_only:
        hint = "Whoever may write to it has to open it once without --read-only: 'pipeboard list'."
    else:
        owner = _owner(location)
        hint = (
            f"Whoever may write to the file and its folder{f', such as {owner},' if owner else ''} "
            "has to open it once: 'pipeboard list'."
        )
    return DatabaseError(
        f"The last change to {location} was cut off and must be taken back before it can be read, "
        "which needs the right to write.",
        hint=hint,
        details={"reason": "cut_off"},
    )


def _owner(location: Location) -> str:
    import pwd

    with contextlib.suppress(OSError, KeyError):
        return pwd.getpwuid(location.path.stat().st_uid).pw_name
    return ""


def as_database_error(
    error: BaseException, location: Place, wanting: Wanting = "read"
) -> DatabaseError:
    """The driver's error as a sentence; `details["reason"]` is a word for its kind."""
    whole = getattr(error, "sqlite_errorcode", 0)
    code, said = whole & 0xFF, str(error)
    if is_busy(error):
        return busy(location, wanting)
    if isinstance(location, Server):
        return of_server(error, location)
    if is_cut_off(error):
        return cut_off(location, read_only=False)
    if whole == sqlite3.SQLITE_READONLY_DBMOVED:
        return replaced(location, is_gone=not os.path.exists(location.path))
    if is_no_text(error):
        return damaged("a text", error)
    return _in_words(_WORDS.get(code, _UNKNOWN), location, said)


def of_server(error: BaseException, server: Server) -> DatabaseError:
    """What a server says as a sentence."""
    kind = error.kind if isinstance(error, ServerTrouble) else "other"
    said = printable(str(error)).removeprefix("connection failed: ")
    more = {"meanwhile": "The database server does not answer."} if kind == "lost" else {}
    return _in_words(_SERVER_WORDS.get(kind, _UNKNOWN), server, said, **more)


def in_doubt(error: BaseException, server: Server) -> DatabaseError:
    """The server is gone since it was told to commit."""
    return _in_words(_IN_DOUBT, server, printable(str(error)))


def _in_words(
    words: tuple[str, str, str], location: Place, said: str, **more: str
) -> DatabaseError:
    message, hint, reason = words
    told = message.format(location=location, said=said)
    return DatabaseError(told, hint=hint, details={"reason": reason, **more})


_SERVER_WORDS = {
    "lost": (
        "The database server does not answer ({location}: {said}).",
        "Nothing was changed. Look whether the server runs and the network is there, then do it "
        "again.",
        "unreachable",
    ),
    # What it says of the URL may hold a part of the password.
    "url": (
        "The URL of the database cannot be read.",
        HOW_URLS_ARE,
        "url",
    ),
    "login": (
        "The database server lets nobody in so ({said}).",
        "Look at the name in the URL and at ~/.pgpass, which holds the password.",
        "login",
    ),
    "refused": (
        "The database server lets nobody in now ({said}).",
        "What it says tells why: it is starting or full, or the database, the name or the host is "
        "none that it knows. Look at the URL, or try again in a moment.",
        "unreachable",
    ),
    "missing": (
        "There is no such database on the server ({said}).",
        "Its owner makes one with 'createdb'.",
        "missing",
    ),
    "rights": (
        "The database server does not allow it ({said}): nothing was changed.",
        "Ask the database's owner for the right. Where rights go by login ('init --grants'), a "
        "login is called as the account that uses it.",
        "read_only",
    ),
    "no_table": (
        "The database holds no workspace ({location}).",
        "Make one with 'pipeboard init'.",
        "missing",
    ),
    "encryption": (
        "The database server and this login do not agree on encryption ({said}).",
        "Look at sslmode and sslrootcert in the URL, or ask the server's owner.",
        "login",
    ),
    "no_schema": (
        "This login has no schema in the database to make tables in ({said}).",
        "Its owner makes one with CREATE SCHEMA, or names one in the login's search_path.",
        "no_schema",
    ),
    "standby": (
        "The database server takes no changes now ({said}): nothing was changed.",
        "It is a standby, or kept from changes for a while. Do it again once it takes them.",
        "unreachable",
    ),
    "only_reads": (
        "The database server lets this login only read ({said}): nothing was changed.",
        "Its owner may allow changes (default_transaction_read_only is on for it).",
        "read_only",
    ),
    "letters": (
        "The database cannot keep all letters of this ({said}): nothing was changed.",
        "Its owner takes it to one in UTF-8, which keeps all: createdb -E UTF8 -T template0 NAME, "
        "then 'pipeboard migrate --to URL'.",
        "letters",
    ),
    "slow": (
        "The database server was told to stop this, or took too long ({said}): nothing was "
        "changed.",
        "Try again in a moment.",
        "slow",
    ),
    "full": (
        "The database server takes no more connections ({said}).",
        "Try again in a moment; a pooler such as PgBouncer serves many people with few.",
        "full",
    ),
    "disk": (
        "The disk of the database server is full: nothing was changed.",
        "Free some space there and do it again.",
        "full",
    ),
    "no_driver": (
        "A database on a server needs the package psycopg, which is not installed.",
        "Install it: pip install 'pipeboard[postgres]'.",
        "no_driver",
    ),
}
_IN_DOUBT = (
    "The database server stopped answering while this was being stored ({location}: {said}).",
    "It may be stored or not: look, once the server answers, before you do it again.",
    "in_doubt",
)
_UNKNOWN = (
    "The database does not answer as it should ({said}).",
    "Nothing was changed. If it comes again, bring back a backup.",
    "other",
)
_WORDS = {
    sqlite3.SQLITE_NOTADB: (
        "{location} is not a database, or its beginning is damaged ({said}).",
        "Name another path with --db, or bring back a backup; the file was left as it is.",
        "corrupt",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "{location} is damaged or not a database ({said}).",
        "Bring back a backup; the file was left as it is.",
        "corrupt",
    ),
    sqlite3.SQLITE_FULL: (
        "The disk is full: nothing was changed.",
        "Free some space and do it again.",
        "full",
    ),
    sqlite3.SQLITE_IOERR: (
        "{location} could not be read or written ({said}): nothing was changed.",
        "Look whether the disk is full or failing, or a limit is reached (quota, 'ulimit -f').",
        "io",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "{location} cannot be opened.",
        "Look at the path and at its rights.",
        "unreachable",
    ),
    **dict.fromkeys(
        (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM),
        (
            "{location} cannot be written to ({said}).",
            "Ask for the right to write to the file and its folder, or look with --read-only.",
            "read_only",
        ),
    ),
}


def busy(location: Place, wanting: Wanting) -> DatabaseError:
    """Somebody keeps this process out; `details["holder"]` is who, None where it is not known."""
    from pipeboard.store.holders import lock_holder

    holder = lock_holder(location, wanting)
    verb = "read" if wanting == "read" else "written to"
    return DatabaseError(
        f"The database is busy and cannot be {verb} now: {holder or 'another program holds it'}.",
        hint="Try again in a moment.",
        details={
            "reason": "locked",
            "wanting": wanting,
            "holder": holder.details() if holder else None,
        },
    )


def replaced(location: Location, *, is_gone: bool) -> DatabaseError:
    """Another file is under the path than the one that was opened, or none."""
    if not is_gone:
        return DatabaseError(
            f"Another file was put in the place of {location} since it was opened.",
            hint="Nothing was written. Leave and open it again to work with what is there now.",
            details={"reason": "replaced"},
        )
    folder = location.path.parent
    what = f"{location}" if os.path.isdir(folder) else f"The folder {Location(folder)}"
    return DatabaseError(
        f"{what} was deleted or renamed since it was opened.",
        hint="Nothing was written. Put it back under its name, or bring back a backup, and open "
        "it again.",
        details={"reason": "deleted"},
    )
