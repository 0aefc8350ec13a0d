"""The verbs about numbers: metrics, target set and list, fx set and list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.tables import Table
from pipeboard.domain.currencies import currency_code
from pipeboard.domain.dates import Direction, format_date, parse_date, parse_instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import format_money
from pipeboard.domain.people import match_rep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeboard.domain.metrics import Report, Target
    from pipeboard.domain.metrics.grouping import Group
    from pipeboard.domain.metrics.waterfall import Waterfall
    from pipeboard.workspace.counting import Question


def _metrics_arguments(parser: Parser) -> None:
    parser.add_argument("words", nargs="*", help="only deals that match a filter")
    parser.add_argument(
        "--period",
        metavar="P",
        default="this-quarter",
        help="2026, 2026Q4, 2026-11, 2026-W47, last90d, all, FROM..TO",
    )
    parser.add_argument("--by", metavar="NAME", help="split by owner, source, month, field.NAME…")
    parser.add_argument("--owner", metavar="REP", help="what a rep did")
    parser.add_argument("--compare", action="store_true", help="against the period before")
    parser.add_argument("--as-of", metavar="T", help="as it was on a day or at an instant")
    parser.add_argument(
        "--since", metavar="DATE", help="what changed in the pipeline of the period since a day"
    )
    parser.add_argument(
        "--history",
        action="store_true",
        help="what forecasts said week by week in past periods, against what came",
    )
    parser.add_argument("--currency", metavar="CODE", default="", help="sums in another currency")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON document")
    form.add_argument("--md", action="store_true", help="Markdown")
    form.add_argument("--csv", action="store_true", help="CSV, a line for each number")


def metrics(call: Call) -> int:
    """The numbers of a period, for people, scripts and spreadsheets."""
    asked, workspace = call.arguments, call.workspace
    question = _question(call)
    report = workspace.report(question)
    before = workspace.report_before(question) if asked.compare else None
    groups = workspace.groups(report, asked.by) if asked.by else None
    flow = workspace.changes_since(report, day) if (day := call.day(asked.since)) else None
    if asked.json:
        from pipeboard.exchange.metrics_document import metrics_document

        call.out.document(
            metrics_document(
                report,
                filter_text=" ".join(asked.words),
                owner=question.owner,
                before=before,
                groups=groups,
                grouped_by=asked.by or "",
                flow=flow,
                history=asked.history,
            )
        )
    elif asked.md or asked.csv:
        _write_tables(call, question, report, before, groups, flow)
    else:
        from pipeboard.cli.drawing import draw_overview

        draw_overview(call, report, before, groups, question.owner)
        if flow is not None:
            _write_changes(call, report, flow)
        if asked.history:
            _write_history(call, report)
    return 0


def _question(call: Call) -> Question:
    from pipeboard.workspace.counting import Question

    asked, workspace = call.arguments, call.workspace
    as_of = workspace.now() if asked.as_of is None else _instant(call, asked.as_of)
    words = " ".join(asked.words)
    query = workspace.parse_filter(words) if words.strip() else None
    if query is not None:
        call.tell_days(query.understood)
    return Question(
        call.pipeline,
        workspace.period(asked.period, at=as_of),
        as_of,
        _owner(call, asked.owner),
        query,
        workspace.me,
        currency_code(asked.currency) if asked.currency else "",
    )


def _instant(call: Call, text: str) -> datetime:
    """The instant that was typed, or the end of the day; BadInput for the future."""
    workspace = call.workspace
    try:
        if "T" not in text and ":" not in text:
            day = parse_date(text, workspace.today, Direction.BACK)
            call.tell_days([(text, day)])
            return workspace.end_of(day)
        at = parse_instant(text, zone=call.settings.zone)
    except BadInput as error:
        raise BadInput(f"--as-of: {error.message}", hint=error.hint) from error
    if at > workspace.now():
        raise BadInput("--as-of: that has not come yet.", hint="Name an instant until now.")
    return at


def _owner(call: Call, name: str | None) -> str | None:
    """The rep with that name; deals may belong to somebody who is no rep any more."""
    if name is None:
        return None
    return match_rep(name, call.workspace.reader.reps()).name


def _write_tables(
    call: Call,
    question: Question,
    report: Report,
    before: Report | None,
    groups: Mapping[Group, Report] | None,
    flow: Waterfall | None,
) -> None:
    from pipeboard.domain.metrics import METRICS
    from pipeboard.exchange.metrics_tables import GROUP_METRICS, as_csv, as_markdown, tables

    words, owner = " ".join(call.arguments.words), question.owner
    as_data = call.arguments.csv
    shown = tuple(METRICS) if as_data else GROUP_METRICS
    found = tables(
        report, before, groups, group_metrics=shown, flow=flow, history=call.arguments.history
    )
    if as_data:
        outlet.data(as_csv(report, found, words, owner), end="")
    else:
        call.out.text(as_markdown(report, found, words, owner).rstrip("\n"))


def _write_changes(call: Call, report: Report, flow: Waterfall) -> None:
    from pipeboard.domain.metrics.waterfall import GOING
    from pipeboard.domain.metrics.wording import Wording

    say = Wording(report.basis.rules.currency)
    rows = (
        (
            name.replace("_", " "),
            str(len(line.deals)),
            f"{'-' if name in GOING else ''}{say.money(flow.whole()[name])}",
        )
        for name, line in flow.lines.items()
        if line.deals or name in ("start", "end")
    )
    call.out.line("")
    Table(("what changed", "deals", "value"), right=(1, 2)).write(call.out, rows)


def _write_history(call: Call, report: Report) -> None:
    from pipeboard.domain.metrics.said_before import CALLS
    from pipeboard.domain.metrics.wording import Wording

    say = Wording(report.basis.rules.currency)
    if not report.forecast_history:
        call.out.say("No period of that kind is over yet: no forecast has been held against it.")
        return
    rows = (
        (
            f"{call_.period.label} week {call_.week}",
            *(say.money(call_.said[name]) for name in CALLS),
            say.money(call_.came),
        )
        for call_ in report.forecast_history
    )
    call.out.line("")
    Table(("said at", *CALLS, "came"), right=range(1, 7)).write(call.out, rows)


def _target_arguments(parser: Parser) -> None:
    parser.add_argument("period", metavar="PERIOD", help="2026, 2026Q4, 2026-11 or 2026-W47")
    parser.add_argument("amount", metavar="AMOUNT", help="such as 130k; none takes it away")
    parser.add_argument("--owner", metavar="REP", default="", help="of a rep")
    parser.add_argument("--team", metavar="TEAM", default="", help="of a team")
    parser.add_json()


def set_target(call: Call) -> int:
    """What is to be won in a period by a rep, a team or everybody."""
    asked = call.arguments
    amount = None if asked.amount.lower() == "none" else asked.amount
    target = call.workspace.set_target(
        call.pipeline,
        asked.period,
        amount,
        owner=asked.owner,
        team=asked.team,
        **call.once,
    )
    if asked.json:
        call.out.document({"target": target and _target(target)})
    label = call.workspace.period(asked.period).label
    whose = _whose(asked.owner.removeprefix("@"), asked.team)
    begin = "Not done (dry run): " if asked.dry_run else ""
    if target is None:
        call.out.say(f"{begin}No target for {label}, {whose}.")
    else:
        call.out.say(f"{begin}Target for {label}, {whose}: {format_money(target.amount)}.")
    return 0


def _whose(owner: str, team: str) -> str:
    return f"@{owner}" if owner else f"team {team}" if team else "everybody"


def _target(target: Target) -> dict[str, object]:
    return {
        "period": target.period,
        "amount": {"amount_minor": target.amount.minor, "currency": target.amount.currency},
        "owner": target.owner or None,
        "team": target.team or None,
    }


def list_targets(call: Call) -> int:
    """The targets of the pipeline."""
    targets = call.workspace.targets(call.pipeline)
    if call.arguments.json:
        call.out.document({"targets": [_target(target) for target in targets]})
        return 0
    rows = (
        (target.period, _whose(target.owner, target.team), format_money(target.amount))
        for target in targets
    )
    Table(("period", "whose", "target"), right=(2,)).write(call.out, rows)
    if not targets:
        call.out.say("No target is set; for example: pipeboard target set 2026Q4 130k")
    return 0


def _fx_arguments(parser: Parser) -> None:
    parser.add_argument("currency", metavar="CURRENCY", help="such as USD")
    parser.add_argument("rate", metavar="RATE", help="what one unit is worth; none takes it away")
    parser.add_argument("--on", metavar="DATE", help="from that day on, else from today")
    parser.add_json()


def set_rate(call: Call) -> int:
    """What a currency is worth in the workspace's, from a day on."""
    asked, base = call.arguments, call.settings.currency
    wanted = None if asked.rate.lower() == "none" else asked.rate
    code, rate, day = call.workspace.set_rate(
        asked.currency, wanted, on=call.day(asked.on), **call.once
    )
    if asked.json:
        call.out.document(
            {"rate": rate and {"currency": code, "from": day.isoformat(), "rate": float(rate)}}
        )
    begin = "Not done (dry run): " if asked.dry_run else ""
    if rate is None:
        call.out.say(f"{begin}No rate of {code} for {format_date(day)}.")
    else:
        call.out.say(f"{begin}1 {code} is {float(rate):g} {base} from {format_date(day)} on.")
    return 0


def list_rates(call: Call) -> int:
    """Every rate, by currency and day."""
    rates = call.workspace.reader.rates()
    found = [(code, day, rate) for code, dated in rates.dated.items() for day, rate in dated]
    if call.arguments.json:
        documents = [
            {"currency": code, "from": day.isoformat(), "rate": float(rate)}
            for code, day, rate in found
        ]
        call.out.document({"base": rates.base, "rates": documents})
        return 0
    rows = ((code, day.isoformat(), f"{float(rate):g}") for code, day, rate in found)
    Table(("currency", "from", f"in {rates.base}"), right=(2,)).write(call.out, rows)
    if not found:
        call.out.say("No rate is entered; for example: pipeboard fx set USD 0.92")
    return 0


VERBS = {
    "metrics": Verb("[FILTER...]", _metrics_arguments, metrics, dashed_words=True),
    "target set": Verb("PERIOD AMOUNT", _target_arguments, set_target),
    "target list": Verb("", Parser.add_json, list_targets),
    "fx set": Verb("CURRENCY RATE", _fx_arguments, set_rate),
    "fx list": Verb("", Parser.add_json, list_rates),
}
