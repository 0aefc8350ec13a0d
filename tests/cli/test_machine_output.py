"""What scripts read: every reading verb answers in JSON, and no locale touches it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Type
from tests.cli.test_interrupts import READING
from tests.cli.test_roles import LINES as ROLE_LINES

LINES: dict[str, tuple[str, ...]] = {
    "list": ("list",),
    "show": ("show", "1"),
    "filter list": ("filter", "list"),
    "template": ("template",),
    "history": ("history", "1"),
    "triage": ("triage",),
    "due": ("due",),
    "check": ("check",),
    "digest": ("digest",),
    "export": ("export",),
    "metrics": ("metrics",),
    "target list": ("target", "list"),
    "call list": ("call", "list"),
    "fx list": ("fx", "list"),
    "setting list": ("setting", "list"),
    "pipeline list": ("pipeline", "list"),
    "pipeline show": ("pipeline", "show"),
    "pipeline templates": ("pipeline", "templates"),
    "rep list": ("rep", "list"),
    "backup list": ("backup", "list"),
    "logs": ("logs",),
    "config show": ("config", "show"),
    "config path": ("config", "path"),
    "config check": ("config", "check"),
    "config themes": ("config", "themes"),
    "config words": ("config", "words"),
    "keys": ("keys",),
    "help": ("help", "filter"),
    "version": ("version",),
    "review": ("review",),
    "doctor": ("doctor",),
    "undo": ("undo", "--list"),
}
WITHOUT_JSON = {"board", "completions", "man", "mcp"}
"""A screen, a program for a shell, a document for `man`, and a server."""
OF_MACHINES = (
    ("list", "--csv"),
    ("list", "--plain"),
    ("list", "--jsonl"),
    ("list", "--ids"),
    ("list", "--template", "{ref} {value} {due} {expected_close}"),
    ("export", "--format", "csv"),
    ("export", "--format", "json"),
    ("export", "--format", "jsonl"),
    ("export", "--format", "ics"),
    ("metrics", "--csv"),
    ("due", "--short"),
)


WORKED = (
    ("add", 'Lumen Oy: pilot 12345.50 @ana close:19dec next:"3dec call Mika"'),
    ("add", "Cobalt: press 1234567 @bo close:4jan"),
    ("snooze", "2", "5dec"),
    ("target", "set", "2026Q4", "130k"),
    ("call", "set", "2026Q4", "12.5k"),
    ("fx", "set", "USD", "0.92"),
    ("filter", "save", "big", "value>10k"),
)


@pytest.fixture
def worked(team: Type, home: Path) -> Type:
    """Deals with amounts and days, reps, a target, a call and a rate."""
    for line in WORKED:
        assert team(*line).code == 0
    return team


def german(home: Path) -> None:
    file = home / "xdg_config_home/pipeboard/config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text('locale = "de_DE"\n')


def test_every_reading_verb_is_tried_here() -> None:
    assert set(LINES) >= READING - WITHOUT_JSON


@pytest.mark.parametrize("verb", LINES)
def test_a_reading_verb_answers_in_one_json_document(verb: str, worked: Type) -> None:
    said = worked(*LINES[verb], "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["schema"] == 1


@pytest.mark.parametrize("line", [(*line, "--json") for line in LINES.values()] + [*OF_MACHINES])
def test_no_locale_touches_what_scripts_read(
    line: tuple[str, ...], worked: Type, home: Path
) -> None:
    if line[0] == "config" and line[1] != "themes":
        return  # they tell of the locale and its file
    before = worked(*line).out
    german(home)
    room = re.compile(r"[\d.,]+ MB free")  # which other programs take meanwhile
    assert room.sub("", worked(*line).out) == room.sub("", before)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("list",), ("12.345,50 €", "19. Dez.", "1.234.567 €")),
        (("list", "--template", "{value:words} {due:words}"), ("12.345,50 € 3. Dez.",)),
        (("show", "1"), ("12.345,50 €", "Sa., 19. Dez. 2026")),
        (("show", "1", "--md"), ("12.345,50 €", "Sa., 19. Dez. 2026")),
        (("history", "1"), ("3. Dez.", "12.345,50 €")),
        (("target", "list"), ("130.000 €",)),
        (("call", "list"), ("12.500 €",)),
        (("metrics",), ("1,2M",)),
        (("metrics", "--md"), ("1,2M",)),
        (("review",), ("Mo., 16. Nov. 2026",)),
        (("add", "Delta: pilot 1234.5 close:19dec", "-n"), ("1.234,50 €", "19. Dez. 2026")),
        (("triage",), ("12.345,50 €",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_people_read_days_and_amounts_as_their_locale_has_them(
    line: tuple[str, ...], said: tuple[str, ...], worked: Type, home: Path
) -> None:
    german(home)
    shown = worked(*line)
    assert all(words in shown.out + shown.err for words in said), shown.out + shown.err


def test_a_locale_is_left_again_and_a_wrong_one_names_the_near_one(
    worked: Type, home: Path
) -> None:
    german(home)
    assert "12.345,50 €" in worked("list").out
    file = home / "xdg_config_home/pipeboard/config.toml"
    file.write_text("")
    assert "€12,345.50" in worked("list").out
    file.write_text('locale = "de_DF"')
    refused = worked("list")
    assert refused.code == 2 and "Did you mean de_D" in refused.err


@pytest.fixture(scope="module")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of the office, which is made once."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture
def office(team: Type, home: Path, made_before: Path) -> Type:
    """A workspace where much is not known: empty fields, reps without a name, deals that were
    changed and taken back, and a pipeline in another currency."""
    if not any(made_before.iterdir()):
        _furnish(team, home)
        for name in FILES:
            shutil.copy(home / name, made_before)
    for name in FILES:
        shutil.copy(made_before / name, home)
    return team


FILES = ("team.db", "more.csv", "new.toml", "kept.db")


def _furnish(team: Type, home: Path) -> None:
    for line in (
        *WORKED,
        ("pipeline", "new", "Abroad", "--template", "minimal", "--currency", "USD"),
        ("add", "Orion: robots", "-p", "Abroad"),
        ("set", "1", "source=fair"),
        ("set", "1", "source="),
        ("contact", "1", "Mika Laine"),
        ("log", "1", "call"),
        ("lost", "3", "--category", "price"),
        ("add", "Ibex: ovens 1234.55"),
        ("rep", "set", "bo", "--acts-for", "ana"),
        ("rep", "set", "bo", "--acts-for", "none"),
        ("backup", "kept.db"),
        ("undo",),
        ("redo",),
    ):
        done = team(*line)
        assert done.code == 0, (line, done.err)
    (home / "more.csv").write_text("title,account,value\nRobots,Orion,\n")
    (home / "new.toml").write_text(team("pipeline", "show", "--toml").out)


CHANGING_LINES = {verb: line for verb, (_, line) in ROLE_LINES.items()}
SAID_EMPTY = {"filter"}
"""Texts that say that they are empty, which the promise itself has so: no filter is known."""


def texts_and_amounts(value: Any, path: str = "") -> Iterator[str]:
    """Where a text is empty, and where an amount is not whole, or without its currency."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name.endswith("_minor") and not isinstance(value.get("currency"), str):
                yield f"{path}.{name} has no currency"
            if name.endswith("_minor") and type(one) not in (int, type(None)):
                yield f"{path}.{name} is {one}, not in whole minor units"
            if name not in SAID_EMPTY:
                yield from texts_and_amounts(one, f"{path}.{name}")
    elif isinstance(value, list):
        for one in value:
            yield from texts_and_amounts(one, f"{path}[]")
    elif value == "":
        yield f"{path} is empty"


