"""Who keeps a database busy: the processes that hold SQLite's locks on it, as Linux lists them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pipeboard import verb_place
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.text import printable
from pipeboard.store.locating import Place, Server

Wanting = Literal["read", "write"]
Doing = Literal["reading", "writing"]

_LOCKS = Path("/proc/locks")
# Bytes of the file that SQLite's rollback locks lie on, and bytes of the -shm file of its log.
_PENDING = 0x4000_0000
_RESERVED = _PENDING + 1
_SHARED = range(_PENDING + 2, _PENDING + 512)
_LOG_WRITER, _LOG_RECOVERY = 120, 122
_PROGRAM = "pipeboard"
_VERB = re.compile("[a-z]{2,12}")


@dataclass(frozen=True, slots=True)
class LockHolder:
    """A process that keeps others out.

    `account` is whose it is, `what` the program with its verb (`pipeboard import`), either empty
    where the system does not tell; `since` is when a program of one verb was started.
    """

    pid: int
    account: str
    doing: Doing
    what: str
    since: datetime | None = None

    def __str__(self) -> str:
        """The holder in a sentence: `process 4711 (ana, pipeboard import) is writing to it since
        14:03`."""
        known = ", ".join(word for word in (self.account, self.what) if word)
        return f"process {self.pid}{f' ({known})' if known else ''} {self._deed}"

    def waited_for(self) -> str:
        """The same behind `Waiting for`, in a line that may be cut: whose it is stands first."""
        if not self.account:
            return f"process {self.pid}, who {self._deed}"
        what = f", {self.what}" if self.what else ""
        return f"{self.account} (pid {self.pid}{what}), who {self._deed}"

    @property
    def _deed(self) -> str:
        deed = "is writing to it" if self.doing == "writing" else "is reading it"
        return f"{deed} since {self.since.astimezone():%H:%M}" if self.since else deed

    def details(self) -> dict[str, str | int | None]:
        """The same for scripts."""
        return {
            "pid": self.pid,
            "account": self.account,
            "doing": self.doing,
            "what": self.what,
            "since": self.since.isoformat() if self.since else None,
        }


@dataclass(frozen=True, slots=True)
class _Lock:
    """A lock that is held: for `writing` nobody else has one on the same bytes."""

    pid: int
    file: str
    writing: bool
    first: int
    last: int

    def covers(self, first: int, last: int | None = None) -> bool:
        """Whether the lock lies on any of these bytes; neighbouring locks are listed as one."""
        return self.first <= (first if last is None else last) and self.last >= first


def lock_holder(location: Place, wanting: Wanting = "write") -> LockHolder | None:
    """Who keeps this process from reading or writing the database; None when the system does not
    tell.

    Whoever only waits itself is not named, nor a reader where readers keep nobody out.
    """
    if isinstance(location, Server):
        return None
    locks = list(_locks())
    at_file = _locks_on(location.path, locks)
    at_log = _locks_on(location.path.with_name(f"{location.path.name}-shm"), locks)
    # Whoever has a write-ahead log open holds a lock on it, and one that says nothing on the file.
    found = _blocker_of_log(at_log, wanting) if at_log else _blocker(at_file, wanting)
    return None if found is None else _described(*found)


def _blocker(locks: Sequence[_Lock], wanting: Wanting) -> tuple[int, Doing] | None:
    """Who blocks, by SQLite's rollback locks.

    A writer at its commit takes PENDING, waits until the last reader is gone, and then takes the
    shared bytes for itself: while it waits, it is the reader that keeps everybody out.
    """
    pending = reserved = exclusive = reading = 0
    for lock in _of_others(locks):
        if lock.writing:
            exclusive = lock.pid if lock.covers(_SHARED[0], _SHARED[-1]) else exclusive
            pending = lock.pid if lock.covers(_PENDING) else pending
            reserved = lock.pid if lock.covers(_RESERVED) else reserved
    for lock in _of_others(locks):
        is_reader = not lock.writing and lock.covers(_SHARED[0], _SHARED[-1])
        if is_reader and lock.pid not in (pending, reserved):
            reading = lock.pid
    if exclusive:
        return exclusive, "writing"
    if pending:
        return (reading, "reading") if reading else (pending, "writing")
    if wanting == "write" and reserved:
        return reserved, "writing"
    if wanting == "write" and reading:
        return reading, "reading"
    return None


def _blocker_of_log(locks: Sequence[_Lock], wanting: Wanting) -> tuple[int, Doing] | None:
    """Who blocks, by the locks of a write-ahead log, where readers and a writer pass each other."""
    for lock in _of_others(locks):
        if lock.writing and (
            lock.covers(_LOG_RECOVERY) or (wanting == "write" and lock.covers(_LOG_WRITER))
        ):
            return lock.pid, "writing"
    return None


def _of_others(locks: Sequence[_Lock]) -> list[_Lock]:
    """The locks of other processes that can be named."""
    return [lock for lock in locks if lock.pid not in (os.getpid(), 0, -1)]


def _locks() -> Iterator[_Lock]:
    """The POSIX locks that are held on any file; those that are waited for (`->`) are not."""
    try:
        lines = _LOCKS.read_text("ascii").splitlines()
    except OSError:
        return
    for line in lines:
        words = line.split()
        if len(words) != 8 or words[1] != "POSIX":
            continue
        last = 1 << 63 if words[7] == "EOF" else int(words[7])
        yield _Lock(int(words[4]), words[5], words[3] == "WRITE", int(words[6]), last)


def _locks_on(path: Path, locks: Iterable[_Lock]) -> list[_Lock]:
    try:
        at = path.stat()
    except OSError:
        return []
    exact = f"{os.major(at.st_dev):02x}:{os.minor(at.st_dev):02x}:{at.st_ino}"
    found = [lock for lock in locks if lock.file == exact]
    # Some file systems are known to `stat` by another device than to the locks.
    return found or [lock for lock in locks if lock.file.rpartition(":")[2] == str(at.st_ino)]


def _described(pid: int, doing: Doing) -> LockHolder:
    what, is_verb = _program(pid)
    return LockHolder(pid, _account(pid), doing, what, _started(pid) if is_verb else None)


def _account(pid: int) -> str:
    import pwd

    with suppress(OSError, KeyError):
        return printable(pwd.getpwuid(Path(f"/proc/{pid}").stat().st_uid).pw_name)
    return ""


def _program(pid: int) -> tuple[str, bool]:
    """The name of a process's program, ours with its verb, and whether there is a verb."""
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        name = Path(f"/proc/{pid}/comm").read_text("utf-8", "replace").strip()
    except OSError:
        return "", False
    ours = next((i for i, word in enumerate(words[:4]) if Path(word).name == _PROGRAM), None)
    if ours is None:
        return printable(name), False
    # Only the verb may be shown: all other words could be what somebody typed.
    words = words[ours + 1 :]
    at = verb_place(words)
    verb = words[at] if at is not None and _VERB.fullmatch(words[at]) else ""
    return f"{_PROGRAM} {verb}".strip(), bool(verb)


def _started(pid: int) -> datetime | None:
    """When a process was started."""
    try:
        # The name in parentheses may hold anything, the fields after it are numbers.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        lines = Path("/proc/stat").read_text("ascii").splitlines()
    except OSError:
        return None
    booted = next((int(line.split()[1]) for line in lines if line.startswith("btime ")), 0)
    seconds = int(fields[19]) / os.sysconf("SC_CLK_TCK")
    return datetime.fromtimestamp(booted + seconds, UTC) if booted else None
