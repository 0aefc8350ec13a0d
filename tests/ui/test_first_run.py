"""The welcome of somebody who has no database yet."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from time import sleep

import pytest
from textual.pilot import Pilot

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.store import Store
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.key_table import read_keymap
from pipeboard.ui.palette import theme
from pipeboard.ui.screens.first_run import Beginning, Facts, FirstLook, FirstRun, FirstWay
from tests.ui.overlays import Stage
from tests.ui.pseudo_terminal import PseudoTerminal


def _check(path: str) -> str:
    if path != "/srv/shared.db":
        raise DatabaseError("There is no database.")
    return "a Pipeboard database"


FACTS = Facts(
    "~/deals.db",
    tuple((name, template(name, pipeline_name=name, currency="EUR")) for name in TEMPLATES),
    _check,
    "EUR",
    "Europe/Berlin",
    "ana",
    "80x24",
)


@asynccontextmanager
async def welcome(
    size: tuple[int, int] = (80, 24),
    keymap: Mapping[str, str] | None = None,
    *,
    welcomed: str = "Welcome",
) -> AsyncIterator[tuple[FirstRun, Stage]]:
    app = FirstRun(FACTS, FirstLook(theme("dark"), Glyphs.UNICODE, keymap or {}))
    async with app.run_test(size=size) as pilot:
        stage = Stage(_untyped(pilot))
        await stage.until(lambda: stage.shows(welcomed))
        yield app, stage


def _untyped(pilot: Pilot[Beginning]) -> Pilot[None]:
    return pilot  # type: ignore[return-value]


async def test_it_says_what_it_would_take_for_granted() -> None:
    async with welcome() as (_, stage):
        assert stage.shows("Nothing has been written yet")
        assert stage.shows("EUR")
        assert stage.shows("@ana")
        assert stage.shows("~/deals.db")


async def test_the_demo_is_one_key_away() -> None:
    async with welcome() as (app, stage):
        await stage.press("d")
        await stage.until(lambda: app.return_value is not None)
        assert app.return_value == Beginning(FirstWay.DEMO)


async def test_a_new_pipeline_has_the_stages_and_the_currency_that_were_chosen() -> None:
    async with welcome() as (app, stage):
        await stage.press("c")
        await stage.until(lambda: stage.shows("Choose"))
        await stage.type("usd")
        await stage.press("enter")
        await stage.until(lambda: stage.shows("Currency USD"))
        await stage.press("n")
        await stage.until(lambda: stage.shows("Lead Generation"))
        await stage.press("down", "down", "down", "enter")
        await stage.until(lambda: app.return_value is not None)
        assert app.return_value == Beginning(FirstWay.NEW, "minimal", "USD")


async def test_only_a_database_is_opened() -> None:
    async with welcome() as (app, stage):
        await stage.press("o")
        await stage.until(lambda: stage.shows("Path of"))
        await stage.press(*"nowhere", "enter")
        await stage.until(lambda: stage.shows("There is no database"))
        await stage.press("ctrl+u")
        stage.pilot.app.screen.query_one("LineInput").value = "/srv/shared.db"  # type: ignore[attr-defined]
        await stage.until(lambda: stage.shows("a Pipeboard database"))
        await stage.press("enter")
        await stage.until(lambda: app.return_value is not None)
        assert app.return_value == Beginning(FirstWay.OPEN, database="/srv/shared.db")


async def test_a_template_shows_its_stages_gates_and_questions_before_it_is_taken() -> None:
    async with welcome() as (app, stage):
        await stage.press("n", "j")
        assert stage.shows("Prospecting")
        assert stage.shows("to leave it: Need answered, Timeline answered, Authority and budget")
        assert stage.shows("7 questions of each deal: Need")
        await stage.press("escape")
        assert stage.shows("Welcome") and app.return_value is None


async def test_a_file_to_import_is_asked_for_elsewhere_in_the_currency_that_was_chosen() -> None:
    async with welcome() as (app, stage):
        await stage.press("i")
        await stage.until(lambda: app.return_value is not None)
        assert app.return_value == Beginning(FirstWay.IMPORT, currency="EUR")


async def test_its_keys_are_the_persons_own() -> None:
    async with welcome(keymap=read_keymap({"first.demo": "x"})) as (app, stage):
        assert stage.shows("x Demo")
        await stage.press("d")
        assert app.return_value is None
        await stage.press("x")
        await stage.until(lambda: app.return_value is not None)
        assert app.return_value == Beginning(FirstWay.DEMO)


async def test_a_key_without_a_use_says_so() -> None:
    async with welcome() as (_, stage):
        await stage.press("Z")
        assert stage.shows("Z does nothing here. ? tells the keys.")


async def test_help_lists_its_keys() -> None:
    async with welcome() as (_, stage):
        await stage.press("question_mark")
        assert stage.shows("Help: First run")
        await stage.press("escape")
        assert stage.shows("Welcome")


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (60, 20), (80, 24), (120, 40)])
async def test_no_line_is_cut_on_any_screen(size: tuple[int, int]) -> None:
    async with welcome(size) as (_, stage):
        for _ in range(5):
            assert not [line for line in stage.lines() if "…" in line]
            await stage.press("j")


def test_leaving_it_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deals.db"
    with PseudoTerminal(["-m", "pipeboard", "--db", str(path)]) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("q")
        assert terminal.wait_for_end() == 0
    assert not path.exists()


def test_a_new_pipeline_opens_its_board(tmp_path: Path) -> None:
    path = tmp_path / "deals.db"
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    with PseudoTerminal(["-m", "pipeboard", "--db", str(path)], environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("n\r")
        terminal.wait_for_text("Company: title")
        terminal.type("Nova Oy: pilot 40k\r")
        terminal.wait_for_text("Added Nova Oy")
        terminal.type("q")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("pause_s", [0.0, 0.3])
@pytest.mark.parametrize(
    ("way", "typed", "shown"),
    [("n\r", "/Nova Oy: pilot 40k\r", "Added /Nova Oy"), ("i", "/usr/sh", "share/")],
)
def test_what_is_typed_ahead_of_the_first_question_goes_to_it(
    way: str, typed: str, shown: str, pause_s: float, tmp_path: Path
) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    arguments = ["-m", "pipeboard", "--db", str(tmp_path / "deals.db")]
    with PseudoTerminal(arguments, environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type(way if pause_s else way + typed)
        if pause_s:
            sleep(pause_s)
            terminal.type(typed)
        terminal.wait_for_text(shown)


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (60, 24), (80, 24), (200, 60)])
async def test_no_line_is_cut_and_every_choice_can_be_seen(size: tuple[int, int]) -> None:
    async with welcome(size) as (_, stage):
        lines = stage.lines()
        assert "…" not in "".join(lines[1:-2])
        for label in ("Try the demo", "New pipeline", "Import a file", "Other currency"):
            assert stage.shows(label)


@pytest.mark.parametrize("amount", ["{}", "{} NZD"])
def test_a_file_is_looked_at_then_imported_and_its_deals_are_on_the_board(
    tmp_path: Path, amount: str
) -> None:
    path, file = tmp_path / "deals.db", tmp_path / "old.csv"
    amounts = [amount.format(40), amount.format(50)]
    file.write_text("id,name,stage,amount\n1,Nova,Talk,{}\n2,Lumen,Sign,{}\n".format(*amounts))
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    with PseudoTerminal(["-m", "pipeboard", "--db", str(path)], environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("i")
        terminal.wait_for_text("Import which file")
        terminal.type("\x1b")
        terminal.wait_for_text("Welcome")
        assert not path.exists()
        terminal.type("i")
        terminal.wait_for_text("Import which file")
        terminal.type(str(file))
        terminal.wait_for_text("bytes")
        terminal.type("\r")
        terminal.wait_for_text("2 rows")
        terminal.type("P")
        terminal.wait_for_text("Into which pipeline")
        terminal.type("2")
        terminal.wait_for_text("Name of the new pipeline")
        terminal.type("\r4")
        terminal.wait_for_text("Into Old would come")
        assert not path.exists()
        terminal.type("\r")
        terminal.wait_for_text("2 deals imported")
        terminal.wait_for_text("Nova")
        terminal.type("qq")
        assert terminal.wait_for_end() == 0
    store = Store.open(str(path))
    currency = store.reader.settings().currency
    assert (currency == "NZD") is amount.endswith("NZD")
    assert {one.currency for one in store.reader.pipelines()} == {currency}
    store.close()


def test_the_demo_begins_with_a_tour_and_ends_with_how_to_begin(tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    arguments = ["-m", "pipeboard", "--db", str(tmp_path / "deals.db")]
    with PseudoTerminal(arguments, environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("d")
        terminal.wait_for_text("goes one card down")
        terminal.type("j")
        terminal.wait_for_text("moves the deal on")
        terminal.type("q")
        terminal.wait_for_text("Begin with your own deals")
        assert terminal.wait_for_end() == 0
    assert not (tmp_path / "deals.db").exists()


def test_a_whole_workspace_is_taken_in_after_a_yes_and_is_on_the_board(tmp_path: Path) -> None:
    old, path, file = (tmp_path / name for name in ("old.db", "deals.db", "all.json"))
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    for line in (["demo", "--no-open", "--db", old], ["export", "--whole", "--to", file]):
        command = [sys.executable, "-m", "pipeboard", *map(str, line)]
        subprocess.run(command, check=True, env={**os.environ, **environ, "PIPEBOARD_DB": str(old)})
    with PseudoTerminal(["-m", "pipeboard", "--db", str(path)], environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("i")
        terminal.wait_for_text("Import which file")
        terminal.type(str(file))
        terminal.wait_for_text("kB")
        terminal.type("\r")
        terminal.wait_for_text("is a whole workspace")
        assert not path.exists()
        terminal.type("y")
        terminal.wait_for_text("New business")
        terminal.wait_for_text("Next step")
        terminal.type("qq")
        assert terminal.wait_for_end() == 0
    assert path.exists()


@pytest.mark.parametrize("text", ["", "}", '"database_schema":1,"tables":{}}'])
def test_a_whole_workspace_that_is_damaged_leaves_nothing_behind(tmp_path: Path, text: str) -> None:
    path, file = tmp_path / "deals.db", tmp_path / "all.json"
    file.write_text('{"schema":1,"kind":"pipeboard workspace",' + text, "utf-8")
    environ = {"XDG_STATE_HOME": str(tmp_path)}
    with PseudoTerminal(["-m", "pipeboard", "--db", str(path)], environ=environ) as terminal:
        terminal.wait_for_text("Welcome")
        terminal.type("i")
        terminal.wait_for_text("Import which file")
        terminal.type(str(file))
        terminal.wait_for_text("bytes")
        terminal.type("\r")
        terminal.wait_for_text("is a whole workspace")
        terminal.type("y")
        terminal.wait_for_text("Esc Back")
        terminal.type("\x1b")
        terminal.wait_for_text("Welcome")
        assert not path.exists()


async def test_ctrl_c_says_how_to_leave_with_the_key_that_a_person_has() -> None:
    async with welcome(keymap=read_keymap({"app.leave": "f9"})) as (_, stage):
        await stage.press("ctrl+c")
        assert stage.shows("Nothing is under way; f9 quits.")
        await stage.press("n", "ctrl+c")
        assert stage.shows("Stages of the new pipeline")
        assert stage.shows("Nothing is under way; f9 quits.")
        await stage.press("x")
        assert stage.shows("x does nothing here; Esc cancels.")
