"""What is told again is never anything but what would be said anew, whatever anybody changed."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import sqlite3
import subprocess
import sys
import time
import types
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard import outlet
from pipeboard.cli import kept
from pipeboard.cli.main import main
from pipeboard.cli.shells import SHELLS
from tests.cli.conftest import NOW, Result, Type
from tests.cli.test_interrupts import CHANGES, RECYCLED
from tests.cli.test_interrupts import worked as worked
from tests.conftest import ENGINES

ROOT = Path(__file__).parents[2]
FLAGS = (
    (),
    ("--json",),
    ("--owner", "all"),
    ("--owner", "ana", "--json"),
    ("--as", "bo"),
    ("--as", "bo", "-q"),
    ("--short", "-p", "New business"),
    ("--color", "always"),
    ("-p", "new", "--read-only", "-n"),
)
DAY_S = 86_400


class Desk:
    """Somebody who asks for what is due, again and again."""

    def __init__(self, pipe: Type, capsys: pytest.CaptureFixture[str]) -> None:
        self.type = pipe
        self._capsys = capsys

    def told(self, *flags: str, verb: str = "due") -> Result | None:
        """What is told without looking into the database; None where it has to be looked into."""
        self._capsys.readouterr()
        is_told = kept.tell(verb, flags, os.environ)
        said = self._capsys.readouterr()
        return Result(0, said.out, said.err) if is_told else None

    def kept(self, *flags: str, verb: str = "due") -> Result:
        """What is said, once it is kept: a file that was changed just now is not trusted yet."""
        for _ in range(500):
            fresh = self.type(verb, *flags)
            if (told := self.told(*flags, verb=verb)) is not None:
                assert told == fresh
                return fresh
        raise AssertionError(f"{verb} {flags} is never kept")

    def tells_the_truth(self, *flags: str) -> bool:
        """Whether something is told; if so it is what would be said anew."""
        told = self.told(*flags)
        fresh = self.type("due", *flags)
        assert told in (None, fresh)
        return told is not None


FILES = ("team.db", "deals.csv", "new.toml")


@pytest.fixture(scope="module")
def made_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the workspace is kept that is made once."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture
def desk(
    request: pytest.FixtureRequest,
    pipe: Type,
    home: Path,
    made_before: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Desk:
    """A team's desk, with a deal of the account's that is late and one of bo's."""
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "team.db"))
    if not (made_before / "team.db").exists():
        request.getfixturevalue("worked")
        for line in (
            ("next", "1", "2026-11-20 call"),
            ("assign", "2", "bo"),
            ("tag", "2", "+cold"),
            ("undo",),
        ):
            assert pipe(*line).code == 0
        for name in FILES:
            shutil.copy(home / name, made_before / name)
    for name in FILES:
        shutil.copy(made_before / name, home / name)
    monkeypatch.setenv("PIPEBOARD_NOW", NOW)
    return Desk(pipe, capsys)


def kept_files(home: Path) -> list[Path]:
    return sorted((home / ".cache" / "pipeboard" / "said").glob("*"))


@pytest.mark.parametrize("flags", FLAGS, ids=" ".join)
def test_what_is_told_again_is_what_was_said(desk: Desk, flags: tuple[str, ...]) -> None:
    said = desk.kept(*flags)
    assert said.code == 0 and said.out
    assert desk.told(*flags) == said


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_told_again_until_the_program_is_another(
    desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch, shell: str
) -> None:
    _updated_with(home / "part.py", monkeypatch)
    said = desk.kept(shell, verb="completions")
    assert said.code == 0 and "pipeboard" in said.out
    assert desk.type("note", "1", "-m", "words").code == 0
    assert desk.told(shell, verb="completions") == said
    (home / "part.py").write_text("# changed\n")
    assert desk.told(shell, verb="completions") is None


