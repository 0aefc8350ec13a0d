"""The board over a server: what a colleague does is shown, and what both changed is decided."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

from pipeboard.demo import SETTINGS, build
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from tests.postgres import Databases, own_server
from tests.team import NOW
from tests.ui.desk import desk
from tests.verbs import Workspace


@pytest.fixture
def place(postgres_databases: Databases) -> str:
    """A demo of a team on a server."""

    def make(url: str) -> None:
        store = Store.create(url, SETTINGS)
        build(store, deals=30, seed=1, now=NOW, me="ana")
        store.close()

    return postgres_databases.kept("screens", make)


@contextmanager
def somebody_else(place: str) -> Iterator[Workspace]:
    """The workspace of bo, in a connection of his own."""
    store = Store.open(place)
    try:
        yield Workspace(store, lambda: NOW, Actor("bo"))
    finally:
        store.close()


async def test_what_a_colleague_changes_is_shown_and_told(place: str, tmp_path: Path) -> None:
    async with desk(tmp_path / "none.db", place=place) as board:
        with somebody_else(place) as bo:
            bo.edit([board.card.id], {"account": "Renamed GmbH"})
        await board.until(lambda: board.shows("Renamed GmbH"))
        await board.until(lambda: "@bo" in board.status)


@pytest.mark.parametrize(("key", "value"), [("m", 7_000_00), ("t", 100_00)])
async def test_a_value_that_both_have_changed_is_decided_by_who_sees_both(
    place: str, tmp_path: Path, key: str, value: int
) -> None:
    async with desk(tmp_path / "none.db", place=place) as board:
        deal_id = board.card.id
        await board.press("$")
        await board.type("7k")
        with somebody_else(place) as bo:
            bo.edit([deal_id], {"value": Money(100_00, "EUR")})
        await board.press("enter")
        await board.until(lambda: board.shows("@bo at "))
        # Both are written in the same way, however they were typed.
        assert board.shows("€100") and board.shows("€7,000")
        await board.press(key)
        assert board.stored(deal_id).value == Money(value, "EUR")


async def test_in_a_form_each_field_is_decided(place: str, tmp_path: Path) -> None:
    async with desk(tmp_path / "none.db", place=place) as board:
        deal_id = board.card.id
        await board.press("e", "down", "ctrl+u")
        await board.type("Mine AG")
        with somebody_else(place) as bo:
            bo.edit([deal_id], {"value": Money(100_00, "EUR"), "account": "Bo and Sons"})
        await board.press("ctrl+s")
        await board.until(lambda: board.shows("Bo and Sons"))
        await board.press("f", "ctrl+s")
        await board.until(lambda: board.stored(deal_id).account == "Mine AG")
        assert board.stored(deal_id).value == Money(100_00, "EUR")


async def test_a_change_waits_for_a_server_that_is_away_and_is_then_stored_once(
    tmp_path: Path,
) -> None:
    with own_server() as server:
        store = Store.create(server.url, SETTINGS)
        build(store, deals=30, seed=1, now=NOW, me="ana")
        store.close()
        async with desk(tmp_path / "none.db", place=server.url) as board:
            deal_id = board.card.id
            await board.press("n")
            await board.type("Away")
            server.stop("fast")
            await board.pilot.press("enter")
            await board.until(lambda: "Waiting for the database server" in board.status)
            server.start()
            await board.settle()
            notes = board.workspace.reader.history.notes(deal_id)
            assert [note.text for note in notes].count("Away") == 1
            server.stop("fast")
            board.board._look()
            board.board._look()
            away = "The database server does not answer. Shown as it was."
            assert board.status.startswith(away)
            await board.pilot.press("n")
            await board.type("Given up")
            await board.pilot.press("enter")
            await board.until(lambda: "gives up" in board.status)
            await board.pilot.press("ctrl+c")
            await board.until(lambda: not board.app.key_queue.is_waiting)
            server.start()
            await board.until(lambda: "does not answer" not in board.status)
            assert "Given up: nothing was stored. What you typed is kept" in board.status


@pytest.mark.parametrize(
    "allows",
    ["GRANT SELECT ON ALL TABLES IN SCHEMA public TO {who}", "GRANT {owner} TO {who}"],
)
async def test_a_login_that_may_only_read_is_told_so_before_it_types(
    place: str, tmp_path: Path, allows: str
) -> None:
    who, whole = f"reads_{allows.split()[1].strip('{}').lower()}", urlsplit(place)
    with psycopg.connect(place, autocommit=True) as owner:
        owner.execute(f"CREATE ROLE {who} LOGIN")
        owner.execute(allows.format(who=who, owner=whole.username))
        owner.execute(f"ALTER ROLE {who} SET default_transaction_read_only = on")
        if "SELECT" in allows:
            owner.execute(f"ALTER ROLE {who} RESET default_transaction_read_only")
    try:
        reads = urlunsplit(whole._replace(netloc=f"{who}@{whole.netloc.rpartition('@')[2]}"))
        async with desk(tmp_path / "none.db", place=reads) as board:
            assert board.shows("READ-ONLY")
            await board.press("n")
            assert board.status.startswith("You may only look at this database.")
    finally:
        with psycopg.connect(place, autocommit=True) as owner:
            owner.execute(f"DROP OWNED BY {who}")
            owner.execute(f"DROP ROLE {who}")
