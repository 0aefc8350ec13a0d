"""Every failure is one sentence and an exit code; a fault of the program goes to a private log."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pipeboard import outlet
from pipeboard.cli.failures import WAYS, Standing, exit_code, report, with_advice
from pipeboard.cli.verbs import VERBS
from pipeboard.domain import errors
from pipeboard.store import Store
from pipeboard.store.patience import PATIENCE_S
from tests.cli.conftest import Type


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.PipeboardError("x"), 1),
        (errors.BadInput("x"), 2),
        (errors.NotFound("x"), 3),
        (errors.Ambiguous("x"), 3),
        (errors.Refused("x"), 4),
        (errors.GateNotMet("x", target="Demo", unmet=()), 4),
        (errors.Conflict("x"), 4),
        (errors.ReadOnly("x"), 4),
        (errors.DatabaseError("x"), 5),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(error: errors.PipeboardError, code: int) -> None:
    assert exit_code(error) == code


def test_a_failure_is_a_sentence_and_what_to_do_next(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.NotFound("No deal \x1b[2Jx", hint="Look."), [])
    assert capsys.readouterr().err == "pipeboard: No deal [2Jx.\nLook.\n"


def test_with_json_a_failure_is_json_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    report(errors.GateNotMet("No.", target="Demo", unmet=(), hint="Ask."), ["--json"])
    assert json.loads(capsys.readouterr().err) == {
        "error": {
            "code": "gate",
            "message": "No.",
            "hint": "Ask.",
            "details": {"target": "Demo", "missing": []},
        }
    }


@pytest.mark.parametrize("way", errors.Way)
def test_what_a_refusal_advises_has_its_words_in_the_shell(
    way: errors.Way, capsys: pytest.CaptureFixture[str]
) -> None:
    words = WAYS[way]
    assert "--" in words or words.strip("'").removeprefix("pipeboard ") in VERBS
    error = errors.Refused("No.", hint="Do it first.", way=way)
    report(error, ["--json"])
    assert json.loads(capsys.readouterr().err)["error"]["hint"] == f"Do it first ({words})."
    report(with_advice(error, "Your text is kept."), [])
    assert capsys.readouterr().err.endswith(f"\nDo it first ({words}). Your text is kept.\n")


@pytest.mark.parametrize("named", [("--db", "o p.db"), ("--db=o p.db",)])
def test_what_is_advised_names_the_database_that_the_line_named(
    pipe: Type, named: tuple[str, ...]
) -> None:
    there = "pipeboard --db 'o p.db'"
    assert f"Make one with '{there} init'" in pipe("list", *named).err
    assert f"Make one with '{there} init'" in pipe("--json", *named, "list").error["hint"]
    made = pipe("init", *named, "--template", "minimal")
    assert f"with '{there} add', or open the board with '{there}'." in made.err
    assert f"Make one: {there} backup" in pipe("doctor", *named).out
    assert "Make one with 'pipeboard init'" in pipe("list").err
    assert "Make one with 'pipeboard init'" in pipe("list", "--", *named).err
    cures = [one["cure"] for one in pipe("doctor", "--json", *named).json["findings"]]
    assert f"Make one: {there} backup; for cron: " in str(cures)
    assert outlet.with_database("Make one: pipeboard init") == "Make one: pipeboard init"
    assert "--db" not in pipe("list", "--db").err.replace("--db PATH", "").split("\n")[1]


def test_shell_and_screen_each_say_how_to_get_a_deal_back(team: Type) -> None:
    team("add", "Lumen Oy: pilot 40k")
    team("archive", "1")
    assert team("next", "1", "thu call").err.endswith("first ('pipeboard unarchive').\n")
    team("unarchive", "1")
    team("lost", "1", "--category", "price")
    assert team("snooze", "1", "3d").err.endswith("first ('pipeboard reopen').\n")
    assert team("next", "99", "thu call").err.endswith("Look for it ('pipeboard list').\n")


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (Standing(), "Interrupted."),
        (Standing(changes=True), "Interrupted: nothing was changed."),
        (
            Standing(changes=True, has_stored=True, command_id="c1"),
            "Interrupted, but the change was stored (command c1).",
        ),
    ],
)
def test_an_interrupt_ends_with_130_and_says_what_became_of_the_change(
    capsys: pytest.CaptureFixture[str], standing: Standing, said: str
) -> None:
    assert report(KeyboardInterrupt(), [], standing) == 130
    assert capsys.readouterr().err == f"{said}\n"


def test_a_fault_of_the_program_goes_to_a_log_that_only_we_can_read(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("customer secret")

    monkeypatch.setattr("pipeboard.cli.history._list", fails)
    failed = team("undo", "--list")
    log = home / "xdg_state_home/pipeboard/pipeboard.log"
    assert failed.code == 1
    assert "Traceback" not in failed.err
    assert "secret" not in failed.err
    assert str(log) in failed.err
    assert "builtins.RuntimeError" in log.read_text()
    assert "secret" not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_file_that_cannot_be_read_is_a_sentence(team: Type, home: Path) -> None:
    failed = team("pipeline", "apply", str(home))
    assert failed.code == 1
    assert failed.err.startswith(f"pipeboard: {home} cannot be read: Is a directory.\n")


def test_the_log_is_named_only_where_it_was_written(
    team: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise errors.DatabaseError("The disk answers oddly", details={"reason": "other"})

    monkeypatch.setattr("pipeboard.store.Store.write", broken)
    log = home / "xdg_state_home/pipeboard/pipeboard.log"
    failed = team("add", "Acme: secret deal")
    assert failed.code == 5
    assert f"The details are in {log}." in failed.err
    assert "DatabaseError" in log.read_text()
    assert "Acme" not in log.read_text()
    log.unlink()
    log.mkdir()
    assert "The details" not in team("add", "Acme: secret deal").err


@pytest.mark.parametrize(
    ("line", "reason", "waits"),
    [
        (("list",), "locked", False),
        (("show", "1"), "locked", False),
        (("add", "Acme: press"), "locked", True),
        (("note", "1", "-m", "x"), "locked", True),
        (("add", "Acme: press"), "damaged", False),
        (("list",), "damaged", False),
    ],
)
def test_only_a_change_waits_for_a_database_that_is_locked_while_it_is_opened(
    team: Type,
    monkeypatch: pytest.MonkeyPatch,
    line: tuple[str, ...],
    reason: str,
    waits: bool,
) -> None:
    team("add", "Lumen Oy: pilot")
    now = [0.0]
    asked: list[float] = []

    def locked(*_: object, **__: object) -> Store:
        asked.append(now[0])
        now[0] += PATIENCE_S / 4
        raise errors.DatabaseError("Another program holds it.", details={"reason": reason})

    monkeypatch.setattr("pipeboard.cli.call.monotonic", lambda: now[0])
    monkeypatch.setattr("pipeboard.store.Store.open", locked)
    refused = team(*line)
    assert refused.code == 5 and "Another program holds it." in refused.err
    assert asked == ([PATIENCE_S / 4 * count for count in range(4)] if waits else [0.0])
