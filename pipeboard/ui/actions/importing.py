"""Keys of the import screen: the file, what its columns and words mean, the import itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

from pipeboard import outlet
from pipeboard.domain.currencies import EXPONENTS
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter_nodes import Filter, These
from pipeboard.domain.text import quoted
from pipeboard.exchange.encoding import candidates
from pipeboard.exchange.fields import CUSTOM, ENTERED, KINDS, LEFT_OUT, Kind
from pipeboard.exchange.layouts import NAMES
from pipeboard.exchange.recipe import Recipe
from pipeboard.exchange.survey import Word
from pipeboard.ui.actions.navigation import look_through
from pipeboard.ui.host import Host, ask, patiently, read
from pipeboard.ui.key_table import IMPORT_TABS, ImportTab
from pipeboard.ui.overlays.feedback import Live, live
from pipeboard.ui.overlays.file_picker import FilePicker
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.picker import Option, Picker
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Came, Questions, until_stored
from pipeboard.ui.screens.import_screen import ImportScreen, Leave, Work, start
from pipeboard.workspace.import_plan import (
    FileSeen,
    Imported,
    ImportPlan,
    Match,
    carry_out,
    with_column,
    with_constant,
    with_word,
)

if TYPE_CHECKING:
    from pipeboard.ui.screens.board import BoardScreen

_AS_FOUND: Final = ""
_OTHER: Final = "\0other"
_RECENT: Final = "imported-files.json"
_MOST_RECENT: Final = 8
_KIND_WORDS: Final = {
    Kind.MONEY: "an amount",
    Kind.MOMENT: "a date",
    Kind.PERCENT: "a percentage",
    Kind.FLAG: "yes or no",
    Kind.STATUS: "open, won, lost",
    Kind.WORDS: "several words",
    Kind.TEXT: "text of several lines",
}
_OURS: Final = (Kind.NESTED, Kind.BASIS_POINTS)
"""Kinds of columns that only Pipeboard writes."""
_USUAL: Final = (
    "title", "account", "stage", "status", "value", "currency", "owner", "close_date",
    "created_at", "closed_at", "external_id", "source", "tags", "note", "contact_name",
    "contact_email", "contact_phone", "next_text", "next_due", "lost_reason",
)  # fmt: skip
"""Fields that files most often have, in the order in which they are offered."""
_ORDERS: Final = {"": "as the file shows it", "dmy": "day first", "mdy": "month first"}
_MARKS: Final = {"": "as the file shows it", "point": "decimal point", "comma": "decimal comma"}
_MATCHES: Final[dict[Match, str]] = {
    "update": "take over what has changed in the file",
    "skip": "leave deals that are here already alone",
    "new": "take every row as a new deal",
}
_FIELDS_OF: Final = {
    "title": "title",
    "stage": "stage",
    "outcome": "status",
    "value": "value",
    "owner": "owner",
    "dates": "created_at",
}


async def open_import(host: BoardScreen) -> None:
    """Asks for a file, and shows over the board what would come of it."""
    host.program.check_writable()

    def leave(imported: Imported | FileSeen | None) -> None:
        host.app.pop_screen()
        if isinstance(imported, Imported):
            host.perform("importing.show_imported", imported)

    path = await _ask_file(host, Path.cwd())
    if path is not None:
        theme = host.canvas.theme
        await host.app.push_screen(ImportScreen(host.state, theme, start(path), leave))


async def plan_first(host: BoardScreen, take: Leave) -> None:
    """Asks for a file where there is no database yet: what shall be imported is given to `take`,
    and the program left."""

    def leave(planned: Imported | FileSeen | None) -> None:
        take(planned)
        host.program.leave(0)

    path = await _ask_file(host, Path.cwd())
    if path is None:
        leave(None)
        return
    theme = host.canvas.theme
    screen = ImportScreen(host.state, theme, start(path), leave, only_plans=True)
    await host.app.push_screen(screen)


async def _ask_file(host: Host, folder: Path) -> Path | None:
    """A file to import; the last ones are offered first."""
    state = host.program.seat.folder
    recent = await asyncio.to_thread(recent_files, state)
    chosen = await ask(host, FilePicker("Import which file", folder, recent))
    if chosen is None:
        return None
    await asyncio.to_thread(remember_file, state, chosen)
    return Path(chosen)


def recent_files(state: Path) -> tuple[str, ...]:
    """The files that were looked at last, the newest first; none where nobody knows."""
    try:
        kept = json.loads((state / _RECENT).read_text("utf-8"))
    except (OSError, ValueError):
        return ()
    return tuple(path for path in kept if isinstance(path, str)) if isinstance(kept, list) else ()


def remember_file(state: Path, path: str) -> None:
    """Keeps the path; where it cannot be kept it is typed again next time."""
    with suppress(OSError):
        state.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = [path, *(each for each in recent_files(state) if each != path)][:_MOST_RECENT]
    with suppress(BadInput):
        outlet.write_file(state / _RECENT, [json.dumps(kept)], force=True)


async def show_imported(host: BoardScreen, imported: Imported) -> None:
    """The board on the deals that came in."""
    command = imported.report.command_id
    ids = frozenset(await read(host, lambda reader: reader.events_of(command)))
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
    host.say(f"{_deals(len(ids))} imported; Esc shows all.", "status.ok", "u undo")


def _deals(count: int) -> str:
    return "1 deal" if count == 1 else f"{count:,} deals"


# Tabs, and the way out.


def tab(host: ImportScreen, number: int) -> None:
    host.show_tab(IMPORT_TABS[number - 1])


def next_tab(host: ImportScreen) -> None:
    _beside(host, 1)


def tab_before(host: ImportScreen) -> None:
    _beside(host, -1)


def _beside(host: ImportScreen, step: int) -> None:
    host.show_tab(IMPORT_TABS[(IMPORT_TABS.index(host.view.tab) + step) % len(IMPORT_TABS)])


async def step_back(host: ImportScreen) -> None:
    """Stops an import that is under way, else leaves the screen."""
    if host.importing is not None:
        host.importing.stop()
        host.program.write_queue.give_up()
        return
    if host.looking is not None:
        host.looking.stop()
    host.leave_with(None)


async def reload(host: ImportScreen) -> None:
    if _is_idle(host):
        await patiently(host, host.reload)
        host.say("Read again.")


def _is_idle(host: ImportScreen) -> bool:
    if host.importing is not None:
        host.say("The import is under way; Esc stops it.", "status.warn")
    return host.importing is None


# The file and where it goes.


async def choose_file(host: ImportScreen) -> None:
    if not _is_idle(host):
        return
    path = await _ask_file(host, host.view.plan.path.parent)
    if path is not None:
        host.choose(start(path))


async def choose_pipeline(host: ImportScreen) -> None:
    """Where the deals go: a pipeline that is there, or a new one of the file's own stages."""
    plan = host.view.plan
    if not _is_idle(host):
        return
    pipelines = await read(host, lambda reader: reader.pipelines())
    options = [
        Option(one.name, one.name, ", ".join(stage.name for stage in one.open_stages))
        for one in pipelines
    ]
    options.append(Option(_OTHER, "A new pipeline with the file's own stages…"))
    chosen = await ask(host, Picker("Into which pipeline", options))
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

    name = await _typed(host, "Name of the new pipeline", _as_name(plan.path), live(is_free))
    if name:
        host.choose(replace(plan, pipeline=name, is_new=True))


