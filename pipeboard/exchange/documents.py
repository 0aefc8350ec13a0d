"""JSON files: pipeboard's own, a list of flat objects, or a Trello board."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn, TextIO

from pipeboard.domain.errors import BadInput
from pipeboard.domain.json_data import Document, Json
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import quoted
from pipeboard.exchange.encoding import Encoding
from pipeboard.exchange.json_shapes import (
    DEALS,
    LISTS,
    Names,
    Objects,
    found,
    is_one_deal,
    named,
    of_answer,
    opened,
)
from pipeboard.exchange.layouts.layout import columns_of, flatten
from pipeboard.exchange.layouts.trello import BOARD_COLUMNS, TrelloBoard
from pipeboard.exchange.rows import Rejected
from pipeboard.exchange.tables import Record, holds_anything

_CHUNK = 1 << 18
_LONGEST_LINE = 1 << 22
_WHITE = " \t\r\n\ufeff"


class _Scanner:
    """Takes values off a JSON text from the front, holding only a little more than one of them."""

    def __init__(self, file: TextIO, objects: Objects | None = None) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._is_whole = False
        self._decoder = json.JSONDecoder(object_pairs_hook=objects)
        self.line = 1

    def peek(self) -> str:
        """The next character that is not white; empty at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _WHITE:
                self.line += self._text[self._at] == "\n"
                self._at += 1
            if self._at < len(self._text) or not self._read_on():
                return self._text[self._at : self._at + 1]

    def take(self, char: str) -> bool:
        """Whether `char` comes next, which is then passed."""
        found = self.peek() == char
        self._at += found
        return found

    def value(self) -> Json:
        """The next value, whole. Raises ValueError where there is none."""
        self.peek()
        while True:
            try:
                value: Json
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._read_on():
                    raise
                continue
            # A number at the very end may go on in the next piece.
            if end < len(self._text) or not self._read_on():
                self.line += self._text.count("\n", self._at, end)
                self._at = end
                return value

    def _read_on(self) -> bool:
        # Twice as much each time, so that one large value is not parsed over and over.
        more = "" if self._is_whole else self._file.read(max(_CHUNK, len(self._text) - self._at))
        if not more:
            self._is_whole = True
            return False
        self._text = self._text[self._at :] + more
        self._at = 0
        return True


@dataclass(slots=True)
class JsonTable:
    """Deals as JSON objects, laid flat; `format` is `jsonl` where each line is a deal.

    In a sequence objects stand behind each other over any lines, as `jq` writes them.
    """

    path: Path
    encoding: str
    errors: str
    format: str
    header: tuple[str, ...] = ()
    warnings: list[str] = field(default_factory=list)
    delimiter: str | None = None
    is_sequence: bool = False
    together: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _file: TextIO | None = None
    _objects: Objects = field(default_factory=Objects)

    def records(self) -> Iterator[Record | Rejected]:
        for line, value in self.deals():
            if not isinstance(value, Mapping):
                yield Rejected(line, "", quoted(str(value)), "not a JSON object")
                continue
            try:
                cells = flatten(opened(value))
            except BadInput as error:
                yield Rejected(line, "value", quoted(str(value.get("value"))), error.message)
            else:
                for column, names in self.together.items():
                    cells[column] = next((cells[one] for one in names if cells.get(one)), "")
                if holds_anything(cells.values()):
                    yield Record(line, [cells.get(column, "") for column in self.header])

    def name(self, names: Names) -> None:
        """Takes the columns of all deals for the header; those that mean one field are told."""
        found = names.together()
        self.header = tuple(found)
        self.together = {column: others for column, others in found.items() if len(others) > 1}
        for column, others in self.together.items():
            named = " or ".join(map(quoted, others[1:]))
            self.warnings.append(
                f"Rows without {quoted(column)} call it {named}: read as one column."
            )

    def deals(self) -> Iterator[tuple[int, Json]]:
        with self.path.open(encoding=self.encoding, errors=self.errors) as file:
            outer, self._file = self._file, file
            try:
                if self.is_sequence or self.format == "jsonl":
                    values = (
                        _one_by_one(file, self.path.name, self._objects)
                        if self.is_sequence
                        else _lines(file, self._objects)
                    )
                    yield from ((line, deal) for line, one in values for deal in of_answer(one))
                else:
                    found_here = _members(file, self.path.name, self._objects)
                    members = self._without_pages(found_here)
                    yield from named(found(members))
            finally:
                self._file = outer

    def _without_pages(
        self, members: Iterable[tuple[str, int, Json]]
    ) -> Iterator[tuple[str, int, Json]]:
        """The members; where one says that this is one page of several, that is told."""
        for key, line, value in members:
            is_element = key.endswith("[]")
            if not is_element and (named := next(_named_pages(key, value), "")):
                told = (
                    f"'{named}' says that the file is one page of several: the deals of the others "
                    "are not in it."
                )
                self.warnings.extend({told}.difference(self.warnings))
            yield key, line, value

    def tell_doubled(self) -> None:
        """Warns of names that stood twice in an object; all objects have been read."""
        self.warnings += self._objects.told()

    def share_read(self) -> float:
        size = self.path.stat().st_size
        return self._file.buffer.tell() / size if self._file and size else 1.0


