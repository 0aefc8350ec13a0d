from __future__ import annotations

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.values import (
    PercentColumn,
    read_basis_points,
    read_category,
    read_flag,
    text_of_html,
)


def percent(cell: str, *column: str) -> int:
    return PercentColumn(lambda: (cell, *column)).read(cell)


@pytest.mark.parametrize(
    ("cell", "points"),
    [("60", 6000), ("60%", 6000), ("60 %", 6000), ("12,5", 1250), ("0", 0), ("100", 10_000)],
)
def test_percentages_become_basis_points(cell: str, points: int) -> None:
    assert percent(cell) == points


def test_a_column_without_a_number_above_one_holds_fractions() -> None:
    assert percent("0.6", "1", "0.25") == 6000
    assert percent("1", "0.5") == 10_000
    assert percent("0.6", "40") == 60
    assert percent("0.6%", "1%") == 60


@pytest.mark.parametrize("cell", ["likely", "101", "-5", "6e1", "1000"])
def test_what_is_no_percentage_is_refused(cell: str) -> None:
    with pytest.raises(BadInput):
        percent(cell)


def test_basis_points_have_bounds() -> None:
    assert read_basis_points("6000") == 6000
    for cell in ("10001", "-1", "60%", "9" * 5000):
        with pytest.raises(BadInput):
            read_basis_points(cell)


def test_flags_are_read_in_the_words_of_exports() -> None:
    assert [read_flag(cell) for cell in ("TRUE", "Yes", "1", "Archived")] == [True] * 4
    assert [read_flag(cell) for cell in ("false", "No", "0", "Not archived")] == [False] * 4
    with pytest.raises(BadInput, match="'maybe'"):
        read_flag("maybe")


def test_forecast_categories_of_other_tools_have_ours() -> None:
    assert read_category("Best Case") == "best"
    assert read_category("Not forecasted") == "omitted"
    assert read_category("Closed won") is None


@pytest.mark.parametrize(
    "tag", ["p", "div", "ul", "ol", "table", "tr", *(f"h{n}" for n in range(1, 7))]
)
def test_each_block_of_a_note_in_html_is_a_line_of_its_own(tag: str) -> None:
    assert text_of_html(f"before<{tag}>in <b>it</b></{tag}>after") == "before\nin it\nafter"


@pytest.mark.parametrize("tag", ["script", "style", "head"])
def test_what_no_page_shows_is_no_part_of_a_note(tag: str) -> None:
    assert text_of_html(f"<p>a</p><{tag}>secret</{tag}>b") == "a\nb"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ('see <a href="https://a.example">us</a>', "see us (https://a.example)"),
        ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
        ("<p>Tom &amp; Jerry</p>", "Tom & Jerry"),
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("3 < 4 & 5 > 2", "3 < 4 & 5 > 2"),
        ("<me@firm.example>", "<me@firm.example>"),
        ("a & b;", "a & b;"),
        ("<b>a</b>\nb", "a b"),
    ],
)
def test_a_note_in_html_is_text_to_read(html: str, text: str) -> None:
    assert text_of_html(html) == text
