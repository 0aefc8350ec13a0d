"""Names that another program has put into the database: nothing of them reaches the terminal but
letters, and every line stays as wide as the screen."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from pipeboard.domain.text import printable
from pipeboard.ui.terminal.width import cell_width
from tests.ui.desk import desk
from tests.ui.hostile import HOSTILE
from tests.ui.pseudo_terminal import PseudoTerminal

# What frames and Textual itself send: cursor, colour, erasing, modes, the shape of the pointer.
_OWN = re.compile(
    rb"\x1b\[[0-9;:<=>?]*\$?[A-Za-z]|\x1b\[[0-9;]* q|\x1b[=>78]|\x1b\]22;[a-z]*\x07"
    rb"|\x1b\]11;\?(?:\x07|\x1b\\)"
)
_NAMES = [text for text in HOSTILE if text.strip() and "\ud800" not in text] + [
    "\x1b]52;c;ZXZpbA==\x07clip",
    "\x1b]0;title\x07",
    "\x90q\x9cdcs",
    "[/b]",
    "[@click=app.bell]x[/]",
]


@pytest.fixture
def hostile(demo: Path) -> Path:
    """The demo with a hostile name, title, tag, note and next step on each deal."""
    with closing(sqlite3.connect(demo)) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM deal ORDER BY id")]
        for place, deal_id in enumerate(ids):
            name = _NAMES[place % len(_NAMES)]
            database.execute(
                "UPDATE deal SET account = ?, title = ?, next_text = ? WHERE id = ?",
                (name, name[::-1], name, deal_id),
            )
            database.execute("UPDATE note SET text = ? WHERE deal_id = ?", (name, deal_id))
        database.execute("UPDATE stage SET name = ? WHERE id = 2", ("\x1b[31m[/b]Lead",))
        database.commit()
    return demo


_TOUR = (
    ["j"] * 12,
    ["l", *["j"] * 12],
    ["+"],
    ["-", "-"],
    ["m"],
    ["escape", "t"],
    ["escape", "e"],
    ["escape", "$"],
    ["escape", "x"],
    ["escape", "o"],
    ["escape", "y", "y"],
    ["escape", "f", "a"],
    ["escape", "L"],
    ["escape", "enter"],
    ["escape", "n"],
    ["escape", "d"],
    ["u"],
)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (44, 20)])
async def test_hostile_names_keep_every_line_harmless_and_as_wide_as_the_screen(
    hostile: Path, size: tuple[int, int]
) -> None:
    async with desk(hostile, size=size) as board:
        for keys in _TOUR:
            await board.burst(*keys)
            for strip in board.app.screen._compositor.render_strips():
                text = "".join(text for text, _, _ in strip)
                assert text == printable(text)
                assert cell_width(text) == size[0]


def test_no_escape_of_a_name_reaches_the_terminal(hostile: Path, tmp_path: Path) -> None:
    environ = {"XDG_STATE_HOME": str(tmp_path), "PIPEBOARD_NOW": "2026-11-23T09:00:00Z"}
    arguments = ["-m", "pipeboard", "--db", str(hostile)]
    with PseudoTerminal(arguments, width=120, height=30, environ=environ) as terminal:
        terminal.wait_for_text("a Add")
        for keys in ("p", "jjjjjjjj", "l", "jjjjjjjj", "+", "--", "m", "\x1b", "t", "\x1b", "\r\r"):
            terminal.type(keys)
            terminal.wait_for_quiet()
        assert "Lead" in "".join(terminal.lines())
        terminal.type("\x11")
        assert terminal.wait_for_end() == 0
        assert b"\x1b[31m" not in terminal.raw
        assert not re.search(rb"[\x07\x1b]|\xc2[\x80-\x9f]", _OWN.sub(b"", terminal.raw))
