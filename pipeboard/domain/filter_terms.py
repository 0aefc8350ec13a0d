"""One term of a filter: the word that was typed, read as a leaf of the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import cast

from pipeboard.domain.dates import Direction, is_complete, parse_date
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_fields import BY_NAME, STATE_ALIASES, STATES, Field
from pipeboard.domain.filter_nodes import (
    ME,
    And,
    Answered,
    Compare,
    Custom,
    Is,
    Node,
    Op,
    State,
    StateName,
    Tag,
    These,
    Unset,
    Words,
    any_of,
    leaves,
    negation,
)
from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import Money, names_currency, parse_money, parse_percent
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.text import OWN_FIELD, Word, clean_line, did_you_mean, quoted

_SIGN = re.compile(r":?(<=|>=|<|>|=)|:")
_SIGN_ELSEWHERE = re.compile(r"([\w.-]+?):?(!=|<>|==|=>|=<|~=?|[\u2260\u2264\u2265])(?=.)")
_OUR_SIGN = {"==": ":", "=>": ">=", "=<": "<=", "~": ":", "~=": ":", "\u2264": "<=", "\u2265": ">="}
"""How a comparison of other languages is written here; one that means "not" is not among them."""
_NAMES = (*BY_NAME, "tag", "status", "field", "id")
_LISTED = ("tag", "status", *(name for name, field in BY_NAME.items() if field.kind == "name"))
"""The fields of which a term may name several values, with commas between them."""
_NUMBER = re.compile(r"[0-9]{1,9}")
_COUNTS = re.compile(r"[0-9]{1,9}(?:\.\.[0-9]{1,9})?")
_UNIT = re.compile(r"[a-z]+\Z", re.IGNORECASE)
_WHOLE = re.compile(r"[0-9]+")
_DAYS = re.compile(r"([0-9]{1,5})(?:(d|days?)|(w|weeks?))?", re.IGNORECASE)
_REFS = re.compile(r"(?:D-)?[0-9]{1,15}(?:,(?:D-)?[0-9]{1,15})*", re.IGNORECASE)
_RATING = re.compile(r"[0-4]")


@dataclass(frozen=True, slots=True)
class FilterContext:
    """What a term is read against: the workspace's local date, currency and calendar.

    `understood` takes each day that was typed without its year, as text and date.
    """

    today: date
    currency: str
    week_start: int = 0
    fiscal_shift: int = 0
    understood: list[tuple[str, date]] = field(default_factory=list)


def bad_filter(word: Word, why: str, hint: str = "") -> BadInput:
    """The error about one term, which it names; `details` says what it is and where it stands."""
    return BadInput(
        f"bad filter: {quoted(word.raw)}: {why}",
        hint=hint,
        details={"term": word.raw, "position": word.start},
    )


def read_term(word: Word, context: FilterContext) -> Node:
    """The node a word stands for. Raises BadInput naming the word, and the near field if any."""
    sigil = word.bare[:1]
    if sigil in _SIGILS:
        several = (one.since(1) if one.bare[:1] == sigil else one for one in word.between_commas())
        return any_of(*map(_SIGILS[sigil], several))
    _refuse_signs_of_elsewhere(word, context)
    sign = _SIGN.search(word.bare)
    if sign is None or not _is_key(word, sign):
        return _read_bare(word)
    key, value = word.text[: sign.start()], word.since(sign.end())
    op = cast(Op, sign[1] or "=")
    if not value.text.strip():
        raise bad_filter(word, f"{key} needs a value", _example(key))
    try:
        if key.lower() in _LISTED:
            return any_of(*(_read_field(key, op, one, context) for one in value.between_commas()))
        return _read_field(key, op, value, context)
    except BadInput as error:
        if "term" in error.details:
            raise
        raise bad_filter(word, error.message, error.hint) from error


_SIGILS: Mapping[str, Callable[[Word], Node]] = MappingProxyType(
    {
        "+": lambda word: Tag(_text(word, "a tag is missing after the +")),
        "@": lambda word: Is("owner", _text(word, "a rep is missing after the @")),
    }
)


def _refuse_signs_of_elsewhere(word: Word, context: FilterContext) -> None:
    """Raises BadInput for `!open`, `stage!=won` and `value=>20k`, which would be words here."""
    if (
        word.bare.startswith("!")
        and word.bare != "!"
        and not isinstance(read_term(word.since(1), context), Words)
    ):
        raise bad_filter(word, "no term begins with !", f"Write it like -{word.raw[1:]}.")
    found = _SIGN_ELSEWHERE.match(word.bare)
    if found and (found[1].lower() in _NAMES or OWN_FIELD.match(word.bare)):
        term = found[1] + _OUR_SIGN.get(found[2], ":") + word.raw[found.end() :]
        term = term if found[2] in _OUR_SIGN else f"-{term}"
        raise bad_filter(word, f"nothing is compared with {found[2]}", f"Write it like {term}.")


def require_no_gap(before: Word | None, word: Word) -> None:
    """Raises BadInput for `value > 20k` and `value >20k`: a space would make words of them."""
    sign = _SIGN.match(word.bare)
    if before and before.is_bare and sign and (field := BY_NAME.get(before.text.lower())):
        raise bad_filter(
            word,
            f"no space stands before the {sign[0]}",
            f"Write it like {field.example}, or put it in quotes to search for the sign itself.",
        )


def _is_key(word: Word, sign: re.Match[str]) -> bool:
    """Whether a field's name stands before the sign; `10:30`, `<3` and `https://` are words."""
    key = word.text[: sign.start()]
    if OWN_FIELD.match(word.bare):
        return True
    is_address = word.bare.startswith("//", sign.end())
    return key.isidentifier() and word.bare.startswith(key) and not is_address


