"""The review drawn from its document: every sentence says what the numbers beside it say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from pipeboard.domain.people import Actor
from pipeboard.domain.review import NUMBERS_OF_REPS, ReviewDocument
from pipeboard.exchange.review_document import review_document
from pipeboard.store import Store
from pipeboard.ui.draw.facts import PaneStyle
from pipeboard.ui.draw.line import text_of
from pipeboard.ui.draw.review import ReviewView, items_of, ref_of
from pipeboard.ui.review_keys import ReviewTab
from pipeboard.workspace import Workspace
from pipeboard.workspace.review import review
from tests.team import NOW, TODAY


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
    assert "D on a deal says who" in drawn(empty, ReviewTab.DECISIONS)
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