def _as_name(path: Path) -> str:
    words = path.stem.replace("_", " ").replace("-", " ").split()
    return " ".join(words).capitalize()[:60]


async def _typed(
    host: ImportScreen,
    label: str,
    value: str,
    check: Live | None = None,
    *,
    may_be_empty: bool = False,
) -> str | None:
    """A line that becomes a choice at once; None where the person leaves it."""
    found: list[str] = []

    async def attempt(questions: Questions) -> Came:
        typed = await questions.ask(
            lambda: Prompt(
                label,
                value=value,
                live=check,
                accept_empty=may_be_empty,
                draft_key="import-choice",
                offers=False,
                verb="Choose",
            )
        )
        if typed is None:
            return None
        found.append(typed.strip())
        return True

    await until_stored(host, attempt)
    return found[0] if found else None


# What is under the cursor.


async def change(host: ImportScreen) -> None:
    """Enter: another choice for what is under the cursor; on the preview the import itself."""
    seen, key = host.view.seen, host.item_key
    if host.view.tab is ImportTab.PREVIEW:
        await import_now(host)
    elif seen is None or not key:
        host.say("There is nothing to change here; o chooses a file.", "status.warn")
    elif _is_idle(host):
        if host.view.tab is ImportTab.COLUMNS:
            await _change_column(host, seen, key)
        elif host.view.tab is ImportTab.WORDS:
            await _change_word(host, seen, _word(seen, key))
        else:
            await _change_file(host, seen, key)


