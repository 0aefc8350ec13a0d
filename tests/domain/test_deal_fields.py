"""The table of the fields of a deal: what is true of each, as people and programs rest on it."""

from __future__ import annotations

import re
from datetime import date

import pytest

from pipeboard.domain.cadence import sequel
from pipeboard.domain.deal_fields import (
    BY_NAME,
    BY_TYPED,
    FIELDS,
    FROM_ROWS,
    fields_beside,
    merged_set,
    named_field,
    parse_assignment,
)
from pipeboard.domain.deal_record import PRIVATE
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Kind
from pipeboard.domain.money import Money
from tests.domain.deciding_cases import SALES, TODAY, new

TYPED = {
    "contact_reason": "contact_reason reason", "account": "account company", "title": "title",
    "value": "value", "owner": "owner", "expected_close": "expected_close close",
    "probability_bp": "probability p", "category": "category forecast_category",
    "source": "source", "source_detail": "source_detail", "tags": "tags",
    "competitors": "competitors", "links": "links",
    "offer_expires_on": "offer_expires_on offer_expires", "floor_value": "floor_value floor",
    "trial_close": "trial_close", "external_id": "external_id",
}  # fmt: skip
"""What a person calls each field that is typed at all."""
QUICK = {
    "contact_reason": "reason", "account": "account", "value": "value", "owner": "owner",
    "expected_close": "close", "probability_bp": "p", "source": "source", "tags": "tag",
}  # fmt: skip
LABELS = {
    "contact_reason": "Why they came", "account": "Company", "title": "Title", "value": "Value",
    "owner": "Owner", "expected_close": "Close date", "probability_bp": "Probability %",
    "category": "Forecast", "source": "Source", "source_detail": "Source detail", "tags": "Tags",
    "competitors": "Competitors", "links": "Links to files", "offer_expires_on": "Offer expires",
    "floor_value": "Lowest value",
}  # fmt: skip
EVENTS = {
    "value": Kind.VALUE, "owner": Kind.OWNER, "expected_close": Kind.EXPECTED_CLOSE,
    "probability_bp": Kind.PROBABILITY, "category": Kind.CATEGORY, "tags": Kind.TAGGED,
}  # fmt: skip
UNTYPED = {"quote_sent_at", "external_source", "imported", "imported_as"}
REMEMBERED = {"external_source", "imported", "imported_as"}
GOES_ON = {"account", "owner", "source", "source_detail", "tags", "competitors", "links"}
FILTERED = {
    "source", "offer_expires_on", "contact_reason", "source_detail", "competitors", "trial_close",
}  # fmt: skip
FROM_A_ROW = {
    "contact_reason", "account", "value", "expected_close", "probability_bp", "source",
    "source_detail", "competitors", "links", "offer_expires_on", "floor_value", "trial_close",
    "quote_sent_at",
}  # fmt: skip


def test_of_every_field_it_is_said_what_is_true_of_it() -> None:
    names = {field.name for field in FIELDS}
    assert names == {*TYPED, *UNTYPED}, "what is true of a new one stands in the tables above"
    assert {name: field.name for name, field in BY_TYPED.items()} == {
        word: name for name, words in TYPED.items() for word in words.split()
    }
    assert {field.name: field.quick for field in FIELDS if field.quick} == QUICK
    assert {field.name: field.label for field in FIELDS if field.label} == LABELS
    assert {f.name: f.event for f in FIELDS if f.event is not Kind.EDITED} == EVENTS
    assert {field.name for field in FIELDS if field.remembered} == REMEMBERED
    assert {field.name for field in FIELDS if not field.merged} == REMEMBERED | {"external_id"}
    assert {field.name for field in FIELDS if field.sequel} == GOES_ON
    assert {*FROM_ROWS} == FROM_A_ROW
    assert {field.name: field.column for field in FIELDS if field.column != field.name} == {
        "category": "forecast_category"
    }
    assert {field.name for field in FIELDS if field.filtered} == FILTERED
    assert {"floor_value"} == PRIVATE


