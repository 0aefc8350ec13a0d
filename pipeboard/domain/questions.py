"""Ready-made question sets: each question with what its answer proves (`capabilities.md` A2)."""

from __future__ import annotations

from pipeboard.domain.errors import NotFound
from pipeboard.domain.near import did_you_mean
from pipeboard.domain.pipeline import Factor, Question

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

QUESTION_SETS = {"seven": SEVEN, "bant": BANT, "meddicc": MEDDICC}


def question_set(name: str) -> tuple[Question, ...]:
    """The ready-made questions of that name; `NotFound` lists the names."""
    if name not in QUESTION_SETS:
        raise NotFound(
            f"No question set '{name}'.",
            hint=did_you_mean(name, list(QUESTION_SETS))
            or f"There are: {', '.join(QUESTION_SETS)}.",
        )
    return QUESTION_SETS[name]
