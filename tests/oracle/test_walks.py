"""The JSON of random walks is, key by key, what a second plain implementation comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import isclose
from random import Random
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.metrics import METRICS
from pipeboard.exchange.metrics_document import metrics_document
from pipeboard.exchange.metrics_tables import FullReport
from pipeboard.workspace.reports import ReportQuery
from tests.oracle import further, outcomes, outlook, parts, rows, standing
from tests.oracle.asked import Asked, Whose, half_up
from tests.oracle.ledger import Ledger
from tests.oracle.log import Told, calls_until, deals_at
from tests.oracle.walking import ZONES, walked
from tests.team import Team, sales
from tests.verbs import Workspace

COMMANDS = 420
PERIODS = ("2026Q4", "2026Q3", "2026-11", "all")
WHOLE = ("count", "minor")


@pytest.fixture(scope="module", params=list(enumerate(ZONES)), ids=ZONES)
def team(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Any:
    seed, zone = request.param
    team = walked(tmp_path_factory.mktemp("walk") / "team.db", zone, seed, COMMANDS)
    yield team
    team.close()


def question(ana: Workspace, label: str, at: datetime, **more: Any) -> ReportQuery:
    return ReportQuery(sales(ana), ana.period(label, at=at), at, **more)


def asked(team: Team, ana: Workspace, wanted: ReportQuery, at: datetime, **whose: Any) -> Asked:
    """The same question for the second implementation."""
    deals = deals_at(team.path, wanted.pipeline.id, micros(at))
    rules = ana.reader.numbers.rules(wanted.pipeline, at)
    return Asked(
        deals,
        micros(at),
        wanted.period.start,
        wanted.period.end,
        ana.settings.zone,
        rules.pipeline,
        {code: list(dated) for code, dated in ana.reader.numbers.rates().dated.items()},
        [(t.period, t.owner, t.amount.minor) for t in rules.targets],
        teams=rules.teams,
        calls_told=calls_until(team.path, wanted.pipeline.id, micros(at)),
        chances_over=deals,
        stage_bp=rules.chances,
        **whose,
    )


MOVING = outcomes.OUTCOMES | outlook.OUTLOOK | further.FURTHER
STANDING = outcomes.STANDING | outlook.STANDING | further.STANDING


def test_every_number_is_reckoned_a_second_time() -> None:
    reckoned = set(MOVING) | set(STANDING)
    assert set(METRICS) == reckoned, "MOVING or STANDING wants how a new one is counted"


def compare(found: Mapping[str, Any], asked: Asked, stock: Asked) -> int:
    """Every number of a report against its second reckoning; how many there were."""
    moving = replace(asked, ended=stock)
    wanted = {name: (of, moving) for name, of in MOVING.items()}
    wanted |= {name: (of, stock) for name, of in STANDING.items()}
    for name, (of, over) in wanted.items():
        value, expected = found[name]["value"], of(over)
        if expected is not None and found[name]["unit"] in WHOLE:
            expected = half_up(expected)
        same = (
            value == expected
            if value is None or expected is None
            else isclose(value, expected, rel_tol=1e-12, abs_tol=1e-9)
        )
        assert same, f"{name}: {value} in JSON, {expected} reckoned"
    return len(wanted)


def stock_of(team: Team, ana: Workspace, wanted: ReportQuery, over: Asked, **whose: Any) -> Asked:
    """What stands open is asked of the end of a period that is over."""
    if wanted.period.kind == "all" or over.end > over.now:
        return over
    _, end = wanted.period.instants(ana.settings.zone)
    return asked(team, ana, wanted, end - timedelta.resolution, **whose)


def instants(team: Team) -> list[datetime]:
    """Now, and instants in the middle of the walk."""
    now, rng = team.clock(), Random(1)
    return [now, *(now - timedelta(hours=rng.randint(1, 160 * 24)) for _ in range(3))]


@pytest.mark.parametrize("label", PERIODS)
def test_the_whole_report(team: Team, label: str) -> None:
    ana = team.rep("ana")
    for at in instants(team):
        wanted = question(ana, label, at)
        found: dict[str, Any] = metrics_document(FullReport(ana.report(wanted)))
        over = asked(team, ana, wanted, at)
        compare(found["metrics"], over, stock_of(team, ana, wanted, over))


@pytest.mark.parametrize("label", PERIODS)
def test_the_ledger(team: Team, label: str) -> None:
    ana = team.rep("ana")
    for at in instants(team):
        wanted = question(ana, label, at)
        report = ana.report(wanted)
        over = asked(team, ana, wanted, at)
        lines = {n: Fraction(line.amount) for n, line in report.waterfall.lines.items()}
        assert {n: a for n, a in lines.items() if a} == Ledger(over, over.start).lines
        found: dict[str, Any] = metrics_document(FullReport(report))
        agree(found["waterfall"]["off_ledger"], rows.off_ledger(over))
        if found["metrics"]["won_value"]["value"] is not None:
            assert found["waterfall"]["won"] == found["metrics"]["won_value"]["value"]


RECKONED = {
    "metrics", "by_currency", "stages", "bottleneck", "lead_velocity", "forecast_months",
    "won_weeks", "calibration", "chances", "backtest", "call", "needed", "coverage",
    "velocity_is_stale", "time_to_win", "waterfall", "loss_reasons", "competitors",
    "unsupported_commits", "ages", "touches", "adherence",
}  # fmt: skip
QUESTION = {
    "as_of", "stock_as_of", "zone", "currency", "pipeline", "owner", "filter", "period", "windows",
    "grouped_by", "groups", "readings",
}  # fmt: skip
"""What was asked, and sentences, which tests of their own hold against numbers."""


@pytest.mark.parametrize("label", PERIODS)
def test_the_other_parts(team: Team, label: str) -> None:
    ana = team.rep("ana")
    for at in instants(team)[:3]:
        wanted = question(ana, label, at)
        found: dict[str, Any] = metrics_document(FullReport(ana.report(wanted)))
        assert set(found) == RECKONED | QUESTION
        over = asked(team, ana, wanted, at)
        compare_parts(found, over, stock_of(team, ana, wanted, over))


@pytest.mark.parametrize("by", ["owner", "team", "source"])
def test_the_other_parts_of_every_group(team: Team, by: str) -> None:
    ana = team.rep("ana")
    for at in instants(team)[:2]:
        wanted = question(ana, "2026Q4", at)
        over = asked(team, ana, wanted, at)
        for name, report in ana.groups(ana.report(wanted), by).items():
            named = whose(by, over.deals)
            scope = by if by in ("owner", "team") else "part"
            mine = replace(over, event=named, standing=named, scope=scope, group=name)
            compare_parts(metrics_document(FullReport(report)), mine, mine)


def compare_parts(found: Mapping[str, Any], over: Asked, stock: Asked) -> None:
    """All that stands beside the numbers."""
    for row, one in zip(found["stages"], over.stages, strict=True):
        told = parts.stage(over, stock, one) | standing.stage(over, stock, one)
        agree(row, told | rows.stage(over, stock, one))
    for row in found["forecast_months"]:
        agree(row, parts.month(stock, row["month"]))
    for row in found["won_weeks"]:
        agree(row, parts.week(over, date.fromisoformat(row["week"])))
    lost = {row["category"]: (row["count"], row["value"]) for row in found["loss_reasons"]}
    assert lost == parts.losses(over)
    for row in found["loss_reasons"]:
        assert row["stages"] == rows.lost_from(over, row["category"])
    commits = {row["deal"]: row["value"] for row in found["unsupported_commits"]}
    agree(commits, unsupported := rows.unsupported(stock))
    assert commits.keys() == unsupported.keys()
    scores = found["calibration"]
    agree(scores | {"n": scores["bias"]["n"]}, parts.calibration(stock))
    for row, band in zip(scores["bands"], rows.bands(stock), strict=True):
        agree(row | {"n": row["won"]["n"]}, band)
    late, latest = found["bottleneck"], rows.bottleneck(stock)
    assert (late and late["stage"]) == (latest and latest[0])
    assert late is None or latest is None or isclose(late["overstay_deal_days"], latest[1])
    assert found["by_currency"] == rows.by_currency(over, stock)
    assert found["velocity_is_stale"] == rows.is_stale(stock)
    assert found["competitors"] == rows.competitors(over)
    agree(found["backtest"], rows.backtest(stock))
    agree(found["call"], rows.call_record(stock))
    agree(found["coverage"], rows.coverage(stock))
    listed = (
        ("ages", rows.ages(stock)),
        ("lead_velocity", rows.leads(over)),
        ("chances", rows.chances(stock)),
        ("time_to_win", rows.time_to_win(over)),
    )
    for key, reckoned in listed:
        for row, one in zip(found[key], reckoned, strict=True):
            agree(row, one)
    for key, of_reps in (("touches", rows.touches(over)), ("adherence", rows.adherence(over))):
        told_of = {row["rep"]: row for row in found[key]}
        assert told_of.keys() == of_reps.keys()
        agree(told_of, of_reps)


@pytest.mark.parametrize("label", PERIODS[:3])
def test_what_was_said_week_by_week(team: Team, label: str) -> None:
    ana, at = team.rep("ana"), team.clock()
    wanted = question(ana, label, at)
    document: dict[str, Any] = metrics_document(FullReport(ana.report(wanted), history=True))
    found = document["forecast_history"]
    stock = stock_of(team, ana, wanted, asked(team, ana, wanted, at))
    told = [row for one in further.periods_before(stock) for row in standing.said_in(stock, *one)]
    for row, reckoned in zip(found, told, strict=True):
        agree(row, reckoned)


@pytest.mark.parametrize("label", PERIODS[:3])
def test_what_past_periods_say(team: Team, label: str) -> None:
    ana, at = team.rep("ana"), team.clock()
    wanted = question(ana, label, at)
    found: dict[str, Any] = metrics_document(FullReport(ana.report(wanted)))
    stock = stock_of(team, ana, wanted, asked(team, ana, wanted, at))
    begun = min(deal.created for deal in stock.counted)
    periods: list[tuple[date, date]] = []
    period = wanted.period.previous()
    while stock.us(period.start) >= begun and len(periods) < 4:
        periods.append((period.start, period.end))
        period = period.previous()
    wanted_of = parts.needed(stock, periods)
    agree(found["needed"], {name: wanted_of[name] for name in found["needed"] if name in wanted_of})
    for row, (first, after) in zip(found["backtest"]["periods"], periods, strict=True):
        agree(row, parts.score(stock, first, after))


def agree(found: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Part by part the same."""
    for name, expected in wanted.items():
        value = found[name]
        if isinstance(expected, dict):
            agree(value, expected)
            continue
        value = value["value"] if isinstance(value, dict) else value
        same = (
            isclose(value, expected, rel_tol=1e-12, abs_tol=1e-9)
            if isinstance(value, int | float) and isinstance(expected, int | float)
            else value == expected
        )
        assert same, f"{name}: {value} in JSON, {expected} reckoned ({wanted})"


