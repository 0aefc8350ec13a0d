"""Which rows of which table somebody sees who does not see every deal: said again in Python."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeboard.domain.deal import Contact
from pipeboard.domain.settings import SEEN, Rep
from pipeboard.exchange.review_document import review_document
from pipeboard.store.opening import TABLES
from pipeboard.store.reading.sight import SEEN_OF, narrowed, quoted
from pipeboard.workspace.review import decide, hold, review
from tests.team import NEEDS, Team, add, qualify, sales
from tests.verbs import Workspace

Rows = list[Mapping[str, object]]
ODD = "o'b_d%~ y"
"""A name in which each sign means something to SQL."""


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Deals of three reps and of nobody, with something in every table of them."""
    team = Team.make(tmp_path_factory.mktemp("seen") / "team.db")
    olga = team.rep("olga")
    for name in ("bo", ODD, "o'bxd%~ y"):
        olga.save_rep(Rep(name, name, "north", True))
    for rep in ("ana", "bo", ODD, "o'bxd%~ y"):
        work(team.rep(rep), rep)
    nobodys = add(olga, "Open House: fair 5k @none").id
    olga.add_note([nobodys], "for whoever wants it")
    found = review(olga, sales(olga))
    hold(olga, sales(olga), review_document(found), at=found.at)
    mixed = [add(olga, f"Both: {rep} 9k @{rep}").id for rep in ("ana", "bo")]
    olga.tag(mixed, ["+both"])
    team.close()
    return team.path


def work(workspace: Workspace, rep: str) -> None:
    """What fills the tables of a deal."""
    deal = add(workspace, f"{rep} works: line 40k +fair").id
    workspace.assign([deal], rep)
    qualify(workspace, deal)
    workspace.set_fields([deal], ["fields.region=north"])
    workspace.log_touch([deal], "call")
    workspace.set_contact(deal, Contact("Mika Laine", "champion"))
    workspace.add_note([deal], f"a note of {rep}, @bo look, @ana look")
    workspace.move([deal], NEEDS, override="agreed")
    workspace.set_call(sales(workspace), "2026Q4", "10k")
    workspace.save_filter(f"of {rep}", "open")
    decide(workspace, deal, "thu send the offer")


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as opened:
        opened.row_factory = sqlite3.Row
        yield opened


def all_of(connection: sqlite3.Connection, table: str) -> Rows:
    return [dict(row) for row in connection.execute(f"SELECT * FROM main.{table}")]


def seen(connection: sqlite3.Connection, table: str, rep: str, *owners: str) -> Rows:
    sql = narrowed(f"select * from {table}", rep, rep, owners or (rep,))
    return [dict(row) for row in connection.execute(sql)]


SEEN_WHOLE = frozenset(
    ("workspace", "setting", "counter", "pipeline", "stage", "rep", "pipeline_version", "target",
     "fx_rate", "import_recipe", "saved_filter")
)  # fmt: skip
"""What a team agrees on, and nothing of a deal."""
OWNERS = (("ana",), ("bo",), (ODD,), ("ana", "bo"), ("zoe",))


def test_of_every_table_it_is_said_what_is_seen() -> None:
    assert set(SEEN_OF) | SEEN_WHOLE == set(TABLES)
    assert not set(SEEN_OF) & SEEN_WHOLE


@pytest.mark.parametrize("owners", OWNERS)
@pytest.mark.parametrize("table", sorted({*SEEN_OF} - {"command", "workspace_event"}))
def test_rows_of_deals_are_seen_by_who_sees_the_deal(
    table: str, owners: tuple[str, ...], connection: sqlite3.Connection
) -> None:
    owner_of = {row["id"]: row["owner"] for row in all_of(connection, "deal")}
    everything = all_of(connection, table)
    expected = [
        row
        for row in everything
        if (row["owner"] if "owner" in row and "deal_id" not in row else owner_of[row["deal_id"]])
        in ("", *owners)
    ]
    assert seen(connection, table, owners[0], *owners) == expected
    assert everything and len(expected) < len(everything)


