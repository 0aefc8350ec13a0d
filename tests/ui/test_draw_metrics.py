"""The tabs say what the numbers are: n/a with its reason, few deals pale, the deals behind each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given

from pipeboard.domain.metrics import METRICS, Metric, Report, Unit
from pipeboard.domain.metrics.coverage import CoverageVerdict
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.velocity import LeadMonth
from pipeboard.domain.metrics.wording import Wording, decimal
from pipeboard.domain.money import Rates
from pipeboard.domain.periods import parse_period
from pipeboard.domain.text import printable
from pipeboard.ui.draw.charts import ChartStyle, DrawnTable, TableRow, table
from pipeboard.ui.draw.line import Glyphs, spelled, tab_strip, text_of, width_of
from pipeboard.ui.draw.metrics import TABS, TabName, activity, funnel, sections, tabs
from pipeboard.ui.draw.metrics.activity import dead, stuck_deals, unanswered, won_weeks
from pipeboard.ui.draw.metrics.forecast import past_forecasts, slipping, waterfall
from pipeboard.ui.draw.metrics.sections import (
    GUTTER,
    NAMED,
    Block,
    Figures,
    ReportView,
    Spot,
    marked,
    spot_at,
)
from pipeboard.ui.draw.metrics.tabs import draw_tab
from tests.domain.metrics.log import LEAD, PROPOSAL, QUALIFY, UTC_RULES, Log, ids, period
from tests.domain.metrics.made_up import logs, made_up_year
from tests.ui.board_scene import PIPELINE
from tests.ui.golden_screens import assert_looks_like, with_roles

JANUARY = period("2026-01")
RATES = Rates("EUR", {"USD": ((date(2026, 1, 1), Fraction(1, 2)),)})


def style(width: int = 80, glyphs: Glyphs = Glyphs.UNICODE) -> ChartStyle:
    return ChartStyle(width, Wording("EUR", signs=glyphs is Glyphs.UNICODE), glyphs)


def drawn(tab: TabName, log: Log, day: float = 20, before: Log | None = None) -> Block:
    report = Report(log.basis(day, JANUARY))
    earlier = Report(before.basis(day, JANUARY)) if before else None
    return draw_tab(tab, Figures(report, earlier), style())


def texts(block: Block) -> list[str]:
    return [text_of(line) for line in block.lines]


def line_with(block: Block, words: str) -> str:
    return next(text for text in texts(block) if words in text)


@pytest.fixture(scope="module")
def third_quarter() -> Figures:
    """A year's numbers beside those of the quarter before, in the middle of a quarter."""
    year, rules = made_up_year(), replace(UTC_RULES, rates=RATES)
    quarters = [period("2026Q3"), period("2026Q2")]
    now, then = (Report(year.basis(250, quarter, rules=rules)) for quarter in quarters)
    return Figures(now, then)


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_looks_as_it_should(tab: TabName, third_quarter: Figures) -> None:
    # In the third quarter nothing was lost.
    is_of_losses, before = tab is TabName.LOSSES, third_quarter.before
    figures = Figures(before) if is_of_losses and before is not None else third_quarter
    block = draw_tab(tab, figures, style(120))
    spots = [f"{each.title} ({len(each.deals)}): {each.summary}" for each in block.spots]
    lines = [*with_roles(block.lines), *(((spot, "text"),) for spot in spots)]
    assert_looks_like(f"metrics-{tab.lower()}", lines)


def test_what_changed_since_a_day_says_in_which_days() -> None:
    report = Report(won_and_lost().basis(20, JANUARY))
    for since, said in (
        ((date(2026, 1, 5), None), "Why the pipeline changed since 5 Jan"),
        ((date(2026, 1, 5), date(2026, 1, 12)), "Why the pipeline changed, 5 Jan to 11 Jan"),
    ):
        assert said in texts(waterfall(Figures(report, since=since), style()))[0]


def spot(block: Block, title: str) -> Spot:
    return next(spot for spot in block.spots if spot.title == title)


