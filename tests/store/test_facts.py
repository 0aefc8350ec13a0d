"""Numbers rest on what happened up to an instant; what was taken back by then never did."""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Contact, Loss, NextStep
from pipeboard.domain.errors import BadInput, DatabaseError, PipeboardError
from pipeboard.domain.events import Event, EventFacts, Kind
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_fields import FIELDS, STATES
from pipeboard.domain.metrics import Basis, Report, Target
from pipeboard.domain.metrics.folding import KINDS, Fact
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.money import Money
from pipeboard.domain.periods import parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Rep
from pipeboard.domain.templates import template
from pipeboard.store.checking import log_faults
from pipeboard.store.connecting import connect
from pipeboard.store.database import Database
from pipeboard.store.locating import locate_file
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.events import event_row, event_rows, read_beside
from pipeboard.store.projecting.facts import KINDS as KEPT_KINDS
from pipeboard.store.projecting.facts import fact_text, fact_values
from pipeboard.store.reading.facts import collecting_later, read_facts, read_histories
from pipeboard.store.reading.listing import Listing
from pipeboard.store.reading.metric_settings import read_attribute, read_rules, read_supported
from tests.doing import DOING
from tests.domain.deciding_cases import new
from tests.domain.metrics.log import off_by
from tests.team import (
    CLOSING,
    LEAD,
    NEEDS,
    NEGOTIATION,
    NOW,
    PROPOSAL,
    QUALIFICATION,
    SETTINGS,
    Team,
    add,
    sales,
)
from tests.verbs import Workspace

ALL = parse_period("all", NOW.date())
WHY = "agreed on the phone"


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team.make(tmp_path / "team.db")
    yield team
    team.close()


@pytest.fixture
def ana(team: Team) -> Workspace:
    return team.rep("ana")


@pytest.fixture
def database(ana: Workspace) -> Iterator[Database]:
    identity = ana.store.identity
    opened = Database(connect(locate_file(identity.location.name), read_only=True), identity)
    yield opened
    opened.close()


def histories(
    database: Database, workspace: Workspace, at: datetime | None = None
) -> list[DealHistory]:
    return read_histories(database, sales(workspace).id, at or workspace.now())


def only(found: Sequence[DealHistory]) -> DealHistory:
    (history,) = found
    return history


DAY = date(2026, 12, 19)
EUR_5 = Money(5, "EUR")
BESIDE: list[tuple[Kind, dict[str, Any], EventFacts, dict[str, object]]] = [
    (
        Kind.CREATED,
        {"stage_id": 1, "value": EUR_5, "expected_close": DAY, "owner": "ana"},
        {},
        {"stage_id": 1, "value_minor": 5, "currency": "EUR", "on_date": "2026-12-19",
         "owner": "ana"},
    ),
    (Kind.MOVED, {"stage_id": 2}, {}, {"stage_id": 2}),
    (Kind.MOVED, {"stage_id": 2}, {"missing": ["x"]}, {"stage_id": 2, "overrides": True}),
    (Kind.WON, {"value": EUR_5}, {"missing": ["x"]},
     {"value_minor": 5, "currency": "EUR", "overrides": True}),
    (Kind.REOPENED, {"stage_id": 2}, {"missing": ["x"]}, {"stage_id": 2, "overrides": True}),
    (Kind.LOST, {"loss": Loss("price")}, {}, {"loss_category": "price"}),
    (Kind.VALUE, {"value": EUR_5}, {}, {"value_minor": 5, "currency": "EUR"}),
    (Kind.VALUE, {"value": None}, {}, {}),
    (Kind.EXPECTED_CLOSE, {"expected_close": DAY}, {}, {"on_date": "2026-12-19"}),
    (Kind.PROBABILITY, {"probability_bp": 0}, {}, {"probability_bp": 0}),
    (Kind.CATEGORY, {"category": "best"}, {}, {"category": "best"}),
    (Kind.OWNER, {"owner": "bo"}, {}, {"owner": "bo"}),
    (Kind.NEXT_STEP, {"next_step": NextStep("call", DAY)}, {},
     {"has_step": True, "on_date": "2026-12-19"}),
    (Kind.NEXT_STEP, {"next_step": NextStep("call")}, {}, {"has_step": True}),
    (Kind.NEXT_STEP, {"next_step": None}, {}, {}),
    (Kind.STEP_DONE, {"next_step": NextStep("call", DAY, "1w")}, {}, {"on_date": "2026-12-19"}),
    (Kind.STEP_DONE, {"next_step": None}, {}, {}),
    (Kind.SNOOZED, {"snoozed_until": DAY}, {}, {"on_date": "2026-12-19"}),
    (Kind.SNOOZED, {"snoozed_until": None}, {}, {}),
    (Kind.TOUCH, {}, {"touch": {"type": "call", "direction": "out"}},
     {"touch_type": "call", "touch_direction": "out"}),
    (Kind.TOUCH, {}, {"touch": {"type": "handover"}},
     {"touch_type": "handover", "touch_direction": ""}),
    (Kind.ARCHIVED, {}, {}, {}),
    (Kind.MERGED, {"merged_into": 7}, {}, {}),
    (Kind.EDITED, {"source": "web"}, {}, {}),
]  # fmt: skip


