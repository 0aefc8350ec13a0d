"""Pieces of a WHERE clause: what is joined, what is asked of SQLite, what an index may hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing

import pytest

from pipeboard.store.reading.scope import SortKey, comes_before, order_by, reversed_order
from pipeboard.store.sql import (
    FALSE,
    TRUE,
    Audit,
    Sql,
    among,
    beginning,
    begins_with,
    compares,
    contains,
    either,
    every,
    index_key,
    is_name_of_long,
    names,
    negated,
    one_of,
)

A, B = Sql("a = ?", (1,)), Sql("b = ?", (2,))
ROWS = (
    (1, "ana", "a_b"),
    (2, "bo", "axb"),
    (3, None, "50%"),
    (4, "anastasia", "500"),
    (5, "banana", "c\\d"),
)


def found(condition: Sql) -> list[int]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table t (id integer, who text, word text)")
        connection.executemany("insert into t values (?, ?, ?)", ROWS)
        return [
            row[0]
            for row in connection.execute(
                f"select id from t where {condition.text} order by id", condition.values
            )
        ]


@pytest.mark.parametrize(
    ("join", "parts", "text", "values"),
    [
        (every, (), "true", ()),
        (either, (), "false", ()),
        (every, (A,), "a = ?", (1,)),
        (either, (A,), "a = ?", (1,)),
        (every, (A, B), "(a = ?) and (b = ?)", (1, 2)),
        (either, (B, A), "(b = ?) or (a = ?)", (2, 1)),
        (every, (TRUE, A), "a = ?", (1,)),
        (every, (A, FALSE), "false", ()),
        (either, (FALSE, A), "a = ?", (1,)),
        (either, (A, TRUE), "true", ()),
        (every, (TRUE, TRUE), "true", ()),
        (either, (FALSE, FALSE), "false", ()),
    ],
)
def test_conditions_are_joined_without_those_that_say_nothing(
    join: Callable[[Iterable[Sql]], Sql],
    parts: tuple[Sql, ...],
    text: str,
    values: tuple[object, ...],
) -> None:
    assert join(parts) == Sql(text, values)


@pytest.mark.parametrize("count", [50, 51, 52, 101, 1_500])
def test_no_condition_is_lost_where_there_are_more_than_sqlite_takes_in_a_row(count: int) -> None:
    one_is_named = either(Sql("id = ?", (place,)) for place in range(count - 1, -1, -1))
    assert one_is_named.values == tuple(range(count - 1, -1, -1))
    assert one_is_named.text.count("id = ?") == count
    assert found(one_is_named) == [1, 2, 3, 4, 5]
    none_is_named = every(Sql("id <> ?", (place,)) for place in range(2, count + 2))
    assert len(none_is_named.values) == count and found(none_is_named) == [1]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (TRUE, [1, 2, 3, 4, 5]),
        (FALSE, []),
        (compares("id", "<", 3), [1, 2]),
        (compares("id", ">=", 3), [3, 4, 5]),
        (compares("who", "=", "bo"), [2]),
        (compares("who", "<>", "bo"), [1, 4, 5]),
        (negated(compares("who", "=", "bo")), [1, 3, 4, 5]),
        (negated(compares("who", "<>", "bo")), [2, 3]),
        (negated(TRUE), []),
        (negated(FALSE), [1, 2, 3, 4, 5]),
        (among("id", (5, 1, 9)), [1, 5]),
        (among("id", ()), []),
        (one_of("who", ("ana", "bo")), [1, 2]),
        (one_of("who", ()), []),
        (negated(one_of("who", ("ana",))), [2, 3, 4, 5]),
        (contains("who", "ana"), [1, 4, 5]),
        (begins_with("who", "ana"), [1, 4]),
        (contains("word", "a_b"), [1]),
        (begins_with("word", "a_"), [1]),
        (contains("word", "0%"), [3]),
        (begins_with("word", "50%"), [3]),
        (contains("word", "\\"), [5]),
        (contains("word", "c\\d"), [5]),
    ],
)
def test_a_condition_finds_its_rows_and_null_answers_no(condition: Sql, ids: list[int]) -> None:
    assert found(condition) == ids


def test_columns_are_named_in_quotes_in_their_order() -> None:
    assert names(("order", "id")) == '"order", "id"'


@pytest.mark.parametrize(
    ("text", "most", "kept"),
    [
        ("", 4, ""),
        ("abcd", 4, "abcd"),
        ("abcde", 4, "abcd"),
        ("a", 4, "a"),
        ("äöü", 4, "äö"),
        ("äöü", 5, "äö"),
        ("äöü", 6, "äöü"),
        ("日本", 5, "日"),
    ],
)
def test_an_index_holds_the_beginning_of_a_text_in_whole_letters(
    text: str, most: int, kept: str
) -> None:
    assert beginning(text, most) == kept
    key = index_key(text, most)
    assert is_name_of_long(key) is (kept != text)
    assert (key == text) is (kept == text)
    assert index_key(f"{text}x", 1) != index_key(f"{text}y", 1)


OVERRIDES = Sql("passed")


@pytest.mark.parametrize(
    ("audit", "text", "values"),
    [
        (Audit(), "true", ()),
        (Audit(by="ana"), "? in (command.actor, command.acting_as)", ("ana",)),
        (Audit(verb="move"), "command.verb = ?", ("move",)),
        (Audit(overrides=True), "passed", ()),
        (Audit(for_others=True), "command.acting_as not in ('', command.actor)", ()),
        (Audit(undone=True), "command.undone", ()),
        (
            Audit(by="ana", verb="move", undone=True),
            "(? in (command.actor, command.acting_as)) and (command.verb = ?) and (command.undone)",
            ("ana", "move"),
        ),
    ],
)
def test_an_audit_asks_for_what_it_names_and_nothing_else(
    audit: Audit, text: str, values: tuple[object, ...]
) -> None:
    assert audit.condition(OVERRIDES) == Sql(text, values)


@pytest.mark.parametrize("pipeline", [0, 7])
def test_a_review_is_asked_of_its_own_pipeline(pipeline: int) -> None:
    asked = Audit(reviewed=pipeline).condition(OVERRIDES)
    assert asked.values == (pipeline, '%"category":"commit"%', '%"missing":[%')
    for kind in ("expected_close", "value", "category", "moved", "corrected"):
        assert f"'{kind}'" in asked.text
    assert "command.verb = 'decide'" in asked.text and asked.text.count("event.data like ?") == 2


# Orders in which a key may be missing.


@pytest.mark.parametrize("who_down", [False, True])
@pytest.mark.parametrize("word_down", [False, True])
@pytest.mark.parametrize("keys", ["who id", "word who id", "id", "who word id"])
def test_a_row_stands_behind_as_many_as_come_before_it(
    keys: str, who_down: bool, word_down: bool
) -> None:
    """Those without a key come last whichever way it goes."""
    down = {"who": who_down, "word": word_down, "id": word_down}
    order = [SortKey(key, down[key], optional=key != "id") for key in keys.split()]
    rows = [*ROWS, (6, "ana", None), (7, None, None), (8, "ana", "a_b"), (9, None, "50%")]
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("create table t (id integer, who text, word text)")
        connection.executemany("insert into t values (?, ?, ?)", rows)
        asked = f"select {', '.join(keys.split())} from t order by {order_by(order)}"
        every_row = connection.execute(asked).fetchall()
        assert len(every_row) == len(rows)
        for place, values in enumerate(every_row):
            before = comes_before(order, values)
            ((count,),) = connection.execute(
                f"select count(*) from t where {before.text}", before.values
            )
            assert count == place
        turned = connection.execute(
            f"select {', '.join(keys.split())} from t order by {order_by(reversed_order(order))}"
        ).fetchall()
    missing = {row for row in every_row if None in row}
    whole = [row for row in every_row if row not in missing]
    assert [row for row in turned if row not in missing] == whole[::-1]