async def leave_out(host: ImportScreen) -> None:
    """The column or the word under the cursor, without asking."""
    seen, key = host.view.seen, host.item_key
    if seen is None or not key or host.view.tab is ImportTab.FILE:
        host.say("Columns and words can be left out: 2 and 3 show them.", "status.warn")
    elif _is_idle(host):
        if host.view.tab is ImportTab.COLUMNS:
            _take(host, with_column(_recipe(host, seen), seen.header, key, LEFT_OUT))
        else:
            _put_word(host, seen, _word(seen, key), "=-")


def _recipe(host: ImportScreen, seen: FileSeen) -> Recipe:
    """All that has been chosen by now, also what is not shown yet."""
    plan = host.view.plan
    return plan.recipe if plan.forgets else seen.recipe


def _take(host: ImportScreen, recipe: Recipe) -> None:
    """A recipe that holds all that was chosen, so that the last one need not be asked again."""
    host.choose(replace(host.view.plan, recipe=recipe, forgets=True))


def _word(seen: FileSeen, key: str) -> Word:
    return next(word for word in seen.survey.words if f"{word.column}\0{word.text}" == key)


def _is_stage(seen: FileSeen, word: Word) -> bool:
    return seen.mapping[word.column] == "stage"


async def _change_column(host: ImportScreen, seen: FileSeen, column: str) -> None:
    target = await ask(
        host,
        Picker(f"{column} is", _targets(seen, column), chosen=seen.mapping[column]),
    )
    if target == _OTHER:
        name = await _typed(host, "Name of the field", column)
        target = f"{CUSTOM}{name}" if name else None
    if target is not None:
        _take(host, with_column(_recipe(host, seen), seen.header, column, target))


def _targets(seen: FileSeen, column: str) -> list[Option]:
    """What a column can be: as found, left out, a field, a stage that was entered, a field of
    its own."""
    holders = {target: name for name, target in seen.mapping.items()}
    options = [
        Option(_AS_FOUND, "as it was found", "what Pipeboard makes of it"),
        Option(LEFT_OUT, "left out", "-"),
        Option(f"{CUSTOM}{column}", f"a field called {column}", "kept as text"),
        Option(_OTHER, "a field with another name…"),
    ]
    options += [_field(name, holders.get(name, ""), column) for name in _USUAL]
    stages = (stage.name for stage in seen.pipeline.open_stages)
    options += [Option(f"{ENTERED}{name}", f"entered {name}", "a date") for name in stages]
    rarer = (name for name, kind in KINDS.items() if name not in _USUAL and kind not in _OURS)
    options += [_field(name, holders.get(name, ""), column) for name in rarer]
    return options


def _field(name: str, holder: str, column: str) -> Option:
    """A field that a column can be, and which column is it now."""
    beside = f"now {holder}" if holder and holder != column else _KIND_WORDS.get(KINDS[name], "")
    return Option(name, name.replace("_", " "), beside)


async def _change_word(host: ImportScreen, seen: FileSeen, word: Word) -> None:
    options = [Option(_AS_FOUND, "as it was found"), *_meanings()]
    if _is_stage(seen, word):
        options += [Option(stage.name, stage.name, "stage") for stage in seen.pipeline.open_stages]
    chosen = await ask(host, Picker(f"{word.text}, {word.count:,} rows, means", options))
    if chosen is not None:
        _put_word(host, seen, word, chosen)


