"""What a row of a file means here: the command that takes a deal over."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cached_property, lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import known_time
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.deal import (
    HANDOVER,
    LOSS_CATEGORIES,
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
    Touch,
)
from pipeboard.domain.deal_fields import FROM_ROWS
from pipeboard.domain.digests import sha256
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import IMPORTED
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.money import format_money, parse_money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import LINE, TEXT, did_you_mean, fold, free_key, pieces, slug
from pipeboard.exchange.rows import DealRow, RowNote

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


PLAIN = tuple(name for name in FROM_ROWS if name in DealRow.__slots__)
"""What a row says of a deal as it stands, beside its `others`."""
_FIELDS = (*PLAIN, "snooze_reason", "snoozed_until")
_fields_of = attrgetter(*_FIELDS)
_own_of = attrgetter("answers", "terms", "checklist", "asks", "given_by")
_LONGEST_FIELD = 2000
_NUMBER = len("(0001/1000) ")
_CUTS_TAGS = re.compile(r"[\s,;|:()\"'+]+")


def digest(text: str) -> str:
    """A short text that tells this one from any other."""
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def keep_currency(row: DealRow, deal: Deal) -> None:
    """Takes an amount without a currency as one in that of the deal that its number names, as one
    that is typed for it would be. It is told; BadInput where that currency has fewer decimals."""
    ours, theirs = deal.value, row.value
    if not (row.ref and row.assumes_currency and ours and theirs):
        return
    if ours.currency != theirs.currency:
        amount = format_money(theirs, style="code").partition(" ")[0]
        row.value = parse_money(amount, ours.currency, ".")
        row.assumes_currency = False
        row.remarks = (*row.remarks, "of_its_currency")


def settle(row: DealRow) -> None:
    """Puts tags, custom fields, title and notes of a row as a deal keeps them: tags in order and
    words of one joined by `-`, fields in one line, a text that is too long for one as a note; a
    title that is too long is cut, and whole in a note, and such a note is several. It is told."""
    if row.tags:
        row.tags = _tags(row.tags)
    if len(row.title) > LINE:
        row.notes = (RowNote(row.title), *row.notes)
        row.title = f"{pieces(row.title, LINE - 1)[0]}…"
        row.remarks = (*row.remarks, "long_title")
    if row.fields:
        lines = {name: " ".join(text.split()) for name, text in row.fields.items()}
        long = [name for name, line in lines.items() if len(line) > _LONGEST_FIELD]
        if long:
            notes = (RowNote(f"{name}: {row.fields[name]}") for name in long)
            row.notes = (*row.notes, *notes)
        row.fields = {name: line for name, line in lines.items() if line and name not in long}
    if any(len(note.text) > TEXT for note in row.notes):
        row.remarks = (*row.remarks, "long_text")
    if row.notes:
        row.notes = tuple(
            note._replace(text=text) for note in row.notes for text in _divided(note.text)
        )


def _divided(text: str) -> list[str]:
    """The text of a note, as several where it is too long: numbered so that they keep their order,
    for notes of one instant are in that of their texts."""
    if len(text) <= TEXT:
        return [text] if text else []
    parts = pieces(text, TEXT - _NUMBER)
    digits = len(str(len(parts)))
    return [f"({n:0{digits}}/{len(parts)}) {part}" for n, part in enumerate(parts, 1)]


@lru_cache(maxsize=1_024)
def _tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    clean = (_CUTS_TAGS.sub("-", tag.lower()).strip("-#")[:50].strip("-") for tag in tags)
    return tuple(sorted({tag for tag in clean if tag}))


@dataclass(frozen=True)
class RowRules:
    """How rows are read for one pipeline."""

    pipeline: Pipeline
    origin: str
    actor: str
    at: datetime

    @cached_property
    def _stages(self) -> Mapping[str, int]:
        return {fold(stage.name): stage.id for stage in self.pipeline.stages if stage.is_open}

    @cached_property
    def _spelled(self) -> Mapping[str, int]:
        """Stages as they are written most often: as they are called."""
        return {stage.name: stage.id for stage in self.pipeline.stages if stage.is_open}

    def stage_id(self, name: str) -> int:
        """The open stage of that name; `BadInput` with the near one when there is none."""
        found = self._spelled.get(name) or self._stages.get(fold(name))
        if found is not None:
            return found
        names = [stage.name for stage in self.pipeline.open_stages]
        raise BadInput(
            f"no stage '{name}' in {self.pipeline.name}. "
            + (did_you_mean(name, names) or f"Its stages: {', '.join(names)}."),
            details={"column": "stage", "value": name},
        )

    def called(self, name: str) -> str:
        """An open stage as the pipeline calls it, however a file spells it; others as they are."""
        if name in self._spelled or (found := self._stages.get(fold(name))) is None:
            return name
        return self.pipeline.stage(found).name

    def unknown_stages(self, row: DealRow) -> tuple[str, ...]:
        """The stages that a row names, on its way or in the end, and the pipeline does not have."""
        named = dict.fromkeys((*(stage for stage, _ in row.entered), row.stage or ""))
        return tuple(name for name in named if name and fold(name) not in self._stages)

    def item_key(self, key: str) -> str:
        """The key here of an item of a checklist, whose stage a file tells by name; by number
        those of our old files."""
        stage, slash, item = key.partition("/")
        return f"{self._stages.get(fold(stage), stage)}{slash}{item}"

    def path(self, row: DealRow, created_at: datetime) -> tuple[tuple[int, datetime], ...]:
        """The stages that the deal entered, with the instants, ending where it last stood."""
        path: list[tuple[int, datetime]] = []
        for stage, at in row.entered:
            stage_id = self.stage_id(stage)
            if row.ref or not path or path[-1][0] != stage_id:  # only our own files mean it
                path.append((stage_id, at))
        if row.stage is not None:
            last = self.stage_id(row.stage)
            if not path or path[-1][0] != last:
                path.append((last, path[-1][1] if path else created_at))
        if not path:
            path = [(self.pipeline.open_stages[0].id, created_at)]
        return tuple(path)

    def arrivals(self, row: DealRow, deal: Deal, until: datetime) -> Iterator[tuple[int, datetime]]:
        """The stages that an open deal came into since it came into its own, with the instants."""
        now_in = deal.stage_id
        for stage, at in row.entered if deal.outcome is Status.OPEN else ():
            if deal.stage_entered_at < at <= until and (stage_id := self.stage_id(stage)) != now_in:
                yield stage_id, at
                now_in = stage_id


@dataclass(frozen=True, slots=True)
class RowIdentity:
    """What a row is known by: the tool's id, that tool, and what the row says."""

    external_id: str | None
    source: str
    said: Mapping[str, str]


