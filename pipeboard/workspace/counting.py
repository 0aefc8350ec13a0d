"""From a question to its numbers: the deals that are meant, read from the log and counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.dates import local_date
from pipeboard.domain.filter_nodes import ME, Is, Not, State, all_of, any_of
from pipeboard.domain.metrics import Basis, Report
from pipeboard.domain.metrics.categories import category
from pipeboard.domain.metrics.grouping import MATCHING, Group, Grouping, by_matching, by_owner
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Category, Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import fold
from pipeboard.store.reading.listing import Listing

if TYPE_CHECKING:
    from pipeboard.domain.filter import Filter
    from pipeboard.store.reading import Reader


_ARCHIVED_TOO = any_of(State("archived"), Not(State("archived")))
"""Numbers count what archived deals have been; a list without such a term leaves them out."""


@dataclass(frozen=True, slots=True)
class Question:
    """What numbers are asked for: of which deals, in which period, as of which instant.

    `query` is applied to the deals as they were at the instant (or at `filter_at`), `owner` counts
    what happened while a deal was theirs; `me` is whom `owner:me` means, and sums are in
    `currency`, or the pipeline's.
    """

    pipeline: Pipeline
    period: Period
    as_of: datetime
    owner: str | None = None
    query: Filter | None = None
    me: str = ""
    currency: str = ""
    filter_at: datetime | None = None

    def before(self, settings: Settings) -> Question:
        """The same of the period before, for comparison.

        While a period is running it is compared with the same days of the one before, so that a
        month's beginning does not look like a slump. Raises BadInput where there is none before.
        """
        previous = self.period.previous()
        start, end = self.period.instants(settings.zone)
        if not start <= self.as_of < end:
            return replace(self, period=previous)
        began, ended = previous.instants(settings.zone)
        as_of = min(began + (self.as_of - start), ended - timedelta.resolution)
        same_deals = self.filter_at or self.as_of
        return replace(self, period=previous, as_of=as_of, filter_at=same_deals)


def read_basis(reader: Reader, asked: Question) -> Basis:
    """What the numbers of a whole pipeline are taken over, read from the log."""
    ended = None
    if is_over(asked, reader.settings()):
        ended = basis_as_of(reader, replace(asked, as_of=end_of(asked, reader.settings())))
    return replace(basis_as_of(reader, asked), ended=ended)


def is_over(asked: Question, settings: Settings) -> bool:
    """Whether the period has ended before the instant: what stood open is asked of its end."""
    return asked.period.kind != "all" and end_of(asked, settings) < asked.as_of


def end_of(asked: Question, settings: Settings) -> datetime:
    """The last instant of the period."""
    return asked.period.instants(settings.zone)[1] - timedelta.resolution


def basis_as_of(reader: Reader, asked: Question) -> Basis:
    """A whole pipeline as of one instant, whatever the period."""
    as_of, rules = asked.as_of, reader.rules(asked.pipeline, asked.as_of)
    rules = replace(rules, view=asked.currency)
    basis = Basis.over(reader.histories(asked.pipeline.id, as_of), rules, as_of, asked.period)
    hoped = [deal.id for deal in basis.deals.open if category(basis, deal) == Category.COMMIT]
    return replace(basis, supported=reader.supported(rules.pipeline, as_of, hoped))


def report_on(reader: Reader, basis: Basis, asked: Question) -> Report:
    """The report of a pipeline, or of one rep's part in it, or of the deals that a filter finds."""
    if asked.query is not None and asked.query.root is not None:
        basis = basis.only(*_matching(reader, asked, asked.query))
    report = Report(basis)
    return report if asked.owner is None else report.only(by_owner(basis.rules), asked.owner)


def _matching(reader: Reader, asked: Question, query: Filter) -> tuple[Grouping, Group]:
    """The deals that a filter finds as a group; a filter for an owner has the owner's targets."""
    settings = reader.settings()
    today = local_date(asked.as_of, settings.zone)
    either = replace(query, root=all_of(query.root, _ARCHIVED_TOO))
    listing = Listing(today, settings.zone, asked.me, asked.pipeline.id, filter=either)
    owner = None
    match query.root:
        case Is("owner", name):
            wanted = asked.me if name == ME else name
            owner = next((r.name for r in reader.reps() if fold(r.name) == fold(wanted)), None)
    found = reader.ids_at(listing, asked.filter_at or asked.as_of)
    return by_matching(query.text, found, owner), owner or MATCHING
