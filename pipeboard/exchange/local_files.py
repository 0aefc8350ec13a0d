"""Where the text of a file comes from: a place that can be read as often as is needed."""

from __future__ import annotations

import os
import re
import shutil
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from pipeboard.domain.errors import BadInput, NotFound

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+:/+", re.IGNORECASE)


def no_such_file(path: str) -> NotFound:
    """What to do where there is no such file; an address is none."""
    hint = "Check its name and folder."
    if _ADDRESS.match(path):
        hint = "An address is no file: download it, and name what you saved."
    return NotFound(f"There is no file {path}", hint=hint)


def expect_file(path: Path) -> None:
    """`BadInput` for a folder, a pipe and a device: what these give may never end, or begin."""
    if path.is_dir():
        raise BadInput(f"{path} is a folder, not a file.", hint="Name a file that is in it.")
    if path.exists() and not path.is_file():
        raise BadInput(
            f"{path} is a pipe or a device, not a file.",
            hint="Save what comes out of it as a file, and name that.",
        )


def is_piped(path: Path | str) -> bool:
    """Whether something can be read once only, as standard input and what a shell hands over as
    `<(…)` can."""
    return str(path) == "-" or Path(path).is_fifo()


def local_copy(path: Path | str, resources: ExitStack) -> Path:
    """The path of something that can be read several times, which pipes cannot: they are copied.

    The copy stands where only we can read it, until `resources` are closed.
    """
    if not is_piped(path):
        return Path(path)
    is_stdin = str(path) == "-"
    if is_stdin and sys.stdin is None:
        raise BadInput(
            "Nothing can be read from stdin: it is closed.",
            hint="Name a file, or send one: pipeboard import - < deals.csv",
        )
    folder = resources.enter_context(tempfile.TemporaryDirectory(prefix="pipeboard-"))
    copy = Path(folder, "standard input" if is_stdin else Path(path).name)
    with open(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        if is_stdin:
            shutil.copyfileobj(sys.stdin.buffer, out)
        else:
            with Path(path).open("rb") as pipe:
                shutil.copyfileobj(pipe, out)
    return copy
