"""The first run: what can be begun where there is no database yet; nothing is written before."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen, Screen

from pipeboard import __version__
from pipeboard.domain.currencies import exponent
from pipeboard.domain.errors import PipeboardError
from pipeboard.ui.draw.frame import title_bar
from pipeboard.ui.draw.glyphs import BAR, Glyphs
from pipeboard.ui.draw.line import Line, Span, blank, left, whole
from pipeboard.ui.net import Net, under_net
from pipeboard.ui.overlays.feedback import Live, live
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.palette import Theme
from pipeboard.ui.terminal.display import CellDisplay
from pipeboard.ui.terminal.session import Session
from pipeboard.ui.terminal.typeahead import TypeAhead
from pipeboard.ui.widgets.page import Page, PageView

T = TypeVar("T")


class FirstWay(StrEnum):
    """How to begin."""

    DEMO = "demo"
    NEW = "new"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was chosen: a demo, a new database from a template, or one that is elsewhere."""

    way: FirstWay
    template: str = ""
    currency: str = ""
    database: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known before anything is chosen: defaults of the system, and what the terminal is.

    `templates` are names with the stages they have; `check_database` says in words what is at a
    path, or raises why it cannot be opened.
    """

    database: str
    templates: tuple[tuple[str, str], ...]
    check_database: Callable[[str], str] = field(compare=False)
    currency: str = "EUR"
    zone: str = "UTC"
    account: str = ""
    terminal: str = ""


_CHOICES = (
    ("d", "Try the demo", "Demo", "60 made-up deals in a temporary database"),
    ("n", "New pipeline", "New", "choose its stages, then add the first deal"),
    ("i", "Import a file", "Import", "CSV, JSON or a Trello export, seen before it is saved"),
    ("o", "Open another file", "Open", "a database that is shared with you"),
    ("c", "Other currency", "Currency", "the one that amounts are in"),
)


@under_net
class FirstRun(TypeAhead[Beginning], Session[Beginning], CellDisplay[Beginning]):
    """Ends with a `Beginning`, or with None when the person leaves."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen, ModalScreen { background: transparent; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "Quit", show=False, priority=True),
    ]

    def __init__(self, facts: Facts, theme: Theme, glyphs: Glyphs) -> None:
        super().__init__()
        self.facts = facts
        self.theme_inks = theme
        self.glyphs = glyphs
        self.net = Net(lambda: self.crash_log, self._say_on_top)

    def get_default_screen(self) -> Screen[Any]:
        """The only screen."""
        return Welcome(self.facts, self.theme_inks, self.glyphs)

    def action_leave(self) -> None:
        self.leave(0)

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

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(key, f"choose('{key}')", show=False) for key, *_ in _CHOICES),
        Binding("j,down", "go(1)", show=False),
        Binding("k,up", "go(-1)", show=False),
        Binding("enter,space", "choose", show=False),
        Binding("q,escape", "app.leave", show=False),
    ]

    def __init__(self, facts: Facts, theme: Theme, glyphs: Glyphs) -> None:
        super().__init__()
        self._facts = facts
        self._glyphs = glyphs
        self._page = Page(theme)
        self._cursor = 0
        self._said = ""

    def compose(self) -> ComposeResult:
        yield self._page

    def on_mount(self) -> None:
        self.call_after_refresh(self._show)

    def on_page_resized(self) -> None:
        self._show()

    def _show(self) -> None:
        facts = self._facts
        bar = title_bar(
            (whole(f"pipeboard {__version__}", "bar.title"),),
            (whole(f"no database yet: {facts.database}", "bar.dim"),),
            self._page.size.width,
        )
        view = PageView(
            head=(bar,),
            lines=tuple(self._lines()),
            status=(whole(self._said, "status"),),
            hints=(*((key, hint) for key, _, hint, _ in _CHOICES), ("q", "Quit")),
            glyphs=self._glyphs,
        )
        self._page.show(view)

    def _lines(self) -> Sequence[Line]:
        facts = self._facts
        choices = [
            _choice(key, label, text, place == self._cursor)
            for place, (key, label, _, text) in enumerate(_CHOICES)
        ]
        defaults = f"Currency {facts.currency}   Time zone {facts.zone}   You are @{facts.account}"
        return (
            (),
            (blank(3), ("Welcome. Nothing has been written yet. Pick one:", "text")),
            (),
            *choices,
            (),
            (blank(3), whole(defaults, "text")),
            (blank(3), whole(f"This terminal: {facts.terminal}", "text.dim")),
            (),
            (blank(3), ("'pipeboard --help' lists what scripts can do.", "text.dim")),
        )

    def action_go(self, places: int) -> None:
        self._cursor = (self._cursor + places) % len(_CHOICES)
        self._show()

    def action_choose(self, key: str = "") -> None:
        """What a key stands for; without one, what the cursor is on."""
        key = key or _CHOICES[self._cursor][0]
        self._cursor = next(place for place, choice in enumerate(_CHOICES) if choice[0] == key)
        self._said = ""
        self._show()
        match key:
            case "d":
                self.app.exit(Beginning(FirstWay.DEMO))
            case "n":
                self._begin(self._choose_template())
            case "i":
                self.say("Leave with q; 'pipeboard import FILE --dry-run' shows what would come.")
            case "o":
                self._begin(self._choose_database())
            case "c":
                self._begin(self._choose_currency())

    def say(self, text: str) -> None:
        """A sentence on the status line."""
        self._said = text
        self._show()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on beside the screen; keys wait for what it asks."""
        app = cast("FirstRun", self.app)
        app.acts()

        async def act() -> None:
            try:
                await work
            finally:
                app.has_acted()

        self.run_worker(act(), group="action")

    async def _ask(self, screen: ModalScreen[T]) -> T | None:
        shown = self.app.push_screen(screen, wait_for_dismiss=True)
        cast("FirstRun", self.app).asking(shown)
        return await shown

    async def _choose_template(self) -> None:
        options = [Option(name, f"{name:<10}  {stages}") for name, stages in self._facts.templates]
        name = await self._ask(Picker("Stages of the new pipeline", options))
        if name is not None:
            self.app.exit(Beginning(FirstWay.NEW, name, self._facts.currency))

    async def _choose_database(self) -> None:
        check = _quietly(self._facts.check_database)
        path = await self._ask(Prompt("Path of the database", live=check))
        if path is not None:
            self.app.exit(Beginning(FirstWay.OPEN, database=path))

    async def _choose_currency(self) -> None:
        def read(text: str) -> str:
            exponent(text.strip().upper())
            return text.strip().upper()

        code = await self._ask(Prompt("Currency", live=live(read)))
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

    return live(read)


def _choice(key: str, label: str, text: str, is_current: bool) -> Line:
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    return (
        blank(2),
        mark,
        (f" {key}  ", "input.label"),
        left(label, 20, "cursor.name" if is_current else "card.name"),
        whole(text, "text.dim"),
    )
