"""Why deals are lost, how much they were worth, and from which stage."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.metrics.losses import competitors, lost_from
from pipeboard.domain.metrics.readings import loss_reading
from pipeboard.ui.draw.charts import TableRow
from pipeboard.ui.draw.metrics.block import Block
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.metrics.layout import TabLayout
from pipeboard.ui.draw.metrics.sections import TableEntry, figures, section
from pipeboard.ui.draw.numbers import ChartStyle, counted, number

LOSSES = ("lost_count", "lost_value", "win_rate", "win_rate_competitive")


def losses_tab(shown: Figures, whole: ChartStyle, half: ChartStyle) -> TabLayout:
    """The reasons, and the stages that deals are lost from."""
    return TabLayout(
        figures(LOSSES, shown, whole),
        (reasons(shown, half, reading=True),),
        (by_stage(shown, half), rivals(shown, half)),
    )


def reasons(shown: Figures, style: ChartStyle, *, reading: bool = False) -> Block:
    """The reasons of the period, the most frequent first."""
    found = shown.report.loss_reasons
    total = sum(len(reason.deals) for reason in found)
    entries = [
        TableEntry(
            TableRow(
                reason.category,
                (counted(len(reason.deals)), number(reason.value, style)),
                Fraction(len(reason.deals), len(found[0].deals)),
            ),
            f"Lost: {reason.category}",
            reason.deals,
            f"{len(reason.deals)} of {total} losses: {reason.category}.",
        )
        for reason in found
    ]
    return section(
        f"Loss reasons ({total} lost)",
        ("deals", "value"),
        entries,
        style,
        loss_reading(shown.report, style.say) if reading else "",
        nothing="Nothing was lost in the period.",
    )


def rivals(shown: Figures, style: ChartStyle) -> Block:
    """To whom deals were lost."""
    found = competitors(shown.report.basis)
    entries = [
        TableEntry(
            TableRow(
                rival.competitor,
                (counted(len(rival.deals)), number(rival.value, style)),
                Fraction(len(rival.deals), len(found[0].deals)),
            ),
            f"Lost to {rival.competitor}",
            rival.deals,
            f"{len(rival.deals)} deals were lost to {rival.competitor} in the period.",
        )
        for rival in found
    ]
    return section("Lost to", ("deals", "value"), entries, style)


def by_stage(shown: Figures, style: ChartStyle) -> Block:
    """From which stage deals were lost: early losses cost little, late ones much."""
    lost = shown.report.basis.lost
    counts = lost_from(lost)
    most = max(counts.values(), default=1)
    entries = []
    for stage in shown.report.basis.rules.open_stages:
        deals = [deal for deal in lost if deal.stage_id == stage.id]
        if stage.retired and not deals:
            continue
        value = shown.report.basis.tally(deals).metric()
        entries.append(
            TableEntry(
                TableRow(
                    stage.name,
                    (counted(len(deals)), number(value, style)),
                    Fraction(len(deals), most),
                ),
                f"Lost from {stage.name}",
                deals,
                f"{len(deals)} of {len(lost)} losses came from {stage.name}.",
            )
        )
    return section("Lost from", ("deals", "value"), entries if lost else (), style)
