"""Deals one by one and in lists, as they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.deal import Answer, Ask, Contact, Loss, NextStep, Status, Term
from pipeboard.domain.errors import BadInput, Conflict
from pipeboard.domain.events import DEAL_TYPES, Kind, change_to, deal_of, evolve
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.score import score
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import fold
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.deals import FINDABLE
from pipeboard.store.reading.filtering.scores import low_scores
from pipeboard.store.reading.filtering.terms import FilterScope
from pipeboard.store.reading.listing import SORTS, Listing
from pipeboard.store.rows import deal_from_row, row_from_deal
from pipeboard.store.sql import among
from pipeboard.store.writing import Done
from tests.store.conftest import Crowd
from tests.store.made_up import NOW, TODAY, ZONE, deal, pipelines, store_with

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    deals = [
        deal(1, title="Pilot", account="Lumen Oy", value=Money(300, "EUR"), owner="bo"),
        deal(2, title="Lumen", stage_id=3, value=Money(100, "EUR"), owner="ana"),
        deal(3, title="Lumen again", value=None, stage_id=2),
        deal(4, title="Spare parts", value=Money(200, "EUR"), pipeline_id=2, stage_id=30),
    ]
    made = store_with(tmp_path / "deals.db", deals)
    yield made
    made.close()


def _ids(store: Store, sort: str = "id", **asked: object) -> list[int]:
    return [one.id for one in store.reader.each(today=TODAY, sort=sort, **asked)]  # type: ignore[arg-type]


def test_deals_come_back_as_they_were_stored(crowd: Crowd) -> None:
    found = crowd.reader.deals(one.id for one in crowd.deals)
    for one in crowd.deals:
        stored = found[one.id]
        changes = {
            name: (getattr(stored, name), getattr(one, name))
            for name in one.__dataclass_fields__
            if name != "version" and getattr(stored, name) != getattr(one, name)
        }
        assert changes == {}


_WHOLE: dict[str, Any] = {
    "str": "words",
    "int": 7,
    "bool": True,
    "Money": Money(12_345, "USD"),
    "date": TODAY,
    "datetime": NOW,
    "Status": Status.LOST,
    "NextStep": NextStep("call", TODAY, "2w"),
    "Loss": Loss("price", "too dear", "Acme", TODAY, "too dear"),
    "tuple[str, ...]": ("one", "two"),
    "Mapping[str, str]": {"GTX": "a"},
    "Mapping[str, Answer]": {"need": Answer("yes", 3, "a mail", "ana", NOW)},
    "Mapping[str, Contact]": {"mika": Contact("Mika", "user", "m@x.example", "+358", "CTO")},
    "Mapping[str, Term]": {"pay": Term("payment", "30 days", "60 days", "45 days")},
    "Mapping[str, Ask]": {"bo": Ask("send it", "ana", TODAY)},
}
"""A value of each type of field, every part of which says something."""


def test_every_part_of_every_field_of_a_deal_comes_back_from_its_row() -> None:
    values = {name: _WHOLE[kind] for name, kind in DEAL_TYPES.items()}
    whole = deal_of(values)
    for value in (*values.values(), *(one for v in values.values() if isinstance(v, dict)
                                      for one in v.values())):  # fmt: skip
        parts = getattr(value, "__match_args__", ())
        assert all(getattr(value, name) for name in parts), value
    row = row_from_deal(whole, 0)
    again = deal_from_row(row)
    assert {
        name: (getattr(again, name), value)
        for name, value in values.items()
        if getattr(again, name) != value
    } == {}


def test_deals_come_in_the_order_of_their_ids_and_unknown_ones_are_left_out(store: Store) -> None:
    assert list(store.reader.deals([3, 99, 1, 3])) == [3, 1]
    assert store.reader.deal(99) is None


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("id", [1, 2, 3, 4]),
        ("-id", [4, 3, 2, 1]),
        ("value", [2, 4, 1, 3]),
        ("-value", [1, 4, 2, 3]),
        ("owner", [2, 1, 3, 4]),
        ("stage", [1, 3, 2, 4]),
        ("name", [2, 3, 1, 4]),
    ],
)
def test_a_list_is_sorted_either_way_with_what_is_missing_last(
    store: Store, sort: str, ids: list[int]
) -> None:
    assert _ids(store, sort) == ids


def test_every_sort_lists_every_deal(crowd: Crowd) -> None:
    live = {one.id for one in crowd.deals if not one.removed and one.archived_at is None}
    for sort in (*SORTS, *(f"-{sort}" for sort in SORTS)):
        assert set(crowd.reader.ids(Listing(TODAY, ZONE, sort=sort))) == live


def test_scores_are_sorted_with_unknown_ones_last(crowd: Crowd) -> None:
    rising = crowd.reader.ids(Listing(TODAY, ZONE, sort="score", pipeline_id=1))
    falling = crowd.reader.ids(Listing(TODAY, ZONE, sort="-score", pipeline_id=1, limit=5))
    scored = set(
        crowd.reader.ids(
            Listing(
                TODAY,
                ZONE,
                pipeline_id=1,
                filter=parse_filter("score>=0", today=TODAY, currency="EUR"),
            )
        )
    )
    assert set(rising[: len(scored)]) == scored
    lows = {}
    for one in crowd.deals:
        found = score(one, crowd.pipeline(one), TODAY, ZONE)
        lows[one.id] = -1 if found is None else found.low
    first, last = (sorted(scored, key=lambda one: (sign * lows[one], one)) for sign in (1, -1))
    assert lows[first[0]] < lows[last[0]]
    assert list(rising[: len(scored)]) == first
    assert list(falling) == last[:5]


@pytest.mark.parametrize("within", [(1, 2), (2,), ()])
def test_scores_are_of_the_deals_that_are_asked_for(store: Store, within: tuple[int, ...]) -> None:
    for one in (1, 2):
        before = store.reader.deal(one)
        assert before is not None
        answers = {"need": Answer("yes", one, "", "ana", NOW)}
        event = change_to(before, Kind.ANSWERED, NOW, {"answers": answers})
        done = Done(f"a{one}", NOW, "ana", "", "answer", "Answered.")
        _record(store, done, Change(before, evolve(before, event), (event,)))
    scope = FilterScope(pipelines(), TODAY, ZONE, "")
    found = low_scores(store.reader._database, scope, among("deal.id", within))
    assert set(found) == set(within)
    assert found.get(1, 0) < found.get(2, 100)


@pytest.mark.parametrize(("zone", "ids"), [(None, []), (ZoneInfo("UTC"), [1])])
def test_days_of_a_filter_are_those_of_the_zone_that_is_asked_or_of_the_workspace(
    tmp_path: Path, zone: ZoneInfo | None, ids: list[int]
) -> None:
    # Half past midnight in Berlin is the day before in Greenwich.
    query = parse_filter(f"created<{TODAY}", today=TODAY, currency="EUR")
    with closing(store_with(tmp_path / "one.db", [deal(1, created_at=NOW)])) as store:
        assert _ids(store, query=query, zone=zone) == ids


def _record(store: Store, done: Done, change: Change) -> None:
    store.write(lambda writer: writer.record(done, [change]))


def test_a_deal_that_was_decided_on_at_another_version_is_not_written_over(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.EDITED, NOW, {"source": "web"})
    for version in (before.version - 1, before.version + 1):
        stale = replace(before, version=version)
        change = Change(stale, evolve(stale, event), (event,))
        done = Done(f"c{version}", NOW, "ana", "", "set", "Set.")
        with pytest.raises(Conflict, match="D-1 was changed by somebody else meanwhile"):
            _record(store, done, change)
    assert store.reader.deal(1) == before


def test_an_unknown_sort_names_the_near_one(store: Store) -> None:
    with pytest.raises(BadInput) as caught:
        _ids(store, "valu")
    assert caught.value.hint == "Did you mean value?"


def test_a_list_can_be_of_one_pipeline_and_end_early(store: Store) -> None:
    assert _ids(store, pipeline_id=2) == [4]
    assert _ids(store, limit=2) == [1, 2]


def test_whoever_reads_a_list_slowly_keeps_no_writer_out(store: Store) -> None:
    reading = store.reader.each(today=TODAY)
    next(reading)
    store.write(lambda writer: writer.save_rep(Rep("cy")))
    assert [one.id for one in reading] == [2, 3, 4]


def test_settings_are_read_as_they_were_saved(tmp_path: Path) -> None:
    saved = Settings("USD", "America/New_York", 6, 3, ("fair",), ("price", "other"), 48, True)
    store = Store.create(str(tmp_path / "deals.db"), saved)
    assert store.reader.settings() == saved
    store.close()


def test_pipelines_are_read_as_they_were_saved_and_again_once_changed(store: Store) -> None:
    assert store.reader.pipelines() == pipelines()
    first = pipelines()[0]
    renamed = type(first)(first.id, "Sales", first.currency, first.stages, first.questions, 2)
    store.write(lambda writer: writer.save_pipeline(renamed, NOW, "ana"))
    assert store.reader.pipelines() == (renamed, pipelines()[1])


def test_reps_come_by_name(store: Store) -> None:
    store.write(lambda writer: writer.save_rep(Rep("gone", active=False)))
    store.write(lambda writer: writer.save_rep(Rep("cy", "Cy Ro", "north")))
    found = {rep.name: rep for rep in store.reader.reps()}
    assert list(found) == sorted(found)
    assert found["cy"] == Rep("cy", "Cy Ro", "north")
    assert not found["gone"].active


def test_a_write_of_somebody_else_changes_the_data_version(store: Store) -> None:
    before = store.reader.data_version()
    assert store.reader.data_version() == before
    store.write(lambda writer: writer.save_rep(Rep("cy")))
    assert store.reader.data_version() != before


@pytest.mark.parametrize("sort", ["value", "close", "next", "owner"])
def test_what_is_missing_comes_last_whichever_way_a_list_is_sorted(
    sort: str, tmp_path: Path
) -> None:
    said: dict[str, tuple[Any, Any]] = {
        "value": (Money(1, "EUR"), Money(2, "EUR")),
        "close": (TODAY, TODAY + DAY),
        "next": (NextStep("call", TODAY), NextStep("call", TODAY + DAY)),
        "owner": ("ana", "bo"),
    }
    field = {"close": "expected_close", "next": "next_step"}.get(sort, sort)
    missing = "" if sort == "owner" else None
    values = (missing, said[sort][1], said[sort][0], missing)
    made = store_with(
        tmp_path / "deals.db", [deal(n, **{field: one}) for n, one in enumerate(values, 1)]
    )
    assert _ids(made, sort) == [3, 2, 1, 4]
    assert _ids(made, f"-{sort}") == [2, 3, 4, 1]
    made.close()


def test_deals_are_sorted_by_when_they_began_came_to_their_stage_and_were_changed(
    tmp_path: Path,
) -> None:
    days = {1: (3, 1), 2: (9, 2), 3: (6, 3)}  # ago: created, in its stage
    made = store_with(
        tmp_path / "deals.db",
        [
            deal(n, created_at=NOW - began * DAY, stage_entered_at=NOW - entered * DAY)
            for n, (began, entered) in days.items()
        ],
    )
    assert _ids(made, "created") == [2, 3, 1]
    assert _ids(made, "age") == [1, 2, 3]
    before = made.reader.deal(3)
    assert before is not None
    event = change_to(before, Kind.EDITED, NOW + DAY, {"source": "web"})
    edited = Change(before, evolve(before, event), (event,))
    made.write(
        lambda writer: writer.record(Done("c2", NOW + DAY, "ana", "", "set", "Set."), [edited])
    )
    assert _ids(made, "updated")[-1] == _ids(made, "-updated")[0] == 3
    made.close()


def test_deals_are_found_by_their_tags_fields_people_and_asks_as_they_are_written() -> None:
    one = deal(
        7,
        tags=("Hot", "big"),
        fields={"Product": "GTX Ü"},
        contacts={"mika": Contact("Mika Laine", "champion", "m@x.example", "+358 40", "CTO")},
        asks={"bo": Ask("look", "ana", date(2026, 12, 1)), "cy": Ask("call", "ana")},
    )
    assert {table: rows_of(one) for _, table, rows_of in FINDABLE} == {
        "deal_tag": [{"deal_id": 7, "tag": tag} for tag in ("Hot", "big")],
        "deal_field": [
            {"deal_id": 7, "name": "Product", "value": "GTX Ü", "folded": fold("GTX Ü")}
        ],
        "contact": [
            {"deal_id": 7, "key": "mika", "name": "Mika Laine", "role": "champion",
             "email": "m@x.example", "phone": "+358 40", "title": "CTO"}
        ],
        "deal_ask": [
            {"deal_id": 7, "rep": "bo", "due": "2026-12-01"},
            {"deal_id": 7, "rep": "cy", "due": None},
        ],
    }  # fmt: skip
    assert {field for field, _, _ in FINDABLE} == {"tags", "fields", "contacts", "asks"}


@pytest.mark.parametrize(
    ("words", "archived", "told"),
    [
        ("won", (), ""),
        ("won", (1,), "1 archived deal matches too: 'won archived' finds it."),
        ("won", (1, 2), "2 archived deals match too: 'won archived' finds them."),
        ("lost", (3,), "1 archived deal matches too: 'lost archived' finds it."),
        ("won | lost", (1, 3), "2 archived deals match too: '(won | lost) archived' finds them."),
        ("closed>2026-01-01", (1,), "1 archived deal matches too: "),
        ("lost:price", (3,), "1 archived deal matches too: "),
        ("stage:lost", (3,), "1 archived deal matches too: "),
        ("stage:generation", (4,), ""),
        ("-open", (1, 4), ""),
        ("won | +hot", (1, 4), "1 archived deal matches too: "),
        ("won archived", (1,), ""),
        ("id:1", (1,), ""),
        ("open", (1, 4), ""),
        ("", (1,), ""),
    ],
)
def test_of_deals_that_ended_it_is_told_how_many_a_list_leaves_in_the_archive(
    words: str, archived: tuple[int, ...], told: str, tmp_path: Path
) -> None:
    won: dict[str, Any] = {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW}
    lost = {**won, "stage_id": 8, "outcome": Status.LOST, "loss": Loss("price")}
    values = ({**won, "owner": "ana"}, won, lost, {"tags": ("hot",)})
    deals = [
        deal(number, **more, archived_at=NOW if number in archived else None)
        for number, more in enumerate(values, 1)
    ]
    elsewhere = {"pipeline_id": 2, "stage_id": 33, "archived_at": NOW}
    deals.append(deal(9, **won | elsewhere))
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        query = parse_filter(words, today=TODAY, currency="EUR")
        listing = Listing(TODAY, ZONE, pipeline_id=1, filter=query)
        said = made.reader.left_in_archive(listing)
        assert said.startswith(told) and bool(said) is bool(told)
        of_bo = made.reader.left_in_archive(replace(listing, owner="bo"))
        assert of_bo == ""


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ("stage", [1, 4, 3, 2, 5]),
        ("-stage", [5, 2, 3, 4, 1]),
        ("name", [3, 2, 4, 1, 5]),
        ("-name", [5, 1, 4, 2, 3]),
        ("updated", [1, 2, 3, 4, 5]),
        ("-updated", [5, 4, 3, 2, 1]),
        ("owner", [2, 5, 1, 4, 3]),
        ("-owner", [4, 1, 5, 2, 3]),
    ],
)
def test_deals_that_are_alike_come_in_the_order_of_their_numbers_or_the_other_way(
    sort: str, ids: list[int], tmp_path: Path
) -> None:
    deals = [
        deal(1, stage_id=1, rank=1, account="Coil", owner="bo"),
        deal(2, stage_id=2, rank=2, account="bolt", owner="ana"),
        deal(3, stage_id=2, rank=1, account="Acme", owner=""),
        deal(4, stage_id=1, rank=2, account="Bolt", owner="bo"),
        deal(5, pipeline_id=2, stage_id=30, account="zed", owner="ana"),
    ]
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        if sort == "name":
            assert _ids(made, sort) == [3, 2, 4, 1, 5]
        assert _ids(made, sort) == ids
        assert _ids(made, sort, limit=2) == ids[:2]
