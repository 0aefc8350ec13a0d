"""Alt and a key, where a terminal cannot tell it from Esc and that key typed fast."""

from __future__ import annotations

from textual.events import Key

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
