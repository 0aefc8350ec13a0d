"""Deals, pipelines and histories as JSON: the promise to scripts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.agreements import Agreement, AgreementEntry, Topic
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import (
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
    Touch,
)
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.deal_record import DealRecord, Entry, LoggedEvent
from pipeboard.domain.events import Event, EventData, Kind
from pipeboard.domain.json_data import Json
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Settings
from pipeboard.domain.signs import idle_days
from pipeboard.domain.templates import template
from pipeboard.exchange.deal_files import csv_of_rows, deal_document
from pipeboard.exchange.deal_text import DealText, calendar_of
from pipeboard.exchange.json_documents import (
    Documents,
    agreement_entry,
    history_entry,
    pipeline_document,
)

ZONE = ZoneInfo("Europe/Berlin")
TODAY = date(2026, 11, 23)
PIPELINE = template("needs", pipeline_name="New business", currency="EUR")
DOCUMENTS = Documents({PIPELINE.id: PIPELINE}, TODAY, ZONE)


def _deal(**more: Any) -> Deal:
    facts: dict[str, Any] = {
        "id": 142,
        "pipeline_id": PIPELINE.id,
        "stage_id": PIPELINE.stages[1].id,
        "title": "Packaging line pilot",
        "created_at": datetime(2026, 10, 23, 6, 51, tzinfo=UTC),
        "stage_entered_at": datetime(2026, 10, 28, 9, 3, tzinfo=UTC),
        "version": 7,
    }
    return Deal(**facts | more)


FULL = _deal(
    account="Lumen Oy",
    value=Money(4_000_000, "EUR"),
    owner="ana",
    tags=("inbound",),
    fields=MappingProxyType({"product": "GTX"}),
    probability_bp=6_000,
    category="best",
    expected_close=date(2026, 12, 19),
    next_step=NextStep("call Mika", date(2026, 12, 3)),
    last_touch_at=datetime(2026, 11, 21, 15, 2, tzinfo=UTC),
    answers=MappingProxyType(
        {
            "need": Answer("Scrap rate", 3, "", "ana", datetime(2026, 11, 4, tzinfo=UTC)),
            "timeline": Answer(""),
        }
    ),
    contacts=MappingProxyType({"mika": Contact("Mika Laine", "decision_maker", phone="+358 40")}),
)
NOTE = Note("n1", "words", "ana", datetime(2026, 11, 2, tzinfo=UTC))
TOUCH = Touch("t1", "call", "out", "", "ana", datetime(2026, 11, 3, tzinfo=UTC))
ENTRY = Entry(
    12,
    142,
    1,
    Event(Kind.CREATED, FULL.created_at, after={"title": "Packaging line pilot"}),
    "c1",
    "add",
    "ana",
    "",
    datetime(2026, 10, 23, 7, tzinfo=UTC),
)
RECORD = DealRecord(FULL, PIPELINE, (NOTE,), (TOUCH,), (ENTRY,))


def test_a_deal_reads_as_the_promise_shows_it() -> None:
    document = DOCUMENTS.deal(FULL)
    expected = {
        "id": 142,
        "ref": "D-142",
        "title": "Packaging line pilot",
        "external_id": None,
        "account": "Lumen Oy",
        "owner": "ana",
        "contact_reason": None,
        "source": None,
        "source_detail": None,
        "tags": ["inbound"],
        "competitors": [],
        "links": [],
        "offer_expires_on": None,
        "trial_close": None,
        "quote_sent_at": None,
        "pipeline": "New business",
        "stage": "Lead Qualification",
        "status": "open",
        "value": {"amount_minor": 4_000_000, "currency": "EUR"},
        "fields": {"product": "GTX"},
        "probability_bp": 6_000,
        "probability_source": "deal",
        "forecast_category": "best",
        "forecast_category_source": "deal",
        "created_at": "2026-10-23T06:51:00+00:00",
        "stage_entered_at": "2026-10-28T09:03:00+00:00",
        "expected_close": "2026-12-19",
        "closed_at": None,
        "lost": None,
        "next_step": {"text": "call Mika", "due": "2026-12-03"},
        "snoozed_until": None,
        "snooze_reason": None,
        "last_touch_at": "2026-11-21T15:02:00+00:00",
        "days_in_stage": 26,
        "idle_days": 2,
        "stalled": ["overstay 26/14d"],
        "qualification": {
            "answered": 1,
            "total": 7,
            "missing": ["trigger", "consequence", "timeline", "authority", "stake", "fit"],
        },
        "score": {"low": 19, "high": 94, "known": 25},  # 3/4 of the need's 25, of 75 nothing yet
        "warmth": "cooling",
        "fit": None,
        "contacts": [
            {
                "name": "Mika Laine",
                "role": "decision_maker",
                "email": None,
                "phone": "+358 40",
                "title": None,
            }
        ],
        "version": 7,
    }
    assert document == expected, "a key of a new field is promised to scripts above"


def test_a_bare_deal_has_the_same_keys_with_null_for_what_is_unknown() -> None:
    bare = DOCUMENTS.deal(_deal())
    assert bare.keys() == DOCUMENTS.deal(FULL).keys()
    for key in ("account", "value", "owner", "source", "next_step", "last_touch_at", "score"):
        assert bare[key] is None
    assert [bare[f"{name}_source"] for name in ("probability", "forecast_category")] == [
        "stage"
    ] * 2
    assert (bare["probability_bp"], bare["forecast_category"]) == (1_500, "pipeline")
    assert "" not in bare.values()
    json.dumps(bare, allow_nan=False)


def test_a_lost_deal_says_why() -> None:
    loss = Loss("price", "", "Borealis", date(2027, 5, 1))
    lost = _deal(stage_id=PIPELINE.lost.id, outcome=Status.LOST, loss=loss)
    document = DOCUMENTS.deal(lost)
    assert (document["status"], document["stage"]) == ("lost", "Lost")
    assert document["lost"] == {
        "category": "price",
        "reason": None,
        "competitor": "Borealis",
        "recycle_on": "2027-05-01",
    }
    objecting: dict[str, Any] = DOCUMENTS.deal(
        replace(lost, loss=replace(loss, objection="too-dear"))
    )
    assert objecting["lost"]["objection"] == "too-dear"


def test_a_sheet_adds_what_is_around_the_deal() -> None:
    sent = replace(FULL, quote_sent_at=datetime(2026, 11, 1, 9, tzinfo=UTC))
    record = replace(RECORD, deal=sent)
    document = DOCUMENTS.record(record, lambda event: f"{event.kind}!")
    around = {key: document[key] for key in document.keys() - DOCUMENTS.deal(sent).keys()}
    factors: Any = around.pop("score_factors")
    assert around == {
        "floor_value": None,
        "answers": [
            {
                "question": "need",
                "text": "Scrap rate",
                "rating": 3,
                "evidence": None,
                "by": "ana",
                "at": "2026-11-04T00:00:00+00:00",
            }
        ],
        "terms": [],
        "checklist": {},
        "gate": {
            "target": "Needs Assessment",
            "missing": ["Timeline is unanswered", "Authority and budget is unanswered"],
        },
        "standing": {"interested": None, "qualified": False, "ready": False},
        "follow_ups": {"since": "2026-11-01T09:00:00+00:00", "count": 1, "of": 5},
        "notes": [
            {"id": "n1", "text": "words", "author": "ana", "at": "2026-11-02T00:00:00+00:00"}
        ],
        "touches": [
            {
                "type": "call",
                "direction": "out",
                "outcome": None,
                "by": "ana",
                "at": "2026-11-03T00:00:00+00:00",
            }
        ],
        "timeline": [
            {
                "at": "2026-10-23T06:51:00+00:00",
                "actor": "ana",
                "kind": "created",
                "text": "created!",
                "command_id": "c1",
            }
        ],
    }
    assert {factor["factor"]: factor["rating"] for factor in factors} == {
        "budget": None,
        "authority": None,
        "need": 3.0,
        "timeline": None,
        "interest": None,
    }
    assert factors[2] == {
        "factor": "need",
        "rating": 3.0,
        "points": 18.75,
        "weight": 25,
        "why": "Need 3/4",
    }


@pytest.mark.parametrize("tags", [{}, {"objection": "too-dear"}, {"variant": "short"}])
def test_a_touch_tells_its_tags_where_it_has_them(tags: dict[str, Any]) -> None:
    touch = replace(RECORD.touches[0], **tags)
    document: dict[str, Any] = DOCUMENTS.record(replace(RECORD, touches=(touch,)), str)
    (told,) = document["touches"]
    assert {name: told[name] for name in ("objection", "variant") if name in told} == tags


def test_an_event_keeps_its_data_and_who_did_it() -> None:
    data: EventData = {"after": {"title": "Packaging line pilot"}}
    document = history_entry(
        LoggedEvent(
            7,
            142,
            0,
            "created",
            False,
            data,
            False,
            "c1",
            "add",
            "ana",
            "",
            1_000_000,
            False,
            "ana",
        ),
        "ben",
    )
    assert document == {
        "seq": 7,
        "at": "1970-01-01T00:00:00+00:00",
        "recorded_at": "1970-01-01T00:00:01+00:00",
        "actor": "ana",
        "acting_as": None,
        "command_id": "c1",
        "verb": "add",
        "deal": "D-142",
        "kind": "created",
        "undoes": False,
        "undone": False,
        "data": {"after": {"title": "Packaging line pilot"}},
    }


def test_a_pipeline_tells_its_criteria_as_they_are_written() -> None:
    document: dict[str, Any] = pipeline_document(PIPELINE, Settings(zone_name="Europe/Berlin"))
    stages, questions = document.pop("stages"), document.pop("questions")
    assert document.pop("traits") == []
    assert document == {
        "id": 0,
        "name": "New business",
        "currency": "EUR",
        "zone": "Europe/Berlin",
    }
    assert [stage["name"] for stage in stages] == [stage.name for stage in PIPELINE.stages]
    assert stages[1] == {
        "id": 2,
        "name": "Lead Qualification",
        "kind": "open",
        "probability_bp": 1_500,
        "expected_days": 14,
        "idle_days": 7,
        "qualified": False,
        "marketing_qualified": False,
        "forecast_category": "pipeline",
        "criteria": ["answer need", "answer timeline", "answer authority"],
        "checklist": ["Ask the seven questions", "Name who signs"],
        "outcome": "Need, timeline, authority and budget are known; or the deal is lost early.",
        "playbook": "Listen. A lead that does not qualify costs least today: lose it, "
        "with a date to return.",
        "next_step": "qualification call",
        "retired": False,
    }
    assert questions[4] == {
        "key": "authority",
        "label": "Authority and budget",
        "ask": "Who needs to sign off on the budget?",
        "why": "Whoever signs is in the deal, known to us or not.",
        "good": "Name and limit of the signer, the sum set aside, one step that you have seen.",
        "proves": ["authority", "budget"],
    }


def test_days_are_those_of_the_workspace_not_of_utc() -> None:
    late = _deal(last_touch_at=datetime(2026, 11, 21, 23, 30, tzinfo=UTC))
    assert idle_days(late, TODAY, ZONE) == 1
    assert idle_days(late, TODAY, ZoneInfo("UTC")) == 2


def test_a_deal_in_text_leaves_out_what_is_unknown() -> None:
    text = DealText(DealRecord(_deal(), PIPELINE, (), (), ()), TODAY, ZONE, lambda _: "").plain()
    assert text.splitlines()[0] == "D-142  Packaging line pilot"
    assert "owner" not in text
    assert "Notes" not in text


def test_a_deal_in_text_aligns_its_facts_under_headings() -> None:
    text = DealText(RECORD, TODAY, ZONE, lambda _: "created").plain()
    assert "  value        €40,000\n  probability  60% (by hand)" in text
    assert "\nNotes\n  2026-11-02 01:00 ana  words\n" in text


WHOLE = _deal(
    fields={"Product": "one-GTX"},
    snoozed_until=date(2031, 1, 2),
    snooze_reason="two-holidays",
    next_step=NextStep("three-call", date(2031, 1, 3), "2w"),
    loss=Loss("other", "four-dear", "five-Acme", date(2031, 1, 4)),
    outcome=Status.LOST,
    closed_at=datetime(2031, 1, 5, 12, tzinfo=UTC),
    answers={
        "need": Answer("six-scrap", 3, "seven-mail", "ana", datetime(2026, 11, 2, tzinfo=UTC))
    },
    contacts={"mika": Contact("eight-Mika", "champion", "nine@x.example", "+358 10", "eleven-CTO")},
    terms={"pay": Term("twelve-payment", "thirteen-days", "fourteen-days", "fifteen-days")},
)
PARTS = (
    "one-GTX", "two-holidays", "2 Jan 2031", "three-call every 2w", "3 Jan 2031", "four-dear",
    "five-Acme", "4 Jan 2031", "5 Jan 2031", "six-scrap (3/4)", "seven-mail", "eight-Mika",
    "champion", "nine@x.example", "+358 10", "eleven-CTO", "twelve-payment", "ours thirteen-days",
    "theirs fourteen-days", "agreed fifteen-days", "sixteen-note", "seventeen-said", "call out",
)  # fmt: skip


def test_every_part_of_what_stands_around_a_deal_is_told_in_its_text() -> None:
    note = Note("n1", "sixteen-note", "ana", datetime(2026, 11, 2, tzinfo=UTC))
    touch = Touch("t1", "call", "out", "seventeen-said", "ana", datetime(2026, 11, 3, tzinfo=UTC))
    record = DealRecord(WHOLE, PIPELINE, (note,), (touch,), (ENTRY,))
    text = DealText(record, TODAY, ZONE, lambda entry: "")
    for said in (text.plain(), text.markdown().replace("\\", "")):
        assert [part for part in PARTS if part not in said] == []


OF_A_SHEET_ALONE = {
    "id", "last_touch_at", "days_in_stage", "idle_days", "stalled", "qualification",
    "score", "score_factors", "warmth", "fit", "standing", "gate", "follow_ups", "timeline",
}  # fmt: skip
"""What follows from the rest of a deal or is of this database alone: no file takes it elsewhere."""


def test_a_file_of_deals_holds_all_of_a_sheet_but_what_follows_from_the_rest() -> None:
    record = DealRecord(WHOLE, PIPELINE, (NOTE,), (TOUCH,), (ENTRY,))
    shown = set(DOCUMENTS.record(record, lambda entry: ""))
    assert shown - set(deal_document(DOCUMENTS, record)) == OF_A_SHEET_ALONE


TOLD = {
    "source": ("source", "web: fair"),
    "source_detail": ("source", "web: fair"),
    "contact_reason": ("contact reason", "leaks"),
    "tags": ("tags", "+big +hot"),
    "competitors": ("competitors", "Acme, Bolt"),
    "links": ("links", "https://a.example"),
    "trial_close": ("trial close", "yes"),
    "offer_expires_on": ("offer expires", "Thu 24 Dec 2026"),
    "floor_value": ("lowest value", "€35,000"),
    "external_id": ("id elsewhere", "X-77"),
    "quote_sent_at": ("proposal", "sent Mon 2 Nov 2026, follow-ups 1/5"),
    "owner": ("owner", "bo"),
    "value": ("value", "€40,000"),
    "expected_close": ("close date", "Sat 19 Dec 2026"),
    "probability_bp": ("probability", "62.5% (by hand)"),
    "category": ("forecast", "best"),
}
"""By the fields of a deal, under which name its text tells them, and what it then says."""
SAID = _deal(
    account="Lumen Oy", value=Money(4_000_000, "EUR"), owner="bo", source="web",
    source_detail="fair", contact_reason="leaks", tags=("big", "hot"),
    competitors=("Acme", "Bolt"), links=("https://a.example",), trial_close="yes",
    offer_expires_on=date(2026, 12, 24), floor_value=Money(3_500_000, "EUR"), external_id="X-77",
    external_source="crm", quote_sent_at=datetime(2026, 11, 2, tzinfo=UTC),
    expected_close=date(2026, 12, 19), probability_bp=6_250, category="best",
    asks={"cy": Ask("look", "bo", date(2026, 12, 1))}, given_by="ana", recycled_from=12, rank=5,
    archived_at=None, checklist={f"{PIPELINE.stages[0].id}/Goals": "ana 2026-11-02"},
)  # fmt: skip


def test_every_field_of_a_deal_is_told_in_its_text_under_its_name() -> None:
    heading = {"title", "account"}
    told = {one.name for one in FIELDS if not one.remembered}
    assert set(TOLD) | heading == told, "TOLD and SAID want a new field"
    record = DealRecord(SAID, PIPELINE, (), (TOUCH,), ())
    lines = DealText(record, TODAY, ZONE, lambda entry: "").plain().splitlines()
    assert lines[0] == "D-142  Lumen Oy: Packaging line pilot"
    facts = [line.strip().split("  ", 1) for line in lines if "  " in line.strip()]
    said = {name: text.strip() for name, text in facts}
    assert {name: said.get(name) for name, _ in TOLD.values()} == dict(TOLD.values())


def test_a_file_of_deals_says_what_only_a_file_does() -> None:
    deal = replace(SAID, created_precision="day", merged_into=4)
    found = deal_document(DOCUMENTS, DealRecord(deal, PIPELINE, (), (), ()))
    alone = {
        "external_source": "crm", "entered": [], "archived_at": None, "steps_done": [],
        "asks": [{"rep": "cy", "text": "look", "by": "bo", "due": "2026-12-01"}],
        "given_by": "ana", "recycled_from": "D-12", "merged_into": "D-4", "rank": 5, "version": 7,
        "notes": [], "touches": [], "precision": {"created_at": "day"},
        "checklist": {f"{PIPELINE.stages[0].name}/Goals": "ana 2026-11-02"},
    }  # fmt: skip
    assert {name: found[name] for name in alone} == alone
    assert set(found) - set(alone) == {
        "ref", "external_id", "title", "account", "pipeline", "stage", "status", "value", "owner",
        "source", "source_detail", "contact_reason", "tags", "fields", "probability_bp",
        "probability_source", "forecast_category", "forecast_category_source", "created_at",
        "stage_entered_at", "expected_close", "closed_at", "lost", "next_step", "snoozed_until",
        "snooze_reason", "trial_close", "quote_sent_at", "offer_expires_on", "floor_value",
        "competitors", "links", "contacts", "answers", "terms",
    }  # fmt: skip
    as_it_came = replace(SAID, rank=-micros(SAID.stage_entered_at))
    plain = deal_document(DOCUMENTS, DealRecord(as_it_came, PIPELINE, (), (), ()))
    assert plain["rank"] is None  # nobody has put it elsewhere by hand
    gone = replace(SAID, archived_at=datetime(2026, 11, 9, tzinfo=UTC))
    later = deal_document(DOCUMENTS, DealRecord(gone, PIPELINE, (), (), ()))
    assert (later["archived_at"], later["precision"]) == ("2026-11-09T00:00:00+00:00", None)


def _entry(
    seq: int, kind: Kind, *, undone: bool = False, undoes: bool = False, **more: Any
) -> Entry:
    at = datetime(2026, 11, seq, tzinfo=UTC)
    return Entry(
        seq, 142, seq, Event(kind, at, undoes=undoes, **more), f"c{seq}", "x", "ana", "", at, undone
    )


def test_a_file_tells_the_course_of_a_deal_without_its_ends_and_what_was_taken_back() -> None:
    stages = PIPELINE.stages
    course = [
        _entry(
            1, Kind.CREATED, after={"stage_id": stages[0].id, "stage_entered_at": ENTRY.event.at}
        ),
        _entry(2, Kind.MOVED, after={"stage_id": stages[1].id}),
        _entry(3, Kind.MOVED, after={"stage_id": stages[3].id}, undone=True),
        _entry(4, Kind.MOVED, after={"stage_id": stages[1].id}, undoes=True),
        _entry(5, Kind.EDITED, after={"title": "Other"}),
        _entry(6, Kind.WON, after={"stage_id": PIPELINE.won.id}),
        _entry(7, Kind.REOPENED, after={"stage_id": stages[2].id}),
        _entry(8, Kind.LOST, after={"stage_id": PIPELINE.lost.id}),
        _entry(9, Kind.MOVED, after={"stage_id": 999}),
    ]
    found = deal_document(DOCUMENTS, DealRecord(SAID, PIPELINE, (), (), tuple(reversed(course))))
    assert found["entered"] == [
        {"stage": stages[0].name, "at": ENTRY.event.at.isoformat()},
        {"stage": stages[1].name, "at": "2026-11-02T00:00:00+00:00"},
        {"stage": stages[2].name, "at": "2026-11-07T00:00:00+00:00"},
    ]


def test_a_file_tells_the_steps_that_were_done_and_all_that_was_said_the_first_of_them_first() -> (
    None
):
    steps = [
        _entry(1, Kind.STEP_DONE, facts={"step": {"text": "call", "due": None}, "outcome": "good"}),
        _entry(2, Kind.STEP_DONE, facts={"step": {"text": "mail", "due": "2026-11-02"}}),
        _entry(3, Kind.STEP_DONE, facts={"step": {"text": "fax", "due": None}}, undone=True),
        _entry(4, Kind.STEP_DONE, facts={"step": {"text": "fax", "due": None}}, undoes=True),
    ]
    notes = (replace(NOTE, id="n2", text="later"), NOTE)
    touches = (replace(TOUCH, id="t2", type="email"), TOUCH)
    record = DealRecord(SAID, PIPELINE, notes, touches, tuple(reversed(steps)))
    found: dict[str, Any] = deal_document(DOCUMENTS, record)
    assert found["steps_done"] == [
        {"text": "call", "due": None, "outcome": "good", "at": "2026-11-01T00:00:00+00:00"},
        {"text": "mail", "due": "2026-11-02", "at": "2026-11-02T00:00:00+00:00"},
    ]
    assert [note["text"] for note in found["notes"]] == ["words", "later"]
    assert [touch["type"] for touch in found["touches"]] == ["call", "email"]
    assert not any("id" in one for one in (*found["notes"], *found["touches"]))


@pytest.mark.parametrize(
    ("facts", "precision"),
    [
        ({}, None),
        ({"entry_precision": "day"}, None),
        ({"created_precision": "unknown"}, {"created_at": "unknown"}),
        (
            {"closed_at": datetime(2026, 11, 5, tzinfo=UTC), "entry_precision": "day",
             "created_precision": "day"},
            {"closed_at": "day", "created_at": "day"},
        ),
    ],
)  # fmt: skip
def test_a_file_tells_how_exactly_a_beginning_and_an_end_are_known(
    facts: dict[str, Any], precision: dict[str, str] | None
) -> None:
    record = DealRecord(_deal(**facts), PIPELINE, (), (), ())
    assert deal_document(DOCUMENTS, record)["precision"] == precision


def test_a_file_tells_chance_and_category_where_they_are_the_deals_own() -> None:
    for deal, own in ((_deal(), (None, None)), (SAID, (6_250, "best"))):
        found = deal_document(DOCUMENTS, DealRecord(deal, PIPELINE, (), (), ()))
        assert (found["probability_bp"], found["forecast_category"]) == own


def test_a_file_of_rows_runs_no_formula() -> None:
    assert "".join(csv_of_rows(["title"], [["=1+1"], ["@x"], ["-5"], ["a,b"]])) == (
        "title\n'=1+1\n'@x\n-5\n\"a,b\"\n"
    )


@pytest.mark.parametrize(
    ("deal", "name", "said"),
    [
        (_deal(), "stage", f"{PIPELINE.stages[1].name} (26 d, limit 14)"),
        (_deal(stage_id=PIPELINE.stages[0].id, entry_precision="unknown"), "stage",
         f"{PIPELINE.stages[0].name} (since when is unknown, limit 14)"),
        (_deal(outcome=Status.LOST), "stage", f"{PIPELINE.stages[1].name} (26 d)"),
        (_deal(), "probability", "15% (the stage's)"),
        (SAID, "probability", "62.5% (by hand)"),
        (_deal(outcome=Status.WON), "probability", None),
        (_deal(), "forecast", "pipeline"),
        (_deal(outcome=Status.WON), "forecast", None),
        (WHOLE, "lost to", "five-Acme"),
        (WHOLE, "lost", "other: four-dear"),
        (WHOLE, "try again", "Sat 4 Jan 2031"),
        (SAID, "id elsewhere", "X-77"),
        (replace(WHOLE, entry_precision="unknown"), "closed", "unknown"),
        (replace(WHOLE, terms={"pay": Term("Payment")}), "Payment", "open"),
        (replace(WHOLE, terms={"pay": Term("Payment", agreed="30 days")}), "Payment",
         "agreed 30 days"),
        (WHOLE, "eight-Mika", "eleven-CTO, champion, nine@x.example, +358 10"),
        (_deal(), "answered", "0 of 7"),
        (FULL, "answered", "1 of 7"),
        (SAID, "gate", "Needs Assessment asks:"),
        (replace(SAID, outcome=Status.WON), "gate", None),
        (replace(SAID, outcome=Status.WON), "proposal", None),
    ],
)  # fmt: skip
def test_a_text_says_of_each_part_what_holds_now(deal: Deal, name: str, said: str | None) -> None:
    record = DealRecord(deal, PIPELINE, (), (), ())
    lines = DealText(record, TODAY, ZONE, lambda entry: "").plain().splitlines()
    facts = dict(line.strip().split("  ", 1) for line in lines if "  " in line.strip())
    assert (facts.get(name) or "").strip() == (said or "")


CALENDAR = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Pipeboard//Deals//EN\r
BEGIN:VEVENT\r
UID:D-142-next-20261023T065100@pipeboard\r
DTSTAMP:20261123T080000Z\r
DTSTART;VALUE=DATE:20261203\r
DTEND;VALUE=DATE:20261204\r
SUMMARY:call Mika (Lumen Oy)\r
DESCRIPTION:D-142 Packaging line pilot\\nOwner: ana\\nValue: €40\\,000\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
BEGIN:VEVENT\r
UID:D-142-close-20261023T065100@pipeboard\r
DTSTAMP:20261123T080000Z\r
DTSTART;VALUE=DATE:20261219\r
DTEND;VALUE=DATE:20261220\r
SUMMARY:Close Lumen Oy: Packaging line pilot\r
DESCRIPTION:D-142 Packaging line pilot\\nOwner: ana\\nValue: €40\\,000\r
TRANSP:TRANSPARENT\r
END:VEVENT\r
END:VCALENDAR\r
"""


