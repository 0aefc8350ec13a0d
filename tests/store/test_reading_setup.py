"""What stands beside the deals, as it is written and read: pipelines, targets, numbers, lists."""

from __future__ import annotations

import operator
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.deal import Answer, Ask, Deal, Loss, Status
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.json_data import Json
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.rules import Target
from pipeboard.domain.money import Money, Rates
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.score import fresh_since, score
from pipeboard.store import Store, whole
from pipeboard.store.checking import _are_added_up
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.facts import standing
from pipeboard.store.reading import deals, facts, filtering
from pipeboard.store.reading.agreements import Agreements, _agreement
from pipeboard.store.reading.board import _converter
from pipeboard.store.reading.day import DayReader
from pipeboard.store.reading.filtering.scores import low_scores, scored, unscored
from pipeboard.store.reading.filtering.terms import FilterScope, effective_probability
from pipeboard.store.reading.history import _newest_first, _standing
from pipeboard.store.reading.listing import Listing
from pipeboard.store.reading.metric_settings import _edits, _with_places, read_targets
from pipeboard.store.reading.scope import scope, small_result
from pipeboard.store.reading.setup import pipeline_data, read_pipelines
from pipeboard.store.sql import TRUE, Audit, Sql
from pipeboard.store.writing import Done
from tests.store.made_up import NOW, TODAY, ZONE, created, deal, lens, pipelines, store_with

