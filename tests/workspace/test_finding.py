"""A deal is meant by its number or by enough of its name, and never guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeboard.domain.board import Sort
from pipeboard.domain.deal import Deal, Loss
from pipeboard.domain.errors import Ambiguous, BadInput, Conflict, NotFound, Way
from pipeboard.domain.settings import Settings
from pipeboard.domain.templates import template
from pipeboard.store.reading.listing import Listing
from pipeboard.workspace.finding import check_still_found, named_pipeline, period_among
from tests.team import TODAY, add, sales
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
    assert refused.value.way is (None if ref == "lumne" else Way.FIND)


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
    with pytest.raises(NotFound, match="No deal matches 'zzzz'") as unknown:
        ana.find_deals([], where="zzzz")
    assert (unknown.value.hint, unknown.value.way) == ("Look for it.", Way.FIND)
    ana.archive([lumen.id])
    with pytest.raises(NotFound, match=r"No deal matches 'lumen\|zz'") as refused:
        ana.find_deals([], where="lumen|zz")
    assert refused.value.hint == "1 archived deal does: '(lumen|zz) archived' finds it."
    assert refused.value.way is None
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


PIPELINES = tuple(
    replace(template("needs", pipeline_name=name, currency="EUR"), id=number)
    for number, name in enumerate(("Sales", "Renewals EU", "Renewals US", "Sales EU"), 1)
)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        (None, 1),
        ("sales", 1),
        ("SALES", 1),
        ("sale", "could be Sales, Sales EU"),
        ("eu", "could be Renewals EU, Sales EU"),
        ("sales eu", 4),
        ("s eu", "could be Renewals EU, Sales EU"),
        ("renewals us", 3),
        ("renewals", "could be Renewals EU, Renewals US"),
        ("sal", "could be Sales, Sales EU"),
        ("", "There is no pipeline ''"),
        ("salse", "There is no pipeline 'salse'"),
    ],
)
def test_a_pipeline_is_meant_by_its_name_or_a_part_of_one_alone(
    name: str | None, found: int | str
) -> None:
    if isinstance(found, int):
        assert named_pipeline(PIPELINES, name).id == found
        return
    with pytest.raises((Ambiguous, NotFound), match=found) as refused:
        named_pipeline(PIPELINES, name)
    if isinstance(refused.value, Ambiguous):
        named = found.removeprefix("could be ").split(", ")
        assert refused.value.details == {"candidates": named}


@pytest.mark.parametrize(
    ("name", "hint"),
    [("salse", "Did you mean Sales?"), ("zz", "Sales, Renewals EU, Renewals US, Sales EU.")],
)
def test_a_pipeline_that_is_not_there_is_told_with_the_near_one(name: str, hint: str) -> None:
    with pytest.raises(NotFound) as refused:
        named_pipeline(PIPELINES, name)
    assert hint in refused.value.hint


@pytest.mark.parametrize("name", [None, "Sales"])
def test_without_pipelines_none_is_meant(name: str | None) -> None:
    with pytest.raises(NotFound, match="There is no pipeline yet"):
        named_pipeline((), name)


@pytest.mark.parametrize(
    ("refs", "stays", "gone"),
    [
        ([], ["Acme", "Bold", "Core"], []),
        ([], ["Acme"], ["Bold", "Core"]),
        (["bold"], ["Acme"], ["Core"]),
        (["bold", "D-3"], ["Acme"], []),
        (["acme"], [], ["Bold", "Core"]),
    ],
)
def test_deals_that_a_filter_finds_no_more_are_told_but_for_those_that_are_named(
    refs: list[str], stays: list[str], gone: list[str], ana: Workspace
) -> None:
    deals = [add(ana, f"{name}: pilot source:web") for name in ("Acme", "Bold", "Core")]
    for deal in deals:
        if deal.name not in stays:
            ana.set_fields([deal.id], ["source=fair"])
    if not gone:
        check_still_found(ana, deals, refs, "source:web")
        return
    with pytest.raises(Conflict) as refused:
        check_still_found(ana, deals, refs, "source:web")
    named = gone[0] if len(gone) == 1 else f"{len(gone)} deals ({', '.join(gone)})"
    assert f"'source:web' finds {named} no more" in refused.value.message
    assert refused.value.details["deals"] == [deal.ref for deal in deals if deal.name in gone]


def test_a_filter_finds_the_deals_of_the_pipeline_that_is_named(ana: Workspace) -> None:
    other = ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    here = add(ana, "Acme: pilot source:web")
    (there,) = ana.add("Bold: pilot source:web", pipeline=other).deals
    for pipeline, ids in ((None, [1, 2]), (sales(ana), [here.id]), (other, [there.id])):
        assert sorted(d.id for d in ana.find_deals([], "source:web", pipeline)) == ids
    with pytest.raises(Conflict, match="finds Bold no more"):
        check_still_found(ana, [here, there], [], "source:web", sales(ana))
    ana.archive([there.id])
    for pipeline, hint in ((other, "1 archived deal does"), (None, "1 archived deal does")):
        with pytest.raises(NotFound) as refused:
            ana.find_deals([], "bold", pipeline)
        assert hint in refused.value.hint
    with pytest.raises(NotFound) as refused:
        ana.find_deals([], "bold", sales(ana))
    assert refused.value.hint == "Look for it."


def test_a_deal_that_is_not_there_has_no_record(ana: Workspace, lumen: Deal) -> None:
    assert ana.record(lumen.id).deal == lumen
    with pytest.raises(NotFound):
        ana.record(99)


@pytest.mark.parametrize(
    ("text", "is_filtered"), [("", False), ("  ", False), ("open", True), (" value>1k ", True)]
)
def test_a_board_without_a_filter_is_looked_at_without_one(
    text: str, is_filtered: bool, ana: Workspace
) -> None:
    found = ana.lens(sales(ana), owner="bo", filter_text=text, sort=Sort.VALUE, reverse=True)
    assert (found.filter is not None) is is_filtered
    assert (found.pipeline_id, found.today, found.me, found.owner) == (1, TODAY, "ana", "bo")
    assert (found.sort, found.reverse) == (Sort.VALUE, True)


def test_without_a_deal_that_is_meant_the_two_ways_to_name_one_are_told(ana: Workspace) -> None:
    with pytest.raises(NotFound) as refused:
        ana.find_deals([])
    assert refused.value.hint == "Name one, or use --where with a filter."
    with pytest.raises(NotFound) as none:
        named_pipeline((), "Sales")
    assert none.value.hint == "Make one: pipeboard pipeline new Sales"


@pytest.mark.parametrize("ref", ["D-9", "9", "0"])
def test_a_number_is_never_a_part_of_a_name(ref: str, ana: Workspace) -> None:
    add(ana, "Acme 9: press")
    with pytest.raises(NotFound, match=f"There is no deal D-{ref.removeprefix('D-')}"):
        ana.find_deal(ref)


def test_of_several_deals_of_a_name_each_is_told_with_its_number_and_title(ana: Workspace) -> None:
    for title in ("press", "kiln"):
        add(ana, f"Acme: {title}")
    with pytest.raises(Ambiguous) as refused:
        ana.find_deal("acme")
    told = sorted(refused.value.message.removeprefix("'acme' could be ").strip(".").split(", "))
    assert told == ["D-1 Acme / press", "D-2 Acme / kiln"]
    assert refused.value.hint == "Name it by its number."
    assert sorted(refused.value.details["candidates"]) == ["D-1", "D-2"]  # type: ignore[call-overload]


def test_a_name_is_looked_for_in_the_pipeline_that_is_meant(ana: Workspace) -> None:
    other = ana.save_pipeline(replace(sales(ana), id=0, name="Renewals"))
    here = add(ana, "Acme: pilot")
    (there,) = ana.add("Acme: renewal", pipeline=other).deals
    assert ana.find_deal("acme", sales(ana)).id == here.id
    assert ana.find_deal("acme", other).id == there.id
    with pytest.raises(Ambiguous):
        ana.find_deal("acme")


@pytest.mark.parametrize(
    ("words", "archived", "told"),
    [
        ("won", (), ""),
        ("won", ("Won",), "1 archived deal matches too: 'won archived' finds it."),
        ("won|lost", ("Won", "Lost"), "2 archived deals match too: '(won|lost) archived' finds"),
        ("won", ("Lost",), ""),
        ("open", ("Won", "Open"), ""),
        ("won archived", ("Won",), ""),
        ("stage:won", ("Won",), "1 archived deal matches too: "),
        ("", ("Won", "Lost"), ""),
    ],
)
def test_of_what_ended_it_is_told_what_a_list_leaves_in_the_archive(
    words: str, archived: tuple[str, ...], told: str, ana: Workspace
) -> None:
    ids = {name: add(ana, f"{name}: pilot").id for name in ("Won", "Lost", "Open")}
    ana.win([ids["Won"]], override="signed")
    ana.lose([ids["Lost"]], Loss("price"))
    for name in archived:
        ana.archive([ids[name]])
    query = ana.parse_filter(words)
    listing = Listing(ana.today, ana.settings.zone, "ana", filter=query)
    said = ana.reader.left_in_archive(listing)
    assert said.startswith(told) and bool(said) == bool(told)


@pytest.mark.parametrize(
    ("shift", "week_start", "text", "first", "last"),
    [
        (0, 0, "this-year", "2026-01-01", "2026-12-31"),
        (-1, 0, "this-year", "2025-12-01", "2026-11-30"),
        (-1, 0, "this-quarter", "2026-09-01", "2026-11-30"),
        (0, 0, "this-quarter", "2026-10-01", "2026-12-31"),
        (0, 0, "this-week", "2026-11-23", "2026-11-29"),
        (0, 6, "this-week", "2026-11-22", "2026-11-28"),
        (0, 0, "this-month", "2026-11-01", "2026-11-30"),
        (-1, 6, "this-month", "2026-11-01", "2026-11-30"),
    ],
)
def test_a_period_is_of_the_weeks_and_the_business_year_of_the_workspace(
    shift: int, week_start: int, text: str, first: str, last: str, ana: Workspace
) -> None:
    ana.save_settings(replace(ana.settings, fiscal_shift=shift, week_start=week_start))
    period = ana.period(text)
    ends = period.end - timedelta(days=1)
    assert (period.start.isoformat(), ends.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("field.size:L", ["Acme"]),
        ("FIELD.SIZE:l", ["Acme"]),
        ("field.size:none", ["Bold"]),
        ("field.nothing:none", ["Acme", "Bold"]),
        ("field.nothing:x", []),
        ("field.sizes:L", "no deal has a field 'sizes'"),
        ("channel:in", ["Acme"]),
        ("channel:out", ["Bold"]),
        ("channel:up", "a channel is in or out"),
    ],
)
def test_a_field_of_ones_own_and_a_channel_are_filtered_by_what_there_is(
    words: str, found: list[str] | str, ana: Workspace
) -> None:
    first, second = add(ana, "Acme: pilot source:referral"), add(ana, "Bold: kiln source:cold-call")
    ana.set_fields([first.id], ["fields.size=L"])
    assert second.id

    def names() -> list[str]:
        query = ana.parse_filter(words)
        return sorted(deal.name for deal in ana.reader.each(query, today=ana.today))

    if isinstance(found, str):
        with pytest.raises(BadInput, match=found):
            names()
    else:
        assert names() == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lumen", ["Lumen Oy"]),
        ("lumex", ["Lumex"]),
        ("lum", ["Lumen Oy", "Lumex"]),
        ("lumes", ["Lumen Oy", "Lumex"]),
        ("lnoy", ["Lumen Oy"]),
        ("D-2", ["Lumex"]),
        ("2", ["Lumex"]),
        ("zzzz", []),
        ("", []),
    ],
)
def test_what_is_only_near_is_found_where_nothing_holds_the_text_as_it_stands(
    text: str, found: list[str], ana: Workspace
) -> None:
    for line in ("Lumen Oy: pilot", "Lumex: press", "Bold: kiln"):
        add(ana, line)
    names = [deal.name for one in ana.reader.find(text) if (deal := ana.reader.deal(one.deal_id))]
    assert sorted(names) == found


@pytest.mark.parametrize(
    ("typed", "label", "rest"),
    [
        ("2026Q3", "2026Q3", ""),
        ("2026", "2026", ""),
        ("q3", "2026Q3", ""),
        ("last quarter", "2026Q3", ""),
        ("Q3 2025", "2025Q3", ""),
        ("lumen q3-2025", "2025Q3", "lumen"),
        ("all", "all", ""),
        ("value>20k 2026-Q3 owner:ana", "2026Q3", "value>20k owner:ana"),
        ("last90d lumen", "last90d", "lumen"),
        ("this-month lumen", "2026-11", "lumen"),
        ("9nov..16nov lumen", "2026-11-09..2026-11-16", "lumen"),
    ],
)
def test_a_period_among_the_words_of_a_filter_of_numbers_is_none_of_them(
    typed: str, label: str, rest: str
) -> None:
    found = period_among(typed, TODAY, Settings())
    assert found is not None
    assert (found.period.label, found.rest) == (label, rest)
    assert sorted(f"{found.typed} {rest}".split()) == sorted(typed.split())


@pytest.mark.parametrize(
    "typed",
    [
        *("", "lumen", "lumen 2026", "all lumen", '"2026Q3"', "2026Q3|lumen", "spare-parts"),
        *("2026-13", "closed:2026Q3", "value:20k..40k", "-2026Q3 lumen"),
    ],
)
def test_what_may_be_meant_as_words_stays_a_filter(typed: str) -> None:
    assert period_among(typed, TODAY, Settings()) is None
