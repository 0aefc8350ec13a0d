"""One HTML page that needs nothing else: no script, no file, no line to the net.

What it is made of: headings, sentences, figures and tables with bars. A chart here is a table whose
bars stand beside their numbers, so that it is read aloud, printed and copied as what it says, and
fits a phone. All text that goes in is escaped here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from html import escape

from pipeboard.domain.lazy_dataclass import dataclass
from pipeboard.domain.locales import written
from pipeboard.domain.metrics import METRICS, Report, compare
from pipeboard.domain.metrics.report import footnote, headline
from pipeboard.domain.metrics.result import Metric, Number
from pipeboard.domain.metrics.wording import Wording
from pipeboard.exchange.metrics_document import readings
from pipeboard.exchange.metrics_tables import Figure, FigureTable, Value, words_of

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
_LONGEST = 1_000
_SHORT = 12
"""Characters of a remark that need no room of their own."""


@dataclass(frozen=True, slots=True)
class PageRow:
    """A row of a table: what it is, its cells, and how long its bar is (None: it has none).

    A bar that has `gone` is of another colour: what is lost or taken off.
    """

    name: str
    cells: Sequence[str]
    bar: Number | None = None
    gone: bool = False


def page(title: str, parts: Iterable[str]) -> Iterator[str]:
    """The whole page; each part is the HTML of one of the functions below."""
    named = escape(title)
    yield f"{_HEAD}<title>{named}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
    yield f"<h1>{named}</h1>\n"
    yield from parts
    yield "</main>\n</body>\n</html>\n"


def sentence(text: str, *, dim: bool = False) -> str:
    """A paragraph."""
    return f"<p{' class=dim' if dim else ''}>{escape(text)}</p>\n"


def sentences(texts: Iterable[str]) -> str:
    """A list of what is to be said."""
    return points(("", text, ()) for text in texts)


def points(found: Iterable[tuple[str, str, Sequence[str]]], *, numbered: bool = False) -> str:
    """A list: of each point what goes before it in bold, its text, and what stands under it."""
    kind = "ol" if numbered else "ul"
    items = (
        f"<li>{f'<b>{escape(strong)}</b>' if strong else ''}{escape(text)}"
        f"{sentences(under) if under else ''}</li>\n"
        for strong, text, under in found
    )
    return f"<{kind}>\n{''.join(items)}</{kind}>\n"


def section_of(title: str, parts: Iterable[str]) -> str:
    """A section of the page under its heading."""
    return f"<section>\n<h2>{escape(title)}</h2>\n{''.join(parts)}</section>\n"


def figures(found: Iterable[tuple[str, str, str]]) -> str:
    """Numbers to be seen first: what each is, its value, and a remark or ""."""
    boxes = (
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}"
        f"{f'<small>{escape(remark)}</small>' if remark else ''}</dd></div>\n"
        for name, value, remark in found
    )
    return f"<dl>\n{''.join(boxes)}</dl>\n"


def table(title: str, heads: Sequence[str], rows: Sequence[PageRow], note: str = "") -> str:
    """A table, and a column of bars where its rows have any; the title is what it is called."""
    longest = max((abs(Fraction(row.bar)) for row in rows if row.bar is not None), default=None)
    has_bars = bool(longest)
    caption = f"<caption>{escape(note)}</caption>" if note else ""
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    bars = '<td class="bar"></td>' if has_bars else ""
    whole = "\n".join(
        f'<tr><th scope="row">{escape(row.name)}</th>'
        + (f'<td class="bar">{_bar(row, longest or Fraction(1))}</td>' if has_bars else "")
        + "".join(map(_cell, row.cells))
        + "</tr>"
        for row in rows
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


# The numbers of a pipeline as one HTML page, for whoever has no terminal.

FIRST = (
    "won_value", "attainment", "forecast_weighted", "forecast_commit", "open_value", "coverage",
    "win_rate", "cycle_days_median",
)  # fmt: skip
"""The numbers that a page begins with."""
_BARS = {
    "stages": "open_value",
    "ages": "value",
    "forecast_months": "weighted_value",
    "lead_velocity": "qualified",
    "won_weeks": "won_value",
    "waterfall": "value",
    "forecast_history": "came",
    "backtest": "came",
    "call": "came",
    "loss_reasons": "count",
    "competitors": "count",
    "touches": "total",
    "adherence": "rate",
    "groups": "won_value",
}
"""By the names of tables and of their columns, what the bars show; others have none."""
_GONE = frozenset(("loss_reasons", "competitors"))


def metrics_page(
    report: Report,
    found: Iterable[FigureTable],
    before: Report | None = None,
    filter_text: str = "",
    owner: str | None = None,
) -> Iterator[str]:
    """What the numbers are of and say in sentences, the first of them large, then all tables."""
    return page(headline(report, filter_text, owner), _parts(report, found, before))


def _parts(report: Report, found: Iterable[FigureTable], before: Report | None) -> Iterator[str]:
    say = Wording(report.basis.rules.currency, manner=written())
    yield figures(_first(report, before, say))
    yield sentences(text for text in readings(report).values() if text)
    tables = list(found)
    # All numbers by name are for looking up: what shows a picture comes first.
    for one in sorted(tables, key=lambda one: one.name == "metrics"):
        yield _table(one, say)
    yield sentence(footnote(report), dim=True)


def _first(report: Report, before: Report | None, say: Wording) -> Iterator[tuple[str, str, str]]:
    changes = compare(report, before) if before is not None else {}
    for name in FIRST:
        metric = report.metric(name)
        remark = metric.reason or "" if metric.value is None else ""
        if before is not None and name in changes and changes[name].difference is not None:
            then = say.number(changes[name].then)
            remark = f"{before.basis.period.label}: {then}"
        yield METRICS[name].label, say.number(metric), remark


def _table(found: FigureTable, say: Wording) -> str:
    column = _BARS.get(found.name)
    at = found.columns.index(column) if column in found.columns else None
    rows = [
        PageRow(
            (found.keys or {}).get(key, key),
            [words_of(value, say) for value in values],
            None if at is None else _length(values[at]),
            gone=found.name in _GONE or (at is not None and _goes(values[at])),
        )
        for key, values in found.rows
    ]
    note = "" if at is None else f"Bars: {found.heads[at]}."
    return section_of(found.title, [table(found.title, found.heads, rows, note)])


def _length(value: Value) -> Number | None:
    if isinstance(value, Metric | Figure):
        return value.value
    return value if isinstance(value, int) else None


def _goes(value: Value) -> bool:
    return isinstance(value, Figure) and value.goes