DEALS = [
    deal(1, rank=1, owner="ana", value=Money(100, "EUR"), asks={"bo": Ask("x", "ana", TODAY)}),
    deal(2, rank=2, owner="bo", value=Money(300, "EUR")),
    deal(3, rank=1, owner="ana", stage_id=2, value=Money(200, "EUR")),
    deal(4, rank=1, owner="ana", archived_at=NOW),
    deal(5, rank=1, pipeline_id=2, stage_id=30, asks={"ana": Ask("y", "bo", TODAY)}),
]


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Five deals that nobody changes."""
    with closing(store_with(tmp_path_factory.mktemp("few") / "deals.db", DEALS)) as made:
        yield made


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(store_with(tmp_path / "deals.db", DEALS[:1])) as made:
        yield made


def found(store: Store, condition: Sql) -> list[int]:
    return [
        int(row["id"])
        for row in store.reader._database.rows(
            f"select id from deal where {condition.text} order by id", condition.values
        )
    ]


def filtered(text: str, **more: Any) -> Lens:
    return replace(lens(**more), filter=parse_filter(text, today=TODAY, currency="EUR"))


@pytest.mark.parametrize(
    ("lens", "stages", "ids"),
    [
        (lens(), None, [1, 2, 3]),
        (lens(), (1,), [1, 2]),
        (lens(), (2, 3), [3]),
        (lens(), (), []),
        (lens(owner="ana"), None, [1, 3]),
        (filtered("value>=2"), None, [2, 3]),
        (filtered("value>=2"), (1,), [2]),
        (filtered("value>=2", owner="ana"), None, [3]),
        (filtered("archived"), None, [4]),
    ],
)
def test_a_lens_looks_at_the_live_deals_of_its_stages(
    few: Store, lens: Lens, stages: tuple[int, ...] | None, ids: list[int]
) -> None:
    assert found(few, scope(few.reader._database, pipelines()[0], lens, stages)) == ids


@pytest.mark.parametrize(
    ("sort", "reverse", "by_stage"),
    [
        (Sort.MANUAL, False, {1: [1, 2], 2: [3]}),
        (Sort.NEEDS, False, {1: [1, 2], 2: [3]}),
        (Sort.MANUAL, True, {1: [2, 1], 2: [3]}),
        (Sort.VALUE, False, {1: [2, 1], 2: [3]}),
        (Sort.VALUE, True, {1: [1, 2], 2: [3]}),
        (Sort.NAME, False, {1: [1, 2], 2: [3]}),
    ],
)
def test_few_deals_behind_a_filter_stand_by_stage_in_the_order_of_the_lens(
    few: Store, sort: Sort, reverse: bool, by_stage: dict[int, list[int]]
) -> None:
    one = filtered("value>0", sort=sort, reverse=reverse)
    small = small_result(few.reader._database, pipelines()[0], one)
    assert small is not None
    assert dict(small.in_order.ids_by_stage) == by_stage
    assert small.in_order.place(3) == (2, 0) and small.in_order.place(1) is not None
    assert (small.in_order.place(9), small.in_order.ids(7)) == (None, ())
    assert small_result(few.reader._database, pipelines()[0], lens(sort=sort)) is None


@pytest.mark.parametrize(
    ("owner", "pipeline", "ids"),
    [(None, None, [1, 5]), ("bo", None, [1]), ("ana", None, [5]), ("cy", None, [])],
)
def test_what_is_asked_is_asked_of_the_owner_of_the_listing_or_of_anybody(
    few: Store, owner: str | None, pipeline: int | None, ids: list[int]
) -> None:
    listing = Listing(TODAY, ZONE, pipeline_id=pipeline, owner=owner)
    day = DayReader(few.reader._database, pipelines(), Rates("EUR", {}), listing)
    assert found(few, day._asked("due is not null")) == ids


def test_a_pipeline_that_was_taken_back_is_read_apart_from_those_that_are_there(
    store: Store,
) -> None:
    database = store.reader._database
    store.write(lambda writer: writer.forget_pipeline(1))
    assert [one.name for one in read_pipelines(database)] == ["Renewals"]
    (gone,) = read_pipelines(database, removed=True)
    assert gone.id == 1 and len(gone.stages) == len(pipelines()[0].stages)
    store.write(lambda writer: writer.forget_pipeline(2))
    assert read_pipelines(database) == ()
    assert [one.id for one in read_pipelines(database, removed=True)] == [1]


def test_stages_that_are_forgotten_are_gone_and_no_others(store: Store) -> None:
    def stages() -> list[int]:
        return [one.id for one in read_pipelines(store.reader._database)[1].stages]

    before = stages()
    store.write(lambda writer: writer.forget_stages(before[:2]))
    assert stages() == before[2:]


def test_numbers_follow_on_one_another_and_are_nobody_elses(store: Store) -> None:
    first = store.write(lambda writer: list(writer.numbers("deal", 3)))
    second = store.write(lambda writer: list(writer.numbers("deal", 1)))
    stages = store.write(lambda writer: list(writer.numbers("stage", 2)))
    assert first == [first[0], first[0] + 1, first[0] + 2]
    assert second == [first[-1] + 1] and len(stages) == 2
    counted = store.reader._database.number("select value from counter where name = 'deal'")
    assert counted == second[0]


def agree(store: Store, change: Agreement) -> None:
    store.write(lambda writer: writer.agree(change, NOW, "ana"))


def test_targets_come_by_period_team_and_owner(store: Store) -> None:
    amount: dict[str, Json] = {"currency": "EUR", "amount_minor": 5}
    keys = [("2026Q2", "", ""), ("2026Q1", "bo", ""), ("2026Q1", "ana", ""), ("2026Q1", "", "east"),
            ("2026Q1", "", "")]  # fmt: skip
    for pipeline_id in (1, 2):
        for period, owner, team in keys[: 5 if pipeline_id == 1 else 1]:
            key = (pipeline_id, period, owner, team)
            change = Agreement(Topic.TARGET, key, None, amount)
            agree(store, change)
    found = read_targets(store.reader._database, 1)
    assert found == tuple(
        Target(period, Money(5, "EUR"), owner, team)
        for period, owner, team in (
            ("2026Q1", "", ""), ("2026Q1", "ana", ""), ("2026Q1", "bo", ""),
            ("2026Q1", "", "east"), ("2026Q2", "", ""),
        )
    )  # fmt: skip
    assert len(read_targets(store.reader._database, 2)) == 1


@pytest.mark.parametrize(
    ("day", "amount"),
    [(None, 400), (date(2026, 1, 31), 200), (date(2026, 2, 1), 400), (date(2025, 1, 1), None)],
)
def test_an_amount_is_converted_at_the_rate_of_its_day_or_of_today(
    store: Store, day: date | None, amount: int | None
) -> None:
    for on, rate in (("2026-01-01", 2), ("2026-02-01", 4)):
        change = Agreement(Topic.RATE, ("USD", on), None, {"numerator": rate, "denominator": 1})
        agree(store, change)
    convert = _converter(store.reader._database, lens(currency="EUR"))
    assert convert(100, "USD", day) == amount


def test_what_was_agreed_is_read_with_what_was_before_and_what_is_after() -> None:
    row: Any = {"topic": "target", "key": '[1,"2026Q1","",""]', "before": None, "after": '{"a":1}'}
    assert _agreement(row) == Agreement(Topic.TARGET, (1, "2026Q1", "", ""), None, {"a": 1})
    back = {**row, "before": '{"a":1}', "after": None}
    assert _agreement(back) == Agreement(Topic.TARGET, (1, "2026Q1", "", ""), {"a": 1}, None)


def version(at: int, *stages: tuple[int, int | None, bool]) -> tuple[int, Any]:
    made: list[dict[str, Any]] = [
        {"id": number, "probability_bp": bp, "qualified": qualified, "criteria": [], "kind": "open",
         "name": f"S{number}", "retired": False}
        for number, bp, qualified in stages
    ]  # fmt: skip
    return at, {"stages": made}


@pytest.mark.parametrize(
    ("versions", "chances", "moved"),
    [
        ([version(1, (1, 10, False))], {1: ((1, 10),)}, ()),
        ([version(1, (1, 10, False)), version(5, (1, 10, False))], {1: ((1, 10),)}, ()),
        ([version(1, (1, 10, False)), version(5, (1, 20, False))], {1: ((1, 10), (5, 20))}, ()),
        (
            [version(1, (1, 10, False)), version(5, (1, None, False)), version(9, (1, 10, True))],
            {1: ((1, 10), (5, None), (9, 10))},
            (9,),
        ),
        (
            [version(1, (1, 10, True)), version(5, (1, 10, False), (2, 30, True)),
             version(6, (1, 10, False), (2, 30, True))],
            {1: ((1, 10),), 2: ((5, 30),)},
            (5,),
        ),
    ],
)  # fmt: skip
def test_since_when_stages_had_their_chances_and_the_bar_stood_where_it_does(
    versions: list[tuple[int, Any]],
    chances: dict[int, tuple[tuple[int, int | None], ...]],
    moved: tuple[int, ...],
) -> None:
    assert _edits(versions) == (chances, moved)


def test_both_pipelines_are_read_as_they_were_written(few: Store) -> None:
    for one, other in zip(read_pipelines(few.reader._database), pipelines(), strict=True):
        for field in fields(Pipeline):
            if field.name != "version":
                assert getattr(one, field.name) == getattr(other, field.name), field.name


DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
FRESH = datetime.combine(fresh_since(pipelines()[0].stages[0], TODAY), time(), ZONE).astimezone(UTC)
"""The first instant at which a word counts as lately in the first stage."""


@pytest.mark.parametrize(
    ("out", "back"),
    [
        (FRESH, FRESH),
        (FRESH - SECOND, FRESH),
        (FRESH, FRESH - SECOND),
        (FRESH + DAY, FRESH + DAY),
        (None, FRESH),
        (FRESH, None),
    ],
)
@pytest.mark.parametrize("trial", ["", "yes", "no"])
def test_a_score_that_is_looked_for_is_the_one_that_the_domain_gives(
    tmp_path: Path, out: datetime | None, back: datetime | None, trial: str
) -> None:
    answers = {"need": Answer("yes", 3, "", "ana", NOW)}
    one = deal(1, last_outbound_at=out, last_reply_at=back, trial_close=trial, answers=answers)
    found = score(one, pipelines()[0], TODAY, ZONE)
    assert found is not None
    with closing(store_with(tmp_path / "one.db", [one])) as made:
        scope = FilterScope(pipelines(), TODAY, ZONE, "")
        assert low_scores(made.reader._database, scope, Sql("true")) == {1: found.low}


def closed(deal_id: int, at: datetime, outcome: str, **more: Any) -> Any:
    stage = pipelines()[0].won if outcome == "won" else pipelines()[0].lost
    return deal(deal_id, stage_id=stage.id, outcome=Status(outcome), closed_at=at, **more)


MIDNIGHT = datetime.combine(TODAY, time(), ZONE).astimezone(UTC)
A_YEAR_AGO = datetime.combine(TODAY - timedelta(days=365), time(), ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("deals", "read"),
    [
        ([], []),
        ([closed(1, MIDNIGHT - SECOND, "won")], [1]),
        ([closed(1, MIDNIGHT, "won")], []),
        ([closed(1, A_YEAR_AGO, "won")], [1]),
        ([closed(1, A_YEAR_AGO - SECOND, "won")], []),
        ([closed(1, MIDNIGHT - DAY, "lost", loss=Loss("price"))], [1]),
        ([closed(1, MIDNIGHT - DAY, "lost", loss=Loss("invalid"))], []),
        ([closed(1, MIDNIGHT - DAY, "won", archived_at=NOW)], []),
        ([closed(1, MIDNIGHT - DAY, "won", entry_precision="unknown")], []),
        ([closed(1, MIDNIGHT - DAY, "won", entry_precision="day")], [1]),
        ([deal(1)], []),
    ],
)
def test_a_chance_is_measured_on_what_was_closed_in_the_year_before_today(
    tmp_path: Path, deals: list[Any], read: list[int]
) -> None:
    asked: list[str] = []
    with closing(store_with(tmp_path / "one.db", deals)) as made:
        database = made.reader._database
        day = DayReader(database, pipelines(), Rates("EUR", {}), Listing(TODAY, ZONE))
        records = database.records

        def noted(sql: str, values: Any = ()) -> Any:
            asked.append(sql)
            return records(sql, values)

        database.records = noted  # type: ignore[method-assign]
        day._measured(pipelines()[0])
    ids = [] if "false" in asked[-1] else [1] if "deal_id in (1)" in asked[-1] else [0]
    assert ids == read


def test_however_few_are_read_at_a_time_none_is_left_out(
    few: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deals, "CHUNK", 2)
    monkeypatch.setattr(whole, "DEALS_AT_ONCE", 1)
    monkeypatch.setattr(facts, "DEALS_AT_ONCE", 1)
    database = few.reader._database
    assert [one.id for one in deals.each_deal(database, [3, 1, 2, 5, 4])] == [3, 1, 2, 5, 4]
    changes = [created(one) for one in DEALS[:3]]
    assert whole._found(database, changes, pipelines(), Listing(TODAY, ZONE)) == {1, 2, 3}
    assert [one for one, _ in facts.read_facts(database, 1, NOW)] == [1, 2, 3, 4]
    assert [one for one, _ in facts.read_facts(database, 1, NOW, {3, 1, 5})] == [1, 3]
    assert [one for one, _ in facts.read_facts(database, 2, NOW)] == [5]
    whole.check_deals(database)


def test_totals_are_of_the_deals_that_are_on_the_board(few: Store, store: Store) -> None:
    assert _are_added_up(few.reader._database)
    store.write(lambda writer: writer._database.change("UPDATE stage_total SET deals = 7"))
    assert not _are_added_up(store.reader._database)


def test_a_deal_was_ever_in_the_stages_that_it_came_through(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.MOVED, NOW, {"stage_id": 2})
    done = Done("c2", NOW, "ana", "", "move", "Moved.")
    change = Change(before, evolve(before, event), (event,))
    store.write(lambda writer: writer.record(done, [change]))
    agreements = Agreements(store.reader._database)
    for stages, ids in (((1,), {1}), ((2,), {1}), ((3,), set()), ((3, 1), {1})):
        assert agreements.deals_ever_in(stages) == ids, stages
    known = store.reader.known_deals()
    assert known.shows(1) and not known.shows(99)


# A pipeline as it was: stages that were retired stand where they did.


def _version(at: int, *names: str) -> tuple[int, Any]:
    """The stages by their names in an order, those in brackets retired."""
    stages = tuple(
        Stage("ABCDE".index(name.strip("()")) + 1, name.strip("()"), retired=name.startswith("("))
        for name in names
    )
    ends = tuple(stage for stage in pipelines()[0].stages if not stage.is_open)
    return at, pipeline_data(replace(pipelines()[0], stages=(*stages, *ends)))


@pytest.mark.parametrize(
    ("versions", "stand"),
    [
        ([("A", "B", "C")], "A B C"),
        ([("A", "B", "C"), ("A", "C", "(B)")], "A B C"),
        ([("A", "B", "C"), ("B", "C", "(A)")], "A B C"),
        ([("A", "B", "C"), ("A", "B", "(C)")], "A B C"),
        ([("A", "B", "C"), ("A", "(B)", "C")], "A B C"),
        ([("A", "B", "C", "D"), ("A", "D", "(B)", "(C)")], "A B C D"),
        ([("A", "B", "C"), ("A", "C", "B"), ("A", "C", "(B)")], "A C B"),
        ([("A", "B", "C"), ("A", "C", "(B)"), ("C", "A", "(B)")], "C A B"),
    ],
)
def test_a_stage_that_is_retired_stands_where_it_was_last_in_use(
    versions: list[tuple[str, ...]], stand: str
) -> None:
    found = _with_places([_version(at, *names) for at, names in enumerate(versions)])
    assert [stage.name for stage in found.stages if stage.is_open] == stand.split()


# Lists in an order that only whole deals tell.


@pytest.mark.parametrize(
    ("sort", "limit", "ids"),
    [
        ("id", None, [2, 1, 3, 5]),
        ("-id", None, [1, 2, 3, 5]),
        ("id", 1, [2]),
        ("id", 3, [2, 1, 3]),
        ("-id", 3, [1, 2, 3]),
    ],
)
def test_deals_without_a_place_come_last_whichever_way_a_list_goes(
    sort: str, limit: int | None, ids: list[int], few: Store
) -> None:
    """The first two have one, by their owners' names turned round."""

    def place(one: Deal) -> tuple[int, float, str] | None:
        return (0, -one.id, "") if one.id < 3 else None

    listing = Listing(TODAY, ZONE, sort=sort, limit=limit)
    assert list(few.reader.ids(listing, place)) == ids
    assert few.reader.select(listing, place).ids == tuple(ids)


