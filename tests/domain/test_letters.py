"""Letters: what a template may say of a deal, and what it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipeboard.domain.deal import Contact, Deal, NextStep
from pipeboard.domain.errors import BadInput
from pipeboard.domain.letters import NAMES, Letter, render
from pipeboard.domain.money import Money
from pipeboard.domain.templates import template

AT = datetime(2026, 11, 23, tzinfo=UTC)
PIPELINE = template("needs", pipeline_name="Sales", currency="EUR", first_stage_id=1)
DEAL = Deal(
    id=7,
    pipeline_id=1,
    stage_id=PIPELINE.stages[0].id,
    title="packaging pilot",
    account="Lumen Oy",
    value=Money(4_000_000, "EUR"),
    floor_value=Money(3_500_000, "EUR"),
    owner="ana",
    created_at=AT,
    stage_entered_at=AT,
    next_step=NextStep("demo", date(2026, 12, 3)),
    fields={"product": "GTX"},
    contacts={
        "bob": Contact("Bob Berg", "user", "bob@lumen.example"),
        "mika": Contact("Mika Laine", "decision_maker", "mika+offers@lumen.example"),
    },
)


def letter(text: str, deal: Deal = DEAL) -> Letter:
    return render(text, deal, PIPELINE, "ana", date(2026, 11, 23))


def test_a_letter_goes_to_who_decides_with_the_words_of_the_deal() -> None:
    found = letter(
        "Subject: {{title}} for {{company}}\n\nDear {{first name}},\n"
        "{{value}} for {{field.Product}}, {{next step}} on {{next_day}}.\n{{me}}\n"
    )
    assert found.subject == "packaging pilot for Lumen Oy"
    assert found.to == "mika+offers@lumen.example"
    assert found.body == "Dear Mika,\n€40,000 for GTX, demo on Thu 3 Dec 2026.\nana\n"


def test_a_letter_goes_to_the_first_who_counts() -> None:
    order = ("decision_maker", "champion", "user", "other", "blocker")
    for place, role in enumerate(order):
        people = {one: Contact(one.title(), one) for one in reversed(order[place:])}
        assert letter("{{contact}}", replace(DEAL, contacts=people)).body == f"{role.title()}\n"


def test_a_mailto_line_holds_all_of_it_safely() -> None:
    line = letter("Subject: a & b?\n\nDear {{first name}},\nyes").mailto
    assert line == (
        "mailto:mika%2Boffers@lumen.example?subject=a%20%26%20b%3F&body=Dear%20Mika%2C%0D%0Ayes%0D%0A"
    )


def test_an_address_cannot_say_more_than_whom_a_letter_goes_to() -> None:
    odd = "a?cc=b&d/e@x.example"
    people = {"mika": Contact("Mika", "decision_maker", odd)}
    line = letter("yes", replace(DEAL, contacts=people)).mailto
    assert line == "mailto:a%3Fcc%3Db%26d%2Fe@x.example?body=yes%0D%0A"


def test_a_letter_without_a_subject_is_its_body() -> None:
    assert str(letter("yes")) == "yes\n"
    assert str(letter("Subject: a\n\nyes")) == "Subject: a\n\nyes\n"


PLACES = {
    "company": "Lumen Oy", "account": "Lumen Oy", "title": "packaging pilot", "value": "€40,000",
    "contact": "Mika Laine", "first name": "Mika", "email": "mika+offers@lumen.example",
    "reason": "saw the case", "close": "Sat 19 Dec 2026", "offer expires": "Thu 24 Dec 2026",
    "next step": "demo", "next day": "Thu 3 Dec 2026", "stage": "Lead Generation", "owner": "ana",
    "me": "bo", "today": "Mon 23 Nov 2026", "link": "https://a.example", "ref": "D-7",
    "field.NAME": "GTX",
}  # fmt: skip


def test_every_place_of_a_letter_has_its_text_and_is_tried() -> None:
    whole = replace(
        DEAL,
        contact_reason="saw the case",
        expected_close=date(2026, 12, 19),
        offer_expires_on=date(2026, 12, 24),
        links=("https://a.example", "https://b.example"),
        fields={"name": "GTX"},
    )
    assert set(PLACES) == set(NAMES)
    for place, text in PLACES.items():
        said = render(f"{{{{{place}}}}}", whole, PIPELINE, "bo", date(2026, 11, 23))
        assert said.body == f"{text}\n", place


@pytest.mark.parametrize("place", sorted({*PLACES} - {"title", "stage", "me", "today", "ref"}))
def test_a_place_that_a_deal_has_nothing_for_is_named(place: str) -> None:
    bare = replace(DEAL, account="", value=None, owner="", next_step=None, fields={}, contacts={})
    with pytest.raises(BadInput, match=f"has no {place.lower()}"):
        letter(f"{{{{{place}}}}}", bare)
    assert letter(f"{{{{{place}|-}}}}", bare).body == "-\n"


def test_what_the_deal_does_not_say_is_asked_for_unless_the_template_knows_better() -> None:
    bare = replace(DEAL, contacts={}, value=None)
    assert letter("Dear {{first name|friend}}", bare).body == "Dear friend\n"
    assert letter("Dear all{{first name|}}", bare).body == "Dear all\n"
    with pytest.raises(BadInput) as caught:
        letter("Dear {{contact}}, {{value}}, {{contact}}", bare)
    assert caught.value.message == "D-7 Lumen Oy has no contact, no value."


@pytest.mark.parametrize("name", ["pay_terms", "Pay terms", "PAY  TERMS"])
def test_a_field_of_ones_own_is_named_in_any_case_with_or_without_underscores(name: str) -> None:
    own = replace(DEAL, fields={"Pay_Terms": "30 days"})
    assert letter(f"{{{{field.{name}}}}}", own).body == "30 days\n"


@pytest.mark.parametrize(
    "name", ["floor_value", "floor", "answers", "__class__", "deal.id", "valeu"]
)
def test_a_letter_cannot_say_what_the_other_side_must_not_read(name: str) -> None:
    with pytest.raises(BadInput, match="is nothing that a letter can say"):
        letter(f"{{{{{name}}}}}")


@pytest.mark.parametrize("place", ["{title}", "{First_name|friend}", "{ field.product }"])
def test_a_name_between_single_braces_goes_to_nobody(place: str) -> None:
    with pytest.raises(BadInput, match="stays in the letter as it is") as refused:
        letter(f"Dear {{{{contact}}}}, about {place}")
    assert f"{{{place}}}" in refused.value.hint
    assert letter("See {1} and {that one}.").body == "See {1} and {that one}.\n"


def test_a_template_reads_the_same_with_the_line_ends_of_windows() -> None:
    found = letter("Subject:  {{title}} \r\n\r\nDear {{contact}},\r\nyes\r\n")
    assert (found.subject, found.body) == ("packaging pilot", "Dear Mika Laine,\nyes\n")


def test_what_is_to_be_said_otherwise_is_said_only_where_the_deal_says_nothing() -> None:
    text = "Dear {{contact|all}}, {{value|no price yet}}{{link|}}."
    assert letter(text).body == "Dear Mika Laine, €40,000.\n"
    assert letter(text, replace(DEAL, contacts={}, value=None)).body == "Dear all, no price yet.\n"


def test_what_a_deal_says_is_never_read_as_a_template() -> None:
    sly = replace(DEAL, account="{{value}}")
    assert letter("{{company}}", sly).body == "{{value}}\n"