def _put_word(host: ImportScreen, seen: FileSeen, word: Word, becomes: str) -> None:
    recipe, is_stage = _recipe(host, seen), _is_stage(seen, word)
    _take(host, with_word(recipe, word.column, is_stage, word.text, becomes))


def _meanings() -> list[Option]:
    return [
        Option("=won", "won"),
        Option("=lost", "lost"),
        Option("=open", "open"),
        Option("=-", "nothing", "the cell is left out"),
    ]


async def _change_file(host: ImportScreen, seen: FileSeen, key: str) -> None:
    """What is said of the file as a whole."""
    if key == "file":
        await choose_file(host)
    elif key == "into":
        await choose_pipeline(host)
    elif key.startswith("answer."):
        await _change_answer(host, seen, key.removeprefix("answer."))
    elif key in _RECIPES:
        recipe = await _RECIPES[key](host, _recipe(host, seen))
        if recipe is not None:
            _take(host, recipe)
    else:
        plan = await _PLANS[key](host, host.view.plan)
        if plan is not None:
            host.choose(plan)


async def _known_rows(host: ImportScreen, plan: ImportPlan) -> ImportPlan | None:
    options = [Option(name, text) for name, text in _MATCHES.items()]
    chosen = await ask(host, Picker("Rows whose deal is here", options, chosen=plan.match))
    return None if chosen is None else replace(plan, match=cast("Match", chosen))


