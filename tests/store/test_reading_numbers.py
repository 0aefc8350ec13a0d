"""What numbers are asked of: each question finds the deals of its pipeline as they were then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer, Contact, Deal, Loss, Status
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Kind, change_to, evolve, inverse
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.facts import fact_values
from pipeboard.store.reading import board, facts
from pipeboard.store.reading.facts import KnownHistories, read_facts, read_histories, read_known
from pipeboard.store.reading.listing import Listing
from pipeboard.store.reading.metric_settings import (
    read_attribute,
    read_supported,
    read_well_known,
)
from pipeboard.store.writing import Done, Writer
from tests.store.made_up import NOW, TODAY, ZONE, created, deal, pipelines, store_with

DECIDES = {"m": Contact("Mika", "decision_maker")}
TWO = {"m": Contact("Mika"), "o": Contact("Outi")}
PROVED = {key: Answer("They said so", 3) for key in ("timeline", "authority")}
ELSEWHERE: dict[str, Any] = {"pipeline_id": 2, "stage_id": 30}
MOMENT = timedelta(microseconds=1)


def later(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def store_of(path: Path, *changes: Change) -> Store:
    """A store in which the deals came in at NOW, each as if with a command of its own."""
    made = store_with(path, [])
    for place, change in enumerate(changes):
        done = Done(f"i{place}", NOW, "ana", "", "import", "Imported.")
        made.write(partial(Writer.record, done=done, changes=[change]))
    return made


def did(
    store: Store, hours: int, deal_id: int, kind: Kind, at: datetime | None = None, **values: Any
) -> None:
    """A change of a deal, recorded so many hours after NOW, with an effect then or `at`."""
    before = store.reader.deal(deal_id)
    assert before is not None
    named = {name.replace("__", "."): value for name, value in values.items()}
    event = change_to(before, kind, at or later(hours), named)
    done = Done(f"d{deal_id}-{hours}", later(hours), "ana", "", "set", "Set.")
    change = Change(before, evolve(before, event), (event,))
    store.write(partial(Writer.record, done=done, changes=[change]))


def take_back(store: Store, hours: int, deal_id: int, name: str) -> None:
    """The undo of a command that changed one deal once."""
    before = store.reader.deal(deal_id)
    assert before is not None
    ((_, event),) = store.reader.history.events_of(name)[deal_id]
    back = inverse(event)
    done = Done(f"u{deal_id}-{hours}", later(hours), "ana", "", "undo", "Undone.", undoes=name)
    change = Change(before, evolve(before, back), (back,))

    def work(writer: Writer) -> None:
        writer.record(done, [change])
        writer.mark(name, undone=True)

    store.write(work)


# The values to group by.


@pytest.fixture(scope="module")
def grouped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    deals = [
        deal(1, source="web", account="Acme", fields={"Size": "big", "tier": "a"}),
        deal(2, source="fair", account="Bolt"),
        deal(3, source="cold-call", **ELSEWHERE),
        deal(4, source="web", archived_at=NOW, fields={"size": "small"}),
        deal(5, account="Coil", fields={"Size": "big"}),
    ]
    path = tmp_path_factory.mktemp("grouped") / "deals.db"
    with closing(store_of(path, *map(created, deals))) as made:
        did(made, 1, 1, Kind.EDITED, source="fair")
        did(made, 2, 1, Kind.EDITED, fields__Size="small")
        did(made, 3, 2, Kind.OWNER, owner="bo")
        did(made, 4, 5, Kind.EDITED, account="")
        did(made, 5, 3, Kind.EDITED, source="partner")
        yield made


@pytest.mark.parametrize(
    ("pipeline", "name", "hours", "values"),
    [
        (1, "source", None, {1: "fair", 2: "fair", 4: "web", 5: ""}),
        (1, "source", 0, {1: "web", 2: "fair", 4: "web", 5: ""}),
        (1, "source", 1, {1: "fair", 2: "fair", 4: "web", 5: ""}),
        (2, "source", None, {3: "partner"}),
        (2, "source", 4, {3: "cold-call"}),
        (2, "source", 5, {3: "partner"}),
        (1, "channel", 0, {1: "in", 2: "", 4: "in", 5: ""}),
        (1, "account", None, {1: "Acme", 2: "Bolt", 4: "", 5: ""}),
        (1, "account", 3, {1: "Acme", 2: "Bolt", 4: "", 5: "Coil"}),
        (1, "account", 4, {1: "Acme", 2: "Bolt", 4: "", 5: ""}),
        (1, "size", None, {1: "small", 4: "small", 5: "big"}),
        (1, "field.SIZE", 1, {1: "big", 4: "small", 5: "big"}),
        (1, "Size", 2, {1: "small", 4: "small", 5: "big"}),
        (1, "tier", None, {1: "a"}),
        (1, "fit", None, {1: "0 to 39", 2: "0 to 39", 4: "70 to 100"}),
        (1, "fit", 0, {1: "70 to 100", 2: "0 to 39", 4: "70 to 100"}),
        (1, "fit", 1, {1: "0 to 39", 2: "0 to 39", 4: "70 to 100"}),
    ],
)
def test_deals_are_grouped_by_what_they_said_at_an_instant(
    pipeline: int, name: str, hours: int | None, values: dict[int, str], grouped: Store
) -> None:
    as_of = None if hours is None else later(hours)
    found = read_attribute(grouped.reader.whole().database, pipeline, name, as_of)
    assert {one: said for one, said in found.items() if said or one in values} == values


def test_what_cannot_be_grouped_by_is_told_with_what_can(grouped: Store) -> None:
    database = grouped.reader.whole().database
    with pytest.raises(BadInput, match="Nothing called 'zzz' to group by") as refused:
        read_attribute(database, 1, "zzz")
    assert refused.value.hint == (
        "For example: owner, team, stage, source, channel, account, month, quarter, size, customer,"
        " fit."
    )
    with pytest.raises(BadInput, match="Renewals does not say what its ideal customer is like"):
        read_attribute(database, 2, "fit")
    for near, wanted in (("tir", "tier"), ("sourc", "source"), ("titel", "title")):
        with pytest.raises(BadInput) as refused:
            read_attribute(database, 1, near)
        assert refused.value.hint == f"Did you mean {wanted}?"


# The evidence of a commit, and who hangs on one person.


@pytest.fixture(scope="module")
def proved(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    deals = [
        deal(1, contacts=DECIDES, answers=PROVED),
        deal(2, contacts=DECIDES),
        deal(3, contacts={"m": Contact("Mika", "user")}, answers=PROVED),
        deal(4, answers=PROVED),
        deal(5, contacts=DECIDES, answers={"timeline": PROVED["timeline"]}),
        deal(6, contacts=DECIDES, answers=PROVED),
        deal(7, contacts=TWO),
        deal(8, contacts={"m": Contact("Mika")}),
        deal(9, contacts=DECIDES, answers=PROVED),
    ]
    path = tmp_path_factory.mktemp("proved") / "deals.db"
    with closing(store_of(path, *map(created, deals))) as made:
        did(made, 1, 6, Kind.ANSWERED, answers__timeline=None)
        did(made, 2, 4, Kind.CONTACT, contacts__m=DECIDES["m"])
        did(made, 3, 8, Kind.CONTACT, contacts__o=Contact("Outi"))
        did(made, 4, 7, Kind.CONTACT, contacts__o=None)
        did(made, 5, 9, Kind.ANSWERED, answers__authority=Answer("Other", 1))
        did(made, 6, 9, Kind.CONTACT, contacts__m=Contact("Mika", "user"))
        take_back(made, 7, 9, "d9-6")
        yield made


@pytest.mark.parametrize(
    ("hours", "supported", "well_known"),
    [
        (0, {1, 6, 9}, {7}),
        (1, {1, 9}, {7}),
        (2, {1, 4, 9}, {7}),
        (3, {1, 4, 9}, {7, 8}),
        (4, {1, 4, 9}, {8}),
        (6, {1, 4}, {8}),
        (7, {1, 4, 9}, {8}),
        (9, {1, 4, 9}, {8}),
    ],
)
def test_evidence_is_that_of_the_instant(
    hours: int, supported: set[int], well_known: set[int], proved: Store
) -> None:
    database, every = proved.reader.whole().database, range(1, 10)
    found = read_supported(database, pipelines()[0], later(hours), every)
    assert found == supported
    assert read_well_known(database, 1, later(hours)) == well_known
    some = read_supported(database, pipelines()[0], later(hours), [1, 2, 9])
    assert some == supported & {1, 2, 9}
    one, two = proved.reader.numbers.evidence(pipelines()[0], later(hours), [1])
    assert one == {1} & supported
    assert two == well_known


# Histories, read anew and read on.


def told(history: DealHistory) -> dict[str, object]:
    """All that is known of a deal."""
    return {name: getattr(history, name, None) for name in DealHistory.__slots__}


def test_of_what_was_known_only_deals_of_later_events_are_read_again(tmp_path: Path) -> None:
    with closing(store_of(tmp_path / "deals.db", *map(created, (deal(1), deal(2))))) as store:
        database = store.reader.whole().database
        kept: list[KnownHistories] = []
        first = read_known(database, 1, later(1), kept)
        assert [(one.us, one.seq, one.command) for one in kept] == [(micros(later(1)), 2, 2)]
        did(store, 2, 2, Kind.OWNER, owner="bo")
        second = read_known(database, 1, later(3), kept)
        assert second[0] is first[0] and second[1] is not first[1]
        assert [one.id for one in second] == [1, 2]
        assert [(one.us, one.seq, one.command) for one in kept] == [(micros(later(3)), 3, 3)]
        for hours in (3, 4, 0, 1, 2):
            found, fresh = read_known(database, 1, later(hours), kept), read_histories(
                database, 1, later(hours)
            )  # fmt: skip
            assert list(map(told, found)) == list(map(told, fresh))
        assert [one.us for one in kept] == [micros(later(hours)) for hours in (2, 1, 0)]


@pytest.mark.parametrize(
    ("asked", "is_kept"), [(timedelta(0), True), (timedelta(1), False), (timedelta(-1), False)]
)
def test_what_was_to_come_after_an_instant_is_read_anew_for_a_later_one(
    asked: timedelta, is_kept: bool, tmp_path: Path
) -> None:
    with closing(store_of(tmp_path / "deals.db", created(deal(1)))) as store:
        did(store, 5, 1, Kind.OWNER, owner="bo")
        database, kept = store.reader.whole().database, list[KnownHistories]()
        first = read_known(database, 1, later(4), kept)
        second = read_known(database, 1, later(4) + asked, kept)
        assert (second[0] is first[0]) is is_kept
        at_the_event = read_known(database, 1, later(5), kept)
        assert read_known(database, 1, later(5) + MOMENT, kept)[0] is at_the_event[0]


def test_what_was_taken_back_after_an_instant_is_read_anew_for_a_later_one(tmp_path: Path) -> None:
    """The undo has the effect of what it takes back, so that only its command is later."""
    with closing(store_of(tmp_path / "deals.db", created(deal(1)))) as store:
        did(store, 1, 1, Kind.OWNER, owner="bo")
        take_back(store, 5, 1, "d1-1")
        database, kept = store.reader.whole().database, list[KnownHistories]()
        for hours in (4, 6):
            found, fresh = read_known(database, 1, later(hours), kept), read_histories(
                database, 1, later(hours)
            )  # fmt: skip
            assert list(map(told, found)) == list(map(told, fresh))
        at_the_undo = read_known(database, 1, later(5), kept)
        assert read_known(database, 1, later(5) + MOMENT, kept)[0] is at_the_undo[0]


def test_reading_tells_how_far_it_is_and_may_be_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facts, "DEALS_AT_ONCE", 2)
    deals = [deal(n) for n in range(1, 5)] + [deal(9, **ELSEWHERE)]
    with closing(store_of(tmp_path / "deals.db", *map(created, deals))) as store:
        database, heard = store.reader.whole().database, list[float]()
        assert [one for one, _ in read_facts(database, 1, NOW, watch=heard.append)] == [1, 2, 3, 4]
        assert heard == [0.4, 0.8]
        assert [one for one, _ in read_facts(database, 2, NOW)] == [9]


# A filter at an instant of the past.


@pytest.mark.parametrize(
    ("text", "hours", "ids"),
    [
        ("owner:bo", 0, {3}),
        ("owner:bo", 1, {1, 3}),
        ("owner:bo", 2, {1, 3}),
        ("owner:bo", 3, {1}),
        ("owner:bo", 9, {1}),
        ("+hot", 3, set()),
        ("+hot", 4, {2}),
        ("+hot", 5, set()),
        ("-won", 0, {1, 2, 3}),
        ("-won", 6, {1, 2, 3, 7}),
        ("-won", 7, {1, 2, 3, 7, 8}),
        ("-won", 8, {1, 2, 3, 8}),
        ("stage:generation", 5, {1, 2, 3}),
        ("title:deal", 6, {1, 2, 3, 7}),
    ],
)
def test_a_filter_finds_at_an_instant_what_was_so_by_then(
    text: str, hours: int, ids: set[int], past: Store
) -> None:
    query = parse_filter(text, today=TODAY, currency="EUR")
    listing = Listing(TODAY, ZONE, pipeline_id=1, filter=query)
    assert past.reader.ids_at(listing, later(hours)) == ids


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    deals = [deal(1), deal(2), deal(3, owner="bo"), deal(4, owner="bo", **ELSEWHERE)]
    path = tmp_path_factory.mktemp("past") / "deals.db"
    with closing(store_of(path, *map(created, deals))) as made:
        did(made, 1, 1, Kind.OWNER, owner="bo")
        did(made, 3, 3, Kind.OWNER, owner="ana")
        did(made, 4, 2, Kind.TAGGED, tags=("hot",))
        take_back(made, 5, 2, "d2-4")
        for number, hours in ((7, 6), (8, 7)):
            one = created(deal(number, created_at=later(hours), stage_entered_at=later(hours)))
            done = Done(f"i{number}", later(hours), "ana", "", "add", "Added.")
            made.write(partial(Writer.record, done=done, changes=[one]))
        take_back(made, 8, 7, "i7")
        yield made


# Which pipelines there is something in.


def test_deals_are_counted_by_pipeline_the_open_ones_or_all(tmp_path: Path) -> None:
    won: dict[str, Any] = {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW}
    lost: dict[str, Any] = {**won, "stage_id": 8, "outcome": Status.LOST, "loss": Loss("price")}
    deals = [
        deal(1), deal(2, owner="bo"), deal(3, stage_id=2), deal(4, **won), deal(5, **lost),
        deal(6, archived_at=NOW), deal(7, removed=True), deal(8, **ELSEWHERE, archived_at=NOW),
    ]  # fmt: skip
    with closing(store_of(tmp_path / "deals.db", *map(created, deals))) as store:
        numbers = store.reader.numbers
        assert numbers.deal_counts() == {1: 3}
        assert numbers.deal_counts(closed=True) == {1: 5}
        assert numbers.last_written_pipeline() == 2
        did(store, 1, 2, Kind.OWNER, owner="ana")
        assert numbers.last_written_pipeline() == 1
        for hours, archived_at, counts in ((2, None, {1: 3, 2: 1}), (3, NOW, {1: 3})):
            kind = Kind.ARCHIVED if archived_at else Kind.UNARCHIVED
            did(store, hours, 8, kind, archived_at=archived_at)
            assert numbers.deal_counts() == counts
    with closing(store_of(tmp_path / "empty.db")) as empty:
        assert empty.reader.numbers.last_written_pipeline() is None
        assert empty.reader.numbers.deal_counts(closed=True) == {}


def test_the_names_of_own_fields_come_once_each_in_their_order(grouped: Store) -> None:
    assert grouped.reader.custom_fields() == ("Size", "size", "tier")


@pytest.mark.parametrize(
    ("values", "is_due"),
    [
        ({}, True),
        ({"loss": Loss("price", recycle_on=TODAY)}, True),
        ({"loss": Loss("price", recycle_on=TODAY + timedelta(1))}, False),
        ({"loss": Loss("price")}, False),
        ({"archived_at": NOW}, False),
        ({"removed": True}, False),
        ({"outcome": Status.WON, "stage_id": 7}, False),
        ({"outcome": Status.OPEN, "stage_id": 1}, False),
    ],
)
@pytest.mark.parametrize("back", ["", "came", "came and went", "archived"])
def test_a_lost_deal_comes_back_on_its_day_unless_it_has(
    values: dict[str, Any], is_due: bool, back: str, tmp_path: Path
) -> None:
    lost: dict[str, Any] = {
        "stage_id": 8, "outcome": Status.LOST, "closed_at": NOW,
        "loss": Loss("price", recycle_on=TODAY - timedelta(1)),
    }  # fmt: skip
    deals: list[Deal] = [deal(3, **lost | values), deal(5)]
    if back:
        more: dict[str, Any] = {"removed": True} if back == "came and went" else {}
        more |= {"archived_at": NOW} if back == "archived" else {}
        deals.append(deal(6, recycled_from=3, **more))
    with closing(store_of(tmp_path / "deals.db", *map(created, deals))) as store:
        due = is_due and back in ("", "came and went")
        assert store.reader.due_to_return(TODAY) == ((3,) if due else ())


def test_lost_deals_that_are_due_come_by_number(tmp_path: Path) -> None:
    lost: dict[str, Any] = {"stage_id": 8, "outcome": Status.LOST, "closed_at": NOW}
    days = {2: 1, 4: 3, 6: 2}
    deals = [
        deal(n, **lost, loss=Loss("price", recycle_on=TODAY - timedelta(ago)))
        for n, ago in days.items()
    ]
    with closing(store_of(tmp_path / "deals.db", *map(created, deals))) as store:
        assert store.reader.due_to_return(TODAY) == (2, 4, 6)
        assert store.reader.due_to_return(TODAY - timedelta(2)) == (4, 6)
        assert store.reader.due_to_return(TODAY - timedelta(4)) == ()


# How long deals usually stay.


def moved(number: int, *course: tuple[int, int, str], **more: Any) -> Change:
    """A deal of ten days ago that went through stages: after how many hours, which, by what."""
    made = created(deal(number, created_at=NOW, stage_entered_at=NOW, **more))
    after, events = made.after, list(made.events)
    for hours, stage, kind in course:
        values: dict[str, Any] = {"stage_id": stage, "stage_entered_at": later(hours)}
        if kind in ("won", "lost"):
            values |= {"outcome": Status(kind), "closed_at": later(hours)}
        if kind == "corrected":
            values = {"created_at": NOW - timedelta(days=50)}
        event = change_to(after, Kind(kind), later(hours), values)
        after = evolve(after, event)
        events.append(event)
    return Change(None, after, tuple(events))


DAY = 24


@pytest.mark.parametrize(
    ("courses", "usual"),
    [
        ([((2 * DAY, 2, "moved"),)], {1: 2}),
        ([((3 * DAY, 7, "won"),)], {1: 3}),
        ([((4 * DAY, 8, "lost"),)], {1: 4}),
        ([((2 * DAY, 2, "moved"), (5 * DAY, 3, "moved"))], {1: 2, 2: 3}),
        ([((2 * DAY, 8, "lost"), (3 * DAY, 2, "reopened"), (7 * DAY, 3, "moved"))],
         {1: 2, 2: 4, 8: 1}),
        ([((2 * DAY, 2, "moved"), (3 * DAY, 1, "corrected"))], {}),
        ([()], {}),
        ([((2 * DAY, 2, "moved"),), ((4 * DAY, 2, "moved"),), ((9 * DAY, 2, "moved"),)], {1: 4}),
        ([((2 * DAY, 2, "moved"),), ((5 * DAY, 2, "moved"),)], {1: 4}),
        ([((DAY + 13, 2, "moved"),)], {1: 2}),
        ([((DAY + 11, 2, "moved"),)], {1: 1}),
    ],
)  # fmt: skip
def test_the_usual_stay_is_the_median_of_those_that_are_over(
    courses: list[tuple[tuple[int, int, str], ...]], usual: dict[int, int], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(board, "LEAST", 1)
    changes = [moved(number, *course) for number, course in enumerate(courses, 1)]
    aside = [
        moved(91, (99 * DAY, 2, "moved"), archived_at=NOW),
        moved(92, (99 * DAY, 31, "moved"), pipeline_id=2, stage_id=30),
        moved(93, (99 * DAY, 2, "moved"), removed=True),
    ]
    with closing(store_of(tmp_path / "deals.db", *changes, *aside)) as store:
        assert store.reader.numbers.usual_days(1) == usual
        assert store.reader.numbers.usual_days(2) == {30: 99}


@pytest.mark.parametrize(
    ("name", "value", "usual"),
    [
        ("SAMPLE", 2, {1: 3}),  # of those that were moved last
        ("SAMPLE", 3, {1: 4}),
        ("LOOKED_AT", 2, {1: 2}),
        ("LOOKED_AT", 4, {1: 3}),
        ("LEAST", 3, {1: 4}),
        ("LEAST", 4, {}),
    ],
)
def test_the_usual_stay_is_of_enough_deals_that_were_moved_lately(
    name: str, value: int, usual: dict[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "LEAST", 1)
    monkeypatch.setattr(board, name, value)
    changes = [moved(n, (days * DAY, 2, "moved")) for n, days in ((3, 9), (2, 4), (1, 2))]
    with closing(store_of(tmp_path / "deals.db", *changes)) as store:
        assert store.reader.numbers.usual_days(1) == usual


def test_a_stay_that_was_ended_by_a_move_that_was_taken_back_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board, "LEAST", 1)
    with closing(store_of(tmp_path / "deals.db", moved(1), moved(2))) as store:
        did(store, 2 * DAY, 1, Kind.MOVED, stage_id=2)
        take_back(store, 3 * DAY, 1, f"d1-{2 * DAY}")
        assert store.reader.numbers.usual_days(1) == {}
        did(store, 5 * DAY, 1, Kind.MOVED, stage_id=2)
        assert store.reader.numbers.usual_days(1) == {1: 5}


def test_a_touch_that_is_no_whole_one_says_no_word_to_numbers() -> None:
    row: dict[str, Any] = dict.fromkeys(
        ("stage_id", "value_minor", "currency", "probability_bp", "on_date", "owner", "category",
         "loss_category", "touch_type", "touch_direction", "has_step"),
    )  # fmt: skip
    row |= {"at": 7, "kind": Kind.TOUCH, "overrides": False, "data": "{}"}
    for way, direction, said in (("call", "out", ["call out"]), ("call", "", ["call "]),
                                 (None, "out", []), ("call", None, [])):  # fmt: skip
        values = fact_values(row | {"touch_type": way, "touch_direction": direction})
        assert values is not None
        assert values[:2] == [7, "touch"]
        assert [word for word in values[2:] if word] == said
