"""What a card says of a deal, and the order that a board has by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.board import SORTS, Board, Card, Column, Lens, Signs, Sort, usual_sort
from pipeboard.domain.deal import Status
from pipeboard.domain.signs import Sign
from tests.domain.deciding_cases import LEAD, SALES, WON

TODAY = date(2026, 11, 23)


def card(**facts: Any) -> Card:
    standard: dict[str, Any] = {
        "id": 114, "version": 1, "stage_id": 1, "title": "Pilot", "account": "Lumen Oy",
        "owner": "ana", "status": Status.OPEN, "value": None, "sign": Sign.NONE, "next_text": "",
        "next_due": None, "days_in_stage": 3, "days_untouched": 3, "over_limit": False,
        "probability_bp": None, "probability_by_hand": False, "answered": 0, "rank": 1,
        "expected_close": None, "closed_on": None, "snoozed_until": None,
    }  # fmt: skip
    return Card(**standard | facts)


@pytest.mark.parametrize(
    ("account", "title", "name", "subject"),
    [("Lumen", "Pilot", "Lumen", "Pilot"), ("", "Pilot", "Pilot", ""), ("Lumen", "", "Lumen", ""),
     ("Lumen", "Lumen", "Lumen", "")],
)  # fmt: skip
def test_a_card_is_called_by_its_company_and_tells_its_deals_apart(
    account: str, title: str, name: str, subject: str
) -> None:
    named = card(account=account, title=title)
    assert (named.ref, named.name, named.subject) == ("D-114", name, subject)


@pytest.mark.parametrize(("days", "sleeps"), [(None, False), (-1, False), (0, False), (1, True)])
def test_a_card_sleeps_until_its_day(days: int | None, sleeps: bool) -> None:
    until = None if days is None else TODAY + timedelta(days=days)
    assert card(snoozed_until=until).is_snoozed(TODAY) is sleeps


@pytest.mark.parametrize(
    ("owner", "me", "sort"),
    [("ana", "ana", Sort.NEEDS), ("bo", "ana", Sort.MANUAL), (None, "ana", Sort.MANUAL),
     ("", "ana", Sort.MANUAL), (None, "", Sort.MANUAL)],
)  # fmt: skip
def test_only_ones_own_deals_come_by_what_needs_one_first(
    owner: str | None, me: str, sort: Sort
) -> None:
    assert usual_sort(Lens(1, TODAY, ZoneInfo("Europe/Berlin"), me=me, owner=owner)) is sort


@pytest.mark.parametrize(("stage_id", "is_converted"), [(LEAD, True), (WON, False)])
def test_open_sums_are_converted_where_those_of_an_open_stage_are(
    stage_id: int, is_converted: bool
) -> None:
    columns = tuple(Column(stage, is_converted=stage.id == stage_id) for stage in SALES.stages)
    lens = Lens(SALES.id, TODAY, ZoneInfo("Europe/Berlin"))
    assert Board(SALES, lens, columns).is_converted is is_converted


def test_the_signs_of_a_board_are_those_of_its_stages_or_unknown() -> None:
    lens = Lens(SALES.id, TODAY, ZoneInfo("Europe/Berlin"))
    counted = Board(SALES, lens, (), stage_signs={LEAD: Signs(1, 20, 300), WON: Signs(4, 50, 600)})
    assert counted.signs == Signs(5, 70, 900)
    assert Board(SALES, lens, (), stage_signs={}).signs == Signs(0, 0, 0)
    assert Board(SALES, lens, ()).signs is None


def test_a_board_has_the_columns_that_it_has() -> None:
    columns = tuple(Column(stage) for stage in SALES.stages[:2])
    board = Board(SALES, Lens(SALES.id, TODAY, ZoneInfo("Europe/Berlin")), columns)
    assert board.column(SALES.stages[1].id) is columns[1]
    with pytest.raises(KeyError):
        board.column(WON)


def test_the_cards_of_a_column_are_ordered_by_what_people_and_scripts_call_it() -> None:
    assert SORTS == (
        "manual",
        "value",
        "next",
        "age",
        "close",
        "name",
        "needs",
        "updated",
        "warmth",
    )


def test_what_is_not_said_of_a_lens_a_column_or_a_board_is_nothing() -> None:
    lens = Lens(SALES.id, TODAY, ZoneInfo("Europe/Berlin"))
    assert (lens.me, lens.owner, lens.filter, lens.sort) == ("", None, None, Sort.MANUAL)
    assert (lens.reverse, lens.currency) == (False, "")
    column = Column(SALES.stages[0])
    assert (column.count, column.sums, column.weighted, column.is_converted) == (0, (), (), False)
    board = Board(SALES, lens, ())
    assert (board.open_count, board.open_sums, board.open_weighted) == (0, (), ())
    assert (board.matching, board.total, board.owners, board.everyone) == (0, 0, (), "everyone")
    assert not board.is_converted
    assert (card().loss, card().entry_known) == ("", True)
    assert Signs() == Signs(0, 0, 0) == Signs.total(())
