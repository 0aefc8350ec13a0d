"""The stages of a new pipeline to choose from: what each template has, shown before it is taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.events import Click, Key

from pipeboard.domain.percent import format_percent
from pipeboard.domain.pipeline import Pipeline
from pipeboard.ui.draw.glyphs import BAR, BEFORE, DOT
from pipeboard.ui.draw.line import Line, Span, blank, left, whole
from pipeboard.ui.overlays.overlay import CANCEL, Overlay, Panel, heading, indented

_STEPS = {"j": 1, "down": 1, "k": -1, "up": -1}


class TemplatePicker(Overlay[str]):
    """Dismisses with the name of a template; under the list stands all that it brings."""

    def __init__(self, templates: Sequence[tuple[str, Pipeline]]) -> None:
        super().__init__()
        self._templates = tuple(templates)
        self._cursor = 0

    def draw(self, width: int, height: int) -> Panel:
        rows = [
            _row(number, name, pipeline, number - 1 == self._cursor)
            for number, (name, pipeline) in enumerate(self._templates, 1)
        ]
        room = max(0, height - len(rows) - 4)
        details = list(_details(self._templates[self._cursor][1], width))
        if len(details) > room:
            details = [*details[: room - 1], (blank(3), whole("…", "text.dim"))] if room else []
        # Lines that come and go with the cursor would make the screen jump.
        details += [()] * (room - len(details))
        hints = [("↵", "Make it"), ("j/k", "Move"), ("1-9", "Make"), CANCEL]
        title = heading("Stages of the new pipeline", width)
        return Panel((title, *rows, (), *details), hints)

    def take_key(self, event: Key) -> None:
        event.stop()
        if event.key == "escape":
            self.leave(None)
        elif event.key in _STEPS:
            self._cursor = (self._cursor + _STEPS[event.key]) % len(self._templates)
            self.redraw()
        elif event.key == "enter":
            self.leave(self._templates[self._cursor][0])
        elif event.key.isdigit() and 0 < int(event.key) <= len(self._templates):
            self.leave(self._templates[int(event.key) - 1][0])

    def on_click(self, event: Click) -> None:
        place = event.screen_y - self._above.region.y - 1
        if 0 <= place < len(self._templates):
            self._cursor = place
            self.redraw()


def _row(number: int, name: str, pipeline: Pipeline, is_current: bool) -> Line:
    mark: Span = (BAR, "cursor") if is_current else blank(1)
    stages = f"{len(pipeline.open_stages)} stages"
    return (
        blank(1),
        mark,
        (f" {number}  ", "input.label"),
        left(name, 10, "cursor.name" if is_current else "card.name"),
        whole(stages, "text.dim"),
    )


def _details(pipeline: Pipeline, width: int) -> Iterator[Line]:
    """Stages with their chances and gates, and the questions that are asked of a deal."""
    for stage in pipeline.open_stages:
        chance = f"{format_percent(stage.probability_bp or 0)} %"
        name: Line = (
            left(stage.name, min(22, width // 2), "text"),
            whole(f" {chance:>5}", "card.days"),
        )
        yield (blank(3), *name)
        if stage.criteria:
            gate = ", ".join(map(str, stage.criteria))
            yield from indented(f"{BEFORE} to leave it: {gate}", width - 2, (blank(2),))
    if pipeline.questions:
        asked = f" {DOT} ".join(question.label for question in pipeline.questions)
        yield ()
        yield from indented(f"{len(pipeline.questions)} questions of each deal: {asked}", width)