async def _preferred(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    return replace(plan, prefers_file=not plan.prefers_file)


async def _bad_rows(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    return replace(plan, skips_bad=not plan.skips_bad)


async def _gates(host: ImportScreen, plan: ImportPlan) -> ImportPlan | None:
    reason = await _typed(host, "Pass the gates because", plan.override, may_be_empty=True)
    return None if reason is None else replace(plan, override=reason)


async def _last_time(host: ImportScreen, plan: ImportPlan) -> ImportPlan:
    host.say("What was chosen last time is left aside.")
    return replace(plan, recipe=Recipe(), forgets=True)


_PLANS: Final[Mapping[str, Callable[[ImportScreen, ImportPlan], Awaitable[ImportPlan | None]]]] = {
    "match": _known_rows,
    "prefer": _preferred,
    "skip": _bad_rows,
    "override": _gates,
    "last": _last_time,
}
"""Choices that are no part of how a file is read."""


async def _tool(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    options = [Option(name, name) for name in NAMES]
    chosen = await ask(host, Picker("The tool that wrote it", options, chosen=recipe.tool))
    return None if chosen is None else replace(recipe, tool=chosen)


async def _encoding(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    plan, seen = host.view.plan, host.view.seen
    if seen is None:
        return None
    found = await asyncio.to_thread(candidates, plan.path)
    options = [Option(name, name, word) for name, word in found]
    options.append(Option(_OTHER, "another…"))
    chosen = await ask(host, Picker("Encoding", options, chosen=seen.encoding))
    if chosen == _OTHER:
        chosen = await _typed(host, "Name of the encoding", "")
    return None if chosen is None else replace(recipe, encoding=chosen)


async def _currency(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    codes = [Option(code, code) for code in sorted(EXPONENTS)]
    chosen = await ask(host, Picker("Amounts that name no currency are in", codes))
    return None if chosen is None else replace(recipe, currency=chosen)


async def _dates(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    options = [Option(name, text) for name, text in _ORDERS.items()]
    chosen = await ask(host, Picker("03/04/2026 is read", options, chosen=recipe.dates))
    return None if chosen is None else replace(recipe, dates=chosen)


async def _decimal(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    options = [Option(name, text) for name, text in _MARKS.items()]
    chosen = await ask(host, Picker("1.234 is read", options, chosen=recipe.decimal))
    return None if chosen is None else replace(recipe, decimal=chosen)


async def _lost_zero(host: ImportScreen, recipe: Recipe) -> Recipe:
    means = "" if recipe.lost_zero == "unknown" else "unknown"
    return replace(recipe, lost_zero=means)


async def _key(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    seen = host.view.seen
    options = [Option("", "its id, else account and title")]
    options += [Option(name, name, _samples(seen, name)) for name in seen.header] if seen else []
    chosen = await ask(host, Picker("A row is known by", options))
    return None if chosen is None else replace(recipe, key=(chosen,) if chosen else ())


async def _sheet(host: ImportScreen, recipe: Recipe) -> Recipe | None:
    name = await _typed(host, "Name of the sheet", recipe.sheet, may_be_empty=True)
    return None if name is None else replace(recipe, sheet=name)


_RECIPES: Final[Mapping[str, Callable[[ImportScreen, Recipe], Awaitable[Recipe | None]]]] = {
    "tool": _tool,
    "encoding": _encoding,
    "currency": _currency,
    "dates": _dates,
    "decimal": _decimal,
    "lost_zero": _lost_zero,
    "key": _key,
    "sheet": _sheet,
}
"""Choices of how a file is read, which are remembered for its source."""


async def _change_answer(host: ImportScreen, seen: FileSeen, name: str) -> None:
    """Which column is the name, the stage, the value…; a stage or an owner can hold for all."""
    target = _FIELDS_OF[name]
    options = [Option(column, column, _samples(seen, column)) for column in seen.header]
    constants: Sequence[str] = ()
    if name == "stage":
        constants = [stage.name for stage in seen.pipeline.open_stages]
        options += [Option(f"\0{one}", f"all deals in {one}") for one in constants]
    elif name == "owner":
        options.append(Option(f"\0{host.program.me}", f"all deals are @{host.program.me}'s"))
    chosen = await ask(host, Picker(f"The {target.replace('_', ' ')} is in", options))
    if chosen is None:
        return
    if chosen.startswith("\0"):
        _take(host, with_constant(_recipe(host, seen), target, chosen[1:]))
    else:
        recipe = with_constant(_recipe(host, seen), target, "")
        _take(host, with_column(recipe, seen.header, chosen, target))


def _samples(seen: FileSeen, column: str) -> str:
    return ", ".join(seen.survey.samples.get(column, ()))


# The import.


async def import_now(host: ImportScreen) -> None:
    """Imports as the preview says; beside the screen, so that Esc can stop it."""
    seen, plan = host.view.seen, host.view.plan
    if host.view.done is not None:
        host.leave_with(host.view.done)
        return
    if not _is_idle(host):
        return
    if host.looking is not None or seen is None or host.view.problem:
        why = host.view.problem or "The file is still being looked at: a moment."
        host.say(why, "status.warn")
        return
    if seen.lacking:
        host.say(seen.lacking, "status.warn")
        return
    host.program.check_writable()
    if seen.report.rejected_count and not plan.skips_bad:
        if not await _leave_bad_rows(host, seen):
            return
        seen = replace(seen, plan=replace(plan, skips_bad=True))
    if host.only_plans:
        host.leave_with(seen)
        return
    host.show_tab(ImportTab.PREVIEW)
    work = host.importing = Work("importing:", lambda text: host.tell(work, text))
    host.show(replace(host.view, under_way="importing…"))
    host.say("", beside="Esc stops it")
    host.run_worker(_import(host, seen, work), group="importing")


async def _leave_bad_rows(host: ImportScreen, seen: FileSeen) -> bool:
    """Asks about the rows that are rejected; there is a way back to where they can be mended."""
    count = seen.report.rejected_count
    rows = "1 row is" if count == 1 else f"{count:,} rows are"
    choices = [
        MenuChoice("l", "leave them out, into a file beside this one"),
        MenuChoice("w", "look at the words"),
        MenuChoice("c", "look at the columns"),
    ]
    key = await ask(host, Menu(f"{rows} rejected", choices))
    if key in ("w", "c"):
        host.show_tab(ImportTab.WORDS if key == "w" else ImportTab.COLUMNS)
    return key == "l"


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
    words = f"Imported: {report.created:,} new, {report.updated:,} changed."
    if done.rejected is not None:
        words += f" {report.rejected_count:,} rows are in {done.rejected.name}."
    host.say(words, "status.ok", "u undo")
