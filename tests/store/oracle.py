"""What a filter means and how the queue is sorted, said once more over deals in memory."""

from __future__ import annotations

import operator
from fractions import Fraction
from typing import Any

from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal, Status, channel_of
from pipeboard.domain.filter_nodes import (
    And,
    Answered,
    Compare,
    Custom,
    Is,
    Node,
    Not,
    Or,
    State,
    Tag,
    These,
    Unset,
    Words,
    leaves,
)
from pipeboard.domain.fit import fit
from pipeboard.domain.money import Money, exponent
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import ASLEEP, LATER, Day, Queued, waiting
from pipeboard.domain.score import score
from pipeboard.domain.signs import stalled_reasons
from pipeboard.domain.text import fold
from tests.store.made_up import TODAY, ZONE

_COMPARE = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def shown(deal: Deal, root: Node | None, pipeline: Pipeline, me: str, note: str) -> bool:
    """Whether a lens or a list with that filter shows the deal."""
    if deal.removed:
        return False
    if root is None:
        return deal.archived_at is None
    named = any(isinstance(p, These) for p in (root.parts if isinstance(root, And) else (root,)))
    asks_for_archive = named or any(leaf == State("archived") for leaf in leaves(root))
    if deal.archived_at is not None and not asks_for_archive:
        return False
    return holds(root, deal, pipeline, me, note)


def holds(node: Node, deal: Deal, pipeline: Pipeline, me: str, note: str) -> bool:
    match node:
        case And(parts):
            return all(holds(part, deal, pipeline, me, note) for part in parts)
        case Or(parts):
            return any(holds(part, deal, pipeline, me, note) for part in parts)
        case Not(part):
            return not holds(part, deal, pipeline, me, note)
        case Is("owner", "me"):
            return fold(deal.owner) == fold(me)
        case Words(text):
            people = (person.name for person in deal.contacts.values())
            loss = (deal.loss.reason, deal.loss.competitor) if deal.loss else ()
            about = (deal.contact_reason, deal.source_detail, deal.snooze_reason, *loss)
            said = (deal.title, deal.account, note, *people, *about, *deal.competitors)
            return any(fold(text) in fold(it) for it in said)
        case _:
            return _leaf(node, deal, pipeline)


def _leaf(node: Node, deal: Deal, pipeline: Pipeline) -> bool:
    match node:
        case Is(field, value):
            return _is(field, value, deal, pipeline)
        case Unset("tag"):
            return not deal.tags
        case Unset(field):
            return _value(field, deal, pipeline) in (None, "")
        case Tag(name):
            return fold(name) in map(fold, deal.tags)
        case Custom(name, wanted):
            said = {fold(key): fold(value) for key, value in deal.fields.items()}.get(fold(name))
            return not said if wanted is None else said == fold(wanted)
        case Compare(field, op):
            return _compares(_value(field, deal, pipeline), op, _bound(node, pipeline))
        case State(name):
            return _stands(name, deal, pipeline)
        case Answered():
            return _answered(node, deal, pipeline)
        case These(ids):
            return deal.id in ids
        case _:
            raise AssertionError(node)


def _bound(node: Compare, pipeline: Pipeline) -> object:
    bound = node.value
    if not isinstance(bound, Money) or not node.is_plain:
        return bound
    units = Fraction(bound.minor, 10 ** exponent(bound.currency))
    return Money(int(units * 10 ** exponent(pipeline.currency)), pipeline.currency)


def _answered(node: Answered, deal: Deal, pipeline: Pipeline) -> bool:
    question = pipeline.question(node.question)
    answer = deal.answers.get(question.key) if question else None
    if node.op is None or node.rating is None or answer is None:
        return answer is not None and answer.is_given
    return answer.rating is not None and bool(_COMPARE[node.op](answer.rating, node.rating))


def _is(field: str, value: str, deal: Deal, pipeline: Pipeline) -> bool:
    if field == "stage":
        return fold(value) == fold(pipeline.stage(deal.stage_id).name)
    known = fold(str(_value(field, deal, pipeline) or ""))
    if field in ("account", "title", "pipeline", "contact_reason", "source_detail"):
        return fold(value) in known
    return known == fold(value)


def _compares(value: Any, op: str, bound: Any) -> bool:
    if value is None:
        return False
    if isinstance(bound, Money):
        return value.currency == bound.currency and bool(_COMPARE[op](value.minor, bound.minor))
    return bool(_COMPARE[op](value, bound))


def _value(field: str, deal: Deal, pipeline: Pipeline) -> Any:
    match field:
        case "pipeline":
            return pipeline.name
        case "category":
            return deal.effective_category(pipeline)
        case "probability":
            return deal.effective_probability_bp(pipeline)
        case "score":
            found = score(deal, pipeline, TODAY, ZONE)
            return found.low if found else None
        case "fit":
            known = fit(deal, pipeline)
            return known.percent if known else None
        case _:
            return _facts(deal).get(field, getattr(deal, field, None))


def _facts(deal: Deal) -> dict[str, Any]:
    return {
        "currency": deal.value.currency if deal.value else None,
        "channel": channel_of(deal.source),
        "lost": deal.loss.category if deal.loss else None,
        "lost_reason": deal.loss.reason if deal.loss else None,
        "competitors": "\n".join((deal.loss.competitor if deal.loss else "", *deal.competitors)),
        "q": sum(answer.is_given for answer in deal.answers.values()),
        "age": (TODAY - local_date(deal.stage_entered_at, ZONE)).days,
        "idle": (TODAY - local_date(deal.last_touch_at or deal.created_at, ZONE)).days,
        "next": deal.next_step.due if deal.next_step else None,
        "close": deal.expected_close,
        "created": local_date(deal.created_at, ZONE),
        "closed": local_date(deal.closed_at, ZONE) if deal.closed_at else None,
    }


def _stands(name: str, deal: Deal, pipeline: Pipeline) -> bool:
    match name:
        case "snoozed":
            return deal.is_snoozed(TODAY)
        case "stalled":
            return bool(stalled_reasons(deal, pipeline, TODAY, ZONE))
        case "overdue":
            due = deal.next_step.due if deal.next_step else None
            return deal.is_open and due is not None and due < TODAY
        case "won" | "lost":
            return deal.outcome is Status(name)
        case _:
            return deal.status is Status(name)


def order(waiting: Queued) -> tuple[int, bool, float, float, int]:
    """What the queue is sorted by: tier, worth (unknown last), the older first, id."""
    worth = waiting.worth
    age = waiting.deal.created_at.timestamp()
    return waiting.place.tier, worth is None, -(worth or 0.0), age, waiting.deal.id


def order_in_column(
    deal: Deal, pipeline: Pipeline, day: Day
) -> tuple[int, bool, float, float, int]:
    """What the deals of a stage are sorted by where those that need somebody come first: the queue
    in its order, then the others by the day of their next step, as they were put by hand."""
    found = waiting(deal, pipeline, day)
    if found is not None:
        return order(found)
    due = deal.next_step.due if deal.next_step else None
    is_asleep = deal.is_open and deal.is_snoozed(day.today)
    ahead = float(due.toordinal()) if due else 0.0
    return ASLEEP if is_asleep else LATER, due is None, ahead, float(deal.rank), deal.id
