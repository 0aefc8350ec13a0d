"""Keys: what one of them does, how it is written, and what screens make of a table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.hygiene import GROUPS
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import spoken

if TYPE_CHECKING:
    from textual.binding import BindingType


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
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "colon": ":",
    "question_mark": "?",
    "exclamation_mark": "!",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "enter": "↵",
    "escape": "Esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "f24": "",
}


REACHES_OUT: Final = frozenset(
    (
        "importing.open_import",
        "export.export",
        "items.edit_outside",
        "clipboard.letter",
        "programs.run",
        "app.suspend_process",
    )
)
"""What leads out of the database: to files, programs, the shell. The restricted mode has none."""
_OF_EVERY_SCREEN: Final = frozenset(("ctrl+c", "ctrl+q", "ctrl+z"))
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
class Key:
    """What keys of a screen do.

    `does` names a function of `ui/actions` as `module.function`, or a method of the screen itself
    as `screen.method`; it is called with what is `given`. `id` is what `[keys]` of a configuration
    calls it. `keys` are alternatives in Textual's names, separated by commas; `shown` is how the
    help writes them where that is shorter. `hint` is the label on the hint line, `rank` its place
    there (0: not shown) and `hint_key` what stands for the key; one that `takes_deal` stands there
    only while a deal is under the cursor.
    """

    id: str
    does: str
    keys: str
    label: str
    help: str
    group: Group
    shown: str = ""
    hint: str = ""
    rank: int = 0
    takes_deal: bool = False
    hint_key: str = ""
    given: tuple[int | str, ...] = ()

    @property
    def action(self) -> str:
        """The last part of its id."""
        return self.id.rpartition(".")[2]

    @property
    def first_key(self) -> str:
        """The key as people write it; for none what stands for it."""
        if self.keys == UNBOUND:
            return self.shown
        return name_of(self.keys.partition(",")[0])

    @property
    def key_hinted(self) -> str:
        return self.hint_key or self.first_key

    @property
    def changes(self) -> bool:
        """Does it write? Then it is no use where a database is only read."""
        return self.group in (Group.CHANGE, Group.UNDO) and self.action != "open"


def row(
    screen: str,
    group: Group,
    does: str,
    keys: str,
    label: str,
    help: str,
    *,
    shown: str = "",
    hint: str = "",
    rank: int = 0,
    hint_key: str = "",
    takes_deal: bool = False,
    given: int | None = None,
    id: str = "",
) -> Key:
    """A key whose id is made of the screen and of what it does, and what it gives to that."""
    name = does.rpartition(".")[2]
    id = id or (f"{screen}.{name}" if given is None else f"{screen}.{name}_{given}")
    numbers = () if given is None else (given,)
    return Key(id, does, keys, label, help, group, shown, hint, rank, takes_deal, hint_key, numbers)


def bindings(table: Sequence[Key]) -> list[BindingType]:
    """Textual's bindings for a screen; each with its id, which `[keys]` can give other keys."""
    from textual.binding import Binding

    return [
        Binding(key.keys, f"press('{key.id}')", key.label, show=False, id=key.id)
        for key in table
        if not key.id.startswith("app.")
    ]


def hints(
    commands: Sequence[Key], *, has_deal: bool = True, read_only: bool = False
) -> tuple[tuple[str, str], ...]:
    """Key and label of the commands that do something now, the most wanted first."""
    ranked = sorted((command for command in commands if command.rank), key=lambda c: c.rank)
    return tuple(
        (command.key_hinted, spoken(command.hint))
        for command in ranked
        if command.keys != UNBOUND
        and (has_deal or not command.takes_deal)
        and not (read_only and command.changes)
    )


def rebound(commands: Sequence[Key], keymap: Mapping[str, str]) -> tuple[Key, ...]:
    """The commands with the keys that a person has given them."""
    return tuple(
        replace(command, keys=keymap[command.id], shown="", hint_key="")
        if command.id in keymap
        else command
        for command in commands
    )


