"""triage --plain: the queue line by line, for screen readers and dumb terminals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING

from pipeboard import outlet
from pipeboard.cli.call import Call
from pipeboard.cli.failures import DONE, WAYS
from pipeboard.cli.folders import state_folder
from pipeboard.domain import commands as c
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import Direction, parse_date
from pipeboard.domain.deal import DIRECTIONS, Deal, Loss
from pipeboard.domain.errors import BadInput, PipeboardError
from pipeboard.domain.locales import written
from pipeboard.domain.money import parse_money
from pipeboard.domain.text import quoted
from pipeboard.workspace.triage import Triage, kept_in, kept_plan, to_ask, to_call

if TYPE_CHECKING:
    from pipeboard.domain.deal_record import DealRecord
    from pipeboard.store.reading.listing import Listing
    from pipeboard.workspace.recording import Receipt

HELP = """\
next thu call Bob   the next step          done what came of it   the step is done
log call in words   an interaction         note words             a note
snooze 1w why       asleep until a day     keep                   the plan is good as it is
lost price why      lost                   won 40k                won
move proposal       to another stage       close 19dec            the close date
give bo words       to another rep         undo                   the last change back
Enter skips, back goes back, quit ends."""


def walk(call: Call, listing: Listing) -> int:
    """One deal at a time until the queue is done or the person has enough; how far they came is
    kept for the day, unless only a part of the queue was wanted."""
    workspace = call.workspace
    kept = kept_in(state_folder(), workspace.store.database_id, workspace.me)
    whole = None if listing.filter.root else kept
    triage = Triage(workspace.reader, listing, whole, eyes=workspace.rights.eyes)
    outlet.message(f"{how_many(triage.left, 'deal waits', 'deals wait')}. 'help' tells the words.")
    while triage.record is not None:
        _tell(call, triage, triage.record)
        if not _handle(call, triage, triage.record.deal):
            break
    triage.keep()
    call.out.say(triage.summary)
    return DONE


def _tell(call: Call, triage: Triage, record: DealRecord) -> None:
    """The deal, why it is here, what to ask and whom to call, a line each."""
    deal, today, say = record.deal, call.workspace.today, call.out.line
    value = f", {written().money(deal.value)}" if deal.value else ""
    stage = record.stage
    if passed := triage.take_passed():
        call.out.say(f"{passed}.")
    say("")
    left = f"{in_figures(triage.left)} left."
    say(f"{left} {deal.ref} {deal.name}: {deal.title}{value}, {stage.name}.")
    say(f"Why: {triage.queued.place if triage.queued else 'nothing needs you here any more'}.")
    if deal.next_step:
        step = deal.next_step
        when = written().day(step.due, today) if step.due else "no day"
        say(f"Next step: {when} {step.words}".rstrip() + ".")
    for touch in record.touches[:1]:
        said = f": {touch.outcome.splitlines()[0]}" if touch.outcome else ""
        say(f"Last touch: {touch.type} {touch.direction}".rstrip() + said)
    for note in record.notes[:1]:
        say(f"Last note, {note.author}: {note.text.splitlines()[0]}")
    for question in to_ask(record, today)[:1]:
        say(f"To ask: {question}")
    for person in to_call(deal)[:1]:
        reached = ", ".join(filter(None, (person.phone, person.email)))
        say(f"Whom to call: {person.name}{f', {reached}' if reached else ''}.")


def _handle(call: Call, triage: Triage, deal: Deal) -> bool:
    """What the person wants of a deal, until another is looked at; False where they have
    enough."""
    while True:
        outlet.message("> ", end="")
        triage.effort.hear(monotonic())
        line = sys.stdin.readline()
        triage.effort.hear(monotonic())
        word, _, rest = line.strip().partition(" ")
        word = word.lower()
        if word in ("quit", "q") or not line:
            return False
        if word in ("", "skip"):
            triage.skip()
        elif word == "back":
            if not triage.back():
                outlet.message("This is where you began.")
        elif word in ("help", "?"):
            outlet.message(HELP)
        else:
            _carry_out(call, triage, word, rest.strip(), deal)
        if triage.record is None or triage.record.deal.id != deal.id:
            return True


def _carry_out(call: Call, triage: Triage, word: str, rest: str, deal: Deal) -> None:
    """Does what was typed, and says what came of it; goes on where that was enough."""
    try:
        receipt = _done(call, word, rest, deal)
    except PipeboardError as error:
        outlet.message(f"{error.message} {error.advice(WAYS)}".strip())
        return
    said = receipt.summary or "Nothing to change."
    call.out.say(said, *receipt.notes)
    if triage.note(receipt) and (lacking := triage.settle(said)):
        outlet.message(f"Still here: {', '.join(reason.text for reason in lacking)}.")


def _done(call: Call, word: str, rest: str, deal: Deal) -> Receipt:
    if word == "undo":
        from pipeboard.workspace.undoing import undo_last

        return undo_last(call.workspace)
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


def _lose(call: Call, rest: str, deal: Deal) -> c.Command:
    category, _, reason = rest.partition(" ")
    return c.Lose(Loss(category, reason.strip()))


def _win(call: Call, rest: str, deal: Deal) -> c.Command:
    currency = deal.currency_in(call.documents.pipelines[deal.pipeline_id])
    return c.Win(parse_money(rest, currency) if rest else None)


def _move(call: Call, rest: str, deal: Deal) -> c.Command:
    return c.Move(call.documents.pipelines[deal.pipeline_id].find_stage(rest).id)


def _give(call: Call, rest: str, deal: Deal) -> c.Command:
    rep, _, note = rest.partition(" ")
    return c.Assign(rep.removeprefix("@"), note.strip())


_COMMANDS: Mapping[str, Callable[[Call, str, Deal], c.Command]] = {
    "next": lambda call, rest, deal: c.Plan(rest),
    "done": lambda call, rest, deal: c.CompleteNextStep(rest),
    "log": _log,
    "note": lambda call, rest, deal: c.AddNote(rest),
    "snooze": _snooze,
    "keep": lambda call, rest, deal: kept_plan(deal, call.workspace.today),
    "close": lambda call, rest, deal: c.SetFields((f"expected_close={rest}",)),
    "move": _move,
    **dict.fromkeys(("lost", "lose"), _lose),
    **dict.fromkeys(("won", "win"), _win),
    "give": _give,
}
