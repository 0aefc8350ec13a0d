"""What the data of open deals lacks, kind by kind, and the keys that mend it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import BindingType

from pipeboard.domain.hygiene import DEAD, DUPLICATES, GROUPS, Alike, Fault, faults
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.store.reading.listing import Listing
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState, as_it_is, gone_words
from pipeboard.ui.draw.hygiene import (
    HygieneView,
    Pair,
    heading,
    items_of,
    lines_below,
    told_whole,
)
from pipeboard.ui.draw.line import width_of
from pipeboard.ui.draw.questions import Item, listed
from pipeboard.ui.key_table import HYGIENE
from pipeboard.ui.screens.live import hints_of
from pipeboard.ui.screens.page_screen import PageScreen, pane_style, show_items
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page
from pipeboard.ui.write_queue import Targets

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.store.reading import Reader
    from pipeboard.store.reading.day import DayReader
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.recording import Receipt

MOST_SHOWN: Final = 200
"""Deals of a kind that are read and drawn; the rest follows as these are mended."""


class HygieneScreen(PageScreen):
    """Deals with a fault in their data. What is mended leaves the list and is counted; the cursor
    stays at its place, on the next one."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(HYGIENE)
    TABLE = HYGIENE
    title_of_help = "Hygiene"
    GO = "h"
    wheel_moves_cursor = True

    def __init__(self, state: BoardState, pipeline: Pipeline, group: str = "") -> None:
        super().__init__(state)
        self.hinted_here = partial(_hinted_here, self)
        self._day: date | None = None
        self._cursors = dict.fromkeys(GROUPS, 0)
        self._mended: set[tuple[str, str]] = set()
        self._alike: tuple[Alike, ...] | None = None
        self._alike_of: int | None = None
        self.is_searching = False
        self._away: frozenset[str] = frozenset()
        self._in_group: frozenset[str] = frozenset()
        everyone = state.board.everyone
        self.view = HygieneView(pipeline, group or next(iter(GROUPS)), everyone=everyone)
        self.view = self._read(self.view)
        if not group:
            first = next((g for g in GROUPS if self.view.count(g)), self.view.group)
            self.view = self._read(replace(self.view, group=first))

    def on_mount(self) -> None:
        self._find_alike()

    # What is shown.

    def _read(self, view: HygieneView) -> HygieneView:
        """The view as the database has it now; raises DatabaseError, with all as it was."""
        reader, today = self.state.reader, self.today
        with reader.snapshot():
            away = frozenset(rep.name for rep in reader.reps() if not rep.active)
            lens, of = self.state.lens, view.pipeline.id
            day = reader.day(Listing(today, lens.zone, lens.me, of, view.owner))
            dead = day.dead()
            pairs = _pairs(reader, self._alike, view.owner)
            counts = {str(fault): by_rep for fault, by_rep in day.fault_counts().items()}
            counts[DUPLICATES] = Counter(pair.other.owner for pair in pairs or ())
            counts[DEAD] = Counter(deal.owner for deal in dead)
            found = _ids(view.group, day, dead)
            deals = reader.deals(found[:MOST_SHOWN])
        self._away, self._day = away, today
        in_group = [str(one) for one in found]
        if view.group == DUPLICATES:
            in_group = [pair.key for pair in pairs or ()]
        self._in_group = frozenset(in_group)
        self._mended -= {(view.group, key) for key in in_group}
        return replace(
            view,
            counts=counts,
            deals=tuple(deals[one] for one in found[:MOST_SHOWN] if one in deals),
            total=len(found),
            pairs=pairs,
            marks=view.marks & set(found),
            mended=len(self._mended),
        )

    def _find_alike(self) -> None:
        """Has deals that are alike looked for beside the screen, which takes long where many are:
        the first time, and for who looks at them once somebody has changed something."""
        is_known = self._alike is not None and (
            self.view.group != DUPLICATES or self._alike_of == self.version
        )
        if not is_known and not self.is_searching:
            self.is_searching = True
            beside(self, "alike", _look_for_alike, self)

    def reload(self) -> None:
        reader, before = self.state.reader, self.view.pipeline
        version, pipeline = reader.data_version(), as_it_is(before, reader)
        if gone := gone_words(before, pipeline):
            self.look_at(replace(self.view, pipeline=pipeline))
            self.say(gone, "status.warn")
        else:
            self.view = self._read(replace(self.view, pipeline=pipeline))
        self.version = version
        self.redraw()

    def show_news(self) -> None:
        self.reload()
        self._find_alike()

    def turn_day(self, today: date) -> None:
        self.reads_again = self.reads_again or today != self._day

    def show_change(self, receipt: Receipt) -> None:
        """What was mended leaves the list, and is counted."""
        before, group, owner = self._in_group, self.view.group, self.view.owner
        self.reload()
        gone = before - self._in_group
        passed_on = {
            str(deal.id)
            for deal in receipt.deals
            if owner is not None and deal.owner != owner and deal.is_open
        }
        self._mended |= {(group, key) for key in gone - passed_on}
        self.view = replace(self.view, mended=len(self._mended))
        self.redraw()

    def look_at(self, view: HygieneView) -> None:
        """Another kind, rep or pipeline."""
        if view.pipeline != self.view.pipeline:
            self._alike = None
            self._mended.clear()
        self.view = self._read(replace(view, marks=frozenset()))
        self.say("")
        self.redraw()
        self._find_alike()

    def set_marks(self, marks: frozenset[int]) -> None:
        """Other marks on the deals that are shown."""
        self.view = replace(self.view, marks=marks)
        self.say("")
        self.redraw()

    def redraw(self) -> None:
        style = pane_style(self)
        self.items = items_of(self.view, style)
        self._cursors[self.view.group] = max(0, min(self.cursor, len(self.items) - 1))
        shown = listed(self.items, self.cursor, lines_below(self.view))
        hints = hints_of(self, has_deal=bool(self.items))
        head = heading(self.view, style.width, width_of(self.page.tags))
        show_items(self, head, shown, hints)
        self.show_status()

    # What the keys are about.

    @property
    def cursor(self) -> int:
        return self._cursors[self.view.group]

    @property
    def pair(self) -> Pair | None:
        """The two deals under the cursor that may be one."""
        pairs = self.view.pairs or ()
        on_pairs = self.view.group == DUPLICATES and self.cursor < len(pairs)
        return pairs[self.cursor] if on_pairs else None

    @property
    def deal(self) -> Deal | None:
        """The deal under the cursor; of two that are alike the one that would stay."""
        if self.view.group == DUPLICATES:
            return self.pair.keep if self.pair else None
        return self.view.deals[self.cursor] if self.cursor < len(self.view.deals) else None

    def targets(self) -> Targets:
        """The marked deals, in the order of the list, or the one under the cursor."""
        if (pair := self.pair) is not None:
            both = (pair.keep, pair.other)
            return tuple(deal.id for deal in both), {deal.id: deal.version for deal in both}
        marked = [deal for deal in self.view.deals if deal.id in self.view.marks]
        targets = marked or ([self.deal] if self.deal else [])
        return tuple(deal.id for deal in targets), {deal.id: deal.version for deal in targets}

    def pipeline(self) -> Pipeline:
        return self.view.pipeline

    def at_hand(self, deal_id: int) -> Deal | None:
        pair = self.pair
        shown = self.view.deals if pair is None else (pair.keep, pair.other)
        return next((deal for deal in shown if deal.id == deal_id), None)

    # Moving about.

    def move_cursor(self, columns: int, rows: int) -> None:
        self._cursors[self.view.group] = max(0, min(self.cursor + rows, len(self.items) - 1))
        if self.pair is not None:
            self.say(self.pair.alike.reason)
        elif (deal := self.deal) is not None:
            self.say(told_whole(faults(deal, self.view.pipeline, self.today, self._away), deal))
        self.redraw()

    @on(Page.Pointed)
    def _point(self, event: Page.Pointed) -> None:
        place = place_at(self.items, event.y)
        if place is not None:
            self.move_cursor(0, place - self.cursor)
            if event.count > 1:
                self.press("hygiene.open")

    def step_back(self) -> None:
        """Esc: the marks, then back to where it was opened from."""
        if self.view.marks:
            self.set_marks(frozenset())
        else:
            self.app.pop_screen()

    quit = step_back


