"""import: its promises from the outside."""

from __future__ import annotations

import json
import os
import shlex
import stat
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.cli.import_flags import _known
from pipeboard.domain.errors import Refused
from tests.cli.conftest import Type
from tests.store.made_up import pipelines

MAVEN = Path(__file__).parents[3] / "shared/data/maven-crm/sales_pipeline.csv"
GOOD = """\
title,account,value,stage,owner,id
Pilot,Lumen Oy,40k,Lead,ana,1
Retrofit,Acme,5000,Demo,bo,2
"""
BAD = "title,value,stage\nA,abc,Lead\nB,5k,Nope\nC,4k,Demo\n"


def _file(home: Path, text: str, name: str = "deals.csv") -> str:
    path = home / name
    path.write_text(text)
    return str(path)


def test_a_file_makes_its_pipeline_and_its_deals(pipe: Type, home: Path) -> None:
    line = ("import", _file(home, GOOD), "--into", "Sales", "--stages", "Lead,Demo")
    report = pipe(*line, "--db", str(home / "a.db"), "--json")
    assert report.code == 0
    assert report.json.keys() >= {
        *("schema", "format", "encoding", "delimiter", "read", "created", "updated"),
        *("unchanged", "rejected", "warnings", "mapping"),
    }
    assert (report.json["read"], report.json["created"]) == (2, 2)
    assert pipe("list", "--ids", "--db", str(home / "a.db")).lines == ["D-1", "D-2"]


def test_a_later_file_of_a_source_goes_where_its_deals_are(pipe: Type, home: Path) -> None:
    text = "Record ID,Deal Name,Deal Stage\n1,A,Proposal\n2,B,Proposal\n"
    file = _file(home, text, "all-deals.csv")
    assert pipe("init").code == 0
    assert pipe("import", file, "--into", "Hubs", "--stages", "auto", "--yes").code == 0
    again = pipe("import", file, "--yes")
    assert (again.code, "2 unchanged" in again.out) == (0, True)
    assert "Into Hubs, where deals of this source came in before." in again.err
    other = _file(home, text.replace("Record ID", "Number"), "others.csv")
    assert "Into Hubs" not in pipe("import", other, "--yes", "--dry-run").err
    more = _file(home, text.replace("1,A", "7,C").replace("2,B", "8,D"), "more.csv")
    assert pipe("import", more, "--into", "Spokes", "--stages", "auto", "--yes").code == 0
    both = _file(home, text + "7,C,Proposal\n9,E,Proposal\n", "both.csv")
    third = pipe("import", both, "--yes")
    assert (third.code, "1 created, 0 updated, 3 unchanged" in third.out) == (0, True)
    said = "Into Hubs, Spokes, where deals of this source came in before, new ones into Hubs."
    assert said in third.err


def test_the_same_file_twice_creates_nothing_twice(pipe: Type, home: Path) -> None:
    line = ("import", _file(home, GOOD), "--into", "Sales", "--stages", "Lead,Demo", "--json")
    pipe(*line)
    again = pipe(*line).json
    assert (again["created"], again["unchanged"]) == (0, 2)


@pytest.mark.parametrize(
    "name",
    ["hubspot-deals.csv", "pipedrive-deals.csv", "zoho-deals.csv", "trello-board.csv",
     "trello-board.json"],
)  # fmt: skip
def test_the_way_out_that_is_told_names_all_stages_so_that_it_is_one(
    pipe: Type, home: Path, name: str
) -> None:
    file = MAVEN.parents[1] / "crm-exports" / name
    if not file.exists():
        pytest.skip(f"{file} is not there")
    at = ("--db", str(home / "a.db"))
    assert pipe("init", *at).code == 0
    refused = pipe("import", str(file), *at)
    assert refused.code == 4
    (way,) = (line for line in refused.err.splitlines() if "To put them" in line)
    done = pipe(*shlex.split(way.partition("): pipeboard ")[2]), *at, "--json")
    assert (done.code, done.json["created"]) == (0, done.json["read"]), done.err


