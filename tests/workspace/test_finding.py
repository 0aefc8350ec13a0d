"""A deal is meant by its number or by enough of its name, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeboard.domain.deal import Deal
from pipeboard.domain.errors import Ambiguous, NotFound
from tests.team import add, sales
from tests.verbs import Workspace


@pytest.fixture
def lumen(ana: Workspace) -> Deal:
    return add(ana)


@pytest.mark.parametrize("ref", ["1", "D-1", "d-1", " 1 ", "lumen", "packaging"])
def test_a_deal_is_meant_by_its_number_or_by_a_part_of_its_name(
    ref: str, ana: Workspace, lumen: Deal
) -> None:
    assert ana.find_deal(ref).id == lumen.id
    assert [deal.id for deal in ana.find_deals([ref, "D-1"], where="lumen")] == [lumen.id]


@pytest.mark.parametrize(
    ("ref", "hint"),
    [("lumne", "Did you mean D-1 Lumen Oy?"), ("zzzz", "Look for it.")],
)
def test_whoever_is_called_by_no_deal_is_told_the_near_one(
    ref: str, hint: str, ana: Workspace, lumen: Deal
) -> None:
    with pytest.raises(NotFound, match="No deal is called") as refused:
        ana.find_deal(ref)
    assert refused.value.hint == hint


def test_a_deal_that_was_taken_back_is_not_there(ana: Workspace, lumen: Deal) -> None:
    ana.undo()
    for ref in ("D-1", "lumen"):
        with pytest.raises(NotFound):
            ana.find_deal(ref)


@pytest.mark.parametrize(("deals", "more"), [(2, False), (5, False), (6, True)])
def test_a_name_of_several_deals_is_refused_with_five_of_them(
    deals: int, more: bool, ana: Workspace
) -> None:
    for number in range(deals):
        add(ana, f"Acme: press {number + 1}k")
    with pytest.raises(Ambiguous) as refused:
        ana.find_deal("acme")
    assert len(refused.value.details["candidates"]) == min(deals, 5)  # type: ignore[arg-type]
    assert (", …." in refused.value.message) is more


def test_where_no_deal_is_meant_that_is_said(ana: Workspace, lumen: Deal) -> None:
    with pytest.raises(NotFound, match="No deal matches 'zzzz'"):
        ana.find_deals([], where="zzzz")
    ana.archive([lumen.id])
    with pytest.raises(NotFound, match=r"No deal matches 'lumen\|zz'") as refused:
        ana.find_deals([], where="lumen|zz")
    assert refused.value.hint == "1 archived deal does: '(lumen|zz) archived' finds it."
    with pytest.raises(NotFound, match="No deal is meant"):
        ana.find_deals([])


@pytest.mark.parametrize(
    ("text", "label"),
    [("this-month", "2027-01"), ("last-month", "2026-12"), ("this-year", "2027")],
)
def test_a_period_is_that_of_the_day_here(ana: Workspace, text: str, label: str) -> None:
    new_year = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)  # 0:00 in Berlin
    assert ana.period(text, at=new_year).label == label
    before = ana.period("this-month", at=new_year - timedelta(microseconds=1))
    assert before.label == "2026-12"


def test_a_filter_is_read_by_the_weeks_and_the_business_year_of_the_workspace(
    ana: Workspace,
) -> None:
    """On a Monday in November, where the year begins in December and weeks on Sunday."""
    plain = {text: ana.parse_filter(text) for text in ("close:this-quarter", "close:this-week")}
    ana.save_settings(replace(ana.settings, fiscal_shift=-1, week_start=6))
    for text, before in plain.items():
        assert ana.parse_filter(text) != before, text


def test_the_pipeline_to_begin_with_is_that_of_the_last_change_by_anybody(
    ana: Workspace, bo: Workspace
) -> None:
    assert ana.reader.numbers.last_written_pipeline() is None
    first = add(ana)
    ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    other = ana.pipeline("Renewals")
    bo.add("Acme: press", pipeline=other)
    assert ana.reader.numbers.last_written_pipeline() == other.id
    bo.edit([first.id], {"source": "web"})
    assert ana.reader.numbers.last_written_pipeline() == first.pipeline_id
    ana.save_pipeline(replace(other, name="Renewals of 2027"))
    assert ana.reader.numbers.last_written_pipeline() == first.pipeline_id
