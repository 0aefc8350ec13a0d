"""Every key of the program in one table: bindings, hints, help, palette, README come from it.

An id is what `[keys]` of the configuration names. A key of the board that works on the screen of
one deal too has one id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.ui.draw.metrics.tab_names import TABS
from pipeboard.ui.keys import UNBOUND, Group, Key, key_named, refuse_shared_keys


class DealTab(StrEnum):
    """The parts of one deal's screen, in the order of their numbers."""

    OVERVIEW = "Overview"
    QUESTIONS = "Questions"
    NOTES = "Notes"
    TIMELINE = "Timeline"
    PEOPLE = "People"
    TERMS = "Terms"


DEAL_TABS = tuple(DealTab)


def _named(screen: str, does: str) -> str:
    """The id of a key by the function that it calls."""
    return f"{screen}.{does.rpartition('.')[2]}"


_STAGES: Final = tuple(
    Key(
        f"board.stage_{n}",
        "cursor.stage",
        str(n),
        f"Stage {n}",
        f"go to stage {n}",
        Group.AROUND,
        given=(n,),
    )
    for n in range(10)
)


def _around(does: str, keys: str, label: str, help: str, shown: str = "") -> Key:
    return Key(_named("board", does), does, keys, label, help, Group.AROUND, shown)


def _change(
    does: str,
    keys: str,
    label: str,
    help: str,
    shown: str = "",
    hint: str = "",
    rank: int = 0,
    *,
    hint_key: str = "",
    takes_deal: bool = True,
) -> Key:
    return Key(
        _named("board", does),
        does,
        keys,
        label,
        help,
        Group.CHANGE,
        shown,
        hint,
        rank,
        takes_deal,
        hint_key,
    )


def _narrow(does: str, keys: str, label: str, help: str, shown: str = "") -> Key:
    return Key(_named("board", does), does, keys, label, help, Group.NARROW, shown)


def _many(does: str, keys: str, label: str, help: str, *, takes_deal: bool = True) -> Key:
    return Key(_named("board", does), does, keys, label, help, Group.MANY, takes_deal=takes_deal)


def _elsewhere(does: str, keys: str, label: str, help: str, shown: str = "") -> Key:
    return Key(_named("board", does), does, keys, label, help, Group.ELSEWHERE, shown)


