"""A small program on the terminal floor, for the tests to run: `terminal_demo.py FOLDER [WORD...]`.

It paints its first frame, waits for the named pipe FOLDER/gate if there is one, and only then
imports Textual. The words choose what else it does.
"""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from pathlib import Path

from pipeboard.ui.terminal.first_frame import Row, paint
from pipeboard.ui.terminal.ink import Ink, color_depth, terminal_size
from pipeboard.ui.terminal.width import fit

FOLDER = Path(sys.argv[1])
WORDS = sys.argv[2:]
CARD = Ink(fg="#cdd6f4", bg="#313244")
CHOSEN = Ink(fg="#89b4fa", bg="#585b70", bold=True)


def rows(chosen: int, keys: str) -> list[Row]:
    """The whole screen: cards, of which one is chosen, and a line that tells the keys."""
    width, height = terminal_size()
    cards: list[Row] = [
        [(fit(f" Deal {number}: Łódź — 日本語", width), CHOSEN if number == chosen else CARD)]
        for number in range(height - 1)
    ]
    return [*cards, [(fit(f"keys {keys}", width), CARD)]]


def main() -> None:
    """Paint, wait, import, run."""
    painted = None if "plain" in WORDS else paint(rows(0, ""), color_depth(os.environ))
    with painted or nullcontext():
        if (FOLDER / "gate").exists():
            loaded = [name for name in sys.modules if name.startswith("textual")]
            (FOLDER / "loaded").write_text(" ".join(loaded))
            (FOLDER / "gate").read_text()
        if "broken" in WORDS:
            raise RuntimeError("the import of Textual failed")
        from tests.ui.terminal_demo_app import Demo

        app = Demo(FOLDER, rows)
        app.start_from(painted)
        app.run()
    sys.exit(app.return_code)


if __name__ == "__main__":
    main()
