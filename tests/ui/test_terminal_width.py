"""Texts must take as many cells as Textual believes, and be cut between signs only."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from pipeboard.domain.phrases import Phrase
from pipeboard.ui.terminal.width import cell_width, clusters, fit, is_narrow

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")),
        st.sampled_from("aé…│█日本語한👩💻\u0301\u200d\ufe0f☑"),
    )
)


@given(TEXTS)
def test_widths_are_those_that_textual_lays_out_with(text: str) -> None:
    assert cell_width(text) == cell_len(text)


@given(st.characters(codec="utf-8"))
def test_a_sign_called_narrow_takes_one_cell_in_the_tables(sign: str) -> None:
    if is_narrow(sign):
        assert cell_len(sign) == 1


@given(TEXTS, st.integers(0, 30), st.sampled_from(["…", "...", "", "日"]))
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, ellipsis: str) -> None:
    assert cell_width(fit(text, width, ellipsis)) == width


@given(TEXTS)
def test_the_signs_joined_are_the_text(text: str) -> None:
    assert "".join(sign for sign, _ in clusters(text)) == text


@pytest.mark.parametrize(
    ("text", "width", "fitted"),
    [
        ("ACME", 6, "ACME  "),
        ("ACME Europe", 6, "ACME …"),
        ("日本語", 4, "日… "),
        ("日本語", 5, "日本…"),
        ("e\u0301e\u0301e\u0301", 2, "e\u0301…"),
        ("a🇫🇮🇸🇪", 4, "a🇫🇮…"),
        ("a🇫🇮🇸🇪", 3, "a… "),
        ("ACME", 0, ""),
        ("ACME", 1, "…"),
        ("won €185,000 so far", 9, "won …    "),
        ("won €185,000 so far", 12, "won …       "),
        ("won €185,000 so far", 13, "won €185,000…"),
        ("40% of 12", 3, "…  "),
        ("日本 -1,250 EUR", 8, "日本 …  "),
        ("since 2026.", 8, "since … "),
    ],
)
def test_a_text_is_cut_between_signs(text: str, width: int, fitted: str) -> None:
    assert fit(text, width) == fitted


@pytest.mark.parametrize(
    ("text", "signs"),
    [
        ("हिन्दी", [("हि", 2), ("न्", 1), ("दी", 2)]),
        ("தமிழ்", [("த", 1), ("மி", 2), ("ழ்", 1)]),
        ("မြန်", [("မြ", 2), ("န်", 1)]),
    ],
)
def test_a_mark_beside_its_letter_has_a_cell_as_in_most_terminals(
    text: str, signs: list[tuple[str, int]]
) -> None:
    assert clusters(text) == signs
    assert cell_width(text) == cell_len(text) == sum(size for _, size in signs)


def test_a_phrase_is_as_wide_as_it_is_said() -> None:
    phrase = Phrase("Move", lambda: "Verschieben")
    assert cell_width(phrase) == 11
    assert clusters(phrase)[0] == ("V", 1) and len(clusters(phrase)) == 11
    assert fit(phrase, 6) == "Versc…"
    assert fit(phrase, 12) == "Verschieben "
