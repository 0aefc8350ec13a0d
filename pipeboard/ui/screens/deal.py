"""One deal on the whole screen: its tabs, and the items in them under a cursor."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

from textual.binding import BindingType

from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.errors import NotFound
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw import notes, questions
from pipeboard.ui.draw import notes as overview
from pipeboard.ui.draw.facts import PaneStyle, paragraph
from pipeboard.ui.draw.line import Line, blank, tab_strip
from pipeboard.ui.draw.notes import head
from pipeboard.ui.draw.questions import GUTTER, Item, listed
from pipeboard.ui.key_table import DEAL, DEAL_TABS, DealTab
from pipeboard.ui.keys import Key
from pipeboard.ui.screens.live import hints_of
from pipeboard.ui.screens.page_screen import PageScreen, pane_style, scroll, show_items
from pipeboard.ui.write_queue import Targets

LEADS_TO = {
    overview.SCORE: DealTab.QUESTIONS,
    overview.NOTES: DealTab.NOTES,
    "touches": DealTab.TIMELINE,
}
"""Parts of the overview that another tab says more about."""
_NOTHING = {
    DealTab.OVERVIEW: "",
    DealTab.QUESTIONS: "this pipeline asks no questions",
    DealTab.NOTES: "no notes",
    DealTab.TIMELINE: "nothing matches",
    DealTab.PEOPLE: "nobody is known yet",
    DealTab.TERMS: "nothing is negotiated yet",
}
_ADDS = {
    DealTab.NOTES: ("note", "adds one"),
    DealTab.PEOPLE: ("add_item", "adds a person"),
    DealTab.TERMS: ("add_item", "adds a term"),
}
"""The key that puts something there, and what it does."""


class DealScreen(PageScreen):
    """A deal in tabs; the same keys as on the board change it, others what is in a tab."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(DEAL)
    TABLE = DEAL
    title_of_help = "Deal"

    def __init__(self, state: BoardState, deal_id: int) -> None:
        super().__init__(state)
        self.hinted_here = partial(_hinted_here, self)
        self.sheet = partial(_sheet, self)
        self.deal_id = deal_id
        self.tab = DealTab.OVERVIEW
        self.wanted = ""
        self.opened: frozenset[int] = frozenset()
        self._cursors = dict.fromkeys(DEAL_TABS, 0)
        self.record = _read(self, deal_id)

    # What is shown.

    def show_news(self) -> None:
        """Shows what others have committed, and says whose change of this deal it is."""
        before = self.record.deal.version
        self.reload()
        last = self.record.entries[0]
        if self.record.deal.version != before and not self.program.seat.actor.did(last):
            at = last.recorded_at.astimezone(self.program.settings.zone)
            news = f"changed by @{last.who} {at:%H:%M}"
            self.say(self._said.text, self._said.role, news)

    def reload(self) -> None:
        show_deal(self, self.deal_id)

    def redraw(self) -> None:
        """The record as it is now, the cursor on an item that there is."""
        style = pane_style(self)
        self.items = self._items(style)
        self._cursors[self.tab] = max(0, min(self.cursor, len(self.items) - 1))
        shown = listed(self.items, self.cursor, self._below(style))
        top = (
            *head(self.record, style),
            tab_strip(DealTab, self.tab, style.width, _counts(self.record)),
        )
        show_items(self, top, shown, hints_of(self))

    def _items(self, style: PaneStyle) -> tuple[Item, ...]:
        match self.tab:
            case DealTab.OVERVIEW:
                return overview.overview_items(self.record, style)
            case DealTab.QUESTIONS:
                return questions.question_items(self.record, style)
            case DealTab.NOTES:
                return notes.note_items(self.record, style)
            case DealTab.TIMELINE:
                return notes.timeline_items(self.record, style, self.wanted, self.opened)
            case DealTab.PEOPLE:
                return notes.people_items(self.record, style)
            case DealTab.TERMS:
                return notes.term_items(self.record, style)

    def _below(self, style: PaneStyle) -> list[Line]:
        """What stands under the items: the question in full, what is missing, or that all is."""
        lines: list[Line] = []
        nothing = _NOTHING[self.tab]
        if self.tab in _ADDS and not self.state.view.read_only:
            action, does = _ADDS[self.tab]
            nothing = f"{nothing}; {keys.key_for(self.keys, action)} {does}"
        back = keys.key_for(self.keys, "step_back")
        if self.tab is DealTab.TIMELINE:
            nothing = f"{nothing}; {back} shows all"
        if not self.items and nothing:
            lines += [*paragraph((blank(GUTTER),), nothing, "empty", style.width), ()]
        if self.tab is DealTab.QUESTIONS and self.items:
            question = self.record.pipeline.question(self.item_key)
            if question is not None:
                answer = self.record.deal.answers.get(question.key)
                lines += [(), *questions.question_box(question, answer, style)]
        elif self.tab is DealTab.PEOPLE:
            lines.append(notes.people_note(self.record.deal))
        elif self.tab is DealTab.TERMS:
            lines += [(), *notes.terms_note(self.record, style)]
        elif self.tab is DealTab.TIMELINE and self.wanted:
            said = f"only events with '{self.wanted}'; {back} shows all"
            lines += [(), *paragraph((blank(GUTTER),), said, "text.dim", style.width)]
        return lines

    # What the keys are about.

    @property
    def cursor(self) -> int:
        """The place of the current item."""
        return self._cursors[self.tab]

    @property
    def item_key(self) -> str:
        return self.items[self.cursor].key if self.items else ""

    def only_looks(self, key: Key) -> bool:
        return key.id == "deal.edit_item" and _only_leads_on(self)

    def targets(self) -> Targets:
        return (self.deal_id,), {self.deal_id: self.record.deal.version}

    def pipeline(self) -> Pipeline:
        return self.record.pipeline

    def at_hand(self, deal_id: int) -> Deal | None:
        return self.record.deal if deal_id == self.deal_id else None

    # Moving about.

    def show_tab(self, tab: DealTab) -> None:
        """Another tab, scrolled to its cursor."""
        self.tab = tab
        self.say("")
        self.redraw()

    def move_cursor(self, columns: int, rows: int) -> None:
        """The cursor so many items down; through an item higher than the screen line by line."""
        view = self.page.view
        shown = listed(self.items, self.cursor)
        room = view.seen(self.page.size.height)
        hidden = shown.last - (view.top + room) if rows > 0 else view.top - shown.first
        last = len(self.items) - 1
        if hidden > 0 or (self.cursor == last and rows > 0):
            scroll(self, 1 if rows > 0 else -1)
            return
        self._cursors[self.tab] = max(0, min(self.cursor + rows, last))
        self.redraw()

    def move_pages(self, pages: float) -> None:
        places = round(self.page.view.seen(self.page.size.height) * pages)
        self._cursors[self.tab] = max(0, min(self.cursor + places, len(self.items) - 1))
        self.redraw()

    def move_to_end(self, direction: int) -> None:
        self._cursors[self.tab] = len(self.items) - 1 if direction > 0 else 0
        self.redraw()

    def search(self, text: str) -> None:
        """Only the events of the timeline that hold this text."""
        self.wanted = text.strip()
        self.redraw()

    def step_back(self) -> None:
        """Esc: the timeline's filter, then back to the board."""
        if self.tab is DealTab.TIMELINE and self.wanted:
            self.search("")
        else:
            self.app.pop_screen()

    def quit(self) -> None:
        self.step_back()