def refuse_shared_keys(keys_of: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for name, keys in keys_of.items():
        for key in keys.split(","):
            other = owners.setdefault(key, name)
            if other != name and key != UNBOUND:
                raise BadInput(
                    f"[keys]: '{name_of(key)}' stands for both {other} and {name}.",
                    hint="Give one of them another key.",
                )


def name_of(key: str) -> str:
    """A key as people write it: `^d` for `ctrl+d`, `/` for `slash`."""
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return _NAMES.get(key, key)


def unheard(key: str, character: str | None, table: Sequence[Key]) -> str:
    """What is said of a key that a screen with these keys has no use for; "" of one that it has."""
    keys = {part for known in table for part in known.keys.split(",")}
    if key in keys or character in keys or key in _OF_EVERY_SCREEN:
        return ""
    helps = next((known.first_key for known in table if known.action == "help"), "")
    advice = f" {helps} tells the keys." if helps else ""
    return f"{as_pressed(key, character)} does nothing here.{advice}"


def as_pressed(key: str, character: str | None) -> str:
    """A key that was pressed, by its character where that can be seen."""
    return character if character and character.isprintable() and character != " " else name_of(key)


def key_named(name: str) -> str:
    """The key that people write like that, as Textual calls it: the reverse of `name_of`."""
    if name.startswith("^") and len(name) > 1:
        return f"ctrl+{name[1:].lower()}"
    return next((key for key, shown in _NAMES.items() if shown == name), name)


# The keys of the hygiene and of the review screen that are their own; see `key_table`.


class ReviewTab(StrEnum):
    """The steps of a weekly review, in the order in which they are gone through."""

    DATA = "Data"
    NUMBER = "Number"
    CHANGES = "Changes"
    DISCUSS = "Discuss"
    FLOW = "Flow"
    DECISIONS = "Decided"


REVIEW_TABS: Final = tuple(ReviewTab)

_hygiene = partial(row, "hygiene")
_review = partial(row, "review")

# fmt: off
ON_HYGIENE: Final[tuple[Key, ...]] = (
    _hygiene(Group.CHANGE, "hygiene.mend", "f", "Mend", "mend what is wrong here: a value, a date, "
        "a person, the next step, a merge…", hint="Mend", rank=1, takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.source", "S", "Source", "where the lead came from",
        takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.contact", "a", "Person", "a person and their part",
        takes_deal=True),
    _hygiene(Group.CHANGE, "hygiene.merge", "M", "Merge", "two deals that are one, side by side",
        takes_deal=True),
    _hygiene(Group.AROUND, "hygiene.open", "enter", "Open", "open the deal; Esc comes back here",
        hint="Open", rank=2),
    *(_hygiene(Group.AROUND, "hygiene.group", str(n % 10), label.capitalize(), f"go to: {label}",
        given=n) for n, label in enumerate(list(GROUPS.values())[:10], 1)),
    _hygiene(Group.AROUND, "hygiene.next_group", "l,right,tab", "Next kind", "the next kind",
        hint="Kind", rank=3, hint_key="h/l"),
    _hygiene(Group.AROUND, "hygiene.group_before", "h,left,shift+tab", "Kind before",
        "the kind before"),
    _hygiene(Group.MANY, "hygiene.mark", "space", "Mark", "mark, and go down", hint="Mark",
        rank=4),
    _hygiene(Group.MANY, "hygiene.mark_all", "asterisk", "Mark all", "mark all that are shown"),
    _hygiene(Group.NARROW, "hygiene.rep", "r", "Rep", "one rep's deals", hint="Rep", rank=5),
    _hygiene(Group.NARROW, "hygiene.mine", "O", "Mine / everyone", "mine, everyone's"),
    _hygiene(Group.NARROW, "hygiene.pipeline", "P", "Pipeline", "another pipeline"),
)

ON_REVIEW: Final[tuple[Key, ...]] = (
    *(_review(Group.AROUND, "review.tab", str(n), str(tab), f"go to {tab.lower()}", given=n)
        for n, tab in enumerate(REVIEW_TABS, 1)),
    _review(Group.AROUND, "review.down", "j,down", "Down", "one line down"),
    _review(Group.AROUND, "review.up", "k,up", "Up", "one line up"),
    _review(Group.AROUND, "review.top", "home", "Top", "first line"),
    _review(Group.AROUND, "review.bottom", "G,end", "Bottom", "last line"),
    _review(Group.AROUND, "review.page_down", "pagedown,ctrl+d", "Page down", "a page down"),
    _review(Group.AROUND, "review.page_up", "pageup,ctrl+u", "Page up", "a page up"),
    _review(Group.AROUND, "review.next_tab", "l,right,tab", "Next step", "the next step of the "
        "review", hint="Step", rank=3, hint_key="1-6"),
    _review(Group.AROUND, "review.tab_before", "h,left,shift+tab", "Step before",
        "the step before"),
    _review(Group.AROUND, "review.open", "enter", "Deals",
        "open the deal, or all deals behind a number", hint="Open", rank=1),
    _review(Group.CHANGE, "review.decide", "D", "Decide",
        "what was decided on this deal, by whom, until when: it becomes a next step",
        hint="Decide", rank=2, takes_deal=True),
    _review(Group.CHANGE, "review.hold", "B", "Bookmark",
        "end the review: it is kept as it is, and the next one starts here", hint="Bookmark",
        rank=4),
    _review(Group.MANY, "review.discussed", "space", "Discussed", "spoken of, or not",
        hint="Discussed", rank=5),
    _review(Group.NARROW, "review.since", "s", "Since…", "what changed since another day",
        shown="s …"),
    _review(Group.NARROW, "review.past", "p", "Past reviews", "a review that was held, as it was",
        hint="Past", rank=6),
    _review(Group.NARROW, "review.pipeline", "P", "Pipeline", "another pipeline"),
    _review(Group.ELSEWHERE, "review.export", "e", "Export…", "write Markdown or JSON",
        hint="Export", rank=7),
    _review(Group.ELSEWHERE, "review.copy_markdown", "Y", "Copy all",
        "the whole review as Markdown, for a mail"),
)
# fmt: on

_ON_BOTH: Final = """
    back advance move next_step done note interaction interview win lose snooze owner
    value close_date category probability archive
    undo redo undo_list copy reload palette help step_back quit
"""
BOARD_ON_HYGIENE: Final = f"""{_ON_BOTH} edit tags repeat
    down up top bottom half_down half_up page_down page_up
"""
BOARD_ON_REVIEW: Final = _ON_BOTH
"""The keys of the board that these screens have too, by the last part of their ids."""
