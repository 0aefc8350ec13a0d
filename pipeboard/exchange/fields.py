"""What a column of a file can be: the names that `--map` takes, and the kind of value of each."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType

from pipeboard.domain import deal_fields
from pipeboard.domain.deal_fields import fields_beside
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import as_own_field, clean_line, did_you_mean, quoted, slug

LEFT_OUT = "-"
CUSTOM = "field."
ENTERED = "entered:"


class CellKind(Enum):
    """How the cells of a column are read."""

    NAME = auto()
    """A line that comes back in many rows."""
    LINE = auto()
    TEXT = auto()
    MONEY = auto()
    MOMENT = auto()
    """A date, with or without time."""
    PERCENT = auto()
    BASIS_POINTS = auto()
    TYPED = auto()
    """As a person types it."""
    FLAG = auto()
    STATUS = auto()
    WORDS = auto()
    """Several names in one cell."""
    NESTED = auto()
    """JSON, as pipeboard writes it into its own files."""


_BY_KIND = {
    CellKind.NAME: "account pipeline stage owner source source_detail currency "
    "forecast_category_source probability_source lost_category competitor contact_role "
    "external_source created_precision closed_precision given_by",
    CellKind.LINE: "ref lost_reason lost_objection next_text next_every snooze_reason "
    "contact_name contact_email contact_phone version rank recycled_from "
    "merged_into",
    CellKind.TEXT: "note",
    CellKind.MONEY: "won_value",
    CellKind.MOMENT: "created_at closed_at won_at lost_at close_date stage_entered_at recycle_on "
    "next_due snoozed_until archived_at",
    CellKind.PERCENT: "probability",
    CellKind.FLAG: "archived is_won is_lost is_closed deleted active",
    CellKind.STATUS: "status",
    CellKind.NESTED: "contacts notes touches answers entered terms checklist steps_done asks",
}

_KIND_OF = {
    deal_fields.LINE: CellKind.LINE,
    deal_fields.OPTIONAL_LINE: CellKind.LINE,
    deal_fields.MONEY: CellKind.MONEY,
    deal_fields.DAY: CellKind.MOMENT,
    deal_fields.INSTANT: CellKind.MOMENT,
    deal_fields.PERCENT: CellKind.BASIS_POINTS,
    deal_fields.CATEGORY: CellKind.NAME,
    deal_fields.TAGS: CellKind.WORDS,
    deal_fields.NAMES: CellKind.WORDS,
}
KINDS: Mapping[str, CellKind] = MappingProxyType(
    {field.column: _KIND_OF.get(field.kind, CellKind.TYPED) for field in fields_beside(())}
    | {name: kind for kind, names in _BY_KIND.items() for name in names.split()}
)
"""Every field that a column can be mapped to, beside `entered:STAGE`, `field.NAME` and `-`.

`close_date` is the closing instant of a deal that is closed and the expected day of an open one,
`won_value` the value of a won deal, beside an estimate in `value`.
"""

PERIODS = ("expected_close", "close_date")
"""Days that people also write as a quarter, a month or a week."""

SEVERAL = frozenset({"note", "tags"})
"""Fields that take more than one column; so does `entered:STAGE`."""


def kind_of(target: str) -> CellKind:
    """The kind of any target but `-`."""
    if target.startswith(ENTERED):
        return CellKind.MOMENT
    return CellKind.TEXT if target.startswith(CUSTOM) else KINDS[target]


def takes_several(target: str) -> bool:
    return target in SEVERAL or target.startswith(ENTERED) or target == LEFT_OUT


def read_target(text: str, aliases: Mapping[str, str]) -> str:
    """The target that `--map COLUMN=text` names; raises BadInput for an unknown one.

    `aliases` are further names of fields, such as the columns of pipeboard's own files.
    """
    text = as_own_field(text.strip())
    for prefix in (ENTERED, CUSTOM):
        if text.casefold().startswith(prefix):
            name = clean_line(text[len(prefix) :], field="name")
            if not name:
                raise BadInput(f"{quoted(text)} names nothing after '{prefix}'")
            return prefix + name
    name = text.casefold()
    if name == LEFT_OUT or name in KINDS:
        return name
    known = aliases.get(name) or aliases.get(slug(text))
    if known is not None:
        return known
    raise BadInput(
        f"There is no field {quoted(text)}",
        hint=did_you_mean(text, KINDS) or f"Fields: {', '.join(KINDS)}, entered:STAGE, field.NAME.",
    )
