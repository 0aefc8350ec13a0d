from __future__ import annotations

import io
import json
import os
import stat
import sys
import threading
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput, NotFound, PipeboardError
from pipeboard.exchange.deal_files import is_whole
from pipeboard.exchange.layouts import LAYOUTS
from pipeboard.exchange.layouts.layout import COLUMNS
from pipeboard.exchange.local_files import local_copy
from pipeboard.exchange.moments import AmbiguousDate
from pipeboard.exchange.read_options import CellTally, ReadOptions, lines_told
from pipeboard.exchange.reading import find_source, has_pipelines, open_table
from pipeboard.exchange.row_stream import stages_in_order
from pipeboard.exchange.rows import DealRow, Entered
from tests.exchange.files import all_deals, deals_of, open_file, write

TEXT = "Deal,Value\nPilot,5\nRenewal,6\n"


@pytest.mark.parametrize(
    ("asked", "targets"),
    [
        ("title", "title account"),
        ("stage", "stage entered:Demo"),
        ("outcome", "status is_won is_lost is_closed stage won_at lost_at"),
        ("value", "value won_value"),
        ("owner", "owner"),
        ("dates", "created_at entered:Demo stage_entered_at close_date closed_at won_at"),
    ],
)
def test_each_column_that_answers_what_is_asked_of_a_file_answers_it(
    asked: str, targets: str, tmp_path: Path
) -> None:
    path = write(tmp_path, "id,x\n1,\n2,\n")
    with open_file(path) as nothing:
        assert nothing.answers()[asked] == ""
    for target in targets.split():
        with open_file(path, overrides=(f"x={target}",)) as reading:
            assert reading.answers()[asked] == "x", target


def test_a_reading_tells_how_the_file_is_written(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal;Value;Sector\nPilot;5;Räder\n".encode("windows-1252"))
    with open_file(path) as reading:
        assert (reading.tool, reading.format) == ("csv", "csv")
        assert (reading.encoding, reading.delimiter) == ("windows-1252", ";")
        assert reading.header == ("Deal", "Value", "Sector")
        assert reading.mapping == {"Deal": "title", "Value": "value", "Sector": "field.Sector"}


def test_rows_can_be_gone_through_again(tmp_path: Path) -> None:
    with open_file(write(tmp_path, TEXT)) as reading:
        assert list(reading.rows()) == list(reading.rows())


def test_rows_are_streamed_and_tell_how_far_they_have_come(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal\n" + "x" * 99 + "\n" + "Deal 5\n" * 100_000)
    with open_file(path) as reading:
        rows = reading.rows()
        assert len(list(islice(rows, 50_000))) == 50_000
        assert 0.4 < reading.share_read() < 0.6
        assert sum(1 for _ in rows) == 50_001
        assert reading.share_read() == 1.0


def give_on_stdin(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


def test_standard_input_is_kept_where_only_we_can_read_it_until_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_on_stdin(TEXT, monkeypatch)
    reading = open_file("-")
    with reading:
        titles = [row.title for row in all_deals(list(reading.rows()))]
        assert titles == ["Pilot", "Renewal"]
    with pytest.raises(FileNotFoundError):
        list(reading.rows())


def test_a_failure_leaves_no_copy_of_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    give_on_stdin("", monkeypatch)
    with pytest.raises(BadInput, match="standard input is empty"):
        open_file("-")
    assert list(tmp_path.iterdir()) == []


def test_the_copy_of_standard_input_is_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    give_on_stdin(TEXT, monkeypatch)
    with open_file("-"):
        (folder,) = tmp_path.iterdir()
        (copy,) = folder.iterdir()
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_named_pipe_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_text, args=(TEXT,))
    writer.start()
    with open_file(path) as reading:
        assert len(list(reading.rows())) == 2
    writer.join()


def test_a_pipe_that_is_no_copy_is_never_waited_for(tmp_path: Path) -> None:
    """Its other end may never be opened."""
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    assert not is_whole(path)
    with pytest.raises(BadInput, match="is a pipe or a device"):
        open_table(path)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="There is no file") as missing:
        open_file(tmp_path / "missing.csv")
    assert missing.value.hint == "Check its name and folder."
    with pytest.raises(BadInput, match="is a folder"):
        open_file(tmp_path)


def test_a_file_in_which_nothing_names_a_deal_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PipeboardError, match="name of a deal") as caught:
        open_file(write(tmp_path, "Value,Stage\n5,Demo\n"))
    assert "Columns: Value, Stage" in caught.value.hint


