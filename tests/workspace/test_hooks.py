"""Hooks: what a program is given, who waits for it, and what is said of one that goes wrong;
with a program that stands in for one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.events import Event, Kind, inverse
from pipeboard.domain.programs import Hook
from pipeboard.domain.settings import Settings
from pipeboard.workspace import hooks
from pipeboard.workspace.hooks import Hooks
from tests.domain.deciding_cases import NOW, SALES, TODAY
from tests.workspace.test_execution import deals

WON = Hook("won", ("/opt/own/ring", "--bell"), 7)


class Program:
    """Stands in for every program that is started: what it reads, says and ends with."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.code: int | None = 0
        self.says = b""
        self.read: list[Any] = []
        self.words: list[list[str]] = []
        self.waited: list[float | None] = []
        self.ended: list[int] = []
        self.threads: list[Callable[[], None]] = []
        monkeypatch.setattr(subprocess, "Popen", self._start)
        monkeypatch.setattr("os.killpg", lambda pid, how: self.ended.append(how))
        monkeypatch.setattr(hooks, "Thread", self._beside)

    def _start(self, words: list[str], *, stdin: Any, stderr: Any, env: Any, **_: Any) -> Any:
        if self.code == -99:
            raise FileNotFoundError(2, "No such file or directory")
        assert env == {**os.environ, "PIPEBOARD_HOOK": env["PIPEBOARD_HOOK"]}
        self.words.append(words)
        self.read.append(json.loads(stdin.read()) | {"env": env["PIPEBOARD_HOOK"]})
        stderr.write(self.says)
        return SimpleNamespace(pid=4_711, wait=self._wait)

    def _wait(self, timeout: float | None = None) -> int:
        self.waited.append(timeout)
        if self.code is None and timeout is not None:
            raise subprocess.TimeoutExpired("ring", timeout)
        return self.code or 0

    def _beside(self, target: Callable[..., None], args: tuple[Any, ...], daemon: bool) -> Any:
        assert daemon
        return SimpleNamespace(start=lambda: self.threads.append(lambda: target(*args)))


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> Program:
    return Program(monkeypatch)


def desk(kinds: dict[int, Event]) -> Any:
    """A service that has stored these events, each of a deal."""
    known = {deal.id: deal for deal in deals(1, 1, 1)}
    did = SimpleNamespace(verb="won", summary="Won A.", actor="ana", acting_as="", at=NOW)
    history = SimpleNamespace(
        events_of=lambda command_id: {one: [(TODAY, event)] for one, event in kinds.items()},
        command=lambda command_id: did if command_id == "c1" else None,
    )
    return SimpleNamespace(
        on_stored=[],
        today=TODAY,
        settings=Settings(),
        every_pipeline=lambda: (SALES,),
        reader=SimpleNamespace(history=history, deals=lambda ids: {one: known[one] for one in ids}),
    )


def run(hook: Hook, *, waits: bool = True, kind: Kind = Kind.WON, command: str = "c1") -> list[str]:
    """What is said of the hook."""
    said: list[str] = []
    service = desk({2: Event(kind, NOW), 3: Event(Kind.NOTE, NOW)})
    Hooks([hook], said.append, waits=waits).listen_to(service)
    for heard in service.on_stored:
        heard(command)
    return said


def test_a_program_reads_the_command_and_the_deals_that_it_is_about(program: Program) -> None:
    assert run(WON) == []
    (read,) = program.read
    assert program.words == [["/opt/own/ring", "--bell"]]
    assert [deal["id"] for deal in read["deals"]] == [2]
    assert (read["schema"], read["hook"], read["env"]) == (1, "won", "won")
    assert read["command"] == {
        "id": "c1", "verb": "won", "summary": "Won A.", "actor": "ana", "acting_as": None,
        "at": "2026-11-23T09:00:00+00:00",
    }  # fmt: skip


def test_of_a_command_that_is_known_no_more_the_deals_are_read_nevertheless(
    program: Program,
) -> None:
    assert run(WON, command="c2") == []
    (read,) = program.read
    assert read["command"] == {
        "id": "c2", "verb": "", "summary": "", "actor": "", "acting_as": None, "at": None,
    }  # fmt: skip
    assert len(read["deals"]) == 1


@pytest.mark.parametrize("many", [1, 2, 3])
def test_deals_are_read_in_portions_as_one_list(
    many: int, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "_AT_ONCE", many)
    service = desk({one: Event(Kind.WON, NOW) for one in (1, 2, 3)})
    Hooks([WON], lambda _: None, waits=True).listen_to(service)
    service.on_stored[0]("c1")
    assert [deal["id"] for deal in program.read[0]["deals"]] == [1, 2, 3]


def test_what_is_about_none_of_its_deals_starts_nothing(program: Program) -> None:
    assert run(Hook("lost", ("ring",))) == []
    assert run(Hook("won", ("ring",)), kind=Kind.LOST) == []
    service = desk({2: inverse(Event(Kind.WON, NOW))})
    Hooks([WON], lambda _: None, waits=True).listen_to(service)
    service.on_stored[0]("c1")
    assert not program.words


def test_without_hooks_nobody_listens() -> None:
    service = desk({})
    Hooks([], lambda _: None, waits=True).listen_to(service)
    assert not service.on_stored


def test_the_command_line_waits_for_its_hooks_and_the_board_does_not(program: Program) -> None:
    run(WON)
    assert (program.waited, program.threads) == ([7], [])
    program.waited.clear()
    run(WON, waits=False)
    assert (program.waited, len(program.threads)) == ([], 1)
    program.threads[0]()
    assert program.waited == [7]


@pytest.mark.parametrize(
    ("code", "says", "told"),
    [
        (0, b"much", []),
        (3, b"", ["The hook won failed: 'ring' ended with 3."]),
        (1, b"no bell\nat all", ["The hook won failed: 'ring' ended with 1: no bell"]),
        (1, b"\x1b[31mred \xff", ["The hook won failed: 'ring' ended with 1: [31mred \ufffd"]),
        (-99, b"", ["The hook won was not run: 'ring': No such file or directory."]),
    ],
)
def test_what_goes_wrong_is_one_line(
    code: int, says: bytes, told: list[str], program: Program
) -> None:
    program.code, program.says = code, says
    assert [line.replace("\x1b", "") for line in run(WON)] == told


def test_a_program_that_takes_too_long_is_ended_with_all_that_it_started(program: Program) -> None:
    program.code = None
    assert run(WON) == ["The hook won was ended: 'ring' took longer than 7 s."]
    assert (program.ended, program.waited) == ([signal.SIGKILL], [7, None])


def test_a_hook_that_cannot_be_run_keeps_no_other_from_it(program: Program) -> None:
    said: list[str] = []
    service = desk({2: Event(Kind.WON, NOW)})
    service.reader.deals = {}.__getitem__
    Hooks([WON, Hook("changed", ("tell",))], said.append, waits=True).listen_to(service)
    service.on_stored[0]("c1")
    assert [line.partition(":")[0] for line in said] == [
        "The hook won was not run", "The hook changed was not run",
    ]  # fmt: skip


@pytest.mark.parametrize(("acting_as", "told"), [("", None), ("bo", "bo")])
def test_a_program_reads_for_whom_the_command_was_done(
    acting_as: str, told: str | None, program: Program
) -> None:
    service = desk({2: Event(Kind.WON, NOW)})
    service.reader.history.command("c1").acting_as = acting_as
    Hooks([WON], lambda said: None, waits=True).listen_to(service)
    service.on_stored[0]("c1")
    assert program.read[0]["command"]["acting_as"] == told
