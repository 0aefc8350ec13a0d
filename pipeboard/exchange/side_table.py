"""A second file beside the deals: a line for each rep, product or account, found by one column."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import clean_line, fold, quoted, slug
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT
from pipeboard.exchange.read_options import ReadOptions
from pipeboard.exchange.reading import open_table
from pipeboard.exchange.synonyms import SYNONYMS
from pipeboard.exchange.tables import Record

TEAM = "rep.team"
"""What a column is that names the team of a rep."""
JOINED_BY = ("owner", "account", "title", "source", "external_id")


@dataclass(frozen=True, slots=True)
class SideTable:
    """Lines by the folded key; `field` is what of a deal the key is (`fields.NAME` for one of its
    own). `targets` are what the other columns become: `fields.NAME` or `rep.team`. `doubles` are
    keys that stand twice, of which the first line counts."""

    field: str
    targets: Mapping[str, str]
    lines: Mapping[str, Mapping[str, str]]
    doubles: tuple[str, ...]


def open_side_table(path: Path, join: str, maps: Sequence[str], options: ReadOptions) -> SideTable:
    """The file, joined by `COLUMN` or `COLUMN=FIELD`; BadInput for a column that is not there."""
    table = open_table(path, options)
    column, _, field = join.rpartition("=") if "=" in join else (join, "", "")
    column = _column(column, table.header)
    targets = {name: f"fields.{clean_line(name[:100])}" for name in table.header if name != column}
    for text in maps:
        name, _, target = text.rpartition("=")
        targets[_column(name, table.header)] = _target(target)
    lines: dict[str, Mapping[str, str]] = {}
    doubles: list[str] = []
    for record in table.records():
        if not isinstance(record, Record):
            raise BadInput(f"Line {record.line} cannot be read: {record.reason}.")
        cells = dict(zip(table.header, (cell.strip() for cell in record.cells), strict=True))
        key = fold(cells.pop(column))
        if key and key in lines:
            doubles.append(key)
        elif key:
            lines[key] = {targets[n]: cell for n, cell in cells.items() if targets[n] and cell}
    return SideTable(_field(field or column), targets, lines, tuple(doubles))


def _column(name: str, header: Sequence[str]) -> str:
    same = [column for column in header if slug(column) == slug(name)]
    if len(same) != 1:
        raise BadInput(
            f"There is no column {quoted(name.strip())}.",
            hint=did_you_mean(name, header) or f"Columns: {', '.join(header)}.",
        )
    return same[0]


def _field(text: str) -> str:
    """What of a deal a key is: a field that is known, else one of its own."""
    text = text.strip()
    for prefix in (CUSTOM, "fields."):
        if text.startswith(prefix):
            return f"fields.{text.removeprefix(prefix)}"
    known = SYNONYMS.get(slug(text), "")
    return known if known in JOINED_BY else f"fields.{text}"


def _target(text: str) -> str:
    text = text.strip()
    if text == LEFT_OUT:
        return ""
    if text.casefold() in (TEAM, "team"):
        return TEAM
    return f"fields.{text.removeprefix(CUSTOM).removeprefix('fields.')}"
