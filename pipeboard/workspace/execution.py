"""Executing commands: decided for each deal, stored for all of them or for none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pipeboard.domain.commands import Command
from pipeboard.domain.deal import Deal
from pipeboard.domain.deciding import sentence_of, verb_of
from pipeboard.domain.deciding.rules import Telling
from pipeboard.workspace.decisions import decide_all
from pipeboard.workspace.receipts import Decision, Receipt
from pipeboard.workspace.recording import record, retried
from pipeboard.workspace.remarks import remarks
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service, in_transaction


@in_transaction
def execute(
    service: Service,
    command: Command,
    ids: Sequence[int],
    *,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """Decides `command` for each deal and stores what follows: for all of them or for none.

    `seen` holds the versions that the person saw: a change of somebody else since then is
    kept where it touches other fields (and the receipt says so), else it is a `Conflict`.
    Deals that are so already stay as they are. Raises what `decide` raises; for several deals,
    one `Refused` that names each. With the `token` of a command that is stored already, its
    receipt is given again and nothing done.
    """
    verb = verb_of(command)
    if (done := retried(service, token, verb)) is not None:
        return done
    found = decide_all(service, service.load(ids), command, seen)
    if not found.changes:
        return Receipt("", verb, found.nothing, (), found.notes)
    deals = [change.after for change in found.changes]
    before = [change.before for change in found.changes if change.before is not None]
    telling = Telling(deals, service.reader.pipelines(), service.today, before)
    summary = sentence_of(command, telling)
    notes = (*found.notes, *remarks(service, command, found.changes))
    decision = Decision(summary, found.changes, notes=notes)
    return record(service, verb, decision, dry_run=dry_run, token=token)


@in_transaction
def carry_out(
    service: Service,
    verb: str,
    ids: Sequence[int],
    command: Callable[[Deal], Command],
    sentence: Callable[[Sequence[Deal]], str],
    *,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """As `execute`, for a use case that has another command for each deal."""
    if (done := retried(service, token, verb)) is not None:
        return done
    found = decide_all(service, service.load(ids), command, seen)
    if not found.changes:
        return Receipt("", verb, found.nothing, (), found.notes)
    summary = sentence([change.after for change in found.changes])
    decision = Decision(summary, found.changes, notes=found.notes)
    return record(service, verb, decision, dry_run=dry_run, token=token)
