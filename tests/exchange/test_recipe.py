"""Choices of how a file is read: put together, kept as a document, typed again, and refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.exchange.recipe import (
    Recipe,
    read_options,
    read_recipe,
    recipe_from_json,
    with_column,
    with_constant,
    with_word,
)
from pipeboard.exchange.side_files import SideFile, side_of, with_side
from tests.domain.deciding_cases import SALES

WHOLE = Recipe(
    tool="hubspot", map=("a=title", "b=value"), stage=("Talk=Proposal",), value=("c:x==won",),
    set=("stage=Lead",), key=("a",), dates="dmy", decimal="comma", currency="EUR",
    encoding="cp1252", sheet="Deals", source="crm", lost_zero="unknown", beside="/p.csv", by="a",
    teams="b", onto="all",
)  # fmt: skip


def test_a_recipe_is_kept_as_what_was_chosen_and_read_again() -> None:
    assert recipe_from_json(WHOLE.to_json(), "r") == WHOLE
    assert recipe_from_json(Recipe().to_json(), "r") == Recipe()
    assert Recipe(dates="dmy", map=("a=title",)).to_json() == (
        '{\n  "schema": 1,\n  "map": [\n    "a=title"\n  ],\n  "dates": "dmy"\n}'
    )
    odd = Recipe(beside="/a\udcffb.csv")
    assert odd.to_json().isascii()
    assert recipe_from_json(odd.to_json(), "r") == odd


def test_a_recipe_in_words_is_what_one_types() -> None:
    assert Recipe().in_words() == ""
    assert Recipe("hubspot", ("a b=title",), lost_zero="unknown").in_words() == (
        "--from hubspot --map 'a b=title' --lost-zero unknown"
    )
    assert (bool(Recipe()), bool(Recipe(dates="dmy"))) == (False, True)


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("{", "r is not a recipe: it is no JSON", ""),
        ("[]", "r is not a recipe", "Make one with --save-recipe FILE."),
        ("{}", "r is not a recipe", "Make one with --save-recipe FILE."),
        ('{"schema": 2}', "r is not a recipe", "Make one with --save-recipe FILE."),
        ('{"schema": 1, "dats": "dmy"}', "r has an unknown word 'dats'", "Did you mean dates?"),
        ('{"schema": 1, "dates": 5}', "r: 'dates' is not what a recipe holds there", ""),
        ('{"schema": 1, "map": [5]}', "r: 'map' is not what a recipe holds there", ""),
        ('{"schema": 1, "dates": ["dmy", "mdy"]}', "r: 'dates' is not what a recipe holds", ""),
        ('{"schema": 1, "dates": []}', "r: 'dates' is not what a recipe holds there", ""),
    ],
)
def test_a_document_that_is_no_recipe_is_refused(text: str, said: str, hint: str) -> None:
    with pytest.raises(BadInput) as refused:
        recipe_from_json(text, "r")
    assert refused.value.message.startswith(said)
    assert refused.value.hint == hint


def test_a_list_of_one_may_stand_as_a_word_and_a_word_as_a_list_of_one() -> None:
    told = '{"schema": 1, "map": "a=title", "dates": ["dmy"], "key": []}'
    assert recipe_from_json(told, "r") == Recipe(map=("a=title",), dates="dmy")


def test_a_recipe_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file") as missing:
        read_recipe(tmp_path / "r.json")
    assert missing.value.hint == "Check its name and folder."
    for unread in (tmp_path, tmp_path / "b.json"):
        (tmp_path / "b.json").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(BadInput, match="cannot be read as a recipe"):
            read_recipe(unread)


@pytest.mark.parametrize(
    ("kept", "typed", "both"),
    [
        (Recipe(dates="dmy"), Recipe(dates="mdy"), Recipe(dates="mdy")),
        (Recipe(dates="dmy"), Recipe(), Recipe(dates="dmy")),
        (Recipe("hubspot"), Recipe(), Recipe("hubspot")),
        (Recipe("hubspot"), Recipe("trello"), Recipe("trello")),
        (Recipe(map=("a=x", "b=y")), Recipe(map=("b=y", "a=z")), Recipe(map=("a=x", "b=y", "a=z"))),
        (Recipe(beside="/p", by="a", onto="all"), Recipe(),
         Recipe(beside="/p", by="a", onto="all")),
        (Recipe(beside="/p", by="a", teams="t", onto="all"), Recipe(beside="/q", by="b"),
         Recipe(beside="/q", by="b")),
        (Recipe(beside="/p", by="a"), Recipe(beside="-"), Recipe(beside="-")),
    ],
)  # fmt: skip
def test_what_is_typed_goes_before_what_was_kept(kept: Recipe, typed: Recipe, both: Recipe) -> None:
    assert kept.under(typed) == both


def test_a_recipe_says_how_a_file_is_read() -> None:
    found = read_options(WHOLE, SALES)
    assert (found.overrides, found.stages, found.values) == (
        ("a=title", "b=value"), ("Talk=Proposal",), ("c:x==won",),
    )  # fmt: skip
    assert (found.constants, found.key, found.dates, found.decimal) == (
        ("stage=Lead",), ("a",), "dmy", ",",
    )  # fmt: skip
    assert (found.encoding, found.sheet, found.lost_zero_is_unknown) == ("cp1252", "Deals", True)
    assert (found.won, found.lost) == ("Won", "Lost")
    assert list(found.open_stages) == [stage.name for stage in SALES.open_stages]
    plain = read_options(Recipe(), None)
    assert (plain.dates, plain.decimal, plain.encoding, plain.sheet) == (None, None, None, None)
    assert (plain.won, plain.lost, tuple(plain.open_stages)) == ("", "", ())
    assert not plain.lost_zero_is_unknown


@pytest.mark.parametrize(
    ("word", "mark"),
    [("point", "."), ("Dot", "."), ("comma", ","), (".", "."), (",", ","), ("", None)],
)
def test_a_decimal_mark_is_called_by_name_or_written(word: str, mark: str | None) -> None:
    assert read_options(Recipe(decimal=word), None).decimal == mark


def test_what_is_no_decimal_mark_is_refused() -> None:
    with pytest.raises(BadInput, match="'x' is no decimal mark") as refused:
        read_options(Recipe(decimal="x"), None)
    assert refused.value.hint == "Write point or comma."


# Choices that are made on the screen.


def test_a_column_is_one_field_and_a_field_of_one_column() -> None:
    header = ("a", "b", "c")
    recipe = with_column(Recipe(map=("a=title",)), header, "b", "title")
    assert recipe.map == ("b=title",)
    both = with_column(with_column(Recipe(), header, "a", "note"), header, "b", "note")
    assert both.map == ("a=note", "b=note")
    assert with_column(both, header, "a", "value").map == ("b=note", "a=value")
    assert with_column(both, header, "a", "").map == ("b=note",)


def test_a_word_is_a_stage_or_what_its_column_means_by_it() -> None:
    recipe = with_word(Recipe(), "state", True, "Talk", "Proposal")
    assert (recipe.stage, recipe.value) == (("Talk=Proposal",), ())
    again = with_word(recipe, "state", True, "TALK", "Lead")
    assert again.stage == ("TALK=Lead",)
    assert with_word(again, "state", True, "talk", "").stage == ()
    said = with_word(Recipe(value=("x:y==won",)), "state", False, "Maybe", "=lost")
    assert said.value == ("x:y==won", "state:Maybe==lost")
    assert with_word(said, "state", False, "maybe", "").value == ("x:y==won",)
    stage = with_word(said, "state", True, "maybe", "Lead")
    assert (stage.stage, stage.value) == (("maybe=Lead",), ("x:y==won",))
    with pytest.raises(BadInput, match="holds a '=': change it in the file"):
        with_word(Recipe(), "state", False, "a=b", "=won")


def test_a_constant_is_one_for_its_field() -> None:
    recipe = with_constant(Recipe(set=("owner=ana", "stage=Lead")), "stage", "Proposal")
    assert recipe.set == ("owner=ana", "stage=Proposal")
    assert with_constant(recipe, "stage", "").set == ("owner=ana",)
    assert with_constant(recipe, "stag", "x").set == ("owner=ana", "stage=Proposal", "stag=x")


@pytest.mark.parametrize("everywhere", [False, True])
def test_a_second_file_is_joined_or_left_out_whatever_was_joined_before(everywhere: bool) -> None:
    side = SideFile(Path("/p.csv"), "a=owner", "team", everywhere)
    recipe = with_side(WHOLE, side)
    names = ("beside", "by", "teams", "onto")
    assert {name: getattr(recipe, name) for name in names} == {
        "beside": "/p.csv", "by": "a=owner", "teams": "team", "onto": "all" if everywhere else "",
    }  # fmt: skip
    assert side_of(recipe) == side
    without = with_side(WHOLE, None)
    assert (without.beside, without.by, without.teams, without.onto) == ("-", "", "", "")
    assert side_of(without) is None
    with pytest.raises(BadInput, match="By which column") as refused:
        side_of(Recipe(beside="/p.csv"))
    assert refused.value.hint == "Name it: --by COLUMN, or --by COLUMN=FIELD"


def test_a_recipe_is_kept_in_the_letters_that_were_typed() -> None:
    assert "Äcker=title" in Recipe(map=("Äcker=title",)).to_json()
