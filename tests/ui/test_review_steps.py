"""What the review screen is about, keeps and hints, without a terminal."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.draw.review import DATA
from pipeboard.ui.key_table import REVIEW
from pipeboard.ui.review_keys import ReviewTab
from pipeboard.ui.screens import review as module
from pipeboard.ui.screens.live import Said
from pipeboard.ui.screens.review import (
    ReviewPlace,
    ReviewScreen,
    _hinted_here,
    _put_away,
    _sheet,
    _view,
    leave,
    show_past,
)
from tests.team import NOW
from tests.ui.board_scene import DEAL, PIPELINE, TODAY

TABS = list(ReviewTab)


def screen_of(**is_so: Any) -> Any:
    done: list[Any] = []
    screen: Any = SimpleNamespace(
        done=done,
        keys=REVIEW,
        place=ReviewPlace(PIPELINE, TABS[1], dict.fromkeys(ReviewTab, 0), frozenset({"D-1"}), None),
        items=[Item(f"D-{number}", ((),)) for number in range(1, 5)],
        cursor=1,
        item_key="D-2",
        deal_id=2,
        found=None,
        past=None,
        counting=0,
        is_stale=False,
        has_opened=True,
        reads_again=False,
        _asked=3,
        _day=TODAY,
        _seen=None,
        _said=Said("Moved."),
        state=SimpleNamespace(
            view=SimpleNamespace(read_only=False),
            reader=SimpleNamespace(deal=lambda deal_id: DEAL, data_version=lambda: 12),
        ),
        page=SimpleNamespace(
            view=SimpleNamespace(seen=lambda height: height - 2), size=SimpleNamespace(height=10)
        ),
        app=SimpleNamespace(pop_screen=lambda: done.append("leaves")),
        _come_back=lambda place: done.append(place.tab),
    )
    for name in ("redraw", "reload"):
        setattr(screen, name, lambda name=name: done.append(name))
    for name in ("say", "move_cursor"):
        setattr(screen, name, lambda *what, name=name: done.append((name, *what)))
    vars(screen).update(is_so)
    return screen


def test_keys_are_about_the_deal_under_the_cursor_as_it_is_now() -> None:
    screen = screen_of()
    assert ReviewScreen.targets(screen) == ((DEAL.id,), {DEAL.id: DEAL.version})
    assert ReviewScreen.at_hand(screen, DEAL.id) is DEAL
    assert ReviewScreen.at_hand(screen, DEAL.id + 1) is None
    screen.deal_id = None
    assert ReviewScreen.targets(screen) == ((), {})
    assert ReviewScreen.at_hand(screen, DEAL.id) is None
    with pytest.raises(DatabaseError):
        ReviewScreen.targets(screen_of(counting=1))


@pytest.mark.parametrize(
    ("past", "gives_up", "done"),
    [("held", False, [("show_past", None)]), (None, True, []), (None, False, ["left"])],
)
def test_esc_leads_to_the_present_review_then_to_the_one_before_then_out(
    past: Any, gives_up: bool, done: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_give_up", lambda screen: gives_up)
    monkeypatch.setattr(module, "leave", lambda screen: screen.done.append("left"))
    told = lambda screen, held: screen.done.append(("show_past", held))  # noqa: E731
    monkeypatch.setattr(module, "show_past", told)
    screen = screen_of(past=past)
    ReviewScreen.step_back(screen)
    assert screen.done == done


def test_a_review_that_is_left_is_gathered_no_more_and_its_place_is_kept() -> None:
    screen = screen_of()
    leave(screen)
    assert (screen._asked, screen.has_opened, screen.done) == (4, False, [TABS[1], "leaves"])
    _put_away(screen)
    assert screen._asked == 5


@pytest.mark.parametrize(
    ("found", "done", "is_stale"),
    [(None, ["reload"], False), ("found", [("say", "Moved.", "status", True)], True)],
)
def test_what_others_do_is_said_and_turns_nothing_round(
    found: Any, done: list[Any], is_stale: bool
) -> None:
    screen = screen_of(found=found)
    screen.say = lambda text, role, beside: screen.done.append(
        ("say", text, role, beside == "changed meanwhile; R counts again")
    )
    ReviewScreen.show_news(screen)
    assert (screen.done, screen.is_stale) == (done, is_stale)


@pytest.mark.parametrize(("days", "reads_again"), [(0, False), (1, True)])
def test_another_day_is_gathered_anew(days: int, reads_again: bool) -> None:
    screen = screen_of()
    ReviewScreen.turn_day(screen, TODAY + timedelta(days=days))
    assert (screen.reads_again, screen._day) == (reads_again, TODAY + timedelta(days=days))


def test_what_was_decided_is_shown_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "decisions_since", lambda reader, pipeline, since: [since])
    monkeypatch.setattr(
        module, "replace", lambda found, document: SimpleNamespace(document=document)
    )
    document = {"since": NOW.isoformat(), "decisions": [], "at": "x"}
    screen = screen_of(found=SimpleNamespace(document=document))
    receipt: Any = None
    ReviewScreen.show_change(screen, receipt)
    assert screen.found.document == {**document, "decisions": [NOW]}
    assert (screen.version, screen.is_stale, screen.done) == (12, True, ["redraw"])


def test_the_document_is_the_past_one_or_the_present_with_what_was_discussed() -> None:
    def document(screen: Any) -> Any:
        return ReviewScreen.document.fget(screen)  # type: ignore[attr-defined]

    found = SimpleNamespace(document={"at": "now"})
    assert document(screen_of()) is None
    assert document(screen_of(found=found)) == {"at": "now", "discussed": ["D-1"]}
    past = SimpleNamespace(contents={"at": "then"})
    assert document(screen_of(found=found, past=past)) == {"at": "then"}


def test_another_step_begins_at_its_own_cursor_with_nothing_said() -> None:
    screen = screen_of()
    ReviewScreen.show_tab(screen, TABS[2])
    assert (screen.place.tab, screen.items) == (TABS[2], ())
    assert screen.done == [("say", ""), "redraw"]
    show_past(screen, "held")  # type: ignore[arg-type]
    assert screen.past == "held"
    assert screen.done[2:] == [("say", "Esc goes to the present review."), "redraw"]
    show_past(screen, None)
    assert screen.done[4:] == [("say", ""), "redraw"]


@pytest.mark.parametrize(
    ("cursor", "rows", "comes_to"), [(1, 1, 2), (3, 1, 3), (0, -1, 0), (1, 99, 3)]
)
def test_the_cursor_stays_on_what_it_can_stand_on(
    cursor: int, rows: int, comes_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "stops", lambda items: [*range(len(items))])
    screen = screen_of(cursor=cursor)
    ReviewScreen.move_cursor(screen, 0, rows)
    assert screen.place.cursors[TABS[1]] == comes_to
    assert screen.done == [("say", ""), "redraw"]


@pytest.mark.parametrize(("pages", "rows"), [(1.0, 4), (-1.0, -4), (0.5, 2)])
def test_a_page_is_as_many_items_as_half_of_its_lines(pages: float, rows: int) -> None:
    screen = screen_of()
    ReviewScreen.move_pages(screen, pages)
    assert screen.done == [("move_cursor", 0, rows)]


@pytest.mark.parametrize(
    ("is_so", "useless"),
    [
        ({}, {"past"}),
        ({"found": SimpleNamespace(behind={}, held=["a"])}, set()),
        ({"deal_id": None, "item_key": "won"}, {"open", "discussed", "past"}),
        ({"deal_id": None, "item_key": f"{DATA}x"}, {"discussed", "past"}),
        (
            {"deal_id": None, "item_key": "won",
             "found": SimpleNamespace(behind={"won": [1]}, held=[])},
            {"discussed", "past"},
        ),
        (
            {"deal_id": None, "item_key": "won", "past": "held",
             "found": SimpleNamespace(behind={"won": [1]}, held=["a"])},
            {"open", "discussed", "hold"},
        ),
        ({"past": "held"}, {"discussed", "hold", "past"}),
    ],
)  # fmt: skip
def test_only_keys_that_do_something_to_a_review_are_hinted(
    is_so: dict[str, Any], useless: set[str]
) -> None:
    screen = screen_of(**is_so)
    assert _hinted_here(screen) == {f"review.{key}": "" for key in useless}
    assert _sheet(screen) == (TABS[1], "past" not in is_so)


@pytest.mark.parametrize(
    ("past", "only_looks", "decides"), [(None, False, True), ("held", False, False),
                                        (None, True, False)],
)  # fmt: skip
def test_a_review_is_compared_with_the_last_that_was_held_before_it(
    past: Any, only_looks: bool, decides: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "pane_style", lambda screen: None)
    held = [
        SimpleNamespace(at=NOW + timedelta(days=day), contents=f"day {day}") for day in (1, -1, -7)
    ]
    document = {"at": NOW.isoformat(), "discussed": ["D-1"]}
    screen = screen_of(found=SimpleNamespace(held=held), document=document, past=past)
    screen.state.view.read_only = only_looks
    view: Any = _view(screen)
    assert (view.before, view.tab, view.current) == ("day -1", TABS[1], "D-2")
    assert (view.discussed, view.is_over) == ({"D-1"}, past is not None)
    assert bool(view.decides) is decides
    assert _view(screen_of(document=None)) is None
