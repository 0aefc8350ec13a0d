"""The one way out: every byte to stdout and stderr, and every file that is made for a person.

Whatever steers a terminal is taken out of the text here, whoever wrote it, so that no other place
has to think of it (`tests/test_architecture.py` finds any other write). Cheap to import: help and
version come through here too. What is for people is said in their words here (`aloud`); data, JSON
and files are English, whoever reads.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from pipeboard.domain.phrases import aloud

TYPE_CHECKING = False  # `typing` itself is more than help needs
if TYPE_CHECKING:
    from pathlib import Path
    from typing import TextIO

_ONE_LINE = dict.fromkeys(map(ord, "\t\r\n"))
_PRIVATE = 0o600
_PIECE = 1 << 16
_MOST_NUMBERS = 1_000  # file names that are tried before it is given up


class OutputFailed(OSError):
    """What was to be printed could not be: the disk is full, the reader is gone."""


class Data:
    """Stdout as a file to write into, for `csv.writer`: cleaned, line ends kept."""

    def write(self, text: str) -> int:
        """The text as lines of data. Raises OutputFailed."""
        _print(sys.stdout, clean(text))
        return len(text)


DATA = Data()


def data(text: str, end: str = "\n") -> None:
    """Lines of data on stdout. Raises OutputFailed."""
    _print(sys.stdout, clean(text) + end)


def json_text(text: str) -> None:
    """JSON on stdout, of which `as_json` has seen to it that nothing steers a terminal. Raises
    OutputFailed."""
    _print(sys.stdout, text)


def styled(parts: Iterable[tuple[str, str]]) -> None:
    """A line of data from texts and how they look: an SGR code, or "" for plain."""
    shown = []
    for text, style in parts:
        plain = clean(aloud(text)).translate(_ONE_LINE)
        shown.append(f"\x1b[{style}m{plain}\x1b[0m" if style and plain else plain)
    _print(sys.stdout, "".join(shown) + "\n")


_heard: tuple[list[str], list[str]] | None = None


@contextmanager
def heard() -> Iterator[tuple[list[str], list[str]]]:
    """What meanwhile goes to stdout, as it is printed, and the messages."""
    global _heard
    _heard = [], []
    try:
        yield _heard
    finally:
        _heard = None


def encoded(text: str) -> bytes:
    """What was `heard` on stdout as the bytes that it became."""
    return text.encode(sys.stdout.encoding or "utf-8", sys.stdout.errors or "strict")


def again(said: bytes) -> None:
    """What was `encoded` once more, which was cleaned then. Raises OutputFailed."""
    try:
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()
    except OSError as error:
        raise _failed(error) from error


def flush() -> None:
    """What is still held back for stdout. Raises OutputFailed."""
    _print(sys.stdout, "")
    try:
        sys.stdout.flush()
    except OSError as error:
        raise _failed(error) from error


def message(text: str, end: str = "\n") -> None:
    """Lines for the person, on stderr; lost without a word where nobody can read them."""
    text = with_database(aloud(text))
    if _heard is not None:
        _heard[1].append(text + end)
    _tell(_wrapped(clean(text)) + end)


_database = ""


def name_database(path: str) -> None:
    """Commands that people are told to type name this database from now on; empty for none."""
    global _database
    _database = path


def with_database(text: str) -> str:
    """The text, whose commands do what it says also where this call named a database: `pipeboard
    list` becomes `pipeboard --db sales.db list`. A demo is put into no database of anybody's."""
    if not _database or "pipeboard" not in text or text.startswith("{"):
        return text
    import re
    from shlex import quote

    elsewhere = r"(?:demo|tour|config|help|keys|logs)\b"
    command = rf"(^|: |')pipeboard(?='| (?!{elsewhere})[a-z])(?![^'\n]*--db)"
    said = f"pipeboard --db {quote(_database)}"
    return re.sub(command, lambda found: f"{found[1]}{said}", aloud(text), flags=re.MULTILINE)


def _wrapped(text: str) -> str:
    """Lines that are longer than the terminal is wide, cut between words; JSON stays as it is."""
    width = columns(sys.stderr)
    if not width or text.startswith("{") or len(text) < width:
        return text
    from textwrap import wrap

    lines = (
        wrap(line, width - 1, break_long_words=False, break_on_hyphens=False)
        if len(line) >= width
        else [line]
        for line in text.split("\n")
    )
    return "\n".join("\n".join(line) for line in lines)


