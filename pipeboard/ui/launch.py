"""Opening the board: the first frame from the database, then Textual, which takes over."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Lens
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.phrases import aloud
from pipeboard.domain.roles import rights
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.layout import AUTO, BoardView, Pane
from pipeboard.ui.draw.line import choose_glyphs
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.last_view import (
    UNSAID,
    Choices,
    Opening,
    SameFile,
    Seat,
    chosen_pipeline,
    kept_as,
    last_view,
    only_looks,
    opened_lens,
    sort_of,
)
from pipeboard.ui.palette import Theme
from pipeboard.ui.terminal.drafts import forget_unstored
from pipeboard.ui.terminal.first_frame import FirstFrame, paint
from pipeboard.ui.terminal.ink import (
    ColorDepth,
    background,
    color_depth,
    terminal_encoding,
    terminal_size,
)
from pipeboard.workspace import Workspace
from pipeboard.workspace.service import check_actor

if TYPE_CHECKING:
    from pipeboard.domain.people import Actor
    from pipeboard.store import Store
    from pipeboard.ui.app import PipeboardApp

FIRST_BUSY_MS = 5_000
"""How long the first frame waits for a writer."""
AFTER_A_CHANGE_S = 0.5
"""How long what a hook has to say waits for what is said of the change itself."""
_GARBAGE_AT = (700, 10, 10)
"""When Python looks for garbage unless told otherwise, as by the start of the program."""
READING_BUSY_MS = 15
"""How long a screen waits for one before it keeps what it shows: about a frame."""


def open_board(
    store: Store,
    clock: Callable[[], datetime],
    actor: Actor,
    choices: Choices,
    state_folder: Path,
    environ: Mapping[str, str] = os.environ,
) -> int:
    """Runs the board until the person leaves it; the exit code.

    Nothing that is slow to import comes before the first frame.
    """
    depth = color_depth(environ)
    theme = choices.themes.shown(background(choices.theme, environ, state_folder), depth)
    last = last_view(state_folder, kept_as(store.database_id, actor))
    state = first_state(store, clock, actor, choices, environ, last)
    # What is alive now stays alive: collecting it while Textual is imported is time lost.
    gc.freeze()
    gc.disable()
    frame = _paint(state, theme, depth)
    with frame or nullcontext():
        _leave_out_tls()
        app = make_app(store, clock, actor, choices, state, theme, state_folder)
        return _run(app, state, frame, mouse=choices.mouse)


def first_state(
    store: Store,
    clock: Callable[[], datetime],
    actor: Actor,
    choices: Choices,
    environ: Mapping[str, str],
    last: Opening = UNSAID,
) -> BoardState:
    """The board as it opens: as the person has set it, else as they left it the `last` time, else
    everyone's deals of the pipeline that was written last."""
    reader = store.new_reader(actor, busy_ms=FIRST_BUSY_MS)
    with reader.snapshot(of_file=False):
        settings, pipelines = reader.settings(), reader.pipelines()
        check_actor(actor, reader.reps)
        rights(actor, reader.reps(), settings).check_acting()
        said = choices.pipeline or choices.opening.pipeline
        pipeline = chosen_pipeline(pipelines, reader, said, last.pipeline)
        opening = replace(choices.opening, pipeline=pipeline.name).over(last)
        today = clock().astimezone(settings.zone).date()
        into = settings.currency if choices.sums == "workspace" else ""
        lens = Lens(pipeline.id, today, settings.zone, me=actor.rep, currency=into)
        lens, filter_text = opened_lens(opening, reader, settings, lens)
        width, height = terminal_size()
        read_only = only_looks(store, reader, rights(actor, reader.reps(), settings))
        view = BoardView(
            Board(pipeline, lens, ()),
            (),
            width,
            height,
            density=opening.density if isinstance(opening.density, int) else AUTO,
            filter_text=filter_text,
            glyphs=choose_glyphs(choices.glyphs, environ, terminal_encoding()),
            demo=settings.demo,
            read_only=read_only,
            pane=None if opening.pane is False else Pane(()),
        )
        state = BoardState(reader, lens, view)
        state.sort = sort_of(opening)
        stages = [column.stage.name for column in state.board.columns]
        if opening.stage in stages:
            state.show(cursor=(stages.index(opening.stage), 0))
        commands = keys.rebound(BOARD, choices.keymap)
        here = {} if state.card is None else keys.refused_by(state.card)
        has_deal = state.card is not None
        hints = keys.hints(commands, has_deal=has_deal, read_only=read_only, here=here)
        state.show(
            hints=hints,
            adds=keys.key_for(commands, "add"),
            clears=keys.key_for(commands, "step_back"),
        )
    reader.wait_at_most(READING_BUSY_MS)
    return state


def _paint(state: BoardState, theme: Theme, depth: ColorDepth) -> FirstFrame | None:
    lines = draw_board(state.view)
    rows = [[(aloud(text), theme.ink(role)) for text, role in line] for line in lines]
    return paint(rows, depth)


def _leave_out_tls() -> None:
    """Imports asyncio without TLS: its loop speaks to a terminal, and OpenSSL is a tenth of the
    board's memory. Whoever imports `ssl` later gets it."""
    if "ssl" in sys.modules or "asyncio" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]  # which makes an import of it fail
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


def _run(app: PipeboardApp, state: BoardState, frame: FirstFrame | None, *, mouse: bool) -> int:
    app.start_from(frame)
    gc.set_threshold(*_GARBAGE_AT)
    gc.enable()
    try:
        app.run(mouse=mouse)
    finally:
        app.write_queue.close()
        app.housekeeper.close()
        state.reader.close()
    if not app.return_code:
        # What was left behind the last time has been told, and this time nothing was.
        forget_unstored(app.drafts)
    return app.return_code or 0


def say_from_beside(app: PipeboardApp, text: str) -> None:
    """A sentence from a thread that runs beside the screens: a moment later, so that what is said
    of the change itself comes first."""
    with suppress(RuntimeError):  # the screens are gone: nobody looks any more
        app.call_from_thread(app.set_timer, AFTER_A_CHANGE_S, lambda: app.say_on_top(text))


def make_app(
    store: Store,
    clock: Callable[[], datetime],
    actor: Actor,
    choices: Choices,
    state: BoardState,
    theme: Theme,
    state_folder: Path,
) -> PipeboardApp:
    """The app over a board that has been read; it makes its workspaces when it needs them."""
    from pipeboard.store import Store
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.ui.write_queue import WriteQueue

    def work_on(store: Store) -> Workspace:
        workspace = Workspace(store, clock, actor)
        workspace.on_stored.append(app.done_here.add)
        if choices.hooks:
            from pipeboard.workspace.hooks import Hooks

            Hooks(choices.hooks, partial(say_from_beside, app), waits=False).listen_to(workspace)
        return workspace

    def open_another() -> Store:
        return Store(store.identity, read_only=store.read_only)

    seat = Seat(
        actor,
        clock,
        store,
        SameFile(store.location, partial(keys.rebound, BOARD, choices.keymap)),
        state_folder,
        first_words=" ".join(filter(None, (store.recovered, store.moved))),
        may_write=store.read_only or state.reader.may_write,
        rights=rights(actor, store.reader.reps(), store.reader.settings()),
    )
    write_queue = WriteQueue(lambda: store, work_on, today=lambda: state.lens.today)
    housekeeper = WriteQueue(open_another, work_on, owns_store=True)
    app = PipeboardApp(write_queue, housekeeper, state, choices, theme, seat)
    app.type_first(*choices.typed)
    return app
