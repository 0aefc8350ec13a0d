"""Who may do what: one table from what can be done to the role that it takes.

As long as nobody has been given a role, everybody may do everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from shlex import quote

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import EVERYBODYS
from pipeboard.domain.errors import NotFound, Refused, Way
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import SEEN, Rep, Settings
from pipeboard.domain.text import quoted


class Role(StrEnum):
    """What somebody is in a workspace; each may what those before it may."""

    VIEWER = "viewer"
    REP = "rep"
    MANAGER = "manager"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return tuple(Role).index(self)


_OF_A_REP = (
    "add", "merge", "follow up", "recycle", "undo", "redo", "import", "filter", "call", "decide",
)  # fmt: skip
_OF_A_MANAGER = (
    "pipeline", "rep", "target", "fx", "settings", "review", "backup", "export whole", "mend",
)  # fmt: skip
_OF_AN_OWNER = ("restore", "migrate")
_AS_TYPED = {
    "settings": "setting set", "export whole": "export --whole", "mend": "doctor --fix",
    "restore": "backup restore",
}  # fmt: skip
"""What people type where the history, or nothing, has another word for it."""
_MOST_NAMED = 3


@cache
def who_may() -> Mapping[str, Role]:
    """By the verb that is recorded, or the name of what is not recorded: what has a rule for a
    deal, a rep may. What is not listed, nobody but an owner may."""
    from pipeboard.domain.deciding import deal_verbs  # most verbs only look

    return {
        **dict.fromkeys((*deal_verbs(), *_OF_A_REP), Role.REP),
        **dict.fromkeys(_OF_A_MANAGER, Role.MANAGER),
        **dict.fromkeys(_OF_AN_OWNER, Role.OWNER),
    }


WHO_MAY_AGREE: Mapping[Topic, Role] = {
    Topic.PIPELINE: Role.MANAGER,
    Topic.REP: Role.MANAGER,
    Topic.TARGET: Role.MANAGER,
    Topic.RATE: Role.MANAGER,
    Topic.SETTINGS: Role.MANAGER,
    Topic.REVIEW: Role.MANAGER,
    Topic.CALL: Role.REP,
    Topic.FILTER: Role.REP,
}
"""By what is agreed, under whatever verb: an undo changes agreements as well."""
ANYBODY = "*"
"""In `Rep.acts_for`: may act for every rep."""


class NotAllowed(Refused):
    """It takes another role; `details["needs"]` says which."""

    code = "role"


@dataclass(frozen=True, slots=True)
class Rights:
    """Somebody in a workspace: who they are, for whom they act, and their role (None: nobody has
    one, and everybody may everything).

    Whoever acts for somebody may what both of them may: `role` is the lesser of the two. `sees` are
    the owners whose deals they see besides those of nobody (None: everybody's), `above` those at
    work whose role can help others on.
    """

    actor: Actor
    own_role: Role | None
    role: Role | None
    acts_for: frozenset[str]
    edits_own: bool
    sees_floors: bool
    sees: tuple[str, ...] | None
    above: tuple[tuple[str, Role], ...]

    @property
    def eyes(self) -> str:
        """Whose private fields are shown: one's own, or `EVERYBODYS`."""
        is_above = self.role is not None and self.role.rank >= Role.MANAGER.rank
        return EVERYBODYS if self.sees_floors and is_above else self.actor.rep

    @property
    def only_looks(self) -> bool:
        return self.role is Role.VIEWER

    @property
    def everyone(self) -> str:
        """Whose deals are shown where nobody in particular is asked for."""
        if self.sees is None:
            return "everyone"
        return "own deals only" if len(self.sees) == 1 else "the team's deals only"

    def no_deal(self, deal_id: int) -> NotFound:
        """There is no such deal, or none that they may see: which of both is not told."""
        if self.sees is None:
            return NotFound(f"There is no deal D-{deal_id}.", hint="Look for it.", way=Way.FIND)
        return NotFound(
            f"There is no deal D-{deal_id} that you may see.",
            hint=f"You see deals of {', '.join(f'@{name}' for name in self.sees)} and of nobody. "
            f"{self._who(Role.MANAGER)} sees all of them.",
        )

    def check(self, what: str) -> None:
        """`NotAllowed` where something of `who_may` takes another role."""
        self._need(who_may().get(what, Role.OWNER), quoted(_AS_TYPED.get(what, what)))

    def check_writing(self) -> None:
        """`NotAllowed` for whoever may change nothing at all, or not for whom they act."""
        self.check_acting()
        self._need(Role.REP, "changing anything")

    def check_acting(self) -> None:
        """`NotAllowed` where a manager has not allowed them to act for that rep."""
        whom, me, own = self.actor.acting_as, self.actor.name, self.own_role
        if not whom or own is None or whom == me or own.rank >= Role.MANAGER.rank:
            return
        if not self.acts_for & {whom, ANYBODY}:
            raise NotAllowed(
                f"@{me} may not act for @{whom}.",
                hint=f"{self._who(Role.MANAGER)} can allow it: "
                f"pipeboard rep set {quote(me)} --acts-for {quote(whom)}",
                details={"needs": "acts-for", "for": whom},
            )

    def may_change(self, owner: str) -> bool:
        """Whether deals of that owner are theirs to change, where they may change any."""
        bounded = self.role is Role.REP and self.edits_own
        return not bounded or owner in ("", self.actor.rep)

    def check_deals(self, verb: str, deals: Iterable[Deal]) -> None:
        """`NotAllowed` where reps change their own deals only, and one of these is another's."""
        if verb == "recycle":
            return
        for deal in deals:
            if not self.may_change(deal.owner):
                raise NotAllowed(
                    f"{deal.name} is @{deal.owner}'s, and reps change their own deals only.",
                    hint=f"Ask @{deal.owner}, or {self._who(Role.MANAGER)}.",
                    details={"needs": str(Role.MANAGER), "deal": deal.ref, "owner": deal.owner},
                )

    def check_agreements(self, agreements: Sequence[Agreement]) -> None:
        """`NotAllowed` where the team's agreements are not theirs to change."""
        for agreement in agreements:
            needed = WHO_MAY_AGREE[agreement.topic]
            if agreement.topic is Topic.CALL and agreement.key[2] != self.actor.rep:
                needed = Role.MANAGER
            if agreement.topic is Topic.FILTER and agreement.key[1] not in ("", self.actor.rep):
                needed = Role.MANAGER
            if agreement.topic is Topic.REP and Role.OWNER in _roles_in(agreement):
                needed = Role.OWNER
            self._need(needed, f"the {agreement.name}")

    def _need(self, needed: Role, what: str) -> None:
        if self.role is None or self.role.rank >= needed.rank:
            return
        lesser = self.actor.name if self.own_role is self.role else self.actor.rep
        who = self._who(max(needed, Role.MANAGER, key=lambda role: role.rank))
        raise NotAllowed(
            f"@{lesser} is {_article(self.role)} here, and {what} is for "
            f"{_article(needed)}{'' if needed is Role.OWNER else ' or more'}.",
            hint="Do it in your own name."
            if self.own_role is not None and self.own_role.rank >= needed.rank
            else f"{who} may do it, or give {'you' if lesser == self.actor.name else f'@{lesser}'} "
            f"that role: pipeboard rep set {quote(lesser)} --role {needed}",
            details={"needs": str(needed), "role": str(self.role)},
        )

    def _who(self, needed: Role) -> str:
        able = [f"@{name}" for name, role in self.above if role.rank >= needed.rank]
        return ", ".join(able[:_MOST_NAMED]) or _article(needed).capitalize()


def rights(actor: Actor, reps: Sequence[Rep], settings: Settings) -> Rights:
    """What somebody may; whoever is no rep of a workspace with roles may look."""
    roles_in_use = any(rep.role for rep in reps)
    known = {rep.name: rep for rep in reps}
    mine = known.get(actor.name)
    own, theirs = (_role_of(known.get(name)) for name in (actor.name, actor.rep))
    lesser = own if own.rank < theirs.rank else theirs
    above = [rep for rep in reps if rep.active and _role_of(rep).rank >= Role.MANAGER.rank]
    return Rights(
        actor,
        own if roles_in_use else None,
        lesser if roles_in_use else None,
        frozenset(mine.acts_for.split()) if mine is not None else frozenset(),
        settings.reps_edit_own,
        settings.managers_see_floors,
        _seen_by(actor.rep, lesser, known, settings) if roles_in_use else None,
        tuple((rep.name, _role_of(rep)) for rep in above),
    )


def sees_deals_of(owner: str, rep: str, reps: Sequence[Rep], settings: Settings) -> bool:
    """Whether a rep is shown the deals of an owner."""
    seen = rights(Actor(rep), reps, settings).sees
    return seen is None or owner in ("", *seen)


def _seen_by(
    me: str, role: Role, reps: Mapping[str, Rep], settings: Settings
) -> tuple[str, ...] | None:
    """The owners whose deals somebody sees; None: everybody's."""
    seen = SEEN[settings.reps_see]
    if seen == "all" or role.rank >= Role.MANAGER.rank:
        return None
    team = reps[me].team if seen == "team" and me in reps else ""
    return tuple(sorted({me} | {rep.name for rep in reps.values() if team and rep.team == team}))


def _role_of(rep: Rep | None) -> Role:
    """What somebody is where people have roles; whoever has none may look."""
    return Role(rep.role) if rep is not None and rep.role in tuple(Role) else Role.VIEWER


def given_role(rep: Rep, reps: Sequence[Rep], actor: Actor) -> tuple[Rep, ...]:
    """The reps that change when one of them becomes what it is in `rep`.

    With the first role that anybody is given, whoever gives it becomes the owner and all others
    reps. `Refused` where no owner would be left.
    """
    known = {other.name: other for other in reps}
    after = {**known, rep.name: rep}
    if rep.role and not any(other.role for other in reps):
        me = after.get(actor.name, Rep(actor.name))
        others = {name: _as(other, Role.REP) for name, other in after.items()}
        after = {**others, rep.name: rep}
        if rep.role != Role.OWNER:
            if rep.name == actor.name:
                raise Refused(
                    "Whoever gives the first role is the owner, and somebody has to be.",
                    hint=f"Begin with another's: pipeboard rep set NAME --role {rep.role}",
                )
            after[actor.name] = _as(me, Role.OWNER)
    has_roles = any(other.role for other in after.values())
    if has_roles and not any(o.role == Role.OWNER and o.active for o in after.values()):
        raise Refused(
            "The workspace would be left without an owner.",
            hint="Make somebody else the owner first: pipeboard rep set NAME --role owner",
        )
    return tuple(one for name, one in after.items() if known.get(name) != one)


def _as(rep: Rep, role: str) -> Rep:
    return replace(rep, role=str(role))


def _roles_in(agreement: Agreement) -> set[object]:
    """What somebody was and is to be, where that changes."""
    before, after = (
        side.get("role", "") for side in (agreement.before or {}, agreement.after or {})
    )
    return {before, after} if before != after else set()


def _article(role: Role) -> str:
    return f"an {role}" if role is Role.OWNER else f"a {role}"
