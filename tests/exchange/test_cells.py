from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.exchange.tables import defuse, undefuse

HOSTILE = st.text(st.sampled_from("'=+-@\t\r\n＝0123 .,%aé\ufeff\u200b"), max_size=8)


@given(st.text() | HOSTILE)
def test_import_takes_back_exactly_what_export_added(cell: str) -> None:
    assert undefuse(defuse(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+SUM(A1)", "-2+3", "@cmd", "\t=1", "\r=1", "＝1", "\u200b=1", " =1", "'=1"]
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
