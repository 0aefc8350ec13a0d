"""Deals one by one and in lists, as they were stored."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.money import Money
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store import Store
from pipeboard.store.reading.listing import SORTS, Listing
from tests.store.conftest import Crowd
from tests.store.made_up import NOW, TODAY, ZONE, deal, pipelines, store_with


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
    assert falling[0] in scored and len(falling) == 5


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
