"""One line to type, with what is understood of it told underneath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import ClassVar, Final, Protocol

from textual.binding import BindingType

from pipeboard.domain.cadence import parse_step
from pipeboard.domain.dates import parse_date
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.money import format_percent, parse_money, parse_percent
from pipeboard.domain.quick_add import parse_quick_add
from pipeboard.ui.draw.line import Line, Span, blank, key_name, text_of, whole
from pipeboard.ui.keys import said
from pipeboard.ui.overlays.draft import Draft
from pipeboard.ui.overlays.overlay import SAVES, Panel, TypingOverlay, bound, folded, upper_edge
from pipeboard.ui.overlays.presets import Presets
from pipeboard.ui.widgets.line_input import LineInput, harmless, one_line
from pipeboard.ui.widgets.page import glyphs_of

_LABEL: Final[Line] = ((" › ", "input.label"),)
_AGAIN_S: Final = 0.5


class Longer(str):
    """What was typed and pasted so far: more than a line, to go on with in a box."""


class InEditor(Longer):
    """What was typed so far, by somebody who wants to go on in the editor."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What is understood of a text, line by line. Unless `ok` the text is not taken: `why` not.
    `is_late` where the database is asked again soon, `is_whole` where no part means anything."""

    lines: tuple[Line, ...]
    ok: bool
    why: str = ""
    is_late: bool = False
    is_whole: bool = False


class Prompt(TypingOverlay[str]):
    """Dismisses with the text that was typed, or with None; where `longer` texts are taken, with
    an `InEditor` after ^g and a `Longer` after a paste of several lines.

    `live` is asked for its feedback after each change, in the thread of the screen: it has to be
    quick; a complaint waits until the word is left. `on_change` is told each text. `presets` tells
    keys and the texts that they stand for today; Tab takes the first of the `suggestions` that
    begins with what is typed. The first key replaces the `value`, or a text that was left
    unfinished under `draft_key`: that one is offered again, or with `offers` off stands under ↑,
    where the lines of this session are too.
    """

    BINDINGS: ClassVar[list[BindingType]] = bound(
        {
            "tab": "complete",
            **SAVES,
            "up": "earlier(-1)",
            "down": "earlier(1)",
            "ctrl+g": "go_on_in_editor",
        }
    )

    def __init__(
        self,
        label: str,
        *,
        value: str = "",
        live: Callable[[str], Feedback] | None = None,
        on_change: Callable[[str], None] | None = None,
        accept_empty: bool = False,
        suggestions: Sequence[str] = (),
        presets: Callable[[], Sequence[tuple[str, str]]] = tuple,
        placeholder: str = "",
        draft_key: str = "",
        offers: bool = True,
        longer: bool = False,
        verb: str = "Save",
    ) -> None:
        super().__init__(LineInput(placeholder=placeholder))
        self._heading = label
        self._first_value = one_line(value)
        self._live = live
        self._on_change = on_change
        self._accept_empty = accept_empty
        self._find_presets = presets
        self._presets = Presets(presets())
        self._suggestions = tuple(suggestions)
        self.line.takes_more = self._takes_more = longer
        self._offers = offers
        self._verb = verb
        self.draft: Draft = Draft(self, draft_key, label, self._unfinished, self.refuse)
        self._feedback = Feedback((), True)
        self._shown = self._feedback
        self._shown_of = ""
        self._longer: Longer | None = None
        self._place = 0
        self._aside = ""
        self._tallest = 0
        self._is_behind = False

    def prepare(self) -> None:
        up = key_name("↑", glyphs_of(self.app))
        found = self.draft.found("^u clears it" if self._offers else f"{up} brings it back")
        self._offered = self._first_value
        if found and (self._offers or self.draft.handed):
            self._offered = one_line(found)
        self.line.write(self._offered)
        if not self.draft.handed:
            self.line.action_select_all()
        self._understand()

    def draw(self, width: int, height: int) -> Panel:
        edge = upper_edge(self._heading, width)
        room = max(1, height - len(edge) - 3)
        lines = _lines_below(self, width)[:room]
        # Lines that come and go while somebody types would make the board jump.
        self._tallest = min(max(self._tallest, len(lines)), room)
        lines += [()] * (self._tallest - len(lines))
        completion = self._completion()
        hints = [
            ("↵", self._verb),
            *([("⇥", completion)] if completion else []),
            *([("^g", "Editor")] if self._takes_more else []),
            self.leaving,
        ]
        return Panel(edge, hints, lines, _LABEL)

    def on_resize(self) -> None:
        self._tallest = 0

    @property
    def has_changes(self) -> bool:
        # Where nothing keeps it, a line is quickly typed again.
        return self.draft.has_failed and bool(self._unfinished())

    def leave(self, result: str | None) -> None:
        if isinstance(result, Longer):
            self._longer = result
        super().leave(result)

    def on_input_changed(self) -> None:
        if self.text != self._offered:
            self.forgive()
            self.draft.forgiven()
        written = self._presets.written(self.text)
        if written != self.text:
            self.line.write(written)
        self.draft.changed()
        if not self._is_behind:
            self._is_behind = True
            self.call_after_refresh(self._understand)

    def understand_anew(self) -> None:
        self._presets = Presets(self._find_presets())
        self._understand()

    def on_input_submitted(self) -> None:
        self.action_save()

    def on_line_input_longer(self, event: LineInput.Longer) -> None:
        self.leave(Longer(harmless(event.text)))

    def action_save(self) -> None:
        """Dismiss with what is typed, where it is understood."""
        text = self._presets.meant(self.text)
        self._understand()
        if not text.strip() and not self._accept_empty:
            self.refuse("Nothing is typed yet; Esc cancels.")
        elif not self._feedback.ok:
            self._shown = self._feedback
            why = self._feedback.why
            is_told = why and any(why in text_of(line) for line in self._shown.lines)
            cannot = "It cannot be taken like this; Esc cancels."
            self.refuse(cannot if is_told else why or cannot)
        else:
            self.leave(text)

    def action_complete(self) -> None:
        """Take the suggestion that is shown."""
        completion = self._completion()
        if completion:
            self.line.write(completion)

    def action_go_on_in_editor(self) -> None:
        """Leave the rest to the editor, where there is one for this."""
        if self._takes_more:
            self.leave(InEditor(self.text))
        else:
            self.refuse("One line is all there is to this; no editor.")

    def action_earlier(self, places: int) -> None:
        """What was typed or kept here before: one further back, or forth again."""
        lines = [line for line in self.draft.lines() if one_line(line) != self._aside]
        if not self._place:
            self._aside = self.text
            lines = [line for line in self.draft.lines() if one_line(line) != self._aside]
        place = self._place + places
        if place > 0 or -place > len(lines):
            self.refuse("There is nothing further here." if lines else "Nothing was typed before.")
            return
        self._place = place
        self.line.write(lines[place] if place else self._aside)

    def _unfinished(self) -> str:
        if self._longer is not None:
            return self._longer
        return "" if self.text == self._first_value else self.text

    def _completion(self) -> str:
        """The first suggestion that begins with what is typed, empty where none does."""
        typed = self.text.casefold()
        begun = (word for word in self._suggestions if word.casefold().startswith(typed))
        return next((word for word in begun if word != self.text), "") if typed else ""

    def _understand(self) -> None:
        self._is_behind = False
        text = self._presets.meant(self.text)
        if self._live is not None:
            self._feedback = self._live(text)
        if self._feedback.ok or not self._is_in_a_word:
            self._shown, self._shown_of = self._feedback, text
        elif (self._shown.ok and self._feedback.is_whole) or not self._shown_of.strip():
            self._shown = Feedback((), True)  # what another line meant is no longer so
        elif self._live is not None and not self._feedback.is_whole:
            # The beginning of a key that is typed now was told as another word.
            before = text.rpartition(" ")[0].strip()
            if before and before != self._shown_of and (settled := self._live(before)).ok:
                self._shown, self._shown_of = settled, before
        if self._feedback.is_late and not self._is_behind:
            self._is_behind = True
            self.set_timer(_AGAIN_S, self._understand)
        if self._on_change is not None:
            self._on_change(text)
        self.redraw()

    @property
    def _is_in_a_word(self) -> bool:
        """Is the last word still being typed, so that it is too early to complain?"""
        is_new = self.text not in ("", self._offered, self.line.pasted)
        return is_new and self.line.cursor_at_end and not self.text.endswith(" ")


def _lines_below(prompt: Prompt, width: int) -> list[Line]:
    keys = prompt._presets.line(prompt.text)
    told = [
        (blank(3), *part)
        for line in (*([keys] if keys else []), *prompt._shown.lines)
        for part in folded(line, width - 4)
    ]
    said = prompt.draft.said(width)
    # On a low screen the reason why it came back is what must be seen.
    return [*said, *told] if prompt.draft.why else [*told, *said]


# Feedback under a line while it is typed: how it is understood, or why it is not.

Live = Callable[[str], Feedback]


class Dated(Protocol):
    """What knows which day it is."""

    @property
    def today(self) -> date: ...


def by_day(dated: Dated, of: Callable[[date], Live]) -> Live:
    """Feedback as it is on the day on which it is asked for: lines stand open over midnight."""
    return lambda text: of(dated.today)(text)


def understood(text: str) -> Feedback:
    """What was typed makes sense, and this one."""
    return Feedback(((whole(text, "input.chip"),),), True)


NOTHING_YET: Final = "nothing is typed yet"
"""What a line without words means where it cannot be left so."""


def live(read: Callable[[str], str], when_empty: str = "") -> Live:
    """Feedback from a function that says in words what a text means, or raises why it cannot."""

    def feedback(text: str) -> Feedback:
        if not text.strip():
            return understood(when_empty)
        try:
            return understood(read(text))
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(why, "input.error"),),), False, why, is_whole=True)

    return feedback


def filter_line(title: str, present: str, live: Live, *, draft_key: str = "filter") -> Prompt:
    """A line for a filter, which begins with the present one; nothing typed takes it away."""
    return Prompt(
        title,
        value=present,
        live=live,
        accept_empty=True,
        placeholder="words  stage:demo  owner:ana  +tag  value>20k  stalled  -won",
        draft_key=draft_key,
        offers=False,
        verb="Filter",
    )


def money(currency: str, present: str = "", when_empty: str = "no value") -> Live:
    """An amount; with the present one, also by how much it changes."""
    before = parse_money(present, currency) if present else None

    def read(text: str) -> str:
        value = parse_money(text, currency)
        if before is None or before.currency != value.currency or before == value:
            return written().money(value)
        sign = "+" if value.minor > before.minor else "−"
        change = written().money(value - before if sign == "+" else before - value)
        return f"{written().money(value)}   {sign}{change} against {written().money(before)}"

    return live(read, when_empty)


def day(today: date, when_empty: str = "no date") -> Live:
    """A date in words, of what is to come."""
    return live(lambda text: written().date(parse_date(text, today)), when_empty)


def percent() -> Live:
    """A probability."""
    return live(lambda text: f"{format_percent(parse_percent(text))}%", "the stage's own")


@dataclass(frozen=True, slots=True)
class StepWords:
    """The words of a next step that a day alone is about: what the deals have, or what is `usual`
    in their stage; "" where they differ."""

    present: str = ""
    usual: str = ""
    deals: int = 1

    @property
    def told(self) -> str:
        if self.present:
            return f"{self.present} (its words as they are)"
        if self.deals > 1:
            return "each keeps its words"
        return f"{self.usual} (as usual in this stage)" if self.usual else ""


def next_step(today: date, words: StepWords = StepWords()) -> Live:
    """A next step with its day in front; what a day alone is about is told."""
    takes_away = "clears the next step" if words.present or words.deals > 1 else ""

    def read(text: str) -> str:
        if text.strip() in ("-", "none"):
            return takes_away or "it stays without a next step"
        step = parse_step(text, today)
        when = written().date(step.due) if step.due else "no day"
        said = step.text or words.told
        when += f", every {step.every}" if step.every else ""
        return f"{when}   {said}" if said else when

    return live(read, f"- {takes_away}" if takes_away else NOTHING_YET)


def quick_add(
    today: date,
    currency: str,
    doubles: Callable[[str], str],
    new_rep: Callable[[str], str] = lambda _: "",
) -> Live:
    """A new deal in one line, as chips; `doubles` names an open deal of the same company,
    `new_rep` says of an owner that nobody knows them."""

    def feedback(text: str) -> Feedback:
        if not text.strip():
            hint = "Company: title 40k @owner source:web +tag close:19dec > 3dec call Mika"
            return Feedback(((whole(hint, "text.dim"),),), False, "Type what the deal is about.")
        try:
            parsed = parse_quick_add(text, today=today, currency=currency, tui=True)
        except PipeboardError as error:
            why = said(error)
            return Feedback(((whole(why, "input.error"),),), False, why)
        company = [("company", parsed.account)] if parsed.account else []
        chips: list[tuple[str, str]] = [*company, ("title", parsed.title)]
        chips += [(span.kind, span.text) for span in parsed.spans if span.kind != "account"]
        said_of = {span.kind for span in parsed.spans}
        unsaid = " ".join(f"{key}:" for key in ("source", "reason") if key not in said_of)
        more = (whole(f"+ {unsaid}", "text.dim"),) if unsaid else ()
        lines = [(*_chips(chips, new_rep), *more)]
        double = doubles(parsed.account) if parsed.account else ""
        if double:
            lines.append((whole(f"! {double}", "status.warn"),))
        return Feedback(tuple(lines), True)

    return feedback


def _chips(chips: list[tuple[str, str]], new_rep: Callable[[str], str]) -> Line:
    spans: list[Span] = []
    for kind, text in chips:
        spans += [(f"{kind} ", "text.dim"), whole(text, "input.chip")]
        if kind == "owner" and (mark := new_rep(text)):
            spans.append(whole(f" {mark}", "status.warn"))
        spans.append(("   ", "text"))
    return tuple(spans)
