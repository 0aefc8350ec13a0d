"""Keyboard input as events of Textual."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Final, TypeAlias

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.ui.terminal.ink import told_light

# What comes from a keyboard, cut into keys, Esc and pastes before anybody gives them a meaning.
#
# Textual's parser takes a letter within a tenth of a second of Esc for Alt, forgets the Esc
# before other signs, types out sequences that it does not know, and reads keys in a paste.

ESC: Final = "\x1b"
PASTE_BEGINS: Final = "\x1b[200~"
PASTE_ENDS: Final = "\x1b[201~"
END_OF_PASTE_SECONDS: Final = 0.05
"""How long nothing more has to come for a paste to be over."""
SEQUENCE_SECONDS: Final = 0.5
"""How long the rest of a sequence may be on its way on a slow line."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Characters, or one whole sequence of a key, of the mouse, or of an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Escape:
    """The key Esc."""


@dataclass(frozen=True, slots=True)
class EscAnd:
    """Esc and a character that came with it: typed fast, held together by tmux, or meant as Alt."""

    character: str


@dataclass(frozen=True, slots=True)
class Pasted:
    """Text from the clipboard, without characters that steer."""

    text: str


@dataclass(frozen=True, slots=True)
class TerminalAnswer:
    """What the terminal says of a colour it was asked for."""

    text: str


Typed: TypeAlias = Keys | Escape | EscAnd | Pasted | TerminalAnswer

_PLAIN = re.compile("[^\x1b]+")
# Three lines of words in one read: no hand types these in one go, however slow the line. They are
# the paste of a terminal that does not mark it, and would be a hundred keys. Less is typed ahead.
_LINES_IN_ONE_GO = re.compile(r"(?:(?=[^\r\n]{12})[^\r\n]*\S +\S[^\r\n]*[\r\n]+){3}")
# ECMA-48: parameters, intermediates, a final byte. The console of Linux has F1 to F5 as ESC [ [ A;
# the oldest mouse protocol sends three bytes of any value after ESC [ M.
_CONTROL = re.compile(r"\x1b\[(?:\[[A-E]|M[^\x1b]{3}|(?!M)[0-?]*[ -/]*[@-Z\\-~])")
_CONTROL_BEGUN = re.compile(r"\x1b\[(?:\[|M[^\x1b]{0,2}|[0-?]*[ -/]*)\Z")
# What a terminal answers about its colours or its title.
_ANSWER = re.compile(r"\x1b\][0-9]+;[^\x07\x1b]*(?:\x07|\x1b\\)")
_ANSWER_BEGUN = re.compile(r"\x1b\](?:[0-9]+(?:;[^\x07\x1b]*\x1b?)?)?\Z")
_SEQUENCES: Final[Mapping[str, tuple[re.Pattern[str], re.Pattern[str], Callable[[str], Typed]]]] = {
    "[": (_CONTROL, _CONTROL_BEGUN, Keys),
    "]": (_ANSWER, _ANSWER_BEGUN, TerminalAnswer),
}
# A keypad that is not asked to sends digits; these are Esc, O and a letter.
_KEYPAD: Final = "jklmnopqrstuvwxy"
_STEERING: Final = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)])


