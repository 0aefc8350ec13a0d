"""Use cases: new deals."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, NextStep
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import PipeboardError
from pipeboard.domain.events import evolve
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.quick_add import QuickAdd, parse_quick_add
from pipeboard.domain.text import slug
from pipeboard.workspace.desk import Receipt
from pipeboard.workspace.edits import Edits

if TYPE_CHECKING:
    from pipeboard.store.writing import Writer


class Adding(Edits):
    """A deal from one line."""

    def add(
        self,
        line: str,
        *,
        pipeline: Pipeline,
        stage_id: int | None = None,
        tui: bool = False,
        new_rep: bool = False,
        dry_run: bool = False,
    ) -> Receipt:
        """A deal as the quick-add line says, in `stage_id` unless the line names a stage.

        An owner whom nobody knows is refused, or made with `new_rep`.
        """
        parsed = parse_quick_add(line, today=self.today, currency=pipeline.currency, tui=tui)
        return self.create(
            parsed, pipeline=pipeline, stage_id=stage_id, new_rep=new_rep, dry_run=dry_run
        )

    def create(
        self,
        parsed: QuickAdd,
        *,
        pipeline: Pipeline,
        stage_id: int | None = None,
        new_rep: bool = False,
        dry_run: bool = False,
    ) -> Receipt:
        """A deal from what a quick-add line was understood as."""
        if parsed.stage is not None:
            stage_id = pipeline.find_stage(parsed.stage).id
        stage = pipeline.stage(stage_id) if stage_id else pipeline.open_stages[0]
        return self.store.write(self._creating(parsed, pipeline, stage, new_rep, dry_run))

    def add_all(
        self,
        lines: Mapping[int, str],
        *,
        pipeline: Pipeline,
        new_rep: bool = False,
        dry_run: bool = False,
    ) -> tuple[Receipt, ...]:
        """A deal from each line, by its number, or from none.

        Raises BadInput, NotFound and what else `add` does, with the number of the line.
        """
        works = []
        for number, line in lines.items():
            try:
                parsed = parse_quick_add(line, today=self.today, currency=pipeline.currency)
                stage = (
                    pipeline.open_stages[0]
                    if parsed.stage is None
                    else pipeline.find_stage(parsed.stage)
                )
                works.append(self._creating(parsed, pipeline, stage, new_rep, dry_run))
            except PipeboardError as error:
                error.message = f"Line {number}: {error.message}"
                error.details = {**error.details, "line": number}
                raise
        return self.store.write(lambda writer: tuple(work(writer) for work in works))

    def _creating(
        self, parsed: QuickAdd, pipeline: Pipeline, stage: Stage, new_rep: bool, dry_run: bool
    ) -> Callable[[Writer], Receipt]:
        """What makes the deal, once somebody writes."""
        command_id, at = str(uuid.uuid4()), self.now()
        fields = self._fields(parsed, new_rep)
        notes = self._away(fields["owner"])
        command = c.Create(parsed.title, stage.id, fields)
        events = decide(command, None, c.Context(pipeline, at, self.settings.zone, self.me))

        def work(writer: Writer) -> Receipt:
            from pipeboard.store.projecting import Change

            deal_id = 0 if dry_run else writer.numbers("deal", 1)[0]
            deal = evolve(None, events[0], deal_id)
            for event in events[1:]:
                deal = evolve(deal, event)
            summary = f"Added {deal.name} to {stage.name}."
            if dry_run:
                return Receipt("", "add", summary, (deal,), notes)
            writer.record(
                self._done(command_id, at, "add", summary), [Change(None, deal, tuple(events))]
            )
            return Receipt(command_id, "add", summary, (deal,), notes)

        return work

    def _fields(self, parsed: QuickAdd, new_rep: bool) -> dict[str, Any]:
        owner = self.me if parsed.owner is None else parsed.owner
        fields: dict[str, Any] = {
            "account": parsed.account,
            "value": parsed.value,
            "owner": self._owner(owner, new_rep=new_rep),
            "tags": parsed.tags,
            "source": parsed.source,
            "contact_reason": parsed.contact_reason,
            "expected_close": parsed.expected_close,
            "probability_bp": parsed.probability_bp,
            "fields": parsed.fields,
        }
        if parsed.next_text or parsed.next_due:
            fields["next_step"] = NextStep(parsed.next_text, parsed.next_due)
        if parsed.contact:
            key = slug(parsed.contact) or "person"
            fields["contacts"] = MappingProxyType({key: Contact(parsed.contact)})
        return fields
