"""Keys of the import screen: the file, what its columns and words mean, the import itself."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import no_such_reps
from pipeboard.domain.text import quoted
from pipeboard.exchange.deal_files import is_whole
from pipeboard.exchange.recipe import with_word
from pipeboard.ui.actions.navigation import look_through
from pipeboard.ui.execute import Came, ask_until_stored, offered
from pipeboard.ui.host import Host, ask, patiently, read
from pipeboard.ui.key_table import IMPORT_TABS, ImportTab
from pipeboard.ui.keys import key_for
from pipeboard.ui.last_view import OPEN_ANEW, recent, remember
from pipeboard.ui.overlays.file_picker import FilePicker
from pipeboard.ui.overlays.menu import Menu, MenuChoice, Option, Picker
from pipeboard.ui.overlays.prompt import Live, Prompt, live
from pipeboard.ui.screens.import_screen import (
    ImportScreen,
    Leave,
    Work,
    has_choices,
    start,
    stop_looking,
    under_way,
)
from pipeboard.ui.screens.live import show_over
from pipeboard.ui.terminal.workers import beside
from pipeboard.workspace.configuration import check_empty, take_whole
from pipeboard.workspace.import_plan import (
    FileSeen,
    Imported,
    ImportPlan,
    carry_out,
)

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen

_OTHER: Final = "\0other"
_FILES: Final = "imported-files"


async def open_import(host: BoardScreen) -> None:
    """Asks for a file, and shows over the board what would come of it."""
    host.program.check_writable()

    def leave(imported: Imported | FileSeen | Path | None) -> None:
        host.app.pop_screen()
        if isinstance(imported, Imported):
            host.perform("importing.show_imported", imported)

    path = await _ask_file(host, Path.cwd())
    if path is not None and not await _took_whole(host, path):
        await show_over(host, ImportScreen(host.state, start(path), leave))


async def plan_first(host: BoardScreen, take: Leave) -> None:
    """Asks for a file where there is no database yet: what shall be imported is given to `take`,
    and the program left."""

    def leave(planned: Imported | FileSeen | Path | None) -> None:
        take(planned)
        host.program.leave(0)

    path = await _ask_file(host, Path.cwd())
    if path is None:
        leave(None)
        return
    if await asyncio.to_thread(is_whole, path):
        leave(path if await _may_take_whole(host, path, tries=True) else None)
        return
    screen = ImportScreen(host.state, ImportPlan(path), leave, only_plans=True)
    await host.app.push_screen(screen)


async def _ask_file(host: Host, folder: Path) -> Path | None:
    """A file to import; the last ones are offered first."""
    state = host.program.seat.folder
    files = await asyncio.to_thread(recent, state, _FILES)
    chosen = await ask(host, FilePicker("Import which file", folder, files))
    if chosen is None:
        return None
    await asyncio.to_thread(remember, state, _FILES, chosen)
    return Path(chosen)


async def _took_whole(host: Host, path: Path) -> bool:
    """Whether the file is a whole workspace; then all of it is taken in after a yes, and the board
    opened anew on it."""
    if not await asyncio.to_thread(is_whole, path):
        return False
    await host.program.housekeeper.ask(lambda workspace: check_empty(workspace, path))
    if await _may_take_whole(host, path):
        await host.program.write_queue.ask(lambda workspace: take_whole(workspace, path))
        host.program.leave(OPEN_ANEW)
    return True


async def _may_take_whole(host: Host, path: Path, *, tries: bool = False) -> bool:
    """Asks for a yes; a file that cannot be taken is said, where somebody `tries` it on the
    workspace of this program, of which nothing is kept."""
    choices = [MenuChoice("y", "take it in: deals, history, pipelines, people")]
    title = f"{path.name} is a whole workspace, and nothing is here yet"
    if await ask(host, Menu(title, choices)) != "y":
        return False
    try:
        if tries:
            await host.program.write_queue.ask(lambda workspace: take_whole(workspace, path))
    except PipeboardError as error:
        await ask(host, Menu(error.message, (), note=error.hint, leaving=("Esc", "Back")))
        return False
    return True


async def show_imported(host: BoardScreen, imported: Imported) -> None:
    """The board on the deals that came in."""
    command = imported.report.command_id
    ids = frozenset(await read(host, lambda reader: reader.history.events_of(command)))
    if not ids:
        host.say("Nothing in the file is new: no deal was changed.")
        return
    pipelines = await read(host, lambda reader: reader.pipelines())
    into = next((one for one in pipelines if one.name == imported.pipeline), host.pipeline())
    title = "imported"
    lens = replace(
        host.state.lens, pipeline_id=into.id, owner=None, filter=Filter(title, These(ids))
    )
    await look_through(host, lens)
    columns = host.state.board.columns
    first = next((at for at, column in enumerate(columns) if column.count), 0)
    host.state.show(filter_text=title, cursor=(first, 0), tops=(), marks=frozenset())
    host.redraw()
    shows_all = key_for(host.keys, "step_back")
    words = f"{how_many(len(ids), 'deal')} imported; {shows_all} shows all."
    host.say(words, "status.ok", offered(host, command))


# Tabs, and the way out.


def tab(host: ImportScreen, number: int) -> None:
    host.show_tab(IMPORT_TABS[number - 1])


def tab_beside(host: ImportScreen, step: int) -> None:
    host.show_tab(IMPORT_TABS[(IMPORT_TABS.index(host.view.tab) + step) % len(IMPORT_TABS)])


async def step_back(host: ImportScreen) -> None:
    """Stops an import that is under way, else leaves the screen; asks first whether what was chosen
    for the file may be lost."""
    if host.importing is not None:
        host.importing.stop()
        host.program.write_queue.give_up()
        return
    if has_choices(host):
        title = f"Leave {host.view.plan.path.name}? What you chose for it is lost"
        leaves = [MenuChoice("y", "leave it")]
        if await ask(host, Menu(title, leaves, leaving=("Esc", "Stay"))) != "y":
            return
    stop_looking(host)
    host.leave_with(None)


async def reload(host: ImportScreen) -> None:
    if is_idle(host):
        await patiently(host, host.reload)
        host.say("Read again.")


def is_idle(host: ImportScreen) -> bool:
    """Whether anything may be chosen now; says why not."""
    if host.importing is not None:
        host.say(under_way(host.keys), "status.warn")
    return host.importing is None


# The file and where it goes.


async def choose_file(host: ImportScreen) -> None:
    if not is_idle(host):
        return
    path = await _ask_file(host, host.view.plan.path.parent)
    if path is None:
        return
    if not host.only_plans:
        if not await _took_whole(host, path):
            host.choose(ImportPlan(path))
    elif not await asyncio.to_thread(is_whole, path):
        host.choose(ImportPlan(path))
    elif await _may_take_whole(host, path, tries=True):
        host.leave_with(path)


async def choose_pipeline(host: ImportScreen) -> None:
    """Where the deals go: a pipeline that is there, or a new one of the file's own stages."""
    plan = host.view.plan
    if not is_idle(host):
        return
    pipelines = await read(host, lambda reader: reader.pipelines())
    options = [
        Option(one.name, one.name, ", ".join(stage.name for stage in one.open_stages))
        for one in pipelines
    ]
    options.append(Option(_OTHER, "A new pipeline with the file's own stages…"))
    now = _OTHER if plan.is_new else plan.pipeline
    now = now or (host.view.seen.pipeline.name if host.view.seen else "")
    chosen = await ask(host, Picker("Into which pipeline", options, chosen=now))
    if chosen == _OTHER:
        taken = {one.name.casefold() for one in pipelines}
        await _name_pipeline(host, plan, taken)
    elif chosen is not None:
        host.choose(replace(plan, pipeline=chosen, is_new=False))


