"""Rights by login on a server: what each role may, held by the server itself, whatever program."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit

import pytest

from pipeboard.cli import config
from pipeboard.domain.settings import Rep
from pipeboard.store.grants import script
from pipeboard.store.opening import TABLES
from tests.cli.conftest import Type
from tests.postgres import Databases, require

Sit = Callable[[str], None]
REPS = (
    ("gia", "rep"), ("gus", "rep"), ("gwen", "manager"), ("gil", "viewer"), ("gota", "owner"),
)  # fmt: skip
"""Logins of a server are everybody's on it: names that no other test has."""


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Somebody else sits down: the account of the process and the login are theirs."""

    def sits(name: str) -> None:
        monkeypatch.setattr(config, "account_name", lambda: name)
        url = urlsplit(os.environ["PIPEBOARD_DB"])
        there = f"{url.hostname}:{url.port}"
        monkeypatch.setenv("PIPEBOARD_DB", url._replace(netloc=f"{name}@{there}").geturl())

    return sits


@pytest.fixture
def office(
    pipe: Type, home: object, sit: Sit, monkeypatch: pytest.MonkeyPatch, request: Any
) -> Iterator[Type]:
    """A workspace on a server whose owner has run the script; gota sits there."""
    require()
    databases: Databases = request.getfixturevalue("postgres_databases")
    url = databases.new(f"grants{abs(hash(request.node.name)) % 10**8}")
    monkeypatch.setenv("PIPEBOARD_DB", url)
    monkeypatch.setattr(config, "account_name", lambda: "gota")
    for line in (
        ("init", "--template", "minimal", "--currency", "EUR", "--zone", "Europe/Berlin"),
        *(("rep", "add", name) for name, _ in REPS),
        ("add", "Lumen Oy: pilot 40k @gia"),
        ("add", "Secret Works: line 777 @gus"),
        ("note", "2", "-m", "secret note"),
        ("add", "Open House: fair 5k @none"),
        *(("rep", "set", name, "--role", role) for name, role in REPS if role != "owner"),
    ):
        done = pipe(*line)
        assert done.code == 0, (line, done)
    for name, _ in REPS:
        say(url, f"DO $$ BEGIN IF to_regrole('{name}') IS NULL THEN CREATE ROLE {name} LOGIN;"
                 " END IF; END $$")  # fmt: skip
    script = pipe("init", "--grants")
    assert script.code == 0
    for _ in range(2):  # it may be run again
        say(url, script.out)
    sit("gota")
    yield pipe
    databases.drop(url)


def say(url: str, sql: str) -> list[tuple[Any, ...]]:
    """What a server answers to whoever logs in so, with whatever program."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        done = connection.execute(sql.encode())
        return done.fetchall() if done.description else []


def refused(sql: str) -> bool:
    """Whether the server refuses a statement to who sits there, or finds nothing to do it to."""
    import psycopg

    try:
        with psycopg.connect(os.environ["PIPEBOARD_DB"]) as connection:
            return connection.execute(sql.encode()).rowcount == 0
    except psycopg.errors.InsufficientPrivilege:
        return True


def seen(table: str) -> int:
    return int(say(os.environ["PIPEBOARD_DB"], f"SELECT count(*) FROM {table}")[0][0])


OF_DEALS = "deal_tag deal_field answer contact deal_ask note touch deal_facts"
AGREED = "setting pipeline stage pipeline_version target fx_rate"
RIGHTS: dict[tuple[str, str], str] = {
    ("SELECT", "viewer"): " ".join(TABLES),
    ("INSERT", "rep"): f"command event workspace_event deal stage_total import_recipe {OF_DEALS}"
    " saved_filter rep",
    ("UPDATE", "rep"): f"deal stage_total import_recipe {OF_DEALS} saved_filter",
    ("UPDATE (digest, undone)", "rep"): "command",
    ("UPDATE (value)", "rep"): "counter",
    ("DELETE", "rep"): f"{OF_DEALS} saved_filter",
    **{(what, "manager"): f"{AGREED} rep" for what in ("INSERT", "UPDATE", "DELETE")},
}
"""What a group may do to which tables, beside what the group before it may."""
HELD: dict[str, str] = {
    "SELECT": f"deal {OF_DEALS} event command workspace_event counter rep",
    "INSERT": f"deal {OF_DEALS} event command workspace_event rep",
    "UPDATE": f"deal {OF_DEALS} command counter rep",
    "DELETE": f"{OF_DEALS} rep",
    "ALL": "saved_filter",
}
"""The tables that have a policy, by what it is for: one that has any has none but these."""


