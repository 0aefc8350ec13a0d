"""The made-up team: the same for a seed, true to the log, and something of everything to see."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from pipeboard.demo import SETTINGS, DemoReport, build
from pipeboard.domain.criteria import unmet
from pipeboard.domain.dates import instant
from pipeboard.domain.deal import Deal, Status
from pipeboard.domain.events import event_from_json, replay
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import Tier
from pipeboard.domain.signs import Sign, clocks, limits, sign
from pipeboard.store import Store
from pipeboard.store.reading.listing import Listing
from pipeboard.store.rows import deal_from_row, row_from_deal
from pipeboard.workspace import Actor, Workspace
from pipeboard.workspace.review import held_reviews, review

NOW = datetime(2026, 3, 18, 14, 20, tzinfo=UTC)
TODAY = date(2026, 3, 18)
TABLES = ("deal", "event", "command", "note", "touch", "answer", "contact", "stage_total", "rep")


class Demo:
    """A database filled with the demo, and plain looks into it."""

    def __init__(self, path: Path, now: datetime = NOW, **asked: Any) -> None:
        self.store = Store.create(str(path), SETTINGS)
        self.report: DemoReport = build(self.store, now=now, me="ana", **asked)
        self.database = sqlite3.connect(path)
        self.database.row_factory = sqlite3.Row

    def rows(self, query: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.database.execute(query)]

    @property
    def pipeline(self) -> Pipeline:
        return self.store.reader.pipelines()[0]

    @property
    def deals(self) -> list[Deal]:
        return [deal_from_row(row) for row in self.rows("SELECT * FROM deal ORDER BY id")]

    def close(self) -> None:
        self.database.close()
        self.store.close()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("demo") / "team.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    made = Demo(tmp_path_factory.mktemp("demo") / "many.db", deals=1_200)
    yield made
    made.close()


@pytest.fixture(params=["demo", "many"])
def any_demo(request: pytest.FixtureRequest) -> Demo:
    found: Demo = request.getfixturevalue(request.param)
    return found


def test_the_same_seed_and_moment_make_the_same_rows_ids_included(
    demo: Demo, tmp_path: Path
) -> None:
    again = Demo(tmp_path / "again.db")
    for table in TABLES:
        query = f"SELECT * FROM {table}"
        assert again.rows(query) == demo.rows(query), table
    again.close()


def test_another_seed_makes_other_deals(demo: Demo, tmp_path: Path) -> None:
    other = Demo(tmp_path / "other.db", seed=2)
    assert [deal.value for deal in other.deals] != [deal.value for deal in demo.deals]
    other.close()


@pytest.mark.parametrize("count", [0, 1, 7])
def test_there_are_as_many_deals_as_asked_for(count: int, tmp_path: Path) -> None:
    few = Demo(tmp_path / "few.db", deals=count)
    assert len(few.deals) == few.report.deals == count
    few.close()


def test_the_report_tells_what_is_there(any_demo: Demo) -> None:
    report, outcomes = any_demo.report, Counter(deal.outcome for deal in any_demo.deals)
    assert (report.open, report.won, report.lost) == tuple(
        outcomes[status] for status in (Status.OPEN, Status.WON, Status.LOST)
    )
    assert report.events == any_demo.rows("SELECT count(*) AS n FROM event")[0]["n"]
    assert report.commands == any_demo.rows("SELECT count(*) AS n FROM command")[0]["n"]


def test_replaying_the_log_gives_the_rows(any_demo: Demo) -> None:
    histories: dict[int, list[Any]] = {}
    for row in any_demo.rows("SELECT * FROM event ORDER BY deal_id, version"):
        event = event_from_json(
            row["kind"], instant(row["at"]), json.loads(row["data"]), undoes=bool(row["undoes"])
        )
        histories.setdefault(row["deal_id"], []).append(event)
    for deal in any_demo.deals:
        replayed = replay(histories[deal.id], deal.id)
        assert row_from_deal(replayed, 0) == row_from_deal(deal, 0)


def test_events_stand_in_the_order_of_their_commands(any_demo: Demo) -> None:
    rows = any_demo.rows(
        "SELECT command.seq AS command FROM event JOIN command ON command.id = event.command_id"
        " ORDER BY event.seq"
    )
    commands = [row["command"] for row in rows]
    assert commands == sorted(commands)


def test_the_kept_totals_are_the_sums_over_the_deals(any_demo: Demo) -> None:
    totals = any_demo.rows(
        "SELECT stage_id, owner, deals, value_minor FROM stage_total WHERE deals <> 0"
    )
    kept: Counter[tuple[int, str]] = Counter()
    values: Counter[tuple[int, str]] = Counter()
    for row in totals:
        kept[row["stage_id"], row["owner"]] += row["deals"]
        values[row["stage_id"], row["owner"]] += row["value_minor"]
    assert kept == Counter((deal.stage_id, deal.owner) for deal in any_demo.deals)
    summed: Counter[tuple[int, str]] = Counter()
    for deal in any_demo.deals:
        summed[deal.stage_id, deal.owner] += deal.value.minor if deal.value else 0
    assert values == summed


def test_nothing_happens_after_now_at_night_or_on_a_weekend(any_demo: Demo) -> None:
    for table in ("event", "command", "touch", "note"):
        for row in any_demo.rows(f"SELECT at FROM {table}"):
            at = instant(row["at"]).astimezone(SETTINGS.zone)
            assert at <= NOW, table
            assert at.weekday() < 5, at
            assert time(8, 30) <= at.time() <= time(17, 30), at


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 1, 0, 5, tzinfo=UTC),
        datetime(2026, 3, 30, 6, 31, tzinfo=UTC),
        datetime(2026, 11, 22, 11, 0, tzinfo=UTC),
    ],
    ids=["new year's night", "the Monday after clocks change", "a Sunday"],
)
def test_it_can_be_made_at_any_moment(now: datetime, tmp_path: Path) -> None:
    made = Demo(tmp_path / "then.db", now=now)
    assert made.report.deals == 60
    assert instant(made.rows("SELECT max(at) AS at FROM event")[0]["at"]) <= now
    signs = _signs(made, now)
    assert all(signs[owner][mark] >= 2 for owner in signs for mark in _MARKS)
    made.close()


def test_the_log_is_in_the_order_of_time(demo: Demo) -> None:
    for table in ("event", "command"):
        instants = [row["at"] for row in demo.rows(f"SELECT at FROM {table} ORDER BY seq")]
        assert instants == sorted(instants)


def test_each_event_belongs_to_a_command_of_its_moment_and_a_known_rep(demo: Demo) -> None:
    reps = {rep.name for rep in demo.store.reader.reps()}
    assert reps == {rep.name for rep in demo.report.reps}
    pairs = demo.rows(
        "SELECT event.at AS happened, command.at AS recorded, actor"
        " FROM event LEFT JOIN command ON command.id = command_id"
    )
    assert len(pairs) == demo.report.events
    assert all(row["happened"] == row["recorded"] and row["actor"] in reps for row in pairs)


_MARKS = (Sign.OVERDUE, Sign.NO_NEXT_STEP, Sign.STALLED)


def _signs(demo: Demo, now: datetime) -> dict[str, Counter[Sign]]:
    today, pipeline = now.astimezone(SETTINGS.zone).date(), demo.pipeline
    found: dict[str, Counter[Sign]] = {}
    for deal in demo.deals:
        if deal.is_open:
            mark = sign(
                clocks(deal, SETTINGS.zone),
                limits(pipeline.stage(deal.stage_id), today),
                snoozed=deal.is_snoozed(today),
            )
            found.setdefault(deal.owner, Counter())[mark] += 1
    return found


def test_every_rep_has_some_of_every_sign_and_some_deals_that_are_well(demo: Demo) -> None:
    signs = _signs(demo, NOW)
    assert len(signs) == 3
    for counts in signs.values():
        assert 2 <= counts[Sign.OVERDUE] <= 5
        assert 2 <= counts[Sign.NO_NEXT_STEP] <= 4
        assert 2 <= counts[Sign.STALLED] <= 4
        assert counts[Sign.NONE] >= 4


def test_the_small_team_has_about_38_deals_in_work_and_outcomes_in_two_quarters(
    demo: Demo,
) -> None:
    assert 36 <= demo.report.open <= 40
    this_quarter = datetime(2026, 1, 1, tzinfo=SETTINGS.zone)
    closed = [deal for deal in demo.deals if not deal.is_open]
    lately = Counter(
        (deal.outcome, deal.closed_at >= this_quarter) for deal in closed if deal.closed_at
    )
    assert len(lately) == 4
    assert all(count >= 2 for count in lately.values())


def test_losses_say_why_and_some_come_back(demo: Demo) -> None:
    losses = [deal.loss for deal in demo.deals if deal.loss]
    assert len(losses) == demo.report.lost
    assert len({loss.category for loss in losses}) >= 3
    assert all(loss.reason for loss in losses)
    assert demo.rows("SELECT 1 FROM event WHERE kind = 'reopened'")


def test_histories_show_skips_steps_back_pushes_snoozes_and_overrides(many: Demo) -> None:
    kinds = Counter(row["kind"] for row in many.rows("SELECT kind FROM event"))
    for kind in ("touch", "note", "answered", "moved", "snoozed", "probability", "category"):
        assert kinds[kind], kind
    assert many.rows("SELECT 1 FROM event WHERE overrides")
    entries: dict[int, list[int]] = {}
    for row in many.rows(
        "SELECT deal_id, stage_id FROM event WHERE kind IN ('created', 'moved') ORDER BY seq"
    ):
        entries.setdefault(row["deal_id"], []).append(row["stage_id"])
    steps = Counter(
        later - earlier for stages in entries.values() for earlier, later in pairwise(stages)
    )
    assert steps[-1] and steps[1] and steps[2]
    pushed = many.rows(
        "SELECT 1 FROM event WHERE kind = 'expected_close' GROUP BY deal_id HAVING count(*) > 1"
    )
    assert pushed


COUNTED: dict[str, tuple[str, str]] = {
    "what was done": ("event", "kind"),
    "where deals came from": ("deal", "source"),
    "whose they are": ("deal", "owner"),
    "touches": ("touch", "type || '-' || direction"),
    "touches with an objection": ("touch", "objection"),
    "touches with a variant": ("touch", "variant"),
    "ratings": ("answer", "rating"),
    "answers with evidence": ("answer", "evidence <> ''"),
    "people": ("contact", "role"),
    "people with a phone": ("contact", "phone <> ''"),
    "why deals were lost": ("event", "json_extract(data, '$.after.loss.category')"),
    "lost deals that come back": (
        "event",
        "json_extract(data, '$.after.loss.recycle_on') IS NOT NULL",
    ),
    "values in 10,000": ("event", "value_minor / 1000000"),
    "days until a step is due": (
        "event",
        "cast(julianday(json_extract(data, '$.after.next_step.due')) - 2440587.5"
        " - at / 86400000000.0 AS integer)",
    ),
}
MADE_UP: dict[str, dict[str, str]] = {
    "demo": {
        "what was done": (
            "answered 207, category 5, checked 90, contact 37, created 60, edited 37, "
            "expected_close 57, lost 18, moved 120, next_step 318, note 89, owner 5, probability "
            "5, reopened 3, snoozed 4, step_done 191, term 16, touch 427, value 39, won 6"
        ),
        "where deals came from": (
            "- 6, advertising 2, cold-call 7, email 4, event 7, inbound 8, partner 4, referral "
            "16, social 1, web 5"
        ),
        "whose they are": "ana 21, jonas 19, mara 20",
        "touches": (
            "call-in 59, call-out 114, demo-out 22, email-in 99, email-out 62, handover- 2, "
            "meeting-out 16, message-out 53"
        ),
        "touches with an objection": ("- 400, has a supplier 6, integration 7, no time 7, price 7"),
        "touches with a variant": "- 178, call first 127, short mail 122",
        "ratings": "- 17, 0 17, 1 35, 2 46, 3 64, 4 28",
        "answers with evidence": "0 108, 1 99",
        "people": "blocker 8, champion 19, decision_maker 29, user 41",
        "people with a phone": "0 44, 1 53",
        "why deals were lost": (
            "- 1716, competitor 5, disqualified 4, no-decision 3, price 4, timing 1, unresponsive 1"
        ),
        "lost deals that come back": "0 1732, 1 2",
        "values in 10,000": (
            "- 1648, 0 6, 1 15, 2 11, 3 13, 4 8, 5 9, 6 10, 7 7, 8 4, 9 1, 15 1, 18 1"
        ),
        "days until a step is due": (
            "- 1416, -4 2, 0 49, 1 23, 2 47, 3 43, 4 34, 5 54, 6 63, 20 1, 26 1, 29 1"
        ),
    },
    "many": {
        "what was done": (
            "answered 1815, category 4, checked 244, contact 41, created 1200, edited 62, "
            "expected_close 414, lost 640, moved 2407, next_step 773, note 102, owner 9, "
            "probability 9, reopened 3, snoozed 23, step_done 44, term 21, touch 1654, value 389, "
            "won 229"
        ),
        "where deals came from": (
            "- 72, advertising 37, cold-call 156, email 55, event 160, inbound 169, partner 98, "
            "referral 218, social 49, web 186"
        ),
        "whose they are": "ana 299, ines 282, jonas 324, mara 295",
        "touches": (
            "call-in 177, call-out 468, demo-out 69, email-in 376, email-out 236, meeting-out 88, "
            "message-out 240"
        ),
        "touches with an objection": (
            "- 1572, has a supplier 24, integration 23, no time 23, price 12"
        ),
        "touches with a variant": "- 595, call first 513, short mail 546",
        "ratings": "- 276, 0 175, 1 276, 2 425, 3 428, 4 235",
        "answers with evidence": "0 921, 1 894",
        "people": "blocker 8, champion 466, decision_maker 33, user 734",
        "people with a phone": "0 490, 1 751",
        "why deals were lost": (
            "- 9443, competitor 55, disqualified 157, no-decision 124, other 42, price 76, timing "
            "128, unresponsive 58"
        ),
        "lost deals that come back": "0 10031, 1 52",
        "values in 10,000": (
            "- 8674, 0 110, 1 292, 2 282, 3 196, 4 141, 5 114, 6 82, 7 44, 8 28, 9 25, 10 20, 11 "
            "13, 12 5, 13 8, 14 10, 15 5, 16 5, 17 3, 18 7, 19 3, 21 3, 22 1, 23 2, 24 3, 25 1, "
            "26 1, 29 2, 36 1, 43 1, 46 1"
        ),
        "days until a step is due": (
            "- 9310, -4 1, -1 1, 0 100, 1 97, 2 82, 3 85, 4 138, 5 166, 6 83, 7 6, 8 6, 9 1, 20 "
            "1, 22 1, 25 2, 27 1, 28 1, 32 1"
        ),
    },
}
"""What the reps of each team do by their habits, counted: whoever changes how often something
happens sees here what becomes of it."""


@pytest.mark.parametrize("which", MADE_UP)
def test_each_team_does_everything_as_often_as_its_habits_say(
    which: str, request: pytest.FixtureRequest
) -> None:
    made: Demo = request.getfixturevalue(which)
    counted = {}
    for name, (table, column) in COUNTED.items():
        rows = made.rows(f"SELECT {column} AS what, count(*) AS n FROM {table} GROUP BY 1")
        said = ("-" if row["what"] in (None, "") else row["what"] for row in rows)
        counted[name] = ", ".join(
            f"{what} {row['n']}" for what, row in zip(said, rows, strict=True)
        )
    assert counted == MADE_UP[which]


def test_a_deal_past_a_gate_has_what_the_gate_asks_or_a_reason(many: Demo) -> None:
    overridden = {
        row["deal_id"]
        for row in many.rows("SELECT deal_id FROM event WHERE data LIKE '%override%'")
    }
    pipeline = many.pipeline
    qualification = pipeline.open_stages[1]
    checked = 0
    for deal in many.deals:
        if deal.is_open and deal.id not in overridden and deal.stage_id > qualification.id:
            there = deal_from_row(row_from_deal(deal, 0) | {"stage_id": qualification.id})
            assert not unmet(there, pipeline, qualification.id + 1, TODAY)
            checked += 1
    assert checked > 50


def test_open_deals_close_ahead_or_lately(many: Demo) -> None:
    """Close dates are believable: mostly ahead, some just passed, none years away."""
    closes = [d.expected_close for d in many.deals if d.is_open and d.expected_close]
    ahead = [day for day in closes if day >= TODAY]
    assert len(ahead) > len(closes) * 0.8
    assert max(closes) < TODAY + timedelta(days=200)


def test_a_colleague_of_the_same_name_steps_aside(tmp_path: Path) -> None:
    store = Store.create(str(tmp_path / "mara.db"), SETTINGS)
    report = build(store, deals=3, now=NOW, me="mara")
    names = [rep.name for rep in report.reps]
    assert len(names) == len(set(names)) == 3
    store.close()


def test_the_database_says_that_it_is_a_demo(demo: Demo) -> None:
    assert demo.store.reader.settings() == SETTINGS
    assert SETTINGS.demo


def test_the_team_and_each_rep_have_a_target_for_this_quarter(demo: Demo) -> None:
    rows = demo.rows("SELECT owner, amount_minor FROM target WHERE period = '2026Q1'")
    targets = {row["owner"]: row["amount_minor"] for row in rows}
    assert set(targets) == {"", *(rep.name for rep in demo.report.reps)}
    assert targets.pop("") == sum(targets.values())


def test_there_is_something_in_every_tier_of_the_day(demo: Demo) -> None:
    day = demo.store.reader.day(Listing(TODAY, SETTINGS.zone))
    assert set(day.tiers()) == set(Tier)
    reasons = " ".join(str(one.place) for one in day.queue())
    assert "woke: back from holiday today" in reasons
    assert "new from @" in reasons
    assert day.alike()
    assert day.dead()


def test_there_is_a_review_of_a_week_ago_to_compare_with(demo: Demo) -> None:
    desk = Workspace(demo.store, lambda: NOW, Actor("ana"))
    (held,) = held_reviews(desk, demo.pipeline)
    assert timedelta(days=6) <= NOW - held.at <= timedelta(days=10)
    found = review(desk, demo.pipeline)
    assert found.since == held.at
    assert found.notable
    assert found.subjects
    assert found.objections
    assert len(found.variants) == 2
