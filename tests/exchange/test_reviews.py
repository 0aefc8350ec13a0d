"""A review as it is kept is read whole: each part of its document is in the text and the page."""

from __future__ import annotations

import re
from html import unescape

from pipeboard.domain.metrics import Unit
from pipeboard.domain.review import NUMBERS, NumberDocument, ReviewDocument
from pipeboard.exchange.review_document import review_markdown, review_page


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
        "names": {"D-1": "Lumen", "D-2": "Lumen Oy", "D-20": "Kiln"},
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
- 12 deals may be given up: D-20 Kiln, D-21, D-22, D-23, D-24, D-25, D-26, D-27, D-28, D-29

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
