"""For whom keys wait, and what is said of them meanwhile: of an app that is not running."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.domain.errors import DatabaseError, ReadOnly, Refused
from pipeboard.store.locating import Server
from pipeboard.ui import app as module
from pipeboard.ui import launch
from pipeboard.ui.app import PipeboardApp, Waiting
from pipeboard.ui.last_view import Choices
from pipeboard.ui.screens.live import Said
from pipeboard.ui.terminal import first_frame
from pipeboard.ui.write_queue import Turn
from tests.team import NOW


class App:
    """An app with keys that wait or do not, whose timers run when the test says so."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.timers: list[Any] = []
        self.size = SimpleNamespace(width=80)
        self.choices = Choices(keymap={"app.leave": "f9"})
        self.screen_stack: list[Any] = []
        self.key_queue: Any = SimpleNamespace(
            is_waiting=True, dropped=0, names=("j", "k"),
            acts=lambda: self.done.append("acts"), has_acted=lambda: self.done.append("has acted"),
            refuse=lambda: self.done.append("refuses"),
        )  # fmt: skip
        self.seat = SimpleNamespace(file=SimpleNamespace(location="a file"))

    def set_timer(self, seconds: float, call: Any) -> Any:
        self.timers.append((seconds, call))
        return SimpleNamespace(stop=lambda: self.timers.clear())

    def wait(self) -> float:
        (seconds, call), *self.timers = self.timers
        call()
        return float(seconds)


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> App:
    made = App()
    monkeypatch.setattr(module, "lock_holder", lambda location: None)
    monkeypatch.setattr(
        module, "Busy", lambda *what: SimpleNamespace(words=lambda width: (*what, width))
    )
    monkeypatch.setattr(Waiting, "_show", lambda self: made.done.append("shown"))
    return made


def test_keys_that_wait_are_told_of_after_a_while_and_no_more_once_they_do_not(app: App) -> None:
    waiting: Any = Waiting(app)  # type: ignore[arg-type]
    waiting.notice(False)
    waiting.notice(False)
    assert (waiting.words, len(app.timers)) == ("", 1)
    assert app.wait() == module.PATIENCE_S
    assert waiting.words == ("", "", ("j", "k"), False, ("q", "f9"), 80 - len("  ^c gives up   "))
    assert app.done == ["shown"] and app.timers[0][0] == module._AGAIN_S
    app.key_queue.names = ("j",)
    waiting.notice(False)
    assert waiting.words[2] == ("j",)
    app.key_queue.is_waiting = False
    waiting.notice(False)
    assert (waiting.words, app.timers, app.done) == ("", [], ["shown"] * 3)
    waiting.notice(False)
    assert app.done == ["shown"] * 3
    app.key_queue.dropped = 2
    waiting.notice(False)
    assert app.done == ["shown"] * 4


def test_a_click_that_is_dropped_is_told_of_at_once(app: App) -> None:
    waiting: Any = Waiting(app)  # type: ignore[arg-type]
    waiting.notice(True)
    assert (waiting.words[3], app.timers) == (True, [])
    waiting.notice(False)
    assert waiting.words[3]
    app.key_queue.is_waiting = False
    waiting.notice(False)
    app.key_queue.is_waiting = True
    waiting.notice(False)
    app.wait()
    assert not waiting.words[3]


