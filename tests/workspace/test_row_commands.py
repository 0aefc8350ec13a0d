"""What the words of a file become: losses, people."""

from __future__ import annotations

import pytest

from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import LOSS_CATEGORIES, Contact, Loss
from pipeboard.exchange.rows import DealRow, RowContact
from pipeboard.workspace.row_commands import contacts_of, loss_of, lost_for

ALSO_CALLED = {
    "competitor": (
        "Competition", "competitors", "Lost to competitor", "Lost to Competition", "Out-sold",
        "outsold", "Chose competitor", "chose a competitor", "Went with competitor",
    ),
    "price": (
        "Pricing", "Too expensive", "Price too high", "too high price", "Preis", "zu teuer", "Prix",
        "trop cher", "precio", "demasiado caro", "prezzo", "preço", "prijs", "cena",
    ),
    "no-decision": ("No decision made", "Keine Entscheidung"),
    "timing": ("Bad timing", "wrong_timing"),
    "unresponsive": (
        "No response", "no answer", "No reply", "not responding", "went dark", "Went silent",
        "Ghosted", "unreachable", "keine Antwort",
    ),
    "disqualified": ("Not qualified", "Unqualified"),
}  # fmt: skip
"""How tools and people call our categories of a loss."""


@pytest.mark.parametrize(
    ("category", "words"),
    [(category, words) for category, several in ALSO_CALLED.items() for words in several],
)
def test_a_reason_that_says_no_more_than_a_category_is_counted_there(
    category: str, words: str
) -> None:
    assert lost_for("", words) == (category, words)
    assert lost_for(words, "") == (category, words)
    assert lost_for("Their words", words) == (category, words)


@pytest.mark.parametrize("category", LOSS_CATEGORIES)
def test_a_category_of_ours_is_known_however_it_is_spelled(category: str) -> None:
    for spelled in (category, category.upper(), category.replace("-", " "), f" {category} "):
        assert lost_for(spelled, "The words") == (category, "The words")
        assert lost_for(spelled, "") == (category, "")
        assert lost_for("", spelled) == (category, spelled)


@pytest.mark.parametrize(
    ("named", "reason", "found"),
    [
        ("", "", ("other", "")),
        ("Weather", "", ("other", "Weather")),
        ("Weather", "It rained", ("other", "It rained")),
        ("", "Price and timing", ("other", "Price and timing")),
        ("price", "timing", ("price", "timing")),
    ],
)
def test_what_names_no_category_is_other_and_stays_as_the_reason(
    named: str, reason: str, found: tuple[str, str]
) -> None:
    assert lost_for(named, reason) == found


def test_a_loss_has_all_that_its_row_tells() -> None:
    row = DealRow(2, {}, "x", lost_category="Pricing", competitor="Acme", lost_objection="Too dear")
    assert loss_of(row) == Loss("price", "Pricing", "Acme", None, "Too dear")
    assert loss_of(DealRow(2, {}, "x")) == Loss("other")


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (("Bob Ray",), ["bob_ray"]),
        (("Bob", "bob", "BOB"), ["bob", "bob_", "bob__"]),
        (("🙂", "!"), ["person", "person_"]),
    ],
)
def test_each_person_of_a_row_has_a_key_of_their_own(
    names: tuple[str, ...], keys: list[str]
) -> None:
    row = DealRow(2, {}, "x", contacts=tuple(map(RowContact, names)))
    assert list(contacts_of(row)) == keys
    assert [person.name for person in contacts_of(row).values()] == list(names)


@pytest.mark.parametrize("role", [*ROLES, "boss", "", None])
def test_a_person_of_a_row_has_what_it_tells_and_a_role_that_there_is(role: str | None) -> None:
    row = DealRow(2, {}, "x", contacts=(RowContact("Bob", role, "b@x.example", "1" * 70, "CTO"),))
    known = role if role in ROLES else "other"
    assert contacts_of(row) == {"bob": Contact("Bob", known, "b@x.example", "1" * 60, "CTO")}
