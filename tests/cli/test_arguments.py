"""Cutting a command line into verb, flags and words."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from itertools import combinations
from pathlib import Path

import pytest

from pipeboard.cli.arguments import (
    MAY_BE_EMPTY,
    NEVER_TOGETHER,
    Parser,
    number,
    read_utf8,
)
from pipeboard.cli.manual import every_verb
from pipeboard.cli.other_words import SAID_OTHERWISE
from pipeboard.cli.verbs import NESTED, VERBS, asks_for, cut, parser_of
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


@pytest.mark.parametrize(
    "word, meant",
    [
        ("delete", "'pipeboard archive' (put deals out of sight)"),
        ("Close", "'pipeboard won' (mark deals as won) or 'pipeboard lost' ("),
        ("restore", "'pipeboard backup restore' (bring one back"),
        ("config set", "'pipeboard config edit' (change it in your editor)"),
        ("rep remove", "'pipeboard rep set' (change a rep's"),
        ("fx rates", "'fx' has: list, set."),
    ],
)
def test_a_verb_is_found_by_what_it_is_called_elsewhere(word: str, meant: str) -> None:
    with pytest.raises(BadInput, match="There is no verb") as refused:
        cut(word.split())
    assert meant in refused.value.hint


def test_what_is_called_otherwise_are_verbs_and_no_other_word_is_one() -> None:
    for verb, said in SAID_OTHERWISE.items():
        first, _, second = verb.partition(" ")
        there = NESTED[first] if second else VERBS
        assert (second or first) in there
        assert not there.keys() & set(said.split())


def test_help_of_a_verb_of_two_words_is_about_all_of_them() -> None:
    assert cut(["pipeline", "--help"])[0] == "pipeline"


@pytest.mark.parametrize("verb", [*every_verb()])
def test_the_help_names_words_as_the_usage_does(verb: str) -> None:
    usage, _, rest = parser_of(verb)[1].format_help().partition("usage: ")[2].partition("\n\n")
    described = rest.partition("positional arguments:\n")[2].partition("\n\n")[0]
    for name in re.findall(r"^  (\S+)", described, re.MULTILINE):
        assert name in usage


@pytest.mark.parametrize("verb", [*every_verb()])
def test_the_help_says_what_a_verb_is_for_and_shows_it(verb: str) -> None:
    found, parser = parser_of(verb)
    lines = parser.format_help().splitlines()
    assert lines[:2] == [parser.summary, ""]
    assert lines[2 : 2 + len(found.examples)] == [f"  {line}" for line in found.examples]


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


@pytest.mark.parametrize("verb", [*every_verb()])
def test_the_value_of_a_flag_may_begin_with_a_dash(verb: str) -> None:
    _, parser = parser_of(verb)
    texts = [a for a in parser._actions if a.metavar in ("FILTER", "TEXT") and a.option_strings]
    for action in texts:
        flag = action.option_strings[-1]
        assert parser._shielded([flag, "-20 % too dear"])[1][:1] != "-"
        with pytest.raises(BadInput, match="something has to follow it"):
            parser.read([flag, "--quiet"])
        with pytest.raises(BadInput, match="something has to follow it"):
            parser.read([flag, "-q"])


_OF_FILTERS = [verb for verb in every_verb() if parser_of(verb)[0].dashed_words and verb != "add"]


@pytest.mark.parametrize("letters", ["-qn", "-ny", "-vqy"])
@pytest.mark.parametrize("verb", _OF_FILTERS)
def test_flags_in_one_word_are_not_taken_for_a_word(verb: str, letters: str) -> None:
    with pytest.raises(BadInput, match="can be read as flags and as a word") as refused:
        parser_of(verb)[1].read(["142", letters])
    assert " ".join(f"-{one}" for one in letters[1:]) in refused.value.hint
    assert parser_of(verb)[1].read(["142", "--", letters])


@pytest.mark.parametrize("word", ["-pHardware", "-p2026"])
@pytest.mark.parametrize(
    "verb", [verb for verb in _OF_FILTERS if "-p" in parser_of(verb)[1]._option_string_actions]
)
def test_a_flag_with_its_value_in_one_word_is_not_taken_for_a_word(verb: str, word: str) -> None:
    with pytest.raises(BadInput, match="as a flag with its value and as a word") as refused:
        parser_of(verb)[1].read(["142", word])
    assert f"-p '{word[2:]}'" in refused.value.hint
    assert parser_of(verb)[1].read(["142", "--", word])


@pytest.mark.parametrize("flag", ["-o", "-s", "-X"])
@pytest.mark.parametrize("verb", [verb for verb in _OF_FILTERS if verb not in ("tag", "export")])
def test_a_letter_that_is_no_flag_is_not_looked_for_in_deals(verb: str, flag: str) -> None:
    with pytest.raises(BadInput, match=f"Unrecognized arguments: {flag}") as refused:
        parser_of(verb)[1].read(["open", flag, "deals.md"])
    assert ("> FILE" in refused.value.hint) == (flag == "-o")


def test_a_tag_of_one_letter_is_taken_off() -> None:
    assert _parser(dashed_words=True).read(["142", "-b"]).words == ["142", "-b"]


def test_a_filter_of_what_is_not_so_is_a_filter() -> None:
    found = _parser().read(["--where", "-snoozed", "--", "-cold"])
    assert (found.where, found.words) == ("-snoozed", ["-cold"])
    lost = parser_of("lost")[1].read(["1", "--category", "price", "--reason", "-20 % was too dear"])
    assert lost.reason == "-20 % was too dear"


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
        (("list", "--columns", "ref,fields.prodct"), "product"),
        (("list", "--template", "{fields.prodct}"), "product"),
        (("list", "--sort", "fields.prodct"), "product"),
        (("export", "--columns", "fields.prodct"), "product"),
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
    assert "pipeboard next 142 'thu call Bob'" in team("next", "lumen", "fri", "call", "Bob").err
    assert "pipeboard note 142 -m '" in team("note", "lumen", "They", "called").err


def _with_words(parser: Parser) -> list[str]:
    """A word in each place that needs one, and a value for each flag that has to be there."""
    words = [f"w{n}" for n, place in enumerate(parser.places()) if not place.is_optional]
    needed = [
        action.option_strings[0]
        for action in parser._actions
        if action.required and action.option_strings
    ]
    return [*words, *(word for flag in needed for word in (flag, "w"))]


@pytest.mark.parametrize("blank", ["", "  "])
@pytest.mark.parametrize("verb", [*every_verb()])
def test_a_flag_that_is_given_nothing_is_refused_rather_than_meaning_everything(
    verb: str, blank: str
) -> None:
    # What a script says with a variable that nobody set: --owner "$REP" would be everybody.
    parser = parser_of(verb)[1]
    for flag in parser.flags():
        if not flag.value or flag.names[-1] in ("--decide", "--map"):
            continue
        for given in ([flag.names[-1], blank], [f"{flag.names[-1]}={blank}"]):
            line = [*_with_words(parser), *given]
            takes_none = flag.value == "TEXT" or not MAY_BE_EMPTY.isdisjoint(flag.names)
            if takes_none or (verb, flag.names[-1]) in (
                ("rep set", "--team"),
                ("rep set", "--acts-for"),
            ):
                parser.read(line)
                continue
            action = next(a for a in parser._actions if flag.names[-1] in a.option_strings)
            if (
                action.nargs is None
                and isinstance(action.default, list | None)
                and "append" in (type(action).__name__.lower())
            ):
                continue  # several of it: each is read by what it is for
            with pytest.raises(BadInput) as refused:
                parser.read(line)
            assert "\0" not in refused.value.message
            assert flag.names[-1] in refused.value.message


def test_what_may_be_given_nothing_is_a_remark_or_takes_away_what_is_there() -> None:
    assert sorted(MAY_BE_EMPTY) == [
        "--competitor", "--db", "--email", "--name", "--objection", "--phone", "--role",
        "--variant", "--where",
    ]  # fmt: skip
    for verb, flags in (("rep set", ("--team", "--acts-for")), ("contact", ("--title", "--phone"))):
        parser = parser_of(verb)[1]
        words = _with_words(parser)
        for flag in flags:
            parser.read([*words, flag, ""])


def test_what_may_be_given_nothing_is_a_flag() -> None:
    names = {
        name for verb in every_verb() for flag in parser_of(verb)[1].flags() for name in flag.names
    }
    assert names >= MAY_BE_EMPTY


@pytest.mark.parametrize("verb", [*every_verb()])
def test_a_number_out_of_range_is_named_in_words(verb: str) -> None:
    parser = parser_of(verb)[1]
    for action in parser._actions:
        if getattr(action.type, "__qualname__", "").startswith(("number.", "_version")):
            for wrong in ("-9000000000", "x", "99999999999999999999", "1.5"):
                with pytest.raises(BadInput, match=f"'{wrong}' is no number from"):
                    parser.read([*_with_words(parser), action.option_strings[0], wrong])
        else:
            assert action.type is None, "a number says its range: number()"


@pytest.mark.parametrize(
    ("text", "found"), [("1", 1), ("5", 5), ("3", 3), ("0", None), ("6", None), ("x", None)]
)
def test_a_number_lies_in_its_range_with_both_ends(text: str, found: int | None) -> None:
    if found is not None:
        assert number(1, 5)(text) == found
        return
    with pytest.raises(ArgumentTypeError, match=f"'{text}' is no number from 1 to 5"):
        number(1, 5)(text)


def test_a_byte_that_is_no_text_is_named_by_its_line() -> None:
    assert read_utf8(b"\xef\xbb\xbfa\xc3\xa9", "x") == "aé"
    for data, line in ((b"\xff", 1), (b"a\n\xff", 2), (b"a\nb\n\nc\xff\n", 4)):
        with pytest.raises(BadInput, match=f"byte 0xff in line {line}"):
            read_utf8(data, "x")


def test_a_path_keeps_bytes_that_are_no_text_and_a_word_does_not() -> None:
    odd = "a\udcff"
    parser = parser_of("import")[1]
    flags = ("--db", "--beside", "--recipe", "--save-recipe")
    found = parser.read([odd, *(word for flag in flags for word in (flag, odd))])
    assert {found.file, found.db, found.beside, found.recipe, found.save_recipe} == {odd}
    assert parser_of("export")[1].read(["--to", odd, odd]).output == odd
    assert _parser().read([odd]).words == ["a\ufffd"]


def test_the_second_two_dashes_are_a_word() -> None:
    assert _parser().read(["--", "a", "--", "-b"]).words == ["a", "--", "-b"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("lst", "Did you mean lost or list?"),
        ("D-24", "pipeboard show D-24"),
        ("24", "pipeboard show 24"),
        ("--dbb x list", "Did you mean --db?"),
        ("backup lists", "Did you mean list? A file of that name is ./lists"),
        ("list --lst", "--lst"),
        ("list --where overdue", "Here it is said without a flag: pipeboard list [FILTER...]"),
        ("metrics --where overdue", "without a flag: pipeboard metrics [FILTER...]"),
        ("move 1 --stage demo", "without a flag: pipeboard move DEAL... STAGE"),
        ("show --deal 1", "without a flag: pipeboard show DEAL"),
        ("man --json", "See 'pipeboard man --help'"),
        ("list --json --csv", "--csv does not go with --json"),
        ("list --json=x", "--json: nothing goes with it"),
        ("list --color pink", "It is one of auto, always, never."),
        ("list --sort", "--sort: something has to follow it"),
        ("log 1", "'log' needs deals and what happened."),
        ("move 1", "'move' needs deals and a stage."),
        ("set 1 stage=demo", "It is changed by: move."),
        ("set 1 next=call", "It is changed by: next."),
        ("next 1 call --outcome=x", "Add --done"),
        ("tag 1 +x --seen 9", "D-1 is at version 1 and has had no 9."),
    ],
)
def test_a_slip_is_told_from_what_was_meant(team: Type, line: str, said: str) -> None:
    assert team("add", "Acme: press").code == 0
    done = team(*line.split())
    assert (done.code, said in done.err) == (2, True), done.err


@pytest.mark.parametrize("word", ["", " "])
@pytest.mark.parametrize("verb", ["assign", "move", "next", "log", "snooze"])
def test_an_empty_last_word_takes_nothing_away(team: Type, verb: str, word: str) -> None:
    assert team("add", "Acme: press next:fri").code == 0
    before = team("show", "1", "--json").out
    assert team(verb, "1", word).code == 2
    assert team("show", "1", "--json").out == before


@pytest.mark.parametrize("verb", [*every_verb()])
def test_a_flag_keeps_each_of_its_values_or_refuses_the_second(verb: str) -> None:
    parser = parser_of(verb)[1]
    needed = ["1" for place in parser.places() if not place.is_optional]
    for action in parser._actions:
        if action.required and action.option_strings:
            needed += [action.option_strings[-1], "1"]
    for flag in parser.flags():
        if not flag.value or flag.of_every_verb or flag.names[-1] in needed:
            continue
        name, first, second = (flag.names[-1], *flag.choices, "1", "2")[:3]
        count = len(flag.value.split())
        beside = {"--to": ["--decide", "1", "call"]}.get(name, []) if verb == "review" else []
        once = [*needed, *beside, name, *[first] * count]
        assert parser.read(once)
        try:
            found = vars(parser.read([*once, name, *[second] * count]))
        except BadInput as refused:
            assert refused.message == f"{name} is given twice."
        else:
            assert found[parser._option_string_actions[name].dest] == [first, second]


def test_a_flag_of_every_verb_may_stand_in_an_alias_and_be_said_anew() -> None:
    assert _parser().read(["--db", "a.db", "142", "--db", "b.db"]).db == "b.db"
    assert _parser().read(["142", "--where", "won", "--", "--where"]).words == ["142", "--where"]


ONE_OF = {
    "review": "json md html",
    "list": "template=x json jsonl csv plain ids count",
    "show": "json md",
    "log": "in out",
    "template": "copy edit mailto json",
    "metrics": "json md csv html",
    "pipeline show": "json toml",
    "pipeline new": "template=needs stages=A",
}
"""Flags of which one at most is given."""
WORDS = {"show": ["1"], "log": ["1", "call"], "pipeline new": ["EU"]}
CHOICES = {
    "import --lost-zero": "zero unknown",
    "import --match": "update skip new",
    "import --prefer": "ours file",
    "import --onto": "rows all",
    "export --format": "csv json jsonl md ics xlsx",
    "list --color": "auto always never",
}


@pytest.mark.parametrize(
    ("verb", "first", "second"),
    [
        (verb, first, second)
        for verb, flags in ONE_OF.items()
        for first, second in combinations(flags.split(), 2)
    ],
)
def test_of_forms_of_one_thing_one_is_given(verb: str, first: str, second: str) -> None:
    read = parser_of(verb)[1].read
    words = WORDS.get(verb, [])
    for flag in (first, second):
        assert read([*words, f"--{flag}"])
    with pytest.raises(BadInput, match="does not go with"):
        read([*words, f"--{first}", f"--{second}"])


@pytest.mark.parametrize("flag", CHOICES)
def test_a_flag_takes_the_words_that_its_help_names_and_no_other(flag: str) -> None:
    verb, _, name = flag.partition(" ")
    words = ["x.csv"] if verb == "import" else []
    for word in CHOICES[flag].split():
        read = parser_of(verb)[1].read([*words, f"{name}={word}"])
        assert getattr(read, name.strip("-").replace("-", "_")) == word
    with pytest.raises(BadInput):
        parser_of(verb)[1].read([*words, f"{name}=other"])


@pytest.mark.parametrize(
    ("verb", "one", "other"),
    [(verb, *pair) for verb, pairs in NEVER_TOGETHER.items() for pair in pairs],
)
def test_a_flag_that_another_leaves_without_a_meaning_is_refused(
    verb: str, one: str, other: str
) -> None:
    parser = parser_of(verb)[1]
    takes = {name: flag.value for flag in parser.flags() for name in flag.names}
    words = {"rep set": ["ana"]}.get(verb, [])
    given = [word for flag in (one, other) for word in (flag, *["x"] * len(takes[flag].split()))]
    with pytest.raises(BadInput, match=f"{other} does not go with {one}"):
        parser.read([*words, *given])


def test_whom_a_decision_is_for_means_nothing_without_one() -> None:
    parser = parser_of("review")[1]
    with pytest.raises(BadInput, match="--to means nothing without --decide"):
        parser.read(["--to", "bo"])
    assert parser.read(["--decide", "1", "fri call", "--to", "bo"]).to == "bo"


@pytest.mark.parametrize(
    "line", [("target", "set", "2026Q4", "-5k"), ("call", "set", "2026", "-5")]
)
def test_an_amount_below_nothing_is_told_as_one(team: Type, line: tuple[str, ...]) -> None:
    said = team(*line)
    assert (said.code, "an amount cannot be negative" in said.err) == (2, True)


def test_how_many_copies_stay_is_not_said_of_one_elsewhere(team: Type, home: Path) -> None:
    assert team("backup", str(home / "kept.db"), "--keep", "3").code == 2
    assert team("backup", "--keep", "3").code == 0