TEAMS = {"ana": "south", "bo": "north", "cem": "north"}


def whose(name: str, deals: list[Told]) -> Whose:
    """The owner at the time; the source is that of the instant that is asked for."""

    def owner(deal: Told, us: int) -> Any:
        return deal.at("owner", max(us, deal.created)) or None

    if name == "owner":
        return owner
    if name == "team":
        return lambda deal, us: TEAMS.get(owner(deal, us))
    sources = {deal.id: (deal.values.get("source") or [(0, "")])[-1][1] for deal in deals}
    return lambda deal, us: sources.get(deal.id) or None


def by_month(over: Asked) -> dict[str, Whose]:
    """The month of what happened, and for what stands open that of its close date."""

    def happened(deal: Told, us: int) -> Any:
        unknown = us == deal.created and not deal.dated
        return None if unknown else f"{over.day(us):%Y-%m}"

    return {
        "event": happened,
        "standing": lambda d, us: (d.at("expected_close", us) or "")[:7] or None,
    }


@pytest.mark.parametrize("by", ["owner", "team", "source", "month"])
@pytest.mark.parametrize("label", PERIODS[:2])
def test_every_group(team: Team, by: str, label: str) -> None:
    ana = team.rep("ana")
    for at in instants(team)[:3]:
        wanted = question(ana, label, at)
        report = ana.report(wanted)
        groups = ana.groups(report, by)
        found: dict[str, Any] = metrics_document(FullReport(report, groups=groups, grouped_by=by))
        over = asked(team, ana, wanted, at)
        for group in found["groups"]:
            named = whose(by, over.deals)
            scope = by if by in ("owner", "team") else "part"
            part: dict[str, Any] = {"event": named, "standing": named, "scope": scope}
            if by == "month":
                part |= by_month(over)
            mine = replace(over, group=group["key"], **part)
            stock = stock_of(team, ana, wanted, mine, group=group["key"], **part)
            compare(group["metrics"], mine, stock)
        _adds_up(found)


