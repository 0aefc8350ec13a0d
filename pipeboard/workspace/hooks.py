"""Hooks: the person's own programs, run once a command is stored, with its deals as JSON on stdin.

A command is stored before any hook begins, and no hook can take it back, delay it on a board, or
lose it: what goes wrong is one line. No shell is between, and no text of a deal becomes a word.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from json import dumps
from threading import Thread
from typing import IO, Final

from pipeboard.domain.events import to_json
from pipeboard.domain.programs import Hook
from pipeboard.domain.text import printable, quoted
from pipeboard.exchange.json_documents import Documents
from pipeboard.foreground import at_home, how_it_ended
from pipeboard.workspace.service import Service

_AT_ONCE: Final = 500

Say = Callable[[str], None]


class Hooks:
    """The hooks of one person, and how they are told what went wrong.

    With `waits` each command waits until its hooks are done or their time is up, as on the command
    line; else they run beside it, as on the board.
    """

    def __init__(self, hooks: Sequence[Hook], say: Say, *, waits: bool) -> None:
        self._hooks, self._say, self._waits = tuple(hooks), say, waits

    def listen_to(self, service: Service) -> None:
        """From now on, whatever is stored there is heard of here."""
        if self._hooks:
            service.on_stored.append(partial(self._stored, service))

    def _stored(self, service: Service, command_id: str) -> None:
        for hook in self._hooks:
            try:
                self._run(hook, service, command_id)
            except Exception as error:  # whatever it is, the command is stored and stays so
                why = getattr(error, "strerror", None) or error
                said = printable(str(why)).rstrip(".")
                self._say(f"The hook {hook.moment} was not run: {_name(hook)}: {said}.")

    def _run(self, hook: Hook, service: Service, command_id: str) -> None:
        events = service.reader.history.events_of(command_id)
        ids = [one for one, told in events.items() if hook.is_about(event for _, event in told)]
        if not ids:
            return
        said = tempfile.TemporaryFile()  # noqa: SIM115 (whoever waits for the hook closes it)
        try:
            with tempfile.TemporaryFile("w+", encoding="utf-8") as document:
                document.writelines(_document(hook, service, command_id, ids))
                document.seek(0)
                running = subprocess.Popen(
                    at_home(hook.words),
                    stdin=document,
                    stdout=subprocess.DEVNULL,
                    stderr=said,
                    start_new_session=True,
                    env={**os.environ, "PIPEBOARD_HOOK": hook.moment},
                )
        except BaseException:
            said.close()
            raise
        if self._waits:
            self._wait(hook, running, said)
        else:
            Thread(target=self._wait, args=(hook, running, said), daemon=True).start()

    def _wait(self, hook: Hook, running: subprocess.Popen[bytes], said: IO[bytes]) -> None:
        """Until it is done or its time is up; says what went wrong."""
        with said:
            try:
                code = running.wait(hook.timeout)
            except subprocess.TimeoutExpired:
                with suppress(OSError):
                    os.killpg(running.pid, signal.SIGKILL)
                running.wait()
                self._say(
                    f"The hook {hook.moment} was ended: {_name(hook)} took longer than "
                    f"{hook.timeout} s."
                )
                return
            if code:
                said.seek(0)
                first = said.read(400).decode("utf-8", "replace").strip().partition("\n")[0]
                why = f": {printable(first)}" if first else "."
                ended = how_it_ended(code)
                self._say(f"The hook {hook.moment} failed: {_name(hook)} {ended}{why}")


def _name(hook: Hook) -> str:
    return quoted(os.path.basename(hook.words[0]))


def _document(hook: Hook, service: Service, command_id: str, ids: Sequence[int]) -> Iterator[str]:
    """What a hook reads: the command, and its deals as they are now, a line each."""
    reader, settings = service.reader, service.settings
    documents = Documents(service.every_pipeline(), service.today, settings.zone)
    done = reader.history.command(command_id)
    command = {
        "id": command_id,
        "verb": done.verb if done else "",
        "summary": done.summary if done else "",
        "actor": done.actor if done else "",
        "acting_as": (done.acting_as or None) if done else None,
        "at": to_json(done.at) if done else None,
    }
    yield f'{{"schema": 1, "hook": {dumps(hook.moment)}, "command": {dumps(command)}, "deals": ['
    separator = "\n"
    for start in range(0, len(ids), _AT_ONCE):
        for deal in reader.deals(ids[start : start + _AT_ONCE]).values():
            yield separator + dumps(documents.deal(deal))
            separator = ",\n"
    yield "\n]}\n"
