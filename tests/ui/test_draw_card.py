"""A card says what matters of a deal, in columns that line up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.board import Card
from pipeboard.domain.deal import Status
from pipeboard.domain.money import Money
from pipeboard.ui.draw.card import CardStyle, card_lines, ended
from pipeboard.ui.draw.line import Glyphs, text_of, width_of
from tests.ui.board_scene import TODAY, card
from tests.ui.hostile import TEXTS

LUMEN = card(
    114,
    "Lumen Oy",
    "40000 EUR",
    "~",
    next_text="call",
    due=10,
    days_in_stage=26,
    over_limit=True,
    probability_bp=6000,
    title="Line pilot",
)
LONG = replace(LUMEN, next_text="call Mika about the line audit", title="Packaging line pilot two")


def drawn(card: Card, width: int = 19, rows: int = 4, **facts: Any) -> list[str]:
    cursor, marked = facts.pop("cursor", False), facts.pop("marked", False)
    style = CardStyle(width, rows, TODAY, **{"questions": 6, **facts})
    return [text_of(line) for line in card_lines(card, style, cursor, marked)]


@pytest.mark.parametrize(
    ("days", "known", "text"),
    [(9, True, "9d"), (412, True, "412d"), (1_200, True, "3y"), (0, False, "0d+"),
     (412, False, "412d+"), (1_200, False, "3y+"), (999, True, "999d"), (1_000, True, "2y"),
     (40_000, True, "99y"), (-1, True, "0d")],
)  # fmt: skip
def test_days_of_which_some_are_unknown_are_said_to_be_more(
    days: int, known: bool, text: str
) -> None:
    rows = drawn(replace(LUMEN, days_in_stage=days, entry_known=known), 30)
    assert [row.split()[-1] for row in rows if "call" in row] == [text]


def test_a_card_of_one_row_has_sign_name_and_value() -> None:
    assert drawn(LUMEN, rows=1) == [" ~ Lumen Oy     40k"]


def test_a_card_of_four_rows_adds_title_next_step_owner_answers_and_probability() -> None:
    assert drawn(LUMEN, cursor=True) == [
        "▌~ Lumen Oy     40k",
        "▌  Line pilot      ",
        "▌  ›3 Dec call  26d",
        "▌  @ana   Q3/6  60%",
    ]


def test_a_card_of_three_rows_has_the_owner_beside_the_title() -> None:
    assert drawn(LUMEN, width=24, rows=3) == [
        " ~ Lumen Oy          40k",
        "   Line pilot       @ana",
        "   ›3 Dec call       26d",
    ]
    assert drawn(LUMEN, width=24, rows=3, owner=False)[1] == "   Line pilot           "
    # With a row for the small facts the owner stands there.
    assert drawn(LUMEN, width=24, rows=4)[1] == "   Line pilot           "


def test_a_deal_that_is_its_title_has_its_small_facts_in_the_third_row() -> None:
    alone = replace(LUMEN, account="", title="Lumen Oy")
    assert drawn(alone, rows=3)[2] == "   @ana   Q3/6  60%"


def test_rows_left_over_go_to_a_long_step_first_and_then_to_a_long_title() -> None:
    assert drawn(LONG, rows=5) == [
        " ~ Lumen Oy     40k",
        "   Packaging line …",
        "   ›3 Dec call  26d",
        "    Mika about …   ",
        "   @ana   Q3/6  60%",
    ]
    short = replace(LONG, next_text="call")
    assert drawn(short, rows=5)[1:3] == ["   Packaging line  ", "   pilot two       "]


def test_only_an_open_deal_of_a_pipeline_with_questions_counts_its_answers() -> None:
    assert drawn(LUMEN, questions=0)[3] == "   @ana         60%"
    assert not any("Q" in row for row in drawn(replace(LUMEN, status=Status.WON), rows=5))
    # Of questions that a pipeline asks no more there may be answers still.
    assert drawn(replace(LUMEN, answered=9))[3] == "   @ana   Q6/6  60%"


def test_only_an_open_deal_says_when_it_is_to_close() -> None:
    won = replace(LUMEN, status=Status.WON, closed_on=TODAY)
    assert drawn(won, owner=False)[3].strip() == ""
    assert drawn(LUMEN, owner=False)[3].startswith("   19 Dec")


def test_an_owner_is_not_cut_for_the_answers() -> None:
    assert drawn(replace(LUMEN, owner="ferdinand"))[3] == "   @ferdinand   60%"


def test_a_wide_card_shows_a_pip_for_each_question_and_the_close_date() -> None:
    assert drawn(LUMEN, width=42)[3] == "   @ana                19 Dec Q●●●○○○  60%"


def test_ascii_has_the_same_facts_in_the_same_cells() -> None:
    assert drawn(LUMEN, cursor=True, glyphs=Glyphs.ASCII) == [
        ">~ Lumen Oy     40k",
        ">  Line pilot      ",
        ">  >3 Dec call  26d",
        ">  @ana   Q3/6  60%",
    ]


def test_without_owners_the_close_date_takes_their_place() -> None:
    assert drawn(LUMEN, owner=False)[3] == "   19 Dec Q3/6  60%"


@pytest.mark.parametrize(
    ("basis_points", "by_hand", "text"),
    [(6000, True, "=60%"), (6000, False, "60%"), (0, True, "=0%"), (6049, False, "60%"),
     (6050, False, "61%"), (9949, True, "=99%"), (9950, True, "100%"), (10_000, True, "100%")],
)  # fmt: skip
def test_a_probability_by_hand_is_told_from_that_of_the_stage_where_there_is_room(
    basis_points: int, by_hand: bool, text: str
) -> None:
    given = card(1, "Lumen Oy", None, probability_bp=basis_points, probability_by_hand=by_hand)
    assert drawn(given)[3].endswith(f" {text}")


def test_a_mark_and_the_cursor_can_both_be_seen() -> None:
    assert drawn(LUMEN, rows=1, cursor=True, marked=True) == ["▌~*Lumen Oy     40k"]


def test_a_long_name_gives_way_to_the_amount() -> None:
    long = card(1, "Hanse Technologies", "1250000 EUR")
    assert drawn(long, rows=1) == ["   Hanse Tech… 1.3M"]


def test_an_amount_is_never_cut() -> None:
    """Without its last digits it would be another one."""
    dear = card(1, "Opal", "987650000 CHF")
    assert drawn(dear, width=12, rows=1, symbol=True) == ["    CHF 988M"]
    assert drawn(dear, width=11, rows=1, symbol=True) == ["   Opal    "]


def test_a_long_next_step_gives_way_to_its_day() -> None:
    long = card(1, "Lumen Oy", None, next_text="call Mika about the audit", due=-12)
    assert drawn(long, rows=2)[1] == "   ›-12d call …  4d"


def test_amounts_name_their_currency_where_the_board_mixes_them() -> None:
    assert drawn(LUMEN, rows=1, symbol=True) == [" ~ Lumen Oy    €40k"]
    assert drawn(LUMEN, rows=1, symbol=True, glyphs=Glyphs.ASCII) == [" ~ Lumen Oy EUR 40k"]


def test_a_deal_without_a_next_step_says_so() -> None:
    assert (
        drawn(card(1, "Opal", None, "?", next_text="", due=None), rows=2)[1]
        == "   no next step  4d"
    )


def test_a_step_without_a_day_says_what_it_lacks() -> None:
    undated = card(1, "Opal", None, "?", next_text="call", due=None)
    assert drawn(undated, rows=2)[1] == "   ›no day call  4d"


def test_a_snoozed_deal_says_until_when() -> None:
    snoozed = card(1, "Opal", None, snoozed_until=date(2026, 12, 2))
    assert drawn(snoozed, rows=2)[1] == "   snoozed 2 Dec 4d"
    assert drawn(replace(snoozed, snoozed_until=TODAY), rows=2)[1] == "   ›Thu call     4d"


@pytest.mark.parametrize(
    ("status", "closed", "row"),
    [
        (Status.WON, -3, "   won 3d ago       "),
        (Status.LOST, 0, "   lost today       "),
        (Status.LOST, -80, "   lost 4 Sep       "),
    ],
)
def test_a_closed_deal_shows_its_outcome_instead_of_a_next_step(
    status: Status, closed: int, row: str
) -> None:
    over = card(1, "Wren", None, status=status, closed=closed, next_text="", due=None)
    assert drawn(over, width=20, rows=2)[1] == row


def test_a_lost_deal_says_when_and_why() -> None:
    lost = replace(
        card(1, "Opal", None), status=Status.LOST, closed_on=date(2026, 12, 2), loss="competitor"
    )
    assert drawn(lost, rows=2)[1].rstrip() == "   2 Dec competitor"
    assert ended(lost, TODAY) == "lost 2 Dec: competitor"
    assert ended(replace(lost, status=Status.ARCHIVED), TODAY) == "archived, closed 2 Dec"


def test_a_snoozed_deal_is_dimmer_than_one_that_is_awake() -> None:
    style = CardStyle(19, 1, TODAY)
    awake = card(1, "Opal", "40000 EUR")
    asleep = replace(awake, snoozed_until=date(2026, 12, 2))
    roles = [
        {role for text, role in card_lines(each, style)[0] if text.strip()}
        for each in (awake, asleep)
    ]
    assert roles == [{"card.name", "card.money"}, {"card.asleep"}]


def test_days_past_the_limit_are_set_off_in_role_too() -> None:
    style = CardStyle(19, 2, TODAY)
    assert card_lines(LUMEN, style)[1][-1] == ("26d", "card.days.over")


@pytest.mark.parametrize(
    ("due", "text", "role"),
    [(-2, "-2d", "card.due.over"), (0, "today", "card.due"), (1, "Tue", "card.due")],
)
def test_an_overdue_day_is_set_off_in_role_too(due: int, text: str, role: str) -> None:
    step = card(1, "Lumen Oy", None, due=due)
    assert dict(card_lines(step, CardStyle(30, 2, TODAY))[1])[text] == role


@pytest.mark.parametrize(
    ("sign", "role"),
    [("!", "cursor.overdue"), ("?", "cursor.none"), ("~", "cursor.stalled"), (" ", "cursor.text")],
)
def test_all_of_the_row_under_the_cursor_stands_on_its_background(sign: str, role: str) -> None:
    awake = card(1, "Opal", "40000 EUR", sign)
    for each in (awake, replace(awake, snoozed_until=date(2026, 12, 2))):
        for marked in (False, True):
            first = card_lines(each, CardStyle(19, 2, TODAY), True, marked)[0]
            assert first[1] == (sign, role)
            assert {role for text, role in first[1:] if text.strip()} <= {
                role, "cursor.name", "cursor.money"
            }  # fmt: skip


def test_the_days_of_a_deal_that_sleeps_do_not_stand_out() -> None:
    asleep = replace(LUMEN, snoozed_until=date(2026, 12, 2))
    assert card_lines(asleep, CardStyle(19, 2, TODAY))[1][-1] == ("26d", "card.asleep")


@given(
    TEXTS,
    TEXTS,
    st.text(max_size=30),
    st.integers(19, 80),
    st.integers(1, 6),
    st.sampled_from(Glyphs),
    st.integers(0, 10**15),
    st.sampled_from(["EUR", "USD", "CHF", "JPY"]),
    st.integers(-5, 20_000),
    st.booleans(),
)
def test_every_row_is_exactly_as_wide_as_the_column(
    name: str,
    step: str,
    owner: str,
    width: int,
    rows: int,
    glyphs: Glyphs,
    minor: int,
    currency: str,
    days: int,
    flag: bool,
) -> None:
    any_card = replace(
        card(1, name, None, "!", next_text=step, owner=owner, days_in_stage=days),
        value=Money(minor, currency),
        probability_by_hand=flag,
    )
    style = CardStyle(width, rows, TODAY, questions=7, symbol=flag, owner=flag, glyphs=glyphs)
    lines = card_lines(any_card, style, flag, not flag)
    assert [width_of(row) for row in lines] == [width] * rows
    for row in lines:
        assert not set(text_of(row)) & set("\x1b\x9b\x07\n\t\u202e")
