"""A typed line cut into words, where double quotes keep words together and take signs literally."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import quoted

# What stands in `Word.bare` for a character that stood in quotes.
IN_QUOTES = "\0"

# A quote in the middle of a word is a character (`19" rack`) unless a sign stands before it.
_OPENS_AFTER = frozenset(":<>=+-.@#")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a line.

    `text` is the word without its quotes. `bare` is as long, and holds NUL for each character that
    stood in quotes: a sign that is found in `bare` was meant as a sign. `raw` is the word as it
    was typed, from index `start` of the line.
    """

    text: str
    bare: str
    raw: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.raw)

    @property
    def is_bare(self) -> bool:
        return IN_QUOTES not in self.bare

    def since(self, index: int) -> Word:
        """What follows the first `index` characters of `text`; `raw` and `start` stay."""
        return Word(self.text[index:], self.bare[index:], self.raw, self.start)


def read_words(line: str, marks: str = "") -> Iterator[Word]:
    """The words of `line`, cut at white space; each of `marks` outside quotes is its own word.

    Inside quotes `\\"` is a quote and `\\\\` a backslash. Raises BadInput, with the `position` in
    its details, where a quote is never closed; words before it have been given by then.
    """
    at = 0
    while at < len(line):
        if line[at].isspace():
            at += 1
        elif line[at] in marks:
            yield Word(line[at], line[at], line[at], at)
            at += 1
        else:
            word = _read_word(line, at, marks)
            yield word
            at = word.end


def in_quotes(text: str) -> str:
    """The text as one quoted word that `read_words` gives back."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _read_word(line: str, start: int, marks: str) -> Word:
    text: list[str] = []
    bare: list[str] = []
    at = start
    while at < len(line) and not line[at].isspace() and line[at] not in marks:
        if line[at] == '"' and (at == start or line[at - 1] in _OPENS_AFTER):
            found = _QUOTED.match(line, at)
            if found is None:
                raise BadInput(
                    f"{quoted(line[start:])}: this quote is never closed",
                    hint='Close it with ", or write \\" for a quote inside quotes.',
                    details={"term": line[start:], "position": start},
                )
            inside = _ESCAPED.sub(r"\1", found[1])
            text.append(inside)
            bare.append(IN_QUOTES * len(inside))
            at = found.end()
        else:
            text.append(line[at])
            bare.append(line[at])
            at += 1
    return Word("".join(text), "".join(bare), line[start:at], start)
