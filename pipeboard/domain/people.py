"""People as others name them: the one rule by which a typed name is a rep, or is nobody's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from pipeboard.domain.errors import Ambiguous, BadInput, NotFound, PipeboardError, Refused
from pipeboard.domain.filter_nodes import ME, And, Filter, Is, Node, Not, Or
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import clean_line, did_you_mean, few, fold, nearest, quoted

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal

# Who does something.

CALENDAR = "calendar"
"""Who brings lost deals back when their day has come."""


class DoneBySomebody(Protocol):
    """What somebody did, for themselves or for a rep."""

    @property
    def actor(self) -> str: ...
    @property
    def acting_as(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Actor:
    """Who types (an account of the machine), and for which rep if for another. An assistant's
    changes are those of an account that acts for itself."""

    name: str
    acting_as: str = ""

    @property
    def label(self) -> str:
        """Both as history and notes name them: `ana (for bo)`."""
        return named(self.name, self.acting_as)

    @property
    def rep(self) -> str:
        return self.acting_as or self.name

    @property
    def for_whom(self) -> str:
        """The rep whose things alone this is about; empty for an account that acts for itself."""
        return "" if self.acting_as == self.name else self.acting_as

    def did(self, done: DoneBySomebody) -> bool:
        """Whether something is what this actor did. People who share an account are told apart by
        the rep that each acts for."""
        return done.actor == self.name and self.for_whom in ("", done.acting_as)


def rep_name(name: str | None) -> str:
    """Whose deal it is, who did it; `nobody` for none."""
    return f"@{name}" if name else "nobody"


def named(actor: str, acting_as: str) -> str:
    """Who did something, and for whom if for somebody else: `ana (for bo)`; whoever acts for
    themselves does so through an assistant: `ana (by an assistant)`."""
    if acting_as == actor:
        return f"{actor} (by an assistant)"
    return f"{actor} (for {acting_as})" if acting_as else actor


_SHORTEST_SLIP = 3
_NOBODY = frozenset(("", "none", "nobody"))
EVERYBODY = "all"
_NO_NAMES = _NOBODY | {ME, EVERYBODY}
"""What stands for somebody else, or for nobody, wherever a rep is named."""


def is_me(text: str) -> bool:
    """Whether whoever types is meant: `me`, `@me`."""
    return fold(text.strip().removeprefix("@")) == ME


def match_rep(text: str, reps: Sequence[Rep], me: str = "") -> Rep:
    """The rep that was named: `ana`, `@Ana`, `Ana Lima`, `Lima, Ana`, `ana.lima@firm.example`,
    `Ana Lima <ana@firm.example>`, and `me`, where it is said who asks.

    The name that `@` takes goes before the display name, and either is compared without case,
    accents, blanks and signs, an e-mail by what stands before its @, where no name is just that.
    Raises NotFound with the near name, `Ambiguous` where two reps answer to it.
    """
    wanted = me if me and is_me(text) else text.strip().removeprefix("@")
    ways, keys = ways_to_write(wanted), _keys(wanted)
    found = (
        [rep for rep in reps if rep.name == wanted]
        or [rep for rep in reps if ways & ways_to_write(rep.name)]
        or [rep for rep in reps if keys & _keys(rep.name)]
        or [rep for rep in reps if keys & _keys(rep.display_name)]
    )
    if len(found) == 1:
        return found[0]
    if found:
        names = [rep.name for rep in found]
        raise Ambiguous(
            f"{quoted(wanted)} could be {', '.join('@' + name for name in names)}.",
            hint="Name one of them in full.",
            details={"candidates": names},
        )
    near = _near(wanted, reps)
    raise NotFound(
        f"There is no rep {quoted(wanted)}.",
        hint=f"Did you mean @{near}?"
        if near
        else "See 'pipeboard rep list', or add them with 'pipeboard rep add'.",
        details={"rep": wanted, "near": near},
    )


def match_owner(text: str, reps: Sequence[Rep], me: str) -> str:
    """The name of the rep who is to own a deal; "" for `none`, and `me` is `me`.

    Whoever types is somebody, also before any rep is known. Raises what `match_rep` raises.
    """
    wanted = text.strip().removeprefix("@")
    if fold(wanted) in _NOBODY:
        return ""
    if wanted == me or is_me(wanted):
        return me
    return match_rep(wanted, reps).name


def name_of_rep(text: str) -> str:
    """The name that somebody new is to bear; BadInput for one by which nobody could name them."""
    name = clean_line(text, field="rep").removeprefix("@").strip()
    if not name:
        raise BadInput("A rep needs a name.", hint="For example: pipeboard rep add ana")
    if fold(name) in _NO_NAMES:
        raise BadInput(
            f"No rep can be called {quoted(name)}: the word stands for others.",
            hint="Take another name for them, such as that of their account.",
        )
    return name


def known_owner(text: str, reps: Sequence[Rep], me: str, *, is_set_up: bool, new_rep: bool) -> str:
    """As `match_owner`; an unknown name is somebody new with `new_rep`, or as long as nobody has
    said who is in the team, if it is like nobody else's."""
    try:
        return match_owner(text, reps, me)
    except NotFound as error:
        is_slip = is_a_team(reps, is_set_up=is_set_up) or rep_like(text, reps)
        if isinstance(error, Ambiguous) or (is_slip and not new_rep):
            raise
        return name_of_rep(without_address(text))