@pytest.mark.parametrize("first_day", [0, 5, 6])
def test_weeks_are_called_as_the_period_is_that_they_are_asked_by(first_day: int) -> None:
    log = won_and_lost()
    settings = replace(UTC_RULES.settings, week_start=first_day)
    report = Report(log.basis(20, JANUARY, rules=replace(UTC_RULES, settings=settings)))
    last = parse_period("2026-W04", date(2026, 1, 1), week_start=first_day)
    assert report.weeks[-1].start == last.start
    shown = won_weeks(Figures(report, None), style())
    # Every third is named, the last but two of thirteen among them.
    assert any(re.search(r"W45 +W48 +W51 +W02\b", text) for text in texts(shown))


def won_and_lost() -> Log:
    log = Log()
    for _ in range(3):
        log.win(log.path(LEAD, QUALIFY, PROPOSAL), 9, 1_000_000)
    for _ in range(2):
        log.lose(log.path(LEAD, QUALIFY), 9, "price")
    log.add(1, QUALIFY, value=4_000_000, close="2026-01-25", owner="bo")
    return log


@pytest.mark.parametrize("tab", TABS)
@pytest.mark.parametrize("width", [40, 80, 120, 200])
@pytest.mark.parametrize("glyphs", list(Glyphs))
def test_every_line_fits_the_screen_and_every_spot_is_in_it(
    tab: TabName, width: int, glyphs: Glyphs
) -> None:
    report = Report(won_and_lost().basis(20, JANUARY))
    block = draw_tab(tab, Figures(report, report), style(width, glyphs))
    assert all(width_of(line) <= width for line in block.lines)
    assert all(spot.x > 0 and spot.x + spot.width <= width for spot in block.spots)
    assert all(spot.y < len(block.lines) for spot in block.spots)
    if glyphs is Glyphs.ASCII:
        lines = [text_of(spelled(line, glyphs)) for line in block.lines]
        assert [line for line in lines if not line.isascii()] == []


@given(logs())
def test_any_history_can_be_drawn(log: Log) -> None:
    figures = Figures(Report(log.basis(60, JANUARY)))
    for tab in TABS:
        for width in (60, 120):
            assert draw_tab(tab, figures, style(width)).lines


@pytest.mark.parametrize("tab", TABS)
def test_nothing_at_all_can_be_drawn(tab: TabName) -> None:
    assert drawn(tab, Log()).lines


def test_what_is_missing_is_not_a_zero_and_says_why() -> None:
    block = drawn(TabName.OVERVIEW, Log())
    assert "n/a" in line_with(block, "Win rate")
    assert "n/a (no closed deals)" in spot(block, "Win rate").summary


def test_few_deals_make_a_pale_number_with_its_count() -> None:
    log = Log()
    log.win(log.add(0), 1)
    log.lose(log.add(0), 1)
    block = drawn(TabName.OVERVIEW, log)
    assert "50% n=2" in line_with(block, "Win rate")
    (line,) = (line for line in block.lines if "Win rate" in text_of(line))
    assert next(role for text, role in line if text == "50%") == "text.dim"
    enough = drawn(TabName.OVERVIEW, won_and_lost())
    (line,) = (line for line in enough.lines if "Win rate" in text_of(line))
    assert next(role for text, role in line if text == "60%") == "text.strong"


def test_a_rate_says_what_it_rests_on() -> None:
    summary = spot(drawn(TabName.OVERVIEW, won_and_lost()), "Win rate").summary
    assert summary.endswith("(n=5; 23% to 88%)")


def test_behind_a_number_are_the_deals_that_it_counts() -> None:
    log = won_and_lost()
    overview, losses = drawn(TabName.OVERVIEW, log), drawn(TabName.LOSSES, log)
    assert ids(spot(overview, "Won").deals) == [1, 2, 3]
    assert ids(spot(overview, "Win rate").deals) == [1, 2, 3]
    assert ids(spot(overview, "Open value").deals) == [6]
    assert ids(spot(overview, "Entered Qualify").deals) == [1, 2, 3, 4, 5, 6]
    assert ids(spot(overview, "Closing in 2026-01").deals) == [6]
    assert ids(spot(losses, "Lost: price").deals) == [4, 5]
    assert ids(spot(losses, "Lost from Qualify").deals) == [4, 5]
    assert ids(spot(drawn(TabName.REPS, log), "@bo: open deals").deals) == [6]


