"""demo and keys: looking around without risk."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.store import Store
from tests.cli.conftest import Type


def test_a_demo_is_a_database_of_its_own(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIPEBOARD_DB", str(home / "mine.db"))
    made = pipe("demo", "--no-open", "--deals", "12", "--db", str(home / "demo.db"))
    assert made.out == f"{home / 'demo.db'}\n"
    assert not (home / "mine.db").exists()
    listed = pipe("list", "--json", "--db", str(home / "demo.db")).json["deals"]
    assert len(listed) == 12


def test_the_same_seed_makes_the_same_deals(pipe: Type, home: Path) -> None:
    def listed(name: str, seed: str) -> str:
        database = str(home / name)
        pipe("demo", "--no-open", "--deals", "8", "--seed", seed, "--db", database)
        return pipe("list", "--csv", "--db", database).out

    assert listed("a.db", "3") == listed("b.db", "3")
    assert listed("c.db", "4") != listed("d.db", "3")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_demo_lives_by_the_clock_of_the_machine(
    zone: str, pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    path = str(home / "demo.db")
    assert pipe("demo", "--no-open", "--db", path).code == 0
    with closing(Store.open(path, read_only=True)) as store:
        assert store.reader.settings().zone_name == zone
    assert pipe("doctor", "--db", path).code == 0


def test_a_demo_never_fills_a_database_that_is_there(team: Type, home: Path) -> None:
    refused = team("demo", "--no-open", "--db", str(home / "team.db"))
    assert refused.code == 4
    assert team("list", "--count").out == "0\n"


def test_a_demo_has_its_name_once_it_is_whole(
    pipe: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, left = home / "demo.db", home / "demo.db.demo.part"
    left.touch()
    path.touch()

    def half(*_: object, **__: object) -> None:
        assert path.stat().st_size == 0
        assert left.stat().st_size > 0
        raise KeyboardInterrupt

    with monkeypatch.context() as broken_off:
        broken_off.setattr("pipeboard.demo.build", half)
        assert pipe("demo", "--no-open", "--db", str(path)).code == 130
    assert not left.exists()
    assert pipe("demo", "--no-open", "--db", str(path)).code == 0
    assert pipe("doctor", "--db", str(path)).code == 0


@pytest.mark.parametrize("deals", ["-1", "many", "99999999999"])
def test_a_number_of_deals_that_cannot_be_is_refused(pipe: Type, deals: str) -> None:
    assert pipe("demo", "--no-open", "--deals", deals).code == 2


def test_keys_prints_the_table_of_the_board(pipe: Type) -> None:
    keys = pipe("keys", "--json").json["keys"]
    assert {"id", "keys", "group", "help"} == keys[0].keys()
    assert any(key["id"] == "board.add" for key in keys)
    assert "board.add" in pipe("keys").out


def test_the_version_is_said_in_every_way(pipe: Type) -> None:
    said = pipe("version").out
    assert pipe("--version").out == said
    assert pipe("list", "--version").out == said
    assert "textual" in pipe("version", "-v").out


def test_the_overview_names_every_verb(pipe: Type) -> None:
    overview = pipe("--help").out
    for verb in ("init", "import", "move", "undo", "pipeline", "config"):
        assert f"\n  {verb} " in overview


@pytest.mark.parametrize("verb", ["demo", "tour"])
def test_without_a_terminal_it_says_what_makes_one_for_other_verbs(
    pipe: Type, home: Path, verb: str
) -> None:
    refused = pipe(verb, "--db", str(home / "demo.db"))

    assert refused.code == 2
    assert "'pipeboard demo --no-open' makes one" in refused.err
    assert not (home / "demo.db").exists()
