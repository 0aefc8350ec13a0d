"""What a team agrees on: nobody's change undoes another's, and all of it can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import permutations
from typing import cast

import pytest

from pipeboard.domain.agreements import Topic
from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.errors import BadInput, Conflict, NotFound, Refused
from pipeboard.domain.pipeline import Pipeline, Stage
from pipeboard.domain.review import ReviewDocument
from pipeboard.domain.settings import Rep
from pipeboard.workspace.review import hold
from tests.ledger import disagreements
from tests.team import LEAD, NEEDS, PROPOSAL, QUALIFICATION, Team, add, sales
from tests.verbs import Workspace


def staged(pipeline: Pipeline, stage_id: int, **changes: object) -> Pipeline:
    """The pipeline with another stage in that one's place."""
    return replace(
        pipeline,
        stages=tuple(
            replace(stage, **changes) if stage.id == stage_id else stage  # type: ignore[arg-type]
            for stage in pipeline.stages
        ),
    )


def without(pipeline: Pipeline, stage_id: int) -> Pipeline:
    return replace(pipeline, stages=tuple(s for s in pipeline.stages if s.id != stage_id))


def with_stage(pipeline: Pipeline, name: str, behind: int) -> Pipeline:
    stages = list(pipeline.stages)
    place = next(place for place, stage in enumerate(stages) if stage.id == behind)
    stages.insert(place + 1, Stage(0, name))
    return replace(pipeline, stages=tuple(stages))


def asks(pipeline: Pipeline, stage_id: int, *criteria: str) -> Pipeline:
    return staged(pipeline, stage_id, criteria=tuple(map(parse_criterion, criteria)))


A_REVIEW = cast("ReviewDocument", {"at": "now"})
CHANGES: dict[str, Callable[[Workspace], object]] = {
    "a stage renamed": lambda ws: ws.save_pipeline(staged(sales(ws), LEAD, name="Leads")),
    "a stage added": lambda ws: ws.save_pipeline(with_stage(sales(ws), "Trial", NEEDS)),
    "a stage retired": lambda ws: ws.save_pipeline(without(sales(ws), PROPOSAL)),
    "criteria": lambda ws: ws.save_pipeline(asks(sales(ws), LEAD, "value", "answer need")),
    "a pipeline made": lambda ws: ws.save_pipeline(replace(sales(ws), id=0, name="Renewals")),
    "a rep added": lambda ws: ws.save_rep(Rep("dee", "Dee D")),
    "a rep changed": lambda ws: ws.save_rep(Rep("bo", "Bo B", "north", active=False)),
    "a target": lambda ws: ws.set_target(sales(ws), "2026Q4", "130k"),
    "a call": lambda ws: ws.set_call(sales(ws), "2026Q4", "120k"),
    "a review": lambda ws: hold(ws, sales(ws), A_REVIEW, at=ws.now()),
    "a rate": lambda ws: ws.set_rate("USD", "0.92", on=date(2026, 11, 1)),
    "a filter": lambda ws: ws.save_filter("mine", "owner:ana value>1k"),
    "settings": lambda ws: ws.save_settings(replace(ws.settings, week_start=6)),
}


def agreed(workspace: Workspace) -> object:
    """All that the team has agreed on, pipelines without their versions."""
    reader = workspace.reader
    with reader.snapshot():
        pipelines = tuple(replace(pipeline, version=0) for pipeline in reader.pipelines())
        rules = [reader.numbers.rules(pipeline) for pipeline in reader.pipelines()]
        targets = tuple((one.targets, workspace.calls(one.pipeline)) for one in rules)
        filters = reader.saved_filters("ana")
        reviews = reader.agreements.standing(Topic.REVIEW)
        people = (reader.reps(), reader.settings(), reviews)
        return pipelines, people, targets, reader.numbers.rates(), filters


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_agreed_is_taken_back_and_put_again_whole(
    what: str, ana: Workspace, team: Team
) -> None:
    before = agreed(ana)
    CHANGES[what](ana)
    after = agreed(ana)
    assert after != before
    for _ in range(2):
        ana.undo()
        assert agreed(ana) == before
        ana.redo()
        assert agreed(ana) == after
    assert disagreements(team.place) == []


