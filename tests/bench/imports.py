"""`python -m tests.bench.imports`: 200,000 rows of a CSV file, against `csv` and `executemany`.

Twice: into one table without index, and of all the rows that an import makes into our tables.
"""

from __future__ import annotations

import argparse
import csv
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from tests.bench.commands import pipeboard, run

_PLAIN = """
import csv, sqlite3, sys
database = sqlite3.connect(sys.argv[2])
with open(sys.argv[1], newline="", encoding="utf-8") as file:
    rows = csv.reader(file)
    names = next(rows)
    database.execute(f"CREATE TABLE deal ({', '.join(f'c{n} TEXT' for n in range(len(names)))})")
    marks = ", ".join("?" * len(names))
    database.executemany(f"INSERT INTO deal VALUES ({marks})", rows)
database.commit()
"""
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


def main() -> None:
    """Prints CPU time and memory of both, and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deals.csv"
        write_rows(file, asked.rows)
        plain = run((sys.executable, "-c", _PLAIN, str(file), str(Path(folder) / "plain.db")))
        database = str(Path(folder) / "deals.db")
        run(pipeboard("init", "--db", database, "--currency", "EUR", "--zone", "Europe/Berlin"))
        first = run(pipeboard("import", str(file), "--db", database, "--yes"))
        again = run(pipeboard("import", str(file), "--db", database, "--yes"))
        copied = str(Path(folder) / "same.db")
        same = run((sys.executable, "-c", _SAME_ROWS, str(file), database, copied))
    print(f"{asked.rows:,} rows, {file.name}: CPU seconds, peak memory, ratios to the first two")
    for name, ran in (
        ("csv, executemany into one table", plain),
        ("csv, executemany of all our rows", same),
        ("import", first),
        ("import again", again),
    ):
        ratios = f"{ran.cpu_ms / plain.cpu_ms:6.1f} {ran.cpu_ms / same.cpu_ms:6.1f}"
        print(f"{name:32} {ran.cpu_ms / 1000:7.1f} s {ran.peak_mb:6.0f} MB {ratios}")


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


if __name__ == "__main__":
    main()
