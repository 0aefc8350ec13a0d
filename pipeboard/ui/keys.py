"""Keys: what one of them does, how it is written, and what screens make of a table of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pipeboard.domain.deal import NOTHING, Deal, Status
from pipeboard.domain.errors import BadInput, PipeboardError, Way
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.phrases import spoken

if TYPE_CHECKING:
    from textual.binding import BindingType

    from pipeboard.domain.board import Card

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
        "export.export_deals",
        "review.export",
        "items.edit_outside",
        "export.letter",
        "export.run_program",
        "app.suspend_process",
    )
)
"""What leads out of the database: to files, programs, the shell. The restricted mode has none."""
_GIVES_UP: Final = "ctrl+c"
_ONLY_AT_WORK: Final = ("board.advance", "board.next_step", "board.done")
"""Hinted keys that only an open deal takes."""
_NOT_GONE: Final = (*_ONLY_AT_WORK, "board.move", "board.note", "deal.add_item")
"""Those that a deal which is gone does not take either."""
_KEPT: Final = ("help", "show_help", "quit", "step_back")
"""Actions whose hints stay where there is no room for all."""
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
    only while a deal is under the cursor. `go` is the letter that does it behind `g`. `needs` is
    what it leads to where not every rep may do that (`roles.who_may`). What is done `at_once`, or
    not, leaves keys that are typed behind it to the same screen: a gate or an undo that asks all
    the same asks before it has refused anything.
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
    go: str = ""
    needs: str = ""
    at_once: bool = False

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
    def asks_nothing(self) -> bool:
        """Do keys that are typed behind it mean the screen that it is pressed on?"""
        return self.at_once or self.action == "step_back"

    @property
    def changes(self) -> bool:
        """Does it write? Then it is no use where a database is only read."""
        changes = self.group in (Group.CHANGE, Group.UNDO) and self.action != "open"
        return changes or bool(self.needs)


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
    go: str = "",
    needs: str = "",
    at_once: bool = False,
) -> Key:
    """A key whose id is made of the screen and of what it does, and what it gives to that."""
    name = does.rpartition(".")[2]
    id = id or (f"{screen}.{name}" if given is None else f"{screen}.{name}_{given}")
    numbers = () if given is None else (given,)
    return Key(
        id, does, keys, label, help, group, shown, hint, rank, takes_deal, hint_key, numbers, go,
        needs, at_once,
    )  # fmt: skip


def tab_keys(make: Callable[..., Key], does: str, tabs: Iterable[str]) -> Iterator[Key]:
    """The keys that go to a tab by its number."""
    for number, tab in enumerate(tabs, 1):
        name = str(tab)
        yield make(Group.AROUND, does, str(number), name, f"go to {name.lower()}", given=number)


def cursor_keys(
    make: Callable[..., Key],
    screen: str,
    *,
    down: tuple[str, str],
    up: tuple[str, str],
    top: tuple[str, str],
    bottom: tuple[str, str],
) -> Iterator[Key]:
    """The keys that move the cursor of a screen that counts, each with its label and its help."""
    for name, does, keys, given, words in (
        ("down", "selection.step", "j,down", 1, down),
        ("up", "selection.step", "k,up", -1, up),
        ("top", "selection.end", "home", -1, top),
        ("bottom", "selection.end", "G,end", 1, bottom),
        ("page_down", "selection.page", "pagedown,ctrl+d", 1, ("Page down", "a page down")),
        ("page_up", "selection.page", "pageup,ctrl+u", -1, ("Page up", "a page up")),
    ):
        yield make(Group.AROUND, does, keys, *words, given=given, id=f"{screen}.{name}")


class KeptKey(str):
    """A key whose hint stays where there is no room for all: the way to help, and back."""


def is_kept(key: str) -> bool:
    """Does the hint of this key stay where there is no room for all?"""
    return isinstance(key, KeptKey) or key == "Esc"


def bindings(table: Sequence[Key]) -> list[BindingType]:
    """Textual's bindings for a screen; each with its id, which `[keys]` can give other keys."""
    from textual.binding import Binding

    return [
        Binding(key.keys, f"press('{key.id}')", key.label, show=False, id=key.id)
        for key in table
        if not key.id.startswith("app.")
    ]