def test_the_three_answers_stand_first() -> None:
    lines = texts(drawn(TabName.OVERVIEW, won_and_lost()))
    first = [line.split()[0] for line in lines[:8] if line[1:2].strip()]
    assert first[:3] == ["Target", "Stuck", "Forecast"]


def test_changes_against_another_period_have_their_direction() -> None:
    less = Log()
    less.win(less.add(0), 1, 2_000_000)
    block = drawn(TabName.OVERVIEW, won_and_lost(), before=less)
    assert "€30k ▲ 50%" in line_with(block, "Won value")
    spans = [span for line in block.lines for span in line]
    roles = {text[1]: role for text, role in spans if text[:2] in (" ▲", " ▼")}
    assert roles["▲"] == "chart.good" and roles["▼"] == "chart.bad"


def test_the_funnel_has_a_row_for_each_stage_and_one_for_the_wins() -> None:
    block = drawn(TabName.FUNNEL, won_and_lost())
    assert "6" in line_with(block, "Qualify ")
    assert spot(block, "Entered Proposal").summary == "Proposal: 3 of 3 went on (n=3; 44% to 100%)"
    assert ids(spot(block, "Won in 2026-01").deals) == [1, 2, 3]


def test_the_cursor_is_a_bar_in_front_of_its_number() -> None:
    block = drawn(TabName.OVERVIEW, won_and_lost())
    for place, where in enumerate(block.spots):
        line = text_of(marked(block, place)[where.y])
        assert line[where.x - 1] == "▌"
        assert line[where.x :] == text_of(block.lines[where.y])[where.x :]
    assert marked(block, 10_000) == block.lines


def test_a_click_finds_the_number_that_it_meets() -> None:
    block = drawn(TabName.OVERVIEW, won_and_lost())
    for place, where in enumerate(block.spots):
        begin, end = where.x - GUTTER, where.x + where.width
        assert {spot_at(block, x, where.y) for x in (begin, where.x, end - 1)} == {place}
        assert place not in {spot_at(block, x, where.y) for x in (begin - 1, end)}
    assert spot_at(block, 0, 10_000) is None


def test_the_tabs_have_their_numbers_and_shrink_to_them() -> None:
    assert text_of(tab_strip(TabName, TabName.FUNNEL, 80)).startswith(
        "  1 Overview [2 Funnel] 3 Ageing "
    )
    narrow = text_of(tab_strip(TabName, TabName.FUNNEL, 66)).rstrip()
    assert narrow == "  1 Over… [2 Funnel] 3 Agei…  4 Fore…  5 Acti…  6 Loss…  7 Reps"
    assert (
        text_of(tab_strip(TabName, TabName.FUNNEL, 40)).rstrip() == "  1 [2 Funnel] 3  4  5  6  7"
    )


def test_hostile_names_do_not_reach_the_lines() -> None:
    log = won_and_lost()
    for count in range(3):
        log.close(6, 2 + count, f"2026-{3 + count:02}-01")
    hostile = "\x1b]52;c;aGk=\x07[b]Lumen\u202e"
    figures = Figures(Report(log.basis(20, JANUARY)), names={6: hostile})
    block = draw_tab(TabName.FORECAST, figures, style())
    assert all(text == printable(text) for text in texts(block))


def test_changes_of_amounts_without_a_rate_are_not_nothing() -> None:
    log = Log()
    log.add(1, QUALIFY, value=4_000_000, currency="JPY", close="2026-01-25")
    assert re.search(r"^ end +.*n/a", line_with(drawn(TabName.FORECAST, log), " end "))


def test_deals_that_nobody_has_are_called_so_on_every_tab() -> None:
    log = Log()
    log.say(log.add(owner=""), 3, "touch", what="call out")
    log.move(1, 4, QUALIFY)
    shown = [spot for tab in TABS for spot in drawn(tab, log).spots]
    assert {"Touched by nobody", "Advanced by nobody"} <= {spot.title for spot in shown}
    assert [spot for spot in shown if "None" in spot.title + spot.summary] == []


