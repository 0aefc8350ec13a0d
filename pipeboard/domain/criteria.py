"""Exit criteria of a stage: what must be true of a deal before it moves on, one line each.

The lines stand in a pipeline's document: `value`, `expected_close`, `field.budget`,
`answer timeline`, `rating authority >= 2`, `answers >= 4`, `contact decision_maker`,
`next step`, `checklist`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from pipeboard.domain.counts import how_many
from pipeboard.domain.deal import Deal, role_name
from pipeboard.domain.deal_fields import BY_NAME
from pipeboard.domain.errors import About as About
from pipeboard.domain.errors import BadInput, GateNotMet, Way
from pipeboard.domain.errors import Criterion as Criterion
from pipeboard.domain.errors import Unmet as Unmet
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.text import as_own_field, clean_line

FIELDS = ("value", "expected_close", "account", "owner", "source", "contact_reason")
ROLES = ("decision_maker", "champion", "user", "blocker", "other")
EXAMPLES = (
    "value, answer timeline, rating authority >= 2, answers >= 4, contact decision_maker, "
    "next step, checklist"
)


_RATING = re.compile(r"rating ([a-z0-9_]+) ?>= ?([0-4])")
_ANSWERS = re.compile(r"answers ?>= ?(\d{1,2})")


def parse_criterion(text: str) -> Criterion:
    """The criterion that a line of a pipeline's document states; `BadInput` when it states none."""
    text = as_own_field(" ".join(text.split()))
    line = text.lower()
    if line in (About.NEXT_STEP, About.CHECKLIST):
        return Criterion(About(line))
    if line in FIELDS or (line.startswith("field.") and len(line) > len("field.")):
        return Criterion(About.FIELD, text if "." in line else line)
    if found := _RATING.fullmatch(line):
        return Criterion(About.RATING, found[1], int(found[2]))
    if found := _ANSWERS.fullmatch(line):
        return Criterion(About.ANSWERS, at_least=int(found[1]))
    word, _, subject = line.partition(" ")
    if word == About.ANSWER and subject:
        return Criterion(About.ANSWER, subject)
    if word == About.CONTACT and subject in ROLES:
        return Criterion(About.CONTACT, subject)
    raise BadInput(
        f"'{text.strip()}' is no exit criterion.", hint=f"Exit criteria read like: {EXAMPLES}."
    )


def asked_to_leave(stage: Stage, pipeline: Pipeline) -> str:
    """What the criteria of a stage ask for: `Timeline answered, a decision-maker named`."""
    return ", ".join(asked_for(criterion, pipeline) for criterion in stage.criteria)


def asked_for(criterion: Criterion, pipeline: Pipeline) -> str:
    """What a criterion asks for, in words."""
    about, subject = criterion.about, criterion.subject
    question = pipeline.question(subject) if about in (About.ANSWER, About.RATING) else None
    label = question.label if question else subject
    match about:
        case About.FIELD:
            return _words(subject)
        case About.ANSWER:
            return f"{label} answered"
        case About.RATING:
            return f"{label} rated {criterion.at_least} or more"
        case About.ANSWERS:
            return f"{how_many(criterion.at_least, 'question')} answered"
        case About.CONTACT:
            return f"a {role_name(subject)} named"
        case About.NEXT_STEP:
            return "a next step with a date to come"
        case About.CHECKLIST:
            return "the checklist ticked"


def unmet_of_stage(stage: Stage, deal: Deal, pipeline: Pipeline, today: date) -> tuple[Unmet, ...]:
    """What `deal` still lacks to leave `stage` forwards, in the order of the stage's criteria."""
    return tuple(
        [
            Unmet(stage.name, criterion, text)
            for criterion in stage.criteria
            if (text := _LACKS[criterion.about](criterion, stage, deal, pipeline, today))
        ]
    )


def _of_field(criterion: Criterion, _: Stage, deal: Deal, *around: object) -> str | None:
    name = criterion.subject
    if name.startswith("field."):
        key = name.removeprefix("field.")
        return None if deal.custom(key) else f"{key} is empty"
    return None if getattr(deal, name) not in (None, "") else f"{_words(name)} is empty"


def _words(field: str) -> str:
    known = BY_NAME.get(field)
    return known.told if known and known.told else field.removeprefix("field.").replace("_", " ")


