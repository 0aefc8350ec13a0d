"""Activity: touches, first responses, who waits, and whether the process is kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.process import waiting
from pipeboard.domain.metrics.readings import (
    activity_reading,
    movement_reading,
    stuck_reading,
    weeks_reading,
)
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.time_in_stage import (
    Age,
    AgeBand,
    by_age,
    dead_candidates,
    of_unknown_age,
    standing_still,
    turns,
)
from pipeboard.domain.people import rep_name
from pipeboard.domain.periods import week_from
from pipeboard.ui.draw.charts import (
    ChartStyle,
    Pillar,
    TableRow,
    aside,
    counted,
    decimal,
    ground,
    hours,
    number,
    percent,
    pillars,
    share_of,
    sparkline,
)
from pipeboard.ui.draw.line import Line, Span, whole
from pipeboard.ui.draw.metrics.funnel import days
from pipeboard.ui.draw.metrics.sections import (
    NAMED,
    Block,
    Figures,
    Row,
    TabLayout,
    and_the_rest,
    figures,
    oldest,
    rows,
    section,
    sentence,
    touched_by,
)

# Ageing: the bottleneck, deals by age, those that are stalled or past saving.


def ageing_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """Time in stage, the bottleneck, and the deals that are stuck."""
    return TabLayout(
        dwells(shown, whole),
        (age_bands(shown, half), movement(shown, half), hygiene(shown, half)),
        (stuck_deals(shown, half), dead(shown, half)),
    )


def dwells(shown: Figures, style: ChartStyle) -> Block:
    """How long deals stay in each stage, and how far past the limit they stand there now."""
    report = shown.report
    most = max([row.overstay.deal_days for row in report.stages] + [Fraction(1)])
    worst = report.bottleneck.stage.id if report.bottleneck else None
    entries = [
        TableRow(
            row.stage.name,
            (
                whole(decimal(row.overstay.deal_days), "text"),
                counted(len(row.overstay.deals)),
                counted(row.stalled_count),
                days(row.dwell.median),
                days(row.dwell.km_median, row.stage.expected_days),
                days(row.dwell.p90),
                aside("" if row.stage.expected_days is None else str(row.stage.expected_days)),
            ),
            f"Too long in {row.stage.name}",
            row.overstay.deals,
            f"{row.stage.name}: {how_many(len(row.overstay.deals), 'open deal')} past what it "
            f"should take, {_days(row.overstay.deal_days)} together.",
            full=row.overstay.deal_days / most,
            bar_role="chart.bad" if row.stage.id == worst else "chart.mark",
        )
        for row in report.stages
    ]
    return section(
        "Deal-days past the limit",
        ("days", "deals", "stalled", "med d", "KM d", "p90 d", "limit"),
        entries,
        style,
        stuck_reading(report, style.say),
    )


def _days(days: Fraction) -> str:
    said = decimal(days)
    return f"{said} {'day' if said == '1' else 'days'}"


def age_bands(shown: Figures, style: ChartStyle) -> Block:
    """The open deals by their days in the present stage."""
    report = shown.report
    bands = [(_days_of(band), f"for {_days_of(band)}", band.deals) for band in by_age(report.stock)]
    if unknown := of_unknown_age(report.stock):
        bands.append(("unknown", "since nobody knows when", unknown))
    most = max([len(deals) for _, _, deals in bands] + [1])
    entries = [
        TableRow(
            name,
            (counted(len(deals)), number(report.stock.tally(deals).metric(), style)),
            f"Open, {name} in stage",
            deals,
            f"{how_many(len(deals), 'open deal')} in stage {how_long}.",
            full=Fraction(len(deals), most),
        )
        for name, how_long, deals in bands
    ]
    return section("Open by days in stage", ("deals", "value"), entries, style)


def movement(shown: Figures, style: ChartStyle) -> Block:
    """Which deals left each stage in the last seven days, and which stand there still."""
    stock = shown.report.stock
    still = standing_still(stock)
    if not stock.deals.open:
        return Block(0)
    entries = []
    for stage in stock.rules.open_stages:
        turned = [turn for turn in stock.once(turns) if turn.left == stage.id]
        on, back = ([turn.deal for turn in turned if turn.is_on is way] for way in (True, False))
        stay = [deal for deal in still if deal.stage_id == stage.id]
        cells = (counted(len(on)), counted(len(back)), counted(len(stay)))
        words = (
            f"{stage.name}: {in_figures(len(on))} went on from it in the last 7 days, "
            f"{in_figures(len(back))} back, {in_figures(len(stay))} stood still."
        )
        moved = list(dict.fromkeys((*on, *back)))
        entries.append(
            TableRow(
                stage.name, cells, f"Moved from {stage.name}", moved, words, stay,
                f"Still in {stage.name}",
            )
        )  # fmt: skip
    reading = movement_reading(shown.report, style.say)
    return section("Last 7 days", ("on", "back", "still"), entries, style, reading)


def _days_of(band: AgeBand) -> str:
    return f"{band.first} d and more" if band.last is None else f"{band.first}-{band.last} d"


def hygiene(shown: Figures, style: ChartStyle) -> Block:
    """What every open deal should have and some have not, whatever its stage: the screen of hygiene
    asks some of it from the first qualified stage on."""
    report = shown.report
    today = report.stock.today.isoformat()
    deals = report.stock.deals.open
    parked = [deal for deal in deals if deal.snoozed_until and deal.snoozed_until > today]
    asleep = {deal.id for deal in parked}
    awake = [deal for deal in deals if deal.id not in asleep]
    lists: Sequence[tuple[str, Sequence[DealHistory], str]] = (
        ("no next step", [d for d in awake if d.next_due is None], "Nothing is planned for a day."),
        (
            "next step overdue",
            [d for d in awake if d.next_due is not None and d.next_due < today],
            "What was planned has not been done.",
        ),
        ("stalled", [age.deal for age in oldest(report)], "Past a limit of their stage."),
        (
            "close date passed",
            [d for d in deals if d.close and d.close < today],
            "In no month to come.",
        ),
        (
            "single contact",
            report.metric("single_contact").numerator,
            "Past qualification, and fewer than two people are known.",
        ),
        (
            "no close date",
            [d for d in deals if d.close is None],
            "In no forecast but those by chances measured; early and parked deals are counted too.",
        ),
        (
            "no value",
            [d for d in deals if d.minor is None],
            "In no sum; early and parked deals are counted too.",
        ),
        ("snoozed", parked, "Parked until a day."),
    )
    entries = [_lack(report, name, found, summary, style) for name, found, summary in lists]
    return section("Hygiene in all stages", ("deals", "value", "of all"), entries, style)


def _lack(
    report: Report, name: str, deals: Sequence[DealHistory], summary: str, style: ChartStyle
) -> TableRow:
    every = len(report.stock.deals.open)
    share = percent(Fraction(len(deals), every)) if every else "-"
    cells = (counted(len(deals)), number(report.stock.tally(deals).metric(), style), aside(share))
    return TableRow(
        name,
        cells,
        f"Open, {name}",
        deals,
        f"{how_many(len(deals), 'open deal')}, {name}. {summary}",
    )


def stuck_deals(shown: Figures, style: ChartStyle) -> Block:
    """The deals that have been in their stage longest."""
    found = oldest(shown.report)
    entries = [_aged(shown, age) for age in found[:NAMED]]
    entries += and_the_rest("Stalled deals", [age.deal for age in found])
    return section(
        f"Stalled deals ({in_figures(len(found))})",
        ("stage", "days", "idle"),
        entries,
        style,
        empty_reason="No open deal is stalled.",
    )


def _aged(shown: Figures, age: Age) -> TableRow:
    cells: tuple[Span, ...] = (
        aside(shown.stage_name(age.deal.stage_id)),
        (
            "?" if age.days_in_stage is None else str(age.days_in_stage),
            "chart.bad" if age.overstays else "text",
        ),
        (str(age.idle_days), "chart.bad" if age.idles else "text"),
    )
    name = shown.name_of(age.deal)
    known = age.days_in_stage
    days = "an unknown number of days" if known is None else how_many(known, "day")
    summary = f"{name}: {days} in its stage, {age.idle_days} since the last touch."
    return TableRow(name, cells, name, (age.deal,), summary)


def dead(shown: Figures, style: ChartStyle) -> Block:
    """Long silent deals after many touches: suggestions to lose, never more."""
    found = dead_candidates(shown.report.stock)
    if not found:
        return Block(0)
    touches = shown.report.basis.rules.silent_touches
    entries = [
        TableRow(
            shown.name_of(deal),
            (counted(deal.outbound_since_reply),),
            shown.name_of(deal),
            (deal,),
            f"{how_many(deal.outbound_since_reply, 'touch', 'touches')} without an answer: "
            "lose it, or try another way.",
        )
        for deal in found[:NAMED]
    ]
    entries += and_the_rest(f"Silent after {touches} touches", found)
    title = f"Silent after {touches} touches: lose them? ({in_figures(len(found))})"
    return section(title, ("touches",), entries, style)


ACTIVITY = (
    "created_count",
    "quotes_sent",
    "won_count",
    "lost_count",
    "first_response_hours_median",
    "push_count",
)
_KINDS = ("call", "email", "meeting", "demo", "message")
_HEIGHT = 5


def activity_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """Touches by rep and kind, new deals by week, those that nobody has answered."""
    return TabLayout(
        figures(ACTIVITY, shown, whole),
        (touches(shown, half), adherence(shown, half)),
        (created(shown, half), won_weeks(shown, half), unanswered(shown, half)),
    )


def touches(shown: Figures, style: ChartStyle) -> Block:
    """How often each rep was in touch in the period, by kind."""
    report = shown.report
    touched = touched_by(report)
    most = max([rep.total for rep in report.touches] + [1])
    entries = []
    for rep in report.touches:
        kinds: Counter[str] = Counter()
        for kind, count in rep.by_kind.items():
            kinds[kind.partition(" ")[0]] += count
        cells = [counted(kinds[kind]) for kind in _KINDS]
        name = rep_name(rep.owner)
        entries.append(
            TableRow(
                name,
                ((in_figures(rep.total), "text.strong"), *cells, counted(rep.on_new)),
                f"Touched by {name}",
                touched[rep.owner],
                f"{name} was in touch {how_many(rep.total, 'time')}, {in_figures(rep.on_new)} of "
                "them on new deals.",
                full=Fraction(rep.total, most),
            )
        )
    return section(
        "Touches in the period",
        ("all", "call", "mail", "meet", "demo", "msg", "new"),
        entries,
        style,
        empty_reason="Nobody logged a call, e-mail, meeting, demo or message in the period.",
    )


def adherence(shown: Figures, style: ChartStyle) -> Block:
    """The share of advances that met every criterion."""
    entries = [
        TableRow(
            rep_name(rep.owner),
            (aside(share_of(rep.rate)), number(rep.rate, style)),
            f"Advanced by {rep_name(rep.owner)}",
            list(dict.fromkeys(rep.rate.denominator)),
            f"{rep_name(rep.owner)}: advances with every exit criterion met{ground(rep.rate)}.",
            full=Fraction(rep.rate.value or 0),
        )
        for rep in shown.report.adherence
    ]
    return section("Advanced with every criterion met", ("", ""), entries, style)


def created(shown: Figures, style: ChartStyle) -> Block:
    """New deals by week in one line."""
    weeks = shown.report.weeks
    if not weeks:
        return Block(0)
    counts = [Fraction(week.created.value or 0) for week in weeks]
    deals = [deal for week in weeks for deal in week.created.numerator]
    line: Line = (
        ("New deals by week  ", "pane.head"),
        (sparkline(counts, style.glyphs), "chart.full"),
        (f"  {how_many(len(weeks), 'week')}, most {in_figures(int(max(counts)))}", "text.dim"),
    )
    summary = f"{how_many(len(deals), 'deal')} created in these weeks."
    return rows(style.width, [Row(line, "New deals of the last weeks", deals, summary)])


def won_weeks(shown: Figures, style: ChartStyle) -> Block:
    """What was won week by week, as columns."""
    weeks = shown.report.weeks
    most = max([Fraction(week.won.value or 0) for week in weeks] + [Fraction(0)])
    deals = [deal for week in weeks for deal in week.won.numerator]
    title = f"Won by week ({how_many(len(weeks), 'week')})"
    head = Row(((title, "pane.head"),), title, deals, weeks_reading(weeks, style.say))
    if not most:
        won = sum(len(week.won_deals) for week in weeks)
        words = (
            f"{how_many(won, 'deal')} won in these weeks, none with a value to add up."
            if won
            else "Nothing was won in these weeks."
        )
        return rows(style.width, [head, Row(((words, "text.dim"),))])
    shown_weeks = [
        Pillar(
            week_from(week.start).label[5:] if place % 3 == len(weeks) % 3 else "",
            Fraction(week.won.value or 0),
            week.partial,
        )
        for place, week in enumerate(weeks)
    ]
    chart = pillars(shown_weeks, style.width - 1, _HEIGHT, style.say.money(most), style.glyphs)
    reading = weeks_reading(weeks, style.say)
    return rows(style.width, [head, *map(Row, [*chart, *sentence(reading, style)])])


def unanswered(shown: Figures, style: ChartStyle) -> Block:
    """The open deals that nobody got in touch with, the longest wait first."""
    found = waiting(shown.report.stock)
    entries = [_unanswered(shown.name_of(deal), deal, waited) for deal, waited in found[:NAMED]]
    entries += and_the_rest("Never heard from us", [deal for deal, _ in found])
    return section(
        f"Never heard from us ({in_figures(len(found))})",
        ("waits",),
        entries,
        style,
        activity_reading(shown.report, style.say),
        empty_reason=activity_reading(shown.report, style.say),
    )


def _unanswered(name: str, deal: DealHistory, waited: Fraction | None) -> TableRow:
    since = "?" if waited is None else hours(waited)
    how_long = "an unknown time" if waited is None else since
    words = f"{name} has waited {how_long} to hear from us."
    return TableRow(name, ((since, "chart.bad"),), name, (deal,), words)
