"""How a live screen follows the database and the day, and what it says first."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.board import Lens
from pipeboard.domain.errors import DatabaseError, Refused
from pipeboard.ui.draw.layout import Pane
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.last_view import Undoable
from pipeboard.ui.screens import deal_pane, live
from pipeboard.ui.screens.deal_pane import HELD_S, PANE_S, DealPane, pause_after
from pipeboard.ui.screens.live import LiveScreen, Said, _follow, on_top, press_hint, refusal
from pipeboard.ui.screens.page_screen import PageScreen
from pipeboard.ui.widgets.page import PageView
from tests.ui.board_scene import TODAY, ZONE

MORROW, ELSEWHERE = TODAY + timedelta(days=1), ZoneInfo("Asia/Tokyo")


def following(**is_so: Any) -> Any:
    """A screen that shows version 4 of today, and writes down what it is told."""
    done: list[object] = []
    screen: Any = SimpleNamespace(
        _said=Said(),
        done=done,
        version=4,
        needs_reading=False,
        reads_again=True,
        _next_news=100.0,
        _day_shown=TODAY,
        turn_day=lambda today: done.append(("turns", today)),
        app=SimpleNamespace(screen_stack=()),
        show_news=lambda: done.append("news"),
        program=SimpleNamespace(
            me="ana",
            take_up=lambda: done.append("settings"),
            settings=SimpleNamespace(zone=ZONE),
            seat=SimpleNamespace(today=lambda zone: TODAY),
            choices=SimpleNamespace(follow="slow"),
        ),
        state=SimpleNamespace(
            lens=Lens(1, TODAY, ZONE, "ana"),
            reader=SimpleNamespace(data_version=lambda: 4),
            load=lambda lens: done.append(("day", lens.today, lens.zone)),
        ),
    )
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("version", "clock", "needs_reading", "is_read"),
    [
        (4, 200.0, False, False),
        (5, 100.0, False, True),
        (5, 99.0, False, False),  # it was looked at a moment ago
        (5, 99.0, True, True),
        (4, 99.0, True, True),
        (None, 200.0, False, False),
    ],
)
def test_what_others_stored_is_shown_as_often_as_a_person_wants(
    version: int | None,
    clock: float,
    needs_reading: bool,
    is_read: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "monotonic", lambda: clock)
    screen = following(needs_reading=needs_reading)
    if version is None:
        screen.version, version = None, 4
    screen.state.reader.data_version = lambda: version
    _follow(screen)
    assert screen.done == (["settings", "news"] if is_read else [])
    assert screen.version == (version if is_read else 4)
    assert screen.reads_again is not is_read
    assert screen._next_news == (clock + 60 if is_read else 100)


@pytest.mark.parametrize(
    ("today", "zone", "shown", "done"),
    [
        (TODAY, ZONE, TODAY, []),
        (MORROW, ZONE, TODAY, [("day", MORROW, ZONE), ("turns", MORROW)]),
        (TODAY, ELSEWHERE, TODAY, [("day", TODAY, ELSEWHERE), ("turns", TODAY)]),
        (TODAY, ZONE, None, [("turns", TODAY)]),  # another screen has noticed before
    ],
)
def test_another_day_or_zone_is_read_once_and_every_screen_turns_to_its_day(
    today: Any, zone: ZoneInfo, shown: Any, done: list[object]
) -> None:
    screen = following(_day_shown=shown)
    screen.program.settings.zone = zone
    screen.program.seat.today = lambda asked: today if asked is zone else None
    _follow(screen)
    assert (screen.done, screen._day_shown) == (done, today)


def test_what_is_typed_over_a_screen_is_understood_anew_on_another_day() -> None:
    screen = following()
    over = SimpleNamespace(understand_anew=lambda: screen.done.append("anew"))
    screen.app.screen_stack = ("board", "a menu", over)
    _follow(screen)
    assert screen.done == []
    screen.program.seat.today = lambda zone: MORROW
    _follow(screen)
    assert screen.done == [("day", MORROW, ZONE), ("turns", MORROW), "anew"]


@pytest.mark.parametrize(
    ("text", "said", "given_at", "is_said"),
    [
        ("Moved.", Said("No.", "status.warn"), 0.0, True),
        ("", Said("Moved."), 0.0, True),
        ("", Said("No.", "status.warn"), 9.0, False),
        ("", Said("No.", "status.warn"), 11.0, True),
    ],
)
def test_a_refusal_is_taken_away_only_by_a_key_that_came_after_it(
    text: str, said: Said, given_at: float, is_said: bool
) -> None:
    shown: list[str] = []
    screen: Any = SimpleNamespace(
        _said=said,
        _refused_at=10.0,
        program=SimpleNamespace(key_queue=SimpleNamespace(given_at=given_at), offered=Undoable()),
        show_status=lambda: shown.append("status"),
    )
    LiveScreen.say(screen, text, "status", "u undo")
    assert screen._said == (Said(text, "status", "u undo") if is_said else said)
    assert shown == ["status"] * is_said
    assert (screen._refused_at > 10) is is_said


@pytest.mark.parametrize(
    ("waiting", "trouble", "dropped", "line", "right"),
    [
        ("", "", 0, "Moved.", "u undo"),
        ("", "", 2, "Moved. 2 keys were dropped.", "u undo"),
        ("Waiting", "", 2, "Waiting", "^c gives up"),
        ("", "It is gone.", 2, "It is gone.", "u undo"),
        ("Waiting", "It is gone.", 0, "Waiting", "^c gives up"),
    ],
)
def test_the_status_line_says_first_what_is_most_important(
    waiting: str,
    trouble: str,
    dropped: int,
    line: str,
    right: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live, "dropped", lambda keys: f"{keys} keys were dropped." if keys else "")
    shown: list[str] = []
    screen: Any = SimpleNamespace(
        _said=Said("Moved.", "status", "u undo"),
        trouble=trouble,
        program=SimpleNamespace(
            waiting=SimpleNamespace(words=waiting), key_queue=SimpleNamespace(dropped=dropped)
        ),
        put_status=lambda *lines: shown.extend(map(text_of, lines)),
    )
    LiveScreen.show_status(screen)
    assert shown == [line, right]


BUSY = DatabaseError("Busy.", details={"reason": "locked"})
HELD = DatabaseError("Busy.", details={"reason": "locked", "meanwhile": "An import runs."})
GONE = DatabaseError("It is gone.", hint="Look for it.")


@pytest.mark.parametrize(
    ("errors", "trouble"),
    [
        ([None], [""]),
        ([BUSY], [""]),
        ([BUSY, BUSY], ["", "Busy. Shown as it was."]),
        ([HELD, HELD], ["", "An import runs. Shown as it was."]),
        ([BUSY, None, BUSY], ["", "", ""]),
        ([GONE], ["It is gone. Look for it."]),
        ([GONE, None], ["It is gone. Look for it.", ""]),
    ],
)
def test_a_database_that_is_held_is_told_at_the_second_look_and_one_that_is_gone_at_once(
    errors: list[Any], trouble: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    left = iter(errors)

    def follow(_: object) -> None:
        if (error := next(left)) is not None:
            raise error

    monkeypatch.setattr(live, "_follow", follow)
    looked: list[str] = []
    screen: Any = SimpleNamespace(
        _trouble="",
        _busy_looks=0,
        state=SimpleNamespace(reader=SimpleNamespace(check=lambda: looked.append("database"))),
        program=SimpleNamespace(
            key_queue=SimpleNamespace(is_waiting=False),
            seat=SimpleNamespace(file=SimpleNamespace(check=lambda: looked.append("file"))),
        ),
        show_status=lambda: told.append(screen._trouble),
    )
    found = [LiveScreen._look(screen) or screen._trouble for _ in errors]  # type: ignore[func-returns-value]
    assert found == trouble
    changes = [now for now, before in zip(trouble, ["", *trouble], strict=False) if now != before]
    assert told == changes  # it is said once
    assert looked == ["file", "database"] * len(errors)
    screen.program.key_queue.is_waiting = True
    LiveScreen._look(screen)  # the action under way looks for itself
    assert looked == ["file", "database"] * len(errors)


@pytest.mark.parametrize(
    ("key_id", "said", "only_looks", "is_writable", "done"),
    [
        ("board.note", Said("Moved."), False, True, ["may", "note"]),
        ("board.note", Said("Moved."), False, False, ["may", "failed"]),
        ("board.note", Said("Moved."), True, False, ["note"]),
        ("board.note", Said("No.", "status.warn"), False, True, ["unsaid", "may", "note"]),
        ("board.step_back", Said("No.", "status.warn"), False, True, ["step_back"]),
        ("board.help", Said("Moved."), False, False, ["help"]),
        ("review.hold", Said("Moved."), False, True, ["may review", "hold"]),
    ],
)
def test_a_key_asks_whether_it_may_change_something_and_takes_a_refusal_away(
    key_id: str, said: Said, only_looks: bool, is_writable: bool, done: list[str]
) -> None:
    told: list[str] = []

    def check(needs: str) -> None:
        told.append(f"may {needs}".strip())
        if not is_writable:
            raise Refused("No.")

    screen: Any = SimpleNamespace(
        keys=BOARD,
        _said=said,
        say=lambda text: told.append(text or "unsaid"),
        only_looks=lambda key: only_looks,
        NEEDS_ROOM=False,
        program=SimpleNamespace(check_writable=check),
        perform=lambda does, *given, key: told.append(key.action),
        failed=lambda error: told.append("failed"),
    )
    LiveScreen.press(screen, key_id)
    assert told == done


@pytest.mark.parametrize(
    ("hinted", "count", "done"),
    [
        ("n", 1, ["board.note"]),
        ("F9", 1, []),
        ("n", 2, []),  # by a hand that clicks twice
        ("?", 2, ["board.help"]),
    ],
)
def test_a_click_on_a_hint_does_what_its_key_does(hinted: str, count: int, done: list[str]) -> None:
    pressed: list[str] = []
    screen: Any = SimpleNamespace(keys=BOARD, press=pressed.append)
    press_hint(screen, hinted, count)
    assert pressed == done


def test_a_refusal_is_what_a_screen_says_in_warning() -> None:
    told: list[Any] = [
        SimpleNamespace(_said=Said("No.", "status.warn")),
        SimpleNamespace(_said=Said("Moved.")),
        None,
    ]
    assert [refusal(screen) for screen in told] == [told[0]._said, None, None]
    app: Any = SimpleNamespace(screen_stack=["board", "menu"])
    assert on_top(app) is None


@pytest.mark.parametrize(("pages", "rows"), [(1.0, 6), (-1.0, -6), (0.5, 3), (-0.5, -3), (2.0, 12)])
def test_a_page_further_leaves_one_line_of_what_was_seen(pages: float, rows: int) -> None:
    moved: list[tuple[int, int]] = []
    screen: Any = SimpleNamespace(
        page=SimpleNamespace(view=PageView(width=80), size=SimpleNamespace(height=10)),
        move_cursor=lambda *way: moved.append(way),
        items=[1, 2, 3],
    )
    assert screen.page.view.seen(10) == 7
    PageScreen.move_pages(screen, pages)
    PageScreen.move_to_end(screen, -1)
    assert moved == [(0, rows), (0, -3)]


@pytest.mark.parametrize("moves_cursor", [True, False])
def test_the_wheel_moves_the_cursor_or_scrolls(moves_cursor: bool) -> None:
    moved: list[tuple[int, int]] = []
    page: Any = SimpleNamespace(
        view=PageView(width=80, lines=((),) * 30), size=SimpleNamespace(height=10)
    )
    page.show = lambda view: setattr(page, "view", view)
    screen: Any = SimpleNamespace(
        page=page, move_cursor=lambda *way: moved.append(way), wheel_moves_cursor=moves_cursor
    )
    PageScreen._wheel(screen, SimpleNamespace(lines=3))  # type: ignore[arg-type]
    assert (moved, page.view.top) == (([(0, 3)], 0) if moves_cursor else ([], 3))


# The pane beside the board.


@pytest.mark.parametrize(
    ("gap", "pause"),
    [(0.0, 0.0), (0.03, 0.0315), (HELD_S, PANE_S), (0.049, 0.05145), (5.0, PANE_S)],
)
def test_the_pane_waits_for_the_next_key_as_long_as_it_may_take(gap: float, pause: float) -> None:
    assert pause_after(gap) == pytest.approx(pause)


class Beside:
    """A board with a pane, over deals that are read when they are shown."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, width: int = 40) -> None:
        monkeypatch.setattr(deal_pane, "layout", lambda view: SimpleNamespace(pane_width=width))
        monkeypatch.setattr(deal_pane, "pane_lines", lambda record, style: (record, style.width))
        self.read, self.timers = list[int](), list[Any]()
        self.fails = False
        view = SimpleNamespace(pane=Pane((), top=5), glyphs=None)
        self.state: Any = SimpleNamespace(
            view=view, card=None, lens=SimpleNamespace(zone=ZONE),
            reader=SimpleNamespace(record=self._record),
            show=lambda pane: setattr(view, "pane", pane),
        )  # fmt: skip
        screen: Any = SimpleNamespace(
            today=TODAY,
            program=SimpleNamespace(seat=SimpleNamespace(eyes="eyes")),
            set_timer=self._timer,
        )
        self.drawn: list[object] = []
        self.pane: Any = DealPane(screen, self.state, SimpleNamespace(show=self.drawn.append))  # type: ignore[arg-type]

    def _record(self, deal_id: int, eyes: str) -> Any:
        assert eyes == "eyes"
        self.read.append(deal_id)
        if self.fails:
            raise DatabaseError("Busy.")
        return SimpleNamespace(deal=f"deal {deal_id}")

    def _timer(self, seconds: float, call: Any) -> Any:
        timer = SimpleNamespace(stop=lambda: self.timers.remove(call))
        self.timers.append(call)
        return timer

    def on(self, deal_id: int, version: int = 1) -> None:
        self.state.card = SimpleNamespace(id=deal_id, version=version) if deal_id else None
        self.pane.follow()

    def rest(self) -> None:
        for call in [*self.timers]:
            self.timers.remove(call)
            call()


