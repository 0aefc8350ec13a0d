"""Filters as the database understands them, held against the same filters over deals in memory."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import Answer, Loss, NextStep, Status
from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter import parse_filter
from pipeboard.domain.filter_fields import FIELDS, STATES
from pipeboard.domain.filter_nodes import (
    And,
    Answered,
    Compare,
    Custom,
    Filter,
    Is,
    Node,
    Op,
    State,
    Tag,
    These,
    Unset,
    Words,
    all_of,
    any_of,
    negation,
)
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.money import Money
from pipeboard.domain.pipeline import Category
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
    st.sampled_from((*UNSET, "score", "fit", "probability", "tag")).map(Unset),
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
    st.builds(Compare, st.sampled_from(("score", "fit")), OPS, st.integers(0, 100)),
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
@example(Compare("fit", ">=", 50), None)
@example(Compare("fit", "<", 50), None)
@example(Unset("fit"), None)
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


LACKING: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "owner": ({"owner": ""}, {"owner": "ana"}),
    "source": ({"source": ""}, {"source": "web"}),
    "source_detail": ({"source_detail": ""}, {"source_detail": "Hall 7"}),
    "contact_reason": ({"contact_reason": ""}, {"contact_reason": "a leak"}),
    "competitors": ({"links": ('"competitors":',)}, {"competitors": ("Acme",)}),
    "trial_close": ({"trial_close": ""}, {"trial_close": "yes"}),
    "lost_reason": ({}, {"stage_id": 8, "outcome": Status.LOST, "closed_at": NOW,
                         "loss": Loss("price", "too dear")}),
    "account": ({"account": ""}, {"account": "Acme"}),
    "currency": ({"value": None}, {"value": Money(0, "EUR")}),
    "value": ({"value": None}, {"value": Money(0, "EUR")}),
    "channel": ({"source": "fair"}, {"source": "web"}),
    "lost": ({}, {"stage_id": 8, "outcome": Status.LOST, "closed_at": NOW, "loss": Loss("price")}),
    "next": ({"next_step": NextStep("call")}, {"next_step": NextStep("call", TODAY)}),
    "close": ({"expected_close": None}, {"expected_close": TODAY}),
    "offer_expires_on": ({"offer_expires_on": None}, {"offer_expires_on": TODAY}),
    "closed": (
        {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW, "entry_precision": "unknown"},
        {"stage_id": 7, "outcome": Status.WON, "closed_at": NOW, "entry_precision": "day"},
    ),
    "created": ({"created_precision": "unknown"}, {"created_precision": "day"}),
    "age": ({"entry_precision": "unknown"}, {"entry_precision": "day"}),
    "idle": ({"created_precision": "unknown"}, {"created_precision": "unknown",
                                                "last_touch_at": NOW}),
    "tag": ({"tags": ()}, {"tags": ("hot",)}),
    "probability": ({"stage_id": 20}, {"stage_id": 20, "probability_bp": 0}),
    "score": ({}, {"answers": {"need": Answer("yes", 3)}}),
    "fit": ({"fields": {"size": "big"}}, {"fields": {"product": "none that fits"}}),
    "field.size": ({"fields": {"color": "red"}}, {"fields": {"size": "big", "color": "red"}}),
}  # fmt: skip
"""By a word of a filter a deal that lacks it, and one that has it."""


def test_each_word_that_deals_may_lack_is_tried() -> None:
    optional = {field.name for field in FIELDS if field.optional}
    assert optional - LACKING.keys() == set(), "LACKING wants a deal without it, and one with it"


@pytest.mark.parametrize("word", LACKING)
def test_deals_that_lack_something_are_found_by_none(word: str, tmp_path: Path) -> None:
    lacks, has = LACKING[word]
    made = store_with(tmp_path / "deals.db", [deal(1, **lacks), deal(2, **has)])
    for text, ids in ((f"{word}:none", (1,)), (f"-{word}:none", (2,))):
        query = parse_filter(text, today=TODAY, currency="EUR")
        assert made.reader.ids(Listing(TODAY, ZONE, filter=query)) == ids, text
    made.close()


DAY = timedelta(days=1)
THEN = datetime.combine(TODAY - 5 * DAY, time(12), ZONE).astimezone(UTC)
LONG_AGO = THEN - 9 * DAY
COMPARED: dict[str, dict[str, Any]] = {
    "created": {"created_at": THEN},
    "close": {"expected_close": TODAY - 5 * DAY},
    "next": {"next_step": NextStep("call", TODAY - 5 * DAY)},
    "closed": {"stage_id": 7, "outcome": Status.WON, "closed_at": THEN},
    "offer_expires_on": {"offer_expires_on": TODAY - 5 * DAY},
}


@pytest.mark.parametrize(
    ("op", "days"), [("<", "4"), ("<=", "45"), ("=", "5"), (">=", "56"), (">", "6")]
)
@pytest.mark.parametrize("word", COMPARED)
def test_a_day_is_compared_as_the_sign_says(op: Op, days: str, word: str, tmp_path: Path) -> None:
    """The deal has the day five days ago."""
    one = deal(1, **COMPARED[word])
    with closing(store_with(tmp_path / "deals.db", [one, deal(2)])) as made:
        for ago in (4, 5, 6):
            root = Compare(word, op, TODAY - ago * DAY)
            found = made.reader.ids(Listing(TODAY, ZONE, filter=Filter("", root)))
            expected = (1,) if str(ago) in days else ()
            assert tuple(one for one in found if one == 1) == expected, ago


@pytest.mark.parametrize(
    ("word", "values"),
    [
        ("age", {"stage_entered_at": THEN, "created_at": LONG_AGO}),
        ("idle", {"last_touch_at": THEN, "created_at": LONG_AGO}),
        ("idle", {"created_at": THEN}),
    ],
)
@pytest.mark.parametrize(
    ("op", "days"), [("<", "6"), ("<=", "56"), ("=", "5"), (">=", "45"), (">", "4")]
)
def test_days_since_something_are_counted_back_from_today(
    op: Op, days: str, word: str, values: dict[str, Any], tmp_path: Path
) -> None:
    with closing(store_with(tmp_path / "deals.db", [deal(1, **values)])) as made:
        for count in (4, 5, 6):
            root = Compare(word, op, count)
            found = made.reader.ids(Listing(TODAY, ZONE, filter=Filter("", root)))
            assert bool(found) is (str(count) in days), count


@pytest.mark.parametrize("op", ["<", "<=", "=", ">=", ">"])
@pytest.mark.parametrize("word", ["age", "idle"])
def test_of_what_nobody_knows_it_is_known_that_it_has_been_here_so_long(
    op: Op, word: str, tmp_path: Path
) -> None:
    vague = {"created_precision": "unknown", "entry_precision": "unknown"}
    one = deal(1, created_at=THEN, stage_entered_at=THEN, **vague)
    with closing(store_with(tmp_path / "deals.db", [one])) as made:
        for count in (4, 5):
            root = Compare(word, op, count)
            found = made.reader.ids(Listing(TODAY, ZONE, filter=Filter("", root)))
            assert bool(found) is (op == ">=" or (op == ">" and count == 4)), count


@pytest.mark.parametrize(
    ("words", "ids"),
    [
        ("q:need", (1, 2)), ("q:need>=2", (1,)), ("q:need<2", ()), ("-q:need", (3, 4, 5)),
        ("q:authority", (3,)), ("+hot", (1,)), ("+HOT", (1,)), ("+big", (1, 2)),
        ("field.size:big", (2,)), ("field.SIZE:BIG", (2,)), ("field.size:small", (3,)),
        ("field.color:big", ()), ("owner:me", (1,)), ("owner:BO", (2,)),
        ("pipeline:renewals", (5,)), ("pipeline:business", (1, 2, 3, 4)),
        ("category:commit", (4,)), ("channel:in", (1,)), ("channel:out", (2,)),
        ("currency:eur", (1,)), ("title:one", (1,)), ("account:ac", (1, 2)), ("id:2,4", (2, 4)),
        ("stage:talks", ()), ("met", (3,)), ("archived", (6,)), ("account:gone archived", (6,)),
        ("title:deal archived", (6,)), ("owner:cy archived", (6,)), ("account:gone", ()),
    ],
)  # fmt: skip
def test_a_term_finds_the_deals_that_it_names(
    words: str, ids: tuple[int, ...], tmp_path: Path
) -> None:
    deals = [
        deal(1, owner="ana", tags=("Hot", "big"), answers={"need": Answer("yes", 3)}, source="web",
             value=Money(5, "EUR"), title="Number one", account="Acme"),
        deal(2, owner="bo", tags=("big",), answers={"need": Answer("no")}, fields={"Size": "Big"},
             source="cold-call", account="Pacific"),
        deal(3, fields={"size": "small", "color": "red"}, answers={"authority": Answer("", 0)}),
        deal(4, category="commit"),
        deal(5, pipeline_id=2, stage_id=30),
        deal(6, archived_at=NOW, owner="cy", account="Gone"),
        deal(7, removed=True, owner="ana", tags=("hot",)),
    ]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals, {3: "we met there"})) as made:
        query = parse_filter(words, today=TODAY, currency="EUR")
        assert made.reader.ids(Listing(TODAY, ZONE, me="ana", filter=query)) == ids


def test_a_reason_of_a_loss_is_one_that_is_known_or_that_some_deal_was_lost_for(
    tmp_path: Path,
) -> None:
    lost = {"stage_id": 8, "outcome": Status.LOST, "closed_at": NOW}
    deals = [deal(1, **lost, loss=Loss("Umber")), deal(2, **lost, loss=Loss("price")), deal(3)]
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        for words, ids in (("lost:umber", (1,)), ("lost:price", (2,)), ("lost:timing", ())):
            query = parse_filter(words, today=TODAY, currency="EUR")
            assert made.reader.ids(Listing(TODAY, ZONE, filter=query)) == ids, words
        query = parse_filter("lost:amber", today=TODAY, currency="EUR")
        with pytest.raises(BadInput, match="no loss category 'amber'"):
            made.reader.ids(Listing(TODAY, ZONE, filter=query))


@pytest.mark.parametrize(
    ("currency", "minor", "op", "found"),
    [
        ("EUR", 150, ">=", True), ("EUR", 149, ">=", False), ("EUR", 151, "<", False),
        ("JPY", 2, ">=", True), ("JPY", 1, ">=", False), ("JPY", 2, "<=", False),
        ("KWD", 1_500, ">=", True), ("KWD", 1_499, ">=", False), ("KWD", 1_500, "=", True),
        ("USD", 150, ">=", False),
    ],
)  # fmt: skip
def test_a_plain_amount_is_so_many_units_of_the_currency_of_the_pipeline(
    currency: str, minor: int, op: Op, found: bool, tmp_path: Path
) -> None:
    """The amount is 1.5; a deal in another currency than its pipeline's is not compared."""
    own = currency if currency != "USD" else "EUR"
    with closing(
        store_with(tmp_path / "deals.db", [deal(1, value=Money(minor, currency))])
    ) as made:
        known = replace(pipelines()[0], currency=own, version=2)
        made.write(lambda writer: writer.save_pipeline(known, NOW, "ana"))
        root = Compare("value", op, Money(150, "EUR"), is_plain=True)
        for pipeline_id in (1, None):
            listing = Listing(TODAY, ZONE, pipeline_id=pipeline_id, filter=Filter("", root))
            assert bool(made.reader.ids(listing)) is found


