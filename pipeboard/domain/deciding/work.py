"""Deciding the work on a deal: next step, snooze, answers, notes, touches."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import must_lie_ahead, next_time, parse_step
from pipeboard.domain.deal import (
    DIRECTIONS,
    HANDOVER,
    NOTHING,
    TOUCH_TYPES,
    TRIAL_CLOSES,
    Ask,
    Deal,
    NextStep,
    Note,
    Touch,
)
from pipeboard.domain.deciding import edits
from pipeboard.domain.deciding.edits import clean_answer
from pipeboard.domain.deciding.moves import BACK_FIRST, REOPEN_FIRST, touched
from pipeboard.domain.deciding.rules import Telling, rule
from pipeboard.domain.errors import BadInput, Conflict, NotFound, Refused, SoAlready, Way
from pipeboard.domain.events import Event, EventFacts, Kind, change_to, changing, part_texts
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.people import mentioned
from pipeboard.domain.text import LIMITS, clean_line, clean_tag, clean_text, did_you_mean

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values


_MOST_SAID = 120


def _must_be_workable(deal: Deal, what: str) -> None:
    if not deal.is_open:
        raise Refused(
            f"{deal.ref} {deal.name} is {deal.status}: {what}.",
            hint=REOPEN_FIRST if deal.archived_at is None else BACK_FIRST,
            way=Way.REOPEN if deal.archived_at is None else Way.UNARCHIVE,
        )


def _assigned(command: c.Assign, told: Telling) -> str:
    note = " ".join(clean_text(command.note, field="note for the new owner").split())
    said = f": {note[:_MOST_SAID]}{'…' if len(note) > _MOST_SAID else ''}" if note else ""
    return f"{told.whom} now with {told.deals[0].owner or 'nobody'}{said}."


@rule(c.Assign, "assign", _assigned)
def assign(command: c.Assign, deal: Deal, context: c.Context) -> list[Event]:
    """Another owner; what is said to them stands among the touches, and is none to a clock."""
    events = edits.edit(c.Edit({"owner": command.rep}, command.new_rep), deal, context)
    note = clean_text(command.note, field="note for the new owner")
    if events and note:
        touch = Touch(context.new_id(), HANDOVER, "", note, context.actor, context.at)
        facts: EventFacts = {"touch": part_texts(touch)}
        events.append(touched(deal, touch.at, facts, touch.direction))
    return events


def taken_up(events: list[Event], deal: Deal, context: c.Context) -> list[Event]:
    """The same events, the first of them also saying that the deal is no news any more.

    A plan that stays as it is takes a deal up as well: it was looked at and found good.
    """
    after: dict[str, FieldValue] = {}
    if context.actor in deal.asks:
        after[f"asks.{context.actor}"] = None
    if deal.given_by and context.actor == deal.owner:
        after["given_by"] = ""
    if deal.has_woken(context.today):
        after |= {"snoozed_until": None, "snooze_reason": ""}
    if events:
        return _with(after, events, deal)
    return [change_to(deal, Kind.EDITED, context.at, after)] if after else []


def answered(events: list[Event], deal: Deal, context: c.Context) -> list[Event]:
    """The same events, the first also saying that what was asked of whoever acts is answered."""
    asked = context.actor in deal.asks
    return _with({f"asks.{context.actor}": None}, events, deal) if asked else events


def _with(after: Values, events: list[Event], deal: Deal) -> list[Event]:
    """The events, the first of which changes more."""
    if not after:
        return events
    first = events[0]
    more = change_to(deal, first.kind, first.at, {**after, **first.after}, first.facts)
    return [more, *events[1:]]


@rule(c.AskRep, "ask", lambda ask, told: f"Asked @{ask.rep} on {told.whom}: {ask.text}.")
def ask_rep(command: c.AskRep, deal: Deal, context: c.Context) -> list[Event]:
    """Something is wanted of a rep who is at work."""
    _must_be_workable(deal, "nothing is to be done on it")
    if command.rep not in context.reps:
        raise NotFound(
            f"There is no rep {command.rep} at work.",
            hint=did_you_mean(command.rep, context.reps) or "See 'pipeboard rep list'.",
        )
    if not context.sees(command.rep, deal.owner):
        raise Refused(
            f"@{command.rep} does not see {deal.ref} {deal.name}, and would never hear of it.",
            hint="Ask somebody who sees it, or give them the deal.",
            way=Way.ASSIGN,
        )
    text = clean_line(command.text, field="next step")
    if not text:
        raise BadInput("Say what they are to do.")
    ask = Ask(text, context.actor, command.due)
    return changing(deal, Kind.ASKED, context.at, {f"asks.{command.rep}": ask})


def _planned(_: object, told: Telling) -> str:
    return f"Set: {told.whom} › {told.next_step}."


@rule(c.SetNextStep, "next", _planned, takes_up=True)
def set_next_step(command: c.SetNextStep, deal: Deal, context: c.Context) -> list[Event]:
    """Another next step, or none."""
    _must_be_workable(deal, "it has no next step")
    text = clean_line(command.text, field="next step")
    step = NextStep(text, command.due, command.every) if text or command.due else None
    after: dict[str, FieldValue] = {"next_step": step}
    if step is not None and deal.snoozed_until is not None:
        after |= {"snoozed_until": None, "snooze_reason": ""}
    return changing(deal, Kind.NEXT_STEP, context.at, after)


@rule(c.Plan, "next", _planned, takes_up=True)
def plan(command: c.Plan, deal: Deal, context: c.Context) -> list[Event]:
    """The next step as it is typed: its day first or last, how often it recurs last."""
    typed = "" if command.typed.strip() in ("-", "none") else command.typed
    step = parse_step(typed, context.today)
    return set_next_step(c.SetNextStep(step.text, step.due, step.every), deal, context)


@rule(c.Reschedule, "next", _planned, takes_up=True)
def reschedule(command: c.Reschedule, deal: Deal, context: c.Context) -> list[Event]:
    """Another day for what happens next."""
    step = deal.next_step or NextStep("")
    again = c.SetNextStep(step.text or command.usual, command.due, step.every)
    return set_next_step(again, deal, context)


def _done(_: object, told: Telling) -> str:
    days = [deal.next_step.due for deal in told.deals if deal.next_step and deal.next_step.due]
    again = f"; again {told.day(min(days))}" if len(days) == len(told.deals) else ""
    return f"Done: the next step of {told.whom}{again}."


@rule(c.CompleteNextStep, "done", _done, takes_up=True)
def complete_next_step(command: c.CompleteNextStep, deal: Deal, context: c.Context) -> list[Event]:
    """The step is done, which is a touch; one that recurs comes again, else what comes next is
    asked elsewhere."""
    _must_be_workable(deal, "it has no next step")
    if deal.next_step is None:
        raise Refused(
            f"{deal.ref} {deal.name} has no next step to complete.", hint="Set one.", way=Way.PLAN
        )
    done = c.StepDone(deal.next_step, command.outcome, context.at)
    return [step_done(done, deal, next_time(deal.next_step, context.today))]


def step_done(done: c.StepDone, deal: Deal, again: NextStep | None = None) -> Event:
    """A step as it was done, here or elsewhere, and what comes of it `again`."""
    facts: EventFacts = {
        "step": part_texts(done.step),
        "outcome": clean_line(done.outcome, field="outcome"),
    }
    after: Values = {
        "next_step": again,
        "last_touch_at": max(done.at, deal.last_touch_at or done.at),
    }
    return change_to(deal, Kind.STEP_DONE, done.at, after, facts)


def _snoozed(command: c.Snooze, told: Telling) -> str:
    until = command.until
    return f"Snoozed {told.whom} until {told.day(until)}." if until else f"Woke {told.whom}."


@rule(c.Snooze, "snooze", _snoozed, takes_up=True)
def snooze(command: c.Snooze, deal: Deal, context: c.Context) -> list[Event]:
    """Parked until a day to come, or woken."""
    _must_be_workable(deal, "it cannot be snoozed")
    if command.until is None and deal.snoozed_until is None:
        raise SoAlready(f"{deal.ref} {deal.name} is not snoozed.")
    if command.until is not None:
        must_lie_ahead(command.until, context.today)
    reason = clean_line(command.reason, field="reason") if command.until else ""
    after = {"snoozed_until": command.until, "snooze_reason": reason}
    return changing(deal, Kind.SNOOZED, context.at, after)


def _answered(command: c.AnswerQuestion, told: Telling) -> str:
    label = told.question(command.question)
    if command.answer is None:
        return f"{label} of {told.whom} is open again."
    return f"Answered {label} of {told.whom}."


@rule(c.AnswerQuestion, "answer", _answered)
def answer(command: c.AnswerQuestion, deal: Deal, context: c.Context) -> list[Event]:
    """An answer to one of the pipeline's questions; the one before stays in the history."""
    question = context.pipeline.question(command.question)
    if question is None:
        keys = [known.key for known in context.pipeline.questions]
        raise NotFound(
            f"{context.pipeline.name} has no question '{command.question}'.",
            hint=did_you_mean(command.question, keys) or f"Its questions: {', '.join(keys)}.",
        )
    given = command.answer
    if given is not None:
        given = clean_answer(
            replace(given, by=given.by or context.actor, at=given.at or context.at)
        )
    return changing(deal, Kind.ANSWERED, context.at, {f"answers.{question.key}": given})


