"""The driver of servers: connecting, values as SQLite gives them, and its errors as `sqlite3`'s."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from pipeboard.store.dialect import ServerRefusal, ServerTrouble
from pipeboard.store.locating import Server

if TYPE_CHECKING:
    import psycopg

    from pipeboard.store.answering import AnsweredConnection

CONNECT_TIMEOUT_S = 5
_UNHEARD = logging.NullHandler()


def connect(server: Server, *, read_only: bool, wait_ms: int) -> AnsweredConnection:
    """The driver's connection, that commits each statement by itself; raises its errors."""
    driver = loaded_driver()
    wanted: dict[str, Any] = {"connect_timeout": max(2, min(CONNECT_TIMEOUT_S, wait_ms // 1000))}
    if "," in server.url:
        # Of several hosts the one that takes changes: where the team goes after a failover. Who
        # only reads asks it too, since the others may not know yet what was just stored.
        wanted["target_session_attrs"] = "primary" if read_only else "read-write"
    wanted |= {"application_name": "pipeboard"}
    given = driver.conninfo.conninfo_to_dict(server.url)
    raw = connection_class().connect(
        server.url,
        autocommit=True,
        prepare_threshold=None,
        **{name: value for name, value in wanted.items() if name not in given},
        client_encoding="UTF8",  # whatever the URL says: all that people type can be sent so
    )
    _read_as_sqlite(raw)
    return raw


def loaded_driver() -> Any:
    """The module `psycopg`; `ServerTrouble` where it is not installed."""
    try:
        import psycopg
    except ImportError as error:
        raise ServerTrouble("no driver", "", "no_driver") from error
    # What it warns of would be written over the screen; what matters it raises.
    logging.getLogger("psycopg").addHandler(_UNHEARD)
    return psycopg


def connection_class() -> type[AnsweredConnection]:
    """What a connection is made of, imported with the driver."""
    from pipeboard.store.answering import AnsweredConnection

    return AnsweredConnection


def _read_as_sqlite(raw: AnsweredConnection) -> None:
    """Truths as 0 and 1, and sums as whole numbers."""
    from psycopg.adapt import Loader

    class Truth(Loader):
        def load(self, data: Any) -> int:
            return int(bytes(data) == b"t")

    class Whole(Loader):
        def load(self, data: Any) -> int | float:
            said = bytes(data)
            return float(said) if b"." in said else int(said)

    raw.adapters.register_loader("bool", Truth)
    raw.adapters.register_loader("numeric", Whole)


@contextmanager
def told_of_driver(lose: Callable[[ServerTrouble], None]) -> Iterator[None]:
    """The driver's errors as those that the store knows."""
    psycopg = loaded_driver()
    try:
        yield
    except psycopg.Error as error:
        trouble = trouble_of(error)
        if isinstance(trouble, ServerTrouble):
            lose(trouble)
        raise trouble from error
    except BaseException:  # a signal: nobody knows what comes next on this connection
        lose(ServerTrouble("interrupted", "", "lost"))
        raise


_KINDS = {
    "08": "lost",
    "57P01": "lost",
    "57P02": "lost",
    "57P03": "lost",
    "57P05": "lost",
    "25P03": "lost",
    "25006": "standby",  # the team may have gone on to another host
    "22P05": "letters",
    "22021": "letters",
    "53300": "full",
    "53100": "disk",
    "55P03": "busy",
    "40": "busy",
    "57014": "slow",
    "28": "login",
    "3D000": "missing",
    "42501": "rights",
    "42P01": "no_table",
    "3F000": "no_schema",
}
PASSING = ("busy", "lost", "refused", "standby")
"""What the same may succeed after a moment later."""

_OF_URLS = (" URI", "percent-encoded", "connection option", "invalid port",
            "invalid sslmode", "definition of service")  # fmt: skip
"""What libpq says where a URL cannot be read, or names what there is not."""


def trouble_of(error: psycopg.Error) -> sqlite3.DatabaseError:
    """The error of the driver, told by its kind."""
    import psycopg

    state = error.sqlstate or ""
    said = str(error).strip().partition("\n")[0]
    if state.startswith("23"):
        return ServerRefusal(said, getattr(error.diag, "constraint_name", None) or "")
    kind = _KINDS.get(state) or _KINDS.get(state[:2]) or "other"
    if kind == "no_table":
        return ServerTrouble(f"no such table: {said}", state, kind)
    if not state and any(word in said for word in _OF_URLS):
        return ServerTrouble(said, state, "url")
    if not state and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        # In whatever language the server says it: it has asked for a password.
        asked = error.pgconn and (error.pgconn.used_password or error.pgconn.needs_password)
        kind = _kind_of_words(str(error), "login" if asked else "lost")
    return ServerTrouble(said, state, kind)


_WORDS = (
    ("too many c|remaining connection", "full"),
    ("SSL was required|does not support SSL|certificate", "encryption"),
    ("authentication|no password|role |pg_hba|permission denied", "login"),
    ("database .*does not exist", "missing"),
    ("the database system is |server closed|timeout expired", "lost"),
)
"""What an error without a code is about: libpq gives none while it connects."""

_OF_SERVER = re.compile(r"failed: [^\s:]+ ?:  ")
"""How libpq tells what a server said, which may be in any language, from what it says itself."""


def _kind_of_words(said: str, otherwise: str) -> str:
    if otherwise == "lost" and _OF_SERVER.search(said):
        otherwise = "refused"
    return next((kind for words, kind in _WORDS if re.search(words, said)), otherwise)
