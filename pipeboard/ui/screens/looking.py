"""Keys that change what is looked at: cursor, filter, sort, lens, pipeline, pane, other screens."""

from __future__ import annotations

from dataclasses import replace

from pipeboard.domain.board import Lens, Sort
from pipeboard.domain.errors import DatabaseError, PipeboardError
from pipeboard.domain.filter_nodes import These
from pipeboard.ui.draw.layout import layout
from pipeboard.ui.draw.line import whole
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays.help import Help, filter_lines, groups_of
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Feedback, Prompt
from pipeboard.ui.said import said
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.questions import Came, Questions, until_stored

_SORTS = {
    "m": (Sort.MANUAL, "by hand"),
    "v": (Sort.VALUE, "value"),
    "n": (Sort.NEXT_STEP, "next step"),
    "a": (Sort.AGE, "days in stage"),
    "c": (Sort.CLOSE, "close date"),
    "t": (Sort.NAME, "name"),
    "u": (Sort.UPDATED, "last change"),
}
_DENSITIES = (1, 2, 3)
_MOST_TIMES = 9_999


class Looking(DealActions):
    """Nothing here changes a deal."""

    def redraw(self) -> None:
        """Shows the state as it is now."""
        raise NotImplementedError

    # The cursor.

    count = 0
    """What bare digits come to where they are counts: `12j` goes down twelve cards."""

    def take_count(self) -> int:
        """How many times the next key is meant."""
        count, self.count = self.count, 0
        return count or 1

    @property
    def is_in_pane(self) -> bool:
        """Do keys that move go to the pane beside the board?"""
        pane = self.state.view.pane
        return pane is not None and pane.focused

    def scroll_pane(self, lines: int) -> None:
        """The lines beside the board scrolled."""
        pane = self.state.view.pane
        if pane is not None:
            room = layout(self.state.view).status_y - 1
            top = max(0, min(pane.top + lines, len(pane.lines) - room))
            self.state.show(pane=replace(pane, top=top))
            self.redraw()

    def _cursor(self, columns: int, rows: int) -> None:
        count = self.take_count()
        self.say("")
        pane = self.state.view.pane
        if pane is None or not pane.focused:
            self.state.move_cursor(columns * count, rows * count)
        elif columns < 0:
            self.state.show(pane=replace(pane, focused=False))
        else:
            self.scroll_pane(rows * count)
        self.redraw()

    def action_left(self) -> None:
        self._cursor(-1, 0)

    def action_right(self) -> None:
        self._cursor(1, 0)

    def action_up(self) -> None:
        self._cursor(0, -1)

    def action_down(self) -> None:
        self._cursor(0, 1)

    def action_top(self) -> None:
        self.count = 0
        self._cursor(0, -self._rows())

    def action_bottom(self) -> None:
        self.count = 0
        self._cursor(0, self._rows())

    def _rows(self) -> int:
        """As many as there are at all, of what the keys move in."""
        pane = self.state.view.pane
        if self.is_in_pane and pane is not None:
            return len(pane.lines)
        return self.state.board.columns[self.state.view.cursor[0]].count

    def _page(self, halves: int) -> None:
        count = self.take_count()
        self.say("")
        if self.is_in_pane:
            self.scroll_pane(halves * count * layout(self.state.view).body_rows // 2)
        else:
            self.state.page(halves * count)
        self.redraw()

    def action_half_down(self) -> None:
        self._page(1)

    def action_half_up(self) -> None:
        self._page(-1)

    def action_page_down(self) -> None:
        self._page(2)

    def action_page_up(self) -> None:
        self._page(-2)

    def action_stage(self, number: int) -> None:
        """A bare digit: to that stage, or one more digit of a count."""
        if self.board_app.look.digits_count:
            self.count = min(self.count * 10 + number, _MOST_TIMES)
            self.say(f"{self.count} times…")
        else:
            self.go_to_stage(number)

    def go_to_stage(self, number: int) -> None:
        """The cursor to the stage with that number."""
        self.say("")
        if not self.state.go_to_stage(number):
            self.say(f"There is no stage {number}.", "status.warn")
        self.redraw()

    @in_turn
    async def action_go(self) -> None:
        stages = [stage for stage in self.pipeline().stages if not stage.retired]
        choices = [
            Choice("g", "top"),
            *(Choice(str(n), s.name) for n, s in enumerate(stages, 1) if s.is_open and n < 10),
            Choice("w", "won"),
            Choice("l", "lost"),
            Choice("a", "archive"),
            Choice("m", "metrics"),
        ]
        key = await self.ask(Menu("Go to", choices))
        if key == "g":
            self.action_top()
        elif key == "m":
            await self.run_action("metrics")
        elif key == "a":
            await self.set_filter("archived")
        elif key is not None:
            outcome = {"w": self.pipeline().won, "l": self.pipeline().lost}.get(key)
            number = stages.index(outcome) + 1 if outcome else int(key)
            self.go_to_stage(number)

    # Which deals.

    async def set_filter(self, text: str) -> bool:
        """Shows the deals that a filter finds; a bad one keeps what is shown and says why."""
        try:
            await self.look_through(replace(self.state.lens, filter=self.parse(text)))
        except DatabaseError:
            raise
        except PipeboardError as error:
            self.say(said(error), "status.warn")
            return False
        self.state.show(filter_text=text.strip())
        self.redraw()
        return True

    async def look_through(self, lens: Lens, *, follow: int | None = None) -> None:
        """The board under another lens, once it can be read; the signs are counted again."""
        await self.patiently(lambda: self.state.load(lens, follow=follow))
        self.redraw()
        self.count_signs()

    @in_turn
    async def action_filter(self) -> None:
        lens, before = self.state.lens, self.state.view.filter_text

        async def ask(questions: Questions) -> Came:
            typed = await questions.ask(
                lambda: Prompt(
                    "/",
                    value=self._typed_filter,
                    live=self._filtered,
                    accept_empty=True,
                    placeholder="words  stage:demo  owner:ana  +tag  value>20k  stalled  -won",
                    draft_key="filter",
                    offers=False,
                    verb="Filter",
                )
            )
            if typed is None:
                await self.look_through(lens)
                self.state.show(filter_text=before)
                self.redraw()
                return None
            return await self.set_filter(typed) or Outcome()

        await until_stored(self, ask)
        self.count_signs()

    @property
    def _typed_filter(self) -> str:
        """The present filter as text, "" for one that no text stands for (`These`)."""
        query = self.state.lens.filter
        is_named = query is not None and isinstance(query.root, These)
        return "" if is_named else self.state.view.filter_text

    def _filtered(self, text: str) -> Feedback:
        """Filters the board under the prompt while it is typed."""
        try:
            self.state.load(replace(self.state.lens, filter=self.parse(text)))
        except DatabaseError as error:
            # Enter takes the text all the same, and waits until it can be looked for.
            why = f"{error.message} The old result is kept until it can be read."
            return Feedback(((whole(why, "status.warn"),),), True)
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(f"{why} (old result kept)", "input.error"),),), False, why)
        self.state.show(filter_text=text.strip())
        self.redraw()
        board = self.state.board
        matching = f"{board.matching} of {board.total} open deals"
        return Feedback(((whole(matching, "input.chip"),),), True)

    @in_turn
    async def action_find(self) -> None:
        reader = self.state.reader

        def find(text: str) -> list[Option]:
            return [
                Option(
                    str(found.deal_id),
                    f"{found.ref}  {found.name}"
                    + (f" / {found.title}" if found.title != found.name else ""),
                    found.stage_name,
                )
                for found in reader.find(text, limit=100)
            ]

        chosen = await self.ask(Picker("Find", find))
        if chosen is not None:
            await self.go_to_deal(int(chosen))

    async def go_to_deal(self, deal_id: int) -> None:
        """The cursor to a deal, with what hides it taken away."""
        deal = await self.read(lambda reader: reader.deal(deal_id))
        if deal is None:
            self.say(f"There is no deal D-{deal_id} any more.", "status.warn")
            return
        lens = replace(self.state.lens, pipeline_id=deal.pipeline_id)
        await self.look_through(lens, follow=deal_id)
        if not await self.patiently(lambda: self.state.go_to_deal(deal_id)):
            text = "archived" if deal.archived_at is not None else ""
            wanted = replace(lens, owner=None, filter=self.parse(text))
            await self.look_through(wanted, follow=deal_id)
            self.state.show(filter_text=text)
            await self.patiently(lambda: self.state.go_to_deal(deal_id))
        self.redraw()

    def count_signs(self) -> None:
        """Counts the deals that carry a sign, once the board itself is shown."""
        raise NotImplementedError

    @in_turn
    async def action_saved_filters(self) -> None:
        saved = await self.read(lambda reader: reader.saved_filters(self.board_app.me))
        options = [Option(name, name, text) for name, text in saved]
        present = self._typed_filter
        if present:
            options.append(Option("", "Save this filter…", present))
        if not options:
            self.say("No filter is saved yet: type one with /, then F saves it.", "status")
            return
        chosen = await self.ask(Picker("Filters", options))
        if chosen == "":
            self.board_app.check_writable()
            await until_stored(self, lambda questions: self._save_filter(questions, present))
        elif chosen is not None:
            await self.set_filter(dict(saved)[chosen])

    async def _save_filter(self, questions: Questions, text: str) -> Came:
        name = await questions.ask(lambda: Prompt(f"Save '{text}' as", draft_key="filter-name"))
        if name is None:
            return None
        await self.board_app.write_queue.ask(lambda w: w.save_filter(name, text))
        self.say(f"Saved the filter {name}.", "status.ok")
        return True

    @in_turn
    async def action_mine(self) -> None:
        lens = self.state.lens
        mine = lens.me if lens.owner is None else None
        await self.look_through(replace(lens, owner=mine))
        self.say("Your own deals." if mine else "Everyone's deals.")

    @in_turn
    async def action_pipeline(self) -> None:
        pipelines = await self.read(lambda reader: reader.pipelines())
        if len(pipelines) < 2:
            self.say("There is one pipeline; 'pipeboard pipeline new' makes another.", "status")
            return
        options = [Option(str(p.id), p.name, p.currency) for p in pipelines]
        chosen = await self.ask(Picker("Pipeline", options))
        if chosen is not None:
            await self.look_through(replace(self.state.lens, pipeline_id=int(chosen)))
            self.state.show(cursor=(0, 0), tops=(), first_column=0, marks=frozenset())
            self.redraw()

    @in_turn
    async def action_sort(self) -> None:
        lens = self.state.lens
        choices = [
            *(
                Choice(key, label, mark="*" if lens.sort is sort else "")
                for key, (sort, label) in _SORTS.items()
            ),
            Choice("r", "the other way round", mark="*" if lens.reverse else ""),
        ]
        key = await self.ask(Menu("Sort by", choices))
        if key == "r":
            await self.look_through(replace(lens, reverse=not lens.reverse))
        elif key is not None:
            await self.look_through(replace(lens, sort=_SORTS[key][0], reverse=False))

    @in_turn
    async def action_view(self) -> None:
        choices = [
            *(Choice(str(n), f"{n} line{'s' * (n > 1)} a card") for n in _DENSITIES),
            Choice("p", "deal beside the board"),
            Choice("o", "mine / everyone"),
            Choice("g", "signs: unicode / ASCII"),
        ]
        key = await self.ask(Menu("View", choices))
        if key is None:
            return
        if key.isdigit():
            self._show_lines(int(key))
        elif key == "g":
            other = type(self.state.view.glyphs)
            unicode = self.state.view.glyphs is other.UNICODE
            self.state.show(glyphs=other.ASCII if unicode else other.UNICODE)
            self.redraw()
        else:
            await self.run_action({"p": "pane", "o": "mine"}[key])

    def action_denser(self) -> None:
        self._show_lines(self.state.view.density - 1)

    def action_roomier(self) -> None:
        self._show_lines(self.state.view.density + 1)

    def _show_lines(self, density: int) -> None:
        """So many lines a card."""
        if density not in _DENSITIES:
            self.say(f"A card has {_DENSITIES[0]} to {_DENSITIES[-1]} lines.", "status.warn")
            return
        self.state.show(density=density)
        self.redraw()

    @in_turn
    async def action_reload(self) -> None:
        await self.patiently(self.reload)
        self.say("Read again.")

    # Other screens.

    @in_turn
    async def action_help(self) -> None:
        groups = groups_of(self.board_app.look.commands)
        await self.ask(Help("Board", groups, extra=filter_lines()))

    @in_turn
    async def action_palette(self) -> None:
        options = [
            Option(command.id, command.label, f"{command.help}   {command.first_key}")
            for command in self.board_app.look.commands
            if not command.action.startswith("stage_")
        ]
        chosen = await self.ask(Picker(":", options))
        if chosen is not None:
            where, _, action = chosen.rpartition(".")
            await self.run_action(f"app.{action}" if where == "app" else action)
