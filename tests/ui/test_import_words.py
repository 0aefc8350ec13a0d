"""What the import screen says in place of the flags of the verb, for all that an import may say."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard import exchange, workspace
from pipeboard.domain.phrases import Phrase
from pipeboard.ui.draw import import_file
from pipeboard.ui.draw.import_file import in_place

NOT_THERE = {
    "--columns": "of exports",
    "--save-recipe": "of recipes, which a file of the screen remembers by itself",
    "--by COLUMN": "the screen asks for the column with the second file",
    "pipeboard import": "a whole command",
    "--dates ymd": "behind the other two orders, with which it is read",
    "--map COLUMN=FIELD": "of a flag that is typed",
    "--stages.": "of a script",
    "--value 'COLUMN:OLD=NEW'": "what the flag is called",
    "--stage 'OLD=NEW'": "what the flag is called",
}
"""Sentences and parts of sentences that do not come to that screen, and why."""


_FLAG = re.compile(r"(?:^|[\s(])--[a-z]")


def modules() -> Iterator[Path]:
    yield from Path(exchange.__file__).parent.rglob("*.py")
    for name in ("import_*.py", "row_deciding.py"):
        yield from Path(workspace.__file__).parent.glob(name)


def sentences() -> Iterator[str]:
    """Every text with a flag in it, a value of it as `COLUMN`; no docstring, no part of another."""
    for path in modules():
        tree = ast.parse(path.read_text())
        nodes = list(ast.walk(tree))
        parts = {
            id(part) for node in nodes if isinstance(node, ast.JoinedStr) for part in node.values
        }
        parts |= {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
        for node in nodes:
            if isinstance(node, ast.JoinedStr):
                text = "".join(map(_told, node.values))
            elif isinstance(node, ast.Constant) and id(node) not in parts:
                text = str(node.value)
            else:
                continue
            if _FLAG.search(text) and "\n" not in text:
                yield text


def _told(part: ast.expr) -> str:
    """A part of a text; what is quoted for the shell as it would be, were it one word."""
    match part:
        case ast.Constant():
            return str(part.value)
        case ast.FormattedValue(value=ast.Call(args=[ast.JoinedStr(values=values)])):
            return "".join(map(_told, values))
        case _:
            return "COLUMN"


@pytest.mark.parametrize("text", sorted(set(sentences())))
def test_no_flag_of_the_verb_is_said_on_the_screen(text: str) -> None:
    if not any(part in text for part in NOT_THERE):
        said = in_place(text)
        assert "--" not in said.replace("'pipeboard import FILE --value", "")


def test_each_place_is_what_the_screen_calls_it() -> None:
    for flags, place in (
        ("Leave one out with --map 'Close Date=-', or", "Leave one out with 'Leave out' on 2, or"),
        ("Leave one out with --map Close-Date=-, or", "Leave one out with 'Leave out' on 2, or"),
        ("name it with --map 'Ana'\"'\"'s day=created_at'.", "with created_at on 2."),
        ("name it with --map opened=created_at.", "with created_at on 2."),
        ("say --map 'What became=status'.", "say status on 2."),
        ("name it with --map COLUMN=status or COLUMN=active", "name it with status or active on 2"),
        ("Mend them, or leave them out with --skip-bad.", "out with Bad rows on 1."),
        ("with --dates dmy (day first) or --dates mdy (month first).", "with 03/04/2026 on 1."),
    ):
        assert in_place(flags).endswith(place)


def test_a_place_is_told_in_the_words_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Phrase("Sheet on 1", lambda: "Blatt auf 1")
    monkeypatch.setattr(import_file, "_PLACES", ((r"--sheet \w+", told),))
    text = Phrase("Say --sheet NAME.", lambda: "Mit --sheet NAME.")
    assert in_place(text) == "Mit Blatt auf 1."
