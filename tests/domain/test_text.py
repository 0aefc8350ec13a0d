"""Text from strangers cannot steer a terminal, hide, or grow without bound, and stays readable."""

from __future__ import annotations

import subprocess
import sys
from unicodedata import is_normalized

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain import text
from pipeboard.domain.errors import BadInput
from pipeboard.domain.text import (
    clean_line,
    clean_tag,
    clean_text,
    did_you_mean,
    email_fault,
    few,
    fold,
    from_home,
    is_email,
    key_named,
    nearest,
    pieces,
    printable,
    printable_lines,
    quoted,
    slug,
    spelled_by,
)

LIMITS = {
    "tag": 50, "ask": 200, "phone": 60, "trial close": 20, "rep": 100, "team": 100, "owner": 100,
    "source": 100, "external source": 100, "field name": 100, "name of a filter": 100,
    "token": 200, "contact reason": 1_000, "reason": 1_000, "snooze reason": 1_000,
    "outcome": 2_000, "note for the new owner": 1_000, "custom field": 2_000, "filter": 2_000,
    "title": 300, "any other line": 300,
}  # fmt: skip

any_text = st.text(st.characters(), max_size=60)
_HOSTILE = [
    *range(0x20), *range(0x7F, 0xA0), 0xAD, 0x61C, 0x200B, 0x200E, 0x200F, *range(0x2028, 0x202F),
    *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
]  # fmt: skip
hostile_text = st.text(
    st.one_of(
        st.sampled_from([chr(code) for code in _HOSTILE]),
        st.sampled_from(["\ud800", "\udfff", " ", "é", "e", "\u0301", "日", "🙂", "\u200d"]),
    ),
    max_size=40,
)


def test_every_limit_is_tried() -> None:
    assert set(LIMITS) >= set(text.LIMITS)


@pytest.mark.parametrize(("field", "most"), LIMITS.items())
def test_a_line_is_as_long_as_its_field_takes_and_no_longer(field: str, most: int) -> None:
    for letters in ("x" * most, "ü" * most, " " + "x" * most, "x" * most + "\t"):
        assert clean_line(letters, field=field) == letters.strip()
    for letters in ("x" * (most + 1), "ü" * (most + 1)):
        with pytest.raises(BadInput, match=f"{most + 1:,}|{most:,}"):
            clean_line(letters, field=field)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Acme GmbH", "Acme GmbH"),
        ("  Acme \t GmbH\n", "Acme GmbH"),
        ("Acme\r\nGmbH", "Acme GmbH"),
        ("Acme\u2028GmbH\u2029", "Acme GmbH"),
        ("12\u00a0000\u202f€", "12 000 €"),
        ("\x1b]52;c;aGk=\x07Acme", "]52;c;aGk=Acme"),
        ("\x9b31mAcme", "31mAcme"),
        ("Acme\u202egpj.exe", "Acmegpj.exe"),
        ("\ufeffAc\u200bme\U000e0041", "Acme"),
        ("Cafe\u0301", "Café"),
        ("Cafe\u200b\u0301", "Café"),
        ("a \x00 b", "a b"),
        ("Ac\ud800me", "Acme"),
        ("\x1b\x00\u200e", ""),
        ("[b]Acme[/b] [@click=app.quit]", "[b]Acme[/b] [@click=app.quit]"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻 日本", "👩\u200d💻 日本"),
    ],
)
def test_a_line_keeps_its_letters_and_loses_what_steers_or_hides(typed: str, kept: str) -> None:
    assert clean_line(typed) == kept


def test_a_line_that_is_too_long_names_the_field_and_the_limit() -> None:
    assert clean_line("x" * 20 + " " * 500, field="title", limit=20) == "x" * 20
    with pytest.raises(BadInput, match="The title is too long: 21 characters, and 20 is the most"):
        clean_line("x" * 21, field="title", limit=20)


def test_a_text_keeps_its_lines_and_its_indentation() -> None:
    typed = "\r\nfirst  \r\n\tindented\rthird\u2028fourth\n\n\n\n\n\nlast\x1b[0m\n\n"
    assert clean_text(typed, field="note") == "first\n    indented\nthird\nfourth\n\n\nlast[0m"


def test_blank_lines_that_hold_only_spaces_count_as_blank() -> None:
    assert clean_text("a\n \n\t\n\u200b\n  \nb", field="note") == "a\n\n\nb"


def test_a_text_that_is_too_long_names_the_field_and_the_limit() -> None:
    with pytest.raises(BadInput, match="The note is too long: 20,001 characters"):
        clean_text("x" * 20_001, field="note")


@pytest.mark.parametrize("longest", ["x" * 20_000, f"{'x' * 9_999}\n{'x' * 10_000}"])
def test_a_text_may_be_as_long_as_it_may_be(longest: str) -> None:
    assert clean_text(longest, field="note") == longest
    assert clean_line("é" * 300) == "é" * 300


