"""Everything that the numbers of a pipeline say, found part by part when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics import conversion
from pipeboard.domain.metrics.basis import Basis, Happening, by_event, put_aside, touched
from pipeboard.domain.metrics.calibration import (
    Calibration,
    WeekForecast,
    calibration,
    forecast_history,
)
from pipeboard.domain.metrics.conversion import Cohort
from pipeboard.domain.metrics.coverage import Coverage, coverage
from pipeboard.domain.metrics.cycle import time_to_win
from pipeboard.domain.metrics.forecast import (
    Forecast,
    Month,
    forecast,
    months,
    open_by_stage,
    rose_tint_by_stage,
    weighted_value,
)
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.outcomes import LossReason, loss_reasons
from pipeboard.domain.metrics.past_forecasts import Backtest, backtest
from pipeboard.domain.metrics.process import (
    ProcessCompliance,
    Touches,
    adherence,
    advances,
    quotes,
    touches,
)
from pipeboard.domain.metrics.result import Metric, count
from pipeboard.domain.metrics.rules import Group, Grouping
from pipeboard.domain.metrics.targets import CallRecord, call_record, own_call, target_of
from pipeboard.domain.metrics.time_in_stage import (
    Bottleneck,
    Overstay,
    TimeInStage,
    bottleneck,
    dwell,
    expected_days,
    overstay_by_stage,
    stalled_by_stage,
)
from pipeboard.domain.metrics.velocity import LeadMonth, Week, is_stale, lead_velocity, weeks
from pipeboard.domain.metrics.waterfall import Waterfall, due_at_start, pushes_of, waterfall
from pipeboard.domain.pipeline import Stage

# Which groups there are: nothing that is counted in the whole is in none of them.

_HAPPENED: tuple[Callable[[Basis], Sequence[Happening]], ...] = (
    quotes,
    advances,
    pushes_of,
    put_aside,
)


def partition(basis: Basis, grouping: Grouping) -> dict[Group, Basis]:
    """Every group with a deal or an event that some number of the report counts, a target or a
    call of its own, in order; what is unknown comes last."""
    parts, busy = basis.split(grouping), set(_by_events(basis, grouping))
    for name in (*busy, *_with_goals(basis, grouping)):
        if name not in parts:
            parts[name] = basis.nothing_of(grouping, name)
    return {
        name: parts[name]
        for name in grouping.sorted(parts)
        if name in busy
        or _counts(parts[name])
        or target_of(parts[name]).value is not None
        or own_call(parts[name].stock).value is not None
    }


def _counts(part: Basis) -> bool:
    """Whether a number of the group's own deals, of the period or the trailing window, is not 0."""
    days = max(part.rules.run_rate_days, part.rules.velocity_days)
    return bool(
        part.deals.open
        or part.stock.deals.open
        or part.created
        or part.closed
        or part.stock.closed_within(days)
        or any(part.holds(at) for at, _ in (*part.deals.qualified, *part.deals.marketing))
    )


def _by_events(basis: Basis, grouping: Grouping) -> Iterator[Group]:
    """The groups of what happened to deals in the period, and of those due at its start."""
    for find in _HAPPENED:
        for happened in basis.once(find):
            yield by_event(grouping, happened)
    for us, deal in basis.once(due_at_start) if basis.start <= basis.now else ():
        yield grouping.standing(deal, us)
    for at, _, deal in touched(basis, basis.start, basis.end):
        if basis.happened_in_group(deal, at):
            yield grouping.event(deal, at)
    yield from basis.grouped_visits(grouping)


def _with_goals(basis: Basis, grouping: Grouping) -> Iterator[Group]:
    """The groups that somebody has set any target for, or that have called any period."""
    for _, owner in basis.stock.rules.calls:
        if grouping.scope == "owner":
            yield owner
        elif grouping.scope == "team":
            yield basis.stock.rules.teams.get(owner) or None
    for target in basis.rules.targets:
        if grouping.scope == "owner" and target.owner:
            yield target.owner
        elif grouping.scope == "team":
            yield target.team or basis.rules.teams.get(target.owner) or None


