"""Small files made in place, and the exports beside the repository."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.lazy_dataclass import with_values
from pipeboard.domain.money import Money, format_money
from pipeboard.exchange.read_options import NO_OPTIONS
from pipeboard.exchange.reading import Reading, open_import
from pipeboard.exchange.rows import DealRow, Rejected

BERLIN = ZoneInfo("Europe/Berlin")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def open_file(path: Path | str, **options: Any) -> Reading:
    """The reading of a file on 31 December 2017, in Berlin and dollars unless told otherwise."""
    settings: dict[str, Any] = {"currency": "USD", "zone": BERLIN, "today": date(2017, 12, 31)}
    settings |= options
    said: dict[str, object] = {
        name: settings.pop(name) for name in ("overrides", "dates") if name in settings
    }
    settings["options"] = with_values(settings.get("options", NO_OPTIONS), said)
    return open_import(path, **settings)


def write(folder: Path, content: str | bytes, name: str = "deals.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def write_ods(folder: Path, rows: Sequence[str]) -> Path:
    """A workbook of LibreOffice whose one table consists of these rows, in its XML."""
    names = ("office", "table", "text")
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names
    )
    text = (
        f"<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Deals">{"".join(rows)}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(folder / "deals.ods", "w") as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", text)
        book.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{space}"/>')
    return folder / "deals.ods"


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


class Meant(NamedTuple):
    """What a file means: `values` of a field by row, what is `said`, the `remarks` of rows."""

    content: str | bytes
    field: str
    values: tuple[object, ...]
    said: str = ""
    remarks: tuple[str, ...] = ()


def csv_of(*lines: str) -> str:
    return "\n".join((*lines, ""))


def check(meant: Meant, folder: Path, name: str = "deals.csv") -> None:
    """Fails where a file is not read as it was meant, or does not say what it should."""
    path = write(folder, meant.content, name)
    with open_file(path, today=date(2026, 11, 28)) as reading:
        deals = [row for row in reading.rows() if isinstance(row, DealRow)]
        said = " ".join((*reading.warnings, *reading.remarks()))
    assert tuple(_plain(getattr(row, meant.field)) for row in deals) == meant.values
    assert meant.said in said
    odd = [one for row in deals for one in row.remarks]
    assert [one for one in odd if one not in ("no_closing_date", "no_stage")] == [*meant.remarks]


def _plain(value: object) -> object:
    """A value as it is written above: days of Berlin, amounts with their code, words of notes."""
    if isinstance(value, Money):
        return format_money(value, style="code")
    if isinstance(value, datetime):
        return value.astimezone(BERLIN).date().isoformat()
    if isinstance(value, tuple):
        return value if isinstance(value[0], str) else value[0].text
    return dict(value) if isinstance(value, Mapping) else value