def test_a_calendar_has_a_day_for_each_date_of_an_open_deal() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    gone = replace(FULL, outcome=Status.WON)
    unplanned = _deal(next_step=NextStep("call", None))
    assert "".join(calendar_of([FULL, gone, unplanned], at)) == CALENDAR


def test_a_line_of_a_calendar_is_escaped_and_no_longer_than_75_octets() -> None:
    title = "a;b,c\\d" + "é" * 60
    deal = _deal(title=title, expected_close=date(2026, 12, 19))
    told = "".join(calendar_of([deal], datetime(2026, 11, 23, tzinfo=UTC)))
    lines = told.split("\r\n")
    lengths = [len(line.encode()) for line in lines]
    assert max(lengths) == 75
    whole = told.replace("\r\n ", "")
    assert "SUMMARY:Close " in whole
    assert "a\\;b\\,c\\\\d" + "é" * 60 in whole


@pytest.mark.parametrize("char", "\\`*_[]<>#|~")
def test_no_sign_in_a_text_is_markup(char: str) -> None:
    deal = _deal(source=f"a{char}b")
    text = DealText(DealRecord(deal, PIPELINE, (), (), ()), TODAY, ZONE, lambda entry: "")
    assert f"- **source**: a\\{char}b" in text.markdown().splitlines()


