"""A Trello board as JSON: what its actions tell of the course of a card."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeboard.exchange.layouts.trello import TrelloBoard

LISTS = [{"id": "l1", "name": "Lead"}, {"id": "l2", "name": "Proposal"}]
CARD = "5c3b2a00" + "0" * 16
"""An id that was given on 13 January 2019, at 12:07:28."""
ARRIVED = ["createCard", "copyCard", "emailCard", "moveCardToBoard", "convertToCardFromCheckItem"]


def action(kind: str, day: int, **data: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "date": f"2026-03-{day:02}T09:00:00Z",
        "data": {"card": {"id": CARD}, **data},
        "memberCreator": {"fullName": "Ana Ruiz"},
    }


def cells_of(*actions: dict[str, Any], **card: Any) -> dict[str, str]:
    """The cells of one card; a board has its latest action first."""
    cards = [{"id": CARD, "name": "Pilot", "dateLastActivity": "2026-03-30T09:00:00Z", **card}]
    board = TrelloBoard({"name": "B", "lists": LISTS, "cards": cards, "actions": [*actions][::-1]})
    (cells,) = board.cards()
    return cells


@pytest.mark.parametrize("kind", ARRIVED)
def test_a_card_was_created_when_it_first_came_to_the_board(kind: str) -> None:
    came = action(kind, 2, list={"id": "l1", "name": "Lead"})
    again = action("moveCardToBoard", 9, list={"id": "l2", "name": "Proposal"})
    cells = cells_of(came, again)
    assert cells["Created"] == "2026-03-02T09:00:00Z"
    assert json.loads(cells["Stages"]) == [
        {"stage": "Lead", "at": "2026-03-02T09:00:00Z"},
        {"stage": "Proposal", "at": "2026-03-09T09:00:00Z"},
    ]


def test_a_card_whose_arrival_was_left_out_was_created_when_its_id_was_given() -> None:
    moved = action("updateCard", 5, listAfter={"id": "l2"}, listBefore={"id": "l1"})
    assert cells_of(moved)["Created"] == "2019-01-13T12:07:28+00:00"


@pytest.mark.parametrize(
    ("card", "last"),
    [
        ("00000000" + "0" * 16, "2026-03-30T09:00:00Z"),
        (CARD, "2018-01-01T09:00:00Z"),
        ("no number", "2026-03-30T09:00:00Z"),
        (CARD, ""),
    ],
    ids=["before Trello", "after the last activity", "no number", "no last activity"],
)
def test_an_id_that_tells_no_instant_leaves_it_unsaid(card: str, last: str) -> None:
    assert "Created" not in cells_of(id=card, dateLastActivity=last)


def test_an_entry_goes_by_the_name_that_its_list_has_now_and_nameless_ones_stay_away() -> None:
    cells = cells_of(
        action("createCard", 2, list={"id": "l1", "name": "Old name"}),
        action("updateCard", 3, listAfter={"id": "gone", "name": "Since deleted"}),
        action("updateCard", 4, listAfter={"id": "gone"}),
        action("updateCard", 5, old={"desc": ""}),
    )
    assert [entry["stage"] for entry in json.loads(cells["Stages"])] == ["Lead", "Since deleted"]


def test_comments_are_notes_with_who_wrote_them_and_when() -> None:
    cells = cells_of(action("commentCard", 4, text="Call back"), action("commentCard", 6, text="B"))
    assert json.loads(cells["Comments"]) == [
        {"text": "Call back", "author": "Ana Ruiz", "at": "2026-03-04T09:00:00Z"},
        {"text": "B", "author": "Ana Ruiz", "at": "2026-03-06T09:00:00Z"},
    ]


def test_a_field_that_the_board_does_not_define_is_left_aside() -> None:
    fields: list[Any] = [{"id": "f1", "name": "Size"}, {"id": "f2", "name": "Kind", "options": [
        {"id": "o1", "value": {"text": "Large"}}, {"id": "o2", "value": {"text": "Small"}},
    ]}]  # fmt: skip
    items: list[Any] = [
        {"idCustomField": "f1", "value": {"number": "993"}},
        {"idCustomField": "gone", "value": {"number": "1"}},
        {"idCustomField": "f2", "idValue": "o2"},
    ]
    card: Any = {"id": CARD, "name": "Pilot", "customFieldItems": items}
    (cells,) = TrelloBoard({"lists": LISTS, "cards": [card], "customFields": fields}).cards()
    assert {name: cells.get(name) for name in ("Size", "Kind", "field", "")} == {
        "Size": "993", "Kind": "Small", "field": None, "": None,
    }  # fmt: skip


def test_a_checklist_of_a_card_is_a_field_with_a_line_an_item() -> None:
    items: list[Any] = [
        {"name": "Call", "state": "complete"},
        {"name": "Offer", "state": "incomplete"},
    ]
    checklists: list[Any] = [{"id": "c1", "idCard": CARD, "name": "Steps", "checkItems": items}]
    card = {"id": CARD, "name": "Pilot"}
    (cells,) = TrelloBoard({"lists": LISTS, "cards": [card], "checklists": checklists}).cards()
    assert cells["Steps"] == "[x] Call\n[ ] Offer"


def test_a_card_says_all_that_a_board_knows_of_it() -> None:
    cells = cells_of(
        id="54f1", name="Press", shortUrl="https://t.example/c", desc="big", start="2026-03-01",
        due="2026-04-01", dateLastActivity="2026-03-09",
        labels=[{"name": "hot", "color": "red"}, {"name": "", "color": "blue"}],
    )  # fmt: skip
    said = {
        "Card ID": "54f1", "Card Name": "Press", "Card URL": "https://t.example/c",
        "Card Description": "big", "Labels": "hot (red), (blue)", "Start Date": "2026-03-01",
        "Due Date": "2026-04-01", "Last Activity Date": "2026-03-09",
    }  # fmt: skip
    assert {name: cells.get(name, "").replace(", (", ",(") for name in said} == {
        name: text.replace(", (", ",(") for name, text in said.items()
    }
    longer = cells_of(url="https://t.example/long")
    assert longer["Card URL"] == "https://t.example/long"


def test_what_a_card_has_none_of_is_no_cell_of_it() -> None:
    cells = cells_of()
    assert "" not in cells.values()
    assert not {"Comments", "Attachments", "Labels", "Due Date"} & cells.keys()
