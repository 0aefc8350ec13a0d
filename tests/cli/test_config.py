"""Where things are: precedence, and a configuration that says what is wrong with it."""

from __future__ import annotations

import ast
import json
import os
import pwd
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import pipeboard
from pipeboard import folder_of
from pipeboard.cli.arguments import Parser
from pipeboard.cli.board import restrict
from pipeboard.cli.call import Call
from pipeboard.cli.config import (
    PREFERENCES,
    account_name,
    clock,
    example,
    read_config,
    system_currency,
    system_zone,
)
from pipeboard.cli.screens import OPENINGS
from pipeboard.domain.board import SORTS
from pipeboard.domain.errors import BadInput
from pipeboard.domain.settings import SETTINGS
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
    assert (config.text("theme"), config.chosen("density")) == ("light", 1)
    assert {name: key.value for name, key in config.keys.items()} == {
        "board.add": "A",
        "board.open": "o",
    }
    assert config.values["theme"].origin == str(everybodys)


def test_without_ones_own_only_that_of_the_machine_counts(
    mine: Path, everybodys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(everybodys, "density = 3")
    _write(mine, 'density = 1\ntheme = "light"\n[hooks]\nwon = "true"')
    config = read_config({}, own=False)
    assert (config.chosen("density"), config.chosen("theme"), dict(config.hooks)) == (3, None, {})
    assert read_config({"PIPEBOARD_CONFIG": "/nowhere"}, own=False).chosen("density") == 3


@pytest.mark.parametrize("place", ["mine", "everybodys"])
def test_config_check_looks_into_both_files(
    pipe: Type, mine: Path, everybodys: Path, place: str
) -> None:
    file = mine if place == "mine" else everybodys
    _write(file, "desity = 2")
    checked = pipe("config", "check")
    assert (checked.code, str(file) in checked.out) == (1, True)


def test_the_restricted_board_keeps_of_its_environment_what_a_terminal_needs() -> None:
    kept = {"TERM", "COLORTERM", "NO_COLOR", "LANG", "TZ", "USER", "LOGNAME", "LC_ALL", "LC_TIME"}
    gone = {"PIPEBOARD_DB", "EDITOR", "TEXTUAL_DRIVER", "PYTHONPATH", "XDG_CONFIG_HOME", "PATH"}
    environ = dict.fromkeys({*kept, *gone, "HOME"}, "x")
    restrict(environ)
    assert environ == dict.fromkeys(kept, "x") | {"HOME": pwd.getpwuid(os.getuid()).pw_dir}


@pytest.mark.parametrize("restricted", [False, True])
def test_a_restricted_account_is_told_by_the_machine_alone_how_the_program_is_and_speaks(
    home: Path, mine: Path, everybodys: Path, monkeypatch: pytest.MonkeyPatch, restricted: bool
) -> None:
    _write(everybodys, 'words = "theirs"\nglyphs = "ascii"')
    _write(mine, 'glyphs = "unicode"')
    spoken: list[tuple[str, bool]] = []
    monkeypatch.setattr(
        "pipeboard.cli.translating.speak_in", lambda name, _, own: spoken.append((name, own))
    )
    asked = Parser("list", "", "").read([])
    asked.restricted = restricted
    config = Call(asked, os.environ).config
    assert config.text("glyphs") == ("ascii" if restricted else "unicode")
    assert spoken == [("theirs", not restricted)]


@pytest.mark.parametrize("flags", [("--read-only",), ("board", "--restricted", "--db", "x.db")])
def test_no_board_is_begun_where_nothing_may_be_made(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch, flags: tuple[str, ...]
) -> None:
    monkeypatch.setattr("pipeboard.cli.board.check_terminal", lambda call: None)
    monkeypatch.setattr("pipeboard.cli.board.restrict", lambda environ: None)
    monkeypatch.setattr("pipeboard.cli.first_run.welcome", lambda call: 77)
    assert pipe(*flags).code == 5
    assert pipe().code == 77


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
        "density = true",
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


@pytest.mark.parametrize("wrong", ["theme = 3", "theme ="], ids=["a value", "no TOML"])
def test_who_has_to_mend_a_configuration_is_whose_it_is(
    pipe: Type, mine: Path, everybodys: Path, wrong: str
) -> None:
    _write(mine, wrong)
    assert "'pipeboard config edit'" in pipe("keys").err
    mine.unlink()
    _write(everybodys, wrong)
    assert "config edit" not in (said := pipe("keys").err)
    assert "whoever looks after that" in said


def test_the_example_is_in_order_as_it_stands(pipe: Type, mine: Path) -> None:
    _write(mine, example())
    assert pipe("config", "check").code == 0


def test_the_example_is_in_order_with_every_line_taken_in(pipe: Type, mine: Path) -> None:
    lines = [line.removeprefix("# ") for line in example().splitlines()]
    settings = [line for line in lines if " = " in line or line.startswith("[")]
    _write(mine, "\n".join(settings))
    assert {line.partition(" = ")[0] for line in settings} >= {p.name for p in PREFERENCES}
    assert pipe("config", "check", "--json").json["problems"] == []
    assert pipe("config", "show").code == 0


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('editor = "vi \'x"', "a quote that is never closed"),
        ('commands.mail = { key = "ctrl+e", run = "no-such-thing {ref}" }', "there is no program"),
        ('commands.mail = { key = "n", run = "echo {ref}" }', "'n' stands for both"),
        ('commands.mail = { key = "ctrl+e", run = "echo {refs}" }', "Did you mean ref?"),
        ('copy_cmd = "wl-copy \'x"', "a quote that is never closed"),
        ('editor = "/nowhere/vi"', "there is no program"),
        ('copy_cmd = "no-such-program -x"', "there is no program"),
        ('database = "~nobody-here/x.db"', "is not there"),
        ('database = "/nowhere/at/all.db"', "is not there"),
        ('database = "/dev/null"', "is not a regular file"),
        ('database = "a\\u0000b"', "NUL"),
        ('[keys]\n"board.add" = "q"', "stands for both"),
        ('[keys]\nx = "y"', "no command"),
        ("colour = 1", "is no setting"),
    ],
)
def test_config_check_finds_what_would_only_bite_later(
    pipe: Type, mine: Path, line: str, said: str
) -> None:
    _write(mine, line)
    checked = pipe("config", "check")
    assert checked.code == 1
    assert said in checked.out
    assert str(mine) in checked.out


