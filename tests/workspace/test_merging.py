"""Merging deals: nothing that is known is lost, and no revenue leaves without a yes."""

from __future__ import annotations

import random
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import Contact, Deal, Loss, NextStep, Term
from pipeboard.domain.errors import PipeboardError, Refused, Way
from pipeboard.domain.events import Kind
from pipeboard.domain.money import Money
from pipeboard.workspace.triage import day_of
from pipeboard.workspace.undoing import undo_last
from tests.doing import DOING
from tests.ledger import disagreements
from tests.team import LEAD, Team, add, now_of
from tests.verbs import Workspace


def rich(ana: Workspace, team: Team) -> Deal:
    """A deal with something of everything."""
    deal = add(ana, "Twin: same thing 10k +warm")
    ana.set_fields([deal.id], ["source=web", "fields.size=9"])
    ana.answer([deal.id], "need", "Twice a day", 3, "Mail")
    ana.set_contact(deal.id, Contact("Mika", "decision_maker", "mika@twin.example"))
    ana.set_term(deal.id, Term("Payment", "30 days"))
    ana.check(deal.id, LEAD, "First contact")
    ana.plan([deal.id], "1dec call Mika")
    team.clock.wait(days=1)
    ana.add_note([deal.id], "Met at the fair")
    ana.log_touch([deal.id], "call", "in", "asked for a price")
    return now_of(ana, deal.id)


def test_all_that_is_known_of_a_deal_goes_along(ana: Workspace, team: Team) -> None:
    keep, other = add(ana), rich(ana, team)
    ana.merge(keep.id, [other.id])
    kept = now_of(ana, keep.id)
    assert (kept.source, kept.fields["size"], kept.tags) == ("web", "9", ("warm",))
    assert kept.answers == other.answers
    assert kept.contacts == other.contacts
    assert kept.terms == other.terms
    assert kept.checklist == other.checklist
    assert kept.next_step == NextStep("call Mika", date(2026, 12, 1))
    assert kept.last_touch_at == other.last_touch_at
    (note,), (met,) = ana.reader.history.notes(keep.id), ana.reader.history.notes(other.id)
    assert replace(note, id=met.id) == met
    (touch,), (call,) = ana.reader.history.touches(keep.id), ana.reader.history.touches(other.id)
    assert replace(touch, id=call.id) == call
    assert disagreements(team.place) == []


@pytest.mark.parametrize("ways", [("in", "out"), ("out", "in"), ("out", "out", "in", "out")])
def test_who_spoke_last_is_known_of_what_goes_along(
    ana: Workspace, team: Team, ways: tuple[str, ...]
) -> None:
    keep, other = add(ana), add(ana, "Twin: x 1k")
    for number, way in enumerate(ways):
        team.clock.wait(hours=1)
        ana.log_touch([other.id], "email", way, f"{number}")
        ana.add_note([other.id], f"{number}")
    team.clock.wait(hours=1)
    before, history = now_of(ana, other.id), ana.reader.history
    ana.merge(keep.id, [other.id])
    kept = now_of(ana, keep.id)
    for name in ("last_touch_at", "last_outbound_at", "last_reply_at", "outbound_since_reply"):
        assert getattr(kept, name) == getattr(before, name), name
    for told in (history.touches, history.notes):
        found = [[replace(one, id="") for one in told(deal)] for deal in (keep.id, other.id)]
        assert len(found[0]) == len(ways) and found[0] == found[1]


def test_what_the_kept_deal_knows_itself_stands(ana: Workspace, team: Team) -> None:
    keep, other = add(ana), rich(ana, team)
    ana.answer([keep.id], "need", "Once a week")
    ana.set_contact(keep.id, Contact("Mika Laine", "champion"), "mika")
    ana.plan([keep.id], "2dec mail")
    ana.merge(keep.id, [other.id])
    kept = now_of(ana, keep.id)
    assert kept.value == Money(4_000_000, "EUR")
    assert kept.answers["need"].text == "Once a week"
    assert {person.name for person in kept.contacts.values()} == {"Mika Laine", "Mika"}
    assert kept.next_step == NextStep("mail", date(2026, 12, 2))


