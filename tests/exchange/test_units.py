"""What the name of a column says of the unit of its amounts."""

from __future__ import annotations

import pytest

from pipeboard.exchange.units import AmountUnit, unit_of


@pytest.mark.parametrize(
    ("column", "name", "factor", "currency", "is_minor", "doubt"),
    [
        ("Amount", "Amount", 1, None, False, ""),
        ("Amount (USD)", "Amount", 1, "USD", False, ""),
        ("Amount USD", "Amount", 1, "USD", False, ""),
        ("Amount (k€)", "Amount", 1000, "EUR", False, ""),
        ("Amount k€", "Amount", 1000, "EUR", False, ""),
        ("Amount in thousands", "Amount", 1000, None, False, ""),
        ("Umsatz in Tausend Euro", "Umsatz", 1000, "EUR", False, ""),
        ("Umsatz TEUR", "Umsatz", 1000, "EUR", False, ""),
        ("Betrag in T€", "Betrag", 1000, "EUR", False, ""),
        ("Betrag (Mio. €)", "Betrag", 1000000, "EUR", False, ""),
        ("Betrag in Mio.", "Betrag", 1000000, None, False, ""),
        ("Сумма, тыс. руб.", "Сумма", 1000, "RUB", False, ""),
        ("金額（千円）", "金額", 1000, "JPY", False, ""),
        ("金額（百万円）", "金額", 1000000, "JPY", False, ""),
        ("金額（億円）", "金額", 100000000, "JPY", False, ""),
        ("value_in_cents", "value", 1, None, True, ""),
        ("valueInCents", "value", 1, None, True, ""),
        ("Amount (cents)", "Amount", 1, None, True, ""),
        ("Amount (EUR, thousands)", "Amount", 1000, "EUR", False, ""),
        ("Amount €", "Amount", 1, "EUR", False, ""),
        ("Amount [k]", "Amount", 1000, None, False, ""),
        ("Amount (kg)", "Amount", 1, None, False, "kg"),
        ("Amount (m)", "Amount", 1000000, None, False, ""),
        ("Amount K", "Amount K", 1, None, False, ""),
        ("Amount (€000)", "Amount", 1000, "EUR", False, ""),
        ("Amount 000s", "Amount", 1000, None, False, ""),
        ("Amount £'000s", "Amount", 1000, "GBP", False, ""),
        ("Amount (1,000 EUR)", "Amount", 1000, "EUR", False, ""),
        ("Value M", "Value M", 1, None, False, ""),
        ("Deal Value (M USD)", "Deal Value", 1000000, "USD", False, ""),
        ("Amount (k€) in Mio.", "Amount", 1, "EUR", False, "Amount (k€) in Mio."),
        ("Summe T", "Summe T", 1, None, False, ""),
        ("Total EUR net", "Total", 1, "EUR", False, ""),
        ("Amount (EUR) USD", "Amount", 1, "EUR", False, ""),
        ("k€ Amount", "Amount", 1000, "EUR", False, ""),
        ("€ Amount", "Amount", 1, "EUR", False, ""),
        ("Wert (t. €)", "Wert", 1, "EUR", False, "t. €"),
        ("Amount (USD k)", "Amount", 1000, "USD", False, ""),
        ("Value in USD millions", "Value", 1000000, "USD", False, ""),
        ("Price per unit", "Price per unit", 1, None, False, ""),
        ("Amount (lakh)", "Amount", 100000, None, False, ""),
        ("Amount (crore INR)", "Amount", 10000000, "INR", False, ""),
        ("Revenue bn", "Revenue bn", 1, None, False, ""),
        ("Amount (MM)", "Amount", 1000000, None, False, ""),
        ("Amt.(USD)", "Amt.", 1, "USD", False, ""),
        ("Value (k)", "Value", 1000, None, False, ""),
        ("Cost EUR k", "Cost", 1000, "EUR", False, ""),
        ("Amount in k", "Amount", 1000, None, False, ""),
        ("Worth in dollars", "Worth", 1, "USD", False, ""),
        ("EUR", "EUR", 1, None, False, ""),
        ("(k€)", "", 1000, "EUR", False, ""),
    ],
)
def test_a_name_tells_the_unit_of_its_amounts(
    column: str, name: str, factor: int, currency: str | None, is_minor: bool, doubt: str
) -> None:
    assert unit_of(column, "USD") == AmountUnit(name, factor, currency, is_minor, doubt)


@pytest.mark.parametrize(("default", "currency"), [("USD", "USD"), ("CAD", "CAD"), ("EUR", "USD")])
def test_a_sign_of_several_currencies_is_that_which_is_usual(default: str, currency: str) -> None:
    assert unit_of("Amount (k$)", default) == AmountUnit("Amount", 1_000, currency, False, "")


@pytest.mark.parametrize(
    ("column", "factor"),
    [("Amount mln", 10**6), ("Amount tsd", 1_000), ("Value tys", 1_000), ("Amount mio EUR", 10**6),
     ("Amount bn", 1), ("Amount mn", 1), ("Amount k", 1), ("Amount in mn", 10**6)],
)  # fmt: skip
def test_one_or_two_letters_behind_a_name_alone_are_no_unit(column: str, factor: int) -> None:
    assert unit_of(column, "USD").factor == factor
