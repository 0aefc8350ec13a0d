"""Opening a file of any tool: what it is, which column is what, and its deals one after another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import islice
from pathlib import Path
from shlex import quote
from typing import Self
from zoneinfo import ZoneInfo

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import fold, quoted, slug
from pipeboard.exchange.columns import Matching, apply_overrides, are_past_days, match_columns
from pipeboard.exchange.deals import DealReader
from pipeboard.exchange.delimited import open_delimited
from pipeboard.exchange.documents import BoardTable, JsonTable, looks_like_json, open_json
from pipeboard.exchange.encoding import find_encoding
from pipeboard.exchange.fields import CUSTOM, ENTERED, LEFT_OUT
from pipeboard.exchange.headings import name_by_heading
from pipeboard.exchange.layouts import GENERIC, layout_named
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.local_files import expect_file, local_copy, no_such_file
from pipeboard.exchange.moments import ORDERS, MomentReader, Order
from pipeboard.exchange.read_options import (
    NO_OPTIONS,
    CellTally,
    ReadingRules,
    ReadOptions,
    key_columns,
    rules_of,
)
from pipeboard.exchange.row_stream import Rows, is_history
from pipeboard.exchange.rows import DealRow, Rejected
from pipeboard.exchange.tables import REASON, FileTable, Record
from pipeboard.exchange.workbook import SheetTable, is_workbook, open_workbook

_SAMPLE = 200
_NAMING = {"title", "account", "external_id"}
_BEGINNINGS = {"created_at", "stage_entered_at", "entered"}
ALWAYS = "always "
"""What stands before an answer that holds for every row."""
REQUIRED = ("title", "stage", "outcome", "value", "owner", "dates")
"""What every file of deals should answer, in the order in which a person is told."""

_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "account"),
    "stage": ("stage", "entered"),
    "outcome": ("status", "is_won", "is_lost", "is_closed", "stage", "won_at", "lost_at"),
    "value": ("value", "won_value"),
    "owner": ("owner",),
    "dates": ("created_at", "entered", "stage_entered_at", "close_date", "closed_at", "won_at"),
}


@dataclass(slots=True)
class Reading:
    """A file that is understood: how it is written, what its columns are, and its rows.

    `tool` is the layout found or asked for ("csv" for none), `source` where its ids are from,
    `mapping` the target of each column (a field, `entered:STAGE`, `field.NAME` or `-`). `warnings`
    may grow while rows are read; `tally` counts what was noticed in the latest whole pass.
    Close it, or use it as a context, to remove the copy that is made of standard input.
    """

    tool: str
    source: str
    mapping: dict[str, str]
    warnings: list[str]
    rules: ReadingRules
    _table: FileTable
    _layout: Layout
    _reader: DealReader
    _resources: ExitStack
    _key: tuple[int, ...] = ()
    _folds_history: bool = False
    tally: CellTally = field(default_factory=CellTally)

    @property
    def format(self) -> str:
        """`csv`, `json`, `jsonl`, or the kind of a workbook."""
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

    @property
    def spoken(self) -> frozenset[str]:
        """The fields that the file has columns for, as a deal names them; of any column a cell that
        cannot be read as what the column is stays in a custom field of its name."""
        named = {_DEAL_FIELDS.get(target, target) for target in self.mapping.values()}
        custom = {
            f"fields.{target.removeprefix(CUSTOM) if target.startswith(CUSTOM) else column}"
            for column, target in self.mapping.items()
        }
        return frozenset(named | custom)

    def rows(self) -> Iterator[DealRow | Rejected]:
        """Every row in the order of the file, streamed; each call begins anew."""
        self.tally = CellTally()
        return self._pass(self.tally)

    def again(self) -> Iterator[DealRow | Rejected]:
        """As `rows`, without counting anything: to look something up in the midst of a pass."""
        return self._pass(CellTally())

    def currency_named(self) -> str:
        """The one currency that the first amounts of the file all name; "" where there is none."""
        rows = islice(self.rows(), 1_000)
        named = {row.value.currency for row in rows if isinstance(row, DealRow) and row.value}
        return named.pop() if len(named) == 1 and not self.tally.assumed_currency else ""

    def _pass(self, tally: CellTally) -> Iterator[DealRow | Rejected]:
        stream = Rows(self._table, self._layout, self._reader, tally, self._key)
        return stream.histories() if self._folds_history else stream.each()

    def records(self) -> Iterator[Record | Rejected]:
        """The lines below the header as they stand."""
        return self._table.records()

    @property
    def tells_stages(self) -> bool:
        """Whether anything says in which stage the deals are; those that a list of ours names by
        their number are where they are here."""
        answers = self.answers()
        return bool(answers["stage"] or answers["outcome"]) or "ref" in self.mapping.values()

    @property
    def tells_names(self) -> bool:
        """Whether anything says what the deals are called, or which of those here they are."""
        return self.knows_by_number or bool(
            _NAMING.intersection(self.mapping.values()) or self._key
        )

    @property
    def knows_by_number(self) -> bool:
        """Whether the number of a deal here is all that says which one a row is about."""
        targets = self.mapping.values()
        return "ref" in targets and not (_NAMING.intersection(targets) or self._key)

    def answers(self) -> dict[str, str]:
        """How each of REQUIRED is answered: by a column, by a constant, or not at all ("")."""
        columns: dict[str, str] = {}
        for column, target in self.mapping.items():
            columns.setdefault("entered" if target.startswith(ENTERED) else target, column)
        found = {}
        for name in REQUIRED:
            by_column = next((columns[t] for t in _ANSWERS[name] if t in columns), "")
            constant = next(
                (self.rules.constants[t] for t in _ANSWERS[name] if t in self.rules.constants), ""
            )
            found[name] = by_column or (f"{ALWAYS}{constant}" if constant else "")
        return found

    def remarks(self) -> list[str]:
        """What a person should know of the cells, once all rows were read."""
        said = list(self.tally.sentences(self.rules.currency))
        said.extend(self._reader.doubts())
        said.extend(
            f"Amounts such as {amounts.assumed_example} were read as thousands; if the "
            "mark is decimal, say --decimal point or --decimal comma."
            for amounts in self._reader.amounts.values()
            if amounts.assumed_groups
        )
        said.extend(
            f"{how_many(amounts.rounded, 'amount of', 'amounts of')} {target} had more decimals "
            f"than the currency and {'was' if amounts.rounded == 1 else 'were'} rounded, such as "
            f"{amounts.rounded_example}."
            for target, amounts in self._reader.amounts.items()
            if amounts.rounded
        )
        said.extend(
            f"Numbers of {target} were multiplied by {in_figures(amounts.scale)}, as their column "
            "says."
            for target, amounts in self._reader.amounts.items()
            if amounts.scale > 1
        )
        said.extend(self.rules.unmet())
        return said

    def share_read(self) -> float:
        """How far `rows` has come, 0 to 1, for a progress bar."""
        return self._table.share_read()

    def close(self) -> None:
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


_DEAL_FIELDS = {
    "probability": "probability_bp",
    "forecast_category": "category",
    "next_text": "next_step",
    "next_due": "next_step",
    "contact_name": "contacts",
    "contact_email": "contacts",
    "contact_phone": "contacts",
    "close_date": "expected_close",
    "won_value": "value",
}


def open_import(
    path: Path | str,
    *,
    from_: str = "auto",
    currency: str,
    zone: ZoneInfo,
    today: date,
    options: ReadOptions = NO_OPTIONS,
) -> Reading:
    """A file, or standard input for `-`, ready to be read as deals.

    `from_` names a tool, `currency` (ISO 4217) holds for amounts without one, `zone` for times
    without offset. Raises NotFound for a missing file and BadInput for one that cannot be
    understood; so does `rows`, where a date that can be read two ways comes late.
    """
    order = _order(options.dates)
    with ExitStack() as resources:
        table = open_table(local_copy(path, resources), options)
        sample = [r for r in islice(table.records(), _SAMPLE) if isinstance(r, Record)]
        cells = [record.cells for record in sample]
        layout = layout_named(from_, table.header, cells)
        matching = match_columns(table.header, layout, cells)
        matching = _without_reason(path, table, matching)
        matching = apply_overrides(matching, options.overrides, layout)
        if not options.key and not options.still_asks:
            _require_a_name(table, matching)
        rules = rules_of(options, currency, table, layout, matching)
        moments = MomentReader(
            zone,
            today,
            order,
            lambda index: _column(table, index),
            from_1904=isinstance(table, SheetTable) and table.from_1904,
        )
        reader = DealReader(table.header, matching.targets, layout, rules, moments)
        unheard = CellTally()
        for record in sample * (not options.still_asks):
            reader.read(record, unheard)  # a date with two readings is better told of at once
        for amounts in reader.amounts.values():
            amounts.assumed_groups = amounts.rounded = 0
        table.warnings.extend(matching.warnings)
        table.warnings.extend(_beginning_warning(matching, sample, zone, today))
        table.warnings.extend(_rounded_numbers(table, matching, sample))
        return Reading(
            layout.name,
            _source(layout, matching, options.key),
            matching.targets,
            table.warnings,
            rules,
            table,
            layout,
            reader,
            resources.pop_all(),
            key_columns(options.key, table.header),
            is_history(table, matching.targets),
        )


def _without_reason(path: Path | str, table: FileTable, matching: Matching) -> Matching:
    """In a file of rows that an import rejected, the reason is no part of the deals."""
    last = table.header[-1]
    if ".rejected" in Path(path).name and last.split(" (")[0] == REASON:
        return Matching({**matching.targets, last: LEFT_OUT}, matching.warnings)
    return matching


def _source(layout: Layout, matching: Matching, key: Sequence[str]) -> str:
    """Where the ids of a file are from: its tool, else files with an id column of that name.

    Our own files name the source of each deal themselves.
    """
    if layout.is_ours:
        return ""
    if layout is not GENERIC:
        return layout.name
    column = next((c for c, target in matching.targets.items() if target == "external_id"), "")
    return f"file:{'+'.join(map(slug, key)) or slug(column) or 'names'}"


def open_table(path: Path, options: ReadOptions = NO_OPTIONS) -> FileTable:
    """The records of a file under its header, in whatever form it is written.

    Raises NotFound for a missing file, BadInput for one that is empty, binary or not readable.
    """
    try:
        expect_file(path)
        with path.open("rb") as file:
            start = file.read(4096)
        if is_workbook(path, start):
            table = open_workbook(path, options.sheet)
            name_by_heading(table, path.name, table.warnings)
            return table
        _expect_text(path, start)
        encoding = find_encoding(path, options.encoding)
    except FileNotFoundError as error:
        raise no_such_file(str(path)) from error
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.",
            hint="Ask for the right to read it, or name a copy that is yours.",
        ) from error
    with path.open(encoding=encoding.name, errors=encoding.errors) as text:
        head = text.read(4096)
    is_json = looks_like_json(head, is_called_so=path.suffix.lower() in _JSON_ENDINGS)
    return (open_json if is_json else open_delimited)(path, encoding)


_JSON_ENDINGS = {".json", ".jsonl", ".ndjson"}


def _expect_text(path: Path, start: bytes) -> None:
    """`BadInput` for what calls itself a table and is another kind of document."""
    for mark, what in _OTHER_KINDS.items():
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(mark):
            raise BadInput(
                f"{path.name} is {what}, not a table.",
                hint="Open it in the program that it is for, and save the table as xlsx or CSV.",
            )


_OTHER_KINDS = {
    b"<": "a web page or XML",
    b"{\\rtf": "a text document (RTF)",
    b"%pdf": "a PDF",
}


def _order(dates: str | None) -> Order | None:
    if dates is None:
        return None
    for order in ORDERS:
        if dates.casefold() == order:
            return order
    raise BadInput(
        f"{quoted(dates)} is no order of day, month and year", hint=f"Orders: {', '.join(ORDERS)}."
    )


def find_source(path: Path, from_: str, encoding: str = "", sheet: str = "") -> str:
    """Where the ids of a file are from, by its header alone; empty for our own files.

    Raises as `open_import` does.
    """
    layout, matching = _by_header(path, from_, encoding, sheet)
    return _source(layout, matching, ())


def has_pipelines(path: Path, from_: str, encoding: str = "", sheet: str = "") -> bool:
    """Whether a column names the pipelines of a file's deals, by its header alone."""
    return "pipeline" in _by_header(path, from_, encoding, sheet)[1].targets.values()


