"""Recording what was decided: once for each token, in the transaction under way, with a receipt."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypedDict, TypeVar, Unpack

from pipeboard.domain.agreements import Agreement, Contents, Topic, contents_of
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Refused
from pipeboard.domain.events import Kind, numbered
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import clean_line, printable, quoted
from pipeboard.workspace.service import Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change
    from pipeboard.store.writing import Done, Writer


# Receipts and decisions: what a command did, and what a use case has decided to store.


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a command did: a sentence, the deals as they are now, and remarks on the way.

    `command_id` is empty when nothing had to change or the command was only tried. `about` says
    of an undone or redone command whose it was, and when, `agreements` what is agreed by it.
    `undoes` is the command that it takes back.
    """

    command_id: str
    verb: str
    summary: str
    deals: tuple[Deal, ...] = ()
    notes: tuple[str, ...] = ()
    about: str = ""
    agreements: tuple[Agreement, ...] = ()
    undoes: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a use case has decided to store, as one command.

    New deals (id 0) get their numbers when it is stored. `marks` names the command that is taken
    back or put again by it; `actor` stands in for the one at the desk.
    """

    summary: str
    changes: tuple[Change, ...] = ()
    agreements: tuple[Agreement, ...] = ()
    notes: tuple[str, ...] = ()
    undoes: str | None = None
    redoes: str | None = None
    marks: str = ""
    actor: str = ""
    about: str = ""


class Once(TypedDict, total=False):
    """What every use case takes: whether it is only tried, and the name of the change, under which
    it is done once."""

    dry_run: bool
    token: str


_OWN_TOKEN = "Give each command a token of its own."
P = ParamSpec("P")
S = TypeVar("S", bound=Service)


def as_command(
    verb: str, by: str = "", *, is_other: Callable[..., bool] | None = None
) -> Callable[[Callable[Concatenate[S, P], Receipt]], Callable[Concatenate[S, P], Receipt]]:
    """A use case that is one command: in one transaction, and once for each `token`.

    It is recorded `by` somebody else than who acts where that is named; `is_other` says whether
    what is asked is not what was stored under the token.
    """

    def decorate(
        use_case: Callable[Concatenate[S, P], Receipt],
    ) -> Callable[Concatenate[S, P], Receipt]:
        @wraps(use_case)
        def once(service: S, /, *args: P.args, **kwargs: P.kwargs) -> Receipt:
            done = retried(service, str(kwargs.get("token") or ""), verb, by)
            if done is None:
                return use_case(service, *args, **kwargs)
            if is_other is not None and is_other(service, done.command_id, *args, **kwargs):
                raise of_another(done)
            return done

        return in_transaction(once)

    return decorate


def retried(service: Service, token: str | None, verb: str = "", by: str = "") -> Receipt | None:
    """The receipt of the command that was stored under this token already, None if none was.

    Raises `Refused` where the token stands for something else, or for what was taken back since.
    """
    if not token:
        return None
    clean_line(token, field="token")
    if service.truth.history.command(token) is None:
        return None
    done = service.reader.history.command(token)
    if done is None:
        raise Refused(f"The token {quoted(token)} was used already.", hint=_OWN_TOKEN)
    if done.actor != (by or service.actor.name) or (verb and done.verb != verb):
        raise Refused(
            f"The token {quoted(token)} was used already: {done.summary}",
            hint=_OWN_TOKEN,
        )
    when = written().moment(done.at.astimezone(service.settings.zone))
    if done.undone and not service.reader.history.is_redone(token):
        raise Refused(
            f"This was done already, on {when}, and undone since: {done.summary}",
            hint="Take another token to do it again.",
            details={"command_id": token, "undone": True},
        )
    deals = service.reader.deals(service.reader.history.events_of(token))
    said = f"This was done already, on {when}; nothing was done again."
    agreed = tuple(agreement for _, agreement in service.reader.agreements.of_command(token))
    return Receipt(
        done.id, done.verb, done.summary, tuple(deals.values()), (said,), agreements=agreed
    )


def of_another(done: Receipt) -> Refused:
    """What is said where a token stands for the same verb with other words."""
    return Refused(
        f"The token {quoted(done.command_id)} was used already, for something else: {done.summary}",
        hint=_OWN_TOKEN,
        details={"command_id": done.command_id},
    )


def of_these(service: Service, done: Receipt, ids: Sequence[int]) -> Receipt:
    """The receipt of a command that is done already; `Refused` where it changed deals that are
    not among those that are asked for now, ones that began with it aside."""
    events = service.truth.history.events_of(done.command_id)
    changed = {one for one, ((_, first), *_) in events.items() if first.kind is not Kind.CREATED}
    if changed - set(ids):
        raise of_another(done)
    return done


def record(
    service: Service, verb: str, decision: Decision, *, dry_run: bool = False, token: str = ""
) -> Receipt:
    """Stores what was decided in the transaction under way, and says what it was.

    `NotAllowed` where it takes another role than that of whoever acts, also when it is only tried.
    """
    made = tuple(_made_reps(service, decision))
    check_role(service, verb, decision.changes, (*decision.agreements, *made))
    summary = printable(decision.summary)
    changes = decision.changes
    command_id = ""
    if not dry_run and (changes or decision.agreements or decision.marks):
        command_id = token or service.transaction.next_id()
        if not service.truth.history.command(command_id):
            decided = replace(decision, summary=summary, agreements=(*decision.agreements, *made))
            changes = _store(service, command_id, verb, decided)
    deals = tuple(change.after for change in changes)
    return Receipt(
        command_id,
        verb,
        summary,
        deals,
        decision.notes,
        decision.about,
        decision.agreements,
        decision.undoes,
    )


def check_role(
    service: Service,
    verb: str,
    changes: Iterable[Change] = (),
    agreements: Sequence[Agreement] = (),
) -> None:
    """`NotAllowed` where somebody else has to do this; the one place through which all changes
    go."""
    who = service.rights
    if who.role is None:
        return
    who.check(verb)
    who.check_deals(verb, (change.before for change in changes if change.before is not None))
    who.check_agreements(agreements)


def changed(
    service: Service, topic: Topic, key: tuple[str | int, ...], after: Contents | None
) -> tuple[Agreement, ...]:
    """The change to what is to be agreed from now on; empty when it is so already."""
    before = service.reader.agreements.contents(topic, key)
    return () if before == after else (Agreement(topic, key, before, after),)


@in_transaction
def agree(
    service: Service,
    verb: str,
    summary: str,
    topic: Topic,
    key: tuple[str | int, ...],
    contents: Contents | None,
    notes: tuple[str, ...] = (),
    **once: Unpack[Once],
) -> Receipt:
    """What the team agrees on under a key from now on (None: nothing), as a command."""
    if (done := retried(service, once.get("token"), verb)) is not None:
        if done.summary != summary and not _says(done, Agreement(topic, key, None, contents)):
            raise of_another(done)
        return done
    agreements = changed(service, topic, key, contents)
    if not agreements:
        as_it_is = (Agreement(topic, key, contents, contents),)
        nothing = "Nothing to change: it is so already."
        return Receipt("", verb, nothing, notes=notes, agreements=as_it_is)
    decision = Decision(summary, agreements=agreements, notes=notes)
    return record(service, verb, decision, **once)


def _says(done: Receipt, asked: Agreement) -> bool:
    """Whether a command agreed on that: a rate also from another day on, which today is not."""
    of_rate = 1 if asked.topic is Topic.RATE else None
    return any(
        (one.topic, one.key[:of_rate], one.after) == (asked.topic, asked.key[:of_rate], asked.after)
        for one in done.agreements
    )


def command_done(service: Service, command_id: str, at: datetime, verb: str, summary: str) -> Done:
    """A command as it is recorded in the transaction under way: what was done, when, by whom."""
    from pipeboard.store.writing import Done

    actor = service.actor
    service.transaction.stored.append(command_id)
    return Done(command_id, at, actor.name, actor.acting_as, verb, summary)


def _store(service: Service, command_id: str, verb: str, decision: Decision) -> tuple[Change, ...]:
    writer, at = service.transaction.writer, service.transaction.at
    changes = _numbered(writer, decision.changes)
    done = command_done(service, command_id, at, verb, decision.summary)
    done = replace(done, undoes=decision.undoes, redoes=decision.redoes)
    writer.record(replace(done, actor=decision.actor or done.actor), changes)
    for agreement in decision.agreements:
        writer.agree(agreement, at, service.actor.label)
    writer.record_agreements(command_id, decision.agreements)
    if decision.marks:
        writer.mark(decision.marks, undone=True)
    return changes


def _made_reps(service: Service, decision: Decision) -> Iterator[Agreement]:
    """What adds the owners whom nobody knew to a team, so that they go when that is taken back."""
    given = {change.after.owner for change in decision.changes if change.differs("owner")} - {""}
    if not given or decision.marks:
        return
    new = given - {rep.name for rep in service.reader.reps()} - {service.me}
    if new and service.is_set_up:
        for owner in sorted(new):
            yield Agreement(Topic.REP, (owner,), None, contents_of(Rep(owner)))


def _numbered(writer: Writer, changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes, with numbers for deals that begin."""
    changes = tuple(changes)
    fresh = [change for change in changes if change.before is None]
    ids = iter(writer.numbers("deal", len(fresh)) if fresh else ())
    return tuple(
        replace(change, after=numbered(change.after, next(ids)))
        if change.before is None
        else change
        for change in changes
    )
