from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.delimited import (
    DelimitedTable,
    Dialect,
    _dialect,
    _likeliest,
    _regularity,
    _unwrapped,
    open_delimited,
)
from pipeboard.exchange.encoding import Encoding
from pipeboard.exchange.headings import _heading_in, first_table, name_by_heading
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import Record, defuse
from pipeboard.exchange.values import LONGEST_CELL
from tests.exchange.files import all_deals, deals_of, open_file, rows_of, write


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


def test_what_stands_behind_an_open_quote_is_told_in_the_letters_of_the_file(
    tmp_path: Path,
) -> None:
    text = 'title,value\nCafé,5\n"Öl,6\nBär,7\n'
    for encoding in ("utf-8", "cp1252", "utf-16"):
        rows = rows_of(tmp_path, text.encode(encoding))
        rejected = [row for row in rows if isinstance(row, Rejected)]
        assert [row.raw.get("title") for row in rejected] == ['"Öl', "Bär"]


@pytest.mark.parametrize(
    "cell",
    [
        "x" * (LONGEST_CELL + 1),
        f'"{"x" * (LONGEST_CELL + 1)}"',
        f'"{"x, " * 2 * LONGEST_CELL}"',  # the line is longer than any row too
    ],
)
def test_a_cell_beyond_all_measure_rejects_its_row_alone(tmp_path: Path, cell: str) -> None:
    rows = records_of(tmp_path, f"Deal,Note\na,b\nPilot,{cell}\nc,d\n")
    assert (rows[0], rows[2:]) == (Record(2, ["a", "b"]), [Record(4, ["c", "d"])])
    assert isinstance(rows[1], Rejected)
    assert (rows[1].line, rows[1].reason) == (3, "a cell here is longer than 1 MiB")


def test_of_a_quote_that_is_not_closed_within_measure_each_line_is_rejected(
    tmp_path: Path,
) -> None:
    lines = ["c,d\n", f"e,{'x' * LONGEST_CELL}\n", "f,g\n"]
    rows = records_of(tmp_path, f'Deal,Note\na,b\nPilot,"oops\n{"".join(lines)}')
    told = [(row.line, row.raw["Deal"]) for row in rows if isinstance(row, Rejected)]
    assert told == [(3, "Pilot"), (4, "c"), (5, "e"), (6, "f")]


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


class Lines:
    """A table of records that stand in memory."""

    def __init__(self, records: Sequence[Record | Rejected]) -> None:
        self.records, self.named = records, 0

    def all_records(self) -> Iterator[Record | Rejected]:
        return iter(self.records)

    def name(self, record: Record) -> None:
        self.named = record.line


BROKEN = Rejected(9, "", "", "too long")
NAMES = Record(7, ["Deal", "Stage"])


@pytest.mark.parametrize(
    ("above", "named", "said"),
    [
        ((), 7, ()),
        ((Record(1, ["", " "]),), 7, ()),
        (
            (Record(1, ["My report", ""]),),
            7,
            ("1 line above the names of the columns was left out: 'My report'.",),
        ),
        (
            (Record(1, ["", ""]), Record(2, ["Sales", "2026"]), Record(4, ["of Ana", ""])),
            7,
            ("2 lines above the names of the columns were left out: 'Sales, 2026'.",),
        ),
        (
            (Record(1, ["Sales", ""]), Record(2, ["Amounts in k€", ""])),
            7,
            (
                "2 lines above the names of the columns were left out: 'Sales'.",
                "'Amounts in k€' stands above the table, and amounts were read as they stand in "
                "it: write that into the name of their column, such as 'Amount (k€)'.",
            ),
        ),
        (
            (Record(1, ["in thousands", ""]), Record(2, ["Amount in EUR", ""])),
            7,
            (
                "2 lines above the names of the columns were left out: 'in thousands'.",
                "'in thousands' stands above the table, and amounts were read as they stand in "
                "it: write that into the name of their column, such as 'Amount (k€)'.",
            ),
        ),
    ],
)
def test_lines_above_the_names_of_columns_are_told(
    above: tuple[Record, ...], named: int, said: tuple[str, ...]
) -> None:
    warnings: list[str] = []
    table = Lines([*above, NAMES, Record(8, ["Pilot", "Lead"]), BROKEN])
    name_by_heading(table, "a.csv", warnings)
    assert (table.named, tuple(warnings)) == (named, said)


