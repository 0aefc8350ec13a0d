"""What the metrics screen is asked to show."""

from __future__ import annotations

from dataclasses import dataclass

from pipeboard.domain.filter_nodes import Filter
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui.draw.glyphs import Glyphs
from pipeboard.ui.draw.metrics.tab_names import TabName


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a person looks at: whose deals, which period, which tab, on how wide a screen."""

    pipeline: Pipeline
    period: Period
    owner: str | None = None
    query: Filter | None = None
    compares: bool = False
    tab: TabName = TabName.OVERVIEW
    width: int = 80
    glyphs: Glyphs = Glyphs.UNICODE
