"""Live screens: they follow the database and the day, and call the actions of their keys."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cached_property, partial
from inspect import iscoroutinefunction
from time import monotonic
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, cast, runtime_checkable

from textual.app import App, ReturnType
from textual.binding import BindingsMap
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip

from pipeboard.domain.deal import NOTHING, Deal
from pipeboard.domain.errors import DatabaseError, GivenUp, PipeboardError, Refused
from pipeboard.domain.lazy_dataclass import dataclass, replace
from pipeboard.outlet import with_database
from pipeboard.ui.draw.heading import tags_of
from pipeboard.ui.draw.line import EMPTY, Hint, Line, whole
from pipeboard.ui.host import Host, Program, found, queued_action, turn_for
from pipeboard.ui.key_table import ALL, OF_DEALS, program_keys
from pipeboard.ui.keys import REACHES_OUT, Key, bindings, hints, rebound
from pipeboard.ui.last_view import FOLLOW_S, read_anew
from pipeboard.ui.net import under_net
from pipeboard.ui.palette import Role
from pipeboard.ui.terminal.typeahead import dropped
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page
from pipeboard.ui.write_queue import Targets, is_busy

if TYPE_CHECKING:
    from pipeboard.domain.board import Card
    from pipeboard.domain.pipeline import Pipeline, Stage
    from pipeboard.ui.board_state import BoardState
    from pipeboard.workspace.recording import Receipt

POLL_S: Final = 0.5
_MOST_BUSY_LOOKS: Final = 1
"""So many looks in a row may find the database held before it is said: commits are short."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the status line, and what can be done about it at its right; `offers` is the
    command that this takes back."""

    text: str = ""
    role: Role = "status"
    beside: str = ""
    offers: str = ""


@runtime_checkable
class Understanding(Protocol):
    """What is typed in, and tells what the words mean."""

    def understand_anew(self) -> None:
        """Tells it once more: they may mean another day by now."""


@dataclass(frozen=True, slots=True)
class Hinted:
    """The keys that hints have named since a part of a screen was turned to, by their ids."""

    sheet: object
    seen: set[str]


@under_net
class LiveScreen(Screen[None]):
    """A screen over the database. It looks twice a second whether something has changed.

    Its status line says, in this order: for whom keys wait, why the file cannot be read or
    written, or what was said last. No sentence can overwrite the ones before it in that order.
    """

    POLL_S: ClassVar[float] = POLL_S

    TABLE: ClassVar[tuple[Key, ...]]
    """The keys of the key table that it has."""
    title_of_help = ""
    GO: ClassVar[str] = ""
    """The letter that leads to it behind `g`."""
    NEEDS_ROOM: ClassVar[bool] = False
    """Is nothing of it shown in a window that is too small?"""
    why_it_stays: Callable[[], str] | None = None
    """Says why no other screen can be gone to from here now, "" where one can."""

    hinted_here: Callable[[], Mapping[str, str]] | None = None
    """Tells what hints call keys where the cursor stands, by their ids; "" what does nothing."""

    sheet: Callable[[], object] | None = None
    """Tells what of it is turned to, such as a tab: other keys do something on another."""
    hinted: Hinted | None = None
    state: BoardState
    count = 0
    """What bare digits come to where they are counts: `12j` goes down twelve cards."""
    last_copied = ""
    _said = Said()
    _refused_at = 0.0
    _trouble = ""
    version: int | None = None
    """The state of the database that is shown (`data_version`); None before the first look."""
    _day_shown: date | None = None
    """The day from which what is shown here counts; None before it is shown."""
    _busy_looks = 0
    _next_news = 0.0
    put_away: Callable[[], None] | None = None
    """Keeps what is to be found again, and ends what is under way: it is shown no more."""
    give_up: Callable[[], bool] | None = None
    """Ends what is counted for it; tells whether what was shown before stays."""
    reads_again = False
    """Has something been stored that could not be shown yet?"""

    @property
    def program(self) -> Program:
        return cast("Program", self.app)

    @property
    def today(self) -> date:
        return self.state.lens.today

    def on_mount(self) -> None:
        own = bindings([key for key in self.keys if key.id not in ALL])
        self._bindings = BindingsMap.merge((self._bindings, BindingsMap(own)))
        for page in self.query(Page):
            page.tags = tags_of(self.state.view)
            page.press_hint = partial(press_hint, self)
        self._next_news = monotonic() + FOLLOW_S[self.program.choices.follow]
        self._day_shown = self.today
        self.set_interval(self.POLL_S, self._look)

    # What a screen shows.

    def render_lines(self, crop: Region) -> list[Strip]:
        """Blanks, since its page covers it: Textual would draw all screens below it here."""
        return [Strip.blank(crop.width)] * crop.height

    @abstractmethod
    def put_status(self, line: Line, right: Line) -> None:
        """Shows these as the status line; no more than that."""

    @abstractmethod
    def reload(self) -> None:
        """Reads everything again and shows it; raises DatabaseError, with all as it was."""

    def show_news(self) -> None:
        """Reads everything again, since somebody has changed something, and says who."""
        self.reload()

    def turn_day(self, today: date) -> None:
        """Another day has begun: ages and due days are counted from it."""

    @property
    def needs_reading(self) -> bool:
        """Is something missing that could not be read before?"""
        return bool(self._trouble) or self.reads_again

    # The status line.

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        """A sentence on the status line, and what can be done about it at its right. Why something
        was not done is not taken away by a key that came before that could be read."""
        if not text and refusal(self) and self.program.key_queue.given_at < self._refused_at:
            return
        offer = self.program.offered if beside else None
        offers = offer.command_id if offer is not None and offer.hint == beside else ""
        self._said, self._refused_at = Said(with_database(text), role, beside, offers), monotonic()
        self.show_status()

    @property
    def trouble(self) -> str:
        """Why the database cannot be read or written as it should; empty where it can."""
        return self._trouble

    def show_status(self) -> None:
        """Shows what is most important to know now."""
        app = self.program
        busy = app.waiting.words
        if busy:
            said = Said(busy, "status.warn", "^c gives up")
        elif self.trouble:
            said = Said(with_database(self.trouble), "status.error", self._said.beside)
        else:
            said = self._said
        if said is self._said and (lost := dropped(app.key_queue.dropped)):
            said = replace(said, text=f"{said.text} {lost}".strip())
        line = (whole(said.text, said.role),) if said.text else EMPTY
        self.put_status(line, (whole(said.beside, "hint.label"),) if said.beside else EMPTY)

    def failed(self, error: BaseException) -> None:
        """Says why an action ended; keys behind it are dropped unless a rule said no."""
        app = self.program
        if not isinstance(error, PipeboardError) or isinstance(error, DatabaseError | GivenUp):
            app.key_queue.drop()
        words = app.net.words(error)
        role: Role = "status.warn" if isinstance(error, PipeboardError) else "status.error"
        # What was asked for elsewhere by `g` is done by the board, which is not seen yet.
        (on_top(self.app) or self).say(words, role)

    # What keys are about.

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The keys of this screen, as this person has them."""
        choices = self.program.choices
        own = program_keys(choices.programs) if self.TABLE in OF_DEALS else ()
        return (*rebound(self.TABLE, choices.keymap), *own)

    def targets(self) -> Targets:
        """The deals that are marked or under the cursor; DatabaseError where nobody can tell."""
        return (), {}

    @abstractmethod
    def pipeline(self) -> Pipeline:
        """The pipeline that is looked at."""

    def stage_shown(self) -> Stage:
        """The stage that is looked at where no deal is."""
        return self.pipeline().open_stages[0]

    def at_hand(self, deal_id: int) -> Deal | Card | None:
        """A deal that this screen shows, whether or not the cursor is on it, without reading it."""
        return None

    def show_change(self, receipt: Receipt) -> None:
        """Shows the deals as they are after a change."""
        self.reload()

    def only_looks(self, key: Key) -> bool:
        """Does a key that can change something lead to what is only looked at, here and now?"""
        return False

    def move_cursor(self, columns: int, rows: int) -> None:
        """The cursor so many columns and rows on."""

    def move_pages(self, pages: float) -> None:
        """The cursor so many pages down, or up."""

    def move_to_end(self, direction: int) -> None:
        """The cursor to the last (1) or the first (-1) of what it moves in."""

    # Keys.

    def press(self, key_id: str) -> None:
        """Does what the key with that id does; what it cannot do is said here."""
        key = ALL.get(key_id) or next(own for own in self.keys if own.id == key_id)
        if self._said.role == "status.warn" and key.action != "step_back":
            self.say("")  # what was refused is not said of what is done now
        try:
            check_key(self, key)
            self.perform(key.does, *key.given, key=key)
        except Exception as error:  # the boundary of all that keys do at once
            self.failed(error)

    action_press = press

    def perform(self, does: str, *given: object, key: Key | None = None) -> None:
        """Calls an action by its name in the key table.

        One that waits for something goes on beside the screen, in turn. `Refused` for what leads
        out of the database where that is not allowed.
        """
        if does in REACHES_OUT:
            self.program.choices.check_reaching_out()
        action = found(does, self)
        if iscoroutinefunction(action):
            turn = turn_for(self, key)
            # Before the worker runs, so that the next key finds that this one is not done with.
            self.program.waiting.begin(turn)
            beside(self, "action", queued_action, self, turn, lambda: action(*given))
        else:
            action(*given)

    # Following.

    def _look(self) -> None:
        """Compares the file, the day and the database with what is shown."""
        app, before = self.program, self._trouble
        if app.key_queue.is_waiting:
            # The action under way looks for itself.
            return
        try:
            app.seat.file.check()
            self.state.reader.check()
            _follow(self)
        except DatabaseError as error:
            self._busy_looks += is_busy(error)
            if not is_busy(error) or self._busy_looks > _MOST_BUSY_LOOKS:
                advice = "Shown as it was." if is_busy(error) else error.hint
                what = error.details.get("meanwhile", error.message)
                self._trouble = f"{what} {advice}".strip()
        else:
            self._trouble, self._busy_looks = "", 0
        if self._trouble != before:
            self.show_status()


