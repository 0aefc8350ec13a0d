"""The filter grammar: one parser for `/`, saved filters, `list`, `--where`, metrics and triage.

    either = all { "|" all }        all = part { part }
    part   = { "-" } ( term | "(" either ")" )

So `a b | c d` is (a and b) or (c and d). A term is one word, described in `filter_fields`; double
quotes keep words together and take signs literally.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import (
    Filter,
    Node,
    Words,
    all_of,
    any_of,
    leaves,
    negation,
)
from pipeboard.domain.filter_terms import FilterContext, bad_filter, read_term, require_no_gap
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import Word, clean_line, did_you_mean, fold, in_quotes, read_words

# A stage or a filter that has another name now, in a filter as it was typed.

_NEEDS_NO_QUOTES = re.compile(r"\w[\w.@&/%'-]*")
_STAGE = re.compile(r"-*stage[:=]", re.IGNORECASE)
_KEPT = re.compile(r"-*saved:", re.IGNORECASE)


def with_stage_renamed(text: str, is_meant: Callable[[str], bool], new: str) -> str:
    """A filter as typed, whose `stage:` terms name the stage by its new name where they mean it."""

    def renamed(said: Word) -> str:
        named = said.between_commas()
        if not any(is_meant(one.text) for one in named):
            return ""
        return ",".join(_value(new) if is_meant(one.text) else _as_typed(one) for one in named)

    return _with_terms(text, _STAGE, renamed)


def with_saved_renamed(text: str, name: str, new: str) -> str:
    """A filter as typed, whose `saved:` terms name the filter that was called `name` by its new
    name."""
    known = name.casefold()
    return _with_terms(
        text, _KEPT, lambda said: _word(new) if said.text.casefold() == known else ""
    )


def _with_terms(text: str, sign_of: re.Pattern[str], renamed: Callable[[Word], str]) -> str:
    """A filter in which what terms say behind a sign is `renamed`; what is "" then stays."""
    parts, at = [], 0
    for word in read_words(text, marks="|()"):
        sign = sign_of.match(word.bare)
        if sign and (said := renamed(word.since(sign.end()))):
            parts += [text[at : word.start], word.text[: sign.end()], said]
            at = word.end
    return "".join((*parts, text[at:]))


def _as_typed(word: Word) -> str:
    return word.text if word.is_bare else in_quotes(word.text)


def _word(text: str) -> str:
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else in_quotes(text)


def _value(text: str) -> str:
    return in_quotes(text) if text.lower() == "none" else _word(text)


# Words that are looked for as such, and may have been meant as more.

_ELSEWHERE = {
    "closed": ("won | lost", "closed deals"),
    "active": ("open", "open deals"),
    "stuck": ("stalled", "deals that stand still"),
    "late": ("overdue", "deals with an overdue next step"),
    "due": ("next<=today", "deals with a next step that is due"),
    "today": ("next:today", "deals with a next step today"),
    "parked": ("snoozed", "deals that sleep"),
    "unassigned": ("owner:none", "nobody's deals"),
}
"""What states are called elsewhere: the term for one here, and what it finds."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """A word of a filter, the term that it may have been meant as, and what that `finds`."""

    word: str
    term: str
    finds: str


def other_meanings(
    query: Filter, owners: Iterable[str], stages: Iterable[str]
) -> tuple[Meaning, ...]:
    """What words without quotes may have been meant as: reps, stages, and what states are called
    elsewhere. They are looked for in names, people and notes all the same."""
    if query.root is None:
        return ()
    known = dict(_ELSEWHERE)
    for stage in stages:
        known.setdefault(fold(stage), (f"stage:{_value(stage)}", f"deals in {stage}"))
    for owner in filter(None, owners):
        known[fold(owner)] = f"owner:{_word(owner)}", f"@{owner}'s deals"
    looked_for = {fold(one.text) for one in leaves(query.root) if isinstance(one, Words)}
    typed = [word for word in read_words(query.text, marks="|()") if word.is_bare]
    words = [word for one in typed if (word := fold(one.text.lstrip("-"))) in looked_for]
    if len(words) == len(looked_for):
        words.append(" ".join(words))  # a name of several words, and nothing else
    return tuple(Meaning(word, *known[word]) for word in dict.fromkeys(words) if word in known)


LONGEST = 2_000
DEEPEST = 30
_SAVED = "saved:"
_SIGNS = {
    "AND": "a space means and",
    "&&": "a space means and",
    "OR": "| means or",
    "NOT": "- in front of a term means not",
}
"""What is written so elsewhere, and how it is written here."""
_QUOTE_IT = "Put it in quotes to search for the sign itself."


def parse_filter(
    text: str,
    *,
    today: date,
    currency: str,
    week_start: int = 0,
    fiscal_shift: int = 0,
    saved: Callable[[], Iterable[tuple[str, str]]] = tuple,
) -> Filter:
    """What was typed, read on the local date `today` in a workspace of `currency` (ISO 4217).

    `week_start` and `fiscal_shift` are those of `parse_period`: dates take periods as well. `saved`
    gives the filters that have a name, which `saved:NAME` stands for, as in parentheses. An empty
    text lets every deal through. Raises BadInput for what cannot be read, with the `term` and its
    `position` in the details; also above 2,000 characters, and above 30 parentheses or minus signs
    in one another.
    """
    line = clean_line(text, field="filter", limit=LONGEST)
    try:
        words = list(read_words(line, marks="|()"))
    except BadInput as error:
        raise BadInput(
            f"bad filter: {error.message}", hint=error.hint, details=error.details
        ) from error
    context = FilterContext(today, currency, week_start, fiscal_shift)
    root = _Parser(words, context, saved).read()
    return Filter(line, root, tuple(context.understood))


def _refuse_words_for_signs(first: list[Word], parts: list[Node]) -> None:
    """Raises BadInput for `won OR lost`, and in small letters beside a term: `won or lost`, `not
    open`; `research and development` are words.

    `first` has the word at which each of the parts begins.
    """
    is_term = [not isinstance(part, Words) for part in parts]
    for at, word in enumerate(first[:-1]):
        is_not = word.text.lower() == "not"
        sign = _SIGNS.get(word.text.upper()) if word.is_bare and (at or is_not) else None
        beside = is_term[at + 1] or (is_term[at - 1] and not is_not)
        if sign and (beside or word.text in _SIGNS):
            raise bad_filter(word, f"here {sign}", "Put it in quotes to search for the word.")


class _Parser:
    """Recursive descent over the words of a filter; `depth` counts what is open around a part."""

    def __init__(
        self,
        words: list[Word],
        context: FilterContext,
        saved: Callable[[], Iterable[tuple[str, str]]],
    ) -> None:
        self._words = words
        self._at = 0
        self._setting = context
        self._saved = saved

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
        parts: list[Node] = []
        first: list[Word] = []
        while self._at < len(self._words) and not (self._next_is("|") or self._next_is(")")):
            first.append(self._words[self._at])
            parts.append(self._part(depth))
        _refuse_words_for_signs(first, parts)
        node = all_of(*parts)
        if node is None:
            near = self._words[min(self._at, len(self._words) - 1)]
            raise bad_filter(near, "a term is missing here", _QUOTE_IT)
        return node

    def _part(self, depth: int) -> Node:
        word = self._words[self._at]
        dashes = len(word.bare) - len(word.bare.lstrip("-"))
        self._at += 1
        if depth + dashes > DEEPEST:
            raise bad_filter(word, f"more than {DEEPEST} parentheses or minus signs are open")
        if word.bare == "(":
            node = self._group(word, depth + 1)
        elif dashes < len(word.bare) or not dashes:
            require_no_gap(self._words[self._at - 2] if self._at > 1 else None, word)
            node = self._term(word.since(dashes))
        elif self._next_is("(") and self._words[self._at].start == word.end:
            node = self._part(depth + dashes)
        else:
            raise bad_filter(word, "a term is missing after the minus sign", _QUOTE_IT)
        return negation(node) if dashes % 2 else node

    def _term(self, word: Word) -> Node:
        name = word.text[len(_SAVED) :]
        if not word.bare.lower().startswith(_SAVED) or not name.strip():
            return read_term(word, self._setting)
        known = dict(self._saved())
        named = next((one for one in known if one.casefold() == name.casefold()), None)
        if named is None:
            there = f"There are: {', '.join(known)}." if known else "None is saved."
            raise bad_filter(word, "no filter is saved so", did_you_mean(name, known) or there)
        others = [(one, text) for one, text in known.items() if one != named]
        words = list(read_words(known[named], marks="|()"))
        node = _Parser(words, self._setting, lambda: others).read()
        assert node is not None  # an empty one is never saved
        return node

    def _group(self, opened: Word, depth: int) -> Node:
        node = self._either(depth)
        if not self._next_is(")"):
            raise bad_filter(opened, "this ( is never closed", _QUOTE_IT)
        self._at += 1
        return node

    def _next_is(self, mark: str) -> bool:
        return self._at < len(self._words) and self._words[self._at].bare == mark
