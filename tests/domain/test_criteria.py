"""What a stage asks is met by what is just enough, and not by what just is not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from pipeboard.domain.criteria import (
    FIELDS,
    ROLES,
    asked_for,
    parse_criterion,
    pass_gate,
    summary,
    unmet,
)
from pipeboard.domain.deal import Answer, Contact, NextStep
from pipeboard.domain.deal_record import PRIVATE
from pipeboard.domain.errors import BadInput, GateNotMet
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from tests.domain.deciding_cases import LEAD, LOST, NEEDS, QUALIFICATION, SALES, TODAY, new

if TYPE_CHECKING:
    from pipeboard.domain.pipeline import Pipeline

DAY = timedelta(days=1)


def asking(criterion: str) -> Pipeline:
    """The pipeline, of which the first stage asks this and nothing else."""
    first, *others = SALES.stages
    asked = replace(first, criteria=(parse_criterion(criterion),), checklist=("Goals",))
    return replace(SALES, stages=(asked, *(replace(one, criteria=()) for one in others)))


def answers(number: int) -> dict[str, Answer]:
    return {question.key: Answer("yes") for question in SALES.questions[:number]}


ENOUGH: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
    ("value", {"value": Money(0, "EUR")}, {"value": None}),
    ("account", {"account": "Lumen"}, {"account": ""}),
    ("expected_close", {"expected_close": TODAY - DAY}, {"expected_close": None}),
    ("owner", {"owner": "ana"}, {"owner": ""}),
    ("source", {"source": "web"}, {"source": ""}),
    ("contact_reason", {"contact_reason": "pain"}, {"contact_reason": ""}),
    ("field.budget", {"fields": {"budget": "0"}}, {"fields": {"other": "x"}}),
    ("answer need", {"answers": {"need": Answer("", 0)}}, {"answers": {}}),
    ("answer need", {"answers": {"need": Answer("yes")}}, {"answers": {"time": Answer("yes")}}),
    (
        "rating need >= 2",
        {"answers": {"need": Answer("yes", 2)}},
        {"answers": {"need": Answer("yes", 1)}},
    ),
    ("rating need >= 0", {"answers": {"need": Answer("yes", 0)}}, {"answers": answers(1)}),
    ("answers >= 3", {"answers": answers(3)}, {"answers": answers(2)}),
    (
        "contact champion",
        {"contacts": {"bob": Contact("Bob", "champion")}},
        {"contacts": {"bob": Contact("Bob", "user")}},
    ),
    *(
        (
            f"contact {role}",
            {"contacts": {"bob": Contact("Bob", role)}},
            {"contacts": {"bob": Contact("Bob", "champion")}},
        )
        for role in ("decision_maker", "user", "blocker", "other")
    ),
    (
        "next step",
        {"next_step": NextStep("call", TODAY)},
        {"next_step": NextStep("call", TODAY - DAY)},
    ),
    ("next step", {"next_step": NextStep("", TODAY + DAY)}, {"next_step": NextStep("call")}),
    (
        "checklist",
        {"checklist": {f"{LEAD}/Goals": "ana"}},
        {"checklist": {f"{NEEDS}/Goals": "ana"}},
    ),
)


def test_every_field_and_role_that_a_stage_can_ask_for_is_tried_here() -> None:
    asked = {criterion for criterion, _, _ in ENOUGH}
    assert {*FIELDS, *(f"contact {role}" for role in ROLES)} <= asked
    assert (len(FIELDS), len(ROLES)) == (6, 5)


@pytest.mark.parametrize(("criterion", "enough", "too_little"), ENOUGH)
def test_a_criterion_is_met_by_just_enough(
    criterion: str, enough: dict[str, Any], too_little: dict[str, Any]
) -> None:
    pipeline = asking(criterion)
    lacking = [
        unmet(new(**given), pipeline, QUALIFICATION, TODAY) for given in (enough, too_little)
    ]
    assert [len(one) for one in lacking] == [0, 1]
    assert lacking[1][0].criterion == parse_criterion(criterion)


@pytest.mark.parametrize("line", [line for line, *_ in ENOUGH if not line.startswith("field.")])
def test_a_criterion_is_read_in_any_case_and_with_any_blanks(line: str) -> None:
    assert parse_criterion(f" {line.replace(' ', '  ').title()} ") == parse_criterion(line)
    assert parse_criterion(" Field.Our  Product ").subject == "field.Our Product"


def test_what_several_stages_ask_for_is_told_once_by_the_first() -> None:
    criteria = tuple(map(parse_criterion, ("value", "contact decision_maker")))
    first, second, *others = asking("account").stages
    stages = (replace(first, criteria=criteria), replace(second, criteria=criteria[1:]), *others)
    lacking = unmet(new(), replace(SALES, stages=stages), NEEDS, TODAY)
    assert summary(lacking) == (f"{first.name} asks: value is empty, no decision-maker named")


def test_what_each_stage_asks_for_is_told_under_its_name() -> None:
    first, second, *others = asking("account").stages
    stages = (
        replace(first, criteria=(parse_criterion("value"), parse_criterion("source"))),
        replace(second, criteria=(parse_criterion("rating need >= 2"), parse_criterion("value"))),
        *others,
    )
    lacking = unmet(new(), replace(SALES, stages=stages), NEEDS, TODAY)
    assert [(lack.stage, str(lack.criterion)) for lack in lacking] == [
        (first.name, "value"), (first.name, "source"), (second.name, "rating need >= 2"),
    ]  # fmt: skip


def test_the_checklists_of_two_stages_are_two() -> None:
    first, second, *others = asking("checklist").stages
    stages = [
        replace(one, checklist=("Goals",), criteria=first.criteria) for one in (first, second)
    ]
    lacking = unmet(new(), replace(SALES, stages=(*stages, *others)), NEEDS, TODAY)
    assert [lack.stage for lack in lacking] == [first.name, second.name]


def test_the_checklist_of_a_stage_is_asked_for_by_the_stage_that_it_belongs_to() -> None:
    first, second, *others = asking("checklist").stages
    both = tuple(replace(one, checklist=("Goals",)) for one in (first, second))
    pipeline = replace(SALES, stages=(both[0], replace(both[1], criteria=first.criteria), *others))
    deal = new(checklist={f"{LEAD}/Goals": "ana"})
    assert [lack.stage for lack in unmet(deal, pipeline, NEEDS, TODAY)] == [second.name]


@pytest.mark.parametrize(
    "line",
    ["", "field.", "answer", "answer ", "contact", "contact boss", "rating need >= 5", "answers",
     "answers >= 100", "title", "rating need"],
)  # fmt: skip
def test_a_line_that_asks_for_nothing_there_is_is_no_criterion(line: str) -> None:
    with pytest.raises(BadInput, match="is no exit criterion"):
        parse_criterion(line)


def test_an_answer_of_no_words_and_no_rating_answers_nothing() -> None:
    deal = replace(new(), answers={"need": Answer("")})
    for line in ("answer need", "rating need >= 0", "answers >= 1"):
        assert len(unmet(deal, asking(line), QUALIFICATION, TODAY)) == 1


def test_a_gate_is_left_behind_only_forwards_and_not_by_a_loss() -> None:
    pipeline, deal = asking("value"), new(NEEDS)
    assert unmet(new(), pipeline, NEEDS, TODAY)
    assert unmet(new(), pipeline, LOST, TODAY) == ()
    assert unmet(deal, pipeline, LEAD, TODAY) == ()
    assert unmet(deal, pipeline, NEEDS, TODAY, LEAD)


@pytest.mark.parametrize("reason", ["yes", "they sign"])
def test_a_gate_is_passed_with_a_reason_of_three_letters_or_more(reason: str) -> None:
    pipeline, deal = asking("value"), new()
    target = pipeline.stage(NEEDS)
    assert pass_gate(deal, pipeline, target, TODAY, reason) == ("value is empty",)
    with pytest.raises(BadInput, match="needs a reason"):
        pass_gate(deal, pipeline, target, TODAY, reason[:2])
    with pytest.raises(GateNotMet, match="value is empty"):
        pass_gate(deal, pipeline, target, TODAY, "")


def test_no_gate_asks_for_what_is_its_owners_own() -> None:
    """Whoever is not shown it would be told that it lacks."""
    assert {"floor_value"} == PRIVATE
    assert not PRIVATE & {*FIELDS}


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        (None, "Need is unanswered"),
        (Answer("yes"), "Need is rated unknown, needs 2"),
        (Answer("yes", 0), "Need is rated 0, needs 2"),
        (Answer("yes", 1), "Need is rated 1, needs 2"),
        (Answer("", 2), None),
    ],
)
def test_a_gate_says_how_an_answer_is_rated_and_never_takes_unknown_for_0(
    answer: Answer | None, lacks: str | None
) -> None:
    deal = new(answers={} if answer is None else {"need": answer})
    found = unmet(deal, asking("rating need >= 2"), QUALIFICATION, TODAY)
    assert [one.text for one in found] == ([] if lacks is None else [lacks])


@pytest.mark.parametrize("criterion", ["answer color", "rating color >= 2"])
def test_a_stage_never_asks_for_an_answer_to_what_is_no_question(criterion: str) -> None:
    assert unmet(new(LEAD), asking(criterion), QUALIFICATION, TODAY) == ()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("value", "value"),
        ("expected_close", "close date"),
        ("field.budget code", "budget code"),
        ("answer authority", "Authority and budget answered"),
        ("rating timeline >= 2", "Timeline rated 2 or more"),
        ("answers >= 1", "1 question answered"),
        ("answers >= 4", "4 questions answered"),
        ("contact decision_maker", "a decision-maker named"),
        ("next step", "a next step with a date to come"),
        ("checklist", "the checklist ticked"),
    ],
)
def test_what_a_stage_asks_for_is_told_in_words(line: str, words: str) -> None:
    assert asked_for(parse_criterion(line), SALES) == words