def test_a_file_without_a_beginning_says_what_follows_from_it(tmp_path: Path) -> None:
    with open_file(write(tmp_path, TEXT)) as reading:
        assert any("when a deal began" in warning for warning in reading.warnings)
    with open_file(write(tmp_path, "Deal,Created\nPilot,2017-01-01\n")) as reading:
        assert reading.warnings == []


def test_dates_are_settled_by_the_whole_file(tmp_path: Path) -> None:
    rows = "".join(f"Deal {n},01/02/2017\n" for n in range(500))
    text = f"Deal,Created\n{rows}Last,13/02/2017\n"
    first = deals_of(tmp_path, text)[0]
    assert str(first.created_at) == "2017-01-31 23:00:00+00:00"


def test_dates_that_nothing_settles_are_refused_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, "Deal,Created\nPilot,03/04/2017\n")
    with pytest.raises(AmbiguousDate, match="Line 2, column 'Created'") as caught:
        open_file(path)
    assert "--dates dmy" in caught.value.hint
    with open_file(path, dates="MDY") as reading:
        (row,) = reading.rows()
        assert isinstance(row, DealRow)
        assert str(row.created_at) == "2017-03-03 23:00:00+00:00"
    with pytest.raises(BadInput, match="'ydm' is no order"):
        open_file(path, dates="ydm")


PIECES = st.sampled_from(
    [
        *',;\t"\n\r{}[]:=', "Deal", "Value", "Created", "Status", "Record ID", "Deal Stage",
        '"deals"', '"cards"', '"lists"', '"id"', '"title"', '"value"', '"amount_minor"', "null",
        "Won", "open", "40k", "€", "03/04/2017", "13/04/2017", "2017-03-18", "0.5", "-1",
        "\ud83d", "é", " ", "\\ud800", "'=1", "x" * 400, "\x1b[31m",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(PIECES, max_size=40).map("".join) | st.binary(max_size=200))
def test_no_file_does_anything_but_read_or_refuse(tmp_path: Path, content: str | bytes) -> None:
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    try:
        with open_file(write(tmp_path, data)) as reading:
            for row in reading.rows():
                assert row.line >= 1
                assert all(cell == cell.encode().decode() for cell in row.raw.values())
    except PipeboardError as error:
        assert error.message


@pytest.mark.parametrize(
    ("start", "what"),
    [("<html><table>", "a web page"), ("<?xml version='1.0'?>", "XML"), ("{\\rtf1 x}", "RTF"),
     ("%PDF-1.7", "a PDF")],
)  # fmt: skip
def test_another_kind_of_document_is_called_what_it_is(
    tmp_path: Path, start: str, what: str
) -> None:
    file = tmp_path / "deals.xls"
    file.write_text(f"{start}\nTitle,Stage\nA,Lead\n")
    with pytest.raises(BadInput, match=what):
        open_file(file)


@pytest.mark.parametrize(
    ("pipelines", "said"),
    [
        ((), ""),
        (("Sales", "Sales"), ""),
        (("Sales", "Sales", "Other"), "deals of 2 pipelines (Sales 2, Other 1)"),
    ],
)
def test_only_deals_of_several_pipelines_are_told_to_go_into_one(
    tmp_path: Path, pipelines: tuple[str, ...], said: str
) -> None:
    text = "deal,stage,pipeline\n" + "".join(f"D{n},Lead,{p}\n" for n, p in enumerate(pipelines))
    with open_file(write(tmp_path, text)) as reading:
        assert len(list(reading.rows())) == len(pipelines)
        told = [remark for remark in reading.remarks() if "pipelines (" in remark]
    assert [said in remark for remark in told] == [True] * bool(said)


# What a person says of a file, and what is told of it.


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"values": ("Stage:Offen=won",)}, ("won", None)),
        ({"values": ("Stage:Offen==lost",)}, ("lost", None)),
        ({"values": ("Stage:Offen=LOST",)}, ("lost", None)),
        ({"values": ("Stage:Offen=Demo",)}, ("open", "Demo")),
        ({"values": ("stage:OFFEN=Demo",)}, ("open", "Demo")),
        ({"stages": ("Offen=won",)}, ("won", None)),
        ({"stages": ("offen=Demo",)}, ("open", "Demo")),
        ({"stages": ("Offen==open",)}, ("open", "Offen")),
        ({"stages": ("Offen=open",)}, ("open", "open")),
        ({"values": ("Stage:Offen==open",)}, ("open", "Offen")),
        ({"stages": ("Offen=-",)}, ("open", None)),
        ({"values": ("Status:x=won",)}, ("won", "Offen")),
        ({"values": ("Status:x=lost",)}, ("lost", "Offen")),
        ({"values": ("Status:x==-",)}, ("open", "Offen")),
        ({"values": ("Status:x=-",)}, ("open", "Offen")),
    ],
)
def test_a_word_of_a_file_means_what_the_person_says(
    tmp_path: Path, said: dict[str, tuple[str, ...]], told: tuple[str, str | None]
) -> None:
    status = (
        "x" if any(word.startswith("Status") for words in said.values() for word in words) else ""
    )
    options = ReadOptions(**said, overrides=("Status=status",))  # type: ignore[arg-type]
    text = f"Deal,Stage,Status\nA,Offen,{status}\n"
    (row,) = deals_of(tmp_path, text, options=options)
    assert (row.outcome, row.stage) == told


