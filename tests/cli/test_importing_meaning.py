"""import: nothing is settled in silence, and what is missing is said with the words to type."""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from argparse import Namespace
from collections import Counter
from pathlib import Path

import pytest

from pipeboard.cli.call import Call
from pipeboard.cli.importing import _document, _ways_of_stages
from pipeboard.domain.templates import template
from pipeboard.exchange.read_options import REMARKS
from pipeboard.exchange.rows import Rejected
from pipeboard.workspace.import_report import (
    Differing,
    ImportReport,
    RowsRejected,
    counts_told,
)
from tests.cli.conftest import Type
from tests.exchange.files import exported, open_file, write

FOREIGN = "id,deal name,stage,amount\n" + "".join(
    f"{n},Deal {n},{'Engaging' if n % 3 else 'Sounding'},{n}00\n" for n in range(1, 31)
)


def put(home: Path, text: str, name: str = "deals.csv") -> str:
    return str(write(home, text, name))


def test_deals_of_one_stage_are_counted_together_however_a_file_spells_it(
    team: Type, home: Path
) -> None:
    told = team("import", put(home, "id,deal,stage\n1,A,QUALIFIED\n2,B,qualified\n3,C,Qualified\n"))
    assert "Deals in the file: Qualified 3." in told.out


def test_stages_that_nobody_knows_are_told_once_with_the_commands_to_type(
    team: Type, home: Path
) -> None:
    file = put(home, FOREIGN)
    refused = team("import", file)
    assert refused.code == 4
    assert len(refused.lines) < 8
    assert "20 rows: stage: 'Engaging'" in refused.out
    assert "Engaging (20), Sounding (10)" in refused.err
    commands = re.findall(r"pipeboard (import .*)", refused.err)
    assert len(commands) == 2
    made = team(*shlex.split(commands[0].replace("NAME", "Foreign")))
    assert made.code == 0
    assert "30 created" in made.out


def test_the_pipeline_that_has_all_stages_of_a_file_is_named_first(team: Type, home: Path) -> None:
    assert team("pipeline", "new", "South", "--stages", "Sounding,Engaging").code == 0
    file = put(home, "id,deal,stage\n1,A,Engaging\n2,B,Sounding\n3,C,Won\n")
    command = re.findall(r"South has all of them: pipeboard (import .*)", team("import", file).err)
    assert "3 created" in team(*shlex.split(command[0])).out
    other = put(home, "id,deal,stage\n1,A,Engaging\n2,B,Nowhere\n", "other.csv")
    assert "South has" not in team("import", other, "--into", "New business").err


def test_the_second_command_puts_them_into_the_stages_that_are_there(
    team: Type, home: Path
) -> None:
    file = put(home, FOREIGN)
    command = re.findall(r"pipeboard (import .*)", team("import", file).err)[1]
    assert team(*shlex.split(command)).code == 0
    assert team("list", "--count").out == "30\n"


@pytest.mark.parametrize(
    ("stage", "wanted"),
    [("=won", "won"), ("=lost", "lost"), ("won", "won"), ("Lead", "open"), ("=-", "open")],
)
def test_a_stage_is_what_the_person_says(pipe: Type, home: Path, stage: str, wanted: str) -> None:
    file = put(home, "id,deal name,stage\n1,Alpha,Zu Ende\n2,Beta,Lead\n")
    line = ("import", file, "--into", "X", "--stages", "Lead", "--stage", f"Zu Ende={stage}")
    assert pipe(*line).code == 0
    listed = pipe("list", "Alpha", "--columns", "status", "--csv").lines[1:]
    assert listed == [wanted]


def test_a_value_is_what_the_person_says(team: Type, home: Path) -> None:
    file = put(home, "id,deal name,status\n1,Alpha,Given back\n2,Beta,Open\n")
    refused = team("import", file)
    assert (refused.code, "'Given back' is not a status" in refused.out) == (4, True)
    assert team("import", file, "--value", "status:Given back==lost").code == 0
    assert team("list", "lost", "--count").out == "1\n"


def test_without_a_stage_or_an_outcome_nothing_is_imported(team: Type, home: Path) -> None:
    file = put(home, "id,deal name,amount\n1,Alpha,5\n")
    refused = team("import", file)
    assert refused.code == 4
    assert "not found: stage, outcome, owner, dates" in refused.err
    assert "--set stage=NAME" in refused.err
    made = team("import", file, "--into", "X", "--stages", "Lead", "--set", "stage=Lead")
    assert (made.code, "Lead 1" in made.out) == (0, True)


@pytest.mark.parametrize(
    ("field", "value", "key"),
    [
        ("stage", "Demo", "stage"),
        ("owner", "zoe", "owner"),
        ("source", "web", "source"),
        ("status", "won", "status"),
        ("account", "Lumen Oy", "account"),
        ("title", "Pilot", "title"),
    ],
)
def test_one_value_can_be_set_for_every_row_of_a_file(
    pipe: Type, home: Path, field: str, value: str, key: str
) -> None:
    names = {"stage": "Lead", "account": "Acme", "title": "Beta"}
    header = [name for name in names if name != field]
    file = put(home, f"id,{','.join(header)}\n1,{','.join(names[name] for name in header)}\n")
    line = ("import", file, "--into", "X", "--stages", "Lead,Demo", "--set", f"{field}={value}")
    assert pipe(*line).code == 0
    (deal,) = pipe("list", "open|won", "--json").json["deals"]
    assert deal[key] == value


