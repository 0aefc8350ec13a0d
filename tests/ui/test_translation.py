"""A translation is one file: whatever the program says is in it, and no word of it is left over."""

from __future__ import annotations

import ast
import json
import os
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import closing
from itertools import groupby
from pathlib import Path

import pytest

from pipeboard.cli.phrasing import PACKAGE, has_words, phrases_of, sources
from pipeboard.cli.translating import every_word, keeps_values
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.errors import NotFound, PipeboardError, Refused
from pipeboard.domain.pipeline import Stage
from pipeboard.domain.settings import SETTINGS
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.ui.key_table import ALL
from tests.cli.conftest import Type
from tests.cli.conftest import home as home
from tests.cli.conftest import pipe as pipe

ROOT = PACKAGE.parent
WORD = re.compile(r"[A-Za-z][A-Za-z'-]+[A-Za-z]")
LEFT = frozenset(
    word
    for words in (
        # Days and months, which a locale writes.
        "mon tue wed thu fri sat sun jan feb mar apr may jun jul aug sep oct nov dec",
        # Keys of a keyboard.
        "esc enter space tab home end delete backspace shift ctrl pgup pgdn left right",
        # What is typed, as it is typed: verbs, flags, filters, days, settings, names of fields.
        "today tomorrow monday january words stage owner tag value stalled won wake then all",
        "everybody move",
        " ".join(SETTINGS),
        " ".join(f"{field.typed} {field.typed.replace('_', ' ')}" for field in FIELDS),
        "demo snooze theme light triage metrics hygiene review import export tour pipeboard",
        "because shout hello friday nowhere lst stge nope zed hot call bob thu note close date",
        "moved send offer price config themes check contact_reason account title probability",
        "category source source_detail tags detail links expires external next step classic",
        "meetings minimal rep list show role phone new apply edit templates pipeline target set",
        "fx backup restore use recycle assign jan",
        # Of files that lie there, and of the seal.
        "state db-journal csv utf",
        # What others say: the system, the parser of flags.
        "unrecognized arguments such file directory no",
        # The names of what the doctor looks at.
        "rights space backups versions contents clock seal logs",
        # What was done, as it was stored.
        "changed logged held archived undid its column",
    )
    for word in words.split()
)


def texts_in(value: object) -> Iterator[str]:
    """Every text in what a database holds."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        yield from texts_in(json.loads(value))
    elif isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def words_in(path: Path) -> frozenset[str]:
    """The words that people have typed into a database, in small letters."""
    found: set[str] = set()
    database = sqlite3.connect(path)
    tables = "select name from sqlite_master where type = 'table' and sql not like '%virtual%'"
    for (table,) in database.execute(tables).fetchall():
        if table == "command" or table.startswith(("sqlite", "search")):
            continue  # which holds sentences of ours
        for row in database.execute(f'select * from "{table}"'):
            for value in row:
                for text in texts_in(value):
                    found.update(word.casefold() for word in WORD.findall(text))
    database.close()
    return frozenset(found)


def is_data(word: str, typed: frozenset[str]) -> bool:
    """Whether somebody has typed the word, which may be cut at either end."""
    small = word.casefold()
    return small in typed or any(one.startswith(small) or one.endswith(small) for one in typed)


def left_over(path: Path, *what: str) -> Mapping[str, str]:
    """The words of ours that are English where everything is translated, each with its line."""
    typed = words_in(path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.foreign", str(path), *what],
        cwd=ROOT,
        env={**os.environ, "PIPEBOARD_NOW": "2026-11-23T09:00:00Z", "HOME": str(path.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    found: Mapping[str, str] = json.loads(done.stdout)
    return {
        word: line
        for word, line in found.items()
        if not word.isupper() and word.casefold() not in LEFT and not is_data(word, typed)
        if str(path.parent) not in line
        and "pipeboard contact 142" not in line
        and "seal" not in line
    }


WANTED = "LEFT wants words that are typed or stored as they stand; all others are translated"


@pytest.mark.parametrize(
    "names", [("board",), ("deal", "triage"), ("metrics", "hygiene", "review")]
)
def test_no_screen_menu_or_form_says_a_word_that_cannot_be_translated(
    names: tuple[str, ...], demo: Path
) -> None:
    assert left_over(demo, *names) == {}, WANTED


def _stages(name: str) -> tuple[Stage, ...]:
    return template(name, pipeline_name=name, currency="EUR").stages


OLD = """id,name,stage,amount,seller,close date
1,Nova,Talk,40,ana,soon
2,Lumen,Sign,x50,mara,2027-01-01
3,Quarry,Closed Won,60,ana,
"""


@pytest.mark.parametrize("way", ["import", "tour", "first run", "refusals"])
def test_no_question_between_screens_says_a_word_that_cannot_be_translated(
    way: str, demo: Path
) -> None:
    (demo.parent / "old.csv").write_text(OLD)
    stages = (stage.name for name in TEMPLATES for stage in _stages(name))
    data = {OLD, *stages}
    found = left_over(demo, way)
    left = {word: line for word, line in found.items() if not any(word in one for one in data)}
    assert left == {}


def test_no_verb_and_no_refusal_says_a_word_that_cannot_be_translated(demo: Path) -> None:
    assert left_over(demo, "verbs") == {}, WANTED


KINDS: tuple[type[PipeboardError], ...] = (PipeboardError, Refused, NotFound)
TOLD = ("say", *(one.__name__ for kind in KINDS for one in (kind, *kind.__subclasses__())))
"""What a person is told by: a sentence, or why not."""


def told_in(path: Path) -> Iterator[str]:
    """The sentences of a module that stand where a person is told something."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        hints = [word.value for word in node.keywords if word.arg == "hint"]
        for text in (*node.args[:1], *hints) if name in TOLD else ():
            if isinstance(text, ast.JoinedStr):
                yield "".join(
                    str(part.value).replace("{", "{{").replace("}", "}}")
                    if isinstance(part, ast.Constant)
                    else "{}"
                    for part in text.values
                )
            elif isinstance(text, ast.Constant) and isinstance(text.value, str):
                yield text.value


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda p: p.stem)
def test_every_sentence_that_a_module_tells_is_in_the_file(path: Path) -> None:
    known = phrases_of(path)[1] if has_words(path) else ()
    missing = [
        text
        for text in told_in(path)
        if not text.isupper() and WORD.search(text) and text not in known
    ]
    assert missing == []


