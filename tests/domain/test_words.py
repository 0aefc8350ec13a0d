"""Lines cut into words: quotes, escapes and marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import in_quotes, read_words


def texts(line: str, marks: str = "") -> list[str]:
    return [word.text for word in read_words(line, marks)]


def test_quotes_at_the_start_or_after_a_sign_keep_words_together() -> None:
    assert texts('a "b c" key:"d e"f +"g h"') == ["a", "b c", "key:d ef", "+g h"]


def test_a_quote_within_a_word_is_a_character() -> None:
    assert texts('19" rack') == ['19"', "rack"]


def test_marks_are_words_of_their_own_unless_quoted() -> None:
    assert texts('(a|"b|c")', marks="()|") == ["(", "a", "|", "b|c", ")"]


def test_a_word_knows_where_it_stood_and_what_was_quoted() -> None:
    first, second = read_words('ab  key:"a:b"')
    assert (second.start, second.end, second.raw) == (4, 13, 'key:"a:b"')
    assert (second.bare.count(":"), second.text.count(":")) == (1, 2)
    assert first.is_bare and not second.is_bare
    assert second.since(4).text == "a:b"


def test_a_quote_that_is_never_closed_is_refused_where_it_opens() -> None:
    words = read_words('a b "c d')
    assert [next(words).text, next(words).text] == ["a", "b"]
    with pytest.raises(BadInput) as caught:
        next(words)
    assert caught.value.details == {"term": '"c d', "position": 4}


@given(st.lists(st.text()))
def test_any_text_in_quotes_is_one_word(parts: list[str]) -> None:
    assert texts(" ".join(map(in_quotes, parts))) == parts


@pytest.mark.parametrize("sign", ":<>=+-.@#,")
def test_a_quote_opens_after_each_sign(sign: str) -> None:
    assert texts(f'a{sign}"b c" d') == [f"a{sign}b c", "d"]


@pytest.mark.parametrize("letter", "a1)/'%&!?;")
def test_a_quote_opens_after_nothing_else(letter: str) -> None:
    assert texts(f'{letter}"b c" d') == [f'{letter}"b', 'c"', "d"]
