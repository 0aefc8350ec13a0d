"""A phrase is English to the program and the person's words aloud, whatever is made of it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from enum import StrEnum

import pytest

from pipeboard.domain import phrases
from pipeboard.domain.phrases import (
    Phrase,
    aloud,
    filled,
    joined,
    named,
    phrase,
    shaped,
    spoken,
    text,
    word,
)

WORDS = {
    "Moved {} to {}.": "{1} ← {0}.",
    "next step": "nächster Schritt",
    "call": "Anruf",
    " of ": " von ",
    "one\ntwo": "eins\nzwei",
    "one, two": "eins",
    "a, b": "x, y",
}


class Way(StrEnum):
    CALL = "call"
    MAIL = "mail"


@pytest.fixture(autouse=True)
def german() -> Iterator[None]:
    phrases.speak(WORDS)
    yield
    phrases.speak({})


def test_a_sentence_is_english_and_said_in_the_persons_words() -> None:
    said = phrase("Moved {} to {}.", "D-1", word("next step"))
    assert said == "Moved D-1 to next step."
    assert aloud(said) == "nächster Schritt ← D-1."
    unknown = phrase("Lost {}.", word("call"))
    assert (unknown, aloud(unknown)) == ("Lost call.", "Lost Anruf.")
    assert {said: 1}["Moved D-1 to next step."] == 1


def test_what_a_deal_holds_is_never_looked_up() -> None:
    assert aloud("call") == "call"
    assert aloud(phrase("Moved {} to {}.", "call", "next step")) == "next step ← call."
    assert aloud(filled("{}: {}", "call", word("call"))) == "call: Anruf"
    assert type(filled("{}: {}", "call", 1)) is str


def test_a_member_of_an_enumeration_is_a_word_of_ours() -> None:
    assert aloud(Way.CALL) == "Anruf"
    assert aloud(Way.MAIL) == "mail"
    assert aloud(text(Way.CALL)) == "Anruf"
    assert (text(1), text("call"), type(text("call"))) == ("1", "call", str)
    assert text(said := word("call")) is said
    assert aloud(phrase("Lost {}.", Way.CALL)) == "Lost Anruf."


def test_a_word_of_the_tables_is_spoken_where_it_has_a_translation() -> None:
    assert [spoken(one) for one in ("call", "mail", word("call"))] == ["Anruf", "mail", "Anruf"]


def test_a_stored_name_is_a_word_only_where_phrases_are_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert not phrases.are_made()
    assert (named("call"), type(named("call"))) == ("call", str)
    monkeypatch.setattr(phrases, "_made", [False])
    phrases.make()
    assert phrases.are_made()
    assert aloud(named("call")) == "Anruf"


MADE: dict[str, Callable[[str], str]] = {
    "add": lambda one: one + "!",
    "add to": lambda one: "So: " + one,
    "mod": lambda one: (one + " %s") % 1,
    "capitalize": lambda one: one.capitalize(),
    "center": lambda one: one.center(30, "."),
    "format": lambda one: (one + " {}").format(2),
    "ljust": lambda one: one.ljust(30, "."),
    "lower": lambda one: one.lower(),
    "lstrip": lambda one: (" " + one).lstrip(),
    "removeprefix": lambda one: ("So " + one).removeprefix("So "),
    "removesuffix": lambda one: (one + ".").removesuffix("."),
    "replace": lambda one: one.replace("t", "-"),
    "rjust": lambda one: one.rjust(30, "."),
    "rstrip": lambda one: (one + " ").rstrip(),
    "strip": lambda one: (one + " ").strip(),
    "title": lambda one: one.title(),
    "upper": lambda one: one.upper(),
    "first letter": lambda one: one[:1],
    "the rest": lambda one: one[1:],
    "shaped": lambda one: shaped(one, ">30"),
    "filled": lambda one: filled("<{}>", one),
    "joined": lambda one: joined(", ", ["a", one]),
    "text": text,
}


@pytest.mark.parametrize("way", MADE)
def test_what_is_made_of_a_phrase_is_made_of_both_its_texts(way: str) -> None:
    make = MADE[way]
    made = make(word("next step"))
    assert made == make("next step")
    assert isinstance(made, Phrase)
    assert aloud(made) == make("nächster Schritt")
    plain = make("next step")
    assert (type(plain), aloud(plain)) == (str, plain)


def test_what_is_given_to_a_phrase_is_said_too() -> None:
    assert aloud(word("next step") + word("call")) == "nächster SchrittAnruf"
    assert aloud(word("{} {who}").format(word("call"), who=Way.CALL)) == "Anruf Anruf"
    assert aloud("On: " + word("call")) == "On: Anruf"
    assert aloud(word("On: ") + Way.CALL) == "On: Anruf"


def test_parts_of_a_phrase_are_said_where_there_are_as_many_of_them() -> None:
    assert [aloud(line) for line in word("one\ntwo").splitlines()] == ["eins", "zwei"]
    assert word("one\ntwo").splitlines(keepends=True) == ["one\n", "two"]
    assert [aloud(part) for part in word("a, b").split(", ")] == ["x", "y"]
    assert [aloud(part) for part in word("one, two").split(", ")] == ["one", "two"]
    assert [aloud(part) for part in word("next step").split()] == ["next", "step"]
    assert [aloud(part) for part in word("a, b").split(", ", 0)] == ["x, y"]
    assert [aloud(word("next step")[place]) for place in (0, slice(2, 4))] == ["n", "xt"]


def test_texts_that_are_joined_are_a_phrase_where_any_of_them_is() -> None:
    assert aloud(joined(word(" of "), ["a", "b"])) == "a von b"
    assert aloud(joined(", ", ["call", word("call"), Way.CALL])) == "call, Anruf, Anruf"
    assert type(joined(", ", ["call", "a"])) is str
    assert joined(", ", iter(["call", word("call")])) == "call, call"

    class Thread:
        def join(self, parts: object) -> str:
            return f"waited {parts}"

    assert joined(Thread(), [3]) == "waited [3]"  # type: ignore[arg-type, list-item]


def test_a_value_in_a_shape_is_shaped_in_both_languages() -> None:
    assert aloud(shaped(word("call"), ">8")) == "   Anruf"
    assert shaped("call", "", "r") == "'call'"
    assert shaped("ü", "", "a") == ascii("ü")
    assert aloud(shaped(Way.CALL, ">8", "s")) == "   Anruf"
    assert shaped(2.5, ".2f") == "2.50"
    assert type(shaped("call", ">8")) is str


def test_what_is_kept_of_a_phrase_is_its_english() -> None:
    kept = pickle.loads(pickle.dumps(word("call")))
    assert (kept, type(kept)) == ("call", str)
