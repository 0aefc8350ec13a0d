"""Pipeboard: a sales pipeline worked by keys, in the terminal."""

from __future__ import annotations

import os

TYPE_CHECKING = False  # as of `typing`, whose import help does not need
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__version__ = "0.2.0"
SCHEMA = 17
"""The number of the database's schema: what a start compares before it reads anything."""

# The flags of every verb that take a value.
FLAGS_WITH_VALUE = frozenset(("--db", "-p", "--pipeline", "--as", "--color", "--token"))


def verb_place(arguments: Sequence[str]) -> int | None:
    """Where the verb of a command line stands: the first that is no flag, nor the value of one."""
    at = 0
    while at < len(arguments):
        if arguments[at] in FLAGS_WITH_VALUE:
            at += 1
        elif not arguments[at].startswith("-") or arguments[at] == "-":
            return at
        at += 1
    return None


def folder_of(environ: Mapping[str, str], name: str, otherwise: str) -> str:
    """The program's folder in the one that a variable names, else in another; a relative one would
    be another wherever one stands, and names none (XDG)."""
    first = environ.get(name, "").split(os.pathsep)[0]
    named = first if os.path.isabs(first) else os.path.expanduser(otherwise)
    return os.path.join(named, "pipeboard")
