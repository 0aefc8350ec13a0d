"""Small files made in place, and the exports beside the repository."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeboard.exchange.reading import Reading, open_import
from pipeboard.exchange.rows import DealRow, Rejected

BERLIN = ZoneInfo("Europe/Berlin")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def open_file(path: Path | str, **options: Any) -> Reading:
    """The reading of a file on 31 December 2017, in Berlin and dollars unless told otherwise."""
    settings: dict[str, Any] = {"currency": "USD", "zone": BERLIN, "today": date(2017, 12, 31)}
    return open_import(path, **settings | options)


def write(folder: Path, content: str | bytes, name: str = "deals.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows_of(
    folder: Path, content: str | bytes, name: str = "deals.csv", **options: Any
) -> list[DealRow | Rejected]:
    with open_file(write(folder, content, name), **options) as reading:
        return list(reading.rows())


def deals_of(
    folder: Path, content: str | bytes, name: str = "deals.csv", **options: Any
) -> list[DealRow]:
    return all_deals(rows_of(folder, content, name, **options))


def all_deals(rows: Sequence[DealRow | Rejected]) -> list[DealRow]:
    rejected = [row for row in rows if isinstance(row, Rejected)]
    assert not rejected, rejected
    return [row for row in rows if isinstance(row, DealRow)]


def exported(name: str) -> Path:
    """A file of `shared/data`; the test is skipped where the repository stands alone."""
    path = DATA / name
    if not path.exists():
        pytest.skip(f"{name} is not beside the repository")
    return path
