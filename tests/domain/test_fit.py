"""How well a deal fits the ideal customer; what nobody knows counts neither for nor against it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.fit import BANDS, FIELDS, Fit, band_of, check_traits, fit
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline, Trait
from tests.domain.deciding_cases import SALES, new

INDUSTRY = Trait("field.industry", ("software", "Média"), 2)
SIZE = Trait("field.employees", ("50..500",))
REVENUE = Trait("field.revenue", (">=1m",))


def asking(*traits: Trait, currency: str = "EUR") -> Pipeline:
    return replace(SALES, traits=traits, currency=currency)


def found(
    *traits: Trait, currency: str = "EUR", own: dict[str, str] | None = None, **of: Any
) -> Fit:
    known = fit(new(fields=own or {}, **of), asking(*traits, currency=currency))
    assert known is not None
    return known


def test_a_pipeline_that_says_nothing_of_its_customers_has_no_fit() -> None:
    assert fit(new(fields={"industry": "software"}), SALES) is None


@pytest.mark.parametrize(
    ("own", "percent", "words", "unknown"),
    [
        ({}, None, "n/a (0 of 3 known)", ["industry", "employees", "revenue"]),
        ({"industry": "Software"}, 100, "100 of 100 (1 of 3 known)", ["employees", "revenue"]),
        ({"employees": "12"}, 0, "0 of 100 (1 of 3 known)", ["industry", "revenue"]),
        ({"industry": "media", "employees": "501"}, 67, "67 of 100 (2 of 3 known)", ["revenue"]),
        ({"industry": "steel", "employees": "50"}, 33, "33 of 100 (2 of 3 known)", ["revenue"]),
        ({"industry": "media", "employees": "1,200", "revenue": "2m"}, 75, "75 of 100", []),
        ({"industry": "", "employees": "many", "revenue": "1m"}, 100,
         "100 of 100 (1 of 3 known)", ["industry", "employees"]),
    ],
)  # fmt: skip
def test_the_fit_is_the_weight_of_what_is_so_in_that_of_what_is_known(
    own: dict[str, str], percent: int | None, words: str, unknown: list[str]
) -> None:
    known = found(INDUSTRY, SIZE, REVENUE, own=own)
    assert (known.percent, known.words, known.named(None)) == (percent, words, unknown)
    assert known.known == 3 - len(unknown)


def test_halves_are_rounded_up() -> None:
    traits = (replace(SIZE, weight=1), replace(INDUSTRY, weight=7))
    assert found(*traits, own={"employees": "50", "industry": "steel"}).percent == 13  # 12.5


@pytest.mark.parametrize(
    ("wanted", "text", "fits"),
    [
        ("50..500", "50", True), ("50..500", "500.0", True), ("50..500", "500.01", False),
        ("50..500", "49", False), (">1000", "1,000", False), (">1000", "1.001", True),
        ("<=1.5k", "1 500", True), ("<2", "2", False), ("=12", "12", True), ("=12", "13", False),
        (">=1m", "€1.2m", True), (">=1m", "650 bn", True), (">=1", "1.23456789", True),
        (">=1m", "$2m", None), (">=usd 1m", "$2m", True), (">=usd 1m", "2m", None),
        ("50..500", "51-200", None), ("50..500", "500+", None), ("50..500", "many", None),
        ("50..500", "-60", None), ("50..500", "n/a", None), ("50..500", "١٠٠", None),
    ],
)  # fmt: skip
def test_a_range_holds_what_is_plainly_a_number_of_its_kind(
    wanted: str, text: str, fits: bool | None
) -> None:
    (one,) = found(Trait("field.n", (wanted,)), own={"n": text}).traits
    assert (one.fits, one.said) == (fits, text)
    assert bool(one.why) is (fits is None)


def test_it_says_why_a_text_tells_nothing() -> None:
    assert found(SIZE, own={"employees": "many"}).traits[0].why == "no number"
    assert found(REVENUE, own={"revenue": "$2m"}).traits[0].why == "in USD"


def test_one_of_several_ranges_is_enough() -> None:
    either = Trait("field.n", ("1..5", ">=100"))
    assert [found(either, own={"n": n}).percent for n in ("3", "50", "100")] == [100, 0, 100]


@pytest.mark.parametrize("text", ["media", " MEDIA ", "software; media", "steel,Media", "Média"])
def test_a_word_fits_as_it_is_compared_elsewhere_also_within_a_list(text: str) -> None:
    assert found(INDUSTRY, own={"Industry": text}).percent == 100


def test_a_part_of_a_word_does_not_fit() -> None:
    assert found(INDUSTRY, own={"industry": "software houses"}).percent == 0


OF_A_DEAL: dict[str, tuple[Trait, dict[str, Any], dict[str, Any]]] = {
    "source": (Trait("source", ("referral",)), {"source": "Referral"}, {"source": "web"}),
    "source_detail": (
        Trait("source_detail", ("fair",)), {"source_detail": "fair"}, {"source_detail": "ad"},
    ),
    "channel": (Trait("channel", ("in",)), {"source": "web"}, {"source": "cold-call"}),
    "contact_reason": (
        Trait("contact_reason", ("leaks",)), {"contact_reason": "leaks"}, {"contact_reason": "x"},
    ),
    "tags": (Trait("tags", ("golf",)), {"tags": ("golf", "tea")}, {"tags": ("tea",)}),
    "value": (
        Trait("value", (">=20k",)), {"value": Money(2_000_000, "EUR")},
        {"value": Money(1_999_999, "EUR")},
    ),
}  # fmt: skip
"""By a field of a deal a trait of it, a deal that has it, and one that has not."""


def test_each_field_that_a_trait_may_be_about_is_tried() -> None:
    assert OF_A_DEAL.keys() == set(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_a_deal_tells_too(field: str) -> None:
    trait, has, lacks = OF_A_DEAL[field]
    check_traits(asking(trait))
    assert [found(trait, **of).percent for of in (has, lacks, {})] == [100, 0, None]
    assert found(trait).traits[0].trait.label == field.replace("_", " ")


def test_a_value_in_another_currency_tells_nothing() -> None:
    worth = found(Trait("value", (">=20k",)), value=Money(3_000_000, "USD"))
    assert (worth.percent, worth.traits[0].why) == (None, "in USD")


@pytest.mark.parametrize(
    ("trait", "message", "hint"),
    [
        (Trait("industry", ("x",)), "The trait 'industry' is about no field", "field.industry"),
        (Trait("sauce", ("x",)), "The trait 'sauce' is about no field", "source"),
        (Trait("field.", ("x",)), "is about no field", ""),
        (Trait("floor_value", (">1",)), "is about no field", ""),
        (Trait("field.n", ()), "The trait 'field.n' says nothing that is wanted", "For example"),
        (Trait("field.n", ("x", "1..2")), "wants words or ranges of numbers, not both", ""),
        (Trait("value", ("big",)), "The trait 'value' wants a range of numbers", "For example"),
        (Trait("source", ("1..2",)), "The trait 'source' wants words", "For example"),
        (Trait("field.n", (">many",)), "wants '>many': 'many' is not an amount", "Write it like"),
        (Trait("field.n", ("9..3",)), "wants '9..3': the range ends below", "3..9"),
        (Trait("field.n", ("20..40k",)), "only one end has its unit", "20k..40k"),
        (Trait("field.n", ("50..",)), "needs both its ends", ">=50"),
        (Trait("field.n", ("x",), 0), "weighs from 1 to 100, not 0", ""),
        (Trait("field.n", ("x",), 101), "weighs from 1 to 100, not 101", ""),
    ],
)
def test_a_trait_that_no_deal_could_be_held_against_is_refused(
    trait: Trait, message: str, hint: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check_traits(asking(trait))
    assert message in refused.value.message and hint in refused.value.hint


def test_a_trait_of_a_field_that_is_none_tells_nothing() -> None:
    for field in ("sauce", "field.", "floor_value", "id"):
        assert found(Trait(field, ("x",)), floor_value=Money(1, "EUR")).percent is None


def test_one_field_has_one_trait() -> None:
    with pytest.raises(BadInput, match=r"'field\.Industry' is there twice"):
        check_traits(asking(INDUSTRY, Trait("field.Industry", ("steel",))))


def test_each_fit_is_in_a_band() -> None:
    assert [band_of(percent) for percent in (100, 70, 69, 40, 39, 0)] == [
        name for _, name in BANDS for _ in range(2)
    ]
