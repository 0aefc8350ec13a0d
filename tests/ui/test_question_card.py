"""A question of the interview: what is typed goes where the cursor is; half an answer is none."""

from __future__ import annotations

import pytest

from pipeboard.domain.deal import Answer
from pipeboard.domain.pipeline import Question
from pipeboard.ui.overlays.question import Given, QuestionCard
from pipeboard.ui.widgets.line_input import LineInput
from tests.ui.overlays import opened

ASKED = Question("need", "Need", "What problem are you trying to solve?")
SO = Answer("Scrap", 3, "a report")


@pytest.mark.parametrize(
    ("present", "keys", "said"),
    [
        (None, ["down", *"mail", "enter"], "Evidence of what? The answer is empty."),
        (Answer("Scrap"), ["ctrl+u", "enter"], "An answer needs words or a rating"),
        (Answer("", 0), ["shift+tab", "enter"], "An answer needs words or a rating"),
    ],
)
async def test_what_is_no_answer_stays_there_with_the_reason(
    present: Answer | None, keys: list[str], said: str
) -> None:
    async with opened(QuestionCard(ASKED, present, "1/7")) as stage:
        await stage.press(*keys)
        assert stage.is_open and said in stage.last_line


@pytest.mark.parametrize(
    ("present", "keys", "given"),
    [
        (None, ["enter"], Given()),
        (None, ["tab", "enter"], Given(rating=0)),
        (None, ["shift+tab", "enter"], Given(rating=4)),
        (SO, ["tab", "tab", "enter"], Given("Scrap", "a report", None)),
        (SO, ["down", *"s", "up", *"!", "enter"], Given("Scrap!", "a reports", 3)),
        (SO, ["ctrl+r", "enter"], Given("Scrap", "a report", 3)),
        (SO, [*"?", "tab", "ctrl+r", "enter"], Given("Scrap", "a report", 3)),
        (SO, [*"?", "ctrl+r", "ctrl+r", "enter"], Given("Scrap?", "a report", 3)),
    ],
)
async def test_words_evidence_and_rating_are_given_together(
    present: Answer | None, keys: list[str], given: Given
) -> None:
    async with opened(QuestionCard(ASKED, present, "1/7")) as stage:
        await stage.press(*keys)
        assert stage.answer == given


@pytest.mark.parametrize(
    ("keys", "given"),
    [([], Given("a\nb", "a report", 3)), (["down"], Given("Scrap", "a\nb", 3))],
)
async def test_a_text_of_several_lines_goes_where_the_cursor_is(
    keys: list[str], given: Given
) -> None:
    card = QuestionCard(ASKED, SO, "1/7")
    async with opened(card) as stage:
        await stage.press(*keys)
        card.line.post_message(LineInput.Longer("a\nb"))
        await stage.pilot.pause()
        assert card.draft.typed == '{"%s": "a\\nb"}' % ("evidence" if keys else "text")
        await stage.press("ctrl+s")
        assert stage.answer == given
