"""What commands in a shell cost, beside an interpreter that only imports argparse and sqlite3, and
beside the same rows read with plain sqlite3."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from tests.bench.budgets import Line
from tests.bench.commands import Run, medians, pipeboard
from tests.bench.programs import scratch

_BARE = (sys.executable, "-c", "import argparse, sqlite3")
_EVENTS = """
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1]).execute(
    "SELECT deal_id, seq, at, kind, stage_id, value_minor, currency, on_date, owner FROM event"
    " ORDER BY deal_id, seq"
):
    pass
"""
_LOOKS = """
import sys
from datetime import UTC, datetime
from pipeboard.domain.periods import parse_period
from pipeboard.exchange.metrics_document import metrics_document
from pipeboard.exchange.metrics_tables import FullReport
from pipeboard.store import Store
from pipeboard.store.reading.facts import collecting_later
from pipeboard.workspace.reports import ReportQuery, basis_as_of, report_on
store, now = Store.open(sys.argv[1]), datetime.now(UTC)
reader = store.new_reader(None)
asked = ReportQuery(reader.pipelines()[0], parse_period("this-quarter", now.date()), now)
for _ in range(int(sys.argv[2])):
    with collecting_later():
        metrics_document(FullReport(report_on(reader, basis_as_of(reader, asked), asked)))
"""
_DAILY = ("note", "move", "add", "list --limit 20", "show", "due after a change")

_BOUNDS = {"list --limit 20": (6.7, 3), "show": (6.7, 3), "due after a change": (6.7, 2.5)}
"""Floor and aim of those that change nothing."""
_OF_A_PROMPT = {
    "due again": ("due",),
    "due --json again": ("due", "--json"),
    "due --short": ("due", "--short"),
    "Tab on a deal": ("__complete", "DEAL", "9"),
    "Tab on a name": ("__complete", "DEAL", "va"),
    "Tab in a filter": ("__complete", "FILTER,SAVED", "stage:"),
    "completions bash": ("completions", "bash"),
}
"""What a shell asks while somebody waits for it, and never anything else."""


def judge_verbs(rounds: int, middle: Path) -> Iterator[Line]:
    """The verbs of every day, the numbers and the log of 10,000 deals."""
    with scratch(middle) as path:
        on_board = ("--db", str(path))
        deal, stages = _deal_to_move(path)
        ran = medians(
            {
                "bare": _BARE,
                "note": pipeboard("note", deal, "-m", "They called.", *on_board),
                "move": pipeboard("move", deal, stages[0], "--override", "agreed", *on_board),
                "back": pipeboard("move", deal, stages[1], "--override", "agreed", *on_board),
                "add": pipeboard("add", "Borealis: service 5k", *on_board),
                "list --limit 20": pipeboard("list", "--limit", "20", *on_board),
                "show": pipeboard("show", deal, *on_board),
                "due after a change": pipeboard("due", *on_board),
                "due --json after a change": pipeboard("due", "--json", *on_board),
                **{name: pipeboard(*words, *on_board) for name, words in _OF_A_PROMPT.items()},
                "history": pipeboard("history", "--json", *on_board),
                "review": pipeboard("review", "--json", *on_board),
                "--help": pipeboard("--help"),
                **_metrics(path),
            },
            rounds,
        )
    bare = ran["bare"].cpu_ms
    for verb in _DAILY:
        floor, aim = _BOUNDS.get(verb, (30, 5))
        yield _ratio(f"{verb} / argparse and sqlite3", ran[verb], ran["bare"], floor, aim)
    for what in _OF_A_PROMPT:
        yield _ratio(f"{what} / argparse and sqlite3", ran[what], ran["bare"], 2, 1.5)
    yield _ratio("--help / argparse and sqlite3", ran["--help"], ran["bare"], 2, 1.3)
    seconds = (ran["history"].cpu_ms - bare) / 1000
    yield Line("history --json of 10,000 deals: CPU, s", seconds, 8.7, 1)
    yield Line("review --json of 10,000 deals: CPU, s", ran["review"].cpu_ms / 1000, 3, 1)
    yield from _numbers(ran, "10,000 deals")


def judge_numbers(rounds: int, large: Path) -> Iterator[Line]:
    """The numbers of 100,000 deals."""
    looks = {f"{n} looks": (sys.executable, "-c", _LOOKS, str(large), str(n)) for n in (1, 3)}
    triage = pipeboard("triage", "--owner", "all", "--limit", "20", "--json", "--db", str(large))
    ran = medians({**_metrics(large), **looks, "triage": triage}, rounds)
    yield Line("metrics at 100,000 deals: CPU, s", ran["metrics"].cpu_ms / 1000, 10, 1)
    again = (ran["3 looks"].cpu_ms - ran["1 looks"].cpu_ms) / 2000
    yield Line("metrics at 100,000 deals, a second look: CPU, s", again, 5, 1)
    yield Line("metrics at 100,000 deals: memory, MB", ran["metrics"].peak_mb, 194, 120)
    yield Line("triage of everybody at 100,000 deals: CPU, s", ran["triage"].cpu_ms / 1000, 1, 0.3)
    yield from _numbers(ran, "100,000 deals")


def judge_demo(deals: int) -> Iterator[Line]:
    """A made-up team of so many deals; the bounds are for 100,000."""
    with scratch(None) as path:
        command = ("demo", "--no-open", "--quiet", "--deals", str(deals), "--db", str(path))
        took = medians({"demo": pipeboard(*command)}, 1)["demo"].cpu_ms / 1000
    share = deals / 100_000
    yield Line(f"demo --deals {deals:,}: CPU, s", took, 374 * share, 60 * share)


def _metrics(path: Path) -> dict[str, Sequence[str]]:
    asked = ("metrics", "--json", "--db", str(path))
    return {
        "plain": (sys.executable, "-c", _EVENTS, str(path)),
        "metrics": pipeboard(*asked),
        "grouped": pipeboard(*asked, "--by", "owner"),
        "all": pipeboard(*asked, "--period", "all"),
        "filtered": pipeboard(*asked, "value>1k", "--as-of", "30d ago"),
    }


def _numbers(ran: dict[str, Run], of: str) -> Iterator[Line]:
    for name, what in (
        ("metrics", "metrics"),
        ("grouped", "metrics by owner"),
        ("all", "metrics of all periods"),
        ("filtered", "metrics of a filter, as of a month ago"),
    ):
        yield _ratio(f"{what}, {of} / the rows, plain", ran[name], ran["plain"], 4.1, 1.5)


def _ratio(what: str, ours: Run, base: Run, floor: float, aim: float) -> Line:
    shown = f"{ours.cpu_ms:,.0f} / {base.cpu_ms:,.0f} ms"
    return Line(what, ours.cpu_ms / base.cpu_ms, floor, aim, shown)


def _deal_to_move(path: Path) -> tuple[str, tuple[str, str]]:
    """An open deal of the first stage, and the names of the second stage and the first."""
    with closing(sqlite3.connect(path)) as database:
        (first, name), (_, next_name) = database.execute(
            "SELECT id, name FROM stage WHERE kind = 'open' ORDER BY pipeline_id, position LIMIT 2"
        ).fetchall()
        (deal,) = database.execute(
            "SELECT min(id) FROM deal WHERE live AND stage_id = ?", (first,)
        ).fetchone()
    return f"D-{deal}", (next_name, name)
