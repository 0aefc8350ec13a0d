"""The walk through a day's queue without a screen: what is kept of it, asked and called first."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.deal import Answer, Contact, NextStep
from pipeboard.domain.deal_record import DealRecord
from pipeboard.domain.errors import BadInput
from pipeboard.domain.money import Money
from pipeboard.domain.queue import Tier
from pipeboard.domain.settings import Rep
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.triage import (
    Triage,
    day_of,
    for_owner,
    kept_in,
    kept_plan,
    loads_of,
    to_ask,
    to_call,
)
from tests.domain.deciding_cases import SALES, new
from tests.team import LEAD, QUALIFICATION, SETTINGS, TODAY, add, now_of
from tests.verbs import Workspace


@pytest.fixture
def listing(ana: Workspace) -> Listing:
    for name in ("Acme", "Borealis", "Cobalt"):
        add(ana, f"{name}: pilot 1k")
    return Listing(TODAY, SETTINGS.zone, me="ana", owner="ana")


def walk(ana: Workspace, listing: Listing, kept: Path | None = None) -> Triage:
    return Triage(ana.reader, listing, kept, eyes="ana")


def begun(ana: Workspace, listing: Listing, kept: Path) -> Triage:
    """A walk in which one deal was planned, and one skipped; it stands at the third."""
    triage = walk(ana, listing, kept)
    assert triage.record is not None
    first = triage.record.deal.id
    triage.note(ana.set_next_step([first], "call", TODAY + timedelta(days=1)))
    assert triage.settle("planned") == ()
    triage.skip()
    triage.keep()
    return triage


def test_the_same_day_of_the_same_rep_goes_on_where_it_was(
    ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path, "team.db", "ana")
    before = begun(ana, listing, kept)
    after = walk(ana, listing, kept)
    assert after.record is not None and before.record is not None
    assert after.record.deal.id == before.record.deal.id
    assert (after.handled, after.skipped, after.total) == (1, 1, 3)
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_how_far_it_has_come_is_written_anew_each_time_in_a_folder_that_is_made_for_it(
    ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path / "not" / "there", "team.db", "ana")
    triage = walk(ana, listing, kept)
    for skipped in range(3):
        triage.keep()
        found = walk(ana, listing, kept)
        assert (found.skipped, found.record) == (skipped, triage.record)
        assert json.loads(kept.read_text())["of"] == ["2026-11-23", "ana"]
        triage.skip()
    assert {one.name for one in kept.parent.iterdir()} == {kept.name}


@pytest.mark.parametrize("whose", ["bo", None])
def test_another_rep_another_day_and_another_database_begin_anew(
    whose: str | None, ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path, "team.db", "ana")
    begun(ana, listing, kept)
    assert walk(ana, for_owner(listing, whose), kept).handled == 0
    assert walk(ana, replace(listing, today=TODAY + timedelta(days=1)), kept).handled == 0
    assert walk(ana, listing, kept_in(tmp_path, "other.db", "ana")).handled == 0
    assert walk(ana, listing, kept_in(tmp_path, "team.db", "bo")).handled == 0


def test_a_filtered_walk_is_neither_taken_up_nor_kept(
    ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path, "team.db", "ana")
    begun(ana, listing, kept)
    said = kept.read_text()
    filtered = walk(ana, replace(listing, filter=ana.parse_filter("pilot")), kept)
    assert (filtered.handled, filtered.skipped) == (0, 0)
    filtered.skip()
    filtered.keep()
    assert kept.read_text() == said


@pytest.mark.parametrize("said", ["", "[]", "{", '{"of": 3}', "[1, 2"])
def test_what_was_kept_and_cannot_be_read_is_as_nothing(
    said: str, ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.json"
    kept.write_text(said)
    assert walk(ana, listing, kept).handled == 0
    kept.write_text(json.dumps({"of": [TODAY.isoformat(), "ana"], "handled": ["1", True, None]}))
    assert walk(ana, listing, kept).handled == 0


def test_of_very_many_walks_those_that_were_kept_longest_ago_are_forgotten(
    ana: Workspace, listing: Listing, tmp_path: Path
) -> None:
    kept = kept_in(tmp_path, "team.db", "ana")
    kept.parent.mkdir(parents=True)
    others = [kept.parent / f"{number:03}.json" for number in range(51)]
    for age, file in enumerate(others):
        file.write_text("{}")
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    begun(ana, listing, kept)
    assert {*kept.parent.iterdir()} == {kept, *others[:49]}


def test_the_questions_of_the_gate_ahead_are_asked_in_full(ana: Workspace) -> None:
    deal = add(ana, stage=QUALIFICATION)
    asked = to_ask(ana.record(deal.id), TODAY)
    assert asked[0] == "Need: What problem are you trying to solve?"
    assert [one.partition(":")[0] for one in asked] == ["Need", "Timeline", "Authority and budget"]


def test_without_a_gate_the_first_question_without_an_answer_is_asked(ana: Workspace) -> None:
    deal = add(ana, stage=LEAD)
    ana.answer([deal.id], "need", "Stops twice a day")
    assert to_ask(ana.record(deal.id), TODAY) == (
        "Trigger: What has prompted you to solve it now?",
    )
    ana.win([deal.id], override="signed")
    assert to_ask(ana.record(deal.id), TODAY) == ()


def test_who_decides_is_called_first_and_of_those_who_can_be_reached(ana: Workspace) -> None:
    deal = add(ana)
    for contact in (
        Contact("Zoe"),
        Contact("Una", "user", phone="1"),
        Contact("Bea", "decision_maker"),
        Contact("Dan", "decision_maker", email="d@lumen.example"),
        Contact("Abe", "decision_maker"),
    ):
        ana.set_contact(deal.id, contact)
    called = [contact.name for contact in to_call(now_of(ana, deal.id))]
    assert called == ["Dan", "Abe", "Bea", "Una", "Zoe"]


def test_only_a_plan_that_is_to_come_can_be_kept(ana: Workspace) -> None:
    deal = add(ana)
    for step, due in (None, ""), (NextStep("call", None), ""), (NextStep("call", TODAY), ": its"):
        with pytest.raises(BadInput, match=f"There is no plan to keep{due or '.$'}"):
            kept_plan(replace(deal, next_step=step), TODAY)
    tomorrow = TODAY + timedelta(days=1)
    kept = kept_plan(replace(deal, next_step=NextStep("call", tomorrow, "2w")), TODAY)
    assert (kept.text, kept.due, kept.every) == ("call", tomorrow, "2w")


@pytest.mark.parametrize(("eyes", "is_shown"), [("ana", True), ("bo", False), ("*", True)])
def test_a_walk_shows_a_floor_to_the_eyes_that_may_see_it(
    eyes: str, is_shown: bool, ana: Workspace, listing: Listing
) -> None:
    for deal_id in ana.reader.day(listing).tier_by_id():
        ana.edit([deal_id], {"owner": "ana", "floor_value": Money(1, "EUR")})
    triage = Triage(ana.reader, replace(listing, owner=None), None, eyes=eyes)
    assert triage.record is not None
    assert (triage.record.deal.floor_value is not None) is is_shown
    triage.look_again()
    assert (triage.record.deal.floor_value is not None) is is_shown


def test_what_was_taken_back_is_done_no_more(ana: Workspace, listing: Listing) -> None:
    triage = walk(ana, listing)
    for number in range(2):
        assert triage.record is not None
        current = triage.record.deal.id
        triage.note(ana.set_next_step([current], "call", TODAY + timedelta(days=1)))
        assert triage.settle(f"planned {number}") == ()
    assert list(triage.done) == ["planned 1", "planned 0"]
    assert not triage.note(ana.undo())
    assert list(triage.done) == ["planned 0"]
    assert triage.record is not None and triage.record.deal.id == current
    assert (triage.handled, triage.left) == (1, 2)


def test_what_colleagues_handled_meanwhile_is_told_once_and_the_rest_counted(
    ana: Workspace, bo: Workspace, listing: Listing
) -> None:
    for name in ("Dune", "Eastgate"):
        add(ana, f"{name}: pilot 1k")
    triage = walk(ana, listing)
    ahead = triage.walk.ids[1:]
    bo.snooze(ahead, TODAY + timedelta(days=9))
    triage.skip()
    told = triage.take_passed()
    assert told.count("was handled by @bo") == 2
    assert told.endswith(" and 2 more")
    assert triage.take_passed() == ""


def test_a_deal_that_is_looked_at_was_handled_by_a_colleague_who_planned_it_not_by_a_note(
    ana: Workspace, bo: Workspace, listing: Listing
) -> None:
    ana.set_next_step([1, 2, 3], "call", TODAY + timedelta(days=3))
    triage = walk(ana, listing)
    ids = triage.walk.ids
    current = ids[0]
    bo.add_note([current], "They like the line.")
    triage.load()
    assert (triage.walk.ids, triage.take_passed()) == (ids, "")
    bo.set_next_step([current], "meet", TODAY + timedelta(days=5))
    triage.load()
    assert "was handled by @bo" in triage.take_passed()


def test_a_deal_of_another_pipeline_and_one_that_is_not_there_have_no_place_in_a_day(
    ana: Workspace, listing: Listing
) -> None:
    day = ana.reader.day(listing)
    assert day.place(1) is not None
    assert day.place(999) is None
    elsewhere = ana.reader.day(replace(listing, pipeline_id=999))
    assert elsewhere.place(1) is None


def test_the_end_of_a_walk_says_when_something_is_due_next_where_it_is_known(
    ana: Workspace, listing: Listing
) -> None:
    triage = walk(ana, listing)
    assert "next due" not in triage.summary
    ana.set_next_step([1], "call", TODAY + timedelta(days=9))
    ana.set_next_step([2], "call", TODAY)
    assert "next due 2 Dec" in walk(ana, listing).summary


def test_what_a_rep_has_on_hand_is_counted_in_the_currency_of_the_team(
    ana: Workspace, listing: Listing
) -> None:
    ana.set_rate("USD", "0.5")
    add(ana, "Dune: pilot 10k USD @bo")
    ana.set_next_step([1], "call", TODAY - timedelta(days=1))
    loads = {load.name: load for load in loads_of(ana, ana.pipeline())}
    assert loads["bo"].value == Money(500_000, "EUR")
    assert loads["ana"].value == Money(300_000, "EUR")
    assert (loads["ana"].open, loads["ana"].overdue, loads["bo"].overdue) == (3, 1, 0)


def test_what_nobody_knows_of_a_rep_is_no_worth_of_nothing(
    ana: Workspace, listing: Listing
) -> None:
    add(ana, "Dune: pilot @bo")
    add(ana, "Eyre: pilot 10k CHF @cy")
    loads = {load.name: load for load in loads_of(ana, ana.pipeline())}
    assert (loads["bo"].open, loads["bo"].value, loads["bo"].unpriced) == (1, None, 0)
    assert (loads["cy"].open, loads["cy"].value, loads["cy"].unpriced) == (1, None, 1)
    add(ana, "Firn: pilot 0 EUR @bo")
    loads = {load.name: load for load in loads_of(ana, ana.pipeline())}
    assert (loads["bo"].open, loads["bo"].value) == (2, Money(0, "EUR"))


@pytest.mark.parametrize(
    ("criteria", "asked"),
    [
        (["answer need"], ["Need: What problem are you trying to solve?"]),
        (["rating need >= 3"], ["Need: What problem are you trying to solve?"]),
        (["value"], ["value is empty"]),
        (
            ["rating need >= 3", "value"],
            ["Need: What problem are you trying to solve?", "value is empty"],
        ),
        (["answer trigger"], ["Need: What problem are you trying to solve?"]),
        (["owner"], ["Need: What problem are you trying to solve?"]),
        ([], ["Need: What problem are you trying to solve?"]),
    ],
)
def test_what_the_gate_lacks_is_asked_and_else_the_next_question(
    criteria: list[str], asked: list[str]
) -> None:
    """Of a deal that has an owner and says why they came."""
    gate = tuple(map(parse_criterion, criteria))
    stages = (replace(SALES.stages[0], criteria=gate), *SALES.stages[1:])
    deal = new(answers={"trigger": Answer("An audit")}, owner="ana")
    record = DealRecord(deal, replace(SALES, stages=stages), (), (), ())
    assert list(to_ask(record, TODAY)) == asked


def test_where_every_question_has_an_answer_nothing_is_asked() -> None:
    answers = {question.key: Answer("yes") for question in SALES.questions}
    plain = replace(SALES, stages=tuple(replace(one, criteria=()) for one in SALES.stages))
    for given in range(len(answers) + 1):
        known = new(answers=dict(list(answers.items())[:given]))
        rest = [f"{one.label}: {one.ask}" for one in SALES.questions[given:]]
        assert list(to_ask(DealRecord(known, plain, (), (), ()), TODAY)) == rest[:1]


def test_a_day_is_of_the_pipeline_the_rep_and_the_filter_that_are_meant(
    ana: Workspace, listing: Listing
) -> None:
    other = ana.save_pipeline(replace(ana.pipeline("Sales"), id=0, name="Renewals"))
    ana.add("Dune: pilot 1k @bo", pipeline=other)
    ana.add("Eyre: press 1k", pipeline=other)

    def queued(*asked: Any) -> set[str]:
        return {one.deal.name for one in day_of(ana, *asked).queue()}

    here = {"Acme", "Borealis", "Cobalt"}
    assert queued() == here | {"Dune", "Eyre"}
    assert queued(ana.pipeline("Sales")) == here
    assert queued(other) == {"Dune", "Eyre"}
    assert queued(other, "bo") == {"Dune"}
    assert queued(None, "ana") == here | {"Eyre"}
    assert queued(None, "ana", ana.parse_filter("press")) == {"Eyre"}
    assert queued(None, None, ana.parse_filter("owner:me")) == here | {"Eyre"}
    assert queued(None, None, ana.parse_filter("-owner:me")) == {"Dune"}


def test_only_who_is_active_has_something_on_hand(ana: Workspace, listing: Listing) -> None:
    ana.save_rep(Rep("bo", active=False))
    add(ana, "Dune: pilot 1k @bo")
    assert [(load.name, load.open) for load in loads_of(ana, ana.pipeline())] == [
        ("ana", 3),
        ("cy", 0),
    ]


def test_a_queue_is_read_as_far_as_a_tier_or_a_number(ana: Workspace, listing: Listing) -> None:
    ana.set_next_step([1], "call", TODAY - timedelta(days=3))
    ana.set_next_step([2], "call", TODAY)
    day = ana.reader.day(listing)
    whole = [one.deal.id for one in day.queue()]
    assert whole == [1, 2, 3]
    assert [[one.deal.id for one in day.queue(most)] for most in (0, 1, 2)] == [[], [1], [1, 2]]
    through = {tier: [one.deal.id for one in day.through(tier)] for tier in Tier}
    assert through[Tier.OVERDUE] == [1]
    assert through[Tier.TODAY] == [1, 2]
    assert through[Tier.NO_NEXT_STEP] == through[max(Tier)] == whole


def test_touches_are_counted_that_stand_by_the_tier_of_when_the_deal_was_looked_at(
    ana: Workspace, listing: Listing
) -> None:
    triage = walk(ana, listing)
    assert triage.record is not None
    one = [triage.record.deal.id]

    def counted() -> str:
        return triage.summary.partition("This sitting: ")[2]

    assert counted() == ""
    triage.note(ana.log_touch(one, "call", "out", "left word"))
    triage.note(ana.add_note(one, "asks for terms"))
    triage.note(ana.set_next_step(one, "call", TODAY + timedelta(days=1)))  # a plan is no touch
    assert counted() == "under a minute, 2 touches: 2 no next step."
    triage.note(ana.undo())
    triage.note(ana.undo())
    assert counted() == "under a minute, 1 touch: 1 no next step."
    triage.note(ana.redo())
    assert counted() == "under a minute, 2 touches: 2 no next step."
    triage.note(ana.undo())
    assert counted() == "under a minute, 1 touch: 1 no next step."
    # What somebody did elsewhere is not of this sitting.
    ana.add_note(one, "from another window")
    assert counted() == "under a minute, 1 touch: 1 no next step."
