"""Every cell of a mapped column is afterwards in the deal, in a custom field, or counted."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import Reading
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.exchange.values import text_of_html, without_marks
from tests.exchange.files import open_file

ODD = [
    "=1+1",
    "<b>bold</b> &amp; all",
    "two\nlines",
    "\u202eright\u202c",
    "''",
    "٣",
    "\\N",
    "#REF!",
]
TEXTS = st.sampled_from(
    ["Acme", "N/A", "Zoë & Co", "-", "12", "a; b", "(none)", "x" * 120, "Ω" * 90, *ODD]
)
DATES = st.sampled_from(
    [
        *("2017-03-01", "31.12.3999", "soon", "2017-05-09 10:00", "-", "2031-01-01", "42800.5"),
        *("1488326400", "1488326400000", "1 März 2017", "2017年3月1日", "Q1 2017", "0000-00-00"),
        *("٢٠١٧-٠٣-٠١", "Mar 1, 2017 11:30 PM GMT-2", "2017-03-01T10:00:00+0530", "=TODAY()"),
    ]
)
AMOUNTS = st.sampled_from(
    [
        *("0", "1.234,50", "99,5", "(500)", "abc", "12k", "n/a", "-4", "€7", "5 lakh", "50万円"),
        *("1e5", "Rs. 12,34,567", "7 kr", "10-20k", "+8", "3 тыс. руб.", "100 euros", "１２３"),
        *("1.2345", "9" * 20),
    ]
)
CHANCES = st.sampled_from(["0", "0%", "25", "150", "high", "-", "0.4", "12,5 %", "pct 3", "٤٠"])
COLUMNS = {
    "Contact": TEXTS,
    "Email": st.sampled_from(["eva@x.org", "eva@", "-", "a@x.org; b@x.org"]),
    "Phone": st.sampled_from(["0049 30 1", "030", "n/a", "ext. 7"]),
    "Next Step": TEXTS,
    "Archived": st.sampled_from(["yes", "no", "perhaps", "-", "tak", "1"]),
    "Forecast Category": st.sampled_from(["Commit", "Best Case", "Closed", "guess", "-"]),
    "Expected Close": DATES,
    "Source Detail": TEXTS,
    "Links": st.sampled_from(["https://x.org/a", "https://x.org/a; b", "-"]),
    "Deal Name": st.sampled_from(["Pilot", "Renewal"]),
    "Company": TEXTS,
    "Owner": TEXTS,
    "Stage": st.sampled_from(["Lead", "Closed Won", "Closed Lost", "Gewonnen"]),
    "Amount": AMOUNTS,
    "Currency": st.sampled_from(["EUR", "US Dollar", "€", "-99", "XYZ"]),
    "Probability": CHANCES,
    "Created Date": DATES,
    "Close Date": DATES,
    "Next Step Date": DATES,
    "Lost Reason": TEXTS,
    "Competitor": TEXTS,
    "Pipeline": TEXTS,
    "Source": TEXTS,
    "Tags": TEXTS,
    "Notes": TEXTS,
    "Region": TEXTS,
}
ROWS = st.lists(st.fixed_dictionaries({}, optional=dict(COLUMNS)), min_size=1, max_size=4)


def file_of(rows: list[dict[str, str]], folder: Path) -> Path:
    out = io.StringIO()
    writer = csv.DictWriter(out, ["ID", *COLUMNS], restval="", lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows):
        writer.writerow({"ID": f"X{number}", "Deal Name": "Pilot", **row})
    path = folder / "deals.csv"
    path.write_text(out.getvalue(), "utf-8")
    return path


WITHOUT = {"line", "raw", "fields", "remarks"}


def traces(row: DealRow) -> dict[str, object]:
    """What a row holds besides its cells as they stood."""
    return {
        name: getattr(row, name)
        for name in row.__slots__
        if name not in WITHOUT and getattr(row, name) not in (None, (), {}, "")
    }


HOLDS = {
    "Contact": ("contacts",),
    "Email": ("contacts",),
    "Phone": ("contacts",),
    "Next Step": ("next_text",),
    "Archived": ("archived",),
    "Forecast Category": ("forecast_category",),
    "Expected Close": ("expected_close", "closed_at"),
    "Source Detail": ("others",),
    "Links": ("others",),
    "Deal Name": ("title",),
    "Company": ("account",),
    "Owner": ("owner",),
    "Stage": ("stage", "outcome"),
    "Amount": ("value",),
    "Currency": ("value",),
    "Probability": ("probability_bp", "outcome"),
    "Created Date": ("created_at",),
    "Close Date": ("closed_at", "expected_close"),
    "Next Step Date": ("next_due",),
    "Lost Reason": ("lost_reason",),
    "Competitor": ("competitor",),
    "Pipeline": ("pipeline",),
    "Source": ("source",),
    "Tags": ("tags",),
    "Notes": ("notes",),
}


def is_kept(column: str, cell: str, row: DealRow, reading: Reading) -> bool:
    if reading.tally.blanks[column] or column in reading.tally.unread:
        return True
    if any(name.startswith(column) for name in row.fields) or not without_marks(cell).strip():
        return True
    if column == "Archived" and cell in ("no", "perhaps", "-"):
        return cell == "no"  # what is not archived says nothing more
    held = traces(row)
    return any(name in held for name in HOLDS.get(column, ()))


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_every_cell_is_in_the_deal_in_a_field_or_counted(rows: list[dict[str, str]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_file(file_of(rows, Path(folder)), currency="EUR") as reading,
    ):
        read = list(reading.rows())
    assert not any(isinstance(row, Rejected) for row in read)
    for row, cells in zip(read, rows, strict=True):
        assert isinstance(row, DealRow)
        for column, cell in cells.items():
            assert is_kept(column, cell, row, reading), (column, cell)


PLAIN = ("Company", "Owner", "Source", "Source Detail", "Next Step", "Lost Reason", "Competitor",
         "Region", "Notes")  # fmt: skip
"""Columns of which each word is found again, in the deal or in a field of it."""


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_every_word_of_a_text_is_found_again(rows: list[dict[str, str]]) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_file(file_of(rows, Path(folder)), currency="EUR") as reading,
    ):
        read = list(reading.rows())
    for row, cells in zip(read, rows, strict=True):
        assert isinstance(row, DealRow)
        held = repr((traces(row), row.fields))
        for column in PLAIN:
            cell = without_marks(cells.get(column, ""))
            if not reading.tally.blanks[column]:
                words = re.findall(r"\w{2,}", text_of_html(cell) if column == "Notes" else cell)
                assert all(word in held for word in words), (column, cell)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(ROWS)
def test_a_strict_reader_keeps_a_row_whole_or_says_which_cell_kept_it_out(
    rows: list[dict[str, str]],
) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_file(
            file_of(rows, Path(folder)), currency="EUR", options=ReadOptions(strict=True)
        ) as reading,
    ):
        read = list(reading.rows())
    assert len(read) == len(rows) and not reading.tally.unread
    for row, cells in zip(read, rows, strict=True):
        if isinstance(row, Rejected):
            assert row.reason and row.raw[row.column] == row.value
        else:
            assert all(is_kept(column, cell, row, reading) for column, cell in cells.items())
