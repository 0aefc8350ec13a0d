"""Reports: from a query to its numbers, over the deals that are meant, read from the log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain.agreements import Agreement, Contents, Topic
from pipeboard.domain.dates import Direction, format_date, local_date
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.filter import with_saved_renamed
from pipeboard.domain.filter_nodes import ME, Is, Not, State, all_of, any_of
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import Basis, Report, Target
from pipeboard.domain.metrics.forecast import category
from pipeboard.domain.metrics.rules import (
    MATCHING,
    Group,
    Grouping,
    by_customer,
    by_matching,
    by_owner,
    grouping_of,
)
from pipeboard.domain.money import Money, currency_code, format_money, parse_money
from pipeboard.domain.people import is_me, match_rep
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Category, Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import clean_line, did_you_mean, few, fold, quoted
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.finding import parse_filter, typed_period
from pipeboard.workspace.recording import (
    Decision,
    Once,
    Receipt,
    agree,
    as_command,
    changed,
    record,
)
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.domain.filter_nodes import Filter
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
    return replace(basis, ended=basis_as_of(reader, over, watch))


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


def report_of(service: Service, asked: ReportQuery, watch: Watch | None = None) -> Report:
    """The numbers that are asked for, each found when somebody looks at it."""
    return report_on(service.reader, read_basis(service.reader, asked, watch), asked)


def nothing_yet(reader: Reader, asked: ReportQuery) -> str:
    """What is said where the pipeline had no deal yet at the instant, or has none; "" where it
    had."""
    zone = reader.settings().zone
    first = reader.numbers.first_at(asked.pipeline.id)
    if first is not None and first <= asked.as_of:
        return ""
    day, name = written().date(local_date(asked.as_of, zone)), asked.pipeline.name
    if first is None:
        return f"{name} had no deal yet on {day}, nor has it one now."
    began = written().date(local_date(first, zone))
    return f"{name} had no deal yet on {day}: its first is of {began}."


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


# Agreements by name: targets, calls and rates that numbers are held against, saved filters.

HIGHEST_RATE = 10**9


def targets_of(service: Service, pipeline: Pipeline) -> tuple[Target, ...]:
    """All targets of a pipeline, by period."""
    return service.reader.numbers.rules(pipeline).targets


@in_transaction
def set_target(
    service: Service,
    pipeline: Pipeline,
    period_text: str,
    amount: str | None,
    *,
    owner: str = "",
    team: str = "",
    **once: Unpack[Once],
) -> Receipt:
    """What is to be won in a year, quarter, month or week by a rep, a team or everybody.

    An `amount` of None takes the target away. Raises BadInput for a period or an amount that
    cannot be read, NotFound for a rep or team that nobody knows.
    """
    label = _whole_period(service, period_text, "target").label
    owner, team = _holder(service, owner, team)
    now = service.pipeline_now(pipeline.id)
    key = (now.id, label, owner, team)
    return _agree_amount(service, Topic.TARGET, key, amount, now.currency, **once)


def calls_of(service: Service, pipeline: Pipeline) -> Mapping[tuple[str, str], Money]:
    """What reps call for periods, by the period's label and the rep."""
    changes = service.reader.numbers.rules(pipeline).calls
    return {about: said for about, ((*_, (_, said))) in changes.items() if said is not None}


@in_transaction
def set_call(
    service: Service,
    pipeline: Pipeline,
    period_text: str,
    amount: str | None,
    *,
    owner: str = "",
    **once: Unpack[Once],
) -> Receipt:
    """What a rep (whoever acts) says that a year, quarter, month or week will bring: their own
    forecast, which no deal adds up to.

    An `amount` of None takes the call back. Raises BadInput for a period or an amount that cannot
    be read, NotFound for a rep whom nobody knows.
    """
    label = _whole_period(service, period_text, "call").label
    # Whoever acts may call a period before anybody has made a rep of them.
    rep = service.me if not owner or is_me(owner) else _holder(service, owner, "")[0]
    now = service.pipeline_now(pipeline.id)
    return _agree_amount(service, Topic.CALL, (now.id, label, rep), amount, now.currency, **once)


