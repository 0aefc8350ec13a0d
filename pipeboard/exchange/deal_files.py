"""Deals as files that an import takes back: every field of ours, as CSV or JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from pipeboard.domain.corrections import as_corrected
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_fields import fields_beside
from pipeboard.domain.deal_record import DealRecord, Entry
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import STAGE_KINDS, Kind, part_to_json, to_json, value_of
from pipeboard.domain.json_data import Document, Json, JsonObject, encoder, json_list, json_object
from pipeboard.domain.pipeline import Pipeline
from pipeboard.exchange.json_documents import Documents
from pipeboard.exchange.layouts.layout import COLUMNS, FIELD_PREFIX, flatten
from pipeboard.exchange.tables import defuse

_encode = encoder()


def deal_document(documents: Documents, record: DealRecord) -> Document:
    """A deal with all that an import takes back, in the words of `show --json`."""
    deal, pipeline = record.deal, record.pipeline
    shown = documents.record(record, lambda event: "")
    document: Document = {name: shown[name] for name in _SHOWN if name in shown}
    document |= {
        # Also those that stand for what nobody knows, which `precision` tells.
        "created_at": to_json(deal.created_at),
        "stage_entered_at": to_json(deal.stage_entered_at),
        "closed_at": to_json(deal.closed_at),
        "external_source": deal.external_source or None,
        "entered": list(_course(record.entries, pipeline)),
        "archived_at": to_json(deal.archived_at),
        "steps_done": list(_steps_done(record.entries)),
        "asks": [{"rep": rep, **part_to_json(ask)} for rep, ask in deal.asks.items()],
        "given_by": deal.given_by or None,
        "recycled_from": deal.recycled_from and f"D-{deal.recycled_from}",
        "merged_into": deal.merged_into and f"D-{deal.merged_into}",
        "rank": deal.rank if deal.rank != -micros(deal.stage_entered_at) else None,
        "checklist": dict(_checklist(deal, pipeline)),
        "version": deal.version,
        "notes": _without_ids(shown["notes"]),
        "touches": _without_ids(shown["touches"]),
    }
    document["fields"] = dict(sorted(deal.fields.items()))
    document["precision"] = _precision(deal)
    if deal.probability_bp is None:
        document["probability_bp"] = None
    if deal.category is None:
        document["forecast_category"] = None
    return document


_IN_ORDER = (
    "ref", "external_id", "title", "account", "pipeline", "stage", "status", "value", "owner",
    "source", "source_detail", "contact_reason", "tags", "fields", "probability_bp",
    "probability_source", "forecast_category", "forecast_category_source", "created_at",
    "stage_entered_at", "expected_close", "closed_at", "lost", "next_step", "snoozed_until",
    "snooze_reason", "trial_close", "quote_sent_at", "offer_expires_on", "floor_value",
    "competitors", "links", "contacts", "answers", "terms", "checklist",
)  # fmt: skip
_SHOWN = (*_IN_ORDER, *(field.column for field in fields_beside(_IN_ORDER)))


def _checklist(deal: Deal, pipeline: Pipeline) -> Iterator[tuple[str, str]]:
    """What is ticked, by the name of the stage: its number is that of this database alone."""
    names = {str(stage.id): stage.name for stage in pipeline.stages}
    for key, mark in deal.checklist.items():
        number, slash, item = key.partition("/")
        yield f"{names.get(number, number)}{slash}{item}", mark


def _steps_done(entries: Sequence[Entry]) -> Iterator[dict[str, str]]:
    """The next steps that were done, in order, with what came of them."""
    for entry in reversed(entries):
        event = entry.event
        if event.kind is not Kind.STEP_DONE or not entry.stands:
            continue
        outcome = event.facts.get("outcome", "")
        yield {
            **event.facts["step"],
            **({"outcome": outcome} if outcome else {}),
            "at": event.at.isoformat(),
        }


def _precision(deal: Deal) -> dict[str, str] | None:
    """How exactly it is known when the deal began and closed, where that is not to the moment."""
    closed = deal.entry_precision if deal.closed_at is not None else ""
    found = {"closed_at": closed, "created_at": deal.created_precision}
    return {name: known for name, known in found.items() if known} or None


def _without_ids(entries: Json) -> list[Document]:
    """Notes or touches, the first of them first."""
    return [
        {name: value for name, value in json_object(entry).items() if name != "id"}
        for entry in reversed(json_list(entries))
    ]


def _course(entries: Sequence[Entry], pipeline: Pipeline) -> Iterator[dict[str, str]]:
    """The open stages that a deal came into and when, in order; what was undone never happened."""
    stand = [entry.event for entry in reversed(entries) if entry.stands]
    for event in as_corrected(stand):
        if event.kind not in STAGE_KINDS:
            continue
        stage_id = value_of(event.after, "stage_id", int)
        if stage_id is None or event.kind in (Kind.WON, Kind.LOST):
            continue
        stages = {stage.id: stage.name for stage in pipeline.stages}
        at = value_of(event.after, "stage_entered_at", datetime) or event.at
        if stage_id in stages:
            yield {"stage": stages[stage_id], "at": at.isoformat()}


def csv_of_deals(documents: Iterable[JsonObject], fields: Sequence[str]) -> Iterator[str]:
    """The file in pieces: our columns, then the custom fields that are named."""
    columns = columns_with(fields)
    yield from csv_of_rows(columns, rows_of_deals(documents, columns))


def columns_with(fields: Iterable[str]) -> list[str]:
    """Our columns, then the custom fields that are named."""
    return [*COLUMNS, *(FIELD_PREFIX + name for name in fields)]


def rows_of_deals(documents: Iterable[JsonObject], columns: Sequence[str]) -> Iterator[list[str]]:
    """The cells of deals under columns of ours."""
    for cells in map(flatten, documents):
        yield [cells.get(column, "") for column in columns]


def csv_of_rows(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The file in pieces, with the columns that are named."""
    yield _line(columns)
    for row in rows:
        yield _line([defuse(cell) for cell in row])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def json_of_deals(documents: Iterable[JsonObject]) -> Iterator[str]:
    """One document of all deals, in pieces."""
    yield '{"schema":1,"deals":['
    separator = "\n"
    for document in documents:
        yield separator + _encode(document)
        separator = ",\n"
    yield "\n]}\n"


