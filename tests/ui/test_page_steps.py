"""What a page shows of its lines, and what a click on it meets, without a terminal."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.ui.draw.changes import BoardPlace, Hit
from pipeboard.ui.draw.line import Line, text_of, width_of
from pipeboard.ui.widgets import page as module
from pipeboard.ui.widgets.page import BoardCanvas, Lines, Page, PageView

HEAD: tuple[Line, ...] = ((("Metrics", "bar.title"),), (("tabs", "bar"),))
LINES: tuple[Line, ...] = tuple((("line", "text"), (str(n), "text")) for n in range(20))


def view_of(**is_so: Any) -> PageView:
    shown: dict[str, Any] = {"head": HEAD, "lines": LINES, "width": 40, **is_so}
    return PageView(**shown)


def page_of(view: PageView, height: int = 12) -> Any:
    done: list[Any] = []

    class Size(tuple[int, int]):
        @property
        def width(self) -> int:
            return self[0]

        @property
        def height(self) -> int:
            return self[1]

    page: Any = SimpleNamespace(
        done=done, view=view, size=Size((40, height)), tags=(), Pointed=Page.Pointed,
        press_hint=lambda key, count: done.append((key, count)), post_message=done.append,
        refresh=lambda *regions: done.append([region.y for region in regions]), _drawn_of=None,
        _shown={}, fill=None, app=None,
    )  # fmt: skip
    page._lines = lambda: Page._lines(page)
    page._draw = lambda *of: Page._draw(page, *of)
    return page


def test_a_page_is_its_head_a_rule_its_lines_what_is_said_and_the_keys() -> None:
    view = view_of(top=3, status=(("Moved.", "status"),), hints=(("q", "Quit"),))
    shown = [text_of(line).strip() for line in page_of(view)._lines()]
    assert shown[:2] == ["Metrics", "tabs"]
    assert "3" in shown[2] and "10" in shown[2]
    assert shown[3:10] == [f"line{n}" for n in range(3, 10)]
    assert shown[10].startswith("Moved.") and "Quit" in shown[11]
    bare = page_of(view_of(lines=LINES[:2]))
    assert [text_of(line).strip() for line in bare._lines()[3:6]] == ["line0", "line1", ""]
    assert [width_of(line) for line in bare._lines()] == [40] * 12


@pytest.mark.parametrize(
    ("top", "said"),
    [(0, "13 more lines"), (3, "3"), (13, "13 more lines"), (12, "12")],
)
def test_the_rule_counts_the_lines_that_are_out_of_sight(top: int, said: str) -> None:
    view = view_of(top=top)
    assert view.seen(12) == 7
    told = text_of(view.edge(40, 12))
    assert said in told
    assert (" more lines " in told) and (width_of(view.edge(40, 12)) == 40)
    assert " more line " in text_of(view_of(lines=LINES[:8]).edge(40, 12))
    assert not text_of(view_of(lines=LINES[:7]).edge(40, 12)).strip("─")
    blank = view_of(lines=(*LINES[:7], (), ()))
    assert not text_of(blank.edge(40, 12)).strip("─")  # of blank lines nothing is missed


@pytest.mark.parametrize(
    ("top", "lines", "comes_to"), [(0, 3, 3), (5, -3, 2), (1, -3, 0), (10, 99, 13), (0, 0, 0)]
)
def test_a_page_is_scrolled_no_further_than_its_lines(top: int, lines: int, comes_to: int) -> None:
    assert view_of(top=top).scrolled(lines, 12) == comes_to
    assert view_of(lines=LINES[:3]).scrolled(lines, 12) == 0


def test_where_much_is_said_what_is_under_the_cursor_stays_in_sight() -> None:
    long = (("word " * 30, "status"),)

    def followed(cursor: int, height: int = 12, **is_so: Any) -> int:
        lines = list(LINES)
        for y in range(cursor, cursor + is_so.pop("high", 1)):
            lines[y] = (("▌", "cursor"), *lines[y])
        return view_of(lines=tuple(lines), status=long, **is_so).followed(height).top

    view = view_of(status=long)
    assert len(view.said(12)) == 4 and view.seen(12) == 4
    assert followed(3) == 0
    assert followed(4) == 1
    assert followed(6) == 3
    assert followed(7) == 0  # it was out of sight before
    assert followed(4, high=2) == 2
    assert followed(5, high=9) == 5
    assert view_of(status=long).followed(12).top == 0


@pytest.mark.parametrize(
    ("x", "y", "done"),
    [
        (5, 3, [(5, 2)]),
        (5, 9, [(5, 8)]),
        (5, 10, []),
        (5, 2, []),
        (5, 0, []),
        (1, 11, [("q", 2)]),
        (39, 11, []),
    ],
)
def test_a_click_meets_a_line_or_the_key_that_is_hinted(x: int, y: int, done: list[Any]) -> None:
    page = page_of(view_of(top=2, hints=(("q", "Quit"),)))
    Page.on_click(page, SimpleNamespace(x=x, y=y, chain=2))  # type: ignore[arg-type]
    assert [one if isinstance(one, tuple) else (one.x, one.y) for one in page.done] == done


def test_the_cursor_of_the_terminal_stands_on_the_mark_of_what_is_selected() -> None:
    lines = [*LINES]
    lines[4] = (("ab", "text"), ("▌", "cursor"), ("c", "text"))
    page = page_of(view_of(lines=tuple(lines), top=2))
    assert Page.parked(page) == (2, 5)
    assert Page.parked(page_of(view_of(lines=tuple(lines), top=5))) is None


def drawn(page: Any) -> list[str]:
    """The page as it stands on the screen: lines are drawn again where that was asked for."""
    for y in page.done[-1] if page.done else range(page.size.height):
        Page.render_line(page, y)
    return [text_of(page._shown[y]).strip() for y in range(page.size.height)]


def test_only_lines_that_look_different_are_drawn_again() -> None:
    page = page_of(view_of())
    drawn(page)
    lines = [*LINES]
    lines[2] = (("other", "text"),)
    Page.show(page, view_of(lines=tuple(lines), width=0))
    assert page.done == [[5]]
    assert page.view.width == 40
    assert drawn(page)[5] == "other"
    Page.show(page, view_of(lines=tuple(lines)))
    assert page.done == [[5]]


def test_of_a_page_that_goes_to_its_top_for_what_comes_next_no_line_stays() -> None:
    page = page_of(view_of(top=9))
    assert drawn(page)[4] == "line10"
    page.view = view_of(top=0)
    lines = tuple((("next" if n != 1 else "line", "text"), (str(n), "text")) for n in range(20))
    Page.show(page, view_of(lines=lines))
    assert drawn(page)[3:6] == ["next0", "line1", "next2"]


def test_a_widget_of_lines_is_as_high_as_they_are() -> None:
    done: list[Any] = []
    widget: Any = SimpleNamespace(
        _drawn=LINES[:3], styles=SimpleNamespace(height=3), size=SimpleNamespace(width=40),
        refresh=lambda *regions: done.append([region.y for region in regions]),
    )  # fmt: skip
    Lines.show(widget, LINES[:3])
    Lines.show(widget, (LINES[0], LINES[5], LINES[2]))
    Lines.show(widget, LINES[:4])
    assert (done, widget.styles.height) == ([[1], []], 4)


@pytest.mark.parametrize(
    ("pressed", "let_go", "is_still", "dragged"),
    [
        (Hit(BoardPlace.CARD, 0, 1), Hit(BoardPlace.CARD, 2, 0), False, True),
        (Hit(BoardPlace.CARD, 0, 1), Hit(BoardPlace.COLUMN, 2), False, True),
        (Hit(BoardPlace.CARD, 0, 1), Hit(BoardPlace.CARD, 0, 3), False, False),
        (Hit(BoardPlace.CARD, 0, 1), Hit(BoardPlace.TITLE), False, False),
        (Hit(BoardPlace.CARD, 0, 1), Hit(BoardPlace.CARD, 2, 0), True, False),
        (Hit(BoardPlace.HEAD, 0, 1), Hit(BoardPlace.CARD, 2, 0), False, False),
        (Hit(BoardPlace.CARD, 0, 9), Hit(BoardPlace.CARD, 2, 0), False, False),
    ],
)
def test_a_card_is_dragged_to_another_column(
    pressed: Hit, let_go: Hit, is_still: bool, dragged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hits = [pressed, let_go]
    monkeypatch.setattr(module, "hit", lambda view, x, y: hits.pop(0))
    monkeypatch.setattr(module, "is_still", lambda press, let: is_still)
    posted: list[Any] = []
    card = SimpleNamespace(id=7)
    canvas: Any = SimpleNamespace(
        _view=SimpleNamespace(card=lambda column, row: card if row == 1 else None),
        _held=None, post_message=posted.append, Dragged=BoardCanvas.Dragged,
    )  # fmt: skip
    event: Any = SimpleNamespace(x=0, y=0)
    BoardCanvas.on_mouse_down(canvas, event)
    BoardCanvas.on_mouse_up(canvas, event)
    assert [(one.start, one.end, one.card_id) for one in posted] == (
        [(pressed, let_go, 7)] if dragged else []
    )
    BoardCanvas.on_mouse_up(canvas, event)
    assert len(posted) == dragged
