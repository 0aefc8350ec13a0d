"""Hygiene: what a deal should say of itself and does not, and which deals look like one another."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from pipeboard.domain.counts import in_figures
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import About
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.pipeline import Category, Factor, Pipeline
from pipeboard.domain.text import few, fold

DECISION_MAKER = "decision_maker"


class Fault(StrEnum):
    """What is wrong with the data of an open deal, in the order in which it is told."""

    VALUE = "value"
    CLOSE_DATE = "close_date"
    CLOSE_PASSED = "close_passed"
    SOURCE = "source"
    CONTACT = "contact"
    DECISION_MAKER = "decision_maker"
    ANSWERS = "answers"
    OWNER = "owner"
    NEXT_STEP = "next_step"


LABELS: Mapping[Fault, str] = MappingProxyType(
    {
        Fault.VALUE: "no value",
        Fault.CLOSE_DATE: "no close date",
        Fault.CLOSE_PASSED: "close date passed",
        Fault.SOURCE: "no source",
        Fault.CONTACT: "no contact",
        Fault.DECISION_MAKER: "no decision-maker",
        Fault.ANSWERS: "too few answers",
        Fault.OWNER: "owner away or none",
        Fault.NEXT_STEP: "no next step",
    }
)
DUPLICATES, DEAD = "duplicates", "dead"
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        **{str(fault): label for fault, label in LABELS.items()},
        DUPLICATES: "duplicates",
        DEAD: "may be given up",
    }
)
"""Everything that is to be mended, by kind, with the words for it."""
ELSEWHERE = frozenset((Fault.NEXT_STEP, Fault.CLOSE_PASSED))
"""Faults that stand in a higher tier of the queue already."""


OF_QUALIFIED = frozenset(
    (Fault.VALUE, Fault.CLOSE_DATE, Fault.CONTACT, Fault.DECISION_MAKER, Fault.ANSWERS)
)
"""What is asked of deals from the first qualified stage on; the others are asked of all."""


@dataclass(frozen=True, slots=True)
class Norm:
    """What is asked of the data of deals in the stages of a pipeline.

    A lead may be a name and a source; from the first qualified stage on (`qualified`, ids) a deal
    has a value, a close date, people, and so many `answers`.
    """

    qualified: frozenset[int]
    answers: int


def norm(pipeline: Pipeline) -> Norm:
    """The norm of a pipeline: as many answers as its own criteria ask where they ask for a number,
    else half of its questions."""
    asked = [
        criterion.at_least
        for stage in pipeline.stages
        for criterion in stage.criteria
        if criterion.about is About.ANSWERS
    ]
    qualified = (stage.id for stage in pipeline.stages if pipeline.is_qualified_at(stage.id))
    return Norm(frozenset(qualified), max(asked, default=(len(pipeline.questions) + 1) // 2))


def faults(deal: Deal, pipeline: Pipeline, today: date, away: Collection[str]) -> tuple[Fault, ...]:
    """What is wrong with an open deal; `away` are the reps who are not at work any more."""
    asks = norm(pipeline)
    is_qualified = deal.stage_id in asks.qualified
    answered = sum(answer.is_given for answer in deal.answers.values())
    roles = {contact.role for contact in deal.contacts.values()}
    found = {
        Fault.VALUE: deal.value is None,
        Fault.CLOSE_DATE: deal.expected_close is None,
        Fault.CLOSE_PASSED: deal.expected_close is not None and deal.expected_close < today,
        Fault.SOURCE: not deal.source,
        Fault.CONTACT: not roles,
        Fault.DECISION_MAKER: bool(roles) and DECISION_MAKER not in roles,
        Fault.ANSWERS: answered < asks.answers,
        Fault.OWNER: not deal.owner or deal.owner in away,
        Fault.NEXT_STEP: deal.next_step is None or deal.next_step.due is None,
    }
    return tuple(
        fault for fault in Fault if found[fault] and (is_qualified or fault not in OF_QUALIFIED)
    )


COMMIT_PROVEN_BY = (Factor.TIMELINE, Factor.BUDGET)
"""What questions must have said of a deal before a commit rests on anything but hope."""


def unproven(deal: Deal, pipeline: Pipeline) -> list[str]:
    """What a commit needs and a deal has no evidence of (`budget`, `decision-maker`), as numbers
    have it (`read_supported`): a pipeline that does not ask for a factor lacks no answer to it."""
    asked = [
        (factor, [one.key for one in pipeline.questions if factor in one.proves])
        for factor in COMMIT_PROVEN_BY
    ]
    given = deal.answers.keys()
    lacks = [str(factor) for factor, keys in asked if keys and given.isdisjoint(keys)]
    if all(contact.role != DECISION_MAKER for contact in deal.contacts.values()):
        lacks.append("decision-maker")
    return lacks


def commit_lacks(deal: Deal, pipeline: Pipeline) -> str:
    """What an open deal in commit has no evidence of (`no budget, decision-maker`). Empty where
    nothing lacks, and of other deals."""
    if not deal.is_open or deal.effective_category(pipeline) != Category.COMMIT:
        return ""
    lacks = unproven(deal, pipeline)
    return f"no {', '.join(lacks)}" if lacks else ""


def unsupported(
    changes: Iterable[tuple[Deal, Deal]], pipelines: Callable[[], Iterable[Pipeline]]
) -> tuple[str, ...]:
    """What is said to whoever calls deals a commit without evidence: each as it was and as it is;
    the pipelines are asked for only where somebody does."""
    called = [now for before, now in changes if before.category != now.category == Category.COMMIT]
    known = {pipeline.id: pipeline for pipeline in pipelines()} if called else {}
    found = [(one, lacks) for one in called if (lacks := commit_lacks(one, known[one.pipeline_id]))]
    match found:
        case []:
            return ()
        case [(deal, lacks)]:
            return (f"{deal.name} is a commit without evidence: {lacks}.",)
        case _:
            names = few([deal.name for deal, _ in found], 3)
            return (f"{in_figures(len(found))} of these commits are without evidence: {names}.",)


@dataclass(frozen=True, slots=True)
class Alike:
    """Two deals that may be the same one: the one to keep, the other, and why."""

    keep_id: int
    other_id: int
    reason: str
    likeness: int


_FORMS = frozenset(
    (
        "ab", "ag", "as", "bv", "co", "company", "corp", "corporation", "gmbh", "inc", "kft", "kg",
        "limited", "llc", "ltd", "nv", "oy", "oyj", "plc", "sa", "sarl", "sas", "sl", "spa", "srl",
    )
)  # fmt: skip


def company(name: str) -> str:
    """A company's name without its legal form: `lumen` of `Lumen Oy`."""
    words = fold(name).replace(".", "").replace(",", " ").split()
    return " ".join(word for word in words if word not in _FORMS) or fold(name)
