"""What somebody has half typed, kept in files until it is saved or thrown away."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

_SUFFIX: Final = ".draft"


class Drafts:
    """Drafts in one folder, each under a key of any characters (`note:D-42`).

    A file holds key and text as JSON, is named after a hash of the key, and only its owner reads
    it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, key: str, text: str) -> None:
        """Keep `text`: whole or not at all, even when the power fails. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(key)
        unfinished = path.with_suffix(f".{os.getpid()}.new")
        unfinished.unlink(missing_ok=True)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="surrogatepass") as file:
            json.dump({"key": key, "text": text}, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
        self._settle()

    def load(self, key: str) -> str | None:
        """The text kept under `key`, if any."""
        draft = _read(self._path(key))
        return draft[1] if draft is not None and draft[0] == key else None

    def discard(self, key: str) -> None:
        """Forget the draft under `key`, if there is one."""
        self._path(key).unlink(missing_ok=True)

    def all(self) -> dict[str, str]:
        """Every draft by its key, oldest first; a file that makes no sense is left alone."""
        paths = sorted(self._folder.glob(f"*{_SUFFIX}"), key=_modified)
        return dict(filter(None, map(_read, paths)))

    def _path(self, key: str) -> Path:
        name = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]
        return self._folder / (name + _SUFFIX)

    def _settle(self) -> None:
        # Without this the new name may be lost with the power, though the file is not.
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _read(path: Path) -> tuple[str, str] | None:
    with suppress(OSError, ValueError):
        draft = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
        if isinstance(draft, dict):
            key, text = draft.get("key"), draft.get("text")
            if isinstance(key, str) and isinstance(text, str):
                return key, text
    return None


def _modified(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0
