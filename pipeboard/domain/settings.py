"""What holds for a whole workspace, whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pipeboard.domain.status import LOSS_CATEGORIES

SOURCES = (
    "referral",
    "inbound",
    "web",
    "email",
    "social",
    "cold-call",
    "event",
    "partner",
    "advertising",
    "other",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """Currency and IANA zone of all numbers, and the lists that people choose from.

    `week_start` is 0 for Monday, `fiscal_shift` the months by which the business year begins
    after January, `min_gap_hours` the least time between two touches from our side. With
    `owner_now` numbers count a deal for its present owner, not for the one at the event.
    """

    currency: str = "EUR"
    zone_name: str = "UTC"
    week_start: int = 0
    fiscal_shift: int = 0
    sources: tuple[str, ...] = SOURCES
    loss_categories: tuple[str, ...] = LOSS_CATEGORIES
    min_gap_hours: int = 24
    owner_now: bool = False
    demo: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who owns deals; `name` is what `@name` means."""

    name: str
    display_name: str = ""
    team: str = ""
    active: bool = True
