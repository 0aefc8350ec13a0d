"""Importing a file: what is understood of it, what would come, and the choices that change that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from threading import Event
from typing import ClassVar, Final

from textual import on
from textual.binding import BindingType

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import GivenUp, PipeboardError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.import_file import (
    ImportView,
    heading,
    in_place,
    items_of,
    lines_below,
    told_whole,
)
from pipeboard.ui.draw.questions import listed
from pipeboard.ui.key_table import IMPORT, IMPORT_TABS, ImportTab
from pipeboard.ui.palette import Role
from pipeboard.ui.screens.live import hints_of
from pipeboard.ui.screens.page_screen import PageScreen, scroll, show_items
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page
from pipeboard.workspace.import_plan import FileSeen, Imported, ImportPlan, look_at
from pipeboard.workspace.recording import Receipt

Leave = Callable[[Imported | FileSeen | Path | None], None]
"""What happens when the screen is left: with what was imported, with what shall be (the path of a
whole workspace too), or with nothing."""
_STOPPED: Final = "Stopped: nothing was imported."


class Work:
    """What a thread does for the screen: how far it is, and the way to stop it."""

    def __init__(self, what: str, show: Callable[[str], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopped = Event()
        self._what = what
        self._show = show

    def stop(self) -> None:
        self._stopped.set()

    def heard(self, rows: int, share: float) -> None:
        """Called in the thread; raises GivenUp where nobody wants it any more."""
        if self._stopped.is_set():
            raise GivenUp(_STOPPED)
        self._loop.call_soon_threadsafe(
            self._show, f"{self._what} {in_figures(rows)} rows, {share:.0%}"
        )

    def hand(self, take: Callable[[FileSeen], None], seen: FileSeen) -> None:
        """Called in the thread: gives to the screen what is known so far, if it is wanted."""
        if not self._stopped.is_set():
            self._loop.call_soon_threadsafe(take, seen)


class ImportScreen(PageScreen):
    """Looks at a file in the housekeeper's thread, again after every choice; keys never wait."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(IMPORT)
    TABLE = IMPORT
    title_of_help = "Import"
    GO = "i"
    wheel_moves_cursor = True

    def __init__(
        self,
        state: BoardState,
        plan: ImportPlan,
        leave: Leave,
        *,
        only_plans: bool = False,
    ) -> None:
        """With `only_plans` the import itself is done by whoever is given the plan."""
        super().__init__(state)
        self.hinted_here = partial(_hinted_here, self)
        self.sheet = partial(_sheet, self)
        self.leave_with = leave
        self.only_plans = only_plans
        self.view = ImportView(plan, None, ImportTab.FILE, 80, state.view.glyphs)
        self.looking: Work | None = None
        self.importing: Work | None = None
        self._cursors = dict.fromkeys(IMPORT_TABS, 0)
        self.put_away = partial(stop_looking, self)
        self.why_it_stays = partial(_why_it_stays, self)

    def on_mount(self) -> None:
        self.choose(self.view.plan)

    # What is shown.

    def show(self, view: ImportView) -> None:
        """Another view."""
        self.view = view
        self.redraw()

    def redraw(self) -> None:
        width, glyphs = self.page.size.width, self.state.view.glyphs
        self.view = replace(self.view, width=width, glyphs=glyphs)
        self.items = items_of(self.view)
        self._cursors[self.view.tab] = max(0, min(self.cursor, len(self.items) - 1))
        shown = listed(self.items, self.cursor, lines_below(self.view))
        if not self.items:
            top = self.page.view.top
            shown = replace(shown, first=top, last=top)
        show_items(self, heading(self.view), shown, hints_of(self))

    def show_tab(self, tab: ImportTab) -> None:
        """Another tab, from its cursor on."""
        self.say("")
        self.page.show(replace(self.page.view, top=0))
        self.show(replace(self.view, tab=tab))

    # What is under the cursor.

    @property
    def cursor(self) -> int:
        return self._cursors[self.view.tab]

    @property
    def item_key(self) -> str:
        return self.items[self.cursor].key if self.items else ""

    def pipeline(self) -> Pipeline:
        return self.view.seen.pipeline if self.view.seen else self.state.board.pipeline

    def move_cursor(self, columns: int, rows: int) -> None:
        if self.items:
            self._cursors[self.view.tab] = max(0, min(self.cursor + rows, len(self.items) - 1))
            self.say(told_whole(self.view, self.item_key))
        else:
            scroll(self, rows)
        self.redraw()

    def move_to_end(self, direction: int) -> None:
        self.move_cursor(0, direction * (len(self.items) or len(self.page.view.lines)))

    @on(Page.Pointed)
    def _point(self, event: Page.Pointed) -> None:
        if event.y < len(self.items):
            self.move_cursor(0, event.y - self.cursor)
            if event.count > 1:
                self.press("import.change")

    # Looking at the file.

    def choose(self, plan: ImportPlan, *, says: bool = True) -> None:
        """Looks at the file by another plan, and `says` what is next; what was under way before
        is of no use any more."""
        if self.looking is not None:
            self.looking.stop()
        is_other = self.view.plan.path != plan.path
        work = self.looking = Work("reading:", lambda text: self.tell(work, text))
        view = replace(self.view, plan=plan, problem="", done=None, under_way="reading…")
        if is_other:
            view = replace(view, seen=None, tab=ImportTab.FILE)
        self.show(view)
        beside(self, "looking", self._look_at, plan, work, says)

    def say(self, text: str, role: Role = "status", beside: str = "") -> None:
        """A sentence that names flags of the verb names what this screen has for them."""
        super().say(in_place(text), role, beside)

    def tell(self, work: Work, text: str) -> None:
        if work in (self.looking, self.importing) and self.is_mounted:
            self.show(replace(self.view, under_way=text))

    async def _look_at(self, plan: ImportPlan, work: Work, says: bool) -> None:
        """Asks the housekeeper; what somebody has done to the file or the database is said."""
        seen, problem = None, ""
        try:
            seen = await self.program.housekeeper.ask(
                lambda workspace: look_at(
                    workspace, plan, work.heard, partial(work.hand, self._show_survey)
                )
            )
        except PipeboardError as error:
            problem = f"{error.message} {error.hint}".strip()
        except Exception as error:  # the boundary of what is done beside the screen
            problem = self.program.net.words(error)
        if work is not self.looking:
            return
        self.looking = None
        if seen is None:
            self.show(replace(self.view, under_way="", problem=problem))
            return
        self.show(replace(self.view, under_way="", seen=seen))
        if says:
            self.say(_first_words(seen, keys.key_for(self.keys, "choose_pipeline")))

    def _show_survey(self, seen: FileSeen) -> None:
        """The columns and words, while what would come is being found out."""
        if self.looking is not None and seen.plan.path == self.view.plan.path and self.is_mounted:
            self.show(replace(self.view, seen=seen))

    def reload(self) -> None:
        """Looks again, by the same plan, unless something is being stored or was."""
        self.version = self.state.reader.data_version()
        if self.importing is None and self.view.done is None:
            self.choose(self.view.plan, says=False)

    def show_change(self, receipt: Receipt) -> None:
        """An import was taken back, or put again: the file is looked at anew."""
        self.view = replace(self.view, done=None)
        self.reload()


