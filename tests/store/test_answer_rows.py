"""Rows of answers: every version of each that a change gives, and which of them holds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer
from pipeboard.domain.events import Event, Kind, replay
from pipeboard.store.projecting import Change
from pipeboard.store.projecting.events import answer_rows
from tests.store.made_up import NOW, created, deal

YES, NO, MAIL = Answer("Yes", 3), Answer("No", 0, by="bo"), Answer("So", 4, "A mail", "bo", NOW)
LATER = NOW + timedelta(hours=1)


def given(minute: int, **answers: Answer | None) -> Event:
    """An event that gives answers, or takes back those that are None."""
    after = {f"answers.{key}": answer for key, answer in answers.items()}
    return Event(Kind.ANSWERED, LATER + timedelta(minutes=minute), dict.fromkeys(after), after)


def rows_of(
    *events: Event,
    begun: Mapping[str, Answer] | None = None,
    there: Mapping[str, int] | None = None,
) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Question, version, text, and whether it holds, of each row; and the questions that were
    closed. `there` says how many versions each has; without it the deal begins with `begun`."""
    closed: list[str] = []

    def close(change: Change, question: str) -> int:
        closed.append(question)
        return (there or {}).get(question, 0)

    new = created(deal(1, answers=begun or {}))
    before = None if there is None else new.after
    first = () if there is not None else new.events
    change = Change(before, replay([*new.events, *events], 1), (*first, *events))
    rows = answer_rows([change], close)
    shown = [(r["question"], r["version"], r["text"], r["replaced_at"] is None) for r in rows]
    return shown, closed


@pytest.mark.parametrize(
    ("begun", "events", "shown"),
    [
        ({}, (), []),
        ({"need": YES, "pain": NO}, (), [("need", 1, "Yes", True), ("pain", 1, "No", True)]),
        ({"need": YES}, (given(1, need=NO),), [("need", 1, "Yes", False), ("need", 2, "No", True)]),
        ({"need": YES}, (given(1, need=None),), [("need", 1, "Yes", False)]),
        ({}, (given(1, need=YES),), [("need", 1, "Yes", True)]),
        (
            {"need": YES},
            (given(1, need=None), given(2, need=NO)),
            [("need", 1, "Yes", False), ("need", 2, "No", True)],
        ),
    ],
)
def test_a_deal_that_begins_with_answers_has_a_row_of_each(
    begun: Mapping[str, Answer], events: tuple[Event, ...], shown: list[tuple[Any, ...]]
) -> None:
    assert rows_of(*events, begun=begun) == (shown, [])


@pytest.mark.parametrize(
    ("there", "events", "shown", "closed"),
    [
        ({"need": 2}, (given(1, need=YES),), [("need", 3, "Yes", True)], ["need"]),
        ({"need": 2}, (given(1, need=None),), [], ["need"]),
        ({"need": 2}, (given(1, pain=YES),), [("pain", 1, "Yes", True)], ["pain"]),
        (
            {"need": 1, "pain": 4},
            (given(1, need=YES, pain=NO), given(2, need=NO)),
            [("need", 2, "Yes", False), ("pain", 5, "No", True), ("need", 3, "No", True)],
            ["need", "pain"],
        ),
        ({"need": 1}, (), [], []),
    ],
)
def test_an_answer_replaces_the_one_that_held_and_counts_on(
    there: Mapping[str, int],
    events: tuple[Event, ...],
    shown: list[tuple[Any, ...]],
    closed: list[str],
) -> None:
    assert rows_of(*events, there=there) == (shown, closed)


def test_a_row_has_every_part_of_its_answer_and_when_it_was_given() -> None:
    change = created(deal(7, answers={"need": MAIL, "pain": YES}))
    need, pain = answer_rows([change], lambda change, question: 0)
    assert need == {
        "deal_id": 7, "question": "need", "version": 1, "text": "So", "rating": 4,
        "evidence": "A mail", "by": "bo", "at": micros(NOW), "replaced_at": None,
    }  # fmt: skip
    assert pain["at"] == micros(change.after.created_at)  # who did not say when gave it then


def test_answers_of_several_deals_replace_none_of_each_other() -> None:
    changes = [created(deal(number, answers={"need": YES})) for number in (1, 2)]
    rows = answer_rows(changes, lambda change, question: 0)
    assert [(row["deal_id"], row["version"], row["replaced_at"]) for row in rows] == [
        (1, 1, None), (2, 1, None),
    ]  # fmt: skip
