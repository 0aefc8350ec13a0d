"""`python -m tests.bench.verbs`: what commands in a shell cost on a board of 100,000 deals.

Each is told as a ratio to an interpreter that only imports argparse and sqlite3; the numbers have
their measure in reading all events with plain sqlite3.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench.commands import medians, pipeboard
from tests.bench.programs import database

_BARE = (sys.executable, "-c", "import argparse, sqlite3")
_EVENTS = """
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(
    "SELECT deal_id, seq, at, kind, stage_id, value_minor, currency, on_date, owner FROM event"
    " ORDER BY deal_id, seq"
):
    pass
"""


def main() -> None:
    """Prints a table."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.verbs", description=__doc__)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    path = str(database(asked.deals))
    on_board = ("--db", path)
    lists = {
        "list, one rep's overdue": ("owner:mara", "overdue"),
        "list, a word": ("mar",),
        "list, by value": ("value>100k",),
    }
    ran = medians(
        {
            "argparse and sqlite3": _BARE,
            "--help": pipeboard("--help"),
            "Tab on a deal": pipeboard("__complete", "DEAL", "D-14", *on_board),
            "Tab on a name": pipeboard("__complete", "DEAL,STAGE", "lum", *on_board),
            "show": pipeboard("show", "D-142", *on_board),
            **{name: pipeboard("list", *words, *on_board) for name, words in lists.items()},
            "metrics": pipeboard("metrics", "--json", *on_board),
            "all events, plain": (sys.executable, "-c", _EVENTS, path),
        },
        asked.rounds,
    )
    bare = ran["argparse and sqlite3"].cpu_ms
    for name, one in ran.items():
        ratio = one.cpu_ms / bare
        print(f"{name:24} {one.cpu_ms:7.0f} ms {one.peak_mb:5.0f} MB {ratio:6.1f}")


if __name__ == "__main__":
    main()
