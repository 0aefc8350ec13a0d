"""What a report says as JSON, as CSV and on a page: of a whole year, and of a small pipeline."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import groupby, islice
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pipeboard.domain.dates import micros
from pipeboard.domain.json_data import Json
from pipeboard.domain.locales import write_as
from pipeboard.domain.metrics import Report, Target
from pipeboard.domain.metrics.folding import Fact
from pipeboard.domain.metrics.past_forecasts import Backtest
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.metrics.wording import Wording
from pipeboard.domain.money import Money, Rates
from pipeboard.exchange.metrics_document import (
    backtest_document,
    metrics_csv,
    metrics_document,
    readings,
)
from pipeboard.exchange.metrics_tables import Figure, FullReport, waterfall_table
from pipeboard.exchange.page import metrics_markdown, metrics_page
from tests.domain.metrics.log import LEAD, LOST, UTC_RULES, Log, at, period
from tests.domain.metrics.made_up import made_up_year
from tests.written import check_written


@pytest.mark.parametrize(("by_count", "of"), [(True, "wins"), (False, "value")])
def test_what_past_forecasts_were_off_by_is_named(by_count: bool, of: str) -> None:
    tested = Backtest([], {}, None, "too few", by_count)
    report = cast(Report, SimpleNamespace(backtest=tested))
    assert backtest_document(report) == {
        "believed": None, "reason": "too few", "errors": {}, "errors_of": of, "periods": [],
    }  # fmt: skip


@cache
def reports() -> dict[str, FullReport]:
    """A quarter beside the one before it, in groups and with what was forecast; and the same
    quarter where dollars have no rate."""
    log = made_up_year()
    for deal, day, category, rival in (
        (91, 200, "competitor", "Pike"), (92, 201, "competitor", "Pike"), (93, 202, "price", "Roe"),
    ):  # fmt: skip
        log.facts.append(
            Fact(deal, micros(at(100)), "created", LEAD, 70 + deal, "EUR", detail="bo")
        )
        lost = Fact(deal, micros(at(day)), "lost", LOST, detail=category, competitor=rival)
        log.facts.append(lost)
    targets = (
        Target("2026Q3", Money(2_000, "EUR")),
        Target("2026", Money(6_000, "EUR")),
        Target("2026Q3", Money(700, "EUR"), "ana"),
    )
    rates = Rates("EUR", {"USD": ((date(2026, 1, 1), Fraction(1, 2)),)})
    calls = {("2026Q2", "ana"): ((micros(at(95)), Money(900, "EUR")),)}
    rules = replace(UTC_RULES, rates=rates, targets=targets, calls=calls)
    report = Report(log.basis(250, period("2026Q3"), rules=rules))
    before = Report(log.basis(250, period("2026Q2"), rules=rules))
    groups = report.groups(by_owner(rules))
    whole = FullReport(report, "-won", "ana", before, groups, "owner", history=True)
    return {"whole": whole, "unrated": FullReport(Report(log.basis(250, period("2026Q3"))))}


def json_lines(told: FullReport) -> Iterator[str]:
    """What a document says, a line a field or a row; the first and the last of many."""
    for key, value in metrics_document(told).items():
        if key == "groups":
            assert isinstance(value, list)
            value = [{**group, "metrics": len(cast(dict[str, Json], group["metrics"]))}
                     for group in cast(list[dict[str, Json]], value)]  # fmt: skip
        if isinstance(value, dict):
            for part, one in [*value.items()][: 3 if key == "metrics" else None]:
                if part == "metrics":
                    one = _ends([list(pair) for pair in cast(dict[str, Json], one).items()])
                yield f"{key}.{part} {_text(one)}"
        elif isinstance(value, list):
            yield from (f"{key} {_text(one)}" for one in (*_ends(value), len(value)))
        else:
            yield f"{key} {_text(value)}"


def _ends(found: list[Json]) -> list[Json]:
    return found if len(found) < 6 else [*found[:3], *found[-2:]]


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, default=list)


def csv_lines(told: FullReport) -> Iterator[str]:
    """The lines of a report as CSV, of each row of a table that has many the first and the last."""
    lines = metrics_csv(told).splitlines()
    tables = [list(rows) for _, rows in groupby(lines, key=lambda line: line.partition(",")[0])]
    for rows in tables:
        yield from rows if len(rows) < 20 else [*rows[:16], *rows[-4:]]


def page_lines(told: FullReport) -> Iterator[str]:
    """The parts of a page in their order, of each table the heads and the first row."""
    page = "".join(metrics_page(told))
    for found in re.finditer(r"<(h1|h2|p|dt|dd|li)\b[^>]*>.*?</\1>|<t(?:head|body)>\s*<tr>.*?</tr>",
                             page[page.index("<body") :], re.S):  # fmt: skip
        yield found[0].replace("\n", "")


def text_lines(told: FullReport) -> Iterator[str]:
    """The lines of a report to be read, of each table the heads and the first row."""
    lines = metrics_markdown(told).splitlines()
    for is_table, found in groupby(lines, key=lambda line: line.startswith("|")):
        yield from filter(None, islice(found, 3 if is_table else None))


SHORT = ("by_currency", "stages", "won_weeks", "waterfall", "coverage", "loss_reasons")
"""What differs where an amount has no rate."""


def written_down() -> Iterator[str]:
    told, unrated = reports().values()
    yield from (f"json {line}" for line in json_lines(told))
    yield from (f"csv {line}" for line in csv_lines(told))
    yield from (f"page {line}" for line in page_lines(told))
    yield from (f"text {line}" for line in text_lines(told))
    lines = (line for line in json_lines(unrated) if line.startswith(SHORT))
    yield from (f"no rate: {line}" for line in lines)


def test_a_report_says_in_every_form_what_was_written_down() -> None:
    """What differs is read by scripts and people: `metrics.txt` says it too, then."""
    check_written(Path(__file__).with_name("metrics.txt"), written_down())


def test_pages_and_texts_are_written_as_people_write_and_what_scripts_read_is_not() -> None:
    told = reports()["whole"]
    plain = metrics_csv(told), metrics_document(told)
    write_as("de_DE")
    try:
        for text in (metrics_markdown(told), "".join(metrics_page(told))):
            assert "€0,16" in text and "€0.16" not in text
        assert (metrics_csv(told), metrics_document(told)) == plain
    finally:
        write_as(None)


def test_what_goes_in_a_ledger_is_taken_off_and_what_comes_is_not() -> None:
    flow = Waterfall(0, 1)
    for place, line in enumerate(flow.lines.values(), 1):
        line.amount = place
    table = waterfall_table(flow)
    found = {str(row["line"]): row["value"] for row in table.rows}
    assert {name: one.goes for name, one in found.items() if isinstance(one, Figure)} == {
        "start": False, "created": False, "reopened": False, "pulled_in": False,
        "transferred_in": False, "won_from_outside": False, "increased": False, "decreased": True,
        "pushed_out": True, "won": True, "lost": True, "removed": True, "transferred_out": True,
        "reopened_later": True, "end": False,
    }  # fmt: skip
    assert {name: words for name, words in table.keys.items() if "_" in name} == {
        "pulled_in": "pulled in", "transferred_in": "transferred in", "pushed_out": "pushed out",
        "won_from_outside": "won from outside", "transferred_out": "transferred out",
        "reopened_later": "reopened later",
    }  # fmt: skip
    flow.excluded["no rate"] = 1
    for line in flow.lines.values():
        line.amount = 0
    assert {one.value for row in waterfall_table(flow).rows
            if isinstance(one := row["value"], Figure)} == {None}  # fmt: skip


def test_what_says_nothing_is_no_point_of_a_page() -> None:
    log = Log()
    log.add(0)
    told = FullReport(Report(log.basis(9, period("2026Q1"))))
    every = readings(told.report, Wording(told.report.basis.rules.currency)).values()
    said = [text for text in every if text]
    assert len(said) < len(every)  # of the velocity there is nothing to say
    lines = metrics_markdown(told).splitlines()
    assert [line[2:] for line in lines if line.startswith("-")] == said
    assert "".join(metrics_page(told)).count("<li") == len(said)
