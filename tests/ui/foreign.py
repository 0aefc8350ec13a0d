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


async def walk_import(path: Path) -> Mapping[str, str]:
    """What is left while a file is looked at, under every key, and once it has come in."""
    from pipeboard.ui.key_table import IMPORT
    from pipeboard.ui.screens.import_screen import ImportScreen
    from tests.ui.desk import desk
    from tests.ui.test_import_screen import choose, looked_at

    left: dict[str, str] = {}
    keys = [key for key in IMPORT if key.id.startswith("import.") and key.keys]
    async with desk(path, size=(140, 40)) as board:
        for key in keys:
            if not isinstance(board.app.screen, ImportScreen):
                await board.press("I")
                keep_left(board.lines(), "the choice of a file", left)
                await choose(board, path.parent / "old.csv")
                screen = board.app.screen
                assert isinstance(screen, ImportScreen)
                await looked_at(board, screen)
                keep_left(board.lines(), "import, as it opens", left)
            await board.press(key.keys.partition(",")[0])
            if isinstance(board.app.screen, ImportScreen):
                await looked_at(board, board.app.screen)
            keep_left(board.lines(), f"import, {key.id}", left)
            while board.is_asking and not isinstance(board.app.screen, ImportScreen):
                await board.press("escape")
                keep_left(board.lines(), f"import, left from {key.id}", left)
        while board.is_asking:
            await board.press("escape")
            keep_left(board.lines(), "import, as it is left", left)
    return left


async def walk_tour(path: Path) -> Mapping[str, str]:
    """What is left under the eight keys of the tour."""
    from pipeboard.ui.last_view import Choices
    from tests.ui.desk import desk

    left: dict[str, str] = {}
    async with desk(path, size=(140, 40), choices=Choices(begin=("tour.begin",))) as board:
        await board.until(lambda: board.board.tour is not None)
        while (tour := board.board.tour) is not None:
            keep_left(board.lines(), "the tour", left)
            key, _ = tour.steps[tour.place]
            await board.press(key.keys.partition(",")[0])
            keep_left(board.lines(), f"the tour, {key.id}", left)
            while board.is_asking:
                await board.press("escape")
        keep_left(board.lines(), "the end of the tour", left)
    return left


async def walk_first_run(path: Path) -> Mapping[str, str]:
    """What is left where there is no database yet, under every key and at each template."""
    from pipeboard.ui.key_table import FIRST
    from tests.ui.test_first_run import welcome

    welcomed = Foreign()["Welcome"]

    left: dict[str, str] = {}
    for key in (None, *FIRST):
        async with welcome((140, 40), welcomed=welcomed) as (app, stage):
            keep_left(stage.lines(), "the first run", left)
            if key is None:
                continue
            await stage.press(key.keys.partition(",")[0])
            for _ in range(5):
                if app.return_value is not None:
                    break
                keep_left(stage.lines(), f"the first run, {key.id}", left)
                await stage.press("down")
    return left


async def walk_refusals(path: Path) -> Mapping[str, str]:
    """What is left of gates, by each way out of one, and where a colleague was quicker."""
    from pipeboard.domain.commands import SetFields
    from pipeboard.domain.people import Actor
    from pipeboard.store import Store
    from pipeboard.ui.overlays.gate_sheet import GateSheet
    from tests.team import NOW
    from tests.ui.desk import desk
    from tests.verbs import Workspace

    left: dict[str, str] = {}
    async with desk(path, size=(140, 40)) as board:
        gates = 0
        for column in "123456":
            for way in "axo1":
                await board.press("g", "g", column, "L")
                keep_left(board.lines(), f"L in {column}", left)
                gates += isinstance(board.app.screen, GateSheet)
                while board.is_asking:
                    await board.press(way)
                    keep_left(board.lines(), f"L in {column}, {way}", left)
                    await board.press("escape", "escape", "escape")
        assert gates, "no stage of the demo has a gate"
        store = Store.open(str(path))
        colleague = Workspace(store, lambda: NOW, Actor("bo"))
        for value in ("1234", "2345"):
            await board.press("1", "e")
            colleague.execute(SetFields((f"value={value}",)), [board.card.id])
            await board.type("77 ")
            await board.press("ctrl+s")
            keep_left(board.lines(), "a form over a colleague's change", left)
            await board.press("escape", "escape", "$")
            colleague.execute(SetFields((f"value={value}1",)), [board.card.id])
            await board.type("77")
            await board.press("enter")
            keep_left(board.lines(), "a value over a colleague's", left)
            await board.press("escape", "escape")
        store.close()
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
    ways = {
        "import": walk_import,
        "tour": walk_tour,
        "first run": walk_first_run,
        "refusals": walk_refusals,
    }
    if names == ["verbs"]:
        left = verbs(path)
    elif names[0] in ways:
        left = asyncio.run(ways[names[0]](path))
    else:
        left = asyncio.run(walk(path, names))
    print(json.dumps(left, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
