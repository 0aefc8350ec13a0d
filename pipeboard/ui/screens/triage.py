"""Triage: the day's queue, one deal at a time; what is done to it leads to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from pipeboard.domain.cadence import follow_up_days
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.queue import NOTHING_MATCHES
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Hint, exactly, key_name, spelled, width_of
from pipeboard.ui.draw.triage import TriageView, body, deal_at, head, key_at
from pipeboard.ui.host import patiently
from pipeboard.ui.key_table import TRIAGE
from pipeboard.ui.last_view import read_anew
from pipeboard.ui.news import News, told
from pipeboard.ui.screens.live import hints_of
from pipeboard.ui.screens.page_screen import PageScreen, scroll
from pipeboard.ui.widgets.page import Page
from pipeboard.ui.write_queue import Targets
from pipeboard.workspace.triage import Triage

if TYPE_CHECKING:
    from pipeboard.domain.deal import Deal
    from pipeboard.store.reading.listing import Listing
    from pipeboard.workspace.recording import Receipt


class TriageScreen(PageScreen):
    """Shows where a `Triage` stands. A deal that something was done on is left once the action has
    ended, so that all its questions are asked about it."""

    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(TRIAGE)
    TABLE = TRIAGE
    title_of_help = "Triage"
    GO = "t"

    def __init__(
        self,
        state: BoardState,
        triage: Triage,
        version: int,
        come_back: Callable[[str], None],
    ) -> None:
        super().__init__(state)
        self.hinted_here = partial(_hinted_here, self)
        self.triage = triage
        self.version = version
        self._come_back = come_back
        self._news = News()
        self._acted = ""
        self._done_here: set[str] = set()
        self._before: frozenset[str] = frozenset()
        self.put_away = partial(_put_away, self)
        self.filter_text = ""
        """What the queue is narrowed by, as it was typed."""
        self._is_held = False
        """Has the queue changed while something was asked about the deal?"""

    def on_mount(self) -> None:
        self._news.begin(self.state)
        self._before = frozenset(self.program.done_here)
        queue, effort = self.program.key_queue, self.triage.effort
        if isfinite(queue.typed_at):
            effort.hear(queue.typed_at)
        queue.heard = effort.hear

    # What is shown.

    def redraw(self) -> None:
        """Where the walk stands now."""
        triage, style = self.triage, _style(self)
        width, height = self.page.size
        owner = triage.listing.owner
        self.view = TriageView(
            f"@{owner}" if owner else "everyone",
            triage.handled,
            triage.left,
            triage.total,
            triage.skipped,
            triage.tiers_left(),
            triage.record,
            triage.queued,
            self._choices(),
            tuple(triage.coming(height)),
            triage.done,
            _summary(self) if triage.record is None else "",
            triage.skipped_ones(),
            _nothing(self),
            self.filter_text,
        )
        top = head(self.view, style, width_of(self.page.tags))
        top = tuple(spelled(exactly(line, width), style.glyphs) for line in top)
        page = replace(
            self.page.view,
            head=top,
            hints=hints_of(self, has_deal=triage.record is not None),
            glyphs=style.glyphs,
        )
        lines = body(self.view, style, page.room(height))
        page = replace(page, lines=tuple(spelled(line, style.glyphs) for line in lines))
        self.page.show(replace(page, top=page.scrolled(0, height)))

    def _choices(self) -> tuple[tuple[Hint, ...], ...]:
        """Rows of keys with what they do to the deal that is looked at; or how to go on."""
        only_looks = self.state.view.read_only
        key_of = {
            key.action: key.first_key
            for key in self.keys
            if key.keys != keys.UNBOUND and not (only_looks and key.changes)
        }

        def row(**labels: str) -> tuple[Hint, ...]:
            return tuple((key_of[name], label) for name, label in labels.items() if name in key_of)

        record, today, skipped = self.triage.record, self.triage.listing.today, self.triage.skipped
        if record is None:
            again = {"skip": f"goes through the {skipped} skipped once more"} if skipped else {}
            before = {"previous": "the last one again"} if self.triage.walk.passed else {}
            narrowed = {"step_back": "the whole queue"} if self.filter_text else {}
            others = {} if self.triage.listing.owner is None else {"mine": "everyone's queue"}
            return (row(**again, **before, **narrowed, **others, quit="back"),)
        step, stage = record.deal.next_step, record.stage
        days = (written().day(day, today) for day in follow_up_days(today))
        plans = {f"plan_{n}": day for n, day in enumerate(days, 1)}
        is_planned = step is not None and step.due is not None and step.due > today
        good = {"keep": "keep the plan"} if is_planned else {}
        done = {"done": "done as planned"} if step is not None else {}
        ahead = record.pipeline.neighbour(stage.id, 1) if stage.is_open else None
        on = {"advance": f"on to {ahead.name}"} if ahead is not None else {}
        rows = (
            row(next_step="next step", **plans),
            row(**good, **done, note="note", interaction="log", snooze="snooze", copy="copy"),
            row(**on, back="back", lose="lost", win="won", owner="owner", open="all of it"),
        )
        return tuple(filter(None, rows))

    @on(Page.Pointed)
    def _point(self, event: Page.Pointed) -> None:
        """A click on a key does what it does; one on a deal of the queue goes to it."""
        line = self.page.view.lines[event.y] if event.y < len(self.page.view.lines) else ()
        if hinted := key_at(line, event.x):
            shown = {key_name(key.first_key, self.state.view.glyphs): key.id for key in self.keys}
            if hinted in shown:
                self.press(shown[hinted])
            return
        rows = self.page.view.room(self.page.size.height)
        deal_id = deal_at(self.view, _style(self), rows, event.x, event.y)
        if deal_id:
            self.triage.go_to(deal_id)
            self.arrive()

    def arrive(self) -> None:
        """At another deal: from its top, with what others did to those before it said."""
        self.page.view = replace(self.page.view, top=0)
        self.say(f"{passed}." if (passed := self.triage.take_passed()) else "")
        self.redraw()

    # What is done, here and by others.

    def show_change(self, receipt: Receipt) -> None:
        if self.triage.concerns(receipt):
            self._acted = receipt.summary if receipt.verb != "undo" else ""
        self._done_here.add(receipt.command_id)
        self.triage.note(receipt)
        self.redraw()

    async def go_on(self) -> None:
        if self._acted or self._is_held:
            await patiently(self, self._settle)

    def _settle(self) -> None:
        """Goes on from a deal that is handled; says what one still lacks that is not."""
        acted, before = self._acted, self.triage.walk.current
        lacking = self.triage.settle(acted) if acted else ()
        if self._is_held or self.triage.record is None:
            self.triage.load()
        self._acted, self._is_held = "", False
        passed = self.triage.take_passed()
        self.redraw()
        if lacking:
            why = ", ".join(reason.text for reason in lacking)
            self.say(f"Still here: {why}. {acted}", "status.warn", self._said.beside)
        elif passed:
            self.say(f"{self._said.text} {passed}.".strip(), beside=self._said.beside)
        if self.triage.walk.current != before:
            self.page.show(replace(self.page.view, top=0))

    def reload(self) -> None:
        """The queue as it is now; while something is asked about the deal, that one stays."""
        version = self.state.reader.data_version()
        is_asking = self.app.screen is not self
        if self.triage.listing.today != self.today and not is_asking:
            self.triage.restart(_of_today(self, self.triage.listing))
        else:
            self.triage.load(holds=is_asking)
        self._is_held = is_asking
        self.version = version
        self.redraw()

    def show_news(self) -> None:
        done = self._news.since(self.state)
        is_mine = bool(done) and all(did.id in self._done_here for did in done)
        if is_mine and not self.needs_reading:
            self.triage.look_again()
            self.redraw()
            return
        before = self._said
        self.reload()
        news = told(done, self.state, self.program.seat.actor)
        passed = self.triage.take_passed()
        if passed:
            self.say(f"{passed}.", "status", news)
        elif news:
            self.say(before.text, before.role, news)

    @property
    def needs_reading(self) -> bool:
        held = self._is_held and self.app.screen is self
        return super().needs_reading or held or self.triage.listing.today != self.today

    def on_screen_resume(self) -> None:
        self.call_later(self._look)

    # What the keys are about.

    def targets(self) -> Targets:
        record = self.triage.record
        if record is None:
            return (), {}
        return (record.deal.id,), {record.deal.id: record.deal.version}

    def pipeline(self) -> Pipeline:
        record = self.triage.record
        return record.pipeline if record is not None else self.state.board.pipeline

    def stage_shown(self) -> Stage:
        record = self.triage.record
        return super().stage_shown() if record is None else record.stage

    def at_hand(self, deal_id: int) -> Deal | None:
        record = self.triage.record
        return record.deal if record is not None and record.deal.id == deal_id else None

    # Scrolling, and leaving.

    def move_pages(self, pages: float) -> None:
        scroll(self, round(self.page.view.seen(self.page.size.height) * pages))

    def keep(self) -> None:
        self.triage.keep()

    def step_back(self) -> None:
        """Esc: what was said, the filter, then back; one that came late does not leave the
        queue."""
        if self._said.text:
            self.say("")
        elif self.filter_text:
            self.perform("triage.show_all")
        else:
            self.quit()

    def quit(self) -> None:
        """Back to where it was opened."""
        _put_away(self)
        self.app.pop_screen()


def _put_away(screen: TriageScreen) -> None:
    """How far one has come is kept for the day, and said where it was opened."""
    screen.keep()
    screen.program.key_queue.heard = None
    triage = screen.triage
    _note_what_was_done(screen)
    try:
        is_told = triage.handled or triage.skipped or triage.effort.did
        summary = triage.summary if is_told else ""
    except PipeboardError:
        summary = ""
    screen._come_back(summary)


def _summary(screen: TriageScreen) -> str:
    """What came of the walk, and what this sitting took."""
    _note_what_was_done(screen)
    return screen.triage.summary


def _note_what_was_done(screen: TriageScreen) -> None:
    """On the deals' own screens too."""
    screen.triage.effort.did.update(screen.program.done_here - screen._before)


