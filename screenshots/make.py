"""Makes the pictures of the README from the real program and the demo, at a fixed date.

Run it as `python -m screenshots.make [FOLDER]`; the same code makes the same pictures. With
`--every` it draws each screen at each of the `SIZES`, dark and light, into `screenshots/every`.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, chdir
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME, TerminalTheme
from textual.pilot import Pilot

from pipeboard import demo
from pipeboard.domain.people import Actor
from pipeboard.store import Store
from pipeboard.ui.app import PipeboardApp
from pipeboard.ui.last_view import Choices
from pipeboard.ui.launch import first_state, make_app
from pipeboard.ui.palette import theme_for
from pipeboard.ui.screens.board import BoardScreen
from pipeboard.ui.terminal.ink import ColorDepth

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
HERE = Path(__file__).parent
_GREYS = [(n, n, n) for n in range(48, 176, 16)]
TERMINALS = {
    "dark": SVG_EXPORT_THEME,
    "light": TerminalTheme((255, 255, 255), (48, 48, 48), _GREYS, _GREYS),
}
"""The terminal's own colours, where a theme leaves them to it."""


@dataclass(frozen=True)
class Picture:
    """A size of the terminal, the keys that lead to what is shown, and a word that shows there.

    `themes` has one that is wanted besides the dark one; `deals` and `seed` make another demo.
    """

    name: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    word: str
    themes: tuple[str, ...] = ("dark",)
    deals: int = 60
    seed: int = 1


PICTURES = (
    Picture("board", (109, 32), ("l", "j"), "Qualification", ("dark", "light"), 30, 2),
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
    Picture("triage", (100, 30), ("T", "j"), "Triage"),
    Picture("review", (100, 30), ("g", "r", "2"), "Coverage"),
    Picture("narrow", (44, 20), ("2", "j"), "Lead"),
)
OLD_FILE = """Deal ID,Account,Deal,Stage,Amount,Owner,Close
118,Lumen Oy,Line pilot,Proposal,"40.000,00 €",ana,19.12.2026
119,Nova AG,Rollout,Negotiation,"125.000,00 €",ben,31.01.2027
120,Quarry Ltd,Renewal,Gewonnen,"18.500,00 €",ana,03.11.2026
121,Hafen KG,Second site,Erstgespräch,"60.000,00 €",mara,15.02.2027
"""
"""The file that the import screen is shown with, as a spreadsheet in German writes it."""
EVERY: dict[str, tuple[tuple[str, ...], str]] = {
    "board": (("l", "j"), "Lead"),
    "deal": (("l", "j", "enter"), "Next"),
    "questions": (("l", "j", "enter", "2"), "Questions"),
    "timeline": (("l", "j", "enter", "4"), "Timeline"),
    "gate": (("l", "L"), "override"),
    "form": (("l", "j", "e"), "Save"),
    "triage": (("T", "j"), "Triage"),
    "hygiene": (("g", "h"), "Hygiene"),
    "review": (("g", "r"), "Weekly review"),
    "metrics": (("M",), "bottleneck"),
    "funnel": (("M", "2"), "Funnel"),
    "ageing": (("M", "3"), "Ageing"),
    "forecast": (("M", "4"), "Forecast"),
    "activity": (("M", "5"), "Activity"),
    "losses": (("M", "6"), "Losses"),
    "reps": (("M", "7"), "Reps"),
    "import": (("I", *"old.csv", "enter"), "old.csv"),
    "help": (("question_mark",), "Help"),
    "palette": (("colon", *"move"), "move"),
}
"""Every screen: the keys that lead to it, and a word that shows there."""
SIZES = ((80, 24), (120, 40))


@dataclass(frozen=True)
class Scene:
    """Keys of the recording, a word that shows once they are done with, and how long it stays."""

    keys: tuple[str, ...]
    word: str
    seconds: float


RECORDING = Picture("recording", (100, 28), ("l", "j"), "Qualification", deals=30, seed=2)
SCENES = (
    Scene((), "Qualification", 2),
    Scene(("L",), "override", 3),
    Scene(("enter",), "Timeline", 2),
    Scene(tuple("Live by 1 March, before the audit"), "before the audit", 2.5),
    Scene(("ctrl+s",), "Authority", 2),
    Scene(tuple("Head of quality signs to 100k"), "signs to 100k", 2.5),
    Scene(("ctrl+s",), "Moved", 3),
    Scene(("u",), "Undid", 3),
)
"""A move, its gate, what it asks for answered, moved, and taken back."""
_LONGEST_WAIT = 200