@pytest.mark.parametrize("wrong", ["Offen", "=won", "Offen=", " =x", "Offen= "])
def test_what_maps_nothing_is_refused(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(BadInput, match="maps nothing"):
        open_file(write(tmp_path, "Deal,Stage\nA,Offen\n"), options=ReadOptions(stages=(wrong,)))


def test_what_the_person_says_of_a_word_goes_before_what_the_tool_does(tmp_path: Path) -> None:
    deal = {"id": "1", "title": "A", "value": "4000", "currency": "eur", "status": "1",
            "stage": "3", "cdate": "2017-01-05T09:00:00Z"}  # fmt: skip
    text = json.dumps({"deals": [deal]})
    for said, outcome in (((), "won"), (("status:1==lost",), "lost"), (("status:0==lost",), "won")):
        (row,) = deals_of(tmp_path, text, "deals.json", options=ReadOptions(values=said))
        assert row.outcome == outcome


@pytest.mark.parametrize(
    ("said", "outcomes"),
    [((), ["won", "lost"]), (("WON==lost",), ["lost", "lost"]), (("x=y",), ["won", "lost"])],
)
def test_what_the_person_says_of_a_stage_goes_before_what_the_tool_does(
    tmp_path: Path, said: tuple[str, ...], outcomes: list[str]
) -> None:
    (layout, column), *_ = [
        (layout, column) for layout in LAYOUTS.values() for column in layout.values
        if layout.target(column) == "stage"
    ]  # fmt: skip
    title = next(name for name in layout.columns if layout.target(name) == "title")
    rows = deals_of(
        tmp_path, f"{title},{column}\nA,WON\nB,LOSE\n", from_=layout.name,
        options=ReadOptions(stages=said),
    )  # fmt: skip
    assert [row.outcome for row in rows] == outcomes


CONSTANTS = {
    "stage": ("Demo", "Demo"), "owner": ("ana", "ana"), "source": ("web", "web"),
    "status": ("won", "won"), "currency": ("sek", "SEK"), "account": ("Lumen", "Lumen"),
    "title": ("Pilot", "Pilot"),
}  # fmt: skip


@pytest.mark.parametrize("name", CONSTANTS)
def test_what_holds_for_every_row_fills_only_what_the_row_does_not(
    tmp_path: Path, name: str
) -> None:
    value, meant = CONSTANTS[name]
    column = {"status": "outcome", "currency": "value"}.get(name, name)
    for constants in (f"{name}={value}", f" {name.upper()} = {value} "):
        options = ReadOptions(constants=(constants,))
        (row,) = deals_of(tmp_path, "id,account,amount\n1,,5\n", options=options)
        found = getattr(row, column)
        assert (found.currency if name == "currency" else found) == meant
    header = {"status": "status", "currency": "currency"}.get(name, name)
    cell = {"status": "lost", "currency": "USD"}.get(name, "Other")
    (row,) = deals_of(tmp_path, f"id,{header},amount\n1,{cell},5\n", options=options)
    found = getattr(row, column)
    assert (found.currency if name == "currency" else found) == cell


def test_what_cannot_hold_for_every_row_is_refused(tmp_path: Path) -> None:
    for wrong in ("value=5", "owner", "owner=", "=ana"):
        with pytest.raises(BadInput, match="sets nothing") as caught:
            open_file(write(tmp_path, TEXT), options=ReadOptions(constants=(wrong,)))
        assert ", ".join(CONSTANTS) in caught.value.hint


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([7], "line 7"),
        ([7, 9], "lines 7, 9"),
        ([*range(1, 9)], "lines 1, 2, 3, 4, 5, 6, 7, 8"),
        ([*range(1, 10)], "lines 1, 2, 3, 4, 5, 6, 7, 8 and 1 more"),
        ([*range(1, 2000)], "lines 1, 2, 3, 4, 5, 6, 7, 8 and 1,991 more"),
    ],
)
def test_where_something_stands_is_told_by_its_first_lines(lines: list[int], told: str) -> None:
    assert lines_told(lines) == told


