"""Chances that the measured forecast rests on, to be checked by hand, and how right it was."""

from __future__ import annotations

from fractions import Fraction

from pipeboard.domain.metrics import Basis
from pipeboard.domain.metrics.backtest import FORECASTS
from pipeboard.domain.metrics.chances import AGES, Chance, chances
from pipeboard.domain.metrics.forecast import chances_in_use
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.wording import counted as in_words
from pipeboard.domain.metrics.wording import decimal, percent
from pipeboard.ui.draw.charts import TableRow
from pipeboard.ui.draw.line import Span
from pipeboard.ui.draw.metrics.block import Block
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.draw.metrics.sections import TableEntry, section
from pipeboard.ui.draw.numbers import ChartStyle, aside, counted


def chance_table(shown: Figures, style: ChartStyle) -> Block:
    """Won of reached, the prior and the chance, of every stage and age that an open deal is in."""
    stock = shown.report.stock
    in_band: dict[tuple[int, int | None], list[DealHistory]] = {}
    for deal, chance in stock.once(chances_of_open):
        in_band.setdefault((chance.stage_id, chance.band), []).append(deal)
    entries = []
    for chance, number in stock.once(chances_in_use):
        deals = in_band.get((chance.stage_id, chance.band), [])
        stage = shown.stage_name(chance.stage_id)
        name = stage if chance.band is None else f"  from {AGES[chance.band]} d"
        entries.append(_entry(chance, name, stage, number, deals))
    days = max(0, stock.end - stock.now) // 86_400_000_000
    title = (
        "Chance to be won, ever"
        if stock.period.kind == "all"
        else f"Chance to be won within {in_words(days, 'day')}"
    )
    return section(title, ("open", "won", "of", "prior", "chance"), entries, style)


def _entry(
    chance: Chance, name: str, stage: str, number: int, deals: list[DealHistory]
) -> TableEntry:
    value, prior = chance.value or Fraction(0), chance.prior
    says = "prior only" if chance.is_prior_only else f"{chance.won} of {decimal(chance.reached)}"
    cells: tuple[Span, ...] = (
        counted(number),
        counted(chance.won),
        aside(decimal(chance.reached)),
        aside("-" if prior is None else percent(prior)),
        ("-", "text.dim") if chance.value is None else (percent(value), "text"),
    )
    words = (
        f"{name.strip()}: {says} like it were won in time, drawn towards "
        f"{'nothing' if prior is None else percent(prior)}; open deals are in part not won."
    )
    return TableEntry(TableRow(name, cells, value), f"{stage}, {name.strip()}", deals, words)


def past_forecasts(shown: Figures, style: ChartStyle) -> Block:
    """What each forecast said at the start of past periods, and what came."""
    tested = shown.report.backtest
    entries = []
    for score in tested.scores:
        said = score.said_wins if tested.by_count else score.said
        came = Fraction(score.wins) if tested.by_count else score.came
        word = decimal if tested.by_count else style.say.money
        cells: list[Span] = [(word(said[name]), "text") for name in FORECASTS]
        cells.append((word(came), "text.strong"))
        entries.append(
            TableEntry(
                TableRow(score.period.label, cells),
                f"Open at the start of {score.period.label}",
                score.won,
                f"{score.period.label}: {score.wins} of {in_words(score.deals, 'deal')} open at "
                "its start were won in it.",
                score.open,
            )
        )
    return section(
        "What was forecast at the start of past periods",
        (*FORECASTS, "came"),
        entries,
        style,
        "" if tested.believed else f"None is believed: {tested.reason}." if entries else "",
    )


def chances_of_open(basis: Basis) -> list[tuple[DealHistory, Chance]]:
    """The chance of every open deal by the end of the period."""
    known, ahead = basis.once(chances), max(0, basis.end - basis.now)
    return [(deal, known.of(deal, basis.now, ahead)) for deal in basis.deals.open]
