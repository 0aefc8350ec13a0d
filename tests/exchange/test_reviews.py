"""A review as it is kept is read whole: each part of its document is in the text and the page."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from html import unescape
from types import SimpleNamespace
from typing import cast

from pipeboard.domain.hygiene import Alike, Fault
from pipeboard.domain.lazy_dataclass import replace
from pipeboard.domain.locales import write_as
from pipeboard.domain.metrics import Unit
from pipeboard.domain.metrics.rules import by_owner
from pipeboard.domain.metrics.waterfall import Waterfall
from pipeboard.domain.notable import Notable
from pipeboard.domain.queue import Queued
from pipeboard.domain.review import (
    NUMBERS,
    NUMBERS_OF_REPS,
    NumberDocument,
    Objection,
    ReviewDocument,
    SalesTrap,
    Subject,
    TouchWeek,
    Variant,
    WeeklyReview,
)
from pipeboard.exchange.metrics_document import metric_document
from pipeboard.exchange.review_document import (
    review_document,
    review_markdown,
    review_page,
    whose_most,
)
from tests.domain.metrics.log import PIPELINE
from tests.exchange.test_metrics_document import reports
from tests.store.made_up import deal
from tests.team import NOW


def number(value: float | None, unit: str = "minor", reason: str | None = None) -> NumberDocument:
    return {"value": value, "unit": unit, "reason": reason}


NO_DEALS = number(None, reason="no deals")
UNITS = {"coverage": str(Unit.TIMES), "coverage_required": str(Unit.TIMES)}
FULL: ReviewDocument = {
    "pipeline": "Sales <EU>", "currency": "EUR", "zone": "Europe/Helsinki",
    "since": "2026-11-15T22:30:00+00:00", "at": "2026-11-22T22:30:00+00:00", "period": "2026Q4",
    "preflight": {
        "faults": {"owner": {"ana": 2, "": 1}, "value": {}, "source": {"bo": 4}},
        "duplicates": [{"keep": "D-1", "other": f"D-{n}", "why": f"why {n}"} for n in range(2, 9)],
        "dead": [f"D-{n}" for n in range(20, 32)],
        "names": {"D-1": "Lumen", "D-2": "Lumen Oy", "D-20": "Ox"},
    },
    "number": {name: number(place if name in UNITS else 100_000 * place, UNITS.get(name, "minor"))
               if name != "rose_tint"
               else number(None, reason="no won deals")
               for place, name in enumerate(NUMBERS, 1)},
    "readings": ["The first reading.", "", "The last reading."],
    "reps": [
        {"rep": "ana", "won_value": number(100_000), "forecast_commit": number(200_000),
         "forecast_weighted": number(300_000), "forecast_measured": number(400_000),
         "rose_tint": number(500_000)},
        {"rep": None, "won_value": NO_DEALS, "forecast_commit": NO_DEALS,
         "forecast_weighted": NO_DEALS, "forecast_measured": NO_DEALS, "rose_tint": NO_DEALS},
    ],
    "changes": {
        "start": {"deals": 0, "value": 0}, "created": {"deals": 3, "value": 30_000},
        "moved_in": {"deals": 0, "value": 0}, "won": {"deals": 1, "value": 10_000},
        "lost": {"deals": 2, "value": 0}, "end": {"deals": 4, "value": 20_000},
    },
    "exceptions": [{"ref": "D-4", "deal": "Acme", "by": "bo (for ana)", "what": "moved back"}],
    "discuss": [
        {"ref": "D-5", "deal": "Big", "title": "press", "owner": "ana", "value": 9_000_000,
         "risks": ["no next step", "stalled"], "agenda": ["What hurts?", "missing: value"]},
        {"ref": "D-6", "deal": "Small", "title": "saw", "owner": None, "value": 100,
         "risks": ["overdue"], "agenda": []},
    ],
    "flow": {
        "bottleneck": "Proposal", "hint": "Look at terms.", "lead_velocity": number(0.25, "ratio"),
        "new_value_a_week": 500_000, "needed_a_week": 700_000, "touches_on_new": 3, "touches": 12,
    },
    "trend": [{"week": "2026-11-09", "touches": 7, "replies": 2},
              {"week": "2026-11-16", "touches": 9, "replies": 0}],
    "objections": [{"objection": "price", "stages": {"Lead": 1, "Proposal": 2}}],
    "variants": [{"variant": "short", "deals": 6, "answered": 5, "closed": 4, "won": 3}],
    "decisions": [
        {"ref": "D-5", "deal": "Big", "owner": "bo", "text": "send it", "due": "2026-12-01",
         "done": False},
        {"ref": "D-6", "deal": "Small", "owner": "", "text": "drop | it", "due": None,
         "done": True},
    ],
}  # fmt: skip
BARE: ReviewDocument = {
    **FULL,
    "preflight": {"faults": {}, "duplicates": [], "dead": []},
    "readings": [], "reps": [], "exceptions": [], "discuss": [], "trend": [], "objections": [],
    "variants": [], "decisions": [],
    "changes": {"start": {"deals": 0, "value": 0}, "end": {"deals": 0, "value": 0}},
    "flow": {
        "bottleneck": None, "hint": None, "lead_velocity": number(None, "ratio", "no leads"),
        "new_value_a_week": 0, "needed_a_week": None, "touches_on_new": 0, "touches": 0,
    },
}  # fmt: skip

WHOLE = """\
# Review of Sales \\<EU\\>, Mon 23 Nov 2026

