"""Text written in the person's own editor: kept in a file of theirs until it is stored.

Whatever goes wrong (no editor, a failure, a signal, a refusal, a busy database), the words are in
that file, its path is told, and the same verb offers them again.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from pipeboard import foreground, outlet
from pipeboard.cli.call import Call
from pipeboard.cli.config import Config
from pipeboard.cli.failures import with_advice
from pipeboard.cli.folders import state_folder
from pipeboard.domain.digests import sha256
from pipeboard.domain.errors import BadInput, PipeboardError, Refused
from pipeboard.domain.text import quoted, slug

_TAKES_LINE = frozenset(
    ("vi", "vim", "nvim", "gvim", "view", "nano", "pico", "emacs", "emacsclient", "micro", "joe",
     "jed", "kak", "mg", "ne", "zile")
)  # fmt: skip
_BOARD = "board"
_LINE = re.compile(r"\bline (\d+)")


def command(config: Config, environ: Mapping[str, str]) -> list[str]:
    """The editor and its arguments: as configured, else $VISUAL, $EDITOR or vi.

    Raises BadInput, naming where it was said, for what is no command.
    """
    named = {
        "'editor' in the configuration": config.text("editor"),
        "VISUAL": environ.get("VISUAL"),
        "EDITOR": environ.get("EDITOR"),
    }
    for where, text in named.items():
        if text and text.strip():
            return program(text, where)
    return ["vi"]


def program(text: str, where: str) -> list[str]:
    """The words of a command line, the home folder of `~` put in; BadInput names `where`."""
    try:
        return foreground.at_home(shlex.split(text))
    except ValueError as error:
        raise BadInput(
            f"{where}: {quoted(text)} has a quote that is never closed.",
            hint="Put quotes around a path with blanks, or leave them out.",
        ) from error


def edit_file(
    editor: Sequence[str], path: Path, line: int = 0, *, so: str = ", so nothing was saved"
) -> None:
    """Let the person edit a file, from a line on; PipeboardError when the editor fails, which says
    what follows from that.

    The editor has the terminal to itself: its ^C is its own.
    """
    at = [f"+{line}"] if line and Path(editor[0]).name in _TAKES_LINE else []
    try:
        code = foreground.run([*editor, *at, str(path)])
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise PipeboardError(
            f"The editor {quoted(editor[0])} cannot be started: {why}.",
            hint="Name another with EDITOR, or 'editor' in the configuration.",
        ) from error
    if code:
        raise PipeboardError(f"The editor {foreground.how_it_ended(code)}{so}.")


class Kept:
    """A text in a file of its own (0600) under the state folder, until it is stored."""

    def __init__(self, folder: Path, name: str, suffix: str, database: str) -> None:
        mark = sha256(f"{database}\0{name}".encode("utf-8", "surrogatepass")).hexdigest()[:8]
        self.path = folder / "kept" / f"{slug(name)[:60]}-{mark}{suffix}"

    def read(self) -> str | None:
        """The text that is kept, if any."""
        try:
            return self.path.read_bytes().decode("utf-8", "replace").removeprefix("\ufeff")
        except FileNotFoundError:
            return None

    def begin(self, text: str) -> None:
        """The file with a text to start from."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        outlet.write_file(self.path, [text], force=True)

    def put_aside(self) -> Path:
        """What is kept gets another name, so that a new text can be begun."""
        return outlet.write_file(self.path, [self.read() or ""])

    def discard(self) -> None:
        """The text is stored, or there is none."""
        self.path.unlink(missing_ok=True)

    @property
    def when(self) -> str:
        """The time of day it was written."""
        return f"{datetime.fromtimestamp(self.path.stat().st_mtime):%H:%M}"  # noqa: DTZ006


def in_editor(
    call: Call, name: str, text: str, suffix: str, store: Callable[[str], int], *, unchanged: str
) -> int:
    """The exit code of `store` with the text as the person leaves it; they are told that it is
    `unchanged` where they left it as it was.

    Where `store` refuses the text, the person is led back into the editor at the fault. Raises
    what `store` and the editor raise, with the path of the text, which is offered again next time.
    """
    kept = Kept(state_folder(), name, suffix, call.config.database)
    found = kept.read()
    if not call.may_ask:
        where = f" The text of {kept.when} is in {kept.path}." if found else ""
        raise BadInput(f"There is no terminal to edit on.{where}", hint="Give the text in words.")
    editor = command(call.config, call.environ)
    with _telling(kept, text):
        if found is None or found == text or not _goes_on(call, kept):
            kept.begin(text)
        code = _until_stored(call, kept, editor, text, store)
    if code is None:
        call.out.say(unchanged)
    return code or 0


def _goes_on(call: Call, kept: Kept) -> bool:
    if call.agreed(f"Go on with the text of {kept.when}?"):
        return True
    call.out.say(f"That text is in {kept.put_aside()}.")
    return False


def _until_stored(
    call: Call, kept: Kept, editor: Sequence[str], before: str, store: Callable[[str], int]
) -> int | None:
    refused, line = "", 0
    while True:
        edit_file(editor, kept.path, line)
        text = kept.read() or ""
        if text == before:
            kept.discard()
            return None
        try:
            code = store(text)
        except (BadInput, Refused) as error:
            if text == refused or not _leads_back(call, error):
                raise
            refused, line = text, line_of(error)
        else:
            kept.discard()
            return code


def _leads_back(call: Call, error: PipeboardError) -> bool:
    call.out.say(error.message, error.hint)
    return call.agreed("Back to the editor?")


def line_of(error: PipeboardError) -> int:
    """The line that an error is about, 0 where it names none."""
    found = _LINE.search(error.message)
    return int(str(error.details.get("line") or (found[1] if found else 0)))


@contextmanager
def _telling(kept: Kept, text: str) -> Iterator[None]:
    """Whatever ends this early, the person is told where their words are."""
    try:
        yield
    except BaseException as error:
        words = kept.read()
        if words is None or words == text:
            kept.discard()
            raise
        where = f"Your text is kept in {kept.path}."
        if isinstance(error, PipeboardError):
            with_advice(error, where)
            error.details = {**error.details, "path": str(kept.path), "text": words}
        else:
            outlet.message(where)
        raise


def write_text(editor: Sequence[str], text: str, *, suffix: str) -> str:
    """The text as the person leaves it in the editor, for the board, which keeps it from then on.

    Raises PipeboardError with `path` and `text` of what was written where the editor fails.
    """
    kept = Kept(state_folder(), f"{_BOARD} {os.getpid()}", suffix, "")
    try:
        kept.begin(text)
        with _telling(kept, text):
            edit_file(editor, kept.path)
            edited = kept.read() or ""
    except OSError as error:
        raise PipeboardError(
            f"The text cannot be kept in {kept.path}: {error.strerror}.",
            hint="Look at the rights of that folder.",
        ) from error
    kept.discard()
    return edited


def left_behind(folder: Path) -> Iterator[str]:
    """Where texts are that a board could not take back from its editor, since it was ended."""
    for path in sorted((folder / "kept").glob(f"{_BOARD}_*")):
        pid = path.name.removeprefix(f"{_BOARD}_").partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            yield f"A text from the editor is kept in {path}."
