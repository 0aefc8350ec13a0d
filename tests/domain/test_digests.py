"""The digest that seals the log: SHA-256, whichever part of Python reckons it."""

from __future__ import annotations

import hashlib
import importlib
import sys

import pytest

from pipeboard.domain import digests


@pytest.mark.parametrize("text", [b"", b"abc", b"\x00\xff" * 500])
def test_it_is_the_standard_digest(text: bytes) -> None:
    assert digests.sha256(text).hexdigest() == hashlib.sha256(text).hexdigest()


def test_a_python_that_was_built_with_openssl_alone_takes_its_digest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "_sha2", None)
    monkeypatch.setitem(sys.modules, "_sha256", None)
    try:
        assert importlib.reload(digests).sha256 is hashlib.sha256
    finally:
        monkeypatch.undo()
        importlib.reload(digests)
