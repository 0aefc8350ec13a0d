"""Pages for a browser: nothing gets in that is not text, and they fit a phone, a tablet, a desk."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pipeboard.cli.main import main
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.metrics.names import METRICS
from pipeboard.domain.metrics.result import Metric, Unit
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.metrics_document import (
    CSV_COLUMNS,
    _cells,
    amount,
    listed,
    metric_document,
)
from pipeboard.exchange.metrics_tables import Figure, FigureTable, NumberChange, Value, number
from pipeboard.exchange.page import (
    FIRST,
    Grid,
    PageRow,
    PageSection,
    Point,
    _first,
    _section,
    figures,
    html_of,
    markdown,
    page,
    sentence,
    words_of,
)

HOSTILE = '<script>alert(1)</script> & "x" \' <img src=x onerror=y>'
WIDTHS = (360, 820, 1280)
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)


def _hostile_page() -> str:
    rows = [PageRow(HOSTILE, (HOSTILE, "1"), 3), PageRow("b", ("2", f"7 ({HOSTILE})"), -1)]
    parts = (
        sentence(HOSTILE),
        figures([(HOSTILE, HOSTILE, HOSTILE)]),
        html_of([Point(HOSTILE, HOSTILE, (HOSTILE,))]),
        html_of(PageSection(HOSTILE, [Grid((HOSTILE, "n"), rows, HOSTILE)])),
    )
    return "".join(page(HOSTILE, parts))


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        self.attributes |= {name for name, _ in attributes}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def _tags(text: str) -> _Tags:
    found = _Tags()
    found.feed(text)
    return found


def test_text_never_becomes_markup() -> None:
    found = _tags(_hostile_page())
    assert not found.open
    assert not found.seen & {"script", "img", "link", "iframe", "a", "form"}
    assert not {name for name in found.attributes if name.startswith("on")} | (
        found.attributes & {"src", "href", "style"}
    )
    assert html.escape(HOSTILE) in _hostile_page()


def test_a_page_asks_nobody_for_anything() -> None:
    text = _hostile_page()
    assert "default-src 'none'" in text
    assert "url(" not in text and "@import" not in text


def test_a_bar_says_nothing_that_its_row_does_not_say() -> None:
    rows = [PageRow("Lead", ("€4",), 4), PageRow("Won", ("€0",), 0)]
    text = html_of(PageSection("Stages", [Grid(("open",), rows)]))
    bars = re.findall(r"<svg[^>]*>", text)
    assert len(bars) == 2
    assert all('aria-hidden="true"' in bar for bar in bars)
    assert re.findall(r'class="full" width="(\d+)"', text) == ["1000", "0"]


def _luminance(colour: str) -> float:
    whole = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(whole[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    r, g, b = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("place", [0, 1, 2], ids=["light", "dark", "printed"])
def test_text_stands_out_of_the_page_and_so_do_bars(place: int) -> None:
    root = re.findall(r":root\{(.*?)\}", _hostile_page(), re.DOTALL)[place]
    found = {n: _luminance(c) for n, c in re.findall(r"--(\w+):#([0-9a-f]+)", root)}

    def contrast(one: str, other: str) -> float:
        high, low = sorted((found[one], found[other]), reverse=True)
        return (high + 0.05) / (low + 0.05)

    assert min(contrast("ink", "page"), contrast("dim", "page")) >= 4.5
    assert min(contrast("bar", "page"), contrast("gone", "page")) >= 3


# As a browser lays it out.

_HARNESS = """<!doctype html><body>{frames}<pre id="found"></pre><script>
addEventListener("load", () => {{
  const found = {{}};
  for (const frame of document.querySelectorAll("iframe")) {{
    const page = frame.contentDocument, root = page.documentElement;
    const boxes = (s) => [...page.querySelectorAll(s)].map((e) => {{
      const b = e.getBoundingClientRect();
      return [b.left, b.top, b.right, b.bottom];
    }});
    found[frame.width] = {{
      wide: root.scrollWidth,
      texts: boxes("h1, h2, p, li, dl div"),
      scrolled: boxes(".wide"),
      rows: [...page.querySelectorAll("tr")].map((row) => [...row.children].map((e) => {{
        const b = e.getBoundingClientRect();
        return [b.left, b.right];
      }})),
      bars: boxes("svg"),
      size: Math.min(...[...page.querySelectorAll("body *")].filter((e) => e.innerText).map(
        (e) => parseFloat(getComputedStyle(e).fontSize))),
    }};
  }}
  document.getElementById("found").textContent = JSON.stringify(found);
}});
</script>"""


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """What Chromium makes of the pages of a demo, by page and width."""
    if BROWSER is None:
        pytest.skip("NO BROWSER: the layout of pages is not looked at (apt-get install chromium)")
    folder = tmp_path_factory.mktemp("pages")
    found: dict[str, Any] = {}
    assert main(["demo", "--no-open", "--db", str(folder / "demo.db")]) == 0
    for name, line in {
        "metrics": ["metrics", "--html", "--compare", "--by", "owner"],
        "review": ["review", "--html"],
        "hostile": [],
    }.items():
        text = _hostile_page() if not line else _printed([*line, "--db", str(folder / "demo.db")])
        found[name] = _in_browser(text, folder / f"{name}.html")
    yield found


def _printed(line: list[str]) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pipeboard", *line], capture_output=True, text=True, check=True
    )
    return done.stdout


def _in_browser(text: str, file: Path) -> Any:
    frames = "".join(
        f'<iframe width="{width}" height="900" style="border:0" srcdoc="{html.escape(text)}">'
        "</iframe>"
        for width in WIDTHS
    )
    file.write_text(_HARNESS.format(frames=frames))
    assert BROWSER is not None
    flags = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={file}.profile")
    done = subprocess.run(
        [BROWSER, *flags, "--dump-dom", f"file://{file}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    said = re.search(r'<pre id="found">(.*?)</pre>', done.stdout, re.DOTALL)
    assert said and said[1], done.stderr
    return json.loads(html.unescape(said[1]))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["metrics", "review", "hostile"])
def test_a_page_fits_its_window(laid_out: Mapping[str, Any], name: str, width: int) -> None:
    found = laid_out[name][str(width)]
    assert found["wide"] <= width, "it scrolls sideways"
    for left, top, right, bottom in (*found["texts"], *found["scrolled"]):
        assert left >= 0 and right <= width and bottom > top
    for cells in found["rows"]:
        assert all(end <= begin + 0.5 for (_, end), (begin, _) in pairwise(cells))
    assert found["size"] >= 12
    assert found["bars"]
    assert all(
        right - left >= 50 and bottom - top >= 10 for left, top, right, bottom in found["bars"]
    )


SAY = Wording("EUR")
RIPENING = Metric(
    Fraction(1, 4), Unit.RATIO, n=3_000, pending=301, bounds=(Fraction(1, 4), Fraction(5, 12))
)
"""A share of which more than a tenth is not decided yet."""


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (Metric(Fraction(1, 4), Unit.RATIO, n=3), "25% (n=3)"),
        (Metric(Fraction(1, 4), Unit.RATIO, n=3_000), "25%"),
        (Metric(None, Unit.RATIO, n=0, reason="no deals"), "n/a (no deals)"),
        (RIPENING, "25% (not decided yet: between 25% and 42%)"),
        (replace(RIPENING, n=3, pending=1), "25% (n=3; not decided yet: between 25% and 42%)"),
        (replace(RIPENING, pending=300), "25%"),
        (NumberChange(Fraction(500), Unit.MINOR), "+€5"),
        (NumberChange(Fraction(-500), Unit.MINOR), "-€5"),
        (NumberChange(Fraction(0), Unit.MINOR), "0"),
        (NumberChange(None, Unit.MINOR), ""),
        (Figure(500), "€5"),
        (Figure(500, goes=True), "-€5"),
        (Figure(0, goes=True), "€0"),
        (Figure(None, goes=True), "n/a"),
        (7, "7"),
        (None, ""),
        ("x", "x"),
    ],
)
def test_a_value_is_said_with_what_it_is_worth(value: Any, said: str) -> None:
    assert words_of(value, SAY) == said


def test_bars_are_as_long_as_their_numbers_and_what_goes_is_of_another_colour() -> None:
    rows = [PageRow("a", (), 100), PageRow("b", (), -50), PageRow("c", (), 25, gone=True),
            PageRow("d", ())]  # fmt: skip
    shown = html_of(PageSection("t", [Grid((), rows)]))
    assert re.findall(r'class="(full|gone)" width="(\d+)"', shown) == [
        ("full", "1000"), ("gone", "500"), ("gone", "250"),
    ]  # fmt: skip
    assert '<td class="bar"></td></tr>' in shown.replace("\n", "")
    assert "svg" not in html_of(PageSection("t", [Grid((), [PageRow("a", ("1",))])]))


@pytest.mark.parametrize(
    ("value", "goes", "gone"),
    [
        (Figure(500), False, False),
        (Figure(500, goes=True), False, True),
        (Figure(500), True, True),
        (Metric(Fraction(5), Unit.COUNT), False, False),
        (Metric(Fraction(5), Unit.COUNT), True, True),
        (7, False, False),
        (7, True, True),
    ],
)
def test_a_bar_is_of_what_is_lost_where_its_table_or_its_number_goes(
    value: Value, goes: bool, gone: bool
) -> None:
    rows: list[Mapping[str, Value]] = [{"line": "won", "value": value}]
    table = FigureTable("t", "T", {"value": "amount"}, rows, "value", goes=goes)
    ((grid,), note) = (_section(table, SAY).parts, "Bars: amount.")
    assert isinstance(grid, Grid)
    assert [(row.name, row.gone, row.bar is None) for row in grid.rows] == [("won", gone, False)]
    assert grid.note == note


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("7", "<td>7</td>"),
        ("7 (n=3)", "<td>7<small>n=3</small></td>"),
        ("7 (123456789012)", "<td>7<small>123456789012</small></td>"),
        ("7 (1234567890123)", '<td>7<small class="long">1234567890123</small></td>'),
    ],
)
def test_what_is_said_of_a_value_is_small_and_has_room_where_it_is_long(
    text: str, cell: str
) -> None:
    assert cell in html_of(PageSection("t", [Grid(("x",), [PageRow("a", (text,))])]))


def test_no_text_is_markup_in_a_mail_wherever_it_stands() -> None:
    text, said = "a|*b*#<i>", "a\\|\\*b\\*\\#\\<i\\>"
    points = [Point(text, text, (text, text), done=True)]
    grid = Grid((text, text), [PageRow(text, (text, text))])
    found = markdown(text, [text, points, PageSection(text, [text, grid, points])])
    assert found.count(text) == 0
    # Heading; sentence, point; section's heading, sentence, table of two heads and a row; point.
    assert found.count(said) == 1 + (1 + 4) + 1 + (1 + 5 + 4)


def test_points_are_open_or_done_and_numbered_where_that_is_said() -> None:
    points = [Point("a", done=True), Point("b", done=False), Point("c", "C", ("d",))]
    section = PageSection("t", [points, "", []], numbered=True)
    assert markdown("T|", [section]) == (
        "# T\\|\n\n## t\n\n1. [x] a\n2. [ ] b\n3. **C**c\n   - d\n"
    )
    shown = html_of(section).replace("\n", "")
    assert "<ol><li>done: a</li><li>open: b</li><li><b>C</b>c<ul><li>d</li></ul></li></ol>" in shown
    assert html_of([Point("a")]).startswith("<ul>")


def test_a_page_begins_with_the_numbers_that_matter_and_is_no_find_for_engines() -> None:
    assert FIRST == (
        "won_value", "attainment", "forecast_weighted", "forecast_commit", "open_value",
        "coverage", "win_rate", "cycle_days_median",
    )  # fmt: skip
    head = "".join(page("T", []))
    assert '<meta name="robots" content="noindex">' in head and "default-src 'none'" in head


def _told(before: Mapping[str, Metric] | None, **now: Metric) -> Any:
    """What a page is told: numbers by name, all others unknown, and those of another period."""

    def report(label: str, metrics: Mapping[str, Metric]) -> Any:
        unknown = Metric(None, Unit.MINOR, reason="no deals")
        basis = SimpleNamespace(
            rules=SimpleNamespace(currency="EUR"), period=SimpleNamespace(label=label)
        )
        return SimpleNamespace(metric=lambda name: metrics.get(name, unknown), basis=basis)

    then = None if before is None else report("Q1 2026", before)
    return SimpleNamespace(report=report("Q2 2026", now), before=then)


@pytest.mark.parametrize(
    ("now", "before", "told"),
    [
        (500, None, ("€5", "")),
        (None, None, ("n/a", "no deals")),
        (500, 300, ("€5", "Q1 2026: €3")),
        (500, 500, ("€5", "Q1 2026: €5")),
        (500, "unknown", ("€5", "")),
        (None, 300, ("n/a", "no deals")),
    ],
)
def test_a_first_number_is_told_with_what_it_was_before_or_why_it_is_unknown(
    now: int | None, before: int | str | None, told: tuple[str, str]
) -> None:
    def metrics(value: int | str | None) -> dict[str, Metric]:
        if not isinstance(value, int):
            return {}
        return {"won_value": Metric(Fraction(value), Unit.MINOR)}

    found = _told(None if before is None else metrics(before), **metrics(now))
    (label, *first), *others = _first(found)
    assert (label, tuple(first)) == (METRICS["won_value"].label, told)
    assert {tuple(other) for _, *other in others} == {("n/a", "no deals")}


SHARE = Metric(
    Fraction(1, 4), Unit.RATIO, num=3, den=12, n=12, excluded={"no value": 2}, low=0.1, high=0.6,
    pending=2, bounds=(Fraction(1, 4), Fraction(5, 12)),
)  # fmt: skip


def test_a_number_as_json_and_csv_is_told_with_all_that_it_is_made_of() -> None:
    assert metric_document(SHARE) == {
        "value": 0.25, "unit": "ratio", "num": 3, "den": 12, "n": 12, "reason": None,
        "excluded": {"no value": 2}, "low": 0.1, "high": 0.6, "pending": 2,
        "bounds": [0.25, 5 / 12],
    }  # fmt: skip
    assert _cells(SHARE) == [
        "0.25", "ratio", "3", "12", "12", "0.1", "0.6", "2", "", "0.25", str(5 / 12),
        "no value: 2",
    ]  # fmt: skip
    plain = metric_document(Metric(None, Unit.MINOR, reason="no deals"))
    assert plain.keys() == {"value", "unit", "num", "den", "n", "reason", "excluded"}
    assert len(_cells(SHARE)) == len(_cells(Figure(5))) == len(_cells("x")) == len(CSV_COLUMNS) - 3
    assert _cells(NumberChange(Fraction(-1, 2), Unit.DAYS))[:2] == ["-0.5", "days"]
    assert (_cells(None)[0], _cells(7)[0]) == ("", "7")


def test_sums_and_counts_of_rows_are_whole_numbers_and_amounts_round_up_from_a_half() -> None:
    values: Mapping[str, Value] = {
        "a": Metric(Fraction(5, 2), Unit.MINOR), "b": SHARE, "c": Figure(Fraction(1, 2)),
        "d": NumberChange(None, Unit.MINOR), "e": "x",
    }  # fmt: skip
    (row,) = listed([values])
    assert (row["a"], row["c"], row["d"], row["e"]) == (3, 0.5, None, "x")
    assert row["b"] == metric_document(SHARE)
    assert [amount(one) for one in (None, Fraction(5, 2), Fraction(9, 4), 7)] == [None, 3, 2, 7]
    assert [number(one) for one in (None, Fraction(4, 2), Fraction(1, 4))] == [None, 2, 0.25]
