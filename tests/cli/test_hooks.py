"""Hooks: programs of the person's own, when something has happened to deals."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call
from pipeboard.domain.programs import CHANGED, MOMENTS, UNDONE
from tests.cli.conftest import Type

KEEP = "import os, sys; open(os.environ['PIPEBOARD_HOOK'] + '.json', 'a').write(sys.stdin.read())"


@pytest.fixture
def hooked(team: Type, home: Path) -> Type:
    """A team in which every hook keeps what it reads, in a file of its name."""
    _hooks(home, {name: [sys.executable, "-c", KEEP] for name in MOMENTS})
    return team


def _hooks(home: Path, hooks: dict[str, Any]) -> None:
    file = home / "xdg_config_home" / "pipeboard" / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (f"{name} = {json.dumps(run)}" for name, run in hooks.items())
    file.write_text("\n".join(["[hooks]", *lines]) + "\n")


def _heard(home: Path) -> dict[str, Any]:
    """What the hooks have read since the last time, by their names."""
    found = {file.stem: json.loads(file.read_text()) for file in home.glob("*.json")}
    for file in home.glob("*.json"):
        file.unlink()
    return found


LINES: dict[tuple[str, ...], str] = {
    ("add", "Borealis: service 5k"): "added",
    ("move", "1", "qualified", "--override", "they want to"): "moved",
    ("assign", "1", "bo"): "assigned",
    ("set", "1", "value=50k"): "edited",
    ("tag", "1", "+hot"): "edited",
    ("next", "1", "thu call"): "planned",
    ("log", "1", "call"): "logged",
    ("note", "1", "-m", "They called."): "noted",
    ("answer", "1", "need", "Scrap"): "answered",
    ("snooze", "1", "+1w"): "snoozed",
    ("archive", "1"): "archived",
    ("won", "1", "--override", "signed"): "won",
    ("lost", "1", "--category", "price"): "lost",
}


@pytest.mark.parametrize("line", LINES, ids=" ".join)
def test_a_hook_reads_the_deal_as_it_is_once_the_command_is_stored(
    line: tuple[str, ...], hooked: Type, home: Path
) -> None:
    assert hooked("add", "Lumen Oy: packaging line 40k @ana").code == 0
    _heard(home)
    assert hooked(*line).code == 0
    heard = _heard(home)
    assert {LINES[line], CHANGED} <= set(heard)
    told = heard[LINES[line]]
    (deal,) = told["deals"]
    assert told["hook"] == LINES[line]
    assert told["command"]["verb"]
    if line[0] != "archive":  # which is out of sight now
        assert deal == hooked("list", f"id:{deal['id']}", "--json").json["deals"][0]


def test_what_is_taken_back_is_undone_and_nothing_else(hooked: Type, home: Path) -> None:
    hooked("add", "Lumen Oy: packaging line 40k")
    _heard(home)
    hooked("won", "1", "--override", "signed")
    _heard(home)
    assert hooked("undo").code == 0
    assert set(_heard(home)) == {UNDONE, CHANGED}


def test_an_import_is_told_once_with_all_its_deals(hooked: Type, home: Path) -> None:
    rows = "".join(f"deal {n},Prospecting,{n}000\n" for n in range(1, 31))
    (home / "deals.csv").write_text(f"title,stage,value\n{rows}")
    assert hooked("import", "deals.csv").code == 0
    heard = _heard(home)
    assert len(heard["added"]["deals"]) == 30
    assert heard["added"]["command"]["verb"] == "import"


@pytest.mark.parametrize("line", [("add", "-n", "Acme: x 1k"), ("list",), ("rep", "add", "cem")])
def test_nothing_that_changes_no_deal_runs_a_hook(
    line: tuple[str, ...], hooked: Type, home: Path
) -> None:
    assert hooked(*line).code == 0
    assert _heard(home) == {}


@pytest.mark.parametrize(
    ("run", "said"),
    [
        ([sys.executable, "-c", "import sys; sys.exit('no desktop')"], "ended with 1: no desktop"),
        (["no-such-program-anywhere"], "was not run: 'no-such-program-anywhere': No such file"),
        ([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], "was ended by SIGKILL"),
        ([sys.executable, "-c", "import time; time.sleep(60)"], "took longer than 1 s"),
        ([sys.executable, "-c", "pass # reads nothing"], ""),
    ],
    ids=["fails", "missing", "killed", "slow", "deaf"],
)
def test_a_hook_that_goes_wrong_never_loses_the_command(
    run: list[str], said: str, team: Type, home: Path
) -> None:
    _hooks(home, {"added": run, "timeout": 1})
    added = team("add", "Lumen Oy: packaging line 40k")
    assert (added.code, added.out) == (0, "D-1\n")
    told = [line for line in added.err.splitlines() if "hook" in line]
    assert len(told) == bool(said)
    assert said in added.err
    assert team("show", "1").code == 0


def test_no_text_of_a_deal_becomes_a_word_or_meets_a_shell(hooked: Type, home: Path) -> None:
    name = "Lumen; touch owned $(touch owned) `touch owned`"
    assert hooked("add", "account:" + json.dumps(name), "x 1k").code == 0
    assert _heard(home)["added"]["deals"][0]["account"] == name
    assert not (home / "owned").exists()


def test_what_a_hook_changes_itself_runs_no_hook(
    hooked: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_HOOK", "changed")
    assert hooked("add", "Lumen Oy: packaging line 40k").code == 0
    assert _heard(home) == {}


def test_the_home_folder_stands_for_the_tilde_in_front_of_a_program(team: Type, home: Path) -> None:
    program = home / "my programs" / "tell"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\ncat > "$PIPEBOARD_HOOK.json"\n')
    program.chmod(0o700)
    _hooks(home, {"added": ["~/my programs/tell"]})
    assert team("config", "check").code == 0
    assert team("add", "Lumen Oy: packaging line 40k").code == 0
    assert set(_heard(home)) == {"added"}


def test_in_restricted_mode_no_hook_runs(hooked: Type) -> None:
    asked = Parser("list", "", "").read([])
    assert Call(asked, os.environ).hooks
    asked.restricted = True
    assert Call(asked, os.environ).hooks == ()


def test_config_check_and_show_know_hooks(team: Type, home: Path) -> None:
    _hooks(home, {"won": "no-such-program-anywhere x"})
    checked = team("config", "check")
    assert checked.code == 1
    assert "no-such-program-anywhere" in checked.out
    assert "hooks.won" in team("config", "show").out