def test_no_statement_of_sql_is_a_phrase() -> None:
    def is_sql(text: str) -> bool:
        try:
            base.execute(f"explain {text}")
        except sqlite3.Error as error:
            return not re.search("syntax error|incomplete|unrecognized", str(error))
        return True

    with closing(sqlite3.connect(":memory:")) as base:
        assert is_sql("DELETE FROM b WHERE x") and not is_sql("Update SQLite; or close all boards")
        for path in sources():
            for phrase in phrases_of(path)[1]:
                text = re.sub(r"\{\w*\}", "x", phrase)
                assert " " not in text or not is_sql(text), phrase  # `Begin` is a word too


def test_words_stand_together_by_what_they_are_for() -> None:
    places = [place for place, _ in groupby(every_word().values())]
    assert len(places) == len(set(places))


# The file, and a translation that is read.


@pytest.fixture
def german(home: Path) -> Path:
    """The file of a translation that the configuration names."""
    folder = home / "xdg_config_home/pipeboard"
    (folder / "words").mkdir(parents=True)
    (folder / "config.toml").write_text('words = "mine"')
    return folder / "words/mine.toml"


def run(home: Path, *arguments: str) -> tuple[str, str]:
    """What the program prints where it is begun anew: on stdout, on stderr."""
    line = [sys.executable, "-m", "pipeboard", *arguments]
    done = subprocess.run(line, cwd=home, env=os.environ, capture_output=True, text=True)
    return done.stdout, done.stderr


def test_the_file_holds_every_word_once_and_comes_back(pipe: Type, german: Path) -> None:
    empty = pipe("config", "words").out
    every = every_word()
    assert list(tomllib.loads(empty)) == list(every)
    german.write_text(empty.replace('"Move" = ""', '"Move" = "Schieben"'))
    assert pipe("config", "check").code == 0
    again = pipe("config", "words", "mine")
    assert '"Move" = "Schieben"' in again.out and f"1 of {len(every):,}" in again.err
    assert pipe("config", "words", "mine", "--json").json["words"]["Move"] == "Schieben"


