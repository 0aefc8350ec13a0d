"""Backups, the doctor and the logs, as somebody who looks after a workspace uses them."""

from __future__ import annotations

import grp
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from pipeboard import SCHEMA, __version__
from pipeboard.cli.config import account_name
from pipeboard.cli.upkeep import _span
from pipeboard.domain.locales import ENGLISH
from tests.cli.conftest import Type

PAGE = 4096


@pytest.fixture
def deals(team: Type) -> Type:
    for line in ("Lumen Oy: packaging 40k @ana", "Kestrel BV: spare parts 12k @bo"):
        assert team("add", line).code == 0
    assert team("note", "1", "-m", "met at the fair").code == 0
    return team


def at(home: Path) -> Path:
    return home / "team.db"


def change(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(at(home))) as connection:
        assert connection.execute(statement).rowcount
        connection.commit()


def later(monkeypatch: pytest.MonkeyPatch, day: int, hour: int = 9) -> None:
    monkeypatch.setenv("PIPEBOARD_NOW", f"2026-12-{day:02}T{hour:02}:00:00Z")


# Backups.


def test_a_backup_is_a_whole_workspace_that_only_its_owner_reads(deals: Type, home: Path) -> None:
    made = Path(deals("backup", "--json").json["backup"]["path"])
    assert made.parent == home
    assert made.stat().st_mode & 0o777 == 0o600
    there, here = (deals("list", "--json", "--db", str(path)).json for path in (made, at(home)))
    assert there == here


def test_what_came_after_a_backup_goes_with_it_and_is_kept(deals: Type, home: Path) -> None:
    before = deals("list", "--json").json
    file = home / "kept.db"
    assert deals("backup", str(file)).code == 0
    deals("won", "1", "--override", "signed")
    after = deals("list", "open won", "--json").json
    done = deals("backup", "restore", str(file), "-y", "--json").json
    assert deals("list", "--json").json == before
    assert deals("list", "open won", "--json", "--db", done["kept"]).json == after
    assert (done["schema"], done["database_schema"]) == (1, SCHEMA)


def test_whoever_has_the_board_open_goes_on_with_what_came_back(deals: Type, home: Path) -> None:
    from pipeboard.store import Store

    file = home / "kept.db"
    deals("backup", str(file))
    with closing(Store.open(str(at(home)))) as board:
        deals("archive", "1")
        assert deals("backup", "restore", str(file), "-y").code == 0
        board.reader.check()
        assert board.reader.deals([1])[1].archived_at is None


def test_a_file_that_is_no_database_any_more_is_set_aside_and_replaced(
    deals: Type, home: Path
) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    at(home).write_bytes(b"rubbish" * PAGE)
    done = deals("backup", "restore", str(file), "-y", "--json")
    assert Path(done.json["kept"]).read_bytes() == b"rubbish" * PAGE
    assert deals("doctor").code == 0


def test_a_database_that_is_gone_comes_back(deals: Type, home: Path) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    at(home).unlink()
    assert deals("backup", "restore", str(file), "-y").code == 0
    assert len(deals("list", "--ids").lines) == 2


@pytest.mark.parametrize(
    ("statement", "said"), [("", ""), ("UPDATE command SET summary = 'x' WHERE seq = 2", "sealed")]
)
def test_a_backup_whose_history_is_not_what_was_sealed_is_brought_back_with_a_word(
    deals: Type, home: Path, statement: str, said: str
) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    if statement:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(statement)
            connection.commit()
    done = deals("backup", "restore", str(file), "-y", "--json")
    assert (done.code, bool(done.json["seal_broken_at"])) == (0, bool(said))
    assert ("is not what was sealed" in done.err) == bool(said)


def test_what_is_wrong_with_a_file_is_told_fault_by_fault(deals: Type, home: Path) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE x (y); PRAGMA writable_schema = ON; UPDATE sqlite_master SET rootpage = "
            "(SELECT rootpage FROM sqlite_master WHERE name = 'note') WHERE name = 'x'"
        )
    done = deals("backup", "restore", str(file), "-y")
    assert done.code == 5
    assert "is not whole: " in done.err and "***" not in done.err


