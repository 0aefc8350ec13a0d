"""What owners of servers run and what databases are made of, as it was written down.

Whoever changes a rule of either changes its file too: `PIPEBOARD_REDRAW=1` writes it anew.
"""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Table, UniqueConstraint

from pipeboard.domain.settings import Rep
from pipeboard.store import dialect
from pipeboard.store.dialect import ServerTrouble
from pipeboard.store.grants import identifier, script
from pipeboard.store.locating import Location, Server
from pipeboard.store.patience import signals_held
from pipeboard.store.postgres import _BEGIN, OF_OTHER_TYPES, translated
from pipeboard.store.server_driver import trouble_of
from pipeboard.store.tables import ALL
from pipeboard.store.troubles import (
    _SERVER_WORDS,
    _WORDS,
    as_database_error,
    cut_off,
    damaged,
    in_doubt,
    of_deal,
    replaced,
)
from tests.written import check_written

FOLDER = Path(__file__).parent
REPS = (
    Rep("olga", role="owner"), Rep("mia", role="manager"), Rep('o"b', role="rep"),
    Rep("val", role="viewer"), Rep("gone", active=False, role="rep"), Rep("none"),
)  # fmt: skip


def test_the_script_of_rights_is_the_one_that_was_written_down() -> None:
    lines = script('team"s', REPS).splitlines()
    check_written(FOLDER / "grants.sql", lines)


def test_a_name_stands_in_a_script_as_a_name() -> None:
    assert identifier('a"b\0') == '"a""b"'


def lines_of(table: Table) -> Iterator[str]:
    """What a table holds its rows to: columns, conditions, keys and indices."""
    for column in table.columns:
        default = column.server_default
        words = [str(column.type), "" if column.nullable else "not null"]
        if default is not None:
            words.append(f"default {getattr(default, 'arg', '')!s}".rstrip())
        yield f"{table.name}.{column.name} {' '.join(filter(None, words))}"
    for held in table.constraints:
        match held:
            case CheckConstraint():
                yield f"{table.name} check {held.sqltext}"
            case UniqueConstraint():
                yield f"{table.name} unique {', '.join(c.name for c in held.columns)}"
            case ForeignKeyConstraint():
                (key,) = held.elements
                yield f"{table.name} {key.parent.name} is one of {key.target_fullname}"
    for index in table.indexes:
        where = index.dialect_options["sqlite"]["where"]
        same = index.dialect_options["postgresql"]["where"]
        assert str(where) == str(same)
        kind = "unique index" if index.unique else "index"
        condition = "" if where is None else f" where {where}"
        columns = ", ".join(column.name for column in index.columns)
        yield f"{table.name} {kind} {index.name} on {columns}{condition}"


def test_the_tables_hold_their_rows_to_what_was_written_down() -> None:
    lines = [line for one in ALL for line in sorted(lines_of(one.__table__))]  # type: ignore[attr-defined]
    check_written(FOLDER / "tables.txt", lines)


PHRASES = {name: value for name, value in vars(dialect).items() if name.isupper()}


def phrases() -> Iterator[str]:
    """What each phrase of SQLite's is, and what a server is asked in its place."""
    for name, phrase in PHRASES.items():
        if not isinstance(phrase, str):
            continue
        yield f"{name}: {phrase}"
        if (said := translated(phrase)) != phrase:
            yield f"{name} on a server: {said}"
    yield from (f"a server begins: {one}" for one in _BEGIN.values())
    yield f"a server settles: {OF_OTHER_TYPES}"


def test_what_a_file_and_a_server_are_asked_in_their_own_words_was_written_down() -> None:
    lines = list(phrases())
    check_written(FOLDER / "phrases.txt", lines)


