"""Deals found by what a person types, and looked at."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from pipeboard.domain.agreements import Topic
from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.criterion import Unmet
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound
from pipeboard.domain.filter import Filter
from pipeboard.domain.filter import parse_filter as filter_of
from pipeboard.domain.gates import unmet
from pipeboard.domain.people import with_known_owners
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sheet import Sheet
from pipeboard.domain.text import clean_line, quoted
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import agree, as_command
from pipeboard.workspace.service import Service

_REF = re.compile(r"(?:[dD]-)?(\d{1,15})")


def parse_filter(service: Service, text: str) -> Filter:
    """A filter as typed: its dates and amounts read in this workspace, its people known."""
    settings = service.settings
    query = filter_of(
        text,
        today=service.today,
        currency=settings.currency,
        week_start=settings.week_start,
        fiscal_shift=settings.fiscal_shift,
    )
    return with_known_owners(query, service.reader.reps(), service.me)


def typed_period(service: Service, text: str, *, at: datetime | None = None) -> Period:
    """The period that was typed, as of an instant; BadInput for anything else."""
    settings = service.settings
    return parse_period(
        text,
        local_date(at or service.now(), settings.zone),
        week_start=settings.week_start,
        fiscal_shift=settings.fiscal_shift,
    )


def lens(
    service: Service,
    pipeline: Pipeline,
    *,
    owner: str | None = None,
    filter_text: str = "",
    sort: Sort = Sort.MANUAL,
    reverse: bool = False,
) -> Lens:
    """A way to look at a pipeline; `BadInput` for a filter that cannot be read."""
    wanted = parse_filter(service, filter_text) if filter_text.strip() else None
    return Lens(
        pipeline.id,
        service.today,
        service.settings.zone,
        service.me,
        owner,
        wanted,
        sort,
        reverse,
    )


def find_deal(service: Service, ref: str, pipeline: Pipeline | None = None) -> Deal:
    """The deal named `142`, `D-142`, or by an unambiguous part of its name."""
    found = _REF.fullmatch(ref.strip())
    if found:
        deal = service.reader.deal(int(found[1]))
        if deal is not None and not deal.removed:
            return deal
        raise NotFound(f"There is no deal {ref.strip()}.", hint="Look for it with list.")
    return _find_by_name(service, ref, pipeline)


def _find_by_name(service: Service, ref: str, pipeline: Pipeline | None) -> Deal:
    deals = service.reader.named(ref, pipeline.id if pipeline else None, limit=6)
    if len(deals) == 1:
        return deals[0]
    if not deals:
        raise NotFound(f"No deal is called {quoted(ref)}.", hint="Look for it with list.")
    names = [f"{deal.ref} {deal.name} / {deal.title}" for deal in deals[:5]]
    more = ", …" if len(deals) > 5 else ""
    raise Ambiguous(
        f"{quoted(ref)} could be {', '.join(names)}{more}.",
        hint="Name it by its number.",
        details={"candidates": [deal.ref for deal in deals[:5]]},
    )


def find_deals(
    service: Service,
    refs: Sequence[str],
    where: str | None = None,
    pipeline: Pipeline | None = None,
) -> tuple[Deal, ...]:
    """The deals that are named, and those that a filter finds."""
    named = [find_deal(service, ref, pipeline) for ref in refs]
    if where is not None:
        named += service.reader.each(
            parse_filter(service, where),
            today=service.today,
            me=service.me,
            pipeline_id=pipeline.id if pipeline else None,
        )
    unique = {deal.id: deal for deal in named}
    if not unique:
        raise NotFound("No deal is meant.", hint="Name one, or use --where with a filter.")
    return tuple(unique.values())


def saved_filters(service: Service) -> tuple[tuple[str, str], ...]:
    """My saved filters and those shared with everybody: name and text."""
    return service.reader.saved_filters(service.me)


@as_command("filter")
def save_filter(
    service: Service, name: str, text: str, *, dry_run: bool = False, token: str = ""
) -> Receipt:
    """A filter under a name of mine; an empty text forgets it. `BadInput` for a bad filter."""
    said = clean_line(text, field="filter")
    parse_filter(service, said)
    clean = clean_line(name, field="name of a filter")
    if not clean:
        raise BadInput("A filter needs a name.")
    return agree(
        service,
        "filter",
        f"Saved the filter {clean}: {said}" if said else f"Forgot the filter {clean}.",
        Topic.FILTER,
        (clean, service.me),
        {"filter": said} if said else None,
        dry_run=dry_run,
        token=token,
    )


def sheet(service: Service, deal_id: int) -> Sheet:
    """A deal with everything around it that I may see."""
    found = service.reader.sheet(deal_id)
    if found is None:
        raise NotFound(f"There is no deal D-{deal_id}.")
    return found.seen_by(service.me)


def gate(
    service: Service, ids: Sequence[int], stage_id: int
) -> tuple[tuple[Deal, tuple[Unmet, ...]], ...]:
    """For each deal what it lacks to get to that stage, before anything happens."""
    pipelines = {pipeline.id: pipeline for pipeline in service.reader.pipelines()}
    deals = service.reader.deals(ids)
    return tuple(
        (deal, unmet(deal, pipelines[deal.pipeline_id], stage_id, service.today))
        for deal_id in ids
        if (deal := deals.get(deal_id)) is not None
    )