def test_the_script_grants_each_role_its_rights_and_no_more() -> None:
    text = script("team", [])
    granted: dict[tuple[str, str], set[str]] = {}
    for rights, tables, role in re.findall(r"GRANT (.+) ON (.+) TO pipeboard_(\w+);", text):
        if not tables.startswith("SCHEMA"):
            for right in [rights] if "(" in rights else rights.split(", "):
                names = {name.removeprefix('"team".') for name in tables.split(", ")}
                granted.setdefault((right, role), set()).update(names)
    assert granted == {key: set(tables.split()) for key, tables in RIGHTS.items()}
    roles = ["viewer", "rep", "manager", "owner"]
    assert re.findall(r"CREATE ROLE pipeboard_(\w+) NOLOGIN", text) == roles
    steps = re.findall(r"GRANT pipeboard_(\w+) TO pipeboard_(\w+);", text)
    assert steps == list(pairwise(roles))


def test_the_script_holds_the_rows_of_each_table() -> None:
    text = script("team", [])
    held: dict[str, set[str]] = {}
    for name, table, what in re.findall(r"CREATE POLICY (\w+) ON \"team\"\.(\w+) FOR (\w+)", text):
        assert name == f"pipeboard_{what.lower()}"
        assert f'DROP POLICY IF EXISTS {name} ON "team".{table};' in text
        held.setdefault(what, set()).add(table)
    assert held == {what: set(tables.split()) for what, tables in HELD.items()}
    locked = re.findall(r'ALTER TABLE "team"\.(\w+) ENABLE ROW LEVEL SECURITY', text)
    assert sorted(locked) == sorted(set().union(*held.values()))
    numbered = re.findall(r'CREATE TRIGGER pipeboard_number BEFORE INSERT ON "team"\.(\w+)', text)
    assert set(numbered) == {"event", "workspace_event"}
    assert "{" not in text.replace("'{}'", "")  # every place was filled


def test_who_works_is_put_into_the_group_of_their_role() -> None:
    reps = [Rep("ana", role="owner"), Rep('b"o', role="rep"), Rep("cy", role=""),
            Rep("di", role="manager", active=False)]  # fmt: skip
    members = re.findall(r" GRANT pipeboard_(\w+) TO (\".+?\"); END IF", script("team", reps))
    assert members == [("owner", '"ana"'), ("rep", '"b""o"')]


def test_a_login_sees_the_deals_of_its_team_and_of_whom_it_acts_for(office: Type, sit: Sit) -> None:
    def sees(who: str, *lines: tuple[str, ...]) -> int:
        sit("gota")
        for line in lines:
            done = office(*line)
            assert done.code == 0, (line, done)
        sit(who)
        return seen("deal")

    north = ("rep", "set", "gus", "--team", "North")
    assert sees("gia", ("setting", "set", "reps-see", "team"), north) == 2
    assert sees("gia", ("rep", "set", "gia", "--team", "North")) == 3
    assert sees("gia", ("rep", "set", "gia", "--team", "South")) == 2
    assert sees("gia", ("rep", "set", "gia", "--team", "North")) == 3
    assert sees("gia", ("setting", "set", "reps-see", "own")) == 2
    assert sees("gia", ("rep", "set", "gia", "--acts-for", "gus")) == 3
    assert sees("gia", ("rep", "set", "gia", "--acts-for", "none")) == 2
    assert sees("gia", ("rep", "set", "gia", "--acts-for", "*")) == 3
    assert sees("gil") == 1
    assert sees("gil", ("setting", "set", "reps-see", "all")) == 3


