"""The day's questions, each over deals of which some are asked for and most are not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.board import Signs
from pipeboard.domain.deal import Ask, Loss, NextStep, Status
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.hygiene import Fault
from pipeboard.domain.money import Money
from pipeboard.domain.queue import Load, Tier
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.reading import day as reading_day
from pipeboard.store.reading.board import check_stages
from pipeboard.store.reading.day import DayReader
from pipeboard.store.reading.listing import Listing
from tests.store.made_up import NOW, TODAY, ZONE, deal, pipelines, store_with

DAY = timedelta(days=1)
ELSEWHERE: dict[str, Any] = {"pipeline_id": 2, "stage_id": 30}
ASIDE: tuple[dict[str, Any], ...] = (
    {"archived_at": NOW},
    {"removed": True},
    {"snoozed_until": TODAY + DAY},
    {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW},
)
"""What keeps a deal out of everybody's day."""


def step(days: int) -> dict[str, Any]:
    return {"next_step": NextStep("call", TODAY + days * DAY)}


@pytest.mark.parametrize(
    ("owner", "pipeline", "day"),
    [(None, None, 2), (None, 1, 2), ("ana", None, 4), (None, 2, 3), ("cy", None, None)],
)
def test_the_next_day_on_which_a_step_is_due_comes_after_today(
    owner: str | None, pipeline: int | None, day: int | None, tmp_path: Path
) -> None:
    deals = [
        deal(1, **step(0), owner="ana"), deal(2, **step(2), owner="bo"),
        deal(3, **step(4), owner="ana"), deal(4, **step(3), owner="bo", **ELSEWHERE),
        deal(5, **step(-1), owner="ana"), deal(6, owner="cy"),
        *(deal(10 + n, **step(1) | {"owner": "ana"} | more) for n, more in enumerate(ASIDE)),
    ]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        found = store.reader.day(Listing(TODAY, ZONE, pipeline_id=pipeline, owner=owner)).next_due()
        assert found == (None if day is None else TODAY + day * DAY)


def test_what_each_owner_has_on_hand_is_counted_and_worth_what_rates_say(tmp_path: Path) -> None:
    old = {"created_at": NOW - 60 * DAY, "stage_entered_at": NOW - 60 * DAY}
    deals = [
        deal(1, owner="ana", value=Money(100, "EUR"), **step(-1)),
        deal(2, owner="ana", value=Money(30, "USD"), **step(0)),
        deal(3, owner="ana", **step(-3), snoozed_until=TODAY + DAY),
        deal(4, owner="ana", value=Money(7, "CHF")),
        deal(5, owner="bo", **old, **step(40)),
        deal(6, owner="bo", **old, snoozed_until=TODAY + DAY),
        deal(7, owner="", value=Money(3, "USD")),
        *(deal(20 + n, owner="ana", **more) for n, more in enumerate(ASIDE) if n != 2),
    ]
    rate = {"numerator": 1, "denominator": 2}
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        said = Agreement(Topic.RATE, ("USD", "2026-01-01"), None, rate)
        store.write(lambda writer: writer.agree(said, NOW, "ana"))
        assert store.reader.day(Listing(TODAY, ZONE)).loads() == {
            "ana": Load("ana", 4, 1, 0, Money(115, "EUR"), 1),
            "bo": Load("bo", 2, 0, 1, None, 0),
            "": Load("", 1, 0, 0, Money(2, "EUR"), 0),
        }
        assert store.reader.day(Listing(TODAY, ZONE, owner="bo")).loads() == {
            "bo": Load("bo", 2, 0, 1, None, 0)
        }


SILENT: dict[str, Any] = {
    "created_at": NOW - 90 * DAY, "stage_entered_at": NOW - 90 * DAY,
    "last_touch_at": NOW - 60 * DAY, "last_outbound_at": NOW - 60 * DAY, "outbound_since_reply": 9,
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "is_dead"),
    [
        ({}, True),
        ({"outbound_since_reply": 1}, False),
        ({"next_step": NextStep("call", TODAY)}, False),
        ({"next_step": NextStep("call")}, True),
        ({"snoozed_until": TODAY}, True),
        ({"stage_entered_at": NOW - DAY, "last_touch_at": NOW - DAY}, False),
        *((more, False) for more in ASIDE),
    ],
)
def test_a_deal_may_be_given_up_that_nobody_answered_for_long(
    more: dict[str, Any], is_dead: bool, tmp_path: Path
) -> None:
    one = deal(2, **SILENT | more)
    idle = deal(3, **SILENT | {"last_touch_at": NOW - 70 * DAY})
    with closing(store_with(tmp_path / "deals.db", [deal(1), one, idle])) as store:
        found = store.reader.day(Listing(TODAY, ZONE)).dead()
        assert [found.id for found in found] == ([3, 2] if is_dead else [3])


