"""The step that lets no index hold a text without a bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from sqlalchemy import Column, Text, text

from pipeboard.store.sql import RATINGS_BYTES, VALUE_BYTES, WORDS_BYTES, beginning, index_key

if TYPE_CHECKING:
    from alembic.operations import Operations


def bound_texts_in_indices(operations: Operations) -> None:
    """The words of a deal go on beside the index where they are many; long values and ratings are
    known by a name there; notes are searched in their own rows."""
    operations.add_column("deal", Column("folded_whole", Text))
    _change_long(operations, "deal", ("id",), "folded", _words)
    _change_long(operations, "deal", ("id",), "ratings", _ratings)
    _change_long(operations, "deal_field", ("deal_id", "name"), "folded", _value)
    for name, table, column, condition in (
        ("deal_of_many_words", "deal", "id", text("folded_whole is not null")),
        ("note_of_deal", "note", "deal_id", text("not removed")),
    ):
        if name == "note_of_deal":
            operations.drop_index(name, table)
        operations.create_index(
            name, table, [column], sqlite_where=condition, postgresql_where=condition
        )


def _words(whole: str) -> dict[str, str]:
    begun = beginning(whole, WORDS_BYTES)
    return {} if begun == whole else {"folded": begun, "folded_whole": whole}


def _ratings(whole: str) -> dict[str, str]:
    key = index_key(whole, RATINGS_BYTES)
    return {} if key == whole else {"ratings": key}


def _value(whole: str) -> dict[str, str]:
    key = index_key(whole, VALUE_BYTES)
    return {} if key == whole else {"folded": key}


def _change_long(
    operations: Operations,
    table: str,
    key: tuple[str, ...],
    column: str,
    changes: Callable[[str], dict[str, str]],
) -> None:
    """Rows whose text is too long are written as they are written from now on."""
    connection = operations.get_bind()
    where = " AND ".join(f"{name} = :key_{name}" for name in key)
    # A character takes four bytes at most: nothing shorter is over a bound.
    long = f"length({column}) > {RATINGS_BYTES // 4}"
    rows = connection.execute(
        text(f"SELECT {', '.join(key)}, {column} FROM {table} WHERE {long}")
    ).all()
    for *keys, whole in rows:
        if values := changes(whole):
            setting = ", ".join(f"{name} = :{name}" for name in values)
            marks = {f"key_{name}": value for name, value in zip(key, keys, strict=True)}
            connection.execute(
                text(f"UPDATE {table} SET {setting} WHERE {where}"), {**values, **marks}
            )