@pytest.mark.parametrize("line", ['editor = "vi \'x"', 'copy_cmd = "wl-copy \'x"'])
def test_a_command_with_an_open_quote_never_gets_as_far_as_the_board(
    team: Type, mine: Path, line: str
) -> None:
    _write(mine, line)
    refused = team("list")
    assert (refused.code, str(mine) in refused.err) == (2, True)


def test_a_byte_order_mark_in_the_configuration_is_nothing(pipe: Type, mine: Path) -> None:
    mine.parent.mkdir(parents=True)
    mine.write_bytes(b"\xef\xbb\xbfdensity = 3\n")
    assert pipe("config", "--json").json["config"]["density"]["value"] == 3


@pytest.mark.parametrize("verb", [("list",), ("add", "x"), ("config", "check"), ("config",)])
@pytest.mark.parametrize("named", ["missing.toml", "no/folder.toml", "~nobody-here/c.toml"])
def test_a_mistyped_path_of_the_configuration_is_an_error_everywhere(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch, verb: tuple[str, ...], named: str
) -> None:
    monkeypatch.setenv("PIPEBOARD_CONFIG", named)
    refused = team(*verb)
    assert refused.code == 2
    assert "PIPEBOARD_CONFIG" in refused.err


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: path.mkdir(), "Is a directory"),
        (lambda path: path.write_bytes(b"theme = '\xe9'"), "not UTF-8"),
        (lambda path: path.symlink_to(path), "symbolic links"),
    ],
)
def test_a_configuration_that_is_no_text_is_one_sentence(
    team: Type, mine: Path, make: Callable[[Path], None], said: str
) -> None:
    mine.parent.mkdir(parents=True, exist_ok=True)
    make(mine)
    for verb in (("list",), ("config", "check")):
        refused = team(*verb)
        assert refused.code in (1, 2)
        assert said in refused.out + refused.err


@pytest.mark.parametrize(
    "database",
    ["~nobody-here/x.db", "/nowhere/at/all.db", "/etc/hostname/x.db", "x" * 300, "a\0b", "/tmp"],
)
@pytest.mark.parametrize(
    "verb", [("list",), ("init",), ("add", "x"), ("import", "-"), ("demo", "--no-open")]
)
def test_a_path_that_can_hold_no_database_is_one_sentence(
    pipe: Type, database: str, verb: tuple[str, ...]
) -> None:
    refused = pipe(*verb, "--db", database)
    assert refused.code in (4, 5)
    assert refused.err.startswith("pipeboard: ")
    assert "went wrong" not in refused.err
    assert len(refused.err.splitlines()) <= 2


def test_a_database_that_is_not_there_is_said_with_its_path(pipe: Type, home: Path) -> None:
    refused = pipe("list")
    assert refused.code == 5
    assert str(home / "xdg_data_home/pipeboard/pipeboard.db") in refused.err
    refused = pipe("list", "--db", str(home / "other.db"))
    assert str(home / "other.db") in refused.err


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