def test_the_columns_of_every_kind_of_event_that_numbers_rest_on_are_tried() -> None:
    assert {str(kind) for kind, *_ in BESIDE} >= {*KINDS} - {str(Kind.UNARCHIVED)}


@pytest.mark.parametrize(("kind", "after", "facts", "columns"), BESIDE)
def test_what_stands_beside_an_event_is_what_it_says(
    kind: Kind, after: dict[str, Any], facts: EventFacts, columns: dict[str, object]
) -> None:
    row = read_beside(Event(kind, NOW, {}, after, facts))
    assert (row.pop("at"), row.pop("kind"), row.pop("undoes")) == (micros(NOW), kind, False)
    said = {name: one for name, one in row.items() if one is not None and one is not False}
    assert said == columns


LATER = NOW + timedelta(hours=1)
GONE = "2026-12-19"
TOLD: list[tuple[Kind, dict[str, Any], EventFacts, list[object] | None]] = [
    (Kind.CREATED, {"stage_id": 1, "value": EUR_5, "owner": "bo", "expected_close": DAY}, {},
     [1, 5, "EUR", GONE, "bo"]),
    (Kind.CREATED, {"stage_id": 1, "owner": ""}, {}, [1]),
    (Kind.CREATED, {"stage_id": 1}, {"precision": "day"}, [1, None, None, None, None, "day"]),
    (Kind.CREATED, {"stage_id": 1, "stage_entered_at": NOW}, {}, [1]),
    (Kind.CREATED, {"stage_id": 1, "stage_entered_at": LATER}, {},
     [1, *[None] * 7, micros(LATER)]),
    (Kind.CREATED, {"stage_id": 1, "quote_sent_at": LATER}, {}, [1, *[None] * 5, micros(LATER)]),
    (Kind.MOVED, {"stage_id": 2}, {}, [2]),
    (Kind.MOVED, {"stage_id": 2}, {"missing": ["x"]}, [2, None, None, None, "override"]),
    (Kind.MOVED, {"stage_id": 2}, {"override": "imported from a.csv", "missing": ["x"]},
     [2, None, None, None, "elsewhere"]),
    (Kind.REOPENED, {"stage_id": 2}, {"missing": ["x"]}, [2, None, None, None, "override"]),
    (Kind.WON, {"stage_id": 7, "value": EUR_5}, {}, [7, 5, "EUR"]),
    (Kind.WON, {"stage_id": 7}, {"precision": "unknown", "missing": ["x"]},
     [7, None, None, None, "override", "unknown"]),
    (Kind.LOST, {"stage_id": 8, "loss": Loss("price")}, {}, [8, None, None, None, "price"]),
    (Kind.LOST, {"stage_id": 8, "loss": Loss("price")}, {"precision": "day"},
     [8, None, None, None, "price", "day"]),
    (Kind.LOST, {"stage_id": 8, "loss": Loss("competitor", "", "Acme")}, {},
     [8, None, None, None, "competitor", None, None, "Acme"]),
    (Kind.LOST, {"stage_id": 8, "loss": Loss("other", "moved")}, {},
     [8, None, None, None, "other"]),
    (Kind.LOST, {"stage_id": 8, "loss": Loss("other")}, {}, [8]),  # nobody said why
    (Kind.VALUE, {"value": EUR_5}, {}, [None, 5, "EUR"]),
    (Kind.VALUE, {"value": None}, {}, []),
    (Kind.EXPECTED_CLOSE, {"expected_close": DAY}, {}, [None, None, None, GONE]),
    (Kind.PROBABILITY, {"probability_bp": 0}, {}, [None, 0]),
    (Kind.CATEGORY, {"category": "best"}, {}, [None, None, None, None, "best"]),
    (Kind.OWNER, {"owner": "bo"}, {}, [None, None, None, None, "bo"]),
    (Kind.OWNER, {"owner": ""}, {}, []),
    (Kind.NEXT_STEP, {"next_step": NextStep("call", DAY)}, {}, [None, None, None, GONE, "step"]),
    (Kind.NEXT_STEP, {"next_step": NextStep("call")}, {}, [None, None, None, None, "step"]),
    (Kind.NEXT_STEP, {"next_step": None}, {}, []),
    (Kind.STEP_DONE, {"next_step": NextStep("call", DAY, "1w")}, {}, [None, None, None, GONE]),
    (Kind.SNOOZED, {"snoozed_until": DAY}, {}, [None, None, None, GONE]),
    (Kind.TOUCH, {}, {"touch": {"type": "call", "direction": "in"}},
     [None, None, None, None, "call in"]),
    (Kind.TOUCH, {}, {"touch": {"type": "handover"}}, [None, None, None, None, "handover "]),
    (Kind.TOUCH, {"quote_sent_at": LATER}, {"touch": {"type": "email", "direction": "out"}},
     [None, None, None, None, "email out", None, micros(LATER)]),
    (Kind.ARCHIVED, {"archived_at": NOW}, {}, []),
    (Kind.UNARCHIVED, {"archived_at": None}, {}, []),
    (Kind.MERGED, {"merged_into": 7}, {}, []),
    (Kind.EDITED, {"quote_sent_at": LATER}, {}, [*[None] * 6, micros(LATER)]),
    (Kind.EDITED, {"source": "web"}, {}, None),
    (Kind.TAGGED, {"tags": ("a",)}, {}, None),
    (Kind.RANKED, {"rank": 7}, {}, None),
    (Kind.ANSWERED, {"answers.need": None}, {}, None),
    (Kind.CONTACT, {"contacts.bob": None}, {}, None),
    (Kind.TERM, {"terms.pay": None}, {}, None),
    (Kind.CHECKED, {"checklist.1/a": None}, {}, None),
    (Kind.NOTE, {}, {}, None),
    (Kind.NOTE_EDITED, {}, {}, None),
    (Kind.ASKED, {"asks.bo": None}, {}, None),
    (Kind.ABSORBED, {}, {"merged": [2]}, None),
    (Kind.CORRECTED, {"closed_at": LATER}, {}, None),  # it stands in what it corrects
]  # fmt: skip
"""What numbers are told of an event behind its instant and its kind; None: nothing at all."""


