"""From the records of a table to its deals: what is around, between and below them left out."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count as count_from
from itertools import islice

from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.text import fold
from pipeboard.exchange.deals import DealReader
from pipeboard.exchange.layouts.layout import Layout
from pipeboard.exchange.read_options import CellTally
from pipeboard.exchange.rows import DealRow, Entered, Rejected
from pipeboard.exchange.tables import FileTable, Record
from pipeboard.exchange.values import without_marks

_FOOTER = re.compile(
    r"(?:grand |sub)?total|summe|gesamt|sum\b|count\b|итого|totale|totaal|somme"
    r"|copyright|©|confidential|generated|exported|report |filtered by|as of "
    r"|\(?\d+ (?:rows?|records?)\b|(?:rows?|records?|row count|grand summar(?:y|ies)) ?[:=(] ?\d"
    r"|end of (?:report|file|export|list)\b|erstellt am|page \d|[*†]"
    r"|(?:notes?|remarks?|legend|source|hinweise?|quelle|stand"
    r"|anmerkung|notas?|remarque|fuente|fonte|bron|примечание|注|备注) ?[:：]",
    re.IGNORECASE,
)
_SUM = re.compile(
    r"(?:sub|grand|sous)?[ -]?total\b|(?:row )?count\b|number of (?:rows|records|deals)\b"
    r"|anzahl\b|zwischensumme|summe|gesamt|sum\b|итого"
    r"|всего|totale\b|totaal|subtotaal|somme|suma\b|razem|celkem|összesen|toplam|合計|小計|总计|小计|합계"
    r"|yhteensä|i alt\b|ukupno|kokku\b|σύνολο|усього|jumlah\b|tổng cộng|summary\W*$"
    r"|(?:average|avg|mean|median|durchschnitt|mittelwert|moyenne|promedio|gemiddelde|среднее|平均"
    r"|max(?:imum)?|min(?:imum)?|nombre|número|Σ|∑)\W*$"
    r"|.+ (?:total|count|average|ergebnis|итог)$",  # as Excel writes below the rows of a group
    re.IGNORECASE,
)
_COMMENT = re.compile(r"#\s.*")
_PAGE = re.compile(
    r"(?:page|seite|página|pagina|strona|sida|side|стр(?:аница|\.)?) ?\d+"
    r"(?: ?(?:of|/|von|de|di|van|z|av|из) ?\d+)?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\D{0,4}\d[\d.,'’ \xa0\u202f]*\D{0,4}")
_RULE = frozenset("-=:+_ ")
_LOOKED_AT = 2_000


def _is_like(cells: list[str], header: list[str]) -> bool:
    """Whether a record is the header again behind a mark of order, or a rule drawn below it."""
    if cells[0].casefold() == header[0].casefold():
        return [cell.strip().casefold() for cell in cells] == [name.casefold() for name in header]
    first = (cells[0] or (cells[1] if len(cells) > 1 else "")).lstrip()
    if first[:2] in ("--", "==", ":-", "+-", "+="):
        return _RULE.issuperset("".join(cells))
    return not first.isascii() and [without_marks(cell) for cell in cells] == header


@dataclass(frozen=True, slots=True)
class Rows:
    """One pass through a table; `key` are columns that a row is known by instead of an id."""

    table: FileTable
    layout: Layout
    reader: DealReader
    tally: CellTally
    key: tuple[int, ...] = ()

    def each(self) -> Iterator[DealRow | Rejected]:
        """Every record as a deal, or why it is none."""
        for record in self._records():
            if isinstance(record, Rejected):
                yield record
                continue
            row = self.reader.read(record, self.tally)
            if self.key and isinstance(row, DealRow):
                row.external_id = " / ".join(record.cells[at].strip() for at in self.key)
            yield row

    def histories(self) -> Iterator[DealRow | Rejected]:
        """The records of a file with a line for each change of stage, as one deal for each id."""
        deals: dict[str, DealRow] = {}
        for row in self.each():
            if isinstance(row, Rejected) or row.external_id is None:
                yield row
                continue
            before = deals.get(row.external_id)
            deals[row.external_id] = row if before is None else _later(before, row)
        yield from deals.values()

    def _records(self) -> Iterator[Record | Rejected]:
        """The records that speak of deals: footers, repeated headers and lines that go on with
        the deal above are counted and left out."""
        header, stage = list(self.table.header), self.reader.place_of("stage")
        thin: list[Record] = []
        last: Record | None = None
        for record in self._filled():
            if isinstance(record, Rejected):
                yield record
                continue
            if record.cells == header or _is_like(record.cells, header):
                self.tally.repeated_headers += 1
                self._drop_title(thin)
                continue
            if self.layout.continues and last is not None and self._goes_on(record):
                last = self._joined(last, record)
                self.tally.beside += 1
                continue
            if self.layout.has_groups and self._is_between_groups(record):
                self.tally.group_lines += 1
                continue
            placed = "" if stage is None else record.cells[stage].strip()
            is_thin = (not placed or _begins_as_footer(placed)) and self._is_thin(record)
            if is_thin or (placed and placed == record.cells[0].strip() == _alone(record)):
                thin.append(record)
                continue
            if last is not None:
                yield last
                last = None
            yield from self._without_sums(self._without_titles(thin, record))
            thin.clear()
            if self.layout.continues:
                last = record
            else:
                yield record
        if last is not None:
            yield last
        yield from self._without_footers(thin)

    def _drop_title(self, thin: list[Record]) -> None:
        """What stands alone above a repeated header is the title of the group that begins there."""
        if thin and sum(1 for cell in thin[-1].cells if cell.strip()) == 1:
            thin.pop()
            self.tally.group_lines += 1

    def _without_titles(self, thin: Sequence[Record], below: Record) -> Iterator[Record]:
        """Lines above a record without such as say nothing but its stage, its owner or the like."""
        if not thin:  # as above nearly every one of very many records
            return
        places = [self.reader.place_of(name) for name in _GROUPED_BY]
        named = {fold(below.cells[at]) for at in places if at is not None}
        for record in thin:
            if (title := fold(_alone(record))) and title in named:
                self.tally.group_lines += 1
            else:
                yield record

    def _groups(self) -> range:
        """The first columns, where a report writes what holds for a group of deals only once.

        It does so where each value stands once, above blanks that come before the next one.
        """
        outer = [self.reader.place_of(name) for name in ("stage", "owner", "account", "pipeline")]
        count = next((at for at in count_from(0) if at not in outer), 0)
        if not count or self.layout.is_ours:
            return range(0)
        records = [
            [cell.strip() for cell in record.cells[:count]]
            for record in islice(self.table.records(), _LOOKED_AT)
            if isinstance(record, Record) and self._is_of_group(record)
        ]
        if not records or not all(records[0]):
            return range(0)
        return range(next((at for at in range(count) if not _is_grouped(records, at)), count))

    def _filled(self) -> Iterator[Record | Rejected]:
        """The records, each deal of a group with what stands above the group."""
        groups = self._groups()
        if not groups:
            yield from self.table.records()
            return
        above: dict[int, str] = {}
        for record in self.table.records():
            if isinstance(record, Record) and self._is_of_group(record):
                self._fill_down(record, groups, above)
            yield record

    def _fill_down(self, record: Record, groups: range, above: dict[int, str]) -> None:
        for at in groups:
            if record.cells[at].strip():
                for inner in groups[at:]:
                    above.pop(inner, None)
                above[at] = record.cells[at]
            elif at in above:
                record.cells[at] = above[at]
                self.tally.filled_down[self.table.header[at]] += 1

    def _is_of_group(self, record: Record) -> bool:
        return self._has_name(record) and not self._is_sum(record)

    def _is_between_groups(self, record: Record) -> bool:
        """The title of a group, or the sums below it, which have no name."""
        filled = [at for at, cell in enumerate(record.cells) if cell.strip()]
        return filled == [0] or 0 not in filled

    def _is_thin(self, record: Record) -> bool:
        cells = record.cells
        if len(cells) <= 2:
            return False
        if cells[1].strip() and (first := cells[0].strip()):
            return bool(_FOOTER.match(first))
        filled = [cell for cell in cells if cell.strip()]
        if len(filled) == 1 or bool(filled and _FOOTER.match(filled[0].strip())):
            return True
        return self._is_sum(record)

    def _without_sums(self, thin: Iterable[Record]) -> Iterator[Record]:
        for record in thin:
            if self._is_sum(record):
                self.tally.group_lines += 1
            else:
                yield record

    def _is_sum(self, record: Record) -> bool:
        """Whether a line between deals holds the sum of a group: it is called so, or not at all,
        and says nothing else but numbers. Numbers of pages and remarks are none of a deal too."""
        first, *others = [cell.strip() for cell in record.cells if cell.strip()] or [""]
        if not others and (_PAGE.fullmatch(first) or _COMMENT.fullmatch(first)):
            return True
        is_number = _NUMBER.fullmatch(first) and not self._is_named(record)
        return bool(_SUM.match(first) or is_number) and all(
            _NUMBER.fullmatch(one) or _SUM.match(one) for one in others
        )

    def _is_named(self, record: Record) -> bool:
        """Whether anything in a line can name a deal."""
        places = [self.reader.place_of(name) for name in ("title", "account", "external_id")]
        return any(at is not None and record.cells[at].strip() for at in places)

    def _without_footers(self, thin: list[Record]) -> Iterator[Record]:
        """Thin records below the last deal: a report's own words, else a deal with just a name."""
        is_report = any(
            _FOOTER.match(cell.strip()) for record in thin for cell in record.cells if cell.strip()
        )
        for record in thin:
            if is_report or self._is_sum(record) or not self._has_name(record):
                self.tally.footers.append(next(c.strip() for c in record.cells if c.strip()))
            else:
                yield record

    def _has_name(self, record: Record) -> bool:
        place = self.reader.place_of("title")
        return place is not None and bool(record.cells[place].strip())

    def _goes_on(self, record: Record) -> bool:
        places = [self.reader.place_of(name) for name in ("external_id", "title")]
        return all(at is None or not record.cells[at].strip() for at in places)

    def _joined(self, above: Record, below: Record) -> Record:
        """The record with what the line below it adds to cells of several values."""
        cells = [
            "; ".join(filter(None, (one.strip(), other.strip()))) if other.strip() else one
            for one, other in zip(above.cells, below.cells, strict=True)
        ]
        return Record(above.line, cells)


