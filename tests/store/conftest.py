"""A store full of made-up deals, shared by the tests that only read."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from pipeboard.domain.deal import Deal
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.reading import Reader
from tests.conftest import ENGINES
from tests.store.made_up import NOTES, pipelines, random_deal, store_with


class Crowd:
    """Many random deals, in memory and behind a reader; `notes` holds one note's text by deal."""

    def __init__(self, deals: tuple[Deal, ...], notes: dict[int, str], reader: Reader) -> None:
        self.deals = deals
        self.notes = notes
        self.reader = reader

    def __repr__(self) -> str:
        return f"a crowd of {len(self.deals)} deals"

    def pipeline(self, deal: Deal) -> Pipeline:
        return {pipeline.id: pipeline for pipeline in pipelines()}[deal.pipeline_id]


@pytest.fixture(scope="session", params=ENGINES)
def crowd(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Crowd]:
    rng = Random(20_260_331)
    deals = tuple(random_deal(rng, deal_id) for deal_id in range(1, 251))
    notes = {deal.id: rng.choice(NOTES) for deal in deals if rng.random() < 0.4}
    place = str(tmp_path_factory.mktemp("crowd") / "deals.db")
    if request.param == "postgresql":
        place = request.getfixturevalue("postgres_databases").new("crowd")
    store = store_with(place, deals, notes)
    yield Crowd(deals, notes, store.reader)
    store.close()
