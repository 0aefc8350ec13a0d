"""Agreements: what a team has settled besides its deals, and each change of it as a value.

A pipeline, a rep, a target, an exchange rate, a saved filter, the settings: each is named by a
kind and a key, and its contents are plain JSON data, so that history can keep them and undo can
put them back, whatever they are.
"""

from __future__ import annotations

import json
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from pipeboard.domain.json_data import JsonObject, json_list, json_object
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.people import named
from pipeboard.domain.settings import Rep, Settings


class Topic(StrEnum):
    """What an agreement is about."""

    PIPELINE = "pipeline"
    REP = "rep"
    TARGET = "target"
    CALL = "call"
    RATE = "rate"
    FILTER = "filter"
    SETTINGS = "settings"
    REVIEW = "review"


Contents: TypeAlias = "JsonObject"
"""What was agreed, as JSON data."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """One change of what the team has agreed: None stands for nothing agreed."""

    topic: Topic
    key: tuple[str | int, ...]
    before: Contents | None
    after: Contents | None

    @property
    def inverse(self) -> Agreement:
        """The change that takes this one back."""
        return Agreement(self.topic, self.key, self.after, self.before)

    @property
    def name(self) -> str:
        """What it is called in a sentence: `pipeline Sales`, `rep ana`, `rate of USD`."""
        match self.topic:
            case Topic.PIPELINE:
                return f"pipeline {(self.after or self.before or {}).get('name', '')}"
            case Topic.TARGET:
                _, period, owner, team = self.key
                return f"target for {period}, {whose(str(owner), str(team))}"
            case Topic.CALL:
                return f"call for {self.key[1]}, @{self.key[2]}"
            case Topic.RATE:
                return f"rate of {self.key[0]} from {self.key[1]}"
            case Topic.REVIEW:
                return f"review of {str(self.key[1])[:10]}"
            case Topic.SETTINGS:
                return "settings of the workspace"
            case _:
                return f"{self.topic} {self.key[0]}"


@dataclass(frozen=True, slots=True)
class AgreementEntry:
    """A recorded change of an agreement: who made it, in which command, and when.

    `undoes` says that the command took another one back, `undone` that it was taken back itself.
    """

    seq: int
    agreement: Agreement
    command_id: str
    verb: str
    actor: str
    acting_as: str
    summary: str
    recorded_at: datetime
    undoes: bool = False
    undone: bool = False

    @property
    def who(self) -> str:
        """Who did it, and for whom if for somebody else: `ana (for bo)`."""
        return named(self.actor, self.acting_as)


def whose(owner: str, team: str) -> str:
    """Of whom a target is: a rep, a team, or where neither is named everybody."""
    return f"@{owner}" if owner else f"team {team}" if team else "everybody"


def changed_names(agreement: Agreement) -> tuple[str, ...]:
    """The parts that a change touches, in words: `idle days of Qualify`, `team`."""
    before, after = agreement.before or {}, agreement.after or {}
    if agreement.topic is not Topic.PIPELINE:
        return tuple(
            name.replace("_", " ")
            for name in dict.fromkeys((*before, *after))
            if before.get(name) != after.get(name)
        )
    found = [
        name for name in ("name", "currency") if before.get(name) != after.get(name) and before
    ]
    parts = (("stages", "id", "name"), ("questions", "key", "label"), ("traits", "field", "field"))
    for part, key, label in parts:
        old, new = ({row[key]: row for row in rows_of(side, part)} for side in (before, after))
        for one in dict.fromkeys((*old, *new)):
            mine, theirs = old.get(one, {}), new.get(one, {})
            named = theirs.get(label) or mine.get(label)
            names = [n for n in {**mine, **theirs} if mine.get(n) != theirs.get(n)]
            names = [n for n in names if n not in ("position", "pipeline_id")]
            if names and mine and theirs:
                found += [f"{_plain(name)} of {named}" for name in names]
            elif names:
                found.append(f"{part.removesuffix('s')} {named}")
    return tuple(found)


def contents_of(value: Rep | Settings) -> Contents:
    """The settings, or a rep but for the name, as JSON data."""
    named = "name" if isinstance(value, Rep) else ""
    plain = {name: getattr(value, name) for name in value.__slots__ if name != named}
    return {n: list(item) if isinstance(item, tuple) else item for n, item in plain.items()}


def rows_of(contents: Contents, part: str) -> list[JsonObject]:
    """The stages, the questions or the traits of a pipeline."""
    rows = contents.get(part) or ()
    return [
        json_object(row) for row in json_list(json.loads(rows) if isinstance(rows, str) else rows)
    ]


def _plain(name: str) -> str:
    return name.removesuffix("_bp").replace("_", " ")
