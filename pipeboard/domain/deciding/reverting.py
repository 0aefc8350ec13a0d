"""Deciding undo and redo: the inverse of what a command did, through the same gate."""

from __future__ import annotations

from dataclasses import replace

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding.rules import rule
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import NO_FACTS, Event, EventFacts, evolve, inverse, read, value_of
from pipeboard.domain.gates import pass_gate, unmet

TAKEN_BACK = "undo"
"""The reason that is logged where taking a step back returns a deal past an unmet gate."""


@rule(c.Revert)
def revert(command: c.Revert, deal: Deal, context: c.Context) -> list[Event]:
    """The inverses of the command's events, last first.

    Refused when the deal is no longer as the events left it, or when a stage's exit criteria
    have been tightened since so that a redo would now need a reason. An undo returns the deal to
    where it was in any case, and logs what is missing there.
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
        facts = _facts(back, deal, context)
        reverted.append(replace(back, at=max(context.at, event.at), facts=facts))
        if back.after or back.before:
            deal = evolve(deal, back)
    return reverted


def _facts(back: Event, deal: Deal, context: c.Context) -> EventFacts:
    """What an event that is put again says: its reason to pass a gate, if it needs one."""
    target_id = value_of(back.after, "stage_id", int)
    if target_id is None or (back.undoes and "outcome" in back.after):
        return back.facts
    target, reason = context.pipeline.stage(target_id), str(back.facts.get("override", ""))
    if not back.undoes:
        missing = pass_gate(deal, context.pipeline, target, context.today, reason)
        return back.facts if missing or reason != TAKEN_BACK else NO_FACTS
    lacking = unmet(deal, context.pipeline, target_id, context.today)
    if not lacking:
        return back.facts
    return {**back.facts, "override": TAKEN_BACK, "missing": [lack.text for lack in lacking]}
