"""Notes rewritten by who wrote them."""

from __future__ import annotations

from pipeboard.domain import commands as c
from pipeboard.domain.errors import Conflict, NotFound
from pipeboard.workspace.execution import execute
from pipeboard.workspace.receipts import Receipt
from pipeboard.workspace.recording import as_command
from pipeboard.workspace.service import Service


@as_command("note")
def edit_note(
    service: Service,
    deal_id: int,
    note_id: str,
    text: str,
    *,
    before: str | None = None,
    dry_run: bool = False,
    token: str = "",
) -> Receipt:
    """One's own note rewritten; a `Conflict` where it no longer says what it did `before`."""
    notes = {note.id: note for note in service.reader.notes(deal_id)}
    if note_id not in notes:
        raise NotFound("There is no such note.")
    note = notes[note_id]
    if before is not None and note.text != before:
        raise Conflict(
            f"The note on D-{deal_id} was rewritten meanwhile.",
            hint="Look at it as it is now, then repeat.",
            details={
                "deal": f"D-{deal_id}",
                "by": note.author,
                "fields": ["note"],
                "theirs": note.text,
            },
        )
    command = c.EditNote(note, text)
    return execute(service, command, [deal_id], dry_run=dry_run, token=token)
