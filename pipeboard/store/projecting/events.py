"""The rows of the event log, with the columns that metrics ask of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Answer, Loss, NextStep
from pipeboard.domain.events import Event, Kind, to_json, value_of
from pipeboard.domain.money import Money
from pipeboard.domain.text import fold
from pipeboard.store.database import Database
from pipeboard.store.projecting.deals import Change
from pipeboard.store.rows import as_json

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


def write_events(
    database: Database, changes: Sequence[Change], command_id: str
) -> list[dict[str, object]]:
    """Stores the events of changes; their rows."""
    rows = event_rows(changes, command_id)
    database.insert("event", rows)
    return rows


def event_rows(changes: Sequence[Change], command_id: str) -> list[dict[str, object]]:
    """The rows of all events, in the order in which they are numbered."""
    rows = []
    for change in changes:
        first = change.after.version - len(change.events) + 1
        for place, event in enumerate(change.events):
            command = change.told[place] if change.told else command_id
            rows.append(event_row(event, change.after.id, first + place, command))
    if changes[0].told:
        # A command was done when the last of its events was.
        done_at = {
            command: event.at
            for change in changes
            for command, event in zip(change.told, change.events, strict=True)
        }
        rows.sort(key=lambda row: done_at[str(row["command_id"])])
    return rows


def event_row(event: Event, deal_id: int, version: int, command_id: str) -> dict[str, object]:
    """The row of one event, but for its number."""
    row = read_beside(event)
    row["deal_id"], row["version"], row["command_id"] = deal_id, version, command_id
    row["data"] = event_text(event)
    return row


def read_beside(event: Event) -> dict[str, object]:
    """What columns say of an event, so that numbers need not read the whole of it."""
    kind, after = event.kind, event.after
    value = value_of(after, "value", Money) if "value" in after else None
    row = {
        "at": micros(event.at),
        "kind": str(kind),
        "undoes": event.undoes,
        "stage_id": after.get("stage_id"),
        "value_minor": value and value.minor,
        "currency": value and value.currency,
        "on_date": to_json(_DAYS[kind](event) if kind in _DAYS else after.get("expected_close")),
        **_OF_NO_KIND,
    }
    if kind in _OF_KIND:
        row |= _OF_KIND[kind](event)
    return row


_OF_NO_KIND: Mapping[str, object] = {
    "probability_bp": None,
    "owner": None,
    "category": None,
    "loss_category": None,
    "touch_type": None,
    "touch_direction": None,
    "has_step": None,
    "overrides": False,
}


BESIDE = (
    "at", "kind", "undoes", "stage_id", "value_minor", "currency", "on_date", *_OF_NO_KIND,
)  # fmt: skip
"""The columns of `read_beside`, in their order."""


def event_text(event: Event) -> str:
    """What an event says, as the JSON that the log keeps; `event_from_json` reads it again."""
    said: dict[str, object] = {}
    if event.before:
        said["before"] = event.before
    if event.after:
        said["after"] = event.after
    if event.facts:
        said["facts"] = event.facts
    return as_json(said)


def _next_due(event: Event) -> FieldValue:
    step = value_of(event.after, "next_step", NextStep)
    return step.due if step else None


_DAYS: Mapping[Kind, Callable[[Event], FieldValue]] = {
    **dict.fromkeys((Kind.NEXT_STEP, Kind.STEP_DONE), _next_due),
    Kind.SNOOZED: lambda event: event.after.get("snoozed_until"),
}


def _loss_of(event: Event) -> Mapping[str, object]:
    loss = value_of(event.after, "loss", Loss)
    return {"loss_category": loss.category if loss else None}


def _touch_of(event: Event) -> Mapping[str, object]:
    touch: Mapping[str, str] = event.facts.get("touch", {})
    return {"touch_type": touch.get("type"), "touch_direction": touch.get("direction", "")}


_OF_KIND: Mapping[Kind, Callable[[Event], Mapping[str, object]]] = {
    Kind.PROBABILITY: lambda event: {"probability_bp": event.after.get("probability_bp")},
    Kind.CATEGORY: lambda event: {"category": to_json(event.after.get("category"))},
    Kind.NEXT_STEP: lambda event: {"has_step": event.after.get("next_step") is not None},
    Kind.LOST: _loss_of,
    Kind.TOUCH: _touch_of,
    **dict.fromkeys(
        (Kind.CREATED, Kind.OWNER), lambda event: {"owner": str(event.after.get("owner", ""))}
    ),
    **dict.fromkeys(
        (Kind.MOVED, Kind.WON, Kind.REOPENED),
        lambda event: {"overrides": bool(event.facts.get("missing"))},
    ),
}
"""What metrics ask of an event of its kind besides stage, money and day."""


# The rows of answers: every version of each, the present one open.


def write_answers(database: Database, changes: Sequence[Change]) -> None:
    """Answers that are given, after those that they replace."""
    database.insert("answer", answer_rows(changes, partial(_close_answer, database)))


def answer_rows(
    changes: Sequence[Change], close: Callable[[Change, str], int]
) -> list[dict[str, object]]:
    """The rows of answers given; `close` ends the present answer of a deal that was there, and
    tells the number of its version (0 without any)."""
    rows: list[dict[str, object]] = []
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


def _replace(rows: Sequence[dict[str, object]], deal_id: int, question: str, at: int) -> None:
    for row in reversed(rows):
        if row["deal_id"] != deal_id:
            return
        if row["question"] == question and row["replaced_at"] is None:
            row["replaced_at"] = at


def _answer_row(
    deal_id: int, question: str, version: int, answer: Answer, at: int
) -> dict[str, object]:
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


# The rows of notes and touches, marked rather than deleted when they are undone.


def write_notes(database: Database, changes: Sequence[Change]) -> None:
    _put(database, "note", note_rows(changes))
    for _, event in _events_of(changes, Kind.NOTE_EDITED):
        said = event.facts["old" if event.undoes else "new"]
        database.change(
            "UPDATE note SET text = :text, folded = :folded, edited_at = :at WHERE id = :id",
            {
                "text": said,
                "folded": fold(said),
                "at": micros(event.at),
                "id": event.facts["id"],
            },
        )


def write_touches(database: Database, changes: Sequence[Change]) -> None:
    _put(database, "touch", touch_rows(changes))


Remark = tuple[bool, dict[str, object]]
"""Whether a note or touch is taken back, and its row."""


def note_rows(changes: Sequence[Change]) -> list[Remark]:
    """The notes that the changes write or take back."""
    return [
        (
            event.undoes,
            {
                "id": event.facts["note"]["id"],
                "deal_id": deal_id,
                "author": event.facts["note"]["author"],
                "at": _micros_of(event.facts["note"]["at"]),
                "text": event.facts["note"]["text"],
                "folded": fold(event.facts["note"]["text"]),
                "edited_at": None,
                "removed": False,
            },
        )
        for deal_id, event in _events_of(changes, Kind.NOTE)
    ]


def touch_rows(changes: Sequence[Change]) -> list[Remark]:
    """The touches that the changes log or take back."""
    return [
        (
            event.undoes,
            {
                "id": event.facts["touch"]["id"],
                "deal_id": deal_id,
                "type": event.facts["touch"]["type"],
                "direction": event.facts["touch"].get("direction", ""),
                "outcome": event.facts["touch"].get("outcome", ""),
                "by": event.facts["touch"].get("by", ""),
                "at": _micros_of(event.facts["touch"]["at"]),
                "removed": False,
                "objection": event.facts["touch"].get("objection", ""),
                "variant": event.facts["touch"].get("variant", ""),
            },
        )
        for deal_id, event in _events_of(changes, Kind.TOUCH)
    ]


def _micros_of(text: str) -> int:
    return micros(datetime.fromisoformat(text))


COMES_AGAIN = "ON CONFLICT (id) DO UPDATE SET removed = excluded.removed"
"""What a note or a touch does that is put again after it was taken back."""


def _put(database: Database, table: str, rows: Sequence[Remark]) -> None:
    """Notes or touches: new ones inserted, undone ones marked, redone ones brought back."""
    there = [row for undone, row in rows if not undone]
    last = {row["id"]: undone for undone, row in rows}
    gone = [{"id": one} for one, undone in last.items() if undone]
    database.insert(table, there, otherwise=COMES_AGAIN)
    database.change_each(f"UPDATE {table} SET removed = true WHERE id = :id", gone)


def _events_of(changes: Sequence[Change], kind: Kind) -> Iterable[tuple[int, Event]]:
    return (
        (change.after.id, event)
        for change in changes
        for event in change.events
        if event.kind is kind
    )
