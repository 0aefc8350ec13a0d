"""The metrics worker: counts in a thread of its own, so that keys never wait, and nothing twice."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Hashable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import date, datetime
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, TypeVar

from pipeboard.domain.errors import GivenUp
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import Basis, Report
from pipeboard.domain.metrics.wording import Wording
from pipeboard.ui.draw.charts import ChartStyle
from pipeboard.ui.draw.line import Glyphs
from pipeboard.ui.draw.metrics.sections import Block, Figures, ReportView, named_deals
from pipeboard.ui.draw.metrics.tabs import draw_tab
from pipeboard.workspace.finding import end_of
from pipeboard.workspace.reports import (
    ReportQuery,
    basis_as_of,
    end_of_period,
    is_over,
    nothing_yet,
    report_on,
)

if TYPE_CHECKING:
    from pipeboard.domain.people import Actor
    from pipeboard.store import Store
    from pipeboard.store.reading import Reader
    from pipeboard.store.reading.facts import Watch

T = TypeVar("T")

KEPT_BASES = 3
"""Whole pipelines held in memory: as of now, and as of the ends of two periods."""
TURN_S = 0.001
KEPT_FIGURES = 8
KEPT_BLOCKS = 40


@dataclass(frozen=True, slots=True)
class CountedMoment:
    """A state of the database, by its version, and the instant of the first look at it on a day."""

    version: int
    day: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A tab as it was asked for; `remark` is to be said of it."""

    asked: ReportView
    block: Block
    remark: str = ""


