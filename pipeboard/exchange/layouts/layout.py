"""What is known of the columns that one tool writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import TypeGuard

from pipeboard.domain.deal_fields import fields_beside
from pipeboard.domain.errors import BadInput
from pipeboard.domain.json_data import Json, JsonObject
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.money import Money, format_money
from pipeboard.domain.text import quoted, slug
from pipeboard.exchange.fields import CUSTOM, ENTERED, LEFT_OUT
from pipeboard.exchange.tables import number_text, without_surrogates
from pipeboard.exchange.values import REF

_IN_LIST = re.compile(r"\[[^\[\]]*\]")
_BETWEEN_WORDS = re.compile(r"\s*[,;|\n]\s*|\s+(?=#\S)")


@dataclass(frozen=True)
class Layout:
    """The columns of a tool, spelled as it spells them, and the field that each one is.

    `marks` are names that no other tool writes. `entered` finds the stage in the name of a column
    that holds the date of entering it. `prefixes` are not repeated in the names of custom fields.
    `has_several_owners` says that the first of several names owns the deal, `closes_in_stage` that
    the stage of a closed deal is a closing one whatever its name, `status_decides` that its status
    alone says what became of a deal, `is_ours` that it is our own file. `minor_units` are columns
    that hold cents, `continues` says that a line without a name goes on with the deal above,
    `has_groups` that a line with one cell is the title of the deals below. `values` are the tool's
    own words, by column, for others that are understood everywhere. `remarks` are for the person,
    by the column that calls for them. `open_too` are signs of an end that open deals have as well.
    """

    name: str
    columns: Mapping[str, str]
    marks: frozenset[str] = frozenset()
    entered: re.Pattern[str] | None = None
    prefixes: tuple[str, ...] = ()
    has_several_owners: bool = False
    closes_in_stage: bool = False
    status_decides: bool = False
    is_ours: bool = False
    minor_units: frozenset[str] = frozenset()
    continues: bool = False
    has_groups: bool = False
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    open_too: frozenset[str] = frozenset()

    @cached_property
    def _by_slug(self) -> Mapping[str, str]:
        return {slug(column): target for column, target in self.columns.items()}

    def target(self, column: str) -> str | None:
        """The field that a column is, or None for one that the tool does not write by itself."""
        if self.entered and (found := self.entered.fullmatch(column)):
            return ENTERED + found["stage"].strip()
        return self._by_slug.get(slug(column))

    def custom_name(self, column: str) -> str:
        """The name of the custom field that an unmapped column becomes."""
        for prefix in self.prefixes:
            if column.startswith(prefix) and len(column) > len(prefix):
                return column[len(prefix) :]
        return column

    def hits(self, header: tuple[str, ...]) -> int:
        """How many columns are spelled as this tool spells them; 0 when none is its own."""
        known = sum(
            column in self.columns or bool(self.entered and self.entered.fullmatch(column))
            for column in header
        )
        return known if self.marks.intersection(header) else 0

    def lists_owners(self, column: str) -> bool:
        """Whether the names in a cell of a column of owners are surely several."""
        return self.has_several_owners or slug(column) == "assignees"

    def words(self, cell: str) -> list[str]:
        """The names in a cell of several, such as tags: a JSON list, `[a, b]`, `a; b` or `a, b`."""
        if (words := json_list(cell)) is not None:
            return words
        return _BETWEEN_WORDS.split(cell[1:-1] if _IN_LIST.fullmatch(cell) else cell)


def json_list(cell: str) -> list[str] | None:
    """The texts of a JSON list, or None for a cell that is none."""
    if cell[:1] != "[":
        return None
    try:
        words = json.loads(cell)
    except ValueError:
        return None
    return words if isinstance(words, list) and all(isinstance(w, str) for w in words) else None


# pipeboard's own files: the columns of its CSV, which are the keys of its JSON laid flat.

FIELD_PREFIX = "fields."

ALIASES: Mapping[str, str] = MappingProxyType(
    {
        "lost.category": "lost_category",
        "lost.reason": "lost_reason",
        "lost.competitor": "competitor",
        "lost.recycle_on": "recycle_on",
        "lost.objection": "lost_objection",
        "next_step.text": "next_text",
        "next_step.due": "next_due",
        "next_step.every": "next_every",
        "precision.created_at": "created_precision",
        "precision.closed_at": "closed_precision",
    }
)
"""Our own columns whose names differ from those of the fields that they are."""

_IN_ORDER = (
    "ref", "external_id", "external_source", "title", "account", "pipeline", "stage", "status",
    "value", "currency",
    "owner", "source", "source_detail", "contact_reason", "tags", "probability_bp",
    "probability_source", "forecast_category", "forecast_category_source", "created_at",
    "stage_entered_at", "expected_close", "closed_at", "lost.category", "lost.reason",
    "lost.competitor", "lost.recycle_on", "lost.objection", "next_step.text", "next_step.due",
    "next_step.every", "snoozed_until", "snooze_reason", "trial_close", "quote_sent_at",
    "offer_expires_on", "floor_value", "competitors", "links", "contacts", "answers", "notes",
    "touches", "entered", "terms", "checklist", "precision.created_at", "precision.closed_at",
    "archived_at", "steps_done", "asks", "given_by", "recycled_from", "merged_into", "rank",
    "version",
)  # fmt: skip
COLUMNS = (*_IN_ORDER, *(field.column for field in fields_beside(_IN_ORDER)))
"""What an export writes and an import takes back, in order, before the `fields.NAME` columns."""

DERIVED = (
    "id", "last_touch_at", "days_in_stage", "idle_days", "stalled", "qualification.answered",
    "qualification.total", "qualification.missing", "score.low", "score.high", "score.known",
    "warmth", "standing.interested", "standing.qualified", "standing.ready", "timeline",
    "fit.percent", "fit.known", "fit.of", "fit.fits", "fit.differs", "fit.unknown",
)  # fmt: skip
"""What is computed anew, and so left out on the way in."""

LISTED: Mapping[str, str] = MappingProxyType(
    {"next": "next_text", "due": "next_due", "lost": "lost_category", "deal": "title"}
    | dict.fromkeys(
        (
            "sign", "age", "idle", "stalled", "last_touch_at", "answered", "score", "warmth",
            "fit",
            "probability", "forecast_category",
        ),
        LEFT_OUT,
    )
)  # fmt: skip
"""What a list of ours names otherwise than an export, or shows as it is reckoned on its day: the
probability that counts may be that of the stage."""

_MONEY = {"amount_minor", "currency"}
_REF = re.compile(r"D-\d+")
_CUTTING = frozenset(',;["|\n')
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class _OwnLayout(Layout):
    def target(self, column: str) -> str | None:
        if column.startswith(FIELD_PREFIX) and len(column) > len(FIELD_PREFIX):
            return CUSTOM + column[len(FIELD_PREFIX) :]
        return super().target(column)


OURS = _OwnLayout(
    name="pipeboard",
    columns={column: ALIASES.get(column, column) for column in COLUMNS}
    | dict.fromkeys(DERIVED, LEFT_OUT),
    marks=frozenset(
        column
        for column in (*COLUMNS, *DERIVED)
        if "." in column or column.endswith(("_bp", "_source"))
    ),
    closes_in_stage=True,
    status_decides=True,
    is_ours=True,
    open_too=frozenset(("is_closed", "lost_reason", "closed_at")),
)


def list_of_ours(header: Sequence[str], sample: Sequence[Sequence[str]] = ()) -> Layout | None:
    """The layout of a list of ours, whose columns all have names that `list` gives, one of them the
    reference of each deal; None for another file."""
    names = list(map(slug, header))
    if "ref" not in names or not all(
        name in COLUMNS or name in LISTED or column.startswith(FIELD_PREFIX)
        for column, name in zip(header, names, strict=True)
    ):
        return None
    refs = [cells[names.index("ref")].strip() for cells in sample]
    ours = [ref for ref in refs if REF.fullmatch(ref)]
    if refs and (not any(map(_REF.fullmatch, ours)) or 2 * len(ours) <= sum(map(bool, refs))):
        return None
    meant = dict(LISTED) | ({"deal": LEFT_OUT} if "title" in names else {})
    left = [name for name in names if meant.get(name) == LEFT_OUT]
    said = f"A list of pipeboard: what it reckons itself is left out ({', '.join(left)})."
    columns = {**OURS.columns, **meant}
    return replace(
        OURS, columns=columns, remarks={header[names.index(left[0])]: said} if left else {}
    )


def flatten(deal: JsonObject) -> dict[str, str]:
    """The cells of a deal, by column, from its JSON form.

    Objects become dotted columns, money a decimal number, lists of names `a; b`, other lists JSON.
    What is null stays away. Export and import use this one way through. Raises BadInput for money
    that is none.
    """
    cells = {column: without_surrogates(_cell(value)) for column, value in _parts(deal)}
    if _is_money(deal.get("value")):
        cells["value"] = cells["value"].partition(" ")[0]
    return {column: cell for column, cell in cells.items() if cell}


def columns_of(deal: JsonObject) -> Iterator[str]:
    """The columns that `flatten` gives cells to, without making the cells."""
    return (column for column, _ in _parts(deal))


def _parts(deal: JsonObject) -> Iterator[tuple[str, Json]]:
    for key, value in deal.items():
        if value is None:
            continue
        if key == "value" and _is_money(value):
            yield "currency", value["currency"]
            yield "value", value
        elif key != "checklist" and isinstance(value, dict) and not _is_money(value):
            for name, part in value.items():
                if part is not None:
                    yield without_surrogates(f"{key}.{name}"), part
        else:
            yield without_surrogates(key), value


def _cell(value: Json) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, list | tuple) and all(isinstance(word, str) for word in value):
        return join_words(value)
    return _money(value) if _is_money(value) else _json(value)


def join_words(words: Iterable[str]) -> str:
    """Several names in one cell: `a; b`, or a JSON list where a name would be cut in two."""
    names = list(words)
    text = "; ".join(names)
    is_plain = all(name and name == name.strip() and _CUTTING.isdisjoint(name) for name in names)
    return text if is_plain and _BETWEEN_WORDS.split(text) == names else _json(names)


def _json(value: Json) -> str:
    return _encode(value) if value or isinstance(value, int) else ""


def _is_money(value: Json) -> TypeGuard[JsonObject]:
    return isinstance(value, dict) and value.keys() == _MONEY


def _money(value: JsonObject) -> str:
    minor, currency = value["amount_minor"], value["currency"]
    if type(minor) is not int or not isinstance(currency, str):
        raise BadInput(f"{quoted(str(value))} is not an amount of money")
    return format_money(Money(minor, currency), style="code")
