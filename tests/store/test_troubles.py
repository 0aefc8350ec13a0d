"""What can go wrong with a database, each kind by its sentence and by the word that scripts get."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from pipeboard.domain.errors import DatabaseError
from pipeboard.store import holders
from pipeboard.store.dialect import (
    ServerRefusal,
    ServerTrouble,
    is_busy,
    is_taken,
    listed,
    wait_at_most,
)
from pipeboard.store.holders import LockHolder, Wanting
from pipeboard.store.locating import Location, Place, Server
from pipeboard.store.troubles import (
    as_database_error,
    busy,
    cut_off,
    damaged,
    in_doubt,
    is_cut_off,
    is_no_text,
    of_deal,
    of_server,
    readable,
    replaced,
    translate_errors,
)
from tests.hints import without_a_hint

SERVER = Server("postgresql://ana:secret@box.example/sales")


def driver_error(code: int, said: str = "said") -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(said)
    error.sqlite_errorcode = code
    return error


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (sqlite3.SQLITE_NOTADB, "corrupt", "is not a database, or its beginning is damaged (said)"),
        (sqlite3.SQLITE_CORRUPT, "corrupt", "is damaged or not a database (said)"),
        (sqlite3.SQLITE_CORRUPT_INDEX, "corrupt", "is damaged or not a database (said)"),
        (sqlite3.SQLITE_FULL, "full", "The disk is full"),
        (sqlite3.SQLITE_IOERR, "io", "could not be read or written (said)"),
        (sqlite3.SQLITE_IOERR_WRITE, "io", "could not be read or written (said)"),
        (sqlite3.SQLITE_CANTOPEN, "unreachable", "cannot be opened"),
        (sqlite3.SQLITE_READONLY, "read_only", "cannot be written to (said)"),
        (sqlite3.SQLITE_PERM, "read_only", "cannot be written to (said)"),
        (sqlite3.SQLITE_READONLY_ROLLBACK, "cut_off", "was cut off and must be taken back"),
        (sqlite3.SQLITE_READONLY_RECOVERY, "cut_off", "was cut off and must be taken back"),
        (sqlite3.SQLITE_READONLY_CANTINIT, "cut_off", "was cut off and must be taken back"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "deleted", "was deleted or renamed"),
        (sqlite3.SQLITE_BUSY, "locked", "busy and cannot be read now: another program holds it"),
        (sqlite3.SQLITE_LOCKED, "locked", "busy and cannot be read now"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked", "busy and cannot be read now"),
        (sqlite3.SQLITE_ERROR, "other", "does not answer as it should (said)"),
    ],
)
def test_an_error_of_the_driver_is_a_sentence_with_a_word_for_its_kind(
    tmp_path: Path, code: int, reason: str, words: str
) -> None:
    error = driver_error(code)
    found = as_database_error(error, Location(tmp_path / "a.db"))
    assert (found.details["reason"], words in found.message) == (reason, True)
    assert found.hint
    assert is_cut_off(error) is (reason == "cut_off")
    assert is_busy(error) is (reason == "locked")


def test_a_text_that_is_none_is_damage(tmp_path: Path) -> None:
    error = driver_error(0, "Could not decode to UTF-8 column 'x' with text 'secret'")
    assert is_no_text(error) and not is_no_text(driver_error(0))
    found = as_database_error(error, Location(tmp_path / "a.db"))
    assert found.details["reason"] == "damaged" and "secret" not in found.message


@pytest.mark.parametrize(
    ("kind", "reason", "words"),
    [
        ("lost", "unreachable", "does not answer (postgresql://ana@box.example/sales: said)"),
        ("url", "url", "The URL of the database cannot be read."),
        ("login", "login", "lets nobody in so (said)"),
        ("missing", "missing", "no such database on the server (said)"),
        ("rights", "read_only", "does not allow it (said)"),
        ("no_table", "missing", "holds no workspace (postgresql://ana@box.example/sales)"),
        ("slow", "slow", "told to stop this, or took too long (said)"),
        ("encryption", "login", "do not agree on encryption (said)"),
        ("no_schema", "no_schema", "no schema in the database to make tables in (said)"),
        ("standby", "unreachable", "takes no changes now (said)"),
        ("only_reads", "read_only", "lets this login only read (said)"),
        ("letters", "letters", "cannot keep all letters of this (said)"),
        ("full", "full", "takes no more connections (said)"),
        ("disk", "full", "The disk of the database server is full"),
        ("no_driver", "no_driver", "needs the package psycopg"),
        ("other", "other", "does not answer as it should (said)"),
        ("umber", "other", "does not answer as it should (said)"),
    ],
)
def test_what_a_server_says_is_a_sentence_with_a_word_for_its_kind(
    kind: str, reason: str, words: str
) -> None:
    trouble = ServerTrouble("connection failed: said", "00000", kind)
    found = as_database_error(trouble, SERVER)
    assert (found.details["reason"], words in found.message) == (reason, True)
    assert ("meanwhile" in found.details) is (kind == "lost")
    assert "secret" not in f"{found.message}{found.hint}"
    assert of_server(trouble, SERVER).message == found.message
    assert of_server(ValueError("x"), SERVER).details["reason"] == "other"


def test_a_commit_without_an_answer_is_in_doubt_and_a_busy_server_is_busy() -> None:
    found = in_doubt(ServerTrouble("gone", "", "lost"), SERVER)
    assert found.details == {"reason": "in_doubt"}
    assert "postgresql://ana@box.example/sales: gone" in found.message
    waits = ServerTrouble("lock timeout", "55P03", "busy")
    assert is_busy(waits) and not is_busy(ServerTrouble("x", "", "lost")) and not is_busy(None)
    assert as_database_error(waits, SERVER, "write").details == {
        "reason": "locked", "wanting": "write", "holder": None,
    }  # fmt: skip


@pytest.mark.parametrize(("wanting", "verb"), [("read", "read"), ("write", "written to")])
@pytest.mark.parametrize("known", [True, False])
def test_who_keeps_somebody_out_is_told_and_from_what(
    monkeypatch: pytest.MonkeyPatch, wanting: Wanting, verb: str, known: bool
) -> None:
    holder = LockHolder(7, "bo", "writing", "pipeboard import") if known else None
    asked: list[tuple[Place, Wanting]] = []

    def found(place: Place, what: Wanting) -> LockHolder | None:
        asked.append((place, what))
        return holder

    monkeypatch.setattr(holders, "lock_holder", found)
    error = busy(SERVER, wanting)
    who = (
        "process 7 (bo, pipeboard import) is writing to it" if known else "another program holds it"
    )
    assert error.message == f"The database is busy and cannot be {verb} now: {who}."
    assert error.details == {
        "reason": "locked", "wanting": wanting, "holder": holder.details() if holder else None,
    }  # fmt: skip
    assert asked == [(SERVER, wanting)]


@pytest.mark.parametrize(
    ("is_gone", "folder", "reason", "words"),
    [
        (False, True, "replaced", "Another file was put in the place of {}/there/a.db since"),
        (True, True, "deleted", "{}/there/a.db was deleted or renamed"),
        (True, False, "deleted", "The folder {}/there was deleted or renamed"),
    ],
)
def test_a_file_that_is_not_the_one_that_was_opened_is_told(
    tmp_path: Path, is_gone: bool, folder: bool, reason: str, words: str
) -> None:
    if folder:
        (tmp_path / "there").mkdir()
    found = replaced(Location(tmp_path / "there" / "a.db"), is_gone=is_gone)
    assert found.message.startswith(words.format(tmp_path))
    assert found.details == {"reason": reason}
    error = driver_error(sqlite3.SQLITE_READONLY_DBMOVED)
    assert as_database_error(error, Location(tmp_path)).details == {"reason": "replaced"}


def test_whoever_may_only_look_is_told_that_somebody_else_has_to_open_it(tmp_path: Path) -> None:
    there = tmp_path / "a.db"
    looking = cut_off(Location(there), read_only=True)
    assert "without --read-only" in looking.hint and looking.details == {"reason": "cut_off"}
    nobody = cut_off(Location(there), read_only=False)
    assert nobody.hint.startswith("Whoever may write to the file and its folder has to open it")
    there.touch()
    known = cut_off(Location(there), read_only=False)
    assert f"such as {there.owner()}, has to open it once" in known.hint


def test_contents_that_cannot_be_read_are_named() -> None:
    found = of_deal(7, KeyError("x"))
    assert found.message == "The database is damaged: the deal D-7 cannot be read (KeyError)."
    assert found.details == {"reason": "damaged", "deal": "D-7"}
    assert damaged("a text", ValueError()).details == {"reason": "damaged"}
    for error in (ValueError, TypeError, KeyError, OverflowError, AttributeError):
        said = f"the log cannot be read .{error.__name__}"
        with pytest.raises(DatabaseError, match=said), readable("the log"):
            raise error("x")
    with pytest.raises(OSError, match="x"), readable("the log"):
        raise OSError("x")


def test_only_errors_of_the_driver_are_put_into_words(tmp_path: Path) -> None:
    place = Location(tmp_path / "a.db")
    said = "cannot be written to now"
    with pytest.raises(DatabaseError, match=said), translate_errors(place, "write"):
        raise driver_error(sqlite3.SQLITE_BUSY)
    said = "its structure cannot be read"
    with pytest.raises(DatabaseError, match=said), translate_errors(place):
        b"\xff".decode()
    with pytest.raises(ValueError, match="x"), translate_errors(place):
        raise ValueError("x")


def test_the_phrases_of_the_engine_are_made_of_what_they_are_given() -> None:
    assert wait_at_most(7) == "PRAGMA busy_timeout=7"
    assert listed("who", ["a", 'b"']).values == ('["a", "b\\""]',)
    assert listed("who", []).text == "who IN (SELECT value FROM json_each(?))"
    refusal = ServerRefusal("duplicate key", "deal_by_external_id")
    assert str(refusal) == "duplicate key (deal_by_external_id)"
    assert is_taken(refusal, "external_id") and not is_taken(refusal, "owner")


SELF_EVIDENT = {"locating.locate_file": 1, "locating._check_file": 1, "patience.check": 1,
                "whole._fill": 1}  # fmt: skip
"""Where the sentence itself says all that can be done."""


def test_whoever_is_refused_by_a_database_is_told_what_to_do_next() -> None:
    assert without_a_hint("pipeboard.store") == SELF_EVIDENT
