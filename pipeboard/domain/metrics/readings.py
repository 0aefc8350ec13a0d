"""What the numbers say, in one sentence each: on target, what is stuck, what to believe.

Every sentence is true whenever it is said: what it claims stands in the numbers it was made from,
and where they do not bear a claim, it says that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from shlex import join

from pipeboard.domain.deal import NOT_SAID
from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.coverage import CoverageVerdict, conversion_of_pipeline
from pipeboard.domain.metrics.history import LOST
from pipeboard.domain.metrics.outcomes import RateDifference, differing
from pipeboard.domain.metrics.past_forecasts import Backtest
from pipeboard.domain.metrics.process import waiting
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.result import Metric, mean, proportion
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.targets import NO_TARGET
from pipeboard.domain.metrics.time_in_stage import Bottleneck, ages, standing_still, turns
from pipeboard.domain.metrics.velocity import Week
from pipeboard.domain.metrics.wording import Wording

ENOUGH = 10
"""Closed deals from which on a rep's win rate is compared."""
_WEEKS_COMPARED = 4
_OFTEN_SKIPPED = Fraction(1, 4)


def _sets_target(basis: Basis) -> str:
    """The command that sets the very target that is missing: of this pipeline, and of whom."""
    words = ["target", "set", basis.period.label, "130k", "-p", basis.rules.pipeline.name]
    if basis.group is not None and basis.grouping is not None:
        words += [f"--{basis.grouping.scope}", basis.group]
    return f"pipeboard {join(words)}"


def target_reading(report: Report, say: Wording) -> str:
    """Are we on target?"""
    target, label = report.metric("target"), report.basis.period.label
    won = report.metric("won_value")
    if target.value is None:
        if target.reason != NO_TARGET:
            return f"{(target.reason or NO_TARGET).capitalize()}."
        unset = f"{NO_TARGET.capitalize()} for {label}"
        if report.basis.period.kind in ("days", "all"):
            return f"{unset}: they are set for a year, a quarter, a month or a week."
        return f"{unset}: 'Target…' sets one, or: {_sets_target(report.basis)}"
    if won.value is None:
        return f"What was won of {say.money(target.value)} is unknown: {won.reason}."
    wanted, done = Fraction(target.value), Fraction(won.value)
    of = f"{say.money(done)} of {say.money(wanted)} won"
    if done >= wanted:
        return f"Target met: {of}, {say.money(done - wanted)} above."
    share = f" ({say.percent(done / wanted)})"
    missing = say.money(wanted - done)
    if report.basis.now >= report.basis.end:
        return f"Target missed: {of}{share}, {missing} short."
    pace = report.metric("pace").value
    gone = f" with {say.percent(Fraction(pace))} of the time gone" if pace else ""
    return f"{of}{share}{gone}, {missing} to go; {_cover(report, say)}."


def _cover(report: Report, say: Wording) -> str:
    coverage = report.coverage
    ratio, needed = coverage.ratio.value, coverage.required.value
    if ratio is None:
        return f"what the pipeline covers is unknown: {coverage.ratio.reason}"
    due = f"{say.money(coverage.pipe.amount)} is due ({say.tenths(Fraction(ratio))}x)"
    if needed is None and coverage.standing is CoverageVerdict.TOO_HIGH:
        return f"{due}: more than can be worked on"
    if needed is None:
        return f"{due}; whether that is enough is unknown: {coverage.required.reason}"
    rests = say.how_many(coverage.required.n, "past period")
    against = f"{due}, and at this time {rests} needed {say.tenths(Fraction(needed))}x"
    inside = report.stock.once(conversion_of_pipeline).inside_share
    if inside:
        against += f" ({say.percent(inside)} of what came was created inside)"
    match coverage.standing:
        case CoverageVerdict.SHORT:
            return f"{against}: short"
        case CoverageVerdict.TOO_HIGH:
            return f"{against}: more than can be worked on"
        case _:
            return f"{against}: enough"


def stuck_reading(report: Report, say: Wording) -> str:
    """What is stuck, and where to look?"""
    found = report.bottleneck
    if found is None:
        return _nothing_stuck(report, say)
    late, limit = found.overstay, found.expected
    deals = say.how_many(len(late.deals), "deal")
    worth = f", {say.money(late.value.amount)}" if late.value.whole else ""
    usually = "" if found.stage.expected_days is not None else ", the usual stay (no limit is set)"
    over = f" past {say.decimal(Fraction(limit))} d{usually}" if limit is not None else ""
    half = _half_stay(report, found, say)
    days = say.decimal(late.deal_days)
    past = f"{days} deal-day{over}" if days == "1" else f"{days} deal-days{over}"
    return f"{found.stage.name} is the bottleneck: {deals}{worth}, {past}{half}. {found.hint}"


