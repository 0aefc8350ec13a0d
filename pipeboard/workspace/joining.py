"""Joining: what a second file says of reps, products or accounts, put on deals that name them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.settings import Rep
from pipeboard.domain.text import fold
from pipeboard.exchange.side_table import TEAM, SideTable
from pipeboard.workspace.configuration import change_rep
from pipeboard.workspace.execution import carry_out
from pipeboard.workspace.recording import retried
from pipeboard.workspace.service import Service, in_transaction


@dataclass(frozen=True, slots=True)
class Joined:
    """How many lines met a deal, how many deals were changed, and whose teams were set.

    `said_before` tells that all of it was done before, under the same token.
    """

    lines: int
    met: int
    deals: int
    reps: int
    command_id: str
    said_before: str = ""


@in_transaction
def join(
    service: Service,
    table: SideTable,
    origin: str,
    pipeline_id: int | None,
    *,
    dry_run: bool = False,
    token: str = "",
) -> Joined:
    """Puts the columns of each line on the deals that have its key, as one command."""
    if (done := retried(service, token, "import")) is not None:
        return Joined(0, 0, 0, 0, done.command_id, done.notes[0])
    met: set[str] = set()
    wanted: dict[int, Mapping[str, str]] = {}
    for deal in service.reader.each(today=service.today, me=service.me, pipeline_id=pipeline_id):
        key = fold(_value(deal, table.field))
        line = table.lines.get(key)
        if line is not None:
            met.add(key)
            changes = {name: text for name, text in line.items() if name != TEAM}
            if any(_value(deal, name) != text for name, text in changes.items()):
                wanted[deal.id] = changes
    reps = _teams(service, table, dry_run=dry_run)
    if not wanted:
        return Joined(len(table.lines), len(met), 0, reps, "")
    receipt = carry_out(
        service,
        "import",
        list(wanted),
        lambda deal: c.Edit(wanted[deal.id]),
        lambda deals: f"Joined {origin} to {len(deals):,} deals.",
        dry_run=dry_run,
        token=token,
    )
    return Joined(len(table.lines), len(met), len(receipt.deals), reps, receipt.command_id)


def _teams(service: Service, table: SideTable, *, dry_run: bool) -> int:
    """The teams of reps, where a column names them."""
    if table.field != "owner":
        return 0
    changed = [
        replace(rep, team=line[TEAM])
        for rep in service.reader.reps()
        if (line := table.lines.get(fold(rep.name))) and line.get(TEAM, rep.team) != rep.team
    ]
    if not dry_run:
        for rep in changed:
            change_rep(service, Rep(rep.name, rep.display_name, rep.team, rep.active))
    return len(changed)


def _value(deal: Deal, name: str) -> str:
    if name.startswith("fields."):
        return deal.fields.get(name.removeprefix("fields."), "")
    return str(getattr(deal, name) or "")
