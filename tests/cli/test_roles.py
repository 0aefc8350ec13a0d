"""Roles: what somebody may not do cannot be done by any verb, and says who may."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import pipeboard.workspace
from pipeboard.cli import config
from pipeboard.cli.verbs import CHANGING, TOKENED
from pipeboard.domain.agreements import Topic
from pipeboard.domain.deciding import deal_verbs
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.people import Actor
from pipeboard.domain.roles import WHO_MAY_AGREE, NotAllowed, Rights, Role, who_may
from pipeboard.store import Store
from tests.cli.conftest import Result, Type

PEOPLE = {"stranger": None, "vera": "viewer", "rob": "rep", "mia": "manager", "olga": "owner"}
Sit = Callable[[str], None]
# A line for each verb that changes something, and the least role that may.
LINES: dict[str, tuple[str, tuple[str, ...]]] = {
    "add": ("rep", ("add", "Acme: press 1k")),
    "set": ("rep", ("set", "1", "value=50k")),
    "assign": ("rep", ("assign", "1", "mia")),
    "tag": ("rep", ("tag", "1", "+hot")),
    "archive": ("rep", ("archive", "1")),
    "unarchive": ("rep", ("unarchive", "3")),
    "merge": ("rep", ("merge", "1", "2")),
    "move": ("rep", ("move", "1", "Qualified", "--override", "agreed")),
    "won": ("rep", ("won", "1", "--override", "signed")),
    "lost": ("rep", ("lost", "1", "--category", "price")),
    "reopen": ("rep", ("reopen", "4")),
    "next": ("rep", ("next", "1", "fri call")),
    "log": ("rep", ("log", "1", "call")),
    "note": ("rep", ("note", "1", "-m", "met")),
    "answer": ("rep", ("answer", "5", "need", "a lot")),
    "snooze": ("rep", ("snooze", "1", "2w")),
    "contact": ("rep", ("contact", "1", "Mika Laine")),
    "term": ("rep", ("term", "1", "payment=30 days")),
    "tick": ("rep", ("tick", "5", "First contact")),
    "recycle": ("rep", ("recycle",)),
    "review": ("manager", ("review", "--hold")),
    "import": ("rep", ("import", "more.csv", "--set", "stage=Prospecting", "-y")),
    "filter save": ("rep", ("filter", "save", "big", "value>1k")),
    "filter rename": ("rep", ("filter", "rename", "all", "every")),
    "filter forget": ("rep", ("filter", "forget", "all")),
    "call set": ("rep", ("call", "set", "2026Q4", "10k")),
    "undo": ("rep", ("undo",)),
    "redo": ("rep", ("redo",)),
    "target set": ("manager", ("target", "set", "2026Q4", "100k")),
    "fx set": ("manager", ("fx", "set", "USD", "0.9")),
    "setting set": ("manager", ("setting", "set", "fiscal-start", "april")),
    "pipeline new": ("manager", ("pipeline", "new", "Renewals", "--template", "minimal")),
    "pipeline apply": ("manager", ("pipeline", "apply", "new.toml")),
    "rep add": ("manager", ("rep", "add", "dan")),
    "rep set": ("manager", ("rep", "set", "rob", "--team", "North")),
    "backup make": ("manager", ("backup",)),
    "backup restore": ("owner", ("backup", "restore", "kept.db", "-y")),
    "doctor": ("manager", ("doctor", "--fix")),
    "migrate": ("owner", ("migrate", "--to", "elsewhere.db")),
}
# What opens no shared workspace, or asks at a terminal before anything else.
FILES = ("team.db", "kept.db", "more.csv", "new.toml")
ASIDE = {"init", "demo", "tour", "config edit", "pipeline edit"}


@pytest.fixture
def sit(monkeypatch: pytest.MonkeyPatch) -> Sit:
    """Somebody else sits down: the account of the process is theirs."""
    return lambda name: monkeypatch.setattr(config, "account_name", lambda: name)


@pytest.fixture(scope="module")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the files of the workspace, which is made once."""
    return tmp_path_factory.mktemp("office")


