"""What a team agreed on: each question of it finds what it asks for among much else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.deal import Status
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.rules import Target
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.projecting import Change
from pipeboard.store.reading.agreements import Agreements, PipelineEdit, agreed_at, read_rates
from pipeboard.store.reading.metric_settings import _versions, read_calls, read_rules, read_targets
from pipeboard.store.reading.setup import read_saved_filters, read_settings
from pipeboard.store.sql import Audit
from pipeboard.store.writing import Done
from tests.store.made_up import NOW, deal, pipelines, store_with

CALL, TARGET, RATE, FILTER = Topic.CALL, Topic.TARGET, Topic.RATE, Topic.FILTER
Said = tuple[Topic, tuple[str | int, ...], dict[str, Any] | None, dict[str, Any] | None]


def eur(minor: int) -> dict[str, Any]:
    return {"currency": "EUR", "amount_minor": minor}


def rate(numerator: int, denominator: int = 1) -> dict[str, Any]:
    return {"numerator": numerator, "denominator": denominator}


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


ALL, OF_ANA, OF_2 = (1, "2026Q1", "", ""), (1, "2026Q1", "ana", ""), (2, "2026Q1", "", "")
CALL_ANA, CALL_BO, CALL_CY = (1, "2026Q1", "ana"), (1, "2026Q1", "bo"), (2, "2026Q1", "cy")
USD = ("USD", "2026-03-01")
LOG: Sequence[tuple[str, int, str, str, str, str | None, tuple[Said, ...]]] = (
    ("t1", 1, "ana", "", "target", None,
     ((TARGET, ALL, None, eur(5)), (TARGET, OF_ANA, None, eur(3)), (TARGET, OF_2, None, eur(1)))),
    ("t2", 2, "bo", "ana", "target", None, ((TARGET, ALL, eur(5), eur(7)),)),
    ("k1", 3, "ana", "", "call", None, ((CALL, CALL_ANA, None, eur(9)),)),
    ("k2", 4, "bo", "", "call", None, ((CALL, CALL_BO, None, eur(8)),)),
    ("k3", 5, "cy", "", "call", None, ((CALL, CALL_CY, None, eur(6)),)),
    ("k4", 6, "ana", "", "call", None, ((CALL, CALL_ANA, eur(9), eur(11)),)),
    ("k5", 7, "bo", "", "undo", "k2", ((CALL, CALL_BO, eur(8), None),)),
    ("r1", 8, "ana", "", "rate", None, ((RATE, USD, None, rate(1, 2)),)),
    ("r2", 9, "ana", "", "rate", None, ((RATE, USD, rate(1, 2), rate(3, 4)),)),
    ("f1", 10, "ana", "", "filter", None,
     ((FILTER, ("hot", "ana"), None, {"filter": "value>5"}),
      (FILTER, ("hot", ""), None, {"filter": "value>6"}),
      (FILTER, ("cold", "bo"), None, {"filter": "value<1"}),
      (FILTER, ("all", ""), None, {"filter": "open"}))),
)  # fmt: skip
"""Commands: id, hours after NOW, actor, for whom, verb, what it undoes, what was agreed."""
DEALS = [
    deal(1, owner="ana"),
    deal(2, owner="ana", archived_at=NOW),
    deal(3, owner="ana", removed=True),
    deal(4, owner="bo", stage_id=2),
    deal(5, owner="bo", pipeline_id=2, stage_id=30),
    deal(6, owner="bo", stage_id=7, outcome=Status.WON, closed_at=NOW),
]


def say(store: Store) -> None:
    for name, hours, actor, acting_as, verb, undoes, said in LOG:
        at, changed = later(hours), [Agreement(*one) for one in said]
        done = Done(name, at, actor, acting_as, verb, f"Did {name}.", undoes=undoes)

        def work(writer: Any, done: Done = done, changed: list[Agreement] = changed) -> None:
            writer.begin_command(done)
            writer.record_agreements(done.id, changed)
            for one in changed:
                writer.agree(one, done.at, done.actor)
            if done.undoes:
                writer.mark(done.undoes, undone=True)

        store.write(work)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(store_with(tmp_path_factory.mktemp("agreed") / "deals.db", DEALS)) as made:
        say(made)
        before = made.reader.deal(4)
        assert before is not None
        event = change_to(before, Kind.MOVED, later(11), {"stage_id": 3})
        moved = Change(before, evolve(before, event), (event,))
        done = Done("m1", later(11), "bo", "", "move", "Moved.")
        made.write(lambda writer: writer.record(done, [moved]))
        renamed = replace(pipelines()[0], name="Hunting", version=2)
        made.write(lambda writer: writer.save_pipeline(renamed, later(12), "bo"))
        third = replace(pipelines()[0], name="Farming", version=3)
        made.write(lambda writer: writer.save_pipeline(third, later(13), "cy"))
        yield made


@pytest.fixture
def database(store: Store) -> Database:
    return store.reader.whole().database


@pytest.mark.parametrize(
    ("topic", "key", "contents"),
    [
        (TARGET, ALL, eur(7)),
        (TARGET, OF_ANA, eur(3)),
        (TARGET, OF_2, eur(1)),
        (TARGET, (1, "2026Q1", "bo", ""), None),
        (TARGET, (1, "2026Q2", "", ""), None),
        (TARGET, (1, "2026Q1", "", "east"), None),
        (CALL, CALL_ANA, eur(11)),
        (CALL, CALL_BO, None),
        (CALL, CALL_CY, eur(6)),
        (CALL, (1, "2026Q1", "cy"), None),
        (Topic.REVIEW, CALL_ANA, None),
        (RATE, USD, rate(3, 4)),
        (RATE, ("USD", "2026-03-02"), None),
        (RATE, ("CHF", "2026-03-01"), None),
        (FILTER, ("hot", "ana"), {"filter": "value>5"}),
        (FILTER, ("hot", ""), {"filter": "value>6"}),
        (FILTER, ("hot", "bo"), None),
        (Topic.REP, ("bo",), {
            "display_name": "", "team": "", "active": True, "role": "", "acts_for": "",
        }),
        (Topic.REP, ("nobody",), None),
    ],
)  # fmt: skip
def test_what_is_agreed_is_found_under_its_whole_key(
    topic: Topic, key: tuple[str | int, ...], contents: dict[str, Any] | None, store: Store
) -> None:
    assert store.reader.agreements.contents(topic, key) == contents


def test_a_rep_is_agreed_on_with_all_that_is_known_of_them(tmp_path: Path) -> None:
    with closing(store_with(tmp_path / "deals.db", [])) as made:
        rep = Rep("ana", "Ana Ro", "north", active=False, role="manager", acts_for="*")
        made.write(lambda writer: writer.save_rep(rep))
        assert made.reader.agreements.contents(Topic.REP, ("ana",)) == {
            "display_name": "Ana Ro", "team": "north", "active": False, "role": "manager",
            "acts_for": "*",
        }  # fmt: skip


def test_what_the_log_alone_keeps_stands_as_it_was_said_last_in_the_order_of_that(
    store: Store,
) -> None:
    standing = store.reader.agreements.standing
    assert standing(CALL) == [(CALL_CY, eur(6)), (CALL_ANA, eur(11))]
    assert standing(TARGET) == [(OF_ANA, eur(3)), (OF_2, eur(1)), (ALL, eur(7))]
    assert standing(Topic.REVIEW) == []


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({}, "f1 f1 f1 f1 r2 r1 k5 k4 k3 k2 k1 t2 t1 t1 t1"),
        ({"since": later(9)}, "f1 f1 f1 f1 r2"),
        ({"since": later(9) + timedelta(seconds=1)}, "f1 f1 f1 f1"),
        ({"before": 5}, "t2 t1 t1 t1"),
        ({"limit": 5}, "f1 f1 f1 f1 r2"),
        ({"before": 11, "limit": 2}, "r1 k5"),
        ({"since": later(3), "before": 11, "limit": 4}, "r1 k5 k4 k3"),
        ({"of": Agreement(CALL, CALL_ANA, None, None)}, "k4 k1"),
        ({"of": Agreement(TARGET, ALL, None, None)}, "t2 t1"),
        ({"of": Agreement(TARGET, CALL_ANA, None, None)}, ""),
        ({"of": Agreement(CALL, CALL_ANA, None, None), "since": later(4)}, "k4"),
        ({"audit": Audit(by="bo")}, "k5 k2 t2"),
        ({"audit": Audit(by="ana")}, "f1 f1 f1 f1 r2 r1 k4 k1 t2 t1 t1 t1"),
        ({"audit": Audit(verb="call")}, "k4 k3 k2 k1"),
        ({"audit": Audit(verb="call", by="cy")}, "k3"),
        ({"audit": Audit(undone=True)}, "k2"),
        ({"audit": Audit(for_others=True)}, "t2"),
        ({"audit": Audit(overrides=True)}, ""),
    ],
)
def test_changes_of_agreements_come_newest_first_and_are_those_that_are_asked_for(
    asked: dict[str, Any], names: str, store: Store
) -> None:
    found = store.reader.agreements.entries(**asked)
    assert [one.command_id for one in found] == names.split()
    assert [one.seq for one in found] == sorted((one.seq for one in found), reverse=True)


def test_a_change_of_an_agreement_says_who_made_it_and_in_which_command(store: Store) -> None:
    found = {one.command_id: one for one in store.reader.agreements.entries()}
    two = found["t2"]
    assert two.agreement == Agreement(TARGET, ALL, eur(5), eur(7))
    assert (two.verb, two.actor, two.acting_as, two.summary) == ("target", "bo", "ana", "Did t2.")
    assert (two.recorded_at, two.undoes, two.undone) == (later(2), False, False)
    assert (found["k5"].undoes, found["k5"].undone) == (True, False)
    assert (found["k2"].undoes, found["k2"].undone) == (False, True)
    assert found["k5"].agreement == Agreement(CALL, CALL_BO, eur(8), None)


def test_a_command_changed_its_own_agreements_in_their_order(store: Store) -> None:
    agreements = store.reader.agreements
    assert agreements.of_command("t1") == [
        (1, Agreement(TARGET, ALL, None, eur(5))),
        (2, Agreement(TARGET, OF_ANA, None, eur(3))),
        (3, Agreement(TARGET, OF_2, None, eur(1))),
    ]
    assert [seq for seq, _ in agreements.of_command("k4")] == [8]
    assert agreements.of_command("m1") == []


@pytest.mark.parametrize(
    ("topic", "is_there"), [(CALL, True), (RATE, True), (Topic.REVIEW, False), (Topic.REP, False)]
)
def test_whether_something_of_a_kind_was_ever_agreed(
    topic: Topic, is_there: bool, store: Store
) -> None:
    assert store.reader.agreements.has(topic) is is_there


def test_a_pipeline_is_known_in_each_of_its_versions_and_by_who_led_it_there(store: Store) -> None:
    agreements = store.reader.agreements
    names = [("New business", 1), ("Hunting", 2), ("Farming", 3), (None, 4)]
    for name, version in names:
        found = agreements.pipeline_version(1, version)
        assert (found and found.name) == name
    other = agreements.pipeline_version(2, 1)
    assert other is not None and other.name == "Renewals"
    assert agreements.pipeline_version(2, 2) is None
    second = PipelineEdit(2, "bo", later(12))
    third = PipelineEdit(3, "cy", later(13))
    assert agreements.pipeline_edits(1, 0) == [PipelineEdit(1, "ana", NOW), second, third]
    assert agreements.pipeline_edits(1, 1) == [second, third]
    assert agreements.pipeline_edits(1, 3) == []
    assert agreements.pipeline_edits(2, 0) == [PipelineEdit(1, "ana", NOW)]


@pytest.mark.parametrize(
    ("stages", "standing", "used", "ever"),
    [
        ((1,), {1: 1}, {1}, {1, 2, 3}),
        ((1, 2, 3), {1: 1, 3: 1}, {1, 2, 3}, {1, 2, 3, 4}),
        ((2,), {}, {2}, {4}),
        ((3,), {3: 1}, {3}, {4}),
        ((4,), {}, set(), set()),
        ((30, 7), {30: 1, 7: 1}, {7, 30}, {5, 6}),
    ],
)
def test_of_a_stage_it_is_known_which_deals_stand_in_it_and_which_ever_did(
    stages: tuple[int, ...], standing: dict[int, int], used: set[int], ever: set[int], store: Store
) -> None:
    agreements = store.reader.agreements
    assert agreements.deals_in(stages) == standing
    assert agreements.stages_ever_used(stages) == used
    assert agreements.deals_ever_in(stages) == ever


def test_targets_and_deals_of_somebody_are_counted(store: Store) -> None:
    agreements = store.reader.agreements
    assert [agreements.targets(pipeline_id=one) for one in (1, 2, 3)] == [2, 1, 0]
    assert [agreements.targets(owner=one) for one in ("ana", "bo")] == [1, 0]
    assert [agreements.deals_of(one) for one in ("ana", "bo", "cy")] == [2, 3, 0]


@pytest.mark.parametrize(
    ("hours", "targets", "calls", "dollar"),
    [
        (0, {}, {}, None),
        (1, {ALL: 5, OF_ANA: 3}, {}, None),
        (2, {ALL: 7, OF_ANA: 3}, {}, None),
        (3, {ALL: 7, OF_ANA: 3}, {"ana": [9]}, None),
        (4, {ALL: 7, OF_ANA: 3}, {"ana": [9], "bo": [8]}, None),
        (6, {ALL: 7, OF_ANA: 3}, {"ana": [9, 11], "bo": [8]}, None),
        (7, {ALL: 7, OF_ANA: 3}, {"ana": [9, 11], "bo": [8, None]}, None),
        (8, {ALL: 7, OF_ANA: 3}, {"ana": [9, 11], "bo": [8, None]}, Fraction(1, 2)),
        (9, {ALL: 7, OF_ANA: 3}, {"ana": [9, 11], "bo": [8, None]}, Fraction(3, 4)),
        (None, {ALL: 7, OF_ANA: 3}, {"ana": [9, 11], "bo": [8, None]}, Fraction(3, 4)),
    ],
)
def test_numbers_of_an_instant_are_held_against_what_was_agreed_by_then(
    hours: int | None,
    targets: dict[tuple[int, str, str, str], int],
    calls: dict[str, list[int | None]],
    dollar: Fraction | None,
    database: Database,
) -> None:
    as_of = None if hours is None else later(hours)
    assert read_targets(database, 1, as_of) == tuple(
        Target("2026Q1", Money(minor, "EUR"), owner, team)
        for (_, _, owner, team), minor in targets.items()
    )
    found = read_calls(database, 1, as_of)
    amounts = {
        owner: [call and call.minor for _, call in said] for (_, owner), said in found.items()
    }
    assert amounts == calls
    assert read_rates(database, "EUR", as_of).rate("USD", date(2026, 3, 2)) == dollar
    rules = read_rules(database, pipelines()[0], read_settings(database), as_of)
    assert (len(rules.targets), len(rules.calls)) == (len(targets), len(calls))


def database_settings(database: Database) -> Any:
    from pipeboard.store.reading.setup import read_settings

    return read_settings(database)


def test_what_was_agreed_before_is_told_of_what_has_changed_since_alone(
    database: Database,
) -> None:
    assert agreed_at(database, "target", later(2)) == {}
    assert agreed_at(database, "target", later(1)) == {ALL: eur(5)}
    assert agreed_at(database, "target", NOW) == {ALL: None, OF_ANA: None, OF_2: None}
    assert agreed_at(database, "rate", later(7)) == {USD: None}
    assert agreed_at(database, "target", None) == {}


@pytest.mark.parametrize(
    ("hours", "name"), [(0, "New business"), (11, "New business"), (12, "Hunting"), (13, "Farming")]
)
def test_edits_of_a_pipeline_are_counted_from_the_instant_of_each(
    hours: int, name: str, database: Database
) -> None:
    assert _versions(database, 1, later(hours))[-1][1]["name"] == name
    assert [found["name"] for _, found in _versions(database, 2, None)] == ["Renewals"]
    assert [found["name"] for _, found in _versions(database, 1, NOW - timedelta(days=9))] == [
        "New business"
    ]


def test_saved_filters_are_ones_own_and_the_shared_ones_by_name(database: Database) -> None:
    assert read_saved_filters(database, "ana") == (
        ("all", "open"), ("hot", "value>6"), ("hot", "value>5"),
    )  # fmt: skip
    assert read_saved_filters(database, "bo") == (
        ("all", "open"), ("cold", "value<1"), ("hot", "value>6"),
    )  # fmt: skip
    assert Agreements(database).every_filter() == (
        ("all", "", "open"), ("hot", "", "value>6"), ("hot", "ana", "value>5"),
        ("cold", "bo", "value<1"),
    )  # fmt: skip
