"""What is half typed survives, is private, and is never half written."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeboard.ui.terminal import drafts as module
from pipeboard.ui.terminal.drafts import Drafts


@given(st.dictionaries(st.text(max_size=40), st.text(max_size=60), max_size=5))
@settings(max_examples=25, deadline=None)
def test_any_text_under_any_key_comes_back(
    tmp_path_factory: pytest.TempPathFactory, kept: dict[str, str]
) -> None:
    drafts = Drafts(tmp_path_factory.mktemp("drafts"))
    for key, text in kept.items():
        drafts.save(key, text)
    assert drafts.all() == kept
    assert all(drafts.load(key) == text for key, text in kept.items())


def test_a_key_that_looks_like_a_path_stays_in_the_folder(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts")
    drafts.save("../../etc/passwd", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["drafts"]
    assert len(list((tmp_path / "drafts").iterdir())) == 1


def test_only_the_owner_can_read_drafts(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Drafts(tmp_path / "drafts").save("note", "secret")
    finally:
        os.umask(before)
    (file,) = (tmp_path / "drafts").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_the_last_text_counts_until_it_is_discarded(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("note", "call")
    drafts.save("note", "call Zoe")
    assert drafts.load("note") == "call Zoe"
    drafts.discard("note")
    drafts.discard("note")
    assert drafts.load("note") is None
    assert drafts.all() == {}


def test_what_is_gone_on_with_is_replaced_and_not_lost(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("note", "call")
    for session in (drafts, Drafts(tmp_path)):
        assert session.take("note") is not None
        session.save("note", "call Zoe")
        session.save("note", "call Zoe now")
        assert [kept.text for kept in Drafts(tmp_path).kept("note")] == ["call Zoe now"]


def test_drafts_belong_to_one_database_wherever_it_lies(tmp_path: Path) -> None:
    Drafts(tmp_path, "real").save("note:3", "about Acme", "Note on Acme")
    assert Drafts(tmp_path, "demo").load("note:3") is None
    assert Drafts(tmp_path, "demo").kept_lines() == []
    assert Drafts(tmp_path, "real").load("note:3") == "about Acme"


def test_two_sessions_on_one_deal_keep_a_text_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Drafts(tmp_path), Drafts(tmp_path)
    first.save("note", "one")
    monkeypatch.setattr(os, "getpid", lambda: -1)  # another process, as `second` sees the files
    monkeypatch.setattr(os, "kill", lambda *_: None)
    assert second.take("note") is None, "it is open elsewhere"
    second.save("note", "two")
    monkeypatch.undo()
    assert sorted(kept.text for kept in Drafts(tmp_path).kept("note")) == ["one", "two"]
    second.discard("note")
    assert first.load("note") == "one"


def test_what_was_kept_is_told_with_its_title_and_its_time(tmp_path: Path) -> None:
    at = datetime(2026, 11, 28, 10, 32, tzinfo=UTC)
    Drafts(tmp_path, now=lambda: at - timedelta(days=40)).save("add", "x", "Add to Demo")
    drafts = Drafts(tmp_path, now=lambda: at, zone=UTC)
    drafts.save("note:3", "half", "Note on Acme")
    assert drafts.kept_lines() == [
        "2 texts were kept: Note on Acme (10:32), Add to Demo (19 Oct 10:32); 1 older than 30 days."
    ]


def test_texts_that_name_no_database_are_set_aside_and_told_once(tmp_path: Path) -> None:
    (tmp_path / f"{'0' * 32}.draft").write_text('{"key": "note-3", "text": "about somebody"}')
    drafts = Drafts(tmp_path, "real")
    assert drafts.load("note-3") is None
    assert drafts.kept_lines() == [
        f"1 text of an earlier version names no database: look in {tmp_path / 'older'}."
    ]
    assert "about somebody" in (tmp_path / "older" / f"{'0' * 32}.draft").read_text()
    assert drafts.kept_lines() == []


def test_of_too_many_texts_the_oldest_go_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_FILES", 2)
    drafts, strange = Drafts(tmp_path), tmp_path / f"{'0' * 32}.draft"
    strange.write_text("none of ours")
    os.utime(strange, (0, 0))
    for number, key in enumerate(("first", "second", "third"), 1):
        drafts.save(key, key)
        os.utime(drafts._path(key), (number, number))
    (line,) = drafts.kept_lines()
    assert line == "1 of the oldest texts had to go: 2 are kept at most."
    assert set(drafts.all()) == {"second", "third"}
    assert strange.exists()


@pytest.mark.parametrize("kind", ["file", "loop", "locked"])
def test_only_saving_raises_where_there_can_be_no_folder(tmp_path: Path, kind: str) -> None:
    folder = tmp_path / "drafts"
    match kind:
        case "file":
            folder.write_text("not a folder")
        case "loop":
            folder.symlink_to(folder)
        case _:
            if os.getuid() == 0:
                pytest.skip("root may write anywhere")
            folder.mkdir(mode=0o000)
    drafts = Drafts(folder)
    assert (drafts.load("note"), drafts.all(), drafts.kept_lines()) == (None, {}, [])
    drafts.discard("note")
    with pytest.raises(OSError):
        drafts.save("note", "x")


def test_a_write_that_fails_keeps_the_draft_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts = Drafts(tmp_path)
    drafts.save("note", "call")

    def fail(descriptor: int) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", fail)
        with pytest.raises(OSError, match="no space"):
            drafts.save("note", "call Zoe")
    assert drafts.load("note") == "call"
    drafts.save("note", "call Zoe")
    assert drafts.load("note") == "call Zoe"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[]", b'{"key": 1}', b'{"key": "note"}'])
def test_a_file_that_makes_no_sense_is_left_alone(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "0.draft").write_bytes(content)
    assert Drafts(tmp_path).all() == {}
    assert (tmp_path / "0.draft").read_bytes() == content


def test_without_a_folder_there_are_no_drafts(tmp_path: Path) -> None:
    assert Drafts(tmp_path / "none").all() == {}
    assert Drafts(tmp_path / "none").load("note") is None


NOON = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def test_of_many_texts_the_latest_are_named_and_the_others_counted(tmp_path: Path) -> None:
    for number in range(5):
        before = NOON - timedelta(days=12 * number)
        drafts = Drafts(tmp_path, now=iter([before]).__next__)
        drafts.save(f"note:{number}", "x", f"Note {number}")
    drafts = Drafts(tmp_path, now=lambda: NOON, zone=UTC)
    drafts.save("untitled", "x")
    assert drafts.kept_lines() == [
        "5 texts were kept: Note 0 (12:00), Note 1 (15 Nov 12:00), Note 2 (3 Nov 12:00)"
        " and 2 more; 2 older than 30 days."
    ]
    assert drafts.when(NOON.replace(month=10)) == "27 Oct 12:00"


@pytest.mark.parametrize("error", [None, PermissionError])
def test_what_another_session_has_on_its_screen_is_left_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[OSError] | None
) -> None:
    def kill(pid: int, signal: int) -> None:
        if error is not None:
            raise error

    other = Drafts(tmp_path)
    other._session = f"{os.getppid()}-00"
    other.save("note", "theirs", "Their note")
    monkeypatch.setattr(os, "kill", kill)
    drafts = Drafts(tmp_path)
    assert drafts.take("note") is None
    assert drafts.load("note") == "theirs"
    assert drafts.kept_lines() == []
    assert [kept.is_open for kept in drafts.kept("note")] == [True]
    drafts.save("note", "mine")
    assert [kept.text for kept in drafts.kept("note")] == ["mine", "theirs"]


def test_a_line_that_was_typed_again_stands_once_as_the_last(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    for line in ("a", "b", "a"):
        drafts.remember("filter", line)
    assert drafts.lines("filter") == ("b", "a")
    for number in range(module.MOST_LINES + 1):
        drafts.remember("filter", str(number))
    assert len(drafts.lines("filter")) == module.MOST_LINES
    assert drafts.lines("note") == ()


def test_what_was_typed_ahead_is_told_once_with_its_keys_apart(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path)
    module.keep_unstored(drafts, "Archive Acme", ["m", "3", "enter", "space", "x"], NOON)
    assert module.told_unstored(drafts) == (
        "Not stored when you left: Archive Acme (12:00). Keys: m3 enter  x"
    )
    module.forget_unstored(drafts)
    assert module.told_unstored(drafts) == "" and drafts.all() == {}


def test_only_texts_of_an_earlier_version_are_set_aside(tmp_path: Path) -> None:
    (tmp_path / "a.draft").write_text('{"key": "note", "text": "x"}')
    (tmp_path / "b.draft").write_text('{"other": 1}')
    assert len(Drafts(tmp_path).kept_lines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.draft", "older"]


def test_what_cannot_be_deleted_is_not_offered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError

    drafts = Drafts(tmp_path)
    drafts.save("note", "x", "Note")
    monkeypatch.setattr(Path, "unlink", fails)
    drafts.discard("note")
    assert len(list(tmp_path.iterdir())) == 1
    assert drafts.load("note") is None and drafts.kept_lines() == []


def test_two_windows_of_one_program_write_files_of_their_own(tmp_path: Path) -> None:
    one, other = Drafts(tmp_path), Drafts(tmp_path)
    one.save("note", "one")
    other.save("note", "other")
    assert sorted(kept.text for kept in one.kept("note")) == ["one", "other"]
