"""One rule says who is meant, for every verb and screen; a slip of the finger makes nobody."""

from __future__ import annotations

from datetime import date

import pytest

from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.people import match_owner, match_rep, with_known_owners
from pipeboard.domain.settings import Rep
from tests.domain.test_filter import written_out

REPS = (
    Rep("ana", "Ana Lima"),
    Rep("lukasz_wronak", "Łukasz Wronak"),
    Rep("mara", "Mara Ó Súilleabháin"),
    Rep("bo@firm.example", "Bo"),
    Rep("sam", "Chris Poe"),
    Rep("poe", "Chris Poe"),
)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ana", "ana"),
        ("@ana", "ana"),
        (" ANA ", "ana"),
        ("Ana Lima", "ana"),
        ("analima", "ana"),
        ("ana.lima@firm.example", "ana"),
        ("ana@firm.example", "ana"),
        ("Lukasz Wronak", "lukasz_wronak"),
        ("łukasz  wronak", "lukasz_wronak"),
        ("lukasz.wronak@firm.example", "lukasz_wronak"),
        ("mara o suilleabhain", "mara"),
        ("bo", "bo@firm.example"),
        ("bo@firm.example", "bo@firm.example"),
        ("poe", "poe"),
    ],
)
def test_a_rep_is_found_however_their_name_is_written(typed: str, name: str) -> None:
    assert match_rep(typed, REPS).name == name


@pytest.mark.parametrize(
    ("typed", "near"), [("marra", "@mara"), ("anna", "@ana"), ("Ana Lime", "@ana")]
)
def test_an_unknown_rep_is_refused_with_the_near_one(typed: str, near: str) -> None:
    with pytest.raises(NotFound, match="There is no rep") as refusal:
        match_rep(typed, REPS)
    assert refusal.value.hint == f"Did you mean {near}?"


@pytest.mark.parametrize("typed", ["zz", "", "@", "  "])
def test_nobody_near_leads_to_the_list(typed: str) -> None:
    with pytest.raises(NotFound) as refusal:
        match_rep(typed, REPS)
    assert "rep list" in refusal.value.hint


def test_two_reps_of_one_name_are_both_named() -> None:
    with pytest.raises(Ambiguous, match="@sam, @poe"):
        match_rep("Chris Poe", REPS)


@pytest.mark.parametrize(
    ("typed", "owner"),
    [("me", "sam"), ("@Me", "sam"), ("none", ""), ("", ""), ("nobody", ""), ("Ana Lima", "ana")],
)
def test_an_owner_may_also_be_me_or_nobody(typed: str, owner: str) -> None:
    assert match_owner(typed, REPS, "sam") == owner


def test_whoever_types_may_own_deals_before_any_rep_is_known() -> None:
    assert match_owner("zoe", (), "zoe") == "zoe"
    with pytest.raises(NotFound):
        match_owner("bob", (), "zoe")


def test_a_filter_speaks_of_known_people_or_is_refused() -> None:
    def read(text: str) -> str:
        query = parse_filter(text, today=date(2026, 11, 25), currency="EUR")
        return written_out(with_known_owners(query, REPS, "sam"))

    assert (
        read('(owner:"ana lima" | -@Mara) owner:me won') == "(owner:ana | -owner:mara) owner:me won"
    )
    assert read("owner:none") == "owner:none"
    with pytest.raises(NotFound, match="'marra'"):
        read("won (-owner:marra | lost)")