@pytest.fixture
def office(
    pipe: Type, home: Path, sit: Sit, monkeypatch: pytest.MonkeyPatch, made_before: Path
) -> Type:
    """A workspace with everybody in it, and something of each kind to change."""
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "team.db"))
    sit("olga")
    if not any(made_before.iterdir()):
        _furnish(pipe, home)
        for path in FILES:
            shutil.copy(home / path, made_before)
    for path in FILES:
        shutil.copy(made_before / path, home)
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-11-30T09:00:00Z")
    return pipe


def _furnish(pipe: Type, home: Path) -> None:
    for line in (
        ("init", "--template", "minimal", "--currency", "EUR", "--zone", "Europe/Berlin"),
        ("pipeline", "new", "Needs", "--template", "needs"),
        *(("rep", "add", name) for name in ("rob", "mia", "vera")),
        ("add", "Lumen Oy: pilot 40k @rob"),
        ("add", "Kestrel: spares 5k @rob"),
        ("add", "Jäger: kiln 7k @rob"),
        ("add", "Borealis: robot 9k @mia"),
        ("add", "Acme: line 3k @rob", "-p", "Needs"),
        ("archive", "3"),
        ("lost", "4", "--category", "price", "--recycle", "+1d"),
        ("filter", "save", "all", "open"),
        ("backup", "kept.db"),
        *(("rep", "set", name, "--role", role) for name, role in PEOPLE.items() if role),
    ):
        if line[0:2] == ("rep", "set") and line[2] == "olga":
            continue
        done = pipe(*line)
        assert done.code == 0, (line, done)
    (home / "more.csv").write_text("title,account,value\nRobots,Orion,5000\n")
    (home / "new.toml").write_text(pipe("pipeline", "show", "--toml").out.replace("Qual", "Cal"))


def commands(home: Path) -> list[object]:
    with closing(sqlite3.connect(home / "team.db")) as connection:
        return connection.execute("SELECT id FROM command ORDER BY seq").fetchall()


def is_of_role(done: Result) -> bool:
    return done.code == 4 and "is for" in done.err


def below(needed: str) -> list[str]:
    least = Role(needed).rank
    return [n for n, role in PEOPLE.items() if role is None or Role(role).rank < least]


def lowest(needed: str) -> str:
    return next(name for name, role in PEOPLE.items() if role == needed)


def test_every_verb_that_changes_something_is_tried_here() -> None:
    assert set(LINES) == CHANGING - ASIDE, "LINES wants a line of a new verb, and who may say it"


def test_a_rep_may_whatever_a_deal_has_a_rule_for_and_an_owner_alone_what_nobody_has_named() -> (
    None
):
    mine = Rights(Actor("rob"), Role.REP, Role.REP, frozenset(), False, False, None, ())
    for verb in deal_verbs():
        mine.check(verb)
    with pytest.raises(NotAllowed, match="owner"):
        mine.check("what nobody has named")


def test_of_every_verb_that_a_use_case_records_it_is_said_who_may() -> None:
    use_cases = Path(pipeboard.workspace.__file__).parent.glob("*.py")
    recorded = {
        verb
        for path in use_cases
        for verb in re.findall(r'as_command\("([a-z ]+)"', path.read_text("utf-8"))
    }
    assert {"decide", "review", "merge"} <= recorded
    assert recorded <= set(who_may())


def test_everything_that_a_team_agrees_on_stands_in_the_table_of_who_may() -> None:
    assert set(WHO_MAY_AGREE) == set(Topic)


@pytest.mark.parametrize(
    ("verb", "who"), [(verb, who) for verb, (role, _) in LINES.items() for who in below(role)]
)
def test_whoever_may_not_cannot_and_is_told_who_may(
    verb: str, who: str, office: Type, sit: Sit, home: Path
) -> None:
    before = commands(home)
    sit(who)
    done = office(*LINES[verb][1])
    assert is_of_role(done) or (verb in ("undo", "redo") and "nothing" in done.err), done
    assert is_of_role(done) is False or "@mia" in done.err or "@olga" in done.err
    assert commands(home) == before


