from __future__ import annotations

import pytest

from pipeboard.domain.errors import BadInput
from pipeboard.exchange.values import (
    PercentColumn,
    is_blank,
    is_flag,
    mapped,
    read_basis_points,
    read_category,
    read_count,
    read_flag,
    read_precision,
    text_of_html,
    unless_blank,
    with_plain_digits,
    without_marks,
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
    assert percent("1", "40") == 100
    assert percent("0.5", "50%") == 5_000
    assert percent("%50") == percent("% 50") == 5_000
    assert percent("0.125", "0.5") == 1_250
    assert percent("12.345") == 1_235


@pytest.mark.parametrize(
    ("cells", "points", "assumed", "has_parts", "small"),
    [
        (("60", "0"), (6_000, 0), "", False, ""),
        (("1", "0.5"), (10_000, 5_000), "1", True, ""),
        (("1", "0"), (10_000, 0), "1", False, ""),
        (("1", "1", "1"), (10_000, 10_000, 10_000), "1", False, ""),
        (("0.5%", "1"), (50, 10_000), "1", False, ""),
        (("1", "50%"), (10_000, 5_000), "1", False, ""),
        (("0.5", "40"), (50, 4_000), "", False, "0.5"),
        (("40", "0.5", "0.25"), (4_000, 50, 25), "", False, "0.5"),
        (("1", "40"), (100, 4_000), "", False, ""),
        (("1.5", "0.5"), (150, 50), "", False, "0.5"),
        (("1", "1.5"), (100, 150), "", False, ""),
    ],
)
def test_a_column_of_percentages_tells_what_it_was_taken_for(
    cells: tuple[str, ...], points: tuple[int, ...], assumed: str, has_parts: bool, small: str
) -> None:
    column = PercentColumn(lambda: cells)
    assert tuple(map(column.read, cells)) == points
    assert (column.assumed, column.has_parts, column.small) == (assumed, has_parts, small)


def test_a_column_of_percentages_is_gone_through_once() -> None:
    passes = []

    def cells() -> tuple[str, ...]:
        passes.append(1)
        return (" 0.5 ", "1", "")

    column = PercentColumn(cells)
    assert [column.read(cell) for cell in ("0", "60%", "1", "0.5", "1")] == [
        0, 6_000, 10_000, 5_000, 10_000,
    ]  # fmt: skip
    assert len(passes) == 1 and column.has_parts


@pytest.mark.parametrize("cell", ["likely", "101", "-5", "6e1", "1000", "100.01", "٦٠"])
def test_what_is_no_percentage_is_refused(cell: str) -> None:
    with pytest.raises(BadInput):
        percent(cell)


def test_basis_points_have_bounds() -> None:
    assert read_basis_points("6000") == 6000
    assert (read_basis_points("10000"), read_basis_points("0")) == (10_000, 0)
    for cell in ("10001", "-1", "60%", "9" * 5000, "٦٠", "²"):
        with pytest.raises(BadInput):
            read_basis_points(cell)


def test_how_exactly_an_instant_is_known_has_two_words() -> None:
    assert [read_precision(cell) for cell in ("day", " Unknown ")] == ["day", "unknown"]
    for cell in ("", "hour", "da"):
        with pytest.raises(BadInput, match="day or unknown"):
            read_precision(cell)


@pytest.mark.parametrize(
    ("cell", "count"),
    [("7", 7), ("-7", -7), ("0", 0), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("7.0", None),
     ("", None), ("٧", None), ("--7", None)],
)  # fmt: skip
def test_a_whole_number_of_our_own_files_is_one(cell: str, count: int | None) -> None:
    assert read_count(cell) == count


@pytest.mark.parametrize(
    ("cell", "is_one"), [("Yes", True), ("NO", True), ("0", True), ("perhaps", False), ("", False)]
)
def test_a_flag_is_a_word_for_yes_or_no(cell: str, is_one: bool) -> None:
    assert is_flag(cell) is is_one


def test_flags_are_read_in_the_words_of_exports() -> None:
    assert [read_flag(cell) for cell in ("TRUE", "Yes", "1", "Archived")] == [True] * 4
    assert [read_flag(cell) for cell in ("false", "No", "0", "Not archived")] == [False] * 4
    with pytest.raises(BadInput, match="'maybe'"):
        read_flag("maybe")


def test_forecast_categories_of_other_tools_have_ours() -> None:
    ours = {
        "omitted": ("Omitted", "Not forecasted"),
        "pipeline": ("Pipeline",),
        "best": ("best", "Best Case", "Most likely"),
        "commit": ("Commit",),
        None: ("Closed won", ""),
    }
    for category, words in ours.items():
        assert {read_category(word) for word in words} == {category}


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("١٢٬٣٤٥٫٦٧", "12,345.67"),
        ("٦٠٪", "60%"),
        ("６０％", "60%"),
        ("１，２３４．５", "1,234.5"),
        ("१२", "12"),
        ("12,5 €", "12,5 €"),
    ],
)
def test_numbers_are_read_in_the_digits_of_any_script(cell: str, plain: str) -> None:
    assert with_plain_digits(cell) == plain