def test_what_was_noticed_in_a_file_is_a_sentence_each() -> None:
    tally = CellTally(assumed_currency=2, beside=1, repeated_headers=2, group_lines=1)
    assert [*CellTally().sentences("EUR")] == []
    for line, reason in ((2, "'x' is no day"), (5, "'y' is no day")):
        tally.line = line
        tally.cannot_read("Won", reason)
    tally.line = 3
    tally.cannot_read("Size", "'x' is no size.")
    tally.cannot_read("Size", "'x' is too much.")
    tally.blanks |= {"Owner": 3}
    tally.footers += ["Total 5", "as of today"]
    tally.filled_down |= {"Stage": 1}
    tally.pipelines |= {"Sales": 2, "Other": 1}
    assert [*tally.sentences("EUR")] == [
        "2 cells of 'Won' could not be read and are kept as text: 'x' is no day (lines 2, 5).",
        "2 cells of 'Size' could not be read and are kept as text: 'x' is no size (line 3); "
        "'x' is too much (line 3).",
        "2 amounts without a currency taken as EUR; say --currency CODE if that is wrong.",
        "Cells that say there is no value were left out: 'Owner' 3.",
        "2 lines below the last deal left out: 'Total 5' and more.",
        "2 repeated header lines or rule left out.",
        "1 line with titles or sums of groups left out.",
        "1 blank cell of 'Stage' read as the value above, which stands once for its group; where "
        "one is meant to be blank, write - into it.",
        "1 line read as going on with the deal above.",
        "The file has deals of 2 pipelines (Sales 2, Other 1); all go into one here, and the "
        "file's is kept as a field.",
    ]
    tally = CellTally(footers=["Total 5"], pipelines=Counter(Sales=5))
    assert [*tally.sentences("EUR")] == ["1 line below the last deal left out: 'Total 5'."]


@pytest.mark.parametrize(
    ("header", "key", "source"),
    [
        ("Deal,Stage", (), "file:names"),
        ("Deal ID,Deal,Stage", (), "file:deal_id"),
        ("Deal ID,Deal,Stage", ("Deal", "stage"), "file:deal+stage"),
        ("Deal - ID,Deal - Title,Deal - Stage,Deal - Owner", (), "pipedrive"),
        (",".join(COLUMNS), (), ""),
    ],
)
def test_where_the_ids_of_a_file_are_from(
    tmp_path: Path, header: str, key: tuple[str, ...], source: str
) -> None:
    names = header.split(",")
    given = {"ref": "D-1", "title": "A", "status": "open"} if not source else {}
    row = ",".join(given.get(name, "" if given else "a") for name in names)
    path = write(tmp_path, f"{header}\n{row}\n")
    with open_file(path, options=ReadOptions(key=key)) as reading:
        assert reading.source == source
        assert reading.tells_names
    if not key:
        assert find_source(path, "auto") == source