@pytest.mark.parametrize("verb", LINES)
def test_the_least_role_is_enough(verb: str, office: Type, sit: Sit) -> None:
    role, line = LINES[verb]
    sit(lowest(role))
    assert not is_of_role(office(*line))


# What changes several deals with one line, or makes them.
SEVERAL = {
    "add -": ("add", "-"),
    "won with what follows": ("won", "1", "2", "--override", "signed", "--follow-up", "+14d"),
    "lost with a day": ("lost", "1", "2", "--category", "price", "--recycle", "+6m"),
    "assign": ("assign", "1", "2", "kim", "--new-rep", "--note", "yours"),
    "import with stages": ("import", "more.csv", "--into", "New", "--stages", "A", "--set=stage=A"),
}


@pytest.mark.parametrize("name", [*LINES, *SEVERAL])
def test_what_was_typed_as_one_line_is_one_command_and_so_one_undo(
    name: str, office: Type, home: Path
) -> None:
    line = SEVERAL.get(name) or LINES[name][1]
    before = commands(home)
    done = office(*line, stdin="Delta: one 1k\nEcho: two @rob\n")
    if name in SEVERAL:
        assert (done.code, len(commands(home)) - len(before)) == (0, 1), done
        deals = office("list", "--json").json["deals"]
        assert office("undo").code == 0
        assert office("list", "--json").json["deals"] != deals
        refs = office("list", "--ids").out
        assert refs == "D-1\nD-2\nD-4\nD-5\n"
        assert office("list", "open", "--count").out == "3\n"
    else:
        assert len(commands(home)) - len(before) <= 1, done


WRITES_A_FILE = {
    "demo": ("demo", "--no-open", "--db", "made.db"),
    "init": ("init", "--db", "made.db"),
    "export": ("export", "--to", "made.csv"),
    "export --whole": ("export", "--whole", "--to", "made.json"),
    "import --save-recipe": (*LINES["import"][1], "--save-recipe", "made.json"),
}


@pytest.mark.parametrize("name", [*LINES, *SEVERAL, *WRITES_A_FILE])
def test_a_dry_run_writes_nothing_says_so_and_is_one_document_of_json(
    name: str, office: Type, home: Path
) -> None:
    line = WRITES_A_FILE.get(name) or SEVERAL.get(name) or LINES[name][1]
    if name == "redo":
        office("undo")
    before, files = commands(home), {path.name for path in home.iterdir()}
    told = office(*line, "-n", stdin="Delta: one 1k\n")
    assert told.code == 0, told
    assert "dry run" in told.err or "Would be" in told.out or name in ("doctor", "recycle"), told
    asked = office(*line, "-n", "--json", stdin="Delta: one 1k\n")
    assert (asked.code, asked.json["schema"]) == (0, 1), asked
    assert commands(home) == before
    assert {path.name for path in home.iterdir()} == files


@pytest.mark.parametrize("verb", ["set", "target set", "import"])
def test_what_may_not_be_done_may_not_be_tried_either(verb: str, office: Type, sit: Sit) -> None:
    sit("vera")
    assert is_of_role(office(*LINES[verb][1], "-n"))


def test_a_rep_cannot_take_back_what_somebody_above_agreed(office: Type, sit: Sit) -> None:
    sit("mia")
    assert office("target", "set", "2026Q4", "1k").code == 0
    sit("olga")
    assert office("rep", "set", "mia", "--role", "rep").code == 0
    sit("mia")
    assert is_of_role(office("undo"))


def test_the_whole_workspace_leaves_only_with_a_manager(office: Type, sit: Sit) -> None:
    sit("rob")
    assert is_of_role(office("export", "--whole"))
    sit("mia")
    assert office("export", "--whole").code == 0


# Whose deals.

OWN = [v for v, (_, line) in LINES.items() if len(line) > 1 and line[1] in "12345"]


@pytest.mark.parametrize("verb", OWN)
def test_where_reps_change_their_own_deals_only_they_change_no_others(
    verb: str, office: Type, sit: Sit, home: Path
) -> None:
    assert office("setting", "set", "reps-edit", "own").code == 0
    assert office("rep", "add", "zoe").code == 0
    before = commands(home)
    sit("zoe")
    done = office(*LINES[verb][1])
    assert (done.code, "their own deals only" in done.err) == (4, True), done
    assert commands(home) == before
    sit("mia")
    assert "own deals only" not in office(*LINES[verb][1]).err


