"""Keys given out one at a time, so that each means what it meant when it was typed."""

from __future__ import annotations

import asyncio
from asyncio import Queue
from collections import deque
from collections.abc import Awaitable, Callable
from math import inf
from typing import Final, TypeVar

from textual.app import App, ReturnType
from textual.dom import DOMNode
from textual.events import Click, Event, Key, MouseDown, MouseUp, Paste
from textual.geometry import Offset
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widget import Widget

from pipeboard.domain.errors import GivenUp
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.keys import as_pressed
from pipeboard.ui.terminal.workers import beside

T = TypeVar("T")
Typed = tuple[Key | Paste, ...]
"""Keys and pastes that nothing has heard yet, in the order in which they came."""

GIVES_UP: Final = "ctrl+c"
LEFT: Final = 1
"""The button of the mouse that clicks and drags; the others are the terminal's."""
IN_ONE_GO_S: Final = 0.6
"""Between two keys of which the second was typed without looking at what the first has done."""
_TEXT: Final = 3
"""So many keys dropped are words, up to an Enter: in these people stop to think."""
IN_WORDS_S: Final = 2.0
_OF_TEXT: Final = frozenset(("enter", "backspace", "tab"))
_PAUSE_S: Final = 0.05
"""Between two looks at a database that others hold."""


@dataclass(frozen=True, slots=True)
class Button:
    """A button of the mouse that was pressed or let go, on the `screen` that was seen then, and how
    many actions had `begun`."""

    event: MouseDown | MouseUp
    screen: object
    begun: int


class KeyQueue:
    """The keys and clicks that wait, and for what: actions under way that have asked nothing yet.

    `notice` is told whenever something about it has changed, and whether a click was dropped.
    """

    def __init__(self, notice: Callable[[bool], None]) -> None:
        self._notice = notice
        self._typed: deque[Key | Paste | Button] = deque()
        self._has_typed, self._is_free = asyncio.Event(), asyncio.Event()
        self._is_free.set()
        self._given_up = asyncio.Event()
        self._acting = self._asking = 0
        self._begun = 0
        self._drops_click = self._is_late = self._is_giving = self._refuses = False
        self._has_entered = False
        self.typed_at = -inf
        """When the last key came, by the clock of events."""
        self.heard: Callable[[float], None] | None = None
        """Is told when each key and each button comes."""
        self.given_at = -inf
        """When the key, or the button, came that is being heard, or was the last."""
        self.dropped = 0
        """How many keys were dropped since the last one that was not."""

    @property
    def has_settled(self) -> bool:
        """Has every key been given out, and every action ended or asked something?"""
        return not self._typed and not self._is_giving and self._is_free.is_set()

    @property
    def is_waiting(self) -> bool:
        """Is an action under way that has not asked anything?"""
        return not self._is_free.is_set()

    def acts(self) -> None:
        """An action begins beside the screen: keys wait, unless it is `asking`, until it ends."""
        self._acting += 1
        self._begun += 1
        self._look()

    def has_acted(self) -> None:
        """An action has ended."""
        self._acting -= 1
        self._look()

    def asking(self, answer: asyncio.Future[T]) -> None:
        """An action asks something: keys go to the question until it is answered."""

        def has_answered(_answer: asyncio.Future[T]) -> None:
            self._asking -= 1
            self._look()

        self._asking += 1
        answer.add_done_callback(has_answered)
        self._look()

    def _look(self) -> None:
        if self._acting <= self._asking:
            self._is_free.set()
            self._given_up.clear()
        else:
            self._is_free.clear()
        self._notice(False)

    @property
    def names(self) -> tuple[str, ...]:
        """The keys that wait, by the names that people give them; a paste as its text."""
        return tuple(
            event.text if isinstance(event, Paste) else as_pressed(event.key, event.character)
            for event in self._keys
        )

    @property
    def _keys(self) -> Typed:
        return tuple(event for event in self._typed if not isinstance(event, Button))

    def put(self, event: Key | Paste) -> None:
        """One more key, behind all others; not one of a text whose question was refused."""
        is_in_words = self.dropped >= _TEXT and not self._has_entered
        follows = event.time - self.typed_at <= (IN_WORDS_S if is_in_words else IN_ONE_GO_S)
        self.typed_at = event.time
        self._tell(event)
        if self._refuses and follows and not self._asking and _is_text(event):
            self._note_dropped((event,))
            self._notice(False)
            return
        self._refuses, self.dropped = False, 0
        self._typed.append(event)
        self._has_typed.set()
        if self.is_waiting:
            self._notice(False)

    def put_first(self, *keys: Key | Paste) -> None:
        """These keys before any that wait: they were typed before them."""
        self._typed.extendleft(reversed(keys))
        self._has_typed.set()

    def take(self) -> Typed:
        """What still waits, which is given out here no more: it is meant for what comes after."""
        typed = self._keys
        self._typed.clear()
        return typed

    def drop(self) -> None:
        """The keys that wait are not given out any more."""
        self._note_dropped(self._keys)
        self._typed.clear()

    def _note_dropped(self, keys: Typed) -> None:
        self.dropped += len(keys)
        if keys:
            self._has_entered = isinstance(keys[-1], Key) and keys[-1].key == "enter"

    def refuse(self) -> None:
        """The question does not come for which keys were typed, some of them perhaps still on
        their way: on the screen they would be other keys. They are dropped until the person stops
        typing."""
        self._refuses = True
        self.drop()

    def give_up(self) -> None:
        """The person does not want to wait any longer: the action under way ends if it can."""
        self.drop()
        self._given_up.set()

    async def pause(self) -> None:
        """For an action that has to try again: waits a moment; raises GivenUp."""
        try:
            await asyncio.wait_for(self._given_up.wait(), _PAUSE_S)
        except TimeoutError:
            return
        raise GivenUp

    def drops_button(self, event: Event) -> bool:
        """Was the button pressed while an action was under way? Then its release counts no more
        than it does."""
        if isinstance(event, MouseDown):
            self._drops_click = self.is_waiting
            if self._drops_click:
                self._notice(True)
            return self._drops_click
        dropped = self._drops_click or self.is_waiting
        if isinstance(event, MouseUp):
            self._drops_click = False
        return dropped

    def put_button(self, event: MouseDown | MouseUp, screen: object) -> None:
        """A button, behind the keys and clicks that a slow line has brought with it."""
        self._typed.append(Button(event, screen, self._begun))
        self._has_typed.set()
        self._tell(event)

    def _tell(self, event: Event) -> None:
        if self.heard is not None:
            self.heard(event.time)

    def is_late(self, button: Button, screen: object) -> bool:
        """Has what came before a button begun something, or shown another screen? Then it was not
        meant for what is seen now, nor its release."""
        is_late = (button.screen, button.begun) != (screen, self._begun)
        if isinstance(button.event, MouseUp):
            return is_late or self._is_late
        self._is_late = is_late
        return is_late

    async def give_out(self, give: Callable[[Key | Paste | Button], Awaitable[None]]) -> None:
        """Gives out one key or click after another, each once nothing is waited for; never ends."""
        while True:
            await self._has_typed.wait()
            await self._is_free.wait()
            if not self._typed:
                self._has_typed.clear()
                continue
            self._is_giving = True
            event = self._typed.popleft()
            self.given_at = event.event.time if isinstance(event, Button) else event.time
            try:
                await give(event)
            finally:
                self._is_giving = False


