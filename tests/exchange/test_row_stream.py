"""Which records of a table are deals, and what is around, between and below them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.exchange.deals import DealReader
from pipeboard.exchange.layouts import GENERIC
from pipeboard.exchange.read_options import NO_OPTIONS, CellTally
from pipeboard.exchange.reading import open_table
from pipeboard.exchange.row_stream import Rows, _is_like, _later, is_history, stages_in_order
from pipeboard.exchange.rows import DealRow, Entered, Rejected
from pipeboard.exchange.tables import FileTable, Record

PLACES = {
    "Deal": "title", "ID": "external_id", "Company": "account", "Stage": "stage", "Rep": "owner",
}  # fmt: skip


def rows_over(text: str, **flags: Any) -> Rows:
    """A pass through lines of cells, the first of them the header."""
    lines = [line.split(",") for line in text.strip("\n").split("\n")]
    header, *below = [[cell.strip() for cell in line] for line in lines]
    width = len(header)
    records = [
        Record(line, [*cells, *[""] * (width - len(cells))]) for line, cells in enumerate(below, 2)
    ]
    at = {PLACES[name]: place for place, name in enumerate(header) if name in PLACES}

    def read_records() -> Any:
        return iter([Record(one.line, [*one.cells]) for one in records])

    table = SimpleNamespace(header=tuple(header), records=read_records)
    return Rows(
        cast(FileTable, table),
        replace(GENERIC, **flags),
        cast(DealReader, SimpleNamespace(place_of=at.get)),
        CellTally(),
    )


def kept(rows: Rows) -> list[str]:
    return [",".join(one.cells).rstrip(",") for one in rows._records() if isinstance(one, Record)]


@pytest.mark.parametrize(
    ("lines", "deals", "footers"),
    [
        ("A,Lead,5,|B,Won,6,|Total,,11,", "A,Lead,5|B,Won,6", ["Total"]),
        ("A,Lead,5,|B,,6,x", "A,Lead,5|B,,6,x", []),
        ("A,Lead,5,|B,,,", "A,Lead,5|B", []),
        ("A,Lead,5,|B,,,|Generated on Monday,,,", "A,Lead,5", ["B", "Generated on Monday"]),
        ("A,Lead,5,|,,11,", "A,Lead,5", ["11"]),
        ("A,Lead,5,|Copyright Acme,,,", "A,Lead,5", ["Copyright Acme"]),
        ("A,Lead,5,|Total,Total,11,", "A,Lead,5", ["Total"]),
        ("A,Lead,5,|Total recall,Lead,11,x", "A,Lead,5|Total recall,Lead,11,x", []),
        ("A,Lead,5,|Σ,,5,", "A,Lead,5", ["Σ"]),
        ("A,Lead,5,|Σωκράτης,,5,", "A,Lead,5|Σωκράτης,,5", []),
        ("A,Lead,5,|Yhteensä,,5,", "A,Lead,5", ["Yhteensä"]),
        ("A,Lead,5,|Summary:,,5,", "A,Lead,5", ["Summary:"]),
        ("A,Lead,5,|Summary of needs,,5,", "A,Lead,5|Summary of needs,,5", []),
        ("A,Lead,5,|Number of records,,1,", "A,Lead,5", ["Number of records"]),
        ("A,Lead,5,|Records: 1,,,", "A,Lead,5", ["Records: 1"]),
        ("A,Lead,5,|Records (vinyl),Lead,5,", "A,Lead,5|Records (vinyl),Lead,5", []),
        ("A,Lead,5,|(1 row),,,", "A,Lead,5", ["(1 row)"]),
        ("A,Lead,5,|1 row selected.,,,", "A,Lead,5", ["1 row selected."]),
        ("A,Lead,5,|End of report,,,", "A,Lead,5", ["End of report"]),
        ("A,Lead,5,|Page 1 of 2,,,|B,Won,6,", "A,Lead,5|B,Won,6", []),
        ("A,Lead,5,|# a remark,,,|B,Won,6,", "A,Lead,5|B,Won,6", []),
        ("A,Lead,5,|Subtotal,,5,|B,Won,6,", "A,Lead,5|B,Won,6", []),
        ("A,Lead,5,|C,,,|B,Won,6,", "A,Lead,5|C|B,Won,6", []),
        ("A,Lead,5,|,,5,|B,Won,6,", "A,Lead,5|B,Won,6", []),
    ],
)
def test_sums_and_remarks_are_no_deals(lines: str, deals: str, footers: list[str]) -> None:
    rows = rows_over("Deal,Stage,Amount,Note\n" + lines.replace("|", "\n"))
    assert kept(rows) == deals.split("|")
    assert rows.tally.footers == footers


@pytest.mark.parametrize(
    ("cells", "header", "is_like"),
    [
        ("deal,STAGE", "Deal,Stage", True),
        ("Deal,Lead", "Deal,Stage", False),
        ("Deal,Stage ", "Deal,Stage", True),
        ("---,---", "Deal,Stage", True),
        ("===,===", "Deal,Stage", True),
        (":--:,--:", "Deal,Stage", True),
        ("+----+,", "Deal,Stage", True),
        ("+====+,", "Deal,Stage", True),
        (",---", ",Stage", False),
        (",---", "Deal,Stage", True),
        ("--x,---", "Deal,Stage", False),
        ("-,-", "Deal,Stage", False),
        ("\ufeffDeal,Stage", "Deal,Stage", True),
        ("\ufeffDeal,Lead", "Deal,Stage", False),
        ("A,Stage", "Deal,Stage", False),
    ],
)
def test_a_header_that_comes_again_is_one_in_any_letters(
    cells: str, header: str, is_like: bool
) -> None:
    assert _is_like(cells.split(","), header.split(",")) is is_like


def test_a_header_that_comes_again_takes_the_title_of_its_group_along() -> None:
    text = "Deal,Stage,Amount,Note\nA,Lead,5,\nNorth,,,\nDeal,Stage,Amount,Note\nB,Won,6,\n"
    rows = rows_over(text)
    assert kept(rows) == ["A,Lead,5", "B,Won,6"]
    assert (rows.tally.repeated_headers, rows.tally.group_lines) == (1, 1)
    two = rows_over(text.replace("North,,,", "North,,7,"))
    assert kept(two) == ["A,Lead,5", "North,,7", "B,Won,6"]
    assert (two.tally.repeated_headers, two.tally.group_lines) == (1, 0)


LONG = """\
ID,Deal,Rep,Note
1,A,ana,x
,,bo, y
,,,
2,B,,x
,,cy,
3,C,ana,
,D,bo,
"""


def test_a_line_without_what_names_a_deal_goes_on_with_the_deal_above() -> None:
    rows = rows_over(LONG, continues=True)
    assert kept(rows) == ["1,A,ana; bo,x; y", "2,B,cy,x", "3,C,ana", ",D,bo"]
    assert rows.tally.beside == 3
    alone = rows_over(LONG)
    assert ",,bo,y" in kept(alone) and alone.tally.beside == 0
    assert kept(rows_over("ID,Deal,Rep\n,,ana\n1,A,bo\n", continues=True)) == [",,ana", "1,A,bo"]


@pytest.mark.parametrize(
    ("lines", "deals", "between"),
    [
        ("North,,,|A,1,Lead,5|B,2,Won,6|,2,,11", "A,1,Lead,5|B,2,Won,6", 2),
        ("A,1,Lead,5|,,,11", "A,1,Lead,5", 1),
        ("A,1,Lead,|B,,,", "A,1,Lead", 1),
    ],
)
def test_titles_and_sums_of_groups_are_no_deals_where_a_tool_writes_them(
    lines: str, deals: str, between: int
) -> None:
    text = "Deal,Count,Stage,Amount\n" + lines.replace("|", "\n")
    rows = rows_over(text, has_groups=True)
    assert kept(rows) == deals.split("|")
    assert rows.tally.group_lines == between


GROUPED = "{}\nLead,ana,A,5\n,,B,6\n,bo,C,7\nWon,ana,D,8\n,,E,9\n"


@pytest.mark.parametrize(
    ("header", "lines", "filled"),
    [
        ("Stage,Rep,Deal,Amount", "Lead,ana,A,5|Lead,ana,B,6|Lead,bo,C,7|Won,ana,D,8|Won,ana,E,9",
         {"Stage": 3, "Rep": 2}),
        ("Stage,Note,Deal,Amount", "Lead,ana,A,5|Lead,,B,6|Lead,bo,C,7|Won,ana,D,8|Won,,E,9",
         {"Stage": 3}),
        ("Note,Rep,Deal,Amount", "Lead,ana,A,5|,,B,6|,bo,C,7|Won,ana,D,8|,,E,9", {}),
        ("Stage,Rep,Note,Amount", "Lead,ana,A,5|,,B,6|,bo,C,7|Won,ana,D,8|,,E,9", {}),
    ],
)  # fmt: skip
def test_what_holds_for_a_group_is_filled_into_each_deal_of_it(
    header: str, lines: str, filled: dict[str, int]
) -> None:
    rows = rows_over(GROUPED.format(header))
    assert kept(rows) == lines.split("|")
    assert dict(rows.tally.filled_down) == filled
    ours = rows_over(GROUPED.format(header), is_ours=True)
    assert not ours.tally.filled_down and ",,B,6" in kept(ours)


@pytest.mark.parametrize(
    "lines",
    [
        "Lead,ana,A,5|,,B,6|Lead,bo,C,7",
        ",ana,A,5|Lead,,B,6",
        "Lead,ana,A,5|Won,bo,B,6",
        "Lead,ana,A,5|,,B,6",
    ],
)
def test_a_column_with_a_value_that_comes_again_or_without_blanks_is_of_no_group(
    lines: str,
) -> None:
    rows = rows_over("Stage,Rep,Deal,Amount\n" + lines.replace("|", "\n"))
    assert kept(rows) == lines.split("|")
    assert not rows.tally.filled_down


def at(day: int) -> datetime:
    return datetime(2026, 3, day, tzinfo=UTC)


def came(*path: tuple[str, int]) -> tuple[Entered, ...]:
    return tuple(Entered(stage, at(day)) for stage, day in path)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (
            DealRow(2, {}, "A", entered=came(("Lead", 1)), stage="Lead", created_at=at(1)),
            DealRow(3, {}, "A", entered=came(("Demo", 5)), stage="Demo", created_at=at(2)),
            DealRow(2, {}, "A", entered=came(("Lead", 1), ("Demo", 5)), stage="Demo",
                    created_at=at(1)),
        ),
        (
            DealRow(2, {}, "A", entered=came(("Demo", 5)), owner="bo"),
            DealRow(3, {}, "B", entered=came(("Lead", 1)), owner="ana", value=Money(5, "EUR")),
            DealRow(2, {}, "A", entered=came(("Lead", 1), ("Demo", 5)), stage="Demo", owner="bo",
                    value=Money(5, "EUR")),
        ),
        (
            DealRow(2, {}, "A", entered=came(("Lead", 1)), closed_at=at(9), stage="Lead"),
            DealRow(3, {}, "B", entered=came(("Lead", 4)), stage="Demo", value=Money(7, "EUR")),
            DealRow(2, {}, "A", entered=came(("Lead", 1)), closed_at=at(9), stage="Lead",
                    value=Money(7, "EUR")),
        ),
        (
            DealRow(2, {}, "A", closed_at=at(9), created_at=at(3)),
            DealRow(3, {}, "B", entered=came(("Lead", 10)), owner="cy"),
            DealRow(2, {}, "B", entered=came(("Lead", 10)), stage="Lead", owner="cy",
                    created_at=at(3)),
        ),
        (DealRow(2, {}, "A"), DealRow(3, {}, "B", owner="cy"), DealRow(2, {}, "B", owner="cy")),
    ],
)  # fmt: skip
def test_two_lines_of_a_history_are_one_deal_as_the_later_one_says(
    one: DealRow, other: DealRow, found: DealRow
) -> None:
    assert _later(one, other) == found


@pytest.mark.parametrize(
    ("lines", "is_so"),
    [
        ("1,Lead,a|1,Demo,b|2,Lead,a", True),
        ("1,Lead,a|1,Lead,a|2,Lead,a", False),
        ("1,Lead,a|1,Lead,b|2,Lead,a", True),
        ("1,Lead,a|2,Demo,b", False),
        ("1,Lead,a|1,Demo,b|2,Lead,a|3,Lead,a|4,Lead,a", False),
        ("1,Lead,a|1,Demo,b|2,Lead,a|3,Lead,a", True),
        ("1,Lead,a| 1,Demo,b", True),
    ],
)
def test_a_file_is_a_history_where_ids_come_again_with_other_dates(lines: str, is_so: bool) -> None:
    table = rows_over("ID,Stage,Since\n" + lines.replace("|", "\n")).table
    wanted = ("external_id", "stage", "stage_entered_at")
    targets = dict(zip(table.header, wanted, strict=True))
    assert is_history(table, targets) is is_so
    for column in targets:
        assert not is_history(table, {**targets, column: "note"})


@pytest.mark.parametrize(("more", "is_so"), [("1,Demo,b\n", True), ("", False)])
def test_a_line_that_cannot_be_read_is_no_part_of_a_history(
    more: str, is_so: bool, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"ID,Stage,Since\n1,Lead,a\n1,Demo,b,too much\n{more}")
    table = open_table(path, NO_OPTIONS)
    wanted = ("external_id", "stage", "stage_entered_at")
    assert is_history(table, dict(zip(table.header, wanted, strict=True))) is is_so


def test_records_that_cannot_be_read_go_through_as_they_are() -> None:
    rows = rows_over("ID,Deal,Stage\n1,A,Lead\n")
    lost = Rejected(9, "", "", "too long")
    table = SimpleNamespace(
        header=rows.table.header,
        records=lambda: iter([Record(2, ["1", "A", "Lead"]), lost, Record(10, ["2", "B", "Won"])]),
    )
    both = replace(rows, table=cast(FileTable, table))
    assert list(both._records()) == [*table.records()]
    grouped = rows_over("Stage,Deal\nLead,A\n,B\nWon,C\n")
    records = [*grouped.table.records(), lost]
    table = SimpleNamespace(header=grouped.table.header, records=lambda: iter(records))
    assert list(replace(grouped, table=cast(FileTable, table))._records())[-1] == lost


def test_a_table_of_two_columns_has_no_footers() -> None:
    assert kept(rows_over("Deal,Amount\nA,5\nTotal,11\nB,\n")) == ["A,5", "Total,11", "B"]


def read_history(text: str) -> list[DealRow | Rejected]:
    """The deals of a history: id, title, stage and day; no id is rejected where it says so."""

    def read(record: Record, tally: CellTally) -> DealRow | Rejected:
        number, title, stage, day = record.cells
        if title == "bad":
            return Rejected(record.line, "title", title, "no title")
        entered = came((stage, int(day)))
        return DealRow(record.line, {}, title, number or None, stage=stage, entered=entered)

    rows = rows_over(text)
    reader = SimpleNamespace(place_of=rows.reader.place_of, read=read)
    return list(replace(rows, reader=cast(DealReader, reader)).histories())


def test_the_lines_of_a_history_are_a_deal_for_each_id_and_those_without_one_their_own() -> None:
    found = read_history(
        "ID,Deal,Stage,Day\n1,A,Lead,1\n2,B,Lead,2\n1,A2,Demo,5\n,C,Lead,3\n3,bad,Lead,4\n"
        "1,A3,Won,9\n"
    )
    own, bad, first, second = found
    assert isinstance(own, DealRow) and own.title == "C"
    assert isinstance(bad, Rejected) and bad.line == 6
    assert isinstance(first, DealRow) and isinstance(second, DealRow)
    assert (first.line, first.title, first.stage) == (2, "A3", "Won")
    assert [one.stage for one in first.entered] == ["Lead", "Demo", "Won"]
    assert (second.line, second.title) == (3, "B")


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ((DealRow(2, {}, "A", stage="Demo"), DealRow(3, {}, "B", stage="Lead")), "Demo Lead"),
        (
            (DealRow(2, {}, "A", stage="Demo", probability_bp=5_000),
             DealRow(3, {}, "B", stage="Lead", probability_bp=1_000)),
            "Lead Demo",
        ),
        (
            (DealRow(2, {}, "A", stage="Demo", created_at=at(1)),
             DealRow(3, {}, "B", stage="Lead", created_at=at(9))),
            "Lead Demo",
        ),
        (
            (DealRow(2, {}, "A", stage="Demo", created_at=at(1), outcome="won"),
             DealRow(3, {}, "B", stage="Lead", created_at=at(9))),
            "Demo Lead",
        ),
        (
            (DealRow(2, {}, "A", stage="Demo", entered=came(("Lead", 1), ("Demo", 2))),
             DealRow(3, {}, "B", stage="Lead", entered=came(("Lead", 1), ("lead", 3)))),
            "Lead Demo",
        ),
        (
            (DealRow(2, {}, "A", stage="Demo", probability_bp=5_000, entered=came(("Demo", 1))),
             DealRow(3, {}, "B", stage="Lead", probability_bp=1_000)),
            "Lead Demo",
        ),
        ((Rejected(2, "", "", "x"), DealRow(3, {}, "B", stage="Lead")), "Lead"),
    ],
)  # fmt: skip
def test_stages_stand_in_the_order_in_which_deals_go_through_them(
    rows: tuple[object, ...], names: str
) -> None:
    assert " ".join(stages_in_order(rows)) == names


@pytest.mark.parametrize(
    ("header", "lines"),
    [
        ("Stage,Rep,Deal,Amount", "Lead,ana,A,5|Won,,B,6|Lost,bo,C,7"),  # stages without blanks
        ("Deal,Rep,Stage,Amount", "A,ana,Lead,5|B,,Lead,6|C,bo,Won,7"),
    ],
)
def test_nothing_is_filled_in_behind_a_column_that_is_of_no_group(header: str, lines: str) -> None:
    rows = rows_over(f"{header}\n" + lines.replace("|", "\n"))
    assert kept(rows) == lines.split("|")
    assert not rows.tally.filled_down
    assert rows._groups() == range(0)
    assert rows_over(GROUPED.format("Stage,Rep,Deal,Amount"), is_ours=True)._groups() == range(0)
    assert rows_over(GROUPED.format("Stage,Rep,Deal,Amount"))._groups() == range(2)
