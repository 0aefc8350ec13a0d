"""A database of 0.1.0 learns where its ids are from, and imports into it go on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.money import Money
from pipeboard.store import Store
from pipeboard.store.locating import locate_file
from pipeboard.store.migrating import migrate
from tests.team import SETTINGS, Team, now_of
from tests.workspace.test_importing_again import BASE, counts, read

AS_BEFORE = """
ALTER TABLE event ADD COLUMN detail VARCHAR;
UPDATE event SET detail = owner;
ALTER TABLE event DROP COLUMN probability_bp;
ALTER TABLE event DROP COLUMN owner;
ALTER TABLE event DROP COLUMN category;
ALTER TABLE event DROP COLUMN loss_category;
ALTER TABLE event DROP COLUMN touch_type;
ALTER TABLE event DROP COLUMN touch_direction;
ALTER TABLE event DROP COLUMN has_step;
ALTER TABLE event DROP COLUMN overrides;
DROP INDEX deal_given;
DROP INDEX deal_by_offer;
DROP TABLE deal_ask;
DROP TABLE deal_facts;
ALTER TABLE deal DROP COLUMN given_by;
ALTER TABLE deal DROP COLUMN next_every;
ALTER TABLE deal DROP COLUMN loss_objection;
ALTER TABLE touch DROP COLUMN objection;
ALTER TABLE touch DROP COLUMN variant;
DROP INDEX deal_to_return;
DROP INDEX deal_returned;
DROP INDEX command_without_seal;
ALTER TABLE command DROP COLUMN digest;
ALTER TABLE rep DROP COLUMN role;
ALTER TABLE rep DROP COLUMN acts_for;
ALTER TABLE pipeline DROP COLUMN removed;
DROP INDEX deal_of_many_words;
ALTER TABLE deal DROP COLUMN folded_whole;
DROP TABLE import_recipe;
DROP INDEX deal_by_external_id;
ALTER TABLE deal DROP COLUMN external_source;
CREATE UNIQUE INDEX deal_by_external_id ON deal (external_id)
 WHERE external_id is not null and not removed;
UPDATE counter SET value = 3 WHERE name = 'schema';
"""


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """A database as 0.1.0 left it, with a deal that it imported."""
    team = Team.make(tmp_path / "old.db")
    ana = team.rep("ana")
    read(ana, tmp_path, BASE)
    team.close()
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        ((doc,),) = connection.execute("SELECT doc FROM deal").fetchall()
        kept = json.loads(doc)
        del kept["imported"]
        kept["imported_as"] = "0123456789abcdef"
        connection.execute("UPDATE deal SET doc = ?", (json.dumps(kept),))
        connection.executescript(AS_BEFORE)
        connection.commit()
    yield tmp_path / "old.db"


def step(path: Path) -> None:
    migrate(locate_file(str(path)))


def shape(path: Path) -> set[tuple[str, str]]:
    """Every column of every table, and what every index is over."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [r[0] for r in connection.execute("SELECT name FROM sqlite_schema")]
        columns = {
            (table, str(row[1]))
            for table in tables
            for row in connection.execute(f"PRAGMA table_info('{table}')")
        }
        of_index = {
            (table, str(row[2]))
            for table in tables
            for row in connection.execute(f"PRAGMA index_info('{table}')")
        }
    return columns | of_index


def test_the_step_leads_to_what_a_new_database_is(old: Path, tmp_path: Path) -> None:
    step(old)
    Store.create(str(tmp_path / "new.db"), SETTINGS).close()
    wanted = {one for one in shape(tmp_path / "new.db") if not one[0].startswith("sqlite_")}
    assert wanted <= shape(old)


def test_a_deal_of_before_is_met_by_its_id_and_keeps_what_people_changed(
    old: Path, tmp_path: Path
) -> None:
    step(old)
    ana = Team(old).rep("ana")
    assert counts(read(ana, tmp_path, BASE)) == (0, 0, 1)
    deal_id = ana.find_deal("Alpha").id
    ana.set_fields([deal_id], ["value=9999"])
    report = read(ana, tmp_path, BASE.replace("North", "West"))
    assert counts(report) == (0, 1, 0)
    deal = now_of(ana, deal_id)
    assert (deal.value, deal.fields["Region"]) == (Money(999_900, "EUR"), "West")
    assert [one.field for one in report.conflicts] == ["value"]


def test_another_deal_under_an_id_of_before_is_a_deal_of_its_own(old: Path, tmp_path: Path) -> None:
    step(old)
    ana = Team(old).rep("ana")
    other = "Deal ID,Deal Name,Company,Stage\n1,Roof,Borealis,Proposal\n"
    assert counts(read(ana, tmp_path, other)) == (1, 0, 0)
