"""`python -m tests.bench.imports`: 200,000 rows of a CSV file, against `csv` and `executemany`."""

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
    print(f"{asked.rows:,} rows, {file.name}: CPU seconds, peak memory, against plain (floor 4)")
    for name, ran in (("csv + executemany", plain), ("import", first), ("import again", again)):
        ratio = ran.cpu_ms / plain.cpu_ms
        print(f"{name:18} {ran.cpu_ms / 1000:7.1f} s {ran.peak_mb:6.0f} MB {ratio:6.1f}")


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
