"""What was done: how soon leads were answered, and how much the reps were in touch."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from pipeboard.domain.deal import UNKNOWN
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.metrics.basis import Basis, Happened, by_event, in_order, shared_out, touched
from pipeboard.domain.metrics.cycle import created_until_known, span, until
from pipeboard.domain.metrics.history import DealHistory
from pipeboard.domain.metrics.result import (
    HOUR_US,
    Metric,
    Unit,
    count,
    kaplan_meier,
    proportion,
)
from pipeboard.domain.metrics.rules import Group
from pipeboard.domain.metrics.wording import named

NOT_REACHED = "not reached: fewer than half have heard from us"


@named("first_response_hours_median", Unit.HOURS, "First response", better=False)
def first_response(basis: Basis) -> Metric:
    """Within so many hours half of the new deals hear from us, those that still wait taken into
    account."""
    deals, excluded = created_until_known(basis)
    if not deals:
        return Metric(None, Unit.HOURS, reason="no deals created", excluded=excluded)
    answered, waits, silent = [], [], []
    for deal in deals:
        waited = _waited(basis, deal)
        answer = deal.first_outbound_at
        wait = None if answer is None else until(basis, deal, answer)
        if wait is not None and wait <= waited:
            answered.append(deal)
            waits.append(wait)
        else:
            silent.append(waited)
    middle = kaplan_meier(waits, silent).median()
    value = None if middle is None else Fraction(middle, HOUR_US)
    return Metric(
        value,
        Unit.HOURS,
        value,
        None,
        len(deals),
        NOT_REACHED if value is None else None,
        excluded,
        numerator=answered,
        denominator=deals,
    )


def _waited(basis: Basis, deal: DealHistory) -> int:
    """For how long a deal could be answered: what we said once it was closed or put away was no
    answer."""
    return span(basis, deal, 0, None if deal.closed_at is None else len(deal.places) - 1)


def waiting(basis: Basis) -> list[tuple[DealHistory, Fraction | None]]:
    """The open deals that nobody has got in touch with, and their hours since creation, the
    longest wait first; last those without a created date, since nobody knows since when."""
    silent = [deal for deal in basis.deals.open if deal.first_outbound_at is None]
    silent.sort(key=lambda deal: (not deal.is_dated, deal.created_at, deal.id))
    return [
        (deal, Fraction(basis.now - deal.created_at, HOUR_US) if deal.is_dated else None)
        for deal in silent
    ]


@named("quotes_sent", Unit.COUNT, "Quotes", better=True)
def quotes_sent(basis: Basis) -> Metric:
    """Deals to which a quote was sent in the period."""
    return count([deal for _, deal in basis.once(quotes)])


@shared_out(by_event)
def quotes(basis: Basis) -> Happened:
    """When in the period which deal had its first quote."""
    found = []
    for deal in basis.deals.rare.quoted:
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
    kinds: defaultdict[Group, Counter[str]] = defaultdict(Counter)
    on_new: Counter[Group] = Counter()
    for at, kind, deal in touched(basis, basis.start, basis.end):
        if basis.happened_in_group(deal, at):
            owner = deal.owner_at(at) or None
            kinds[owner][kind] += 1
            on_new[owner] += deal.is_dated and basis.holds(deal.created_at)
    found = [Touches(owner, by_kind, on_new[owner]) for owner, by_kind in kinds.items()]
    return sorted(found, key=lambda rep: (-rep.total, rep.owner or ""))


# Whether deals advance by the process: with the exit criteria met, or overridden.

NO_ADVANCES = "no advances"


@dataclass(frozen=True, slots=True)
class ProcessCompliance:
    """The share of a rep's advances in the period without an override."""

    owner: Group
    rate: Metric


def adherence(basis: Basis) -> list[ProcessCompliance]:
    """The adherence of each rep, by name, for the deals that were theirs when they advanced."""
    by_owner: dict[Group, list[Advance]] = {}
    for advance in basis.once(advances):
        by_owner.setdefault(advance.deal.owner_at(advance.at) or None, []).append(advance)
    return [ProcessCompliance(owner, _rate(by_owner[owner])) for owner in in_order(by_owner)]


@named("adherence", Unit.RATIO, "By the process", better=True)
def adherence_rate(basis: Basis) -> Metric:
    """Of all advances in the period, those that met the exit criteria without an override."""
    return _rate(basis.once(advances))


def _rate(advances: Sequence[Advance]) -> Metric:
    clean = [deal for _, deal, is_clean in advances if is_clean]
    return proportion(clean, [deal for _, deal, _ in advances], NO_ADVANCES)


class Advance(NamedTuple):
    """That a deal went forwards, when, and whether no gate was passed with a reason."""

    at: int
    deal: DealHistory
    is_clean: bool


@shared_out(by_event)
def advances(basis: Basis) -> Sequence[Advance]:
    """When in the period which deal went forwards, winning included; not what an import brought
    past a gate, which was asked of nobody here."""
    rank, start, end = basis.rules.rank, basis.start, basis.end
    forwards = cache(
        lambda places: [
            when
            for when, (before, stage) in enumerate(pairwise(places), 1)
            if before >= 0 and rank.get(stage, -1) > rank[before]
        ]
    )
    found: list[Advance] = []
    for deal in basis.deals.alive_after(start - 1):
        entered_at = deal.entered_at
        if len(entered_at) > 1 and entered_at[-1] >= start:
            found += [
                Advance(entered_at[when], deal, when not in deal.overridden)
                for when in forwards(deal.places)
                if start <= entered_at[when] < end
                and (not deal.vague or deal.known_by(when) != UNKNOWN)
                and when not in deal.elsewhere
            ]
    return found
