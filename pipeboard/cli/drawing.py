"""Numbers for people: the drawn overview of the metrics screen as lines on stdout."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Final

from pipeboard.cli.call import Call
from pipeboard.cli.output import BLUE, BOLD, DIM, GREEN, RED, YELLOW, terminal_width
from pipeboard.cli.tables import Table
from pipeboard.domain.counts import in_figures
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Report
from pipeboard.domain.metrics.calibration import FORECAST_LINES
from pipeboard.domain.metrics.names import numbers_named
from pipeboard.domain.metrics.report import footnote
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.metrics_tables import (
    FullReport,
    beside_groups,
    called,
    key_of,
    waterfall_table,
)
from pipeboard.exchange.page import words_of
from pipeboard.ui.draw.charts import ChartStyle
from pipeboard.ui.draw.line import Glyphs, choose_glyphs, spelled
from pipeboard.ui.draw.metrics import TabName
from pipeboard.ui.draw.metrics.sections import Figures, named_deals
from pipeboard.ui.draw.metrics.tabs import draw_tab
from pipeboard.ui.palette import Role

WIDTH = 80
_STYLES: Final[Mapping[Role, str]] = {
    "pane.head": BOLD,
    "text.strong": BOLD,
    "text.dim": DIM,
    "chart.label": DIM,
    "chart.rest": DIM,
    "chart.full": BLUE,
    "chart.good": GREEN,
    "chart.bad": RED,
    "chart.mark": YELLOW,
}


def draw_overview(call: Call, told: FullReport) -> None:
    """What the numbers say, the figures and the charts, then the groups beside each other."""
    report, before = told.report, told.before
    reader = call.workspace.reader
    names = {deal.id: deal.name for deal in reader.deals(named_deals(report)).values()}
    glyphs = choose_glyphs("auto", call.environ, sys.stdout.encoding or "")
    say = Wording(report.basis.rules.currency, signs=glyphs is Glyphs.UNICODE, manner=written())
    style = ChartStyle(terminal_width() or WIDTH, say, glyphs)
    first = numbers_named(call.config.text("figures"))
    block = draw_tab(TabName.OVERVIEW, Figures(report, before, names, first=first), style)
    against = f", against {before.basis.period.label}" if before else ""
    call.out.line((f" {told.headline}{against}", BOLD))
    call.out.line("")
    for line in block.lines:
        spans = spelled(line, glyphs)
        while spans and not spans[-1][0].strip():
            spans = spans[:-1]
        call.out.line(*((text, _STYLES.get(role, "")) for text, role in spans))
    call.out.line("")
    call.out.line((f" {footnote(report)}", DIM))
    if told.groups:
        call.out.line("")
        _write_groups(call, told.groups, say)
    plain = Wording(report.basis.rules.currency, manner=written())
    if told.flow is not None:
        call.out.line("")
        _write_changes(call, told.flow, plain)
    if told.history:
        _write_history(call, report, plain)


def _write_groups(call: Call, groups: Mapping[Group, Report], say: Wording) -> None:
    beside = beside_groups(groups)
    headings = ("group", *(METRICS[name].label.lower() for name in beside), "n")
    rows = (
        (
            called(name, group),
            *(say.number(group.metric(metric)) for metric in beside),
            in_figures(group.metric("win_rate").n),
        )
        for name, group in groups.items()
    )
    right = range(1, len(headings))
    Table(headings, right=right, elastic=(0,)).write(call.out, rows)


def _write_changes(call: Call, flow: Waterfall, say: Wording) -> None:
    table = waterfall_table(flow)
    rows = (
        (table.keys[key_of(row)], words_of(row["count"], say), words_of(row["value"], say))
        for row in table.rows
        if row["count"] or key_of(row) in ("start", "end")
    )
    Table(("what changed", "deals", "value"), right=(1, 2)).write(call.out, rows)


def _write_history(call: Call, report: Report, say: Wording) -> None:
    if not report.forecast_history:
        call.out.say("No period of that kind is over yet: no forecast has been held against it.")
        return
    rows = (
        (
            f"{one.period.label} week {one.week}",
            *(say.money(one.said[name]) for name in FORECAST_LINES),
            say.money(one.came),
        )
        for one in report.forecast_history
    )
    call.out.line("")
    Table(("said at", *FORECAST_LINES, "came"), right=range(1, 7)).write(call.out, rows)