def new_rep_mark(text: str, reps: Sequence[Rep], me: str) -> str:
    """What is said beside an owner while it is typed: `new rep?` of one whom nobody knows, with
    the near name; "" of one who is known, or could be several."""
    try:
        match_owner(text, reps, me)
    except Ambiguous:
        return ""
    except NotFound as error:
        near = error.details["near"]
        return f"new rep? or @{near}" if near else "new rep?"
    return ""


def unknown_owner(error: PipeboardError) -> str:
    """The name that nobody bears, where that is why something was refused; else ""."""
    return str(error.details.get("rep", "")) if isinstance(error, NotFound) else ""


def unsure_reps(names: Iterable[str], reps: Sequence[Rep], *, is_set_up: bool) -> tuple[str, ...]:
    """Of new names in a file, those that become reps by nothing but a yes: all of them once
    somebody has said who is in the team, before that those that are like a rep's."""
    if is_a_team(reps, is_set_up=is_set_up):
        return tuple(names)
    return tuple(name for name in names if rep_like(name, reps))


_MOST_NAMED = 8


def no_such_reps(names: Sequence[str], near: Mapping[str, str]) -> NotFound:
    """Why a file with these new names is not taken as it is; `near` has the reps they are like."""
    named = few([quoted(name) for name in names], _MOST_NAMED)
    alike = ", ".join(f"{name} is like @{rep}" for name, rep in [*near.items()][:_MOST_NAMED])
    whom = "is no rep" if len(names) == 1 else "are no reps"
    return NotFound(
        f"{named} {whom} here.",
        hint=f"Slips? {alike}." if alike else "",
        details={"rep": names[0], "near": near.get(names[0], ""), "reps": list(names)},
    )


def about_owner(reps: Sequence[Rep], owner: str, me: str) -> tuple[str, ...]:
    """A remark where an owner is new, or takes no more deals."""
    found = [rep for rep in reps if rep.name == owner]
    if owner and owner != me and not found:
        return (f"@{owner} is a new rep.",)
    return tuple(
        f"{rep.display_name or rep.name} is not active." for rep in found if not rep.active
    )


def about_source(source: str, known: Sequence[str]) -> tuple[str, ...]:
    """A remark where a source is none of those that are offered, and looks like one of them."""
    if not source or fold(source) in map(fold, known):
        return ()
    near = did_you_mean(source, known)
    return (f"{quoted(source)} is none of the sources here. {near}",) if near else ()


def about_unsaid_source(settings: Settings) -> tuple[str, ...]:
    """A remark on a new deal that says no source; `Refused` where the team requires one."""
    if settings.lead_source == "optional":
        return ()
    first, *others = settings.source_names
    known = f"source:{first}" + (f" (or {few(others, 3)})" if others else "")
    if settings.lead_source == "required":
        hint = f"Write {known} in the line, or source:none where nobody knows."
        raise Refused("A new deal says where it came from.", hint=hint)
    how = f"{known} in the line says it, source:none that nobody knows"
    return (f"Where it came from is not said: {how}.",)