def test_every_number_has_a_place_to_be_explained() -> None:
    for name, definition in METRICS.items():
        assert definition.summary.endswith("."), name


OF_SCRIPTS_ALONE = {
    "cycle_days_mean": "the median is less moved by one deal",
    "cycle_days_p90": "the cycle that older deals are held against",
    "cycle_days_active_median": "the cycle less what was parked",
    "cycle_days_qualified_median": "a part of the cycle",
    "close_days_km_median": "the cycle of wins says it in a plainer way",
    "deal_size_median": "velocity and coverage rest on the mean",
    "open_deal_size_mean": "open value and open count say it",
    "value_kept": "won above what it stood at is in the waterfall",
    "created_and_won_share": "created and won is in the waterfall",
    "forecast_cautious": "the measured forecast takes age into account",
    "lead_velocity_average": "the months are drawn",
    "adherence": "drawn by rep",
    "win_chance": "the measured forecast, without money",
}
"""Numbers that no tab shows by their name: `metrics --json` and its like do."""


def test_every_number_stands_on_a_tab_or_says_why_not() -> None:
    told = "".join(path.read_text("utf-8") for path in Path(tabs.__file__).parent.glob("*.py"))
    nowhere = {name for name in METRICS if f'"{name}"' not in told}
    assert nowhere == set(OF_SCRIPTS_ALONE), "OF_SCRIPTS_ALONE wants the reason"


def rows_of(figures: Figures, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, TableRow]]:
    """The rows of all tables of all tabs, each number under its head."""
    found: list[tuple[str, TableRow]] = []

    def noted(heads: Sequence[str], rows: Sequence[TableRow], *more: Any) -> DrawnTable:
        found.extend((",".join(heads), row) for row in rows)
        return table(heads, rows, *more)

    monkeypatch.setattr(sections, "table", noted)
    for tab in TABS:
        draw_tab(tab, figures, style(160))
    return found


NOT_OF_THE_ROW = ("Given", "Open at the start")
"""Of chances that were given, and of forecasts."""
CHANGES = "Pipeline,"
"""A line of the ledger is what it changed by."""