@pytest.mark.parametrize("what", CHANGES)
def test_what_was_agreed_is_in_history_with_before_and_after(what: str, ana: Workspace) -> None:
    CHANGES[what](ana)
    (entry,) = ana.reader.agreements.entries()
    assert (entry.who, entry.agreement.before != entry.agreement.after) == ("ana", True)
    assert ana.undo_list()[0].summary == entry.summary


@pytest.mark.parametrize("what", CHANGES)
def test_the_same_agreed_twice_is_one_command(what: str, ana: Workspace) -> None:
    if what == "a pipeline made":
        return
    CHANGES[what](ana)
    if what in ("a stage added", "a stage retired"):
        ana.save_pipeline(sales(ana))
    else:
        CHANGES[what](ana)
    assert len(ana.undo_list()) == 1


def test_an_agreement_that_somebody_changed_since_is_not_taken_back(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    ana.set_target(sales(ana), "2026Q4", "130k")
    team.clock.wait(minutes=5)
    bo.set_target(sales(bo), "2026Q4", "150k")
    with pytest.raises(Conflict) as refused:
        ana.undo()
    assert "bo changed the target for 2026Q4, everybody at 23 Nov 10:05" in refused.value.message
    assert refused.value.details["by"] == "bo"
    bo.undo()
    ana.undo()
    assert ana.targets(sales(ana)) == ()


def test_an_undo_never_reaches_past_what_it_cannot_take_back(ana: Workspace) -> None:
    deal = add(ana)
    made = ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    ana.add("Acme: press 1k", pipeline=made)
    ana.undo()
    with pytest.raises(Refused, match="deals have been in Renewals"):
        ana.undo()
    assert ana.reader.deal(deal.id) is not None
    assert [pipeline.name for pipeline in ana.pipelines()] == ["Sales", "Renewals"]


def test_a_stage_with_deals_in_it_does_not_go_with_an_undo(ana: Workspace, bo: Workspace) -> None:
    saved = ana.save_pipeline(with_stage(sales(ana), "Trial", LEAD))
    trial = saved.find_stage("Trial").id
    deal = add(bo, stage=trial)
    with pytest.raises(Refused, match="1 deal stands in Trial") as refused:
        ana.undo()
    assert refused.value.hint == "Move them first."
    bo.move([deal.id], LEAD)
    ana.undo()
    assert sales(ana).stage(trial).retired
    ana.redo()
    assert not sales(ana).stage(trial).retired


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (Rep("@dee"), Rep("dee")),
        (Rep(" dee  d "), Rep("dee d")),
        (Rep("dee", " Dee\tD ", "  north  west "), Rep("dee", "Dee D", "north west")),
        (Rep("@bo", active=False), Rep("bo", active=False)),
    ],
)
def test_a_rep_is_called_by_the_bare_name(typed: Rep, kept: Rep, ana: Workspace) -> None:
    others = [rep for rep in ana.reader.reps() if rep.name != kept.name]
    ana.save_rep(typed)
    assert {rep.name: rep for rep in ana.reader.reps()} == {r.name: r for r in (*others, kept)}


@pytest.mark.parametrize("name", ["", " ", "@"])
def test_a_rep_without_a_name_is_none(name: str, ana: Workspace) -> None:
    with pytest.raises(BadInput, match=r"A rep needs a name\."):
        ana.save_rep(Rep(name))


def test_a_rep_with_deals_does_not_go_with_an_undo(ana: Workspace, bo: Workspace) -> None:
    ana.save_rep(Rep("dee"))
    bo.assign([add(bo).id], "dee")
    with pytest.raises(Refused, match="1 deal is dee's"):
        ana.undo()


