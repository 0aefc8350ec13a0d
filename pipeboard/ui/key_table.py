"""Every key of the program in one table: bindings, hints, help, palette, README come from it.

An id is what `[keys]` of the configuration names; its last part is the action that screens have.
"""

from __future__ import annotations

from typing import Final

from pipeboard.ui.command import Command, Group
from pipeboard.ui.deal_keys import ONLY_HERE

_STAGES: Final = tuple(
    Command(f"board.stage_{n}", str(n), f"Stage {n}", f"go to stage {n}", Group.AROUND)
    for n in range(10)
)


def _around(name: str, keys: str, label: str, help: str, shown: str = "") -> Command:
    return Command(f"board.{name}", keys, label, help, Group.AROUND, shown)


def _change(
    name: str,
    keys: str,
    label: str,
    help: str,
    shown: str = "",
    hint: str = "",
    rank: int = 0,
    *,
    hint_key: str = "",
    takes_deal: bool = True,
) -> Command:
    return Command(
        f"board.{name}", keys, label, help, Group.CHANGE, shown, hint, rank, takes_deal, hint_key
    )


def _narrow(name: str, keys: str, label: str, help: str, shown: str = "") -> Command:
    return Command(f"board.{name}", keys, label, help, Group.NARROW, shown)


def _many(name: str, keys: str, label: str, help: str, *, takes_deal: bool = True) -> Command:
    return Command(f"board.{name}", keys, label, help, Group.MANY, takes_deal=takes_deal)


def _elsewhere(name: str, keys: str, label: str, help: str, shown: str = "") -> Command:
    where = "" if "." in name else "board."
    return Command(f"{where}{name}", keys, label, help, Group.ELSEWHERE, shown)


BOARD: Final[tuple[Command, ...]] = (
    _around("left", "h,left", "Left", "one stage left"),
    _around("down", "j,down", "Down", "one card down"),
    _around("up", "k,up", "Up", "one card up"),
    _around("right", "l,right", "Right", "one stage right"),
    _around("top", "home", "Top", "first card"),
    _around("bottom", "G,end", "Bottom", "last card"),
    _around("half_down", "ctrl+d", "Half a page down", "half a page down"),
    _around("half_up", "ctrl+u", "Half a page up", "half a page up"),
    _around("page_down", "pagedown", "Page down", "a page down"),
    _around("page_up", "pageup", "Page up", "a page up"),
    *_STAGES,
    _around("go", "g", "Go to…", "go to: g top, 1-9 stage, m metrics", "g …"),
    Command(
        "board.find", "f", "Find", "find any deal, company, person", Group.AROUND, "", "Find", 8
    ),
    _change("add", "a", "Add a deal", "add a deal, in one line", "", "Add", 1, takes_deal=False),
    _change("open", "enter", "Open", "open the deal", "", "Open", 2),
    _change("back", "H,less_than_sign,shift+left", "Move back", "one stage back", "H <"),
    _change(
        "advance",
        "L,greater_than_sign,shift+right",
        "Move on",
        "one stage on",
        "L >",
        "Move",
        3,
        hint_key="H/L",
    ),
    _change("move", "m", "Move to…", "move to a stage, won, lost", "m …", "Move…", 4),
    _change("next_step", "t", "Next step", "set the next step and its day", "t …", "Next step", 5),
    _change("note", "n", "Note", "add a note", "", "Note", 6),
    _change("interaction", "i", "Log an interaction", "log a call, e-mail, meeting, demo", "i …"),
    _change("interview", "Q", "Interview", "qualification, question by question"),
    _change("edit", "e", "Edit", "edit all fields"),
    _change("win", "w", "Won", "won"),
    _change("lose", "x", "Lost", "lost, with the reason"),
    _change("snooze", "z", "Snooze", "snooze until a day", "z …"),
    _change("owner", "o", "Owner", "give to a rep"),
    _change("value", "dollar_sign", "Value", "set the value"),
    _change("close_date", "c", "Close date", "set the close date"),
    _change("category", "C", "Forecast category", "omitted, pipeline, best, commit", "C …"),
    _change("probability", "percent_sign", "Probability", "probability by hand, or the stage's"),
    _change("tags", "number_sign", "Tags", "tags on (+a) and off (-b)"),
    _change("archive", "d", "Archive", "archive, once it is asked (u brings it back)"),
    _change("order_down", "J,shift+down", "Order down", "down in the column, by hand", "J"),
    _change("order_up", "K,shift+up", "Order up", "up in the column, by hand", "K"),
    Command("board.filter", "slash", "Filter", "filter as you type", Group.NARROW, "", "Filter", 7),
    _narrow("saved_filters", "F", "Saved filters", "saved filters"),
    _narrow("mine", "O", "Mine / everyone", "mine, everyone's"),
    _narrow("pipeline", "P", "Pipeline", "another pipeline"),
    _narrow("sort", "s", "Sort…", "sort the cards", "s …"),
    _narrow("view", "v", "View…", "lines a card, pane, signs", "v …"),
    _narrow("denser", "minus", "Fewer lines a card", "fewer lines a card"),
    _narrow("roomier", "plus,equals_sign", "More lines a card", "more lines a card", "+"),
    _many("mark", "space", "Mark", "mark, and go down"),
    _many("mark_range", "V", "Mark a range", "mark from here to there"),
    _many("mark_all", "asterisk", "Mark all shown", "mark all of the column", takes_deal=False),
    _many("repeat", "full_stop", "Repeat", "the last change, on this deal"),
    Command("board.undo", "u", "Undo", "undo my last change", Group.UNDO, "", "Undo", 9),
    Command("board.redo", "U,ctrl+r", "Redo", "redo it", Group.UNDO),
    _elsewhere("playbook", "b", "Playbook", "how this stage is worked, and its checklist"),
    _elsewhere("copy", "y", "Copy…", "copy: l line, e e-mail, p phone, i id", "y …"),
    _elsewhere("pane", "p", "Pane", "the deal beside the board, or not"),
    _elsewhere("switch", "tab", "Board / pane", "keys to the pane, to the board", "Tab"),
    _elsewhere("metrics", "M", "Metrics", "on target? what is stuck? which forecast?"),
    _elsewhere("reload", "R", "Reload", "read everything again"),
    Command(
        "board.palette",
        "colon,ctrl+p",
        "Commands",
        "any command by name",
        Group.ELSEWHERE,
        "",
        "Command",
        11,
    ),
    Command("board.help", "question_mark,f1", "Help", "all keys", Group.ELSEWHERE, "", "Help", 10),
    _elsewhere("step_back", "escape", "Back", "one step back"),
    _elsewhere("quit", "q", "Quit", "one step back, at the end quit"),
    _elsewhere("app.suspend", "ctrl+z", "Suspend", "to the shell, fg comes back"),
    _elsewhere("app.leave", "ctrl+q", "Quit", "quit from anywhere"),
)

_ON_A_DEAL: Final = """
    down up top bottom half_down half_up page_down page_up back advance move next_step note
    interaction interview edit win lose snooze owner value close_date category probability tags
    archive undo redo playbook copy help step_back quit
"""

DEAL: Final[tuple[Command, ...]] = (
    *ONLY_HERE,
    *(command for command in BOARD if command.action in _ON_A_DEAL.split()),
)
"""The keys of the screen of one deal: its own, and the board's as far as one deal is enough."""
