"""Opening a file of any tool: what it is, which column is what, and its deals one after another."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self
from zoneinfo import ZoneInfo

from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.text import quoted
from pipeboard.exchange.columns import Matching, apply_overrides, match_columns
from pipeboard.exchange.deals import DealReader
from pipeboard.exchange.delimited import open_delimited
from pipeboard.exchange.documents import looks_like_json, open_json
from pipeboard.exchange.encoding import find_encoding
from pipeboard.exchange.fields import ENTERED
from pipeboard.exchange.layouts import layout_named
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.moments import ORDERS, MomentReader, Order
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.exchange.tables import Record, Table

_SAMPLE = 200
_NAMING = {"title", "account", "external_id"}
_BEGINNINGS = {"created_at", "stage_entered_at", "entered"}


@dataclass(slots=True)
class Reading:
    """A file that is understood: how it is written, what its columns are, and its rows.

    `tool` is the layout found or asked for ("csv" for none), `mapping` the target of each column
    (a field, `entered:STAGE`, `field.NAME` or `-`). `warnings` may grow while rows are read.
    Close it, or use it as a context, to remove the copy that is made of standard input.
    """

    tool: str
    mapping: dict[str, str]
    warnings: list[str]
    _table: Table
    _layout: Layout
    _reader: DealReader
    _resources: ExitStack

    @property
    def format(self) -> str:
        """`csv`, `json` or `jsonl`."""
        return self._table.format

    @property
    def encoding(self) -> str:
        return self._table.encoding

    @property
    def delimiter(self) -> str | None:
        return self._table.delimiter

    @property
    def header(self) -> tuple[str, ...]:
        return self._table.header

    def rows(self) -> Iterator[DealRow | Rejected]:
        """Every row in the order of the file, streamed; each call begins anew."""
        has_footer = self._layout.has_footer and len(self.header) > 2
        for record in self._table.records():
            if isinstance(record, Rejected):
                yield record
            elif not (has_footer and sum(map(bool, record.cells)) == 1):
                yield self._reader.read(record)

    def share_read(self) -> float:
        """How far `rows` has come, 0 to 1, for a progress bar."""
        return self._table.share_read()

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def open_import(
    path: Path | str,
    *,
    from_: str = "auto",
    overrides: Sequence[str] = (),
    currency: str,
    zone: ZoneInfo,
    today: date,
    dates: str | None = None,
    stdin: BinaryIO | None = None,
) -> Reading:
    """A file, or standard input for `-`, ready to be read as deals.

    `from_` names a tool, `overrides` are `COLUMN=FIELD`, `currency` (ISO 4217) holds for amounts
    without one, `zone` for times without offset. `dates` (`dmy`, `mdy`, `ymd`) settles dates such
    as 03/04/2026, which else the other dates of the file settle. Raises NotFound for a missing
    file and BadInput for one that cannot be understood; so does `rows`, where a date that can be
    read two ways comes late.
    """
    order = _order(dates)
    with ExitStack() as resources:
        table = open_table(_again(path, stdin, resources))
        sample = [r for r in islice(table.records(), _SAMPLE) if isinstance(r, Record)]
        layout = layout_named(from_, table.header)
        matching = match_columns(table.header, layout, [record.cells for record in sample])
        matching = apply_overrides(matching, overrides, layout)
        _require_a_name(table, matching)
        moments = MomentReader(zone, today, order, lambda index: _column(table, index))
        reader = DealReader(table.header, matching.targets, layout, currency, moments)
        for record in sample:
            reader.read(record)  # a date that can be read two ways is better told of at once
        table.warnings.extend([*matching.warnings, *_beginning_warning(matching)])
        return Reading(
            layout.name,
            matching.targets,
            table.warnings,
            table,
            layout,
            reader,
            resources.pop_all(),
        )


def open_table(path: Path) -> Table:
    """The records of a file under its header, in whatever form it is written.

    Raises NotFound for a missing file, BadInput for one that is empty, binary or not readable.
    """
    try:
        encoding = find_encoding(path)
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}", hint="Check its name and folder.") from error
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}") from error
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        head = file.read(4096)
    return (open_json if looks_like_json(head) else open_delimited)(path, encoding)


def _order(dates: str | None) -> Order | None:
    if dates is None:
        return None
    for order in ORDERS:
        if dates.casefold() == order:
            return order
    raise BadInput(
        f"{quoted(dates)} is no order of day, month and year", hint=f"Orders: {', '.join(ORDERS)}."
    )


def _again(path: Path | str, stdin: BinaryIO | None, resources: ExitStack) -> Path:
    """The path of something that can be read several times, which pipes cannot: they are copied.

    The copy stands where only we can read it, until `resources` are closed.
    """
    is_stdin = str(path) == "-"
    if not is_stdin and not Path(path).is_fifo():
        return Path(path)
    folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="pipeboard-"))
    copy = Path(folder, "standard input" if is_stdin else Path(path).name)
    with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        if is_stdin:
            shutil.copyfileobj(stdin or sys.stdin.buffer, out)
        else:
            with Path(path).open("rb") as pipe:
                shutil.copyfileobj(pipe, out)
    return copy


def _column(table: Table, index: int) -> Iterator[str]:
    return (record.cells[index] for record in table.records() if isinstance(record, Record))


def _require_a_name(table: Table, matching: Matching) -> None:
    if not _NAMING.intersection(matching.targets.values()):
        raise BadInput(
            "No column looks like the name of a deal or an account",
            hint=f"Name one with --map COLUMN=title. Columns: {', '.join(table.header)}.",
        )


def _beginning_warning(matching: Matching) -> list[str]:
    targets = matching.targets.values()
    if any(target in _BEGINNINGS or target.startswith(ENTERED) for target in targets):
        return []
    return [
        "No column says when a deal began, so its earliest date counts: closed deals seem to take "
        "no time. If one does, name it with --map COLUMN=created_at."
    ]
