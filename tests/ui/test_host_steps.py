"""What actions are about, when they begin anew and whom they ask, without a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Status
from pipeboard.domain.errors import DatabaseError, GivenUp, Refused
from pipeboard.ui.actions.selection import half_up
from pipeboard.ui.host import (
    are_open,
    check_allowed,
    deal_shown,
    found,
    on_deals,
    opens_anew,
    patiently,
    queued_action,
    retarget,
    selected,
    take_count,
    target_names,
    targets_of,
    turn_for,
    typed_currency,
)
from pipeboard.ui.key_table import ALL
from pipeboard.ui.last_view import OPEN_ANEW
from pipeboard.ui.write_queue import TURN, Turn
from tests.domain.deciding_cases import new
from tests.ui.board_scene import DEAL, PIPELINE, card

BUSY = DatabaseError("Busy.", details={"reason": "locked"})
GONE = DatabaseError("It is gone.", details={"reason": "replaced"})


def host_of(**is_so: Any) -> Any:
    done: list[Any] = []

    async def pause() -> None:
        done.append("waits")

    async def ask(work: Any) -> Any:
        done.append("asks")

    host: Any = SimpleNamespace(
        done=done,
        version=4,
        count=0,
        targets=lambda: ((DEAL.id,), {DEAL.id: 1}),
        at_hand=lambda deal_id: DEAL if deal_id == DEAL.id else None,
        pipeline=lambda: PIPELINE,
        say=lambda text, role: done.append((text, role)),
        failed=lambda error: done.append(error),
        state=SimpleNamespace(
            reader=SimpleNamespace(data_version=lambda: 4, deal=lambda deal_id: f"read {deal_id}")
        ),
        program=SimpleNamespace(
            key_queue=SimpleNamespace(pause=pause),
            write_queue=SimpleNamespace(ask=ask),
            seat=SimpleNamespace(rights=None),
            waiting=SimpleNamespace(end=lambda turn: done.append("ended")),
        ),
    )
    vars(host).update(is_so)
    return host


@contextmanager
def in_turn(turn: Turn | None) -> Iterator[None]:
    token = TURN.set(turn)
    try:
        yield
    finally:
        TURN.reset(token)


@pytest.mark.parametrize(
    ("targets", "is_own", "ids"),
    [
        (((7,), {7: 2}), True, (7,)),
        (((7,), {7: 2}), False, (DEAL.id,)),
        (None, True, (DEAL.id,)),
        (((), {}), True, ()),
    ],
)
def test_an_action_is_about_the_deals_that_were_meant_when_it_began(
    targets: Any, is_own: bool, ids: tuple[int, ...]
) -> None:
    host = host_of()
    turn = Turn(host if is_own else "another screen", "", targets=targets)
    with in_turn(turn):
        assert targets_of(host)[0] == ids
        assert selected(host) == ids
        retarget(host, [9])
    assert turn.targets == (((9,), targets[1] if targets else {}) if is_own else targets)
    assert host.done == ([] if ids else [("No deal is selected here.", "status.warn")])


async def test_an_action_on_deals_is_not_begun_where_there_are_none() -> None:
    begun: list[Any] = []

    @on_deals
    async def action(host: Any, ids: Any, *given: Any) -> None:
        begun.append((ids, *given))

    await action(host_of(), "given")
    await action(host_of(targets=lambda: ((), {})), "given")
    assert begun == [((DEAL.id,), "given")]


@pytest.mark.parametrize(
    ("status", "may_change", "version", "is_shown", "are_so"),
    [
        (Status.OPEN, True, 4, True, True),
        (Status.WON, True, 4, True, False),
        (Status.OPEN, False, 4, True, False),
        (Status.OPEN, True, 5, True, False),  # somebody has stored something meanwhile
        (Status.OPEN, True, 4, False, False),
    ],
)
async def test_deals_that_are_shown_open_and_ones_own_refuse_nothing_unread(
    status: Status, may_change: bool, version: int, is_shown: bool, are_so: bool
) -> None:
    shown = card(7, "Acme", None, status=status)
    host = host_of(at_hand=lambda deal_id: shown if is_shown else None)
    host.state.reader.data_version = lambda: version
    host.program.seat.rights = SimpleNamespace(may_change=lambda owner: may_change)
    assert are_open(host, [7]) is are_so
    await check_allowed(host, [7], c.Archive)
    assert host.done == ([] if are_so else ["asks"])
    if may_change:
        host.program.seat.rights = None
        assert are_open(host, [7]) is are_so


def test_a_deal_whose_adding_was_taken_back_is_not_open() -> None:
    for removed in (False, True):
        shown = replace(new(), removed=removed)
        host = host_of(at_hand=lambda deal_id, shown=shown: shown)
        host.program.seat.rights = None
        assert are_open(host, [shown.id]) is not removed


def test_as_long_as_nobody_can_tell_nothing_has_been_stored() -> None:
    def busy() -> int:
        raise BUSY

    host = host_of()
    host.state.reader.data_version = busy
    assert are_open(host, [DEAL.id])
    assert are_open(host_of(version=None), [DEAL.id])


@pytest.mark.parametrize(
    ("shown", "version", "found_so"),
    [(DEAL, 4, DEAL), (DEAL, 5, f"read {DEAL.id}"), (card(7, "Acme", None), 4, f"read {DEAL.id}"),
     (None, 4, f"read {DEAL.id}")],
)  # fmt: skip
async def test_a_deal_is_read_where_only_its_card_is_shown_or_an_older_version(
    shown: Any, version: int, found_so: Any
) -> None:
    host = host_of(at_hand=lambda deal_id: shown)
    host.state.reader.data_version = lambda: version
    assert await deal_shown(host, DEAL.id) == found_so


def test_deals_are_named_by_what_is_shown_of_them() -> None:
    host = host_of()
    assert target_names(host, [DEAL.id]) == DEAL.name
    assert target_names(host, [99]) == "D-99"
    assert target_names(host, [1, 2, 3]) == "3 deals"


def test_an_amount_is_in_the_currency_of_the_one_deal_and_else_of_the_pipeline() -> None:
    deal = replace(DEAL, value=replace(DEAL.value, currency="USD") if DEAL.value else None)
    host = host_of(at_hand=lambda deal_id: deal)
    assert typed_currency(host, [DEAL.id]) == "USD"
    assert typed_currency(host, [DEAL.id, 2]) == "EUR"
    bare = host_of(at_hand=lambda deal_id: None)
    bare.state.reader.deal = lambda deal_id: None
    assert typed_currency(bare, [9]) == "EUR"


@pytest.mark.parametrize(("count", "taken"), [(0, 1), (1, 1), (12, 12)])
def test_a_count_is_meant_for_one_key(count: int, taken: int) -> None:
    host = host_of(count=count)
    assert (take_count(host), host.count) == (taken, 0)


async def test_what_a_held_database_refuses_is_tried_again_and_what_else_fails_is_not() -> None:
    host, left = host_of(), [BUSY, BUSY]

    def work() -> str:
        if left:
            raise left.pop()
        return "done"

    assert await patiently(host, work) == "done"
    assert host.done == ["waits", "waits"]
    left.append(GONE)
    with pytest.raises(DatabaseError, match="gone"):
        await patiently(host, work)
    assert host.done == ["waits", "waits"]


@pytest.mark.parametrize(("error", "opens"), [(None, False), (BUSY, False), (GONE, True)])
def test_a_file_that_took_the_place_of_another_is_opened(
    error: Exception | None, opens: bool
) -> None:
    def check() -> None:
        if error is not None:
            raise error

    host = host_of()
    host.program.seat.file = SimpleNamespace(check=check)
    host.state.reader.check = lambda: None
    host.program.leave = host.done.append
    assert opens_anew(host) is opens
    assert host.done == ([OPEN_ANEW] if opens else [])


@pytest.mark.parametrize(
    ("key_id", "what", "may_ask", "of_deals"),
    [
        (None, "", True, False),
        ("board.note", "Note", True, True),
        ("board.help", "Help", True, False),
        ("board.advance", ALL["board.advance"].label, not ALL["board.advance"].asks_nothing, True),
        ("deal.edit_item", ALL["deal.edit_item"].label, True, True),
    ],
)
def test_a_turn_says_what_it_is_and_what_one_begins_is_about_the_same_deals(
    key_id: str | None, what: str, may_ask: bool, of_deals: bool
) -> None:
    host = host_of()
    key = ALL[key_id] if key_id else None
    assert key is None or key.label == what
    turn = turn_for(host, key)
    assert (turn.what, turn.may_ask, turn.of_deals, turn.targets) == (
        what, may_ask, of_deals, None,
    )  # fmt: skip
    before = Turn(host, "", targets=((7,), {7: 2}))
    with in_turn(before):
        assert turn_for(host, key).targets == ((7,), {7: 2})
        assert turn_for(host_of(), key).targets is None


@pytest.mark.parametrize(
    ("errors", "has_begun", "done"),
    [
        ([], False, ["acts", "ended"]),
        ([BUSY, BUSY], False, ["acts", "waits", "acts", "waits", "acts", "ended"]),
        ([BUSY], True, ["acts", BUSY, "ended"]),
        ([GONE], False, ["acts", GONE, "ended"]),
        ([Refused("No.")], False, ["acts", "No.", "ended"]),
        ([GivenUp("Given up.")], False, ["acts", "Given up.", "ended"]),
    ],
)
async def test_an_action_begins_anew_while_a_database_is_held_unless_it_has_asked_something(
    errors: list[Exception], has_begun: bool, done: list[Any]
) -> None:
    host, left = host_of(), [*errors]

    async def action() -> None:
        host.done.append("acts")
        assert TURN.get() is turn and turn.targets == ((DEAL.id,), {DEAL.id: 1})
        if left:
            raise left.pop(0)

    turn = Turn(host, "", has_begun=has_begun)
    await queued_action(host, turn, action)
    told = [one if isinstance(one, str) or one in (BUSY, GONE) else str(one) for one in host.done]
    assert told == done


async def test_a_walk_goes_on_once_an_action_has_ended() -> None:
    class Walking:
        def __init__(self) -> None:
            vars(self).update(vars(host_of()))
            del self.failed
            self.done: list[Any] = []
            self.program: Any = SimpleNamespace(
                waiting=SimpleNamespace(end=lambda turn: self.done.append("ended"))
            )

        async def go_on(self) -> None:
            self.done.append("goes on")

        def keep(self) -> None:
            """Nothing."""

        def failed(self, error: BaseException) -> None:
            self.done.append(str(error))

    async def refused() -> None:
        raise Refused("No.")

    async def acts() -> None:
        pass

    for action, done in ((acts, ["goes on", "ended"]), (refused, ["No.", "ended"])):
        walk: Any = Walking()
        await queued_action(walk, Turn(walk, "", targets=((1,), {1: 1})), action)
        assert walk.done == done


def test_an_action_is_found_by_its_name_on_the_screen_or_among_the_actions() -> None:
    host = host_of(step_back="steps back")
    assert found("screen.step_back", host) == "steps back"  # type: ignore[comparison-overlap]
    action: Any = found("selection.half_up", host)
    assert (action.func, action.args) == (half_up, (host,))
