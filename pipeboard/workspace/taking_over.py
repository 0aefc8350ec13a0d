"""What a row of a file means here: the command that takes a deal over, or those that update it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import (
    LOSS_CATEGORIES,
    Answer,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
    Touch,
)
from pipeboard.domain.errors import BadInput
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold, slug
from pipeboard.exchange.rows import DealRow

_PLAIN = (
    "account",
    "source",
    "source_detail",
    "contact_reason",
    "value",
    "tags",
    "probability_bp",
    "expected_close",
    "competitors",
    "snooze_reason",
    "snoozed_until",
    "trial_close",
    "quote_sent_at",
    "offer_expires_on",
    "floor_value",
    "links",
)
_UPDATED = tuple(name for name in _PLAIN if not name.startswith("snooze"))


def key_of(row: DealRow, seen: dict[str, int]) -> str:
    """What a row is recognised by when it comes again: the other tool's id, else what it is about.

    `seen` counts the rows of one file that are about the same.
    """
    if row.external_id:
        return row.external_id
    if row.ref:
        return f"pipeboard:{row.ref}"
    about = f"{fold(row.account or '')}\n{fold(row.title)}"
    seen[about] = seen.get(about, 0) + 1
    digest = sha256(f"{about}\n{seen[about]}".encode("utf-8", "surrogatepass"))
    return f"row:{digest.hexdigest()[:16]}"


def fingerprint(row: DealRow) -> str:
    """A short digest of a row's cells: equal as long as the file says the same."""
    cells = "\x1f".join(f"{name}\x1e{value}" for name, value in row.raw.items())
    return sha256(cells.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True)
class Rules:
    """How rows are read for one pipeline; `stages` finds an open stage by its folded name."""

    pipeline: Pipeline
    stages: Mapping[str, int]
    origin: str
    actor: str
    at: datetime

    def stage_id(self, name: str) -> int:
        """The open stage of that name; `BadInput` with the near one when there is none."""
        found = self.stages.get(fold(name))
        if found is not None:
            return found
        names = [stage.name for stage in self.pipeline.open_stages]
        raise BadInput(
            f"no stage '{name}' in {self.pipeline.name}. "
            + (did_you_mean(name, names) or f"Its stages: {', '.join(names)}."),
            details={"column": "stage", "value": name},
        )

    def path(self, row: DealRow, created_at: datetime) -> tuple[tuple[int, datetime], ...]:
        """The stages that the deal entered, with the instants, ending where it last stood."""
        path = [(self.stage_id(stage), at) for stage, at in row.entered]
        closing = row.outcome in ("won", "lost")
        known = row.stage is not None and not (closing and fold(row.stage) in self._outcomes)
        if known:
            assert row.stage is not None
            last = self.stage_id(row.stage)
            if not path or path[-1][0] != last:
                path.append((last, path[-1][1] if path else created_at))
        if not path:
            path = [(self.pipeline.open_stages[0].id, created_at)]
        return tuple(path)

    @property
    def _outcomes(self) -> frozenset[str]:
        return frozenset((fold(self.pipeline.won.name), fold(self.pipeline.lost.name)))

    def updates(
        self, row: DealRow, deal: Deal, mark: str, owner: str | None, override: str
    ) -> Iterator[c.Command]:
        """The commands that bring a known deal to what the row says; empty cells say nothing, and
        no tool says of a deal that it is not archived."""
        yield c.Edit({**_changed_fields(row, deal, owner), "imported_as": mark})
        yield from self._stage_updates(row, deal, override)
        if row.archived and deal.archived_at is None:
            yield c.Archive()

    def _stage_updates(self, row: DealRow, deal: Deal, override: str) -> Iterator[c.Command]:
        outcome = row.outcome or str(deal.outcome)
        if outcome != str(deal.outcome) and deal.outcome is not Status.OPEN:
            yield c.Reopen()
            deal = replace(deal, outcome=Status.OPEN, stage_id=deal.closed_from or deal.stage_id)
        if outcome == "open":
            if row.stage is not None and self.stage_id(row.stage) != deal.stage_id:
                yield c.Move(self.stage_id(row.stage), override)
        elif deal.outcome is Status.OPEN and outcome == "won":
            yield c.Win(row.value, override=override, at=self._closed_at(row, deal))
        elif deal.outcome is Status.OPEN:
            yield c.Lose(_loss(row), at=self._closed_at(row, deal))

    def _closed_at(self, row: DealRow, deal: Deal) -> datetime:
        return max(row.closed_at or self.at, deal.stage_entered_at)


