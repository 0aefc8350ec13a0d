"""Amounts by column: the decimal mark, the currency and the scale that its cells and name show."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.money import format_money
from pipeboard.exchange.reading import ReadOptions
from tests.exchange.files import all_deals, open_file, write


def values(folder: Path, column: str, *cells: str, options: ReadOptions | None = None) -> list[str]:
    rows = "".join(f"Deal {n};Lead;{cell}\n" for n, cell in enumerate(cells))
    path = write(folder, f"deal name;stage;{column}\n{rows}")
    with open_file(path, currency="EUR", options=options or ReadOptions()) as reading:
        deals = all_deals(list(reading.rows()))
    return [format_money(d.value, style="code") if d.value else "" for d in deals]


@pytest.mark.parametrize(
    ("cells", "wanted"),
    [
        (("99.500", "1234.5"), ["99.50 EUR", "1234.50 EUR"]),
        (("99,500", "12,5"), ["99.50 EUR", "12.50 EUR"]),
        (("99.500", "1.234.567"), ["99500.00 EUR", "1234567.00 EUR"]),
        (("1.234,50", "99.500"), ["1234.50 EUR", "99500.00 EUR"]),
        (("40,000", "7"), ["40000.00 EUR", "7.00 EUR"]),
        (("0.500", "1.250"), ["0.50 EUR", "1.25 EUR"]),
        (("1E+05", "1.5e3"), ["100000.00 EUR", "1500.00 EUR"]),
        (("$ -", "$5"), ["", "5.00 USD"]),
        (("1.234,-", "5"), ["1234.00 EUR", "5.00 EUR"]),
    ],
)
def test_one_cell_that_proves_the_decimal_mark_settles_its_column(
    tmp_path: Path, cells: tuple[str, ...], wanted: list[str]
) -> None:
    assert values(tmp_path, "amount", *cells) == wanted


def test_the_person_settles_what_the_column_does_not(tmp_path: Path) -> None:
    point = ReadOptions(decimal=".")
    assert values(tmp_path, "amount", "99.500", options=point) == ["99.50 EUR"]


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("Amount (USD)", "5.00 USD"),
        ("Betrag (€)", "5.00 EUR"),
        ("Amount USD", "5.00 USD"),
        ("Бюджет ₽", "5.00 RUB"),
        ("Amount (k€)", "5000.00 EUR"),
        ("Volumen in T€", "5000.00 EUR"),
        ("Amount in thousands", "5000.00 EUR"),
        ("Amount (k USD)", "5000.00 USD"),
        ("Umsatz in Mio", "5000000.00 EUR"),
    ],
)
def test_the_name_of_a_column_tells_currency_and_scale(
    tmp_path: Path, column: str, wanted: str
) -> None:
    assert values(tmp_path, column, "5") == [wanted]


def test_an_amount_whose_currency_cannot_be_read_is_no_amount(tmp_path: Path) -> None:
    path = write(tmp_path, "deal name,stage,amount,currency\nA,Lead,5,XYZ\nB,Lead,6,US Dollar\n")
    with open_file(path, currency="EUR") as reading:
        one, other = all_deals(list(reading.rows()))
        said = " ".join(reading.remarks())
    assert (one.value, one.fields) == (None, {"currency": "XYZ", "amount": "5"})
    assert other.value is not None and other.value.currency == "USD"
    assert "1 cell of 'currency' could not be read" in said


@pytest.mark.parametrize("column", ["value_in_cents", "Amount (cents)", "amount_cents"])
def test_a_column_of_cents_is_not_taken_for_whole_units(tmp_path: Path, column: str) -> None:
    assert values(tmp_path, column, "1250", "99") == ["12.50 EUR", "0.99 EUR"]
