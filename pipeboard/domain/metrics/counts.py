"""Plain counts and sums of a period and of now (`capabilities.md` 85)."""

from __future__ import annotations

from pipeboard.domain.metrics.basis import Basis
from pipeboard.domain.metrics.result import Metric, Unit, count, missing


def won_count(basis: Basis) -> Metric:
    """Deals won in the period."""
    return count(basis.won)


def lost_count(basis: Basis) -> Metric:
    """Deals lost in the period."""
    return count(basis.lost)


def open_count(basis: Basis) -> Metric:
    """Deals open now."""
    return count(basis.deals.open)


def created_count(basis: Basis) -> Metric:
    """Deals created in the period."""
    return count(basis.created)


def qualified_count(basis: Basis) -> Metric:
    """Deals that first became qualified in the period."""
    if not basis.rules.qualifying:
        return missing(Unit.COUNT, "no stage is marked as qualified")
    return count([deal for at, deal in basis.deals.qualified if basis.holds(at)])


def won_value(basis: Basis) -> Metric:
    """What the deals won in the period brought."""
    return basis.tally(basis.won).metric()


def lost_value(basis: Basis) -> Metric:
    """What the deals lost in the period were last worth."""
    return basis.tally(basis.lost).metric()


def open_value(basis: Basis) -> Metric:
    """What the open deals are worth."""
    return basis.tally(basis.deals.open).metric()
