from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeboard.domain.money import Money
from pipeboard.exchange.rows import DealRow, Entered
from tests.exchange.files import BERLIN, deals_of


def deal(folder: Path, **cells: str) -> DealRow:
    """The deal of a file with one row, its columns named in the keywords."""
    header = ",".join(f'"{name}"' for name in ("deal", *cells))
    row = ",".join(f'"{cell}"' for cell in ("Pilot", *cells.values()))
    return deals_of(folder, f"{header}\n{row}\n")[0]


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"stage": "Demo"}, "open"),
        ({"stage": "Closed Won"}, "won"),
        ({"stage": "Demo", "status": "Lost"}, "lost"),
        ({"stage": "Closed Won", "status": "open"}, "won"),
        ({"stage": "Signed", "is_won": "true"}, "won"),
        ({"stage": "Gone", "is_won": "false", "is_closed": "true"}, "lost"),
        ({"stage": "Demo", "won_date": "2017-03-01"}, "won"),
        ({"won_date": "2017-03-01", "lost_date": "2017-04-01"}, "lost"),
        ({"owner": "ana"}, None),
    ],
)
def test_the_outcome_comes_from_status_then_stage_then_dates(
    tmp_path: Path, cells: dict[str, str], outcome: str | None
) -> None:
    assert deal(tmp_path, **cells).outcome == outcome


def test_a_deleted_deal_is_archived(tmp_path: Path) -> None:
    row = deal(tmp_path, stage="Demo", status="Deleted")
    assert (row.archived, row.outcome, row.stage) == (True, "open", "Demo")


def test_a_close_date_is_the_closing_of_closed_deals_and_expected_for_open_ones(
    tmp_path: Path,
) -> None:
    won = deal(tmp_path, stage="Won", close_date="2017-03-01")
    assert (won.closed_at, won.expected_close) == (datetime(2017, 2, 28, 23, tzinfo=UTC), None)
    ongoing = deal(tmp_path, stage="Demo", close_date="2017-03-01")
    assert (ongoing.closed_at, ongoing.expected_close) == (None, date(2017, 3, 1))


def test_a_closed_deal_keeps_the_last_stage_it_stood_in(tmp_path: Path) -> None:
    text = "deal,stage,close date,a,b,c\nPilot,Won,2017-03-03,2017-03-02,2017-03-01,2017-03-03\n"
    maps = ["a=entered:Demo", "b=entered:Lead", "c=entered:Closed Won"]
    (row,) = deals_of(tmp_path, text, overrides=maps)
    assert row.stage == "Demo"
    assert row.entered == (
        Entered("Lead", datetime(2017, 2, 28, 23, tzinfo=UTC)),
        Entered("Demo", datetime(2017, 3, 1, 23, tzinfo=UTC)),
    )
    assert row.closed_at == datetime(2017, 3, 2, 23, tzinfo=UTC)


def test_entering_a_closing_stage_is_the_closing_where_nothing_better_is_known(
    tmp_path: Path,
) -> None:
    text = "deal,stage,a,b\nPilot,Closed Lost,2017-03-02 10:00,2017-03-04 11:00\n"
    (row,) = deals_of(tmp_path, text, overrides=["a=entered:Demo", "b=entered:Closed Lost"])
    assert row.closed_at == datetime(2017, 3, 4, 10, tzinfo=UTC)
    assert [stage for stage, _ in row.entered] == ["Demo"]


def test_entering_a_stage_of_another_outcome_closes_nothing(tmp_path: Path) -> None:
    text = (
        "deal,stage,a,b\nPilot,Closed Won,2017-03-02 10:00,2017-03-04 11:00\n"
        "Renewal,Demo,2017-03-02 10:00,2017-03-04 11:00\n"
    )
    maps = ["a=entered:Closed Won", "b=entered:Closed Lost"]
    won, ongoing = deals_of(tmp_path, text, overrides=maps)
    assert (won.outcome, won.closed_at) == ("won", datetime(2017, 3, 2, 9, tzinfo=UTC))
    assert (ongoing.stage, ongoing.closed_at) == ("Demo", None)