@pytest.mark.parametrize(("day", "label"), [(250, "2026Q3"), (320, "2026Q3"), (330, "all")])
def test_a_row_counts_and_adds_up_the_deals_behind_it(
    day: float, label: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every tab: the deals of a row are as many as stand in it, and worth what stands there."""
    report = Report(made_up_year().basis(day, period(label), rules=replace(UTC_RULES, rates=RATES)))
    tried: Counter[str] = Counter()
    for part in (report, *report.groups(by_owner(report.basis.rules)).values()):
        for heads, row in rows_of(Figures(part), monkeypatch):
            texts = [text for text, _ in row.cells]
            told = dict(zip(heads.split(","), texts, strict=False))
            if row.title.startswith(NOT_OF_THE_ROW):
                continue
            if heads.startswith(("deals,", "open,")):
                assert texts[0] == f"{len(row.deals)}", row.title
                tried["deals"] += 1
            if heads.startswith(("deals,value", "deals,open")) and CHANGES not in row.title:
                over = (part.basis, part.stock)
                worth = {style().say.number(one.tally(row.deals).metric()) for one in over}
                assert texts[1] in worth, row.title
                tried["value"] += 1
            if "stalled" in told and "med d" in told:
                assert told["deals"] == f"{len(row.deals)}", row.title
                tried["late"] += 1
    assert min(tried.values()) > 15 and len(tried) == 3


@pytest.mark.parametrize("tab", [TabName.AGEING, TabName.OVERVIEW])
def test_the_ages_of_open_deals_have_a_row_for_those_of_unknown_age(tab: TabName) -> None:
    log = Log()
    log.add(1, LEAD)
    assert not [text for text in texts(drawn(tab, log, 20)) if " unknown " in text]
    log.forget_when(log.add(1, LEAD))
    found = drawn(tab, log, 20)
    (row,) = [text for text in texts(found) if " unknown " in text]
    assert row.split()[-2:] == ["1", "n/a"]
    said = [spot.summary for spot in found.spots if spot.title == "Open, unknown in stage"]
    assert said == ["1 open deal in stage since nobody knows when."]


def test_a_share_of_the_open_deals_is_neither_nothing_nor_all_unless_it_is() -> None:
    log = Log()
    for number in range(201):
        log.add(1, LEAD, value=None if number else 100, close="2026-01-30")
    hygiene = [text for text in texts(drawn(TabName.AGEING, log, 2)) if "no value" in text]
    assert hygiene[0].split()[-2:] == ["n/a", "99.5%"]


MANY_DEALS = 20


def test_a_list_that_names_some_deals_counts_the_others_and_opens_all() -> None:
    log = Log()
    for number in range(2 * MANY_DEALS):
        deal = log.add(1, LEAD, value=100, close="2026-01-30")
        for month in (2, 3):
            log.close(deal, month, f"2026-0{month}-20")
        for day in range(8 if number % 2 else 0):
            log.say(deal, 4 + day, "touch", what="email out")
    spots = {
        spot.title: len(spot.deals)
        for tab in TABS
        for spot in drawn(tab, log, 100).spots
        if "in all: these" in spot.summary
    }
    assert spots == {
        "Stalled deals": 2 * MANY_DEALS,
        "Silent after 5 touches": MANY_DEALS,
        "Never heard from us": MANY_DEALS,
        "Close date moved twice or more": 2 * MANY_DEALS,
    }
    lines = [text.strip() for tab in TABS for text in texts(drawn(tab, log, 100))]
    for count in (MANY_DEALS, 2 * MANY_DEALS):
        assert any(f"{count - NAMED} more" in line for line in lines)


@pytest.mark.parametrize(
    ("list_of", "title"),
    [
        (stuck_deals, "Stalled deals (11)"),
        (unanswered, "Never heard from us (11)"),
        (dead, "Silent after 5 touches: lose them? (11)"),
        (slipping, "Close date moved twice or more (11)"),
    ],
)
def test_a_list_of_deals_names_the_first_eight_and_counts_them_all(
    list_of: Callable[[Figures, ChartStyle], Block], title: str
) -> None:
    log = Log()
    for _ in range(11):
        deal = log.add(0, close="2026-02-01")
        log.close(deal, 1, "2026-03-01")
        log.close(deal, 2, "2026-04-01")
        for day in range(3, 8) if list_of is not unanswered else ():
            log.say(deal, day, "touch", what="email out")
    block = list_of(Figures(Report(log.basis(31, JANUARY))), style())
    assert title in texts(block)[0]
    *named, rest = block.spots
    assert [spot.deals[0].id for spot in named] == list(range(1, 9))
    assert len(rest.deals) == 11


def test_what_was_moved_thrice_stands_out_from_what_was_moved_twice() -> None:
    log = Log()
    for times in (2, 3):
        deal = log.add(0, close="2026-02-01")
        for month in range(times):
            log.close(deal, 1 + month, f"2026-0{3 + month}-01")
    lines = slipping(Figures(Report(log.basis(31, JANUARY))), style()).lines
    roles = {text.strip(): role for line in lines for text, role in line}
    assert (roles["2x"], roles["3x"]) == ("text", "chart.bad")


def test_each_past_forecast_stands_under_its_name() -> None:
    report = Report(made_up_year().basis(250, period("2026Q3")))
    (score,) = report.backtest.scores
    (line,) = (
        line for line in past_forecasts(Figures(report), style()).lines if "Q2" in text_of(line)
    )
    assert len({*score.said.values()}) > 1
    money = style().say.money
    assert text_of(line).split() == [
        "2026Q2", *(money(score.said[name]) for name in ("stated", "table", "measured")),
        money(score.came),
    ]  # fmt: skip


def test_past_forecasts_are_told_in_wins_where_most_deals_had_no_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = Report(made_up_year().basis(250, period("2026Q3")))
    (score,) = report.backtest.scores
    monkeypatch.setattr(Report, "backtest", replace(report.backtest, by_count=True))
    (line,) = (
        line for line in past_forecasts(Figures(report), style()).lines if "Q2" in text_of(line)
    )
    said = (decimal(score.said_wins[name]) for name in ("stated", "table", "measured"))
    assert text_of(line).split() == ["2026Q2", *said, str(score.wins)]
    assert score.wins > 0


@pytest.mark.parametrize(
    ("surplus", "remaining", "is_over", "standing", "role"),
    [
        (5, None, True, None, "chart.good"),
        (None, 5, True, None, "chart.bad"),
        (None, 5, False, CoverageVerdict.SHORT, "chart.bad"),
        (None, 5, False, CoverageVerdict.ENOUGH, "pane.head"),
        (None, 5, False, CoverageVerdict.TOO_HIGH, "pane.head"),
        (None, None, True, None, "pane.head"),
    ],
)
def test_a_target_is_good_once_it_is_reached_and_bad_where_it_is_out_of_reach(
    surplus: int | None,
    remaining: int | None,
    is_over: bool,
    standing: CoverageVerdict | None,
    role: str,
) -> None:
    coverage = SimpleNamespace(surplus=surplus, remaining=remaining, standing=standing)
    basis = SimpleNamespace(now=1, end=1 if is_over else 2)
    shown: Any = SimpleNamespace(report=SimpleNamespace(coverage=coverage, basis=basis))
    assert str(tabs._target_role(shown)) == role


@pytest.mark.parametrize(
    ("right_before", "shown"),
    [(None, "stated"), ("stated", "stated"), ("table", "table"), ("measured", "measured")],
)
def test_the_deals_behind_the_forecast_are_those_of_the_one_that_is_believed(
    right_before: str | None, shown: str
) -> None:
    forecast = SimpleNamespace(stated="stated", table="table", measured="measured")
    report: Any = SimpleNamespace(
        forecast=forecast, backtest=SimpleNamespace(believed=right_before)
    )
    assert str(tabs.believed(report)) == shown


def measured(value: Fraction | int | None, n: int = 30, unit: Unit = Unit.DAYS) -> Metric:
    return Metric(value, unit, n=n, reason=None if value is not None else "nothing to count")


@pytest.mark.parametrize(
    ("metric", "limit", "shown"),
    [
        (measured(None), 14, ("-", "text.dim")),
        (measured(14), 14, ("14", "text")),
        (measured(Fraction(141, 10)), 14, ("14!", "chart.bad")),
        (measured(14, n=1), 14, ("14", "text.dim")),
        (measured(15, n=1), 14, ("15!", "text.dim")),
        (measured(15), None, ("15", "text")),
    ],
)
def test_days_past_their_limit_are_marked_and_those_at_it_are_not(
    metric: Metric, limit: int | None, shown: tuple[str, str]
) -> None:
    assert funnel.days(metric, limit) == shown


def test_a_month_that_is_running_has_a_paler_bar_and_says_so() -> None:
    growth = measured(Fraction(1, 2), unit=Unit.RATIO)
    months = [LeadMonth("2026-01", 4, 2, growth, False), LeadMonth("2026-02", 4, 4, growth, True)]
    basis = SimpleNamespace(
        rules=SimpleNamespace(qualifying=(QUALIFY,)), deals=SimpleNamespace(qualified=())
    )
    report = SimpleNamespace(lead_months=months, basis=basis)
    block = funnel.leads(cast("Figures", SimpleNamespace(report=report)), style())
    bars = {
        text_of(line).split()[0]: [role for text, role in line if "█" in text]
        for line in block.lines
        if "2026-" in text_of(line)
    }
    assert bars == {"2026-01": ["chart.full"], "2026-02": ["chart.rest"]}
    assert ["so far" in text for text in texts(block) if "2026-" in text] == [False, True]


def test_a_rep_who_called_before_or_calls_now_is_told_and_another_not() -> None:
    def rep(call: int | None, *periods: str) -> Any:
        error = Fraction(1, 10) if periods else None
        return SimpleNamespace(
            metric=lambda name: measured(call if name == "forecast_call" else 5, unit=Unit.MINOR),
            call_record=SimpleNamespace(periods=periods, error=error),
        )

    reps = {"ana": rep(None), "bo": rep(500), "cy": rep(None, "2025Q4"), "di": rep(900, "2025Q4")}
    block = funnel.calls(cast("Figures", SimpleNamespace(reps=reps)), style())
    told = [text.split() for text in texts(block) if "@" in text]
    assert [(row[0], row[1] == "-", row[-1]) for row in told] == [
        ("@bo", False, "-"), ("@cy", True, "10%"), ("@di", False, "10%")
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("remaining", "filled", "role"),
    [
        (1_000, 0, "chart.rest"),
        (500, 5, "chart.full"),
        (1, 10, "chart.full"),
        (0, 10, "chart.good"),
        (-200, 10, "chart.good"),
    ],
)
def test_the_bar_of_a_target_is_that_of_one_reached_from_all_of_it_on(
    remaining: int, filled: int, role: str
) -> None:
    coverage = SimpleNamespace(
        target=measured(1_000, unit=Unit.MINOR),
        remaining=remaining,
        surplus=-remaining if remaining <= 0 else None,
    )
    shown = cast("Figures", SimpleNamespace(report=SimpleNamespace(coverage=coverage)))
    line = tabs._progress(shown, style())
    assert text_of(line).count("█") * 10 // tabs._BAR == filled
    assert next(drawn_in for text, drawn_in in line if text.strip()) == role


def test_without_a_target_there_is_no_bar() -> None:
    for target, remaining in ((None, None), (0, 0)):
        coverage = SimpleNamespace(target=measured(target, unit=Unit.MINOR), remaining=remaining)
        shown = cast("Figures", SimpleNamespace(report=SimpleNamespace(coverage=coverage)))
        assert tabs._progress(shown, style()) == ()


def test_losses_are_told_of_each_stage_and_of_a_retired_one_that_has_some() -> None:
    stages = [
        SimpleNamespace(id=1, name="Lead", retired=False),
        SimpleNamespace(id=2, name="Old", retired=True),
        SimpleNamespace(id=3, name="Gone", retired=True),
    ]
    basis = SimpleNamespace(
        lost=[SimpleNamespace(id=9, stage_id=2)],
        rules=SimpleNamespace(open_stages=stages, qualifying=frozenset()),
        tally=lambda deals: SimpleNamespace(metric=lambda: measured(5, unit=Unit.MINOR)),
    )
    shown = cast("Figures", SimpleNamespace(report=SimpleNamespace(basis=basis)))
    named = [text.split()[0] for text in texts(funnel.by_stage(shown, style()))]
    assert [name for name in named if name in ("Lead", "Old", "Gone")] == ["Lead", "Old"]


@pytest.mark.parametrize(
    ("asked", "compares", "against"),
    [("2026-01", True, True), ("2026-01", False, False), ("all", True, False)],
)
def test_the_heading_says_against_which_period_where_there_is_one(
    asked: str, compares: bool, against: bool
) -> None:
    view = ReportView(PIPELINE, period(asked), compares=compares)
    title, _ = tabs.heading(view, 200, at=datetime(2026, 1, 20, 9, 0, tzinfo=UTC))
    assert ("against 2025-12  as of 09:00" in text_of(title)) is against
    assert "as of 09:00" in text_of(title)


@pytest.mark.parametrize("width", [40, 44, 50, 60, 80, 120])
@pytest.mark.parametrize(
    ("owner", "filter_text", "taken"),
    [
        (None, "", 0),
        (None, "", 7),
        ("mara", "", 7),
        (None, "ost", 7),
        (None, "value>20k stage:2", 7),
    ],
)
def test_the_heading_says_of_which_period_the_numbers_are_at_every_width(
    width: int, owner: str | None, filter_text: str, taken: int
) -> None:
    pipeline = replace(PIPELINE, name="New business in the north and the south")
    view = ReportView(pipeline, period("2026-01"), owner, filter_text=filter_text)
    title, _ = tabs.heading(view, width, at=datetime(2026, 1, 20, 9, 0, tzinfo=UTC), taken=taken)
    shown = text_of(title)[: width - taken]
    assert width_of(title) == width
    for told in ("Metrics", "2026-01", f"@{owner}" if owner else "", filter_text[:4]):
        assert told in shown


@pytest.mark.parametrize("overstays", [False, True])
@pytest.mark.parametrize("idles", [False, True])
def test_of_an_old_deal_what_is_too_long_stands_out_and_the_other_not(
    overstays: bool, idles: bool
) -> None:
    deal = SimpleNamespace(stage_id=QUALIFY)
    age: Any = SimpleNamespace(
        deal=deal, days_in_stage=31, overstays=overstays, idle_days=9, idles=idles
    )
    shown: Any = SimpleNamespace(stage_name=lambda _: "Qualify", name_of=lambda _: "Lumen Oy")
    row = activity._aged(shown, age)
    roles = {False: "text", True: "chart.bad"}
    assert row.cells[1:] == (("31", roles[overstays]), ("9", roles[idles]))
    assert row.summary == "Lumen Oy: 31 days in its stage, 9 since the last touch."


def test_the_week_that_is_running_has_a_paler_column() -> None:
    def roles(day: float) -> set[str]:
        report = Report(won_and_lost().basis(day, JANUARY))
        block = won_weeks(Figures(report), style())
        return {role for line in block.lines for text, role in line if "█" in text}

    # It was won on the tenth: in a week that runs, and in one that is over.
    assert (roles(9.5), roles(20)) == ({"chart.rest"}, {"chart.full"})


# What is drawn of numbers that are made up: the bars, and which rows there are.


def entries_of(drawn_in: Any, part: Callable[..., Any], shown: Any) -> list[TableRow]:
    """The rows of a part, before they become lines."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(drawn_in, "section", lambda title, heads, entries, *_, **__: entries)
        rows: list[TableRow] = part(shown, style())
    return rows


@pytest.mark.parametrize(
    ("entered", "won", "bars"),
    [
        ((2, 4), 8, (Fraction(1, 4), Fraction(1, 2), Fraction(1))),
        ((8, 4), 2, (Fraction(1), Fraction(1, 2), Fraction(1, 4))),
        ((0, 0), 0, (0, 0, 0)),
    ],
)
def test_the_longest_bar_of_the_funnel_is_that_of_the_most_deals(
    entered: tuple[int, int], won: int, bars: tuple[Fraction, ...]
) -> None:
    stages = [
        SimpleNamespace(
            stage=SimpleNamespace(name=f"Stage {count}", expected_days=None),
            entered=count,
            conversion=measured(None, unit=Unit.RATIO),
            dwell=SimpleNamespace(km_median=measured(None), p80=measured(None)),
        )
        for count in entered
    ]
    wins = replace(measured(won, unit=Unit.COUNT), n=won)
    report = SimpleNamespace(
        stages=stages,
        metric=lambda name: {"won_count": wins}[name],
        basis=SimpleNamespace(period=SimpleNamespace(label="2026Q4")),
    )
    rows = entries_of(funnel, funnel.cohorts, SimpleNamespace(report=report, won_stage="Won"))
    assert tuple(row.full for row in rows) == bars
    assert [row.bar_role for row in rows[-1:]] == ["chart.good"]


def test_the_bar_of_a_stage_is_its_value_and_in_it_what_that_is_at_the_deals_chances() -> None:
    stages = [
        SimpleNamespace(
            stage=SimpleNamespace(name=name),
            open_count=measured(2, unit=Unit.COUNT),
            open_value=measured(value, unit=Unit.MINOR),
            weighted_value=measured(weighted, unit=Unit.MINOR),
        )
        for name, value, weighted in (("Lead", 100, 40), ("Demo", 50, 25), ("None", None, None))
    ]
    shown = SimpleNamespace(report=SimpleNamespace(stages=stages))
    rows = entries_of(funnel, funnel.values, shown)
    assert [(row.full, row.whole) for row in rows] == [
        (Fraction(2, 5), 1), (Fraction(1, 4), Fraction(1, 2)), (0, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(("title", "lines"), [("x" * 11, 2), ("x" * 12, 3), ("x" * 13, 3)])
def test_a_title_stands_beside_the_heads_where_it_has_room(title: str, lines: int) -> None:
    row = TableRow("Lead", (("3", "text"),), "Lead", [], "Lead: 3.")
    room = table(("deals",), [row], style().width - sections.GUTTER, Glyphs.UNICODE).room
    block = sections.section(title + "x" * (room - 12), ("deals",), [row], style())
    assert len(block.lines) == lines
