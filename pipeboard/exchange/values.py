"""Names, percentages, flags and forecast categories, as tools write them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from html import unescape
from html.parser import HTMLParser
from typing import Any
from unicodedata import decimal

from pipeboard.domain.commands import Precision
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import clean_line, fold, quoted, slug, whole_text
from pipeboard.exchange.words.languages import NO, YES

_BLANKS = {
    "-", "--", "---", "–", "—", "n/a", "#n/a", "na", "n.a.", "null", "none", "nan", "nil",
    "(no value)", "(none)", "(null)", "(blank)", "(empty)", "#null!", "#ref!", "#value!", "#name?",
    "\\n", "undefined", "tbd", "tba", "tbc", "t.b.d.", "?", "??", "???", "à définir", "por definir",
    "da definire", "a definir", "k.a.", "nicht angegeben", "не указано", "нет",
    "$ -", "$-", "€ -", "€-", "- €", "-€", "£ -", "£-", "#div/0!", "#num!", "#nv", "#n/d",
    "#bezug!", "#wert!", "#zahl!", "#valeur!", "#valor!", "#rif!", "#nombre?", "#nome?", "#nom?",
    "#error!",
}  # fmt: skip
_OF_NOBODY = {
    "nobody", "unassigned", "not assigned", "no owner", "nicht zugewiesen", "niemand",
    "non assigné", "non attribué", "sin asignar", "non assegnato", "não atribuído",
    "niet toegewezen", "nieprzypisany", "nieprzypisane", "ej tilldelad", "ikke tildelt",
    "не назначен", "не назначено", "atanmamış", "未割り当て", "未分配",
}  # fmt: skip
"""What stands in the column of owners where a deal has none."""
_PERCENT = re.compile(r"(?P<before>%?) ?(?P<number>\d{1,3}(?:[.,]\d+)?)\s*(?P<sign>%?)", re.ASCII)
_CATEGORIES = {
    "omitted": "omitted",
    "not_forecasted": "omitted",
    "pipeline": "pipeline",
    "best": "best",
    "best_case": "best",
    "most_likely": "best",
    "commit": "commit",
}


# Bidi marks, zero-width spaces and the like, which copying from a page puts around numbers.
_MARKS = dict.fromkeys(
    (0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF)
)


def without_marks(cell: str) -> str:
    """A cell without what nobody sees in it."""
    return cell.translate(_MARKS)


_DIGITS = {0x66B: ".", 0x66C: ",", 0xFF05: "%", 0x66A: "%", 0xFF0C: ",", 0xFF0E: "."}


def with_plain_digits(cell: str) -> str:
    """A number or a date in the digits 0 to 9, whatever digits it is written with."""
    if cell.isascii():
        return cell
    plain = (str(decimal(char)) if char.isdecimal() else char for char in cell)
    return "".join(plain).translate(_DIGITS)


def is_blank(cell: str) -> bool:
    """Whether a cell says that there is no value."""
    return not cell or cell.casefold() in _BLANKS


def read_precision(cell: str) -> Precision:
    """How exactly an instant is known, in the words of our own files."""
    word = cell.strip().lower()
    known: dict[str, Precision] = {"day": "day", "unknown": "unknown"}
    if word not in known:
        raise BadInput(f"{quoted(cell)} is not how exactly a date is known: day or unknown")
    return known[word]


class PercentColumn:
    """Reads `60`, `60%` or `0.6` of one column as basis points.

    A column in which nothing is above 1 holds fractions. `column()` goes through it again, when
    the first number turns up that could be either: `assumed` is that, where it was taken for one,
    and `has_parts` tells that some are surely none of 1 percent. `small` is a part of 1 among
    percentages.
    """

    def __init__(self, column: Callable[[], Iterable[str]]) -> None:
        self._column = column
        self._factor = 0
        self.assumed = ""
        self.has_parts = False
        self.small = ""

    def read(self, cell: str) -> int:
        """Raises BadInput for what is no percentage."""
        if (found := _percentage(cell)) is None:
            raise BadInput(f"{quoted(cell)} is not a percentage")
        number, has_sign = found
        factor = 100
        if not has_sign and 0 < number <= 1:
            factor = self._factor = self._factor or self._found(cell)
            if factor == 100 and number < 1:
                self.small = self.small or cell
        points = int((number * factor).quantize(Decimal(1), ROUND_HALF_UP))
        if points > 10_000:
            raise BadInput(f"{quoted(cell)} is more than 100 percent")
        return points

    def _found(self, cell: str) -> int:
        known = (_percentage(one.strip()) for one in self._column())
        has_parts = False
        for number, has_sign in filter(None, known):
            if number > 1 and not has_sign:
                return 100
            has_parts = has_parts or (0 < number < 1 and not has_sign)
        self.assumed, self.has_parts = cell, has_parts
        return 10_000


def _percentage(cell: str) -> tuple[Decimal, bool] | None:
    """The number of a cell, and whether a sign says that it is a percentage."""
    found = _PERCENT.fullmatch(cell)
    if found is None:
        return None
    return Decimal(found["number"].replace(",", ".")), bool(found["sign"] or found["before"])


def read_basis_points(cell: str) -> int:
    """Hundredths of a percent, 0 to 10,000; raises BadInput."""
    if not (cell.isascii() and cell.isdigit() and int(cell[:6]) <= 10_000):
        raise BadInput(f"{quoted(cell)} is not a number of basis points from 0 to 10000")
    return int(cell)


def read_count(cell: str) -> int | None:
    """A whole number as our own files hold it, None for anything else."""
    return int(cell) if re.fullmatch(r"-?\d{1,18}", cell, re.ASCII) else None


def read_ref(cell: str) -> str | None:
    """The number of a deal of ours as `D-7`, however people write it; raises BadInput."""
    if is_blank(cell):
        return None
    if (found := REF.fullmatch(cell.strip())) is None:
        raise BadInput(
            "is no number of a deal, such as D-7; a new deal has an empty cell here",
        )
    return f"D-{int(found[1])}"


REF = re.compile(r"(?:d[- ]?|#)?(\d{1,9})", re.ASCII | re.IGNORECASE)
NUMBERS: Mapping[str, Callable[[str], object]] = {
    "version": read_count,
    "rank": read_count,
    "ref": read_ref,
}


def read_flag(cell: str) -> bool:
    """Yes or no, in the words that exports use; raises BadInput."""
    word = fold(cell)
    if word not in YES | NO:
        raise BadInput(f"{quoted(cell)} is neither true nor false")
    return word in YES


def is_flag(cell: str) -> bool:
    """Whether the cell is one of the words for yes and no."""
    return fold(cell) in YES | NO


def read_category(cell: str) -> str | None:
    """The forecast category that a tool's word means, or None."""
    return _CATEGORIES.get(slug(cell))


