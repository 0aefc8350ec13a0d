"""What is written down of an error of our own: where it came from, and nothing of customers."""

from __future__ import annotations

from pathlib import Path

from textual.worker import WorkerFailed

from pipeboard.domain.errors import Refused
from pipeboard.ui.terminal import session


def logged(error: BaseException, folder: Path) -> str:
    session.record(error, folder / "crash.log")
    return (folder / "crash.log").read_text()


NAMES = ("Acme GmbH", "Zoe")


def failure() -> Exception:
    """An error with a refusal behind it."""
    company, person = NAMES
    try:
        try:
            raise Refused(f"{company} is archived.", hint=f"Ask {person}.")
        except Refused as refused:
            raise LookupError(f"no such row\n[parameters: ({company},)]") from refused
    except LookupError as error:
        return error


def test_the_cause_of_a_cause_is_told_and_what_customers_are_called_is_not(tmp_path: Path) -> None:
    text = logged(failure(), tmp_path)
    assert text.index("LookupError") < text.index("Refused")
    assert "in failure" in text
    assert not any(name in text for name in NAMES)


def test_a_worker_that_failed_is_told_by_what_failed_in_it(tmp_path: Path) -> None:
    log = tmp_path / "crash.log"
    sentence = session.record(WorkerFailed(failure()), log)
    text = log.read_text()
    assert "(LookupError)" in sentence
    assert text.index("WorkerFailed") < text.index("LookupError")
    assert not any(name in text for name in NAMES)


def test_errors_that_cause_each_other_come_to_an_end(tmp_path: Path) -> None:
    first, second = ValueError("first"), ValueError("second")
    first.__cause__, second.__cause__ = second, first
    assert logged(first, tmp_path).count("ValueError") == 2