def test_who_and_where_from_goes_on_to_the_lead_that_a_deal_becomes() -> None:
    deal = new(fields={"product": "GTX"})
    assert {*sequel(deal, SALES, "", "call", TODAY).fields} == GOES_ON | {
        "fields", "contacts", "contact_reason", "next_step", "recycled_from",
    }  # fmt: skip


CHANGED_BY = {
    "move": "stage",
    "won, lost, reopen, archive": "status outcome won lost archived",
    "next": "next next_step step due next_due next_text",
    "snooze": "snooze snoozed snoozed_until snooze_reason",
    "note": "note notes",
    "log": "touch touches last_touch_at quote_sent_at",
    "answer": "answer answers qualification",
    "contact": "contact contacts",
    "term": "term terms",
    "tick": "checklist",
    "lost": "lost_reason lost_category competitor recycle_on",
}


@pytest.mark.parametrize(
    ("name", "verbs"), [(n, verbs) for verbs, names in CHANGED_BY.items() for n in names.split()]
)
def test_what_is_no_field_names_the_verb_that_changes_it(name: str, verbs: str) -> None:
    with pytest.raises(BadInput, match="is not set as a field") as refused:
        named_field(name)
    assert refused.value.hint == f"It is changed by: {verbs}."


@pytest.mark.parametrize("name", BY_TYPED)
def test_a_field_is_named_in_any_case(name: str) -> None:
    assert named_field(name.upper()) == named_field(name) == BY_TYPED[name].name


@pytest.mark.parametrize("name", ["created", "Created", "created_at", "CREATED_AT"])
def test_when_a_deal_began_is_named_beside_its_fields_in_any_case(name: str) -> None:
    assert named_field(name) == "created_at"


def test_a_name_that_a_verb_changes_is_told_so_in_any_case() -> None:
    with pytest.raises(BadInput, match="is not set as a field"):
        named_field("Stage")


@pytest.mark.parametrize("name", ["fields.", "field.", "FIELD.", "fields"])
def test_a_field_of_ones_own_has_a_name_behind_the_word(name: str) -> None:
    for word in ("field.", "Fields."):
        assert named_field(f"{word}Our product") == named_field("fields.Our product")
    with pytest.raises(BadInput, match="No field"):
        named_field(name)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "both"),
    [
        ("", "a", "b", "a b"),
        ("a", "a b", "a c", "a b c"),
        ("a b", "b", "a b c", "b c"),
        ("a b", "a b c", "b", "b c"),
        ("a b", "a", "b", ""),
        ("a", "a b", "a b", "a b"),
        ("a b", "a b", "", ""),
    ],
)
def test_a_list_that_two_people_changed_has_what_both_put_in_and_nothing_that_one_took_out(
    base: str, theirs: str, mine: str, both: str
) -> None:
    assert merged_set(base.split(), theirs.split(), mine.split()) == tuple(both.split())


def test_a_list_of_names_holds_each_once_in_its_order() -> None:
    given = ("Pike", " Acme  Inc ", "", "Pike", "Acme Inc")
    assert BY_TYPED["competitors"].clean(given) == ("Pike", "Acme Inc")


@pytest.mark.parametrize(
    ("names", "given", "kept"),
    [
        ("account title owner source trial_close", None, ""),
        ("account title owner source trial_close", "  a\t b ", "a b"),
        ("external_id", None, None),
        ("external_id", "", None),
        ("external_id", " X  1 ", "X 1"),
        ("value floor_value", None, None),
        ("value floor_value", Money(0, "EUR"), Money(0, "EUR")),
        ("probability_bp", None, None),
        ("probability_bp", 0, 0),
        ("probability_bp", 10_000, 10_000),
        ("category", None, None),
        ("category", "", None),
        ("category", "omitted", "omitted"),
        ("tags", None, ()),
        ("tags", (), ()),
        ("tags", ("+web", "#Ads", "web"), ("ads", "web")),
        ("competitors links", None, ()),
        ("expected_close offer_expires_on", None, None),
        ("expected_close offer_expires_on", TODAY, TODAY),
    ],
)
def test_a_value_is_kept_in_one_form_and_nothing_as_what_is_empty_there(
    names: str, given: object, kept: object
) -> None:
    for name in names.split():
        assert BY_NAME[name].clean(given) == kept, name