def _agree_amount(
    service: Service,
    topic: Topic,
    key: tuple[str | int, ...],
    typed: str | None,
    currency: str,
    **once: Unpack[Once],
) -> Receipt:
    contents: Contents | None = None
    name = Agreement(topic, key, None, None).name
    summary = f"No {name}."
    if typed is not None:
        amount = parse_money(typed, currency)
        contents = {"currency": amount.currency, "amount_minor": amount.minor}
        summary = f"{name[0].upper()}{name[1:]}: {format_money(amount)}."
    is_nothing = topic is Topic.TARGET and contents is not None and not contents["amount_minor"]
    notes = ("A target of 0 is one that is reached; 'none' takes it away.",) if is_nothing else ()
    return agree(service, str(topic), summary, topic, key, contents, notes=notes, **once)


def _whole_period(service: Service, text: str, what: str) -> Period:
    hint = "Name a year, quarter, month or week, such as 2026Q4."
    try:
        found = typed_period(service, text, direction=Direction.AHEAD)
    except BadInput as error:
        raise BadInput(error.message, hint=hint) from error
    if found.kind in ("days", "all"):
        raise BadInput(f"{quoted(text)} is no period for a {what}.", hint=hint)
    return found


def _holder(service: Service, owner: str, team: str) -> tuple[str, str]:
    """The rep and the team as they are known; one of them at most."""
    if owner and team:
        raise BadInput("A target is a rep's or a team's, not both.")
    reps = service.reader.reps()
    rep = match_rep(owner, reps, service.me).name if owner else ""
    return rep, _known_team(team, [rep.team for rep in reps if rep.team])


@in_transaction
def set_rate(
    service: Service,
    currency: str,
    rate: str | None,
    *,
    on: date | None = None,
    **once: Unpack[Once],
) -> Receipt:
    """What one unit of a currency is worth in the workspace's from a day (today) on.

    None takes the rate of that day away. Raises BadInput for what is no currency or no rate.
    """
    code, base, day = currency_code(currency), service.settings.currency, on or service.today
    if code == base:
        raise BadInput(
            f"{base} is the workspace's own currency.", hint="Its rate is 1 and needs no entry."
        )
    found = None if rate is None else _rate(rate)
    contents, summary = None, f"No rate of {code} for {format_date(day)}."
    if found is not None:
        contents = {"numerator": found.numerator, "denominator": found.denominator}
        summary = f"1 {code} is {float(found):g} {base} from {format_date(day)} on."
    key = (code, day.isoformat())
    notes: tuple[str, ...] = ()
    if found is None:
        notes = _rates_that_stay(service, code, day)
    elif on is None and not service.reader.numbers.rates().dated.get(code):
        notes = (f"Deals that were closed before have no rate of {code}: --on DAY gives them one.",)
    return agree(service, "fx", summary, Topic.RATE, key, contents, notes=notes, **once)


def _rates_that_stay(service: Service, code: str, day: date) -> tuple[str, ...]:
    """What is said where the rate of one day alone is taken away."""
    dated = service.reader.numbers.rates().dated.get(code, ())
    if others := [(since, rate) for since, rate in dated if since != day]:
        told = ", ".join(f"{float(rate):g} from {format_date(since)} on" for since, rate in others)
        return (f"Others of {code} stay: {told}; take one away with --on DAY.",)
    return ()


def _known_team(name: str, names: list[str]) -> str:
    if not name:
        return ""
    found = next((known for known in names if known.casefold() == name.casefold()), None)
    if found is None:
        raise NotFound(
            f"There is no team {quoted(name)}.",
            hint=did_you_mean(name, names) or "See 'pipeboard rep list'.",
        )
    return found