def test_a_backup_that_is_damaged_is_not_brought_back(deals: Type, home: Path) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE deal SET title = 'other' WHERE id = 1")
        connection.commit()
    before = at(home).read_bytes()
    done = deals("backup", "restore", str(file), "-y")
    assert done.code == 5
    assert "D-1" in done.err
    assert at(home).read_bytes() == before


def test_a_database_that_is_not_whole_gives_no_backup(deals: Type, home: Path) -> None:
    change(home, "UPDATE note SET text = 'flipped'")
    done = deals("backup")
    assert done.code == 5
    assert "doctor" in done.err
    assert not list(home.glob("*.backup*"))


def test_nobody_is_asked_and_nothing_done_without_a_yes(deals: Type, home: Path) -> None:
    file = home / "kept.db"
    deals("backup", str(file))
    before = at(home).read_bytes()
    assert deals("backup", "restore", str(file)).code == 2
    assert deals("backup", "restore", str(file), "-n", "-y").code == 0
    assert at(home).read_bytes() == before


def test_cron_makes_one_only_when_the_last_is_old(
    deals: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    for day, hour, many in ((1, 9, 1), (1, 20, 1), (2, 10, 2), (2, 11, 2)):
        later(monkeypatch, day, hour)
        assert deals("backup", "--if-older", "1d").code == 0
        assert len(deals("backup", "list", "--json").json["backups"]) == many


def test_so_many_are_kept_as_was_said(deals: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    for day in range(1, 6):
        later(monkeypatch, day)
        deals("backup", "--keep", "3")
    found = deals("backup", "list", "--json").json["backups"]
    assert [one["at"][:10] for one in found] == ["2026-12-05", "2026-12-04", "2026-12-03"]


def test_an_import_into_a_workspace_that_is_full_makes_a_copy_first(
    deals: Type, home: Path
) -> None:
    file = home / "more.csv"
    file.write_text("title,account,value\nRobots,Jäger,5000\n")
    deals("import", str(file), "-n", "--set", "stage=Prospecting")
    assert deals("backup", "list", "--json").json["backups"] == []
    assert deals("import", str(file), "-y", "--set", "stage=Prospecting").code == 0
    (copy,) = deals("backup", "list", "--json").json["backups"]
    assert copy["kind"] == "before-import"
    assert len(deals("list", "--ids", "--db", copy["path"]).lines) == 2
    # It stands for no backup of one's own, which cron has still to make.
    assert deals("backup", "--if-older", "1d").code == 0
    kinds = [one["kind"] for one in deals("backup", "list", "--json").json["backups"]]
    assert sorted(kinds) == ["backup", "before-import"]


@pytest.mark.parametrize(
    ("text", "span"),
    [("90m", timedelta(minutes=90)), ("12h", timedelta(hours=12)), (" 1D ", timedelta(days=1)),
     ("2w", timedelta(weeks=2))],
)  # fmt: skip
def test_a_length_of_time_is_a_number_and_its_unit(text: str, span: timedelta) -> None:
    assert _span(text) == span


def test_a_backup_is_old_from_the_very_moment_on_and_a_copy_of_another_kind_is_none(
    deals: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    later(monkeypatch, 1)
    assert deals("backup").code == 0
    later(monkeypatch, 2, 8)
    young = deals("backup", "--if-older", "1d", "--json")
    assert young.json["backup"]["at"] == "2026-12-01T09:00:00+00:00"
    assert "young enough" in young.err
    later(monkeypatch, 2, 9)
    made = deals("backup", "--if-older", "1d", "--json").json["backup"]
    assert made["at"] == "2026-12-02T09:00:00+00:00"
    assert made["size"] == Path(made["path"]).stat().st_size
    listed = deals("backup", "list").lines
    assert [line.split("  ")[0] for line in listed[1:]] == [
        "2026-12-02 09:00 UTC", "2026-12-01 09:00 UTC",
    ]  # fmt: skip
    assert ENGLISH.megabytes(1_250_000) == "1.2 MB"
    assert ENGLISH.megabytes(1_250_000_000) == "1,250.0 MB"


def test_a_backup_that_is_only_tried_is_looked_at(deals: Type, home: Path) -> None:
    file = home / "kept.db"
    assert deals("backup", str(file)).code == 0
    sound = deals("backup", "restore", str(file), "-n", "--json")
    assert (sound.code, sound.json["whole"], "it is whole" in sound.err) == (0, True, True)
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE deal SET value_minor = 1 WHERE id = 1")
        connection.commit()
    broken = deals("backup", "restore", str(file), "-n", "--json")
    assert (broken.code, broken.json["whole"], "it is not whole" in broken.err) == (1, False, True)


@pytest.mark.parametrize("span", ["", "1", "d", "1y", "-1d", "1.5d"])
def test_a_length_of_time_that_is_none_is_refused(deals: Type, span: str) -> None:
    assert deals("backup", f"--if-older={span}").code == 2


# The doctor.


def findings(done: dict[str, list[dict[str, object]]], level: str = "problem") -> list[object]:
    return [found["check"] for found in done["findings"] if found["level"] == level]


def test_a_workspace_that_is_well_has_no_problem(deals: Type) -> None:
    done = deals("doctor", "--json")
    assert done.code == 0
    assert findings(done.json) == []


def _flip(statement: str) -> Callable[[Path], None]:
    return lambda home: change(home, statement)


def _rubbish(home: Path) -> None:
    at(home).write_bytes(b"x" * PAGE)


def _hard_link(home: Path) -> None:
    os.link(at(home), home / "second.db")


BROKEN: dict[str, tuple[str, Callable[[Path], object]]] = {
    "no file": ("database", lambda home: at(home).unlink()),
    "no database": ("database", _rubbish),
    "no folder": ("database", lambda home: at(home).rename(home / "x") and None),
    "two names": ("names", _hard_link),
    "open to others": ("rights", lambda home: at(home).chmod(0o644)),
    "open folder": ("folder", lambda home: home.chmod(0o777)),
    "a copy left behind": ("left behind", lambda home: (home / "team.db.demo.part").touch()),
    "no index": ("indices", lambda home: _raw(home, "DROP INDEX note_of_deal")),
    "a title": ("replay", _flip("UPDATE deal SET title = 'Other' WHERE id = 1")),
    "a value": ("replay", _flip("UPDATE deal SET value_minor = 1 WHERE id = 1")),
    "a note": ("replay", _flip("UPDATE note SET text = 'Other'")),
    "a deal gone": ("replay", lambda home: _raw(home, "DELETE FROM deal WHERE id = 2")),
    "an event gone": ("replay", _flip("DELETE FROM event WHERE deal_id = 1 AND version = 1")),
    "an event's column": ("replay", _flip("UPDATE event SET owner = 'x' WHERE kind = 'created'")),
    "what happened": (
        "seal",
        _flip("UPDATE command SET actor = 'mallory' WHERE verb = 'note'"),
    ),
    "a command gone": ("seal", _flip("DELETE FROM command WHERE verb = 'rep'")),
    "a total": ("totals", _flip("UPDATE stage_total SET deals = deals + 1")),
    "the clock": ("clock", lambda home: os.environ.update(PIPEBOARD_NOW="2026-11-01T09:00:00Z")),
}


def _raw(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(at(home))) as connection:
        connection.execute(statement)
        connection.commit()


def _old(path: Path) -> None:
    path.touch()
    os.utime(path, (0, 0))


@pytest.mark.parametrize("what", BROKEN)
def test_whatever_is_wrong_is_found_with_its_cure(what: str, deals: Type, home: Path) -> None:
    check, break_it = BROKEN[what]
    break_it(home)
    done = deals("doctor", "--json")
    assert done.code == 1
    assert check in findings(done.json)
    assert all(found["cure"] for found in done.json["findings"] if found["level"] == "problem")


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE rep SET role = 'owner' WHERE name = 'bo'", "rep bo"),
        ("UPDATE rep SET display_name = 'Other' WHERE name = 'ana'", "rep ana"),
        ("DELETE FROM rep WHERE name = 'ana'", "rep ana"),
        ("UPDATE stage SET probability_bp = 1 WHERE kind = 'open'", "pipeline New business"),
        ("UPDATE stage SET expected_days = 99", "pipeline New business"),
        ("UPDATE pipeline SET questions = '[]'", "pipeline New business"),
        ("UPDATE target SET amount_minor = 1", "target for 2026Q4, everybody"),
        ("DELETE FROM target", "target for 2026Q4, everybody"),
        ("UPDATE fx_rate SET numerator = 7", "rate of USD from 2026-11-23"),
        ("UPDATE saved_filter SET filter = 'won'", "filter big"),
        (
            "UPDATE setting SET value = 'false' WHERE name = 'reps_edit_own'",
            "settings of the workspace",
        ),
    ],
)
def test_what_another_hand_puts_in_the_place_of_an_agreement_is_found(
    statement: str, name: str, deals: Type, home: Path
) -> None:
    for line in (
        ("target", "set", "2026Q4", "130k"),
        ("fx", "set", "USD", "0.92"),
        ("filter", "save", "big", "value>20k"),
        ("setting", "set", "reps-edit", "own"),
        ("rep", "set", "ana", "--team", "North"),
        ("undo",),
    ):
        assert deals(*line).code == 0
    assert deals("doctor").code == 0
    change(home, statement)
    found = deals("doctor", "--json").json["findings"]
    (told,) = (one for one in found if one["level"] == "problem")
    assert told["check"] == "agreed"
    assert told["text"].casefold().startswith(name.casefold())


@pytest.mark.parametrize(
    "what", ["open to others", "open folder", "a copy left behind", "no index", "a total"]
)
def test_what_can_be_mended_safely_is_mended(what: str, deals: Type, home: Path) -> None:
    BROKEN[what][1](home)
    assert deals("doctor", "--fix", "-n").code == 1
    assert deals("doctor", "--fix").code == 0
    assert deals("doctor").code == 0


def test_what_is_only_to_be_known_is_no_problem_and_what_can_be_mended_is_marked(
    deals: Type, home: Path
) -> None:
    found = deals("doctor", "--json").json["findings"]
    assert {"ok"} <= {one["level"] for one in found} <= {"ok", "note"}
    assert not any(one["fixable"] for one in found)
    assert deals("doctor").err == "Nothing is wrong; what to see to is marked --: backups.\n"
    deals("backup")
    assert deals("doctor").err == "All is well.\n"
    at(home).chmod(0o644)
    done = deals("doctor", "--json")
    assert {one["check"]: one["fixable"] for one in done.json["findings"] if one["level"] ==
            "problem"} == {"rights": True}  # fmt: skip
    assert done.err.strip() == "1 problem. 'pipeboard doctor --fix' mends what is marked so."
    assert deals("doctor", "--fix", "-n", "--json").json["fixed"] == []
    assert at(home).stat().st_mode & 0o077
    assert len(deals("doctor", "--fix", "--json").json["fixed"]) == 1


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o600])
def test_ones_own_drafts_are_read_by_nobody_else(deals: Type, home: Path, mode: int) -> None:
    draft = home / "xdg_state_home/pipeboard/drafts/x.md"
    draft.parent.mkdir(parents=True)
    draft.write_text("x")
    draft.chmod(mode)
    assert ("own files" in findings(deals("doctor", "--json").json)) is (mode != 0o600)


