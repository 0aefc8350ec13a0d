"""decide: from a command and a deal to the events that follow, or a refusal with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import beginning, closings, edits, moves, work
from pipeboard.domain.deciding.rules import RULES, Telling, from_what
from pipeboard.domain.deciding.work import answered, taken_up
from pipeboard.domain.errors import Refused
from pipeboard.domain.events import Event

BEGINNINGS: Mapping[type, Callable[..., tuple[list[Event], Deal]]] = {
    c.Create: beginning.create,
    c.TakeOver: beginning.take_over,
}
WITH_RULES = (beginning, closings, edits, moves, work)
"""The rooms of `RULES`, which they fill."""


def decide(command: c.Command, deal: Deal | None, context: c.Context) -> list[Event]:
    """The events that follow from `command` for `deal` (None for a deal that begins).

    Raises `Refused` (or `GateNotMet`) where a rule says no, `SoAlready` where it is so already,
    `BadInput` where a value is wrong.
    An empty list means that nothing would change.
    """
    if deal is None:
        return begin(command, context)[0]
    if deal.merged_into is not None and not isinstance(command, c.Revert):
        raise Refused(
            f"{deal.ref} was merged into D-{deal.merged_into}.",
            hint=f"Work on D-{deal.merged_into} instead.",
            details={"deal": deal.ref, "merged_into": f"D-{deal.merged_into}"},
        )
    rule = RULES[type(command)]
    events = rule.decide(command, deal, context)
    if rule.takes_up:
        return taken_up(events, deal, context)
    return answered(events, deal, context) if type(command) is c.AddNote else events


def begin(command: c.Command, context: c.Context, deal_id: int = 0) -> tuple[list[Event], Deal]:
    """What follows from a command by which a deal begins, and that deal, under its number."""
    return BEGINNINGS[type(command)](command, context, deal_id)


def verb_of(command: c.Command | type[c.Command]) -> str:
    """The verb under which a command on deals, or one of that kind, is recorded."""
    return RULES[command if isinstance(command, type) else type(command)].verb


def deal_verbs() -> tuple[str, ...]:
    """The verbs under which commands on deals are recorded, each once."""
    return tuple(dict.fromkeys(rule.verb for rule in RULES.values() if rule.verb))


def sentence_of(command: c.Command, told: Telling) -> str:
    """What a command did, as receipts, history and undo tell it; of one deal also from what."""
    said, ending = RULES[type(command)].sentence(command, told), from_what(command, told)
    said = f"{said.removesuffix('.')}{ending}." if ending else said
    # Words that somebody typed at its end, and names (`Acme Inc.`), may have a full stop already.
    return said[:-1] if said.endswith(("..", "!.", "?.", "….")) else said
