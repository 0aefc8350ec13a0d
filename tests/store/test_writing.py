"""What a writer changes, row by row: what is meant, and nothing beside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic, contents_of
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Contact
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Event, Kind, change_to, evolve, inverse
from pipeboard.domain.json_data import Json
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import Store
from pipeboard.store.opening import SCHEMA, TABLES
from pipeboard.store.projecting import Change
from pipeboard.store.reading.setup import (
    TAKEN_BACK,
    pipeline_data,
    pipeline_from_data,
    pipeline_from_rows,
    read_pipelines,
)
from pipeboard.store.writing import Done, Writer
from tests.store.made_up import NOW, ZONE, created, deal, pipelines, store_with

Rows = dict[str, Counter[tuple[object, ...]]]
TARGET, RATE, FILTER = Topic.TARGET, Topic.RATE, Topic.FILTER


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    deals = [deal(1, owner="ana", tags=("hot",)), deal(2, owner="bo", tags=("hot", "big"))]
    with closing(store_with(tmp_path / "deals.db", deals, {1: "of one", 2: "of two"})) as made:
        for said in (
            Agreement(TARGET, (1, "2026Q1", "", ""), None, {"currency": "EUR", "amount_minor": 5}),
            Agreement(TARGET, (1, "2026Q2", "", ""), None, {"currency": "EUR", "amount_minor": 6}),
            Agreement(TARGET, (2, "2026Q1", "", ""), None, {"currency": "USD", "amount_minor": 7}),
            Agreement(RATE, ("USD", "2026-01-01"), None, {"numerator": 1, "denominator": 2}),
            Agreement(RATE, ("USD", "2026-02-01"), None, {"numerator": 1, "denominator": 3}),
            Agreement(FILTER, ("hot", "ana"), None, {"filter": "open"}),
            Agreement(FILTER, ("hot", ""), None, {"filter": "won"}),
        ):
            made.write(partial(Writer.agree, agreement=said, at=NOW, by="ana"))
        yield made


def rows(store: Store) -> Rows:
    whole = store.reader.whole()
    return {table: Counter(map(tuple, whole.rows(table))) for table in TABLES}


@contextmanager
def changing(store: Store, **tables: tuple[int, int]) -> Iterator[None]:
    """By table, how many rows are gone and how many are new once it is over; no others change, but
    for the count of changes."""
    before = rows(store)
    yield
    after = rows(store)
    for seen in (before["counter"], after["counter"]):
        for row in [row for row in seen if row[0] == "change"]:
            del seen[row]
    found = {
        table: ((before[table] - after[table]).total(), (after[table] - before[table]).total())
        for table in TABLES
    }
    assert {table: said for table, said in found.items() if said != (0, 0)} == tables


def changes(store: Store) -> int:
    return store.reader.whole().database.number("SELECT value FROM counter WHERE name = 'change'")


@pytest.mark.parametrize(
    ("work", "counted"),
    [
        (lambda writer: writer.save_rep(Rep("cy")), 1),
        (lambda writer: writer.save_settings(Settings()), 1),
        (lambda writer: writer.forget_pipeline(2), 1),
        (lambda writer: writer.numbers("deal", 3), 0),
        (lambda writer: writer.begin_command(Done("x", NOW, "ana", "", "set", "Set.")), 1),
        (lambda writer: writer.agree(Agreement(Topic.CALL, (1,), None, None), NOW, "ana"), 1),
        (lambda writer: writer.agree(Agreement(RATE, ("CHF", "x"), None, None), NOW, "ana"), 1),
        (lambda writer: writer.forget_stages([34]), 0),
    ],
)
def test_a_change_is_counted_once(
    work: Callable[[Writer], object], counted: int, store: Store
) -> None:
    before = changes(store)
    store.write(work)
    assert changes(store) == before + counted


def test_a_database_begins_with_its_counters_and_its_settings(tmp_path: Path) -> None:
    settings = Settings("USD", "Europe/Berlin", 6, 3, ("fair",), ("price",), 48, True, True, 1)
    with closing(Store.create(str(tmp_path / "new.db"), settings)) as made:
        database = made.reader.whole().database
        assert dict(database.records("SELECT name, value FROM counter")) == {
            "schema": SCHEMA, "deal": 0, "stage": 0, "pipeline": 0, "change": 1,
        }  # fmt: skip
        kept: dict[str, str] = dict(database.records("SELECT name, value FROM setting"))
        assert {name: json.loads(value) for name, value in kept.items()} == contents_of(settings)
        assert made.reader.settings() == settings


@pytest.mark.parametrize("kind", ["deal", "stage", "pipeline"])
def test_numbers_of_a_kind_are_taken_from_that_alone(kind: str, store: Store) -> None:
    with changing(store, counter=(1, 1)):
        assert store.write(lambda writer: writer.numbers(kind, 3)) == range(1, 4)
        assert store.reserve(kind, 2) == range(4, 6)


def test_a_command_that_is_marked_is_that_one_alone(store: Store) -> None:
    for name in ("x1", "x2"):
        done = Done(name, NOW, "ana", "bo", "set", f"Did {name}.", undoes="c1", redoes="c0")
        store.write(partial(Writer.begin_command, done=done))
    with changing(store, command=(1, 1)):
        store.write(lambda writer: writer.mark("x1", undone=True))
    undone = "SELECT id FROM command WHERE undone ORDER BY id"
    database = store.reader.whole().database
    assert database.column(undone) == ["x1"]
    store.write(lambda writer: writer.mark("x1", undone=False))
    assert database.column(undone) == []
    found = store.reader.history.command("x2")
    assert found is not None
    assert (found.at, found.actor, found.acting_as, found.verb, found.summary) == (
        NOW, "ana", "bo", "set", "Did x2.",
    )  # fmt: skip
    assert (found.undoes, found.redoes, found.undone) == ("c1", "c0", False)


@pytest.mark.parametrize(
    ("said", "table", "gone", "new"),
    [
        (Agreement(TARGET, (1, "2026Q1", "", ""), None, {"currency": "EUR", "amount_minor": 9}),
         "target", 1, 1),
        (Agreement(TARGET, (1, "2026Q1", "bo", ""), None, {"currency": "EUR", "amount_minor": 9}),
         "target", 0, 1),
        (Agreement(TARGET, (1, "2026Q1", "", ""), None, None), "target", 1, 0),
        (Agreement(TARGET, (2, "2026Q2", "", ""), None, None), "", 0, 0),
        (Agreement(RATE, ("USD", "2026-01-01"), None, {"numerator": 4, "denominator": 2}),
         "fx_rate", 1, 1),
        (Agreement(RATE, ("USD", "2026-02-01"), None, None), "fx_rate", 1, 0),
        (Agreement(FILTER, ("hot", ""), None, None), "saved_filter", 1, 0),
        (Agreement(FILTER, ("hot", "bo"), None, {"filter": "x"}), "saved_filter", 0, 1),
        (Agreement(Topic.REP, ("ana",), None, {
            "display_name": "Ana", "team": "x", "active": True, "role": "", "acts_for": "bo"}),
         "rep", 1, 1),
        (Agreement(Topic.REP, ("ana",), None, {"display_name": "A", "team": "", "active": True}),
         "rep", 1, 1),
        (Agreement(Topic.REP, ("bo",), None, None), "rep", 1, 0),
        (Agreement(Topic.CALL, (1, "2026Q1", "ana"), None, {"amount_minor": 1}), "", 0, 0),
        (Agreement(Topic.REVIEW, (1, "x"), None, {}), "", 0, 0),
    ],
)  # fmt: skip
def test_what_is_agreed_takes_the_place_of_what_was_under_its_key(
    said: Agreement, table: str, gone: int, new: int, store: Store
) -> None:
    with changing(store, **({table: (gone, new)} if table else {})):
        store.write(lambda writer: writer.agree(said, NOW, "ana"))
    if table:
        found = store.reader.agreements.contents(said.topic, said.key)
        assert found is None or said.after is not None
        after = said.after or {}
        assert {name: one for name, one in (found or {}).items() if name in after} == after


def test_settings_that_are_agreed_are_kept_whole_with_defaults_for_the_rest(store: Store) -> None:
    wanted: dict[str, Json] = {"currency": "CHF", "sources": ["fair", "web"], "week_start": 6}
    said = Agreement(Topic.SETTINGS, (), None, wanted)
    store.write(lambda writer: writer.agree(said, NOW, "ana"))
    assert store.reader.settings() == Settings("CHF", week_start=6, sources=("fair", "web"))


# Pipelines.

WHOLE = Stage(
    41, "Deep look", probability_bp=2_500, outcome="They agree.", expected_days=9, idle_days=4,
    qualified=True, category=Category.BEST, criteria=pipelines()[0].stages[1].criteria,
    checklist=("one", "two"), playbook="Listen.", next_step="call", retired=True,
    marketing_qualified=True,
)  # fmt: skip
ASKED = Question("need", "The need", "What for?", "It shows", "A number", (Factor.BUDGET,))
ENDS = (Stage(42, "Won", kind=StageKind.WON), Stage(43, "Lost", kind=StageKind.LOST))
QUESTIONS = (ASKED, replace(ASKED, key="b", proves=()))
TRAIT = Trait("field.size", ("50..500",), 2)
THIRD = Pipeline(3, "Partners", "CHF", (WHOLE, *ENDS), QUESTIONS, 4, (TRAIT,))


def test_a_pipeline_without_traits_reads_in_history_as_before_there_were_any() -> None:
    data = pipeline_data(replace(THIRD, traits=()))
    assert "traits" not in data
    assert pipeline_from_data(data).traits == ()


def test_every_part_of_a_pipeline_comes_back_from_its_rows_and_from_its_document(
    store: Store,
) -> None:
    assert WHOLE.criteria
    for part in (WHOLE, ASKED, TRAIT):
        assert all(getattr(part, name) for name in part.__slots__), part
    with changing(store, pipeline=(0, 1), stage=(0, 3), pipeline_version=(0, 1)):
        store.write(lambda writer: writer.save_pipeline(THIRD, NOW, "bo"))
    assert store.reader.pipelines()[-1] == THIRD
    assert store.reader.agreements.pipeline_version(3, 4) == THIRD
    assert pipeline_from_data(pipeline_data(THIRD)) == THIRD
    (edit,) = store.reader.agreements.pipeline_edits(3, 0)
    assert (edit.version, edit.by, edit.at) == (4, "bo", NOW)


def test_a_pipeline_keeps_its_place_and_its_stages_their_order(store: Store) -> None:
    store.write(lambda writer: writer.save_pipeline(THIRD, NOW, "bo"))
    first = pipelines()[0]
    turned = replace(first, stages=first.stages[::-1], version=9)
    stages = len(first.stages)
    moved = stages - stages % 2  # the one in the middle stays
    with changing(store, pipeline=(1, 1), stage=(moved, moved), pipeline_version=(0, 1)):
        store.write(lambda writer: writer.save_pipeline(turned, NOW, "bo"))
    assert [one.id for one in store.reader.pipelines()] == [1, 2, 3]
    assert store.reader.pipelines()[0] == turned


@pytest.mark.parametrize(
    ("pipeline", "tables"),
    [
        (1, {"target": (2, 0), "pipeline_version": (1, 0), "pipeline": (1, 1)}),
        (2, {"target": (1, 0), "pipeline_version": (1, 0), "pipeline": (1, 0), "stage": (5, 0)}),
    ],
)
def test_a_pipeline_is_forgotten_with_what_is_its_own_and_put_out_of_sight_where_deals_name_it(
    pipeline: int, tables: dict[str, tuple[int, int]], store: Store
) -> None:
    assert len(pipelines()[1].stages) == 5
    with changing(store, **tables):
        store.write(lambda writer: writer.forget_pipeline(pipeline))
    assert [one.id for one in store.reader.pipelines()] == [3 - pipeline]
    database = store.reader.whole().database
    gone = [one.name for one in read_pipelines(database, removed=True)]
    assert gone == (["New business"] if pipeline == 1 else [])
    names = database.column("SELECT name FROM pipeline WHERE removed")
    assert names == ([f"New business{TAKEN_BACK}1"] if pipeline == 1 else [])


def test_what_is_agreed_of_a_pipeline_is_what_it_becomes_or_that_it_is_none(store: Store) -> None:
    after = pipeline_data(replace(THIRD, version=5))
    store.write(lambda writer: writer.save_pipeline(THIRD, NOW, "bo"))
    fewer = pipeline_data(replace(THIRD, version=5, stages=(replace(WHOLE, id=44), *ENDS)))
    for contents, ids in ((after, [41, 42, 43]), (fewer | {"version": 6}, [44, 42, 43])):
        said = Agreement(Topic.PIPELINE, (3,), None, contents)
        store.write(partial(Writer.agree, agreement=said, at=NOW, by="cy"))
        assert [stage.id for stage in store.reader.pipelines()[-1].stages] == ids
    said = Agreement(Topic.PIPELINE, (3,), fewer, None)
    store.write(lambda writer: writer.agree(said, NOW, "cy"))
    assert [one.id for one in store.reader.pipelines()] == [1, 2]


def test_a_pipeline_in_which_nothing_can_be_won_or_lost_is_none() -> None:
    data = pipeline_data(THIRD)
    stages: Any = data["stages"]
    for kept in (stages[:2], [stages[0], stages[2]], stages[:1], []):
        with pytest.raises(ValueError, match="nothing can be won or lost"):
            pipeline_from_rows(data, kept)
    for number in ("probability_bp", "expected_days", "idle_days"):
        for value, is_one in ((0, True), (100_000, True), (100_001, False), (-1, False)):
            odd = [{**stages[0], number: value}, *stages[1:]]
            if is_one:
                assert pipeline_from_rows(data, odd).stages[0].id == 41
                continue
            with pytest.raises(ValueError, match="no stage can have"):
                pipeline_from_rows(data, odd)
        with pytest.raises(TypeError):
            pipeline_from_rows(data, [{**stages[0], number: "9"}, *stages[1:]])


# Deals.


def record(store: Store, name: str, *changed: Change, **about: str) -> None:
    done = Done(name, NOW, "ana", "", "set", "Set.", **about)
    store.write(lambda writer: writer.record(done, changed))


def changed(store: Store, deal_id: int, kind: Kind, **values: Any) -> Change:
    before = store.reader.deal(deal_id)
    assert before is not None
    event = change_to(before, kind, NOW, values)
    return Change(before, evolve(before, event), (event,))


def test_a_deal_is_changed_in_its_own_row_and_those_around_it(store: Store) -> None:
    log = {"command": (0, 1), "event": (0, 1)}
    with changing(store, deal=(1, 1), **log):
        record(store, "x1", changed(store, 1, Kind.EDITED, source="web"))
    with changing(store, deal=(1, 1), deal_tag=(1, 2), **log):
        record(store, "x2", changed(store, 1, Kind.TAGGED, tags=("big", "new")))
    with changing(store, deal=(1, 1), contact=(0, 1), **log):
        people = {"m": Contact("Mika")}
        record(store, "x3", changed(store, 2, Kind.CONTACT, contacts=people))
    with changing(store, deal=(1, 1), deal_facts=(1, 1), rep=(0, 1), stage_total=(1, 2), **log):
        record(store, "x4", changed(store, 1, Kind.OWNER, owner="cy"))


def test_a_note_that_is_taken_back_is_that_one_and_comes_back_as_it_was(store: Store) -> None:
    said = {"id": "n9", "text": "Ünd more", "author": "bo", "at": NOW.isoformat()}
    before = store.reader.deal(1)
    assert before is not None
    note = Event(Kind.NOTE, NOW, facts={"note": said})
    noted = Change(before, evolve(before, note), (note,))
    log = {"command": (0, 1), "event": (0, 1), "deal": (1, 1)}
    with changing(store, note=(0, 1), **log):
        record(store, "x1", noted)
    database = store.reader.whole().database
    asked = "SELECT id, deal_id, author, at, text, folded, removed FROM note WHERE id = 'n9'"
    row = ("n9", 1, "bo", micros(NOW), "Ünd more", "und more")
    assert database.records(asked) == [(*row, 0)]
    back = inverse(note)
    undone = Change(noted.after, evolve(noted.after, back), (back,))
    with changing(store, note=(1, 1), **log | {"deal_facts": (1, 1)}):
        record(store, "x2", undone, undoes="x1")
    assert database.records(asked) == [(*row, 1)]
    again = Change(undone.after, evolve(undone.after, note), (note,))
    with changing(store, note=(1, 1), **log):
        record(store, "x3", again, redoes="x1")
    assert database.records(asked) == [(*row, 0)]


def test_a_whole_history_that_is_told_at_once_is_that_of_each_of_its_commands(
    store: Store,
) -> None:
    made = created(deal(8, owner="cy"))
    event = change_to(made.after, Kind.OWNER, NOW, {"owner": "bo"})
    whole = Change(None, evolve(made.after, event), (*made.events, event), ("h1", "h2"))
    commands = [Done(name, NOW, "cy", "", "add", f"Did {name}.") for name in ("h1", "h2")]
    store.write(lambda writer: writer.record_told(commands, [whole]))
    history = store.reader.history
    assert [(one.id, one.summary) for one in history.commands(limit=2)] == [
        ("h2", "Did h2."), ("h1", "Did h1."),
    ]  # fmt: skip
    assert [(one.command_id, one.version) for one in history.entries(8)] == [("h2", 2), ("h1", 1)]


def test_what_a_later_version_of_the_program_set_is_ignored(store: Store) -> None:
    store.write(
        lambda writer: writer._database.insert("setting", [{"name": "umber", "value": "7"}])
    )
    assert store.reader.settings() == Settings(zone_name=ZONE.key)
    store.write(lambda writer: writer._database.change("DELETE FROM setting WHERE name = 'demo'"))
    assert store.reader.settings() == Settings(zone_name=ZONE.key)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"database_schema": SCHEMA + 1}, "is of schema"),
        ({"database_schema": SCHEMA, "tables": []}, "holds no tables"),
        ({"database_schema": SCHEMA, "tables": {}}, "has no table workspace"),
    ],
)
def test_a_file_of_another_schema_or_with_no_tables_is_refused_in_words(
    document: dict[str, object], said: str, store: Store
) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        store.write(partial(Writer.restore, document=document))
    assert refused.value.hint.startswith("Export it again")
