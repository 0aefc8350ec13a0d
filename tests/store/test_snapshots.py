"""One output is one picture: all deals as of one moment, and nobody waits while it is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.store import Store
from pipeboard.store.reading.listing import Listing
from tests.store.made_up import ZONE
from tests.team import TODAY, Team, add
from tests.verbs import Workspace

DEALS = 600


@pytest.fixture
def team(tmp_path: Path) -> Iterator[Team]:
    team = Team.make(tmp_path / "team.db")
    add(team.rep("ana"), "Company: pilot")
    yield team
    team.close()


@pytest.fixture
def many(team: Team) -> Workspace:
    """More deals than are read at a time."""
    bo = team.rep("bo")
    sales = bo.pipeline("Sales")
    lines = [f"Company {number}: pilot" for number in range(DEALS - 1)]
    for line in lines:
        bo.add(line, pipeline=sales, stage_id=1)
    return bo


def test_an_output_shows_one_state_however_slowly_it_is_read(team: Team, many: Workspace) -> None:
    with closing(Store.open(str(team.path), read_only=True)) as store:
        found = store.reader.select(Listing(TODAY, ZONE))
        first = next(found.deals)
        many.tag(range(1, DEALS + 1), ["later"])
        rest = list(found.deals)
        assert (first.id, *(deal.id for deal in rest)) == found.ids == tuple(range(1, DEALS + 1))
        assert {deal.tags for deal in (first, *rest)} == {()}
        assert {deal.tags for deal in store.reader.each(today=TODAY)} == {("later",)}


def test_what_a_filter_found_still_fits_it_in_the_output(team: Team, many: Workspace) -> None:
    many.tag([1, 450, 590], ["vip"])
    with closing(Store.open(str(team.path), read_only=True)) as store:
        found = store.reader.each(many.parse_filter("tag:vip"), today=TODAY)
        many.tag([450], [], ["vip"])
        assert [deal.tags for deal in found] == [("vip",)] * 3