def _rate(text: str) -> Fraction:
    """A rate as typed, `0.92` or `1/3`, exact."""
    try:
        rate = Fraction(text.strip().replace(",", "."))
    except (ValueError, ZeroDivisionError):
        rate = Fraction(0)
    if not 0 < rate <= HIGHEST_RATE or rate.denominator > HIGHEST_RATE:
        raise BadInput(f"{quoted(text)} is no exchange rate.", hint="Write it like 0.92.")
    return rate


def saved_filters(service: Service) -> tuple[tuple[str, str], ...]:
    """My saved filters and those shared with everybody: name and text."""
    return service.reader.saved_filters(service.me)


@as_command("filter")
def save_filter(service: Service, name: str, text: str, **once: Unpack[Once]) -> Receipt:
    """A filter under a name of mine; an empty text forgets it. `BadInput` for a bad filter,
    NotFound for one to forget that is not there, Refused for one that others say `saved:` of."""
    said = clean_line(text, field="filter")
    clean = clean_line(name, field="name of a filter")
    try:
        query = parse_filter(service, said, without=clean)
    except BadInput as error:
        parse_filter(service, said)  # a bad one is refused for what is wrong with it
        raise BadInput(
            f"The filter {clean} would be a part of itself.",
            hint="Take 'saved:' out of it, or give it another name.",
        ) from error
    listing = Listing(service.today, service.settings.zone, service.me, filter=query, limit=1)
    service.reader.ids(listing)  # stages, pipelines and questions that it names are known by then
    if not clean:
        raise BadInput("A filter needs a name.")
    if not said:
        _expect_filter(service, clean)
        if others := [one for one, _, _ in _following(service, clean, f"{clean}…")]:
            raise Refused(
                f"The filter {clean} is a part of {few(others, 3)}.",
                hint="Change or forget that first.",
            )
    return agree(
        service,
        "filter",
        f"Saved the filter {clean}: {said}" if said else f"Forgot the filter {clean}.",
        Topic.FILTER,
        (clean, service.me),
        {"filter": said} if said else None,
        **once,
    )


@as_command("filter")
def rename_filter(service: Service, name: str, new: str, **once: Unpack[Once]) -> Receipt:
    """A filter of mine under another name, which mine that say `saved:` of it follow. NotFound
    where there is none of that name; `BadInput` where another bears the new one."""
    clean, mine = clean_line(new, field="name of a filter"), dict(saved_filters(service))
    _expect_filter(service, name)
    if not clean or (clean in mine and clean != name):
        raise BadInput(
            f"There is a filter {quoted(clean)} already." if clean else "A filter needs a name.",
            hint="Take another name.",
        )
    gone = changed(service, Topic.FILTER, (name, service.me), None)
    come = changed(service, Topic.FILTER, (clean, service.me), {"filter": mine[name]})
    if not gone or not come:
        return Receipt("", "filter", "Nothing to change: it is so already.")
    following = _following(service, name, clean)
    follow = [
        Agreement(Topic.FILTER, (one, service.me), {"filter": text}, {"filter": now})
        for one, text, now in following
    ]
    decision = Decision(
        f"Renamed the filter {name} to {clean}.",
        agreements=(*gone, *come, *follow),
        notes=tuple(f"The filter {one} follows: {now}." for one, _, now in following),
    )
    return record(service, "filter", decision, **once)


def _following(service: Service, name: str, new: str) -> list[tuple[str, str, str]]:
    """My filters that another one is a part of: name, text, and the text once that is called
    otherwise."""
    return [
        (one, text, now)
        for one, owner, text in service.reader.agreements.every_filter()
        if owner == service.me
        and one != name
        and (now := with_saved_renamed(text, name, new)) != text
    ]


def _expect_filter(service: Service, name: str) -> None:
    known = [known for known, _ in saved_filters(service)]
    if name not in known:
        raise NotFound(
            f"No filter {quoted(name)} is saved.",
            hint=did_you_mean(name, known) or "See 'pipeboard filter list'.",
        )