@pytest.mark.parametrize(
    ("location", "holder", "told"),
    [
        ("a file", None, ""),
        ("a file", "bo", "bo (pid 7)"),
        (Server("host=x"), None, "the database server"),
    ],
)
def test_who_holds_the_database_is_told(
    location: Any, holder: str | None, told: str, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.seat.file.location = location
    found = SimpleNamespace(waited_for=lambda: f"{holder} (pid 7)") if holder else None
    monkeypatch.setattr(module, "lock_holder", lambda where: found if where == location else 1 / 0)
    waiting: Any = Waiting(app)  # type: ignore[arg-type]
    waiting.notice(False)
    app.wait()
    assert waiting.words[0] == told
    app.key_queue.is_waiting = False
    app.wait()
    assert app.timers == []  # nothing is looked up any more


@pytest.mark.parametrize(
    ("may_ask", "before", "after", "refuses"),
    [
        (True, None, "No.", True),
        (True, "Old.", "No.", True),
        (True, "No.", "same", False),
        (False, None, "No.", False),
        (True, None, None, False),
    ],
)
def test_keys_typed_for_a_question_that_was_refused_are_none_for_the_screen(
    may_ask: bool, before: str | None, after: str | None, refuses: bool, app: App,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told = {name: Said(name, "status.warn") for name in ("No.", "Old.")}
    first = told.get(before or "")
    refusals = [first, first if after == "same" else told.get(after or "")]
    monkeypatch.setattr(module, "on_top", lambda app: None)
    monkeypatch.setattr(module, "refusal", lambda screen: refusals.pop(0))
    waiting = Waiting(app)  # type: ignore[arg-type]
    turn = Turn("screen", "Note", may_ask=may_ask)
    waiting.begin(turn)
    waiting.end(turn)
    assert app.done == ["acts", *(["refuses", "shown"] if refuses else []), "has acted"]
    assert waiting.pending == ""


def test_what_is_under_way_is_the_last_action_that_has_a_name(app: App) -> None:
    waiting = Waiting(app)  # type: ignore[arg-type]
    for what in ("Note", "Win", ""):
        waiting.begin(Turn("screen", what))
    assert waiting.pending == "Win"


@pytest.mark.parametrize(
    ("is_so", "what", "error"),
    [
        ({}, "", None),
        ({}, "target", None),
        ({"may_write": False}, "", "only look at this database"),
        ({"moved": "It has moved."}, "", "It has moved."),
        ({"may": {"write"}}, "target", "not target"),
        ({"may": set()}, "", "not write"),
        ({"read_only": True}, "", "opened for reading only"),
        ({"of_file": DatabaseError("It is gone.")}, "", "It is gone."),
        ({"of_reader": DatabaseError("It is gone.")}, "", "It is gone."),
        ({"of_reader": DatabaseError("Busy.", details={"reason": "locked"})}, "", None),
        ({"rights": None}, "target", None),
    ],
)
def test_why_nothing_may_be_changed_is_said_first_of_the_file_then_of_the_role(
    is_so: dict[str, Any], what: str, error: str | None
) -> None:
    may = is_so.get("may", {"write", "target"})

    def check(name: str) -> None:
        if name not in may:
            raise Refused(f"not {name}")

    def fails(name: str) -> Any:
        def run() -> None:
            if name in is_so:
                raise is_so[name]

        return run

    rights = SimpleNamespace(check_writing=lambda: check("write"), check=check)
    app: Any = SimpleNamespace(
        seat=SimpleNamespace(
            may_write=is_so.get("may_write", True),
            store=SimpleNamespace(moved=is_so.get("moved", "")),
            rights=None if "rights" in is_so else rights,
            file=SimpleNamespace(check=fails("of_file")),
        ),
        _state=SimpleNamespace(
            view=SimpleNamespace(read_only=is_so.get("read_only", False)),
            reader=SimpleNamespace(check=fails("of_reader")),
        ),
    )
    if error is None:
        PipeboardApp.check_writable(app, what)
    else:
        with pytest.raises((ReadOnly, Refused, DatabaseError), match=error):
            PipeboardApp.check_writable(app, what)


@pytest.mark.parametrize(("waits", "pending"), [(True, "Move: Lumen"), (False, "")])
def test_what_is_half_done_is_written_down_when_the_program_leaves(
    waits: bool, pending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[Any] = []
    monkeypatch.setattr(module, "keep_view", lambda *what: kept.append(what))
    monkeypatch.setattr(module, "keep_unstored", lambda *what: kept.append(what))
    store = SimpleNamespace(database_id="db")
    app: Any = SimpleNamespace(
        seat=SimpleNamespace(folder="folder", kept_as="db", store=store, clock=lambda: NOW),
        _state="state",
        screen_stack=[],
        waiting=SimpleNamespace(pending="Move: Lumen"),
        write_queue=SimpleNamespace(waiting=waits),
        settings=SimpleNamespace(zone=NOW.tzinfo),
        drafts="drafts",
        key_queue=SimpleNamespace(names=("j",)),
    )
    PipeboardApp.save_drafts(app)
    assert kept == [("folder", "db", "state"), ("drafts", pending, ("j",), NOW)]


@pytest.mark.parametrize(
    ("ends_with", "code", "forgets"), [(None, 0, True), (0, 0, True), (75, 75, False)]
)
def test_what_was_left_behind_is_forgotten_once_nothing_is(
    ends_with: int | None, code: int, forgets: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Any] = []
    monkeypatch.setattr(
        launch, "gc", SimpleNamespace(set_threshold=lambda *_: None, enable=lambda: None)
    )
    monkeypatch.setattr(launch, "forget_unstored", lambda drafts: done.append("forgets"))

    def closes(name: str) -> Any:
        return SimpleNamespace(close=lambda: done.append(name))

    app: Any = SimpleNamespace(
        start_from=lambda frame: done.append(frame),
        run=lambda mouse: done.append(f"runs {mouse}"),
        write_queue=closes("queue"), housekeeper=closes("house"),
        return_code=ends_with, drafts="drafts",
    )  # fmt: skip
    state: Any = SimpleNamespace(reader=closes("reader"))
    frame: Any = "frame"
    assert launch._run(app, state, frame, mouse=False) == code
    closed = ["frame", "runs False", "queue", "house", "reader"]
    assert done == [*closed, *["forgets"] * forgets]


def test_the_files_are_closed_however_a_program_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(
        launch, "gc", SimpleNamespace(set_threshold=lambda *_: None, enable=lambda: None)
    )

    def closes(name: str) -> Any:
        return SimpleNamespace(close=lambda: done.append(name))

    def run(mouse: bool) -> None:
        raise KeyboardInterrupt

    app: Any = SimpleNamespace(
        start_from=lambda frame: None, run=run, write_queue=closes("queue"),
        housekeeper=closes("house"),
    )  # fmt: skip
    state: Any = SimpleNamespace(reader=closes("reader"))
    with pytest.raises(KeyboardInterrupt):
        launch._run(app, state, None, mouse=True)
    assert done == ["queue", "house", "reader"]


@pytest.mark.parametrize("sentence", ["Something went wrong.", ""])
def test_after_a_crash_its_sentence_is_the_last_word_and_no_traceback(
    sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    printed: list[Any] = []
    monkeypatch.setattr("pipeboard.outlet.last_words", said.append)
    monkeypatch.setattr(
        "textual.app.App._print_error_renderables",
        lambda app: printed.extend(app._exit_renderables),
    )
    app = PipeboardApp.__new__(PipeboardApp)
    app._crash_sentence, app._exit_renderables = sentence, ["a traceback"]
    app._print_error_renderables()
    assert said == ([sentence] if sentence else [])
    assert printed == ([] if sentence else ["a traceback"])


def test_a_signal_before_the_first_frame_ends_it_as_shells_count_signals() -> None:
    with pytest.raises(SystemExit) as ended:
        first_frame._end(15, None)
    assert ended.value.code == 143
