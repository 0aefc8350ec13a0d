"""JSON in a cell: contacts, notes, answers and the like, as pipeboard's own files hold them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pipeboard.domain.dates import parse_instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import clean_line, clean_text, quoted
from pipeboard.exchange.rows import Entered, RowAnswer, RowContact, RowNote, RowTerm, RowTouch

Parts = Mapping[str, Any]


def _line(parts: Parts, key: str) -> str | None:
    value = parts.get(key)
    return clean_line(str(value), field=key) or None if value is not None else None


def _named(parts: Parts, key: str) -> str:
    value = _line(parts, key)
    if value is None:
        raise BadInput(f"an entry has no {key}")
    return value


def _text(parts: Parts, key: str) -> str:
    return clean_text(str(parts.get(key) or ""), field=key)


def _at(parts: Parts, key: str = "at") -> datetime | None:
    value = parts.get(key)
    return parse_instant(str(value)) if value else None


def _entered(parts: Parts) -> Entered:
    at = _at(parts)
    if at is None:
        raise BadInput("an entry has no at")
    return Entered(_named(parts, "stage"), at)


def _contact(parts: Parts) -> RowContact:
    line = (_line(parts, key) for key in ("role", "email", "phone", "title"))
    return RowContact(_named(parts, "name"), *line)


def _note(parts: Parts) -> RowNote:
    return RowNote(_text(parts, "text"), _line(parts, "author"), _at(parts))


def _touch(parts: Parts) -> RowTouch:
    direction, outcome, by = (_line(parts, key) for key in ("direction", "outcome", "by"))
    tags = (_line(parts, key) for key in ("objection", "variant"))
    return RowTouch(_named(parts, "type"), direction, outcome, by, _at(parts), *tags)


def _answer(parts: Parts) -> RowAnswer:
    rating = parts.get("rating")
    if rating is not None and (type(rating) is not int or rating not in range(5)):
        raise BadInput(f"{quoted(str(rating))} is not a rating from 0 to 4")
    return RowAnswer(
        _named(parts, "question"),
        _text(parts, "text"),
        rating,
        _line(parts, "by"),
        _at(parts),
        _line(parts, "evidence"),
    )


def _term(parts: Parts) -> RowTerm:
    return RowTerm(_named(parts, "item"), *(_line(parts, k) for k in ("ours", "theirs", "agreed")))


def _checklist(cell: str) -> dict[str, str]:
    parts = _parsed(cell, dict)
    return {clean_line(str(key)): clean_text(str(value)) for key, value in parts.items()}


def _list_of(read: Callable[[Parts], Any]) -> Callable[[str], Any]:
    def read_cell(cell: str) -> tuple[Any, ...]:
        entries = _parsed(cell, list)
        if not all(isinstance(entry, dict) for entry in entries):
            raise _malformed(cell)
        return tuple(read(entry) for entry in entries)

    return read_cell


def _parsed(cell: str, shape: type) -> Any:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError) as error:
        raise _malformed(cell) from error
    if not isinstance(value, shape):
        raise _malformed(cell)
    return value


def _malformed(cell: str) -> BadInput:
    return BadInput(f"{quoted(cell)} is not what pipeboard writes into this column")


READERS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "contacts": _list_of(_contact),
        "notes": _list_of(_note),
        "touches": _list_of(_touch),
        "answers": _list_of(_answer),
        "entered": _list_of(_entered),
        "terms": _list_of(_term),
        "checklist": _checklist,
    }
)
"""What reads the cells of each nested field; each raises BadInput."""