@pytest.mark.parametrize(
    ("by_hand", "told"),
    [
        ({}, ("stage", "stage")),
        ({"probability_bp": 0}, ("deal", "stage")),
        ({"probability_bp": 10_000}, ("deal", "stage")),
        ({"category": "omitted"}, ("stage", "deal")),
    ],
)
def test_what_somebody_said_of_a_deal_is_told_as_the_deals_own(
    by_hand: dict[str, Any], told: tuple[str, str]
) -> None:
    found = DOCUMENTS.deal(_deal(**by_hand))
    assert (found["probability_source"], found["forecast_category_source"]) == told


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({}, ["overstay 26/14d, idle 31/7d"]),
        (
            {"next_step": NextStep("call", date(2026, 11, 20))},
            ["overstay 26/14d, idle 31/7d, next step overdue 3d"],
        ),
        ({"last_touch_at": datetime(2026, 11, 22, tzinfo=UTC)}, ["overstay 26/14d"]),
        ({"snoozed_until": date(2026, 12, 1)}, []),
    ],
)
def test_a_text_says_why_a_deal_is_stalled(facts: dict[str, Any], said: list[str]) -> None:
    record = DealRecord(_deal(**facts), PIPELINE, (), (), ())
    lines = DealText(record, TODAY, ZONE, lambda entry: "").plain().splitlines()
    told = [line.split("  ")[-1] for line in lines if line.startswith("  stalled  ")]
    assert told == said


