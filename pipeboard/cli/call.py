"""One call of a verb: its arguments, its output, and the parts of the program put together."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import Parser
from pipeboard.cli.output import Output
from pipeboard.domain.errors import BadInput, DatabaseError, NotFound, PipeboardError
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import quoted

if TYPE_CHECKING:
    from datetime import date, datetime

    from pipeboard.cli.config import Config
    from pipeboard.domain.deal import Deal
    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.domain.settings import Settings
    from pipeboard.exchange.json_documents import Documents
    from pipeboard.store import Store
    from pipeboard.workspace import Receipt, Workspace


@dataclass(frozen=True, slots=True)
class Verb:
    """How a verb is called and what it does; `run` returns the exit code.

    `words` are its arguments as the help shows them; with `dashed_words` they may begin with a
    dash.
    """

    words: str
    arguments: Callable[[Parser], None]
    run: Callable[[Call], int]
    dashed_words: bool = False


class Call:
    """What a verb works with; the database is opened when it is first needed."""

    def __init__(self, arguments: Namespace, environ: Mapping[str, str]) -> None:
        self.arguments = arguments
        self.environ = environ
        self.out = Output(quiet=arguments.quiet, color=arguments.color, environ=environ)
        self._stores: list[Store] = []

    @cached_property
    def config(self) -> Config:
        from pipeboard.cli.config import read_config

        return read_config(self.environ, database=self.arguments.db)

    @cached_property
    def clock(self) -> Callable[[], datetime]:
        from pipeboard.cli.environment import clock

        return clock(self.environ)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace of a database that is there; `DatabaseError` when none is."""
        from pipeboard.store import Store

        self.expect_folder()
        store = Store.open(self.config.database, read_only=self.arguments.read_only)
        return self.workspace_on(store)

    def expect_folder(self) -> None:
        """Whoever has chosen no path must not be told of the folder that it would be in."""
        if self.config.is_default_database and not Path(self.config.database).parent.exists():
            raise DatabaseError(
                "There is no database yet.",
                hint="Make one with 'pipeboard init', or look around with 'pipeboard demo'.",
                details={"reason": "missing"},
            )

    def workspace_on(self, store: Store) -> Workspace:
        """The workspace of an open store, for whoever calls."""
        from pipeboard.cli.environment import account_name
        from pipeboard.workspace import Actor, Workspace

        self._stores.append(store)
        self.out.say(store.recovered)
        acting_as = (self.arguments.acting_as or "").removeprefix("@")
        reps = [rep.name for rep in store.reader.reps()]
        if acting_as and reps and acting_as not in reps:
            raise NotFound(
                f"There is no rep {quoted(acting_as)} to act for.",
                hint=did_you_mean(acting_as, reps) or "See 'pipeboard rep list'.",
            )
        return Workspace(store, self.clock, Actor(account_name(), acting_as))

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
        return self.workspace.pipeline(self.arguments.pipeline)

    @property
    def only_pipeline(self) -> Pipeline | None:
        """The pipeline that `--pipeline` names, None for all of them."""
        return self.pipeline if self.arguments.pipeline else None

    @cached_property
    def documents(self) -> Documents:
        from pipeboard.exchange.json_documents import Documents

        pipelines = {pipeline.id: pipeline for pipeline in self.workspace.pipelines()}
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
        deals = self.workspace.find_deals(refs, where=where, pipeline=self.only_pipeline)
        if not deals:
            raise NotFound(f"No deal matches {quoted(where or '')}.", hint="See 'pipeboard list'.")
        if where is not None and len(deals) > 1 and not self.arguments.dry_run:
            self.confirm(f"This changes {len(deals)} deals. Go on?")
        return deals

    def ids(self, refs: Sequence[str]) -> tuple[int, ...]:
        """The ids of `deals`."""
        return tuple(deal.id for deal in self.deals(refs))

    def stage(self, deals: Sequence[Deal], text: str) -> Stage:
        """The stage of that name in the pipeline that all the deals are in."""
        pipelines = {deal.pipeline_id for deal in deals}
        if len(pipelines) > 1:
            raise BadInput(
                "The deals are in several pipelines.", hint="Name the pipeline with -p NAME."
            )
        return self.documents.pipelines[pipelines.pop()].find_stage(text)

    def day(self, text: str | None) -> date | None:
        """The date that was typed; None stays None."""
        from pipeboard.domain.dates import parse_date

        return None if text is None else parse_date(text, self.workspace.today)

    def confirm(self, question: str) -> None:
        """Ask a person at a terminal, and nobody else; `PipeboardError` when they say no."""
        if self.arguments.yes or self.arguments.no_input or not self.has_person:
            return
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise PipeboardError("Nothing was changed.")

    @property
    def has_person(self) -> bool:
        """Whether somebody can be asked or shown an editor."""
        return sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty()

    def report(self, receipt: Receipt, *, refs: bool = False) -> int:
        """Tell what a writing verb did: words on stderr, refs or JSON on stdout."""
        if self.arguments.json:
            self.out.document(
                {
                    "command_id": None if self.arguments.dry_run else receipt.command_id,
                    "dry_run": self.arguments.dry_run,
                    "summary": receipt.summary,
                    "notes": list(receipt.notes),
                    "deals": [self.documents.deal(deal) for deal in receipt.deals],
                }
            )
        elif refs and not self.arguments.dry_run:
            for deal in receipt.deals:
                self.out.line(deal.ref)
        begin = "Not done (dry run): " if self.arguments.dry_run else ""
        self.out.say(f"{begin}{receipt.summary}", *receipt.notes)
        if self.arguments.verbose and receipt.command_id:
            self.out.say(f"Command {receipt.command_id}.")
        return 0


def read_stdin() -> str:
    """All of stdin as text, whatever bytes it holds; BadInput when it is closed."""
    if sys.stdin is None:
        raise BadInput("Nothing can be read from stdin: it is closed.")
    return sys.stdin.buffer.read().decode("utf-8", "replace")


def deal_arguments(parser: Parser) -> None:
    """What every verb takes that changes deals."""
    parser.add_argument("words", nargs="*", help="deals: 142, D-142 or part of a name")
    parser.add_argument("--where", metavar="FILTER", help="the deals that match a filter")
    parser.add_json()


def last_word(words: Sequence[str], what: str, verb: str) -> tuple[list[str], str]:
    """The words before the last and the last, which is `what`; BadInput when there is none."""
    if not words:
        raise BadInput(f"'{verb}' needs {what}.", hint=f"See 'pipeboard {verb} --help'.")
    return list(words[:-1]), words[-1]
