"""Use cases: what deals say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, Term
from pipeboard.domain.errors import Ambiguous, BadInput, NotFound
from pipeboard.domain.fields import parse_assignment
from pipeboard.domain.people import match_owner
from pipeboard.domain.text import clean_line, slug
from pipeboard.workspace.desk import (
    NOTHING_SEEN,
    Desk,
    Receipt,
    Seen,
    as_command,
    in_transaction,
    named,
)

if TYPE_CHECKING:
    from pipeboard.domain.deal import FieldValue


class Edits(Desk):
    """Fields, tags, owners, people, terms and checklists."""

    @in_transaction
    def edit(
        self,
        ids: Sequence[int],
        changes: Mapping[str, FieldValue],
        *,
        verb: str = "set",
        new_rep: bool = False,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """New values by field name, as domain values; an unknown owner only with `new_rep`."""
        notes: tuple[str, ...] = ()
        if "owner" in changes:
            owner = self._owner(str(changes["owner"] or ""), new_rep=new_rep)
            changes, notes = {**changes, "owner": owner}, self._away(owner)
        command = c.Edit(changes)
        receipt = self.execute(command, ids, verb=verb, seen=seen, dry_run=dry_run, token=token)
        return replace(receipt, notes=(*receipt.notes, *notes))

    @as_command("set")
    def set_fields(
        self,
        ids: Sequence[int],
        assignments: Sequence[str],
        *,
        new_rep: bool = False,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """New values as typed: `value=40k`, `close=19dec`, `fields.product=GTX`, `source=`."""
        currency = self.settings.currency
        changes = dict(parse_assignment(text, self.today, currency) for text in assignments)
        if not changes:
            raise BadInput("Nothing to set.", hint="For example: value=40k")
        return self.edit(ids, changes, new_rep=new_rep, seen=seen, dry_run=dry_run, token=token)

    @as_command("assign")
    def assign(
        self,
        ids: Sequence[int],
        rep: str,
        *,
        note: str = "",
        new_rep: bool = False,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Another owner, known unless `new_rep`; a note goes into the history of the command."""
        owner = self._owner(rep, new_rep=new_rep)
        said = clean_line(note, field="note for the new owner")
        receipt = self.carry_out(
            "assign",
            ids,
            c.Edit({"owner": owner}),
            lambda deals: (
                f"{named(deals)} now with {owner or 'nobody'}" + (f": {said}." if said else ".")
            ),
            seen=seen,
            dry_run=dry_run,
            token=token,
        )
        return replace(receipt, notes=(*receipt.notes, *self._away(owner)))

    def tag(
        self,
        ids: Sequence[int],
        add: Sequence[str],
        remove: Sequence[str] = (),
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """Tags put on and taken off."""
        command = c.TagWith(tuple(add), tuple(remove))
        return self.execute(command, ids, seen=seen, dry_run=dry_run, token=token)

    def set_contact(
        self,
        deal_id: int,
        contact: Contact | None,
        key: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """A person added (without a key), changed, or with None removed."""
        if not key and contact is not None:
            key = slug(contact.name) or "person"
        command = c.SetContact(key, contact)
        return self.execute(command, [deal_id], seen=seen, dry_run=dry_run, token=token)

    def set_term(
        self,
        deal_id: int,
        term: Term | None,
        key: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """A line of the terms sheet added (without a key), changed, or with None removed."""
        if not key and term is not None:
            key = slug(term.item) or "term"
        command = c.SetTerm(key, term)
        return self.execute(command, [deal_id], seen=seen, dry_run=dry_run, token=token)

    def check(
        self,
        deal_id: int,
        stage_id: int,
        item: str,
        *,
        done: bool = True,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
        token: str = "",
    ) -> Receipt:
        """An item of a stage's checklist ticked or cleared."""
        command = c.Check(stage_id, item, done)
        return self.execute(command, [deal_id], seen=seen, dry_run=dry_run, token=token)

    def _owner(self, rep: str, *, new_rep: bool = False) -> str:
        """The rep that is meant; an unknown one is refused, or made with `new_rep`."""
        try:
            return match_owner(rep, self.reader.reps(), self.me)
        except NotFound as error:
            if not new_rep or isinstance(error, Ambiguous):
                raise
            return clean_line(rep, field="rep").removeprefix("@").strip()

    def _away(self, owner: str) -> tuple[str, ...]:
        """A remark where the owner takes no more deals."""
        reps = [rep for rep in self.reader.reps() if rep.name == owner and not rep.active]
        return tuple(f"{rep.display_name or rep.name} is not active." for rep in reps)