def rules_for(pipeline: Pipeline, origin: str, actor: str, at: datetime) -> Rules:
    """The rules for a file that goes into `pipeline`."""
    stages = {fold(stage.name): stage.id for stage in pipeline.stages if stage.is_open}
    return Rules(pipeline, stages, origin, actor, at)


def take_over(row: DealRow, key: str, mark: str, owner: str, rules: Rules) -> c.TakeOver:
    """The command that brings a row's deal in with its history."""
    created_at = min(row.created_at or rules.at, *(at for _, at in row.entered), rules.at)
    if row.closed_at is not None:
        created_at = min(created_at, row.closed_at)
    path = rules.path(row, created_at)
    closed_at = row.closed_at
    if closed_at is not None:
        closed_at = max(closed_at, path[-1][1])
    return c.TakeOver(
        row.title,
        created_at,
        path,
        f"imported from {rules.origin}",
        _fields(row, key, mark, owner),
        row.outcome or "open",
        closed_at,
        _loss(row) if row.outcome == "lost" else None,
        _notes(row, key, rules, created_at),
        _touches(row, key, rules, created_at),
        row.archived,
    )


def _fields(row: DealRow, key: str, mark: str, owner: str) -> dict[str, Any]:
    fields: dict[str, Any] = {name: getattr(row, name) for name in _PLAIN}
    fields |= {
        "owner": owner,
        "category": row.forecast_category,
        "external_id": key,
        "imported_as": mark,
        "fields": row.fields,
        "contacts": _contacts(row),
        "answers": MappingProxyType(
            {
                a.question: Answer(a.text, a.rating, a.evidence or "", a.by or "", a.at)
                for a in row.answers
            }
        ),
        "terms": MappingProxyType(
            {
                slug(t.item) or "term": Term(t.item, t.ours or "", t.theirs or "", t.agreed or "")
                for t in row.terms
            }
        ),
        "checklist": MappingProxyType(dict(row.checklist)),
    }
    if row.next_text or row.next_due:
        fields["next_step"] = NextStep(row.next_text or "", row.next_due)
    return {name: value for name, value in fields.items() if value}


def _contacts(row: DealRow) -> Mapping[str, Contact]:
    contacts: dict[str, Contact] = {}
    for person in row.contacts:
        key = slug(person.name) or "person"
        while key in contacts:
            key += "_"
        contacts[key] = Contact(
            person.name,
            person.role if person.role in ROLES else "other",
            person.email or "",
            person.phone or "",
            person.title or "",
        )
    return MappingProxyType(contacts)


def _loss(row: DealRow) -> Loss:
    """The loss that a row tells of; a category that is none of ours stays as the reason."""
    category, reason = slug(row.lost_category or "").replace("_", "-"), row.lost_reason or ""
    if category not in LOSS_CATEGORIES:
        reason = reason or row.lost_category or ""
        guess = slug(reason).replace("_", "-")
        category = guess if guess in LOSS_CATEGORIES else "other"
    return Loss(category, reason, row.competitor or "", row.recycle_on)


def _id(key: str, *parts: object) -> str:
    """The same id for the same part of the same deal, however often it is imported."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join((key, *map(str, parts)))))


def _notes(row: DealRow, key: str, rules: Rules, created_at: datetime) -> tuple[Note, ...]:
    return tuple(
        Note(
            _id(key, "note", place, note.text),
            note.text,
            note.author or rules.actor,
            note.at or created_at,
        )
        for place, note in enumerate(row.notes)
    )


def _touches(row: DealRow, key: str, rules: Rules, created_at: datetime) -> tuple[Touch, ...]:
    return tuple(
        Touch(
            _id(key, "touch", place, touch.type, touch.at),
            touch.type,
            touch.direction or "out",
            touch.outcome or "",
            touch.by or rules.actor,
            touch.at or created_at,
        )
        for place, touch in enumerate(row.touches)
    )


def _changed_fields(row: DealRow, deal: Deal, owner: str | None) -> dict[str, Any]:
    wanted: dict[str, Any] = {name: getattr(row, name) for name in _UPDATED}
    wanted |= {"title": row.title, "owner": owner, "category": row.forecast_category}
    changed = {
        name: value
        for name, value in wanted.items()
        if value not in (None, "", ()) and value != getattr(deal, name)
    }
    for name, value in row.fields.items():
        if value and deal.fields.get(name) != value:
            changed[f"fields.{name}"] = value
    return changed
