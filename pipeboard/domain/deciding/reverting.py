"""Deciding undo and redo: the inverse of what a command did, through the same gate."""

from __future__ import annotations

from dataclasses import replace

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import Event, evolve, inverse, read
from pipeboard.domain.gates import pass_gate


def revert(command: c.Revert, deal: Deal, context: c.Context) -> list[Event]:
    """The inverses of the command's events, last first.

    Refused when the deal is no longer as the events left it, or when a stage's exit criteria
    have been tightened since so that going forwards again would now need a reason.
    """
    reverted = []
    for event in reversed(command.events):
        back = inverse(event)
        for name, value in back.before.items():
            if read(deal, name) != value:
                raise Conflict(
                    f"{deal.ref} {deal.name} has changed since: {name.replace('_', ' ')}.",
                    hint="See its history.",
                    details={"deal": deal.ref, "field": name},
                )
        _pass_gate_again(back, deal, context)
        # Taken back now, but put again as of the day on which it happened.
        reverted.append(replace(back, at=max(context.at, event.at)) if back.undoes else back)
        if back.after or back.before:
            deal = evolve(deal, back)
    return reverted


def _pass_gate_again(back: Event, deal: Deal, context: c.Context) -> None:
    target_id = back.after.get("stage_id")
    if target_id is None or (back.after.get("outcome") is not None and back.undoes):
        return
    logged = str(back.facts.get("override", ""))
    pass_gate(deal, context.pipeline, context.pipeline.stage(target_id), context.today, logged)
