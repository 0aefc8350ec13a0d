"""The rows of answers: every version of each, the present one open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeboard.domain.deal import Answer
from pipeboard.domain.events import micros
from pipeboard.store.database import Database
from pipeboard.store.projecting.change import Change

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


def write_answers(database: Database, changes: Sequence[Change]) -> None:
    """Answers that are given, after those that they replace."""
    database.insert("answer", answer_rows(changes, partial(_close_answer, database)))


def answer_rows(
    changes: Sequence[Change], close: Callable[[Change, str], int]
) -> list[dict[str, Any]]:
    """The rows of answers given; `close` ends the present answer of a deal that was there, and
    tells the number of its version (0 without any)."""
    rows: list[dict[str, Any]] = []
    for change in changes:
        given = _answers_given(change)
        versions = dict.fromkeys((question for question, _, _ in given), 0)
        if change.before is not None:
            for question in versions:
                versions[question] = close(change, question)
        for question, answer, at in given:
            if rows and rows[-1]["deal_id"] == change.after.id:
                _replace(rows, change.after.id, question, at)
            if answer is None:
                continue
            versions[question] += 1
            rows.append(_answer_row(change.after.id, question, versions[question], answer, at))
    return rows


def _answers_given(change: Change) -> list[tuple[str, Answer | None, int]]:
    """Every answer given or taken back in a change, in order: question, answer, microseconds."""
    given: list[tuple[str, Answer | None, int]] = []
    for event in change.events:
        for name, value in event.after.items():
            if name == "answers" and isinstance(value, Mapping):
                given += [(key, _answer(answer), micros(event.at)) for key, answer in value.items()]
            elif name.startswith("answers."):
                given.append((name.removeprefix("answers."), _answer(value), micros(event.at)))
    return given


def _answer(value: FieldValue) -> Answer | None:
    assert value is None or isinstance(value, Answer)
    return value


def _close_answer(database: Database, change: Change, question: str) -> int:
    """Marks the present answer as replaced; the number of the last version (0 without any)."""
    of_question = {"deal": change.after.id, "question": question}
    database.change(
        "UPDATE answer SET replaced_at = :at"
        " WHERE deal_id = :deal AND question = :question AND replaced_at IS NULL",
        of_question | {"at": micros(change.events[-1].at)},
    )
    return database.number(
        "SELECT max(version) FROM answer WHERE deal_id = :deal AND question = :question",
        of_question,
    )


def _replace(rows: Sequence[dict[str, Any]], deal_id: int, question: str, at: int) -> None:
    for row in reversed(rows):
        if row["deal_id"] != deal_id:
            return
        if row["question"] == question and row["replaced_at"] is None:
            row["replaced_at"] = at


def _answer_row(
    deal_id: int, question: str, version: int, answer: Answer, at: int
) -> dict[str, Any]:
    return {
        "deal_id": deal_id,
        "question": question,
        "version": version,
        "text": answer.text,
        "rating": answer.rating,
        "evidence": answer.evidence,
        "by": answer.by,
        "at": micros(answer.at) if answer.at else at,
        "replaced_at": None,
    }
