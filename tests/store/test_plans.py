"""How the database goes about what the board asks: never through every deal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import pytest

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.filter import parse_filter
from pipeboard.store import Store
from pipeboard.store.database import Database
from pipeboard.store.reading import Reader
from tests.store.made_up import TODAY, ZONE, random_deal, store_with

LENS = Lens(1, TODAY, ZONE)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rng = Random(7)
    deals = [random_deal(rng, deal_id) for deal_id in range(1, 200)]
    made = store_with(tmp_path_factory.mktemp("plans") / "deals.db", deals)
    yield made
    made.close()


@pytest.fixture
def plans(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """What a reader that has just been opened asks of the deals, step by step."""
    asked: list[tuple[str, Any]] = []
    rows = Database.rows

    def noted(self: Database, sql: str, values: Any = ()) -> Any:
        asked.append((sql, values))
        return rows(self, sql, values)

    def of(act: Callable[[Reader], object]) -> list[str]:
        reader = store.new_reader()
        with monkeypatch.context() as patched:
            patched.setattr(Database, "rows", noted)
            act(reader)
        database = reader.whole().database
        steps = [
            str(row["detail"])
            for sql, values in asked
            if "from deal" in sql
            for row in database.rows(f"explain query plan {sql}", values)
        ]
        reader.close()
        return steps

    return of


def start(lens: Lens) -> Callable[[Reader], object]:
    return lambda reader: (
        reader.board(lens),
        [reader.window(lens, stage.id, 0, 20) for stage in reader.pipelines()[0].stages],
    )


ORDERED_BY = {
    Sort.MANUAL: "deal_by_rank",
    Sort.VALUE: "deal_by_value",
    Sort.NEXT_STEP: "deal_by_due",
    Sort.AGE: "deal_by_entry",
}


@pytest.mark.parametrize("sort", list(ORDERED_BY))
def test_a_board_is_there_by_steps_into_the_index_of_its_order(
    plans: Callable[..., list[str]], sort: Sort
) -> None:
    steps = plans(start(Lens(1, TODAY, ZONE, sort=sort)))
    assert [step for step in steps if step.startswith("SCAN deal")] == []
    assert any(f"INDEX {ORDERED_BY[sort]} (stage_id=?" in step for step in steps)


@pytest.mark.parametrize("text", ["lumen", "value>20k", "owner:ana", "overdue", "-source:web"])
def test_signs_and_filters_are_told_by_one_index_without_the_rows(
    plans: Callable[..., list[str]], text: str
) -> None:
    query = parse_filter(text, today=TODAY, currency="EUR")
    lens = Lens(1, TODAY, ZONE, filter=query)
    steps = plans(lambda reader: (reader.signs(LENS), reader.board(lens)))
    assert "SEARCH deal USING COVERING INDEX deal_at_a_glance (stage_id=?)" in steps
    assert [step for step in steps if step.startswith("SCAN deal") and "INDEX" not in step] == []


def test_texts_that_are_too_long_for_an_index_are_found_by_one(
    plans: Callable[..., list[str]],
) -> None:
    query = parse_filter("lumen", today=TODAY, currency="EUR")
    steps = plans(lambda reader: reader.board(Lens(1, TODAY, ZONE, filter=query)))
    assert "SCAN deal USING INDEX deal_of_many_words" in steps
