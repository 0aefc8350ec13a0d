"""Cutting a command line into its verb and the rest, importing nothing that help does not need."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeboard import verb_place
from pipeboard.cli.verbs import NESTED, VERBS


def cut(arguments: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The verb ("" for none, "pipeline show" for two words) and all the other arguments.

    Flags in front of the verb count as if they stood behind it. Raises BadInput for a verb that
    does not exist.
    """
    at = verb_place(arguments)
    if at is None:
        return "", tuple(arguments)
    verb, rest = arguments[at], (*arguments[:at], *arguments[at + 1 :])
    if verb not in VERBS:
        raise _unknown(verb, VERBS, "See 'pipeboard --help'.")
    if verb not in NESTED:
        return verb, rest
    default, inner = NESTED[verb]
    at = verb_place(rest)
    if at is None:
        return verb if asks_for(rest, "-h", "--help") else f"{verb} {default}", rest
    if rest[at] not in inner:
        raise _unknown(rest[at], inner, f"'{verb}' has: {', '.join(inner)}.")
    return f"{verb} {rest[at]}", (*rest[:at], *rest[at + 1 :])


def asks_for(arguments: Sequence[str], *wanted: str) -> bool:
    """Whether one of the wanted flags stands there, as far as flags can stand."""
    flags = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return any(flag in flags for flag in wanted)


def _unknown(verb: str, known: Iterable[str], otherwise: str) -> Exception:
    from pipeboard.domain.errors import BadInput
    from pipeboard.domain.near import did_you_mean
    from pipeboard.domain.text import quoted

    hint = did_you_mean(verb, known) or otherwise
    return BadInput(f"There is no verb {quoted(verb)}.", hint=hint)
