"""`python -m tests.bench`: every figure of the board, beside a blank app in the same run.

Prints a table and keeps it in `figures.md`. The databases stay in the system's temporary folder.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.bench.budgets import Line, judge
from tests.bench.figures import (
    DOWN,
    Figures,
    interleaved,
    measure_board,
    measure_crowd,
    measure_keys,
    measure_rest,
    measure_start,
)
from tests.bench.programs import BLANK, TABLE, board, database, scratch

SIZES = (60, 10_000, 100_000)
KEPT_IN = Path(__file__).with_name("figures.md")


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--starts", type=int, default=15, help="rounds of starts")
    parser.add_argument("--keys", type=int, default=5, help="rounds of keys")
    parser.add_argument("--no-keep", action="store_true", help="leave figures.md as it is")
    asked = parser.parse_args()
    lines = list(measure(asked.starts, asked.keys))
    report = table(lines, asked.starts, asked.keys)
    print(report)
    if not asked.no_keep:
        KEPT_IN.write_text(report)


def measure(starts: int, keys: int) -> list[Line]:
    """All measurements, interleaved, on copies: to open a board may already change it."""
    with ExitStack() as stack:
        paths = [stack.enter_context(scratch(database(size))) for size in SIZES]
        blank, rows, *ours = (Figures() for _ in range(5))
        _measure_starts(starts, blank, paths, ours)
        _measure_keys(keys, blank, rows, paths, ours)
        measure_crowd(BLANK, blank)
        measure_crowd(board(paths[1], "10,000 deals"), ours[1])
        return list(judge(blank, rows, *ours))


def _measure_starts(
    rounds: int, blank: Figures, paths: Sequence[Path], ours: Sequence[Figures]
) -> None:
    boards = [board(path, path.name) for path in paths]
    interleaved(
        rounds,
        [
            partial(measure_start, BLANK, blank),
            *(
                partial(measure_start, program, figures, b"j")
                for program, figures in zip(boards, ours, strict=True)
            ),
        ],
        partial(_say, "start", rounds),
    )


def _measure_keys(
    rounds: int, blank: Figures, rows: Figures, paths: Sequence[Path], ours: Sequence[Figures]
) -> None:
    interleaved(
        rounds,
        [
            partial(measure_rest, BLANK, blank),
            partial(measure_keys, TABLE, rows, [DOWN], "cursor"),
            *(
                partial(measure_board, path, figures, long=size == SIZES[1])
                for path, figures, size in zip(paths, ours, SIZES, strict=True)
            ),
        ],
        partial(_say, "keys", rounds),
    )


def table(lines: Sequence[Line], starts: int, keys: int) -> str:
    """The lines as a Markdown table, with when and where."""
    written = [
        f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {starts} rounds of starts and {keys} of"
        f" keys, interleaved; 120x40, true colour; Python {platform.python_version()},"
        f" {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}.",
        "",
        "| What | Now | Floor | Aim | | Medians |",
        "| --- | ---: | ---: | ---: | --- | --- |",
    ]
    written += [
        f"| {line.what} | {_number(line.value)} | {_number(line.floor)} | {_number(line.aim)}"
        f" | {line.verdict} | {line.measured} |"
        for line in lines
    ]
    return "\n".join(written) + "\n"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 20 or value == int(value) else f"{value:.2f}"


def _say(what: str, rounds: int, number: int) -> None:
    print(f"\r{what}: round {number + 1} of {rounds} ", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
