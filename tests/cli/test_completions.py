"""Completions in real shells, from the keys that a person presses to the line that stands there."""

from __future__ import annotations

import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipeboard.cli.columns import COLUMNS
from pipeboard.cli.completing import complete, database_path
from pipeboard.cli.completions import _table, script
from pipeboard.cli.listing import SORT_KEYS
from pipeboard.cli.manual import every_verb, manual_of
from pipeboard.cli.verbs import NESTED, TOPICS, VERBS
from pipeboard.domain.periods import parse_period
from pipeboard.domain.roles import Role, who_may
from pipeboard.domain.settings import SETTINGS
from pipeboard.domain.templates import TEMPLATES
from pipeboard.exchange.layouts import NAMES as TOOLS
from tests.cli.conftest import Type
from tests.ui.pseudo_terminal import PseudoTerminal

SHELLS = {
    "bash": (("bash", "--noprofile", "--norc", "-i"), "PS1='$ '; source {script}"),
    "zsh": (
        ("zsh", "-f", "-i"),
        "PS1='$ '; unsetopt beep; autoload -U compinit; compinit -u -D; source {script}",
    ),
    "zsh, found by itself": (
        ("zsh", "-f", "-i"),
        "PS1='$ '; unsetopt beep; fpath=({folder} $fpath); autoload -U compinit; compinit -u -D",
    ),
    "fish": (
        ("fish", "--private", "--no-config", "-i"),
        "function fish_prompt; echo -n '$ '; end; set -g fish_autosuggestion_enabled 0;"
        " source {script}",
    ),
}
NAMES = ("bash", "zsh", "fish")
LINES = {
    "mov": "move",
    "pipeline templ": "pipeline templates",
    "list --templ": "list --template",
    "list --sort prob": "list --sort probability",
    "list --columns ref,tit": "list --columns ref,title",
    "list stage:qua": "list stage:Qualified",
    "list -owner:an": "list -owner:ana",
    "move D-1 qua": "move D-1 Qualified",
    "move 'Lumen Oy' qua": "move 'Lumen Oy' Qualified",
    "assign D-1 --note hello an": "assign D-1 --note hello ana",
    "tag D-1 -wa": "tag D-1 -warm",
    "tag D-1 +wa": "tag D-1 +warm",
    "set D-1 owner=an": "set D-1 owner=ana",
    "set D-1 expected_cl": "set D-1 expected_close=",
    "lost D-1 --category disq": "lost D-1 --category disqualified",
    "log D-1 mee": "log D-1 meeting",
    "answer D-1 nee": "answer D-1 need",
    "filter forget bi": "filter forget big",
    "setting set fiscal-start ju": "setting set fiscal-start ju",
    "setting set fiscal-start jul": "setting set fiscal-start july",
    "setting set reps-see t": "setting set reps-see team",
    "config themes li": "config themes light",
    "completions zs": "completions zsh",
    "show D-": "show D-1",
    "show lumen": "show Lumen\\ Oy",
    "show 1": "show 1",
    "import dea": "import deals.csv",
    "-p new": "-p New\\ business",
}


@pytest.fixture
def known(team: Type, home: Path) -> Path:
    """A database with a deal, a rep, a tag, a filter and a question, in a folder with a file."""
    assert team("add", "Lumen Oy: packaging line 40k @ana +warm").code == 0
    assert team("filter", "save", "big", "value>50k").code == 0
    folder = home / "work"
    folder.mkdir()
    (folder / "deals.csv").touch()
    return folder


@pytest.mark.parametrize("shell", SHELLS)
def test_tab_completes_what_was_begun(shell: str, known: Path, home: Path) -> None:
    arguments, begin = SHELLS[shell]
    shell = arguments[0]
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    file = home / "completions" / "_pipeboard"  # by this name zsh finds it
    file.parent.mkdir()
    file.write_text(script(shell))
    environ = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(home),
        "PIPEBOARD_DB": str(home / "team.db"),
    }
    run = "import os, sys; os.chdir(sys.argv[1]); os.execvp(sys.argv[2], sys.argv[2:])"
    with PseudoTerminal(
        ["-c", run, str(known), *arguments], environ=environ, width=100
    ) as terminal:
        terminal.type(begin.format(script=file, folder=file.parent) + "\r")
        terminal.wait_for_quiet()
        terminal.type("\f")
        for typed, whole in LINES.items():
            terminal.type(f"pipeboard {typed}\t")
            terminal.wait_for_text(f"$ pipeboard {whole}")
            terminal.type("\x15\f")
            terminal.wait_for(
                lambda: not any(line.startswith("$ p") for line in terminal.lines()),
                "an empty line",
            )


