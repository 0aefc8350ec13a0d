"""What a new version of a pipeline changes, in words and part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.pipeline import Pipeline, Stage, Trait
from pipeboard.domain.pipeline_changes import PipelineChange, pipeline_changes
from pipeboard.domain.templates import template

BEFORE = template("needs", pipeline_name="Sales", currency="EUR")
BEFORE = replace(
    BEFORE,
    id=1,
    stages=tuple(replace(stage, id=number) for number, stage in enumerate(BEFORE.stages, 1)),
)
LEAD, CHECK, NEEDS, OFFER, TALK, CLOSE, WON, LOST = BEFORE.stages
BUDGET = BEFORE.questions[0]
SIZE, FROM = Trait("field.company size", ("50..500",)), Trait("source", ("web", "fair"))


def staged(*stages: Stage) -> Pipeline:
    return replace(BEFORE, stages=stages)


@pytest.mark.parametrize(
    ("after", "said"),
    [
        (BEFORE, []),
        (replace(BEFORE, name="New sales"), ["Renamed: pipeline Sales to New sales"]),
        (replace(BEFORE, currency="USD"), ["Changed: Sales, currency EUR to USD"]),
        (
            staged(LEAD, Stage(9, "Trial"), CHECK, NEEDS, OFFER, TALK, CLOSE, WON, LOST),
            ["New: stage Trial, behind Lead Generation"],
        ),
        (
            staged(Stage(9, "Trial"), *BEFORE.stages),
            ["New: stage Trial, first"],
        ),
        (
            staged(replace(LEAD, retired=True), *BEFORE.stages[1:]),
            ["Retired: stage Lead Generation"],
        ),
        (
            staged(CHECK, NEEDS, OFFER, LEAD, TALK, CLOSE, WON, LOST),
            ["Moved: stage Lead Generation, behind Proposal"],
        ),
        (
            staged(NEEDS, LEAD, CHECK, OFFER, TALK, CLOSE, WON, LOST),
            ["Moved: stage Needs Assessment, first"],
        ),
        (
            staged(replace(LEAD, name="Leads", probability_bp=1250), *BEFORE.stages[1:]),
            [
                "Renamed: stage Lead Generation to Leads",
                "Changed: stage Leads, probability 5% to 12.5%",
            ],
        ),
        (
            staged(replace(LEAD, idle_days=None, qualified=True), *BEFORE.stages[1:]),
            [
                "Changed: stage Lead Generation, idle days 7 to none",
                "Changed: stage Lead Generation, qualified no to yes",
            ],
        ),
        (
            staged(LEAD, replace(CHECK, criteria=CHECK.criteria[:1]), *BEFORE.stages[2:]),
            [
                "Changed: stage Lead Qualification, criteria "
                "'answer need, answer timeline, answer authority' to 'answer need'"
            ],
        ),
        (
            staged(replace(LEAD, playbook="Ask."), *BEFORE.stages[1:]),
            ["Changed: stage Lead Generation, playbook"],
        ),
        (
            replace(BEFORE, traits=(SIZE, FROM)),
            ["New: trait company size, first", "New: trait source, behind company size"],
        ),
        (
            replace(BEFORE, questions=BEFORE.questions[1:]),
            [f"Removed: question {BUDGET.label}"],
        ),
        (
            replace(BEFORE, questions=(replace(BUDGET, label="Money"), *BEFORE.questions[1:])),
            [f"Renamed: question {BUDGET.label} to Money"],
        ),
    ],
)
def test_each_thing_that_is_another_is_said_once(after: Pipeline, said: list[str]) -> None:
    assert [str(change) for change in pipeline_changes(BEFORE, after)] == said


def test_another_name_of_a_pipeline_is_told_beside_the_old_one() -> None:
    (change,) = pipeline_changes(BEFORE, replace(BEFORE, name="New sales"))
    assert (change.did, change.before, change.after) == ("renamed", "Sales", "New sales")


def test_a_retired_stage_that_is_used_again_is_said_to_be() -> None:
    retired = staged(LEAD, replace(CHECK, retired=True), *BEFORE.stages[2:])
    assert pipeline_changes(retired, BEFORE) == (
        PipelineChange("back", "stage", CHECK.name, CHECK.id, after=LEAD.name),
    )


def test_a_trait_that_is_another_says_how() -> None:
    before, after = replace(BEFORE, traits=(SIZE, FROM)), replace(BEFORE, traits=(FROM,))
    assert list(map(str, pipeline_changes(before, after))) == ["Removed: trait company size"]
    after = replace(BEFORE, traits=(replace(SIZE, weight=2), replace(FROM, wanted=("web",))))
    assert list(map(str, pipeline_changes(before, after))) == [
        "Changed: trait company size, weight 1 to 2",
        "Changed: trait source, wanted 'web, fair' to 'web'",
    ]
    (moved,) = pipeline_changes(before, replace(BEFORE, traits=(FROM, SIZE)))
    assert (moved.did, moved.of) == ("moved", "trait")
