"""What a key does: the kind of row that the table of keys is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_NAMES: Final = {
    "slash": "/",
    "dollar_sign": "$",
    "percent_sign": "%",
    "number_sign": "#",
    "plus": "+",
    "minus": "-",
    "equals_sign": "=",
    "asterisk": "*",
    "full_stop": ".",
    "colon": ":",
    "question_mark": "?",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "enter": "↵",
    "escape": "Esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
}


class Group(StrEnum):
    """The headings of the help screen."""

    AROUND = "Move around"
    CHANGE = "Change a deal"
    NARROW = "Narrow and sort"
    MANY = "Many at once"
    UNDO = "Undo"
    ELSEWHERE = "Elsewhere"


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a key does.

    `keys` are alternatives in Textual's names, separated by commas; `shown` is how the help writes
    them where that is shorter. `hint` is the label on the hint line, `rank` its place there (0:
    not shown) and `hint_key` what stands for the key; one that `takes_deal` stands there only
    while a deal is under the cursor.
    """

    id: str
    keys: str
    label: str
    help: str
    group: Group
    shown: str = ""
    hint: str = ""
    rank: int = 0
    takes_deal: bool = False
    hint_key: str = ""

    @property
    def action(self) -> str:
        """What screens call it: the last part of its id."""
        return self.id.rpartition(".")[2]

    @property
    def first_key(self) -> str:
        return name_of(self.keys.partition(",")[0])

    @property
    def key_hinted(self) -> str:
        return self.hint_key or self.first_key

    @property
    def changes(self) -> bool:
        """Does it write? Then it is no use where a database is only read."""
        return self.group in (Group.CHANGE, Group.UNDO) and self.action != "open"


def name_of(key: str) -> str:
    """A key as people write it: `^d` for `ctrl+d`, `/` for `slash`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _NAMES.get(key, key)


def key_named(name: str) -> str:
    """The key that people write like that, as Textual calls it: the reverse of `name_of`."""
    if name.startswith("^") and len(name) > 1:
        return f"ctrl+{name[1:].lower()}"
    return next((key for key, shown in _NAMES.items() if shown == name), name)