def test_the_header_of_the_sheet_and_in_the_encoding_that_are_named_is_looked_at(
    tmp_path: Path,
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for cells in (("Deal", "Stage"), ("A", "Talk")):
        book.active.append(cells)
    other = book.create_sheet("Export")
    for line in (("Deal ID", "Deal", "Stage", "Pipeline"), ("7", "A", "Talk", "Sales")):
        other.append(line)
    path = tmp_path / "deals.xlsx"
    book.save(path)
    assert find_source(path, "auto", sheet="Export") == "file:deal_id"
    assert has_pipelines(path, "auto", sheet="Export")
    assert find_source(path, "auto", sheet="Sheet") == "file:names"
    assert not has_pipelines(path, "auto", sheet="Sheet")
    text = write(tmp_path, "Deal ID,Deal,Pipeline\n7,Größe,Süd\n".encode("cp1252"))
    assert (find_source(text, "auto", "cp1252"), has_pipelines(text, "auto", "cp1252")) == (
        "file:deal_id",
        True,
    )
    with pytest.raises(BadInput):
        find_source(text, "auto", "utf-8")


def test_a_file_may_name_its_deals_by_a_key_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "Sector,Value\nNorth,5\n")
    with open_file(path, options=ReadOptions(key=("Sector", "Value"), still_asks=True)) as reading:
        assert reading.tells_names
    with open_file(path, options=ReadOptions(still_asks=True)) as reading:
        assert not reading.tells_names


@pytest.mark.parametrize(
    ("amounts", "currency"),
    [
        (("€5", "€7"), "EUR"), (("€5", ""), "EUR"), (("€5", "$7"), ""), (("€5", "7"), ""),
        (("", ""), ""), (("5", "7"), ""), (("€5", "0"), "EUR"),
    ],
)  # fmt: skip
def test_the_currency_of_a_file_is_the_one_that_all_its_amounts_name(
    tmp_path: Path, amounts: tuple[str, ...], currency: str
) -> None:
    rows = "".join(f"A,{amount}\n" for amount in amounts)
    with open_file(write(tmp_path, f"Deal,Value\n{rows}"), currency="EUR") as reading:
        assert reading.currency_named() == currency


SPOKEN = {
    "probability": "probability_bp", "forecast_category": "category", "next_text": "next_step",
    "next_due": "next_step", "contact_name": "contacts", "contact_email": "contacts",
    "contact_phone": "contacts", "close_date": "expected_close", "won_value": "value",
    "owner": "owner",
}  # fmt: skip


@pytest.mark.parametrize("target", SPOKEN)
def test_a_column_speaks_of_a_field_of_a_deal_and_of_one_of_its_own_name(
    tmp_path: Path, target: str
) -> None:
    path = write(tmp_path, "Deal,x,y\nA,,\n")
    with open_file(path, overrides=(f"x={target}", "y=field.Other")) as reading:
        assert reading.spoken == {
            "title", "fields.Deal", SPOKEN[target], "fields.x", "field.Other", "fields.Other",
        }  # fmt: skip


@pytest.mark.parametrize(
    ("header", "cells", "named"),
    [
        ("Deal,Stage,Day", "A,Engaging,2017-01-01", "--map Day=created_at"),
        ("Deal,Stage,engage_date", "A,Engaging,2017-01-01", "--map engage_date=entered:Engaging"),
        ("Deal,Stage,demo date", "A,Demo,2017-01-01", "--map 'demo date=entered:Demo'"),
        ("Deal,Stage,Day", "A,Engaging,soon", "--map COLUMN=created_at"),
        ("Deal,Stage,entered:Demo", "A,Engaging,2017-01-01", ""),
    ],
)
def test_the_column_that_may_say_when_deals_began_is_named(
    tmp_path: Path, header: str, cells: str, named: str
) -> None:
    maps = ("entered:Demo=entered:Demo",) if "entered:" in header else ()
    with open_file(write(tmp_path, f"{header}\n{cells}\n"), overrides=maps) as reading:
        said = [one for one in reading.warnings if "when a deal began" in one]
    assert [one.rpartition("name it with ")[2] for one in said] == [f"{named}."] * bool(named)