BOARD: Final[tuple[Key, ...]] = (
    _around("cursor.left", "h,left", "Left", "one stage left"),
    _around("cursor.down", "j,down", "Down", "one card down"),
    _around("cursor.up", "k,up", "Up", "one card up"),
    _around("cursor.right", "l,right", "Right", "one stage right"),
    _around("cursor.top", "home", "Top", "first card"),
    _around("cursor.bottom", "G,end", "Bottom", "last card"),
    _around("cursor.half_down", "ctrl+d", "Half a page down", "half a page down"),
    _around("cursor.half_up", "ctrl+u", "Half a page up", "half a page up"),
    _around("cursor.page_down", "pagedown", "Page down", "a page down"),
    _around("cursor.page_up", "pageup", "Page up", "a page up"),
    *_STAGES,
    _around("navigation.go", "g", "Go to…", "go to: g top, 1-9 stage, m metrics", "g …"),
    Key(
        "board.find",
        "navigation.find",
        "f",
        "Find",
        "find any deal, company, person",
        Group.AROUND,
        "",
        "Find",
        8,
    ),
    _change(
        "selection.add",
        "a",
        "Add a deal",
        "add a deal, in one line",
        "",
        "Add",
        1,
        takes_deal=False,
    ),
    _change("navigation.open", "enter", "Open", "open the deal", "", "Open", 2),
    _change("stages.back", "H,less_than_sign,shift+left", "Move back", "one stage back", "H <"),
    _change(
        "stages.advance",
        "L,greater_than_sign,shift+right",
        "Move on",
        "one stage on",
        "L >",
        "Move",
        3,
        hint_key="H/L",
    ),
    _change("stages.move", "m", "Move to…", "move to a stage, won, lost", "m …", "Move…", 4),
    _change(
        "daily.next_step", "t", "Next step", "set the next step and its day", "t …", "Next step", 5
    ),
    _change("notes.note", "n", "Note", "add a note", "", "Note", 6),
    _change(
        "daily.interaction", "i", "Log an interaction", "log a call, e-mail, meeting, demo", "i …"
    ),
    _change("qualification.interview", "Q", "Interview", "qualification, question by question"),
    _change("fields.edit", "e", "Edit", "edit all fields"),
    _change("stages.win", "w", "Won", "won"),
    _change("stages.lose", "x", "Lost", "lost, with the reason"),
    _change("daily.snooze", "z", "Snooze", "snooze until a day", "z …"),
    _change("fields.owner", "o", "Owner", "give to a rep"),
    _change("fields.value", "dollar_sign", "Value", "set the value"),
    _change("fields.close_date", "c", "Close date", "set the close date"),
    _change("fields.category", "C", "Forecast category", "omitted, pipeline, best, commit", "C …"),
    _change(
        "fields.probability", "percent_sign", "Probability", "probability by hand, or the stage's"
    ),
    _change("fields.tags", "number_sign", "Tags", "tags on (+a) and off (-b)"),
    _change("stages.archive", "d", "Archive", "archive, once it is asked (u brings it back)"),
    _change(
        "selection.order_down", "J,shift+down", "Order down", "down in the column, by hand", "J"
    ),
    _change("selection.order_up", "K,shift+up", "Order up", "up in the column, by hand", "K"),
    Key(
        "board.filter",
        "navigation.filter",
        "slash",
        "Filter",
        "filter as you type",
        Group.NARROW,
        "",
        "Filter",
        7,
    ),
    _narrow("navigation.saved_filters", "F", "Saved filters", "saved filters"),
    _narrow("navigation.mine", "O", "Mine / everyone", "mine, everyone's"),
    _narrow("navigation.pipeline", "P", "Pipeline", "another pipeline"),
    _narrow("navigation.sort", "s", "Sort…", "sort the cards", "s …"),
    _narrow("navigation.view", "v", "View…", "lines a card, pane, signs", "v …"),
    _narrow("navigation.denser", "minus", "Fewer lines a card", "fewer lines a card"),
    _narrow(
        "navigation.roomier", "plus,equals_sign", "More lines a card", "more lines a card", "+"
    ),
    _many("selection.mark", "space", "Mark", "mark, and go down"),
    _many("selection.mark_range", "V", "Mark a range", "mark from here to there"),
    _many(
        "selection.mark_all",
        "asterisk",
        "Mark all shown",
        "mark all of the column",
        takes_deal=False,
    ),
    _many("selection.repeat", "full_stop", "Repeat", "the last change, on this deal"),
    Key(
        "board.undo",
        "selection.undo",
        "u",
        "Undo",
        "undo my last change",
        Group.UNDO,
        "",
        "Undo",
        9,
    ),
    Key("board.redo", "selection.redo", "U,ctrl+r", "Redo", "redo it", Group.UNDO),
    _elsewhere("daily.playbook", "b", "Playbook", "how this stage is worked, and its checklist"),
    _elsewhere("clipboard.copy", "y", "Copy…", "copy: l line, e e-mail, p phone, i id", "y …"),
    _elsewhere("navigation.pane", "p", "Pane", "the deal beside the board, or not"),
    _elsewhere("navigation.switch", "tab", "Board / pane", "keys to the pane, to the board", "Tab"),
    _elsewhere("navigation.metrics", "M", "Metrics", "on target? what is stuck? which forecast?"),
    _elsewhere("navigation.reload", "R", "Reload", "read everything again"),
    Key(
        "board.palette",
        "navigation.palette",
        "colon,ctrl+p",
        "Keys",
        "any command by name",
        Group.ELSEWHERE,
        "",
        "Key",
        11,
    ),
    Key(
        "board.help",
        "navigation.help",
        "question_mark,f1",
        "Help",
        "all keys",
        Group.ELSEWHERE,
        "",
        "Help",
        10,
    ),
    _elsewhere("screen.step_back", "escape", "Back", "one step back"),
    _elsewhere("screen.quit", "q", "Quit", "one step back, at the end quit"),
    Key(
        "app.suspend",
        "app.suspend_process",
        "ctrl+z",
        "Suspend",
        "to the shell, fg comes back",
        Group.ELSEWHERE,
    ),
    Key("app.leave", "app.leave", "ctrl+q", "Quit", "quit from anywhere", Group.ELSEWHERE),
)


def _deal_around(does: str, keys: str, label: str, help: str) -> Key:
    return Key(_named("deal", does), does, keys, label, help, Group.AROUND)


def _deal_change(does: str, keys: str, label: str, help: str, hint: str = "", rank: int = 0) -> Key:
    return Key(_named("deal", does), does, keys, label, help, Group.CHANGE, "", hint, rank)


_ONLY_ON_A_DEAL: Final[tuple[Key, ...]] = (
    *(
        Key(f"deal.tab_{n}", "screen.show_tab_at", str(n), str(tab), f"go to {tab.lower()}",
            Group.AROUND, given=(n,))
        for n, tab in enumerate(DealTab, 1)
    ),
    _deal_around("screen.tab_before", "h,left,shift+tab", "Tab before", "one tab left"),
    _deal_around("screen.tab_after", "l,right,tab", "Next tab", "one tab right"),
    Key(
        "deal.search",
        "items.search", "slash", "Search", "events that hold these words", Group.NARROW),
    _deal_change("items.edit_item", "enter", "Edit this", 
            "edit, answer or open what is under the cursor",
            "Edit", 1),
    _deal_change("items.add_item", "a", "Add here", "add a person, a term or a note", "Add", 2),
    _deal_change("items.tick", "space", "Tick, rate", "tick an item, rate an answer", "Tick", 3),
    _deal_change("items.edit_outside", "E", "In the editor", "this note or answer in your editor"),
    _deal_change("items.remove_item", "delete,D", "Take away",
            "take a person, term or answer away"),
)  # fmt: skip

