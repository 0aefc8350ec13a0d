"""What is handed out: the same bytes each time, typed, and nothing that a rep never uses."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from email.parser import HeaderParser
from hashlib import sha256
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEEDED = {
    "alembic",
    "charset-normalizer",
    "platformdirs",
    "rapidfuzz",
    "sqlalchemy",
    "sqlmodel",
    "textual",
    "tomli-w",
    "tzdata",
}
AT_THE_TOP = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "LICENSE",
    "README.md",
    "pipeboard",
    "pyproject.toml",
    "screenshots",
    "tests",
}
EXTRAS = {"dev", "mcp", "postgres", "workbooks", "xlsx"}


def test_nothing_lies_about_that_a_test_left_behind() -> None:
    command = ["git", "ls-tree", "--name-only", "-z", "HEAD"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("this is no checkout")
    assert set(done.stdout.rstrip("\0").split("\0")) <= AT_THE_TOP


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The wheel and the source, built twice, in a folder each."""
    folders = tuple(tmp_path_factory.mktemp("built") for _ in range(2))
    for folder in folders:
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    return folders[0], folders[1]


def test_what_is_built_is_the_same_each_time(built: tuple[Path, Path]) -> None:
    first, second = (
        {file.name: sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}
        for folder in built
    )
    assert len(first) == 2
    assert first == second


def test_the_wheel_holds_the_program_and_nothing_else(built: tuple[Path, Path]) -> None:
    (wheel,) = built[0].glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
        (metadata,) = (file.read(name) for name in names if name.endswith("/METADATA"))
    assert {"pipeboard/py.typed", "pipeboard/docs/import.md"} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"pipeboard"}
    told = HeaderParser().parsestr(metadata.decode())
    needed = {
        re.split(r"[<>=~! \[;]", line)[0].lower()
        for line in told.get_all("Requires-Dist") or ()
        if "extra ==" not in line
    }
    assert needed == NEEDED
    assert set(told.get_all("Provides-Extra") or ()) <= EXTRAS


def test_importing_any_module_warns_of_nothing() -> None:
    modules = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in (ROOT / "pipeboard").rglob("*.py")
        if path.name != "__main__.py"
    ]
    assert len(modules) > 100
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code, *modules],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, "")