def test_a_seal_that_was_written_down_proves_what_came_before_it(deals: Type, home: Path) -> None:
    def seal() -> str:
        (found,) = (
            one for one in deals("doctor", "--json").json["findings"] if one["check"] == "seal"
        )
        return str(found["text"].rpartition("seal ")[2].rstrip("."))

    earlier = seal()
    deals("tag", "1", "+hot")
    assert seal() != earlier
    assert deals("doctor", "--seal", earlier).code == 0
    deals("undo")
    assert deals("doctor", "--seal", earlier).code == 0
    change(home, "DELETE FROM command WHERE seq > 3")
    assert deals("doctor", "--seal", earlier).code == 1


def test_every_command_is_sealed_with_what_it_recorded(deals: Type, home: Path) -> None:
    file = home / "more.csv"
    file.write_text("title,account,value\nRobots,Jäger,5000\n")
    for line in (
        ("import", str(file), "-y", "--set", "stage=Prospecting"),
        ("undo",),
        ("redo",),
        ("merge", "1", "2"),
        ("target", "set", "2026Q4", "100k"),
        ("rep", "add", "cy"),
        ("recycle",),
    ):
        assert deals(*line).code == 0, line
    with closing(sqlite3.connect(at(home))) as connection:
        (open_ones,) = connection.execute(
            "SELECT count(*) FROM command WHERE digest IS NULL"
        ).fetchone()
    assert open_ones == 0
    assert deals("doctor").code == 0


