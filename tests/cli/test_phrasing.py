"""Statements of the program as they stand once their texts are phrases."""

from __future__ import annotations

import ast

import pytest

from pipeboard.cli.phrasing import Phrasing

VERBS, SCREENS, SQL, DATA = "cli/x.py", "ui/draw/x.py", "store/x.py", "domain/templates.py"


def phrased(place: str, statement: str) -> tuple[list[str], str]:
    """The templates that are found in a statement of a module there, and what it becomes."""
    phrasing = Phrasing(place)
    tree = phrasing.module(ast.parse(statement))
    tree.body = [one for one in tree.body if not isinstance(one, ast.ImportFrom)]
    return list(phrasing.templates), ast.unparse(ast.fix_missing_locations(tree)).strip()


@pytest.mark.parametrize(
    ("statement", "becomes"),
    [
        ('say("A deal")', "say(__word__('A deal'))"),
        ('x = "A deal"', "x = __word__('A deal')"),
        ('x: str = "A deal"', "x: str = __word__('A deal')"),
        ('x: str', "x: str"),
        ('say(f"{n} deals are {{left}}")', "say(__phrase__('{} deals are {{left}}', n))"),
        (
            'say(f"A deal {x!r} {y:>3}")',
            "say(__phrase__('A deal {} {}', __shaped__(x, '', 'r'), __shaped__(y, f'>3', '')))",
        ),
        ('x = f"{a}-{b}"', "x = __filled__('{}-{}', a, b)"),
        ('x = f"{told(\'word\')} {b}"', "x = __filled__('{} {}', told(__word__('word')), b)"),
        ("x = f'{a}: {b or \"none\"}'", "x = __filled__('{}: {}', a, b or __word__('none'))"),
        # What is compared, or a name of something, stays as it is.
        ('x == "A deal"', "x == 'A deal'"),
        ('"A deal" != told("A term")', "'A deal' != told(__word__('A term'))"),
        ('x in {"A deal", "A term"}', "x in {'A deal', 'A term'}"),
        ('x in ("A deal", "A term")', "x in ('A deal', 'A term')"),
        ('x["A deal"]', "x['A deal']"),
        ('x["A deal", 1]', "x['A deal', 1]"),
        ('x[told("A deal")]', "x[told(__word__('A deal'))]"),
        ('getattr(x, "A deal")', "getattr(x, 'A deal')"),
        ('x.get("A deal", told("A term"))', "x.get('A deal', told(__word__('A term')))"),
        ('"A deal".startswith(("A b", "A c"))', "__word__('A deal').startswith(('A b', 'A c'))"),
        ('"""A deal."""', '"""A deal."""'),
        ('def f(x="A deal"):\n    pass', "def f(x=__word__('A deal')):\n    pass"),
        ('def f(*, x="A deal", y):\n    pass', "def f(*, x=__word__('A deal'), y):\n    pass"),
        ('def f() -> "A deal":\n    pass', "def f() -> 'A deal':\n    pass"),
        ('async def f() -> "A deal":\n    pass', "async def f() -> 'A deal':\n    pass"),
        ('CSS = "A deal"', "CSS = 'A deal'"),
        ('x: TypeAlias = "A deal"', "x: TypeAlias = 'A deal'"),
        (
            'match x:\n    case "A deal" if told("A term"):\n        say("A note")',
            "match x:\n    case 'A deal' if told(__word__('A term')):\n"
            "        say(__word__('A note'))",
        ),
        # Of what draws, the first is told; of what is named, what is none of the names.
        ('whole("A deal", "A role")', "whole(__word__('A deal'), 'A role')"),
        ('whole(x, told("A role"))', "whole(x, told(__word__('A role')))"),
        ('Option(key="A deal", help="A term")', "Option(key='A deal', help=__word__('A term'))"),
        ('Option(key=told("A deal"))', "Option(key=told(__word__('A deal')))"),
        # A small word is read where it is known to be, and is else a name.
        ('x = "word"', "x = 'word'"),
        ('told("word")', "told('word')"),
        ('Table("word")', "Table(__word__('word'))"),
        ('Table("word")("word")', "Table(__word__('word'))('word')"),
        ('class X(StrEnum):\n    B = "word"', "class X(StrEnum):\n    B = __word__('word')"),
        ('class X:\n    B = "word"', "class X:\n    B = 'word'"),
        # What makes one text of others makes one phrase of phrases.
        ('intern("A deal")', "__text__(__word__('A deal'))"),
        ("str(x)", "__text__(x)"),
        ("str(x, y)", "str(x, y)"),
        ("x.str(y)", "x.str(y)"),
        ('x.replace("_", " ")', "__named__(x.replace('_', ' '))"),
        ('x.replace("-", " ")', "x.replace('-', ' ')"),
        ('", ".join(x)', "__joined__(', ', x)"),
        ("join(x)", "join(x)"),
        # What nobody reads.
        *((f"x = {text!r}", f"x = {text!r}") for text in (
            "a", "ABC DEF", "http://a b", "pipeboard list all", r"\d+ deals", "%d-%m deals", "- -",
            "A deal\nb\nc\nd\ne", "deal_id", "\x1b[1m deals",
        )),
        *((f"x = {text!r}", f"x = __word__({text!r})") for text in (
            "A deal\nb\nc\nd", "Deal", "Deal:", "a deal", "select a from b", "Escape it…",
        )),
    ],
)  # fmt: skip
def test_what_is_told_becomes_a_phrase_and_what_is_meant_stays(
    statement: str, becomes: str
) -> None:
    assert phrased(VERBS, statement)[1] == becomes


@pytest.mark.parametrize(
    ("place", "statement", "told"),
    [
        (SCREENS, 'x = "word"', ["word"]),
        (SCREENS, 'x = "WON"', ["WON"]),
        (SCREENS, 'x = "w_1"', []),
        (SCREENS, 'x = f"{a} word"', ["{} word"]),
        (VERBS, 'x = "select a from b"', ["select a from b"]),
        (SQL, 'x = "select a from b"', []),
        (SQL, 'x = "UPDATE deal"', []),
        (SQL, 'x = "Update the program"', ["Update the program"]),
        (SQL, 'x = "and a = ?"', []),
        (SQL, 'BadInput("update a row")', ["update a row"]),
        (SQL, 'BadInput("update a row"); x = "update a row"', ["update a row"]),
        (SQL, 'x = "a is null"', []),
        (DATA, 'x = "A deal"', []),
        (DATA, 'raise BadInput("A deal")', ["A deal"]),
        (DATA, 'raise BadInput("A deal", hint=told("A term"))', ["A deal", "A term"]),
    ],
)
def test_what_is_told_depends_on_what_a_module_is_for(
    place: str, statement: str, told: list[str]
) -> None:
    assert phrased(place, statement)[0] == told
    after = phrased(place, f'{statement}; y = "and b = ?"')[0]
    assert place != SQL or after == told


def test_templates_are_found_once_in_their_order() -> None:
    found, _ = phrased(VERBS, 'say("B deal"); say("A deal"); say("B deal")')
    assert found == ["B deal", "A deal"]
