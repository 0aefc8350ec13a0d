"""The desk: one transaction in which a use case reads what is true, decides and stores.

Whatever a use case rests on (deals, pipelines, settings, reps, the clock) is read once the lock
is held, so that nobody decides by what held a moment before.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from pipeboard.domain.actor import Actor
from pipeboard.domain.commands import Command, Context
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import NotFound, Refused
from pipeboard.domain.events import numbered
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sentences import VERBS, Sentences
from pipeboard.domain.sentences import named as named
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import clean_line, printable, quoted
from pipeboard.workspace.acting import check_actor
from pipeboard.workspace.receipts import Decision as Decision
from pipeboard.workspace.receipts import Receipt as Receipt

if TYPE_CHECKING:
    from pipeboard.domain.agreements import Contents, Topic
    from pipeboard.store import Staging, Store
    from pipeboard.store.projecting import Change
    from pipeboard.store.reading import Reader
    from pipeboard.store.writing import Done, Writer

Seen = Mapping[int, int]
NOTHING_SEEN: Seen = {}

T = TypeVar("T")
P = ParamSpec("P")
D = TypeVar("D", bound="Desk")


@dataclass(slots=True)
class _Transaction:
    """The writer of a transaction under way, its instant, and ids for its commands."""

    writer: Writer
    at: datetime
    today_at: datetime
    key: uuid.UUID
    commands: int = field(default=0)

    def next_id(self) -> str:
        """The same ids when the transaction has to be done again: what is stored is stored once."""
        self.commands += 1
        return str(uuid.uuid5(self.key, str(self.commands)))


def in_transaction(
    method: Callable[Concatenate[D, P], T],
) -> Callable[Concatenate[D, P], T]:
    """A use case that reads and writes within one transaction; tried (`dry_run`), it only reads,
    and takes no lock."""

    @wraps(method)
    def run(desk: D, /, *args: P.args, **kwargs: P.kwargs) -> T:
        work = desk.transact if not kwargs.get("dry_run") else desk.look
        return work(lambda: method(desk, *args, **kwargs))

    return run


def as_command(
    verb: str,
) -> Callable[[Callable[Concatenate[D, P], Receipt]], Callable[Concatenate[D, P], Receipt]]:
    """A use case that is one command: in one transaction, and once for each `token`."""

    def decorate(
        method: Callable[Concatenate[D, P], Receipt],
    ) -> Callable[Concatenate[D, P], Receipt]:
        @wraps(method)
        def once(desk: D, /, *args: P.args, **kwargs: P.kwargs) -> Receipt:
            done = desk.retried(str(kwargs.get("token") or ""), verb)
            return method(desk, *args, **kwargs) if done is None else done

        return in_transaction(once)

    return decorate


class Desk:
    """A workspace's store, clock and actor, and the one way in which commands are carried out."""

    def __init__(self, store: Store, clock: Callable[[], datetime], actor: Actor) -> None:
        """`NotFound` when the actor acts for somebody who is no rep."""
        self.store = store
        self._clock = clock
        self._transaction: _Transaction | None = None
        self.actor = check_actor(actor, store.reader.reps) if actor.acting_as else actor

    @property
    def reader(self) -> Reader:
        """Reads the database; within a transaction, what is true in it."""
        return self._transaction.writer.reader if self._transaction else self.store.reader

    @property
    def settings(self) -> Settings:
        return self.reader.settings()

    @property
    def me(self) -> str:
        """The rep that acts."""
        return self.actor.rep

    def now(self) -> datetime:
        """The instant of the clock, in UTC; within a transaction one and the same, and after the
        last change of every deal that was loaded in it."""
        return self._transaction.at if self._transaction else self._clock()

    def come_after(self, ids: Collection[int]) -> None:
        """What is done in this transaction is done after the last change of these deals, also
        where the clock was set back."""
        if self._transaction is not None:
            writer, at = self._transaction.writer, self._transaction.at
            self._transaction.at = writer.instant_after(at, ids)

    @property
    def today(self) -> date:
        """The date in the workspace's zone."""
        at = self._transaction.today_at if self._transaction else self._clock()
        return at.astimezone(self.settings.zone).date()

    @property
    def sentences(self) -> Sentences:
        """How commands read here, today."""
        return Sentences(self.reader.pipelines(), self.today)

    def transact(self, work: Callable[[], T], through: Staging | None = None) -> T:
        """What `work` does in one transaction, all of it or nothing; within another one, its part.

        Everything that is read meanwhile is read after the lock was got. What was put together
        beside the database comes in `through` where it was.
        """
        if self._transaction is not None:
            return work()
        key = uuid.uuid4()

        def run(writer: Writer) -> T:
            clock = self._clock()
            self._transaction = _Transaction(writer, clock, clock, key)
            try:
                if self.actor.acting_as:
                    check_actor(self.actor, writer.reader.reps)
                return work()
            finally:
                self._transaction = None

        return self.store.write(run) if through is None else through.store(run)

    @property
    def writer(self) -> Writer:
        """Writes in the transaction under way."""
        assert self._transaction is not None
        return self._transaction.writer

    def look(self, work: Callable[[], T]) -> T:
        """What `work` finds at one moment, without keeping anybody from writing."""
        with self._moment():
            return work()

    def _moment(self) -> AbstractContextManager[None]:
        return nullcontext() if self._transaction else self.store.reader.snapshot()

    def execute(
        self,
        command: Command | Callable[[Deal], Command],
        ids: Sequence[int],
        *,
        verb: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Decides `command` for each deal and stores what follows: for all of them or for none.

        `seen` holds the versions that the person saw: a change of somebody else since then is
        kept where it touches other fields (and the receipt says so), else it is a `Conflict`.
        Deals that are so already stay as they are. Raises what `decide` raises; for several deals,
        one `Refused` that names each. With the `token` of a command that is stored already, its
        receipt is given again and nothing done. Commands that are made for each deal need a `verb`.
        """
        made: list[Command] = []

        def one(deal: Deal) -> Command:
            made.append(command(deal) if callable(command) else command)
            return made[-1]

        return self.carry_out(
            verb or VERBS[type(command)],
            ids,
            one,
            lambda deals: self.sentences.of(made[-1], deals),
            seen=seen,
            dry_run=dry_run,
            token=token,
        )

    @in_transaction
    def carry_out(
        self,
        verb: str,
        ids: Sequence[int],
        command: Command | Callable[[Deal], Command],
        says: Callable[[Sequence[Deal]], str],
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """As `execute`, with a verb and a sentence of its own."""
        from pipeboard.workspace.decisions import decide_all

        if (done := self.retried(token, verb)) is not None:
            return done
        found = decide_all(self, self.load(ids), command, seen)
        if not found.changes:
            return Receipt("", verb, found.nothing, (), found.notes)
        summary = says([change.after for change in found.changes])
        decision = Decision(summary, found.changes, notes=found.notes)
        return self.record(verb, decision, dry_run=dry_run, token=token)

    def record(
        self, verb: str, decision: Decision, *, dry_run: bool = False, token: str = ""
    ) -> Receipt:
        """Stores what was decided in the transaction under way, and says what it was."""
        summary = printable(decision.summary)
        changes = decision.changes
        command_id = ""
        if not dry_run and (changes or decision.agreements or decision.marks):
            assert self._transaction is not None
            command_id = token or self._transaction.next_id()
            if not self.reader.command(command_id):
                changes = self._store(command_id, verb, replace(decision, summary=summary))
        deals = tuple(change.after for change in changes)
        return Receipt(command_id, verb, summary, deals, decision.notes, decision.about)

    @in_transaction
    def agree(
        self,
        verb: str,
        summary: str,
        topic: Topic,
        key: tuple[str | int, ...],
        contents: Contents | None,
        *,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """What the team agrees on under a key from now on (None: nothing), as a command."""
        from pipeboard.workspace.agreeing import changed

        if (done := self.retried(token, verb)) is not None:
            return done
        agreements = changed(self, topic, key, contents)
        if not agreements:
            return Receipt("", verb, "Nothing to change: it is so already.")
        decision = Decision(summary, agreements=agreements)
        return self.record(verb, decision, dry_run=dry_run, token=token)

    def _store(self, command_id: str, verb: str, decision: Decision) -> tuple[Change, ...]:
        from pipeboard.workspace.agreeing import put

        assert self._transaction is not None
        writer, at = self._transaction.writer, self._transaction.at
        changes = self._numbered(writer, decision.changes)
        done = self._done(command_id, at, verb, decision.summary)
        done = replace(done, undoes=decision.undoes, redoes=decision.redoes)
        writer.record(replace(done, actor=decision.actor or done.actor), changes)
        for agreement in decision.agreements:
            put(writer, agreement, at, self.actor.label)
        writer.record_agreements(command_id, decision.agreements)
        if decision.marks:
            writer.mark(decision.marks, undone=True)
        return changes

    def _done(self, command_id: str, at: datetime, verb: str, summary: str) -> Done:
        from pipeboard.store.writing import Done

        return Done(command_id, at, self.actor.name, self.actor.acting_as, verb, summary)

    def _numbered(self, writer: Writer, changes: Iterable[Change]) -> tuple[Change, ...]:
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

    def retried(self, token: str, verb: str = "") -> Receipt | None:
        """The receipt of the command that was stored under this token already, None if none was.

        Raises `Refused` where the token stands for something else.
        """
        if not token:
            return None
        clean_line(token, field="token")
        done = self.reader.command(token)
        if done is None:
            return None
        if done.actor != self.actor.name or (verb and done.verb != verb):
            raise Refused(
                f"The token {quoted(token)} was used already: {done.summary}",
                hint="Give each command a token of its own.",
            )
        deals = self.reader.deals(self.reader.events_of(token))
        when = f"{done.at.astimezone(self.settings.zone):%d %b %H:%M}"
        said = f"This was done already, on {when}; nothing was done again."
        return Receipt(done.id, done.verb, done.summary, tuple(deals.values()), (said,))

    def fresh_numbers(self, kind: str, count: int) -> Sequence[int]:
        """New numbers for stages or pipelines; zeros where something is only tried."""
        if self._transaction is None or not count:
            return [0] * count
        return self._transaction.writer.numbers(kind, count)

    def contexts(self) -> Callable[[int], Context]:
        """In which context something is decided, by pipeline."""
        settings, at, today = self.settings, self.now(), self.today
        pipelines = {pipeline.id: pipeline for pipeline in self.reader.pipelines()}
        return lambda pipeline_id: Context(
            pipelines[pipeline_id],
            at,
            settings.zone,
            self.me,
            settings.loss_categories,
            self.actor.label,
            today,
        )

    def pipeline_now(self, pipeline_id: int) -> Pipeline:
        """The pipeline as it is now; `NotFound` when it is there no more."""
        for pipeline in self.reader.pipelines():
            if pipeline.id == pipeline_id:
                return pipeline
        raise NotFound("That pipeline is there no more.", hint="See 'pipeboard pipeline list'.")

    def load(self, ids: Iterable[int]) -> list[Deal]:
        """The deals with these ids, each once; `NotFound` names one that is not there."""
        wanted = list(dict.fromkeys(ids))
        self.come_after(wanted)
        found = self.reader.deals(wanted)
        for deal_id in wanted:
            if deal_id not in found or found[deal_id].removed:
                raise NotFound(f"There is no deal D-{deal_id}.", hint="Look for it with f or list.")
        return [found[deal_id] for deal_id in wanted]