class TypeAhead(App[ReturnType]):
    """An app in which each key finds what the keys before it have made of the screen.

    Textual hands all keys that have come at once to the screen of that moment: of a fast `m3`, or
    of keys that a slow line brings together, the second would miss the menu of the first. Here a
    key waits, for however long it takes, until the one before it has done all that it does, and so
    does a click; what is clicked while something is done means a screen that will not be there any
    more, and is dropped.
    """

    def __init__(self) -> None:
        super().__init__()
        self.key_queue = KeyQueue(self.notice_waiting)
        self._is_begun = False
        self._pressed: MouseDown | None = None
        self._clicked_on: Screen[object] | None = None
        """The screen that was on top when the last click was made."""
        self._came_up = asyncio.Event()

    def on_mount(self) -> None:
        if not self.key_queue.has_settled:
            _begin_giving(self)

    def notice_waiting(self, clicked: bool) -> None:
        """Something has changed about what waits; `clicked`: a click was dropped."""

    def give_up(self) -> None:
        """^c while keys wait: the action under way ends if it can."""
        self.key_queue.give_up()

    def type_first(self, *keys: Key | Paste) -> None:
        """Gives these keys out before any that wait: they were typed before them."""
        self.key_queue.put_first(*keys)

    async def on_event(self, event: Event) -> None:
        """Textual's way for all but what comes from the keyboard and the buttons of the mouse."""
        queue = self.key_queue
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            if isinstance(event, Key) and queue.is_waiting and _ends_waiting(self, event.key):
                self.give_up()
                return
            queue.put(event)
            _begin_giving(self)
            return
        if isinstance(event, MouseDown | MouseUp | Click) and not event.is_forwarded:
            if event.button != LEFT or queue.drops_button(event):
                return
            if not isinstance(event, Click):
                queue.put_button(event, self.screen)
                _begin_giving(self)
                return
        await super().on_event(event)
        if isinstance(event, Key):
            self._came_up.set()

    async def _give(self, event: Key | Paste | Button) -> None:
        """Hands a key or a click on, and waits until it has done what it does."""
        if isinstance(event, Button):
            if not self.key_queue.is_late(event, self.screen):
                clicked = _pointed_at(self, event.event)
                await super().on_event(event.event)
                await _passed(clicked)
            return
        if self.screen.is_modal:
            # It may have just been opened: its line gets the focus by messages too.
            await _passed(self.screen)
        heard_by = self.focused or self.screen
        self._came_up.clear()
        await super().on_event(event)
        if not event.is_forwarded or _is_letter(event, heard_by):
            return
        if isinstance(heard_by, Screen) and not heard_by.is_modal and isinstance(event, Key):
            # Nothing keeps a key from going up to the app, which costs less to wait for.
            await _either(self._came_up.wait(), heard_by)
        else:
            await _passed(heard_by)


