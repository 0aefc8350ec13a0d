"""Changes put aside and brought in at once leave the rows that one after another would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Ask, Contact, Deal
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.money import Money
from pipeboard.store import Staging, Store
from pipeboard.store.checking import log_faults
from pipeboard.store.projecting import Change, carrying
from pipeboard.store.projecting.carrying import carried
from pipeboard.store.projecting.deals import FINDABLE
from pipeboard.store.projecting.facts import facts_from_log, log_of, stored_facts
from pipeboard.store.sealing import check_seal
from pipeboard.store.writing import Done, Writer
from tests.store.made_up import NOW, created, deal, store_with

KNOWN = {"external_id": "X1", "external_source": "crm"}


@pytest.fixture(params=["for a file", "for a server"], autouse=True)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is carried to a server is carried to a file here: both take the same statements."""
    if request.param == "for a server":

        @contextmanager
        def staging(store: Store) -> Iterator[Staging]:
            with carried(store.reader.whole().database) as stage:
                yield Staging(store._writing(), store.identity, stage, lambda: None)  # type: ignore[arg-type]

        monkeypatch.setattr(Store, "staging", staging)
    return str(request.param)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_with(tmp_path / "deals.db", [deal(1, owner="ana", **KNOWN)])
    made.reserve("deal", 1)
    yield made
    made.close()


def bring(store: Store, *changes: Change, name: str = "c2") -> Sequence[int]:
    """The changes come in; those that are outdated instead, where there are any."""
    done = Done(name, NOW, "ana", "", "import", "Imported.")
    with store.staging() as staging:
        stage = staging.stage
        stage.add(changes, range(len(changes)), done.id, micros(NOW))
        stage.sum_up()

        def work(writer: Writer) -> Sequence[int]:
            if not (outdated := stage.outdated()):
                writer.begin_command(done)
                writer.add_staged(stage)
            return outdated

        return staging.store(work)


def new(place: int, **values: Any) -> Change:
    return created(deal(-place, **values))


def edited(before: Deal, **values: Any) -> Change:
    event = change_to(before, Kind.EDITED, NOW, values)
    return Change(before, evolve(before, event), (event,))


@pytest.mark.parametrize(
    ("values", "is_outdated"),
    [
        ({}, True),
        ({"external_source": "other"}, False),
        ({"pipeline_id": 2, "stage_id": 30}, False),
        ({"external_id": "X2"}, False),
        ({"external_id": None}, False),
    ],
)
def test_a_new_deal_is_outdated_where_another_came_in_under_its_id(
    values: dict[str, Any], is_outdated: bool, store: Store
) -> None:
    assert list(bring(store, new(1, **KNOWN | values))) == ([-1] if is_outdated else [])
    assert (store.reader.deal(2) is None) is is_outdated


def test_a_deal_that_was_taken_back_is_in_nobodys_way(tmp_path: Path) -> None:
    made = store_with(tmp_path / "deals.db", [deal(1, removed=True, **KNOWN)])
    made.reserve("deal", 1)
    assert list(bring(made, new(1, **KNOWN))) == []
    made.close()


