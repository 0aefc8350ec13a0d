from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.money import Money
from pipeboard.domain.text import fold
from pipeboard.exchange.history import (
    Course,
    HistoryReader,
    RowEnding,
    RowStatus,
    StageWords,
    read_outcome,
)
from pipeboard.exchange.moments import Moment
from pipeboard.exchange.rows import DealRow, Entered, Outcome
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


AT = Moment(datetime(2017, 3, 1, 10, tzinfo=UTC), date(2017, 3, 1), has_time=True)
LATER = Moment(datetime(2017, 3, 2, 10, tzinfo=UTC), date(2017, 3, 2), has_time=True)
AWAY = RowStatus(None, archived=True)


@pytest.mark.parametrize(
    ("found", "outcome", "archived", "remarks"),
    [
        ({}, None, False, ()),
        ({"stage": "Demo"}, "open", False, ()),
        ({"stage": "Won"}, "won", False, ()),
        ({"status": RowStatus("open"), "stage": "Won"}, "won", False, ("status_against_stage",)),
        ({"status": RowStatus("lost"), "stage": "Won"}, "lost", False, ("status_over_stage",)),
        ({"status": RowStatus("won"), "stage": "Won"}, "won", False, ()),
        ({"is_won": True}, "won", False, ()),
        ({"is_lost": True}, "lost", False, ()),
        ({"is_won": True, "is_lost": True}, "won", False, ("status_over_stage",)),
        ({"is_lost": True, "stage": "Won"}, "lost", False, ("status_over_stage",)),
        ({"is_won": True, "stage": "Won"}, "won", False, ()),
        ({"is_closed": True}, None, False, ()),
        ({"is_closed": True, "is_won": False}, "lost", False, ()),
        ({"is_closed": False, "is_won": False, "stage": "Demo"}, "open", False, ()),
        ({"active": False, "stage": "Demo"}, "open", True, ()),
        ({"active": True, "stage": "Demo"}, "open", False, ()),
        ({"active": False, "lost_reason": "dear"}, "lost", False, ()),
        ({"active": False, "probability": 0}, "lost", False, ()),
        ({"active": False, "probability": 1}, None, True, ()),
        ({"won_at": AT}, "won", False, ()),
        ({"lost_at": AT}, "lost", False, ()),
        ({"won_at": AT, "lost_at": AT}, "won", False, ()),
        ({"won_at": AT, "lost_at": LATER}, "lost", False, ()),
        ({"won_at": LATER, "lost_at": AT}, "won", False, ()),
        ({"closed_at": AT}, None, False, ()),
        ({"status": AWAY, "closed_at": AT}, "won", True, ()),
        ({"status": AWAY, "closed_at": AT, "lost_category": "price"}, "lost", True, ()),
        ({"status": AWAY}, None, True, ()),
        ({"archived": True}, None, True, ()),
        ({"archived_at": AT}, None, True, ()),
        ({"deleted": True}, None, True, ("deleted",)),
        ({"status": RowStatus(None, archived=True, deleted=True)}, None, True, ("deleted",)),
    ],
)
def test_how_a_deal_stands_follows_from_what_its_row_says(
    found: dict[str, object],
    outcome: Outcome | None,
    archived: bool,
    remarks: tuple[str, ...],
) -> None:
    assert read_outcome(found, StageWords()) == RowEnding(outcome, archived, remarks)


def test_the_status_alone_counts_where_the_tool_says_by_it_what_became_of_a_deal() -> None:
    found = {"status": RowStatus("open"), "stage": "Won"}
    ending = read_outcome(found, StageWords(), status_decides=True)
    assert ending == RowEnding("open", False, ("status_over_stage",))


