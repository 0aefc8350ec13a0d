"""The verbs about numbers: metrics, review."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli import echo
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE
from pipeboard.cli.verbs import takes, takes_one, verb
from pipeboard.domain.counts import in_figures
from pipeboard.domain.dates import Direction, local_date, parse_date
from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics import METRICS
from pipeboard.domain.metrics.waterfall import waterfall_of_days
from pipeboard.domain.money import currency_code
from pipeboard.domain.people import match_owner
from pipeboard.domain.settings import SPLIT_BY
from pipeboard.domain.text import in_quotes, quoted
from pipeboard.exchange.metrics_document import metrics_csv, metrics_document
from pipeboard.exchange.metrics_tables import FullReport
from pipeboard.store.reading.facts import collecting_later
from pipeboard.workspace.finding import end_of, period_among, since_days, typed_period
from pipeboard.workspace.reports import ReportQuery, groups_of, nothing_yet, report_of

if TYPE_CHECKING:
    from pipeboard.domain.metrics import Report
    from pipeboard.domain.metrics.waterfall import Waterfall


def _tell_which(call: Call) -> None:
    """Says that what is counted is of a pipeline without deals, where nobody chose it and
    others hold some."""
    if call.arguments.pipeline:
        return
    reader = call.workspace.reader
    counts = reader.numbers.deal_counts(closed=True)
    full = [one for one in reader.pipelines() if one.id in counts]
    if full and call.pipeline not in full:
        told = ", ".join(f"{one.name} has {in_figures(counts[one.id])}" for one in full)
        call.out.say(f"{call.pipeline.name} has no deals; {told}: -p NAME names one.")


@verb(
    "metrics",
    "[FILTER...]",
    "pipeboard metrics --period last-quarter --compare",
    "pipeboard metrics --by owner --csv",
    "pipeboard metrics --html > numbers.html",
    dashed_words=True,
)
@takes("words", nargs="*", metavar="FILTER", help="only deals that match a filter")
@takes(
    "--period",
    metavar="PERIOD",
    default="this-quarter",
    help="2026, 2026Q4, 2026-11, 2026-W47, last90d, all, FROM..TO",
)
@takes("--by", metavar="GROUP", help=f"split by {', '.join(SPLIT_BY)} or field.NAME")
@takes("--owner", metavar="REP", help="what a rep did")
@takes("--compare", action="store_true", help="against the period before")
@takes("--as-of", metavar="T", help="as it was on a day or at an instant")
@takes(
    "--since",
    metavar="DATE",
    help="what changed in the pipeline of the period since a day, or in FROM..TO",
)
@takes(
    "--history",
    action="store_true",
    help="what forecasts said week by week in past periods, against what came",
)
@takes("--currency", metavar="CODE", default="", help="sums in another currency")
@takes_one(
    json="one JSON document",
    md="Markdown",
    csv="CSV, a line for each number",
    html="one page with charts, for a browser",
)
def metrics(call: Call) -> int:
    """The numbers of a period, for people, scripts and spreadsheets."""
    with collecting_later():
        _write(call)
    return 0


def _write(call: Call) -> None:
    asked, workspace = call.arguments, call.workspace
    call.out.say(echo.whose(call.workspace.rights.everyone))
    _tell_which(call)
    question = _question(call)
    if asked.as_of:
        call.out.say(nothing_yet(workspace.reader, question))
    report = report_of(workspace, question)
    told = FullReport(
        report,
        " ".join(asked.words),
        question.owner,
        report_of(workspace, question.before(workspace.settings)) if asked.compare else None,
        groups_of(workspace, report, asked.by) if asked.by else {},
        asked.by or "",
        _flow(call, report) if asked.since else None,
        asked.history,
    )
    if asked.json or asked.csv:
        if asked.json:
            call.out.document(metrics_document(told))
        else:
            outlet.data(metrics_csv(told, tuple(METRICS)), end="")
    elif asked.md or asked.html:
        from pipeboard.exchange.page import metrics_markdown, metrics_page

        if asked.md:
            call.out.text(metrics_markdown(told).rstrip("\n"))
        for part in metrics_page(told) if asked.html else ():
            outlet.data(part, end="")
    else:
        from pipeboard.cli.drawing import draw_overview

        draw_overview(call, told)


def _flow(call: Call, report: Report) -> Waterfall:
    """What changed since the day, or between the days, that were typed."""
    first, after = since_days(call.arguments.since, report.basis.today)
    call.tell_days(
        [
            (part, day)
            for part, day in zip(call.arguments.since.split(".."), (first, after), strict=False)
            if day
        ]
    )
    return waterfall_of_days(report.basis, first, after)


def _question(call: Call) -> ReportQuery:
    asked, workspace = call.arguments, call.workspace
    end = partial(end_of, settings=workspace.settings, now=workspace.now())
    as_of = call.instant("--as-of", end) or workspace.now()
    if as_of > workspace.now():
        raise BadInput("--as-of: that has not come yet.", hint="Name an instant until now.")
    words = " ".join(asked.words)
    _refuse_period(call, words)
    query = echo.typed_filter(workspace, call.out, words) if words.strip() else None
    return ReportQuery(
        call.pipeline,
        typed_period(workspace, asked.period, at=as_of),
        as_of,
        _owner(call, asked.owner),
        query,
        workspace.me,
        currency_code(asked.currency) if asked.currency else "",
    )


def _refuse_period(call: Call, words: str) -> None:
    """A period in the filter would give numbers of another one."""
    found = period_among(words, call.workspace.today, call.settings)
    if found is not None:
        said = "-".join(found.typed.split())  # so that `last quarter` goes on with the calendar
        hint = f"Say --period {said}. To look for the word, put it in quotes:"
        raise BadInput(
            f"{quoted(found.typed)} is a period, not deals.",
            hint=f"{hint} '{in_quotes(found.typed)}'",
        )


def _owner(call: Call, name: str | None) -> str | None:
    """The rep with that name; whoever types need not be one yet."""
    if name is None:
        return None
    owner = match_owner(name, call.workspace.reader.reps(), call.workspace.me)
    if not owner:
        raise BadInput(
            "--owner is a rep, and nobody is none.",
            hint="Deals of nobody: pipeboard metrics owner:none, or a line of --by owner.",
        )
    return owner


# The weekly review.


@verb(
    "review",
    "",
    "pipeboard review --since 2w",
    "pipeboard review --html > review.html",
    "pipeboard review --decide 142 'thu send the offer' --to jonas",
)
@takes("--since", metavar="T", help="what to compare with, else the last review")
@takes("--hold", action="store_true", help="keep it: the next one starts here")
@takes("--held", metavar="DAY", help="a past review as it was; list tells which")
@takes("--decide", nargs=2, metavar=("DEAL", "STEP"), help='what was decided: D-12 "thu call Bob"')
@takes("--to", metavar="REP", default="", help="who does what was decided")
@takes_one(
    json="one JSON document",
    md="Markdown, which is also the plain form",
    html="one page, for a browser",
)
def review(call: Call) -> int:
    """The weekly review: the number, what changed, deals to discuss, flow, decisions."""
    from pipeboard.exchange.review_document import review_document, review_markdown, review_page
    from pipeboard.workspace.review import decide, held_on, held_reviews, hold
    from pipeboard.workspace.review import review as review_of

    asked, workspace = call.arguments, call.workspace
    if asked.decide:
        ref, step = asked.decide
        deal = call.deal(ref)
        return call.report(decide(workspace, deal.id, step, asked.to, **call.once))
    if asked.held == "list":
        zone = call.settings.zone
        days = [
            local_date(one.at, zone).isoformat() for one in held_reviews(workspace, call.pipeline)
        ]
        if asked.json:
            call.out.document({"held": days})
        for one in () if asked.json else days:
            call.out.line(one)
        return DONE
    if asked.held:
        day = parse_date(asked.held, workspace.today, Direction.BACK)
        document = held_on(workspace, call.pipeline, day).contents
    else:
        call.out.say(echo.whose(call.workspace.rights.everyone))
        _tell_which(call)
        found = review_of(workspace, call.pipeline, call.instant("--since"))
        document = review_document(found)
        if asked.hold:
            receipt = hold(workspace, call.pipeline, document, at=found.at, **call.once)
            call.command_id = receipt.command_id
            call.tell(receipt)
    if asked.json:
        call.out.document({"review": document})
    elif asked.html:
        for part in review_page(document):
            outlet.data(part, end="")
    else:
        call.out.text(review_markdown(document).rstrip("\n"))
    return DONE
