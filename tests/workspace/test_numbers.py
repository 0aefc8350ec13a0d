"""Numbers as a use case: whose, of which period, as of when, against which target and rate."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.deal import Contact, Deal, Loss
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.hygiene import commit_lacks
from pipeboard.domain.metrics import Report
from pipeboard.domain.metrics.forecast import unsupported_commits
from pipeboard.domain.metrics.time_in_stage import ages
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline, Trait
from pipeboard.domain.settings import SPLIT_BY, Rep
from pipeboard.exchange.metrics_document import metrics_document
from pipeboard.exchange.metrics_tables import FullReport
from pipeboard.exchange.reading import open_import
from pipeboard.workspace.reports import ReportQuery, end_of_period, is_over
from tests.team import (
    CLOSING,
    LEAD,
    NEEDS,
    PROPOSAL,
    QUALIFICATION,
    WON,
    Team,
    add,
    qualify,
    sales,
)
from tests.verbs import Workspace


def asked(workspace: Workspace, period: str = "2026Q4") -> ReportQuery:
    return ReportQuery(sales(workspace), workspace.period(period), workspace.now(), me=workspace.me)


def count(report: Report, name: str) -> int | None:
    return report.metric(name).rounded


def win(workspace: Workspace, line: str) -> int:
    deal = add(workspace, line, stage=CLOSING)
    workspace.win([deal.id], override="signed")
    return deal.id


def test_a_report_counts_what_is_stored(team: Team, ana: Workspace) -> None:
    win(ana, "Lumen Oy: pilot 40k")
    add(ana, "Acme: spare parts 10k")
    report = ana.report(asked(ana))
    assert count(report, "won_value") == 4_000_000
    assert count(report, "open_value") == 1_000_000


def test_what_was_undone_never_happened(team: Team, ana: Workspace) -> None:
    win(ana, "Lumen Oy: pilot 40k")
    ana.undo()
    assert count(ana.report(asked(ana)), "won_count") == 0


def test_as_of_an_earlier_day_later_deals_are_unknown(team: Team, ana: Workspace) -> None:
    add(ana, "Acme: spare parts 10k")
    before = ana.now()
    team.clock.wait(days=2)
    add(ana, "Borealis: service 5k")
    assert count(ana.report(asked(ana)), "open_count") == 2
    assert count(ana.report(replace(asked(ana), as_of=before)), "open_count") == 1


def test_a_filter_and_an_owner_narrow_the_deals(team: Team, ana: Workspace) -> None:
    ana.save_rep(Rep("bo"))
    add(ana, "Acme: spare parts 10k @ana")
    add(ana, "Borealis: service 5k @bo")
    add(ana, "Cobalt: service 3k @bo")
    question = replace(asked(ana), query=ana.parse_filter("value>4k"))
    assert count(ana.report(question), "open_count") == 2
    assert count(ana.report(replace(question, owner="bo")), "open_count") == 1


def test_groups_are_each_a_report_of_their_own(team: Team, ana: Workspace) -> None:
    add(ana, "Acme: spare parts 10k source:referral")
    add(ana, "Borealis: service 5k source:web")
    report = ana.report(asked(ana))
    groups = {
        name: count(part, "open_value") for name, part in ana.groups(report, "source").items()
    }
    assert groups == {"referral": 1_000_000, "web": 500_000}
    ana.change_pipeline(replace(sales(ana), traits=(Trait("source", ("web",)),)))
    for name in SPLIT_BY:
        parts = ana.groups(report, name).values()
        assert sum(int(count(part, "open_count") or 0) for part in parts) == 2, name
    with pytest.raises(BadInput, match="to group by"):
        ana.groups(report, "colour")


def test_a_running_period_is_compared_with_the_same_days_of_the_one_before(
    team: Team, ana: Workspace
) -> None:
    question = asked(ana)
    before = question.before(ana.settings)
    assert (before.period.label, str(before.as_of)) == ("2026Q3", "2026-08-23 09:00:00+00:00")
    assert before.filter_at == question.as_of
    earlier = question.as_of - timedelta(days=2)
    assert replace(question, filter_at=earlier).before(ana.settings).filter_at == earlier
    ended = question.period.instants(ana.settings.zone)[1]
    assert replace(question, as_of=ended).before(ana.settings).as_of == ended
    over = replace(question, period=ana.period("2026Q2")).before(ana.settings)
    assert over.filter_at is None
    assert (over.period.label, over.as_of) == ("2026Q1", question.as_of)
    with pytest.raises(BadInput):
        replace(question, period=ana.period("all")).before(ana.settings)


def test_the_end_of_a_day_is_now_at_the_latest(ana: Workspace) -> None:
    assert ana.end_of(ana.today) == ana.now()
    assert str(ana.end_of(date(2026, 10, 31))) == "2026-10-31 22:59:59.999999+00:00"
    with pytest.raises(BadInput, match="has not come yet"):
        ana.end_of(date(2026, 12, 1))


def test_a_target_is_set_replaced_and_taken_away(team: Team, ana: Workspace) -> None:
    ana.set_target(sales(ana), "2026-Q4", "130k")
    ana.set_target(sales(ana), "2026Q4", "150k")
    (target,) = ana.targets(sales(ana))
    assert (target.period, target.amount) == ("2026Q4", Money(15_000_000, "EUR"))
    assert count(ana.report(asked(ana)), "target") == 15_000_000
    ana.set_target(sales(ana), "2026Q4", None)
    assert ana.targets(sales(ana)) == ()


def test_targets_of_reps_and_teams_stand_beside_that_of_everybody(
    team: Team, ana: Workspace
) -> None:
    ana.save_rep(Rep("bo", team="north"))
    ana.set_target(sales(ana), "2026Q4", "130k")
    ana.set_target(sales(ana), "2026Q4", "60k", owner="@BO")
    ana.set_target(sales(ana), "2026Q4", "70k", team="North")
    assert {(t.owner, t.team, t.amount.minor) for t in ana.targets(sales(ana))} == {
        ("", "", 13_000_000),
        ("bo", "", 6_000_000),
        ("", "north", 7_000_000),
    }


@pytest.mark.parametrize(
    ("period", "amount", "holder", "error"),
    [
        ("last90d", "130k", {}, BadInput),
        ("2026Q5", "130k", {}, BadInput),
        ("2026Q4", "much", {}, BadInput),
        ("2026Q4", "130k", {"owner": "nobody"}, NotFound),
        ("2026Q4", "130k", {"team": "nobody"}, NotFound),
    ],
)
def test_a_target_that_cannot_be_is_refused(
    ana: Workspace, period: str, amount: str, holder: dict[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        ana.set_target(
            sales(ana), period, amount, owner=holder.get("owner", ""), team=holder.get("team", "")
        )
    assert ana.targets(sales(ana)) == ()


def test_a_dry_run_stores_no_target_and_no_rate(ana: Workspace) -> None:
    ana.set_target(sales(ana), "2026Q4", "130k", dry_run=True)
    ana.set_rate("USD", "0.92", dry_run=True)
    assert (ana.targets(sales(ana)), dict(ana.reader.numbers.rates().dated)) == ((), {})


def test_foreign_amounts_count_from_the_day_that_their_rate_is_known(
    team: Team, ana: Workspace
) -> None:
    add(ana, "Acme: spare parts USD 10000")
    assert ana.report(asked(ana)).metric("open_value").reason == "no rate for USD"
    ana.set_rate("usd", "0.9", on=date(2026, 12, 1))
    assert count(ana.report(asked(ana)), "open_value") is None
    ana.set_rate("USD", "0,92")
    assert count(ana.report(asked(ana)), "open_value") == 920_000
    assert ana.reader.numbers.rates().dated["USD"] == (
        (date(2026, 11, 23), Fraction(23, 25)),
        (date(2026, 12, 1), Fraction(9, 10)),
    )
    ana.set_rate("USD", None)
    assert [day for day, _ in ana.reader.numbers.rates().dated["USD"]] == [date(2026, 12, 1)]


@pytest.mark.parametrize("rate", ["0", "-1", "much", "1e99", "1/0", "nan", ""])
def test_what_is_no_rate_is_refused(ana: Workspace, rate: str) -> None:
    with pytest.raises(BadInput, match="exchange rate"):
        ana.set_rate("USD", rate)


def test_the_own_currency_has_no_rate(ana: Workspace) -> None:
    with pytest.raises(BadInput, match="own currency"):
        ana.set_rate("EUR", "1")


def test_the_board_in_one_currency_says_what_the_numbers_say(team: Team, ana: Workspace) -> None:
    ana.set_rate("USD", "0.9", on=ana.today - timedelta(days=30))
    win(ana, "Lumen Oy: pilot 3.33 USD")
    team.clock.wait(days=1)
    ana.set_rate("USD", "2/3")
    ana.set_rate("JPY", "1/161")
    win(ana, "Midas: pilot 7.77 USD")
    add(ana, "Acme: spare parts 10k")
    for line in ("Borealis: service 5.55 USD", "Cobalt: service 77 JPY", "Delphi: part 1.01 USD"):
        add(ana, line, stage=PROPOSAL)
    lens = replace(ana.lens(sales(ana)), currency="EUR")
    board, report = ana.reader.board(lens), ana.report(asked(ana, "all"))
    assert [money.minor for money in board.open_sums] == [count(report, "open_value")]
    assert [money.minor for money in board.column(WON).sums] == [count(report, "won_value")]
    assert board.column(WON).is_converted and board.is_converted
    for row in report.stages:
        column = board.column(row.stage.id)
        assert [m.minor for m in column.sums] == [row.open_value.rounded][: row.open_count.n]
        expected = [row.weighted_value.rounded][: row.open_count.n]
        assert [m.minor for m in column.weighted] == expected


def test_without_a_rate_the_board_keeps_a_row_for_the_currency(team: Team, ana: Workspace) -> None:
    add(ana, "Acme: spare parts 10k")
    add(ana, "Borealis: service 5k USD")
    board = ana.reader.board(replace(ana.lens(sales(ana)), currency="EUR"))
    assert board.open_sums == (Money(1_000_000, "EUR"), Money(500_000, "USD"))
    assert not board.is_converted


def test_deals_that_hang_on_one_person_are_counted_as_of_any_instant(
    team: Team, ana: Workspace
) -> None:
    early = add(ana, "Acme: spare parts 10k")
    lone, known = (add(ana, f"{name}: service", stage=PROPOSAL) for name in ("Bo Oy", "Cobalt"))
    for deal, names in ((lone, ("Mika",)), (known, ("Mika", "Aino"))):
        for name in names:
            ana.set_contact(deal.id, Contact(name))
    before = ana.now()
    team.clock.wait(days=1)
    ana.set_contact(lone.id, Contact("Ito"))
    ana.set_contact(known.id, None, "aino")

    def alone(question: ReportQuery) -> list[int]:
        found = ana.report(question).metric("single_contact")
        assert early.id not in found.den_ids
        return list(found.num_ids)

    assert alone(asked(ana)) == [known.id]
    assert alone(replace(asked(ana), as_of=before)) == [lone.id]


OPEN = (LEAD, QUALIFICATION, NEEDS, PROPOSAL, CLOSING)


def without(pipeline: Pipeline, *gone: int) -> Pipeline:
    return replace(pipeline, stages=tuple(s for s in pipeline.stages if s.id not in gone))


def worked_on(team: Team, ana: Workspace) -> None:
    """Deals that went through all stages, skipped some, came back and were lost."""
    ways = (OPEN, (LEAD, NEEDS, CLOSING), (LEAD, QUALIFICATION), (QUALIFICATION, PROPOSAL, NEEDS))
    for number, way in enumerate(ways * 2):
        deal = add(ana, f"Company {number}: pilot {number + 1}k", stage=way[0]).id
        for stage in way[1:]:
            team.clock.wait(hours=31)
            ana.move([deal], stage, override="agreed by phone")
        if number % 4 == 0:
            ana.win([deal], override="signed")
        elif number == 2:
            ana.lose([deal], Loss("price"))


def told(ana: Workspace) -> dict[str, Any]:
    """The numbers, without the instant and what is open in a stage that is gone."""
    document: dict[str, Any] = metrics_document(FullReport(ana.report(asked(ana))))
    del document["as_of"]
    return document


@pytest.mark.parametrize("gone", [(one,) for one in OPEN] + [(LEAD, QUALIFICATION), (NEEDS, 4, 6)])
def test_a_stage_that_is_retired_changes_no_number(
    team: Team, ana: Workspace, gone: tuple[int, ...]
) -> None:
    worked_on(team, ana)
    before = told(ana)
    names = {sales(ana).stage(one).name for one in gone}
    ana.save_pipeline(without(sales(ana), *gone))
    after = told(ana)
    # An empty stage that is retired has no row any more.
    assert after["stages"] == [
        row for row in before["stages"] if row["stage"] not in names or row["open_count"]
    ]
    assert after["metrics"] == before["metrics"]
    assert after["waterfall"] == before["waterfall"]
    assert after["lead_velocity"] == before["lead_velocity"]


def test_stages_that_were_put_behind_all_others_count_where_they_stood(
    team: Team, ana: Workspace
) -> None:
    worked_on(team, ana)
    before = told(ana)
    ana.save_pipeline(without(sales(ana), NEEDS))
    now = sales(ana)
    retired = now.stage(NEEDS)
    assert [stage.id for stage in now.stages].index(NEEDS) == 2
    opens = [stage for stage in now.stages if stage.is_open and stage != retired]
    ana.save_pipeline(replace(now, stages=(*opens, retired, now.won, now.lost)))
    assert told(ana)["metrics"] == before["metrics"]


FILE = """\
id,title,value,stage,created,stage_entered_at
1,Press,1000,Proposal,2026-02-01 10:00,2026-11-10 10:00
2,Kiln,2000,Proposal,2026-11-12 10:00,2026-11-12 10:00
"""


def test_an_imported_deal_is_in_its_stage_since_it_came_there(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    file = tmp_path / "deals.csv"
    file.write_text(FILE)
    with open_import(file, currency="EUR", zone=ana.settings.zone, today=ana.today) as reading:
        ana.import_rows(reading, sales(ana), "deals.csv")
    report = ana.report(asked(ana))
    board = {deal.title: (ana.today - deal.stage_entered_at.date()).days for deal in everyone(ana)}
    assert board == {"Press": 13, "Kiln": 11}
    assert {age.deal.id: age.days_in_stage for age in ages(report.stock)} == {1: 13, 2: 11}
    assert report.bottleneck is None
    assert report.metric("qualified_count").value == 2
    assert count(ana.report(asked(ana, "2026-02")), "qualified_count") == 0
    june = replace(asked(ana, "2026Q2"), as_of=datetime(2026, 6, 1, tzinfo=UTC))
    then = ana.report(june)
    assert (count(then, "open_count"), count(then, "qualified_count")) == (1, 0)
    (alone,) = ages(then.basis)
    assert alone.days_in_stage is None


def everyone(ana: Workspace) -> list[Deal]:
    return list(ana.reader.each(today=ana.today))


def test_a_customer_of_a_colleague_is_no_new_one_of_mine(
    team: Team, ana: Workspace, bo: Workspace
) -> None:
    win(bo, "Acme: spare parts 10k @bo")
    team.clock.wait(days=2)
    win(ana, "Acme: press 20k @ana")
    win(ana, "Lumen Oy: pilot 40k @ana")
    for owner, existing in ((None, 1), ("ana", 1), ("bo", None)):
        found = ana.groups(ana.report(replace(asked(ana), owner=owner)), "customer")
        counts = {name: count(part, "won_count") for name, part in found.items()}
        assert counts.get("existing") == existing, owner
        assert counts.get("new") == {None: 2, "ana": 1, "bo": 1}[owner]


def test_numbers_of_a_filter_for_an_owner_are_held_against_their_target(
    team: Team, ana: Workspace
) -> None:
    ana.set_target(sales(ana), "2026Q4", "50k", owner="bo")
    ana.set_target(sales(ana), "2026Q4", "90k")
    add(ana, "Acme: spare parts 10k @bo")
    for text, target in (
        ("owner:bo", 5_000_000),
        ("owner:BO", 5_000_000),
        ("owner:cy", None),
        ("owner:bo value>1k", None),
        ("", 9_000_000),
    ):
        found = ana.report(replace(asked(ana), query=ana.parse_filter(text)))
        assert count(found, "target") == target, text
    mine = replace(asked(ana), query=ana.parse_filter("owner:me"), me="bo")
    assert count(ana.report(mine), "target") == 5_000_000


def test_a_commit_is_counted_as_one_without_evidence_until_it_has_some(ana: Workspace) -> None:
    deals = [add(ana, f"{name}: pilot 40k") for name in ("Lumen", "Acme", "Bold")]
    for deal in deals:
        ana.edit([deal.id], {"category": "commit", "expected_close": date(2026, 12, 1)})
    qualify(ana, deals[0].id)
    ana.answer([deals[2].id], "need", "They stop twice a day.", 3)
    for deal in (deals[0], deals[2]):
        ana.set_contact(deal.id, Contact("Mika Laine", "decision_maker"))
    basis = ana.report(asked(ana)).basis
    assert basis.supported == {deals[0].id}
    assert [deal.id for deal in unsupported_commits(basis)] == [deal.id for deal in deals[1:]]
    # What a deal itself says of it is the same.
    now = ana.reader.deals([deal.id for deal in deals]).values()
    assert [commit_lacks(deal, sales(ana)) for deal in now] == [
        "", "no timeline, budget, decision-maker", "no timeline, budget",
    ]  # fmt: skip


def test_whoever_calls_a_deal_a_commit_hears_what_it_has_no_evidence_of(ana: Workspace) -> None:
    first, second = (add(ana, f"{name}: pilot 40k").id for name in ("Lumen", "Acme"))
    said = ana.edit([first], {"category": "commit"}).notes
    assert said == ("Lumen is a commit without evidence: no timeline, budget, decision-maker.",)
    assert ana.edit([first], {"source": "web"}).notes == ()
    ana.edit([first], {"category": "best"})
    said = ana.edit([first, second], {"category": "commit"}).notes
    assert said == ("2 of these commits are without evidence: Lumen, Acme.",)


@pytest.mark.parametrize(
    ("period", "at", "before"),
    [
        # In Berlin a month begins at 23:00, in summer at 22:00.
        ("2026-03", "2026-03-01T00:00", "2026-02-01T00:00"),
        ("2026-03", "2026-03-28T22:59", "2026-02-28T22:59"),
        ("2026-03", "2026-03-28T23:00", "2026-02-28T22:59:59.999999"),
        ("2026-03", "2026-03-31T12:00", "2026-02-28T22:59:59.999999"),
        ("2026-05", "2026-05-30T21:59", "2026-04-30T21:59"),
        ("2026-05", "2026-05-31T21:59", "2026-04-30T21:59:59.999999"),
        ("2026-02", "2026-02-28T22:59", "2026-01-28T22:59"),
    ],
)
def test_a_long_month_is_compared_with_a_short_one_to_its_end_at_most(
    period: str, at: str, before: str, ana: Workspace
) -> None:
    moment, then = (datetime.fromisoformat(f"{one}+00:00") for one in (at, before))
    question = ReportQuery(sales(ana), ana.period(period), moment)
    assert question.before(ana.settings).as_of == then


def test_numbers_of_a_filter_count_deals_that_were_put_away_too(ana: Workspace) -> None:
    won = win(ana, "Lumen Oy: pilot 40k source:web")
    win(ana, "Acme: press 10k source:fair")
    ana.archive([won])
    for words, value in (("source:web", 4_000_000), ("source:fair", 1_000_000), ("archived", 0)):
        query = ana.parse_filter(words)
        found = ana.report(replace(asked(ana), query=query))
        expected = value or 4_000_000
        assert count(found, "won_value") == expected, words


@pytest.mark.parametrize(
    ("currency", "value", "told"),
    [("", 4_000_000, "EUR"), ("EUR", 4_000_000, "EUR"), ("USD", 5_000_000, "USD")],
)
def test_sums_are_in_the_currency_that_is_asked_for_else_in_that_of_the_pipeline(
    currency: str, value: int, told: str, ana: Workspace
) -> None:
    ana.set_rate("USD", "0.8", on=date(2026, 1, 1))
    win(ana, "Lumen Oy: pilot 40k")
    found = ana.report(replace(asked(ana), currency=currency))
    assert count(found, "won_value") == value
    assert found.basis.rules.currency == told


@pytest.mark.parametrize(
    ("period", "at", "over"),
    [
        # The quarter ends in Berlin at 22:00, for it is summer there.
        ("2026Q3", "2026-09-30T21:59:59.999998", False),
        ("2026Q3", "2026-09-30T21:59:59.999999", False),
        ("2026Q3", "2026-09-30T22:00:00", True),
        ("2026Q3", "2026-11-23T09:00:00", True),
        ("2026Q4", "2026-11-23T09:00:00", False),
        ("all", "2026-11-23T09:00:00", False),
    ],
)
def test_a_period_is_over_once_its_last_instant_has_passed(
    period: str, at: str, over: bool, ana: Workspace
) -> None:
    moment = datetime.fromisoformat(f"{at}+00:00")
    question = ReportQuery(sales(ana), ana.period(period), moment)
    assert is_over(question, ana.settings) is over
    if period == "2026Q3":
        last = datetime(2026, 9, 30, 21, 59, 59, 999_999, tzinfo=UTC)
        assert end_of_period(question, ana.settings) == last
    ended = ana.report(question).basis.ended
    assert (ended is not None) is over
    assert ended is None or ended.as_of == end_of_period(question, ana.settings)