@pytest.mark.parametrize(
    ("chances", "expression"),
    [
        ((None, None), "deal.probability_bp"),
        ((1000, None), "coalesce(deal.probability_bp, case deal.stage_id when 1 then 1000 end)"),
        (
            (0, 9000),
            "coalesce(deal.probability_bp, case deal.stage_id when 1 then 0 when 2 then 9000 end)",
        ),
    ],
)
def test_a_deal_has_the_chance_of_its_own_else_that_of_its_stage(
    chances: tuple[int | None, ...], expression: str
) -> None:
    stages = tuple(
        Stage(number, f"Stage {number}", probability_bp=chance)
        for number, chance in enumerate(chances, 1)
    )
    one = replace(pipelines()[0], stages=stages)
    assert effective_probability(FilterScope((one,), TODAY, ZONE)) == expression


@pytest.mark.parametrize(
    ("deal_id", "recorded", "before", "limit", "asked", "values"),
    [
        (None, TRUE, None, None, "", ()),
        (7, TRUE, None, None, "event.deal_id = ?", (7,)),
        (None, Sql("command.at >= ?", (5,)), None, None, "command.at >= ?", (5,)),
        (None, TRUE, 9, None, "event.seq < ?", (9,)),
        (None, TRUE, None, 5, "", ()),
        (
            7, Sql("command.at >= ?", (5,)), 9, 1,
            "(event.deal_id = ?) and (command.at >= ?) and (event.seq < ?)",
            (7, 5, 9),
        ),
    ],
)  # fmt: skip
def test_the_log_is_read_newest_first_of_what_is_asked_for_and_no_more(
    deal_id: int | None, recorded: Sql, before: int | None, limit: int | None,
    asked: str, values: tuple[int, ...],
) -> None:  # fmt: skip
    found = _newest_first(deal_id, recorded, before, limit, Audit())
    most = f" limit {limit}" if limit else ""
    assert found.text == f" where {asked or 'true'} order by event.seq desc{most}"
    assert tuple(found.values) == values


