"""The tabs by number, and the two lines above them."""

from __future__ import annotations

from pipeboard.ui.draw.line import Line, blank, exactly, width_of
from pipeboard.ui.draw.metrics.activity import activity_tab
from pipeboard.ui.draw.metrics.ageing import ageing_tab
from pipeboard.ui.draw.metrics.block import Block
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.metrics.forecast import forecast_tab
from pipeboard.ui.draw.metrics.funnel import funnel_tab
from pipeboard.ui.draw.metrics.layout import Draw, laid_out
from pipeboard.ui.draw.metrics.losses import losses_tab
from pipeboard.ui.draw.metrics.overview import overview_tab
from pipeboard.ui.draw.metrics.reps import reps_tab
from pipeboard.ui.draw.metrics.tab_names import TABS, TabName
from pipeboard.ui.draw.numbers import ChartStyle

_DRAW: dict[TabName, Draw] = {
    TabName.OVERVIEW: overview_tab,
    TabName.FUNNEL: funnel_tab,
    TabName.AGEING: ageing_tab,
    TabName.FORECAST: forecast_tab,
    TabName.ACTIVITY: activity_tab,
    TabName.LOSSES: losses_tab,
    TabName.REPS: reps_tab,
}


def draw_tab(tab: TabName, shown: Figures, style: ChartStyle) -> Block:
    """A tab as lines and spots; finds every number that it shows."""
    return laid_out(_DRAW[tab], shown, style)


def tab_strip(current: TabName, width: int) -> Line:
    """The tabs with their numbers, the current one in brackets."""
    for named in (True, False):
        line = [blank(1)]
        for place, tab in enumerate(TABS, 1):
            is_current = tab is current
            text = f"{place} {tab}" if named or is_current else str(place)
            shown = f"[{text}]" if is_current else f" {text} "
            line.append((shown, "strip.shown" if is_current else "strip"))
        if width_of(line) <= width:
            break
    return exactly(line, width)
