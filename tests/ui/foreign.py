"""All that the program shows, in letters that no English word is written in; run for itself, since
the modules of the program must not be there yet. `test_translation.py` judges what is left.

Each letter of a sentence becomes another one that is as wide, so that whatever ASCII word stands on
a screen is data, or a word of the program that no translation reaches.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from pipeboard.cli.phrasing import come_with_phrases

come_with_phrases()

WAYS = {
    "board": (),
    "deal": ("enter",),
    "metrics": ("M",),
    "triage": ("T",),
    "hygiene": ("g", "h"),
    "review": ("g", "r"),
}
_NOT_PRESSED = ("app.suspend", "app.leave", "board.quit", "board.step_back", "board.reload")
_WORD = re.compile(r"[A-Za-z][A-Za-z'-]+[A-Za-z]")
_PLACES = re.compile(r"(\{[^{}]*\})")
_ENGLISH = (*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1))
_LETTERS = {code: chr(0x100 + place) for place, code in enumerate(_ENGLISH)}


class Foreign(Mapping[str, str]):
    """A translation of everything that it is asked for."""

    def __getitem__(self, english: str) -> str:
        return "".join(
            part if place % 2 else part.translate(_LETTERS)
            for place, part in enumerate(_PLACES.split(str(english)))
        )

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def keep_left(lines: Iterable[str], where: str, left: dict[str, str]) -> None:
    """Keeps the English words of the lines, each with where it was seen first."""
    for line in lines:
        for word in _WORD.findall(line):
            left.setdefault(word, f"{where}: {line.strip()}")


async def walk(path: Path, names: Sequence[str]) -> Mapping[str, str]:
    """What is left on screens and under every key of theirs."""
    from pipeboard.ui import key_table
    from pipeboard.ui.keys import Group
    from tests.ui.desk import desk

    left: dict[str, str] = {}
    for name in names:
        keys = [
            key
            for key in getattr(key_table, name.upper())
            if key.id.startswith(f"{name}.") and key.id not in _NOT_PRESSED and key.keys
            if key.group is not Group.AROUND or "tab" in key.id or "group_" in key.id
        ]
        async with desk(path, size=(140, 40)) as board:
            for key in (None, *keys):
                await board.press(*WAYS[name])
                if key is not None:
                    await board.press(key.keys.partition(",")[0])
                keep_left(board.lines(), f"{name}, {key.id if key else 'as it opens'}", left)
                for _ in range(12):
                    if not board.is_asking:
                        break
                    await board.press("escape")
                await board.press("escape", "escape")
    return left


VERBS = (
    "list", "show 1", "history", "history 1", "triage", "due", "check", "digest", "filter list",
    "target list", "call list", "fx list", "setting list", "rep list", "template", "doctor",
    "backup list", "undo --list", "config check", "move 1 Nowhere", "move 9999 Won", "lst",
    "list value>", "list stge:x", "add", "set 1 value=x", "set 1 nothing=1", "won 1 -n",
    "next 1 friday -n", "note 1 -n", "lost 1 -n", "log 1 shout", "snooze 1 yesterday",
    "assign 1 zed", "import nowhere.csv", "answer 1 nothing", "term 1", "contact 1", "merge 1 1",
    "undo", "redo", "recycle", "reopen 1", "tag 1 +hot", "archive 1", "unarchive 1",
    "template nope", "pipeline use nope", "fx set", "target set", "backup restore nope",
)  # fmt: skip


def verbs(path: Path) -> Mapping[str, str]:
    """What is left of what verbs print for people."""
    from pipeboard.cli import call, main

    setattr(call, "speak", lambda words: None)  # noqa: B010 - no configuration names a translation
    left: dict[str, str] = {}
    for line in VERBS:
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            main.main(["--db", str(path), *line.split()])
        keep_left(said.getvalue().splitlines(), f"pipeboard {line}", left)
    return left


def main(path: Path, names: Sequence[str]) -> None:
    """Prints as JSON what is left: of the verbs, or of the screens that are named."""
    from pipeboard.domain.phrases import speak

    speak(Foreign())
    os.chdir(path.parent)
    left = verbs(path) if names == ["verbs"] else asyncio.run(walk(path, names))
    print(json.dumps(left, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
