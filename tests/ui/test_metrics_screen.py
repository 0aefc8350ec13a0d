"""The metrics screen at the keys: tabs, periods, whose numbers, the deals behind them, exports."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from pipeboard.domain.errors import BadInput, GivenUp
from pipeboard.domain.filter_nodes import These
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics import Basis
from pipeboard.domain.people import Actor
from pipeboard.domain.periods import parse_period
from pipeboard.domain.settings import SEEN
from pipeboard.store import Store
from pipeboard.store.reading import Reader
from pipeboard.ui import metrics_worker
from pipeboard.ui.draw.metrics import TabName
from pipeboard.ui.draw.metrics.sections import Figures, ReportView
from pipeboard.ui.last_view import Choices
from pipeboard.ui.metrics_worker import MetricsWorker
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.metrics import MetricsScreen
from pipeboard.workspace import Workspace
from pipeboard.workspace.configuration import choose_setting
from pipeboard.workspace.new_deals import add_deal
from pipeboard.workspace.reports import ReportQuery, basis_as_of, calls_of, set_target, targets_of
from tests.team import NOW, Team, sales
from tests.ui.desk import Desk, desk
from tests.ui.lock import SlowReading


async def opened(board: Desk) -> MetricsScreen:
    """The metrics screen, once it has something to show."""
    await board.press("M")
    await board.until(lambda: isinstance(board.app.screen, MetricsScreen))
    screen = board.app.screen
    assert isinstance(screen, MetricsScreen)
    await settled(board, screen)
    return screen


async def settled(board: Desk, screen: MetricsScreen) -> None:
    await board.until(lambda: screen.drawn is not None and screen.drawn.asked == screen.asked)
    await board.until(lambda: not screen.counting)
    await board.settle()


async def press(board: Desk, screen: MetricsScreen, *keys: str) -> None:
    for key in keys:
        await board.press(key)
        await settled(board, screen)


async def on_spot(board: Desk, screen: MetricsScreen, title: str) -> None:
    """The cursor on the number of that name."""
    titles = [spot.title for spot in screen.block.spots]
    while screen.cursor < titles.index(title):
        await press(board, screen, "j")


async def test_the_overview_opens_with_its_three_answers(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        assert board.shows("New business · everyone · 2026Q4 (day 54 of 92)")
        assert board.shows("as of 10:00")  # in Berlin; nine o'clock in UTC
        assert board.shows("[1 Overview]")
        assert all(board.shows(word) for word in (" Stuck ", " Forecast ", "Funnel: entered in"))
        for place, spot in enumerate(screen.block.spots):
            # What stands where the cursor is is not said once more.
            stands = place < 3 or "four before" in spot.summary
            assert board.status == ("" if stands else spot.summary)
            await board.press("j")


async def test_the_overview_has_the_figures_that_somebody_has_chosen(demo: Path) -> None:
    async with desk(demo, choices=Choices(figures="qualified_count, coverage_gross")) as board:
        screen = await opened(board)
        chosen = screen.block.spots[3:6]
        assert [spot.title for spot in chosen][:2] == ["Qualified", "Gross coverage"]
        assert chosen[2].title.startswith("Entered")
    async with desk(demo, choices=Choices(figures="qualfied_count")) as board:
        await board.press("M")
        await board.until(lambda: "Did you mean qualified_count?" in board.status)


async def test_numbers_and_tab_choose_the_tab(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        for number, tab in enumerate(TabName, 1):
            await press(board, screen, str(number))
            assert (screen.asked.tab, board.shows(f"[{number} {tab}]")) == (tab, True)
        await press(board, screen, "tab")
        assert board.shows("[1 Overview]")
        await press(board, screen, "shift+tab")
        assert board.shows("[7 Reps]")


async def test_the_cursor_goes_from_number_to_number_and_scrolls(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "j", "j", "k")
        assert screen.cursor == 1
        await press(board, screen, "G")
        assert screen.cursor == len(screen.block.spots) - 1
        assert screen.page.view.top > 0
        assert any(line.startswith("▌") for line in board.lines())
        await press(board, screen, "home")
        assert (screen.cursor, screen.page.view.top) == (0, 0)
        await press(board, screen, "pagedown", "pageup")
        assert screen.cursor == 0


async def test_periods_go_back_forth_and_change_their_length(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "h", "h")
        assert screen.asked.period.label == "2026Q2"
        assert board.shows("2026Q2 (1 Apr to 30 Jun)")
        await press(board, screen, "l", "l", "p")
        assert screen.asked.period.label == "2026"
        await press(board, screen, "p")
        assert screen.asked.period.label == "2026-11"
        await press(board, screen, "p")
        assert screen.asked.period.label == "2026Q4"


async def test_mine_a_rep_and_everyone(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "O")
        assert board.shows("· @ana ·")
        await press(board, screen, "O")
        assert board.shows("· everyone ·")
        await board.press("o", "down", "down", "enter")
        await settled(board, screen)
        assert screen.asked.owner not in (None, "")


async def test_a_comparison_draws_arrows(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await opened(board)
        assert not board.shows("▲")
        await press(board, screen, "c")
        assert board.shows("against 2026Q3")
        assert board.shows("▲") or board.shows("▼")


async def test_enter_shows_the_deals_behind_a_number_on_the_board(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await on_spot(board, screen, "Open value")
        spot = screen.spot
        assert spot is not None
        ids = frozenset(deal.id for deal in spot.deals)
        await board.press("enter")
        assert isinstance(board.app.screen, BoardScreen)
        assert board.state.lens.filter is not None
        assert board.state.lens.filter.root == These(ids)
        assert board.state.board.matching == len(ids)
        assert board.shows("/Open value")
        assert board.card.id in ids
        assert f"{len(ids)} of {len(ids)} deals behind Open value, 2026Q4" in board.status
        await board.press("escape")
        assert board.state.lens.filter is None
        await board.until(lambda: isinstance(board.app.screen, MetricsScreen))
        again = board.app.screen
        assert isinstance(again, MetricsScreen)
        await board.until(lambda: again.spot is not None and again.spot.title == spot.title)
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen)
        assert not board.shows("goes back to the number")


async def test_esc_takes_the_filter_of_the_numbers_away_before_it_leaves_them(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await opened(board)
        every = screen.asked
        assert board.shows("Esc Back")
        await board.press("/")
        await board.type("value>20k")
        await board.press("enter")
        await settled(board, screen)
        assert board.shows("/value>20k") and board.shows("Esc All deals")
        await board.press("escape")
        await settled(board, screen)
        assert (board.app.screen, screen.asked) == (screen, every)
        assert not board.shows("/value>20k") and board.shows("Esc Back")
        await board.press("escape")
        assert isinstance(board.app.screen, BoardScreen)


async def test_a_filter_of_the_board_is_the_boards_again_once_its_numbers_are_left(
    demo: Path,
) -> None:
    async with desk(demo) as board:
        await board.press("/")
        await board.type("value>20k")
        await board.press("enter")
        screen = await opened(board)
        assert screen.asked.filter_text == "value>20k"
        await board.press("q", "q")
        assert isinstance(board.app.screen, BoardScreen)
        assert board.state.view.filter_text == "value>20k"


async def test_a_filter_may_be_typed_over_the_deals_of_a_number(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await on_spot(board, screen, "Open value")
        await board.press("enter", "/")
        await board.press("escape")
        assert board.shows("/Open value")
        await board.press("/")
        await board.type("won")
        await board.press("enter")
        assert board.shows("/won")


async def test_coming_back_finds_everything_as_it_was(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "4", "h", "j", "j")
        await board.press("q")
        assert not board.is_asking
        again = await opened(board)
        assert (again.asked.tab, again.asked.period.label) == (TabName.FORECAST, "2026Q3")
        assert again.cursor == 2


async def test_unchanged_numbers_are_not_counted_again(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        first = screen.drawn
        await press(board, screen, "2")
        await board.press("1")
        assert screen.drawn is first


async def test_what_others_change_is_counted(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        before = screen.drawn
        pipeline = screen.asked.pipeline
        await board.app.write_queue.ask(
            lambda w: add_deal(w, "Lumen Oy: pilot 40k", pipeline=pipeline)
        )
        await board.until(lambda: screen.drawn is not before)
        assert screen.drawn is not None


async def test_a_filter_narrows_the_numbers_and_a_bad_one_says_why(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("/")
        await board.type("valu>20k")
        await board.press("enter")
        await board.settle()
        assert board.shows("'valu'") and screen.asked.query is None
        await board.press("ctrl+u")
        await board.type("value>20k")
        await board.press("enter")
        await settled(board, screen)
        assert screen.asked.query is not None and board.shows("/value>20k")


async def test_a_period_that_is_typed_into_the_filter_is_gone_to(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("/")
        await board.type("value>20k last-quarter")
        assert board.shows("2026Q3 (1 Jul to 30 Sep)  of what is counted")
        await board.press("enter")
        await settled(board, screen)
        assert (screen.asked.period.label, screen.asked.filter_text) == ("2026Q3", "value>20k")
        await board.press("/", "ctrl+u")
        await board.type('"2026Q3"')
        await board.press("enter")
        await settled(board, screen)
        assert (screen.asked.period.label, screen.asked.filter_text) == ("2026Q3", '"2026Q3"')


async def test_numbers_of_an_owner_whom_nobody_knows_are_refused(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("/")
        await board.type("owner:nobodyatall")
        await board.press("enter")
        await board.settle()
        assert board.shows("no rep 'nobodyatall'") and screen.asked.query is None


@pytest.mark.parametrize(("key", "ending"), [("c", "csv"), ("m", "md"), ("s", "svg")])
async def test_what_is_shown_can_be_written_to_a_file_of_ones_own(
    demo: Path, key: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(demo.parent)
    async with desk(demo) as board:
        await opened(board)
        await board.press("e", key, "enter")
        path = demo.parent / f"pipeboard-2026Q4-overview.{ending}"
        await board.until(lambda: board.status.startswith("Written to"))
        text = path.read_text(encoding="utf-8")
        assert {"csv": "table,key,name", "md": "# New business", "svg": "<svg"}[ending] in text
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        await board.press("e", key, "enter")
        await board.until(lambda: "there already" in board.status)


async def test_a_place_that_cannot_be_written_to_is_said(demo: Path) -> None:
    async with desk(demo) as board:
        await opened(board)
        await board.press("e", "c", "ctrl+u")
        await board.type("/nowhere/at/all.csv")
        await board.press("enter")
        await board.until(lambda: board.shows("cannot be written"))
        assert board.shows("/nowhere/at/all.csv"), "the path can be mended"


async def test_nothing_stands_behind_a_target(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "4")
        await on_spot(board, screen, "Target")
        await board.press("enter")
        assert isinstance(board.app.screen, MetricsScreen)
        assert "No deal is behind" in board.status


async def test_help_has_the_keys_of_this_screen(demo: Path) -> None:
    async with desk(demo) as board:
        await opened(board)
        await board.press("?")
        assert board.shows("the deals behind a number")


async def test_the_menu_of_places_leads_here_too(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("g", "m")
        await board.until(lambda: isinstance(board.app.screen, MetricsScreen))


async def test_a_click_puts_the_cursor_on_a_number(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        spot = screen.block.spots[1]
        await board.pilot.click(offset=(spot.x + 2, spot.y + 3))
        await board.settle()
        assert screen.cursor == 1


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 50)])
async def test_any_size_is_filled_and_no_line_too_long(demo: Path, size: tuple[int, int]) -> None:
    async with desk(demo, size=size) as board:
        screen = await opened(board)
        for number in range(1, 8):
            await press(board, screen, str(number))
            assert all(len(line) <= size[0] for line in board.lines())
            text = "\n".join("".join(text for text, _ in line) for line in screen.page.view.lines)
            assert not re.search(r"\d{4}-\d\d-\d\d", text), "a day as people write it"
        await board.resize(100, 30)
        await board.until(lambda: screen.asked.width == 100)
        await settled(board, screen)
        assert all(len(line) <= 100 for line in board.lines())


async def test_ascii_terminals_get_ascii(demo: Path) -> None:
    async with desk(demo, choices=Choices(glyphs="ascii")) as board:
        screen = await opened(board)
        for number in range(1, 8):
            await press(board, screen, str(number))
            assert [line for line in board.lines() if not line.isascii()] == []


async def test_a_rate_opens_what_it_counts_or_what_it_is_a_share_of(demo: Path) -> None:
    for key in ("c", "a"):
        async with desk(demo) as board:
            screen = await opened(board)
            await on_spot(board, screen, "Win rate")
            spot = screen.spot
            assert spot is not None
            await board.press("enter")
            assert board.shows("that it is a share of")
            await board.press(key)
            wanted = spot.deals if key == "c" else spot.base
            assert board.state.lens.filter is not None
            assert board.state.lens.filter.root == These(frozenset(deal.id for deal in wanted))


async def test_a_rate_of_nothing_opens_what_it_is_a_share_of(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        for number in range(1, len(TabName) + 1):
            await press(board, screen, str(number))
            if found := [spot for spot in screen.block.spots if spot.base and not spot.deals]:
                break
        await on_spot(board, screen, found[0].title)
        await board.press("enter")
        assert board.state.lens.filter is not None
        ids = frozenset(deal.id for deal in found[0].base)
        assert board.state.lens.filter.root == These(ids)
        assert board.shows(f"/{found[0].title}: all")


async def test_how_the_workspace_counts_is_chosen_on_the_screen(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("S")
        assert board.shows("fiscal-start")
        await board.press("down", "enter")
        await board.press("down", "down", "down", "enter")
        await board.until(lambda: board.state.reader.settings().fiscal_shift == 3)
        await settled(board, screen)
        assert board.shows("2026Q3 (day 54 of 92)")  # the third of a year that begins in April
        assert board.status == (
            "fiscal-start is april. The targets and calls of 3 periods are for other days now."
        )
        await press(board, screen, "h")
        assert screen.asked.period.label == "2026Q2"


async def test_the_sources_to_choose_from_are_typed_there_too(demo: Path) -> None:
    async with desk(demo) as board:
        await opened(board)
        await board.press("S", *"sources", "enter", "ctrl+u", ",", "enter")
        assert board.shows("There is no source to choose from.")
        await board.press("ctrl+u", *"fair:in,web", "enter")
        await board.until(lambda: board.state.reader.settings().source_names == ("fair", "web"))
        assert board.status == "Leads come from fair:in, web."


async def test_a_target_or_two_that_move_are_said_with_their_days(tmp_path: Path) -> None:
    with closing(Team.make(tmp_path / "team.db")) as team:
        ana = team.rep("ana")
        set_target(ana, sales(ana), "2026Q4", "90k")
    async with desk(tmp_path / "team.db") as board:
        screen = await opened(board)
        await board.press("S", "down", "enter", "down", "down", "down", "enter")
        await board.until(lambda: screen.asked.period.label == "2026Q3")
        await settled(board, screen)
        assert board.status == (
            "fiscal-start is april. The targets and calls of 2026Q4 are for Fri 1 Jan 2027 to "
            "Wed 31 Mar 2027 now."
        )


def as_bo(path: Path, name: str, value: str) -> None:
    with closing(Store.open(str(path))) as store:
        choose_setting(Workspace(store, lambda: NOW, Actor("bo")), name, value)


@pytest.mark.parametrize(
    ("period", "label"), [("2026Q4", "2026Q3"), ("2025Q1", "2024Q4"), ("2026-11", "2026-11"),
                          ("2026", "2026"), ("2025", "2024"), ("last90d", "")],
)  # fmt: skip
async def test_a_business_year_that_begins_elsewhere_is_counted_by_on_an_open_screen(
    demo: Path, period: str, label: str
) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        before = parse_period(period, NOW.date())
        screen.look_at(replace(screen.asked, period=before))
        await settled(board, screen)
        seen = screen.version
        as_bo(demo, "fiscal-start", "april")
        await board.until(lambda: screen.version != seen)
        await settled(board, screen)
        assert screen.asked.period.label == (label or before.label)
        assert screen.drawn is not None
        assert screen.drawn.asked.period == screen.asked.period


async def test_a_period_that_was_left_is_come_back_to_as_it_is_counted_then(demo: Path) -> None:
    async with desk(demo) as board:
        await opened(board)
        await board.press("q")
        as_bo(demo, "fiscal-start", "april")
        await board.until(lambda: board.app.settings.fiscal_shift == 3)
        screen = await opened(board)
        assert screen.asked.period.label == "2026Q3"


async def test_a_setting_that_is_taken_back_is_counted_by_no_more(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("S", "down", "enter", "down", "down", "down", "enter")
        await board.until(lambda: board.app.settings.fiscal_shift == 3)
        await settled(board, screen)
        await board.press("q", "u")
        await board.until(lambda: board.app.settings.fiscal_shift == 0)
        screen = await opened(board)
        await press(board, screen, "p", "p", "p")
        assert screen.asked.period.label == "2026Q4"


async def test_a_setting_of_ones_own_leaves_what_a_colleague_has_set_meanwhile(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("S", "enter")
        as_bo(demo, "reps-see", "own")
        await board.press("down", "enter")
        await board.until(lambda: board.state.reader.settings().week_start == 1)
        await settled(board, screen)
        assert board.state.reader.settings().reps_see == SEEN.index("own")


async def test_what_changed_can_be_asked_of_other_days_than_the_period(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("s", *"tomorrow", "enter")
        assert board.shows("comes after 2026-11-23, the day of the numbers")
        await board.press("ctrl+u", *"9nov..16nov", "enter")
        await settled(board, screen)
        # What was asked for is what is seen, from its title to where the pipeline came to.
        start = screen.spot
        assert start is not None and start.title == "Pipeline, start"
        assert board.shows("Why the pipeline changed, 9 Nov to 15 Nov") and board.shows(" end ")
        await press(board, screen, "s", "enter")
        assert screen.spot is not None and screen.spot.title == "Pipeline, start"
        assert board.shows("Why the pipeline changed  ") and board.shows(" end ")
        assert start.deals != screen.spot.deals


async def test_a_target_is_set_and_taken_away_on_the_screen(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press("M", "t", *"777k", "enter")
        assert "777" in board.status
        await board.until(lambda: board.shows("of €777k won") or board.shows("of €777,000 won"))
        await board.press("t", "ctrl+u", "enter")
        await board.until(lambda: not board.shows("777"))
        await board.press("u")
        await board.until(lambda: "Undid: " in board.status and board.shows("777"))


async def test_a_rep_calls_the_period_on_the_screen(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await press(board, screen, "7")
        await board.press("C", *"lots", "enter")
        assert board.shows("not an amount")
        await board.press("ctrl+u", *"120k", "enter")
        await board.until(lambda: "Call for 2026Q4, @ana: €120,000" in board.status)
        await on_spot(board, screen, "@ana: due in the period")
        calls = calls_of(board.workspace, screen.asked.pipeline)
        assert calls["2026Q4", "ana"].minor == 12_000_000
        await board.press("C", "ctrl+u", "enter")
        await board.until(lambda: "No call for 2026Q4, @ana." in board.status)


async def test_counting_says_how_far_it_is_and_esc_ends_it(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        before = screen.drawn
        assert before is not None
        slow = SlowReading(monkeypatch)
        await board.pilot.press("h")
        await board.until(lambda: "%" in board.status and "esc gives up" in board.status)
        # The heading is that of the numbers below it, and what is being counted is named beside.
        assert "2026Q4" in board.lines()[0] and "2026Q3" not in board.lines()[0]
        assert "counting 2026Q3…" in board.status
        await board.pilot.press("j", "k", "escape")  # keys are heard meanwhile
        await board.until(lambda: board.status.startswith("Given up"))
        assert (screen.asked, screen.drawn) == (before.asked, before)
        slow.go_on()
        await board.until(lambda: not screen.counting)
        assert screen.drawn is before and board.status.startswith("Given up")
        await press(board, screen, "h")
        assert "2026Q3" in board.lines()[0]
        assert board.bugs == []


async def test_esc_leaves_numbers_that_were_never_counted(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        slow = SlowReading(monkeypatch)
        await board.pilot.press("M")
        await board.until(lambda: "esc gives up" in board.status)
        await board.pilot.press("escape")
        await board.until(lambda: isinstance(board.app.screen, BoardScreen))
        slow.go_on()
        screen = await opened(board)
        assert board.shows("2026Q4") and screen.drawn is not None
        assert board.bugs == []


@pytest.mark.parametrize("way", [(), ("T",), ("M",)], ids=["board", "triage", "metrics"])
async def test_every_line_for_a_filter_says_while_it_is_typed_what_it_means(
    demo: Path, way: tuple[str, ...]
) -> None:
    async with desk(demo, size=(100, 30)) as board:
        await board.press(*way, "/")
        assert board.shows("owner:ana  +tag  value>20k")
        await board.type("value>")
        assert board.shows("value>") and not board.shows("'value>'")
        await board.type("much ")
        assert any("much" in line and "amount" in line for line in board.lines())
        await board.press("enter")
        assert board.is_asking
        await board.press(*["backspace"] * 5)
        await board.type("20k")
        assert board.shows(" of ")
        await board.press("enter")
        assert board.shows("/value>20k")


async def test_what_a_key_is_told_while_numbers_are_counted_stays_to_be_read(
    demo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        slow = SlowReading(monkeypatch)
        await board.pilot.press("h")
        await board.until(lambda: "%" in board.status)
        await board.pilot.press("Z")
        slow.go_on()
        await board.until(lambda: not screen.counting)
        await board.settle()
        assert board.shows("2026Q3") and board.status.startswith("Z does nothing here.")
        await press(board, screen, "h")
        assert board.shows("2026Q2") and "does nothing" not in board.status
        assert "%" not in board.status


@pytest.mark.parametrize("key", ["t", "C"])
async def test_the_amount_that_stands_is_asked_for_again_and_kept_by_enter_alone(
    demo: Path, key: str
) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await opened(board)
        await board.press(key)
        await board.type("123456")
        await press(board, screen, "enter")
        before = board.workspace.undo_list()[0]
        await board.press(key)
        assert board.shows("123456 EUR") and board.shows("€123,456")
        await press(board, screen, "enter")
        assert board.workspace.undo_list()[0] == before
        await board.press(key)
        await board.press("ctrl+u")
        await press(board, screen, "enter")
        assert board.workspace.undo_list()[0].summary.startswith("No ")


async def test_enter_alone_does_not_put_back_what_a_colleague_has_entered_meanwhile(
    tmp_path: Path,
) -> None:
    with closing(Team.make(tmp_path / "team.db")) as team:
        ana, bo = team.rep("ana"), team.rep("bo")
        set_target(ana, sales(ana), "2026Q4", "80k")
        async with desk(tmp_path / "team.db") as board:
            screen = await opened(board)
            await board.press("t")
            assert board.shows("80000 EUR")
            set_target(bo, sales(bo), "2026Q4", "90k")
            await press(board, screen, "enter")
            (target,) = targets_of(ana, sales(ana))
            assert target.amount.minor == 9_000_000


async def test_what_a_key_was_told_stays_while_numbers_are_read_or_drawn_anew(demo: Path) -> None:
    async with desk(demo) as board:
        screen = await opened(board)
        await board.press("t")
        await board.type("500k")
        await press(board, screen, "enter")
        told = board.status.split()
        assert told[:2] == ["Target", "for"] and told[-2:] == ["u", "undo"]
        screen.reload()
        await board.resize(100, 30)
        screen.show_news()
        await board.until(lambda: not screen.counting)
        assert board.status.split() == told
        await board.press("j")
        assert not board.status.startswith("Target for ")


# The worker behind it, without a screen.


class Counting:
    """A worker over the demo, whose thread can be held up."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = NOW
        self.store = Store.open(str(path), read_only=True)
        self.worker = MetricsWorker(self.store, lambda: self.now, Actor("ana"))
        self.read: list[datetime] = []
        with closing(self.store.new_reader(Actor("ana"))) as reader:
            self.pipeline = reader.pipelines()[0]

        def basis(reader: Reader, question: ReportQuery, watch: object = None) -> Basis:
            self.read.append(question.as_of)
            return basis_as_of(reader, question)

        monkeypatch.setattr(metrics_worker, "basis_as_of", basis)

    def view(self, period: str = "2026Q4", **more: Any) -> ReportView:
        return ReportView(self.pipeline, parse_period(period, NOW.date()), **more)

    async def figures(self, period: str = "2026Q4", version: int = 1, **more: Any) -> Figures:
        view = self.view(period, **more)
        return await self.worker.use(
            view, self.worker.moment(version, self.now.date()), lambda found: found
        )