def _updated_with(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part of the program that an update may change."""
    part = types.ModuleType("pipeboard.part")
    part.__file__ = str(file)
    file.write_text("")
    monkeypatch.setitem(sys.modules, part.__name__, part)


def test_each_way_of_asking_has_its_own_answer(desk: Desk) -> None:
    said = {flags: desk.kept(*flags) for flags in FLAGS}
    assert {flags: desk.told(*flags) for flags in FLAGS} == said


@pytest.mark.parametrize("later_s", [0, 3])
def test_a_file_is_trusted_once_it_was_left_alone_whatever_its_own_day_says(
    home: Path, later_s: int
) -> None:
    (home / "a.db").write_bytes(b"x")
    os.utime(home / "a.db", (1, 1))
    began = time.time_ns() + later_s * 1_000_000_000
    kept.remember("asked", str(home / "a.db"), began, b"text", os.environ)
    assert len(kept_files(home)) == bool(later_s)


@pytest.mark.parametrize("verb", CHANGES)
def test_after_every_verb_that_changes_it_is_looked_into_again(
    desk: Desk, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", RECYCLED)
    for flags in ((), ("--json",)):
        desk.kept(*flags)
    assert desk.type(*CHANGES[verb]).code == 0
    assert desk.told() is None and desk.told("--json") is None
    assert desk.kept("--json").json["due"] == desk.type("due", "--json").json["due"]


# Whatever else it rests on, each changed once it is kept.

Disturb = Callable[[Path, pytest.MonkeyPatch], object]


def _raw(statement: str) -> Disturb:
    def change(home: Path, _: pytest.MonkeyPatch) -> None:
        with closing(sqlite3.connect(home / "team.db")) as base, base:
            base.execute(statement)

    return change


def _another_file(home: Path, _: pytest.MonkeyPatch) -> None:
    copy = home / "copy.db"
    shutil.copy2(home / "team.db", copy)
    with closing(sqlite3.connect(copy)) as base, base:
        base.execute("update deal set title = 'Other', folded = 'other' where id = 1")
    copy.replace(home / "team.db")


def _written_over(home: Path, _: pytest.MonkeyPatch) -> None:
    data = (home / "team.db").read_bytes()
    times = (home / "team.db").stat()
    with open(home / "team.db", "r+b") as file:
        file.write(data)
    os.utime(home / "team.db", ns=(times.st_atime_ns, times.st_mtime_ns))


def _a_link_elsewhere(home: Path, _: pytest.MonkeyPatch) -> None:
    (home / "team.db").rename(home / "first.db")
    shutil.copy2(home / "first.db", home / "second.db")
    (home / "team.db").symlink_to(home / "second.db")


def _configured(text: str, folder: str = "xdg_config_home") -> Disturb:
    def write(home: Path, _: pytest.MonkeyPatch) -> None:
        file = home / folder / "pipeboard" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    return write


def _set(name: str, value: str) -> Disturb:
    return lambda _, patch: patch.setenv(name, value)


def _wide(columns: int) -> Disturb:
    return lambda _, patch: patch.setattr(outlet, "columns", lambda stream: columns)


def _somebody_else(_: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(pwd, "getpwuid", lambda uid: types.SimpleNamespace(pw_name="bo"))


CHANGED: dict[str, Disturb] = {
    "a colleague's change": _raw("update deal set next_due = '2026-11-21' where id = 1"),
    "a colleague's setting": _raw("update setting set value = '\"UTC\"' where name = 'zone_name'"),
    "a role": _raw("update rep set role = 'viewer'"),
    "another file under the name": _another_file,
    "the file written over": _written_over,
    "a link to another file": _a_link_elsewhere,
    "no file": lambda home, _: (home / "team.db").unlink(),
    "a second name of the file": lambda home, _: (home / "2.db").hardlink_to(home / "team.db"),
    "the rights of the file": lambda home, _: (home / "team.db").chmod(0o640),
    "a log that was left": lambda home, _: (home / "team.db-wal").write_bytes(b"x"),
    "a journal that was left": lambda home, _: (home / "team.db-journal").write_bytes(b"x"),
    "no right to read": lambda _, patch: patch.setattr(os, "access", lambda *__: False),
    "one's own configuration": _configured('locale = "de_DE"\n'),
    "a broken configuration": _configured("locale = \n"),
    "the machine's configuration": _configured('locale = "de_DE"\n', "xdg_config_dirs"),
    "another configuration": _set("XDG_CONFIG_HOME", "/nowhere"),
    "a configuration that is missing": _set("PIPEBOARD_CONFIG", "/nowhere.toml"),
    "another database": _set("PIPEBOARD_DB", "/nowhere/other.db"),
    "the clock": _set("PIPEBOARD_NOW", "2026-11-24T09:00:00Z"),
    "colours": _set("FORCE_COLOR", "1"),
    "a language": _set("LANG", "de_DE.UTF-8"),
    "the form of days": _set("LC_TIME", "de_DE.UTF-8"),
    "no colours": _set("NO_COLOR", "1"),
    "a terminal": _set("TERM", "linux"),
    "a zone": _set("TZ", "Asia/Tokyo"),
    "an encoding": _set("PYTHONIOENCODING", "latin-1"),
    "an assistant": _set("PIPEBOARD_ASSISTANT", "1"),
    "another home": _set("HOME", "/nowhere"),
    "a narrow terminal": _wide(40),
    "the account": _somebody_else,
    "an update of the program": lambda home, _: (home / "part.py").write_text("# changed\n"),
}


@pytest.mark.parametrize("what", CHANGED)
def test_after_anything_that_it_rests_on_was_changed_it_is_looked_into_again(
    desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    _updated_with(home / "part.py", monkeypatch)
    for flags in ((), ("--json",)):
        desk.kept(*flags)
    CHANGED[what](home, monkeypatch)
    assert desk.told() is None and desk.told("--json") is None


def test_a_translation_is_read_again_when_it_was_changed(desk: Desk, home: Path) -> None:
    folder = home / "xdg_config_home" / "pipeboard"
    (folder / "words").mkdir(parents=True)
    (folder / "config.toml").write_text('words = "mine"\n')
    (folder / "words" / "mine.toml").write_text('"overdue" = "late"\n')
    desk.kept()
    (folder / "words" / "mine.toml").write_text('"overdue" = "tardy"\n')
    assert desk.told() is None
    desk.kept()
    machines = home / "xdg_config_dirs" / "pipeboard" / "words"
    machines.mkdir(parents=True)
    (machines / "mine.toml").write_text('"overdue" = "past"\n')
    assert desk.told() is None


def test_a_relative_path_is_that_of_the_folder_one_is_in(
    desk: Desk, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.kept("--db", "team.db")
    other = home / "other"
    other.mkdir()
    shutil.copy(home / "team.db", other / "team.db")
    monkeypatch.chdir(other)
    assert desk.told("--db", "team.db") is None
    monkeypatch.chdir(home)
    assert desk.told("--db", "team.db") is not None


def test_while_a_colleague_writes_nothing_but_the_truth_is_told(desk: Desk, home: Path) -> None:
    desk.kept()
    with closing(sqlite3.connect(home / "team.db")) as base:
        base.execute("begin immediate")
        base.execute("update deal set next_due = '2026-11-21' where id = 1")
        assert desk.told() is None
        base.execute("rollback")
    desk.tells_the_truth()
    desk.kept()


def test_the_words_hold_until_the_local_day_ends(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PIPEBOARD_NOW")
    desk.kept()
    now = time.time()
    for later, is_told in ((DAY_S, False), (-DAY_S, False), (0, True)):
        monkeypatch.setattr(time, "time", lambda later=later: now + later)
        assert (desk.told() is not None) is is_told


# A file that is not what was kept.


def _cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-9])


def _lost_with_the_power(file: Path) -> None:
    data = file.read_bytes()
    file.write_bytes(data[:-9] + bytes(9))


def _through_a_link(file: Path) -> None:
    file.rename(file.with_name("elsewhere"))
    file.symlink_to("elsewhere")


@pytest.mark.parametrize(
    "spoil",
    [
        _cut_short,
        _lost_with_the_power,
        _through_a_link,
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"\xff\0 nothing of ours \0\0"),
        lambda file: file.write_bytes(b"3\0a\0b"),
        lambda file: file.chmod(0o644),
        lambda file: (file.unlink(), file.mkdir()),
    ],
)
def test_a_file_that_is_broken_or_not_ours_alone_is_as_none(
    desk: Desk, home: Path, spoil: Callable[[Path], object]
) -> None:
    said = desk.kept()
    for file in kept_files(home):
        spoil(file)
    assert desk.told() is None
    assert desk.type("due") == said


def test_a_file_of_another_account_is_as_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.kept()
    uid = os.getuid()
    account = pwd.getpwuid(uid)
    monkeypatch.setattr(pwd, "getpwuid", lambda _: account)
    monkeypatch.setattr(
        os, "fstat", lambda file: os.stat_result((0o100600, 0, 0, 1, uid + 1, *[0] * 5))
    )
    assert desk.told() is None


def test_only_its_owner_reads_what_is_kept_and_there_is_never_much_of_it(
    desk: Desk, home: Path
) -> None:
    desk.kept()
    (file,) = kept_files(home)
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    for width in range(2 * kept._MOST):
        desk.type("due", "--color", "always", *["-q"] * width)
    assert len(kept_files(home)) == kept._MOST


@pytest.mark.parametrize("folder", ["/dev/null", "/proc/nowhere"])
def test_without_a_folder_to_keep_it_in_it_is_said_as_ever(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    said = desk.kept()
    monkeypatch.setenv("XDG_CACHE_HOME", folder)
    assert desk.type("due") == said
    assert desk.told() is None


@pytest.mark.parametrize("flags", [("--owner", "zoe"), ("-p", "none"), ("--nonsense",)])
def test_what_fails_is_not_kept(desk: Desk, home: Path, flags: tuple[str, ...]) -> None:
    assert desk.type("due", *flags).code != 0
    assert desk.told(*flags) is None
    assert kept_files(home) == []


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_of_a_server_nothing_is_kept(team: Type, home: Path, engine: str) -> None:
    assert team("add", "Lumen Oy: pilot").code == 0
    for _ in range(500):
        said = team("due", "--owner", "all")
        assert "Lumen Oy" in said.out
        if engine == "postgresql" or kept_files(home):
            break
    assert bool(kept_files(home)) is (engine == "sqlite")


_LISTENS = """
import json, sys
from pipeboard.cli.main import main
opened = []
sys.addaudithook(lambda event, given: opened.append(str(given[0])) if event == "open" else None)
sys.argv = ["pipeboard", *sys.argv[1:]]
main(sys.argv[1:])
print(json.dumps(opened), file=sys.stderr)
"""


@pytest.mark.parametrize("line", [("due",), ("due", "--json"), ("completions", "zsh")])
def test_every_file_that_is_read_for_it_is_one_that_it_rests_on(
    desk: Desk, home: Path, line: tuple[str, ...]
) -> None:
    """Those of Python's own, and what the system says of the machine, are none of anybody's."""
    folder = home / "xdg_config_home" / "pipeboard"
    (folder / "words").mkdir(parents=True)
    (folder / "config.toml").write_text('words = "mine"\nlocale = "de_DE"\n')
    (folder / "words" / "mine.toml").write_text("")
    desk.kept(*line[1:], verb=line[0])
    for file in kept_files(home):
        file.unlink()
    done = subprocess.run(
        [sys.executable, "-c", _LISTENS, *line],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    read = json.loads(done.stderr.splitlines()[-1])
    (file,) = kept_files(home)
    rests_on = set(file.read_bytes().decode("utf-8", "replace").split("\0"))
    machines = (sys.prefix, sys.base_prefix, "/proc/", "/dev/null", "/usr/share/zoneinfo/UTC")
    ours = {
        path.replace("__pycache__/", "").replace(f".{sys.implementation.cache_tag}.pyc", ".py")
        for path in read
        if path.startswith("/") and not path.startswith((*machines, str(file.parent)))
    }
    assert (str(folder / "config.toml") in ours) is (line[0] == "due")
    assert {path for path in ours if path not in rests_on} == set()


_AGAIN = """
import sys
import time
from pipeboard.cli.main import run
sys.argv = ["pipeboard", *sys.argv[1:]]
try:
    run()
finally:
    print(*sys.modules, file=sys.stderr)
"""


def test_the_command_tells_it_again_without_opening_the_database(desk: Desk, home: Path) -> None:
    def ask() -> tuple[str, list[str]]:
        done = subprocess.run(
            [sys.executable, "-c", _AGAIN, "-q", "due"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0
        return done.stdout, done.stderr.split()

    asked = (ask() for _ in range(50))
    first, modules = next(asked)
    assert "sqlite3" in modules
    again, modules = next(said for said in asked if "sqlite3" not in said[1])
    assert again == first
    assert not {"argparse", "json", "datetime"} & set(modules)
    assert main(["due", "-q"]) == 0
