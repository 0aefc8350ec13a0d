"""A verb that is told to stop takes its change back, says so, and ends as shells expect.

The signal is sent by the process to itself at the moment that matters, so that no test waits.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pipeboard.cli.verbs import CHANGING, NESTED, TOKENED, VERBS
from tests.cli.conftest import Type

ROOT = Path(__file__).parents[2]
RECYCLED = "2026-11-30T09:00:00Z"
"""When the lost deal is to be taken up again."""
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

# Sends itself a signal `before` the commit, `during` it, or twice, the second while rolling back.
_STRUCK = """
import os, signal, sys
from contextlib import contextmanager
from pipeboard.cli.main import run
from pipeboard.store import engine

moment, number = sys.argv[1], int(sys.argv[2])
held = engine.signals_held

@contextmanager
def struck():
    if moment != "during":
        try:
            os.kill(os.getpid(), number)
        finally:
            if moment == "twice":
                os.kill(os.getpid(), number)
    with held():
        os.kill(os.getpid(), number)
        yield

engine.signals_held = struck
sys.argv = ["pipeboard", *sys.argv[3:]]
run()
"""

CHANGES = {
    "add": ("add", "Borealis: service 5k"),
    "set": ("set", "1", "value=50k"),
    "assign": ("assign", "1", "bo"),
    "tag": ("tag", "1", "+hot"),
    "archive": ("archive", "1"),
    "unarchive": ("unarchive", "3"),
    "merge": ("merge", "1", "2"),
    "move": ("move", "1", "Qualified", "--override", "agreed"),
    "won": ("won", "1", "--override", "agreed"),
    "lost": ("lost", "1", "--category", "price"),
    "reopen": ("reopen", "4", "--override", "agreed"),
    "next": ("next", "1", "fri call Bob"),
    "log": ("log", "1", "call"),
    "note": ("note", "1", "-m", "words"),
    "answer": ("answer", "1", "need", "yes"),
    "snooze": ("snooze", "1", "2w"),
    "contact": ("contact", "1", "Mika"),
    "term": ("term", "1", "payment", "--ours", "30 days"),
    "tick": ("tick", "5", "First contact"),
    "recycle": ("recycle",),
    "review": ("review", "--hold"),
    "filter save": ("filter", "save", "big", "value>1k"),
    "filter rename": ("filter", "rename", "all", "every"),
    "filter forget": ("filter", "forget", "all"),
    "call set": ("call", "set", "2026Q4", "10k"),
    "target set": ("target", "set", "2026Q4", "130k"),
    "fx set": ("fx", "set", "USD", "0.92"),
    "setting set": ("setting", "set", "fiscal-start", "april"),
    "undo": ("undo",),
    "redo": ("redo",),
    "pipeline new": ("pipeline", "new", "Renewals"),
    "pipeline apply": ("pipeline", "apply", "new.toml"),
    "rep add": ("rep", "add", "cy"),
    "rep set": ("rep", "set", "bo", "--team", "north"),
    "import": ("import", "deals.csv"),
}


def _strike(home: Path, moment: str, number: int, *line: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _STRUCK, moment, str(int(number)), *line],
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=120,
    )


@pytest.fixture
def worked(team: Type, home: Path, monkeypatch: pytest.MonkeyPatch) -> Type:
    """Deals in all the states that the verbs want, and files to import and to apply."""
    for line in ("Lumen Oy: pilot 40k", "Lumen Oy: pilot two", "Cobalt: gone", "Delta: lost"):
        assert team("add", line).code == 0
    for done in (
        ("archive", "3"),
        ("lost", "4", "--category", "price", "--recycle", "+1d"),
        ("pipeline", "new", "Needs", "--template", "needs"),
        ("add", "Acme: line 3k", "-p", "Needs"),
        ("filter", "save", "all", "open"),
        ("tag", "2", "+cold"),
        ("undo",),
    ):
        assert team(*done).code == 0, done
    (home / "new.toml").write_text(
        team("pipeline", "show", "Needs", "--toml").out.replace("Qual", "Cal")
    )
    monkeypatch.setenv("PIPEBOARD_NOW", RECYCLED)
    (home / "deals.csv").write_text("title,value,stage\nImported,5000,Prospecting\n")
    return team


def _all(type_: Type) -> list[str]:
    lines = (
        ("history", "--json"),
        ("rep", "list", "--json"),
        ("pipeline", "list", "--json"),
        ("target", "list", "--json"),
        ("fx", "list", "--json"),
        ("setting", "list", "--json"),
        ("filter", "list", "--json"),
        ("call", "list", "--json"),
        ("review", "--held", "list", "--json"),
    )
    return [type_(*line).out for line in lines]


def test_every_verb_with_a_change_to_take_back_is_tried_here() -> None:
    tried = TOKENED - {"pipeline edit"}  # that one asks at a terminal first
    assert set(CHANGES) == tried, "CHANGES wants a line of a new verb"


@pytest.mark.parametrize("verb", CHANGES)
def test_every_verb_that_changes_takes_its_change_back(worked: Type, home: Path, verb: str) -> None:
    number = SIGNALS[list(CHANGES).index(verb) % len(SIGNALS)]
    before = _all(worked)
    done = _strike(home, "before", number, *CHANGES[verb])
    assert done.stderr.splitlines()[-1] == "Interrupted: nothing was changed."
    assert (done.returncode, done.stdout) == (128 + number, "")
    assert _all(worked) == before


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_in_the_middle_of_a_commit_lets_it_be_stored_and_says_so(
    worked: Type, home: Path, number: signal.Signals
) -> None:
    done = _strike(home, "during", number, "tag", "1", "+hot", "--json")
    assert done.returncode == 128 + number
    error = json.loads(done.stderr)["error"]
    assert (error["code"], error["details"]["stored"]) == ("interrupted", True)
    assert worked("show", "1", "--json").json["deal"]["tags"] == ["hot"]


@pytest.mark.parametrize("number", SIGNALS)
def test_a_second_signal_ends_at_once(worked: Type, home: Path, number: signal.Signals) -> None:
    done = _strike(home, "twice", number, "tag", "1", "+hot")
    assert done.returncode == -number
    assert worked("show", "1", "--json").json["deal"]["tags"] == []


@pytest.mark.parametrize("more", [(), ("--db", "made.db")])
def test_an_interrupted_demo_leaves_no_file_behind(
    home: Path, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    monkeypatch.setenv("TMPDIR", str(home / "tmp"))
    (home / "tmp").mkdir()
    done = _strike(home, "before", signal.SIGTERM, "demo", "--no-open", "--deals", "5", *more)
    assert (done.returncode, done.stdout) == (143, "")
    assert done.stderr.splitlines()[-1] == "Interrupted: nothing was changed."
    assert list((home / "tmp").iterdir()) == []
    assert not list(home.glob("made.db*"))


READING = frozenset(
    (
        "list", "show", "metrics", "triage", "due", "check", "digest", "template", "export",
        "target list", "call list", "fx list", "setting list", "history", "pipeline list",
        "pipeline show", "pipeline templates", "rep list", "config show", "config path",
        "config check", "config themes", "config words", "keys", "completions", "man", "version",
        "filter list", "backup list", "logs", "board", "mcp", "help",
    )
)  # fmt: skip
"""The verbs that only look."""


def test_every_verb_either_changes_or_only_looks() -> None:
    verbs = {verb for verb in VERBS if verb not in NESTED}
    verbs |= {f"{verb} {inner}" for verb, found in NESTED.items() for inner in found}
    assert verbs == CHANGING | READING, "CHANGING wants a new verb, or READING where it only looks"
    assert not CHANGING & READING
