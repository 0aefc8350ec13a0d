"""Ready-made pipelines from the field's usual ones."""

from __future__ import annotations

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.errors import NotFound
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind
from pipeboard.domain.text import did_you_mean

# Ready-made question sets: each question with what its answer proves.

SEVEN = (
    Question(
        "need",
        "Need",
        "What problem are you trying to solve?",
        "No problem, no purchase: everything else rests on this.",
        "A problem in their words, with a number that hurts.",
        (Factor.NEED,),
    ),
    Question(
        "trigger",
        "Trigger",
        "What has prompted you to solve it now?",
        "An old problem without a trigger stays an old problem.",
        "An event with a date: an audit, a loss, a new boss, a contract that ends.",
        (Factor.NEED,),
    ),
    Question(
        "consequence",
        "Consequence",
        "What happens if it is not solved?",
        "Doing nothing is the strongest competitor.",
        "A cost that they can name and that somebody answers for.",
        (Factor.NEED,),
    ),
    Question(
        "timeline",
        "Timeline",
        "By when do you look to have it in place?",
        "A date of theirs makes a close date honest.",
        "A day that something depends on, and the steps before it.",
        (Factor.TIMELINE,),
    ),
    Question(
        "authority",
        "Authority and budget",
        "Who needs to sign off on the budget?",
        "Whoever signs is in the deal, known to us or not.",
        "Name and limit of the signer, the sum set aside, one step that you have seen.",
        (Factor.AUTHORITY, Factor.BUDGET),
    ),
    Question(
        "stake",
        "Personal stake",
        "What do you personally gain or lose if it is, or is not, solved?",
        "People carry deals; a champion has something at stake.",
        "Something of their own: a target, time, a reputation.",
        (Factor.INTEREST,),
    ),
    Question(
        "fit",
        "Fit",
        "From what we have discussed, does our solution solve this for you?",
        "Asks for the first small yes, and brings doubts out early.",
        "A yes with their reason, or the doubt that is left.",
        (Factor.FIT,),
    ),
)

MEDDICC = (
    Question(
        "metrics",
        "Metrics",
        "Which figures will show that this was worth it?",
        "A figure of theirs carries the business case.",
        "Today's figure, the wanted one, and who measures it.",
        (Factor.NEED,),
    ),
    Question(
        "economic_buyer",
        "Economic buyer",
        "Who can spend this money without asking?",
        "Everybody else can only say no.",
        "A name, their limit, and that you have talked.",
        (Factor.AUTHORITY, Factor.BUDGET),
    ),
    Question(
        "decision_criteria",
        "Decision criteria",
        "What will you compare offers by?",
        "Criteria that you have not shaped were shaped by somebody else.",
        "Their list, in order, in writing.",
        (Factor.FIT,),
    ),
    Question(
        "decision_process",
        "Decision process",
        "Which steps lead to a decision, and when?",
        "Steps give the close date a ground.",
        "Each step with a person and a day.",
        (Factor.TIMELINE,),
    ),
    Question(
        "pain",
        "Identified pain",
        "What hurts, whom, and how much?",
        "Pain makes urgency.",
        "A cost and a person who feels it.",
        (Factor.NEED,),
    ),
    Question(
        "champion",
        "Champion",
        "Who sells this for us when we are not in the room?",
        "Without one, the meeting goes on without us.",
        "A person with influence and a stake, tested once.",
        (Factor.INTEREST,),
    ),
    Question(
        "competition",
        "Competition",
        "Who else is being looked at, doing nothing included?",
        "A rival unknown is a rival unanswered.",
        "Names, and where each is strong.",
        (),
    ),
)

BANT = (
    Question(
        "budget",
        "Budget",
        "What has been set aside for this, and by whom?",
        "Money that nobody has set aside is a wish.",
        "A sum, the period it belongs to, and who can release it.",
        (Factor.BUDGET,),
    ),
    Question(
        "authority",
        "Authority",
        "Who signs, and who can stop it?",
        "Whoever signs is in the deal, known to us or not.",
        "Name and limit of the signer, and one step of theirs that you have seen.",
        (Factor.AUTHORITY,),
    ),
    SEVEN[0],
    SEVEN[3],
)

SCREEN = (
    Question(
        "sale",
        "A real sale",
        "What says that this can end in a purchase?",
        "Interest alone buys nothing; whoever only looks round costs the time of others.",
        "They have bought something like it before, or have said what they would need to.",
    ),
    Question(
        "match",
        "A need we meet",
        "Which need of theirs do we meet?",
        "What we do not solve, we do not sell.",
        "One of the problems that we are known to solve, in their words.",
    ),
    Question(
        "bracket",
        "The right bracket",
        "What do they usually spend on a thing like this?",
        "A price out of reach is found out last, when it has cost most.",
        "A sum, or what they pay today.",
    ),
)
"""The fast screen, in front of another set: what the first stage asks of every lead."""

QUESTION_SETS = {"seven": SEVEN, "bant": BANT, "meddicc": MEDDICC, "screen": SCREEN}


def question_set(names: str) -> tuple[Question, ...]:
    """The ready-made questions of that name, or of several: `screen,seven`; `NotFound` lists the
    names."""
    found = {one.key: one for name in names.split(",") for one in _questions(name.strip())}
    return tuple(found.values())


def _questions(name: str) -> tuple[Question, ...]:
    if name not in QUESTION_SETS:
        raise NotFound(
            f"No question set '{name}'.",
            hint=did_you_mean(name, list(QUESTION_SETS))
            or f"There are: {', '.join(QUESTION_SETS)}.",
        )
    return QUESTION_SETS[name]


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
    screen = [f"answer {one.key}" for one in SCREEN if one in questions]
    first = replace(stages[0], criteria=(*map(parse_criterion, screen), *stages[0].criteria))
    stages = (first, *stages[1:])
    numbered = tuple(
        replace(stage, id=first_stage_id + index)
        for index, stage in enumerate((*stages, _WON, _LOST))
    )
    return Pipeline(0, name, currency, numbered, questions)
