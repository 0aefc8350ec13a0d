"""Rows of a file decided one by one: numbers, days and words that a report tells."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.deal import Loss
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.import_report import Differing, ImportReport
from pipeboard.workspace.row_deciding import RowDecider
from pipeboard.workspace.row_numbers import RowNumbers
from tests.domain.deciding_cases import BERLIN, NOW, new

MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)
"""That of the 23rd in Berlin."""


def decider(**more: Any) -> Any:
    """As much of one as a rule asks."""
    made = SimpleNamespace(_context=SimpleNamespace(zone=BERLIN, actor="ana", at=NOW), **more)
    for name in ("_closed_later", "_in_words", "_shown"):
        setattr(made, name, getattr(RowDecider, name).__get__(made))
    return made


@pytest.mark.parametrize(
    ("said", "here", "takes", "later"),
    [
        (MIDNIGHT, MIDNIGHT + timedelta(hours=5), "outcome", False),
        (MIDNIGHT - timedelta(seconds=1), MIDNIGHT, "outcome", True),
        (MIDNIGHT - timedelta(seconds=1), MIDNIGHT, "stage", False),
        (MIDNIGHT, MIDNIGHT - timedelta(seconds=1), "outcome", False),
        (MIDNIGHT, None, "outcome", False),
        (None, MIDNIGHT, "outcome", False),
    ],
)
def test_a_deal_that_closes_on_a_later_day_than_its_row_says_is_told(
    said: datetime | None, here: datetime | None, takes: str, later: bool
) -> None:
    row, merge = DealRow(2, {}, "x", closed_at=said), SimpleNamespace(take={takes: "won"})
    after = SimpleNamespace(closed_at=here)
    assert decider()._closed_later(row, merge, after) is later


@pytest.mark.parametrize(
    ("keeps", "ref", "taken", "number"),
    [
        (True, "D-7", (), 7),
        (True, "D-7", (7,), 13),
        (True, "D-0", (), 13),
        (True, "D-999999999", (), 999_999_999),
        (True, "D-1000000000", (), 13),
        (True, "D-x", (), 13),
        (True, None, (), 13),
        (False, "D-7", (), 13),
    ],
)
def test_our_own_file_brings_its_numbers_into_an_empty_database(
    keeps: bool, ref: str | None, taken: tuple[int, ...], number: int
) -> None:
    numbers = RowNumbers(lambda: (), keeps=keeps)
    for one in (*taken, *range(12 if not keeps else 0)):
        numbers.next(DealRow(1, {}, "x", ref=f"D-{one}"))
    if keeps:
        numbers.next(DealRow(1, {}, "x", ref="D-12"))
    assert numbers.next(DealRow(2, {}, "x", ref=ref)) == number


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (MIDNIGHT, "2026-11-23 00:00"),
        (date(2026, 11, 23), "2026-11-23"),
        (Loss("price", "too dear", "Pike"), "price, too dear, Pike"),
        (Loss("price"), "price"),
        (None, ""),
        (("a", "b"), ""),
    ],
)
def test_what_an_import_leaves_as_it_is_is_told_in_words(value: object, words: str) -> None:
    assert decider()._in_words(value) == words


@pytest.mark.parametrize(
    ("name", "owner", "shown"),
    [
        ("value", "bo", "9"),
        ("floor_value", "ana", "9"),
        ("floor_value", "", "9"),
        ("floor_value", "bo", "(the owner's own)"),
    ],
)
def test_what_is_the_owners_own_is_told_to_nobody_else(name: str, owner: str, shown: str) -> None:
    assert decider()._shown(name, "9", new(owner=owner)) == shown


def test_what_is_left_is_told_as_it_is_here_and_as_the_file_says() -> None:
    made = decider(report=ImportReport())
    made._leave = RowDecider._leave.__get__(made)
    made._leave(DealRow(7, {}, "x"), new(), "closed_at", MIDNIGHT, date(2026, 11, 25))
    assert made.report.left == [
        Differing(7, "D-1", "closed_at", "2026-11-23 00:00", "2026-11-25", "ours")
    ]
    assert made.report.not_followed == {"closed_at": 1}
