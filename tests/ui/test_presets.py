from __future__ import annotations

from datetime import date

import pytest

from pipeboard.domain.dates import parse_date
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.presets import Presets, step_days

DAYS = (("1", "today "), ("2", "tomorrow "), ("w", "1w"))


def typed(text: str, presets: Presets) -> str:
    """What stands in the line after the keys of a text; `<` is a backspace."""
    line = ""
    for key in text:
        line = presets.written(line[:-1] if key == "<" else line + key)
    return line


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("1", "1"),
        ("1 ", "today "),
        ("2 call Bob", "tomorrow call Bob"),
        ("w ", "1w "),
        ("wed call", "wed call"),
        ("12dec sign", "12dec sign"),
        ("3 dec", "3 dec"),
        ("call 1 ", "call 1 "),
    ],
)
def test_a_key_becomes_its_text_with_the_space_after_it(keys: str, line: str) -> None:
    assert typed(keys, Presets(DAYS)) == line


def test_a_backspace_at_once_gives_the_key_back_for_good() -> None:
    assert typed("1 <", Presets(DAYS)) == "1 "
    assert typed("1 <dec", Presets(DAYS)) == "1 dec"


def test_a_backspace_later_is_only_a_backspace() -> None:
    assert typed("1 a<<", Presets(DAYS)) == "today"


@pytest.mark.parametrize(("text", "meant"), [("2", "tomorrow"), (" w ", "1w"), ("wed", "wed")])
def test_a_key_alone_means_its_text(text: str, meant: str) -> None:
    assert Presets(DAYS).meant(text) == meant


@pytest.mark.parametrize(("text", "shown"), [("", True), ("1", True), ("call", False)])
def test_the_keys_are_shown_while_one_can_be_used(text: str, shown: bool) -> None:
    line = text_of(Presets(DAYS).line(text))
    assert line == ("1 today   2 tomorrow   w 1w" if shown else "")


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2026, 11, 23), ["today", "tomorrow", "thu", "1w", "1m"]),
        (date(2026, 11, 27), ["today", "mon", "wed", "1w", "28dec"]),
        (date(2026, 11, 28), ["today", "mon", "wed", "7dec", "1m"]),
    ],
)
def test_the_days_of_a_next_step_are_working_days(today: date, days: list[str]) -> None:
    assert [text.strip() for _, text in step_days(today)] == days
    assert all(parse_date(text, today).weekday() < 5 for text in days[1:])
