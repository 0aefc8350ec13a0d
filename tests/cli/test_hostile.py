"""Every verb with whatever people, files and broken databases can bring: a sentence, a code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.cli.verbs import NESTED, VERBS
from pipeboard.store import dialect
from tests.cli.conftest import Result, Type
from tests.ledger import asked

HOSTILE = (
    "",
    " ",
    "-",
    "--",
    "\x1b]52;c;eA==\x07",
    "\x9b31m\x85",
    "\u202eevil\u2066",
    "[@click=app.quit]x[/b]",
    "\udc80\udcff",
    "Ⅷ٣",
    "z\u0300" * 50,
    "9" * 40,
    "1e999",
    "NaN",
    "31 feb",
    "'; drop table deal; --",
    "%s%n{0}",
    "../../etc/passwd",
    "x" * 5_000,
    "((((((((((((((((((((((((((((((((((((((((",
    '"',
    "\\",
    "a=b=c",
    "fields.=x",
    "+",
    "@",
)
WORDS = tuple(
    [verb for verb in VERBS if verb not in NESTED and verb not in ("demo", "import")]
    + [f"{verb} {inner}" for verb, found in NESTED.items() for inner in found]
)
CONTROL = frozenset(map(chr, (*range(9), *range(11, 32), *range(0x7F, 0xA0), 0x202E, 0x2066)))


def _is_orderly(result: Result) -> None:
    """A code of the promise, a sentence where it is not 0, and nothing that steers a terminal."""
    assert result.code in (0, 1, 2, 3, 4), result.err
    assert "went wrong" not in result.err
    assert "Traceback" not in result.err
    if result.code not in (0, 1):
        assert result.err
    assert not CONTROL & set(result.out + result.err)


@pytest.mark.parametrize("verb", WORDS)
def test_every_verb_answers_hostile_words_with_a_sentence(team: Type, verb: str) -> None:
    team("add", "Lumen Oy: pilot 40k +inbound")
    for word in HOSTILE:
        for arguments in ((word,), ("1", word), ("1", word, word), ("--where", word)):
            _is_orderly(team(*verb.split(), *arguments))


@pytest.mark.parametrize("verb", WORDS)
def test_every_verb_has_help_and_takes_no_flag_that_it_does_not_know(team: Type, verb: str) -> None:
    help_ = team(*verb.split(), "--help")
    assert help_.code == 0
    assert f"\nusage: pipeboard {verb}" in help_.out
    assert team(*verb.split(), "--no-such-flag").code == 2


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_words_come_out_harmless_in_every_form(team: Type, word: str) -> None:
    team("add", "--", f"Acme {word}: title {word} x")
    team("set", "1", f"fields.note={word}", f"source={word}")
    team("note", "1", "-m", f"words {word}")
    team("answer", "1", "need", f"words {word}")
    for line in (
        ("list",),
        ("list", "--csv"),
        ("list", "--json"),
        ("list", "--plain", "--columns", "deal,fields.note"),
        ("show", "1"),
        ("show", "1", "--md"),
        ("show", "1", "--json"),
        ("history",),
        ("history", "--json"),
        ("undo", "--list"),
    ):
        _is_orderly(team(*line))


@pytest.fixture
def broken_in(team: Type) -> Type:
    """A database into which another program wrote what this one would never let in."""
    team("add", "Lumen Oy: pilot 40k next:call")
    team("note", "1", "-m", "words")
    evil = "\x1b]0;owned\x07\x9b2J\u202e"
    with asked(os.environ["PIPEBOARD_DB"], "rw") as connection:
        connection.execute(dialect.BEGIN_WRITING)
        connection.execute("update deal set title = ?, account = ?, next_text = ?", (evil,) * 3)
        connection.execute("update note set text = ?, author = ?", (f"{evil}\n{evil}", evil))
        connection.execute("update stage set name = name || ?", (evil,))
        connection.execute("update command set summary = ?, actor = actor", (evil,))
        connection.execute("COMMIT")
    return team


@pytest.mark.parametrize(
    "line",
    [
        ("list",),
        ("list", "--csv"),
        ("list", "--json"),
        ("list", "--jsonl"),
        ("list", "--plain"),
        ("show", "1"),
        ("show", "1", "--md"),
        ("show", "1", "--json"),
        ("history", "--json"),
        ("undo", "--list"),
        ("pipeline",),
        ("pipeline", "show"),
        ("pipeline", "show", "--json"),
        ("move", "1", "Nowhere"),
        ("metrics",),
        ("metrics", "--by", "stage"),
        ("metrics", "--csv"),
        ("metrics", "--csv", "--by", "stage"),
        ("metrics", "--md"),
        ("metrics", "--json"),
        ("rep", "list"),
        ("tag", "1", "+x", "-n"),
        ("pipeline", "show", "--toml"),
    ],
)
def test_what_another_program_wrote_never_reaches_the_terminal(
    broken_in: Type, line: tuple[str, ...]
) -> None:
    _is_orderly(broken_in(*line))


@pytest.mark.parametrize(
    "content", [b"not a database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4_000]
)
def test_a_file_that_is_no_database_is_left_alone(pipe: Type, home: Path, content: bytes) -> None:
    path = home / "odd.db"
    path.write_bytes(content)
    for line in (("list",), ("add", "x"), ("show", "1"), ("undo",)):
        assert pipe(*line, "--db", str(path)).code == 5
    assert path.read_bytes() == content


@pytest.mark.parametrize("database", ["", ":memory:", "/dev/null", "/", "postgresql://x/y", "\0"])
def test_a_path_that_cannot_hold_a_database_is_refused(pipe: Type, database: str) -> None:
    for line in (("list",), ("init",), ("add", "Acme: a")):
        refused = pipe(*line, "--db", database)
        assert refused.code == 5
        assert refused.err.startswith("pipeboard: ")


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(WORDS), st.lists(st.one_of(st.text(), st.sampled_from(HOSTILE)), max_size=4))
def test_no_words_at_all_bring_a_verb_down(team: Type, verb: str, words: list[str]) -> None:
    _is_orderly(team(*verb.split(), *words))
