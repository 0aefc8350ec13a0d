"""What numbers are measured by, as it is stored: targets and exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, text
from sqlmodel import Session

from pipeboard.store import tables as t

if TYPE_CHECKING:
    from datetime import date
    from fractions import Fraction

    from pipeboard.domain.metrics import Target


class TargetWriter:
    """The part of the `Writer` that stores targets and rates."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def save_target(self, pipeline_id: int, target: Target) -> None:
        """What is to be won in a period by somebody, in place of what was set before."""
        self.forget_target(pipeline_id, target.period, target.owner, target.team)
        self._session.execute(
            insert(t.Target),
            {
                "pipeline_id": pipeline_id,
                "period": target.period,
                "owner": target.owner,
                "team": target.team,
                "currency": target.amount.currency,
                "amount_minor": target.amount.minor,
            },
        )

    def forget_target(self, pipeline_id: int, period: str, owner: str, team: str) -> None:
        """No target any more for a period and a rep, a team or (both empty) everybody."""
        self._session.execute(
            text(
                "DELETE FROM target WHERE pipeline_id = :pipeline AND period = :period"
                " AND owner = :owner AND team = :team"
            ),
            {"pipeline": pipeline_id, "period": period, "owner": owner, "team": team},
        )
        self._count_change()

    def save_rate(self, currency: str, day: date, rate: Fraction | None) -> None:
        """What one unit of a currency is worth from a day on; None forgets it."""
        key = {"currency": currency, "on_date": day.isoformat()}
        self._session.execute(
            text("DELETE FROM fx_rate WHERE currency = :currency AND on_date = :on_date"), key
        )
        if rate is not None:
            parts = {"numerator": rate.numerator, "denominator": rate.denominator}
            self._session.execute(insert(t.FxRate), {**key, **parts})
        self._count_change()

    def _count_change(self) -> None:
        self._session.execute(text("UPDATE counter SET value = value + 1 WHERE name = 'change'"))
