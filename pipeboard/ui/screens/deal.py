"""One deal on the whole screen: its tabs, and the items in them under a cursor."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from pipeboard.domain.errors import NotFound
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.sheet import Sheet
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.deal_tabs import TABS, Tab
from pipeboard.ui.draw import asked, others, overview, written
from pipeboard.ui.draw.glyphs import spelled
from pipeboard.ui.draw.items import GUTTER, Item, listed, scrolled_to
from pipeboard.ui.draw.line import Line, blank, exactly, whole
from pipeboard.ui.draw.section import PaneStyle
from pipeboard.ui.draw.tabs import head, tab_strip
from pipeboard.ui.palette import Theme
from pipeboard.ui.screens.answering import Answering
from pipeboard.ui.screens.copying import Copying
from pipeboard.ui.screens.deal_actions import in_turn
from pipeboard.ui.screens.deal_items import ItemActions
from pipeboard.ui.screens.deal_text import field_text
from pipeboard.ui.screens.drafting import key_of
from pipeboard.ui.screens.prompt import Prompt
from pipeboard.ui.screens.questions import Came, Questions, until_stored
from pipeboard.ui.turn import Meant
from pipeboard.ui.widgets.page import Page

if TYPE_CHECKING:
    from pipeboard.workspace import Receipt

_NOTHING = {
    Tab.OVERVIEW: "",
    Tab.QUESTIONS: "this pipeline asks no questions",
    Tab.NOTES: "no notes; n adds one",
    Tab.TIMELINE: "nothing matches; Esc shows all",
    Tab.PEOPLE: "nobody is known yet; a adds a person",
    Tab.TERMS: "nothing is negotiated yet; a adds a term",
}


class DealScreen(ItemActions, Answering, Copying):
    """A `Sheet` in tabs; the same keys as on the board change the deal, others what is in a tab."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(keys.DEAL)

    def __init__(self, state: BoardState, deal_id: int, theme: Theme) -> None:
        super().__init__()
        self.state = state
        self.deal_id = deal_id
        self.page = Page(theme)
        self.tab = Tab.OVERVIEW
        self.wanted = ""
        self.opened: frozenset[int] = frozenset()
        self.items: tuple[Item, ...] = ()
        self._cursors = dict.fromkeys(TABS, 0)
        self._version = state.reader.data_version()
        self.sheet = self._read()

    def compose(self) -> ComposeResult:
        yield self.page

    # What is shown.

    def _read(self) -> Sheet:
        sheet = self.state.reader.sheet(self.deal_id)
        if sheet is None:
            raise NotFound(f"There is no deal D-{self.deal_id}.")
        return sheet.seen_by(self.board_app.me)

    def show_news(self) -> None:
        """Shows what others have committed, and says whose change of this deal it is."""
        before = self.sheet.deal.version
        self.reload()
        last = self.sheet.entries[0]
        if self.sheet.deal.version != before and last.actor != self.board_app.me:
            at = last.recorded_at.astimezone(self.board_app.settings.zone)
            self.say_beside(f"changed by @{last.actor} {at:%H:%M}")

    def turn_day(self, today: date) -> None:
        self.reads_again = True

    @property
    def style(self) -> PaneStyle:
        lens = self.state.lens
        return PaneStyle(self.page.size.width, lens.today, lens.zone, self.state.view.glyphs)

    @on(Page.Resized)
    def _fit(self) -> None:
        self.redraw()

    def reload(self) -> None:
        version, sheet = self.state.reader.data_version(), self._read()
        self._version, self.sheet = version, sheet
        self.redraw()

    def redraw(self) -> None:
        """The sheet as it is now, the cursor on an item that there is."""
        style = self.style
        self.items = self._items(style)
        self._cursors[self.tab] = max(0, min(self.cursor, len(self.items) - 1))
        shown = listed(self.items, self.cursor, self._below(style))
        top = (*head(self.sheet, style), tab_strip(self.tab, self._counts(), style.width))
        view = replace(
            self.page.view,
            head=tuple(spelled(exactly(line, style.width), style.glyphs) for line in top),
            lines=tuple(spelled(exactly(line, style.width), style.glyphs) for line in shown.lines),
            hints=keys.hints(keys.DEAL, read_only=self.state.view.read_only),
            glyphs=style.glyphs,
        )
        room = view.room(self.page.size.height)
        view = replace(view, top=scrolled_to(view.top, room, shown))
        self.page.show(replace(view, top=view.scrolled(0, self.page.size.height)))

    def _items(self, style: PaneStyle) -> tuple[Item, ...]:
        match self.tab:
            case Tab.OVERVIEW:
                return overview.overview_items(self.sheet, style)
            case Tab.QUESTIONS:
                return asked.question_items(self.sheet, style)
            case Tab.NOTES:
                return written.note_items(self.sheet, style)
            case Tab.TIMELINE:
                return written.timeline_items(self.sheet, style, self.wanted, self.opened)
            case Tab.PEOPLE:
                return others.people_items(self.sheet, style)
            case Tab.TERMS:
                return others.term_items(self.sheet, style)

    def _below(self, style: PaneStyle) -> list[Line]:
        """What stands under the items: the question in full, what is missing, or that all is."""
        lines: list[Line] = []
        if not self.items and _NOTHING[self.tab]:
            lines += [(blank(GUTTER), (_NOTHING[self.tab], "empty")), ()]
        if self.tab is Tab.QUESTIONS and self.items:
            question = self.sheet.pipeline.question(self.item_key)
            if question is not None:
                answer = self.sheet.deal.answers.get(question.key)
                lines += [(), *asked.question_box(question, answer, style)]
        elif self.tab is Tab.PEOPLE:
            lines.append(others.people_note(self.sheet.deal))
        elif self.tab is Tab.TERMS:
            me = self.board_app.me
            lines += [(), *others.terms_note(self.sheet, style, me)]
        elif self.tab is Tab.TIMELINE and self.wanted:
            said = f"only events with '{self.wanted}'; Esc shows all"
            lines += [(), (blank(GUTTER), whole(said, "text.dim"))]
        return lines

    def _counts(self) -> dict[Tab, str]:
        sheet = self.sheet
        given, total = len(sheet.deal.answered(sheet.pipeline)), len(sheet.pipeline.questions)
        return {
            Tab.QUESTIONS: f"{given}/{total}",
            Tab.NOTES: str(len(sheet.notes)),
            Tab.TIMELINE: str(len(sheet.entries)),
            Tab.PEOPLE: str(len(sheet.deal.contacts)),
            Tab.TERMS: str(len(sheet.deal.terms) or ""),
        }

    # What the keys are about.

    @property
    def cursor(self) -> int:
        """The place of the current item."""
        return self._cursors[self.tab]

    @property
    def item_key(self) -> str:
        return self.items[self.cursor].key if self.items else ""

    def targets(self) -> Meant:
        return (self.deal_id,), {self.deal_id: self.sheet.deal.version}

    def pipeline(self) -> Pipeline:
        return self.sheet.pipeline

    def present(self, field: str) -> str:
        deal = self.sheet.deal
        if field == "name":
            return deal.name
        if field == "next_step":
            return deal.next_step.text if deal.next_step else ""
        return field_text(deal, field)

    def put_status(self, line: Line, right: Line) -> None:
        self.page.show(replace(self.page.view, status=line, status_right=right))

    def show_change(self, receipt: Receipt) -> None:
        self.reload()

    # Moving about.

    def show_tab(self, tab: Tab) -> None:
        """Another tab, scrolled to its cursor."""
        self.tab = tab
        self.say("")
        self.redraw()

    def action_tab(self, number: int) -> None:
        self.show_tab(TABS[number - 1])

    def action_tab_before(self) -> None:
        self.show_tab(TABS[(TABS.index(self.tab) - 1) % len(TABS)])

    def action_tab_after(self) -> None:
        self.show_tab(TABS[(TABS.index(self.tab) + 1) % len(TABS)])

    def _go(self, places: int) -> None:
        """The cursor so many items down; through an item higher than the screen line by line."""
        view, height = self.page.view, self.page.size.height
        shown = listed(self.items, self.cursor)
        room = view.room(height)
        hidden = shown.last - (view.top + room) if places > 0 else view.top - shown.first
        last = len(self.items) - 1
        if hidden > 0 or (self.cursor == last and places > 0):
            self.page.show(replace(view, top=view.scrolled(1 if places > 0 else -1, height)))
            return
        self._cursors[self.tab] = max(0, min(self.cursor + places, last))
        self.redraw()

    def action_down(self) -> None:
        self._go(1)

    def action_up(self) -> None:
        self._go(-1)

    def _page(self, share: float) -> None:
        places = round(self.page.view.room(self.page.size.height) * share)
        self._cursors[self.tab] = max(0, min(self.cursor + places, len(self.items) - 1))
        self.redraw()

    def action_page_down(self) -> None:
        self._page(1)

    def action_page_up(self) -> None:
        self._page(-1)

    def action_half_down(self) -> None:
        self._page(0.5)

    def action_half_up(self) -> None:
        self._page(-0.5)

    def action_top(self) -> None:
        self._cursors[self.tab] = 0
        self.redraw()

    def action_bottom(self) -> None:
        self._cursors[self.tab] = len(self.items) - 1
        self.redraw()

    @on(Page.Scrolled)
    def _wheel(self, event: Page.Scrolled) -> None:
        view, height = self.page.view, self.page.size.height
        self.page.show(replace(view, top=view.scrolled(event.lines, height)))

    @in_turn
    async def action_search(self) -> None:
        """Only the events that hold what is typed, as it is typed."""
        self.show_tab(Tab.TIMELINE)
        before = self.wanted

        async def ask(questions: Questions) -> Came:
            typed = await questions.ask(
                lambda: Prompt(
                    "Timeline: only events with",
                    value=before,
                    on_change=self._search,
                    accept_empty=True,
                    placeholder="moved, @bo, note, close date",
                    draft_key=key_of("timeline", [self.deal_id]),
                    offers=False,
                    verb="Keep",
                )
            )
            self._search(before if typed is None else typed)
            return None if typed is None else True

        await until_stored(self, ask)

    def _search(self, text: str) -> None:
        self.wanted = text.strip()
        self.redraw()

    @in_turn
    async def action_help(self) -> None:
        from pipeboard.ui.screens.help import Help, groups_of

        await self.ask(Help("Deal", groups_of(keys.DEAL)))

    def action_step_back(self) -> None:
        """Esc: the timeline's filter, then back to the board."""
        if self.tab is Tab.TIMELINE and self.wanted:
            self._search("")
        else:
            self.app.pop_screen()

    def action_quit(self) -> None:
        self.action_step_back()
