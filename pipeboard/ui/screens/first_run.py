"""The first run: what can be begun where there is no database yet; nothing is written before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from inspect import iscoroutinefunction
from typing import ClassVar, Final, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.events import Click, Paste
from textual.events import Key as Pressed
from textual.message import Message
from textual.screen import ModalScreen, Screen

from pipeboard import __version__
from pipeboard.domain.counts import how_many
from pipeboard.domain.criteria import asked_to_leave
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass, field, replace
from pipeboard.domain.money import exponent, format_percent
from pipeboard.domain.phrases import spoken
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui import keys
from pipeboard.ui.draw.line import (
    BAR,
    BEFORE,
    DOT,
    Glyphs,
    Line,
    Span,
    blank,
    left,
    title_bar,
    whole,
    wrap,
)
from pipeboard.ui.key_table import ALL, BOARD, FIRST
from pipeboard.ui.keys import Key
from pipeboard.ui.net import Net, under_net
from pipeboard.ui.overlays.help import Help, groups_of
from pipeboard.ui.overlays.overlay import CANCEL, Overlay, Panel, heading, indented, key_refused
from pipeboard.ui.overlays.prompt import Live, Prompt, live
from pipeboard.ui.palette import Role, Theme
from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.session import AnyScreen, Session
from pipeboard.ui.terminal.typeahead import TypeAhead, Typed, unheard_by
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page, PageView

T = TypeVar("T")


class FirstWay(StrEnum):
    """How to begin."""

    DEMO = "demo"
    NEW = "new"
    IMPORT = "import"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was chosen: a demo, a new database from a template or a file, or one elsewhere."""

    way: FirstWay
    template: str = ""
    currency: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known before anything is chosen: defaults of the system, and what the terminal is.

    `templates` are pipelines by the names of their templates; `check_database` says in words what
    is at a path, or raises why it cannot be opened.
    """

    database: str
    templates: tuple[tuple[str, Pipeline], ...]
    check_database: Callable[[str], str] = field(compare=False)
    currency: str = "EUR"
    zone: str = "UTC"
    account: str = ""
    terminal: str = ""


_CHOICES: Final = tuple(key for key in FIRST if key.rank and key.action not in ("help", "quit"))
_NARROW: Final = 60
"""Cells below which a line has no room for what stands behind a choice."""
_LOW: Final = 18
"""Rows below which only what is needed to choose is said."""


@dataclass(frozen=True, slots=True)
class FirstLook:
    """How it looks, and which keys this person has."""

    theme: Theme
    glyphs: Glyphs
    keymap: Mapping[str, str] = field(default_factory=dict)


@under_net
class FirstRun(TypeAhead[Beginning], Session[Beginning], CellDisplay[Beginning]):
    """Ends with a `Beginning`, or with None when the person leaves."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen, ModalScreen { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, id="app.suspend"),
        Binding("ctrl+l", "repaint", "Repaint", show=False, id="app.repaint", priority=True),
        Binding("ctrl+q", "leave", "Quit", show=False, id="app.leave", priority=True),
    ]

    def __init__(self, facts: Facts, look: FirstLook) -> None:
        super().__init__()
        self.facts = facts
        self.look = look
        self.theme_inks = look.theme
        self.glyphs = look.glyphs
        self.net = Net(lambda: self.crash_log, self._say_on_top)
        self._late: list[Pressed | Paste] = []

    def post_message(self, message: Message) -> bool:
        """Textual's way; what is typed while this closes is kept."""
        if super().post_message(message):
            return True
        if isinstance(message, Pressed | Paste):
            self._late.append(message)
        return False

    def typed_ahead(self) -> Typed:
        """What was typed for what comes after this, once it has ended."""
        return (*unheard_by(self), *self._late)

    def get_default_screen(self) -> AnyScreen:
        """The only screen."""
        return Welcome(self.facts, self.look)

    def on_mount(self) -> None:
        self.set_keymap(dict(self.look.keymap))

    def action_leave(self) -> None:
        self.leave(0)

    def action_help_quit(self) -> None:
        """^c, which ends nothing here: Textual tells a key of its own."""
        leaves = keys.key_for(keys.rebound(BOARD, self.look.keymap), "leave")
        self._say_on_top(f"Nothing is under way; {leaves} quits.")

    def _say_on_top(self, text: str) -> None:
        screen = self.screen
        if isinstance(screen, Overlay):
            screen.refuse(text)
        elif isinstance(screen, Welcome):
            screen.say(text)

    def _handle_exception(self, error: Exception) -> None:
        if not self.net.holds(error):
            super()._handle_exception(error)