class Keyboard:
    """Cuts what is read, however reading happens to cut it.

    `sequences` are those of two characters after Esc that stand for a key (`ESC O A`), and
    `esc_seconds` is how long a lone Esc waits for the rest of a sequence. In a paste everything is
    text up to the last of its ends that comes in one go: an end that stands in what was copied
    does not make keys of the rest.
    """

    def __init__(self, sequences: Container[str], esc_seconds: float) -> None:
        self._sequences = sequences
        self._esc_seconds = esc_seconds
        self._pending = ""
        self._paste: list[str] | None = None
        self._is_paste_ended = False

    @property
    def patience(self) -> float | None:
        """After how many seconds without anything `quiet` is to be called; None for never."""
        if self._is_paste_ended:
            return END_OF_PASTE_SECONDS
        if self._paste is not None or not self._pending:
            return None
        return self._esc_seconds if self._pending == ESC else SEQUENCE_SECONDS

    def feed(self, text: str) -> Iterator[Typed]:
        """What is complete with this text that was read."""
        self._pending += text
        if self._paste is None:
            yield from self._keys()
        if self._paste is not None:
            self._take_pasted()

    def quiet(self) -> Iterator[Typed]:
        """What there is now that nothing more comes."""
        if self._is_paste_ended:
            yield from self._pasted()
            yield from self._keys()
            return
        if self._paste is None:
            pending, self._pending = self._pending, ""
            yield from _left_alone(pending)

    def _keys(self) -> Iterator[Typed]:
        text, place = self._pending, 0
        while place < len(text):
            if text.startswith(PASTE_BEGINS, place):
                self._paste = []
                place += len(PASTE_BEGINS)
                break
            found = self._next(text, place)
            if found is None:
                break
            typed, place = found
            if typed is not None:
                yield typed
        self._pending = text[place:]

    def _next(self, text: str, place: int) -> tuple[Typed | None, int] | None:
        """What stands here, if anything, and where it ends; None where it is not complete."""
        plain = _PLAIN.match(text, place)
        if plain:
            if _LINES_IN_ONE_GO.match(plain[0]):
                return Pasted(plain[0].replace("\r", "\n").translate(_STEERING)), plain.end()
            # Where Enter was typed before the terminal was taken over, its kernel made ^J of it.
            return Keys(plain[0].replace("\n", "\r")), plain.end()
        kind = text[place + 1 : place + 2]
        if not kind:
            return None
        if kind == ESC:
            return Escape(), place + 1
        if kind in _SEQUENCES:
            return _sequence(text, place)
        if kind == "O":
            if len(text) < place + 3:
                return None
            sequence = text[place : place + 3]
            if sequence in self._sequences and sequence[-1] not in _KEYPAD:
                return Keys(sequence), place + 3
        return EscAnd(kind), place + 2

    def _take_pasted(self) -> None:
        assert self._paste is not None
        text = self._pending
        end = text.rfind(PASTE_ENDS)
        if end >= 0:
            self._paste.append(text[:end])
            self._pending = text[end + len(PASTE_ENDS) :]
            self._is_paste_ended = True
        elif not self._is_paste_ended:
            # An end may be cut in two; what is before it is looked at no more.
            kept = len(PASTE_ENDS) - 1
            self._paste.append(text[:-kept])
            self._pending = text[-kept:]

    def _pasted(self) -> Iterator[Typed]:
        text = "".join(self._paste or ())
        self._paste = None
        self._is_paste_ended = False
        text = text.replace(PASTE_BEGINS, "").replace(PASTE_ENDS, "").translate(_STEERING)
        if text:
            yield Pasted(text)


def _sequence(text: str, place: int) -> tuple[Typed | None, int] | None:
    """A sequence of the keyboard, or an answer of the terminal. One that is broken is typed where
    it has only begun, else dropped up to what broke it."""
    whole, begun_so_far, typed = _SEQUENCES[text[place + 1]]
    if found := whole.match(text, place):
        return typed(found[0]), found.end()
    if begun_so_far.match(text, place):
        return None
    begun = re.compile(r"[\[\]][0-?]*[ -/]*").match(text, place + 1)
    if begun is None or begun.end() == place + 2:
        return EscAnd(text[place + 1]), place + 2
    return None, begun.end()


def _left_alone(pending: str) -> Iterator[Typed]:
    """What the beginning of a sequence was, of which nothing more has come."""
    if pending == ESC:
        yield Escape()
    elif len(pending) == 2:
        yield EscAnd(pending[1])
    # More than that was nobody's key: half a sequence, whose rest is lost.


PREFIX = "alt+"