# A shared place.

GROUP = grp.getgrgid(os.getgid()).gr_name


def test_a_shared_workspace_is_its_groups_and_nobody_elses(pipe: Type, home: Path) -> None:
    place = home / "shared" / "deals.db"
    assert pipe("init", "--shared", "--group", GROUP, "--db", str(place)).code == 0
    assert place.parent.stat().st_mode & 0o7777 == 0o2770
    assert place.stat().st_mode & 0o777 == 0o660
    assert pipe("doctor", "--db", str(place)).code == 0


def test_a_folder_with_other_things_in_it_is_not_shared(pipe: Type, home: Path) -> None:
    (home / "letter").touch()
    mode = home.stat().st_mode
    done = pipe("init", "--shared", "--group", GROUP, "--db", str(home / "deals.db"))
    assert done.code == 4
    assert home.stat().st_mode == mode
    ours = home / "ours"
    ours.mkdir()
    ours.chmod(0o2750)  # a group's own already
    (ours / "letter").touch()
    assert pipe("init", "--shared", "--group", GROUP, "--db", str(ours / "deals.db")).code == 0
    assert ours.stat().st_mode & 0o7777 == 0o2770


@pytest.mark.parametrize("group", [(), ("--group", "nosuch-group")])
def test_a_shared_workspace_names_its_group(group: tuple[str, ...], pipe: Type, home: Path) -> None:
    place = home / "shared" / "deals.db"
    assert pipe("init", "--shared", *group, "--db", str(place)).code == 2
    assert not place.parent.exists()


