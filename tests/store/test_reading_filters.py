"""Filters as the database understands them, held against the same filters over deals in memory."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import Status
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_fields import STATES
from pipeboard.domain.filter_nodes import (
    And,
    Answered,
    Compare,
    Custom,
    Filter,
    Is,
    Node,
    State,
    Tag,
    These,
    Unset,
    Words,
    all_of,
    any_of,
    negation,
)
from pipeboard.domain.money import Money
from pipeboard.store.reading import filtering
from pipeboard.store.reading.listing import Listing
from pipeboard.store.whole import fields_asked
from pipeboard.store.writing import Done
from tests.store.conftest import Crowd
from tests.store.made_up import NOW, TODAY, ZONE, created, deal, lens, pipelines, store_with
from tests.store.oracle import shown

OPS = st.sampled_from(("<", "<=", "=", ">=", ">"))
IS = {
    "stage": ("lead generation", "won", "Old Trial", "LOST"),
    "owner": ("me", "ANA", "bo", "nobody"),
    "source": ("WEB", "cold-call", "none such"),
    "account": ("lumen", "jager", "%", "_", "ø"),
    "title": ("parts", "100%", "\\"),
    "pipeline": ("renewals", "new"),
    "category": ("omitted", "pipeline", "best", "commit"),
    "currency": ("eur", "USD", "CHF"),
    "channel": ("in", "out"),
    "lost": ("price", "TIMING"),
}
UNSET = ("owner", "source", "account", "currency", "channel", "lost", "value", "close", "closed")
leaf = st.one_of(
    st.sampled_from(("lumen", "ZOE", "odegard", "spare", "5%", "_", "\\", "a")).map(Words),
    st.sampled_from([Is(field, value) for field, values in IS.items() for value in values]),
    st.sampled_from((*UNSET, "score", "probability", "tag")).map(Unset),
    st.sampled_from(("inbound", "GROSSE", "vip", "nothing")).map(Tag),
    st.builds(
        Custom,
        st.sampled_from(("product", "PRODUCT", "color")),
        st.sampled_from(("gtx", "Grosse l", None)),
    ),
    st.sampled_from([State(name) for name in STATES]),
    st.builds(
        lambda op, units, code: Compare("value", op, Money(units * 100_001, code)),
        OPS,
        st.integers(0, 60),
        st.sampled_from(("EUR", "USD")),
    ),
    st.builds(
        lambda op, units: Compare("value", op, Money(units * 100_000, "EUR"), is_plain=True),
        OPS,
        st.integers(0, 60),
    ),
    st.builds(Compare, st.sampled_from(("age", "idle")), OPS, st.integers(0, 62)),
    st.builds(
        Compare,
        st.sampled_from(("next", "close", "created", "closed")),
        OPS,
        st.sampled_from((-60, -30, -15, -8, -7, -1, 0, 1, 7, 30)).map(
            lambda days: TODAY + timedelta(days=days)
        ),
    ),
    st.builds(Compare, st.just("score"), OPS, st.integers(0, 100)),
    st.builds(Compare, st.just("q"), OPS, st.integers(0, 7)),
    st.builds(Compare, st.just("probability"), OPS, st.sampled_from((0, 3000, 3333, 5000, 10_000))),
    st.builds(
        lambda question, compared: Answered(question, *compared),
        st.sampled_from(("need", "1", "budget", "authority")),
        st.one_of(st.just((None, None)), st.tuples(OPS, st.integers(0, 4))),
    ),
    st.builds(These, st.frozensets(st.integers(0, 30), max_size=5)),
)


def _combined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        inner.map(negation),
        several.map(lambda parts: all_of(*parts) or parts[0]),
        several.map(lambda parts: any_of(*parts)),
    )


nodes = st.recursive(leaf, _combined, max_leaves=6)


@settings(max_examples=200)
@given(nodes, st.sampled_from((None, "ana", "")))
@example(Compare("score", "<", 50), None)
def test_a_list_holds_the_deals_that_the_filter_is_true_of(
    crowd: Crowd, root: Node, owner: str | None
) -> None:
    found = crowd.reader.ids(
        Listing(TODAY, ZONE, me="Bo", owner=owner, filter=Filter("", root), sort="id")
    )
    expected = [
        one.id
        for one in crowd.deals
        if shown(one, root, crowd.pipeline(one), "Bo", crowd.notes.get(one.id, ""))
        and owner in (None, one.owner)
    ]
    assert list(found) == expected


def test_typing_on_narrows_to_what_the_whole_word_finds(crowd: Crowd) -> None:
    tagged = Tag("vip")
    typed: tuple[Node, ...] = (
        *map(Words, ("l", "lu", "lum", "lumen", "lumen o", "lume", "zo", "under", "under_s")),
        *(And((Words("l"), tagged)), And((Words("lu"), tagged)), tagged),
        And((State("archived"), Words("lu"))),
    )
    for root in typed:
        found = {
            one.id
            for one in crowd.deals
            if one.pipeline_id == 1
            and shown(one, root, crowd.pipeline(one), "", crowd.notes.get(one.id, ""))
        }
        board = crowd.reader.board(lens(root))
        assert sum(column.count for column in board.columns) == len(found)


@settings(max_examples=100)
@given(nodes, st.booleans())
def test_a_board_shows_the_deals_that_the_filter_is_true_of(
    crowd: Crowd, root: Node, many: bool
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        # Few hits are kept by their ids, many are looked for again: both must say the same.
        patch.setattr(filtering, "FEW", 0 if many else 10_000)
        look = lens(root, me="Bo", owner="ana" if many else "")
        board = crowd.reader.board(look)
        cards = [
            card
            for column in board.columns
            for card in crowd.reader.window(look, column.stage.id, 0, 1_000)
        ]
    expected = {
        one.id
        for one in crowd.deals
        if one.pipeline_id == 1
        and one.owner == look.owner
        and shown(one, root, crowd.pipeline(one), "Bo", crowd.notes.get(one.id, ""))
    }
    assert {card.id for card in cards} == expected
    assert sum(column.count for column in board.columns) == len(expected)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("stage:nego", ""),
        ("stage:proposol", "Did you mean Proposal?"),
        ("pipeline:renewal", ""),
        ("pipeline:reneewals", "Did you mean renewals?"),
        ("category:comit", "Did you mean commit?"),
        ("lost:pricee", "Did you mean price?"),
        ("currency:EURO", "not a currency"),
        ("q:autority", "Did you mean authority?"),
        ("stage:tal", "could be Talks or Tale"),
    ],
)
def test_a_name_that_nobody_has_is_bad_input_with_the_near_one(
    crowd: Crowd, typed: str, near: str
) -> None:
    query = parse_filter(typed, today=TODAY, currency="EUR")
    if not near:
        assert list(crowd.reader.each(query, today=TODAY, limit=1))
        return
    with pytest.raises(BadInput) as caught:
        crowd.reader.each(query, today=TODAY)
    assert near in caught.value.message
    assert typed.split(":")[1] in caught.value.message


def test_who_types_on_finds_what_typing_at_once_finds(crowd: Crowd) -> None:
    for typed in ("l", "lu", "lum", "lume", "lumen"):
        board = crowd.reader.board(lens(Words(typed)))
    fresh = [
        one
        for one in crowd.deals
        if one.pipeline_id == 1
        and one.is_open
        and shown(one, Words("lumen"), crowd.pipeline(one), "", crowd.notes.get(one.id, ""))
    ]
    assert board.matching == len(fresh)


def test_what_was_found_is_forgotten_when_somebody_writes(tmp_path: Path) -> None:
    store = store_with(tmp_path / "deals.db", [deal(1, title="Lumen")])
    assert store.reader.board(lens(Words("lumen"))).matching == 1
    change, done = created(deal(2, title="Lumen again")), Done("c2", NOW, "bo", "", "add", "Added.")
    store.write(lambda writer: writer.record(done, [change]))
    assert store.reader.board(lens(Words("lumen"))).matching == 2
    store.close()


def test_what_stands_still_is_found_unless_it_sleeps_is_closed_or_put_away(tmp_path: Path) -> None:
    """All have been in their stage for a year, and were never touched."""
    long_ago = NOW - timedelta(days=365)
    old = {"created_at": long_ago, "stage_entered_at": long_ago}
    won = pipelines()[0].won.id
    day = timedelta(days=1)
    made = store_with(
        tmp_path / "deals.db",
        [
            deal(1, **old),
            deal(2, **old, snoozed_until=TODAY + day),
            deal(3, **old, snoozed_until=TODAY),
            deal(4, **old | {"stage_id": won}, outcome=Status.WON, closed_at=long_ago),
            deal(5, **old, archived_at=NOW),
            deal(6, **old, pipeline_id=2, stage_id=30),  # where nothing has a limit
            deal(7),
        ],
    )
    query = parse_filter("stalled", today=TODAY, currency="EUR")
    assert made.reader.ids(Listing(TODAY, ZONE, filter=query)) == (1, 3)
    made.close()


@pytest.mark.parametrize(
    "typed",
    ["|".join("a" * 1_000), " ".join("a" * 1_000), "-(" * 14 + "won" + ")" * 14, "age<99999w"],
    ids=["either", "all", "nested", "long ago"],
)
def test_the_largest_filters_are_answered(crowd: Crowd, typed: str) -> None:
    query = parse_filter(typed, today=TODAY, currency="EUR")
    assert list(crowd.reader.each(query, today=TODAY))


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("open", "outcome"),
        ("won", "outcome"),
        ("lost", "outcome"),
        ("archived", ""),
        ("snoozed", "outcome snoozed_until"),
        ("overdue", "next_step outcome snoozed_until"),
        ("stage:lead", "stage_id"),
        ("owner:ana", "owner"),
        ("lost:price", "loss outcome"),
        ("value>1 currency:EUR", "value"),
        ("next<today", "next_step"),
        ("close<1dec", "expected_close"),
        ("created<1dec", "created_at"),
        ("closed<1dec", "closed_at outcome"),
        ("p>1", "probability_bp stage_id"),
        ("category:best", "category stage_id"),
        ("+hot", "tags"),
        ("account:x title:y", "account title"),
        ("pipeline:x id:1", ""),
        ("channel:in source:x", "source"),
        ("q:need", "answers"),
        ("field.a:b", "fields"),
        ("(won | +hot) -owner:ana", "outcome owner tags"),
    ],
)
def test_a_list_of_the_past_looks_at_deals_whose_fields_of_the_filter_changed(
    words: str, asked: str
) -> None:
    always = {"archived_at", "merged_into", "pipeline_id", "removed"}
    query = parse_filter(words, today=TODAY, currency="EUR")
    assert fields_asked(Listing(TODAY, ZONE, filter=query)) == frozenset(
        always | set(asked.split())
    )
    of_ana = fields_asked(Listing(TODAY, ZONE, filter=query, owner="ana"))
    assert of_ana == frozenset(always | {"owner"} | set(asked.split()))


@pytest.mark.parametrize("words", ["lumen", "stalled", "score>1", "age>1", "won | idle>1"])
def test_what_rests_on_more_than_fields_is_asked_of_every_deal_of_the_past(words: str) -> None:
    query = parse_filter(words, today=TODAY, currency="EUR")
    assert fields_asked(Listing(TODAY, ZONE, filter=query)) is None