def about_changed(
    pairs: Sequence[tuple[Deal, Deal]],
    reps: Callable[[], Sequence[Rep]],
    me: str,
    sources: Sequence[str],
) -> tuple[str, ...]:
    """Remarks on the owners and sources of deals, as they were and are now."""
    owners = dict.fromkeys(now.owner for was, now in pairs if was.owner != now.owner)
    typed = dict.fromkeys(now.source for was, now in pairs if was.source != now.source)
    known = reps() if owners else ()
    return (
        *(note for owner in owners for note in about_owner(known, owner, me)),
        *(note for source in typed for note in about_source(source, sources)),
    )


def with_known_owners(query: Filter, reps: Sequence[Rep], me: str) -> Filter:
    """The filter with the reps that its `owner:` terms name; `BadInput` for an unknown one."""
    return query if query.root is None else replace(query, root=_known(query.root, reps, me))


def _known(node: Node, reps: Sequence[Rep], me: str) -> Node:
    match node:
        case And(parts):
            return And(tuple(_known(part, reps, me) for part in parts))
        case Or(parts):
            return Or(tuple(_known(part, reps, me) for part in parts))
        case Not(part):
            return Not(_known(part, reps, me))
        case Is("owner", name) if not is_me(name):
            return Is("owner", _owner_of_term(name, reps, me))
        case _:
            return node


def _owner_of_term(name: str, reps: Sequence[Rep], me: str) -> str:
    """As `match_owner`, for a filter: a name that means nobody, or several, is a bad term of it."""
    try:
        return match_owner(name, reps, me)
    except NotFound as error:
        term = f"owner:{name}"
        why = error.message if isinstance(error, Ambiguous) else f"no rep {quoted(name)}."
        raise BadInput(
            f"bad filter: {quoted(term)}: {why}",
            hint=error.hint,
            details={"term": term, **error.details},
        ) from error


_MENTION = re.compile(r"(?<![\w@.])@(\w[\w.-]*)")


def mentioned(text: str, reps: Iterable[str]) -> tuple[str, ...]:
    """The reps that a text names with @, each once; other names, and addresses, are text."""
    known = {fold(rep): rep for rep in reps}
    names = (fold(found[1].rstrip(".-")) for found in _MENTION.finditer(text))
    return tuple(dict.fromkeys(known[name] for name in names if name in known))


_WITH_ADDRESS = re.compile(r"([^<(]*[^<(\s])\s*[<(][^\s<>()]+@[^\s<>()]+[>)]")


def without_address(text: str) -> str:
    """`Ana Lima` of `Ana Lima <ana@firm.example>`, as mail programs write it; else the text."""
    found = _WITH_ADDRESS.fullmatch(text.strip())
    return found[1].strip(" \"'") if found else text


def ways_to_write(text: str) -> frozenset[str]:
    """A name as it stands, and `Ana Lima` of `Lima, Ana`; each without address and case."""
    name = " ".join(without_address(text).split())
    last, _, first = name.partition(", ")
    turned = f"{first} {last}" if first and "," not in last + first else name
    return frozenset((fold(name), fold(turned)))


@lru_cache(maxsize=4_096)
def _keys(text: str) -> frozenset[str]:
    """What two ways to write a name have in common: `analima` of `ana.lima@firm.example` too."""
    return frozenset(map(_key, ways_to_write(text))) - {""}


def _key(folded: str) -> str:
    name, at, _ = folded.partition("@")
    is_address = at and name and not {",", ";"} & {*name}
    return re.sub(r"[\W_]+", "", name if is_address else folded)


def _near(wanted: str, reps: Iterable[Rep]) -> str:
    """The rep whose name is most like the one that was typed, "" where none is like it."""
    names = {key: rep.name for rep in reps for key in (rep.name, rep.display_name) if key}
    near = nearest(wanted, names)
    return "" if near is None else names[near]


def is_a_team(reps: Iterable[Rep], *, is_set_up: bool) -> bool:
    """Has anybody said who is in the team? Until then whoever is named belongs to it, and from
    then on a name that nobody bears is a slip."""
    return is_set_up or any(rep.display_name or rep.team for rep in reps)


def rep_like(text: str, reps: Sequence[Rep]) -> str:
    """The rep whose name a new one is so like that it is more likely a slip, else "". `rep1` and
    `rep2` are two people, and names of three letters are all alike."""
    wanted = text.strip().removeprefix("@")
    near = _near(wanted, reps) if len(wanted) > _SHORTEST_SLIP else ""
    are_two = re.sub(r"\d", "", fold(near)) == re.sub(r"\d", "", fold(wanted))
    return "" if are_two else near
