"""Programs of the person's own, on a key: run for the deals under the cursor, without a shell."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from textual.app import App

from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.domain.programs import DealTexts, OwnProgram
from pipeboard.domain.text import printable, quoted
from pipeboard.ui.host import Host, ask, read, selected
from pipeboard.ui.overlays.picker import Option, Picker

# Copying to the person's clipboard, which may be at the other end of a long line.

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


_FAILS_WITHIN_S: Final = 1.0
"""A program that cannot do it says so at once; one that runs on has begun well."""


async def run(host: Host, name: str) -> None:
    """Runs that program once for each deal; says what became of it."""
    program = next(own for own in host.program.look.programs if own.name == name)
    ids = selected(host)
    eyes = host.program.seat.eyes
    found = await read(host, lambda reader: [reader.record(deal_id, eyes) for deal_id in ids])
    records = [record for record in found if record is not None]
    wanted = [await _about(host, program, record) for record in records]
    lines = [program.words_for(about) for about in wanted if about is not None]
    for words in lines:
        if program.takes_terminal:
            _run_here(host, words)
        else:
            await asyncio.to_thread(_start, words)
    if lines:
        more = f" for {len(lines)} deals" if len(lines) > 1 else ""
        host.say(f"{program.name}: started {printable(lines[0][0])}{more}.", "status.ok")


async def _about(host: Host, program: OwnProgram, record: DealRecord) -> DealTexts | None:
    """The deal and, where the program is about a person, the one that is chosen; None: nobody."""
    about = DealTexts(record.deal, record.pipeline)
    wanted = program.place_of_person
    if not wanted:
        return about
    field = "name" if wanted == "person" else wanted
    people = [person for person in record.deal.contacts.values() if getattr(person, field)]
    if len(people) < 2:
        return DealTexts(record.deal, record.pipeline, people[0] if people else None)
    options = [
        Option(str(at), f"{person.name}  {getattr(person, field)}")
        for at, person in enumerate(people)
    ]
    chosen = await ask(host, Picker(f"{program.name}: whom at {record.deal.name}?", options))
    return None if chosen is None else DealTexts(record.deal, record.pipeline, people[int(chosen)])


def _run_here(host: Host, words: Sequence[str]) -> None:
    """Lends the terminal to the program until it ends. Raises PipeboardError where it fails."""
    with host.app.suspend():
        try:
            code = subprocess.run(words, check=False).returncode
        except (OSError, ValueError) as error:
            raise _no_start(words, error) from error
    if code:
        raise PipeboardError(f"{quoted(words[0])} ended with {code}.")


def _start(words: Sequence[str]) -> None:
    """Starts the program beside the board. PipeboardError where it fails at once."""
    try:
        running = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
            errors="replace",
        )
    except (OSError, ValueError) as error:
        raise _no_start(words, error) from error
    try:
        _, said = running.communicate(timeout=_FAILS_WITHIN_S)
    except subprocess.TimeoutExpired:
        return
    if running.returncode:
        why = printable(said.strip().partition("\n")[0])
        raise PipeboardError(
            f"{quoted(words[0])} ended with {running.returncode}{': ' if why else ''}{why}."
        )


def _no_start(words: Sequence[str], error: Exception) -> Refused:
    why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return Refused(
        f"{quoted(words[0])} cannot be started: {why}.",
        hint="Put that right with 'pipeboard config edit'.",
    )