def check_key(screen: LiveScreen, key: Key) -> None:
    """Raises why nothing comes of a key on a screen, whatever stands under the cursor."""
    if key.changes and not screen.only_looks(key):
        screen.program.check_writable(key.needs)
    if key.does in REACHES_OUT:
        screen.program.choices.check_reaching_out()
    if key.changes:
        check_room(screen)


def check_room(screen: LiveScreen) -> None:
    """Raises that nobody would see what is changed, where the window is too small for it."""
    if screen.NEEDS_ROOM and screen.state.view.is_too_small:
        raise Refused("The window is too small to show what that would change.")


def on_top(app: App[ReturnType]) -> LiveScreen | None:
    """The screen that the person looks at, below what is asked on it."""
    stack = reversed(app.screen_stack)
    return next((seen for seen in stack if isinstance(seen, LiveScreen)), None)


def refusal(screen: LiveScreen | None) -> Said | None:
    """What it says of why something was not done."""
    return screen._said if screen is not None and screen._said.role == "status.warn" else None


def uncover(screen: LiveScreen) -> None:
    """Puts away all that lies over a screen; it is what is looked at then."""
    while (top := screen.app.screen) is not screen:
        if isinstance(top, LiveScreen) and top.put_away is not None:
            top.put_away()
        screen.app.pop_screen()