def columns(stream: TextIO | None) -> int:
    """How wide the terminal is that a stream goes to; 0 where it goes elsewhere."""
    try:
        return os.get_terminal_size(stream.fileno()).columns if stream and stream.isatty() else 0
    except (OSError, ValueError):
        return 0


def in_utf8() -> None:
    """Stdout is read by a program, or becomes a file of a format that is UTF-8, from now on: no
    locale has a say in it. A terminal keeps its own encoding."""
    stream = sys.stdout
    is_utf8 = (stream.encoding or "").lower() in ("utf-8", "utf8")
    if not is_utf8 and isinstance(stream, io.TextIOWrapper) and not stream.isatty():
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def screen() -> tuple[bool, int, str]:
    """Where data goes: whether to a terminal, how wide that is, and in which encoding."""
    return sys.stdout.isatty(), columns(sys.stdout), sys.stdout.encoding


def overwrite(text: str) -> None:
    """A line of progress on stderr, in place of the one before."""
    _tell(f"\r{clean(aloud(text))}\x1b[K")


def wipe() -> None:
    """The line of progress taken away."""
    _tell("\r\x1b[K")


def clean(text: str) -> str:
    """The text without whatever steers a terminal; tabs and line ends stay."""
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text
    *lines, last = text.split("\n")
    from pipeboard.domain.text import printable

    def cells(line: str) -> str:
        return "\t".join(map(printable, line.split("\t")))

    ended = [cells(line) + ("\r" if line.endswith("\r") else "") for line in lines]
    return "\n".join((*ended, cells(last)))


def _print(stream: TextIO, text: str) -> None:
    if _heard is not None:
        _heard[0].append(text)
    try:
        stream.write(text)
    except OSError as error:
        raise _failed(error) from error


def _failed(error: OSError) -> OutputFailed:
    if error.errno == errno.EBADF:
        return OutputFailed(errno.EBADF, "stdout is closed")
    return OutputFailed(*error.args)


def closed() -> TextIO:
    """A stream in the place of a stdout that is closed: what is written to it fails."""
    descriptor = os.open(os.devnull, os.O_RDONLY)
    return open(descriptor, "w", encoding="utf-8", errors="backslashreplace")


def _tell(text: str) -> None:
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except (OSError, ValueError):
        _silence(sys.stderr)  # what was done is done; the exit code tells it


def silence() -> None:
    """Stdout goes nowhere from now on."""
    _silence(sys.stdout)


def _silence(stream: TextIO) -> None:
    """The stream goes nowhere from now on: what it still holds back must not fail once more at
    exit, which would change the exit code."""
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError):
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def settle() -> None:
    """Whatever others have left to say on stderr is said, or is lost where nobody can read it: the
    exit code is known by now, and stays."""
    if sys.stderr is not None:
        _tell("")


def last_words(text: str) -> None:
    """A line on the stderr that the process began with, after the screens are gone."""
    if sys.__stderr__ is not None:
        with suppress(OSError, ValueError):
            print(clean(aloud(text)), file=sys.__stderr__)


@contextmanager
def set_aside(chunks: Iterable[str]) -> Iterator[Iterator[str]]:
    """All of a text made at once and kept in a file without a name, to be read in pieces: for
    whoever reads a database that others wait for. Raises BadInput where there is no room."""
    import tempfile

    from pipeboard.domain.errors import BadInput

    with tempfile.TemporaryFile("w+", encoding="utf-8", newline="") as file:
        try:
            file.writelines(chunks)
            file.seek(0)
        except OSError as error:
            raise BadInput(
                f"There is no room to put it together: {error.strerror}.",
                hint=f"Free some in {tempfile.gettempdir()}, or name another folder in TMPDIR.",
            ) from error
        yield iter(lambda: file.read(_PIECE), "")


