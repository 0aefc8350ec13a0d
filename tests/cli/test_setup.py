"""init: a workspace is made once, and nothing is made by surprise."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Type


def test_init_makes_a_workspace_with_the_pipeline_of_the_template(pipe: Type, home: Path) -> None:
    made = pipe("init", "--db", str(home / "a.db"), "--currency", "usd", "--json")
    assert made.code == 0
    assert made.json["currency"] == "USD"
    assert made.json["zone"] == "Europe/Berlin"
    assert made.json["stages"][0] == "Lead Generation"
    assert stat.S_IMODE((home / "a.db").stat().st_mode) == 0o600


def test_init_without_a_path_makes_the_database_of_the_account(pipe: Type, home: Path) -> None:
    assert pipe("init").code == 0
    assert (home / "xdg_data_home/pipeboard/pipeboard.db").exists()
    assert pipe("rep").code == 0


def test_a_second_init_is_refused_and_leaves_the_first_alone(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    again = team("init")
    assert again.code == 4
    assert "already" in again.err
    assert team("show", "1").code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        ("--currency", "EUX"),
        ("--zone", "Europe/Berln"),
        ("--zone", "../etc/passwd"),
        ("--template", "nope"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    pipe: Type, home: Path, wrong: tuple[str, str]
) -> None:
    refused = pipe("init", "--db", str(home / "a.db"), *wrong)
    assert refused.code in (2, 3)
    assert not (home / "a.db").exists()


def test_a_dry_run_makes_nothing(pipe: Type, home: Path) -> None:
    assert pipe("init", "--db", str(home / "a.db"), "-n").code == 0
    assert not (home / "a.db").exists()


@pytest.mark.parametrize(
    "line", [("list",), ("show", "1"), ("move", "1", "Demo"), ("undo",), ("pipeline",)]
)
def test_a_missing_database_is_said_with_what_to_type_next(
    pipe: Type, line: tuple[str, ...]
) -> None:
    missing = pipe(*line)
    assert missing.code == 5
    assert "pipeboard init" in missing.err
    assert missing.out == ""


def test_a_missing_database_is_not_made_by_a_verb_that_reads(pipe: Type, home: Path) -> None:
    pipe("list", "--db", str(home / "typo.db"))
    assert not (home / "typo.db").exists()


def test_the_first_deal_makes_the_workspace_and_says_so(pipe: Type, home: Path) -> None:
    added = pipe("add", "Lumen Oy: pilot 40k", "--db", str(home / "new.db"))
    assert (added.code, added.out) == (0, "D-1\n")
    assert "Made a workspace" in added.err