class AltKey(Key):
    """A key that somebody has given a meaning with Alt on one of the screens.

    It carries no character, so that no line takes it for a letter. Where nobody takes it, it is
    what nearly everybody means by it: Esc, and then `plain`.
    """

    def __init__(self, plain: Key) -> None:
        super().__init__(alt_name(plain), None)
        self.plain = plain


# For Textual it is a key like any other.
AltKey.handler_name = Key.handler_name


def alt_name(plain: Key) -> str:
    """The name of a key held down with Alt, as Textual and the configuration spell it."""
    if len(plain.key) == 1 and plain.key.isupper():
        return f"{PREFIX}shift+{plain.key.lower()}"
    return f"{PREFIX}{plain.key}"


_LONGEST_SEQUENCE: Final = 32
# What joins letters or parts them within a word (emoji of several, Hindi, Persian) is no key to
# Textual, and was lost. With what it stands between it is text that is put in as a whole.
_JOINED: Final = re.compile("((?:[^\x00-\x1f]?[\u200c\u200d])+[^\x00-\x1f]?)")


class BackgroundTold(Message):
    """The terminal says whether its background is light."""

    def __init__(self, is_light: bool) -> None:
        super().__init__()
        self.is_light = is_light


class KeyReader:
    """Gives each key, click, answer and paste the event that Textual has for it.

    `has_alt_key` tells whether a key with Alt has been given a meaning; without one it is Esc and
    then the key.
    """

    def __init__(self, has_alt_key: Callable[[str], bool], *, debug: bool = False) -> None:
        self._has_alt_key = has_alt_key
        self._keyboard = Keyboard(ANSI_SEQUENCES_KEYS, constants.ESCAPE_DELAY)
        self._debug = debug
        self._parser = XTermParser(debug)

    @property
    def patience(self) -> float | None:
        """After how many seconds without anything `quiet` is to be called; None for never."""
        return self._keyboard.patience

    def feed(self, text: str) -> Iterator[Message]:
        """The events of what was read, as far as they are complete."""
        return self._events(self._keyboard.feed(text))

    def quiet(self) -> Iterator[Message]:
        """The events that are complete since nothing more comes."""
        return self._events(self._keyboard.quiet())

    def _events(self, all_typed: Iterable[Typed]) -> Iterator[Message]:
        for typed in all_typed:
            match typed:
                case Pasted(text):
                    yield Paste(text)
                case TerminalAnswer(text):
                    is_light = told_light(text)
                    if is_light is not None:
                        yield BackgroundTold(is_light)
                case Escape():
                    yield Key("escape", ESC)
                case EscAnd(character):
                    yield from self._after_esc([*self._parsed(character)])
                case Keys(text):
                    yield from self._pressed(text)

    def _after_esc(self, events: list[Message]) -> Iterator[Message]:
        key = events[0] if events else None
        if isinstance(key, Key) and self._has_alt_key(alt_name(key)):
            yield AltKey(key)
        else:
            yield Key("escape", ESC)
            yield from events

    def _pressed(self, text: str) -> Iterator[Message]:
        """The keys of a sequence, or of characters with what joins them."""
        for place, part in enumerate([text] if text[0] == ESC else _JOINED.split(text)):
            if part:
                yield from [Paste(part)] if place % 2 else self._parsed(part)

    def _parsed(self, text: str) -> Iterator[Message]:
        """What Textual makes of characters or of a whole sequence; nothing where it knows none."""
        if text[0] == ESC and len(text) > _LONGEST_SEQUENCE:
            return
        try:
            yield from [*self._parser.feed(text)]
        except (ValueError, OverflowError):
            # A number in it is none, or is that of no character.
            self._parser = XTermParser(self._debug)
        if self._parser._timeout_time is not None:
            # It waits for more of a sequence that is whole, and would type out what it has.
            self._parser._timeout_time = 0.0
            for _key in self._parser.tick():
                pass