def test_numbers_that_custom_alone_takes_for_thousands_are_told_once_they_are_read(
    tmp_path: Path,
) -> None:
    with open_file(write(tmp_path, 'Deal,Value\nA,"40,000"\n')) as reading:
        assert reading.remarks() == []
        assert len(list(reading.rows())) == 1
        assert any("40,000 were read as thousands" in one for one in reading.remarks())


# From the lines of a file to its deals: what stands around, between and below them.


@pytest.mark.parametrize(
    ("text", "titles", "said"),
    [
        *((f"Deal,Stage\n{rule},{rule}\nA,Lead\n", ["A"],
           "1 repeated header line or rule left out.")
          for rule in ("----", "====", ":--:", "+---", "+===", "--_-", "--+:", "-- =")),
        ("Deal,Stage\n-*-,x\nA,Lead\n", ["-*-", "A"], ""),
        ("Deal,Stage\nA,Lead\nDeal,Stage\nB,Lead\n", ["A", "B"],
         "1 repeated header line or rule left out."),
        ("Deal,Stage,Owner\nA,Lead,bo\nNorth,,\nDeal,Stage,Owner\nB,Lead,bo\n", ["A", "B"],
         "1 repeated header line or rule left out. 1 line with titles or sums of groups left out."),
        ("Deal,Stage,Value\nA,Lead,5\nB,Lead,6\n,Total,11\n", ["A", "B"],
         "1 line below the last deal left out: 'Total'."),
        ("Deal,Stage,Value\nA,Lead,5\nTotal,,5\nB,Lead,6\nTotal,,6\n", ["A", "B"],
         "1 line below the last deal left out: 'Total'. "
         "1 line with titles or sums of groups left out."),
        ("Deal,Stage,Value\nA,Lead,5\nB,,\n", ["A", "B"], ""),
        ("Deal,Stage,Value\nLead,,\nA,Lead,5\nTotal,,5\nOffer,,\nB,Offer,6\n", ["A", "B"],
         "3 lines with titles or sums of groups left out."),
        ("Stage,Deal,Value\nLead,,\nLead,A,5\nLead,B,5\nOffer,,\nOffer,C,6\n", ["A", "B", "C"],
         "2 lines with titles or sums of groups left out."),
        ("Deal,Owner,Stage,Value\nBo,,,\nLEAD,,,\nA,Bo,Lead,5\nOffer,,,\nB,Bo,Offer,6\n",
         ["A", "B"], "3 lines with titles or sums of groups left out."),
        ("Deal,Company,Stage\nAcme,,\nA,Acme,Lead\n", ["Acme", "A"], ""),
        ("Deal,Stage,Value\nOffer,,\nA,Lead,5\nB,Offer,6\n", ["Offer", "A", "B"], ""),
        ("Deal,Stage,Value\nA,Lead,5\n,,7 pieces of\n", ["A"],
         "1 line below the last deal left out: '7 pieces of'."),
        ("Name,Item ID,Stage,Deal Value,Close Probability\nNorth,,,,\nA,1,Lead,5,\n,,,5,\n"
         "South,,,,\nB,2,Lead,6,\n,,,6,\n", ["A", "B"],
         "4 lines with titles or sums of groups left out."),
        ("External ID,Opportunity,Stage,Expected Closing,Salesperson,Tags/Display Name\n"
         "1,A,Lead,,bo,hot\n,,,,,new\n2,B,Lead,,bo,\n", ["A", "B"],
         "1 line read as going on with the deal above."),
    ],
)  # fmt: skip
def test_lines_that_are_no_deals_are_left_out_and_told(
    tmp_path: Path, text: str, titles: list[str], said: str
) -> None:
    with open_file(write(tmp_path, text)) as reading:
        rows = all_deals(list(reading.rows()))
        told = [one for one in reading.remarks() if "without a currency" not in one]
    assert [row.title for row in rows] == titles
    assert " ".join(told) == said
    if "Salesperson" in text:
        assert rows[0].tags == ("hot", "new")


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("Stage,Deal\nLead,A\n,B\nDemo,C\n,D\n", ["Lead", "Lead", "Demo", "Demo"]),
        ("Stage,Deal\nLead,A\n,B\n,C\n", ["Lead", None, None]),
        ("Stage,Deal\nLead,A\n,B\nDemo,C\nLead,D\n", ["Lead", None, "Demo", "Lead"]),
        ("Stage,Deal\n,A\nLead,B\n,C\nDemo,D\n", [None, "Lead", None, "Demo"]),
        ("Deal,Stage\nA,Lead\nB,\nC,Demo\nD,\n", ["Lead", None, "Demo", None]),
    ],
)
def test_what_stands_once_above_its_group_is_that_of_each_deal(
    tmp_path: Path, text: str, stages: list[str | None]
) -> None:
    assert [row.stage for row in deals_of(tmp_path, text)] == stages


