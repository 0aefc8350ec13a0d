"""Every cell of a mapped column is afterwards in the deal, in a custom field, or counted."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeboard.exchange.reading import Reading
from pipeboard.exchange.rows import DealRow, Rejected
from tests.exchange.files import open_file

TEXTS = st.sampled_from(["Acme", "N/A", "Zoë & Co", "-", "12", "a; b", "(none)", "x" * 120])
DATES = st.sampled_from(["2017-03-01", "31.12.3999", "soon", "2017-05-09 10:00", "-", "2031-01-01"])
AMOUNTS = st.sampled_from(["0", "1.234,50", "99,5", "(500)", "abc", "12k", "n/a", "-4", "€7"])
CHANCES = st.sampled_from(["0", "0%", "25", "150", "high", "-"])
COLUMNS = {
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
    if any(name.startswith(column) for name in row.fields):
        return True
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
