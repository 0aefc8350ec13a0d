"""Filtering by the deal score.

A score is fractions over answers whose weight depends on the pipeline's questions and on the day
(`domain/score.py`). Saying that again in SQL would be a second rule that drifts from the first, so
the database gathers what there is to be scored, alike deals together, and the domain scores each
kind once.
"""

from __future__ import annotations

import json
import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

from pipeboard.domain.dates import start_of_day
from pipeboard.domain.deal import Answer, Deal
from pipeboard.domain.filter_nodes import COMPARES, Op
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.score import fresh_since, score
from pipeboard.store.database import Database
from pipeboard.store.dialect import listed
from pipeboard.store.reading.attention import micros_at
from pipeboard.store.reading.filtering.terms import FilterScope
from pipeboard.store.rows import DEALS, stored_deal
from pipeboard.store.sql import Sql, among, either, every, is_name_of_long, negated
from pipeboard.store.troubles import readable


class ScoreBasis(NamedTuple):
    """All that a score depends on within a pipeline: the ratings of the answers as JSON, whether
    both sides wrote lately, and whether a trial close was answered with yes."""

    ratings: str
    talked: bool
    tried: bool


@readable("the answers")
def scored(database: Database, scope: FilterScope, op: Op, value: int) -> Sql:
    """The deals whose low score compares so."""
    return _scoring(database, scope, lambda low: low is not None and COMPARES[op](low, value))


@readable("the answers")
def unscored(database: Database, scope: FilterScope) -> Sql:
    """The deals of which nothing is known."""
    return negated(_scoring(database, scope, lambda low: low is not None))


@readable("the answers")
def low_scores(database: Database, scope: FilterScope, within: Sql) -> Mapping[int, int]:
    """The low end of the score, by id, of each deal `within` that has one."""
    found: dict[int, int] = {}
    for pipeline in scope.pipelines:
        lows = _lows(database, pipeline, scope)
        of_pipeline, columns = _kinds_of(pipeline, scope)
        wanted = every((of_pipeline, within))
        rows = database.rows(
            f"select deal.id, {columns.text} from deal where {wanted.text}",
            (*columns.values, *wanted.values),
        )
        for row in rows:
            _, *kind = tuple(row)
            low = lows.get(_kind(kind))
            if low is not None:
                found[row["id"]] = low
    return found


def _scoring(database: Database, scope: FilterScope, fits: Callable[[int | None], bool]) -> Sql:
    """The deals of those kinds whose low score fits."""
    return either(_scoring_in(database, pipeline, scope, fits) for pipeline in scope.pipelines)


def _scoring_in(
    database: Database, pipeline: Pipeline, scope: FilterScope, fits: Callable[[int | None], bool]
) -> Sql:
    lows = _lows(database, pipeline, scope)
    fitting = [kind for kind, low in lows.items() if fits(low)]
    unfit = {kind.ratings for kind, low in lows.items() if not fits(low)}
    # Most ratings settle it alone, which spares looking at when both sides wrote.
    settled = {kind.ratings for kind in fitting} - unfit
    rest = [kind for kind in fitting if kind.ratings in unfit]
    of_pipeline, _ = _kinds_of(pipeline, scope)
    alone = listed("deal.ratings", settled)
    return every((of_pipeline, either((alone, *_of_kinds(rest, pipeline, scope)))))


def _of_kinds(kinds: Iterable[ScoreBasis], pipeline: Pipeline, scope: FilterScope) -> Iterator[Sql]:
    ratings: dict[tuple[bool, bool], list[str]] = defaultdict(list)
    for kind in kinds:
        ratings[kind.talked, kind.tried].append(kind.ratings)
    talked_lately = _talked(pipeline, scope)
    for (talked, tried), known in ratings.items():
        talking = talked_lately if talked else negated(talked_lately)
        trying = Sql("deal.trial_close = 'yes'" if tried else "deal.trial_close <> 'yes'")
        yield every((trying, listed("deal.ratings", known), talking))


