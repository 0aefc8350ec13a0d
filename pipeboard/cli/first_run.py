"""The first run: what is begun where there is no database yet, and what it would be like: demo,
tour."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from pipeboard.cli.arguments import number
from pipeboard.cli.call import Call
from pipeboard.cli.config import account_name, system_currency, system_zone
from pipeboard.cli.failures import left_to_screens
from pipeboard.cli.folders import state_folder
from pipeboard.cli.output import progress_told
from pipeboard.cli.screens import check_terminal, show_board, themes_of
from pipeboard.cli.setup import make_workspace, remove_database
from pipeboard.cli.verbs import parser_of, takes, takes_json, together, verb
from pipeboard.domain.counts import how_many
from pipeboard.domain.errors import BadInput, DatabaseError, Refused
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.templates import TEMPLATES, template
from pipeboard.domain.text import from_home
from pipeboard.exchange.json_documents import rep_document
from pipeboard.outlet import claim
from pipeboard.store import Store
from pipeboard.store.locating import Server, locate, locate_file
from pipeboard.store.opening import look
from pipeboard.workspace.configuration import take_whole
from pipeboard.workspace.finding import find_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeboard.domain.pipeline import Pipeline
    from pipeboard.ui.screens.first_run import Beginning, Facts
    from pipeboard.ui.terminal.typeahead import Typed
    from pipeboard.workspace import Workspace
    from pipeboard.workspace.import_plan import FileSeen, Imported


def welcome(call: Call) -> int:
    """Asks how to begin, does it, and opens the board; the exit code."""
    from pipeboard.ui.screens.first_run import FirstWay

    while True:
        chosen, typed = _ask(call)
        if chosen is None:
            return 0
        match chosen.way:
            case FirstWay.DEMO:
                return _tour(call)
            case FirstWay.OPEN:
                return show_board(call, Store.open(chosen.database), typed=typed)
            case FirstWay.NEW:
                return show_board(call, _make(call, chosen), ("selection.add",), typed)
            case FirstWay.IMPORT:
                planned = _plan_import(call, chosen.currency, typed)
                if planned is not None:
                    return _import(call, _in_its_currency(planned, chosen.currency))


def _ask(call: Call) -> tuple[Beginning | None, Typed]:
    """How to begin, None to leave; and what was typed after that, for what comes up next."""
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
        app = FirstRun(facts, look)
        return app.run(mouse=call.config.flag("mouse")), app.typed_ahead()


def _facts(call: Call) -> Facts:
    from pipeboard.ui.screens.first_run import Facts

    return Facts(
        database=from_home(call.config.shown_database, str(Path.home())),
        templates=tuple(
            (name, template(name, pipeline_name=name, currency="EUR")) for name in TEMPLATES
        ),
        check_database=_check_database,
        currency=system_currency(),
        zone=system_zone(call.environ),
        account=account_name(),
        terminal=_terminal(call.environ),
    )


def _check_database(path: str) -> str:
    """What a path holds, in words; `DatabaseError` when it is no database to open."""
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
    verb, parser = parser_of("tour")
    typed = Call(parser.read([]), call.environ)
    try:
        return verb.run(typed)
    finally:
        typed.close()


def _make(call: Call, chosen: Beginning) -> Store:
    made = make_workspace(call, template_name=chosen.template, currency=chosen.currency)
    call.out.say(f"Made {call.config.shown_database}.")
    return made.store


def _plan_import(call: Call, currency: str, typed: Typed) -> FileSeen | Path | None:
    """What shall be imported, planned over a workspace that is thrown away: a file of deals, or one
    of a whole workspace; None for nothing."""
    from pipeboard.cli.import_flags import rehearsal
    from pipeboard.workspace.import_plan import FileSeen

    planned: list[FileSeen | Path] = []

    def take(plan: object) -> None:
        if isinstance(plan, FileSeen | Path):
            planned.append(plan)

    with rehearsal(call, currency) as workspace:
        show_board(call, workspace.store, ("importing.plan_first", take), typed)
        call.close()
    return planned[0] if planned else None


def _in_its_currency(planned: FileSeen | Path, chosen: str) -> FileSeen | Path:
    """The plan for a file whose amounts all name one currency, in that, unless a person has chosen
    another than the machine's."""
    if isinstance(planned, Path) or chosen != system_currency():
        return planned
    named = {currency for _, currency in planned.report.sums}
    if len(named) != 1 or (planned.assumed and not planned.recipe.currency):
        return planned
    currency = named.pop()
    first, *beside = (replace(p, currency=currency) for p in (planned.pipeline, *planned.beside))
    return replace(planned, pipeline=first, beside=tuple(beside))


