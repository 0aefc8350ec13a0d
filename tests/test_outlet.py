"""One way out: nothing that steers a terminal gets past it, and no file is overwritten by it."""

from __future__ import annotations

import csv
import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard import outlet
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import printable

ROOT = Path(__file__).parents[1]
STEERING = (
    "\x1b[2J",
    "\x1b]52;c;eA==\x07",
    "\x1bP1$r\x1b\\",
    "\x9b31m",
    "\x9d0;t\x9c",
    "\x90q\x9c",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\udc80",
    "\x07",
    "\x00",
    "\x7f",
    "\r",
    "\u2028",
)


@pytest.mark.parametrize("text", STEERING)
def test_nothing_that_steers_a_terminal_comes_out(
    text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    line = f"a{text}b"
    outlet.data(line)
    outlet.message(line)
    outlet.styled([(line, "")])
    csv.writer(outlet.DATA).writerow([line])
    outlet.overwrite(line)
    written = outlet.write_file(tmp_path / "out.csv", [line]).read_text("utf-8")
    said = capsys.readouterr()
    for found in (said.out, said.err.replace("\r", "").replace("\x1b[K", ""), written):
        for sign in text:
            assert sign.isprintable() or sign not in found.replace("\r\n", "\n")


@given(st.text())
def test_what_is_cleaned_is_safe_and_clean_already(text: str) -> None:
    once = outlet.clean(text)
    assert outlet.clean(once) == once
    kept = once.translate(dict.fromkeys(map(ord, "\n\t\r")))
    assert printable(kept) == kept
    if not set(text) & set(map(chr, range(32))) and text.isprintable():
        assert once == text


def test_tabs_and_line_ends_stay() -> None:
    assert outlet.clean("a\tb\r\nc\n") == "a\tb\r\nc\n"
    assert outlet.clean("a\rb\r\n\x1b\n") == "ab\r\n\n"


def test_a_file_is_private_and_a_taken_name_gets_a_number(tmp_path: Path) -> None:
    first = outlet.write_file(tmp_path / "deals.csv", ["one"])
    second = outlet.write_file(tmp_path / "deals.csv", ["two"])
    assert (first.name, second.name) == ("deals.csv", "deals-2.csv")
    assert (first.read_text(), second.read_text()) == ("one", "two")
    assert stat.S_IMODE(second.stat().st_mode) == 0o600


def test_a_taken_name_is_refused_where_it_gets_no_number(tmp_path: Path) -> None:
    path = outlet.write_file(tmp_path / "deals.csv", ["one"])
    with pytest.raises(BadInput, match="there already"):
        outlet.write_file(path, ["two"], numbered=False)
    assert path.read_text() == "one"


def test_force_replaces_the_file_and_keeps_nothing_of_it(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("old")
    path.chmod(0o666)
    before = path.stat().st_ino
    assert outlet.write_file(path, ["new"], force=True) == path
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_ino != before
    assert os.listdir(tmp_path) == ["deals.csv"]


@pytest.mark.parametrize("force", [False, True])
def test_a_file_that_is_not_finished_is_not_there(tmp_path: Path, force: bool) -> None:
    def chunks() -> object:
        yield "half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outlet.write_file(tmp_path / "deals.csv", chunks(), force=force)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


_KILLED = """
import os, signal, sys
from pathlib import Path
from pipeboard import outlet

def chunks():
    yield "half" * 100_000
    os.kill(os.getpid(), signal.SIGKILL)

outlet.write_file(Path("deals.csv"), chunks(), force=sys.argv[1] == "force")
"""


@pytest.mark.parametrize("force", ["force", "new"])
def test_a_process_that_is_killed_leaves_nothing_half_and_nothing_else(
    tmp_path: Path, force: str
) -> None:
    if force == "force":
        (tmp_path / "deals.csv").write_text("old")
    before = os.listdir(tmp_path)
    line = [sys.executable, "-c", _KILLED, force]
    ended = subprocess.run(line, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert os.listdir(tmp_path) == before
    assert not before or (tmp_path / "deals.csv").read_text() == "old"


def _refuses(*_args: object, **_more: object) -> None:
    raise OSError(errno.EPERM, "no links here")


@pytest.mark.parametrize("lacks", ["unnamed files", "links too"])
def test_a_file_is_the_same_where_the_system_makes_none_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lacks: str
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    if lacks == "links too":
        monkeypatch.setattr(os, "link", _refuses)
    path = tmp_path / "deals.csv"
    assert outlet.write_file(path, ["one"]) == path
    assert outlet.write_file(path, ["two"]) == tmp_path / "deals-2.csv"
    assert outlet.write_file(path, ["new"], force=True) == path
    with pytest.raises(BadInput, match="there already"):
        outlet.write_file(path, ["x"], numbered=False)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {
        "deals.csv": "new",
        "deals-2.csv": "two",
    }


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "victim").write_text("kept")
    (tmp_path / "deals.csv").symlink_to(tmp_path / "victim")
    written = outlet.write_file(tmp_path / "deals.csv", ["new"])
    assert written.name == "deals-2.csv"
    outlet.write_file(tmp_path / "deals.csv", ["new"], force=True)
    assert (tmp_path / "victim").read_text() == "kept"


@pytest.mark.parametrize(
    "path",
    ["missing/folder.csv", "~nobody-here/x.csv", "a\0b", "x" * 300, "file.txt/x.csv", "", "."],
)
@pytest.mark.parametrize("force", [False, True])
def test_a_path_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, force: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file.txt").write_text("a file, no folder")
    with pytest.raises(BadInput) as refusal:
        outlet.write_file(Path(path), ["x"], force=force)
    assert outlet.clean(refusal.value.message) == refusal.value.message
    assert os.listdir(tmp_path) == ["file.txt"]


def test_a_message_is_cut_between_words_where_the_terminal_is_narrow_and_json_never(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (
        "Begin with your own deals: 'pipeboard' asks how, 'pipeboard import FILE' takes them over."
    )
    for width in (0, 40, 200):
        monkeypatch.setattr(outlet, "columns", lambda _, width=width: width)
        outlet.message(text)
        lines = capsys.readouterr().err.splitlines()
        assert " ".join(lines) == text
        assert (len(lines) > 1) is (width == 40)
        assert all(len(line) < (width or 999) for line in lines)
        outlet.message('{"error": "' + "word " * 30 + '"}')
        assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Make one: pipeboard backup", "Make one: pipeboard --db 'a b.db' backup"),
        ("pipeboard import x.csv -y", "pipeboard --db 'a b.db' import x.csv -y"),
        ("See it.\npipeboard list", "See it.\npipeboard --db 'a b.db' list"),
        ("Open it with 'pipeboard'.", "Open it with 'pipeboard --db 'a b.db''."),
        # What makes or asks for no database of the person's.
        ("Look around with 'pipeboard demo', or the 'pipeboard tour'.", None),
        ("Correct it with 'pipeboard config edit'.", None),
        # What is no command, or names a database already.
        ("pipeboard: There is no rep 'x'.", None),
        ("process 4711 (ana, pipeboard import) is writing to it", None),
        ("Make a database of it: pipeboard import FILE --db NEW.db", None),
        ('{"hint": "See \'pipeboard list\'."}', None),
        ("pipeboarding: pipeboards", None),
    ],
)
def test_commands_that_are_told_name_the_database_that_was_named(
    text: str, said: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    outlet.message(text)
    assert capsys.readouterr().err == f"{text}\n"
    outlet.name_database("a b.db")
    try:
        outlet.message(text)
        assert capsys.readouterr().err == f"{said or text}\n"
        assert outlet.with_database(text) == (said or text)
    finally:
        outlet.name_database("")