Since Mon 16 Nov 2026; the number is that of 2026Q4.

## Before we begin

- owner away or none: 3 (@ana 2, nobody 1)
- no source: 4 (@bo 4)
- D-2 Lumen Oy may be D-1 Lumen: why 2
- D-3 may be D-1 Lumen: why 3
- D-4 may be D-1 Lumen: why 4
- D-5 may be D-1 Lumen: why 5
- D-6 may be D-1 Lumen: why 6
- and 2 more pairs of deals that may be one
- 12 deals may be given up: D-20 Ox, D-21, D-22, D-23, D-24, D-25, D-26, D-27, D-28, D-29 and 2 more

## The number

| | now |
|---|---:|
| Target | €1k |
| Won | €2k |
| Commit | €3k |
| Best | €4k |
| Weighted | €5k |
| Measured | €6k |
| Coverage | 7.0x |
| Coverage needed | 8.0x |
| Rose tint | n/a (no won deals) |

- The first reading.
- The last reading.

| | won | commit | weighted | measured | rose tint |
|---|---:|---:|---:|---:|---:|
| @ana | €1k | €2k | €3k | €4k | €5k |
| nobody | n/a (no deals) | n/a (no deals) | n/a (no deals) | n/a (no deals) | n/a (no deals) |

## What changed since Mon 16 Nov 2026

| | deals | value |
|---|---:|---:|
| start | 0 | €0 |
| created | 3 | €300 |
| won | 1 | -€100 |
| lost | 2 | €0 |
| end | 4 | €200 |

- D-4 Acme: moved back (@bo (for ana))

## Deals to discuss

1. **D-5 Big**, €90k, @ana
   - at risk: no next step, stalled
   - What hurts?
   - missing: value
2. **D-6 Small**, €1
   - at risk: overdue

## Flow

- Bottleneck: Proposal: Look at terms.
- Qualified leads grow by 25%.
- New qualified value a week: €5k; the target needs €7k.
- 25% of 12 touches went to new deals.

## Touches and replies

| | touches | replies |
|---|---:|---:|
| 2026-11-09 | 7 | 2 |
| 2026-11-16 | 9 | 0 |

## Objections

- price: 3 (Lead 1, Proposal 2)

## Ways of asking

| | deals | answered | closed | won |
|---|---:|---:|---:|---:|
| short | 6 | 5 | 4 | 3 |

## Decided

- [ ] D-5 Big: send it (@bo by Tue 1 Dec 2026)
- [x] D-6 Small: drop \\| it (nobody)
"""
WITH_NOTHING = """\
# Review of Sales \\<EU\\>, Mon 23 Nov 2026

Since Mon 16 Nov 2026; the number is that of 2026Q4.

## Before we begin

The data is in order.

## The number

| | now |
|---|---:|
| Target | €1k |
| Won | €2k |
| Commit | €3k |
| Best | €4k |
| Weighted | €5k |
| Measured | €6k |
| Coverage | 7.0x |
| Coverage needed | 8.0x |
| Rose tint | n/a (no won deals) |

## What changed since Mon 16 Nov 2026

| | deals | value |
|---|---:|---:|
| start | 0 | €0 |
| end | 0 | €0 |

## Deals to discuss

No deal of value is at risk.

## Flow

- Bottleneck: none
- Qualified leads grow by n/a (no leads).
- New qualified value a week: €0; no target says what it takes.

## Touches and replies

| | touches | replies |
|---|---:|---:|

## Decided

