"""Keys that move the cursor, mark cards and count, asked of the functions behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.pipeline import StageKind
from pipeboard.ui.actions import selection
from pipeboard.ui.key_table import BOARD


class State:
    """A board of two columns: what is shown of it, and what was asked."""

    def __init__(self, *, cursor: tuple[int, int] = (0, 1), marks: tuple[int, ...] = ()) -> None:
        self.columns = ((1, 2, 3, 4), (5, 6))
        self.view = SimpleNamespace(cursor=cursor, marks=frozenset(marks))
        self.lens: Any = SimpleNamespace(sort=Sort.VALUE)
        self.asked: list[object] = []

    @property
    def card(self) -> Any:
        column, row = self.view.cursor
        cards = self.columns[column]
        return SimpleNamespace(id=cards[row]) if row < len(cards) else None

    def catch_up(self) -> None:
        self.asked.append("catch up")

    def show(self, **what: Any) -> None:
        self.view = SimpleNamespace(**{**vars(self.view), **what})
        self.asked.append(("show", *what))

    def move_cursor(self, *by: int) -> None:
        self.asked.append(("move", *by))

    def come_back(self, before: object) -> None:
        self.asked.append(("come back", before))
        if before == "held":
            raise DatabaseError("The database is busy.")

    def ids_between(self, column: int, first: int, last: int) -> tuple[int, ...]:
        return self.columns[column][min(first, last) : max(first, last) + 1]

    def column_ids(self) -> tuple[int, ...]:
        return self.columns[self.view.cursor[0]]

    def left_in_archive(self, ended: str) -> str:
        return f"archived: {ended}"

    def go_to_stage(self, number: int) -> bool:
        self.asked.append(("stage", number))
        return number <= 2


class Screen:
    """What a key may ask of its screen, written down."""

    keys = BOARD

    def __init__(self, count: int = 0, **state: Any) -> None:
        self.count, self.state = count, State(**state)
        self.moves: list[tuple[object, ...]] = []
        self.said: list[tuple[str, ...]] = []
        self.range_start: tuple[int, int] | None = None
        self.shown_behind: Any = None
        self.today = date(2026, 11, 23)
        self.kind = StageKind.OPEN
        self.program = SimpleNamespace(
            choices=SimpleNamespace(digits="stage"),
            settings=SimpleNamespace(zone=ZoneInfo("Europe/Helsinki")),
            last_change=None,
        )

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *given: self.moves.append((name, *given))

    def stage_shown(self) -> Any:
        return SimpleNamespace(kind=self.kind)

    def say(self, *said: str) -> None:
        self.said.append(said)


MOVES: dict[Callable[[Any], None], tuple[str, float, float]] = {
    selection.left: ("move_cursor", -1, 0),
    selection.right: ("move_cursor", 1, 0),
    selection.up: ("move_cursor", 0, -1),
    selection.down: ("move_cursor", 0, 1),
    selection.half_up: ("move_pages", -0.5, 0),
    selection.half_down: ("move_pages", 0.5, 0),
    selection.page_up: ("move_pages", -1, 0),
    selection.page_down: ("move_pages", 1, 0),
}


@pytest.mark.parametrize("key", MOVES)
def test_a_key_moves_as_often_as_was_counted_and_then_once(key: Callable[[Any], None]) -> None:
    name, *by = MOVES[key]
    by = by[: 2 if name == "move_cursor" else 1]
    host = Screen(count=7)
    key(host)
    key(host)
    assert host.moves == [(name, *(7 * one for one in by)), (name, *by)]
    assert host.count == 0


def test_to_an_end_no_count_counts() -> None:
    host = Screen(count=7)
    selection.top(host)  # type: ignore[arg-type]
    assert (host.moves, host.count) == ([("move_to_end", -1)], 0)
    host = Screen(count=7)
    selection.bottom(host)  # type: ignore[arg-type]
    assert (host.moves, host.count) == ([("move_to_end", 1)], 0)


def test_a_digit_is_a_stage_or_one_more_digit_of_a_count() -> None:
    host: Any = Screen()
    selection.stage(host, 2)
    assert (host.state.asked, host.said, host.count) == ([("stage", 2)], [("",)], 0)
    selection.stage(host, 3)
    assert host.said[-1] == ("There is no stage 3.", "status.warn")
    assert [move[0] for move in host.moves] == ["redraw", "redraw"]
    host = Screen()
    host.program.choices.digits = "count"
    counts = []
    for digit in (1, 2, 0, 5, 9, 9):
        selection.stage(host, digit)
        counts.append(host.count)
    assert counts == [1, 12, 120, 1_205, 9_999, 9_999]
    assert host.said[-1] == ("9,999 times…",)
    assert host.state.asked == []


@pytest.mark.parametrize("kind", [StageKind.WON, StageKind.LOST])
def test_a_column_of_what_ended_says_what_of_it_is_in_the_archive(kind: StageKind) -> None:
    host: Any = Screen()
    host.kind = kind
    selection.stage(host, 2)
    assert host.said == [("",), (f"archived: {kind}",)]


async def test_a_mark_is_put_or_taken_off_and_the_cursor_goes_on() -> None:
    host: Any = Screen(marks=(4,))
    await selection.mark(host)
    assert host.state.view.marks == {2, 4}
    assert host.state.asked == ["catch up", ("show", "marks"), ("move", 0, 1)]
    await selection.mark(host)
    assert host.state.view.marks == {4}
    empty: Any = Screen(cursor=(1, 5))
    await selection.mark(empty)
    assert (empty.state.view.marks, empty.moves) == (frozenset(), [])


async def test_a_range_goes_from_one_place_of_a_column_to_another_either_way() -> None:
    for first, last in ((0, 2), (2, 0)):
        host: Any = Screen(cursor=(0, first), marks=(6,))
        await selection.mark_range(host)
        assert host.state.view.marks == {6}
        assert host.said[-1][0].startswith("Range from here")
        host.state.show(cursor=(0, last))
        await selection.mark_range(host)
        assert (host.state.view.marks, host.range_start) == ({1, 2, 3, 6}, None)
    host = Screen(cursor=(0, 1))
    await selection.mark_range(host)
    host.state.show(cursor=(1, 0))
    await selection.mark_range(host)  # in another column it begins anew
    assert (host.range_start, host.state.view.marks) == ((1, 0), frozenset())


@pytest.mark.parametrize(
    ("marks", "after"),
    [
        ((), {1, 2, 3, 4}),
        ((2, 6), {1, 2, 3, 4, 6}),
        ((1, 2, 3, 4, 6), {6}),
        ((6,), {1, 2, 3, 4, 6}),
    ],
)
async def test_all_of_a_column_is_marked_or_where_it_is_already_not(
    marks: tuple[int, ...], after: set[int]
) -> None:
    host: Any = Screen(marks=marks)
    await selection.mark_all(host)
    assert host.state.view.marks == after


async def test_nothing_is_repeated_before_a_change_and_sorted_cards_have_no_order_by_hand() -> None:
    host: Any = Screen()
    await selection.repeat(host)
    assert host.said[-1][1:] == ("status.warn",)
    for key in (selection.order_up, selection.order_down):
        await key(host)
        assert host.said[-1] == ("The cards are sorted; s m orders them by hand.", "status.warn")
    host = Screen(cursor=(1, 5))
    host.state.lens.sort = Sort.MANUAL
    await selection.order_up(host)
    assert host.said == [("No deal is selected here.", "status.warn")]


def test_from_the_deals_behind_a_number_the_board_comes_back_as_it_was() -> None:
    host: Any = Screen()
    selection.back_to_number(host)
    assert host.moves == []
    host.shown_behind = ("before", "M")
    selection.back_to_number(host)
    assert (host.state.asked, host.shown_behind) == ([("come back", "before")], None)
    assert host.moves == [("redraw",), ("count_signs",), ("press", "M")]


def test_the_number_is_gone_back_to_also_where_the_database_was_held_at_first() -> None:
    host: Any = Screen()
    host.shown_behind = ("held", "M")
    with pytest.raises(DatabaseError):
        selection.back_to_number(host)
    assert (host.shown_behind, host.moves) == (("held", "M"), [])


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 11, 23, 8, 5, tzinfo=UTC), "10:05"),
        (datetime(2026, 11, 22, 22, 0, tzinfo=UTC), "00:00"),
        (datetime(2026, 11, 22, 21, 59, tzinfo=UTC), "yesterday 23:59"),
        (datetime(2026, 11, 21, 21, 59, tzinfo=UTC), "21 Nov 23:59"),
        (datetime(2026, 3, 9, 8, 0, tzinfo=UTC), "9 Mar 10:00"),
        (datetime(2026, 11, 24, 8, 0, tzinfo=UTC), "24 Nov 10:00"),
    ],
)
def test_a_change_is_told_by_its_local_time_and_day(at: datetime, said: str) -> None:
    host: Any = Screen()
    assert selection._when(host, at) == said