@pytest.mark.parametrize(("me", "sees"), [("ana", True), ("*", True), ("ben", False)])
def test_an_event_is_told_without_what_is_its_owners_own(me: str, sees: bool) -> None:
    floor: dict[str, Json] = {"amount_minor": 3_500_000, "currency": "EUR"}
    data: EventData = {"before": {"source": "x"}, "after": {"source": "web", "floor_value": floor}}
    logged = LoggedEvent(
        7, 142, 0, "edited", False, data, True, "c1", "set", "ana", "", 1_000_000, False, "ana"
    )
    told = history_entry(logged, me)["data"]
    assert told == (
        data
        if sees
        else {
            "before": {"source": "x"},
            "after": {"source": "web"},
            "facts": {"private": ["floor_value"]},
        }
    )


def test_an_empty_text_of_an_event_is_null() -> None:
    data: EventData = {"after": {"snooze_reason": "", "facts": {"note": ""}}}
    logged = LoggedEvent(
        7, 142, 0, "snoozed", False, data, True, "c1", "set", "ana", "", 0, False, "ana"
    )
    told = history_entry(logged, "ana")["data"]
    assert told == {"after": {"snooze_reason": None, "facts": {"note": None}}}


def test_a_step_that_comes_again_says_so() -> None:
    assert DOCUMENTS.deal(WHOLE)["next_step"] == {
        "text": "three-call", "due": "2031-01-03", "every": "2w",
    }  # fmt: skip
    assert DOCUMENTS.deal(_deal(next_step=NextStep("", None)))["next_step"] == {
        "text": None, "due": None,
    }  # fmt: skip


