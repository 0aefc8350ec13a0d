"""Pieces of a WHERE clause with the values that go with them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition and the values for its `?`, in order.

    Conditions are never NULL for any row, so that NOT of one is what it says.
    """

    text: str
    values: tuple[Any, ...] = ()


TRUE, FALSE = Sql("true"), Sql("false")


def every(parts: Iterable[Sql]) -> Sql:
    """True where each part is."""
    kept = [part for part in parts if part != TRUE]
    return _joined(kept, " and ") if kept else TRUE


def either(parts: Iterable[Sql]) -> Sql:
    """True where at least one part is."""
    kept = [part for part in parts if part != FALSE]
    return _joined(kept, " or ") if kept else FALSE


def negated(part: Sql) -> Sql:
    return Sql(f"not ({part.text})", part.values)


def among(column: str, ids: Iterable[int]) -> Sql:
    """Whether a column is one of some whole numbers, which stand in the text, however many."""
    listed = ",".join(str(int(one)) for one in ids)
    return Sql(f"{column} in ({listed})") if listed else FALSE


def one_of(column: str, words: Iterable[str]) -> Sql:
    """Whether a text column that is never NULL is one of some words."""
    values = tuple(words)
    return Sql(f"{column} in ({','.join('?' * len(values))})", values) if values else FALSE


def _joined(parts: list[Sql], word: str) -> Sql:
    if len(parts) == 1:
        return parts[0]
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.values))
