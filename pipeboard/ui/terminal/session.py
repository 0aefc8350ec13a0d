"""Living in a terminal: signals, a terminal that vanishes, Esc typed fast, errors of our own."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from functools import lru_cache, partial
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from textual import _compositor
from textual._styles_cache import StylesCache
from textual.app import App, ReturnType, ScreenError
from textual.drivers import linux_driver
from textual.events import Event, InputEvent, Key, Mount, Paste, Unmount

from pipeboard import outlet
from pipeboard.domain.errors import Refused
from pipeboard.faults import origin, write_down
from pipeboard.ui.terminal.ink import tidy_environment
from pipeboard.ui.terminal.reading import ESC, PREFIX, AltKey

if TYPE_CHECKING:
    from textual.screen import Screen

    from pipeboard.ui.terminal.first_frame import Handler

AnyApp: TypeAlias = "App[Any]"
AnyScreen: TypeAlias = "Screen[Any]"
"""An app, a screen, whatever they return."""

# Whether the private parts of Textual that are leaned on here are still what they were in 8.2.
#
# Only the shape is looked at: asking for Textual's version costs 28 ms at each start, and the
# dependency is pinned below 9 anyway. Where a part has changed, Textual's own way is taken.


def _takes(function: Callable[..., object] | None, *names: str) -> bool:
    code = getattr(function, "__code__", None)
    return code is not None and code.co_varnames[: code.co_argcount] == names


def _has(owner: object, *names: str) -> bool:
    return all(hasattr(owner, name) for name in names)


def _names_in(function: Callable[..., object] | None) -> tuple[str, ...]:
    code = getattr(function, "__code__", None)
    return code.co_names if code is not None else ()


FRAMES_ARE_KNOWN: Final = (
    _takes(getattr(App, "_display", None), "self", "screen", "renderable")
    and _takes(_compositor.LayoutUpdate.__init__, "self", "strips", "region")
    and _takes(_compositor.ChopsUpdate.__init__, "self", "chops", "spans", "chop_ends")
)
"""Can frames be taken from the compositor before they become bytes?"""

_KEY_PARSER: Final = getattr(linux_driver, "XTermParser", None)

KEYS_ARE_KNOWN: Final = (
    getattr(_KEY_PARSER, "__module__", "") == "textual._xterm_parser"
    and _has(_KEY_PARSER, "feed", "tick")
    and "_timeout_time" in _names_in(getattr(_KEY_PARSER, "tick", None))
    and _takes(getattr(linux_driver.LinuxDriver, "run_input_thread", None), "self")
)
"""Can bytes be fed to Textual's parser of keys by somebody else?"""

CRASHES_ARE_KNOWN: Final = _takes(getattr(App, "_fatal_error", None), "self") and _takes(
    getattr(App, "_print_error_renderables", None), "self"
)
"""Is there one place where Textual reports an error that nobody handled?"""


def _let_lines_go() -> None:
    """Has Textual keep no lines of screens that are left.

    It remembers a pair of colours not by the colours alone, but by the widget's drawn lines as
    well (`lru_cache` on a method): those of the last thousand widgets would stay, 300 MB of them.
    """
    plain = getattr(getattr(StylesCache, "get_inner_outer", None), "__wrapped__", None)
    if plain is not None and _takes(plain, "cls", "base_background", "background"):
        shared = lru_cache(1024)(partial(plain, StylesCache))
        StylesCache.get_inner_outer = staticmethod(shared)  # type: ignore[assignment]


_let_lines_go()


# An error of our own: the details into a file for its owner, one sentence for the person.


def record(error: BaseException, log: Path | None) -> str:
    """Append the error that ends the program to the log, if any, and say so in a sentence."""
    what = f"Pipeboard stopped because of an error of its own ({type(origin(error)).__name__})"
    if log is None:
        return f"{what}. What was saved is safe."
    trouble = _append(error, log)
    if trouble:
        return f"{what}; the details could not be written to {log} ({trouble})."
    return f"{what}. What was saved is safe; please report the details in {log}"


def note(error: BaseException, log: Path | None) -> str:
    """The same for an error after which the program goes on."""
    what = f"An error of Pipeboard's own ({type(origin(error)).__name__})"
    if log is None or _append(error, log):
        return f"{what} could not be logged; what was saved is safe."
    return f"{what} was logged in {log}; what was saved is safe."


def _append(error: BaseException, log: Path) -> str:
    """Writes the details to the file; why not, where that fails."""
    try:
        write_down(error, log)
    except OSError as trouble:
        return trouble.strerror or str(trouble)
    return ""


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

    def __init__(self) -> None:
        tidy_environment()
        # Otherwise Textual makes greys where there are no colours, and shades of its own of the
        # terminal's sixteen, of which two become one where it has no more; and it fills what is
        # left of a line that is typed in with a dark ground.
        super().__init__(ansi_color=True)
        self._handlers_before: dict[signal.Signals, Handler] = {}
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
        with super().suspend():
            self._is_lent = True
            try:
                yield
            except BaseException as error:
                failure = error
            finally:
                self._is_lent = False
        if isinstance(failure, SessionInterrupted):
            self.leave(128 + failure.number)
            raise Refused("The program was told to end.") from failure
        if failure is not None:
            raise failure

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
                record(error, self.crash_log)
            return
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual prints the traceback with the values of variables: customers' data.
        error = self._exception
        if not CRASHES_ARE_KNOWN or error is None or self.is_headless:
            super()._fatal_error()
            return
        if not self._crash_sentence:
            self._crash_sentence = record(error, self.crash_log)
            self._save_drafts_anyhow()
        self._is_leaving = True
        self._close_messages_no_wait()

    def _save_drafts_anyhow(self) -> None:
        """After an error: one more is written down, and keeps nobody from leaving."""
        try:
            self.save_drafts()
        except Exception as error:
            record(error, self.crash_log)

    def _print_error_renderables(self) -> None:
        if self._crash_sentence:
            outlet.last_words(self._crash_sentence)
            self._exit_renderables.clear()
        super()._print_error_renderables()