def test_the_currency_can_be_set_for_every_row_of_a_file(pipe: Type, home: Path) -> None:
    file = put(home, "id,deal name,stage,amount\n1,Alpha,Lead,5\n")
    line = ("import", file, "--into", "X", "--stages", "Lead", "--set", "currency=SEK")
    assert pipe(*line).code == 0
    (deal,) = pipe("list", "--json").json["deals"]
    assert deal["value"] == {"amount_minor": 500, "currency": "SEK"}


def test_a_file_without_a_name_is_refused_with_its_columns(team: Type, home: Path) -> None:
    refused = team("import", put(home, "amount,stage\n5,Lead\n"))
    assert (refused.code, "Columns: amount, stage" in refused.err) == (4, True)


def test_what_was_said_of_a_source_is_remembered_and_can_be_forgotten(
    pipe: Type, home: Path
) -> None:
    file = put(home, "id,deal name,stage,net\n1,Alpha,Lead,5\n")
    flags = ("--into", "X", "--stages", "Lead", "--map", "net=value")
    assert pipe("import", file, *flags).code == 0
    again = pipe("import", put(home, "id,deal name,stage,net\n1,Alpha,Lead,9\n"), "--into", "X")
    assert "--map net=value" in again.err
    assert pipe("list", "--json").json["deals"][0]["value"]["amount_minor"] == 900
    fresh = pipe("import", file, "--into", "X", "--fresh", "-n")
    assert "net -> field.net" in fresh.out


def test_a_recipe_is_a_file_that_says_the_same(pipe: Type, home: Path) -> None:
    file = put(home, "id,deal name,stage,net\n1,Alpha,Zu Ende,5\n")
    recipe = str(home / "recipe.json")
    flags = ("--map", "net=value", "--stage", "Zu Ende=Lead", "--save-recipe", recipe)
    assert pipe("import", file, "--into", "X", "--stages", "Lead", *flags).code == 0
    other = ("--db", str(home / "other.db"))
    line = ("import", file, "--into", "X", "--stages", "Lead", "--recipe", recipe)
    assert pipe(*line, *other).code == 0
    assert pipe("list", "--json", *other).json["deals"][0]["value"]["amount_minor"] == 500


def test_an_owner_of_a_file_who_is_like_a_rep_is_marked_before_it_is_imported(
    team: Type, home: Path
) -> None:
    team("rep", "add", "mara")
    file = put(home, "id,deal name,stage,owner\n1,A,Lead,marra\n2,B,Lead,zoe\n3,C,Lead,Mara\n")
    told = team("import", file, "--into", "X", "--stages", "Lead", "-n")
    assert "New owners: marra, zoe." in told.out
    assert "New rep? marra is like @mara" in told.out and "zoe is like" not in told.out


OWNERS = "id,deal name,stage,owner\n1,A,Lead,marra\n2,B,Lead,zoe\n3,C,Lead,Mara\n"
INTO = ("--into", "X", "--stages", "Lead")


def test_a_script_makes_no_reps_of_a_file_without_the_flag(team: Type, home: Path) -> None:
    team("rep", "add", "mara")
    file, before = put(home, OWNERS), team("rep", "list").out
    refused = team("import", file, *INTO, "-y")
    assert refused.code == 3
    assert "'marra', 'zoe' are no reps here." in refused.err
    assert "Slips? marra is like @mara. --new-rep makes them reps." in refused.err
    assert (team("list", "--count").out, team("rep", "list").out) == ("0\n", before)
    assert team("import", file, *INTO, "--value", "owner:marra=mara", "--new-rep").code == 0
    assert team("list", "owner:mara", "--count").out == "2\n"
    assert "zoe" in team("rep", "list").out and "marra" not in team("rep", "list").out


@pytest.mark.parametrize("flags", [(), ("-y",), ("--json",), ("--new-rep",)])
def test_a_dry_run_ends_as_the_import_would(team: Type, home: Path, flags: tuple[str, ...]) -> None:
    team("rep", "add", "mara")
    file = put(home, OWNERS)
    tried = team("import", file, *INTO, *flags, "-n")
    assert "marra" in tried.out
    done = team("import", file, *INTO, *flags)
    assert (tried.code, tried.err.splitlines()[-2:]) == (done.code, done.err.splitlines()[-2:])


def test_what_other_tools_and_our_own_files_say_of_all_deals_is_no_oddity(
    pipe: Type, home: Path
) -> None:
    board = "Card ID,Card Name,List Name,Last Activity Date\n1,A,Talk,2026-06-06T10:00:00.000Z\n"
    told = pipe("import", put(home, board), "--into", "X", "--stages", "auto", "--json").json
    assert told["tool"] == "trello" and told["remarks"] == {}
    pipe("add", "Acme: Line")
    assert pipe("lost", "2", "--category", "other", "--reason", "moved away").code == 0
    ours = str(home / "ours.csv")
    assert pipe("export", "--to", ours).code == 0
    told = pipe("import", ours, "--db", str(home / "other.db"))
    assert "lost 1" in told.out
    assert "none of ours" not in told.err and "day of closing" not in told.err


