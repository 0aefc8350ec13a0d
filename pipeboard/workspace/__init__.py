"""The workspace: a team's deals as one rep works with them, for screens and scripts alike."""

from __future__ import annotations

from pipeboard.domain.actor import Actor
from pipeboard.workspace import (
    column_order,
    configuration,
    day,
    execution,
    finding,
    merging,
    new_deals,
    notes,
    recycling,
    typed,
    undoing,
)
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.service import Seen, Service


class Workspace(Service):
    """A service with the use cases that several rooms call, each a function of its own module.

    A verb that changes deals is a command: `execute` carries it out. What only one room needs
    (reports, imports, targets) it calls as a function over the workspace.
    """

    execute = execution.execute
    add = new_deals.add
    plan = typed.plan
    set_fields = typed.set_fields
    merge = merging.merge
    reorder = column_order.reorder
    edit_note = notes.edit_note
    follow_up = recycling.follow_up
    recycle = recycling.recycle
    undo = undoing.undo
    redo = undoing.redo

    find_deal = finding.find_deal
    gate = finding.gate
    lens = finding.lens
    loads = day.loads
    parse_filter = finding.parse_filter
    save_filter = finding.save_filter
    sheet = finding.sheet

    change_pipeline = configuration.change_pipeline
    pipeline = configuration.pipeline
    pipelines = configuration.pipelines
    save_settings = configuration.save_settings


__all__ = ["Actor", "Receipt", "Seen", "Workspace"]