def _pointed_at(app: TypeAhead[ReturnType], event: MouseDown | MouseUp) -> DOMNode:
    """Where a button is heard; let go elsewhere, or once too often, it clicks nothing."""
    pressed = app._pressed
    if isinstance(event, MouseDown):
        app._pressed = event
        return app.screen
    if (pressed and not is_still(pressed, event)) or _is_once_too_often(app, event):
        app._mouse_down_widget = None  # Textual makes no click of it
    else:
        app._clicked_on = app.screen
    return app._mouse_down_widget or app.screen


def is_still(pressed: MouseDown, let_go: MouseUp) -> bool:
    """Is it a click, and not the way of a drag? A hand may slip by a cell."""
    return _is_beside(pressed.screen_offset, let_go.screen_offset)


def _is_beside(one: Offset, other: Offset) -> bool:
    return abs(one.x - other.x) <= 1 and one.y == other.y


def _is_once_too_often(app: TypeAhead[ReturnType], event: MouseUp) -> bool:
    """Does it click again, by a hand that clicks twice or more, what has been clicked for all that
    it means? Textual's own lines select a word or all by it. Cards and lines are opened by a second
    click; none hears a third, nor one meant for the screen that the first has closed or covered."""
    last, at = app._click_chain_last_time, app._click_chain_last_offset
    if last is None or at is None or event.time - last > app.CLICK_CHAIN_TIME_THRESHOLD:
        return False
    if not _is_beside(at, event.screen_offset):
        return False
    widget = app._mouse_down_widget
    is_line = widget is not None and widget.focusable
    is_heard = is_line or not (app.screen.is_modal or app._chained_clicks > 1)
    if is_heard and app._clicked_on is app.screen:
        return False
    app._click_chain_last_time = event.time
    return True


def unheard_by(app: TypeAhead[ReturnType]) -> Typed:
    """What was typed to an app that has ended, and that it never heard."""
    queue: Queue[Message | None] = app._message_queue
    unread: list[Key | Paste] = []
    while not queue.empty():
        event = queue.get_nowait()
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            unread.append(event)
    return (*app.key_queue.take(), *unread)


def _begin_giving(app: TypeAhead[ReturnType]) -> None:
    """Keys are given out from the first one on, once, and nothing is begun before it."""
    if not app._is_begun:
        app._is_begun = True
        beside(app, "typing", app.key_queue.give_out, app._give)


def _ends_waiting(app: App[ReturnType], key: str) -> bool:
    """^c does; Esc where the keys wait for what a screen counts."""
    return key == GIVES_UP or (key == "escape" and getattr(app.screen, "counting", 0) > 0)


def _is_text(event: Key | Paste) -> bool:
    """Is it what people type into a line?"""
    return isinstance(event, Paste) or event.is_printable or event.key in _OF_TEXT


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
    done = asyncio.Event()
    if node.call_later(_settle, done):
        await _either(done.wait(), node)


async def _either(done: Awaitable[object], node: MessagePump) -> None:
    """Waits for something that a node does, or until it is closed and so never does it."""
    waiting = asyncio.ensure_future(done)
    ends = {waiting, node.task} if isinstance(node, Widget) else {waiting}
    try:
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def _settle(done: asyncio.Event) -> None:
    # Textual looks into the signature of what it calls, which takes long for a built-in method.
    done.set()


def dropped(keys: int) -> str:
    """What is said of keys that were not given out; empty for none."""
    return f"{keys} key{'s' * (keys > 1)} dropped." if keys else ""
