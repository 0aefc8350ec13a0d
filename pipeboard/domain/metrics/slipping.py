"""Close dates that do not hold: slips and pushes."""

from __future__ import annotations

from pipeboard.domain.metrics.basis import Basis, Happened, by_event, by_standing, shared_out
from pipeboard.domain.metrics.definition import named
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import Metric, Unit, missing, proportion


def expected_at(basis: Basis, deal: DealHistory, us: int) -> bool:
    """Whether a deal stood open in this group at an instant, due to close in the period."""
    return (
        deal.created_at <= us
        and (deal.closed_at is None or deal.closed_at > us)
        and basis.holds_day(deal.close_at(us))
        and deal.is_open_at(us)
        and basis.stood_in_group(deal, us)
    )


@named("slip_rate", Unit.RATIO, "Slipped", better=False)
def slip_rate(basis: Basis) -> Metric:
    """Of the deals due in the period at its start, the share that did not close in it.

    While the period runs, a deal has slipped once its date was moved out or has passed.
    """
    before = basis.start - 1
    if before >= basis.now:
        return missing(Unit.RATIO, "the period has not begun")
    due = [deal for _, deal in basis.once(due_at_start)]
    return proportion([d for d in due if _slipped(basis, d)], due, "no deal was due")


@shared_out(by_standing)
def due_at_start(basis: Basis) -> Happened:
    """The deals that stood open just before the start of the period, due in it."""
    before = basis.start - 1
    return [(before, d) for d in basis.deals.created if expected_at(basis, d, before)]


def _slipped(basis: Basis, deal: DealHistory) -> bool:
    if deal.closed_at is not None and basis.holds(deal.closed_at):
        return False
    if basis.now >= basis.end or not deal.is_open:
        return True
    today = basis.today.isoformat()
    return not basis.holds_day(deal.close) or (deal.close or today) < today


@named("push_count", Unit.COUNT, "Pushed", better=False)
def push_count(basis: Basis) -> Metric:
    """How often a close date was moved to a later month in the period."""
    pushes = basis.once(pushes_of)
    deals = list(dict.fromkeys(deal for _, deal in pushes))
    return Metric(len(pushes), Unit.COUNT, num=len(pushes), n=len(deals), numerator=deals)


@shared_out(by_event)
def pushes_of(basis: Basis) -> Happened:
    """When in the period the close date of which deal was moved to a later month."""
    return [
        (us, deal)
        for deal in basis.deals.created
        if deal.pushed_at
        for us in deal.pushed_at
        if basis.holds(us)
    ]


def most_pushed(basis: Basis, at_least: int = 2) -> list[tuple[DealHistory, int]]:
    """The open deals whose date was pushed so often, the most often first; three is fiction."""
    pushed = [
        (deal, len(deal.pushed_at)) for deal in basis.deals.open if len(deal.pushed_at) >= at_least
    ]
    return sorted(pushed, key=lambda one: (-one[1], one[0].id))