@pytest.mark.parametrize(
    ("stage", "closing", "name"),
    [
        ("Won", "won", "Won"),
        ("Demo", None, "Demo"),
        ("Signed", "won", "Signed"),
        ("Gone", "lost", "Gone"),
        ("Lost & found", None, "Lost & found"),
        ("Old", None, "Demo"),
        ("Alt", "won", "Signed"),
        ("Dead", "lost", "=lost"),
        ("Done", "won", "=won"),
        ("Closed won", None, "Closed won"),
        ("None", None, ""),
    ],
)
def test_a_stage_means_what_the_pipeline_and_the_person_say(
    stage: str, closing: str | None, name: str
) -> None:
    words = StageWords(
        {"old": "Demo", "alt": "Signed", "dead": "=lost", "done": "=won", "closed won": "=open",
         "none": "=-"},
        frozenset(("demo", "lost & found")), "signed", "gone",
    )  # fmt: skip
    assert (words.closing(stage), words.name(stage)) == (closing, name)
    assert words.is_closing_name(stage) is (stage in ("Signed", "Gone"))


@pytest.mark.parametrize(
    ("cells", "closed", "remarks", "kept"),
    [
        ({"stage": "Lost", "lost date": "2017-03-01", "closed on": "2017-04-01"}, "2017-03-01", (),
         {"closed on"}),
        ({"stage": "Won", "won date": "2017-03-01", "closed on": "2017-04-01"}, "2017-03-01", (),
         {"closed on"}),
        ({"stage": "Won", "closed on": "2017-03-01", "close date": "2017-04-01"}, "2017-03-01", (),
         {"close date"}),
        ({"stage": "Won", "expected close": "2017-12-31"}, "2017-12-31",
         ("closed_as_expected",), set()),
        ({"stage": "Won", "expected close": "2018-01-01"}, None, ("no_closing_date",), set()),
        ({"stage": "Won", "expected close": "Q1 2017"}, None, ("no_closing_date", "period"), set()),
        ({"stage": "Won", "close date": "2017-12-31"}, "2017-12-31", (), set()),
        ({"stage": "Won", "close date": "2018-01-01"}, "2017-12-31", ("closed_in_future",),
         {"close date"}),
        ({"stage": "Won", "created": "2017-03-01 14:00", "closed on": "2017-03-01 14:00"},
         "2017-03-01", (), set()),
        ({"stage": "Won", "created": "2017-03-01 14:00", "closed on": "2017-03-01 13:59"},
         "2017-03-01", ("closed_before_created",), {"created"}),
        ({"stage": "Won", "won date": "2017-03-31", "close date": "Q1 2017"}, "2017-03-31",
         (), {"close date"}),
        ({"stage": "Won", "won date": "2017-03-31 10:00", "close date": "2017-03-31"},
         "2017-03-31", (), set()),
        ({"stage": "Won", "won date": "2017-03-31", "close date": "2017-03-31 10:00"},
         "2017-03-31", (), {"close date"}),
        ({"stage": "Demo", "expected close": "2017-05-01", "close date": "2017-05-01"}, None, (),
         set()),
        ({"stage": "Demo", "expected close": "2017-05-01", "close date": "2017-05-02"}, None, (),
         {"close date"}),
        ({"stage": "Demo", "expected close": "2017-05-01", "closed on": "2017-05-01"}, None,
         ("open_with_closing",), {"closed on"}),
        ({"stage": "Demo", "created": "2017-12-31"}, None, (), set()),
        ({"stage": "Demo", "created": "2018-01-01"}, None, ("created_in_future",), {"created"}),
    ],
)  # fmt: skip
def test_when_a_deal_closed_follows_from_the_dates_of_its_row(
    tmp_path: Path, cells: dict[str, str], closed: str | None, remarks: tuple[str, ...],
    kept: set[str],
) -> None:  # fmt: skip
    row = deal(tmp_path, **cells)
    day = row.closed_at and row.closed_at.astimezone(BERLIN).date().isoformat()
    assert (day, row.remarks, set(row.fields)) == (closed, remarks, kept)


