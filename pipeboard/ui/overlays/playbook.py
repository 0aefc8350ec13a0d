"""The playbook of a stage: what it is for and how it is worked, with its checklist."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.events import Key

from pipeboard.domain.deal import Deal
from pipeboard.domain.pipeline import Stage
from pipeboard.ui.draw.glyphs import OPEN, YES
from pipeboard.ui.draw.line import Line, Span, blank, whole, wrap
from pipeboard.ui.overlays.overlay import (
    CANCEL,
    Overlay,
    Panel,
    bound,
    heading,
    indented,
    key_shown,
)


class Playbook(Overlay[int]):
    """Dismisses with the place of a checklist item to tick or clear, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = bound({"enter,q": "cancel"})

    def __init__(self, stage: Stage, deal: Deal | None) -> None:
        """`deal` is whose checklist it is; without one nothing can be ticked."""
        super().__init__()
        self._stage = stage
        self._deal = deal
        whose = f"{deal.name} · " if deal else ""
        self._title = f"{whose}{stage.name}: {_limits(stage)}".rstrip(": ")

    def draw(self, width: int, height: int) -> Panel:
        stage = self._stage
        lines: list[Line] = [heading(self._title, width)]
        lines += _labelled("Goal", stage.outcome, width)
        for line in stage.playbook.split("\n") if stage.playbook else ():
            lines += indented(line, width)
        asks = ", ".join(map(str, stage.criteria))
        lines += _labelled("To leave it", asks, width)
        lines += _labelled("Usual next step", stage.next_step, width)
        lines += [self._item(place, item) for place, item in enumerate(stage.checklist)]
        if len(lines) == 1:
            lines.append((blank(3), ("nothing is written about this stage yet", "empty")))
        tick = [("1-9", "Tick")] if stage.checklist and self._deal is not None else []
        return Panel(lines[: max(1, height - 1)], [*tick, (CANCEL[0], "Close")])

    def take_key(self, event: Key) -> None:
        if not event.is_printable:
            return
        event.stop()
        place = int(event.key) - 1 if event.key.isdigit() else -1
        if self._deal is not None and 0 <= place < len(self._stage.checklist):
            self.leave(place)
        else:
            self.refuse(f"{key_shown(event)} does nothing here; Esc closes.")

    def _item(self, place: int, item: str) -> Line:
        done = self._deal is not None and self._deal.is_checked(self._stage.id, item)
        mark: Span = (f"{YES} ", "pane.yes") if done else (f"{OPEN} ", "pane.label")
        number = f"{place + 1} " if place < 9 else "  "
        return (blank(3), (number, "input.label"), mark, whole(item, "text"))


def _limits(stage: Stage) -> str:
    """How long a deal should stay, and how long it may lie idle."""
    limits = ((stage.expected_days, "d here"), (stage.idle_days, "d without a touch"))
    return ", ".join(f"{days} {what}".replace(" d", "d") for days, what in limits if days)


def _labelled(label: str, text: str, width: int) -> list[Line]:
    if not text:
        return []
    first, *rest = wrap(text, width - len(label) - 6, width - 6)
    line: Line = (blank(3), (f"{label}  ", "pane.head"), whole(first, "text"))
    return [line, *[(blank(5), whole(part, "text")) for part in rest]]
