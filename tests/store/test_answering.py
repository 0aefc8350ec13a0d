"""A server from which nothing comes: how long it is waited for, and what then becomes of it."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError
from tests.postgres import Databases
from tests.team import Team, add

psycopg = pytest.importorskip("psycopg")
answering = pytest.importorskip("pipeboard.store.answering")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    found = SimpleNamespace(now=0.0)
    monkeypatch.setattr(answering, "monotonic", lambda: found.now)
    return found


def conversation(ready: list[int], turns: int) -> Generator[str, int, str]:
    """Some turns that each want the same, whatever has come."""
    for _ in range(turns):
        came = yield "R"
        ready.append(came)
    return "told"


def held(clock: SimpleNamespace, came: str, answer_s: float = 10) -> tuple[object, list[int]]:
    """What a conversation comes to in which each second something comes (`x`) or nothing (`.`)."""
    ready: list[int] = []
    steps = answering.answered(conversation(ready, len(came)), answer_s)
    try:
        assert next(steps) == "R"
        for one in came:
            clock.now += 1
            steps.send(int(one == "x"))
    except StopIteration as done:
        return done.value, ready
    return None, ready


@pytest.mark.parametrize("came", ["x", "." * 9 + "x", ".........x" * 3 + "x", "." * 10])
def test_a_server_has_so_much_time_anew_with_whatever_comes(
    came: str, clock: SimpleNamespace
) -> None:
    assert held(clock, came) == ("told", [int(one == "x") for one in came])


@pytest.mark.parametrize("came", ["." * 12, "x" + "." * 12, "." * 9 + "x" + "." * 12])
def test_a_server_from_which_nothing_comes_is_given_up(came: str, clock: SimpleNamespace) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"nothing came .* for 10 seconds"):
        held(clock, came)


def test_what_is_told_at_once_is_not_waited_for(clock: SimpleNamespace) -> None:
    with pytest.raises(StopIteration) as done:
        next(answering.answered(conversation([], 0), 10))
    assert done.value.value == "told"


def test_what_was_asked_before_is_answered_part_by_part() -> None:
    did: list[str] = []
    busy, results = iter([True, True, False, False]), iter(["a row", None])
    connection: Any = SimpleNamespace(
        is_busy=lambda: next(busy),
        consume_input=lambda: did.append("more"),
        get_result=lambda: next(results),
    )
    steps = answering._rest(connection)
    next(steps)
    steps.send(0)  # nothing yet
    with pytest.raises(StopIteration):
        steps.send(1)
    assert did == ["more"]


@pytest.fixture
def team(postgres_databases: Databases) -> Iterator[Team]:
    team = Team(postgres_databases.kept("resilient", lambda url: Team.make(url).close()))
    yield team
    team.close()


def test_whoever_asked_a_server_that_hangs_goes_on_once_it_answers(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = team.rep("ana").reader
    deal = add(team.rep("ana")).id
    hours = count(step=3_600)
    with monkeypatch.context() as hung:
        hung.setattr(answering, "monotonic", lambda: next(hours))
        reader.wait_at_most(15)
        with pytest.raises(DatabaseError, match=r"does not answer .*nothing came") as lost:
            reader.whole().database.rows("select pg_sleep(5)")
    assert lost.value.details["reason"] == "unreachable"
    assert reader.deals([deal])


def test_who_interrupts_a_question_is_told_that_and_asks_the_next(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = team.rep("ana").reader
    deal = add(team.rep("ana")).id

    def interrupt() -> float:
        raise KeyboardInterrupt

    with monkeypatch.context() as pressed:
        pressed.setattr(answering, "monotonic", interrupt)
        with pytest.raises(KeyboardInterrupt):
            reader.whole().database.rows("select pg_sleep(5)")
    assert reader.deals([deal])