@pytest.mark.parametrize(
    ("records", "said"),
    [
        ((), "a.csv holds no header"),
        ((Record(1, ["", " "]),), "a.csv holds no header"),
        ((BROKEN, NAMES), "The header of a.csv cannot be read: too long"),
        ((Record(1, [""]), BROKEN, NAMES), "The header of a.csv cannot be read: too long"),
        (
            (Record(1, ["", ""]), Record(2, ["5", "", "2026-01-02"])),
            "a.csv has no line with the names of its columns: it begins with '5, 2026-01-02'",
        ),
    ],
)
def test_a_table_without_names_of_columns_is_refused(
    records: tuple[Record | Rejected, ...], said: str
) -> None:
    with pytest.raises(BadInput) as refused:
        name_by_heading(Lines(records), "a.csv", [])
    assert refused.value.message == f"{said}."


def test_the_names_of_columns_stand_among_the_first_forty_records() -> None:
    numbers = [Record(line, ["5", "6"]) for line in range(1, 41)]
    table = Lines([*numbers[:39], Record(40, ["Deal", "Stage"])])
    name_by_heading(table, "a.csv", [])
    assert table.named == 40
    with pytest.raises(BadInput, match="begins with '5, 6'"):
        name_by_heading(Lines([*numbers, Record(41, ["Deal", "Stage"])]), "a.csv", [])


ANOTHER = "Another table begins on line {} and was left out: 'Name, Owner'."
ORDERED = "Line {} names the columns again in another order: what stands below it was read so."


@pytest.mark.parametrize(
    ("rows", "left", "said"),
    [
        ("Deal Stage|A Lead|B Won", "Deal Stage|A Lead|B Won", ()),
        ("Deal Stage|A Lead|-|Name Owner|Bo 5", "Deal Stage|A Lead|-", (ANOTHER.format(4),)),
        ("Deal Stage|A Lead|-|Name Owner", "Deal Stage|A Lead|-|Name Owner", ()),
        ("Deal Stage|A Lead|-|Name Owner|Bo x", "Deal Stage|A Lead|-|Name Owner|Bo x", ()),
        ("Deal Stage|A Lead|-|Deal Stage|B 5", "Deal Stage|A Lead|-|Deal Stage|B 5", ()),
        ("Deal Stage|A Lead|Name Owner|Bo 5", "Deal Stage|A Lead|Name Owner|Bo 5", ()),
        ("Deal Stage|-|B 5", "Deal Stage|-|B 5", ()),
        ("-|Deal Stage|A 5", "-|Deal Stage|A 5", ()),
        ("Deal Stage|-|Name -|Bo 5", "Deal Stage|-|Name -|Bo 5", ()),
        ("Deal Value|A 5|-|Name 6|B 7", "Deal Value|A 5|-|Name 6|B 7", ()),
        (
            "Deal Stage|A Lead|Stage Deal|Won B|Deal Stage|C Lead",
            "Deal Stage|A Lead|Deal Stage|B Won|Deal Stage|C Lead",
            (ORDERED.format(3),),
        ),
        (
            "Deal Stage|A Lead|Stage Deal|Won B x|Won C",
            "Deal Stage|A Lead|Deal Stage|Won B x|C Won",
            (ORDERED.format(3),),
        ),
        (
            "Deal Stage|Stage Deal|Won B|Stage Deal|Lead C",
            "Deal Stage|Deal Stage|B Won|Deal Stage|C Lead",
            (ORDERED.format(2), ORDERED.format(4)),
        ),
    ],
)
def test_a_table_ends_where_another_begins_and_keeps_the_order_of_its_names(
    rows: str, left: str, said: tuple[str, ...]
) -> None:
    def records(text: str) -> list[Record]:
        cells = ([*row.replace("-", "").split(" ")] for row in text.split("|"))
        return [Record(line, list(one)) for line, one in enumerate(cells, 1)]

    first = next(one.line for one in records(rows) if one.cells != [""])
    warnings: list[str] = []
    found = list(first_table(records(rows), first, warnings))
    assert (found, tuple(warnings)) == (records(left), said)