def write_file(
    path: Path,
    chunks: Iterable[str | bytes],
    *,
    force: bool = False,
    numbered: bool = True,
    lasting: bool = True,
) -> Path:
    """A file of its own for text or bytes, which only its owner can read; returns where it is.

    A name that is taken gets a number (`deals-2.csv`), or is refused where it is not to be
    `numbered`; with `force` the file that is there is replaced by a new one that keeps neither its
    mode nor its owner. Text is cleaned as on stdout. The name is given to what is whole, so that
    nothing half is ever found under it, whatever ends this; what is not `lasting` may go with the
    power. Raises BadInput with the path for what cannot be written.
    """
    from pipeboard.domain.errors import BadInput

    try:
        return put_file(path.expanduser(), chunks, force=force, numbered=numbered, lasting=lasting)
    except FileExistsError as error:
        raise BadInput(
            f"{clean(str(path))} is there already.", hint="Name another file."
        ) from error
    except (OSError, RuntimeError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput(
            f"{clean(str(path))} cannot be written: {why}.", hint="Name another file or folder."
        ) from error


def put_file(
    target: Path,
    chunks: Iterable[str | bytes],
    *,
    force: bool = False,
    numbered: bool = False,
    lasting: bool = True,
) -> Path:
    """As `write_file`, for whoever says it otherwise: raises OSError or ValueError."""
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    if not (force or numbered) and os.path.lexists(target):
        raise _taken()  # before it is made up
    names = (target,) if force or not numbered else tuple(_numbered(target))
    with _nameless(target) as (descriptor, unfinished):
        with open(descriptor, "wb", closefd=False) as file:
            file.writelines(map(_encoded, chunks))
            file.flush()
            if lasting:
                os.fsync(descriptor)
        found = _replace(unfinished, target) if force else claim(unfinished, names)
    if lasting:
        _settle(target.parent)
    return found


def _taken() -> FileExistsError:
    return FileExistsError(errno.EEXIST, "it is there already")


def _numbered(target: Path) -> Iterator[Path]:
    yield target
    for number in range(2, _MOST_NUMBERS + 1):
        yield target.with_name(f"{target.stem}-{number}{target.suffix}")


def _encoded(chunk: str | bytes) -> bytes:
    return chunk if isinstance(chunk, bytes) else clean(chunk).encode("utf-8", "replace")


def _settle(folder: Path) -> None:
    """Without this a new name may be lost with the power, though the file is not."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        return  # not every file system knows how


@contextmanager
def _nameless(target: Path) -> Iterator[tuple[int, Path]]:
    """An open file beside a target, and the path by which it gets a name.

    It has none before, so that a process that is killed leaves nothing; where the system makes no
    such files, it has a hidden one.
    """
    descriptor, path = -1, _hidden(target)
    with suppress(OSError, AttributeError):
        descriptor = os.open(target.parent, os.O_TMPFILE | os.O_WRONLY, _PRIVATE)
        path = type(target)(f"/proc/self/fd/{descriptor}")
        if not os.path.exists(path):
            os.close(descriptor)
            descriptor, path = -1, _hidden(target)
    if descriptor < 0:
        descriptor = os.open(path, _NEW, _PRIVATE)
    try:
        yield descriptor, path
    finally:
        os.close(descriptor)
        if path.parent == target.parent:
            path.unlink(missing_ok=True)


_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)


def _hidden(target: Path) -> Path:
    """A name beside a target that nobody else takes."""
    return target.with_name(f".{target.name[:200]}.{os.getpid()}-{os.urandom(4).hex()}.new")


def _replace(unfinished: Path, target: Path) -> Path:
    if unfinished.parent != target.parent:
        unfinished = claim(unfinished, (_hidden(target),))
    try:
        return unfinished.replace(target)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def claim(unfinished: Path, names: Iterable[Path]) -> Path:
    """Gives a file that is whole the first of the names that nothing has yet; its own name may
    stay. Raises FileExistsError where all are taken, and OSError."""
    for name in names:
        try:
            # A link of /proc is followed to its file only where a folder is named, which an
            # absolute path makes nothing of.
            os.link(os.path.abspath(unfinished), name, src_dir_fd=0)
        except FileExistsError:
            continue
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            try:
                os.close(os.open(name, _NEW, _PRIVATE))
            except FileExistsError:
                continue
            return unfinished.replace(name)
        return name
    raise _taken()


def append_private(path: Path, text: str) -> None:
    """A line more in a log that only its owner can read. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, _PRIVATE)
    with open(descriptor, "a", encoding="utf-8", errors="backslashreplace") as file:
        os.fchmod(file.fileno(), _PRIVATE)
        file.write(text if text.endswith("\n") else f"{text}\n")
