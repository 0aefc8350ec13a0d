"""Whether what a team has agreed on stands in its rows as the log last says: who has which role,
what stages ask and how likely they are, targets, rates, saved filters, settings."""

from __future__ import annotations

import json
from collections.abc import Iterator

from pipeboard.domain.agreements import Agreement, Contents, Topic, rows_of
from pipeboard.domain.text import few
from pipeboard.store.checking import MOST_NAMED, Flaw
from pipeboard.store.database import Database
from pipeboard.store.reading.agreements import IN_THE_LOG, Agreements
from pipeboard.store.reading.setup import read_pipelines

_LAST = (
    "SELECT topic, key, after FROM workspace_event WHERE seq IN"
    " (SELECT max(seq) FROM workspace_event GROUP BY topic, key) ORDER BY seq"
)


def agreement_faults(database: Database) -> Iterator[Flaw]:
    """Rows of agreements that are not what the log says of them, in one sentence.

    Of what the log has never heard of, pipelines are held against their last version, and nobody
    has a role.
    """
    strayed, known = [], set()
    with database.snapshot():
        agreements = Agreements(database)
        for row in database.rows(_LAST):
            topic, key = Topic(row["topic"]), tuple(json.loads(row["key"]))
            said = None if row["after"] is None else json.loads(row["after"])
            found = said if topic in IN_THE_LOG else agreements.contents(topic, key)
            known.add((topic, key))
            if not _is_as_said(topic, said, found):
                strayed.append(Agreement(topic, key, said, found).name)
        for pipeline in read_pipelines(database):
            version = agreements.pipeline_version(pipeline.id, pipeline.version)
            is_told = (Topic.PIPELINE, (pipeline.id,)) in known or version is None
            if not is_told and version != pipeline:
                strayed.append(f"pipeline {pipeline.name}")
        reps = database.column("SELECT name FROM rep WHERE role <> '' OR acts_for <> ''")
        strayed += [f"rep {name}" for name in reps if (Topic.REP, (name,)) not in known]
    if strayed:
        yield Flaw("agreed", f"{few(strayed, MOST_NAMED)}: not what the history says was agreed")


def _is_as_said(topic: Topic, said: Contents | None, found: Contents | None) -> bool:
    """Whether both say the same, as far as both speak: a part that is younger is in one alone."""
    if said is None or found is None:
        return said is found
    if topic is Topic.PIPELINE:
        parts = ("stages", "questions", "traits")
        said, found = ({**side, **{p: rows_of(side, p) for p in parts}} for side in (said, found))
    return _are_alike(said, json.loads(json.dumps(found)))


def _are_alike(said: object, found: object) -> bool:
    if isinstance(said, dict) and isinstance(found, dict):
        return all(_are_alike(said[name], found[name]) for name in said.keys() & found.keys())
    if isinstance(said, list) and isinstance(found, list):
        return len(said) == len(found) and all(map(_are_alike, said, found))
    return said == found