@under_net
class Welcome(Screen[None]):
    """The choices with their keys; j, k and Enter work too."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(FIRST)

    def __init__(self, facts: Facts, look: FirstLook) -> None:
        super().__init__()
        self._facts = facts
        self._glyphs = look.glyphs
        self._keys = keys.rebound(FIRST, look.keymap)
        self._page = Page(self._show)
        self._cursor = 0
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self._page

    def on_mount(self) -> None:
        self.call_after_refresh(self._show)

    def on_page_resized(self) -> None:
        self._show()

    def _show(self) -> None:
        width = self._page.size.width
        place = f"no database yet: {self._facts.database}"
        bar = title_bar(
            (whole(f"pipeboard {__version__}", "bar.product"),),
            (whole(place, "bar.dim"),) if width >= _NARROW else (),
            width,
        )
        view = PageView(
            head=(bar,),
            lines=tuple(self._lines(width)),
            status=(whole(self._said, "status"),),
            hints=keys.hints(self._keys),
            glyphs=self._glyphs,
        )
        self._page.show(view)

    def _lines(self, width: int) -> Iterator[Line]:
        facts = self._facts
        gap: tuple[Line, ...] = () if self._page.size.height < _LOW else ((),)
        yield from _told("Welcome. Nothing has been written yet. Pick one:", width, "text")
        yield from gap
        known = {key.id: key for key in self._keys}
        for place, choice in enumerate(_CHOICES):
            is_current = place == self._cursor
            yield _choice(known[choice.id], is_current, width)
            if is_current and width < _NARROW:
                yield from _indented(choice.help, width)
        yield from gap
        if width < _NARROW:
            yield from _told(f"The database will be {facts.database}", width, "text.dim")
        told = (
            f"Currency {facts.currency} {DOT} Time zone {facts.zone} {DOT} You are @{facts.account}"
        )
        yield from _told(told, width, "text")
        yield from _told(f"This terminal: {facts.terminal}", width, "text.dim")
        yield ()
        yield from _told("'pipeboard --help' lists what scripts can do.", width, "text.dim")

    def action_press(self, key_id: str) -> None:
        """What the key of the key table does, a method of this screen."""
        self._said = ""
        key = ALL[key_id]
        if key in _CHOICES:
            self._cursor = _CHOICES.index(key)
        self._show()
        action = partial(getattr(self, key.does.removeprefix("screen.")), *key.given)
        if iscoroutinefunction(action):
            self._begin(action)
        else:
            action()

    def on_key(self, event: Pressed) -> None:
        """A key that nothing here has a use for."""
        unheard = keys.unheard(event.key, event.character, self._keys)
        if unheard:
            self.say(unheard)

    def say(self, text: str) -> None:
        """A sentence on the status line."""
        self._said = text
        self._show()

    # What the keys do.

    def go(self, places: int) -> None:
        self._cursor = (self._cursor + places) % len(_CHOICES)
        self._show()

    def choose(self) -> None:
        self.action_press(_CHOICES[self._cursor].id)

    def try_demo(self) -> None:
        self._end(Beginning(FirstWay.DEMO))

    def import_file(self) -> None:
        self._end(Beginning(FirstWay.IMPORT, currency=self._facts.currency))

    def quit(self) -> None:
        cast("FirstRun", self.app).leave(0)

    def _end(self, beginning: Beginning) -> None:
        # Keys that are still to be given out are meant for what comes after this screen.
        self.app.workers.cancel_node(self.app)
        self.app.exit(beginning)

    # What is asked.

    def _begin(self, action: Callable[[], Awaitable[None]]) -> None:
        """Goes on beside the screen; keys wait for what it asks."""
        app = cast("FirstRun", self.app)
        app.key_queue.acts()

        async def act() -> None:
            try:
                await action()
            finally:
                app.key_queue.has_acted()

        beside(self, "action", act)

    async def _ask(self, screen: ModalScreen[T]) -> T | None:
        shown = self.app.push_screen(screen, wait_for_dismiss=True)
        cast("FirstRun", self.app).key_queue.asking(shown)
        return await shown

    async def show_help(self) -> None:
        await self._ask(Help("First run", groups_of(self._keys)))

    async def make_pipeline(self) -> None:
        name = await self._ask(TemplatePicker(self._facts.templates))
        if name is not None:
            self._end(Beginning(FirstWay.NEW, name, self._facts.currency))

    async def open_another(self) -> None:
        check = _quietly(self._facts.check_database)
        path = await self._ask(Prompt("Path of the database", live=check, verb="Open"))
        if path is not None:
            self._end(Beginning(FirstWay.OPEN, database=path))

    async def change_currency(self) -> None:
        def read(text: str) -> str:
            exponent(text.strip().upper())
            return text.strip().upper()

        code = await self._ask(Prompt("Currency", live=live(read), verb="Choose"))
        if code is not None:
            self._facts = replace(self._facts, currency=code.strip().upper())
            self._show()


def _quietly(check: Callable[[str], str]) -> Live:
    """Feedback for a path; whatever the system says of it is told as an error."""

    def read(text: str) -> str:
        try:
            return check(text.strip())
        except OSError as error:
            raise PipeboardError(f"{text} cannot be looked at: {error.strerror}.") from error
        except PipeboardError as error:
            # What to do about it is said for a command line, and here another path is typed.
            raise PipeboardError(error.message) from error

    return live(read)


def _told(text: str, width: int, role: Role) -> Iterator[Line]:
    """A sentence in as many lines as it takes."""
    for part in wrap(text, width - 4):
        yield (blank(3), whole(part, role))


def _indented(text: str, width: int) -> Iterator[Line]:
    """What a choice is for, below it."""
    for part in wrap(text, width - 9):
        yield (blank(8), whole(part, "text.dim"))


def _choice(key: Key, is_current: bool, width: int) -> Line:
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    label: Role = "cursor.name" if is_current else "card.name"
    start: Line = (blank(2), mark, left(f" {key.first_key}", 4, "input.label"))
    if width < _NARROW:
        return (*start, whole(spoken(key.label), label))
    return (*start, left(spoken(key.label), 20, label), whole(spoken(key.help), "text.dim"))


# The stages of a new pipeline to choose from: what each template has, before it is taken.

_STEPS = {"j": 1, "down": 1, "k": -1, "up": -1}


class TemplatePicker(Overlay[str]):
    """Dismisses with the name of a template; under the list stands all that it brings."""

    def __init__(self, templates: Sequence[tuple[str, Pipeline]]) -> None:
        super().__init__()
        self._templates = tuple(templates)
        self._cursor = 0

    def draw(self, width: int, height: int) -> Panel:
        rows = [
            _row(number, name, pipeline, number - 1 == self._cursor)
            for number, (name, pipeline) in enumerate(self._templates, 1)
        ]
        room = max(0, height - len(rows) - 4)
        details = list(_details(self._templates[self._cursor][1], width))
        if len(details) > room:
            details = [*details[: room - 1], (blank(3), whole("…", "text.dim"))] if room else []
        # Lines that come and go with the cursor would make the screen jump.
        details += [()] * (room - len(details))
        hints = [("↵", "Make it"), ("j/k", "Move"), ("1-9", "Make"), CANCEL]
        title = heading("Stages of the new pipeline", width)
        return Panel((title, *rows, (), *details), hints)

    def take_key(self, event: Pressed) -> None:
        if event.key in _STEPS:
            self._cursor = (self._cursor + _STEPS[event.key]) % len(self._templates)
            self.redraw()
        elif event.key == "enter":
            self.leave(self._templates[self._cursor][0])
        elif event.key.isdigit() and 0 < int(event.key) <= len(self._templates):
            self.leave(self._templates[int(event.key) - 1][0])
        elif event.is_printable:
            self.refuse(key_refused(event))
        else:
            return
        event.stop()

    def on_click(self, event: Click) -> None:
        place = event.screen_y - self._above.region.y - 1
        if 0 <= place < len(self._templates):
            self._cursor = place
            self.redraw()

    def roll(self, lines: int) -> None:
        self._cursor = max(0, min(self._cursor + lines, len(self._templates) - 1))
        self.redraw()


def _row(number: int, name: str, pipeline: Pipeline, is_current: bool) -> Line:
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    stages = how_many(len(pipeline.open_stages), "stage")
    return (
        blank(1),
        mark,
        (f" {number}  ", "input.label"),
        left(name, 10, "cursor.name" if is_current else "card.name"),
        whole(stages, "text.dim"),
    )


def _details(pipeline: Pipeline, width: int) -> Iterator[Line]:
    """Stages with their chances and gates, and the questions that are asked of a deal."""
    for stage in pipeline.open_stages:
        chance = f"{format_percent(stage.probability_bp or 0)}%"
        name: Line = (
            left(stage.name, min(22, width // 2), "text"),
            whole(f" {chance:>4}", "card.days"),
        )
        yield (blank(3), *name)
        if stage.criteria:
            gate = asked_to_leave(stage, pipeline)
            yield from indented(f"{BEFORE} to leave it: {gate}", width - 2, (blank(2),))
    if pipeline.questions:
        asked = f" {DOT} ".join(question.label for question in pipeline.questions)
        yield ()
        yield from indented(
            f"{how_many(len(pipeline.questions), 'question')} of each deal: {asked}", width
        )
