"""Keys that take deals and numbers elsewhere: a file for a spreadsheet, a report, a copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeboard import outlet
from pipeboard.domain.errors import BadInput, DatabaseError
from pipeboard.domain.filter_nodes import EVERYTHING
from pipeboard.domain.locales import in_figures
from pipeboard.domain.text import quoted, slug
from pipeboard.ui.actions.programs import copy
from pipeboard.ui.host import ask
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Came, Questions, until_stored
from pipeboard.ui.write_queue import is_busy

if TYPE_CHECKING:
    from pipeboard.domain.board import Lens
    from pipeboard.domain.json_data import Document
    from pipeboard.ui.draw.metrics.sections import Figures
    from pipeboard.ui.screens.board import BoardScreen
    from pipeboard.ui.screens.metrics import MetricsScreen
    from pipeboard.workspace import Workspace

_DEAL_FORMS: Final = ("csv", "json", "jsonl")


async def export_deals(host: BoardScreen) -> None:
    """The deals that are marked, or all that the board shows, into a file that an import takes
    back; no file is ever replaced."""
    lens, marks = host.state.lens, tuple(sorted(host.state.view.marks))
    name = f"{slug(host.pipeline().name)}-{host.today.isoformat()}.csv"

    async def attempt(questions: Questions) -> Came:
        what = f"{len(marks)} marked deals" if marks else "the deals of the board"
        typed = await questions.ask(
            lambda: Prompt(
                f"Write {what} to (its ending tells: {', '.join(_DEAL_FORMS)})",
                value=name,
                draft_key="export:deals",
                verb="Write",
            )
        )
        if typed is None:
            return None
        path = Path(typed).expanduser()
        if path.suffix.removeprefix(".").lower() not in _DEAL_FORMS:
            raise BadInput(
                f"{quoted(typed)} does not tell a form.",
                hint=f"It may end in {', '.join(f'.{form}' for form in _DEAL_FORMS)}.",
            )
        queue = host.program.write_queue
        count = await queue.ask(lambda workspace: _write_deals(workspace, lens, marks, path))
        host.say(f"{in_figures(count)} deals are in {path.absolute()}.", "status.ok")
        return True

    await until_stored(host, attempt)


def _write_deals(workspace: Workspace, lens: Lens, marks: Sequence[int], path: Path) -> int:
    from pipeboard.exchange.deal_files import csv_of_deals, json_of_deals, jsonl_of_deals
    from pipeboard.store.reading.listing import Listing

    reader = workspace.reader
    listing = Listing(
        lens.today, lens.zone, lens.me, lens.pipeline_id, lens.owner, lens.filter or EVERYTHING
    )
    ids = marks or reader.ids(listing)
    documents = _documents(workspace, ids, lens)
    match path.suffix.lower():
        case ".csv":
            names = {name for deal in reader.deals(ids).values() for name in deal.fields}
            pieces: Iterable[str] = csv_of_deals(documents, sorted(names))
        case ".json":
            pieces = json_of_deals(documents)
        case _:
            pieces = jsonl_of_deals(documents)
    outlet.write_file(path, pieces, numbered=False)
    return len(ids)


def _documents(workspace: Workspace, ids: Sequence[int], lens: Lens) -> Iterator[Document]:
    from pipeboard.exchange.deal_files import deal_document
    from pipeboard.exchange.json_documents import Documents

    pipelines = {pipeline.id: pipeline for pipeline in workspace.reader.pipelines()}
    documents = Documents(pipelines, lens.today, lens.zone)
    for deal_id in ids:
        record = workspace.reader.record(deal_id, workspace.rights.eyes)
        if record is not None:
            yield deal_document(documents, record)


_FORMS = {"c": "csv", "m": "md", "s": "svg"}


async def export(host: MetricsScreen) -> None:
    """Asks for the form and the file, and writes it; no file is ever replaced."""
    choices = [
        MenuChoice("c", "CSV, a line for each number"),
        MenuChoice("m", "Markdown"),
        MenuChoice("s", "SVG, as it stands on the screen"),
    ]
    key = await ask(host, Menu("Export", choices))
    if key is None:
        return
    form = _FORMS[key]
    picture = host.app.export_screenshot(title="pipeboard metrics") if form == "svg" else ""
    name = f"pipeboard-{host.asked.period.label}-{host.asked.tab.lower()}.{form}"

    async def attempt(questions: Questions) -> Came:
        typed = await questions.ask(
            lambda: Prompt("Write to", value=name, draft_key=f"export:{form}", verb="Write")
        )
        if typed is None:
            return None
        text = picture or await _text(host, _as_csv if form == "csv" else _as_markdown)
        path = Path(typed).expanduser()
        await asyncio.to_thread(write_new, path, text)
        host.say(f"Written to {path.absolute()}.", "status.ok")
        return True

    await until_stored(host, attempt)


async def copy_numbers(host: MetricsScreen) -> None:
    """The numbers as Markdown, to the clipboard."""
    text = await _text(host, _as_markdown)
    how = await asyncio.to_thread(copy, host.app, text, host.program.look.copy_command)
    host.say(f"{how}: the numbers of {host.asked.period.label}.", "status.ok")


async def _text(host: MetricsScreen, make: Callable[[MetricsScreen, Figures], str]) -> str:
    while True:
        try:
            return await host.metrics_worker.use(
                host.asked, host.moment, lambda shown: make(host, shown)
            )
        except DatabaseError as error:
            if not is_busy(error):
                raise
        await host.program.key_queue.pause()


def _as_markdown(host: MetricsScreen, shown: Figures) -> str:
    from pipeboard.exchange.metrics_tables import as_markdown, tables

    found = tables(shown.report, shown.before, shown.reps)
    return as_markdown(shown.report, found, host.filter_text, host.asked.owner)


def _as_csv(host: MetricsScreen, shown: Figures) -> str:
    from pipeboard.exchange.metrics_tables import as_csv, tables

    found = tables(shown.report, shown.before, shown.reps)
    return as_csv(shown.report, found, host.filter_text, host.asked.owner)


def write_new(path: Path, text: str) -> None:
    """A file that only its owner can read; BadInput where there is one already, or cannot be."""
    outlet.write_file(path, [text], numbered=False)
