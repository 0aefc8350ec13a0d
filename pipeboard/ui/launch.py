"""Opening the board: the first frame from the database, then Textual, which takes over."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Lens
from pipeboard.domain.errors import NotFound
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.text import quoted
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.glyphs import choose_glyphs
from pipeboard.ui.draw.view import BoardView
from pipeboard.ui.key_table import BOARD
from pipeboard.ui.palette import Theme, theme_for
from pipeboard.ui.seat import SameFile, Seat, may_write
from pipeboard.ui.terminal.drafts import forget_unstored
from pipeboard.ui.terminal.facts import terminal_encoding, terminal_size
from pipeboard.ui.terminal.first_frame import FirstFrame, paint
from pipeboard.ui.terminal.ink import ColorDepth, color_depth

if TYPE_CHECKING:
    from pipeboard.domain.actor import Actor
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store import Store
    from pipeboard.store.reading import Reader
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.workspace import Workspace

FIRST_BUSY_MS = 5_000
"""How long the first frame waits for a writer."""
READING_BUSY_MS = 15
"""How long a screen waits for one before it keeps what it shows: about a frame."""


@dataclass(frozen=True)
class Choices:
    """What the person has set; names and defaults are those of the configuration."""

    pipeline: str | None = None
    theme: str = "dark"
    glyphs: str = "auto"
    density: int = 2
    mouse: bool = True
    keymap: Mapping[str, str] = field(default_factory=dict)
    digits: str = "stage"
    copy_command: str = ""
    edit: Callable[[str], str] | None = None


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
    theme = theme_for(choices.theme, depth)
    state = first_state(store, clock, actor, choices, environ)
    # What is alive now stays alive: collecting it while Textual is imported is time lost.
    gc.freeze()
    gc.disable()
    frame = _paint(state, theme, depth)
    with frame or nullcontext():
        app = make_app(store, clock, actor, choices, state, theme, state_folder)
        return _run(app, state, frame, mouse=choices.mouse)


def first_state(
    store: Store,
    clock: Callable[[], datetime],
    actor: Actor,
    choices: Choices,
    environ: Mapping[str, str],
) -> BoardState:
    """The board as it opens: the chosen pipeline, everyone's deals, the cursor on the first."""
    reader = store.new_reader(busy_ms=FIRST_BUSY_MS)
    settings, pipelines = reader.settings(), reader.pipelines()
    _check_rep(reader, actor)
    pipeline = _chosen(pipelines, choices.pipeline)
    today = clock().astimezone(settings.zone).date()
    lens = Lens(pipeline.id, today, settings.zone, me=actor.rep)
    width, height = terminal_size()
    read_only = store.read_only or not may_write(store.location)
    view = BoardView(
        Board(pipeline, lens, ()),
        (),
        width,
        height,
        density=choices.density,
        glyphs=choose_glyphs(choices.glyphs, environ, terminal_encoding()),
        demo=settings.demo,
        read_only=read_only,
    )
    state = BoardState(reader, lens, view)
    commands = keys.rebound(BOARD, choices.keymap)
    has_deal = state.card is not None
    state.show(hints=keys.hints(commands, has_deal=has_deal, read_only=read_only))
    reader.wait_at_most(READING_BUSY_MS)
    return state


def _check_rep(reader: Reader, actor: Actor) -> None:
    """NotFound for a rep to act for whom nobody knows: what is done would be a ghost's."""
    reps = [rep.name for rep in reader.reps()] if actor.acting_as else []
    if reps and actor.acting_as not in reps:
        raise NotFound(
            f"There is no rep {quoted(actor.acting_as)} to act for.",
            hint=did_you_mean(actor.acting_as, reps) or "See 'pipeboard rep list'.",
        )


def _chosen(pipelines: Sequence[Pipeline], name: str | None) -> Pipeline:
    """The pipeline that is named, in whole or in part; the first unless one is."""
    exact = [pipeline for pipeline in pipelines if name in (None, pipeline.name)]
    if exact:
        return exact[0]
    from pipeboard.workspace.configuration import named_pipeline

    return named_pipeline(pipelines, name)


def _paint(state: BoardState, theme: Theme, depth: ColorDepth) -> FirstFrame | None:
    rows = [[(text, theme.ink(role)) for text, role in line] for line in draw_board(state.view)]
    return paint(rows, depth)


def _run(app: PipeboardApp, state: BoardState, frame: FirstFrame | None, *, mouse: bool) -> int:
    app.start_from(frame)
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
    from pipeboard.ui.host import Look
    from pipeboard.ui.write_queue import WriteQueue

    def work_on(store: Store) -> Workspace:
        from pipeboard.workspace import Workspace

        return Workspace(store, clock, actor)

    def open_another() -> Store:
        return Store(store.identity, read_only=store.read_only)

    look = Look(
        theme, choices.keymap, choices.digits == "count", choices.copy_command, choices.edit
    )
    seat = Seat(
        actor,
        clock,
        store,
        SameFile(store.location),
        state_folder,
        first_words=getattr(store, "recovered", ""),
        may_write=store.read_only or may_write(store.location),
    )
    write_queue = WriteQueue(lambda: store, work_on)
    housekeeper = WriteQueue(open_another, work_on, owns_store=True)
    return PipeboardApp(write_queue, housekeeper, state, look, seat)
