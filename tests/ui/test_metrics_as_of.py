"""The metrics screen as of a past day: what it counts, how it says so, and the ways back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.metrics.wording import Wording
from pipeboard.ui.actions import figures
from pipeboard.ui.actions.export import _text
from pipeboard.ui.draw.charts import ChartStyle
from pipeboard.ui.draw.line import text_of, width_of
from pipeboard.ui.draw.metrics import TABS
from pipeboard.ui.draw.metrics.sections import Figures, ReportView, named_deals
from pipeboard.ui.draw.metrics.tabs import draw_tab, heading
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.screens.metrics import MetricsScreen, _asked_now
from pipeboard.workspace.finding import end_of, past_day, typed_period
from pipeboard.workspace.reports import ReportQuery, report_of
from tests.team import NOW, SETTINGS
from tests.ui.board_scene import PIPELINE, TODAY
from tests.ui.desk import Desk, desk
from tests.ui.test_metrics_screen import on_spot, opened, press, settled
from tests.ui.test_metrics_steps import QUARTER

DAY = date(2026, 9, 30)
ASKED = ReportView(PIPELINE, QUARTER, as_of=DAY)


async def gone_back(board: Desk, typed: str = "2026-09-30") -> MetricsScreen:
    screen = await opened(board)
    await board.press("a")
    await board.type(typed)
    await board.press("enter")
    await settled(board, screen)
    return screen


async def test_every_tab_and_export_is_what_the_verb_says_as_of_that_day(
    demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", NOW.isoformat())
    async with desk(demo, size=(120, 40)) as board:
        screen = await gone_back(board)
        w = board.workspace
        as_of = end_of(DAY, w.settings, NOW)
        period = typed_period(w, "this-quarter", at=as_of)
        assert (screen.asked.period, screen.asked.as_of) == (period, DAY)
        report = report_of(w, ReportQuery(screen.asked.pipeline, period, as_of, None, None, w.me))
        names = {one.id: one.name for one in w.reader.deals(named_deals(report)).values()}
        say = Wording(report.basis.rules.currency, manner=written())
        style = ChartStyle(screen.asked.width, say, screen.asked.glyphs)
        for number, tab in enumerate(TABS, 1):
            await press(board, screen, str(number))
            assert board.shows("as of Wed 30 Sep 2026")
            assert screen.drawn is not None
            there = screen.drawn.block.lines
            assert there == draw_tab(tab, Figures(report, None, names), style).lines
        await press(board, screen, "s", *"1sep2026", "enter")
        csv = await _text(screen, "csv")
        markdown = await _text(screen, "md")
    typed = ["--db", str(demo), "metrics", "--as-of", "2026-09-30"]
    typed += ["--by", "owner", "--since", "2026-09-01"]
    said = []
    for flag in ("--csv", "--md"):
        capsys.readouterr()
        main([*typed, flag])
        said.append(capsys.readouterr().out.rstrip("\n"))
    # Of each rep the screen has the numbers of its table, the verb has all.
    assert set(csv.splitlines()) <= set(said[0].splitlines())
    assert of_all(csv) == of_all(said[0])
    assert markdown.rstrip("\n") == said[1]


def of_all(csv: str) -> list[str]:
    return [line for line in csv.splitlines() if not line.startswith("groups,")]


async def test_esc_the_same_key_and_a_command_go_back_to_now(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await opened(board)
        now = screen.asked
        await gone_back_by(board, screen, ":", *"as-of 30sep", "enter")
        assert board.shows("Esc Now")
        assert "All as it stood at the end of Wed 30 Sep 2026; Esc is back to now." in board.status
        await press(board, screen, "escape")
        assert (board.app.screen, screen.asked) == (screen, now)
        assert board.status == "These are the numbers of now."
        await gone_back_by(board, screen, "a", *"30sep", "enter")
        await press(board, screen, "a", *["backspace"] * 10, "enter")
        assert screen.asked == now
        await gone_back_by(board, screen, "a", *"30sep", "enter")
        await press(board, screen, ":", *"as-of off", "enter")
        assert screen.asked == now


async def gone_back_by(board: Desk, screen: MetricsScreen, *keys: str) -> None:
    await board.press(*keys)
    await settled(board, screen)
    assert screen.asked.as_of == DAY


async def test_the_deals_behind_a_number_of_then_are_said_to_be_shown_as_now(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await gone_back(board)
        await on_spot(board, screen, "Open value")
        await board.press("enter")
        await board.until(lambda: isinstance(board.app.screen, BoardScreen))
        assert "as of Wed 30 Sep 2026, shown as they are now" in board.status
        assert board.shows("as of Wed 30 Sep 2026")
        await board.press("escape")
        await board.until(lambda: isinstance(board.app.screen, MetricsScreen))
        assert board.shows("as of Wed 30 Sep 2026")


async def test_what_is_set_now_is_refused_and_changes_since_a_later_day_too(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await gone_back(board)
        for key, what in (("t", "target"), ("C", "call")):
            await board.press(key)
            assert f"a {what} is set now. Go back to the numbers of now first." in board.status
        await board.press("s", *"1oct2026", "enter")
        assert board.shows("comes after 2026-09-30, the day of the numbers")
        await board.press("escape")
        # The period that is typed, and the next span, are those of then.
        await press(board, screen, "/", *"last-quarter", "enter")
        assert screen.asked.period.label == "2026Q2"


async def test_a_day_to_come_is_refused_and_one_before_the_first_deal_is_told(demo: Path) -> None:
    async with desk(demo, size=(120, 40)) as board:
        screen = await opened(board)
        await board.press("a", *"tomorrow", "enter")
        assert board.shows("has not come yet. Numbers can be taken as of a day until today.")
        await board.press("escape")
        await press(board, screen, ":", *"as-of 2001-01-01", "enter")
        assert "had no deal yet on Mon 1 Jan 2001: its first is of" in board.status


@pytest.mark.parametrize("typed", ["", "off", "Now", "today", "2026-11-23"])
def test_today_is_now(typed: str) -> None:
    assert past_day(typed, SETTINGS, NOW) is None


def test_days_are_read_as_elsewhere() -> None:
    for typed in ("30sep", "2026-09-30", "30 sep 2026"):
        assert past_day(typed, SETTINGS, NOW) == DAY
    assert past_day("yesterday", SETTINGS, NOW) == date(2026, 11, 22)
    with pytest.raises(BadInput, match="has not come yet"):
        past_day("2026-11-24", SETTINGS, NOW)


@pytest.mark.parametrize("width", [40, 44, 60, 80, 120])
@pytest.mark.parametrize("taken", [0, 7])
@pytest.mark.parametrize("owner", [None, "mara"])
def test_the_past_day_stands_in_the_heading_at_every_width(
    width: int, taken: int, owner: str | None
) -> None:
    pipeline = replace(PIPELINE, name="New business in the north and the south")
    view = replace(ASKED, pipeline=pipeline, owner=owner, filter_text="value>20k")
    title, _ = heading(view, width, at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC), taken=taken)
    shown = text_of(title)[: width - taken]
    assert width_of(title) == width
    assert "as of Wed 30 Sep 2026" in shown and "2026Q4" in shown and "09:00" not in shown


@pytest.mark.parametrize(
    ("today", "as_of", "period"),
    [
        (date(2027, 1, 1), DAY, "2026Q4"),  # midnight, and a new year: that day stands
        (date(2026, 9, 30), None, "2026Q4"),  # the clock was set back to it
    ],
)
def test_a_past_day_outlasts_midnight_and_not_a_clock_that_is_set_back(
    today: date, as_of: date | None, period: str
) -> None:
    reader = SimpleNamespace(pipelines=lambda: (PIPELINE,))
    lens = SimpleNamespace(today=today, me="ana")
    state: Any = SimpleNamespace(lens=lens, reader=reader)
    now = _asked_now(ASKED, state, SETTINGS, TODAY)
    assert (now.as_of, now.period.label) == (as_of, period)


def test_a_target_of_a_past_day_is_refused_with_the_day() -> None:
    with pytest.raises(Refused, match="as of Wed 30 Sep 2026"):
        figures._expect_now(SimpleNamespace(asked=ASKED), "target")  # type: ignore[arg-type]
