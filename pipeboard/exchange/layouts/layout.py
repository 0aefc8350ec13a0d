"""What is known of the columns that one tool writes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cached_property

from pipeboard.domain.lazy_dataclass import dataclass, field
from pipeboard.domain.text import slug
from pipeboard.exchange.fields import ENTERED

_BETWEEN_WORDS = re.compile(r"\s*[,;|\n]\s*")


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
    by the column that calls for them.
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

    def words(self, cell: str) -> list[str]:
        """The names in a cell of several, such as tags: a JSON list, `a; b` or `a, b`."""
        return json_list(cell) or _BETWEEN_WORDS.split(cell)


def json_list(cell: str) -> list[str] | None:
    """The texts of a JSON list, or None for a cell that is none."""
    if cell[:1] != "[":
        return None
    try:
        words = json.loads(cell)
    except ValueError:
        return None
    return words if isinstance(words, list) and all(isinstance(w, str) for w in words) else None
