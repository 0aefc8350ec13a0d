"""Putting the screens together with the database, the configuration and the person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.failures import left_to_screens
from pipeboard.cli.folders import state_folder, theme_folders
from pipeboard.domain.errors import BadInput
from pipeboard.domain.lazy_dataclass import replace, with_values

if TYPE_CHECKING:
    from pipeboard.store import Store
    from pipeboard.ui.own_themes import Themes
    from pipeboard.ui.terminal.typeahead import Typed

OPENINGS = ("pipeline", "stage", "mine", "sort", "pane", "filter", "density")
"""Preferences of what the board opens on; without them it opens as it was left."""


_WORKS = "Verbs such as 'pipeboard list' and 'pipeboard show' work everywhere."


def check_terminal(call: Call, hint: str = _WORKS) -> None:
    """`BadInput` with the reason where the board cannot be shown, and what can be done instead."""
    from pipeboard.ui.terminal.ink import can_run_tui

    why_not = can_run_tui(call.environ)
    if why_not is not None:
        raise BadInput(f"The board cannot be shown: {why_not}.", hint=hint)


def themes_of(call: Call) -> Themes:
    """The themes that can be chosen: ours, and those of the person and of the machine."""
    from pipeboard.ui.own_themes import Themes

    return Themes(theme_folders(call.environ, own=not call.is_restricted))


def show_board(call: Call, store: Store, begin: tuple[object, ...] = (), typed: Typed = ()) -> int:
    """Runs the screens over an open store; the exit code. `begin` names an action that is done at
    once, with what it is given; `typed` is what was typed ahead of it."""
    from pipeboard.cli.editor import command, left_behind, write_text
    from pipeboard.cli.letters import letters
    from pipeboard.domain.programs import read_programs
    from pipeboard.store import Store
    from pipeboard.ui.key_table import read_keymap
    from pipeboard.ui.last_view import OPEN_ANEW, Choices, Opening
    from pipeboard.ui.launch import open_board

    config = call.config
    programs = read_programs({name: value.value for name, value in config.programs.items()})
    choices = Choices(
        pipeline=call.arguments.pipeline,
        opening=with_values(Opening(), {name: config.chosen(name) for name in OPENINGS}),
        theme=config.text("theme"),
        themes=themes_of(call),
        glyphs=config.text("glyphs"),
        sums=config.text("sums"),
        figures=config.text("figures"),
        mouse=config.flag("mouse"),
        keymap=read_keymap(config.keymap, programs),
        programs=programs,
        digits=config.text("digits"),
        copy_command=config.text("copy_cmd"),
        edit=lambda text: write_text(command(config, call.environ), text, suffix=".md"),
        letters=letters(call, store.location.folder),
        begin=begin,
        typed=typed,
        hooks=call.hooks,
        follow=config.text("follow"),
        shows_cursor=config.text("cursor") == "shown",
    )
    if call.is_restricted:
        choices = replace(choices, copy_command="", edit=None, programs=(), restricted=True)
    code = OPEN_ANEW
    while code == OPEN_ANEW:
        actor = call.actor_in(store)
        with left_to_screens():
            code = open_board(store, call.clock, actor, choices, state_folder(), call.environ)
        if code == OPEN_ANEW:
            choices = replace(choices, begin=(), typed=())
            store = Store.open(store.location.name, read_only=store.read_only)
            call.work_on(store)
    call.out.say(*left_behind(state_folder()))
    return code
