"""backup and doctor of a database on a server: by its own programs, and by the history."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Type
from tests.postgres import Databases


@pytest.fixture
def served(
    pipe: Type, postgres_databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The URL of a workspace with two deals."""
    url = postgres_databases.new("looked_after")
    monkeypatch.setenv("PIPEBOARD_DB", url)
    for line in (("init",), ("add", "Lumen Oy: pilot 40k @ana"), ("add", "Kestrel: spares 5k")):
        assert pipe(*line).code == 0
    yield url
    postgres_databases.drop(url)


def ask(url: str, sql: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql)


def test_a_backup_is_made_by_the_servers_own_program_and_listed(served: str, pipe: Type) -> None:
    made = pipe("backup", "--json")
    assert made.code == 0, made.err
    path = Path(made.json["backup"]["path"])
    listed = subprocess.run(["pg_restore", "--list", path], capture_output=True, text=True)
    assert "TABLE DATA public deal " in listed.stdout
    assert path.stat().st_mode & 0o077 == 0
    assert [one["path"] for one in pipe("backup", "list", "--json").json["backups"]] == [str(path)]
    assert "young enough" in pipe("backup", "--if-older", "1d").err


@pytest.mark.parametrize("look", [("backup", "list"), ("doctor",), ("backup", "--dry-run")])
def test_who_only_looks_makes_no_folder_for_copies(
    look: tuple[str, ...], served: str, pipe: Type, home: Path
) -> None:
    before = sorted(home.rglob("*"))
    assert pipe(*look).code == 0
    assert [path for path in sorted(home.rglob("*")) if path not in before] == []


def test_a_backup_brings_everything_back(
    served: str, pipe: Type, postgres_databases: Databases, home: Path
) -> None:
    assert pipe("backup", "kept.dump").code == 0
    shown = pipe("list", "--json").json
    url = postgres_databases.new("brought_back")
    subprocess.run(["pg_restore", "--no-owner", f"--dbname={url}", "kept.dump"], check=True)
    assert pipe("--db", url, "list", "--json").json == shown
    assert pipe("--db", url, "doctor").code == 0
    postgres_databases.drop(url)


def test_bringing_one_back_names_the_program_that_does_it(served: str, pipe: Type) -> None:
    refused = pipe("backup", "restore", "kept.dump", "-y")
    assert refused.code == 2
    assert "pg_restore --clean" in refused.err


@pytest.mark.parametrize("line", ["backup restore x", "list --nosuch", "show D-99", "list"])
@pytest.mark.parametrize(
    "url",
    ["postgresql://ana:s3cret@127.0.0.1:1/sales",
     "postgresql://127.0.0.1:1/sales?user=ana&password=s3cret",
     "mysql://ana:s3cret@box/sales", "host=box password=s3cret"],
)  # fmt: skip
def test_no_command_that_is_told_holds_a_password(url: str, line: str, pipe: Type) -> None:
    refused = pipe("--db", url, *line.split())
    assert refused.code
    assert "s3cret" not in f"{refused.out}{refused.err}"
    if "restore" in line and url.startswith("postgresql"):
        assert "sales?user=ana" in refused.err or "//ana@" in refused.err


def test_without_the_program_nothing_is_made(
    served: str, pipe: Type, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("PATH", str(home))
    refused = pipe("backup", "kept.dump")
    assert refused.code == 5
    assert "pg_dump" in refused.err
    assert "postgresql-client" in refused.err
    assert not list(home.glob("kept*"))


def test_doctor_finds_a_server_well(served: str, pipe: Type) -> None:
    well = pipe("doctor", "--json")
    assert well.code == 0, well.out
    checks = {finding["check"]: finding for finding in well.json["findings"]}
    assert "PostgreSQL" in checks["place"]["text"]
    assert checks["contents"]["level"] == "ok"
    assert checks["seal"]["text"].startswith("2 commands, seal ")


@pytest.mark.parametrize(
    ("harm", "check"),
    [
        ("UPDATE deal SET title = 'Other' WHERE id = 1", "replay"),
        ("UPDATE stage_total SET deals = deals + 1", "totals"),
        ("UPDATE command SET summary = 'nothing' WHERE seq = 2", "seal"),
        ("DELETE FROM event WHERE deal_id = 2", "replay"),
        ("DROP TABLE touch", "tables"),
    ],
)
def test_doctor_finds_what_another_hand_did(served: str, pipe: Type, harm: str, check: str) -> None:
    ask(served, harm)
    found = pipe("doctor", "--json")
    assert found.code == 1
    bad = {one["check"] for one in found.json["findings"] if one["level"] == "problem"}
    assert check in bad


def test_doctor_makes_what_it_can_anew(served: str, pipe: Type) -> None:
    ask(served, "DROP INDEX deal_by_offer")
    ask(served, "UPDATE stage_total SET deals = deals + 1")
    assert pipe("doctor").code == 1
    assert pipe("doctor", "--fix").code == 0
    assert pipe("doctor").code == 0
