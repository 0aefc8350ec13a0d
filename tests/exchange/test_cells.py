from __future__ import annotations

import io
import re
import sys
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.exchange import workbook
from pipeboard.exchange.layouts.layout import flatten
from pipeboard.exchange.number_formats import column_number
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import (
    Record,
    defuse,
    find_column,
    name_columns,
    number_text,
    undefuse,
    width_used,
)
from pipeboard.exchange.workbook import FORMATS, SheetTable, _fill_merged, _text, open_workbook
from pipeboard.exchange.workbook_writing import _exact, _typed, workbook_of
from tests.exchange.files import BERLIN, all_deals, open_file, write_ods

HOSTILE = st.text(st.sampled_from("'=+-@\t\r\n＝0123 .,%aé\ufeff\u200b"), max_size=8)


@given(st.text() | HOSTILE)
def test_import_takes_back_exactly_what_export_added(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell


@pytest.mark.parametrize(
    "cell",
    [
        "＋1a",
        "－1a",
        "＠x",
        "\n=1",
        "\xa0=1",
        "\ufeff@x",
        "'-5",
        "'+1",
        "=1+1",
        "+SUM(A1)",
        "-2+3",
        "@cmd",
        "\t=1",
        "\r=1",
        "＝1",
        "\u200b=1",
        " =1",
        "'=1",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(cell: str) -> None:
    assert defuse(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+49.5", "-1,234.50", "60%", "Lumen Oy", "", "a=b", "'tis"])
def test_numbers_and_plain_words_stay_as_they_are(cell: str) -> None:
    assert defuse(cell) == cell
    assert undefuse(cell) == cell


@given(HOSTILE)
def test_no_defused_cell_begins_a_formula(cell: str) -> None:
    assert defuse(cell)[:1] not in {"=", "@", "\t", "\r", "＝", "＋", "－", "＠"}


@pytest.mark.parametrize(
    ("cell", "plain"), [('="001"', "001"), ('=""', ""), ('="', '="'), ('="a"b"', 'a"b')]
)
def test_a_number_that_keeps_its_noughts_is_what_stands_in_its_quotes(
    cell: str, plain: str
) -> None:
    assert undefuse(cell) == plain


@pytest.mark.parametrize(
    ("value", "text"),
    [(950.125, "950.1250"), (1.5, "1.5"), (0.125, "0.125"), (1950.125, "1950.125"),
     (-950.125, "-950.1250"), (950.12, "950.12")],
)  # fmt: skip
def test_a_number_as_text_is_never_like_thousands(value: float, text: str) -> None:
    assert number_text(value) == text


def test_a_number_of_json_is_a_cell_that_is_never_like_thousands() -> None:
    assert flatten({"a": 950.125, "b": 7, "d": True}) == {
        "a": "950.1250", "b": "7", "d": "true",
    }  # fmt: skip


def test_the_names_of_columns_are_there_and_no_two_are_the_same() -> None:
    warnings: list[str] = []
    names = name_columns(["Deal", "", " Deal ", "Owner\x1b", "", ""], warnings, 5)
    assert names == ("Deal", "column 2", "Deal (2)", "Owner", "column 5")
    assert warnings == [
        "Column 2 has no name; it is called 'column 2'.",
        "Column 'Deal' is there twice; the second is called 'Deal (2)'.",
        "Column 5 has no name; it is called 'column 5'.",
    ]


@pytest.mark.parametrize(
    ("name", "column"),
    [("deal name", "Deal Name"), ("DEAL-NAME", "Deal Name"), ("owner", None), ("x", None)],
)
def test_a_column_is_found_where_one_alone_is_called_so(name: str, column: str | None) -> None:
    assert find_column(name, ["Deal Name", "Owner", "owner "]) == column


# Cells of workbooks: typed values as text that reads back as the same, and back.

HALF_NINE = datetime.fromisoformat("2026-12-19 08:30")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (True, "true"), (False, "false"), (5.0, "5"), (-0.5, "-0.5"),
        (950.125, "950.1250"), (1e15, "1000000000000000.0"), (999999999999999.0, "999999999999999"),
        (datetime.fromisoformat("2026-12-19"), "2026-12-19"), (HALF_NINE, "2026-12-19 08:30:00"),
        (date(2026, 12, 19), "2026-12-19"), (time(8, 30), "08:30:00"),
        (timedelta(hours=1), "1:00:00"), (timedelta(days=1, hours=6, seconds=9), "30:00:09"),
        (" '=1 ", "=1"), (7, "7"),
    ],
)  # fmt: skip
def test_a_cell_of_a_workbook_is_the_text_of_its_value(value: object, text: str) -> None:
    assert _text(value) == text


def test_a_merged_cell_says_the_same_in_each_of_its_rows_that_says_nothing() -> None:
    rows = [["Lead", "A"], ["", "B"], ["own", "C"], ["", ""], ["", "D"]]
    assert _fill_merged(rows, [((0, 0), (2, 0)), ((3, 1), (4, 1))]) == 1
    assert rows == [["Lead", "A"], ["Lead", "B"], ["own", "C"], ["", ""], ["", "D"]]


def test_the_ending_of_a_workbook_tells_its_form() -> None:
    assert FORMATS == {
        ".xlsx": "xlsx", ".xlsm": "xlsx", ".xlsb": "xlsb", ".xls": "xls", ".ods": "ods",
    }  # fmt: skip


@pytest.mark.parametrize(("columns", "width"), [(20, 21), (21, 1)])
def test_remarks_right_of_the_last_name_are_columns_up_to_twenty(columns: int, width: int) -> None:
    rows = [["Deal"], ["A", *[""] * (columns - 1), "x"]]
    table = SheetTable(rows, "xlsx")
    table.name(Record(1, rows[0]))
    assert len(table.header) == width


def test_a_row_of_a_sheet_is_as_wide_as_its_names_and_none_with_cells_beside_them() -> None:
    rows = [
        ["Report"], ["Deal", "Stage"], ["A"], ["", ""], ["B", "Lead"], ["C", "Won", ""],
        ["D", "Lost", "x", "y"], ["E", "", "", "z"], ["F", "Won", "x"],
    ]  # fmt: skip
    table = SheetTable(rows, "xlsx", header=("Deal", "Stage"), first_line=2)
    found = list(table.records())
    sound = [one for one in found if isinstance(one, Record)]
    assert sound == [
        Record(3, ["A", ""]), Record(5, ["B", "Lead"]), Record(6, ["C", "Won"]),
    ]  # fmt: skip
    third, fourth, fifth = (one for one in found if isinstance(one, Rejected))
    assert (third.line, third.column, third.value) == (7, "column 3", "x")
    assert third.raw == {"Deal": "D", "Stage": "Lost", "column 3": "x", "column 4": "y"}
    assert "beside the 2 columns" in third.reason
    assert fourth.line == 8
    assert (fifth.line, fifth.column, fifth.value) == (9, "column 3", "x")
    assert table.share_read() == 1.0 and SheetTable([], "xlsx").share_read() == 1.0


def test_a_workbook_of_two_sheets_says_which_was_read_and_hidden_ones_come_last(
    tmp_path: Path,
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    book.active.title = "Old"
    book.create_sheet("New")
    for name in ("Old", "New"):
        book[name].append(["Deal", "Stage"])
        book[name].append([name, "Lead"])
        book[name].append([True, "Lead"])
    book["Old"].sheet_state = "hidden"
    book.active = 1
    book.save(tmp_path / "a.xlsx")
    table = open_workbook(tmp_path / "a.xlsx", None)
    assert table.rows[1] == ["New", "Lead"]
    assert table.rows[2] == ["true", "Lead"]
    assert table.warnings == [
        "Sheet 'New' was read; the workbook also has 'Old': another one with --sheet NAME."
    ]
    chosen = open_workbook(tmp_path / "a.xlsx", " old ")
    assert (chosen.rows[1][0], chosen.warnings) == ("Old", [])
    with pytest.raises(NotFound, match="no sheet 'Odl'"):
        open_workbook(tmp_path / "a.xlsx", "Odl")


@pytest.mark.parametrize("called", ["xlsx", "xlsm", "xlsb", "xls", "ods", "csv", "txt", "download"])
@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_a_workbook_is_read_by_what_it_holds_whatever_its_ending(
    tmp_path: Path, form: str, called: str
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    if form == "xlsx":
        book = openpyxl.Workbook()
        book.active.append(["Deal", "Stage"])
        book.save(tmp_path / "deals.xlsx")
    else:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p>'
            "</table:table-cell>"
            for text in ("Deal", "Stage")
        )
        write_ods(tmp_path, [f"<table:table-row>{cells}</table:table-row>"])
    named = (tmp_path / f"deals.{form}").rename(tmp_path / f"named.{called}")
    table = open_workbook(named, None)
    assert (table.rows, table.format) == ([["Deal", "Stage"]], form)


@pytest.mark.parametrize(
    ("column", "text", "typed", "exact"),
    [
        *((name, "12.5", Decimal("12.5"), "12.5") for name in
          ("probability", "age", "idle", "answered", "version")),
        ("value", "12.5", Decimal("12.5"), Decimal("12.5")),
        ("title", "12", "12", "12"),
        ("title", "", None, None),
        ("title", "=1+1", "=1+1", "=1+1"),
        ("title", "'=1", "'=1", "''=1"),
        ("title", "2026-12-19", date(2026, 12, 19), date(2026, 12, 19)),
        ("created_at", "2026-12-19T08:30:00+00:00", HALF_NINE,
         "2026-12-19T08:30:00+00:00"),
        ("title", "a\x01b", "ab", "ab"),
        ("title", "x" * 32_767, "x" * 32_767, "x" * 32_767),
    ],
)  # fmt: skip
def test_a_text_is_a_typed_cell_of_a_workbook(
    column: str, text: str, typed: object, exact: object
) -> None:
    assert (_typed(column, text), _exact(column, text)) == (typed, exact)


def test_a_text_that_no_cell_holds_is_cut_or_refused() -> None:
    assert _typed("title", "x" * 32_768) == "x" * 32_767
    with pytest.raises(BadInput, match="longer than a cell"):
        _exact("title", "x" * 32_768)


def test_a_workbook_has_no_formula_and_keeps_its_names_in_sight(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    (tmp_path / "a.xlsx").write_bytes(workbook_of(["title", "value"], [["=1+1", "5"]]))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["B2"].data_type, sheet.freeze_panes) == ("n", "A2")
    assert workbook_of(["a"], [["b"]]) == workbook_of(["a"], [["b"]])


def test_a_workbook_is_put_together_in_no_file_that_has_a_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    writer = pytest.importorskip("openpyxl.worksheet._writer")
    monkeypatch.delattr(writer, "create_temporary_file")
    assert workbook_of(["a"], [["b"]])


def test_a_sheet_says_the_same_in_whatever_pieces_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in range(1, 13):
        book.active.append([f"Deal {row}", "=1+1", "#N/A" if row % 3 == 0 else row])
    book.save(tmp_path / "a.xlsx")
    whole = workbook._look(tmp_path / "a.xlsx", "Sheet")
    assert whole.unkept == [f"B{row}" for row in range(1, 13)]
    assert whole.errors == [(row, 2, "#N/A") for row in (2, 5, 8, 11)]
    for size in (17, 50, 64, 301):
        monkeypatch.setattr(workbook, "_CHUNK", size)
        assert workbook._look(tmp_path / "a.xlsx", "Sheet") == whole
        pieces = list(workbook._parts(tmp_path / "a.xlsx", "Sheet"))
        assert len(pieces) > 3 and not any(piece.count(b"<c ") > piece.count(b"</c>")
                                           for piece in pieces)  # fmt: skip
    assert list(workbook._parts(tmp_path / "a.xlsx", "None")) == []
    assert list(workbook._parts(tmp_path / "none.xlsx", "Sheet")) == []


@pytest.mark.parametrize(
    ("letters", "number"), [(b"A", 1), (b"Z", 26), (b"AA", 27), (b"XFD", 16_384)]
)
def test_a_column_is_counted_by_its_letters(letters: bytes, number: int) -> None:
    assert column_number(letters) == number


@pytest.mark.parametrize("target", ["worksheets/sheet1.xml", "/xl/worksheets/sheet1.xml"])
def test_a_sheet_is_found_by_the_way_to_it_from_the_workbook_or_from_the_top(
    tmp_path: Path, target: str
) -> None:
    """Excel writes the former, others the latter."""
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append(["title", "=1+1"])
    book.save(tmp_path / "a.xlsx")
    with ZipFile(tmp_path / "a.xlsx") as old, ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/_rels/workbook.xml.rels":
                text = text.replace(b"/xl/worksheets/sheet1.xml", target.encode())
                assert target.encode() in text
            new.writestr(name, text)
    assert workbook._look(tmp_path / "b.xlsx", "Sheet").unkept == ["B1"]


@pytest.mark.parametrize(
    ("from_1904", "day"),
    [(False, date(2024, 12, 5)), (True, date(2028, 12, 6)), (None, date(2024, 12, 5))],
)
def test_numbers_of_a_workbook_are_days_as_it_counts_them(
    tmp_path: Path, from_1904: bool | None, day: date
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["title", "created"], ["A", 45631]):
        book.active.append(row)
    if from_1904:
        book.epoch = datetime(1904, 1, 1)  # noqa: DTZ001  as the workbook has it
    book.save(tmp_path / "a.xlsx")
    if from_1904 is None:  # what says nothing of it counts as nearly all do
        with ZipFile(tmp_path / "a.xlsx") as old, ZipFile(tmp_path / "b.xlsx", "w") as new:
            for name in old.namelist():
                text = old.read(name)
                new.writestr(name, re.sub(rb"<workbookPr[^>]*/>", b"<workbookPr/>", text))
        (tmp_path / "b.xlsx").replace(tmp_path / "a.xlsx")
    with open_file(tmp_path / "a.xlsx") as reading:
        (deal,) = all_deals(list(reading.rows()))
    assert deal.created_at is not None
    assert deal.created_at.astimezone(BERLIN).date() == day


def test_as_many_columns_are_used_as_hold_anything_below_their_names() -> None:
    header = Record(2, ["a", "b", "c", "d"])
    above, wide, narrow = Record(1, ["x"] * 4), Record(3, ["x", "y", " ", ""]), Record(4, ["z"])
    refused = Rejected(5, "", "", "no")
    cases: list[tuple[list[Record | Rejected], int, int]] = [
        ([above, header, wide, narrow, refused], 4, 2), ([above, header], 4, 0),
        ([header, narrow], 4, 1), ([Record(3, ["x", "", "", "w"])], 3, 1), ([], 4, 0),
    ]  # fmt: skip
    for records, most, used in cases:
        assert width_used(records, header, most) == used


def test_a_workbook_that_comes_back_keeps_instants_and_one_for_people_makes_days_of_them(
    tmp_path: Path,
) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    columns, row = ["title", "created_at", "value"], ["'A", "2026-12-19T16:02:00+01:00", "5.50"]
    found = []
    for comes_back in (False, True):
        (tmp_path / "a.xlsx").write_bytes(workbook_of(columns, [row], comes_back=comes_back))
        sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
        found.append([sheet.cell(2, at).value for at in (1, 2, 3)])
    assert found[0][1] == datetime(2026, 12, 19, 16, 2)  # noqa: DTZ001  as people read it
    assert found[1][1] == "2026-12-19T16:02:00+01:00"
    assert found[0][2] == found[1][2] == 5.5


def sheet_of(*cells: str) -> bytes:
    """Cells by their names, those in brackets only coloured."""
    return b"".join(
        f'<c r="{cell.strip("()")}" s="1"{"/>" if cell[0] == "(" else "><v>1</v></c>"}'.encode()
        for cell in cells
    )


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ((), None),
        (("A1", "D3"), None),
        (("A1", "D1", "A3"), None),
        (("A1", "D4"), "D4, far away from its table: with that it has 4 rows of 4 columns"),
        (("A1", "D1", "A4"), "A4, far away from its table: with that it has 4 rows of 4 columns"),
        (("A4", "D1"), "D1, far away from its table: with that it has 4 rows of 4 columns"),
        (("D4", "A1"), "D4, far away from its table: with that it has 4 rows of 4 columns"),
        (("A1", "(D4)"), None),
        (("A1", "(Z99)", "B2"), None),
        (("A13",), "A13, far away from its table: with that it has 13 rows of 1 columns"),
        (("A12",), None),
        (("L1",), None),
        (("M1",), "M1, far away from its table: with that it has 1 rows of 13 columns"),
    ],
)
def test_a_sheet_whose_filled_cells_reach_too_far_is_refused_by_the_last_of_them(
    cells: tuple[str, ...], told: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces = [sheet_of(cell) for cell in cells]
    monkeypatch.setattr(workbook, "_MOST_CELLS", 12)
    monkeypatch.setattr(workbook, "_parts", lambda path, sheet: iter(pieces))
    if told is None:
        workbook._expect_dense(Path("a.xlsx"), "Deals")
        return
    with pytest.raises(BadInput) as refused:
        workbook._expect_dense(Path("a.xlsx"), "Deals")
    assert refused.value.message == f"Sheet 'Deals' has something in {told}."
    assert refused.value.hint == "Delete what stands there, or save the sheet as CSV (UTF-8)."


def test_the_filled_cells_are_looked_at_where_rows_and_columns_are_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(workbook, "_MOST_CELLS", 12)
    monkeypatch.setattr(workbook, "_expect_dense", lambda path, sheet: looked.append(sheet))
    for rows, last, is_looked_at in ((3, "D3", False), (4, "D4", True), (12, "A12", False),
                                     (13, "A13", True), (1, "M1", True)):  # fmt: skip
        text = f'<row r="{rows}">'.encode() + sheet_of(last)
        monkeypatch.setattr(workbook, "_parts", lambda path, sheet, text=text: iter([text]))
        workbook._look(Path("a.xlsx"), last)
        assert (last in looked) is is_looked_at, last


def test_where_nothing_reads_workbooks_it_is_told_what_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(BadInput, match="what reads those is not installed") as refused:
        open_workbook(tmp_path / "a.xlsx", None)
    assert "pip install 'pipeboard[workbooks]'" in refused.value.hint


def test_a_workbook_holds_no_instant_of_its_own(tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(workbook_of(["title", "value"], [["a", "5"]]))) as book:
        about = book.read("docProps/core.xml").decode()
        assert {one.date_time for one in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    dates = re.findall(r"<dcterms:(created|modified)[^>]*>([^<]*)<", about)
    assert dates == [(name, "1980-01-01T00:00:00Z") for name in ("created", "modified")]


@pytest.mark.parametrize(
    ("merged", "rows", "filled"),
    [
        (((0, 0), (2, 0)), [["a", ""], ["a", ""], ["a", "y"]], 1),
        (((0, 1), (2, 1)), [["a", ""], ["", ""], ["a", "y"]], 0),  # nothing stands there
        (((1, 0), (2, 0)), [["a", ""], ["", ""], ["a", "y"]], 0),
        (((0, 5), (2, 5)), [["a", ""], ["", ""], ["a", "y"]], 0),
        (((0, 0), (0, 1)), [["a", ""], ["", ""], ["a", "y"]], 0),
    ],
)
def test_what_stands_in_cells_over_several_rows_stands_in_each_of_them_that_is_empty(
    merged: tuple[tuple[int, int], tuple[int, int]], rows: list[list[str]], filled: int
) -> None:
    found = [["a", ""], ["", ""], ["a", "y"]]
    top = merged[0]
    if top[1] == 5:
        assert _fill_merged([[*row, *[""] * 3] for row in found], [((0, 4), (2, 4))]) == 0
        return
    assert _fill_merged(found, [merged]) == filled
    assert found == rows
