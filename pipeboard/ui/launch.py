"""Opening the board: the first frame from the database, then Textual, which takes over."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.domain.board import Board, Lens
from pipeboard.ui import keys
from pipeboard.ui.board_state import BoardState
from pipeboard.ui.draw.board import draw_board
from pipeboard.ui.draw.glyphs import choose_glyphs
from pipeboard.ui.draw.view import BoardView
from pipeboard.ui.palette import Theme, theme_for
from pipeboard.ui.terminal.facts import terminal_encoding, terminal_size
from pipeboard.ui.terminal.first_frame import FirstFrame, paint
from pipeboard.ui.terminal.ink import ColorDepth, color_depth

if TYPE_CHECKING:
    from pipeboard.domain.actor import Actor
    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store import Store
    from pipeboard.ui.app import PipeboardApp
    from pipeboard.workspace import Workspace

READING_BUSY_MS = 250
"""How long a screen waits for a writer before it keeps what it shows."""


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
    reader = store.new_reader(busy_ms=READING_BUSY_MS)
    settings, pipelines = reader.settings(), reader.pipelines()
    pipeline = _chosen(pipelines, choices.pipeline)
    today = clock().astimezone(settings.zone).date()
    lens = Lens(pipeline.id, today, settings.zone, me=actor.rep)
    width, height = terminal_size()
    view = BoardView(
        Board(pipeline, lens, ()),
        (),
        width,
        height,
        density=choices.density,
        glyphs=choose_glyphs(choices.glyphs, environ, terminal_encoding()),
        demo=settings.demo,
        read_only=store.read_only,
    )
    state = BoardState(reader, lens, view)
    commands = keys.rebound(keys.BOARD, choices.keymap)
    has_deal = state.card is not None
    state.show(hints=keys.hints(commands, has_deal=has_deal, read_only=store.read_only))
    return state


def _chosen(pipelines: Sequence[Pipeline], name: str | None) -> Pipeline:
    """The pipeline that is named, in whole or in part; the first unless one is."""
    exact = [pipeline for pipeline in pipelines if name in (None, pipeline.name)]
    if exact:
        return exact[0]
    from pipeboard.workspace.setting_up import named_pipeline

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
        app.clerk.close()
        state.reader.close()
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
    """The app over a board that has been read; it makes its workspace when it first needs it."""
    from pipeboard.ui.app import Look, PipeboardApp
    from pipeboard.ui.clerk import Clerk
    from pipeboard.ui.terminal.drafts import Drafts

    def begin() -> Workspace:
        from pipeboard.workspace import Workspace

        return Workspace(store, clock, actor)

    look = Look(
        theme, choices.keymap, choices.digits == "count", choices.copy_command, choices.edit
    )
    zone = state.lens.zone
    drafts = Drafts(state_folder / "drafts", database_key(store), now=clock, zone=zone)
    return PipeboardApp(Clerk(begin), state, look, state_folder, drafts)


def database_key(store: Store) -> str:
    """What tells a database from all others: its own id, whatever its path."""
    made = str(getattr(store, "database_id", ""))
    return made or sha256(str(store.location).encode()).hexdigest()
