"""Notes on deals, in one line or in the editor, never lost half-way."""

from __future__ import annotations

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Conflict
from pipeboard.ui.outcome import Outcome
from pipeboard.ui.overlays.draft import key_of
from pipeboard.ui.overlays.prompt import InEditor, Longer, Prompt
from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.questions import Meeting, Questions, until_stored
from pipeboard.ui.widgets.line_input import LONGEST


class Noting(DealActions):
    """Text that is written on deals."""

    @in_turn
    async def action_note(self) -> None:
        """n: a line; ^g goes on in the editor with what is typed."""
        ids = self.selected()
        if not ids:
            return

        async def ask(questions: Questions) -> Outcome | None:
            text = await self.words(questions, f"Note on {self.whom(ids)}", key_of("note", ids))
            return None if text is None else await self._add_note(text)

        await until_stored(self, ask)

    async def write_note(self, *, outside: bool = False) -> None:
        """A note of several lines; `outside` goes to the editor at once."""
        ids = self.selected()
        if not ids:
            return
        title, key = f"Note on {self.whom(ids)}", key_of("note", ids)

        async def ask(questions: Questions) -> Outcome | None:
            text = await self.write(questions, title, "", key, outside=outside)
            return None if text is None or not text.strip() else await self._add_note(text)

        await until_stored(self, ask)

    async def rewrite_note(
        self, deal: Deal, note_id: str, before: str, *, outside: bool = False
    ) -> None:
        """One's own note, as it was `before`, in several lines."""
        title, key = f"Your note on {deal.name}", key_of("note-edit", [deal.id], note_id)
        seen: str | None = before

        async def ask(questions: Questions) -> Outcome | None:
            nonlocal seen
            text = await self.write(questions, title, before, key, outside=outside)
            if text is None or text == before:
                return None
            outcome = await self.change(
                lambda w, *_: w.edit_note(deal.id, note_id, text, before=seen), repeats=False
            )
            if isinstance(outcome.error, Conflict):
                seen = None
            return outcome

        def both(_deal: Deal, mine: str, theirs: str) -> str:
            return f"{theirs}\n\n{mine}"

        await until_stored(self, ask, Meeting(both))

    async def words(
        self,
        questions: Questions,
        title: str,
        key: str,
        *,
        accept_empty: bool = False,
    ) -> str | None:
        """What is typed in a line, or in a box where it is more than that; None when it is left."""
        kept = questions.text(key) or self.board_app.drafts.load(key) or ""
        if "\n" in kept or len(kept) > LONGEST:
            return await self.write(questions, title, "", key)
        typed = await questions.ask(
            lambda: Prompt(title, draft_key=key, longer=True, accept_empty=accept_empty)
        )
        if not isinstance(typed, Longer):
            return typed
        outside = isinstance(typed, InEditor)
        return await self.write(questions, title, "", key, begun=typed, outside=outside)

    async def write(
        self,
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

        edit = self.board_app.look.edit
        return await questions.ask(
            lambda: TextScreen(title, text, draft_key=key, begun=begun, edit=edit, outside=outside)
        )

    async def _add_note(self, text: str) -> Outcome:
        return await self.change(lambda w, ids, _seen, _: w.add_note(ids, text))