@pytest.mark.parametrize(("undoes", "undone"), [(False, True), (True, False), (False, False)])
def test_an_event_says_whether_it_was_taken_back_or_takes_back(undoes: bool, undone: bool) -> None:
    logged = LoggedEvent(
        7,
        142,
        1_000_000,
        "edited",
        undoes,
        {},
        False,
        "c1",
        "set",
        "ana",
        "bo",
        1_000_000,
        undone,
        "ana",
    )
    told = history_entry(logged, "ana")
    assert (told["undoes"], told["undone"], told["acting_as"]) == (undoes, undone, "bo")
    assert told["at"] == told["recorded_at"] == "1970-01-01T00:00:01+00:00"


def test_what_a_team_agreed_on_says_what_was_before_and_what_is_after() -> None:
    agreed = Agreement(
        Topic.TARGET, (1, "2026Q4", "", ""), {"amount_minor": 5}, {"amount_minor": 7}
    )
    at = ENTRY.recorded_at
    entry = AgreementEntry(3, agreed, "c1", "target", "ana", "bo", "Target", at, False, True)
    assert agreement_entry(entry) == {
        "seq": 3, "at": "2026-10-23T07:00:00+00:00", "recorded_at": "2026-10-23T07:00:00+00:00",
        "actor": "ana", "acting_as": "bo", "command_id": "c1", "verb": "target", "deal": None,
        "kind": "target", "undoes": False, "undone": True,
        "data": {"key": [1, "2026Q4", None, None], "before": {"amount_minor": 5},
                 "after": {"amount_minor": 7}},
    }  # fmt: skip


