"""The weekly review: what it finds, what is decided in it, and that a past one stays as it was."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain import commands as c
from pipeboard.domain.deal import Contact, Loss
from pipeboard.domain.errors import BadInput, NotFound
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.queue import Tier
from pipeboard.domain.review import Variant, named_in
from pipeboard.domain.templates import from_stage_names
from pipeboard.exchange.review_document import review_document, review_markdown
from pipeboard.workspace.review import (
    decide,
    decisions_since,
    held_on,
    held_reviews,
    hold,
    last_review_at,
    review,
)
from pipeboard.workspace.triage import day_of
from tests.ledger import disagreements
from tests.team import (
    LEAD,
    NEEDS,
    NOW,
    QUALIFICATION,
    SETTINGS,
    TODAY,
    Team,
    add,
    now_of,
    qualify,
    sales,
)
from tests.verbs import Workspace


def held(workspace: Workspace) -> None:
    found = review(workspace, sales(workspace))
    hold(workspace, sales(workspace), review_document(found), at=found.at)


def notable(workspace: Workspace) -> list[tuple[str, str]]:
    found = review(workspace, sales(workspace))
    return [(found.names[one.deal_id], one.what) for one in found.notable]


def test_a_review_starts_where_the_last_one_ended(ana: Workspace, team: Team) -> None:
    began = team.clock.now - timedelta(days=7)
    assert review(ana, sales(ana)).since == began
    held(ana)
    ended = team.clock.now
    team.clock.wait(days=9)
    assert review(ana, sales(ana)).since == ended
    assert review(ana, sales(ana), began).since == began
    ana.undo()
    assert last_review_at(ana, sales(ana)) is None
    ana.redo()
    assert last_review_at(ana, sales(ana)) == ended


def test_a_review_does_not_look_ahead(ana: Workspace, team: Team) -> None:
    with pytest.raises(BadInput, match="looks back"):
        review(ana, sales(ana), team.clock.now + timedelta(days=1))


def test_a_review_goes_on_after_the_clock_was_set_back(ana: Workspace, team: Team) -> None:
    held(ana)
    first = team.clock.now
    team.clock.wait(days=400)
    held(ana)
    team.clock.wait(days=-390)
    assert review(ana, sales(ana)).since == first
    team.clock.wait(days=-30)
    assert review(ana, sales(ana)).since == team.clock.now - timedelta(days=7)


def test_what_was_recorded_after_the_instant_of_a_review_is_not_spoken_of(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    team.clock.wait(hours=5)
    ana.edit([deal.id], {"value": Money(1, "EUR")})
    since = team.clock.now - timedelta(hours=9)
    assert len(review(ana, sales(ana), since).notable) == 1
    team.clock.wait(hours=-3)
    assert review(ana, sales(ana), since).notable == ()


def test_a_commit_with_evidence_is_as_it_should_be(ana: Workspace) -> None:
    deals = [add(ana, f"{name}: pilot 40k") for name in ("Lumen", "Acme")]
    for deal in deals:
        ana.edit([deal.id], {"category": "commit"})
    qualify(ana, deals[0].id)
    ana.set_contact(deals[0].id, Contact("Mika Laine", "decision_maker"))
    (notable,) = review(ana, sales(ana)).notable
    assert (notable.deal_id, notable.what) == (deals[1].id, "called a commit without evidence")


def test_what_is_unlike_the_plan_is_named_with_who_did_it(ana: Workspace, team: Team) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k close:19dec", QUALIFICATION)
    held(ana)
    team.clock.wait(hours=1)
    ana.edit([deal.id], {"expected_close": date(2027, 1, 9)})
    ana.edit([deal.id], {"value": Money(3_000_000, "EUR")})
    ana.move([deal.id], NEEDS, override="they are in a hurry")
    ana.move([deal.id], LEAD)
    ana.edit([deal.id], {"category": "commit"})
    ana.edit([deal.id], {"value": Money(2_000_000, "EUR")})
    ana.undo()  # what was taken back is no matter for a meeting
    whats = [what for name, what in notable(ana) if name == "Lumen Oy"]
    assert whats[0] == "close date pushed from Sat 19 Dec 2026 to Sat 9 Jan 2027"
    assert whats[1] == "value down from €40,000 to €30,000"
    assert whats[2].startswith("gate passed: they are in a hurry (missing ")
    assert whats[3:] == [
        "moved back from Needs Assessment to Lead Generation",
        "called a commit without evidence",
    ]


def test_deals_are_discussed_by_value_at_risk_with_the_open_questions(
    ana: Workspace, team: Team
) -> None:
    small, big, calm = (
        add(ana, f"{name}: x {value} source:referral")
        for name, value in (("Small", "10k"), ("Big", "90k"), ("Calm", "200k"))
    )
    ana.set_next_step([calm.id], "call", TODAY + timedelta(days=3))
    ana.answer([big.id], "need", "Scrap", 3)
    found = review(ana, sales(ana)).subjects
    assert [s.queued.deal.id for s in found] == [big.id, small.id]
    assert found[0].risks == ("no next step",)
    need = next(q.ask for q in sales(ana).questions if q.key == "need")
    assert need not in found[0].agenda
    assert need in found[1].agenda


def test_a_decision_becomes_a_step_of_the_owner_or_an_ask_of_another(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k source:referral")
    ana.log_touch([deal.id], "call")
    held(ana)
    team.clock.wait(hours=1)
    decide(ana, deal.id, "thu send the offer")
    decide(ana, deal.id, "today ask the lawyer", "bo")
    step = now_of(ana, deal.id).next_step
    assert step is not None
    assert (step.text, step.due) == ("send the offer", date(2026, 11, 26))
    (waiting,) = day_of(bo, None, "bo").queue()
    assert waiting.place.tier is Tier.TODAY
    assert str(waiting.place) == "@ana asks: ask the lawyer"
    assert day_of(ana, None, "ana").queue() == ()
    decided = review(ana, sales(ana)).decisions
    assert [(d["owner"], d["text"], d["done"]) for d in decided] == [
        ("ana", "send the offer", False),
        ("bo", "ask the lawyer", False),
    ]
    bo.add_note([deal.id], "The lawyer says yes.")
    assert day_of(bo, None, "bo").queue() == ()
    assert [d["done"] for d in review(ana, sales(ana)).decisions] == [False, True]
    ana.set_next_step([deal.id], "call", TODAY + timedelta(days=9))  # it went on: that is done
    assert [d["done"] for d in review(ana, sales(ana)).decisions] == [True, True]
    assert disagreements(team.place) == []


def test_a_past_review_is_read_again_as_it_was(ana: Workspace, team: Team) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k")
    document = review_document(review(ana, sales(ana)))
    text = review_markdown(document)
    held(ana)
    team.clock.wait(days=7)
    ana.edit([deal.id], {"value": Money(1, "EUR"), "title": "other"})
    ana.save_pipeline(sales(ana))
    kept = held_on(ana, sales(ana), TODAY)
    assert review_markdown(kept.contents) == text
    held(ana)
    assert [one.at.day for one in held_reviews(ana, sales(ana))] == [30, 23]
    with pytest.raises(NotFound, match="No review of Sales was held on 2026-11-01"):
        held_on(ana, sales(ana), date(2026, 11, 1))


def test_a_step_that_nobody_decided_on_is_no_decision_of_the_review(
    ana: Workspace, team: Team
) -> None:
    deal, since = add(ana, "Lumen Oy: pilot 40k @ana"), team.clock()
    team.clock.wait(hours=1)
    ana.plan([deal.id], "thu call Mika")
    ana.ask_rep([deal.id], "bo", "look at it")
    assert review(ana, sales(ana), since).decisions == []
    assert decisions_since(ana.reader, sales(ana), since) == []
    decide(ana, deal.id, "fri send the offer")
    found = decisions_since(ana.reader, sales(ana), since)
    assert [one["text"] for one in found] == ["send the offer"]
    assert review(ana, sales(ana), since).decisions == found


def test_a_target_says_how_much_new_pipeline_a_week_must_bring(ana: Workspace, team: Team) -> None:
    add(ana, "Lumen Oy: pilot 40k", NEEDS)
    trap = review(ana, sales(ana)).trap
    assert (trap.new_value_a_week, trap.needed_a_week) == (1_000_000, None)


def test_objections_are_counted_by_the_stage_that_they_came_up_in(
    ana: Workspace, team: Team
) -> None:
    early, late = add(ana, "Lumen Oy: pilot 40k"), add(ana, "Acme: press 9k", NEEDS)
    team.clock.wait(hours=1)
    log = c.LogTouch("call", objection="#Price", variant="short")
    ana.execute(log, [early.id, late.id])
    team.clock.wait(hours=1)
    ana.log_touch([late.id], "email", "in")
    ana.lose([late.id], Loss("price", objection="roi"))
    found = review(ana, sales(ana))
    assert [(o.tag, dict(o.stages)) for o in found.objections] == [
        ("price", {LEAD: 1, NEEDS: 1}),
        ("roi", {NEEDS: 1}),
    ]
    assert found.variants == (Variant("short", 2, 1, 1, 0),)
    text = review_markdown(review_document(found))
    assert "- price: 2 (Lead Generation 1, Needs Assessment 1)" in text
    assert "| short | 2 | 1 | 1 | 0 |" in text
    ana.undo()
    assert [o.tag for o in review(ana, sales(ana)).objections] == ["price"]


def test_objections_are_those_of_the_quarter_however_short_the_review(
    ana: Workspace, team: Team
) -> None:
    deal = add(ana)
    team.clock.wait(hours=1)
    ana.execute(c.LogTouch("call", objection="price"), [deal.id])
    team.clock.wait(days=20)
    ana.execute(c.LogTouch("call", objection="trust"), [deal.id])
    since = team.clock() - timedelta(days=7)
    assert {o.tag for o in review(ana, sales(ana), since).objections} == {"price", "trust"}
    team.clock.wait(days=25)
    assert team.clock().year == TODAY.year + 1
    ana.execute(c.LogTouch("call", objection="roi"), [deal.id])
    since = team.clock() - timedelta(days=60)
    assert [o.tag for o in review(ana, sales(ana), since).objections] == ["roi"]


# What a note asks.


def test_a_name_in_a_note_asks_that_rep_until_they_do_something(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k source:referral")
    ana.set_next_step([deal.id], "call", TODAY + timedelta(days=3))
    ana.add_note([deal.id], "@Bo, can you look at the terms? mail@cy.example @nobody @ana")
    assert set(now_of(ana, deal.id).asks) == {"bo"}
    (waiting,) = day_of(bo, None, "bo").queue()
    assert waiting.place.tier is Tier.NEW
    assert str(waiting.place).startswith("@ana asks: @Bo, can you look at the terms?")
    assert day_of(ana, None, "ana").queue() == ()
    bo.log_touch([deal.id], "call")
    assert day_of(bo, None, "bo").queue() == ()
    bo.undo()
    assert [one.deal.id for one in day_of(bo, None, "bo").queue()] == [deal.id]


def test_a_note_that_is_undone_asks_nobody_any_more(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    ana.add_note([deal.id], "@bo look at it")
    ana.undo()
    assert now_of(bo, deal.id).asks == {}
    assert day_of(bo, None, "bo").queue() == ()


def test_what_is_asked_meanwhile_is_no_conflict(ana: Workspace, bo: Workspace) -> None:
    deal = add(ana)
    seen = {deal.id: deal.version}
    bo.add_note([deal.id], "@ana call them")
    bo.add_note([deal.id], "@ana, now, please")
    receipt = ana.log_touch([deal.id], "call", seen=seen)
    assert receipt.summary
    assert now_of(ana, deal.id).asks == {}


def test_a_deal_that_was_given_away_meanwhile_can_still_be_worked_on(
    ana: Workspace, bo: Workspace
) -> None:
    deal = add(ana)
    bo.assign([deal.id], "cy")
    assert ana.log_touch([deal.id], "call", seen={deal.id: deal.version}).notes


def test_the_deals_behind_every_number_are_those_that_it_counts(ana: Workspace, team: Team) -> None:
    deal_id = add(ana, "Acme: pilot 40k close:4dec source:web", stage=NEEDS).id
    team.clock.now += timedelta(days=1)
    ana.execute(c.Edit({"value": Money(3_000_000, "EUR")}), [deal_id])
    found = review(ana, sales(ana))
    behind = found.deals_behind()
    document = review_document(found)
    for name, line in document["changes"].items():
        assert len(behind[f"changes.{name}"]) == line["deals"], name
    assert behind["changes.created"] == {deal_id}
    assert set(behind) >= {f"number.{name}" for name in document["number"]}
    assert behind["number.forecast_weighted"] == {deal_id}


@pytest.mark.parametrize(
    ("typed", "words", "rep"),
    [
        ("thu send the offer @bo", "thu send the offer", "bo"),
        ("@bo thu send the offer", "thu send the offer", "bo"),
        ("thu tell @bo of the offer", "thu tell @bo of the offer", ""),
        ("@bo thu ask @cy", "@bo thu ask", "cy"),
        ("@bo", "@bo", ""),
        ("thu write to a@b.example", "thu write to a@b.example", ""),
    ],
)
def test_a_decision_names_its_rep_at_one_of_its_ends(typed: str, words: str, rep: str) -> None:
    assert named_in(typed) == (words, rep)


@pytest.mark.parametrize(
    ("words", "owner"), [("thu send the offer @bo", ""), ("thu send the offer", "bo")]
)
def test_what_another_rep_is_to_do_is_asked_of_them_and_what_the_owner_is_to_do_is_next(
    words: str, owner: str, ana: Workspace
) -> None:
    deal = add(ana)
    decide(ana, deal.id, words, owner)
    asked = now_of(ana, deal.id).asks["bo"]
    assert (asked.text, asked.due) == ("send the offer", date(2026, 11, 26))
    assert now_of(ana, deal.id).next_step is None
    decide(ana, deal.id, "fri call Mika @ana")
    step = now_of(ana, deal.id).next_step
    assert step is not None
    assert (step.text, step.due) == ("call Mika", date(2026, 11, 27))
    with pytest.raises(BadInput, match="What was decided"):
        decide(ana, deal.id, "thu @bo")


def test_a_closing_put_on_another_day_is_spoken_of(ana: Workspace, team: Team) -> None:
    deal = add(ana, "Lumen Oy: pilot 40k", stage=NEEDS)
    team.clock.wait(days=9)
    ana.win([deal.id], override="signed")
    team.clock.wait(days=1)
    held(ana)
    ana.win([deal.id], on=ana.today - timedelta(days=5))
    assert notable(ana) == [
        ("Lumen Oy", "closing corrected from Wed 2 Dec 2026 to Sat 28 Nov 2026")
    ]
    ana.undo()
    assert notable(ana) == []


# The reviews that were held, without a database.


def kept(*hours: int) -> Any:
    """A desk at which reviews of the first pipeline were held so many hours ago."""
    found: list[Any] = [
        *(((1, (NOW - timedelta(hours=back)).isoformat()), {}) for back in hours),
        ((2, (NOW + timedelta(hours=1)).isoformat()), {}),
    ]
    return SimpleNamespace(
        settings=SETTINGS,
        now=lambda: NOW,
        reader=SimpleNamespace(agreements=SimpleNamespace(standing=lambda topic: found)),
    )


SALES = from_stage_names(("Lead",), pipeline_name="Sales", currency="EUR")
FIRST = Pipeline(1, SALES.name, SALES.currency, SALES.stages)


@pytest.mark.parametrize("hours", [(), (5,), (30, 5, 80), (5, 30, 80), (80, 30, 5)])
def test_the_last_review_of_a_pipeline_comes_first(hours: tuple[int, ...]) -> None:
    reviews = held_reviews(kept(*hours), FIRST)
    assert [one.at for one in reviews] == [NOW - timedelta(hours=back) for back in sorted(hours)]
    last = last_review_at(kept(*hours), FIRST)
    assert last == (NOW - timedelta(hours=5) if hours else None)


@pytest.mark.parametrize(
    ("back", "hours"), [(0, 1), (1, 11), (2, 40)], ids=["today", "yesterday", "before"]
)
def test_of_two_reviews_of_a_local_day_the_later_is_meant(back: int, hours: int) -> None:
    found = held_on(kept(1, 4, 11, 20, 40, 41), FIRST, TODAY - timedelta(days=back))
    assert found.at == NOW - timedelta(hours=hours)


def test_where_none_was_held_on_a_day_the_last_five_are_told() -> None:
    with pytest.raises(NotFound, match="No review of Sales was held on 2026-01-01") as refused:
        held_on(kept(*(24 * back for back in range(7))), FIRST, date(2026, 1, 1))
    assert refused.value.hint == (
        "There are reviews of 2026-11-23, 2026-11-22, 2026-11-21, 2026-11-20, 2026-11-19."
    )
    with pytest.raises(NotFound) as none:
        held_on(kept(), FIRST, TODAY)
    assert none.value.hint == "Hold one: pipeboard review --hold -p Sales"


@pytest.mark.parametrize("whose", ["none", "ana"])
@pytest.mark.parametrize("owner", ["", "ana", "@bo", "none"])
def test_a_decision_for_nobody_else_is_the_next_step_of_the_deal(
    owner: str, whose: str, ana: Workspace
) -> None:
    deal = add(ana, f"Lumen Oy: pilot @{whose}")
    decide(ana, deal.id, "thu send the offer", owner)
    found = now_of(ana, deal.id)
    if owner in ("", "none", whose):
        assert found.next_step is not None and found.next_step.text == "send the offer"
        assert found.asks == {}
    else:
        assert found.next_step is None
        assert {rep: ask.text for rep, ask in found.asks.items()} == {
            owner.removeprefix("@"): "send the offer"
        }


def test_a_decision_is_done_when_something_else_is_asked_or_planned(
    ana: Workspace, team: Team
) -> None:
    deal, since = add(ana, "Lumen Oy: pilot @ana"), team.clock()
    team.clock.wait(hours=1)
    for words in ("thu send the offer", "fri call Mika"):
        decide(ana, deal.id, words)
    for words in ("thu ask the lawyer", "fri ask the boss"):
        decide(ana, deal.id, words, "bo")
    found = decisions_since(ana.reader, sales(ana), since)
    assert [(one["owner"], one["text"], one["due"], one["done"]) for one in found] == [
        ("ana", "send the offer", "2026-11-26", True),
        ("ana", "call Mika", "2026-11-27", False),
        ("bo", "ask the lawyer", "2026-11-26", True),
        ("bo", "ask the boss", "2026-11-27", False),
    ]


@pytest.mark.parametrize("words", ["", "thu", "thu @bo"])
def test_without_words_nothing_was_decided(words: str, ana: Workspace) -> None:
    deal = add(ana)
    with pytest.raises(BadInput) as refused:
        decide(ana, deal.id, words)
    assert refused.value.message == "What was decided?"
    assert refused.value.hint == 'For example: "thu send the offer"'
    assert now_of(ana, deal.id) == deal


def test_a_decision_that_was_taken_back_is_none(ana: Workspace, team: Team) -> None:
    deal, since = add(ana), team.clock()
    team.clock.wait(hours=1)
    decide(ana, deal.id, "thu send the offer")
    decide(ana, deal.id, "fri call Mika", "bo")
    ana.undo()
    assert decisions_since(ana.reader, sales(ana), since) == [
        {
            "ref": deal.ref,
            "deal": "Lumen Oy",
            "owner": "ana",
            "text": "send the offer",
            "due": "2026-11-26",
            "done": False,
        }
    ]


def test_a_review_knows_the_names_of_all_deals_that_it_speaks_of(
    ana: Workspace, team: Team
) -> None:
    """Deals that are alike, one that nobody works on, one that a decision was taken on."""
    silent = add(ana, "Silent: pilot 1k")
    for _ in range(5):
        ana.log_touch([silent.id], "call")
        team.clock.wait(days=20)
    team.clock.wait(days=100)
    twins = [add(ana, "Twin Oy: press 2k"), add(ana, "Twin: press 2k")]
    decided = add(ana, "Bold: kiln 3k")
    decide(ana, decided.id, "thu send the offer")
    for deal in (*twins, decided):
        ana.set_next_step([deal.id], "call", ana.today + timedelta(days=1))
    found = review(ana, sales(ana))
    assert found.dead == [silent.id]
    assert {pair.keep_id for pair in found.alike} | {pair.other_id for pair in found.alike} == {
        deal.id for deal in twins
    }
    assert {deal.id: deal.name for deal in (silent, *twins, decided)}.items() <= found.names.items()
