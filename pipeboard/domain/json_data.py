"""JSON: its type, and what it must hold, asked where it comes from outside the program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = "Mapping[str, Json]"
Document: TypeAlias = "dict[str, Json]"
"""An object that is being put together."""


def json_object(value: Json) -> JsonObject:
    """The object that a value is; `TypeError` for anything else."""
    if type(value) is dict or isinstance(value, Mapping):  # what is quick first
        return value
    raise TypeError("no JSON object")


def json_list(value: Json) -> Sequence[Json]:
    """The list that a value is; `TypeError` for anything else."""
    if isinstance(value, list | tuple):
        return value
    raise TypeError("no JSON list")


def json_text(value: Json) -> str:
    """The text that a value is; `TypeError` for anything else."""
    if isinstance(value, str):
        return value
    raise TypeError("no JSON text")


def json_number(value: Json) -> int:
    """The whole number that a value is; `TypeError` for anything else."""
    if type(value) is int:
        return value
    raise TypeError("no whole JSON number")
