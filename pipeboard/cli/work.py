"""The verbs of the daily work on a deal: next, log, note, answer, snooze."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeboard.cli.arguments import Parser, read_stdin
from pipeboard.cli.call import Call
from pipeboard.cli.verbs import (
    last_word,
    takes,
    takes_all,
    takes_deals,
    takes_json,
    takes_seen,
    verb,
)
from pipeboard.domain import commands as c
from pipeboard.domain.dates import Direction
from pipeboard.domain.deal import TOUCH_TYPES, TRIAL_CLOSES, Answer
from pipeboard.domain.errors import BadInput
from pipeboard.domain.locales import written
from pipeboard.workspace.finding import find_deal
from pipeboard.workspace.new_deals import recycle_due


@verb(
    "next",
    "DEAL... STEP",
    "pipeboard next 142 'thu call Bob'",
    "pipeboard next 142 --done",
    more='STEP is a date and words: "thu call Bob", "call Bob every 2w".',
)
@takes_deals
@takes("--done", action="store_true", help="the present step is done")
@takes("--outcome", metavar="TEXT", default="", help="what came of it")
@takes("--clear", action="store_true", help="take the next step away")
def next_step(call: Call) -> int:
    """What happens next; or that it happened; or that nothing is planned."""
    asked = call.arguments
    if asked.done:
        receipt = call.execute(c.CompleteNextStep(asked.outcome), call.ids(asked.words))
    elif asked.clear:
        receipt = call.execute(c.SetNextStep("", None), call.ids(asked.words))
    else:
        from pipeboard.cli import echo

        refs, step = last_word(asked.words, "deals and a step", "next")
        receipt = call.execute(c.Plan(step), call.ids(refs))
        return call.report(receipt, *map(echo.next_step, receipt.deals[:1]))
    return call.report(receipt)


def _direction(parser: Parser) -> None:
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--in", dest="direction", action="store_const", const="in", help="from them")
    way.add_argument(
        "--out", dest="direction", action="store_const", const="out", help="from us (the default)"
    )


@verb(
    "log",
    f"DEAL... {'|'.join(TOUCH_TYPES)}",
    "pipeboard log 142 call --outcome 'Wants an offer.'",
    "pipeboard log 142 email --in",
)
@takes_deals
@takes_all(_direction)
@takes("--outcome", metavar="TEXT", default="", help="what came of it")
@takes("--quote", action="store_true", help="the proposal went out with it")
@takes(
    "--trial-close",
    metavar="ANSWER",
    default="",
    help=f"their answer to a small commitment: {', '.join(TRIAL_CLOSES)}",
)
@takes("--objection", metavar="TAG", default="", help="what they had against it, as a tag")
@takes("--variant", metavar="TAG", default="", help="which way of asking was tried, as a tag")
def log(call: Call) -> int:
    """An interaction with the buyer, now."""
    asked = call.arguments
    refs, kind = last_word(asked.words, "deals and what happened", "log")
    command = c.LogTouch(
        kind,
        asked.direction or "out",
        asked.outcome,
        quote=asked.quote,
        trial_close=asked.trial_close,
        objection=asked.objection,
        variant=asked.variant,
    )
    return call.report(call.execute(command, call.ids(refs)))


@verb(
    "note",
    "DEAL... [-]",
    "pipeboard note 142 -m 'The board meets in May.'",
    "pipeboard note 142 - < call.txt",
    more="'-' behind the deals reads the note from stdin.",
)
@takes_deals
@takes("-m", "--message", metavar="TEXT", help="the note; without it: your editor")
@takes("--edit", metavar="ID", help="rewrite your note of that id, as 'show --json' tells it")
def note(call: Call) -> int:
    """A note from the command line, from stdin or from the editor; or one's own rewritten."""
    asked = call.arguments
    refs = [word for word in asked.words if word != "-"]
    from_stdin = len(refs) < len(asked.words) or asked.message == "-"
    ids = call.ids(refs)
    before = _present(call, ids) if asked.edit else ""

    def store(text: str) -> int:
        if asked.edit:
            return call.report(call.execute(c.EditNote(asked.edit, text), ids))
        return call.report(call.execute(c.AddNote(text), ids))

    if from_stdin:
        return store(read_stdin())
    if asked.message is not None:
        return store(asked.message)
    return _in_editor(call, f"note {' '.join(f'D-{one}' for one in ids)}", before, store)


def _present(call: Call, ids: Sequence[int]) -> str:
    """The words of the note that is rewritten."""
    if len(ids) != 1:
        raise BadInput("A note stands on one deal.", hint="Name that deal alone.")
    notes = call.workspace.reader.history.notes(ids[0])
    return next((note.text for note in notes if note.id == call.arguments.edit), "")


def _in_editor(call: Call, name: str, before: str, store: Callable[[str], int]) -> int:
    """A text from the editor, kept until it is stored."""
    from pipeboard.cli.editor import written

    code = written(call, name, before, ".md", store)
    if code is None:
        call.out.say("Nothing was written, so nothing was changed.")
    return code or 0


@verb(
    "answer",
    "DEAL QUESTION [TEXT]",
    "pipeboard answer 142 authority 'The CFO signs above 25k' --rating 3",
)
@takes("deal", metavar="DEAL", help="142, D-142 or part of a name")
@takes("question", metavar="QUESTION", help="its number, key or what it proves")
@takes("text", nargs="?", default="", metavar="TEXT", help="the answer; without it: your editor")
@takes("--rating", type=int, metavar="0-4", help="how good the answer is")
@takes("--evidence", metavar="TEXT", default="", help="what it rests on")
@takes("--clear", action="store_true", help="take the answer back: unknown again")
@takes_seen
@takes_json
def answer(call: Call) -> int:
    """An answer to one of the pipeline's questions, or the question open again."""
    asked = call.arguments
    deal = find_deal(call.workspace, asked.deal, call.only_pipeline)
    if asked.clear:
        if asked.text or asked.rating is not None or asked.evidence:
            raise BadInput("--clear takes the answer back; give no other.")
        return call.report(call.execute(c.AnswerQuestion(asked.question, None), [deal.id]))

    def store(text: str) -> int:
        given = Answer(text, asked.rating, asked.evidence)
        return call.report(call.execute(c.AnswerQuestion(asked.question, given), [deal.id]))

    if asked.text or asked.rating is not None or asked.evidence or not call.may_ask:
        return store(asked.text)
    question = call.documents.pipelines[deal.pipeline_id].question(asked.question)
    present = deal.answers.get(question.key) if question else None
    before = present.text if present else ""
    return _in_editor(call, f"answer {deal.ref} {asked.question}", before, store)


@verb(
    "snooze",
    "DEAL... DATE",
    "pipeboard snooze 142 +2w --reason 'Plant holidays'",
    more="The DATE 'off' wakes a deal.",
)
@takes_deals
@takes("--reason", metavar="TEXT", default="", help="why it sleeps")
def snooze(call: Call) -> int:
    """Parked until a day, or woken."""
    asked = call.arguments
    refs, day = last_word(asked.words, "deals and a date", "snooze")
    until = None if day.lower() == "off" else call.day(day, Direction.AHEAD)
    receipt = call.execute(c.Snooze(until, asked.reason), call.ids(refs))
    return call.report(receipt, f"Until {written().date(until)}." if until else "")


@verb(
    "recycle",
    "",
    "pipeboard recycle --dry-run",
    more="The board does it whenever it opens; this is for cron.",
)
@takes_json
def recycle(call: Call) -> int:
    """New leads for the lost deals whose day to try again has come."""
    return call.report(recycle_due(call.workspace, **call.once), refs=True)