@pytest.mark.parametrize(
    ("log", "stand"),
    [
        ("a", "a"),
        ("a b", "a b"),
        ("a u<a", ""),
        ("a b u<a", "b"),
        ("a u<a r>a", "r"),
        ("a u<a r>a v<r", ""),
        ("a u<a r>a v<r s>r", "s"),
        ("a b u<b r>b", "a r"),
        ("u<x", "u"),
        ("u<x r>x", ""),
        ("r>x", "r"),
        ("a a b", "a a b"),
        ("a a u<a", ""),
        ("a u<a b", "b"),
    ],
)
def test_what_was_taken_back_does_not_stand_and_what_was_put_again_does(
    log: str, stand: str
) -> None:
    """Commands by a letter, `u<a` takes a back, `r>a` puts it again; one of what came before
    stands itself."""
    rows: list[dict[str, Any]] = []
    for word in log.split():
        took, put = word.partition("<")[2] or None, word.partition(">")[2] or None
        rows.append({"command_id": word[0], "takes_back": took, "puts_again": put})
    assert [row["command_id"] for row in _standing(rows)] == stand.split()


@pytest.mark.parametrize(
    ("log", "us", "stood"),
    [
        ("a1", 9, "a"),
        ("a1 b5", 4, "a"),
        ("a1 b5", 5, "a b"),
        ("a1 u3<a", 9, ""),
        ("a1 u3<a", 3, ""),
        ("a1 u3<a", 2, "a"),
        ("a1 b2 u3<a", 9, "b"),
        ("a1 u3<a r5>a", 9, "a"),
        ("a1 u3<a r5>a", 4, ""),
        ("a1 u3<a r5>a", 2, "a"),
        ("a1 u3<a r5>a v7<r", 9, ""),
        ("a1 u3<a r5>a v7<r", 6, "a"),
        ("a1 u3<a r5>a v7<r s8>r", 9, "a"),
        # Recorded at 5 with an effect at 1: it counts, unless it has been undone since.
        ("a5@1", 3, "a"),
        ("a5@1", 0, ""),
        ("a5@1 u7<a", 3, ""),
        ("a5@1 u7<a r8>a", 3, "a"),
    ],
)
def test_what_had_taken_effect_by_an_instant_is_what_was_not_undone_by_then(
    log: str, us: int, stood: str
) -> None:
    rows: list[dict[str, Any]] = []
    for word in log.split():
        said = re.fullmatch(r"(\w)(\d)(?:@(\d))?(?:<(\w))?(?:>(\w))?", word)
        assert said is not None
        one, recorded, at, took, put = said.groups()
        rows.append({
            "command_id": one, "recorded_at": int(recorded), "at": int(at or recorded),
            "takes_back": took, "puts_again": put, "undoes": took is not None, "kind": "edited",
        })  # fmt: skip
    assert [row["command_id"] for row in standing(rows, us)] == stood.split()


