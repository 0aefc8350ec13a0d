"""Width of a text in cells, and making it take exactly so many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final
from unicodedata import category

from pipeboard.domain.phrases import aloud

if TYPE_CHECKING:
    from rich.cells import CellTable

# Signs that every table gives one cell: with these alone nothing has to be measured, so Rich and
# its tables (a tenth of the time to the first frame) are not even imported.
_ALL_NARROW: Final = re.compile(
    r"[\x20-\x7e\xa0-\xac\xae-\u02ff\u0370-\u0482"
    r"\u2012-\u2015\u2018-\u2027\u2039\u203a\u20ac"
    r"\u2190-\u2199\u2500-\u25fc\u2713\u2717\u2800-\u28ff]*"
).fullmatch
_OF_NUMBERS: Final = "0123456789.,"
_BEFORE_NUMBERS: Final = "-+€$£¥≈="
_BEHIND_NUMBERS: Final = "%kMx"
_JOINERS: Final = "\u200d\ufe0f"
_AS_EMOJI: Final = "\ufe0f"
_APART: Final = r"\s!-/:-@\[-^`{-~"
WORD_BEGINS: Final = re.compile(f"(?<=[{_APART}])[^{_APART}]")
WORD_BEGINS_OR_ENDS: Final = re.compile(
    f"(?<=[{_APART}])(?=[^{_APART}])|(?<=[^{_APART}])(?=[{_APART}])"
)
"""What parts words are blanks and signs: with `\\W` marks would part Hindi within its letters."""


def is_narrow(text: str) -> bool:
    """Is every character of the text known to take one cell, whatever stands beside it?"""
    return (text.isascii() and text.isprintable()) or _ALL_NARROW(text) is not None


def is_spacing(mark: str) -> bool:
    """Is it a mark that stands beside its letter, as vowel signs of Hindi, Tamil and Burmese do?"""
    return category(mark) == "Mc"


def measure_spacing_marks() -> None:
    """Has Rich and Textual give a spacing mark the cell that the C library gives it, and with it
    tmux, xterm, VTE and most others. Rich gives it none, and what came next was drawn over it."""
    from rich import cells

    loaded = getattr(cells, _LOADS, None)
    if loaded is None or loaded is _cell_table:
        return
    _OF_RICH.append(loaded)
    setattr(cells, _LOADS, _cell_table)
    for measured in (cells.get_character_cell_size, cells.cached_cell_len):
        measured.cache_clear()


_LOADS: Final = "load_cell_table"
_OF_RICH: Final[list[Callable[[str], CellTable]]] = []


@cache
def _cell_table(unicode_version: str = "auto") -> CellTable:
    table = _OF_RICH[0](unicode_version)
    widths: list[tuple[int, int, int]] = []
    for start, end, width in table.widths:
        marks = [] if width else [n for n in range(start, end + 1) if is_spacing(chr(n))]
        for mark in marks:
            widths.append((start, mark - 1, width))
            start = mark + 1
        widths.append((start, end, width))
    return table._replace(widths=[row for row in widths if row[0] <= row[1]])


def cell_width(text: str) -> int:
    """Cells that `text` takes, by the same tables as Textual; control characters take none."""
    if type(text) is not str:
        text = aloud(text)
    if is_narrow(text):
        return len(text)
    from rich.cells import cell_len

    measure_spacing_marks()
    return cell_len(text)


def clusters(text: str) -> list[tuple[str, int]]:
    """What a terminal shows as one sign (a letter with its accents, a joined emoji, the two letters
    of a flag), and its cells.

    The signs joined are the text. Marks that have nothing to stand on come first, with 0 cells.
    """
    if type(text) is not str:
        text = aloud(text)
    if is_narrow(text):
        return [(character, 1) for character in text]
    from rich.cells import split_graphemes

    measure_spacing_marks()
    spans, _width = split_graphemes(text)
    signs: list[tuple[str, int]] = []
    for start, end, width in spans:
        sign = text[start:end]
        if signs and (is_spacing(sign[0]) or _are_a_flag(signs[-1][0], sign)):
            signs[-1] = (signs[-1][0] + sign, signs[-1][1] + width)
        else:
            signs.append((sign, width))
    return signs


def cut_signs(text: str, *places: int) -> Iterator[tuple[int, int]]:
    """The signs of several characters within which one of `places` lies: from where to where."""
    if is_narrow(text):
        return
    at = 0
    for sign, _size in clusters(text):
        end = at + len(sign)
        if any(at < place < end for place in places):
            yield at, end
        at = end


def whole_signs(text: str, start: int, end: int) -> tuple[int, int]:
    """What is taken away where `start` to `end` is to be: a joined sign, an emoji or a flag, as a
    whole, since a part of it is another. Of a letter with marks the last mark goes, as those who
    type them know it."""
    joined = [(a, b) for a, b in cut_signs(text, start, end) if _is_joined(text[a:b])]
    return min([start, *(a for a, _ in joined)]), max([end, *(b for _, b in joined)])


def _is_joined(sign: str) -> bool:
    return _AS_EMOJI in sign or any(category(part)[0] != "M" for part in sign[1:])


def _are_a_flag(sign: str, other: str) -> bool:
    return _is_half_a_flag(sign) and _is_half_a_flag(other)


def _is_half_a_flag(sign: str) -> bool:
    return len(sign) == 1 and "\U0001f1e6" <= sign <= "\U0001f1ff"


def fit(text: str, width: int, ellipsis: str = "…") -> str:
    """`text` in exactly `width` cells: padded with blanks, or cut and marked with `ellipsis`.

    No number is shown in part, which would be another one: where the cut falls into it, all of it
    goes. A wide character or a letter with its accents is never split: the cell it leaves free is
    blank. Where even the ellipsis does not fit, it is left out.
    """
    if width <= 0:
        return ""
    if type(text) is not str:
        text = aloud(text)
    if is_narrow(text):
        return text.ljust(width) if len(text) <= width else _cut(text, width, ellipsis)
    return _fit_measured(text.lstrip(_JOINERS), width, ellipsis)


@lru_cache(maxsize=4096)
def _fit_measured(text: str, width: int, ellipsis: str) -> str:
    size = cell_width(text)
    return text + " " * (width - size) if size <= width else _cut(text, width, ellipsis)


def _cut(text: str, width: int, ellipsis: str) -> str:
    mark = cell_width(ellipsis)
    if mark > width:
        ellipsis, mark = "", 0
    room = width - mark
    if is_narrow(text):
        whole = _whole_numbers(text, room) if ellipsis else room
        return text[:whole] + ellipsis + " " * (room - whole)
    kept: list[str] = []
    used = 0
    for cluster, size in clusters(text):
        if used + size > room:
            break
        kept.append(cluster)
        used += size
    end = sum(map(len, kept))
    if ellipsis and (whole := _whole_numbers(text, end)) < end:
        used -= cell_width(text[whole:end])
        end = whole
    return text[:end] + ellipsis + " " * (room - used)


def _whole_numbers(text: str, end: int) -> int:
    """Where to cut instead of at `end`, so that no number is left in part: `185` of `€185,000`."""
    before, after = text[end - 1 : end], text[end : end + 1]
    if not (before and before in _OF_NUMBERS and after and after in _OF_NUMBERS + _BEHIND_NUMBERS):
        return end
    begin = end
    while begin and text[begin - 1] in _OF_NUMBERS:
        begin -= 1
    if not any(character.isdigit() for character in text[begin:end]):
        return end
    while begin and text[begin - 1] in _BEFORE_NUMBERS:
        begin -= 1
    return begin
