"""Bars, columns and tables are as wide as they should be, and can be drawn in ASCII."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeboard.domain.metrics import Metric, Unit
from pipeboard.domain.metrics.report import MetricChange
from pipeboard.domain.metrics.result import missing
from pipeboard.domain.metrics.wording import Wording
from pipeboard.ui.draw.charts import (
    ChartStyle,
    Pillar,
    TableRow,
    bar,
    change_of,
    ground,
    pillars,
    sample,
    sparkline,
    stacked,
    table,
)
from pipeboard.ui.draw.line import Glyphs, spelled, text_of, width_of
from pipeboard.ui.terminal.width import cell_width

shares = st.fractions(0, 1)
glyphs = st.sampled_from(Glyphs)


@pytest.mark.parametrize(
    ("share", "drawn"),
    [(Fraction(0), ""), (Fraction(1, 2), "████"), (Fraction(5, 16), "██▌"), (Fraction(1), "█" * 8)],
)
def test_a_bar_is_drawn_in_eighths(share: Fraction, drawn: str) -> None:
    assert text_of(bar(share, 8, Glyphs.UNICODE)) == drawn.ljust(8)


def test_a_bar_in_ascii_has_whole_cells() -> None:
    assert text_of(bar(Fraction(5, 16), 8, Glyphs.ASCII)) == "###     "


@given(shares, st.integers(1, 60), glyphs)
def test_a_bar_fills_its_width_and_shows_what_is_not_nothing(
    share: Fraction, width: int, signs: Glyphs
) -> None:
    drawn = text_of(bar(share, width, signs))
    assert cell_width(drawn) == width
    assert bool(drawn.strip()) is bool(share)


@given(shares, shares, st.integers(1, 60), glyphs)
def test_a_stacked_bar_has_its_full_part_in_front(
    one: Fraction, other: Fraction, width: int, signs: Glyphs
) -> None:
    full, whole = sorted((one, other))
    drawn = text_of(stacked(full, whole, width, signs))
    sign, rest = "█░" if signs is Glyphs.UNICODE else "#="
    assert len(drawn) == width
    assert drawn.rstrip() == sign * drawn.count(sign) + rest * drawn.count(rest)
    assert bool(drawn.strip()) is bool(whole)


def test_a_sparkline_has_a_cell_for_each_value() -> None:
    assert sparkline([0, 1, 4, 8], Glyphs.UNICODE) == " ▁▄█"
    assert sparkline([0, 1, 4, 8], Glyphs.ASCII) == " .=#"
    assert sparkline([0, 0], Glyphs.UNICODE) == "  "


@given(st.lists(st.fractions(0, 1_000), max_size=13), st.integers(20, 80), glyphs)
def test_columns_over_time_keep_to_their_width_and_height(
    values: list[Fraction], width: int, signs: Glyphs
) -> None:
    shown = [Pillar(f"W{place}", value) for place, value in enumerate(values)]
    lines = pillars(shown, width, 5, "€40k", signs)
    assert len(lines) == 7
    assert all(width_of(line) <= width for line in lines)
    if signs is Glyphs.ASCII:
        rows = [text_of(spelled(line, signs)) for line in lines]
        assert all(row.replace("€", "").isascii() for row in rows)


def test_the_largest_column_reaches_the_top_and_the_others_their_share() -> None:
    lines = pillars(
        [Pillar("a", Fraction(4)), Pillar("b", Fraction(2))], 20, 4, "4", Glyphs.UNICODE
    )
    assert [text_of(line) for line in lines[:4]] == [
        "4┤███     ",
        " │███     ",
        " │███ ███ ",
        " │███ ███ ",
    ]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        (Metric(5, Unit.COUNT, n=5), ""),
        (Metric(500, Unit.MINOR, n=3), ""),
        (Metric(Fraction(3), Unit.DAYS, n=3), " (n=3)"),
        (missing(Unit.MINOR, "no rate"), ""),
        (
            Metric(500, Unit.MINOR, n=3, excluded={"no value": 2, "no rate": 1}),
            " (2 left out: no value; 1 left out: no rate)",
        ),
        (
            Metric(Fraction(1, 2), Unit.RATIO, n=4, low=0.15, high=0.85),
            " (n=4; 15% to 85%)",
        ),
        (
            Metric(
                Fraction(1, 2),
                Unit.RATIO,
                n=40,
                pending=2,
                bounds=(Fraction(1, 2), Fraction(11, 20)),
            ),
            " (n=40; 2 undecided)",
        ),
        (
            Metric(
                Fraction(1, 2), Unit.RATIO, n=4, pending=1, bounds=(Fraction(1, 2), Fraction(3, 4))
            ),
            " (n=4; not decided yet: between 50% and 75%)",
        ),
    ],
)
def test_a_number_says_what_it_rests_on(metric: Metric, said: str) -> None:
    assert ground(metric) == said


@pytest.mark.parametrize(
    ("metric", "beside"),
    [
        (Metric(Fraction(3), Unit.DAYS, n=3), " n=3"),
        (Metric(Fraction(3), Unit.DAYS, n=40), ""),
        (missing(Unit.MINOR, "no rate"), ""),
        # What is not decided yet says more than how few are.
        (Metric(Fraction(1, 2), Unit.RATIO, n=4, pending=6,
                bounds=(Fraction(1, 4), Fraction(3, 4))), " 6 open"),
    ],
)  # fmt: skip
def test_what_rests_on_few_deals_says_so_beside_it(metric: Metric, beside: str) -> None:
    assert text_of(sample(metric)) == beside


@pytest.mark.parametrize(
    ("unit", "by", "is_better", "said", "role"),
    [
        (Unit.COUNT, (Fraction(12), Fraction(3, 25)), True, " ▲ 12%", "chart.good"),
        (Unit.COUNT, (Fraction(12), Fraction(3, 25)), False, " ▲ 12%", "chart.bad"),
        (Unit.COUNT, (Fraction(-12), Fraction(-3, 25)), True, " ▼ 12%", "chart.good"),
        (Unit.COUNT, (Fraction(-12), Fraction(-3, 25)), False, " ▼ 12%", "chart.bad"),
        (Unit.COUNT, (Fraction(12), Fraction(3, 25)), None, " ▲ 12%", "text.dim"),
        (Unit.COUNT, (Fraction(0), Fraction(0)), None, "", ""),
        (Unit.COUNT, (None, None), None, "", ""),
        # Of nothing there is no share; of a share it would be taken for the difference.
        (Unit.COUNT, (Fraction(12), None), True, " ▲ 12", "chart.good"),
        (Unit.RATIO, (Fraction(1, 50), Fraction(1, 25)), True, " ▲ 2 pt", "chart.good"),
    ],
)
def test_a_change_is_green_where_it_is_good(
    unit: Unit,
    by: tuple[Fraction | None, Fraction | None],
    is_better: bool | None,
    said: str,
    role: str,
) -> None:
    change = MetricChange(Metric(1, unit), Metric(1, unit), *by, is_better)
    drawn = change_of(change, ChartStyle(80, Wording("EUR")))
    assert (text_of(drawn), "".join(role for _, role in drawn)) == (said, role)


def test_where_there_is_no_room_for_all_columns_the_last_are_shown() -> None:
    shown = [Pillar(f"{place}", Fraction(place), place == 30) for place in range(31)]
    lines = pillars(shown, 13, 1, "30", Glyphs.UNICODE)
    assert [width_of(line) for line in lines[:2]] == [13, 13]
    assert text_of(lines[0]) == "30┤▆▆▆▆▇▇▇▇██"
    # The one that still grows is paler.
    assert [role for _, role in lines[0][2:]] == ["chart.full"] * 9 + ["chart.rest"]
    assert text_of(lines[2]).split() == ["21", "24", "27"]


def test_a_label_that_does_not_fit_under_its_column_is_left_out() -> None:
    shown = [Pillar("Jan", Fraction(1)), Pillar("Feb", Fraction(1)), Pillar("March", Fraction(1))]
    assert text_of(pillars(shown, 20, 1, "1", Glyphs.UNICODE)[-1]).split() == ["Jan", "Feb"]


def test_where_there_is_no_room_for_all_cells_the_last_ones_go() -> None:
    every = ("first", "second", "third")
    wide = table(every, [rows("Lead", "1", "22", "333")], 60, Glyphs.ASCII)
    assert text_of(wide.heads).split() == ["first", "second", "third"]
    low = table(every, [rows("Lead", "1", "22", "333")], 26, Glyphs.ASCII)
    assert text_of(low.heads).split() == ["first", "second"]
    assert text_of(low.rows[0]).split()[-2:] == ["1", "22"]


def rows(name: str, *cells: str) -> TableRow:
    return TableRow(name, [(cell, "text") for cell in cells], full=Fraction(1, 2))


def test_cells_stand_under_their_heads_at_the_right() -> None:
    drawn = table(
        ("n", "value"), [rows("Lead", "12", "€1k"), rows("Won", "3", "€40k")], 40, Glyphs.ASCII
    )
    assert text_of(drawn.heads).endswith(" n  value")
    assert [text_of(row)[-11:] for row in drawn.rows] == ["  12    €1k", "   3   €40k"]


BARS = [(None, None), (Fraction(0), None), (Fraction(1, 2), None), (Fraction(1, 3), Fraction(1))]
"""Of a row: how far its bar is painted and how long it is, where it has one."""


@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.text("0123456789€%", max_size=8), st.sampled_from(BARS)),
        max_size=5,
    ),
    st.integers(12, 90),
    glyphs,
)
def test_a_table_fits_any_width_and_its_cells_stand_under_their_heads(
    given_rows: list[tuple[str, str, tuple[Fraction | None, Fraction | None]]],
    width: int,
    signs: Glyphs,
) -> None:
    drawn = table(
        ("value", "n"),
        [
            replace(rows(name, cell, "1"), full=full, whole=whole)
            for name, cell, (full, whole) in given_rows
        ],
        width,
        signs,
    )
    wide = drawn.room + width_of(drawn.heads)
    assert wide <= width
    assert {width_of(row) for row in drawn.rows} <= {wide}


@pytest.mark.parametrize(
    ("width", "drawn"),
    [(19, "Negotiati…  ##    1"), (18, "Negotiation an…  1"), (14, "Negotiatio…  1")],
)
def test_where_there_is_no_room_for_a_bar_the_name_has_it(width: int, drawn: str) -> None:
    (row,) = table(("n",), [rows("Negotiation and legal", "1")], width, Glyphs.ASCII).rows
    assert text_of(row) == drawn
