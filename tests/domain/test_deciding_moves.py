"""Where a deal stands: begin, move, win, lose, reopen, archive, merge, take over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import (
    Answer,
    Ask,
    Contact,
    Deal,
    Loss,
    NextStep,
    Note,
    Status,
    Term,
    Touch,
)
from pipeboard.domain.deciding import decide
from pipeboard.domain.errors import (
    BadInput,
    Conflict,
    GateNotMet,
    NotFound,
    Refused,
    SoAlready,
    Way,
)
from pipeboard.domain.events import Event, Kind, evolve, inverse, replay
from pipeboard.domain.money import Money
from tests.domain.deciding_cases import (
    CLOSING,
    LEAD,
    LOST,
    NEEDS,
    NEGOTIATION,
    NOW,
    PROPOSAL,
    QUALIFICATION,
    SALES,
    TODAY,
    WON,
    context,
    do,
    events_of,
    new,
)

LATER = NOW + timedelta(days=3)
PRICE = Loss("price", "too dear", "Acme")
DAY = timedelta(days=1)


def test_a_new_deal_begins_in_its_stage_with_its_fields() -> None:
    deal = new(LEAD, account="Lumen Oy", value=Money(4_000_000, "EUR"), owner="ana")
    assert (deal.stage_id, deal.account, deal.owner) == (LEAD, "Lumen Oy", "ana")
    assert deal.created_at == deal.stage_entered_at == NOW
    assert (deal.status, deal.version, deal.qualified_at) == (Status.OPEN, 1, None)


def test_a_new_deal_needs_a_title_and_an_open_stage() -> None:
    with pytest.raises(BadInput, match="needs a title"):
        new(LEAD, title=" \x1b ")
    for outcome, name in ((WON, "Won"), (LOST, "Lost")):
        with pytest.raises(Refused, match=f"cannot begin in {name}"):
            new(outcome)


def test_a_probability_given_at_the_start_is_an_event_of_its_own() -> None:
    command = c.Create("Pilot", LEAD, {"probability_bp": 6000, "category": "commit"})
    kinds = [event.kind for event in decide(command, None, context())]
    assert kinds == [Kind.CREATED, Kind.PROBABILITY, Kind.CATEGORY]


def test_a_deal_that_begins_in_a_qualified_stage_is_qualified_from_then_on() -> None:
    assert new(NEEDS).qualified_at == NOW


def test_a_move_forwards_counts_as_a_touch_and_a_move_back_does_not() -> None:
    deal = do(new(LEAD), c.Move(QUALIFICATION), LATER)
    assert (deal.stage_id, deal.stage_entered_at, deal.last_touch_at) == (
        QUALIFICATION,
        LATER,
        LATER,
    )
    back = do(deal, c.Move(LEAD), LATER + timedelta(days=1))
    assert (back.stage_id, back.last_touch_at) == (LEAD, LATER)
    assert back.stage_entered_at == LATER + timedelta(days=1)


def test_a_deal_is_qualified_once_at_its_first_entry() -> None:
    deal = do(new(NEGOTIATION), c.Move(LEAD), LATER)
    again = do(deal, c.Move(NEEDS, "known to us"), LATER + timedelta(days=1))
    assert again.qualified_at == NOW


@pytest.mark.parametrize("target", [WON, LOST])
def test_a_move_to_an_outcome_is_refused_with_what_to_do_instead(target: int) -> None:
    with pytest.raises(Refused, match="is an outcome, not a step") as refused:
        do(new(), c.Move(target))
    assert ("won" if target == WON else "lost") in refused.value.hint


def test_a_move_to_where_the_deal_is_already_is_refused() -> None:
    with pytest.raises(SoAlready, match="already in Lead Generation"):
        do(new(LEAD), c.Move(LEAD))


def test_a_move_to_a_retired_stage_is_refused() -> None:
    stages = tuple(replace(s, retired=s.id == PROPOSAL) for s in SALES.stages)
    pipeline = replace(SALES, stages=stages)
    with pytest.raises(Refused, match="Proposal is retired"):
        do(new(NEEDS), c.Move(PROPOSAL), pipeline=pipeline)


def test_a_gate_says_everything_that_is_missing() -> None:
    with pytest.raises(GateNotMet) as refused:
        do(new(QUALIFICATION), c.Move(NEEDS))
    assert refused.value.message == (
        "D-1 Lumen Oy pilot is not moved to Needs Assessment: Lead Qualification asks: "
        "Need is unanswered, Timeline is unanswered, Authority and budget is unanswered."
    )
    assert refused.value.details["missing"] == [
        "Need is unanswered",
        "Timeline is unanswered",
        "Authority and budget is unanswered",
    ]


def test_an_override_is_logged_with_what_was_missing() -> None:
    (event,) = events_of(new(PROPOSAL), c.Move(NEGOTIATION, "signed already"))
    assert event.facts == {
        "override": "signed already",
        "missing": ["value is empty", "no next step with a date to come"],
    }


@pytest.mark.parametrize("reason", ["x", "  x ", "   "])
def test_an_override_needs_a_reason_in_words(reason: str) -> None:
    with pytest.raises(BadInput, match="needs a reason"):
        do(new(QUALIFICATION), c.Move(NEEDS, reason))


def test_a_reason_where_nothing_is_missing_is_not_logged() -> None:
    (event,) = events_of(new(LEAD), c.Move(QUALIFICATION, "just in case"))
    assert event.facts == {}


def test_a_win_closes_the_deal_at_its_final_value() -> None:
    planned = do(new(CLOSING), c.SetNextStep("sign", TODAY + timedelta(days=1)))
    deal = do(planned, c.Win(Money(5, "EUR")), LATER)
    assert (deal.status, deal.stage_id, deal.closed_from) == (Status.WON, WON, CLOSING)
    assert (deal.value, deal.closed_at) == (Money(5, "EUR"), LATER)
    assert (deal.next_step, deal.snoozed_until) == (None, None)
    assert deal.qualified_at is not None


def test_a_win_may_lie_back_and_is_then_at_noon_of_that_day() -> None:
    deal = do(new(CLOSING), c.Win(on=date(2026, 11, 25)), NOW + timedelta(days=5))
    assert deal.closed_at == datetime(2026, 11, 25, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("hour", [6, 9, 20])
def test_a_deal_that_closes_today_closes_now(hour: int) -> None:
    now = NOW.replace(day=24, hour=hour)
    for close in (c.Win(on=now.date()), c.Lose(PRICE, on=now.date())):
        assert do(new(CLOSING), close, now).closed_at == now


def test_a_win_on_the_day_of_entry_is_not_before_the_entry() -> None:
    entered = NOW + timedelta(hours=8)
    deal = do(new(CLOSING, entered), c.Win(on=TODAY), NOW + timedelta(days=2))
    assert deal.closed_at == entered


def test_a_win_before_the_deal_came_into_its_stage_is_refused() -> None:
    with pytest.raises(Refused, match="so it cannot have closed on"):
        do(new(CLOSING), c.Win(on=TODAY - timedelta(days=1)))


def test_the_day_that_a_deal_came_in_or_closed_is_that_of_the_workspace() -> None:
    after_midnight = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # in Berlin the 23rd
    deal = new(CLOSING, after_midnight)
    with pytest.raises(Refused, match="entered Closing on Mon 23 Nov 2026"):
        do(deal, c.Win(on=date(2026, 11, 22)))
    won = do(deal, c.Win(), after_midnight)
    with pytest.raises(Refused, match="was won on Mon 23 Nov 2026"):
        do(won, c.MergeInto(7))


def test_a_win_in_the_future_is_refused() -> None:
    with pytest.raises(BadInput, match="lies ahead"):
        do(new(CLOSING), c.Win(on=TODAY + timedelta(days=1)))


@pytest.mark.parametrize("close", [c.Win(at=NOW - DAY), c.Lose(PRICE, at=NOW - DAY)])
def test_no_deal_closes_before_it_entered_its_stage(close: c.Win | c.Lose) -> None:
    deal = do(new(CLOSING), close, NOW + DAY)
    assert (deal.closed_at, deal.stage_entered_at) == (NOW, NOW)


def test_a_win_passes_the_gates_that_lie_between() -> None:
    with pytest.raises(GateNotMet, match="Negotiation asks: value is empty"):
        do(new(NEGOTIATION), c.Win())


def test_the_final_value_of_a_win_does_not_meet_a_gate_after_the_fact() -> None:
    (event,) = events_of(new(NEGOTIATION), c.Win(Money(1, "EUR"), override="paper signed"))
    assert event.facts["missing"] == ["value is empty"]


def test_a_loss_passes_no_gate_and_keeps_its_reason() -> None:
    deal = do(new(QUALIFICATION), c.Lose(PRICE), LATER)
    assert (deal.status, deal.stage_id, deal.loss) == (Status.LOST, LOST, PRICE)
    assert deal.qualified_at is None


def test_a_loss_needs_a_known_category() -> None:
    with pytest.raises(BadInput, match="'prize' is no loss category") as refused:
        do(new(), c.Lose(Loss("prize")))
    assert "price" in refused.value.hint


def test_a_team_has_loss_categories_of_its_own() -> None:
    deal = do(new(), c.Lose(Loss("weather")), loss_categories=("weather",))
    assert deal.loss == Loss("weather")
    with pytest.raises(BadInput, match="is no loss category"):
        do(new(), c.Lose(PRICE), loss_categories=("weather",))


def test_a_lost_deal_becomes_a_lead_again_on_a_day_to_come_only() -> None:
    with pytest.raises(BadInput, match="must lie ahead"):
        do(new(), c.Lose(Loss("timing", recycle_on=TODAY)))


@pytest.mark.parametrize(
    ("closed", "command"),
    [
        (c.Lose(PRICE), c.Move(QUALIFICATION)),
        (c.Lose(PRICE), c.Win()),
        (c.Win(override="signed"), c.Move(QUALIFICATION)),
        (c.Win(override="signed"), c.Lose(PRICE)),
    ],
)
def test_a_closed_deal_is_not_moved_nor_closed_as_something_else(
    closed: c.Command, command: c.Command
) -> None:
    with pytest.raises(Refused, match=r"is (won|lost) and cannot be") as refused:
        do(do(new(), closed), command)
    assert (refused.value.hint, refused.value.way) == ("Reopen it first.", Way.REOPEN)


@pytest.mark.parametrize("command", [c.Move(QUALIFICATION), c.Win(), c.Lose(PRICE), c.Reopen()])
def test_an_archived_deal_stays_where_it_is(command: c.Command) -> None:
    with pytest.raises(Refused, match="is archived") as refused:
        do(do(new(), c.Archive()), command)
    assert (refused.value.hint, refused.value.way) == ("Unarchive it first.", Way.UNARCHIVE)


def test_a_reopened_deal_is_back_where_it_was_closed_from() -> None:
    deal = do(do(new(NEEDS), c.Lose(PRICE)), c.Reopen(), LATER)
    assert (deal.status, deal.stage_id, deal.stage_entered_at) == (Status.OPEN, NEEDS, LATER)
    assert (deal.loss, deal.closed_at, deal.closed_from) == (None, None, None)


def test_a_deal_is_reopened_further_on_only_through_the_gate() -> None:
    lost = do(new(QUALIFICATION), c.Lose(PRICE))
    with pytest.raises(GateNotMet):
        do(lost, c.Reopen(NEEDS))
    (event,) = events_of(lost, c.Reopen(NEEDS, "they called back"))
    assert event.facts["override"] == "they called back"
    assert do(lost, c.Reopen(LEAD)).stage_id == LEAD


def test_an_open_deal_cannot_be_reopened_nor_a_closed_one_in_an_outcome() -> None:
    with pytest.raises(Refused, match="is open already"):
        do(new(), c.Reopen())
    with pytest.raises(Refused, match="cannot be reopened in Won"):
        do(do(new(), c.Lose(PRICE)), c.Reopen(WON))


def test_an_archived_deal_keeps_its_outcome_for_the_day_it_comes_back() -> None:
    deal = do(do(new(), c.Lose(PRICE)), c.Archive(), LATER)
    assert (deal.status, deal.outcome, deal.archived_at) == (Status.ARCHIVED, Status.LOST, LATER)
    assert do(deal, c.Unarchive()).status is Status.LOST
    with pytest.raises(Refused, match="archived already"):
        do(deal, c.Archive())
    with pytest.raises(Refused, match="is not archived"):
        do(new(), c.Unarchive())


def test_a_merged_deal_says_where_it_went_and_takes_no_more_work() -> None:
    deal = do(new(), c.MergeInto(7))
    assert (deal.merged_into, deal.status) == (7, Status.ARCHIVED)
    for command in (c.Move(QUALIFICATION), c.Unarchive(), c.Edit({"source": "web"})):
        with pytest.raises(Refused, match="was merged into D-7"):
            do(deal, command)
    with pytest.raises(Refused, match="into itself"):
        do(new(), c.MergeInto(1))


TAKEN = c.TakeOver(
    "Old deal",
    NOW - 30 * DAY,
    ((LEAD, NOW - 30 * DAY), (NEEDS, NOW - 20 * DAY), (PROPOSAL, NOW - 10 * DAY)),
    "imported from old.csv",
    {"owner": "bo", "external_id": "X1"},
)


def taken(command: c.TakeOver) -> Deal:
    return replay(decide(command, None, context()), 1)


def test_a_deal_taken_over_has_its_past_at_its_own_dates() -> None:
    events = decide(TAKEN, None, context())
    assert [(event.kind, NOW - event.at) for event in events] == [
        (Kind.CREATED, 30 * DAY),
        (Kind.MOVED, 20 * DAY),
        (Kind.MOVED, 10 * DAY),
    ]
    deal = replay(events, 1)
    assert (deal.stage_id, deal.owner, deal.external_id) == (PROPOSAL, "bo", "X1")
    assert (deal.created_at, deal.qualified_at) == (NOW - 30 * DAY, NOW - 20 * DAY)


@pytest.mark.parametrize(("entered", "since"), [(-DAY, -DAY), (-40 * DAY, -30 * DAY)])
def test_a_deal_taken_over_stands_in_its_first_stage_from_when_it_came_there(
    entered: timedelta, since: timedelta
) -> None:
    deal = taken(replace(TAKEN, path=((NEEDS, NOW + entered),)))
    assert (deal.created_at, deal.stage_entered_at) == (NOW - 30 * DAY, NOW + since)
    assert (deal.qualified_at, deal.rank) == (NOW + since, -micros(NOW + since))


def test_a_deal_taken_over_logs_the_file_where_it_passed_a_gate() -> None:
    facts = [event.facts for event in decide(TAKEN, None, context())]
    assert facts[1]["override"] == "imported from old.csv"
    assert "Need is unanswered" in facts[1]["missing"]


def test_a_deal_taken_over_as_won_or_lost_closes_when_it_did() -> None:
    won = taken(replace(TAKEN, outcome="won", closed_at=NOW - DAY))
    assert (won.status, won.closed_at, won.closed_from) == (Status.WON, NOW - DAY, PROPOSAL)
    lost = taken(replace(TAKEN, outcome="lost", closed_at=NOW - DAY, loss=PRICE))
    assert (lost.status, lost.loss, lost.stage_id) == (Status.LOST, PRICE, LOST)
    assert taken(replace(TAKEN, outcome="lost")).loss == Loss("other")


@pytest.mark.parametrize(
    ("steps", "touches", "ago"),
    [
        ((), (), 30 * DAY),
        ((), (4 * DAY,), 30 * DAY),
        ((6 * DAY,), (), 6 * DAY),
        ((6 * DAY,), (4 * DAY, 8 * DAY), 4 * DAY),
    ],
)
def test_what_is_planned_of_a_deal_taken_over_came_after_the_last_that_was_done(
    steps: tuple[timedelta, ...], touches: tuple[timedelta, ...], ago: timedelta
) -> None:
    plan: dict[str, Any] = {"next_step": NextStep("call", TODAY), "snoozed_until": TODAY + 9 * DAY}
    command = replace(
        TAKEN,
        fields=plan,
        touches=tuple(Touch(str(one), "call", "out", "", "bo", NOW - one) for one in touches),
        steps_done=tuple(c.StepDone(NextStep("meet"), "met", NOW - one) for one in steps),
    )
    events = decide(command, None, context())
    planned = [event for event in events if event.kind in (Kind.NEXT_STEP, Kind.SNOOZED)]
    assert [(event.kind, NOW - event.at) for event in planned] == [
        (Kind.NEXT_STEP, ago),
        (Kind.SNOOZED, ago),
    ]
    deal = replay(events, 1)
    assert {name: getattr(deal, name) for name in plan} == plan


@pytest.mark.parametrize("known", [{"created_at": "day"}, {"closed_at": "unknown"}, {}])
def test_a_deal_taken_over_says_how_exactly_its_instants_are_known(
    known: dict[str, c.Precision],
) -> None:
    closed = replace(TAKEN, outcome="won", closed_at=NOW - DAY, precision=known)
    began, *_, ended = decide(closed, None, context())
    assert began.facts.get("precision") == known.get("created_at")
    assert ended.facts.get("precision") == known.get("closed_at")


@pytest.mark.parametrize(
    ("known", "entered_at", "precisions"),
    [
        ({}, NOW - 30 * DAY, ("", "")),
        ({"created_at": "day"}, NOW - 30 * DAY, ("day", "day")),
        ({"created_at": "unknown"}, NOW - 30 * DAY, ("unknown", "unknown")),
        ({"created_at": "unknown"}, NOW - 10 * DAY, ("unknown", "")),
        ({"created_at": "day"}, NOW - 10 * DAY, ("day", "")),
    ],
)
def test_a_deal_knows_which_of_its_instants_stand_for_what_nobody_knows(
    known: dict[str, c.Precision], entered_at: datetime, precisions: tuple[str, str]
) -> None:
    deal = taken(replace(TAKEN, path=((PROPOSAL, entered_at),), precision=known))
    assert (deal.created_precision, deal.entry_precision) == precisions
    assert (deal.known_created_at is None) == (precisions[0] == "unknown")
    assert (deal.known_entry_at is None) == (precisions[1] == "unknown")


UNDATED = replace(
    TAKEN, path=((LEAD, TAKEN.created_at),), precision={"created_at": "unknown"}, notes=()
)


@pytest.mark.parametrize(
    ("command", "precision"),
    [
        (c.Move(PROPOSAL, override="signed already"), ""),
        (c.Win(override="signed already"), ""),
        (c.Win(override="signed already", at=NOW, precision="unknown"), "unknown"),
        (c.Lose(PRICE, at=NOW, precision="day"), "day"),
        (c.Edit({"source": "web"}), "unknown"),
    ],
)
def test_since_when_a_deal_stands_somewhere_is_known_as_exactly_as_its_last_entry(
    command: c.Command, precision: c.Precision
) -> None:
    began = decide(UNDATED, None, context())
    (event,) = decide(command, replay(began, 1), context())
    back, again = inverse(event), inverse(inverse(event))
    known = [
        replay([*began, *events], 1).entry_precision
        for events in ([], [event], [event, back], [event, back, again])
    ]
    assert known == ["unknown", precision, "unknown", precision]


def test_a_deal_that_came_back_is_known_to_stand_there_since() -> None:
    path = (*UNDATED.path, (LEAD, NOW - 2 * DAY))
    began, came_back = decide(replace(UNDATED, path=path), None, context())
    assert replay([began, came_back], 1).known_entry_at == NOW - 2 * DAY
    assert replay([began, came_back, inverse(came_back)], 1).known_entry_at is None
    closed = taken(replace(UNDATED, outcome="lost", precision={"closed_at": "unknown"}))
    assert (closed.known_closed_at, closed.known_created_at) == (None, TAKEN.created_at)
    assert do(closed, c.Reopen()).known_entry_at == NOW


def test_a_deal_taken_over_from_an_archive_is_archived_with_its_outcome() -> None:
    deal = taken(replace(TAKEN, outcome="won", closed_at=NOW - DAY, archived=True))
    assert (deal.status, deal.outcome) == (Status.ARCHIVED, Status.WON)
    assert deal.archived_at == NOW - DAY
    known = taken(replace(TAKEN, archived=True, archived_at=NOW - 2 * DAY))
    assert (known.archived_at, known.outcome) == (NOW - 2 * DAY, Status.OPEN)
    assert taken(replace(TAKEN, archived=True)).archived_at == NOW


def test_a_deal_taken_over_brings_notes_and_touches_as_events() -> None:
    note = Note("n1", "Met at the fair", "bo", NOW - 25 * DAY)
    touch = Touch("t1", "call", "out", "voicemail", "bo", NOW - 24 * DAY)
    events = decide(replace(TAKEN, notes=(note,), touches=(touch,)), None, context())
    assert [event.kind for event in events[-2:]] == [Kind.TOUCH, Kind.NOTE]
    deal = replay(events, 1)
    assert (deal.outbound_since_reply, deal.last_outbound_at) == (1, NOW - 24 * DAY)
    again = replace(touch, id="t2", at=NOW - 20 * DAY)
    deal = taken(replace(TAKEN, touches=(touch, again), notes=(note,)))
    assert (deal.outbound_since_reply, deal.last_outbound_at) == (2, NOW - 20 * DAY)
    reply = replace(touch, id="t3", at=NOW - 19 * DAY, direction="in")
    assert taken(replace(TAKEN, touches=(touch, again, reply))).outbound_since_reply == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"touches": (Touch("t", "call", "sideways", "", "bo", NOW),)},
        {"touches": (Touch("t", "pigeon", "out", "", "bo", NOW),)},
        {"notes": (Note("n", "", "bo", NOW),)},
        {"fields": {"answers": {"need": Answer("So", 9)}}},
        {"fields": {"value": Money(-1, "EUR")}},
    ],
    ids=["direction", "type", "empty note", "rating", "negative value"],
)
def test_what_a_person_could_not_enter_is_not_taken_over_either(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        decide(replace(TAKEN, **wrong), None, context())  # type: ignore[arg-type]


def test_notes_and_answers_of_a_file_cannot_steer_a_terminal() -> None:
    note = Note("n1", "\x1b[31mred\u202e", "bo", NOW)
    fields = {"answers": {"need": Answer("\x1b]0;title\x07", 3)}}
    events = decide(replace(TAKEN, notes=(note,), fields=fields), None, context())
    assert "x1b" not in repr(events)


def test_a_deal_that_came_back_to_its_stage_has_entered_it_twice() -> None:
    path = ((LEAD, NOW - 3 * DAY), (LEAD, NOW - 2 * DAY))
    began, came_back = decide(replace(TAKEN, path=path), None, context())
    assert came_back.kind is Kind.REOPENED
    assert came_back.after["stage_entered_at"] == NOW - 2 * DAY
    assert came_back.after["rank"] == -micros(NOW - 2 * DAY)
    assert replay([began, came_back, inverse(came_back)], 1) == replace(
        replay([began], 1), version=3
    )


def test_a_next_step_of_a_closed_deal_is_gone() -> None:
    deal = replace(new(CLOSING), next_step=NextStep("sign", TODAY), snoozed_until=TODAY + DAY)
    lost = do(deal, c.Lose(PRICE))
    assert (lost.next_step, lost.snoozed_until) == (None, None)


# Becoming one: what goes along.


def absorbed(kept: Deal, *others: Deal) -> Deal:
    return do(kept, c.Absorb(tuple(c.Absorbed(other) for other in others)))


def test_what_the_kept_deal_does_not_know_it_takes_from_the_first_that_does() -> None:
    kept = new(source="web", tags=("big",), fields={"product": "GTX"})
    first = new(
        source="email", account="Lumen", tags=("hot",), fields={"product": "A", "plan": "b"}
    )
    second = new(account="Kestrel", fields={"plan": "c"})
    second = replace(second, value=Money(5, "EUR"), expected_close=TODAY, external_id="X1")
    (told, *_) = events_of(kept, c.Absorb((c.Absorbed(replace(second, id=7)),)))
    assert (told.kind, told.facts["merged"]) == (Kind.ABSORBED, [7])
    one = absorbed(kept, first, second)
    assert (one.value, one.expected_close, one.external_id) == (Money(5, "EUR"), TODAY, None)
    assert (one.source, one.account, one.tags) == ("web", "Lumen", ("big", "hot"))
    assert dict(one.fields) == {"product": "GTX", "plan": "b"}


@pytest.mark.parametrize(
    ("owner", "other", "goes_along"),
    [("ana", "ana", True), ("bo", "ana", False), ("", "ana", True), ("bo", "", True)],
)
def test_a_lowest_value_goes_along_where_its_owner_goes_on_to_see_it(
    owner: str, other: str, goes_along: bool
) -> None:
    floor = Money(5, "EUR")
    one = absorbed(new(owner=owner), new(owner=other, floor_value=floor))
    assert one.floor_value == (floor if goes_along else None)
    assert one.owner == (owner or other)


def test_notes_and_touches_go_along_at_their_own_dates() -> None:
    note, first = Note("n", "met", "bo", NOW - DAY), Touch("1", "call", "out", "", "bo", NOW - DAY)
    other = c.Absorbed(new(), (note,), (first, replace(first, id="2", at=NOW - 2 * DAY)))
    events = events_of(new(), c.Absorb((other,)))
    assert [event.at for event in events if event.kind is Kind.NOTE] == [NOW - DAY]
    kept = replay_on(new(), events)
    assert (kept.last_touch_at, kept.outbound_since_reply) == (NOW - DAY, 2)


def test_of_several_deals_the_first_that_has_a_step_gives_it() -> None:
    step, later = NextStep("call", TODAY), NextStep("meet", TODAY)
    assert absorbed(new(), new(), new(next_step=step), new(next_step=later)).next_step == step
    assert absorbed(new(), new(), new()).next_step is None
    assert [event.kind for event in events_of(new(), c.Absorb((c.Absorbed(new()),)))] == [
        Kind.ABSORBED
    ]


def test_a_step_goes_along_to_an_open_deal_that_has_none() -> None:
    step, other = NextStep("call", TODAY), NextStep("meet", TODAY)
    assert absorbed(new(), new(next_step=step)).next_step == step
    assert absorbed(new(next_step=other), new(next_step=step)).next_step == other
    assert absorbed(do(new(), c.Lose(PRICE)), new(next_step=step)).next_step is None


def test_somebody_else_under_the_same_key_gets_a_key_of_their_own() -> None:
    bob, other = Contact("Bob", "champion"), Contact("Bob Oy")
    kept = new(contacts={"bob": bob, "bob_": Contact("Bobby")})
    same = new(contacts={"bob": replace(bob, role="user")})
    assert absorbed(kept, same).contacts == kept.contacts
    assert absorbed(kept, new(contacts={"bob": other})).contacts["bob_oy"] == other
    bobs = replace(kept, contacts={**kept.contacts, "bob_oy": Contact("Bob & Oy")})
    assert absorbed(bobs, new(contacts={"bob": other})).contacts["bob_oy_2"] == other


def test_entries_of_every_kind_go_along_where_there_are_none() -> None:
    whole: dict[str, Any] = {
        "answers": {"need": Answer("yes")}, "terms": {"pay": Term("Pay")},
        "contacts": {"bob": Contact("Bob")}, "checklist": {f"{LEAD}/Goals": "ana"},
    }  # fmt: skip
    other = replace(new(**whole), asks={"bo": Ask("price?", "ana")})
    one = absorbed(new(), other)
    assert {name: dict(getattr(one, name)) for name in (*whole, "asks")} == {
        **whole, "asks": {"bo": Ask("price?", "ana")},
    }  # fmt: skip


def test_a_closed_deal_is_merged_away_only_where_that_is_said() -> None:
    won = do(new(CLOSING, value=Money(500, "EUR")), c.Win(override="signed"), NOW)
    with pytest.raises(Refused, match="was won with €5 on Mon 23 Nov") as refused:
        do(won, c.MergeInto(7))
    assert refused.value.details == {"deal": won.ref, "reason": "closed"}
    assert do(won, c.MergeInto(7, closed=True)).merged_into == 7
    with pytest.raises(Refused, match=r"was won with €5: merged, it leaves the numbers\.$"):
        do(replace(won, entry_precision="unknown"), c.MergeInto(7))
    again = do(do(new(), c.Archive(), NOW - DAY), c.MergeInto(7))
    assert again.archived_at == NOW - DAY


# Taking back and putting again.


def test_an_outcome_that_is_put_back_needs_no_reason() -> None:
    won = do(new(), c.Win(override="signed"))
    events = events_of(won, c.Reopen(), LATER)
    (back,) = events_of(replay_on(won, events), c.Revert(tuple(events)), LATER)
    assert back.facts == {}


def test_a_deal_taken_back_past_a_gate_says_so_and_what_is_missing() -> None:
    there = do(new(NEGOTIATION), c.Move(CLOSING, "because so"))
    events = events_of(there, c.Move(LEAD), LATER)
    (back,) = events_of(replay_on(there, events), c.Revert(tuple(events)), LATER + DAY)
    assert back.facts["override"] == "undo"
    assert back.facts["missing"]
    assert back.at == LATER + DAY
    again = events_of(replay_on(there, [*events, back]), c.Revert((back,)), LATER + DAY)
    assert [(one.kind, one.undoes, one.facts) for one in again] == [(Kind.MOVED, False, {})]


def test_a_step_put_again_asks_for_a_reason_where_its_gate_does() -> None:
    deal = new(LEAD)
    (event,) = events_of(deal, c.Move(NEEDS, "because so"))
    (undone,) = events_of(evolve(deal, event), c.Revert((event,)))
    back = evolve(evolve(deal, event), undone)
    (again,) = events_of(back, c.Revert((undone,)))
    assert again.facts["override"] == "because so"
    with pytest.raises(GateNotMet):
        events_of(back, c.Revert((replace(undone, facts={}),)))


def test_what_an_outcome_said_besides_stands_when_it_is_put_again() -> None:
    deal = new()
    (lost,) = events_of(deal, c.Lose(PRICE, precision="day"))
    (undone,) = events_of(evolve(deal, lost), c.Revert((lost,)))
    (again,) = events_of(evolve(evolve(deal, lost), undone), c.Revert((undone,)))
    assert again.facts == lost.facts == {"precision": "day"}


def test_what_has_changed_since_cannot_be_taken_back() -> None:
    deal = new(source="web")
    (event,) = events_of(deal, c.Edit({"source": "email"}))
    with pytest.raises(Conflict, match="has changed since: source"):
        do(do(evolve(deal, event), c.Edit({"source": "fair"})), c.Revert((event,)))
    assert do(evolve(deal, event), c.Revert((event,))).source == "web"


def replay_on(deal: Deal, events: Sequence[Event]) -> Deal:
    for event in events:
        deal = evolve(deal, event)
    return deal


# Steps, outcomes and instants.


def test_a_step_goes_to_the_neighbour_and_says_where_there_is_none() -> None:
    assert do(new(NEEDS), c.Step(1, "because so")).stage_id == PROPOSAL
    assert do(new(NEEDS), c.Step(-1)).stage_id == QUALIFICATION
    with pytest.raises(Refused, match="nowhere to go back to"):
        do(new(), c.Step(-1))
    with pytest.raises(Refused, match="is the last stage"):
        do(new(CLOSING), c.Step(1))
    with pytest.raises(NotFound, match="no such stage"):
        do(new(), c.Move(999))


def test_a_step_out_of_a_retired_stage_goes_to_the_nearest_in_use() -> None:
    stages = tuple(replace(s, retired=s.id in (NEEDS, PROPOSAL, CLOSING)) for s in SALES.stages)
    pipeline = replace(SALES, stages=stages)
    assert do(new(NEEDS), c.Step(1, "because so"), pipeline=pipeline).stage_id == NEGOTIATION
    assert do(new(PROPOSAL), c.Step(-1), pipeline=pipeline).stage_id == QUALIFICATION
    assert do(new(CLOSING), c.Step(-1), pipeline=pipeline).stage_id == NEGOTIATION
    for last in (NEGOTIATION, CLOSING):
        with pytest.raises(Refused, match="is the last stage"):
            do(new(last), c.Step(1), pipeline=pipeline)


def test_a_deal_is_won_or_lost_only_once_unless_it_is_said_otherwise() -> None:
    won, lost = do(new(CLOSING), c.Win(override="signed")), do(new(), c.Lose(PRICE))
    with pytest.raises(SoAlready):
        do(won, c.Win())
    with pytest.raises(SoAlready, match="already lost: price"):
        do(lost, c.Lose(PRICE))
    with pytest.raises(SoAlready, match="open already"):
        do(new(), c.Reopen())
    with pytest.raises(SoAlready, match="archived already"):
        do(do(new(), c.Archive()), c.Archive())


def test_whoever_comes_into_a_column_stands_at_its_top() -> None:
    first, second = (
        do(new(rank=7), c.Move(QUALIFICATION, "because so"), NOW + n * DAY) for n in (1, 2)
    )
    assert second.rank < first.rank < 0


def test_a_closed_deal_is_parked_planned_and_ranked_no_more() -> None:
    parked = new(NEEDS, next_step=NextStep("call", TODAY + DAY), snoozed_until=TODAY + DAY)
    lost = do(parked, c.Lose(PRICE), LATER)
    assert (lost.next_step, lost.snoozed_until, lost.closed_from) == (None, None, NEEDS)
    back = do(lost, c.Reopen(), LATER + DAY)
    assert (back.closed_at, back.closed_from, back.loss, back.outcome) == (None, None, None, "open")
    assert back.rank < lost.rank < parked.rank


@pytest.mark.parametrize("command", [c.Move(NEEDS, "because so"), c.Win(override="because so")])
def test_a_deal_is_qualified_from_its_first_qualified_stage_or_its_win(command: c.Command) -> None:
    assert do(new(), command, LATER).qualified_at == LATER
    early = replace(new(), qualified_at=NOW - DAY)
    assert do(early, command, LATER).qualified_at == NOW - DAY


def test_a_loss_qualifies_nothing() -> None:
    assert do(new(), c.Lose(PRICE)).qualified_at is None


@pytest.mark.parametrize(("touched", "expected"), [(NOW, LATER), (LATER + DAY, LATER + DAY)])
def test_an_advance_is_a_touch_and_sets_no_clock_back(
    touched: datetime, expected: datetime
) -> None:
    deal = replace(new(), last_touch_at=touched)
    assert do(deal, c.Move(NEEDS, "because so"), LATER).last_touch_at == expected


@pytest.mark.parametrize(
    ("deal", "command"),
    [
        (new(), c.Move(NEEDS, "because so")),
        (new(NEEDS), c.Move(LEAD)),
        (new(), c.Win(override="because so")),
        (new(), c.Win(at=NOW - DAY, override="because so")),
        (new(), c.Lose(PRICE)),
        (new(), c.Lose(PRICE, at=NOW - DAY)),
        (do(new(), c.Lose(PRICE)), c.Reopen()),
    ],
)
def test_no_deal_is_anywhere_before_it_came_there_though_a_clock_goes_back(
    deal: Deal, command: c.Command
) -> None:
    (event,) = events_of(deal, command, NOW - DAY)
    after = evolve(deal, event)
    assert event.at == after.stage_entered_at == NOW
    assert after.closed_at in (None, NOW)
    (back,) = events_of(after, c.Revert((event,)), NOW - DAY)
    assert back.at == NOW


def test_an_outcome_is_a_stage_that_is_entered_when_the_deal_closes() -> None:
    for command in (c.Win(override="signed"), c.Lose(PRICE)):
        closed = do(new(CLOSING), command, LATER)
        assert closed.stage_entered_at == closed.closed_at == LATER


def test_two_changes_of_one_thing_are_taken_back_the_last_first() -> None:
    deal = new()
    first = events_of(deal, c.Edit({"source": "web"}))
    then = replay_on(deal, first)
    events = [*first, *events_of(then, c.Edit({"source": "email"}))]
    after = replay_on(deal, events)
    back = events_of(after, c.Revert(tuple(events)), LATER)
    assert [one.after["source"] for one in back] == ["web", ""]
    assert replay_on(after, back).source == ""
    with pytest.raises(Conflict, match="has changed since: source"):
        events_of(after, c.Revert(tuple(events[::-1])))


def test_what_both_say_under_one_key_stands_as_the_kept_deal_has_it() -> None:
    ours: dict[str, Any] = {"answers": {"need": Answer("no")}, "checklist": {f"{LEAD}/Goals": "bo"}}
    theirs: dict[str, Any] = {
        "answers": {"need": Answer("yes"), "fit": Answer("so")},
        "checklist": {f"{LEAD}/Goals": "ana"},
    }
    kept = replace(new(**ours), asks={"bo": Ask("price?", "ana")})
    other = replace(new(**theirs), asks={"bo": Ask("when?", "cy"), "cy": Ask("who?", "bo")})
    one = absorbed(kept, other)
    assert one.answers == {"need": Answer("no"), "fit": Answer("so")}
    assert one.checklist == ours["checklist"]
    assert one.asks == {"bo": Ask("price?", "ana"), "cy": Ask("who?", "bo")}
