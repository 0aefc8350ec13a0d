"""What tests of decisions share: a gated pipeline, a deal in it, and deciding in one line."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeboard.domain.commands import Command, Context, Create
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import decide
from pipeboard.domain.events import Event, evolve, replay
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.templates import template

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SALES: Pipeline = template("needs", pipeline_name="Sales", currency="EUR")
LEAD, QUALIFICATION, NEEDS, PROPOSAL, NEGOTIATION, CLOSING, WON, LOST = (
    stage.id for stage in SALES.stages
)


def context(
    at: datetime = NOW, *, pipeline: Pipeline = SALES, actor: str = "ana", **more: Any
) -> Context:
    return Context(pipeline, at, BERLIN, actor, **more)


def new(stage_id: int = LEAD, at: datetime = NOW, **fields: Any) -> Deal:
    """A deal that began in that stage."""
    title = fields.pop("title", "Lumen Oy pilot")
    return replay(decide(Create(title, stage_id, fields), None, context(at)), 1)


def do(deal: Deal, command: Command, at: datetime = NOW, **more: Any) -> Deal:
    """The deal after a command."""
    for event in decide(command, deal, context(at, **more)):
        deal = evolve(deal, event)
    return deal


def events_of(deal: Deal, command: Command, at: datetime = NOW, **more: Any) -> list[Event]:
    return decide(command, deal, context(at, **more))
