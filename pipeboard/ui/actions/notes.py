"""Notes on deals, in one line or in the editor, never lost half-way."""

from __future__ import annotations

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Conflict
from pipeboard.ui.changes import Outcome
from pipeboard.ui.execute import execute
from pipeboard.ui.host import Host, Ids, on_deals, target_names
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.prompt import InEditor, Longer, Prompt
from pipeboard.ui.questions import Meeting, Questions, until_stored
from pipeboard.ui.widgets.line_input import LONGEST_LINE


@on_deals
async def note(host: Host, ids: Ids) -> None:
    """n: a line; ^g goes on in the editor with what is typed."""

    async def attempt(questions: Questions) -> Outcome | None:
        text = await words_of(
            host, questions, f"Note on {target_names(host, ids)}", key_of("note", ids)
        )
        return None if text is None else await _add_note(host, text)

    await until_stored(host, attempt)


@on_deals
async def write_note(host: Host, ids: Ids, *, outside: bool = False) -> None:
    """A note of several lines; `outside` goes to the editor at once."""
    title, key = f"Note on {target_names(host, ids)}", key_of("note", ids)

    async def attempt(questions: Questions) -> Outcome | None:
        text = await write(host, questions, title, "", key, outside=outside)
        return None if text is None or not text.strip() else await _add_note(host, text)

    await until_stored(host, attempt)


async def rewrite_note(
    host: Host, deal: Deal, note_id: str, before: str, *, outside: bool = False
) -> None:
    """One's own note, as it was `before`, in several lines."""
    title, key = f"Your note on {deal.name}", key_of("note-edit", [deal.id], note_id)
    seen: str | None = before

    async def attempt(questions: Questions) -> Outcome | None:
        nonlocal seen
        text = await write(host, questions, title, before, key, outside=outside)
        if text is None or text == before:
            return None
        outcome = await execute(
            host, c.EditNote(note_id, text, seen), ids=[deal.id], seen={}, repeats=False
        )
        if isinstance(outcome.error, Conflict):
            seen = None
        return outcome

    def both(_deal: Deal, mine: str, theirs: str) -> str:
        return f"{theirs}\n\n{mine}"

    await until_stored(host, attempt, Meeting(both))


async def words_of(
    host: Host,
    questions: Questions,
    title: str,
    key: str,
    *,
    accept_empty: bool = False,
) -> str | None:
    """What is typed in a line, or in a box where it is more than that; None when it is left."""
    kept = questions.text(key) or host.program.drafts.load(key) or ""
    if "\n" in kept or len(kept) > LONGEST_LINE:
        return await write(host, questions, title, "", key)
    typed = await questions.ask(
        lambda: Prompt(title, draft_key=key, longer=True, accept_empty=accept_empty)
    )
    if not isinstance(typed, Longer):
        return typed
    outside = isinstance(typed, InEditor)
    return await write(host, questions, title, "", key, begun=typed, outside=outside)


async def write(
    host: Host,
    questions: Questions,
    title: str,
    text: str,
    key: str,
    *,
    begun: str = "",
    outside: bool = False,
) -> str | None:
    """A text of several lines as it was left; None when it was given up."""
    from pipeboard.ui.overlays.text import TextScreen

    edit = host.program.look.edit
    return await questions.ask(
        lambda: TextScreen(title, text, draft_key=key, begun=begun, edit=edit, outside=outside)
    )


async def _add_note(host: Host, text: str) -> Outcome:
    return await execute(host, c.AddNote(text))