def _of_answer(
    criterion: Criterion, _: Stage, deal: Deal, pipeline: Pipeline, today: date
) -> str | None:
    question = pipeline.question(criterion.subject)
    if question is None:
        return None
    answer = deal.answers.get(question.key)
    if answer is None or not answer.is_given:
        return f"{question.label} is unanswered"
    enough = answer.rating is not None and answer.rating >= criterion.at_least
    if criterion.about is About.RATING and not enough:
        stands = "unknown" if answer.rating is None else str(answer.rating)
        return f"{question.label} is rated {stands}, needs {criterion.at_least}"
    return None


def _of_answers(
    criterion: Criterion, _: Stage, deal: Deal, pipeline: Pipeline, today: date
) -> str | None:
    given = len(deal.answered(pipeline))
    if given >= criterion.at_least:
        return None
    return f"{given} of the {criterion.at_least} answers needed"


def _of_contact(criterion: Criterion, _: Stage, deal: Deal, *around: object) -> str | None:
    if any(contact.role == criterion.subject for contact in deal.contacts.values()):
        return None
    return f"no {role_name(criterion.subject)} named"


def _of_step(_: Criterion, stage: Stage, deal: Deal, pipeline: Pipeline, today: date) -> str | None:
    step = deal.next_step
    if step is not None and step.due is not None and step.due >= today:
        return None
    return "no next step with a date to come"


def _of_ticks(_: Criterion, stage: Stage, deal: Deal, *around: object) -> str | None:
    open_items = [item for item in stage.checklist if not deal.is_checked(stage.id, item)]
    return f"checklist: {', '.join(open_items)}" if open_items else None


_LACKS: Mapping[About, Callable[[Criterion, Stage, Deal, Pipeline, date], str | None]] = {
    About.FIELD: _of_field,
    About.ANSWER: _of_answer,
    About.RATING: _of_answer,
    About.ANSWERS: _of_answers,
    About.CONTACT: _of_contact,
    About.NEXT_STEP: _of_step,
    About.CHECKLIST: _of_ticks,
}
"""What a deal lacks of each kind of criterion, in words; None where it lacks nothing."""


# The gate: the one function that every move of a deal passes, wherever it comes from.

SHORTEST_REASON = 3


def unmet(
    deal: Deal, pipeline: Pipeline, target_id: int, today: date, from_id: int | None = None
) -> tuple[Unmet, ...]:
    """What the deal lacks to get to `target_id`, in the order of the stages it would leave behind,
    from the stage that it is in or another.

    A move forwards passes the exit criteria of the deal's stage and of each stage it skips, what
    several of them ask for in the words of the first; a move back, a loss and an archived or closed
    deal pass none.
    """
    target = pipeline.stage(target_id)
    if target is pipeline.lost:
        return ()
    lacking: dict[tuple[Criterion, str], Unmet] = {}
    for stage in pipeline.stages_between(from_id or deal.stage_id, target_id):
        for lack in unmet_of_stage(stage, deal, pipeline, today) if stage.criteria else ():
            # What is ticked off is another list for each stage; all else is asked for once.
            of = stage.name if lack.criterion.about is About.CHECKLIST else ""
            lacking.setdefault((lack.criterion, of), lack)
    return tuple(lacking.values())


def gate_ahead(deal: Deal, pipeline: Pipeline, today: date) -> tuple[Stage, tuple[Unmet, ...]]:
    """The stage that an open deal goes on to, and what it still lacks for that."""
    lacking = unmet_of_stage(pipeline.stage(deal.stage_id), deal, pipeline, today)
    return pipeline.after(deal.stage_id), lacking


def pass_gate(
    deal: Deal, pipeline: Pipeline, target: Stage, today: date, override: str
) -> tuple[str, ...]:
    """What is missing and overridden; `GateNotMet` where something is and no reason is given."""
    lacking = unmet(deal, pipeline, target.id, today)
    if not lacking:
        return ()
    if not override:
        raise GateNotMet(
            f"{deal.ref} {deal.name} is not moved to {target.name}: {summary(lacking)}.",
            target=target.name,
            unmet=lacking,
            deal_id=deal.id,
            hint="Answer what is missing, lose the deal, or override with a reason.",
            way=Way.OVERRIDE,
        )
    if len(clean_line(override, field="reason")) < SHORTEST_REASON:
        raise BadInput(
            "An override needs a reason in words.", hint='For example: "signed already".'
        )
    return tuple([lack.text for lack in lacking])


def summary(lacking: Sequence[Unmet]) -> str:
    """What is missing in one line, each stage named once."""
    by_stage: dict[str, list[str]] = {}
    for lack in lacking:
        by_stage.setdefault(lack.stage, []).append(lack.text)
    return "; ".join(f"{stage} asks: {', '.join(texts)}" for stage, texts in by_stage.items())
