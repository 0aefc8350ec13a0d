"""The verbs of the daily work on a deal: next, log, note, answer, snooze, contact,
term, tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import TypeVar

from pipeboard.cli.arguments import Parser, number, read_stdin
from pipeboard.cli.call import Call
from pipeboard.cli.verbs import (
    last_word,
    takes,
    takes_all,
    takes_deal,
    takes_deals,
    takes_json,
    takes_seen,
    verb,
)
from pipeboard.domain import commands as c
from pipeboard.domain.criteria import ROLES
from pipeboard.domain.dates import Direction
from pipeboard.domain.deal import TOUCH_TYPES, TRIAL_CLOSES, Answer, Contact, Deal, Term
from pipeboard.domain.deciding import verb_of
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.text import did_you_mean, fold, key_named, quoted
from pipeboard.workspace.new_deals import recycle_due
from pipeboard.workspace.recording import Receipt, retried


@verb(
    "next",
    "DEAL... STEP",
    "pipeboard next 142 'thu call Bob'",
    "pipeboard next 142 --done",
    more='STEP is a date and words: "thu call Bob", "call Bob every 2w".',
)
@takes_deals
@takes("--done", action="store_true", help="the present step is done")
@takes("-m", "--outcome", metavar="TEXT", default="", help="what came of it")
@takes("--clear", action="store_true", help="take the next step away")
def next_step(call: Call) -> int:
    """What happens next; or that it happened; or that nothing is planned."""
    asked = call.arguments
    if asked.outcome and not asked.done:
        raise BadInput(
            "--outcome tells what came of the step that is done.", hint="Add --done, or use log."
        )
    if asked.done and asked.clear:
        raise BadInput(
            "A step is done or taken away, not both.", hint="Leave out --done, or --clear."
        )
    if asked.done:
        receipt = call.execute(c.CompleteNextStep(asked.outcome), call.ids(asked.words))
    elif asked.clear:
        receipt = call.execute(c.SetNextStep("", None), call.ids(asked.words))
    else:
        from pipeboard.cli import echo

        refs, step = last_word(call, "a step", "next")
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
@takes("-m", "--outcome", metavar="TEXT", default="", help="what came of it")
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
    refs, kind = last_word(call, "what happened", "log")
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
    if len(refs) < len(asked.words) and asked.message not in (None, "-"):
        raise BadInput(
            "The note comes from -m or from stdin, not from both.", hint="Leave out -m, or the -."
        )
    ids = call.ids(refs)
    before = _present(call, ids) if asked.edit else ""

    def store(text: str) -> int:
        command = c.EditNote(asked.edit, text) if asked.edit else c.AddNote(text)
        return call.report(call.execute(command, ids))

    if from_stdin:
        return store(read_stdin())
    if asked.message is not None:
        return store(asked.message)
    from pipeboard.cli.editor import in_editor

    name = f"note {' '.join(f'D-{one}' for one in ids)}"
    return in_editor(call, name, before, ".md", store, unchanged=_UNCHANGED)


def _present(call: Call, ids: Sequence[int]) -> str:
    """The words of the note that is rewritten."""
    if len(ids) != 1:
        raise BadInput("A note stands on one deal.", hint="Name that deal alone.")
    notes = call.workspace.reader.history.notes(ids[0])
    return next((note.text for note in notes if note.id == call.arguments.edit), "")


_UNCHANGED = "Nothing was written, so nothing was changed."


@verb(
    "answer",
    "DEAL QUESTION [TEXT]",
    "pipeboard answer 142 authority 'The CFO signs above 25k' --rating 3",
)
@takes_deal
@takes("question", metavar="QUESTION", help="its number, key or what it proves")
@takes("text", nargs="?", default="", metavar="TEXT", help="the answer; without it: your editor")
@takes("--rating", type=number(0, 4), metavar="0-4", help="how good the answer is")
@takes("--evidence", metavar="TEXT", default="", help="what it rests on")
@takes("--clear", action="store_true", help="take the answer back: unknown again")
@takes_seen
@takes_json
def answer(call: Call) -> int:
    """An answer to one of the pipeline's questions, or the question open again."""
    asked = call.arguments
    deal = call.deal(asked.deal)
    if asked.clear:
        if asked.text or asked.rating is not None or asked.evidence:
            raise BadInput("--clear takes the answer back; give no other.")
        return call.report(call.execute(c.AnswerQuestion(asked.question, None), [deal.id]))

    def store(text: str, shown: Sequence[Deal] = ()) -> int:
        given = Answer(text, asked.rating, asked.evidence)
        return call.report(call.execute(c.AnswerQuestion(asked.question, given), [deal.id], shown))

    if asked.text or asked.rating is not None or asked.evidence or not call.may_ask:
        return store(asked.text)
    question = call.documents.pipelines[deal.pipeline_id].question(asked.question)
    present = deal.answers.get(question.key) if question else None
    before = present.text if present else ""
    from pipeboard.cli.editor import in_editor

    name = f"answer {deal.ref} {asked.question}"
    return in_editor(
        call, name, before, ".md", lambda text: store(text, (deal,)), unchanged=_UNCHANGED
    )


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
    refs, day = last_word(call, "a date", "snooze")
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


