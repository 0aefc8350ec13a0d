"""Changes that a key asks for: handed to the write queue, shown and said once they are stored."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from pipeboard.domain.errors import Conflict, GateNotMet, PipeboardError
from pipeboard.domain.people import unknown_owner
from pipeboard.ui.changes import (
    Change,
    Outcome,
    overridden,
    with_new_rep,
    with_owner,
    work_of,
)
from pipeboard.ui.failures import dropped
from pipeboard.ui.host import Host, ask, patiently, targets_of
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.menu import Menu, MenuChoice
from pipeboard.ui.palette import Role
from pipeboard.ui.write_queue import turn_of

if TYPE_CHECKING:
    from pipeboard.workspace.recording import Receipt


_BEGINS = ("add", "follow up")
"""The verbs that make a deal, whose number nobody has seen yet."""


async def execute(
    host: Host,
    change: Change,
    *,
    ids: Sequence[int] | None = None,
    seen: Mapping[int, int] | None = None,
    override: str = "",
    repeats: bool = True,
) -> Outcome:
    """Has the write queue change the deals that are meant, and waits for what comes of it.

    Other `ids`, and versions that were `seen`, stand in for those of the action. A refusal is said
    on the status line; a gate that is not met opens its sheet; `.` does it again if it `repeats`.
    """
    targets, were_seen = targets_of(host) if ids is None or seen is None else ((), {})
    ids, seen = targets if ids is None else ids, were_seen if seen is None else seen
    if not ids:
        host.say("No deal is selected here.", "status.warn")
        return Outcome()
    return await carry_out(host, change, ids, seen, override=override, repeats=repeats)


async def carry_out(
    host: Host,
    change: Change,
    ids: Sequence[int] = (),
    seen: Mapping[int, int] | None = None,
    *,
    override: str = "",
    repeats: bool = False,
) -> Outcome:
    """As `execute`, whatever is under the cursor."""
    program = host.program
    if (turn := turn_of(host)) is not None:
        turn.has_begun = True
    wanted = overridden(change, override) if override else change
    try:
        program.check_writable()
        receipt = await program.write_queue.ask(work_of(wanted, ids, seen or {}))
    except GateNotMet as gate:
        host.perform("stages.open_gate", gate, change)
        return Outcome(error=gate)
    except PipeboardError as error:
        if isinstance(error, Conflict):
            await show_at_last(host, host.reload)
        elif unknown_owner(error) and (meant := await _ask_whose(host, error, change)) is not None:
            return await carry_out(host, meant, ids, seen, override=override, repeats=repeats)
        host.failed(error)
        return Outcome(error=error)
    if repeats:
        program.last_change = change
    await tell(host, receipt)
    _go_on_from(host, receipt)
    return Outcome(receipt)


async def _ask_whose(host: Host, error: PipeboardError, change: Change) -> Change | None:
    """What is done about an owner whom nobody knows: nobody is made a rep without a yes."""
    typed, near = unknown_owner(error), str(error.details.get("near", ""))
    made = with_new_rep(change)
    if made is None:
        return None
    choices = [MenuChoice("y", f"make @{typed} a rep")]
    corrected = with_owner(change, typed, near) if near else None
    if corrected is not None and corrected != change:
        choices.insert(0, MenuChoice("m", f"I mean @{near}"))
    question = Menu(f"There is no rep @{typed}.", choices, leaving=("Esc", "Back to the line"))
    return {"y": made, "m": corrected}.get(await ask(host, question) or "")


async def tell(host: Host, receipt: Receipt) -> None:
    """Shows what was stored, and says it; its version is the one that the person has seen."""
    take_note_of(host, {deal.id: deal.version for deal in receipt.deals})
    await show_at_last(host, lambda: host.show_change(receipt))
    host.program.done_here.add(receipt.command_id)
    undoable = receipt.command_id and receipt.verb not in ("undo", "redo")
    about = f"({receipt.about})" if receipt.about else ""
    if receipt.verb in _BEGINS and len(receipt.deals) == 1:
        about = f"It is {receipt.deals[0].ref}."
    lost = dropped(host.program.key_queue.take_dropped())
    words = " ".join(filter(None, (receipt.summary, about, *receipt.notes, lost)))
    role: Role = "status.warn" if receipt.notes else "status.ok"
    host.say(words, role, "u undo" if undoable else "")


def take_note_of(host: Host, versions: Mapping[int, int]) -> None:
    """These versions of deals are what the person has seen from now on."""
    turn = turn_of(host)
    if turn is not None and turn.targets is not None:
        ids, before = turn.targets
        turn.targets = (ids, {**before, **versions})


async def show_at_last(host: Host, show: Callable[[], None]) -> None:
    """Shows what has been stored; where that cannot be read now, the next look does."""
    try:
        await patiently(host, show)
    except PipeboardError:
        host.reads_again = True


def _go_on_from(host: Host, receipt: Receipt) -> None:
    """What a change that is done leads to, if anything."""
    if receipt.verb == "won" and len(receipt.deals) == 1:
        # The amount that was typed may have waited until the gate was passed.
        host.program.drafts.discard(key_of("won", [receipt.deals[0].id]))
        host.perform("stages.offer_follow_up", receipt.deals[0])
