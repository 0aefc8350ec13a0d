"""Typed words as commands: a next step with its day, fields with their values.

Days and amounts are read within the transaction, in the zone and the currency of now.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.domain import commands as c
from pipeboard.domain.cadence import parse_step
from pipeboard.domain.errors import BadInput
from pipeboard.domain.fields import parse_assignment
from pipeboard.workspace.execution import execute
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import as_command
from pipeboard.workspace.service import NOTHING_SEEN, Seen, Service

NO_STEP = ("", "-", "none")


@as_command("next")
def plan(
    service: Service,
    ids: Sequence[int],
    words: str,
    *,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """The next step as typed: `thu call Bob`, `call Bob every 2w`; `-` or nothing clears it."""
    typed = "" if words.strip() in NO_STEP else words
    step = parse_step(typed, service.today)
    command = c.SetNextStep(step.text, step.due, step.every)
    return execute(service, command, ids, seen=seen, dry_run=dry_run, token=token)


@as_command("set")
def set_fields(
    service: Service,
    ids: Sequence[int],
    assignments: Sequence[str],
    *,
    new_rep: bool = False,
    seen: Seen = NOTHING_SEEN,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """New values as typed: `value=40k`, `close=19dec`, `fields.product=GTX`, `source=`."""
    currency = service.settings.currency
    changes = dict(parse_assignment(text, service.today, currency) for text in assignments)
    if not changes:
        raise BadInput("Nothing to set.", hint="For example: value=40k")
    command = c.Edit(changes, new_rep)
    return execute(service, command, ids, seen=seen, dry_run=dry_run, token=token)
