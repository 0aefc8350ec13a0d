"""Keys that change what is looked at, on the real board."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.ui.draw.board import draw_line
from pipeboard.ui.draw.changes import SIGN_FILTERS
from pipeboard.ui.draw.layout import AUTO, layout
from pipeboard.ui.last_view import Choices
from pipeboard.ui.palette import Role, theme
from pipeboard.ui.screens.deal_pane import PANE_S, pause_after
from pipeboard.ui.terminal.ink import background
from pipeboard.ui.terminal.reading import BackgroundTold
from pipeboard.ui.widgets.page import BoardCanvas, strip_of, style_of_ink
from tests.team import LOST, NEEDS, PROPOSAL, Team, sales
from tests.ui.desk import Desk, desk


async def test_the_cursor_goes_over_stages_and_cards_and_stops_at_the_edges(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("l", "j", "j", "k")
        assert board.state.view.cursor == (1, 1)
        await board.press("h", "h", "up", "up")
        assert board.state.view.cursor == (0, 0)
        await board.press(*["right"] * 9)
        assert board.state.view.cursor[0] == len(board.state.board.columns) - 1


async def test_a_digit_goes_to_its_stage(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("3")
        assert board.state.view.cursor[0] == 2
        await board.press("9")
        assert "no stage 9" in board.status


async def test_bare_digits_are_counts_where_that_is_wanted(demo: Path) -> None:
    async with desk(demo, choices=Choices(digits="count")) as board:
        await board.press("2", "j", "l")
        assert board.state.view.cursor[0] == 1
        await board.press("h", "home", "1", "0", "j")
        column = board.state.board.columns[0]
        assert board.state.view.cursor == (0, min(10, column.count - 1))
        await board.press("g", "3")
        assert board.state.view.cursor[0] == 2


async def test_the_menu_of_places_numbers_stages_as_the_board_does(team: Team) -> None:
    ana = team.rep("ana")
    pipeline = sales(ana)
    stages = [replace(one, retired=one.id == NEEDS) for one in pipeline.stages]
    ana.save_pipeline(replace(pipeline, stages=tuple(stages)))
    async with desk(team.path) as board:
        await board.press("g")
        assert not board.shows("Needs Assessment")
        await board.press("3")
        assert board.board.stage_shown().id == PROPOSAL
        await board.press("g", "l")
        assert board.board.stage_shown().id == LOST


async def test_home_end_and_pages_move_within_the_column(demo: Path) -> None:
    async with desk(demo) as board:
        last = board.state.board.columns[0].count - 1
        await board.press("G")
        assert board.state.view.cursor == (0, last)
        await board.press("home")
        assert board.state.view.cursor == (0, 0)
        await board.press("ctrl+d")
        half = board.state.view.cursor[1]
        await board.press("ctrl+u")
        assert (half > 0, board.state.view.cursor) == (True, (0, 0))


async def test_the_menu_of_places_names_them_and_goes_there(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("j", "g")
        assert board.shows("Go to")
        await board.press("g")
        assert board.state.view.cursor == (0, 0)
        await board.press("g", "w")
        assert board.state.board.columns[board.state.view.cursor[0]].stage.name == "Won"
        await board.press("d", "d", "g", "a")
        assert board.state.view.filter_text == "archived"
        assert board.state.board.columns[board.state.view.cursor[0]].count == 1


async def test_a_filter_narrows_the_board_while_it_is_typed(demo: Path) -> None:
    async with desk(demo) as board:
        everything = board.state.board.matching
        await board.press("/")
        await board.type("value>20k")
        assert 0 < board.state.board.matching < everything
        assert board.shows(f"{board.state.board.matching} of {everything}")
        await board.press("enter")
        assert board.state.view.filter_text == "value>20k"
        await board.press("escape")
        assert board.state.board.matching == everything


async def test_a_bad_filter_keeps_what_is_shown_and_names_the_field(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("value>20k")
        narrowed = board.state.board.matching
        await board.press("home")
        await board.type("valu>3 ")
        assert board.state.board.matching == narrowed
        assert board.shows("'valu'")
        await board.press("enter")
        assert board.is_asking


async def test_leaving_the_filter_line_brings_the_filter_back_that_was_there(demo: Path) -> None:
    async with desk(demo) as board:
        everything = board.state.board.matching
        await board.press("/")
        await board.type("zzzz")
        assert board.shows("Esc clears") or board.state.board.matching == 0
        await board.press("escape")
        assert board.state.board.matching == everything


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "{} of {} open deals"),
        ("value>20k open", "{} of {} open deals"),
        ("zzzz", "{} of {} open deals"),
        ("value>20k", "{} found, {} of {} open deals"),
        ("won", "{} found, {} of {} open deals"),
        ("archived", "{} found"),
        ("archived zzzz", "{} found"),
    ],
)
async def test_a_filter_counts_what_it_finds_of_what_it_looks_through(
    demo: Path, text: str, said: str
) -> None:
    """Of the open deals, unless others are found too, which are in no number of these."""
    async with desk(demo, size=(120, 24)) as board:
        await board.press("d", "d")
        everything = board.state.board.total
        await board.press("/")
        await board.type(text)
        found = sum(board.state.view.counts) if text else everything
        are_open = board.state.board.matching
        numbers = (found, are_open, everything) if "found, " in said else (found, everything)
        words = said.format(*numbers)
        assert any(line.strip() == words for line in board.lines()), board.lines()
        await board.press("enter")
        if text:
            assert words.partition(",")[0].removesuffix(" open deals") in board.lines()[0]
        if not any(board.state.view.counts):
            none = "0 found" if "archived" in text else f"0 of {everything} match"
            assert board.shows(f"{none}; Esc clears")


async def test_finding_goes_to_a_deal_that_a_filter_hides(demo: Path) -> None:
    async with desk(demo) as board:
        wanted = board.card
        await board.press("/")
        await board.type("nothing-has-this")
        await board.press("enter", "f")
        await board.type(wanted.name[:6])
        await board.press("enter")
        assert board.card.name == wanted.name


async def test_what_was_said_of_another_deal_does_not_hide_the_one_that_is_found(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("n")
        await board.type("Seen")
        await board.press("enter")
        assert board.status.startswith("Noted on")
        await board.press("2", "j")
        other = board.card
        await board.press("1", "n")
        await board.type("Again")
        await board.press("enter", "f")
        await board.type(other.ref)
        await board.press("enter")
        assert board.card.id == other.id and board.status.startswith(other.ref)


async def test_a_filter_is_saved_under_a_name_and_found_again(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("value>20k")
        await board.press("enter", "F")
        await board.press("enter")
        await board.type("big")
        await board.press("enter", "escape", "F", "enter")
        assert board.state.view.filter_text == "value>20k"


async def test_a_saved_filter_gets_other_terms_another_name_and_is_forgotten(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("value>20k")
        await board.press("enter", "F", "enter")
        await board.type("big")
        await board.press("enter", "escape")
        for keys, text, left in (
            ("e", "value>90k", {"big": "value>90k"}),
            ("n", "huge", {"huge": "value>90k"}),
            ("d", "", {}),
        ):
            await board.press("F", "down", "enter", "enter", keys)
            if text:
                await board.type(text)
                await board.press("enter")
            assert dict(board.workspace.saved_filters()) == left, board.status


async def test_who_only_looks_takes_a_filter_and_is_asked_for_no_change_of_one(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("value>20k")
        await board.press("enter", "F", "enter")
        await board.type("big")
        await board.press("enter")
    async with desk(demo, read_only=True) as board:
        await board.press("F", "enter")
        assert board.state.view.filter_text == "value>20k"
        for choice in (("down",), ("down", "down")):  # to save it anew, to change one
            await board.press("F", *choice, "enter")
            assert not board.is_asking
            assert "reading only" in board.status


async def test_mine_and_everyone(demo: Path) -> None:
    async with desk(demo) as board:
        everything = board.state.board.open_count
        await board.press("O")
        assert 0 < board.state.board.open_count < everything
        assert {card.owner for window in board.state.view.windows for card in window.cards} == {
            "ana"
        }
        await board.press("O")
        assert board.state.board.open_count == everything


async def test_sorting_from_its_menu(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("s", "v")
        assert board.state.lens.sort is Sort.VALUE
        amounts = [card.value.minor for card in board.state.view.windows[0].cards if card.value]
        assert amounts == sorted(amounts, reverse=True)
        await board.press("J")
        assert "s m" in board.status


async def test_plus_and_minus_change_the_lines_of_a_card(demo: Path) -> None:
    async with desk(demo) as board:
        assert board.state.view.density == AUTO
        await board.press("v", "2", "+")
        assert board.state.view.density == 3
        await board.press("+", "+")
        assert "1 to 4 lines" in board.status
        await board.press("-", "-", "-")
        assert board.state.view.density == 1
        await board.press("v", "a")
        assert board.state.view.density == AUTO


async def test_an_amount_that_is_typed_for_a_deal_stays_in_its_currency(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("dollar_sign", *"8k")
        await board.press("space", *"USD", "enter")
        assert board.shows("$8k")
        await board.press("dollar_sign", *"9k", "enter")
        assert board.shows("$9k")


async def test_several_currencies_can_be_shown_as_one(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("dollar_sign", *"8k")
        await board.press("space", *"USD", "enter")
        assert board.shows("$8k")
        await board.press("v", "c")
        assert "No rate for USD: 'pipeboard fx set USD RATE' enters it." in board.status
        team = Team(demo)
        team.rep("ana").set_rate("USD", "0.5")
        team.close()
        await board.press("R")
        assert board.shows(" in EUR") and board.shows("≈€")
        await board.press("M")
        await board.until(lambda: board.shows("2026Q4 · in EUR"))
        await board.press("E")
        await board.until(lambda: not board.shows(" in EUR"))
        await board.press("q", "E")
        assert not board.shows("≈€")


async def test_signs_can_be_ascii(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("v", "g")
        assert not set("".join(board.lines())) & set("▌›·│─┼…€")


async def test_the_pane_shows_the_deal_and_scrolls_once_it_has_the_keys(demo: Path) -> None:
    async with desk(demo, size=(120, 20)) as board:
        first = board.card
        assert board.shows(first.ref)
        await board.press("tab", "j", "j")
        assert board.card == first
        assert board.state.view.pane is not None
        assert board.state.view.pane.top == 2
        await board.press("tab", "j")
        assert board.card != first
        await board.press("p")
        assert board.state.view.pane is None


async def test_the_pane_goes_with_the_cursor_in_the_same_frame(demo: Path) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.until(lambda: board.board.pane.rests)
        before = board.card.ref
        board.board.press("board.down")
        assert board.card.ref != before
        assert board.board.state.view.pane == board.board.canvas._view.pane
        assert in_pane(board) == board.card.ref


async def test_the_pane_waits_for_a_cursor_on_its_way_and_is_right_once_it_rests(
    demo: Path,
) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.until(lambda: board.board.pane.rests)
        board.board.press("board.down")
        shown = in_pane(board)
        board.board.press("board.down")
        board.board.press("board.down")
        assert in_pane(board) == shown != board.card.ref
        await board.until(lambda: in_pane(board) == board.card.ref)


def test_the_pane_is_right_as_soon_as_a_held_key_is_let_go() -> None:
    assert 1 / 30 < pause_after(1 / 30) < 0.04
    assert pause_after(0.08) == pause_after(3600.0) == PANE_S


async def test_beside_a_stage_without_deals_nothing_is_looked_for_again_and_again(
    demo: Path,
) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.press("/", *"title:nobody", "enter")
        assert board.state.card is None
        await board.until(lambda: board.board.pane.rests)
        board.board.redraw()
        assert board.board.pane.rests and in_pane(board) == ""


def in_pane(board: Desk) -> str:
    """The deal that the pane shows."""
    pane = board.state.view.pane
    return pane.lines[0][0][0] if pane is not None and pane.lines else ""


async def test_a_range_says_how_it_ends_for_as_long_as_it_is_open(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("V", "j")
        assert board.status.endswith("V ends the range")
        await board.press("j", "V")
        assert len(board.state.view.marks) == 3 and "V ends" not in board.status


async def test_the_name_of_a_rep_as_a_filter_says_how_to_find_their_deals(demo: Path) -> None:
    async with desk(demo) as board:
        rep = board.state.board.owners[0]
        await board.press("/")
        await board.type(rep.upper())
        assert board.shows(f"owner:{rep} finds @{rep}'s deals")


async def test_enter_opens_the_pane_where_there_is_room_and_the_deal_where_there_is_not(
    demo: Path,
) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.press("enter")
        assert board.state.view.pane is not None
        await board.press("enter")
        assert board.is_asking
    async with desk(demo) as board:
        await board.press("enter")
        assert board.is_asking
        assert board.shows(board.card.name)
        await board.press("q")
        assert not board.is_asking


async def test_esc_takes_one_thing_back_at_a_time(demo: Path) -> None:
    async with desk(demo, size=(120, 30)) as board:
        await board.press("/")
        await board.type("-won")
        await board.press("enter", "space", "escape")
        assert not board.state.view.marks
        assert board.state.view.filter_text
        await board.press("escape")
        assert not board.state.view.filter_text
        await board.press("tab", "escape")
        pane = board.state.view.pane
        assert pane is not None
        assert not pane.focused
        await board.press("escape")
        assert "quits" in board.status


async def test_the_help_lists_what_the_keys_do(demo: Path) -> None:
    async with desk(demo, size=(120, 50)) as board:
        await board.press("?")
        assert board.shows("Help: Board")
        await board.type("density")
        await board.press("escape")
        assert not board.is_asking


async def test_the_palette_runs_a_command_by_name(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press(":")
        await board.type("mark all")
        await board.press("enter")
        assert len(board.state.view.marks) == board.state.board.columns[0].count


async def test_a_key_that_somebody_has_moved_works_and_is_shown(demo: Path) -> None:
    async with desk(demo, choices=Choices(keymap={"board.add": "I"})) as board:
        assert "I Add" in board.hints
        await board.press("I")
        assert board.is_asking


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (44, 20), (40, 12), (200, 60)])
async def test_every_line_fits_the_screen_at_any_size(demo: Path, size: tuple[int, int]) -> None:
    async with desk(demo) as board:
        await board.resize(*size)
        await board.until(lambda: (board.state.view.width, board.state.view.height) == size)
        assert len(board.lines()) == size[1]
        assert board.shows(board.card.name[:4])


async def test_a_terminal_that_is_too_small_says_so_until_it_has_grown(demo: Path) -> None:
    async with desk(demo) as board:
        await board.resize(30, 9)
        await board.until(lambda: board.shows("too small"))
        await board.press("j")
        before, deal = board.workspace.undo_list(), board.deal
        # Of a card that nobody sees nothing is changed, and nothing is asked.
        for key in ("L", "d", "d", "N", ".", "t", "u", "m"):
            await board.press(key)
            assert not board.is_asking
        await board.press(":")
        await board.type("snooze 2w")
        await board.press("enter", "escape", "escape")
        assert (board.workspace.undo_list(), board.deal) == (before, deal)
        await board.press("L")
        await board.resize(80, 24)
        await board.until(lambda: board.shows(board.card.name))
        assert board.status == "The window is too small to show what that would change."
        await board.press("N")
        assert board.deal != deal


async def test_an_empty_column_says_so_and_keys_for_a_deal_say_that_there_is_none(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("nothing-has-this")
        await board.press("enter")
        assert board.shows("0 of")
        assert "Move" not in board.hints
        await board.press("L")
        assert "No deal" in board.status
        await board.press("t")
        assert "No deal" in board.status


@pytest.mark.parametrize("width", [109, 110, 200])
async def test_the_pane_is_open_where_there_is_room_until_it_is_shut(
    demo: Path, width: int
) -> None:
    async with desk(demo, size=(width, 30)) as board:
        assert (layout(board.state.view).pane_width > 0) is (width >= 110)
        if width >= 110:
            await board.press("p")
            assert not layout(board.state.view).pane_width
            await board.press("q")
            assert board.app.return_code == 0


async def test_a_filter_takes_the_cursor_to_the_nearest_hit_and_back_when_it_is_given_up(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("7", "j")
        before = board.card
        await board.press("/")
        await board.type("-won -lost")
        assert board.state.board.columns[board.state.view.cursor[0]].count
        await board.press("escape")
        assert board.card == before


@pytest.mark.parametrize("key", ["m", "v", "n", "a", "c", "t", "u", "r"])
async def test_the_signs_stay_in_the_title_in_every_order(demo: Path, key: str) -> None:
    async with desk(demo) as board:
        await board.until(lambda: board.state.board.signs is not None)
        signs = board.state.board.signs
        await board.press("s", key)
        assert signs is not None
        assert board.state.board.signs == signs
        assert f"!{signs.overdue}" in board.lines()[0]


async def test_the_theme_follows_the_terminal_where_none_is_chosen(demo: Path) -> None:
    async with desk(demo, choices=Choices(theme="auto")) as board:
        board.app.post_message(BackgroundTold(is_light=True))
        await board.until(lambda: board.app.theme_inks.name == "light")
        canvas = board.app.screen.query_one(BoardCanvas)
        assert canvas.render_line(0) == strip_of(
            draw_line(board.board.state.view, 0), theme("light")
        )
        assert background("auto", {}, board.app.seat.folder) == "light"


@pytest.mark.parametrize("role", SIGN_FILTERS)
async def test_the_filter_of_a_count_finds_as_many_deals_as_the_count_says(
    role: Role, demo: Path
) -> None:
    async with desk(demo) as board:
        signs = board.state.board.signs
        assert signs is not None
        counts = dict(
            zip(SIGN_FILTERS, (signs.overdue, signs.no_next_step, signs.stalled), strict=True)
        )
        await board.press("/", *SIGN_FILTERS[role], "enter")
        assert board.state.board.matching == counts[role] > 0


async def test_what_needs_somebody_is_walked_through_with_one_key_and_back_to_all(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        for text in (*SIGN_FILTERS.values(), ""):
            await board.press("exclamation_mark")
            assert board.state.view.filter_text == text


async def test_one_s_own_deals_come_by_what_needs_somebody_unless_a_sort_was_chosen(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        sorts = []
        for keys in (("O",), ("O",), ("s", "v", "O")):
            await board.press(*keys)
            sorts.append(board.state.lens.sort)
        assert sorts == [Sort.NEEDS, Sort.MANUAL, Sort.VALUE]


@pytest.mark.parametrize("key", ["E", "-", "p", "v 3", "s v"])
async def test_what_was_refused_is_not_said_of_the_next_key(demo: Path, key: str) -> None:
    async with desk(demo) as board:
        await board.press("P")
        assert "There is one pipeline" in board.status
        await board.press(*key.split())
        assert "There is one pipeline" not in board.status


@pytest.mark.parametrize("name", ["ansi16", "light", "mono"])
async def test_nothing_is_drawn_in_a_colour_that_the_theme_has_not(
    name: str, demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in (("TERM", "xterm-256color"), ("COLORTERM", "truecolor")):
        monkeypatch.setenv(variable, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with desk(demo, choices=Choices(theme=name)) as board:
        inks = theme(name).inks.values()
        own = {style_of_ink(ink).color for ink in inks} | {
            style_of_ink(ink).bgcolor for ink in inks
        }
        for keys in ((), ("n",), ("ctrl+g",), ("escape", "f"), ("escape", "slash"), ("x",)):
            await board.press(*keys)
            styles = [
                style
                for strip in board.app.screen._compositor.render_strips()
                for _, style, _ in strip
                if style is not None
            ]
            drawn = {style.color for style in styles} | {style.bgcolor for style in styles}
            assert not {color for color in drawn - own if color and not color.is_default}
