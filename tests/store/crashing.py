"""What a database's files would hold had its writer, or the machine, stopped at any system call.

A process is watched once by `strace`; every state that it could have left follows from that.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).parents[2]
SECTOR = 512
_CALLS = "pwrite64,write,ftruncate,fdatasync,fsync,unlink,openat"
_LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (\d+)")
_HEX = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FD = re.compile(r"^\d+<((?:\\x[0-9a-f]{2}|[^>])*)>")


class Cut(StrEnum):
    """What of the last writes has reached the disk."""

    KILLED = "all of it: only the process was killed"
    LOST = "nothing since each file was last flushed"
    TORN = "some of it, in no order, the last in part"


@dataclass(frozen=True)
class Call:
    """A change of a file: `write` (data at a place), `truncate`, `sync`, `unlink` or `create`."""

    what: str
    path: Path
    place: int = 0
    data: bytes = b""


def needs_strace() -> None:
    """Skips the test where no process can be watched."""
    strace = shutil.which("strace")
    if (
        strace is None
        or subprocess.run([strace, "-o", "/dev/null", "true"], check=False).returncode
    ):
        pytest.skip("strace is not there, or may not be used: crashes at chosen writes not tried")


def watched(code: str, path: Path) -> list[Call]:
    """The calls by which a process that runs `code` on a database changes it and its journal."""
    needs_strace()
    log = path.with_name("calls")
    done = subprocess.run(
        _strace(code, path, "-y", "-xx", "-s", "70000", "-e", f"trace={_CALLS}", "-o", str(log)),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    ours = {path, *(path.with_name(f"{path.name}{end}") for end in ("-journal", "-wal"))}
    calls = map(_read, log.read_text("ascii").splitlines())
    return [call for call in calls if call is not None and call.path in ours]


def killed_at(code: str, path: Path, number: int) -> None:
    """Runs `code` on a database in a process that is killed at its `number`th pwrite."""
    needs_strace()
    inject = f"inject=pwrite64:signal=KILL:when={number}"
    subprocess.run(
        _strace(code, path, "-o", "/dev/null", "-e", "trace=pwrite64", "-e", inject),
        cwd=ROOT,
        capture_output=True,
    )


def _strace(code: str, path: Path, *options: str) -> list[str]:
    return ["strace", "-f", *options, sys.executable, "-c", code, str(path)]


def _read(line: str) -> Call | None:
    found = _LINE.match(line)
    if found is None:
        return None
    name, inside, result = found[1], found[2], int(found[3])
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _HEX.findall(inside)]
    if name == "unlink":
        return Call("unlink", _path(texts[0]))
    if name == "openat":
        return Call("create", _path(texts[0])) if "O_CREAT" in inside else None
    fd = _FD.match(inside)
    if fd is None:
        return None
    path = _path(bytes.fromhex(fd[1].replace("\\x", "")))
    numbers = [int(word) for word in inside.rsplit(",", 2)[-2:] if word.strip().isdigit()]
    match name:
        case "pwrite64":
            return Call("write", path, numbers[-1], texts[0][:result])
        case "ftruncate":
            return Call("truncate", path, numbers[-1])
        case "fsync" | "fdatasync":
            return Call("sync", path)
        case _:
            return None


def _path(raw: bytes) -> Path:
    return Path(raw.decode())


Files = dict[Path, bytes]


def states(before: Files, calls: list[Call], cut: Cut, random: Random) -> Iterator[Files]:
    """The files as they would be had everything stopped before each call, and after the last."""
    for number in range(len(calls) + 1):
        files = {path: bytearray(data) for path, data in before.items()}
        done = calls[:number]
        for place, call in enumerate(done):
            flushed = any(c.what == "sync" and c.path == call.path for c in done[place:])
            if call.what in ("write", "truncate") and not flushed:
                if cut is Cut.LOST or (cut is Cut.TORN and random.random() < 0.5):
                    continue
                if cut is Cut.TORN and place == number - 1 and len(call.data) > SECTOR:
                    call = Call("write", call.path, call.place, call.data[: SECTOR * 3])
            _apply(call, files)
        yield {path: bytes(data) for path, data in files.items()}


def _apply(call: Call, files: dict[Path, bytearray]) -> None:
    match call.what:
        case "create":
            files.setdefault(call.path, bytearray())
        case "unlink":
            files.pop(call.path, None)
        case "write":
            data = files.setdefault(call.path, bytearray())
            data.extend(bytes(max(0, call.place - len(data))))
            data[call.place : call.place + len(call.data)] = call.data
        case "truncate":
            data = files.setdefault(call.path, bytearray())
            del data[call.place :]
        case _:
            pass


def put(files: Files, folder: Path) -> None:
    """Lays files out in a new folder."""
    folder.mkdir()
    for path, data in files.items():
        (folder / path.name).write_bytes(data)
