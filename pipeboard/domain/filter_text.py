"""A filter written out again, so that the parser reads the same tree from it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import assert_never

from pipeboard.domain.filter_fields import BY_NAME, STATE_ALIASES, STATES
from pipeboard.domain.filter_nodes import (
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
)
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.percent import format_percent
from pipeboard.domain.words import in_quotes, read_words

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