def _counts(record: DealRecord) -> dict[DealTab, str]:
    """What stands beside the names of the tabs."""
    given, total = len(record.deal.answered(record.pipeline)), len(record.pipeline.questions)
    return {
        DealTab.QUESTIONS: f"{given}/{total}",
        DealTab.NOTES: str(len(record.notes)),
        DealTab.TIMELINE: str(len(record.entries)),
        DealTab.PEOPLE: str(len(record.deal.contacts)),
        DealTab.TERMS: str(len(record.deal.terms) or ""),
    }


def _sheet(screen: DealScreen) -> object:
    return screen.tab


def _hinted_here(screen: DealScreen) -> Mapping[str, str]:
    key, tab = screen.item_key, screen.tab
    note = next((note for note in screen.record.notes if note.id == key), None)
    ticks = tab is DealTab.OVERVIEW and key.startswith(overview.CHECK)
    enter = "Tick" if ticks else "Open" if _only_leads_on(screen) else "Edit"
    if not key or (note is not None and note.author != screen.program.me):
        enter = ""
    rates = tab is DealTab.QUESTIONS and bool(key)
    space = "Rate" if rates else "Tick" if ticks else ""
    if keys.is_gone(screen.record.deal):
        enter, space = enter if _only_leads_on(screen) else "", ""
    here = {"deal.edit_item": enter, "deal.tick": space}
    return {**here, **keys.refused_by(screen.record.deal)}


def _only_leads_on(screen: DealScreen) -> bool:
    """Does Enter change nothing of what is under the cursor, but leads to more of it?"""
    onward = (*LEADS_TO, overview.GATE, overview.PLAYBOOK)
    on_overview = screen.tab is DealTab.OVERVIEW and screen.item_key in onward
    return screen.tab is DealTab.TIMELINE or on_overview


def show_deal(screen: DealScreen, deal_id: int) -> None:
    """A deal in the tab that is looked at; raises DatabaseError, with all as it was."""
    version, record = screen.state.reader.data_version(), _read(screen, deal_id)
    # Only now: keys are never about another deal than the one that is seen.
    screen.deal_id, screen.version, screen.record = deal_id, version, record
    screen.redraw()


def _read(screen: DealScreen, deal_id: int) -> DealRecord:
    record = screen.state.reader.record(deal_id, screen.program.seat.eyes)
    if record is None:
        raise NotFound(f"There is no deal D-{deal_id}.")
    return record
