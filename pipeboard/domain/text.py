"""Text from strangers: cleaned on the way in, harmless on the way out, folded to be searched."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from unicodedata import combining, normalize

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass

# Everything that steers a terminal, turns the reading direction round or hides text: C0, DEL, C1,
# soft hyphen, bidi marks, overrides and isolates, zero-width and invisible operators, line
# separators, BOM, interlinear notes, tags. ZWJ and ZWNJ stay: emoji, Persian and Hindi need them.
# All of these are "not printable" to str.isprintable, which the fast paths use.
_UNSAFE: dict[int, None] = dict.fromkeys(
    [
        *range(0x20), *range(0x7F, 0xA0), 0xAD, 0x61C, 0x180E, 0x200B, 0x200E, 0x200F,
        *range(0x2028, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
    ]
)  # fmt: skip
# A table of all of them would be a quarter of a megabyte in each process.
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

# Letters that have no decomposition, yet are typed without their stroke by everybody who searches.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"})


LINE, TEXT = 300, 20_000
LIMITS: Mapping[str, int] = {
    "tag": 50,
    "ask": 200,
    "phone": 60,
    "trial close": 20,
    **dict.fromkeys(("rep", "team", "owner", "source", "external source", "field name"), 100),
    "name of a filter": 100,
    "token": 200,
    "contact reason": 1_000,
    "reason": 1_000,
    "snooze reason": 1_000,
    "outcome": 2_000,
    "note for the new owner": 1_000,
    "custom field": 2_000,
    "filter": 2_000,
}
"""The most characters that a field takes; any other line takes `LINE`, any other text `TEXT`.

