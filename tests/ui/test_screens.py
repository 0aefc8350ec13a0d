"""What screens do with keys and errors, asked of their methods without a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, DatabaseError, GivenUp, NotFound, Refused
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.widgets.page import PageView
from pipeboard.ui.write_queue import Net


@pytest.mark.parametrize(
    ("error", "goes_on", "role"),
    [
        (Refused("No."), True, "status.warn"),
        (BadInput("No."), True, "status.warn"),
        (NotFound("No."), True, "status.warn"),
        (DatabaseError("No."), False, "status.warn"),
        (GivenUp("No."), False, "status.warn"),
        (OSError(28, "No"), False, "status.error"),
        (ZeroDivisionError(), False, "status.error"),
    ],
)
def test_keys_behind_an_action_are_still_meant_where_a_rule_said_no_and_else_dropped(
    error: Exception, goes_on: bool, role: str
) -> None:
    dropped: list[str] = []
    said: list[tuple[str, str]] = []
    screen: Any = SimpleNamespace(
        program=SimpleNamespace(
            key_queue=SimpleNamespace(drop=lambda: dropped.append("keys")),
            net=Net(lambda: None, lambda _: None),
        ),
        app=SimpleNamespace(screen_stack=()),
        say=lambda text, role: said.append((text, role)),
    )
    LiveScreen.failed(screen, error)
    assert (not dropped, said[0][1]) == (goes_on, role)
    assert said[0][0].startswith("No") or isinstance(error, ZeroDivisionError)


class Page:
    """Ten lines of a page of a deal, of which seven are seen."""

    size = SimpleNamespace(height=10)

    def __init__(self, lines: int) -> None:
        self.view = PageView(lines=((),) * lines, width=80)

    def show(self, view: PageView) -> None:
        self.view = view


def test_the_cursor_goes_through_what_is_higher_than_the_screen_line_by_line() -> None:
    seen = PageView(width=80).seen(10)
    items = [Item("long", ((),) * (seen + 2)), Item("last", ((),) * 2)]
    screen: Any = SimpleNamespace(
        page=Page(seen + 7), items=items, cursor=0, tab="tab", _cursors={}, redraw=lambda: None
    )

    def press(rows: int) -> tuple[int, int]:
        DealScreen.move_cursor(screen, 0, rows)
        screen.cursor = screen._cursors.get("tab", 0)
        return screen.cursor, screen.page.view.top

    assert [press(1) for _ in range(3)] == [(0, 1), (0, 2), (1, 2)]
    # Behind the last item is what stands below them all; there it ends.
    assert [press(1) for _ in range(6)] == [
        (1, 3), (1, 4), (1, 5), (1, 6), (1, 7), (1, 7)
    ]  # fmt: skip
    assert [press(-1) for _ in range(2)] == [(0, 7), (0, 6)]


@pytest.mark.parametrize(
    ("card", "deal", "shown"),
    [
        (None, None, None),
        (None, (7, 3), None),
        ((7, 3), None, "card"),
        ((7, 3), (7, 3), "deal"),
        ((7, 4), (7, 3), "card"),
        ((7, 3), (8, 3), "card"),
    ],
)
def test_the_deal_in_the_pane_is_at_hand_only_as_the_board_shows_it(
    card: tuple[int, int] | None, deal: tuple[int, int] | None, shown: str | None
) -> None:
    """Each as its number and its version."""
    on_board, in_pane = (
        SimpleNamespace(id=each[0], version=each[1]) if each else None for each in (card, deal)
    )
    screen: Any = SimpleNamespace(
        state=SimpleNamespace(cards={7: on_board} if on_board else {}),
        pane=SimpleNamespace(deal=in_pane),
    )
    wanted = {"card": on_board, "deal": in_pane, None: None}[shown]
    assert BoardScreen.at_hand(screen, 7) is wanted  # type: ignore[comparison-overlap]