@rule(c.AddNote, "note", lambda _, told: f"Noted on {told.whom}.")
def add_note(command: c.AddNote, deal: Deal, context: c.Context) -> list[Event]:
    """A note is appended; each rep that it names with @ is asked by it, where the deal is open and
    they see it."""
    note = Note(command.id or context.new_id(), command.text, context.signature, context.at)
    events = [noted(note)]
    if deal.is_open:
        named = (rep for rep in mentioned(note.text, context.reps) if rep != context.actor)
        asked = [rep for rep in named if context.sees(rep, deal.owner)]
        words = clean_line(note.text[: LIMITS["ask"]], field="next step")
        after: dict[str, FieldValue] = {f"asks.{rep}": Ask(words, context.actor) for rep in asked}
        events += changing(deal, Kind.ASKED, context.at, after)
    return events


def noted(note: Note) -> Event:
    """A note as it was written, here or elsewhere."""
    text = _words_of_note(note.text)
    return Event(Kind.NOTE, note.at, facts={"note": part_texts(replace(note, text=text))})


def _words_of_note(text: str) -> str:
    if clean := clean_text(text, field="note"):
        return clean
    raise BadInput("A note needs words.")


@rule(c.EditNote, "note", lambda _, told: f"Changed a note on {told.whom}.")
def edit_note(command: c.EditNote, deal: Deal, context: c.Context) -> list[Event]:
    """One's own note rewritten; the old words stay in the history."""
    note = next((note for note in context.notes(deal.id) if note.id == command.note_id), None)
    if note is None:
        raise NotFound("There is no such note.")
    if command.before is not None and note.text != command.before:
        raise Conflict(
            f"The note on {deal.ref} was rewritten meanwhile.",
            hint="Look at it as it is now, then repeat.",
            details={"deal": deal.ref, "by": note.author, "fields": ["note"], "theirs": note.text},
        )
    if note.author not in (context.actor, context.author):
        raise Refused(
            f"The note is {note.author}'s; only they can change it.",
            hint="Add a note of your own.",
        )
    text = _words_of_note(command.text)
    if text == note.text:
        return []
    facts: EventFacts = {"id": note.id, "old": note.text, "new": text}
    return [Event(Kind.NOTE_EDITED, context.at, facts=facts)]