def test_a_record_that_cannot_be_read_goes_through_a_table() -> None:
    tables: list[list[Record | Rejected]] = [
        [NAMES, BROKEN], [NAMES, Record(8, [""]), BROKEN, Record(10, ["A", "5"])],
    ]  # fmt: skip
    for records in tables:
        assert list(first_table(records, 7, [])) == records


@pytest.mark.parametrize(
    ("sample", "is_whole", "share", "width"),
    [
        ("a,b\n1,2\n", True, 1.0, 2),
        ("a,b\n1,2\n3", True, 2 / 3, 2),
        ("a,b\n1,2\n3", False, 1.0, 2),
        ("a,b\n1,2,3\n4,5,6\n7", False, 2 / 3, 3),
        ("a,b\n\n1,2\n", True, 1.0, 2),
        ("a,b", False, 1.0, 2),
        ("a,b\nc", False, 1.0, 2),
        ("a\nb\nc,d\n", True, 1 / 3, 2),
        ("a,b\n1,2,3\n", True, 0.5, 3),
        ("a\nb\n", True, 0.0, 0),
        ("", True, 0.0, 0),
        (",\n,\n", True, 0.0, 0),
        ('a,"b,c"\n1,2\n', True, 1.0, 2),
    ],
)
def test_a_delimiter_explains_the_records_that_are_as_wide_as_most(
    sample: str, is_whole: bool, share: float, width: int
) -> None:
    assert _regularity(sample, ",", is_whole) == (share, width)


@pytest.mark.parametrize(
    ("sample", "mark"),
    [
        ("a,b\n1,2\n", ","),
        ("a;b\n1,5;2\n3;4\n", ";"),
        ("a\tb,c\n1\t2\n", "\t"),
        ("a,b;c;d\n1,2;3;4\n", ";"),
        ("a~b\n1~2\n", "~"),
        ("a~b,c\n1~2,3\n", ","),
        ("a\nb\n", ","),
    ],
)
def test_the_likeliest_delimiter_makes_the_most_regular_records(sample: str, mark: str) -> None:
    assert _likeliest(sample, is_whole=True) == mark


@pytest.mark.parametrize(
    ("sample", "inner"),
    [
        ('"a,b"\n"1,2"\n', "a,b\n1,2\n"),
        ('"a,b"\n"1,""x, y"""\n', 'a,b\n1,"x, y"\n'),
        ('a,b\n"1,2"\n', "a,b\n1,2\n"),
        ('a,b\n1,2\n"3,4"\n', ""),
        ('a,b\n1,2\n"3,4"\n"5,6"\n', "a,b\n1,2\n3,4\n5,6\n"),
        ('"a"\n"b"\n', ""),
        ('"a"\n"1,2"\n"3,4"\n', ""),
        ('"a","b","c"\n"1","2","3"\n"Grand Totals (1 record)"\n"Made 30 Nov, 9:05"\n', ""),
        ('"a,b"\r\n\r\n"1,2"', "a,b\r\n1,2"),
    ],
)
def test_lines_in_quotes_are_most_of_a_file_and_as_wide_as_the_first(
    sample: str, inner: str
) -> None:
    assert _unwrapped(sample, is_whole=True) == inner


@pytest.mark.parametrize(
    ("sample", "dialect"),
    [
        ("a,b\n1,2\n", Dialect(",")),
        ("sep=;\na;b\n1,5;2\n", Dialect(";")),
        ("SEP=,\na;b\n1;2\n", Dialect(",")),
        ("sep=\na;b\n1;2\n", Dialect(";")),
        ('sep="\na;b\n1;2\n', Dialect(";")),
        ('a, "b"\n1, "2, 3"\n', Dialect(",", skip_space=True)),
        ('a, "b"\n1,"2"\n', Dialect(",")),
        ("'a','b'\n'1','2, 3'\n", Dialect(",", quote="'")),
        ("'a',b\n'1',2\n", Dialect(",")),
        ("“a”,“b”\n“1”,“2”\n", Dialect(",", has_curved_quotes=True)),
        ("„a“,„b“\n1,2\n", Dialect(",", has_curved_quotes=True)),
        ("“a”,b\n1,2\n", Dialect(",")),
        ('"a,b"\n"1,2"\n', Dialect(",", is_wrapped=True)),
        ('"a","b"\n"1","2"\n', Dialect(",")),
    ],
)
def test_how_cells_are_set_apart_is_seen_in_the_first_lines(sample: str, dialect: Dialect) -> None:
    assert _dialect(sample, is_whole=True) == dialect