# How single cells are read, whatever column they stand in.

Findings = dict[str, Any]
"""What the cells of a row say, by the field that their column means."""
Read = Callable[[str], object]
Take = Callable[[str, Findings], None]


class NotedWords(Mapping[str, str]):
    """Other words for cells, by folded cell, that note which of them any cell had; `own` are those
    that a person gave, as they are told of."""

    def __init__(self, words: Mapping[str, str], own: Mapping[str, str]) -> None:
        self._words, self._own = words, own
        self._met: set[str] = set()

    def __getitem__(self, word: str) -> str:
        found = self._words[word]
        self._met.add(word)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._words)

    def __len__(self) -> int:
        return len(self._words)

    def unmet(self) -> list[str]:
        """What the person gave and no cell has."""
        return [told for word, told in self._own.items() if word not in self._met]


def mapped(read: Read, meant: Mapping[str, str] | None) -> Read:
    """What reads a cell by the person's word for it, where there is one."""
    if not meant:
        return read

    def read_mapped(cell: str) -> object:
        word = meant.get(fold(cell), cell)
        return None if word == "=-" else read(word)

    return read_mapped


def collect(target: str, read: Read) -> Take:
    def take(cell: str, found: Findings) -> None:
        if value := read(cell):
            found.setdefault(target, []).append(value)

    return take


def unless_blank(read: Read, target: str) -> Read:
    """Cells of a field, None of those that say that there is no value."""
    if target != "owner":
        return lambda cell: None if is_blank(cell) else read(cell)
    return lambda cell: None if is_blank(cell) or _is_of_nobody(cell) else read(cell)


def _is_of_nobody(cell: str) -> bool:
    return cell.strip("()[]<>").casefold() in _OF_NOBODY


_BETWEEN_PEOPLE = re.compile(r"\s*[;|\n]\s*")
_COMMA = re.compile(r"\s*,\s*")


