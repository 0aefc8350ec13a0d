"""Keys given out one at a time, so that what is typed ahead of a screen still reaches it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Final

from textual.app import App, ReturnType
from textual.dom import DOMNode
from textual.events import Event, Key, Paste
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

_PATIENCE_SECONDS: Final = 0.5
"""How long a key waits for an action that neither ends nor asks: the database may be busy."""


class TypeAhead(App[ReturnType]):
    """An app in which each key finds what the keys before it have made of the screen.

    Textual hands all keys that have come at once to the screen of that moment: of a fast `m3`, or
    of keys that a slow line brings together, the second would miss the menu of the first.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._typed: asyncio.Queue[Event] = asyncio.Queue()
        self._is_begun = self._is_giving = False
        self._came_up = asyncio.Event()
        self._acting = self._asking = 0
        self._is_free = asyncio.Event()
        self._is_free.set()

    @property
    def has_settled(self) -> bool:
        """Has every key been given out, and every action ended or asked something?"""
        return self._typed.empty() and not self._is_giving and self._is_free.is_set()

    def acts(self) -> None:
        """An action begins beside the screen: keys wait, unless it is `asking`, until it ends."""
        self._acting += 1
        self._look()

    def has_acted(self) -> None:
        """An action has ended."""
        self._acting -= 1
        self._look()

    def asking(self, answer: asyncio.Future[Any]) -> None:
        """An action asks something: keys go to the question until it is answered."""
        self._asking += 1
        answer.add_done_callback(self._has_answered)
        self._look()

    def _has_answered(self, _answer: asyncio.Future[Any]) -> None:
        self._asking -= 1
        self._look()

    def _look(self) -> None:
        if self._acting <= self._asking:
            self._is_free.set()
        else:
            self._is_free.clear()

    async def on_event(self, event: Event) -> None:
        """Textual's way for all but keys and pastes that come from the terminal."""
        if not isinstance(event, Key | Paste) or event.is_forwarded:
            await super().on_event(event)
            if isinstance(event, Key):
                self._came_up.set()
            return
        self._typed.put_nowait(event)
        if not self._is_begun:
            self._is_begun = True
            self.run_worker(self._give_out(), group="typing")

    async def _give_out(self) -> None:
        while True:
            event = await self._typed.get()
            self._is_giving = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self._is_free.wait(), _PATIENCE_SECONDS)
            await self._give(event)
            self._is_giving = False

    async def _give(self, event: Event) -> None:
        """Hands a key on, and waits until it has done what it does."""
        if self.screen.is_modal:
            # It may have just been opened: its line gets the focus by messages too.
            await _passed(self.screen)
        heard_by = self.focused or self.screen
        self._came_up.clear()
        await super().on_event(event)
        if _is_letter(event, heard_by):
            return
        if isinstance(heard_by, Screen) and not heard_by.is_modal:
            # Nothing keeps a key from going up to the app, which costs less to wait for.
            with suppress(TimeoutError):
                await asyncio.wait_for(self._came_up.wait(), _PATIENCE_SECONDS)
        else:
            await _passed(heard_by)


def _is_letter(event: Event, heard_by: Widget) -> bool:
    """Is it a key that a line takes as text? Then nothing is another after it."""
    return isinstance(event, Key) and heard_by.check_consume_key(event.key, event.character)


async def _passed(first: DOMNode) -> None:
    """Waits until a key has gone from the widget that heard it up to the app.

    The first way is that of the key, the second that of what a widget has said of it (`Enter` in
    a line becomes `Submitted`).
    """
    for _ in range(2):
        for node in first.ancestors_with_self:
            await _has_done_its_share(node)


async def _has_done_its_share(node: MessagePump) -> None:
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    if node.call_later(_settle, done):
        # A widget that is closed meanwhile never comes to it, but its task ends.
        ends = {done, node.task} if isinstance(node, Widget) else {done}
        await asyncio.wait(ends, timeout=_PATIENCE_SECONDS, return_when=asyncio.FIRST_COMPLETED)


def _settle(done: asyncio.Future[None]) -> None:
    # Textual looks into the signature of what it calls, which takes long for a built-in method.
    if not done.done():
        done.set_result(None)