Nothing was decided since then.
"""


def test_a_review_says_everything_of_its_document() -> None:
    assert review_markdown(FULL) == WHOLE
    assert review_markdown(BARE) == WITH_NOTHING


def plain(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_its_page_says_the_same_in_the_same_order() -> None:
    """What only one of the two has: who is open or done, and marks."""
    for document in (FULL, BARE):
        shown = "".join(review_page(document)).partition("<body>")[2] or "".join(
            review_page(document)
        )
        said = plain(unescape(re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", shown, flags=re.S)))
        for part in re.split(r"\n+", review_markdown(document)):
            words = [word for word in plain(part.replace("\\", "")) if word not in ("x", "1", "2")]
            assert all(word in said for word in words), part
    page = "".join(review_page(FULL))
    assert "open: D-5 Big: send it" in unescape(page)
    assert "done: D-6 Small: drop | it" in unescape(page)
    assert "<EU>" not in page


def test_one_rep_has_a_table_too_and_what_goes_has_bars_of_its_own() -> None:
    alone: ReviewDocument = {**FULL, "reps": FULL["reps"][:1]}
    assert "| @ana | €1k | €2k | €3k | €4k | €5k |" in review_markdown(alone)
    page = "".join(review_page(alone))
    bars = re.findall(r'class="(full|gone)" width="(\d+)"', page)
    assert ("gone", "333") in bars and ("full", "1000") in bars


def test_a_review_of_a_time_becomes_a_document_with_each_thing_in_its_place() -> None:
    report = reports()["whole"].report
    ana, nobody = (report.groups(by_owner(report.basis.rules))[rep] for rep in ("ana", None))
    big = deal(5, title="press", account="Big", owner="ana")
    queued = cast(Queued, SimpleNamespace(deal=big))
    review = WeeklyReview(
        PIPELINE, NOW - timedelta(days=7), NOW, report, {"ana": ana, None: nobody},
        {Fault("owner"): {"ana": 2, "": 1}, Fault("value"): {}},
        [Alike(1, 2, "same account", 90)], [20], report.waterfall,
        [Notable(4, "bo", "moved back")],
        [Subject(queued, Fraction(9_001, 2), ("stalled",), ("What hurts?",))],
        SalesTrap(Fraction(1_001, 2), Fraction(700), 3, 12),
        [TouchWeek(date(2026, 11, 9), 7, 2), TouchWeek(date(2026, 11, 16), 9, 0)],
        [FULL["decisions"][0]], [Objection("price", {1: 1, 3: 2})], [Variant("short", 6, 5, 4, 3)],
        {1: "Lumen", 2: "Lumen Oy", 4: "Acme", 5: "Big", 20: "Kiln"},
    )  # fmt: skip
    found = review_document(review)
    flow = report.waterfall.whole()
    lines = report.waterfall.lines
    assert found == {
        "pipeline": "Sales", "currency": "EUR", "zone": "UTC",
        "since": "2026-11-16T09:00:00+00:00", "at": "2026-11-23T09:00:00+00:00",
        "period": "2026Q3",
        "preflight": {
            "faults": {"owner": {"ana": 2, "": 1}, "value": {}},
            "duplicates": [{"keep": "D-1", "other": "D-2", "why": "same account"}],
            "dead": ["D-20"],
            "names": {"D-1": "Lumen", "D-2": "Lumen Oy", "D-20": "Kiln"},
        },
        "number": {name: metric_document(report.metric(name)) for name in NUMBERS},
        "readings": found["readings"],
        "reps": [
            {"rep": rep, **{name: metric_document(part.metric(name)) for name in NUMBERS_OF_REPS}}
            for rep, part in (("ana", ana), (None, nobody))
        ],
        "changes": {name: {"deals": len(lines[name].deals), "value": flow[name]} for name in lines},
        "exceptions": [{"ref": "D-4", "deal": "Acme", "by": "bo", "what": "moved back"}],
        "discuss": [{"ref": "D-5", "deal": big.name, "title": "press", "owner": "ana",
                     "value": 4_501, "risks": ["stalled"], "agenda": ["What hurts?"]}],
        "flow": {
            "bottleneck": "Negotiate", "hint": "Look at terms, and at who has to approve.",
            "lead_velocity": metric_document(report.metric("lead_velocity_rate")),
            "new_value_a_week": 501, "needed_a_week": 700, "touches_on_new": 3, "touches": 12,
        },
        "trend": [{"week": "2026-11-09", "touches": 7, "replies": 2},
                  {"week": "2026-11-16", "touches": 9, "replies": 0}],
        "objections": [{"objection": "price", "stages": {"Lead": 1, "Proposal": 2}}],
        "variants": [{"variant": "short", "deals": 6, "answered": 5, "closed": 4, "won": 3}],
        "decisions": [FULL["decisions"][0]],
    }  # fmt: skip
    assert [text.partition(" ")[0] for text in found["readings"]] == [
        "€8", "Negotiate", "In", "Most",
    ]  # fmt: skip
    assert found["number"]["won_value"]["value"] == 780
    assert found["changes"]["won"] == {"deals": 8, "value": 780}
    ownerless = replace(review, subjects=[Subject(
        cast(Queued, SimpleNamespace(deal=replace(big, owner=""))), 1, (), ())])  # fmt: skip
    assert review_document(ownerless)["discuss"][0]["owner"] is None
    untold = replace(review, changes=Waterfall(excluded={"no rate": 1}))
    assert {line["value"] for line in review_document(untold)["changes"].values()} == {None}


def test_a_review_is_written_as_people_write_and_bars_of_nothing_are_none() -> None:
    write_as("de_DE")
    try:
        assert "| Coverage | 7,0x |" in review_markdown(FULL)
    finally:
        write_as(None)


def test_of_many_reps_those_are_named_who_have_most_to_mend() -> None:
    owners = {f"rep{n}": n for n in range(1, 8)} | {"": 9}
    most = "nobody 9, @rep7 7, @rep6 6, @rep5 5, @rep4 4"
    assert whose_most(owners, ", ") == f"{most} and 3 more"
    assert whose_most({"ana": 1, "bo": 1_200}, "  ") == "@bo 1,200  @ana 1"