def hints(
    commands: Sequence[Key],
    *,
    has_deal: bool = True,
    read_only: bool = False,
    here: Mapping[str, str] = NOTHING,
    seen: set[str] | None = None,
) -> tuple[tuple[str, str], ...]:
    """Key and label of the commands that do something now, the most wanted first; `here` tells by
    their ids those that are called otherwise where the cursor stands, "" those of no use there.
    `seen` learns which are shown; one of those that is of no use now, and whatever comes before the
    first that is shown, keeps its place free: it has no key, and both in its label."""
    ranked = sorted((command for command in commands if command.rank), key=lambda c: c.rank)
    shown: list[tuple[str, str]] = []
    for command in ranked:
        if command.keys == UNBOUND or (read_only and command.changes):
            continue
        key, label = command.key_hinted, spoken(here.get(command.id) or command.hint)
        if command.action in _KEPT:
            key = KeptKey(key)
        if here.get(command.id) != "" and (has_deal or not command.takes_deal):
            shown.append((key, label))
            if seen is not None:
                seen.add(command.id)
        elif seen is not None and (command.id in seen or not any(key for key, _ in shown)):
            shown.append(("", f"{key} {label}"))
    return tuple(shown)


_DOES: Final[Mapping[Way, tuple[str, str]]] = {
    Way.REOPEN: ("board.move", " r"),
    Way.UNARCHIVE: ("board.archive", ""),
    Way.PLAN: ("board.next_step", ""),
    Way.ASSIGN: ("board.owner", ""),
    Way.FIND: ("board.find", ""),
}
"""The key that does what a refusal advises, and what is chosen behind it. For the others the
screens ask by themselves."""


def ways(commands: Sequence[Key], *, sees_archived: bool = False) -> Mapping[Way, str]:
    """What a refusal advises on a screen with these keys, by the key that does it there."""
    keys = {command.id: command.first_key for command in commands}
    does = {way: f"{key}{then}" for way, (id, then) in _DOES.items() if (key := keys.get(id))}
    if Way.UNARCHIVE in does and Way.FIND in does and not sees_archived:
        # What somebody else put there is under no cursor any more.
        does[Way.UNARCHIVE] = f"{does[Way.FIND]} finds it, {does[Way.UNARCHIVE]}"
    return does


def key_for(commands: Sequence[Key], action: str) -> str:
    """The key that does that on a screen with these keys, as people write it; one that has none has
    its name, by which the palette finds it."""
    command = next(command for command in commands if command.action == action)
    return command.first_key or f"'{spoken(command.label).rstrip('…')}'"


def said(error: PipeboardError, by: Mapping[Way, str] | None = None) -> str:
    """What happened, and what to do next: both in sentences, each with its stop; `by` are the keys
    that do it."""
    message = error.message.rstrip()
    stop = "." if error.hint and message and message[-1] not in ".!?…:" else ""
    return f"{message}{stop} {error.advice(by or {})}".strip()


def refused_by(deal: Deal | Card) -> Mapping[str, str]:
    """The hints of keys that a deal as it stands refuses, none of which is shown for it."""
    if is_gone(deal):
        return dict.fromkeys(_NOT_GONE, "")
    if deal.status is not Status.OPEN:
        return dict.fromkeys(_ONLY_AT_WORK, "")
    return NOTHING if has_step(deal) else {"board.done": ""}


def is_gone(deal: Deal | Card) -> bool:
    """Was it merged into another, or its adding taken back? All that is left is to look at."""
    return isinstance(deal, Deal) and (deal.merged_into is not None or deal.removed)


def has_step(deal: Deal | Card) -> bool:
    """Is anything planned to be done next?"""
    if isinstance(deal, Deal):
        return deal.next_step is not None
    return bool(deal.next_text) or deal.next_due is not None


def rebound(commands: Sequence[Key], keymap: Mapping[str, str]) -> tuple[Key, ...]:
    """The commands with the keys that a person has given them, and those that are hinted with
    another's, or stand behind another, with that one's."""
    if not keymap:
        return tuple(commands)
    own = tuple(
        replace(command, keys=keymap[command.id], shown="") if command.id in keymap else command
        for command in commands
    )
    now = {old.first_key: new.first_key for old, new in zip(commands, own, strict=True)}
    goes = name_of(keymap.get("board.go", "g").partition(",")[0])
    asks = next((command.first_key for command in own if command.action == "palette"), "")
    return tuple(_told(command, now, goes, asks) for command in own)


def _told(command: Key, now: Mapping[str, str], goes: str, asks: str) -> Key:
    """The command as it is told where keys are others now, and where `goes` and `asks` lead to what
    has no key of its own."""
    shown, hint_key = command.shown, command.hint_key
    if shown.startswith(":") and asks != ":":
        shown = f"{asks} {shown[1:]}".rstrip() if asks else ""
    if command.keys == UNBOUND and command.go:
        shown = f"{goes} {command.go}" if goes else ""
    if hint_key:
        parts = [now.get(part, part) for part in re.split("([/ -])", hint_key)]
        moved = "".join(parts) != hint_key
        hint_key = "" if moved and ("-" in parts or "" in parts) else "".join(parts)
    return replace(command, shown=shown, hint_key=hint_key)


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


