"""What is half typed survives, is private, and is never half written."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
