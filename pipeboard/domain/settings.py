"""What holds for a whole workspace, whoever looks at it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from zoneinfo import ZoneInfo

from pipeboard.domain.deal import CHANNEL_OF, LOSS_CATEGORIES, channel_of
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import dataclass, with_values
from pipeboard.domain.text import clean_line, few, fold, quoted

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
    after January, `sources` where leads come from, each with `:in` or `:out` behind it where the
    team says so (`source_names`, `channels`), `source_asked` whether a new deal says its own (the
    place in `ASKED`), `min_gap_hours` the least time between two touches from our side. With
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
    source_asked: int = 0

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The sources as deals name them."""
        return tuple(_name_and_channel(entry)[0] for entry in self.sources)

    @property
    def lead_source(self) -> str:
        """Whether a new deal says where it came from: a word of `ASKED`."""
        return ASKED[self.source_asked]

    @property
    def channels(self) -> Mapping[str, str]:
        """The channel of every source that has one, ours and the team's, as `channel_of` asks."""
        own = ((name.lower(), way) for name, way in map(_name_and_channel, self.sources) if way)
        return {**CHANNEL_OF, **dict(own)}


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
ASKED = ("asked", "required", "optional")
"""Whether a new deal says where it came from: it is asked for, is demanded, or may be left out."""
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


_CHANNEL_BEHIND = re.compile(r"\s*:\s*(in|out)\s*\Z", re.IGNORECASE)


def _name_and_channel(entry: str) -> tuple[str, str]:
    """`fair` and `in` of `fair:in`; nothing for the channel where none is said."""
    said = _CHANNEL_BEHIND.search(entry)
    return (entry[: said.start()], said[1].lower()) if said else (entry, "")


def _sources(text: str) -> tuple[str, ...]:
    """Names between commas with what is said of their channel, each once, in their order."""
    found: dict[str, str] = {}
    for part in text.split(","):
        name, channel = _name_and_channel(clean_line(part, field="source"))
        if name:
            found.setdefault(fold(name), f"{name}:{channel}" if channel else name)
    if not found:
        raise BadInput(
            "There is no source to choose from.", hint="For example: referral,web,fair:in"
        )
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
        "where leads come from; NAME:in or NAME:out says whether they come to us",
        lambda now: ",".join(now.sources),
        _sources,
        "referral,web,fair:in",
    ),
    "lead-source": Choice(
        "source_asked",
        ASKED,
        "where a new deal came from: asked for, required (source:none will do), or optional",
        lambda now: ASKED[now.source_asked],
        ASKED.index,
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


def told(settings: Settings, name: str) -> str:
    """What a setting is, in a sentence."""
    if name == "sources":
        return f"Leads come from {', '.join(settings.sources)}."
    return f"{name} is {chosen(settings, name)}."


def about_sources(settings: Settings) -> tuple[str, ...]:
    """A remark on the sources of which neither the team nor we say whether leads come to us; that
    of `other` nobody can."""
    unsaid = [
        name
        for name in settings.source_names
        if name not in SOURCES and not channel_of(name, settings.channels)
    ]
    if not unsaid:
        return ()
    said = f"Whether leads come to us is not known of {few(unsaid, 4)}"
    return (f"{said}: write {unsaid[0]}:in or {unsaid[0]}:out.",)


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
