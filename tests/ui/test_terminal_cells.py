"""After any frames the terminal shows the last, for few bytes and with nothing from the data."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyte
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeboard.ui.terminal.cells import CellGlyphs, Piece, Screenful, ShownCell, _ink_bytes
from pipeboard.ui.terminal.ink import PLAIN, ColorDepth, Ink, Pen, blank_pen, change, pen_of
from pipeboard.ui.terminal.width import cell_width

WIDTH, HEIGHT = 14, 5
CARD = pen_of(Ink(fg="#cdd6f4", bg="#313244"), ColorDepth.TRUECOLOR)
BOLD = pen_of(Ink(fg="#cdd6f4", bg="#313244", bold=True), ColorDepth.TRUECOLOR)
LINE = pen_of(Ink(bg="#313244"), ColorDepth.EIGHT_BIT)._replace(attributes=0b1100)
LOUD = pen_of(Ink(fg="red", bold=True, reverse=True), ColorDepth.STANDARD)
PENS = (PLAIN, CARD, BOLD, LINE, LOUD)

# pyte does not draw joiners and the marks of some scripts: what real terminals differ about is
# tested apart.
SIGNS = st.sampled_from([*"ab  xyz0│█…é", "日", "한", "e\u0301"])


def pieces(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Piece]:
    return st.tuples(st.integers(-3, WIDTH), st.integers(-1, HEIGHT), texts, st.sampled_from(PENS))


NARROW_PIECES = pieces(st.text("ab  xyz0│█…é", max_size=WIDTH))
PIECES = pieces(st.lists(SIGNS, max_size=WIDTH).map("".join))

VISIBLE_ON_BLANK = ("underscore", "strikethrough", "reverse", "blink")
EVERYTHING_BLANK: Sequence[Piece] = [(0, y, " " * WIDTH, PLAIN) for y in range(HEIGHT)]


class Terminal:
    """pyte, fed with bytes that are counted."""

    def __init__(self, width: int = WIDTH, height: int = HEIGHT) -> None:
        self.screen = pyte.Screen(width, height)
        self.stream = pyte.Stream(self.screen)

    def show(self, sequence: str) -> None:
        self.stream.feed(sequence)

    def look(self) -> list[list[tuple[object, ...]]]:
        """Every cell as an eye sees it: on a blank, the colour of the ink cannot be seen."""
        rows = []
        for y in range(self.screen.lines):
            cells = [self.screen.buffer[y][x] for x in range(self.screen.columns)]
            rows.append(
                [
                    (" ", cell.bg)
                    if cell.data == " " and not any(getattr(cell, a) for a in VISIBLE_ON_BLANK)
                    else tuple(cell)
                    for cell in cells
                ]
            )
        return rows


def written_piece_by_piece(frame: Sequence[Piece]) -> str:
    """The same frame as Textual writes it: each piece addressed, coloured and put back."""
    out = []
    for x, y, text, pen in frame:
        seen = text[max(0, -x) : max(0, WIDTH - x)]
        if seen and 0 <= y < HEIGHT:
            colours = change(PLAIN, pen)
            out.append(f"\x1b[{y + 1};{max(0, x) + 1}H{colours}{seen}" + "\x1b[0m" * bool(colours))
    return "".join(out)


@given(
    st.lists(st.lists(NARROW_PIECES, unique_by=lambda piece: piece[1]), max_size=5), st.booleans()
)
@settings(max_examples=80, deadline=None)
def test_after_any_frames_the_terminal_shows_the_last_for_fewer_bytes(
    frames: list[list[Piece]], erases_in_colour: bool
) -> None:
    screenful = Screenful(WIDTH, HEIGHT, erases_in_colour=erases_in_colour)
    screenful.cleared()
    compared, written = Terminal(), Terminal()
    for frame in frames:
        least, most = screenful.frame(frame), written_piece_by_piece(frame)
        compared.show(least)
        written.show(most)
        assert compared.look() == written.look()
        assert len(least.encode()) <= len(most.encode())


@given(st.lists(st.lists(PIECES, max_size=8), max_size=6))
@settings(max_examples=80, deadline=None)
def test_wide_and_accented_signs_end_up_whole_where_they_belong(frames: list[list[Piece]]) -> None:
    screenful = Screenful(WIDTH, HEIGHT, erases_in_colour=True)
    screenful.cleared()
    compared, painted = Terminal(), Terminal()
    for terminal in (compared, painted):  # as the program has it: else pyte wraps before an accent
        terminal.show("\x1b[?7l")
    for frame in frames:
        compared.show(screenful.frame(frame))
    for y, row in enumerate(screenful.rows()):
        painted.show(f"\x1b[{y + 1}H")
        for text, pen in row:
            painted.show(change(PLAIN, pen) + text + "\x1b[m")
    assert compared.look() == painted.look()


@given(st.lists(PIECES, max_size=8))
@settings(deadline=None)
def test_a_frame_shown_twice_sends_nothing_the_second_time(frame: list[Piece]) -> None:
    screenful = Screenful(WIDTH, HEIGHT)
    screenful.frame(EVERYTHING_BLANK)
    for y in range(HEIGHT):
        # Pieces of one frame may lie on each other: only what stays on top counts.
        screenful.frame([piece for piece in frame if piece[1] == y][-1:])
    for y in range(HEIGHT):
        assert screenful.frame([piece for piece in frame if piece[1] == y][-1:]) == ""


def test_forgetting_sends_everything_again() -> None:
    screenful = Screenful(10, 2)
    first = screenful.frame([(0, 0, "ACME", PLAIN)])
    screenful.forget()
    assert screenful.frame([(0, 0, "ACME", PLAIN)]) == first


def test_a_bigger_terminal_is_painted_anew() -> None:
    screenful = Screenful(10, 2)
    screenful.frame([(0, 0, "ACME", PLAIN)])
    screenful.resize(20, 4)
    assert "ACME" in screenful.frame([(0, 0, "ACME", PLAIN)])


def test_only_the_letters_that_changed_are_sent() -> None:
    screenful = Screenful(40, 4)
    screenful.frame([(0, 1, "value 1200 EUR, due Friday", PLAIN)])
    assert screenful.frame([(0, 1, "value 1300 EUR, due Monday", PLAIN)]) == (
        "\x1b[2;8H3\x1b[12CMon"
    )


def test_equal_cells_between_changes_are_written_where_that_is_shorter() -> None:
    screenful = Screenful(40, 4)
    screenful.frame([(0, 1, "a--b", PLAIN)])
    assert screenful.frame([(0, 1, "c--d", PLAIN)]) == "\x1b[2Hc--d"


def test_the_pen_goes_to_the_next_colours_by_the_shortest_way() -> None:
    screenful = Screenful(40, 4)
    sent = screenful.frame([(0, 0, "a", BOLD), (1, 0, "b", CARD)])
    assert sent == "\x1b[H\x1b[1;38;2;205;214;244;48;2;49;50;68ma\x1b[22mb\x1b[m"


def test_a_blank_needs_no_colour_of_ink() -> None:
    screenful = Screenful(40, 4)
    sent = screenful.frame([(0, 0, "a b", CARD), (3, 0, "  ", BOLD), (5, 0, "c", CARD)])
    assert sent.count("\x1b[") == 3
    assert "a b  c" in sent


@pytest.mark.parametrize(
    ("before", "sign", "ink"),
    [
        (CARD, ShownCell("a", CARD), ""),
        (CARD, ShownCell("a", BOLD), "\x1b[1m"),
        (BOLD, ShownCell("a", PLAIN), "\x1b[m"),
        (BOLD, ShownCell(" ", blank_pen(CARD), is_blank=True), ""),
        (PLAIN, ShownCell(" ", blank_pen(BOLD), is_blank=True), "\x1b[48;2;49;50;68m"),
        (LOUD, ShownCell(" ", PLAIN, is_blank=True), "\x1b[m"),
    ],
)
def test_the_ink_that_a_sign_still_needs_is_counted_with_that_of_a_gap(
    before: Pen, sign: ShownCell, ink: str
) -> None:
    assert _ink_bytes(before, sign) == len(ink)


@pytest.mark.parametrize("erases_in_colour", [True, False])
def test_the_end_of_a_line_is_erased_where_the_colour_is_safe(erases_in_colour: bool) -> None:
    screenful = Screenful(40, 4, erases_in_colour=erases_in_colour)
    assert ("\x1b[K" in screenful.frame([(0, 0, " " * 40, CARD)])) is erases_in_colour
    assert "\x1b[K" in screenful.frame([(0, 1, "ACME" + " " * 36, PLAIN)])


def test_a_reversed_blank_is_never_erased() -> None:
    screenful = Screenful(40, 4, erases_in_colour=True)
    assert "\x1b[K" not in screenful.frame([(0, 0, " " * 40, LOUD)])


def test_a_sign_of_two_cells_is_not_split_at_the_edge() -> None:
    screenful = Screenful(4, 1)
    terminal = Terminal(4, 1)
    terminal.show(screenful.frame([(0, 0, "abc日", PLAIN)]))
    assert terminal.screen.display == ["abc "]


def test_half_of_a_sign_that_is_covered_leaves_a_blank() -> None:
    screenful = Screenful(6, 1)
    terminal = Terminal(6, 1)
    terminal.show(screenful.frame([(0, 0, "日本語", PLAIN)]))
    terminal.show(screenful.frame([(1, 0, "ab", PLAIN)]))
    assert terminal.screen.display[0].replace("\0", "") == " ab 語"


@pytest.mark.parametrize("sign", ["👩\u200d💻", "☑\ufe0f", "🏳\ufe0f\u200d🌈", "👍🏽", "🇫🇮", "दी"])
def test_what_follows_a_joined_sign_is_addressed_and_written_again(sign: str) -> None:
    screenful = Screenful(20, 1)
    screenful.frame([(0, 0, "abcdefgh", PLAIN)])
    sent = screenful.frame([(0, 0, sign, PLAIN)])
    assert re.search(r"\x1b\[1;3Hc", sent)


@pytest.mark.parametrize(
    "hostile",
    [
        "\x1b[2J", "\x1b]0;owned\x07", "\x1b]52;c;aGk=\x07", "\x9b31m", "\x90q\x9c", "a\rb\nc\td",
        "\x1b]8;;http://x\x1b\\y", "\u202eevil\u202c", "\u2066x\u2069", "\x00\x08\x7f", "\ufeffx",
        "\ud800", "\U000e0041", "\u2028",
    ],
)  # fmt: skip
def test_no_control_character_of_the_data_reaches_the_terminal(hostile: str) -> None:
    screenful = Screenful(40, 2)
    sent = screenful.frame([(0, 0, hostile, PLAIN), (20, 0, "after", PLAIN)])
    assert re.fullmatch(
        r"(\x1b\[[0-9;]*[HCmK]|[^\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069])*", sent
    )
    sent.encode()
    terminal = Terminal(40, 2)
    terminal.show(sent)
    assert terminal.screen.display[0][20:25] == "after"


@given(st.text("a日é\u0301\u200d\ufe0f👨\x1b\x07\u202e\ud800", max_size=12))
@example("\u200da")
@example("a\u200d日")
def test_a_text_takes_as_many_cells_as_its_line_was_laid_out_for(text: str) -> None:
    for encoding in ("utf-8", "latin-1"):
        assert len(CellGlyphs(encoding).cells(text, PLAIN)) == cell_width(text)


def test_what_the_encoding_of_the_terminal_lacks_is_a_question_mark() -> None:
    screenful = Screenful(20, 1, encoding="latin-1")
    sent = screenful.frame([(0, 0, "é│日!", PLAIN)])
    assert sent.encode("latin-1").endswith(b"\xe9???!")


@given(st.sampled_from(PENS), st.sampled_from(PENS), st.sampled_from(PENS))
def test_a_change_of_pen_ends_where_a_fresh_start_ends(a: Pen, b: Pen, c: Pen) -> None:
    stepped, fresh = Terminal(1, 1), Terminal(1, 1)
    stepped.show(change(PLAIN, a) + change(a, b) + change(b, c) + "x")
    fresh.show(change(PLAIN, c) + "x")
    assert stepped.screen.buffer[0][0] == fresh.screen.buffer[0][0]


@pytest.mark.parametrize("beside", [CARD, LINE, LOUD])
def test_a_blank_between_two_runs_has_its_own_background(beside: Pen) -> None:
    screenful = Screenful(WIDTH, HEIGHT, erases_in_colour=False)
    screenful.cleared()
    compared, written = Terminal(), Terminal()
    for frame in (
        [(0, 0, "xxxxxx", PLAIN)],
        [(0, 0, "a", beside), (1, 0, "  ", PLAIN), (3, 0, "b", beside)],
    ):
        compared.show(screenful.frame(frame))
        written.show(written_piece_by_piece(frame))
    assert compared.look() == written.look()
