"""The programs that are measured: ours on made-up boards, and what it is compared with."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.session import ROOT, Session

CACHE = Path(tempfile.gettempdir()) / "pipeboard-bench"
KEPT = 2
"""Databases of a size that stay in the cache."""

_BLANK = """
from textual.app import App
from textual.widgets import Static
class Blank(App):
    def compose(self):
        yield Static("READY")
Blank().run()
"""
_TABLE = """
from textual.app import App
from textual.widgets import DataTable
class Table(App):
    def compose(self):
        yield DataTable(cursor_type="row")
    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("id", "title", "company", "owner", "value")
        table.add_rows(
            (n, f"Renewal {n:05d}", f"Company {n % 97}", "ana", n * 37 % 90 * 1000)
            for n in range(10_000)
        )
        table.focus()
Table().run()
"""


@dataclass(frozen=True, slots=True)
class Program:
    """A command line, the text that says that it is there, and the key that ends it."""

    name: str
    command: tuple[str, ...]
    seen: str
    leave: bytes

    def run(self) -> Session:
        """The program on a terminal, just started."""
        return Session(self.command)


BLANK = Program("blank", (sys.executable, "-c", _BLANK), "READY", b"\x11")
TABLE = Program("table", (sys.executable, "-c", _TABLE), "Renewal 00000", b"\x11")


def board(path: Path, name: str) -> Program:
    """Pipeboard on a database: there when the first card of the first column is."""
    command = (sys.executable, "-m", "pipeboard", "--db", str(path))
    with closing(sqlite3.connect(path)) as database:
        first = database.execute(
            "SELECT account FROM deal WHERE live AND stage_id = (SELECT id FROM stage"
            " ORDER BY position LIMIT 1) ORDER BY rank, id LIMIT 1"
        ).fetchone()
    return Program(name, command, first[0].split()[0], b"q")


def database(deals: int) -> Path:
    """A made-up database of so many deals, from the cache while the generator is the same.

    It is made for the day: dates are relative to now.
    """
    today = datetime.now(UTC).date()
    mark = hashlib.sha256(today.isoformat().encode())
    package = ROOT / "pipeboard"
    sources = [*(package / "demo").glob("*.py"), *(package / "store" / "tables").glob("*.py")]
    for source in sorted(sources):
        mark.update(source.read_bytes())
    CACHE.mkdir(exist_ok=True)
    path = CACHE / f"{deals}-{mark.hexdigest()[:12]}.db"
    if not path.exists():
        _build(path, deals)
        _forget_old(deals)
    return path


def _build(path: Path, deals: int) -> None:
    print(f"Making up {deals:,} deals in {CACHE}…", file=sys.stderr)
    half = path.with_suffix(".part")
    half.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pipeboard", "demo", "--no-open", "--quiet"]
    subprocess.run(
        [*command, "--deals", str(deals), "--db", str(half)],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    half.rename(path)
    half.with_name(f"{half.name}-journal").unlink(missing_ok=True)


def _forget_old(deals: int) -> None:
    kept = sorted(CACHE.glob(f"{deals}-*.db"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-KEPT]:
        path.unlink()


@contextmanager
def scratch(path: Path | None) -> Iterator[Path]:
    """A copy of a database, or a place for a new one, to be changed and thrown away."""
    CACHE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        copy = Path(folder) / "deals.db"
        if path is not None:
            shutil.copyfile(path, copy)
        yield copy
