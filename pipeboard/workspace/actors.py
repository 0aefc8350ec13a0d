"""Who acts: somebody acts only for a rep that there is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from pipeboard.domain.actor import Actor
from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.people import match_rep
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import quoted


def check_actor(actor: Actor, reps: Callable[[], Sequence[Rep]]) -> Actor:
    """The actor, with the rep they act for as everybody writes the name.

    `NotFound` names the near one. Where there are no reps at all yet, anybody may be the first.
    """
    if not actor.acting_as:
        return actor
    known = reps()
    wanted = actor.acting_as.strip().removeprefix("@")
    if not known:
        return replace(actor, acting_as=wanted)
    try:
        return replace(actor, acting_as=match_rep(wanted, known).name)
    except Ambiguous:
        raise
    except NotFound as error:
        message = f"There is no rep {quoted(wanted)} to act for."
        raise NotFound(message, hint=error.hint, details=error.details) from error
