"""News of what others did, and the first words of a board."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.people import Actor
from pipeboard.ui.news import News, first_words, told
from tests.ui.script import Desk
from tests.verbs import Workspace


def test_what_others_do_is_told_once_and_what_one_does_oneself_never(
    desk: Desk, bo: Workspace
) -> None:
    news, state = News(), cast("Any", desk.state)
    state.lens = SimpleNamespace(zone=ZoneInfo("Europe/Berlin"))
    assert news.since(state) == [] and not news.is_only(state, "")
    bo.add_note([1], "One.")
    done = news.since(state)
    assert told(done, state, Actor("ana")) == f"@bo 10:00: {done[0].summary}"
    assert news.since(state) == []
    mine = desk.workspace.add_note([1], "Two.")
    assert news.is_only(state, mine.command_id)
    assert news.since(state) == []
    mine = desk.workspace.add_note([1], "Three.")
    bo.add_note([1], "Four.")
    bo.add_note([2], "Five.")
    assert not news.is_only(state, mine.command_id)
    done = news.since(state)
    assert len(done) == 3
    assert told(done, state, Actor("ana")) == "2 changes by @bo 10:00"
    assert told(done[2:], state, Actor("ana")) == ""
    before = News()
    before.begin(state)
    assert before.since(state) == []


@pytest.mark.parametrize(
    ("said", "filter_text", "words"),
    [
        ("Moved to a new version.", "", "Moved to a new version."),
        ("Moved to a new version.", "rot", "Moved to a new version."),
        ("", "rot", "Opened as it was left, with its filter; Esc takes that away."),
        ("", "", ""),
    ],
)
def test_the_first_words_are_of_what_was_left_behind(
    desk: Desk, said: str, filter_text: str, words: str
) -> None:
    screen: Any = desk
    desk.program.seat.first_words = said
    desk.state.view.filter_text = filter_text
    desk.state.board.total, desk.state.lens = 2, SimpleNamespace(filter=None)
    assert first_words(screen) == words
    desk.drafts.save("unstored", "Archive Acme (10:32)")
    kept = "Not stored when you left: Archive Acme (10:32)."
    assert first_words(screen) == " ".join(filter(None, (said, kept)))
