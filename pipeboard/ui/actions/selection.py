"""Keys that go somewhere, for many deals at once, for order by hand, and for taking back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final, cast

from pipeboard.domain.board import Sort
from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.people import named
from pipeboard.domain.pipeline import Pipeline, StageKind
from pipeboard.domain.quick_add import QuickAdd, parse_quick_add
from pipeboard.domain.settings import Settings
from pipeboard.ui.execute import Came, Questions, carry_out, execute, key_again, until_stored
from pipeboard.ui.host import AddDeal, Host, UseCase, ask, read, take_count
from pipeboard.ui.keys import key_for
from pipeboard.ui.last_view import Undoable
from pipeboard.ui.overlays import prompt
from pipeboard.ui.overlays.menu import (
    DIGITS,
    Menu,
    MenuChoice,
    Option,
    Picker,
)
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.live import LiveScreen, uncover
from pipeboard.workspace.execution import reorder
from pipeboard.workspace.undoing import redo_last, undo_last
from pipeboard.workspace.undoing import undo_list as changes_that_stand

if TYPE_CHECKING:
    from pipeboard.store.reading.history import Did
    from pipeboard.ui.screens.board import BoardScreen
    from pipeboard.ui.screens.page_screen import CountingScreen
    from pipeboard.workspace import Seen, Workspace
    from pipeboard.workspace.recording import Receipt


# Keys that move the cursor, however a screen moves it.

_MOST_TIMES: Final = 9_999
_FURTHER: Final = "o"
"""The key of a menu for the stages that have no digit."""
_AS_THEY_WERE: Final = "mti"
"""The letters of screens that have a choice of deals of their own, which they keep."""


def left(host: Host) -> None:
    host.move_cursor(-take_count(host), 0)


def right(host: Host) -> None:
    host.move_cursor(take_count(host), 0)


def up(host: Host) -> None:
    host.move_cursor(0, -take_count(host))


def down(host: Host) -> None:
    host.move_cursor(0, take_count(host))


def top(host: Host) -> None:
    host.count = 0
    host.move_to_end(-1)


def bottom(host: Host) -> None:
    host.count = 0
    host.move_to_end(1)


def half_down(host: Host) -> None:
    host.move_pages(0.5 * take_count(host))


def half_up(host: Host) -> None:
    host.move_pages(-0.5 * take_count(host))


def page_down(host: Host) -> None:
    host.move_pages(take_count(host))


def page_up(host: Host) -> None:
    host.move_pages(-take_count(host))


# The same on a screen that counts, once what was asked for is shown.


async def step(host: CountingScreen, rows: int) -> None:
    await host.counted()
    host.move_cursor(0, rows)


async def end(host: CountingScreen, direction: int) -> None:
    await host.counted()
    host.move_to_end(direction)


async def page(host: CountingScreen, pages: int) -> None:
    await host.counted()
    host.move_pages(pages)


async def choose_pipeline(host: Host) -> Pipeline | None:
    """One of the pipelines; None where the person leaves it."""
    pipelines = await read(host, lambda reader: reader.pipelines())
    options = [Option(str(one.id), one.name, one.currency) for one in pipelines]
    chosen = await ask(host, Picker("Pipeline", options))
    return next((one for one in pipelines if str(one.id) == chosen), None)


async def choose_rep(host: Host, title: str) -> str | None:
    """The name of a rep, "" for everyone; None where the person leaves it."""
    reps = await read(host, lambda reader: reader.reps())
    options = [Option("", "everyone")]
    options += [Option(rep.name, f"@{rep.name}", rep.display_name) for rep in reps]
    return await ask(host, Picker(title, options))


def stage(host: BoardScreen, number: int) -> None:
    """A bare digit: to that stage, or one more digit of a count."""
    if host.program.choices.digits == "count":
        host.count = min(host.count * 10 + number, _MOST_TIMES)
        host.say(f"{how_many(host.count, 'time')}…")
    else:
        go_to_stage(host, number)


def go_to_stage(host: BoardScreen, number: int) -> None:
    """The cursor to the stage with that number."""
    host.say("")
    if not host.state.go_to_stage(number):
        host.say(f"There is no stage {number}.", "status.warn")
    elif (kind := host.stage_shown().kind) is not StageKind.OPEN:
        with suppress(DatabaseError):  # it is no more than a remark
            host.say(host.state.left_in_archive("won" if kind is StageKind.WON else "lost"))
    host.redraw()


async def ask_with_stages(
    host: Host,
    title: str,
    stages: Sequence[MenuChoice],
    *,
    before: Sequence[MenuChoice] = (),
    after: Sequence[MenuChoice] = (),
) -> str | None:
    """The key that is chosen of a menu with numbered stages: those that have no digit are chosen
    from a list."""
    numbered, further = stages[:DIGITS], stages[DIGITS:]
    more = [replace(further[0], key=_FURTHER, label="another stage…", mark="")] if further else []
    key = await ask(host, Menu(title, [*before, *numbered, *more, *after]))
    if key != _FURTHER:
        return key
    return await ask(host, Picker(title, [Option(c.key, c.label, c.mark) for c in further]))


async def go(host: LiveScreen) -> None:
    """g: what is gone to is opened over the board, by the board, so that no screen lies over one
    that was left; what lies below this screen already is gone back to. Stages, and what is opened
    anew, are of the pipeline that is looked at here."""
    below = {seen.GO: seen for seen in host.app.screen_stack if isinstance(seen, LiveScreen)}
    board = cast("BoardScreen", below["b"])
    # The pipeline of an import may not be made yet.
    pipeline = board.pipeline() if host.GO == "i" else host.pipeline()
    stages = [stage for stage in pipeline.stages if not stage.retired]
    screens = {key.go: key for key in board.keys if key.go and key.go != host.GO}
    top = next((key for key in host.keys if key.action == "top"), None)
    why = host.why_it_stays() if host.why_it_stays is not None else ""

    def choice(key: str, label: str) -> MenuChoice:
        return MenuChoice(key, label, enabled=not why, why=why)

    letter = await ask_with_stages(
        host,
        "Go to",
        [choice(str(n), stage.name) for n, stage in enumerate(stages, 1) if stage.is_open],
        before=[
            *([MenuChoice("g", "top")] if top is not None else []),
            *([choice("b", "board")] if host is not board else []),
        ],
        after=[
            choice("w", "won"),
            choice("l", "lost"),
            choice("a", "archive"),
            *(choice(letter, key.label.lower()) for letter, key in screens.items()),
        ],
    )
    if letter is None:
        return
    if letter == "g" and top is not None:
        host.press(top.id)
        return
    if letter not in below and letter not in _AS_THEY_WERE and pipeline != board.pipeline():
        from pipeboard.ui.actions.navigation import go_to_pipeline

        await go_to_pipeline(board, pipeline.id)
    if letter in screens and letter not in below:
        board.press(screens[letter].id)
        return
    uncover(below.get(letter, board))
    if letter == "a":
        board.perform("navigation.set_filter", "archived")
    elif letter not in below:
        outcome = {"w": pipeline.won, "l": pipeline.lost}.get(letter)
        go_to_stage(board, stages.index(outcome) + 1 if outcome else int(letter))


def back_to_number(host: BoardScreen) -> None:
    """From the deals behind a number to the board as it was before, and the number."""
    if host.shown_behind is None:
        return
    before, back = host.shown_behind
    host.state.come_back(before)
    host.shown_behind = None  # not before: where the database is held this is tried again
    host.say("")
    host.redraw()
    host.count_signs()
    host.press(back)


NOTHING_TO_MARK: Final = "There is nothing to mark here."


async def mark(host: BoardScreen) -> None:
    host.state.catch_up()
    card = host.state.card
    if card is None:
        host.say(NOTHING_TO_MARK, "status.warn")
        return
    host.state.show(marks=host.state.view.marks ^ {card.id})
    host.state.move_cursor(0, 1)
    host.say("")
    host.redraw()


async def mark_range(host: BoardScreen) -> None:
    column, row = host.state.view.cursor
    if host.range_start is None and host.state.card is None:
        host.say(NOTHING_TO_MARK, "status.warn")
        return
    if host.range_start is None or host.range_start[0] != column:
        host.range_start = (column, row)
        again = key_for(host.keys, "mark_range")
        host.say(f"Range from here: go to the other end and press {again} again.")
        return
    ids = host.state.ids_between(column, host.range_start[1], row)
    host.range_start = None
    host.state.show(marks=host.state.view.marks | set(ids))
    host.say("")
    host.redraw()


async def mark_all(host: BoardScreen) -> None:
    ids = frozenset(host.state.column_ids())
    if not ids:
        host.say(NOTHING_TO_MARK, "status.warn")
        return
    marks = host.state.view.marks
    host.state.show(marks=marks - ids if ids <= marks else marks | ids)
    host.say("")
    host.redraw()


async def repeat(host: Host) -> None:
    last = host.program.last_change
    if last is None:
        again = key_for(host.keys, "repeat")
        host.say(f"Nothing to repeat yet: {again} does your last change again.", "status.warn")
    elif isinstance(last, str):
        told = f"'{last.removesuffix('.')}' is not repeated: it was meant for what it was done to."
        host.say(told, "status.warn")
    else:
        await execute(host, last)


async def order_down(host: BoardScreen) -> None:
    await _reorder(host, 1)


async def order_up(host: BoardScreen) -> None:
    await _reorder(host, -1)


async def _reorder(host: BoardScreen, places: int) -> None:
    if host.state.lens.sort is not Sort.MANUAL:
        sorts = key_for(host.keys, "sort")
        host.say(f"The cards are sorted; {sorts} m orders them by hand.", "status.warn")
        return
    card, lens = host.state.card, host.state.lens
    if card is None:
        host.say("No deal is selected here.", "status.warn")
        return

    def reordered(workspace: Workspace, ids: Sequence[int], seen: Seen) -> Receipt:
        return reorder(workspace, ids[0], places, lens, seen=seen)

    await execute(host, reordered, ids=[card.id])


async def add(host: BoardScreen) -> None:
    pipeline = host.pipeline()
    column = host.state.board.columns[host.state.view.cursor[0]]
    stage = column.stage if column.stage.is_open else pipeline.open_stages[0]
    state = host.state
    told = pipeline.currency, state.open_deal_of, state.new_rep_mark
    live = prompt.by_day(host, lambda today: prompt.quick_add(today, *told))

    line = partial(Prompt, f"Add to {stage.name}", live=live, draft_key="add")

    async def attempt(questions: Questions) -> Came:
        typed = await questions.ask(line)
        if typed is None:
            return None
        settings, source = host.program.settings, None
        if settings.lead_source == "required":
            new = parse_quick_add(typed, today=host.today, currency=pipeline.currency, tui=True)
            if not new.says_source:
                chosen = await questions.ask(partial(_where_from, new, settings))
                if chosen is None:
                    return None
                source = "" if chosen == NOBODY_KNOWS.id else chosen
        return await carry_out(host, AddDeal(typed, pipeline, stage.id, source=source))

    await until_stored(host, attempt)


NOBODY_KNOWS = Option("none", "Nobody knows")


def _where_from(new: QuickAdd, settings: Settings) -> Picker:
    known = [Option(name, name) for name in settings.source_names]
    return Picker(f"Where did {new.account or new.title} come from?", [NOBODY_KNOWS, *known])


async def undo(host: Host) -> None:
    """u: my last change taken back, whatever is under the cursor; one that was not made in this
    session is shown first."""
    me, told = host.program.seat.actor, host.program.offered.command_id
    last, found = await host.program.write_queue.ask(
        lambda workspace: (
            workspace.reader.history.undoable(me),
            workspace.reader.history.command(told) if told else None,
        )
    )
    if found is not None and found.undone:
        # What is meant is what was told last: what was done before it is another matter.
        host.program.offered = Undoable()
        host.say(f"{_quoted(found)} was taken back already.{_next(host, last)}", "status.warn")
        return
    if last is not None and last.id not in host.program.done_here:
        whose = named(last.actor, last.acting_as)
        question = Menu(
            f"Undo what @{whose} did, {_when(host, last.at)}?",
            [MenuChoice(key_again(host.keys, "undo", "u"), "undoes it")],
            note=f"{_quoted(last)} was not done in this session.",
            leaving=("Esc", "Keep it"),
        )
        if await ask(host, question) is None:
            return
    await carry_out(host, _taking_back(last.id if last is not None else ""))


def _next(host: Host, last: Did | None) -> str:
    """What the key would take back now."""
    return f" {key_for(host.keys, 'undo')} again undoes {_quoted(last)}." if last else ""


def _quoted(did: Did) -> str:
    return f"'{did.summary.removesuffix('.')}'"


def _taking_back(command_id: str) -> UseCase:
    """My last change taken back, or the one of that id."""
    return lambda workspace, *_: undo_last(workspace, which=command_id)


async def undo_list(host: Host) -> None:
    """My changes that stand, newest first; one that is chosen is taken back, where it can be."""
    done = await host.program.write_queue.ask(
        lambda workspace: changes_that_stand(workspace, limit=50)
    )
    if not done:
        host.say("There is nothing of yours to undo.", "status.warn")
        return
    options = [Option(did.id, did.summary, _when(host, did.at)) for did in done]
    chosen = await ask(host, Picker("Your changes, newest first", options, verb="Undo"))
    if chosen is not None:
        await carry_out(host, _taking_back(chosen))


def _when(host: Host, at: datetime) -> str:
    """`10:32`, `yesterday 16:41`, `27 Nov 16:41`; the clock may have been set back since."""
    local = at.astimezone(host.program.settings.zone)
    days = (host.today - local.date()).days
    if days not in (0, 1):
        return written().moment(local)
    return f"{'yesterday ' if days == 1 else ''}{local:%H:%M}"


async def redo(host: Host) -> None:
    """U: it is put again."""
    await carry_out(host, lambda workspace, *_: redo_last(workspace))
