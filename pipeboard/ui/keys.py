"""Every key of the program in one table: bindings, hints, help, palette, README come from it.

An id is what `[keys]` of the configuration names; its last part is the action that screens have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean

if TYPE_CHECKING:
    from textual.binding import BindingType

UNBOUND: Final = "f24"
"""A key that no keyboard has: Textual cannot unbind, so an unwanted command gets this one."""


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
    them where that is shorter. `hint` is the label on the hint line and `rank` its place there
    (0: not shown). `takes_deal` greys it out while no deal is under the cursor.
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

    @property
    def action(self) -> str:
        return self.id.rpartition(".")[2]

    @property
    def first_key(self) -> str:
        return self.shown or name_of(self.keys.partition(",")[0])


def _digits() -> tuple[Command, ...]:
    return tuple(
        Command(
            f"board.stage_{number}",
            str(number),
            f"Stage {number}",
            f"go to stage {number}",
            Group.AROUND,
        )
        for number in range(1, 10)
    )


BOARD: Final[tuple[Command, ...]] = (
    Command("board.left", "h,left", "Left", "one stage left", Group.AROUND),
    Command("board.down", "j,down", "Down", "one card down", Group.AROUND),
    Command("board.up", "k,up", "Up", "one card up", Group.AROUND),
    Command("board.right", "l,right", "Right", "one stage right", Group.AROUND),
    Command("board.top", "home", "Top", "first card", Group.AROUND),
    Command("board.bottom", "G,end", "Bottom", "last card", Group.AROUND),
    Command("board.half_down", "ctrl+d", "Half a page down", "half a page down", Group.AROUND),
    Command("board.half_up", "ctrl+u", "Half a page up", "half a page up", Group.AROUND),
    Command("board.page_down", "pagedown", "Page down", "a page down", Group.AROUND),
    Command("board.page_up", "pageup", "Page up", "a page up", Group.AROUND),
    *_digits(),
    Command("board.go", "g", "Go to…", "go to: g top, 1-9 stage, w won", Group.AROUND, "g …"),
    Command(
        "board.find", "f", "Find", "find any deal, company, person", Group.AROUND, "", "Find", 8
    ),
    Command("board.add", "a", "Add a deal", "add a deal, in one line", Group.CHANGE, "", "Add", 1),
    Command(
        "board.open", "enter", "Open", "open the deal", Group.CHANGE, "", "Open", 2, takes_deal=True
    ),
    Command(
        "board.back",
        "H,less_than_sign,shift+left",
        "Move back",
        "one stage back",
        Group.CHANGE,
        "H",
        takes_deal=True,
    ),
    Command(
        "board.advance",
        "L,greater_than_sign,shift+right",
        "Move on",
        "one stage on",
        Group.CHANGE,
        "L",
        "Move on",
        3,
        takes_deal=True,
    ),
    Command(
        "board.move",
        "m",
        "Move to…",
        "move to a stage, won, lost",
        Group.CHANGE,
        "m …",
        "Move…",
        4,
        takes_deal=True,
    ),
    Command(
        "board.next_step",
        "t",
        "Next step",
        "set the next step and its day",
        Group.CHANGE,
        "t …",
        "Next step",
        5,
        takes_deal=True,
    ),
    Command("board.note", "n", "Note", "add a note", Group.CHANGE, "", "Note", 6, takes_deal=True),
    Command(
        "board.interaction",
        "i",
        "Log an interaction",
        "log a call, e-mail, meeting, demo",
        Group.CHANGE,
        "i …",
        takes_deal=True,
    ),
    Command(
        "board.interview",
        "Q",
        "Interview",
        "qualification, question by question",
        Group.CHANGE,
        takes_deal=True,
    ),
    Command("board.edit", "e", "Edit", "edit all fields", Group.CHANGE, takes_deal=True),
    Command("board.win", "w", "Won", "won", Group.CHANGE, takes_deal=True),
    Command("board.lose", "x", "Lost", "lost, with the reason", Group.CHANGE, takes_deal=True),
    Command(
        "board.snooze", "z", "Snooze", "snooze until a day", Group.CHANGE, "z …", takes_deal=True
    ),
    Command("board.owner", "o", "Owner", "give to a rep", Group.CHANGE, takes_deal=True),
    Command(
        "board.value", "dollar_sign", "Value", "set the value", Group.CHANGE, "$", takes_deal=True
    ),
    Command(
        "board.close_date", "c", "Close date", "set the close date", Group.CHANGE, takes_deal=True
    ),
    Command(
        "board.category",
        "C",
        "Forecast category",
        "omitted, pipeline, best, commit",
        Group.CHANGE,
        "C …",
        takes_deal=True,
    ),
    Command(
        "board.probability",
        "percent_sign",
        "Probability",
        "probability by hand, or the stage's",
        Group.CHANGE,
        "%",
        takes_deal=True,
    ),
    Command(
        "board.tags",
        "plus",
        "Tags",
        "tags on (+a) and off (-b)",
        Group.CHANGE,
        "+",
        takes_deal=True,
    ),
    Command(
        "board.archive", "d", "Archive", "archive (u brings it back)", Group.CHANGE, takes_deal=True
    ),
    Command(
        "board.order_down",
        "J,shift+down",
        "Order down",
        "down in the column, by hand",
        Group.CHANGE,
        "J",
        takes_deal=True,
    ),
    Command(
        "board.order_up",
        "K,shift+up",
        "Order up",
        "up in the column, by hand",
        Group.CHANGE,
        "K",
        takes_deal=True,
    ),
    Command(
        "board.filter", "slash", "Filter", "filter as you type", Group.NARROW, "/", "Filter", 7
    ),
    Command("board.saved_filters", "F", "Saved filters", "saved filters", Group.NARROW),
    Command("board.mine", "O", "Mine / everyone", "mine, everyone's", Group.NARROW),
    Command("board.pipeline", "P", "Pipeline", "another pipeline", Group.NARROW),
    Command("board.sort", "s", "Sort…", "sort the cards", Group.NARROW, "s …"),
    Command("board.view", "v", "View…", "density, signs, columns", Group.NARROW, "v …"),
    Command("board.mark", "space", "Mark", "mark, and go down", Group.MANY, takes_deal=True),
    Command(
        "board.mark_range",
        "V",
        "Mark a range",
        "mark from here to there",
        Group.MANY,
        takes_deal=True,
    ),
    Command(
        "board.mark_all", "asterisk", "Mark all shown", "mark all of the column", Group.MANY, "*"
    ),
    Command(
        "board.repeat",
        "full_stop",
        "Repeat",
        "the last change, on this deal",
        Group.MANY,
        ".",
        takes_deal=True,
    ),
    Command("board.undo", "u", "Undo", "undo my last change", Group.UNDO, "", "Undo", 9),
    Command("board.redo", "U,ctrl+r", "Redo", "redo it", Group.UNDO),
    Command(
        "board.copy",
        "y",
        "Copy…",
        "copy: l line, e e-mail, p phone, i id",
        Group.ELSEWHERE,
        "y …",
        takes_deal=True,
    ),
    Command("board.pane", "tab,p", "Pane", "show the deal beside the board", Group.ELSEWHERE),
    Command("board.reload", "R", "Reload", "read everything again", Group.ELSEWHERE),
    Command(
        "board.palette",
        "colon,ctrl+p",
        "Commands",
        "any command by name",
        Group.ELSEWHERE,
        ":",
        "Command",
        11,
    ),
    Command("board.help", "question_mark,f1", "Help", "all keys", Group.ELSEWHERE, "?", "Help", 10),
    Command("board.step_back", "escape", "Back", "one step back", Group.ELSEWHERE),
    Command("board.quit", "q", "Quit", "one step back, at the end quit", Group.ELSEWHERE),
    Command("app.suspend", "ctrl+z", "Suspend", "to the shell, fg comes back", Group.ELSEWHERE),
    Command("app.leave", "ctrl+q", "Quit", "quit from anywhere", Group.ELSEWHERE),
)

_NAMES: Final = {
    "slash": "/",
    "dollar_sign": "$",
    "percent_sign": "%",
    "plus": "+",
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


def name_of(key: str) -> str:
    """A key as people write it: `^d` for `ctrl+d`, `/` for `slash`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _NAMES.get(key, key)


