"""Amounts by column: the decimal mark, the currency and the scale that its cells and name show."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import DecimalMark, format_money
from pipeboard.exchange.amounts import AmountColumn, _evidence, read_currency_name
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.units import unit_of
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
        (("1,2E+05", "1,5e3"), ["120000.00 EUR", "1500.00 EUR"]),
        (("$ -", "$5"), ["", "5.00 USD"]),
        (("1.234,-", "5"), ["1234.00 EUR", "5.00 EUR"]),
    ],
)
def test_one_cell_that_proves_the_decimal_mark_settles_its_column(
    tmp_path: Path, cells: tuple[str, ...], wanted: list[str]
) -> None:
    assert values(tmp_path, "amount", *cells) == wanted


@pytest.mark.parametrize(
    ("cells", "wanted", "unread"),
    [
        (("1,234", "12,5", "2,500"), ["", "12.50 EUR", ""], "'12,5' and '1,234'"),
        (("1.234", "12.5", "2.500"), ["", "12.50 EUR", ""], "'12.5' and '1.234'"),
        (("1.234,50", "2,345.60", "2,500", "3.500"), None, "'1.234,50' and '2,345.60'"),
        (("1.234 €", "0.5", "2.500"), ["", "0.50 EUR", ""], "'0.5' and '1.234 €'"),
    ],
)
def test_a_column_that_contradicts_itself_is_told_of_and_no_guess_is_made(
    tmp_path: Path, cells: tuple[str, ...], wanted: list[str] | None, unread: str
) -> None:
    wanted = wanted or ["1234.50 EUR", "2345.60 EUR", "", ""]
    assert values(tmp_path, "amount", *cells) == wanted
    with open_file(tmp_path / "deals.csv", currency="EUR") as reading:
        rows = all_deals(list(reading.rows()))
        (said,) = [one for one in reading.remarks() if "could not be read" in one]
    kept = [row.fields["amount"] for row in rows if row.value is None]
    assert kept == [cell for cell, money in zip(cells, wanted, strict=True) if not money]
    places = ", ".join(str(at) for at, money in enumerate(wanted, 2) if not money)
    assert said.endswith(
        f"in a column with both {unread}: say --decimal point or --decimal comma (lines {places})."
    )
    comma = ReadOptions(decimal="," if "," in cells[0] else ".")
    assert values(tmp_path, "amount", *cells, options=comma)[-1] != ""


@pytest.mark.parametrize(
    ("column", "cells", "wanted"),
    [
        ("amount", ("1.234k", "12.5k"), ["1234.00 EUR", "12500.00 EUR"]),
        ("Amount (k€)", ("1.234", "12.5"), ["1234.00 EUR", "12500.00 EUR"]),
        ("Amount (KWD)", ("1.234", "12.5"), ["1.234 KWD", "12.500 KWD"]),
    ],
)
def test_thousandths_of_what_has_such_contradict_nothing(
    tmp_path: Path, column: str, cells: tuple[str, ...], wanted: list[str]
) -> None:
    assert values(tmp_path, column, *cells) == wanted


def test_a_number_that_is_kept_as_one_is_never_taken_for_thousands(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    pytest.importorskip("python_calamine")
    book = openpyxl.Workbook()
    for row in (("Deal", "Stage", "Amount"), ("A", "Lead", 950.125), ("B", "Lead", 120)):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    deals = (
        '[{"deal":"A","stage":"Lead","amount":950.125},{"deal":"B","stage":"Lead","amount":120}]'
    )
    for path in (tmp_path / "a.xlsx", write(tmp_path, deals, "a.json")):
        with open_file(path, currency="EUR") as reading:
            rows = all_deals(list(reading.rows()))
            said = " ".join(reading.remarks())
        assert [row.value and row.value.minor for row in rows] == [None, 12_000]
        assert "950.1250' has more decimals than EUR" in said


@pytest.mark.parametrize(
    ("cell", "currency", "amount"),
    [
        ("3333.333333333333", "EUR", "3333.33 EUR"), ("118.9881", "EUR", "118.99 EUR"),
        ("0.00499", "EUR", "0.00 EUR"), ("2.12499999", "EUR", "2.12 EUR"),
        ("2.12500001", "EUR", "2.13 EUR"), ("€3333,3349", "EUR", "3333.33 EUR"),
        ("1234.5678 USD", "EUR", "1234.57 USD"), ("1234.5678", "JPY", "1235 JPY"),
    ],
)  # fmt: skip
def test_an_amount_that_was_reckoned_is_rounded_and_told(
    cell: str, currency: str, amount: str, tmp_path: Path
) -> None:
    file = write(tmp_path, f'deal,stage,amount\nA,Lead,"{cell}"\nB,Lead,120\n', "a.csv")
    with open_file(file, currency=currency) as reading:
        first, second = all_deals(list(reading.rows()))
        said = " ".join(reading.remarks())
    assert first.value is not None and second.value is not None
    assert format_money(first.value, style="code") == amount
    told = "1 amount of value had more decimals than the currency and was rounded"
    assert f"{told}, such as {cell}." in said


@pytest.mark.parametrize("cell", ["950.125", "12.345,5678", "1.2345.6789", "9.12345e3x"])
def test_what_is_no_reckoned_amount_is_not_rounded(cell: str) -> None:
    column = AmountColumn(lambda: [cell], None)
    with suppress(BadInput):
        column.read(cell, "EUR")
    assert column.rounded == 0


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


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("12 TEUR", "12000.00 EUR"),
        ("T€ 12,5", "12500.00 EUR"),
        ("12 T€", "12000.00 EUR"),
        ("12 tCHF", "12000.00 CHF"),
        ("1.2 million", "1200000.00 EUR"),
        ("USD 3.5 Million", "3500000.00 USD"),
        ("$1.2MM", "1200000.00 USD"),
        ("1.234 millions", "1234000.00 EUR"),
        ("2 thousand", "2000.00 EUR"),
        ("3 Millionen Euro", "3000000.00 EUR"),
        ("3 million US dollars", "3000000.00 USD"),
        ("2 miljoner SEK", "2000000.00 SEK"),
        ("5 tysiąc zł", "5000.00 PLN"),
        ("1.5 billion", "1500000000.00 EUR"),
        ("2 Mrd EUR", "2000000000.00 EUR"),
        ("12 tkr", ""),
        ("5 thousand pounds", "5000.00 GBP"),
        ("5 thousand rupees", ""),
        ("5 thousand dollar", "5000.00 USD"),
        ("12 mil", ""),
        ("12 thousandths", ""),
        ("T 12", ""),
    ],
)
@pytest.mark.parametrize("column", ["amount", "amount (k$)"])
def test_a_cell_that_writes_its_scale_out_is_that_much_whatever_the_column_says(
    tmp_path: Path, column: str, cell: str, wanted: str
) -> None:
    plain = "$" in column and "USD" not in wanted and wanted.endswith("EUR") and "€" not in cell
    is_named = "EUR" in cell or "Euro" in cell
    expected = wanted.replace("EUR", "USD") if plain and not is_named else wanted
    assert values(tmp_path, column, cell) == [expected]


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


@pytest.mark.parametrize(
    ("column", "cells", "wanted"),
    [
        ("amount (m€)", ("1.234", "40"), ["1234000.00 EUR", "40000000.00 EUR"]),
        ("amount (m€)", ("1,2345", "0,5"), ["1234500.00 EUR", "500000.00 EUR"]),
        ("amount (k€)", ("1.234", "40"), ["1234000.00 EUR", "40000.00 EUR"]),
        ("amount (k€)", ("1.234", "40.5"), ["1234.00 EUR", "40500.00 EUR"]),
        ("金額（千円）", ("40.5", "1,234"), ["40500 JPY", "1234000 JPY"]),
        ("amount (m€)", ("1,234", "40"), ["1234000000.00 EUR", "40000000.00 EUR"]),
        ("amount (k€)", ("1,234", "40"), ["1234000.00 EUR", "40000.00 EUR"]),
    ],
)
def test_thousands_and_millions_have_decimals_of_their_own(
    tmp_path: Path, column: str, cells: tuple[str, ...], wanted: list[str]
) -> None:
    assert values(tmp_path, column, *cells) == wanted


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("1250", "12.50 EUR"),
        ("12000.00", "120.00 EUR"),
        ("12000,0", "120.00 EUR"),
        ("1.250", "12.50 EUR"),
        ("1'250'000", "12500.00 EUR"),
        ("12.5", ""),
        ("12000.50", ""),
    ],
)
def test_cents_are_whole_numbers_however_they_are_written(
    tmp_path: Path, cell: str, wanted: str
) -> None:
    assert values(tmp_path, "amount_cents", cell) == [wanted]


@pytest.mark.parametrize(
    ("column", "cell", "wanted"),
    [
        ("Amount (JPY)", "500", "500 JPY"),
        ("Amount (JPY)", "500.00", "500 JPY"),
        ("Amount (KWD)", "500", "500.000 KWD"),
        ("Amount (ZAR)", "R 100", "100.00 ZAR"),
        ("Amount (EUR)", "R 100", ""),
        ("Amount (JPY)", "5万3000", "53000 JPY"),
        ("Amount (JPY)", "5万3000円", "53000 JPY"),
        ("Amount (JPY)", "1億2000万円", "120000000 JPY"),
        ("Amount (JPY)", "12万", "120000 JPY"),
        ("Amount (EUR)", "-0.00", "0.00 EUR"),
    ],
)
def test_an_amount_is_written_as_its_currency_is(
    tmp_path: Path, column: str, cell: str, wanted: str
) -> None:
    assert values(tmp_path, column, cell) == [wanted]


@pytest.mark.parametrize(
    ("column", "cell", "is_told"),
    [("Amount", "40,000", True), ("Amount", "1.234", True), ("Amount", "40.00", False),
     ("Amount (KWD)", "1.234", False), ("Amount", "1.234.567", False)],
)  # fmt: skip
def test_it_is_told_where_custom_alone_says_that_numbers_are_thousands(
    tmp_path: Path, column: str, cell: str, is_told: bool
) -> None:
    path = write(tmp_path, f"deal name;stage;{column}\nA;Lead;{cell}\n")
    with open_file(path, currency="EUR") as reading:
        all_deals(list(reading.rows()))
        said = [one for one in reading.remarks() if "were read as thousands" in one]
    assert bool(said) is is_told
    assert all(cell in one for one in said)


@pytest.mark.parametrize(
    ("cell", "code"),
    [("-99", None), ("Default", None), ("base", None), ("n/a", None), ("€", "EUR"),
     ("usd", "USD"), ("US Dollar", "USD"), ("Swiss francs (CHF)", "CHF")],
)  # fmt: skip
def test_a_currency_is_named_by_code_sign_or_word_or_is_that_of_the_system(
    cell: str, code: str | None
) -> None:
    assert read_currency_name(cell, "EUR") == code


UNITS = {
    1_000: (
        "Amount (000s)|Value ($000)|Deal Value (£k)|Amount [€k]|Amount in K|Amount K USD|Amount k€"
        "|Umsatz TEUR|Umsatz in Tausend Euro|Umsatz (in 1.000 €)|Montant en k€"
        "|Montant (milliers d'euros)|Importe en miles de euros|Valor (em milhares)"
        "|Importo (migliaia)|Bedrag x €1.000|Bedrag in duizenden euro|Wartość tys. PLN"
        "|Částka v tis. Kč|Belopp (tkr)|Beløb (t.kr.)|Beløp (1000 NOK)|Arvo (tuhatta)|Összeg (eFt)"
        "|Tutar (bin TL)|Сумма в тысячах|Сума, тис. грн|金額（千円）|금액(천원)"
        "|มูลค่า (พันบาท)|Nilai (ribu)"
    ),
    1_000_000: (
        "Amount (M)|Amount ($M)|Amount $MM|Amount (EUR m)|Amount (€m)|Amount EURm|Amount (MEUR)"
        "|Belopp (MSEK)|Auftragswert in Mio. €|Importe (millones)|Valor (milhões)|Összeg (M Ft)"
        "|Tutar (milyon TL)|Сумма, млн руб.|金額(百万円)|금액(백만원)|มูลค่า (ล้านบาท)|Nilai (juta)"
    ),
    1_000_000_000: "Amount (bn)|Amount ($B)|Betrag (Mrd. €)|Giá trị (tỷ)",
    10_000: "金额（万元）|금액(만원)",
    100_000: "Amount (₹ Lakhs)|Amount in lakhs",
    10_000_000: "Amount (INR Crore)|Amount (₹ Cr.)|Amount (cr)|金額（千万円）",
    100_000_000: "金額（億円）|금액(억원)|金額（百百万円）",
    100: "Amount (hundreds)",
    1: (
        "Amount|Plan B|Amount 2026|Betrag (netto)|Amount (all)|Amount (top)|Amount (converted)"
        "|Amount (3 years)|Amount (%)|Deal - Value|Betrag (Währung)|Amount (local currency)"
    ),
}


@pytest.mark.parametrize(
    ("column", "factor"), [(name, f) for f, names in UNITS.items() for name in names.split("|")]
)
def test_the_name_of_a_column_tells_what_its_numbers_are_multiplied_by(
    column: str, factor: int
) -> None:
    found = unit_of(column, "EUR")
    assert (found.factor, found.is_minor, found.doubt) == (factor, False, "")


CENTS = "amount_cents|amountInCents|value.cents|Betrag in Cent|Amount (pence)|Belopp (öre)"


@pytest.mark.parametrize("column", CENTS.split("|"))
def test_the_name_of_a_column_tells_that_its_numbers_are_coins(column: str) -> None:
    assert unit_of(column, "EUR").is_minor


@pytest.mark.parametrize("name", ["rupees", "rupee", "Rs"])
def test_a_sign_of_several_currencies_is_that_of_the_column(name: str) -> None:
    money = AmountColumn(list, None).read(f"5 thousand {name}", "INR")
    assert money is not None and format_money(money, style="code") == "5000.00 INR"


def test_a_name_that_tells_two_powers_is_told_and_multiplies_nothing() -> None:
    found = unit_of("Amount (k) (m)", "EUR")
    assert (found.factor, found.doubt) == (1, "Amount (k) (m)")
    assert unit_of("Amount (k) (k€)", "EUR").factor == 1_000
    assert unit_of("Amount (thousand millions)", "EUR").factor == 10**9


@pytest.mark.parametrize(
    "column", ["Amount (T)", "Valor (mil R$)", "Amount (in mil.)", "Amount (000 widgets)"]
)
def test_what_looks_like_a_unit_and_is_none_that_is_known_is_told(column: str) -> None:
    assert unit_of(column, "EUR").doubt


@pytest.mark.parametrize(
    ("column", "code"),
    [("Amount (USD)", "USD"), ("Amount US$", "USD"), ("Amount in US dollars", "USD"),
     ("Betrag CHF", "CHF"), ("Amount (A$)", "AUD"), ("Umsatz TEUR", "EUR"),
     ("Belopp (MSEK)", "SEK"), ("Бюджет, ₽", "RUB"), ("Amount (try)", None),
     ("Amount (all)", None), ("Amount (top)", None)],
)  # fmt: skip
def test_the_name_of_a_column_tells_its_currency_and_no_word_is_one(
    column: str, code: str | None
) -> None:
    assert unit_of(column, "EUR").currency == code


@pytest.mark.parametrize(
    ("column", "unit"),
    [
        ("Amount (ALL)", ("Amount", 1, "ALL", False, "")),
        ("Amount (all)", ("Amount", 1, None, False, "")),
        ("Amount (TOP)", ("Amount", 1, "TOP", False, "")),
        ("Top amount", ("Top amount", 1, None, False, "")),
        ("All amounts", ("All amounts", 1, None, False, "")),
        ("Amount TRY", ("Amount", 1, "TRY", False, "")),
        ("Amount (try)", ("Amount", 1, None, False, "try")),
        ("Amount in EUR", ("Amount", 1, "EUR", False, "")),
        ("EUR", ("EUR", 1, None, False, "")),
        ("Amount (k EUR)", ("Amount", 1_000, "EUR", False, "")),
        ("Amount USD thousands", ("Amount", 1_000, "USD", False, "")),
        ("Amount in cents", ("Amount", 1, None, True, "")),
        ("Amount (in TND)", ("Amount", 1, "TND", False, "")),
    ],
)
def test_the_name_of_a_column_of_amounts_is_told_from_its_unit(
    column: str, unit: tuple[str, int, str | None, bool, str]
) -> None:
    """Words such as `all` are codes only where they are written as codes."""
    found = unit_of(column, "USD")
    assert (found.name, found.factor, found.currency, found.is_minor, found.doubt) == unit


@pytest.mark.parametrize(
    ("cells", "groups", "found"),
    [
        ((), True, {}),
        (("5", "1200", "x"), True, {}),
        (("1,234", "2.345"), True, {}),
        (("12,5",), True, {",": "12,5"}),
        (("12.5",), True, {".": "12.5"}),
        (("12,50", "7,5"), True, {",": "12,50"}),
        (("1234,567",), True, {",": "1234,567"}),
        (("0,5",), True, {",": "0,5"}),
        (("x 0.5",), True, {".": "x 0.5"}),
        (("-0.25",), True, {".": "-0.25"}),
        (("1.234.567",), True, {",": "1.234.567"}),
        (("1,234,567",), True, {".": "1,234,567"}),
        (("1.234,5",), True, {",": "1.234,5"}),
        (("1,234.5",), True, {".": "1,234.5"}),
        (("12,5", "13.5"), True, {",": "12,5", ".": "13.5"}),
        (("12,5", "1,234"), True, {",": "12,5", ".": "1,234"}),
        (("1,234", "12,5"), True, {",": "12,5", ".": "1,234"}),
        (("12,5", "1,234", "2,345"), True, {",": "12,5", ".": "1,234"}),
        (("12,5", "1,234"), False, {",": "12,5"}),
        (("12,5", "1,230"), True, {",": "12,5"}),
        (("12,5", "1,234k"), True, {",": "12,5"}),
        (("12,5", "1.234"), True, {",": "12,5"}),
        (("12.5", "1.234"), True, {".": "12.5", ",": "1.234"}),
    ],
)
def test_a_number_proves_by_itself_which_mark_is_decimal_or_says_nothing(
    cells: tuple[str, ...], groups: bool, found: dict[str, str]
) -> None:
    assert _evidence(cells, are_groups=groups) == found


@pytest.mark.parametrize(
    ("cell", "decimal", "scale", "minor", "assumed"),
    [
        ("40,000", None, 1, False, 1),
        ("40,000", ",", 1, False, 0),
        ("40.000", None, 1, False, 1),
        ("40,000.00", None, 1, False, 0),
        ("1,5", None, 1_000, False, 0),
        ("1.234", None, 10**6, False, 0),
        ("1,234", None, 1_000, False, 1),
        ("1.250", None, 1, True, 0),
    ],
)
def test_thousands_are_counted_where_nothing_but_custom_says_so(
    cell: str, decimal: DecimalMark | None, scale: int, minor: bool, assumed: int
) -> None:
    column = AmountColumn(lambda: [cell], decimal, minor_units=minor, scale=scale)
    assert column.read(cell, "EUR") is not None
    assert column.assumed_groups == assumed
    assert column.assumed_example == (cell if assumed else "")
    column.read("7", "EUR")
    assert column.assumed_groups == assumed
