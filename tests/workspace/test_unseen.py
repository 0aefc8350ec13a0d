"""What others did to a deal since somebody looked at it, as a value: what stands against it, and
how it reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.deal_record import Entry
from pipeboard.domain.errors import Conflict, GateNotMet, Refused, Way
from pipeboard.domain.events import Event, Kind, change_to, evolve, inverse
from pipeboard.domain.money import Money
from pipeboard.domain.people import Actor
from pipeboard.domain.settings import Settings
from pipeboard.workspace.conflicts import Unseen, to_name, unseen_changes
from tests.domain.deciding_cases import LEAD, LOST, NEEDS, NOW, SALES, WON, events_of, new
from tests.team import TODAY

DEAL = replace(new(account="Acme", value=Money(100_00, "EUR"), tags=("a", "b")), id=7, version=3)
SEEN = {7: 3}
HOUR = timedelta(hours=1)


def unseen(
    *events: Event, by: str = "bo", me: str = "ana", of: Deal = DEAL, ago: timedelta = HOUR
) -> Unseen:
    """What `by` did an hour ago, with the deal as it is now."""
    now = of
    entries = []
    for place, event in enumerate(events):
        now = replace(evolve(now, event), version=now.version + 1)
        at = NOW - ago + timedelta(minutes=place)
        entries.append(Entry(place, 7, now.version, event, f"c{place}", "set", by, "", at))
    service: Any = SimpleNamespace(
        today=TODAY,
        me=me,
        actor=Actor(me),
        rights=SimpleNamespace(eyes=me),
        settings=Settings(currency="EUR", zone_name="Europe/Berlin"),
        reader=SimpleNamespace(pipelines=lambda: (SALES,)),
    )
    return Unseen(service, now, tuple(entries))


def changed(kind: Kind = Kind.EDITED, **fields: Any) -> Event:
    return change_to(DEAL, kind, NOW, fields)


def said(caught: Conflict) -> tuple[str, str]:
    return caught.message, caught.hint


# How it reads.

_CLOSED: dict[str, Any] = {"closed_at": NOW, "stage_entered_at": NOW}


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (changed(Kind.MOVED, stage_id=NEEDS), "bo moved D-7 Acme to Needs Assessment at 09:00."),
        (
            changed(Kind.REOPENED, stage_id=NEEDS),
            "bo reopened D-7 Acme in Needs Assessment at 09:00.",
        ),
        (changed(Kind.WON, stage_id=WON, **_CLOSED), "bo marked D-7 Acme as won at 09:00."),
        (changed(Kind.LOST, stage_id=LOST, **_CLOSED), "bo marked D-7 Acme as lost at 09:00."),
        (changed(Kind.ARCHIVED, archived_at=NOW), "bo archived D-7 Acme at 09:00."),
        (changed(Kind.MERGED, merged_into=9), "bo merged D-7 Acme into D-9 at 09:00."),
        (changed(source="web"), "bo changed D-7 Acme at 09:00: source."),
        (
            changed(source="web", account="Lumen"),
            "bo changed D-7 Lumen at 09:00: company, source.",
        ),
        (inverse(changed(Kind.MOVED, stage_id=NEEDS)), "bo changed D-7 Acme at 09:00: stage."),
    ],
)
def test_what_somebody_did_is_told_with_the_deal_and_the_time(event: Event, message: str) -> None:
    found = unseen(event).conflict(event.changed)
    assert found.message == message


@pytest.mark.parametrize(
    ("ago", "when"),
    [
        (timedelta(0), "at 10:00"),
        (timedelta(hours=10), "at 00:00"),
        (timedelta(hours=10, seconds=1), "on 22 Nov at 23:59"),
        (timedelta(days=20), "on 3 Nov at 10:00"),
    ],
)
def test_a_day_is_told_where_it_was_not_today(ago: timedelta, when: str) -> None:
    event = changed(source="web")
    assert unseen(event, ago=ago).conflict(event.changed).message == (
        f"bo changed D-7 Acme {when}: source."
    )


def test_the_last_who_changed_what_matters_is_told_and_the_first_value_that_was() -> None:
    first, second = changed(source="web"), change_to(
        replace(DEAL, source="web"), Kind.EDITED, NOW, {"source": "fair"}
    )  # fmt: skip
    other = changed(account="Lumen")
    found = unseen(first, second, other).conflict(frozenset({"source"}), {"source": "mail"})
    (difference,) = found.differences
    assert (difference.before, difference.theirs, difference.mine) == ("", "fair", "mail")
    assert found.message == "bo changed D-7 Lumen at 09:01: source."
    assert found.details["version"] == found.seen[7] == 6
    assert (found.details["by"], found.details["deal"]) == ("bo", "D-7")


def test_a_move_that_closed_a_deal_is_told_once() -> None:
    event = changed(Kind.WON, stage_id=WON, outcome="won", **_CLOSED)
    found = unseen(event).conflict(frozenset({"stage_id", "outcome", "closed_at"}))
    assert [difference.field for difference in found.differences] == ["stage_id"]


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"stage_id", "stage_entered_at", "rank"}, ["rank", "stage_id"]),
        ({"stage_id", "stage_entered_at", "rank", "closed_at", "closed_from"}, ["stage_id"]),
        ({"closed_at", "rank", "stage_entered_at"}, ["closed_at"]),
        ({"created_at", "created_precision", "rank"}, ["created_at"]),
        ({"rank"}, ["rank"]),
        ({"source", "account"}, ["account", "source"]),
        (set(), []),
    ],
)
def test_what_moves_along_with_a_field_is_not_told_beside_it(
    names: set[str], shown: list[str]
) -> None:
    assert to_name(names) == shown


def test_without_changes_there_is_nothing_unseen() -> None:
    asked: list[int] = []

    def since(deal_id: int, version: int) -> Sequence[Entry]:
        asked.append(version)
        return ()

    service: Any = SimpleNamespace(
        reader=SimpleNamespace(history=SimpleNamespace(standing_since=since))
    )
    for seen in ({}, {7: 3}, {7: 4}, {8: 1}):
        assert unseen_changes(service, DEAL, seen).entries == ()
    assert not asked
    unseen_changes(service, DEAL, {7: 2})
    assert asked == [2]


# What stands against it.


@pytest.mark.parametrize(
    ("event", "command", "stops"),
    [
        (changed(Kind.MOVED, stage_id=NEEDS), c.Step(1), True),
        (changed(Kind.ARCHIVED, archived_at=NOW), c.Step(1), True),
        (changed(source="web"), c.Step(1), False),
        (changed(Kind.RANKED, rank=5), c.Step(1), False),
        (changed(Kind.RANKED, rank=5), c.Rank(9), True),
        (changed(Kind.MOVED, stage_id=NEEDS), c.Rank(9), True),
        (changed(Kind.MOVED, stage_id=NEEDS), c.Move(NEEDS), False),
    ],
)
def test_what_is_meant_from_where_a_deal_stands_stops_where_another_has_moved_it(
    event: Event, command: c.Command, stops: bool
) -> None:
    unseen(event, by="ana").stop_relative(command)  # my own
    if not stops:
        unseen(event).stop_relative(command)
        return
    with pytest.raises(Conflict):
        unseen(event).stop_relative(command)


@pytest.mark.parametrize(
    ("mine", "theirs", "stops"),
    [
        (changed(Kind.MOVED, stage_id=NEEDS), changed(source="web"), False),
        (changed(source="web"), changed(Kind.MOVED, stage_id=NEEDS), True),
        (changed(Kind.MOVED, stage_id=NEEDS), changed(Kind.RANKED, rank=5), False),
    ],
)
def test_what_one_moved_oneself_elsewhere_stops_nothing_whatever_another_did_beside_it(
    mine: Event, theirs: Event, stops: bool
) -> None:
    (own,), (other,) = unseen(mine, by="ana").entries, unseen(theirs).entries
    both = replace(unseen(theirs), entries=(own, other))
    if not stops:
        both.stop_relative(c.Step(1))
        return
    with pytest.raises(Conflict, match="bo moved D-7"):
        both.stop_relative(c.Step(1))


@pytest.mark.parametrize(
    ("event", "mine", "stops"),
    [
        (changed(source="web"), {"source": "fair"}, True),
        (changed(source="web"), {"account": "Lumen"}, False),
        (changed(Kind.TAGGED, tags=("a",)), {"tags": ("b",)}, False),
        (changed(Kind.TOUCH, last_touch_at=NOW), {"last_touch_at": NOW + HOUR}, False),
        (changed(Kind.RANKED, rank=5), {"rank": 9}, False),
        (changed(Kind.ASKED, **{"asks.bo": None}), {"asks.cy": None}, False),
    ],
)
def test_a_change_over_another_stops_and_one_beside_it_is_told(
    event: Event, mine: dict[str, Any], stops: bool
) -> None:
    wanted = Event(Kind.EDITED, NOW, dict.fromkeys(mine), mine)
    if stops:
        with pytest.raises(Conflict, match="bo changed D-7 Acme"):
            unseen(event).remark([wanted])
        return
    noted = [] if any(name.startswith("asks.") for name in mine) else [
        "Set on top of a change by bo at 09:00."
    ]  # fmt: skip
    assert unseen(event).remark([wanted]) == noted


def test_where_nothing_changes_or_nobody_was_there_nothing_is_said() -> None:
    assert unseen(changed(source="web")).remark([]) == []
    assert unseen().remark([changed(source="web")]) == []
    assert unseen(changed(source="web")).remark([Event(Kind.NOTE, NOW)]) == []


NO = Refused("No.", hint="Do it otherwise.", way=Way.PLAN, details={"days": 3})
GATE = GateNotMet("No.", target="Needs", unmet=(), hint="Give a reason.", way=Way.OVERRIDE)


@pytest.mark.parametrize(
    ("event", "refused", "told"),
    [
        (changed(Kind.MOVED, stage_id=NEEDS), NO, ("Do it otherwise.", Way.PLAN)),
        (changed(Kind.NEXT_STEP, next_step=None, source="x"), NO, None),
        (changed(source="web"), NO, None),
        (
            changed(Kind.MOVED, stage_id=NEEDS),
            GATE,
            ("Look at it as it is now, then repeat.", None),
        ),
        (changed(source="web"), GATE, None),
    ],
)
def test_a_refusal_that_comes_of_what_another_did_is_told_as_that(
    event: Event, refused: Refused, told: tuple[str, Way | None] | None
) -> None:
    if told is None:
        unseen(event).explain(refused, c.Step(1))
        return
    with pytest.raises(Conflict) as caught:
        unseen(event).explain(refused, c.Step(1))
    assert (caught.value.hint, caught.value.way) == told
    details = caught.value.details
    assert (details.get("days"), details.get("refused")) == (
        (3, "No.") if refused is NO else (None, None)
    )


def test_a_refused_move_tells_where_it_was_to_go() -> None:
    with pytest.raises(Conflict) as caught:
        unseen(changed(Kind.MOVED, stage_id=NEEDS)).explain(NO, c.Move(LEAD))
    (difference,) = caught.value.differences
    assert (difference.theirs, difference.mine) == ("Needs Assessment", "Lead Generation")


@pytest.mark.parametrize(
    ("command", "closed", "stops"),
    [
        (c.Win(), True, True),
        (c.Lose(Loss("price")), True, True),
        (c.Move(NEEDS), True, False),
        (c.Win(), False, False),
    ],
)
def test_nobody_closes_what_another_has_closed_since(
    command: c.Command, closed: bool, stops: bool
) -> None:
    event = changed(Kind.LOST, outcome="lost", closed_at=NOW) if closed else changed(source="x")
    if stops:
        with pytest.raises(Conflict, match="as lost"):
            unseen(event).side_by_side(command, [])
        return
    assert unseen(event).side_by_side(command, [event]) == [event]


@pytest.mark.parametrize(
    ("theirs", "mine", "both"),
    [
        (("a", "b", "c"), ("a", "b", "d"), ("a", "b", "c", "d")),
        (("a",), ("a", "b", "d"), ("a", "d")),
        (("a", "b", "c"), ("b",), ("b", "c")),
    ],
)
def test_lists_that_two_people_changed_hold_what_both_put_in(
    theirs: tuple[str, ...], mine: tuple[str, ...], both: tuple[str, ...]
) -> None:
    found = unseen(changed(Kind.TAGGED, tags=theirs))
    command = c.Edit({"tags": mine})
    (event,) = found.side_by_side(command, events_of(found.deal, command))
    assert sorted(event.after["tags"]) == sorted(both)  # type: ignore[arg-type]
    plain = unseen(changed(source="web"))
    assert plain.side_by_side(command, events_of(plain.deal, command))[0].after["tags"] == mine


def test_an_instant_is_told_in_the_zone_of_the_workspace() -> None:
    event = changed(source="web")
    summer = unseen(event, ago=NOW - datetime(2026, 7, 1, 12, tzinfo=NOW.tzinfo))
    assert summer.conflict(event.changed).message.endswith("on 1 Jul at 14:00: source.")
