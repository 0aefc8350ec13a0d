"""Living in a terminal: signals, a terminal that vanishes, Esc typed fast, errors of our own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from contextvars import copy_context
from pathlib import Path
from types import FrameType
from typing import Any, ClassVar, Final

from textual.app import App, ReturnType
from textual.events import Key, Mount, Unmount

from pipeboard.ui.terminal import crash
from pipeboard.ui.terminal.facts import tidy_environment
from pipeboard.ui.terminal.textual_shape import CRASHES_ARE_KNOWN

# How long closing the screens may take before the process ends without it.
_PATIENCE_SECONDS: Final = 1.5


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
        if os.environ.get("NO_COLOR"):
            # Otherwise Textual makes greys of its colours; so it sends none and shows what is
            # chosen by reversing it.
            options.setdefault("ansi_color", True)
        super().__init__(**options)
        self._handlers_before: dict[signal.Signals, Any] = {}
        self._crash_sentence = ""

    def save_drafts(self) -> None:
        """Keep what is half typed: called before leaving by force. The app says how."""

    def leave(self, return_code: int) -> None:
        """Save drafts and end, in good order if that is quick, with this return code."""
        self.save_drafts()
        self.exit(return_code=return_code)

    async def _on_mount(self, event: Mount) -> None:
        is_alone = threading.current_thread() is threading.main_thread()
        if self.is_headless or not is_alone:
            return
        loop, context = asyncio.get_running_loop(), copy_context()

        def end(number: int, frame: FrameType | None) -> None:
            # A writer blocked by a stalled terminal blocks the loop too: do not count on it.
            patience = threading.Timer(_PATIENCE_SECONDS, os._exit, [128 + number])
            patience.daemon = True
            patience.start()
            loop.call_soon_threadsafe(self.leave, 128 + number, context=context)

        for number in self.ENDING_SIGNALS:
            self._handlers_before[number] = signal.signal(number, end)

    async def _on_unmount(self, event: Unmount) -> None:
        for number, handler in self._handlers_before.items():
            signal.signal(number, handler)
        self._handlers_before.clear()

    def type_first(self, *keys: Key) -> None:
        """Gives these keys out before any that wait: they were typed before them."""
        for key in keys:
            self.post_message(key)

    async def _on_key(self, event: Key) -> None:
        """Take `alt+j`, which nobody wants, for what it was: Esc, and j within 100 ms.

        Where letters are being typed it stays what Textual makes of it; so does an alt key told
        by the newer keyboard protocol, which is sure of it and carries no character.
        """
        is_guess = event.key.startswith("alt+") and event.character is not None
        focused = self.focused
        if not is_guess or event.key in self.screen.active_bindings:
            return
        if focused is not None and focused.check_consume_key("a", "a"):
            return
        event.stop()
        event.prevent_default()
        self.type_first(Key("escape", "\x1b"), Key(event.character or "", event.character))

    def _fatal_error(self) -> None:
        # Textual prints the traceback with the values of variables: customers' data.
        error = self._exception
        if not CRASHES_ARE_KNOWN or error is None or self.is_headless:
            super()._fatal_error()
            return
        self._crash_sentence = crash.record(error, self.crash_log)
        self._close_messages_no_wait()

    def _print_error_renderables(self) -> None:
        if self._crash_sentence and sys.__stderr__ is not None:
            print(self._crash_sentence, file=sys.__stderr__)
            self._exit_renderables.clear()
        super()._print_error_renderables()
