"""The keys of the metrics screen."""

from __future__ import annotations

from typing import Final

from pipeboard.ui.command import Command, Group
from pipeboard.ui.draw.metrics.tab_names import TABS


def _around(
    name: str, keys: str, label: str, help: str, hint: str = "", rank: int = 0, hint_key: str = ""
) -> Command:
    return Command(
        f"metrics.{name}", keys, label, help, Group.AROUND, "", hint, rank, False, hint_key
    )


def _narrow(
    name: str, keys: str, label: str, help: str, hint: str = "", rank: int = 0, hint_key: str = ""
) -> Command:
    return Command(
        f"metrics.{name}", keys, label, help, Group.NARROW, "", hint, rank, False, hint_key
    )


def _elsewhere(
    name: str, keys: str, label: str, help: str, hint: str = "", rank: int = 0
) -> Command:
    return Command(f"metrics.{name}", keys, label, help, Group.ELSEWHERE, "", hint, rank)


METRICS: Final[tuple[Command, ...]] = (
    _around("down", "j,down", "Next number", "next number"),
    _around("up", "k,up", "Number before", "number before"),
    _around("top", "home", "Top", "first number"),
    _around("bottom", "G,end", "Bottom", "last number"),
    _around("page_down", "pagedown,ctrl+d", "Page down", "a page down"),
    _around("page_up", "pageup,ctrl+u", "Page up", "a page up"),
    *(
        _around(f"tab_{number}", str(number), str(tab), f"go to {tab.lower()}")
        for number, tab in enumerate(TABS, 1)
    ),
    _around("next_tab", "tab", "Next tab", "next tab", "Tab", 3, "1-7"),
    _around("tab_before", "shift+tab", "Tab before", "tab before"),
    _around("open", "enter", "Deals", "the deals behind a number, on the board", "Deals", 1),
    _narrow("earlier", "h,left", "Earlier", "the period before", "Period", 2, "h/l"),
    _narrow("later", "l,right", "Later", "the period after"),
    _narrow("span", "p", "Month, quarter, year", "month, quarter, year", "Span", 6),
    _narrow("compare", "c", "Compare", "against the period before", "Compare", 5),
    _narrow("mine", "O", "Mine / everyone", "mine, everyone's", "Mine/all", 4),
    _narrow("rep", "o", "Rep", "one rep's numbers"),
    _narrow("pipeline", "P", "Pipeline", "another pipeline"),
    _narrow("filter", "slash", "Filter", "only deals that match", "Filter", 7),
    _elsewhere("copy", "y", "Copy", "copy this tab as Markdown", "Copy", 9),
    _elsewhere("export", "e", "Export…", "write CSV, Markdown or SVG", "Export", 8),
    _elsewhere("counting", "S", "Counting…", "weeks, business year, whom deals count for"),
    _elsewhere("reload", "R", "Reload", "count again, as of now"),
    _elsewhere("help", "question_mark,f1", "Help", "all keys", "Help", 10),
    _elsewhere("step_back", "escape,q", "Back", "back to the board", "Back", 11),
)
