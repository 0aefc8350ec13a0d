"""Local days of very many instants, without asking the time zone for each."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pipeboard.domain.dates import local_date, start_of_day
from pipeboard.domain.events import instant, micros


class Calendar:
    """The days of a zone from `first` to `last`; instants outside are answered too, more slowly."""

    def __init__(self, zone: ZoneInfo, first: date, last: date) -> None:
        self.zone = zone
        self._days = [first + timedelta(days=n) for n in range((last - first).days + 2)]
        self._starts = [micros(start_of_day(day, zone)) for day in self._days]

    def day(self, us: int) -> date:
        """The local day on which an instant falls."""
        place = bisect_right(self._starts, us)
        if 0 < place < len(self._starts):
            return self._days[place - 1]
        return local_date(instant(us), self.zone)

    def month(self, us: int) -> str:
        """The local month of an instant, as `2026-11`."""
        return self.day(us).isoformat()[:7]

    def start(self, day: date) -> int:
        """The first instant of a local day, in microseconds."""
        return micros(start_of_day(day, self.zone))
