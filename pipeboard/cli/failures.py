"""From a failure to one sentence on stderr and an exit code; the only place that does so."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType, MappingProxyType
from typing import TYPE_CHECKING, ClassVar, cast

from pipeboard import outlet
from pipeboard.cli.folders import log_file
from pipeboard.domain.errors import (
    BadInput,
    DatabaseError,
    NotFound,
    PipeboardError,
    Refused,
    Way,
)
from pipeboard.domain.json_data import Json, with_nulls
from pipeboard.domain.lazy_dataclass import dataclass

if TYPE_CHECKING:
    from pathlib import Path


# A verb that is told to stop: its change is taken back, in one line, and its exit code says it.

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """A signal has come; open transactions roll back while this travels up."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.exit_code = 128 + number


def catch() -> None:
    """The next signal raises `Interrupted`, and the one after it ends the process at once.

    A signal that whoever started us has switched off (`nohup`) stays so.
    """
    for number in _ENDING:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)


def let_go() -> None:
    """Signals end the process again, as they do where nobody looks after them."""
    for number in _ENDING:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


@contextmanager
def left_to_screens() -> Iterator[None]:
    """The screens have their own way to end on a signal."""
    ours = signal.getsignal(signal.SIGTERM) is _interrupt
    let_go()
    if ours and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        if ours:
            catch()


def _interrupt(number: int, _frame: FrameType | None) -> None:
    let_go()
    raise Interrupted(number)


DONE, FAILED, USAGE, NOT_FOUND, REFUSED, DATABASE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 130

WAYS: Mapping[Way, str] = MappingProxyType(
    {
        Way.REOPEN: "'pipeboard reopen'",
        Way.UNARCHIVE: "'pipeboard unarchive'",
        Way.PLAN: "'pipeboard next'",
        Way.ASSIGN: "'pipeboard assign'",
        Way.FIND: "'pipeboard list'",
        Way.OVERRIDE: "--override REASON",
        Way.MERGE_CLOSED: "or say --yes-closed",
    }
)
"""What does in the shell what a refusal advises."""

_EXIT_CODES: tuple[tuple[type[PipeboardError], int], ...] = (
    (BadInput, USAGE),
    (NotFound, NOT_FOUND),
    (Refused, REFUSED),
    (DatabaseError, DATABASE),
)


class OutputLost(PipeboardError):
    """What the verb had to say could not be written; `details["stored"]` tells of its change."""

    code: ClassVar[str] = "output"


class Stopped(PipeboardError):
    """The verb was interrupted; `details["stored"]` tells of its change."""

    code: ClassVar[str] = "interrupted"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a verb had come: whether it is one that changes, and what it had stored."""

    changes: bool = False
    has_stored: bool = False
    command_id: str = ""

    @property
    def command(self) -> str:
        return f" (command {self.command_id})" if self.command_id else ""

    @property
    def details(self) -> dict[str, object]:
        return {"stored": self.has_stored, "command_id": self.command_id or None}


def exit_code(error: PipeboardError) -> int:
    """The exit code that scripts may rely on (`docs/scripts.md`)."""
    return next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), FAILED)


def report(error: BaseException, arguments: Sequence[str], standing: Standing = Standing()) -> int:
    """Tell what went wrong, as JSON where `--json` was asked for; returns the exit code."""
    match error:
        case outlet.OutputFailed():
            outlet.silence()
            if isinstance(error.__cause__, BrokenPipeError) and not standing.changes:
                return DONE  # the reader has seen enough
            known: PipeboardError = _output_lost(error, standing)
        case KeyboardInterrupt():
            outlet.silence()
            known = _stopped(standing)
        case PipeboardError():
            known = _with_log(error)
        case OSError():
            known = PipeboardError(
                _system_sentence(error), hint="Look at that place, its rights and its free space."
            )
        case _:
            known = _unexpected(error, standing)
    outlet.message(_as_json(known) if "--json" in arguments else _as_text(known))
    if isinstance(error, KeyboardInterrupt):
        return int(getattr(error, "exit_code", INTERRUPTED))
    return exit_code(known)


def _as_text(error: PipeboardError) -> str:
    prefix = "" if isinstance(error, Stopped) else "pipeboard: "
    lines = [f"{prefix}{_one_line(error.message)}"]
    if error.hint:
        lines.append(_one_line(error.advice(WAYS)))
    return "\n".join(lines)


def with_advice(error: PipeboardError, more: str) -> PipeboardError:
    """The same error with a sentence of the shell's behind what it advises."""
    error.hint, error.way = f"{error.advice(WAYS)} {more}".strip(), None
    return error


def _one_line(text: str) -> str:
    return " ".join(text.splitlines())


def _as_json(error: PipeboardError) -> str:
    said = {
        "code": error.code,
        "message": error.message,
        "hint": outlet.with_database(error.advice(WAYS)) or None,
        "details": with_nulls(cast("Json", error.details)),
    }
    return json.dumps({"error": said}, default=str)


def _output_lost(error: OSError, standing: Standing) -> OutputLost:
    why = error.strerror or str(error)
    if standing.has_stored:
        return OutputLost(
            f"The change was stored{standing.command}, but its output could not be written: {why}.",
            hint="Do not repeat it; 'pipeboard undo --list' shows it.",
            details=standing.details,
        )
    nothing = ", and nothing was changed" if standing.changes else ""
    return OutputLost(
        f"The output could not be written{nothing}: {why}.",
        hint="Look at where it goes, then repeat.",
        details=standing.details,
    )


def _stopped(standing: Standing) -> Stopped:
    if standing.has_stored:
        said = f"Interrupted, but the change was stored{standing.command}."
    else:
        said = "Interrupted: nothing was changed." if standing.changes else "Interrupted."
    return Stopped(said, details=standing.details)


def _system_sentence(error: OSError) -> str:
    what = f"{error.filename}: " if isinstance(error.filename, str) else ""
    return f"{what}{error.strerror or error}."


def _with_log(error: PipeboardError) -> PipeboardError:
    """The error; one of the database's that nobody expects goes to the log, if that can be."""
    if error.details.get("reason") != "other":
        return error
    try:
        log = write_log(error)
    except OSError:
        return error
    return with_advice(error, f"The details are in {log}.")


def _unexpected(error: BaseException, standing: Standing) -> PipeboardError:
    """A fault of the program: where it happened goes into a file that only we can read."""
    summary = f"Something went wrong in pipeboard ({type(error).__name__})."
    done = f"The change was stored{standing.command}." if standing.has_stored else ""
    try:
        log = write_log(error)
    except OSError:
        return PipeboardError(summary, hint=f"{done} The log could not be written either.".strip())
    done = done or "Nothing is half done."
    return PipeboardError(summary, hint=f"{done} The details are in {log}.")


def write_log(error: BaseException) -> Path:
    """Append to the log file (0600) in the state folder; returns its path. Raises OSError."""
    from pipeboard.faults import write_down

    write_down(error, log_file())
    return log_file()
