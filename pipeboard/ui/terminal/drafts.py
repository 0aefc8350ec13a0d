"""Drafts: what is typed and not stored yet, and what was left unstored, kept in files."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Final

from pipeboard import outlet
from pipeboard.domain.digests import sha256
from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written

_SUFFIX: Final = ".draft"
_OLDER: Final = "older"
MOST_FILES: Final = 500
"""How many texts are kept at all; of more, the oldest go, and that is said."""
_OLD: Final = timedelta(days=30)
_NAMED: Final = 3
MOST_LINES: Final = 20
"""How many lines of one kind a session remembers."""


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A text that was left: under which key, of what it is (`title`), when it was written down.

    `is_open` says that another session which still runs has it on its screen.
    """

    key: str
    text: str
    title: str
    at: datetime
    path: Path
    is_open: bool


class Drafts:
    """The drafts of one database in a folder, each under a key of any characters (`note:D-42`).

    Only the owner reads the files. Sessions that run at once write files of their own under the
    same key, so that none undoes another's. `database` is the database's own id, whatever its
    path. Only `save` raises (OSError); what cannot be read is not there.
    """

    def __init__(
        self,
        folder: Path,
        database: str = "",
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        zone: tzinfo | None = None,
    ) -> None:
        self._folder = folder
        self._database = database
        self._now = now
        self._zone = zone
        self._session = f"{os.getpid()}-{os.urandom(4).hex()}"
        self._taken: dict[str, set[Path]] = {}
        self._done_with: set[Path] = set()
        self._lines: dict[str, deque[str]] = {}

    def save(self, key: str, text: str, title: str = "") -> None:
        """Keep `text`: whole or not at all, even when the power fails. Raises OSError."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._path(key)
        content = {
            "database": self._database,
            "key": key,
            "title": title,
            "at": self._now().isoformat(),
            "text": text,
        }
        outlet.put_file(path, [json.dumps(content)], force=True)
        self._done_with.discard(path)
        self._forget(self._taken.pop(key, set()) - {path})

    def load(self, key: str) -> str | None:
        """The text that was kept last under `key`, if any; taken, unless it is open elsewhere."""
        found = [self.take(key), *self.kept(key)]
        return next((kept.text for kept in found if kept is not None), None)

    def kept(self, key: str) -> list[KeptDraft]:
        """Everything kept under `key`, the newest first, what is open elsewhere at the end."""
        paths = self._files(f"{self._name(key)}.*{_SUFFIX}")
        found = [kept for kept in map(self._read, paths) if kept is not None and kept.key == key]
        return sorted(found, key=_age, reverse=True)

    def take(self, key: str) -> KeptDraft | None:
        """What to go on with under `key`: it is replaced when more is saved, gone when it is
        discarded. What is open in another session is left to that one."""
        found = next((kept for kept in self.kept(key) if not kept.is_open), None)
        if found is not None:
            self._taken.setdefault(key, set()).add(found.path)
        return found

    def discard(self, key: str) -> None:
        """Forget what this session has saved or taken under `key`."""
        self._forget({self._path(key), *self._taken.pop(key, ())})

    def all(self) -> dict[str, str]:
        """Every draft of this database by its key, oldest first."""
        return {kept.key: kept.text for kept in self._all()}

    # What was typed in this session.

    def remember(self, kind: str, line: str) -> None:
        """A line that was typed where a prompt of that kind asked."""
        lines = self._lines.setdefault(kind, deque(maxlen=MOST_LINES))
        if line in lines:
            lines.remove(line)
        lines.append(line)

    def lines(self, kind: str) -> tuple[str, ...]:
        """What was typed in prompts of that kind, the oldest first."""
        return tuple(self._lines.get(kind, ()))

    # What is said of them.

    def kept_lines(self) -> list[str]:
        """What to say at the start: which texts with a title were kept, which are old, which had
        to go."""
        moved = self._set_older_aside()
        gone = self._let_the_oldest_go()
        found = [kept for kept in reversed(self._all()) if kept.title and not kept.is_open]
        lines: list[str] = []
        if found:
            names = [f"{kept.title} ({self.when(kept.at)})" for kept in found[:_NAMED]]
            rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            count = "1 text was" if len(found) == 1 else f"{len(found)} texts were"
            old = sum(self._now() - kept.at > _OLD for kept in found)
            aged = f"; {old} older than {_OLD.days} days" if old else ""
            lines.append(f"{count} kept: {', '.join(names)}{rest}{aged}.")
        if moved:
            texts, name = ("1 text", "names") if moved == 1 else (f"{moved} texts", "name")
            where = self._folder / _OLDER
            lines.append(f"{texts} of an earlier version {name} no database: look in {where}.")
        if gone:
            lines.append(f"{gone} of the oldest texts had to go: {MOST_FILES} are kept at most.")
        return lines

    def when(self, at: datetime) -> str:
        """The time of today, or the day: `10:32`, `27 Nov 10:32`."""
        at, now = at.astimezone(self._zone), self._now().astimezone(self._zone)
        return f"{at:%H:%M}" if at.date() == now.date() else written().moment(at)

    def _set_older_aside(self) -> int:
        """Texts that were kept before they belonged to a database: how many were moved now."""
        moved = 0
        for path in self._files(f"*{_SUFFIX}"):
            content = _content(path)
            if content is None or "database" in content or "text" not in content:
                continue
            with suppress(OSError):
                (self._folder / _OLDER).mkdir(mode=0o700, exist_ok=True)
                path.rename(self._folder / _OLDER / path.name)
                moved += 1
        return moved

    def _let_the_oldest_go(self) -> int:
        paths = [
            path for path in self._files(f"*{_SUFFIX}") if "database" in (_content(path) or ())
        ]
        gone = 0
        for path in sorted(paths, key=_modified)[: max(0, len(paths) - MOST_FILES)]:
            with suppress(OSError):
                path.unlink()
                gone += 1
        return gone

    def _all(self) -> list[KeptDraft]:
        found = filter(None, map(self._read, self._files(f"*{_SUFFIX}")))
        return sorted(found, key=_age)

    def _read(self, path: Path) -> KeptDraft | None:
        content = None if path in self._done_with else _content(path)
        if content is None or content.get("database") != self._database:
            return None
        key, text, title = content.get("key"), content.get("text"), content.get("title", "")
        if not isinstance(key, str) or not isinstance(text, str) or not isinstance(title, str):
            return None
        return KeptDraft(key, text, title, _instant(content.get("at")), path, _is_open(path))

    def _files(self, pattern: str) -> Iterator[Path]:
        with suppress(OSError):
            yield from list(self._folder.glob(pattern))

    def _forget(self, paths: Iterable[Path]) -> None:
        for path in paths:
            # What cannot be deleted is at least not offered again.
            self._done_with.add(path)
            with suppress(OSError):
                path.unlink(missing_ok=True)

    def _name(self, key: str) -> str:
        whole = f"{self._database}\n{key}"
        return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def _path(self, key: str) -> Path:
        return self._folder / f"{self._name(key)}.{self._session}{_SUFFIX}"


def _content(path: Path) -> Mapping[str, object] | None:
    with suppress(OSError, ValueError):
        content = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
        if isinstance(content, dict):
            return content
    return None


def _instant(text: object) -> datetime:
    with suppress(ValueError, TypeError):
        at = datetime.fromisoformat(str(text))
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.fromtimestamp(0, UTC)


def _is_open(path: Path) -> bool:
    """Does another process that still runs write this file?"""
    number = path.name.split(".")[1].partition("-")[0] if path.name.count(".") > 1 else ""
    if not number.isdigit() or int(number) in (0, os.getpid()):
        return False
    try:
        os.kill(int(number), 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _age(kept: KeptDraft) -> tuple[bool, datetime, float]:
    """Sorts by age; what is open elsewhere counts as the oldest."""
    return not kept.is_open, kept.at, _modified(kept.path)


def _modified(path: Path) -> float:
    with suppress(OSError):
        return path.stat().st_mtime
    return 0.0


UNSTORED: Final = "unstored"
TYPED_AHEAD: Final = "typed-ahead"


def keep_unstored(drafts: Drafts, pending: str, typed_ahead: Sequence[str], at: datetime) -> None:
    """Writes down what is not stored and which keys were not given out; nothing where all was."""
    keys = (" " if key == "space" else key for key in typed_ahead)
    typed = "".join(key if len(key) == 1 else f" {key} " for key in keys).strip()
    with suppress(OSError):  # there is nobody left to tell
        if pending:
            drafts.save(UNSTORED, f"{pending} ({at:%H:%M})")
        if typed:
            drafts.save(TYPED_AHEAD, typed)


def told_unstored(drafts: Drafts) -> str:
    """What was left behind the last time, in one line; empty where nothing was."""
    parts = []
    unstored, typed = drafts.load(UNSTORED), drafts.load(TYPED_AHEAD)
    if unstored:
        parts.append(f"Not stored when you left: {unstored}.")
    if typed:
        parts.append(f"Keys: {typed}")
    return " ".join(parts)


def forget_unstored(drafts: Drafts) -> None:
    """It has been told."""
    with suppress(OSError):
        drafts.discard(UNSTORED)
        drafts.discard(TYPED_AHEAD)