def unheard(
    key: str, character: str | None, table: Sequence[Key], board: Sequence[Key] = ()
) -> str:
    """What is said of a key that a screen with these keys has no use for; "" of one that it has.
    What it does on the `board` is told."""
    everywhere = (known for known in board if known.id.startswith("app."))
    keys = {part for known in (*table, *everywhere) for part in known.keys.split(",")}
    if {key, character} & keys or key == _GIVES_UP:
        return ""
    helps = next((known.first_key for known in table if known.action == "help"), "")
    advice = f" {helps} tells the keys." if helps else ""
    its = next((one for one in board if {key, character} & {*one.keys.split(",")}), None)
    return f"{as_pressed(key, character)} does nothing here{_where(its, table)}.{advice}"


def _where(its: Key | None, table: Sequence[Key]) -> str:
    """Where a key of the board does what it does, told on a screen with these keys."""
    if its is None:
        return ""
    if any(known.id.startswith(f"{its.action}.") for known in table):
        return ": it leads to this screen"
    label = spoken(its.label).rstrip("…")
    go = next((known.first_key for known in table if known.action == "go"), "") if its.go else ""
    return f": {go} {its.go} is '{label}'" if go else f": '{label}' is for the board"


def as_pressed(key: str, character: str | None) -> str:
    """A key that was pressed, by its character where that can be seen."""
    return character if character and character.isprintable() and character != " " else name_of(key)


_SENT_AS: Final = {
    "ctrl+h": "Backspace",
    "ctrl+i": "Tab",
    "ctrl+j": "Enter",
    "ctrl+m": "Enter",
    "ctrl+[": "Esc",
}
"""What arrives of keys that most terminals have no bytes of their own for."""


_MOVES: Final = "left|right|up|down|home|end|pageup|pagedown|insert|delete"
_SENT: Final = (
    rf"(ctrl\+)?(shift\+)?({_MOVES})|(ctrl\+)?f([1-9]|1[0-9]|2[0-4])|(shift\+)?tab|space|enter|escape"
    r"|backspace|ctrl\+([a-z0-9@]|backslash|underscore|right_square_bracket|circumflex_accent)"
)
_CAPITAL: Final = r"shift\+[a-z]"
"""Patterns of what terminals send, made ready only where a configuration names keys."""
_AFTER_CTRL: Final = {
    "\\": "backslash",
    "_": "underscore",
    "]": "right_square_bracket",
    "^": "circumflex_accent",
}


def key_named(name: str) -> str:
    """The key that people write like that, as Textual calls it: the reverse of `name_of`, whatever
    letters of a name are capitals.

    Raises BadInput for one that most terminals cannot send, which would be a key that does nothing.
    """
    name = unicodedata.normalize("NFC", name)
    key = f"ctrl+{name[1:]}" if name.startswith("^") and len(name) > 1 else name
    key = key if len(key) == 1 else key.removesuffix(key[-1]).lower() + _last(key)
    if key in _SENT_AS:
        raise BadInput(
            f"A terminal sends {_SENT_AS[key]} for {name_of(key)}.", hint="Take another key."
        )
    if key == _GIVES_UP:
        hint = "Take another key."
        raise BadInput(f"{name_of(key)} gives up what is waited for, on every screen.", hint=hint)
    key = next((known for known, shown in _NAMES.items() if shown.lower() == key), key)
    if not _is_sent(key):
        hint = "'pipeboard keys' shows how keys are written."
        raise BadInput(f"'{name}' is no key that terminals send.", hint=hint)
    return key


def _last(key: str) -> str:
    """How the name of a key ends: a letter after Alt may be a capital, a sign after ctrl+ has a
    name."""
    last = key[-1]
    if key[:-1].lower() == "alt+" and last.isupper():
        return f"shift+{last.lower()}"
    return _AFTER_CTRL.get(last, last.lower()) if key[:-1].lower() == "ctrl+" else last.lower()


def _is_sent(key: str) -> bool:
    plain = key.removeprefix("alt+")
    if (len(plain) == 1 and plain.isprintable()) or plain in _NAMES or re.fullmatch(_SENT, plain):
        return True
    if plain != key and re.fullmatch(_CAPITAL, plain):
        return True
    try:
        return bool(unicodedata.lookup(plain.replace("_", " ")))
    except KeyError:
        return False
