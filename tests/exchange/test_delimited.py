from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.delimited import DelimitedTable, _heading_in, open_delimited
from pipeboard.exchange.encoding import Encoding
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import Record, defuse
from pipeboard.exchange.values import LONGEST_CELL
from tests.exchange.files import all_deals, deals_of, open_file, write


def table_of(folder: Path, content: str) -> DelimitedTable:
    return open_delimited(write(folder, content), Encoding("utf-8"))


def records_of(folder: Path, content: str) -> list[Record | Rejected]:
    return list(table_of(folder, content).records())


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=6),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_a_csv_writer_writes_is_read_back(
    tmp_path: Path, rows: list[tuple[str, str, str]], delimiter: str, end: str
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(("Deal", "Account", "Owner"))
    writer.writerows([defuse(cell) for cell in row] for row in rows)
    found = records_of(tmp_path, out.getvalue())
    assert [tuple(record.cells) for record in found if isinstance(record, Record)] == [
        row for row in rows if any(row)
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    table = table_of(tmp_path, f"Deal{delimiter}Value\nPilot{delimiter}1 234\n")
    assert table.delimiter == delimiter
    assert table.header == ("Deal", "Value")


def test_decimal_commas_do_not_hide_a_semicolon(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Deal, part;Value;Owner\na;1,5;x\nb;2,5;y\nc;3,5;z\n")
    assert table.delimiter == ";"
    assert table.header == ("Deal, part", "Value", "Owner")


def test_the_remark_that_excel_puts_in_front_names_the_delimiter(tmp_path: Path) -> None:
    table = table_of(tmp_path, "sep=|\r\nDeal|Value\r\nPilot|5\r\n")
    assert table.delimiter == "|"
    assert list(table.records()) == [Record(3, ["Pilot", "5"])]


def test_a_file_of_one_column_has_rows_too(tmp_path: Path) -> None:
    assert records_of(tmp_path, "Deal\nPilot\nRenewal\n") == [
        Record(2, ["Pilot"]),
        Record(3, ["Renewal"]),
    ]


def test_a_record_is_named_by_the_line_on_which_it_starts(tmp_path: Path) -> None:
    text = '\n\nDeal,Note\n"Pilot","one\ntwo\nthree"\n\nRenewal,x\n'
    assert records_of(tmp_path, text) == [
        Record(4, ["Pilot", "one\ntwo\nthree"]),
        Record(8, ["Renewal", "x"]),
    ]


def test_lines_that_end_as_on_an_old_macintosh_are_read(tmp_path: Path) -> None:
    assert records_of(tmp_path, "Deal,Value\rPilot,5\rRenewal,6") == [
        Record(2, ["Pilot", "5"]),
        Record(3, ["Renewal", "6"]),
    ]


def test_quotes_after_a_space_are_quotes(tmp_path: Path) -> None:
    assert records_of(tmp_path, 'Deal, "Note"\nPilot, "a, b"\n') == [Record(2, ["Pilot", "a, b"])]


def test_a_header_may_hold_quotes(tmp_path: Path) -> None:
    table = table_of(tmp_path, '"Deal","Date entered ""Won (Sales)"""\n"a","b"\n')
    assert table.header == ("Deal", 'Date entered "Won (Sales)"')


def test_short_rows_are_filled_and_blank_ones_left_out(tmp_path: Path) -> None:
    assert records_of(tmp_path, "a,b,c\n1\n,,\n\n1,2,3,,\n") == [
        Record(2, ["1", "", ""]),
        Record(5, ["1", "2", "3"]),
    ]


@pytest.mark.parametrize(
    "white", [" , ", "\t,", "\xa0,\xa0", "\u3000", "\u200b,", '" "," "', "\x1a"]
)
def test_a_row_of_white_space_is_a_blank_one(tmp_path: Path, white: str) -> None:
    found = records_of(tmp_path, f"Deal,Stage\nA,Lead\n{white}\nB,Demo\n")
    assert found == [Record(2, ["A", "Lead"]), Record(4, ["B", "Demo"])]


@pytest.mark.parametrize("empty", ['{"Deal": null, "Stage": null}', '{"Deal": " "}', "{}"])
def test_an_object_without_values_is_a_blank_row(tmp_path: Path, empty: str) -> None:
    text = f'[{{"Deal": "A", "Stage": "Lead"}}, {empty}, {{"Deal": "B", "Stage": "Lead"}}]'
    with open_file(write(tmp_path, text, "deals.json")) as reading:
        assert [row.title for row in all_deals(list(reading.rows()))] == ["A", "B"]


def test_a_row_with_too_many_cells_is_rejected_and_kept(tmp_path: Path) -> None:
    (row,) = records_of(tmp_path, "Deal,Value\nPilot,1,234\n")
    assert isinstance(row, Rejected)
    assert (row.line, row.column, row.value) == (2, "column 3", "234")
    assert "3 cells and the header 2" in row.reason
    assert row.raw == {"Deal": "Pilot", "Value": "1", "column 3": "234"}


def test_names_that_are_missing_or_double_are_made_unique(tmp_path: Path) -> None:
    table = table_of(tmp_path, "Amount,,Amount,Amount,,\n1,2,3,4,,\n")
    assert table.header == ("Amount", "column 2", "Amount (2)", "Amount (3)")
    assert len(table.warnings) == 3


def test_a_quote_that_is_never_closed_rejects_its_row(tmp_path: Path) -> None:
    rows = records_of(tmp_path, 'Deal,Note\nPilot,ok\nRenewal,"oops\nUpgrade,x\n')
    assert rows[0] == Record(2, ["Pilot", "ok"])
    assert isinstance(rows[1], Rejected)
    assert rows[1].line == 3
    assert "never closed" in rows[1].reason


def test_a_cell_beyond_all_measure_is_rejected_and_ends_the_reading(tmp_path: Path) -> None:
    rows = records_of(tmp_path, f"Deal,Note\na,b\nPilot,{'x' * (LONGEST_CELL + 1)}\nc,d\n")
    assert rows[0] == Record(2, ["a", "b"])
    assert isinstance(rows[1], Rejected)
    assert (rows[1].line, len(rows)) == (3, 2)


def test_a_file_of_blank_lines_has_no_header(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no header"):
        table_of(tmp_path, "\n \n\n")


@pytest.mark.parametrize(
    "lines",
    [
        ('"Deal,Stage,Amount"', '"A,Lead,100"', '"B ""x"",Lead,""1,000.50"""'),
        ("Deal,Stage,Amount", '"A,Lead,100"', '"B ""x"",Lead,""1,000.50"""'),
        ('"Deal;Stage;Amount"', '"A;Lead;100"', '"B ""x"";Lead;1000.50"'),
    ],
)
def test_lines_that_stand_in_quotes_as_a_whole_are_read_without_them(
    tmp_path: Path, lines: tuple[str, ...]
) -> None:
    with open_file(write(tmp_path, "\r\n".join((*lines, "")))) as reading:
        deals = all_deals(list(reading.rows()))
    assert [(one.title, one.stage, one.value and one.value.minor) for one in deals] == [
        ("A", "Lead", 10_000),
        ('B "x"', "Lead", 100_050),
    ]
    assert any("in quotes as a whole" in said for said in reading.warnings)


@pytest.mark.parametrize(
    "content", ['"Title"\n"A, B"\n"C, D"\n', '"Title","Stage"\n"A, B","Lead"\n"C","Lead"\n']
)
def test_a_cell_in_quotes_is_no_line_in_quotes(tmp_path: Path, content: str) -> None:
    with open_file(write(tmp_path, content)) as reading:
        assert all_deals(list(reading.rows()))[0].title == "A, B"
        assert not any("in quotes" in said for said in reading.warnings)


DEALS = "".join(f"Pilot {n},North,x,y,z\n" for n in range(30))


@pytest.mark.parametrize(
    ("content", "header"),
    [
        ("Was,Wo\nProject,North\n", "Was,Wo"),
        ("Was,Wo\nDeal,Owner\nPilot,ana\n", "Deal,Owner"),
        ("Deal,Wo\nProject,North\n", "Deal,Wo"),
        ("Deals of March,North\nWas,Wo,Wie,Wer,Wann\n" + DEALS, "Was,Wo,Wie,Wer,Wann"),
        ("Deals,of,March\nWas,Wo,Wie,Wer,Wann\n" + DEALS, "Deals,of,March"),
        ("Deal,Owner\nPilot,ana,x,y,z\n" + DEALS, "Deal,Owner"),
        ("A report\n" * 12 + "Was,Wo,Wie,Wer,Wann\n" + DEALS, "Was,Wo,Wie,Wer,Wann"),
        ("12,5,3\nWas,Wo,Wie\nPilot,North,x\n", "Was,Wo,Wie"),
    ],
)
def test_the_names_of_columns_are_found_below_what_stands_above_them(
    tmp_path: Path, content: str, header: str
) -> None:
    assert ",".join(table_of(tmp_path, content).header) == header


@pytest.mark.parametrize(
    ("between", "titles"),
    [
        ("\nName,Owner\nBo,5\n", ["Pilot"]),
        ("Name,Owner\nBo,5\n", ["Pilot", "Name", "Bo"]),
        ("\nName,Owner\n", ["Pilot", "Name"]),
        ("\nDeal,Stage\nBo,5\n", ["Pilot", "Bo"]),
    ],
)
def test_another_table_begins_with_its_names_behind_a_blank_line(
    tmp_path: Path, between: str, titles: list[str]
) -> None:
    with open_file(write(tmp_path, f"Deal,Stage\nPilot,Lead\n{between}")) as reading:
        assert [one.title for one in all_deals(list(reading.rows()))] == titles
        said = [one for one in reading.warnings if "Another table begins" in one]
    assert bool(said) is (titles == ["Pilot"])


@pytest.mark.parametrize("delimiter", [*",;\t|", *"~^\x1f\x01"])
def test_each_delimiter_that_is_known_is_found(tmp_path: Path, delimiter: str) -> None:
    rows = (("Deal", "Stage", "Owner"), ("Pilot", "Lead", "ana"), ("Other", "Lead", "bo"))
    table = table_of(tmp_path, "".join(f"{delimiter.join(row)}\n" for row in rows))
    assert (table.delimiter, table.header) == (delimiter, rows[0])


def test_a_nul_in_a_cell_is_no_part_of_it(tmp_path: Path) -> None:
    assert records_of(tmp_path, "Deal,Stage\nPi\0lot,Lead\n") == [Record(2, ["Pilot", "Lead"])]


def test_a_column_without_a_name_is_one_where_anything_stands_in_it(tmp_path: Path) -> None:
    assert table_of(tmp_path, "Deal,Stage,,\nPilot,Lead,x,\n").header == (
        "Deal", "Stage", "column 3",
    )  # fmt: skip
    assert table_of(tmp_path, "Deal,Stage,,\nPilot,Lead,,\n").header == ("Deal", "Stage")


@pytest.mark.parametrize("again", ["Deal,Amount,Stage", "Stage,Deal,Amount"])
def test_columns_that_are_named_again_in_another_order_are_read_so(
    tmp_path: Path, again: str
) -> None:
    cells = {"Deal": "B", "Stage": "Lead", "Amount": "200"}
    below = ",".join(cells[name] for name in again.split(","))
    third = "Deal,Stage,Amount\nC,Won,300\n"
    content = f"Deal,Stage,Amount\nA,Lead,100\n{again}\n{below}\n{third}"
    with open_file(write(tmp_path, content)) as reading:
        deals = all_deals(list(reading.rows()))
        said = [one for one in reading.warnings if "another order" in one]
    assert [(one.title, one.value and one.value.minor) for one in deals] == [
        ("A", 10_000),
        ("B", 20_000),
        ("C", 30_000),
    ]
    assert said == [
        "Line 3 names the columns again in another order: what stands below it was read so."
    ]


def test_names_of_which_two_are_the_same_tell_no_other_order(tmp_path: Path) -> None:
    content = "Deal,Amount,Amount\nA,1,2\nAmount,Deal,Amount\nB,3,4\n"
    assert [*table_of(tmp_path, content).records()] == [
        Record(2, ["A", "1", "2"]), Record(3, ["Amount", "Deal", "Amount"]),
        Record(4, ["B", "3", "4"]),
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["| --- | ---: | :--- |", "+------+------+------+"])
def test_the_rule_of_a_table_is_no_deal(tmp_path: Path, rule: str) -> None:
    content = f"| Deal | Amount | Stage |\n{rule}\n| A | 100 | Lead |\n"
    (deal,) = deals_of(tmp_path, content, "deals.md")
    assert (deal.title, deal.stage) == ("A", "Lead")


@pytest.mark.parametrize(
    ("records", "place"),
    [
        ([["Deal Name", "Close Date"], ["a", "b"]], 0),
        ([["My report", "of 2026"], ["Deal Name", "Close Date"], ["A", "1 May 2026"]], 1),
        ([["2026", "7"], ["Deal Name", "Close Date"]], 1),
        ([["Title"], ["Deal Name", "Close Date", "Amount"], ["a", "b", "1"]], 1),
        ([["Deal Name", "Q1"], ["Deal Name", "Close Date"]], 1),
        ([["Deal Name", "x", "y"], ["deal-name", "CLOSE DATE", "lead_source"]], 1),
        ([["Deal Name", "Close Date"], ["Deal Name", "Close Date"]], 0),
        ([["x", "y"], ["z", "w"]], 0),
        ([["Export of", "Ana"], ["a", "1"]], 0),
        ([["", " "], ["Deal Name", "Stage"]], 1),
        ([["1", "2"], ["3", "4"]], None),
        ([], None),
    ],
)
def test_the_line_of_names_is_the_first_that_names_columns_of_deals(
    records: list[list[str]], place: int | None
) -> None:
    assert _heading_in(records) == place
