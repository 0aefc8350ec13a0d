"""Notes on deals, in one line or in the editor, never lost half-way."""

from __future__ import annotations

from collections.abc import Sequence

from pipeboard.ui.screens.deal_actions import DealActions, in_turn
from pipeboard.ui.screens.prompt import InEditor, Prompt


class Noting(DealActions):
    """Text that is written on deals."""

    @in_turn
    async def action_note(self) -> None:
        """n: a line; ^g goes on in the editor with what is typed."""
        ids = self.selected()
        if not ids:
            return
        key = _draft_key(ids)
        typed = await self.ask(
            Prompt(f"Note on {self.whom(ids)}", draft_key=key, editor=True, verb="Save")
        )
        if isinstance(typed, InEditor):
            await self.write_note(str(typed), outside=True)
        elif typed:
            await self._add_note(typed)

    async def write_note(self, begun: str, *, outside: bool = False) -> None:
        """A note of several lines, from what is `begun`; `outside` goes to the editor at once."""
        ids = self.selected()
        if not ids:
            return
        title = f"Note on {self.whom(ids)}"
        text = await self.write(title, "", _draft_key(ids), begun=begun, outside=outside)
        if text is not None and text.strip():
            await self._add_note(text)

    async def write(
        self, title: str, text: str, draft_key: str, *, begun: str = "", outside: bool = False
    ) -> str | None:
        """A text of several lines as it was left; None when it was given up.

        What is `begun` is written down before anything else, so that not even the editor can lose
        it.
        """
        from pipeboard.ui.screens.writing import TextScreen

        class EditorFirst(TextScreen):
            """A text that goes to the editor before it is shown."""

            def on_mount(self) -> None:
                self.call_after_refresh(self.action_edit_outside)

        if begun:
            self.board_app.drafts.save(draft_key, begun)
        kind = EditorFirst if outside else TextScreen
        return await self.ask(kind(title, text, draft_key=draft_key, edit=self.board_app.look.edit))

    async def _add_note(self, text: str) -> None:
        await self.change(lambda w, ids, _seen, _: w.add_note(ids, text))


def _draft_key(ids: Sequence[int]) -> str:
    return f"note-{ids[0]}"
