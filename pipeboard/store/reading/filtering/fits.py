"""Filtering by how well deals fit the ideal customer.

As with scores, the domain says what a fit is (`domain/fit.py`): the database gathers what deals say
of the traits, alike deals together, and each kind is held against them once.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from shlex import quote

from pipeboard.domain.dates import instant
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import from_json
from pipeboard.domain.filter_nodes import COMPARES, Op
from pipeboard.domain.fit import FIELDS, fit
from pipeboard.domain.json_data import Document, JsonObject
from pipeboard.domain.lazy_dataclass import with_values
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.text import fold
from pipeboard.store.database import Database, Row
from pipeboard.store.reading.filtering.scores import blank_deal
from pipeboard.store.reading.filtering.terms import FilterScope
from pipeboard.store.sql import Sql, among, negated, one_of
from pipeboard.store.troubles import readable

SAID_IN = {name: "source" if name == "channel" else name for name in FIELDS}
"""In which field of a deal it stands what a trait is about; what is not here, in one's own."""
_COLUMNS = {"value": ("value_minor", "value_currency"), "fields": (), "tags": ()}


@readable("the traits of the deals")
def fitting(database: Database, scope: FilterScope, op: Op, percent: int) -> Sql:
    """The deals whose fit compares so."""
    fits = _known(database, scope).items()
    return among("deal.id", (deal_id for deal_id, known in fits if COMPARES[op](known, percent)))


@readable("the traits of the deals")
def without_fit(database: Database, scope: FilterScope) -> Sql:
    """The deals of which nothing is known that the ideal customer is like."""
    return negated(among("deal.id", _known(database, scope)))


def _known(database: Database, scope: FilterScope) -> Mapping[int, int]:
    asked = [pipeline for pipeline in scope.pipelines if pipeline.traits]
    if scope.pipelines and not asked:
        raise without_traits(scope.pipelines[0])
    known: dict[int, int] = {}
    for pipeline in asked:
        known.update(fits_in(database, pipeline))
    return known


def without_traits(pipeline: Pipeline) -> BadInput:
    """The error about a fit that is asked for where nothing says what it would be."""
    return BadInput(
        f"{pipeline.name} does not say what its ideal customer is like.",
        hint=f"Write [[traits]] into it: pipeboard pipeline edit {quote(pipeline.name)}",
    )


def fits_in(database: Database, pipeline: Pipeline) -> Mapping[int, int]:
    """The fit of each deal of a pipeline that has one, by id, as long as nothing changes."""
    return database.remembered(
        ("fits", pipeline.id, pipeline.version), lambda: _read_fits(database, pipeline)
    )


def _read_fits(database: Database, pipeline: Pipeline) -> Mapping[int, int]:
    known: dict[str, int | None] = {}
    found: dict[int, int] = {}
    for deal_id, said in _said(database, pipeline).items():
        kind = json.dumps(said)
        if kind not in known:
            known[kind] = percent_of(said, pipeline)
        percent = known[kind]
        if percent is not None:
            found[deal_id] = percent
    return found


def percent_of(said: JsonObject, pipeline: Pipeline) -> int | None:
    """The fit of a deal whose fields say so, as the log keeps them; None where nothing is known."""
    values = {name: from_json(name, one) for name, one in said.items() if one is not None}
    found = fit(with_values(blank_deal(pipeline, instant(0)), values), pipeline)
    return None if found is None else found.percent


def _said(database: Database, pipeline: Pipeline) -> Mapping[int, JsonObject]:
    """What each deal says in the fields that the traits are about, as the log keeps it."""
    asked = {SAID_IN.get(trait.field, "fields") for trait in pipeline.traits}
    columns = [one for name in sorted(asked) for one in _COLUMNS.get(name, (name,))]
    own = _own_fields(database, pipeline) if "fields" in asked else {}
    tags = _tags(database) if "tags" in asked else {}
    rows = database.rows(
        f"select {', '.join(('id', *columns))} from deal where pipeline_id = ?", (pipeline.id,)
    )
    return {
        row["id"]: {
            **_of_row(row, columns),
            "fields": own.get(row["id"], {}),
            "tags": tags.get(row["id"], []),
        }
        for row in rows
    }


def _of_row(row: Row, columns: Iterable[str]) -> Document:
    said: Document = {name: row[name] for name in columns}
    minor, currency = said.pop("value_minor", None), said.pop("value_currency", None)
    if minor is not None:
        said["value"] = {"amount_minor": minor, "currency": currency}
    return said


def _own_fields(database: Database, pipeline: Pipeline) -> Mapping[int, dict[str, str]]:
    own = {fold(trait.own_field) for trait in pipeline.traits if trait.own_field}
    known = database.column("select distinct name from deal_field")
    named = one_of("name", (name for name in known if fold(name) in own))
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for row in database.rows(
        f"select deal_id, name, value from deal_field where {named.text} order by deal_id, name",
        named.values,
    ):
        found[row["deal_id"]][row["name"]] = row["value"]
    return found


def _tags(database: Database) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for row in database.rows("select deal_id, tag from deal_tag order by deal_id, tag"):
        found[row["deal_id"]].append(row["tag"])
    return found