@pytest.mark.parametrize(
    ("category", "ids"), [("commit", (1, 4)), ("pipeline", (3,)), ("omitted", ()), ("best", (2,))]
)
def test_a_category_is_that_of_the_deal_else_of_its_stage(
    category: str, ids: tuple[int, ...], tmp_path: Path
) -> None:
    first, second, *others = pipelines()[0].stages
    stages = (first, replace(second, category=Category.COMMIT), *others)
    deals = [deal(1, category="commit"), deal(2, category="best"), deal(3), deal(4, stage_id=2),
             deal(5, stage_id=2, category="x")]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        known = replace(pipelines()[0], stages=stages, version=2)
        made.write(lambda writer: writer.save_pipeline(known, NOW, "ana"))
        query = parse_filter(f"category:{category}", today=TODAY, currency="EUR")
        assert made.reader.ids(Listing(TODAY, ZONE, filter=query)) == ids


@pytest.mark.parametrize(
    ("words", "ids"),
    [("score>=0", (1, 2)), ("score>=0 archived", (3,)), ("score:none", (4,)),
     ("score:none archived", (5,)), ("score<101 archived", (3,))],
)  # fmt: skip
def test_a_score_is_looked_for_among_those_that_were_put_away_too(
    words: str, ids: tuple[int, ...], tmp_path: Path
) -> None:
    one, other = {"need": Answer("yes", 3)}, {"authority": Answer("no", 1)}
    deals = [
        deal(1, answers=one), deal(2, answers=other), deal(4), deal(5, archived_at=NOW),
        deal(3, answers=one | other, archived_at=NOW),
    ]  # fmt: skip
    with closing(store_with(tmp_path / "deals.db", deals)) as made:
        query = parse_filter(words, today=TODAY, currency="EUR")
        assert made.reader.ids(Listing(TODAY, ZONE, filter=query)) == ids