def test_every_verb_and_flag_of_the_help_is_in_every_script() -> None:
    for shell in NAMES:
        whole = script(shell)
        for verb in every_verb():
            assert verb.split()[-1] in whole
            for flag in manual_of(verb).flags:
                assert all(name in whole for name in flag.names), (shell, verb, flag)


STANDING = {
    "metrics/--period": "this-quarter last-quarter this-month last-month this-week last-week "
                        "this-year last-year last90d all",
    "metrics/--by": "owner team stage source channel account month quarter size customer "
                    "fit",
    "list/--sort": " ".join(SORT_KEYS),
    "list/--columns": " ".join(column.name for column in COLUMNS),
    "init/--template": " ".join(TEMPLATES),
    "init/--group": "",
    "contact/--role": "decision_maker champion user blocker other",
    "rep add/--role": " ".join(Role),
    "rep set/--role": "viewer rep manager owner",
    "setting set/0": " ".join(SETTINGS),
    "setting set/1": "",
    "setting set/1/week-start": "monday tuesday wednesday thursday friday saturday sunday",
    "setting set/1/reps-see": "all team own",
    "config themes/0": "dark light",
    "config words/0": "de",
    "log/1": "%DEAL call email meeting demo message",
    "help/0": " ".join((*TOPICS, *VERBS)),
    "template/0": "",
    "template/1": "%DEAL",
    "tag/0": "%DEAL",
    "tag/1": "%DEAL %TAG",
    "filter save/0": "",
    "import/0": "%FILES",
    "import/--from": " ".join(TOOLS),
    "merge/1": "%DEAL",
    "move/1": "%DEAL %STAGE",
    "pipeline/0": " ".join(NESTED["pipeline"]),
    "history/--verb": " ".join(verb for verb in who_may() if " " not in verb),
    "*/--db": "%FILES",
    "*/-p": "%PIPELINE",
    "*/--color": "auto always never",
}  # fmt: skip


@pytest.mark.parametrize("place", STANDING)
def test_a_place_takes_the_words_of_what_its_verb_calls_it(place: str) -> None:
    """By verb and place, or flag; after % is what is looked up in the database."""
    rows = dict(_table({verb: manual_of(verb) for verb in ("", *every_verb())}))
    assert [word.text for word in rows.get(place, ())] == STANDING[place].split()


def test_every_period_that_is_offered_is_one() -> None:
    for word in STANDING["metrics/--period"].split():
        assert parse_period(word, date(2026, 11, 23)).label


