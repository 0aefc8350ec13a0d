"""The first run: what is begun where there is no database yet."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import Parser
from pipeboard.cli.call import Call
from pipeboard.cli.demo import VERBS, remove_database
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import in_figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.store import Store
    from pipeboard.ui.screens.first_run import Beginning, Facts
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.import_plan import FileSeen, Imported


def welcome(call: Call) -> int:
    """Asks how to begin, does it, and opens the board; the exit code."""
    from pipeboard.cli.screens import show_board
    from pipeboard.ui.screens.first_run import FirstWay

    while (chosen := _ask(call)) is not None:
        match chosen.way:
            case FirstWay.DEMO:
                return _tour(call)
            case FirstWay.OPEN:
                return show_board(call, _opened(chosen.database))
            case FirstWay.NEW:
                return show_board(call, _make(call, chosen), ("selection.add",))
            case FirstWay.IMPORT:
                planned = _plan_import(call, chosen.currency)
                if planned is not None:
                    return _import(call, planned)
    return 0


def _ask(call: Call) -> Beginning | None:
    from pipeboard.cli.failures import left_to_screens
    from pipeboard.cli.folders import state_folder
    from pipeboard.cli.screens import themes_of
    from pipeboard.ui.draw.line import choose_glyphs
    from pipeboard.ui.key_table import read_keymap
    from pipeboard.ui.screens.first_run import FirstLook, FirstRun
    from pipeboard.ui.terminal.ink import background, color_depth, terminal_encoding

    name = background(call.config.text("theme"), call.environ, state_folder())
    theme = themes_of(call).shown(name, color_depth(call.environ))
    glyphs = choose_glyphs(call.config.text("glyphs"), call.environ, terminal_encoding())
    facts = _facts(call)
    with left_to_screens():
        look = FirstLook(theme, glyphs, read_keymap(call.config.keymap))
        return FirstRun(facts, look).run(mouse=call.config.flag("mouse"))


def _facts(call: Call) -> Facts:
    from pipeboard.cli.config import account_name, system_currency, system_zone
    from pipeboard.domain.templates import TEMPLATES, template
    from pipeboard.ui.screens.first_run import Facts

    return Facts(
        database=_short(call.config.shown_database),
        templates=tuple(
            (name, template(name, pipeline_name=name, currency="EUR")) for name in TEMPLATES
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
    from pipeboard.ui.terminal.ink import ColorDepth, color_depth, terminal_encoding, terminal_size

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


def _tour(call: Call) -> int:
    """The verb `tour`, as if it had been typed."""
    verb = VERBS["tour"]
    parser = Parser("tour", verb.words, "")
    verb.arguments(parser)
    typed = Call(parser.read([]), call.environ)
    try:
        return verb.run(typed)
    finally:
        typed.close()


def _opened(database: str) -> Store:
    from pipeboard.store import Store

    return Store.open(database)


def _make(call: Call, chosen: Beginning) -> Store:
    from pipeboard.cli.setup import make_workspace

    made = make_workspace(call, template_name=chosen.template, currency=chosen.currency)
    call.out.say(f"Made {call.config.shown_database}.")
    return made.store


def _plan_import(call: Call, currency: str) -> FileSeen | Path | None:
    """What shall be imported, planned over a workspace that is thrown away: a file of deals, or one
    of a whole workspace; None for nothing."""
    from pipeboard.cli.import_telling import rehearsal
    from pipeboard.cli.screens import show_board
    from pipeboard.workspace.import_plan import FileSeen

    planned: list[FileSeen | Path] = []

    def take(plan: object) -> None:
        if isinstance(plan, FileSeen | Path):
            planned.append(plan)

    with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
        workspace = rehearsal(call, Path(folder), currency)
        show_board(call, workspace.store, ("importing.plan_first", take))
        call.close()
    return planned[0] if planned else None


def _import(call: Call, planned: FileSeen | Path) -> int:
    """Makes the workspace and brings the file in; where that fails nothing is left behind."""
    from pipeboard.cli.screens import show_board
    from pipeboard.workspace.configuration import take_whole

    if isinstance(planned, Path):
        with _made_for(call, None) as workspace:
            count = take_whole(workspace, planned)
        call.out.say(f"{in_figures(count)} deals and all around them are here.")
        call.close()  # the file is another database now, with an id of its own
        return show_board(call, _opened(call.config.database))
    with _made_for(call, planned.pipeline) as workspace:
        imported = _carried_out(call, workspace, planned)
    return show_board(call, workspace.store, ("importing.show_imported", imported))


@contextmanager
def _made_for(call: Call, pipeline: Pipeline | None) -> Iterator[Workspace]:
    """A new workspace, which is gone again where what is done with it fails."""
    from pipeboard.cli.setup import make_workspace

    currency = pipeline.currency if pipeline else ""
    workspace = make_workspace(call, pipeline=pipeline, currency=currency)
    try:
        yield workspace
    except BaseException:
        call.close()
        remove_database(Path(call.config.database))
        raise
    call.out.say(f"Made {call.config.shown_database}.")


def _carried_out(call: Call, workspace: Workspace, planned: FileSeen) -> Imported:
    """The import of a file of deals as it was planned."""
    from pipeboard.cli.output import progress_told
    from pipeboard.workspace.import_plan import carry_out

    plan = replace(planned.plan, pipeline=planned.pipeline.name, is_new=False)
    with progress_told(call.out) as progress:
        return carry_out(workspace, replace(planned, plan=plan), progress)