def test_a_pipeline_that_is_set_to_what_it_is_has_no_new_version(ana: Workspace) -> None:
    ana.save_pipeline(staged(sales(ana), LEAD, idle_days=99))
    before, last = sales(ana), ana.reader.history.commands(limit=1)
    for same in (before, staged(before, LEAD, idle_days=99)):
        ana.save_pipeline(same)
        assert sales(ana) == before
        assert ana.reader.history.commands(limit=1) == last


def test_edits_of_different_things_are_merged_and_it_is_said(
    ana: Workspace, bo: Workspace, team: Team
) -> None:
    old = sales(ana)
    team.clock.wait(minutes=5)
    bo.save_pipeline(staged(old, LEAD, idle_days=99))
    saved = ana.change_pipeline(staged(old, NEEDS, name="Discovery"))
    assert saved.receipt.notes == (
        "Merged with what bo (23 Nov 10:05) changed meanwhile: idle days of Lead Generation.",
    )
    now = sales(ana)
    assert (now.stage(LEAD).idle_days, now.stage(NEEDS).name) == (99, "Discovery")
    assert now.version == 3


def test_edits_of_the_same_thing_are_refused_with_all_three_values(
    ana: Workspace, bo: Workspace
) -> None:
    old = sales(ana)
    bo.save_pipeline(staged(old, LEAD, name="Leads"))
    with pytest.raises(Conflict) as refused:
        ana.save_pipeline(staged(old, LEAD, name="Suspects"))
    assert "Sales was changed by bo" in refused.value.message
    (difference,) = refused.value.differences
    assert (difference.before, difference.theirs, difference.mine) == (
        "Lead Generation",
        "Leads",
        "Suspects",
    )
    assert sales(ana).stage(LEAD).name == "Leads"


def test_an_edit_goes_over_anothers_only_knowingly_and_history_says_so(
    ana: Workspace, bo: Workspace
) -> None:
    old = sales(ana)
    bo.save_pipeline(staged(old, LEAD, name="Leads"))
    ana.change_pipeline(staged(old, LEAD, name="Suspects"), overwrite=True)
    assert sales(ana).stage(LEAD).name == "Suspects"
    assert "Set over changes by bo" in ana.reader.agreements.entries()[0].summary
    ana.undo()
    assert sales(ana).stage(LEAD).name == "Leads"


MINE: dict[str, Callable[[Pipeline], Pipeline]] = {
    "rename": lambda p: staged(p, LEAD, name="Suspects"),
    "retire": lambda p: without(p, PROPOSAL),
    "add": lambda p: with_stage(p, "Trial", NEEDS),
    "criteria": lambda p: asks(p, QUALIFICATION, "value"),
    "swap": lambda p: replace(p, stages=(p.stages[1], p.stages[0], *p.stages[2:])),
    "question": lambda p: replace(p, questions=p.questions[:-1]),
    "name": lambda p: replace(p, name="New business"),
    "currency": lambda p: replace(p, currency="USD"),
}
DONE: dict[str, Callable[[Pipeline], bool]] = {
    "rename": lambda p: p.stage(LEAD).name == "Suspects",
    "retire": lambda p: p.stage(PROPOSAL).retired,
    "add": lambda p: "Trial" in {stage.name for stage in p.open_stages},
    "criteria": lambda p: [str(one) for one in p.stage(QUALIFICATION).criteria] == ["value"],
    "swap": lambda p: [stage.id for stage in p.stages[:2]] == [QUALIFICATION, LEAD],
    "question": lambda p: len(p.questions) == 6,
    "name": lambda p: p.name == "New business",
    "currency": lambda p: p.currency == "USD",
}