What is longer is refused before anything is stored, never cut; of a file's rows it is divided
(`pieces`)."""


def clean_line(text: str, *, field: str = "text", limit: int | None = None) -> str:
    """One line without control, bidi or hidden characters, NFC, runs of white space made one space.

    Raises BadInput, naming `field`, when more than its limit of characters are left.
    """
    limit = limit or LIMITS.get(field, LINE)
    is_plain = text.isascii() and text.isprintable()
    if is_plain and "  " not in text and text == text.strip() and len(text) <= limit:
        return text  # most are
    line = " ".join(text.split())
    if not (line.isascii() and line.isprintable()):
        line = " ".join(normalize("NFC", _without_unsafe(line)).split())
    return line if len(line) <= limit else _bounded(line, field, limit)


def clean_text(text: str, *, field: str = "text") -> str:
    """Several lines, cleaned as in `whole_text`. Raises BadInput, naming `field`, when more than
    its limit of characters are left."""
    return _bounded(whole_text(text), field, LIMITS.get(field, TEXT))


def whole_text(text: str) -> str:
    """Several lines, cleaned as in `clean_line`, with line ends `\\n` and indentation kept, however
    long. Tabs become four spaces; more than two blank lines in a row become two."""
    lines = text.replace("\t", "    ").splitlines()
    cleaned = "\n".join(normalize("NFC", _without_unsafe(line)).rstrip() for line in lines)
    return re.sub("\n{4,}", "\n\n\n", cleaned).strip("\n")


def pieces(text: str, most: int) -> list[str]:
    """The text in pieces of at most so many characters: cut between paragraphs, lines or words
    where one ends in the second half of a piece, with nothing lost but the white space there."""
    found = []
    while len(text) > most:
        ends = (text.rfind(end, most // 2, most + 1) for end in ("\n\n", "\n", " "))
        at = next((end for end in ends if end >= 0), most)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip(" ").lstrip("\n")
    return [*found, text] if text else found


def clean_tag(text: str, field: str) -> str:
    """A tag as it is counted by: one line in small letters, without a sigil."""
    return clean_line(text, field=field, limit=LIMITS["tag"]).lstrip("+#").lower()


def _bounded(text: str, field: str, limit: int) -> str:
    if len(text) > limit:
        raise BadInput(
            f"The {field} is too long: {how_many(len(text), 'character')}, and {in_figures(limit)} "
            "is the most.",
            hint="Shorten it.",
            details={"field": field, "limit": limit, "length": len(text)},
        )
    return text


def printable(text: str) -> str:
    """The text without the characters that are not safe to print; a lone surrogate becomes U+FFFD.

    The last defence before a terminal, cheap enough for every string that is drawn.
    """
    if text.isprintable():
        return text
    return _LONE_SURROGATE.sub("\ufffd", text).translate(_UNSAFE)


def printable_lines(text: str) -> str:
    """`printable`, but `\\n` stays."""
    if text.isprintable():
        return text
    return "\n".join(map(printable, text.split("\n")))


def quoted(text: str, limit: int = 40) -> str:
    """The text as a message names it: one printable line in quotes, at most `limit` characters."""
    line = printable(" ".join(text[: 4 * limit].split()))
    return f"'{line}'" if len(line) <= limit else f"'{line[: limit - 3]}...'"


def few(
    texts: Sequence[str],
    most: int,
    mark: str = ", ",
    last: str = " and ",
    *,
    figures: Callable[[int], str] = in_figures,
) -> str:
    """The first so many of them in a sentence: `Lumen Oy, Acme and 3 more`."""
    left = len(texts) - most
    return mark.join(texts[:most]) + (f"{last}{figures(left)} more" if left > 0 else "")


def is_email(text: str) -> bool:
    """Whether it is written as an address: one @, behind it a dot between others, no blanks."""
    name, _, host = text.partition("@")
    has_dot = "." in host.strip(".") and not host.startswith(".") and not host.endswith(".")
    return bool(name) and has_dot and "@" not in host and not any(map(str.isspace, text))


def email_fault(text: str) -> str:
    """Why a text is no e-mail address, in a sentence; "" for one that is, and for none."""
    if not text.strip() or is_email(text.strip()):
        return ""
    return f"{quoted(text)} is no e-mail address."


OWN_FIELD = re.compile(r"\Afields?\.", re.IGNORECASE)


def as_own_field(name: str) -> str:
    """`field.product`, however somebody writes that they mean a field of their own: `fields.` is as
    good, in any case. Other names stay."""
    return OWN_FIELD.sub("field.", name)


def fold(text: str) -> str:
    """The text as searching compares it: no case, no accents, white space made one space."""
    if text.isascii():
        return " ".join(text.lower().split())
    marked = normalize("NFKD", normalize("NFKD", text).casefold())
    plain = "".join(char for char in marked if not combining(char)).translate(_PLAIN)
    return " ".join(_without_unsafe(" ".join(plain.split())).split())


def _without_unsafe(text: str) -> str:
    """The text without what is not safe to print, lone surrogates too."""
    return _LONE_SURROGATE.sub("", text).translate(_UNSAFE)


def slug(text: str) -> str:
    """The key made of a name: `decision_maker` of `Decision maker`; may be empty."""
    return re.sub(r"[\W_]+", "_", fold(text)).strip("_")


def free_key(name: str, taken: Container[str], otherwise: str) -> str:
    """A key made of a name (`otherwise` where it makes none) that is not `taken` yet: two of one
    name are two."""
    key = first = slug(name) or otherwise
    number = 1
    while key in taken:
        number += 1
        key = f"{first}_{number}"
    return key


def key_named(name: str, names: Mapping[str, str]) -> str:
    """The key of what has that name, in whatever case; "" where nothing has it."""
    return next((key for key, known in names.items() if fold(known) == fold(name)), "")


_GAPS = re.compile(r"[\W_]+")


def spelled_by(letters: str, text: str) -> int | None:
    """How many characters of a folded text hold the letters in their order, the first at the
    beginning of a word: `lmlo` of `lumello` 7; None where they are not in it so."""
    spans = []
    for start in (0, *(gap.end() for gap in _GAPS.finditer(text))):
        end = start
        if text.startswith(letters[0], start):
            for letter in letters:
                end = text.find(letter, end) + 1
                if not end:
                    break
            spans += [end - start] if end else []
    return min(spans, default=None)


# The known word that was probably meant, for every message about an unknown one.


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice most like `word`, without regard to case, or None when none is like it."""
    return next(iter(_most_like(word, choices)), None)


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`Did you mean value?`, with every choice that is as near as the nearest; or an empty string
    when none is near."""
    near = _most_like(word, choices)
    return f"Did you mean {' or '.join(near)}?" if near else ""


def _most_like(word: str, choices: Iterable[str]) -> list[str]:
    """The choices that are like `word`, all to the same degree."""
    known = {choice.casefold(): choice for choice in choices}
    wanted = word.casefold()[:80]
    if wanted in known:
        return [known[wanted]]
    from difflib import SequenceMatcher, get_close_matches  # costs more than most commands take

    if close := get_close_matches(wanted, known):
        # The first letter is seldom the wrong one: EUX is EUR rather than UGX.
        close = [one for one in close if one[0] == wanted[0]] or close
        likeness = {one: SequenceMatcher(a=one, b=wanted).ratio() for one in close}
        return [known[one] for one in close if likeness[one] == likeness[close[0]]]
    begun = [choice for folded, choice in known.items() if wanted and folded.startswith(wanted)]
    return begun if len(begun) == 1 else []


# A typed line cut into words, where double quotes keep words together and take signs literally.

# What stands in `Word.bare` for a character that stood in quotes.
IN_QUOTES = "\0"

# A quote in the middle of a word is a character (`19" rack`) unless a sign stands before it.
_OPENS_AFTER = frozenset(":<>=+-.@#,")
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

    def between_commas(self) -> list[Word]:
        """What stands between the commas that are in no quotes; `raw` and `start` stay."""
        parts, at = [], 0
        for bare in self.bare.split(","):
            parts.append(Word(self.text[at : at + len(bare)], bare, self.raw, self.start))
            at += len(bare) + 1
        return parts


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


def from_home(path: str, home: str) -> str:
    """A path as people write it, from `~` on where it is in their home."""
    return f"~{path.removeprefix(home)}" if path == home or path.startswith(f"{home}/") else path
