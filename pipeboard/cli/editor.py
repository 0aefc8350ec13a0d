"""Text written in the person's own editor, without a shell and out of other people's sight."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path

from pipeboard.cli.config import Config
from pipeboard.domain.errors import BadInput, PipeboardError


def command(config: Config, environ: Mapping[str, str]) -> list[str]:
    """The editor and its arguments: as configured, else $VISUAL, $EDITOR or vi."""
    named = config["editor"] or environ.get("VISUAL") or environ.get("EDITOR") or "vi"
    try:
        words = shlex.split(named)
    except ValueError as error:
        raise BadInput(f"The editor '{named}' is not a command.") from error
    return words or ["vi"]


def edit_file(editor: list[str], path: Path) -> None:
    """Let the person edit a file; `PipeboardError` when the editor is missing or fails."""
    import subprocess  # the board, which has an editor at hand, appears before this is loaded

    try:
        result = subprocess.run([*editor, str(path)], check=False)
    except OSError as error:
        raise PipeboardError(
            f"The editor {editor[0]} cannot be started: {error.strerror}.",
            hint="Name another with EDITOR, or 'editor' in the configuration.",
        ) from error
    if result.returncode:
        raise PipeboardError(f"The editor ended with {result.returncode}, so nothing was changed.")


def write_text(editor: list[str], text: str, *, suffix: str) -> str:
    """The text as the person leaves it, in a folder that only they can enter."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="pipeboard-") as folder:
        path = Path(folder) / f"text{suffix}"
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        edit_file(editor, path)
        return path.read_text(encoding="utf-8", errors="replace")


def may_edit() -> bool:
    """Whether somebody sits at a terminal."""
    return os.isatty(0) and os.isatty(1)
