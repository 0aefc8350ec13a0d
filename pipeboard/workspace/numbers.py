"""Use cases: the numbers of a pipeline, the targets and the rates that they are measured by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from pipeboard.domain.agreements import Topic
from pipeboard.domain.currencies import currency_code
from pipeboard.domain.dates import local_date, start_of_day
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.money import format_money, parse_money
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.periods import Period, parse_period
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import quoted
from pipeboard.workspace.desk import Desk, in_transaction

if TYPE_CHECKING:
    from fractions import Fraction

    from pipeboard.domain.metrics import Report, Target
    from pipeboard.domain.metrics.grouping import Group
    from pipeboard.domain.metrics.waterfall import Waterfall
    from pipeboard.workspace.counting import Question

HIGHEST_RATE = 10**9


class Numbers(Desk):
    """Numbers to look at, and what they are held against."""

    def period(self, text: str, *, at: datetime | None = None) -> Period:
        """The period that was typed, as of an instant; BadInput for anything else."""
        settings = self.settings
        return parse_period(
            text,
            local_date(at or self.now(), settings.zone),
            week_start=settings.week_start,
            fiscal_shift=settings.fiscal_shift,
        )

    def end_of(self, day: date) -> datetime:
        """The last instant of a local day, or now if that comes first; BadInput for a later day."""
        if day > self.today:
            raise BadInput(
                f"{day} has not come yet.", hint="Numbers can be taken as of a day until today."
            )
        end = start_of_day(day + timedelta(days=1), self.settings.zone) - timedelta.resolution
        return min(end, self.now())

    def report(self, asked: Question) -> Report:
        """The numbers that are asked for, each found when somebody looks at it."""
        from pipeboard.workspace.counting import read_basis, report_on  # every verb imports this

        return report_on(self.reader, read_basis(self.reader, asked), asked)

    def report_before(self, asked: Question) -> Report:
        """The same numbers of the period before."""
        return self.report(asked.before(self.settings))

    def groups(self, report: Report, name: str) -> Mapping[Group, Report]:
        """A report split by `owner`, `team`, `source`, `month`, `size`, `customer` (new or
        existing), a custom field…; BadInput for a name that no deal has anything under."""
        from pipeboard.domain.metrics.grouping import by_customer, grouping_of

        rules, calendar = report.basis.rules, report.basis.calendar
        pipeline_id, as_of = rules.pipeline.id, report.basis.as_of
        if name == "customer":
            accounts = self.reader.attribute(pipeline_id, "account", as_of)
            return report.groups(by_customer(accounts, report.basis.everybody.deals.closed))
        grouping = grouping_of(
            name, rules, calendar, lambda of: self.reader.attribute(pipeline_id, of, as_of)
        )
        return report.groups(grouping)

    def changes_since(self, report: Report, day: date) -> Waterfall:
        """Why the pipeline of a report's period changed since a local day; BadInput for one to
        come."""
        from pipeboard.domain.metrics.waterfall import waterfall_since

        if day > self.today:
            raise BadInput(f"{day} has not come yet.", hint="Name a day until today.")
        return waterfall_since(report.basis, report.basis.calendar.start(day))

    def targets(self, pipeline: Pipeline) -> tuple[Target, ...]:
        """All targets of a pipeline, by period."""
        return self.reader.rules(pipeline).targets

    @in_transaction
    def set_target(
        self,
        pipeline: Pipeline,
        period: str,
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

        label = self._target_period(period).label
        owner, team = self._holder(owner, team)
        now = self.pipeline_now(pipeline.id)
        whose = f"@{owner}" if owner else f"team {team}" if team else "everybody"
        target, contents, summary = None, None, f"No target for {label}, {whose}."
        if amount is not None:
            target = Target(label, parse_money(amount, now.currency), owner, team)
            contents = {"currency": target.amount.currency, "amount_minor": target.amount.minor}
            summary = f"Target for {label}, {whose}: {format_money(target.amount)}."
        key = (now.id, label, owner, team)
        self.agree("target", summary, Topic.TARGET, key, contents, dry_run=dry_run, token=token)
        return target

    def _target_period(self, text: str) -> Period:
        period = self.period(text)
        if period.kind in ("days", "all"):
            raise BadInput(
                f"{quoted(text)} is no period for a target.",
                hint="Name a year, quarter, month or week, such as 2026Q4.",
            )
        return period

    def _holder(self, owner: str, team: str) -> tuple[str, str]:
        """The rep and the team as they are known; one of them at most."""
        if owner and team:
            raise BadInput("A target is a rep's or a team's, not both.")
        reps = self.reader.reps()
        return (
            _known(owner.removeprefix("@"), [rep.name for rep in reps], "rep"),
            _known(team, [rep.team for rep in reps if rep.team], "team"),
        )

    @in_transaction
    def set_rate(
        self,
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
        code, base, day = currency_code(currency), self.settings.currency, on or self.today
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
        self.agree("fx", summary, Topic.RATE, key, contents, dry_run=dry_run, token=token)
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
