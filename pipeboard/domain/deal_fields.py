"""The fields of a deal that take a new value: each once, with all that is true of it.

What `set` takes, how a value is cleaned, the form, `list`, the timeline's words, imports, merges
and the leads that closed deals become are read off this table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic, Literal, NoReturn, TypeAlias, TypeVar

from pipeboard.domain.dates import Direction, format_date, parse_date
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Kind
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import Money, parse_money, parse_percent
from pipeboard.domain.pipeline import Category
from pipeboard.domain.text import OWN_FIELD, clean_line, did_you_mean, quoted

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


T = TypeVar("T")
_TAG = re.compile(r"[^\s+\-,;|:()\"'][^\s,;|:()\"']*")


@dataclass(frozen=True, slots=True)
class FieldKind(Generic[T]):
    """What a field holds: how it is read from text that was typed on a day, in a currency where it
    names none, and how a value of field `name` is cleaned. An `empty` one is what no text means.
    `compared` is how a filter compares it."""

    read: Callable[[str, date, str], T]
    clean: Callable[[T | None, str], T | None]
    empty: T | None = None
    compared: Literal["name", "part", "date", "number"] = "name"

    @property
    def is_set(self) -> bool:
        """Whether it holds several things, of which two people can put in one each."""
        return self.empty == ()


def is_none(text: str) -> bool:
    """Whether somebody types that there is nothing."""
    return text.casefold() == "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class DealField(Generic[T]):
    """A field of a deal.

    `typed` is its name for people where that is not the attribute's, "" where nobody types it;
    `label` stands before it in the form, "" keeps it out; `told` is its name in a sentence, `quick`
    its key in a quick-add line, "" where that has none, `key` its name in JSON and files where
    that is another. `event` is what its change is called in the history. It is `merged` where a
    deal that does not know it takes it from another that becomes one with it, goes into the
    `sequel` of a closed deal, and is taken `from_rows` of a file as it stands. What is `private`
    its owner alone sees; `remembered` is what imports keep for the next one. One that is looked up
    by `has_column` of its name in the database; it is `filtered` by what a help says of that, with
    an example.
    """

    name: str
    kind: FieldKind[T]
    typed: str
    aliases: tuple[str, ...] = ()
    label: str = ""
    told: str = ""
    quick: str = ""
    key: str = ""
    event: Kind = Kind.EDITED
    merged: bool = True
    sequel: bool = False
    from_rows: bool = False
    private: bool = False
    remembered: bool = False
    has_column: bool = False
    filtered: tuple[str, str] | None = None

    def read(self, text: str, today: date, currency: str) -> T | None:
        """The value that was typed, `none` being nothing as in filters, but for a title, and for an
        owner, whom the reps are asked for; `BadInput` for what cannot be read."""
        if not text or (is_none(text) and self.name not in ("title", "owner")):
            return self.kind.empty
        return self.kind.read(text, today, currency)

    @property
    def column(self) -> str:
        """Its name in JSON and in files."""
        return self.key or self.name

    def clean(self, value: T | None) -> T | None:
        """The value as it is kept; `BadInput` for one that it cannot be."""
        return self.kind.clean(value, self.name)


def _line(value: str | None, name: str) -> str:
    return clean_line(str(value or ""), field=name.replace("_", " "))


def _line_or_none(value: str | None, name: str) -> str | None:
    return _line(value, name) if value else None


def _not_negative(value: Money | None, name: str) -> Money | None:
    if value is not None and value.minor < 0:
        raise BadInput("A deal's value cannot be negative.")
    return value


def _probability(value: int | None, name: str) -> int | None:
    if value is not None and not 0 <= value <= 10_000:
        raise BadInput("A probability lies between 0 and 100%.", hint="For example: 60")
    return value


def _category(value: str | None, name: str) -> str | None:
    if value in (None, ""):
        return None
    known = [str(category) for category in Category]
    if value not in known:
        raise BadInput(
            f"'{value}' is no forecast category.",
            hint=did_you_mean(str(value), known) or f"Known are: {', '.join(known)}.",
        )
    return str(value)


def clean_tags(tags: Iterable[str] | None) -> tuple[str, ...]:
    """Tags in order, each once, without their sigil; `BadInput` for one with odd characters."""
    return _clean_tags(tuple(tags or ()))


@lru_cache(maxsize=1_024)
def _clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    clean = set()
    for tag in tags:
        word = clean_line(str(tag), field="tag").lstrip("+#").lower()
        if not _TAG.fullmatch(word):
            raise BadInput(f"'{tag}' is no tag.", hint="A tag is one word, such as inbound.")
        clean.add(word)
    return tuple(sorted(clean))


def merged_set(base: Iterable[str], theirs: Iterable[str], mine: Iterable[str]) -> tuple[str, ...]:
    """What both sides put into a list that was `base`, without what either took out."""
    known, wanted = set(base), tuple(mine)
    kept = [one for one in theirs if one in wanted or one not in known]
    return (*kept, *(one for one in wanted if one not in known and one not in kept))


def _names(value: Iterable[str] | None, name: str) -> tuple[str, ...]:
    lines = (_line(one, name.removesuffix("s")) for one in value or ())
    return tuple(dict.fromkeys(line for line in lines if line))


def _as_it_is(value: T | None, name: str) -> T | None:
    return value


def _text(text: str, today: date, currency: str) -> str:
    return text


def _words(text: str, today: date, currency: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _untyped(text: str, today: date, currency: str) -> NoReturn:
    raise BadInput("Nobody types this field.")


LINE: FieldKind[str] = FieldKind(_text, _line)
FREE_LINE: FieldKind[str] = FieldKind(_text, _line, compared="part")
OPTIONAL_LINE: FieldKind[str] = FieldKind(_text, _line_or_none)
MONEY: FieldKind[Money] = FieldKind(lambda text, _, money: parse_money(text, money), _not_negative)
DAY: FieldKind[date] = FieldKind(
    lambda text, today, _: parse_date(text, today), _as_it_is, compared="date"
)
INSTANT: FieldKind[datetime] = FieldKind(_untyped, _as_it_is)
PERCENT: FieldKind[int] = FieldKind(lambda text, *_: parse_percent(text), _probability)
CATEGORY: FieldKind[str] = FieldKind(_text, _category)
TAGS: FieldKind[tuple[str, ...]] = FieldKind(_words, lambda tags, _: clean_tags(tags), ())
NAMES: FieldKind[tuple[str, ...]] = FieldKind(_words, _names, (), "part")
_SAID: FieldKind[Mapping[str, str]] = FieldKind(_untyped, _as_it_is)
_DIGEST: FieldKind[str] = FieldKind(_untyped, _as_it_is)

AnyField: TypeAlias = DealField[Any]

FIELDS: tuple[AnyField, ...] = (
    DealField(
        name="contact_reason", kind=FREE_LINE, has_column=True, typed="contact_reason",
        quick="reason", aliases=("reason",), label="Why they came", from_rows=True,
        filtered=("part of why they got in touch", "contact_reason:leak"),
    ),
    DealField(
        name="account", kind=LINE, typed="account", quick="account", aliases=("company",),
        has_column=True, label="Company", told="company", sequel=True, from_rows=True,
    ),
    DealField(name="title", kind=LINE, has_column=True, typed="title", label="Title"),
    DealField(
        name="value", kind=MONEY, typed="value", quick="value", label="Value", event=Kind.VALUE,
        from_rows=True,
    ),
    DealField(
        name="owner", kind=LINE, typed="owner", quick="owner", label="Owner", event=Kind.OWNER,
        has_column=True, sequel=True,
    ),
    DealField(
        name="expected_close", kind=DAY, typed="expected_close", quick="close", aliases=("close",),
        label="Close date", told="close date", event=Kind.EXPECTED_CLOSE, from_rows=True,
    has_column=True, ),
    DealField(
        name="probability_bp", kind=PERCENT, typed="probability", quick="p", aliases=("p",),
        label="Probability %", told="probability", event=Kind.PROBABILITY, from_rows=True,
    has_column=True, ),
    DealField(
        name="category", kind=CATEGORY, has_column=True, typed="category", key="forecast_category",
        aliases=("forecast_category",), label="Forecast", told="forecast category",
        event=Kind.CATEGORY,
    ),
    DealField(
        name="source", kind=LINE, typed="source", quick="source", label="Source", sequel=True,
        has_column=True, from_rows=True, filtered=("where it came from", "source:referral"),
    ),
    DealField(
        name="source_detail", kind=FREE_LINE, typed="source_detail", label="Source detail",
        sequel=True, has_column=True, from_rows=True,
        filtered=("part of where exactly it came from", "source_detail:hall"),
    ),
    DealField(
        name="tags", kind=TAGS, typed="tags", quick="tag", label="Tags", event=Kind.TAGGED,
        sequel=True,
    ),
    DealField(
        name="competitors", kind=NAMES, typed="competitors", label="Competitors", sequel=True,
        from_rows=True, filtered=("part of a competitor's name", "competitors:acme"),
    ),
    DealField(
        name="links", kind=NAMES, typed="links", label="Links to files", sequel=True,
        from_rows=True,
    ),
    DealField(
        name="offer_expires_on", kind=DAY, typed="offer_expires_on", aliases=("offer_expires",),
        has_column=True, label="Offer expires", told="offer expires", from_rows=True,
        filtered=("when our offer runs out", "offer_expires_on<2w"),
    ),
    DealField(
        name="floor_value", kind=MONEY, typed="floor_value", aliases=("floor",),
        label="Lowest value", told="lowest value", from_rows=True, private=True,
    ),
    DealField(
        name="trial_close", kind=LINE, has_column=True, typed="trial_close", from_rows=True,
        filtered=("how a trial close went", "trial_close:yes"),
    ),
    DealField(
        name="external_id", kind=OPTIONAL_LINE, typed="external_id", merged=False, has_column=True,
    ),
    DealField(
        name="quote_sent_at", kind=INSTANT, typed="", told="quote sent", from_rows=True,
        has_column=True,
    ),
    DealField(
        name="external_source", kind=LINE, typed="", merged=False, remembered=True, has_column=True,
    ),
    DealField(name="imported", kind=_SAID, typed="", merged=False, remembered=True),
    DealField(name="imported_as", kind=_DIGEST, typed="", merged=False, remembered=True),
)  # fmt: skip
BY_NAME: Mapping[str, AnyField] = MappingProxyType({field.name: field for field in FIELDS})
BY_TYPED: Mapping[str, AnyField] = MappingProxyType(
    {name: field for field in FIELDS if field.typed for name in (field.typed, *field.aliases)}
)
"""Fields by all that people call them."""
FROM_ROWS = tuple(field.name for field in FIELDS if field.from_rows)


def fields_beside(named: Collection[str]) -> tuple[AnyField, ...]:
    """The fields that are told or written as they are, where those with words of their own are
    `named`: whatever is new is among them."""
    return tuple(
        field
        for field in FIELDS
        if not field.remembered and not {field.name, field.column} & {*named}
    )


# The fields of a deal as a person names and types them: `value=40k`, `close=19dec`, `p=60`.


BEGINNING = "created_at"
"""When a deal began: named beside its fields, and corrected where they are changed."""
_BEGINNINGS = ("created", BEGINNING)
TYPED = (*(field.typed for field in FIELDS if field.typed), _BEGINNINGS[0])
"""All that can be set, by the name that help and refusals give it."""


def _began_on(text: str, today: date) -> date:
    if not text:
        raise BadInput("A deal has begun on some day.", hint="For example: created=1may")
    if (day := parse_date(text, today, Direction.BACK)) > today:
        raise BadInput(f"{format_date(day)} lies ahead: a deal begins today or earlier.")
    return day


def parse_assignment(text: str, today: date, currency: str) -> tuple[str, FieldValue]:
    """Field and value of `field=value`; an empty value empties the field.

    `BadInput` names an unknown field or a value that cannot be read.
    """
    name, equals, value = text.partition("=")
    if not equals:
        raise BadInput(
            f"{quoted(text)} sets nothing.", hint="Write field=value, such as value=40k."
        )
    return parse_field(name.strip(), value.strip(), today, currency)


def parse_field(name: str, text: str, today: date, currency: str) -> tuple[str, FieldValue]:
    """The field that `name` means and the domain value that `text` means for it."""
    known = named_field(name)
    if known.startswith("fields."):
        return known, "" if is_none(text) else text
    if known == BEGINNING:
        return known, _began_on(text, today)
    try:
        return known, BY_NAME[known].read(text, today, currency)
    except BadInput as error:
        if text.casefold() in ("-", "null"):
            error.hint = f"To empty it, write nothing behind the sign: {name}="
        raise


# What lists and exports show of a deal beside its fields, by the verbs that change it.
_CHANGED_BY = {
    name: verbs
    for verbs, names in (
        ("move", "stage"),
        ("won, lost, reopen, archive", "status outcome won lost archived"),
        ("next", "next next_step step due next_due next_text"),
        ("snooze", "snooze snoozed snoozed_until snooze_reason"),
        ("note", "note notes"),
        ("log", "touch touches last_touch_at quote_sent_at"),
        ("answer", "answer answers qualification"),
        ("contact", "contact contacts"),
        ("term", "term terms"),
        ("tick", "checklist"),
        ("lost", "lost_reason lost_category competitor recycle_on"),
    )
    for name in names.split()
}


def named_field(name: str) -> str:
    """The field of a deal that `name` means, or `fields.NAME`; `BadInput` where none is meant."""
    if (own := OWN_FIELD.match(name)) and own.end() < len(name):
        return f"fields.{name[own.end() :]}"
    if name.lower() in _BEGINNINGS:
        return BEGINNING
    field = BY_TYPED.get(name.lower())
    if field is None:
        if verb := _CHANGED_BY.get(name.lower()):
            raise BadInput(
                f"{quoted(name)} is not set as a field.", hint=f"It is changed by: {verb}."
            )
        raise BadInput(
            f"No field {quoted(name)}.",
            hint=did_you_mean(name, [*BY_TYPED, *_BEGINNINGS])
            or f"There are: {', '.join(TYPED)}, and fields.NAME.",
        )
    return field.name