# Logs.


def test_the_last_fault_can_be_mailed_and_holds_nobodys_data(
    deals: Type, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeboard.cli.failures import write_log

    assert "Nothing has gone wrong" in deals("logs", "--last").err
    assert "Nothing has gone wrong" in deals("logs").err
    secret = "Kestrel BV wants 12k"
    try:
        raise ValueError(secret)
    except ValueError as error:
        log = write_log(error)
        write_log(error)
    where = deals("logs")
    assert (where.out, where.err) == (f"{log}\n", "")
    told = deals("logs", "--last").out
    assert "ValueError" in told
    assert secret not in told
    assert str(home) not in told
    assert (f"/{account_name()}/" in told) is False
    assert deals("logs", "--last", "--json").json["version"] == __version__
    monkeypatch.setattr("pipeboard.cli.upkeep.account_name", lambda: "Value")
    told = deals("logs", "--last").out
    assert "USERError" in told and "Value" not in told
    assert deals("logs").lines == [str(log)]


def test_a_log_that_has_grown_long_gives_way_to_a_new_one(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeboard import faults

    log = home / "state" / "pipeboard.log"
    monkeypatch.setattr(faults, "MOST_BYTES", 100)
    for number in range(5):
        faults.write_down(OSError(number, "x" * 50), log)
    assert sorted(path.name for path in log.parent.iterdir()) == [log.name, f"{log.name}.1"]
    assert log.stat().st_size < 300


# Files that chance has spoilt.

SPOILT = 300 if os.environ.get("PIPEBOARD_THOROUGH") else 12
VERBS = (("list",), ("show", "1"), ("history",), ("metrics",), ("doctor",), ("backup", "kept.db"))


def spoil(path: Path, seed: int) -> None:
    """Bytes turned, a piece zeroed or the end cut off, as disks and transfers do."""
    rng = Random(seed)
    content = bytearray(path.read_bytes())
    at = rng.randrange(len(content))
    match seed % 3:
        case 0:
            for _ in range(rng.choice((1, 5, 40))):
                content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        case 1:
            content[at : at + 512] = bytes(min(512, len(content) - at))
        case _:
            del content[max(at, 1) :]
    path.write_bytes(content)


@pytest.mark.parametrize("seed", range(SPOILT))
def test_a_file_that_chance_has_spoilt_is_told_in_sentences_and_left_as_it_is(
    seed: int, deals: Type, home: Path
) -> None:
    whole = home / "whole.db"
    assert deals("backup", str(whole)).code == 0
    spoil(at(home), seed)
    for side in ("-journal", "-wal"):
        Path(f"{at(home)}{side}").unlink(missing_ok=True)
    before = at(home).read_bytes()
    for line in VERBS:
        done = deals(*line, "--read-only")
        assert "went wrong" not in done.err, (line, done.err)
        assert len(done.err.splitlines()) <= 4, (line, done.err)
    assert at(home).read_bytes() == before
    assert deals("backup", "restore", str(whole), "-y").code == 0
    assert deals("doctor").code == 0


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "9p"])
def test_a_network_file_system_is_refused_with_the_way_out(
    kind: str, deals: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeboard.store import locating

    monkeypatch.setattr(locating, "_file_system", lambda folder: kind)
    refused = deals("list")
    assert (refused.code, kind in refused.err, "init --shared" in refused.err) == (5, True, True)
    (found,) = (f for f in deals("doctor", "--json").json["findings"] if f["level"] == "problem")
    assert "local disk" in found["cure"]


@pytest.mark.parametrize("dry", [(), ("-n",)])
def test_a_file_without_anything_in_it_is_no_backup(
    dry: tuple[str, ...], deals: Type, home: Path
) -> None:
    """As a full disk leaves behind, or a copy that was cut off."""
    (home / "kept.db").touch()
    before = deals("list", "--json").out
    said = deals("backup", "restore", str(home / "kept.db"), "-y", *dry)
    assert (said.code, "has no tables" in said.err) == (5, True)
    assert deals("list", "--json").out == before


def _text(file: Path) -> None:
    file.write_text("a letter and no database\n" * 400)


def _foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE other (a)")


def _half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100_000])


