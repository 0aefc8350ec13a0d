"""Sections of sentences, points and tables, as Markdown for a mail and as an HTML page.

The page needs nothing else: no script, no file, no line to the net. A chart here is a table whose
bars stand beside their numbers, so that it is read aloud, printed and copied as what it says, and
fits a phone. All text that goes in is escaped here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape
from typing import TypeAlias

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Report, compare
from pipeboard.domain.metrics.readings import unripe
from pipeboard.domain.metrics.report import footnote
from pipeboard.domain.metrics.result import Metric, Number
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.deal_text import escaped, markdown_table
from pipeboard.exchange.metrics_document import readings
from pipeboard.exchange.metrics_tables import (
    Figure,
    FigureTable,
    FullReport,
    NumberChange,
    Value,
    key_of,
    tables,
)

_STYLE = """
:root{color-scheme:light dark;--page:#fff;--ink:#1b1f24;--dim:#57606a;--line:#d0d7de;--bar:#0072b2;
--gone:#b34700;--rest:#eef1f4}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--ink:#e6edf3;--dim:#9da7b1;--line:#30363d;
--bar:#56b4e9;--gone:#e69f00;--rest:#1b222b}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--page);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;line-height:1.25;margin:.5rem 0}
h2{font-size:1.15rem;margin:2rem 0 .5rem}
p,li{max-width:45rem}.dim{color:var(--dim)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin:1rem 0}
dl div{border:1px solid var(--line);border-radius:.4rem;padding:.5rem .75rem}
dt{color:var(--dim);font-size:.85rem}dd{margin:0;font-size:1.25rem;font-weight:600}
dd small{display:block;font-weight:400;font-size:.8rem;color:var(--dim)}
.wide{overflow-x:auto}.wide:focus-visible{outline:2px solid var(--bar)}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--dim);padding:.25rem 0}
th,td{padding:.3rem .6rem .3rem 0;text-align:right;vertical-align:top;
border-bottom:1px solid var(--line);overflow-wrap:normal}
th{font-weight:600}thead th{color:var(--dim);font-weight:400;font-size:.85rem}
th:first-child,td.bar{text-align:left}td.bar{width:35%;min-width:5rem;padding-top:.65rem}
td small{display:block;font-size:.75rem;color:var(--dim)}td small.long{min-width:7rem}
svg{display:block;width:100%;height:.8rem}rect.rest{fill:var(--rest)}rect.full{fill:var(--bar)}
rect.gone{fill:var(--gone)}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--dim:#444;--line:#bbb;--bar:#0072b2;
--gone:#b34700;--rest:#eee}body{max-width:none;padding:0;font-size:9pt}.wide{overflow:visible}
section,tr,dl div{break-inside:avoid}rect{print-color-adjust:exact}}
"""
_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
"""
_BOXES = {None: "", True: "done: ", False: "open: "}
_LONGEST = 1_000
_SHORT = 12
"""Characters of a remark that need no room of their own."""


