"""The columns that `list` can show: each read off a deal, for people and for scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeboard.cli.output import BOLD, RED, YELLOW
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import FIELDS, LINE, MONEY, NAMES, AnyField
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import Money, format_money, format_percent
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.signs import (
    Sign,
    clocks,
    days_in_stage,
    idle_days,
    limits,
    sign,
    stalled_reasons,
)
from pipeboard.domain.text import OWN_FIELD, did_you_mean, fold, printable, quoted

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue
    from pipeboard.store.reading.listing import Place

_CUSTOM = "fields."
SIGN_STYLES = {Sign.OVERDUE: RED, Sign.NO_NEXT_STEP: YELLOW, Sign.STALLED: BOLD}


@dataclass(frozen=True, slots=True)
class Listed:
    """A deal in its pipeline, on the day that the list is made."""

    deal: Deal
    pipeline: Pipeline
    today: date
    zone: ZoneInfo


Read = Callable[[Listed], str]


@dataclass(frozen=True, slots=True)
class ListColumn:
    """`data` is what scripts get, `words` what people read, else the same.

    Numbers stand flush `right`; an `elastic` column may be cut on a terminal.
    """

    name: str
    data: Read
    words: Read | None = None
    right: bool = False
    elastic: bool = False

    def read(self, listed: Listed) -> str:
        """What a person reads."""
        return (self.words or self.data)(listed)


def _shown(read: Callable[[Deal], FieldValue]) -> tuple[Read, Read]:
    """What scripts get of a value, and what people read, by its type."""

    def data(listed: Listed) -> str:
        match value := read(listed.deal):
            case Money():
                return format_money(value, style="code")
            case tuple():
                from pipeboard.exchange.layouts.layout import join_words

                return join_words(value)
            case datetime():
                return value.isoformat()
            case _:
                return str(value or "")

    def words(listed: Listed) -> str:
        match value := read(listed.deal):
            case datetime():
                return str(local_date(value, listed.zone))
            case date():
                return written().day(value, listed.today)
            case Money():
                return written().money(value)
            case _:
                return data(listed)

    return data, words


def _amount(listed: Listed) -> str:
    value = listed.deal.value
    return "" if value is None else format_money(value, style="code").partition(" ")[0]


def _currency(listed: Listed) -> str:
    return listed.deal.value.currency if listed.deal.value else ""


def _money(listed: Listed) -> str:
    return "" if listed.deal.value is None else written().money(listed.deal.value)


def _name(listed: Listed) -> str:
    account, title = listed.deal.account, listed.deal.title
    return f"{account}: {title}" if account and not title.startswith(account) else title


def _due(deal: Deal) -> date | None:
    return deal.next_step.due if deal.next_step else None


def _step(listed: Listed) -> str:
    return listed.deal.next_step.words if listed.deal.next_step else ""


def _next(listed: Listed) -> str:
    due = _due(listed.deal)
    day = written().day(due, listed.today) if due else ""
    return " ".join(filter(None, (day, _step(listed))))


def _probability(listed: Listed) -> str:
    chance = listed.deal.effective_probability_bp(listed.pipeline)
    return "" if chance is None else format_percent(chance)


def _score(listed: Listed) -> str:
    from pipeboard.domain.score import score  # fractions, for one column

    points = score(listed.deal, listed.pipeline, listed.today, listed.zone)
    return f"{points.low}-{points.high}" if points else ""


def _warmth(listed: Listed) -> str:
    from pipeboard.domain.score import warmth

    return warmth(listed.deal, listed.pipeline, listed.today, listed.zone) or ""


def _fit(listed: Listed) -> str:
    from pipeboard.domain.fit import fit

    found = fit(listed.deal, listed.pipeline)
    return "" if found is None or found.percent is None else str(found.percent)


def _age(listed: Listed) -> str:
    return _number(days_in_stage(listed.deal, listed.today, listed.zone))


def _idle(listed: Listed) -> str:
    return _number(idle_days(listed.deal, listed.today, listed.zone))


def _number(days: int | None) -> str:
    return "" if days is None else str(days)


def _sign(listed: Listed) -> str:
    return str(sign_of(listed)).strip()


def sign_of(listed: Listed) -> Sign:
    """The sign that the deal's card carries on the board."""
    deal = listed.deal
    if not deal.is_open:
        return Sign.NONE
    return sign(
        clocks(deal, listed.zone),
        limits(listed.pipeline.stage(deal.stage_id), listed.today),
        snoozed=deal.is_snoozed(listed.today),
    )


