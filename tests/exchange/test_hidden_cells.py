"""What a workbook hides: read all the same, and told."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.exchange.hidden_cells import HiddenCells, column_letters
from tests.exchange.files import open_file


@pytest.mark.parametrize(
    ("part", "rows", "columns"),
    [
        (b'<row r="2"><c r="A2"/></row><row r="7" spans="1:2" hidden="1" ht="3">', {7}, set()),
        (b'<x:row hidden="true" r="12"/><row r="13" hidden="0"/>', {12}, set()),
        (b'<cols><col min="2" max="4" hidden="1"/><col min="5" max="5"/></cols>', set(), {2, 3, 4}),
        (b'<col hidden="1" max="16384" min="16383"/>', set(), {16_383, 16_384}),
        (b'<c r="A1" hidden="1"><v>row r="9" hidden="1"</v></c>', set(), set()),
        (
            b'<table:table-column table:number-columns-repeated="2"/>'
            b'<table:table-column table:visibility="collapse"/>'
            b'<table:table-row table:number-rows-repeated="3"/>'
            b'<table:table-row table:visibility="filter" table:number-rows-repeated="2">'
            b"</table:table-row>"
            b'<table:table-row table:visibility="visible"/>',
            {4, 5},
            {3},
        ),
    ],
)
def test_hidden_rows_and_columns_are_found_in_the_xml_of_a_sheet(
    part: bytes, rows: set[int], columns: set[int]
) -> None:
    hidden = HiddenCells()
    hidden.look(part)
    assert (hidden.rows, hidden.columns) == (rows, columns)


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (16_384, "XFD")])
def test_a_column_is_called_by_its_letters(number: int, letters: str) -> None:
    assert column_letters(number) == letters


def test_what_is_hidden_and_holds_something_is_told(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    sheet = book.active
    for cells in (("Title", "Stage", "Value"), ("A", "Lead", 1), ("B", "Lead", 2), ("C", "Lead")):
        sheet.append(cells)
    for row in (3, 4, 9):
        sheet.row_dimensions[row].hidden = True
    for column in ("C", "F"):
        sheet.column_dimensions[column].hidden = True
    book.save(tmp_path / "deals.xlsx")
    with open_file(tmp_path / "deals.xlsx") as reading:
        assert len(list(reading.rows())) == 3
        assert [one for one in reading.warnings if "Hidden in" in one] == [
            "Hidden in the workbook, and read all the same: 2 rows (lines 3, 4), 1 column (C). "
            "Delete there what is not to come in."
        ]
