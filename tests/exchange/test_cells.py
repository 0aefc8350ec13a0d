from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.exchange.tables import defuse, find_column, name_columns, number_text, undefuse

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
