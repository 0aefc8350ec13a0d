"""Keys that take numbers elsewhere: a file for a spreadsheet, a report or a picture, a copy."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from pipeboard import outlet
from pipeboard.domain.errors import DatabaseError
from pipeboard.exchange.metrics_tables import as_csv, as_markdown, tables
from pipeboard.ui.busy import is_busy
from pipeboard.ui.draw.metrics.asked import Asked
from pipeboard.ui.draw.metrics.figures import Figures
from pipeboard.ui.metrics_worker import MetricsWorker, Moment
from pipeboard.ui.overlays.menu import Choice, Menu
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.questions import Came, Questions, until_stored
from pipeboard.ui.terminal.clipboard import copy

_FORMS = {"c": "csv", "m": "md", "s": "svg"}


class Exporting(DealActions):
    """What the metrics worker has counted, written down."""

    metrics_worker: MetricsWorker
    asked: Asked
    filter_text: str
    _version: int

    @property
    def moment(self) -> Moment:
        """The state of the database that is shown, and its instant."""
        return self.metrics_worker.moment(self._version)

    @in_turn
    async def action_export(self) -> None:
        """Asks for the form and the file, and writes it; no file is ever replaced."""
        choices = [
            Choice("c", "CSV, a line for each number"),
            Choice("m", "Markdown"),
            Choice("s", "SVG, as it stands on the screen"),
        ]
        key = await self.ask(Menu("Export", choices))
        if key is None:
            return
        form = _FORMS[key]
        picture = self.app.export_screenshot(title="pipeboard metrics") if form == "svg" else ""
        name = f"pipeboard-{self.asked.period.label}-{self.asked.tab.lower()}.{form}"

        async def ask(questions: Questions) -> Came:
            typed = await questions.ask(
                lambda: Prompt("Write to", value=name, draft_key=f"export:{form}", verb="Write")
            )
            if typed is None:
                return None
            text = picture or await self._text(self._as_csv if form == "csv" else self._as_markdown)
            path = Path(typed).expanduser()
            await asyncio.to_thread(write_new, path, text)
            self.say(f"Written to {path.absolute()}.", "status.ok")
            return True

        await until_stored(self, ask)

    @in_turn
    async def action_copy(self) -> None:
        """The numbers as Markdown, to the clipboard."""
        text = await self._text(self._as_markdown)
        how = await asyncio.to_thread(copy, self.app, text, self.board_app.look.copy_command)
        self.say(f"{how}: the numbers of {self.asked.period.label}.", "status.ok")

    async def _text(self, make: Callable[[Figures], str]) -> str:
        while True:
            try:
                return await self.metrics_worker.use(self.asked, self.moment, make)
            except DatabaseError as error:
                if not is_busy(error):
                    raise
            await self.board_app.pause()

    def _as_markdown(self, shown: Figures) -> str:
        found = tables(shown.report, shown.before, shown.reps)
        return as_markdown(shown.report, found, self.filter_text, self.asked.owner)

    def _as_csv(self, shown: Figures) -> str:
        found = tables(shown.report, shown.before, shown.reps)
        return as_csv(shown.report, found, self.filter_text, self.asked.owner)


def write_new(path: Path, text: str) -> None:
    """A file that only its owner can read; BadInput where there is one already, or cannot be."""
    outlet.write_file(path, [text], numbered=False)
