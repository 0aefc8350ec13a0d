"""Finding deals by what somebody remembers of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from pipeboard.domain.deal import Contact, Status
from pipeboard.domain.events import Event, Kind, change_to, evolve, inverse
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.money import Money
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.reading import finding
from pipeboard.store.reading.finding import Found, Named
from pipeboard.store.reading.listing import Listing
from pipeboard.store.writing import Done, Writer
from tests.store.made_up import NOW, TODAY, ZONE, created, deal, store_with

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
    store = store_with(tmp_path / "deals.db", [deal(2), deal(3)])
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
    assert known.touched_here(3, 1) == frozenset()
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


# What an import asks of the deals that are there.

OURS = {"external_source": "crm"}
KNOWN = [
    deal(1, external_id="A", account="Zed", **OURS),
    deal(2, external_id="B", account="Acme", archived_at=NOW, **OURS),
    deal(3, external_id="C", account="Gone", removed=True, **OURS),
    deal(4, external_id="A", external_source="sheet"),
    deal(5, external_id="D", pipeline_id=2, stage_id=30, **OURS),
    deal(6),
    deal(7, external_id="A", pipeline_id=2, stage_id=30, **OURS),
]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with closing(store_with(tmp_path_factory.mktemp("known") / "deals.db", KNOWN)) as made:
        yield made


@pytest.mark.parametrize(
    ("ids", "found"),
    [
        ((), {}),
        (("A",), {"A": [1, 4, 7]}),
        (("B", "C", "D"), {"B": [2], "D": [5]}),
        (("a", "E", ""), {}),
        (("D", "D", "B"), {"D": [5], "B": [2]}),
    ],
)
def test_deals_are_known_by_their_ids_elsewhere_whichever_tool_and_pipeline(
    ids: tuple[str, ...], found: dict[str, list[int]], known: Store
) -> None:
    there = known.reader.known_deals().with_ids(ids)
    assert {name: sorted(one.id for one in deals) for name, deals in there.items()} == found


def test_of_many_ids_elsewhere_none_is_left_out(tmp_path: Path) -> None:
    deals = [deal(n, external_id=f"X{n}", **OURS) for n in (1, 499, 500, 501, 1_001)]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        there = store.reader.known_deals().with_ids(f"X{n}" for n in range(1_200))
        assert sorted(there) == ["X1", "X1001", "X499", "X500", "X501"]


def test_the_deals_of_a_pipeline_are_known_by_name_those_that_were_taken_back_left_out(
    known: Store,
) -> None:
    deals = known.reader.known_deals()
    assert list(deals.named(1)) == [
        Named(1, "Zed", "Deal 1"), Named(2, "Acme", "Deal 2"), Named(4, "", "Deal 4"),
        Named(6, "", "Deal 6"),
    ]  # fmt: skip
    assert [one.deal_id for one in deals.named(2)] == [5, 7]
    assert list(deals.named(3)) == []


def test_deals_are_counted_as_they_ever_were_as_they_stand_and_by_their_source(
    known: Store,
) -> None:
    deals = known.reader.known_deals()
    assert (deals.count(), deals.standing()) == (7, 6)
    counted = {
        (source, pipeline): deals.of_source(source, pipeline)
        for source in ("crm", "sheet", "", "CRM")
        for pipeline in (1, 2)
    }
    assert {asked: count for asked, count in counted.items() if count} == {
        ("crm", 1): 2, ("sheet", 1): 1, ("crm", 2): 2,
    }  # fmt: skip
    assert [deals.shows(one) for one in (1, 3, 7, 8)] == [True, True, True, False]
    assert list(deals.numbered([7, 99, 3])) == [7, 3]


@pytest.mark.parametrize(
    ("ids", "clock", "after"),
    [
        ((1,), timedelta(1), timedelta(1)),
        ((1,), timedelta(0), timedelta(0)),
        ((1,), timedelta(microseconds=-1), timedelta(microseconds=1)),
        ((1,), timedelta(-9), timedelta(microseconds=1)),
        ((), timedelta(-9), timedelta(-9)),
        ((99,), timedelta(-9), timedelta(-9)),
    ],
)
def test_a_change_comes_after_the_last_one_of_its_deals_however_the_clock_was_set(
    ids: tuple[int, ...], clock: timedelta, after: timedelta, known: Store
) -> None:
    assert known.reader.known_deals().instant_after(NOW + clock, ids) == NOW + after


def test_the_notes_that_stand_on_a_deal_are_known_by_their_texts(tmp_path: Path) -> None:
    notes = {1: "of one", 2: "of two"}
    with closing(store_with(tmp_path / "deals.db", [deal(1), deal(2)], notes)) as store:
        before = store.reader.deal(1)
        assert before is not None
        said = {"id": "m1", "text": "taken back", "author": "ana", "at": NOW.isoformat()}
        note = Event(Kind.NOTE, NOW, facts={"note": said})
        noted = Change(before, evolve(before, note), (note,))
        record(store, Done("c2", NOW, "ana", "", "note", "Noted."), noted)
        deals = store.reader.known_deals()
        assert deals.notes(1) == {"of one", "taken back"}
        back = inverse(note)
        undone = Change(noted.after, evolve(noted.after, back), (back,))
        record(store, Done("c3", NOW, "ana", "", "undo", "Undone.", undoes="c2"), undone)
        assert deals.notes(1) == {"of one"}
        assert deals.notes(2) == {"of two"}


def test_how_files_were_read_is_known_by_their_source(tmp_path: Path) -> None:
    with closing(store_with(tmp_path / "deals.db", [])) as store:
        for source, recipe in (("crm", "first"), ("sheet", "other"), ("crm", "second")):
            store.write(partial(Writer.save_recipe, source=source, recipe=recipe))
        deals = store.reader.known_deals()
        assert [deals.recipe(one) for one in ("crm", "sheet", "none")] == ["second", "other", None]


# Names, whole or in part.


@pytest.mark.parametrize(
    ("typed", "pipeline", "limit", "ids"),
    [
        ("kestrel", None, None, [2, 4]),
        ("kestrel", 1, None, [2, 4]),
        ("kestrel", 2, None, []),
        ("kestrel", None, 1, [2]),
        ("boreal", 1, None, []),
        ("boreal", 2, None, [7]),
        ("service", None, None, [7]),
        ("halden", None, None, [9, 10]),
        ("lumen", None, None, [5]),
        ("tender", None, None, [11]),
        ("berg", None, None, []),
    ],
)
def test_deals_are_named_by_title_or_account_in_a_pipeline_or_in_all(
    typed: str, pipeline: int | None, limit: int | None, ids: list[int], store: Store
) -> None:
    found = store.reader.named(typed, pipeline_id=pipeline, limit=limit)
    assert [one.id for one in found] == ids


@pytest.mark.parametrize(
    ("typed", "pipeline", "ids"),
    [
        ("service", None, [7]),  # what was taken back is not found
        ("service", 2, [7]),
        ("jager", None, []),  # nor is what was put away
        ("d-5", None, []),
        ("d-6", None, []),
        ("d-7", None, [7]),
        ("d-7", 1, []),
        ("7", 2, [7]),
        ("d-1423", None, []),
        ("lumen", 1, [1, 3]),
        ("overhaul", None, [10, 9]),
        ("robot", None, [4]),
        ("kstrel bv", None, [2, 4]),
    ],
)
def test_a_find_is_of_the_deals_that_live_in_a_pipeline_or_in_all(
    typed: str, pipeline: int | None, ids: list[int], store: Store
) -> None:
    assert [one.deal_id for one in store.reader.find(typed, pipeline_id=pipeline)] == ids


def test_what_a_number_finds_stands_before_what_is_called_so(tmp_path: Path) -> None:
    deals = [
        deal(1, title="12"),
        deal(3, title="12"),
        deal(12, title="Press", value=Money(5, "EUR"), owner="ana"),
    ]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        first, *others = store.reader.find("12")
        assert first == Found(
            12, "Press", "Press", "Lead Generation", Status.OPEN, Money(5, "EUR"), "ana"
        )
        assert [one.deal_id for one in others] == [1, 3]
        assert [one.deal_id for one in store.reader.find("12", limit=2)] == [12, 1]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("acme", [1, 4, 2, 3, 5]),  # begins so, holds it as a word, then within one
        ("acme press", [1]),
        ("bolt acme", [2, 3, 5]),
    ],
)
def test_names_that_begin_as_typed_come_before_those_that_hold_it(
    typed: str, ids: list[int], tmp_path: Path
) -> None:
    deals = [
        deal(1, account="Acme", title="Press"),
        deal(2, account="Bolt Acme", title="Kiln"),
        deal(3, account="Bolt Pacme", title="Mill"),
        deal(4, account="Acme Oy", title="Kiln"),
        deal(5, account="Bolt Pacme", title="Mill", stage_id=7, outcome=Status.WON, closed_at=NOW),
    ]
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        assert [one.deal_id for one in store.reader.find(typed)] == ids


def test_letters_in_their_order_find_the_closest_first_and_what_is_open(tmp_path: Path) -> None:
    won = {**WON}
    deals = [
        deal(1, account="Kexxxlxxxm"), deal(2, account="Kelm", **won), deal(3, account="Kelm x"),
        deal(4, account="Kexlm", archived_at=NOW),
    ]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        assert [one.deal_id for one in store.reader.find("klm")] == [3, 2, 1]
        assert store.reader.find("k-m") == ()
        assert store.reader.find("kelmkelmkelmx") == ()


def test_a_deal_that_comes_in_is_found_at_once(tmp_path: Path) -> None:
    with closing(store_with(tmp_path / "deals.db", [deal(1, title="Press")])) as store:
        assert [one.deal_id for one in store.reader.find("press")] == [1]
        record(store, Done("c2", NOW, "bo", "", "add", "Added."), created(deal(2, title="Press")))
        assert [one.deal_id for one in store.reader.find("press")] == [1, 2]


@pytest.mark.parametrize(
    ("looked_at", "ranked", "ids"),
    [
        (3_000, 500, [5, 1, 2, 3, 4]),
        (3, 500, [5, 1, 2, 3]),  # of more than are looked at, those that begin so
        (3_000, 2, [5, 1]),
    ],
)
def test_of_many_deals_those_whose_names_begin_as_typed_are_looked_at(
    looked_at: int, ranked: int, ids: list[int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "_MOST_LOOKED_AT", looked_at)
    monkeypatch.setattr(finding, "_MOST_RANKED", ranked)
    deals = [deal(n, account=f"Bolt{n}", title=f"Big Acme {n}") for n in (1, 2, 3, 4)]
    deals.append(deal(5, account="Acme"))
    with closing(store_with(tmp_path / "deals.db", deals)) as store:
        assert [one.deal_id for one in store.reader.find("acme")] == ids