def test_a_step_without_words_is_one_in_a_calendar_and_what_has_no_day_is_in_none() -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    bare = _deal(next_step=NextStep("", date(2026, 12, 3)))
    text = "".join(calendar_of([bare], at))
    assert f"SUMMARY:Next step ({bare.name})" in text and text.count("BEGIN:VEVENT") == 1
    assert "".join(calendar_of([_deal()], at)).count("BEGIN:VEVENT") == 0


def test_a_calendar_says_of_a_deal_what_is_known_of_it() -> None:
    at, step = datetime(2026, 11, 23, 9, tzinfo=ZONE), NextStep("Call", date(2026, 12, 3))
    for values, said in (
        ({"owner": "", "value": None}, ""),
        ({"owner": "ana", "value": None}, r"\nOwner: ana"),
        ({"owner": "", "value": Money(500, "EUR")}, r"\nValue: €5"),
    ):
        deal = replace(_deal(next_step=step), **values)
        text = "".join(calendar_of([deal], at))
        assert f"DESCRIPTION:{deal.ref} {deal.title}{said}\r\n" in text


def test_a_text_tells_the_score_of_a_deal_that_has_one() -> None:
    def lines(deal: Deal) -> list[str]:
        record = DealRecord(deal, PIPELINE, (), (), ())
        return DealText(record, TODAY, ZONE, lambda entry: "").plain().splitlines()

    assert [one.split()[0] for one in lines(FULL) if one.strip().startswith("score")] == ["score"]
    assert not [one for one in lines(_deal()) if one.strip().startswith("score ")]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer("scrap", 3), "scrap (3/4)"), (Answer("scrap", 0), "scrap (0/4)"),
        (Answer("scrap"), "scrap"), (Answer("", 2), "(2/4)"), (Answer(""), "unknown"),
    ],
)  # fmt: skip
def test_an_answer_is_told_with_its_rating_where_it_has_one(answer: Answer, said: str) -> None:
    record = DealRecord(_deal(answers={"need": answer}), PIPELINE, (), (), ())
    lines = DealText(record, TODAY, ZONE, lambda entry: "").plain().splitlines()
    (line,) = [line for line in lines if line.strip().startswith("Need  ")]
    assert line.split("Need", 1)[1].strip() == said