@pytest.fixture
def counting(made_up: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counting]:
    made = Counting(made_up, monkeypatch)
    yield made
    made.worker.close()
    made.store.close()


def test_numbers_are_of_one_instant_until_something_changes_or_the_day_ends(
    counting: Counting,
) -> None:
    worker, today = counting.worker, NOW.date()
    first = worker.moment(1, today)
    counting.now += timedelta(hours=2)
    assert worker.moment(1, today) is first
    later = worker.moment(2, today)
    assert (later.version, later.at) == (2, counting.now)
    counting.now += timedelta(minutes=1)
    assert worker.moment(2, today + timedelta(days=1)).at == counting.now
    counting.now += timedelta(minutes=1)
    worker.begin_anew()
    assert worker.moment(2, today).at == counting.now


@pytest.mark.parametrize(
    ("before", "after", "told", "tells"),
    [
        ("2026-11-23T22:55Z", "2026-11-23T23:05Z", "2026Q4 (day 54", "2026Q4 (day 55"),
        ("2026-12-31T22:55Z", "2026-12-31T23:05Z", "2026Q4 (day 92", "2027Q1 (day 1 "),
    ],
)
async def test_numbers_left_open_are_of_the_day_and_of_the_period_that_begin_where_one_is(
    demo: Path, before: str, after: str, told: str, tells: str
) -> None:
    """In Berlin, where a day begins before it does in Greenwich."""
    at = [datetime.fromisoformat(before)]
    async with desk(demo, now=at[0]) as board:
        board.app.seat = replace(board.app.seat, clock=lambda: at[0])
        screen = await opened(board)
        assert told in board.lines()[0]
        at[0] = datetime.fromisoformat(after)
        screen._look()
        await board.until(lambda: not screen.counting)
        assert tells in board.lines()[0]


