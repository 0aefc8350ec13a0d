"""From the tree of a filter to a condition over the table `deal`."""

from __future__ import annotations

from pipeboard.domain.filter_nodes import (
    And,
    Answered,
    Compare,
    Custom,
    Filter,
    Is,
    Leaf,
    Node,
    Not,
    Or,
    State,
    Tag,
    These,
    Unset,
    Words,
    reaches_archive,
)
from pipeboard.store.database import Database
from pipeboard.store.reading import attention
from pipeboard.store.reading.filtering.terms import FEW, FilterScope, Texts, compared
from pipeboard.store.sql import Sql, among, either, every, negated

__all__ = ["FEW", "FilterScope", "condition"]


def condition(
    database: Database,
    query: Filter,
    scope: FilterScope,
    *,
    probing: bool = False,
    within: Sql | None = None,
) -> Sql:
    """The deals of the pipelines asked of that a filter lets through: live ones, unless it reaches
    into the archive (`reaches_archive`).

    `probing` is for queries that stop after a few hits: each deal is then looked up where another
    query would first gather everything that a word occurs in. `within` stands for the pipelines'
    deals where fewer are known to be all. Raises BadInput for a stage, a question or a category
    that nobody has.
    """
    # Stages are named even when all are meant, since the indices begin with the stage.
    stages = among("deal.stage_id", (s.id for pipeline in scope.pipelines for s in pipeline.stages))
    if query.root is None:
        return every((stages, Sql("deal.live")))
    has_archive = reaches_archive(query.root)
    base = every((stages, Sql("not deal.removed" if has_archive else "deal.live")))
    texts = Texts(database, scope, probing=probing, has_archive=has_archive)
    return every((base if within is None else within, _compiled(query.root, texts)))


def _compiled(node: Node, texts: Texts) -> Sql:
    match node:
        case And(parts):
            return every(_compiled(part, texts) for part in parts)
        case Or(parts):
            return either(_compiled(part, texts) for part in parts)
        case Not(part):
            return negated(_compiled(part, texts))
        case Compare("score", op, int(value)):
            from pipeboard.store.reading.filtering.scores import scored

            return scored(texts.database, texts.scope, op, value)
        case Unset("score"):
            from pipeboard.store.reading.filtering.scores import unscored

            return unscored(texts.database, texts.scope)
        case Compare("fit", op, int(value)):
            from pipeboard.store.reading.filtering.fits import fitting

            return fitting(texts.database, texts.scope, op, value)
        case Unset("fit"):
            from pipeboard.store.reading.filtering.fits import without_fit

            return without_fit(texts.database, texts.scope)
        case _:
            return _leaf(node, texts)


def _leaf(node: Leaf, texts: Texts) -> Sql:
    match node:
        case Words(text):
            return texts.words(text)
        case Is(field, value):
            return texts.equals(field, value)
        case Unset(field):
            return texts.unset(field)
        case Tag(name):
            return texts.tag(name)
        case Custom(name, value):
            return texts.custom(name, value)
        case Compare():
            return compared(node, texts.scope)
        case State(name):
            return _state(name, texts.scope)
        case Answered(question, op, rating):
            return texts.answered(question, op, rating)
        case These(ids):
            return among("deal.id", ids)


def _state(name: str, scope: FilterScope) -> Sql:
    match name:
        case "open":
            return attention.OPEN
        case "won" | "lost":
            return Sql("deal.outcome = ?", (name,))
        case "archived":
            return Sql("not deal.live")
        case "snoozed":
            return attention.snoozed(scope.today)
        case "overdue":
            return every((attention.OPEN, attention.overdue(scope.today)))
        case _:
            return attention.stalled(scope.pipelines, scope.today, scope.zone)