_ON_A_DEAL: Final = frozenset(
    (
        "down",
        "up",
        "top",
        "bottom",
        "page_down",
        "page_up",
        "back",
        "advance",
        "move",
        "next_step",
        "note",
        "interaction",
        "edit",
        "win",
        "lose",
        "snooze",
        "owner",
        "value",
        "close_date",
        "category",
        "probability",
        "tags",
        "archive",
        "undo",
        "redo",
        "help",
        "step_back",
        "quit",
    )
)

DEAL: Final[tuple[Command, ...]] = tuple(c for c in BOARD if c.action in _ON_A_DEAL)
"""The keys of the screen of one deal: the board's, as far as one deal is enough for them."""


def bindings(commands: Sequence[Command]) -> list[BindingType]:
    """Textual's bindings for a screen; each with its id, which `[keys]` can give other keys."""
    from textual.binding import Binding

    return [
        Binding(command.keys, _action(command), command.label, show=False, id=command.id)
        for command in commands
        if command.id.startswith("board.")
    ]


def _action(command: Command) -> str:
    name, _, number = command.action.rpartition("_")
    return f"stage({number})" if name == "stage" else command.action


def hints(commands: Sequence[Command]) -> tuple[tuple[str, str], ...]:
    """Key and label of the commands that belong on the hint line, the most wanted first."""
    ranked = sorted((command for command in commands if command.rank), key=lambda c: c.rank)
    return tuple((command.first_key, command.hint) for command in ranked)


def read_keymap(wanted: Mapping[str, str], commands: Sequence[Command] = BOARD) -> dict[str, str]:
    """The `[keys]` of the configuration as Textual's keymap: id to keys.

    An empty text takes a command's key away. `BadInput` for an unknown id, and for a key that two
    commands would share, neither of which Textual would say.
    """
    known = {command.id: command.keys for command in commands}
    keymap = {}
    for name, keys in wanted.items():
        if name not in known:
            raise BadInput(f"[keys]: no command '{name}'.", hint=did_you_mean(name, list(known)))
        keymap[name] = ",".join(part.strip() for part in keys.split(",")) or UNBOUND
    owners: dict[str, str] = {}
    for name, keys in (known | keymap).items():
        for key in keys.split(","):
            other = owners.setdefault(key, name)
            if other != name and key != UNBOUND:
                raise BadInput(
                    f"[keys]: '{key}' stands for both {other} and {name}.",
                    hint="Give one of them another key.",
                )
    return keymap