def _import(call: Call, planned: FileSeen | Path) -> int:
    """Makes the workspace and brings the file in; where that fails nothing is left behind."""
    if isinstance(planned, Path):
        with _made_for(call, None) as workspace:
            count = take_whole(workspace, planned)
        all_of_it = how_many(count, "deal and all around it is", "deals and all around them are")
        call.out.say(f"{all_of_it} here.")
        call.close()  # the file is another database now, with an id of its own
        return show_board(call, Store.open(call.config.database))
    with _made_for(call, planned.pipeline) as workspace:
        imported = _carried_out(call, workspace, planned)
    return show_board(call, workspace.store, ("importing.show_imported", imported))


@contextmanager
def _made_for(call: Call, pipeline: Pipeline | None) -> Iterator[Workspace]:
    """A new workspace, which is gone again where what is done with it fails."""
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
    from pipeboard.workspace.import_plan import carry_out

    # Its pipeline has been made with the workspace; the others have numbers of none that is here.
    beside = tuple(replace(one, id=0) for one in planned.beside)
    seen = replace(planned, pipeline=find_pipeline(workspace), beside=beside)
    with progress_told(call.out) as progress:
        return carry_out(workspace, seen, progress)


# What it would be like: a made-up team.


_MANY = 5_000  # deals that take long enough to say so
_BEGIN = (
    "Begin with your own deals: 'pipeboard' asks how, 'pipeboard import FILE' takes them over, "
    "'pipeboard init' makes an empty board."
)


_takes_demo = together(
    takes(
        "--deals",
        type=number(0, 10_000_000),
        default=60,
        metavar="N",
        help="how many deals, 60 unless given",
    ),
    takes(
        "--seed",
        type=number(-1_000_000_000),
        default=1,
        metavar="S",
        help="the same deals for the same number",
    ),
    takes("--no-open", action="store_true", help="only make it, and print where it is"),
    takes("--keep", action="store_true", help="leave the database there afterwards"),
    takes_json,
)


@verb("demo", "", "pipeboard demo", "pipeboard demo --deals 2000 --no-open --db big.db")
@_takes_demo
def demo(call: Call) -> int:
    """A made-up team in a database of its own: the one that `--db` names, else a temporary one."""
    return _show(call)


@verb("tour", "", "pipeboard tour")
@_takes_demo
def tour(call: Call) -> int:
    """The demo, with a tour of eight keys."""
    return _show(call, ("tour.begin",))


def _show(call: Call, begin: tuple[object, ...] = ()) -> int:
    asked = call.arguments
    if not asked.no_open:
        check_terminal(call, "'pipeboard demo --no-open' makes one for verbs such as 'list'.")
    if asked.db:
        _check_is_file(asked.db)
    deals = f"make up {how_many(asked.deals, 'deal')} in {asked.db or 'a temporary database'}"
    if call.only_tries(deals, database=asked.db, deals=asked.deals):
        return 0
    folder = None if asked.db else Path(tempfile.mkdtemp(prefix="pipeboard-demo-"))
    path = Path(asked.db) if folder is None else folder / "demo.db"
    is_kept = False
    try:
        store = _build(call, path)
        is_kept = folder is None or asked.keep or asked.no_open
        if asked.no_open:
            return 0
        code = show_board(call, store, begin)
        call.out.say(f"The demo is in {path}." if is_kept else "", _BEGIN)
        return code
    finally:
        if folder is not None and not is_kept:
            shutil.rmtree(folder, ignore_errors=True)


def _check_is_file(database: str) -> None:
    if isinstance(locate(database), Server):
        raise BadInput("The demo wants a file, not a server.", hint="Name one: --db demo.db")


def _build(call: Call, path: Path) -> Store:
    """The demo under that path, which it gets once it is whole: half a demo is none."""
    from pipeboard.demo import SETTINGS, build
    from pipeboard.store.backups import part_of

    place = locate_file(str(path))
    if place.exists or place.path.is_symlink():
        raise Refused(
            f"{path} is there already.", hint="The demo wants a new file: name another with --db."
        )
    asked = call.arguments
    settings = replace(SETTINGS, zone_name=system_zone(call.environ))
    if asked.deals >= _MANY:
        call.out.say(f"Making up {how_many(asked.deals, 'deal')}…")
    with part_of(place.path.with_name(f"{place.path.name}.demo"), place) as part:
        with closing(Store.create(str(part), settings)) as store:
            made = build(
                store, deals=asked.deals, seed=asked.seed, now=call.clock(), me=account_name()
            )
        if not place.exists:
            place.path.unlink(missing_ok=True)  # an empty file
        claim(part, (place.path,))
    store = Store.open(str(path))
    call.work_on(store)
    if asked.json:
        reps = [rep_document(rep) for rep in made.reps]
        call.out.document({"database": str(path), **asdict(made), "reps": reps})
    elif asked.no_open:
        call.out.line(str(path))
    return store