def test_whom_and_what_both_know_is_filled_up_and_others_of_a_like_name_stay_beside(
    ana: Workspace, team: Team
) -> None:
    keep, other = add(ana), add(ana, "Ibex: trial")
    ana.set_contact(keep.id, Contact("Mika", phone="1"))
    ana.set_contact(keep.id, Contact("Jo Li", "user"))
    ana.set_contact(other.id, Contact("Mika", "champion", "mika@x.example", "2", "CFO"))
    ana.set_contact(other.id, Contact("Jo-Li", "blocker"))
    ana.set_term(keep.id, Term("Pay", "30 days"))
    ana.set_term(other.id, Term("Pay", "10 days", "60 days"))
    ana.set_term(keep.id, Term("Goods", "other"))
    ana.set_term(other.id, Term("Goods", agreed="ours"))
    ana.set_term(other.id, Term("Pay?", agreed="cash"))
    ana.set_term(other.id, Term("Pay!", "bank"))
    before = now_of(ana, keep.id)
    ana.merge(keep.id, [other.id])
    kept = now_of(ana, keep.id)
    assert kept.contacts == {
        "mika": Contact("Mika", "champion", "mika@x.example", "1", "CFO"),
        "jo_li": Contact("Jo Li", "user"),
        "jo_li_2": Contact("Jo-Li", "blocker"),
    }
    assert kept.terms == {
        "pay": Term("Pay", "30 days", "60 days"),
        "goods": Term("Goods", "other", agreed="ours"),
        "pay_2": Term("Pay?", agreed="cash"),
        "pay_3": Term("Pay!", "bank"),
    }
    undo_last(ana)
    assert now_of(ana, keep.id).contacts == before.contacts
    assert now_of(ana, keep.id).terms == before.terms
    assert disagreements(team.place) == []


def test_a_merge_is_told_on_both_deals(ana: Workspace) -> None:
    keep, other = add(ana), add(ana, "Twin: x 1k")
    ana.merge(keep.id, [other.id])
    kinds = [
        {entry.event.kind for entry in ana.reader.history.entries(deal_id)}
        for deal_id in (keep.id, other.id)
    ]
    assert Kind.ABSORBED in kinds[0]
    assert Kind.MERGED in kinds[1]


def test_one_undo_takes_all_of_a_merge_back(ana: Workspace, team: Team) -> None:
    keep, other = add(ana), rich(ana, team)
    before = replace(now_of(ana, keep.id), version=0), replace(now_of(ana, other.id), version=0)
    ana.merge(keep.id, [other.id])
    ana.undo()
    after = replace(now_of(ana, keep.id), version=0), replace(now_of(ana, other.id), version=0)
    assert after == before
    assert (ana.reader.history.notes(keep.id), ana.reader.history.touches(keep.id)) == ((), ())
    assert len(ana.reader.history.notes(other.id)) == 1
    ana.redo()
    assert len(ana.reader.history.notes(keep.id)) == 1
    assert disagreements(team.place) == []


def test_a_won_or_lost_deal_goes_into_another_only_with_a_yes(ana: Workspace) -> None:
    keep, won, lost = add(ana), add(ana, "Won: x 50k"), add(ana, "Lost: y 5k")
    ana.win([won.id], override="signed")
    ana.lose([lost.id], Loss("price"))
    for other, said in ((won, "was won with €50,000 on"), (lost, "was lost with €5,000 on")):
        with pytest.raises(Refused, match=said) as refused:
            ana.merge(keep.id, [other.id])
        assert refused.value.hint == f"Keep {other.ref} and merge the other into it."
        assert refused.value.way is Way.MERGE_CLOSED
        assert now_of(ana, other.id).merged_into is None
    ana.merge(keep.id, [won.id, lost.id], closed=True)
    assert now_of(ana, won.id).merged_into == keep.id