def _ids(group: str, day: DayReader, dead: Sequence[Deal]) -> tuple[int, ...]:
    """The deals of a kind; none of what is told in pairs."""
    if group == DUPLICATES:
        return ()
    return tuple(deal.id for deal in dead) if group == DEAD else day.faulty(Fault(group))


def _pairs(
    reader: Reader, alike: Sequence[Alike] | None, owner: str | None
) -> tuple[Pair, ...] | None:
    """The pairs that were found, as far as both are open still and one is whose is asked."""
    if alike is None:
        return None
    ids = {one for pair in alike for one in (pair.keep_id, pair.other_id)}
    found = reader.deals(ids).values()
    deals = {deal.id: deal for deal in found if deal.is_open and deal.archived_at is None}
    pairs = (
        Pair(one, deals[one.keep_id], deals[one.other_id])
        for one in alike
        if one.keep_id in deals and one.other_id in deals
    )
    return tuple(p for p in pairs if owner in (None, p.keep.owner, p.other.owner))


async def _look_for_alike(screen: HygieneScreen) -> None:
    """Has the housekeeper look; what it finds is shown with the next look at the database."""
    pipeline, version = screen.view.pipeline, screen.version

    def look(workspace: Workspace) -> tuple[Alike, ...]:
        from pipeboard.workspace.triage import day_of

        return tuple(day_of(workspace, pipeline).alike()[:MOST_SHOWN])

    try:
        found = await screen.program.housekeeper.ask(look)
    except Exception as error:  # the boundary of what is done beside the screen
        screen.failed(error)
        screen._alike = screen._alike or ()
        return
    finally:
        screen.is_searching = False
    if pipeline != screen.view.pipeline:
        screen._find_alike()
    elif screen.is_mounted:
        screen._alike, screen._alike_of, screen.reads_again = found, version, True
        screen._look()


def place_at(items: Sequence[Item], y: int) -> int | None:
    """The place of the item that has that line."""
    for place, item in enumerate(items):
        y -= len(item.lines)
        if y < 0:
            return place
    return None


def _hinted_here(screen: HygieneScreen) -> Mapping[str, str]:
    return {} if screen.pair is None else {"hygiene.mark": ""}
