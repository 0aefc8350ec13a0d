"""The quick-add line: a whole deal in one line, for `add` and for the board's `a`.

    Lumen Oy: packaging line pilot 40k @ana +inbound close:19dec p:60 next:"3dec call Mika"

What stands before the first `: ` is the account, unless something with a sign came first. Words
with a sign or a key are read wherever they stand, the amount as `find_amount` tells, and the words
that are left are the title. Quotes keep words together and make them nothing but text; those around
a part of the title that needs none stay in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.cadence import parse_step
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.deal import NextStep
from pipeboard.domain.deal_fields import BEGINNING, FIELDS, is_none, parse_field
from pipeboard.domain.errors import BadInput, OutOfRange
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import (
    LARGEST,
    Money,
    exponent,
    format_percent,
    parse_money,
    read_currency,
)
from pipeboard.domain.text import (
    IN_QUOTES,
    OWN_FIELD,
    Word,
    clean_line,
    fold,
    in_quotes,
    nearest,
    quoted,
    read_words,
)

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


# The amount in a quick-add line: which of its words is the deal's value, and which its name.

_NUMBER = re.compile(r"[0-9][0-9.,'’]*")
_DIGIT = re.compile(r"[0-9]")
_MOST_WORDS = 5  # 1 234 567,50 EUR, and one to spare
_LEAST_PLAIN = 100
_YEARS_AROUND_TODAY = 10


@dataclass(frozen=True, slots=True)
class TypedAmount:
    """The value, and the words `first` up to, not including, `end` that say it."""

    money: Money
    first: int
    end: int


def find_amount(
    words: Sequence[Word], line: str, *, today: date, currency: str
) -> TypedAmount | None:
    """The last amount among the words of `line` that stand outside quotes, or None. BadInput for
    one that cannot be kept: it has more decimals than its currency, or names it and is too large
    (a large number without a currency is one of an article).

    An amount is marked by a suffix, a sign or a code: `40k`, `€1.234,50`, `40 000 EUR`. A plain
    number is one only as the last word of several, from 100 on, when it is no year within ten of
    `today` and no part of a longer number: `Phase 2`, `365 migration`, `Renewal 2027` and
    `+358 40 555 0142` are names.
    """
    for end in range(len(words), 0, -1):
        for first in range(max(0, end - _MOST_WORDS), end):
            text = line[words[first].start : words[end - 1].end]
            if text.split() != [word.text for word in words[first:end]]:
                continue  # something else stands in between, or quotes do
            money = _marked(text, currency, is_last=end == len(words))
            if money:
                return TypedAmount(money, first, end)
    return _plain(words, today, currency)


def _marked(text: str, currency: str, *, is_last: bool) -> Money | None:
    text = text.rstrip(",;")
    if _NUMBER.fullmatch(text) or not _DIGIT.search(text):
        return None
    money = _money(text, currency)
    if money is None:
        return None
    code = money.currency
    marks = _NUMBER.sub(" ", text).split()
    has_sign = any(not mark.isalpha() for mark in marks)
    names_currency = any(_is_currency(mark, currency) for mark in marks)
    if " " not in text:
        # With euros, the `ft` of `6ft` is no forint.
        is_meant = has_sign or code == currency or code in text
    else:
        # `cable 5 m` is no million, and `TOP 500 customers` no money of Tonga.
        is_meant = names_currency and (has_sign or code == currency or is_last)
    return _kept(money, names_currency=names_currency) if is_meant else None


def _plain(words: Sequence[Word], today: date, currency: str) -> TypedAmount | None:
    if len(words) < 2 or not _NUMBER.fullmatch(words[-1].bare) or _DIGIT.search(words[-2].text):
        return None
    text = words[-1].bare
    if text.isdigit() and abs(int(text[:9]) - today.year) <= _YEARS_AROUND_TODAY:
        return None
    money = _money(text, currency)
    if money is None or money.minor < _LEAST_PLAIN * 10 ** exponent(currency):
        return None
    kept = _kept(money, names_currency=False)
    return None if kept is None else TypedAmount(kept, len(words) - 1, len(words))


def _money(text: str, currency: str) -> Money | OutOfRange | None:
    try:
        return parse_money(text, currency)
    except OutOfRange as error:
        return error
    except BadInput:
        return None


def _kept(money: Money | OutOfRange, *, names_currency: bool) -> Money | None:
    """The amount that is meant; BadInput where it cannot be kept, None where that shows that it is
    none."""
    if isinstance(money, Money):
        return money
    if names_currency or money.minor <= LARGEST:
        raise BadInput(money.message, hint=f"{money.hint} In quotes it is part of the title.")
    return None


def _is_currency(text: str, currency: str) -> bool:
    try:
        return read_currency(text, currency) is not None
    except BadInput:
        return False


LONGEST = 2_000
EXAMPLE = "Lumen Oy: packaging line pilot 40k @ana +inbound close:19dec"

_HAS_DIGIT = re.compile(r"[0-9]")
_BY_KEY = {field.quick: field for field in FIELDS if field.quick}
# A key of one letter is also written out.
_ALIASES = {field.typed: field.quick for field in FIELDS if len(field.quick) == 1}
KEYS = (*_BY_KEY, "next", "contact", "stage", "created")


@dataclass(frozen=True, slots=True)
class Span:
    """What was understood of the characters `start` to `end` (excluded) of the line.

    `kind` is the key, also where a sign was typed, "field" for a custom field; `text` is what the
    reader is shown, for example `19 Dec`.
    """

    start: int
    end: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickAdd:
    """What the line says of the new deal; names of people and stages are as they were typed.

    `given` are fields of the deal by name. `spans` are in the order of the line, and what lies in
    none of them is the title. A next step may have a text, a date or both.
    """

    title: str
    given: Mapping[str, FieldValue]
    stage: str | None = None
    next_step: NextStep | None = None
    contact: str = ""
    spans: tuple[Span, ...] = ()

    @property
    def account(self) -> str:
        return str(self.given.get("account", ""))

    @property
    def says_source(self) -> bool:
        """Whether it says where the lead came from, or that nobody knows (`source:none`)."""
        return "source" in self.given


def parse_quick_add(line: str, *, today: date, currency: str, tui: bool = False) -> QuickAdd:
    """The deal that the line describes; dates count from `today`, amounts are in `currency`.

    With `tui` also `#tag`, and `> 3dec call Mika` for the next step to the end of the line, both of
    which a shell would take for itself. Raises BadInput naming the word that cannot be read, for a
    key that is nearly one (`clos:19dec`), for a key given twice, and for a line without a title.
    """
    if len(line) > LONGEST:
        raise BadInput(
            f"The line is too long: {how_many(len(line), 'character')}, and {in_figures(LONGEST)} "
            "is the most.",
            hint="Add the deal first, and write the rest into a note.",
        )
    draft = _Draft(line, today, currency)
    for word in read_words(line):
        if tui and word.bare.startswith(">"):
            draft.read_next_step(word.start)
            break
        draft.read(word, "+#" if tui else "+")
    return draft.finish()


def join_arguments(arguments: Sequence[str]) -> str:
    """The line that a shell cut into arguments, with the quotes that it took away.

    `next:"3dec call Mika"` arrives as one argument without quotes. A single argument is the line.
    """
    return arguments[0] if len(arguments) == 1 else " ".join(map(_requoted, arguments))


def _requoted(argument: str) -> str:
    key, _, value = argument.partition(":")
    if not value or value[0] in ' "' or len(argument.split()) == 1:
        return argument
    if custom := OWN_FIELD.match(key):
        return f"field.{in_quotes(key[custom.end() :])}:{in_quotes(value)}"
    return f"{key}:{in_quotes(value)}" if _known_key(key) else argument


def _known_key(typed: str) -> str | None:
    key = typed.lower()
    key = _ALIASES.get(key, key)
    return key if key in KEYS else None


class _Draft:
    """What has been read of a line so far."""

    def __init__(self, line: str, today: date, currency: str) -> None:
        self._line = line
        self._today = today
        self._currency = currency
        self._given: dict[str, FieldValue] = {}
        self._stage: str | None = None
        self._contact = ""
        self._next: NextStep | None = None
        self._tags: dict[str, str] = {}
        self._fields: dict[str, str] = {}
        self._spans: list[Span] = []
        self._free: list[Word] = []

    def read(self, word: Word, tag_signs: str) -> None:
        typed, colon, _ = word.bare.partition(":")
        value = word.text[len(typed) + 1 :]
        if word.bare.startswith("@") and len(word.text) > 1:
            self._take("owner", word.text[1:], word)
        elif word.bare.startswith(tuple(tag_signs)) and _begins_a_tag(word.bare[1:]):
            self._take("tag", word.text[1:], word)
        elif colon and (key := _known_key(typed)):
            self._take(key, value, word)
        elif colon and (custom := OWN_FIELD.match(typed)):
            self._take_custom(word.text[custom.end() : len(typed)], value, word)
        else:
            _refuse_near_key(typed, value, word)
            self._read_free(word)

    def read_next_step(self, start: int) -> None:
        """The rest of the line after a `>`; nothing yet while it is being typed."""
        raw = self._line[start:]
        if raw[1:].strip():
            self._take("next", raw[1:], Word(raw, raw, raw, start))

    def finish(self) -> QuickAdd:
        words = self._free
        if "value" not in self._given:
            amount = find_amount(words, self._line, today=self._today, currency=self._currency)
            if amount:
                first, last = words[amount.first], words[amount.end - 1]
                self._given["value"] = amount.money
                self._mark("value", written().money(amount.money), first.start, last.end)
                words = words[: amount.first] + words[amount.end :]
        title = clean_line(" ".join(self._in_title(word, words) for word in words), field="title")
        if not title:
            raise BadInput("The deal has no title yet", hint=f"Write it like: {EXAMPLE}")
        if self._tags:
            self._given["tags"] = tuple(self._tags.values())
        if said := {name: value for name, value in self._fields.items() if not is_none(value)}:
            self._given["fields"] = said
        return QuickAdd(
            title=title,
            given=self._given,
            stage=self._stage,
            next_step=self._next,
            contact=self._contact,
            spans=tuple(sorted(self._spans, key=lambda span: span.start)),
        )

    def _in_title(self, word: Word, words: Sequence[Word]) -> str:
        """A word of the title, in its quotes where they are part of the name.

        They are not where they stand around all of it, or where they keep the word from being read
        as something else.
        """
        if word.is_bare or len(words) == 1 or _needs_quotes(word.text):
            return word.text
        return word.raw.replace('\\"', '"')

    def _read_free(self, word: Word) -> None:
        self._free.append(word)
        if word.bare.endswith(":") and not self._spans:
            typed = " ".join(word.text for word in self._free)
            account = clean_line(typed.removesuffix(":"), field="account")
            if account:
                self._given["account"] = account
                self._mark("account", account, self._free[0].start, word.end)
            if account or len(self._free) == 1:  # a colon alone is no word
                self._free.clear()

    def _take(self, key: str, typed: str, word: Word) -> None:
        text = clean_line(typed, field=key)
        if not text:
            raise _bad(word, f"{key} needs a value right after the sign")
        try:
            shown = self._read_value(key, text, word)
        except BadInput as error:
            raise (
                error if "term" in error.details else _bad(word, error.message, error.hint)
            ) from error
        self._mark(key, shown, word.start, word.end)

    def _read_value(self, key: str, text: str, word: Word) -> str:
        """Takes what a key says, once; what the reader is shown of it."""
        match key:
            case "tag":
                self._tags.setdefault(fold(text), text)
                return f"+{text}"
            case "next":
                self._once(key, self._next is None, word)
                self._next = step = parse_step(text, self._today)
                when = written().day(step.due, self._today) if step.due else ""
                return f"{when} {step.words}".strip()
            case "stage":
                self._once(key, self._stage is None, word)
                self._stage = text
                return text
            case "contact":
                self._once(key, not self._contact, word)
                self._contact = text
                return text
            case "created":
                _, began = parse_field(key, text, self._today, self._currency)
                self._once(key, BEGINNING not in self._given, word)
                self._given[BEGINNING] = began
                return self._shown(key, began)
        field = _BY_KEY[key]
        value = field.read(text, self._today, self._currency)
        self._once(key, field.name not in self._given, word)
        self._given[field.name] = value
        return self._shown(key, value)

    def _once(self, key: str, is_first: bool, word: Word) -> None:
        if not is_first:
            raise _bad(word, f"{key} is given twice", "Leave one of the two out.")

    def _shown(self, key: str, value: FieldValue) -> str:
        match value:
            case None | "" | ():
                return "none"
            case Money():
                return written().money(value)
            case date():
                return written().day(value, self._today)
            case int():
                return f"{format_percent(value)}%"
            case tuple():
                return ", ".join(value)
            case _:
                return f"@{value}" if key == "owner" else str(value)

    def _take_custom(self, typed_name: str, typed_value: str, word: Word) -> None:
        name = clean_line(typed_name, field="field name")
        value = clean_line(typed_value, field="custom field")
        if not name or not value:
            raise _bad(word, "a field needs a name and a value", "Write it like field.product:GTX.")
        if name in self._fields:
            raise _bad(word, f"the field {name} is given twice", "Leave one of the two out.")
        self._fields[name] = value
        self._mark("field", f"{name}: {value}", word.start, word.end)

    def _mark(self, kind: str, shown: str, start: int, end: int) -> None:
        self._spans.append(Span(start, end, kind, shown))


def _needs_quotes(text: str) -> bool:
    """Whether the text without quotes would be a person, a tag, a key or an amount."""
    words = tuple(read_words(text)) if '"' not in text else ()
    return any(
        word.text[:1] in "@+#>" or ":" in word.text or _HAS_DIGIT.search(word.text)
        for word in words
    )


def _begins_a_tag(bare: str) -> bool:
    """A letter or a quote; `+358 40 555 0142` and `#1` stay text."""
    return bare[:1].isalpha() or bare[:1] == IN_QUOTES


def _refuse_near_key(typed: str, value: str, word: Word) -> None:
    """Refuses `clos:19dec`; `Re:x`, `10:30`, `https://x` and the account in `Lumen: x` are text."""
    is_key = len(typed) > 2 and typed.isidentifier() and value and not value.startswith("//")
    near = nearest(typed, (*KEYS, *_ALIASES)) if is_key else None
    if near:
        raise _bad(
            word,
            f"no key {quoted(typed)}. Did you mean {near}?",
            "Put the word in quotes to keep it in the title.",
        )


def _bad(word: Word, why: str, hint: str = "") -> BadInput:
    return BadInput(
        f"{quoted(word.raw)}: {why}",
        hint=hint or f"Write it like: {EXAMPLE}",
        details={"term": word.raw, "position": word.start},
    )
