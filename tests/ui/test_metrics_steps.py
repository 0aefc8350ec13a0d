"""What the metrics screen asks, keeps and says while numbers are counted, without a terminal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, GivenUp, Refused
from pipeboard.domain.periods import parse_period
from pipeboard.ui.actions import figures
from pipeboard.ui.actions.figures import _sides
from pipeboard.ui.draw.metrics import TABS
from pipeboard.ui.draw.metrics.sections import Block, ReportView, Spot
from pipeboard.ui.metrics_worker import _keep
from pipeboard.ui.screens import metrics as module
from pipeboard.ui.screens.live import Said
from pipeboard.ui.screens.metrics import (
    MetricsScreen,
    _about,
    _count,
    _counting,
    _hinted_here,
    _put_away,
    _top,
    as_counted_now,
    end_counting,
    period_of,
)
from pipeboard.ui.widgets.page import PageView
from tests.team import NOW, SETTINGS
from tests.ui.board_scene import PIPELINE, TODAY

QUARTER = parse_period("2026Q4", TODAY)
ASKED = ReportView(PIPELINE, QUARTER, None, None)
SEVERAL = tuple(Spot(0 if n < 6 else 40, n % 6 * 4, 9, (), f"spot {n}") for n in range(12))


@pytest.mark.parametrize(
    ("period", "today", "seen", "shift", "counted"),
    [
        ("2026Q4", "2026-11-23", "2026-11-23", 0, "2026Q4"),
        ("2026Q3", "2026-11-23", "2026-11-23", 0, "2026Q3"),
        ("2026", "2026-11-23", "2026-11-23", 3, "2026"),
        # It holds today, which is in the year before now.
        ("2026", "2026-02-01", "2026-02-01", 3, "2025"),
        ("2025", "2026-11-23", "2026-11-23", 3, "2024"),
        ("2026-11", "2026-11-23", "2026-11-23", 3, "2026-11"),
        # What was the present one when it was seen is the present one again.
        ("2026Q4", "2027-01-01", "2026-12-31", 0, "2027Q1"),
        ("2026-12", "2027-02-28", "2026-12-31", 0, "2027-02"),
        ("2026", "2027-01-01", "2026-12-31", 0, "2027"),
        ("2027Q1", "2026-12-31", "2027-01-01", 0, "2026Q4"),
        ("2026Q3", "2027-01-01", "2026-12-31", 0, "2026Q3"),
        ("2027Q1", "2027-01-01", "2026-12-31", 0, "2027Q1"),
    ],
)
def test_a_period_is_the_present_one_where_it_was_or_that_of_its_first_day_however_years_begin(
    period: str, today: str, seen: str, shift: int, counted: str
) -> None:
    now: Any = SimpleNamespace(week_start=0, fiscal_shift=shift)
    day, before = date.fromisoformat(today), date.fromisoformat(seen)
    assert as_counted_now(parse_period(period, day), day, now, before).label == counted
    for odd in ("all", "2026-01-01..2026-02-01"):
        left = parse_period(odd, day)
        assert as_counted_now(left, day, now, before) is left
    assert period_of("week", date(2026, 11, 22), now).label == "2026-W47"


def screen_of(**is_so: Any) -> Any:
    done: list[Any] = []
    worker = SimpleNamespace(
        at_hand=lambda asked, moment: None, give_up=lambda: done.append("given up")
    )
    screen: Any = SimpleNamespace(
        done=done,
        asked=ASKED,
        cursor=1,
        counting=0,
        under_way="counting",
        answer="",
        drawn=None,
        block=Block(80, spots=SEVERAL),
        spot=SEVERAL[1],
        moment=SimpleNamespace(at="now"),
        metrics_worker=worker,
        state=SimpleNamespace(
            view=SimpleNamespace(glyphs=ASKED.glyphs, board=SimpleNamespace(everyone="everyone"))
        ),
        page=SimpleNamespace(
            view=PageView(width=80, top=5), size=SimpleNamespace(width=ASKED.width, height=10)
        ),
        _said=Said("Moved."),
        _day=TODAY,
    )
    for name in ("_redraw", "show_status"):
        setattr(screen, name, lambda name=name: done.append(name))
    for name in ("_show", "say", "move_cursor", "press"):
        setattr(screen, name, lambda *what, name=name: done.append((name, *what)))
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("wanted", "said", "top"),
    [
        ({}, "Moved.", 5),
        ({"owner": "bo"}, "", 5),
        ({"pipeline": replace(PIPELINE, id=2)}, "", 0),
    ],
)
def test_other_numbers_are_shown_at_once_where_they_are_known_and_else_counted(
    wanted: dict[str, Any], said: str, top: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    monkeypatch.setattr(module, "beside", lambda screen, name, *_: begun.append(name))
    asked = replace(ASKED, **wanted)
    screen = screen_of()
    MetricsScreen.look_at(screen, asked, 3)
    assert (screen.asked.owner, screen.asked.pipeline, screen.cursor) == (
        asked.owner, asked.pipeline, 3,
    )  # fmt: skip
    assert (screen._said.text, screen.page.view.top) == (said, top)
    assert (screen.counting, begun, screen.done) == (1, ["counting"], ["_redraw"])
    known = screen_of()
    known.metrics_worker.at_hand = lambda asked, moment: (asked.owner, moment.at)
    MetricsScreen.look_at(known, asked)
    assert (known.counting, known.done) == (0, [("_show", (asked.owner, "now"))])
    assert begun == ["counting"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "counting"),
        ({"owner": "bo"}, "counting"),
        ({"period": parse_period("2026Q3", TODAY)}, "counting 2026Q3"),
        ({"pipeline": replace(PIPELINE, id=2, name="EU")}, "counting EU"),
    ],
)
def test_what_is_counted_is_said_by_what_tells_it_apart(changed: dict[str, Any], said: str) -> None:
    assert _counting(replace(ASKED, **changed), ASKED) == said


@pytest.mark.parametrize(
    ("error", "is_asked_anew", "done"),
    [
        (None, False, ["_show"]),
        (None, True, ["_redraw"]),
        (GivenUp("Given up."), False, ["show_status"]),
        (BadInput("No."), False, ["say", "_redraw"]),
    ],
)
async def test_what_was_counted_is_shown_where_it_is_still_asked(
    error: Exception | None, is_asked_anew: bool, done: list[str]
) -> None:
    async def ask(asked: ReportView, moment: object, tell: Any) -> Any:
        tell(0.5)
        if error is not None:
            raise error
        if is_asked_anew:
            screen.asked = replace(asked, owner="bo")
        return SimpleNamespace(asked=asked)

    screen = screen_of(
        counting=1, program=SimpleNamespace(net=SimpleNamespace(words=str)), share=0.0
    )
    screen.metrics_worker.ask = ask
    await _count(screen, ASKED)
    assert [one if isinstance(one, str) else one[0] for one in screen.done] == done
    assert (screen.counting, screen.share) == (0, 0.5)
    other = screen_of(counting=2, asked=replace(ASKED, owner="bo"))
    await _count(other, ASKED)  # nobody wants it any more, and it is not asked
    assert (other.done, other.counting) == (["_redraw"], 1)


@pytest.mark.parametrize(
    ("counting", "drawn", "is_given_up", "done"),
    [
        (0, None, False, []),
        (1, None, False, ["given up"]),
        (1, ASKED, False, ["given up"]),
        (
            1, replace(ASKED, owner="bo"), True,
            ["given up", "_show", ("say", "Given up: these are the numbers from before.")],
        ),
    ],
)  # fmt: skip
def test_who_gives_up_sees_the_numbers_from_before(
    counting: int, drawn: ReportView | None, is_given_up: bool, done: list[Any]
) -> None:
    shown = SimpleNamespace(asked=drawn) if drawn else None
    screen = screen_of(counting=counting, drawn=shown, answer="Counted by April.")
    assert end_counting(screen) is is_given_up
    assert screen.done == [("_show", shown) if one == "_show" else one for one in done]
    assert (screen.asked.owner, screen.answer) == (
        ("bo", "") if is_given_up else (None, "Counted by April.")
    )


@pytest.mark.parametrize(
    ("cursor", "rows", "comes_to"), [(0, 1, 1), (11, 1, 11), (0, -1, 0), (3, -9, 0), (3, 99, 11)]
)
def test_the_cursor_stays_among_the_numbers_and_what_was_said_is_gone(
    cursor: int, rows: int, comes_to: int
) -> None:
    screen = screen_of(cursor=cursor)
    MetricsScreen.move_cursor(screen, 0, rows)
    assert (screen.cursor, screen._said, screen.done) == (comes_to, Said(), ["_redraw"])


@pytest.mark.parametrize(
    ("place", "pages", "rows"), [(0, 1.0, 1), (0, 2.0, 3), (6, 1.0, 1), (8, -1.0, -2), (2, 0.5, 1)]
)
def test_a_page_further_is_the_number_nearest_to_it_in_the_same_column(
    place: int, pages: float, rows: int
) -> None:
    screen = screen_of(cursor=place, spot=SEVERAL[place])
    assert screen.page.view.seen(10) == 7
    MetricsScreen.move_pages(screen, pages)
    assert screen.done == [("move_cursor", 0, rows)]
    nowhere = screen_of(spot=None)
    MetricsScreen.move_pages(nowhere, 1)
    assert nowhere.done == []


@pytest.mark.parametrize(("x", "y", "clicks", "done"), [
    (3, 8, 1, [("move_cursor", 0, 1)]),
    (3, 8, 2, [("move_cursor", 0, 1), ("press", "metrics.open")]),
    (44, 4, 1, [("move_cursor", 0, 6)]),
    (30, 8, 2, []),
])  # fmt: skip
def test_a_click_goes_to_a_number_and_a_second_one_opens_its_deals(
    x: int, y: int, clicks: int, done: list[Any]
) -> None:
    screen = screen_of()
    event: Any = SimpleNamespace(x=x, y=y, count=clicks)
    MetricsScreen._point(screen, event)
    assert screen.done == done


@pytest.mark.parametrize(
    ("place", "top", "room", "comes_to"),
    [
        (0, 9, 7, 0),  # above the first stands the heading of all
        (1, 0, 7, 0),
        (4, 0, 7, 10),
        (4, 20, 7, 14),
        (5, 20, 7, 14),
    ],
)
def test_the_number_under_the_cursor_is_seen_with_what_stands_above_it(
    place: int, top: int, room: int, comes_to: int
) -> None:
    block = Block(80, lines=((),) * 21, spots=SEVERAL)
    screen = screen_of(block=block, cursor=place, spot=SEVERAL[place])
    assert _top(screen, room, top) == comes_to
    assert _top(screen_of(block=block, spot=None), room, top) == 0


def test_of_a_number_is_said_only_what_does_not_stand_below_it() -> None:
    lines: Any = ((("Won 3 of", "text"),), (("9 deals.", "text"),), (("More.", "text"),))
    block = Block(80, lines=lines)
    for summary, said in (("Won 3 of 9 deals.", ""), ("Won 4.", "Won 4."), ("More.", "")):
        assert _about(Spot(0, 0, 9, (), "won", summary), block) == said
    assert _about(Spot(0, 1, 9, (), "won", "Won 3 of"), block) == "Won 3 of"
    far = Block(80, lines=(*((),) * 12, (("Far.", "text"),)))
    assert _about(Spot(0, 0, 9, (), "won", "Far."), far) == "Far."
    assert _about(Spot(0, 1, 9, (), "won", "Far."), far) == ""


@pytest.mark.parametrize("counting", [0, 1])
def test_where_one_is_is_kept_with_what_is_to_be_shown_behind(counting: int) -> None:
    screen = screen_of(counting=counting)
    screen._come_back = lambda place, wanted: screen.done.append((*place, wanted))
    _put_away(screen)
    assert screen.done == [*["given up"] * counting, (ASKED, 1, TODAY, None)]


@pytest.mark.parametrize(
    ("deals", "base", "opens"), [((1,), (), True), ((), (1,), True), ((), (), False)]
)
def test_only_a_number_with_deals_behind_it_opens(deals: Any, base: Any, opens: bool) -> None:
    spot = replace(SEVERAL[0], deals=deals, base=base)
    assert ("metrics.open" not in _hinted_here(screen_of(spot=spot))) is opens
    assert _hinted_here(screen_of(spot=None)) == {"metrics.open": ""}


def test_of_what_is_kept_the_oldest_makes_room() -> None:
    kept: dict[Any, str] = {}
    for key in "abcd":
        _keep(kept, key, key.upper(), 3)
    assert kept == {"b": "B", "c": "C", "d": "D"}


@pytest.mark.parametrize(
    ("counts", "base", "base_name", "said"),
    [
        ({1}, {1, 2, 3}, "", ("1 deal that it counts", "all 3 deals that it is a share of",
                             "X: all")),
        ({1, 2}, {3}, "", ("2 deals that it counts", "1 deal that it is set against",
                           "X: set against")),
        ({1}, {2, 3}, "", ("1 deal that it counts", "2 deals that it is set against",
                           "X: set against")),
        ({1, 2}, {3}, "Y", ("X (2)", "Y (1)", "Y")),
        ({1}, {1, 2}, "Y", ("X (1)", "Y (2)", "Y")),
    ],
)  # fmt: skip
def test_a_number_is_a_share_only_of_deals_among_which_it_counts_some(
    counts: set[int], base: set[int], base_name: str, said: tuple[str, str, str]
) -> None:
    spot = Spot(0, 0, 9, (), "X", base_name=base_name)
    assert _sides(spot, frozenset(counts), frozenset(base)) == said


def looked_at(action: Any, *given: Any, **asked: Any) -> tuple[dict[str, Any], int]:
    """What a key changes of what is asked for, and where the cursor is then, which was at 5."""
    found: list[tuple[ReportView, int]] = []
    before = replace(ASKED, **asked)
    host: Any = SimpleNamespace(
        asked=before,
        cursor=5,
        moment=SimpleNamespace(at=NOW),
        program=SimpleNamespace(settings=SETTINGS),
        state=SimpleNamespace(lens=SimpleNamespace(zone=SETTINGS.zone, me="ana")),
        look_at=lambda asked, cursor=0: found.append((asked, cursor)),
    )
    action(host, *given)
    ((after, cursor),) = found
    names = ReportView.__slots__
    changed = {n: getattr(after, n) for n in names if getattr(after, n) != getattr(before, n)}
    return changed, cursor


@pytest.mark.parametrize(
    ("action", "given", "asked", "changed", "cursor"),
    [
        (figures.tab, (4,), {}, {"tab": TABS[3]}, 0),
        (figures.tab_beside, (1,), {"tab": TABS[-1]}, {"tab": TABS[0]}, 0),
        (figures.tab_beside, (-1,), {}, {"tab": TABS[-1]}, 0),
        (figures.earlier, (), {}, {"period": parse_period("2026Q3", TODAY)}, 5),
        (figures.later, (), {}, {"period": parse_period("2027Q1", TODAY)}, 5),
        (figures.compare, (), {}, {"compares": True}, 5),
        (figures.compare, (), {"compares": True}, {"compares": False}, 5),
        (figures.mine, (), {}, {"owner": "ana"}, 5),
        (figures.mine, (), {"owner": "ana"}, {"owner": None}, 5),
        (figures.mine, (), {"owner": "bo"}, {"owner": None}, 5),
        (figures.currency, (), {}, {"currency": "EUR"}, 5),
        (figures.currency, (), {"currency": "EUR"}, {"currency": ""}, 5),
    ],
)
def test_a_key_changes_one_thing_of_what_is_counted_and_leaves_the_cursor_on_its_tab(
    action: Any, given: tuple[int, ...], asked: Any, changed: Any, cursor: int
) -> None:
    assert looked_at(action, *given, **asked) == (changed, cursor)


@pytest.mark.parametrize(
    ("shown", "then"),
    [
        ("2026Q4", "2026"),
        ("2026", "2026-11"),
        ("2026-11", "2026Q4"),
        # What is past is shown from its beginning on.
        ("2025Q3", "2025"),
        ("2025", "2025-01"),
        ("2025-06", "2025Q2"),
        ("2025-12-29..2026-11-30", "2026Q4"),
        ("2026-W47", "2026Q4"),
    ],
)
def test_a_period_of_another_length_holds_today_or_begins_where_the_one_before_does(
    shown: str, then: str
) -> None:
    changed, cursor = looked_at(figures.span, period=parse_period(shown, TODAY))
    assert (changed["period"].label, cursor) == (then, 5)


@pytest.mark.parametrize(("shown", "whose"), [("bo", "bo"), (None, "ana")])
async def test_a_call_that_is_not_ones_own_to_make_is_refused_before_it_is_typed(
    shown: str | None, whose: str
) -> None:
    looked: list[object] = []

    def check_agreements(agreements: Any) -> None:
        looked.extend(one.key for one in agreements)
        raise Refused("It is theirs.")

    rights = SimpleNamespace(check_agreements=check_agreements)
    seat = SimpleNamespace(rights=rights)
    host: Any = SimpleNamespace(
        asked=replace(ASKED, owner=shown), program=SimpleNamespace(me="ana", seat=seat)
    )
    with pytest.raises(Refused):
        await figures.call(host)
    assert looked == [(PIPELINE.id, "2026Q4", whose)]
