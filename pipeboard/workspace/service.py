"""The service: one transaction in which a use case reads what is true, decides and stores.

Whatever a use case rests on (deals, pipelines, settings, reps, the clock) is read once the lock
is held, so that nobody decides by what held a moment before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from pipeboard.domain.agreements import Topic
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous, DatabaseError, NotFound
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.people import Actor, known_owner, match_rep
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.roles import Rights, rights, sees_deals_of
from pipeboard.domain.settings import Rep, Settings
from pipeboard.domain.text import quoted

if TYPE_CHECKING:
    import uuid

    from pipeboard.domain.commands import Context
    from pipeboard.store import Staging, Store
    from pipeboard.store.reading import Reader
    from pipeboard.store.writing import Writer


# Who acts: somebody acts only for a rep that there is.


def check_actor(actor: Actor, reps: Callable[[], Sequence[Rep]]) -> Actor:
    """The actor, with the rep they act for as everybody writes the name.

    `NotFound` names the near one. Where there are no reps at all yet, anybody may be the first.
    """
    if actor.acting_as in ("", actor.name):
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


Seen = Mapping[int, int]
"""Versions of deals, by their ids, as somebody saw them."""

NOTHING_SEEN: Seen = {}

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="Service")


@dataclass(slots=True)
class Transaction:
    """The writer of a transaction under way, its instant, the one whose day its words mean, and ids
    for its commands."""

    writer: Writer
    reader: Reader
    at: datetime
    today_at: datetime
    key: uuid.UUID
    commands: int = field(default=0)
    stored: list[str] = field(default_factory=list)

    def next_id(self) -> str:
        """The same ids when the transaction has to be done again: what is stored is stored once."""
        self.commands += 1
        return self._id(self.commands)

    def ahead(self, deal_ids: Sequence[int]) -> None:
        """Says that these deals will be loaded, for the command that comes next."""
        self.writer.ahead(deal_ids, self._id(self.commands + 1))

    def _id(self, number: int) -> str:
        return str(type(self.key)(int=(self.key.int + number) % (1 << 128)))


def in_transaction(
    use_case: Callable[Concatenate[S, P], T],
) -> Callable[Concatenate[S, P], T]:
    """A use case that reads and writes within one transaction; tried (`dry_run`), it only reads,
    and takes no lock."""

    @wraps(use_case)
    def run(service: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        work = service.transact if not kwargs.get("dry_run") else service.look
        return work(lambda: use_case(service, *args, **kwargs))

    return run


class Service:
    """What every use case works with: the store, the clock, who acts, and a transaction."""

    def __init__(self, store: Store, clock: Callable[[], datetime], actor: Actor) -> None:
        """`NotFound` when the actor acts for somebody who is no rep, `NotAllowed` where nobody has
        allowed it."""
        self.store = store
        self._clock = clock
        self._transaction: Transaction | None = None
        self.said_on: date | None = None
        """The day that was shown where words were typed (`tomorrow`), if they may have waited."""
        self.on_stored: list[Callable[[str], None]] = []
        """They hear of each command that was stored, by its id, once nothing can take it back any
        more; none of them may raise."""
        self.actor = check_actor(actor, store.reader.reps)
        self._reader = store.reader.shown_to(self.actor)
        if actor.acting_as:
            self.rights.check_acting()

    @property
    def transaction(self) -> Transaction:
        """The transaction under way; whatever is stored is stored in one."""
        assert self._transaction is not None
        return self._transaction

    @property
    def reader(self) -> Reader:
        """Reads what whoever acts may see; within a transaction, what is true in it."""
        return self._transaction.reader if self._transaction else self._reader

    @property
    def truth(self) -> Reader:
        """Reads everything, also what is not shown: for what is decided, and told to nobody."""
        return self.reader.shown_to(None)

    @property
    def settings(self) -> Settings:
        return self.reader.settings()

    @property
    def me(self) -> str:
        """The rep that acts."""
        return self.actor.rep

    @property
    def rights(self) -> Rights:
        """What whoever acts may do and see here, now."""
        return rights(self.actor, self.reader.reps(), self.settings)

    def now(self) -> datetime:
        """The instant of the clock, in UTC; within a transaction one and the same, and after the
        last change of every deal that was loaded in it."""
        return self._transaction.at if self._transaction else self._clock()

    @property
    def today(self) -> date:
        """The date in the workspace's zone; of what waited past midnight, that on which it was
        said."""
        if self.said_on is not None:
            return self.said_on
        at = self._transaction.today_at if self._transaction else self._clock()
        return at.astimezone(self.settings.zone).date()

    def transact(self, work: Callable[[], T], through: Staging | None = None) -> T:
        """What `work` does in one transaction, all of it or nothing; within another one, its part.

        Everything that is read meanwhile is read after the lock was got. What was put together
        beside the database comes in `through` where it was.
        """
        if self._transaction is not None:
            return work()
        import uuid  # who only looks makes none

        key, asked_at = uuid.uuid4(), self._clock()
        stored: list[str] = []

        def run(writer: Writer) -> T:
            clock = self._clock()
            stored.clear()  # of an attempt that was taken back
            reader = writer.reader.shown_to(self.actor)
            self._transaction = Transaction(writer, reader, clock, asked_at, key, stored=stored)
            try:
                if self.actor.acting_as:
                    check_actor(self.actor, writer.reader.reps)
                self.rights.check_writing()
                return work()
            finally:
                self._transaction = None

        try:
            result = self.store.write(run) if through is None else through.store(run)
        except DatabaseError as error:
            if error.details.get("reason") == "read_only":  # a server knows no reason for it
                self.rights.check_writing()
            raise
        for command_id in stored:
            for hear in self.on_stored:
                hear(command_id)
        return result

    def look(self, work: Callable[[], T]) -> T:
        """What `work` finds at one moment, without keeping anybody from writing."""
        with nullcontext() if self._transaction else self._reader.snapshot():
            return work()

    def load(self, ids: Iterable[int]) -> list[Deal]:
        """The deals with these ids, each once; `NotFound` names one that is not there."""
        wanted = list(dict.fromkeys(ids))
        if self._transaction is not None:
            self._transaction.ahead(wanted)
        self.come_after(wanted)
        found = self.reader.deals(wanted)
        for deal_id in wanted:
            if deal_id not in found or found[deal_id].removed:
                raise self.rights.no_deal(deal_id)
        return [found[deal_id] for deal_id in wanted]

    def come_after(self, ids: Collection[int]) -> None:
        """What is done in this transaction is done after the last change of these deals, also
        where the clock was set back."""
        if self._transaction is not None:
            writer, at = self._transaction.writer, self._transaction.at
            self._transaction.at = writer.instant_after(at, ids)

    def every_pipeline(self) -> dict[int, Pipeline]:
        """Every pipeline that a deal may be in, by its id; those that were taken back too."""
        known = (*self.reader.pipelines(), *self.reader.agreements.pipelines_taken_back())
        return {pipeline.id: pipeline for pipeline in known}

    def contexts(self) -> Callable[[int], Context]:
        """In which context something is decided, by pipeline."""
        from pipeboard.domain.commands import Context  # who only looks decides nothing

        settings, at, today = self.settings, self.now(), self.today
        reader = self.reader
        pipelines = self.every_pipeline()
        everybody = reader.reps()
        reps = tuple(rep.name for rep in everybody if rep.active)
        return lambda pipeline_id: Context(
            pipelines[pipeline_id],
            at,
            settings.zone,
            self.me,
            settings.loss_categories,
            self.actor.label,
            today,
            owner=self.known_owner,
            notes=reader.history.notes,
            course=reader.history.course,
            reps=reps,
            sees=lambda rep, owner: sees_deals_of(owner, rep, everybody, settings),
        )

    def known_owner(
        self, name: str, new_rep: bool = False, reps: Sequence[Rep] | None = None
    ) -> str:
        """The rep whom a name means, of `reps` where they are not those that are stored. An unknown
        one is refused, or made with `new_rep`; as long as nobody has said who is in the team,
        whoever is like nobody else is one more of it."""
        reps = self.reader.reps() if reps is None else reps
        return known_owner(name, reps, self.me, is_set_up=self.is_set_up, new_rep=new_rep)

    @property
    def is_set_up(self) -> bool:
        """Has anybody said who is in the team?"""
        return self.settings.demo or self.reader.agreements.has(Topic.REP)

    def pipeline_now(self, pipeline_id: int) -> Pipeline:
        """The pipeline as it is now; `NotFound` when it is there no more."""
        for pipeline in self.reader.pipelines():
            if pipeline.id == pipeline_id:
                return pipeline
        raise NotFound("That pipeline is there no more.", hint="See 'pipeboard pipeline list'.")

    def fresh_numbers(self, kind: str, count: int) -> Sequence[int]:
        """New numbers for stages or pipelines; zeros where something is only tried."""
        if self._transaction is None or not count:
            return [0] * count
        return self._transaction.writer.numbers(kind, count)