async def test_each_question_has_its_own_answer_and_is_counted_once(counting: Counting) -> None:
    day = NOW.date()
    asked: list[dict[str, Any]] = [
        {}, {"owner": "ana"}, {"compares": True}, {"since": (day, None)}, {"period": "2026Q3"},
    ]  # fmt: skip
    found = [await counting.figures(**more) for more in asked]
    assert len({id(figures) for figures in found}) == len(asked)
    assert [figures.since for figures in found] == [None, None, None, (day, None), None]
    assert [figures.before is not None for figures in found] == [False, False, True, False, False]
    assert [await counting.figures(**more) for more in asked] == found
    # A pipeline as of now, as of the same time of the quarter before, and as of the end of that.
    assert len(counting.read) == len(set(counting.read)) == 3
    assert (await counting.figures("all", compares=True)).before is None


async def test_what_goes_wrong_while_counting_is_heard_by_who_asked(counting: Counting) -> None:
    def fails(figures: Figures) -> None:
        raise BadInput("It cannot be written.")

    moment = counting.worker.moment(1, NOW.date())
    with pytest.raises(BadInput):
        await counting.worker.use(counting.view(), moment, fails)
    assert (await counting.figures()).report is not None


async def test_what_was_not_looked_at_for_longest_makes_room(counting: Counting) -> None:
    reads = []
    for place, version in enumerate((1, 2, 3, 1, 4, 1, 2)):
        counting.now = NOW + timedelta(days=version)
        await counting.figures(version=version, owner=f"rep{place}")
        reads.append(len(counting.read))
    assert reads == [1, 2, 3, 3, 4, 4, 5]


async def test_only_the_last_question_is_answered_and_it_can_be_given_up(
    counting: Counting,
) -> None:
    worker, moment, goes_on = counting.worker, counting.worker.moment(1, NOW.date()), Event()
    shares: list[float] = []
    held = worker._in_thread(lambda: goes_on.wait(5))
    first = worker.ask(counting.view(), moment, shares.append)
    last = worker.ask(counting.view(owner="ana"), moment, shares.append)
    goes_on.set()
    await held
    assert await first is None
    drawn = await last
    assert drawn is not None and drawn.asked == counting.view(owner="ana")
    assert worker.at_hand(drawn.asked, moment) is drawn
    assert worker.at_hand(counting.view(), moment) is None
    assert shares == [1.0]
    goes_on.clear()
    held = worker._in_thread(lambda: goes_on.wait(5))
    given_up = worker.ask(counting.view(), moment, shares.append)
    worker.give_up()
    goes_on.set()
    await held
    with pytest.raises(GivenUp):
        await given_up