def under_way(commands: Sequence[keys.Key]) -> str:
    """Why nothing else is done with the file now, with these keys of the screen."""
    return f"The import is under way; {keys.key_for(commands, 'step_back')} stops it."


def _why_it_stays(screen: ImportScreen) -> str:
    imports = keys.key_for(screen.keys, "import_now")
    leaves = keys.key_for(screen.keys, "step_back")
    if screen.importing is not None:
        return under_way(screen.keys)
    if screen.only_plans:
        return f"There are no deals yet: {imports} imports the file, {leaves} leaves it."
    if has_choices(screen):
        return (
            f"What you chose for the file would be lost: {imports} imports it, {leaves} leaves it."
        )
    return ""


def has_choices(screen: ImportScreen) -> bool:
    """Would leaving lose what was chosen for the file?"""
    plan = screen.view.plan
    return screen.view.done is None and plan != start(plan.path)


def stop_looking(screen: ImportScreen) -> None:
    """What is found out about the file is of no use any more."""
    if screen.looking is not None:
        screen.looking.stop()


def start(path: Path) -> ImportPlan:
    """The plan of a file about which nothing was said yet."""
    return ImportPlan(path.expanduser())


def _first_words(seen: FileSeen, other: str) -> str:
    """What to do first; `other` is the key to another pipeline."""
    unknown = seen.unknown_words
    if seen.lacking:
        return seen.lacking
    if unknown:
        return f"{how_many(unknown, 'word')} unknown: 3 shows, {other} new pipeline."
    return "4 previews it; nothing is written yet."


def _sheet(screen: ImportScreen) -> object:
    return (screen.view.tab, screen.view.done is None, screen.importing is None)


def _hinted_here(screen: ImportScreen) -> Mapping[str, str]:
    if screen.importing is not None:
        return {**{key.id: "" for key in screen.keys}, "import.step_back": "Stop"}
    tab, is_done = screen.view.tab, screen.view.done is not None
    is_item, on_preview = bool(screen.item_key), tab is ImportTab.PREVIEW
    can_leave_out = is_item and tab in (ImportTab.COLUMNS, ImportTab.WORDS)
    useful = {
        "import.change": is_item or on_preview,
        "import.import_now": not on_preview,
        "import.leave_out": can_leave_out or screen.item_key == "side",
        "import.join_file": screen.view.seen is not None,
        "import.undo": is_done,
    }
    here = {key: "" for key, is_useful in useful.items() if not is_useful}
    enter = "Show on the board" if is_done else "Import"
    return {**here, "import.change": enter} if on_preview else here
