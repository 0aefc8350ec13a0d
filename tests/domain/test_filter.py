"""The filter grammar: what terms mean, how they combine, and what a mistake is told."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date
from typing import assert_never

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput
from pipeboard.domain.filter import Meaning, other_meanings, parse_filter, with_stage_renamed
from pipeboard.domain.filter_fields import (
    BY_NAME,
    FIELDS,
    FORMS,
    STATE_ALIASES,
    STATES,
    Field,
    may_become,
)
from pipeboard.domain.filter_nodes import (
    ME,
    And,
    Answered,
    Compare,
    Custom,
    Filter,
    Is,
    Leaf,
    Node,
    Not,
    Op,
    Or,
    State,
    Tag,
    These,
    Unset,
    Words,
    all_of,
    any_of,
    asks_how_it_ended,
    narrows,
    negation,
    reaches_archive,
    says_whose,
    with_state,
)
from pipeboard.domain.money import EXPONENTS, Money, format_money, format_percent
from pipeboard.domain.text import clean_line, in_quotes, printable

MONDAY = date(2026, 11, 23)
A, B, C, D = Words("a"), Words("b"), Words("c"), Words("d")


def meaning(text: str) -> Node | None:
    kept = (("big", "value>50k open"),)
    return parse_filter(text, today=MONDAY, currency="EUR", saved=lambda: kept).root


def refusal(text: str) -> BadInput:
    with pytest.raises(BadInput) as caught:
        parse_filter(text, today=MONDAY, currency="EUR")
    return caught.value


def test_an_empty_filter_lets_every_deal_through() -> None:
    assert parse_filter("  ", today=MONDAY, currency="EUR") == Filter("", None)


def test_the_text_is_kept_as_it_was_typed() -> None:
    query = parse_filter(" next<today  rot ", today=MONDAY, currency="EUR")
    assert query.text == "next<today rot"


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("a", A),
        ("a b", And((A, B))),
        ("a b | c d", Or((And((A, B)), And((C, D))))),
        ("a|b|c", Or((A, B, C))),
        ("a (b | c) d", And((A, Or((B, C)), D))),
        ("(a | b) | c", Or((A, B, C))),
        ("a (b (c d))", And((A, B, C, D))),
        ("-a b", And((Not(A), B))),
        ("-(a b)", Not(And((A, B)))),
        ("--a", A),
        ("-(-a)", A),
        ("--(a)", A),
    ],
)
def test_terms_side_by_side_are_and_and_the_bar_is_an_or_that_binds_less(
    text: str, node: Node
) -> None:
    assert meaning(text) == node


@pytest.mark.parametrize(
    ("text", "term", "hint"),
    [
        ("value!=2k", "value!=2k", "Write it like -value:2k."),
        ('won STAGE!="Closed up"', 'STAGE!="Closed up"', 'Write it like -STAGE:"Closed up".'),
        ("tag!=x", "tag!=x", "Write it like -tag:x."),
        ("field.product!=GTX", "field.product!=GTX", "Write it like -field.product:GTX."),
        ("!open", "!open", "Write it like -open."),
        ("won (!@ana)", "!@ana", "Write it like -@ana."),
        ("!next<today", "!next<today", "Write it like -next<today."),
        ("won OR lost", "OR", "Put it in quotes"),
        ("won AND (value>2k | lost)", "AND", "Put it in quotes"),
        ("NOT won", "NOT", "Put it in quotes"),
        ("won && lost", "&&", "Put it in quotes"),
        ("won or lost", "or", "Put it in quotes"),
        ("lumen or won", "or", "Put it in quotes"),
        ("value>2k and lathe", "and", "Put it in quotes"),
        ("(won) or (lost x)", "or", "Put it in quotes"),
        ("lathe not won", "not", "Put it in quotes"),
        ("won (Not open)", "Not", "Put it in quotes"),
        ("value~2k", "value~2k", "Write it like value:2k."),
        ("Account~lumen", "Account~lumen", "Write it like Account:lumen."),
        ("value=>2k", "value=>2k", "Write it like value>=2k."),
        ("age:=<3", "age:=<3", "Write it like age<=3."),
        ("p==50", "p==50", "Write it like p:50."),
        ("value≥2k", "value≥2k", "Write it like value>=2k."),
        ("value≤2k", "value≤2k", "Write it like value<=2k."),
        ("stage≠won", "stage≠won", "Write it like -stage:won."),
        ('stage<>"Closed up"', 'stage<>"Closed up"', 'Write it like -stage:"Closed up".'),
        ("field.x~=3", "field.x~=3", "Write it like field.x:3."),
    ],
)
def test_signs_of_other_languages_are_refused_with_how_it_is_written_here(
    text: str, term: str, hint: str
) -> None:
    told = refusal(text)
    assert told.details["term"] == term
    assert told.hint.startswith(hint)


@pytest.mark.parametrize("text", ["!", "!important", "wow!=x", "OR", "smith & co", "a or b",
                                  '"OR" x',
                                  "won or", "lathe or mill", "not a lathe", "not", "a => b",
                                  "'tis~so", '"value~2k"', "~value",
                                  'x "!open"', "lathe OR", "x AND", "NOT"])  # fmt: skip
def test_what_only_looks_like_such_a_sign_is_looked_for(text: str) -> None:
    node = meaning(text)
    parts = node.parts if isinstance(node, And) else (node,)
    assert all(isinstance(part, Words | State) for part in parts)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("stage:demo,closing", Or((Is("stage", "demo"), Is("stage", "closing")))),
        ('STAGE="a, b",c', Or((Is("stage", "a, b"), Is("stage", "c")))),
        ('stage:c,"a, b"', Or((Is("stage", "c"), Is("stage", "a, b")))),
        ("owner:ana,none,me", Or((Is("owner", "ana"), Unset("owner"), Is("owner", "me")))),
        ("@ana,@bo,cy", Or((Is("owner", "ana"), Is("owner", "bo"), Is("owner", "cy")))),
        ("+a,+b,c", Or((Tag("a"), Tag("b"), Tag("c")))),
        ("tag:a,none", Or((Tag("a"), Unset("tag")))),
        ("-status:won,rot", Not(Or((State("won"), State("stalled"))))),
        ("won,Lost", Or((State("won"), State("lost")))),
        ("-rot,overdue", Not(Or((State("stalled"), State("overdue"))))),
        ("won,lathe", Words("won,lathe")),
        ('"won,lost"', Words("won,lost")),
        ('tag:"a,b"', Tag("a,b")),
        ("account:smith,sons", Is("account", "smith,sons")),
        ("title:a,b", Is("title", "a,b")),
        ("field.product:a,b", Custom("product", "a,b")),
        ("smith,sons", Words("smith,sons")),
    ],
)
def test_a_comma_stands_between_values_of_which_one_is_enough(text: str, node: Node) -> None:
    assert meaning(text) == node


@pytest.mark.parametrize("field", [one for one in FIELDS if one.kind == "name"], ids=str)
def test_every_field_of_names_takes_several(field: Field) -> None:
    assert meaning(f"{field.name}:a,b") == Or((Is(field.name, "a"), Is(field.name, "b")))


@pytest.mark.parametrize("text", ["stage:a,", "stage:,a", "stage:a,,b", "+a,", "@,a", "tag:a, b",
                                  "won, lost", "won ,lost"])  # fmt: skip
def test_a_comma_without_a_value_beside_it_is_told_of(text: str) -> None:
    assert "missing" in str(refusal(text))


def test_a_range_compares_with_both_its_ends() -> None:
    for text, field, low, high in (
        ("value:20k..40k", "value", Money(2_000_000, "EUR"), Money(4_000_000, "EUR")),
        ("value=500..2k", "value", Money(50_000, "EUR"), Money(200_000, "EUR")),
        ("value:9..9", "value", Money(900, "EUR"), Money(900, "EUR")),
        ("age:3..5", "age", 3, 5),
        ("idle:1w..20d", "idle", 7, 20),
        ("score:40..60", "score", 40, 60),
        ("q:3..5", "q", 3, 5),
        ("p:20..50%", "probability", 2_000, 5_000),
    ):
        plain = field == "value"
        ends = (Compare(field, ">=", low, plain), Compare(field, "<=", high, plain))
        assert meaning(text) == And(ends)
    named = Money(200, "USD"), Money(300, "USD")
    assert meaning("value:2USD..3USD") == And(
        (Compare("value", ">=", named[0]), Compare("value", "<=", named[1]))
    )


@pytest.mark.parametrize(
    ("text", "why", "hint"),
    [
        ("value:20..40k", "only one end has its unit", "20k..40k"),
        ("age:3..5w", "only one end has its unit", "3w..5w"),
        ("value:40k..20k", "ends below its beginning", "20k..40k"),
        ("score:60..40", "ends below its beginning", "40..60"),
        ("value:20k..", "needs both its ends", "value>=20k"),
        ("age:..5", "needs both its ends", "age<=5"),
        ("value:2USD..3", "in one currency", "both or none"),
        ("value:2USD..3EUR", "in one currency", "both or none"),
        ("value>2..3", "", ""),
        ("age:a..b", "not a number of days", ""),
        ("value:20..k", "'k' is not an amount of money", ""),
        ("age:3..w", "'w' is not a number of days", ""),
        ("age:3..5..9", "'5..9' is not a number of days", ""),
    ],
)
def test_a_range_that_is_none_is_told_of(text: str, why: str, hint: str) -> None:
    told = refusal(text)
    assert why in str(told)
    assert hint in told.hint


@pytest.mark.parametrize("sign", ["<", ">", "<=", ">=", "=", ":", ":>"])
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_a_space_before_what_a_field_is_compared_with_is_told_of(field: Field, sign: str) -> None:
    for text in (f"{field.name} {sign} 3", f"won {field.name.upper()} {sign}3"):
        with pytest.raises(BadInput, match="no space stands before") as told:
            meaning(text)
        assert field.example in told.value.hint
    quoted = f'"{field.name}" {sign}3', f'{field.name} "{sign}3"', f"({field.name}) | {sign}3"
    assert all(meaning(text) for text in quoted)


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("lumen", Words("lumen")),
        ('"two words"', Words("two words")),
        ('"stalled"', Words("stalled")),
        ('"stage:demo"', Words("stage:demo")),
        ('"-x" "+y"', And((Words("-x"), Words("+y")))),
        (r'"say \"hi\" \\ bye"', Words(r'say "hi" \ bye')),
        ('19"', Words('19"')),
        ("10:30", Words("10:30")),
        ("https://lumen.example", Words("https://lumen.example")),
        ("<3", Words("<3")),
        ("spare-parts", Words("spare-parts")),
    ],
)
def test_what_has_no_meaning_of_its_own_is_looked_for_as_words(text: str, node: Node) -> None:
    assert meaning(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("stage:demo", Is("stage", "demo")),
        ("Stage:Demo", Is("stage", "Demo")),
        ("owner=ana", Is("owner", "ana")),
        ("@ana", Is("owner", "ana")),
        ("owner:me", Is("owner", ME)),
        ("mine", Is("owner", ME)),
        ('account:"Lumen Oy"', Is("account", "Lumen Oy")),
        ("lost:price", Is("lost", "price")),
        ("owner:none", Unset("owner")),
        ('account:"none"', Is("account", "none")),
        ("stage:none", Is("stage", "none")),
        ("next:none", Unset("next")),
        ("close=none", Unset("close")),
        ("value:none", Unset("value")),
        ("score:none", Unset("score")),
        ("+inbound", Tag("inbound")),
        ("tag:inbound", Tag("inbound")),
        ('+"big deal"', Tag("big deal")),
        ("tag:none", Unset("tag")),
        ("field.product:GTX", Custom("product", "GTX")),
        ('field."Product line":"GTX Pro"', Custom("Product line", "GTX Pro")),
        ("field.product:none", Custom("product", None)),
    ],
)
def test_a_text_field_is_a_name_a_colon_and_a_value(text: str, node: Node) -> None:
    assert meaning(text) == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("value>20k", Compare("value", ">", Money(2_000_000, "EUR"), is_plain=True)),
        ("value<=12.4k€", Compare("value", "<=", Money(1_240_000, "EUR"))),
        ("value>20kUSD", Compare("value", ">", Money(2_000_000, "USD"))),
        ("value:>20k", Compare("value", ">", Money(2_000_000, "EUR"), is_plain=True)),
        ("value:20k", Compare("value", "=", Money(2_000_000, "EUR"), is_plain=True)),
        ("age>14", Compare("age", ">", 14)),
        ("idle>=2w", Compare("idle", ">=", 14)),
        ("next<today", Compare("next", "<", MONDAY)),
        ("next:fri", Compare("next", "=", date(2026, 11, 27))),
        ("close<2w", Compare("close", "<", date(2026, 12, 7))),
        ('close<="19 Dec 2026"', Compare("close", "<=", date(2026, 12, 19))),
        ("created>2026-01-01", Compare("created", ">", date(2026, 1, 1))),
        ("score<50", Compare("score", "<", 50)),
        ("p>50", Compare("probability", ">", 5000)),
        ("probability<=62.5%", Compare("probability", "<=", 6250)),
        ("q>3", Compare("q", ">", 3)),
    ],
)
def test_numbers_dates_and_amounts_compare(text: str, node: Node) -> None:
    assert meaning(text) == node


def test_a_date_field_takes_a_whole_period() -> None:
    assert meaning("closed:2026Q4") == And(
        (
            Compare("closed", ">=", date(2026, 10, 1)),
            Compare("closed", "<=", date(2026, 12, 31)),
        )
    )


def test_a_period_follows_the_fiscal_year_of_the_workspace() -> None:
    query = parse_filter("close:2026Q1", today=MONDAY, currency="EUR", fiscal_shift=3)
    assert query.root == And(
        (
            Compare("close", ">=", date(2026, 4, 1)),
            Compare("close", "<=", date(2026, 6, 30)),
        )
    )


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("q:budget", Answered("budget")),
        ("q:budget=none", Not(Answered("budget"))),
        ("-q:budget=none", Answered("budget")),
        ("q:budget>=2", Answered("budget", ">=", 2)),
        ("q:budget=no", Answered("budget", "=", 0)),
        ('q:"Decision maker"<3', Answered("Decision maker", "<", 3)),
    ],
)
def test_a_question_is_answered_unanswered_or_rated(text: str, node: Node) -> None:
    assert meaning(text) == node


def test_deals_can_be_named_by_their_numbers() -> None:
    assert meaning("id:142,D-143") == These(frozenset((142, 143)))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("id:", "142,D-143"),
        ("status:", "open"),
        ("source:", "referral"),
        ("tag:", "inbound"),
        ("value>", "40k"),
        ("age>", "14d"),
        ("probability>", "50"),
        ("close<", "2026-12-01"),
        ("created:", "2026-11"),
        ("field.product:", "GTX"),
    ],
)
def test_blanks_around_a_value_in_quotes_say_nothing(key: str, value: str) -> None:
    assert meaning(f'{key}" {value} "') == meaning(key + value)


@pytest.mark.parametrize("text", ["id:lumen", "id:1,", "id>3", "id:-4"])
def test_what_is_no_number_of_a_deal_is_refused(text: str) -> None:
    with pytest.raises(BadInput, match="id"):
        meaning(text)


@pytest.mark.parametrize("name", STATES)
def test_a_state_is_a_bare_word(name: str) -> None:
    assert meaning(name.upper()) == meaning(f"status:{name}") == meaning(name)
    assert isinstance(meaning(name), State)


def test_rot_is_another_word_for_stalled() -> None:
    assert meaning("rot") == State("stalled")


def test_every_example_of_the_help_can_be_typed() -> None:
    for text in [field.example for field in FIELDS] + [form for form, _ in FORMS]:
        assert meaning(text) is not None
    for field in FIELDS:
        for alias in field.aliases:
            assert meaning(field.example.replace(field.name, alias)) == meaning(field.example)


def test_an_unknown_field_is_named_and_the_near_one_suggested() -> None:
    error = refusal("stage:demo valu>20k")
    assert error.message == "bad filter: 'valu>20k': no field 'valu'. Did you mean value?"
    assert error.details == {"term": "valu>20k", "position": 11}
    assert error.hint


@pytest.mark.parametrize("name", [*BY_NAME, "tag", "status", "field", "id"])
def test_every_word_that_takes_a_value_is_suggested_for_one_that_is_like_it(name: str) -> None:
    slip = f"{name}{name[-1]}"
    assert re.search(rf"Did you mean (\w+ or )*{name}\b", refusal(f"{slip}:x").message)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Re:x", "no field 'Re'"),
        ("owner:", "owner needs a value"),
        ('owner:""', "owner needs a value"),
        ("stage>demo", "stage is text and takes only :"),
        ("field.product>3", "field.product is text"),
        ("field:x", "the field has no name"),
        ("value>lots", "'lots' is not an amount"),
        ("age>young", "'young' is not a number of days"),
        ("score<many", "'many' is not a whole number"),
        ("p>101", "'101' is not a percentage"),
        ("next<someday", "'someday' is not a date"),
        ("next<2026Q4", "'2026Q4' is not a date"),
        ("close:31feb", "there is no such day"),
        ("close:mon..someday", "'someday' is not a date"),
        ("close:01/02/2026..today", "'01/02/2026' can be Sun 1 Feb 2026 or Fri 2 Jan 2026"),
        ("status:wn", "no status 'wn'. Did you mean won?"),
        ("q:budget=maybe", "'maybe' is not an answer"),
        ("q:>x", "'x' is not a whole number"),
        ("q:budget>none", "'none' is not an answer"),
        ('q:" "=2', "the question has no name"),
        ("+", "a tag is missing"),
        ("@", "a rep is missing"),
        ("-", "a term is missing after the minus"),
        ('""', "nothing to look for"),
        ('account:"Lumen', "this quote is never closed"),
        ("(a b", "this ( is never closed"),
        ("a b)", "no ( is open here"),
        ("()", "a term is missing"),
        ("a |", "a term is missing"),
        ("| a", "a term is missing"),
        ("a | | b", "a term is missing"),
        ("- (a)", "a term is missing after the minus"),
    ],
)
def test_a_bad_term_is_named_with_what_is_wrong(text: str, part: str) -> None:
    error = refusal(text)
    assert error.message.startswith("bad filter: ")
    assert part in error.message
    assert text.startswith(str(error.details["term"]), int(str(error.details["position"])))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("close:mon..fri", date(2026, 11, 30), date(2026, 12, 3)),
        ("created:mon..fri", date(2026, 11, 16), date(2026, 11, 19)),
        ("closed:5dec..8dec", date(2025, 12, 5), date(2025, 12, 7)),
    ],
)
def test_a_span_lies_where_dates_of_the_field_lie_and_ends_before_its_second_day(
    text: str, first: date, last: date
) -> None:
    name = text.partition(":")[0]
    assert meaning(text) == And((Compare(name, ">=", first), Compare(name, "<=", last)))


@pytest.mark.parametrize(
    ("text", "example"),
    [
        ("tag>3", "tag:inbound"),
        ("status>3", "status:open"),
        ("id:x", "id:142,D-143"),
        ("stage>demo", "stage:demo"),
        ("field.product>3", "field.product:GTX"),
    ],
)
def test_a_bad_term_comes_with_one_that_is_right(text: str, example: str) -> None:
    assert refusal(text).hint == f"Write it like {example}."


MAY_BE_MISSING = {
    "owner", "source", "account", "currency", "channel", "lost", "value", "next", "close", "closed",
    "score", "fit", "probability", "offer_expires_on", "created", "age", "idle", "contact_reason",
    "source_detail", "competitors", "trial_close", "lost_reason",
}  # fmt: skip
"""What a deal may be without, or nobody know of it; of the others each deal has one."""


@pytest.mark.parametrize("name", [field.name for field in FIELDS])
def test_none_means_that_nothing_is_there_wherever_nothing_may_be_there(name: str) -> None:
    if name in MAY_BE_MISSING:
        assert meaning(f"{name}:none") == Unset(name)
        assert meaning(f"-{name}:NONE") == Not(Unset(name))
    else:
        with suppress(BadInput):
            found = meaning(f"{name}:none")
            assert not isinstance(found, Unset), f"MAY_BE_MISSING wants {name}"


@pytest.mark.parametrize("op", [">", ">=", "<", "<="])
@pytest.mark.parametrize("name", [*sorted(MAY_BE_MISSING), "tag"])
def test_nothing_is_more_or_less_than_none(name: str, op: str) -> None:
    assert refusal(f"{name}{op}none").message.startswith(f"bad filter: '{name}{op}none': ")


def test_a_filter_is_bounded_in_length_and_depth() -> None:
    assert "The filter is too long: 2,001 characters" in refusal("a" * 2_001).message
    assert meaning("a" * 2_000) == Words("a" * 2_000)
    assert "30" in refusal("(" * 900 + "a" + ")" * 900).message
    assert "30" in refusal("-" * 1_000 + "a").message
    assert meaning("(" * 30 + "a" + ")" * 30) == A
    assert meaning("-" * 30 + "a") == A
    assert meaning("-(" * 15 + "a" + ")" * 15) == Not(A)
    for deeper in ("(" * 31 + "a" + ")" * 31, "-" * 31 + "a", "-(" * 15 + "-a" + ")" * 15):
        assert "more than 30 parentheses or minus signs" in refusal(deeper).message


def test_a_field_of_ones_own_is_named_in_any_case_and_a_quoted_key_is_words() -> None:
    assert meaning("Field.product:GTX") == meaning("FIELDS.product:GTX") == Custom("product", "GTX")
    assert meaning("OWNER:ana") == Is("owner", "ana")
    assert meaning('"owner":ana') == Words("owner:ana")
    assert meaning('o"w"ner:ana') != meaning('"owner":ana')


def test_a_missing_term_is_told_of_where_it_is_missing() -> None:
    assert refusal("a | | b").details == {"term": "|", "position": 4}
    assert refusal("(a |) b").details == {"term": ")", "position": 4}


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("created>1nov", [("1nov", date(2026, 11, 1))]),
        ("close<2026-12-01", []),
        ("close<tomorrow", []),
        ("close:2026-12-01..2026-12-08", []),
        ("close:2026Q4", []),
        ("close:5dec..8dec", [("5dec..8dec", date(2026, 12, day)) for day in (5, 7)]),
    ],
)
def test_a_day_without_its_year_is_said_as_it_was_understood(
    text: str, understood: list[tuple[str, date]]
) -> None:
    assert filtered(text).understood == tuple(understood)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", False),
        ("won", False),
        ("stage:demo | tag:none", False),
        ("account:ana", False),
        ("owner:ana", True),
        ("won | -@ana", True),
        ("owner:none", True),
        ("id:1", True),
    ],
)
def test_a_filter_says_whose_deals_are_meant_by_an_owner_or_by_their_numbers(
    text: str, says: bool
) -> None:
    assert says_whose(filtered(text).root) is says


def test_control_characters_do_not_reach_the_message() -> None:
    assert refusal("sta\x1bge>demo\u202e").message.startswith("bad filter: 'stage>demo': ")


def test_filters_are_joined_without_a_nested_and() -> None:
    assert all_of(None, None) is None
    assert all_of(A, None) == A
    assert all_of(And((A, B)), None, C) == And((A, B, C))
    assert any_of(Or((A, B)), C) == Or((A, B, C))


names = st.text(min_size=1, max_size=20).map(clean_line).filter(bool)
ops: st.SearchStrategy[Op] = st.sampled_from(["<", "<=", "=", ">=", ">"])


def compares() -> st.SearchStrategy[Compare]:
    amounts = st.builds(Money, st.integers(0, 10**12), st.sampled_from(sorted(EXPONENTS)))
    values: dict[str, st.SearchStrategy[Money | date | int]] = {
        "money": amounts,
        "date": st.dates(date(1900, 1, 1), date(2999, 12, 31)),
        "days": st.integers(0, 99_999),
        "number": st.integers(0, 999_999_999),
        "percent": st.integers(0, 10_000),
    }
    return st.one_of(
        [
            st.builds(Compare, st.just(field.name), ops, values[field.kind])
            for field in FIELDS
            if not field.is_text
        ]
    )


leaves: st.SearchStrategy[Leaf] = st.one_of(
    st.builds(Words, names),
    st.builds(Words, st.sampled_from(["won", "mine", "rot", "-", '"', "a|b", "stage:demo"])),
    st.builds(Is, st.sampled_from([f.name for f in FIELDS if f.is_text]), names),
    st.builds(Is, st.just("account"), st.just("None")),
    st.builds(Unset, st.sampled_from([f.name for f in FIELDS if f.optional] + ["tag"])),
    st.builds(Tag, names),
    st.builds(Custom, names, st.none() | names),
    st.builds(State, st.sampled_from(sorted(STATES))),
    st.builds(These, st.frozensets(st.integers(1, 10**15 - 1), min_size=1)),
    st.builds(Answered, names | st.just("3")),
    st.builds(Answered, names, ops, st.integers(0, 4)),
    compares(),
)


def trees() -> st.SearchStrategy[Node]:
    def grow(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        some = st.lists(inner, min_size=2, max_size=3)
        return st.one_of(
            some.map(lambda parts: any_of(*parts)),
            some.map(lambda parts: all_of(*parts) or parts[0]),
            inner.map(negation),
        )

    return st.recursive(leaves, grow, max_leaves=8)


# A filter written out again, so that the parser reads the same tree from it.

_NEEDS_NO_QUOTES = re.compile(r"\w[\w.,@&/%'-]*")
_WORDS_WITH_A_MEANING = {"mine", *STATES, *STATE_ALIASES}


def written_out(query: Filter) -> str:
    """The canonical text: dates as ISO, amounts with their currency, no needless quotes."""
    return "" if query.root is None else _write(query.root)


def _write(node: Node) -> str:
    match node:
        case Or(parts):
            return " | ".join(map(_write, parts))
        case And(parts):
            return " ".join(
                f"({_write(part)})" if isinstance(part, Or) else _write(part) for part in parts
            )
        case Not(part):
            inner = _write(part)
            return f"-({inner})" if isinstance(part, And | Or) else f"-{inner}"
        case _:
            return _write_leaf(node)


def _write_leaf(node: Leaf) -> str:
    match node:
        case Words(text):
            return in_quotes(text) if text.lower() in _WORDS_WITH_A_MEANING else _word(text)
        case State(name):
            return name
        case Is(field, value):
            return f"{field}:{_value(value)}"
        case Unset(field):
            return f"{field}:none"
        case Tag(name):
            return f"+{_word(name)}"
        case Custom(name, value):
            return f"field.{_word(name)}:{'none' if value is None else _value(value)}"
        case Compare(field, op, value):
            return f"{field}{op}{_amount(field, value)}"
        case Answered(question, op, rating):
            name = in_quotes(question) if question.isdecimal() else _word(question)
            return f"q:{name}{op or ''}{'' if rating is None else rating}"
        case These(ids):
            return f"id:{','.join(map(str, sorted(ids)))}"
        case _:
            assert_never(node)


def _word(text: str) -> str:
    return text if _NEEDS_NO_QUOTES.fullmatch(text) else in_quotes(text)


def _value(text: str) -> str:
    return in_quotes(text) if text.lower() == "none" else _word(text)


def _amount(field: str, value: Money | date | int) -> str:
    if isinstance(value, Money):
        number, code = format_money(value, style="code").split()
        return (number.rstrip("0").rstrip(".") if "." in number else number) + code
    if isinstance(value, date):
        return value.isoformat()
    return format_percent(value) if BY_NAME[field].kind == "percent" else str(value)


@given(trees())
def test_a_filter_written_out_is_read_back_as_the_same_tree(tree: Node) -> None:
    text = written_out(Filter("", tree))
    assume(len(text) <= 2_000)
    assert meaning(text) == tree


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Lumen line", "Lumen line"),
        ('"won" "Mine" "a  b"', '"won" "Mine" "a b"'),
        ('"lumen"', "lumen"),
        ("mine status:won", "owner:me won"),
        ('owner:"ana" owner:"None" stage:"needs assessment"',
         'owner:ana owner:"None" stage:"needs assessment"'),
        ("value>20k value>=9.50 value<5 USD", "value>20000EUR value>=9.5EUR value<5EUR USD"),
        ("p:60 p>2.5", "probability=60 probability>2.5"),
        ("age>30 score>50", "age>30 score>50"),
        ("close<1dec created>-7d", "close<2026-12-01 created>2026-11-16"),
        ("value:none next:none", "value:none next:none"),
        ("+hot -+new", "+hot -+new"),
        ('field.region:north field.region:none field.region:"none"',
         'field.region:north field.region:none field.region:"none"'),
        ('field."Lead type":"a b"', 'field."Lead type":"a b"'),
        ("id:4,1 D-7", "id:1,4 D-7"),
        ('q:need q:need>=2 q:"1"', 'q:need q:need>=2 q:"1"'),
        ("(won | lost) -(stalled mine)", "(won | lost) -(stalled owner:me)"),
        ("((a) (b | c))", "a (b | c)"),
        ("-(a | b)", "-(a | b)"),
    ],
)  # fmt: skip
def test_a_filter_is_written_out_without_what_it_does_not_need(typed: str, written: str) -> None:
    text = written_out(parse_filter(typed, today=MONDAY, currency="EUR"))
    assert text == written


@pytest.mark.parametrize("word", ["rot", "rotting"])
def test_a_deal_that_stands_still_may_be_called_otherwise(word: str) -> None:
    assert meaning(word) == meaning("stalled") != Words("stalled")


@pytest.mark.parametrize("word", ["mine", *STATES, *STATE_ALIASES])
def test_a_word_with_a_meaning_is_searched_for_in_quotes_alone(word: str) -> None:
    assert meaning(f'"{word}"') == Words(word)
    assert meaning(word) != Words(word)
    assert written_out(Filter("", Words(word))) == f'"{word}"'


fragments = st.sampled_from(
    [
        *'|()-+@"=:>#\\ \x1bé',
        "lumen",
        "stage:",
        "value>",
        "20k",
        "q:",
        "none",
        "field.",
        "close<2w",
        "won",
    ]
)


@given(st.text(max_size=60) | st.lists(fragments, max_size=12).map("".join))
def test_any_text_is_a_filter_or_is_refused_in_words(text: str) -> None:
    try:
        query = parse_filter(text, today=MONDAY, currency="EUR")
    except BadInput as error:
        assert error.message == printable(error.message)
    else:
        assert meaning(written_out(query)) == query.root


# What the tree of a filter says of the whole of it.


def filtered(text: str) -> Filter:
    return parse_filter(text, today=MONDAY, currency="EUR")


@pytest.mark.parametrize(
    ("text", "reaches"),
    [
        ("", False),
        ("open", False),
        ("archived", True),
        ("-archived", True),
        ("won | archived lumen", True),
        ("id:1,2", True),
        ("id:1 won", True),
        ("id:1 | won", False),
        ("won -id:1", False),
    ],
)
def test_the_archive_is_reached_where_it_is_named_or_each_deal_is(text: str, reaches: bool) -> None:
    assert reaches_archive(filtered(text).root) is reaches


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("", False),
        ("open lumen value>1k", False),
        ("close<2w", False),
        ("won", True),
        ("lumen | -lost", True),
        ("closed:2026Q4", True),
        ("lost:price", True),
        ("stage:signed", True),
        ("stage:demo", False),
        ("owner:signed", False),
    ],
)
def test_a_filter_asks_how_deals_ended_by_any_of_its_terms(text: str, asks: bool) -> None:
    assert asks_how_it_ended(filtered(text).root, {"signed"}) is asks


@pytest.mark.parametrize(
    ("text", "before", "does"),
    [
        ("lumen", "lum", True),
        ("lum", "lumen", False),
        ("LÚMEN", "lum", True),
        ("lumen won", "lumen", True),
        ("lumen", "lumen won", False),
        ("won lumen", "lumen won", True),
        ("lumen", "", True),
        ("", "lumen", False),
        ("", "", True),
        ("-lumen", "-lum", False),
        ("lumen | acme", "lumen", False),
        ("lumen archived", "lumen", False),
        ("lumen archived won", "lumen archived", True),
        ("value>2k", "value>1k", False),
    ],
)
def test_a_filter_narrows_another_where_a_word_grows_or_a_term_is_added(
    text: str, before: str, does: bool
) -> None:
    assert narrows(filtered(text), filtered(before)) is does


@pytest.mark.parametrize(
    ("text", "whole"), [("", "won"), ("lumen", "lumen won"), ("a | b", "(a | b) won")]
)
def test_a_state_is_added_to_a_filter_as_it_would_be_typed(text: str, whole: str) -> None:
    found = with_state(filtered(text), "won")
    assert (found, found.text) == (filtered(whole), whole)


@pytest.mark.parametrize(
    ("text", "new", "then"),
    [
        ("stage:demo won", "Trial", "stage:Trial won"),
        ("-stage:demo | stage=Demo", "Trial", "-stage:Trial | stage=Trial"),
        ('stage:"demo"', "Trial run", 'stage:"Trial run"'),
        ("stage:demo", "None", 'stage:"None"'),
        ("stage:demo", "a|b", 'stage:"a|b"'),
        ("stage:talks demo", "Trial", "stage:talks demo"),
        ('"stage:demo" owner:demo', "Trial", '"stage:demo" owner:demo'),
        ("stage:won,demo,x", "Live demo", 'stage:won,"Live demo",x'),
        ('stage:"a, b",Demo', "a,b", 'stage:"a, b","a,b"'),
    ],
)
def test_a_filter_names_a_stage_by_its_new_name(text: str, new: str, then: str) -> None:
    assert with_stage_renamed(text, lambda name: name.lower() == "demo", new) == then


@pytest.mark.parametrize(("low", "is_told"), [(39, True), (40, False), (41, False)])
def test_only_a_lesser_number_can_be_meant_in_the_unit_of_the_other_end(
    low: int, is_told: bool
) -> None:
    if is_told:
        assert "only one end has its unit" in str(refusal(f"value:{low}..40k"))
    else:
        both = meaning(f"value:{low}..40k")
        assert both == And((
            Compare("value", ">=", Money(low * 100, "EUR"), True),
            Compare("value", "<=", Money(4_000_000, "EUR"), True),
        ))  # fmt: skip


def test_a_week_in_a_filter_begins_with_the_day_that_it_begins_with_here() -> None:
    """Of Wed 25 Nov 2026: from Monday the 23rd, or from Sunday the 22nd on."""
    for week_start, first in ((0, 23), (6, 22)):
        query = parse_filter(
            "closed:this-week", today=date(2026, 11, 25), currency="EUR", week_start=week_start
        )
        assert query.root == And((
            Compare("closed", ">=", date(2026, 11, first)),
            Compare("closed", "<=", date(2026, 11, first + 6)),
        ))  # fmt: skip


def test_a_quarter_in_a_filter_is_that_of_the_business_year() -> None:
    for shift, first in ((0, date(2026, 10, 1)), (3, date(2027, 1, 1))):
        query = parse_filter(
            "closed:2026Q4", today=date(2026, 11, 25), currency="EUR", fiscal_shift=shift
        )
        assert isinstance(query.root, And)
        assert query.root.parts[0] == Compare("closed", ">=", first)


def test_a_quote_that_is_never_closed_is_refused_with_its_place_and_a_way_on() -> None:
    error = refusal('stage:demo owner:"ana')
    assert error.message == "bad filter: 'owner:\"ana': this quote is never closed."
    assert error.hint == 'Close it with ", or write \\" for a quote inside quotes.'
    assert error.details == {"term": 'owner:"ana', "position": 11}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("ow", ("owner:",)), ("lumen -owner", ("owner:",)), ("(sta", ("stage:", "stalled")),
        ("OV", ("overdue",)), ("won|ope", ("open",)), ("overdue", ()), ("rot", ()), ("ow ", ()),
        ("owner:", ()), ("owner:an", ()), ("lumen", ()), ("", ()),
    ],
)  # fmt: skip
def test_a_word_that_is_typed_may_yet_become_a_field_or_a_state(
    typed: str, names: tuple[str, ...]
) -> None:
    assert may_become(typed) == names


SAVED = (
    ("big", "value>20k"),
    ("Hot deals", "won | +hot"),
    ("both", 'saved:big -saved:"hot deals"'),
    ("round", "saved:again"),
    ("again", "saved:round"),
)


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ("saved:big", "value>20k"),
        ("saved:BIG @ana", "value>20k @ana"),
        ("-saved:big", "-value>20k"),
        ('saved:"Hot deals" @ana', "(won | +hot) @ana"),
        ("saved:both", "value>20k -(won | +hot)"),
        ("saved:big | lost", "value>20k | lost"),
    ],
)
def test_a_saved_filter_stands_for_what_it_says_in_parentheses(named: str, written: str) -> None:
    today = date(2026, 11, 23)
    found = parse_filter(named, today=today, currency="EUR", saved=lambda: SAVED)
    assert found.root == parse_filter(written, today=today, currency="EUR").root


@pytest.mark.parametrize(
    ("named", "hint"),
    [
        ("saved:bigg", "Did you mean big?"),
        ("saved:round", "There are: big, Hot deals, both."),
        ("open saved:zzzzzzzz", "There are: big, Hot deals, both, round, again."),
    ],
)
def test_a_filter_that_nobody_saved_or_that_names_itself_is_refused(named: str, hint: str) -> None:
    with pytest.raises(BadInput, match="no filter is saved so") as refused:
        parse_filter(named, today=date(2026, 11, 23), currency="EUR", saved=lambda: SAVED)
    assert refused.value.hint == hint


@pytest.mark.parametrize(
    ("word", "term", "finds"),
    [
        ("closed", "won | lost", "closed deals"),
        ("active", "open", "open deals"),
        ("stuck", "stalled", "deals that stand still"),
        ("late", "overdue", "deals with an overdue next step"),
        ("due", "next<=today", "deals with a next step that is due"),
        ("today", "next:today", "deals with a next step today"),
        ("parked", "snoozed", "deals that sleep"),
        ("unassigned", "owner:none", "nobody's deals"),
        ("ana", "owner:ana", "@ana's deals"),
        ("demo", "stage:Demo", "deals in Demo"),
    ],
)
def test_a_word_for_a_state_elsewhere_is_told_with_the_term_and_what_it_finds(
    word: str, term: str, finds: str
) -> None:
    query = parse_filter(word, today=date(2026, 11, 23), currency="EUR")
    assert other_meanings(query, ["ana"], ["Demo"]) == (Meaning(word, term, finds),)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("ana", ["owner:ana"]),
        ("ANA lumen", ["owner:ana"]),
        ("-closed ana", ["won | lost", "owner:ana"]),
        ("lead generation", ['stage:"Lead Generation"']),
        ("lead generation lumen", []),
        ("lead | demo", ["stage:Demo"]),
        ('"ana" lumen', []),
        ("won", []),
        ("owner:ana", []),
        ("@ana", []),
        ("lumen", []),
        ("", []),
    ],
)
def test_words_that_may_have_been_meant_as_more_are_told_with_their_terms(
    text: str, terms: list[str]
) -> None:
    query = parse_filter(text, today=date(2026, 11, 23), currency="EUR")
    found = other_meanings(query, ["ana", ""], ["Lead Generation", "Demo", "Won"])
    assert [one.term for one in found] == terms
    for one in found:
        again = parse_filter(one.term, today=date(2026, 11, 23), currency="EUR")
        assert "Words" not in repr(again.root)
