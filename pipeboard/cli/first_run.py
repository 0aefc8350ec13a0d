"""The first run: what is begun where there is no database yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeboard.store import Store
    from pipeboard.ui.screens.first_run import Beginning, Facts


def welcome(call: Call) -> int:
    """Asks how to begin, does it, and opens the board; the exit code."""
    from pipeboard.cli.screens import show_board
    from pipeboard.ui.screens.first_run import FirstWay

    chosen = _ask(call)
    if chosen is None:
        return 0
    if chosen.way is FirstWay.DEMO:
        return _demo(call)
    return show_board(call, _store(call, chosen))


def _ask(call: Call) -> Beginning | None:
    from pipeboard.cli.environment import state_folder
    from pipeboard.cli.interrupts import left_to_screens
    from pipeboard.ui.draw.glyphs import choose_glyphs
    from pipeboard.ui.palette import theme_for
    from pipeboard.ui.screens.first_run import FirstRun
    from pipeboard.ui.terminal.facts import background, terminal_encoding
    from pipeboard.ui.terminal.ink import color_depth

    name = background(call.config["theme"], call.environ, state_folder())
    theme = theme_for(name, color_depth(call.environ))
    glyphs = choose_glyphs(call.config["glyphs"], call.environ, terminal_encoding())
    facts = _facts(call)
    with left_to_screens():
        return FirstRun(facts, theme, glyphs).run(mouse=call.config["mouse"])


def _facts(call: Call) -> Facts:
    from pipeboard.cli.environment import account_name, system_currency, system_zone
    from pipeboard.domain.templates import TEMPLATES, template
    from pipeboard.ui.screens.first_run import Facts

    pipelines = [(name, template(name, pipeline_name=name, currency="EUR")) for name in TEMPLATES]
    return Facts(
        database=_short(call.config.database),
        templates=tuple(
            (name, ", ".join(stage.name for stage in pipeline.open_stages))
            for name, pipeline in pipelines
        ),
        check_database=_check_database,
        currency=system_currency(),
        zone=system_zone(call.environ),
        account=account_name(),
        terminal=_terminal(call.environ),
    )


def _short(path: str) -> str:
    """A path as people write it, from `~` on."""
    home = str(Path.home())
    return f"~{path.removeprefix(home)}" if path.startswith(f"{home}/") else path


def _check_database(path: str) -> str:
    """What a path holds, in words; `DatabaseError` when it is no database to open."""
    from pipeboard.domain.errors import DatabaseError
    from pipeboard.store.locating import locate
    from pipeboard.store.opening import look

    if look(locate(path)) is None:
        raise DatabaseError("There is no database.")
    return "a Pipeboard database"


def _terminal(environ: Mapping[str, str]) -> str:
    from pipeboard.ui.terminal.facts import terminal_encoding, terminal_size
    from pipeboard.ui.terminal.ink import ColorDepth, color_depth

    width, height = terminal_size()
    depth = color_depth(environ)
    colors = {ColorDepth.NONE: "no colours", ColorDepth.TRUECOLOR: "all colours"}
    parts = [
        f"{width}x{height}",
        colors.get(depth, f"{int(depth)} colours"),
        terminal_encoding().upper(),
        environ.get("TERM", ""),
    ]
    return ", ".join([*parts, "in tmux"] if environ.get("TMUX") else parts)


def _store(call: Call, chosen: Beginning) -> Store:
    from pipeboard.cli.workspace_files import make_workspace
    from pipeboard.store import Store
    from pipeboard.ui.screens.first_run import FirstWay

    if chosen.way is FirstWay.OPEN:
        return Store.open(chosen.database)
    made = make_workspace(call, template_name=chosen.template, currency=chosen.currency)
    call.out.say(f"Made {call.config.database}.")
    return made.store


def _demo(call: Call) -> int:
    """The verb `demo`, as if it had been typed."""
    from pipeboard.cli.demo import VERBS

    verb = VERBS["demo"]
    parser = Parser("demo", verb.words, "")
    verb.arguments(parser)
    typed = Call(parser.read([]), call.environ)
    try:
        return verb.run(typed)
    finally:
        typed.close()