def test_an_import_changes_no_deal_of_another_either(office: Type, sit: Sit, home: Path) -> None:
    assert office("setting", "set", "reps-edit", "own").code == 0
    file = home / "deals.csv"
    office("export", "open", "-p", "New business", "--to", str(file))
    file.write_text(file.read_text().replace("Kestrel", "Falcon"))
    before = commands(home)
    assert office("rep", "add", "zoe").code == 0
    sit("zoe")
    assert "own deals only" in office("import", str(file), "-y").err
    assert len(commands(home)) == len(before) + 1


# Acting for somebody else.


def test_nobody_acts_for_another_whom_no_manager_allows(office: Type, sit: Sit) -> None:
    sit("rob")
    refused = office("note", "1", "-m", "met", "--as", "mia")
    assert (refused.code, "may not act for @mia" in refused.err) == (4, True)
    assert office("list", "--as", "mia").code == 4
    sit("mia")
    assert office("rep", "set", "rob", "--acts-for", "mia").code == 0
    sit("rob")
    assert office("note", "1", "-m", "met", "--as", "mia").code == 0
    assert "rob (for mia)" in office("history", "1").out
    assert office("note", "1", "-m", "met", "--as", "olga").code == 4


def test_acting_for_a_manager_makes_nobody_a_manager(office: Type, sit: Sit) -> None:
    assert office("rep", "set", "rob", "--acts-for", "*").code == 0
    sit("rob")
    assert is_of_role(office("target", "set", "2026Q4", "1k", "--as", "mia"))


@pytest.mark.parametrize(("whom", "may"), [("vera", False), ("rob", True), ("olga", True)])
def test_whoever_acts_for_somebody_may_what_both_may(
    whom: str, may: bool, office: Type, sit: Sit
) -> None:
    sit("mia")
    assert (office("note", "1", "-m", "met", "--as", whom).code == 0) is may
    assert is_of_role(office("backup", "restore", "kept.db", "-y", "--as", whom))


# Who gives roles.


def test_without_any_role_everybody_may_everything(team: Type, sit: Sit) -> None:
    sit("anybody")
    assert team("target", "set", "2026Q4", "1k").code == 0
    assert team("add", "Acme: press 1k", "--as", "bo").code == 0


def test_whoever_gives_the_first_role_is_the_owner_and_one_undo_takes_all_back(
    team: Type, sit: Sit
) -> None:
    sit("cy")
    given = team("rep", "set", "bo", "--role", "viewer")
    assert given.code == 0
    assert "Roles hold from now on: @ana is rep, @cy is owner." in given.err
    roles = {rep["name"]: rep["role"] for rep in team("rep", "list", "--json").json["reps"]}
    assert roles == {"ana": "rep", "bo": "viewer", "cy": "owner"}
    assert team("undo").code == 0
    assert not any(rep["role"] for rep in team("rep", "list", "--json").json["reps"])


def test_only_an_owner_makes_owners_and_one_always_stays(office: Type, sit: Sit) -> None:
    sit("mia")
    assert is_of_role(office("rep", "set", "mia", "--role", "owner"))
    assert office("rep", "set", "olga", "--role", "rep").code == 4
    sit("olga")
    assert office("rep", "set", "olga", "--role", "rep").code == 4
    assert office("rep", "set", "olga", "--inactive").code == 4
    assert office("rep", "set", "mia", "--role", "owner").code == 0
    assert office("rep", "set", "olga", "--role", "rep").code == 0


@pytest.mark.parametrize("dry", [(), ("-n",)])
@pytest.mark.parametrize(
    "line", [("add", "Oy: line @dora"), ("assign", "1", "dora"), ("set", "1", "owner=dora")]
)
def test_nobody_makes_a_rep_by_the_owner_of_a_deal_who_may_not_add_one(
    line: tuple[str, ...], dry: tuple[str, ...], office: Type, sit: Sit
) -> None:
    sit("rob")
    assert is_of_role(office(*line, "--new-rep", *dry))
    assert "dora" not in office("rep", "list").out


