"""The pane says all that is known of a deal, in any width."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.domain.deal import Answer, Contact, Deal, Loss, Note, Status
from pipeboard.domain.money import Money
from pipeboard.ui.draw.facts import PaneStyle, calendar_day
from pipeboard.ui.draw.line import Glyphs, text_of, width_of
from pipeboard.ui.draw.pane import pane_lines, sections
from tests.ui.board_scene import DEAL, PIPELINE, TODAY, ZONE, at, sheet_of
from tests.ui.golden_screens import assert_looks_like
from tests.ui.hostile import TEXTS


def style(width: int = 58, glyphs: Glyphs = Glyphs.UNICODE) -> PaneStyle:
    return PaneStyle(width, TODAY, ZONE, glyphs)


def written(deal: Deal = DEAL, width: int = 100) -> str:
    lines = [text_of(line).strip() for line in pane_lines(sheet_of(deal), style(width))]
    return "\n".join(lines)


@pytest.mark.parametrize("glyphs", Glyphs)
@pytest.mark.parametrize("width", [58, 36])
def test_the_pane_looks_as_it_should(width: int, glyphs: Glyphs) -> None:
    lines = pane_lines(sheet_of(), style(width, glyphs))
    assert_looks_like(f"pane-{width}-{glyphs}", lines)


def test_a_deal_past_its_limit_says_so() -> None:
    assert "~ 26 days in Qualify (limit 14)  entered 28 Oct" in written()


def test_a_close_date_tells_how_often_it_was_moved() -> None:
    assert "close 19 Dec (moved 1x)" in written()


def test_a_probability_by_hand_says_so() -> None:
    assert "60% by hand" in written()
    assert "25%  close" in written(replace(DEAL, probability_bp=None))


def test_a_deal_without_a_next_step_says_so() -> None:
    assert "? no next step" in written(replace(DEAL, next_step=None))


def test_a_snoozed_deal_says_until_when_and_why() -> None:
    parked = replace(DEAL, snoozed_until=date(2027, 1, 4), snooze_reason="budget freeze")
    assert "snoozed until 4 Jan 2027: budget freeze" in written(parked)


@pytest.mark.parametrize(
    ("outcome", "loss", "words"),
    [
        (Status.WON, None, "Won 20 Nov"),
        (Status.LOST, None, "Lost 20 Nov"),
        (
            Status.LOST,
            Loss("price", "12 % too dear", "Acmesoft", date(2027, 3, 1)),
            "Lost 20 Nov: price: 12 % too dear (to Acmesoft), comes back 1 Mar 2027",
        ),
    ],
)
def test_a_closed_deal_says_how_it_ended(outcome: Status, loss: Loss | None, words: str) -> None:
    stage = PIPELINE.won if outcome is Status.WON else PIPELINE.lost
    over = replace(
        DEAL, outcome=outcome, loss=loss, closed_at=at(11, 20), stage_id=stage.id, next_step=None
    )
    assert words in written(over)
    assert "no next step" not in written(over)


def test_each_question_shows_its_answer_or_what_to_ask() -> None:
    text = written()
    assert "Qualification  2/7  ●●○○○○○" in text
    assert "✓ Need                Scrap rate 9 % on line 2 (audit report of 12 Oct) · 4/4" in text
    assert "✗ Personal stake      none yet; Mika is neutral · 1/4" in text
    assert "? Timeline            By when do you look to have it in place?" in text


def test_what_the_next_stage_asks_is_told_ahead() -> None:
    assert "to leave Qualify: Authority and budget is unanswered" in written()


def test_an_answer_without_a_rating_is_an_answer() -> None:
    answered = replace(DEAL, answers={"need": Answer("too slow")})
    assert "✓ Need                too slow\n" in written(answered)


def test_times_are_local() -> None:
    assert "21 Nov 17:02 @ana  call out: reached" in written()


def test_sections_of_which_nothing_is_known_are_left_out() -> None:
    bare = Deal(
        id=1,
        pipeline_id=1,
        stage_id=1,
        title="Pilot",
        created_at=at(11, 1),
        stage_entered_at=at(11, 1),
    )
    record = replace(sheet_of(bare), notes=(), touches=(), entries=())
    assert [section.title for section in sections(record, style())] == ["Qualification", "Details"]


def test_of_a_long_history_the_latest_is_drawn_and_the_rest_counted() -> None:
    record = sheet_of(DEAL)
    many = record.entries * (1 + 300 // len(record.entries))
    lines = [text_of(line) for line in pane_lines(replace(record, entries=many), style())]
    assert any(f"{len(many) - 100} earlier" in line for line in lines)
    assert len(lines) < 250


def test_a_day_of_another_year_names_it() -> None:
    assert calendar_day(date(2026, 12, 3), TODAY) == "3 Dec"
    assert calendar_day(date(2027, 1, 4), TODAY) == "4 Jan 2027"


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS, st.integers(20, 90), st.sampled_from(Glyphs))
def test_every_line_is_exactly_as_wide_as_the_pane(
    name: str, text: str, note: str, width: int, glyphs: Glyphs
) -> None:
    deal = replace(
        DEAL,
        account=name,
        owner=text,
        tags=(text, name),
        value=Money(10**15, "CHF"),
        fields={name: text, text: name},
        contacts={"x": Contact(name, "champion", text, note, text)},
        answers={"need": Answer(note, 2, text)},
        loss=Loss("price", text, name),
    )
    record = replace(sheet_of(deal), notes=(Note("n", note, name, at(11, 21)),))
    for line in pane_lines(record, style(width, glyphs)):
        assert width_of(line) == width
        assert not set(text_of(line)) & set("\x1b\x9b\x07\n\t\r\u202e\ud800")