def _half_stay(report: Report, found: Bottleneck, say: Wording) -> str:
    """How long those stay that came to the bottleneck in the period; nothing where that is the
    limit it is one by."""
    usual, period = found.km_median.value, report.basis.period
    if usual is None or (found.stage.expected_days is None and usual == found.expected):
        return ""
    of = "" if period.kind == "all" else f" of those entered in {period.label}"
    return f"; half{of} stay {say.decimal(Fraction(usual))} d"


def _nothing_stuck(report: Report, say: Wording) -> str:
    rows = report.stages
    everyone = sum(row.open_count.n for row in rows)
    unlimited = sum(row.open_count.n for row in rows if row.limit is None)
    known = report.stock.once(ages)
    undated = sum(age.days_in_stage is None for age in known)
    parked = any(age.snoozed for age in known)
    if not everyone:
        return "Nothing is stuck: no deal is open."
    deals = say.how_many(everyone, "open deal")
    aside = ", parked ones aside," if parked else ""
    if unlimited:
        others = f"; no other{aside} is known to be past what its stage should take"
        stand = "stands in a stage" if unlimited == 1 else "stand in stages"
        their = "it" if unlimited == 1 else "them"
        return (
            f"What is stuck is unknown: {say.count(unlimited)} of {deals} {stand} without a limit, "
            f"and too few deals have left {their} to tell the usual stay"
            f"{others if unlimited < everyone else ''}."
        )
    if undated:
        others = f"; no other{aside} is past what its stage should take"
        stay = "has been in its stage" if undated == 1 else "have been in their stages"
        return (
            "What is stuck is unknown: nobody knows since when "
            f"{say.count(undated)} of {deals} {stay}"
            f"{others if undated < everyone else ''}."
        )
    return f"Nothing is stuck: no open deal{aside} is past what its stage should take."


def movement_reading(report: Report, say: Wording) -> str:
    """Which deals move, and which stand?"""
    stock = report.stock
    moved = stock.once(turns)
    on, back = ({turn.deal for turn in moved if turn.is_on is way} for way in (True, False))
    awake = [age.days_in_stage for age in stock.once(ages) if not age.snoozed]
    if not (moved or awake):
        return ""
    undated = awake.count(None)
    unknown = f"; of {say.count(undated)} nobody knows" if undated else ""
    over = report.basis.now >= report.basis.end
    when = f"the last 7 days of {report.basis.period.label}" if over else "the last 7 days"
    went = f"{say.how_many(len(on), 'deal')} went on and {say.count(len(back))} back"
    still, of = standing_still(stock), say.how_many(len(awake) - undated, "open deal")
    return f"In {when} {went}; {say.count(len(still))} of {of} stood still{unknown}."


def forecast_reading(report: Report, say: Wording) -> str:
    """Which forecast should be believed?"""
    forecast, label = report.forecast, report.basis.period.label
    if report.basis.now >= report.basis.end:
        won, past = report.metric("won_value"), _past(report.backtest, say)
        if won.value is None:
            return f"{label} is over: what was won is unknown ({won.reason}){past}."
        return f"{label} is over: {say.number(won)} was won{past}."
    stated, measured = forecast.stated, forecast.measured
    if stated.value is None and measured.value is None:
        return f"No forecast: {stated.reason or measured.reason}."
    both = f"stated {say.explained(stated)}, measured {say.explained(measured)}"
    tested = report.backtest
    if tested.believed is None:
        return f"No forecast has been right before ({tested.reason}): {both}."
    believed = {"stated": stated, "table": forecast.table, "measured": measured}[tested.believed]
    if believed.value is None:
        return f"The {tested.believed} forecast was right before, and is unknown now: {both}."
    return f"Believe {say.money(believed.value)}, as {tested.believed}: {both}{_past(tested, say)}."


def _past(tested: Backtest, say: Wording) -> str:
    if not tested.errors:
        return ""
    errors = ", ".join(f"{name} by {say.percent(error)}" for name, error in tested.errors.items())
    what = " in wins" if tested.by_count else ""
    return f"; over {say.how_many(len(tested.scores), 'past period')} they were off{what}, {errors}"


