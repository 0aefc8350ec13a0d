"""A connection that drops in the middle of an answer, or of any line, loses no word of it."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.team import NOW, QUALIFICATION, Team, add, now_of
from tests.ui.pseudo_terminal import PseudoTerminal

ANSWER = (
    "Scrap on line 2 went from 4 to 9 percent in May, "
    "the night shift sorts by hand, and two customers have sent whole lorries back"
)


@pytest.fixture
def team(tmp_path: Path) -> Team:
    team = Team.make(tmp_path / "team.db")
    add(team.rep("ana"), stage=QUALIFICATION)
    return team


def board_of(team: Team) -> PseudoTerminal:
    arguments = ["-m", "pipeboard", "--db", str(team.path)]
    home = team.path.parent
    environ = {"HOME": str(home), "PIPEBOARD_NOW": NOW.isoformat()}
    return PseudoTerminal(arguments, environ=environ)


def begin_the_interview(terminal: PseudoTerminal) -> None:
    terminal.wait_for_text("Lumen Oy")
    terminal.type("2Q")
    terminal.wait_for_text("What problem are you trying to solve?")


@pytest.mark.parametrize("how", ["hang up", "SIGHUP", "SIGTERM"])
def test_an_answer_half_typed_is_there_again_after_the_line_was_cut(team: Team, how: str) -> None:
    with board_of(team) as terminal:
        begin_the_interview(terminal)
        terminal.type(ANSWER)
        terminal.wait_for_text("whole lorries back")
        if how == "hang up":
            terminal.hang_up()
        else:
            terminal.process.send_signal(signal.Signals[how])
        assert terminal.wait_for_end() == 128 + (15 if how == "SIGTERM" else 1)
    with board_of(team) as terminal:
        begin_the_interview(terminal)
        terminal.wait_for_text("Kept from ")
        terminal.wait_for_text("whole lorries back")
        terminal.type("\r")
        terminal.wait_for_text("2/7")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.wait_for_end()
    assert now_of(team.rep("ana"), 1).answers["need"].text == ANSWER
    team.close()


@pytest.mark.parametrize("keys", ["n", "ico", "xtell\rprice\r", "$", "#", "a"])
def test_any_line_typed_within_the_second_is_there_again(team: Team, keys: str) -> None:
    text = "4711" if keys == "$" else "forks"
    with board_of(team) as terminal:
        terminal.wait_for_text("Lumen Oy")
        terminal.type("2")
        for key in keys:
            terminal.type(key)
        terminal.type(text)
        terminal.wait_for_text(text)
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.wait_for_end() == 129
    with board_of(team) as terminal:
        terminal.wait_for_text("1 text was kept: ")
        terminal.type("2")
        for key in keys:
            terminal.type(key)
        terminal.wait_for_text("Kept from ")
        terminal.wait_for_text(text)
        terminal.process.send_signal(signal.SIGTERM)
        terminal.wait_for_end()
    team.close()
