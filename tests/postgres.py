"""A real PostgreSQL server for the tests of a session, and a database of its own for each.

`PIPEBOARD_TEST_PG_URL` names one that is there, by a URL whose account may make databases; else
Debian's binaries are started in a folder of their own. Where there is neither, what needs it is
skipped with a reason, and in CI it fails.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeboard.store.opening import TABLES

URL = "PIPEBOARD_TEST_PG_URL"
WHY_NOT = f"no PostgreSQL: set {URL}, or install Debian's package postgresql and psycopg"
_ACCOUNT = "postgres"


def binaries() -> Path | None:
    """The folder of the newest server that is installed."""
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4])
    )
    if installed:
        return installed[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def can_be_had() -> bool:
    """Whether there is a server, or what starts one, and a driver for it."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return False
    return bool(os.environ.get(URL)) or binaries() is not None


def require() -> None:
    """Skips a test that has no server; in CI it fails instead."""
    if not can_be_had():
        if os.environ.get("CI"):
            pytest.fail(WHY_NOT)
        pytest.skip(WHY_NOT)


class PostgresServer:
    """A server that listens on this machine alone, in a folder that is gone with it."""

    def __init__(self, folder: Path, *, of: PostgresServer | None = None) -> None:
        """A new server; a standby `of` another where it is one."""
        self._folder = folder
        self._data = folder / "data"
        found = binaries()
        assert found is not None
        self._bin = found
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(folder, _ACCOUNT)
        if of is None:
            self._run("initdb", "-A", "trust", "-U", _ACCOUNT, "-E", "UTF8", "--no-sync")
        else:
            copied = ("-R", "-c", "fast", "-X", "stream", "--no-sync")
            self._run("pg_basebackup", "-d", of.url, *copied)

    @property
    def url(self) -> str:
        return f"postgresql://{_ACCOUNT}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        settings = (
            f"-p {self.port} -k {self._folder} -c listen_addresses=127.0.0.1 -c fsync=off"
            " -c max_connections=200 -c autovacuum=off -c full_page_writes=off"
            " -c shared_buffers=32MB"
        )
        self._run("pg_ctl", "-w", "-l", f"{self._folder}/log", "-o", settings, "start")

    def stop(self, how: str = "fast") -> None:
        """Ends the server: `fast` rolls back what is under way, `immediate` is like a crash."""
        self._run("pg_ctl", "-w", "-m", how, "stop")

    @contextmanager
    def standby(self) -> Iterator[PostgresServer]:
        """A running copy that follows this server."""
        folder = Path(tempfile.mkdtemp(prefix="pipeboard-pg-", dir="/tmp"))
        other = PostgresServer(folder, of=self)
        other.start()
        try:
            yield other
        finally:
            other.stop("immediate")
            shutil.rmtree(folder, ignore_errors=True)

    def catch_up(self, leader: PostgresServer) -> None:
        """Returns once this standby holds all that its leader has committed."""
        import psycopg

        with psycopg.connect(leader.url) as there, psycopg.connect(self.url) as here:
            ((until,),) = there.execute("SELECT pg_current_wal_lsn()::text").fetchall()
            asked = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
            while not here.execute(asked, (until,)).fetchall()[0][0]:
                here.rollback()

    def promote(self) -> None:
        """This standby takes changes from now on."""
        self._run("pg_ctl", "-w", "promote")

    def _run(self, program: str, *arguments: str) -> None:
        words = [str(self._bin / program), "-D", str(self._data), *arguments]
        if os.geteuid() == 0:
            words = ["runuser", "-u", _ACCOUNT, "--", *words]
        with (self._folder / f"{program}.out").open("ab") as out:
            subprocess.run(words, check=True, cwd="/", stdout=out, stderr=out)


@contextmanager
def own_server() -> Iterator[PostgresServer]:
    """A server that a test may stop and start."""
    if binaries() is None:
        pytest.skip(WHY_NOT)
    folder = Path(tempfile.mkdtemp(prefix="pipeboard-pg-", dir="/tmp"))
    server = PostgresServer(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Databases for tests: one under each name, put back to what was kept of it for each test."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._made: dict[str, str] = {}

    def new(self, name: str) -> str:
        """The URL of a new database with nothing in it."""
        full = f"pipeboard_test_{os.getpid()}_{name}"
        self._say(self.url, f'CREATE DATABASE "{full}" TEMPLATE template0')
        url = urlsplit(self.url)._replace(path=f"/{full}").geturl()
        self._made[full] = url
        return url

    def kept(self, name: str, make: Callable[[str], object]) -> str:
        """The URL of a database as `make` has made it, whatever the last test has put into it."""
        url = next((url for full, url in self._made.items() if full.endswith(f"_{name}")), None)
        if url is None:
            url = self.new(name)
            make(url)
            copies = (f"CREATE TABLE kept.{table} AS TABLE {table}" for table in TABLES)
            self._say(url, "; ".join(("CREATE SCHEMA kept", *copies)))
            return url
        gone = (f"DELETE FROM {table}" for table in reversed(TABLES))
        back = (f"INSERT INTO {table} SELECT * FROM kept.{table}" for table in TABLES)
        self._say(url, "; ".join((*gone, *back)))
        return url

    def drop(self, url: str) -> None:
        full = urlsplit(url).path.lstrip("/")
        self._say(self.url, f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)')
        self._made.pop(full, None)

    def close(self) -> None:
        for url in list(self._made.values()):
            self.drop(url)

    def _say(self, url: str, sql: str) -> None:
        import psycopg

        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.encode())


@contextmanager
def databases() -> Iterator[Databases]:
    """Databases on the server of the session."""
    if url := os.environ.get(URL):
        made = Databases(url)
        try:
            yield made
        finally:
            made.close()
        return
    with own_server() as server:
        yield Databases(server.url)
