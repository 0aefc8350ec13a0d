"""The board screen: as it is meant to look, and exactly as wide as the terminal."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given

from pipeboard.domain.deal import Status
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.layout import BoardView, Pane, followed, layout
from pipeboard.ui.draw.line import Glyphs, text_of, whole, width_of
from pipeboard.ui.palette import Role
from tests.ui.board_scene import TODAY, card, scene, view_of
from tests.ui.board_views import views
from tests.ui.golden_screens import assert_looks_like


def screen(view: BoardView) -> list[str]:
    return [text_of(line) for line in draw_board(view)]


@pytest.mark.parametrize("glyphs", Glyphs)
@pytest.mark.parametrize("size", ["80x24", "120x40", "44x20", "40x12"])
def test_the_board_looks_as_it_should(size: str, glyphs: Glyphs) -> None:
    width, height = map(int, size.split("x"))
    view = followed(scene(width=width, height=height, glyphs=glyphs, marks=frozenset({113})))
    assert_looks_like(f"board-{size}-{glyphs}", draw_board(view))


def test_three_rows_a_card_for_everyone_look_as_they_should() -> None:
    view = scene(owner=None, width=120, height=32, density=3, demo=True)
    assert_looks_like("board-everyone-density-3", draw_board(view))


def test_several_currencies_look_as_they_should() -> None:
    assert_looks_like("board-two-currencies-tall", draw_board(scene(foreign="USD", height=30)))
    assert_looks_like("board-two-currencies-low", draw_board(scene(foreign="USD", height=14)))


def test_amounts_of_two_currencies_are_never_added() -> None:
    for height in (12, 24, 40):
        text = "\n".join(screen(scene(foreign="USD", height=height, width=120)))
        lead = "2 cur." if height < 30 else "€84.8k"
        assert lead in text
        assert "€1.6M + $3.2k" in text


def test_more_currencies_than_rows_are_counted() -> None:
    cards = tuple(
        card(number, code, f"1000 {code}")
        for number, code in enumerate(("EUR", "USD", "CHF", "GBP", "SEK"), 1)
    )
    view = view_of((cards, (), (), (), (), (), ()), height=40, cursor=(0, 0))
    assert [line[:23].strip() for line in screen(view)[1:4]] == [
        "▌Lead 5             €1k",
        "$1k",
        "CHF 1k + 2 cur.",
    ]
    assert "5 currencies" in screen(view)[0]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"demo": True}, " DEMO "),
        ({"read_only": True}, " READ-ONLY "),
        ({"filter_text": "value>20k rot"}, "/value>20k rot"),
        ({}, "39 open"),
    ],
)
def test_the_title_says_what_is_looked_at(facts: dict[str, Any], words: str) -> None:
    view = scene(**facts)
    view = replace(view, board=replace(view.board, open_count=39))
    assert words in screen(view)[0]


def test_a_narrow_title_keeps_the_signs() -> None:
    assert screen(scene(width=40))[0].rstrip().endswith("!2 ?2 ~3")


def test_a_filter_that_hides_all_says_how_to_get_out() -> None:
    view = view_of(((),) * 7)
    lens = replace(view.board.lens, filter=EVERYTHING)
    view = replace(view, board=replace(view.board, lens=lens, total=38))
    assert screen(view)[4].strip() == "0 of 38 match; Esc clears"


@pytest.mark.parametrize(
    ("marks", "filter_text", "said"),
    [
        ({113}, "", " 1 marked "),
        ({113, 999}, "", " 2 marked "),
        ({113}, "lumen", " 1 marked "),
        ({113, 998, 999}, "lumen", " 3 marked, 2 not among these "),
        ({999}, "lumen", " 1 marked, 1 not among these "),
    ],
)
def test_marks_that_a_filter_hides_are_told(marks: set[int], filter_text: str, said: str) -> None:
    """Keys act on all that are marked, also on those."""
    view = followed(scene(width=120, marks=frozenset(marks), filter_text=filter_text))
    assert screen(view)[-2].startswith(said)
    whole_of = replace(view, windows=tuple(replace(one, cards=()) for one in view.windows))
    assert "not among these" not in screen(whole_of)[-2]


@pytest.mark.parametrize("room", range(75))
def test_beside_what_others_did_a_deal_is_named_or_nothing_is_said_of_it(room: int) -> None:
    news = (whole("x" * (80 - 2 - 2 - room), "hint.label"),)
    said = screen(replace(scene(cursor=(0, 0)), status_right=news))[-2].partition("x")[0].strip()
    assert not said or said.startswith(("Acme", "D-1"))


def test_an_empty_stage_says_how_to_fill_it() -> None:
    assert "no deals; a adds here" in screen(view_of(((),) * 7, width=200, cursor=(4, 0)))[3]
    assert "adds" in "\n".join(screen(scene(width=120, cursor=(4, 0))))
    assert "adds" not in "\n".join(screen(scene(width=120, cursor=(0, 0))))
    closed = screen(view_of(((),) * 7, width=200, cursor=(5, 0)))[3]
    assert "no deals" in closed
    assert "adds" not in closed
    only_read = screen(view_of(((),) * 7, width=200, cursor=(4, 0), read_only=True))[3]
    assert "no deals" in only_read
    assert "adds" not in only_read


def test_a_folded_stage_has_its_number_and_its_name_downwards() -> None:
    lines = screen(scene(width=120, cursor=(3, 0)))
    x = lines[1].index("│ 5 │") + 1
    assert [line[x : x + 3] for line in lines[3:12]] == [f" {letter} " for letter in "Negotiate"]


def test_cards_scrolled_off_are_counted() -> None:
    lines = screen(scene(tops=(2, 0, 0, 0, 0, 0, 0), height=20))
    assert lines[1].startswith(" Lead 11    ▴2 88k│")
    assert lines[-3].startswith("  ▾ 2 more")


def test_a_card_of_which_the_name_is_seen_is_not_counted_as_below() -> None:
    lines = screen(scene(height=21, density=3))
    assert [line[:11] for line in lines[-5:-2]] == ["   Pilot   ", "   ›12 Dec ", "  ▾ 6 more "]


def test_a_card_that_was_not_read_leaves_its_place_blank() -> None:
    view = scene()
    view = replace(view, windows=(replace(view.windows[0], offset=1), *view.windows[1:]))
    assert screen(view)[3][:18].strip() == ""
    assert "Acme" in screen(view)[5]


def test_the_deal_under_the_cursor_is_explained() -> None:
    assert screen(scene())[-2].strip() == (
        "Lumen Oy / Packaging line pilot · 3 Dec call Mika about the line audit · @ana"
    )
    assert screen(scene(width=120))[-2].strip() == (
        "D-114 Lumen Oy / Packaging line pilot · 3 Dec call Mika about the line audit"
        " · 26 d in Qualify (limit 14) · @ana"
    )
    assert "Kestrel BV / Pilot · 1 d overdue send quote · @ana" in screen(scene(cursor=(1, 1)))[-2]
    assert "Acme GmbH / Pilot · no next step · @ana" in screen(scene(cursor=(0, 0)))[-2]
    assert "Ivy Foods / Pilot · snoozed until 2 Dec" in screen(scene(cursor=(0, 8)))[-2]
    assert "Wren / Pilot · won 3d ago · @ana" in screen(scene(cursor=(5, 0)))[-2]


def test_beside_marks_a_deal_is_named_as_far_as_there_is_room() -> None:
    long = card(1, "Massive Dynamic and Sons", None, owner="violet-mclelland-of-the-north")
    views = [view_of(((long,), *((),) * 6), cursor=(0, 0), width=w, marks=M) for w in (40, 46)]
    assert [screen(view)[-2].strip() for view in views] == [
        "1 marked · Massive Dynamic and Sons /…",
        "1 marked · Massive Dynamic and Sons / Pilot",
    ]
    nothing = view_of(((),) * 7, cursor=(0, 0), marks=M)
    assert screen(nothing)[-2].strip() == "1 marked"


M = frozenset({1})


def test_a_limit_that_is_passed_by_more_than_anybody_knows_is_said_to_be() -> None:
    here = {"days_in_stage": 31, "over_limit": True, "entry_known": False}
    old = card(1, "Lumen Oy", None, "~", **here)
    said = screen(view_of(((old,), *((),) * 6), cursor=(0, 0), width=120))[-2]
    assert "31 d or more in " in said


def test_the_day_of_a_step_or_that_there_is_none_is_said_before_its_words() -> None:
    said_of = ((-1, "1 d overdue call"), (0, "today call"), (1, "Tue call"), (None, "no day call"))
    for due, said in said_of:
        step = card(1, "Lumen Oy", None, due=due)
        assert f" · {said} · " in screen(view_of(((step,), *((),) * 6), cursor=(0, 0)))[-2]


def test_a_deal_that_is_over_does_not_stand_still() -> None:
    over = card(1, "Wren", None, "~", status=Status.WON, closed=-3, over_limit=True)
    said = screen(view_of(((over,), *((),) * 6), cursor=(0, 0), width=160))[-2]
    assert said.strip() == "D-1 Wren / Pilot · won 3d ago · @ana"


def test_a_deal_that_woke_today_says_what_is_next() -> None:
    woken = card(1, "Lumen Oy", None, snoozed_until=TODAY)
    assert "Thu call" in screen(view_of(((woken,), *((),) * 6), cursor=(0, 0)))[-2]


def test_a_deal_that_idles_with_a_step_far_off_is_not_said_to_have_none() -> None:
    idle = card(1, "Lumen Oy", None, "~", due=30, days_untouched=20)
    said = screen(view_of(((idle,), *((),) * 6), cursor=(0, 0)))[-2]
    assert "23 Dec call · untouched for 20 d (limit 14)" in said


@pytest.mark.parametrize("width", [40, 44, 60, 80, 120])
def test_where_not_all_can_be_told_name_step_and_owner_share_the_room(width: int) -> None:
    long = card(1, "Hanse Technologies", None, title="Line " * 20, next_text="call " * 20)
    said = screen(view_of(((long,), *((),) * 6), width=width, cursor=(0, 0)))[-2]
    assert "Hanse Tec" in said
    assert "· Thu call" in said
    assert said.rstrip().endswith("@ana")


def test_a_message_takes_the_place_of_the_explanation() -> None:
    view = scene(status=(("Moved 2 deals to Demo.", "status.ok"),))
    assert screen(view)[-2].strip() == "Moved 2 deals to Demo."


def test_the_pane_counts_the_lines_that_are_out_of_sight_below() -> None:
    def last_row(count: int, top: int) -> str:
        lines = tuple([(whole(f"line {n}", "text"),) for n in range(count)])
        shown = screen(scene(width=120, height=24, pane=Pane(lines, top)))
        return shown[21][72:].strip()

    room = 21
    assert last_row(room - 1, 0) == ""
    assert last_row(room, 0) == f"line {room - 1}"
    assert last_row(room + 1, 0) == "▾ 2 more lines"
    assert last_row(room + 9, 0) == "▾ 10 more lines"
    assert last_row(room + 9, 9) == f"line {room + 8}"


def test_the_edge_of_the_pane_tells_where_the_keys_go() -> None:
    assert screen(scene(width=120, pane=Pane(())))[9][71] == "│"
    assert screen(scene(width=120, pane=Pane((), focused=True)))[9][71] == "┃"


@pytest.mark.parametrize("width", [40, 60, 80])
def test_the_help_hint_is_always_there(width: int) -> None:
    assert "? Help" in screen(scene(width=width))[-1]


def test_a_terminal_that_is_too_small_is_told_so() -> None:
    lines = screen(scene(width=30, height=9))
    assert " ".join(line.strip() for line in lines).strip() == "30x9 is too small (min 40x12)."


def test_a_retired_stage_has_no_number_and_takes_none() -> None:
    view = scene(cursor=(6, 0))
    stages = view.board.pipeline.stages
    retired = replace(stages[1], retired=True)
    pipeline = replace(view.board.pipeline, stages=(stages[0], retired, *stages[2:]))
    columns = (view.board.columns[0], replace(view.board.columns[1], stage=retired))
    board = replace(view.board, pipeline=pipeline, columns=(*columns, *view.board.columns[2:]))
    assert (
        "‹ 1 Lead 11!1  Qualify 5!1  2 Demo 1 ─" in screen(followed(replace(view, board=board)))[2]
    )


@pytest.mark.parametrize("width", [44, 80, 120])
def test_stages_off_the_screen_are_in_the_rule_and_no_others(width: int) -> None:
    view = scene(width=width, cursor=(1, 0))
    shown = {slot.column for slot in layout(view).slots}
    rule = screen(view)[2]
    for column, stage in enumerate(view.board.pipeline.stages):
        assert (stage.name in rule) is (column not in shown) or width == 44


def test_no_rule_is_spoilt_where_all_stages_are_on_the_screen() -> None:
    assert set(screen(scene(width=200))[2]) <= set("─┼")


@given(views())
def test_every_line_is_exactly_as_wide_as_the_terminal(view: BoardView) -> None:
    lines = draw_board(view)
    assert [width_of(line) for line in lines] == [view.width] * view.height


@given(views())
def test_no_text_steers_the_terminal_or_is_read_as_markup(view: BoardView) -> None:
    for line in draw_board(view):
        assert not set(text_of(line)) & set("\x1b\x9b\x07\n\t\r\u202e\ud800")
        assert {role for _, role in line} <= set(get_args(Role))


@given(views())
def test_ascii_draws_only_ascii_of_its_own(view: BoardView) -> None:
    view = replace(view, glyphs=Glyphs.ASCII)
    for line in draw_board(view):
        assert not set(text_of(line)) & set("▌›‹·▾▴─┼│●○✓✗…→€")
