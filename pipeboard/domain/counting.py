"""How a workspace counts: the settings that a person chooses, by name, with what they may be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeboard.domain.settings import Settings

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_OWNERS = ("then", "now")


@dataclass(frozen=True, slots=True)
class Choice:
    """A setting of the workspace: the field, what it may be, and how it is read and written."""

    field: str
    values: tuple[str, ...]
    says: str
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
}


def chosen(settings: Settings, name: str) -> str:
    """What a setting is, in the word that a person writes."""
    choice = SETTINGS[name]
    return choice.of(getattr(settings, choice.field))


def with_choice(settings: Settings, name: str, value: str) -> Settings:
    """The settings with one of them as the word says."""
    choice = SETTINGS[name]
    changed: dict[str, Any] = {choice.field: choice.to(value)}
    return replace(settings, **changed)
