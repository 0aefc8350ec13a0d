"""The seal of the log: what of the past is changed, put in or taken out breaks it, and where."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.store import sealing
from pipeboard.store.database import Database
from pipeboard.store.locating import locate_file
from pipeboard.store.opening import Identity
from pipeboard.store.sealing import Seal, check_seal, is_in_the_log, last_digest
from tests.team import NEEDS, QUALIFICATION, Team, add, sales

NOT_SEALED = {
    "command.seq", "command.undone", "command.digest",
    "event.seq", "event.stage_id", "event.value_minor", "event.currency", "event.probability_bp",
    "event.on_date", "event.owner", "event.category", "event.loss_category", "event.touch_type",
    "event.touch_direction", "event.has_step", "event.overrides",
    "workspace_event.seq",
}  # fmt: skip
"""Numbers and marks of rows, and what is read beside an event, which its data says too."""


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log with commands of deals, of agreements, of none, and of some that were taken back."""
    team = Team.make(tmp_path_factory.mktemp("sealed") / "team.db")
    ana, bo = team.rep("ana"), team.rep("bo", acting_as="ana")
    first, second = add(ana).id, add(ana, "Acme: press 9k").id
    ana.move([first, second], QUALIFICATION, override="agreed")
    ana.undo()
    ana.redo()
    ana.set_target(sales(ana), "2026Q4", "100")
    ana.set_rate("USD", "0.9")
    bo.add_note([first], "They called; ünd wrote.")
    ana.move([second], NEEDS, override="agreed")
    team.close()
    return team.path


@pytest.fixture
def database(log: Path) -> Iterator[Database]:
    """The log in memory, to be changed and sealed at will."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as place:
        with closing(sqlite3.connect(log)) as kept:
            kept.backup(place)
        yield Database(place, Identity(locate_file(str(log)), 0, 0, ""))


def commands(database: Database) -> list[str]:
    return [str(one) for one in database.column("SELECT id FROM command ORDER BY seq")]


def test_a_log_as_it_was_written_holds(database: Database) -> None:
    ids = commands(database)
    found = check_seal(database)
    assert found == Seal(len(ids), last_digest(database))
    digests = [str(one) for one in database.column("SELECT digest FROM command ORDER BY seq")]
    assert len(set(digests)) == len(ids)
    assert found.digest == digests[-1]
    assert all(is_in_the_log(database, digest) for digest in digests)
    assert not is_in_the_log(database, "0" * 64)


@pytest.mark.parametrize("table", ["command", "event", "workspace_event"])
def test_every_column_of_the_log_is_sealed(table: str, database: Database) -> None:
    ids = commands(database)
    own = "id" if table == "command" else "command_id"
    for column in database.columns(table):
        row = database.record(
            f'SELECT seq, "{column}", {own} FROM {table} ORDER BY seq DESC LIMIT 1'
        )
        other = row[1] + 1 if isinstance(row[1], int) else f"{row[1] or ''}7"
        database.change("SAVEPOINT tried")
        database.change(f'UPDATE {table} SET "{column}" = ? WHERE seq = ?', (other, row[0]))
        found = check_seal(database)
        if f"{table}.{column}" in NOT_SEALED - {"command.digest"}:
            assert found.broken_at == "", column
        else:
            changed = {row[2], other if column == own else row[2]}
            assert found.broken_at in changed, column
            assert found.commands == ids.index(row[2]), column
        database.change("ROLLBACK TO tried")
    assert {name.partition(".")[0] for name in NOT_SEALED} >= {table}


def test_what_was_put_in_taken_out_or_turned_round_breaks_the_seal(database: Database) -> None:
    ids = commands(database)
    middle = database.number("SELECT seq FROM command WHERE id = ?", (ids[4],))
    changes = {
        f"DELETE FROM command WHERE seq = {middle}": ids[5],
        f"DELETE FROM event WHERE command_id = '{ids[3]}'": ids[3],
        f"UPDATE command SET seq = seq + 1000 WHERE seq = {middle}": ids[5],
        f"UPDATE event SET command_id = '{ids[5]}' WHERE command_id = '{ids[3]}'": ids[3],
        f"UPDATE command SET digest = NULL WHERE seq = {middle}": ids[4],
    }
    for change, broken_at in changes.items():
        database.change("SAVEPOINT tried")
        database.change(change)
        assert check_seal(database).broken_at == broken_at, change
        database.change("ROLLBACK TO tried")


def test_commands_at_the_end_that_have_no_digest_yet_are_sealed_by_the_next(
    database: Database,
) -> None:
    whole = check_seal(database)
    database.change("UPDATE command SET digest = NULL WHERE seq > 4")
    assert check_seal(database) == Seal(4, last_digest(database))
    sealing.seal(database)
    assert check_seal(database) == whole
    database.change("UPDATE command SET digest = NULL")
    assert check_seal(database) == Seal(0, "")
    assert last_digest(database) == ""
    sealing.seal(database)
    assert check_seal(database) == whole


def test_a_long_log_is_sealed_and_checked_in_parts(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check_seal(database)
    heard: list[tuple[int, float]] = []
    for commands_at_once, events_at_once in ((1, 1), (2, 1), (3, 2), (100, 100)):
        monkeypatch.setattr(sealing, "COMMANDS_AT_ONCE", commands_at_once)
        monkeypatch.setattr(sealing, "EVENTS_AT_ONCE", events_at_once)
        database.change("UPDATE command SET digest = NULL")
        sealing.seal(database)
        assert check_seal(database, lambda n, share, _: heard.append((n, share))) == whole
    counts = [count for count, _ in heard[: whole.commands + 1]]
    assert counts == [*range(1, whole.commands + 1), whole.commands]
    assert all(0 < share <= 1 for _, share in heard)


def test_what_a_transaction_wrote_is_sealed_as_what_is_read_again(database: Database) -> None:
    """Each command was sealed when it was written; anew the digests are the same."""
    before = database.column("SELECT digest FROM command ORDER BY seq")
    database.change("UPDATE command SET digest = NULL")
    sealing.seal(database)
    assert database.column("SELECT digest FROM command ORDER BY seq") == before
