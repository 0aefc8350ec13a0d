"""What Textual hands over to be shown becomes cells with the same text and colours."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.events import Resize
from textual.geometry import Region, Size
from textual.strip import Strip

from pipeboard.ui.terminal import display
from pipeboard.ui.terminal.cells import Screenful
from pipeboard.ui.terminal.display import CellDisplay, _chops, _lines, _pen, _pieces
from pipeboard.ui.terminal.ink import PLAIN

SIZE = Size(12, 3)


@pytest.mark.parametrize(
    ("ink", "system", "shown"),
    [
        ("#ff8000 on #102030", ColorSystem.TRUECOLOR, ("38;2;255;128;0", "48;2;16;32;48")),
        ("#ff8000 on #102030", ColorSystem.EIGHT_BIT, ("38;5;208", "48;5;17")),
        ("#ff8000 on #102030", ColorSystem.STANDARD, ("91", "40")),
        ("red", ColorSystem.TRUECOLOR, ("31", "")),
        ("on bright_blue", ColorSystem.TRUECOLOR, ("", "104")),
        ("default on green", ColorSystem.EIGHT_BIT, ("", "42")),
        ("bold reverse", ColorSystem.TRUECOLOR, ("", "")),
    ],
)
def test_a_sign_has_the_colours_of_its_style_as_far_as_the_terminal_has_them(
    ink: str, system: ColorSystem, shown: tuple[str, str]
) -> None:
    pen = _pen(Style.parse(ink), system)
    assert (pen.fg, pen.bg) == shown
    assert pen.attributes == (0b1000001 if "bold" in ink else 0)


def whole(size: Size = SIZE) -> LayoutUpdate:
    strips: Any = [[Strip.blank(size.width)] for _ in range(size.height)]
    return LayoutUpdate(strips, Region(0, 0, *size))


@pytest.mark.parametrize(
    ("update", "shown"),
    [
        (None, "all"),
        (ChopsUpdate([], [], []), "all"),
        (whole(Size(12, 2)), "all"),
        (whole(), "it"),
    ],
    ids=["nothing", "some", "a part", "all"],
)
def test_where_somebody_else_wrote_to_the_terminal_all_of_it_is_drawn_once(
    update: Any, shown: str
) -> None:
    every = whole()
    compositor = SimpleNamespace(size=SIZE, render_update=lambda **_: every)
    screen: Any = SimpleNamespace(_compositor=compositor)
    app: Any = SimpleNamespace(
        _is_disturbed=True, size=Size(20, 3), screen=screen, _background_screens=[]
    )
    # One that is not laid out for this size, or is not looked at, gives what it has, and it comes
    # again.
    assert CellDisplay._needed(app, screen, update) is update
    app.size, app.screen = SIZE, None
    assert CellDisplay._needed(app, screen, update) is update
    app.screen = screen
    assert CellDisplay._needed(app, screen, update) is (every if shown == "all" else update)
    assert CellDisplay._needed(app, screen, update) is update


def drawn(strips: Any) -> list[tuple[int, int, str]]:
    return [(x, y, text) for x, y, text, _ in _pieces(strips, ColorSystem.TRUECOLOR)]


def strip(*texts: str) -> Strip:
    return Strip([Segment(text) for text in texts])


def test_what_a_whole_frame_lacks_is_blank() -> None:
    rows: Any = [[strip("ab", "日"), strip("cd")], [strip("ef"), None, strip("gh")]]
    update = LayoutUpdate(rows, Region(2, 1, 8, 3))
    assert drawn(_lines(update)) == [
        (2, 1, "ab"), (4, 1, "日"), (6, 1, "cd"), (8, 1, "  "),
        (2, 2, "ef"), (4, 2, " " * 6),
        (2, 3, " " * 8),
    ]  # fmt: skip


def test_of_what_changed_as_much_is_written_as_lies_in_its_spans() -> None:
    chops: Any = [
        {0: strip("abcd"), 4: strip("efgh"), 8: strip("ijkl")},
        {0: strip("mnop"), 4: None},
    ]
    update = ChopsUpdate(chops, [(0, 0, 6), (1, 0, 8), (2, 0, 4)], [[4, 8, 12], [4, 12]])
    assert drawn(_chops(update)) == [(0, 0, "abcd"), (4, 0, "ef"), (0, 1, "mnop")]


def test_nothing_rests_on_where_the_cursor_is_behind_the_last_column() -> None:
    full = Screenful(4, 3)
    assert full.frame([(0, 0, "abcd", PLAIN), (0, 1, "ef", PLAIN)]) == "\x1b[Habcd\x1b[2Hef"
    short = Screenful(4, 3)
    assert short.frame([(0, 0, "abc", PLAIN), (0, 1, "ef", PLAIN)]) == "\x1b[Habc\r\nef"


def test_a_sign_that_may_take_fewer_cells_leaves_nothing_of_what_lay_there() -> None:
    family, screenful = "👨‍👩‍👧", Screenful(12, 1)
    screenful.frame([(0, 0, "abcdefghijkl", PLAIN)])
    sent = screenful.frame([(0, 0, family, PLAIN)])
    # It may take more cells too: those behind it are addressed and written again.
    assert sent.startswith(f"\x1b[H  \b\b{family}\x1b[1;3Hcdef")


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "é日│"), ("latin-1", "é???"), ("ascii", "????")]
)
def test_a_frame_holds_only_signs_that_the_terminal_has(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    monkeypatch.setattr(display, "terminal_encoding", lambda: encoding)
    app: Any = SimpleNamespace(
        _screenful=None, size=Size(4, 1), console=SimpleNamespace(color_system="truecolor")
    )
    rows: Any = [[strip("é日│")]]
    assert CellDisplay._compared(app, LayoutUpdate(rows, Region(0, 0, 4, 1))) == f"\x1b[H{shown}"


@pytest.mark.parametrize(
    ("size", "was_resized", "repaints"),
    [
        (SIZE, None, False),
        (SIZE, False, False),
        (SIZE, True, True),
        (Size(13, 3), None, True),
        (Size(13, 3), False, True),
    ],
)
async def test_a_terminal_that_was_smaller_for_a_moment_is_drawn_anew(
    size: Size, was_resized: bool | None, repaints: bool
) -> None:
    done: list[str] = []
    driver = SimpleNamespace(take_resized=lambda: was_resized)
    app: Any = SimpleNamespace(
        _screenful=Screenful(*SIZE),
        _driver=driver if was_resized is not None else SimpleNamespace(),
        repaint=lambda: done.append("repaint"),
    )
    await CellDisplay._on_resize(app, Resize(size, size))
    assert bool(done) is repaints
    assert (app._screenful.width, app._screenful.height) == size
