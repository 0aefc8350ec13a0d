"""What holds for a whole workspace, whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import LOSS_CATEGORIES
from pipeboard.domain.lazy_dataclass import dataclass, with_values

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
SPLIT_BY = (
    *("owner", "team", "stage", "source", "channel", "account"),
    *("month", "quarter", "size", "customer"),
)
"""What numbers can be split by, custom fields aside (`grouping_of`)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Currency and IANA zone of all numbers, and the lists that people choose from.

    `week_start` is 0 for Monday, `fiscal_shift` the months by which the business year begins
    after January, `min_gap_hours` the least time between two touches from our side. With
    `owner_now` numbers count a deal for its present owner, not for the one at the event. The last
    three count where people have roles: whether reps change only their own deals, whose they see
    (one of `SEEN`), and whether managers see what deals keep for their owners.
    """

    currency: str = "EUR"
    zone_name: str = "UTC"
    week_start: int = 0
    fiscal_shift: int = 0
    sources: tuple[str, ...] = SOURCES
    loss_categories: tuple[str, ...] = LOSS_CATEGORIES
    min_gap_hours: int = 24
    owner_now: bool = False
    reps_edit_own: bool = False
    reps_see: int = 0
    managers_see_floors: bool = False
    demo: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody who owns deals; `name` is what `@name` means.

    `role` is one of `Role`, empty where nobody has one; `acts_for` names the reps for whom they may
    act (`*`: for all).
    """

    name: str
    display_name: str = ""
    team: str = ""
    active: bool = True
    role: str = ""
    acts_for: str = ""


# How a workspace counts: the settings that a person chooses, by name, with what they may be.

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_OWNERS = ("then", "now")
_EDITED = ("all", "own")
SEEN = ("all", "team", "own")
"""Whose deals those see who are less than a manager: `Settings.reps_see` is the place in it."""
_FLOORS = ("owner", "managers")


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of the workspace: the field, what it may be, and how it is read and written."""

    field: str
    values: tuple[str, ...]
    help: str
    of: Callable[[int], str]
    to: Callable[[str], int]


def _shift(month: str) -> int:
    """April to September begin a year that is named after it, later months the one before."""
    place = _MONTHS.index(month)
    return place if place < 9 else place - 12


SETTINGS: Mapping[str, Choice] = {
    "week-start": Choice(
        "week_start", _DAYS, "the day a week begins with", lambda day: _DAYS[day], _DAYS.index
    ),
    "fiscal-start": Choice(
        "fiscal_shift",
        _MONTHS,
        "the month the business year begins with",
        lambda shift: _MONTHS[shift % 12],
        _shift,
    ),
    "count-for-owner": Choice(
        "owner_now",
        _OWNERS,
        "whom numbers count a deal for: its owner then, or now",
        lambda now: _OWNERS[now],
        lambda word: word == "now",
    ),
    "reps-edit": Choice(
        "reps_edit_own",
        _EDITED,
        "which deals reps may change, where people have roles",
        lambda own: _EDITED[own],
        lambda word: word == "own",
    ),
    "reps-see": Choice(
        "reps_see",
        SEEN,
        "whose deals reps see besides those of nobody, where people have roles",
        lambda place: SEEN[place],
        SEEN.index,
    ),
    "floor-value": Choice(
        "managers_see_floors",
        _FLOORS,
        "who sees the lowest value of a deal: its owner, or managers too",
        lambda managers: _FLOORS[managers],
        lambda word: word == "managers",
    ),
}


def chosen(settings: Settings, name: str) -> str:
    """What a setting is, in the word that a person writes."""
    choice = SETTINGS[name]
    return choice.of(getattr(settings, choice.field))


def with_choice(settings: Settings, name: str, value: str) -> Settings:
    """The settings with one of them as the word says."""
    choice = SETTINGS[name]
    return with_values(settings, {choice.field: choice.to(value)})
