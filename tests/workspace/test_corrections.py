"""A closing or a beginning that is known better later: numbers, looks back and undo, stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Loss
from pipeboard.domain.errors import Conflict, Refused
from pipeboard.domain.money import Money
from pipeboard.exchange.deal_files import _course
from pipeboard.workspace.import_report import remarks_told
from pipeboard.workspace.reports import ReportQuery
from pipeboard.workspace.row_matching import ImportOptions
from tests.ledger import disagreements
from tests.team import CLOSING, NOW, TODAY, Team, add, now_of, sales
from tests.verbs import Workspace
from tests.workspace.test_importing_again import counts, only, read
from tests.workspace.test_undoing import state

DAY = timedelta(days=1)


def old_deal(team: Team, ana: Workspace) -> int:
    """A deal that came to Closing sixty days ago."""
    team.clock.now = NOW - 60 * DAY
    deal = add(ana, "Lumen Oy: pilot 40k", stage=CLOSING)
    team.clock.now = NOW
    return deal.id


def won_at(ana: Workspace, at: datetime) -> tuple[int | None, int | None, int | None]:
    """Deals won this quarter as it stood then, and open and won ones that a filter finds."""
    asked = ReportQuery(sales(ana), ana.period("2026Q4"), at, me=ana.me)

    def count(name: str, query: str = "") -> int | None:
        question = replace(asked, query=ana.parse_filter(query)) if query else asked
        return ana.report(question).metric(name).rounded

    return count("won_count"), count("open_count", "open"), count("won_count", "won")


# When it was first said to be won, and when it was.
SAID_FIRST = (TODAY - 20 * DAY, TODAY - 5 * DAY, None)
RIGHT_DAYS = (TODAY - 30 * DAY, TODAY - 10 * DAY, TODAY - DAY)


@pytest.mark.parametrize("first", SAID_FIRST)
@pytest.mark.parametrize("then", RIGHT_DAYS)
def test_a_deal_was_won_on_its_right_day_whenever_one_looks(
    team_on_a_file: Team, first: date | None, then: date
) -> None:
    is_won_on_its_right_day(team_on_a_file, first, then)


# A server is asked the same for each pair of days: here an earlier one, a later one, the only one.
@pytest.mark.parametrize(
    ("first", "then"),
    [
        (SAID_FIRST[0], RIGHT_DAYS[0]),
        (SAID_FIRST[1], RIGHT_DAYS[2]),
        (SAID_FIRST[2], RIGHT_DAYS[1]),
    ],
)
@pytest.mark.parametrize("team", ["postgresql"], indirect=True)
def test_on_a_server_too_a_deal_was_won_on_its_right_day(
    team: Team, first: date | None, then: date
) -> None:
    is_won_on_its_right_day(team, first, then)


def is_won_on_its_right_day(team: Team, first: date | None, then: date) -> None:
    ana = team.rep("ana")
    deal_id = old_deal(team, ana)
    ana.win([deal_id], on=first, override="signed")
    before = {days: won_at(ana, NOW - days * DAY) for days in (31, 29, 21, 15, 7, 3, 0)}
    stood = state(ana, deal_id)
    team.clock.wait(hours=1)
    ana.win([deal_id], on=then)
    for days in before:
        is_won = NOW - days * DAY >= datetime(then.year, then.month, then.day, 11, tzinfo=UTC)
        assert won_at(ana, NOW - days * DAY) == ((1, 0, 1) if is_won else (0, 1, 0)), days
    assert disagreements(team.place) == []
    ana.undo()
    assert state(ana, deal_id) == stood
    assert {days: won_at(ana, NOW - days * DAY) for days in before} == before
    ana.redo()
    assert now_of(ana, deal_id).known_closed_at is not None
    assert won_at(ana, datetime(then.year, then.month, then.day, 9, tzinfo=UTC)) == (0, 1, 0)
    assert disagreements(team.place) == []


@pytest.mark.parametrize(("query", "found"), [("closed<2026-11-01", 1), ("closed>2026-11-01", 0)])
def test_a_look_back_filters_by_the_right_day(
    team: Team, ana: Workspace, query: str, found: int
) -> None:
    deal_id = old_deal(team, ana)
    ana.win([deal_id], on=TODAY - 20 * DAY, override="signed")
    ana.win([deal_id], on=TODAY - 30 * DAY)
    team.clock.wait(days=1)
    ana.set_fields([deal_id], ["owner=bo"])
    asked = ReportQuery(sales(ana), ana.period("2026Q4"), NOW - 7 * DAY, me=ana.me)
    asked = replace(asked, query=ana.parse_filter(query))
    assert ana.report(asked).metric("won_count").rounded == found


def test_a_close_that_was_corrected_is_taken_back_after_its_correction(
    team: Team, ana: Workspace
) -> None:
    deal_id = old_deal(team, ana)
    won = ana.win([deal_id], override="signed")
    ana.win([deal_id], on=TODAY - DAY)
    with pytest.raises(Conflict, match=r"after you \(closed at\)"):
        ana.undo(which=won.command_id)
    ana.undo()
    ana.undo()
    assert now_of(ana, deal_id).is_open
    assert won_at(ana, NOW) == (0, 1, 0)
    assert disagreements(team.place) == []


def test_what_it_was_lost_to_is_what_is_known_now(team: Team, ana: Workspace) -> None:
    deal_id = old_deal(team, ana)
    ana.lose([deal_id], Loss("other"))
    team.clock.wait(hours=1)
    ana.lose([deal_id], Loss("competitor", "", "Nordlicht"), on=TODAY - 3 * DAY)
    asked = ReportQuery(sales(ana), ana.period("2026Q4"), ana.now(), me=ana.me)
    (loss,) = ana.report(asked).basis.deals.closed
    assert (loss.loss, loss.competitor) == ("competitor", "Nordlicht")
    assert disagreements(team.place) == []


def test_a_colleagues_correction_stands_against_mine(
    team: Team, ana: Workspace, bo: Workspace
) -> None:
    deal_id = old_deal(team, ana)
    ana.win([deal_id], override="signed")
    seen = {deal_id: now_of(ana, deal_id).version}
    bo.win([deal_id], on=TODAY - DAY)
    with pytest.raises(Conflict, match=r"bo changed .*: closed at"):
        ana.win([deal_id], on=TODAY - 2 * DAY, seen=seen)
    assert str(now_of(ana, deal_id).closed_at)[:10] == str(TODAY - DAY)


def test_by_hand_no_deal_ended_before_it_came_there(team: Team, ana: Workspace) -> None:
    deal_id = old_deal(team, ana)
    ana.win([deal_id], override="signed")
    with pytest.raises(Refused, match="entered Closing on Thu 24 Sep 2026"):
        ana.win([deal_id], on=TODAY - 61 * DAY)


def test_usual_days_leave_out_deals_whose_days_were_put_right(team: Team, ana: Workspace) -> None:
    ids = [old_deal(team, ana) for _ in range(6)]
    ana.win(ids, override="signed")
    closing = {CLOSING: 60}
    assert ana.reader.numbers.usual_days(sales(ana).id) == closing
    ana.win(ids[:1], on=TODAY - DAY)
    assert ana.reader.numbers.usual_days(sales(ana).id) == closing
    ana.win(ids[1:2], on=TODAY - DAY)
    assert ana.reader.numbers.usual_days(sales(ana).id) == {}  # of four nobody can say


def test_a_corrected_deal_is_exported_with_its_right_days(team: Team, ana: Workspace) -> None:
    deal_id = old_deal(team, ana)
    ana.execute(c.Correct(created_at=NOW - 70 * DAY), [deal_id])
    course = ana.reader.history.course(deal_id)
    assert [one.at for one in course] == [NOW - 70 * DAY]
    record = ana.record(deal_id)
    (entered,) = _course(record.entries, record.pipeline)
    assert entered["at"] == (NOW - 70 * DAY).isoformat()
    ana.win([deal_id], on=TODAY - DAY, override="signed")
    assert [one.kind for one in ana.reader.history.course(deal_id)] == ["created", "won"]
    ana.win([deal_id], on=TODAY - 9 * DAY)
    ana.undo()
    assert [str(one.at)[:10] for one in ana.reader.history.course(deal_id)][1] == str(TODAY - DAY)
    assert disagreements(team.place) == []


# What a later file knows better.

HEADER = "Deal ID,Deal Name,Stage,Created Date,Close Date,Lost Reason\n"
FIRST = HEADER + (
    "1,Alpha,Closed Won,2026-01-02,2026-03-01,\n"
    "2,Beta,Closed Lost,2026-01-02,2026-04-01,Price\n"
    "3,Gamma,Proposal,2026-01-02,,\n"
)


def days(ana: Workspace, title: str) -> tuple[str, str]:
    deal = only(ana, title)
    return str(deal.known_created_at)[:10], str(deal.known_closed_at)[:10]


@pytest.mark.parametrize(
    ("title", "was", "now", "becomes"),
    [
        ("Alpha", "2026-03-01", "2026-03-15", ("2026-01-02", "2026-03-15")),
        ("Alpha", "2026-03-01", "2026-02-10", ("2026-01-02", "2026-02-10")),
        ("Beta", "2026-04-01", "2026-05-01", ("2026-01-02", "2026-05-01")),
        ("Alpha", "Won,2026-01-02", "Won,2025-12-20", ("2025-12-20", "2026-03-01")),
        ("Gamma", "Proposal,2026-01-02", "Proposal,2026-02-03", ("2026-02-03", "None")),
        ("Gamma", "Proposal,2026-01-02", "Proposal,2025-02-03", ("2025-02-03", "None")),
    ],
)
def test_a_later_file_corrects_when_a_deal_began_and_closed(
    team: Team, ana: Workspace, tmp_path: Path, title: str, was: str, now: str,
    becomes: tuple[str, str],
) -> None:  # fmt: skip
    read(ana, tmp_path, FIRST)
    report = read(ana, tmp_path, FIRST.replace(was, now))
    assert counts(report)[:2] == (0, FIRST.count(was))
    assert report.not_followed == {}
    assert days(ana, title) == becomes
    assert counts(read(ana, tmp_path, FIRST.replace(was, now))) == (0, 0, 3)
    assert disagreements(team.place) == []
    ana.undo()
    assert days(ana, title) != becomes
    assert disagreements(team.place) == []


def test_a_later_file_corrects_why_a_deal_was_lost(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, FIRST)
    assert counts(read(ana, tmp_path, FIRST.replace("Price", "Timing"))) == (0, 1, 2)
    assert only(ana, "Beta").loss == Loss("timing", "Timing")
    assert disagreements(team.place) == []


def test_days_that_the_first_file_did_not_tell_come_with_a_later_one(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, "Deal ID,Deal Name,Stage\n1,Alpha,Closed Won\n3,Gamma,Proposal\n")
    assert days(ana, "Alpha") == days(ana, "Gamma") == ("None", "None")
    assert counts(read(ana, tmp_path, FIRST)) == (1, 2, 0)
    assert days(ana, "Alpha") == ("2026-01-02", "2026-03-01")
    gamma = only(ana, "Gamma")
    assert (days(ana, "Gamma")[0], gamma.entry_precision) == ("2026-01-02", "day")
    asked = ReportQuery(sales(ana), ana.period("2026Q1"), ana.now(), me=ana.me)
    assert ana.report(asked).metric("won_count").value == 1
    assert disagreements(team.place) == []


@pytest.mark.parametrize("prefer_file", [False, True])
def test_what_was_said_here_stands_unless_the_file_is_preferred(
    ana: Workspace, tmp_path: Path, prefer_file: bool
) -> None:
    read(ana, tmp_path, FIRST)
    ana.win([only(ana, "Alpha").id], on=date(2026, 3, 7))
    ana.lose([only(ana, "Beta").id], Loss("competitor"))
    ana.execute(c.SetFields(("created=2025-12-20",)), [only(ana, "Gamma").id])
    later = FIRST.replace("2026-03-01", "2026-03-15").replace("Price", "Timing")
    later = later.replace("Proposal,2026-01-02", "Proposal,2026-01-03")
    report = read(ana, tmp_path, later, ImportOptions(prefer_file=prefer_file))
    assert days(ana, "Alpha")[1] == ("2026-03-15" if prefer_file else "2026-03-07")
    lost = only(ana, "Beta").loss
    assert lost is not None
    assert lost.category == ("timing" if prefer_file else "competitor")
    assert days(ana, "Gamma")[0] == ("2026-01-03" if prefer_file else "2025-12-20")
    untold = dict.fromkeys(("closed_at", "loss", "created_at"), 1)
    assert report.not_followed == ({} if prefer_file else untold)
    assert counts(read(ana, tmp_path, later)) == (0, 0, 3)


def test_a_deal_that_was_won_here_keeps_its_day(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, FIRST)
    gamma = only(ana, "Gamma")
    ana.win([gamma.id], override="signed")
    later = FIRST.replace("Proposal,2026-01-02,", "Closed Won,2026-01-02,2026-11-02")
    report = read(ana, tmp_path, later)
    assert only(ana, "Gamma").closed_at == ana.now()
    assert report.not_followed == {"closed_at": 1}
    told = [one for one in remarks_told(report) if "line 4" in one]
    assert told == [
        f"line 4, {gamma.ref}, closed at: here '2026-11-23 10:00', in the file '2026-11-02 01:00'"
    ]


def test_the_same_day_at_another_hour_corrects_nothing(ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, FIRST)
    again = FIRST.replace("2026-03-01", "2026-03-01 17:45")
    assert counts(read(ana, tmp_path, again)) == (0, 0, 3)


def test_what_cannot_have_been_so_is_told_and_left(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    team.clock.now = NOW - 10 * DAY
    read(ana, tmp_path, FIRST)
    gamma = only(ana, "Gamma")
    ana.step([gamma.id], 1, override="because so")
    team.clock.now = NOW
    closed = FIRST.replace("Proposal,2026-01-02,", "Closed Won,2026-01-02,2026-11-20")
    passing = ImportOptions(override="signed")
    assert counts(read(ana, tmp_path, closed, passing)) == (0, 1, 2)
    report = read(ana, tmp_path, closed.replace("2026-11-20", "2026-11-05"))
    assert counts(report) == (0, 0, 3)
    assert report.not_followed == {"closed_at": 1}
    assert days(ana, "Gamma") == ("2026-01-02", "2026-11-20")
    report = read(ana, tmp_path, closed.replace("Won,2026-01-02,2026-11", "Won,2026-11-18,2026-11"))
    assert report.not_followed == {"created_at": 1}
    assert disagreements(team.place) == []


def test_both_ends_of_a_deal_move_together(team: Team, ana: Workspace, tmp_path: Path) -> None:
    read(ana, tmp_path, FIRST)
    both = FIRST.replace("Won,2026-01-02,2026-03-01", "Won,2025-06-01,2025-09-01")
    assert counts(read(ana, tmp_path, both)) == (0, 1, 2)
    assert days(ana, "Alpha") == ("2025-06-01", "2025-09-01")
    later = FIRST.replace("Won,2026-01-02,2026-03-01", "Won,2026-06-01,2026-09-01")
    assert counts(read(ana, tmp_path, later)) == (0, 1, 2)
    assert days(ana, "Alpha") == ("2026-06-01", "2026-09-01")
    assert disagreements(team.place) == []


def test_a_value_comes_with_a_closing_that_is_put_right(ana: Workspace, tmp_path: Path) -> None:
    text = "Deal ID,Deal Name,Stage,Amount,Close Date\n1,Alpha,Closed Won,500,2026-03-01\n"
    read(ana, tmp_path, text)
    read(ana, tmp_path, text.replace("500,2026-03-01", "700,2026-03-09"))
    deal = only(ana, "Alpha")
    assert (deal.value, str(deal.closed_at)[:10]) == (Money(70_000, "EUR"), "2026-03-09")


def test_a_day_that_a_later_file_no_longer_tells_stands_and_is_told(
    ana: Workspace, tmp_path: Path
) -> None:
    read(ana, tmp_path, FIRST)
    report = read(ana, tmp_path, FIRST.replace("Proposal,2026-01-02", "Proposal,"))
    assert (counts(report), report.not_followed) == ((0, 0, 3), {"created_at": 1})
    assert days(ana, "Gamma")[0] == "2026-01-02"


def test_an_import_is_measured_by_no_gate_and_what_is_done_here_by_its_own(
    team: Team, ana: Workspace, tmp_path: Path
) -> None:
    read(
        ana, tmp_path, FIRST.replace("2026-01-02", "2026-10-02").replace("2026-03-01", "2026-11-02")
    )
    asked = ReportQuery(sales(ana), ana.period("2026Q4"), ana.now(), me=ana.me)
    assert ana.report(asked).metric("adherence").reason == "no advances"
    ana.step([only(ana, "Gamma").id], 1, override="agreed by phone")
    adherence = ana.report(asked).metric("adherence")
    assert (adherence.num, adherence.den) == (0, 1)
    assert disagreements(team.place) == []


def test_a_beginning_is_put_right_by_hand_and_taken_back(team: Team, ana: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    stood = state(ana, deal.id)
    ana.execute(c.SetFields(("created=1sep2026",)), [deal.id])
    assert now_of(ana, deal.id).created_at == datetime(2026, 9, 1, 10, tzinfo=UTC)
    asked = ReportQuery(sales(ana), ana.period("2026Q3"), NOW, me=ana.me)
    assert ana.report(asked).metric("created_count").rounded == 1
    assert disagreements(team.place) == []
    ana.undo()
    assert state(ana, deal.id) == stood
    assert ana.report(asked).metric("created_count").rounded == 0


def test_a_colleagues_beginning_stands_against_mine(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    bo.execute(c.SetFields(("created=1sep2026",)), [deal.id])
    with pytest.raises(Conflict, match=r"bo changed .*: created at"):
        ana.execute(c.SetFields(("created=2sep2026",)), [deal.id], seen={deal.id: deal.version})
