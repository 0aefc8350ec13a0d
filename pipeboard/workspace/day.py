"""The day as a rep looks at it: whose queue, what stands in it, who has how much on hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.domain.filter_nodes import EVERYTHING, Filter
from pipeboard.domain.people import match_owner
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import Load
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.store.reading.day import DayReader

EVERYBODY = "all"


def day_of(
    service: Service,
    pipeline: Pipeline | None = None,
    owner: str | None = None,
    query: Filter = EVERYTHING,
) -> DayReader:
    """What is to be done today: of one pipeline or all, of one owner or all, under a filter."""
    from pipeboard.store.reading.listing import Listing

    return service.reader.day(
        Listing(
            service.today,
            service.settings.zone,
            me=service.me,
            pipeline_id=pipeline.id if pipeline else None,
            owner=owner,
            filter=query,
        )
    )


def whose(service: Service, text: str | None) -> str | None:
    """Whose day is meant: the rep that was named, `all` for everybody (None), and without a word
    one's own, or everybody's for who is no rep. NotFound for a name that nobody bears."""
    reps = service.reader.reps()
    if text is None:
        return service.me if any(rep.name == service.me for rep in reps) else None
    if text.strip().lower() == EVERYBODY:
        return None
    return match_owner(text, reps, service.me)


def loads_of(service: Service, pipeline: Pipeline) -> tuple[Load, ...]:
    """How much each active rep has on hand in a pipeline, by name."""
    found = day_of(service, pipeline).loads()
    return tuple(found.get(rep.name, Load(rep.name)) for rep in service.reader.reps() if rep.active)
