"""Working time before a moment: a rep's day, so that nothing happens at night or ahead of now."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

OPENS = time(8, 30)
MINUTES = 540
WEEK = 5
PER_DAY = MINUTES * WEEK / 7
"""Working minutes in a day of the calendar, on average."""


class WorkingTime:
    """Instants counted back from `now` in working minutes: 08:30 to 17:30 local, Monday to Friday.

    Counting in working minutes keeps the order of events and their hours right by construction.
    """

    def __init__(self, now: datetime, zone: ZoneInfo) -> None:
        local = now.astimezone(zone)
        opened = datetime.combine(local.date(), OPENS, zone)
        self.zone = zone
        self.today = local.date()
        self._last_day = self.today
        self._passed = min((now - opened).total_seconds() / 60, MINUTES)
        if self.today.weekday() >= WEEK or self._passed <= 0:
            self._last_day = workday(self.today, -1)
            self._passed = MINUTES
        self._openings: dict[int, datetime] = {}

    def instant(self, ago: float) -> datetime:
        """The instant (UTC, whole seconds) that lies `ago` working minutes before now."""
        minute = self._passed - max(ago, 0.0)
        back = 0 if minute >= 0 else int(-minute // MINUTES) + 1
        return self._opening(back) + timedelta(seconds=int((minute + back * MINUTES) * 60))

    def _opening(self, back: int) -> datetime:
        known = self._openings.get(back)
        if known is None:
            day = workday(self._last_day, -back)
            known = datetime.combine(day, OPENS, self.zone).astimezone(UTC)
            self._openings[back] = known
        return known


def workday(day: date, count: int) -> date:
    """The working day `count` working days after `day` (before it when negative).

    From a weekend, counting forwards starts on the Monday and backwards on the Saturday.
    """
    weekday = day.weekday()
    if weekday >= WEEK:
        day += timedelta(days=7 - weekday if count >= 0 else WEEK - weekday)
        weekday = 0 if count >= 0 else WEEK
    weeks, rest = divmod(weekday + count, WEEK)
    return day + timedelta(days=weeks * 7 + rest - weekday)
