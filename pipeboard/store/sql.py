"""Pieces of a WHERE clause with the values that go with them, and what an index may hold.

A row of an index takes 2.7 kB at most on PostgreSQL, so that no text without a bound stands in one.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipeboard.domain.digests import sha256
from pipeboard.domain.lazy_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Sql:
    """A condition and the values for its `?`, in order.

    Conditions are never NULL for any row, so that NOT of one is what it says.
    """

    text: str
    values: tuple[object, ...] = ()


_WIDE = 50
WORDS_BYTES, VALUE_BYTES, RATINGS_BYTES = 1_000, 1_000, 400
"""The most that stands in an index of the words that a deal is found by, of a custom field, of the
ratings of answers."""
_NAME_OF_LONG = "\x7f"  # nobody can type it
TRUE, FALSE = Sql("true"), Sql("false")


def names(columns: Iterable[str]) -> str:
    """Columns as a statement lists them."""
    return ", ".join(f'"{name}"' for name in columns)


def every(parts: Iterable[Sql]) -> Sql:
    """True where each part is."""
    kept = [part for part in parts if part != TRUE]
    return FALSE if FALSE in kept else _joined(kept, " and ") or TRUE


def either(parts: Iterable[Sql]) -> Sql:
    """True where at least one part is."""
    kept = [part for part in parts if part != FALSE]
    return TRUE if TRUE in kept else _joined(kept, " or ") or FALSE


@dataclass(frozen=True, slots=True)
class Audit:
    """Which commands are looked for: by whom (for themselves or for others, or others for them),
    what was done, with which marks; or what a review of a pipeline (its id) speaks of."""

    by: str = ""
    verb: str = ""
    overrides: bool = False
    for_others: bool = False
    undone: bool = False
    reviewed: int | None = None

    def condition(self, overrides: Sql) -> Sql:
        """The condition on the table `command`; `overrides` is what tells a passed gate."""
        asked = (
            (self.by, Sql("? in (command.actor, command.acting_as)", (self.by,))),
            (self.verb, Sql("command.verb = ?", (self.verb,))),
            (self.overrides, overrides),
            (self.for_others, Sql("command.acting_as not in ('', command.actor)")),
            (self.undone, Sql("command.undone")),
            (self.reviewed is not None, _spoken_of(self.reviewed or 0)),
        )
        return every(part for wanted, part in asked if wanted)


def _spoken_of(pipeline_id: int) -> Sql:
    """What `notable.exceptions` and decisions are found among: dates, values, categories and
    stages that changed, what began as a commit, gates passed with a reason."""
    return Sql(
        "(select pipeline_id from deal where deal.id = event.deal_id) = ?"
        " and (event.kind in ('expected_close', 'value', 'category', 'moved', 'corrected')"
        " or command.verb = 'decide'"
        " or event.data like ? or event.data like ?)",
        (pipeline_id, '%"category":"commit"%', '%"missing":[%'),
    )


def negated(part: Sql) -> Sql:
    """True where the part is not."""
    if part in (TRUE, FALSE):
        return FALSE if part == TRUE else TRUE
    return Sql(f"not ({part.text})", part.values)


def compares(expression: str, sign: str, value: object) -> Sql:
    """Whether an expression compares so with a value; what is NULL does not.

    Written so that no index is chosen for its sake: a filter is tested along the index that the
    cards are ordered by, or along the one that holds all that filters ask.
    """
    return Sql(f"coalesce({expression} {sign} ?, false)", (value,))


def among(column: str, ids: Iterable[int]) -> Sql:
    """Whether a column is one of some whole numbers, which stand in the text, however many."""
    listed = ",".join(str(int(one)) for one in ids)
    return Sql(f"{column} in ({listed})") if listed else FALSE


def one_of(column: str, words: Iterable[str]) -> Sql:
    """Whether a text column is one of some words; what is NULL is none of them."""
    values = tuple(words)
    if not values:
        return FALSE
    return Sql(f"coalesce({column} in ({','.join('?' * len(values))}), false)", values)


def contains(column: str, text: str) -> Sql:
    """Whether a text column, folded as `text` is, holds it somewhere."""
    return Sql(f"{column} like ? escape '\\'", (f"%{_escaped(text)}%",))


def beginning(text: str, most: int) -> str:
    """As much of a text as an index may hold."""
    if len(text) * 4 <= most:
        return text
    return text.encode()[:most].decode(errors="ignore")


def index_key(text: str, most: int) -> str:
    """What stands for a text where it is looked for whole: itself, or where it is too long for an
    index, a name that no other text has."""
    if beginning(text, most) == text:
        return text
    return f"{_NAME_OF_LONG}{sha256(text.encode()).hexdigest()}"


def is_name_of_long(key: str) -> bool:
    """Whether a key stands for a text that is too long for an index."""
    return key.startswith(_NAME_OF_LONG)


EVERYTHING = Audit()


def begins_with(column: str, text: str) -> Sql:
    """Whether a text column, folded as `text` is, begins with it."""
    return Sql(f"{column} like ? escape '\\'", (f"{_escaped(text)}%",))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _joined(parts: list[Sql], word: str) -> Sql | None:
    if len(parts) < 2:
        return parts[0] if parts else None
    if len(parts) > _WIDE:
        # SQLite refuses a chain of a thousand terms, yet not the same terms in two halves.
        middle = len(parts) // 2
        halves = (_joined(parts[:middle], word), _joined(parts[middle:], word))
        parts = [half for half in halves if half is not None]
    text = word.join(f"({part.text})" for part in parts)
    return Sql(text, tuple(value for part in parts for value in part.values))