def test_the_zone_that_is_named_goes_before_that_of_the_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    link = tmp_path / "localtime"
    monkeypatch.setattr("pipeboard.cli.config._ZONE_LINK", link)
    assert (system_zone({}), system_zone({"TZ": "Mars/Base"})) == ("UTC", "UTC")
    link.symlink_to("/usr/share/zoneinfo/Europe/Oslo")
    assert system_zone({"TZ": "Asia/Tokyo"}) == "Asia/Tokyo"
    assert (system_zone({}), system_zone({"TZ": "Mars/Base"})) == ("Europe/Oslo", "Europe/Oslo")


def test_a_locale_without_a_currency_counts_in_euro(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MONETARY", "LANG"):
        monkeypatch.setenv(name, "C")
    assert system_currency() == "EUR"
    monkeypatch.setattr("locale.localeconv", lambda: {"int_curr_symbol": "SEK "})
    assert system_currency() == "SEK"


DEFAULTS: dict[str, object] = {
    "database": None, "glyphs": "auto", "theme": "auto", "locale": None, "words": None,
    "mouse": True, "digits": "stage", "pipeline": None, "stage": None, "mine": False,
    "sort": "manual", "pane": True, "filter": None, "density": "auto", "sums": "each",
    "follow": "always", "cursor": "hidden", "editor": None, "copy_cmd": None, "figures": None,
}  # fmt: skip
CHOICES: dict[str, tuple[object, ...]] = {
    "glyphs": ("auto", "unicode", "ascii"), "digits": ("stage", "count"),
    "density": ("auto", 1, 2, 3, 4), "sums": ("each", "workspace"),
    "follow": ("always", "slow", "never"), "cursor": ("hidden", "shown"), "sort": SORTS,
}  # fmt: skip


def test_each_setting_has_its_default_and_takes_each_of_its_choices(mine: Path) -> None:
    assert {p.name: p.default for p in PREFERENCES} == DEFAULTS, "DEFAULTS wants a new one"
    choices_of = {p.name: p.choices for p in PREFERENCES if p.choices}
    assert choices_of == CHOICES, "CHOICES wants those of a new one"
    config = read_config({})
    assert {name: config.chosen(name) for name in DEFAULTS} == dict.fromkeys(DEFAULTS)
    for name, choices in CHOICES.items():
        for choice in choices:
            _write(mine, f"{name} = {json.dumps(choice)}")
            assert read_config({}).chosen(name) == choice


def test_figures_that_are_no_numbers_are_found_by_check_and_refused_by_metrics(
    team: Type, mine: Path
) -> None:
    _write(mine, 'figures = "won_value, wonvalue"')
    for verb in (("config", "check"), ("metrics",)):
        refused = team(*verb)
        assert refused.code and "figures: 'wonvalue' is no number" in refused.out + refused.err
    _write(mine, 'figures = "leads_needed, pace"')
    assert "Time gone" in team("metrics").out


@pytest.mark.parametrize("table", ["[hooks]\nwonn = 'x'", "[commands.mail]\nrun = 3"])
def test_a_program_that_cannot_be_read_ends_any_verb(pipe: Type, mine: Path, table: str) -> None:
    _write(mine, table)
    refused = pipe("list")
    assert (refused.code, str(mine) in refused.err) == (2, True)


def test_config_shows_keys_programs_hooks_and_the_clock(
    pipe: Type, mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(mine, '[keys]\n"board.add" = "A"\n[commands.mail]\nkey = "ctrl+e"\n'
           'run = "echo {ref}"\n[hooks]\nwon = "true"\n')  # fmt: skip
    shown = pipe("config", "--json").json["config"]
    found = {name: one["value"] for name, one in shown.items() if "." in name}
    assert found == {
        "keys.board.add": "A", "commands.mail": "ctrl+e: echo {ref}", "hooks.won": "true",
    }  # fmt: skip
    text = pipe("config").out
    assert "ctrl+e: echo {ref}" in text and "PIPEBOARD_NOW" in text
    assert account_name() in text and "the process's uid" in text


@pytest.mark.parametrize(
    ("name", "value"), [("EDITOR", "vi 'x"), ("VISUAL", "vi 'x"), ("PIPEBOARD_DB", "/nowhere/x.db")]
)
def test_config_check_finds_what_is_wrong_in_the_environment(
    pipe: Type, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    assert pipe("config", "check").code == 0
    monkeypatch.setenv(name, value)
    checked = pipe("config", "check")
    assert (checked.code, checked.out.startswith(name)) == (1, True)


def test_a_file_that_is_no_toml_is_a_problem_with_its_path(pipe: Type, mine: Path) -> None:
    _write(mine, "theme = ")
    (problem,) = pipe("config", "check", "--json").json["problems"]
    assert str(mine) in problem


def test_the_version_tells_what_it_stands_on(pipe: Type) -> None:
    assert list(pipe("version", "--json").json["versions"]) == [
        "pipeboard", "python", "sqlite", "textual", "sqlmodel", "sqlalchemy",
    ]  # fmt: skip
    assert pipe("version").lines == [f"pipeboard {pipeboard.__version__}"]
    assert len(pipe("version", "-v").lines) == 6


def test_the_keys_of_ones_own_programs_are_among_the_keys(pipe: Type, mine: Path) -> None:
    _write(mine, '[commands.mail]\nkey = "ctrl+e"\nrun = "echo {ref}"\nhelp = "write to them"\n')
    found = [key for key in pipe("keys", "--json").json["keys"] if key["help"] == "write to them"]
    assert [key["keys"] for key in found] == [["^e"]]


def test_themes_are_listed_with_where_they_come_from_and_what_is_wrong(
    pipe: Type, mine: Path
) -> None:
    _write(mine, 'theme = "dusk"')
    _write(mine.parent / "themes/dusk.toml", 'accent = "#00ffff"')
    _write(mine.parent / "themes/grey.toml", 'red = "#222222"')
    _write(mine.parent / "themes/odd.toml", "acent = 3")
    listed = {row["name"]: row for row in pipe("config", "themes", "--json").json["themes"]}
    assert [name for name, row in listed.items() if row["chosen"]] == ["dusk"]
    assert listed["dusk"]["file"] == str(mine.parent / "themes/dusk.toml")
    assert listed["dark"]["file"] is None is listed["auto"]["file"]
    assert listed["dusk"]["problems"] == [] == listed["dark"]["problems"]
    assert "hard to read" in listed["grey"]["problems"][0]
    assert "Did you mean accent?" in listed["odd"]["problems"][0]
    assert "dusk" in pipe("config", "themes").out


def test_a_theme_is_begun_from_one_of_ours(pipe: Type, mine: Path) -> None:
    _write(mine.parent / "themes/mine.toml", pipe("config", "themes", "light").out)
    _write(mine, 'theme = "mine"')
    assert pipe("config", "check").code == 0
    assert pipe("config", "themes", "mine").out == pipe("config", "themes", "light").out
    shown = pipe("config", "themes", "mine", "--json").json
    assert (shown["schema"], shown["theme"]) == (
        1,
        tomllib.loads(pipe("config", "themes", "light").out),
    )


@pytest.mark.parametrize(
    ("name", "said"), [("mono", "there is no file of it"), ("drak", "Did you mean dark?")]
)
def test_a_theme_without_a_file_is_refused(pipe: Type, name: str, said: str) -> None:
    refused = pipe("config", "themes", name)
    assert refused.code == 2 and said in refused.err


@pytest.mark.parametrize("theme", ["dusk", "odd"])
def test_config_check_names_a_theme_that_is_not_there_or_wrong(
    pipe: Type, mine: Path, theme: str
) -> None:
    _write(mine, f'theme = "{theme}"')
    _write(mine.parent / "themes/odd.toml", "red = 3")
    checked = pipe("config", "check")
    assert checked.code == 1 and "theme: " in checked.out


def _package() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(Path(pipeboard.__file__).parent.rglob("*.py")):
        yield path.name, ast.parse(path.read_text("utf-8"))


def test_every_setting_of_a_file_is_read_by_the_program() -> None:
    asked = {"database", *OPENINGS}  # a property, and a loop
    for _, tree in _package():
        asked |= {
            str(node.args[0].value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("text", "flag", "chosen")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        }
    assert [p.name for p in PREFERENCES if p.name not in asked] == [], "nothing reads these"


def test_every_setting_of_the_workspace_is_asked_by_the_program() -> None:
    asked, ways = set[str](), dict[str, str]()
    for name, tree in _package():
        if name != "settings.py":
            asked |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            continue
        for way in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
            read = (node.attr for node in ast.walk(way) if isinstance(node, ast.Attribute))
            ways |= dict.fromkeys(read, way.name)  # a property that reads what is kept
    unread = [
        name
        for name, choice in SETTINGS.items()
        if asked.isdisjoint((choice.field, ways.get(choice.field, "")))
    ]
    assert unread == [], "no rule asks for these"


@pytest.mark.parametrize("named", ["", " ", "data", "./data", "~/data", "data:/srv"])
def test_a_folder_of_the_environment_that_depends_on_where_one_stands_is_none(named: str) -> None:
    environ = {"XDG_DATA_HOME": named}
    assert folder_of(environ, "XDG_DATA_HOME", "/home/ana") == "/home/ana/pipeboard"
    environ = {"XDG_CONFIG_DIRS": "/srv:data"}
    assert folder_of(environ, "XDG_CONFIG_DIRS", "/etc/xdg") == "/srv/pipeboard"