@pytest.mark.parametrize("table", sorted(SEEN_WHOLE))
def test_what_a_team_agrees_on_is_seen_whole(table: str, connection: sqlite3.Connection) -> None:
    assert seen(connection, table, "ana") == all_of(connection, table)


@pytest.mark.parametrize("rep", ["ana", "bo", ODD, "zoe"])
def test_of_agreements_calls_of_others_and_reviews_are_not_seen(
    rep: str, connection: sqlite3.Connection
) -> None:
    everything = all_of(connection, "workspace_event")
    expected = [
        row
        for row in everything
        if row["topic"] != "review"
        and (row["topic"] != "call" or json.loads(str(row["key"]))[-1] == rep)
    ]
    assert seen(connection, "workspace_event", rep) == expected
    assert "review" in {row["topic"] for row in everything}
    assert len([row for row in expected if row["topic"] == "call"]) == (rep != "zoe")


@pytest.mark.parametrize("rep", ["ana", "bo", ODD, "olga", "zoe"])
def test_a_command_is_seen_by_who_gave_it_or_sees_a_deal_of_it(
    rep: str, connection: sqlite3.Connection
) -> None:
    owner_of = {row["id"]: row["owner"] for row in all_of(connection, "deal")}
    of_deals: dict[object, set[object]] = {}
    for row in all_of(connection, "event"):
        of_deals.setdefault(row["command_id"], set()).add(owner_of[row["deal_id"]])
    secret = {
        row["command_id"]
        for row in all_of(connection, "workspace_event")
        if row["topic"] in ("call", "review")
    }
    expected = {}
    for row in all_of(connection, "command"):
        owners = of_deals.get(row["id"], set())
        agreed = not owners and row["id"] not in secret
        if row["actor"] == rep or owners & {"", rep} or agreed:
            hides = row["actor"] != rep and owners - {"", rep}
            expected[row["id"]] = row["verb"] if hides else row["summary"]
    found = seen(connection, "command", rep)
    assert {row["id"]: row["summary"] for row in found} == expected
    whole = {row["id"]: row for row in all_of(connection, "command")}
    for row in found:
        assert {**row, "summary": ""} == {**whole[row["id"]], "summary": ""}


def test_only_questions_that_name_a_table_of_deals_are_narrowed() -> None:
    for sql in ("update deal set title = 'x'", "select * from rep", "select deals from dealer"):
        assert narrowed(sql, "ana", "ana", ("ana",)) == sql
    plain = narrowed("select 1 from note join rep", "ana", "ana", ("ana",))
    assert plain.startswith("with ") and "note " in plain and "touch " not in plain
    explained = narrowed("EXPLAIN QUERY PLAN SELECT id FROM deal", "ana", "ana", ("ana",))
    assert explained.startswith("EXPLAIN QUERY PLAN with deal ")
    assert quoted("o'b\0d") == "'o''bd'"


def test_whoever_reads_on_sees_the_deals_that_they_may_by_now(tmp_path: Path) -> None:
    team = Team.make(tmp_path / "team.db")
    olga, ana = team.rep("olga"), team.rep("ana")
    for name in ("ana", "bo", "none"):
        add(olga, f"{name}: pilot 1k @{name}")

    def seen() -> set[str]:
        return {deal.account for deal in ana.reader.each(today=ana.today, sort="id")}

    def changed(see: str, role: str) -> set[str]:
        olga.save_settings(replace(olga.settings, reps_see=SEEN.index(see)))
        olga.change_rep(Rep("ana", role=role))
        return seen()

    everybodys = {"ana", "bo", "none"}
    assert seen() == everybodys
    assert changed("own", "rep") == {"ana", "none"}
    assert changed("own", "manager") == everybodys
    assert changed("own", "rep") == {"ana", "none"}
    assert changed("all", "rep") == everybodys
    team.close()
