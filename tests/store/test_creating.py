"""Making a database: in one piece, once, and with nobody else's rights."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.people import Actor
from pipeboard.domain.templates import template
from pipeboard.store import Store
from pipeboard.store.locating import locate
from pipeboard.store.writing import Writer
from pipeboard.workspace.configuration import begin_workspace
from tests.team import NOW, SETTINGS

ROOT = Path(__file__).parents[2]


def begin(writer: Writer) -> None:
    wanted = template("needs", pipeline_name="Sales", currency="EUR")
    begin_workspace(writer, wanted, (), NOW, Actor("ana"))


def test_a_database_begins_with_all_that_was_asked_for(tmp_path: Path) -> None:
    with closing(Store.create(str(tmp_path / "new.db"), SETTINGS, begin)) as store:
        (sales,) = store.reader.pipelines()
        assert sales.name == "Sales"
        assert [stage.id for stage in sales.stages] == list(range(1, len(sales.stages) + 1))
        assert store.reader.settings() == SETTINGS
        store.write(lambda writer: writer.save_pipeline(replace(sales, version=2), NOW, "ana"))


def test_where_its_beginning_fails_there_is_no_database_and_it_can_be_made_again(
    tmp_path: Path,
) -> None:
    path = str(tmp_path / "new.db")

    def fail(writer: Writer) -> None:
        begin(writer)
        raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        Store.create(path, SETTINGS, fail)
    with pytest.raises(DatabaseError, match="There is no database"):
        Store.open(path)
    Store.create(path, SETTINGS, begin).close()


@pytest.mark.parametrize("mode", [0o644, 0o666, 0o600, 0o400])
def test_an_empty_file_that_was_there_gets_the_rights_of_a_new_one(
    mode: int, tmp_path: Path
) -> None:
    path = tmp_path / "new.db"
    path.touch()
    path.chmod(mode)
    Store.create(str(path), SETTINGS).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_empty_file_of_another_account_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    path.touch()
    os.chown(path, 65534, -1)
    with pytest.raises(DatabaseError, match="belongs to another account"):
        Store.create(str(path), SETTINGS)
    assert path.stat().st_size == 0


def test_an_empty_file_with_a_second_name_and_a_link_are_refused(tmp_path: Path) -> None:
    (tmp_path / "one.db").touch()
    os.link(tmp_path / "one.db", tmp_path / "two.db")
    (tmp_path / "link.db").symlink_to(tmp_path / "three.db")
    for name in ("one.db", "link.db"):
        with pytest.raises(DatabaseError, match=r"2 names|is a link"):
            Store.create(str(tmp_path / name), SETTINGS)
    assert not (tmp_path / "three.db").exists()


@pytest.mark.parametrize("data", [b"a text\n", b"a text\n" * 2_000, b"\0" * 100])
def test_a_file_with_something_else_in_it_is_said_to_be_none_and_is_left(
    data: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(data)
    for attempt in (Store.open, lambda there: Store.create(there, SETTINGS)):
        with pytest.raises(DatabaseError, match="is not a database"):
            attempt(str(path))
    assert path.read_bytes() == data


MAKING = """
import sys
from pipeboard.domain.errors import DatabaseError
from pipeboard.domain.settings import Settings
from pipeboard.domain.people import Actor
from pipeboard.store import Store
import pipeboard.store.tables
import pipeboard.store.writing
print("ready", flush=True)
sys.stdin.readline()
try:
    Store.create(sys.argv[1], Settings())
    print("made")
except DatabaseError as error:
    print(error.message)
"""


def test_of_several_that_make_it_at_once_one_does_and_the_others_are_told(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MAKING, str(path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(5)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate() for process in processes]
    assert [error for _, error in said] == [""] * 5
    assert sorted(out.strip() for out, _ in said) == sorted(
        ["made", *[f"{path} is there already."] * 4]
    )


@pytest.mark.parametrize(
    "url",
    [
        "mysql://ana:geheim@host/deals",
        "MySQL://ana:geheim@host/deals",
        "mysql:/ana:geheim@host/deals",
        "https://ana:geheim@host/deals.db",
    ],
)
def test_a_url_of_another_kind_is_refused_without_its_password(url: str) -> None:
    for attempt in (locate, Store.open, lambda there: Store.create(there, SETTINGS)):
        with pytest.raises(DatabaseError) as refused:
            attempt(url)
        assert "geheim" not in f"{refused.value.message} {refused.value.hint}"
        assert url.split(":")[0].lower() in refused.value.message