def test_in_our_own_file_a_blank_is_one_wherever_its_column_stands(tmp_path: Path) -> None:
    names = ["account", *(name for name in COLUMNS if name != "account")]
    said = [{"account": "Acme", "title": "A"}, {"title": "B"}, {"account": "Bolt", "title": "C"},
            {"title": "D"}]  # fmt: skip
    rows = [",".join(({"status": "open"} | one).get(name, "") for name in names) for one in said]
    text = "".join(f"{line}\n" for line in (",".join(names), *rows))
    assert [row.account for row in deals_of(tmp_path, text)] == ["Acme", None, "Bolt", None]


def test_an_inner_group_ends_with_the_outer_one(tmp_path: Path) -> None:
    lines = ("Stage,Owner,Deal", "Lead,ana,A", ",,B", ",bo,C", "Demo,,D", ",cy,E", ",,F")
    rows = deals_of(tmp_path, "".join(f"{line}\n" for line in lines))
    assert [row.owner for row in rows] == ["ana", "ana", "bo", None, "cy", "cy"]
    assert [row.stage for row in rows] == ["Lead"] * 3 + ["Demo"] * 3


def test_a_row_is_known_by_the_columns_of_its_key(tmp_path: Path) -> None:
    options = ReadOptions(key=("Deal", "Owner"))
    (row,) = deals_of(tmp_path, "Deal,Stage,Owner\n A ,Lead,bo\n", options=options)
    assert row.external_id == "A / bo"


@pytest.mark.parametrize(("again", "count"), [(0, 4), (1, 5), (2, 4)])
def test_lines_are_a_history_where_more_than_a_quarter_of_the_ids_come_again(
    tmp_path: Path, again: int, count: int
) -> None:
    ids = [*range(4), *range(again)]
    lines = [f"{n},D{n},Lead,2017-01-{at:02}" for at, n in enumerate(ids, 1)]
    text = "id,deal,stage,stage entered at\n" + "".join(f"{line}\n" for line in lines)
    assert len(deals_of(tmp_path, text)) == count


@pytest.mark.parametrize(
    ("text", "stages"),
    [
        ("deal,stage,Entered Lead,Entered Demo,Entered Offer\n"
         "A,Offer,2017-01-01,2017-01-02,2017-01-03\nB,Demo,,2017-02-02,\n",
         ["Lead", "Demo", "Offer"]),
        ("deal,stage,probability,Entered Lead,Entered Offer\nA,Offer,10,2017-01-01,2017-01-02\n"
         "B,Lead,60,2017-01-05,\n", ["Lead", "Offer"]),
        ("deal,stage,probability,created\nA,Offer,60,2017-03-01\nB,Lead,10,2017-01-01\n"
         "C,Demo,30,2017-02-01\nD,Demo,20,2017-02-01\n", ["Lead", "Demo", "Offer"]),
        ("deal,stage,created\nA,Offer,2017-01-01\nB,Lead,2017-03-01\nC,Demo,2017-02-01\n",
         ["Lead", "Demo", "Offer"]),
        ("deal,stage,status,created\nA,Offer,open,2017-01-01\nB,Lead,open,2017-03-01\n"
         "C,Lead,lost,2016-01-01\n", ["Lead", "Offer"]),
        ("deal,stage\nA,Offer\nB,Lead\nC,offer\n", ["Offer", "Lead"]),
    ],
)  # fmt: skip
def test_the_stages_of_a_file_stand_as_its_deals_go_through_them(
    tmp_path: Path, text: str, stages: list[str]
) -> None:
    assert stages_in_order(deals_of(tmp_path, text)) == stages