def _by_header(path: Path, from_: str, encoding: str, sheet: str) -> tuple[Layout, Matching]:
    table = open_table(path, ReadOptions(encoding=encoding or None, sheet=sheet or None))
    sample = [r.cells for r in islice(table.records(), _SAMPLE) if isinstance(r, Record)]
    layout = layout_named(from_, table.header, sample)
    return layout, match_columns(table.header, layout, sample)


def _column(table: FileTable, index: int) -> Iterator[str]:
    return (record.cells[index] for record in table.records() if isinstance(record, Record))


def _require_a_name(table: FileTable, matching: Matching) -> None:
    targets = matching.targets.values()
    if not {*_NAMING, "ref"}.intersection(targets):
        raise Refused(
            "No column looks like the name of a deal or an account",
            hint=f"Name one with --map COLUMN=title. Columns: {', '.join(table.header)}.",
        )


def _rounded_numbers(
    table: FileTable, matching: Matching, sample: Sequence[Record]
) -> Iterator[str]:
    """A spreadsheet has cut long numbers to 1.23E+11: nothing is known again by an id that is one,
    and of any other the digits are gone."""
    if isinstance(table, JsonTable | BoardTable):
        return
    for at, (column, target) in enumerate(matching.targets.items()):
        cells = (record.cells[at] for record in sample)
        if target == LEFT_OUT or not (cell := next(filter(_ROUNDED.fullmatch, cells), "")):
            continue
        if target == "external_id":
            yield (
                f"Ids such as {cell} were rounded by a spreadsheet: deals are not known again by "
                "them. Export the file anew, and import it without opening it there."
            )
        else:
            yield (
                f"Numbers such as {cell} in '{column}' were rounded by a spreadsheet, which keeps "
                "15 digits and shows fewer: those that are missing are not in the file."
            )


