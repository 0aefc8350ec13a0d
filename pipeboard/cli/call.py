"""One call of a verb: its arguments, its output, and the parts of the program put together."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from pipeboard import outlet
from pipeboard.cli.failures import with_advice
from pipeboard.cli.output import Output
from pipeboard.domain.dates import Direction, parse_date, parse_instant, start_of_day
from pipeboard.domain.errors import BadInput, DatabaseError, NotFound, PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import only_read_as, write_as
from pipeboard.domain.people import Actor, is_me, match_rep, unknown_owner
from pipeboard.domain.phrases import speak
from pipeboard.workspace import Workspace
from pipeboard.workspace.finding import (
    check_still_found,
    find_deal,
    find_deals,
    find_pipeline,
    numbers_of,
)

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeboard.cli.arguments import Parser
    from pipeboard.cli.config import Config
    from pipeboard.domain.agreements import Agreement
    from pipeboard.domain.commands import Command
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.domain.programs import Hook
    from pipeboard.domain.settings import Settings
    from pipeboard.exchange.json_documents import Documents
    from pipeboard.store import Store
    from pipeboard.workspace.recording import Once, Receipt

T = TypeVar("T")
FEW = 3  # deals that a filter may change without a yes


@dataclass(frozen=True, slots=True)
class Verb:
    """How a verb is called and what it does; `run` returns the exit code.

    `words` are its arguments as the help shows them; with `dashed_words` they may begin with a
    dash. `examples` are lines that show what it is good for; a test runs each, where 142 and 143
    stand for open deals, 150 for a lost one, 151 for one that is put away. `more` stands below.
    """

    words: str
    arguments: tuple[Callable[[Parser], object], ...]
    run: Callable[[Call], int]
    examples: tuple[str, ...]
    dashed_words: bool
    more: str


class Call:
    """What a verb works with; the database is opened when it is first needed."""

    def __init__(
        self, arguments: Namespace, environ: Mapping[str, str], typed: Sequence[str] = ()
    ) -> None:
        self.arguments = arguments
        self.environ = environ
        self.typed = typed
        self.out = Output(quiet=arguments.quiet, color=arguments.color, environ=environ)
        self.command_id = ""
        self._stores: list[Store] = []
        self._meant: tuple[Sequence[str], Sequence[Deal]] | None = None
        """The words and the deals that were found by them and by `--where`."""

    @cached_property
    def config(self) -> Config:
        from pipeboard.cli.config import read_config

        own = not self.is_restricted
        config = read_config(self.environ, database=self.arguments.db, own=own)
        told = only_read_as if getattr(self.arguments, "json", False) else write_as
        told(config.text("locale"))
        speak({})
        if words := config.text("words"):
            from pipeboard.cli.translating import speak_in

            speak_in(words, self.environ, own=own)
        return config

    @property
    def is_restricted(self) -> bool:
        """Whether the account may do nothing but use the board."""
        return bool(getattr(self.arguments, "restricted", False))

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        from pipeboard.cli.config import clock

        return clock(self.environ)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of a database that is there; `DatabaseError` when none is."""
        self.expect_folder()
        return self.workspace_on(self._opened())

    def _opened(self) -> Store:
        """The store; what is to be changed waits as long for it as for its turn to write."""
        from pipeboard.store import Store
        from pipeboard.store.patience import PATIENCE_S

        began, changes = monotonic(), "token" in self.arguments
        while True:
            try:
                return Store.open(self.config.database, read_only=self.arguments.read_only)
            except DatabaseError as error:
                is_busy = error.details.get("reason") == "locked"
                if not (changes and is_busy and monotonic() - began < PATIENCE_S):
                    raise

    def expect_folder(self) -> None:
        """Whoever has chosen no path must not be told of the folder that it would be in."""
        if self.config.is_default_database and not Path(self.config.database).parent.exists():
            raise DatabaseError(
                f"There is no database yet; it would be {self.config.database}.",
                hint="Make one with 'pipeboard init', or look around with 'pipeboard demo'.",
                details={"reason": "missing"},
            )

    def workspace_on(self, store: Store) -> Workspace:
        """The workspace of an open store, for whoever calls."""
        self.work_on(store)
        workspace = Workspace(store, self.clock, self.actor_in(store))
        if hooks := self.hooks:
            from pipeboard.workspace.hooks import Hooks

            Hooks(hooks, self.out.say, waits=True).listen_to(workspace)
        return workspace

    @property
    def hooks(self) -> tuple[Hook, ...]:
        """The person's programs that hear of what is stored; none of them in restricted mode, nor
        of what such a program changes itself: it would start itself for ever."""
        found = {name: value.value for name, value in self.config.hooks.items()}
        if not found or self.is_restricted or self.environ.get("PIPEBOARD_HOOK"):
            return ()
        from pipeboard.domain.programs import read_hooks

        return read_hooks(found)

    def work_on(self, store: Store) -> None:
        """The store is closed with this call, and tells whether anything was stored."""
        self._stores.append(store)
        changes = hasattr(self.arguments, "token")  # which is refused then, with the same words
        self.out.say(store.recovered, "" if changes else store.moved)

    def actor_in(self, store: Store) -> Actor:
        """Who types, and for whom; NotFound for a rep whom the database does not know."""
        from pipeboard.cli.config import account_name

        name, asked = account_name(), (self.arguments.acting_as or "").strip().removeprefix("@")
        acting_as = name if is_me(asked) else asked
        reps = store.reader.reps() if acting_as not in ("", name) else ()
        rep = match_rep(acting_as, reps).name if reps else acting_as
        if self.environ.get("PIPEBOARD_ASSISTANT"):
            if rep not in ("", name):
                raise BadInput("An assistant acts for you alone.", hint="Leave --as out.")
            return Actor(name, name)
        return Actor(name, "" if rep == name else rep)

    @property
    def has_stored(self) -> bool:
        """Whether a change of this call is in a database that is still there."""
        return any(store.has_stored and store.location.exists for store in self._stores)

    def close(self) -> None:
        """Let go of every database that was opened."""
        for store in self._stores:
            store.close()

    @cached_property
    def settings(self) -> Settings:
        return self.workspace.settings

    @cached_property
    def pipeline(self) -> Pipeline:
        """The pipeline that `--pipeline` names, else the first."""
        return find_pipeline(self.workspace, self.arguments.pipeline)

    @property
    def only_pipeline(self) -> Pipeline | None:
        """The pipeline that `--pipeline` names, None for all of them."""
        return self.pipeline if self.arguments.pipeline else None

    @cached_property
    def documents(self) -> Documents:
        from pipeboard.exchange.json_documents import Documents

        pipelines = self.workspace.every_pipeline()
        return Documents(pipelines, self.workspace.today, self.settings.zone)

    def deals(self, refs: Sequence[str]) -> tuple[Deal, ...]:
        """The deals that the words and `--where` name; asks before `--where` changes several.

        Raises BadInput when nothing is named, NotFound when `--where` matches none.
        """
        where: str | None = self.arguments.where
        if not refs and where is None:
            raise BadInput(
                "No deal is named.", hint="Name it by its number or name, or give --where FILTER."
            )
        if where is not None:
            self._check_where(where)
        if (done := self._done_before()) is not None:
            numbers = () if where is not None else numbers_of(refs)
            return tuple(self.workspace.reader.deals(numbers).values()) if numbers else done
        try:
            deals = find_deals(self.workspace, refs, where=where, pipeline=self.only_pipeline)
        except NotFound as error:
            if len(refs) > 1:
                example = self.arguments.example if "'" in self.arguments.example else ""
                with_advice(error, f"Words that belong together stand in quotes. {example}".strip())
            raise
        if where is not None:
            if len(deals) > 1 and not self.arguments.dry_run:
                self._confirm_many(deals)
            self._meant = refs, deals
        return deals

    def _done_before(self) -> tuple[Deal, ...] | None:
        """The deals of the command that --token stands for already; None where it stands for none.
        What has been done to them may have left them to be found by other words."""
        token, reader = getattr(self.arguments, "token", None), self.workspace.reader
        if not token or reader.history.command(token) is None:
            return None
        return tuple(reader.deals(reader.history.events_of(token)).values())

    def _check_where(self, where: str) -> None:
        """A filter that says nothing would mean every deal: nobody means that by an empty text."""
        from pipeboard.cli.echo import typed_filter

        if typed_filter(self.workspace, self.out, where).root is None:
            raise BadInput(
                "--where is empty, which would mean every deal.",
                hint="Name the deals, or say --where open.",
            )

    def _confirm_many(self, deals: Sequence[Deal]) -> None:
        """A person is asked; without one, more than a few are changed only with a yes."""
        from pipeboard.domain.deciding.rules import deal_names

        told = f"This changes {deal_names(deals)}."
        if not self.arguments.yes and len(deals) > FEW and not self.may_ask:
            raise BadInput(
                told,
                hint="Add -y to go on, or look at them first with -n.",
                details={"count": len(deals), "deals": [deal.ref for deal in deals]},
            )
        self.confirm(f"{told} Go on?")

    def deal(self, ref: str) -> Deal:
        """The one deal that a ref or a name means; NotFound for none or several."""
        if done := self._done_before():
            return done[0]
        return find_deal(self.workspace, ref, self.only_pipeline)

    def ids(self, refs: Sequence[str]) -> tuple[int, ...]:
        """The ids of `deals`."""
        return tuple(deal.id for deal in self.deals(refs))

    def day(self, text: str | None, direction: Direction = Direction.BACK) -> date | None:
        """The date that was typed, looked for in that direction; None stays None."""
        return None if text is None else parse_date(text, self.workspace.today, direction)

    def instant(
        self, flag: str, of_day: Callable[[date], datetime] | None = None
    ) -> datetime | None:
        """The instant behind a flag, or of the day there: its start unless `of_day` tells."""
        text = getattr(self.arguments, flag.strip("-").replace("-", "_"))
        if text is None:
            return None
        try:
            if "T" in text or ":" in text:
                return parse_instant(text, zone=self.settings.zone)
            day = parse_date(text, self.workspace.today, Direction.BACK)
            at = of_day(day) if of_day else start_of_day(day, self.settings.zone)
        except BadInput as error:
            raise BadInput(f"{flag}: {error.message}", hint=error.hint) from error
        self.tell_days([(text, day)])
        return at

    def tell_days(self, understood: Iterable[tuple[str, date]]) -> None:
        """Which days were meant that were typed without their year."""
        from pipeboard.cli.echo import days

        self.out.say(*days(understood))

    @property
    def once(self) -> Once:
        """What every use case takes: whether it is only tried, and the name of the change."""
        return {"dry_run": self.arguments.dry_run, "token": self.arguments.token or ""}

    def execute(self, command: Command, ids: Sequence[int], shown: Iterable[Deal] = ()) -> Receipt:
        """The command carried out on the deals, or only tried; on those that a person was `shown`
        as they were then, unless --seen says how they saw it."""
        seen = self.seen(ids) or {deal.id: deal.version for deal in shown}
        return self.as_found(lambda: self.workspace.execute(command, ids, seen=seen, **self.once))

    def as_found(self, work: Callable[[], T]) -> T:
        """What `work` does to the deals that were found, with nobody between it and a look whether
        `--where` finds them still: `Conflict` where others have changed that while a person was
        asked, or the database was waited for."""
        if self._meant is None or self.arguments.dry_run:
            return work()
        (refs, deals), where = self._meant, self.arguments.where

        def find_again() -> T:
            if self._done_before() is None:
                check_still_found(self.workspace, deals, refs, where, self.only_pipeline)
            return work()

        return self.at_once(find_again)

    def at_once(self, work: Callable[[], T]) -> T:
        """What `work` reads and changes with nobody between; what is only tried is only read."""
        service = self.workspace
        return service.look(work) if self.arguments.dry_run else service.transact(work)

    def seen(self, ids: Sequence[int]) -> dict[int, int]:
        """The version that --seen names, of the one deal that is meant."""
        version = getattr(self.arguments, "seen", None)
        if version is None:
            return {}
        if len(ids) != 1:
            raise BadInput("--seen is the version of one deal.", hint="Change them one by one.")
        (deal,) = self.workspace.reader.deals(ids).values()
        if version > deal.version:
            raise BadInput(
                f"--seen: {deal.ref} is at version {deal.version} and has had no {version}.",
                hint=f"See 'pipeboard show {deal.ref} --json'.",
            )
        return {ids[0]: version}

    def for_owner(self, work: Callable[[bool], T]) -> T:
        """What `work` gives, told whether an owner may be somebody new: as `--new-rep` says, or a
        person at a terminal, who is asked where it is refused for a name that nobody bears."""
        try:
            return work(self.arguments.new_rep)
        except NotFound as error:
            name, names = unknown_owner(error), error.details.get("reps", ())
            one = not isinstance(names, list) or len(names) < 2
            if not name or not self.may_ask or self.arguments.yes:
                way = f"--new-rep makes {'a new one' if one else 'them reps'}."
                if name:
                    with_advice(error, way)
                raise
            whom = f"@{name} a new rep" if one else "them reps"
            self.confirm(" ".join(f"{error.message} {error.hint} Make {whom}?".split()))
            return work(True)

    def confirm(self, question: str) -> None:
        """Ask a person at a terminal, and nobody else; `PipeboardError` when they say no."""
        if self.arguments.yes or not self.may_ask:
            return
        outlet.message(f"{question} [y/N] ", end="")
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise PipeboardError("Nothing was changed.")

    def agreed(self, question: str) -> bool:
        """Whether the person says yes, which Enter alone means."""
        if self.arguments.yes:
            return True
        outlet.message(f"{question} [Y/n] ", end="")
        said = sys.stdin.readline()
        return said != "" and said.strip().lower() in {"", "y", "yes"}

    @property
    def may_ask(self) -> bool:
        """Whether there is somebody who wants to be asked."""
        return self.has_person and not self.arguments.no_input

    @property
    def has_person(self) -> bool:
        """Whether somebody can be asked or shown an editor."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def report(self, receipt: Receipt, *understood: str, refs: bool = False, **more: object) -> int:
        """Tell what a writing verb did: words on stderr, refs or JSON on stdout.

        `understood` are lines that say what was read from the arguments, `more` is for JSON alone.
        """
        self.command_id = receipt.command_id
        if self.arguments.json:
            self.out.document(
                {
                    "command_id": (not self.arguments.dry_run and receipt.command_id) or None,
                    "dry_run": self.arguments.dry_run,
                    "summary": receipt.summary,
                    "notes": list(receipt.notes),
                    "deals": [self.documents.deal(deal) for deal in receipt.deals],
                    **more,
                }
            )
        elif refs and not self.arguments.dry_run:
            for deal in receipt.deals:
                self.out.line(deal.ref)
        self.tell(receipt, *understood)
        if self.arguments.verbose and receipt.command_id:
            self.out.say(f"Command {receipt.command_id}.")
        return 0

    def report_agreed(self, receipt: Receipt, **documents: Callable[[Agreement], object]) -> int:
        """Tell what a verb agreed on: words on stderr, and as JSON each document of what is stored
        under its name."""
        self.command_id = receipt.command_id
        if self.arguments.json:
            agreed = receipt.agreements[0]
            self.out.document({name: document(agreed) for name, document in documents.items()})
        self.tell(receipt)
        return 0

    def only_tries(self, would: str, **more: object) -> bool:
        """Whether this is a dry run, which then says what would be done, as JSON too."""
        if self.arguments.dry_run:
            self.out.say(f"Not done (dry run): would {would}.")
            if getattr(self.arguments, "json", False):
                self.out.document({"dry_run": True, **more})
        return bool(self.arguments.dry_run)

    def tell(self, receipt: Receipt, *understood: str) -> None:
        """What was done, on stderr; or that it was only tried."""
        begin = "Not done (dry run): " if self.arguments.dry_run else ""
        self.out.say(f"{begin}{receipt.summary}", *understood, *receipt.notes)
