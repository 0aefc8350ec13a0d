"""Use cases: what deals say of themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, Deal, Term
from pipeboard.domain.deciding.edits import EDITABLE
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.fields import parse_assignment
from pipeboard.domain.text import slug
from pipeboard.workspace.desk import NOTHING_SEEN, Desk, Receipt, Seen, named

# What a deal is to the tool that it came from; never taken from another deal.
IDENTIFYING = ("external_id", "external_source", "imported", "imported_as")


class Edits(Desk):
    """Fields, tags, owners, people, terms and checklists."""

    def edit(
        self,
        ids: Sequence[int],
        changes: Mapping[str, Any],
        *,
        verb: str = "set",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """New values by field name, as domain values."""
        if "owner" in changes:
            changes = {**changes, "owner": self._owner(str(changes["owner"] or ""))}
        fields = ", ".join(name.removeprefix("fields.").removesuffix("_bp") for name in changes)
        return self.carry_out(
            verb,
            ids,
            c.Edit(changes),
            lambda deals: f"Set {fields.replace('_', ' ')} of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def set_fields(
        self,
        ids: Sequence[int],
        assignments: Sequence[str],
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """New values as typed: `value=40k`, `close=19dec`, `fields.product=GTX`, `source=`."""
        currency = self.settings.currency
        changes = dict(parse_assignment(text, self.today, currency) for text in assignments)
        if not changes:
            raise BadInput("Nothing to set.", hint="For example: value=40k")
        return self.edit(ids, changes, seen=seen, dry_run=dry_run)

    def assign(
        self,
        ids: Sequence[int],
        rep: str,
        *,
        note: str = "",
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Another owner; a note goes into the history of the same command."""
        owner = self._owner(rep)
        return self.carry_out(
            "assign",
            ids,
            c.Edit({"owner": owner}),
            lambda deals: (
                f"{named(deals)} now with {owner or 'nobody'}" + (f": {note}." if note else ".")
            ),
            seen=seen,
            dry_run=dry_run,
        )

    def tag(
        self,
        ids: Sequence[int],
        add: Sequence[str],
        remove: Sequence[str] = (),
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """Tags put on and taken off."""
        marks = " ".join([*(f"+{tag}" for tag in add), *(f"-{tag}" for tag in remove)])
        return self.carry_out(
            "tag",
            ids,
            c.TagWith(tuple(add), tuple(remove)),
            lambda deals: f"Tagged {named(deals)} {marks}.",
            seen=seen,
            dry_run=dry_run,
        )

    def set_contact(
        self,
        deal_id: int,
        contact: Contact | None,
        key: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """A person added (without a key), changed, or with None removed."""
        if not key and contact is not None:
            key = slug(contact.name) or "person"
        return self.carry_out(
            "contact",
            [deal_id],
            c.SetContact(key, contact),
            lambda deals: (
                f"{'Removed' if contact is None else 'Noted'} "
                f"{contact.name if contact else key} of {named(deals)}."
            ),
            seen=seen,
            dry_run=dry_run,
        )

    def set_term(
        self,
        deal_id: int,
        term: Term | None,
        key: str = "",
        *,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """A line of the terms sheet added (without a key), changed, or with None removed."""
        if not key and term is not None:
            key = slug(term.item) or "term"
        return self.carry_out(
            "terms",
            [deal_id],
            c.SetTerm(key, term),
            lambda deals: f"Changed the terms of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def check(
        self,
        deal_id: int,
        stage_id: int,
        item: str,
        *,
        done: bool = True,
        seen: Seen = NOTHING_SEEN,
        dry_run: bool = False,
    ) -> Receipt:
        """An item of a stage's checklist ticked or cleared."""
        return self.carry_out(
            "check",
            [deal_id],
            c.Check(stage_id, item, done),
            lambda deals: f"{'Checked' if done else 'Cleared'} '{item}' of {named(deals)}.",
            seen=seen,
            dry_run=dry_run,
        )

    def merge(self, keep_id: int, other_ids: Sequence[int], *, dry_run: bool = False) -> Receipt:
        """Other deals into one: its empty fields filled from theirs, they archived."""
        found = self.reader.deals([keep_id, *other_ids])
        missing = [deal_id for deal_id in (keep_id, *other_ids) if deal_id not in found]
        if missing:
            raise NotFound(f"There is no deal D-{missing[0]}.")
        if keep_id in other_ids:
            raise Refused(f"D-{keep_id} cannot be merged into itself.")
        filling = _filling(found[keep_id], [found[deal_id] for deal_id in other_ids])

        def command(deal: Deal) -> c.Command:
            return c.Edit(filling) if deal.id == keep_id else c.MergeInto(keep_id)

        return self.carry_out(
            "merge",
            [keep_id, *other_ids],
            command,
            lambda deals: f"Merged {len(other_ids)} into {found[keep_id].name}.",
            dry_run=dry_run,
        )

    def _owner(self, rep: str) -> str:
        """The rep that `@ana`, `me`, a name or nothing means; a new name is a new rep."""
        name = rep.removeprefix("@").strip()
        if name.lower() in ("", "none", "nobody"):
            return ""
        if name.lower() == "me":
            return self.me
        for known in self.reader.reps():
            if name.casefold() in (known.name.casefold(), known.display_name.casefold()):
                return known.name
        return name


def _filling(keep: Deal, others: Sequence[Deal]) -> dict[str, Any]:
    """What the others know and the kept deal does not."""
    filling: dict[str, Any] = {}
    for name in EDITABLE:
        if name == "tags":
            tags = {tag for deal in (keep, *others) for tag in deal.tags}
            filling["tags"] = tuple(sorted(tags))
        elif name not in IDENTIFYING and getattr(keep, name) in (None, "", ()):
            known = (getattr(deal, name) for deal in others)
            found = next((value for value in known if value not in (None, "", ())), None)
            if found is not None:
                filling[name] = found
    for deal in others:
        for name, value in deal.fields.items():
            if name not in keep.fields:
                filling.setdefault(f"fields.{name}", value)
    return filling