NAMESAKES = {
    "twice in the file": (
        "1,Pump,Acme,Prospecting\n2,Pump,acme,Prospecting\n3,Tap,Acme,Prospecting\n",
        [3],
    ),
    "here already": ("1,Line,Lumen Oy,Prospecting\n2,Tap,Acme,Prospecting\n", [2]),
    "without an account": ("1,Pump,,Prospecting\n2,Pump,,Prospecting\n", None),
}


@pytest.mark.parametrize("name", NAMESAKES)
def test_new_deals_that_are_called_like_others_are_told(team: Type, home: Path, name: str) -> None:
    rows, lines = NAMESAKES[name]
    assert team("add", "Lumen Oy: Line").code == 0
    file = put(home, f"id,title,account,stage\n{rows}")
    told = team("import", file, "--json").json
    assert told["remarks"].get("named_as_another") == lines
    again = team("import", file, "--json").json
    assert (again["created"], again["remarks"].get("named_as_another")) == (0, None)


def test_words_of_a_status_that_say_nothing_are_told_with_the_command_to_type(
    pipe: Type, home: Path
) -> None:
    file = put(home, "id,title,stage,status\n1,A,Lead,0\n2,B,Lead,1\n3,C,Lead,2\n")
    refused = pipe("import", file, "--into", "X", "--stages", "auto")
    assert refused.code == 4
    (command,) = re.findall(r"pipeboard (import .*)", refused.err)
    assert "--value status:0==lost" in command and "--value status:2==lost" in command
    line = shlex.split(command.replace("status:1==lost", "status:1==won"))
    assert pipe(*line).code == 0
    assert pipe("list", "won", "--count").out == "1\n"


def test_stages_that_sound_like_an_end_and_reasons_that_are_none_of_ours_are_told(
    pipe: Type, home: Path
) -> None:
    file = put(
        home,
        "id,deal name,stage,lost reason\n1,A,Talk,\n2,B,Lost - price,\n3,C,Lost,Bundled\n"
        "4,D,Lost,Too expensive\n5,E,Lost,no decision\n6,F,Lost,\n",
    )
    told = pipe("import", file, "--into", "X", "--stages", "auto")
    assert told.code == 0
    assert "sound as if deals ended there: 'Lost - price'." in told.err
    assert "none of ours count as other: 'Bundled' 1." in told.err
    lost = {deal["title"]: deal["lost"] for deal in pipe("list", "lost", "--json").json["deals"]}
    assert {name: loss["category"] for name, loss in lost.items()} == {
        "C": "other", "D": "price", "E": "no-decision", "F": "other",
    }  # fmt: skip
    flags = ("--stage", "Lost - price==lost", "--value", "lost reason:Bundled=competitor")
    again = pipe("import", file, "--into", "Y", "--stages", "auto", *flags, "--source", "other")
    assert again.code == 0 and "sound as if" not in again.err and "none of ours" not in again.err


@pytest.mark.parametrize("said", ["y\n", "n\n", ""])
def test_a_person_at_a_terminal_says_yes_once_for_all_reps_of_a_file(
    team: Type, home: Path, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    team("rep", "add", "mara")
    file = put(home, OWNERS)
    monkeypatch.setattr("pipeboard.cli.call.Call.has_person", True)
    asked = team("import", file, *INTO, stdin=said)
    assert asked.err.count("Make them reps? [y/N]") == 1
    assert asked.code == (0 if said == "y\n" else 1)
    assert team("list", "--count").out == ("3\n" if said == "y\n" else "0\n")


def test_before_anybody_has_said_who_is_in_the_team_a_file_says_it(pipe: Type, home: Path) -> None:
    file = put(home, OWNERS.replace("marra", "bo"))
    assert pipe("import", file, *INTO).code == 0
    assert "zoe" in pipe("rep", "list").out


def test_meaning_is_told_in_words_and_in_json(team: Type, home: Path) -> None:
    text = (
        "id,deal name,stage,amount,owner\n1,A,Closed Won,100,zoe\n2,B,Closed Lost,0,zoe\n"
        "3,C,Lead,50,ana\n"
    )
    file = put(home, text)
    line = ("import", file, "--into", "X", "--stages", "Lead", "-n")
    told = team(*line)
    assert "Deals in the file: won 1, lost 1, Lead 1." in told.out
    assert "Worth: lost €0; open €50; won €100." in told.out
    assert "New owners: zoe." in told.out
    assert "3 amounts" not in told.err
    assert "2 amounts without a currency taken as EUR" in told.err
    document = team(*line, "--json").json
    assert document["stages"] == {"won": 1, "lost": 1, "Lead": 1}
    assert document["amounts"]["won"] == {"EUR": 10_000}
    assert document["answers"]["dates"] is None
    assert document["remarks"] == {"no_closing_date": [2, 3], "lost_at_zero": [3]}


def test_an_amount_of_nothing_on_a_lost_deal_is_what_the_person_says(
    team: Type, home: Path
) -> None:
    file = put(home, "id,deal name,stage,amount\n1,A,Closed Lost,0\n")
    assert "--lost-zero unknown" in team("import", file, "-n").err
    assert team("import", file, "--lost-zero", "unknown").code == 0
    assert team("list", "lost", "--json").json["deals"][0]["value"] is None


@pytest.mark.parametrize("name", ["amount", "company", "name", "close date", "Betrag"])
def test_map_takes_every_word_that_the_matcher_knows(team: Type, home: Path, name: str) -> None:
    file = put(home, "id,deal name,stage,empresa\n1,Alpha,Lead,\n")
    assert team("import", file, "-n", "--map", f"empresa={name}").code in (0, 4)


def test_help_lists_the_fields(pipe: Type) -> None:
    told = pipe("import", "--help").out
    assert all(name in told for name in ("expected_close", "next_due", "lost_reason"))


BAD = "title,value,stage\nA,4k,Lead\nB,5k,Nope\nC,4k,Demo\n"


@pytest.fixture
def demo(pipe: Type) -> Type:
    pipe("init", "--template", "minimal")
    pipe("pipeline", "new", "Sales", "--stages", "Lead,Demo")
    return pipe


def test_rejected_rows_never_take_the_place_of_a_file(demo: Type, home: Path) -> None:
    file = put(home, BAD)
    mine = put(home, "mine", "deals.csv.rejected.csv")
    told = demo("import", file, "--into", "Sales", "--skip-bad")
    assert told.code == 0
    assert Path(mine).read_text() == "mine"
    made = home / "deals.csv.rejected-2.csv"
    assert made.read_text().splitlines()[1].startswith("B,5k,Nope,")
    assert stat.S_IMODE(made.stat().st_mode) == 0o600


def test_without_a_place_for_rejected_rows_nothing_is_imported(demo: Type, home: Path) -> None:
    folder = home / "full"
    folder.mkdir()
    file = put(folder, BAD)
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):
        pytest.skip("nobody keeps root out of a folder")
    try:
        refused = demo("import", file, "--into", "Sales", "--skip-bad")
    finally:
        folder.chmod(0o700)
    assert (refused.code, demo("list", "--count").out) == (2, "0\n")


