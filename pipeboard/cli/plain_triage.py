"""triage --plain: the queue line by line, for screen readers and dumb terminals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE
from pipeboard.domain import commands as c
from pipeboard.domain.dates import Direction, format_day, parse_date
from pipeboard.domain.deal import DIRECTIONS, Deal, Loss
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.queue import Queued, Round
from pipeboard.domain.text import quoted

if TYPE_CHECKING:
    from pipeboard.store.reading.day import DayReader
    from pipeboard.workspace.recording import Receipt

HELP = """\
next thu call Bob   the next step          done what came of it   the step is done
log call in words   an interaction         note words             a note
snooze 1w why       asleep until a day     keep                   the plan is good as it is
lose price why      lost                   win 40k                won
give bo words       to another rep         undo                   the last change back
Enter skips, back goes back, quit ends."""


def walk(call: Call, day: DayReader) -> int:
    """One deal at a time until the queue is done or the person has enough."""
    walked = Round(list(day.ids()))
    outlet.message(f"{len(walked.ids)} deals wait. 'help' tells the words.")
    while (deal_id := walked.current) is not None:
        waiting = day.place(deal_id)
        if waiting is None:
            walked.ids.pop(0)
            continue
        _tell(call, waiting, len(walked.ids))
        if not _handle(call, walked, waiting):
            break
    due = day.next_due()
    call.out.say(walked.summary(format_day(due, call.workspace.today) if due else ""))
    return DONE


def _tell(call: Call, waiting: Queued, left: int) -> None:
    deal, today = waiting.deal, call.workspace.today
    stage = call.documents.pipelines[deal.pipeline_id].stage(deal.stage_id)
    value = f", {deal.value}" if deal.value else ""
    call.out.line("")
    call.out.line(f"{left} left. {deal.ref} {deal.name}: {deal.title}{value}, {stage.name}.")
    call.out.line(f"Why: {waiting.place}.")
    if deal.next_step:
        step = deal.next_step
        when = format_day(step.due, today) if step.due else "no day"
        call.out.line(f"Next step: {when} {step.words}".rstrip() + ".")
    for note in call.workspace.reader.notes(deal.id)[:1]:
        call.out.line(f"Last note, {note.author}: {note.text.splitlines()[0]}")
    for touch in call.workspace.reader.touches(deal.id)[:1]:
        said = f": {touch.outcome.splitlines()[0]}" if touch.outcome else ""
        call.out.line(f"Last touch: {touch.type} {touch.direction}".rstrip() + said)
    person = next(iter(deal.contacts.values()), None)
    if person:
        reached = ", ".join(filter(None, (person.phone, person.email)))
        call.out.line(f"Whom to call: {person.name}{f', {reached}' if reached else ''}.")


def _handle(call: Call, walked: Round, waiting: Queued) -> bool:
    """What the person wants of a deal; False where they have enough."""
    while True:
        outlet.message("> ", end="")
        line = sys.stdin.readline()
        word, _, rest = line.strip().partition(" ")
        word = word.lower()
        if word in ("quit", "q") or not line:
            return False
        if word in ("", "skip"):
            is_second_time = waiting.deal.id in walked.skipped
            walked.go_on(handled=False)
            return not is_second_time
        if word == "back":
            walked.back()
            return True
        if word in ("help", "?"):
            outlet.message(HELP)
        elif _carried_out(call, word, rest.strip(), waiting.deal) and word != "note":
            if word != "undo":
                walked.go_on(handled=True)
            return True


def _carried_out(call: Call, word: str, rest: str, deal: Deal) -> bool:
    """Whether what was typed was done; what came of it is said."""
    try:
        receipt = _done(call, word, rest, deal)
    except PipeboardError as error:
        outlet.message(f"{error.message} {error.hint}".strip())
        return False
    call.out.say(receipt.summary or "Nothing to change.", *receipt.notes)
    return True


def _done(call: Call, word: str, rest: str, deal: Deal) -> Receipt:
    if word == "undo":
        from pipeboard.workspace.undoing import undo_last

        return undo_last(call.workspace)
    if word == "next":
        return call.workspace.execute(c.Plan(rest), [deal.id])
    make = _COMMANDS.get(word)
    if make is None:
        raise BadInput(f"{quoted(word)} is no word here.", hint="'help' tells the words.")
    return call.workspace.execute(make(call, rest, deal), [deal.id])


def _log(call: Call, rest: str, deal: Deal) -> c.Command:
    kind, _, more = rest.partition(" ")
    way, _, outcome = more.strip().partition(" ")
    if way not in DIRECTIONS:
        way, outcome = "out", more.strip()
    return c.LogTouch(kind, way, outcome)


def _snooze(call: Call, rest: str, deal: Deal) -> c.Command:
    day, _, reason = rest.partition(" ")
    return c.Snooze(parse_date(day, call.workspace.today, Direction.AHEAD), reason.strip())


def _keep(call: Call, rest: str, deal: Deal) -> c.Command:
    step = deal.next_step
    if step is None or step.due is None or step.due <= call.workspace.today:
        raise BadInput("There is no plan to keep.", hint="Say what comes next: next thu call Bob")
    return c.SetNextStep(step.text, step.due, step.every)


def _lose(call: Call, rest: str, deal: Deal) -> c.Command:
    category, _, reason = rest.partition(" ")
    return c.Lose(Loss(category, reason.strip()))


def _win(call: Call, rest: str, deal: Deal) -> c.Command:
    from pipeboard.domain.money import parse_money

    currency = call.documents.pipelines[deal.pipeline_id].currency
    return c.Win(parse_money(rest, currency) if rest else None)


def _give(call: Call, rest: str, deal: Deal) -> c.Command:
    rep, _, note = rest.partition(" ")
    return c.Assign(rep.removeprefix("@"), note.strip())


_COMMANDS: Mapping[str, Callable[[Call, str, Deal], c.Command]] = {
    "done": lambda call, rest, deal: c.CompleteNextStep(rest),
    "log": _log,
    "note": lambda call, rest, deal: c.AddNote(rest),
    "snooze": _snooze,
    "keep": _keep,
    "lose": _lose,
    "win": _win,
    "give": _give,
}
