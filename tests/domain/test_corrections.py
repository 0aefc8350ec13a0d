"""What is known better later: when a deal began, when and why it ended, and what follows along."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.corrections import as_corrected
from pipeboard.domain.dates import micros
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.deciding import decide, sentence_of
from pipeboard.domain.deciding.rules import Telling
from pipeboard.domain.errors import BadInput, Refused, SoAlready
from pipeboard.domain.events import STAGE_KINDS, Event, Kind, evolve, replay
from pipeboard.domain.money import Money
from pipeboard.domain.timeline import describe
from tests.domain.deciding_cases import BERLIN, LEAD, NEEDS, NOW, PROPOSAL, SALES, TODAY, context

DAY = timedelta(days=1)
WIN, LOSE = c.Win(override="signed"), c.Lose(Loss("price", "too dear", "Sehwerk"))


class Course:
    """A deal whose events are all known, as a workspace knows them."""

    def __init__(self, stage_id: int = LEAD, at: datetime = NOW - 60 * DAY) -> None:
        self.events: list[Event] = decide(c.Create("Lumen Oy", stage_id), None, context(at))

    @classmethod
    def imported(cls, **more: Any) -> Course:
        found = cls()
        command = c.TakeOver("Lumen Oy", NOW - 60 * DAY, ((LEAD, NOW - 60 * DAY),), "a.csv", **more)
        found.events = decide(command, None, context())
        return found

    @property
    def deal(self) -> Deal:
        return replay(self.events, 1)

    def course(self, _: int) -> Sequence[Event]:
        return [one for one in as_corrected(self.events) if one.kind in STAGE_KINDS]

    def do(self, *commands: c.Command, at: datetime = NOW, **more: Any) -> Course:
        for command in commands:
            told = context(at, course=self.course, **more)
            self.events += decide(command, self.deal, told)
        return self


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=BERLIN).astimezone(UTC)


@pytest.mark.parametrize("close", [WIN, LOSE])
@pytest.mark.parametrize("back", [1, 40, 60])
def test_a_closed_deal_is_put_on_another_day(close: c.Win | c.Lose, back: int) -> None:
    found, day = Course().do(close), TODAY - back * DAY
    before = found.deal
    again = c.Win(on=day) if isinstance(close, c.Win) else c.Lose(Loss("price"), on=day)
    after = found.do(again).deal
    at = max(noon(day), NOW - 60 * DAY)
    assert (after.closed_at, after.stage_entered_at, after.rank) == (at, at, -micros(at))
    assert (after.outcome, after.loss, after.stage_id) == (
        before.outcome, before.loss, before.stage_id,
    )  # fmt: skip
    assert after.qualified_at == (at if isinstance(close, c.Win) else None)
    assert found.events[-1].kind is Kind.CORRECTED
    (closing,) = [one for one in as_corrected(found.events) if one.kind in (Kind.WON, Kind.LOST)]
    assert closing.at == at


def test_the_day_may_be_a_later_one_as_well() -> None:
    found = Course().do(c.Win(on=TODAY - 20 * DAY, override="signed"), c.Win(on=TODAY - 3 * DAY))
    assert found.deal.closed_at == noon(TODAY - 3 * DAY)


@pytest.mark.parametrize(
    ("again", "refusal"),
    [
        (c.Win(on=TODAY + DAY), "lies ahead"),
        (c.Win(on=TODAY - 11 * DAY), "entered Proposal on Fri 13 Nov 2026, so it cannot"),
        (c.Correct(closed_at=NOW - 11 * DAY), "entered Proposal on Fri 13 Nov 2026, so it cannot"),
        (c.Correct(created_at=NOW - 5 * DAY), "came to a stage on Fri 13 Nov 2026"),
        (c.Win(), "already won"),
        (c.Win(on=TODAY), "already won"),
    ],
)
def test_no_deal_ended_before_it_came_there_nor_began_after_it_went_on(
    again: c.Command, refusal: str
) -> None:
    found = Course().do(c.Move(PROPOSAL, "because so"), at=NOW - 10 * DAY).do(WIN)
    events = len(found.events)
    with pytest.raises((Refused, BadInput, SoAlready), match=refusal):
        found.do(again)
    assert len(found.events) == events


def test_a_second_correction_looks_at_the_stage_before_the_end_not_at_the_first() -> None:
    found = Course().do(WIN, c.Win(on=TODAY - 3 * DAY), c.Win(on=TODAY - 30 * DAY))
    assert found.deal.closed_at == noon(TODAY - 30 * DAY)
    (won,) = [one for one in as_corrected(found.events) if one.kind is Kind.WON]
    assert won.at == noon(TODAY - 30 * DAY)


@pytest.mark.parametrize("better", [None, Loss("timing", "next year")])
@pytest.mark.parametrize(
    ("began", "ended"), [(90, 80), (10, 5), (90, 5), (30, 5), (90, None), (None, 5), (None, None)]
)
def test_beginning_end_and_reason_are_put_right_at_once_wherever_they_lie(
    began: int | None, ended: int | None, better: Loss | None
) -> None:
    found = Course().do(c.Lose(Loss("price"), on=TODAY - 20 * DAY))
    was = found.deal
    created_at = was.created_at if began is None else NOW - began * DAY
    closed_at = was.closed_at if ended is None else NOW - ended * DAY
    found.do(
        c.Correct(
            None if began is None else created_at, None if ended is None else closed_at, better
        )
    )
    assert (found.deal.created_at, found.deal.closed_at) == (created_at, closed_at)
    assert found.deal.loss == (better or was.loss)
    created, lost = found.course(1)
    assert (created.at, lost.at) == (created_at, closed_at)
    assert lost.after["loss"] == found.deal.loss


def test_what_cannot_have_been_in_either_order_is_refused_whole() -> None:
    found = Course().do(c.Move(PROPOSAL, "because so"), at=NOW - 10 * DAY).do(LOSE)
    events = len(found.events)
    with pytest.raises(Refused, match="came to a stage on Fri 13 Nov 2026"):
        found.do(c.Correct(NOW - 5 * DAY, NOW - 3 * DAY, Loss("timing")))
    assert len(found.events) == events


def test_a_won_deal_takes_another_final_value_with_the_same_word() -> None:
    found = Course().do(c.Win(Money(500, "EUR"), override="signed"), c.Win(Money(700, "EUR")))
    assert found.deal.value == Money(700, "EUR")
    assert found.events[-1].kind is Kind.VALUE


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        (Loss("timing"), Loss("timing", "too dear", "Sehwerk")),
        (Loss("price", "no budget"), Loss("price", "no budget", "Sehwerk")),
        (Loss("price", "", "Nordlicht"), Loss("price", "too dear", "Nordlicht")),
        (
            Loss("price", "", "", TODAY + DAY, "Hidden Cost"),
            Loss("price", "too dear", "Sehwerk", TODAY + DAY, "hidden cost"),
        ),
    ],
)
def test_a_lost_deal_takes_what_is_said_and_keeps_the_rest(said: Loss, becomes: Loss) -> None:
    found = Course().do(LOSE)
    closed_at = found.deal.closed_at
    assert found.do(c.Lose(said)).deal.loss == becomes
    assert found.deal.closed_at == closed_at
    (lost,) = [one for one in as_corrected(found.events) if one.kind is Kind.LOST]
    assert (lost.after["loss"], lost.at) == (becomes, closed_at)


@pytest.mark.parametrize("said", [Loss("weather"), Loss("timing", recycle_on=TODAY)])
def test_a_new_reason_is_held_to_the_rules_of_the_first(said: Loss) -> None:
    with pytest.raises(BadInput):
        Course().do(LOSE, c.Lose(said))


Known = Literal["", "day", "unknown"]


@pytest.mark.parametrize("known", ["", "day"])
@pytest.mark.parametrize("was", ["", "day", "unknown"])
def test_how_exactly_the_end_is_known_goes_along(was: Known, known: Known) -> None:
    first = {"closed_at": was} if was else {}
    found = Course.imported(outcome="won", closed_at=NOW, precision=first)
    better = c.Correct(closed_at=NOW - 2 * DAY, precision={"closed_at": known})
    deal = found.do(better).deal
    assert (deal.closed_at, deal.entry_precision) == (NOW - 2 * DAY, known)
    assert replay(as_corrected(found.events), 1).entry_precision == known


@pytest.mark.parametrize("was", ["", "day", "unknown"])
@pytest.mark.parametrize("goes_on", [False, True])
def test_a_beginning_takes_along_the_first_stage(was: Known, goes_on: bool) -> None:
    found = Course.imported(precision={"created_at": was} if was else {})
    if goes_on:
        found.do(c.Move(NEEDS, "because so"))
    deal = found.do(c.Correct(created_at=NOW - 90 * DAY)).deal
    assert (deal.created_at, deal.created_precision) == (NOW - 90 * DAY, "")
    since = NOW if goes_on else NOW - 90 * DAY
    assert (deal.stage_entered_at, deal.entry_precision, deal.rank) == (since, "", -micros(since))
    (first, *_) = as_corrected(found.events)
    assert (first.at, first.after["stage_entered_at"]) == (NOW - 90 * DAY, NOW - 90 * DAY)
    assert first.facts.get("precision", "") == ""


def test_a_reason_alone_leaves_how_exactly_the_day_is_known() -> None:
    found = Course.imported(outcome="lost", closed_at=NOW, precision={"closed_at": "day"})
    found.do(c.Correct(loss=Loss("price")))
    (lost,) = [one for one in as_corrected(found.events) if one.kind is Kind.LOST]
    assert (lost.facts["precision"], lost.after["loss"], lost.at) == ("day", Loss("price"), NOW)
    assert (found.deal.loss, found.deal.entry_precision) == (Loss("price"), "day")


def test_a_deal_that_was_given_is_taken_up_with_a_correction_and_keeps_its_day() -> None:
    found = Course().do(c.Assign("bo"), actor="ana").do(replace(LOSE, precision="day"), actor="ana")
    assert found.deal.given_by == "ana"
    found.do(c.Lose(Loss("timing")), actor="bo")
    assert (found.deal.given_by, set(found.events[-1].changed)) == ("", {"given_by", "loss"})
    (lost,) = [one for one in as_corrected(found.events) if one.kind is Kind.LOST]
    assert (lost.facts["precision"], "given_by" in lost.after) == ("day", False)


def test_an_end_that_was_taken_back_is_corrected_no_more() -> None:
    found = Course().do(WIN, c.Win(on=TODAY - 3 * DAY), c.Reopen()).do(LOSE, at=NOW + DAY)
    found.do(c.Lose(Loss("timing"), on=TODAY), at=NOW + 2 * DAY)
    won, lost = (one for one in as_corrected(found.events) if one.kind in (Kind.WON, Kind.LOST))
    assert (won.at, lost.at) == (noon(TODAY - 3 * DAY), noon(TODAY))


def test_the_same_day_again_is_no_correction_whatever_the_hour_and_the_zone() -> None:
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # the 21st in Berlin
    found = Course().do(WIN, at=late)
    with pytest.raises(SoAlready):
        found.do(c.Win(on=date(2026, 11, 21)), at=NOW)
    assert found.do(c.Win(on=date(2026, 11, 20)), at=NOW).deal.closed_at == noon(date(2026, 11, 20))
    today = Course().do(WIN)
    with pytest.raises(SoAlready):
        today.do(c.Win(on=TODAY), at=NOW + timedelta(hours=3))


def test_what_another_entry_of_the_same_instant_did_stays_where_it_is() -> None:
    found = Course().do(c.Move(NEEDS, "because so"), WIN)
    ended = found.do(c.Win(on=TODAY + 2 * DAY), at=NOW + 3 * DAY).deal
    assert (ended.closed_at, ended.qualified_at) == (noon(TODAY + 2 * DAY), NOW)
    first = NOW - 60 * DAY
    begun = Course(at=first).do(c.Move(NEEDS, "because so"), at=first)
    deal = begun.do(c.Correct(created_at=first - DAY)).deal
    assert (deal.created_at, deal.stage_entered_at, deal.qualified_at) == (
        first - DAY,
        first,
        first,
    )


def test_what_a_beginning_or_an_end_did_goes_along_and_what_a_hand_did_stays() -> None:
    first = NOW - 60 * DAY
    found = Course(NEEDS, first).do(c.Move(PROPOSAL, "because so"), at=first + 9 * DAY)
    deal = found.do(c.Correct(created_at=first - DAY)).deal
    assert (deal.qualified_at, deal.stage_entered_at) == (first - DAY, first + 9 * DAY)
    ended = found.do(WIN, c.Win(on=TODAY - DAY)).deal
    assert (ended.closed_at, ended.qualified_at) == (noon(TODAY - DAY), first - DAY)
    ranked = Course().do(c.Rank(7), c.Correct(created_at=first - DAY)).deal
    assert (ranked.rank, ranked.stage_entered_at) == (7, first - DAY)


def test_where_nobody_tells_the_course_an_end_moves_no_earlier_entry() -> None:
    won = Course(NEEDS).do(WIN).deal
    (event,) = decide(c.Correct(closed_at=NOW - DAY), won, context())
    assert event.facts == {}
    assert event.after.keys() == {"closed_at", "stage_entered_at", "rank"}


def test_a_deal_began_no_later_than_it_came_to_its_first_stage() -> None:
    found = Course()
    path = ((LEAD, NOW - 40 * DAY),)
    found.events = decide(c.TakeOver("Lumen Oy", NOW - 60 * DAY, path, "a.csv"), None, context())
    with pytest.raises(Refused, match="came to a stage on Wed 14 Oct 2026"):
        found.do(c.Correct(created_at=NOW - 30 * DAY))
    assert found.do(c.Correct(created_at=NOW - 50 * DAY)).deal.stage_entered_at == NOW - 40 * DAY
    (first, *_) = as_corrected(found.events)
    assert (first.at, first.after["stage_entered_at"]) == (NOW - 50 * DAY, NOW - 40 * DAY)


def test_of_the_day_on_which_a_deal_went_on_it_began_before_that() -> None:
    went_at = NOW - 10 * DAY
    found = Course().do(c.Move(PROPOSAL, "because so"), at=went_at)
    deal = found.do(c.Correct(created_at=went_at + timedelta(hours=5))).deal
    assert (deal.created_at, deal.stage_entered_at) == (went_at, went_at)


def test_of_the_day_on_which_a_deal_went_on_it_ended_after_that() -> None:
    went_at = NOW - 10 * DAY
    found = Course().do(c.Move(PROPOSAL, "because so"), at=went_at).do(WIN)
    deal = found.do(c.Correct(closed_at=went_at - timedelta(hours=1))).deal
    assert deal.closed_at == deal.stage_entered_at == went_at
    assert deal.rank == -micros(went_at)


def test_an_end_of_which_nobody_knows_the_day_binds_no_beginning() -> None:
    at = NOW - 20 * DAY
    found = Course.imported(outcome="won", closed_at=at, precision={"closed_at": "unknown"})
    assert found.do(c.Correct(created_at=NOW - 10 * DAY)).deal.created_at == NOW - 10 * DAY


def test_what_is_not_there_is_not_corrected() -> None:
    assert decide(c.Correct(closed_at=NOW, loss=Loss("price")), Course().deal, context()) == []
    assert decide(c.Correct(loss=Loss("price")), Course().do(WIN).deal, context()) == []
    assert decide(c.Correct(), Course().deal, context()) == []


@pytest.mark.parametrize("seed", range(60))
def test_the_log_and_its_corrected_course_lead_to_the_same_deal(seed: int) -> None:
    """Raw, every event is put on top of the others; corrected, each stands where it belongs."""
    chance, found, at = random.Random(seed), Course(), NOW - 50 * DAY
    for _ in range(14):
        at += timedelta(hours=chance.randrange(1, 70))
        day, deal = at.date() - chance.randrange(20) * DAY, found.deal
        command = chance.choice(
            (
                c.Step(chance.choice((1, -1)), "because so"), c.Win(on=day, override="signed"),
                c.Lose(Loss(chance.choice(("price", "timing"))), on=day), c.Reopen(),
                c.Correct(created_at=at - chance.randrange(70) * DAY),
                c.Correct(closed_at=at - chance.randrange(20) * DAY, loss=Loss("other")),
            )
        )  # fmt: skip
        try:
            found.do(command, at=at)
        except Refused:
            continue
        assert found.deal.version >= deal.version
    corrected = as_corrected(found.events)
    assert Kind.CORRECTED not in {one.kind for one in corrected}
    looked_at = (
        "stage_id", "outcome", "created_at", "created_precision", "stage_entered_at", "closed_at",
        "closed_from", "entry_precision", "loss", "qualified_at", "rank",
    )  # fmt: skip
    raw, again = found.deal, replay(corrected, 1)
    assert {name: getattr(again, name) for name in looked_at} == {
        name: getattr(raw, name) for name in looked_at
    }
    entries = [one.at for one in corrected if one.kind in STAGE_KINDS]
    assert entries == sorted(entries)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (c.Win(on=TODAY - 3 * DAY), "corrected: closed 20 Nov, not 23 Nov"),
        (c.Correct(created_at=NOW - 70 * DAY), "corrected: began 14 Sep, not 24 Sep"),
        (c.Correct(closed_at=NOW, precision={"closed_at": "unknown"}),
         "corrected: how exactly its day is known"),
    ],
)  # fmt: skip
def test_a_correction_tells_what_was_and_what_is(command: c.Command, said: str) -> None:
    found = Course().do(WIN)
    event = found.do(command).events[-1]
    assert describe(event, (SALES,), today=TODAY, zone=BERLIN) == said


def test_a_day_that_nobody_knew_is_told_without_what_stood_for_it() -> None:
    found = Course.imported(outcome="won", closed_at=NOW, precision={"closed_at": "unknown"})
    event = found.do(c.Correct(closed_at=NOW - 2 * DAY)).events[-1]
    assert describe(event, (SALES,), today=TODAY, zone=BERLIN) == "corrected: closed 21 Nov"


def test_a_corrected_reason_is_told_beside_the_one_that_it_was() -> None:
    event = Course().do(LOSE, c.Lose(Loss("timing"))).events[-1]
    assert describe(event, (SALES,), today=TODAY, zone=BERLIN) == (
        "corrected: lost: timing to Sehwerk (too dear) (was: price to Sehwerk (too dear))"
    )


@pytest.mark.parametrize(
    ("first", "command", "said"),
    [
        (None, c.Win(), "Won Lumen Oy."),
        (None, c.Lose(Loss("price")), "Lost Lumen Oy: price."),
        (WIN, c.Win(on=TODAY - DAY), "Corrected Lumen Oy: won on Sun 22 Nov 2026."),
        (WIN, c.Win(Money(5, "EUR")), "Corrected Lumen Oy: won."),
        (LOSE, c.Lose(Loss("timing")), "Corrected Lumen Oy: lost (timing)."),
        (LOSE, c.Lose(Loss("price"), on=TODAY - DAY),
         "Corrected Lumen Oy: lost on Sun 22 Nov 2026 (price)."),
    ],
)  # fmt: skip
def test_a_correction_is_said_to_be_one(
    first: c.Command | None, command: c.Command, said: str
) -> None:
    before = Course().do(*([first] if first else [])).deal
    telling = Telling([before], (SALES,), TODAY, [before])
    assert sentence_of(command, telling) == said


def test_of_several_deals_one_that_had_ended_makes_it_a_correction() -> None:
    course, closed = Course(), Course().do(LOSE).deal
    telling = Telling([closed] * 2, (SALES,), TODAY, [course.deal, closed])
    assert sentence_of(LOSE, telling).startswith("Corrected 2 deals")


@pytest.mark.parametrize("close", [WIN, LOSE])
def test_an_archived_deal_is_not_corrected_by_hand(close: c.Win | c.Lose) -> None:
    with pytest.raises(Refused, match="is archived"):
        Course().do(close, c.Archive(), replace(close, on=TODAY - DAY))


def test_evolve_puts_a_correction_on_top_like_any_other_event() -> None:
    found = Course().do(WIN)
    before = found.deal
    event = found.do(c.Win(on=TODAY - DAY)).events[-1]
    assert evolve(before, event) == found.deal


# A beginning that a person puts right: `created` beside the fields.


def _set(*assignments: str) -> c.SetFields:
    return c.SetFields(assignments)


@pytest.mark.parametrize("written", ["created=1sep2026", "created_at=2026-09-01", "Created=1 Sep"])
def test_the_day_on_which_a_deal_began_is_set_like_a_field(written: str) -> None:
    found = Course().do(_set(written, "value=40k"))
    began = noon(date(2026, 9, 1))
    deal = found.deal
    assert (deal.created_at, deal.created_precision) == (began, "day")
    assert (deal.stage_entered_at, deal.entry_precision) == (began, "day")
    assert deal.value == Money(4_000_000, "EUR")
    assert as_corrected(found.events)[0].at == began


def test_a_deal_that_went_on_keeps_the_day_of_that() -> None:
    found = Course().do(c.Move(PROPOSAL, "because so"), at=NOW - 10 * DAY)
    found.do(_set("created=1sep2026"))
    assert found.deal.stage_entered_at == NOW - 10 * DAY
    with pytest.raises(Refused, match="came to a stage on Fri 13 Nov 2026, so it cannot"):
        found.do(_set("created=14nov2026"))


def test_today_it_began_no_later_than_now() -> None:
    early = datetime(2026, 11, 23, 7, tzinfo=UTC)
    found = Course().do(_set("created=today"), at=early)
    assert found.deal.created_at == early
    assert Course(at=NOW).do(_set("created=today")).events[1:] == []


def test_a_day_that_nobody_knew_is_known_then() -> None:
    found = Course.imported(precision={"created_at": "unknown"})
    assert found.deal.known_created_at is None
    day = (NOW - 60 * DAY).astimezone(BERLIN).date()
    assert found.do(_set(f"created={day}")).deal.known_created_at == noon(day)


@pytest.mark.parametrize(
    ("written", "refusal"),
    [
        ("created=+3d", "Thu 26 Nov 2026 lies ahead: a deal begins today or earlier."),
        ("created=", "A deal has begun on some day."),
        ("created_at=soon", "soon"),
    ],
)
def test_no_deal_began_tomorrow_nor_on_no_day(written: str, refusal: str) -> None:
    with pytest.raises(BadInput, match=refusal):
        Course().do(_set(written))


def test_a_beginning_is_said_in_the_days_of_the_place() -> None:
    late = datetime(2026, 9, 24, 23, tzinfo=UTC)  # one o'clock of the next day in Berlin
    found, command = Course(at=late), _set("created=1sep2026")
    before = found.deal
    told = Telling([found.do(command).deal], (SALES,), TODAY, [before], BERLIN)
    assert (
        sentence_of(command, told) == "Set created of Lumen Oy: Fri 25 Sep 2026 → Tue 1 Sep 2026."
    )
    unknown = Telling([found.deal], (SALES,), TODAY, [replace(before, created_precision="unknown")])
    assert sentence_of(command, unknown) == "Set created of Lumen Oy: unknown → Tue 1 Sep 2026."


CREATED = Event(
    Kind.CREATED, NOW, {},
    {"stage_entered_at": NOW, "owner": "ana", "rank": 1, "qualified_at": NOW, "created_at": NOW},
    {"precision": "day"},
)  # fmt: skip
ENDED = Event(
    Kind.LOST, NOW, {},
    {"stage_entered_at": NOW, "closed_at": NOW, "owner": "ana", "rank": 1, "loss": Loss("price"),
     "entry_precision": "day", "outcome": "lost"},
    {"precision": "day"},
)  # fmt: skip
EARLIER = NOW - 5 * DAY


@pytest.mark.parametrize(
    ("event", "name", "better", "is_taken"),
    [
        (CREATED, "created_at", EARLIER, True),
        (CREATED, "stage_entered_at", EARLIER, True),
        (CREATED, "qualified_at", EARLIER, True),
        (CREATED, "rank", 9, True),
        (CREATED, "owner", "bo", False),
        (ENDED, "closed_at", EARLIER, True),
        (ENDED, "stage_entered_at", EARLIER, True),
        (ENDED, "rank", 9, True),
        (ENDED, "loss", Loss("timing"), True),
        (ENDED, "owner", "bo", False),
        (ENDED, "outcome", "won", False),
    ],
)
def test_a_correction_goes_into_what_its_event_says_of_itself_and_no_more(
    event: Event, name: str, better: Any, is_taken: bool
) -> None:
    about: dict[str, Any] = {"created_at": EARLIER} if event is CREATED else {}
    more: dict[str, Any] = {**about, name: better}
    correction = Event(Kind.CORRECTED, NOW + DAY, dict.fromkeys(more), more)
    (found,) = as_corrected([event, correction])
    assert found.kind is event.kind
    assert found.after[name] == (better if is_taken else event.after[name])
    assert found.at == (EARLIER if {"created_at", "closed_at"} & {*more} else NOW)


@pytest.mark.parametrize(
    ("event", "name", "known"),
    [
        (CREATED, "created_precision", ""), (CREATED, "created_precision", "unknown"),
        (CREATED, "created_at", ""), (ENDED, "closed_at", ""), (ENDED, "entry_precision", ""),
        (ENDED, "entry_precision", "unknown"),
    ],
)  # fmt: skip
def test_a_correction_says_how_exactly_an_instant_is_known_from_now_on(
    event: Event, name: str, known: Literal["", "unknown"]
) -> None:
    value: Any = EARLIER if name.endswith("_at") else known
    facts: Any = {"precision": known} if known else {}
    correction = Event(Kind.CORRECTED, NOW + DAY, {name: "before"}, {name: value}, facts)
    (found,) = as_corrected([event, correction])
    assert found.facts.get("precision", "") == known
    assert "entry_precision" not in found.after
    reason = Event(Kind.CORRECTED, NOW + DAY, {"loss": None}, {"loss": Loss("timing")})
    (kept,) = as_corrected([ENDED, reason])
    assert kept.facts == ENDED.facts


def test_a_deal_of_which_one_event_is_told_is_corrected_as_it_stands() -> None:
    lost = Course().do(LOSE)
    course = [one for one in lost.events if one.kind is Kind.LOST]
    told = context(course=lambda _: course)
    (event,) = decide(c.Lose(Loss("price"), on=TODAY - DAY), lost.deal, told)
    assert (event.kind, event.after["closed_at"]) == (Kind.CORRECTED, noon(TODAY - DAY))


def test_of_a_deal_of_which_nobody_tells_the_course_its_first_qualification_goes_along() -> None:
    deal, began = Course(NEEDS).deal, NOW - 70 * DAY
    assert deal.qualified_at == deal.stage_entered_at == deal.created_at
    (event,) = decide(c.Correct(created_at=began), deal, context())
    assert {name: event.after[name] for name in event.after} == {
        "created_at": began, "stage_entered_at": began, "qualified_at": began,
        "rank": -micros(began),
    }  # fmt: skip
