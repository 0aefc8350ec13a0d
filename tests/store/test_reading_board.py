"""The board read by SQL, held against the same board worked out over deals in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.domain.agreements import Agreement, Topic
from pipeboard.domain.board import Lens, Signs, Sort
from pipeboard.domain.dates import local_date, start_of_day
from pipeboard.domain.deal import Deal, NextStep, Status
from pipeboard.domain.events import Kind, change_to, evolve
from pipeboard.domain.filter_nodes import Compare, Or, State
from pipeboard.domain.money import Money, half_up
from pipeboard.domain.pipeline import Pipeline
from pipeboard.domain.signs import Sign, clocks, limits, overstays, sign
from pipeboard.store import Store
from pipeboard.store.projecting import Change
from pipeboard.store.reading.listing import Listing
from pipeboard.store.writing import Done
from tests.store.conftest import Crowd
from tests.store.made_up import NOW, TODAY, ZONE, deal, lens, pipelines, store_with
from tests.store.oracle import order_in_column, shown

EVERYTHING = Or((State("archived"), Compare("q", ">=", 0)))
lenses = st.builds(
    lens,
    st.sampled_from((None, None, EVERYTHING, Compare("value", ">", Money(2_000_000, "EUR")))),
    pipeline_id=st.sampled_from((1, 2)),
    owner=st.sampled_from((None, "ana", "")),
    sort=st.sampled_from(Sort),
    reverse=st.booleans(),
)


def _under(look: Lens, crowd: Crowd) -> list[Deal]:
    root = look.filter.root if look.filter else None
    return [
        one
        for one in crowd.deals
        if one.pipeline_id == look.pipeline_id
        and look.owner in (None, one.owner)
        and shown(one, root, crowd.pipeline(one), "", "")
    ]


def _pipeline(look: Lens) -> Pipeline:
    return next(pipeline for pipeline in pipelines() if pipeline.id == look.pipeline_id)


def _sums(deals: Iterable[Deal]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for value in (one.value for one in deals):
        if value is not None:
            sums[value.currency] = sums.get(value.currency, 0) + value.minor
    return sums


@settings(max_examples=80)
@given(lenses)
def test_columns_hold_what_their_deals_come_to(crowd: Crowd, look: Lens) -> None:
    board, deals = crowd.reader.board(look), _under(look, crowd)
    for column in board.columns:
        here = [one for one in deals if one.stage_id == column.stage.id]
        assert column.count == len(here)
        assert {money.currency: money.minor for money in column.sums} == _sums(here)
    in_work = [one for one in deals if board.pipeline.stage(one.stage_id).is_open]
    assert board.open_count == board.matching == len(in_work)
    assert {money.currency: money.minor for money in board.open_sums} == _sums(in_work)
    live = _under(replace(look, filter=None), crowd)
    assert board.total == sum(board.pipeline.stage(one.stage_id).is_open for one in live)


@settings(max_examples=40)
@given(lenses)
def test_weighted_sums_are_rounded_once_a_currency(crowd: Crowd, look: Lens) -> None:
    board = crowd.reader.board(look)
    for column in board.columns:
        exact: dict[str, Fraction] = {}
        for one in _under(look, crowd):
            chance = one.effective_probability_bp(board.pipeline)
            if one.stage_id == column.stage.id and one.value is not None and chance is not None:
                part = Fraction(one.value.minor * chance, 10_000)
                exact[one.value.currency] = exact.get(one.value.currency, Fraction(0)) + part
        expected = {code: half_up(amount) for code, amount in exact.items()}
        if not column.stage.is_open:
            assert column.weighted == ()
        else:
            shown_sums = {money.currency: money.minor for money in column.weighted}
            assert {code: minor for code, minor in shown_sums.items() if minor} == {
                code: minor for code, minor in expected.items() if minor
            }


def test_three_deals_of_one_cent_at_half_come_to_two(tmp_path: Path) -> None:
    deals = [deal(n, value=Money(1, "EUR"), probability_bp=5_000) for n in (1, 2, 3)]
    store = store_with(tmp_path / "deals.db", deals)
    assert store.reader.board(lens()).open_weighted == (Money(2, "EUR"),)
    store.close()


@pytest.mark.parametrize("filtered", [None, Compare("value", ">=", Money(0, "EUR"))])
@pytest.mark.parametrize(
    ("of_stage", "by_hand", "expected"),
    [
        (None, None, ()),  # nobody knows, which is not 0
        (None, 5_000, (Money(500, "EUR"),)),
        (2_000, None, (Money(400, "EUR"),)),
        (2_000, 5_000, (Money(700, "EUR"),)),
        (0, None, (Money(0, "EUR"),)),
        (2_000, 0, (Money(200, "EUR"),)),
    ],
)
def test_a_column_comes_to_what_is_known_of_its_chances(
    of_stage: int | None,
    by_hand: int | None,
    expected: tuple[Money, ...],
    filtered: Compare | None,
    tmp_path: Path,
) -> None:
    """One deal as its stage has it, and one by hand where that is said."""
    store = store_with(
        tmp_path / "deals.db",
        [deal(1, value=Money(1_000, "EUR")),
         deal(2, value=Money(1_000, "EUR"), probability_bp=by_hand)],
    )  # fmt: skip
    first, *others = pipelines()[0].stages
    stages = (replace(first, probability_bp=of_stage), *others)
    changed = replace(pipelines()[0], stages=stages, version=2)
    store.write(lambda writer: writer.save_pipeline(changed, NOW, "ana"))
    assert store.reader.board(lens(filtered)).columns[0].weighted == expected
    store.close()


def test_the_currency_of_most_deals_comes_first(crowd: Crowd) -> None:
    for column in crowd.reader.board(lens()).columns:
        live = [one for one in _under(lens(), crowd) if one.stage_id == column.stage.id]
        counts = [
            sum(one.value is not None and one.value.currency == money.currency for one in live)
            for money in column.sums
        ]
        assert counts == sorted(counts, reverse=True)


def test_columns_are_the_open_stages_then_won_then_lost(crowd: Crowd) -> None:
    names = [column.stage.name for column in crowd.reader.board(lens()).columns]
    assert names[-2:] == ["Won", "Lost"]
    assert "Old trial" in names
    assert names[:2] == [stage.name for stage in pipelines()[0].stages[:2]]


def test_what_a_stage_held_once_is_no_sum_of_it(tmp_path: Path) -> None:
    store = store_with(tmp_path / "deals.db", [deal(1, value=Money(1_000, "EUR"))])
    before = store.reader.deal(1)
    assert before is not None
    event = change_to(before, Kind.EDITED, NOW, {"value": Money(7, "USD")})
    done = Done("usd", NOW, "ana", "", "set", "Set.")
    change = Change(before, evolve(before, event), (event,))
    store.write(lambda writer: writer.record(done, [change]))
    assert store.reader.board(lens()).columns[0].sums == (Money(7, "USD"),)
    store.close()


def test_a_retired_stage_is_left_out_when_it_is_empty(tmp_path: Path) -> None:
    store = store_with(tmp_path / "deals.db", [deal(1)])
    names = [column.stage.name for column in store.reader.board(lens()).columns]
    assert "Old trial" not in names
    store.close()


def test_owners_of_live_deals_are_listed_once(crowd: Crowd) -> None:
    assert crowd.reader.board(lens()).owners == ("Bo", "ana")


_KEYS: dict[Sort, Callable[[Deal], tuple[object, ...]]] = {
    Sort.MANUAL: lambda one: (one.rank, one.id),
    Sort.VALUE: lambda one: (one.value.minor if one.value else None, one.id),
    Sort.NEXT_STEP: lambda one: (one.next_step.due if one.next_step else None, one.id),
    Sort.AGE: lambda one: (one.stage_entered_at, one.id),
    Sort.CLOSE: lambda one: (one.expected_close, one.id),
    Sort.UPDATED: lambda one: (0, one.id),
}
_LARGEST_FIRST = (Sort.VALUE, Sort.UPDATED)


@settings(max_examples=120)
@given(lenses, st.integers(0, 12), st.integers(1, 9))
def test_windows_are_pieces_of_one_order(crowd: Crowd, look: Lens, offset: int, most: int) -> None:
    for stage in _pipeline(look).stages:
        column = [card.id for card in crowd.reader.window(look, stage.id, 0, 1_000)]
        here = [one for one in _under(look, crowd) if one.stage_id == stage.id]
        assert sorted(column) == [one.id for one in here]
        if look.sort in _KEYS:
            assert column == _ordered(here, look)
        piece = crowd.reader.window(look, stage.id, offset, most)
        assert [card.id for card in piece] == column[offset : offset + most]


def _ordered(deals: list[Deal], look: Lens) -> list[int]:
    key = _KEYS[look.sort]
    known = [one for one in deals if key(one)[0] is not None]
    unknown = [one for one in deals if key(one)[0] is None]
    backwards = (look.sort in _LARGEST_FIRST) != look.reverse
    return [
        one.id
        for part in (known, unknown)
        for one in sorted(
            part,
            key=lambda one: (key(one)[0] or 0, one.id) if part is known else one.id,
            reverse=backwards,
        )
    ]


@settings(max_examples=60)
@given(lenses)
def test_a_deal_stands_where_its_column_shows_it(crowd: Crowd, look: Lens) -> None:
    under = {one.id for one in _under(look, crowd)}
    for one in crowd.deals[:60]:
        place = crowd.reader.place(look, one.id)
        assert (place is not None) == (one.id in under)
        if place is not None:
            stage_id, index = place
            assert stage_id == one.stage_id
            assert [card.id for card in crowd.reader.window(look, stage_id, index, 1)] == [one.id]


@settings(max_examples=60)
@given(lenses)
def test_what_needs_somebody_comes_in_the_order_of_the_queue(crowd: Crowd, look: Lens) -> None:
    look = replace(look, sort=Sort.NEEDS, reverse=False)
    known = {one.id: one for one in crowd.deals}
    listing = Listing(TODAY, ZONE, look.me, look.pipeline_id, look.owner)
    day = crowd.reader.day(listing).day
    for stage in _pipeline(look).stages:
        found = [known[card.id] for card in crowd.reader.window(look, stage.id, 0, 1_000)]
        wanted = sorted(found, key=lambda one: order_in_column(one, _pipeline(look), day))
        assert [one.id for one in found] == [one.id for one in wanted]


@settings(max_examples=8)
@given(lenses)
def test_the_queue_turned_round_begins_with_what_needs_nobody(crowd: Crowd, look: Lens) -> None:
    known = {one.id: one for one in crowd.deals}
    day = crowd.reader.day(Listing(TODAY, ZONE, look.me, look.pipeline_id, look.owner)).day
    for stage in _pipeline(look).stages:
        tiers = {}
        for reverse in (False, True):
            under = replace(look, sort=Sort.NEEDS, reverse=reverse)
            found = [known[card.id] for card in crowd.reader.window(under, stage.id, 0, 1_000)]
            tiers[reverse] = [order_in_column(one, _pipeline(look), day)[0] for one in found]
        assert tiers[True] == tiers[False][::-1]


def test_names_are_in_order_whatever_their_case(tmp_path: Path) -> None:
    titles = ("beta", "Alpha", "alpine", "Gamma")
    store = store_with(
        tmp_path / "deals.db", [deal(n, title=title) for n, title in enumerate(titles, 1)]
    )
    cards = store.reader.window(lens(sort=Sort.NAME), 1, 0, 9)
    assert [card.name for card in cards] == ["Alpha", "alpine", "beta", "Gamma"]
    store.close()


def test_the_warmest_come_first_and_those_who_never_answered_last(tmp_path: Path) -> None:
    day = timedelta(days=1)
    said = ((None, None), (None, NOW), (NOW - day, NOW - day), (NOW - 2 * day, NOW))
    deals = [
        deal(n, last_reply_at=reply, last_touch_at=touch)
        for n, (reply, touch) in enumerate(said, 1)
    ]
    store = store_with(tmp_path / "deals.db", deals)
    cards = store.reader.window(lens(sort=Sort.WARM), 1, 0, 9)
    assert [card.id for card in cards] == [3, 4, 2, 1]
    store.close()


def _sign_of(one: Deal, pipeline: Pipeline) -> Sign:
    if not one.is_open:
        return Sign.NONE
    return sign(
        clocks(one, ZONE),
        limits(pipeline.stage(one.stage_id), TODAY),
        snoozed=one.is_snoozed(TODAY),
    )


@settings(max_examples=60)
@given(lenses)
def test_signs_are_counted_as_the_domain_gives_them(crowd: Crowd, look: Lens) -> None:
    signs = Signs.total(crowd.reader.stage_signs(look).values())
    given_signs = [_sign_of(one, _pipeline(look)) for one in _under(look, crowd)]
    assert signs.overdue == given_signs.count(Sign.OVERDUE)
    assert signs.no_next_step == given_signs.count(Sign.NO_NEXT_STEP)
    assert signs.stalled == given_signs.count(Sign.STALLED)


def test_a_card_says_what_its_deal_is(crowd: Crowd) -> None:
    look = lens(EVERYTHING)
    by_id = {one.id: one for one in crowd.deals}
    for stage in pipelines()[0].stages:
        for card in crowd.reader.window(look, stage.id, 0, 1_000):
            one = by_id[card.id]
            assert (card.title, card.account, card.owner) == (one.title, one.account, one.owner)
            assert (card.value, card.status, card.rank) == (one.value, one.status, one.rank)
            assert card.sign is _sign_of(one, pipelines()[0])
            assert card.next_due == (one.next_step.due if one.next_step else None)
            assert card.days_in_stage == (TODAY - local_date(one.stage_entered_at, ZONE)).days
            assert card.over_limit == (
                one.is_open and overstays(clocks(one, ZONE), limits(stage, TODAY))
            )
            assert card.probability_bp == one.effective_probability_bp(pipelines()[0])
            assert card.probability_by_hand == (one.probability_bp is not None)
            assert card.answered == len(one.answered(pipelines()[0]))
            assert card.closed_on == (local_date(one.closed_at, ZONE) if one.closed_at else None)
            assert card.snoozed_until == one.snoozed_until


@pytest.mark.parametrize(
    ("days", "is_over"), [(13, False), (14, False), (15, True)], ids=["before", "on", "after"]
)
def test_a_deal_is_over_its_limit_the_day_after_it(
    tmp_path: Path, days: int, is_over: bool
) -> None:
    entered = start_of_day(TODAY - timedelta(days=days), ZONE)
    step = NextStep("call", TODAY)
    one = deal(1, created_at=entered, stage_entered_at=entered, next_step=step)
    stage = pipelines()[0].stages[0]
    assert stage.expected_days == 14
    store = store_with(tmp_path / "deals.db", [one])
    assert store.reader.window(lens(), stage.id, 0, 1)[0].over_limit is is_over
    assert Signs.total(store.reader.stage_signs(lens()).values()).stalled == is_over
    store.close()


def _agree(store: Store, agreement: Agreement) -> None:
    store.write(lambda writer: writer.agree(agreement, NOW, "ana"))


def test_what_is_closed_is_converted_at_the_rate_of_its_local_day_and_the_rest_at_todays(
    tmp_path: Path,
) -> None:
    """A dollar is worth 2 euros, and from the 29th on 3: the first was won on the 28th in UTC, and
    on the 29th in Berlin."""
    dollar, lost = Money(100, "USD"), start_of_day(TODAY, ZONE) - timedelta(days=3)
    won = {"stage_id": pipelines()[0].won.id, "outcome": Status.WON}
    store = store_with(
        tmp_path / "deals.db",
        [
            deal(1, value=dollar, closed_at=datetime(2026, 3, 28, 23, 30, tzinfo=UTC), **won),
            deal(2, value=dollar, closed_at=datetime(2026, 3, 28, 22, 30, tzinfo=UTC), **won),
            deal(3, value=dollar),
            deal(4, value=Money(7, "EUR"), closed_at=lost, **won),
        ],
    )
    for day, rate in (("2026-01-01", 2), ("2026-03-29", 3), ("2026-03-31", 5)):
        contents = {"numerator": rate, "denominator": 1}
        rated = Agreement(Topic.RATE, ("USD", day), None, contents)
        _agree(store, rated)
    board = store.reader.board(replace(lens(), currency="EUR"))
    (column,) = (one for one in board.columns if one.stage.name == "Won")
    assert column.sums == (Money(300 + 200 + 7, "EUR"),)
    assert board.open_sums == (Money(500, "EUR"),)
    store.close()


def test_whose_deals_are_all_put_away_is_none_of_the_owners_of_the_board(tmp_path: Path) -> None:
    store = store_with(tmp_path / "deals.db", [deal(1, owner="ana"), deal(2, owner="bo")])
    before = store.reader.deal(2)
    assert before is not None
    event = change_to(before, Kind.ARCHIVED, NOW, {"archived_at": NOW})
    change = Change(before, evolve(before, event), (event,))
    done = Done("c2", NOW, "ana", "", "archive", "Archived.")
    store.write(lambda writer: writer.record(done, [change]))
    assert store.reader.board(lens()).owners == ("ana",)
    store.close()
