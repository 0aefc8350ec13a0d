"""The weekly review: step by step through one document, as it stands or as it was held."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import partial
from typing import ClassVar, NamedTuple

from textual import on
from textual.binding import BindingType

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import DatabaseError, GivenUp
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.review import ReviewDocument
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState, as_it_is, gone_words
from pipeboard.ui.draw.questions import listed, scrolled_to
from pipeboard.ui.draw.review import DATA, ReviewView, heading, items_of, ref_of, stops, unread
from pipeboard.ui.key_table import REVIEW
from pipeboard.ui.review_keys import ReviewTab
from pipeboard.ui.screens.hygiene import place_at
from pipeboard.ui.screens.live import hints_of
from pipeboard.ui.screens.page_screen import CountingScreen, pane_style
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.widgets.page import Page
from pipeboard.ui.write_queue import Targets
from pipeboard.workspace.recording import Receipt
from pipeboard.workspace.review import Gathered, Held, decisions_since, gather

ShowBehind = Callable[[str, frozenset[int], int], None]
"""Shows deals on the board, under a title, of a pipeline."""


class ReviewPlace(NamedTuple):
    """Where a person was in a review when they left it."""

    pipeline: Pipeline
    tab: ReviewTab
    cursors: dict[ReviewTab, int]
    discussed: frozenset[str] = frozenset()
    since: datetime | None = None


class ReviewScreen(CountingScreen):
    """Gathers the review in the housekeeper's thread; the old stays until the new is there."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(REVIEW)
    TABLE = REVIEW
    title_of_help = "Weekly review"
    GO = "r"

    def __init__(
        self,
        state: BoardState,
        pipeline: Pipeline,
        place: ReviewPlace | None,
        show_behind: ShowBehind,
        come_back: Callable[[ReviewPlace], None],
    ) -> None:
        super().__init__(state)
        self.hinted_here = partial(_hinted_here, self)
        self.sheet = partial(_sheet, self)
        self.show_behind = show_behind
        self._come_back = come_back
        if place is None or place.pipeline.id != pipeline.id:
            place = ReviewPlace(pipeline, ReviewTab.DATA, dict.fromkeys(ReviewTab, 0))
        self.place = place._replace(pipeline=pipeline)
        self.found: Gathered | None = None
        self.past: Held | None = None
        self._day: date | None = None
        self._seen: Deal | None = None
        self._asked = 0
        self.give_up = partial(_give_up, self)
        self.put_away = partial(_put_away, self)
        self.is_stale = False
        """Has something been stored since that is not counted?"""
        self.has_opened = False
        """Does another screen lie over it, on which deals may be changed?"""

    def on_mount(self) -> None:
        self.reload()

    # What is shown.

    def show_news(self) -> None:
        """What others do does not turn the agenda round while it is talked about: it is said, and
        counted with the next step of the review."""
        if self.found is None:
            self.reload()
            return
        self.is_stale = True
        again = keys.key_for(self.keys, "reload")
        self.say(self._said.text, self._said.role, f"changed meanwhile; {again} counts again")

    def turn_day(self, today: date) -> None:
        self.reads_again = self.reads_again or today != self._day
        self._day = today

    def show_change(self, receipt: Receipt) -> None:
        """What was decided shows at once; the rest with the next step, as for `show_news`."""
        version = self.state.reader.data_version()
        if self.found is not None:
            document, reader = self.found.document, self.state.reader
            since = datetime.fromisoformat(document["since"])
            decisions = decisions_since(reader, self.place.pipeline, since)
            self.found = replace(self.found, document={**document, "decisions": decisions})
        self.version, self.is_stale = version, True
        self.redraw()

    def on_screen_resume(self) -> None:
        """Back from what was opened here, with what was done there."""
        if self.has_opened:
            self.has_opened = False
            self.reload()

    def reload(self) -> None:
        """Gathers the review as of now; keys wait for it."""
        reader, before = self.state.reader, self.place.pipeline
        version, pipeline = reader.data_version(), as_it_is(before, reader)
        if gone := gone_words(before, pipeline):
            self.place = ReviewPlace(pipeline, self.place.tab, dict.fromkeys(ReviewTab, 0))
            self.found = self.past = None
            self.say(gone, "status.warn")
        self.place, self.version = self.place._replace(pipeline=pipeline), version
        self.is_stale = False
        self._asked += 1
        self.counting += 1
        self._day = self.today
        beside(self, "counting", _count, self, self._asked)

    @property
    def document(self) -> ReviewDocument | None:
        """The review that is shown; None while it is gathered for the first time."""
        if self.past is not None:
            return self.past.contents
        if self.found is None:
            return None
        return {**self.found.document, "discussed": sorted(self.place.discussed)}

    def redraw(self) -> None:
        """The step as it is now, the cursor on an item that there is."""
        view = _view(self)
        if view is None:
            bars = unread(self.place.pipeline.name, self.place.tab, self.page.size.width)
            glyphs, hints = self.state.view.glyphs, hints_of(self, has_deal=False)
            page = replace(self.page.view, head=bars, lines=(), hints=hints, glyphs=glyphs)
            self.page.show(page)
            self.show_status()
            return
        height = self.page.size.height
        self.items = items_of(view)
        places = stops(self.items)
        self.place.cursors[self.place.tab] = max(0, min(self.cursor, len(places) - 1))
        # What is under the cursor says more of itself: it has to be known before it is drawn.
        self.items = items_of(replace(view, current=self.item_key))
        shown = listed(self.items, places[self.cursor] if places else -1)
        page = replace(
            self.page.view,
            head=tuple(heading(view)),
            lines=shown.lines,
            hints=hints_of(self, has_deal=self.deal_id is not None and self.past is None),
            glyphs=view.style.glyphs,
        )
        room = page.seen(height)
        top = 0 if self.cursor == 0 else scrolled_to(page.top, room, shown)
        if self.cursor == len(places) - 1 and len(places) > 1:
            top = max(top, min(shown.first, len(shown.lines) - room))
        self.page.show(replace(page, top=page.scrolled(top - page.top, height)))
        self.show_status()

    # What the keys are about.

    @property
    def cursor(self) -> int:
        """The place among those that the cursor can stand on."""
        return self.place.cursors[self.place.tab]

    @property
    def item_key(self) -> str:
        places = stops(self.items)
        return self.items[places[self.cursor]].key if self.cursor < len(places) else ""

    @property
    def deal_id(self) -> int | None:
        """The deal that is under the cursor, if it is one."""
        return ref_of(self.item_key)

    def targets(self) -> Targets:
        """The deal under the cursor as it stands now, which is what is seen of it from here on;
        nobody can tell which that is while the review is being gathered anew."""
        if self.counting:
            raise DatabaseError("The review is being gathered.", details={"reason": "locked"})
        self._seen = None if self.deal_id is None else self.state.reader.deal(self.deal_id)
        deal = self._seen
        return ((deal.id,), {deal.id: deal.version}) if deal is not None else ((), {})

    def pipeline(self) -> Pipeline:
        return self.place.pipeline

    def at_hand(self, deal_id: int) -> Deal | None:
        return self._seen if self._seen is not None and self._seen.id == deal_id else None

    # Moving about.

    def show_tab(self, tab: ReviewTab) -> None:
        """Another step of the review."""
        self.place = self.place._replace(tab=tab)
        self.items = ()
        self.say("")
        self.redraw()

    def move_cursor(self, columns: int, rows: int) -> None:
        self.place.cursors[self.place.tab] = max(
            0, min(self.cursor + rows, len(stops(self.items)) - 1)
        )
        self.say("")
        self.redraw()

    def move_pages(self, pages: float) -> None:
        self.move_cursor(0, round(pages * self.page.view.seen(self.page.size.height) / 2))

    @on(Page.Pointed)
    def _point(self, event: Page.Pointed) -> None:
        place, places = place_at(self.items, event.y), stops(self.items)
        if place in places:
            self.move_cursor(0, places.index(place) - self.cursor)
            if event.count > 1:
                self.press("review.open")

    def step_back(self) -> None:
        """Esc: from a past review to the present one; from one that is being gathered to the one
        before; then back to the board."""
        if self.past is not None:
            show_past(self, None)
        elif not _give_up(self):
            leave(self)

    quit = step_back


