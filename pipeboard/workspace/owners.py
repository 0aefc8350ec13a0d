"""Owners: a deal belongs to a rep whom the team knows, or to one who is made on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeboard.domain import commands as c
from pipeboard.domain.agreements import Topic
from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.people import is_a_team, is_like_another, match_owner
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import clean_line
from pipeboard.workspace.service import Service


def known_owner(service: Service, rep: str, *, new_rep: bool = False) -> str:
    """The rep that is meant. An unknown one is refused, or made with `new_rep`; as long as nobody
    has said who is in the team, whoever is like nobody else is one more of it."""
    reps = service.reader.reps()
    try:
        return match_owner(rep, reps, service.me)
    except NotFound as error:
        is_set_up = service.settings.demo or service.reader.agreements.has(Topic.REP)
        is_slip = is_a_team(reps, is_set_up=is_set_up) or is_like_another(rep, reps)
        if isinstance(error, Ambiguous) or (is_slip and not new_rep):
            raise
        return clean_line(rep, field="rep").removeprefix("@").strip()


def with_known_owner(service: Service, command: c.Command) -> c.Command:
    """The command with the owner as everybody writes the name, where it names one."""
    match command:
        case c.Assign(rep, _, new_rep):
            return replace(command, rep=known_owner(service, rep, new_rep=new_rep))
        case c.Edit(changes, new_rep) if "owner" in changes:
            owner = known_owner(service, str(changes["owner"] or ""), new_rep=new_rep)
            return replace(command, changes={**changes, "owner": owner})
        case _:
            return command


def about_owner(reps: Sequence[Rep], owner: str, me: str) -> tuple[str, ...]:
    """A remark where the owner is new, or takes no more deals."""
    found = [rep for rep in reps if rep.name == owner]
    if owner and owner != me and not found:
        return (f"@{owner} is a new rep.",)
    away = [rep for rep in found if not rep.active]
    return tuple(f"{rep.display_name or rep.name} is not active." for rep in away)
