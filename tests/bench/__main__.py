"""`python -m tests.bench`: every figure of the board and the verbs, beside what it is measured by
in the same run.

Prints a table and keeps it in `figures.md`. The databases stay in the system's temporary folder.
`--quick` leaves out what needs 100,000 deals, and is done in three minutes: for before and after a
change.
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
    measure_counting,
    measure_crowd,
    measure_keys,
    measure_rest,
    measure_start,
)
from tests.bench.imports import judge_imports
from tests.bench.programs import BLANK, TABLE, board, database, scratch
from tests.bench.verbs import judge_demo, judge_numbers, judge_verbs

SIZES = (60, 10_000, 100_000)
KEPT_IN = Path(__file__).with_name("figures.md")


def main() -> None:
    """Measures, prints, keeps."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--starts", type=int, default=15, help="rounds of starts")
    parser.add_argument("--keys", type=int, default=5, help="rounds of keys")
    parser.add_argument("--quick", action="store_true", help="no 100,000 deals, few rounds")
    parser.add_argument("--no-keep", action="store_true", help="leave figures.md as it is")
    asked = parser.parse_args()
    if asked.quick:
        asked.starts, asked.keys = min(asked.starts, 5), 1
    sizes = SIZES[:2] if asked.quick else SIZES
    lines = [*measure(asked.starts, asked.keys, sizes), *measure_verbs(sizes)]
    report = table(lines, asked.starts, asked.keys)
    print(report)
    if not asked.no_keep and not asked.quick:
        KEPT_IN.write_text(report)


def measure(starts: int, keys: int, sizes: Sequence[int]) -> list[Line]:
    """All measurements, interleaved, on copies: to open a board may already change it."""
    with ExitStack() as stack:
        paths = [stack.enter_context(scratch(database(size))) for size in sizes]
        blank, rows, *ours = (Figures() for _ in range(2 + len(sizes)))
        _measure_starts(starts, blank, paths, ours)
        _measure_keys(keys, blank, rows, paths, ours)
        for path, figures in zip(paths[1:], ours[1:], strict=True):
            measure_counting(path, figures)
        measure_crowd(BLANK, blank)
        measure_crowd(board(paths[1], "10,000 deals"), ours[1])
        small, middle, *more = ours
        return list(judge(blank, rows, small, middle, more[0] if more else None))


def measure_verbs(sizes: Sequence[int]) -> list[Line]:
    """What runs to its end: verbs, numbers, imports, the demo."""
    is_quick = len(sizes) < len(SIZES)
    print("\rverbs", end="\n", file=sys.stderr)
    lines = list(judge_verbs(3 if is_quick else 7, database(sizes[1])))
    if not is_quick:
        lines += judge_numbers(3, database(sizes[2]))
    lines += judge_imports(20_000 if is_quick else 200_000)
    return [*lines, *judge_demo(2_000 if is_quick else 100_000)]


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
                for path, figures, size in zip(paths, ours, SIZES[: len(paths)], strict=True)
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