@pytest.mark.parametrize(
    ("columns", "cells", "named"),
    [
        ("product,first call", "Audit,2025-03-01", "--map 'first call=created_at'"),
        ("product,engage_date", "Audit,2025-03-01", "--map engage_date=created_at"),
        ("product,engage_date", "2025-03-01,never", "--map product=created_at"),
        ("product,demo_date", "Audit,2025-03-01", "--map demo_date=entered:Demo"),
        ("product,dem_date", "Audit,2025-03-01", "--map dem_date=created_at"),
        ("product,leaders on", "Audit,2025-03-01", "--map 'leaders on=created_at'"),
        ("product,rooms", "Audit,7", "--map COLUMN=created_at"),
        ("product,deadline", "Audit,2099-03-01", "--map COLUMN=created_at"),
        ("product,worth", "Audit,300 EUR", "--map COLUMN=created_at"),
        ("product,asked", "Audit,12/20/2025", "--map asked=created_at"),
        ("created,engage_date", "2025-03-01,2025-03-01", None),
    ],
)
def test_without_a_beginning_the_columns_that_hold_days_are_named(
    pipe: Type, home: Path, columns: str, cells: str, named: str | None
) -> None:
    file = _file(home, f"title,stage,{columns}\nPilot,Lead,{cells}\nRetrofit,Demo,{cells}\n")
    said = pipe("import", file, "--into", "Sales", "--stages", "Lead,Demo", "--dry-run").err
    assert ("No column says when a deal began" in said) is (named is not None)
    assert (named or "") in said


@pytest.mark.parametrize(("rows", "told"), [(1, "1 deal"), (2, "2 deals")])
def test_one_deal_is_one_where_it_comes_in_and_goes_out(
    pipe: Type, home: Path, rows: int, told: str
) -> None:
    text = "".join(GOOD.splitlines(keepends=True)[: rows + 1])
    pipe("import", _file(home, text), "--into", "Sales", "--stages", "Lead,Demo")
    assert f"Imported {told} from deals.csv." in pipe("undo", "--list").out
    out = str(home / "out.csv")
    assert pipe("export", "--to", out).err.startswith(f"{told} {'is' if rows == 1 else 'are'} in ")


def test_one_undo_takes_a_whole_import_back(pipe: Type, home: Path) -> None:
    pipe("import", _file(home, GOOD), "--into", "Sales", "--stages", "Lead,Demo")
    assert "The pipeline Sales stays: it is the only one." in pipe("undo").err
    assert pipe("list", "--count").out == "0\n"


