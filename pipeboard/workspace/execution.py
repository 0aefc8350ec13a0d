"""Executing commands: decided for each deal, stored for all of them or for none."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Unpack

from pipeboard.domain import commands as c
from pipeboard.domain.board import Lens
from pipeboard.domain.cadence import PERSISTENCE, follow_ups, hours_too_soon
from pipeboard.domain.commands import Command
from pipeboard.domain.counts import how_many, in_figures
from pipeboard.domain.dates import local_date
from pipeboard.domain.deal import Deal
from pipeboard.domain.deal_record import below_floor
from pipeboard.domain.deciding import decide, sentence_of, verb_of
from pipeboard.domain.deciding.rules import Telling, deal_names
from pipeboard.domain.errors import BadInput, Conflict, GateNotMet, NotFound, Refused, SoAlready
from pipeboard.domain.events import Event, evolve_all
from pipeboard.domain.hygiene import unsupported
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import written
from pipeboard.domain.people import about_changed, mentioned
from pipeboard.domain.text import few, quoted
from pipeboard.workspace.conflicts import unseen_changes
from pipeboard.workspace.recording import (
    Decision,
    Once,
    Receipt,
    as_command,
    check_role,
    of_these,
    record,
    retried,
)
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service, in_transaction

if TYPE_CHECKING:
    from pipeboard.store.projecting import Change


# Decisions for one deal or many: what follows for each, what was so already, what refuses.

MOST_NAMED = 5
_MOST_REASONS = 2


def decide_all(
    service: Service,
    deals: Sequence[Deal],
    command: Command | Callable[[Deal], Command],
    seen: Seen,
) -> Decision:
    """What follows for each deal, with a sentence for where that is nothing; refused for all when
    it is for one."""
    contexts = service.contexts()
    changes: list[Change] = []
    notes: list[str] = []
    refusals: list[Refused] = []
    already: list[tuple[str, str]] = []
    for deal in deals:
        try:
            wanted = command(deal) if callable(command) else command
            unseen = unseen_changes(service, deal, seen)
            unseen.stop_relative(wanted)
            try:
                events = decide(wanted, deal, contexts(deal.pipeline_id))
                events = unseen.side_by_side(wanted, events)
            except SoAlready:
                raise
            except Refused as refused:
                unseen.explain(refused, wanted)
                raise
            notes += unseen.remark(events)
        except SoAlready as so:
            already.append((deal.name, so.message))
        except Refused as refused:
            refusals.append(refused)
        else:
            if events:
                changes.append(change_of(deal, events))
            else:
                already.append((deal.name, "Nothing to change: it is so already."))
    _raise(refusals, len(deals))
    if changes and already:
        notes.append(_some_already(already, len(deals)))
    return Decision(_nothing(already, len(deals)), tuple(changes), notes=tuple(notes))


def check_allowed(service: Service, command: Command, ids: Sequence[int]) -> None:
    """Raises why deals as they stand refuse a command, whatever will be typed for it: `SoAlready`,
    `Refused`, `NotAllowed`. What is typed, and what a gate asks, is judged when it is carried out.
    """
    deals, contexts = service.load(ids), service.contexts()
    refusals: list[Refused] = []
    already: list[tuple[str, str]] = []
    for deal in deals:
        try:
            decide(command, deal, contexts(deal.pipeline_id))
        except (GateNotMet, BadInput):
            pass
        except SoAlready as so:
            already.append((deal.name, so.message))
        except Refused as refused:
            refusals.append(refused)
    _raise(refusals, len(deals))
    if len(already) == len(deals):
        raise SoAlready(_nothing(already, len(deals)))
    check_role(service, verb_of(command), [change_of(deal, ()) for deal in deals])


def change_of(deal: Deal, events: Sequence[Event]) -> Change:
    """What events do to a deal, to be stored."""
    from pipeboard.store.projecting import Change

    return Change(deal, evolve_all(deal, events), tuple(events))


def beginning_of(events: Sequence[Event]) -> Change:
    """The deal that events begin, to be stored; it gets its number then."""
    from pipeboard.store.projecting import Change

    return Change(None, evolve_all(None, events, 0), tuple(events))


def _nothing(already: Sequence[tuple[str, str]], asked: int) -> str:
    """What is said of deals, by their names and why they are so; several may share a name."""
    if asked == 1:
        return already[0][1] if already else ""
    return f"Nothing to change: all {in_figures(asked)} deals are so already."


def _some_already(already: Sequence[tuple[str, str]], asked: int) -> str:
    verb = "was" if len(already) == 1 else "were"
    names = few([name for name, _ in already], MOST_NAMED)
    return f"{in_figures(len(already))} of {in_figures(asked)} {verb} so already: {names}."


def _raise(refusals: Sequence[Refused], asked: int) -> None:
    if not refusals:
        return
    if asked == 1:
        raise refusals[0]
    whole = few([one.message.rstrip(".") for one in refusals], _MOST_REASONS, "; ", "; and ")
    deals = "deals refuses" if len(refusals) == 1 else "deals refuse"
    of = f"{in_figures(len(refusals))} of {in_figures(asked)}"
    message = f"Nothing was changed: {of} {deals}. {whole}."
    conflicts = [refused for refused in refusals if isinstance(refused, Conflict)]
    if conflicts:
        raise Conflict(
            message,
            hint=conflicts[0].hint,
            way=conflicts[0].way,
            seen={one: version for part in conflicts for one, version in part.seen.items()},
            parts=tuple(conflicts),
        )
    gates = [refused for refused in refusals if isinstance(refused, GateNotMet)]
    if gates:
        lacking = {lack.text: lack for gate in gates for lack in gate.unmet}
        raise GateNotMet(
            message,
            target=gates[0].target,
            unmet=tuple(lacking.values()),
            hint=gates[0].hint,
            way=gates[0].way,
            parts=tuple(gates),
        )
    raise Refused(
        message,
        hint=refusals[0].hint,
        way=refusals[0].way,
        details={"refused": [r.message for r in refusals]},
    )


# Remarks on a command that a person should hear: an owner who is new or away, a call too soon.


def remarks(service: Service, command: c.Command, changes: Sequence[Change]) -> tuple[str, ...]:
    """What to say of the command beside its sentence."""
    before = [change.before for change in changes if change.before is not None]
    match command:
        case c.Assign() | c.Edit() | c.SetFields():
            return _about_fields(service, changes)
        case c.AnswerQuestion(question, answer) if answer is not None:
            return tuple(filter(None, (_replaced(service, deal, question) for deal in before)))
        case c.Move() | c.Step() | c.Win() | c.Reopen() if command.override:
            return overridden(changes)
        case c.AddNote(text=text) if "@" in text:
            return _not_asked(service, text, before)
        case c.LogTouch(direction="out"):
            early = _too_soon(service, before, command.at or service.now())
            counted = () if command.quote else _follow_ups(service, before, command)
            return (*early, *counted)
        case _:
            return ()


def _not_asked(service: Service, text: str, deals: Sequence[Deal]) -> tuple[str, ...]:
    """Who is named in a note on deals that are closed, or that they are not shown."""
    contexts, missed = service.contexts(), dict[tuple[str, bool], list[Deal]]()
    for deal in deals:
        context = contexts(deal.pipeline_id)
        for name in mentioned(text, context.reps):
            if name != context.actor and not (deal.is_open and context.sees(name, deal.owner)):
                missed.setdefault((name, deal.is_open), []).append(deal)
    return tuple(
        f"@{name} does not see {deal_names(those)}, and was not asked."
        if are_open
        else f"Nothing is asked of @{name} on what is closed: {deal_names(those)}."
        for (name, are_open), those in missed.items()
    )


def _about_fields(service: Service, changes: Sequence[Change]) -> tuple[str, ...]:
    known = [(each.before, each.after) for each in changes if each.before is not None]
    about = about_changed(known, service.reader.reps, service.me, service.settings.source_names)
    return (*about, *unsupported(known, service.reader.pipelines))


def _replaced(service: Service, deal: Deal, question: str) -> str:
    """Whose answer gives way to mine, and what it said; nothing where it was my own."""
    found = service.pipeline_now(deal.pipeline_id).question(question)
    present = deal.answers.get(found.key) if found else None
    if present is None or not present.is_given or present.by in ("", service.me):
        return ""
    day = local_date(present.at, service.settings.zone) if present.at else None
    when = f" of {written().calendar_day(day, service.today)}" if day else ""
    rating = "" if present.rating is None else f" ({present.rating}/4)"
    said = quoted(present.text) if present.text else "no words"
    return f"{present.by}'s answer{when} stays in the history: {said}{rating}."


def overridden(changes: Sequence[Change]) -> tuple[str, ...]:
    """How many criteria a reason stood in for, or the beginning of a deal beyond them."""
    count = sum(len(event.facts.get("missing", ())) for each in changes for event in each.events)
    criteria = how_many(count, "criterion", "criteria")
    return (f"{criteria} overridden, logged.",) if count else ()


def _follow_ups(service: Service, deals: Sequence[Deal], command: c.LogTouch) -> tuple[str, ...]:
    """Where a proposal stands: how often it was followed up, with this time."""
    if len(deals) != 1 or (sent_at := deals[0].quote_sent_at) is None:
        return ()
    count = follow_ups(sent_at, service.reader.history.touches(deals[0].id))
    count += (command.at or service.now()) > sent_at
    return (f"Follow-up {count} of {PERSISTENCE} since the proposal.",) if count else ()


def _too_soon(service: Service, deals: Sequence[Deal], at: datetime) -> tuple[str, ...]:
    least = service.settings.min_gap_hours
    return tuple(
        f"{deal.name} was last contacted {hours} h before: fewer than {least}."
        for deal in deals
        if (hours := hours_too_soon(deal, at, least)) is not None
    )


def execute(
    service: Service,
    command: Command,
    ids: Sequence[int],
    *,
    seen: Seen = NOTHING_SEEN,
    sequel: Callable[[Deal], Change] | None = None,
    **once: Unpack[Once],
) -> Receipt:
    """Decides `command` for each deal and stores what follows: for all of them or for none.

    `seen` holds the versions that the person saw: a change of somebody else since then is
    kept where it touches other fields (and the receipt says so), else it is a `Conflict`.
    Deals that are so already stay as they are; the others have a new deal each where there is a
    `sequel`, in the same command. Raises what `decide` raises; for several deals,
    one `Refused` that names each. With the `token` of a command that is stored already, its
    receipt is given again and nothing done.
    """

    def told(found: Decision) -> Decision:
        deals = [change.after for change in found.changes]
        before = [change.before for change in found.changes if change.before is not None]
        zone = service.settings.zone
        telling = Telling(deals, service.reader.pipelines(), service.today, before, zone)
        leads = tuple(map(sequel, deals)) if sequel else ()
        notes = (
            *found.notes,
            *remarks(service, command, found.changes),
            *below_floor(zip(before, deals, strict=False), lambda: service.rights.eyes),
            *(
                f"Added {lead.after.name} to follow up on {deal.ref}."
                for deal, lead in zip(deals, leads, strict=False)
            ),
        )
        return Decision(sentence_of(command, telling), (*found.changes, *leads), notes=notes)

    return _carry_out(service, verb_of(command), ids, command, told, seen, **once)


def carry_out(
    service: Service,
    verb: str,
    ids: Sequence[int],
    command: Callable[[Deal], Command],
    sentence: Callable[[Sequence[Deal]], str],
    *,
    seen: Seen = NOTHING_SEEN,
    **once: Unpack[Once],
) -> Receipt:
    """As `execute`, for a use case that has another command for each deal."""

    def told(found: Decision) -> Decision:
        return replace(found, summary=sentence([change.after for change in found.changes]))

    return _carry_out(service, verb, ids, command, told, seen, **once)


@in_transaction
def _carry_out(
    service: Service,
    verb: str,
    ids: Sequence[int],
    command: Command | Callable[[Deal], Command],
    told: Callable[[Decision], Decision],
    seen: Seen,
    **once: Unpack[Once],
) -> Receipt:
    if (done := retried(service, once.get("token"), verb)) is not None:
        return of_these(service, done, ids)
    found = decide_all(service, service.load(ids), command, seen)
    if not found.changes:
        return Receipt("", verb, found.summary, (), found.notes)
    return record(service, verb, told(found), **once)


# Merging deals that are the same one.


@as_command("merge")
def merge_deals(
    service: Service,
    keep_id: int,
    other_ids: Sequence[int],
    *,
    closed: bool = False,
    seen: Seen = NOTHING_SEEN,
    **once: Unpack[Once],
) -> Receipt:
    """Other deals into one, with all that they know, their notes and touches; they end there.

    A won or lost one goes into another only with `closed`: its outcome leaves the numbers.
    """
    if keep_id in other_ids:
        raise Refused(f"D-{keep_id} cannot be merged into itself.")
    others = tuple(_absorbed(service, deal) for deal in service.load(other_ids))

    def command(deal: Deal) -> c.Command:
        return c.Absorb(others) if deal.id == keep_id else c.MergeInto(keep_id, closed)

    return carry_out(
        service,
        "merge",
        [keep_id, *other_ids],
        command,
        lambda deals: f"Merged {how_many(len(others), 'deal')} into {deals[0].name}.",
        seen=seen,
        **once,
    )


def _absorbed(service: Service, deal: Deal) -> c.Absorbed:
    """The deal with its notes and touches, oldest first, under new ids."""
    history = service.reader.history
    return c.Absorbed(
        deal,
        tuple(replace(one, id=str(uuid.uuid4())) for one in reversed(history.notes(deal.id))),
        tuple(replace(one, id=str(uuid.uuid4())) for one in reversed(history.touches(deal.id))),
    )


# Columns ordered by hand.

RANK_GAP = 1 << 20


@as_command("reorder")
def reorder(
    service: Service,
    deal_id: int,
    places: int,
    lens: Lens,
    *,
    seen: Seen = NOTHING_SEEN,
    **once: Unpack[Once],
) -> Receipt:
    """A deal some places down (up when negative) in its column, in the order of `lens`.

    It comes to stand right behind (or before) the card that it passes, also where cards that the
    lens hides stand around that one.
    """
    place = service.reader.place(lens, deal_id)
    if place is None:
        raise NotFound(f"D-{deal_id} is not on the board.")
    stage_id, index = place
    target = index + places
    if target < 0:
        raise Refused("It is on top already.")
    passed = next(iter(service.reader.window(lens, stage_id, target, 1)), None)
    if passed is None:
        raise Refused("It is at the bottom already.")
    whole = replace(lens, owner=None, filter=None)
    column = service.truth
    there = column.place(whole, passed.id)
    assert there is not None, "whatever a lens shows is in the whole column"
    behind = there[1] + (1 if places > 0 else 0)
    around = column.window(whole, stage_id, max(0, behind - 1), 2 if behind else 1)
    ranks = [card.rank for card in around]
    above = ranks[0] if behind else None
    below = ranks[-1] if not behind or len(ranks) == 2 else None
    rank = _between(above, below)
    if rank is not None:
        return execute(service, c.Rank(rank), [deal_id], seen=seen, **once)
    # No room is left between the two: new ranks for the whole column.
    count = service.reader.board(whole).column(stage_id).count
    cards = service.reader.window(whole, stage_id, 0, count)
    order = [card.id for card in cards if card.id != deal_id]
    order.insert(order.index(passed.id) + (places > 0), deal_id)
    anew = {one: cards[0].rank + at * RANK_GAP for at, one in enumerate(order)}
    return carry_out(
        service,
        "reorder",
        order,
        lambda deal: c.Rank(anew[deal.id]),
        lambda deals: "Ordered the column by hand.",
        seen={one: version for one, version in seen.items() if one == deal_id},
        **once,
    )


def _between(above: int | None, below: int | None) -> int | None:
    """A rank between two, None where there is no room."""
    if above is None:
        return (below or 0) - RANK_GAP
    if below is None:
        return above + RANK_GAP
    middle = (above + below) // 2
    return middle if above < middle < below else None