async def _name_pipeline(host: ImportScreen, plan: ImportPlan, taken: set[str]) -> None:
    def is_free(text: str) -> str:
        if text.strip().casefold() in taken:
            raise BadInput(f"There is a pipeline {quoted(text.strip())} already.")
        return "made of the file's own stages when it is imported"

    name = await typed_choice(host, "Name of the new pipeline", _as_name(plan.path), live(is_free))
    if name:
        host.choose(replace(plan, pipeline=name, is_new=True))


def _as_name(path: Path) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize()[:60]


async def typed_choice(
    host: ImportScreen,
    label: str,
    value: str,
    check: Live | None = None,
    *,
    may_be_empty: bool = False,
) -> str | None:
    """A line that becomes a choice at once; None where the person leaves it."""
    found: list[str] = []

    def line() -> Prompt:
        return Prompt(
            label,
            value=value,
            live=check,
            accept_empty=may_be_empty,
            draft_key="import-choice",
            offers=False,
            verb="Choose",
        )

    async def choose(typed: str) -> Came:
        found.append(typed.strip())
        return True

    await ask_until_stored(host, line, choose)
    return found[0] if found else None


# The import.


async def import_now(host: ImportScreen) -> None:
    """Imports as the preview says; beside the screen, so that Esc can stop it."""
    seen, plan = host.view.seen, host.view.plan
    if host.view.done is not None:
        host.leave_with(host.view.done)
        return
    if not is_idle(host):
        return
    if host.looking is not None or seen is None or host.view.problem:
        why = host.view.problem or "The file is still being looked at: a moment."
        host.say(why, "status.warn")
        return
    if seen.lacking:
        host.say(seen.lacking, "status.warn")
        return
    host.program.check_writable()
    if seen.report.rejected and not plan.skips_bad:
        if not await _leave_bad_rows(host, seen):
            return
        seen = replace(seen, plan=replace(seen.plan, skips_bad=True))
    if seen.report.unsure_owners:
        if not await _make_reps(host, seen):
            return
        seen = replace(seen, plan=replace(seen.plan, new_reps=True))
    if host.only_plans:
        host.leave_with(seen)
        return
    host.show_tab(ImportTab.PREVIEW)
    work = host.importing = Work("importing:", lambda text: host.tell(work, text))
    host.show(replace(host.view, under_way="importing…"))
    host.say("", beside=f"{key_for(host.keys, 'step_back')} stops it")
    beside(host, "importing", _import, host, seen, work)


