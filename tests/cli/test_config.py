"""Where things are: precedence, and a configuration that says what is wrong with it."""

from __future__ import annotations

import pwd
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeboard.cli.config import example, read_config
from pipeboard.cli.environment import account_name, clock, system_zone
from pipeboard.domain.errors import BadInput
from tests.cli.conftest import NOW, Type


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.fixture
def mine(home: Path) -> Path:
    """The person's own configuration file."""
    return home / "xdg_config_home/pipeboard/config.toml"


@pytest.fixture
def everybodys(home: Path) -> Path:
    """The machine's."""
    return home / "xdg_config_dirs/pipeboard/config.toml"


def test_each_place_for_the_database_goes_before_the_next(
    home: Path, mine: Path, everybodys: Path
) -> None:
    assert read_config({}).is_default_database
    _write(everybodys, 'database = "/srv/site.db"')
    assert read_config({}).database == "/srv/site.db"
    _write(mine, 'database = "/home/mine.db"')
    assert read_config({}).database == "/home/mine.db"
    named = {"PIPEBOARD_DB": "/tmp/named.db"}
    assert read_config(named).database == "/tmp/named.db"
    found = read_config(named, database="/tmp/flag.db")
    assert (found.database, found.values["database"].origin) == ("/tmp/flag.db", "--db")


def test_what_is_mine_stands_over_what_is_everybodys(mine: Path, everybodys: Path) -> None:
    _write(everybodys, 'theme = "light"\ndensity = 3\n[keys]\n"board.add" = "A"')
    _write(mine, 'density = 1\n[keys]\n"board.open" = "o"')
    config = read_config({})
    assert (config["theme"], config["density"]) == ("light", 1)
    assert {name: key.value for name, key in config.keys.items()} == {
        "board.add": "A",
        "board.open": "o",
    }
    assert config.values["theme"].origin == str(everybodys)


def test_config_show_says_where_each_value_comes_from(pipe: Type, mine: Path) -> None:
    _write(mine, "density = 3")
    shown = pipe("config", "--json").json["config"]
    assert shown["density"] == {"value": 3, "origin": str(mine)}
    assert shown["glyphs"] == {"value": "auto", "origin": "default"}
    assert str(mine) in pipe("config", "show").out


def test_config_path_names_the_file_whether_it_is_there_or_not(pipe: Type, mine: Path) -> None:
    assert pipe("config", "path").out == f"{mine}\n"


@pytest.mark.parametrize(
    "line",
    [
        "density = 7",
        'density = "2"',
        'mouse = "no"',
        "mouse = 1",
        'glyphs = "emoji"',
        'database = ""',
        "keys = 3",
        "[keys]\nadd = 3",
        "theme = ",
    ],
)
def test_a_wrong_value_ends_any_verb_with_the_file_named(pipe: Type, mine: Path, line: str) -> None:
    _write(mine, line)
    refused = pipe("list")
    assert refused.code == 2
    assert str(mine) in refused.err
    assert pipe("config", "check").code == 1


@pytest.mark.parametrize(
    ("line", "near"),
    [
        ("desity = 2", "density"),
        ('[keys]\n"board.opn" = "o"', "board.open"),
        ('theme = "drak"', "dark"),
    ],
)
def test_config_check_names_what_it_does_not_know_and_the_near_one(
    pipe: Type, mine: Path, line: str, near: str
) -> None:
    _write(mine, line)
    checked = pipe("config", "check")
    assert checked.code == 1
    assert near in checked.out


def test_a_configuration_in_order_is_said_to_be(pipe: Type, mine: Path) -> None:
    _write(mine, 'density = 3\n[keys]\n"board.add" = "A"')
    assert pipe("config", "check").code == 0


def test_the_example_is_in_order_as_it_stands(pipe: Type, mine: Path) -> None:
    _write(mine, example())
    assert pipe("config", "check").code == 0


def test_the_example_is_in_order_with_every_line_taken_in(pipe: Type, mine: Path) -> None:
    lines = [line.removeprefix("# ") for line in example().splitlines() if " = " in line]
    settings = [line for line in lines if line[0] != '"' and not line.endswith('""')]
    _write(mine, "\n".join(settings))
    assert pipe("config", "check", "--json").json["problems"] == []


def test_the_clock_stands_still_where_it_is_told_to() -> None:
    assert clock({"PIPEBOARD_NOW": NOW})() == datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["yesterday", "2026-11-23", "2026-11-23T09:00", "0001-01-01T0Z"])
def test_a_clock_that_cannot_be_read_is_named(pipe: Type, team: Type, wrong: str) -> None:
    with pytest.raises(BadInput, match="PIPEBOARD_NOW"):
        clock({"PIPEBOARD_NOW": wrong})


def test_a_bad_clock_is_a_matter_of_usage(team: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "soon")
    refused = team("list")
    assert refused.code == 2
    assert "PIPEBOARD_NOW" in refused.err


def test_who_acts_is_the_account_of_the_process_and_not_what_user_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("USER", "bob")
    monkeypatch.setenv("LOGNAME", "bob")
    monkeypatch.setattr("os.getuid", lambda: 0)
    assert account_name() == pwd.getpwuid(0).pw_name


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.getuid", lambda: 987_654)
    assert account_name() == "uid987654"


@pytest.mark.parametrize(
    ("tz", "zone"), [("Asia/Tokyo", "Asia/Tokyo"), (":Asia/Tokyo", "Asia/Tokyo")]
)
def test_the_zone_of_the_machine_is_an_iana_name(tz: str, zone: str) -> None:
    assert system_zone({"TZ": tz}) == zone
