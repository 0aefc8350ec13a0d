"""Bytes to and from the terminal: Textual's driver, made to survive what terminals do."""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import sys
from collections.abc import Iterator
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any, Final, cast

from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from pipeboard.ui.terminal.facts import terminal_encoding, terminal_size

if TYPE_CHECKING:
    from textual.app import App

    from pipeboard.ui.terminal.first_frame import FirstFrame

_ENTER_ALTERNATE_SCREEN: Final = "\x1b[?1049h"
_READ_AT_ONCE: Final = 4096
_TICK_SECONDS: Final = 0.1


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with four differences; only where `KEYS_ARE_KNOWN`.

    It takes over a terminal that `first_frame.paint` has painted, without clearing it. Bytes that
    are not UTF-8 become U+FFFD, where Textual's driver dies of them. A terminal that is gone is
    noticed at once and told as SIGHUP, even where SIGHUP was ignored; writing to it raises
    nothing. Nobody waits for the poll of a tenth of a second when leaving.
    """

    def __init__(
        self,
        app: App[Any],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        if sys.__stderr__ is not None:
            self._file = cast("TextIOWrapper", Outlet(sys.__stderr__.fileno(), terminal_encoding()))
        self._painted: FirstFrame | None = getattr(app, "first_frame", None)
        self._is_entered = self._painted is not None
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)

    def start_application_mode(self) -> None:
        """Take the terminal over, painted or not."""
        super().start_application_mode()  # type: ignore[no-untyped-call]
        painted, self._painted = self._painted, None
        if painted is not None:
            # What Textual found are the attributes that the first frame had set.
            self.attrs_before = painted.hand_over()

    def write(self, data: str) -> None:
        """Send to the terminal, but do not enter (and so clear) a screen that is painted."""
        if self._is_entered and data == _ENTER_ALTERNATE_SCREEN:
            self._is_entered = False
            return
        super().write(data)

    def disable_input(self) -> None:
        """Stop reading keys, without waiting for the reader to look up."""
        os.write(self._wake_writer, b"\0")
        super().disable_input()

    def run_input_thread(self) -> None:
        """Read keys until told to stop; as in Textual but for the differences of this class."""
        _drain(self._wake_reader)
        parser = XTermParser(self._debug)
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        for data in self._typed(parser):
            for message in parser.feed(decode(data)) if data else parser.tick():
                self.process_message(message)

    def _typed(self, parser: XTermParser) -> Iterator[bytes]:
        """What is read, and an empty read whenever an escape sequence may have timed out."""
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                # Only a half-read sequence needs a clock; a later Textual may hide that it is.
                is_pending = getattr(parser, "_timeout_time", 0.0) is not None
                ready = selector.select(_TICK_SECONDS if is_pending else None)
                if any(key.fd == self.fileno for key, _events in ready):
                    data = self._read()
                    if not data:
                        # Nobody is there any more, and there will never be anything to read.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    yield data
                yield b""

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, _READ_AT_ONCE)
        except OSError:
            return b""

    def _get_terminal_size(self) -> tuple[int, int]:
        # Textual asks stdout, which may be a pipe while we draw on stderr.
        return terminal_size()


class Outlet:
    """A file of text that goes straight to a terminal, and nowhere when the terminal is gone.

    Python's own stderr keeps what it could not write, and fails with it at exit.
    """

    def __init__(self, descriptor: int, encoding: str) -> None:
        self._descriptor = descriptor
        self._encoding = encoding
        self._pending: list[str] = []

    def fileno(self) -> int:
        """The descriptor written to."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Keep the text for the next flush."""
        self._pending.append(text)
        return len(text)

    def flush(self) -> None:
        """Send all that was written."""
        data = memoryview("".join(self._pending).encode(self._encoding, "replace"))
        self._pending.clear()
        try:
            while data:
                data = data[self._write_some(data) :]
        except OSError:
            # The reader of keys notices, and the session ends.
            return

    def _write_some(self, data: memoryview) -> int:
        try:
            return os.write(self._descriptor, data)
        except BlockingIOError:
            # Somebody else made our terminal non-blocking.
            with selectors.SelectSelector() as selector:
                selector.register(self._descriptor, selectors.EVENT_WRITE)
                selector.select()
            return 0


def _drain(descriptor: int) -> None:
    try:
        while os.read(descriptor, 64):
            pass
    except BlockingIOError:
        return
