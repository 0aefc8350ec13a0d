"""The verbs about how numbers are counted: setting list and set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call, Verb
from pipeboard.cli.tables import Table
from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import quoted

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
    of: Callable[[Any], str]
    to: Callable[[str], Any]


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


def list_settings(call: Call) -> int:
    """How the workspace counts."""
    found = {name: _shown(call.settings, choice) for name, choice in SETTINGS.items()}
    if call.arguments.json:
        call.out.document({"settings": found})
        return 0
    rows = ((name, found[name], choice.says) for name, choice in SETTINGS.items())
    Table(("setting", "value", "what it is")).write(call.out, rows)
    return 0


def _shown(settings: Settings, choice: Choice) -> str:
    return choice.of(getattr(settings, choice.field))


def _set_arguments(parser: Parser) -> None:
    parser.add_argument("name", metavar="SETTING", help=", ".join(SETTINGS))
    parser.add_argument("value", metavar="VALUE", help="such as sunday, april or now")
    parser.add_json()


def set_setting(call: Call) -> int:
    """How numbers are counted, from now on and for every period."""
    asked = call.arguments
    choice = SETTINGS.get(asked.name)
    if choice is None:
        hint = did_you_mean(asked.name, SETTINGS) or f"There are {', '.join(SETTINGS)}."
        raise BadInput(f"There is no setting {quoted(asked.name)}.", hint=hint)
    value = next((v for v in choice.values if v.startswith(asked.value.lower())), None)
    if value is None or len(asked.value) < min(3, len(value)):
        raise BadInput(
            f"{quoted(asked.value)} is nothing that {asked.name} can be.",
            hint=f"Write one of {', '.join(choice.values)}.",
        )
    if not asked.dry_run:
        changed: dict[str, Any] = {choice.field: choice.to(value)}
        call.workspace.save_settings(replace(call.settings, **changed))
    if asked.json:
        call.out.document({"setting": {"name": asked.name, "value": value}})
    begin = "Not done (dry run): " if asked.dry_run else ""
    call.out.say(f"{begin}{asked.name} is {value}.")
    return 0


VERBS = {
    "setting list": Verb("", Parser.add_json, list_settings),
    "setting set": Verb("SETTING VALUE", _set_arguments, set_setting),
}
