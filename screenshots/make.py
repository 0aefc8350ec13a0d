"""Makes the pictures of the README from the real program and the demo, at a fixed date.

Run it as `python -m screenshots.make [FOLDER]`; the same code makes the same pictures.
"""

from __future__ import annotations

import asyncio
import re
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeboard import demo
from pipeboard.domain.actor import Actor
from pipeboard.store import Store
from pipeboard.ui.launch import Choices, first_state, make_app
from pipeboard.ui.palette import theme_for
from pipeboard.ui.terminal.ink import ColorDepth

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Picture:
    """A size of the terminal, the keys that lead to what is shown, and a word that shows there."""

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    word: str


PICTURES = (
    Picture("board", (120, 36), ("l", "j"), "Qualification"),
    Picture("ssh", (80, 24), ("l", "j", "j"), "Lead"),
    Picture("deal", (80, 24), ("l", "j", "enter", "2"), "Questions"),
    Picture("metrics", (120, 40), ("M",), "bottleneck"),
    Picture("gate", (100, 30), ("l", "L"), "override"),
    Picture(
        "add",
        (100, 30),
        ("a", *"Lumen Oy: line pilot 40k @me +inbound close:19dec > 3dec call"),
        "company",
    ),
    Picture("filter", (100, 30), ("slash", *"value>40k stalled"), "open"),
    Picture("narrow", (44, 20), ("2", "j"), "Lead"),
)
_LONGEST_WAIT = 200


async def take(picture: Picture, store: Store, folder: Path, drafts: Path) -> Path:
    """Plays the keys in the program without a terminal, and saves what it shows as SVG."""
    actor, choices = Actor("ana"), Choices()
    environ = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    state = first_state(store, lambda: NOW, actor, choices, environ)
    theme = theme_for("dark", ColorDepth.TRUECOLOR)
    app = make_app(store, lambda: NOW, actor, choices, state, theme, drafts)
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        for key in picture.keys:
            await pilot.press({" ": "space", ":": "colon"}.get(key, key))
        title = f"pipeboard, {picture.size[0]}x{picture.size[1]}"
        svg = ""
        for _ in range(_LONGEST_WAIT):
            await pilot.pause(0.05)
            before, svg = svg, app.export_screenshot(title=title)
            if svg == before and picture.word in svg:
                break
    app.write_queue.close()
    path = folder / f"{picture.name}.svg"
    path.write_text(same_every_time(svg), encoding="utf-8")
    return path


def same_every_time(svg: str) -> str:
    """The picture without the random ids that Rich gives its styles."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def main(folder: Path = HERE) -> None:
    """All pictures, each from a demo of its own."""
    for picture in PICTURES:
        with tempfile.TemporaryDirectory() as place:
            path = str(Path(place) / "demo.db")
            store = Store.create(path, demo.SETTINGS)
            demo.build(store, now=NOW, me="ana")
            print(asyncio.run(take(picture, store, folder, Path(place))))
            store.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
