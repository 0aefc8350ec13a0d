"""What a filter means: a small tree of values, the same for the store, the screens and the help.

A node is true or false of one deal. Where a deal does not have what a leaf compares, the leaf is
false, and so its negation is true: `close<2w` leaves out deals without a close date, `-close<2w`
keeps them.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeAlias

from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.money import Money
from pipeboard.domain.text import fold

Op: TypeAlias = Literal["<", "<=", "=", ">=", ">"]
StateName: TypeAlias = Literal["open", "won", "lost", "archived", "snoozed", "stalled", "overdue"]

COMPARES: Mapping[Op, Callable[[int, int], bool]] = MappingProxyType(
    {
        "<": operator.lt,
        "<=": operator.le,
        "=": operator.eq,
        ">=": operator.ge,
        ">": operator.gt,
    }
)

ME = "me"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more parts; no part is itself an And."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more parts, one of which must hold; no part is itself an Or."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What `part` is not true of; `part` is itself no Not."""

    part: Node


@dataclass(frozen=True, slots=True)
class Words:
    """`text` occurs in a note, or in what a deal is found by (`rows.folded`); folded on both
    sides."""

    text: str


@dataclass(frozen=True, slots=True)
class Is:
    """The text field `field` (of kind "name" or "part" in `FIELDS`) is, or holds, `value`.

    Both sides are folded. `Is("owner", ME)` is whoever asks. `Is("lost", category)` is true of
    lost deals only.
    """

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Unset:
    """The deal has nothing in `field` (one that is `optional` in `FIELDS`)."""

    field: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The deal carries the tag; folded on both sides."""

    name: str


@dataclass(frozen=True, slots=True)
class Custom:
    """The custom field `name` is `value`, or is missing or empty where `value` is None; folded."""

    name: str
    value: str | None


@dataclass(frozen=True, slots=True)
class Compare:
    """`field` against `value`, which is by the field's kind:

    "money": Money, true only of deals in the same currency, which is that of the deal's pipeline
    where the amount `is_plain`, typed without one; "date": a local date of the workspace, also for
    fields that hold an instant; "days" and "number": int; "percent": basis points.
    """

    field: str
    op: Op
    value: Money | date | int
    is_plain: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The deal stands so: its status, or snoozed, stalled (`DEFINITIONS.md`), overdue (open, with a
    next step before today)."""

    name: StateName


@dataclass(frozen=True, slots=True)
class Answered:
    """The qualification question (its key or label, folded) has an answer; with `op` also a rating
    (0..4) that compares so."""

    question: str
    op: Op | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class These:
    """The deal is one of these, by id."""

    ids: frozenset[int]


Leaf: TypeAlias = Words | Is | Unset | Tag | Custom | Compare | State | Answered | These
Node: TypeAlias = And | Or | Not | Leaf


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter as it was typed and what it means; a `root` of None lets every deal through.

    Save `text`, never the tree: `next<today` moves on with the days, and the tree holds dates.
    `understood` are the days that were typed without their year, as text and date.
    """

    text: str
    root: Node | None
    understood: tuple[tuple[str, date], ...] = field(default=(), compare=False)


EVERYTHING = Filter("", None)


def all_of(*parts: Node | None) -> Node | None:
    """The node that is true where every part is; a part of None is true of every deal."""
    flat: list[Node] = []
    for part in parts:
        if isinstance(part, And):
            flat.extend(part.parts)
        elif part is not None:
            flat.append(part)
    return And(tuple(flat)) if len(flat) > 1 else next(iter(flat), None)


def negation(part: Node) -> Node:
    """The node that is true where `part` is not; no Not stands in a Not."""
    return part.part if isinstance(part, Not) else Not(part)


def any_of(first: Node, *others: Node) -> Node:
    """The node that is true where at least one part is."""
    flat: list[Node] = []
    for part in (first, *others):
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return Or(tuple(flat)) if others else first


def leaves(node: Node) -> Iterator[Leaf]:
    """The terms of the tree, without its And, Or and Not."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part)
        case Not(part):
            yield from leaves(part)
        case _:
            yield node


_ARCHIVED: Final = State("archived")


def reaches_archive(root: Node | None) -> bool:
    """Whether archived deals are let through too: where a term speaks of the archive, or where all
    that can be found are named one by one."""
    if root is None:
        return False
    parts = root.parts if isinstance(root, And) else (root,)
    return _ARCHIVED in leaves(root) or any(isinstance(part, These) for part in parts)


def says_whose(root: Node | None) -> bool:
    """Whether a filter says itself whose deals are meant: it names an owner, or deals."""
    return root is not None and any(
        isinstance(leaf, These) or (isinstance(leaf, Is | Unset) and leaf.field == "owner")
        for leaf in leaves(root)
    )


def asks_how_it_ended(root: Node | None, ends: Collection[str]) -> bool:
    """Whether a filter speaks of deals that were won or lost; `ends` are the stages of those, by
    their folded names."""

    def speaks(leaf: Leaf) -> bool:
        match leaf:
            case State("won" | "lost") | Compare("closed") | Is("lost"):
                return True
            case Is("stage", name):
                return name in ends
            case _:
                return False

    return root is not None and any(map(speaks, leaves(root)))


def with_state(query: Filter, name: StateName) -> Filter:
    """The deals that a filter lets through and that stand so, as it would be typed."""
    text = f"({query.text})" if isinstance(query.root, Or) else query.text
    return Filter(f"{text} {name}".strip(), all_of(query.root, State(name)))


def narrows(query: Filter, before: Filter) -> bool:
    """Whether it is plain that every deal of `query` is one of `before`: a word that grows, or a
    term that is added."""
    if query.root is None or before.root is None:
        return before.root is None
    if reaches_archive(query.root) != reaches_archive(before.root):
        return False
    return _narrows(query.root, before.root)


def _narrows(node: Node, before: Node) -> bool:
    match node, before:
        case _, And(parts):
            return all(_narrows(node, part) for part in parts)
        case And(parts), _:
            return any(_narrows(part, before) for part in parts)
        case Words(longer), Words(shorter):
            return fold(shorter) in fold(longer)
        case _:
            return node == before
