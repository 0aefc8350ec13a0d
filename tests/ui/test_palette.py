"""The palette: what was used last first, any place by name, and commands with their words."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeboard.cli.main import main
from pipeboard.demo import SETTINGS
from pipeboard.domain.board import Sort
from pipeboard.domain.money import Money
from pipeboard.store import Store
from pipeboard.ui.actions.palette import ALSO_CALLED
from pipeboard.ui.key_table import ALL
from tests.ui.desk import Desk, desk


async def say(board: Desk, words: str) -> None:
    await board.press(":")
    await board.type(words)
    await board.press("enter")


async def test_it_opens_on_what_was_used_last_also_in_another_session(demo: Path) -> None:
    async with desk(demo) as board:
        await say(board, "mark all")
        await board.press("escape")
        await say(board, "theme light")
    async with desk(demo) as board:
        await board.press(":")
        rows = [line for line in board.lines() if "Theme light" in line or "Mark all" in line]
        assert "Theme light" in rows[0] and "Mark all shown" in rows[1]
        assert not board.shows("Left ")


@pytest.mark.parametrize("word", ["export", "undo list", "import", "tour", "metrics", "currency"])
async def test_what_has_no_daily_key_is_in_it(demo: Path, word: str) -> None:
    async with desk(demo) as board:
        await board.press(":")
        await board.type(word)
        assert any(word.split()[0] in line.casefold() for line in board.lines()[3:-2])
        assert not board.shows("nothing matches")


@pytest.mark.parametrize("word", ["repaint", "suspend"])
async def test_what_the_program_does_itself_is_done_from_it_too(demo: Path, word: str) -> None:
    async with desk(demo) as board:
        await say(board, word)
        assert not board.is_asking and board.bugs == []


async def test_a_deal_is_found_by_letters_of_its_name_in_their_order(demo: Path) -> None:
    async with desk(demo) as board:
        deal = board.stored(12)
        letters = "".join(word[:2] for word in deal.name.split())[:4]
        for key in (":", "f"):
            await board.press("g", "g", key)
            await board.type(letters)
            assert board.shows(f"D-12  {deal.name}")
            await board.press("escape")
        await say(board, deal.name)
        assert board.card.name == deal.name


async def test_a_stage_is_named_with_the_move(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id, names = board.card.id, [stage.name for stage in board.board.pipeline().stages]
        await say(board, f"move {names[1].split()[-1].casefold()}")
        if board.is_asking:  # the gate of the stage
            assert board.shows("Before")
        else:
            assert board.stored(deal_id).stage_id == board.board.pipeline().stages[1].id


@pytest.mark.parametrize(
    ("words", "until", "why"),
    [
        ("snooze 2w", date(2026, 12, 7), ""),
        ("snooze 9dec", date(2026, 12, 9), ""),
        ("snooze 2w on holiday", date(2026, 12, 7), "on holiday"),
    ],
)
async def test_a_day_is_named_with_the_snooze(
    demo: Path, words: str, until: date, why: str
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await say(board, words)
        deal = board.stored(deal_id)
        assert (deal.snoozed_until, deal.snooze_reason) == (until, why)


async def test_a_rep_a_step_a_note_a_filter_are_named_with_what_they_are_for(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        rep = next(rep.name for rep in board.workspace.reader.reps() if rep.name != "ana")
        await say(board, f"owner {rep}")
        assert board.stored(deal_id).owner == rep
        await say(board, "next fri ask about forks")
        step = board.stored(deal_id).next_step
        assert step is not None and step.text == "ask about forks"
        await say(board, "next mon")
        moved = board.stored(deal_id).next_step
        assert moved is not None and moved.text == step.text and moved.due != step.due
        await say(board, "note they like forks")
        assert "they like forks" in [n.text for n in board.workspace.reader.history.notes(deal_id)]
        await say(board, "filter stalled")
        assert board.state.view.filter_text == "stalled"


@pytest.mark.parametrize(
    ("words", "said", "field", "after"),
    [
        ("value 41k", "Value €41,000", "value", Money(4_100_000, "EUR")),
        ("value none", "Leave the value open", "value", None),
        ("close 24dec", "Close date Thu 24 Dec 2026", "expected_close", date(2026, 12, 24)),
        ("close none", "Leave the close date open", "expected_close", None),
        ("probability 33", "Probability 33%", "probability_bp", 3_300),
        ("probability none", "Probability that of the stage", "probability_bp", None),
    ],
)
async def test_a_field_is_named_with_what_it_is_to_say(
    demo: Path, words: str, said: str, field: str, after: object
) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await board.press(":")
        await board.type(words)
        assert board.shows(said)
        await board.press("enter")
        assert getattr(board.stored(deal_id), field) == after


async def test_tags_are_put_on_and_taken_off_by_their_names(demo: Path) -> None:
    async with desk(demo) as board:
        deal_id = board.card.id
        await say(board, "tag hot, fresh")
        assert {"hot", "fresh"} <= set(board.stored(deal_id).tags)
        await say(board, "tag -hot")
        assert "hot" not in board.stored(deal_id).tags
        assert "fresh" in board.stored(deal_id).tags


@pytest.mark.parametrize("words", ["value lots", "close 41dec", "probability 150"])
async def test_a_field_that_cannot_be_read_is_refused_while_it_is_typed(
    demo: Path, words: str
) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press(":")
        await board.type(words)
        assert board.shows(words.split()[1])
        await board.press("enter")
        assert board.is_asking and board.deal == before


async def test_views_and_themes_are_in_it(demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    async with desk(demo) as board:
        await say(board, "theme light")
        assert board.app.theme_inks.name == "light"
        await say(board, "sort by value")
        assert board.state.lens.sort is Sort.VALUE
        await say(board, "1 line a card")
        assert board.state.view.density == 1


async def test_words_that_mean_nothing_are_said_and_change_nothing(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        await board.press(":")
        await board.type("snooze 41dec")
        assert board.shows("41dec")
        await board.press("enter")
        assert board.deal == before and board.is_asking
        assert any("41dec" in line for line in board.lines()[-2:])
        await board.press("backspace", "backspace", "backspace", "backspace", "backspace")
        await board.type("9dec")
        await board.press("enter")
        assert board.deal.snoozed_until == date(2026, 12, 9)


async def test_a_line_that_is_refused_stands_there_with_the_reason_to_be_mended(demo: Path) -> None:
    async with desk(demo) as board:
        before = board.deal
        for _ in range(2):
            await say(board, "snooze 2026-11-20")
            assert board.is_asking and board.deal == before
            assert board.shows("› snooze 2026-11-20") and "lie ahead" in board.lines()[-1]
            await board.press("escape")
            assert not board.is_asking and "draft" not in board.status
        await say(board, "snooze 2026-11-20")
        await board.press("backspace", "backspace", "2", "7", "enter")
        assert board.deal.snoozed_until == date(2026, 11, 27) and not board.is_asking


async def test_commands_that_change_nothing_here_say_so_and_come_last(demo: Path) -> None:
    async with desk(demo, read_only=True) as board:
        await board.press(":")
        assert not any("Add a deal" in line for line in board.lines())
        await board.type("add a deal")
        assert board.shows("Add a deal   The database was opened for reading only.")
        await board.press("enter")
        assert board.is_asking and "for reading only" in board.lines()[-1]
        await board.press("ctrl+u")
        await board.type("snooze 2w")
        await board.press("enter")
        assert board.is_asking and "for reading only" in board.lines()[-1]
        await board.press("ctrl+u")
        await board.type("sort by value")
        await board.press("enter")
        assert board.state.lens.sort is Sort.VALUE


async def test_a_bad_filter_is_told_while_it_is_typed(demo: Path) -> None:
    async with desk(demo) as board:
        await board.press(":")
        await board.type("filter close:41dec")
        await board.press("enter")
        assert board.is_asking and any("41dec" in line for line in board.lines()[-2:])


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
async def test_the_deals_of_the_board_are_written_to_a_file_that_an_import_takes_back(
    demo: Path, tmp_path: Path, form: str
) -> None:
    path = tmp_path / f"some.{form}"
    async with desk(demo, size=(120, 40)) as board:
        await say(board, "filter stalled")
        shown = board.state.board.matching
        await say(board, "export deals")
        await board.type(str(path))
        await board.press("enter")
        assert f"{shown} deals are in {path}" in board.status
        await say(board, "export deals")
        await board.type(str(path))
        await board.press("enter")
        assert board.is_asking, "a file is never replaced"
    store = Store.create(str(tmp_path / "other.db"), SETTINGS)
    code = main(
        [
            "--db",
            str(tmp_path / "other.db"),
            "import",
            str(path),
            "--into",
            "X",
            "--stages",
            "auto",
            "--new-rep",
        ]
    )
    store.close()
    assert code == 0
    other = Store.open(str(tmp_path / "other.db"), read_only=True)
    assert other.reader.known_deals().count() == shown
    other.close()


@pytest.mark.parametrize(
    "word, line",
    [
        ("delete", "Archive   "),
        ("search", "Find   "),
        ("statistics", "Metrics   "),
        ("reminder", "Next step   "),
        ("rename", "Edit   "),
    ],
)
async def test_a_command_is_found_by_what_it_is_called_elsewhere(
    demo: Path, word: str, line: str
) -> None:
    async with desk(demo) as board:
        await board.press(":")
        await board.type(word)
        assert board.shows(line) and not board.shows("nothing matches")


def test_what_is_called_otherwise_are_keys_of_some_screen() -> None:
    assert {key.action for key in ALL.values()} >= ALSO_CALLED.keys()
