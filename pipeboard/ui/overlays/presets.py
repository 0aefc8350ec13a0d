"""Keys that stand for a text in a line, such as those for the days of a next step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from pipeboard.domain.cadence import on_working_day, working_day
from pipeboard.domain.dates import format_day, parse_date
from pipeboard.ui.draw.line import Line, Span, blank, whole

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Presets:
    """Keys that stand for a text while they are all that is typed.

    A key becomes its text by a space or by Enter and not before, since `w` may begin `wed` and
    `1` may begin `12dec`.
    """

    def __init__(self, presets: Sequence[tuple[str, str]]) -> None:
        self._texts = {key: text.strip() for key, text in presets}
        self._key = self._written = self._kept = ""

    def meant(self, text: str) -> str:
        """What a text means: that of the key, where it is nothing else."""
        return self._texts.get(text.strip(), text)

    def written(self, text: str) -> str:
        """What should stand in the line after it was changed into `text`.

        A backspace right after a key was written out gives the key back, for good.
        """
        key = text[:-1]
        if self._written and text == self._written[:-1]:
            self._kept, self._written = f"{self._key} ", ""
            return self._kept
        if text.endswith(" ") and key in self._texts and text != self._kept:
            self._key, self._written = key, f"{self._texts[key]} "
            return self._written
        if text != self._written:
            self._written = ""
        return text

    def line(self, text: str) -> Line:
        """The keys and their texts, as long as one can be used."""
        if text.strip() and text.strip() not in self._texts:
            return ()
        spans: list[Span] = []
        for key, full in self._texts.items():
            spans += [whole(key, "input.label"), whole(f" {full}", "text"), blank(3)]
        return tuple(spans[:-1])


def step_days(today: date) -> tuple[tuple[str, str], ...]:
    """Keys for the days that a next step is most often put on; apart from today, working days."""
    near = [_typed(working_day(today, places), today) for places in (1, 3)]
    far = []
    for text in ("1w", "1m"):
        day = parse_date(text, today)
        working = on_working_day(day)
        far.append(f"{text} " if working == day else _typed(working, today))
    return tuple(zip("123wm", ("today ", *near, *far), strict=True))


def _typed(day: date, today: date) -> str:
    """A day as somebody would type it, with the blank that words come after."""
    if day - today == timedelta(days=1):
        return "tomorrow "
    if day - today < timedelta(days=7):
        return f"{_WEEKDAYS[day.weekday()]} "
    return f"{format_day(day, today).replace(' ', '').lower()} "
