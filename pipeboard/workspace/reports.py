"""Reports: from a query to its numbers, over the deals that are meant, read from the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.dates import Direction, local_date, parse_date, parse_days, start_of_day
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import ME, Is, Not, State, all_of, any_of
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.metrics import Basis, Report
from pipeboard.domain.metrics.forecast import category
from pipeboard.domain.metrics.grouping import (
    MATCHING,
    Group,
    Grouping,
    by_customer,
    by_matching,
    by_owner,
    grouping_of,
)
from pipeboard.domain.metrics.waterfall import Waterfall, waterfall_of_days
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Category, Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import fold
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.service import Service

if TYPE_CHECKING:
    from pipeboard.domain.filter import Filter
    from pipeboard.store.reading import Reader
    from pipeboard.store.reading.facts import Watch


_ARCHIVED_TOO = any_of(State("archived"), Not(State("archived")))
"""Numbers count what archived deals have been; a list without such a term leaves them out."""


@dataclass(frozen=True, slots=True)
class ReportQuery:
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

    def before(self, settings: Settings) -> ReportQuery:
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


def read_basis(reader: Reader, asked: ReportQuery, watch: Watch | None = None) -> Basis:
    """What the numbers of a whole pipeline are taken over, read from the log; `watch` hears how
    much has been read."""
    basis = basis_as_of(reader, asked, watch)
    if not is_over(asked, reader.settings()):
        return basis
    over = replace(asked, as_of=end_of_period(asked, reader.settings()))
    ended = basis_as_of(reader, over, watch)
    undated = {deal.id for deal in basis.deals.everything if not deal.is_close_dated}
    return replace(basis, ended=replace(ended, deals=ended.deals.without_open(undated)))


def is_over(asked: ReportQuery, settings: Settings) -> bool:
    """Whether the period has ended before the instant: what stood open is asked of its end."""
    return asked.period.kind != "all" and end_of_period(asked, settings) < asked.as_of


def end_of_period(asked: ReportQuery, settings: Settings) -> datetime:
    """The last instant of the period."""
    return asked.period.instants(settings.zone)[1] - timedelta.resolution


def basis_as_of(reader: Reader, asked: ReportQuery, watch: Watch | None = None) -> Basis:
    """A whole pipeline as of one instant, whatever the period."""
    as_of, rules = asked.as_of, reader.numbers.rules(asked.pipeline, asked.as_of)
    rules = replace(rules, view=asked.currency)
    histories = reader.numbers.histories(asked.pipeline.id, as_of, watch)
    basis = Basis.over(histories, rules, as_of, asked.period)
    hoped = [deal.id for deal in basis.deals.open if category(basis, deal) == Category.COMMIT]
    supported, well_known = reader.numbers.evidence(rules.pipeline, as_of, hoped)
    return replace(basis, supported=supported, well_known=well_known)


def report_on(reader: Reader, basis: Basis, asked: ReportQuery) -> Report:
    """The report of a pipeline, or of one rep's part in it, or of the deals that a filter finds."""
    if asked.query is not None and asked.query.root is not None:
        basis = basis.only(*_matching(reader, asked, asked.query))
    report = Report(basis)
    return report if asked.owner is None else report.only(by_owner(basis.rules), asked.owner)


def _matching(reader: Reader, asked: ReportQuery, query: Filter) -> tuple[Grouping, Group]:
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


def end_of(service: Service, day: date) -> datetime:
    """The last instant of a local day, or now if that comes first; BadInput for a later day."""
    if day > service.today:
        raise BadInput(
            f"{day} has not come yet.", hint="Numbers can be taken as of a day until today."
        )
    end = start_of_day(day + timedelta(days=1), service.settings.zone) - timedelta.resolution
    return min(end, service.now())


def report_of(service: Service, asked: ReportQuery, watch: Watch | None = None) -> Report:
    """The numbers that are asked for, each found when somebody looks at it."""
    return report_on(service.reader, read_basis(service.reader, asked, watch), asked)


def report_before(service: Service, asked: ReportQuery) -> Report:
    """The same numbers of the period before."""
    return report_of(service, asked.before(service.settings))


def groups_of(service: Service, report: Report, name: str) -> Mapping[Group, Report]:
    """A report split by `owner`, `team`, `source`, `month`, `size`, `customer` (new or
    existing), a custom field…; BadInput for a name that no deal has anything under."""
    rules, calendar = report.basis.rules, report.basis.calendar
    pipeline_id, as_of = rules.pipeline.id, report.basis.as_of
    if name == "customer":
        accounts = service.reader.numbers.attribute(pipeline_id, "account", as_of)
        return report.groups(by_customer(accounts, report.basis.everybody.deals.closed))
    grouping = grouping_of(
        name, rules, calendar, lambda of: service.reader.numbers.attribute(pipeline_id, of, as_of)
    )
    return report.groups(grouping)


def since_days(text: str, today: date) -> tuple[date, date | None]:
    """A day since when changes are wanted, or FROM..TO; BadInput for a day to come."""
    if ".." in text:
        first, after = parse_days(text, today)
    else:
        first, after = parse_date(text, today, Direction.BACK), None
    if first > today:
        raise BadInput(f"{first} has not come yet.", hint="Name a day until today.")
    return first, after


def changes_in(report: Report, first: date, after: date | None = None) -> Waterfall:
    """Why the pipeline of a report's period changed, from a local day on to before another."""
    return waterfall_of_days(report.basis, first, after)
