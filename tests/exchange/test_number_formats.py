"""The currency that the format of a workbook's cell writes is that of its amount."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeboard.domain.money import Money
from pipeboard.exchange.number_formats import currency_of_format, meant_currency
from tests.exchange.files import all_deals, open_file, write_ods


@pytest.mark.parametrize(
    ("code", "currency"),
    [
        ("General", ""),
        ("0.00", ""),
        ("#,##0.00", ""),
        ('#,##0" days"', ""),
        ('0.0,,"M"', ""),
        ('#,##0 "ca."', ""),
        ("0%", ""),
        ("[$-409]d-mmm-yy", ""),
        ("[Red]0.00", ""),
        ("[$€-407] #,##0.00", "€"),
        ("#,##0.00 [$€-1]", "€"),
        ('#,##0.00\\ "€"', "€"),
        ('_-* #,##0.00\\ "€"_-;-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-', "€"),
        ("#,##0.00 €", "€"),
        ('"$"#,##0.00', "$"),
        ("\\$#,##0", "$"),
        ("$#,##0", "$"),
        ('_("$"* #,##0.00_);_("$"* \\(#,##0.00\\);_("$"* "-"??_);_(@_)', "$"),
        ("[$USD] #,##0.00", "USD"),
        ("[$CHF-807] #,##0", "CHF"),
        ("[$$-409]#,##0.00", "USD"),
        ("[$$-1009]#,##0.00", "CAD"),
        ("[$$-en-US]#,##0.00", "USD"),
        ("[$$-en-AU]#,##0.00", "AUD"),
        ("#,##0.00 [$kr-41D]", "SEK"),
        ("#,##0.00 [$kr.-406]", "DKK"),
        ("[$£-809]#,##0.00", "GBP"),
        ("[$¥-411]#,##0", "JPY"),
        ("[$¥-804]#,##0.00", "CNY"),
        ('"EUR" #,##0', "EUR"),
        ("0;[$€-407]0", ""),
        ('"', ""),
    ],
)
def test_a_format_writes_a_currency_or_none(code: str, currency: str) -> None:
    assert currency_of_format(code) == currency


@pytest.mark.parametrize(
    ("sign", "default", "code"),
    [("€", "USD", "EUR"), ("$", "CAD", "CAD"), ("$", "EUR", "USD"), ("kr", "EUR", None),
     ("kr", "NOK", "NOK"), ("", "EUR", None)],
)  # fmt: skip
def test_a_sign_that_several_currencies_have_is_the_usual_one_or_none(
    sign: str, default: str, code: str | None
) -> None:
    assert meant_currency(sign, default) == code


def workbook(folder: Path, rows: Sequence[tuple[object, ...]], formats: dict[str, str]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cell, code in formats.items():
        book.active[cell].number_format = code
    book.save(folder / "deals.xlsx")
    return folder / "deals.xlsx"


MIXED = {"B2": "[$€-407] #,##0.00", "B3": '"$"#,##0', "B4": "#,##0.00 [$kr-41D]", "B5": "#,##0"}
ROWS: list[tuple[object, ...]] = [
    ("title", "value"), ("Press", 1500), ("Kiln", 20000), ("Robot", 900.5), ("Line", 7),
]  # fmt: skip


def test_amounts_have_each_the_currency_that_its_cell_shows(tmp_path: Path) -> None:
    with open_file(workbook(tmp_path, ROWS, MIXED), currency="EUR") as reading:
        deals = all_deals(list(reading.rows()))
        remarks = reading.remarks()
    assert [deal.value for deal in deals] == [
        Money(150_000, "EUR"), Money(2_000_000, "USD"), Money(90_050, "SEK"), Money(700, "EUR")
    ]  # fmt: skip
    assert (
        "The currency of amounts is from the format of their cells: 1 in EUR, 1 in USD, 1 in SEK."
        in remarks
    )
    assert any(said.startswith("1 amount without a currency taken as EUR") for said in remarks)


def test_a_column_that_says_the_currency_says_otherwise(tmp_path: Path) -> None:
    rows = [(*row, "CHF" if at else "currency") for at, row in enumerate(ROWS)]
    with open_file(workbook(tmp_path, rows, MIXED), currency="EUR") as reading:
        deals = all_deals(list(reading.rows()))
        assert not any("format" in said for said in reading.remarks())
    assert {deal.value.currency for deal in deals if deal.value} == {"CHF"}
    assert not any("two_currencies" in deal.remarks for deal in deals)


def test_the_name_of_a_column_of_amounts_and_a_cell_of_text_say_otherwise_too(
    tmp_path: Path,
) -> None:
    rows = [("title", "value (CHF)"), *ROWS[1:]]
    with open_file(workbook(tmp_path, rows, MIXED), currency="EUR") as reading:
        found = {deal.value.currency for deal in all_deals(list(reading.rows())) if deal.value}
    assert found == {"CHF"}
    rows = [("title", "value"), ("Press", "1500 GBP")]
    with open_file(workbook(tmp_path, rows, {"B2": '"$"#,##0'}), currency="EUR") as reading:
        assert [deal.value for deal in all_deals(list(reading.rows()))] == [Money(150_000, "GBP")]


def test_a_format_of_another_column_says_nothing_of_the_amounts(tmp_path: Path) -> None:
    rows = [("title", "value", "setup fee"), ("Press", 1500, 20)]
    with open_file(workbook(tmp_path, rows, {"C2": '"$"#,##0'}), currency="EUR") as reading:
        (deal,) = all_deals(list(reading.rows()))
    assert deal.value == Money(150_000, "EUR")
    assert deal.fields == {"setup fee": "20"}


# Of LibreOffice, whose cells say it themselves.


def _row(*cells: str, alike: int = 1) -> str:
    return (
        f'<table:table-row table:number-rows-repeated="{alike}">{"".join(cells)}</table:table-row>'
    )


def _text(text: str) -> str:
    return (
        f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
    )


def _amount(value: str, currency: str, alike: int = 1) -> str:
    kind = (
        f'office:value-type="currency" office:currency="{currency}"'
        if currency
        else ('office:value-type="float"')
    )
    repeated = f'table:number-columns-repeated="{alike}"'
    return f'<table:table-cell {repeated} {kind} office:value="{value}"/>'


def test_amounts_of_libreoffice_have_each_the_currency_of_their_cell(tmp_path: Path) -> None:
    path = write_ods(tmp_path, [
        _row(_text("title"), _text("note"), _text("value")),
        _row(_text("Press"), "<table:table-cell/>", _amount("1500", "USD")),
        _row(_text("Kiln"), _text("20 &gt; 10"), _amount("20000.5", "EUR")),
        _row("<table:table-cell/>", alike=2),
        _row(_text("Robot"), '<table:table-cell table:formula="of:=IF(1>0;2;3)"'
             ' office:value-type="float" office:value="2"/>', _amount("900", "SEK"), alike=2),
        _row(_text("Line"), _text(""), _amount("7", "")),
        _row(_text("Mill"), "<table:covered-table-cell/>", _amount("8", "CHF")),
        _row('<table:table-cell table:number-columns-repeated="16384"/>', alike=1_048_570),
    ])  # fmt: skip
    with open_file(path, currency="EUR") as reading:
        deals = all_deals(list(reading.rows()))
        remarks = " ".join(reading.remarks())
    assert [deal.value for deal in deals] == [
        Money(150_000, "USD"), Money(2_000_050, "EUR"), Money(90_000, "SEK"), Money(90_000, "SEK"),
        Money(700, "EUR"), Money(800, "CHF"),
    ]  # fmt: skip
    assert "the format of their cells: 2 in SEK, 1 in USD, 1 in EUR, 1 in CHF" in remarks


@pytest.mark.parametrize("currency", ["nonsense", "XXX1", ""])
def test_a_currency_of_libreoffice_that_is_none_says_nothing(currency: str, tmp_path: Path) -> None:
    path = write_ods(
        tmp_path, [_row(_text("title"), _text("value")), _row(_text("A"), _amount("5", currency))]
    )
    with open_file(path, currency="EUR") as reading:
        (deal,) = all_deals(list(reading.rows()))
    assert deal.value == Money(500, "EUR")
