"""Output that cannot be written never hides whether the change was stored."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Type

ROOT = Path(__file__).parents[2]
CHANGES = {
    "add": ("add", "Borealis: service 5k"),
    "add -": ("add", "-"),
    "tag": ("tag", "1", "+hot", "--json"),
    "note": ("note", "1", "-m", "words", "--json"),
    "rep add": ("rep", "add", "cy", "--json"),
    "undo": ("undo", "--json"),
    "pipeline new": ("pipeline", "new", "Renewals", "--json"),
}


def _shell(line: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A line of bash in which "$@" is the command."""
    return subprocess.run(
        ["bash", "-c", line, "bash", sys.executable, "-m", "pipeboard", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        input="Delta: one\nDelta: two\n",
        timeout=120,
    )


@pytest.fixture
def worked(team: Type) -> Type:
    assert team("add", "Lumen Oy: pilot 40k").code == 0
    return team


def _commands(type_: Type) -> int:
    lines = (("undo", "--list"), ("rep", "list"), ("pipeline", "list"))
    return sum(len(type_(*line).lines) for line in lines)


@pytest.mark.parametrize("verb", CHANGES)
def test_a_full_disk_behind_stdout_says_that_the_change_was_stored(worked: Type, verb: str) -> None:
    before = _commands(worked)
    done = _shell('"$@" > /dev/full', *CHANGES[verb])
    assert done.returncode == 1
    if "--json" in CHANGES[verb]:
        error = json.loads(done.stderr.splitlines()[-1])["error"]
        assert (error["code"], error["details"]["stored"]) == ("output", True)
    else:
        assert "The change was stored" in done.stderr
        assert "No space left on device" in done.stderr
    assert _commands(worked) != before


def test_a_reader_that_has_gone_hears_of_the_stored_change_too(worked: Type) -> None:
    done = _shell('"$@" | false; exit "${PIPESTATUS[0]}"', "add", "Borealis: service 5k")
    assert (done.returncode, "The change was stored" in done.stderr) in ((0, False), (1, True))
    assert "Borealis" in worked("list").out


@pytest.mark.parametrize(
    "line", ["list", "history", "review", "doctor", "triage --plain", "undo --list"]
)
def test_a_reader_that_has_seen_enough_is_no_failure_of_what_only_looks(
    worked: Type, line: str
) -> None:
    done = _shell('"$@" | head -0; exit "${PIPESTATUS[0]}"', *line.split())
    assert (done.returncode, "output" in done.stderr) == (0, False), done


@pytest.mark.parametrize(
    ("line", "code"),
    [("show 99", 3), ("nosuch", 2), ("note 1 -m words", 0), ("lost 1", 2), ("demo --no-open", 0)],
)
@pytest.mark.parametrize("where", ["2> /dev/full", "2>&-", "2> >(exit)"])
def test_messages_that_nobody_can_read_change_no_exit_code(
    worked: Type, line: str, code: int, where: str
) -> None:
    assert _shell(f'"$@" {where}', *line.split()).returncode == code


def test_nothing_that_was_stored_is_claimed_of_a_verb_that_stored_nothing(worked: Type) -> None:
    done = _shell('"$@" > /dev/full', "add", "Borealis: service 5k", "-n", "--json")
    error = json.loads(done.stderr.splitlines()[-1])["error"]
    assert (done.returncode, error["details"]["stored"]) == (1, False)
    assert "Borealis" not in worked("list").out
    looked = _shell('"$@" > /dev/full', "list")
    assert looked.stderr.startswith("pipeboard: The output could not be written: No space")


@pytest.mark.parametrize(
    "line", ["list", "export", "history", "metrics --json", "tag 1 +hot --json", "version"]
)
def test_what_was_to_be_printed_on_a_closed_stdout_is_told_to_be_lost(
    worked: Type, line: str
) -> None:
    done = _shell('"$@" >&-', *line.split())
    assert (done.returncode, "stdout is closed" in done.stderr) == (1, True)


@pytest.mark.parametrize("streams", ["2> /dev/full", "2>&-", ">&- 2>&-"])
def test_lost_messages_are_no_failure_of_what_was_done(worked: Type, streams: str) -> None:
    done = _shell(f'"$@" {streams}', "tag", "1", "+hot")
    assert done.returncode == 0
    assert "hot" in worked("show", "1").out
