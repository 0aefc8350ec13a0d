"""Amounts are read as people write them, never guessed, and written so that they read back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import (
    EXPONENTS,
    LARGEST,
    POWERS,
    Money,
    Rates,
    currency_code,
    exponent,
    format_money,
    in_units_of,
    names_currency,
    parse_money,
    printed_sign,
    read_currency,
    rounded_share,
)
from pipeboard.domain.text import printable

currencies = st.sampled_from(sorted(EXPONENTS))
moneys = st.builds(Money, st.integers(0, LARGEST), currencies)
_SHORT_UNITS = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("40000", 4_000_000),
        ("40k", 4_000_000),
        ("40K", 4_000_000),
        ("12.4k", 1_240_000),
        ("12,4k", 1_240_000),
        ("12.345k", 1_234_500),
        ("40 tsd", 4_000_000),
        ("1.2m", 120_000_000),
        ("1.2mio", 120_000_000),
        ("2 Mio. €", 200_000_000),
        ("1.5bn", 150_000_000_000),
        ("40k€", 4_000_000),
        ("€ 40 k", 4_000_000),
        ("€1.234,50", 123_450),
        ("EUR 40000", 4_000_000),
        ("eur40000", 4_000_000),
        ("40000 EUR", 4_000_000),
        ("1 234,50 €", 123_450),
        ("1\u00a0234,50\u00a0€", 123_450),
        ("1\u202f234,50 €", 123_450),
        ("1'234.50", 123_450),
        ("1’234.50", 123_450),
        ("1.234.567,89", 123_456_789),
        ("1,234,567.89", 123_456_789),
        ("1,234,567", 123_456_700),
        ("12,34,567.50", 123_456_750),
        ("100.0", 10_000),
        ("100.000000", 10_000),
        ("99,5", 9_950),
        ("0", 0),
        ("0,500", 50),
        (".5m", 50_000_000),
        ("0.00001k", 1),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, minor: int) -> None:
    assert parse_money(text, "EUR") == Money(minor, "EUR")


@pytest.mark.parametrize("text", ["1.234", "1,234"])
def test_one_mark_before_exactly_three_digits_groups_thousands(text: str) -> None:
    assert parse_money(text, "EUR") == Money(123_400, "EUR")


def test_one_mark_before_three_digits_is_decimal_when_thousands_are_written_out() -> None:
    assert parse_money("1,234k", "EUR") == Money(123_400, "EUR")


def test_a_dot_is_decimal_in_a_currency_of_three_decimals() -> None:
    assert parse_money("1.234", "KWD") == Money(1_234, "KWD")
    assert parse_money("1,234", "KWD") == Money(1_234_000, "KWD")


@pytest.mark.parametrize(
    ("text", "usual", "currency"),
    [
        ("$5", "EUR", "USD"),
        ("$5", "CAD", "CAD"),
        ("5 A$", "EUR", "AUD"),
        ("US$5", "CAD", "USD"),
        ("£5", "EUR", "GBP"),
        ("¥5", "EUR", "JPY"),
        ("¥5", "CNY", "CNY"),
        ("5 kr", "SEK", "SEK"),
        ("5 mkr", "DKK", "DKK"),
        ("5 MNOK", "EUR", "NOK"),
        ("5 zł", "EUR", "PLN"),
        ("CHF 5", "EUR", "CHF"),
        ("₹5", "EUR", "INR"),
        ("R$5", "EUR", "BRL"),
        ("5 Kč", "EUR", "CZK"),
    ],
)
def test_a_sign_names_the_currency(text: str, usual: str, currency: str) -> None:
    assert parse_money(text, usual).currency == currency


def test_a_sign_of_several_currencies_is_refused_unless_one_of_them_is_usual() -> None:
    with pytest.raises(BadInput, match="'kr' can be DKK, ISK, NOK, SEK"):
        parse_money("500 kr", "EUR")


@pytest.mark.parametrize("text", ["-5", "−5", "€-5", "-€5", "5-", "(5)", "-40k"])
def test_a_negative_value_is_refused_by_name(text: str) -> None:
    with pytest.raises(BadInput, match="an amount cannot be negative"):
        parse_money(text, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "D-142", "k", "€", ",", ".", "40.", "1.2.3", "1,2,3", "12 34", "1e5",
        "0x10", "5 apples", "1234,567 89", "1.234.56", "1,234.567.8", "4 0 0 0", "NaN", "inf", "+5",
        "40k k", "01,234,567", "5\n5 5", "9" * 200, "5" + " " * 100, "\x1b[31m5", "5\u200b",
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="is not an amount of money") as refusal:
        parse_money(text, "EUR")
    assert "40k" in refusal.value.hint
    assert printable(refusal.value.message) == refusal.value.message


@pytest.mark.parametrize("text", ["٤٠٠", "４０", "५k", "²"])
def test_other_digits_than_0_to_9_are_refused_with_the_reason(text: str) -> None:
    with pytest.raises(BadInput, match="only the digits 0 to 9"):
        parse_money(text, "EUR")


@pytest.mark.parametrize(
    ("text", "currency"), [("0.005", "USD"), ("12.34", "JPY"), ("0.000001k", "EUR")]
)
def test_parts_of_a_minor_unit_are_refused(text: str, currency: str) -> None:
    with pytest.raises(BadInput, match="has more decimals than"):
        parse_money(text, currency)


def test_decimals_of_zero_are_no_parts_of_a_minor_unit() -> None:
    assert parse_money("100.0", "JPY") == Money(100, "JPY")


def test_an_amount_beyond_any_deal_is_refused() -> None:
    assert parse_money("100bn", "EUR") == Money(LARGEST, "EUR")
    with pytest.raises(BadInput, match="too large"):
        parse_money("101bn", "EUR")


def test_a_text_of_more_than_60_letters_is_no_amount() -> None:
    assert parse_money("EUR" + " " * 55 + "40", "USD") == Money(4_000, "EUR")
    with pytest.raises(BadInput, match="not an amount"):
        parse_money("EUR" + " " * 56 + "40", "USD")


def test_two_currencies_in_one_amount_are_refused() -> None:
    assert parse_money("€5 EUR", "USD") == Money(500, "EUR")
    with pytest.raises(BadInput, match="names two currencies"):
        parse_money("€5 USD", "EUR")


def test_an_unknown_currency_suggests_the_near_one() -> None:
    with pytest.raises(BadInput, match="'EUX' is not a currency") as refusal:
        parse_money("5 EUX", "USD")
    assert refusal.value.hint == "Did you mean EUR?"
    with pytest.raises(BadInput, match="is not a currency"):
        exponent("eur")
    assert currency_code(" eur ") == "EUR"


def test_the_decimals_of_a_currency_are_those_of_iso_4217() -> None:
    decimals = {code: exponent(code) for code in ("EUR", "JPY", "KRW", "KWD", "TND", "CLF", "UYW")}
    assert decimals == {"EUR": 2, "JPY": 0, "KRW": 0, "KWD": 3, "TND": 3, "CLF": 4, "UYW": 4}
    assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)


@pytest.mark.parametrize(
    ("money", "full"),
    [
        (Money(4_000_000, "EUR"), "€40,000"),
        (Money(123_450, "EUR"), "€1,234.50"),
        (Money(5, "USD"), "$0.05"),
        (Money(123_400, "CHF"), "CHF 1,234"),
        (Money(1_234, "JPY"), "¥1,234"),
        (Money(1_500, "KWD"), "KWD 1.500"),
        (Money(-123_450, "EUR"), "-€1,234.50"),
        (Money(500, "SEK"), "SEK 5"),
    ],
)
def test_the_full_form_shows_decimals_only_when_there_are_any(money: Money, full: str) -> None:
    assert str(money) == format_money(money, style="full") == full


@pytest.mark.parametrize(
    ("minor", "short"),
    [
        (0, "0"),
        (1, "0.01"),
        (49, "0.49"),
        (50, "1"),
        (95_000, "950"),
        (99_949, "999"),
        (99_950, "1k"),
        (320_000, "3.2k"),
        (950_000, "9.5k"),
        (1_240_000, "12.4k"),
        (1_245_000, "12.5k"),
        (8_800_000, "88k"),
        (9_994_999, "99.9k"),
        (9_995_000, "100k"),
        (61_200_000, "612k"),
        (99_949_999, "999k"),
        (99_950_000, "1M"),
        (120_000_000, "1.2M"),
        (200_500_000, "2M"),
        (120_000_000_000, "1.2B"),
        (LARGEST, "100B"),
        (-1_240_000, "-12.4k"),
        (-1, "-0.01"),
    ],
)
def test_the_short_form_fits_a_card(minor: int, short: str) -> None:
    assert format_money(Money(minor, "EUR"), style="short") == short


@given(moneys)
def test_an_amount_that_is_something_never_looks_like_none(money: Money) -> None:
    short = format_money(money, style="short")
    assert bool(money.minor) == any(digit in short for digit in "123456789")


def test_the_short_form_has_a_sign_on_request() -> None:
    money = Money(61_200_000, "EUR")
    assert format_money(money, style="short", symbol=True) == "€612k"
    assert format_money(Money(61_200_000, "CHF"), style="short", symbol=True) == "CHF 612k"


def test_the_code_form_is_for_machines() -> None:
    assert format_money(Money(4_000_000, "EUR"), style="code") == "40000.00 EUR"
    assert format_money(Money(40_000, "JPY"), style="code") == "40000 JPY"
    assert format_money(Money(-5, "EUR"), style="code") == "-0.05 EUR"


@given(moneys, currencies)
def test_the_code_form_reads_back_whatever_the_usual_currency(money: Money, usual: str) -> None:
    assert parse_money(format_money(money, style="code"), usual) == money


@given(moneys)
def test_the_full_form_reads_back_in_its_own_currency(money: Money) -> None:
    assert parse_money(format_money(money), money.currency) == money


@given(st.integers(0, 10**11), st.sampled_from([("", ","), (",", "."), (".", ","), (" ", ",")]))
def test_any_way_of_grouping_reads_back(minor: int, marks: tuple[str, str]) -> None:
    group, decimal = marks
    whole, cents = divmod(minor, 100)
    text = f"{whole:,}".replace(",", group) + f"{decimal}{cents:02d}"
    assert parse_money(text, "EUR") == Money(minor, "EUR")


def _short_value(text: str) -> tuple[Decimal, Decimal]:
    """The value that a short form shows, and the unit of its last place."""
    letter = text[-1] if text[-1].isalpha() else ""
    shown = Decimal(text.removesuffix(letter))
    place = Decimal("0.1") if letter and shown < 100 else Decimal(1)
    if not letter and 0 < shown < 1:
        place = Decimal("0.01")
    return shown * _SHORT_UNITS[letter], place * _SHORT_UNITS[letter]


@given(st.integers(0, LARGEST))
def test_the_short_form_is_off_by_no_more_than_its_rounding(minor: int) -> None:
    short = format_money(Money(minor, "EUR"), style="short")
    assert len(short) <= 5
    value, place = _short_value(short)
    assert abs(value - Decimal(minor) / 100) <= place / 2


@given(st.integers(0, LARGEST), st.integers(0, LARGEST))
def test_a_larger_amount_never_looks_smaller(one: int, other: int) -> None:
    small, large = (
        _short_value(format_money(Money(minor, "EUR"), style="short"))[0]
        for minor in sorted((one, other))
    )
    assert small <= large


@given(st.text(max_size=30))
def test_any_text_is_an_amount_or_is_refused(text: str) -> None:
    try:
        money = parse_money(text, "EUR")
    except BadInput as refusal:
        assert printable(refusal.message) == refusal.message
    else:
        assert 0 <= money.minor <= LARGEST


def test_money_adds_up_in_one_currency_only() -> None:
    assert Money(100, "EUR") + Money(50, "EUR") == Money(150, "EUR")
    assert Money(100, "EUR") - Money(150, "EUR") == Money(-50, "EUR")
    assert Money(100, "JPY").exponent == 0
    with pytest.raises(ValueError, match="EUR and USD do not add up"):
        Money(100, "EUR") + Money(100, "USD")


@pytest.mark.parametrize(
    ("minor", "chance", "expected"),
    [(1, 5_000, 1), (1, 4_999, 0), (3, 5_000, 2), (333, 3_333, 111), (1_05, 10_000, 1_05)],
)
def test_a_weighted_amount_is_rounded_half_up(minor: int, chance: int, expected: int) -> None:
    assert Money(minor, "EUR").weighted(chance) == Money(expected, "EUR")
    assert rounded_share(minor * chance) == expected


def test_a_rate_holds_from_its_own_day_until_the_next_one() -> None:
    dated = ((date(2026, 11, 1), Fraction(9, 10)), (date(2026, 11, 8), Fraction(8, 10)))
    rates = Rates("EUR", {"USD": dated})
    days = {1: Fraction(9, 10), 7: Fraction(9, 10), 8: Fraction(8, 10)}
    assert {day: rates.rate("USD", date(2026, 11, day)) for day in days} == days
    assert rates.rate("USD", date(2026, 10, 31)) is None
    assert rates.convert(100, "USD", "EUR", date(2026, 11, 8)) == 80


def test_minor_units_of_one_currency_are_those_of_another_by_their_decimals() -> None:
    day = date(2026, 11, 8)
    rates = Rates("EUR", {code: ((day, Fraction(1, 200)),) for code in ("JPY", "BHD")})
    assert rates.convert(1_000, "JPY", "EUR", day) == 500
    assert rates.convert(500, "EUR", "JPY", day) == 1_000
    assert rates.convert(1_000, "BHD", "EUR", day) == Fraction(1, 2)
    assert rates.convert(7, "JPY", "BHD", day) == 7_000
    assert rates.convert(7, "JPY", "USD", day) is None
    assert rates.convert(7, "USD", "JPY", day) is None
    assert in_units_of(Money(150, "EUR"), "JPY") == (150, 100)
    assert in_units_of(Money(5, "JPY"), "EUR") == (500, 1)
    assert in_units_of(Money(5, "EUR"), "USD") == (5, 1)


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("40k", False),
        ("40", False),
        ("EUR 40", True),
        ("40 CHF", True),
        ("40k€", True),
        ("40 kr", True),
    ],
)
def test_an_amount_says_itself_what_currency_it_is_in(text: str, is_named: bool) -> None:
    assert names_currency(text) is is_named


PRINTED = {
    "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪",
    "NGN": "₦", "PHP": "₱", "VND": "₫", "UAH": "₴", "TRY": "₺", "RUB": "₽", "KZT": "₸",
    "GEL": "₾", "AZN": "₼", "CRC": "₡", "GHS": "₵", "MNT": "₮", "BRL": "R$", "AUD": "A$",
    "CAD": "C$", "NZD": "NZ$", "SGD": "S$", "HKD": "HK$", "MXN": "MX$", "TWD": "NT$", "CNY": "CN¥",
}  # fmt: skip
READ = {
    "us$": "USD", "au$": "AUD", "ca$": "CAD", "zł": "PLN", "zl": "PLN", "kč": "CZK", "Ft": "HUF",
    "лв": "BGN", "lei": "RON", "SFr": "CHF", "sfr.": "CHF", "Fr.": "CHF", "฿": "THB",
    "руб": "RUB", "руб.": "RUB", "TL": "TRY", "円": "JPY", "￥": "JPY", "元": "CNY",
    "￦": "KRW", "원": "KRW", "грн": "UAH", "грн.": "UAH", "лв.": "BGN", "Rp": "IDR", "Rp.": "IDR",
    "đ": "VND", "ر.س": "SAR", "ر.س.": "SAR", "د.إ": "AED", "د.إ.": "AED", "ج.م": "EGP",
    "ج.م.": "EGP", "บาท": "THB", "р": "RUB", "р.": "RUB", "¥": "JPY",
}  # fmt: skip
SHARED = (
    *(("$", code, code) for code in (
        "ARS", "AUD", "BBD", "BMD", "BND", "BSD", "BZD", "CAD", "CLP", "COP", "FJD", "GYD", "HKD",
        "JMD", "KYD", "LRD", "MXN", "NAD", "NZD", "SBD", "SGD", "SRD", "TTD", "TWD", "UYU", "XCD",
    )),
    *(("kr", code, code) for code in ("SEK", "NOK", "DKK", "ISK")),
    *(("Rs.", code, code) for code in ("INR", "PKR", "LKR", "NPR", "MUR", "SCR")),
    *(("£", code, code) for code in ("EGP", "FKP", "GIP", "SHP", "SSP")),
    ("$", "EUR", "USD"), ("£", "EUR", "GBP"), ("¥", "EUR", "JPY"), ("¥", "CNY", "CNY"),
    ("￥", "CNY", "CNY"), *((sign, "BYN", "BYN") for sign in ("р", "р.", "p", "p.")),
    *((sign, "RUB", "RUB") for sign in ("р", "р.", "p", "p.")),
    ("元", "TWD", "TWD"), ("kr.", "SEK", "SEK"), ("rs", "INR", "INR"),
)  # fmt: skip


@pytest.mark.parametrize(("code", "sign"), PRINTED.items())
def test_every_sign_that_is_printed_is_read_again(code: str, sign: str) -> None:
    assert printed_sign(code) == sign
    assert read_currency(sign, code) == read_currency(sign.lower(), code) == code


@pytest.mark.parametrize(("sign", "code"), READ.items())
def test_every_sign_that_people_type_is_known(sign: str, code: str) -> None:
    assert read_currency(sign, "EUR") == code


@pytest.mark.parametrize(("sign", "default", "code"), SHARED)
def test_a_sign_that_several_use_is_the_workspaces_own(sign: str, default: str, code: str) -> None:
    assert read_currency(sign, default) == code


@pytest.mark.parametrize("sign", ["kr", "kr.", "rs", "Rs.", "p", "P."])
def test_a_sign_that_no_currency_comes_first_for_is_asked_for(sign: str) -> None:
    with pytest.raises(BadInput, match="can be"):
        read_currency(sign, "EUR")


def test_decimals_are_two_but_for_those_that_have_others() -> None:
    decimals = {n: {code for code, places in EXPONENTS.items() if places == n} for n in (0, 3, 4)}
    assert decimals[0] >= {"JPY", "KRW", "CLP", "VND", "ISK", "XAF", "XOF", "PYG", "UGX"}
    assert decimals[3] == {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}
    assert decimals[4] == {"CLF", "UYW"}


def test_amounts_of_two_currencies_are_not_added() -> None:
    for put in (Money.__add__, Money.__sub__):
        assert put(Money(5, "EUR"), Money(2, "EUR")).currency == "EUR"
        with pytest.raises(ValueError, match="EUR and USD do not add up"):
            put(Money(5, "EUR"), Money(2, "USD"))


WORDS_OF_POWERS = {
    3: "k tsd ribu тис тыс tys tis",
    4: "万 萬 만",
    5: "lakh lakhs lac lacs",
    6: "m mn mio mln млн juta triệu ล้าน",
    7: "crore crores",
    8: "億 亿 억",
    9: "b bn mrd mld млрд tỷ",
}


def test_every_word_for_a_power_is_tried() -> None:
    tried = {word for words in WORDS_OF_POWERS.values() for word in words.split()}
    assert tried == set(POWERS) - {"cr"}  # which may be a credit


@pytest.mark.parametrize(
    ("word", "power"),
    [(word, power) for power, words in WORDS_OF_POWERS.items() for word in words.split()],
)
def test_every_word_for_a_power_is_known(word: str, power: int) -> None:
    for text in (f"2{word}", f"2 {word.upper()}", f"€2{word}"):
        assert parse_money(text, "EUR").minor == 2 * 10 ** (power + 2)


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1,200.00 CR", "EUR"),
        ("1,200.00 Cr", "INR"),
        ("12500.00 Cr", "INR"),
        ("45.00 CR", "USD"),
        ("500.00 Cr", "USD"),
        ("100 Cr", "USD"),
        ("25 CR", "USD"),
        ("1000 Cr", "INR"),
    ],
)
def test_the_credit_of_a_ledger_is_not_read_as_crores(text: str, currency: str) -> None:
    with pytest.raises(BadInput, match="crores or a credit"):
        parse_money(text, currency)


@pytest.mark.parametrize(
    ("text", "currency", "read"),
    [
        ("1.2 Cr", "USD", "12000000 USD"),
        ("₹250 Cr", "EUR", "2500000000 INR"),
        ("25 Cr", "USD", "250000000 USD"),
        ("999 Cr", "INR", "9990000000 INR"),
        ("1.25 CR", "INR", "12500000 INR"),
        ("1,200 crore", "INR", "12000000000 INR"),
        ("1,200 CRC", "EUR", "1200 CRC"),
    ],
)
def test_crores_are_read_where_they_can_be_meant(text: str, currency: str, read: str) -> None:
    assert parse_money(text, currency) == parse_money(read, currency)


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("1,234万", 12_340_000),
        ("1,234만", 12_340_000),
        ("1,234億", 123_400_000_000),
        ("1,234亿", 123_400_000_000),
        ("1,234억", 123_400_000_000),
        ("1,234 lakh", 123_400_000),
        ("1,234 crore", 12_340_000_000),
        ("1,234k", 1_234),
        ("1,234m", 1_234_000),
    ],
)
def test_a_comma_before_a_word_of_the_east_groups_and_before_one_of_the_west_is_a_mark(
    text: str, whole: int
) -> None:
    assert parse_money(text, "JPY").minor == whole


@pytest.mark.parametrize(
    ("units", "short"),
    [
        (0, "0"), (999, "999"), (1_000, "1k"), (1_049, "1k"), (1_050, "1.1k"), (99_949, "99.9k"),
        (99_950, "100k"), (999_499, "999k"), (999_500, "1M"), (999_499_999, "999M"),
        (999_500_000, "1B"), (999_499_999_999, "999B"), (999_500_000_000, "1T"),
        (999_499_999_999_999, "999T"), (999_500_000_000_000, "1000T"), (12_345 * 10**12, "12345T"),
    ],
)  # fmt: skip
def test_an_amount_in_few_characters_goes_on_to_the_next_letter_where_it_is_rounded_up(
    units: int, short: str
) -> None:
    assert format_money(Money(units * 100, "EUR"), style="short") == short
    assert format_money(Money(units, "JPY"), style="short") == short