@pytest.mark.parametrize(("mine", "theirs"), [*permutations(MINE, 2)])
def test_two_edits_come_out_as_both_of_them_in_either_order(
    mine: str, theirs: str, ana: Workspace, bo: Workspace
) -> None:
    old = sales(ana)
    bo.save_pipeline(MINE[theirs](old))
    merged = ana.save_pipeline(MINE[mine](old))
    assert [DONE[edit](merged) for edit in (mine, theirs)] == [True, True]
    assert [DONE[edit](merged) for edit in MINE if edit not in (mine, theirs)] == [False] * 6


def test_a_merged_pipeline_must_still_be_one_to_work_in(ana: Workspace, bo: Workspace) -> None:
    old = sales(ana)
    asked = old.questions[-1]
    bo.save_pipeline(
        replace(asks_nothing(old), questions=tuple(q for q in old.questions if q != asked))
    )
    with pytest.raises((BadInput, Conflict)):
        ana.save_pipeline(asks(old, LEAD, f"answer {asked.key}"))


def asks_nothing(pipeline: Pipeline) -> Pipeline:
    stages = tuple(replace(stage, criteria=()) for stage in pipeline.stages)
    return replace(pipeline, stages=stages)


def test_a_retired_stage_says_how_many_deals_stay_in_it_and_where_they_can_go(
    ana: Workspace,
) -> None:
    for line in ("Acme: press 1k", "Borealis: kiln 2k"):
        add(ana, line, stage=PROPOSAL)
    saved = ana.change_pipeline(without(sales(ana), PROPOSAL))
    (note,) = saved.receipt.notes
    assert "is retired; 2 deals stay in it until moved" in note
    assert ana.reader.board(ana.lens(saved.pipeline)).total == 2


def test_a_document_from_elsewhere_is_not_taken_for_an_edit(ana: Workspace) -> None:
    with pytest.raises(Conflict, match="it comes from elsewhere"):
        ana.save_pipeline(replace(sales(ana), version=7))


def test_what_is_tried_changes_nothing(ana: Workspace) -> None:
    before = agreed(ana)
    ana.change_pipeline(with_stage(sales(ana), "Trial", NEEDS), dry_run=True)
    ana.change_pipeline(replace(sales(ana), id=0, name="Renewals"), dry_run=True)
    ana.change_rep(Rep("dee"), dry_run=True)
    ana.save_filter("mine", "open", dry_run=True)
    ana.set_rate("USD", "0.92", dry_run=True)
    assert agreed(ana) == before
    assert ana.undo_list() == ()


@pytest.mark.parametrize("topic", Topic)
def test_every_topic_is_tried_here(topic: Topic, ana: Workspace) -> None:
    found = set()
    for change in CHANGES.values():
        change(ana)
        found.add(ana.reader.agreements.entries(limit=1)[0].agreement.topic)
    assert topic in found


@pytest.mark.parametrize(
    ("text", "follows"),
    [
        ("stage:needs owner:ana", "stage:Discovery owner:ana"),
        ('value>1k -stage:"Needs Assessment"', "value>1k -stage:Discovery"),
        ("(STAGE=needs | stage:proposal) +hot", "(STAGE=Discovery | stage:proposal) +hot"),
        ("stage:proposal needs", "stage:proposal needs"),
        ('"stage:needs"', '"stage:needs"'),
    ],
)
def test_a_saved_filter_follows_a_renamed_stage(
    ana: Workspace, bo: Workspace, text: str, follows: str
) -> None:
    bo.save_filter("theirs", text)
    receipt = ana.change_pipeline(staged(sales(ana), NEEDS, name="Discovery")).receipt
    assert dict(bo.saved_filters()) == {"theirs": follows}
    assert any("@bo's saved filter theirs" in note for note in receipt.notes) == (text != follows)
    ana.undo()
    assert dict(bo.saved_filters()) == {"theirs": text}