_MORE = {
    "has_more", "hasmore", "hasnextpage", "has_next_page", "more_items_in_collection",
    "nextrecordsurl", "@odata.nextlink", "next_page", "next_cursor", "nextpagetoken", "next",
    "offset",
}  # fmt: skip
_ABOUT_PAGES = {
    "paging", "pagination", "additional_data", "meta", "links", "_links", "pageinfo", "page_info",
}  # fmt: skip


def _named_pages(key: str, value: Json) -> Iterator[str]:
    """The names by which a part of an answer tells that more pages follow."""
    name = key.lower()
    if isinstance(value, Mapping):
        is_about = name in _ABOUT_PAGES
        for inner, part in value.items():
            is_deep = isinstance(part, Mapping) and ("edges" in part or "nodes" in part)
            if is_about or is_deep or inner.lower() in _ABOUT_PAGES:
                yield from _named_pages(inner, part)
    elif name in _MORE and value and not (name == "offset" and isinstance(value, int)):
        yield key


@dataclass(slots=True)
class BoardTable:
    """The cards of a Trello board, which is small enough to be held."""

    encoding: str
    header: tuple[str, ...]
    cards: list[tuple[int, dict[str, str]]]
    warnings: list[str] = field(default_factory=list)
    format: str = "json"
    delimiter: str | None = None

    def records(self) -> Iterator[Record | Rejected]:
        for line, cells in self.cards:
            yield Record(line, [cells.get(column, "") for column in self.header])

    def share_read(self) -> float:
        return 1.0


def looks_like_json(head: str, *, is_called_so: bool = False) -> bool:
    """Whether a text begins as an object or as a list of objects; what only `is_called_so`, as any
    JSON does."""
    start = "".join(head.split())[:2].lstrip("\ufeff")
    if start[:1] == "{" or start in {"[{", "[]", "[["}:
        return True
    return is_called_so and (start[:1] == "[" or _is_value(head))


