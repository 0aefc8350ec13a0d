"""Ready-made pipelines from the field's usual ones (`capabilities.md` A1)."""

from __future__ import annotations

from dataclasses import replace

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.errors import NotFound
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Category, Pipeline, Question, Stage, StageKind
from pipeboard.domain.questions import SEVEN


def _stage(
    name: str,
    percent: int,
    days: int,
    idle: int,
    *,
    outcome: str,
    criteria: tuple[str, ...] = (),
    checklist: tuple[str, ...] = (),
    playbook: str = "",
    qualified: bool = False,
    category: Category = Category.PIPELINE,
    next_step: str = "",
) -> Stage:
    return Stage(
        0,
        name,
        StageKind.OPEN,
        percent * 100,
        outcome,
        days,
        idle,
        qualified,
        category,
        tuple(parse_criterion(line) for line in criteria),
        checklist,
        playbook,
        next_step,
    )


_LEAD = _stage(
    "Lead Generation",
    5,
    14,
    7,
    outcome="A person at the company has answered.",
    checklist=("Look the company up", "Find a person", "First contact"),
    playbook="Say in one sentence why you call them and not somebody else. Ask for ten minutes.",
    next_step="first call",
)
_QUALIFICATION = _stage(
    "Lead Qualification",
    15,
    14,
    7,
    outcome="Need, timeline, authority and budget are known; or the deal is lost early.",
    criteria=("answer need", "answer timeline", "answer authority"),
    checklist=("Ask the seven questions", "Name who signs"),
    playbook=(
        "Listen. A lead that does not qualify costs least today: lose it, with a date to return."
    ),
    next_step="qualification call",
)
_NEEDS = _stage(
    "Needs Assessment",
    30,
    21,
    10,
    outcome="Both sides would write down the same problem and the same goal.",
    checklist=("Pain points", "Goals", "Competitors", "Decision process"),
    playbook="Open questions, their words. Repeat what you heard and ask what is missing.",
    qualified=True,
    next_step="demo",
)
_PROPOSAL = _stage(
    "Proposal",
    50,
    21,
    7,
    outcome="They have the offer and a day on which they will answer.",
    criteria=("value", "next step"),
    checklist=("Problem", "Solution", "Return", "Why us", "Call to action"),
    playbook="Send it in a call, not before. Leave with the date of the next one.",
    qualified=True,
    category=Category.BEST,
    next_step="walk through the offer",
)
_NEGOTIATION = _stage(
    "Negotiation",
    70,
    14,
    5,
    outcome="Terms are agreed on both sides.",
    criteria=("value",),
    checklist=("Know their limits", "Know ours", "Trade, never give"),
    playbook="Price is one term of many: delivery, payment, services. Know what you would trade.",
    qualified=True,
    category=Category.COMMIT,
    next_step="go through the open terms",
)
_CLOSING = _stage(
    "Closing",
    90,
    7,
    3,
    outcome="Signed.",
    checklist=("Contract sent", "Signer available", "Start date agreed"),
    playbook="Nothing new now. Remove what stands between them and a signature.",
    qualified=True,
    category=Category.COMMIT,
    next_step="signature",
)
_WON = Stage(0, "Won", StageKind.WON, 10_000)
_LOST = Stage(0, "Lost", StageKind.LOST, 0)

_MEETINGS = _stage(
    "Meetings",
    35,
    21,
    10,
    outcome="They have seen how it solves their problem.",
    checklist=("Agenda sent", "Questions noted", "Next meeting agreed"),
    qualified=True,
    next_step="meeting",
)

_STAGES: dict[str, tuple[Stage, ...]] = {
    "needs": (_LEAD, _QUALIFICATION, _NEEDS, _PROPOSAL, _NEGOTIATION, _CLOSING),
    "classic": (
        replace(_LEAD, name="Prospecting"),
        replace(_QUALIFICATION, name="Qualification"),
        _PROPOSAL,
        _NEGOTIATION,
        _CLOSING,
    ),
    "meetings": (
        replace(_LEAD, name="Initial Contact"),
        _QUALIFICATION,
        _MEETINGS,
        replace(_PROPOSAL, name="Proposals"),
        _CLOSING,
    ),
    "minimal": (
        _stage("Prospecting", 10, 21, 10, outcome="They want to talk.", next_step="first call"),
        _stage("Qualified", 40, 30, 10, outcome="They can buy.", qualified=True, next_step="offer"),
    ),
}
TEMPLATES = tuple(_STAGES)


def template(
    name: str,
    *,
    pipeline_name: str,
    currency: str,
    first_stage_id: int = 1,
    questions: tuple[Question, ...] = SEVEN,
) -> Pipeline:
    """A new pipeline from a template; stage ids count up from `first_stage_id`.

    What a template's gates ask for (need, timeline, authority) any of the question sets answers.
    """
    if name not in _STAGES:
        raise NotFound(
            f"No template '{name}'.",
            hint=did_you_mean(name, TEMPLATES) or f"There are: {', '.join(TEMPLATES)}.",
        )
    return _pipeline(pipeline_name, currency, _STAGES[name], first_stage_id, questions)


def from_stage_names(
    names: tuple[str, ...],
    *,
    pipeline_name: str,
    currency: str,
    first_stage_id: int = 1,
    questions: tuple[Question, ...] = SEVEN,
) -> Pipeline:
    """A pipeline of plain stages, as `import --stages A,B,C` makes it: no limits, no gates.

    The chance to win grows evenly along the stages; the last half counts as qualified.
    """
    count = len(names)
    stages = tuple(
        Stage(
            0,
            name,
            probability_bp=round(10_000 * (index + 1) / (count + 1)),
            qualified=index >= count // 2,
        )
        for index, name in enumerate(names)
    )
    return _pipeline(pipeline_name, currency, stages, first_stage_id, questions)


def _pipeline(
    name: str,
    currency: str,
    stages: tuple[Stage, ...],
    first_stage_id: int,
    questions: tuple[Question, ...],
) -> Pipeline:
    numbered = tuple(
        replace(stage, id=first_stage_id + index)
        for index, stage in enumerate((*stages, _WON, _LOST))
    )
    return Pipeline(0, name, currency, numbered, questions)