def test_where_all_rows_come_in_no_file_is_left(demo: Type, home: Path) -> None:
    demo("import", put(home, BAD.replace("Nope", "Demo")), "--into", "Sales", "--skip-bad")
    assert not list(home.glob("*.rejected*"))


def test_rejected_rows_go_back_in_as_they_are(demo: Type, home: Path) -> None:
    text = BAD + '"D ""quoted",1k,Lead\nE,"open,2k,Lead\nF,3k,Lead\n'
    demo("import", put(home, text), "--into", "Sales", "--skip-bad")
    rejected = home / "deals.csv.rejected.csv"
    mended = rejected.read_text().replace("Nope", "Lead").replace('""open', "open")
    assert [line.split(",")[0] for line in mended.splitlines()[1:]] == ["B", "E", "F"]
    rejected.write_text(mended)
    report = demo("import", str(rejected), "--into", "Sales", "--skip-bad", "--json").json
    assert report["mapping"]["reason"] == "-"
    assert report["created"] >= 2


def test_an_interrupted_import_says_that_nothing_came_in(
    demo: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: object, **flags: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeboard.workspace.row_deciding.RowDecider.decide", stop)
    stopped = demo("import", put(home, BAD), "--into", "Sales")
    assert stopped.code == 130
    assert stopped.err == "Interrupted: nothing was changed.\n"
    assert demo("list", "--count").out == "0\n"


def test_a_sheet_of_a_workbook_is_chosen_by_its_name(team: Type, home: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["Read me"])
    sheet = book.create_sheet("Deals")
    for row in (["id", "deal name", "stage", "amount"], [1, "Alpha", "Closed Won", 12.5]):
        sheet.append(row)
    book.save(home / "book.xlsx")
    line = ("import", str(home / "book.xlsx"))
    assert team(*line, "--sheet", "Nothing").code == 3
    told = team(*line, "--sheet", "deals", "--json")
    assert told.json["amounts"] == {"won": {"EUR": 1250}}


def test_a_file_without_names_of_columns_is_refused_and_none_of_its_deals_is_lost(
    team: Type, home: Path
) -> None:
    refused = team("import", put(home, "1,Alpha,Lead,500,2026-01-02\n2,Beta,Lead,7,2026-01-03\n"))
    assert (refused.code, "no line with the names" in refused.err) == (2, True)


def test_lines_of_a_report_above_and_below_are_told_of(team: Type, home: Path) -> None:
    text = (
        "Pipeline report,,,\nAs of 2026-11-01,,,\n\nid,deal name,stage,amount\n"
        "1,Alpha,Closed Won,5\n2,Beta,Closed Won,7\n\nGrand Total,,,12\n"
        "Confidential Information - Do Not Distribute,,,\n"
    )
    told = team("import", put(home, text), "--json").json
    assert told["created"] == 2
    assert any("lines above the names" in line for line in told["warnings"])
    assert any("2 lines below the last deal left out" in line for line in told["warnings"])


@pytest.mark.parametrize(
    ("name", "won", "lost", "read"),
    [
        ("hubspot-deals.csv", 198, 113, 400),
        ("pipedrive-deals.csv", 198, 113, 400),
        ("zoho-deals.csv", 198, 113, 400),
        ("trello-board.json", None, None, 100),
        ("trello-board.csv", None, None, 100),
    ],
)
def test_exports_of_other_tools_come_in_whole_by_one_command(
    pipe: Type,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    won: int | None,
    lost: int | None,
    read: int,
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", "2017-12-31T22:59:00Z")
    file = str(exported(f"crm-exports/{name}"))
    line = ("import", file, "--into", "X", "--stages", "auto")
    report = pipe(*line, "--json").json
    assert (report["read"], report["created"], report["rejected"]) == (read, read, [])
    if won is not None:
        assert (report["stages"]["won"], report["stages"]["lost"]) == (won, lost)
    again = pipe("import", file, "--into", "X", "--json").json
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, read)


# A file for each remark, of which one row alone is odd.
ODD = {
    "status_against_stage": "deal name,stage,status,closed\nAlpha,Won,open,2026-06-06\n"
    "Beta,Prospecting,open,\n",
    "status_over_stage": "deal name,stage,status,closed\nAlpha,Won,lost,2026-06-06\n"
    "Beta,Prospecting,open,\n",
    "deleted": "deal name,stage,deleted\nAlpha,Prospecting,yes\nBeta,Prospecting,no\n",
    "closed_somehow": "deal name,stage,is closed\nAlpha,Prospecting,true\nBeta,Prospecting,false\n",
    "open_with_loss": "deal name,stage,lost reason\nAlpha,Prospecting,Price\nBeta,Prospecting,\n",
    "open_with_closing": "deal name,stage,closed on\nAlpha,Prospecting,2026-06-06\n"
    "Beta,Prospecting,\n",
    "named_as_another": "id,deal name,account,stage\n1,Alpha,Lumen Oy,Prospecting\n"
    "2,Beta,Lumen Oy,Prospecting\n",
    "closed_before_created": "deal name,status,created,closed\nAlpha,won,2026-05-05,2026-04-04\n"
    "Beta,won,2026-05-05,2026-06-06\n",
    "closed_before_entered": "id,deal name,status,closed\n1,Alpha,won,2026-04-04\n"
    "2,Beta,won,2026-06-06\n",
    "closed_in_future": "deal name,status,created,closed\nAlpha,won,2026-05-05,2031-04-04\n"
    "Beta,won,2026-05-05,2026-06-06\n",
    "created_in_future": "deal name,stage,created\nAlpha,Prospecting,2031-05-05\n"
    "Beta,Prospecting,2026-05-05\n",
    "no_closing_date": "deal name,status,closed\nAlpha,won,\nBeta,won,2026-06-06\n",
    "closed_as_expected": "deal name,status,closed,expected close\nAlpha,won,,2026-05-05\n"
    "Beta,won,2026-06-06,2026-05-05\n",
    "two_currencies": "deal name,stage,value,currency\nAlpha,Prospecting,$50,EUR\n"
    "Beta,Prospecting,60,EUR\n",
    "of_its_currency": "ref,stage,value\nD-1,Prospecting,600\nD-2,Prospecting,700\n",
    "period": "deal name,stage,expected close\nAlpha,Prospecting,2027Q1\n"
    "Beta,Prospecting,2027-02-02\n",
    "several_owners": "deal name,stage,owner\nAlpha,Prospecting,ana; bo\nBeta,Prospecting,ana\n",
    "odd_email": "deal name,stage,contact email\nAlpha,Prospecting,mika at lumen\n"
    "Beta,Prospecting,mika@lumen.example\n",
    "no_stage": "deal name,stage\nAlpha,\nBeta,Prospecting\n",
    "lost_at_zero": "deal name,status,value,closed\nAlpha,lost,0,2026-06-06\n"
    "Beta,lost,50,2026-06-06\n",
    "long_title": f"deal name,stage\n{'Alpha ' * 60},Prospecting\nBeta,Prospecting\n",
    "long_text": f"deal name,stage,notes\nAlpha,Prospecting,{'met ' * 6_000}\n"
    "Beta,Prospecting,met\n",
    "joined_otherwise": "id,deal name,stage,colour\n1,Alpha,Prospecting,red\n"
    "2,Beta,Prospecting,blue\n",
    "merged_here": "id,deal name,stage\n1,Alpha,Prospecting\n2,Beta,Prospecting\n",
    "archived_here": "id,deal name,stage\n1,Alpha,Qualified\n2,Beta,Prospecting\n",
    "closed_here": "id,deal name,stage\n1,Alpha,Qualified\n2,Beta,Prospecting\n",
    "merged_elsewhere": "ref,title,stage,merged_into\nD-8,Alpha,Prospecting,D-7\n"
    "D-9,Beta,Prospecting,\n",
    "back_elsewhere": "ref,title,stage,recycled_from\nD-8,Alpha,Prospecting,D-7\n"
    "D-9,Beta,Prospecting,\n",
    "numbered_otherwise": "ref,title,stage\nD-1,Other,Prospecting\nD-9,Beta,Prospecting\n",
    "said_before": "id,deal name,stage\n1,Alpha,Prospecting\n1,Alpha,Prospecting\n",
}
DONE_BEFORE = {
    "merged_here": ("merge", "D-2", "D-1", "--yes"),
    "archived_here": ("archive", "D-1"),
    "closed_here": ("lost", "D-1", "--category", "price"),
    "closed_before_entered": ("move", "D-1", "Qualified"),
}
"""What somebody does to a deal between two files."""


def test_each_remark_on_a_row_is_tried_here() -> None:
    assert set(ODD) == set(REMARKS)


@pytest.mark.parametrize("remark", ODD)
def test_what_is_odd_in_a_row_is_told_with_its_line(team: Type, home: Path, remark: str) -> None:
    line = ["import", put(home, ODD[remark]), "--dry-run", "--override", "as in the file"]
    if remark == "joined_otherwise":
        second = put(home, "id,colour\n1,green\n2,blue\n", "second.csv")
        line += ["--beside", second, "--by", "id"]
    if remark in ("named_as_another", "numbered_otherwise"):
        assert team("add", "Lumen Oy: Alpha").code == 0
    if remark == "of_its_currency":
        for amount in ("JPY 500", "€500"):
            assert team("add", f"Lumen Oy: Alpha {amount}").code == 0
    if remark in DONE_BEFORE:
        assert team("import", put(home, ODD["merged_here"], "first.csv"), "--yes").code == 0
        assert team(*DONE_BEFORE[remark]).code == 0
    said = team(*line)
    told = " ".join((said.out + said.err).split())
    at = 3 if remark == "said_before" else 2
    assert f"1 row: {REMARKS[remark]} (line {at})." in told
    others = [other for name, other in REMARKS.items() if name != remark]
    assert not [other for other in others if other in told]


NO_DAYS = "id,deal name,stage,amount\n1,Open,Qualified,70\n2,Won,Won,100\n3,Lost,Lost,50\n"


@pytest.fixture
def undated(team: Type, home: Path) -> Type:
    """A team whose deals came from a file that tells no day."""
    assert team("import", put(home, NO_DAYS)).code == 0
    return team


@pytest.mark.parametrize("name", ["created_at", "stage_entered_at", "closed_at", "age", "idle"])
def test_what_a_file_did_not_date_is_dated_nowhere(undated: Type, name: str) -> None:
    cells = undated("list", "--columns", f"ref,{name}", "--csv").lines[1:]
    assert cells == ["D-1,", "D-2,", "D-3,"]
    told = {"age": "days_in_stage", "idle": "idle_days"}.get(name, name)
    deals = json.loads(undated("list", "--json").out)["deals"]
    assert [deal[told] for deal in deals] == [None, None, None]


def test_what_a_file_did_not_date_is_told_as_unknown(undated: Type) -> None:
    for ref, standing in (("D-1", "Qualified"), ("D-2", "Won"), ("D-3", "Lost")):
        shown = re.sub(" +", " ", undated("show", ref).out)
        assert "created unknown" in shown
        assert ("closed unknown" in shown) == (ref != "D-1")
        assert f"stage {standing} (since when is unknown" in shown


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("created:today", ""), ("created<=today", ""), ("created:none", "D-1 D-2 D-3"),
        ("closed:today", ""), ("closed>=1jan", ""), ("closed:none", "D-1 D-2 D-3"),
        ("age<5", ""), ("age:0", ""), ("age>=0", "D-1 D-2 D-3"), ("age:none", "D-1 D-2 D-3"),
        ("idle<5", ""), ("idle>=0", "D-1 D-2 D-3"), ("idle:none", "D-1 D-2 D-3"),
    ],
)  # fmt: skip
def test_a_filter_takes_no_day_that_nobody_knows(undated: Type, words: str, found: str) -> None:
    """How long it has been here is known: in its stage it was so long, or longer."""
    assert undated("list", words, "--ids").out.split() == found.split()


