"""What the import screen looks at, keeps and says, without a terminal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import GivenUp, NotFound
from pipeboard.exchange.workbook import FORMATS
from pipeboard.ui.draw.import_file import ImportView
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.draw.questions import Item
from pipeboard.ui.key_table import IMPORT, ImportTab
from pipeboard.ui.overlays.file_picker import _IMPORTABLE
from pipeboard.ui.screens import import_screen as module
from pipeboard.ui.screens.import_screen import (
    ImportScreen,
    Work,
    _first_words,
    _hinted_here,
    _sheet,
    _why_it_stays,
    start,
    stop_looking,
)
from pipeboard.ui.widgets.page import PageView

PLAN = start(Path("deals.csv"))
VIEW: Any = ImportView(PLAN, None, ImportTab.FILE, 80, Glyphs.UNICODE)


def screen_of(**is_so: Any) -> Any:
    done: list[Any] = []
    screen: Any = SimpleNamespace(
        done=done,
        keys=IMPORT,
        view=VIEW,
        items=[Item("a", ((),)), Item("b", ((),)), Item("c", ((),))],
        item_key="a",
        cursor=0,
        looking=None,
        importing=None,
        only_plans=False,
        is_mounted=True,
        _cursors={},
        _look_at="looks",
        page=SimpleNamespace(view=SimpleNamespace(lines=((),) * 9)),
        state=SimpleNamespace(
            reader=SimpleNamespace(data_version=lambda: 12),
            board=SimpleNamespace(pipeline="the board's"),
        ),
    )

    def show(view: ImportView) -> None:
        screen.view = view
        done.append("shown")

    screen.show = show
    screen.say = lambda text: done.append(("say", text))
    screen.redraw = lambda: done.append("drawn")
    for name in ("move_cursor", "press", "choose"):
        setattr(screen, name, lambda *what, name=name, **more: done.append((name, *what, more)))
    vars(screen).update(is_so)
    return screen


class Stopped:
    """Work that writes down that it was stopped."""

    is_stopped = False

    def stop(self) -> None:
        self.is_stopped = True


@pytest.mark.parametrize("is_other", [False, True])
async def test_another_plan_is_looked_at_anew_and_what_was_under_way_is_stopped(
    is_other: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(module, "beside", lambda *what: begun.append(what[1:]))
    before = Stopped()
    seen: Any = "seen"
    done: Any = "done"
    view = replace(VIEW, seen=seen, problem="No file.", done=done, tab=ImportTab.WORDS)
    screen = screen_of(view=view, looking=before)
    plan = start(Path("other.csv")) if is_other else replace(PLAN, pipeline="EU")
    ImportScreen.choose(screen, plan, says=False)
    assert before.is_stopped
    assert screen.view == replace(
        VIEW, plan=plan, under_way="reading…", seen=None if is_other else seen,
        tab=ImportTab.FILE if is_other else ImportTab.WORDS,
    )  # fmt: skip
    assert begun == [("looking", "looks", plan, screen.looking, False)]


@pytest.mark.parametrize(
    ("found", "is_last", "says", "view", "said"),
    [
        ("seen", True, True, {"seen": "seen"}, ["4 previews it; nothing is written yet."]),
        ("seen", True, False, {"seen": "seen"}, []),
        ("seen", False, True, None, []),
        (NotFound("No file.", hint="Look."), True, True, {"problem": "No file. Look."}, []),
        (ZeroDivisionError("odd"), True, True, {"problem": "odd"}, []),
        (GivenUp("Stopped."), False, True, None, []),
    ],
)
async def test_what_is_found_out_of_a_file_is_shown_where_it_is_still_asked(
    found: Any, is_last: bool, says: bool, view: Any, said: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(
        module, "_first_words", lambda seen, other: "4 previews it; nothing is written yet."
    )

    async def ask(_: object) -> Any:
        if isinstance(found, Exception):
            raise found
        return found

    work: Any = SimpleNamespace(heard=None, hand=None)
    screen = screen_of(
        view=replace(VIEW, under_way="reading…"),
        looking=work if is_last else SimpleNamespace(),
        _show_survey=None,
        program=SimpleNamespace(
            housekeeper=SimpleNamespace(ask=ask), net=SimpleNamespace(words=str)
        ),
    )
    await ImportScreen._look_at(screen, PLAN, work, says)
    assert screen.view == replace(VIEW, **({"under_way": "reading…"} if view is None else view))
    assert screen.done == [*["shown"] * (view is not None), *(("say", text) for text in said)]
    assert (screen.looking is None) is is_last


@pytest.mark.parametrize(
    ("is_looking", "path", "is_mounted", "is_shown"),
    [
        (True, "deals.csv", True, True),
        (False, "deals.csv", True, False),
        (True, "other.csv", True, False),
        (True, "deals.csv", False, False),
    ],
)
def test_columns_are_shown_while_what_would_come_is_found_out(
    is_looking: bool, path: str, is_mounted: bool, is_shown: bool
) -> None:
    screen = screen_of(looking=Stopped() if is_looking else None, is_mounted=is_mounted)
    seen: Any = SimpleNamespace(plan=start(Path(path)))
    ImportScreen._show_survey(screen, seen)
    assert (screen.view.seen is seen) is is_shown


@pytest.mark.parametrize(
    ("which", "is_mounted", "is_told"),
    [("looking", True, True), ("importing", True, True), ("old", True, False),
     ("looking", False, False)],
)  # fmt: skip
def test_how_far_it_is_is_told_of_what_is_under_way_now(
    which: str, is_mounted: bool, is_told: bool
) -> None:
    works: Any = {name: object() for name in ("looking", "importing", "old")}
    screen = screen_of(
        looking=works["looking"], importing=works["importing"], is_mounted=is_mounted
    )
    ImportScreen.tell(screen, works[which], "reading: 5 rows")
    assert screen.view.under_way == ("reading: 5 rows" if is_told else "")


@pytest.mark.parametrize(
    ("importing", "done", "looks"),
    [(None, None, True), ("work", None, False), (None, "done", False)],
)
def test_what_others_change_is_looked_at_unless_the_file_has_come_in(
    importing: Any, done: Any, looks: bool
) -> None:
    screen = screen_of(importing=importing, view=replace(VIEW, done=done))
    ImportScreen.reload(screen)
    assert screen.version == 12
    assert screen.done == ([("choose", PLAN, {"says": False})] if looks else [])
    again = screen_of(view=replace(VIEW, done=done))
    again.reload = lambda: again.done.append("again")
    ImportScreen.show_change(again, None)  # type: ignore[arg-type]
    assert (again.view.done, again.done) == (None, ["again"])


@pytest.mark.parametrize(
    ("is_so", "why"),
    [
        ({}, ""),
        ({"importing": "work"}, "The import is under way; Esc stops it."),
        ({"only_plans": True}, "There are no deals yet: I imports the file, Esc leaves it."),
        (
            {"view": replace(VIEW, plan=replace(PLAN, pipeline="EU"))},
            "What you chose for the file would be lost: I imports it, Esc leaves it.",
        ),
        ({"view": replace(VIEW, plan=replace(PLAN, pipeline="EU"), done="done")}, ""),
    ],
)  # fmt: skip
def test_what_was_chosen_for_a_file_is_not_left_by_the_way(is_so: dict[str, Any], why: str) -> None:
    assert _why_it_stays(screen_of(**is_so)) == why


@pytest.mark.parametrize(
    ("unknown", "lacking", "said"),
    [
        (0, "", "4 previews it; nothing is written yet."),
        (1, "", "1 word unknown: 3 shows, N new pipeline."),
        (2, "", "2 words unknown: 3 shows, N new pipeline."),
        (2, "No column has the names.", "No column has the names."),
    ],
)
def test_what_to_do_first_is_said_of_a_file(unknown: int, lacking: str, said: str) -> None:
    seen: Any = SimpleNamespace(unknown_words=unknown, lacking=lacking)
    assert _first_words(seen, "N") == said


@pytest.mark.parametrize(
    ("is_so", "tab", "useless"),
    [
        ({}, ImportTab.FILE, {"leave_out", "join_file", "undo"}),
        ({"item_key": ""}, ImportTab.FILE, {"change", "leave_out", "join_file", "undo"}),
        ({"item_key": "side"}, ImportTab.FILE, {"join_file", "undo"}),
        ({}, ImportTab.COLUMNS, {"join_file", "undo"}),
        ({}, ImportTab.WORDS, {"join_file", "undo"}),
        ({"item_key": ""}, ImportTab.WORDS, {"change", "leave_out", "join_file", "undo"}),
        ({}, ImportTab.PREVIEW, {"import_now", "leave_out", "join_file", "undo"}),
        ({"seen": "seen", "done": "done"}, ImportTab.FILE, {"leave_out"}),
    ],
)
def test_only_keys_that_do_something_to_a_file_are_hinted(
    is_so: dict[str, Any], tab: ImportTab, useless: set[str]
) -> None:
    of_view = {name: is_so.pop(name) for name in ("seen", "done") if name in is_so}
    screen = screen_of(view=replace(VIEW, tab=tab, **of_view), **is_so)
    here = _hinted_here(screen)
    assert {key for key, hint in here.items() if not hint} == {f"import.{key}" for key in useless}
    assert here.get("import.change") == (
        "Import" if tab is ImportTab.PREVIEW else "" if "change" in useless else None
    )
    done: Any = "done"
    shown = screen_of(view=replace(VIEW, tab=ImportTab.PREVIEW, done=done))
    assert _hinted_here(shown)["import.change"] == "Show on the board"
    busy = screen_of(importing="work")
    assert {key: hint for key, hint in _hinted_here(busy).items() if hint} == {
        "import.step_back": "Stop"
    }
    assert len(_hinted_here(busy)) == len({key.id for key in IMPORT})
    assert len({_sheet(shown), _sheet(busy), _sheet(screen)}) == 3


@pytest.mark.parametrize(
    ("cursor", "rows", "comes_to"), [(0, 1, 1), (2, 1, 2), (1, -9, 0), (0, 99, 2)]
)
def test_the_cursor_stays_among_the_choices_and_where_there_are_none_the_page_scrolls(
    cursor: int, rows: int, comes_to: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "told_whole", lambda view, key: f"all of {key}")
    monkeypatch.setattr(module, "scroll", lambda screen, lines: screen.done.append(lines))
    screen = screen_of(cursor=cursor)
    ImportScreen.move_cursor(screen, 0, rows)
    assert screen._cursors == {ImportTab.FILE: comes_to}
    assert screen.done == [("say", "all of a"), "drawn"]
    bare = screen_of(items=[])
    ImportScreen.move_cursor(bare, 0, rows)
    assert bare.done == [rows, "drawn"]
    for each, last in ((screen_of(), 3), (screen_of(items=[]), 9)):
        ImportScreen.move_to_end(each, -1)
        assert each.done == [("move_cursor", 0, -last, {})]


def test_what_was_told_of_the_line_under_the_cursor_is_not_told_on_another_tab() -> None:
    page = SimpleNamespace(view=PageView(top=7), show=lambda view: None)
    screen = screen_of(page=page)
    ImportScreen.show_tab(screen, ImportTab.PREVIEW)
    assert screen.done == [("say", ""), "shown"]
    assert screen.view.tab is ImportTab.PREVIEW


async def test_work_that_is_stopped_tells_and_hands_on_nothing() -> None:
    told: list[str] = []
    handed: list[Any] = []
    work = Work("reading:", told.append)
    work.heard(1000, 0.254)
    seen: Any = "seen"
    work.hand(handed.append, seen)
    screen = screen_of(looking=work)
    stop_looking(screen)
    stop_looking(screen_of())
    with pytest.raises(GivenUp):
        work.heard(2000, 0.5)
    work.hand(handed.append, seen)
    await asyncio.sleep(0)  # what was handed on is shown
    assert (told, handed) == (["reading: 1,000 rows, 25%"], ["seen"])
    assert start(Path("~/x.csv")).path == Path.home() / "x.csv"
    assert ImportScreen.pipeline(screen) == "the board's"  # type: ignore[comparison-overlap]


def test_every_workbook_that_is_read_is_offered_in_a_folder() -> None:
    assert set(FORMATS) < _IMPORTABLE
