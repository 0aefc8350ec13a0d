"""A fault is written down so that it can be mended, and without anybody's data."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest

from pipeboard.domain.errors import Refused
from pipeboard.faults import write_down


class _WorkerFailed(Exception):
    """As Textual's: the error that a worker raised, carried about."""

    def __init__(self, error: BaseException) -> None:
        super().__init__("Worker raised exception")
        self.error = error


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@pytest.mark.parametrize(
    "error",
    [
        Refused("Acme needs a budget"),
        ValueError("Acme"),
        KeyError("Acme"),
        _WorkerFailed(_raised(ValueError("Acme"))),
    ],
)
def test_a_log_tells_where_and_what_but_nobodys_name(tmp_path: Path, error: Exception) -> None:
    log = tmp_path / "state" / "crash.log"
    write_down(_raised(error), log)
    text = log.read_text()
    assert "Acme" not in text
    assert type(error).__name__ in text
    assert "test_faults.py" in text
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_workers_failure_holds_its_cause(tmp_path: Path) -> None:
    cause = _raised(sqlite3.OperationalError("disk I/O error"))
    write_down(_raised(_WorkerFailed(cause)), tmp_path / "crash.log")
    assert "sqlite3.OperationalError: disk I/O error" in (tmp_path / "crash.log").read_text()


def test_what_an_error_came_from_is_there_too(tmp_path: Path) -> None:
    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise RuntimeError("a name") from error
    except RuntimeError as failure:
        write_down(failure, tmp_path / "crash.log")
    text = (tmp_path / "crash.log").read_text()
    assert "No space left on device" in text
    assert "a name" not in text
