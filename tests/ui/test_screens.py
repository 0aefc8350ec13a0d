"""What screens do with keys and errors, asked of their methods without a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import NextStep
from pipeboard.domain.errors import BadInput, DatabaseError, GivenUp, NotFound, Refused
from pipeboard.domain.queue import NOTHING_MATCHES
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Glyphs, text_of, width_of
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.key_table import DEAL as DEAL_KEYS
from pipeboard.ui.key_table import FIRST, REVIEW, TRIAGE, DealTab
from pipeboard.ui.keys import UNBOUND
from pipeboard.ui.net import Net
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.deal import DealScreen
from pipeboard.ui.screens.first_run import Welcome
from pipeboard.ui.screens.hygiene import HygieneScreen
from pipeboard.ui.screens.import_screen import ImportScreen
from pipeboard.ui.screens.live import LiveScreen
from pipeboard.ui.screens.review import ReviewScreen, _count, _give_up
from pipeboard.ui.screens.triage import TriageScreen, _nothing
from pipeboard.ui.widgets.page import PageView
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, sheet_of


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


@pytest.mark.parametrize(
    ("screen", "opens"),
    [
        (HygieneScreen, "hygiene.open"),
        (ReviewScreen, "review.open"),
        (ImportScreen, "import.change"),
    ],
)
@pytest.mark.parametrize(
    ("y", "clicks", "done"),
    [(1, 1, [1]), (1, 2, [1, "opens"]), (0, 1, [0]), (3, 1, []), (3, 2, [])],
)
def test_a_click_goes_to_a_line_and_a_second_one_opens_it(
    screen: Any, opens: str, y: int, clicks: int, done: list[Any]
) -> None:
    does: list[Any] = []
    here: Any = SimpleNamespace(
        items=[Item(f"D-{number}", ((),)) for number in range(3)],
        cursor=0,
        move_cursor=lambda columns, rows: does.append(rows),
        press=does.append,
    )
    screen._point(here, SimpleNamespace(x=0, y=y, count=clicks))
    assert does == [opens if each == "opens" else each for each in done]


@pytest.mark.parametrize(
    ("step", "kept", "done"),
    [
        (None, False, False),
        (NextStep("call"), False, True),
        (NextStep("call", TODAY), False, True),
        (NextStep("call", TODAY + timedelta(days=1)), True, True),
    ],
)
def test_triage_offers_to_keep_only_a_plan_for_another_day(
    step: NextStep | None, kept: bool, done: bool
) -> None:
    stage = PIPELINE.stage(DEAL.stage_id)
    deal = replace(DEAL, next_step=step)
    record = SimpleNamespace(deal=deal, pipeline=PIPELINE, stage=stage)
    screen: Any = SimpleNamespace(
        state=SimpleNamespace(view=SimpleNamespace(read_only=False)),
        keys=TRIAGE,
        triage=SimpleNamespace(record=record, listing=SimpleNamespace(today=TODAY), skipped=0),
    )
    labels = [label for row in TriageScreen._choices(screen) for _, label in row]
    assert ("keep the plan" in labels, "done as planned" in labels) == (kept, done)


@pytest.mark.parametrize(
    ("owner", "narrowed", "said", "ways"),
    [
        ("ana", "", "Nothing needs you now.", ["O everyone's queue", "q back"]),
        ("bo", "", "Nothing needs anybody now.", ["O everyone's queue", "q back"]),
        (None, "", "Nothing needs anybody now.", ["q back"]),
        ("ana", "won", NOTHING_MATCHES, ["Esc the whole queue", "O everyone's queue", "q back"]),
        (None, "won", NOTHING_MATCHES, ["Esc the whole queue", "q back"]),
    ],
)
def test_a_queue_without_a_deal_says_why_and_by_which_keys_there_are_more(
    owner: str | None, narrowed: str, said: str, ways: list[str]
) -> None:
    screen: Any = SimpleNamespace(
        state=SimpleNamespace(view=SimpleNamespace(read_only=False)),
        keys=TRIAGE,
        filter_text=narrowed,
        program=SimpleNamespace(me="ana"),
        triage=SimpleNamespace(
            record=None,
            listing=SimpleNamespace(owner=owner, today=TODAY),
            skipped=0,
            walk=SimpleNamespace(passed=[]),
        ),
    )
    assert _nothing(screen) == said
    ((*found,),) = TriageScreen._choices(screen)
    assert [" ".join(way) for way in found] == ways


@pytest.mark.parametrize(
    ("tab", "wanted", "only_looks", "said"),
    [
        (DealTab.TIMELINE, "", False, ""),
        (DealTab.TIMELINE, "moved", False, "only events with 'moved'; Esc shows all"),
        (DealTab.NOTES, "moved", False, ""),
    ],
)
def test_below_a_timeline_it_is_said_what_is_searched_and_where_nothing_is_nothing(
    tab: DealTab, wanted: str, only_looks: bool, said: str
) -> None:
    screen: Any = SimpleNamespace(
        tab=tab,
        wanted=wanted,
        items=[Item("7", ((),))],
        keys=DEAL_KEYS,
        state=SimpleNamespace(view=SimpleNamespace(read_only=only_looks)),
    )
    style = PaneStyle(80, TODAY, ZONE, Glyphs.UNICODE)
    told = "".join(text_of(line) for line in DealScreen._below(screen, style))
    assert told.strip() == said


@pytest.mark.parametrize(
    ("tab", "only_looks", "said"),
    [
        (DealTab.NOTES, False, "no notes; n adds one"),
        (DealTab.NOTES, True, "no notes"),
        (DealTab.TIMELINE, False, "nothing matches; Esc shows all"),
    ],
)
def test_where_there_is_nothing_the_key_that_adds_is_told_to_those_who_may(
    tab: DealTab, only_looks: bool, said: str
) -> None:
    screen: Any = SimpleNamespace(
        tab=tab,
        wanted="",
        items=[],
        keys=DEAL_KEYS,
        state=SimpleNamespace(view=SimpleNamespace(read_only=only_looks)),
    )
    style = PaneStyle(80, TODAY, ZONE, Glyphs.UNICODE)
    told = "".join(text_of(line) for line in DealScreen._below(screen, style))
    assert told.strip() == said


@pytest.mark.parametrize(
    ("tab", "wanted"),
    [(tab, "") for tab in DealTab if tab is not DealTab.OVERVIEW] + [(DealTab.TIMELINE, "x" * 9)],
)
def test_what_stands_below_a_tab_is_whole_in_the_narrowest_window(
    tab: DealTab, wanted: str
) -> None:
    screen: Any = SimpleNamespace(
        tab=tab,
        wanted=wanted,
        items=[Item("7", ((),))] if wanted else [],
        keys=DEAL_KEYS,
        record=sheet_of(replace(DEAL, contacts={}, terms={}, competitors=())),
        state=SimpleNamespace(view=SimpleNamespace(read_only=False)),
    )
    lines = DealScreen._below(screen, PaneStyle(40, TODAY, ZONE, Glyphs.UNICODE))
    assert lines and max(map(width_of, lines)) <= 40


def test_what_was_said_of_a_key_before_is_gone_with_the_next_one() -> None:
    shown: list[str] = []
    done: list[str] = []
    screen: Any = SimpleNamespace(_said="x does nothing here.")
    screen._show = lambda: shown.append(screen._said)
    key = next(key for key in FIRST if key.keys != UNBOUND and not key.given)
    setattr(screen, key.does.removeprefix("screen."), lambda: done.append(key.id))
    Welcome.action_press(screen, key.id)
    assert (shown, done) == ([""], [key.id])


@pytest.mark.parametrize(("has_opened", "reloads"), [(True, 1), (False, 0)])
def test_a_review_is_gathered_anew_once_after_something_was_opened_on_it(
    has_opened: bool, reloads: int
) -> None:
    done: list[str] = []
    screen: Any = SimpleNamespace(has_opened=has_opened, reload=lambda: done.append("again"))
    for _ in range(2):  # from a menu one comes back to it too
        ReviewScreen.on_screen_resume(screen)
    assert len(done) == reloads


@pytest.mark.parametrize(
    ("asked", "is_asked_anew", "error", "found", "said"),
    [
        (2, False, None, "now", []),
        (1, False, None, "before", []),  # it is of no use before it has begun
        (2, True, None, "before", []),
        (2, True, GivenUp("Given up."), "before", []),
        (2, False, BadInput("No."), "before", ["No."]),
    ],
)
async def test_of_reviews_that_are_gathered_only_the_last_that_was_asked_for_is_shown(
    asked: int, is_asked_anew: bool, error: Exception | None, found: str, said: list[str]
) -> None:
    drawn: list[str] = []

    async def gather(_: object) -> str:
        assert asked == screen._asked
        screen._asked += is_asked_anew
        if error is not None:
            raise error
        return "now"

    screen: Any = SimpleNamespace(
        place=None,
        found="before",
        counting=1,
        _asked=2,
        is_mounted=True,
        redraw=lambda: drawn.append(screen.found),
        say=lambda text, _: drawn.append(text),
        program=SimpleNamespace(
            housekeeper=SimpleNamespace(ask=gather), net=SimpleNamespace(words=str)
        ),
    )
    await _count(screen, asked)
    assert (screen.found, screen.counting, drawn) == (found, 0, [*said, found])


@pytest.mark.parametrize(
    ("counting", "found", "is_given_up"),
    [(1, "before", True), (0, "before", False), (1, None, False)],
)
def test_a_review_that_is_given_up_leaves_the_one_from_before(
    counting: int, found: str | None, is_given_up: bool
) -> None:
    told: list[str] = []
    screen: Any = SimpleNamespace(
        counting=counting,
        found=found,
        _asked=4,
        is_stale=False,
        keys=REVIEW,
        say=lambda text, beside: told.extend((text, beside)),
    )
    assert _give_up(screen) is is_given_up
    assert (screen._asked, screen.is_stale) == (5, is_given_up)
    assert told == (
        ["Given up: this is the review from before.", "R counts again"] if is_given_up else []
    )
