"""What the hygiene screen reads, counts and means, without a terminal."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import Status
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.hygiene import DEAD, DUPLICATES, Alike, Fault
from pipeboard.ui.draw.hygiene import HygieneView, Pair, heading
from pipeboard.ui.draw.line import Line, tagged, text_of, width_of
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.screens import hygiene as module
from pipeboard.ui.screens.hygiene import (
    MOST_SHOWN,
    HygieneScreen,
    _hinted_here,
    _look_for_alike,
    _pairs,
    place_at,
)
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, at

ANA, BO, ALSO_ANA = (
    replace(DEAL, id=number, owner=owner, version=number)
    for number, owner in ((1, "ana"), (2, "bo"), (3, "ana"))
)
DEALS = {deal.id: deal for deal in (ANA, BO, ALSO_ANA)}
ALIKE = Alike(1, 2, "the same name", 90)
PAIR = Pair(ALIKE, ANA, BO)
VALUE = str(Fault.VALUE)


class Day:
    """A day on which Ana's two deals lack an amount and Bo's is dead."""

    def dead(self) -> list[Any]:
        return [BO]

    def fault_counts(self) -> dict[Fault, dict[str, int]]:
        return {Fault.VALUE: {"ana": 2}}

    def faulty(self, fault: Fault) -> tuple[int, ...]:
        return (3, 1, 9) if fault is Fault.VALUE else ()


def screen_of(**is_so: Any) -> Any:
    asked: list[Any] = []

    def day(listing: object) -> Day:
        asked.append(listing)
        return Day()

    screen: Any = SimpleNamespace(
        asked=asked,
        today=TODAY,
        version=4,
        state=SimpleNamespace(
            lens=SimpleNamespace(zone=ZONE, me="ana"),
            reader=SimpleNamespace(
                snapshot=nullcontext,
                reps=lambda: [SimpleNamespace(name=name, active=name != "cy") for name in
                              ("ana", "bo", "cy")],
                day=day,
                deals=lambda ids: {one: DEALS[one] for one in ids if one in DEALS},
                data_version=lambda: 12,
            ),
        ),
        view=HygieneView(PIPELINE, VALUE),
        items=[],
        cursor=0,
        deal=None,
        pair=None,
        is_searching=False,
        _alike=None,
        _alike_of=None,
        _mended=set(),
        _in_group=frozenset(),
        _cursors={},
        _away=frozenset(),
    )  # fmt: skip
    for name in ("redraw", "reload", "_find_alike", "_look"):
        setattr(screen, name, lambda name=name: asked.append(name))
    for name in ("say", "failed", "press"):
        setattr(screen, name, lambda what, name=name: asked.append((name, what)))
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("group", "deals", "total", "in_group"),
    [
        (VALUE, [3, 1], 3, {"3", "1", "9"}),
        (DEAD, [2], 1, {"2"}),
        (DUPLICATES, [], 0, {PAIR.key}),
        (str(Fault.NEXT_STEP), [], 0, set()),
    ],
)
def test_a_kind_holds_its_deals_and_all_kinds_are_counted(
    group: str, deals: list[int], total: int, in_group: set[str]
) -> None:
    before = {(group, "3"), (group, "7"), ("another", "3")}
    screen = screen_of(_alike=(ALIKE,), _mended=set(before))
    view = HygieneView(PIPELINE, group, owner="ana", marks=frozenset({1, 2, 7}))
    read = HygieneScreen._read(screen, view)
    assert [deal.id for deal in read.deals] == deals
    assert (read.total, screen._in_group) == (total, in_group)
    assert read.marks == {1, 2, 7} & (
        {3, 1, 9} if group == VALUE else {2} if group == DEAD else set()
    )
    assert read.pairs == (PAIR,)
    assert read.counts == {VALUE: {"ana": 2}, DUPLICATES: {"bo": 1}, DEAD: {"bo": 1}}
    # What lacks it again is not mended.
    assert screen._mended == before - {(group, one) for one in in_group}
    assert read.mended == len(screen._mended)
    assert (screen._away, screen._day) == ({"cy"}, TODAY)
    (listing,) = screen.asked
    assert (listing.today, listing.zone, listing.me, listing.owner) == (TODAY, ZONE, "ana", "ana")


@pytest.mark.parametrize(
    ("group", "alike", "alike_of", "is_searching", "searches"),
    [
        (VALUE, None, None, False, True),
        (VALUE, (), 3, False, False),
        (DUPLICATES, (), 4, False, False),
        (DUPLICATES, (), 3, False, True),
        (DUPLICATES, None, None, True, False),
    ],
)
def test_deals_that_are_alike_are_looked_for_once_and_again_for_who_looks_at_them(
    group: str,
    alike: Any,
    alike_of: int | None,
    is_searching: bool,
    searches: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun: list[object] = []
    monkeypatch.setattr(module, "beside", lambda *what: begun.append(what[1]))
    screen = screen_of(
        view=HygieneView(PIPELINE, group), _alike=alike, _alike_of=alike_of,
        is_searching=is_searching,
    )  # fmt: skip
    HygieneScreen._find_alike(screen)
    assert begun == (["alike"] if searches else [])
    assert screen.is_searching is (is_searching or searches)


@pytest.mark.parametrize(
    ("owner", "deal", "mended"),
    [
        (None, BO, {"2", "9"}),
        ("ana", BO, {"9"}),  # it is another's now, and lacks it still
        ("bo", BO, {"2", "9"}),
        ("ana", replace(BO, outcome=Status.WON, closed_at=at(11, 20)), {"2", "9"}),
    ],
)
def test_what_left_the_list_is_mended_unless_it_was_only_passed_on(
    owner: str | None, deal: Any, mended: set[str]
) -> None:
    screen = screen_of(
        view=HygieneView(PIPELINE, VALUE, owner=owner), _in_group=frozenset({"1", "2", "9"})
    )
    screen.reload = lambda: setattr(screen, "_in_group", frozenset({"1"}))
    receipt: Any = SimpleNamespace(deals=[deal])
    HygieneScreen.show_change(screen, receipt)
    assert screen._mended == {(VALUE, one) for one in mended}
    assert screen.view.mended == len(mended)
    assert screen.asked == ["redraw"]


@pytest.mark.parametrize("is_another", [False, True])
def test_another_pipeline_is_looked_at_anew_and_another_kind_without_marks(
    is_another: bool,
) -> None:
    screen = screen_of(_alike=(ALIKE,), _mended={(VALUE, "1")}, _read=lambda view: view)
    pipeline = replace(PIPELINE, id=2) if is_another else PIPELINE
    HygieneScreen.look_at(screen, HygieneView(pipeline, DEAD, marks=frozenset({1})))
    assert (screen.view.group, screen.view.marks) == (DEAD, frozenset())
    assert (screen._alike, screen._mended) == (
        (None, set()) if is_another else ((ALIKE,), {(VALUE, "1")})
    )
    assert screen.asked == [("say", ""), "redraw", "_find_alike"]


@pytest.mark.parametrize(
    ("group", "cursor", "deal", "pair"),
    [
        (VALUE, 0, ALSO_ANA, None),
        (VALUE, 1, ANA, None),
        (VALUE, 2, None, None),
        (DUPLICATES, 0, ANA, PAIR),
        (DUPLICATES, 1, None, None),
    ],
)
def test_under_the_cursor_is_a_deal_or_a_pair(
    group: str, cursor: int, deal: Any, pair: Pair | None
) -> None:
    view = HygieneView(PIPELINE, group, deals=(ALSO_ANA, ANA), pairs=(PAIR,))
    screen = screen_of(view=view, cursor=cursor)
    screen.pair = HygieneScreen.pair.fget(screen)  # type: ignore[attr-defined]
    assert screen.pair == pair
    screen.deal = HygieneScreen.deal.fget(screen)  # type: ignore[attr-defined]
    assert screen.deal == deal
    meant = [] if deal is None else [deal] if pair is None else [ANA, BO]
    assert HygieneScreen.targets(screen) == (
        tuple(each.id for each in meant), {each.id: each.version for each in meant}
    )  # fmt: skip
    for each in DEALS.values():
        shown = (ALSO_ANA, ANA) if pair is None else (ANA, BO)
        assert HygieneScreen.at_hand(screen, each.id) == (each if each in shown else None)
    assert [*_hinted_here(screen)] == ([] if pair is None else ["hygiene.mark"])


def test_marked_deals_are_meant_in_the_order_of_the_list() -> None:
    view = HygieneView(PIPELINE, VALUE, deals=(ALSO_ANA, BO, ANA), marks=frozenset({1, 3}))
    assert HygieneScreen.targets(screen_of(view=view, deal=BO)) == ((3, 1), {3: 3, 1: 1})


@pytest.mark.parametrize(
    ("cursor", "rows", "comes_to"), [(0, 1, 1), (2, 1, 2), (0, -1, 0), (1, -9, 0), (0, 9, 2)]
)
def test_the_cursor_stays_in_the_list_and_says_of_a_deal_what_it_lacks(
    cursor: int, rows: int, comes_to: int
) -> None:
    bare = replace(DEAL, value=None)
    screen = screen_of(items=[Item(str(n), ((),)) for n in range(3)], cursor=cursor, deal=bare)
    HygieneScreen.move_cursor(screen, 0, rows)
    assert screen._cursors == {VALUE: comes_to}
    (_, said), redrawn = screen.asked
    assert redrawn == "redraw" and said
    pair = screen_of(items=[Item("1", ((),))], pair=PAIR, deal=ANA)
    HygieneScreen.move_cursor(pair, 0, 0)
    assert pair.asked[0] == ("say", "the same name")


@pytest.mark.parametrize(
    ("changed", "owner", "is_pair"),
    [
        ({}, None, True),
        ({}, "ana", True),
        ({}, "bo", True),
        ({}, "cy", False),
        ({"outcome": Status.WON, "closed_at": at(11, 20)}, None, False),
        ({"archived_at": at(11, 20)}, None, False),
    ],
)
def test_two_deals_are_a_pair_while_both_are_open_and_one_is_whose_is_asked(
    changed: dict[str, Any], owner: str | None, is_pair: bool
) -> None:
    reader: Any = SimpleNamespace(
        deals=lambda ids: {1: ANA, 2: replace(BO, **changed)} if ids == {1, 2} else {}
    )
    found = _pairs(reader, (ALIKE,), owner)
    assert [(pair.keep.id, pair.other.id) for pair in found or ()] == ([(1, 2)] if is_pair else [])
    assert _pairs(reader, None, owner) is None
    gone: Any = SimpleNamespace(deals=lambda ids: {1: ANA})
    assert _pairs(gone, (ALIKE,), None) == ()


@pytest.mark.parametrize(
    ("is_another", "is_mounted", "shown"),
    [(False, True, ["_look"]), (False, False, []), (True, True, ["_find_alike"])],
)
async def test_what_is_found_alike_is_shown_where_it_is_still_asked(
    is_another: bool, is_mounted: bool, shown: list[str]
) -> None:
    async def look(_: object) -> tuple[Alike, ...]:
        if is_another:
            screen.view = HygieneView(replace(PIPELINE, id=2), VALUE)
        screen.version = 5
        return (ALIKE,)

    screen = screen_of(
        is_mounted=is_mounted,
        is_searching=True,
        reads_again=False,
        program=SimpleNamespace(housekeeper=SimpleNamespace(ask=look)),
    )
    await _look_for_alike(screen)
    assert (screen.asked, screen.is_searching) == (shown, False)
    found = shown == ["_look"]
    assert (screen._alike, screen._alike_of, screen.reads_again) == (
        ((ALIKE,), 4, True) if found else (None, None, False)
    )


@pytest.mark.parametrize(("known", "left"), [(None, ()), ((ALIKE,), (ALIKE,))])
async def test_a_search_that_fails_leaves_what_was_found_before(known: Any, left: Any) -> None:
    async def look(_: object) -> None:
        raise DatabaseError("Busy.")

    screen = screen_of(
        _alike=known, is_searching=True, is_mounted=True,
        program=SimpleNamespace(housekeeper=SimpleNamespace(ask=look)),
    )  # fmt: skip
    await _look_for_alike(screen)
    assert (screen._alike, screen.is_searching) == (left, False)
    assert [name for name, _ in screen.asked] == ["failed"]


@pytest.mark.parametrize(
    ("y", "place"), [(0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (5, None), (-1, 0)]
)
def test_a_line_belongs_to_the_item_that_is_drawn_on_it(y: int, place: int | None) -> None:
    items = [Item("a", ((),) * 2), Item("b", ((),)), Item("c", ((),) * 2)]
    assert place_at(items, y) == place


@pytest.mark.parametrize(("marks", "does"), [({1}, "unmarks"), (set(), "leaves")])
def test_esc_takes_the_marks_away_and_then_leaves(marks: set[int], does: str) -> None:
    done: list[str] = []
    screen: Any = SimpleNamespace(
        view=HygieneView(PIPELINE, VALUE, marks=frozenset(marks)),
        set_marks=lambda marks: done.append("unmarks" if not marks else "marks"),
        app=SimpleNamespace(pop_screen=lambda: done.append("leaves")),
    )
    HygieneScreen.step_back(screen)
    assert done == [does]


@pytest.mark.parametrize(("day", "reads_again"), [(TODAY, False), (None, True)])
def test_another_day_is_read_anew(day: Any, reads_again: bool) -> None:
    screen: Any = SimpleNamespace(reads_again=False, _day=day)
    HygieneScreen.turn_day(screen, TODAY)
    assert screen.reads_again is reads_again


def test_of_many_deals_the_first_two_hundred_are_read_and_all_are_counted() -> None:
    asked: list[int] = []

    def deals(ids: tuple[int, ...]) -> dict[int, Any]:
        asked.append(len(ids))
        return {}

    screen = screen_of()
    screen.state.reader.deals = deals
    day = Day()
    day.faulty = lambda fault: tuple(range(MOST_SHOWN + 5))  # type: ignore[method-assign]
    screen.state.reader.day = lambda listing: day
    read = HygieneScreen._read(screen, HygieneView(PIPELINE, VALUE))
    assert (asked, read.total, read.deals) == ([MOST_SHOWN], MOST_SHOWN + 5, ())


@pytest.mark.parametrize("width", [40, 60, 80, 120])
@pytest.mark.parametrize("owner", ["anabel", ""])
def test_whose_data_it_is_is_seen_in_the_head_at_every_width(width: int, owner: str) -> None:
    pipeline = replace(PIPELINE, name="New business in the north")
    tags: Line = ((" DEMO ", "tag.demo"), ("  ", "bar"))
    view = HygieneView(pipeline, VALUE, owner=owner)
    bar = text_of(tagged(heading(view, width, width_of(tags))[0], tags))
    assert "Hygiene  " in bar
    assert f"@{owner}" in bar or not owner
    assert bar.rstrip().endswith("0 to mend")