_NEVER_CUT = frozenset(("owner", "source", "trial_close"))


def _plain(field: AnyField) -> ListColumn:
    """The column of a field that stands for itself."""
    is_long = field.kind in (LINE, NAMES) and field.name not in _NEVER_CUT
    shown = _shown(attrgetter(field.name))
    return ListColumn(field.name, *shown, right=field.kind is MONEY, elastic=is_long)


_OF_SEVERAL = (
    ListColumn("sign", _sign),
    ListColumn("ref", lambda x: x.deal.ref),
    ListColumn("deal", _name, elastic=True),
    ListColumn("pipeline", lambda x: x.pipeline.name),
    ListColumn("stage", lambda x: x.pipeline.stage(x.deal.stage_id).name),
    ListColumn("status", lambda x: str(x.deal.status)),
    ListColumn("value", _amount, _money, right=True),
    ListColumn("currency", _currency),
    ListColumn("tags", lambda x: " ".join(x.deal.tags), elastic=True),
    ListColumn("probability", _probability, right=True),
    ListColumn("forecast_category", lambda x: x.deal.effective_category(x.pipeline)),
    ListColumn("age", _age, right=True),
    ListColumn("idle", _idle, right=True),
    ListColumn(
        "stalled", lambda x: ", ".join(stalled_reasons(x.deal, x.pipeline, x.today, x.zone))
    ),
    ListColumn("next", _step, _next, elastic=True),
    ListColumn("due", *_shown(_due)),
    ListColumn("snoozed_until", *_shown(attrgetter("snoozed_until"))),
    ListColumn("created_at", *_shown(attrgetter("known_created_at"))),
    ListColumn("stage_entered_at", *_shown(attrgetter("known_entry_at"))),
    ListColumn("closed_at", *_shown(attrgetter("known_closed_at"))),
    ListColumn("last_touch_at", *_shown(attrgetter("last_touch_at"))),
    ListColumn("snooze_reason", lambda x: x.deal.snooze_reason, elastic=True),
    ListColumn("lost", lambda x: x.deal.loss.category if x.deal.loss else ""),
    ListColumn("answered", lambda x: str(len(x.deal.answered(x.pipeline))), right=True),
    ListColumn("score", _score),
    ListColumn("warmth", _warmth),
    ListColumn("fit", _fit, right=True),
    ListColumn("version", lambda x: str(x.deal.version), right=True),
)
_NAMED_OTHERWISE = frozenset(("probability_bp", "category"))
COLUMNS = _OF_SEVERAL + tuple(
    _plain(field)
    for field in FIELDS
    if not field.remembered
    and field.name not in _NAMED_OTHERWISE
    and field.name not in {column.name for column in _OF_SEVERAL}
)
_BY_NAME: Mapping[str, ListColumn] = {column.name: column for column in COLUMNS}
COLUMN_NAMES = tuple(_BY_NAME)
_ALIASES = {"close": "expected_close", "created": "created_at", "closed": "closed_at", "id": "ref"}


def _named(*names: str) -> tuple[ListColumn, ...]:
    return tuple(_BY_NAME[name] for name in names)


FOR_PEOPLE = _named(
    "sign", "ref", "deal", "stage", "value", "owner", "age", "next", "expected_close"
)
FOR_SCRIPTS = _named(
    "ref", "title", "account", "pipeline", "stage", "status", "value", "currency", "owner",
    "source", "probability", "age", "idle", "next", "due", "expected_close", "created_at",
    "closed_at",
)  # fmt: skip
FOR_MARKDOWN = _named(
    "ref", "deal", "stage", "value", "currency", "owner", "next", "due", "expected_close"
)