@pytest.mark.parametrize(
    ("whole", "most", "parts"),
    [
        ("", 4, []),
        ("aa b", 4, ["aa b"]),
        ("aa bb", 4, ["aa", "bb"]),
        ("aaaa bb", 4, ["aaaa", "bb"]),
        ("aa b\nccc", 4, ["aa b", "ccc"]),
        ("a bbbbb", 4, ["a bb", "bbb"]),
        ("aaa b\ncc", 6, ["aaa b", "cc"]),
        ("aa b\n\nc d", 7, ["aa b", "c d"]),
        ("aaaaaaaaa", 4, ["aaaa", "aaaa", "a"]),
    ],
)
def test_a_text_is_divided_where_a_paragraph_a_line_or_a_word_ends(
    whole: str, most: int, parts: list[str]
) -> None:
    assert pieces(whole, most) == parts


@pytest.mark.parametrize(
    ("typed", "tag"), [("+Price", "price"), ("#Too  Dear", "too dear"), ("a+b", "a+b"), ("", "")]
)
def test_a_tag_is_counted_in_small_letters_without_its_sign(typed: str, tag: str) -> None:
    assert clean_tag(typed, "objection") == tag


@given(st.one_of(any_text, hostile_text))
def test_a_cleaned_line_is_safe_and_cleaning_it_again_changes_nothing(text: str) -> None:
    line = clean_line(text)
    assert printable(line) == line
    assert not set(line) & {chr(code) for code in _HOSTILE}
    assert is_normalized("NFC", line)
    assert line == " ".join(line.split()) == clean_line(line)


@given(st.one_of(any_text, hostile_text))
def test_a_cleaned_text_is_safe_and_cleaning_it_again_changes_nothing(text: str) -> None:
    cleaned = clean_text(text, field="note")
    assert printable_lines(cleaned) == cleaned == clean_text(cleaned, field="note")
    assert "\n\n\n\n" not in cleaned
    assert not any(line != line.rstrip() for line in cleaned.split("\n"))


@given(st.one_of(any_text, hostile_text))
def test_what_is_printed_holds_no_hostile_character_and_can_be_encoded(text: str) -> None:
    shown = printable(text)
    assert not set(shown) & {chr(code) for code in _HOSTILE}
    shown.encode("utf-8")
    assert printable(shown) == shown


def test_printing_drops_what_is_unsafe_and_keeps_the_rest() -> None:
    assert printable("plain › é 日本 👩\u200d💻") == "plain › é 日本 👩\u200d💻"
    assert printable("\x1b[2Jone\ntwo\ud800") == "[2Jonetwo\ufffd"
    assert printable_lines("one\x07\r\ntwo\x9b") == "one\ntwo"


def test_a_quoted_text_is_one_short_printable_line() -> None:
    assert quoted("a\n b\x1b") == "'a b'"
    assert quoted("x" * 50, limit=10) == "'xxxxxxx...'"
    assert len(quoted("x" * 1000)) == 42


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Müller & Söhne", "muller & sohne"),
        ("STRASSE", "straße"),
        ("Łódź", "lodz"),
        ("København", "kobenhavn"),
        ("İstanbul", "istanbul"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
        ("  two\twords ", "two words"),
        ("Cafe\u0301", "CAFÉ"),
        ("ac\u200bme", "acme"),
        ("ΜΆΙΟΣ", "μαιος"),
    ],
)
def test_searching_sees_no_case_no_accents_and_no_white_space(written: str, typed: str) -> None:
    assert fold(written) == fold(typed)


@given(st.one_of(any_text, hostile_text))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_slug_is_a_key_made_of_a_name() -> None:
    assert slug("Decision maker") == "decision_maker"
    assert slug("  Où est-ce? (2) ") == "ou_est_ce_2"
    assert slug("決裁者") == "決裁者"
    assert slug("!!!") == ""


@pytest.mark.parametrize(
    ("word", "near"),
    [
        ("valu", "value"),
        ("VALUE", "value"),
        ("ownr", "owner"),
        ("st", "stage"),
        ("zzz", None),
        ("", None),
        ("x" * 10_000, None),
    ],
)
def test_the_nearest_word_is_the_one_that_was_probably_meant(word: str, near: str | None) -> None:
    assert nearest(word, ["owner", "value", "stage", "source"]) == near


def test_did_you_mean_says_nothing_without_a_near_word() -> None:
    assert did_you_mean("qualfy", ["Qualify", "Demo"]) == "Did you mean Qualify?"
    assert did_you_mean("42", ["Qualify", "Demo"]) == ""
    assert did_you_mean("vlaue", ["values", "value", "valve"]) == "Did you mean value?"


def test_of_words_that_are_as_near_one_with_the_same_first_letter_is_meant() -> None:
    assert nearest("EUX", ["UGX", "EUR"]) == "EUR"
    assert nearest("s", ["stage", "source"]) is None  # the beginning of both
    said = did_you_mean("stagr", ["stage", "stags", "owner"])
    assert sorted(said.removeprefix("Did you mean ").removesuffix("?").split(" or ")) == [
        "stage", "stags",
    ]  # fmt: skip