@pytest.mark.parametrize("shell", NAMES)
def test_the_script_is_one_that_its_shell_can_read(shell: str, home: Path) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed here")
    done = subprocess.run([shell, "-n"], input=script(shell), capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


OFFERED: tuple[tuple[str, str, list[str]], ...] = (
    ("DEAL", "1", ["1"]),
    ("DEAL", "D-2", ["D-2"]),
    ("DEAL", "łó", ["Łódź"]),
    ("DEAL", "lumen", ["Lumen Oy"]),
    ("STAGE", "pro", ["Prospecting"]),
    ("REP", "b", ["bo"]),
    ("PIPELINE", "", ["New business", "Late ones"]),
    ("SAVED", "b", ["big"]),
    ("TAG", "w", ["+warm"]),
    ("TAG", "-w", ["-warm"]),
    ("FILTER", "stage:q", ["stage:Qualified"]),
    ("FILTER", "pipeline:late", ['pipeline:"Late ones"']),
    ("FILTER", 'pipeline:"late', ['pipeline:"Late ones"']),
    ("FILTER", '-pipeline:"late o', ['-pipeline:"Late ones"']),
    ("FILTER", "-owner:a", ["-owner:ana"]),
    ("FILTER", "@b", ["@bo"]),
    ("FILTER", "+w", ["+warm"]),
    ("FILTER", "tag:w", ["tag:warm"]),
    ("FILTER", "lost:pri", ["lost:price"]),
    ("FILTER", "source:ref", ["source:referral"]),
    ("FILTER", "q:need", ["q:need"]),
    ("FILTER", "saved:b", ["saved:big"]),
    ("FILTER", "-saved:", ["-saved:big"]),
    ("QUESTION", "tim", ["timeline"]),
    ("CATEGORY", "pri", ["price"]),
    ("FIELD=VALUE", "owner=b", ["owner=bo"]),
    ("FIELD=VALUE", "source=ref", ["source=referral"]),
    ("FIELD=VALUE", "tags=w", ["tags=warm"]),
    ("FIELD=VALUE", "title=L", []),
    ("REP", "cl", []),
    ("STAGE", "", ["Prospecting", "Qualified", "Won", "Lost", "Due", "Won", "Lost"]),
    ("TAG", "", ["+warm"]),
    ("TEAM", "", ["North"]),
    ("FILTER", "owner:c", []),
    ("DEAL", "gone", []),
    ("FIELD=VALUE", "owner", []),
)


def test_what_is_offered_is_what_is_there(known: Path, team: Type, home: Path) -> None:
    assert team("pipeline", "new", "Late ones", "--stages", "Due,Old").code == 0
    head, due, _, *ends = team("pipeline", "show", "Late ones").out.split("[[stages]]")
    without = "[[stages]]".join((head, due, *ends))
    assert team("pipeline", "apply", "-", stdin=without).code == 0
    assert team("add", "Łódź: press 1k", "-p", "New").code == 0
    assert team("rep", "set", "bo", "--team", "North").code == 0
    for line in (("add", "Gone: saw"), ("archive", "Gone"), ("rep", "add", "cleo"),
                 ("rep", "set", "cleo", "--inactive")):  # fmt: skip
        assert team(*line).code == 0
    offered = {
        (kind, typed): complete([kind, typed, "--db", str(home / "team.db")], {})
        for kind, typed, _ in OFFERED
    }
    assert {
        asked: [line.partition("\t")[0] for line in lines] for asked, lines in offered.items()
    } == {(kind, typed): names for kind, typed, names in OFFERED}


def test_filters_of_others_are_not_offered(
    known: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pwd, "getpwuid", lambda uid: SimpleNamespace(pw_name="bo"))
    for asked in (["SAVED", ""], ["FILTER", "saved:"]):
        assert list(complete([*asked, "--db", str(home / "team.db")], {})) == []


def test_an_unknown_shell_is_refused_with_the_near_one(pipe: Type) -> None:
    refused = pipe("completions", "zhs")
    assert refused.code == 2
    assert "zsh" in refused.err


def test_whatever_goes_wrong_nothing_is_said(home: Path) -> None:
    (home / "no.db").write_bytes(b"no database at all" * 100)
    sqlite3.connect(home / "empty.db").close()
    for path in ("no.db", "empty.db", "missing.db", "."):
        assert list(complete(["DEAL,STAGE", "", "--db", str(home / path)], {})) == []
    assert list(complete(["NONSENSE", "", "--db", str(home / "no.db")], {})) == []
    assert list(complete([], {"PIPEBOARD_DB": "postgresql://nowhere/x"})) == []


def test_the_database_is_found_as_every_verb_finds_it(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        found = pipe("config", "show", "--json").json["config"]["database"]["value"]
        return str(Path(found).expanduser())

    assert database_path(os.environ) == told()
    for folder in ("xdg_config_dirs", "xdg_config_home"):
        file = home / folder / "pipeboard" / "config.toml"
        file.parent.mkdir(parents=True)
        file.write_text(f'database = "~/{file.parent.parent.name}.db"')
        assert database_path(os.environ) == told() == str(home / f"{file.parent.parent.name}.db")
    monkeypatch.setenv("PIPEBOARD_CONFIG", str(home / "own.toml"))
    (home / "own.toml").write_text(f'database = "{home}/own.db"')
    assert database_path(os.environ) == told() == str(home / "own.db")
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "other.db"))
    assert database_path(os.environ) == told() == str(home / "other.db")


def test_a_name_of_a_deal_cannot_put_a_second_line_or_an_escape_into_the_shell(
    team: Type, home: Path
) -> None:
    team("add", "Lumen Oy: \x1b[31mred 40k")
    offered = list(complete(["DEAL", "", "--db", str(home / "team.db")], {}))
    assert len(offered) == 1
    assert "\x1b" not in offered[0]


def test_no_word_or_meaning_that_another_program_stored_is_two_lines_of_the_shell(
    team: Type, home: Path
) -> None:
    team("rep", "set", "bo", "--team", "North", "--name", "Bo B")
    with closing(sqlite3.connect(home / "team.db")) as base:
        base.execute("update rep set display_name = 'B' || char(10) || 'o' where name = 'bo'")
        base.execute("update rep set team = 'N' || char(10) || 'rm' where name = 'ana'")
        base.commit()
    database = ("--db", str(home / "team.db"))
    assert list(complete(["TEAM", "", *database], {})) == ["North\t"]
    assert "bo\tB o" in complete(["REP", "", *database], {})


def test_what_is_offered_says_what_it_means(known: Path, team: Type, home: Path) -> None:
    assert team("add", "Kite: Kite renewal 1k").code == 0
    ref = team("list", "kite", "--ids").lines[0]

    def told(kind: str, typed: str) -> list[str]:
        return [*complete([kind, typed, "--db", str(home / "team.db")], {})]

    assert told("DEAL", ref) == [f"{ref}\tKite renewal"]
    assert told("DEAL", "kite") == [f"Kite\t{ref}"]
    assert team("add", "Kite: other").code == 0
    assert told("DEAL", "kite") == ["Kite\t2 deals"]
    assert told("STAGE", "pro") == ["Prospecting\tNew business"]
