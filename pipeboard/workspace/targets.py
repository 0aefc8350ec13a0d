"""Targets and rates: what the numbers are held against and converted by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Topic
from pipeboard.domain.currencies import currency_code
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.money import Money, format_money, parse_money
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.periods import Period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import quoted
from pipeboard.workspace.finding import typed_period
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import agree
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from fractions import Fraction

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
) -> Target | None:
    """What is to be won in a year, quarter, month or week by a rep, a team or everybody.

    An `amount` of None takes the target away. Raises BadInput for a period or an amount that
    cannot be read, NotFound for a rep or team that nobody knows.
    """
    from pipeboard.domain.metrics import Target

    label = _whole_period(service, period_text, "target").label
    owner, team = _holder(service, owner, team)
    now = service.pipeline_now(pipeline.id)
    whose = f"@{owner}" if owner else f"team {team}" if team else "everybody"
    target, contents, summary = None, None, f"No target for {label}, {whose}."
    if amount is not None:
        target = Target(label, parse_money(amount, now.currency), owner, team)
        contents = {"currency": target.amount.currency, "amount_minor": target.amount.minor}
        summary = f"Target for {label}, {whose}: {format_money(target.amount)}."
    key = (now.id, label, owner, team)
    agree(service, "target", summary, Topic.TARGET, key, contents, dry_run=dry_run, token=token)
    return target


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
    contents, summary = None, f"No call for {label}, @{rep}."
    if amount is not None:
        said = parse_money(amount, now.currency)
        contents = {"currency": said.currency, "amount_minor": said.minor}
        summary = f"Call for {label}, @{rep}: {format_money(said)}."
    key = (now.id, label, rep)
    return agree(service, "call", summary, Topic.CALL, key, contents, dry_run=dry_run, token=token)


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
) -> tuple[str, Fraction | None, date]:
    """What one unit of a currency is worth in the workspace's from a day (today) on.

    None takes the rate of that day away. Raises BadInput for what is no currency or no rate.
    """
    code, base, day = currency_code(currency), service.settings.currency, on or service.today
    if code == base:
        raise BadInput(
            f"{base} is the workspace's own currency.", hint="Its rate is 1 and needs no entry."
        )
    found = None if rate is None else _rate(rate)
    contents, summary = None, f"No rate for {code} from {day} on."
    if found is not None:
        contents = {"numerator": found.numerator, "denominator": found.denominator}
        summary = f"{code} is {rate} {base} from {day} on."
    key = (code, day.isoformat())
    agree(service, "fx", summary, Topic.RATE, key, contents, dry_run=dry_run, token=token)
    return code, found, day


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