def test_what_happened_here_is_dated_as_ever(undated: Type) -> None:
    for line in (
        ("move", "D-1", "Prospecting"),
        ("log", "D-1", "call"),
        ("reopen", "D-3"),
        ("lost", "D-3", "--category", "price"),
        ("add", "Lumen: press 40k"),
    ):
        assert undated(*line).code == 0
    for words, refs in (
        ("closed:today", ["D-3"]),
        ("age:0", ["D-1", "D-3", "D-4"]),
        ("idle:0", ["D-1", "D-4"]),
        ("created:today", ["D-4"]),
    ):
        assert undated("list", words, "--ids").out.split() == refs


AGAIN = NO_DAYS.replace("amount\n", "amount,closed\n").replace("Qualified,70\n", "Won,70,{}\n")


def test_a_later_file_says_when_what_no_day_was_told_of_was_won(undated: Type, home: Path) -> None:
    undated("import", put(home, AGAIN.format("2026-05-01")), "--override", "as in the file")
    assert "closed Fri 1 May 2026" in re.sub(" +", " ", undated("show", "D-1").out)
    for as_of, won in (("2026-11-20", 1), ("2026-07-05", 1), ("2026-04-30", 0)):
        told = json.loads(undated("metrics", "--period", "2026Q2", "--as-of", as_of, "--json").out)
        found = [told["metrics"][name]["value"] for name in ("won_value", "forecast_commit")]
        assert found == [won * 7_000, won * 7_000]


