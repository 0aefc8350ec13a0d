"""Texts of any length: found whole, yet in no index longer than a database takes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.deal import Answer, Contact
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.text import LIMITS, LINE, TEXT, fold
from pipeboard.store import Store
from pipeboard.store.reading.listing import Listing
from pipeboard.store.rows import folded
from pipeboard.store.sql import RATINGS_BYTES, VALUE_BYTES, WORDS_BYTES, index_key
from tests.store.made_up import TODAY, ZONE, deal, pipelines, store_with
from tests.store.test_migrating import OLD

TAKEN = 2_700
"""The most bytes of a row of an index that PostgreSQL takes."""
WIDE = "\N{CJK COMPATIBILITY IDEOGRAPH-2F800}"  # four bytes
PEOPLE = {str(n): Contact(f"Person {n:03d} of the board", email=f"p{n}@x.fi") for n in range(60)}
LAST = "Zoë Last"
VALUE = "ropes and cables " * 100
QUESTION = pipelines()[0].questions[0].key
NO_QUESTIONS = {f"no question of ours, number {n:02d}": Answer("so", 4) for n in range(30)}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    people = {**PEOPLE, "last": Contact(LAST)}
    answers = NO_QUESTIONS | {QUESTION: Answer("so", 4)}
    deals = [
        deal(1, account="Lumen Oy", contacts=people, fields={"what": VALUE}, answers=answers),
        deal(2, account="Kestrel BV", contacts=PEOPLE, fields={"what": f"{VALUE}too"}),
        deal(3, account="Abacus", fields={"what": "ropes"}, answers={QUESTION: Answer("so", 4)}),
        deal(4, account="Nobody AG", contacts={"a": Contact(LAST)}),
        deal(
            5,
            account=WIDE * LINE,
            title=WIDE * LINE,
            owner=WIDE * LIMITS["owner"],
            source=WIDE * LIMITS["source"],
            contacts={"a": Contact(WIDE * LINE, email=WIDE * LINE)},
            fields={WIDE * LIMITS["field name"]: WIDE * LIMITS["custom field"]},
            tags=(WIDE * LIMITS["tag"],),
            answers={WIDE * LINE: Answer("so", 3), QUESTION: Answer("so", 1)},
            external_id=WIDE * LINE,
            external_source=WIDE * LIMITS["external source"],
        ),
    ]
    notes = {1: f"{'word ' * 3_000} needle", 5: WIDE * TEXT}
    made = store_with(tmp_path_factory.mktemp("long") / "deals.db", deals, notes)
    yield made
    made.close()


def found(store: Store, text: str) -> list[int]:
    return list(
        store.reader.ids(
            Listing(TODAY, ZONE, filter=parse_filter(text, today=TODAY, currency="EUR"))
        )
    )


def test_the_words_of_the_first_deal_are_more_than_an_index_takes() -> None:
    words = folded(deal(1, contacts=PEOPLE))
    assert len(words.encode()) > WORDS_BYTES
    assert fold("Person 059") not in words[:WORDS_BYTES]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("zoe", [1, 4]),
        ("-zoe", [2, 3, 5]),
        ('"person 059"', [1, 2]),
        ("lumen last", [1]),
        ("needle", [1]),
        (f'field.what:"{VALUE.strip()}"', [1]),
        (f'field.what:"{VALUE}too"', [2]),
        ("field.what:ropes", [3]),
        ("-field.what:none", [1, 2, 3]),
        ("account:lumen", [1]),
    ],
)
def test_a_filter_finds_what_stands_behind_the_bound(
    store: Store, text: str, ids: list[int]
) -> None:
    assert found(store, text) == ids


def test_people_behind_the_bound_are_found_by_name(store: Store) -> None:
    assert {one.deal_id for one in store.reader.find("zoe last")} == {1, 4}
    assert [one.deal_id for one in store.reader.find("Person 059")][:2] == [1, 2]


def test_deals_with_more_answers_than_an_index_takes_are_scored(store: Store) -> None:
    scored = {one: found(store, f"score:{one}") for one in range(101)}
    (alike,) = [ids for ids in scored.values() if 3 in ids]
    assert 1 in alike
    assert any(5 in ids and 3 not in ids for ids in scored.values())


def test_names_are_in_order(store: Store) -> None:
    lens = Lens(1, TODAY, ZONE, sort=Sort.NAME)
    cards = store.reader.window(lens, 1, 0, 10)
    assert [card.id for card in cards] == [3, 2, 1, 4, 5]


def test_no_index_holds_more_than_postgresql_takes(store: Store) -> None:
    with closing(sqlite3.connect(store.location.name)) as connection:
        sizes = dict(_longest_rows(connection))
    assert len(sizes) > 20
    assert {index: size for index, size in sizes.items() if size > TAKEN} == {}


def _longest_rows(connection: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Each index with the bytes of the longest row that it could have."""
    tables = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    for (table,) in tables:
        for _, index, *_ in connection.execute(f"PRAGMA index_list('{table}')").fetchall():
            columns = connection.execute(f"PRAGMA index_info('{index}')").fetchall()
            size = " + ".join(
                f'max(8, coalesce(length(cast("{name}" AS blob)), 0))' for _, _, name in columns
            )
            (longest,) = connection.execute(f"SELECT max({size}) FROM '{table}'").fetchone()
            yield index, longest or 0


def test_an_older_database_with_long_texts_becomes_what_is_written_now(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    path.touch(0o600)
    words, ratings, value = "lumen " * 400, f'{{"{WIDE * LINE}":4}}', WIDE * 2_000
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(OLD)
        connection.execute("UPDATE deal SET folded = ?, ratings = ? WHERE id = 1", (words, ratings))
        connection.execute("INSERT INTO deal_field VALUES (1, 'region', ?, ?)", (value, value))
        connection.commit()
    Store.open(str(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute(
            "SELECT folded, folded_whole, ratings FROM deal WHERE id = 1"
        ).fetchone() == (words[:WORDS_BYTES], words, index_key(ratings, RATINGS_BYTES))
        assert connection.execute("SELECT DISTINCT folded FROM deal_field").fetchall() == [
            (index_key(value, VALUE_BYTES),)
        ]
        others = "SELECT count(*) FROM deal WHERE id <> 1 AND folded_whole IS NOT NULL"
        assert connection.execute(others).fetchone() == (0,)