@pytest.mark.parametrize(
    ("cells", "precision"),
    [
        ({"owner": "ana"}, {"created_at": "unknown"}),
        ({"created": "2017-03-01"}, {"created_at": "day"}),
        ({"created": "2017-03-01 10:00"}, {}),
        ({"Entered Demo": "2017-03-01"}, {"created_at": "day"}),
        ({"Entered Demo": "2017-03-01 10:00"}, {}),
        ({"stage": "Won", "created": "2017-03-01 10:00", "closed on": "2017-03-02"},
         {"closed_at": "day"}),
        ({"created": "2017-03-01 10:00", "expected close": "2017-03-01"}, {}),
        ({"stage": "Won", "closed on": "2017-03-02"},
         {"created_at": "unknown", "closed_at": "day"}),
        ({"stage": "Won", "closed on": "2017-03-02 10:00"}, {"created_at": "unknown"}),
        ({"created": "2017-03-01 10:00", "expected close": "2017-03"}, {}),
        ({"stage": "Won", "created": "2017-03-01 14:00", "closed on": "2017-03-01"}, {}),
        ({"stage": "Won", "created": "2017-03-01", "closed on": "2017-03-01 14:00"},
         {"created_at": "day"}),
    ],
)  # fmt: skip
def test_it_is_known_as_exactly_as_the_file_says_it(
    tmp_path: Path, cells: dict[str, str], precision: dict[str, str]
) -> None:
    assert deal(tmp_path, **cells).precision == precision


def test_a_closing_stage_that_says_why_is_the_reason_of_a_loss_that_has_none(
    tmp_path: Path,
) -> None:
    row = deal(tmp_path, stage="Closed Lost to Competition", closed_on="2017-03-01")
    assert (row.lost_reason, row.fields) == ("Competition", {})
    row = deal(
        tmp_path, stage="Closed Lost to Competition", closed_on="2017-03-01", loss_reason="dear"
    )
    assert (row.lost_reason, row.fields) == ("dear", {"stage": "Closed Lost to Competition"})
    row = deal(tmp_path, stage="Closed Won (Upsell)", closed_on="2017-03-01")
    assert (row.lost_reason, row.fields) == (None, {"stage": "Closed Won (Upsell)"})


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
    later = content.replace(
        "A1,Pilot,Demo,2017-03-05T10:00Z,,,", "A1,Pilot,Demo,2017-03-05T10:00Z,,cy,9"
    )
    assert [(row.owner, row.value) for row in deals_of(tmp_path, later)][:1] == [
        ("cy", Money(900, "USD"))
    ]


def when(text: str) -> Moment:
    """A day in Berlin, with a time or without."""
    at = datetime.fromisoformat(text).replace(tzinfo=BERLIN)
    return Moment(at.astimezone(UTC), at.date(), has_time=" " in text)


def course_of(
    outcome: Outcome | None, *, closes: bool = False, is_ours: bool = False, **found: Any
) -> Course:
    """The course of a deal on the last day of 2017; moments are written as they stand."""
    told = {name: when(text) if name.endswith("_at") else text for name, text in found.items()} | {
        name: (when(text),) for name, text in found.items() if name.startswith("entered:")
    }
    words = StageWords({"old": "Demo", "away": "=-"}, ("demo",), "signed", "gone")
    reader = HistoryReader(
        told, BERLIN, words, date(2017, 12, 31), closes_in_stage=closes, is_ours=is_ours
    )
    return reader.read(told, outcome)


@pytest.mark.parametrize(
    ("outcome", "closes", "stage", "found"),
    [
        ("open", False, "Demo", "Demo"),
        ("open", False, "Old", "Demo"),
        ("open", False, "Away", None),
        ("won", False, "Signed", "Lead"),
        ("won", False, "Old", "Demo"),
        ("won", True, "Old", "Lead"),
        ("lost", True, "Parked", "Lead"),
        ("lost", False, "Parked", "Parked"),
        ("open", True, "Parked", "Parked"),
        (None, True, "Parked", "Parked"),
    ],
)
def test_a_closed_deal_stands_where_it_last_was_where_its_stage_says_that_it_closed(
    outcome: Outcome | None, closes: bool, stage: str, found: str | None
) -> None:
    entered: dict[str, Any] = {"entered:Lead": "2017-03-01 10:00"}
    assert course_of(outcome, closes=closes, stage=stage, **entered).stage == found
    if stage == "Signed":
        assert course_of(outcome, stage=stage).stage is None


