"""Whether deals advance by the process: with the exit criteria met, or overridden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.history import History
from pipeboard.domain.metrics.result import Metric, proportion

NO_ADVANCES = "no advances"


@dataclass(frozen=True, slots=True)
class Adherence:
    """The share of a rep's advances in the period without an override (`capabilities.md` 16)."""

    owner: str
    rate: Metric


def adherence(basis: Basis) -> list[Adherence]:
    """The adherence of each rep, by name, for the deals that were theirs when they advanced."""
    clean: dict[str, list[History]] = {}
    every: dict[str, list[History]] = {}
    for deal in basis.population:
        if len(deal.path) < 2 or deal.path[-1][0] < basis.start:
            continue
        for at in _advances(deal, basis):
            owner = deal.owner_at(at)
            every.setdefault(owner, []).append(deal)
            if at not in deal.overridden_at:
                clean.setdefault(owner, []).append(deal)
    return [
        Adherence(owner, proportion(clean.get(owner, []), every[owner], NO_ADVANCES))
        for owner in sorted(every)
    ]


def adherence_rate(basis: Basis) -> Metric:
    """The adherence of everybody in this basis."""
    reps = basis.once(adherence)
    clean = [deal for rep in reps for deal in rep.rate.numerator]
    every = [deal for rep in reps for deal in rep.rate.denominator]
    return proportion(clean, every, NO_ADVANCES)


def _advances(deal: History, basis: Basis) -> Sequence[int]:
    """When in the period the deal went forwards, winning included."""
    rank = basis.rules.rank
    advances = []
    for (_, before), (at, stage) in zip(deal.path, deal.path[1:], strict=False):
        forwards = before >= 0 and rank.get(stage, -1) > rank[before]
        if forwards and basis.holds(at) and basis.happened_in_group(deal, at):
            advances.append(at)
    return advances