def test_signs_of_the_day_are_of_the_deals_that_are_asked_for(tmp_path: Path) -> None:
    old = {"created_at": NOW - 60 * DAY, "stage_entered_at": NOW - 60 * DAY}
    deals = [
        deal(1, owner="ana", **step(-1)), deal(2, owner="ana", **step(0)), deal(3, owner="ana"),
        deal(4, owner="bo", **old, **step(40)), deal(5, owner="bo", **old, **step(-1)),
        deal(6, owner="bo", **ELSEWHERE), deal(7, owner="bo", **old),
        *(deal(20 + n, owner="ana", **step(-1) | more) for n, more in enumerate(ASIDE)),
    ]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        signs = {
            asked: store.reader.day(Listing(TODAY, ZONE, owner=owner, pipeline_id=pipeline)).signs()
            for asked, owner, pipeline in (
                ("all", None, None), ("ana", "ana", None), ("2", None, 2), ("1", None, 1),
            )
        }  # fmt: skip
        assert signs == {
            "all": Signs(2, 3, 1), "ana": Signs(1, 1, 0), "2": Signs(0, 1, 0), "1": Signs(2, 2, 1),
        }  # fmt: skip


QUEUE: list[dict[str, Any]] = [
    {**step(-1), "value": Money(100, "EUR")},
    {**step(-2), "value": Money(300, "EUR")},
    step(-1),
    {**step(-3), "created_at": NOW - 5 * DAY},
    {**step(-3), "value": Money(100, "EUR"), "created_at": NOW - 4 * DAY},
    {**step(0), "value": Money(900, "EUR")},
    {**step(-1), "value": Money(500, "XTS")},
    {**step(-1), "value": Money(300, "USD")},
    {"value": Money(9_000, "EUR"), "last_touch_at": NOW},
]
"""Deals from 1 on: overdue but for the sixth, which is due today, and the ninth, unplanned."""


def test_the_queue_goes_by_tier_then_worth_then_age_then_number(tmp_path: Path) -> None:
    deals = [deal(number, source="web", **more) for number, more in enumerate(QUEUE, 1)]
    rate = {"numerator": 1, "denominator": 1}
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        said = Agreement(Topic.RATE, ("USD", "2026-01-01"), None, rate)
        store.write(lambda writer: writer.agree(said, NOW, "ana"))
        day = store.reader.day(Listing(TODAY, ZONE))
        tiers = day.tier_by_id()
        assert list(tiers) == [2, 8, 5, 1, 4, 3, 7, 6, 9]
        assert list(tiers.values()) == [Tier.OVERDUE] * 7 + [Tier.TODAY, Tier.NO_NEXT_STEP]
        assert list(day.tier_by_id(3)) == [2, 8, 5]
        assert list(day.tier_by_id(last=Tier.TODAY)) == [2, 8, 5, 1, 4, 3, 7, 6]
        assert list(day.tier_by_id(last=Tier.OVERDUE)) == [2, 8, 5, 1, 4, 3, 7]
        assert day.tiers() == {Tier.OVERDUE: 7, Tier.TODAY: 1, Tier.NO_NEXT_STEP: 1}
        assert [one.deal.id for one in day.queue(2)] == [2, 8]
        assert [one.deal.id for one in day.through(Tier.OVERDUE)] == [2, 8, 5, 1, 4, 3, 7]
        assert day.place(6) is not None and day.place(99) is None


@pytest.mark.parametrize(
    ("more", "is_new"),
    [
        ({"source": "web"}, True),
        ({"source": " Web "}, True),
        ({"source": "inbound"}, True),
        ({"source": "referral"}, True),
        ({"source": "cold-call"}, False),
        ({"source": "fair"}, False),
        ({"source": "web", "last_touch_at": NOW}, False),
        ({"source": "web", "next_step": NextStep("call")}, False),
        ({"given_by": "bo"}, True),
        ({"given_by": ""}, False),
        ({"given_by": "bo", "archived_at": NOW}, None),
        ({"snoozed_until": TODAY}, True),
        ({"snoozed_until": TODAY - DAY}, True),
        ({"snoozed_until": TODAY + DAY}, None),
    ],
)
def test_what_is_new_came_in_by_itself_was_given_or_woke(
    more: dict[str, Any], is_new: bool | None, tmp_path: Path
) -> None:
    with closing(store_with(tmp_path / "deals.db", [deal(1, **more)])) as store:
        tiers = store.reader.day(Listing(TODAY, ZONE)).tier_by_id()
        there = {} if is_new is None else {1: Tier.NEW if is_new else Tier.NO_NEXT_STEP}
        assert tiers == there