class MetricsWorker:
    """Answers the last question; what has been answered is at hand until the database changes."""

    def __init__(self, store: Store, clock: Callable[[], datetime], actor: Actor) -> None:
        self._store = store
        self._clock = clock
        self._actor = actor
        self._tasks: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        # Nothing is lost when it is stopped in the middle: nobody should wait for it to leave.
        self._thread = Thread(target=self._serve, name="metrics_worker", daemon=True)
        self._reader: Reader | None = None
        self._moment: CountedMoment | None = None
        self._last = self._given_up = 0
        self._bases: dict[Hashable, Basis] = {}
        self._figures: dict[Hashable, Figures] = {}
        self._blocks: dict[Hashable, Drawn] = {}

    def moment(self, version: int, today: date) -> CountedMoment:
        """What the numbers are of: this state of the database as of the first look at it, today
        where the workspace is.

        Numbers of a state that has not changed since stay as they are.
        """
        found = self._moment
        if found is None or (found.version, found.day) != (version, today):
            found = self._moment = CountedMoment(version, today, self._clock())
        return found

    def begin_anew(self) -> None:
        """Counts everything again, as of now."""
        self._moment = None

    def at_hand(self, asked: ReportView, moment: CountedMoment) -> Drawn | None:
        """The answer if it is known already."""
        return self._blocks.get((asked, moment))

    def ask(
        self, asked: ReportView, moment: CountedMoment, tell: Callable[[float], None]
    ) -> asyncio.Future[Drawn | None]:
        """The tab drawn; None when something else was asked before this was begun. The thread
        tells how much of what is counted has been read."""
        self._last += 1
        number = self._last

        def answer() -> Drawn | None:
            return self._draw(asked, moment, watch) if number == self._last else None

        def watch(share: float) -> None:
            tell(share)
            if number <= self._given_up:
                raise GivenUp("Given up.")

        return self._in_thread(answer)

    def give_up(self) -> None:
        """Ends what is being counted, as soon as its thread hears of it: `GivenUp` for who asked.

        Another question does not: what is read for one is at hand for the next.
        """
        self._given_up = self._last

    def use(
        self, asked: ReportView, moment: CountedMoment, work: Callable[[Figures], T]
    ) -> asyncio.Future[T]:
        """What `work` makes of the figures, such as an export."""
        return self._in_thread(lambda: work(self._figures_of(asked, moment)))

    def close(self) -> None:
        """Takes nothing more, and waits for nothing."""
        self._tasks.put(None)

    def _in_thread(self, work: Callable[[], T]) -> asyncio.Future[T]:
        if not self._thread.is_alive():
            self._thread.start()
        future: Future[T] = Future()

        def task() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(work())
            except BaseException as error:  # whoever awaits it hears of it
                future.set_exception(error)

        self._tasks.put(task)
        return asyncio.wrap_future(future)

    # In the thread.

    def _serve(self) -> None:
        while (task := self._tasks.get()) is not None:
            with _in_short_turns():
                task()
        if self._reader is not None:
            self._reader.close()

    def _draw(self, asked: ReportView, moment: CountedMoment, watch: Watch) -> Drawn:
        shown = self._figures_of(asked, moment, watch)
        currency = shown.report.basis.rules.currency
        say = Wording(currency, signs=asked.glyphs is Glyphs.UNICODE, manner=written())
        style = ChartStyle(asked.width, say, asked.glyphs)
        drawn = Drawn(asked, draw_tab(asked.tab, shown, style), self._remark(asked, moment))
        _keep(self._blocks, (asked, moment), drawn, KEPT_BLOCKS)
        return drawn

    def _figures_of(
        self, asked: ReportView, moment: CountedMoment, watch: Watch | None = None
    ) -> Figures:
        key = (
            asked.pipeline,
            asked.period,
            asked.owner,
            asked.query,
            asked.compares,
            asked.currency,
            asked.since,
            asked.first,
            asked.as_of,
            moment,
        )
        if key not in self._figures:
            _keep(self._figures, key, self._find(asked, moment, watch), KEPT_FIGURES)
        return self._figures[key]

    def _question(self, asked: ReportView, moment: CountedMoment) -> ReportQuery:
        past, settings = asked.as_of, self._read().settings()
        return ReportQuery(
            asked.pipeline,
            asked.period,
            moment.at if past is None else end_of(past, settings, moment.at),
            asked.owner,
            asked.query,
            self._actor.rep,
            asked.currency,
        )

    def _remark(self, asked: ReportView, moment: CountedMoment) -> str:
        if asked.as_of is None:
            return ""
        return nothing_yet(self._read(), self._question(asked, moment))

    def _find(self, asked: ReportView, moment: CountedMoment, watch: Watch | None) -> Figures:
        question = self._question(asked, moment)
        report = self._report(question, moment, watch)
        before = None
        if asked.compares and asked.period.kind != "all":
            before = self._report(question.before(self._read().settings()), moment, watch)
        if watch is not None:
            watch(1.0)
        deals = self._read().deals(named_deals(report))
        names = {deal.id: deal.name for deal in deals.values()}
        return Figures(report, before, names, asked.since, asked.first)

    def _read(self) -> Reader:
        """A reader that belongs to this thread."""
        if self._reader is None:
            self._reader = self._store.new_reader(self._actor)
        return self._reader

    def _report(self, question: ReportQuery, moment: CountedMoment, watch: Watch | None) -> Report:
        """Everything is read once for each instant: another period, rep or filter reads nothing."""
        settings = self._read().settings()
        ended = None
        if is_over(question, settings):
            over = replace(question, as_of=end_of_period(question, settings))
            ended = self._basis(over, moment, watch).during(question.period)
        basis = self._basis(question, moment, watch).during(question.period, ended)
        return report_on(self._read(), basis, question)

    def _basis(self, question: ReportQuery, moment: CountedMoment, watch: Watch | None) -> Basis:
        key = (question.pipeline, question.as_of, question.currency, moment)
        if key not in self._bases:
            while len(self._bases) >= KEPT_BASES:
                # What is no longer looked at makes room before the next is read.
                del self._bases[next(iter(self._bases))]
                self._figures.clear()
            self._bases[key] = basis_as_of(self._read(), question, watch)
        basis = self._bases[key] = self._bases.pop(key)
        return basis


@contextmanager
def _in_short_turns() -> Iterator[None]:
    """Lets a key have the interpreter within a millisecond while there is counting: it needs that
    several times for each frame."""
    from pipeboard.store.reading.facts import collecting_later

    usual = sys.getswitchinterval()
    sys.setswitchinterval(TURN_S)
    try:
        with collecting_later():
            yield
    finally:
        sys.setswitchinterval(usual)


def _keep(kept: dict[Hashable, T], key: Hashable, value: T, most: int) -> None:
    """Adds to what is kept; the oldest goes when there are too many."""
    while len(kept) >= most:
        del kept[next(iter(kept))]
    kept[key] = value
