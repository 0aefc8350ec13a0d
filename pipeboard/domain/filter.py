"""The filter grammar: one parser for `/`, saved filters, `list`, `--where`, metrics and triage.

    either = all { "|" all }        all = part { part }
    part   = { "-" } ( term | "(" either ")" )

So `a b | c d` is (a and b) or (c and d). A term is one word, described in `filter_fields`; double
quotes keep words together and take signs literally.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import assert_never

from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import (
    EVERYTHING,
    ME,
    And,
    Answered,
    Compare,
    Custom,
    Filter,
    Is,
    Leaf,
    Node,
    Not,
    Or,
    State,
    Tag,
    These,
    Unset,
    Words,
    all_of,
    any_of,
    leaves,
    mentions_status,
    negation,
)
from pipeboard.domain.filter_terms import (
    BY_NAME,
    FIELDS,
    FORMS,
    STATE_ALIASES,
    STATES,
    FilterContext,
    bad_filter,
    read_term,
)
from pipeboard.domain.money import Money, format_money, format_percent
from pipeboard.domain.text import Word, clean_line, in_quotes, read_words

# A filter written out again, so that the parser reads the same tree from it.

_NEEDS_NO_QUOTES = re.compile(r"\w[\w.,@&/%'-]*")
_STAGE = re.compile(r"-*stage[:=]", re.IGNORECASE)
_WORDS_WITH_A_MEANING = {"mine", *STATES, *STATE_ALIASES}


def format_filter(query: Filter) -> str:
    """The canonical text: dates as ISO, amounts with their currency, no needless quotes.

    For showing and comparing; what is saved is `query.text`, whose `today` stays today.
    """
    return "" if query.root is None else _write(query.root)


def with_stage_renamed(text: str, is_meant: Callable[[str], bool], new: str) -> str:
    """A filter as typed, whose `stage:` terms name the stage by its new name where they mean it."""
    parts, at = [], 0
    for word in read_words(text, marks="|()"):
        sign = _STAGE.match(word.bare)
        if sign and is_meant(word.text[sign.end() :]):
            parts += [text[at : word.start], word.text[: sign.end()], _value(new)]
            at = word.end
    return "".join((*parts, text[at:]))


def _write(node: Node) -> str:
    match node:
        case Or(parts):
            return " | ".join(map(_write, parts))
        case And(parts):
            return " ".join(
                f"({_write(part)})" if isinstance(part, Or) else _write(part) for part in parts
            )
        case Not(part):
            inner = _write(part)
            return f"-({inner})" if isinstance(part, And | Or) else f"-{inner}"
        case _:
            return _write_leaf(node)


def _write_leaf(node: Leaf) -> str:
    match node:
        case Words(text):
            return in_quotes(text) if text.lower() in _WORDS_WITH_A_MEANING else _word(text)
        case State(name):
            return name
        case Is(field, value):
            return f"{field}:{_value(value)}"
        case Unset(field):
            return f"{field}:none"
        case Tag(name):
            return f"+{_word(name)}"
        case Custom(name, value):
            return f"field.{_word(name)}:{'none' if value is None else _value(value)}"
        case Compare(field, op, value):
            return f"{field}{op}{_amount(field, value)}"
        case Answered(question, op, rating):
            name = in_quotes(question) if question.isdecimal() else _word(question)
            return f"q:{name}{op or ''}{'' if rating is None else rating}"
        case These(ids):
            return f"id:{','.join(map(str, sorted(ids)))}"
        case _:
            assert_never(node)


def _word(text: str) -> str:
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else in_quotes(text)


def _value(text: str) -> str:
    return in_quotes(text) if text.lower() == "none" else _word(text)


def _amount(field: str, value: Money | date | int) -> str:
    if isinstance(value, Money):
        number, code = format_money(value, style="code").split()
        return (number.rstrip("0").rstrip(".") if "." in number else number) + code
    if isinstance(value, date):
        return value.isoformat()
    return format_percent(value) if BY_NAME[field].kind == "percent" else str(value)


__all__ = [
    "EVERYTHING",
    "FIELDS",
    "FORMS",
    "ME",
    "STATES",
    "And",
    "Answered",
    "Compare",
    "Custom",
    "Filter",
    "Is",
    "Leaf",
    "Node",
    "Not",
    "Or",
    "State",
    "Tag",
    "These",
    "Unset",
    "Words",
    "all_of",
    "any_of",
    "format_filter",
    "leaves",
    "mentions_status",
    "negation",
    "parse_filter",
]

LONGEST = 2_000
DEEPEST = 30
_QUOTE_IT = "Put it in quotes to search for the sign itself."


def parse_filter(
    text: str, *, today: date, currency: str, week_start: int = 0, fiscal_shift: int = 0
) -> Filter:
    """What was typed, read on the local date `today` in a workspace of `currency` (ISO 4217).

    `week_start` and `fiscal_shift` are those of `parse_period`: dates take periods as well.
    An empty text lets every deal through. Raises BadInput for what cannot be read, with the `term`
    and its `position` in the details; also above 2,000 characters, and above 30 parentheses or
    minus signs in one another.
    """
    line = clean_line(text, field="filter", limit=LONGEST)
    try:
        words = list(read_words(line, marks="|()"))
    except BadInput as error:
        raise BadInput(
            f"bad filter: {error.message}", hint=error.hint, details=error.details
        ) from error
    context = FilterContext(today, currency, week_start, fiscal_shift)
    root = _Parser(words, context).read()
    return Filter(line, root, tuple(context.understood))


class _Parser:
    """Recursive descent over the words of a filter; `depth` counts what is open around a part."""

    def __init__(self, words: list[Word], context: FilterContext) -> None:
        self._words = words
        self._at = 0
        self._setting = context

    def read(self) -> Node | None:
        if not self._words:
            return None
        node = self._either(0)
        if self._at < len(self._words):
            raise bad_filter(self._words[self._at], "no ( is open here", _QUOTE_IT)
        return node

    def _either(self, depth: int) -> Node:
        parts = [self._all(depth)]
        while self._next_is("|"):
            self._at += 1
            parts.append(self._all(depth))
        return any_of(*parts)

    def _all(self, depth: int) -> Node:
        parts = []
        while self._at < len(self._words) and not (self._next_is("|") or self._next_is(")")):
            parts.append(self._part(depth))
        node = all_of(*parts)
        if node is None:
            near = self._words[min(self._at, len(self._words) - 1)]
            raise bad_filter(near, "a term is missing here", _QUOTE_IT)
        return node

    def _part(self, depth: int) -> Node:
        word = self._words[self._at]
        dashes = len(word.bare) - len(word.bare.lstrip("-"))
        self._at += 1
        if depth + dashes >= DEEPEST:
            raise bad_filter(word, f"more than {DEEPEST} parentheses or minus signs are open")
        if word.bare == "(":
            node = self._group(word, depth + 1)
        elif dashes < len(word.bare) or not dashes:
            node = read_term(word.since(dashes), self._setting)
        elif self._next_is("(") and self._words[self._at].start == word.end:
            node = self._part(depth + dashes)
        else:
            raise bad_filter(word, "a term is missing after the minus sign", _QUOTE_IT)
        return negation(node) if dashes % 2 else node

    def _group(self, opened: Word, depth: int) -> Node:
        node = self._either(depth)
        if not self._next_is(")"):
            raise bad_filter(opened, "this ( is never closed", _QUOTE_IT)
        self._at += 1
        return node

    def _next_is(self, mark: str) -> bool:
        return self._at < len(self._words) and self._words[self._at].bare == mark