_ON_A_DEAL: Final = """
    down up top bottom half_down half_up page_down page_up back advance move next_step note
    interaction interview edit win lose snooze owner value close_date category probability tags
    archive undo redo playbook copy help step_back quit
"""

DEAL: Final[tuple[Key, ...]] = (
    *_ONLY_ON_A_DEAL,
    *(key for key in BOARD if key.action in _ON_A_DEAL.split()),
)
"""The keys of the screen of one deal: its own, and the board's as far as one deal is enough."""


def _metrics(
    group: Group,
    does: str,
    keys: str,
    label: str,
    help: str,
    hint: str = "",
    rank: int = 0,
    hint_key: str = "",
) -> Key:
    id = "metrics.copy" if does == "export.copy_numbers" else _named("metrics", does)
    return Key(id, does, keys, label, help, group, "", hint, rank, False, hint_key)


METRICS: Final[tuple[Key, ...]] = (
    _metrics(Group.AROUND, "figures.down", "j,down", "Next number", "next number"),
    _metrics(Group.AROUND, "figures.up", "k,up", "Number before", "number before"),
    _metrics(Group.AROUND, "figures.top", "home", "Top", "first number"),
    _metrics(Group.AROUND, "figures.bottom", "G,end", "Bottom", "last number"),
    _metrics(Group.AROUND, "figures.page_down", "pagedown,ctrl+d", "Page down", "a page down"),
    _metrics(Group.AROUND, "figures.page_up", "pageup,ctrl+u", "Page up", "a page up"),
    *(
        Key(
            f"metrics.tab_{n}",
            "figures.tab",
            str(n),
            str(tab),
            f"go to {tab.lower()}",
            Group.AROUND,
            given=(n,),
        )
        for n, tab in enumerate(TABS, 1)
    ),
    _metrics(Group.AROUND, "figures.next_tab", "tab", "Next tab", "next tab", "Tab", 3, "1-7"),
    _metrics(Group.AROUND, "figures.tab_before", "shift+tab", "Tab before", "tab before"),
    _metrics(
        Group.AROUND,
        "figures.open",
        "enter",
        "Deals",
        "the deals behind a number, on the board",
        "Deals",
        1,
    ),
    _metrics(
        Group.NARROW,
        "figures.earlier",
        "h,left",
        "Earlier",
        "the period before",
        "Period",
        2,
        "h/l",
    ),
    _metrics(Group.NARROW, "figures.later", "l,right", "Later", "the period after"),
    _metrics(
        Group.NARROW, "figures.span", "p", "Month, quarter, year", "month, quarter, year", "Span", 6
    ),
    _metrics(
        Group.NARROW, "figures.compare", "c", "Compare", "against the period before", "Compare", 5
    ),
    _metrics(
        Group.NARROW, "figures.mine", "O", "Mine / everyone", "mine, everyone's", "Mine/all", 4
    ),
    _metrics(Group.NARROW, "figures.rep", "o", "Rep", "one rep's numbers"),
    _metrics(Group.NARROW, "figures.pipeline", "P", "Pipeline", "another pipeline"),
    _metrics(
        Group.NARROW, "figures.filter", "slash", "Filter", "only deals that match", "Filter", 7
    ),
    _metrics(
        Group.ELSEWHERE, "export.copy_numbers", "y", "Copy", "copy this tab as Markdown", "Copy", 9
    ),
    _metrics(
        Group.ELSEWHERE, "export.export", "e", "Export…", "write CSV, Markdown or SVG", "Export", 8
    ),
    _metrics(
        Group.ELSEWHERE,
        "figures.counting",
        "S",
        "Counting…",
        "weeks, business year, whom deals count for",
    ),
    _metrics(Group.ELSEWHERE, "figures.reload", "R", "Reload", "count again, as of now"),
    _metrics(
        Group.ELSEWHERE, "navigation.help", "question_mark,f1", "Help", "all keys", "Help", 10
    ),
    _metrics(
        Group.ELSEWHERE, "figures.step_back", "escape,q", "Back", "back to the board", "Back", 11
    ),
)

ALL: Final[Mapping[str, Key]] = MappingProxyType(
    {key.id: key for table in (METRICS, DEAL, BOARD) for key in table}
)
"""Every key of the program by its id."""


def read_keymap(
    wanted: Mapping[str, str], screens: Sequence[Sequence[Key]] = (BOARD, DEAL, METRICS)
) -> dict[str, str]:
    """The `[keys]` of the configuration as Textual's keymap: id to keys.

    An empty text takes a command's key away. `BadInput` for an unknown id, and for a key that two
    commands of a screen would share, neither of which Textual would say.
    """
    known = {command.id: command.keys for screen in screens for command in screen}
    keymap = {}
    for name, keys in wanted.items():
        if name not in known:
            raise BadInput(f"[keys]: no command '{name}'.", hint=did_you_mean(name, list(known)))
        keymap[name] = (
            ",".join(key_named(part.strip()) for part in keys.split(",") if part.strip()) or UNBOUND
        )
    for screen in screens:
        refuse_shared_keys({command.id: (known | keymap)[command.id] for command in screen})
    return keymap
