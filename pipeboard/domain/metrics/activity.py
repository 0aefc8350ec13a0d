"""What was done: how soon leads were answered, and how much the reps were in touch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis, Happened, by_event, shared_out
from pipeboard.domain.metrics.cycle import watched
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.grouping import Group
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import HOUR_US, Metric, Unit, count
from pipeboard.domain.metrics.survival import kaplan_meier

NOT_REACHED = "not reached: fewer than half have heard from us"


@named("first_response_hours_median", Unit.HOURS, "First response", better=False)
def first_response(basis: Basis) -> Metric:
    """Within so many hours half of the new deals hear from us, those that still wait taken into
    account."""
    deals = basis.created
    if not deals:
        return Metric(None, Unit.HOURS, reason="no deals created")
    answered = [deal for deal in deals if deal.first_outbound_at is not None]
    waits = [max(0, (deal.first_outbound_at or 0) - deal.created_at) for deal in answered]
    silent = [deal for deal in deals if deal.first_outbound_at is None]
    middle = kaplan_meier(waits, [_waited(basis, deal) for deal in silent]).median()
    value = None if middle is None else Fraction(middle, HOUR_US)
    return Metric(
        value,
        Unit.HOURS,
        value,
        None,
        len(deals),
        NOT_REACHED if value is None else None,
        numerator=answered,
        denominator=deals,
    )


def _waited(basis: Basis, deal: DealHistory) -> int:
    """For how long a deal was open without a word from us."""
    return watched(basis, deal) if deal.closed_at is None else deal.closed_at - deal.created_at


def waiting(basis: Basis) -> list[tuple[DealHistory, Fraction]]:
    """The open deals that nobody has got in touch with, and their hours since creation, the
    longest wait first."""
    silent = [d for d in basis.deals.open if d.first_outbound_at is None and d.is_dated]
    silent.sort(key=lambda deal: (deal.created_at, deal.id))
    return [(deal, Fraction(basis.now - deal.created_at, HOUR_US)) for deal in silent]


@named("quotes_sent", Unit.COUNT, "Quotes", better=True)
def quotes_sent(basis: Basis) -> Metric:
    """Deals to which a quote was sent in the period."""
    return count([deal for _, deal in basis.once(quotes)])


@shared_out(by_event)
def quotes(basis: Basis) -> Happened:
    """When in the period which deal had its first quote."""
    found = []
    for deal in basis.deals.created:
        if deal.quoted_at:
            sent = [us for us in deal.quoted_at if us <= basis.now and basis.holds(us)]
            if sent:
                found.append((min(sent), deal))
    return found


@dataclass(frozen=True, slots=True)
class Touches:
    """How often a rep was in touch in the period: by kind (`call out`), and how many of them went
    to deals created in the period (steady new business)."""

    owner: Group
    by_kind: Counter[str]
    on_new: int

    @property
    def total(self) -> int:
        return self.by_kind.total()


def touches(basis: Basis) -> list[Touches]:
    """The touches of the period by the deal's owner at the time, the busiest first."""
    kinds: dict[Group, Counter[str]] = {}
    on_new: Counter[Group] = Counter()
    start, end = basis.start, basis.end
    for deal in basis.population:
        for at, kind in deal.touches:
            if start <= at < end and basis.happened_in_group(deal, at):
                owner = deal.owner_at(at) or None
                kinds.setdefault(owner, Counter())[kind] += 1
                on_new[owner] += basis.holds(deal.created_at)
    found = [Touches(owner, by_kind, on_new[owner]) for owner, by_kind in kinds.items()]
    return sorted(found, key=lambda rep: (-rep.total, rep.owner or ""))