def troubles() -> Iterator[str]:
    """What is told of each trouble, with what to do next."""
    place, server = Location(Path("/d/a.db")), Server("postgresql://ana@box/sales")
    found = [(f"file {code}", as_database_error(_file(code), place)) for code in _WORDS]
    found += [("file -1", as_database_error(_file(0), place))]
    for kind in (*_SERVER_WORDS, "other"):
        trouble = ServerTrouble("it said", "", kind)
        found.append((f"server {kind}", as_database_error(trouble, server)))
    found.append(("in doubt", in_doubt(ServerTrouble("it said", "", "lost"), server)))
    found += [
        ("cut off", cut_off(place, read_only=False)), ("looked at", cut_off(place, read_only=True)),
        ("replaced", replaced(place, is_gone=False)), ("gone", replaced(place, is_gone=True)),
        ("damaged", damaged("the deals", ValueError())), ("of a deal", of_deal(7, ValueError())),
    ]  # fmt: skip
    for name, error in found:
        details = ", ".join(f"{key}={value}" for key, value in error.details.items())
        yield f"{name}: {error.message} | {error.hint} | {details}"


def _file(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("it said")
    error.sqlite_errorcode = code
    return error


def test_what_people_are_told_of_each_trouble_was_written_down() -> None:
    lines = list(troubles())
    check_written(FOLDER / "troubles.txt", lines)


LIMITS = {
    "backups.KEPT": {"": 14, "before-import": 5, "replaced": 5},
    "backups._LONGEST_S": 3_600,
    "backups._OLD_PART": timedelta(hours=1),
    "checking.MOST_NAMED": 5,
    "connecting.BUSY_MS": 5_000,
    "connecting.READING_CACHE_KB": 512,
    "connecting.WRITING_CACHE_PAGES": 65_535,
    "engine.COMMIT_PATIENCE_S": 5.0,
    "examining._MARGIN": 67_108_864,
    "examining._OLD_BACKUP": timedelta(days=7),
    "examining._SLACK": timedelta(minutes=5),
    "patience.PATIENCE_S": 15.0,
    "patience._PASSED_AFTER_S": 1.0,
    "postgres.IDLE_TIMEOUT_MS": 30_000,
    "postgres.LOCK_TIMEOUT_MS": 5_000,
    "postgres.STATEMENT_TIMEOUT_MS": 20_000,
    "reading.board.LEAST": 5,
    "reading.board.LOOKED_AT": 20_000,
    "reading.board.SAMPLE": 1_000,
    "reading.board._MOST_NAMED": 5,
    "reading.day.CLOSED_DAYS": 365,
    "reading.day.CLOSED_LOOKED_AT": 1_000,
    "reading.facts.KEPT": 3,
    "reading.finding.ALIKE": 75.0,
    "reading.finding._LONGEST": 300,
    "reading.finding._MOST_LETTERS": 12,
    "reading.finding._MOST_LOOKED_AT": 3_000,
    "reading.finding._MOST_RANKED": 500,
    "reading.finding._MOST_SPELLED": 20,
    "reading.health.LIKE_COMPANY": 92,
    "reading.health.MOST_TOGETHER": 60,
    "reading.health.NEIGHBOURS": 5,
    "reading.health.SAME_COMPANY": 80,
    "reading.scope.MOST_LAST": 8,
    "server_driver.CONNECT_TIMEOUT_S": 5,
    "serving._SLICE_MS": 500,
    "sql.RATINGS_BYTES": 400,
    "sql.VALUE_BYTES": 1_000,
    "sql.WORDS_BYTES": 1_000,
}
"""What people, their machines and indices are held to; who changes one tells it here too."""


def test_limits_are_those_that_were_agreed_on() -> None:
    found = {}
    for name in LIMITS:
        module, _, own = name.rpartition(".")
        found[name] = getattr(import_module(f"pipeboard.store.{module}"), own)
    assert found == LIMITS


def test_a_commit_is_cut_in_two_by_no_signal_that_ends_a_program() -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with signals_held():
        held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    assert held - before == {signal.SIGINT, signal.SIGTERM, signal.SIGHUP} - before
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ('missing "=" after "x" in connection URI', "url"),
        ('invalid percent-encoded token: "%x"', "url"),
        ('invalid URI query parameter: "x"', "url"),
        ('invalid connection option "x"', "url"),
        ('invalid port number: "x"', "url"),
        ('invalid sslmode value: "x"', "url"),
        ("connection refused", "lost"),
    ],
)
def test_what_a_driver_says_of_a_url_is_told_by_its_words(said: str, kind: str) -> None:
    psycopg = pytest.importorskip("psycopg")
    trouble = trouble_of(psycopg.OperationalError(said))
    assert isinstance(trouble, ServerTrouble) and trouble.kind == kind