def _adds_up(found: Mapping[str, Any]) -> None:
    """What is counted is shared out: nothing is lost between the groups."""
    for name in (
        "won_count",
        "lost_count",
        "open_count",
        "created_count",
        "quotes_sent",
        "push_count",
    ):
        parts = sum(group["metrics"][name]["value"] for group in found["groups"])
        assert parts == found["metrics"][name]["value"], name


def test_a_filter_says_what_its_group_says(team: Team) -> None:
    ana = team.rep("ana")
    for at in instants(team):
        for label in PERIODS:
            groups = ana.groups(ana.report(question(ana, label, at)), "source")
            for source in ("referral", "web"):
                query = ana.parse_filter(f"source:{source}")
                found = ana.report(question(ana, label, at, query=query))
                group = groups.get(source)
                if group is not None:
                    said = metrics_document(FullReport(group))
                    assert metrics_document(FullReport(found)) == said


def test_a_filter_for_an_owner_has_the_owners_target(team: Team) -> None:
    ana, now = team.rep("ana"), team.clock()
    for text, target in (
        ("owner:bo", 12_000_000),
        ("source:web", None),
        ("owner:bo value>1k", None),
    ):
        found = ana.report(question(ana, "2026Q4", now, query=ana.parse_filter(text)))
        assert found.metric("target").value == target
