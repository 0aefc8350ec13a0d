"""Figures that tabs are drawn from: a report, one to compare with, and the reps' own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from functools import cached_property

from pipeboard.domain.filter_nodes import Filter
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.metrics import Report, compare
from pipeboard.domain.metrics.basis import touched
from pipeboard.domain.metrics.grouping import Group, by_owner
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.process import waiting
from pipeboard.domain.metrics.report import MetricChange
from pipeboard.domain.metrics.time_in_stage import Age, ages, dead_candidates
from pipeboard.domain.metrics.waterfall import Waterfall, most_pushed, waterfall_of_days
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Pipeline, StageKind
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.draw.metrics.tab_names import TabName


@dataclass(frozen=True, slots=True)
class ReportView:
    """What a person looks at: whose deals, which period, which tab, on how wide a screen; sums in
    `currency`, or in the pipeline's; `since` are the days that the waterfall is of."""

    pipeline: Pipeline
    period: Period
    owner: str | None = None
    query: Filter | None = None
    compares: bool = False
    tab: TabName = TabName.OVERVIEW
    width: int = 80
    glyphs: Glyphs = Glyphs.UNICODE
    currency: str = ""
    since: tuple[date, date | None] | None = None
    everyone: str = "everyone"


NAMED = 8
"""Deals that a list on a tab names; the others are behind its number."""


@dataclass(frozen=True)
class Figures:
    """The numbers of one period; parts of them are found when a tab shows them.

    `names` has the deals that lists name, `value` of them is worded where they are drawn.
    """

    report: Report
    before: Report | None = None
    names: Mapping[int, str] = field(default_factory=dict)
    since: tuple[date, date | None] | None = None

    @cached_property
    def reps(self) -> Mapping[Group, Report]:
        """Each rep's own numbers, by name."""
        return self.report.groups(by_owner(self.report.basis.rules))

    @cached_property
    def changes(self) -> Mapping[str, MetricChange]:
        """Every number against the period before; empty where nothing is compared."""
        return compare(self.report, self.before) if self.before else {}

    @property
    def flow(self) -> Waterfall:
        """Why the pipeline changed since the period began, or in the days asked for."""
        if self.since is None:
            return self.report.waterfall
        return waterfall_of_days(self.report.basis, *self.since)

    def name_of(self, deal: DealHistory) -> str:
        """A deal as lists name it."""
        return self.names.get(deal.id, f"D-{deal.id}")

    def stage_name(self, stage_id: int) -> str:
        return self.report.basis.rules.pipeline.stage(stage_id).name

    @cached_property
    def won_stage(self) -> str:
        """What a win is called here."""
        stages = self.report.basis.rules.pipeline.stages
        return next(stage.name for stage in stages if stage.kind is StageKind.WON)


def oldest(report: Report) -> Sequence[Age]:
    """The stalled deals, those longest in their stage first."""
    found = [age for age in report.stock.once(ages) if age.is_stalled]
    return sorted(found, key=lambda age: (-(age.days_in_stage or 0), age.deal.id))


def pushed(report: Report) -> Sequence[tuple[DealHistory, int]]:
    """The open deals whose close date was moved most often."""
    return most_pushed(report.stock)


def waits(report: Report) -> Sequence[tuple[DealHistory, Fraction]]:
    """The open deals that nobody got in touch with, and for how many hours."""
    return waiting(report.stock)


def touched_by(report: Report) -> Mapping[Group, Sequence[DealHistory]]:
    """The deals that each rep was in touch with in the period, while they were theirs."""
    basis = report.basis
    found: defaultdict[Group, dict[DealHistory, None]] = defaultdict(dict)
    for at, _, deal in touched(basis, basis.start, basis.end):
        if basis.happened_in_group(deal, at):
            found[deal.owner_at(at) or None][deal] = None
    return {owner: list(deals) for owner, deals in found.items()}


def named_deals(report: Report) -> set[int]:
    """The deals that the lists of all tabs name."""
    lists: Sequence[Sequence[DealHistory]] = (
        [age.deal for age in oldest(report)[:NAMED]],
        [deal for deal, _ in pushed(report)[:NAMED]],
        [deal for deal, _ in waits(report)[:NAMED]],
        dead_candidates(report.stock)[:NAMED],
    )
    return {deal.id for deals in lists for deal in deals}