def test_a_person_may_say_so_too(undated: Type) -> None:
    assert undated("won", "D-1", "--on", "2026-05-01", "--override", "on the phone").code == 0
    assert undated("list", "closed:2026-05-01", "--ids").out == "D-1\n"


def test_a_closing_before_a_deal_came_to_its_stage_is_told(team: Type, home: Path) -> None:
    dated = "id,deal name,stage,amount,created\n1,Open,Qualified,70,2026-06-01\n"
    team("import", put(home, dated))
    closed = "id,deal name,stage,amount,created,closed\n1,Open,Won,70,2026-06-01,{}\n"
    told = "closed before they came to where they stand here: taken as closed when they did"
    result = team("import", put(home, closed.format("2026-05-01")), "--override", "as in the file")
    assert told in result.err
    assert team("list", "closed:2026-06-01", "--ids").out == "D-1\n"


def test_a_later_file_tells_when_a_deal_began(undated: Type, home: Path) -> None:
    said = "id,deal name,stage,amount,created\n1,Open,Qualified,70,2026-05-01\n"
    result = undated("import", put(home, said))
    assert result.lines[0] == "1 row read, 0 created, 1 updated, 0 unchanged, 0 rejected."
    assert "created_at" not in result.err
    assert "created       Fri 1 May 2026" in undated("show", "1").out