def test_a_known_deal_is_outdated_once_it_has_changed(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    assert list(bring(store, edited(before, source="web"))) == []
    again = edited(before, source="fair")
    done = Done("c3", NOW, "ana", "", "set", "Set.")
    assert [event.changed for event in again.events] == [{"source"}]
    with store.staging() as staging:
        staging.stage.add([again], [0], done.id, micros(NOW))
        staging.stage.sum_up()
        assert staging.store(lambda writer: staging.stage.outdated()) == [1]
    now = store.reader.deal(1)
    assert now is not None and now.source == "web"


def test_what_comes_in_is_in_the_totals_as_it_stands(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    euros = Money(1_000, "EUR")
    bring(
        store,
        new(1, value=euros, owner="bo"),
        new(2, value=euros, owner="bo", probability_bp=5_000),
        new(3, value=euros, owner="bo", probability_bp=0),
        new(4, value=Money(7, "USD"), owner="bo"),
        new(5, owner="bo"),
        new(6, value=euros, owner="bo", archived_at=NOW),
        new(7, value=euros, owner="bo", removed=True),
        edited(before, value=euros),
    )
    rows = store.reader.whole().database.records(
        "select owner, currency, deals, value_minor, stage_minor, hand_minor_bp from stage_total"
        " where deals > 0 order by owner, currency"
    )
    assert [tuple(row) for row in rows] == [
        ("ana", "EUR", 1, 1_000, 1_000, 0),
        ("bo", "", 1, 0, 0, 0),
        ("bo", "EUR", 3, 3_000, 1_000, 5_000_000),
        ("bo", "USD", 1, 7, 7, 0),
    ]


def test_whoever_owns_what_comes_in_is_a_rep_and_nobody_is_none(store: Store) -> None:
    bring(store, new(1, owner="bo"), new(2, owner=""), new(3, owner="ana"))
    assert [rep.name for rep in store.reader.reps()] == ["ana", "bo"]
    assert {one.owner for one in store.reader.deals(range(1, 9)).values()} == {"ana", "bo", ""}


def test_numbers_are_told_what_is_known_better_with_what_comes_in(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    earlier = before.created_at - timedelta(days=30)
    event = change_to(before, Kind.CORRECTED, NOW, {"created_at": earlier})
    assert list(bring(store, Change(before, evolve(before, event), (event,)))) == []
    database = store.reader.whole().database
    ((_, _, _, facts),) = told = stored_facts(database, [1])
    assert facts.startswith(f",[{micros(earlier)},")
    assert {tuple(row.values()) for row in facts_from_log(log_of(database, [1]))} == told


FOUND_BY: dict[str, Any] = {
    "tags": ("hot", "new"),
    "fields": {"color": "red", "size": "big"},
    "contacts": {"mika": Contact("Mika"), "bo": Contact("Bo")},
    "asks": {"bo": Ask("send it", "ana"), "cy": Ask("call", "ana")},
}
"""Two of whatever a deal is found by."""


def test_each_thing_that_deals_are_found_by_is_tried() -> None:
    assert FOUND_BY.keys() == {field for field, _, _ in FINDABLE}


@pytest.mark.parametrize(("field", "table", "_"), FINDABLE)
def test_what_comes_in_stands_in_the_place_of_what_a_deal_was_found_by(
    store: Store, field: str, table: str, _: object
) -> None:
    two = FOUND_BY[field]
    one = two[:1] if isinstance(two, tuple) else dict([*two.items()][:1])
    for number, value in enumerate((two, one, type(two)()), 2):
        before = store.reader.deal(1)
        assert before is not None
        changes = [edited(before, **{field: value})]
        bring(store, *changes, name=f"c{number}")
        rows = store.reader._database.rows(f"select * from {table} where deal_id = 1")
        assert len(rows) == len(value)


def test_numbers_are_taken_for_new_deals_alone(store: Store) -> None:
    def last() -> int:
        return store.reader._database.number("select value from counter where name = 'deal'")

    before, known = last(), store.reader.deal(1)
    assert known is not None
    bring(store, edited(known, source="web"))
    assert last() == before
    bring(store, new(1), new(2), name="c3")
    assert last() == before + 2
    assert store.reader.deal(before + 2) is not None


def test_many_deals_come_in_whole_however_few_are_carried_at_a_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "_AT_ONCE", 1)
    before = store.reader.deal(1)
    assert before is not None
    named = [new(n, external_id=f"N{n}", external_source="crm", tags=("a", "b")) for n in (1, 2, 3)]
    assert list(bring(store, *named, edited(before, tags=("c",)))) == []
    found = store.reader.deals(range(1, 9))
    assert [one.external_id for one in found.values()] == ["X1", "N1", "N2", "N3"]
    assert [one.tags for one in found.values()] == [("c",), *[("a", "b")] * 3]
    twice = [new(n, external_id=f"N{n}", external_source="crm") for n in (3, 1, 7)]
    assert sorted(bring(store, *twice, name="c3")) == [-3, -1]
    elsewhere = {"pipeline_id": 2, "stage_id": 30}
    again = [
        new(1, external_id="N1", external_source="sheet"),
        new(2, external_id="X1", external_source="crm", **elsewhere),
    ]
    assert list(bring(store, *again, name="c4")) == []


def test_what_comes_in_stands_in_the_log_in_its_order(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    assert list(bring(store, new(2), edited(before, source="web"), new(1))) == []
    entries = store.reader.history.entries()
    assert [(one.deal_id, one.version, one.command_id) for one in entries] == [
        (2, 1, "c2"), (1, 2, "c2"), (3, 1, "c2"), (1, 1, "c1"),
    ]  # fmt: skip
    database = store.reader.whole().database
    assert list(log_faults(database)) == []
    assert check_seal(database).broken_at == ""


def test_what_was_put_aside_of_deals_that_are_decided_anew_is_forgotten(store: Store) -> None:
    done = Done("c2", NOW, "ana", "", "import", "Imported.")
    with store.staging() as staging:
        stage = staging.stage
        changes = [new(1, title="one"), new(2, title="two", tags=("x",)), new(3, title="three")]
        stage.add(changes, [7, 8, 9], done.id, micros(NOW))
        assert stage.take_back([-2, -1]) == [8, 7]
        stage.add([new(2, title="other")], [8], done.id, micros(NOW))
        stage.sum_up()

        def work(writer: Writer) -> None:
            writer.begin_command(done)
            writer.add_staged(stage)

        staging.store(work)
    deals = store.reader.deals(range(2, 9)).values()
    assert [(one.title, one.tags) for one in deals] == [("other", ()), ("three", ())]
    assert list(log_faults(store.reader.whole().database)) == []


def test_what_was_decided_on_another_version_is_not_written_over(store: Store) -> None:
    before = store.reader.deal(1)
    assert before is not None
    stale = edited(before, account="late")
    done = Done("c3", NOW, "ana", "", "import", "Imported.")
    with store.staging() as staging:
        staging.stage.add([stale], [0], done.id, micros(NOW))
        staging.stage.sum_up()
        now = edited(before, account="first")
        other = Done("c2", NOW, "bo", "", "set", "Set.")
        with closing(Store.open(str(store.location))) as elsewhere:
            elsewhere.write(lambda writer: writer.record(other, [now]))

        def work(writer: Writer) -> None:
            writer.begin_command(done)
            writer.add_staged(staging.stage)

        with suppress(DatabaseError):  # two events of one version
            staging.store(work)
    found = store.reader.deal(1)
    assert found is not None and found.account == "first"


@pytest.mark.parametrize("field", FOUND_BY)
def test_what_a_deal_is_found_by_stays_where_something_else_of_it_comes_in(
    field: str, store: Store
) -> None:
    before = store.reader.deal(1)
    assert before is not None
    bring(store, edited(before, **FOUND_BY))
    whole = store.reader.deal(1)
    assert whole is not None
    value = FOUND_BY[field]
    fewer = value[:1] if isinstance(value, tuple) else dict([*value.items()][:1])
    bring(store, edited(whole, **{field: fewer}), name="c3")
    changed = store.reader.deal(1)
    assert changed is not None
    bring(store, edited(changed, source="web"), name="c4")
    database = store.reader.whole().database
    rows = {name: len(database.rows(f"select * from {table} where deal_id = 1"))
            for name, table, _ in FINDABLE}  # fmt: skip
    assert rows == {name: 1 if name == field else 2 for name in FOUND_BY}
    assert list(log_faults(database)) == []
