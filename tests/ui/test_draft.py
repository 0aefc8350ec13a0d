"""The draft of an overlay, without a terminal: what is kept of what is typed, and until when."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.ui import actions
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.overlays.draft import Draft, TypedValues, key_after_merge, key_of
from pipeboard.ui.overlays.form import Form
from pipeboard.ui.overlays.gate_sheet import GateSheet
from pipeboard.ui.overlays.presets import Presets
from pipeboard.ui.overlays.prompt import Prompt
from pipeboard.ui.overlays.text import TextScreen
from pipeboard.ui.terminal.drafts import Drafts

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)


class Overlay:
    """An overlay on which somebody types: its timers run when the test says so."""

    def __init__(self, drafts: Drafts | None, key: str = "note:1") -> None:
        self.app = SimpleNamespace(drafts=drafts)
        self.text, self.said = "", list[str]()
        self._timers: dict[int, Callable[[], None]] = {}
        self.draft = Draft(self, key, "note on Lumen", lambda: self.text, self.said.append)  # type: ignore[arg-type]

    def set_timer(self, seconds: float, callback: Callable[[], None]) -> object:
        assert seconds <= 1
        number = len(self._timers)
        self._timers[number] = callback
        return SimpleNamespace(stop=lambda: self._timers.pop(number, None))

    def type(self, text: str) -> None:
        self.text = text
        self.draft.changed()

    def wait(self) -> int:
        """A second goes by; how many timers ran."""
        due = list(self._timers.values())
        for run in due:
            run()
        return len(due)


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts", "db", now=lambda: AT, zone=UTC)


def test_what_is_typed_is_written_down_once_in_a_pause(drafts: Drafts) -> None:
    overlay = Overlay(drafts)
    overlay.type("call")
    overlay.type("call Zoe")
    assert drafts.all() == {}
    assert overlay.wait() == 1
    assert drafts.all() == {"note:1": "call Zoe"}
    assert overlay.wait() == 0
    assert [kept.title for kept in drafts.kept("note:1")] == ["note on Lumen"]


def test_what_is_stored_is_written_down_no_more(drafts: Drafts) -> None:
    overlay = Overlay(drafts)
    overlay.type("call Zoe")
    overlay.draft.settled()
    assert (overlay.wait(), drafts.all()) == (0, {})
    overlay.type("call")
    overlay.draft.keep()
    overlay.draft.settled()
    assert (overlay.wait(), drafts.all()) == (0, {})


def test_what_is_cleared_is_kept_no_more(drafts: Drafts) -> None:
    overlay = Overlay(drafts)
    overlay.type("call")
    overlay.wait()
    overlay.type("")
    overlay.wait()
    assert drafts.all() == {}


def test_what_was_left_is_found_and_said_until_something_else_is_typed(drafts: Drafts) -> None:
    drafts.save("note:1", "call Zoe")
    overlay = Overlay(drafts)
    assert overlay.draft.found() == "call Zoe"
    assert drafts.lines("note") == ("call Zoe",)
    assert [text_of(line).strip() for line in overlay.draft.said(60)] == [
        "Kept from 09:30; ^r clears it."
    ]
    overlay.draft.forgiven()
    assert overlay.draft.said(60) == []
    assert Overlay(drafts, "note:2").draft.found() == ""


def test_a_text_that_was_handed_back_goes_before_what_was_kept(drafts: Drafts) -> None:
    drafts.save("note:1", "call Zoe")
    overlay = Overlay(drafts)
    overlay.draft.hand("call Mika", "Not stored: it is busy.")
    assert overlay.draft.found() == "call Mika"
    (line,) = overlay.draft.said(60)
    assert (text_of(line).strip(), line[-1][1]) == ("Not stored: it is busy.", "input.error")
    overlay.draft.settled()  # the kept one was taken with it
    assert drafts.all() == {}


def test_what_an_overlay_is_left_with_can_be_gone_back_to(drafts: Drafts) -> None:
    drafts.save("note:1", "older")
    overlay = Overlay(drafts)
    overlay.draft.left("call Zoe")
    overlay.draft.left(" ")
    assert drafts.lines("note") == ("call Zoe",)
    assert drafts.load("note:1") == " "
    assert overlay.draft.lines() == (" ", "call Zoe")
    drafts.save("note:1", "call Zoe")
    assert overlay.draft.lines() == ("call Zoe",)  # each stands once


def test_without_a_key_or_a_place_nothing_is_kept(drafts: Drafts) -> None:
    for overlay in (Overlay(drafts, ""), Overlay(None)):
        overlay.type("call")
        overlay.draft.left("call")
        overlay.draft.settled()
        assert not overlay.draft.is_kept
        assert (overlay.wait(), overlay.draft.found(), overlay.draft.lines()) == (0, "", ())
    assert (drafts.all(), drafts.lines("")) == ({}, ())


def test_that_nothing_can_be_kept_is_said_once_until_it_can_be_again(
    drafts: Drafts, tmp_path: Path
) -> None:
    (tmp_path / "drafts").write_text("no folder")
    overlay = Overlay(drafts)
    for text in ("c", "ca"):
        overlay.draft.keep(text)
    assert [said.partition(":")[0] for said in overlay.said] == ["What you type cannot be kept"]
    (tmp_path / "drafts").unlink()
    overlay.draft.keep("call")
    assert not overlay.draft.has_failed


def test_of_several_fields_what_is_changed_is_kept_and_taken_up() -> None:
    typed = TypedValues({"title": "Lumen", "owner": "ana"})
    assert (typed.changed, typed.as_draft()) == ({}, "")
    typed.now["owner"] = "bo"
    assert typed.changed == {"owner": "bo"}
    again = TypedValues({"title": "Lumen Oy", "owner": "ana"})
    again.take_up(typed.as_draft())
    assert again.now == {"title": "Lumen Oy", "owner": "bo"}
    for odd in ("", "[1]", '{"title": 7, "gone": "x"}'):
        again.take_up(odd)
    assert again.now == {"title": "Lumen Oy", "owner": "bo"}
    again.start_anew()
    assert again.now == {"title": "Lumen Oy", "owner": "ana"}
    again.start_anew()
    assert again.now == {"title": "Lumen Oy", "owner": "bo"}


def test_the_key_of_a_draft_names_its_kind_its_deals_and_the_field() -> None:
    assert key_of("note", [3]) == "note:3"
    assert key_of("field", [3, 5], "value") == "field:3,5:value"
    assert Overlay(None, key_of("field", [3], "value")).draft.kind == "field"


@pytest.mark.parametrize("place", ["a line", "a text", "the gate", "a form"])
@pytest.mark.parametrize(("text", "is_forgiven"), [("as it came back", False), ("another", True)])
def test_what_is_said_of_a_text_goes_with_the_first_letter_that_is_another(
    place: str, text: str, is_forgiven: bool
) -> None:
    done: list[str] = []
    overlay: Any = SimpleNamespace(
        text=text,
        value="as it came back",
        field=SimpleNamespace(name="owner"),
        forgive=lambda: done.append("refused"),
        draft=SimpleNamespace(
            forgiven=lambda: done.append("came back"), changed=lambda: done.append("kept")
        ),
        line=SimpleNamespace(write=lambda text: done.append("written")),
        redraw=lambda: None,
        call_after_refresh=lambda _: None,
        _offered="as it came back",
        _values=TypedValues({}),
        _presets=Presets(()),
        _is_behind=False,
        _understand=None,
    )
    match place:
        case "a line":
            Prompt.on_input_changed(overlay)
        case "a text":
            TextScreen.on_text_area_changed(overlay)
        case "the gate":
            GateSheet.on_input_changed(overlay)
        case _:
            Form._set(overlay, text)
    told = ["refused", "came back"] if is_forgiven else []
    assert done == [*told, *(["kept"] if is_forgiven or place != "a form" else [])]


def lines_asked(module: Path) -> Iterator[tuple[int, bool]]:
    """Where a module of actions asks something to be typed, and whether it says under which key
    that is kept."""
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Call):
            made = [getattr(one, "id", "") for one in (node.func, *node.args[:1])]
            is_partial = made[0] == "partial"
            if made[is_partial] in ("Prompt", "Form", "TextScreen", "GateSheet"):
                yield node.lineno, any(word.arg == "draft_key" for word in node.keywords)


def test_whatever_an_action_asks_to_be_typed_is_kept_until_it_is_stored() -> None:
    found = {
        (module.name, line): is_kept
        for module in Path(actions.__path__[0]).glob("*.py")
        for line, is_kept in lines_asked(module)
    }
    assert len(found) > 25
    assert [place for place, is_kept in found.items() if not is_kept] == []


@pytest.mark.parametrize(
    ("key", "then"),
    [
        ("note:1", "note:2"),
        ("field:1:price:list", "field:2:price:list"),
        ("note:3,1", "note:3,2"),
        ("note:2,1,3", "note:2,3"),
        ("note:11", "note:11"),
        ("filter-name", "filter-name"),
        ("filter-e-1: mine", "filter-e-1: mine"),
        ("", ""),
    ],
)
def test_the_key_of_a_deal_that_is_merged_is_that_of_the_one_that_stays(
    key: str, then: str
) -> None:
    assert key_after_merge(key, 1, 2) == then