DAY: tuple[tuple[str, ...], ...] = (
    ("add", "Kestrel: spares 7k"),
    ("set", "1", "value=50k"),
    ("tag", "1", "+hot"),
    ("contact", "1", "Mika Laine"),
    ("note", "1", "-m", "met"),
    ("log", "1", "call"),
    ("next", "1", "fri call"),
    ("move", "1", "Qualified", "--override", "agreed"),
    ("won", "1", "--override", "signed"),
    ("reopen", "1"),
    ("lost", "1", "--category", "price", "--recycle", "+1d"),
    ("undo",),
    ("redo",),
    ("undo",),
    ("archive", "1"),
    ("unarchive", "1"),
    ("assign", "3", "gus"),
    ("filter", "save", "mine", "owner:me"),
    ("call", "set", "2026Q4", "10k"),
    ("undo",),
    ("import", "more.csv", "--set", "stage=Prospecting", "-y"),
    ("undo",),
    ("list",),
    ("metrics",),
    ("review",),
    ("history",),
    ("triage",),
)


@pytest.mark.parametrize("who", ["gia", "gwen", "gota"])
@pytest.mark.parametrize("see", ["all", "own"])
def test_whoever_may_works_a_day_under_the_policies(
    who: str, see: str, office: Type, sit: Sit, home: Any
) -> None:
    assert office("setting", "set", "reps-see", see).code == 0
    assert office("setting", "set", "reps-edit", "own").code == 0
    (home / "more.csv").write_text("title,account,value,owner\nRobots,Orion,5000,gia\n")
    sit(who)
    for line in DAY:
        done = office(*line)
        assert done.code == 0, (line, done)
    sit("gota")
    assert "broken" not in office("doctor").out


@pytest.mark.parametrize("who", ["gia", "gus", "gil", "gwen"])
def test_a_login_reads_what_its_role_sees(who: str, office: Type, sit: Sit) -> None:
    assert office("setting", "set", "reps-see", "own").code == 0
    sit(who)
    deals = {"gia": 2, "gus": 2, "gil": 1, "gwen": 3}[who]
    assert seen("deal") == deals
    assert len(office("list", "--json").json["deals"]) == deals
    assert seen("note") == (1 if who in ("gus", "gwen") else 0)
    told = say(os.environ["PIPEBOARD_DB"], "SELECT count(*) FROM event WHERE data LIKE '%ecret%'")
    assert (told[0][0] > 0) is (who in ("gus", "gwen"))


WRONG: dict[str, tuple[str, ...]] = {
    "the past is changed": ("UPDATE event SET data = '{}'", "DELETE FROM event",
                            "UPDATE command SET summary = 'x'", "DELETE FROM command",
                            "DELETE FROM workspace_event", "TRUNCATE event"),
    "somebody else is named": (
        "INSERT INTO command (seq, id, at, actor, acting_as, verb, summary, undone)"
        " VALUES (999, 'x', 1, 'gota', '', 'note', 'x', false)",
    ),
    "a deal of another is changed": ("UPDATE deal SET title = 'x' WHERE id = 2",
                                     "DELETE FROM deal", "UPDATE note SET text = 'x'",
                                     "DELETE FROM note"),
    "oneself is made more": ("UPDATE rep SET role = 'owner'", "DELETE FROM rep",
                             "INSERT INTO rep (name, display_name, team, active, role, acts_for)"
                             " VALUES ('x', '', '', true, 'owner', '')"),
    "what the team agreed on is changed": ("UPDATE setting SET value = '0'",
                                           "DELETE FROM setting", "UPDATE stage SET name = 'x'",
                                           "UPDATE target SET amount_minor = 1",
                                           "UPDATE workspace SET id = 'x'"),
    "the schema is changed": ("UPDATE counter SET value = 99 WHERE name = 'schema'",
                              "DROP TABLE deal", "ALTER TABLE deal DISABLE ROW LEVEL SECURITY",
                              "DROP POLICY pipeboard_select ON deal"),
}  # fmt: skip


@pytest.mark.parametrize("see", ["all", "own"])
@pytest.mark.parametrize("what", WRONG)
def test_a_reps_login_is_refused_by_the_server_where(
    what: str, see: str, office: Type, sit: Sit
) -> None:
    assert office("setting", "set", "reps-see", see).code == 0
    assert office("setting", "set", "reps-edit", "own").code == 0
    sit("gia")
    for sql in WRONG[what]:
        try:
            assert refused(sql), sql
        except Exception as error:  # an owner's statement has an error of its own
            assert "must be owner" in str(error), sql


def test_a_viewers_login_only_looks(office: Type, sit: Sit) -> None:
    sit("gil")
    for table in TABLES:
        assert refused(f"DELETE FROM {table}"), table
    assert refused("UPDATE deal SET title = 'x'")
    assert office("list").code == 0


