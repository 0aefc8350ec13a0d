"""What a team begins with is whole: every stage of a template, every set of questions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeboard.domain.criteria import About, Criterion
from pipeboard.domain.errors import Ambiguous, NotFound
from pipeboard.domain.pipeline import Factor
from pipeboard.domain.templates import (
    TEMPLATES,
    from_stage_names,
    question_set,
    template,
)

ASKED = {
    "needs": {
        "Lead Generation": "3 of 500:",
        "Lead Qualification": "2 of 1500: answer need, answer timeline, answer authority",
        "Needs Assessment": "4 of 3000:",
        "Proposal": "5 of 5000: value, next step",
        "Negotiation": "3 of 7000: value",
        "Closing": "3 of 9000:",
    },
    "classic": {
        "Prospecting": "3 of 500:",
        "Qualification": "2 of 1500: answer need, answer timeline, answer authority",
        "Proposal": "5 of 5000: value, next step",
        "Negotiation": "3 of 7000: value",
        "Closing": "3 of 9000:",
    },
    "meetings": {
        "Initial Contact": "3 of 500:",
        "Lead Qualification": "2 of 1500: answer need, answer timeline, answer authority",
        "Meetings": "3 of 3500:",
        "Proposals": "5 of 5000: value, next step",
        "Closing": "3 of 9000:",
    },
    "minimal": {"Prospecting": "0 of 1000:", "Qualified": "0 of 4000:"},
}

LIMITS = {
    "Lead Generation": (14, 7, "pipeline", False),
    "Prospecting": (14, 7, "pipeline", False),
    "Initial Contact": (14, 7, "pipeline", False),
    "Lead Qualification": (14, 7, "pipeline", False),
    "Qualification": (14, 7, "pipeline", False),
    "Needs Assessment": (21, 10, "pipeline", True),
    "Meetings": (21, 10, "pipeline", True),
    "Proposal": (21, 7, "best", True),
    "Proposals": (21, 7, "best", True),
    "Negotiation": (14, 5, "commit", True),
    "Closing": (7, 3, "commit", True),
}
SHORT = {"Prospecting": (21, 10, "pipeline", False), "Qualified": (30, 10, "pipeline", True)}


@pytest.mark.parametrize("name", ASKED)
def test_what_each_template_ticks_states_and_asks(name: str) -> None:
    """By stage: items to tick, the chance in basis points, and what is asked to go on."""
    pipeline = template(name, pipeline_name="Sales", currency="EUR")
    found = {
        stage.name: f"{len(stage.checklist)} of {stage.probability_bp}: "
        + ", ".join(" ".join(filter(None, _words(one))) for one in stage.criteria)
        for stage in pipeline.stages
        if stage.is_open
    }
    assert {stage: said.strip() for stage, said in found.items()} == ASKED[name]
    assert [stage.name for stage in pipeline.stages if not stage.is_open] == ["Won", "Lost"]
    assert set(ASKED) == set(TEMPLATES)


def _words(criterion: Criterion) -> tuple[str, ...]:
    about = "" if criterion.about is About.FIELD else str(criterion.about)
    return about, criterion.subject


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_stage_has_its_days_its_word_of_the_forecast_and_its_place_before_or_after_qualification(
    name: str,
) -> None:
    pipeline = template(name, pipeline_name="Sales", currency="EUR")
    limits = SHORT if name == "minimal" else LIMITS
    for stage in pipeline.open_stages:
        found = (stage.expected_days, stage.idle_days, stage.category, stage.qualified)
        assert found == limits[stage.name]


@pytest.mark.parametrize("name", TEMPLATES)
def test_each_stage_of_a_template_says_what_ends_it_when_it_is_late_and_what_comes_next(
    name: str,
) -> None:
    pipeline = template(name, pipeline_name="Sales", currency="EUR", first_stage_id=7)
    for stage in pipeline.stages:
        if stage.is_open:
            assert stage.outcome and stage.expected_days and stage.idle_days and stage.next_step
            assert bool(stage.playbook) == bool(stage.checklist) or stage.name == "Meetings"
    assert [stage.id for stage in pipeline.stages] == list(range(7, 7 + len(pipeline.stages)))
    qualified = [stage.qualified for stage in pipeline.stages if stage.is_open]
    assert qualified == sorted(qualified)
    assert any(qualified)


def test_stages_of_ones_own_grow_evenly_and_the_later_half_counts_as_qualified() -> None:
    pipeline = from_stage_names(("New", "Talks", "Offer"), pipeline_name="Own", currency="EUR")
    found = [(stage.id, stage.probability_bp, stage.qualified) for stage in pipeline.stages]
    assert found[:3] == [(1, 2_500, False), (2, 5_000, True), (3, 7_500, True)]
    assert found[3:] == [(4, 10_000, False), (5, 0, False)]
    five = from_stage_names(tuple("abcde"), pipeline_name="Own", currency="EUR", first_stage_id=7)
    assert [(stage.id, stage.probability_bp, stage.qualified) for stage in five.open_stages] == [
        (7, 1_667, False), (8, 3_333, False), (9, 5_000, True), (10, 6_667, True),
        (11, 8_333, True),
    ]  # fmt: skip
    assert {(stage.expected_days, stage.idle_days) for stage in five.stages} == {(None, None)}
    assert len(five.questions) == 7


@pytest.mark.parametrize(("name", "number"), [("seven", 7), ("bant", 4), ("meddicc", 7)])
def test_each_set_of_questions_is_whole_and_proves_what_gates_ask(name: str, number: int) -> None:
    questions = question_set(name)
    assert len({question.key for question in questions}) == len(questions) == number
    for question in questions:
        assert question.label and question.ask and question.why and question.good
    proved = {factor for question in questions for factor in question.proves}
    assert proved >= {Factor.NEED, Factor.TIMELINE, Factor.AUTHORITY, Factor.BUDGET}


def test_the_fast_screen_is_asked_in_front_of_other_questions_and_by_the_first_stage() -> None:
    questions = question_set("screen, seven")
    assert [one.key for one in questions[:4]] == ["sale", "match", "bracket", "need"]
    made = template("needs", pipeline_name="Sales", currency="EUR", questions=questions)
    asked = [criterion.subject for criterion in made.stages[0].criteria]
    assert asked == ["sale", "match", "bracket"]
    assert not template("needs", pipeline_name="Sales", currency="EUR").stages[0].criteria


def test_a_name_that_no_template_and_no_set_of_questions_has_is_told_with_those_there_are() -> None:
    with pytest.raises(NotFound, match="No template 'neds'") as no_template:
        template("neds", pipeline_name="Sales", currency="EUR")
    with pytest.raises(NotFound, match="No question set 'x'") as no_set:
        question_set("x")
    assert "needs" in str(no_template.value.hint)
    assert no_set.value.hint == "There are: seven, bant, meddicc, screen."


def test_a_stage_is_meant_by_its_number_its_name_or_what_only_it_has() -> None:
    names = ("Lead", "Trial", "Trial, paid", "Trial extended", "Gone")
    pipeline = from_stage_names(names, pipeline_name="Own", currency="EUR")
    stages = (*pipeline.stages[:4], replace(pipeline.stages[4], retired=True), *pipeline.stages[5:])
    pipeline = replace(pipeline, stages=stages)
    usable = [stage for stage in pipeline.stages if not stage.retired]
    for number, stage in enumerate(usable, 1):
        assert pipeline.find_stage(str(number)) is stage
        assert pipeline.find_stage(stage.name.upper()) is stage
    assert pipeline.find_stage("le").name == "Lead"
    assert pipeline.find_stage("paid").name == "Trial, paid"
    for unknown in ("0", str(len(usable) + 1), "gone", "", " "):
        with pytest.raises(NotFound, match="No stage"):
            pipeline.find_stage(unknown)
    with pytest.raises(Ambiguous, match="Trial, Trial, paid or Trial extended") as several:
        pipeline.find_stage("tri")
    assert several.value.details == {"candidates": ["Trial", "Trial, paid", "Trial extended"]}
    assert several.value.hint == "Type more of the stage's name."
