"""A command line to type into, with a database, a clock and a home of its own."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.locales import write_as
from tests.conftest import ENGINES
from tests.postgres import Databases

NOW = "2026-11-23T09:00:00Z"
"""A Monday."""


@dataclass(frozen=True)
class Result:
    """What one command line came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()

    @property
    def json(self) -> Any:
        assert self.out, self.err
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """The error that `--json` wrote to stderr."""
        return json.loads(self.err)["error"]


Type = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home to be in, so that no configuration of the machine matters and what a verb
    writes beside the reader lies there."""
    monkeypatch.chdir(tmp_path)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    for name in ("PIPEBOARD_CONFIG", "PIPEBOARD_DB", "NO_COLOR", "FORCE_COLOR", "VISUAL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    # A demo that is kept stays where temporary files are.
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setenv("PIPEBOARD_NOW", NOW)
    monkeypatch.setenv("TZ", "Europe/Berlin")
    return tmp_path


@pytest.fixture
def pipe(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Type]:
    """Types a command line; `stdin` is what is piped into it."""

    def type_(*arguments: str, stdin: str | bytes = "") -> Result:
        data = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
        capsys.readouterr()
        code = main(arguments)
        said = capsys.readouterr()
        return Result(code, said.out, said.err)

    yield type_
    write_as(None)


ON_BOTH = (
    "deals", "history", "listing", "stages", "work", "people_terms", "calls", "importing",
    "reps_see", *(("hostile",) if os.environ.get("PIPEBOARD_THOROUGH") else ()),
)  # fmt: skip
"""The modules of tests that ask most of a database: they run on a server too."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    name = metafunc.module.__name__.rpartition(".test_")[2]
    if "engine" in metafunc.fixturenames and name in ON_BOTH:
        metafunc.parametrize("engine", ENGINES, indirect=True)


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    """What keeps the database: SQLite, and where a module is `ON_BOTH` PostgreSQL too."""
    return str(getattr(request, "param", ENGINES[0]))


@pytest.fixture
def team(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch, engine: str, request: Any
) -> Type:
    """A workspace in EUR and Berlin with the plain pipeline `minimal` and the reps ana and bo."""
    if engine == "sqlite":
        path = home / "team.db"
        monkeypatch.setenv("PIPEBOARD_DB", str(path))
        if not _as_set_up:
            _set_up(pipe)
            _as_set_up.append(path.read_bytes())
        path.write_bytes(_as_set_up[0])
        path.chmod(0o600)
        return pipe
    databases: Databases = request.getfixturevalue("postgres_databases")

    def make(url: str) -> None:
        monkeypatch.setenv("PIPEBOARD_DB", url)
        _set_up(pipe)

    monkeypatch.setenv("PIPEBOARD_DB", databases.kept("cli", make))
    return pipe


_as_set_up: list[bytes] = []
"""The file of a workspace that was set up: every other test begins with a copy."""


def _set_up(pipe: Type) -> None:
    for line in (
        ("init", "--template", "minimal", "--currency", "EUR", "--zone", "Europe/Berlin"),
        ("rep", "add", "ana"),
        ("rep", "add", "bo"),
    ):
        assert pipe(*line).code == 0