def test_a_day_without_a_time_is_not_before_what_happened_earlier_that_day(
    tmp_path: Path,
) -> None:
    row = deal(tmp_path, stage="Won", created="2017-03-01 14:00", close_date="2017-03-01")
    assert row.closed_at == row.created_at == datetime(2017, 3, 1, 13, tzinfo=UTC)
    row = deal(tmp_path, stage="Won", created="2017-03-01 14:00", close_date="2017-02-27")
    assert row.closed_at == datetime(2017, 2, 26, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("entered", "closed"),
    [
        ("2017-12-30 10:00", datetime(2017, 12, 30, 23, tzinfo=UTC)),
        ("2017-12-31 10:00", datetime(2017, 12, 31, 9, tzinfo=UTC)),
    ],
)
def test_what_closes_on_a_day_to_come_closed_today_but_not_before_its_last_stage(
    tmp_path: Path, entered: str, closed: datetime
) -> None:
    text = f"deal,stage,close date,a\nPilot,Won,2018-04-04,{entered}\n"
    (row,) = deals_of(tmp_path, text, overrides=["a=entered:Demo"])
    assert (row.closed_at, row.remarks) == (closed, ("closed_in_future",))


def test_a_deal_without_a_created_date_began_on_its_earliest_date(tmp_path: Path) -> None:
    text = "deal,stage,close date,a\nPilot,Won,2017-03-03,2017-03-02\nNew,Lead,,\n"
    known, unknown = deals_of(tmp_path, text, overrides=["a=entered:Demo"])
    assert known.created_at == datetime(2017, 3, 1, 23, tzinfo=UTC)
    assert unknown.created_at is None


def test_dates_that_the_outcome_contradicts_stay_as_custom_fields(tmp_path: Path) -> None:
    row = deal(tmp_path, status="Open", won_time="2017-03-01", close_date="2017-06-01")
    assert row.closed_at is None
    assert row.fields == {"won_time": "2017-03-01"}
    row = deal(tmp_path, status="Won", won_time="2017-03-01 10:00", close_date="2017-03-01")
    assert row.fields == {}
    row = deal(tmp_path, status="Won", won_time="2017-03-01 10:00", close_date="2017-06-01")
    assert row.fields == {"close_date": "2017-06-01"}


def test_the_last_stage_change_dates_the_present_stage(tmp_path: Path) -> None:
    row = deal(tmp_path, stage="Demo", stage_entered_at="2017-03-01T10:00Z")
    assert row.entered == (Entered("Demo", datetime(2017, 3, 1, 10, tzinfo=UTC)),)
    row = deal(tmp_path, owner="ana", stage_entered_at="2017-03-01T10:00Z")
    assert row.fields == {"stage_entered_at": "2017-03-01T10:00Z"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_line_for_each_change_of_stage_is_one_deal_whatever_their_order(
    tmp_path: Path, order: tuple[int, ...]
) -> None:
    """What it is stands in the last line; what only an earlier one says is kept."""
    lines = (
        "A1,Pilot,Lead,2017-01-05T10:00Z,2017-01-02,ana,500",
        "A1,Pilot,Lead,2017-02-05T10:00Z,2017-01-09,,",
        "A1,Pilot,Demo,2017-03-05T10:00Z,,,",
    )
    other = "A2,Press,Lead,2017-01-07T10:00Z,2017-01-07,bo,7"
    header = "id,deal name,stage,stage entered at,created at,owner,value"
    content = "\n".join((header, *(lines[n] for n in order), other)) + "\n"
    first, second = deals_of(tmp_path, content)
    assert (first.stage, first.owner, first.value) == ("Demo", "ana", Money(50_000, "USD"))
    assert [(one.stage, one.at.month) for one in first.entered] == [("Lead", 1), ("Demo", 3)]
    assert first.created_at is not None
    assert first.created_at.astimezone(BERLIN).date() == date(2017, 1, 2)
    assert (second.external_id, second.owner) == ("A2", "bo")
