"""Why deals are lost, how much they were worth, and from which stage."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipeboard.domain.metrics import Metric
from pipeboard.domain.metrics.history import DealHistory
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
        _lost(one.category, f"Lost: {one.category}", one.deals, one.value, len(found[0].deals),
              f"{len(one.deals)} of {total} losses: {one.category}.", style)
        for one in found
    ]  # fmt: skip
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
        _lost(one.competitor, f"Lost to {one.competitor}", one.deals, one.value,
              len(found[0].deals),
              f"{len(one.deals)} deals were lost to {one.competitor} in the period.", style)
        for one in found
    ]  # fmt: skip
    return section("Lost to", ("deals", "value"), entries, style)


def by_stage(shown: Figures, style: ChartStyle) -> Block:
    """From which stage deals were lost: early losses cost little, late ones much."""
    basis = shown.report.basis
    most = max(lost_from(basis.lost).values(), default=1)
    entries = []
    for stage in basis.rules.open_stages if basis.lost else ():
        deals = [deal for deal in basis.lost if deal.stage_id == stage.id]
        if deals or not stage.retired:
            value = basis.tally(deals).metric()
            words = f"{len(deals)} of {len(basis.lost)} losses came from {stage.name}."
            title = f"Lost from {stage.name}"
            entries.append(_lost(stage.name, title, deals, value, most, words, style))
    return section("Lost from", ("deals", "value"), entries, style)


def _lost(
    name: str,
    title: str,
    deals: Sequence[DealHistory],
    value: Metric,
    most: int,
    words: str,
    style: ChartStyle,
) -> TableEntry:
    cells = (counted(len(deals)), number(value, style))
    return TableEntry(TableRow(name, cells, Fraction(len(deals), most)), title, deals, words)