@dataclass(frozen=True, slots=True)
class StageNumbers:
    """One stage of the funnel: the cohort that entered it in the period, how long deals stay in
    it, and what stands in it now, or at the end of a period that is over. `limit` is the days that
    overstay is counted from: as set, else the usual stay."""

    stage: Stage
    entered: int
    open_count: Metric
    open_value: Metric
    weighted_value: Metric
    conversion: Metric
    resolved: Metric
    dwell: TimeInStage
    overstay: Overstay
    limit: Fraction | int | None
    cohort: Cohort
    stalled_count: int
    skipped: Metric
    regressions: int


class Report:
    """The numbers of one basis; every part is found once, when somebody looks at it."""

    def __init__(self, basis: Basis) -> None:
        self.basis = basis

    def metric(self, name: str) -> Metric:
        """A number of `METRICS`; `KeyError` for an unknown name."""
        definition = METRICS[name]
        return (self.stock if definition.at_end else self.basis).once(definition.of)

    @property
    def stock(self) -> Basis:
        """What stands open: now, or at the end of a period that is over."""
        return self.basis.stock

    @property
    def metrics(self) -> Mapping[str, Metric]:
        """All numbers by name."""
        return {name: self.metric(name) for name in METRICS}

    @property
    def stages(self) -> Sequence[StageNumbers]:
        """The funnel, without retired stages that nobody is in."""
        return self.basis.once(stage_numbers)

    @property
    def bottleneck(self) -> Bottleneck | None:
        return self.stock.once(bottleneck)

    @property
    def coverage(self) -> Coverage:
        return self.stock.once(coverage)

    @property
    def forecast(self) -> Forecast:
        return self.stock.once(forecast)

    @property
    def backtest(self) -> Backtest:
        """How right the forecasts were at the starts of past periods."""
        return self.stock.once(backtest)

    @property
    def call_record(self) -> CallRecord:
        """How right the reps' own calls were in past periods."""
        return self.stock.once(call_record)

    @property
    def forecast_history(self) -> Sequence[WeekForecast]:
        """What forecasts said week by week in past periods."""
        return self.stock.once(forecast_history)

    @property
    def rose_tint_by_stage(self) -> Mapping[int, Metric]:
        """Stated less measured forecast of the open deals of each stage."""
        return self.stock.once(rose_tint_by_stage)

    @property
    def time_to_win(self) -> Sequence[tuple[Fraction, float]]:
        """Days, and the share of the deals created in the period that is won by then."""
        return self.basis.once(time_to_win)

    @property
    def velocity_is_stale(self) -> bool:
        """The velocity promises more than twice what really comes in."""
        return is_stale(self.metric("velocity_per_day"), self.metric("run_rate_per_day"))

    @property
    def months(self) -> Sequence[Month]:
        return self.stock.once(months)

    @property
    def lead_months(self) -> Sequence[LeadMonth]:
        return self.basis.once(lead_velocity)

    @property
    def calibration(self) -> Calibration:
        return self.stock.once(calibration)

    @property
    def waterfall(self) -> Waterfall:
        return self.basis.once(waterfall)

    @property
    def loss_reasons(self) -> Sequence[LossReason]:
        return self.basis.once(loss_reasons)

    @property
    def touches(self) -> Sequence[Touches]:
        return self.basis.once(touches)

    @property
    def adherence(self) -> Sequence[ProcessCompliance]:
        return self.basis.once(adherence)

    @property
    def weeks(self) -> Sequence[Week]:
        return self.basis.once(weeks)

    def groups(self, grouping: Grouping) -> Mapping[Group, Report]:
        """The same report for every group with a counted deal, event or target (`partition`)."""
        return {name: Report(part) for name, part in partition(self.basis, grouping).items()}

    def only(self, grouping: Grouping, group: Group) -> Report:
        """The report of one group, such as a rep's own."""
        return Report(self.basis.only(grouping, group))


def stage_numbers(basis: Basis) -> Sequence[StageNumbers]:
    """The funnel stage by stage."""
    skips, stock = conversion.skipped(basis), basis.stock
    stalled = stalled_by_stage(stock)
    standing = {overstay.stage.id: overstay for overstay in stock.once(overstay_by_stage)}
    return [
        _stage(basis, standing[stage.id], skips[stage.id], stalled[stage.id])
        for stage in stock.rules.open_stages
        if not stage.retired or stock.once(open_by_stage)[stage.id]
    ]


