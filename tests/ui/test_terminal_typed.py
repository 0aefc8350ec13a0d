"""Esc is Esc, a paste is text, and a sequence is a key, however what is read happens to be cut."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.events import Key, MouseEvent, Paste
from textual.message import Message

from pipeboard.ui.terminal.drivers import TerminalDriver
from pipeboard.ui.terminal.ink import background, keep_background
from pipeboard.ui.terminal.reading import (
    END_OF_PASTE_SECONDS,
    PASTE_BEGINS,
    PASTE_ENDS,
    SEQUENCE_SECONDS,
    AltKey,
    BackgroundTold,
    KeyReader,
)

_HOSTILE = (
    "\x1b",
    "\x1b[31m",
    "\x1b[A",
    "\x9b",
    "\x00",
    "\x07",
    "\r",
    "dLx",
    "é",
    "\x1b]52;c;x\x07",
)


def heard(*reads: str, alt: Iterable[str] = ()) -> list[str]:
    """The names of the keys, and the pastes, of what is read piece by piece."""
    bound = frozenset(alt)
    reader = KeyReader(bound.__contains__)
    events = [event for text in reads for event in reader.feed(text)]
    while reader.patience is not None:
        events += reader.quiet()
    return [told(event) for event in events]


def told(event: object) -> str:
    if isinstance(event, Paste):
        return f"paste {event.text!r}"
    return event.key if isinstance(event, Key) else type(event).__name__


def typed(character: str) -> Key:
    """The key of a character."""
    (event,) = KeyReader(lambda _: False).feed(character)
    assert isinstance(event, Key)
    return event


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("\x1b", ["escape"]),
        ("\x1b\x1b", ["escape", "escape"]),
        ("\x1bd", ["escape", "d"]),
        ("\x1bD", ["escape", "D"]),
        ("\x1bf", ["escape", "f"]),
        ("\x1b3", ["escape", "3"]),
        ("\x1b/", ["escape", "slash"]),
        ("\x1b[", ["escape", "left_square_bracket"]),
        ("\x1bO", ["escape", "O"]),
        ("\x1bOj", ["escape", "O", "j"]),
        ("\x1b]", ["escape", "right_square_bracket"]),
        ("\x1b[é", ["escape", "left_square_bracket", "é"]),
        ("\x1b]x", ["escape", "right_square_bracket", "x"]),
        ("\x1bP", ["escape", "P"]),
        ("\x1bé", ["escape", "é"]),
        ("\x1b\r", ["escape", "enter"]),
        ("j\nk\r", ["j", "enter", "k", "enter"]),
        ("\x1b\t", ["escape", "tab"]),
        ("\x1b\x7f", ["escape", "backspace"]),
        ("\x1b\x1b[A", ["escape", "up"]),
        ("\x1b\x1bOB", ["escape", "down"]),
        ("\x1bj\x1b[A", ["escape", "j", "up"]),
        ("\x1bjk", ["escape", "j", "k"]),
        ("\x1b[Aj\x1bOBk", ["up", "j", "down", "k"]),
        ("\x1b[1;5C", ["ctrl+right"]),
        ("\x1b[27u", ["escape"]),
        ("\x1b[100;3u", ["alt+d"]),
        ("\x1b[[A", ["f1"]),
        ("\x1b[1;2", []),
        ("\x1b[?1;2cj", ["j"]),
        ("\x1b[5;1zj", ["j"]),
        ("\x1b[9999999999;5uj", ["j"]),
        ("\x1b[48;9999999999999999999999;1;1;1tj", ["j"]),
        ("\x1b]11;rgb:0000/0000/0000\x1b\\j", ["BackgroundTold", "j"]),
        ("\x1b]11;rgb:0000/0000/0000\x07j", ["BackgroundTold", "j"]),
    ],
)
def test_keys_are_what_was_pressed_however_they_are_cut(typed: str, keys: list[str]) -> None:
    for cut in range(len(typed) + 1):
        assert heard(typed[:cut], typed[cut:]) == keys
    assert heard(*typed) == keys


class Reads(TerminalDriver):
    """A driver without a terminal: it is given what is read, and what becomes of it is kept."""

    def __init__(self, *reads: bytes) -> None:
        self.reads, self.heard = reads, []  # type: ignore[var-annotated]
        self._app, self._debug = None, False  # type: ignore[assignment]

    def _read_until_told(self, reader: KeyReader) -> Iterator[bytes]:
        yield from self.reads

    def process_message(self, message: Message) -> None:
        self.heard.append(told(message))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("é", ["é"]),
        ("ж1", ["ж", "1"]),
        ("日本", ["日", "本"]),
        ("🚀!", ["🚀", "!"]),
        (f"{PASTE_BEGINS}Zoë{PASTE_ENDS}", ["paste 'Zoë'"]),
    ],
)
def test_a_letter_of_several_bytes_is_one_key_wherever_the_reading_cuts_it(
    text: str, keys: list[str]
) -> None:
    data = text.encode()
    for cut in range(1, len(data)):
        driver = Reads(data[:cut], data[cut:], b"")
        driver.run_input_thread()
        assert driver.heard == [key if "paste" in key else told(typed(key)) for key in keys]


def test_a_key_with_alt_that_has_a_meaning_is_one_key_without_a_character() -> None:
    assert heard("\x1bd\x1bD\x1bx", alt=["alt+d", "alt+shift+d"]) == [
        "alt+d", "alt+shift+d", "escape", "x",
    ]  # fmt: skip
    (key,) = KeyReader(lambda name: name == "alt+d").feed("\x1bd")
    assert isinstance(key, AltKey)
    assert key.character is None


def test_a_click_is_a_click() -> None:
    (event,) = KeyReader(lambda _: False).feed("\x1b[<0;5;7M")
    assert isinstance(event, MouseEvent)
    assert (event.x, event.y) == (4, 6)


@given(st.lists(st.sampled_from(_HOSTILE)), st.lists(st.integers(0, 200), max_size=5))
@example(["\x1b"], [7])
def test_a_paste_is_one_text_whatever_it_holds_and_however_it_is_cut(
    parts: list[str], cuts: list[int]
) -> None:
    text = "a" + "".join(parts)
    typed = f"j{PASTE_BEGINS}{text}{PASTE_ENDS}k"
    places = sorted({0, *(cut for cut in cuts if cut < len(typed)), len(typed)})
    reads = [typed[start:end] for start, end in itertools.pairwise(places)]
    keys = heard(*reads)
    assert [keys[0], keys[-1]] == ["j", "k"]
    (paste,) = keys[1:-1]
    assert paste.startswith("paste 'a")
    assert "\\x" not in paste


@pytest.mark.parametrize(
    "inside", [PASTE_BEGINS, PASTE_ENDS, f"{PASTE_ENDS}Ld", f"{PASTE_ENDS}L{PASTE_BEGINS}"]
)
def test_the_ends_of_a_paste_in_what_was_copied_make_no_keys(inside: str) -> None:
    typed = f"{PASTE_BEGINS}one{inside}two{PASTE_ENDS}"
    words = inside.replace(PASTE_BEGINS, "").replace(PASTE_ENDS, "")
    for cut in range(len(typed)):
        assert heard(typed[:cut], typed[cut:]) == [f"paste 'one{words}two'"]


def test_lines_of_words_in_one_go_are_a_paste_though_nothing_marks_it() -> None:
    mail = "Dear Ms Holm,\rthank you for the call.\rWe decide on the 3rd of May.\r"
    (paste,) = KeyReader(lambda _: False).feed(mail + "Quite")
    assert isinstance(paste, Paste) and paste.text.startswith("Dear Ms Holm,\nthank you")
    for ahead in ("aLumen Oy: pilot 40k\raNova: line two 10k\r", "j" * 60, "t3\rjt4\rjt5\rj"):
        assert all(isinstance(event, Key) for event in KeyReader(lambda _: False).feed(ahead))


HEARD = (Key, Paste)


@pytest.mark.parametrize("joined", ["👨\u200d👩\u200d👧", "ی\u200cخ", "क्\u200dष", "\u200c"])
def test_what_joins_or_parts_letters_is_typed_with_them(joined: str) -> None:
    events = list(KeyReader(lambda _: False).feed(f"xa{joined}b\r"))
    told = [e.text if isinstance(e, Paste) else e.character for e in events if isinstance(e, HEARD)]
    assert "".join(map(str, told)) == f"xa{joined}b\r" and any(isinstance(e, Paste) for e in events)


def test_a_key_after_a_paste_comes_after_it() -> None:
    assert heard(f"{PASTE_BEGINS}one{PASTE_ENDS}\r") == ["paste 'one'", "enter"]


def test_a_million_characters_are_one_paste() -> None:
    text = "word " * 200_000
    typed = f"{PASTE_BEGINS}{text}{PASTE_ENDS}"
    reads = [typed[place : place + 4_096] for place in range(0, len(typed), 4_096)]
    assert heard(*reads) == [f"paste {text!r}"]


@given(st.text(alphabet="\x1b[]OMdj0;~\x07é\x9b\r ", max_size=40), st.integers(0, 40))
def test_nothing_that_is_read_stops_the_reading(typed: str, cut: int) -> None:
    heard(typed[:cut], typed[cut:])
    assert heard(typed[:cut], typed[cut:], "\x1b\x1b[A")[-1:] == ["up"] or PASTE_BEGINS in typed


@pytest.mark.parametrize("end", ["\x07", "\x1b\\"])
@pytest.mark.parametrize(
    ("color", "is_light"),
    [
        ("rgb:ffff/ffff/ffff", True),
        ("rgb:1e1e/1e1e/1e1e", False),
        ("rgba:ff/ff/e0/ff", True),
        ("rgb:0/0/0", False),
    ],
)
def test_the_background_that_the_terminal_tells_is_read(
    color: str, is_light: bool, end: str
) -> None:
    reader = KeyReader(lambda _name: False)
    events = [*reader.feed(f"a\x1b]11;{color}"), *reader.feed(f"{end}b")]
    told = [event for event in events if isinstance(event, BackgroundTold)]
    assert [event.is_light for event in told] == [is_light]
    assert [event.key for event in events if isinstance(event, Key)] == ["a", "b"]


@pytest.mark.parametrize("answer", ["11;rgb:zz/0/0", "11;white", "10;rgb:ff/ff/ff", "11;rgb:ff/ff"])
def test_an_answer_that_names_no_background_is_nothing(answer: str) -> None:
    assert [*KeyReader(lambda _name: False).feed(f"\x1b]{answer}\x07")] == []


@pytest.mark.parametrize(
    ("setting", "environ", "kept", "name"),
    [
        ("auto", {}, None, "dark"),
        ("auto", {}, "light", "light"),
        ("auto", {}, "nonsense", "dark"),
        ("auto", {"COLORFGBG": "0;15"}, None, "light"),
        ("auto", {"COLORFGBG": "0;default;7"}, None, "light"),
        ("auto", {"COLORFGBG": "15;0"}, "light", "dark"),
        ("auto", {"COLORFGBG": "default;default"}, "light", "light"),
        ("dark", {"COLORFGBG": "0;15"}, "light", "dark"),
    ],
)
def test_the_theme_follows_what_is_known_of_the_background(
    tmp_path: Path, setting: str, environ: dict[str, str], kept: str | None, name: str
) -> None:
    if kept is not None:
        keep_background(tmp_path / "state", kept)
    assert background(setting, environ, tmp_path / "state") == name


@pytest.mark.parametrize(
    ("read", "patience"),
    [
        ("j", None),
        ("\x1b[", SEQUENCE_SECONDS),
        ("\x1bO", SEQUENCE_SECONDS),
        ("\x1b[1;5", SEQUENCE_SECONDS),
        (PASTE_BEGINS, None),
        (f"{PASTE_BEGINS}one", None),
        (f"{PASTE_BEGINS}one{PASTE_ENDS}", END_OF_PASTE_SECONDS),
    ],
)
def test_what_is_half_there_is_waited_for_as_long_as_it_may_take(
    read: str, patience: float | None
) -> None:
    reader = KeyReader(lambda _: False)
    assert list(reader.feed(read)) is not None
    assert reader.patience == patience


def test_a_lone_esc_is_not_waited_for_as_long_as_a_sequence() -> None:
    reader = KeyReader(lambda _: False)
    list(reader.feed("\x1b"))
    assert reader.patience is not None and reader.patience < SEQUENCE_SECONDS


def test_what_steers_is_no_text_of_a_paste() -> None:
    every = "".join(map(chr, range(0xA0)))
    (paste,) = heard(f"{PASTE_BEGINS}{every.replace(chr(27), '')}{PASTE_ENDS}")
    kept = "".join(sign for sign in every if sign in "\t\n\r" or sign.isprintable())
    assert paste == f"paste {kept!r}"