@pytest.mark.parametrize(
    ("header", "lines", "titles", "footers"),
    [
        ("Deal", ["A", "B"], ["A", "B"], []),
        ("Deal,Amount", ["A,1", "B,"], ["A", "B"], []),
        ("Deal,Amount", ["A,1", "B,", "C,3"], ["A", "B", "C"], []),
        ("Deal,Amount", ["A,1", "Total,1"], ["A", "Total"], []),
        ("Deal,Amount", ["A,1", "Generated by X,"], ["A", "Generated by X"], []),
        ("Deal,Owner,Amount", ["A,ana,1", "B,,"], ["A", "B"], []),
        ("Deal,Owner,Amount", ["A,ana,1", "B,,", "C,bo,3"], ["A", "B", "C"], []),
        ("Deal,Owner,Amount", ["A,ana,1", "B,,2"], ["A", "B"], []),
        ("Deal,Owner,Amount", ["A,ana,1", ",,2"], ["A"], ["2"]),
        ("Deal,Owner,Amount", ["A,ana,1", "Total,,2"], ["A"], ["Total"]),
        ("Deal,Owner,Amount", ["A,ana,1", "Total,bo,2"], ["A"], ["Total"]),
        ("Deal,Owner,Amount", ["A,ana,1", "as of today,,"], ["A"], ["as of today"]),
        ("Deal,Owner,Amount", ["A,ana,1", "B,,", "as of today,,"], ["A"], ["B", "as of today"]),
    ],
)
def test_a_line_below_is_a_deal_unless_the_file_is_a_report(
    header: str, lines: list[str], titles: list[str], footers: list[str], tmp_path: Path
) -> None:
    """In a file of two columns every line is a deal: there is too little to tell by."""
    with open_file(write(tmp_path, "\n".join((header, *lines)) + "\n")) as reading:
        found = all_deals(list(reading.rows()))
        assert [deal.title for deal in found] == titles
        assert reading.tally.footers == footers


def test_an_archive_that_is_no_workbook_is_refused_as_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "deals.zip"
    with ZipFile(path, "w") as archive:
        archive.writestr("deals.csv", "title,value\nA,5\n")
    with pytest.raises(BadInput, match="looks like a zip file"):
        open_file(path)


def test_stages_come_by_how_far_along_their_deals_were_however_many_they_went_through() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    paths = ["A B"] * 3 + ["A C D E F B"]
    rows = [
        DealRow(2, {}, "x", entered=tuple(Entered(stage, at) for stage in path.split()))
        for path in paths
    ]
    assert stages_in_order(rows) == list("ACDEFB")


def test_a_field_that_a_person_gives_all_rows_answers_what_is_asked(tmp_path: Path) -> None:
    constant = open_file(write(tmp_path, TEXT), options=ReadOptions(constants=("stage=Lead",)))
    with constant as reading:
        assert reading.answers()["stage"] == "always Lead"
        assert (reading.answers()["title"], reading.answers()["owner"]) == ("Deal", "")
    with open_file(write(tmp_path, TEXT)) as reading:
        assert reading.answers()["stage"] == ""


def test_what_comes_through_a_pipe_is_copied_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as resources:
        plain = write(tmp_path, TEXT)
        assert local_copy(plain, resources) == plain
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
        copy = local_copy("-", resources)
        assert (copy.name, copy.read_text()) == ("standard input", TEXT)
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert not copy.exists()


def test_an_order_of_dates_that_is_none_is_refused_with_those_there_are(tmp_path: Path) -> None:
    for dates in ("dmy", "DMY", "ymd"):
        with open_file(write(tmp_path, TEXT), dates=dates) as reading:
            assert reading.header == ("Deal", "Value")
    with pytest.raises(BadInput, match="'ydm' is no order of day, month and year") as refused:
        open_file(write(tmp_path, TEXT), dates="ydm")
    assert refused.value.hint == "Orders: dmy, mdy, ymd."
