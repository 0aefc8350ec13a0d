"""The review drawn from its document: every sentence says what the numbers beside it say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.people import Actor
from pipeboard.domain.review import NUMBERS, NUMBERS_OF_REPS, ReviewDocument
from pipeboard.exchange.review_document import review_document
from pipeboard.store import Store
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import Line, text_of
from pipeboard.ui.draw.review import ReviewView, heading, items_of, ref_of
from pipeboard.ui.review_keys import ReviewTab
from pipeboard.workspace import Workspace
from pipeboard.workspace.review import review
from tests.team import NOW, TODAY
from tests.ui.golden_screens import assert_looks_like, with_roles


@pytest.fixture(scope="module")
def document(made_up: Path) -> dict[str, Any]:
    store = Store.open(str(made_up), read_only=True)
    workspace = Workspace(store, lambda: NOW, Actor("ana"))
    found = review_document(review(workspace, workspace.reader.pipelines()[0]))
    store.close()
    return dict(found)


def drawn(document: dict[str, Any], tab: ReviewTab, *, width: int = 100, **more: Any) -> str:
    """A step as text, its lines joined."""
    style = PaneStyle(width, TODAY, ZoneInfo("Europe/Berlin"))
    view = ReviewView(cast("ReviewDocument", document), None, tab, style, **more)
    lines = [text_of(line).strip() for item in items_of(view) for line in item.lines]
    return " ".join(lines)


@pytest.mark.parametrize(
    ("new", "needed", "said"),
    [
        (10_000_00, None, "No target says what it takes."),
        (10_000_00, 20_000_00, "The sales trap is near: the target needs €20k a week."),
        (20_000_00, 20_000_00, "The target needs €20k a week: enough comes in."),
        (30_000_00, 20_000_00, "The target needs €20k a week: enough comes in."),
    ],
)
def test_the_sales_trap_is_told_as_the_numbers_say(
    document: dict[str, Any], new: int, needed: int | None, said: str
) -> None:
    flow = document["flow"] | {"new_value_a_week": new, "needed_a_week": needed}
    text = drawn(document | {"flow": flow}, ReviewTab.FLOW)
    assert said in text
    assert sum(word in text for word in ("No target", "is near", "enough comes")) == 1
    (line,) = (
        line for item in items_of(written_view(ReviewTab.FLOW, document=document | {"flow": flow}))
        for line in item.lines if said in text_of(line)
    )  # fmt: skip
    assert line[-1][1] == ("status.warn" if "is near" in said else "text.dim")


def test_changes_that_nobody_can_sum_up_are_not_nothing(document: dict[str, Any]) -> None:
    unknown = {name: {"deals": 0, "value": None} for name in document["changes"]}
    assert "n/a" not in drawn(document, ReviewTab.CHANGES)
    assert drawn(document | {"changes": unknown}, ReviewTab.CHANGES).count("n/a") == 2


@pytest.mark.parametrize("width", [44, 60, 80, 120])
def test_numbers_of_reps_stand_apart_where_none_is_known(
    document: dict[str, Any], width: int
) -> None:
    reps = [
        {
            name: {**number, "value": None, "reason": "no close date"}
            if name in NUMBERS_OF_REPS
            else number
            for name, number in row.items()
        }
        for row in document["reps"]
    ]
    text = drawn(document | {"reps": reps}, ReviewTab.NUMBER, width=width)
    for row in reps:
        known = re.search(rf"@{row['rep']}((?: +n/a)+)", text)
        assert known and known[1].split() == ["n/a"] * (5 if width >= 60 else 2)


def test_an_empty_review_says_so_on_every_step(document: dict[str, Any]) -> None:
    nothing = {"faults": {name: {} for name in document["preflight"]["faults"]}, "duplicates": [],
               "dead": []}  # fmt: skip
    empty = document | {"preflight": nothing, "exceptions": [], "discuss": [], "decisions": []}
    assert "The data is in order." in drawn(empty, ReviewTab.DATA)
    assert "Nothing was pushed" in drawn(empty, ReviewTab.CHANGES)
    assert "No deal of value is at risk." in drawn(empty, ReviewTab.DISCUSS)
    assert "D on a deal says who" in drawn(empty, ReviewTab.DECISIONS, decides="D")
    assert "D on a deal says who" not in drawn(empty, ReviewTab.DECISIONS, is_over=True)


def test_deals_of_the_data_are_named_and_those_of_an_older_review_by_their_id(
    document: dict[str, Any],
) -> None:
    data = document["preflight"]
    refs = {*data["dead"], *(pair[one] for pair in data["duplicates"] for one in ("keep", "other"))}
    assert refs and {*data["names"]} == refs
    text = drawn(document, ReviewTab.DATA)
    assert all(f"{ref} {data['names'][ref]} may be" in text for ref in data["dead"])
    pair = data["duplicates"][0]
    names = [f"{pair[one]} {data['names'][pair[one]]}" for one in ("other", "keep")]
    assert f"{names[0]} may be {names[1]}: {pair['why']}" in text
    older = {name: found for name, found in data.items() if name != "names"}
    text = drawn(document | {"preflight": older}, ReviewTab.DATA)
    assert f"{data['dead'][0]} may be given up" in text


def test_what_is_not_wrong_is_not_said_beside_what_is(document: dict[str, Any]) -> None:
    assert "in order" not in drawn(document, ReviewTab.DATA)
    assert "No deal of value" not in drawn(document, ReviewTab.DISCUSS)


@pytest.mark.parametrize("tab", ReviewTab)
def test_a_document_holds_text_and_no_commands_to_the_terminal(
    document: dict[str, Any], tab: ReviewTab
) -> None:
    evil = "Acme\x1b[31m\u202e\n"
    one = {"ref": "D-1", "deal": evil, "by": evil, "what": evil, "owner": evil, "value": 5,
           "risks": [evil], "agenda": [evil], "text": evil, "due": None, "done": False}  # fmt: skip
    held = document | {"exceptions": [one], "discuss": [one], "decisions": [one]}
    assert drawn(held, tab, current="deal.D-1").isprintable()


def test_a_line_is_about_the_deal_that_its_key_names() -> None:
    assert [ref_of(key) for key in ("deal.D-12", "deal.D-7#3", "number.target", "")] == [
        12,
        7,
        None,
        None,
    ]


# One that is written by hand: every kind of line, and what stands beside it.


def number(value: float | None, unit: str = "minor", reason: str | None = None) -> dict[str, Any]:
    return {"value": value, "unit": unit, "reason": reason}


def numbers(*values: int | None) -> dict[str, Any]:
    """The numbers of the review with these values, in their order."""
    return {
        name: number(value, reason=None if value is not None else "nobody says")
        for name, value in zip(NUMBERS, values, strict=False)
    }


def row(rep: str | None, tint: int | None) -> dict[str, Any]:
    plain: dict[str, Any] = {name: number(100_000) for name in NUMBERS_OF_REPS}
    return {"rep": rep, **plain, "rose_tint": number(tint)}


WRITTEN: dict[str, Any] = {
    "pipeline": "New business",
    "currency": "EUR",
    "zone": "Europe/Berlin",
    "since": "2026-11-16T09:00:00+00:00",
    "at": "2026-11-23T09:00:00+00:00",
    "period": "2026Q4",
    "preflight": {
        "faults": {"value": {"ana": 2, "bo": 1}, "close_date": {}},
        "duplicates": [{"keep": "D-1", "other": "D-2", "why": "one company"}],
        "dead": ["D-3", "D-4"],
        "names": {"D-1": "Acme", "D-2": "Acme Ltd", "D-3": "Dune", "D-4": "Elm"},
    },
    "number": numbers(*range(100_000, 100_000 + 5_000 * len(NUMBERS), 5_000))
    | {"coverage": number(2.5, "x"), "coverage_required": number(3, "x")},
    "readings": ["The forecast is too hopeful.", ""],
    "reps": [row("ana", 50_000), row("bo", 0), row(None, -50_000), row("cem", None)],
    "changes": {
        "start": {"deals": 0, "value": 0},
        "created": {"deals": 2, "value": 400_000},
        "pulled_in": {"deals": 0, "value": 0},
        "lost": {"deals": 1, "value": 100_000},
        "end": {"deals": 2, "value": 300_000},
    },
    "exceptions": [
        {"ref": "D-5", "deal": "Fjord", "by": "ana", "what": "pushed from 3 Dec to 3 Mar " * 4},
        {"ref": "D-5", "deal": "Fjord", "by": "bo", "what": "value down"},
    ],
    "discuss": [
        {"ref": "D-6", "deal": "Gable", "title": "", "owner": "ana", "value": 900_000,
         "risks": ["no next step", "stalled"], "agenda": ["Who decides? " * 8, "When?"]},
        {"ref": "D-7", "deal": "Hanse", "title": "", "owner": None, "value": 100_000,
         "risks": ["overdue"], "agenda": ["What now?"]},
    ],
    "flow": {
        "bottleneck": "Demo",
        "hint": "Look at who attends.",
        "lead_velocity": number(0.25, "ratio"),
        "new_value_a_week": 2_000_000,
        "needed_a_week": 2_000_001,
        "touches_on_new": 1,
        "touches": 4,
    },
    "trend": [
        {"week": "2026-11-09", "touches": 4, "replies": 1},
        {"week": "2026-11-16", "touches": 0, "replies": 2},
    ],
    "objections": [{"objection": "price", "stages": {"Demo": 2, "Proposal": 1}}],
    "variants": [{"variant": "short", "deals": 3, "answered": 2, "closed": 2, "won": 1}],
    "decisions": [
        {"ref": "D-6", "deal": "Gable", "owner": "ana", "text": "call", "due": "2026-12-01",
         "done": False},
        {"ref": "D-8", "deal": "Ivy", "owner": "bo", "text": "write", "due": None, "done": True},
    ],
}  # fmt: skip


def written_view(tab: ReviewTab, *, width: int = 100, **more: Any) -> ReviewView:
    style = PaneStyle(width, TODAY, ZoneInfo("Europe/Berlin"))
    facts = {"document": WRITTEN, "before": None, "discussed": frozenset({"D-6"}), **more}
    return ReviewView(tab=tab, style=style, **facts)


@pytest.mark.parametrize("width", [100, 50])
def test_every_step_looks_as_it_should(width: int) -> None:
    """Beside a review that had the first number, another second one and no third."""
    then = numbers(100_000, 200_000, None, 100_000)
    before = WRITTEN | {"at": "2026-11-16T09:00:00+00:00", "number": then}
    lines: list[Line] = []
    for tab in ReviewTab:
        view = written_view(tab, width=width, before=before, current="deal.D-6")
        lines += [*with_roles(heading(view)), ((f"== {tab}", "text"),)]
        for item in items_of(view):
            lines += [((f"[{item.key}]", "text"),), *with_roles(item.lines)]
    assert_looks_like(f"review-{width}", lines)


@pytest.mark.parametrize(
    ("due", "done", "mark"),
    [
        ("2026-11-22", False, "✗"),
        ("2026-11-23", False, "○"),  # today: there is time yet
        ("2026-12-01", False, "○"),
        (None, False, "○"),
        ("2026-11-22", True, "✓"),
        (None, True, "✓"),
    ],
)
def test_a_decision_was_not_kept_once_its_day_has_passed_not_before(
    due: str | None, done: bool, mark: str
) -> None:
    decision = WRITTEN["decisions"][0] | {"due": due, "done": done}
    told = drawn(WRITTEN | {"decisions": [decision]}, ReviewTab.DECISIONS)
    assert told.startswith(f"{mark} D-6")


def test_the_steps_count_what_is_in_them() -> None:
    strip = text_of(heading(written_view(ReviewTab.DATA))[1])
    assert strip.split() == [
        "[1", "Data", "6]", "2", "Number", "3", "Changes", "2", "4", "Discuss", "1/2", "5", "Flow",
        "6", "Decided", "1/2",
    ]  # fmt: skip


def test_what_is_under_the_cursor_says_all_of_itself() -> None:
    for key, words in (("deal.D-6", "Who decides?"), ("deal.D-7", "What now?")):
        told = drawn(WRITTEN, ReviewTab.DISCUSS, current=key)
        assert [each in told for each in ("Who decides?", "What now?")] == [
            each == words for each in ("Who decides?", "What now?")
        ]


@pytest.mark.parametrize(
    ("decides", "says"), [("D", " D on a deal says who does what until when."), ("", "")]
)
def test_how_to_decide_is_said_where_one_can(decides: str, says: str) -> None:
    told = drawn(WRITTEN | {"decisions": []}, ReviewTab.DECISIONS, decides=decides)
    assert told == f"Nothing was decided since then.{says}"
    assert (
        heading(written_view(ReviewTab.DATA))[0]
        != heading(written_view(ReviewTab.DATA, is_over=True))[0]
    )