# People, terms and the checklist of a deal.


T = TypeVar("T", Contact, Term)
_REACH = ("role", "title", "phone", "email")
_SIDES = ("ours", "theirs", "agreed")


@verb(
    "contact",
    "DEAL NAME",
    "pipeboard contact 142 'Mika Laine' --role decision_maker --phone '+358 40 555'",
)
@takes_deal
@takes_seen
@takes("name", metavar="NAME", help="the person, known or new")
@takes("--role", metavar="ROLE", help=f"one of {', '.join(ROLES)}")
@takes("--title", metavar="TEXT", help="what they are at their company")
@takes("--phone", metavar="NUMBER", help="their telephone")
@takes("--email", metavar="ADDRESS", help="their e-mail")
@takes("--remove", action="store_true", help="take them off the deal")
@takes_json
def contact(call: Call) -> int:
    """A person of the deal: added, changed in what is given, or taken away."""

    def change(deal: Deal) -> c.Command:
        typed = Contact(call.arguments.name)
        return c.SetContact(*_changed(call, deal.contacts, typed, attrgetter("name"), _REACH))

    return _resting_on_deal(call, c.SetContact, change)


@verb("term", "DEAL TERM", "pipeboard term 142 Payment --ours '30 days' --theirs '60 days'")
@takes_deal
@takes_seen
@takes("item", metavar="TERM", help="what is negotiated: payment, delivery")
@takes("--ours", metavar="TEXT", help="our position")
@takes("--theirs", metavar="TEXT", help="their position")
@takes("--agreed", metavar="TEXT", help="what was agreed")
@takes("--remove", action="store_true", help="take it off the sheet")
@takes_json
def term(call: Call) -> int:
    """A line of the terms sheet: added, changed in what is given, or taken away."""

    def change(deal: Deal) -> c.Command:
        typed = Term(call.arguments.item)
        return c.SetTerm(*_changed(call, deal.terms, typed, attrgetter("item"), _SIDES))

    return _resting_on_deal(call, c.SetTerm, change)


def _resting_on_deal(call: Call, kind: type[c.Command], change: Callable[[Deal], c.Command]) -> int:
    """A change of that kind that rests on what stands on the deal, and nobody comes between."""

    def carried_out() -> Receipt:
        done = retried(call.workspace, call.arguments.token, verb_of(kind))
        if done is not None:
            return done
        deal = call.deal(call.arguments.deal)
        return call.execute(change(deal), [deal.id])

    return call.report(call.at_once(carried_out))


def _changed(
    call: Call, lines: Mapping[str, T], typed: T, name_of: Callable[[T], str], fields: Sequence[str]
) -> tuple[str, T | None]:
    """The key of what is called as was `typed`, "" where it is new, and what becomes of it: None
    takes it off the deal. An empty text empties a field."""
    name, names = name_of(typed), {key: name_of(line) for key, line in lines.items()}
    key = key_named(name, names)
    if not call.arguments.remove:
        given = {field: getattr(call.arguments, field) for field in fields}
        changes = {field: text for field, text in given.items() if text is not None}
        return key, replace(lines.get(key, typed), **changes)
    if not key:
        known = f"There are: {', '.join(names.values())}." if names else "It has none."
        raise NotFound(
            f"There is no {quoted(name)} on this deal.",
            hint=did_you_mean(name, list(names.values())) or known,
        )
    return key, None


@verb("tick", "DEAL ITEM", "pipeboard tick 142 Goals")
@takes_deal
@takes_seen
@takes("item", metavar="ITEM", help="its number, or part of its words")
@takes("--clear", action="store_true", help="not done after all")
@takes_json
def tick(call: Call) -> int:
    """An item of the checklist of the deal's stage, ticked or cleared."""

    def change(deal: Deal) -> c.Command:
        stage = call.documents.pipelines[deal.pipeline_id].stage(deal.stage_id)
        item = _item(call.arguments.item, stage.checklist, stage.name)
        return c.Check(stage.id, item, not call.arguments.clear)

    return _resting_on_deal(call, c.Check, change)


def _item(text: str, checklist: tuple[str, ...], stage: str) -> str:
    """The item meant by a number from 1 or by part of its words."""
    if text.isdigit() and 1 <= int(text) <= len(checklist):
        return checklist[int(text) - 1]
    found = [item for item in checklist if fold(text) in fold(item)]
    exact = [item for item in found if fold(item) == fold(text)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    raise NotFound(
        f"{stage} has no checklist item {quoted(text)}."
        if not found
        else f"{quoted(text)} could be {', '.join(found)}.",
        hint=f"There are: {', '.join(checklist)}." if checklist else "Its checklist is empty.",
    )
