"""What numbers are measured by: targets, rates, teams, earlier probabilities, groups of deals."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from pipeboard.domain.dates import micros
from pipeboard.domain.deal import channel_of
from pipeboard.domain.errors import BadInput
from pipeboard.domain.events import Kind
from pipeboard.domain.fit import band_of
from pipeboard.domain.hygiene import COMMIT_PROVEN_BY, DECISION_MAKER
from pipeboard.domain.json_data import json_text
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.rules import CallChanges, MetricRules, Target
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.pipeline_rules import with_retired
from pipeboard.domain.settings import SPLIT_BY, Settings
from pipeboard.domain.text import as_own_field, did_you_mean, fold, quoted
from pipeboard.store.database import Database, Row, RowTuple
from pipeboard.store.reading.agreements import agreed_at, read_rates
from pipeboard.store.reading.facts import read_fields
from pipeboard.store.reading.setup import (
    pipeline_from_data,
    read_pipelines,
    read_reps,
    read_settings,
)
from pipeboard.store.sql import TRUE, Sql, among, every, one_of
from pipeboard.store.troubles import readable

_COLUMNS = ("source", "account", "source_detail", "contact_reason", "title")
_FIELD = "field."


def read_rules(
    database: Database, pipeline: Pipeline, settings: Settings, as_of: datetime | None = None
) -> MetricRules:
    """Everything that the numbers of a pipeline are counted by, as it was at an instant (now)."""
    versions = _versions(database, pipeline.id, as_of)
    chances, bar_moved_at = _edits(versions)
    return MetricRules(
        pipeline if as_of is None else _as_it_was(pipeline, versions),
        settings,
        read_targets(database, pipeline.id, as_of),
        read_rates(database, settings.currency, as_of),
        _read_teams(database, as_of),
        chances,
        read_calls(database, pipeline.id, as_of),
        bar_moved_at,
        settings.owner_now,
    )


@readable("the history of the pipeline")
def _versions(
    database: Database, pipeline_id: int, as_of: datetime | None
) -> list[tuple[int, Row]]:
    """Since when (microseconds) the pipeline was what, up to an instant; at least the first."""
    rows = database.rows(
        "select at, document from pipeline_version where pipeline_id = ? order by version",
        (pipeline_id,),
    )
    known = [row for row in rows if as_of is None or row["at"] <= micros(as_of)]
    return [(row["at"], json.loads(row["document"])) for row in known or rows[:1]]


@readable("the history of the pipeline")
def _as_it_was(pipeline: Pipeline, versions: Sequence[tuple[int, Row]]) -> Pipeline:
    """The pipeline of the last version: its stages with their limits, chances and flags, and
    at their places those that came later, which backdated moves may speak of."""
    if not versions:
        return pipeline
    then = _with_places(versions)
    known = {stage.id for stage in then.stages}
    later = [stage for stage in pipeline.stages if stage.id not in known]
    return replace(with_retired(then, later, pipeline.stages), name=pipeline.name)


def _with_places(versions: Sequence[tuple[int, Row]]) -> Pipeline:
    """The last version. Stages were put behind all others once they were retired: they stand where
    they did when they were last in use."""
    then = pipeline_from_data(versions[-1][1])
    opens = [stage for stage in then.stages if stage.is_open]
    last = max((place for place, stage in enumerate(opens) if not stage.retired), default=-1)
    if not (behind := opens[last + 1 :]):
        return then
    before = [pipeline_from_data(document).stages for _, document in reversed(versions)]
    moved = {stage.id for stage in behind}
    then = replace(then, stages=tuple(s for s in then.stages if s.id not in moved))
    for stage in behind:
        in_use = (p for p in before if any(s.id == stage.id and not s.retired for s in p))
        then = with_retired(then, [stage], next(in_use, before[0]))
    return then


@readable("the targets")
def read_targets(
    database: Database, pipeline_id: int, as_of: datetime | None = None
) -> tuple[Target, ...]:
    """The targets of a pipeline at an instant (now), by period."""
    rows = database.rows(
        "select period, owner, team, currency, amount_minor from target where pipeline_id = ?",
        (pipeline_id,),
    )
    found: dict[RowTuple, Row | None] = {
        (pipeline_id, row["period"], row["owner"], row["team"]): row for row in rows
    }
    found.update(agreed_at(database, "target", as_of))
    return tuple(
        Target(period, Money(row["amount_minor"], row["currency"]), owner, team)
        for (pipeline, period, owner, team), row in sorted(
            found.items(), key=lambda one: (one[0][1], one[0][3], one[0][2])
        )
        if row is not None and pipeline == pipeline_id
    )


@readable("the calls of the reps")
def read_calls(
    database: Database, pipeline_id: int, as_of: datetime | None = None
) -> Mapping[tuple[str, str], CallChanges]:
    """What reps called for periods up to an instant (now), by the period's label and the rep, from
    the log of agreements, which is where calls are kept."""
    until = TRUE if as_of is None else Sql("command.at <= ?", (micros(as_of),))
    found: dict[tuple[str, str], list[tuple[int, Money | None]]] = defaultdict(list)
    if database.has("workspace_event"):
        for row in database.rows(
            "select command.at, workspace_event.key, workspace_event.after from workspace_event"
            " join command on command.id = workspace_event.command_id"
            f" where workspace_event.topic = 'call' and {until.text} order by workspace_event.seq",
            until.values,
        ):
            pipeline, period, owner = json.loads(row["key"])
            said = None if row["after"] is None else json.loads(row["after"])
            call = None if said is None else Money(said["amount_minor"], said["currency"])
            if pipeline == pipeline_id:
                found[period, owner].append((row["at"], call))
    return {about: tuple(changes) for about, changes in found.items()}


def _read_teams(database: Database, as_of: datetime | None) -> Mapping[str, str]:
    """Who was in which team at an instant (now)."""
    teams = {rep.name: rep.team for rep in read_reps(database)}
    for (name,), row in agreed_at(database, "rep", as_of).items():
        teams[name] = "" if row is None else json_text(row["team"])
    return teams


@readable("the history of the pipeline")
def _edits(
    versions: Sequence[tuple[int, Row]],
) -> tuple[Mapping[int, tuple[tuple[int, int | None], ...]], tuple[int, ...]]:
    """Since when (microseconds) each stage had which probability in basis points, and when it was
    changed what a deal must be or pass to count as qualified."""
    chances: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    bars: list[tuple[int, object]] = []
    for at, document in versions:
        stages = document["stages"]
        for stage in stages:
            known = chances[stage["id"]]
            if not known or known[-1][1] != stage["probability_bp"]:
                known.append((at, stage["probability_bp"]))
        bar = _bar(stages)
        if not bars or bars[-1][1] != bar:
            bars.append((at, bar))
    moved = tuple(at for at, _ in bars[1:])
    return {stage_id: tuple(known) for stage_id, known in chances.items()}, moved


def _bar(stages: Sequence[Row]) -> object:
    """The first qualified stage, and what the stages before it ask of a deal."""
    before: list[object] = []
    for stage in stages:
        if stage["qualified"]:
            return stage["id"], before
        before.append((stage["id"], stage["criteria"]))
    return None


@readable("the history of the deals")
def read_supported(
    database: Database, pipeline: Pipeline, as_of: datetime, ids: Collection[int]
) -> frozenset[int]:
    """Of some deals, those with the evidence of a commit at an instant: a decision-maker named, and
    the questions of timeline and budget answered."""
    asked = [
        {question.key for question in pipeline.questions if factor in question.proves}
        for factor in COMMIT_PROVEN_BY
    ]
    kinds = (Kind.CREATED, Kind.ANSWERED, Kind.CONTACT, Kind.EDITED, Kind.MERGED)
    changed = set(_changed_since(database, kinds, as_of, ids)).intersection(ids)
    then = read_fields(database, pipeline.id, as_of, changed, kinds, ("answers", "contacts"))
    still = set(ids) - changed
    still.intersection_update(
        database.column("select distinct deal_id from contact where role = ?", (DECISION_MAKER,)),
        *(_answering(database, keys, ids) for keys in asked if keys),
    )
    return frozenset(
        still
        | {
            deal_id
            for deal_id, fields in then.items()
            if any(who.get("role") == DECISION_MAKER for who in fields["contacts"].values())
            and all(not keys or keys & fields["answers"].keys() for keys in asked)
        }
    )


def _answering(
    database: Database, questions: Collection[str], ids: Collection[int]
) -> Sequence[int]:
    """Of some deals, those with an answer to one of some questions now."""
    wanted = every(
        (Sql("replaced_at is null"), one_of("question", questions), among("deal_id", ids))
    )
    return database.column(
        f"select distinct deal_id from answer where {wanted.text}", wanted.values
    )


@readable("the contacts of the deals")
def read_well_known(database: Database, pipeline_id: int, as_of: datetime) -> frozenset[int]:
    """The deals with two contacts or more at an instant."""
    kinds = (Kind.CREATED, Kind.CONTACT, Kind.MERGED)
    changed = _changed_since(database, kinds, as_of)
    then = read_fields(database, pipeline_id, as_of, changed, kinds, ("contacts",))
    now = database.column("select deal_id from contact group by deal_id having count(*) > 1")
    still = set(now) - set(changed)
    return frozenset(still | {one for one, fields in then.items() if len(fields["contacts"]) > 1})


@readable("the values to group by")
def read_attribute(
    database: Database, pipeline_id: int, name: str, as_of: datetime | None = None
) -> Mapping[int, str]:
    """A value for each deal to group by, as the deals were at an instant (now): `source`,
    `account`, `channel`, `fit` in bands, or a custom field as `field.product` or `product`. Raises
    BadInput where no deal has such a field."""
    if name == "channel":
        sources = read_attribute(database, pipeline_id, "source", as_of)
        ways = read_settings(database).channels
        return {deal_id: channel_of(source, ways) for deal_id, source in sources.items()}
    if name == "fit":
        return _read_bands(database, pipeline_id, as_of)
    if name in _COLUMNS:
        rows = database.rows(
            f"select id, {name} as value from deal where pipeline_id = ?", (pipeline_id,)
        )
        now = {row["id"]: row["value"] for row in rows}
        return {**now, **_earlier(database, pipeline_id, (name,), as_of)}
    fields = tuple(_fields_named(database, as_own_field(name).removeprefix(_FIELD)))
    wanted = one_of("name", fields)
    rows = database.rows(
        f"select deal_id, value from deal_field where {wanted.text}", wanted.values
    )
    now = {row["deal_id"]: row["value"] for row in rows}
    entries = tuple(f"fields.{field}" for field in fields)
    return {**now, **_earlier(database, pipeline_id, entries, as_of)}


def _read_bands(database: Database, pipeline_id: int, as_of: datetime | None) -> Mapping[int, str]:
    """In which band the fit of each deal is, by what the ideal customer is like now; "" where the
    deal was not known to have or to lack anything of it."""
    from pipeboard.store.reading.filtering.fits import (
        SAID_IN,
        fits_in,
        percent_of,
        without_traits,
    )

    pipeline = next(one for one in read_pipelines(database) if one.id == pipeline_id)
    if not pipeline.traits:
        raise without_traits(pipeline)
    fits: dict[int, int | None] = dict(fits_in(database, pipeline))
    if as_of is not None:
        kinds = (Kind.CREATED, Kind.EDITED, Kind.MERGED, Kind.VALUE, Kind.TAGGED)
        changed = _changed_since(database, kinds, as_of)
        names = {*SAID_IN.values(), "fields"}
        then = read_fields(database, pipeline_id, as_of, changed, kinds, names)
        fits |= {deal_id: percent_of(said, pipeline) for deal_id, said in then.items()}
    return {one: "" if percent is None else band_of(percent) for one, percent in fits.items()}


def _earlier(
    database: Database, pipeline_id: int, names: Sequence[str], as_of: datetime | None
) -> Mapping[int, str]:
    """What deals that were changed since said at an instant, "" for nothing."""
    if as_of is None:
        return {}
    kinds = (Kind.CREATED, Kind.EDITED, Kind.MERGED)
    changed = _changed_since(database, kinds, as_of)
    fields = [name.partition(".")[0] for name in names]
    found = read_fields(database, pipeline_id, as_of, changed, kinds, fields)
    earlier = {}
    for deal_id, values in found.items():
        said = (_entry(values, name) for name in names)
        earlier[deal_id] = next((value for value in said if value), "")
    return earlier


def _changed_since(
    database: Database,
    kinds: Sequence[Kind],
    as_of: datetime,
    ids: Collection[int] | None = None,
) -> Sequence[int]:
    """The deals (of these) with events of some kinds that took effect after an instant, and those
    of which something was taken back or put again since."""
    changing, us = one_of("kind", [kind for kind in kinds if kind != Kind.CREATED]), micros(as_of)
    if not database.rows("select 1 from command where at > ? limit 1", (us,)):
        return ()  # nothing was, and the log need not be gone through
    these = TRUE if ids is None else among("deal_id", ids)
    wanted = every((Sql("at > ?", (us,)), changing, these))
    # By the log, in the order in which it lies: an index of deals would jump about in all of it.
    since = database.column(
        f"select distinct deal_id + 0 from event where {wanted.text}", wanted.values
    )
    back = database.column("select deal_id from deal_facts where holds_from > ?", (us,))
    return sorted({*since, *back})


def _entry(values: Row, name: str) -> str:
    whole, dot, key = name.partition(".")
    return (values[whole].get(key) if dot else values[whole]) or ""


def _fields_named(database: Database, name: str) -> Sequence[str]:
    known = database.column("select distinct name from deal_field order by name")
    found = [field for field in known if fold(field) == fold(name)]
    if not found:
        near = did_you_mean(name, (*SPLIT_BY, *_COLUMNS, *known))
        raise BadInput(
            f"Nothing called {quoted(name)} to group by.",
            hint=near or f"For example: {', '.join(SPLIT_BY)}.",
        )
    return found