def _read_bare(word: Word) -> Node:
    if word.is_bare:
        name = word.text.lower()
        if name == "mine":
            return Is("owner", ME)
        named = name.split(",")
        states = [state for state in map(_state, named) if state is not None]
        if states and len(states) == len(named):
            return any_of(*states)
        if states and len(states) + named.count("") == len(named):
            raise bad_filter(word, "a value is missing beside the comma")
    return Words(_text(word, "nothing to look for"))


def _state(name: str) -> State | None:
    known = STATE_ALIASES.get(name, cast(StateName, name))
    return State(known) if known in STATES else None


def _read_field(key: str, op: Op, value: Word, context: FilterContext) -> Node:
    name = key.lower()
    if name in BY_NAME:
        field = BY_NAME[name]
        if field.name == "q" and op == "=" and not _COUNTS.fullmatch(value.bare):
            return _read_question(value)
        if field.optional and op == "=" and _is_none(value):
            return Unset(field.name)
        if field.is_text:
            _require_equals(value, key, op)
            return Is(field.name, _text(value))
        return _read_compared(field, op, value.text.strip(), context)
    if name == "tag":
        _require_equals(value, key, op)
        return Unset("tag") if _is_none(value) else Tag(_text(value))
    if name == "status":
        _require_equals(value, key, op)
        return _read_status(value)
    if name == "id":
        _require_equals(value, key, op)
        return _read_refs(value)
    if name in ("field", "fields") or OWN_FIELD.match(name):
        return _read_custom(key, op, value)
    raise bad_filter(
        value,
        _unknown("field", key, _NAMES),
        "Put the term in quotes to search for it as words.",
    )


def _unknown(what: str, word: str, choices: Iterable[str]) -> str:
    near = did_you_mean(word, choices)
    return f"no {what} {quoted(word)}" + (f". {near}" if near else "")


def _require_equals(value: Word, key: str, op: Op) -> None:
    if op != "=":
        raise bad_filter(value, f"{key} is text and takes only :", _example(key))


def _read_custom(key: str, op: Op, value: Word) -> Node:
    name = clean_line(key.partition(".")[2], field="field name")
    if not name:
        raise bad_filter(value, "the field has no name", _example("field"))
    _require_equals(value, key, op)
    return Custom(name, None if _is_none(value) else _text(value))


def _read_status(value: Word) -> Node:
    state = _state(value.text.strip().lower())
    if state is None:
        raise bad_filter(
            value,
            _unknown("status", value.text, STATES),
            f"A status is one of {', '.join(STATES)}.",
        )
    return state


def _read_refs(value: Word) -> Node:
    if not _REFS.fullmatch(value.text.strip()):
        raise bad_filter(value, "no number of a deal", _example("id"))
    return These(frozenset(int(ref) for ref in re.findall(r"[0-9]+", value.text)))


def _read_question(value: Word) -> Node:
    sign = _SIGN.search(value.bare)
    name = clean_line(value.text[: sign.start()] if sign else value.text, field="question")
    if not name:
        raise bad_filter(value, "the question has no name", _example("q"))
    if sign is None:
        return Answered(name)
    op = cast(Op, sign[1] or "=")
    wanted = value.text[sign.end() :].strip().lower()
    if op == "=" and wanted == "none":
        return negation(Answered(name))
    rating = "0" if wanted == "no" else wanted
    if not _RATING.fullmatch(rating):
        raise bad_filter(
            value,
            f"{quoted(wanted)} is not an answer to compare with",
            f"Write q:{name}=none, q:{name}=no or a rating from 0 to 4.",
        )
    return Answered(name, op, int(rating))