def test_an_open_deal_goes_into_a_won_one_which_stays_won(ana: Workspace, team: Team) -> None:
    won, other = add(ana, "Won: x 50k"), rich(ana, team)
    ana.win([won.id], override="signed")
    before = now_of(ana, won.id)
    ana.merge(won.id, [other.id])
    kept = now_of(ana, won.id)
    assert (kept.outcome, kept.value, kept.closed_at) == (
        before.outcome,
        before.value,
        before.closed_at,
    )
    assert kept.next_step is None


def everything_of(workspace: Workspace, deal_id: int) -> tuple[object, ...]:
    """All that a deal is, but for how many events it has."""
    record = workspace.record(deal_id)
    return replace(record.deal, version=0), record.notes, record.touches


@settings(max_examples=15)
@given(seed=st.integers(0, 10**9))
def test_a_merge_that_is_undone_leaves_both_deals_exactly_as_they_were(
    seed: int, blank: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("merge") / "team.db"
    shutil.copy(blank, path)
    team, chance = Team(path), random.Random(seed)
    try:
        ana = team.rep("ana")
        deals = [rich(ana, team), add(ana, "Twin: other 5k +cold")]
        for _ in range(12):
            one = chance.choice(deals).id
            with suppress(PipeboardError):
                chance.choice(DOING)(ana, one, chance)
        keep, other = chance.sample([deal.id for deal in deals], 2)
        before = [everything_of(ana, one) for one in (keep, other)]
        try:
            ana.merge(keep, [other], closed=True)
        except PipeboardError:
            return  # one went into the other already
        assert now_of(ana, other).merged_into == keep
        ana.undo()
        assert [everything_of(ana, one) for one in (keep, other)] == before
        assert disagreements(path) == []
        ana.redo()
        assert now_of(ana, other).merged_into == keep
    finally:
        team.close()


def test_deals_that_look_alike_are_found_with_the_reason(ana: Workspace) -> None:
    first = add(ana, "Lumen Oy: packaging line pilot 40k")
    second = add(ana, "LUMEN oyj: Packaging line pilot 41k")
    add(ana, "Lumen Oy: service contract 5k")
    add(ana, "Acme: packaging line pilot 40k")
    (pair,) = day_of(ana).alike()
    assert (pair.keep_id, pair.other_id) == (first.id, second.id)
    assert pair.reason == "the same company, titles 100% alike"
    ana.merge(pair.keep_id, [pair.other_id])
    assert day_of(ana).alike() == ()


def test_a_person_by_mail_makes_two_deals_alike_whatever_the_company(ana: Workspace) -> None:
    deals = [add(ana, f"{name}: line audit 4k") for name in ("Lumen", "Aurora Group")]
    for deal in deals:
        ana.set_contact(deal.id, Contact("Mika Laine", email="mika@lumen.example"))
    (pair,) = day_of(ana).alike()
    assert pair.reason == "the same person, Mika Laine, titles 100% alike"


def test_the_most_alike_come_first_and_then_the_oldest(ana: Workspace) -> None:
    slipped = [
        add(ana, f"{name} International: line audit 4k").id for name in ("Packworks", "Packwork")
    ]
    same = [add(ana, "Lumen Oy: packaging line pilot").id for _ in range(3)]
    found = [(pair.keep_id, pair.other_id) for pair in day_of(ana).alike()]
    assert found == [(same[0], same[1]), (same[0], same[2]), (same[1], same[2]), (*slipped,)]


@pytest.mark.parametrize(
    ("title", "percent"),
    [("line audit", 100), ("line audits", 95), ("line auditor", 91), ("line audit of all", None)],
)
def test_deals_of_one_company_are_alike_where_four_fifths_of_their_titles_are(
    title: str, percent: int | None, ana: Workspace
) -> None:
    add(ana, "Lumen Oy: line audit")
    add(ana, f"Lumen Oy: {title}")
    found = [pair.reason for pair in day_of(ana).alike()]
    said = f"the same company, titles {percent}% alike"
    assert found == ([] if percent is None else [said])


def test_a_slip_in_a_company_is_found(ana: Workspace) -> None:
    add(ana, "Packworks International: line audit 4k")
    add(ana, "Packwork International GmbH: line audit 4k")
    (pair,) = day_of(ana).alike()
    assert "is like" in pair.reason