async def _leave_bad_rows(host: ImportScreen, seen: FileSeen) -> bool:
    """Asks about the rows that are rejected; there is a way back to where they can be mended."""
    count = len(seen.report.rejected)
    rows = how_many(count, "row is", "rows are")
    choices = [
        MenuChoice("l", "leave them out, into a file beside this one"),
        MenuChoice("w", "look at the words"),
        MenuChoice("c", "look at the columns"),
    ]
    key = await ask(host, Menu(f"{rows} rejected", choices))
    if key in ("w", "c"):
        host.show_tab(ImportTab.WORDS if key == "w" else ImportTab.COLUMNS)
    return key == "l"


async def _make_reps(host: ImportScreen, seen: FileSeen) -> bool:
    """Asks about owners whom nobody knows, once for all of them; those that are like a rep may be
    meant for that one, and then the file is looked at again."""
    near, error = seen.report.near_owners, no_such_reps(seen.report.unsure_owners, {})
    choices = [MenuChoice("y", "make them reps")]
    column = next((name for name, target in seen.mapping.items() if target == "owner"), "")
    if near and column:
        meant = ", ".join(f"@{rep} by {name}" for name, rep in near.items())
        choices.insert(0, MenuChoice("m", f"I mean {meant}"))
    key = await ask(host, Menu(error.message, choices, leaving=("Esc", "Back")))
    if key == "m":
        plan, recipe = seen.plan, seen.recipe
        for name, rep in near.items():
            recipe = with_word(recipe, column, False, name, rep)
        host.choose(replace(plan, recipe=recipe, forgets=True))
        host.say(f"The file is looked at again; {key_for(host.keys, 'import_now')} imports it.")
    return key == "y"


async def _import(host: ImportScreen, seen: FileSeen, work: Work) -> None:
    try:
        done = await host.program.write_queue.ask(
            lambda workspace: carry_out(workspace, seen, work.heard)
        )
    except Exception as error:  # the boundary of what is done beside the screen
        host.importing = None
        host.show(replace(host.view, under_way=""))
        host.failed(error)
        host.reads_again = True
        return
    host.importing = None
    host.show(replace(host.view, under_way="", done=done))
    report = done.report
    words = f"Imported: {in_figures(report.created)} new, {in_figures(report.updated)} changed."
    if done.rejected is not None:
        words += f" {how_many(len(report.rejected), 'row is', 'rows are')} in {done.rejected.name}."
    host.say(words, "status.ok", offered(host, report.command_id))
