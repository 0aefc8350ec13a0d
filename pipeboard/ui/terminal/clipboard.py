"""Copying to the person's clipboard, which may be at the other end of a long line."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from textual.app import App

_PATIENCE_SECONDS: Final = 2.0


def copy(
    app: App[object], text: str, command: str = "", environ: Mapping[str, str] = os.environ
) -> str:
    """Copies by the first way that works, and says by which.

    These are the configured `command`, tmux's own buffer (tmux drops OSC 52 unless told
    otherwise), and OSC 52, of which no answer comes.
    """
    if command and _feeds(shlex.split(command), text):
        return f"Copied with {shlex.split(command)[0]}"
    if environ.get("TMUX") and _feeds(("tmux", "load-buffer", "-w", "-"), text):
        return "Copied through tmux"
    app.copy_to_clipboard(text)
    return "Sent to your terminal's clipboard (no paste? y y shows it)"


def _feeds(command: Sequence[str], text: str) -> bool:
    """Whether a program took the text on its stdin."""
    try:
        done = subprocess.run(
            command,
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
