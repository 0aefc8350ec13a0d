"""What numbers are measured by, as it is stored: targets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.store.database import Database

if TYPE_CHECKING:
    from pipeboard.domain.metrics import Target


class TargetWriter:
    """The part of the `Writer` that stores targets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_target(self, pipeline_id: int, target: Target) -> None:
        """What is to be won in a period by somebody, in place of what was set before."""
        self.forget_target(pipeline_id, target.period, target.owner, target.team)
        row = {
            "pipeline_id": pipeline_id,
            "period": target.period,
            "owner": target.owner,
            "team": target.team,
            "currency": target.amount.currency,
            "amount_minor": target.amount.minor,
        }
        self._database.insert("target", [row])

    def forget_target(self, pipeline_id: int, period: str, owner: str, team: str) -> None:
        """No target any more for a period and a rep, a team or (both empty) everybody."""
        self._database.change(
            "DELETE FROM target WHERE pipeline_id = :pipeline AND period = :period"
            " AND owner = :owner AND team = :team",
            {"pipeline": pipeline_id, "period": period, "owner": owner, "team": team},
        )
        self._count_change()

    def _count_change(self) -> None:
        self._database.change("UPDATE counter SET value = value + 1 WHERE name = 'change'")
