"""What the program says, so that it can be read in another language and is English all the same.

A `Phrase` is its English text to all who compare, store or export it, and knows the template and
the values that it was made of. Where a person reads it, `aloud` says the template in their words
and leaves the values alone: what a deal holds is never looked up. Nobody writes phrases by hand:
where a translation is asked for, `cli/translating.py` makes them of the f-strings and texts of the
program as they are imported. Elsewhere there are none, and nothing here costs anything.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is more than help needs
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import SupportsIndex, TypeGuard

_words: list[Mapping[str, str]] = [{}]
_made = [False]


def are_made() -> bool:
    """Whether the program is made of phrases."""
    return _made[0]


def make() -> None:
    """From now on it is."""
    _made[0] = True


def speak(words: Mapping[str, str]) -> None:
    """From now on people read these words and sentences in place of the English ones."""
    _words[0] = words


def spoken(word: str) -> str:
    """A word of the tables as the person reads it; in English where nobody has translated it."""
    return word.said() if isinstance(word, Phrase) else _words[0].get(word) or word


def aloud(text: str) -> str:
    """A text as the person reads it: a phrase in their words, any other as it is."""
    return text if type(text) is str else str(_aloud(text))


class Phrase(str):
    """A text of the program: in English, with how it is said in the words of the person."""

    __slots__ = ("said",)

    said: Callable[[], str]

    def __new__(cls, english: str, said: Callable[[], str]) -> Phrase:
        phrase = super().__new__(cls, english)
        phrase.said = said
        return phrase

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        return str, (str(self),)

    def __radd__(self, before: str) -> Phrase:
        return Phrase(str.__add__(before, self), lambda: before + self.said())

    def __getitem__(self, place: SupportsIndex | slice) -> str:
        english = str.__getitem__(self, place)
        if place not in (slice(1), slice(1, None), slice(0, 1)):
            return english  # a part of a sentence is said in no other language
        return Phrase(english, lambda: self.said()[place])

    def splitlines(self, keepends: bool = False) -> list[str]:
        return _parts(str.splitlines(self, keepends), self.said().splitlines(keepends))

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        english = str.split(self, sep, maxsplit)
        return english if sep is None else _parts(english, self.said().split(sep, maxsplit))


def _parts(english: list[str], said: list[str]) -> list[str]:
    """The parts of a text, each said as its own where there are as many in both languages."""
    if len(english) != len(said):
        return english
    return [_pair(one, other) for one, other in zip(english, said, strict=True)]


def _pair(english: str, said: str) -> Phrase:
    return Phrase(english, lambda: said)


# What makes a text of a text makes a phrase of a phrase.


def _in_both(name: str) -> Callable[..., Phrase]:
    method: Callable[..., str] = getattr(str, name)

    def made(phrase: Phrase, *given: object, **named: object) -> Phrase:
        return Phrase(
            method(phrase, *given, **named),
            lambda: method(
                phrase.said(), *map(_aloud, given), **{one: _aloud(v) for one, v in named.items()}
            ),
        )

    return made


for _name in (
    *("__add__", "__mod__", "capitalize", "center", "format", "ljust", "lower", "lstrip"),
    *("removeprefix", "removesuffix", "replace", "rjust", "rstrip", "strip", "title", "upper"),
):
    setattr(Phrase, _name, _in_both(_name))


def _aloud(value: object) -> object:
    """What a value is read as; one of an enumeration is a word of ours as well."""
    if isinstance(value, Phrase):
        return value.said()
    return _words[0].get(value) or value if _is_ours(value) else value


def _is_ours(value: object) -> TypeGuard[str]:
    """Whether a text is the program's: a phrase, or a member of an enumeration."""
    return isinstance(value, str) and type(value) is not str


# What the f-strings and texts of the program become.


def phrase(template: str, *values: object) -> str:
    """The template with the values in its places (`{}`)."""
    texts = tuple(map(text, values))
    return Phrase(
        template.format(*texts),
        lambda: (_words[0].get(template) or template).format(*map(aloud, texts)),
    )


def filled(template: str, *values: object) -> str:
    """The same for a template that has no words of its own: a phrase where a value is one."""
    texts = tuple(map(text, values))
    english = template.format(*texts)
    if not any(isinstance(one, Phrase) for one in texts):
        return english
    return Phrase(english, lambda: template.format(*map(aloud, texts)))


def word(english: str) -> str:
    """A text without places."""
    return Phrase(english, lambda: _words[0].get(english) or english)


def shaped(value: object, shape: str, conversion: str = "") -> str:
    """A value in a template that has a shape of its own there: `{name:>12}`, `{error!r}`."""
    if conversion:
        value = {"r": repr, "s": text, "a": ascii}[conversion](value)
    english = format(value, shape)
    if not isinstance(value, Phrase):
        return english
    said = value.said
    return Phrase(english, lambda: format(said(), shape))


def joined(between: str, parts: Iterable[str]) -> str:
    """The parts with a text between them."""
    if not isinstance(between, str):
        return between.join(parts)  # a thread, say
    every = list(parts)
    english = str.join(between, every)
    if not any(map(_is_ours, (between, *every))):
        return english
    return Phrase(english, lambda: aloud(between).join(map(aloud, every)))


def text(value: object) -> str:
    """A value as text (`str`)."""
    if isinstance(value, Phrase):
        return value
    return word(str(value)) if _is_ours(value) else str(value)


def named(name: str) -> str:
    """A name of ours as it is read, stored as it may be: `call`, `close date`."""
    return word(name) if _made[0] else name