_GROUPED_BY = ("stage", "status", "owner", "pipeline")


def _alone(record: Record) -> str:
    """The one cell of a record that says anything, "" where several do."""
    filled = [cell.strip() for cell in record.cells if cell.strip()]
    return filled[0] if len(filled) == 1 else ""


@lru_cache(maxsize=1_024)
def _begins_as_footer(stage: str) -> bool:
    return bool(_FOOTER.match(stage))


def _is_grouped(records: list[list[str]], at: int) -> bool:
    """Whether a column says each value once within the group of the column before it."""
    seen: set[str] = set()
    values = blanks = 0
    for cells in records:
        if any(cells[:at]):
            seen = set()
        if not cells[at]:
            blanks += 1
        elif cells[at] in seen:
            return False
        else:
            seen.add(cells[at])
            values += 1
    return values > 1 and blanks > 0


def _later(before: DealRow, row: DealRow) -> DealRow:
    """One deal out of two lines of its history; what it is stands in the later one."""
    entered = sorted({*before.entered, *row.entered}, key=lambda one: one.at)
    first, last = sorted((before, row), key=_last_instant)
    created = [at for at in (before.created_at, row.created_at) if at is not None]
    path: list[Entered] = []
    for one in entered:
        if not path or path[-1].stage != one.stage:
            path.append(one)
    return replace(
        last,
        line=before.line,
        entered=tuple(path),
        stage=last.stage or (path[-1].stage if path else None),
        closed_at=last.closed_at,
        created_at=min(created, default=None),
        owner=last.owner or first.owner,
        value=last.value or first.value,
    )


