"""From the cells of a record to a deal: every column read by what it is, every cell kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import zip_longest
from typing import Any

from pipeboard.domain.currencies import currency_code
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money, parse_money
from pipeboard.domain.text import clean_line, clean_text, slug
from pipeboard.exchange.fields import CUSTOM, LEFT_OUT, Kind, kind_of, takes_several
from pipeboard.exchange.history import HistoryReader, read_outcome
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.moments import AmbiguousDate, MomentReader
from pipeboard.exchange.nested import READERS
from pipeboard.exchange.outcomes import read_status
from pipeboard.exchange.rows import DealRow, Outcome, Rejected, RowContact, RowNote
from pipeboard.exchange.tables import Record, next_free
from pipeboard.exchange.values import (
    is_blank,
    percent_reader,
    read_basis_points,
    read_category,
    read_flag,
)

Findings = dict[str, Any]
Read = Callable[[str], Any]
Take = Callable[[str, Findings], None]

_DAYS = {"recycle_on", "next_due", "snoozed_until", "offer_expires_on"}
_AS_THEY_ARE = _DAYS | {
    "external_id", "ref", "account", "owner", "pipeline", "source", "source_detail",
    "contact_reason", "value", "floor_value", "lost_reason", "lost_category", "competitor",
    "competitors", "next_text", "snooze_reason", "trial_close", "quote_sent_at", "links",
    "touches", "answers", "terms", "checklist", "fields",
}  # fmt: skip
_RARER = {
    "tags", "note", "notes", "probability", "probability_bp", "forecast_category",
    "contacts", "contact_name", "contact_email", "contact_phone",
}  # fmt: skip
_SURELY_SHORT = 1000
_PRODUCTS = {"product", "product_name"}


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
        currency: str,
        moments: MomentReader,
    ) -> None:
        self._header = header
        self._layout = layout
        self._currency = currency
        self._moments = moments
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
            self._places, moments.zone, closes_in_stage=layout.closes_in_stage
        )
        self._has_rarer = not _RARER.isdisjoint(self._places)

    def _plan(self, index: int, target: str) -> None:
        if target.startswith(CUSTOM):
            self._others.append((index, self._custom(target.removeprefix(CUSTOM))))
        elif kind_of(target) is Kind.MONEY:
            self._others.append((index, self._amount(target)))
        elif target == "owner" and self._layout.has_several_owners:
            self._others.append((index, self._owners))
        elif takes_several(target):
            self._others.append((index, _collect(target, self._reader(index, target))))
        else:
            self._single.append((index, target, self._reader(index, target)))

    def _custom(self, name: str) -> Take:
        if slug(name) in _PRODUCTS:
            self._product = name

        def take(cell: str, found: Findings) -> None:
            is_plain = len(cell) <= _SURELY_SHORT and cell.isascii() and cell.isprintable()
            found["fields"][name] = cell if is_plain else clean_text(cell, field=name)

        return take

    def _amount(self, target: str) -> Take:
        """An amount is read with the currency that was found in its row, if any."""

        @lru_cache(maxsize=65_536)
        def read(cell: str, currency: str) -> Money | None:
            return None if is_blank(cell) else parse_money(cell, currency_code(currency))

        def take(cell: str, found: Findings) -> None:
            found[target] = read(cell, found.get("currency") or self._currency)

        return take

    def _owners(self, cell: str, found: Findings) -> None:
        found["owner"], *found["further_owners"] = self._read_words(cell) or (None,)

    def _reader(self, index: int, target: str) -> Read:
        """What reads the cells of a column; names that come back are cleaned once."""
        kind = kind_of(target)
        if kind is Kind.MOMENT:
            moment = self._moments.column(index)
            cached = lru_cache(maxsize=8192)
            if target in _DAYS:
                return cached(_unless_blank(lambda cell: moment(cell).day))
            if target == "quote_sent_at":
                return cached(_unless_blank(lambda cell: moment(cell).at))
            return cached(_unless_blank(moment))
        readers: dict[Kind, Read] = {
            Kind.NAME: lru_cache(maxsize=16_384)(partial(clean_line, field=target)),
            Kind.LINE: partial(clean_line, field=target),
            Kind.TEXT: partial(clean_text, field=target),
            Kind.PERCENT: _unless_blank(percent_reader(partial(self._moments.cells, index))),
            Kind.BASIS_POINTS: _unless_blank(read_basis_points),
            Kind.FLAG: _unless_blank(read_flag),
            Kind.STATUS: read_status,
            Kind.WORDS: lru_cache(maxsize=4096)(self._read_words),
        }
        return READERS[target] if kind is Kind.NESTED else readers[kind]

    def _read_words(self, cell: str) -> tuple[str, ...]:
        words = (clean_line(word, field="name") for word in self._layout.words(cell))
        return tuple(dict.fromkeys(word for word in words if word))

    def read(self, record: Record) -> DealRow | Rejected:
        """The deal in a record, or the first cell that cannot be read and why.

        Raises AmbiguousDate: that is for the whole file to settle.
        """
        line, cells = record
        found: Findings = {"fields": {}}
        index = -1
        try:
            for index, target, read in self._single:
                if cell := cells[index].strip():
                    found[target] = read(cell)
            for index, take in self._others:
                if cell := cells[index].strip():
                    take(cell, found)
            index = -1
            return self._deal(line, cells, found)
        except AmbiguousDate as error:
            place = f"Line {line}, column '{self._header[index]}'"
            raise AmbiguousDate(f"{place}: {error.message}", hint=error.hint) from error
        except BadInput as error:
            column, value = (self._header[index], cells[index]) if index >= 0 else ("", "")
            return Rejected(line, column, value, error.message, self._raw(cells))

    def _raw(self, cells: Sequence[str]) -> dict[str, str]:
        return dict(zip(self._header, cells, strict=True))

    def _deal(self, line: int, cells: Sequence[str], found: Findings) -> DealRow:
        outcome, archived = read_outcome(found)
        history = self._history.read(found, outcome)
        fields: dict[str, str] = found["fields"]
        for target in (*history.unused, *_unsaid(found, outcome)):
            index, name = self._places[target]
            fields[next_free(name, fields)] = clean_text(cells[index], field=name)
        others = {name: value for name, value in found.items() if value and name in _AS_THEY_ARE}
        if self._has_rarer:
            others |= _rarer(found, outcome)
        return DealRow(
            line,
            self._raw(cells),
            self._title(found),
            stage=history.stage,
            outcome=outcome,
            archived=archived,
            created_at=history.created_at,
            closed_at=history.closed_at,
            expected_close=history.expected_close,
            entered=history.entered,
            **others,
        )

    def _title(self, found: Findings) -> str:
        if title := found.get("title"):
            return str(title)
        account, product = found.get("account"), found["fields"].get(self._product)
        title = f"{account} - {product}" if account and product else account
        title = title or found.get("external_id")
        if not title:
            raise BadInput("There is no title, no account and no id to name the deal by")
        return str(title)


def _collect(target: str, read: Read) -> Take:
    def take(cell: str, found: Findings) -> None:
        if value := read(cell):
            found.setdefault(target, []).append(value)

    return take


def _unless_blank(read: Read) -> Read:
    return lambda cell: None if is_blank(cell) else read(cell)


def _unsaid(found: Findings, outcome: Outcome | None) -> Iterator[str]:
    """Fields whose cells say more than the row can hold, such as a second owner."""
    if outcome in {"won", "lost"} and found.get("probability") not in {None, 0, 10_000}:
        yield "probability"
    if found.get("further_owners"):
        yield "owner"
    if "forecast_category" in found and read_category(found["forecast_category"]) is None:
        yield "forecast_category"


def _own_probability(found: Findings, outcome: Outcome | None) -> int | None:
    """A closed deal of another tool has the probability 0 or 100 of its outcome, not its own."""
    if found.get("probability_source") == "stage":
        return None
    own: int | None = found.get("probability_bp")
    if own is None and outcome in {None, "open"}:
        return found.get("probability")
    return own


def _own_category(found: Findings) -> str | None:
    if found.get("forecast_category_source") == "stage" or "forecast_category" not in found:
        return None
    return read_category(found["forecast_category"])


def _rarer(found: Findings, outcome: Outcome | None) -> dict[str, Any]:
    """What most files have no columns for."""
    notes = (RowNote(text) for text in found.get("note", ()))
    others = {
        "tags": tuple(dict.fromkeys(tag for tags in found.get("tags", ()) for tag in tags)),
        "notes": (*notes, *found.get("notes", ())),
        "contacts": _contacts(found),
        "probability_bp": _own_probability(found, outcome),
        "forecast_category": _own_category(found),
    }
    return others


def _contacts(found: Findings) -> tuple[RowContact, ...]:
    """The people of a row; several names, addresses and numbers in a cell stand between `;`."""
    parts = ("contact_name", "contact_role", "contact_email", "contact_phone")
    cells = [[part.strip() for part in found.get(name, "").split(";")] for name in parts]
    people = (
        RowContact(name or email or phone, role or None, email or None, phone or None)
        for name, role, email, phone in zip_longest(*cells, fillvalue="")
        if name or email or phone
    )
    return (*people, *found.get("contacts", ()))
