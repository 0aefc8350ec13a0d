"""Agreements by name: targets, calls and rates that numbers are held against, saved filters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Topic
from pipeboard.domain.dates import format_date
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.money import Money, currency_code, format_money, parse_money
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import clean_line, did_you_mean, quoted
from pipeboard.workspace.agreements import changed
from pipeboard.workspace.finding import parse_filter, typed_period
from pipeboard.workspace.recording import Decision, Receipt, agree, as_command, record
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from fractions import Fraction

    from pipeboard.domain.agreements import Contents
    from pipeboard.domain.metrics import Target

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
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """What is to be won in a year, quarter, month or week by a rep, a team or everybody.

    An `amount` of None takes the target away. Raises BadInput for a period or an amount that
    cannot be read, NotFound for a rep or team that nobody knows.
    """
    label = _whole_period(service, period_text, "target").label
    owner, team = _holder(service, owner, team)
    now = service.pipeline_now(pipeline.id)
    whose = f"@{owner}" if owner else f"team {team}" if team else "everybody"
    about, key = f"for {label}, {whose}", (now.id, label, owner, team)
    return _agree_amount(service, Topic.TARGET, about, key, amount, now.currency, dry_run, token)


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
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """What a rep (whoever acts) says that a year, quarter, month or week will bring: their own
    forecast, which no deal adds up to.

    An `amount` of None takes the call back. Raises BadInput for a period or an amount that cannot
    be read, NotFound for a rep whom nobody knows.
    """
    label = _whole_period(service, period_text, "call").label
    # Whoever acts may call a period before anybody has made a rep of them.
    rep = _holder(service, owner, "")[0] if owner else service.me
    now = service.pipeline_now(pipeline.id)
    about, key = f"for {label}, @{rep}", (now.id, label, rep)
    return _agree_amount(service, Topic.CALL, about, key, amount, now.currency, dry_run, token)


def _agree_amount(
    service: Service,
    topic: Topic,
    about: str,
    key: tuple[str | int, ...],
    typed: str | None,
    currency: str,
    dry_run: bool,
    token: str,
) -> Receipt:
    contents: Contents | None = None
    summary = f"No {topic} {about}."
    if typed is not None:
        amount = parse_money(typed, currency)
        contents = {"currency": amount.currency, "amount_minor": amount.minor}
        summary = f"{topic.capitalize()} {about}: {format_money(amount)}."
    return agree(service, str(topic), summary, topic, key, contents, dry_run=dry_run, token=token)


def _whole_period(service: Service, text: str, what: str) -> Period:
    found = typed_period(service, text)
    if found.kind in ("days", "all"):
        raise BadInput(
            f"{quoted(text)} is no period for a {what}.",
            hint="Name a year, quarter, month or week, such as 2026Q4.",
        )
    return found


def _holder(service: Service, owner: str, team: str) -> tuple[str, str]:
    """The rep and the team as they are known; one of them at most."""
    if owner and team:
        raise BadInput("A target is a rep's or a team's, not both.")
    reps = service.reader.reps()
    return (
        _known(owner.removeprefix("@"), [rep.name for rep in reps], "rep"),
        _known(team, [rep.team for rep in reps if rep.team], "team"),
    )


@in_transaction
def set_rate(
    service: Service,
    currency: str,
    rate: str | None,
    *,
    on: date | None = None,
    dry_run: bool = False,
    token: str = "",
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
    return agree(service, "fx", summary, Topic.RATE, key, contents, dry_run=dry_run, token=token)


def _known(name: str, names: list[str], what: str) -> str:
    if not name:
        return ""
    found = next((known for known in names if known.casefold() == name.casefold()), None)
    if found is None:
        raise NotFound(
            f"There is no {what} {quoted(name)}.",
            hint=did_you_mean(name, names) or "See 'pipeboard rep list'.",
        )
    return found


def _rate(text: str) -> Fraction:
    """A rate as typed, `0.92` or `1/3`, exact."""
    from fractions import Fraction

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
def save_filter(
    service: Service, name: str, text: str, *, dry_run: bool = False, token: str = ""
) -> Receipt:
    """A filter under a name of mine; an empty text forgets it. `BadInput` for a bad filter,
    NotFound for one to forget that is not there."""
    said = clean_line(text, field="filter")
    parse_filter(service, said)
    clean = clean_line(name, field="name of a filter")
    if not clean:
        raise BadInput("A filter needs a name.")
    if not said:
        _expect_filter(service, clean)
    return agree(
        service,
        "filter",
        f"Saved the filter {clean}: {said}" if said else f"Forgot the filter {clean}.",
        Topic.FILTER,
        (clean, service.me),
        {"filter": said} if said else None,
        dry_run=dry_run,
        token=token,
    )


@as_command("filter")
def rename_filter(
    service: Service, name: str, new: str, *, dry_run: bool = False, token: str = ""
) -> Receipt:
    """A filter of mine under another name. NotFound where there is none of that name; `BadInput`
    where another bears the new one."""
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
    decision = Decision(f"Renamed the filter {name} to {clean}.", agreements=(*gone, *come))
    return record(service, "filter", decision, dry_run=dry_run, token=token)


def _expect_filter(service: Service, name: str) -> None:
    known = [known for known, _ in saved_filters(service)]
    if name not in known:
        raise NotFound(
            f"No filter {quoted(name)} is saved.",
            hint=did_you_mean(name, known) or "See 'pipeboard filter list'.",
        )