# What is to be read, whatever it is written as.


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of a table: what it is, its cells, and how long its bar is (None: it has none).

    A bar that has `gone` is of another colour: what is lost or taken off.
    """

    name: str
    cells: Sequence[str]
    bar: Number | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; the first column, of the names of its rows, has no head. `note` tells of its bars,
    which a page alone has."""

    heads: Sequence[str]
    rows: Sequence[PageRow]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a list: `strong` goes before the text, what belongs to it stands `under` it."""

    text: str
    strong: str = ""
    under: Sequence[str] = ()
    done: bool | None = None


Part: TypeAlias = str | Grid | list[Point]


@dataclass(frozen=True, slots=True)
class PageSection:
    """Sentences, lists of points and tables under a heading; what is empty is left out."""

    title: str
    parts: Iterable[Part]
    numbered: bool = False


def markdown(title: str, body: Iterable[Part | PageSection]) -> str:
    """All of it under one heading, as Markdown that reads well in a mail."""
    return "\n".join((f"# {escaped(title)}", *_markdown(body))) + "\n"


def _markdown(body: Iterable[Part | PageSection], *, numbered: bool = False) -> Iterator[str]:
    for part in body:
        if not part:
            continue
        yield ""
        if isinstance(part, str):
            yield escaped(part)
        elif isinstance(part, PageSection):
            yield f"## {escaped(part.title)}"
            yield from _markdown(part.parts, numbered=part.numbered)
        elif isinstance(part, Grid):
            yield from markdown_table(part.heads, ((row.name, *row.cells) for row in part.rows))
        else:
            for place, point in enumerate(part, 1):
                sign = f"{place}." if numbered else "-"
                box = "" if point.done is None else "[x] " if point.done else "[ ] "
                strong = f"**{escaped(point.strong)}**" if point.strong else ""
                yield f"{sign} {box}{strong}{escaped(point.text)}"
                yield from (f"   - {escaped(line)}" for line in point.under)


def page(title: str, parts: Iterable[str]) -> Iterator[str]:
    """The whole page; each part is the HTML of one of the functions below."""
    named = escape(title)
    yield f"{_HEAD}<title>{named}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    yield f"<h1>{named}</h1>\n"
    yield from parts
    yield "</main>\n</body>\n</html>\n"


def html_of(part: Part | PageSection) -> str:
    """A section, or what stands under no heading."""
    if not isinstance(part, PageSection):
        return _part("", part)
    inside = (_part(part.title, one, numbered=part.numbered) for one in part.parts if one)
    return f"<section>\n<h2>{escape(part.title)}</h2>\n{''.join(inside)}</section>\n"


def _part(title: str, part: Part, *, numbered: bool = False) -> str:
    if isinstance(part, str):
        return sentence(part)
    return _table(title, part) if isinstance(part, Grid) else _points(part, numbered=numbered)


def sentence(text: str, *, dim: bool = False) -> str:
    """A paragraph."""
    return f"<p{' class=dim' if dim else ''}>{escape(text)}</p>\n"


def _points(found: Iterable[Point], *, numbered: bool = False) -> str:
    kind = "ol" if numbered else "ul"
    items = (
        f"<li>{f'<b>{escape(point.strong)}</b>' if point.strong else ''}"
        f"{_BOXES[point.done]}{escape(point.text)}"
        f"{_points(map(Point, point.under)) if point.under else ''}</li>\n"
        for point in found
    )
    return f"<{kind}>\n{''.join(items)}</{kind}>\n"


def figures(found: Iterable[tuple[str, str, str]]) -> str:
    """Numbers to be seen first: what each is, its value, and a remark or ""."""
    boxes = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}"
        f"{f'<small>{escape(remark)}</small>' if remark else ''}</dd></div>\n"
        for name, value, remark in found
    )
    return f"<dl>\n{''.join(boxes)}</dl>\n"


def _table(title: str, grid: Grid) -> str:
    """A table, and a column of bars where its rows have any; the title is what it is called."""
    lengths = (abs(Fraction(row.bar)) for row in grid.rows if row.bar is not None)
    longest = max(lengths, default=Fraction(0))
    has_bars = bool(longest)
    caption = f"<caption>{escape(grid.note)}</caption>" if grid.note else ""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in grid.heads)
    bars = '<td class="bar"></td>' if has_bars else ""
    whole = "\n".join(
        f'<tr><th scope="row">{escape(row.name)}</th>'
        + (f'<td class="bar">{_bar(row, longest)}</td>' if has_bars else "")
        + "".join(map(_cell, row.cells))
        + "</tr>"
        for row in grid.rows
    )
    return (
        f'<div class="wide" role="region" aria-label="{escape(title)}" tabindex="0">\n'
        f"<table>{caption}\n<thead><tr><td></td>{bars}{head}</tr></thead>\n"
        f"<tbody>\n{whole}\n</tbody></table>\n</div>\n"
    )


def _cell(text: str) -> str:
    """A value, and in small what is said of it between brackets."""
    value, bracket, remark = text.removesuffix(")").partition(" (")
    if not bracket:
        return f"<td>{escape(text)}</td>"
    kind = ' class="long"' if len(remark) > _SHORT else ""
    return f"<td>{escape(value)}<small{kind}>{escape(remark)}</small></td>"


def _bar(row: PageRow, longest: Fraction) -> str:
    """A bar as long as its number; whoever cannot see it hears the number beside it."""
    if row.bar is None:
        return ""
    length = round(abs(Fraction(row.bar)) / longest * _LONGEST)
    kind = "gone" if row.gone or row.bar < 0 else "full"
    return (
        f'<svg viewBox="0 0 {_LONGEST} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="{_LONGEST}" height="10"/>'
        f'<rect class="{kind}" width="{length}" height="10"/></svg>'
    )


# The numbers of a pipeline, for whoever has no terminal.

FIRST = (
    "won_value", "attainment", "forecast_weighted", "forecast_commit", "open_value", "coverage",
    "win_rate", "cycle_days_median",
)  # fmt: skip
"""The numbers that a page begins with."""


def metrics_markdown(told: FullReport) -> str:
    """What the numbers are of and say in sentences, then the tables."""
    return markdown(told.headline, [footnote(told.report), _said(told.report), *_sections(told)])


def metrics_page(told: FullReport) -> Iterator[str]:
    """What the numbers are of and say in sentences, the first of them large, then all tables."""
    # All numbers by name are for looking up: what shows a picture comes first.
    numbers, *others = map(html_of, _sections(told))
    parts = (figures(_first(told)), html_of(_said(told.report)), *others, numbers)
    return page(told.headline, (*parts, sentence(footnote(told.report), dim=True)))


def _wording(report: Report) -> Wording:
    return Wording(report.basis.rules.currency, manner=written())


def _sections(told: FullReport) -> Iterator[PageSection]:
    say = _wording(told.report)
    return (_section(one, say) for one in tables(told))


def _said(report: Report) -> list[Point]:
    return [Point(text) for text in readings(report, _wording(report)).values() if text]


def _first(told: FullReport) -> Iterator[tuple[str, str, str]]:
    report, before, say = told.report, told.before, _wording(told.report)
    changes = compare(report, before) if before is not None else {}
    for name in FIRST:
        metric = report.metric(name)
        remark = metric.reason or "" if metric.value is None else ""
        if before is not None and name in changes and changes[name].difference is not None:
            then = say.number(changes[name].then)
            remark = f"{before.basis.period.label}: {then}"
        yield METRICS[name].label, say.number(metric), remark


def _section(found: FigureTable, say: Wording) -> PageSection:
    rows = [
        PageRow(
            found.keys.get(key_of(row), key_of(row)),
            [words_of(row[name], say) for name in found.columns],
            _length(row.get(found.bar)),
            gone=found.goes or _goes(row.get(found.bar)),
        )
        for row in found.rows
    ]
    note = f"Bars: {found.columns[found.bar]}." if found.bar in found.columns else ""
    return PageSection(found.title, [Grid(tuple(found.columns.values()), rows, note)])


def words_of(value: Value, say: Wording) -> str:
    """A value as people read it, with what it is worth where it rests on little."""
    if isinstance(value, Metric):
        said = [f"n={say.count(value.n)}"] if value.value is not None and value.is_low else []
        said += filter(None, [unripe(value, say.percent)])
        return say.explained(value) + (f" ({'; '.join(said)})" if said else "")
    if isinstance(value, NumberChange):
        if not value.value:
            return "" if value.value is None else "0"
        return f"{'+' if value.value > 0 else '-'}{say.change(value.value, value.unit)}"
    if isinstance(value, Figure):
        minus = "-" if value.goes and value.value else ""
        return minus + say.number(Metric(value.value, value.unit))
    if isinstance(value, int):
        return say.count(value)
    return "" if value is None else str(value)


def _length(value: Value) -> Number | None:
    if isinstance(value, Metric | Figure):
        return value.value
    return value if isinstance(value, int) else None


def _goes(value: Value) -> bool:
    return isinstance(value, Figure) and value.goes
