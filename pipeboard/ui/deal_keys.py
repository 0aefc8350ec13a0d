"""The keys that only the screen of one deal has: its tabs and the items in them."""

from __future__ import annotations

from typing import Final

from pipeboard.ui.command import Command, Group
from pipeboard.ui.deal_tabs import TABS


def _around(name: str, keys: str, label: str, help: str, shown: str = "") -> Command:
    return Command(f"deal.{name}", keys, label, help, Group.AROUND, shown)


def _change(name: str, keys: str, label: str, help: str, hint: str = "", rank: int = 0) -> Command:
    return Command(f"deal.{name}", keys, label, help, Group.CHANGE, "", hint, rank)


ONLY_HERE: Final[tuple[Command, ...]] = (
    *(
        _around(f"tab_{number}", str(number), str(tab), f"go to {tab.lower()}")
        for number, tab in enumerate(TABS, 1)
    ),
    _around("tab_before", "h,left,shift+tab", "Tab before", "one tab left"),
    _around("tab_after", "l,right,tab", "Next tab", "one tab right"),
    Command("deal.search", "slash", "Search", "events that hold these words", Group.NARROW),
    _change("edit_item", "enter", "Edit this", "edit, answer or open what is under the cursor",
            "Edit", 1),
    _change("add_item", "a", "Add here", "add a person, a term or a note", "Add", 2),
    _change("tick", "space", "Tick, rate", "tick an item, rate an answer", "Tick", 3),
    _change("edit_outside", "E", "In the editor", "this note or answer in your editor"),
    _change("remove_item", "delete,D", "Take away", "take a person, term or answer away"),
)  # fmt: skip
"""Ids begin with `deal.`; the board's keys that work here keep their own."""
