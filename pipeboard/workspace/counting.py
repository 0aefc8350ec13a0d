"""From a question to its numbers: the deals that are meant, read from the log and counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.dates import local_date
from pipeboard.domain.metrics import Basis, Report
from pipeboard.domain.metrics.grouping import by_owner
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.settings import Settings

if TYPE_CHECKING:
    from pipeboard.domain.filter import Filter
    from pipeboard.store.reading import Reader


@dataclass(frozen=True, slots=True)
class Question:
    """What numbers are asked for: of which deals, in which period, as of which instant.

    `query` is applied to the deals as they are today, `owner` counts what happened while a deal
    was theirs; `me` is whom `owner:me` means.
    """

    pipeline: Pipeline
    period: Period
    as_of: datetime
    owner: str | None = None
    query: Filter | None = None
    me: str = ""

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
        return replace(self, period=previous, as_of=as_of)


def read_basis(reader: Reader, asked: Question) -> Basis:
    """What the numbers are taken over, read from the log; owner and period can still be changed."""
    ids = None
    if asked.query is not None:
        from pipeboard.store.reading.listing import Listing

        settings = reader.settings()
        today = local_date(asked.as_of, settings.zone)
        listing = Listing(today, settings.zone, asked.me, asked.pipeline.id, filter=asked.query)
        ids = reader.ids(listing)
    return Basis.over(
        reader.histories(asked.pipeline.id, asked.as_of, ids),
        reader.rules(asked.pipeline),
        asked.as_of,
        asked.period,
        reader.present(asked.pipeline),
    )


def report_on(basis: Basis, owner: str | None) -> Report:
    """The report of a basis, or of one rep's part in it."""
    report = Report(basis)
    return report if owner is None else report.only(by_owner(basis.rules), owner)