@pytest.mark.parametrize(
    ("names", "given", "why"),
    [
        ("value floor_value", Money(-1, "EUR"), "cannot be negative"),
        ("probability_bp", -1, "between 0 and 100%"),
        ("probability_bp", 10_001, "between 0 and 100%"),
        ("category", "Commit", "'Commit' is no forecast category"),
        ("tags", ("two words",), "'two words' is no tag"),
        ("tags", ("+",), "'+' is no tag"),
    ],
)
def test_a_value_that_cannot_be_is_refused(names: str, given: object, why: str) -> None:
    for name in names.split():
        with pytest.raises(BadInput, match=re.escape(why)):
            BY_NAME[name].clean(given)


def test_an_unknown_forecast_category_names_the_near_one_or_all() -> None:
    for word, hint in (("comit", "Did you mean commit?"), ("xyz", "Known are: ")):
        with pytest.raises(BadInput) as refused:
            BY_NAME["category"].clean(word)
        assert refused.value.hint.startswith(hint)


@pytest.mark.parametrize("name", [name for name in BY_NAME if name in TYPED])
def test_nothing_typed_empties_a_field(name: str) -> None:
    field = BY_NAME[name]
    emptied = field.clean(field.read("", date(2026, 11, 24), "EUR"))
    assert emptied == field.clean(None)
    assert not emptied


def test_what_an_import_remembers_is_told_of_nowhere() -> None:
    beside = {field.name for field in fields_beside({"title", "forecast_category"})}
    assert beside == {field.name for field in FIELDS} - REMEMBERED - {"title", "category"}


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("value=40k", "value", Money(4_000_000, "EUR")),
        (" source = web ", "source", "web"),
        ("source=", "source", None),
        ("value=", "value", None),
        ("links=a=b", "links", ("a=b",)),
        ("fields.size=a=b", "fields.size", "a=b"),
    ],
)
def test_what_stands_behind_the_first_sign_is_the_value(
    typed: str, name: str, value: object
) -> None:
    assert parse_assignment(typed, TODAY, "EUR") == (name, value)


@pytest.mark.parametrize(
    ("typed", "why"),
    [("value", "'value' sets nothing"), ("", "'' sets nothing"), ("colour=red", "colour")],
)
def test_what_sets_nothing_that_a_deal_has_is_refused(typed: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        parse_assignment(typed, TODAY, "EUR")


@pytest.mark.parametrize(("typed", "is_told"), [("close=-", True), ("close=soonish", False)])
def test_what_other_tools_write_for_nothing_is_told_how_to_empty_a_field(
    typed: str, is_told: bool
) -> None:
    with pytest.raises(BadInput) as refused:
        parse_assignment(typed, TODAY, "EUR")
    assert ("To empty it" in refused.value.hint) is is_told


@pytest.mark.parametrize(
    ("typed", "value"),
    [("tags=a, b", ("a", "b")), ("tags=,a,, b ,", ("a", "b")), ("tags=,", ()), ("tags=", ()),
     ("competitors=Acme,, Globex", ("Acme", "Globex")), ("links= ,", ())],
)  # fmt: skip
def test_a_list_is_typed_with_commas_and_what_is_empty_between_them_is_nothing(
    typed: str, value: tuple[str, ...]
) -> None:
    assert parse_assignment(typed, TODAY, "EUR")[1] == value


WORDS = ("none", "None", "NONE")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    "name",
    [typed.split()[0] for name, typed in TYPED.items() if name not in ("title", "owner")]
    + ["fields.colour"],
)
def test_none_is_nothing_in_every_field_as_it_is_in_filters(name: str, word: str) -> None:
    """Of an owner the reps are asked; a title may be any word."""
    nothing = parse_assignment(f"{name}=", TODAY, "EUR")
    assert parse_assignment(f"{name}={word}", TODAY, "EUR") == nothing


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("name", ["title", "owner"])
def test_a_title_may_be_the_word_none_and_an_owner_is_looked_for(name: str, word: str) -> None:
    assert parse_assignment(f"{name}={word}", TODAY, "EUR") == (name, word)