def velocity_reading(report: Report, say: Wording) -> str:
    """Is the velocity real?"""
    promised, realised = report.metric("velocity_per_day"), report.metric("run_rate_per_day")
    if promised.value is None or realised.value is None:
        return ""
    both = f"{say.number(promised)} promised, {say.number(realised)} won"
    if report.velocity_is_stale:
        words = f"The velocity is more than twice what comes in ({both})"
        return f"{words}: at this pace not all open deals are real."
    return f"The velocity is at most twice what comes in ({both})." if realised.value else ""


def calibration_reading(report: Report, say: Wording) -> str:
    """Do stated probabilities come true?"""
    found = report.calibration
    bias, deals = found.bias, say.how_many(found.bias.n, "deal")
    if bias.value is None or bias.low is None or bias.high is None:
        reason = bias.reason or "too few deals"
        return f"Whether chances come true is unknown: {reason} ({deals})."
    if found.by_hand == found.said:
        whose = "Stated chances"
    elif not found.by_hand:
        whose = "The stages' chances"
    else:
        stated = f"{say.count(found.by_hand)} of {say.count(found.said)} stated"
        whose = f"Chances ({stated}, the others their stages')"
    off = f"{say.decimal(abs(Fraction(bias.value)) * 100)} points"
    range_ = f"{_points(bias.low, say)} to {_points(bias.high, say)} points, {deals}"
    if bias.low <= 0 <= bias.high:
        return f"{whose} are off by no more than chance would have it ({range_})."
    way = "too hopeful" if bias.value > 0 else "too cautious"
    return f"{whose} were {off} {way} ({range_})."


def _points(share: float, say: Wording) -> str:
    sign = "+" if share > 0 else "-" if share < 0 else ""
    return f"{sign}{say.decimal(abs(Fraction(share)) * 100)}"


def funnel_reading(report: Report, say: Wording) -> str:
    """Where does the funnel lose most?"""
    steps = [row for row in report.stages if not row.resolved.is_low]
    if not steps:
        return "Too few deals have gone on or been lost to say which step is the weakest."
    worst = min(
        steps, key=lambda row: (row.resolved.value or 0, report.basis.rules.rank[row.stage.id])
    )
    share = say.percent(Fraction(worst.resolved.value or 0))
    pending = worst.conversion.pending
    be = "is" if pending == 1 else "are"
    still = (
        f"; {say.count(pending)} of {say.count(worst.entered)} {be} undecided" if pending else ""
    )
    return (
        f"{worst.stage.name} is the weakest step: {share} of {say.count(worst.resolved.n)} "
        f"that were decided went on{still}."
    )


def skips_reading(report: Report, say: Wording) -> str:
    """Is there a step that many do without?"""
    rows = [row for row in report.stages if not row.skipped.is_low and row.skipped.value]
    most = max(rows, key=lambda row: row.skipped.value or 0, default=None)
    if most is None or Fraction(most.skipped.value or 0) < _OFTEN_SKIPPED:
        return ""
    share, of = say.percent(Fraction(most.skipped.value or 0)), say.count(most.skipped.n)
    return (
        f"{share} of {of} deals that got beyond {most.stage.name} never entered it: "
        "merge it with another stage?"
    )


def weeks_reading(weeks: Sequence[Week], say: Wording) -> str:
    """Is more or less won than a month ago?"""
    full = [week for week in weeks if not week.partial]
    if any(week.won.value is None for week in full) or len(full) < 2 * _WEEKS_COMPARED:
        return ""
    amounts = [Fraction(week.won.value or 0) for week in full]
    late = mean(amounts[-_WEEKS_COMPARED:])
    early = mean(amounts[-2 * _WEEKS_COMPARED : -_WEEKS_COMPARED])
    return (
        f"{say.money(late)} a week in the last four full weeks, {say.money(early)} in the four "
        "before."
    )


def activity_reading(report: Report, say: Wording) -> str:
    """Are leads answered soon?"""
    response, silent = report.metric("first_response_hours_median"), len(waiting(report.stock))
    waits = f"{say.how_many(silent, 'open deal')} never heard from us"
    if not response.n:
        return f"{waits.capitalize()}." if silent else "No new deals in the period to answer."
    deals = say.how_many(response.n, "new deal")
    heard = f"{say.count(len(response.numerator))} of {deals} heard from us"
    within = (
        f", half within {say.number(response)} at this pace"
        if response.value is not None
        else ", fewer than half"
    )
    return f"{heard}{within}; {waits}."


