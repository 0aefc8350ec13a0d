"""How single cells are read, whatever column they stand in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any

from pipeboard.domain.text import clean_line, clean_text, fold
from pipeboard.exchange.html_text import text_of_html
from pipeboard.exchange.values import is_blank

Read = Callable[[str], Any]
Take = Callable[[str, dict[str, Any]], None]


def mapped(read: Read, meant: Mapping[str, str]) -> Read:
    """What reads a cell by the person's word for it, where there is one."""

    def read_mapped(cell: str) -> Any:
        word = meant.get(fold(cell), cell)
        return None if word == "=-" else read(word)

    return read_mapped


def collect(target: str, read: Read) -> Take:
    def take(cell: str, found: dict[str, Any]) -> None:
        if value := read(cell):
            found.setdefault(target, []).append(value)

    return take


def unless_blank(read: Read) -> Read:
    return lambda cell: None if is_blank(cell) else read(cell)


clean_account = lru_cache(maxsize=16_384)(partial(clean_line, field="account"))
LIMITS = {"owner": 100, "source": 100, "contact_reason": 1000, "lost_reason": 1000}
NAMES_CURRENCY = re.compile(r"[^\d\s.,'’()\-–kKmM]")


def read_text(cell: str, *, is_ours: bool, field: str) -> str:
    return clean_text(cell if is_ours else text_of_html(cell), field=field)


def as_it_is(read: Read) -> Read:
    return read
