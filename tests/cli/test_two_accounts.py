"""Two accounts, one who may only look and a stranger on one box, set up as the README says.

It makes accounts of its own and takes them away again, and so runs as root alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from sysconfig import get_path
from tempfile import mkdtemp

import pytest

GROUP = f"pbg{os.getpid()}"
PEOPLE = {name: f"pb{name}{os.getpid()}" for name in ("ana", "bo", "vera", "stranger")}
PYTHONS = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
"""That of the tests may be in a home that others cannot enter."""
PATHS = os.pathsep.join((str(Path(__file__).parents[2]), get_path("purelib")))
Typed = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not all(map(shutil.which, ("useradd", "groupadd", "runuser"))),
    reason="needs root, to make accounts",
)


def root(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)


@pytest.fixture(scope="module")
def accounts() -> Iterator[Path]:
    """A folder that everybody may enter, with a home for each account."""
    place = Path(mkdtemp(prefix="pipeboard-accounts-"))
    place.chmod(0o755)
    try:
        root("groupadd", GROUP)
        for name, account in PEOPLE.items():
            more = () if name == "stranger" else ("-G", GROUP)
            root("useradd", "-m", "-d", str(place / account), *more, account)
        yield place
    finally:
        for account in PEOPLE.values():
            subprocess.run(("userdel", "-r", account), capture_output=True, check=False)
        subprocess.run(("groupdel", GROUP), capture_output=True, check=False)
        shutil.rmtree(place, ignore_errors=True)


def run_as(account: str, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (shutil.which("runuser") or "", "-u", account, "--", *words),
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "PYTHONPATH": PATHS, **environ},
    )


@pytest.fixture(scope="module")
def python(accounts: Path) -> str:
    """An interpreter that every account can run, with what the program stands on."""
    needs = "import sys, sqlalchemy.engine, pipeboard.store.tables; print(sys.version_info[:2])"
    for python in PYTHONS:
        if run_as(PEOPLE["stranger"], python, "-c", needs).returncode == 0:
            return python
    pytest.skip("other accounts have no interpreter that runs this program")


@pytest.fixture(params=["022", "002", "077"])
def typed(accounts: Path, python: str, request: pytest.FixtureRequest) -> Typed:
    """Somebody types a line, under an umask, in a place that was just set up."""
    place = accounts / f"sales-{request.param}-{len(list(accounts.iterdir()))}"
    root("install", "-d", "-m", "2770", "-g", GROUP, str(place))

    def type_(name: str, *line: str) -> subprocess.CompletedProcess[str]:
        account = PEOPLE[name]
        script = f'umask {request.param}; cd; exec "$@"'
        words = ("sh", "-c", script, "sh", python, "-m", "pipeboard", *line)
        home, database = str(accounts / account), str(place / "deals.db")
        done = run_as(account, *words, HOME=home, PIPEBOARD_DB=database)
        assert "Traceback" not in done.stderr
        return done

    made = type_("ana", "init", "--shared", "--group", GROUP, "--db", str(place / "deals.db"))
    assert made.returncode == 0, made.stderr
    return type_


def test_both_write_the_viewer_looks_and_blocks_nobody_and_a_stranger_reads_nothing(
    typed: Typed, accounts: Path
) -> None:
    for name in ("ana", "bo"):
        for number in range(3):
            done = typed(name, "add", f"Lumen {name} {number}: pilot 1k @{PEOPLE[name]}")
            assert done.returncode == 0, done.stderr
    assert len(typed("bo", "list", "--ids").stdout.split()) == 6
    assert typed("ana", "rep", "add", PEOPLE["vera"], "--role", "viewer").returncode == 0
    looked = typed("vera", "list", "--ids")
    assert len(looked.stdout.split()) == 6, looked.stderr
    assert typed("vera", "note", "1", "-m", "x").returncode == 4
    assert typed("bo", "note", "1", "-m", "after the viewer").returncode == 0
    assert typed("stranger", "list").returncode == 5
    assert typed("ana", "doctor").returncode == 0
    assert typed("bo", "rep", "set", PEOPLE["bo"], "--team", "North").returncode == 4
    assert typed("ana", "backup").returncode == 0
    (place,) = (path for path in accounts.glob("sales-*") if list(path.glob("*.backup")))
    for path in place.iterdir():
        wanted = 0o600 if "backup" in path.name else 0o660
        assert path.stat().st_mode & 0o777 == wanted, path
    shutil.rmtree(place)
