"""Three sides of a field: what the last row said, what stands here, what the row says now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain.deal import Contact, Deal, Loss, NextStep, Status
from pipeboard.domain.money import Money
from pipeboard.exchange.rows import (
    DealRow,
    Entered,
    RowAnswer,
    RowContact,
    RowNote,
    RowTerm,
    RowTouch,
)
from pipeboard.workspace.row_matching import (
    EVERYTHING,
    NOT_FOLLOWED,
    Merge,
    ThreeWay,
    is_spoken,
    said_by,
    same_row,
    text_of,
)
from tests.domain.deciding_cases import BERLIN
from tests.store.made_up import deal, pipelines

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
PIPELINE = pipelines()[0]
LEAD, QUALIFICATION, NEEDS = PIPELINE.open_stages[:3]


def here(last: dict[str, Any] | None = None, **more: Any) -> Deal:
    """A deal of which a row with these cells came in last."""
    made: dict[str, Any] = {
        "title": "x", "account": "", "owner": "", "source": "", "value": None, "tags": (),
        "stage_id": LEAD.id, "created_at": BEGAN, "stage_entered_at": BEGAN, "fields": {},
        "outcome": Status.OPEN, "closed_at": None, "closed_from": None, "archived_at": None,
        "loss": None, "created_precision": "", "entry_precision": "", "contacts": {},
        "next_step": None, "imported": said_by(DealRow(1, {}, "x", **(last or {})), ""),
    }  # fmt: skip
    return deal(1, **(made | more))


def merged(
    known: Deal,
    *,
    spoken: bool = True,
    prefer_file: bool = False,
    touched: frozenset[str] | None = None,
    noted: bool = False,
    **said: Any,
) -> Merge:
    way = ThreeWay(PIPELINE, BERLIN, lambda deal, text: noted, lambda name: spoken, prefer_file)
    row = DealRow(2, {}, said.pop("title", "x"), **said)
    return way.merge(row, None, known, None if touched is None else lambda: touched)


@pytest.mark.parametrize("prefer_file", [False, True])
@pytest.mark.parametrize(
    ("last", "ours", "new", "outcome", "base"),
    [
        ("", "", "", "kept", None),
        ("", "", "fair", "taken", "fair"),
        ("", "fair", "fair", "kept", "fair"),
        ("", "own", "fair", "conflict", None),
        ("web", "web", "web", "kept", "web"),
        ("web", "web", "fair", "taken", "fair"),
        ("web", "web", "", "emptied", None),
        ("web", "own", "web", "kept", "web"),
        ("web", "own", "fair", "conflict", "web"),
        ("web", "own", "", "conflict", "web"),
        ("web", "fair", "fair", "kept", "fair"),
        ("web", "", "fair", "conflict", "web"),
        ("web", "", "", "kept", None),
    ],
)
def test_a_field_is_taken_where_only_the_file_changed_it(
    last: str, ours: str, new: str, outcome: str, base: str | None, prefer_file: bool
) -> None:
    known = here({"source": last or None}, source=ours)
    found = merged(known, prefer_file=prefer_file, source=new or None)
    if outcome == "conflict" and prefer_file:
        outcome, base = ("taken", new) if new else ("emptied", None)
    assert found.take == ({"source": new} if outcome == "taken" else {})
    assert found.emptied == (["source"] if outcome == "emptied" else [])
    assert found.conflicts == ([("source", ours, new)] if outcome == "conflict" else [])
    assert found.base.get("source") == base


def test_what_an_absent_column_said_before_still_holds() -> None:
    known = here({"source": "web"}, source="web")
    found = merged(known, spoken=False)
    assert (found.take, found.emptied, found.base["source"]) == ({}, [], "web")


@pytest.mark.parametrize(
    ("touched", "ours", "taken", "conflicts"),
    [
        (frozenset(), "own", True, 0),
        (frozenset({"source"}), "own", False, 1),
        (frozenset({"source"}), "", True, 0),
        (frozenset({"account"}), "own", True, 0),
        (EVERYTHING, "own", False, 1),
        (EVERYTHING, "fair", False, 0),
    ],
)
def test_where_nobody_knows_what_a_file_said_what_was_typed_here_stands(
    touched: frozenset[str], ours: str, taken: bool, conflicts: int
) -> None:
    known = here(source=ours, imported={})
    found = merged(known, touched=touched, source="fair")
    assert ("source" in found.take) is taken
    assert len(found.conflicts) == conflicts


@pytest.mark.parametrize("prefer_file", [False, True])
def test_a_title_and_where_a_deal_stands_are_never_emptied(prefer_file: bool) -> None:
    known = here({"stage": LEAD.name, "outcome": "open", "archived": True}, archived_at=BEGAN)
    found = merged(known, prefer_file=prefer_file, title="")
    assert (found.emptied, found.take, found.conflicts) == ([], {}, [])


@pytest.mark.parametrize(
    ("name", "ours", "said"),
    [
        ("stage_id", {"stage_id": QUALIFICATION.id}, {"stage": NEEDS.name}),
        ("archived_at", {"archived_at": BEGAN}, {"archived": False}),
        ("outcome", {}, {"outcome": "won"}),
        ("value", {"value": Money(100, "EUR")}, {"value": Money(200, "EUR")}),
        ("tags", {"tags": ("a",)}, {"tags": ("b",)}),
    ],
)
def test_what_was_changed_here_is_asked_by_the_name_that_an_event_has_for_it(
    name: str, ours: dict[str, Any], said: dict[str, Any]
) -> None:
    known = here(imported={}, **ours)
    typed = merged(known, touched=frozenset({name}), **said)
    left = merged(known, touched=frozenset({"rank"}), **said)
    (field,) = said
    assert (field in typed.take, field in left.take) == (False, field != "archived")
    assert [one[0] for one in typed.conflicts] == ([field] if field != "archived" else [])


@pytest.mark.parametrize(
    ("last", "at", "new", "outcome"),
    [
        (LEAD, LEAD, NEEDS, "taken"),
        (LEAD, QUALIFICATION, NEEDS, "conflict"),
        (LEAD, NEEDS, NEEDS, "kept"),
        (LEAD, QUALIFICATION, LEAD, "kept"),
    ],
)
def test_a_stage_is_one_field_of_them(last: Any, at: Any, new: Any, outcome: str) -> None:
    found = merged(here({"stage": last.name}, stage_id=at.id), stage=new.name.upper())
    assert ("stage" in found.take) is (outcome == "taken")
    assert len(found.conflicts) == (outcome == "conflict")


def test_a_deal_that_came_in_closed_is_reopened_where_its_row_says_now() -> None:
    closed = {
        "outcome": Status.LOST, "closed_at": BEGAN, "closed_from": LEAD.id, "loss": Loss("other"),
        "stage_id": PIPELINE.lost.id,
    }  # fmt: skip
    known = here({"outcome": "lost"}, **closed)
    step = NextStep("call", date(2026, 5, 1))
    found = merged(
        known, outcome="open", stage=NEEDS.name, next_text="call", next_due=date(2026, 5, 1)
    )
    assert found.reopens
    assert (found.take["stage"], found.take["next_step"]) == ("needs assessment", step)
    assert found.conflicts == []


def test_of_a_row_that_closes_a_deal_what_an_open_one_has_says_nothing() -> None:
    known = here({"next_text": "call", "outcome": "open"}, next_step=NextStep("call"))
    found = merged(known, outcome="won", next_text="mail")
    assert "next_step" not in found.take
    assert found.take["outcome"] == "won"


@pytest.mark.parametrize(
    ("noted", "taken"), [(False, ["told"]), (True, [])], ids=["new", "known already"]
)
def test_a_note_is_taken_once_and_never_taken_away(noted: bool, taken: list[str]) -> None:
    found = merged(here(), noted=noted, notes=(RowNote("told"),))
    assert [value for name, value in found.take.items() if name.startswith("notes.")] == taken
    gone = merged(here({"notes": (RowNote("told"),)}))
    assert (gone.emptied, gone.conflicts) == ([], [])


def test_a_person_who_is_known_under_another_key_is_known() -> None:
    bob = Contact("Bob", "other")
    row: dict[str, Any] = {"contacts": (RowContact("Bob"),)}
    assert merged(here(contacts={"b": bob}), **row).take == {}
    assert merged(here(), **row).take == {"contacts.bob": bob}


@pytest.mark.parametrize(
    ("hours", "corrected"), [(0, False), (13, False), (14, True), (-10, False), (-11, True)]
)
def test_a_beginning_on_another_local_day_is_a_correction(hours: int, corrected: bool) -> None:
    """It is ten in the morning in Berlin."""
    known = here({"created_at": BEGAN})
    found = merged(known, created_at=BEGAN + timedelta(hours=hours))
    assert ("created_at" in found.take) is corrected


def test_what_is_left_is_remembered_as_it_was() -> None:
    known = here({"source": "web", "stage": LEAD.name}, source="web")
    found = merged(known, source="fair", stage=NEEDS.name)
    assert found.leave(("stage", "outcome"), known.imported)
    assert list(found.take) == ["source"]
    assert (found.base["stage"], found.base["source"]) == ("lead generation", "fair")
    assert not found.leave(("stage",), known.imported)


@pytest.mark.parametrize(
    ("spoken", "name", "told"),
    [
        ({"source"}, "source", True),
        ({"source"}, "account", False),
        ({"contacts"}, "contacts.bob", True),
        ({"fields.size"}, "fields.size", True),
        ({"fields.size"}, "fields.colour", False),
        ({"fields"}, "fields.size", False),
    ],
)
def test_a_file_speaks_of_what_it_has_a_column_for(spoken: set[str], name: str, told: bool) -> None:
    assert is_spoken(frozenset(spoken), name) is told


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (5, "5"),
        (Money(150, "EUR"), "1.50 EUR"),
        (date(2026, 3, 1), "2026-03-01"),
        (("a", "b"), "a; b"),
        (NextStep("call"), "call"),
        (NextStep("call", date(2026, 3, 1)), "2026-03-01 call"),
        (Contact("Bob", "user", "b@x.example", "1", "CTO"), "Bob, user, b@x.example, 1, CTO"),
        (Contact("Bob", "user"), "Bob, user"),
    ],
)
def test_a_value_is_one_line_of_text(value: object, text: str) -> None:
    assert text_of(value) == text


def test_a_row_is_the_same_where_it_says_all_that_the_last_one_said() -> None:
    known = here({"source": "web"})
    said = dict(known.imported)
    assert same_row(known, said)
    assert not same_row(known, said | {"source": "fair"})
    assert not same_row(here(imported={}), {})


CLOSED: dict[str, Any] = {
    "outcome": Status.LOST, "closed_at": BEGAN, "stage_id": PIPELINE.lost.id,
    "loss": Loss("price"), "closed_from": LEAD.id,
}  # fmt: skip


@pytest.mark.parametrize(
    ("closed_from", "new", "outcome"),
    [
        (LEAD, NEEDS, "taken"),
        (LEAD, LEAD, "kept"),
        (NEEDS, NEEDS, "kept"),
        (QUALIFICATION, NEEDS, "conflict"),
    ],
)
def test_a_deal_that_was_closed_here_stands_for_a_file_where_it_was_closed(
    closed_from: Any, new: Any, outcome: str
) -> None:
    last: dict[str, Any] = {"stage": LEAD.name, "outcome": "open"}
    known = here(last, **CLOSED | {"closed_from": closed_from.id})
    found = merged(known, outcome="open", stage=new.name)
    assert ("stage" in found.take) is (outcome == "taken")
    ours = closed_from.name.lower(), new.name.lower()
    assert found.conflicts == ([("stage", *ours)] if outcome == "conflict" else [])
    assert "outcome" not in found.take and not found.reopens


@pytest.mark.parametrize("prefer_file", [False, True])
@pytest.mark.parametrize(
    ("name", "last", "ours", "new", "outcome"),
    [
        # The day of the closing, and of the beginning.
        ("closed_at", 0, 0, 1, "taken"),
        ("closed_at", 0, 0, 0, "kept"),
        ("closed_at", 0, 0.3, 1, "taken"),
        ("closed_at", 0, 1, 1, "kept"),
        ("closed_at", 0, 2, 1, "left"),
        ("closed_at", None, 2, 1, "left"),
        ("created_at", 0, 0, -1, "taken"),
        ("created_at", 0, -2, -1, "left"),
        ("created_at", None, 0, -1, "left"),
        # The reason of a loss.
        ("loss", "price", "price", "timing", "taken"),
        ("loss", "price", "timing", "timing", "kept"),
        ("loss", "price", "other", "timing", "left"),
        ("loss", None, "other", "timing", "taken"),
        ("loss", None, "price", "timing", "left"),
    ],
)
def test_what_a_file_knows_better_of_an_end_or_a_beginning_is_taken_unless_it_was_said_here(
    name: str, last: Any, ours: Any, new: Any, outcome: str, prefer_file: bool
) -> None:
    def cells(value: Any) -> dict[str, Any]:
        if value is None:
            return {}
        return {
            "lost_category" if name == "loss" else name: (
                value if name == "loss" else BEGAN + timedelta(days=value)
            )
        }

    stands = Loss(ours) if name == "loss" else BEGAN + timedelta(days=ours)
    known = here({"outcome": "lost", **cells(last)}, **CLOSED | {name: stands})
    found = merged(known, prefer_file=prefer_file, outcome="lost", **cells(new))
    if outcome == "left" and prefer_file:
        outcome = "taken"
    assert (name in found.take) is (outcome == "taken")
    told = [one[0] for one in found.not_followed]
    assert told == ([name] if outcome == "left" else [])
    assert found.conflicts == []


@pytest.mark.parametrize("name", ["closed_at", "loss"])
def test_what_is_said_of_an_end_means_nothing_of_a_deal_that_is_open(name: str) -> None:
    cells: dict[str, Any] = {"closed_at": BEGAN} if name == "closed_at" else {}
    known = here({"outcome": "lost"}, outcome=Status.OPEN)
    found = merged(known, outcome="lost", lost_category="price", **cells)
    assert name not in found.take
    assert found.not_followed == []


@pytest.mark.parametrize(
    ("name", "touched", "taken"),
    [
        ("closed_at", frozenset(), True),
        ("closed_at", frozenset({"closed_at"}), False),
        ("loss", frozenset(), True),
        ("loss", frozenset({"loss"}), False),
        ("loss", EVERYTHING, False),
    ],
)
def test_where_nobody_knows_what_a_file_said_of_an_end_what_was_said_here_stands(
    name: str, touched: frozenset[str], taken: bool
) -> None:
    known = here(**CLOSED | {"imported": {}})
    found = merged(
        known,
        touched=touched,
        outcome="lost",
        lost_category="timing",
        closed_at=BEGAN + timedelta(days=3),
    )
    assert (name in found.take) is taken
    assert found.not_followed == []


@pytest.mark.parametrize(
    ("archived", "last", "new", "outcome"),
    [
        (False, False, True, "taken"),
        (True, False, True, "kept"),
        (True, True, False, "emptied"),
        (False, True, True, "kept"),
        (False, False, False, "kept"),
    ],
)
def test_a_deal_goes_to_the_archive_with_its_file_and_stays_there(
    archived: bool, last: bool, new: bool, outcome: str
) -> None:
    known = here({"archived": last}, archived_at=BEGAN if archived else None)
    found = merged(known, archived=new)
    assert ("archived" in found.take) is (outcome == "taken")
    assert (found.emptied, found.conflicts) == ([], [])


ONCE: dict[str, Any] = {
    "entered": (Entered(LEAD.name, BEGAN), Entered(NEEDS.name, BEGAN + timedelta(days=3))),
    "answers": (RowAnswer("budget", "40k"),),
    "terms": (RowTerm("price"),),
    "checklist": {"demo given": "yes"},
    "touches": (RowTouch("call", "out", at=BEGAN),),
    "snoozed_until": date(2026, 5, 1),
}
"""What happened once, in the cells of a row."""


def test_all_that_happens_once_is_tried() -> None:
    assert set(ONCE) == set(NOT_FOLLOWED)


@pytest.mark.parametrize("name", ONCE)
@pytest.mark.parametrize("touched", [None, frozenset[str]()])
def test_what_happened_once_is_left_and_told_where_a_file_that_came_before_says_it_anew(
    name: str, touched: frozenset[str] | None
) -> None:
    said = {name: ONCE[name]}
    found = merged(
        here(imported={} if touched is not None else {"title": "x"}), touched=touched, **said
    )
    assert name not in found.take
    assert [one[0] for one in found.not_followed] == ([name] if touched is None else [])
    assert name in found.base


@pytest.mark.parametrize("prefer_file", [False, True])
@pytest.mark.parametrize("name", ["closed_at", "created_at", "loss"])
def test_a_cell_that_is_emptied_takes_nothing_away_of_an_end_or_a_beginning(
    name: str, prefer_file: bool
) -> None:
    said: dict[str, dict[str, Any]] = {
        "closed_at": {"closed_at": BEGAN},
        "created_at": {"created_at": BEGAN},
        "loss": {"lost_category": "price"},
    }
    known = here({"outcome": "lost", **said[name]}, **CLOSED)
    found = merged(known, prefer_file=prefer_file, outcome="lost")
    assert name not in found.take and found.emptied == []
    assert name not in found.base
    assert [one[0] for one in found.not_followed] == [name]


@pytest.mark.parametrize(("ref", "remembered"), [(None, "web"), ("D-1", None)])
def test_what_another_file_said_is_no_matter_for_a_row_of_our_own(
    ref: str | None, remembered: str | None
) -> None:
    known = here({"source": "web"}, source="web")
    found = merged(known, spoken=False, touched=frozenset[str]() if ref else None, ref=ref)
    assert found.base.get("source") == remembered
    assert (found.take, found.emptied, found.conflicts) == ({}, [], [])


@pytest.mark.parametrize(
    ("last", "here_is", "said", "ends"),
    [
        ("open", {}, {"outcome": "lost", "lost_category": "price"}, {"loss"}),
        ("open", {}, {"outcome": "won", "closed_at": BEGAN}, {"closed_at"}),
        ("lost", CLOSED, {"outcome": "open"}, set()),
        (
            "lost",
            CLOSED,
            {"outcome": "won", "closed_at": BEGAN + timedelta(days=2)},
            {"closed_at"},
        ),
    ],
)
def test_with_another_outcome_what_is_said_of_the_end_comes_with_it(
    last: str, here_is: dict[str, Any], said: dict[str, Any], ends: set[str]
) -> None:
    cells: dict[str, Any] = {"outcome": last}
    if last == "lost":
        cells |= {"lost_category": "price", "closed_at": BEGAN}
    found = merged(here(cells, **here_is), **said)
    assert found.take["outcome"] == said["outcome"]
    assert {"closed_at", "loss"}.isdisjoint(found.take)
    assert {"closed_at", "loss"} & found.base.keys() == ends
    assert found.not_followed == []


@pytest.mark.parametrize(
    ("name", "ours", "said", "conflicts"),
    [
        ("source", {"source": "own"}, {"source": "fair"}, ["source"]),
        ("account", {"account": "Acme"}, {"account": "Lumen"}, ["account"]),
        ("source", {"source": "fair"}, {"source": "fair"}, []),
        ("stage", {}, {"stage": NEEDS.name}, []),
    ],
)
def test_of_a_deal_that_its_row_reopens_only_the_stage_was_said_by_nobody(
    name: str, ours: dict[str, Any], said: dict[str, Any], conflicts: list[str]
) -> None:
    known = here({"outcome": "lost"}, **CLOSED | ours)
    found = merged(known, outcome="open", **said)
    assert found.reopens
    assert [one[0] for one in found.conflicts] == conflicts
    assert (name in found.take) is (name == "stage")


def test_a_step_that_went_as_its_deal_closed_is_taken_again_with_the_row_that_reopens_it() -> None:
    known = here({"outcome": "lost", "next_text": "call"}, **CLOSED)
    assert "next_step" in merged(known, outcome="open", next_text="call").take


@pytest.mark.parametrize("spoken", [False, True])
@pytest.mark.parametrize(("outcome", "ends"), [("open", set()), ("lost", {"closed_at", "loss"})])
def test_what_was_said_of_another_end_is_remembered_no_more(
    outcome: str, ends: set[str], spoken: bool
) -> None:
    """Also where the file has no column for it any more."""
    last: dict[str, Any] = {"outcome": "lost", "lost_category": "price", "closed_at": BEGAN}
    known = here(last, **CLOSED)
    said: dict[str, Any] = {"outcome": outcome}
    if outcome == "lost":
        said = last
    found = merged(known, spoken=spoken, **said)
    assert {"closed_at", "loss"} & found.base.keys() == ends


MANY = ("account", "competitors", "contact_reason", "owner", "source", "source_detail", "title")


def test_what_is_told_of_the_fields_of_a_row_stands_in_one_order() -> None:
    """A dry run tells what the run does, and a second run what the first one did."""
    said = {f"fields.{name}": f"old {name}" for name in MANY}
    last = {"fields": {name: f"old {name}" for name in MANY}}
    ours = here(last, fields={name: f"ours {name}" for name in MANY})
    theirs = {name: f"new {name}" for name in reversed(MANY)}
    assert [name for name, _, _ in merged(ours, fields=theirs).conflicts] == sorted(said)
    known = here(last, fields=last["fields"])
    assert merged(known, fields={}).emptied == sorted(said)