_ROUNDED = re.compile(r"[-+]?\d(?:[.,]\d+)?E\+\d+|\d{16}\.0", re.IGNORECASE)


def _beginning_warning(
    matching: Matching, sample: Sequence[Record], zone: ZoneInfo, today: date
) -> list[str]:
    targets = matching.targets.values()
    if any(target in _BEGINNINGS or target.startswith(ENTERED) for target in targets):
        return []
    if "ref" in targets and not _NAMING.intersection(targets):
        return []  # of deals that are here it is known
    rows = [record.cells for record in sample]
    days = (
        column
        for at, (column, target) in enumerate(matching.targets.items())
        if target.startswith(CUSTOM) and are_past_days([row[at] for row in rows], zone, today)
    )
    column = next(days, "COLUMN")
    stages = {cells[at] for at, target in enumerate(targets) if target == "stage" for cells in rows}
    target = next((f"{ENTERED}{one}" for one in sorted(stages) if _is_day_of(column, one)), _BEGAN)
    return [
        "No column says when a deal began, so it is in no cycle, age or count of new deals. "
        f"If one does, name it with --map {quote(f'{column}={target}')}."
    ]


_BEGAN = "created_at"
_ALIKE = 4


def _is_day_of(column: str, stage: str) -> bool:
    """Whether a column is called after a stage: `engage_date`, Engaging."""
    word = fold(re.split(r"[\W_]", column)[0])
    return len(word) >= _ALIKE and fold(stage).startswith(word[: max(_ALIKE, len(word) - 1)])