@asynccontextmanager
async def board(picture: Picture, theme: str) -> AsyncIterator[tuple[PipeboardApp, Pilot[None]]]:
    """The program over a demo of its own, without a terminal."""
    with tempfile.TemporaryDirectory() as place, chdir(place), patch.dict(os.environ, HOME=place):
        store = Store.create(str(Path(place) / "demo.db"), demo.SETTINGS)
        demo.build(store, deals=picture.deals, seed=picture.seed, now=NOW, me="ana")
        actor, choices = Actor("ana"), Choices()
        Path(place, "old.csv").write_text(OLD_FILE, "utf-8")
        environ = {"LANG": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        state = first_state(store, lambda: NOW, actor, choices, environ)
        inks = theme_for(theme, ColorDepth.TRUECOLOR)
        app = make_app(store, lambda: NOW, actor, choices, state, inks, Path(place))
        async with app.run_test(size=picture.size) as pilot:
            await pilot.pause()
            yield app, pilot
        app.write_queue.close()
        app.housekeeper.close()
        store.close()


async def shown(
    app: PipeboardApp, pilot: Pilot[None], keys: Sequence[str], word: str, theme: str = "dark"
) -> str:
    """What is on the screen as SVG, once the keys are done with and the word is there."""
    for key in keys:
        await pilot.press({" ": "space", ":": "colon"}.get(key, key))
    svg = ""
    for _ in range(_LONGEST_WAIT):
        await pilot.pause(0.05)
        before, svg = svg, drawn(app, TERMINALS[theme])
        # The pane waits for a cursor on its way, here for longer than two looks may lie apart.
        rests = all(s.pane.rests for s in app.screen_stack if isinstance(s, BoardScreen))
        if rests and svg == before and word in svg.replace("&#160;", " "):
            break
    return svg


def drawn(app: PipeboardApp, terminal: TerminalTheme) -> str:
    """The screen as SVG, as Textual's own screenshot, but for the colours of the terminal."""
    width, height = app.size
    console = Console(
        width=width,
        height=height,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        record=True,
        legacy_windows=False,
        safe_box=False,
    )
    console.print(app.screen._compositor.render_update(full=True))
    return console.export_svg(title=f"pipeboard, {width}x{height}", theme=terminal)


async def take(picture: Picture, theme: str, folder: Path) -> Path:
    """Plays the keys in the program, and saves what it shows as SVG."""
    async with board(picture, theme) as (app, pilot):
        svg = await shown(app, pilot, picture.keys, picture.word, theme)
    name = picture.name if theme == "dark" else f"{picture.name}-{theme}"
    path = folder / f"{name}.svg"
    path.write_text(same_every_time(svg), encoding="utf-8")
    return path


async def record(folder: Path) -> Path:
    """Plays the scenes, and saves them as one SVG that moves by itself."""
    frames = []
    async with board(RECORDING, "dark") as (app, pilot):
        await shown(app, pilot, RECORDING.keys, RECORDING.word)
        for place, scene in enumerate(SCENES):
            svg = await shown(app, pilot, scene.keys, scene.word)
            frames.append(same_every_time(svg, f"scene{place}"))
    path = folder / f"{RECORDING.name}.svg"
    path.write_text(moving(frames, [scene.seconds for scene in SCENES]), encoding="utf-8")
    return path


def moving(frames: Sequence[str], seconds: Sequence[float]) -> str:
    """One picture of several that follow each other, each for so long, for ever."""
    box = re.search(r'viewBox="[^"]+"', frames[0])
    total, begin, styles, pictures = sum(seconds), 0.0, [], []
    for place, (frame, length) in enumerate(zip(frames, seconds, strict=True)):
        start, end = 100 * begin / total, 100 * (begin + length) / total
        hidden = f"0%,{start:.2f}%{{opacity:0}}" if start else ""
        styles.append(
            f"@keyframes at{place}{{{hidden}{start + 0.01:.2f}%,{end:.2f}%{{opacity:1}}"
            f"{end + 0.01:.2f}%,100%{{opacity:0}}}}"
            f".at{place}{{opacity:{int(not place)};animation:at{place} {total}s infinite}}"
        )
        pictures.append(f'<g class="at{place}">{frame}</g>')
        begin += length
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box[0] if box else ""}>'
        f"<style>{''.join(styles)}</style>{''.join(pictures)}</svg>\n"
    )


def same_every_time(svg: str, name: str = "terminal") -> str:
    """The picture without the random ids that Rich gives its styles."""
    return re.sub(r"terminal-\d+", name, svg)


def every_picture() -> list[Picture]:
    """Each screen at each size, in both themes."""
    return [
        Picture(f"{name}-{width}", (width, height), keys, word, ("dark", "light"))
        for name, (keys, word) in EVERY.items()
        for width, height in SIZES
    ]


def gallery() -> str:
    """A page in Markdown with each screen at each size, dark beside light."""
    lines = ["# Every screen", "", "Made by `python -m screenshots.make --every`."]
    for name in EVERY:
        lines += ["", f"## {name.capitalize()}", "", "| dark | light |", "| --- | --- |"]
        for width, height in SIZES:
            picture = f"{name}-{width}"
            alt = f"{name}, {width}x{height}"
            lines.append(f"| ![{alt}]({picture}.svg) | ![{alt}, light]({picture}-light.svg) |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """All pictures, each from a demo of its own, and the recording."""
    parser = argparse.ArgumentParser(prog="python -m screenshots.make", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where to, else beside this file")
    parser.add_argument("--every", action="store_true", help="every screen, not those of README")
    arguments = parser.parse_args()
    folder = arguments.folder or (HERE / "every" if arguments.every else HERE)
    folder = folder.resolve()
    folder.mkdir(exist_ok=True)
    for picture in every_picture() if arguments.every else PICTURES:
        for theme in picture.themes:
            print(asyncio.run(take(picture, theme, folder)))
    if arguments.every:
        (folder / "README.md").write_text(gallery(), encoding="utf-8")
    else:
        print(asyncio.run(record(folder)))


if __name__ == "__main__":
    main()