@pytest.mark.parametrize(
    ("sample", "is_so"),
    [
        ('a,b\n"x \\"y\\" z",2\n', True),
        ('a,b\n"x\\",2\n', False),
        ('a,b\n"x\\"\n', False),
        ('a,b\n"x\\""y",2\n', False),
    ],
)
def test_a_quote_behind_a_backslash_ends_no_cell_where_letters_follow(
    sample: str, is_so: bool
) -> None:
    assert (_dialect(sample, is_whole=True).backslashed is not None) is is_so


def test_lines_are_counted_from_excels_own_remark_and_through_cells_of_several(
    tmp_path: Path,
) -> None:
    text = 'sep=;\nDeal;Note\nA;"one\ntwo"\n\nB;x\n\'=C;y\n'
    table = table_of(tmp_path, text)
    assert [*table.all_records()] == [
        Record(2, ["Deal", "Note"]), Record(3, ["A", "one\ntwo"]), Record(5, []),
        Record(6, ["B", "x"]), Record(7, ["=C", "y"]),
    ]  # fmt: skip
    assert [one.line for one in table.records()] == [3, 6, 7]


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("Deal,Stage,\nA,Lead,\nB,Won,x\nC,Lost\n", [["A", "Lead", ""], ["B", "Won", "x"],
                                                      ["C", "Lost", ""]]),
        ("Deal,Stage\nA,Lead,\nB,Won, \n", [["A", "Lead"], ["B", "Won"]]),
        ("Deal,Stage,\nA,Lead\nB,Won\n", [["A", "Lead"], ["B", "Won"]]),
    ],
)  # fmt: skip
def test_cells_behind_the_names_are_taken_where_the_header_is_as_wide(
    tmp_path: Path, content: str, rows: list[list[str]]
) -> None:
    found = records_of(tmp_path, content)
    assert [one.cells for one in found if isinstance(one, Record)] == rows
    assert len(found) == len(rows)


def test_each_line_behind_a_quote_that_is_never_closed_is_kept_as_it_stands(
    tmp_path: Path,
) -> None:
    found = records_of(tmp_path, 'Deal,Note\nA,ok\nB,"oops\n\nC,x,y\n')
    assert found[0] == Record(2, ["A", "ok"])
    first, second = (one for one in found[1:] if isinstance(one, Rejected))
    assert (first.line, first.column, first.raw) == (3, "Note", {"Deal": "B", "Note": '"oops'})
    assert (second.line, second.column, second.value) == (5, "", "")
    assert second.raw == {"Deal": "C", "Note": "x", "column 1": "y"}
    assert second.reason == "it stands below line 3, where a quote is never closed"


@pytest.mark.parametrize(
    ("row", "value", "cells"),
    [("A,5,x", "x", 3), ("A,5,,x", "x", 4), ("A,5, ,x,y", "x", 5)],
)
def test_a_row_that_is_too_wide_is_refused_by_the_first_that_it_holds_too_much(
    tmp_path: Path, row: str, value: str, cells: int
) -> None:
    (_, rejected) = rows_of(tmp_path, f"title,value\nB,6\n{row}\n")
    assert isinstance(rejected, Rejected)
    assert (rejected.line, rejected.column, rejected.value) == (3, "column 3", value)
    assert rejected.reason.startswith(f"the row has {cells} cells and the header 2;")
    assert list(rejected.raw) == ["title", "value", *(f"column {n}" for n in range(3, cells + 1))]


def test_what_stands_behind_an_open_quote_is_read_as_the_rest_of_a_broken_file(
    tmp_path: Path,
) -> None:
    data = "Deal,Note\nMüller,ok\n".encode() * 20 + b'B,"M\xfcller\nC,\xff\n'
    with open_file(write(tmp_path, data)) as reading:
        rejected = [row for row in reading.rows() if isinstance(row, Rejected)]
    assert [[*row.raw.values()] for row in rejected] == [["B", '"Müller'], ["C", "\ufffd"]]


