"""Bytes to and from the terminal: Textual's driver, made to survive what terminals do."""

from __future__ import annotations

import codecs
import os
import selectors
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from io import TextIOWrapper
from types import FrameType
from typing import TYPE_CHECKING, Final, cast

from textual.drivers.linux_driver import LinuxDriver

from pipeboard.ui.terminal.ink import ASK_BACKGROUND, terminal_encoding, terminal_size
from pipeboard.ui.terminal.reading import KeyReader
from pipeboard.ui.terminal.session import AnyApp, Session

if TYPE_CHECKING:
    from pipeboard.ui.terminal.first_frame import Attributes, FirstFrame

_ENTER_ALTERNATE_SCREEN: Final = "\x1b[?1049h"
# No scroll region, origin mode, insert mode, cursor keys of applications, second character set or
# pen: whatever an editor that was killed, or does not tidy up, has left behind.
_SANE: Final = "\x1b[r\x1b[?6l\x1b[4l\x1b[?1l\x1b>\x0f\x1b[m"
_READ_AT_ONCE: Final = 65536


class TerminalDriver(LinuxDriver):
    """Textual's driver for Linux and macOS, with these differences; only where `KEYS_ARE_KNOWN`.

    It takes over a terminal that `first_frame.paint` has painted, without clearing it, and gives
    it back as it was found however other programs have left it meanwhile. What is read is cut by
    `reading.Reader`: Esc is Esc, a paste is text, and a sequence that nobody knows is nothing.
    Bytes that are not UTF-8 become U+FFFD, where Textual's driver dies of them. A terminal that is
    gone is noticed at once and told as SIGHUP, even where SIGHUP was ignored; writing to it raises
    nothing. Nobody waits for the poll of a tenth of a second when leaving.
    """

    # Of the class, since Textual asks for SIGCONT before this instance has anything of its own.
    _is_continued = _is_continuing = False

    def __init__(
        self,
        app: AnyApp,
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
        self._attributes_found: Attributes | None = None
        self._was_resized = False
        self._wake_reader, self._wake_writer = os.pipe()
        os.set_blocking(self._wake_reader, False)

    def start_application_mode(self) -> None:
        """Take the terminal over, painted or not, for the first time or again."""
        found = self._attributes_found
        if found is not None:
            with suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, found)
        if isinstance(self._app, Session):
            self._app.take_signals()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if not self._is_writing:
            self._tell_whether_it_is_gone()
            return
        self._watch_sizes()
        painted, self._painted = self._painted, None
        if painted is not None:
            # What Textual found are the attributes that the first frame had set.
            self.attrs_before = painted.hand_over()
        if found is None:
            self._attributes_found = self.attrs_before
            if getattr(self._app, "follows_terminal", False):
                self.write(ASK_BACKGROUND)
        else:
            self.attrs_before = found
            self.write(_SANE)

    def _sigcont_application(self, *_: object) -> None:
        self._is_continued = True
        if self._is_continuing:
            # A second one within the first: taken over twice at once, the screen would stay blank.
            return
        self._is_continuing = True
        try:
            while self._is_continued:
                self._is_continued = False
                self._take_over_again()
        finally:
            self._is_continuing = False

    def _take_over_again(self) -> None:
        if self._auto_restart and self._is_writing:
            # Stopped from outside, without a chance to give the terminal back: who knows what the
            # shell has done to it. Textual would begin to read and to write twice.
            self.suspend_application_mode()
            self._must_signal_resume = True
        super()._sigcont_application()

    def take_resized(self) -> bool:
        """Has the terminal had another size since this was last asked, were it for a moment?"""
        was_resized, self._was_resized = self._was_resized, False
        return was_resized

    def write(self, data: str) -> None:
        """Send to the terminal, but do not enter (and so clear) a screen that is painted."""
        if self._is_entered and data == _ENTER_ALTERNATE_SCREEN:
            self._is_entered = False
        elif self._is_writing:
            super().write(data)

    def disable_input(self) -> None:
        """Stop reading keys, without waiting for the reader to look up."""
        os.write(self._wake_writer, b"\0")
        super().disable_input()
        # Taken back once the reader has ended: one that has just begun would take it unseen, and
        # wait for a key for ever.
        _drain(self._wake_reader)

    def run_input_thread(self) -> None:
        """Read keys until told to stop; as in Textual but for the differences of this class."""
        app = self._app
        reader = KeyReader(
            app.has_alt_key if isinstance(app, Session) else lambda _: False, debug=self._debug
        )
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        for data in self._read_until_told(reader):
            for event in reader.feed(decode(data)) if data else reader.quiet():
                self.process_message(event)

    def _read_until_told(self, reader: KeyReader) -> Iterator[bytes]:
        """What is read, and an empty read when nothing came for as long as the reader waits."""
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            selector.register(self._wake_reader, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                ready = selector.select(reader.patience)
                if any(key.fd == self.fileno for key, _events in ready):
                    data = self._read()
                    if data is None:
                        # Nobody is there any more, and there will never be anything to read.
                        os.kill(os.getpid(), signal.SIGHUP)
                        return
                    if data:
                        yield data
                elif not ready:
                    yield b""

    def _read(self) -> bytes | None:
        """Some bytes, none when another program on this terminal was faster, None at its end."""
        try:
            return os.read(self.fileno, _READ_AT_ONCE) or None
        except BlockingIOError:
            return b""
        except OSError:
            return None

    @property
    def _is_writing(self) -> bool:
        """Is there a writer? Without one nothing is kept that nobody would ever send."""
        return self._writer_thread is not None and self._writer_thread.is_alive()

    def _tell_whether_it_is_gone(self) -> None:
        # Textual does not start in the background, where it is stopped, and started again by fg.
        try:
            termios.tcgetattr(self.fileno)
        except termios.error:
            os.kill(os.getpid(), signal.SIGHUP)

    def _watch_sizes(self) -> None:
        """Remember that SIGWINCH came: two of them may be told as one, with the size of before."""
        tell = signal.getsignal(signal.SIGWINCH)

        def remember(number: int, frame: FrameType | None) -> None:
            self._was_resized = True
            if callable(tell):
                tell(number, frame)

        signal.signal(signal.SIGWINCH, remember)

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