def test_the_pane_goes_with_the_cursor_at_once_and_with_one_on_its_way_when_it_rests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = Beside(monkeypatch)
    assert beside.pane.rests
    beside.on(1)
    assert (beside.read, beside.pane.deal, beside.pane.rests) == ([1], "deal 1", False)
    lines, width = beside.state.view.pane.lines
    assert (lines.deal, width, beside.state.view.pane.top) == ("deal 1", 39, 0)
    beside.on(1)
    beside.on(2)
    beside.on(3)
    assert (beside.read, len(beside.timers)) == ([1], 1)
    beside.rest()
    assert (beside.read, beside.pane.deal) == ([1, 3], "deal 3")
    assert beside.drawn == [beside.state.view]
    beside.rest()
    beside.on(3, version=2)
    assert beside.read == [1, 3, 3]
    beside.rest()
    beside.pane.forget()
    beside.on(3, version=2)
    assert beside.read == [1, 3, 3, 3]


def test_a_pane_over_no_deal_is_empty_and_one_that_has_no_room_reads_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = Beside(monkeypatch)
    beside.on(1)
    beside.on(0)
    assert (beside.pane.deal, beside.state.view.pane.lines) == (None, ())
    beside.state.view.pane = None
    beside.on(2)
    narrow = Beside(monkeypatch, width=0)
    narrow.on(1)
    assert (beside.read, narrow.read) == ([1], [])


def test_a_deal_that_could_not_be_read_is_read_with_the_next_look(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beside = Beside(monkeypatch)
    beside.fails = True
    beside.on(1)
    assert (beside.pane.deal, beside.pane.rests, beside.timers) == (None, True, [])
    beside.fails = False
    beside.on(1)
    assert (beside.read, beside.pane.deal) == ([1, 1], "deal 1")