def test_undo_takes_the_pipeline_along_and_with_rest_leaves_what_was_changed_since(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe("init", "--template", "minimal")
    line = ("import", _file(home, GOOD), "--into", "Sales", "--stages", "Lead,Demo")
    pipe(*line)
    assert pipe("undo", "--json").json["deals"][0]["pipeline"] == "Sales"
    assert "Sales" not in pipe("pipeline", "list").out
    assert pipe("redo").code == 0
    assert "Sales" in pipe("pipeline", "list").out
    said = [line for line in pipe("history").lines if "Imported 2 deals" in line]
    assert len(said) == 3  # imported, undone and redone: a line each, whatever else they made
    with monkeypatch.context() as somebody:
        somebody.setattr("pipeboard.cli.config.account_name", lambda: "bo")
        pipe("set", "1", "value=9000")
    refused = pipe("undo")
    assert refused.code == 4
    assert "undo --rest" in refused.err
    rest = pipe("undo", "--rest")
    assert rest.code == 0
    assert "D-1" in rest.err
    assert pipe("list", "--ids").lines == ["D-1"]


def test_a_rejected_row_refuses_the_whole_file_and_names_each(pipe: Type, home: Path) -> None:
    pipe("init", "--template", "minimal")
    pipe("pipeline", "new", "Sales", "--stages", "Lead,Demo")
    refused = pipe("import", _file(home, BAD), "--into", "Sales", "--strict", "--json")
    assert refused.code == 4
    assert [(row["line"], row["column"], row["value"]) for row in refused.json["rejected"]] == [
        (2, "value", "abc"),
        (3, "stage", "Nope"),
    ]
    assert refused.json["created"] == 0
    assert pipe("list", "--count").out == "0\n"


def test_rejected_rows_are_told_in_the_order_of_the_file(pipe: Type, home: Path) -> None:
    pipe("init", "--template", "minimal")
    pipe("pipeline", "new", "Sales", "--stages", "Lead,Demo")
    # A cell that cannot be read is found before a stage that is not there.
    file = _file(home, "title,value,stage\nA,5,Nope\nB,abc,Lead\nC,5,No\nD,x,Lead\n")
    line = ("import", file, "--into", "Sales", "--strict")
    assert [row["line"] for row in pipe(*line, "--json").json["rejected"]] == [2, 3, 4, 5]
    told = [line.split()[1].rstrip(":,") for line in pipe(*line).lines if "line" in line.lower()]
    assert told == ["2", "3", "4", "5"]
    hint = "Mend them, or leave them out"
    assert hint not in pipe(*line).err  # the way out for the stages is said
    assert (
        hint
        in pipe("import", _file(home, "title,value,stage\nA,5,Lead\nB,x,Lead\n"), *line[2:]).err
    )


def test_skip_bad_puts_the_rejected_rows_into_a_private_file(pipe: Type, home: Path) -> None:
    file = _file(home, BAD)
    pipe("init")
    pipe("pipeline", "new", "Sales", "--stages", "Lead,Demo")
    taken = pipe("import", file, "--into", "Sales", "--skip-bad", "--strict")
    assert taken.code == 0
    rejected = Path(f"{file}.rejected.csv")
    assert rejected.read_text().splitlines()[0] == "title,value,stage,reason"
    assert rejected.read_text().splitlines()[1].startswith("A,abc,Lead,")
    assert stat.S_IMODE(rejected.stat().st_mode) == 0o600
    assert pipe("list", "--count").out == "1\n"


def test_a_dry_run_tells_mapping_and_counts_and_makes_nothing(pipe: Type, home: Path) -> None:
    line = ("import", _file(home, GOOD), "--into", "Sales", "--stages", "Lead,Demo", "-n")
    tried = pipe(*line, "--db", str(home / "a.db"))
    assert tried.code == 0
    assert "account -> account" in tried.out
    assert "2 created" in tried.out
    assert not (home / "a.db").exists()


def test_a_dry_run_says_what_a_run_would_do_where_rows_are_rejected(pipe: Type, home: Path) -> None:
    pipe("init")
    file = _file(home, "title,value,stage\nA,abc,Lead\nB,5,Lead\n")
    line = ("import", file, "--into", "Sales", "--stages", "Lead,Demo", "--strict", "--json")
    tried, done = pipe(*line, "-n"), pipe(*line)
    assert (tried.code, tried.json["created"], tried.json["after"]) == (4, 0, 0)
    assert "--skip-bad: 1 would come in." in tried.err
    assert tried.json == done.json


@pytest.mark.parametrize("line", [("nowhere.csv",), ("{file}", "--into", "Nowhere")])
def test_no_workspace_is_made_for_nothing(pipe: Type, home: Path, line: tuple[str, ...]) -> None:
    file = _file(home, GOOD)
    database = home / "a.db"
    refused = pipe("import", *(w.format(file=file) for w in line), "--db", str(database))
    assert refused.code == 3
    assert not database.exists()


@pytest.mark.parametrize(
    "text",
    [
        BAD,
        "title,account\nA,B\n",  # no stage
        "title,stage\n",
    ],
)
def test_a_workspace_into_which_nothing_came_is_gone_again(
    pipe: Type, home: Path, text: str
) -> None:
    file, database = _file(home, text), home / "new" / "a.db"
    database.parent.mkdir()
    at = ("--db", str(database))
    refused = pipe("import", file, *at)
    assert [*database.parent.iterdir()] == [], refused.err
    assert "Nothing came in" in refused.err
    good = pipe("import", _file(home, GOOD), "--into", "Sales", "--stages", "auto", *at)
    assert good.code == 0, good.err
    assert len(pipe("pipeline", "list", *at).lines) == 2


@pytest.mark.parametrize(
    ("amounts", "flags", "currency"),
    [
        (["USD 5", "7k USD", ""], (), "USD"),
        (["5", "7k"], (), "EUR"),
        (["5", "7k"], ("--currency", "usd"), "USD"),
        (["CHF 5", "CHF 7"], ("--currency", "usd"), "CHF"),
        (["USD 5", "CHF 7"], (), "EUR"),
        (["USD 5", "CHF 7"], ("--currency", "usd"), "USD"),
        (["USD 5", "7"], (), "EUR"),
        (["", ""], (), "EUR"),
    ],
)
def test_a_workspace_that_is_made_for_a_file_counts_in_the_currency_of_its_amounts(
    pipe: Type, home: Path, amounts: list[str], flags: tuple[str, ...], currency: str
) -> None:
    rows = "".join(f"D{place},Lead,{text}\n" for place, text in enumerate(amounts))
    file = _file(home, "title,stage,amount\n" + rows)
    for where in (("--into", "Sales", "--stages", "auto"), ("--stage", "Lead=Lead Generation")):
        at = ("--db", str(home / f"{len(where)}.db"))
        assert pipe("import", file, *where, *flags, *at, "-n").code == 0
        made = pipe("import", file, *where, *flags, *at)
        assert made.code == 0, made.err
        assert f"({currency}, " in made.err
        assert pipe("pipeline", "show", "--json", *at).json["pipeline"]["currency"] == currency
    assert pipe("import", file, "--into", "More", "--stages", "auto", *at).code == 0
    assert f"({currency}, " not in pipe("list", *at).err


def test_a_workspace_that_was_there_stays_where_nothing_comes_in(pipe: Type, home: Path) -> None:
    at = ("--db", str(home / "a.db"))
    assert pipe("init", *at).code == 0
    assert pipe("import", _file(home, BAD), *at).code == 4
    assert pipe("list", "--count", *at).lines == ["0"]


def test_a_file_comes_from_stdin_too(pipe: Type) -> None:
    report = pipe("import", "-", "--into", "Sales", "--stages", "Lead,Demo", "--json", stdin=GOOD)
    assert report.json["created"] == 2


def test_a_file_comes_through_a_pipe_of_the_shell_too(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `import <(zcat deals.csv.gz)`, which can be read once."""
    monkeypatch.chdir(home)
    reading, writing = os.pipe()
    os.write(writing, (GOOD + "C,Acme,5k,Nope,bo,3\n").encode())
    os.close(writing)
    line = ("--into", "Sales", "--stages", "Lead,Demo", "--skip-bad", "--json")
    report = pipe("import", f"/dev/fd/{reading}", *line)
    os.close(reading)
    assert (report.code, report.json["created"], len(report.json["rejected"])) == (0, 2, 1)
    assert (home / "stdin.rejected.csv").exists()
    assert "Imported 2 deals from stdin." in pipe("undo", "--yes").err


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        ("https://crm.example/deals.csv", 3, "An address is no file: download it"),
        ("/dev/zero", 2, "/dev/zero is a pipe or a device, not a file."),
    ],
)
def test_what_is_no_file_is_said_to_be_none(pipe: Type, file: str, code: int, words: str) -> None:
    for verb in (("import",), ("import", "--join", "rep")):
        refused = pipe(*verb, file)
        assert (refused.code, words in refused.err) == (code, True)


def test_stages_that_the_pipeline_does_not_have_are_refused(pipe: Type, home: Path) -> None:
    file = _file(home, GOOD)
    pipe("import", file, "--into", "Sales", "--stages", "Lead,Demo")
    assert pipe("import", file, "--into", "Sales", "--stages", "Lead,Tender").code == 4


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (("nowhere.csv",), 3),
        (("{file}", "--map", "titel=title"), 2),
        (("{file}", "--map", "title=titl"), 2),
        (("{file}", "--from", "pipedriv"), 2),
        (("{file}", "--into", "Nowhere"), 3),
        (("{file}", "--dates", "soon"), 2),
        (("{file}", "--stages", "A,B"), 2),
        (("{file}", "--into", "X", "--stages", ","), 2),
        (("/",), 2),
    ],
)
def test_what_cannot_be_imported_is_a_sentence(
    team: Type, home: Path, line: tuple[str, ...], code: int
) -> None:
    file = _file(home, GOOD)
    refused = team("import", *(word.format(file=file) for word in line))
    assert refused.code == code
    assert refused.err.startswith("pipeboard: ")


def test_escapes_in_a_file_never_reach_the_terminal(pipe: Type, home: Path) -> None:
    hostile = "title,stage,\x1b[31mx\nA\x1b]52;c;eA==\x07,Le\x1bad\x9b,y\nB,No\x1b[2Jpe,z\n"
    file = _file(home, hostile)
    for line in ((), ("-n",), ("--skip-bad",)):
        said = pipe("import", file, "--into", "Sales", "--stages", "Lead", *line)
        assert not {"\x1b", "\x9b", "\x07"} & set(said.out + said.err)


@pytest.mark.skipif(not MAVEN.exists(), reason="the Maven data is not here")
def test_the_maven_file_gives_its_8800_deals(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2017-12-31T12:00:00Z")
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "maven.db"))
    report = pipe(
        *("import", str(MAVEN), "--into", "Hardware", "--stages", "Prospecting,Engaging"),
        *("--map", "engage_date=entered:Engaging", "--json"),
    )
    assert report.json["created"] == 8_800
    assert report.json["mapping"]["opportunity_id"] == "external_id"
    counts = {
        words: int(pipe("list", words, "--count").out)
        for words in ("stage:prospecting", "stage:engaging", "won", "lost")
    }
    assert list(counts.values()) == [500, 1_589, 4_238, 2_473]
    assert json.loads(pipe("list", "won", "--limit", "1", "--jsonl").out)["pipeline"] == "Hardware"


@pytest.mark.parametrize("form", ["csv", "json"])
def test_our_own_file_of_two_pipelines_changes_nothing_where_it_comes_from(
    team: Type, tmp_path: Path, form: str
) -> None:
    assert team("pipeline", "new", "Renewals", "--stages", "Due,Offered").code == 0
    assert team("add", "Acme: renewal 4k", "-p", "Renewals").code == 0
    assert team("move", "Acme", "Offered", "-p", "Renewals").code == 0
    file = tmp_path / f"all.{form}"
    assert team("export", "--format", form, "--to", str(file)).code == 0
    done = team("import", str(file), "--json")
    assert (done.json["created"], done.json["updated"], done.json["rejected"]) == (0, 0, [])
    assert done.json["unchanged"] == done.json["read"] > 0


TWO_PIPELINES = """Deal,Pipeline,Stage,Value
One,Partners,Talk,100
Two,Partners,Offer,200
Three,Direct,Call,300
Four,,Talk,400
"""


def test_pipelines_that_a_file_names_are_made_where_there_are_no_deals_yet(
    pipe: Type, home: Path
) -> None:
    file = _file(home, TWO_PIPELINES)
    rehearsed = pipe("import", file, "--json", "-n")
    done = pipe("import", file, "--json")
    for told in (rehearsed, done):
        assert (told.json["created"], told.json["rejected"]) == (4, [])
        assert told.json["new_pipelines"] == ["Partners", "Direct"]
    standing = {
        deal["title"]: (deal["pipeline"], deal["stage"], deal["fields"])
        for name in ("Partners", "Direct")
        for deal in pipe("list", "-p", name, "--json").json["deals"]
    }
    assert standing == {
        "One": ("Partners", "Talk", {}),
        "Two": ("Partners", "Offer", {}),
        "Three": ("Direct", "Call", {}),
        "Four": ("Partners", "Talk", {}),
    }
    assert pipe("undo").code == 0
    assert "Partners" not in pipe("pipeline", "list").out
    assert pipe("redo").code == 0
    assert "Direct" in pipe("pipeline", "list").out
    assert pipe("doctor", "-q").code == 0


def test_all_deals_go_into_one_pipeline_where_that_is_said_or_deals_are_there(
    team: Type, home: Path
) -> None:
    file = _file(home, TWO_PIPELINES)
    assert team("import", file, "--into", "All", "--stages", "auto").code == 0
    assert {one["pipeline"] for one in team("list", "-p", "All", "--json").json["deals"]} == {"All"}
    refused = team("import", file, "--match", "new", "--json")
    assert refused.code == 4 and "Partners" not in team("pipeline", "list").out


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ((), {"Partners", "Direct"}),
        (("-p", "All"), {"All"}),
        (("--into", "All"), {"All"}),
        (("--into", "All", "-p", "Direct"), {"All"}),
    ],
)
def test_rows_go_where_the_person_says_before_where_the_file_says(
    team: Type, home: Path, said: tuple[str, ...], where: set[str]
) -> None:
    for name in ("All", "Partners", "Direct"):
        assert team("pipeline", "new", name, "--stages", "Talk,Offer,Call").code == 0
    assert team("import", _file(home, TWO_PIPELINES), *said).code == 0
    assert {one["pipeline"] for one in team("list", "--json").json["deals"]} == where


def test_our_own_file_of_two_pipelines_moves_house(team: Type, pipe: Type, home: Path) -> None:
    assert team("pipeline", "new", "Renewals", "--stages", "Due,Offered").code == 0
    assert team("add", "Acme: renewal 4k", "-p", "Renewals").code == 0
    assert team("add", "Nova: first 2k").code == 0
    file, again = home / "all.csv", home / "again.csv"
    assert team("export", "-o", str(file)).code == 0
    new = ("--db", str(home / "new.db"))
    assert pipe("import", str(file), *new).code == 0
    assert pipe("export", "-o", str(again), *new).code == 0
    assert again.read_bytes() == file.read_bytes()


BOTH = (
    "Record ID,Deal Name,Deal Stage,Pipeline,Amount,Create Date\n"
    "1,A,Proposal,Sales,100,2026-01-02\n2,B,Offer,Renewals,200,2026-01-03\n"
    "3,C,Proposal,Renewals,300,2026-01-04\n"
)


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (BOTH, "3 unchanged"),
        (BOTH.replace("300", "350"), "1 updated, 2 unchanged"),
        (BOTH.replace("3,C,Proposal", "3,C,Offer"), "1 updated, 2 unchanged"),
        (BOTH.replace("3,C,Proposal,Renewals", "3,C,Proposal,Sales"), "3 unchanged"),
        ("\n".join(line for line in BOTH.splitlines() if "Sales" not in line), "2 unchanged"),
        (BOTH + "4,D,Start,Upsell,400,2026-01-05\n", "1 created, 0 updated, 3 unchanged"),
        (BOTH + "4,D,Offer,Renewals,400,2026-01-05\n", "1 created, 0 updated, 3 unchanged"),
    ],
    ids=[
        "again",
        "a cell",
        "a stage",
        "another pipeline",
        "one of them",
        "a new one",
        "a new deal",
    ],
)
def test_a_file_of_several_pipelines_comes_again_without_a_double(
    later: str, said: str, pipe: Type, home: Path
) -> None:
    (home / "both.csv").write_text(BOTH)
    assert pipe("import", "both.csv", "--yes").code == 0
    (home / "both.csv").write_text(later)
    again = pipe("import", "both.csv", "--yes")
    assert (again.code, said in again.out) == (0, True), again
    is_moved = "3,C,Proposal,Sales" in later
    assert ("D-3, pipeline: here 'Renewals', in the file 'Sales'" in again.err) is is_moved
    placed = [
        line.split(",") for line in pipe("list", "--columns", "title,pipeline", "--csv").out.split()
    ]
    where = dict(placed[1:])
    assert len(where) == len(placed) - 1, "a deal stands twice"
    assert (where["A"], where["B"], where["C"]) == ("Sales", "Renewals", "Renewals")


@pytest.mark.parametrize(
    ("name", "stages", "lacks"),
    [
        ("renewals", "Lead,Talks", None),
        ("Renewals", "TALE; lead", None),
        ("Renewals", "auto", None),
        ("Renewals", "Lead,Won,Lost", None),  # how a deal ends is no stage to be named
        ("Renewals", "Lead,Demo", "Demo"),
        ("New business", "Lead Generation, Old trial", "Old trial"),  # it is retired
    ],
)
def test_a_pipeline_that_is_there_already_has_all_stages_that_are_named(
    name: str, stages: str, lacks: str | None
) -> None:
    workspace: Any = SimpleNamespace(reader=SimpleNamespace(pipelines=pipelines))
    assert _known(workspace, "Another", stages) is None
    if lacks is None:
        found = _known(workspace, name, stages)
        assert found is not None and found.name.lower() == name.lower()
        return
    with pytest.raises(Refused) as refused:
        _known(workspace, name, stages)
    assert refused.value.message == f"{name} is there already and has no stage '{lacks}'."


def test_a_closed_stdin_is_no_file(team: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeboard.cli.main import main

    monkeypatch.setattr("sys.stdin", None)
    assert main(["import", "-"]) == 2


def test_choices_that_are_forgotten_stay_so_for_the_next_file(pipe: Type, home: Path) -> None:
    file = _file(home, "id,deal name,stage,amount\n1,Alpha,Lead,5\n")
    assert pipe("import", file, "--into", "New", "--stages", "Lead,Offer").code == 0
    file = _file(home, "id,deal name,stage,amount\n1,Alpha,Angebot,5\n")
    assert pipe("import", file, "--stage", "Angebot=Lead").code == 0
    again = pipe("import", file)
    assert (again.code, "--stage Angebot=Lead" in again.err) == (0, True)
    file = _file(home, "id,deal name,stage,amount\n1,Alpha,Lead,5\n")
    assert pipe("import", file, "--fresh").code == 0
    assert "last time" not in pipe("import", file).err
