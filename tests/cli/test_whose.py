"""Whoever is named on the command line is found by one rule, and no name stands for two."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Type

ANA = ("ana", "@ana", "ANA", "Ana Lima", "Lima, Ana", "ana@firm.example")
TAKING_A_REP = (
    ("metrics", "--owner"),
    ("target", "set", "2026Q4", "5k", "--owner"),
    ("call", "set", "2026Q4", "5k", "--owner"),
    ("history", "--by"),
    ("rep", "set"),
    ("check", "--owner"),
    ("due", "--owner"),
    ("digest", "--owner"),
    ("triage", "--json", "--owner"),
    ("list", "--as"),
    ("rep", "set", "bo", "--acts-for"),
)


@pytest.mark.parametrize("line", TAKING_A_REP, ids=" ".join)
def test_a_rep_is_named_in_every_way_wherever_one_is_taken(team: Type, line: list[str]) -> None:
    team("rep", "set", "ana", "--name", "Ana Lima")
    names = ANA[:3] if line[-1] == "--acts-for" else ANA
    assert {name: team(*line, name).err for name in names if team(*line, name).code > 1} == {}


@pytest.mark.parametrize("line", TAKING_A_REP, ids=" ".join)
def test_me_is_whoever_types_wherever_a_rep_is_taken(
    team: Type, line: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.cli.config.account_name", lambda: "ana")
    assert {
        name: team(*line, name).code for name in ("me", "@Me") if team(*line, name).code > 1
    } == {}


@pytest.mark.parametrize("name", ["none", "Nobody", "me", "@ME", "all"])
def test_no_rep_is_called_by_a_word_that_stands_for_others(team: Type, name: str) -> None:
    said = team("rep", "add", name)
    assert said.code == 2
    assert said.err.splitlines()[0].endswith("the word stands for others.")


def test_everybody_is_no_owner_of_a_new_deal(pipe: Type) -> None:
    pipe("init", "--template", "minimal")
    assert pipe("add", "Lumen Oy: pilot @all").code == 2


def test_numbers_of_nobody_are_those_of_a_filter(team: Type) -> None:
    said = team("metrics", "--owner", "none")
    assert said.code == 2
    assert "pipeboard metrics owner:none" in said.err


def test_acting_for_nobody_is_refused(team: Type) -> None:
    assert team("list", "--as", "none").code == 3


@pytest.mark.parametrize(
    ("whose", "owner", "head"),
    [("none", None, "Nobody's: "), ("bo", "bo", "@bo: "), ("all", None, "Everybody: ")],
)
def test_a_digest_says_whose_day_it_is_of(
    team: Type, whose: str, owner: str | None, head: str
) -> None:
    team("add", "Lumen Oy: pilot @none")
    team("add", "Acme: cable @bo")
    assert team("digest", "--owner", whose).lines[0].startswith(head)
    assert team("digest", "--owner", whose, "--json").json["owner"] == owner


@pytest.mark.parametrize(
    ("whose", "said"),
    [
        ("me", "Nothing needs you now."),
        ("bo", "Nothing of @bo needs anybody now."),
        ("none", "Nothing that is nobody's needs anybody now."),
        ("all", "Nothing needs anybody now."),
    ],
)
def test_a_quiet_day_says_whose_it_is(
    team: Type, whose: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.cli.config.account_name", lambda: "ana")
    assert team("digest", "--owner", whose).lines == [said]
    assert team("triage", "--owner", whose).err.splitlines() == [said]


def test_a_queue_of_which_none_is_shown_is_counted(team: Type) -> None:
    team("add", "Acme: cable @bo")
    assert team("triage", "--limit", "0").err.splitlines() == ["1 woke or new."]
