"""What is agreed is taken back only where nobody uses it by now: counted without a database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Refused
from pipeboard.store.projecting import Change
from pipeboard.workspace.undoing import (
    _changed_since,
    _check_name_free,
    _check_pipeline_unused,
    _check_rep_unused,
    _same,
)
from tests.domain.deciding_cases import SALES, new

PIPELINE = replace(SALES, id=1)


def desk(*, deals: int = 0, ever: Sequence[int] = (), targets: int = 0, pipelines: int = 2) -> Any:
    """A workspace in which zoe has so many deals now, and these have been in the pipeline."""
    return SimpleNamespace(
        truth=SimpleNamespace(
            agreements=SimpleNamespace(
                deals_of=lambda rep: deals, deals_ever_in=lambda stages: {*ever}
            )
        ),
        reader=SimpleNamespace(
            agreements=SimpleNamespace(targets=lambda **whose: (None,) * targets),
            pipelines=lambda: (PIPELINE, replace(SALES, id=2, name="Renewals"))[:pipelines],
        ),
    )


def of(owner: str, *, removed: bool = False, number: int = 1) -> Deal:
    return replace(new(owner=owner), id=number, removed=removed)


def change(before: Deal | None, after: Deal) -> Change:
    return Change(before, after, ())


@pytest.mark.parametrize(
    ("deals", "changes", "left"),
    [
        (0, [], 0),
        (1, [], 1),
        (1, [change(of("zoe"), of("zoe", removed=True))], 0),
        (1, [change(of("zoe"), of("ana"))], 0),
        (2, [change(of("zoe"), of("ana"))], 1),
        (1, [change(of("zoe"), of("zoe"))], 1),
        (0, [change(of("ana"), of("zoe"))], 1),
        (0, [change(of("zoe", removed=True), of("zoe"))], 1),
        (0, [change(None, of("zoe")), change(None, of("zoe"))], 2),
        (1, [change(of("ana"), of("ana", removed=True))], 1),
    ],
)
def test_a_rep_stays_while_a_deal_is_theirs_once_all_is_taken_back(
    deals: int, changes: list[Change], left: int
) -> None:
    if not left:
        _check_rep_unused(desk(deals=deals), "zoe", "It stays", changes)
        return
    told = "1 deal is" if left == 1 else f"{left} deals are"
    with pytest.raises(Refused, match=rf"^It stays: {told} zoe's\.$"):
        _check_rep_unused(desk(deals=deals), "zoe", "It stays", changes)


def test_a_rep_with_a_target_stays() -> None:
    with pytest.raises(Refused, match="zoe has a target"):
        _check_rep_unused(desk(targets=1), "zoe", "It stays", [])


@pytest.mark.parametrize(
    ("ever", "gone", "stays"),
    [
        ((), (), False),
        ((7,), (), True),
        ((7,), (7,), False),
        ((7, 8), (7,), True),
        ((), (7,), False),
    ],
)
def test_a_pipeline_stays_while_other_deals_than_those_that_go_have_been_in_it(
    ever: tuple[int, ...], gone: tuple[int, ...], stays: bool
) -> None:
    changes = [change(of("ana", number=one), of("ana", removed=True, number=one)) for one in gone]
    if stays:
        with pytest.raises(Refused, match="deals have been in Sales"):
            _check_pipeline_unused(desk(ever=ever), PIPELINE, "It stays", changes)
        return
    _check_pipeline_unused(desk(ever=ever), PIPELINE, "It stays", changes)


def test_a_deal_that_does_not_go_keeps_its_pipeline() -> None:
    stays = [change(of("ana", number=7), of("bo", number=7))]
    with pytest.raises(Refused, match="deals have been in Sales"):
        _check_pipeline_unused(desk(ever=(7,)), PIPELINE, "It stays", stays)


def test_the_only_pipeline_goes_with_no_deals_and_one_with_targets_not_at_all() -> None:
    gone = [change(of("ana"), of("ana", removed=True))]
    with pytest.raises(Refused, match="it is the only one"):
        _check_pipeline_unused(desk(pipelines=1), PIPELINE, "It stays", gone)
    _check_pipeline_unused(desk(pipelines=1), PIPELINE, "It stays", [])
    with pytest.raises(Refused, match="Sales has targets by now"):
        _check_pipeline_unused(desk(targets=1), PIPELINE, "It stays", [])


@pytest.mark.parametrize(
    ("name", "number", "free"),
    [("Sales", 1, True), ("SALES", 9, False), ("Renewals", 1, False), ("Other", 9, True)],
)
def test_a_pipeline_comes_back_under_a_name_that_no_other_has(
    name: str, number: int, free: bool
) -> None:
    wanted: dict[str, Any] = {"id": number, "name": name}
    if free:
        _check_name_free(desk(), wanted, "It stays")
        return
    with pytest.raises(Refused, match="there is another pipeline"):
        _check_name_free(desk(), wanted, "It stays")


ONE_STAGE: dict[str, Any] = {"id": 1, "name": "Talk", "retired": False, "position": 0}


def piped(*stages: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": 1, "name": "Sales", "version": 1, "stages": [*stages], **more}


@pytest.mark.parametrize(
    ("topic", "one", "other", "same"),
    [
        (Topic.TARGET, None, None, True),
        (Topic.TARGET, None, {"amount_minor": 1}, False),
        (Topic.TARGET, {"amount_minor": 1}, {"amount_minor": 1}, True),
        (Topic.TARGET, {"amount_minor": 1}, {"amount_minor": 2}, False),
        # An older log says nothing of what came later.
        (Topic.REP, {"team": "x"}, {"team": "x", "role": "", "acts_for": ""}, True),
        (Topic.REP, {"team": "x", "role": ""}, {"team": "x"}, True),
        (Topic.REP, {"team": "x"}, {"team": "x", "role": "rep"}, False),
        (Topic.REP, {}, {"active": True}, True),
        (Topic.REP, {}, {"active": False}, False),
        (Topic.SETTINGS, {"currency": "EUR"}, {"currency": "EUR", "reps_see": 0}, True),
        (Topic.SETTINGS, {"currency": "EUR"}, {"currency": "EUR", "reps_see": 1}, False),
        (Topic.FILTER, {"filter": "x"}, {"filter": "x", "more": ""}, False),
        # A pipeline without its version, and what only stays in it because it was retired.
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE, version=4), True),
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE, name="Deals"), False),
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE | {"position": 3}), True),
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE | {"name": "Call"}), False),
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE | {"retired": True}), False),
        (Topic.PIPELINE, piped(ONE_STAGE), piped(ONE_STAGE, ONE_STAGE | {"id": 2}), False),
        (
            Topic.PIPELINE,
            piped(ONE_STAGE),
            piped(ONE_STAGE, ONE_STAGE | {"id": 2, "retired": True}),
            True,
        ),
    ],
)
def test_what_is_agreed_stands_as_it_was_left_whatever_came_to_it_later(
    topic: Topic, one: Any, other: Any, same: bool
) -> None:
    agreement = Agreement(topic, ("x",), None, None)
    assert _same(agreement, one, other) is same
    assert _same(agreement, other, one) is same


@pytest.mark.parametrize(
    ("check", "said", "hint"),
    [
        (
            lambda: _check_rep_unused(desk(deals=1), "zoe", "It stays", []),
            "It stays: 1 deal is zoe's.",
            "Assign them first.",
        ),
        (
            lambda: _check_rep_unused(desk(targets=1), "zoe", "It stays", []),
            "It stays: zoe has a target.",
            "Take the target away first.",
        ),
        (
            lambda: _check_name_free(desk(), {"id": 9, "name": "renewals"}, "It stays"),
            "It stays: there is another pipeline Renewals by now.",
            "Rename that one first: pipeboard pipeline edit Renewals",
        ),
        (
            lambda: _check_pipeline_unused(desk(ever=(7,)), PIPELINE, "It stays", []),
            "It stays: deals have been in Sales.",
            "Move or archive them; the pipeline stays for their history.",
        ),
        (
            lambda: _check_pipeline_unused(
                desk(pipelines=1), PIPELINE, "It stays", [change(None, of("ana"))]
            ),
            "It stays: it is the only one.",
            "Rename or change it as you like.",
        ),
        (
            lambda: _check_pipeline_unused(desk(targets=1), PIPELINE, "It stays", []),
            "It stays: Sales has targets by now.",
            "Take them away first.",
        ),
    ],
)
def test_what_stays_is_told_with_what_to_do_about_it(
    check: Callable[[], None], said: str, hint: str
) -> None:
    with pytest.raises(Refused) as refused:
        check()
    assert (refused.value.message, refused.value.hint) == (said, hint)


@pytest.mark.parametrize(
    ("after", "now", "what"),
    [
        ({"numerator": 1, "denominator": 2}, {"numerator": 3, "denominator": 2}, " (numerator)"),
        ({"numerator": 1, "denominator": 2}, {"numerator": 1, "denominator": 2}, ""),
    ],
)
def test_what_has_changed_in_a_way_that_nobody_wrote_down_is_told_without_a_name(
    after: Any, now: Any, what: str
) -> None:
    earlier = SimpleNamespace(seq=7)
    service: Any = SimpleNamespace(
        reader=SimpleNamespace(
            agreements=SimpleNamespace(entries=lambda of, limit: (earlier,)),
        )
    )
    done = Agreement(Topic.RATE, ("USD", "2026-11-23"), None, after)
    error = _changed_since(service, done, now, 7, "It stays")
    assert error.message == f"It stays: the rate of USD from 2026-11-23 has changed since{what}."
    assert error.hint == "See 'pipeboard history'."
