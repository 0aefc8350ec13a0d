"""What brings a known deal to what its row says: one command after another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, Deal, NextStep, Status
from pipeboard.domain.deciding.moves import not_before_entry
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.exchange.rows import DealRow
from pipeboard.workspace.row_commands import RowRules, loss_of, note_id, precision_of
from pipeboard.workspace.row_matching import CORRECTED, Merge

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue, Values

Dated: TypeAlias = tuple[c.Command, datetime | None]
"""A command, and the instant at which it took effect, where that is not the import's."""
_COURSE = ("stage", "outcome", "archived")
_UNSAID = object()


@dataclass(frozen=True)
class RowCourse:
    """A deal as it stands and its row, which comes in `at` an instant; `override` is the reason to
    pass gates, "" for none."""

    row: DealRow
    deal: Deal
    rules: RowRules
    at: datetime
    override: str

    def commands(self, merge: Merge) -> Iterator[Dated]:
        """What the deal takes from the row; the owner first, who then closed it."""
        row, deal = self.row, self.deal
        take: dict[str, FieldValue] = {**merge.take, **dict.fromkeys(merge.emptied)}
        course = {name: take.pop(name) for name in _COURSE if name in take}
        closes = self._closes(course.get("outcome"))
        if "owner" in take:
            since = closes or (deal.closed_at if not deal.owner else None)
            yield c.Edit({"owner": take.pop("owner")}), since
        better = {name: take.pop(name) for name in CORRECTED if name in take}
        step = take.pop("next_step", _UNSAID)
        people = {name: take.pop(name) for name in list(take) if name.startswith("contacts.")}
        notes = [take.pop(name) for name in list(take) if name.startswith("notes.")]
        memory = {} if row.ref else {"imported": merge.base}
        yield c.Edit({**take, **memory}), None
        yield from self._corrections(better)
        yield from self._moves(course, closes)
        if step is not _UNSAID and (course.get("outcome") or str(deal.outcome)) == "open":
            step = step if isinstance(step, NextStep) else NextStep("", None)
            yield c.SetNextStep(step.text, step.due, step.every), None
        for name, contact in people.items():
            person = contact if isinstance(contact, Contact) else None
            yield c.SetContact(name.partition(".")[2], person), None
        for text in notes:
            key = row.external_id or deal.ref
            yield c.AddNote(str(text), note_id(key, "note", text)), None

    def _closes(self, outcome: object) -> datetime | None:
        """When the deal closes by what the row says; None when it does not."""
        if outcome not in ("won", "lost"):
            return None
        at, began = self.row.closed_at or self.at, self.deal.known_created_at
        return at if began is None else max(at, began)

    def _corrections(self, better: Values) -> Iterator[Dated]:
        """What the row knows better of the beginning and of the end; of both days neither is taken
        without the other."""
        row = self.row
        began_at = row.created_at if "created_at" in better else None
        ended_at = row.closed_at if "closed_at" in better else None
        if began_at or ended_at:
            yield c.Correct(began_at, ended_at, precision=precision_of(row)), None
        if "loss" in better:
            yield c.Correct(loss=loss_of(row)), None

    def _moves(self, course: Values, closes: datetime | None) -> Iterator[Dated]:
        """Stage, outcome and archive."""
        row, deal, rules = self.row, self.deal, self.rules
        outcome = course.get("outcome")
        if outcome is not None and deal.outcome is not Status.OPEN:
            back_at = closes and not_before_entry(deal, closes)
            yield c.Reopen(override=rules.origin), back_at
        is_open = (outcome or str(deal.outcome)) == "open"
        now_in = deal.closed_from if deal.outcome is not Status.OPEN else deal.stage_id
        if not {"stage", "outcome"}.isdisjoint(course):
            for stage_id, at in rules.arrivals(row, deal, closes or self.at):
                yield c.Move(stage_id, self.override), at
                now_in = stage_id
            stage = row.stage if "stage" in course else None
            if is_open and stage is not None and rules.stage_id(stage) != now_in:
                yield c.Move(rules.stage_id(stage), self.override), None
        at = not_before_entry(deal, closes or self.at)
        known = precision_of(row).get("closed_at", "")
        if outcome == "won":
            yield c.Win(row.value, override=self.override, at=at, precision=known), None
        elif outcome == "lost":
            yield c.Lose(loss_of(row), at=at, precision=known), None
        if course.get("archived") and deal.archived_at is None:
            yield c.Archive(), None