@pytest.mark.parametrize(
    "line",
    [
        *LINES.values(),
        *CHANGING_LINES.values(),
        *((*line, "-n") for line in CHANGING_LINES.values()),
        ("history",),
        ("rep", "set", "bo", "--team", ""),
        ("due", "--owner", "ana"),
        ("metrics", "--by", "owner"),
    ],
    ids=" ".join,
)
def test_what_is_not_known_is_null_and_an_amount_names_its_currency_in_all_json(
    line: tuple[str, ...], office: Type
) -> None:
    if line[:2] == ("config", "words"):
        return  # texts of a translation
    said = office(*line, "--json").out
    assert sorted(set(texts_and_amounts(json.loads(said or "{}")))) == []


def test_a_demo_says_null_for_what_its_reps_lack(pipe: Type, home: Path) -> None:
    line = ("demo", "--deals", "1", "--db", "demo.db", "--no-open", "--keep", "--json")
    assert sorted(set(texts_and_amounts(pipe(*line).json))) == []


def test_an_error_says_null_for_what_is_not_known(office: Type) -> None:
    refused = office("set", "1", "source=web", "--seen", "1", "--json")
    assert refused.code == 4
    assert [one["before"] for one in refused.error["details"]["values"]] == [None]
    assert sorted(set(texts_and_amounts(refused.error))) == []