def loss_reading(report: Report, say: Wording) -> str:
    """Why are deals lost, and how late?"""
    reasons, total = report.loss_reasons, sum(len(r.deals) for r in report.loss_reasons)
    if not reasons:
        sometime = sum(d.outcome == LOST for d in report.basis.deals.rare.closed_sometime)
        undated = f"; {say.how_many(sometime, 'loss', 'losses')} without a date" if sometime else ""
        return f"Nothing was lost in the period{undated}."
    said = [reason for reason in reasons if reason.category != NOT_SAID]
    unsaid = total - sum(len(reason.deals) for reason in said)
    if not said:
        return f"None of {say.how_many(total, 'loss', 'losses')} says why."
    most = [reason for reason in said if len(reason.deals) == len(said[0].deals)]
    rest = f" {say.count(unsaid)} without a reason." if unsaid else ""
    often = say.count(len(most[0].deals))
    if len(most) > 1:
        names = ", ".join(reason.category for reason in most)
        return f"Most often {names}: {often} each of {say.count(total)} losses.{rest}"
    first = most[0]
    worth = f", {say.number(first.value)}" if first.value.value is not None else ""
    times = max(first.stages.values())
    stage = ", ".join(
        one.name for one in report.basis.rules.open_stages if first.stages.get(one.id) == times
    )
    if total == 1:
        return f"One loss: {first.category}{worth}, from {stage}.{rest}"
    how = "mostly" if 2 * times > len(first.deals) else "most often"
    return (
        f"Most often {first.category}: {often} of {say.count(total)} losses{worth}, "
        f"{how} from {stage}.{rest}"
    )


def timing_reading(report: Report, say: Wording) -> str:
    """Are deals lost while it costs little?"""
    lost, qualifying = report.basis.lost, report.basis.rules.qualifying
    late = [deal for deal in lost if deal.stage_id in qualifying]
    if not qualifying or proportion(late, lost, "").is_low:
        return ""
    early, of = say.count(len(lost) - len(late)), say.count(len(lost))
    stages = [stage for stage in report.basis.rules.open_stages if stage.id in qualifying]
    first = min(stages, key=lambda stage: stage.retired).name
    told = f"{early} of {of} losses came early, before {first}, where letting go costs little"
    worth = report.basis.tally(late).metric()
    costly = f", {say.number(worth)}" if worth.value is not None else ""
    return f"{told}; {say.count(len(late))} late{costly}." if late else f"{told}."


def reps_reading(reps: Mapping[Group, Report], say: Wording) -> str:
    """Do reps differ by more than chance?"""
    rates = {name: rep.metric("win_rate") for name, rep in reps.items() if name is not None}
    enough = {name: rate for name, rate in rates.items() if rate.n >= ENOUGH}
    if len(enough) < 2:
        return f"Fewer than two reps have {ENOUGH} closed deals: comparing win rates would mislead."
    known = {name: rate for name, rate in enough.items() if rate.value is not None}
    if len(known) < 2:
        reasons = dict.fromkeys(rate.reason for rate in enough.values() if rate.reason)
        return f"Win rates of reps cannot be compared: {', '.join(reasons)}."
    found = differing(known)
    if not found:
        return (
            f"Win rates of {len(known)} reps differ by no more than chance would make them "
            "(each against the others, one false claim in twenty)."
        )
    said = "; ".join(_difference(one, say) for one in found)
    return f"{said} (of {len(known)} reps, one false claim in twenty)."


def _difference(found: RateDifference, say: Wording) -> str:
    more = "more" if found.is_higher else "less"
    own = say.percent(Fraction(found.won, found.closed))
    others = say.percent(Fraction(found.others_won, found.others_closed))
    of = say.count(found.closed)
    return f"@{found.name} wins {more} than the others, {own} of {of} against {others}"


def unripe(metric: Metric, percent: Callable[[Fraction], str]) -> str:
    """What must be said beside a rate of a cohort that is not decided yet."""
    if not metric.is_immature or metric.bounds is None:
        return ""
    low, high = (percent(bound) for bound in metric.bounds)
    return f"not decided yet: between {low} and {high}"
