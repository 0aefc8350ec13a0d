"""From changes of deals to the rows of every table.

All rows beside the log follow from the events, so that replaying the log gives them again.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Table, column, delete, insert, text, update
from sqlmodel import Session, SQLModel

from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.errors import Conflict
from pipeboard.domain.events import Event, Kind, event_to_json, micros, to_json
from pipeboard.domain.text import fold
from pipeboard.store import tables as t
from pipeboard.store.rows import row_from_deal

CHUNK = 2_000
DEAL: Table = t.DealRow.__table__  # type: ignore[attr-defined]
_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Change:
    """A deal before a command (None: it begins), after it, and the events in between.

    `told` names the command of each event where a whole history is stored at once.
    """

    before: Deal | None
    after: Deal
    events: tuple[Event, ...]
    told: tuple[str, ...] = ()

    @property
    def changed(self) -> frozenset[str]:
        return frozenset().union(*(event.changed for event in self.events))


def project(session: Session, changes: Sequence[Change], command_id: str, at_us: int) -> None:
    """Writes the rows and events of `changes`; `Conflict` when a deal's version is not the one
    that was decided on."""
    for start in range(0, len(changes), CHUNK):
        part = changes[start : start + CHUNK]
        _write_deals(session, part, at_us)
        _write_events(session, part, command_id)
        _write_findables(session, part)
        _write_answers(session, part)
        _write_notes(session, part)
        _write_touches(session, part)
        _write_search(session, part)
        _write_owners(session, part)
    add_totals(session, [(change.before, -1) for change in changes if change.before], changes)


def _insert(session: Session, table: type[SQLModel], rows: Sequence[dict[str, Any]]) -> None:
    """New rows in one statement; a class instead of its table would take one for each pattern of
    empty values."""
    if rows:
        session.execute(insert(table.__table__), rows)  # type: ignore[attr-defined]


def _write_deals(session: Session, changes: Sequence[Change], at_us: int) -> None:
    new = [
        row_from_deal(change.after, micros(change.events[-1].at) if change.told else at_us)
        for change in changes
        if change.before is None
    ]
    _insert(session, t.DealRow, new)
    for change in changes:
        if change.before is None:
            continue
        after = row_from_deal(change.after, at_us)
        before = row_from_deal(change.before, 0)
        values = {name: value for name, value in after.items() if before[name] != value}
        found = session.execute(
            update(DEAL)
            .where(DEAL.c.id == change.after.id, DEAL.c.version == change.before.version)
            .values(values)
        )
        if found.rowcount != 1:  # type: ignore[attr-defined]
            raise Conflict(
                f"{change.after.ref} {change.after.name} was changed by somebody else meanwhile.",
                hint="Look at it again, then repeat.",
            )


def _write_events(session: Session, changes: Sequence[Change], command_id: str) -> None:
    rows = []
    for change in changes:
        first = change.after.version - len(change.events) + 1
        for place, event in enumerate(change.events):
            command = change.told[place] if change.told else command_id
            rows.append(_event_row(event, change.after.id, first + place, command))
    if changes[0].told:
        rows.sort(key=itemgetter("at"))
    _insert(session, t.EventRow, rows)


def _event_row(event: Event, deal_id: int, version: int, command_id: str) -> dict[str, Any]:
    value = event.after.get("value")
    number = event.after.get("probability_bp") if event.kind is Kind.PROBABILITY else None
    return {
        "deal_id": deal_id,
        "version": version,
        "command_id": command_id,
        "at": micros(event.at),
        "kind": str(event.kind),
        "undoes": event.undoes,
        "stage_id": event.after.get("stage_id"),
        "value_minor": value.minor if value else number,
        "currency": value.currency if value else None,
        "on_date": to_json(_day_of(event)),
        "detail": _detail_of(event),
        "data": _as_json(event_to_json(event)),
    }


def _day_of(event: Event) -> Any:
    match event.kind:
        case Kind.NEXT_STEP:
            step = event.after.get("next_step")
            return step.due if step else None
        case Kind.SNOOZED:
            return event.after.get("snoozed_until")
        case _:
            return event.after.get("expected_close")


def _detail_of(event: Event) -> str | None:
    """The one word that metrics ask of an event besides stage, money and day."""
    match event.kind:
        case Kind.CREATED | Kind.OWNER:
            return str(event.after.get("owner", ""))
        case Kind.LOST:
            loss = event.after.get("loss")
            return loss.category if loss else None
        case Kind.TOUCH:
            touch: Mapping[str, str] = event.facts.get("touch", {})
            return f"{touch.get('type')} {touch.get('direction')}"
        case Kind.CATEGORY:
            return to_json(event.after.get("category"))  # type: ignore[no-any-return]
        case Kind.MOVED | Kind.WON | Kind.REOPENED:
            return "override" if event.facts.get("missing") else None
        case _:
            return None


def _write_findables(session: Session, changes: Sequence[Change]) -> None:
    """Tags, custom fields and people: written anew for the deals where they changed."""
    for table, field, rows_of in (
        (t.DealTag, "tags", _tag_rows),
        (t.DealField, "fields", _field_rows),
        (t.ContactRow, "contacts", _contact_rows),
    ):
        touched = [c for c in changes if _has(c.changed, field)]
        old = [c.after.id for c in touched if c.before is not None]
        for deal_id in old:
            session.execute(delete(table).where(column("deal_id") == deal_id))
        rows = [row for change in touched for row in rows_of(change.after)]
        _insert(session, table, rows)


def _has(changed: Iterable[str], field: str) -> bool:
    return any(name == field or name.startswith(f"{field}.") for name in changed)


def _tag_rows(deal: Deal) -> list[dict[str, Any]]:
    return [{"deal_id": deal.id, "tag": tag} for tag in deal.tags]


def _field_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {"deal_id": deal.id, "name": name, "value": value, "folded": fold(value)}
        for name, value in deal.fields.items()
    ]


def _contact_rows(deal: Deal) -> list[dict[str, Any]]:
    return [
        {
            "deal_id": deal.id,
            "key": key,
            "name": contact.name,
            "role": contact.role,
            "email": contact.email,
            "phone": contact.phone,
            "title": contact.title,
        }
        for key, contact in deal.contacts.items()
    ]


def _write_answers(session: Session, changes: Sequence[Change]) -> None:
    rows: list[dict[str, Any]] = []
    for change in changes:
        given = _answers_given(change)
        versions = dict.fromkeys((question for question, _, _ in given), 0)
        if change.before is not None:
            for question in versions:
                versions[question] = _close_answer(session, change, question)
        for question, answer, at in given:
            if rows and rows[-1]["deal_id"] == change.after.id:
                _replace(rows, change.after.id, question, at)
            if answer is None:
                continue
            versions[question] += 1
            rows.append(_answer_row(change.after.id, question, versions[question], answer, at))
    _insert(session, t.AnswerRow, rows)


def _answers_given(change: Change) -> list[tuple[str, Answer | None, int]]:
    """Every answer given or taken back in a change, in order: question, answer, microseconds."""
    given: list[tuple[str, Answer | None, int]] = []
    for event in change.events:
        for name, value in event.after.items():
            if name == "answers":
                given += [(key, answer, micros(event.at)) for key, answer in value.items()]
            elif name.startswith("answers."):
                given.append((name.removeprefix("answers."), value, micros(event.at)))
    return given


def _close_answer(session: Session, change: Change, question: str) -> int:
    """Marks the present answer as replaced; the number of the last version (0 without any)."""
    of_question = {"deal": change.after.id, "question": question}
    session.execute(
        text(
            "UPDATE answer SET replaced_at = :at"
            " WHERE deal_id = :deal AND question = :question AND replaced_at IS NULL"
        ),
        of_question | {"at": micros(change.events[-1].at)},
    )
    highest = session.execute(
        text("SELECT max(version) FROM answer WHERE deal_id = :deal AND question = :question"),
        of_question,
    ).scalar_one()
    return highest or 0


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


def _write_notes(session: Session, changes: Sequence[Change]) -> None:
    _put(
        session,
        "note",
        [
            (
                event.undoes,
                {
                    "id": event.facts["note"]["id"],
                    "deal_id": deal_id,
                    "author": event.facts["note"]["author"],
                    "at": event.facts["note"]["at"],
                    "text": event.facts["note"]["text"],
                    "edited_at": None,
                    "removed": False,
                },
            )
            for deal_id, event in _events_of(changes, Kind.NOTE)
        ],
    )
    for _, event in _events_of(changes, Kind.NOTE_EDITED):
        session.execute(
            text("UPDATE note SET text = :text, edited_at = :at WHERE id = :id"),
            {
                "text": event.facts["old" if event.undoes else "new"],
                "at": micros(event.at),
                "id": event.facts["id"],
            },
        )


def _write_touches(session: Session, changes: Sequence[Change]) -> None:
    _put(
        session,
        "touch",
        [
            (
                event.undoes,
                {
                    "id": event.facts["touch"]["id"],
                    "deal_id": deal_id,
                    "type": event.facts["touch"]["type"],
                    "direction": event.facts["touch"]["direction"],
                    "outcome": event.facts["touch"].get("outcome", ""),
                    "by": event.facts["touch"].get("by", ""),
                    "at": event.facts["touch"]["at"],
                    "removed": False,
                },
            )
            for deal_id, event in _events_of(changes, Kind.TOUCH)
        ],
    )


def _put(session: Session, table: str, rows: Sequence[tuple[bool, dict[str, Any]]]) -> None:
    """Notes or touches: new ones inserted, undone ones marked, redone ones brought back."""
    there = [
        row | {"at": micros(datetime.fromisoformat(row["at"]))}
        for undone, row in rows
        if not undone
    ]
    gone = [{"id": row["id"]} for undone, row in rows if undone]
    if there:
        names = ", ".join(f'"{name}"' for name in there[0])
        values = ", ".join(f":{name}" for name in there[0])
        session.execute(
            text(
                f"INSERT INTO {table} ({names}) VALUES ({values})"
                f" ON CONFLICT (id) DO UPDATE SET removed = excluded.removed"
            ),
            there,
        )
    if gone:
        session.execute(text(f"UPDATE {table} SET removed = true WHERE id = :id"), gone)


def _events_of(changes: Sequence[Change], kind: Kind) -> Iterable[tuple[int, Event]]:
    return (
        (change.after.id, event)
        for change in changes
        for event in change.events
        if event.kind is kind
    )


def _write_search(session: Session, changes: Sequence[Change]) -> None:
    new = []
    for change in changes:
        noted = [e for e in change.events if e.kind in (Kind.NOTE, Kind.NOTE_EDITED)]
        if change.before is None:
            notes = [str(event.facts["note"]["text"]) for event in noted]
            new.append({"deal_id": change.after.id, "folded": _folded(change.after, notes)})
        elif noted or any(_has(change.changed, f) for f in ("title", "account", "contacts")):
            rows = session.execute(
                text("SELECT text FROM note WHERE deal_id = :id AND NOT removed ORDER BY at, id"),
                {"id": change.after.id},
            )
            session.execute(
                text("UPDATE deal_search SET folded = :folded WHERE deal_id = :id"),
                {"id": change.after.id, "folded": _folded(change.after, [row[0] for row in rows])},
            )
    _insert(session, t.DealSearch, new)


def _folded(deal: Deal, notes: Sequence[str]) -> str:
    people = [f"{person.name} {person.email}" for person in deal.contacts.values()]
    return "\n".join(fold(part) for part in (deal.title, deal.account, *people, *notes) if part)


def _write_owners(session: Session, changes: Sequence[Change]) -> None:
    """Whoever owns a deal for the first time becomes a rep."""
    owners = {c.after.owner for c in changes if c.after.owner and _has(c.changed, "owner")}
    if owners:
        session.execute(
            text(
                "INSERT INTO rep (name, display_name, team, active) VALUES (:name, '', '', true)"
                " ON CONFLICT (name) DO NOTHING"
            ),
            [{"name": owner} for owner in sorted(owners)],
        )


Total = tuple[int, str, str]


def contribution(deal: Deal) -> tuple[Total, tuple[int, int, int, int]] | None:
    """What a deal adds to the totals of its stage: key (stage, owner, currency) and amounts
    (deals, value, value at the stage's probability, value x basis points by hand)."""
    if deal.removed or deal.archived_at is not None:
        return None
    value, bp = deal.value, deal.probability_bp
    if value is None:
        return (deal.stage_id, deal.owner, ""), (1, 0, 0, 0)
    by_hand = (0, value.minor * bp) if bp is not None else (value.minor, 0)
    return (deal.stage_id, deal.owner, value.currency), (1, value.minor, *by_hand)


def add_totals(
    session: Session, before: Sequence[tuple[Deal, int]], changes: Sequence[Change]
) -> None:
    """Adds to the totals what the changes took from one stage and brought to another."""
    deltas: dict[Total, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for deal, factor in (*before, *((change.after, 1) for change in changes)):
        added = contribution(deal)
        if added is not None:
            key, amounts = added
            row = deltas[key]
            for place, amount in enumerate(amounts):
                row[place] += factor * amount
    rows = [
        {"stage": s, "owner": o, "currency": c, "n": n, "v": v, "p": p, "h": h}
        for (s, o, c), (n, v, p, h) in deltas.items()
        if (n, v, p, h) != (0, 0, 0, 0)
    ]
    if rows:
        session.execute(_ADD, rows)


_ADD = text(
    "INSERT INTO stage_total"
    " (stage_id, owner, currency, deals, value_minor, stage_minor, hand_minor_bp)"
    " VALUES (:stage, :owner, :currency, :n, :v, :p, :h)"
    " ON CONFLICT (stage_id, owner, currency) DO UPDATE SET"
    " deals = stage_total.deals + excluded.deals,"
    " value_minor = stage_total.value_minor + excluded.value_minor,"
    " stage_minor = stage_total.stage_minor + excluded.stage_minor,"
    " hand_minor_bp = stage_total.hand_minor_bp + excluded.hand_minor_bp"
)
