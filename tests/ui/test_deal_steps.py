"""What the screen of a deal hints, counts and goes to, without a terminal."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError, NotFound
from pipeboard.domain.people import Actor
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Glyphs, text_of
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.key_table import DEAL as KEYS
from pipeboard.ui.key_table import DealTab
from pipeboard.ui.screens import deal as module
from pipeboard.ui.screens.deal import (
    DealScreen,
    _counts,
    _hinted_here,
    _only_leads_on,
    show_deal,
)
from pipeboard.ui.screens.live import Said
from pipeboard.ui.widgets.page import PageView
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, sheet_of


def screen_of(**is_so: Any) -> Any:
    done: list[Any] = []
    screen: Any = SimpleNamespace(
        done=done,
        keys=KEYS,
        deal_id=DEAL.id,
        record=sheet_of(),
        tab=DealTab.OVERVIEW,
        item_key="gate",
        items=[Item(str(n), ((),)) for n in range(4)],
        cursor=1,
        wanted="",
        version=4,
        _cursors={},
        _said=Said("Moved."),
        state=SimpleNamespace(view=SimpleNamespace(read_only=False, glyphs=Glyphs.UNICODE)),
        page=SimpleNamespace(view=PageView(width=80), size=SimpleNamespace(height=10)),
        program=SimpleNamespace(
            me="ana",
            seat=SimpleNamespace(eyes="ana", actor=Actor("root", "ana")),
            settings=SimpleNamespace(zone=ZONE),
        ),
        app=SimpleNamespace(pop_screen=lambda: done.append("leaves")),
    )
    for name in ("redraw", "reload"):
        setattr(screen, name, lambda name=name: done.append(name))
    for name in ("say", "search"):
        setattr(screen, name, lambda *what, name=name: done.append((name, *what)))
    vars(screen).update(is_so)
    return screen


@pytest.mark.parametrize(
    ("tab", "key", "enter", "space", "leads_on"),
    [
        (DealTab.OVERVIEW, "gate", "Open", "", True),
        (DealTab.OVERVIEW, "playbook", "Open", "", True),
        (DealTab.OVERVIEW, "score", "Open", "", True),
        (DealTab.OVERVIEW, "notes", "Open", "", True),
        (DealTab.OVERVIEW, "touches", "Open", "", True),
        (DealTab.OVERVIEW, "fields", "Edit", "", False),
        (DealTab.OVERVIEW, "fit", "Edit", "", False),
        (DealTab.OVERVIEW, "check/1", "Tick", "Tick", False),
        (DealTab.QUESTIONS, "need", "Edit", "Rate", False),
        (DealTab.QUESTIONS, "", "", "", False),
        (DealTab.TIMELINE, "7", "Open", "", True),
        (DealTab.NOTES, "n1", "Edit", "", False),
        (DealTab.NOTES, "n2", "", "", False),  # another's
        (DealTab.PEOPLE, "mika", "Edit", "", False),
        (DealTab.PEOPLE, "", "", "", False),
        (DealTab.TERMS, "price", "Edit", "", False),
    ],
)
def test_enter_and_space_are_hinted_by_what_they_do_to_what_is_under_the_cursor(
    tab: DealTab, key: str, enter: str, space: str, leads_on: bool
) -> None:
    record = sheet_of()
    notes = tuple(
        replace(record.notes[0], id=name, author=author)
        for name, author in (("n1", "ana"), ("n2", "bo"))
    )
    screen = screen_of(tab=tab, item_key=key, record=replace(record, notes=notes))
    here = _hinted_here(screen)
    assert (here["deal.edit_item"], here["deal.tick"]) == (enter, space)
    assert _only_leads_on(screen) is leads_on
    by_id = {each.id: each for each in KEYS}
    for name, looks in (("deal.edit_item", leads_on), ("deal.tick", False)):
        screen_only: Any = DealScreen.only_looks(screen, by_id[name])
        assert screen_only is looks
    merged = replace(DEAL, archived_at=DEAL.created_at, merged_into=7)
    screen.record = replace(screen.record, deal=merged)
    here = _hinted_here(screen)
    assert (here["deal.edit_item"], here["deal.tick"]) == (enter if leads_on else "", "")


def test_the_tabs_count_what_is_in_them() -> None:
    record = sheet_of()
    assert _counts(record) == {
        DealTab.QUESTIONS: f"{len(record.deal.answered(PIPELINE))}/{len(PIPELINE.questions)}",
        DealTab.NOTES: str(len(record.notes)),
        DealTab.TIMELINE: str(len(record.entries)),
        DealTab.PEOPLE: str(len(record.deal.contacts)),
        DealTab.TERMS: str(len(record.deal.terms)),
    }
    assert _counts(sheet_of(replace(DEAL, terms={})))[DealTab.TERMS] == ""
    assert len({len(record.notes), len(record.deal.contacts)} | {0}) > 1


@pytest.mark.parametrize(
    ("tab", "wanted", "does"),
    [
        (DealTab.TIMELINE, "moved", ("search", "")),
        (DealTab.TIMELINE, "", "leaves"),
        (DealTab.NOTES, "moved", "leaves"),
    ],
)
def test_esc_takes_what_is_searched_away_and_then_leaves(
    tab: DealTab, wanted: str, does: Any
) -> None:
    screen = screen_of(tab=tab, wanted=wanted)
    DealScreen.step_back(screen)
    assert screen.done == [does]


@pytest.mark.parametrize(("pages", "cursor"), [(1.0, 3), (-1.0, 0), (0.3, 3), (-0.1, 0), (0.1, 2)])
def test_pages_go_through_the_items_as_far_as_there_are_some(pages: float, cursor: int) -> None:
    screen = screen_of()
    assert screen.page.view.seen(10) == 7
    DealScreen.move_pages(screen, pages)
    assert (screen._cursors, screen.done) == ({DealTab.OVERVIEW: cursor}, ["redraw"])


@pytest.mark.parametrize(("direction", "cursor"), [(1, 3), (-1, 0)])
def test_the_ends_are_the_first_item_and_the_last(direction: int, cursor: int) -> None:
    screen = screen_of()
    DealScreen.move_to_end(screen, direction)
    assert (screen._cursors, screen.done) == ({DealTab.OVERVIEW: cursor}, ["redraw"])


def test_what_is_searched_is_trimmed_and_another_tab_says_nothing_of_the_one_before() -> None:
    screen = screen_of()
    DealScreen.search(screen, "  moved ")
    DealScreen.show_tab(screen, DealTab.NOTES)
    assert (screen.wanted, screen.tab) == ("moved", DealTab.NOTES)
    assert screen.done == ["redraw", ("say", ""), "redraw"]


@pytest.mark.parametrize(
    ("is_other", "actor", "said"),
    [
        (True, "bo", "changed by @bo 12:00"),
        (True, "ana", "changed by @ana 12:00"),  # she herself, for whom the account acts
        (True, "root", "changed by @root 12:00"),  # the account, but not for her
        (True, "root (for bo)", "changed by @root (for bo) 12:00"),
        (True, "root (for ana)", None),
        (False, "bo", None),
    ],
)
def test_whose_change_of_the_deal_it_is_is_said(
    is_other: bool, actor: str, said: str | None
) -> None:
    record = sheet_of()
    account, _, for_whom = actor.rstrip(")").partition(" (for ")
    last = replace(record.entries[0], actor=account, acting_as=for_whom)
    deal = replace(DEAL, version=DEAL.version + is_other)
    screen = screen_of()
    screen.reload = lambda: setattr(
        screen, "record", replace(record, deal=deal, entries=(last, *record.entries[1:]))
    )
    DealScreen.show_news(screen)
    at = last.recorded_at.astimezone(ZONE)
    told = f"changed by @{actor} {at:%H:%M}"
    assert screen.done == ([] if said is None else [("say", "Moved.", "status", told)])


def test_another_deal_is_shown_once_it_has_been_read() -> None:
    screen = screen_of()
    other = sheet_of(replace(DEAL, id=9))
    reader = SimpleNamespace(
        data_version=lambda: 12, record=lambda deal_id, eyes: {9: other}.get(deal_id)
    )
    screen.state.reader = reader
    show_deal(screen, 9)
    assert (screen.deal_id, screen.version, screen.record) == (9, 12, other)
    assert screen.done == ["redraw"]
    with pytest.raises(NotFound, match="D-7"):
        show_deal(screen, 7)

    def fails(*_: Any) -> Any:
        raise DatabaseError("Busy.")

    reader.record = fails
    with pytest.raises(DatabaseError):
        show_deal(screen, 1)
    assert (screen.deal_id, screen.record) == (9, other)
    assert DealScreen.targets(screen) == ((9,), {9: other.deal.version})
    assert DealScreen.at_hand(screen, 9) is other.deal
    assert DealScreen.at_hand(screen, 1) is None


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        (DealTab.QUESTIONS, "this pipeline asks no questions"),
        (DealTab.NOTES, "no notes; n adds one"),
        (DealTab.PEOPLE, "nobody is known yet; a adds a person"),
        (DealTab.TERMS, "nothing is negotiated yet; a adds a term"),
        (DealTab.TIMELINE, "nothing matches; Esc shows all"),
        (DealTab.OVERVIEW, ""),
    ],
)
@pytest.mark.parametrize("only_looks", [False, True])
def test_a_tab_without_items_says_so_and_what_adds_one(
    tab: DealTab, said: str, only_looks: bool
) -> None:
    screen = screen_of(tab=tab, items=[], record=sheet_of(replace(DEAL, contacts={}, terms={})))
    screen.state.view.read_only = only_looks
    style = PaneStyle(100, TODAY, ZONE, Glyphs.UNICODE)
    lines = [text_of(line).strip() for line in DealScreen._below(screen, style)]
    if only_looks and tab is not DealTab.TIMELINE:
        said = said.partition(";")[0]
    assert (lines[0] if lines else "") == said


def test_the_question_under_the_cursor_stands_in_full_below_all() -> None:
    screen = screen_of(tab=DealTab.QUESTIONS, item_key=PIPELINE.questions[0].key)
    style = PaneStyle(100, TODAY, ZONE, Glyphs.UNICODE)
    told = " ".join(text_of(line).strip() for line in DealScreen._below(screen, style))
    assert PIPELINE.questions[0].ask[:20] in told
    assert module.LEADS_TO == {
        "score": DealTab.QUESTIONS, "notes": DealTab.NOTES, "touches": DealTab.TIMELINE,
    }  # fmt: skip
