"""From the table of keys to what uses it: bindings, the hint line, and `[keys]` that replace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.ui.command import Command, Group, key_named, name_of
from pipeboard.ui.key_table import BOARD, DEAL

if TYPE_CHECKING:
    from textual.binding import BindingType

__all__ = (
    "BOARD",
    "DEAL",
    "UNBOUND",
    "Command",
    "Group",
    "bindings",
    "hints",
    "name_of",
    "read_keymap",
    "rebound",
)

UNBOUND: Final = "f24"
"""A key that no keyboard has: Textual cannot unbind, so an unwanted command gets this one."""


def bindings(commands: Sequence[Command]) -> list[BindingType]:
    """Textual's bindings for a screen; each with its id, which `[keys]` can give other keys."""
    from textual.binding import Binding

    return [
        Binding(command.keys, _action(command), command.label, show=False, id=command.id)
        for command in commands
        if not command.id.startswith("app.")
    ]


def _action(command: Command) -> str:
    name, _, number = command.action.rpartition("_")
    return f"{name}({number})" if number.isdigit() else command.action


def hints(
    commands: Sequence[Command], *, has_deal: bool = True, read_only: bool = False
) -> tuple[tuple[str, str], ...]:
    """Key and label of the commands that do something now, the most wanted first."""
    ranked = sorted((command for command in commands if command.rank), key=lambda c: c.rank)
    return tuple(
        (command.key_hinted, command.hint)
        for command in ranked
        if command.keys != UNBOUND
        and (has_deal or not command.takes_deal)
        and not (read_only and command.changes)
    )


def rebound(commands: Sequence[Command], keymap: Mapping[str, str]) -> tuple[Command, ...]:
    """The commands with the keys that a person has given them."""
    return tuple(
        replace(command, keys=keymap[command.id], shown="", hint_key="")
        if command.id in keymap
        else command
        for command in commands
    )


def read_keymap(
    wanted: Mapping[str, str], screens: Sequence[Sequence[Command]] = (BOARD, DEAL)
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
        _refuse_shared_keys({command.id: (known | keymap)[command.id] for command in screen})
    return keymap


def _refuse_shared_keys(keys_of: Mapping[str, str]) -> None:
    owners: dict[str, str] = {}
    for name, keys in keys_of.items():
        for key in keys.split(","):
            other = owners.setdefault(key, name)
            if other != name and key != UNBOUND:
                raise BadInput(
                    f"[keys]: '{name_of(key)}' stands for both {other} and {name}.",
                    hint="Give one of them another key.",
                )