@pytest.mark.parametrize("most", [1, 50], ids=["many are found", "few are found"])
def test_totals_behind_a_filter_are_the_same_however_many_are_found(
    most: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filtering, "FEW", most)
    with closing(store_with(tmp_path / "deals.db", DEALS)) as store:
        found = store.reader.board(lens(parse_filter("value>1", today=TODAY, currency="EUR").root))
    columns = {column.stage.id: column for column in found.columns if column.count}
    assert {number: column.count for number, column in columns.items()} == {1: 1, 2: 1}


@pytest.mark.parametrize("zone_day", [0, 40])
def test_deals_are_found_by_a_score_that_talks_and_trial_closes_change(
    tmp_path: Path, zone_day: int
) -> None:
    """All have one answer; what both sides wrote and a trial close tell them apart."""
    answers = {"need": Answer("yes", 3, "", "ana", NOW)}
    talked = FRESH - zone_day * DAY
    deals = [
        deal(1, answers=answers),
        deal(2, answers=answers, trial_close="yes"),
        deal(3, answers=answers, trial_close="no"),
        deal(4, answers=answers, last_outbound_at=talked, last_reply_at=talked),
        deal(5, answers=answers, last_outbound_at=talked, last_reply_at=talked, trial_close="yes"),
        deal(6),
    ]
    lows = {}
    for one in deals:
        known = score(one, pipelines()[0], TODAY, ZONE)
        if known is not None:
            lows[one.id] = known.low
    with closing(store_with(tmp_path / "scores.db", deals)) as made:
        database = made.reader.whole().database
        scope = FilterScope(pipelines(), TODAY, ZONE)
        assert len(set(lows.values())) > 1
        for value in sorted({*lows.values()}):
            for op, compare in (("<", operator.lt), ("<=", operator.le), ("=", operator.eq),
                                (">=", operator.ge), (">", operator.gt)):  # fmt: skip
                condition = scored(database, scope, op, value)  # type: ignore[arg-type]
                wanted = [one for one, low in lows.items() if compare(low, value)]
                assert found(made, condition) == wanted, (op, value)
        assert found(made, unscored(database, scope)) == [6]
