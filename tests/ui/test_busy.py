"""What is said while keys wait, what errors mean, and what is given up or stored."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.worker import WorkerFailed

from pipeboard.domain.errors import BadInput, DatabaseError, GivenUp, PipeboardError
from pipeboard.ui.net import MOST_AGAIN, Net, cause_of
from pipeboard.ui.terminal.typeahead import dropped
from pipeboard.ui.terminal.width import cell_width
from pipeboard.ui.terminal.workers import beside
from pipeboard.ui.write_queue import TURN, Busy, Order, Turn, WriteQueue, is_busy

HOLDER = "ana (pid 4711, pipeboard import), who is writing to it since 10:02"


def test_who_has_the_database_what_is_pending_and_which_keys_wait_are_said() -> None:
    said = Busy("process 4711", "Move on: Acme", ("j", "j", "L")).words(80)
    assert said == "Waiting for process 4711 · pending: Move on: Acme · keys: j j L"


def test_work_of_our_own_is_no_waiting_for_anybody() -> None:
    assert Busy("", "Metrics").words(80) == "Working… · pending: Metrics"


def test_what_is_pending_is_seen_beside_a_long_holder() -> None:
    said = Busy(HOLDER, "Archive: Fennevo AB", ("j",)).words(66)
    assert said.startswith("Waiting for ana (")
    assert said.endswith("pending: Archive: Fennevo AB · keys: j")


def test_quitting_is_told_as_what_comes_then() -> None:
    assert Busy("", "Archive", ("j", "q")).words(80).endswith("keys: j q · then: quit")
    moved = Busy("", "Archive", ("j", "q"), leaving=("Q", "^q")).words(80)
    assert moved.endswith("keys: j q")


@pytest.mark.parametrize("width", [40, 60, 64, 80, 200])
@pytest.mark.parametrize(
    "keys", [(), ("L",), tuple("Zeta: 7k"), ("東京", "↵"), (*"tue call again", "↵")]
)
def test_the_line_fits_and_shows_the_last_key(width: int, keys: tuple[str, ...]) -> None:
    said = Busy(HOLDER, "Log an interaction: Fennevo AB", keys).words(width)
    assert cell_width(said) <= width
    assert said.startswith("Waiting for")
    assert not keys or said.endswith(keys[-1])


@pytest.mark.parametrize(
    ("keys", "words"), [(0, ""), (1, "1 key dropped."), (3, "3 keys dropped.")]
)
def test_dropped_keys_are_counted(keys: int, words: str) -> None:
    assert dropped(keys) == words


def test_what_is_pending_is_said_from_sixty_cells_on() -> None:
    said = [Busy("", "Archive").words(width) for width in (59, 60)]
    assert said == ["Working…", "Working… · pending: Archive"]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        (("j", "q"), "keys: j q · then: quit"),
        (("^q",), "keys: ^q · then: quit"),
        (("q", "j"), "keys: q j"),
        (tuple("abcdefghijklmnopqrst"), "keys: … l m n o p q r s t"),
        ((), "a click was dropped"),
    ],
)
def test_keys_that_wait_are_said_with_what_they_lead_to(keys: tuple[str, ...], said: str) -> None:
    assert Busy("", "", keys, dropped_click=not keys).words(75) == f"Working… · {said}"


@pytest.mark.parametrize(
    ("error", "busy"),
    [
        (DatabaseError("Held.", details={"reason": "locked"}), True),
        (DatabaseError("Away.", details={"meanwhile": "the server starts"}), True),
        (DatabaseError("Gone.", details={"reason": "deleted"}), False),
        (DatabaseError("Broken."), False),
        (BadInput("No."), False),
        (OSError("No."), False),
    ],
)
def test_what_may_succeed_a_moment_later_is_known(error: BaseException, busy: bool) -> None:
    assert is_busy(error) is busy


# What an error means for the program.


def raised(work: Callable[[], object]) -> BaseException:
    try:
        work()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def bug() -> object:
    return [][1]


def test_an_error_is_a_sentence_and_a_bug_is_logged_once(tmp_path: Path) -> None:
    said: list[str] = []
    net = Net(lambda: tmp_path / "log", said.append)
    assert net.holds(BadInput("No.", hint="Do that."))
    missing = raised(lambda: (tmp_path / "gone").read_text())
    assert net.holds(missing)
    assert net.holds(OSError(28, "No space left on device"))
    assert said == [
        "No. Do that.",
        f"{tmp_path / 'gone'}: No such file or directory. Nothing was changed.",
        "No space left on device. Nothing was changed.",
    ]
    first, second = raised(bug), raised(bug)
    assert net.words(first) == net.words(second)
    assert net.bugs == [first]


def test_the_same_bug_so_often_between_two_keys_is_the_end() -> None:
    net = Net(lambda: None, lambda _: None)
    held = [net.holds(raised(bug)) for _ in range(MOST_AGAIN + 1)]
    assert held == [True] * MOST_AGAIN + [False]
    net.forget()
    assert net.holds(raised(bug))
    # What a person is told is no bug, however often it comes.
    for error in (BadInput("No."), OSError(28, "No space left on device")):
        assert all(net.holds(error) for _ in range(MOST_AGAIN + 2))


def test_what_cannot_even_be_said_is_the_end() -> None:
    def fails(_: str) -> None:
        raise RuntimeError

    assert not Net(lambda: None, fails).holds(BadInput("No."))


def test_what_went_wrong_is_found_in_what_it_is_wrapped_in() -> None:
    error = BadInput("No.")
    assert cause_of(WorkerFailed(error)) is error
    assert cause_of(error) is error


# What is asked of the queue.


def test_an_order_is_given_up_until_it_is_being_stored() -> None:
    assert Order().give_up()
    storing = Order()
    storing.begin_to_store()
    assert not storing.give_up()
    stored = Order()
    stored.begin_to_store()
    stored.end_of_storing(stored=True)
    assert not stored.give_up()
    # All of it was taken back: nothing is stored.
    failed = Order()
    failed.begin_to_store()
    failed.end_of_storing(stored=False)
    assert failed.give_up()
    for order in (storing, failed):
        with pytest.raises(GivenUp):
            order.begin_to_store()
    # One write of several stays stored, whatever comes of the next.
    partly = Order()
    for is_stored in (True, False):
        partly.begin_to_store()
        partly.end_of_storing(stored=is_stored)
    assert partly.has_stored and not partly.is_storing


@pytest.mark.parametrize(("reason", "told"), [("in_doubt", DatabaseError), ("broken", GivenUp)])
def test_what_may_have_been_stored_is_not_called_given_up(
    reason: str, told: type[PipeboardError]
) -> None:
    order = Order()

    def write(work: Callable[[Any], object], *, give_up: Callable[[], bool]) -> object:
        order.give_up()
        raise DatabaseError("The line was cut.", details={"reason": reason})

    with pytest.raises(told):
        order.carry_out(write, lambda writer: None)


def test_a_write_is_tried_until_the_database_is_free_or_it_is_given_up() -> None:
    tries: list[str] = []

    def write(work: Callable[[Any], object], *, give_up: Callable[[], bool]) -> object:
        tries.append("try")
        if len(tries) < 3:
            raise DatabaseError("Held.", details={"reason": "locked"})
        return work(None)

    order = Order()
    assert order.carry_out(write, lambda writer: "done") == "done"
    assert (len(tries), order.has_stored) == (3, True)


def queue_of() -> WriteQueue:
    class Store:
        def write(self, work: Callable[[Any], object], **_: object) -> object:
            return work(None)

    class Workspace:
        def __init__(self, store: Any) -> None:
            self.store = store

    made: Any = Workspace
    return WriteQueue(Store, made)  # type: ignore[arg-type]


async def test_what_was_stored_is_not_done_once_more_and_begins_the_turn() -> None:
    queue, tries = queue_of(), []

    def work(workspace: Any) -> object:
        tries.append(1)
        if stores:
            workspace.store.write(lambda writer: None)
        if len(tries) < 2:
            raise DatabaseError("Held.", details={"reason": "locked"})
        return "done"

    turn = Turn(None, "")
    token = TURN.set(turn)
    stores = False
    assert await queue.ask(work) == "done"
    assert len(tries) == 2 and not turn.has_begun
    tries.clear()
    stores = True
    with pytest.raises(DatabaseError):
        await queue.ask(work)
    assert len(tries) == 1 and turn.has_begun
    TURN.reset(token)
    queue.close()
    with pytest.raises(GivenUp):
        await queue.ask(work)


async def test_who_leaves_waits_for_what_is_being_stored_and_gives_up_the_rest() -> None:
    queue, begun, goes_on, done = queue_of(), threading.Event(), threading.Event(), []

    def stores(workspace: Any) -> None:
        def slow(_: object) -> None:
            begun.set()
            goes_on.wait(5)
            done.append("stored")

        workspace.store.write(slow)

    first = queue.ask(stores)
    second = queue.ask(lambda workspace: done.append("second"))
    begun.wait(5)
    threading.Timer(0.4, goes_on.set).start()
    queue.close()
    assert done == ["stored"]
    await first
    with pytest.raises(GivenUp):
        await second


async def test_work_beside_a_screen_ends_no_other_work() -> None:
    app: App[None] = App()
    done: list[str] = []
    goes_on = asyncio.Event()

    async def work(name: str) -> None:
        await goes_on.wait()
        done.append(name)

    async with app.run_test() as pilot:
        for name in ("first", "second"):
            beside(app, "house", work, name)
            await pilot.pause()
        goes_on.set()
        await pilot.pause()
        assert done == ["first", "second"]


async def test_what_was_given_up_waits_no_longer() -> None:
    queue, begun, goes_on = queue_of(), threading.Event(), threading.Event()

    def stores(workspace: Any) -> str:
        def slow(_: object) -> str:
            begun.set()
            goes_on.wait(5)
            return "stored"

        return str(workspace.store.write(slow))

    first, second = queue.ask(stores), queue.ask(lambda workspace: "second")
    begun.wait(5)
    assert (len(queue.waiting), queue.is_storing) == (2, True)
    queue.give_up()
    # What is being stored is stored.
    assert len(queue.waiting) == 1
    goes_on.set()
    assert await first == "stored"
    with pytest.raises(GivenUp):
        await second
    queue.close()
