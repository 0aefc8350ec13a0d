"""What a pipeline must be like, and two edits of one put together, field by field."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest

from pipeboard.domain.criteria import parse_criterion
from pipeboard.domain.errors import BadInput, NotFound, Refused
from pipeboard.domain.pipeline import Category, Factor, Pipeline, Question, Stage, StageKind, Trait
from pipeboard.domain.pipeline_rules import (
    check_pipeline,
    clean_pipeline,
    merge,
    same,
    with_retired,
)

WON, LOST = Stage(8, "Won", StageKind.WON), Stage(9, "Lost", StageKind.LOST)
NEED, TIME = Question("need", "Need", "What hurts?"), Question("time", "Time", "By when?")
OWN = Pipeline(
    1,
    "Own",
    "EUR",
    (Stage(1, "Lead"), Stage(2, "Demo"), Stage(3, "Offer"), WON, LOST),
    (NEED, TIME),
)
ANOTHER: dict[str, Any] = {
    "name": "Other", "kind": StageKind.OPEN, "probability_bp": 1_234, "outcome": "They said so.",
    "expected_days": 5, "idle_days": 6, "qualified": True, "marketing_qualified": True,
    "category": Category.BEST,
    "criteria": (parse_criterion("value"),), "checklist": ("Ask",), "playbook": "Listen.",
    "next_step": "call", "retired": True,
    "label": "Why", "ask": "Why now?", "why": "It shows.", "good": "A day.",
    "proves": (Factor.NEED,),
}  # fmt: skip
"""Another value for each field of a stage or a question but its id or key."""


def with_stage(number: int, **values: Any) -> Pipeline:
    stages = tuple(replace(s, **values) if s.id == number else s for s in OWN.stages)
    return replace(OWN, stages=stages)


def with_question(which: str, **values: Any) -> Pipeline:
    asked = tuple(replace(q, **values) if q.key == which else q for q in OWN.questions)
    return replace(OWN, questions=asked)


def fields_of(part: type, *but: str) -> list[str]:
    return [field.name for field in fields(part) if field.name not in but]


def texts_of(part: Any) -> list[str]:
    values = [getattr(part, field.name) for field in fields(part)]
    flat = [one for value in values for one in (value if isinstance(value, tuple) else (value,))]
    return [one for one in flat if type(one) is str]


def test_every_text_of_a_pipeline_is_safe_to_show() -> None:
    dirty = " A\x1b[2J \tb\u202e "

    def spoilt(part: Any) -> Any:
        texts = {
            field.name: (dirty,) if field.name == "checklist" else dirty
            for field in fields(part)
            if type(getattr(part, field.name)) is str or field.name == "checklist"
        }
        return replace(part, **texts)

    pipeline = replace(
        OWN,
        name=dirty,
        stages=tuple(map(spoilt, OWN.stages)),
        questions=tuple(map(spoilt, OWN.questions)),
    )
    cleaned = clean_pipeline(pipeline)
    found = [cleaned.name] + [t for p in (*cleaned.stages, *cleaned.questions) for t in texts_of(p)]
    assert len(found) == 1 + 5 * 5 + 5 * 2
    assert not {"\x1b", "\u202e"} & set("".join(found))
    assert "A[2J" in cleaned.name and cleaned.name == cleaned.name.strip()


def test_a_text_of_a_pipeline_that_is_too_long_is_named() -> None:
    long = "x" * 100_000
    tried = {
        "pipeline": replace(OWN, name=long),
        "stage": with_stage(1, name=long),
        "outcome of a stage": with_stage(1, outcome=long),
        "checklist item": with_stage(1, checklist=("Call", long)),
        "playbook": with_stage(1, playbook=long),
        "next step": with_stage(1, next_step=long),
        "key of a question": with_question("need", key=long),
        "label": with_question("need", label=long),
        "question": with_question("need", ask=long),
        "why of a question": with_question("need", why=long),
        "good answer": with_question("need", good=long),
    }
    for field, pipeline in tried.items():
        with pytest.raises(BadInput) as told:
            clean_pipeline(pipeline)
        assert told.value.message.startswith(f"The {field} is too long")


def stages(*kinds: StageKind) -> Pipeline:
    made = (Stage(number, f"Stage {number}", kind) for number, kind in enumerate(kinds, 1))
    return replace(OWN, stages=tuple(made))


@pytest.mark.parametrize(
    ("pipeline", "said"),
    [
        (replace(OWN, name=""), "needs a name"),
        (stages(StageKind.WON, StageKind.LOST), "at least one open stage"),
        (replace(OWN, stages=(replace(OWN.stages[0], retired=True), WON, LOST)), "one open stage"),
        (stages(StageKind.OPEN, StageKind.LOST), "one of kind lost"),
        (stages(StageKind.OPEN, StageKind.WON), "one of kind lost"),
        (stages(StageKind.OPEN, StageKind.WON, StageKind.WON, StageKind.LOST), "one of kind lost"),
        (stages(StageKind.OPEN, StageKind.WON, StageKind.LOST, StageKind.LOST), "one of kind lost"),
        (stages(*[StageKind.OPEN] * (39), StageKind.WON, StageKind.LOST), "at most"),
        (with_stage(2, name="LEAD"), "a name of its own: 'Lead' stands twice."),
        (with_stage(2, name=""), "a name of its own."),
        (with_stage(2, criteria=(parse_criterion("answer tme"),)), "which is no question"),
        (with_stage(2, criteria=(parse_criterion("rating tme >= 2"),)), "which is no question"),
    ],
)
def test_a_pipeline_that_nobody_can_work_in_is_refused(pipeline: Pipeline, said: str) -> None:
    with pytest.raises(BadInput, match=said) as told:
        check_pipeline(pipeline, ())
    if "no question" in said:
        assert "time" in told.value.hint


def test_a_pipeline_to_work_in_is_let_through() -> None:
    most = stages(*[StageKind.OPEN] * (38), StageKind.WON, StageKind.LOST)
    retired = (parse_criterion("answer gone"),)
    for pipeline in (
        OWN,
        most,
        with_stage(2, name="Lead", retired=True),
        with_stage(2, criteria=retired, retired=True),
        with_stage(2, criteria=(parse_criterion("answer time"), parse_criterion("value"))),
    ):
        check_pipeline(pipeline, (OWN, replace(OWN, id=2, name="Else")))


def test_a_name_is_one_pipelines_alone_however_it_is_written() -> None:
    with pytest.raises(Refused, match="'OWN' already"):
        check_pipeline(replace(OWN, id=0, name="OWN"), (OWN,))


# Two edits of one pipeline.


@pytest.mark.parametrize("name", fields_of(Stage, "id"))
def test_what_one_side_changed_of_a_stage_stands(name: str) -> None:
    one = with_stage(2, **{name: ANOTHER[name]}) if name != "kind" else OWN
    for mine, theirs in ((one, OWN), (OWN, one), (one, one)):
        found = merge(OWN, mine, theirs)
        assert same(found.pipeline, one)
        assert found.differences == ()
        assert bool(found.taken) is (theirs is one and mine is not one)


def test_two_edits_of_the_ideal_customer_are_merged_trait_by_trait() -> None:
    size, web = Trait("field.size", ("1..9",)), Trait("source", ("web",))
    base = replace(OWN, traits=(size,))
    mine = replace(OWN, traits=(size, web))
    theirs = replace(OWN, traits=(replace(size, weight=2),))
    found = merge(base, mine, theirs)
    assert found.pipeline.traits == (replace(size, weight=2), web)
    assert (found.taken, found.differences) == (("weight of size",), ())
    (difference,) = merge(base, replace(OWN, traits=(replace(size, weight=3),)), theirs).differences
    assert (difference.label, difference.theirs, difference.mine) == ("weight of size", "2", "3")
    assert not same(base, mine)
    with pytest.raises(BadInput, match="sauce"):
        check_pipeline(replace(OWN, traits=(Trait("sauce", ("x",)),)), ())


THIRD: dict[str, Any] = {
    "name": "Third", "probability_bp": 99, "outcome": "Another.", "expected_days": 99,
    "idle_days": 99, "category": Category.COMMIT, "criteria": (parse_criterion("next step"),),
    "checklist": ("Tell",), "playbook": "Talk.", "next_step": "mail",
}  # fmt: skip


@pytest.mark.parametrize("name", THIRD)
def test_what_both_changed_of_a_stage_differently_is_a_difference(name: str) -> None:
    assert {*THIRD, "qualified", "marketing_qualified", "retired"} == set(
        fields_of(Stage, "id", "kind")
    )
    mine, theirs = (with_stage(2, **{name: values[name]}) for values in (ANOTHER, THIRD))
    found = merge(OWN, mine, theirs)
    (difference,) = found.differences
    assert difference.field == name
    assert difference.label.endswith(" of Third" if name == "name" else " of Demo")
    assert found.taken == ()


@pytest.mark.parametrize("name", fields_of(Question, "key"))
def test_what_one_side_changed_of_a_question_stands(name: str) -> None:
    one = with_question("time", **{name: ANOTHER[name]})
    for mine, theirs in ((one, OWN), (OWN, one), (one, one)):
        found = merge(OWN, mine, theirs)
        assert same(found.pipeline, one)
        assert found.differences == ()


def _with(**values: Any) -> Pipeline:
    return replace(OWN, **values)


@pytest.mark.parametrize(("name", "value"), [("name", "Else"), ("currency", "USD")])
def test_what_one_side_changed_of_the_pipeline_itself_stands(name: str, value: str) -> None:
    one, third = (_with(**{name: found}) for found in (value, "CHF"))
    for mine, theirs in ((one, OWN), (OWN, one), (one, one)):
        found = merge(OWN, mine, theirs)
        assert same(found.pipeline, one)
        assert found.differences == ()
    (difference,) = merge(OWN, one, third).differences
    assert (difference.field, difference.before, difference.theirs, difference.mine) == (
        name, getattr(OWN, name), "CHF", value,
    )  # fmt: skip


def names(pipeline: Pipeline) -> list[str]:
    return [stage.name for stage in pipeline.stages]


def with_order(*order: int, **more: Any) -> Pipeline:
    by_id = {stage.id: stage for stage in OWN.stages}
    return replace(OWN, stages=tuple(by_id[one] for one in order), **more)


def test_an_order_stands_as_the_one_that_changed_it_has_it() -> None:
    turned = with_order(2, 1, 3, 8, 9)
    for mine, theirs in ((turned, OWN), (OWN, turned), (turned, turned)):
        found = merge(OWN, mine, theirs)
        assert (names(found.pipeline)[:2], found.differences) == (["Demo", "Lead"], ())
    (difference,) = merge(OWN, turned, with_order(1, 3, 2, 8, 9)).differences
    assert difference.field == "order"
    away = replace(turned, stages=(replace(turned.stages[0], retired=True), *turned.stages[1:]))
    found = merge(OWN, away, with_order(1, 3, 2, 8, 9))
    assert found.differences == ()  # where what is retired stands is no matter


def test_a_stage_of_the_other_stands_behind_its_own_in_another_order() -> None:
    turned, trial = with_order(2, 1, 3, 8, 9), Stage(7, "Trial")
    for place, expected in ((0, "Trial Demo Lead"), (1, "Demo Lead Trial"), (2, "Demo Trial Lead")):
        put_in = replace(OWN, stages=(*OWN.stages[:place], trial, *OWN.stages[place:]))
        assert " ".join(names(merge(OWN, turned, put_in).pipeline)[:3]) == expected


def test_a_stage_that_one_side_put_in_comes_behind_the_one_that_it_stood_behind() -> None:
    new = Stage(0, "Trial")
    for place, expected in ((0, "Trial Lead Demo"), (1, "Lead Trial Demo"), (2, "Lead Demo Trial")):
        put_in = (*OWN.stages[:place], new, *OWN.stages[place:])
        found = merge(OWN, replace(OWN, stages=put_in), OWN)
        assert " ".join(names(found.pipeline)[:3]) == expected
        stored = tuple(replace(stage, id=stage.id or 7) for stage in put_in)
        found = merge(OWN, OWN, replace(OWN, stages=stored))
        assert " ".join(names(found.pipeline)[:3]) == expected
        assert found.taken == ("Trial",)


def test_a_new_stage_stands_where_it_was_put_though_the_other_took_the_next_one_away() -> None:
    put_in = replace(OWN, stages=(OWN.stages[0], Stage(0, "Trial"), *OWN.stages[1:]))
    found = merge(OWN, put_in, with_order(1, 3, 8, 9))
    assert names(found.pipeline) == [
        stage.name for stage in put_in.stages if stage is not OWN.stages[1]
    ]
    assert (found.taken, found.differences) == (("without Demo",), ())


def test_a_question_that_both_put_in_is_one_and_what_they_ask_otherwise_a_difference() -> None:
    new = Question("stake", "Stake", "What is at stake?")
    both = replace(OWN, questions=(*OWN.questions, new))
    found = merge(OWN, both, both)
    assert (found.pipeline.questions, found.taken, found.differences) == (both.questions, (), ())
    other = replace(OWN, questions=(*OWN.questions, replace(new, ask="Who gains?")))
    for mine, theirs in ((both, OWN), (OWN, both)):
        found = merge(OWN, mine, theirs)
        assert found.taken == (("Stake",) if theirs is both else ())
        assert found.pipeline.questions == both.questions
    found = merge(OWN, both, other)
    (difference,) = found.differences
    assert (difference.label, difference.before, difference.theirs, difference.mine) == (
        "ask of Stake", "", "Who gains?", "What is at stake?",
    )  # fmt: skip
    assert found.taken == ()


def test_what_one_side_took_away_goes_unless_the_other_changed_it() -> None:
    without = with_order(1, 3, 8, 9)
    for mine, theirs in ((without, OWN), (OWN, without), (without, without)):
        found = merge(OWN, mine, theirs)
        assert names(found.pipeline) == ["Lead", "Offer", "Won", "Lost"]
        assert found.differences == ()
    assert merge(OWN, OWN, without).taken == ("without Demo",)
    changed = with_stage(2, outcome="They came.")
    for mine, theirs, said in (
        (without, changed, ("Demo", "changed", "")),
        (changed, without, ("Demo", "", "changed")),
    ):
        (difference,) = merge(OWN, mine, theirs).differences
        assert (difference.before, difference.theirs, difference.mine) == said


def test_pipelines_agree_whatever_their_version_and_number() -> None:
    assert same(OWN, replace(OWN, version=9, id=4))
    for other in (
        replace(OWN, name="x"),
        replace(OWN, currency="USD"),
        with_stage(1, outcome="x"),
        with_question("need", why="x"),
    ):
        assert not same(OWN, other)


def test_a_question_is_meant_by_its_number_its_key_or_what_it_proves() -> None:
    asked = (replace(NEED, proves=(Factor.NEED,)), replace(TIME, proves=(Factor.TIMELINE,)),
             Question("need2", "More", "And?", proves=(Factor.TIMELINE, Factor.FIT)))  # fmt: skip
    pipeline = replace(OWN, questions=asked)
    for number, question in enumerate(asked, 1):
        assert pipeline.question(str(number)) is question
        assert (
            pipeline.question(question.key) is pipeline.question(question.key.upper()) is question
        )
    assert pipeline.question("timeline") is asked[1]
    assert pipeline.question("fit") is asked[2]
    for unknown in ("0", "4", "budget", ""):
        assert pipeline.question(unknown) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("1", "Lead"), ("3", "Lead Demo"), ("5", "Lost"), ("lead", "Lead"), ("LEAD d", "Lead Demo"),
        ("won", "Won"), ("o", "Offer"), ("fer", "Offer"),
        ("le", None), ("d", None), ("de", "Lead Demo"), ("6", None), ("0", None),
        ("gone", None), ("", None),
    ],
)  # fmt: skip
def test_a_stage_is_meant_by_its_number_its_name_or_part_of_it(
    text: str, found: str | None
) -> None:
    """Of those in use; the whole name before its beginning, and that before any part."""
    stages = (
        Stage(1, "Lead"), Stage(2, "Gone", retired=True), Stage(4, "Offer"), Stage(3, "Lead Demo"),
        WON, LOST,
    )  # fmt: skip
    pipeline = replace(OWN, stages=stages)
    if found is None:
        with pytest.raises(NotFound):
            pipeline.find_stage(text)
    else:
        assert pipeline.find_stage(text).name == found


def test_stages_have_their_neighbours_and_what_lies_between() -> None:
    retired = with_stage(2, retired=True)
    ids = {1: 0, 2: 1, 3: 2, 8: 3, 9: 4}
    assert {stage.id: OWN.position(stage.id) for stage in OWN.stages} == ids

    def beside(pipeline: Pipeline, stage_id: int, step: int) -> int | None:
        found = pipeline.neighbour(stage_id, step)
        return None if found is None else found.id

    assert [beside(OWN, one, 1) for one in (1, 2, 3)] == [2, 3, None]
    assert [beside(OWN, one, -1) for one in (1, 2, 3)] == [None, 1, 2]
    assert (beside(OWN, 1, 2), beside(OWN, 3, -2), beside(OWN, 1, 3)) == (3, 1, None)
    assert (beside(retired, 1, 1), beside(retired, 3, -1)) == (3, 1)
    assert (beside(retired, 2, 1), beside(retired, 2, -1)) == (3, 1)
    twice = replace(
        retired, stages=tuple(replace(s, retired=s.id in (2, 3)) for s in retired.stages)
    )
    assert [beside(twice, 2, step) for step in (1, -1)] == [None, 1]
    assert [beside(twice, 3, step) for step in (1, -1, -2)] == [None, 1, None]

    def between(pipeline: Pipeline, start: int, target: int) -> list[int]:
        return [stage.id for stage in pipeline.stages_between(start, target)]

    assert between(OWN, 1, 3) == [1, 2]
    assert between(OWN, 1, 8) == between(OWN, 1, 9) == [1, 2, 3]
    assert between(OWN, 3, 1) == between(OWN, 2, 2) == []
    assert between(retired, 1, 8) == [1, 3]
    assert between(retired, 2, 8) == [2, 3]
    assert [stage.id for stage in retired.open_stages] == [1, 3]
    assert (OWN.won.id, OWN.lost.id) == (8, 9)


def test_a_deal_is_qualified_from_the_first_stage_that_says_so_and_by_a_win() -> None:
    pipeline = with_stage(2, qualified=True)
    assert [one.id for one in pipeline.stages if pipeline.is_qualified_at(one.id)] == [2, 3, 8]
    assert not any(OWN.is_qualified_at(stage.id) for stage in OWN.stages)


def test_a_retired_stage_moves_no_bar() -> None:
    """Deals qualify from the first stage in use that says so, and by a retired one that did."""

    def qualifying(*flags: str) -> list[int]:
        stages = tuple(
            replace(stage, qualified="q" in flag, retired="r" in flag)
            for stage, flag in zip(OWN.stages[:3], flags, strict=True)
        )
        return sorted(replace(OWN, stages=(*stages, WON, LOST)).qualifying)

    assert qualifying("", "", "") == qualifying("", "r", "") == []
    assert qualifying("", "q", "") == qualifying("", "q", "r") == [2, 3, 8]
    assert qualifying("qr", "", "q") == [1, 3, 8]
    assert qualifying("r", "q", "") == [2, 3, 8]
    assert qualifying("", "qr", "") == [2, 8]


@pytest.mark.parametrize(
    ("left", "gone", "order"),
    [
        ((1, 3), (2,), (1, 2, 3)),
        ((2, 3), (1,), (1, 2, 3)),
        ((1, 2), (3,), (1, 2, 3)),
        ((2,), (1, 3), (1, 2, 3)),
        ((1,), (3, 2), (1, 2, 3)),
        ((3, 1), (2,), (3, 1, 2)),
        ((3, 2), (1,), (1, 3, 2)),
        ((2, 1), (3,), (2, 3, 1)),
    ],
)
def test_a_stage_is_retired_at_its_place(
    left: tuple[int, ...], gone: tuple[int, ...], order: tuple[int, ...]
) -> None:
    """Behind the nearest stage of those it followed, wherever that stands now."""
    stages = tuple(OWN.stage(one) for one in (*left, 8, 9))
    retired = [replace(OWN.stage(one), retired=True) for one in gone]
    whole = with_retired(replace(OWN, stages=stages), retired, OWN.stages)
    assert [stage.id for stage in whole.stages] == [*order, 8, 9]
    assert {stage.id for stage in whole.stages if stage.retired} == set(gone)


@pytest.mark.parametrize(
    ("place", "expected"),
    [(0, "Trial Demo Lead Offer"), (1, "Demo Trial Lead Offer"), (2, "Demo Lead Trial Offer")],
)
def test_a_new_stage_in_another_order_is_there_once(place: int, expected: str) -> None:
    turned = with_order(2, 1, 3, 8, 9)
    put_in = (*turned.stages[:place], Stage(0, "Trial"), *turned.stages[place:])
    found = merge(OWN, replace(OWN, stages=put_in), OWN)
    assert names(found.pipeline) == [*expected.split(), "Won", "Lost"]
    assert (found.taken, found.differences) == ((), ())


def test_a_stage_and_a_question_of_which_no_more_is_said_ask_and_limit_nothing() -> None:
    stage = Stage(1, "Lead")
    assert (stage.kind, stage.category, stage.qualified, stage.retired) == (
        "open", "pipeline", False, False,
    )  # fmt: skip
    assert (stage.probability_bp, stage.expected_days, stage.idle_days) == (None, None, None)
    assert (stage.criteria, stage.checklist) == ((), ())
    assert (stage.outcome, stage.playbook, stage.next_step) == ("", "", "")
    question = Question("need", "Need", "What for?")
    assert (question.why, question.good, question.proves) == ("", "", ())
    assert (Pipeline(1, "Own", "EUR", ()).questions, Pipeline(1, "Own", "EUR", ()).version) == (
        (),
        1,
    )


def test_what_i_took_away_myself_was_taken_from_nobody() -> None:
    without = with_order(1, 3, 8, 9)
    for theirs in (OWN, without):
        found = merge(OWN, without, theirs)
        assert (names(found.pipeline), found.taken) == (names(without), ())
        assert found.differences == ()
