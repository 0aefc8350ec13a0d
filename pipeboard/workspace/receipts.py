"""Receipts and decisions: what a command did, and what a use case has decided to store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeboard.domain.deal import Deal

if TYPE_CHECKING:
    from pipeboard.domain.agreements import Agreement
    from pipeboard.store.projecting import Change


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did: a sentence, the deals as they are now, and remarks on the way.

    `command_id` is empty when nothing had to change or the command was only tried. `about` says
    of an undone or redone command whose it was, and when, `agreements` what is agreed by it.
    """

    command_id: str
    verb: str
    summary: str
    deals: tuple[Deal, ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""
    agreements: tuple[Agreement, ...] = ()


@dataclass(frozen=True, slots=True)
class Decision:
    """What a use case has decided to store, as one command.

    New deals (id 0) get their numbers when it is stored. `marks` names the command that is taken
    back or put again by it; `actor` stands in for the one at the desk.
    """

    summary: str
    changes: tuple[Change, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    notes: tuple[str, ...] = ()
    undoes: str | None = None
    redoes: str | None = None
    marks: str = ""
    actor: str = ""
    about: str = ""
