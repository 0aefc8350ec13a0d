"""Keys that take numbers elsewhere: a file for a spreadsheet, a report or a picture, a copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pipeboard import outlet
from pipeboard.domain.errors import DatabaseError
from pipeboard.exchange.metrics_tables import as_csv, as_markdown, tables
from pipeboard.ui.busy import is_busy
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.host import ask
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.questions import Came, Questions, until_stored
from pipeboard.ui.screens.metrics import MetricsScreen
from pipeboard.ui.terminal.clipboard import copy

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
    found = tables(shown.report, shown.before, shown.reps)
    return as_markdown(shown.report, found, host.filter_text, host.asked.owner)


def _as_csv(host: MetricsScreen, shown: Figures) -> str:
    found = tables(shown.report, shown.before, shown.reps)
    return as_csv(shown.report, found, host.filter_text, host.asked.owner)


def write_new(path: Path, text: str) -> None:
    """A file that only its owner can read; BadInput where there is one already, or cannot be."""
    outlet.write_file(path, [text], numbered=False)
