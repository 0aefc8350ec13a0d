"""migrate: a workspace goes to another database and back, whole, and the old one says where to."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeboard.store import Store, moving
from pipeboard.store.moving import contents_of
from tests.cli.conftest import Type
from tests.ledger import disagreements
from tests.postgres import Databases
from tests.workspace.test_importing import MAVEN, needs_maven

LINES = (
    ("add", "Lumen Oy: pilot 40k @ana"),
    ("add", "Kestrel BV: Größe \N{SNOWMAN} \"quoted\" 'x' \\ % 5k"),
    ("note", "1", "-m", "met at the fair\nand a second line"),
    ("move", "1", "Qualified", "--override", "agreed"),
    ("tag", "2", "+hot"),
    ("contact", "1", "Mika"),
    ("archive", "2"),
    ("target", "set", "2026Q4", "130k"),
    ("undo",),
)


@pytest.fixture
def worked(team: Type) -> Type:
    for line in LINES:
        assert team(*line).code == 0, line
    return team


@pytest.fixture(params=["another file", "a server"])
def there(request: pytest.FixtureRequest, home: Path) -> str:
    """Where to: a place with nothing in it."""
    if request.param == "another file":
        return str(home / "new.db")
    databases: Databases = request.getfixturevalue("postgres_databases")
    url = databases.new(f"moved_{abs(hash(request.node.name)) % 10**8}")
    request.addfinalizer(lambda: databases.drop(url))
    return url


def digest(place: str) -> str:
    store = Store.open(place)
    try:
        return contents_of(store.reader.whole().database)[1]
    finally:
        store.close()


@pytest.mark.parametrize(
    "spoiled", ["event SET data = '{'", "event SET at = 'x'", "deal SET doc = '['"]
)
def test_what_cannot_be_read_is_told_and_moves_nowhere(
    spoiled: str, worked: Type, there: str, home: Path
) -> None:
    with closing(sqlite3.connect(home / "team.db")) as raw:
        raw.execute(f"UPDATE {spoiled} WHERE rowid = 1")
        raw.commit()
    refused = worked("migrate", "--to", there)
    assert (refused.code, "Traceback" in refused.err) == (5, False), refused
    assert "went wrong" not in refused.err
    assert worked("tag", "2", "+still-here").code == 0


def test_there_and_back_all_is_as_it_was(worked: Type, there: str, home: Path) -> None:
    here = str(home / "team.db")
    before, shown = digest(here), worked("show", "1", "--json").json
    moved = worked("migrate", "--to", there, "--json")
    assert moved.code == 0, moved.err
    assert moved.json["digest"] == before == digest(there)
    assert (moved.json["deals"], moved.json["events"]) == (2, 7)
    assert disagreements(there) == []
    assert worked("--db", there, "show", "1", "--json").json == shown
    refused = worked("add", "Other: deal 1k")
    assert refused.code == 5
    assert "has moved to" in refused.err
    assert there in refused.err
    assert refused.err.count("has moved to") == 1
    for line in (("list",), ("due", "--short"), ("check",), ("due", "--short")):
        said = worked(*line)
        assert said.code in (0, 1)
        assert f"This workspace has moved to {there}: here it is as it was." in said.err, line
    found = worked("doctor", "--json").json["findings"]
    assert [one["level"] for one in found if one["check"] == "moved"] == ["note"]
    assert "has moved" not in worked("--db", there, "list").err
    assert worked("--db", there, "add", "Other: deal 1k").code == 0
    after = digest(there)
    assert worked("--db", there, "migrate", "--to", here).code == 0
    assert digest(here) == after
    assert worked("add", "One: more 2k").code == 0
    assert worked("--db", there, "add", "Not: here 2k").code == 5


def test_one_that_has_moved_is_worked_on_again_elsewhere_as_its_refusal_says(
    worked: Type, tmp_path: Path
) -> None:
    new, whole = str(tmp_path / "new.db"), str(tmp_path / "whole.json")
    assert worked("migrate", "--to", str(tmp_path / "lost.db")).code == 0
    refused = worked("tag", "2", "+x").err
    assert "'pipeboard export --whole --to FILE'" in refused
    assert "'pipeboard --db NEW import FILE'" in refused
    shown = worked("show", "1", "--json").json
    assert worked("export", "--whole", "--to", whole).code == 0
    assert "moved_to" not in Path(whole).read_text()
    assert worked("--db", new, "import", whole).code == 0
    assert worked("--db", new, "show", "1", "--json").json == shown
    assert worked("--db", new, "tag", "2", "+x").code == 0


def test_a_whole_workspace_that_was_written_with_the_mark_of_a_move_is_taken_in_without(
    worked: Type, tmp_path: Path
) -> None:
    new, whole = str(tmp_path / "new.db"), tmp_path / "whole.json"
    assert worked("export", "--whole", "--to", str(whole)).code == 0
    written = json.loads(whole.read_text())
    settings = written["tables"]["setting"]
    mark = {"name": "moved_to", "value": '"lost.db"'}
    settings["rows"].append([mark[column] for column in settings["columns"]])
    whole.write_text(json.dumps(written))
    assert worked("--db", new, "import", str(whole)).code == 0
    assert worked("--db", new, "tag", "2", "+x").code == 0


def test_it_is_tried_without_changing_anything(worked: Type, there: str) -> None:
    tried = worked("migrate", "--to", there, "-n")
    assert tried.code == 0
    assert "Not done (dry run)" in tried.err + tried.out
    assert worked("--db", there, "list").code == 5
    assert worked("add", "Other: deal 1k").code == 0


def test_a_call_that_was_cut_off_before_the_mark_is_finished_by_the_next(
    worked: Type, there: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = moving._copied

    def cut_off(*arguments: Any, **options: Any) -> None:
        copied(*arguments, **options)
        raise RuntimeError("cut off")

    with monkeypatch.context() as patch:
        patch.setattr(moving, "_copied", cut_off)
        assert worked("migrate", "--to", there).code == 1
    assert worked("add", "Meanwhile: here 1k").code == 0
    assert worked("migrate", "--to", there).code == 0
    assert "Meanwhile" in worked("--db", there, "list").out
    assert worked("add", "Other: deal 1k").code == 5


def test_where_somebody_has_gone_on_to_work_nothing_is_written_over(
    worked: Type, there: str, home: Path
) -> None:
    assert worked("migrate", "--to", there).code == 0
    assert worked("--db", there, "add", "New: there 1k").code == 0
    again = worked("migrate", "--to", there)
    assert again.code in (4, 5)
    assert "New: there" in worked("--db", there, "list").out


def test_another_workspace_is_not_written_over(worked: Type, there: str) -> None:
    assert worked("--db", there, "init").code == 0
    refused = worked("migrate", "--to", there)
    assert refused.code == 4
    assert "another workspace" in refused.err
    assert worked("add", "Other: deal 1k").code == 0


@needs_maven
@pytest.mark.skipif(not os.environ.get("PIPEBOARD_THOROUGH"), reason="PIPEBOARD_THOROUGH")
def test_8800_deals_go_there_and_back_with_equal_digests(
    team: Type, postgres_databases: Databases, home: Path
) -> None:
    assert team("import", str(MAVEN), "--skip-bad", "-y").code == 0
    there, here = postgres_databases.new("maven"), str(home / "team.db")
    before = digest(here)
    assert team("migrate", "--to", there).code == 0
    assert digest(there) == before
    assert team("--db", there, "migrate", "--to", here).code == 0
    assert digest(here) == before
    postgres_databases.drop(there)
