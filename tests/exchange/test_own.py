from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeboard.domain.money import Money
from pipeboard.exchange.layouts.layout import COLUMNS, OURS, Layout, flatten, join_words
from pipeboard.exchange.rows import (
    DealRow,
    Rejected,
    RowAnswer,
    RowContact,
    RowNote,
    RowTerm,
    RowTouch,
)
from pipeboard.exchange.tables import defuse
from tests.exchange.files import deals_of, rows_of

AT = "2026-10-23T06:51:00+00:00"
LATER = "2026-11-02T09:00:00+00:00"

DEAL: dict[str, Any] = {
    "id": 142, "ref": "D-142", "external_id": None, "title": "=Packaging, line", "account": "Oy",
    "pipeline": "New business", "stage": "Qualify", "status": "open",
    "value": {"amount_minor": 4_000_050, "currency": "EUR"}, "owner": "ana", "source": "referral",
    "source_detail": None, "contact_reason": "saw the \"demo\"", "tags": ["inbound", "a,b"],
    "fields": {"product": "GTX", "Note: x": "one\ntwo"}, "probability_bp": 6000,
    "probability_source": "deal", "forecast_category": "best", "forecast_category_source": "deal",
    "created_at": AT, "stage_entered_at": LATER, "expected_close": "2026-12-19",
    "closed_at": None, "lost": None, "next_step": {"text": "call Mika", "due": "2026-12-03"},
    "snoozed_until": "2026-12-01", "snooze_reason": "holidays", "trial_close": "yes",
    "quote_sent_at": AT, "offer_expires_on": "2026-12-31", "last_touch_at": AT,
    "days_in_stage": 26, "idle_days": 2, "stalled": ["overstay 26/14d"],
    "qualification": {"answered": 3, "total": 7, "missing": ["authority"]},
    "score": {"low": 62, "high": 77, "known": 85},
    "contacts": [{"name": "Mika", "role": "champion", "email": None, "phone": "+358"}],
    "competitors": ["Acme"], "links": ["https://x.example/a,b"],
    "floor_value": {"amount_minor": 3_000_000, "currency": "EUR"},
    "answers": [{"question": "need", "text": "a\nb", "rating": 3, "evidence": "mail", "by": "ana",
                 "at": AT}],
    "terms": [{"item": "price", "ours": "5", "theirs": "4", "agreed": None}],
    "checklist": {"1:demo": "done"},
    "notes": [{"id": "x", "text": "hello", "author": "ana", "at": AT}],
    "touches": [{"type": "call", "direction": "out", "outcome": None, "by": "ana", "at": AT}],
    "entered": [{"stage": "Lead", "at": AT}, {"stage": "Qualify", "at": LATER}],
    "timeline": [{"at": AT, "kind": "created"}], "version": 7,
}  # fmt: skip


def as_csv(*deals: dict[str, Any]) -> str:
    """The file as an export writes it: the promised columns, then the custom fields."""
    flat = [flatten(deal) for deal in deals]
    custom = dict.fromkeys(column for cells in flat for column in cells if "fields." in column)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, *custom])
    writer.writerows(
        [defuse(cells.get(column, "")) for column in (*COLUMNS, *custom)] for cells in flat
    )
    return out.getvalue()


def as_json(*deals: dict[str, Any]) -> str:
    return json.dumps({"schema": 1, "deals": deals}, indent=1)


def as_jsonl(*deals: dict[str, Any]) -> str:
    return "".join(f"{json.dumps(deal)}\n" for deal in deals)


def without_place(row: DealRow) -> dict[str, Any]:
    return {
        name: getattr(row, name) for name in row.__slots__ if name not in {"line", "raw", "version"}
    }


@pytest.mark.parametrize("write", [as_csv, as_json, as_jsonl])
def test_our_own_files_come_back_with_nothing_lost(tmp_path: Path, write: Any) -> None:
    (row,) = deals_of(tmp_path, write(DEAL))
    assert (row.ref, row.external_id, row.title) == ("D-142", None, "=Packaging, line")
    assert str(row.value) == "€40,000.50"
    assert row.others["floor_value"] == Money(3_000_000, "EUR")
    assert row.tags == ("inbound", "a,b")
    assert row.others["links"] == ("https://x.example/a,b",)
    assert row.fields == {"product": "GTX", "Note: x": "one\ntwo"}
    assert (row.probability_bp, row.forecast_category) == (6000, "best")
    assert (row.next_text, str(row.next_due)) == ("call Mika", "2026-12-03")
    assert [(stage, at.isoformat()) for stage, at in row.entered] == [
        ("Lead", AT),
        ("Qualify", LATER),
    ]
    assert row.contacts == (RowContact("Mika", "champion", None, "+358"),)
    created = row.created_at
    assert row.answers == (RowAnswer("need", "a\nb", 3, "ana", created, "mail"),)
    assert row.notes == (RowNote("hello", "ana", created),)
    assert row.touches == (RowTouch("call", "out", None, "ana", created),)
    assert row.terms == (RowTerm("price", "5", "4"),)
    assert row.checklist == {"1:demo": "done"}


