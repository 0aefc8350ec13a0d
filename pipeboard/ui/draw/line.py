"""A drawn line: runs of text, each with its role, that together take exactly so many cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, printed_sign
from pipeboard.domain.phrases import aloud, spoken
from pipeboard.domain.text import printable
from pipeboard.ui.keys import is_kept
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.width import cell_width, clusters, fit

Span = tuple[str, Role]
Line = tuple[Span, ...]

EMPTY: Line = ()

# At the beginning of a text they would change the sign that is drawn before it.
_JOINERS = "\u200d\ufe0f"


def left(text: str, width: int, role: Role) -> Span:
    """`text` in exactly `width` cells, at their left end; what is cut off leaves `…`."""
    return fit(_safe(text), width), role


def right(text: str, width: int, role: Role) -> Span:
    """`text` in exactly `width` cells, at their right end; what is cut off leaves `…`."""
    safe = _safe(text)
    if cell_width(safe) > width:
        safe = fit(safe, width).rstrip()
    return " " * (width - cell_width(safe)) + safe, role


def whole(text: str, role: Role) -> Span:
    """`text` in as many cells as it takes."""
    return _safe(text), role


def _safe(text: str) -> str:
    return printable(aloud(text)).lstrip(_JOINERS)


def blank(width: int, role: Role = "text") -> Span:
    """So many blanks, none when `width` is negative."""
    return " " * width, role


def width_of(line: Iterable[Span]) -> int:
    """Cells that the runs take."""
    return sum(cell_width(text) for text, _ in line)


def text_of(line: Iterable[Span]) -> str:
    """The line as plain text."""
    return "".join(aloud(text) for text, _ in line)


def count_said(lines: Iterable[Line]) -> int:
    """How many of the lines say something: blank ones between them are none."""
    return sum(any(text.strip() for text, _ in line) for line in lines)


def exactly(line: Sequence[Span], width: int, fill: Role = "text") -> Line:
    """The line in exactly `width` cells: padded with blanks in `fill`, or cut and marked `…`."""
    room = width - width_of(line)
    if room >= 0:
        return (*line, blank(room, fill)) if room else tuple(line)
    kept: list[Span] = []
    for text, role in line:
        size = cell_width(text)
        if size >= width:
            # The run that crosses the edge, or ends at it while more follows, bears the mark.
            kept.append((fit(text if size > width else f"{text}…", width), role))
            break
        kept.append((text, role))
        width -= size
    return tuple(span for span in kept if span[0])


def spread(start: Sequence[Span], end: Sequence[Span], width: int, fill: Role = "text") -> Line:
    """`start` at the left and `end` at the right of `width` cells; `start` is cut where both do
    not fit, and `end` where not even that helps. They never run into one another."""
    room = width - width_of(end)
    if room <= 0:
        return exactly(end, width, fill)
    if end and start and width_of(start) >= room and not end[0][0].startswith(" "):
        return (*exactly(start, room - 1, fill), blank(1, fill), *end)
    return (*exactly(start, room, fill), *end)


def status_line(status: Line, right: Line, width: int) -> Line:
    """What is said, and at the right what goes with it: never run into one another."""
    end = (blank(2), *right, blank(1)) if right else (blank(1),)
    return spread((blank(1), *status), end, width)


@lru_cache(maxsize=16)
def status_lines(status: Line, right: Line, width: int, height: int) -> tuple[Line, ...]:
    """What is said in as many lines as it takes, up to a third of a screen of that height: its end
    is what to do about it. `right` stands in the last of them."""
    beside = width_of(right) + 2 if right else 0
    if not status or width_of(status) <= width - 2 - beside:
        return (status_line(status, right, width),)
    text, role = text_of(status), status[0][1]
    is_small = beside <= width // 3
    rows = wrap(text, width - 2 - beside if is_small else width - 2)
    if beside and not is_small:
        rows.append("")
    most = max(1, height // 3)
    if len(rows) > most:
        rows[most - 1 :] = [" ".join(rows[most - 1 :])]
    *above, last = [(whole(row, role),) for row in rows]
    return (*(status_line(line, EMPTY, width) for line in above), status_line(last, right, width))


_BLANKS: Final = re.compile(r"(?<!\s·)\s+")


def wrap(text: str, width: int, rest: int | None = None) -> list[str]:
    """`text` in lines of at most `width` cells (`rest` cells from the second line on), broken at
    blanks, within a word only where it is wider than a line. A dot between two things goes with
    the second, unless that has room for itself alone. One empty line for an empty text."""
    widths = [max(1, width), max(1, width if rest is None else rest)]
    lines = [""]
    used = 0
    for word in map(_safe, _BLANKS.split(aloud(text).strip())):
        size = cell_width(word)
        room = widths[len(lines) > 1]
        if used and used + 1 + size <= room:
            lines[-1] += f" {word}"
            used += 1 + size
            continue
        if used:
            lines.append("")
            if size > widths[1] >= size - 2:
                word = word.removeprefix(f"{DOT} ")
        *full, last = _pieces(word, widths[len(lines) > 1], widths[1])
        lines[-1:] = [*full, last]
        used = cell_width(last)
    return lines


def _pieces(word: str, first: int, rest: int) -> list[str]:
    """The word cut so that it fits; a sign wider than a line is left out."""
    if cell_width(word) <= first:
        return [word]
    pieces = [""]
    used = 0
    for sign, size in clusters(word):
        room = first if len(pieces) == 1 else rest
        if size > rest:
            continue
        if used + size > room:
            pieces.append("")
            used = 0
        pieces[-1] += sign
        used += size
    return pieces


# The signs that are drawn, and their stand-ins for terminals that know ASCII only.

BAR: Final = "▌"
STEP: Final = "›"
DOT: Final = "·"
OR_MORE: Final = "+"
BELOW: Final = "▾"
ABOVE: Final = "▴"
BEFORE: Final = "‹"
AFTER: Final = "›"
ROW: Final = "─"
CROSS: Final = "┼"
ABOUT: Final = "≈"
"""Before a sum with amounts converted in it."""
BETWEEN: Final = "│"
FOCUSED: Final = "┃"
MARKED: Final = "*"
FULL: Final = "●"
OPEN: Final = "○"
YES: Final = "✓"
NO: Final = "✗"
UNKNOWN: Final = "?"

# One cell for one cell, so that a finished line can be respelled without being laid out again.
_IN_ASCII: Final = str.maketrans(
    "▌›‹·▾▴─┼≈┬│┃●○✓✗…→←↑↓↵↻–×┌┐└┘├┤┴█▓░▉▊▋▍▎▏▲▼",
    ">><-v^-+~+|##-+x.><^v~@-x+++++++##.###---^v",
)
# As signs of one cell they would be other keys: `^v` is Ctrl+v, `<` one stage back.
_NAMED_KEYS: Final = {
    "↵": "Enter",
    "⇥": "Tab",
    "␣": "Space",
    "↑↓": "up/down",
    "←→": "left/right",
    "↑": "up",
    "↓": "down",
    "←": "left",
    "→": "right",
}
_WITHOUT_UNICODE: Final = ("linux", "vt100", "vt102", "vt220")


class Glyphs(StrEnum):
    """Which signs a terminal is given."""

    UNICODE = "unicode"
    ASCII = "ascii"


def choose_glyphs(setting: str, environ: Mapping[str, str], encoding: str) -> Glyphs:
    """The signs for the configured `setting`; `auto` (and anything unknown) asks the terminal.

    ASCII when the `encoding` of what is written is not UTF-8, the locale is C or POSIX, or the
    terminal is a console that has no such signs. Python turns the encoding of the C locale into
    UTF-8, so that it alone does not tell.
    """
    if setting in (Glyphs.UNICODE, Glyphs.ASCII):
        return Glyphs(setting)
    if encoding.lower().replace("-", "").replace("_", "") != "utf8":
        return Glyphs.ASCII
    ctype = environ.get("LC_CTYPE", "")
    if ctype.startswith("C."):
        ctype = ""  # what Python itself has put there
    locale = environ.get("LC_ALL") or ctype or environ.get("LANG") or ""
    if locale in ("C", "POSIX") or environ.get("TERM", "") in _WITHOUT_UNICODE:
        return Glyphs.ASCII
    return Glyphs.UNICODE


def spelled(line: Line, glyphs: Glyphs) -> Line:
    """The line with each sign as the terminal knows it, in as many cells."""
    if glyphs is Glyphs.UNICODE:
        return line
    return tuple((aloud(text).translate(_IN_ASCII), role) for text, role in line)


def key_name(key: str, glyphs: Glyphs) -> str:
    """A key as hints show it: signs for Enter, Tab and arrows only where the terminal has them."""
    if glyphs is Glyphs.UNICODE:
        return key
    for sign, name in _NAMED_KEYS.items():
        key = key.replace(sign, name)
    return key


def money_text(money: Money, glyphs: Glyphs, *, symbol: bool) -> str:
    """An amount in few cells: `40k`, and with `symbol` `€40k` or, where ASCII is all, `EUR 40k`."""
    text = written().money(money, style="short", symbol=symbol)
    if glyphs is Glyphs.ASCII and not text.isascii():
        return f"{money.currency} {written().money(money, style='short')}"
    return text


def full_money(money: Money, glyphs: Glyphs) -> str:
    """An amount to the last cent: `€40,000`, or `EUR 40,000` where there is no such sign."""
    text = written().money(money)
    if glyphs is not Glyphs.ASCII or text.isascii():
        return text
    number = " ".join(text.replace(printed_sign(money.currency), "").split())
    return f"{money.currency} {number}"


# Parts that screens share: title bars, hints, boxes, tables of keys, a line to type in.

Hint = tuple[str, str]
_BETWEEN: Final[Span] = ("", "bar")


def title_bar(start: Sequence[Span], end: Sequence[Span], width: int) -> Line:
    """A bar across the screen: what this is at the left, how it stands at the right. Between them
    is a span of no cells, for `tagged`."""
    bar = spread((blank(1, "bar"), *start), (*end, blank(1, "bar")), width, "bar")
    place = len(bar) - len(end) - 1
    return (*bar[:place], _BETWEEN, *bar[place:]) if place > 0 else bar


def tagged(bar: Line, tags: Line) -> Line:
    """A title bar with tags at its left, which take their cells from its widest gap; where none is
    wide enough, from the end of what this is, not from how it stands. Another line stays as it
    is."""
    if not tags or not bar or bar[0][1] != "bar":
        return bar
    width, needed, spans = width_of(bar), width_of(tags), list(bar)
    gaps = [place for place, (text, _) in enumerate(spans) if place and not text.strip()]
    if not gaps:
        return exactly((spans[0], *tags, *spans[1:]), width, "bar")
    widest = max(gaps, key=lambda place: len(spans[place][0]))
    text, role = spans[widest]
    if len(text) > needed:
        spans[widest] = (text[needed:], role)
        return exactly((spans[0], *tags, *spans[1:]), width, "bar")
    # As close as can be read: one cell behind the tags, one before the end.
    place = spans.index(_BETWEEN) if _BETWEEN in spans else widest
    place -= not spans[place - 1][0].strip()
    end = spans[place:]
    while end and not end[0][0].strip():
        del end[0]
    close = (spans[0], *tags[:-1], blank(1, "bar"), *spans[1:place])
    return spread(close, (blank(1, "bar"), *end), width, "bar")


def rule(width: int, title: str = "") -> Line:
    """A line across the screen, with a title let into it."""
    if not title:
        return ((ROW * width, "rule"),)
    start = exactly(
        ((ROW, "rule"), whole(f" {title} ", "pane.head")), min(width, cell_width(title) + 3)
    )
    return (*start, (ROW * (width - width_of(start)), "rule"))


class HintKey(NamedTuple):
    """A hint as drawn: its key, and the cells it takes."""

    key: str
    label: str
    x: int
    width: int


def hint_keys(
    hints: Sequence[Hint], width: int, glyphs: Glyphs = Glyphs.UNICODE
) -> tuple[HintKey, ...]:
    """As many hints as fit in `width` cells, in their order; Esc and a `KeptKey` are always there.
    One without a key keeps the cells of its label free: what is gone for now moves no other."""
    sizes = [1 + width_of(_hint(hint if hint[0] else _gone(hint[1]), glyphs)) for hint in hints]
    kept = sum(size + 1 for hint, size in zip(hints, sizes, strict=True) if is_kept(hint[0]))
    keys: list[HintKey] = []
    x = 0
    for hint, size in zip(hints, sizes, strict=True):
        if is_kept(hint[0]):
            kept -= size + 1
        elif x + size + kept > width:
            continue
        if hint[0]:
            keys.append(HintKey(*hint, x + 1, size - 1))
        x += size + 1
    return tuple(keys)


def hint_line(hints: Sequence[Hint], width: int, glyphs: Glyphs = Glyphs.UNICODE) -> Line:
    """The keys that do something here, each with its label."""
    spans: list[Span] = []
    for key in hint_keys(hints, width, glyphs):
        gap = key.x - width_of(spans)
        spans += [blank(gap, "hint"), *_hint((key.key, key.label), glyphs)]
    return exactly(spans, width, "hint")


def _gone(text: str) -> Hint:
    key, _, label = text.partition(" ")
    return key, label


def _hint(hint: Hint, glyphs: Glyphs) -> Line:
    key, label = hint
    return (whole(key_name(key, glyphs), "hint.key"), whole(f" {label}", "hint.label"))


def box(title: str, lines: Sequence[Line], width: int) -> list[Line]:
    """Lines in a box of `width` cells, with a title in its upper edge."""
    inner = width - 4
    return [
        _titled(title, width),
        *[(("│ ", "rule"), *exactly(line, inner), (" │", "rule")) for line in lines],
        (("└" + ROW * (width - 2) + "┘", "rule"),),
    ]


def _titled(title: str, width: int) -> Line:
    label = exactly((whole(f" {title} ", "pane.head"),), min(cell_width(title) + 2, width - 4))
    dash = width - 2 - width_of(label)
    return (("┌" + ROW, "rule"), *label, (ROW * (dash - 1) + "┐", "rule"))


class KeyGroup(NamedTuple):
    """A heading of the help screen, and the keys with what they do under it."""

    title: str
    keys: tuple[Hint, ...]


def key_table(
    groups: Sequence[KeyGroup], width: int, glyphs: Glyphs = Glyphs.UNICODE
) -> list[Line]:
    """Groups of keys in as many columns of equal height as fit (a column takes 38 cells)."""
    columns = max(1, min(3, width // 38))
    each = width // columns
    stacks: list[list[Line]] = [[] for _ in range(columns)]
    rows = sum(len(group.keys) + 2 for group in groups)
    place = 0
    for group in groups:
        size = len(group.keys) + 2
        if (
            stacks[place]
            and place < columns - 1
            and len(stacks[place]) + size // 2 > rows / columns
        ):
            place += 1
        stacks[place] += _group_lines(group, each, glyphs)
    height = max(map(len, stacks))
    padded = [stack + [exactly((), each)] * (height - len(stack)) for stack in stacks]
    return [
        exactly([span for line in row for span in line], width) for row in zip(*padded, strict=True)
    ]


def _group_lines(group: KeyGroup, width: int, glyphs: Glyphs) -> list[Line]:
    names = [key_name(key, glyphs) for key, _ in group.keys]
    wide = max(map(cell_width, names), default=0)
    lines = [exactly((blank(1), whole(group.title, "pane.head")), width)]
    for name, (_, label) in zip(names, group.keys, strict=True):
        lines.append(
            exactly((blank(2), left(name, wide, "pane.tag"), blank(2), whole(label, "text")), width)
        )
    return [*lines, exactly((), width)]


Tab = TypeVar("Tab", bound=str)
_SHORTER_TABS: Final = (99, 9, 8, 7, 6, 5, 0)


def tab_strip(
    tabs: Iterable[Tab], current: Tab, width: int, counts: Mapping[Tab, str] | None = None
) -> Line:
    """The tabs with what is in them, the current one in brackets; where there is no room for all
    of it the names of the others are cut, and on a narrow screen they are their numbers."""
    for longest in _SHORTER_TABS:
        line = [blank(1)]
        for number, tab in enumerate(tabs, 1):
            is_current = tab == current
            name = spoken(str(tab))
            if not is_current and cell_width(name) > longest:
                name = fit(name, longest).rstrip() if longest else ""
            count = (counts or {}).get(tab, "") if name else ""
            text = " ".join(filter(None, (str(number), name, count)))
            shown = f"[{text}]" if is_current else f" {text} "
            line.append((shown, "strip.shown" if is_current else "strip"))
        if width_of(line) <= width:
            break
    return exactly(line, width)
