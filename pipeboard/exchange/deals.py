"""From the cells of a record to a deal: every column read by what it is, every cell kept."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache, partial

from pipeboard.domain.deal_fields import BY_NAME, DAY, FIELDS, FROM_ROWS, INSTANT
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import clean_line, slug, whole_text
from pipeboard.exchange.amounts import AmountColumn, names_currency, of_format, read_currency_name
from pipeboard.exchange.fields import (
    CUSTOM,
    ENTERED,
    LEFT_OUT,
    PERIODS,
    CellKind,
    kind_of,
    takes_several,
)
from pipeboard.exchange.history import PRECISIONS, Course, HistoryReader, read_outcome, read_status
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.moments import AmbiguousDate, Moment, MomentReader
from pipeboard.exchange.read_options import CellTally, ReadingRules
from pipeboard.exchange.rows import (
    READERS,
    DealRow,
    Outcome,
    Rejected,
    oddities,
    rarer_parts,
    value_won,
)
from pipeboard.exchange.tables import Record, next_free
from pipeboard.exchange.units import AmountUnit, doubts_of, unit_of
from pipeboard.exchange.values import (
    LIMITS,
    NUMBERS,
    Findings,
    OwnerColumn,
    PercentColumn,
    Read,
    Take,
    clean_account,
    collect,
    is_blank,
    mapped,
    read_basis_points,
    read_category,
    read_flag,
    read_precision,
    read_text,
    unless_blank,
    with_plain_digits,
    without_links,
    without_marks,
)

_PLAIN = frozenset(FROM_ROWS) - set(DealRow.__slots__)
_DAYS = {
    "recycle_on", "next_due", "snoozed_until",
    *(field.name for field in FIELDS if field.kind is DAY and field.name != "expected_close"),
}  # fmt: skip
_INSTANTS = {"archived_at", *(field.name for field in FIELDS if field.kind is INSTANT)}
_AS_THEY_ARE = _DAYS - _PLAIN | {
    "external_id", "ref", "account", "owner", "value", "source", "pipeline", "lost_reason",
    "lost_category", "competitor", "external_source", "version", "next_text", "next_every",
    "lost_objection", "snooze_reason",
    "touches", "answers", "terms", "checklist", "fields", "archived_at", "steps_done", "asks",
    "given_by", "recycled_from", "merged_into", "rank",
}  # fmt: skip
_RARER = {
    "tags", "note", "notes", "probability", "probability_bp", "forecast_category",
    "contacts", "contact_name", "contact_email", "contact_phone",
}  # fmt: skip
_SURELY_SHORT = 1000
_STRICT = {"title", "external_id", "ref", "stage", "status", "version"}
"""What a deal is known and placed by: a cell of these that cannot be read rejects its row."""
_LOSS = ("lost_reason", "lost_category", "competitor", "recycle_on")
_SAYS_PERCENT = re.compile(r"%|percent|prozent|procent|pourcent|porcent", re.IGNORECASE)
_PRODUCTS = {"product", "product_name"}


class _UnreadCell(Exception):
    """A cell that rejects its row, or leaves a question about the whole file."""

    def __init__(self, index: int, error: BadInput) -> None:
        super().__init__()
        self.index, self.error = index, error


class DealReader:
    """Reads the records of one file; `targets` names what each column of `header` is.

    A title that is missing is `account - product`, else the account, else the other tool's id.
    What a row holds twice, such as a closing date on an open deal, stays as a custom field.
    """

    def __init__(
        self,
        header: Sequence[str],
        targets: Mapping[str, str],
        layout: Layout,
        rules: ReadingRules,
        moments: MomentReader,
    ) -> None:
        self._header = header
        self._layout = layout
        self._rules = rules
        self._is_strict = rules.options.strict or layout.is_ours
        self._moments = moments
        self.amounts: dict[str, AmountColumn] = {}
        self._units: dict[str, AmountUnit] = {}
        self._percents: dict[str, PercentColumn] = {}
        self._targets = [targets[column] for column in header]
        self._single: list[tuple[int, str, Read]] = []
        self._others: list[tuple[int, Take]] = []
        self._places: dict[str, tuple[int, str]] = {}
        self._product: str | None = None
        for index, column in enumerate(header):
            target = targets[column]
            if target != LEFT_OUT:
                self._places[target] = index, layout.custom_name(column)
                self._plan(index, target)
        self._history = HistoryReader(
            self._places,
            moments.zone,
            rules.words,
            moments.today,
            closes_in_stage=layout.closes_in_stage,
            is_ours=layout.is_ours,
        )
        self._periods = () if layout.is_ours else PERIODS
        self._has_rarer = not _RARER.isdisjoint(self._places)
        self._constants = self._read_constants()
        always = ("fields", "value", "lost_reason")  # also by what another column says
        self._plain = _AS_THEY_ARE & {*always, *self._places, *self._constants}
        self._plain_unless_lost = self._plain.difference(_LOSS)
        self._losses = [name for name in _LOSS if name in self._plain]
        self._told = _PLAIN & {*self._places, *self._constants}
        self._without_blanks = frozenset(
            index
            for index, target in enumerate(self._targets)
            if not layout.is_ours and not target.startswith(CUSTOM)
        )

    def _read_constants(self) -> Findings:
        """What stands in every row by the person's word."""
        readers: Mapping[str, Read] = {"status": read_status, "currency": str.upper}
        return {
            name: readers[name](text) if name in readers else clean_line(text, field=name)
            for name, text in self._rules.constants.items()
        }

    def _plan(self, index: int, target: str) -> None:
        if target.startswith(CUSTOM):
            self._others.append((index, self._custom(target.removeprefix(CUSTOM))))
        elif kind_of(target) is CellKind.MONEY:
            self._others.append((index, self._amount(index, target)))
        elif target == "account" and not self._layout.is_ours:
            self._others.append((index, self._account))
        elif target == "owner" and not self._layout.is_ours:
            self._single.append((index, target, self._owners(index)))
        elif takes_several(target):
            self._others.append((index, collect(target, self._reader(index, target))))
        else:
            read = self._reader(index, target)
            self._single.append((index, target, mapped(read, self._meant(index))))

    def _custom(self, name: str) -> Take:
        if slug(name) in _PRODUCTS:
            self._product = name

        def take(cell: str, found: Findings) -> None:
            is_plain = len(cell) <= _SURELY_SHORT and cell.isascii() and cell.isprintable()
            found["fields"][name] = cell if is_plain else whole_text(cell)

        return take

    def _amount(self, index: int, target: str) -> Take:
        """An amount is in the currency of its row, column or cell's format, else the default."""
        column = self._header[index]
        default = self._rules.currency
        unit = self._units[column] = unit_of(column, default)
        amounts = self.amounts[target] = AmountColumn(
            partial(self._moments.cells, index),
            self._rules.options.decimal,
            minor_units=column in self._layout.minor_units or unit.is_minor,
            scale=unit.factor,
        )

        def take(cell: str, found: Findings) -> None:
            if "is_currency_unread" in found:
                raise BadInput("its currency could not be read")
            named = found.get("currency") or unit.currency or of_format(index, cell, found, default)
            cell = with_plain_digits(cell)
            money = found[target] = amounts.read(cell, named or default)
            if money is not None and named not in (None, money.currency):
                found["remark"] = "two_currencies"
            found["assumed"] = named is None and not names_currency(cell)

        return take

    def _account(self, cell: str, found: Findings) -> None:
        found["account"] = clean_account(without_links(cell, found))

    def _meant(self, index: int) -> Mapping[str, str]:
        return self._rules.values.get(self._header[index], {})

    def _owners(self, index: int) -> Read:
        cells, read = partial(self._moments.cells, index), self._reader(index, "owner")
        parts = self._read_words if self._layout.lists_owners(self._header[index]) else None
        return OwnerColumn(cells, read, self._meant(index), parts).read

    def _reader(self, index: int, target: str) -> Read:
        """What reads the cells of a column; names that come back are cleaned once.

        In our own files every cell means what it says, also "none" or "<b>".
        """
        kind = kind_of(target)
        if kind is CellKind.NESTED:
            return READERS[target]
        if target in PRECISIONS:
            return read_precision
        if target in NUMBERS:
            return NUMBERS[target]
        read = self._reader_of_kind(index, target, kind)
        read = read if self._layout.is_ours else unless_blank(read, target)
        is_cached = kind in (CellKind.MOMENT, CellKind.NAME, CellKind.WORDS)
        return lru_cache(maxsize=16_384)(read) if is_cached else read

    def _reader_of_kind(self, index: int, target: str, kind: CellKind) -> Read:
        line = partial(clean_line, field=target.replace("_", " "), limit=LIMITS.get(target, 300))
        if target == "currency":
            return partial(read_currency_name, default=self._rules.currency)
        if kind is CellKind.MOMENT:
            column = self._header[index]
            moment_of = self._moments.column(index, column, takes_periods=target in PERIODS)

            def moment(cell: str) -> Moment:
                return moment_of(with_plain_digits(cell))

            if target in _DAYS:
                return lambda cell: moment(cell).day
            return (lambda cell: moment(cell).at) if target in _INSTANTS else moment
        if kind is CellKind.TYPED:
            return partial(
                BY_NAME[target].read, today=self._moments.today, currency=self._rules.currency
            )
        if kind is CellKind.PERCENT:
            percents = PercentColumn(partial(self._moments.cells, index))
            self._percents[self._header[index]] = percents
            return lambda cell: percents.read(with_plain_digits(cell))
        readers: dict[CellKind, Read] = {
            CellKind.NAME: line,
            CellKind.LINE: line,
            CellKind.TEXT: partial(read_text, is_ours=self._layout.is_ours),
            CellKind.BASIS_POINTS: read_basis_points,
            CellKind.FLAG: read_flag,
            CellKind.STATUS: read_status,
            CellKind.WORDS: self._read_words,
        }
        return readers[kind]

    def doubts(self) -> Iterator[str]:
        """What was taken of dates and percentages that can be read otherwise."""
        yield from doubts_of(self._units.items())
        yield from self._moments.remarks(self._header)
        for name, column in self._percents.items():
            if column.small:
                yield (
                    f"{column.small} in '{name}' was read as {column.small} percent, as others in "
                    "it are above 1: if it is a part of 1, write it as they are."
                )
            if column.assumed and (_SAYS_PERCENT.search(name) or not column.has_parts):
                yield (
                    f"Numbers of '{name}' such as {column.assumed} were read as fractions of 1, as "
                    "none is above it; if they are percentages, write a % behind them."
                )

    def _read_words(self, cell: str) -> tuple[str, ...]:
        words = (clean_line(word, field="name") for word in self._layout.words(cell))
        return tuple(dict.fromkeys(word for word in words if word))

    def place_of(self, target: str) -> int | None:
        """The column that is a field; None where none is."""
        found = self._places.get(target)
        return found[0] if found else None

    def read(self, record: Record, tally: CellTally) -> DealRow | Rejected:
        """The deal in a record, or the first cell that cannot be read and why.

        A cell that only fills a field stays as text where it cannot be read, and is counted.
        Raises AmbiguousDate: that is for the whole file to settle.
        """
        tally.line, cells, currencies = record
        line = tally.line
        found: Findings = {"fields": {}, "formats": currencies, **self._constants}
        seen = cells if "".join(cells).isascii() else [without_marks(cell) for cell in cells]
        try:
            self._fill(seen, found, tally)
            return self._deal(line, cells, found, tally)
        except _UnreadCell as unread:
            index, error = unread.index, unread.error
            if isinstance(error, AmbiguousDate):
                place = f"Line {line}, column '{self._header[index]}'"
                raise AmbiguousDate(f"{place}: {error.message}", hint=error.hint) from error
            column, value = self._header[index], cells[index]
            return Rejected(line, column, value, error.message, self._raw(cells))
        except BadInput as error:
            return Rejected(line, "", "", error.message, self._raw(cells))

    def _fill(self, cells: Sequence[str], found: Findings, tally: CellTally) -> None:
        """What the cells say, by field."""
        for index, target, read in self._single:
            if cell := cells[index].strip():
                try:
                    value = read(cell)
                except BadInput as error:
                    self._keep(index, target, cell, error, found, tally)
                else:
                    if value is None:  # a cell that says there is nothing
                        tally.blanks[self._header[index]] += 1
                    else:
                        found[target] = value
        for index, take in self._others:
            if cell := cells[index].strip():
                if is_blank(cell) and index in self._without_blanks:
                    tally.blanks[self._header[index]] += 1
                    continue
                try:
                    take(cell, found)
                except BadInput as error:
                    self._keep(index, self._targets[index], cell, error, found, tally)

    def _keep(
        self,
        index: int,
        target: str,
        cell: str,
        error: BadInput,
        found: Findings,
        tally: CellTally,
    ) -> None:
        """A cell that is not what its column is, as a custom field; or the error again."""
        is_nested = not target.startswith((CUSTOM, ENTERED)) and kind_of(target) is CellKind.NESTED
        is_ambiguous = isinstance(error, AmbiguousDate)
        if self._is_strict or target in _STRICT or is_nested or is_ambiguous:
            raise _UnreadCell(index, error) from error
        if target == "currency":
            found["is_currency_unread"] = True
        name = next_free(self._layout.custom_name(self._header[index]), found["fields"])
        found["fields"][name] = whole_text(cell)
        tally.cannot_read(self._header[index], error.message)

    def _raw(self, cells: Sequence[str]) -> dict[str, str]:
        return dict(zip(self._header, cells, strict=True))

    def _deal(self, line: int, cells: Sequence[str], found: Findings, tally: CellTally) -> DealRow:
        if isinstance(owners := found.get("owner"), tuple):
            found["owner"], *found["further_owners"] = owners
        ending = read_outcome(found, self._rules.words, status_decides=self._layout.status_decides)
        outcome = ending.outcome
        history = self._history.read(found, outcome)
        fields: dict[str, str] = found["fields"]
        for target in (*history.unused, *self._unsaid(found, outcome)):
            if target in self._places:
                index, name = self._places[target]
                fields[next_free(name, fields)] = whole_text(cells[index])
        remarks = (*ending.remarks, *history.remarks, *self._odd(found, outcome, history))
        tally.tell_currency(found)
        if "pipeline" in found and not (self._layout.is_ours or self._rules.options.splits):
            tally.pipelines[found["pipeline"]] += 1
        names = self._plain if outcome == "lost" else self._plain_unless_lost
        others = {name: value for name in names if (value := found.get(name)) or value == 0}
        plain = {name: value for name in self._told if (value := found.get(name))}
        if self._has_rarer:
            others |= rarer_parts(found, outcome)
        if found.get("links_found"):
            plain["links"] = (*plain.get("links", ()), *found["links_found"])
        return DealRow(
            line,
            self._raw(cells),
            self._title(found),
            stage=history.stage,
            outcome=outcome,
            archived=ending.archived,
            created_at=history.created_at,
            closed_at=history.closed_at,
            precision=history.precision,
            expected_close=history.expected_close,
            entered=history.entered,
            assumes_currency=bool(found.get("assumed")),
            others=plain,
            remarks=remarks,
            **others,
        )

    def _odd(self, found: Findings, outcome: Outcome | None, history: Course) -> Iterator[str]:
        """What a person should look at; an amount of 0 on a lost deal is what they say it is."""
        value = found.get("value")
        if outcome == "lost" and value is not None and value.minor == 0:
            if self._rules.options.lost_zero_is_unknown:
                del found["value"]
            else:
                yield "lost_at_zero"
        if history.stage is None and not history.entered and outcome in (None, "open"):
            yield "no_stage"
        yield from oddities(found, outcome, self._layout.open_too)
        if "remark" in found:
            yield found["remark"]
        for name in self._periods if outcome in (None, "open") else self._periods[:1]:
            if (day := found.get(name)) and day.is_period:
                yield "period"
                break

    def _unsaid(self, found: Findings, outcome: Outcome | None) -> Iterator[str]:
        """Fields whose cells say more than the row can hold, such as a second owner."""
        yield from value_won(found, outcome)
        if outcome in {"won", "lost"} and found.get("probability") not in {None, 0, 10_000}:
            yield "probability"
        if found.get("further_owners"):
            yield "owner"
        if "forecast_category" in found and read_category(found["forecast_category"]) is None:
            yield "forecast_category"
        if outcome != "lost":
            for name in self._losses:
                if found.get(name):
                    yield name
        if self._layout.is_ours:
            return
        if "pipeline" in found and not self._rules.options.splits:
            yield "pipeline"
        if found.get("currency") and found.get("value") is None:
            yield "currency"

    def _title(self, found: Findings) -> str:
        if title := found.get("title"):
            return str(title)
        account, product = found.get("account"), found["fields"].get(self._product)
        title = f"{account} - {product}" if account and product else account
        title = title or found.get("external_id") or found.get("ref")
        if not title:
            raise BadInput("There is no title, no account and no id to name the deal by")
        return str(title)