def test_sentences_are_said_in_other_words_and_values_stay(home: Path, german: Path) -> None:
    words = {
        "There is no verb {}.": "{} kenne ich nicht.",
        "Added {}.": "Neu: {}.",
        "Added": "never said alone",
        "No deal is called {}.": "Kein Deal heißt {0}.",
    }
    german.write_text("".join(f"{json.dumps(one)} = {json.dumps(w)}\n" for one, w in words.items()))
    assert run(home, "moove")[1].startswith("pipeboard: 'moove' kenne ich nicht.")
    run(home, "init", "--yes")
    run(home, "add", "Added. No deal is called {}. %s: There is no verb 1k")
    listed = run(home, "list")[0]
    assert "Added. No deal is called {}. %s: There is no verb" in listed
    assert "Kein Deal heißt 'Nobody {}'." in run(home, "show", "Nobody {}")[1]


def test_what_scripts_read_and_what_is_stored_is_english(home: Path, german: Path) -> None:
    german.write_text(
        "".join(f"{json.dumps(one)} = {json.dumps(f'@{one}@')}\n" for one in every_word())
    )
    run(home, "init", "--yes")
    run(home, "add", "Lumen Oy: pilot 1k")
    assert "@" in run(home, "move", "1", "Nowhere")[1].partition("pipeboard: ")[2]
    for line in ("list --json", "list --plain", "list --csv", "show 1 --json", "triage --json",
                 "history --json", "metrics --json", "review --json", "undo --list --json",
                 "show 1 --md", "move 1 Nowhere --json", "keys --json"):  # fmt: skip
        out, err = run(home, *line.split())
        assert "@@" not in out + err and not re.search(r"@[A-Z][a-z]+[ .]", out + err), line


@pytest.mark.parametrize(
    ("english", "own", "is_good"),
    [
        ("Moved {} to {}.", "{} nach {} geschoben.", True),
        ("Moved {} to {}.", "Nach {1} geschoben: {0}.", True),
        ("Moved {} to {}.", "{} geschoben.", False),
        ("Moved {} to {}.", "{} {} {}", False),
        ("Moved {} to {}.", "{name} {", False),
        ("For example: {first name}", "Zum Beispiel: {Vorname}", True),
        ("Move", "", True),
        ("Move", "{", True),
    ],
)
def test_a_sentence_keeps_all_of_its_values(english: str, own: str, is_good: bool) -> None:
    assert keeps_values(english, own) is is_good


def test_a_sentence_that_loses_values_is_said_in_english_and_told_by_the_check(
    home: Path, german: Path
) -> None:
    german.write_text('"There is no verb {}." = "Nein."')
    assert "There is no verb 'moove'." in run(home, "moove")[1]
    assert "'Nein.' wants every {}" in run(home, "config", "check")[0]


def test_nothing_of_it_is_imported_where_nobody_asks_for_words(home: Path) -> None:
    line = "import sys, pipeboard.cli.main as m; m.main(['list']); print(sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", line], capture_output=True, text=True)
    assert "pipeboard.cli.phrasing" not in done.stdout
    assert "pipeboard.cli.translating" not in done.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('"Move" = 3', "wants words in quotes"),
        ("Move = ", "cannot be read"),
        (None, "There are no words 'sindarin'"),
    ],
)
def test_words_that_are_none_are_refused_and_config_check_says_so(
    pipe: Type, home: Path, text: str | None, said: str
) -> None:
    folder = home / "xdg_config_home/pipeboard"
    (folder / "words").mkdir(parents=True)
    if text is not None:
        (folder / "words/sindarin.toml").write_text(text)
    (folder / "config.toml").write_text('words = "sindarin"')
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
    assert "Did you mean move?" in pipe("config", "words", "de").err


def test_what_a_translation_holds_is_data(pipe: Type, home: Path) -> None:
    words = home / "xdg_config_home/pipeboard/words"
    words.mkdir(parents=True)
    (words / "de.toml").write_text('"Move" = "\\u001b[31mSchieben"')
    assert "\x1b" not in pipe("config", "words", "de").out


SHIPPED = sorted((PACKAGE / "words").glob("*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_what_comes_with_the_program_translates_only_what_it_says(path: Path) -> None:
    words = tomllib.loads(path.read_text("utf-8"))
    every = every_word()
    assert [english for english in words if english not in every] == []
    assert [own for english, own in words.items() if not keeps_values(english, own)] == []
    tables = ("hints below the screen", "headings of the help", "what needs you", "touches")
    assert {e for e, place in every.items() if place in tables and not words.get(e)} == set()
