"""What the board screen does with keys, clicks and changes, without a terminal."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import Status
from pipeboard.domain.errors import DatabaseError, NotFound
from pipeboard.ui.draw.changes import BoardPlace
from pipeboard.ui.draw.layout import Pane, layout
from pipeboard.ui.draw.line import EMPTY, text_of, whole
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.screens.board import BoardScreen, _hinted_here, _usual_days
from pipeboard.ui.screens.live import Said
from tests.ui.board_scene import PIPELINE, card, scene

SCENE = replace(scene(), cursor=(0, 0))
PANE = Pane(((),) * 60, top=5, focused=True)


class State:
    """A board, and what is asked of it."""

    def __init__(self, view: Any) -> None:
        self.view, self.done = view, list[Any]()
        self.board, self.trouble, self.version = view.board, "", 7
        self.place: Any = SimpleNamespace(_asdict=lambda: {"first_column": 1})
        self.lens = SimpleNamespace(filter="value>1")
        self.cards: dict[int, Any] = {}

    @property
    def card(self) -> Any:
        return self.view.cursor_card

    def show(self, **changed: Any) -> None:
        self.view = replace(self.view, **changed)
        self.done += [("show", name) for name in changed]

    def seen(self, ids: tuple[int, ...]) -> dict[int, int]:
        return dict.fromkeys(ids, 1)

    def load(self, *lens: Any, **more: Any) -> None:
        self.done.append(("load", *lens, more) if more else ("load",))

    def __getattr__(self, name: str) -> Any:
        return lambda *given: self.done.append((name, *given))


def screen_of(view: Any = None, **is_so: Any) -> Any:
    state = State(view or SCENE)
    screen: Any = SimpleNamespace(
        state=state,
        done=state.done,
        keys=BOARD,
        _said=Said(),
        tour=None,
        shown_behind=None,
        range_start=(0, 1),
        reads_again=False,
        version=7,
        _places={},
        _news=SimpleNamespace(is_only=lambda state, command: True),
        pane=SimpleNamespace(forget=lambda: None, deal=None),
        canvas=SimpleNamespace(show=lambda view: state.done.append("drawn")),
        program=SimpleNamespace(leave=lambda code: state.done.append(("leaves", code))),
    )
    for name in ("redraw", "reload", "count_signs"):
        setattr(screen, name, lambda name=name: state.done.append(name))
    for name in ("press", "perform", "move_cursor", "scroll_pane", "say"):
        setattr(screen, name, lambda *what, name=name: state.done.append((name, *what)))
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("marks", "is_empty", "ids"),
    [(set(), False, (101,)), ({104}, False, (104,)), ({104, 102}, False, (102, 104)),
     (set(), True, ()), ({104}, True, (104,))],
)  # fmt: skip
def test_keys_mean_the_marked_cards_and_else_the_one_under_the_cursor(
    marks: set[int], is_empty: bool, ids: tuple[int, ...]
) -> None:
    view = replace(SCENE, marks=frozenset(marks), cursor=(0, 99) if is_empty else (0, 0))
    screen = screen_of(view)
    assert BoardScreen.targets(screen) == (ids, dict.fromkeys(ids, 1))
    assert screen.done == [("catch_up",)]


@pytest.mark.parametrize(
    ("marked", "refused"),
    [
        (("won",), {"board.advance", "board.next_step", "board.done"}),
        (("won", "lost"), {"board.advance", "board.next_step", "board.done"}),
        (("won", "open"), set()),
        (("won", "unplanned"), {"board.done"}),
        (("won", "elsewhere"), set()),
        (("open",), set()),
    ],
)
def test_the_hints_leave_out_what_all_that_are_meant_refuse(
    marked: tuple[str, ...], refused: set[str]
) -> None:
    kinds: dict[str, Any] = {
        "won": card(1, "Won", None, status=Status.WON),
        "lost": card(2, "Lost", None, status=Status.LOST),
        "open": card(3, "Open", None),
        "unplanned": card(4, "Unplanned", None, next_text="", due=None),
    }
    ids = {name: each.id for name, each in kinds.items()} | {"elsewhere": 5}
    state = SimpleNamespace(
        view=replace(SCENE, marks=frozenset(ids[name] for name in marked)),
        cards={each.id: each for each in kinds.values()},
    )
    assert set(_hinted_here(SimpleNamespace(state=state))) == refused  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("is_so", "view", "done"),
    [
        ({"tour": "a tour"}, {"marks": frozenset({1})}, [("say", "left")]),
        ({"shown_behind": "deals"}, {"marks": frozenset({1})}, [("show", "marks")]),
        ({"shown_behind": "deals"}, {"filter_text": "won"}, ["back"]),
        (
            {}, {"filter_text": "won", "pane": PANE},
            [("load",), ("show", "filter_text"), ("say", ""), "count_signs"],
        ),
        ({}, {"pane": PANE}, [("show", "pane"), ("say", "")]),
        ({}, {"pane": replace(PANE, focused=False)}, [("say", "q or ^q quits.")]),
        ({"_said": Said("Moved.")}, {}, [("say", "")]),
    ],
)  # fmt: skip
async def test_esc_takes_one_thing_back_after_another(
    is_so: dict[str, Any], view: dict[str, Any], done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.ui.screens.board.left", lambda keys: "left")
    monkeypatch.setattr("pipeboard.ui.screens.board.replace", lambda one, **changed: (
        SimpleNamespace(**{**vars(one), **changed}) if isinstance(one, SimpleNamespace)
        else replace(one, **changed)
    ))  # fmt: skip
    screen = screen_of(replace(SCENE, **{"pane": None, **view}), **is_so)
    await BoardScreen.step_back(screen)
    goes_back = done == ["back"]
    done = [("perform", "selection.back_to_number")] if goes_back else [*done, "redraw"]
    assert screen.done == done
    assert screen.range_start is None
    if ("show", "pane") in done:
        assert not screen.state.view.pane.focused


@pytest.mark.parametrize(
    ("view", "leaves"),
    [
        ({}, True),
        ({"marks": frozenset({1})}, False),
        ({"filter_text": "won"}, False),
        ({"pane": PANE}, False),
        ({"pane": replace(PANE, focused=False)}, True),
    ],
)
async def test_q_leaves_where_there_is_nothing_to_go_back_from(
    view: dict[str, Any], leaves: bool
) -> None:
    screen = screen_of(replace(SCENE, **{"pane": None, **view}))

    async def step_back() -> None:
        screen.done.append("back")

    screen.step_back = step_back
    await BoardScreen.quit(screen)
    assert screen.done == ([("leaves", 0)] if leaves else ["back"])


@pytest.mark.parametrize(
    ("pane", "columns", "rows", "done"),
    [
        (None, 0, 1, [("move_cursor", 0, 1)]),
        (replace(PANE, focused=False), -1, 0, [("move_cursor", -1, 0)]),
        (PANE, 0, 2, [("scroll_pane", 2)]),
        (PANE, 1, 0, [("scroll_pane", 0)]),
        (PANE, -1, 0, [("show", "pane")]),
    ],
)
def test_the_cursor_keys_go_to_the_pane_that_has_them_and_left_out_of_it(
    pane: Pane | None, columns: int, rows: int, done: list[Any]
) -> None:
    screen = screen_of(replace(SCENE, pane=pane))
    BoardScreen.move_cursor(screen, columns, rows)
    assert screen.done == [("say", ""), *done, "redraw"]


@pytest.mark.parametrize(
    ("pane", "direction", "rows"), [(None, 1, 11), (None, -1, -11), (PANE, 1, 60)]
)
def test_the_end_is_that_of_the_stage_or_of_the_pane(
    pane: Pane | None, direction: int, rows: int
) -> None:
    screen = screen_of(replace(SCENE, pane=pane))
    assert screen.state.board.columns[0].count == 11
    BoardScreen.move_to_end(screen, direction)
    assert screen.done == [("move_cursor", 0, rows)]


@pytest.mark.parametrize(("pages", "halves"), [(1.0, 2), (-1.0, -2), (0.5, 1), (-1.5, -3)])
def test_a_page_is_two_halves(pages: float, halves: int) -> None:
    board, pane = screen_of(replace(SCENE, pane=None)), screen_of(replace(SCENE, pane=PANE))
    for screen in (board, pane):
        BoardScreen.move_pages(screen, pages)
    assert board.done == [("say", ""), ("page", halves), "redraw"]
    rows = layout(pane.state.view).body_rows
    assert pane.done == [("say", ""), ("scroll_pane", halves * rows // 2), "redraw"]


@pytest.mark.parametrize(
    ("top", "lines", "comes_to"), [(5, 3, 8), (5, -3, 2), (5, -9, 0), (5, 99, None), (0, 1, 1)]
)
def test_the_pane_scrolls_no_further_than_its_lines(
    top: int, lines: int, comes_to: int | None
) -> None:
    view = replace(SCENE, pane=replace(PANE, top=top))
    room = layout(view).status_y - 1
    screen = screen_of(view)
    BoardScreen.scroll_pane(screen, lines)
    assert screen.state.view.pane.top == (60 - room if comes_to is None else comes_to)
    bare = screen_of(replace(SCENE, pane=None))
    BoardScreen.scroll_pane(bare, lines)
    assert bare.done == []


@pytest.mark.parametrize(
    ("place", "key", "count", "done", "cursor"),
    [
        (BoardPlace.CARD, "", 1, ["redraw"], (1, 2)),
        (BoardPlace.CARD, "", 2, [("press", "board.open"), "redraw"], (1, 2)),
        (BoardPlace.TAB, "", 1, ["redraw"], (1, 1)),
        (BoardPlace.HEAD, "", 2, ["redraw"], (1, 1)),
        (BoardPlace.COLUMN, "", 1, ["redraw"], (1, 1)),
        (BoardPlace.ABOVE, "", 1, [("scroll", 1, -3), "redraw"], (0, 0)),
        (BoardPlace.BELOW, "", 1, [("scroll", 1, 3), "redraw"], (0, 0)),
        (BoardPlace.TITLE, "overdue", 1, [("perform", "filters.show_needs", "overdue")], (0, 0)),
        (BoardPlace.TITLE, "", 1, ["redraw"], (0, 0)),
        (BoardPlace.HINT, "n", 1, [("press", "board.note")], (0, 0)),
    ],
)
def test_a_click_does_what_stands_there(
    place: BoardPlace, key: str, count: int, done: list[Any], cursor: tuple[int, int]
) -> None:
    screen = screen_of(replace(SCENE, tops=(0, 1)))
    hit = SimpleNamespace(place=place, key=key, column=1, row=2)
    event: Any = SimpleNamespace(hit=hit, count=count)
    BoardScreen._point(screen, event)
    shown = [] if cursor == (0, 0) else [("show", "cursor")]
    assert screen.done == [("say", ""), *shown, *done]
    assert screen.state.view.cursor == cursor


@pytest.mark.parametrize(
    ("card_id", "marks", "moved", "left"),
    [
        (102, set(), True, set()),
        (102, {104}, True, set()),
        (102, {102, 104}, True, {102, 104}),
        (103, {104}, False, {104}),
    ],
)
def test_a_card_that_is_let_go_moves_and_with_it_what_is_marked_with_it(
    card_id: int, marks: set[int], moved: bool, left: set[int]
) -> None:
    screen = screen_of(replace(SCENE, marks=frozenset(marks)))
    event: Any = SimpleNamespace(
        start=SimpleNamespace(column=0, row=1), end=SimpleNamespace(column=2), card_id=card_id
    )
    BoardScreen._drop(screen, event)
    stage = screen.state.board.columns[2].stage
    assert screen.state.view.marks == left
    assert (screen.done[-1] == ("perform", "stages.move_to", stage)) is moved
    assert screen.state.view.cursor == ((0, 1) if moved else (0, 0))
    assert moved or screen.done[-1][2] == "status.warn"


@pytest.mark.parametrize(
    ("place", "column", "lines", "done"),
    [
        (BoardPlace.PANE, -1, 3, [("scroll_pane", 3)]),
        (BoardPlace.CARD, 0, 3, [("scroll", 0, 1), "redraw"]),
        (BoardPlace.COLUMN, 2, -3, [("scroll", 2, -1), "redraw"]),
        (BoardPlace.TITLE, -1, 3, []),
    ],
)
def test_the_wheel_scrolls_what_is_below_it(
    place: BoardPlace, column: int, lines: int, done: list[Any]
) -> None:
    screen = screen_of()
    event: Any = SimpleNamespace(hit=SimpleNamespace(place=place, column=column), lines=lines)
    BoardScreen._wheel(screen, event)
    assert screen.done == done


DEAL: Any = SimpleNamespace(id=104, stage_id=2, is_open=True)
OVER: Any = SimpleNamespace(id=104, stage_id=2, is_open=False)


@pytest.mark.parametrize(
    ("verb", "deals", "marks", "follow", "stays"),
    [
        ("move", [DEAL], set(), 104, False),
        ("reorder", [DEAL], set(), 104, False),
        ("undo", [DEAL], set(), 104, False),
        ("redo", [DEAL], set(), 104, False),
        ("reopen", [DEAL], set(), 104, False),
        ("add", [DEAL], set(), 104, False),
        ("move", [OVER], set(), None, True),
        ("move", [DEAL, DEAL], set(), None, True),
        ("move", [DEAL], {104}, None, True),
        ("won", [OVER], set(), None, True),
        ("lost", [OVER], set(), None, True),
        ("archive", [DEAL], set(), None, True),
        ("note", [DEAL], set(), None, False),
        ("set", [DEAL, DEAL], {104, 105}, None, False),
    ],
)
def test_the_cursor_goes_with_one_open_deal_that_moves_and_stays_where_one_is_closed(
    verb: str, deals: list[Any], marks: set[int], follow: int | None, stays: bool
) -> None:
    screen = screen_of(replace(SCENE, marks=frozenset(marks)))
    receipt: Any = SimpleNamespace(verb=verb, deals=deals, undoes="", command_id="c1")
    BoardScreen.show_change(screen, receipt)
    loaded = {"follow": follow, "touched": frozenset({2}), "stays": stays}
    assert screen.done[0] == ("load", loaded)
    assert screen.state.view.marks == frozenset()
    assert screen.done[-2:] == ["redraw", "count_signs"]
    assert list(screen._places) == ["c1"]


@pytest.mark.parametrize("verb", ["move", "reopen", "won", "note", "set", "undo"])
def test_where_a_colleague_has_been_first_the_cursor_goes_with_the_deal(verb: str) -> None:
    screen = screen_of()
    receipt: Any = SimpleNamespace(verb=verb, deals=[], undoes="", command_id="")
    BoardScreen.show_change(screen, receipt)
    assert screen.done[0] == ("load", {"follow": None, "touched": frozenset(), "stays": False})


def test_what_is_taken_back_leads_to_where_it_was_done() -> None:
    screen = screen_of(_places={"c1": SimpleNamespace(_asdict=lambda: {"first_column": 2})})
    receipt: Any = SimpleNamespace(verb="undo", deals=[OVER], undoes="c1", command_id="c2")
    BoardScreen.show_change(screen, receipt)
    assert screen.state.view.first_column == 2
    assert ("go_to_deal", 104) in screen.done
    assert screen._places == {}
    several: Any = SimpleNamespace(verb="move", deals=[], undoes="", command_id="c3")
    BoardScreen.show_change(screen, several)
    assert screen._places == {}  # nothing was done on a deal


def test_of_places_to_come_back_to_the_last_ones_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeboard.ui.screens.board._MOST_PLACES", 2)
    screen = screen_of()
    for number in range(4):
        receipt: Any = SimpleNamespace(
            verb="move", deals=[DEAL], undoes="", command_id=f"c{number}"
        )
        BoardScreen.show_change(screen, receipt)
    assert list(screen._places) == ["c2", "c3"]


@pytest.mark.parametrize(
    ("version", "is_only", "shown"), [(3, True, 7), (3, False, 3), (None, True, None)]
)
def test_what_only_this_board_has_done_is_no_news(
    version: int | None, is_only: bool, shown: int | None
) -> None:
    screen = screen_of(version=version)
    screen._news.is_only = lambda state, command: is_only and command == "c1"
    receipt: Any = SimpleNamespace(verb="note", deals=[DEAL], undoes="", command_id="c1")
    BoardScreen.show_change(screen, receipt)
    assert screen.version == shown


def test_signs_that_could_not_be_counted_are_counted_with_the_next_look() -> None:
    screen = screen_of()
    BoardScreen._count_signs(screen)
    assert (screen.done, screen.reads_again) == ([("count_signs",), "drawn"], False)

    def fails() -> None:
        raise DatabaseError("Busy.")

    screen.state.count_signs = fails
    BoardScreen._count_signs(screen)
    assert (screen.done, screen.reads_again) == ([("count_signs",), "drawn"], True)


@pytest.mark.parametrize(
    ("range_start", "right", "shown"),
    [(None, "", ""), (None, "u undo", "u undo"), ((0, 1), "", "V ends the range"),
     ((0, 1), "u undo", "u undo")],
)  # fmt: skip
def test_how_a_range_ends_is_told_while_it_has_begun(
    range_start: tuple[int, int] | None, right: str, shown: str
) -> None:
    screen = screen_of(range_start=range_start)
    line = (whole("Moved.", "status"),)
    beside = (whole(right, "hint.label"),) if right else EMPTY
    for _ in range(2):
        BoardScreen.put_status(screen, line, beside)
    assert text_of(screen.state.view.status) == "Moved."
    assert text_of(screen.state.view.status_right) == shown
    assert screen.done == [("show", "status"), ("show", "status_right"), "drawn"]


@pytest.mark.parametrize("error", [None, NotFound("No rep.")])
def test_a_filter_that_means_nothing_any_more_is_taken_away(
    error: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeboard.ui.screens.board.told", lambda done, state, me: f"by {done}")
    monkeypatch.setattr("pipeboard.ui.screens.board.replace", lambda lens, filter: filter)

    def reload() -> None:
        if error is not None:
            raise error

    screen = screen_of(
        replace(SCENE, filter_text="owner:cy"),
        reload=reload,
        _said=Said("Moved."),
        _news=SimpleNamespace(since=lambda state: "bo"),
    )
    screen.program.seat = SimpleNamespace(actor=SimpleNamespace(name="ana"))
    BoardScreen.show_news(screen)
    assert screen.done[-1] == ("say", "Moved.", "status", "by bo")
    assert screen.state.view.filter_text == ("owner:cy" if error is None else "")
    assert (len(screen.done) > 1) is (error is not None)


def test_trouble_is_that_of_the_file_and_else_of_what_could_not_be_read() -> None:
    def trouble(of_file: str, of_cards: str) -> str:
        screen: Any = SimpleNamespace(_trouble=of_file, state=SimpleNamespace(trouble=of_cards))
        told: str = BoardScreen.trouble.fget(screen)  # type: ignore[attr-defined]
        return told

    assert trouble("", "") == ""
    assert trouble("It is gone.", "Busy.") == "It is gone."
    assert trouble("", "Busy.") == "Busy. Shown as far as it is known."


def test_usual_days_are_of_every_pipeline() -> None:
    numbers = SimpleNamespace(usual_days=lambda pipeline_id: {pipeline_id * 10: 14})
    pipelines = [PIPELINE, replace(PIPELINE, id=2)]
    workspace: Any = SimpleNamespace(
        reader=SimpleNamespace(numbers=numbers, pipelines=lambda: pipelines)
    )
    assert _usual_days(workspace) == ((10, 14), (20, 14))


@pytest.mark.parametrize("is_gone", [False, True])
def test_where_the_pipeline_was_taken_back_it_is_said_which_one_is_shown(is_gone: bool) -> None:
    other = replace(PIPELINE, id=9, name="Other") if is_gone else PIPELINE
    shown = iter((PIPELINE, other))
    screen = screen_of(shown_behind="deals", pipeline=lambda: next(shown))
    BoardScreen.reload(screen)
    assert (screen.shown_behind is None) is is_gone
    said = ("say", f"{PIPELINE.name} is there no more; this is Other.", "status.warn")
    assert (said in screen.done) is is_gone
