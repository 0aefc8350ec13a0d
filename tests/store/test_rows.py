"""The row of a deal, column by column, and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from types import MappingProxyType
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer, Ask, Contact, Deal, Loss, NextStep, Status, Term
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.events import Kind
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.store.rows import (
    as_json,
    columns_from_deals,
    deal_from_row,
    event_from_row,
    row_from_deal,
)
from pipeboard.store.sql import RATINGS_BYTES, WORDS_BYTES
from pipeboard.store.troubles import UNREADABLE


def at(day: int) -> datetime:
    return datetime(2026, 3, day, 10, tzinfo=UTC)


DEAL = Deal(
    id=7, version=3, pipeline_id=2, stage_id=5, title="Pilot", account="Lumen Oy", owner="ana",
    value=Money(500, "EUR"), floor_value=Money(300, "USD"), source="web", external_id="X1",
    external_source="crm", tags=("hot",), fields=MappingProxyType({"product": "GTX"}),
    probability_bp=6_000, category="best", expected_close=date(2026, 4, 1), created_at=at(1),
    stage_entered_at=at(2), closed_at=at(9), last_touch_at=at(3), last_outbound_at=at(4),
    last_reply_at=at(5), qualified_at=at(6), outcome=Status.LOST, rank=11,
    loss=Loss("price", "too dear", "Pike", date(2026, 9, 1), "cash"),
    next_step=NextStep("call", date(2026, 3, 20), "2w"), snoozed_until=date(2026, 5, 1),
    snooze_reason="budget", trial_close="yes", outbound_since_reply=2,
    answers=MappingProxyType({"need": Answer("yes", 3, "mail", "ana", at(2)),
                              "who": Answer("", None)}),
    contacts=MappingProxyType({"mika": Contact("Mika", "user", "m@x.example", "+358", "CTO")}),
    terms=MappingProxyType({"pay": Term("payment", "30", "60", "45")}),
    asks=MappingProxyType({"bo": Ask("send it", "ana", date(2026, 3, 4))}),
    checklist=MappingProxyType({"5/First call": "ana"}),
)  # fmt: skip
COLUMNS = {
    "id": 7, "version": 3, "pipeline_id": 2, "stage_id": 5, "title": "Pilot",
    "account": "Lumen Oy", "owner": "ana", "live": True, "outcome": "lost",
    "value_minor": 500, "value_currency": "EUR", "floor_minor": 300, "floor_currency": "USD",
    "source": "web", "external_id": "X1", "external_source": "crm", "probability_bp": 6_000,
    "category": "best", "expected_close": "2026-04-01", "created_at": micros(at(1)),
    "stage_entered_at": micros(at(2)), "closed_at": micros(at(9)),
    "last_touch_at": micros(at(3)), "last_outbound_at": micros(at(4)),
    "last_reply_at": micros(at(5)), "qualified_at": micros(at(6)), "archived_at": None,
    "loss_category": "price", "loss_reason": "too dear", "loss_competitor": "Pike",
    "recycle_on": "2026-09-01", "loss_objection": "cash", "has_step": True, "next_text": "call",
    "next_due": "2026-03-20", "next_every": "2w", "snoozed_until": "2026-05-01",
    "snooze_reason": "budget", "trial_close": "yes", "outbound_since_reply": 2, "rank": 11,
    "answered": 1, "updated_at": 99, "folded_whole": None,
}  # fmt: skip


def test_a_deal_stands_in_its_columns() -> None:
    row = row_from_deal(DEAL, 99)
    assert {name: row[name] for name in COLUMNS} == COLUMNS
    assert json.loads(str(row["ratings"])) == {"need": 3}
    assert set(json.loads(str(row["doc"]))) >= {
        "tags", "fields", "answers", "contacts", "terms", "asks", "checklist",
    }  # fmt: skip
    for word in ("pilot", "lumen oy"):
        assert word in str(row["folded"])
    assert deal_from_row(row) == DEAL


def test_what_a_bare_deal_lacks_is_null_and_its_columns_stand_beside_those_of_another() -> None:
    bare = Deal(
        id=8, pipeline_id=1, stage_id=1, title="Bare", created_at=at(1), stage_entered_at=at(1)
    )
    columns = columns_from_deals([DEAL, bare], 99)
    assert {len(column) for column in columns.values()} == {2}
    row = {name: column[1] for name, column in columns.items()}
    lacking = (
        "value_minor value_currency floor_minor floor_currency loss_category loss_reason"
        " loss_competitor recycle_on loss_objection next_text next_due next_every closed_at"
        " expected_close last_touch_at external_id"
    )
    assert {row[name] for name in lacking.split()} == {None}
    assert (row["has_step"], row["answered"], row["ratings"], row["live"]) == (False, 0, "", True)
    assert deal_from_row(row) == bare
    assert columns_from_deals([], 99) == {}


@pytest.mark.parametrize(
    ("removed", "archived", "live"),
    [(False, None, True), (True, None, False), (False, at(3), False), (True, at(3), False)],
)
def test_a_deal_is_live_until_it_is_removed_or_archived(
    removed: bool, archived: datetime | None, live: bool
) -> None:
    row = row_from_deal(replace(DEAL, removed=removed, archived_at=archived), 99)
    assert row["live"] is live


@pytest.mark.parametrize("over", [0, 1])
def test_words_and_ratings_too_long_for_an_index_are_kept_whole_elsewhere(over: int) -> None:
    plain = len(str(row_from_deal(replace(DEAL, title="y"), 99)["folded"])) - 1
    row = row_from_deal(replace(DEAL, title="x" * (WORDS_BYTES - plain + over)), 99)
    assert (row["folded_whole"] is None) is not bool(over)
    assert len(str(row["folded"])) == WORDS_BYTES
    many = {f"question_{n}": Answer("yes", 1, "", "ana", at(1)) for n in range(60)}
    long = row_from_deal(replace(DEAL, answers=MappingProxyType(many)), 99)
    assert len(str(long["ratings"])) < RATINGS_BYTES < 60 * len("question_1")
    assert long["answered"] == 60


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MappingProxyType({"a": 1}), '{"a":1}'),
        (at(1), '"2026-03-01T10:00:00+00:00"'),
        (date(2026, 3, 1), '"2026-03-01"'),
        (Money(500, "EUR"), '{"amount_minor":500,"currency":"EUR"}'),
        (Status.WON, '"won"'),
        (("a", "ü"), '["a","ü"]'),
    ],
)
def test_a_value_is_kept_as_json(value: object, text: str) -> None:
    assert as_json(value) == text


@pytest.mark.parametrize("undoes", [0, 1])
def test_an_event_of_the_log_says_whether_it_takes_something_back(undoes: int) -> None:
    data = '{"before":{"source":""},"after":{"source":"web"}}'
    row: Any = {"kind": "edited", "at": micros(at(1)), "data": data, "undoes": undoes,
                "deal_id": 7}  # fmt: skip
    event = event_from_row(row)
    assert (event.kind, event.at, event.undoes) == (Kind.EDITED, at(1), bool(undoes))
    assert (dict(event.before), dict(event.after)) == ({"source": ""}, {"source": "web"})
    with pytest.raises(DatabaseError, match="the deal D-7"):
        event_from_row({**row, "data": "["})


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"value_minor": None}, "value", None),
        ({"value_currency": None}, "value", None),
        ({"loss_category": None}, "loss", None),
        ({"loss_reason": None, "loss_competitor": None, "loss_objection": None}, "loss",
         Loss("price", "", "", date(2026, 9, 1), "")),
        ({"has_step": False}, "next_step", None),
        ({"next_text": None, "next_every": None}, "next_step", NextStep("", date(2026, 3, 20), "")),
        ({"next_due": None}, "next_step", NextStep("call", None, "2w")),
        ({"expected_close": None}, "expected_close", None),
    ],
)  # fmt: skip
def test_what_is_null_in_a_row_is_nothing_of_the_deal(
    change: dict[str, object], name: str, value: object
) -> None:
    assert getattr(deal_from_row({**row_from_deal(DEAL, 99), **change}), name) == value


@pytest.mark.parametrize("currency", ["value_currency", "floor_currency"])
@pytest.mark.parametrize(
    ("said", "is_one"), [("EUR", True), ("", False), ("EU", False), ("EURO", False), (None, True)]
)
def test_a_currency_of_a_row_has_three_letters(
    currency: str, said: str | None, is_one: bool
) -> None:
    minor = currency.replace("currency", "minor")
    row = {**row_from_deal(DEAL, 99), currency: said, minor: None if said is None else 5}
    if is_one:
        deal_from_row(row)
        return
    with pytest.raises(ValueError, match="a currency of other than three letters"):
        deal_from_row(row)


@pytest.mark.parametrize(
    ("column", "odd"),
    [
        *((name, "text") for name in ("id", "version", "stage_id", "value_minor", "floor_minor")),
        ("probability_bp", 2.5), ("floor_minor", 2.5), ("rank", "1"),
        *((name, 7) for name in ("title", "account", "owner", "source")),
    ],
)  # fmt: skip
def test_a_text_among_numbers_and_a_number_among_texts_is_no_deal(column: str, odd: object) -> None:
    with pytest.raises(UNREADABLE):
        deal_from_row({**row_from_deal(DEAL, 99), column: odd})
