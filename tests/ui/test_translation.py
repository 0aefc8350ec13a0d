"""A translation is one file: every word that it can hold is asked for where people read it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.cli.translating import every_word
from pipeboard.domain.locales import speak
from pipeboard.ui.key_table import ALL
from pipeboard.ui.keys import Group
from tests.cli.conftest import Type
from tests.cli.conftest import home as home
from tests.cli.conftest import pipe as pipe
from tests.ui.desk import Desk, desk

MARK = "§"


@pytest.fixture
def foreign() -> Iterator[None]:
    """Every word translated: a mark before each, so that what is not asked for shows."""
    speak({word: f"{MARK}{word}" for word in every_word()})
    yield
    speak({})


def english(board: Desk, words: list[str]) -> list[str]:
    """Those of the words that stand on the screen without their mark."""
    text = "\n".join(board.lines())
    return [word for word in words if f" {word}  " in text and f"{MARK}{word}" not in text]


def hinted(board: Desk) -> bool:
    return MARK in board.lines()[-1]


async def test_hints_help_palette_and_tabs_are_in_the_other_language(
    demo: Path, foreign: None
) -> None:
    every = list(every_word())
    async with desk(demo, size=(160, 50)) as board:
        for keys in ((), ("enter",), ("q", "M"), ("q", "T"), ("q", "g", "r"), ("q", "g", "h")):
            await board.press(*keys)
            assert hinted(board), keys
            strip = [line for line in board.lines()[:4] if "[1 " in line or "[" in line]
            assert keys in ((), ("q", "T")) or any(MARK in line for line in strip), keys
        await board.press("q", "?")
        assert not english(board, [word for word in every if every_word()[word].startswith("keys")])
        assert any(f"{MARK}{Group.CHANGE}".upper() in line for line in board.lines())
        await board.press("escape", ":")
        await board.type("mark all")
        assert board.shows(f"{MARK}Mark all shown")


async def test_a_number_is_called_by_its_translation_and_nothing_is_cut(
    demo: Path, foreign: None
) -> None:
    async with desk(demo, size=(120, 40)) as board:
        await board.press("M")
        await board.until(lambda: board.shows(f"{MARK}Win rate"))
        assert not english(board, ["Win rate", "Coverage", "Deal size"])


def test_the_file_holds_every_word_once_and_comes_back(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "xdg_config_home/pipeboard"
    (folder / "words").mkdir(parents=True)
    empty = pipe("config", "words").out
    assert list(tomllib.loads(empty)) == list(every_word())
    (folder / "words/de.toml").write_text(empty.replace('"Move" = ""', '"Move" = "Schieben"'))
    (folder / "config.toml").write_text('words = "de"')
    assert pipe("config", "check").code == 0
    again = pipe("config", "words", "de")
    assert '"Move" = "Schieben"' in again.out and f"1 of {len(every_word())}" in again.err
    assert pipe("config", "words", "de", "--json").json["words"]["Move"] == "Schieben"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"Move" = 3', "wants words in quotes"),
        ("Move = ", "cannot be read"),
        (None, "There are no words 'de'"),
    ],
)
def test_words_that_are_none_are_refused_and_config_check_says_so(
    pipe: Type, home: Path, text: str | None, said: str
) -> None:
    folder = home / "xdg_config_home/pipeboard"
    (folder / "words").mkdir(parents=True)
    if text is not None:
        (folder / "words/de.toml").write_text(text)
    (folder / "config.toml").write_text('words = "de"')
    refused = pipe("list")
    assert refused.code == 2 and said in refused.err
    assert said in pipe("config", "check").out


def test_a_translation_is_read_by_people_alone(pipe: Type, home: Path) -> None:
    folder = home / "xdg_config_home/pipeboard"
    (folder / "words").mkdir(parents=True)
    in_json, for_people = pipe("keys", "--json").out, pipe("keys").out
    lines = [f"{json.dumps(key.help)} = 'anders'" for key in ALL.values() if key.label == "Down"]
    (folder / "words/de.toml").write_text("\n".join(dict.fromkeys(lines)))
    (folder / "config.toml").write_text('words = "de"')
    assert pipe("keys", "--json").out == in_json
    assert pipe("keys").out != for_people


def test_a_word_that_is_nowhere_names_the_near_one(pipe: Type, home: Path) -> None:
    words = home / "xdg_config_home/pipeboard/words"
    words.mkdir(parents=True)
    (words / "de.toml").write_text('"Moove" = "Schieben"')
    assert "Did you mean Move?" in pipe("config", "words", "de").err


def test_what_a_translation_holds_is_data(pipe: Type, home: Path) -> None:
    words = home / "xdg_config_home/pipeboard/words"
    words.mkdir(parents=True)
    (words / "de.toml").write_text('"Move" = "\\u001b[31mSchieben"')
    assert "\x1b" not in pipe("config", "words", "de").out