def _said(log: c.LogTouch, told: Telling) -> str:
    touch = f"{'an' if log.type == 'email' else 'a'} {log.type} ({log.direction})"
    return f"Logged {touch} with {told.whom}."


@rule(c.LogTouch, "log", _said, takes_up=True)
def log_touch(command: c.LogTouch, deal: Deal, context: c.Context) -> list[Event]:
    """An interaction of a known type and direction."""
    at = command.at or context.at
    touch = Touch(
        context.new_id(),
        command.type,
        command.direction,
        command.outcome,
        context.actor,
        at,
        command.objection,
        command.variant,
    )
    return [logged(touch, deal, context, _beside(command, at))]


def logged(touch: Touch, deal: Deal, context: c.Context, beside: Values = NOTHING) -> Event:
    """An interaction as it happened, here or elsewhere, and what it says of the deal `beside`."""
    is_handover = touch.type == HANDOVER
    if touch.type not in TOUCH_TYPES and not is_handover:
        raise BadInput(
            f"'{touch.type}' is no kind of touch.",
            hint=did_you_mean(touch.type, TOUCH_TYPES) or f"Known are: {', '.join(TOUCH_TYPES)}.",
        )
    if touch.direction not in DIRECTIONS and not is_handover:
        raise BadInput("A touch goes in or out.")
    if touch.at > context.at:
        raise BadInput("A touch cannot lie ahead.", hint="Set a next step instead.")
    clean = replace(
        touch,
        outcome=clean_text(touch.outcome, field="outcome"),
        objection=clean_tag(touch.objection, "objection"),
        variant=clean_tag(touch.variant, "variant"),
    )
    facts: EventFacts = {"touch": part_texts(clean)}
    return touched(deal, touch.at, facts, touch.direction, beside)


def _beside(command: c.LogTouch, at: datetime) -> dict[str, FieldValue]:
    """What an interaction says of the deal itself."""
    said: dict[str, FieldValue] = {}
    if command.quote:
        if command.direction != "out":
            raise BadInput("A proposal goes out.", hint="Log what came in without it.")
        said["quote_sent_at"] = at
    if command.trial_close:
        if command.trial_close not in TRIAL_CLOSES:
            raise BadInput(
                f"A trial close is answered {', '.join(TRIAL_CLOSES[:-1])} or {TRIAL_CLOSES[-1]}.",
                hint="Leave it out where nobody asked for a commitment.",
            )
        said["trial_close"] = command.trial_close
    return said
