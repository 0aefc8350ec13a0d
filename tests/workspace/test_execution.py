"""What one command comes to for several deals, and what a person is told beside it: without a
database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Deal, Status, Touch
from pipeboard.domain.errors import (
    About,
    Conflict,
    Criterion,
    GateNotMet,
    Refused,
    Unmet,
    Way,
)
from pipeboard.domain.events import Event, Kind
from pipeboard.domain.settings import Rep, Settings
from pipeboard.workspace.execution import (
    RANK_GAP,
    _between,
    _raise,
    change_of,
    decide_all,
    remarks,
)
from tests.domain.deciding_cases import LEAD, NEEDS, NOW, QUALIFICATION, context, new
from tests.team import TODAY

REPS = (
    Rep("ana"), Rep("bo", "Bo Holt", active=False), Rep("cy"), Rep("dee", active=False),
)  # fmt: skip


def desk(touches: Sequence[Touch] = (), unseen: Sequence[str] = ()) -> Any:
    """Where ana sits: nobody else is there, and `unseen` of the reps see no deal of hers."""
    made = context(reps=("ana", "bo", "cy"), sees=lambda rep, owner: rep not in unseen)
    return SimpleNamespace(
        me="ana",
        today=TODAY,
        settings=Settings(min_gap_hours=24),
        now=lambda: NOW,
        contexts=lambda: lambda pipeline_id: made,
        reader=SimpleNamespace(
            reps=lambda: REPS,
            pipelines=lambda: (made.pipeline,),
            history=SimpleNamespace(touches=lambda deal_id: touches),
        ),
    )


def deals(*stages: int) -> list[Deal]:
    """Deals called A, B and so on in these stages."""
    return [
        replace(new(stage, account="ABCDEFG"[place]), id=place + 1)
        for place, stage in enumerate(stages)
    ]


# For all of them or for none.


def test_those_that_are_so_already_are_counted_beside_those_that_change() -> None:
    found = decide_all(desk(), deals(LEAD, LEAD, NEEDS), c.Move(LEAD, "as it was"), {})
    assert ([change.after.name for change in found.changes], found.notes) == (
        ["C"], ("2 of 3 were so already: A, B.",),
    )  # fmt: skip
    found = decide_all(desk(), deals(LEAD, NEEDS), c.Move(LEAD), {})
    assert found.notes == ("1 of 2 was so already: A.",)
    found = decide_all(desk(), deals(*(LEAD,) * 6, NEEDS), c.Move(LEAD), {})
    assert found.notes == ("6 of 7 were so already: A, B, C, D, E and 1 more.",)


def test_deals_of_one_company_are_each_counted() -> None:
    same = [replace(deal, account="Lumen Oy") for deal in deals(LEAD, LEAD, NEEDS)]
    found = decide_all(desk(), same, c.Move(LEAD), {})
    assert found.notes == ("2 of 3 were so already: Lumen Oy, Lumen Oy.",)


def test_where_all_are_so_already_that_is_the_sentence_and_there_is_nothing_beside_it() -> None:
    said = {
        1: "D-1 A is already in Lead Generation.",
        3: "Nothing to change: all 3 deals are so already.",
    }
    for count, summary in said.items():
        found = decide_all(desk(), deals(*(LEAD,) * count), c.Move(LEAD), {})
        assert (found.summary, found.changes, found.notes) == (summary, (), ())


def test_a_change_that_changes_nothing_is_so_already() -> None:
    found = decide_all(desk(), deals(LEAD), c.Edit({"account": "A"}), {})
    assert found.summary == "Nothing to change: it is so already."
    found = decide_all(desk(), deals(LEAD, LEAD), c.Edit({"account": "A"}), {})
    assert ([one.after.id for one in found.changes], found.notes) == (
        [2], ("1 of 2 was so already: A.",),
    )  # fmt: skip
    found = decide_all(desk(), deals(LEAD), c.Edit({"account": "B"}), {})
    assert (found.summary, found.notes) == ("", ())


def test_a_command_may_be_another_one_for_each_deal() -> None:
    found = decide_all(desk(), deals(LEAD, LEAD), lambda deal: c.Edit({"source": deal.name}), {})
    assert [change.after.source for change in found.changes] == ["A", "B"]


def test_one_refusal_is_told_as_it_is_and_keeps_all_from_changing() -> None:
    with pytest.raises(GateNotMet) as refused:
        decide_all(desk(), deals(QUALIFICATION), c.Move(NEEDS), {})
    assert "Nothing was changed" not in refused.value.message
    with pytest.raises(GateNotMet, match="Nothing was changed: 1 of 2 deals refuse"):
        decide_all(desk(), deals(NEEDS, QUALIFICATION), c.Move(NEEDS), {})


def _lack(word: str) -> Unmet:
    return Unmet("Lead", Criterion(About.FIELD, word), f"a {word}")


GATES = [
    GateNotMet(
        f"{name} lacks much.", target=target, unmet=tuple(map(_lack, lacking.split())),
        hint=f"Give {name} all.", way=way, deal_id=number,
    )
    for number, (name, target, lacking, way) in enumerate(
        (("A", "Needs", "value", Way.OVERRIDE), ("B", "Proposal", "owner value", None)), 1
    )
]  # fmt: skip
CONFLICTS = [
    Conflict("bo moved A.", hint="Look at A.", seen={1: 7}, way=Way.FIND),
    Conflict("bo moved B.", hint="Look at B.", seen={2: 3}),
]
NO, NEVER = Refused("A is won.", hint="Reopen A.", way=Way.REOPEN), Refused("B is lost.")


def raised(refusals: Sequence[Refused], asked: int) -> Refused:
    with pytest.raises(Refused) as caught:
        _raise(refusals, asked)
    return caught.value


def test_no_refusal_is_none() -> None:
    _raise([], 3)


@pytest.mark.parametrize("one", [GATES[0], CONFLICTS[0], NO], ids=["gate", "conflict", "rule"])
def test_the_refusal_of_the_only_deal_is_told_itself(one: Refused) -> None:
    assert raised([one], 1) is one


def test_of_several_refusals_each_is_told_with_the_way_of_the_first() -> None:
    told = raised([NO, NEVER], 3)
    assert type(told) is Refused
    assert told.message == "Nothing was changed: 2 of 3 deals refuse. A is won; B is lost."
    assert (told.hint, told.way) == ("Reopen A.", Way.REOPEN)
    assert told.details == {"refused": ["A is won.", "B is lost."]}
    many = raised([Refused(f"{name} is won.") for name in "ABCDEFG"], 9)
    assert many.message.endswith("A is won; B is won; and 5 more.")


def test_of_several_gates_all_that_is_missing_is_told_once() -> None:
    told = raised([NO, *GATES], 3)
    assert isinstance(told, GateNotMet)
    assert told.message.startswith("Nothing was changed: 3 of 3 deals refuse. A is won; A lacks")
    assert [lack.text for lack in told.unmet] == ["a value", "a owner"]
    assert (told.target, told.hint, told.way) == ("Needs", "Give A all.", Way.OVERRIDE)
    assert told.parts == tuple(GATES)


def test_a_conflict_goes_before_gates_and_rules_and_knows_what_there_is_now() -> None:
    told = raised([NO, *GATES, *CONFLICTS], 5)
    assert isinstance(told, Conflict)
    assert (told.hint, told.way) == ("Look at A.", Way.FIND)
    assert (told.seen, told.parts) == ({1: 7, 2: 3}, tuple(CONFLICTS))


# Remarks.


def told(
    command: c.Command, *those: Deal, events: Sequence[Event] = (), at: Any = None
) -> tuple[str, ...]:
    changes = [change_of(deal, events) for deal in those]
    return remarks(at or desk(), command, changes)


def _owned(deal: Deal, owner: str) -> Event:
    return Event(Kind.OWNER, NOW, {"owner": deal.owner}, {"owner": owner})


@pytest.mark.parametrize(
    ("owner", "said"),
    [
        ("cy", ()),
        ("ana", ()),
        ("", ()),
        ("bo", ("Bo Holt is not active.",)),
        ("dee", ("dee is not active.",)),
        ("zoe", ("@zoe is a new rep.",)),
    ],
)
def test_a_new_owner_who_is_new_or_away_is_told_once(owner: str, said: tuple[str, ...]) -> None:
    one, other = deals(LEAD, LEAD)
    event = _owned(one, owner)
    for command in (c.Assign(owner), c.Edit({"owner": owner})):
        assert told(command, one, other, events=[event]) == said
    assert told(c.AddNote("to her"), one, events=[event]) == ()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ([], ()),
        (["a value"], ("1 criterion overridden, logged.",)),
        (["a value", "need"], ("2 criteria overridden, logged.",)),
    ],
)
def test_a_reason_tells_how_many_criteria_it_stands_in_for(
    missing: list[str], said: tuple[str, ...]
) -> None:
    (one,) = deals(QUALIFICATION)
    event = Event(
        Kind.MOVED, NOW, {"stage_id": QUALIFICATION}, {"stage_id": NEEDS}, {"missing": missing}
    )
    for command in (
        c.Move(NEEDS, "so"),
        c.Step(1, "so"),
        c.Win(override="so"),
        c.Reopen(None, "so"),
    ):
        assert told(command, one, events=[event]) == said
    assert told(c.Move(NEEDS), one, events=[event]) == ()
    twice = told(c.Move(NEEDS, "so"), *deals(QUALIFICATION, QUALIFICATION), events=[event])
    assert twice == ((f"{2 * len(missing)} criteria overridden, logged.",) if missing else ())


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (-0.01, ()),
        (0, ("A was last contacted 0 h before: fewer than 24.",)),
        (0.99, ("A was last contacted 0 h before: fewer than 24.",)),
        (23.99, ("A was last contacted 23 h before: fewer than 24.",)),
        (24, ()),
    ],
)
def test_whoever_gets_in_touch_too_soon_again_is_told(hours: float, said: tuple[str, ...]) -> None:
    (one,) = deals(LEAD)
    spoken = replace(one, last_outbound_at=NOW - timedelta(hours=hours))
    assert told(c.LogTouch("call", "out"), spoken) == said
    assert told(c.LogTouch("call", "in"), spoken) == ()
    assert told(c.LogTouch("call", "out"), one) == ()
    later = NOW + timedelta(hours=24 - hours)
    assert told(c.LogTouch("call", "out", at=later), spoken) == ()


def _touch(direction: str, at: datetime) -> Touch:
    return Touch("t", "call", direction, "", "ana", at)


HOUR = timedelta(hours=1)
SENT = NOW - timedelta(days=9)


@pytest.mark.parametrize(
    ("touches", "command", "said"),
    [
        ((), c.LogTouch("call", "out"), "Follow-up 1 of 5"),
        ((_touch("out", SENT + HOUR),), c.LogTouch("call", "out"), "Follow-up 2 of 5"),
        ((_touch("out", SENT),), c.LogTouch("call", "out"), "Follow-up 1 of 5"),
        ((_touch("in", SENT + HOUR),), c.LogTouch("call", "out"), "Follow-up 1 of 5"),
        ((_touch("out", SENT + HOUR),), c.LogTouch("call", "out", at=SENT), "Follow-up 1 of 5"),
        ((), c.LogTouch("call", "out", at=SENT), ""),
        ((), c.LogTouch("email", "out", quote=True), ""),
        ((), c.LogTouch("call", "in"), ""),
    ],
)
def test_a_touch_after_a_proposal_tells_which_follow_up_it_is(
    touches: tuple[Touch, ...], command: c.LogTouch, said: str
) -> None:
    (one,) = deals(LEAD)
    sent = replace(one, quote_sent_at=SENT)
    expected = (f"{said} since the proposal.",) if said else ()
    assert told(command, sent, at=desk(touches)) == expected
    assert told(command, sent, sent, at=desk(touches)) == ()
    assert told(command, one, at=desk(touches)) == ()


@pytest.mark.parametrize(
    ("text", "unseen", "closed"),
    [
        ("@bo look at it", ("@bo does not see 2 deals (A, B), and was not asked.",),
         ("Nothing is asked of @bo on what is closed: A.",)),
        ("@cy look at it", (), ("Nothing is asked of @cy on what is closed: A.",)),
        ("@nobody look at it", (), ()),
        ("bo, look at it", (), ()),
    ],
)  # fmt: skip
def test_whoever_is_named_where_they_do_not_look_is_told_to_have_heard_nothing(
    text: str, unseen: tuple[str, ...], closed: tuple[str, ...]
) -> None:
    one, other = deals(LEAD, LEAD)
    over = replace(one, outcome=Status.WON)
    blind = desk(unseen=("ana", "bo"))
    assert told(c.AddNote(text), one, other, over, at=blind) == (*unseen, *closed)
    assert told(c.AddNote(text), over, at=blind) == closed
    assert told(c.AddNote("@ana that is me"), one, at=blind) == ()


def test_one_deal_that_somebody_does_not_see_is_told_by_its_name() -> None:
    (one,) = deals(LEAD)
    assert told(c.AddNote("@bo and @cy"), one, at=desk(unseen=("bo", "cy"))) == (
        "@bo does not see A, and was not asked.",
        "@cy does not see A, and was not asked.",
    )


# An order by hand.


@pytest.mark.parametrize(
    ("above", "below", "rank"),
    [
        (None, None, -RANK_GAP),
        (None, 10, 10 - RANK_GAP),
        (None, 0, -RANK_GAP),
        (10, None, 10 + RANK_GAP),
        (0, None, RANK_GAP),
        (10, 20, 15),
        (10, 12, 11),
        (10, 13, 11),
        (-13, -10, -12),
        (10, 11, None),
        (10, 10, None),
        (20, 10, None),
    ],
)
def test_a_rank_lies_between_its_neighbours_or_there_is_no_room(
    above: int | None, below: int | None, rank: int | None
) -> None:
    assert _between(above, below) == rank