def show_past(screen: ReviewScreen, held: Held | None) -> None:
    """Shows a review as it was held; None is the present one."""
    screen.past = held
    screen.say(to_present(screen) if held else "")
    screen.redraw()


def to_present(screen: ReviewScreen) -> str:
    """How to come back from a past review."""
    return f"{keys.key_for(screen.keys, 'step_back')} goes to the present review."


def leave(screen: ReviewScreen) -> None:
    """Back to the board."""
    _put_away(screen)
    screen.app.pop_screen()


def _put_away(screen: ReviewScreen) -> None:
    """The step, what was discussed and since when are kept until the review is ended."""
    screen._asked += 1
    screen.has_opened = False
    screen._come_back(screen.place)


def _view(screen: ReviewScreen) -> ReviewView | None:
    """What is drawn; None while the review is gathered for the first time."""
    document, found = screen.document, screen.found
    if document is None or found is None:
        return None
    held = [one for one in found.held if one.at.isoformat() < document["at"]]
    only_looks = screen.past is not None or screen.state.view.read_only
    return ReviewView(
        document,
        held[0].contents if held else None,
        screen.place.tab,
        pane_style(screen),
        frozenset(document.get("discussed", ())),
        screen.past is not None,
        screen.item_key,
        "" if only_looks else keys.key_for(screen.keys, "decide"),
    )


def _give_up(screen: ReviewScreen) -> bool:
    """Ends the gathering; whether there is a review from before to be shown."""
    screen._asked += 1
    if not screen.counting or screen.found is None:
        return False
    screen.is_stale = True
    again = keys.key_for(screen.keys, "reload")
    screen.say("Given up: this is the review from before.", beside=f"{again} counts again")
    return True


async def _count(screen: ReviewScreen, asked: int) -> None:
    """Has the housekeeper gather what was asked for last; the rest is of no use any more."""
    found = None
    place = screen.place

    def watch(share: float) -> None:
        screen.share = share
        if asked != screen._asked:
            raise GivenUp("Given up.")

    try:
        if asked == screen._asked:
            found = await screen.program.housekeeper.ask(
                lambda workspace: gather(workspace, place.pipeline, place.since, watch)
            )
    except GivenUp:
        pass  # `_give_up` has said so, or it is asked anew
    except Exception as error:  # the boundary of what is done beside the screen
        screen.say(screen.program.net.words(error), "status.error")
    screen.counting -= 1
    if found is not None and asked == screen._asked:
        screen.found = found
    if screen.is_mounted:
        screen.redraw()


def _sheet(screen: ReviewScreen) -> object:
    return (screen.place.tab, screen.past is None)


def _hinted_here(screen: ReviewScreen) -> Mapping[str, str]:
    key, found = screen.item_key, screen.found
    is_present, is_deal = screen.past is None, screen.deal_id is not None
    is_behind = is_present and found is not None and bool(found.behind.get(key))
    useful = {
        "review.open": is_deal or key.startswith(DATA) or is_behind,
        "review.discussed": is_deal and is_present,
        "review.hold": is_present,
        "review.past": found is not None and bool(found.held),
    }
    return {key: "" for key, is_useful in useful.items() if not is_useful}