def take_over(row: DealRow, identity: RowIdentity, owner: str, rules: RowRules) -> c.TakeOver:
    """The command that brings a row's deal in with its history."""
    created_at = min(row.created_at or rules.at, *[at for _, at in row.entered], rules.at)
    if row.closed_at is not None:
        created_at = min(created_at, row.closed_at)
    path = rules.path(row, created_at)
    closed_at = row.closed_at
    if closed_at is not None:
        closed_at = max(closed_at, path[-1][1])
    key = identity.external_id or row.ref or f"{fold(row.account or '')}\n{fold(row.title)}"
    return c.TakeOver(
        row.title,
        created_at,
        path,
        f"{IMPORTED}{rules.origin}",
        _fields(row, identity, owner, rules),
        row.outcome or "open",
        closed_at,
        loss_of(row) if row.outcome == "lost" else None,
        _notes(row, key, rules, created_at),
        _touches(row, key, rules, created_at),
        row.archived,
        precision_of(row),
        min(row.archived_at, rules.at) if row.archived_at else None,
        tuple(
            c.StepDone(_step(one.text, one.due, one.every), one.outcome or "", one.at)
            for one in row.steps_done
        ),
        number_of(row.merged_into),
    )


def number_of(ref: str | None) -> int | None:
    """The number in a reference such as D-12; None where there is none."""
    number = (ref or "").removeprefix("D-")
    return int(number) if number.isdecimal() and len(number) < 10 else None


def precision_of(row: DealRow) -> Mapping[str, c.Precision]:
    """How exactly it is known when the deal of a row began and closed, where not to the moment."""
    unknown: dict[str, c.Precision] = {}
    if row.created_at is None:
        unknown["created_at"] = "unknown"
    if row.closed_at is None and row.outcome in ("won", "lost"):
        unknown["closed_at"] = "unknown"
    return {**row.precision, **unknown} if unknown else row.precision


def _fields(
    row: DealRow, identity: RowIdentity, owner: str, rules: RowRules
) -> dict[str, FieldValue]:
    fields: dict[str, FieldValue] = {
        **dict(zip(_FIELDS, _fields_of(row), strict=True)),
        **row.others,
        "owner": owner,
        "category": row.forecast_category,
        "external_id": identity.external_id,
        "external_source": identity.source,
        "imported": identity.said,
        "tags": row.tags,
    }
    if row.fields:
        fields["fields"] = row.fields
    if row.contacts:
        fields["contacts"] = contacts_of(row)
    if row.next_text or row.next_due:
        fields["next_step"] = next_step_of(row)
    if row.ref or any(_own_of(row)):
        fields |= _own(row, rules)
    return fields


