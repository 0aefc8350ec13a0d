"""The service: what is true within a transaction, who hears of what was stored, and when it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.errors import DatabaseError, NotFound, Refused
from pipeboard.domain.roles import NotAllowed
from pipeboard.domain.settings import Rep
from pipeboard.store import Store
from pipeboard.store.writing import Writer
from tests.team import Clock, Team, add, now_of
from tests.verbs import Workspace

T = TypeVar("T")


@pytest.fixture
def team(team_on_a_file: Team) -> Team:
    """On one engine: what is heard does not depend on it."""
    return team_on_a_file


@pytest.fixture
def heard(ana: Workspace) -> list[str]:
    """The ids of the commands that were stored, as they are heard."""
    ids: list[str] = []
    ana.on_stored.append(ids.append)
    return ids


def test_each_command_is_heard_of_once_when_it_is_stored(ana: Workspace, heard: list[str]) -> None:
    add(ana)
    receipt = ana.tag([1], ["x"])
    ana.tag([1], ["x"])  # it is so already
    ana.tag([1], ["y"], dry_run=True)
    ana.tag([1], ["z"], token="t1")
    ana.tag([1], ["z"], token="t1")
    ana.save_filter("mine", "open")
    ids = [did.id for did in reversed(ana.reader.history.commands())]
    assert heard == ids
    assert (receipt.command_id, "t1") == (ids[1], ids[2])


def test_what_is_taken_back_with_its_transaction_is_never_heard_of(
    ana: Workspace, heard: list[str]
) -> None:
    deal = add(ana)
    before = list(heard)

    def work() -> None:
        ana.tag([deal.id], ["x"])
        assert now_of(ana, deal.id).tags == ("x",)
        raise Refused("Not so.")

    with pytest.raises(Refused):
        ana.transact(work)
    assert (heard, now_of(ana, deal.id).tags) == (before, ())


def test_several_commands_of_one_transaction_are_heard_in_their_order_behind_it(
    ana: Workspace, heard: list[str]
) -> None:
    deal = add(ana)
    heard.clear()

    def work() -> list[str]:
        ids = [ana.tag([deal.id], [tag]).command_id for tag in ("x", "y", "z")]
        assert heard == []
        return ids

    ids = ana.transact(work)
    assert (heard, len({*ids})) == (ids, 3)


def test_an_attempt_that_is_made_again_stores_the_same_command_and_is_heard_of_once(
    ana: Workspace, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    deal = add(ana)
    heard.clear()
    ids: list[str] = []
    write = Store.write

    def twice(store: Store, run: Callable[[Writer], T]) -> T:
        class Lost(Exception):
            pass

        def first(writer: Writer) -> T:
            run(writer)
            raise Lost

        with pytest.raises(Lost):
            write(store, first)
        return write(store, run)

    def work() -> str:
        ids.append(ana.tag([deal.id], ["x"]).command_id)
        return ids[-1]

    monkeypatch.setattr(Store, "write", twice)
    stored = ana.transact(work)
    assert (ids, heard) == ([stored, stored], [stored])


def test_a_refused_database_is_told_by_the_role_of_who_writes(
    ana: Workspace, bo: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that lets a viewer read alone knows no reason for it."""

    def refuses(reason: str) -> Callable[..., object]:
        def write(store: Store, run: object) -> object:
            raise DatabaseError("It cannot be written.", details={"reason": reason})

        return write

    deal = add(ana)
    ana.change_rep(Rep("bo", role="viewer"))
    monkeypatch.setattr(Store, "write", refuses("read_only"))
    with pytest.raises(NotAllowed, match="@bo is a viewer here"):
        bo.tag([deal.id], ["x"])
    with pytest.raises(DatabaseError):
        ana.tag([deal.id], ["x"])
    monkeypatch.setattr(Store, "write", refuses("busy"))
    with pytest.raises(DatabaseError):
        bo.tag([deal.id], ["x"])


def test_within_a_transaction_all_is_of_one_instant_and_of_what_was_written_in_it(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)

    def work() -> tuple[object, ...]:
        began = ana.now()
        team.clock.wait(hours=40)
        ana.save_settings(replace(ana.settings, week_start=6))
        ana.tag([deal.id], ["x"])
        found = now_of(ana, deal.id)
        return began == ana.now(), ana.today, found.tags, ana.settings.week_start

    assert ana.transact(work) == (True, date(2026, 11, 23), ("x",), 6)
    assert ana.today == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("hours", "today"),
    [(13.99, date(2026, 11, 23)), (14, date(2026, 11, 24)), (-10, date(2026, 11, 23))],
)
def test_today_is_the_day_in_the_zone_of_the_workspace(
    hours: float, today: date, ana: Workspace, team: Team
) -> None:
    """It is ten in Berlin."""
    assert isinstance(team.clock, Clock)
    team.clock.wait(hours=hours)
    assert ana.today == today


def test_deals_are_loaded_once_each_in_their_order_and_none_that_was_taken_back(
    ana: Workspace,
) -> None:
    first, second = add(ana), add(ana, "Acme: press 1k")
    assert [deal.id for deal in ana.load([second.id, first.id, second.id])] == [2, 1]
    ana.undo()
    for ids in ([second.id], [first.id, second.id], [99]):
        with pytest.raises(NotFound, match=f"D-{ids[-1]}"):
            ana.load(ids)
        with pytest.raises(NotFound):
            ana.tag(ids, ["x"])
    assert now_of(ana, first.id).tags == ()


def test_what_is_done_comes_after_the_last_change_of_a_deal_also_where_the_clock_was_set_back(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    before = ana.now()
    team.clock.wait(hours=-2)
    ana.tag([deal.id], ["x"])
    latest = ana.reader.history.entries(deal.id, limit=1)[0]
    assert latest.event.at > before > ana.now()
    other = add(ana, "Acme: press")
    assert now_of(ana, other.id).created_at == ana.now()


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("anna", "Did you mean @ana?"),
        ("zzzz", "See 'pipeboard rep list', or add them with 'pipeboard rep add'."),
    ],
)
def test_whoever_acts_for_nobody_is_told_the_near_one(wanted: str, hint: str, team: Team) -> None:
    with pytest.raises(NotFound, match=f"There is no rep '{wanted}' to act for") as refused:
        team.rep("root", acting_as=wanted)
    assert (refused.value.hint, refused.value.details["rep"]) == (hint, wanted)


def test_only_who_is_at_work_is_asked_by_their_name_in_a_note(ana: Workspace) -> None:
    ana.save_rep(Rep("bo", active=False))
    deal = add(ana)
    ana.add_note([deal.id], "@bo and @cy look at it")
    assert set(now_of(ana, deal.id).asks) == {"cy"}


def test_words_mean_the_day_on_which_they_were_said_however_long_the_database_is_held(
    ana: Workspace, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    deal, said, write = add(ana), ana.today, ana.store.write

    def held(work: Callable[[Writer], T]) -> T:
        team.clock.wait(days=1)
        return write(work)

    monkeypatch.setattr(ana.store, "write", held)
    ana.execute(c.Plan("tomorrow call"), [deal.id])
    ana.said_on = said - timedelta(days=3)
    ana.execute(c.SetFields(("expected_close=in a week",)), [deal.id])
    found = now_of(ana, deal.id)
    assert found.next_step is not None and found.next_step.due == said + timedelta(days=1)
    assert found.expected_close == said + timedelta(days=4)
