"""The welcome of somebody who has no database yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from pipeboard.domain.errors import DatabaseError
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.palette import theme
from pipeboard.ui.screens.first_run import Beginning, Facts, FirstRun, FirstWay
from tests.ui.overlays import Stage
from tests.ui.pseudo_terminal import PseudoTerminal


def _check(path: str) -> str:
    if path != "/srv/shared.db":
        raise DatabaseError("There is no database.")
    return "a Pipeboard database"


FACTS = Facts(
    "~/deals.db",
    (("needs", "Lead, Qualify"), ("minimal", "Prospecting, Qualified")),
    _check,
    "EUR",
    "Europe/Berlin",
    "ana",
    "80x24",
)


@asynccontextmanager
async def welcome(size: tuple[int, int] = (80, 24)) -> AsyncIterator[tuple[FirstRun, Stage]]:
    app = FirstRun(FACTS, theme("dark"), Glyphs.UNICODE)
    async with app.run_test(size=size) as pilot:
        stage = Stage(_untyped(pilot))
        await stage.until(lambda: stage.shows("Welcome"))
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
        await stage.until(lambda: stage.shows("Save"))
        await stage.type("usd")
        await stage.press("enter")
        await stage.until(lambda: stage.shows("Currency USD"))
        await stage.press("n")
        await stage.until(lambda: stage.shows("Prospecting"))
        await stage.press("down", "enter")
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


async def test_it_fits_a_small_screen() -> None:
    async with welcome((40, 12)) as (_, stage):
        await stage.press("i")
        assert stage.shows("import")


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
        terminal.wait_for_text("No deals yet")
        terminal.type("aNova Oy: pilot 40k\r")
        terminal.wait_for_text("Added Nova Oy")
        terminal.type("q")
        assert terminal.wait_for_end() == 0


@pytest.mark.parametrize("size", [(40, 12), (44, 20), (60, 24), (80, 24), (200, 60)])
async def test_no_line_is_cut_and_every_choice_can_be_seen(size: tuple[int, int]) -> None:
    async with welcome(size) as (_, stage):
        lines = stage.lines()
        assert "…" not in "".join(lines[1:-2])
        for label in ("Try the demo", "New pipeline", "Import a file", "Other currency"):
            assert stage.shows(label)