def test_a_manager_makes_no_owner_and_an_owner_does(office: Type, sit: Sit) -> None:
    sit("gwen")
    assert refused("UPDATE rep SET role = 'owner' WHERE name = 'gwen'")
    assert office("rep", "set", "gus", "--team", "North").code == 0
    assert office("target", "set", "2026Q4", "100k").code == 0
    sit("gota")
    assert office("rep", "set", "gwen", "--role", "owner").code == 0


def test_an_account_of_another_name_than_its_login_is_told_so(
    office: Type, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    sit("gia")
    monkeypatch.setattr(config, "account_name", lambda: "gus")
    done = office("note", "3", "-m", "hello")
    assert done.code == 5
    assert "login is called as the account" in done.err


def test_a_change_of_role_holds_at_once(office: Type, sit: Sit) -> None:
    assert office("setting", "set", "reps-see", "own").code == 0
    sit("gia")
    assert seen("deal") == 2
    sit("gota")
    assert office("rep", "set", "gia", "--role", "manager").code == 0
    sit("gia")
    assert seen("deal") == 3


def test_the_doctor_judges_no_history_by_a_part_of_it(office: Type, sit: Sit) -> None:
    assert "Every row is what the history says" in office("doctor").out
    assert office("setting", "set", "reps-see", "own").code == 0
    sit("gia")
    done = office("doctor")
    assert (done.code, "a login that sees all" in done.out) == (0, True), done


def test_a_row_about_a_deal_that_a_login_does_not_see_changes_nothing(
    office: Type, sit: Sit, home: Any
) -> None:
    assert office("set", "2", "external_id=E-2").code == 0
    assert office("setting", "set", "reps-see", "own").code == 0
    (home / "more.csv").write_text("id,title,account,value\nE-2,Robots,Orion,5000\n")
    sit("gia")
    done = office("import", "more.csv", "--set", "stage=Prospecting", "-y")
    sit("gota")
    assert len(office("list", "--json").json["deals"]) == (4 if done.code == 0 else 3)


def test_leads_of_others_come_back_when_somebody_looks_who_changes_their_own_only(
    office: Type, sit: Sit, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert office("lost", "2", "--category", "price", "--recycle", "+1d").code == 0
    assert office("setting", "set", "reps-edit", "own").code == 0
    monkeypatch.setenv("PIPEBOARD_NOW", "2099-01-05T09:00:00+00:00")
    sit("gia")
    done = office("recycle")
    assert (done.code, "Came back" in done.err) == (0, True), done
    (lead,) = (one for one in office("list", "--json").json["deals"] if one["id"] > 3)
    assert lead["owner"] == "gus"
    assert office("tag", str(lead["id"]), "+mine").code == 4
    assert refused(f"UPDATE deal SET title = 'x' WHERE id = {lead['id']}")
    sit("gota")
    assert "Every row is what the history says" in office("doctor").out


def test_a_file_has_no_grants(pipe: Type, team: Type) -> None:
    done = pipe("init", "--grants")
    assert (done.code, "no grants" in done.err) == (2, True)


@pytest.mark.parametrize(
    "line",
    [
        "add Beta: x 3k", "move 1 Qualified", "note 1 -m hello", "undo", "target set 2026Q4 100k",
        "rep set gil --role owner", "setting set reps-see own", "pipeline new Other",
    ],
)  # fmt: skip
def test_a_viewer_hears_of_their_role_and_not_of_a_table(office: Type, sit: Sit, line: str) -> None:
    sit("gil")
    done = office(*line.split())
    assert done.code == 4
    assert "@gil is a viewer here" in done.err
    assert "counter" not in done.err


def test_whoever_has_no_login_yet_keeps_nobody_from_theirs(
    office: Type, postgres_databases: Databases
) -> None:
    path = urlsplit(os.environ["PIPEBOARD_DB"]).path
    owner = urlsplit(postgres_databases.url)._replace(path=path).geturl()
    say(owner, "REVOKE pipeboard_viewer FROM gil")
    say(owner, script("public", [Rep("aaron", role="rep"), Rep("gil", role="viewer")]))
    assert say(owner, "SELECT to_regrole('aaron')") == [(None,)]
    assert say(owner, "SELECT pg_has_role('gil', 'pipeboard_viewer', 'MEMBER')") == [(True,)]
