"""Activity: touches, first responses, who waits, and whether the process is kept."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from pipeboard.domain.metrics.readings import activity_reading, weeks_reading
from pipeboard.domain.metrics.wording import counted as counted_words
from pipeboard.domain.metrics.wording import hours
from pipeboard.ui.draw.charts import Pillar, TableRow, pillars, sparkline
from pipeboard.ui.draw.line import Line
from pipeboard.ui.draw.metrics.block import Block, Row, rows
from pipeboard.ui.draw.metrics.figures import NAMED, Figures, touched_by, waits
from pipeboard.ui.draw.metrics.layout import TabLayout
from pipeboard.ui.draw.metrics.sections import TableEntry, figures, section, sentence
from pipeboard.ui.draw.numbers import ChartStyle, aside, counted, ground, number

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
        name = f"@{rep.owner}" if rep.owner else "nobody"
        entries.append(
            TableEntry(
                TableRow(
                    name,
                    ((str(rep.total), "text.strong"), *cells, counted(rep.on_new)),
                    Fraction(rep.total, most),
                ),
                f"Touched by {name}",
                touched[rep.owner],
                f"{name} was in touch {rep.total} times, {rep.on_new} of them on new deals.",
            )
        )
    return section(
        "Touches in the period",
        ("all", "call", "mail", "meet", "demo", "msg", "new"),
        entries,
        style,
        nothing="Nobody logged a call, e-mail, meeting, demo or message in the period.",
    )


def adherence(shown: Figures, style: ChartStyle) -> Block:
    """The share of advances that met every criterion."""
    entries = [
        TableEntry(
            TableRow(
                f"@{rep.owner}" if rep.owner else "nobody",
                (aside(f"{rep.rate.num} of {rep.rate.den}"), number(rep.rate, style)),
                Fraction(rep.rate.value or 0),
            ),
            f"Advanced by @{rep.owner}",
            list(dict.fromkeys(rep.rate.denominator)),
            f"@{rep.owner}: advances with every exit criterion met{ground(rep.rate)}.",
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
        (f"  {len(weeks)} weeks, most {max(counts)}", "text.dim"),
    )
    says = f"{len(deals)} deals were created in these weeks."
    return rows(style.width, [Row(line, "New deals of the last weeks", deals, says)])


def won_weeks(shown: Figures, style: ChartStyle) -> Block:
    """What was won week by week, as columns."""
    weeks = shown.report.weeks
    most = max([Fraction(week.won.value or 0) for week in weeks] + [Fraction(0)])
    deals = [deal for week in weeks for deal in week.won.numerator]
    title = f"Won by week ({len(weeks)} weeks)"
    head = Row(((title, "pane.head"),), title, deals, weeks_reading(weeks, style.say))
    if not most:
        won = sum(len(week.won_deals) for week in weeks)
        words = (
            f"{counted_words(won, 'deal')} won in these weeks, none with a value to add up."
            if won
            else "Nothing was won in these weeks."
        )
        return rows(style.width, [head, Row(((words, "text.dim"),))])
    shown_weeks = [
        Pillar(
            f"W{week.start.isocalendar().week:02}" if place % 3 == len(weeks) % 3 else "",
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
    found = waits(shown.report)
    entries = [
        TableEntry(
            TableRow(shown.name_of(deal), ((hours(waited), "chart.bad"),)),
            shown.name_of(deal),
            (deal,),
            f"{shown.name_of(deal)} has waited {hours(waited)} to hear from us.",
        )
        for deal, waited in found[:NAMED]
    ]
    return section(
        f"Never heard from us ({len(found)})",
        ("waits",),
        entries,
        style,
        activity_reading(shown.report, style.say),
        nothing=activity_reading(shown.report, style.say),
    )