def test_whoever_owns_a_deal_all_at_once_is_no_rep_by_that(office: Type, sit: Sit) -> None:
    sit("mia")
    assert office("assign", "1", "dora", "--new-rep").code == 0
    sit("dora")
    assert is_of_role(office("note", "1", "-m", "mine"))


@pytest.mark.parametrize("role", ["boss", "owners", "0"])
def test_a_role_that_there_is_not_is_refused(role: str, office: Type) -> None:
    assert office("rep", "set", "rob", "--role", role).code == 2


# What deals keep for their owners.

TELLING = (
    ("list", "--columns", "ref,floor_value"),
    ("show", "1"),
    ("show", "1", "--json"),
    ("show", "1", "--md"),
    ("export", "--format", "csv"),
    ("export", "--format", "json"),
    ("export", "--format", "jsonl"),
    ("history", "1"),
    ("history", "1", "--json"),
    ("history", "--json"),
)
READS = (
    *TELLING,
    ("list", "--json"),
    ("export", "--format", "md"),
    ("export", "--format", "ics"),
    ("triage", "--json", "--owner", "all"),
    ("review", "--json"),
    ("review", "--html"),
    ("metrics", "--json"),
    ("undo", "--list"),
)


@pytest.mark.parametrize("line", READS, ids=" ".join)
@pytest.mark.parametrize("who", PEOPLE)
def test_the_floor_of_a_deal_is_its_owners_and_the_managers_where_that_is_set(
    line: tuple[str, ...], who: str, office: Type, sit: Sit
) -> None:
    assert office("setting", "set", "floor-value", "managers").code == 0
    sit("rob")
    assert office("set", "1", "floor=31337").code == 0
    sit(who)
    done = office(*line)
    told = "31337" in done.out.replace(",", "").replace(" ", "")
    assert told is (line in TELLING and who not in ("stranger", "vera"))


def test_a_manager_sees_no_floor_unless_that_is_set(office: Type, sit: Sit) -> None:
    sit("rob")
    assert office("set", "1", "floor=31337").code == 0
    sit("mia")
    assert "31337" not in office("show", "1", "--json").out


# What a manager reads of what was done.


def test_the_history_tells_who_did_what_for_whom_past_which_gate(office: Type, sit: Sit) -> None:
    assert office("rep", "set", "rob", "--acts-for", "*").code == 0
    sit("rob")
    for line in (
        ("move", "5", "Proposal", "--override", "the board wants it"),
        ("note", "4", "-m", "called", "--as", "mia"),
        ("tag", "1", "+hot"),
        ("undo",),
    ):
        assert office(*line).code == 0, line

    def found(*flags: str) -> set[tuple[str, str]]:
        return {(e["actor"], e["verb"]) for e in office("history", "--json", *flags).json["events"]}

    assert found("--overrides") == {("rob", "move")}
    assert found("--for-others") == {("rob", "note")}
    assert found("--undone") == {("rob", "tag")}
    assert found("--by", "rob") == {("rob", v) for v in ("move", "note", "tag", "undo")}
    assert ("rob", "note") in found("--by", "@mia")
    assert found("--verb", "rep") == {("olga", "rep")}
    assert found("--by", "rob", "--verb", "tag") == {("rob", "tag")}
    assert office("history", "--verb", "moved").code == 2
    assert office("history", "--by", "nobody-here").code == 3


@pytest.mark.parametrize("name", [name for name in LINES if name in TOKENED])
def test_a_change_waits_for_a_database_that_nobody_can_even_read(
    name: str, office: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    if name == "redo":
        assert office("undo").code == 0
    open_it, keeps_out = Store.open, iter((True, True, False))

    def opened(database: str, *, read_only: bool = False) -> Store:
        if next(keeps_out, False):
            raise DatabaseError("Somebody writes.", details={"reason": "locked"})
        return open_it(database, read_only=read_only)

    monkeypatch.setattr(Store, "open", opened)
    assert office("list").code == 5
    assert office(*LINES[name][1]).code == 0
