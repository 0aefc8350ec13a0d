"""The signs that are drawn, and their stand-ins for terminals that know ASCII only."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from pipeboard.domain.money import Money, format_money
from pipeboard.ui.draw.line import Line

BAR: Final = "▌"
STEP: Final = "›"
DOT: Final = "·"
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
    {
        BAR: ">",
        STEP: ">",
        BEFORE: "<",
        DOT: "-",
        BELOW: "v",
        ABOVE: "^",
        ROW: "-",
        CROSS: "+",
        ABOUT: "~",
        "┬": "+",
        BETWEEN: "|",
        FOCUSED: "#",
        FULL: "#",
        OPEN: "-",
        YES: "+",
        NO: "x",
        "…": ".",
        "→": ">",
        "←": "<",
        "↑": "^",
        "↓": "v",
        "↵": "~",
        "↻": "@",
        "–": "-",
        "×": "x",
        "┌": "+",
        "┐": "+",
        "└": "+",
        "┘": "+",
        "├": "+",
        "┤": "+",
        "┴": "+",
        "█": "#",
        "▓": "#",
        "░": ".",
        "▉": "#",
        "▊": "#",
        "▋": "#",
        "▍": "-",
        "▎": "-",
        "▏": "-",
        "▲": "^",
        "▼": "v",
    }
)
_NAMED_KEYS: Final = {"↵": "Enter", "⇥": "Tab", "␣": "Space"}
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
    return tuple((text.translate(_IN_ASCII), role) for text, role in line)


def key_name(key: str, glyphs: Glyphs) -> str:
    """A key as hints show it: signs for Enter and Tab only where the terminal has them."""
    if glyphs is Glyphs.UNICODE:
        return key
    for sign, name in _NAMED_KEYS.items():
        key = key.replace(sign, name)
    return key


def money_text(money: Money, glyphs: Glyphs, *, symbol: bool) -> str:
    """An amount in few cells: `40k`, and with `symbol` `€40k` or, where ASCII is all, `EUR 40k`."""
    text = format_money(money, style="short", symbol=symbol)
    if glyphs is Glyphs.ASCII and not text.isascii():
        return f"{money.currency} {format_money(money, style='short')}"
    return text


def full_money(money: Money, glyphs: Glyphs) -> str:
    """An amount to the last cent: `€40,000`, or `40000 EUR` where there is no such sign."""
    text = format_money(money)
    return (
        format_money(money, style="code") if glyphs is Glyphs.ASCII and not text.isascii() else text
    )