@pytest.mark.parametrize(
    ("more", "is_closing"),
    [
        ({"offer_expires_on": TODAY}, True),
        ({"offer_expires_on": TODAY - 9 * DAY}, True),
        ({"offer_expires_on": TODAY + 3 * DAY}, True),
        ({"offer_expires_on": TODAY + 4 * DAY}, False),
        ({"expected_close": TODAY - DAY}, True),
        ({"expected_close": TODAY}, True),
        ({"expected_close": TODAY + 14 * DAY}, True),
        ({"expected_close": TODAY + 15 * DAY}, False),
    ],
)
def test_what_closes_soon_and_lacks_something_is_looked_at(
    more: dict[str, Any], is_closing: bool, tmp_path: Path
) -> None:
    one = deal(1, source="web", owner="ana", **step(3), **more)
    with closing(store_with(tmp_path / "deals.db", [one])) as store:
        tiers = store.reader.day(Listing(TODAY, ZONE)).tier_by_id()
        assert tiers == ({1: Tier.CLOSING} if is_closing else {})


def test_each_fault_is_counted_by_owner_in_their_order(tmp_path: Path) -> None:
    deals = [deal(1, owner="cy"), deal(2, owner="ana"), deal(3, owner="Bo"), deal(4, owner="ana")]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        store.write(lambda writer: writer.save_rep(Rep("gone", active=False)))
        found = store.reader.day(Listing(TODAY, ZONE)).fault_counts().values()
        assert {tuple(counts.items()) for counts in found if counts} == {
            (("Bo", 1), ("ana", 2), ("cy", 1))
        }


@pytest.mark.parametrize(
    ("asked", "due", "tier"),
    [
        (None, None, Tier.NEW),
        (None, TODAY, Tier.TODAY),
        (None, TODAY - DAY, Tier.OVERDUE),
        (None, TODAY + DAY, None),
        ("bo", None, Tier.NEW),
        ("bo", TODAY, Tier.TODAY),
        ("bo", TODAY - DAY, Tier.OVERDUE),
        ("cy", TODAY - DAY, None),
    ],
)
def test_what_is_asked_stands_in_the_day_of_whom_it_is_asked(
    asked: str | None, due: date | None, tier: Tier | None, tmp_path: Path
) -> None:
    one = deal(1, owner="ana", source="web", asks={"bo": Ask("look", "ana", due)}, **step(3))
    with closing(store_with(tmp_path / "deals.db", [one])) as store:
        tiers = store.reader.day(Listing(TODAY, ZONE, owner=asked)).tier_by_id()
        assert tiers == ({} if tier is None else {1: tier})


@pytest.fixture
def closed(tmp_path: Path) -> Iterator[Store]:
    """Three deals of the first pipeline that ended one after another, and one of the other."""
    ends = (("won", 7, 1), ("lost", 8, 2), ("won", 7, 3))
    deals = [
        deal(number, stage_id=stage, outcome=Status(end), closed_at=NOW - days * DAY,
             loss=Loss("price") if end == "lost" else None)
        for number, (end, stage, days) in enumerate(ends, 1)
    ]  # fmt: skip
    deals.append(deal(9, pipeline_id=2, stage_id=33, outcome=Status.WON, closed_at=NOW - DAY))
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        yield made


@pytest.mark.parametrize(("most", "ids"), [(1, "1"), (2, "1,2"), (3, "1,2,3"), (9, "1,2,3")])
def test_a_chance_is_measured_on_what_was_closed_last(
    most: int, ids: str, closed: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_day, "CLOSED_LOOKED_AT", most)
    database, asked = closed.reader.whole().database, list[str]()
    records = database.records

    def noted(sql: str, values: Any = ()) -> Any:
        asked.append(sql)
        return records(sql, values)

    monkeypatch.setattr(database, "records", noted)
    listing = Listing(TODAY, ZONE)
    DayReader(database, pipelines(), closed.reader.numbers.rates(), listing)._measured(
        pipelines()[0]
    )
    assert f"deal_id in ({ids})" in asked[-1]


