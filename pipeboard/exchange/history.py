"""What happened to a deal and when, from the dates that a row holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from pipeboard.exchange.fields import ENTERED
from pipeboard.exchange.moments import Moment
from pipeboard.exchange.outcomes import closing_outcome
from pipeboard.exchange.rows import Entered, Outcome

_CLOSINGS = {
    "won": ("won_at", "closed_at", "close_date"),
    "lost": ("lost_at", "closed_at", "close_date"),
}
_CLOSING_DATES = ("won_at", "lost_at", "closed_at", "close_date")


class History(NamedTuple):
    """The course of one deal; `unused` are fields whose dates say something else."""

    stage: str | None
    entered: tuple[Entered, ...]
    created_at: datetime | None
    closed_at: datetime | None
    expected_close: date | None
    unused: tuple[str, ...]


def read_outcome(found: Mapping[str, Any]) -> tuple[Outcome | None, bool]:
    """Whether a row is open, won or lost (None where nothing tells), and whether it is put away.

    A status goes before a flag, that before the name of the stage, and that before closing dates.
    """
    status = found.get("status")
    archived = bool(found.get("archived") or (status and status.archived))
    if status and status.outcome:
        return status.outcome, archived
    if found.get("is_won"):
        return "won", archived
    stage: str | None = found.get("stage")
    if stage and (outcome := closing_outcome(stage)):
        return outcome, archived
    if found.get("is_closed") and found.get("is_won") is False:
        return "lost", archived
    return _outcome_by_dates(found, is_away=bool(status)) or ("open" if stage else None), archived


def _outcome_by_dates(found: Mapping[str, Any], *, is_away: bool) -> Outcome | None:
    """A closing date tells the outcome where the file says nothing better.

    `closed_at` alone does so for our own archived deals, which are lost when they say why.
    """
    won, lost = found.get("won_at"), found.get("lost_at")
    if won and lost:
        return "won" if won.at >= lost.at else "lost"
    if won or lost:
        return "won" if won else "lost"
    if is_away and found.get("closed_at"):
        return "lost" if found.get("lost_category") else "won"
    return None


class HistoryReader:
    """Puts the dates of each row in order; `targets` are what the columns of the file are.

    Dates without a time are midnight, yet never before what the row says happened earlier that
    day. A deal that is closed keeps the stage that it last stood in; with `closes_in_stage`, the
    stage column of a closed deal names the closing stage, whatever that is called.
    """

    def __init__(self, targets: Iterable[str], zone: ZoneInfo, *, closes_in_stage: bool) -> None:
        targets = dict.fromkeys(targets)
        self._zone = zone
        self._closes_in_stage = closes_in_stage
        self._dated = [target for target in targets if target.startswith(ENTERED)]
        self._has_other_arrivals = "entered" in targets or "stage_entered_at" in targets
        self._closings = [target for target in _CLOSING_DATES if target in targets]

    def read(self, found: Mapping[str, Any], outcome: Outcome | None) -> History:
        """The course of the deal that `found` tells of, by field."""
        created: Moment | None = found.get("created_at")
        created_at = created.at if created else None
        stage: str | None = found.get("stage")
        last = stage if self._closes_in_stage and outcome in _CLOSINGS else None
        entered: list[Entered] = []
        closed_at = None
        for arrival in self._arrivals(found, created_at):
            closes = outcome if arrival.stage == last else closing_outcome(arrival.stage)
            if closes is None:
                entered.append(arrival)
            elif closes == outcome:
                closed_at = arrival.at
        if stage and (stage == last or closing_outcome(stage)):
            stage = entered[-1].stage if entered else None
        if outcome in _CLOSINGS:
            known = [at for at in (created_at, entered[-1].at if entered else None) if at]
            closed_at = self._closed_at(found, outcome, max(known, default=None)) or closed_at
        if created_at is None:
            known = [at for at in (entered[0].at if entered else None, closed_at) if at]
            created_at = min(known, default=None)
        expected = _expected_close(found, outcome)
        unused = self._unused(found, closed_at, expected)
        return History(stage, tuple(entered), created_at, closed_at, expected, unused)

    def _arrivals(self, found: Mapping[str, Any], created_at: datetime | None) -> list[Entered]:
        """Every arrival in a stage, closing ones among them, in time order."""
        arrivals = [
            Entered(target.removeprefix(ENTERED), self._not_before(moment, created_at))
            for target in self._dated
            for moment in found.get(target, ())
        ]
        if self._has_other_arrivals:
            arrivals.extend(self._other_arrivals(found, created_at))
        if len(arrivals) > 1:
            arrivals.sort(key=lambda arrival: arrival.at)
        return arrivals

    def _other_arrivals(
        self, found: Mapping[str, Any], created_at: datetime | None
    ) -> Sequence[Entered]:
        if "entered" in found:
            history: Sequence[Entered] = found["entered"]
            return history
        moment, stage = found.get("stage_entered_at"), found.get("stage")
        return [Entered(stage, self._not_before(moment, created_at))] if moment and stage else ()

    def _closed_at(
        self, found: Mapping[str, Any], outcome: str, latest: datetime | None
    ) -> datetime | None:
        for target in _CLOSINGS[outcome]:
            if moment := found.get(target):
                return self._not_before(moment, latest)
        return None

    def _not_before(self, moment: Moment, earlier: datetime | None) -> datetime:
        """A day without a time, moved behind what happened earlier on the same day."""
        if moment.has_time or earlier is None or earlier <= moment.at:
            return moment.at
        return earlier if earlier.astimezone(self._zone).date() == moment.day else moment.at

    def _unused(
        self, found: Mapping[str, Any], closed_at: datetime | None, expected: date | None
    ) -> tuple[str, ...]:
        unused = []
        for target in self._closings:
            moment: Moment | None = found.get(target)
            if moment is None or moment.at == closed_at:
                continue
            if closed_at is None:
                is_said = target == "close_date" and moment.day == expected
            else:
                day = closed_at.astimezone(self._zone).date()
                is_said = not moment.has_time and moment.day == day
            if not is_said:
                unused.append(target)
        if "stage_entered_at" in found and not found.get("stage"):
            unused.append("stage_entered_at")
        return tuple(unused)


def _expected_close(found: Mapping[str, Any], outcome: Outcome | None) -> date | None:
    moment: Moment | None = found.get("expected_close")
    if moment is None and outcome not in _CLOSINGS:
        moment = found.get("close_date")
    return moment.day if moment else None
