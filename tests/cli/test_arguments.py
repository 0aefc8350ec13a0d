"""Cutting a command line into verb, flags and words."""

from __future__ import annotations

import re

import pytest

from pipeboard.cli.arguments import Parser
from pipeboard.cli.manual import every_verb
from pipeboard.cli.verbs import asks_for, cut, parser_of
from pipeboard.domain.errors import BadInput
from tests.cli.conftest import Type


def _parser(*, dashed_words: bool = False) -> Parser:
    return parser_of("tag" if dashed_words else "archive")[1]


def test_flags_in_front_of_the_verb_count_as_if_they_stood_behind_it() -> None:
    assert cut(["--db", "x.db", "-q", "list", "stage:demo"]) == (
        "list",
        ("--db", "x.db", "-q", "stage:demo"),
    )


def test_without_a_verb_there_are_only_flags() -> None:
    assert cut(["-p", "Renewals"]) == ("", ("-p", "Renewals"))


def test_a_verb_of_two_words_is_found_with_flags_between_them() -> None:
    assert cut(["pipeline", "--db", "x", "show", "Sales"]) == (
        "pipeline show",
        ("--db", "x", "Sales"),
    )


def test_the_first_of_two_words_alone_stands_for_its_default() -> None:
    assert cut(["pipeline"])[0] == "pipeline list"
    assert cut(["config", "--json"]) == ("config show", ("--json",))


def test_help_of_a_verb_of_two_words_is_about_all_of_them() -> None:
    assert cut(["pipeline", "--help"])[0] == "pipeline"


@pytest.mark.parametrize("verb", [*every_verb()])
def test_the_help_names_words_as_the_usage_does(verb: str) -> None:
    usage, _, rest = parser_of(verb)[1].format_help().partition("usage: ")[2].partition("\n\n")
    described = rest.partition("positional arguments:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  (\S+)", described, re.MULTILINE):
        assert name in usage


@pytest.mark.parametrize(
    ("arguments", "near"),
    [(["mvoe"], "move"), (["pipeline", "shwo"], "show"), (["archve"], "archive")],
)
def test_an_unknown_verb_is_refused_with_the_near_one(arguments: list[str], near: str) -> None:
    with pytest.raises(BadInput) as caught:
        cut(arguments)
    assert near in caught.value.hint


def test_words_and_flags_mix_in_any_order() -> None:
    found = _parser().read(["142", "--json", "D-7", "--where", "won", "acme"])
    assert found.words == ["142", "D-7", "acme"]
    assert (found.json, found.where) == (True, "won")


def test_a_word_may_begin_with_a_dash_where_the_verb_says_so() -> None:
    found = _parser(dashed_words=True).read(["142", "-cold", "+hot", "-owner:bo", "-q"])
    assert found.words == ["142", "-cold", "+hot", "-owner:bo"]
    assert found.quiet


def test_an_unknown_long_flag_is_refused_even_there() -> None:
    with pytest.raises(BadInput, match="--colour"):
        _parser(dashed_words=True).read(["142", "--colour", "never"])


def test_behind_two_dashes_everything_is_a_word() -> None:
    assert _parser().read(["--json", "--", "--json", "-q"]).words == ["--json", "-q"]


def test_flags_are_never_abbreviated() -> None:
    with pytest.raises(BadInput):
        _parser().read(["142", "--wher", "won"])


def test_a_flag_behind_two_dashes_asks_for_nothing() -> None:
    assert asks_for(["142", "-h"], "-h", "--help")
    assert not asks_for(["142", "--", "-h"], "-h", "--help")


@pytest.mark.parametrize(
    ("line", "near"),
    [
        (("lits",), "list"),
        (("list", "--sort", "vlue"), "value"),
        (("list", "--columns", "titel"), "title"),
        (("list", "--template", "{titel}"), "title"),
        (("list", "stge:demo"), "stage"),
        (("list", "stage:prospectng"), "Prospecting"),
        (("list", "owner:anna"), "@ana"),
        (("list", "field.prodct:x"), "product"),
        (("list", "fields.prodct:none"), "product"),
        (("show", "Lumn Oy"), "D-1 Lumen Oy"),
        (("move", "1", "qualifed"), "Qualified"),
        (("lost", "1", "--category", "prcie"), "price"),
        (("set", "1", "valu=3"), "value"),
        (("log", "1", "cal"), "call"),
        (("metrics", "--period", "this-quartr"), "this-quarter"),
        (("metrics", "--by", "ownr"), "owner"),
        (("assign", "1", "anna"), "@ana"),
        (("config", "shw"), "show"),
        (("export", "--format", "cvs"), "csv"),
        (("setting", "set", "fiscal-strt", "april"), "fiscal-start"),
        (("contact", "1", "Mika", "--role", "decison_maker"), "decision_maker"),
        (("completions", "bsh"), "bash"),
        (("-p", "New busness", "list"), "New business"),
        (("list", "--as", "anna"), "@ana"),
        (("init", "--template", "neds", "--db", "new.db"), "needs"),
        (("history", "--verb", "mvoe"), "move"),
        (("help", "scrpts"), "scripts"),
        (("config", "themes", "drk"), "dark"),
        (("add", "Cobalt: press 1k sorce:x"), "source"),
        (("due", "--ownr", "ana"), "--owner"),
    ],
    ids=" ".join,
)
def test_whatever_is_mistyped_names_what_was_probably_meant(
    line: tuple[str, ...], near: str, team: Type
) -> None:
    assert team("add", "Lumen Oy: pilot 1k @ana field.product:GTX").code == 0
    refused = team(*line)
    assert refused.code != 0
    assert f"Did you mean {near}" in refused.err, refused.err


@pytest.mark.parametrize(
    "line", [("import",), ("show",), ("lost", "1"), ("move",), ("merge", "1"), ("answer", "1")]
)
def test_what_is_missing_is_named_with_a_line_that_shows_it(
    line: tuple[str, ...], team: Type
) -> None:
    assert team("add", "Lumen Oy: pilot 1k @ana").code == 0
    refused = team(*line)
    assert refused.code == 2
    assert f"'{line[0]}' needs" in refused.err
    assert f"For example: pipeboard {line[0]}" in refused.err


def test_words_that_belong_together_and_stand_without_quotes_are_said_to_want_them(
    team: Type,
) -> None:
    assert team("add", "Lumen Oy: pilot 1k @ana").code == 0
    assert "stand in quotes" in team("next", "lumen", "fri", "call", "Bob").err