Fields = Callable[[], Collection[str]]
"""The names of custom fields that there are, read when a column is one of them."""


def columns(names: str, fields: Fields) -> tuple[ListColumn, ...]:
    """The columns named in `a,b,fields.NAME`; raises BadInput with the near one for an unknown. A
    field of one's own that no deal has, and none like it, is an empty column."""
    wanted = tuple(filter(None, (name.strip() for name in names.split(","))))
    if not wanted:
        raise BadInput("No columns are named.", hint=f"There are: {', '.join(_BY_NAME)}.")
    return tuple(column_named(name, fields) for name in wanted)


def _custom(key: str, fields: Fields) -> ListColumn:
    known = fields()
    if fold(key) not in map(fold, known) and (hint := did_you_mean(key, known)):
        raise BadInput(f"No deal has a field {quoted(key)}.", hint=hint)
    return ListColumn(_CUSTOM + key, lambda listed: listed.deal.custom(key), elastic=True)


def column_named(name: str, fields: Fields) -> ListColumn:
    """The column of that name; raises BadInput with the near one for an unknown."""
    if (own := OWN_FIELD.match(name)) and own.end() < len(name):
        return _custom(name[own.end() :], fields)
    known = _ALIASES.get(name.lower(), name.lower())
    if known not in _BY_NAME:
        raise BadInput(
            f"There is no column {quoted(name)}.",
            hint=did_you_mean(name, (*_BY_NAME, *_ALIASES))
            or f"There are: {', '.join(_BY_NAME)}, and fields.NAME.",
        )
    return _BY_NAME[known]


# Other uses of a column: to sort by, and between the braces of a template.

_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?= ?%?$| [A-Z]{3}$)")


def place_by(column: ListColumn) -> Callable[[Listed], Place | None]:
    """Where a deal comes by its number there, else by its text; None where it is empty."""

    def place(listed: Listed) -> Place | None:
        text = column.data(listed)
        if not text:
            return None
        number = _NUMBER.match(text)
        return (0, float(number[0]), "") if number else (1, 0.0, fold(text))

    return place


_BRACES = re.compile(r"\{\{|\}\}|\{([^{}:]*)(?::([^{}]*))?\}|[{}]")


def template(text: str, fields: Fields) -> Callable[[Listed], str]:
    """What makes a line of a deal: `{ref} {value}` with the columns as scripts get them, and
    `{value:words}` as people read them; `{{` is a brace, `\\t` a tab.

    Raises BadInput for a brace without its other, and with the near one for an unknown column.
    """
    parts: list[Read] = []
    end = 0
    for found in _BRACES.finditer(text):
        parts += (_as_it_stands(text[end : found.start()]), _filling(text, found, fields))
        end = found.end()
    parts.append(_as_it_stands(text[end:]))
    return lambda listed: "".join(part(listed) for part in parts)


def _as_it_stands(text: str) -> Read:
    shown = text.replace("\\t", "\t").replace("\\n", "\n")
    return lambda _: shown


def _filling(text: str, found: re.Match[str], fields: Fields) -> Read:
    if found[0] in ("{{", "}}"):
        return _as_it_stands(found[0][0])
    name, form = found[1], found[2]
    if name is None:
        raise BadInput(
            f"A brace stands alone in {quoted(text)}.",
            hint="A column stands between two: {ref}. For a brace itself write {{ or }}.",
        )
    if form not in (None, "words"):
        raise BadInput(
            f"{quoted(found[0])} has no form {quoted(form)}.",
            hint=f"Write {{{name}}} or {{{name}:words}}.",
        )
    column = column_named(name.strip(), fields)
    read = column.read if form else column.data
    return lambda listed: printable(read(listed))
