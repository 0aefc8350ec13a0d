"""The way of one deal from lead to won, and what is recorded of it, however it is walked."""

from __future__ import annotations

import json

from pipeboard.domain.deal import Deal
from pipeboard.store.projecting.events import event_text
from tests.verbs import Workspace

ANSWERS = {
    "need": "Scrap rate 9 % on line 2",
    "timeline": "before the summer stop",
    "authority": "Outi Salo signs up to 60k",
}

STEPS = (
    "created in Lead Generation, value €40,000",
    "call out: reached Mika",
    "next step 26 Nov qualification call",
    "Lead Generation → Lead Qualification",
    "Need: Scrap rate 9 % on line 2 (3/4)",
    "Timeline: before the summer stop (3/4)",
    "Authority and budget: Outi Salo signs up to 60k (3/4)",
    "Lead Qualification → Needs Assessment",
    "contact Outi Salo, decision-maker",
    "Needs Assessment → Proposal",
    "email out, proposal sent: offer of 40k",
    "next step 3 Dec walk through the offer",
    "Proposal → Negotiation",
    "term Payment: ours 30 days, theirs 60 days, agreed 45 days",
    "Negotiation → Closing",
    "note: Contract is with their lawyer.",
    "won €38,000",
)
"""What the timeline says of it, oldest first."""


def told(workspace: Workspace, deal: Deal) -> list[str]:
    """What the timeline of a deal says, oldest first."""
    from pipeboard.domain.timeline import describe

    pipelines = workspace.reader.pipelines()
    entries = reversed(workspace.reader.history.entries(deal.id))
    zone = workspace.settings.zone
    return [describe(e.event, pipelines, today=workspace.today, zone=zone) for e in entries]


def recorded(workspace: Workspace, deal: Deal) -> list[tuple[str, object]]:
    """Every event with all that it says, but for instants and ids that are made on the way."""
    entries = reversed(workspace.reader.history.entries(deal.id))
    return [(str(e.event.kind), _timeless(json.loads(event_text(e.event)))) for e in entries]


def _timeless(value: object) -> object:
    if isinstance(value, dict):
        return {
            name: _timeless(item)
            for name, item in value.items()
            if name not in ("at", "id", "rank", "pipeline_id") and not name.endswith("_at")
        }
    return value