def test_csv_and_json_of_the_same_deals_read_the_same(tmp_path: Path) -> None:
    deals = (DEAL, DEAL | {"ref": "D-143", "value": None, "fields": {"region": "EU"}, "tags": []})
    by_csv, by_json, by_lines = (
        [without_place(row) for row in deals_of(tmp_path, write(*deals))]
        for write in (as_csv, as_json, as_jsonl)
    )
    assert by_csv == by_json == by_lines


def test_what_follows_from_the_stage_is_not_taken_for_the_deals_own(tmp_path: Path) -> None:
    stages_own = {"probability_source": "stage", "forecast_category_source": "stage"}
    (row,) = deals_of(tmp_path, as_csv(DEAL | stages_own))
    assert (row.probability_bp, row.forecast_category) == (None, None)


def test_the_closing_stage_of_a_closed_deal_is_no_stage_to_work_in(tmp_path: Path) -> None:
    won = DEAL | {"stage": "Signed", "status": "won", "closed_at": LATER}
    (row,) = deals_of(tmp_path, as_json(won | {"entered": [{"stage": "Lead", "at": AT}]}))
    assert (row.outcome, row.stage, len(row.entered)) == ("won", "Lead", 1)
    del won["entered"]
    (row,) = deals_of(tmp_path, as_csv(won))
    assert (row.stage, row.entered) == (None, ())


def test_an_archived_deal_keeps_its_outcome(tmp_path: Path) -> None:
    lost = {"category": "price", "reason": "too dear", "competitor": "Acme", "recycle_on": None}
    closed = DEAL | {"status": "archived", "closed_at": LATER, "stage": "Lost", "lost": lost}
    (row,) = deals_of(tmp_path, as_csv(closed))
    assert (row.archived, row.outcome) == (True, "lost")
    assert (row.lost_category, row.lost_reason, row.competitor) == ("price", "too dear", "Acme")
    (row,) = deals_of(tmp_path, as_csv(closed | {"stage": "Signed", "lost": None}))
    assert row.outcome == "won"
    (row,) = deals_of(tmp_path, as_csv(DEAL | {"status": "archived"}))
    assert (row.archived, row.outcome, row.stage) == (True, "open", "Qualify")


@pytest.mark.parametrize("currency", ["KWD", "JPY", "CLF", "CHF"])
def test_no_currency_is_misread(tmp_path: Path, currency: str) -> None:
    values = [{"amount_minor": minor, "currency": currency} for minor in (0, 1500, 1_234_000)]
    rows = deals_of(tmp_path, as_csv(*(DEAL | {"value": value} for value in values)))
    assert [row.value and row.value.minor for row in rows] == [0, 1500, 1_234_000]


@example(["Nord #", "b"])
@given(st.lists(st.text(min_size=1).filter(lambda word: word == word.strip()), min_size=1))
def test_several_names_in_a_cell_are_taken_apart_again(words: list[str]) -> None:
    assert Layout.words(OURS, join_words(words)) == words


def test_a_single_deal_as_show_prints_it_is_a_file_too(tmp_path: Path) -> None:
    (row,) = deals_of(tmp_path, json.dumps({"schema": 1, "deal": DEAL}))
    assert row.ref == "D-142"


@pytest.mark.parametrize(
    "value",
    [
        {"amount_minor": "5", "currency": "EUR"},
        {"amount_minor": 5, "currency": "EUX"},
        {"amount_minor": -5, "currency": "EUR"},
    ],
)
def test_money_that_is_none_rejects_its_deal(tmp_path: Path, value: dict[str, Any]) -> None:
    sound, row = rows_of(tmp_path, as_json(DEAL, DEAL | {"value": value}))
    assert isinstance(sound, DealRow)
    assert isinstance(row, Rejected)
    assert row.column == "value"