@pytest.mark.parametrize("spoilt", [_text, _foreign, _half], ids=["text", "foreign", "cut off"])
@pytest.mark.parametrize("dry", [(), ("-n",)])
def test_who_names_what_is_no_backup_is_sent_to_an_earlier_one(
    dry: tuple[str, ...], spoilt: Callable[[Path], None], deals: Type, home: Path
) -> None:
    file = home / "kept.db"
    if spoilt is _half:
        deals("backup", str(file))
    spoilt(file)
    said = deals("backup", "restore", str(file), "-y", *dry)
    assert said.code == 5
    assert "Try an earlier one: pipeboard" in said.err


def test_a_backup_that_is_not_there_is_said_before_anybody_is_asked(deals: Type) -> None:
    for flags in ((), ("-n",), ("-y",)):
        said = deals("backup", "restore", "nowhere.db", *flags)
        assert (said.code, "There is no backup" in said.err) == (3, True), flags


def test_the_doctor_tells_each_cure_once(deals: Type, home: Path) -> None:
    change(home, "UPDATE stage_total SET deals = deals + 1")
    said = deals("doctor").out
    assert said.count("doctor --fix") == 1


def test_nothing_is_mended_where_one_only_reads(deals: Type) -> None:
    said = deals("doctor", "--fix", "--read-only")
    assert (said.code, "--read-only and --fix" in said.err) == (2, True)


def _of_another(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE theirs (x)")


@pytest.mark.parametrize(
    "made", [_of_another, lambda path: path.write_text("a text\n")], ids=["database", "text"]
)
def test_the_doctor_changes_nothing_of_a_file_of_another_program(
    made: Callable[[Path], object], pipe: Type, home: Path
) -> None:
    made(path := home / "theirs.db")
    path.chmod(0o644)
    before = path.read_bytes()
    assert pipe("doctor", "--fix", "-y", "--db", str(path)).code == 1
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (before, 0o644)
    assert [one.name for one in home.iterdir() if one.name.startswith("theirs")] == ["theirs.db"]