@pytest.mark.parametrize(
    ("row", "header"),
    [
        ("A,Lead,x,", ("Deal", "Stage", "column 3")),
        ("A,Lead,,", ("Deal", "Stage")),
        ("A,Le,ad,x,y", ("Deal", "Stage")),  # a delimiter in a cell has cut it
        ("A,Lead,x", ("Deal", "Stage")),
    ],
)
def test_a_column_without_a_name_is_one_by_rows_that_are_as_wide_as_the_header(
    tmp_path: Path, row: str, header: tuple[str, ...]
) -> None:
    assert table_of(tmp_path, f"Deal,Stage,,\n{row}\n").header == header


def test_a_table_without_names_is_shown_by_the_beginning_of_its_first_line() -> None:
    for length, shown in ((60, "x" * 60), (61, "x" * 57 + "...")):
        records = [Record(1, ["x" * length, ""]), Record(2, ["5", "6"])]
        with pytest.raises(BadInput) as refused:
            name_by_heading(Lines(records), "a.csv", [])
        assert f"it begins with '{shown}'" in refused.value.message


@pytest.mark.parametrize(
    ("first", "second", "named"),
    [
        (["Alpha", "Beta"], ["Deal", "Stage"], 2),
        (["Alpha", "Beta"], ["Deal", "Umber"], 1),
        (["Deal", "Umber"], ["Deal", "Stage"], 2),
        (["Deal", "Stage"], ["Deal", "Stage"], 1),
        (["Alpha", "Beta"], ["Deal", "5"], 1),
    ],
)
def test_the_second_line_names_the_columns_where_it_knows_more_of_them(
    first: list[str], second: list[str], named: int
) -> None:
    table = Lines([Record(1, first), Record(2, second), Record(3, ["A", "5"])])
    name_by_heading(table, "a.csv", [])
    assert table.named == named


@pytest.mark.parametrize(
    ("written", "account"),
    [
        ('"Say "hi" Ltd"', 'Say "hi" Ltd'),
        ('"Say "hi""', 'Say "hi"'),
        ('""hi" Ltd"', '"hi" Ltd'),
        ('"a ""b"" "c" d"', 'a "b" "c" d'),
        ('"He said ""hi"""', 'He said "hi"'),
        ('5" disk', '5" disk'),
        ('""', ""),
        ('"two\nlines" ', "two\nlines"),
    ],
)
def test_quotes_within_a_cell_are_part_of_it_whether_doubled_or_not(
    tmp_path: Path, written: str, account: str
) -> None:
    content = f"title,account,stage\nOne,{written},Lead\nTwo,B,Lead\n"
    cells = [row.cells for row in records_of(tmp_path, content) if isinstance(row, Record)]
    assert cells == [["One", account, "Lead"], ["Two", "B", "Lead"]]


def test_quotes_that_are_not_doubled_are_told_of_once(tmp_path: Path) -> None:
    table = table_of(tmp_path, 'title,account\nOne,"a "b" c"\nTwo,"d "e" f"\n')
    for _ in range(2):
        list(table.records())
    assert [told for told in table.warnings if "Quotes" in told] == [
        "Quotes within a cell in quotes that are not doubled were read as part of it, first on "
        "line 2."
    ]


@pytest.mark.parametrize("third", ['Three,"C",300', 'Three,"C ""x"" y",300', 'Three,"C,300'])
def test_lines_that_an_open_quote_makes_one_row_of_are_rejected_one_by_one(
    tmp_path: Path, third: str
) -> None:
    content = f'title,account,value\nOne,"A,100\nTwo,B,200\n{third}\nFour,D,400\nFive,E,5\n'
    first, second, last, *others = records_of(tmp_path, content)
    assert isinstance(first, Rejected) and isinstance(second, Rejected)
    assert (first.line, first.column, first.value) == (2, "account", "A,100")
    assert first.reason == "a quote opens in this row that is not closed before line 4"
    assert second.raw == {"title": "Two", "account": "B", "value": "200"}
    assert isinstance(last, Rejected) and last.line == 4
    assert [row.cells[0] for row in others if isinstance(row, Record)] == ["Four", "Five"]
