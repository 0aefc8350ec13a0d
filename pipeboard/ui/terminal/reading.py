"""Keyboard input as events of Textual."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from textual import constants
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

from pipeboard.ui.terminal.facts import told_light
from pipeboard.ui.terminal.typed import (
    ESC,
    AltKey,
    EscAnd,
    Escape,
    Keyboard,
    Keys,
    Pasted,
    TerminalAnswer,
    Typed,
    alt_name,
)

_LONGEST_SEQUENCE: Final = 32


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
                    yield from self._parsed(text)

    def _after_esc(self, events: list[Message]) -> Iterator[Message]:
        key = events[0] if events else None
        if isinstance(key, Key) and self._has_alt_key(alt_name(key)):
            yield AltKey(key)
        else:
            yield Key("escape", ESC)
            yield from events

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
