"""What holds for a whole workspace, whoever looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import LOSS_CATEGORIES
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, with_values
from pipeboard.domain.text import clean_line, fold, quoted

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
    *("month", "quarter", "size", "customer", "fit"),
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
_LONGEST_GAP = 720


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of the workspace: the field, what it may be, and how it is read and written. One
    without `values` is typed, such as its `example`; `to` says with BadInput what it cannot be."""

    field: str
    values: tuple[str, ...]
    help: str
    of: Callable[[Settings], str]
    to: Callable[[str], object]
    example: str = ""


def _shift(month: str) -> int:
    """April to September begin a year that is named after it, later months the one before."""
    place = _MONTHS.index(month)
    return place if place < 9 else place - 12


def _gap(text: str) -> int:
    """Hours, as they are typed: `24`, `24h`; 0 says nothing of touches that come soon."""
    hours = text.strip().lower().removesuffix("h").strip()
    if not (hours.isascii() and hours.isdigit() and int(hours) <= _LONGEST_GAP):
        raise BadInput(
            f"{quoted(text)} is no number of hours from 0 to {_LONGEST_GAP}.",
            hint="For example: 24, or 0 to be told nothing",
        )
    return int(hours)


def _names(text: str) -> tuple[str, ...]:
    """Names between commas, each once, in their order."""
    names = (clean_line(name, field="source") for name in text.split(","))
    found: dict[str, str] = {}
    for name in filter(None, names):
        found.setdefault(fold(name), name)
    if not found:
        raise BadInput("There is no source to choose from.", hint="For example: referral,web,fair")
    return tuple(found.values())


SETTINGS: Mapping[str, Choice] = {
    "week-start": Choice(
        "week_start",
        _DAYS,
        "the day a week begins with",
        lambda now: _DAYS[now.week_start],
        _DAYS.index,
    ),
    "fiscal-start": Choice(
        "fiscal_shift",
        _MONTHS,
        "the month the business year begins with",
        lambda now: _MONTHS[now.fiscal_shift % 12],
        _shift,
    ),
    "count-for-owner": Choice(
        "owner_now",
        _OWNERS,
        "whom numbers count a deal for: its owner then, or now",
        lambda now: _OWNERS[now.owner_now],
        lambda word: word == "now",
    ),
    "reps-edit": Choice(
        "reps_edit_own",
        _EDITED,
        "which deals reps may change, where people have roles",
        lambda now: _EDITED[now.reps_edit_own],
        lambda word: word == "own",
    ),
    "reps-see": Choice(
        "reps_see",
        SEEN,
        "whose deals reps see besides those of nobody, where people have roles",
        lambda now: SEEN[now.reps_see],
        SEEN.index,
    ),
    "floor-value": Choice(
        "managers_see_floors",
        _FLOORS,
        "who sees the lowest value of a deal: its owner, or managers too",
        lambda now: _FLOORS[now.managers_see_floors],
        lambda word: word == "managers",
    ),
    "sources": Choice(
        "sources",
        (),
        "where leads come from: what forms, hygiene and Tab offer",
        lambda now: ",".join(now.sources),
        _names,
        "referral,web,fair",
    ),
    "min-gap": Choice(
        "min_gap_hours",
        (),
        "hours between two touches of ours: sooner ones are remarked on",
        lambda now: str(now.min_gap_hours),
        _gap,
        "48",
    ),
}


def chosen(settings: Settings, name: str) -> str:
    """What a setting is, in the word that a person writes."""
    return SETTINGS[name].of(settings)


def meant_value(name: str, typed: str) -> str:
    """The word for what a setting may be that somebody typed, or began to; what is typed in full
    is left as it is. BadInput for another."""
    values = SETTINGS[name].values
    if not values:
        return typed
    found = next((value for value in values if value.startswith(typed.lower())), None)
    if found is None or len(typed) < min(3, len(found)):
        raise BadInput(
            f"{quoted(typed)} is nothing that {name} can be.",
            hint=f"Write one of {', '.join(values)}.",
        )
    return found


def with_choice(settings: Settings, name: str, value: str) -> Settings:
    """The settings with one of them as the word says."""
    choice = SETTINGS[name]
    return with_values(settings, {choice.field: choice.to(value)})