def people_in(cell: str, stand_alone: Callable[[Sequence[str]], bool] | None = None) -> list[str]:
    """The people of a cell: between `;`, `|` or lines, and between commas where each has an `@`
    or `stand_alone` knows one of them, so that `Ruiz, Ana` stays one name."""
    found: list[str] = []
    for part in _BETWEEN_PEOPLE.split(cell):
        parts = _COMMA.split(part) if "," in part else [part]
        is_list = all("@" in one for one in parts) or bool(stand_alone and stand_alone(parts))
        found += parts if is_list else [part]
    return found


_WITH_LINK = re.compile(r"(?P<name>[^()]+?) \((?P<link>https?://[^\s()]+|[^\s()]+\.md)\)(?:, |$)")


def without_links(cell: str, found: Findings, mark: str = ", ") -> str:
    """The names in a cell with `mark` between them; a link that a tool puts behind its name goes
    to the links."""
    linked = list(_WITH_LINK.finditer(cell)) if "(http" in cell or ".md)" in cell else []
    if not linked:
        return cell
    links = [one["link"] for one in linked if one["link"][:4] == "http"]
    found["links_found"] = [*found.get("links_found", ()), *links]
    return mark.join(link["name"].strip() for link in linked)


class OwnerColumn:
    """Reads the owners in the cells of one column, each by `read`, which may know of none.

    `parts` gives the names in a cell where a tool writes them as a list. Else `cells()` goes
    through the column, once, when a comma turns up: what stands in a cell of its own is a name.
    """

    def __init__(
        self,
        cells: Callable[[], Iterable[str]],
        read: Read,
        meant: Mapping[str, str],
        parts: Callable[[str], Iterable[str]] | None,
    ) -> None:
        self._cells = cells
        self._read_one = mapped(read, meant)
        self._meant = meant
        self._parts = parts or self._people
        self._alone: frozenset[str] | None = None
        self.read = lru_cache(maxsize=16_384)(self._read)

    def _read(self, cell: str) -> tuple[object, ...] | None:
        parts = [cell] if fold(cell) in self._meant else self._parts(cell)
        found = (self._read_one(part.strip().removeprefix("@")) for part in parts)
        return tuple(dict.fromkeys(name for name in found if name)) or None

    def _people(self, cell: str) -> Iterable[str]:
        return people_in(cell, self._stand_alone)

    def _stand_alone(self, parts: Sequence[str]) -> bool:
        if self._alone is None:
            names = (name for cell in self._cells() for name in _BETWEEN_PEOPLE.split(cell))
            self._alone = frozenset(fold(name) for name in names if name and "," not in name)
        return any(fold(one) in self._alone for one in parts)


clean_account = lru_cache(maxsize=16_384)(partial(clean_line, field="account"))
LONGEST_CELL = 1 << 20
"""The most characters that a cell of a file of text may hold."""
LIMITS = {
    "title": LONGEST_CELL,
    "owner": 100,
    "source": 100,
    "contact_reason": 1000,
    "lost_reason": 1000,
}
"""The most characters that a cell of a field may hold; a title is cut once its row is known."""


def read_text(cell: str, *, is_ours: bool) -> str:
    return whole_text(cell if is_ours else text_of_html(cell))


# Notes that tools keep as HTML, as text to read.
_LOOKS_SO = re.compile(
    r"</?(?:p|br|div|span|b|strong|i|em|u|ul|ol|li|a|h[1-6]|table|tr)\b[^>]*>", re.I
)
_BLOCKS = {"p", "div", "ul", "ol", "table", "tr", "h1", "h2", "h3", "h4", "h5", "h6"}
_SILENT = {"script", "style", "head"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0
        self._link = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        if tag == "br":
            self.parts.append("\n")
        elif tag == "li":
            self.parts.append("\n- ")
        elif tag in _BLOCKS:
            self.parts.append("\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT
        if tag == "a" and self._link and not "".join(self.parts).endswith(self._link):
            self.parts.append(f" ({self._link})")
            self._link = ""
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._silent <= 0:
            self.parts.append(" ".join(data.split("\n")))


def text_of_html(text: str) -> str:
    """The text without tags where it has any, with lines for its paragraphs and list items."""
    if "<" not in text:
        return unescape(text) if "&" in text and ";" in text else text
    if not _LOOKS_SO.search(text):
        return text
    reader = _Reader()
    reader.feed(text)
    reader.close()
    lines = [line.strip() for line in "".join(reader.parts).split("\n")]
    return "\n".join(line for line in lines if line)
