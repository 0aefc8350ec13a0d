"""The board: no verb at all, or `board`, which accounts that may do nothing else are given; and the
screens put together with the database, the configuration and the person."""

from __future__ import annotations

import os
import pwd
from collections.abc import MutableMapping
from typing import TYPE_CHECKING

from pipeboard.cli.call import Call
from pipeboard.cli.verbs import takes, verb
from pipeboard.domain.errors import BadInput, DatabaseError
from pipeboard.domain.lazy_dataclass import replace, with_values

if TYPE_CHECKING:
    from pipeboard.store import Store
    from pipeboard.ui.own_themes import Themes
    from pipeboard.ui.terminal.typeahead import Typed

OPENINGS = ("pipeline", "stage", "mine", "sort", "pane", "filter", "density")
"""Preferences of what the board opens on; without them it opens as it was left."""
_KEPT = frozenset(("TERM", "COLORTERM", "NO_COLOR", "LANG", "TZ", "USER", "LOGNAME"))
"""What the restricted mode takes from its environment, with LC_*: nothing that names a file, a
program or a module (TEXTUAL_DRIVER imports any)."""


@verb("", "", "pipeboard", "pipeboard --as mara -p 'New business'")
@verb("board", "", "pipeboard board --restricted")
@takes(
    "--restricted",
    action="store_true",
    help="the board alone: no files, programs, shell, configuration of one's own",
)
def open_board(call: Call) -> int:
    """The board of the database that is meant; where there is none yet, a welcome."""
    from pipeboard.store import Store

    if call.is_restricted:
        restrict(os.environ)
    check_terminal(call)
    if call.is_restricted and call.config.is_default_database:
        raise BadInput(
            "The restricted board is told which database it is for.",
            hint="Give --db PATH in the line that starts it, or 'database' in the machine's "
            "configuration.",
        )
    try:
        call.expect_folder()
        store = Store.open(call.config.database, read_only=call.arguments.read_only)
    except DatabaseError as error:
        is_missing = error.details.get("reason") == "missing"
        if not is_missing or call.arguments.read_only or call.is_restricted:
            raise
        from pipeboard.cli.first_run import welcome

        return welcome(call)
    return show_board(call, store)


def restrict(environ: MutableMapping[str, str]) -> None:
    """Leaves in the environment of this process only what the terminal and the language need."""
    for name in list(environ):
        if name not in _KEPT and not name.startswith("LC_"):
            del environ[name]
    environ["HOME"] = pwd.getpwuid(os.getuid()).pw_dir


def check_terminal(call: Call) -> None:
    """`BadInput` with the reason where the board cannot be shown."""
    from pipeboard.ui.terminal.ink import can_run_tui

    why_not = can_run_tui(call.environ)
    if why_not is not None:
        raise BadInput(
            f"The board cannot be shown: {why_not}.",
            hint="Verbs such as 'pipeboard list' and 'pipeboard show' work everywhere.",
        )


def themes_of(call: Call) -> Themes:
    """The themes that can be chosen: ours, and those of the person and of the machine."""
    from pipeboard.cli.folders import theme_folders
    from pipeboard.ui.own_themes import Themes

    return Themes(theme_folders(call.environ, own=not call.is_restricted))


def show_board(call: Call, store: Store, begin: tuple[object, ...] = (), typed: Typed = ()) -> int:
    """Runs the screens over an open store; the exit code. `begin` names an action that is done at
    once, with what it is given; `typed` is what was typed ahead of it."""
    from pipeboard.cli.editor import command, left_behind, write_text
    from pipeboard.cli.failures import left_to_screens
    from pipeboard.cli.folders import state_folder
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
