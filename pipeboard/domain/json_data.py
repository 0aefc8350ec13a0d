"""JSON: its type, and what it must hold, asked where it comes from outside the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from json import JSONEncoder
from json.encoder import (  # type: ignore[attr-defined]
    c_make_encoder,
    encode_basestring,
    encode_basestring_ascii,
)
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
JsonObject: TypeAlias = "Mapping[str, Json]"
Document: TypeAlias = "dict[str, Json]"
"""An object that is being put together."""


def encoder(
    item: str = ",",
    key: str = ":",
    *,
    is_ascii: bool = False,
    default: Callable[[object], object] | None = None,
) -> Callable[[object], str]:
    """Writes values as JSON in one line, with what stands between items, and after keys; `default`
    makes something known of other values. Not a number is a `ValueError`.

    `JSONEncoder.encode` prepares itself anew for each value, which takes it as long as a short one:
    what it prepares is kept, where there is such a thing.
    """
    slow = JSONEncoder(
        ensure_ascii=is_ascii, check_circular=False, allow_nan=False,
        separators=(item, key), default=default,
    )  # fmt: skip
    if c_make_encoder is None:
        return slow.encode
    text = encode_basestring_ascii if is_ascii else encode_basestring
    chunks = c_make_encoder(None, slow.default, text, None, key, item, False, False, False)
    return lambda value: "".join(chunks(value, 0))


def with_nulls(value: Json) -> Json:
    """The value with null for each text that says nothing: what a script reads as unknown."""
    if value is None or isinstance(value, int):  # what is quick first
        return value
    if isinstance(value, str):
        return value or None
    if type(value) is dict or isinstance(value, Mapping):
        return {name: with_nulls(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls(one) for one in value]
    return value


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
