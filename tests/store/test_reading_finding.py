"""Finding deals by what somebody remembers of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeboard.domain.deal import Contact, Status
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.filter import parse_filter
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.reading.listing import Listing
from pipeboard.store.writing import Done
from tests.store.made_up import NOW, TODAY, ZONE, deal, store_with

WON = {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    deals = [
        deal(1, title="Packaging line pilot", account="Lumen Oy"),
        deal(2, title="Spare parts", account="Kestrel BV", contacts={"a": Contact("Mika Laine")}),
        deal(11, title="Tender", contacts={"b": Contact("Bob", email="berg@quartz.example")}),
        deal(3, title="Renewal", account="Alumena", **WON),
        deal(4, title="Robot", account="Kestrel BV", **WON),
        deal(5, title="Lumen", account="Jäger & Söhne", archived_at=NOW),
        deal(6, title="Service", account="Boréal", removed=True),
        deal(7, title="Service", account="Boréal", pipeline_id=2, stage_id=30),
        deal(9, title="Overhaul", account="Halden", **WON),
        deal(10, title="Overhaul", account="Halden"),
        deal(142, title="Audit", account="Quarry NV"),
    ]
    made = store_with(tmp_path_factory.mktemp("finding") / "deals.db", deals, {2: "asks for lumen"})
    yield made
    made.close()


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("lumen", [1, 3]),
        ("LUMEN pack", [1]),
        ("pilot lumen", [1]),
        ("mika", [2]),
        ("boreal", [7]),
        ("kestrel", [2, 4]),
        ("halden", [10, 9]),  # what is open first
        ("142", [142]),
        ("D-142", [142]),
        ("kestral", [2, 4]),
        ("lumne", [1]),
        ("mika lane", [2]),
        ("packging", [1]),
        ("lmoy", [1]),
        ("ksbv", [2, 4]),
        ("zqx", []),
        ("nothing of the kind", []),
        ("", []),
        ("%", []),
    ],
)
def test_what_is_typed_finds_what_is_meant(store: Store, typed: str, ids: list[int]) -> None:
    assert [found.deal_id for found in store.reader.find(typed)][: len(ids) or 1] == ids


def record(store: Store, done: Done, change: Change) -> None:
    store.write(lambda writer: writer.record(done, [change]))


def test_what_people_changed_here_is_known_and_not_what_a_file_brought(tmp_path: Path) -> None:
    store = store_with(tmp_path / "deals.db", [deal(2)])
    known, before = store.reader.known_deals(), store.reader.deal(2)
    assert before is not None
    for verb, values in (("import", {"source": "web"}), ("set", {"account": "Kestrel NV"})):
        event = change_to(before, Kind.EDITED, NOW, values)
        change = Change(before, evolve(before, event), (event,))
        done = Done(f"by {verb}", NOW, "ana", "", verb, "Changed.")
        record(store, done, change)
        before = change.after
    assert known.touched_here(2, 1) == {"account"}
    assert known.touched_here(2, before.version) == frozenset()
    store.close()


def test_a_person_is_looked_for_by_name_and_by_mail(store: Store) -> None:
    for typed, ids in (("q:berg@quartz", (11,)), ("q:laine", (2,)), ("q:quartz.example", (11,))):
        query = parse_filter(typed.removeprefix("q:"), today=TODAY, currency="EUR")
        assert store.reader.ids(Listing(TODAY, ZONE, filter=query)) == ids


def test_a_find_says_what_a_list_shows(store: Store) -> None:
    found = store.reader.find("robot")[0]
    assert (found.ref, found.name, found.title) == ("D-4", "Kestrel BV", "Robot")
    assert (found.stage_name, found.status, found.value) == ("Won", Status.WON, None)


def test_a_find_can_be_of_one_pipeline_and_of_a_few(store: Store) -> None:
    assert store.reader.find("service", pipeline_id=1) == ()
    assert len(store.reader.find("kestrel", limit=1)) == 1


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("lumen oy", [1]),
        ("lumen", [5]),
        ("lume", [1, 3]),
        ("kestrel", [2, 4]),
        ("jager", [5]),
        ("asks for", []),
        ("bor", [7]),
        (" ", []),
    ],
)
def test_a_part_of_a_name_names_every_deal_that_holds_it(
    store: Store, typed: str, ids: list[int]
) -> None:
    assert [one.id for one in store.reader.named(typed)] == ids


def test_a_whole_page_pasted_into_the_search_finds_nothing(store: Store) -> None:
    assert store.reader.find("lorem ipsum " * 10_000) == ()
    assert store.reader.named("lorem ipsum " * 10_000) == ()