def _stage(basis: Basis, overstay: Overstay, skipped: Metric, stalled: int) -> StageNumbers:
    stage, stock = overstay.stage, basis.stock
    deals = stock.once(open_by_stage)[stage.id]
    group = conversion.cohort(basis, stage)
    return StageNumbers(
        stage,
        len(group.everyone),
        count(deals),
        stock.tally(deals).metric(),
        weighted_value(stock, deals),
        conversion.conversion(group),
        conversion.resolved(group),
        dwell(basis, stage),
        overstay,
        stock.once(expected_days).get(stage.id),
        group,
        stalled,
        skipped,
        conversion.regressions(basis, stage),
    )


@dataclass(frozen=True, slots=True)
class MetricChange:
    """A number against that of another report: the difference, and as a share of the other."""

    now: Metric
    then: Metric
    difference: Fraction | None
    share: Fraction | None
    is_better: bool | None


def compare(now: Report, then: Report) -> Mapping[str, MetricChange]:
    """Every number against that of another period or instant; None where one has no value."""
    return {name: _change(name, now.metric(name), then.metric(name)) for name in METRICS}


def _change(name: str, now: Metric, then: Metric) -> MetricChange:
    if now.told is None or then.told is None:
        return MetricChange(now, then, None, None, None)
    # Of what is told, so that it is what lies between the two that stand beside it.
    difference, base = Fraction(now.told) - then.told, abs(Fraction(then.told))
    share = difference / base if base else None
    wanted = METRICS[name].more_is_better
    is_better = None if wanted is None or not difference else (difference > 0) is wanted
    return MetricChange(now, then, difference, share, is_better)


# What a report is of: said beside every output, so that no number stands without its question.


def scope_of(report: Report, filter_text: str = "", owner: str | None = None) -> Mapping[str, str]:
    """Pipeline, period, instant, filter, owner, zone, currency and windows, in words by name; what
    was not asked for is ""."""
    basis, rules = report.basis, report.basis.rules
    start, end = basis.period.instants(rules.zone)
    stock = report.stock.as_of
    over = report.stock is not basis
    return {
        "pipeline": rules.pipeline.name,
        "period": basis.period.label,
        "start": start.astimezone(rules.zone).isoformat(),
        "end": end.astimezone(rules.zone).isoformat(),
        "as_of": basis.as_of.astimezone(rules.zone).isoformat(),
        "stock_as_of": (stock if over else basis.as_of).astimezone(rules.zone).isoformat(),
        "filter": filter_text,
        "owner": owner or "",
        "zone": rules.settings.zone_name,
        "currency": rules.currency,
    }


def windows_of(report: Report) -> Mapping[str, int]:
    """How many days numbers look back that are not of the period: by what they are for."""
    rules = report.basis.rules
    return {
        "velocity": rules.velocity_days,
        "run_rate": rules.run_rate_days,
        "calibration": rules.measured_days,
        "win_given": rules.measured_days,
    }


def headline(report: Report, filter_text: str = "", owner: str | None = None) -> str:
    """`New business: 2026Q4, @mara, /source:referral, as of 2026-10-31 23:59 (Europe/Berlin)`."""
    basis, rules = report.basis, report.basis.rules
    parts = [f"{rules.pipeline.name}: {basis.period.label}"]
    if owner is not None:
        parts.append(f"@{owner}")
    if filter_text:
        parts.append(f"/{filter_text}")
    at = basis.as_of.astimezone(rules.zone)
    parts.append(f"as of {at:%Y-%m-%d %H:%M} ({rules.settings.zone_name})")
    return ", ".join(parts)


def footnote(report: Report) -> str:
    """What the days and sums rest on, in one sentence."""
    rules, days = report.basis.rules, windows_of(report)
    over = "" if report.stock is report.basis else ", of the open deals at the end of the period"
    return (
        f"Amounts in {rules.currency}{over}; velocity over {days['velocity']} days, run rate over "
        f"{days['run_rate']}, calibration over {days['calibration']}."
    )
