"""The sheet of a gate that is not met: answer what is missing, lose the deal, or override."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.events import Key

from pipeboard.domain.counts import in_figures
from pipeboard.domain.criteria import SHORTEST_REASON
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.draw.line import UNKNOWN, Line, Span, blank, whole, wrap
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import (
    CANCEL,
    SAVES,
    Panel,
    TypingOverlay,
    bound,
    key_shown,
    upper_edge,
)
from pipeboard.ui.widgets.line_input import LineInput

_LABEL: Final[Line] = ((" reason › ", "input.label"),)
_ANSWER: Final = ("a", "answer what is missing, now")
_LOSE: Final = ("x", "lose the deal, with its reason")
_OVERRIDE: Final = ("o", "override, with a reason that is logged")


class WayOn(StrEnum):
    """A way on from a gate that is not met."""

    ANSWER = "answer"
    LOSE = "lose"
    OVERRIDE = "override"
    OTHERS = "others"


@dataclass(frozen=True, slots=True)
class GateAnswer:
    """The way that is taken: `missing` is the place of the one thing to answer, None for all from
    the first on; `reason` is why the gate is overridden."""

    way: WayOn
    missing: int | None = None
    reason: str = ""


class GateSheet(TypingOverlay[GateAnswer]):
    """The three ways out of a gate; dismisses with the one that is taken, or with None."""

    BINDINGS: ClassVar[list[BindingType]] = bound(SAVES)

    def __init__(
        self,
        name: str,
        message: str,
        missing: Sequence[str],
        *,
        held: int = 1,
        passing: int = 0,
        draft_key: str = "",
    ) -> None:
        """`name` is the deal's (or `3 deals`), `message` which move is held up, `missing` what
        the stages ask for, in words; of several deals, so many are `held` up and `passing` others
        may go on. The reason to override is kept under `draft_key`."""
        super().__init__(LineInput(placeholder="why it moves on all the same; this is logged"))
        self._name = name
        self._message = message
        self._missing = tuple(missing)
        self._held, self._passing = held, passing
        title = f"Why {name} moves on all the same"
        self.draft: Draft = Draft(self, draft_key, title, lambda: self.text, self.refuse)
        self.is_typing = False

    def prepare(self) -> None:
        self._offered = self.draft.found("^u clears it")
        if self._offered:
            self.line.write(self._offered)
        # What could not be stored is gone on with at once.
        self.is_typing = bool(self.draft.handed)

    def draw(self, width: int, height: int) -> Panel:
        edge, ways = upper_edge(f"{self._name}: the gate", width), self._ways()
        # On a low screen the ways out are kept; the message is cut first, then what is missing.
        room = max(1, height - len(edge) - len(ways) - 2 - self.is_typing)
        asked = self._asked(room)
        message = [(blank(3), whole(part, "text")) for part in wrap(self._message, width - 4)]
        above = [*edge, *message[: room - len(asked)], *asked, *ways]
        if not self.is_typing:
            return Panel(above, [("↵", "Answer"), CANCEL], label=_LABEL)
        below = self.draft.said(width)[: max(0, height - len(above) - 2)]
        return Panel(above, [("↵", "Override"), ("Esc", "Back")], below, _LABEL)

    def action_cancel(self) -> None:
        """Back to the three ways, or out."""
        if self.is_typing:
            self.is_typing = False
            self.redraw()
        else:
            super().action_cancel()

    def take_key(self, event: Key) -> None:
        if self.is_typing or not (event.is_printable or event.key == "enter"):
            return
        event.stop()
        if event.key in ("a", "enter"):
            self.leave(GateAnswer(WayOn.ANSWER))
        elif event.key.isdigit() and 1 <= int(event.key) <= len(self._missing):
            self.leave(GateAnswer(WayOn.ANSWER, int(event.key) - 1))
        elif event.key == "x":
            self.leave(GateAnswer(WayOn.LOSE))
        elif event.key == "p" and self._passing:
            self.leave(GateAnswer(WayOn.OTHERS))
        elif event.key == "o":
            self.is_typing = True
            self.redraw()
        else:
            self.refuse(f"{key_shown(event)} is none of the three ways; Esc leaves the deal here.")

    def on_input_changed(self) -> None:
        if self.text != self._offered:
            self.forgive()
            self.draft.forgiven()
        self.draft.changed()

    def on_input_submitted(self) -> None:
        self.action_save()

    def action_save(self) -> None:
        """Override for the reason that is typed."""
        reason = self.text.strip()
        if not self.is_typing:
            return
        if len(reason) < SHORTEST_REASON:
            self.refuse(f"An override needs a reason of {SHORTEST_REASON} characters or more.")
        else:
            self.leave(GateAnswer(WayOn.OVERRIDE, reason=reason))

    def _asked(self, room: int) -> list[Line]:
        """What is missing, each thing with the number that answers it, in that many lines."""
        several = len(self._missing) > 1
        lines = [
            _asked(f"{number} " if several and number <= 9 else "  ", text)
            for number, text in enumerate(self._missing, 1)
        ]
        if len(lines) <= room:
            return lines
        more = f"    … and {len(lines) - room + 1} more"
        return [*lines[: room - 1], (whole(more, "text.dim"),)]

    def _ways(self) -> list[Line]:
        held, passing = in_figures(self._held), in_figures(self._passing)
        ways = [_ANSWER, _LOSE, _OVERRIDE]
        if self._held > 1:
            ways[1] = ("x", f"lose these {held} deals, with a reason")
        if self._passing:
            pass_ = "passes" if self._passing == 1 else "pass"
            stay = "this one stays" if self._held == 1 else "these stay"
            some = f"move the {passing} that pass; these stay"
            one = f"move the {passing} that {pass_}; {stay}"
            ways.append(("p", some if min(self._held, self._passing) > 1 else one))
        return [_way(key, text) for key, text in ways]


def _asked(number: str, text: str) -> Line:
    unknown: Span = (f"{UNKNOWN} ", "pane.unknown")
    return (blank(2), (number, "input.label"), unknown, whole(text, "text"))


def _way(key: str, text: str) -> Line:
    return (blank(2), (key, "input.label"), (f" {text}", "text"))