async def show_over(screen: LiveScreen, other: LiveScreen) -> None:
    """Another screen over that one, in the place of whatever lies there."""
    uncover(screen)
    await screen.app.push_screen(other)


def keys_offered(screen: Host) -> Sequence[Key]:
    """The keys of a screen without those that lead out where that is not allowed: they are
    refused, and not told of."""
    if not screen.program.choices.restricted:
        return screen.keys
    return [key for key in screen.keys if key.does not in REACHES_OUT]


def hints_of(screen: LiveScreen, *, has_deal: bool = True) -> tuple[Hint, ...]:
    """The keys of a screen that do something now, each where it stood since this was turned to."""
    here = NOTHING if screen.hinted_here is None else screen.hinted_here()
    read_only = screen.state.view.read_only
    sheet = screen.sheet() if screen.sheet else None
    if screen.hinted is None or screen.hinted.sheet != sheet:
        screen.hinted = Hinted(sheet, set())
    seen = screen.hinted.seen
    keys = keys_offered(screen)
    return hints(keys, has_deal=has_deal, read_only=read_only, here=here, seen=seen)


def _follow(screen: LiveScreen) -> None:
    """Shows another day, and what others have stored."""
    program, state = screen.program, screen.state
    version = state.reader.data_version()
    if screen.version is None:
        screen.version = version
    is_news = version != screen.version and monotonic() >= screen._next_news
    if is_news or screen.needs_reading:
        program.take_up()
    zone = program.settings.zone
    today = program.seat.today(zone)
    if (today, zone) != (state.lens.today, state.lens.zone):
        # Whichever screen notices first; those above and below it notice by themselves.
        query = read_anew(state.reader, program.settings, today, program.me, state.lens.filter)
        state.load(replace(state.lens, today=today, zone=zone, filter=query))
        screen._day_shown = None
    if today != screen._day_shown:
        screen.turn_day(today)
        screen._day_shown = today
        for over in screen.app.screen_stack:
            if isinstance(over, Understanding):
                over.understand_anew()
    if is_news or screen.needs_reading:
        screen.show_news()
        screen.version, screen.reads_again = version, False
        screen._next_news = monotonic() + FOLLOW_S[screen.program.choices.follow]
        _withdraw(screen)


def _withdraw(screen: LiveScreen) -> None:
    """What was taken back elsewhere, or is not what the key would take back, is offered no more."""
    said = screen._said
    if not said.offers:
        return
    last = screen.state.reader.history.undoable(screen.program.seat.actor)
    if last is None or last.id != said.offers:
        screen._said = replace(said, beside="", offers="")
        screen.show_status()


def press_hint(screen: LiveScreen, hinted: str, count: int = 1) -> None:
    """A click on a hint is its key; the second one of a hand that clicks twice changes nothing."""
    key = next((key for key in screen.keys if key.rank and key.key_hinted == hinted), None)
    if key is not None and not (key.changes and count > 1):
        screen.press(key.id)
