"""Living in a terminal: signals, a terminal that vanishes, Esc typed fast, errors of our own."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Final

from textual.app import App, ReturnType, ScreenError
from textual.events import Event, InputEvent, Key, Mount, Paste, Unmount

from pipeboard import outlet
from pipeboard.domain.errors import Refused
from pipeboard.faults import origin
from pipeboard.ui.terminal import crash
from pipeboard.ui.terminal.facts import tidy_environment
from pipeboard.ui.terminal.ink import ColorDepth, color_depth
from pipeboard.ui.terminal.textual_shape import CRASHES_ARE_KNOWN
from pipeboard.ui.terminal.typed import ESC, PREFIX, AltKey

# How long closing the screens may take before the process ends without it.
_PATIENCE_SECONDS: Final = 1.5


class SessionInterrupted(BaseException):
    """The end was asked for while another program had the terminal."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Session(App[ReturnType]):
    """An app that leaves well, however it is made to leave.

    SIGHUP (also told by `TerminalDriver` when the terminal vanishes), SIGTERM and SIGINT save
    drafts, restore the terminal and end with 128 + signal. An unhandled error is one line on
    stderr, its details in `crash_log`, and return code 1. Use `sys.exit(app.return_code)`.
    """

    crash_log: Path | None = None
    """Where the details of an unhandled error go; without it they are lost."""

    ENDING_SIGNALS: ClassVar = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)

    def __init__(self, **options: Any) -> None:
        tidy_environment()
        if color_depth(os.environ) <= ColorDepth.STANDARD:
            # Otherwise Textual makes greys where there are no colours, and of sixteen its own
            # shades, whose nearest of the sixteen are others: red and magenta become one.
            options.setdefault("ansi_color", True)
        super().__init__(**options)
        self._handlers_before: dict[signal.Signals, Any] = {}
        self._crash_sentence = ""
        self._alt_keys: frozenset[str] = frozenset()
        self._is_leaving = self._is_lent = False

    def save_drafts(self) -> None:
        """Keep what is half typed: called before leaving by force. The app says how."""

    def leave(self, return_code: int) -> None:
        """Save drafts and end, in good order if that is quick, with this return code."""
        self.save_drafts()
        self._is_leaving = True
        # Keys that are still to be given out would find no screen.
        self.workers.cancel_node(self)
        self.exit(return_code=return_code)

    def paste_refused(self) -> None:
        """Text was pasted where none can be typed: the app says so."""

    # Signals.

    def take_signals(self) -> None:
        """Be in charge of signals: from before the terminal is taken nobody else may end it."""
        if self._handlers_before or threading.current_thread() is not threading.main_thread():
            return
        loop, context = asyncio.get_running_loop(), copy_context()

        def end(number: int, frame: FrameType | None) -> None:
            if self._is_lent:
                if number != signal.SIGINT:
                    raise SessionInterrupted(number)
                # ctrl+c is meant for the program that has the terminal.
                return
            # A writer blocked by a stalled terminal blocks the loop too: do not count on it.
            patience = threading.Timer(_PATIENCE_SECONDS, os._exit, [128 + number])
            patience.daemon = True
            patience.start()
            loop.call_soon_threadsafe(self.leave, 128 + number, context=context)

        for number in self.ENDING_SIGNALS:
            self._handlers_before[number] = signal.signal(number, end)

    async def _on_mount(self, event: Mount) -> None:
        # `TerminalDriver` has asked for it before; another driver does not.
        if not self.is_headless:
            self.take_signals()

    async def _on_unmount(self, event: Unmount) -> None:
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        self._handlers_before.clear()

    @contextmanager
    def suspend(self) -> Iterator[None]:
        """Lends the terminal to another program, and takes it back however that ends.

        Textual leaves the screen blank and the keyboard unread when the body raises. Asked to end
        meanwhile by a signal, the app leaves, and Refused is raised.
        """
        failure: BaseException | None = None
        with super().suspend(), self._lent():
            try:
                yield
            except BaseException as error:
                failure = error
        if isinstance(failure, SessionInterrupted):
            self.leave(128 + failure.number)
            raise Refused("The program was told to end.") from failure
        if failure is not None:
            raise failure

    @contextmanager
    def _lent(self) -> Iterator[None]:
        quit_before = signal.signal(signal.SIGQUIT, _ignored)
        self._is_lent = True
        try:
            yield
        finally:
            self._is_lent = False
            signal.signal(signal.SIGQUIT, quit_before)

    # Keys.

    def set_keymap(self, keymap: Mapping[str, str]) -> None:
        """The keys that a person has given to commands, by the ids of their bindings."""
        wanted = (key for keys in keymap.values() for key in keys.split(","))
        self._alt_keys = frozenset(key for key in wanted if key.startswith(PREFIX))
        super().set_keymap(dict(keymap))

    def has_alt_key(self, name: str) -> bool:
        """Has the person given this key with Alt to a command, on whichever screen?"""
        return name in self._alt_keys

    def type_first(self, *keys: Key) -> None:
        """Gives these keys out before any that wait: they were typed before them."""
        for key in keys:
            self.post_message(key)

    async def _on_key(self, event: Key) -> None:
        # Nobody has taken it: its command belongs to another screen.
        if isinstance(event, AltKey) and event.key not in self.screen.active_bindings:
            event.stop()
            event.prevent_default()
            self.type_first(Key("escape", ESC), event.plain)

    def on_paste(self, event: Paste) -> None:
        """No screen has taken it."""
        event.stop()
        self.paste_refused()

    async def on_event(self, event: Event) -> None:
        """Textual's way, but keys, clicks and pastes come too late once there are no screens."""
        if isinstance(event, InputEvent | Paste) and not self.screen_stack:
            return
        await super().on_event(event)

    # Errors of our own.

    def _handle_exception(self, error: Exception) -> None:
        if self._is_leaving and CRASHES_ARE_KNOWN:
            # What was asked for goes on: everything is saved, and the exit code is known. That
            # what still runs misses a screen is no fault: they go one by one.
            if not isinstance(origin(error), ScreenError):
                crash.record(error, self.crash_log)
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual prints the traceback with the values of variables: customers' data.
        error = self._exception
        if not CRASHES_ARE_KNOWN or error is None or self.is_headless:
            super()._fatal_error()
            return
        if not self._crash_sentence:
            self._crash_sentence = crash.record(error, self.crash_log)
            self._save_drafts_anyhow()
        self._is_leaving = True
        self._close_messages_no_wait()

    def _save_drafts_anyhow(self) -> None:
        """After an error: one more is written down, and keeps nobody from leaving."""
        try:
            self.save_drafts()
        except Exception as error:
            crash.record(error, self.crash_log)

    def _print_error_renderables(self) -> None:
        if self._crash_sentence:
            outlet.last_words(self._crash_sentence)
            self._exit_renderables.clear()
        super()._print_error_renderables()


def _ignored(number: int, frame: FrameType | None) -> None:
    """Unlike SIG_IGN this is not handed down to the program that is run."""
