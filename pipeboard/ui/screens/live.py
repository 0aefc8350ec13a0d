"""What all screens are: they follow the database and the day, and say how things stand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, ClassVar, Final, TypeVar, cast

from textual.screen import Screen

from pipeboard.domain.errors import DatabaseError, GivenUp, PipeboardError
from pipeboard.domain.filter import Filter, parse_filter
from pipeboard.domain.people import with_known_owners
from pipeboard.ui.busy import dropped, is_busy
from pipeboard.ui.draw.line import EMPTY, Line, whole
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role

if TYPE_CHECKING:
    from pipeboard.store.reading import Reader
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.ui.board_state import BoardState

T = TypeVar("T")

POLL_S: Final = 0.5
_MOST_BUSY_LOOKS: Final = 1
"""So many looks in a row may find the database held before it is said: commits are short."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the status line, and what can be done about it at its right."""

    text: str = ""
    role: Role = "status"
    beside: str = ""


@under_net
class LiveScreen(Screen[None]):
    """A screen over the database. It looks twice a second whether something has changed.

    Its status line says, in this order: for whom keys wait, why the file cannot be read or
    written, or what was said last. No sentence can overwrite the ones before it in that order.
    """

    POLL_S: ClassVar[float] = POLL_S

    state: BoardState
    _said = Said()
    _trouble = ""
    _version: int | None = None
    _busy_looks = 0
    reads_again = False
    """Has something been stored that could not be shown yet?"""

    @property
    def board_app(self) -> PipeboardApp:
        return cast("PipeboardApp", self.app)

    @property
    def today(self) -> date:
        return self.board_app.today

    def on_mount(self) -> None:
        self.set_interval(self.POLL_S, self._look)

    # What a screen shows.

    def put_status(self, line: Line, right: Line) -> None:
        """Shows these as the status line; no more than that."""
        raise NotImplementedError

    def reload(self) -> None:
        """Reads everything again and shows it; raises DatabaseError, with all as it was."""
        raise NotImplementedError

    def show_news(self) -> None:
        """Reads everything again, since somebody has changed something, and says who."""
        self.reload()

    def turn_day(self, today: date) -> None:
        """Another day has begun: ages and due days are counted from it."""

    def whom_of(self, ids: Sequence[int]) -> str:
        """These deals in a few words, without reading; empty where there are none."""
        return ""

    @property
    def needs_reading(self) -> bool:
        """Is something missing that could not be read before?"""
        return bool(self._trouble) or self.reads_again

    # The status line.

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        """A sentence on the status line, and what can be done about it at its right."""
        self._said = Said(text, role, beside)
        self.show_status()

    def say_beside(self, text: str) -> None:
        """A few words at the right end of the status line."""
        self._said = Said(self._said.text, self._said.role, text)
        self.show_status()

    @property
    def trouble(self) -> str:
        """Why the database cannot be read or written as it should; empty where it can."""
        return self._trouble

    def show_status(self) -> None:
        """Shows what is most important to know now."""
        app = self.board_app
        busy = app.busy_words
        if busy:
            said = Said(busy, "status.warn", "^c gives up")
        elif self.trouble:
            said = Said(self.trouble, "status.error", self._said.beside)
        else:
            said = self._said
        line = (whole(said.text, said.role),) if said.text else EMPTY
        self.put_status(line, (whole(said.beside, "hint.label"),) if said.beside else EMPTY)

    def failed(self, error: BaseException) -> None:
        """Says why an action ended; keys behind it are dropped unless a rule said no."""
        app = self.board_app
        if not isinstance(error, PipeboardError) or isinstance(error, DatabaseError | GivenUp):
            app.drop_behind()
        words = app.net.words(error)
        role: Role = "status.warn" if isinstance(error, PipeboardError) else "status.error"
        self.say(f"{words} {self.dropped_words()}".strip(), role)

    def dropped_words(self) -> str:
        """How many keys were not given out, to be said once."""
        return dropped(self.board_app.take_dropped())

    # Reading.

    async def patiently(self, work: Callable[[], T]) -> T:
        """What `work` gives, tried until nobody holds the database; for actions in turn.

        `work` leaves everything as it was where it raises. Raises GivenUp.
        """
        while True:
            try:
                return work()
            except DatabaseError as error:
                if not is_busy(error):
                    raise
            await self.board_app.pause()

    async def read(self, look: Callable[[Reader], T]) -> T:
        """What somebody finds who looks into the database, however long it is held."""
        return await self.patiently(lambda: look(self.state.reader))

    def parse(self, text: str) -> Filter | None:
        """A filter as typed, with the reps that it names; None for none. Raises BadInput, NotFound
        for an unknown owner, and `DatabaseError` while others hold the database."""
        if not text.strip():
            return None
        settings = self.board_app.settings
        query = parse_filter(
            text,
            today=self.today,
            currency=settings.currency,
            week_start=settings.week_start,
            fiscal_shift=settings.fiscal_shift,
        )
        return with_known_owners(query, self.state.reader.reps(), self.board_app.me)

    # Following.

    def _look(self) -> None:
        """Compares the file, the day and the database with what is shown."""
        app, before = self.board_app, self._trouble
        if app.is_waiting:
            # The action under way looks for itself.
            return
        try:
            app.seat.file.check()
            self.state.reader.check()
            self._follow()
        except DatabaseError as error:
            self._busy_looks += is_busy(error)
            if not is_busy(error) or self._busy_looks > _MOST_BUSY_LOOKS:
                self._trouble = f"{error.message} {self._advice(error)}".strip()
        else:
            self._trouble, self._busy_looks = "", 0
        if self._trouble != before:
            self.show_status()

    def _follow(self) -> None:
        today = self.board_app.today_now()
        if today != self.state.lens.today:
            self.turn_day(today)
        version = self.state.reader.data_version()
        if self._version is None:
            self._version = version
        if version != self._version or self.needs_reading:
            self.show_news()
            self._version, self.reads_again = version, False

    def _advice(self, error: DatabaseError) -> str:
        return "Shown as it was." if is_busy(error) else error.hint
