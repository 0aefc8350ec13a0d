"""What numbers are measured by: targets, rates, teams, earlier probabilities, groups of deals."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from pipeboard.domain.channel import channel_of
from pipeboard.domain.errors import BadInput
from pipeboard.domain.metrics.deals import Present
from pipeboard.domain.metrics.rates import Rates
from pipeboard.domain.metrics.rules import Rules, Target
from pipeboard.domain.money import Money
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Factor, Pipeline
from pipeboard.domain.settings import Settings
from pipeboard.domain.text import fold, quoted
from pipeboard.store.reading.database import Database
from pipeboard.store.reading.setup import read_reps
from pipeboard.store.reading.sql import one_of
from pipeboard.store.troubles import readable

_COLUMNS = ("source", "account", "source_detail", "contact_reason", "title")
_FIELD = "field."


def read_rules(database: Database, pipeline: Pipeline, settings: Settings) -> Rules:
    """Everything that the numbers of a pipeline are counted by."""
    chances, bar_moved_at = _read_edits(database, pipeline.id)
    return Rules(
        pipeline,
        settings,
        read_targets(database, pipeline.id),
        read_rates(database, settings.currency),
        {rep.name: rep.team for rep in read_reps(database)},
        chances,
        bar_moved_at,
    )


@readable("the targets")
def read_targets(database: Database, pipeline_id: int) -> tuple[Target, ...]:
    """The targets of a pipeline, by period."""
    rows = database.rows(
        "select period, amount_minor, currency, owner, team from target where pipeline_id = ?"
        " order by period, team, owner, currency",
        (pipeline_id,),
    )
    return tuple(
        Target(
            row["period"], Money(row["amount_minor"], row["currency"]), row["owner"], row["team"]
        )
        for row in rows
    )


@readable("the exchange rates")
def read_rates(database: Database, base: str) -> Rates:
    """The exchange rates into the workspace's currency, by currency and day."""
    dated: dict[str, list[tuple[date, Fraction]]] = defaultdict(list)
    for row in database.rows(
        "select currency, on_date, numerator, denominator from fx_rate order by currency, on_date"
    ):
        rate = Fraction(row["numerator"], row["denominator"])
        dated[row["currency"]].append((date.fromisoformat(row["on_date"]), rate))
    return Rates(base, {currency: tuple(rates) for currency, rates in dated.items()})


@readable("the history of the pipeline")
def _read_edits(
    database: Database, pipeline_id: int
) -> tuple[Mapping[int, tuple[tuple[int, int | None], ...]], tuple[int, ...]]:
    """Since when (microseconds) each stage had which probability in basis points, and when it was
    changed what a deal must be or pass to count as qualified."""
    chances: dict[int, list[tuple[int, int | None]]] = defaultdict(list)
    bars: list[tuple[int, object]] = []
    for row in database.rows(
        "select at, document from pipeline_version where pipeline_id = ? order by version",
        (pipeline_id,),
    ):
        stages = json.loads(row["document"])["stages"]
        for stage in stages:
            known = chances[stage["id"]]
            if not known or known[-1][1] != stage["probability_bp"]:
                known.append((row["at"], stage["probability_bp"]))
        bar = _bar(stages)
        if not bars or bars[-1][1] != bar:
            bars.append((row["at"], bar))
    moved = tuple(at for at, _ in bars[1:])
    return {stage_id: tuple(known) for stage_id, known in chances.items()}, moved


def _bar(stages: Sequence[Mapping[str, Any]]) -> object:
    """The first qualified stage, and what the stages before it ask of a deal."""
    before: list[object] = []
    for stage in stages:
        if stage["qualified"]:
            return stage["id"], before
        before.append((stage["id"], stage["criteria"]))
    return None


def read_present(database: Database, pipeline: Pipeline) -> Present:
    """What only the deals' present rows tell: quotes sent, and evidence for a commit."""
    quotes = database.rows(
        "select id, quote_sent_at from deal where pipeline_id = ? and quote_sent_at is not null",
        (pipeline.id,),
    )
    return Present(
        {row["id"]: row["quote_sent_at"] for row in quotes},
        frozenset(_supported(database, pipeline)),
    )


def _supported(database: Database, pipeline: Pipeline) -> set[int]:
    """The deals with a decision-maker named and the questions of timeline and budget answered."""
    supported = set(database.column("select deal_id from contact where role = 'decision_maker'"))
    for factor in (Factor.TIMELINE, Factor.BUDGET):
        keys = [question.key for question in pipeline.questions if factor in question.proves]
        if keys:
            asked = one_of("question", keys)
            supported &= set(
                database.column(
                    f"select deal_id from answer where replaced_at is null and {asked.text}",
                    asked.values,
                )
            )
    return supported


@readable("the values to group by")
def read_attribute(database: Database, pipeline_id: int, name: str) -> Mapping[int, str]:
    """A value for each deal to group by, as the deals are now: `source`, `account`, `channel`, or
    a custom field as `field.product` or `product`. Raises BadInput where no deal has such a field.
    """
    if name == "channel":
        sources = read_attribute(database, pipeline_id, "source")
        return {deal_id: channel_of(source) for deal_id, source in sources.items()}
    if name in _COLUMNS:
        rows = database.rows(
            f"select id, {name} as value from deal where pipeline_id = ?", (pipeline_id,)
        )
        return {row["id"]: row["value"] for row in rows}
    fields = _fields_named(database, name.removeprefix(_FIELD))
    wanted = one_of("name", fields)
    rows = database.rows(
        f"select deal_id, value from deal_field where {wanted.text}", wanted.values
    )
    return {row["deal_id"]: row["value"] for row in rows}


def _fields_named(database: Database, name: str) -> Iterable[str]:
    known = database.column("select distinct name from deal_field order by name")
    found = [field for field in known if fold(field) == fold(name)]
    if not found:
        ways = ["owner", "team", "stage", "month", "quarter", "channel", *_COLUMNS, *known]
        raise BadInput(
            f"Nothing called {quoted(name)} to group by.",
            hint=did_you_mean(name, ways) or f"For example: {', '.join(ways[:8])}.",
        )
    return found