def _read_compared(field: Field, op: Op, text: str, context: FilterContext) -> Node:
    """A comparison; `20k..40k` compares with both ends."""
    if field.kind == "date":
        return _read_date(field, op, text, context)
    read = _READERS[field.kind]
    if op != "=" or ".." not in text:
        return read(field, op, text, context)
    low, high = map(str.strip, text.split("..", 1))
    if not low or not high:
        one = f"{field.name}>={low}" if low else f"{field.name}<={high}"
        raise BadInput("a range needs both its ends", hint=f"Write it like {one}.")
    _refuse_one_unit(low, high)
    first, last = read(field, ">=", low, context), read(field, "<=", high, context)
    if _currency(first) != _currency(last):
        raise BadInput("the ends of a range are in one currency", hint="Name it at both or none.")
    if _amount(first) > _amount(last):
        raise BadInput("the range ends below its beginning", hint=f"Write it like {high}..{low}.")
    return And((first, last))


_RANGE = Field("", "money", "", "50..500 or >=1m")


def read_range(text: str, currency: str) -> tuple[Compare, ...]:
    """The comparisons that `50..500`, `>=1m` or `=12` ask of a number, in the workspace's
    `currency` where they name none. Raises BadInput for what is no range."""
    sign = _SIGN.match(text)
    op = cast(Op, (sign and sign[1]) or "=")
    bound = text[sign.end() if sign else 0 :].strip()
    found = _read_compared(_RANGE, op, bound, FilterContext(date.min, currency))
    return tuple(part for part in leaves(found) if isinstance(part, Compare))


def _refuse_one_unit(low: str, high: str) -> None:
    """Raises BadInput for `20..40k`, which may mean 20 or 20k; `500..2k` is plain."""
    unit, number = _UNIT.search(high), _WHOLE.match(high)
    if unit and number and _WHOLE.fullmatch(low) and int(low) < int(number[0]):
        raise BadInput("only one end has its unit", hint=f"Write it like {low}{unit[0]}..{high}.")


def _currency(end: Compare) -> tuple[str, bool]:
    value = end.value
    return (value.currency, end.is_plain) if isinstance(value, Money) else ("", False)


def _amount(end: Compare) -> int:
    value = end.value
    return value.minor if isinstance(value, Money) else cast(int, value)


def _read_money(field: Field, op: Op, text: str, context: FilterContext) -> Compare:
    return Compare(field.name, op, parse_money(text, context.currency), not names_currency(text))


def _read_days(field: Field, op: Op, text: str, context: FilterContext) -> Compare:
    found = _DAYS.fullmatch(text)
    if found is None:
        raise BadInput(f"{quoted(text)} is not a number of days", hint=f"Write {field.example}.")
    return Compare(field.name, op, int(found[1]) * (7 if found[3] else 1))


def _read_number(field: Field, op: Op, text: str, context: FilterContext) -> Compare:
    if not _NUMBER.fullmatch(text):
        raise BadInput(f"{quoted(text)} is not a whole number", hint=f"Write {field.example}.")
    return Compare(field.name, op, int(text))


def _read_date(field: Field, op: Op, text: str, context: FilterContext) -> Node:
    try:
        day = parse_date(text, context.today, field.direction)
    except BadInput:
        period = _period(text, context, field.direction) if op == "=" else None
        if period is None:
            raise
        last = period.end - timedelta(days=1)
        if ".." in text and not is_complete(text):
            context.understood.extend(((text, period.start), (text, last)))
        return And((Compare(field.name, ">=", period.start), Compare(field.name, "<=", last)))
    if not is_complete(text):
        context.understood.append((text, day))
    return Compare(field.name, op, day)


def _period(text: str, context: FilterContext, direction: Direction) -> Period | None:
    try:
        return parse_period(
            text,
            context.today,
            week_start=context.week_start,
            fiscal_shift=context.fiscal_shift,
            direction=direction,
        )
    except BadInput:
        if ".." in text:  # no date: what is wrong is one of its ends
            raise
        return None


_READERS: dict[str, Callable[[Field, Op, str, FilterContext], Compare]] = {
    "money": _read_money,
    "days": _read_days,
    "number": _read_number,
    "percent": lambda field, op, text, _: Compare(field.name, op, parse_percent(text)),
}


def _is_none(value: Word) -> bool:
    return value.bare.lower() == "none"


def _text(value: Word, missing: str = "a value is missing") -> str:
    text = clean_line(value.text, field="filter", limit=2_000)
    if not text:
        raise bad_filter(value, missing)
    return text


def _example(key: str) -> str:
    examples = {"tag": "tag:inbound", "status": "status:open", "id": "id:142,D-143"}
    field = BY_NAME.get(key.lower())
    example = field.example if field else examples.get(key.lower(), "field.product:GTX")
    return f"Write it like {example}."
