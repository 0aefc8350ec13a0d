"""Whether deals advance by the process: with the exit criteria met, or overridden."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from pipeboard.domain.metrics.basis import Basis, Happened, by_event, in_order, shared_out
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.grouping import Group
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Unit, proportion

NO_ADVANCES = "no advances"


@dataclass(frozen=True, slots=True)
class ProcessCompliance:
    """The share of a rep's advances in the period without an override."""

    owner: Group
    rate: Metric


def adherence(basis: Basis) -> list[ProcessCompliance]:
    """The adherence of each rep, by name, for the deals that were theirs when they advanced."""
    by_owner: dict[Group, list[tuple[int, DealHistory]]] = {}
    for us, deal in basis.once(advances):
        by_owner.setdefault(deal.owner_at(us) or None, []).append((us, deal))
    return [ProcessCompliance(owner, _rate(by_owner[owner])) for owner in in_order(by_owner)]


@named("adherence", Unit.RATIO, "By the process", better=True)
def adherence_rate(basis: Basis) -> Metric:
    """Of all advances in the period, those that met the exit criteria without an override."""
    return _rate(basis.once(advances))


def _rate(advances: Happened) -> Metric:
    clean = [deal for us, deal in advances if us not in deal.overridden_at]
    return proportion(clean, [deal for _, deal in advances], NO_ADVANCES)


@shared_out(by_event)
def advances(basis: Basis) -> Happened:
    """When in the period which deal went forwards, winning included."""
    rank, start, end = basis.rules.rank, basis.start, basis.end
    found = []
    for deal in basis.deals.created:
        path = deal.path
        if len(path) < 2 or path[-1][0] < start:
            continue
        for (_, before), (us, stage) in pairwise(path):
            if start <= us < end and before >= 0 and rank.get(stage, -1) > rank[before]:
                found.append((us, deal))
    return found
