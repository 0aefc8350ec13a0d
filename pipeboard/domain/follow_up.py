"""What goes on after a deal: follow-ups of a proposal, and the lead that a closed deal becomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.deal import Deal, NextStep, Touch
from pipeboard.domain.deal_fields import FIELDS
from pipeboard.domain.pipeline import Pipeline

if TYPE_CHECKING:
    from pipeboard.domain.commands import Create
    from pipeboard.domain.deal import FieldValue


PERSISTENCE = 5
"""Follow-ups after a proposal before anybody should call it dead (`capabilities.md` 47)."""

POST_SALE = timedelta(days=14)
"""When a won customer is asked how it goes (`capabilities.md` 58)."""

_KEPT = (*(field.name for field in FIELDS if field.sequel), "fields", "contacts")


def follow_ups(sent_at: datetime, touches: Iterable[Touch]) -> int:
    """How often we got in touch since the proposal was sent."""
    return sum(touch.direction == "out" and touch.at > sent_at for touch in touches)


def sequel(deal: Deal, pipeline: Pipeline, title: str, step: str, due: date) -> Create:
    """The new lead that goes on from a closed deal: same company, people and source, in the first
    stage, with a next step; `recycled_from` names the deal it comes from.

    Answers are not taken along: they were true of another time.
    """
    from pipeboard.domain.commands import Create

    fields: dict[str, FieldValue] = {name: getattr(deal, name) for name in _KEPT}
    if deal.loss is not None:
        fields["value"] = deal.value
        fields["contact_reason"] = f"back from {deal.ref}, lost: {deal.loss.category}"
    else:
        fields["contact_reason"] = f"customer since {deal.ref}"
    fields |= {"next_step": NextStep(step, due), "recycled_from": deal.id}
    return Create(title or deal.title, pipeline.open_stages[0].id, fields)