def test_a_closing_stage_was_entered_when_the_deal_closed() -> None:
    dates: dict[str, Any] = {
        "entered:Demo": "2017-03-01 10:00",
        "entered:Parked": "2017-04-01 10:00",
    }
    closed = course_of("lost", closes=True, stage="Parked", **dates)
    assert [name for name, _ in closed.entered] == ["Demo"]
    assert closed.closed_at == when("2017-04-01 10:00").at
    stays = course_of("lost", stage="Parked", **dates)
    assert [name for name, _ in stays.entered] == ["Demo", "Parked"]
    assert (stays.closed_at, stays.remarks) == (None, ("no_closing_date",))


def test_a_deal_closes_on_a_day_not_before_its_last_stage_of_that_day() -> None:
    entered: dict[str, Any] = {"entered:Demo": "2017-04-01 15:00"}
    found = course_of("won", stage="Won", closed_at="2017-04-01", **entered)
    assert found.closed_at == when("2017-04-01 15:00").at
    earlier = course_of("won", stage="Won", closed_at="2017-04-02", created_at="2017-04-01 15:00")
    assert earlier.closed_at == when("2017-04-02").at


@pytest.mark.parametrize(
    ("found", "entered"),
    [
        ({"entered": (Entered("Lead", LATER.at), Entered("Demo", AT.at))},
         [("Demo", AT.at), ("Lead", LATER.at)]),
        ({"entered": (Entered("Lead", AT.at),), "stage_entered_at": "2017-03-02", "stage": "Demo"},
         [("Lead", AT.at)]),
        ({"stage_entered_at": "2017-03-02 11:00", "stage": "Demo"}, [("Demo", LATER.at)]),
        ({"stage_entered_at": "2017-03-02 11:00"}, []),
        ({"stage_entered_at": "2017-03-02 11:00", "stage": "Demo",
          "entered:Lead": "2017-03-01 11:00"}, [("Lead", AT.at), ("Demo", LATER.at)]),
        ({"stage": "Demo"}, []),
        ({"stage_entered_at": "2017-03-02", "stage": "Demo", "created_at": "2017-03-02 11:00"},
         [("Demo", LATER.at)]),
        ({"entered:Away": "2017-03-02 11:00", "entered:Old": "2017-03-01 11:00"},
         [("Demo", AT.at)]),
    ],
)  # fmt: skip
def test_arrivals_in_stages_come_in_the_order_of_time(
    found: dict[str, Any], entered: list[tuple[str, datetime]]
) -> None:
    assert [tuple(one) for one in course_of("open", **found).entered] == entered


@pytest.mark.parametrize(
    ("found", "created"),
    [
        ({}, None),
        ({"created_at": "2017-03-01 11:00"}, AT.at),
        ({"entered:Demo": "2017-03-01 11:00"}, AT.at),
        ({"closed_at": "2017-03-01 11:00"}, AT.at),
        ({"entered:Demo": "2017-03-02 11:00", "closed_at": "2017-03-01 11:00"}, AT.at),
        ({"entered:Demo": "2017-03-01 11:00", "closed_at": "2017-03-02 11:00"}, AT.at),
    ],
)
def test_a_deal_began_by_the_first_that_is_known_of_it(
    found: dict[str, Any], created: datetime | None
) -> None:
    assert course_of("won", **found).created_at == created


def test_our_own_file_says_how_exactly_an_instant_is_known_and_nothing_is_odd_in_it() -> None:
    dates: dict[str, Any] = {"created_at": "2017-03-01", "closed_at": "2018-03-01"}
    ours = course_of("won", is_ours=True, created_precision="day", **dates)
    assert (ours.precision, ours.remarks) == ({"created_at": "day"}, ())
    theirs = course_of("won", **dates)
    assert theirs.precision == {"created_at": "day"}
    assert theirs.remarks == ("closed_in_future",)


@pytest.mark.parametrize("word", ["Sold", "Verkauft", "Closed Lost", "perdu"])
def test_a_stage_of_the_pipeline_is_one_whatever_it_is_called(word: str) -> None:
    assert StageWords().closing(word) in ("won", "lost")
    words = StageWords({"alt": word}, open_names=frozenset((fold(word),)))
    assert (words.closing(word), words.closing(word.upper()), words.closing("Alt")) == (None,) * 3
