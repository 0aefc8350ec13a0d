"""An import of many rows of a CSV file, against `csv` and `executemany` of all the rows that it
makes, into our tables."""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.budgets import Line
from tests.bench.commands import pipeboard, run

_SAME_ROWS = """
import csv, sqlite3, sys
there, here = sqlite3.connect(sys.argv[2]), sqlite3.connect(sys.argv[3])
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    for row in csv.reader(file):
        pass
made = there.execute(
    "SELECT name, sql, type FROM sqlite_master"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC"
).fetchall()
for name, sql, kind in made:
    here.execute(sql)
for name, sql, kind in made:
    if kind == "table":
        rows = there.execute(f"SELECT * FROM {name}")
        marks = ", ".join("?" * len(rows.description))
        here.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
here.commit()
"""
_STAGES = ("Lead Generation", "Lead Qualification", "Needs Assessment", "Proposal", "Negotiation")
COLUMNS = (
    "Deal ID",
    "Title",
    "Organization",
    "Value",
    "Currency",
    "Stage",
    "Status",
    "Owner",
    "Created",
    "Expected close date",
    "Source",
    "Label",
    "Product",
)


def judge_imports(rows: int) -> Iterator[Line]:
    """So many rows brought in, and brought in again."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deals.csv"
        write_rows(file, rows)
        database = str(Path(folder) / "deals.db")
        run(pipeboard("init", "--db", database, "--currency", "EUR", "--zone", "Europe/Berlin"))
        first = run(pipeboard("import", str(file), "--db", database, "--yes"))
        again = run(pipeboard("import", str(file), "--db", database, "--yes"))
        copied = str(Path(folder) / "same.db")
        same = run((sys.executable, "-c", _SAME_ROWS, str(file), database, copied))
    for name, ran in (("import", first), ("import again", again)):
        shown = f"{ran.cpu_ms / 1000:.1f} / {same.cpu_ms / 1000:.1f} s"
        what = f"{name} of {rows:,} rows"
        yield Line(f"{what} / csv, executemany", ran.cpu_ms / same.cpu_ms, 4, 2.5, shown)
        yield Line(f"{what}: memory, MB", ran.peak_mb, 300, 200)


def write_rows(path: Path, count: int) -> None:
    """A file as a sales tool exports it."""
    rng, today = Random(1), date(2026, 1, 1)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(COLUMNS)
        for number in range(count):
            created = today + timedelta(days=rng.randrange(300))
            out.writerow(
                [
                    number + 1,
                    f"Renewal {number % 900}",
                    f"Company {number % 20_000} Ltd",
                    f"{rng.randrange(1_000, 90_000)}.00",
                    "EUR",
                    rng.choice(_STAGES),
                    rng.choice(("open", "open", "won", "lost")),
                    rng.choice(("ana", "ben", "eva")),
                    created.isoformat(),
                    (created + timedelta(days=60)).isoformat(),
                    rng.choice(("referral", "web", "event")),
                    rng.choice(("", "key-account")),
                    rng.choice(("Line", "Cell")),
                ]
            )