def _is_value(text: str) -> bool:
    """Whether a text is JSON that holds nothing, such as `null`."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def open_json(path: Path, encoding: Encoding) -> JsonTable | BoardTable:
    """The table in a JSON file, its columns gathered by a first pass; raises BadInput."""
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        if file.read(4096).lstrip(_WHITE)[:1] not in ("{", "["):
            raise _no_deals(path)
    warnings = [encoding.warning] if encoding.warning else []
    form = "jsonl" if _is_json_lines(path, encoding) else "json"
    table = JsonTable(path, encoding.name, encoding.errors, form, warnings=warnings)
    table.is_sequence = form == "json" and _is_sequence(path, encoding)
    if form == "json" and not table.is_sequence:
        board = _find_board(table)
        if board is not None:
            return board
    names = Names()
    for _, deal in table.deals():
        if isinstance(deal, Mapping):
            names.add(columns_of(opened(deal)))
    table.tell_doubled()
    table.name(names)
    if not table.header:
        raise _no_deals(path)
    return table


def _no_deals(path: Path) -> BadInput:
    return BadInput(
        f"{path.name} holds no deals",
        hint='Deals are objects in a list, such as [{"title": "Pilot", "stage": "Lead"}].',
    )


def _find_board(table: JsonTable) -> BoardTable | None:
    """The board in a document, or None as soon as something shows that it is none."""
    document: Document = {}
    lists: defaultdict[str, list[Json]] = defaultdict(list)
    lines: dict[str, int] = {}
    with table.path.open(encoding=table.encoding, errors=table.errors) as file:
        for key, line, value in _members(file, table.path.name):
            if key in DEALS:
                return None
            if key.endswith("[]"):
                lists[key[:-2]].append(value)
            else:
                document[key] = value
            if key == "cards[]" and isinstance(value, Mapping):
                lines[str(value.get("id"))] = line
    if not lines or "lists" not in lists:
        return None
    cards = [
        (lines.get(cells["Card ID"], 1), cells) for cells in TrelloBoard(document | lists).cards()
    ]
    columns = dict.fromkeys((*BOARD_COLUMNS, *(c for _, cells in cards for c in cells)))
    return BoardTable(table.encoding, tuple(columns), cards, table.warnings)


def _is_json_lines(path: Path, encoding: Encoding) -> bool:
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        first = file.readline(_LONGEST_LINE)
    try:
        value = json.loads(first.lstrip(_WHITE))
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, Mapping) or value.keys() & {"deals", "deal", "cards"}:
        return False
    is_list = any(isinstance(value.get(key), list) for key in LISTS)
    return not is_list and any(isinstance(part, str) for part in value.values())


def _is_sequence(path: Path, encoding: Encoding) -> bool:
    """Whether another object follows the first one, or that one is a deal by itself."""
    with path.open(encoding=encoding.name, errors=encoding.errors) as file:
        text = file.read(_CHUNK).lstrip(_WHITE)
    try:
        value, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(value, Mapping):
        return False
    after = text[end:].lstrip(_WHITE)
    return after.startswith("{") or (not after and is_one_deal(value))


def _one_by_one(file: TextIO, name: str, objects: Objects) -> Iterator[tuple[int, Json]]:
    scanner = _Scanner(file, objects)
    try:
        while scanner.peek():
            yield scanner.line, scanner.value()
    except (ValueError, RecursionError) as error:
        _refuse(name, scanner.line, error)


def _lines(file: TextIO, objects: Objects) -> Iterator[tuple[int, Json]]:
    for line, text in enumerate(file, 1):
        if text.strip():
            try:
                yield line, json.loads(text.lstrip(_WHITE), object_pairs_hook=objects)
            except (ValueError, RecursionError):
                yield line, text


def _members(
    file: TextIO, name: str, objects: Objects | None = None
) -> Iterator[tuple[str, int, Json]]:
    """Key, line and value of what a document holds; lists come one element at a time, as `key[]`.

    Raises BadInput with the line on which the text stops being JSON.
    """
    scanner = _Scanner(file, objects)
    try:
        if scanner.peek() == "[":
            yield from _elements(scanner, "")
        elif scanner.take("{"):
            while not scanner.take("}"):
                key = scanner.value()
                if not isinstance(key, str) or not scanner.take(":"):
                    raise ValueError("no key")
                if scanner.peek() == "[":
                    yield from _elements(scanner, key)
                else:
                    yield key, scanner.line, scanner.value()
                _next_or_end(scanner, "}")
        if scanner.peek():
            raise ValueError("more after the end")
    except (ValueError, RecursionError) as error:
        _refuse(name, scanner.line, error)


def _elements(scanner: _Scanner, key: str) -> Iterator[tuple[str, int, Json]]:
    scanner.take("[")
    while not scanner.take("]"):
        yield f"{key}[]", scanner.line, scanner.value()
        _next_or_end(scanner, "]")


def _next_or_end(scanner: _Scanner, end: str) -> None:
    if not scanner.take(",") and scanner.peek() != end:
        raise ValueError("neither comma nor end")


def _refuse(name: str, line: int, error: Exception) -> NoReturn:
    raise BadInput(
        f"{name} is not valid JSON near line {line}", hint="Export it again; it may be cut off."
    ) from error