BLANK = (
    "- -- --- – — n/a #n/a na n.a. null none nan nil (none) (null) (blank) (empty) #null! #ref! "
    "#value! #name? \\n undefined tbd tba tbc t.b.d. ? ?? ??? k.a. нет $- €- -€ £- #div/0! #num! "
    "#nv #n/d #bezug! #wert! #zahl! #valeur! #valor! #rif! #nombre? #nome? #nom? #error!"
)


@pytest.mark.parametrize(
    "cell",
    [*BLANK.split(), "(no value)", "à définir", "por definir", "da definire", "a definir",
     "nicht angegeben", "не указано", "$ -", "€ -", "- €", "£ -", ""],
)  # fmt: skip
def test_a_cell_may_say_that_there_is_no_value(cell: str) -> None:
    assert is_blank(cell) and is_blank(cell.upper())
    assert not is_blank(f"{cell}x")


@pytest.mark.parametrize(
    "cell", ["Unassigned", "(unassigned)", "Nobody", "Nicht zugewiesen", "未分配"]
)
def test_a_word_for_nobody_is_no_owner_and_a_name_elsewhere(cell: str) -> None:
    assert unless_blank(str, "owner")(cell) is None
    assert unless_blank(str, "stage")(cell) == cell
    assert unless_blank(str, "owner")(f"{cell} Ltd") == f"{cell} Ltd"


@pytest.mark.parametrize(("cell", "wanted"), [("yes", "read"), ("OLD", "new"), ("none", None)])
def test_a_word_is_read_as_what_the_person_says_it_is(cell: str, wanted: str | None) -> None:
    read = mapped(lambda word: "read" if word == "yes" else word, {"old": "new", "none": "=-"})
    assert read(cell) == wanted


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
        (
            '<a href="https://a.example">us</a> and <b>x</b><a>them</a>',
            "us (https://a.example) and xthem",
        ),
        (
            '<a href="https://a.example">us</a><a name="x">them</a></a>',
            "us (https://a.example)them",
        ),
        ("<p>a</p>\n\n<p> b </p>", "a\nb"),
        ("a < b <br> &lt;c&gt;", "a < b\n<c>"),
    ],
)
def test_a_note_in_html_is_text_to_read(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Fish</p>R&D", "Fish\nR&D"), ("<p>Fish</p> & chips", "Fish\n& chips"),
        ("<b>5</b> &lt; 6 &amp", "5 < 6 &"), ("a <b>b", "a b"), ("<p>a</p><p>b</p>", "a\nb"),
    ],
)  # fmt: skip
def test_the_last_of_a_note_is_kept_whatever_it_ends_with(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    "mark",
    [
        *"\u00ad\u061c\u200b\u200e\u200f\ufeff",
        *"\u202a\u202b\u202c\u202d\u202e",
        *"\u2060\u2061\u2062\u2063\u2064\u2065\u2066\u2067\u2068\u2069\u206a\u206f",
    ],
    ids=lambda mark: f"U+{ord(mark):04X}",
)
def test_what_nobody_sees_in_a_cell_is_no_part_of_it(mark: str) -> None:
    assert without_marks(f"{mark}12{mark}.5{mark}") == "12.5"


@pytest.mark.parametrize("seen", ["\u00a0", "\u2009", "\u200d", "\u2010", "\u202f", "\u2070"])
def test_what_is_seen_in_a_cell_or_joins_its_letters_stays(seen: str) -> None:
    assert without_marks(f"12{seen}5") == f"12{seen}5"


@pytest.mark.parametrize(
    ("cells", "small", "assumed"),
    [(("50", "1"), "", ""), (("50", "0.5"), "0.5", ""), (("0.5", "1"), "", "0.5"),
     (("50", "0"), "", ""), (("50%", "0.5"), "", "0.5"), (("50", "1.5"), "", "")],
)  # fmt: skip
def test_a_part_of_one_among_percentages_is_told(
    cells: tuple[str, ...], small: str, assumed: str
) -> None:
    column = PercentColumn(lambda: cells)
    for cell in cells:
        column.read(cell)
    assert (column.small, column.assumed) == (small, assumed)