@pytest.mark.parametrize(
    ("kind", "direction", "outcome", "said"),
    [
        ("call", "out", "", "call out"),
        ("call", "out", "no answer", "call out: no answer"),
        ("handover", "", "Yours now", "handover: Yours now"),
    ],
)
def test_a_touch_is_told_with_what_came_of_it(
    kind: str, direction: str, outcome: str, said: str
) -> None:
    touch = Touch("t1", kind, direction, outcome, "ana", datetime(2026, 11, 3, tzinfo=UTC))
    record = DealRecord(_deal(), PIPELINE, (), (touch,), ())
    text = DealText(record, TODAY, ZONE, lambda entry: "").plain()
    assert text.splitlines()[-1].strip().endswith(f"ana  {said}")


@pytest.mark.parametrize("char", ["x", "é", "日"])
def test_a_line_of_a_calendar_has_as_many_bytes_as_others_take(char: str) -> None:
    at = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    one = _deal(title=char * 200, next_step=None, expected_close=TODAY)
    text = "".join(calendar_of([one], at))
    lines = [line.encode() for line in text.removesuffix("\r\n").split("\r\n")]
    long = [line for line in lines if line[:1] == b" "]
    assert len(long) >= 4
    assert max(map(len, lines)) <= 75
    width = len(char.encode())
    cut = [line for line, after in pairwise(lines) if after[:1] == b" "]
    assert all(len(line) > 75 - width for line in cut)
    assert {line.decode() for line in lines}  # none is cut within a letter