def _own(row: DealRow, rules: RowRules) -> dict[str, FieldValue]:
    """What only our own files hold."""
    return {
        "asks": MappingProxyType({one.rep: Ask(one.text, one.by, one.due) for one in row.asks}),
        "given_by": row.given_by,
        "recycled_from": number_of(row.recycled_from),
        "rank": row.rank,
        "answers": MappingProxyType(
            {
                a.question: Answer(a.text, a.rating, a.evidence or "", a.by or "", a.at)
                for a in row.answers
            }
        ),
        "terms": _terms_of(row),
        "checklist": MappingProxyType(
            {rules.item_key(key): mark for key, mark in row.checklist.items()}
        ),
    }


def _terms_of(row: DealRow) -> Mapping[str, Term]:
    """The terms of a row under keys of their own."""
    terms: dict[str, Term] = {}
    for term in row.terms:
        key = free_key(term.item, terms, "term")
        terms[key] = Term(term.item, term.ours or "", term.theirs or "", term.agreed or "")
    return MappingProxyType(terms)


def contacts_of(row: DealRow) -> Mapping[str, Contact]:
    """The people of a row under keys of their own."""
    contacts: dict[str, Contact] = {}
    for person in row.contacts:
        contacts[free_key(person.name, contacts, "person")] = Contact(
            person.name,
            person.role if person.role in ROLES else "other",
            person.email or "",
            (person.phone or "")[:60],
            person.title or "",
        )
    return MappingProxyType(contacts)


def loss_of(row: DealRow) -> Loss:
    """The loss that a row tells of; a category that is none of ours stays as the reason."""
    category, reason = lost_for(row.lost_category or "", row.lost_reason or "")
    return Loss(category, reason, row.competitor or "", row.recycle_on, row.lost_objection or "")


@lru_cache(maxsize=1_024)
def lost_for(named: str, reason: str) -> tuple[str, str]:
    """The category that a file names, where it is one of ours by any name, and the reason."""
    category = slug(named).replace("_", "-")
    if category in LOSS_CATEGORIES:
        return category, reason
    reason = reason or named
    guess = slug(reason).replace("_", "-")
    return (guess if guess in LOSS_CATEGORIES else _ALSO_CALLED.get(guess, "other")), reason


_ALSO_CALLED = MappingProxyType(
    {
        name: category
        for category, names in {
            "competitor": "competition competitors lost-to-competitor lost-to-competition out-sold "
            "outsold chose-competitor chose-a-competitor went-with-competitor",
            "price": "pricing too-expensive price-too-high too-high-price preis zu-teuer prix "
            "trop-cher precio demasiado-caro prezzo preco prijs cena",
            "no-decision": "no-decision-made keine-entscheidung",
            "timing": "bad-timing wrong-timing",
            "unresponsive": "no-response no-answer no-reply not-responding went-dark went-silent "
            "ghosted unreachable keine-antwort",
            "disqualified": "not-qualified unqualified",
        }.items()
        for name in names.split()
    }
)
"""Whole reasons that say nothing else than a category does."""


def next_step_of(row: DealRow) -> NextStep:
    """The next step that a row tells of."""
    return _step(row.next_text, row.next_due, row.next_every)


def _step(text: str | None, due: date | None, every: str | None) -> NextStep:
    """A step; how often it recurs is left out where that is no time."""
    return NextStep(text or "", due, known_time(every or ""))


def note_id(key: str, *parts: object) -> str:
    """The same id for the same part of the same deal, however often it is imported."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\x1f".join((key, *map(str, parts)))))


def _notes(row: DealRow, key: str, rules: RowRules, created_at: datetime) -> tuple[Note, ...]:
    if not row.notes:
        return ()
    return tuple(
        Note(
            note_id(key, "note", place, note.text),
            note.text,
            note.author or rules.actor,
            note.at or created_at,
        )
        for place, note in enumerate(row.notes)
    )


def _touches(row: DealRow, key: str, rules: RowRules, created_at: datetime) -> tuple[Touch, ...]:
    if not row.touches:
        return ()
    return tuple(
        Touch(
            note_id(key, "touch", place, touch.type, touch.at),
            touch.type,
            touch.direction or ("" if touch.type == HANDOVER else "out"),
            touch.outcome or "",
            touch.by or rules.actor,
            touch.at or created_at,
            touch.objection or "",
            touch.variant or "",
        )
        for place, touch in enumerate(row.touches)
    )
