"""Programs that run to their end: what CPU time and memory they took."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.session import ROOT


@dataclass(frozen=True, slots=True)
class Run:
    """CPU milliseconds, children included, and the peak of memory in MB."""

    cpu_ms: float
    peak_mb: float


def run(command: Sequence[str]) -> Run:
    """Runs a command to its end, without a terminal; `RuntimeError` with its words if it fails."""
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "USER") if name in os.environ}
    environ["XDG_CACHE_HOME"] = os.path.join(tempfile.gettempdir(), "pipeboard-bench", "cache")
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
            cwd=ROOT,
            env={**environ, "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}: {said.read().decode(errors='replace')}")
    return Run((used.ru_utime + used.ru_stime) * 1000, used.ru_maxrss / 1024)


def medians(commands: dict[str, Sequence[str]], rounds: int) -> dict[str, Run]:
    """The middle of several rounds of each command, run in turn."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            runs[name].append(run(command))
    return {
        name: Run(
            statistics.median(one.cpu_ms for one in ran),
            statistics.median(one.peak_mb for one in ran),
        )
        for name, ran in runs.items()
    }


def pipeboard(*arguments: str) -> tuple[str, ...]:
    """The command line of Pipeboard with this interpreter."""
    return (sys.executable, "-m", "pipeboard", *arguments)
