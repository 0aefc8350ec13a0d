"""Ageing: the bottleneck, deals by age, those that are stalled or past saving."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipeboard.domain.metrics.ageing import Age, AgeBand, by_age, dead_candidates
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.readings import stuck_reading
from pipeboard.domain.metrics.report import Report
from pipeboard.domain.metrics.wording import decimal
from pipeboard.ui.draw.charts import TableRow
from pipeboard.ui.draw.line import Span, whole
from pipeboard.ui.draw.metrics.block import Block
from pipeboard.ui.draw.metrics.figures import NAMED, Figures, oldest
from pipeboard.ui.draw.metrics.funnel import days
from pipeboard.ui.draw.metrics.layout import TabLayout
from pipeboard.ui.draw.metrics.sections import TableEntry, plain, section
from pipeboard.ui.draw.numbers import ChartStyle, aside, counted, number


def ageing_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """Time in stage, the bottleneck, and the deals that are stuck."""
    return TabLayout(
        dwells(shown, whole),
        (age_bands(shown, half), hygiene(shown, half)),
        (stuck_deals(shown, half), dead(shown, half)),
    )


def dwells(shown: Figures, style: ChartStyle) -> Block:
    """How long deals stay in each stage, and how far past the limit they stand there now."""
    report = shown.report
    most = max([row.overstay.deal_days for row in report.stages] + [Fraction(1)])
    worst = report.bottleneck.stage.id if report.bottleneck else None
    entries = [
        TableEntry(
            TableRow(
                row.stage.name,
                (
                    whole(decimal(row.overstay.deal_days), "text"),
                    counted(len(row.overstay.deals)),
                    counted(row.stalled_count),
                    days(row.dwell.median, style),
                    days(row.dwell.km_median, style, row.stage.expected_days),
                    days(row.dwell.p90, style),
                    aside("" if row.stage.expected_days is None else str(row.stage.expected_days)),
                ),
                row.overstay.deal_days / most,
                bar_role="chart.bad" if row.stage.id == worst else "chart.mark",
            ),
            f"Too long in {row.stage.name}",
            row.overstay.deals,
            f"{row.stage.name}: {len(row.overstay.deals)} open deals are past what it should take, "
            f"{decimal(row.overstay.deal_days)} days together.",
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


def age_bands(shown: Figures, style: ChartStyle) -> Block:
    """The open deals by their days in the present stage."""
    report = shown.report
    bands = by_age(report.stock)
    most = max([len(band.deals) for band in bands] + [1])
    entries = [_band(report, band, Fraction(len(band.deals), most), style) for band in bands]
    return section("Open by days in stage", ("deals", "value"), entries, style)


def _band(report: Report, band: AgeBand, share: Fraction, style: ChartStyle) -> TableEntry:
    name = f"{band.first}-{band.last} d" if band.last is not None else f"{band.first} d and more"
    value = report.stock.tally(band.deals).metric()
    cells = (counted(len(band.deals)), number(value, style))
    title = f"Open, {name} in stage"
    says = f"{len(band.deals)} open deals have been in their stage for {name}."
    return TableEntry(TableRow(name, cells, share), title, band.deals, says)


def hygiene(shown: Figures, style: ChartStyle) -> Block:
    """What every open deal should have and some have not."""
    report = shown.report
    today = report.stock.today.isoformat()
    deals = report.stock.deals.open
    parked = [deal for deal in deals if deal.snoozed_until and deal.snoozed_until > today]
    asleep = {deal.id for deal in parked}
    awake = [deal for deal in deals if deal.id not in asleep]
    lists: Sequence[tuple[str, Sequence[DealHistory], str]] = (
        ("no next step", [d for d in awake if d.next_due is None], "Nothing is planned for them."),
        (
            "next step overdue",
            [d for d in awake if d.next_due is not None and d.next_due < today],
            "What was planned has not been done.",
        ),
        ("stalled", [age.deal for age in oldest(report)], "Past a limit of their stage."),
        ("close date passed", [d for d in deals if d.close and d.close < today], "In no forecast."),
        (
            "single contact",
            report.metric("single_contact").numerator,
            "Past qualification, and fewer than two people are known.",
        ),
        ("no close date", [d for d in deals if d.close is None], "In no forecast."),
        ("no value", [d for d in deals if d.minor is None], "In no sum."),
        ("snoozed", parked, "Parked until a day."),
    )
    entries = [_lack(report, name, found, says, style) for name, found, says in lists]
    return section("Hygiene of the open deals", ("deals", "value", "of all"), entries, style)


def _lack(
    report: Report, name: str, deals: Sequence[DealHistory], says: str, style: ChartStyle
) -> TableEntry:
    every = len(report.stock.deals.open)
    share = f"{100 * len(deals) // every}%" if every else "-"
    cells = (counted(len(deals)), number(report.stock.tally(deals).metric(), style), aside(share))
    row = TableRow(name, cells)
    return TableEntry(row, f"Open, {name}", deals, f"{len(deals)} open deals, {name}. {says}")


def stuck_deals(shown: Figures, style: ChartStyle) -> Block:
    """The deals that have been in their stage longest."""
    found = oldest(shown.report)
    entries = [_aged(shown, age, style) for age in found[:NAMED]]
    return section(
        f"Stalled deals ({len(found)})",
        ("stage", "days", "idle"),
        entries,
        style,
        nothing="No open deal is stalled.",
    )


def _aged(shown: Figures, age: Age, style: ChartStyle) -> TableEntry:
    cells: tuple[Span, ...] = (
        aside(shown.stage_name(age.deal.stage_id)),
        (
            "?" if age.days_in_stage is None else str(age.days_in_stage),
            "chart.bad" if age.overstays else "text",
        ),
        (str(age.idle_days), "chart.bad" if age.idles else "text"),
    )
    name = shown.name_of(age.deal)
    days = "an unknown number of" if age.days_in_stage is None else age.days_in_stage
    says = f"{name}: {days} days in its stage, {age.idle_days} since the last touch."
    return TableEntry(TableRow(name, cells), name, (age.deal,), says)


def dead(shown: Figures, style: ChartStyle) -> Block:
    """Long silent deals after many touches: suggestions to lose, never more."""
    found = dead_candidates(shown.report.stock)
    if not found:
        return plain((), style)
    touches = shown.report.basis.rules.silent_touches
    entries = [
        TableEntry(
            TableRow(shown.name_of(deal), (counted(deal.outbound_since_reply),)),
            shown.name_of(deal),
            (deal,),
            f"{deal.outbound_since_reply} touches without an answer: lose it, or try another way.",
        )
        for deal in found[:NAMED]
    ]
    title = f"Silent after {touches} touches: lose them? ({len(found)})"
    return section(title, ("touches",), entries, style)
