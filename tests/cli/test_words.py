"""`config words`: the words that can be translated, with those of a translation, as a file."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Type

EVERY = {"Move": "verbs", "Undo": "verbs", 'Say "so"': "screens"}
FILE = """\
# An empty text stays English.
# verbs
"Move" = "{}"
"Undo" = ""

# screens
"Say \\"so\\"" = ""
"""


@pytest.fixture
def mine(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a translation, of a program that has three words."""
    monkeypatch.setattr("pipeboard.cli.settings.every_word", lambda: EVERY)
    folder = home / "xdg_config_home/pipeboard/words"
    folder.mkdir(parents=True)
    return folder / "mine.toml"


def test_a_file_to_fill_in_has_every_word_by_its_place(pipe: Type, mine: Path) -> None:
    empty = pipe("config", "words")
    assert (empty.code, empty.out, empty.err) == (0, FILE.format(""), "")
    assert tomllib.loads(empty.out) == dict.fromkeys(EVERY, "")


def test_a_translation_comes_with_how_much_of_it_is_done(pipe: Type, mine: Path) -> None:
    mine.write_text('Move = "Schieben"\nUndo = ""\n')
    told = pipe("config", "words", "mine")
    assert (told.out, told.err) == (FILE.format("Schieben"), "1 of 3 are translated.\n")


def test_words_that_the_program_does_not_say_are_named_with_the_near_one(
    pipe: Type, mine: Path
) -> None:
    mine.write_text('Moove = "Schieben"\nUndo = "Zurück"\nXylophone = "Xylophon"\n')
    told = pipe("config", "words", "mine")
    first, *others = told.err.splitlines()
    assert first == "1 of 3 are translated."
    assert [line.rstrip() for line in others] == [
        "'Moove' is nowhere. Did you mean Move?",
        "'Xylophone' is nowhere.",
    ]
    assert "Moove" not in told.out
    assert pipe("config", "words", "mine", "--json").json == {
        "schema": 1,
        "words": {"Move": None, "Undo": "Zurück", 'Say "so"': None},
        "unknown": ["Moove", "Xylophone"],
    }
