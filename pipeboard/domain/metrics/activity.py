"""What was done: how soon leads were answered, and how much the reps were in touch."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from pipeboard.domain.metrics.basis import Basis, Happened
from pipeboard.domain.metrics.history import History
from pipeboard.domain.metrics.result import HOUR_US, Metric, Unit, count, median

NO_RESPONSE = "no response yet"


def first_response(basis: Basis) -> Metric:
    """Median hours from creation to the first touch from our side, of the deals created in the
    period that had one; the others are counted, and `waiting` has them (`capabilities.md` 37)."""
    answered = [deal for deal in basis.created if deal.first_outbound_at is not None]
    waits = sorted(max(0, (deal.first_outbound_at or 0) - deal.created_at) for deal in answered)
    silent = len(basis.created) - len(answered)
    excluded = {NO_RESPONSE: silent} if silent else {}
    if not waits:
        reason = NO_RESPONSE if silent else "no deals created"
        return Metric(None, Unit.HOURS, reason=reason, excluded=excluded)
    middle = median(waits) / HOUR_US
    return Metric(
        middle, Unit.HOURS, middle, None, len(waits), None, excluded, answered, basis.created
    )


def waiting(basis: Basis) -> list[tuple[History, Fraction]]:
    """The open deals that nobody has got in touch with, and their hours since creation, the
    longest wait first."""
    silent = [deal for deal in basis.deals.open if deal.first_outbound_at is None]
    silent.sort(key=lambda deal: (deal.created_at, deal.id))
    return [(deal, Fraction(basis.now - deal.created_at, HOUR_US)) for deal in silent]


def quotes_sent(basis: Basis) -> Metric:
    """The deals to which a quote was sent in the period, as the deals stand now."""
    return count([deal for _, deal in basis.once(_quotes)])


def _quotes(basis: Basis) -> Happened:
    if basis.whole is not None:
        return basis.own(basis.whole.once(_quotes))
    quotes = basis.present.quotes
    sent = ((quotes[deal.id], deal) for deal in basis.deals.created if deal.id in quotes)
    return [(us, deal) for us, deal in sent if us <= basis.now and basis.holds(us)]


@dataclass(frozen=True, slots=True)
class Touches:
    """How often a rep was in touch in the period: by kind (`call out`), and how many of them went
    to deals created in the period (steady new business, `capabilities.md` 72)."""

    owner: str
    by_kind: Counter[str]
    on_new: int

    @property
    def total(self) -> int:
        return self.by_kind.total()


def touches(basis: Basis) -> list[Touches]:
    """The touches of the period by the deal's owner at the time, the busiest first."""
    kinds: dict[str, Counter[str]] = {}
    on_new: Counter[str] = Counter()
    start, end = basis.start, basis.end
    for deal in basis.population:
        for at, kind in deal.touches:
            if start <= at < end and basis.happened_in_group(deal, at):
                owner = deal.owner_at(at)
                kinds.setdefault(owner, Counter())[kind] += 1
                on_new[owner] += basis.holds(deal.created_at)
    found = [Touches(owner, by_kind, on_new[owner]) for owner, by_kind in kinds.items()]
    return sorted(found, key=lambda rep: (-rep.total, rep.owner))


def follow_ups(deal: History, since: int) -> int:
    """How often we got in touch after an instant, such as that of the quote (`capabilities.md`
    47): a counter against giving up too soon."""
    return sum(at > since and kind.endswith(" out") for at, kind in deal.touches)
