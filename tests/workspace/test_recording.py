"""What was decided, recorded once: tokens, tries and numbers, without a database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.errors import BadInput, Refused
from pipeboard.domain.roles import NotAllowed
from pipeboard.domain.settings import Rep, Settings
from pipeboard.store.projecting import Change
from pipeboard.workspace.recording import (
    Decision,
    Receipt,
    _numbered,
    as_command,
    changed,
    record,
    retried,
)
from tests.domain.deciding_cases import NOW, new
from tests.team import Team, add
from tests.verbs import Workspace

DONE = SimpleNamespace(
    id="t-1", verb="add", summary="Added Acme.", actor="ana", at=NOW, undone=False
)
DEAL = replace(new(account="Acme"), id=7)
TARGET = Agreement(Topic.TARGET, (1, "2026Q4", "", ""), None, {"amount_minor": 5})


class Desk:
    """Where ana sits, with one command stored; what is written is kept."""

    def __init__(self, *, shown: bool = True, role: Any = None) -> None:
        self.actor = SimpleNamespace(name="ana", acting_as="", label="ana")
        self.settings = Settings(zone_name="Europe/Berlin")
        self.rights = SimpleNamespace(
            role=role, check=self._check, check_deals=lambda *_: None,
            check_agreements=lambda _: None,
        )  # fmt: skip
        self.written: list[Any] = []
        writer = SimpleNamespace(
            numbers=lambda kind, count: range(41, 41 + count),
            record=lambda done, changes: self.written.append((done, changes)),
            agree=lambda agreement, at, by: self.written.append(agreement),
            record_agreements=lambda command_id, agreements: None,
            mark=lambda command_id, undone: self.written.append((command_id, undone)),
        )
        self.transaction = SimpleNamespace(writer=writer, at=NOW, next_id=lambda: "c-9", stored=[])
        known = {"t-1": DONE}
        self.truth = SimpleNamespace(history=SimpleNamespace(command=known.get))
        self.reader = SimpleNamespace(
            history=SimpleNamespace(
                command=known.get if shown else lambda token: None,
                events_of=lambda token: {7: []},
            ),
            deals=lambda ids: dict.fromkeys(ids, DEAL),
            agreements=SimpleNamespace(
                of_command=lambda token: [("", TARGET)],
                contents=lambda topic, key: {"amount_minor": 5},
            ),
        )

    def _check(self, verb: str) -> None:
        raise NotAllowed("It takes a manager.")


def desk(**more: Any) -> Any:
    return Desk(**more)


@pytest.mark.parametrize(
    ("token", "verb", "by", "found"),
    [
        (None, "add", "", False),
        ("", "add", "", False),
        ("t-2", "add", "", False),
        ("t-1", "add", "", True),
        ("t-1", "", "", True),
        ("t-1", "add", "ana", True),
        ("t-1", "move", "", None),
        ("t-1", "add", "calendar", None),
    ],
)
def test_a_token_stands_for_one_command_of_one_person(
    token: str | None, verb: str, by: str, found: bool | None
) -> None:
    if found is None:
        with pytest.raises(Refused, match="The token 't-1' was used already: Added Acme"):
            retried(desk(), token, verb, by)
        return
    assert (retried(desk(), token, verb, by) is not None) is found


def test_what_was_done_once_is_told_with_its_day_and_its_deals() -> None:
    receipt = retried(desk(), "t-1", "add")
    assert receipt is not None
    assert (receipt.command_id, receipt.verb, receipt.summary) == ("t-1", "add", "Added Acme.")
    assert receipt.notes == ("This was done already, on 23 Nov 10:00; nothing was done again.",)
    assert (receipt.deals, receipt.agreements) == ((DEAL,), (TARGET,))


def test_a_token_of_what_one_is_not_shown_tells_nothing_of_it() -> None:
    with pytest.raises(Refused, match=r"^The token 't-1' was used already\.$"):
        retried(desk(shown=False), "t-1", "add")
    with pytest.raises(BadInput):
        retried(desk(), "t" * 9_000, "add")


def begins(name: str) -> Change:
    return Change(None, replace(new(account=name), id=0), ())


def ids_of(changes: tuple[Change, ...]) -> list[int]:
    return [change.after.id for change in changes]


def test_deals_that_begin_have_numbers_in_their_order_and_others_keep_theirs() -> None:
    asked: list[int] = []

    def numbers(kind: str, count: int) -> range:
        asked.append(count)
        return range(41, 41 + count)

    writer: Any = SimpleNamespace(numbers=numbers)
    known = Change(DEAL, DEAL, ())
    assert ids_of(_numbered(writer, [begins("A"), known, begins("B")])) == [41, 7, 42]
    assert ids_of(_numbered(writer, [known])) == [7]
    assert asked == [2]


@pytest.mark.parametrize(
    ("decision", "token", "dry_run", "command_id", "count"),
    [
        (Decision("Done.", (begins("A"),)), "", False, "c-9", 1),
        (Decision("Done.", (begins("A"),)), "t-7", False, "t-7", 1),
        (Decision("Done.", (begins("A"),)), "t-1", False, "t-1", 0),
        (Decision("Done.", (begins("A"),)), "", True, "", 0),
        (Decision("Done."), "", False, "", 0),
        (Decision("Done.", agreements=(TARGET,)), "", False, "c-9", 2),
        (Decision("Undid.", marks="t-1"), "", False, "c-9", 2),
    ],
)
def test_what_is_decided_is_written_once_and_not_when_it_is_tried(
    decision: Decision, token: str, dry_run: bool, command_id: str, count: int
) -> None:
    at = desk()
    receipt = record(at, "add", decision, dry_run=dry_run, token=token)
    assert receipt.command_id == command_id
    assert len(at.written) == count
    assert len(receipt.deals) == len(decision.changes)
    if command_id and count:
        assert receipt.deals == () or receipt.deals[0].id == 41
        assert at.transaction.stored == [command_id]


def test_who_took_something_back_and_who_did_it_stand_in_the_record() -> None:
    at = desk()
    record(at, "recycle", Decision("Back.", (begins("A"),), actor="calendar", undoes="t-1"))
    ((done, _),) = at.written
    assert (done.actor, done.undoes, done.redoes, done.verb) == ("calendar", "t-1", None, "recycle")
    record(at, "add", Decision("Back\x1b[31m.", (begins("A"),)))
    assert (at.written[1][0].actor, "\x1b" in at.written[1][0].summary) == ("ana", False)


def test_a_role_is_asked_for_also_when_it_is_only_tried() -> None:
    for dry_run in (False, True):
        at = desk(role="rep")
        with pytest.raises(NotAllowed):
            record(at, "add", Decision("Done.", (begins("A"),)), dry_run=dry_run)
        assert not at.written


def test_what_is_agreed_already_is_no_change() -> None:
    assert changed(desk(), Topic.TARGET, (1,), {"amount_minor": 5}) == ()
    (change,) = changed(desk(), Topic.TARGET, (1,), None)
    assert (change.before, change.after) == ({"amount_minor": 5}, None)


def test_a_deal_is_told_as_it_was_numbered() -> None:
    receipt = record(desk(), "add", Decision("Done.", (begins("A"), begins("B"))))
    assert [deal.id for deal in receipt.deals] == [41, 42]


@pytest.mark.parametrize(
    ("token", "verb", "does"),
    [("", "add", True), ("t-2", "add", True), ("t-1", "add", False), ("t-1", "move", None)],
)
def test_a_use_case_is_done_once_for_each_token(token: str, verb: str, does: bool | None) -> None:
    done: list[str] = []

    @as_command(verb)
    def use_case(service: Any, /, **once: Any) -> Receipt:
        done.append(once["token"])
        return Receipt("c-9", verb, "Done.")

    at = desk()
    at.transact = at.look = lambda work: work()
    if does is None:
        with pytest.raises(Refused, match="used already"):
            use_case(at, token=token)
    else:
        assert use_case(at, token=token).command_id == ("c-9" if does else "t-1")
    assert done == ([token] if does else [])


def test_whoever_gives_a_token_twice_is_told_to_give_another() -> None:
    for shown in (True, False):
        with pytest.raises(Refused) as refused:
            retried(desk(shown=shown), "t-1", "move")
        assert refused.value.hint == "Give each command a token of its own."


ACTS: dict[str, Callable[[Workspace], object]] = {
    "add": lambda ana: add(ana, "Acme: press"),
    "tag": lambda ana: ana.tag([1], ["hot"]),
    "undo": lambda ana: ana.undo(),
    "rate": lambda ana: ana.set_rate("USD", "0.9"),
    "target": lambda ana: ana.set_target(ana.pipeline(), "2026Q4", "1k"),
    "rep": lambda ana: ana.save_rep(Rep("zoe")),
    "filter": lambda ana: ana.save_filter("hot", "+hot"),
    "setting": lambda ana: ana.save_settings(replace(ana.settings, min_gap_hours=9)),
    "pipeline": lambda ana: ana.save_pipeline(replace(ana.pipeline(), name="Deals")),
}


@pytest.mark.parametrize("act", ACTS)
def test_whatever_is_stored_is_counted_by_which_readers_of_a_server_know_of_it(
    act: str, team_on_a_file: Team
) -> None:
    def changes() -> int:
        with closing(sqlite3.connect(team_on_a_file.path)) as connection:
            asked = "SELECT value FROM counter WHERE name = 'change'"
            return int(connection.execute(asked).fetchone()[0])

    ana = team_on_a_file.rep("ana")
    add(ana)
    before = changes()
    ACTS[act](ana)
    assert changes() > before
    after = changes()
    ana.reader.board(ana.lens(ana.pipeline()))
    assert changes() == after