def test_reading_text_money_and_dates_imports_nothing_slow() -> None:
    script = (
        "import sys; import pipeboard.domain.periods, pipeboard.domain.money;"
        "print(*sorted({'difflib', 'textual', 'sqlalchemy', 'decimal'}"
        " & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []


@pytest.mark.parametrize("code", [*_HOSTILE, 0x180E, *range(0xD800, 0xE000, 0x7FF)])
def test_every_sign_that_could_steer_or_hide_goes(code: int) -> None:
    sign = chr(code)
    assert sign not in clean_line(f"a{sign}b") or sign == " "
    shown = printable(f"a{sign}b")
    assert sign not in shown or sign == " "
    assert ("\ufffd" in shown) is (0xD800 <= code < 0xE000)


BESIDE = (0xAC, 0xAE, 0x61B, 0x61D, 0x180D, 0x200C, 0x200D, 0x2010, 0x2027, 0x2070, 0xFEFE, 0xFFFC,
          0xD7FF, 0xE000, 0x7E, 0xA1, 0xE0080)  # fmt: skip


@pytest.mark.parametrize("code", BESIDE)
def test_the_signs_beside_those_stay(code: int) -> None:
    text = f"a{chr(code)}b"
    assert clean_line(text) == text
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Ørsted", "orsted"), ("Łódź", "lodz"), ("Đorđe", "dorde"), ("Ħal", "hal"), ("Iğdır", "igdir"),
     ("Æther", "aether"), ("Œuvre", "oeuvre"), ("Straße", "strasse"), ("ＡＢ", "ab")],
)  # fmt: skip
def test_letters_are_found_as_people_type_them(text: str, plain: str) -> None:
    assert fold(text) == fold(plain) == plain


@pytest.mark.parametrize(
    ("letters", "text", "span"),
    [
        ("lmlo", "lumello", 7),
        ("lum", "lumello", 3),
        ("em", "lumello", None),
        ("pl", "acme pilot", 3),
        ("ap", "acme pilot", 6),
        ("ap", "acme alpha", 3),
        ("azb", "ab", None),
        ("b", "", None),
        ("lp", "lumen_line-packaging", 6),
    ],
)
def test_letters_spell_a_text_from_the_beginning_of_one_of_its_words(
    letters: str, text: str, span: int | None
) -> None:
    assert spelled_by(letters, text) == span


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("ana@firm.example", True),
        ("a.b+c@x-y.co.uk", True),
        ("notamail", False),
        ("ana@firm", False),
        ("ana@@firm.example", False),
        ("ana lima@firm.example", False),
        ("@firm.example", False),
        ("ana@firm.", False),
        ("ana@.example", False),
        ("ana@.firm.example", False),
        ("ana@firm.example.", False),
        ("", False),
    ],
)
def test_an_address_has_one_at_a_dot_behind_it_and_no_blanks(text: str, is_one: bool) -> None:
    assert is_email(text) is is_one


@pytest.mark.parametrize(
    ("path", "written"),
    [
        ("/home/ana", "~"),
        ("/home/ana/deals/old.csv", "~/deals/old.csv"),
        ("/home/anabel/old.csv", "/home/anabel/old.csv"),
        ("/srv/home/ana", "/srv/home/ana"),
    ],
)
def test_a_path_begins_at_home_where_it_is_in_it(path: str, written: str) -> None:
    assert from_home(path, "/home/ana") == written


@pytest.mark.parametrize(
    ("most", "said"),
    [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b, c"), (4, "a, b, c")],
)
def test_the_first_few_of_several_are_named_and_the_others_counted(most: int, said: str) -> None:
    assert few(["a", "b", "c"], most) == said
    assert few(["a", "b", "c"], most, "; ", " + ") == said.replace(",", ";").replace("and", "+")


@pytest.mark.parametrize(
    ("text", "fault"),
    [("", ""), (" ", ""), (" ana@firm.example ", ""), ("ana", "'ana' is no e-mail address.")],
)
def test_what_is_no_address_is_said_to_be_none(text: str, fault: str) -> None:
    assert email_fault(text) == fault


@pytest.mark.parametrize(("length", "shown"), [(40, "x" * 40), (41, f"{'x' * 37}...")])
def test_a_message_names_forty_letters_at_most(length: int, shown: str) -> None:
    assert quoted("x" * length) == f"'{shown}'"


@pytest.mark.parametrize(
    ("name", "key"),
    [("Bob", "bob"), ("BOB", "bob"), ("bob 2", "b2"), ("b2", ""), ("bo", ""), ("", "")],
)
def test_what_has_a_name_is_found_by_it_in_any_case(name: str, key: str) -> None:
    assert key_named(name, {"bob": "Bob", "other": "bob", "b2": "Bob 2"}) == key