def _nothing(screen: TriageScreen) -> str:
    """What is said of a queue that holds no deal."""
    if screen.filter_text:
        return NOTHING_MATCHES
    is_own = screen.triage.listing.owner == screen.program.me
    return "Nothing needs you now." if is_own else "Nothing needs anybody now."


def _of_today(screen: TriageScreen, listing: Listing) -> Listing:
    """The same queue as it is today, under its filter as that is meant today."""
    lens, program = screen.state.lens, screen.program
    query = read_anew(screen.state.reader, program.settings, lens.today, program.me, listing.filter)
    return replace(listing, today=lens.today, zone=lens.zone, filter=query or EVERYTHING)


def _style(screen: TriageScreen) -> PaneStyle:
    view, triage = screen.state.view, screen.triage
    width, today = screen.page.size.width, triage.listing.today
    return PaneStyle(width, today, screen.state.lens.zone, view.glyphs)


def _hinted_here(screen: TriageScreen) -> Mapping[str, str]:
    triage = screen.triage
    of_no_use = {
        "triage.skip": triage.record is None and not triage.skipped,
        "triage.previous": not triage.walk.passed,
    }
    here = {} if triage.record is None else keys.refused_by(triage.record.deal)
    return {**here, **{key: "" for key, is_of_none in of_no_use.items() if is_of_none}}