def test_of_whole_histories_that_come_at_once_events_are_numbered_as_they_happened() -> None:
    """Those of one command stand deal by deal."""

    def of(deal_id: int, *hours: int, told: bool) -> Change:
        events = [Event(Kind.EDITED, NOW + timedelta(hours=hour)) for hour in hours]
        after = replace(new(), id=deal_id, version=2)
        return Change(None, after, tuple(events), tuple(f"c{hour}" for hour in hours if told))

    def order(*, told: bool) -> list[object]:
        rows = event_rows([of(1, 1, 4, told=told), of(2, 2, 3, told=told)], "all")
        return [(row["deal_id"], row["version"], row["command_id"]) for row in rows]

    assert order(told=True) == [(1, 1, "c1"), (2, 1, "c2"), (2, 2, "c3"), (1, 2, "c4")]
    assert order(told=False) == [(1, 1, "all"), (1, 2, "all"), (2, 1, "all"), (2, 2, "all")]


def test_every_kind_of_event_is_told_to_numbers_or_not() -> None:
    assert {kind for kind, *_ in TOLD} == {*Kind}


@pytest.mark.parametrize(("kind", "after", "facts", "expected"), TOLD)
def test_numbers_are_told_of_an_event_what_they_rest_on(
    kind: Kind, after: dict[str, Any], facts: EventFacts, expected: list[object] | None
) -> None:
    row = event_row(Event(kind, NOW, {}, after, facts), 1, 1, "c")
    whole = None if expected is None else [micros(NOW), kind, *expected]
    assert fact_values(row) == whole
    assert fact_text(row) == (
        "" if whole is None else "," + json.dumps(whole, separators=(",", ":"))
    )


