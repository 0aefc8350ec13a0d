"""The vocabulary of the filter, which the parser reads and the help prints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypeAlias

from pipeboard.domain.dates import Direction
from pipeboard.domain.deal_fields import FIELDS as DEAL_FIELDS
from pipeboard.domain.filter_nodes import StateName
from pipeboard.domain.lazy_dataclass import dataclass

Kind: TypeAlias = Literal["name", "part", "money", "days", "date", "number", "percent"]


@dataclass(frozen=True, slots=True)
class Field:
    """A word that stands before a sign in a filter.

    `kind` says how the value is read: "name" equals and "part" occurs in the field's text, the
    others compare. `optional` fields can be asked for `none`. A date without its year lies where
    `direction` says.
    """

    name: str
    kind: Kind
    help: str
    example: str
    aliases: tuple[str, ...] = ()
    optional: bool = False
    direction: Direction = Direction.AHEAD

    @property
    def is_text(self) -> bool:
        return self.kind in {"name", "part"}


FIELDS: tuple[Field, ...] = (
    Field("stage", "name", "the stage it is in", "stage:demo"),
    Field("owner", "name", "a rep, me or none", "owner:me", optional=True),
    *(
        Field(one.name, one.kind.compared, *one.filtered, one.aliases, optional=True)
        for one in DEAL_FIELDS
        if one.filtered
    ),
    Field("account", "part", "part of the company's name", "account:lumen", optional=True),
    Field("title", "part", "part of the deal's name", 'title:"spare parts"'),
    Field("pipeline", "name", "the pipeline it is in", "pipeline:renewals"),
    Field("category", "name", "omitted, pipeline, best or commit", "category:commit"),
    Field("currency", "name", "the currency of its value", "currency:USD", optional=True),
    Field("channel", "name", "in or out", "channel:in", optional=True),
    Field("lost", "name", "lost for this reason", "lost:price", optional=True),
    Field("lost_reason", "part", "part of why it was lost", "lost_reason:budget", optional=True),
    Field("value", "money", "what it is worth", "value>20k", optional=True),
    Field("age", "days", "days in its stage", "age>14", optional=True),
    Field("idle", "days", "days since the last touch", "idle>7", optional=True),
    Field("next", "date", "when the next step is due", "next<today", optional=True),
    Field("close", "date", "when it should close", "close<2w", optional=True),
    Field(
        "created",
        "date",
        "when it was created",
        "created>1nov",
        optional=True,
        direction=Direction.BACK,
    ),
    Field(
        "closed",
        "date",
        "when it was won or lost",
        "closed:2026Q4",
        optional=True,
        direction=Direction.BACK,
    ),
    Field("score", "number", "its score, 0 to 100", "score<50", optional=True),
    Field("fit", "number", "how well it fits the ideal customer", "fit>=60", optional=True),
    Field("probability", "percent", "its chance to be won", "p>50", aliases=("p",), optional=True),
    Field("q", "number", "how many questions are answered", "q<3"),
)

STATES: Mapping[StateName, str] = MappingProxyType(
    {
        "open": "neither won, lost nor archived",
        "won": "won",
        "lost": "lost",
        "archived": "put away; other terms leave these out (won archived: those that were won)",
        "snoozed": "asleep until its date",
        "stalled": "too long in its stage or without a touch (also rot)",
        "overdue": "open, and its next step lies before today",
    }
)

STATE_ALIASES: Mapping[str, StateName] = MappingProxyType({"rot": "stalled", "rotting": "stalled"})

# What has no field's name: how it is typed, and what it asks for.
FORMS: tuple[tuple[str, str], ...] = (
    ("lumen", "the word occurs in a name, a note or a reason; a competitor, or where it came from"),
    ('"spare parts"', "the words occur together; quotes also take signs literally"),
    ("+inbound", "the tag (also tag:inbound; tag:none is without any tag)"),
    ("@ana", "the same as owner:ana; mine is owner:me"),
    ("field.product:GTX", "the custom field; field.product:none is without it"),
    ("q:budget", "the question is answered; q:budget=none is not, q:budget>=2 by rating"),
    ("id:142,D-143", "one of these deals, by its number"),
    ("next:none", "nothing is there; a next step without a day is none"),
    ("-stage:demo", "not"),
    ("owner:ana,ben", "one of these; so too +inbound,fair and value:20k..40k for a range"),
    ("saved:big", "what the filter that is kept under this name means"),
    ("won owner:ana", "both"),
    ("stalled | overdue", "either; binds less than a space, so group with ( )"),
)

BY_NAME: Mapping[str, Field] = MappingProxyType(
    {name: field for field in FIELDS for name in (field.name, *field.aliases)}
)


def may_become(text: str) -> tuple[str, ...]:
    """What the word that is typed last may yet become, by which other deals are found: fields with
    their sign, and states. Empty for a word that is done."""
    word = text.replace("(", " ").replace("|", " ").rpartition(" ")[2].removeprefix("-").casefold()
    if not word or word in STATES or word in STATE_ALIASES:
        return ()
    return (
        *(f"{field.name}:" for field in FIELDS if field.name.startswith(word)),
        *(state for state in STATES if state.startswith(word)),
    )