def _lows(
    database: Database, pipeline: Pipeline, scope: FilterScope
) -> Mapping[ScoreBasis, int | None]:
    """The low end of the score of each kind of deal that there is in a pipeline."""
    return database.remembered(
        ("scores", pipeline.id, pipeline.version, scope.today, scope.zone.key),
        lambda: _score_kinds(database, pipeline, scope),
    )


def _score_kinds(
    database: Database, pipeline: Pipeline, scope: FilterScope
) -> dict[ScoreBasis, int | None]:
    known: dict[ScoreBasis, int | None] = database.kept(
        f"scores of {pipeline.id}", (pipeline.version, scope.today, scope.zone.key), dict
    )
    of_pipeline, columns = _kinds_of(pipeline, scope)
    kinds = {
        _kind(tuple(row))
        for shelf in ("deal.live", "not deal.live")  # each has an index of its own
        for row in database.rows(
            f"select distinct {columns.text} from deal where {shelf} and {of_pipeline.text}",
            (*columns.values, *of_pipeline.values),
        )
    }
    for kind in kinds:
        if kind not in known:
            answers = _answers_of(database, kind)
            found = score(_alike(kind, answers, pipeline, scope), pipeline, scope.today, scope.zone)
            known[kind] = None if found is None else found.low
    return {kind: known[kind] for kind in kinds}


def _kinds_of(pipeline: Pipeline, scope: FilterScope) -> tuple[Sql, Sql]:
    """The deals of a pipeline, and the columns that say of which kind each is."""
    talked = _talked(pipeline, scope)
    columns = Sql(f"deal.ratings, {talked.text}, deal.trial_close = 'yes'", talked.values)
    return among("deal.stage_id", (stage.id for stage in pipeline.stages)), columns


def _kind(values: Iterable[object]) -> ScoreBasis:
    ratings, talked, tried = values
    return ScoreBasis(str(ratings), bool(talked), bool(tried))


def _talked(pipeline: Pipeline, scope: FilterScope) -> Sql:
    """Whether both sides wrote since the day from which on it counts as lately."""
    days = sorted((fresh_since(stage, scope.today), stage.id) for stage in pipeline.stages)
    return either(
        every(
            (
                among("deal.stage_id", (stage_id for _, stage_id in stages)),
                Sql("coalesce(deal.last_outbound_at >= ?, false)", (micros_at(day, scope.zone),)),
                Sql("coalesce(deal.last_reply_at >= ?, false)", (micros_at(day, scope.zone),)),
            )
        )
        for day, stages in groupby(days, key=operator.itemgetter(0))
    )


def _answers_of(database: Database, kind: ScoreBasis) -> dict[str, Answer]:
    """Answers with the ratings of a kind; too many for an index, those of any deal of the kind."""
    if is_name_of_long(kind.ratings):
        row = database.row(f"{DEALS} where deal.ratings = ? limit 1", (kind.ratings,))
        return {} if row is None else dict(stored_deal(row).answers)
    ratings = json.loads(kind.ratings or "{}")
    return {key: Answer("given", rating) for key, rating in ratings.items()}


def _alike(
    kind: ScoreBasis, answers: Mapping[str, Answer], pipeline: Pipeline, scope: FilterScope
) -> Deal:
    """A deal of that kind, as far as scoring looks at it."""
    today = start_of_day(scope.today, scope.zone)
    talked_at = today if kind.talked else None
    return replace(
        blank_deal(pipeline, today),
        trial_close="yes" if kind.tried else "",
        last_outbound_at=talked_at,
        last_reply_at=talked_at,
        answers=answers,
    )


def blank_deal(pipeline: Pipeline, began: datetime) -> Deal:
    """A deal that says nothing yet: what is asked of a kind of deals is filled in."""
    return Deal(
        id=0,
        pipeline_id=pipeline.id,
        stage_id=pipeline.stages[0].id,
        title="",
        created_at=began,
        stage_entered_at=began,
    )
