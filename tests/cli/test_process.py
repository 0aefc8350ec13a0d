"""The command as a process of its own: what it imports, and how it ends when its streams do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Run = Callable[..., subprocess.CompletedProcess[bytes]]

_MODULES = """
import sys
from pipeboard.cli.main import main
code = main(sys.argv[1:])
print(code, *{name.partition(".")[0] for name in sys.modules} | set(sys.modules))
"""


@pytest.fixture
def run(home: Path) -> Run:
    """Runs `python -m pipeboard`; keywords are those of `subprocess.run`, `env` is added to."""

    def run_(*arguments: str | bytes, **more: Any) -> subprocess.CompletedProcess[bytes]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), **more.pop("env", {})}
        more = {"capture_output": True, "timeout": 60, **more}
        return subprocess.run([sys.executable, "-m", "pipeboard", *arguments], env=env, **more)

    return run_


def _modules(home: Path, *arguments: str) -> set[str]:
    done = subprocess.run(
        [sys.executable, "-c", _MODULES, *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    code, *modules = done.stdout.decode().splitlines()[-1].split()
    assert code == "0", done.stderr
    return set(modules)


HEAVY = {"textual", "rich", "sqlmodel", "sqlalchemy", "alembic", "pydantic", "rapidfuzz"}


@pytest.mark.parametrize(
    "line", [("--help",), ("version",), ("--version",), ("pipeline", "--help")]
)
def test_help_and_version_import_next_to_nothing(home: Path, line: tuple[str, ...]) -> None:
    modules = _modules(home, *line)
    assert not modules & (HEAVY | {"argparse", "dataclasses", "typing", "sqlite3", "json"})


@pytest.mark.parametrize("line", [("move", "--help"), ("list", "--help"), ("import", "--help")])
def test_help_of_a_verb_imports_neither_screens_nor_database(
    home: Path, line: tuple[str, ...]
) -> None:
    assert not _modules(home, *line) & HEAVY


READING = (("list",), ("list", "value>1k", "--json"), ("show", "1"), ("history",), ("metrics",))
CHANGING = (
    ("add", "Borealis: service 5k"),
    ("set", "1", "value=50k"),
    ("note", "1", "-m", "They called."),
    ("won", "1", "--override", "agreed"),
    ("lost", "1", "--category", "price"),
    ("undo",),
    ("metrics", "value>1k", "--as-of", "2026-01-01"),
)


@pytest.mark.parametrize("line", (*READING, *CHANGING), ids=" ".join)
def test_no_verb_imports_the_screens_or_sqlmodel(
    line: tuple[str, ...], home: Path, run: Run
) -> None:
    database = str(home / "a.db")
    assert run("add", "Lumen Oy: pilot 40k", "--db", database).returncode == 0
    assert not _modules(home, *line, "--db", database) & (HEAVY - {"rich", "rapidfuzz"})


DECIDING = {
    "pipeboard.domain.deciding",
    "pipeboard.workspace.execution",
    "pipeboard.workspace.undoing",
}


@pytest.mark.parametrize("line", READING, ids=" ".join)
def test_a_verb_that_only_looks_imports_nothing_that_changes(
    line: tuple[str, ...], home: Path
) -> None:
    database = str(home / "a.db")
    assert _modules(home, "add", "Lumen Oy: pilot 40k", "--db", database) & DECIDING
    assert not _modules(home, *line, "--db", database) & DECIDING


SLOW = HEAVY | {
    "asyncio",
    "concurrent",
    "dataclasses",
    "difflib",
    "email",
    "hashlib",
    "http",
    "importlib.metadata",
    "inspect",
    "logging",
    "multiprocessing",
    "platformdirs",
    "random",
    "secrets",
    "shutil",
    "socket",
    "subprocess",
    "statistics",
    "tempfile",
    "threading",
    "tomllib",
    "xml",
}
"""What takes milliseconds to import and no daily verb needs, but to find what was mistyped, and to
seal what was written."""
if sys.version_info >= (3, 12):
    SLOW -= {"threading"}  # `sysconfig` has a lock since then, and `zoneinfo` imports that
LOOKING = "cli domain exchange store store.reading store.reading.filtering ui ui.terminal workspace"
WRITING = "cli domain domain.deciding exchange store store.projecting store.reading workspace"
PHASES = {
    ("config", "path"): "cli domain ui ui.terminal workspace",
    ("list",): LOOKING,
    ("list", "value>1k", "--json"): LOOKING,
    ("show", "1"): LOOKING,
    ("history",): LOOKING,
    ("rep", "list"): LOOKING,
    ("note", "1", "-m", "They called."): WRITING,
    ("set", "1", "value=50k"): WRITING,
    ("log", "1", "call"): WRITING,
    ("won", "1", "--override", "agreed"): WRITING,
    ("undo",): WRITING,
}
"""The rooms whose modules each verb may import."""


@pytest.mark.parametrize("line", PHASES, ids=" ".join)
def test_a_daily_verb_imports_the_rooms_that_it_needs(
    line: tuple[str, ...], home: Path, run: Run
) -> None:
    database = str(home / "a.db")
    assert run("add", "Lumen Oy: pilot 40k", "--db", database).returncode == 0
    modules = _modules(home, *line, "--db", database)
    ours = [name for name in modules if name.startswith("pipeboard.")]
    rooms = {name for name in ours if (ROOT / name.replace(".", "/")).is_dir()}
    assert {room.removeprefix("pipeboard.") for room in rooms} <= set(PHASES[line].split())
    needed = {"difflib"} if "set" in line else set()
    assert modules & SLOW <= needed


_CONVERTED = """
import datetime, sys
from pipeboard.domain.board import Lens
from pipeboard.store import Store
reader = Store.open(sys.argv[1], read_only=True).new_reader(None)
day, zone = datetime.date(2026, 11, 23), reader.settings().zone
reader.board(Lens(reader.pipelines()[0].id, day, zone, currency="EUR"))
print(*sys.modules)
"""


def test_sums_in_one_currency_need_nothing_of_the_metrics_screen(home: Path, run: Run) -> None:
    database = str(home / "a.db")
    assert run("add", "Lumen Oy: pilot 40k USD", "--db", database).returncode == 0
    done = subprocess.run(
        [sys.executable, "-c", _CONVERTED, database],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=True,
        timeout=60,
    )
    modules = done.stdout.decode().split()
    assert "pipeboard.store.reading.board" in modules
    assert [name for name in modules if name.startswith("pipeboard.domain.metrics")] == []


def test_it_runs_as_a_module_and_says_its_version(run: Run) -> None:
    done = run("version")
    assert done.returncode == 0
    assert done.stdout.startswith(b"pipeboard ")


def test_without_a_terminal_the_board_is_refused_with_the_verbs_that_work(run: Run) -> None:
    done = run(stdin=subprocess.DEVNULL)
    assert done.returncode == 2
    assert b"pipeboard list" in done.stderr
    assert b"\x1b" not in done.stdout + done.stderr


@pytest.fixture
def many(home: Path, run: Run) -> str:
    """A database with enough deals to fill a pipe."""
    database = str(home / "many.db")
    lines = "".join(f"Company {number}: {'x' * 200} {number}k\n" for number in range(1, 61))
    assert run("add", "-", "--db", database, input=lines.encode()).returncode == 0
    return database


def test_a_reader_that_has_seen_enough_is_no_failure(many: str, home: Path, run: Run) -> None:
    shell = subprocess.run(
        f"'{sys.executable}' -m pipeboard list --json --db '{many}' | head -c 10;"
        ' echo "${PIPESTATUS[0]}"',
        shell=True,
        executable="/bin/bash",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
    )
    assert shell.stdout.endswith(b"0\n")
    assert shell.stderr == b""


def test_a_full_disk_behind_stdout_is_a_sentence(many: str, run: Run) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run("list", "--db", many, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert done.returncode == 1
    assert done.stderr.startswith(
        b"pipeboard: The output could not be written: No space left on device.\n"
    )


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_survived(many: str, closed: str) -> None:
    for verb in ("list", "add 'Acme: new 1k'", "nonsense"):
        done = subprocess.run(
            f"'{sys.executable}' -m pipeboard {verb} --db '{many}' {closed}",
            shell=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            timeout=60,
        )
        lost = verb != "nonsense" and ">&-" in closed.replace("2>&-", "")
        assert done.returncode == (2 if verb == "nonsense" else int(lost))
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    "env",
    [
        {"PYTHONIOENCODING": "latin-1"},
        {"PYTHONIOENCODING": "ascii"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ],
)
def test_a_stdout_that_knows_few_letters_never_fails(
    home: Path, run: Run, env: dict[str, str]
) -> None:
    database = str(home / "names.db")
    title = "Żółć Oy: ligne d'emballage 日本 40k".encode()
    assert run("add", title, "--db", database).returncode == 0
    for form in ((), ("--csv",), ("--plain",)):
        done = run("list", *form, "--db", database, env=env)
        assert (done.returncode, done.stderr) == (0, b"")
    for line in (
        ("list", "--csv"),
        ("list", "--plain"),
        ("export",),
        ("export", "--format", "json"),
    ):
        said = run(*line, "--db", database, env=env).stdout.decode("utf-8")
        assert "Żółć Oy" in said and "日本" in said
    assert run("export", "--format", "ics", "--db", database, env=env).stdout.decode("utf-8")
    assert "<title>" in run("metrics", "--html", "--db", database, env=env).stdout.decode("utf-8")
    deals = json.loads(run("list", "--json", "--db", database, env=env).stdout)
    assert deals["deals"][0]["account"] == "Żółć Oy"


@pytest.mark.parametrize(
    "env",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C"},
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0"},
    ],
)
def test_words_are_stored_as_typed_in_a_locale_without_letters(
    home: Path, run: Run, env: dict[str, str]
) -> None:
    database = str(home / "typed.db")
    done = run("add", "Ärzte: Ünïcode 日本 €5k".encode(), "--db", database, env=env)
    assert done.returncode == 0
    assert run("note", "1", "-m", "Größe".encode(), "--db", database, env=env).returncode == 0
    deal = json.loads(run("show", "1", "--json", "--db", database, env=env).stdout)["deal"]
    assert (deal["account"], deal["title"]) == ("Ärzte", "Ünïcode 日本")
    assert deal["value"] == {"amount_minor": 500000, "currency": "EUR"}
    assert deal["notes"][0]["text"] == "Größe"
    file = home / "Übersicht.csv"
    out = run("export", "--to", str(file).encode(), "--db", database, env=env)
    assert out.returncode == 0 and file.exists()
    again = str(home / "again.db")
    into = ("--into", "Neu", "--stages", "auto", "--db", again)
    assert run("import", str(file).encode(), *into, env=env).returncode == 0


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_file_whose_name_is_no_text_is_imported(
    home: Path, run: Run, locale: dict[str, str]
) -> None:
    folder = os.fsencode(home)
    file, side = folder + b"/caf\xe9.csv", folder + b"/caf\xe9-side.csv"
    Path(os.fsdecode(file)).write_text("id,deal name,stage,owner\n1,A,Talk,ana\n")
    Path(os.fsdecode(side)).write_text("owner,office\nana,North\n")
    line = ("--into", "X", "--stages", "auto", "--db", str(home / "x.db"))
    done = run("import", file, "--beside", side, "--by", "owner", *line, env=locale)
    assert done.returncode == 0 and b"1 created" in done.stdout
    listed = run("list", "--json", "--db", str(home / "x.db"), env=locale).stdout
    assert json.loads(listed)["deals"][0]["fields"] == {"office": "North"}
    again = run("import", file, *line[:2], *line[4:], env=locale)
    assert b"1 unchanged" in again.stdout


def test_bytes_that_are_no_utf8_are_taken_as_words(home: Path, run: Run) -> None:
    database = str(home / "latin.db")
    assert run("add", b"Caf\xe9 Oy: pilot 4k", "--db", database).returncode == 0
    assert run("list", b"caf\xe9", "--db", database).returncode == 0
