"""The deal that a row becomes: when everything was, by which it is known, what is only ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Answer, Ask, Contact, Loss, NextStep, Term
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import IMPORTED
from pipeboard.domain.text import LINE, TEXT
from pipeboard.exchange.rows import (
    DealRow,
    Entered,
    RowAnswer,
    RowAsk,
    RowContact,
    RowNote,
    RowStepDone,
    RowTerm,
    RowTouch,
)
from pipeboard.workspace.row_commands import RowIdentity, RowRules, settle, take_over
from tests.store.made_up import pipelines

BEGAN = datetime(2026, 1, 5, 9, tzinfo=UTC)
PIPELINE = pipelines()[0]
LEAD, QUALIFICATION, NEEDS = PIPELINE.open_stages[:3]
DAY = date(2026, 3, 1)


def on(day: int) -> datetime:
    return BEGAN + timedelta(days=day)


RULES = RowRules(PIPELINE, "deals.csv", "ana", on(90))
"""A file that comes in on the ninetieth day."""


def taken(*, known_as: str | None = "X1", **said: Any) -> c.TakeOver:
    row = DealRow(2, {}, said.pop("title", "Pilot"), **said)
    return take_over(row, RowIdentity(known_as, "tool", {"title": "pilot"}), "bo", RULES)


def entered(*days: int) -> tuple[Entered, ...]:
    stages = (LEAD, QUALIFICATION, NEEDS)
    return tuple(Entered(stages[place].name, on(day)) for place, day in enumerate(days))


@pytest.mark.parametrize(
    ("said", "began", "closed"),
    [
        ({}, 90, None),
        ({"created_at": on(3)}, 3, None),
        ({"created_at": on(95)}, 90, None),
        ({"created_at": on(3), "entered": entered(1, 5)}, 1, None),
        ({"created_at": on(3), "entered": entered(4, 5)}, 3, None),
        ({"entered": entered(4, 5)}, 4, None),
        ({"created_at": on(3), "closed_at": on(9), "outcome": "won"}, 3, 9),
        ({"created_at": on(3), "closed_at": on(2), "outcome": "won"}, 2, 2),
        ({"closed_at": on(9), "outcome": "lost"}, 9, 9),
        ({"closed_at": on(9), "outcome": "lost", "entered": entered(1, 12)}, 1, 12),
    ],
)
def test_a_deal_begins_before_all_that_happened_to_it_and_ends_after(
    said: dict[str, Any], began: int, closed: int | None
) -> None:
    deal = taken(**said)
    assert deal.created_at == on(began)
    assert deal.closed_at == (None if closed is None else on(closed))
    assert deal.outcome == said.get("outcome", "open")


@pytest.mark.parametrize(("archived", "kept"), [(None, None), (50, 50), (90, 90), (91, 90)])
def test_a_deal_was_put_away_before_its_file_came(archived: int | None, kept: int | None) -> None:
    deal = taken(archived=True, archived_at=None if archived is None else on(archived))
    assert (deal.archived, deal.archived_at) == (True, None if kept is None else on(kept))
    assert not taken().archived


@pytest.mark.parametrize(
    ("said", "known"),
    [
        ({}, {"created_at": "unknown"}),
        ({"created_at": on(1)}, {}),
        ({"created_at": on(1), "outcome": "open"}, {}),
        ({"created_at": on(1), "outcome": "won"}, {"closed_at": "unknown"}),
        ({"outcome": "lost"}, {"created_at": "unknown", "closed_at": "unknown"}),
        ({"created_at": on(1), "outcome": "won", "closed_at": on(2)}, {}),
        ({"created_at": on(1), "precision": {"created_at": "day"}}, {"created_at": "day"}),
        (
            {"outcome": "won", "closed_at": on(2), "precision": {"closed_at": "day"}},
            {"created_at": "unknown", "closed_at": "day"},
        ),
    ],
)
def test_what_no_cell_told_the_day_of_is_unknown(
    said: dict[str, Any], known: Mapping[str, str]
) -> None:
    assert taken(**said).precision == known


def test_a_deal_says_whose_it_is_where_from_and_by_what_it_is_known() -> None:
    deal = taken(account="Lumen Oy", source="web", forecast_category="best", tags=("a", "b"))
    assert (deal.title, deal.origin) == ("Pilot", f"{IMPORTED}deals.csv")
    assert deal.fields["owner"] == "bo"
    assert (deal.fields["external_id"], deal.fields["external_source"]) == ("X1", "tool")
    assert deal.fields["imported"] == {"title": "pilot"}
    assert (deal.fields["account"], deal.fields["source"]) == ("Lumen Oy", "web")
    assert (deal.fields["category"], deal.fields["tags"]) == ("best", ("a", "b"))


@pytest.mark.parametrize("outcome", ["won", "open", None])
def test_only_a_lost_row_has_a_loss(outcome: str | None) -> None:
    told: dict[str, Any] = {"lost_category": "price", "lost_reason": "too dear"}
    assert taken(outcome=outcome, closed_at=on(2), **told).loss is None
    lost = taken(outcome="lost", closed_at=on(2), recycle_on=DAY, **told).loss
    assert lost == Loss("price", "too dear", "", DAY)


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ({}, None),
        ({"next_text": "call"}, NextStep("call")),
        ({"next_due": DAY}, NextStep("", DAY)),
        ({"next_text": "call", "next_due": DAY, "next_every": "2w"}, NextStep("call", DAY, "2w")),
        ({"next_text": "call", "next_every": "now and then"}, NextStep("call")),
    ],
)
def test_a_step_is_planned_where_a_cell_tells_of_one(
    said: dict[str, Any], step: NextStep | None
) -> None:
    assert taken(**said).fields.get("next_step") == step


def test_steps_that_were_done_come_with_what_came_of_them() -> None:
    done = taken(
        steps_done=(
            RowStepDone("call", on(2), DAY, "1w", "he is ill"),
            RowStepDone("mail", on(3), every="never again"),
        )
    ).steps_done
    assert done == (
        c.StepDone(NextStep("call", DAY, "1w"), "he is ill", on(2)),
        c.StepDone(NextStep("mail"), "", on(3)),
    )


# Notes and interactions: of whom, when, and by which they are known again.


def test_what_no_cell_tells_of_a_note_is_the_importers_and_of_the_beginning() -> None:
    notes = taken(created_at=on(3), notes=(RowNote("one"), RowNote("two", "cy", on(5)))).notes
    assert [(note.text, note.author, note.at) for note in notes] == [
        ("one", "ana", on(3)),
        ("two", "cy", on(5)),
    ]


@pytest.mark.parametrize(
    ("touch", "kept"),
    [
        (RowTouch("call"), ("call", "out", "", "ana", on(3), "", "")),
        (RowTouch("handover"), ("handover", "", "", "ana", on(3), "", "")),
        (
            RowTouch("email", "in", "asked", "cy", on(5), "price", "b"),
            ("email", "in", "asked", "cy", on(5), "price", "b"),
        ),
    ],
)
def test_what_no_cell_tells_of_an_interaction_went_out_by_the_importer(
    touch: RowTouch, kept: tuple[object, ...]
) -> None:
    (one,) = taken(created_at=on(3), touches=(touch,)).touches
    assert kept == (
        one.type, one.direction, one.outcome, one.by, one.at, one.objection, one.variant,
    )  # fmt: skip


def ids(known_as: str | None = "X1", **said: Any) -> list[str]:
    deal = taken(
        known_as=known_as, notes=(RowNote("one"), RowNote("one")),
        touches=(RowTouch("call", at=on(1)), RowTouch("call", at=on(1))), **said,
    )  # fmt: skip
    return [*(note.id for note in deal.notes), *(touch.id for touch in deal.touches)]


def test_parts_of_a_deal_have_ids_of_their_own_that_come_again_with_the_deal() -> None:
    first = ids()
    assert len({*first}) == 4
    assert ids(title="Renamed", account="Else") == first
    assert not {*ids("X2")} & {*first}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"ref": "D-1"}, {"ref": "D-1", "title": "Else"}, True),
        ({"ref": "D-1"}, {"ref": "D-2"}, False),
        ({"account": "Acme"}, {"account": "ACME"}, True),
        ({"account": "Acme"}, {"account": "Lumen"}, False),
        ({"account": "Acme"}, {"account": "Acme", "title": "Else"}, False),
        ({}, {"title": "PILOT"}, True),
    ],
)
def test_without_an_id_a_deal_is_known_by_its_number_else_by_its_name(
    one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    assert (ids(None, **one) == ids(None, **other)) is same


# What only our own files hold.


def test_our_own_files_bring_answers_terms_asks_and_ticks_along() -> None:
    fields = taken(
        ref="D-7",
        recycled_from="D-3",
        rank=5,
        given_by="cy",
        answers=(RowAnswer("need", "Scrap", 3, "cy", on(1), "mail"), RowAnswer("why", "So")),
        terms=(RowTerm("Payment", "30 d", "60 d", "45 d"), RowTerm("!")),
        asks=(RowAsk("bo", "send it", "cy", DAY),),
        checklist={f"{LEAD.name.upper()}/Call them": True, "2/Ask": False, "Nowhere/x": True},
    ).fields
    assert (fields["recycled_from"], fields["rank"], fields["given_by"]) == (3, 5, "cy")
    assert fields["answers"] == {
        "need": Answer("Scrap", 3, "mail", "cy", on(1)),
        "why": Answer("So"),
    }
    assert fields["terms"] == {
        "payment": Term("Payment", "30 d", "60 d", "45 d"),
        "term": Term("!", "", "", ""),
    }
    assert fields["asks"] == {"bo": Ask("send it", "cy", DAY)}
    assert fields["checklist"] == {f"{LEAD.id}/Call them": True, "2/Ask": False, "Nowhere/x": True}


@pytest.mark.parametrize("came_from", [None, "", "D-", "Acme"])
def test_what_is_no_number_is_no_deal_that_it_came_back_from(came_from: str | None) -> None:
    assert taken(ref="D-7", recycled_from=came_from).fields["recycled_from"] is None


@pytest.mark.parametrize("said", [{}, {"account": "Acme"}, {"contacts": (RowContact("Bob"),)}])
def test_other_files_say_nothing_of_what_is_only_ours(said: dict[str, Any]) -> None:
    fields = taken(**said).fields
    assert not {"answers", "terms", "asks", "checklist", "rank", "recycled_from"} & {*fields}
    assert fields.get("contacts", {}) == (
        {"bob": Contact("Bob", "other")} if "contacts" in said else {}
    )


# Stages by name.


def test_a_stage_is_known_by_its_name_in_any_case_and_only_while_it_is_open() -> None:
    for name in (NEEDS.name, NEEDS.name.upper(), f" {NEEDS.name.lower()}"):
        assert RULES.stage_id(name.strip()) == NEEDS.id
    for name in (PIPELINE.won.name, "Nowhere"):
        with pytest.raises(BadInput, match=f"no stage '{name}' in {PIPELINE.name}") as refused:
            RULES.stage_id(name)
        assert refused.value.details == {"column": "stage", "value": name}
    with pytest.raises(BadInput, match="Did you mean"):
        RULES.stage_id(NEEDS.name[:-1])


def test_the_stages_that_a_row_names_and_nobody_has_are_each_told_once() -> None:
    row = DealRow(
        2, {}, "x", stage="Beyond",
        entered=tuple(Entered(name, on(1)) for name in ("Nowhere", LEAD.name, "Nowhere", "Beyond")),
    )  # fmt: skip
    assert RULES.unknown_stages(row) == ("Nowhere", "Beyond")
    assert RULES.unknown_stages(DealRow(2, {}, "x", stage=NEEDS.name.upper())) == ()
    assert RULES.unknown_stages(DealRow(2, {}, "x")) == ()


# Rows as deals keep them.


def settled(**said: Any) -> DealRow:
    row = DealRow(2, {}, said.pop("title", "x"), **said)
    settle(row)
    return row


@pytest.mark.parametrize(
    ("tags", "kept"),
    [
        ((), ()),
        (("b", "A", "b"), ("a", "b")),
        (("#hot lead", "(cold)", "a,b;c", "+vip"), ("a-b-c", "cold", "hot-lead", "vip")),
        (("#", " ", "--"), ()),
        (("x" * 60,), ("x" * 50,)),
        (("x" * 49 + " yz",), ("x" * 49,)),
    ],
)
def test_tags_of_a_file_are_words_in_order(tags: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert settled(tags=tags).tags == kept


@pytest.mark.parametrize(("length", "cut"), [(LINE, False), (LINE + 1, True)])
def test_a_title_that_is_too_long_is_cut_and_whole_in_a_note(length: int, cut: bool) -> None:
    row = settled(title="x" * length, notes=(RowNote("told"),))
    assert len(row.title) == LINE
    assert ("long_title" in row.remarks) is cut
    assert [note.text for note in row.notes] == (["x" * length, "told"] if cut else ["told"])


@pytest.mark.parametrize(("length", "kept"), [(2_000, True), (2_001, False)])
def test_a_field_that_is_too_long_for_a_line_is_a_note(length: int, kept: bool) -> None:
    row = settled(fields={"size": "x" * length, "colour": " deep \n blue ", "none": "  "})
    assert row.fields == {"colour": "deep blue"} | ({"size": "x" * length} if kept else {})
    assert [note.text for note in row.notes] == ([] if kept else [f"size: {'x' * length}"])


@pytest.mark.parametrize(("length", "parts"), [(0, 0), (1, 1), (TEXT, 1), (TEXT + 1, 2)])
def test_a_note_that_is_too_long_is_several_that_keep_their_order(length: int, parts: int) -> None:
    row = settled(notes=(RowNote("x" * length, "cy", on(1)),))
    assert len(row.notes) == parts
    assert all((note.author, note.at) == ("cy", on(1)) for note in row.notes)
    assert all(len(note.text) <= TEXT for note in row.notes)
    assert ("long_text" in row.remarks) is (parts > 1)
    if parts > 1:
        assert [note.text[:6] for note in row.notes] == ["(1/2) ", "(2/2) "]
        assert sum(len(note.text) - 6 for note in row.notes) == length


def test_ten_parts_are_numbered_so_that_texts_sort_as_they_follow() -> None:
    texts = [note.text for note in settled(notes=(RowNote("x" * (TEXT * 9 + 1)),)).notes]
    assert len(texts) == 10
    assert sorted(texts) == texts
    assert texts[0].startswith("(01/10) ")


@pytest.mark.parametrize("fields", [{}, {"size": "L"}, {"a": "", "b": "0"}])
def test_a_deal_has_the_fields_of_ones_own_that_its_row_has(fields: dict[str, str]) -> None:
    assert taken(fields=fields).fields.get("fields") == (fields or None)


def test_the_stages_that_a_pipeline_has_not_are_those_on_the_way_and_the_last() -> None:
    row = DealRow(2, {}, "x", stage="End", entered=(Entered("Way", on(1)), Entered("End", on(2))))
    assert RULES.unknown_stages(row) == ("Way", "End")
    assert RULES.unknown_stages(DealRow(2, {}, "x", stage="End")) == ("End",)
