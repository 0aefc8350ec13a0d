"""Where the cursor stands once what hid its deal is taken away; on the state of a board alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.last_view import Choices, last_view, read_filter
from pipeboard.ui.launch import first_state
from tests.team import NOW

FILTERS = ("zzzz", "owner:jonas", "won", "archived", "stage:closing")
ENVIRON = {"TERM": "xterm-256color", "LANG": "C.UTF-8"}


@pytest.fixture
def state(demo: Path) -> Iterator[BoardState]:
    """A board of which the cursor stands low in its first column, scrolled."""
    store = Store.open(str(demo), read_only=True)
    last = last_view(demo.parent / "state", store.database_id)
    state = first_state(store, lambda: NOW, Actor("ana"), Choices(), ENVIRON, last)
    state.show(width=80, height=12, density=4)
    state.show(cursor=(0, state.board.columns[0].count - 1))
    yield state
    state.reader.close()
    store.close()


def filtered(state: BoardState, text: str) -> None:
    settings = state.reader.settings()
    wanted = read_filter(state.reader, settings, state.lens.today, "ana", text)
    state.load(replace(state.lens, filter=wanted))


def deal_of(state: BoardState) -> int:
    assert state.card is not None
    return state.card.id


@pytest.mark.parametrize("text", FILTERS)
def test_a_deal_that_a_filter_hid_is_under_the_cursor_again_without_it(
    state: BoardState, text: str
) -> None:
    deal_id, place = deal_of(state), state.place
    assert place.tops[0] > 0
    filtered(state, text)
    assert state.card is None or state.card.id != deal_id
    filtered(state, "")
    assert (deal_of(state), state.place) == (deal_id, place)


def test_one_filter_after_another_forgets_no_deal_and_another_order_neither(
    state: BoardState,
) -> None:
    deal_id = deal_of(state)
    for text in FILTERS:
        filtered(state, text)
    state.load(replace(state.lens, sort=Sort.VALUE))
    filtered(state, "")
    assert deal_of(state) == deal_id


def test_who_goes_elsewhere_meanwhile_stays_there(state: BoardState) -> None:
    filtered(state, "won")
    state.move_cursor(0, -1)
    deal_id = deal_of(state)
    filtered(state, "")
    assert deal_of(state) == deal_id


def test_what_somebody_is_led_to_by_name_is_gone_back_to_as_well(state: BoardState) -> None:
    """As a filter that is being typed leads, letter by letter."""
    deal_id = deal_of(state)
    filtered(state, "owner:jonas")
    state.load(replace(state.lens, owner="jonas", filter=None), follow=deal_id)
    state.load(replace(state.lens, owner=None))
    assert deal_of(state) == deal_id


def test_the_board_comes_back_on_its_deal_and_not_on_its_row(state: BoardState) -> None:
    before = state.looked_at
    filtered(state, "zzzz")
    column, row = before.place.cursor
    state.come_back(before._replace(place=before.place._replace(cursor=(column, row - 1))))
    assert (deal_of(state), state.view.cursor) == (before.deal_id, before.place.cursor)