def _last_instant(row: DealRow) -> float:
    known = [at for at in (row.closed_at, *(one.at for one in row.entered[-1:])) if at]
    return max(known).timestamp() if known else float("-inf")


def is_history(table: FileTable, targets: Mapping[str, str]) -> bool:
    """Whether the lines of a file are changes of stage: ids come again, with other dates."""
    places = {target: at for at, target in enumerate(targets.values())}
    if not {"external_id", "stage", "stage_entered_at"} <= places.keys():
        return False
    seen: dict[str, tuple[str, str]] = {}
    again = 0
    for record in islice(table.records(), _LOOKED_AT):
        if isinstance(record, Record):
            key = record.cells[places["external_id"]].strip()
            course = record.cells[places["stage"]], record.cells[places["stage_entered_at"]]
            again += key in seen and seen[key] != course
            seen[key] = course
    return again > len(seen) / 4


# The stages that a file names, in the order in which its deals go through them.


def stages_in_order(rows: Iterable[object]) -> list[str]:
    """The open stages of the rows: by the histories of the deals, where the file has such, else by
    their probabilities, else from the youngest deals to the oldest, else as they come."""
    names: dict[str, str] = {}
    places: dict[str, list[float]] = defaultdict(list)
    chances: dict[str, list[int]] = defaultdict(list)
    begun: dict[str, list[float]] = defaultdict(list)
    for row in (row for row in rows if isinstance(row, DealRow)):
        path = list(dict.fromkeys(fold(stage) for stage, _ in row.entered))
        for stage, _ in row.entered:
            names.setdefault(fold(stage), stage)
        for place, stage in enumerate(path[: len(path) * (len(path) > 1)]):
            places[stage].append(place / (len(path) - 1))
        if row.stage:
            key = fold(row.stage)
            names.setdefault(key, row.stage)
            if row.probability_bp is not None:
                chances[key].append(row.probability_bp)
            if row.created_at is not None and row.outcome in (None, "open"):
                begun[key].append(-row.created_at.timestamp())
    keys = list(names)
    for known in (places, chances, begun):
        if all(key in known for key in keys):
            keys.sort(key=lambda key: sum(known[key]) / len(known[key]))
            break
    return [names[key] for key in keys]
