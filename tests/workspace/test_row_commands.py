"""What the words of a file become: losses, people."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import LOSS_CATEGORIES, Contact, Deal, Loss, Status
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money
from pipeboard.domain.text import LINE, TEXT
from pipeboard.exchange.rows import DealRow, Entered, RowContact, RowNote
from pipeboard.workspace.row_commands import (
    RowRules,
    contacts_of,
    loss_of,
    lost_for,
    precision_of,
    settle,
)
from pipeboard.workspace.row_matching import said_by
from tests.store.made_up import deal, pipelines

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
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
        (("Bob", "bob", "BOB"), ["bob", "bob_2", "bob_3"]),
        (("🙂", "!"), ["person", "person_2"]),
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


# Where a deal has been, as its row tells.

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
RULES = RowRules(pipelines()[0], "deals.csv", "ana", BEGAN + timedelta(days=90))
LEAD, QUALIFICATION, NEEDS = ((stage.id, stage.name) for stage in pipelines()[0].open_stages[:3])


def on(day: int) -> datetime:
    return BEGAN + timedelta(days=day)


@pytest.mark.parametrize(
    ("entered", "stage", "ref", "path"),
    [
        ([], None, None, [(LEAD, 0)]),
        ([], NEEDS, None, [(NEEDS, 0)]),
        ([(LEAD, 1), (NEEDS, 3)], None, None, [(LEAD, 1), (NEEDS, 3)]),
        ([(LEAD, 1), (NEEDS, 3)], NEEDS, None, [(LEAD, 1), (NEEDS, 3)]),
        ([(LEAD, 1)], NEEDS, None, [(LEAD, 1), (NEEDS, 1)]),
        ([(LEAD, 1), (LEAD, 3)], None, None, [(LEAD, 1)]),
        ([(LEAD, 1), (LEAD, 3)], None, "D-1", [(LEAD, 1), (LEAD, 3)]),
        ([(LEAD, 1), (NEEDS, 2), (LEAD, 3)], None, None, [(LEAD, 1), (NEEDS, 2), (LEAD, 3)]),
    ],
)
def test_a_path_ends_where_the_deal_stands_and_stays_in_no_stage_twice(
    entered: list[tuple[tuple[int, str], int]],
    stage: tuple[int, str] | None,
    ref: str | None,
    path: list[tuple[tuple[int, str], int]],
) -> None:
    row = DealRow(
        2, {}, "x", ref=ref, stage=stage and stage[1].upper(),
        entered=tuple(Entered(name, on(day)) for (_, name), day in entered),
    )  # fmt: skip
    assert RULES.path(row, BEGAN) == tuple((number, on(day)) for (number, _), day in path)


def standing(stage: tuple[int, str], day: int, **more: Any) -> Deal:
    return deal(1, stage_id=stage[0], stage_entered_at=on(day), **more)


ENTERED = [(LEAD, 1), (QUALIFICATION, 4), (NEEDS, 9)]


@pytest.mark.parametrize(
    ("entered", "here", "until", "arrivals"),
    [
        (ENTERED, standing(LEAD, 1), 30, [(QUALIFICATION, 4), (NEEDS, 9)]),
        (ENTERED, standing(LEAD, 4), 30, [(NEEDS, 9)]),
        (ENTERED, standing(LEAD, 3), 9, [(QUALIFICATION, 4), (NEEDS, 9)]),
        (ENTERED, standing(LEAD, 3), 8, [(QUALIFICATION, 4)]),
        (ENTERED, standing(NEEDS, 9), 30, []),
        (ENTERED, standing(QUALIFICATION, 3), 30, [(NEEDS, 9)]),
        ([(NEEDS, 4), (NEEDS, 9)], standing(LEAD, 1), 30, [(NEEDS, 4)]),
        (ENTERED, standing(LEAD, 1, outcome=Status.LOST, closed_at=on(1)), 30, []),
    ],
)
def test_an_open_deal_follows_where_its_row_says_that_it_came_since(
    entered: list[tuple[tuple[int, str], int]],
    here: Deal,
    until: int,
    arrivals: list[tuple[tuple[int, str], int]],
) -> None:
    row = DealRow(2, {}, "x", entered=tuple(Entered(name, on(day)) for (_, name), day in entered))
    found = list(RULES.arrivals(row, here, on(until)))
    assert found == [(number, on(day)) for (number, _), day in arrivals]


# What a row says, by which the next file of it is compared.


@pytest.mark.parametrize(
    ("said", "owner", "found"),
    [
        ({}, "", {}),
        ({"account": "Acme"}, "ana", {"account": "Acme", "owner": "ana"}),
        ({"value": Money(150, "EUR")}, "", {"value": "1.50 EUR"}),
        ({"value": Money(0, "EUR")}, "", {"value": "0.00 EUR"}),
        ({"probability_bp": 0}, "", {"probability_bp": "0"}),
        ({"expected_close": date(2026, 3, 1)}, "", {"expected_close": "2026-03-01"}),
        ({"tags": ("a", "b")}, "", {"tags": "a; b"}),
        ({"tags": ()}, "", {}),
        ({"stage": "LEAD Generation"}, "", {"stage": "lead generation"}),
        ({"archived": True}, "", {"archived": "yes"}),
        ({"forecast_category": "best"}, "", {"category": "best"}),
        ({"contacts": (RowContact("Bob", "user"),)}, "", {"contacts.bob": "Bob, user"}),
        ({"fields": {"size": "L", "left": ""}}, "", {"fields.size": "L"}),
        ({"outcome": "open", "lost_reason": "dear"}, "", {"outcome": "open"}),
        ({"outcome": "won", "lost_category": "price"}, "", {"outcome": "won"}),
        ({"competitor": "Acme"}, "", {}),
        ({"outcome": "lost"}, "", {"outcome": "lost"}),
        ({"snoozed_until": date(2026, 3, 1)}, "", {"snoozed_until": "2026-03-01"}),
    ],
)
def test_a_row_says_what_its_cells_hold_and_nothing_of_those_that_are_empty(
    said: dict[str, Any], owner: str, found: dict[str, str]
) -> None:
    assert said_by(DealRow(2, {}, "x", **said), owner) == {"title": "x", **found}


@pytest.mark.parametrize("name", ["lost_reason", "lost_category", "competitor"])
def test_a_lost_row_says_why_by_any_of_its_cells(name: str) -> None:
    told: dict[str, Any] = {name: "Acme"}
    said = said_by(DealRow(2, {}, "x", outcome="lost", **told), "")
    assert said["loss"] != said_by(DealRow(2, {}, "x", outcome="lost", lost_reason="B"), "")["loss"]


def test_notes_of_a_row_are_told_apart_by_their_texts() -> None:
    texts = ("one", "two", "one", "x" * 60)
    said = said_by(DealRow(2, {}, "x", notes=tuple(map(RowNote, texts))), "")
    notes = {name: text for name, text in said.items() if name.startswith("notes.")}
    assert sorted(notes.values())[1:] == ["one", "two"] and len(notes) == 3
    (long,) = (text for text in notes.values() if text not in texts)
    assert long.startswith("#") and len(long) < 40


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({"created_at": AT, "closed_at": AT, "outcome": "won"}, {}),
        ({"created_at": AT}, {}),
        ({"created_at": AT, "outcome": "open"}, {}),
        ({"created_at": AT, "outcome": "won"}, {"closed_at": "unknown"}),
        ({"created_at": AT, "outcome": "lost"}, {"closed_at": "unknown"}),
        ({"closed_at": AT, "outcome": "lost"}, {"created_at": "unknown"}),
        ({"outcome": "won"}, {"created_at": "unknown", "closed_at": "unknown"}),
        ({}, {"created_at": "unknown"}),
        ({"created_at": AT, "precision": {"created_at": "day"}}, {"created_at": "day"}),
        (
            {"created_at": AT, "outcome": "won", "precision": {"created_at": "day"}},
            {"created_at": "day", "closed_at": "unknown"},
        ),
    ],
)
def test_of_a_row_it_is_known_how_exactly_its_deal_began_and_closed(
    said: dict[str, Any], known: dict[str, str]
) -> None:
    assert dict(precision_of(DealRow(2, {}, "x", **said))) == known


@pytest.mark.parametrize(
    ("name", "called"),
    [
        (LEAD[1], LEAD[1]),
        (LEAD[1].upper(), LEAD[1]),
        ("  " + LEAD[1].lower() + " ", LEAD[1]),
        ("Nowhere", "Nowhere"),
        ("won", "won"),
    ],
)
def test_a_stage_is_called_as_the_pipeline_calls_it(name: str, called: str) -> None:
    assert RULES.called(name) == called


@pytest.mark.parametrize(
    ("lengths", "kept", "told"),
    [
        ((TEXT,), (TEXT,), ()),
        ((TEXT + 1,), None, ("long_text",)),
        ((5, TEXT + 1), None, ("long_text",)),
        ((TEXT + 1, 5), None, ("long_text",)),
        ((5, 6), (5, 6), ()),
        ((0, 6), (6,), ()),
        ((), (), ()),
    ],
)
def test_any_note_that_is_too_long_is_told_and_divided(
    lengths: tuple[int, ...], kept: tuple[int, ...] | None, told: tuple[str, ...]
) -> None:
    row = DealRow(2, {}, "x", notes=tuple(RowNote("n" * length) for length in lengths))
    settle(row)
    found = tuple(len(note.text) for note in row.notes)
    assert row.remarks == told
    assert max(found, default=0) <= TEXT
    if kept is None:
        assert len(found) == len(lengths) + 1
    else:
        assert found == kept


@pytest.mark.parametrize(
    ("length", "told"), [(LINE, ()), (LINE + 1, ("long_title",)), (3 * LINE, ("long_title",))]
)
def test_a_title_that_is_too_long_is_cut_and_whole_in_a_note(
    length: int, told: tuple[str, ...]
) -> None:
    title = ("word " * LINE)[:length].rstrip().ljust(length, "x")
    row = DealRow(2, {}, title, notes=(RowNote("told"),))
    settle(row)
    assert row.remarks == told
    if not told:
        assert (row.title, [note.text for note in row.notes]) == (title, ["told"])
        return
    assert len(row.title) <= LINE and row.title.endswith("…")
    assert title.startswith(row.title[:-1])
    assert [note.text for note in row.notes] == [title, "told"]


@pytest.mark.parametrize(("length", "is_note"), [(2000, False), (2001, True)])
def test_a_field_of_ones_own_is_one_line_or_a_note(length: int, is_note: bool) -> None:
    row = DealRow(2, {}, "x", fields={"why": "y" * length, "size": " L \n M ", "left": " "})
    settle(row)
    assert dict(row.fields) == ({} if is_note else {"why": "y" * length}) | {"size": "L M"}
    assert [note.text for note in row.notes] == (["why: " + "y" * length] if is_note else [])


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        (("B", "a", "b"), ("a", "b")),
        (("two words", "a,b", "x+y"), ("a-b", "two-words", "x-y")),
        (("#hot", "-cold-", "--"), ("cold", "hot")),
        (("x" * 60,), ("x" * 50,)),
        (("x" * 49 + " y",), ("x" * 49,)),
        ((), ()),
    ],
)
def test_tags_of_a_row_are_words_in_order(tags: tuple[str, ...], kept: tuple[str, ...]) -> None:
    row = DealRow(2, {}, "x", tags=tags)
    settle(row)
    assert row.tags == kept


@pytest.mark.parametrize(
    ("entered", "stage", "unknown"),
    [
        ((), None, ()),
        ((), LEAD[1].upper(), ()),
        ((), "Nowhere", ("Nowhere",)),
        (("Else", LEAD[1], "Else"), "Nowhere", ("Else", "Nowhere")),
        (("Nowhere",), "Nowhere", ("Nowhere",)),
    ],
)
def test_all_stages_of_a_row_that_the_pipeline_has_not_are_told_once(
    entered: tuple[str, ...], stage: str | None, unknown: tuple[str, ...]
) -> None:
    row = DealRow(2, {}, "x", stage=stage, entered=tuple(Entered(one, AT) for one in entered))
    assert RULES.unknown_stages(row) == unknown


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (f"{LEAD[1].upper()}/Call", f"{LEAD[0]}/Call"),
        (f"{NEEDS[1]}/a/b", f"{NEEDS[0]}/a/b"),
        ("7/Call", "7/Call"),
        ("Nowhere/Call", "Nowhere/Call"),
    ],
)
def test_an_item_of_a_checklist_is_found_by_the_name_of_its_stage(key: str, found: str) -> None:
    assert RULES.item_key(key) == found


def test_a_stage_that_is_not_there_is_refused_with_the_near_one_or_with_all() -> None:
    with pytest.raises(BadInput, match="Did you mean Lead Generation") as near:
        RULES.stage_id("Lead Generatoin")
    assert near.value.details == {"column": "stage", "value": "Lead Generatoin"}
    with pytest.raises(BadInput, match="Its stages: Lead Generation, Lead Qualification, "):
        RULES.stage_id("zzz")