def jsonl_of_deals(documents: Iterable[JsonObject]) -> Iterator[str]:
    """A document a line."""
    for document in documents:
        yield _encode(document) + "\n"


# A whole workspace as one JSON document, written row by row.

KIND = "pipeboard workspace"
_BEGINNING = 200
_as_line = encoder(is_ascii=True)


def whole_document(
    schema: int,
    tables: Sequence[str],
    columns: Callable[[str], Sequence[str]],
    rows: Callable[[str], Iterable[Sequence[object]]],
) -> Iterator[str]:
    """The text of the document in pieces; the same for the same workspace."""
    yield f'{{"schema":1,"kind":{_as_line(KIND)},"database_schema":{schema},"tables":{{'
    for place, table in enumerate(tables):
        comma = "," if place else ""
        yield f'{comma}\n{_as_line(table)}:{{"columns":{_as_line(list(columns(table)))},"rows":['
        separator = "\n"
        for row in rows(table):
            yield separator + _as_line(list(row))
            separator = ",\n"
        yield "]}"
    yield "\n}}\n"


def is_whole(path: Path) -> bool:
    """Whether a file begins as a whole workspace does."""
    try:
        if not path.is_file():
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            head = file.read(_BEGINNING)
    except OSError:
        return False
    return f'"kind":{_as_line(KIND)}' in "".join(head.split("\n")).replace(": ", ":")


def read_whole(path: Path) -> Mapping[str, object]:
    """The document in a file; BadInput for what is none."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(
            f"{path.name} cannot be read as a workspace.",
            hint="It may be cut off; export it again.",
        ) from error
    if not isinstance(document, Mapping) or document.get("kind") != KIND:
        raise BadInput(f"{path.name} is not a whole workspace.")
    return document