PIPELINE = template("minimal", pipeline_name="Sales", currency="EUR")


def test_every_count_of_an_import_is_in_its_document_under_its_name(home: Path) -> None:
    report = ImportReport(
        read=11, created=2, updated=3, unchanged=4, skipped=5, by_name=6, elsewhere=7, before=8,
        joined=9, joined_here=10, command_id="c1",
        rejected=[Rejected(3, "stage", "x", "no stage")],
        ambiguous=[Rejected(4, "", "", "two")],
        conflicts=[Differing(5, "D-1", "title", "a", "b", "ours")],
        left=[Differing(6, "D-2", "closed_at", "c", "d", "ours")],
        emptied=Counter(owner=1), not_followed=Counter(stage=2), stages=Counter(Demo=3),
        sums=Counter({("open", "EUR"): 500, ("won", "USD"): 700}), remarks={"no_stage": [7]},
        new_owners=["cy"], new_pipelines=[PIPELINE],
    )  # fmt: skip
    with open_file(write(home, "id,deal,stage\n1,A,Demo\n")) as reading:
        assert _document(reading, report, ["odd"]) == {
            "format": "csv", "tool": "csv", "source": "file:id", "encoding": "utf-8",
            "delimiter": ",", "read": 11, "created": 2, "updated": 3, "unchanged": 4, "skipped": 5,
            "rejected": [{"line": 3, "column": "stage", "value": "x", "reason": "no stage"}],
            "conflicts": [{"line": 5, "deal": "D-1", "field": "title", "ours": "a", "theirs": "b",
                           "kept": "ours"}],
            "ambiguous": [4], "matched_by_name": 6, "known_elsewhere": 7,
            "not_followed": {"stage": 2},
            "left": [{"line": 6, "deal": "D-2", "field": "closed_at", "ours": "c", "theirs": "d",
                      "kept": "ours"}],
            "emptied": {"owner": 1}, "remarks": {"no_stage": [7]}, "stages": {"Demo": 3},
            "amounts": {"open": {"EUR": 500}, "won": {"USD": 700}}, "joined": 9, "joined_here": 10,
            "new_owners": ["cy"], "new_pipelines": ["Sales"], "before": 8, "after": 10,
            "answers": {"title": "deal", "stage": "stage", "outcome": "stage", "value": None,
                        "owner": None, "dates": None},
            "warnings": ["odd"],
            "mapping": {"id": "external_id", "deal": "title", "stage": "stage"},
            "command_id": "c1",
        }  # fmt: skip


def test_the_commands_to_type_name_what_is_unknown_the_most_frequent_first() -> None:
    names = [f"S{n}" for n in range(13)]
    rows = [Rejected(n, "stage", name, "", stages=(name,)) for n, name in enumerate(names)]
    rows.append(Rejected(20, "stage", "Qualifed", "", stages=("Qualifed",)))
    rows.append(Rejected(21, "stage", "Qualifed", "", stages=("Qualifed",)))
    call = Call(Namespace(quiet=False, color="auto"), {}, ["a.csv"])
    first, whole, renamed = _ways_of_stages(ImportReport(rejected=rows), PIPELINE, call)
    assert first.startswith("The file has stages that Sales does not have: Qualifed (2), S0 (1), ")
    assert first.endswith("S10 (1) and 2 more.")
    assert whole.endswith("pipeboard import a.csv --into NAME --stages auto")
    assert "--stage Qualifed=Qualified --stage S0=Prospecting" in renamed
    assert renamed.count("--stage ") == 12
    assert _ways_of_stages(ImportReport(), PIPELINE, call) == []


@pytest.mark.parametrize(
    ("read", "bad", "told", "refused"),
    [(1, 1, "1 row read", "1 of 1 row is rejected."), (2, 1, "2 rows read", "1 of 2 rows is"),
     (2_000, 2, "2,000 rows read", "2 of 2,000 rows are rejected.")],
)  # fmt: skip
def test_one_row_is_told_as_one(read: int, bad: int, told: str, refused: str) -> None:
    report = ImportReport(read=read, rejected=[Rejected(2, "", "", "odd")] * bad)
    assert counts_told(report).startswith(f"{told}, ")
    assert refused in RowsRejected(report).message