def test_a_deals_life_is_read_from_its_events(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k p:60 close:19dec").id
    team.clock.wait(days=2)
    ana.move([deal], NEEDS, override=WHY)
    ana.log_touch([deal], "call", "out")
    ana.set_fields([deal], ["value=30k", "close=2027-02-01"])
    ana.assign([deal], "bo")
    team.clock.wait(days=3)
    ana.win([deal], value=Money(2_500_000, "EUR"), override=WHY)
    history = only(histories(database, ana))
    began, moved, won = (micros(NOW + timedelta(days=days)) for days in (0, 2, 5))
    assert history.entered_at == (began, moved, won)
    assert history.places == (LEAD, NEEDS, -1)
    assert history.overridden == (1, 2)
    assert (history.first_minor, history.minor, history.currency) == (4_000_000, 2_500_000, "EUR")
    assert (history.owner_at(began), history.owner) == ("ana", "bo")
    assert (history.bp, history.close, history.pushed_at) == (6_000, "2027-02-01", (moved,))
    assert (history.touched_at, history.touch_kinds) == ((moved,), ("call out",))


def test_an_instant_in_the_past_sees_what_had_happened_by_then(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana).id
    team.clock.wait(days=1)
    ana.lose([deal], Loss("price"))
    team.clock.wait(days=1)
    ana.reopen([deal])
    outcomes = [
        only(histories(database, ana, NOW + timedelta(days=day))).outcome for day in (0, 1, 2)
    ]
    assert outcomes == [0, -2, 0]
    assert histories(database, ana, NOW - timedelta(seconds=1)) == []


def test_an_undone_move_never_happened_once_it_was_undone(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana).id
    team.clock.wait(days=1)
    ana.move([deal], QUALIFICATION)
    team.clock.wait(days=1)
    ana.undo()
    stages = [
        only(histories(database, ana, NOW + timedelta(days=day))).stage_id for day in (0, 1, 2)
    ]
    assert stages == [LEAD, QUALIFICATION, LEAD]
    assert len(only(histories(database, ana)).places) == 1


def test_a_redone_move_happened_when_it_first_did(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana).id
    team.clock.wait(days=1)
    ana.move([deal], QUALIFICATION)
    for _ in range(3):
        team.clock.wait(days=1)
        ana.undo()
        team.clock.wait(days=1)
        ana.redo()
    found = only(histories(database, ana))
    assert tuple(zip(found.entered_at, found.places, strict=True))[1:] == (
        (micros(NOW + timedelta(days=1)), QUALIFICATION),
    )
    undone = only(histories(database, ana, NOW + timedelta(days=6)))
    assert undone.stage_id == LEAD


def test_what_a_merge_brings_is_of_the_deal_that_it_came_from_until_the_merge(
    team: Team, ana: Workspace, database: Database
) -> None:
    keep, other = add(ana).id, add(ana).id
    team.clock.wait(days=1)
    ana.log_touch([other], "email", "out", quote=True)
    team.clock.wait(days=2)
    ana.merge(keep, [other])
    team.clock.wait(days=1)

    def told(days: float) -> list[tuple[int, int]]:
        found = histories(database, ana, NOW + timedelta(days=days))
        return [(len(deal.touched_at), len(deal.quoted_at)) for deal in found]

    assert [told(days) for days in (0, 2, 3, 4)] == [
        [(0, 0), (0, 0)],
        [(0, 0), (1, 1)],
        [(1, 1), (1, 1)],
        [(1, 1), (1, 1)],
    ]
    ana.undo()
    assert [told(days) for days in (2, 4)] == [[(0, 0), (1, 1)]] * 2
    ana.redo()
    assert told(2) == [(0, 0), (1, 1)]


def test_a_deal_whose_creation_was_undone_is_in_no_number(
    team: Team, ana: Workspace, database: Database
) -> None:
    add(ana)
    team.clock.wait(days=1)
    ana.undo()
    assert histories(database, ana) == []
    assert len(histories(database, ana, NOW)) == 1


def test_a_backdated_mistake_that_was_taken_back_never_counted(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana, stage=CLOSING).id
    team.clock.wait(days=10)
    ana.win([deal], on=NOW.date() + timedelta(days=5), override=WHY)
    between = NOW + timedelta(days=7)
    assert only(histories(database, ana, between)).outcome == -1
    ana.undo()
    assert only(histories(database, ana, between)).outcome == 0


def test_deals_are_read_by_id_and_by_pipeline(ana: Workspace, database: Database) -> None:
    first, second = add(ana).id, add(ana).id
    other = ana.save_pipeline(
        template("minimal", pipeline_name="Partners", currency="USD", first_stage_id=0)
    )
    elsewhere = ana.add("Kestrel BV: reseller 9k", pipeline=other).deals[0].id
    now = ana.now()
    assert [h.id for h in read_histories(database, sales(ana).id, now)] == [first, second]
    assert [h.id for h in read_histories(database, other.id, now)] == [elsewhere]
    assert [
        h.id for h in read_histories(database, sales(ana).id, now, {second, elsewhere, 99})
    ] == [second]
    assert read_histories(database, sales(ana).id, now, set()) == []


def test_more_deals_than_are_read_at_once(
    ana: Workspace, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.store.reading.facts.DEALS_AT_ONCE", 2)
    wanted = [add(ana).id for _ in range(5)]
    ana.undo()
    assert [h.id for h in histories(database, ana)] == wanted[:4]
    chosen = read_histories(database, sales(ana).id, ana.now(), wanted)
    assert [h.id for h in chosen] == wanted[:4]


def detail_of(event: sqlite3.Row) -> str | None:
    """The word of a fact, as each kind has it."""
    match event["kind"]:
        case "touch":
            return f"{event['touch_type']} {event['touch_direction']}"
        case "next_step":
            return "step" if event["has_step"] else None
        case "moved" | "won" | "reopened":
            return "override" if event["overrides"] else None
        case _:
            said = [event[name] for name in ("owner", "category", "loss_category")]
            return next((word for word in said if word), None)


def events_that_stand(path: Path, us: int) -> list[Fact]:
    """The same facts by walking every chain of undo and redo, row by row."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        commands = raw.execute("select * from command order by seq").fetchall()
        events = raw.execute("select * from event order by deal_id, version").fetchall()
    root: dict[str, str] = {}
    standing: dict[str, bool] = {}
    recorded = {command["id"]: command["at"] for command in commands}
    for command in commands:
        about = command["undoes"] or command["redoes"]
        if about is None:
            standing[command["id"]] = True
            continue
        first = root[command["id"]] = root.get(about, about)
        if command["at"] <= us or recorded[first] > us:
            standing[first] = command["undoes"] is None
    return [
        Fact(
            event["deal_id"],
            event["at"],
            event["kind"],
            event["stage_id"],
            event["value_minor"] if event["probability_bp"] is None else event["probability_bp"],
            event["currency"],
            event["on_date"],
            detail_of(event),
        )
        for event in events
        if event["at"] <= us
        and event["kind"] in KINDS
        and event["kind"] != "edited"
        and standing.get(event["command_id"])
    ]


def do_something(rng: Random, workspace: Workspace, today: date) -> None:
    """One command on a deal or two; what is refused is not done."""
    deals = [deal.id for deal in workspace.reader.each(today=today)]
    if not deals or rng.random() < 0.2:
        add(workspace, f"Deal {rng.random()}: pilot {rng.randint(1, 90)}k")
        return
    ids = rng.sample(deals, min(len(deals), rng.randint(1, 2)))
    match rng.randrange(9):
        case 0 | 1:
            stage = rng.choice((LEAD, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION))
            workspace.move(ids, stage, override=WHY)
        case 2:
            workspace.win(ids, override=WHY)
        case 3:
            workspace.lose(ids, Loss("price"))
        case 4:
            workspace.reopen(ids, override=WHY)
        case 5:
            workspace.set_fields(ids, [f"value={rng.randint(1, 90)}k", "close=2027-01-05"])
        case 6:
            workspace.redo()
        case _:
            workspace.undo()


@pytest.mark.parametrize("seed", range(6))
def test_the_facts_of_any_instant_are_those_of_the_commands_that_stand(
    team: Team, ana: Workspace, database: Database, seed: int
) -> None:
    rng = Random(seed)
    reps = (ana, team.rep("bo"))
    for _ in range(50):
        with suppress(PipeboardError):
            do_something(rng, rng.choice(reps), ana.today)
        team.clock.wait(hours=rng.choice((0, 1, 30)))
    pipeline_id = sales(ana).id
    span = ana.now() - NOW
    for share in (0.0, 0.3, 0.6, 0.9, 1.0):
        at = NOW + span * share
        found = [
            Fact(deal_id, *fact)
            for deal_id, facts in read_facts(database, pipeline_id, at)
            for fact in facts
            if fact[0] <= micros(at)
        ]
        assert found == events_that_stand(team.path, micros(at))
    report = Report(
        Basis.over(
            read_histories(database, pipeline_id, ana.now()),
            read_rules(database, sales(ana), SETTINGS),
            ana.now(),
            ALL,
        )
    )
    statuses = [str(deal.outcome) for deal in ana.reader.each(today=ana.today)]
    for outcome in ("won", "lost", "open"):
        assert report.metric(f"{outcome}_count").value == statuses.count(outcome)
    assert off_by(report.waterfall) == 0

    assert list(log_faults(database)) == []  # and what is kept of them is what the log says


def test_facts_that_the_log_does_not_tell_are_found(
    team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana).id
    for wrong in ("facts = ''", "holds_from = 7", "pipeline_id = 9"):
        with closing(sqlite3.connect(team.path)) as raw:
            (kept,) = raw.execute("select * from deal_facts").fetchall()
            raw.execute(f"update deal_facts set {wrong}")
            raw.commit()
            (flaw,) = log_faults(database)
            assert flaw.kind == "replay" and f"D-{deal}" in flaw.text
            raw.execute("delete from deal_facts")
            raw.execute("insert into deal_facts values (?, ?, ?, ?)", kept)
            raw.commit()
    assert list(log_faults(database)) == []


def test_a_deal_that_an_undo_left_as_it_was_has_been_through_what_it_was(
    team: Team, ana: Workspace, database: Database
) -> None:
    stays, goes_back = add(ana).id, add(ana).id
    team.clock.wait(days=1)
    ana.move([stays, goes_back], QUALIFICATION)
    team.clock.wait(days=1)
    team.rep("bo").move([stays], NEEDS, override=WHY)
    team.clock.wait(days=1)
    ana.undo(rest=True)
    stages = [list(one.places) for one in histories(database, ana)]
    assert stages == [[LEAD, QUALIFICATION, NEEDS], [LEAD]]
    before = [one.stage_id for one in histories(database, ana, NOW + timedelta(days=1))]
    assert before == [QUALIFICATION, QUALIFICATION]


def test_numbers_rest_on_the_kinds_that_are_kept_for_them() -> None:
    assert set(KINDS) == KEPT_KINDS


@pytest.mark.parametrize("seed", range(4))
def test_a_reader_that_read_before_finds_what_one_that_reads_anew_finds(
    team: Team, ana: Workspace, seed: int
) -> None:
    rng, reps, pipeline_id = Random(seed), (ana, team.rep("bo")), sales(ana).id
    kept = ana.store.new_reader(None)
    for number in range(60):
        with suppress(PipeboardError):
            do_something(rng, rng.choice(reps), ana.today)
        team.clock.wait(hours=rng.choice((0, 1, 30, -40)))
        now = ana.now()
        for at in rng.sample((now, NOW + timedelta(days=2), now - timedelta(days=3)), 2):
            with closing(ana.store.new_reader(None)) as anew:
                wanted = anew.numbers.histories(pipeline_id, at)
            found = kept.numbers.histories(pipeline_id, at)
            assert list(map(everything, found)) == list(map(everything, wanted)), number
    kept.close()


def everything(history: DealHistory) -> list[object]:
    return [getattr(history, name) for name in DealHistory.__slots__]


def test_a_reader_that_read_one_pipeline_reads_another_of_its_own(ana: Workspace) -> None:
    partners = template("minimal", pipeline_name="Partners", currency="USD", first_stage_id=0)
    other = ana.save_pipeline(partners)
    first, elsewhere = add(ana).id, ana.add("Kestrel BV: reseller 9k", pipeline=other).deals[0].id
    with closing(ana.store.new_reader(None)) as kept:
        for at in (ana.now(), ana.now() + timedelta(days=1)):
            for pipeline_id, deal_id in ((sales(ana).id, first), (other.id, elsewhere)):
                found = kept.numbers.histories(pipeline_id, at)
                assert [history.id for history in found] == [deal_id]


def test_numbers_of_a_pipeline_are_read_again_where_only_deals_of_another_have_changed(
    ana: Workspace,
) -> None:
    partners = template("minimal", pipeline_name="Partners", currency="USD", first_stage_id=0)
    other = ana.save_pipeline(partners)
    first, elsewhere = add(ana).id, ana.add("Kestrel BV: reseller 9k", pipeline=other).deals[0].id
    with closing(ana.store.new_reader(None)) as kept:
        for change in (elsewhere, elsewhere, first):
            found = kept.numbers.histories(sales(ana).id, ana.now())
            assert [history.id for history in found] == [first]
            ana.add_note([change], "They called.")


def test_what_numbers_are_measured_by_is_read_beside_them(
    team: Team, ana: Workspace, database: Database
) -> None:
    ana.save_rep(Rep("bo", "Bo", "north"))
    target = Target("2026Q4", Money(13_000_000, "EUR"), "bo")

    ana.set_target(sales(ana), "2026Q4", "130k", owner="bo")
    ana.set_rate("USD", "0.9", on=date(2026, 11, 1))
    rules = read_rules(database, sales(ana), SETTINGS)
    assert rules.targets == (target,)
    assert rules.teams["bo"] == "north"
    assert rules.exchange.rate("USD", date(2026, 11, 20)) == Fraction(9, 10)
    assert rules.exchange.rate("USD", date(2026, 10, 20)) is None


def test_a_stage_keeps_the_probabilities_that_it_had(
    team: Team, ana: Workspace, database: Database
) -> None:
    team.clock.wait(days=3)
    pipeline = sales(ana)
    edited = tuple(
        replace(stage, probability_bp=4_200) if stage.id == PROPOSAL else stage
        for stage in pipeline.stages
    )
    ana.save_pipeline(replace(pipeline, stages=edited))
    rules = read_rules(database, sales(ana), SETTINGS)
    for days, bp in ((-9, 5_000), (2, 5_000), (4, 4_200)):
        assert rules.chance_at(PROPOSAL, micros(NOW + timedelta(days=days))) == bp


def test_moving_the_bar_of_qualification_is_noted(
    team: Team, ana: Workspace, database: Database
) -> None:
    before, qualifying, *after = sales(ana).stages
    for changed in (replace(qualifying, playbook="Listen."), replace(qualifying, qualified=True)):
        team.clock.wait(days=3)
        ana.save_pipeline(replace(sales(ana), stages=(before, changed, *after)))
    rules = read_rules(database, sales(ana), SETTINGS)
    assert rules.bar_moved_at == (micros(NOW + timedelta(days=6)),)


def test_quotes_and_evidence_come_from_the_log_of_then(
    team: Team, ana: Workspace, database: Database
) -> None:
    proved, hoped = add(ana).id, add(ana).id
    for question in ("timeline", "authority"):
        for deal in (proved, hoped):
            ana.answer([deal], question, "They said so.", 3)
    ana.set_contact(proved, Contact("Mika Laine", "decision_maker"))
    ana.edit([proved], {"quote_sent_at": NOW})
    team.clock.wait(days=40)
    ana.log_touch([proved], "email", quote=True)
    later = ana.now()
    both = frozenset((proved, hoped))
    assert read_supported(database, sales(ana), NOW, both) == {proved}
    assert read_supported(database, sales(ana), NOW - timedelta(days=1), both) == frozenset()
    first, _ = histories(database, ana, NOW)
    assert first.quoted_at == (micros(NOW),)
    assert histories(database, ana)[0].quoted_at == (micros(NOW), micros(later))


def test_deals_are_grouped_by_what_they_say_of_themselves(
    ana: Workspace, database: Database
) -> None:
    first = add(ana, "Lumen Oy: pilot source:cold-call").id
    second = add(ana, "Acme: pilot source:referral").id
    ana.set_fields([second], ["fields.Product=GTX"])
    pipeline_id = sales(ana).id
    assert read_attribute(database, pipeline_id, "source") == {
        first: "cold-call",
        second: "referral",
    }
    assert read_attribute(database, pipeline_id, "channel") == {first: "out", second: "in"}
    for name in ("field.Product", "product", "field.product"):
        assert read_attribute(database, pipeline_id, name) == {second: "GTX"}
    with pytest.raises(BadInput, match="Nothing called 'sauce'") as refused:
        read_attribute(database, pipeline_id, "sauce")
    assert "source" in refused.value.hint


@pytest.mark.parametrize(
    "name", ["title", "account", "source", "source_detail", "contact_reason", "field.tier"]
)
def test_deals_are_grouped_by_each_word_of_theirs_as_it_is_and_as_it_was(
    team: Team, ana: Workspace, database: Database, name: str
) -> None:
    deal = add(ana, "Lumen Oy: pilot").id
    field = name.replace("field.", "fields.")
    ana.set_fields([deal], [f"{field}=first"])
    before = ana.now()
    team.clock.wait(days=3)
    ana.set_fields([deal], [f"{field}=second"])
    pipeline_id = sales(ana).id
    assert read_attribute(database, pipeline_id, name) == {deal: "second"}
    assert read_attribute(database, pipeline_id, name, before) == {deal: "first"}


def test_what_was_agreed_at_an_instant_is_what_numbers_are_held_against(
    team: Team, ana: Workspace, database: Database
) -> None:
    pipeline = sales(ana)
    ana.set_target(pipeline, "2026Q4", "1")
    ana.set_target(pipeline, "2026Q1", "7")
    ana.save_rep(Rep("bo", "Bo", "south"))
    team.clock.wait(days=9)
    ana.set_target(pipeline, "2026Q4", "130k")
    ana.set_target(pipeline, "2026Q1", None)
    ana.set_rate("USD", "0.9", on=NOW.date())
    ana.save_rep(Rep("bo", "Bo", "north"))
    pipeline = renamed_first_stage(ana, "Suspects")

    now, then = (read_rules(database, pipeline, SETTINGS, at) for at in (ana.now(), NOW))
    assert [target.amount.minor for target in now.targets] == [13_000_000]
    assert [target.amount.minor for target in then.targets] == [700, 100]
    assert (now.teams["bo"], then.teams["bo"]) == ("north", "south")
    assert now.exchange.rate("USD", ana.today) and then.exchange.rate("USD", ana.today) is None
    assert (now.pipeline.stages[0].name, then.pipeline.stages[0].name) == (
        "Suspects",
        "Lead Generation",
    )


def test_an_agreement_that_was_taken_back_stood_until_then(
    team: Team, ana: Workspace, database: Database
) -> None:
    pipeline = sales(ana)
    ana.set_target(pipeline, "2026Q4", "1")
    team.clock.wait(days=1)
    ana.set_target(pipeline, "2026Q4", "2")
    changed = ana.now()
    team.clock.wait(days=1)
    ana.undo()
    amounts = [
        [target.amount.minor for target in read_rules(database, pipeline, SETTINGS, at).targets]
        for at in (NOW, changed, ana.now())
    ]
    assert amounts == [[100], [200], [100]]


def renamed_first_stage(workspace: Workspace, name: str) -> Pipeline:
    pipeline = sales(workspace)
    first, *others = pipeline.stages
    return workspace.save_pipeline(replace(pipeline, stages=(replace(first, name=name), *others)))


SPOILED = {
    "event": ("at", "kind", "data", "version", "stage_id", "value_minor", "undoes"),
    "command": ("at", "undoes", "redoes"),
    "deal_facts": ("facts", "holds_from", "pipeline_id"),
}


@pytest.mark.parametrize(
    ("table", "column"), [(table, name) for table, names in SPOILED.items() for name in names]
)
@pytest.mark.parametrize("wrong", ['{"after":{"quote_sent_at":"', "x", "[]", -5, b"\xff\x41"])
def test_whatever_stands_in_the_log_the_doctor_tells_it_in_a_sentence(
    table: str, column: str, wrong: object, team: Team, ana: Workspace, database: Database
) -> None:
    deal = add(ana).id
    ana.set_fields([deal], ["value=7k"])
    with closing(sqlite3.connect(team.path)) as raw:
        raw.execute("PRAGMA ignore_check_constraints=ON")
        with suppress(sqlite3.IntegrityError):  # no two rows of an index alike: one is enough
            raw.execute(f"update {table} set {column} = ? where rowid = 1", (wrong,))
        raw.commit()
    with suppress(DatabaseError):
        found = list(log_faults(database))
        assert all(f"D-{deal}" in flaw.text or flaw.kind != "replay" for flaw in found)
        assert found or column in ("undoes", "redoes", "at")


FILTERS = (
    *(field.example for field in FIELDS),
    *(f"{field.name}:none" for field in FIELDS if field.optional),
    *STATES,
    "acme", "+vip", "tag:none", "field.plan:gold", "field.plan:none", "q:need", "q:need>=2",
    "id:1,D-3", "owner:bo value>5k -won", "source:web | lost",
)  # fmt: skip


@pytest.mark.parametrize("seed", range(2))
def test_a_filter_finds_of_any_instant_what_it_found_then(
    team: Team, ana: Workspace, seed: int
) -> None:
    rng = Random(seed)
    reps = (ana, team.rep("bo"))
    # A merge brings touches of earlier days, which count from then on for those days too.
    doing = [do for do in DOING if "merge" not in do.__code__.co_names]
    add(ana, "Acme Oy: press 9k +vip field.plan=gold source:web", 3)
    for stage in range(1, 7):
        add(ana, f"Lumen Oy: pilot {stage}k", stage)
    found: list[tuple[Listing, datetime, frozenset[int]]] = []
    for _ in range(6):
        for _ in range(10):
            with suppress(PipeboardError):
                deals = ana.reader.ids(Listing(ana.today, SETTINGS.zone))
                rng.choice(doing)(rng.choice(reps), rng.choice(deals or (1,)), rng)
            team.clock.wait(hours=rng.choice((0, 1, 30)))
        for text in FILTERS:
            query = parse_filter(text, today=ana.today, currency="EUR")
            listing = Listing(ana.today, SETTINGS.zone, "ana", sales(ana).id, filter=query)
            with suppress(BadInput):
                found.append((listing, ana.now(), frozenset(ana.reader.ids(listing))))
        team.clock.wait(hours=1)
    for listing, at, then in found:
        assert ana.reader.ids_at(listing, at) == then, (listing.filter.text, at)
    assert len({then for _, _, then in found}) > 10


def test_only_what_takes_long_to_go_through_is_collected_no_more() -> None:
    before = gc.get_freeze_count()
    with collecting_later():
        few = [[number] for number in range(1_000)]
    assert gc.isenabled()
    assert gc.get_freeze_count() == before
    try:
        with collecting_later(), collecting_later():
            many = [[number] for number in range(60_000)]
            assert not gc.isenabled()
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(few) + len(many)
    finally:
        gc.unfreeze()