def test_a_filter_stays_where_another_pipeline_has_a_stage_of_the_old_name(ana: Workspace) -> None:
    ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    ana.save_filter("mine", 'stage:"Needs Assessment"')
    ana.change_pipeline(staged(sales(ana), NEEDS, name="Discovery"))
    assert dict(ana.saved_filters()) == {"mine": 'stage:"Needs Assessment"'}


def test_a_rep_who_was_new_with_a_command_stays_with_the_deals_that_others_gave(
    ana: Workspace, bo: Workspace
) -> None:
    ana.save_rep(Rep("dee"))
    deal = add(ana)
    ana.assign([deal.id], "zoe", new_rep=True)
    add(bo, "Beta: press 1k @zoe")
    undone = ana.undo()
    assert undone.deals[0].owner == "ana"
    assert undone.notes == ("The rep zoe stays: 1 deal is zoe's.",)
    assert "zoe" in [rep.name for rep in ana.reader.reps()]


def test_no_saved_filter_becomes_a_part_of_itself(ana: Workspace) -> None:
    ana.save_filter("big", "value>50k")
    ana.save_filter("mine", "saved:big @ana")
    for text in ("saved:big open", "open | saved:mine"):
        with pytest.raises(BadInput, match="The filter big would be a part of itself"):
            ana.save_filter("big", text)
    assert dict(ana.reader.saved_filters("ana"))["big"] == "value>50k"


def test_what_a_filter_is_a_part_of_follows_its_new_name_and_keeps_it_from_being_forgotten(
    ana: Workspace, bo: Workspace
) -> None:
    for one, text in (("big", "value>50k"), ("mine", "-SAVED:Big @ana | saved:big"), ("x", "big")):
        ana.save_filter(one, text)
    bo.save_filter("big", "won")
    bo.save_filter("theirs", "saved:big")
    before = dict(ana.saved_filters())
    with pytest.raises(Refused, match="The filter big is a part of mine"):
        ana.save_filter("big", "")
    receipt = ana.rename_filter("big", "very large")
    follows = '-SAVED:"very large" @ana | saved:"very large"'
    assert receipt.notes == (f"The filter mine follows: {follows}.",)
    assert dict(ana.saved_filters()) == {"very large": "value>50k", "mine": follows, "x": "big"}
    assert dict(bo.saved_filters()) == {"big": "won", "theirs": "saved:big"}
    ana.undo()
    assert dict(ana.saved_filters()) == before
    ana.save_filter("mine", "")
    ana.save_filter("big", "")
    assert dict(ana.saved_filters()) == {"x": "big"}


def test_a_filter_takes_no_name_that_another_has_and_none_is_forgotten_twice(
    ana: Workspace,
) -> None:
    ana.save_filter("big", "value>50k")
    ana.save_filter("mine", "owner:ana")
    with pytest.raises(BadInput, match="already"):
        ana.rename_filter("big", "mine")
    ana.rename_filter("big", "large")
    ana.undo()
    assert dict(ana.saved_filters()) == {"big": "value>50k", "mine": "owner:ana"}
    ana.save_filter("big", "")
    with pytest.raises(NotFound):
        ana.save_filter("big", "")
    with pytest.raises(NotFound):
        ana.rename_filter("big", "large")


def test_what_is_agreed_already_is_no_command(ana: Workspace) -> None:
    for _ in range(2):
        receipt = ana.set_rate("USD", "0.9")
    assert (receipt.summary, receipt.command_id) == ("Nothing to change: it is so already.", "")
    assert [did.verb for did in ana.undo_list()] == ["fx"]


def test_a_change_of_a_rep_is_taken_back_also_where_they_have_deals_and_targets(
    ana: Workspace, bo: Workspace
) -> None:
    add(bo)
    ana.set_target(sales(ana), "2026Q4", "1k", owner="bo")
    ana.save_rep(Rep("bo", "Bo B", "north"))
    ana.undo()
    assert {rep.name: rep for rep in ana.reader.reps()}["bo"] == Rep("bo")
