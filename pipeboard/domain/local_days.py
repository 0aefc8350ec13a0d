"""Days as the person's locale writes them: the shapes in which they are shown, read back.

What is typed is English or as the locale has it. Nothing is read here unless a locale is
configured; `locales` says which, once as the program starts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from pipeboard.domain.counted_days import any_of
from pipeboard.domain.text import fold

_FIELD = re.compile(r"\{(\w+)(?::02)?\}")
_ORDERS = {"d": "dmy", "m": "mdy", "y": "ymd"}
_FEW_LETTERS = 3
# What people type in any of these languages, whatever their locale prints.
_TYPED = ("{d}. {month}", "{d}. {month} {year}", "{d} de {month}", "{d} de {month} de {year}")


class LocalDays:
    """The months, weekdays and shapes of a locale, names parted by spaces; the last shape is the
    one in figures. Names in full may stand there in more than one form, each of them whole."""

    def __init__(
        self,
        months: str,
        weekdays: str,
        shapes: Sequence[str],
        months_in_full: str = "",
        weekdays_in_full: str = "",
    ) -> None:
        self._months, self._weekdays, self._shapes = months, weekdays, shapes
        self._months_in_full, self._weekdays_in_full = months_in_full, weekdays_in_full
        self._in_figures = shapes[-1]

    @property
    def order(self) -> str:
        """`dmy`, `mdy` or `ymd`: how a day in figures is read."""
        return _ORDERS[_FIELD.split(self._in_figures)[1][0]]

    def figures(self, mark: str) -> str:
        """How two figures with that mark between are read, `dmy` or `mdy`; empty where a locale
        that begins with the year does not tell."""
        if self.order != "ymd":
            return self.order
        return "mdy" if mark == self.mark else ""

    @property
    def mark(self) -> str:
        """What stands between figures."""
        return self._in_figures.partition("}")[2][:1]

    def weekday(self, line: str) -> int | None:
        """The weekday that the text names alone, Monday is 0."""
        return self._weekday_of.get(fold(line).removesuffix("."))

    def is_bare_word(self, text: str) -> bool:
        """Whether the text is a weekday so short that it may be a word of a sentence: `do`, where
        the locale writes `Do.`."""
        return self.weekday(text) is not None and (
            len(text) < _FEW_LETTERS
            or (not text.endswith(".") and f"{fold(text)}." in fold(self._weekdays).split())
        )

    def readings(self, line: str) -> Iterator[tuple[str | None, int, int, int | None]]:
        """What each shape reads: year, month and day, and the weekday that stands beside them."""
        text = fold(line)
        for pattern in self._patterns:
            if match := pattern.fullmatch(text):
                parts = match.groupdict()
                name, weekday = parts.get("name"), parts.get("weekday")
                month = self._month_of[name] + 1 if name else int(parts["month"])
                beside = self._weekday_of[weekday] if weekday else None
                yield parts.get("year"), month, int(parts["day"]), beside

    @cached_property
    def _month_of(self) -> Mapping[str, int]:
        return _numbered(f"{self._months_in_full} {self._months}", 12)

    @cached_property
    def _weekday_of(self) -> Mapping[str, int]:
        return _numbered(f"{self._weekdays_in_full} {self._weekdays}", 7)

    @cached_property
    def _patterns(self) -> tuple[re.Pattern[str], ...]:
        weekday = rf"(?:{self._any('weekday', self._weekday_of)}\.?,? ?)?"
        shapes = [self._pattern(shape) for shape in dict.fromkeys((*self._shapes, *_TYPED))]
        beside = [weekday + shape for shape in shapes if "<weekday>" not in shape]
        return tuple(map(re.compile, (*shapes, *beside)))

    def _pattern(self, shape: str) -> str:
        fields = {
            "d": r"(?P<day>[0-9]{1,2})",
            "m": r"(?P<month>[0-9]{1,2})",
            "yy": r"(?P<year>[0-9]{4}|[0-9]{2})",
            "year": r"'?(?P<year>[0-9]{4}|[0-9]{2})",
            "month": rf"{self._any('name', self._month_of)}\.?",
            "weekday": rf"{self._any('weekday', self._weekday_of)}\.?",
        }
        in_figures = "{m" in shape.replace("{month}", "")
        parts = _FIELD.split(shape)
        return "".join(
            fields[part] if place % 2 else _literal(part, in_figures)
            for place, part in enumerate(parts)
        )

    @staticmethod
    def _any(group: str, names: Mapping[str, int]) -> str:
        return rf"(?P<{group}>{any_of(map(re.escape, names))})"


def _numbered(names: str, many: int) -> Mapping[str, int]:
    """Each name by its number from 0 of so many, after which they begin anew."""
    named = enumerate(names.split())
    return {fold(name).removesuffix("."): number % many for number, name in named}


def _literal(text: str, in_figures: bool) -> str:
    """The letters between two parts: dots, commas and spaces may be left out beside a name."""
    folded = "".join(fold(char) or char for char in text)
    pattern = re.escape(folded).replace(r"\ ", " ?").replace(",", ",?")
    return pattern if in_figures else pattern.replace(r"\.", r"\.?")


_LOCAL: list[LocalDays | None] = [None]


def read_days_as(local: LocalDays | None) -> None:
    """From now on days are read as that locale writes them too; None is English alone."""
    _LOCAL[0] = local


def local_days() -> LocalDays | None:
    """How the person's locale writes days, where they have one."""
    return _LOCAL[0]