# Deals in a stage that there is not.


def put_astray(store: Store, condition: str, stage: int) -> None:
    """As another program would, which asks for no keys."""
    with closing(sqlite3.connect(str(store.location))) as raw, raw:
        raw.execute(f"UPDATE deal SET stage_id = {stage} WHERE {condition}")


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "D-1 stands in"),
        (2, "D-1, D-2 stand in"),
        (5, "D-1, D-2, D-3, D-4, D-5 stand in"),
        (6, "D-1, D-2, D-3, D-4, D-5 and others stand in"),
    ],
)
@pytest.mark.parametrize("stage", [0, 21, 99], ids=["before", "between", "after"])
def test_deals_in_a_stage_that_no_pipeline_has_are_named(
    count: int, named: str, stage: int, tmp_path: Path
) -> None:
    deals = [deal(number) for number in range(1, 9)]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        database = store.reader.whole().database
        check_stages(database, pipelines(), with_archive=True)
        put_astray(store, f"id <= {count}", stage)
        with pytest.raises(DatabaseError, match=f"damaged: {named} a stage") as refused:
            check_stages(database, pipelines())
        assert refused.value.details["deals"] == [f"D-{n}" for n in range(1, min(count, 5) + 1)]


@pytest.mark.parametrize(
    ("more", "with_archive", "is_told"),
    [
        ({}, False, True),
        ({"archived_at": NOW}, False, False),
        ({"archived_at": NOW}, True, True),
        ({"removed": True}, False, False),
        ({"removed": True}, True, False),
    ],
)
def test_of_what_was_put_away_those_who_list_the_archive_are_told(
    more: dict[str, Any], with_archive: bool, is_told: bool, tmp_path: Path
) -> None:
    with closing(store_with(tmp_path / "deals.db", [deal(1, **more), deal(2)])) as store:
        put_astray(store, "id = 1", 99)
        database = store.reader.whole().database
        if not is_told:
            check_stages(database, pipelines(), with_archive=with_archive)
            return
        with pytest.raises(DatabaseError, match="D-1 stands in a stage"):
            check_stages(database, pipelines(), with_archive=with_archive)


@pytest.mark.parametrize(("minor", "worth"), [(1, 1), (2, 1), (3, 2), (5, 3), (7, 4)])
def test_what_is_on_hand_is_rounded_as_every_amount_is(
    minor: int, worth: int, tmp_path: Path
) -> None:
    """A dollar is worth half a euro; halves go up."""
    with closing(
        store_with(tmp_path / "deals.db", [deal(1, owner="ana", value=Money(minor, "USD"))])
    ) as store:
        rate = {"numerator": 1, "denominator": 2}
        said = Agreement(Topic.RATE, ("USD", "2026-01-01"), None, rate)
        store.write(lambda writer: writer.agree(said, NOW, "ana"))
        loads = store.reader.day(Listing(TODAY, ZONE)).loads()
        assert loads["ana"].value == Money(worth, "EUR")


def test_deals_with_a_fault_come_by_worth_then_age_then_number(tmp_path: Path) -> None:
    deals = [deal(number, source="", **more) for number, more in enumerate(QUEUE, 1)]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        day = store.reader.day(Listing(TODAY, ZONE))
        assert day.faulty(Fault.SOURCE) == (9, 6, 2, 5, 1, 4, 3, 7, 8)


def test_what_needs_nobody_stands_in_no_tier(tmp_path: Path) -> None:
    planned = deal(1, source="web", owner="ana", **step(3))
    with closing(store_with(tmp_path / "deals.db", [planned, deal(2, **step(-1))])) as store:
        day = store.reader.day(Listing(TODAY, ZONE))
        assert day.tiers() == {Tier.OVERDUE: 1}
        assert day.tier_by_id() == {2: Tier.OVERDUE}
        assert [one.deal.id for one in day.queue()] == [2]
        assert day.place(1) is None


@pytest.mark.parametrize(("count", "more"), [(5, ""), (6, " and others"), (8, " and others")])
def test_of_many_deals_that_were_put_away_astray_five_are_named(
    count: int, more: str, tmp_path: Path
) -> None:
    deals = [deal(number, archived_at=NOW) for number in range(1, count + 1)]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        put_astray(store, "true", 99)
        database = store.reader.whole().database
        with pytest.raises(DatabaseError, match=f"damaged: D-1, D-2, D-3, D-4, D-5{more} stand"):
            check_stages(database, pipelines(), with_archive=True)
