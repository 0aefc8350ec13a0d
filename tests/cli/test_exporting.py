"""export: every form of it, and back again with nothing lost and nothing changed."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.cli import exporting
from pipeboard.exchange.deal_files import whole_document
from tests.cli.conftest import Type
from tests.ledger import disagreements

MAVEN = Path(__file__).parents[3] / "shared/data/maven-crm/sales_pipeline.csv"
LINES = "\n".join(
    (
        "Lumen Oy: packaging line, pilot 40k @ana +inbound source:referral close:19dec"
        ' next:"3dec call Mika" field.product:GTX',
        "Acme GmbH: retrofit 12.5k @bo +cold",
        "=SUM(1): -formula 1k @bo",
    )
)
FORMS = ("csv", "json", "jsonl")


@pytest.fixture
def deals(team: Type) -> Type:
    """Three deals with some life behind them."""
    assert team("add", "-", stdin=LINES).code == 0
    for line in (
        ("note", "1", "-m", "Two lines\nof a note"),
        ("note", "1", "-m", "Another note of the same instant"),
        ("log", "1", "call", "--out", "--outcome", "spoke to Mika"),
        ("contact", "1", "Mika Laine", "--role", "champion"),
        ("won", "2", "--override", "signed"),
        ("lost", "3", "--category", "price"),
    ):
        assert (done := team(*line)).code == 0, done.err
    return team


def demo(pipe: Type, home: Path) -> str:
    made = pipe("demo", "--no-open", "--keep", "--json")
    return str(made.json["database"])


def whole(pipe: Type, database: str, file: Path) -> bytes:
    assert pipe("export", "--whole", "--db", database, "--to", str(file)).code == 0
    return file.read_bytes()


def test_a_whole_demo_moves_house_with_nothing_lost(pipe: Type, home: Path) -> None:
    before = whole(pipe, demo(pipe, home), home / "a.json")
    assert pipe("import", str(home / "a.json"), "--db", str(home / "new.db")).code == 0
    assert whole(pipe, str(home / "new.db"), home / "b.json") == before
    assert disagreements(home / "new.db") == []


@pytest.mark.skipif(not MAVEN.exists(), reason="the Maven data is not here")
def test_the_whole_of_maven_moves_house_with_nothing_lost(pipe: Type, home: Path) -> None:
    old, new = str(home / "old.db"), str(home / "new.db")
    flags = ("--map", "engage_date=entered:Engaging", "--db", old)
    assert pipe("import", str(MAVEN), "--into", "Maven", "--stages", "auto", *flags).code == 0
    before = whole(pipe, old, home / "a.json")
    assert pipe("import", str(home / "a.json"), "--db", new).code == 0
    assert whole(pipe, new, home / "b.json") == before


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, 1), (errno.EDQUOT, 1), (errno.EACCES, 2)]
)
def test_a_place_without_room_is_no_wrong_line(
    number: int, code: int, deals: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("pipeboard.outlet.os.fsync", fails)
    said = deals("export", "--to", str(home / "all.csv"))
    assert (said.code, os.strerror(number) in said.err) == (code, True)
    assert ("Free some room" in said.err) is (code == 1)
    assert not (home / "all.csv").exists()


def test_a_whole_workspace_is_that_of_one_moment(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert team("add", "Acme: pilot 5k").code == 0
    before = whole(team, str(home / "team.db"), home / "a.json")

    def with_a_colleague(schema: int, tables: Sequence[str], columns: Any, rows: Any) -> Any:
        assert "deal" in tables[1:]

        def told(table: str) -> Iterator[Any]:
            yield from rows(table)
            if table == tables[0]:  # who has to wait for it changes nothing meanwhile
                with suppress(sqlite3.OperationalError), closing(_opened(home / "team.db")) as base:
                    base.execute("update deal set title = 'Other'")
                    base.commit()

        return whole_document(schema, tables, columns, told)

    monkeypatch.setattr(exporting, "whole_document", with_a_colleague)
    assert whole(team, str(home / "team.db"), home / "b.json") == before


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=0)


def test_what_a_file_tells_of_earlier_weeks_is_no_news_of_this_one(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-09-01T10:00:00+02:00")
    assert team("add", "Acme: pilot 5k @ana").code == 0
    assert team("move", "1", "Qualified", "--override", "known").code == 0
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-09-02T10:00:00+02:00")
    assert team("move", "1", "Prospecting").code == 0
    back = "moved back from Qualified to Prospecting"
    assert back in team("review").out
    assert team("export", "--to", str(home / "all.json")).code == 0
    monkeypatch.setenv("PIPEBOARD_NOW", "2026-09-16T10:00:00+02:00")
    assert back not in team("review").out
    elsewhere = ("--db", str(home / "new.db"))
    assert team("import", str(home / "all.json"), *elsewhere).code == 0
    said = team("review", *elsewhere).out
    assert "Acme" in said and back not in said
    # What happened since is spoken of, also where a file brought it.
    assert back in team("review", "--since", "2026-08-20", *elsewhere).out


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("nobody", "No deal matches.\n"),
        ("deals.csv", "No deal matches. To write a file: pipeboard export --to deals.csv\n"),
        ("a b.ical", "No deal matches. To write a file: pipeboard export --to 'a b.ical'\n"),
        ("deals.doc", "No deal matches.\n"),
    ],
)
def test_a_filter_that_finds_nothing_says_so_and_may_have_meant_a_file(
    word: str, said: str, deals: Type
) -> None:
    word = f'"{word}"' if " " in word else word
    found = deals("export", word)
    assert (found.code, found.err.replace('"', "")) == (0, said)
    assert len(found.lines) == 1


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
DOING = (
    "add|Firm {text} pilot 5k @ana +hot source:web",
    "rep|add|bo|--team|North",
    "pipeline|new|Renewals|--stages|Due,Offered",
    "add|Again {text} 7k next:'mon call every 2w' field.x:{text}|-p|Renewals",
    "note|{deal}|-m|{text}",
    "next|{deal}|'call {text} every month'",
    "next|{deal}|--done",
    "contact|{deal}|Eva {text}|--role|champion|--email|eva@x.example",
    "term|{deal}|Payment|--ours|{text}|--theirs|60 days",
    "answer|{deal}|need|{text} hurts|--rating|3",
    "assign|{deal}|bo|--note|yours",
    "log|{deal}|call|--out|--outcome|said {text}",
    "set|{deal}|fields.y={text}|floor_value=3k",
    "target|set|2026Q4|90k",
    "target|set|2026Q4|40k|--owner|ana",
    "call|set|2026Q4|30k",
    "fx|set|USD|0.9",
    "setting|set|fiscal-start|april",
    "filter|save|mine|@ana",
    "snooze|{deal}|+3d",
    "won|{deal}|--override|signed",
    "reopen|{deal}|--override|again",
    "lost|{deal}|--category|price|--competitor|Acme|--recycle|+6m",
    "reopen|{deal}|--override|again",
    "merge|{deal}|2|--yes-closed",
    "undo",
    "redo",
    "archive|{deal}",
    "unarchive|{deal}",
    "tag|{deal}|+warm",
    "move|{deal}|2|--override|because so",
    "review|--hold",
    "rep|set|bo|--inactive",
)
"""One of everything that a workspace can hold, in an order in which all of it is allowed."""
lives = st.lists(
    st.tuples(st.sampled_from(DOING), words, st.integers(1, 4)), min_size=4, max_size=14
)


def do(pipe: Type, database: str, line: str, text: str, deal: int) -> str:
    """What is said against a line; nothing where it is done."""
    typed = (word.format(text=text, deal=deal) for word in line.split("|"))
    done = pipe(*typed, "--db", database, "-y")
    return done.err if done.code else ""


def check_moves_house(pipe: Type, home: Path, database: str) -> None:
    before = whole(pipe, database, home / "a.json")
    assert pipe("import", str(home / "a.json"), "--db", str(home / "new.db")).code == 0
    assert whole(pipe, str(home / "new.db"), home / "b.json") == before
    assert disagreements(home / "new.db") == []


def test_one_of_everything_moves_house_with_nothing_lost(pipe: Type, home: Path) -> None:
    database = str(home / "old.db")
    pipe("init", "--template", "minimal", "--db", database)
    refused = {line: said for line in DOING if (said := do(pipe, database, line, "Zoë", 1))}
    assert refused == {}
    check_moves_house(pipe, home, database)


@settings(
    max_examples=100 if os.environ.get("PIPEBOARD_THOROUGH") else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(lives)
def test_any_workspace_moves_house_and_takes_its_own_exports_back_unchanged(
    pipe: Type, home: Path, life: list[tuple[str, str, int]]
) -> None:
    for old in home.glob("*.db*"):
        old.unlink()
    for old in home.glob("*.json"):
        old.unlink()
    database = str(home / "old.db")
    pipe("init", "--template", "minimal", "--db", database)
    for line, text, deal in (*[(DOING[0], "", 1)] * 2, *life):
        do(pipe, database, line, text, deal)
    check_moves_house(pipe, home, database)


@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_comes_back_changes_nothing(pipe: Type, home: Path, form: str) -> None:
    database = demo(pipe, home)
    file = str(home / f"deals.{form}")
    assert pipe("export", "--db", database, "--to", file).code == 0
    report = pipe("import", file, "--db", database, "--json").json
    assert (report["created"], report["updated"], report["unchanged"]) == (0, 0, report["read"])
    assert report["read"] > 50


@pytest.mark.parametrize("form", FORMS)
def test_an_export_that_a_person_changed_changes_that(deals: Type, home: Path, form: str) -> None:
    file = home / f"deals.{form}"
    deals("export", "--to", str(file))
    file.write_text(file.read_text().replace("retrofit", "refit"))
    report = deals("import", str(file), "--json").json
    assert (report["created"], report["updated"]) == (0, 1)
    assert deals("list", "--csv", "--columns", "title", "won").lines[1] == "refit"


@pytest.mark.parametrize("form", FORMS)
def test_deals_come_into_an_empty_workspace_as_they_were(
    deals: Type, home: Path, form: str
) -> None:
    file, again = home / f"a.{form}", home / f"b.{form}"
    new = ("--db", str(home / "new.db"))
    deals("export", "--to", str(file))
    deals("init", "--template", "minimal", "--currency", "EUR", "--zone", "Europe/Berlin", *new)
    assert deals("import", str(file), *new).code == 0
    assert deals("export", "--to", str(again), *new).code == 0
    assert without_versions(again.read_text(), form) == without_versions(file.read_text(), form)


def without_versions(text: str, form: str) -> object:
    """The deals of an export without what counts the events of its own database."""
    rows: list[dict[str, Any]]
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(text)))
    elif form == "json":
        rows = json.loads(text)["deals"]
    else:
        rows = [*map(json.loads, text.splitlines())]
    assert all(int(row.pop("version")) for row in rows)
    return rows


def test_what_a_colleague_changed_since_an_export_stands_against_its_older_cell(
    deals: Type, home: Path
) -> None:
    file = home / "deals.csv"
    assert deals("export", "--to", str(file)).code == 0
    assert deals("set", "D-1", "title=of a colleague", "--as", "bo").code == 0
    rows = list(csv.DictReader(io.StringIO(file.read_text("utf-8"))))
    rows[1]["title"] = "edited in the sheet"
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.DictWriter(out, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    report = deals("import", str(file), "--json").json
    assert (report["created"], report["updated"]) == (0, 1)
    assert [(one["deal"], one["field"], one["ours"]) for one in report["conflicts"]] == [
        ("D-1", "title", "of a colleague")
    ]
    titles = {row["ref"]: row["title"] for row in deals("list", "--json").json["deals"]}
    assert (titles["D-1"], titles["D-2"]) == ("of a colleague", "edited in the sheet")


def test_a_file_is_private_and_never_put_in_the_place_of_another(deals: Type, home: Path) -> None:
    file = home / "deals.csv"
    assert deals("export", "--to", str(file)).code == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    refused = deals("export", "--to", str(file))
    assert (refused.code, "is there already" in refused.err) == (2, True)
    assert "--force" in refused.err
    assert deals("export", "--to", str(file), "--force").code == 0
    assert [path.name for path in home.iterdir() if path.name.startswith(".deals")] == []


def test_a_file_is_named_by_o_and_other_words_with_a_dash_filter(deals: Type, home: Path) -> None:
    file = home / "some.csv"
    assert deals("export", "-owner:ana", "-o", str(file)).code == 0
    assert [row["owner"] for row in csv.DictReader(io.StringIO(file.read_text("utf-8")))] == [
        "bo",
        "bo",
    ]


def test_columns_of_list_can_be_exported(deals: Type) -> None:
    rows = list(csv.reader(io.StringIO(deals("export", "--columns", "ref,title,age").out)))
    assert rows[0] == ["ref", "title", "age"]
    assert rows[3][1] == "'-formula"
    first = deals("export", "--columns", "ref,title,tags,expected_close", "--format", "jsonl").lines
    assert json.loads(first[1]) == {
        "ref": "D-2",
        "title": "retrofit",
        "tags": "cold",
        "expected_close": None,
    }


def test_the_name_of_the_file_tells_the_form_and_a_dash_is_stdout(deals: Type, home: Path) -> None:
    for name, begins in (("a.markdown", "| ref"), ("a.ical", "BEGIN:VCAL"), ("a.ndjson", '{"ref')):
        assert deals("export", "--to", str(home / name)).code == 0
        assert (home / name).read_text("utf-8").startswith(begins)
    refused = deals("export", "--to", str(home / "deals.doc"))
    assert (refused.code, list(home.glob("*.doc"))) == (2, [])
    assert "does not tell a format" in refused.err
    assert "--format: csv" in refused.err
    assert deals("export", "--to", "-", "--format", "csv").out == deals("export").out


def test_a_calendar_holds_the_days_to_come(deals: Type) -> None:
    told = deals("export", "--format", "ics").out
    assert told.count("BEGIN:VEVENT") == 2
    assert "DTSTART;VALUE=DATE:20261203" in told
    assert "SUMMARY:Close Lumen Oy: packaging line\\, pilot" in told


def test_markdown_is_a_table_in_which_no_word_is_markup(deals: Type) -> None:
    deals("add", "A|B: *x* 1k")
    told = deals("export", "--format", "md").lines
    assert told[0].startswith("| ref | deal |")
    assert "A\\|B" in told[-1]


def test_a_workbook_holds_numbers_dates_and_no_formula(deals: Type, home: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    file = home / "deals.xlsx"
    assert deals("export", "--to", str(file)).code == 0
    record = openpyxl.load_workbook(file).active
    names = [cell.value for cell in record[1]]
    row = dict(zip(names, record[2], strict=True))
    assert (row["value"].value, row["value"].data_type) == (40000, "n")
    assert row["expected_close"].is_date
    accounts = [record.cell(at, names.index("account") + 1) for at in range(2, 5)]
    assert {cell.data_type for cell in accounts} == {"s"}


def test_a_workbook_comes_back_whole_and_changes_nothing_here(deals: Type, home: Path) -> None:
    pytest.importorskip("openpyxl")
    deals("set", "D-1", "title='=1+1", "fields.day=2026-12-24", "fields.note=001")
    assert deals("note", "D-1", "-m", "=two\nlines").code == 0
    file, database = home / "deals.xlsx", home / "new.db"
    assert deals("export", "--to", str(file)).code == 0
    again = deals("import", str(file), "--json").json
    assert (again["created"], again["updated"]) == (0, 0)
    assert deals("import", str(file), "--db", str(database)).code == 0
    both = (deals("export", "--json", *at).out for at in (("--db", str(database)), ()))
    there, here = (without_versions(text, "json") for text in both)
    assert there == here
    file.unlink()
    assert deals("export", "--to", str(file), "--db", str(database)).code == 0
    sleep(2)  # the parts of a zip tell when they were written, in steps of two seconds
    assert deals("export", "--to", str(home / "b.xlsx"), "--db", str(database)).code == 0
    assert (home / "b.xlsx").read_bytes() == file.read_bytes()


def test_a_text_that_no_cell_of_a_workbook_holds_is_not_cut(deals: Type, home: Path) -> None:
    pytest.importorskip("openpyxl")
    for _ in range(2):
        assert deals("note", "D-1", "-m", "x" * 19_000).code == 0
    refused = deals("export", "--to", str(home / "deals.xlsx"))
    assert (refused.code, "longer than a cell" in refused.err) == (2, True)
    assert not (home / "deals.xlsx").exists()


def test_a_whole_workspace_is_not_poured_over_another(deals: Type, home: Path) -> None:
    file = home / "a.json"
    deals("export", "--whole", "--to", str(file))
    refused = deals("import", str(file))
    assert (refused.code, "deals here already" in refused.err) == (4, True)


def test_a_whole_workspace_that_was_changed_by_hand_is_refused(deals: Type, home: Path) -> None:
    file, database = home / "a.json", home / "new.db"
    deals("export", "--whole", "--to", str(file))
    document = json.loads(file.read_text())
    table = document["tables"]["deal"]
    table["rows"][0][table["columns"].index("title")] = "another"
    file.write_text(json.dumps(document))
    refused = deals("import", str(file), "--db", str(database))
    assert (refused.code, "not what its history says" in refused.err) == (2, True)


def test_what_does_not_go_together_is_refused(deals: Type, home: Path) -> None:
    for flags in (("--columns", "ref"), ("open",), ("--format", "csv")):
        refused = deals("export", "--whole", *flags)
        assert (refused.code, "--whole takes everything" in refused.err) == (2, True)
    assert deals("export", "--whole", "--format", "json").code == 0
    refused = deals("export", "--json", "--format", "csv")
    assert (refused.code, "--json does not go with --format csv" in refused.err) == (2, True)
    assert deals("export", "--json", "--format", "json").out == deals("export", "--json").out
    assert deals("export", "--json").out == deals("export", "--format", "json").out
    told = deals("export", "--json", "--format", "csv", "--to", str(home / "a.csv")).json
    assert told == {"schema": 1, "deals": 3, "format": "csv", "path": str(home / "a.csv")}
    whole = deals("export", "--whole", "--json", "--to", str(home / "a.json")).json
    assert (whole["format"], whole["path"]) == ("json", str(home / "a.json"))
    refused = deals("export", "--format", "xlsx")
    assert (refused.code, "goes into a file" in refused.err) == (2, True)


def test_ones_own_fields_are_columns_in_their_order(deals: Type) -> None:
    deals("set", "D-2", "fields.b=1", "fields.a=2")
    header = deals("export").lines[0]
    assert header.endswith("fields.a,fields.b,fields.product")


def test_an_export_that_is_only_tried_writes_nothing(deals: Type, home: Path) -> None:
    tried = deals("export", "--to", str(home / "a.csv"), "-n", "--json")
    assert tried.json == {"schema": 1, "dry_run": True, "path": str(home / "a.csv")}
    assert not (home / "a.csv").exists()


def test_numbers_of_a_markdown_table_stand_right(deals: Type) -> None:
    told = deals("export", "--format", "md", "--columns", "ref,value,closed_at").lines
    assert told[:2] == ["| ref | value | closed at |", "| --- | ---: | --- |"]
    assert deals("export", "--format", "md").lines[0] == (
        "| ref | deal | stage | value | currency | owner | next | due | expected close |"
    )


def test_columns_that_are_named_are_typed_for_people(deals: Type, home: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    for columns, kind in ((("--columns", "ref,age,created_at"), True), ((), False)):
        file = home / f"{len(columns)}.xlsx"
        assert deals("export", "--to", str(file), *columns).code == 0
        sheet = openpyxl.load_workbook(file).active
        row = dict(zip((c.value for c in sheet[1]), sheet[2], strict=True))
        assert row["created_at"].is_date is kind


@pytest.mark.parametrize("text", ['{"schema":1,"kind":"pipeboard workspace","tab', "{}"])
def test_of_a_whole_workspace_that_is_cut_off_nothing_is_made(
    pipe: Type, home: Path, text: str
) -> None:
    (home / "a.json").write_text(text)
    refused = pipe("import", str(home / "a.json"), "--db", str(home / "new.db"))
    assert (refused.code, (home / "new.db").exists()) == (2, False)


def test_a_whole_workspace_comes_only_where_there_is_none_or_an_empty_one(
    deals: Type, home: Path
) -> None:
    file = str(home / "a.json")
    assert deals("export", "--whole", "--to", file).code == 0
    assert deals("import", file).code == 4
    tried = deals("import", file, "--db", str(home / "new.db"), "-n")
    assert (tried.code, "Would be: a workspace" in tried.err) == (0, True)
    assert not (home / "new.db").exists()
    done = deals("import", file, "--db", str(home / "new.db"))
    assert "3 deals and all around them are here." in done.err


def test_an_export_without_a_filter_says_what_it_leaves_in_the_archive(deals: Type) -> None:
    assert "archived" not in deals("export").err
    assert deals("archive", "1").code == 0
    told = deals("export")
    assert "1 archived deal is left out; with them: pipeboard export 'open|won|lost|archived'" in (
        told.err
    )
    assert told.out.count("\nD-") == 2
    everything = deals("export", "open|won|lost|archived")
    assert (everything.out.count("\nD-"), everything.err) == (3, "")
    assert "archived" not in deals("export", "open").err