@pytest.mark.parametrize(
    ("typed", "renamed", "made"),
    [
        (["a b.csv", "--into", "Old", "--map", "Phase=stage"],
         "'a b.csv' --into Old --map Phase=stage --stage Odd=Prospecting",
         "'a b.csv' --map Phase=stage --into NAME --stages auto"),
        (["--db", "x.db", "-pOld", "a.csv", "--token", "t1", "--skip-bad"],
         "--db x.db -pOld a.csv --skip-bad --stage Odd=Prospecting",
         "--db x.db a.csv --skip-bad --into NAME --stages auto"),
        (["-p", "Old", "--token=t1", "--pipeline=Old", "--currency", "USD", "--", "-a.csv"],
         "-p Old --pipeline=Old --currency USD --stage Odd=Prospecting -- -a.csv",
         "--currency USD --into NAME --stages auto -- -a.csv"),
    ],
)  # fmt: skip
def test_the_commands_to_type_keep_what_was_typed(
    typed: list[str], renamed: str, made: str
) -> None:
    report = ImportReport(rejected=[Rejected(2, "stage", "Odd", "", stages=("Odd",))])
    call = Call(Namespace(quiet=False, color="auto"), {}, typed)
    _, whole, into = _ways_of_stages(report, PIPELINE, call)
    assert whole.partition("pipeboard import ")[2] == made
    assert into.partition("pipeboard import ")[2] == renamed


def test_the_command_for_stages_of_another_pipeline_works_as_it_is_told(
    team: Type, home: Path
) -> None:
    assert team("pipeline", "new", "Renewals", "--stages", "Due,Offered").code == 0
    file = put(home, "Id,Name,Phase,Worth\n1,A,Odd,5\n2,B,Due,6\n")
    flags = ("--map", "Phase=stage", "--map", "Worth=value", "--currency", "USD")
    refused = team("import", file, "--into", "Renewals", *flags)
    (way,) = (line for line in refused.err.splitlines() if "To put them" in line)
    done = team(*shlex.split(way.partition("): pipeboard ")[2]))
    assert "2 created" in done.out, done.err
    assert team("list", "-p", "Renewals", "value>0USD", "--count").lines == ["2"]


def test_each_choice_of_an_import_is_carried_out(team: Type, home: Path) -> None:
    first = write(home, "id,deal,stage,amount\n1,Alpha,Prospecting,5\n2,Beta,Prospecting,6\n")
    assert team("import", str(first)).code == 0
    assert team("set", "D-1", "title=Mine").code == 0
    second = write(home, "id,deal,stage,amount\n1,Theirs,Prospecting,5\n2,Beta,Prospecting,9\n")

    def title(*flags: str) -> tuple[str, int]:
        assert team("import", str(second), *flags).code == 0
        deals = team("list", "--json").json["deals"]
        found = deals[0]["title"], len(deals)
        if found != ("Mine", 2) or flags == ():
            assert team("undo").code == 0
        return found

    assert title("--match", "skip") == ("Mine", 2)
    assert team("show", "D-2", "--json").json["deal"]["value"]["amount_minor"] == 600
    assert title() == ("Mine", 2)
    assert title("--prefer", "file") == ("Theirs", 2)
    assert title("--match", "new") == ("Mine", 4)
    tried = team("import", str(second), "-n", "--save-recipe", str(home / "r.json"))
    assert "would keep the flags" in tried.err and not (home / "r.json").exists()
    assert "Would be: 2 rows read" in tried.out and "column 'deal'" in tried.out
    assert "Would be" not in team("import", str(second), "--match", "skip").out


@pytest.mark.parametrize(
    ("stages", "names"),
    [
        ("Lead, Demo", ["Lead", "Demo"]),
        ("Lead; Demo, later", ["Lead", "Demo, later"]),
        ("Lead,Won,Demo,Lost", ["Lead", "Demo"]),
    ],
)
def test_stages_that_are_named_are_those_to_work_in(
    team: Type, home: Path, stages: str, names: list[str]
) -> None:
    file = write(home, f"deal,stage\nA,{names[0]}\n")
    made = team("import", str(file), "--into", "New", "--stages", stages)
    assert made.code == 0, made.err
    found = team("pipeline", "show", "New", "--json").json["pipeline"]["stages"]
    assert [stage["name"] for stage in found] == [*names, "Won", "Lost"]
    assert ("every pipeline ends so" in made.err) is ("Won" in stages)
    again = team("import", str(file), "--into", "new", "--stages", names[0].upper())
    assert again.code == 0, again.err
    assert team("import", str(file), "--into", "New", "--stages", "Other").code == 4


def test_a_recipe_of_a_file_goes_under_what_is_typed(team: Type, home: Path) -> None:
    file = write(home, "id,deal,stage,a,amount\n1,A,Prospecting,x,5\n")
    (home / "r.json").write_text(
        '{"schema":1,"map":["a=owner"],"key":["id","deal"],"currency":"USD"}'
    )
    flags = ("--recipe", str(home / "r.json"), "-n", "--json", "--new-rep")
    kept = team("import", str(file), *flags).json
    assert (kept["mapping"]["a"], kept["source"]) == ("owner", "file:id+deal")
    assert kept["amounts"] == {"open": {"USD": 500}}
    typed = team("import", str(file), *flags, "--currency", "SEK", "--map", "a=source").json
    assert (typed["mapping"]["a"], typed["amounts"]) == ("source", {"open": {"SEK": 500}})
