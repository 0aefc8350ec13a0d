from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from textual.app import App
from textual.events import Paste

from pipeboard.domain.errors import PipeboardError, Refused
from pipeboard.ui.overlays import text
from pipeboard.ui.overlays.overlay import Overlay
from pipeboard.ui.overlays.text import TextScreen, edit_outside, go_on_outside
from pipeboard.ui.terminal.drafts import Drafts
from tests.ui.overlays import HOSTILE, is_harmless, opened


@pytest.mark.parametrize("size", [(80, 24), (40, 12)])
async def test_several_lines_are_typed_and_saved(size: tuple[int, int]) -> None:
    async with opened(TextScreen("Note", "One"), size=size) as stage:
        await stage.press("enter")
        await stage.type("two")
        assert stage.shows("two")
        await stage.press("ctrl+s")
        assert stage.answer == "One\ntwo"


async def test_an_unchanged_text_is_left_at_once_and_a_changed_one_is_asked_about() -> None:
    async with opened(TextScreen("Note", "One")) as stage:
        await stage.press("escape")
        assert stage.answer is None
    async with opened(TextScreen("Note", "One")) as stage:
        await stage.press("x", "escape", "escape", "y", "escape")
        assert stage.is_open
        assert stage.shows("Onexy")
        await stage.press("y")
        assert stage.answer is None


async def test_unsaved_text_is_kept_and_offered_again(tmp_path: Path) -> None:
    screen = TextScreen("Note", draft_key="note-1")
    async with opened(screen, folder=tmp_path) as stage:
        await stage.type("half a")
        screen.keep_draft()
    async with opened(TextScreen("Note", draft_key="note-1"), folder=tmp_path) as stage:
        assert stage.shows("half a")
        assert stage.shows("Kept from ")
        await stage.type(" note")
        await stage.press("ctrl+s")
        assert stage.answer == "half a note"
    assert Drafts(tmp_path).load("note-1") == "half a note", "it is not stored yet"


async def test_pasted_text_keeps_its_lines_and_loses_what_steers() -> None:
    async with opened(TextScreen("Note")) as stage:
        stage.pilot.app.post_message(Paste("one\r\n\x1b[31mtwo\u202e\n\tthree"))
        await stage.pilot.pause()
        await stage.press("ctrl+s")
        assert stage.answer == "one\n[31mtwo\n    three"


async def test_what_has_no_room_in_the_box_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "LONGEST_TEXT", 10)
    async with opened(TextScreen("Note", "One")) as stage:
        stage.pilot.app.post_message(Paste("1234567890"))
        await stage.pilot.pause()
        assert stage.last_line.startswith("3 characters did not fit and were left out: 10")
        await stage.press("ctrl+s")
        assert stage.answer == "One1234567"


@pytest.mark.parametrize(
    ("keys", "left"),
    [
        (("ctrl+r",), "One"),
        (("x", "ctrl+r"), "One"),
        (("x", "ctrl+r", "ctrl+r"), "Onex"),
        (("x", "ctrl+r", "ctrl+r", "y", "ctrl+r", "ctrl+r"), "Onexy"),
    ],
)
async def test_a_text_is_gone_back_to_as_it_was_and_as_it_was_typed(
    keys: tuple[str, ...], left: str
) -> None:
    async with opened(TextScreen("Note", "One")) as stage:
        await stage.press(*keys, "ctrl+s")
        assert stage.answer == left


async def test_without_an_editor_the_key_says_so() -> None:
    async with opened(TextScreen("Note")) as stage:
        await stage.press("ctrl+g")
        assert stage.last_line.startswith("There is no editor to go to here.")


async def test_a_terminal_that_cannot_be_lent_says_so() -> None:
    async with opened(TextScreen("Note", edit=str.upper)) as stage:
        await stage.press("ctrl+g")
        assert stage.last_line.startswith("This terminal cannot be lent to an editor.")


async def test_going_outside_is_refused_where_no_editor_may_run() -> None:
    async with opened(TextScreen("Note")) as stage:
        with pytest.raises(Refused):
            edit_outside(stage.pilot.app, "text", None)


class Lending(App[None]):
    """An app whose terminal can be lent without having one."""

    @contextmanager
    def suspend(self) -> Iterator[None]:
        yield


def test_what_comes_back_from_the_editor_is_harmless() -> None:
    edited = edit_outside(Lending(), "one", lambda text: f"{text}\r\n\x1b[31mtwo\n\n")
    assert edited == "one\n[31mtwo"


def test_a_text_that_the_editor_left_alone_comes_back_as_nothing() -> None:
    assert edit_outside(Lending(), "one\ntwo", lambda text: f"{text}\n") is None


def test_an_editor_that_fails_says_so_itself() -> None:
    def edit(text: str) -> str:
        raise PipeboardError("The editor ended with 1, so nothing was saved.")

    with pytest.raises(PipeboardError, match="ended with 1"):
        edit_outside(Lending(), "one", edit)


@pytest.mark.parametrize(
    ("written", "taken"),
    [("one\n", []), ("", [""]), ("two\n", ["two"]), (None, []), ("half\n", ["half"])],
)
@pytest.mark.parametrize("fails", [False, True])
def test_what_the_editor_leaves_is_taken_also_where_it_is_nothing(
    written: str | None, taken: list[str], fails: bool
) -> None:
    """Who empties the file wants no text; an editor that fails may have left none behind."""

    class Box:
        app = Lending()
        refused = ""

        def keep_draft(self) -> None:
            kept.append(found[-1] if found else "one")

        def refuse(self, why: str) -> None:
            self.refused = why

    def edit(text: str) -> str:
        if fails:
            raise PipeboardError("The editor ended with 3.", details={"text": written})
        return f"{text}\n" if written is None else written

    box, found, kept = Box(), list[str](), list[str]()
    go_on_outside(cast("Overlay[str]", box), "one", edit, found.append)
    assert found == ([] if fails and not written else taken)
    assert box.refused == ("The editor ended with 3." if fails else "")
    assert kept == ["one", *found], "before the editor, and at once what comes back from it"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("width", [80, 40])
async def test_hostile_text_stays_text(text: str, width: int) -> None:
    async with opened(TextScreen(text, text), size=(width, 24)) as stage:
        assert is_harmless(stage, width)
        await stage.press("escape")
        assert stage.answer is None
