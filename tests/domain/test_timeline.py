"""Events in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.commands import (
    Absorb,
    Absorbed,
    AddNote,
    AnswerQuestion,
    Archive,
    AskRep,
    Check,
    Command,
    CompleteNextStep,
    Context,
    Create,
    Edit,
    EditNote,
    LogTouch,
    Lose,
    MergeInto,
    Move,
    Rank,
    Reopen,
    SetContact,
    SetNextStep,
    SetTerm,
    Snooze,
    TagWith,
    Unarchive,
    Win,
)
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
from pipeboard.domain.deal_fields import DAY, FIELDS, INSTANT, MONEY, NAMES, PERCENT, TAGS
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.deciding import decide
from pipeboard.domain.events import DEAL_BLANK, Event, Kind, change_to, evolve, inverse
from pipeboard.domain.locales import manner_of
from pipeboard.domain.money import Money
from pipeboard.domain.templates import template
from pipeboard.domain.timeline import (
    describe,
    field_label,
    field_text,
    other_fields,
    without_cancelled,
)
from pipeboard.exchange.deal_text import DealText

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Berlin")
PIPELINE = template("needs", pipeline_name="New business", currency="EUR")
LEAD, QUALIFY = PIPELINE.stages[0], PIPELINE.stages[1]
ITEM = LEAD.checklist[0]
DEAL = Deal(
    id=1,
    pipeline_id=0,
    stage_id=LEAD.id,
    title="Pilot",
    account="Lumen Oy",
    owner="ana",
    value=Money(4_000_000, "EUR"),
    tags=("inbound",),
    created_at=NOW - timedelta(days=9),
    stage_entered_at=NOW - timedelta(days=5),
    next_step=NextStep("call Mika", date(2026, 12, 3)),
    expected_close=date(2026, 11, 28),
    contacts={"mika": Contact("Mika Laine")},
    terms={"pay": Term("payment")},
    fields={"product": "MG"},
)
WON = replace(DEAL, stage_id=PIPELINE.won.id, outcome=Status.WON, closed_at=NOW, next_step=None)
NOTE = Note("n1", "met Mika\nat the fair", "ana", NOW)
CONTEXT = Context(PIPELINE, NOW, ZONE, "ana", notes=lambda _: (NOTE,), reps=("bo",))
ANSWER = Answer("Mika signs", 3)
CALL = Touch("t1", "call", "out", "left a message", "ana", NOW)


def _said(command: Command, deal: Deal | None = DEAL) -> str:
    events = decide(command, deal, CONTEXT)
    said = [describe(event, (PIPELINE,), today=date(2026, 11, 24), zone=ZONE) for event in events]
    return " | ".join(said)


def _edit(**changes: Any) -> Command:
    return Edit({name.replace("__", "."): value for name, value in changes.items()})


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (_edit(value=Money(4_500_000, "EUR")), "value €40,000 → €45,000"),
        (_edit(value=None), "value removed (was €40,000)"),
        (_edit(expected_close=date(2026, 12, 19)), "close date 28 Nov → 19 Dec"),
        (_edit(expected_close=date(2027, 1, 9)), "close date 28 Nov → 9 Jan 2027"),
        (_edit(owner="bo"), "owner ana → bo"),
        (_edit(owner=""), "owner ana → nobody"),
        (_edit(probability_bp=6_250), "probability the stage's → 62.5%"),
        (_edit(category="commit"), "forecast category the stage's → commit"),
        (_edit(account="Lumen", source="web"), "company Lumen Oy → Lumen; source web"),
        (_edit(fields__product="GTX"), "product MG → GTX"),
        (_edit(competitors=("Acme", "Pike")), "competitors Acme, Pike"),
        (TagWith(("vip",), ("inbound",)), "tags +vip -inbound"),
        (Rank(5), "moved within its column"),
        (SetNextStep("send quote", date(2026, 12, 1)), "next step 1 Dec send quote"),
        (SetNextStep("", None), "no next step"),
        (CompleteNextStep("he is ill"), "done: call Mika (he is ill)"),
        (Snooze(date(2026, 12, 3), "holiday"), "snoozed until 3 Dec (holiday)"),
        (AnswerQuestion("authority", ANSWER), "Authority and budget: Mika signs (3/4)"),
        (AnswerQuestion("need", Answer("", 2)), "Need: 2/4"),
        (AnswerQuestion("need", Answer("so")), "Need: so"),
        (AnswerQuestion("need", Answer("", 0)), "Need: 0/4"),
        (AskRep("bo", "may it cost less?"), "asked @bo: may it cost less?"),
        (AskRep("bo", "ring", date(2026, 12, 3)), "asked @bo: ring by 3 Dec"),
        (
            Lose(Loss("price", "too dear", "Acme", None, "budget")),
            "lost: price to Acme (objection budget, too dear)",
        ),
        (
            SetContact("outi", Contact("Outi Salo", "decision_maker")),
            "contact Outi Salo, decision-maker",
        ),
        (SetContact("mika", None), "contact Mika Laine removed"),
        (SetTerm("pay", Term("payment", "30 d", "60 d")), "term payment: ours 30 d, theirs 60 d"),
        (SetTerm("pay", None), "term payment removed"),
        (Check(LEAD.id, ITEM, True), f"checked '{ITEM}' of {LEAD.name}"),
        (AddNote(NOTE.text), "note: met Mika …"),
        (EditNote(NOTE.id, "met Outi"), "note edited: met Outi"),
        (LogTouch("call", "out", "left a message"), "call out: left a message"),
        (LogTouch("demo", "in"), "demo in"),
        (
            LogTouch(
                "email",
                "out",
                "sent",
                quote=True,
                trial_close="yes",
                objection="price",
                variant="short",
            ),
            "email out, proposal sent, trial close yes, objection price, variant short: sent",
        ),
        (Archive(), "archived"),
        (MergeInto(7), "merged into D-7"),
    ],
)
def test_what_is_done_to_a_deal_is_told_in_one_line(command: Command, said: str) -> None:
    assert _said(command) == said


@pytest.mark.parametrize(
    ("command", "deal", "said"),
    [
        (Create("Pilot", LEAD.id, {"value": Money(4_000_000, "EUR")}), None,
         f"created in {LEAD.name}, value €40,000"),
        (Move(QUALIFY.id), DEAL, f"{LEAD.name} → {QUALIFY.name} (after 5 d)"),
        (Lose(Loss("price", "too dear")), DEAL, "lost: price (too dear)"),
        (Lose(Loss("competitor", "", "Acme")), DEAL, "lost: competitor to Acme"),
        (Reopen(LEAD.id), WON, f"reopened in {LEAD.name}"),
        (Unarchive(), replace(DEAL, archived_at=NOW), "unarchived"),
        (Snooze(None), replace(DEAL, snoozed_until=date(2026, 12, 3)), "woken"),
    ],
)  # fmt: skip
def test_where_a_deal_goes_is_told_in_one_line(
    command: Command, deal: Deal | None, said: str
) -> None:
    assert _said(command, deal) == said


def test_an_override_tells_its_reason_and_what_is_missing() -> None:
    said = _said(Win(Money(100, "EUR"), override="signed already"))
    assert said.startswith("won €1 (after 5 d); override: signed already (missing ")


def test_a_deal_that_begins_past_a_gate_tells_why_and_what_is_missing() -> None:
    (event,) = decide(Create("Pilot", PIPELINE.stages[2].id), None, CONTEXT)
    said = describe(event, (PIPELINE,), today=NOW.date(), zone=ZONE)
    assert said.startswith(f"created in {PIPELINE.stages[2].name}; override: new in ")
    assert said.endswith(")") and "(missing " in said


def test_what_happened_on_a_day_that_no_file_told_is_told_so() -> None:
    lose = Lose(Loss("price"), at=NOW, precision="unknown")
    assert _said(lose) == "lost: price (nobody knows when)"
    assert _said(replace(lose, precision="day")) == "lost: price"
    here = replace(DEAL, entry_precision="unknown")
    assert _said(Move(QUALIFY.id), here) == f"{LEAD.name} → {QUALIFY.name}"


def test_where_an_entry_is_not_told_nobody_knows_how_long_a_deal_stood_there() -> None:
    moved = Event(Kind.MOVED, NOW, {"stage_id": LEAD.id}, {"stage_id": QUALIFY.id})
    here = {"stage_entered_at": NOW}
    for before, after in ((here, {}), ({}, here), ({}, {})):
        event = replace(moved, before={**moved.before, **before}, after={**moved.after, **after})
        said = describe(event, (PIPELINE,), today=date(2026, 11, 24), zone=ZONE)
        assert said == f"{LEAD.name} → {QUALIFY.name}"


@pytest.mark.parametrize(("days", "said"), [(0, ""), (1, " (after 1 d)")])
def test_how_long_a_deal_stood_in_a_stage_is_told_in_days_from_the_first_on(
    days: int, said: str
) -> None:
    deal = replace(DEAL, stage_entered_at=NOW - timedelta(days=days, hours=2))
    assert _said(Move(QUALIFY.id), deal) == f"{LEAD.name} → {QUALIFY.name}{said}"


LATE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # the next day in the zone


@pytest.mark.parametrize(
    ("kind", "before", "after", "said"),
    [
        (Kind.EDITED, {"asks.ana": Ask("ring", "bo")}, {"asks.ana": None}, "taken up"),
        (Kind.EDITED, {"given_by": "bo"}, {"given_by": ""}, "taken up"),
        (
            Kind.ASKED,
            {"asks.bo": Ask("ring", "ana", NOW.date())},
            {"asks.bo": None},
            "@bo is asked no more",
        ),
        (
            Kind.STEP_DONE,
            {"next_step": NextStep("", NOW.date())},
            {"next_step": None},
            "done: next step",
        ),
        (Kind.EDITED, {}, {"imported_as": "1f"}, "read again in its file"),
        (Kind.EDITED, {}, {"quote_sent_at": LATE}, "quote sent 25 Nov"),
        (Kind.CORRECTED, {"closed_at": NOW}, {"closed_at": LATE}, "closed 25 Nov, not 24 Nov"),
        (
            Kind.CORRECTED,
            {"closed_at": LATE - timedelta(hours=9)},
            {"closed_at": NOW},
            "closed 24 Nov",
        ),
    ],
)
def test_a_change_that_no_verb_makes_alone_is_told_by_what_it_comes_to(
    kind: Kind, before: Mapping[str, Any], after: Mapping[str, Any], said: str
) -> None:
    event = Event(kind, NOW, before, after)
    told = describe(event, (PIPELINE,), today=date(2026, 11, 24), zone=ZONE)
    assert told.removeprefix("corrected: ") == said


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("merged_into", 7, "D-7"),
        ("stage_id", QUALIFY.id, QUALIFY.name),
        ("stage_id", 99, "another pipeline"),
        ("contacts.mika", Contact("Mika Laine", "decision_maker"), "Mika Laine, decision-maker"),
        ("loss", Loss("price", "too dear", "Acme"), "price to Acme (too dear)"),
        ("terms.pay", Term("payment", "30 d"), "payment: ours 30 d"),
        ("answers.need", Answer("so", 0), "so (0/4)"),
        ("source", None, ""),
        ("owner", "", "nobody"),
    ],
)
def test_a_value_is_told_in_one_line(name: str, value: Any, said: str) -> None:
    assert field_text(name, value, (PIPELINE,), today=NOW.date(), zone=ZONE) == said


def test_what_was_merged_and_noted_is_told_by_its_first_words() -> None:
    def told(kind: Kind, **facts: Any) -> str:
        event = Event(kind, NOW, facts=facts)  # type: ignore[arg-type]
        return describe(event, (PIPELINE,), today=NOW.date(), zone=ZONE)

    assert told(Kind.ABSORBED, merged=[7, 9]) == "took in D-7, D-9"
    assert told(Kind.NOTE, note={"text": "\n met Mika \nat the fair"}) == "note: met Mika  …"


def test_of_tags_only_those_that_were_put_on_or_taken_off_are_told() -> None:
    deal = replace(DEAL, tags=("inbound", "vip"))
    assert _said(TagWith(("fair",), ("vip",)), deal) == "tags +fair -vip"


def test_what_is_undone_tells_what_it_was() -> None:
    (event,) = decide(Move(QUALIFY.id), DEAL, CONTEXT)
    told = {"today": date(2026, 11, 24), "zone": ZONE}
    said = describe(event, (PIPELINE,), **told)  # type: ignore[arg-type]
    undone = inverse(event)
    assert describe(undone, (PIPELINE,), **told) == f"undid: {said}"  # type: ignore[arg-type]
    assert describe(inverse(undone), (PIPELINE,), **told) == said  # type: ignore[arg-type]


def test_a_stage_of_an_unknown_pipeline_is_still_told() -> None:
    (event,) = decide(Move(QUALIFY.id), DEAL, CONTEXT)
    said = describe(event, (), today=date(2026, 11, 24), zone=ZONE)
    assert said == "another pipeline → another pipeline (after 5 d)"


def test_every_kind_of_event_has_words() -> None:
    deal, told = DEAL, set()
    commands: list[Command] = [
        Move(QUALIFY.id), _edit(value=None, owner="bo", probability_bp=1, category="best"),
        _edit(source="x"), _edit(expected_close=None), TagWith(("vip",)), Rank(1),
        CompleteNextStep(), SetNextStep("a", None),
        Snooze(date(2027, 1, 1)), AnswerQuestion("need", ANSWER), SetContact("a", Contact("A")),
        SetTerm("a", Term("A")), Check(LEAD.id, ITEM, True), AddNote("a"), EditNote(NOTE.id, "b"),
        LogTouch("call"), AskRep("bo", "send it"), Win(override="because"), Reopen(),
        Lose(Loss("price")), Lose(Loss("timing")), Archive(), Unarchive(),
        Absorb((Absorbed(replace(DEAL, id=9, tags=("x",))),)), MergeInto(7, closed=True),
    ]  # fmt: skip
    for command in commands:
        for event in decide(command, deal, CONTEXT):
            assert describe(event, (PIPELINE,), today=date(2026, 11, 24), zone=ZONE)
            told.add(event.kind)
            deal = evolve(deal, event)
    assert told == set(Kind) - {Kind.CREATED}


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("expected_close", "close date"),
        ("stage_id", "stage"),
        ("answers", "answers"),
        ("answers.need", "the answer to Need"),
        ("answers.authority", "the answer to Authority and budget"),
        ("answers.gone", "the answer to gone"),
        ("contacts.mika", "person mika"),
        ("terms.pay", "term pay"),
        ("checklist.12", "checklist 12"),
        ("asks.bo", "ask of bo"),
        ("fields.product", "product"),
    ],
)
def test_a_field_and_each_entry_of_one_has_a_name_in_sentences(name: str, label: str) -> None:
    assert field_label(name, (PIPELINE,)) == label


def test_what_was_taken_back_and_what_took_it_back_come_to_nothing_together() -> None:
    moved = change_to(DEAL, Kind.EDITED, NOW, {"account": "x"})
    tagged = change_to(DEAL, Kind.TAGGED, NOW, {"tags": ("a",)})

    def entry(seq: int, event: Event, *, undone: bool = False) -> Entry:
        return Entry(seq, 1, seq, event, f"c{seq}", "set", "ana", "", NOW, undone)

    def left(*entries: Entry) -> list[int]:
        return [one.seq for one in without_cancelled(entries[::-1])][::-1]

    assert left(entry(1, moved), entry(2, tagged)) == [1, 2]
    assert left(entry(1, moved, undone=True), entry(2, inverse(moved))) == []
    assert left(entry(1, moved, undone=True), entry(2, tagged), entry(3, inverse(moved))) == [2]
    assert left(entry(1, moved, undone=True), entry(2, inverse(tagged))) == [1, 2]
    assert left(entry(1, moved, undone=True), entry(2, moved), entry(3, inverse(moved))) == [2]
    twice = (entry(1, moved, undone=True), entry(2, moved, undone=True))
    assert left(*twice, entry(3, inverse(moved)), entry(4, inverse(moved))) == []
    assert left(*twice, entry(3, inverse(moved))) == [1]  # the later one was taken back


# Fields of a deal as they are told.

SAMPLES: Mapping[object, Callable[[int], object]] = {
    MONEY: lambda place: Money(100 * (7_001 + place), "EUR"),
    DAY: lambda place: date(2031, 3, 10 + place),
    INSTANT: lambda place: datetime(2032, 3, 10 + place, 12, tzinfo=UTC),
    PERCENT: lambda place: 3_001 + place,
    TAGS: lambda place: (f"tag-{place}x",),
    NAMES: lambda place: (f"name-{place}x",),
}
"""A value of each kind of field that is like no other, by the place of its field."""


def test_every_field_of_a_deal_is_told_once_where_it_is_shown() -> None:
    told = [field for field in FIELDS if not field.remembered]
    values: dict[str, Any] = {
        field.name: SAMPLES[field.kind](place) if field.kind in SAMPLES else f"word-{place}x"
        for place, field in enumerate(told)
    }
    values["category"] = "omitted"
    deal = replace(DEAL, **values)
    record = DealRecord(deal, PIPELINE, (), (), ())
    lines = DealText(record, NOW.date(), ZONE, lambda entry: "").plain().splitlines()
    for field in told:
        said = field_text(field.name, values[field.name], (), today=NOW.date(), zone=ZONE)
        times = sum(said.removesuffix("%") in line for line in lines)
        assert times == 1, (field.name, said)


def test_what_is_not_there_is_not_told() -> None:
    blank: dict[str, Any] = {field.name: DEAL_BLANK[field.name] for field in FIELDS}
    assert list(other_fields(replace(DEAL, **blank), NOW.date(), ZONE)) == []


LABELS = {
    "stage_id": "stage", "archived_at": "archived", "merged_into": "merged into",
    "next_step": "next step", "snoozed_until": "snoozed until", "expected_close": "close date",
    "probability_bp": "probability", "category": "forecast category",
    "offer_expires_on": "offer expires", "floor_value": "lowest value",
    "quote_sent_at": "quote sent", "source_detail": "source detail", "fields.product": "product",
    "contacts.bob": "person bob", "terms.pay": "term pay", "checklist.Goals": "checklist Goals",
    "asks.bo": "ask of bo", "answers.need": "the answer to Need",
    "answers.odd": "the answer to odd",
}  # fmt: skip


@pytest.mark.parametrize("name", LABELS)
def test_a_field_is_called_what_people_call_it(name: str) -> None:
    pipelines = (template("needs", pipeline_name="Sales", currency="EUR"),)
    assert field_label(name, pipelines) == LABELS[name]


@pytest.mark.parametrize(
    ("after", "said"),
    [
        ({}, "lowest value changed, which is the owner's own"),
        ({"source": "web"}, "source web; lowest value changed, which is the owner's own"),
    ],
)
def test_of_what_is_the_owners_own_it_is_said_that_it_changed(
    after: dict[str, Any], said: str
) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    event = Event(Kind.EDITED, at, {}, after, {"private": ["floor_value"]})
    assert describe(event, (), today=at.date(), zone=ZoneInfo("UTC")) == said


@pytest.mark.parametrize(("acting_as", "who"), [("", "ana"), ("bo", "ana (for bo)")])
def test_whoever_acted_for_somebody_is_named_with_them(acting_as: str, who: str) -> None:
    event = Event(Kind.ARCHIVED, NOW)
    assert Entry(1, 1, 1, event, "c1", "archive", "ana", acting_as, NOW).who == who


def test_no_loss_is_told_as_nothing() -> None:
    assert field_text("loss", None, (), today=NOW.date(), zone=ZONE) == ""


def test_amounts_and_days_are_written_as_the_reader_writes_them() -> None:
    command = _edit(value=Money(4_500_050, "EUR"), expected_close=date(2026, 12, 19))
    events = decide(command, DEAL, CONTEXT)
    said = [
        describe(event, (PIPELINE,), today=NOW.date(), zone=ZONE, manner=manner_of("de_DE"))
        for event in events
    ]
    assert said == ["value 40.000 € → 45.000,50 €", "close date 28. Nov. → 19. Dez."]