@pytest.mark.parametrize("precision", ["", "unknown"])
def test_a_file_tells_the_instants_that_stand_for_what_nobody_knows(precision: str) -> None:
    at = datetime(2026, 11, 3, tzinfo=UTC)
    deal = _deal(
        created_at=at, stage_entered_at=at, outcome=Status.WON, closed_at=at,
        created_precision=precision, entry_precision=precision,
    )  # fmt: skip
    found = deal_document(DOCUMENTS, DealRecord(deal, PIPELINE, (), (), ()))
    said = "2026-11-03T00:00:00+00:00"
    assert [found[name] for name in ("created_at", "stage_entered_at", "closed_at")] == [said] * 3
    shown = DOCUMENTS.deal(deal)
    assert (shown["stage_entered_at"] is None) is bool(precision)


def test_every_part_of_what_stands_around_a_deal_is_in_its_document() -> None:
    """Each part of each kind says a word of its own."""
    at = datetime(2026, 11, 7, 8, 9, tzinfo=UTC)
    parts: dict[str, tuple[Any, ...]] = {
        "terms": (Term, "item-1", "ours-1", "theirs-1", "agreed-1"),
        "contacts": (Contact, "name-2", "role-2", "email-2", "phone-2", "title-2"),
        "answers": (Answer, "text-3", 3, "evidence-3", "by-3", at),
        "loss": (Loss, "category-4", "reason-4", "competitor-4", date(2031, 1, 4), "objection-4"),
        "next_step": (NextStep, "text-5", date(2031, 1, 5), "5w"),
    }
    made = {name: kind(*values) for name, (kind, *values) in parts.items()}
    for one in made.values():
        assert all(getattr(one, part) for part in one.__match_args__), one
    deal = _deal(
        terms={"pay": made["terms"]}, contacts={"m": made["contacts"]},
        answers={"need": made["answers"]}, loss=made["loss"], next_step=made["next_step"],
    )  # fmt: skip
    note = Note("id-6", "text-6", "author-6", at)
    touch = Touch("id-7", "type-7", "in", "outcome-7", "by-7", at, "objection-7", "variant-7")
    record = DealRecord(deal, PIPELINE, (note,), (touch,), (ENTRY,))
    shown = DOCUMENTS.record(record, lambda entry: "told-8")
    filed = deal_document(DOCUMENTS, record)
    words = [str(value) for _, *values in parts.values() for value in values if value != at]
    words += ["text-6", "author-6", "type-7", "in", "outcome-7", "by-7", "objection-7", "variant-7"]
    for document in (shown, filed):
        text = json.dumps(document, default=str)
        assert [word for word in words if word not in text] == []
        assert text.count("2026-11-07T08:09:00+00:00") >= 3
    assert "told-8" in json.dumps(shown) and "id-6" in json.dumps(shown)
    assert shown["terms"] == [
        {"item": "item-1", "ours": "ours-1", "theirs": "theirs-1", "agreed": "agreed-1"}
    ]
